"""The torus: which cells see which, and the tables with which a kernel finds them without a division.

Cells lie in a flat array, row after row. Around the board runs a margin as wide as the vision in which the
occupants of the opposite edge stand once more, so that looking around is adding an offset; every change of a
cell is written to its copies too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.replications import asked

NEIGHBOURHOODS = ("von Neumann", "disc", "Moore")
"""Cells at most `vision` away: in steps along rows and columns, as the crow flies, or in the larger of both
distances (a box). Mesa's example uses the first, NetLogo's Rebellion the second."""

LANE = 16
"""Counts are changed by so many cells at once."""


class Torus(NamedTuple):
    """A board of size x size cells and its tables. Rows x and columns y count from 0; v is the reach in cells.

    A place is x << 16 | y; a cell is the index `origin + x * stride + y` of the flat arrays.
    """

    size: int
    reach: int
    stride: int
    origin: int
    cells: int  # length of the flat arrays, margins included
    neighbours: int  # cells in view, one's own left out
    step: (
        np.ndarray
    )  # i4[257 or more] from a cell to a neighbour; 0, one's own cell, in spare entries and the last
    differ: np.ndarray  # u4[same] the same as a difference of places, plus (v << 16 | v)
    wrap: np.ndarray  # u4[size + 2 v] coordinate + v -> coordinate on the board
    row: np.ndarray  # i8[size + 2 v] row + v -> cell of its column 0
    copy_x: np.ndarray  # i8[size] from a cell in this row to its copy in the margin; 0 where it has none
    copy_y: np.ndarray  # i8[size] the same for columns
    shape: np.ndarray  # u1[2 v + 1, width] which cells around one are in view, one's own included


def fit(size: int, vision: float) -> tuple[int, float]:
    """Both, checked: a vision of 1 to 127 cells, a square board with 2 vision + 1 to 32,767 cells along an edge."""
    vision = asked.number("vision", vision, 1, 127)
    return asked.whole("size, along one edge of the square board,", size, 2 * int(vision) + 1, 32_767), vision


def offsets(neighbourhood: str, vision: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the neighbours relative to a cell, int64[m] each, one's own cell left out."""
    asked.word("neighbourhood", neighbourhood, NEIGHBOURHOODS)
    asked.number("vision", vision, 1, 127)
    reach = int(np.floor(vision))
    x, y = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1), indexing="ij")
    if neighbourhood == "von Neumann":
        seen = np.abs(x) + np.abs(y) <= reach
    elif neighbourhood == "disc":
        seen = x**2 + y**2 <= vision**2
    else:
        seen = np.ones_like(x, dtype=bool)
    seen &= (x != 0) | (y != 0)
    return x[seen], y[seen]


def torus(size: int, neighbourhood: str, vision: float) -> Torus:
    """Tables of a board. RunError if the board is too small for the vision, or the vision below 1 or above 127."""
    size, vision = fit(size, vision)
    dx, dy = offsets(neighbourhood, vision)
    reach, m = int(np.floor(vision)), dx.size
    width = -(-(2 * reach + 1) // LANE) * LANE
    left = 2 * reach
    stride = left + size + width + reach
    origin = reach * stride + left

    # Entries of the table are drawn uniformly; each neighbour has equally many, the rest point at one's own
    # cell, which is never empty, so that the choice among empty neighbours is uniform exactly.
    entries = 256 if m < 256 else 1 << (8 * m - 1).bit_length()
    repeats = min(entries, 65_536) // m
    entries = min(entries, 65_536)
    step = np.zeros(entries + 1, dtype=np.int32)
    differ = np.full(entries + 1, reach << 16 | reach, dtype=np.uint32)
    step[: m * repeats] = np.tile(dx * stride + dy, repeats)
    differ[: m * repeats] = np.tile((dx + reach) << 16 | (dy + reach), repeats)

    along = np.arange(size)
    copy = np.where(along < reach, size, np.where(along >= size - reach, -size, 0))
    wrap = np.arange(-reach, size + reach) % size
    shape = np.zeros((2 * reach + 1, width), dtype=np.uint8)
    shape[dx + reach, dy + reach] = 1
    shape[reach, reach] = 1
    return Torus(
        size, reach, stride, origin, (size + 2 * reach) * stride, m, step, differ, wrap.astype(np.uint32),
        origin + wrap * stride, copy * stride, copy, shape,
    )  # fmt: skip
