"""Trust from reports, top to bottom: reports, acts, the model, its variances, the posterior, its trials, one Dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import xarray as xr
from scipy.special import expit

from interrex.results.described import dataset
from interrex.results.schema import QUANTILES
from interrex.trust.acts import Act, read_acts
from interrex.trust.ahead import rivals
from interrex.trust.fuse import Fused, fuse
from interrex.trust.held_out import leave_out, predict
from interrex.trust.items import Item, Z, items
from interrex.trust.learn import Learned, learn
from interrex.trust.model import Design, design
from interrex.trust.modes import Mode, changed
from interrex.trust.priors import PARAMETERS, natural, quantiles
from interrex.trust.reports import Reports, read_reports
from interrex.trust.variables import GROUP

SHOWN = 150
"""Days on which the level is told, at most; beside the last day and those of acts."""

ENTRIES = 1_200
"""Days times chains (audiences and houses) that are told, at most: of many houses the level is told on fewer days."""

SPANS = {"30 days": 30, "365 days": 365}
"""Stretches of time before the last day over which a change is told, where reports reach so far back; and all of it."""


def trust(
    reports: str | Path | Sequence[str | Path] | Reports,
    acts: str | Path | Sequence[Act] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    quantity: str = "trust",
    as_of: date | None = None,
    size: int | None = None,
    date_format: str | None = None,
    shifts: Mapping[str, str] | None = None,
) -> xr.Dataset:
    """How far audiences trust, by day, from a CSV of reports (or several) and one of dated acts.

    columns, quantity, as_of, size, date_format: see `reports.read_reports`. shifts: mean and sd of what a mode shares, in place
    of those of `modes.MODES`, {"poll": "0.2,0.3"}. Returns a Dataset laid out as in `variables.GROUP`. Raises CaseError (files)
    and RunError (what was asked).
    """
    modes = changed(dict(shifts or {}))
    if not isinstance(reports, Reports):
        files = [reports] if isinstance(reports, (str, Path)) else list(reports)
        reports = read_reports(
            *files,
            columns=columns,
            quantity=quantity,
            as_of=as_of,
            size=size,
            date_format=date_format,
            modes=modes,
        )
    done = read_acts(acts) if isinstance(acts, (str, Path)) else tuple(acts or ())
    done = tuple(act for act in done if as_of is None or act.day <= (as_of - date(1970, 1, 1)).days)
    return answer(reports, done, quantity, modes)


def answer(reports: Reports, acts: tuple[Act, ...], quantity: str, modes: Mapping[str, Mode]) -> xr.Dataset:
    """The Dataset of checked reports and acts."""
    fitted = reports.use == "fit"
    first, last = int(reports.day[fitted].min()), int(reports.day[fitted].max())
    spans = {name: last - back for name, back in SPANS.items() if last - back >= first}
    spans |= {f"since {_iso(first)}": first} if last > first else {}
    when = [act.day for act in acts]
    chains = len(np.unique(reports.audience)) + len(np.unique(reports.house))
    shown = np.linspace(first, last, min(SHOWN, max(ENTRIES // chains, 2), last - first + 1)).astype(int)
    days = np.unique([*shown, *spans.values(), *when, *(t - 1 for t in when)])
    whole = design(reports, days.tolist(), when, modes)
    used, bare = whole.of(fitted), design(reports, (), when, modes).of(fitted)
    learned = learn(bare)
    found = fuse(used, learned, days)
    asked_of = items(found, learned, acts, spans, last)
    values = (
        _levels(found) | _items(asked_of) | _priors(used, modes) | _reports(whole, fitted, reports, learned)
        | _trials(reports.take(fitted), bare, learned, when, modes)
    )  # fmt: skip
    attrs = {"quantity": quantity, "first": _iso(first), "last": _iso(last)}
    return dataset(GROUP, {"quantile": QUANTILES, **values, "note": list(reports.notes)}, attrs)


def _iso(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _levels(found: Fused) -> dict[str, object]:
    out: dict[str, object] = {"day": found.day.astype("datetime64[D]"), "audience": found.audiences}
    for name, row in (("level", found.level), ("told", found.told)):
        rows = np.array([row(a, day) for day in found.day.tolist() for a in found.audiences])
        mean, sd = (part.reshape(len(found.day), -1) for part in found.moments(rows))
        out |= {name: expit(mean + Z[:, None, None] * sd), f"{name}_sd": sd}
    return out


def _items(asked_of: Sequence[Item]) -> dict[str, object]:
    return {
        f"item_{name}": np.stack([getattr(one, name) for one in asked_of], axis=-1) for name in Item._fields
    }


def _priors(used: Design, modes: Mapping[str, Mode]) -> dict[str, object]:
    read = [name for kind, name in used.names if kind == "shift"]
    return {
        "parameter": list(PARAMETERS), "parameter_words": [p.words for p in PARAMETERS.values()],
        "parameter_source": [p.source for p in PARAMETERS.values()],
        "parameter_prior": np.stack([quantiles(name, 0.0, 1.0, np.array(QUANTILES)) for name in PARAMETERS], axis=1),
        "mode": read, "mode_shift": [modes[name].shift for name in read], "mode_sd": [modes[name].sd for name in read],
    }  # fmt: skip


def _reports(whole: Design, fitted: np.ndarray, reports: Reports, learned: Learned) -> dict[str, object]:
    expected = np.full((len(Z), len(reports.y)), np.nan)
    if not fitted.all():
        mean, cov = predict(whole.of(fitted), whole.of(~fitted), natural(learned.mode))
        expected[:, ~fitted] = expit(mean + Z[:, None] * np.sqrt(np.diag(cov)))
    return {
        "report_day": [_iso(day) for day in reports.day.tolist()], "report_house": reports.house.tolist(),
        "report_audience": reports.audience.tolist(), "report_share": reports.share, "report_use": reports.use.tolist(),
        "report_label": reports.label.tolist(), "report_expected": expected,
    }  # fmt: skip


def _trials(
    reports: Reports, bare: Design, learned: Learned, when: list[int], modes: Mapping[str, Mode]
) -> dict[str, object]:
    against, out = rivals(reports, when, modes, learned.mode), leave_out(bare, learned.mode)
    return {
        "rival": [r.name for r in against], "rival_reports": [r.reports for r in against],
        "rival_fusion": [r.fusion for r in against], "rival_score": [r.rival for r in against],
        "rival_low": [r.low for r in against], "rival_high": [r.high for r in against],
        "left_out": [h.house for h in out], "left_out_reports": [h.reports for h in out],
        "inside_50": [h.inside_50 for h in out], "inside_90": [h.inside_90 for h in out],
        "changes_90": [h.changes_90 for h in out], "left_out_mean": [h.mean for h in out],
        "left_out_error": [h.error for h in out],
    }  # fmt: skip
