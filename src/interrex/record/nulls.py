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
    code = rows.ccode[past][seen]
    names, at = np.unique(code, return_inverse=True)
    hits, n = np.bincount(at, came[seen], len(names)), np.bincount(at, minlength=len(names))
    where = np.searchsorted(names, ccode)
    where = np.minimum(where, max(len(names) - 1, 0))
    found = (names[where] == ccode) if len(names) else np.zeros(len(ccode), bool)
    own = (np.where(found, hits[where], 0) + SHRINK * pooled) / (np.where(found, n[where], 0) + SHRINK)
    return np.full(len(ccode), pooled), own
