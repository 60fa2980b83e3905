"""All pairs of name and event together: the sample for the tests, and the comparison with other times."""

from __future__ import annotations

import numpy as np

from interrex.markets import significance
from interrex.markets.measure import OtherDates, Pairs
from interrex.markets.placebo import Placebo, permutation, placebo_dates

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


def placebos(pairs: Pairs, others: OtherDates, number: int, seed: int) -> tuple[Placebo, Placebo]:
    """All names together: at other dates, and with the days of the windows permuted."""
    sums, counts, days, widths = [], [], [], []
    for event in range(len(pairs.scar)):
        measured = np.isfinite(pairs.scar[event])
        if not measured.any():
            continue
        mine = others.scar[:, measured]
        there = np.isfinite(mine).sum(1)
        enough = there >= MOST_NAMES * measured.sum()
        sums.append(np.nansum(mine[enough], axis=1))
        counts.append(there[enough].astype(float))
        with np.errstate(invalid="ignore", divide="ignore"):
            after = pairs.ar[event, measured] / pairs.sd[event, measured]
        real = np.isfinite(pairs.before[event][:, measured]).any(1)
        before = pairs.before_sar[event][real][:, measured]
        days.append(np.nan_to_num(np.concatenate([before, after.T])).sum(1))
        widths.append(after.shape[1])
    observed = float(np.nanmean(pairs.scar))
    return placebo_dates(observed, sums, counts, number, seed), permutation(days, widths, number, seed)
