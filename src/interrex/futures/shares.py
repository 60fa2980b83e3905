"""A probability over histories, with what it leaves open: never the number of histories in the place of uncertainty."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class Chance(NamedTuple):
    """A probability over histories.

    p: mean over the histories that stayed in the range of the model, NaN where none did. low, high: least and most over the
    rates that the panels allow, with the histories that left the range counted as no and as yes. error: Monte Carlo standard
    error of p, the larger of what so many independent histories would err by and of what the islands differ by; NaN below
    two histories."""

    p: float
    low: float
    high: float
    error: float


UNKNOWN = Chance(math.nan, math.nan, math.nan, math.nan)


def chance(values: np.ndarray, island: np.ndarray) -> Chance:
    """The chance from probabilities f8[rate, history], NaN where a history left the range of the model; the first row holds
    the model's own rates. `island` i8[history] is the island of the sampler from which each came."""
    values = np.atleast_2d(np.asarray(values, dtype=float))
    if values.shape[1] == 0:
        return UNKNOWN._replace(low=0.0, high=1.0)
    low = float(np.where(np.isnan(values), 0.0, values).mean(axis=1).min())
    high = float(np.where(np.isnan(values), 1.0, values).mean(axis=1).max())
    known = ~np.isnan(values[0])
    own = values[0, known]
    if own.size == 0:
        return UNKNOWN._replace(low=low, high=high)
    p = float(own.mean())
    return Chance(p, min(low, p), max(high, p), monte_carlo(own, island[known]))


def monte_carlo(values: np.ndarray, island: np.ndarray) -> float:
    """Standard error of the mean of values f8[history], NaN below two."""
    if values.size < 2:
        return math.nan
    alone = float(values.std(ddof=1)) / math.sqrt(values.size)
    means = [float(values[island == i].mean()) for i in np.unique(island)]
    between = float(np.std(means, ddof=1)) / math.sqrt(len(means)) if len(means) > 1 else 0.0
    return max(alone, between)
