"""Citizens as numbers: contiguous by stratum = (unit, audience, cell of traits).

A citizen has two traits that never change: grievance ~ N(0, 1) and risk aversion ~ U(0, 1). They are not
stored: they follow from a keyed draw of the citizen inside the cell of its stratum. Cells are unequal, since
the crowd is the tail of the grieved.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.mechanisms.contract import scalar
from interrex.polity.normal import normal_quantile

GRIEVANCE_EDGES = (0.0, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.9993, 1.0)
"""Edges of the cells of grievance, as quantiles."""

AVERSION_EDGES = (0.0, 0.3, 1.0)
"""Edges of the cells of risk aversion."""

FARTHEST = 6.0
"""Grievance is cut at this many standard deviations, so that every cell is bounded."""

PIECES = 32
"""Pieces of a cell for which the greatest grievance is tabled: enough to refuse most candidates without a
quantile."""

MAX_STRATA = 65_535

TAIL, TAIL_WIDTH, SIGN, AVERSION, AVERSION_WIDTH = range(5)
"""Columns of Strata.shape: lower end and width of the cell in tail probability of grievance; -1 if that tail
is the upper one, else 1; lower end and width in risk aversion."""


class Strata(NamedTuple):
    """Strata s with at least one citizen, in order of unit, audience, cell."""

    start: np.ndarray  # i8[S + 1] first citizen
    unit: np.ndarray  # u2[S]
    audience: np.ndarray  # u1[S]
    cell: np.ndarray  # u2[S] grievance cell x number of aversion cells + aversion cell
    shape: np.ndarray  # f8[S, 5] what `traits` needs of the cell, in columns TAIL, TAIL_WIDTH, ...
    ceiling: np.ndarray  # f8[S, PIECES] greatest grievance of a citizen who drew u, by floor(PIECES u)
    low: np.ndarray  # f8[S, 2] least grievance, least risk aversion
    high: np.ndarray  # f8[S, 2] greatest grievance, greatest risk aversion
    of: np.ndarray  # u2[N] stratum of each citizen


def cell_shares() -> np.ndarray:
    """Probability of each cell, f8[C], summing to 1; aversion runs fastest."""
    return np.outer(np.diff(GRIEVANCE_EDGES), np.diff(AVERSION_EDGES)).ravel()


def apportion(agents: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Whole numbers of citizens i8[U, G, C] for units of `agents` citizens whose audiences have `share` f8[U,
    G].

    Each unit is divided by largest remainders, and what rounding takes from an (audience, cell) in one unit
    is carried to the next: otherwise small units would all round the rare cells of the angriest to nothing.
    """
    cells = cell_shares()
    carry = np.zeros((share.shape[1], cells.size))
    counts = np.zeros((agents.size, *carry.shape), dtype=np.int64)
    for u, total in enumerate(agents):
        mix = share[u] / share[u].sum()
        quota = total * np.outer(mix, cells) + carry
        quota[mix == 0.0] = 0.0
        whole = np.maximum(np.floor(quota), 0.0).astype(np.int64)
        order = np.argsort(-(quota - whole).ravel(), kind="stable")
        order = order[np.repeat(mix > 0.0, cells.size)[order]]
        flat = whole.ravel()
        missing = int(total - flat.sum())
        if missing >= 0:
            np.add.at(flat, np.resize(order, missing), 1)
        else:
            filled = order[::-1][flat[order[::-1]] > 0]
            np.subtract.at(flat, filled[:-missing], 1)
        counts[u] = flat.reshape(carry.shape)
        carry = np.where(mix[:, None] > 0.0, quota - counts[u], carry)
    return counts


@scalar
def traits(u, v, stratum, shape):
    """Grievance (standard deviations) and risk aversion (0..1) of the citizen of `stratum` who drew u, v in
    (0, 1).

    `shape` is Strata.shape.
    """
    tail = shape[stratum, TAIL] + shape[stratum, TAIL_WIDTH] * u
    grievance = shape[stratum, SIGN] * normal_quantile(tail)
    if grievance > FARTHEST:
        grievance = FARTHEST
    elif grievance < -FARTHEST:
        grievance = -FARTHEST
    return grievance, shape[stratum, AVERSION] + shape[stratum, AVERSION_WIDTH] * v


def make_strata(agents: np.ndarray, share: np.ndarray) -> Strata:
    """Strata of units with `agents` i8[U] citizens and audience shares f8[U, G]; ValueError if they are too
    many."""
    counts = apportion(np.asarray(agents, dtype=np.int64), np.asarray(share, dtype=float))
    unit, audience, cell = np.nonzero(counts)
    if unit.size > MAX_STRATA:
        raise ValueError(f"{unit.size} strata are more than {MAX_STRATA}; merge units or audiences")
    sizes = counts[unit, audience, cell]
    g_cell, a_cell = np.divmod(cell, len(AVERSION_EDGES) - 1)
    edges, averse = np.array(GRIEVANCE_EDGES), np.array(AVERSION_EDGES)
    upper = edges[g_cell] >= 0.5  # the small tail probability is the exact one in floating point
    tail = np.where(upper, 1.0 - edges[g_cell + 1], edges[g_cell])
    width = edges[g_cell + 1] - edges[g_cell]
    corner = np.array([_quantile(edge) for edge in edges])
    ceiling = np.array([_ceilings(edges[c], edges[c + 1]) for c in range(edges.size - 1)])
    return Strata(
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        unit=unit.astype(np.uint16),
        audience=audience.astype(np.uint8),
        cell=cell.astype(np.uint16),
        shape=np.column_stack(
            [tail, width, np.where(upper, -1.0, 1.0), averse[a_cell], averse[a_cell + 1] - averse[a_cell]]
        ),
        ceiling=ceiling[g_cell],
        low=np.column_stack([corner[g_cell], averse[a_cell]]),
        high=np.column_stack([corner[g_cell + 1], averse[a_cell + 1]]),
        of=np.repeat(np.arange(unit.size), sizes).astype(np.uint16),
    )


def _quantile(edge: float) -> float:
    if edge <= 0.0:
        return -FARTHEST
    if edge >= 1.0:
        return FARTHEST
    return float(normal_quantile(edge))


def _ceilings(below: float, above: float) -> np.ndarray:
    """Greatest grievance in each piece of the cell between two quantiles, widened by a hair against
    rounding."""
    ends = below + (above - below) * np.arange(PIECES + 1) / PIECES
    greatest = np.array([_quantile(end) for end in ends[1:]])
    # Upper cells count from above (see `make_strata`), so that their first piece holds the most grieved.
    return (greatest[::-1] if below >= 0.5 else greatest) + 1e-9
