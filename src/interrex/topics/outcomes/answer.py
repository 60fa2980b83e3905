"""How it ends, beside how such crises end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray

from interrex.futures.base_rates import OUTCOME_RATES, OUTCOMES, in_office, jeffreys
from interrex.futures.conditioned import Conditioned
from interrex.futures.end_state import (
    HORIZON,
    NAMES,
    Summary,
    clock_draw,
    concession_grade,
    fates,
    share_of,
    stays,
)


def outcomes(summaries: Sequence[Summary], seed: int, horizon: float = HORIZON) -> xarray.Dataset:
    """The group /outcomes without its questions. `horizon` counts days from the start of the window."""
    known = [s for s in summaries if not s["stopped"]]
    unknown = len(summaries) - len(known)
    luck = [clock_draw(s, seed) for s in known]
    total = (
        np.sum([fates(s, g, horizon) for s, g in zip(known, luck, strict=True)], axis=0)
        if known
        else np.zeros(len(NAMES))
    )
    rows = np.array([share_of(float(v), len(known), unknown) for v in total])
    base = np.array([jeffreys(OUTCOME_RATES[name].n, OUTCOME_RATES[name].total) for name in NAMES])
    office = share_of(
        sum(stays(s, g, horizon) for s, g in zip(known, luck, strict=True)), len(known), unknown
    )
    text = lambda values: np.array(list(values), dtype=object)  # noqa: E731
    data = {
        "name": ("outcome", text(OUTCOMES.values())),
        "p": ("outcome", rows[:, 0]),
        "low": ("outcome", rows[:, 1]),
        "high": ("outcome", rows[:, 2]),
        "base": ("outcome", base[:, 0]),
        "base_low": ("outcome", base[:, 1]),
        "base_high": ("outcome", base[:, 2]),
        "base_source": ("outcome", text(OUTCOME_RATES[name].source for name in NAMES)),
    }
    attrs = {
        "members": len(summaries),
        "stopped": unknown,
        "horizon_days": float(horizon),
        "seed": seed,
        "in_office_p": office[0],
        "in_office_low": office[1],
        "in_office_high": office[2],
        **_reference_classes(),
        **_flags(known, unknown),
        "note": (
            "Rules decide at the end of the window; then a slow clock of panel hazards runs to the horizon. "
            "Histories that left the range of the model count as unknown in every interval."
        ),
    }
    return xarray.Dataset(data, attrs=attrs)


def _reference_classes(days: int = 180) -> dict[str, object]:
    """Three reference classes for being in office, as a range and as text."""
    found = [(rate, jeffreys(rate.n, rate.total)) for rate in in_office(days)]
    means = [share[0] for _, share in found]
    return {
        "reference_low": min(means),
        "reference_high": max(means),
        "reference_days": days,
        "reference_text": "; ".join(
            f"{rate.text}: {share[0]:.2f} ({rate.n:.0f} of {rate.total:.0f}; {rate.source})"
            for rate, share in found
        ),
    }


def _flags(known: Sequence[Mapping[str, float]], unknown: int) -> dict[str, float]:
    """Shares of histories with foreign rescue, with a purge, and with each grade of concession."""
    n = max(1, len(known))
    out: dict[str, float] = {}
    for flag in ("rescue", "purge"):
        p, low, high = share_of(sum(s[flag] for s in known), len(known), unknown)
        out |= {f"{flag}_p": p, f"{flag}_low": low, f"{flag}_high": high}
    for grade in range(5):
        out[f"concession_{grade}_p"] = sum(concession_grade(dict(s)) == grade for s in known) / n
    return out


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /outcomes of a conditioned case."""
    return outcomes(run.histories.ends, run.settings.seed)
