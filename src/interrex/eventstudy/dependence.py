"""How pairs of name and event depend on each other: through the calendar days that their returns share.

Two abnormal returns are correlated as far as they cover the same days, whatever their events are called: the CARs of
names i and j by rho_ij c_ij / sqrt(c_i c_j), where the return of i covers c_i days of its window, that of j c_j, and both
c_ij. rho is estimated before the events from returns that overlap, each product counted by the days in common, so that
halts and thin trading do not wash it out (the idea of Hayashi & Yoshida 2005 for prices that are not quoted at the same
times). With one common day and no missing returns this is the mean correlation of Kolari & Pynnonen (2010).

Sources: Kolari, J. W., Pynnonen, S. (2010). Event study testing with cross-sectional correlation of abnormal returns.
Review of Financial Studies 23, 3996-4025. Hayashi, T., Yoshida, N. (2005). On covariance estimation of
non-synchronously observed diffusion processes. Bernoulli 11, 359-379.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Together(NamedTuple):
    """Names that met their events on one trading day of one market.

    names, events: int[n], places of the names in the study, and of the first event that each met on this day. day0: the day on which they met them. days: datetime64[L], those of the estimation window inside the data.
    residuals, sar, span: float[L, n], abnormal returns of these days, the same over their standard deviations, and the
    trading days that each spans (NaN: none).
    window: datetime64[W'], days of the event window and those before and after it that its returns cover. covered:
    bool[W', n], which of them a return covers.
    """

    names: np.ndarray
    events: np.ndarray
    day0: np.datetime64
    days: np.ndarray
    residuals: np.ndarray
    sar: np.ndarray
    span: np.ndarray
    window: np.ndarray
    covered: np.ndarray

    def of(self, chosen: np.ndarray) -> Together:
        """The same for the chosen[n] of its names alone."""
        return Together(
            self.names[chosen], self.events[chosen], self.day0, self.days, self.residuals[:, chosen], self.sar[:, chosen], self.span[:, chosen], self.window,
            self.covered[:, chosen],
        )  # fmt: skip


class Spread(NamedTuple):
    """Returns laid on each day that they cover: value, back and ahead, float[L, n], NaN on a day that none covers.

    back: days from the beginning of the return to the end of this day; ahead: days from then to its end.
    """

    value: np.ndarray
    back: np.ndarray
    ahead: np.ndarray


def spread(returns: np.ndarray, span: np.ndarray) -> Spread:
    """Lay returns[L, n], each over span[L, n] days up to its own, on the days that they cover (NaN: no return)."""
    if not (span > 1).any():
        there = np.where(np.isfinite(returns), 1.0, np.nan)
        return Spread(returns, there, there - 1)
    length = len(returns)
    row = np.arange(length)[:, None]
    end = np.where(np.isfinite(returns), row, length)
    end = np.minimum.accumulate(end[::-1], axis=0)[::-1]
    there = np.minimum(end, length - 1)
    back = np.take_along_axis(span, there, 0) - (end - row)
    inside = (end < length) & (back > 0)
    value = np.take_along_axis(returns, there, 0)
    return Spread(*(np.where(inside, one, np.nan) for one in (value, back, end - row)))


class Cover(NamedTuple):
    """Which days the returns of a window cover, bool[early + W + late, n]: `early` days before it, into which the first
    return of some name reaches, those of the window, and `late` days after it."""

    days: np.ndarray
    early: int
    late: int

    @property
    def window(self) -> np.ndarray:
        """bool[W, n], the days of the window alone."""
        return self.days[self.early : len(self.days) - self.late]


def cover(span: np.ndarray, late: np.ndarray | None = None) -> Cover:
    """What returns over span[W, n] days cover (NaN: no return); late: int[n], days after the window on which the return
    of its last row ends."""
    there = np.isfinite(span)
    late = np.where(there[-1], 0 if late is None else late, 0)
    inside = span.copy()
    inside[-1] -= late
    first = there.argmax(0)
    begun = np.take_along_axis(inside, first[None], 0)[0] - (first + 1)
    early = np.where(there.any(0), np.maximum(begun, 0), 0).astype(int)
    before = np.arange(early.max(initial=0), 0, -1)[:, None] <= early
    after = np.arange(1, late.max(initial=0) + 1)[:, None] <= late
    window = np.isfinite(spread(inside, inside).value)
    return Cover(np.concatenate([before, window, after]), len(before), len(after))


def day_variance(span: np.ndarray, correlation: float) -> np.ndarray:
    """Variance of the sum of the standardised returns of each day, float[T] for span[T, n] (NaN: no return), where two
    over the same days have that correlation: two that end on one day share the root of the shorter over the longer."""
    root = np.sqrt(np.sort(span, axis=1))
    root = np.where(np.isfinite(root), root, 0.0)
    below = np.cumsum(root, axis=1) - root
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = 2 * np.where(root > 0, below / root, 0.0).sum(1)
    return np.isfinite(span).sum(1) + correlation * shared


def window_variance(span: np.ndarray, correlation: float) -> float:
    """Variance of the sum of all standardised returns of a window, span[W, n]: returns that end on different days are
    correlated too, where they cover the same ones."""
    there = np.isfinite(span)
    weight = spread(1 / np.sqrt(span), span).value
    first = np.take_along_axis(span, there.argmax(0)[None], 0)[0]
    early = cover(span)
    before = np.where(early.days[: early.early], 1 / np.sqrt(first), np.nan)
    return float(there.sum() + correlation * products(np.concatenate([before, weight])))


def shared_days(spread: Spread) -> float:
    """Days that two of the returns cover both, summed over days and ordered pairs of columns."""
    return _pairwise_least(spread.back) + _pairwise_least(spread.ahead)


def products(value: np.ndarray) -> float:
    """Products of two different columns of value[L, n] (NaN: none), summed over days and ordered pairs of columns."""
    value = np.nan_to_num(value)
    return float((value.sum(1) ** 2 - (value**2).sum(1)).sum())


def mean_correlation(groups: list[Together]) -> float:
    """Mean correlation of the CARs over all pairs of the groups' names; NaN with fewer than two, or where names that
    share days of their windows share none before. Names whose windows share no day count as uncorrelated."""
    count = sum(len(group.names) for group in groups)
    if count < 2:
        return float("nan")
    groups = sorted(groups, key=lambda group: group.window[0])
    laid = [_unit(group) for group in groups]
    weights = [np.where(group.covered, 1.0, 0.0) / np.sqrt(group.covered.sum(0)) for group in groups]
    total = 0.0
    for at, one in enumerate(groups):
        weight = products(weights[at])
        if weight > 0:
            total += weight * _ratio(products(laid[at].value), shared_days(laid[at]))
        for to in range(at + 1, len(groups)):
            other = groups[to]
            if other.window[0] > one.window[-1]:
                break
            _, mine, theirs = np.intersect1d(one.window, other.window, True, return_indices=True)
            weight = 2 * float((weights[at][mine].sum(1) * weights[to][theirs].sum(1)).sum())
            if weight > 0:
                total += weight * _between(laid[at], one.days, laid[to], other.days)
    return total / (count * (count - 1))


def blocks(groups: list[Together]) -> list[list[Together]]:
    """Groups that share days of their windows, directly or through others; in the order of their days."""
    out: list[list[Together]] = []
    last = None
    for group in sorted(groups, key=lambda group: group.window[0]):
        if last is not None and group.window[0] <= last:
            out[-1].append(group)
            last = max(last, group.window[-1])
        else:
            out.append([group])
            last = group.window[-1]
    return out


def in_step(block: list[Together]) -> bool:
    """Whether all names of a block met their events on the same day, so that their windows run day by day together."""
    return all(group.day0 == block[0].day0 for group in block)


def _unit(group: Together) -> Spread:
    """Residuals over the standard deviation of a day, laid on the days that they cover."""
    size = np.sqrt(np.nansum(group.residuals**2, axis=0) / np.nansum(group.span, axis=0))
    return spread(group.residuals / np.where(size > 0, size, np.nan), group.span)


def _between(mine: Spread, my_days: np.ndarray, other: Spread, other_days: np.ndarray) -> float:
    """Mean correlation of the columns of one with those of another, on their common days."""
    _, here, there = np.intersect1d(my_days, other_days, True, return_indices=True)
    mine, other = Spread(*(part[here] for part in mine)), Spread(*(part[there] for part in other))
    both = Spread(*(np.concatenate(pair, axis=1) for pair in zip(mine, other, strict=True)))
    value = 2 * float((np.nan_to_num(mine.value).sum(1) * np.nan_to_num(other.value).sum(1)).sum())
    return _ratio(value, shared_days(both) - shared_days(mine) - shared_days(other))


def _ratio(value: float, days: float) -> float:
    return value / days if days > 0 else float("nan")


def _pairwise_least(values: np.ndarray) -> float:
    """Sum over rows and ordered pairs of columns of the smaller of the two; NaN counts for nothing."""
    ordered = np.sort(values, axis=1)  # NaN last
    more = np.isfinite(values).sum(1)[:, None] - 1 - np.arange(values.shape[1])
    return 2 * float(np.nansum(ordered * np.maximum(more, 0)))
