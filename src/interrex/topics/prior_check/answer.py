"""What the model expects before it has seen the case: free histories from the prior.

The figures say whether the prior is one in which most months are calm, small protests are common and large ones rare
(docs/model.md, section 20). A lock beside a shipped case says whether the priors are still those of its day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.engine.arena import STOP_SHARE
from interrex.futures.base_rates import jeffreys
from interrex.futures.conditioned import Conditioned
from interrex.futures.prior_sketch import CALM, Sketch
from interrex.inference.model import Model
from interrex.results.described import dataset
from interrex.topics.prior_check.lock import Lock, lock_of
from interrex.topics.prior_check.variables import GROUP

LARGE = 10_000.0  # persons; the size asked of a protest over prices
TOO_MANY = 0.02  # share of the nation at once
SHOCKS = {
    "price": "the price shock", "election": "the election", "verdict": "the verdict", "disaster": "the disaster",
    "external": "the shock from abroad",
}  # fmt: skip
"""The first shock of a case by its kind, in words."""

WANTED: Mapping[str, tuple[float, float]] = {
    "calm_before": (0.85, 1.0),
    "large_after": (0.08, 0.15),
    "small_a_day": (0.5, 3.0),
    "above_two_percent": (0.0, 0.05),
}
"""Ranges asked of the prior (docs/model.md, section 20); that of large protests only after a price shock. Counts behind them: protests of more than 10,000 among
price or tax protests in autocracies, 17 of 217 at least and 17 of the 113 whose size is known (Mass
Mobilization); small protests a day in Kazakhstan, .5 to 3 (Oxus Society, 2018-2021)."""


def rank(shares: np.ndarray) -> np.ndarray:
    """Rank of every region, 1 for the most frequent; ties share the better rank."""
    return np.array([1 + int((shares > s).sum()) for s in shares])


def shock_words(case: CutCase) -> str:
    """The shock from which on histories are free to move: the first of the case; '' if it has none."""
    first = min(case.shocks, key=lambda s: (s.on, s.id), default=None)
    return SHOCKS[first.kind] if first else ""


def summarise(found: Sequence[Sketch], model: Model, lock: Lock | None) -> xr.Dataset:
    """The group from reduced histories of the prior, at least one."""
    n, nation = len(found), model.arena.place.nation
    peaks, small = np.array([s.peak for s in found]), np.array([s.small for s in found])
    shock = shock_words(model.case)
    before, after = (f" before {shock}", f" after {shock}") if shock else ("", "")
    rows: list[tuple[str, str, bool, float, float, float]] = []

    def share(name: str, label: str, hits: int) -> None:
        rows.append((name, label, True, hits / n, *jeffreys(hits, n)[1:]))

    def spread(name: str, label: str, values: np.ndarray, point: float) -> None:
        low, high = (float(np.quantile(values, level)) for level in (0.05, 0.95))
        rows.append((name, label, False, point, low, high))

    share("calm_before", f"share of histories with fewer than {CALM:,.0f} people out{before}", sum(s.calm for s in found))
    share(
        "large_after", f"probability of more than {LARGE:,.0f} people at once{after}", sum(s.peak_after > LARGE for s in found)
    )
    spread("small_a_day", f"small protests a day{before}, mean over histories", small, float(small.mean()))
    spread("small_median", f"small protests a day{before}, median history", small, float(np.median(small)))
    spread("peak_median", "people at once at the peak, median history", peaks, float(np.median(peaks)))
    share(
        "above_two_percent", f"share of histories with more than {TOO_MANY:.0%} of the nation on the street at once",
        int((peaks > TOO_MANY * nation).sum()),
    )  # fmt: skip
    share("stopped", f"share of histories stopped at {STOP_SHARE:.0%} of the nation", sum(s.stopped for s in found))
    share("event", "prior probability of the pattern that happened", sum(s.event for s in found))

    regions = [r.region for r in model.case.regions]
    moved = sum(s.first >= 0 for s in found)
    first, largest = (
        np.array([sum(getattr(s, side) == r for s in found) for r in range(len(regions))]) / max(1, moved)
        for side in ("first", "largest")
    )
    names, labels, shares, value, low, high = zip(*rows, strict=True)
    asked = [WANTED[n] if n in WANTED and (n != "large_after" or shock == SHOCKS["price"]) else (math.nan, math.nan) for n in names]
    return dataset(
        GROUP,
        {
            "figure": names, "label": labels, "share": shares, "value": value, "low": low, "high": high,
            "wanted_low": [a for a, _ in asked], "wanted_high": [b for _, b in asked],
            "region": regions, "first": first, "largest": largest, "first_rank": rank(first), "largest_rank": rank(largest),
            "members": n, "moved": moved, "shock": shock, "lock_day": lock.day if lock else "",
            "lock_priors": lock.priors if lock else math.nan, "lock_model": lock.model if lock else math.nan,
        },
    )  # fmt: skip


def figures(check: xr.Dataset) -> dict[str, float]:
    """The figures of a prior check by name."""
    return {str(n): float(v) for n, v in zip(check["figure"].values, check["value"].values, strict=True)}


def answer(run: Conditioned) -> xr.Dataset:
    """The group /prior_check of a conditioned case."""
    return summarise(run.prior.sketches, run.model, lock_of(run.case, run.model.space))
