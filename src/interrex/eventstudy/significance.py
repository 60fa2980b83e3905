"""Tests of the hypothesis that the event did nothing, one function each.

Each takes a `Sample` and returns a `Test`; all are two-sided. n pairs of an instrument and an event; L days of the
estimation window and W of the event window, both counted from the event, so that day -20 of one event stands beside
day -20 of another.

Sources: Patell, J. M. (1976), J. Accounting Research 14, 246-276. Brown, S. J., Warner, J. B. (1980), J. Financial
Economics 8, 205-258; (1985), 14, 3-31. Corrado, C. J. (1989), J. Financial Economics 23, 385-395. Boehmer, E.,
Musumeci, J., Poulsen, A. B. (1991), J. Financial Economics 30, 253-272. Corrado, C. J., Zivney, T. L. (1992), J.
Financial and Quantitative Analysis 27, 465-478. Cowan, A. R. (1992), Review of Quantitative Finance and Accounting 2,
343-358. Kolari, J. W., Pynnonen, S. (2010), Review of Financial Studies 23, 3996-4025; (2011), J. Empirical Finance
18, 953-971.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from interrex.eventstudy.dependence import (
    cover,
    day_variance,
    products,
    shared_days,
    spread,
    window_variance,
)  # fmt: skip


class Sample(NamedTuple):
    """What the tests look at.

    car, scar: float[n], cumulative abnormal return, and the same over its forecast standard deviation. df: float[n].
    before, before_sar: float[L, n], abnormal returns of the estimation window, raw and over their standard
    deviations. after, after_sar: float[W, n], those of the event window. NaN where a day has no return. correlation:
    mean correlation of the CARs of two pairs (`dependence.mean_correlation`). before_span, after_span: float[L, n] and
    float[W, n], trading days that each return spans (None: one each).
    """

    car: np.ndarray
    scar: np.ndarray
    df: np.ndarray
    before: np.ndarray
    before_sar: np.ndarray
    after: np.ndarray
    after_sar: np.ndarray
    correlation: float
    before_span: np.ndarray | None = None
    after_span: np.ndarray | None = None

    @property
    def shared(self) -> float:
        """The correlation, 0 where it is negative or unknown: for the variance of sums, which must not vanish."""
        return max(0.0, float(np.nan_to_num(self.correlation)))

    @property
    def spans(self) -> tuple[np.ndarray, np.ndarray]:
        """Trading days that each return spans, before and after; NaN where there is none."""
        pairs = (self.before, self.before_span), (self.after, self.after_span)
        before, after = (
            np.where(np.isfinite(moved), 1.0 if span is None else span, np.nan) for moved, span in pairs
        )
        return before, after


class Test(NamedTuple):
    """Result of a test: statistic, two-sided p (NaN with the reason in `why` where it cannot be done)."""

    name: str
    statistic: float
    p: float
    why: str = ""

    __test__ = False


def cross_sectional(sample: Sample) -> Test:
    """Mean CAR over its spread between the pairs; t with n - 1. Assumes independent pairs of like variance."""
    name, n = "cross-sectional t", len(sample.car)
    if n < 2:
        return _undone(name, "needs two or more names")
    return _t(name, sample.car.mean(), sample.car.std(ddof=1) / np.sqrt(n), n - 1)


def patell(sample: Sample) -> Test:
    """Sum of the standardised CARs over its standard deviation (Patell 1976). Assumes independent pairs and a
    variance that the event leaves alone."""
    df = sample.df
    if (df <= 4).any():
        return _undone("Patell", "needs more than four degrees of freedom a name")
    z = sample.scar.sum() / np.sqrt((df / (df - 2)).sum())
    return _z("Patell", z)


def boehmer_musumeci_poulsen(sample: Sample) -> Test:
    """Mean standardised CAR over its spread between the pairs (Boehmer, Musumeci & Poulsen 1991); t with n - 1.
    Allows a variance raised by the event; assumes independent pairs."""
    name, n = "BMP", len(sample.scar)
    if n < 2:
        return _undone(name, "needs two or more names")
    return _t(name, sample.scar.mean(), sample.scar.std(ddof=1) / np.sqrt(n), n - 1)


def kolari_pynnonen(sample: Sample) -> Test:
    """BMP shrunk for the mean correlation r between pairs: BMP * sqrt((1 - r) / (1 + (n - 1) r)) (Kolari & Pynnonen
    2010)."""
    name, n, r = "Kolari-Pynnonen", len(sample.scar), sample.correlation
    if n < 2:
        return _undone(name, "needs two or more names")
    if not (np.isfinite(r) and 1 + (n - 1) * r > 0 and r < 1):
        return _undone(name, "the mean correlation between names could not be estimated")
    shrink = np.sqrt((1 - r) / (1 + (n - 1) * r))
    return _t(name, sample.scar.mean() * shrink, sample.scar.std(ddof=1) / np.sqrt(n), n - 1)


def corrado_rank(sample: Sample) -> Test:
    """Sum of the ranks of the event window among all days, over the spread of the daily sums (Corrado 1989, with the
    scaling for missing days of Corrado & Zivney 1992, summed over the window as in Cowan 1992).

    A return over several days is ranked by its size for one, over the root of their number. Sums are compared over the
    standard deviations that they have with the mean correlation of the names: without missing returns they are all the
    same and cancel, and for independent names they are the root of the number of returns, as in Corrado & Zivney.
    """
    name, width, r = "Corrado rank", len(sample.after), sample.shared
    span = np.concatenate(sample.spans)
    rank = _ranked(np.concatenate([sample.before, sample.after]) / np.sqrt(span))
    daily = _over(rank, day_variance(span, r))
    spread = np.sqrt(np.mean(daily**2))
    if not np.isfinite(span[-width:]).any() or spread == 0:
        return _undone(name, "no return in the event window")
    return _z(name, np.nansum(rank[-width:]) / np.sqrt(window_variance(span[-width:], r)) / spread)


def generalised_rank(sample: Sample) -> Test:
    """GRANK-T of Kolari & Pynnonen (2011): the whole event window is one point among the estimation days, its CARs
    standardised again by their own spread. Allows raised variance, correlation and serial correlation. Days with
    missing returns are scaled as in `corrado_rank`."""
    name, n = "generalised rank", len(sample.scar)
    if n < 2:
        return _undone(name, "needs two or more names")
    spread = sample.scar.std(ddof=1)
    if not spread > 0:
        return _undone(name, "all names moved alike")
    rank = _ranked(np.concatenate([sample.before_sar, sample.scar[None] / spread]))
    span = np.concatenate([sample.spans[0], np.ones((1, n))])
    daily = _over(rank, day_variance(span, sample.shared))
    days = len(daily) - 1
    s = np.sqrt(np.mean(daily**2))
    if days < 3 or s == 0:
        return _undone(name, "too few estimation days")
    z = daily[-1] / s
    # |z| comes near sqrt(T - 1) when all names stand at the same extreme.
    t = z * np.sqrt((days - 1) / max(days - z**2, 1e-9))
    return Test(name, float(t), _two_sided(t, days - 1))


def sign(sample: Sample) -> Test:
    """Number of pairs that rose against one half, exact binomial. Assumes a median abnormal return of 0. With fewer than
    six pairs it cannot reach 5 %."""
    up, n = int((sample.car > 0).sum()), len(sample.car)
    p = min(1.0, 2 * float(special.bdtr(min(up, n - up), n, 0.5)))
    return Test("sign", (2 * up - n) / float(np.sqrt(n)), p)


def generalised_sign(sample: Sample) -> Test:
    """Number of pairs that rose against the share of estimation days that did (Cowan 1992), normal z."""
    name, n = "generalised sign", len(sample.car)
    with np.errstate(invalid="ignore"):
        up = (sample.before > 0).sum(0) / np.isfinite(sample.before).sum(0)
    share = float(up[np.isfinite(up)].mean()) if np.isfinite(up).any() else 0.0
    if not 0 < share < 1:
        return _undone(name, "no return in the estimation window")
    return _z(name, ((sample.car > 0).sum() - n * share) / np.sqrt(n * share * (1 - share)))


def crude_dependence(sample: Sample) -> Test:
    """Mean CAR over the spread in time of the mean abnormal return (Brown & Warner 1980, 1985, "crude dependence
    adjustment"). Allows correlated pairs; assumes independent days and no raised variance.

    Where every return spans one day that spread is the standard deviation of the daily means over the estimation
    window, times the root of the days. Otherwise the variance of the mean CAR is put together from that of each name
    for each day that its returns span, and the mean covariance of two names for each day that both cover.
    """
    name, n = "crude dependence", len(sample.car)
    span, ahead = sample.spans
    length = np.isfinite(span).any(1).sum()
    days = np.isfinite(span).sum(0)
    if length < 3 or (days < 2).any():
        return _undone(name, "too few estimation days")
    centred = sample.before - span * (np.nansum(sample.before, axis=0) / np.nansum(span, axis=0))
    own = np.nansum(centred**2 / span, axis=0) / (days - 1)
    laid = spread(centred, span)
    shared, covered = shared_days(laid), cover(ahead).days
    together = products(covered.astype(float))
    common = together * products(laid.value) / shared * length / (length - 1) if shared else 0.0
    variance = ((own * covered.sum(0)).sum() + common) / n**2
    if together and not shared:
        return _undone(name, "the names share no estimation day")
    return _t(name, sample.car.mean(), float(np.sqrt(max(variance, 0.0))), length - 1)


TESTS = (
    cross_sectional, patell, boehmer_musumeci_poulsen, kolari_pynnonen, corrado_rank, generalised_rank, sign,
    generalised_sign, crude_dependence,
)  # fmt: skip


def _ranked(values: np.ndarray) -> np.ndarray:
    """rank/(count + 1) - 1/2 within each column; NaN where there is no value."""
    there = np.isfinite(values)
    return np.where(there, _ranks(np.where(there, values, np.inf)) / (there.sum(0) + 1) - 0.5, np.nan)


def _over(values: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Sums of the rows that hold a value, over the standard deviations of the sums."""
    used = np.isfinite(values).any(1)
    return np.nansum(values[used], axis=1) / np.sqrt(variance[used])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank of each value in its column, from 1; equal values share the mean of their ranks."""
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, 0)
    place = np.broadcast_to(np.arange(1.0, len(values) + 1)[:, None], values.shape)
    equal = ordered[1:] == ordered[:-1]
    if equal.any():
        place = place.copy()
        for column in np.flatnonzero(equal.any(0)):
            run = np.r_[0, np.cumsum(~equal[:, column])]
            place[:, column] = (np.bincount(run, place[:, column]) / np.bincount(run))[run]
    rank = np.empty(values.shape)
    np.put_along_axis(rank, order, place, axis=0)
    return rank


def _t(name: str, mean: float, error: float, df: float) -> Test:
    if not error > 0:
        return _undone(name, "there is no spread to compare with")
    return Test(name, float(mean / error), _two_sided(mean / error, df))


def _z(name: str, z: float) -> Test:
    return Test(name, float(z), float(2 * special.ndtr(-abs(z))))


def _two_sided(t: float, df: float) -> float:
    return float(2 * special.stdtr(df, -abs(t)))


def _undone(name: str, why: str) -> Test:
    return Test(name, float("nan"), float("nan"), why)
