"""Citizens as numbers: contiguous by stratum = (audience, cell of traits, unit), units running fastest.

A citizen has two traits that never change: grievance ~ N(0, 1) and risk aversion ~ U(0, 1). They are not
stored: they follow from a keyed draw of the citizen inside the cell of its stratum. Cells are unequal, since
the crowd is the tail of the grieved. Nothing is held for a citizen at all: a stratum is found from the
citizen's number, and the audiences of the open networks come first, so that their citizens are the numbers
below Strata.online.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from interrex.mechanisms.maths import scalar
from interrex.polity.normal import normal_quantile

GRIEVANCE_EDGES = (0.0, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.9993)
"""Edges of the cells of grievance, as quantiles, below the last, which is 1; in larger countries more follow."""

FEWEST = 100
"""Citizens of the whole country in the cell of the most grieved, at least; otherwise it joins the next."""

AVERSION_EDGES = (0.0, 0.3, 1.0)
"""Edges of the cells of risk aversion."""

FARTHEST = 6.0
"""Grievance is cut at this many standard deviations, so that every cell is bounded."""

PIECES = 32
"""Pieces of a cell for which the greatest and the least grievance are tabled: enough to refuse or to accept most
candidates without a quantile."""

MAX_STRATA = 65_535

GUIDE_SIZE = 1 << 13
"""Entries of the guide from citizens to strata, at most twice as many: 32 KB, which stay in the cache."""

TAIL, TAIL_WIDTH, SIGN, AVERSION, AVERSION_WIDTH = range(5)
"""Columns of Strata.shape: lower end and width of the cell in tail probability of grievance; -1 if that tail
is the upper one, else 1; lower end and width in risk aversion."""


class Strata(NamedTuple):
    """All strata s = (rank of the audience x cells + cell) x units + unit; some may be empty."""

    start: np.ndarray  # i8[S + 1] first citizen
    unit: np.ndarray  # u2[S]
    audience: np.ndarray  # u1[S]
    cell: np.ndarray  # u2[S] grievance cell x number of aversion cells + aversion cell
    shape: np.ndarray  # f8[S, 5] what `traits` needs of the cell, in columns TAIL, TAIL_WIDTH, ...
    ceiling: np.ndarray  # f8[C, PIECES] greatest and
    floor: np.ndarray  # f8[C, PIECES] least grievance in the cell of a citizen who drew u, by floor(PIECES u)
    low: np.ndarray  # f8[S, 2] least grievance, least risk aversion
    high: np.ndarray  # f8[S, 2] greatest grievance, greatest risk aversion
    guide: np.ndarray  # u2[] stratum of the first citizen of each stretch of 2**guide_bits citizens
    guide_bits: int
    home: np.ndarray  # i8[U, rows + 1] citizens of the unit with a lower number than its stratum of each row
    shift: np.ndarray  # i8[S] number of a citizen less their place among the citizens of their unit
    online: int  # citizens of online audiences: the numbers 0..online - 1


@scalar
def stratum_of(citizen, start, guide, guide_bits):
    """Stratum of a citizen: a look into the guide and, on average, less than one step on."""
    s = int(guide[citizen >> guide_bits])
    while citizen >= start[s + 1]:
        s += 1
    return s


def grievance_edges(citizens: int) -> np.ndarray:
    """Edges of the cells of grievance in a country of so many citizens, 0 to 1.

    A cell costs as many points as its most grieved citizen would, so the upper tail is cut at one in 10,000, 100,000
    and so on, as far as FEWEST are left above: otherwise five of six points that a calm country of 19.5 million draws
    would fall on its 13,000 most grieved.
    """
    tail = 1e-4
    edges = list(GRIEVANCE_EDGES)
    while citizens * tail >= FEWEST:
        edges.append(1.0 - tail)
        tail /= 10.0
    return np.array([*edges, 1.0])


def cell_shares(edges: np.ndarray) -> np.ndarray:
    """Probability of each cell, f8[C], summing to 1; aversion runs fastest."""
    return np.outer(np.diff(edges), np.diff(AVERSION_EDGES)).ravel()


def apportion(agents: np.ndarray, share: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Whole numbers of citizens i8[U, G, C] for units of `agents` citizens whose audiences have `share` f8[U, G] and
    whose cells have `cells` f8[C].

    Each unit is divided by largest remainders, and what rounding takes from an (audience, cell) in one unit
    is carried to the next: otherwise small units would all round the rare cells of the angriest to nothing.
    """
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


