"""What a forecast must beat: the pooled rate of the last fifteen years, and each country's own shrunken towards it."""

from __future__ import annotations

import numpy as np

from interrex.record.rows import Rows, new_year

WINDOW = 15
"""Years that the rates are counted over."""

SHRINK = 20.0
"""Country-years that the pooled rate weighs in a country's own."""

FLOOR = 1e-4
"""Least chance that a null gives, so that its log score stays finite."""


def nulls(
    rows: Rows, event: str, months: int, year: int, ccode: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pooled and own chance of `event` within `months` for countries `ccode`, from rows of `chosen` (bool[row]) issued in the
    fifteen years before `year` whose outcome was known then."""
    closed = rows.day + months * 30.4375 <= new_year(year) + 1
    past = chosen & closed & (rows.day >= new_year(year - WINDOW))
    came = rows.came(event, months)[past]
    seen = np.isfinite(came)
    pooled = np.clip(np.mean(came[seen]), FLOOR, 1 - FLOOR) if seen.any() else np.nan
    hits, n = np.zeros(len(ccode)), np.zeros(len(ccode))
    for i, code in enumerate(ccode):
        its = seen & (rows.ccode[past] == code)
        hits[i], n[i] = came[its].sum(), its.sum()
    return np.full(len(ccode), pooled), (hits + SHRINK * pooled) / (n + SHRINK)
