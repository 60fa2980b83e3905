"""The time in which a reactor could react, cut where the rate may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from interrex.attention.parameters import EFFECTS, NAMES, PIECES


class Stretch(NamedTuple):
    """A stretch of the agenda in days since the start of the crisis; `share` of it that counts, 0 to 1."""

    what: str
    start: float
    end: float
    share: float = 1.0


class Segments(NamedTuple):
    """Stretches of constant rate: bounds in days f8[S + 1] and design rows f8[S, EFFECTS]."""

    bounds: np.ndarray
    design: np.ndarray

    def exposure(self, start: float, end: float) -> np.ndarray:
        """Days of each segment between two times, f8[S]."""
        left = np.maximum(self.bounds[:-1], start)
        return np.maximum(np.minimum(self.bounds[1:], end) - left, 0.0)


def segments(length: float, periods: Iterable[Stretch], stakes: Mapping[str, float]) -> Segments:
    """Segments of the `length` > 0 days in which reactions are possible: the hazard stops there.

    `stakes` are shares by the names of the stakes; periods of one kind that overlap count once, with the
    largest share."""
    if not length > 0:
        raise ValueError(f"a crisis of {length} days leaves no time to react")
    here = [p for p in periods if p.start < length and p.end > 0]
    cuts = {0.0, length, *PIECES, *(p.start for p in here), *(p.end for p in here)}
    bounds = np.array(sorted(c for c in cuts if 0.0 <= c <= length))
    middle = (bounds[1:] + bounds[:-1]) / 2
    design = np.zeros((middle.size, EFFECTS))
    design[:, 0] = 1.0
    for k, edge in enumerate(PIECES):
        design[:, 1 + k] = middle > edge
    for name, value in stakes.items():
        design[:, NAMES.index(name)] = value
    for p in here:
        column = design[:, NAMES.index(p.what)]
        inside = (middle > p.start) & (middle < p.end)
        column[inside] = np.maximum(column[inside], p.share)
    return Segments(bounds, design)
