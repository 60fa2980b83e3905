"""Placebo dates and permuted days: how often an ordinary time shows a move as large. The first choice for a verdict.

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
    """Comparison with other times: p, two-sided; the number compared with; how many were as extreme; whether they were all
    that there are, rather than drawn."""

    p: float
    compared: int
    as_extreme: int
    exact: bool


def placebo_dates(
    observed: float, sums: list[np.ndarray], counts: list[np.ndarray], number: int, seed: int
) -> Placebo:
    """Mean standardised CAR of the study against the same mean at other dates.

    sums, counts: for each block of names, float[dates] sum of their standardised CARs at each admissible other date, and
    how many names there were. Every combination of one date a block is taken once if there are no more than `number`,
    always so with one block; otherwise `number` are drawn. The observed value counts as one of them, so p is never 0.
    """
    lengths = [len(values) for values in sums]
    ways = float(np.prod([float(length) for length in lengths]))
    if not ways or not np.isfinite(observed):
        return Placebo(float("nan"), 0, 0, False)
    exact = len(sums) == 1 or ways <= number
    total, count = np.zeros(1), np.zeros(1)
    for block, (value, names) in enumerate(zip(sums, counts, strict=True)):
        if exact:
            total = (total[:, None] + value).ravel()
            count = (count[:, None] + names).ravel()
        else:
            chosen = (draws.uniforms(seed, draws.PLACEBO, number, noise=block) * len(value)).astype(int)
            total = total + value[chosen]
            count = count + names[chosen]
    return _compare(observed, total / count, exact)


def permutation(
    days: list[np.ndarray], width: list[int], observed: list[float], number: int, seed: int
) -> Placebo:
    """Sum over the event window against the sum over as many days drawn from all days, block by block.

    days: for each block of names float[L + W], sum over them of the standardised abnormal returns of a day, the event
    window last. width: W of each block; observed: its sum over the event window. A day is drawn with all its names, which keeps their correlation; days are
    taken as exchangeable, which raised volatility is not.
    """
    total = np.zeros(number)
    for block, (values, wide) in enumerate(zip(days, width, strict=True)):
        uniforms = draws.uniforms(seed, draws.PLACEBO, (wide, number), tick=1, noise=block * 1000)
        for column in _subsets(len(values), wide, uniforms):
            total += values[column]
    return _compare(sum(observed), total, False)


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
