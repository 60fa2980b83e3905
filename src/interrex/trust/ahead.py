"""Predicting every report from those of earlier days: log score of the fusion, of each house alone, of the plain average.

Variances are learned on the earlier half of the days, and scores are taken on the later half. Scores are log densities on the
logit scale; a difference of scores on the same reports is a log ratio of what two models gave to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.special import ndtri

from interrex.trust.learn import most_probable
from interrex.trust.model import Design, covariance, design
from interrex.trust.modes import MODES, Mode
from interrex.trust.priors import Variances, natural
from interrex.trust.reports import Reports

FEWEST = 10
"""Reports of each half below which nothing is scored."""

WINDOW = 30
"""Days over which the plain average is taken."""


def ahead(d: Design, v: Variances) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd of every report given all reports of earlier days; reports are in the order of days."""
    whole = cholesky(covariance(d, v), lower=True)
    day = d.day[d.when]
    centre = d.constants @ d.mean
    error = solve_triangular(whole, d.y - centre, lower=True)
    earlier = day[:, None] > day[None, :]
    lower = np.tril(whole)
    return centre + np.where(earlier, lower, 0.0) @ error, np.sqrt(
        (np.where(earlier, 0.0, lower) ** 2).sum(1)
    )


def log_density(y: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Of a normal."""
    return -0.5 * ((y - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)


class Rival(NamedTuple):
    """What the fusion is held against: name, reports scored, mean log score of the fusion and of the rival on them, and the
    central 90 % of the mean difference, by its standard error."""

    name: str
    reports: int
    fusion: float
    rival: float
    low: float
    high: float


def rivals(
    reports: Reports,
    acts: Sequence[int] = (),
    modes: Mapping[str, Mode] = MODES,
    start: np.ndarray | None = None,
) -> list[Rival]:
    """The fusion against each house alone, on reports of the later half of that house's days, and against the plain average,
    on those of the later half of all days; without those with fewer than `FEWEST` reports in a half. start: where the search
    for variances begins."""
    whole = design(reports, acts=acts, modes=modes)
    houses = np.unique(reports.house).tolist()
    out: list[Rival] = []
    for house in houses if len(houses) > 1 else ():
        mine = reports.house == house
        early = reports.day <= np.median(np.unique(reports.day[mine]))
        late = ~early & mine
        if min((early & mine).sum(), late.sum()) < FEWEST:
            continue
        alone = design(reports.take(mine), acts=acts, modes=modes)
        out.append(_compared(
            f"{house} alone", _scores(whole, early, start)[late], _scores(alone, early[mine], start)[~early[mine]]
        ))  # fmt: skip
    early = reports.day <= np.median(np.unique(reports.day))
    average = plain_average(reports, early)
    late = ~early & np.isfinite(average)
    if min(early.sum(), late.sum()) >= FEWEST:
        out.append(_compared("the plain average", _scores(whole, early, start)[late], average[late]))
    return out


def _scores(whole: Design, early: np.ndarray, start: np.ndarray | None) -> np.ndarray:
    v = natural(most_probable(whole.of(early), start))
    return log_density(whole.y, *ahead(whole, v))


def plain_average(reports: Reports, early: np.ndarray) -> np.ndarray:
    """Log score of each report by the mean logit of what was reported on its audience in the `WINDOW` days before it, or else
    on the latest earlier day; the error is normal, as large as on the earlier half. NaN for what nothing precedes."""
    error = np.full(len(reports.y), np.nan)
    for i, (day, audience) in enumerate(zip(reports.day.tolist(), reports.audience.tolist(), strict=True)):
        before = (reports.day < day) & (reports.audience == audience)
        if before.any():
            latest = min(day - WINDOW, int(reports.day[before].max()))
            error[i] = reports.y[i] - reports.y[before & (reports.day >= latest)].mean()
    sd = np.sqrt(np.nanmean(error[early] ** 2)) if np.isfinite(error[early]).any() else np.nan
    return log_density(error, np.zeros(len(error)), np.full(len(error), sd))


def _compared(name: str, ours: np.ndarray, theirs: np.ndarray) -> Rival:
    gain = ours - theirs
    reach = ndtri(0.95) * gain.std(ddof=1) / np.sqrt(len(gain))
    return Rival(
        name,
        len(gain),
        float(ours.mean()),
        float(theirs.mean()),
        float(gain.mean() - reach),
        float(gain.mean() + reach),
    )
