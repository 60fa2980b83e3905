"""Chances put together: between the horizons of one forecaster, and of several forecasters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

WORLD, CRISIS = "world record", "crisis record"
MONTH = 365.25 / 12  # days
NEVER = 1e-4
"""Least chance of either side in a pool, so that no part decides alone."""


def within(days: float, edges: ArrayLike, p: ArrayLike) -> np.ndarray:
    """The chance within `days` from chances `p` f8[..., edge] within `edges` days: the hazard is constant between edges, and
    after the last as before it."""
    at, chances = np.r_[0.0, np.asarray(edges, float)], np.asarray(p, float)
    total = -np.log1p(-np.concatenate([np.zeros_like(chances[..., :1]), chances], axis=-1))
    k = min(int(np.searchsorted(at, days, side="right")), len(at) - 1)
    rate = (total[..., k] - total[..., k - 1]) / (at[k] - at[k - 1])
    return -np.expm1(-(total[..., k - 1] + (days - at[k - 1]) * rate))


def pooled(p: Sequence[ArrayLike], weights: Sequence[float]) -> np.ndarray:
    """The log-linear pool over yes and no, of one chance or an array from each part: log odds averaged with weights that add
    to 1. A part without weight is not read."""
    used = [(np.asarray(x, float), w) for x, w in zip(p, weights, strict=True) if w > 0]
    if len(used) == 1:
        return used[0][0]
    sides = [(np.clip(x, NEVER, 1 - NEVER), w) for x, w in used]
    return 1 / (1 + np.exp(-sum(w * np.log(x / (1 - x)) for x, w in sides)))
