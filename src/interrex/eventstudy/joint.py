"""All pairs of name and event together: the sample for the tests, and the comparison with other times.

What counts is the calendar, not what events are called: a name's events on one day are one observation, names whose
windows share days are moved to other dates together, in step, and those that share none apart from each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy import significance
from interrex.eventstudy.dependence import Together, blocks, day_variance, mean_correlation, window_variance
from interrex.eventstudy.measure import OtherDates
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.placebo import Placebo, permutation, placebo_dates
from interrex.eventstudy.validity import Situation, decisive, objections, situation

MOST_NAMES = 0.8
"""Share of the names of a block that another date must have, to be compared with it."""


class Columns(NamedTuple):
    """Names of some groups side by side, n in all: events, names: int[n]; before, before_sar, before_span: float[L, n],
    residuals, raw and standardised, and the days that each spans, counted back from the event; after, after_sar,
    after_span: float[W, n], the same of the event window."""

    events: np.ndarray
    names: np.ndarray
    before: np.ndarray
    before_sar: np.ndarray
    before_span: np.ndarray
    after: np.ndarray
    after_sar: np.ndarray
    after_span: np.ndarray


def columns(pairs: Pairs, groups: list[Together]) -> Columns:
    """The names of the groups, in the order of their events."""
    event = np.concatenate([group.events for group in groups])
    name = np.concatenate([group.names for group in groups])
    order = np.lexsort((name, event))
    event, name = event[order], name[order]
    length = max(len(group.days) for group in groups)
    before, sar, span = (np.full((length, len(name)), np.nan) for _ in range(3))
    place = np.argsort(order)
    for group in groups:
        mine, place = place[: len(group.names)], place[len(group.names) :]
        rows = slice(length - len(group.days), length)
        before[rows, mine], sar[rows, mine], span[rows, mine] = group.residuals, group.sar, group.span
    after = pairs.ar[event, name].T
    with np.errstate(invalid="ignore", divide="ignore"):
        return Columns(
            event, name, before, sar, span, after, after / pairs.sd[event, name].T, pairs.span[event, name].T
        )


def sample_of(pairs: Pairs) -> significance.Sample:
    """The sample that the tests look at: every observation, a name's events on one day counted once."""
    found = columns(pairs, pairs.together)
    cell = found.events, found.names
    car = pairs.car[cell][:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        scar = car / pairs.car_sd[cell][:, -1]
    return significance.Sample(
        car, scar, pairs.df[cell], found.before, found.before_sar, found.after, found.after_sar,
        mean_correlation(pairs.together), found.before_span, found.after_span,
    )  # fmt: skip


class Joint(NamedTuple):
    """Comparisons with other times: all pairs at other dates by their mean standardised move, the same by its size
    whatever its sign, all with their days permuted, each event's names alone at other dates (None for an event
    without a measured name), and the mean path of the names of an only block at other dates, float[dates, W] (None
    with several blocks)."""

    dates: Placebo
    sizes: Placebo
    permuted: Placebo
    events: list[Placebo | None]
    paths: np.ndarray | None


class Judged(NamedTuple):
    """All pairs together: the sample, its situation, the comparisons with other times, all tests in their order with
    the objections to each, and the name of the test that gives the verdict ('' where none holds)."""

    sample: significance.Sample
    here: Situation
    joint: Joint
    tests: list[significance.Test]
    objection: dict[str, str]
    decided: str


class Days(NamedTuple):
    """Of a block: sum over its names of the standardised abnormal returns of each day that has some, float[L + W], the
    event window last; W; and the sum over the event window."""

    sums: np.ndarray
    width: int
    observed: float


class Moved(NamedTuple):
    """A block at the other dates that have enough of its names: sums of their standardised CARs and of the sizes of
    these, float[D'], and how many names there are."""

    sums: np.ndarray
    sizes: np.ndarray
    counts: np.ndarray


def judge(pairs: Pairs, others: OtherDates, number: int, seed: int) -> Judged:
    """All tests of the measured pairs, and which of them hold; number: of draws."""
    sample = sample_of(pairs)
    here, joint = situation(pairs.together), compare(pairs, others, number, seed)
    mean, size = float(sample.scar.mean()), float(np.abs(sample.scar).mean())
    tests = [test(sample) for test in significance.TESTS]
    for name, value, found in (("placebo dates", mean, joint.dates), ("placebo dates, either sign", size, joint.sizes),
                               ("permutation", mean, joint.permuted)):  # fmt: skip
        why = "" if found.compared else "no other date has room for both windows"
        tests.append(significance.Test(name, value if found.compared else np.nan, found.p, why))
    objection = objections(here, joint.dates.compared)
    return Judged(
        sample, here, joint, tests, objection, decisive(objection, {test.name: test.p for test in tests})
    )


def compare(pairs: Pairs, others: OtherDates, number: int, seed: int) -> Joint:
    """All names together, and event by event, against other times; number: of draws."""
    scar = pairs.scar[pairs.distinct]
    parts = blocks(pairs.together)
    moved = [_elsewhere(block, others) for block in parts]
    days = [_days(pairs, block) for block in parts]
    return Joint(
        placebo_dates(float(scar.mean()), [one.sums for one in moved], [one.counts for one in moved], number, seed),
        placebo_dates(float(np.abs(scar).mean()), [one.sizes for one in moved], [one.counts for one in moved], number, seed),
        permutation([one.sums for one in days], [one.width for one in days], [one.observed for one in days], number, seed),
        [_of_event(pairs, event, others, number, seed) for event in range(len(pairs.scar))],
        _mean_path(parts[0], others) if len(parts) == 1 else None,
    )  # fmt: skip


def _of_event(pairs: Pairs, event: int, others: OtherDates, number: int, seed: int) -> Placebo | None:
    """The names of one event at other dates."""
    mine: list[Together] = []
    for group in pairs.together:
        met = (pairs.day0[event, group.names] == group.day0) & np.isfinite(pairs.scar[event, group.names])
        if met.any():
            mine.append(group.of(met))
    if not mine:
        return None
    moved = [_elsewhere(block, others) for block in blocks(mine)]
    mean = float(np.nanmean(pairs.scar[event]))
    return placebo_dates(mean, [one.sums for one in moved], [one.counts for one in moved], number, seed)


def _elsewhere(block: list[Together], others: OtherDates) -> Moved:
    """A block at every other date that most of its names have, the days between its events kept as they are."""
    scar = others.scar
    sums, sizes, counts = np.zeros(len(scar)), np.zeros(len(scar)), np.zeros(len(scar))
    for group, here, there in _in_step(block, others):
        found = scar[there][:, group.names]
        measured = np.isfinite(found)
        found = np.where(measured, found, 0.0)
        sums[here] += found.sum(1)
        sizes[here] += np.abs(found).sum(1)
        counts[here] += measured.sum(1)
    enough = _enough(block, counts)
    return Moved(sums[enough], sizes[enough], counts[enough])


def _mean_path(block: list[Together], others: OtherDates) -> np.ndarray:
    """Mean of the cumulative abnormal returns of a block that have begun, at the same dates: float[D', W]."""
    length, width = others.car.shape[0], others.car.shape[2]
    total, begun, counts = np.zeros((length, width)), np.zeros((length, width)), np.zeros(length)
    for group, here, there in _in_step(block, others):
        path = others.car[there][:, group.names]
        total[here] += np.nansum(path, axis=1)
        begun[here] += np.isfinite(path).sum(1)
        counts[here] += np.isfinite(others.scar[there][:, group.names]).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (total / begun)[_enough(block, counts)]


def _in_step(block: list[Together], others: OtherDates) -> list[tuple[Together, slice, slice]]:
    """Each group of a block with the dates to which its first day may move, and those to which the group's own then does."""
    length = len(others.scar)
    place = np.searchsorted(others.dates, [group.day0 for group in block])
    return [
        (
            group,
            slice(max(0, -offset), length - max(0, offset)),
            slice(max(0, offset), length - max(0, -offset)),
        )
        for group, offset in zip(block, (place - place[0]).tolist(), strict=True)
    ]


def _enough(block: list[Together], counts: np.ndarray) -> np.ndarray:
    return counts >= MOST_NAMES * sum(len(group.names) for group in block)


def _days(pairs: Pairs, block: list[Together]) -> Days:
    """The days of a block, counted from the events of its names.

    Where returns are missing or span several days, sums are put on the scale of days on which every name has a return of
    one day, by the standard deviations that they have with the block's mean correlation.
    """
    found = columns(pairs, block)
    after = found.after_sar
    values, span = (
        np.concatenate(both) for both in ((found.before_sar, after), (found.before_span, found.after_span))
    )
    span = np.where(np.isfinite(values), span, np.nan)
    correlation, most = np.nan_to_num(mean_correlation(block)).clip(0), len(found.names)
    whole = most + correlation * most * (most - 1)
    used = np.isfinite(values).sum(1) > 0
    scaled = np.nansum(values, axis=1)[used] * np.sqrt(whole / day_variance(span, correlation)[used])
    width = int(used[-len(after) :].sum())
    observed = np.nansum(after) * np.sqrt(width * whole / window_variance(span[-len(after) :], correlation))
    return Days(scaled, width, float(observed))
