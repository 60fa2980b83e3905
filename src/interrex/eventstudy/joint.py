"""All pairs of name and event together: the sample for the tests, and the comparison with other times."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy import significance
from interrex.eventstudy.measure import OtherDates
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.placebo import Placebo, permutation, placebo_dates

MOST_NAMES = 0.8
"""Share of an event's names that another date must have, to be compared with it."""


def sample_of(pairs: Pairs) -> significance.Sample:
    """The sample that the tests look at: every pair that could be measured."""
    measured = np.isfinite(pairs.scar)
    event, name = np.nonzero(measured)
    with np.errstate(invalid="ignore", divide="ignore"):
        return significance.Sample(
            car=pairs.car[measured][:, -1],
            scar=pairs.car[measured][:, -1] / pairs.car_sd[measured][:, -1],
            df=pairs.df[measured],
            before=pairs.before.transpose(1, 0, 2)[:, event, name],
            before_sar=pairs.before_sar.transpose(1, 0, 2)[:, event, name],
            after=pairs.ar[measured].T,
            after_sar=(pairs.ar[measured] / pairs.sd[measured]).T,
            correlation=significance.mean_correlation(pairs.dates),
        )


class Joint(NamedTuple):
    """Comparisons with other times: all pairs at other dates by their mean standardised move, the same by its size
    whatever its sign, all with their days permuted, each event's names alone at other dates (None for an event
    without a measured name), and the mean path of an only event's names at other
    dates, float[dates, W] (None with several events)."""

    dates: Placebo
    sizes: Placebo
    permuted: Placebo
    events: list[Placebo | None]
    paths: np.ndarray | None


def compare(pairs: Pairs, others: OtherDates, number: int, seed: int) -> Joint:
    """All names together, and event by event, against other times; number: of draws."""
    sums, sizes, counts, days, widths, events = [], [], [], [], [], []
    paths = None
    for event in range(len(pairs.scar)):
        measured = np.isfinite(pairs.scar[event])
        if not measured.any():
            events.append(None)
            continue
        mine = others.scar[:, measured]
        there = np.isfinite(mine).sum(1)
        enough = there >= MOST_NAMES * measured.sum()
        sums.append(np.nansum(mine[enough], axis=1))
        sizes.append(np.nansum(np.abs(mine[enough]), axis=1))
        counts.append(there[enough].astype(float))
        events.append(placebo_dates(pairs.scar[event, measured].mean(), sums[-1:], counts[-1:], number, seed))
        if len(pairs.scar) == 1:
            chosen = others.car[enough][:, measured]
            begun = np.isfinite(chosen)
            with np.errstate(invalid="ignore", divide="ignore"):
                paths = np.where(begun, chosen, 0.0).sum(1) / begun.sum(1)
        with np.errstate(invalid="ignore", divide="ignore"):
            after = pairs.ar[event, measured] / pairs.sd[event, measured]
        real = np.isfinite(pairs.before[event][:, measured]).any(1)
        before = pairs.before_sar[event][real][:, measured]
        days.append(np.nan_to_num(np.concatenate([before, after.T])).sum(1))
        widths.append(after.shape[1])
    return Joint(
        placebo_dates(float(np.nanmean(pairs.scar)), sums, counts, number, seed),
        placebo_dates(float(np.nanmean(np.abs(pairs.scar))), sizes, counts, number, seed),
        permutation(days, widths, number, seed), events, paths,
    )  # fmt: skip
