"""How good forecasts were: Brier and log score, skill against a null, AUC, average precision, calibration.

`p` are forecast probabilities of yes, `y` what came (1 yes, 0 no), one entry a forecast. A figure that the sample cannot
give is NaN: the AUC of a sample without a yes, the skill against a null that was never wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interrex.errors import RunError

LEVEL = 0.9
"""Share of an interval."""
DRAWS = 2000
"""Resamples behind an interval."""

Numbers = NDArray[np.float64]


class Scores(NamedTuple):
    """All figures of one sample of forecasts. Skills are 1 - Brier / Brier of the null; pooled and own are the two nulls,
    each with its interval."""

    n: int
    events: int
    countries: int
    brier: float
    log: float
    pooled: float
    pooled_interval: tuple[float, float]
    own: float
    own_interval: tuple[float, float]
    auc: float
    average_precision: float


class Bin(NamedTuple):
    """Forecasts between two probabilities: how many, how many came true, and their mean probability."""

    low: float
    high: float
    n: int
    events: int
    mean: float


def scores(p: ArrayLike, y: ArrayLike, pooled: ArrayLike, own: ArrayLike, country: ArrayLike) -> Scores:
    """All figures of a sample; `country` (any values) says whose forecasts are resampled together."""
    return Scores(
        n=len(_floats(y)), events=int(_floats(y).sum()), countries=len(np.unique(np.asarray(country))),
        brier=brier(p, y), log=log_score(p, y), pooled=skill(p, pooled, y), pooled_interval=skill_interval(p, pooled, y, country),
        own=skill(p, own, y), own_interval=skill_interval(p, own, y, country), auc=auc(p, y),
        average_precision=average_precision(p, y),
    )  # fmt: skip


def brier(p: ArrayLike, y: ArrayLike) -> float:
    """Mean square of forecast minus outcome: 0 is perfect, .25 is a coin."""
    p, y = _probabilities(p), _floats(y)
    return float(np.mean((p - y) ** 2)) if len(y) else np.nan


def log_score(p: ArrayLike, y: ArrayLike) -> float:
    """Mean natural logarithm of the probability that was given to what came: 0 is perfect, -.69 a coin, -inf where what was
    called impossible came."""
    p, y = _probabilities(p), _floats(y)
    with np.errstate(divide="ignore"):
        return float(np.mean(np.log(np.where(y == 1, p, 1 - p)))) if len(y) else np.nan


def skill(p: ArrayLike, null: ArrayLike, y: ArrayLike) -> float:
    """Brier skill: the share of the null's Brier score that the forecast saves; below 0 it was worse than the null."""
    base = brier(null, y)
    return 1 - brier(p, y) / base if base > 0 else np.nan


def skill_interval(
    p: ArrayLike, null: ArrayLike, y: ArrayLike, country: ArrayLike,
    level: float = LEVEL, draws: int = DRAWS, seed: int = 1,
) -> tuple[float, float]:  # fmt: skip
    """Bounds of the skill when countries are drawn again with replacement, each with all its forecasts, since those of one
    country rise and fall together. NaN with fewer than two countries."""
    p, null, y = _floats(p), _floats(null), _floats(y)
    names, at = np.unique(np.asarray(country), return_inverse=True)
    if len(names) < 2:
        return np.nan, np.nan
    loss = np.stack([np.bincount(at, (forecast - y) ** 2) for forecast in (p, null)], axis=1)
    times = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
    ours, theirs = (times @ loss).T
    found = 1 - ours[theirs > 0] / theirs[theirs > 0]
    if not len(found):
        return np.nan, np.nan
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def auc(p: ArrayLike, y: ArrayLike) -> float:
    """Probability that a yes was given more than a no, ties counted half."""
    p, y = _floats(p), _floats(y)
    yes = y.sum()
    no = len(y) - yes
    if not yes or not no:
        return np.nan
    _, at, times = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2)[at]
    return float((ranks[y == 1].sum() - yes * (yes + 1) / 2) / (yes * no))


def average_precision(p: ArrayLike, y: ArrayLike) -> float:
    """Mean over the yeses of the share of yes among all forecasts at least as high; a useless forecast has the base rate."""
    p, y = _floats(p), _floats(y)
    if not y.sum():
        return np.nan
    order = np.argsort(-p, kind="stable")
    found = np.cumsum(y[order])
    last = np.append(np.diff(p[order]) != 0, True)  # of forecasts of one height the last stands for all
    gained = np.diff(found[last], prepend=0.0)
    return float((gained * found[last] / (np.flatnonzero(last) + 1)).sum() / y.sum())


def calibration(p: ArrayLike, y: ArrayLike, edges: ArrayLike) -> list[Bin]:
    """The forecasts sorted into [edge, next edge), the last bin with its upper edge; empty bins are left out."""
    p, y, cut = _floats(p), _floats(y), _floats(edges)
    bin_of = np.minimum(np.searchsorted(cut, p, side="right") - 1, len(cut) - 2)
    return [
        Bin(float(cut[k]), float(cut[k + 1]), int(here.sum()), int(y[here].sum()), float(p[here].mean()))
        for k in range(len(cut) - 1)
        if (here := (bin_of == k) & (p <= cut[k + 1])).any()
    ]


def _probabilities(values: ArrayLike) -> Numbers:
    """The values, none of them outside 0 to 1; RunError counts those that are."""
    p = _floats(values)
    if wrong := int((~((p >= 0) & (p <= 1))).sum()):
        raise RunError(
            f"{wrong:,} of {len(p):,} forecasts are no probabilities", "give numbers between 0 and 1"
        )
    return p


def _floats(values: ArrayLike) -> Numbers:
    return np.asarray(values, dtype=np.float64)
