"""Placebo dates and permuted days: how often an ordinary time shows a move as large. The default verdict.

With a handful of names the parametric tests lean on a shape of the errors that cannot be checked, and the
cross-sectional ones have next to no power. Other dates of the same names carry their own fat tails and their own
correlation, so a comparison with them needs neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine import draws

FEWEST = 19
"""With fewer placebo dates than this no p can fall to 5 %."""


class Placebo(NamedTuple):
    """Comparison with other times: p, two-sided; the number compared with; how many were as extreme."""

    p: float
    compared: int
    as_extreme: int
    exact: bool


def placebo_dates(
    observed: float, sums: list[np.ndarray], counts: list[np.ndarray], number: int, seed: int
) -> Placebo:
    """Mean standardised CAR of the study against the same mean at other dates.

    sums, counts: for each event, float[dates] sum of the standardised CARs of its names at each admissible other
    date, and how many names there were. One event: all dates, once each. Several: `number` draws of one date an
    event. The observed value counts as one of the draws, so p is never 0.
    """
    if any(len(values) == 0 for values in sums) or not np.isfinite(observed):
        return Placebo(float("nan"), 0, 0, False)
    if len(sums) == 1:
        values = sums[0] / counts[0]
    else:
        total, count = np.zeros(number), np.zeros(number)
        for event, (value, names) in enumerate(zip(sums, counts, strict=True)):
            chosen = (draws.uniforms(seed, draws.PLACEBO, number, noise=event) * len(value)).astype(int)
            total += value[chosen]
            count += names[chosen]
        values = total / count
    return _compare(observed, values, len(sums) == 1)


def permutation(days: list[np.ndarray], width: list[int], number: int, seed: int) -> Placebo:
    """Sum over the event window against the sum over as many days drawn from all days, event by event.

    days: for each event float[L + W], sum over its names of the standardised abnormal returns of a day, the event
    window last. width: W of each event. A day is drawn with all its names, which keeps their correlation; days are
    taken as exchangeable, which raised volatility is not.
    """
    observed, total = 0.0, np.zeros(number)
    for event, (values, wide) in enumerate(zip(days, width, strict=True)):
        observed += values[-wide:].sum()
        uniforms = draws.uniforms(seed, draws.PLACEBO, (wide, number), tick=1, noise=event * 1000)
        for column in _subsets(len(values), wide, uniforms):
            total += values[column]
    return _compare(observed, total, False)


def each_name(observed: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p, number of dates and number of more extreme dates for observed[n] against others[dates, n] (NaN: no date)."""
    there = np.isfinite(others)
    with np.errstate(invalid="ignore"):
        extreme = (there & (np.abs(others) >= np.abs(observed))).sum(0)
    compared = there.sum(0)
    p = np.where((compared > 0) & np.isfinite(observed), (1 + extreme) / (1 + compared), np.nan)
    return p, compared, extreme


def _subsets(size: int, wide: int, uniforms: np.ndarray) -> list[np.ndarray]:
    """`wide` distinct numbers below `size` for each column of uniforms[wide, number] (Floyd's algorithm)."""
    chosen: list[np.ndarray] = []
    for step, top in enumerate(range(size - wide, size)):
        pick = (uniforms[step] * (top + 1)).astype(int)
        taken = np.zeros(len(pick), dtype=bool)
        for earlier in chosen:
            taken |= earlier == pick
        chosen.append(np.where(taken, top, pick))
    return chosen


def _compare(observed: float, values: np.ndarray, exact: bool) -> Placebo:
    values = values[np.isfinite(values)]
    extreme = int((np.abs(values) >= abs(observed) * (1 - 1e-12)).sum())
    return Placebo((1 + extreme) / (1 + len(values)), len(values), extreme, exact)