def make_strata(agents: np.ndarray, share: np.ndarray, online: np.ndarray) -> Strata:
    """Strata of units with `agents` i8[U] citizens, audience shares f8[U, G] and `online` f8[G], above 0 for
    audiences of the open networks; ValueError if there are too many."""
    edges = grievance_edges(int(np.sum(agents)))
    heard = np.count_nonzero(np.asarray(share, dtype=float).sum(axis=0))
    rows = np.size(agents) * heard * (len(AVERSION_EDGES) - 1)
    while rows * (edges.size - 1) > MAX_STRATA and edges.size > len(GRIEVANCE_EDGES) + 1:
        edges = np.delete(edges, -2)  # fine cells only save time
    counts = apportion(np.asarray(agents, dtype=np.int64), np.asarray(share, dtype=float), cell_shares(edges))
    order = np.argsort(np.asarray(online) <= 0.0, kind="stable")
    order = order[counts.sum(axis=(0, 2))[order] > 0]  # an audience abroad has no citizens
    counts = counts[:, order]
    units, audiences, cells = counts.shape
    if counts.size > MAX_STRATA:
        raise ValueError(f"{counts.size} strata are more than {MAX_STRATA}; merge units or audiences")
    sizes = counts.transpose(1, 2, 0)  # audience, cell, unit
    cell = np.tile(np.repeat(np.arange(cells), units), audiences)
    g_cell, a_cell = np.divmod(cell, len(AVERSION_EDGES) - 1)
    averse = np.array(AVERSION_EDGES)
    upper = edges[g_cell] >= 0.5  # the small tail probability is the exact one in floating point
    sign = np.where(upper, -1.0, 1.0)
    tail = np.where(upper, 1.0 - edges[g_cell + 1], edges[g_cell])
    width = edges[g_cell + 1] - edges[g_cell]
    one_unit = slice(0, cells * units, units)
    ends = np.array(
        [_ends(*cut) for cut in zip(tail[one_unit], width[one_unit], sign[one_unit], strict=True)]
    )
    corner = np.array([grievance_at(edge) for edge in edges])
    start = np.concatenate([[0], np.cumsum(sizes.ravel())]).astype(np.int64)
    citizens = int(start[-1])
    bits = max(0, int(np.ceil(np.log2(max(citizens, 1) / GUIDE_SIZE))))
    stretches = np.arange((citizens >> bits) + 1, dtype=np.int64) << bits
    home = np.concatenate(
        [np.zeros((units, 1), np.int64), np.cumsum(sizes.reshape(-1, units).T, axis=1)], axis=1
    )
    return Strata(
        start=start,
        unit=np.tile(np.arange(units), audiences * cells).astype(np.uint16),
        audience=np.repeat(order, cells * units).astype(np.uint8),
        cell=cell.astype(np.uint16),
        shape=np.column_stack([tail, width, sign, averse[a_cell], averse[a_cell + 1] - averse[a_cell]]),
        ceiling=np.maximum(ends[:, :-1], ends[:, 1:]) + 1e-9,  # widened by a hair against rounding
        floor=np.minimum(ends[:, :-1], ends[:, 1:]) - 1e-9,
        low=np.column_stack([corner[g_cell], averse[a_cell]]),
        high=np.column_stack([corner[g_cell + 1], averse[a_cell + 1]]),
        guide=np.minimum(np.searchsorted(start, stretches, side="right") - 1, counts.size - 1).astype(
            np.uint16
        ),
        guide_bits=bits,
        home=np.ascontiguousarray(home),
        shift=start[:-1] - home[:, :-1].T.ravel(),
        online=int(sizes[np.asarray(online)[order] > 0.0].sum()),
    )


def grievance_at(quantile: float) -> float:
    """Grievance at a quantile 0..1, for bounds: it may be off by a hair, and spares half a second of compiling ours."""
    if quantile <= 0.0:
        return -FARTHEST
    if quantile >= 1.0:
        return FARTHEST
    return max(-FARTHEST, min(FARTHEST, NormalDist().inv_cdf(quantile)))


def _ends(tail: float, width: float, sign: float) -> np.ndarray:
    """Grievance at the ends of the pieces of a cell, f8[PIECES + 1], from the numbers that `traits` uses."""
    return sign * np.array([grievance_at(tail + width * k / PIECES) for k in range(PIECES + 1)])
