"""Who sees whom: near ties in the unit, far ties over the open networks.

Near: each unit's citizens sit on a ring in random order and see the nearest `reach` seats on both sides, a
symmetric lattice with clustering 3(k - 2) / (4(k - 1)) for degree k = 2 reach (Watts & Strogatz 1998). The
order is random, because any regular step through the citizens, who are numbered by stratum, would always tie
the same cells of traits to each other.
Far: random matchings among all citizens who live on the open networks, wherever they are; symmetric by
nature.

Source: Watts, D. J., Strogatz, S. H. (1998). Collective dynamics of small-world networks. Nature 393,
440-442.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.mechanisms.contract import scalar
from interrex.polity.strata import Strata

NEAR_REACH = 4
"""Seats seen on each side: near degree 8."""

FAR_DEGREE = 4
"""Matchings among online citizens."""


class Network(NamedTuple):
    """Ties of citizens i. The ring of unit u takes the seats first[u] .. first[u + 1] - 1."""

    first: np.ndarray  # i8[U + 1]
    ring: np.ndarray  # u4[N] citizen on each seat
    seat: np.ndarray  # u4[N] seat of each citizen
    far: np.ndarray  # u4[M, FAR_DEGREE] partners of the online citizens, in order of number; oneself = none
    shift: np.ndarray  # i8[S] citizen minus shift = row of `far`; -1 in a stratum that is not online


@scalar
def near_reach(size):
    """Seats seen on each side in a unit of `size` citizens: fewer than NEAR_REACH only in the tiniest."""
    return min(NEAR_REACH, (size - 1) // 2)


@scalar
def _invert(ring):
    seat = np.empty(ring.size, dtype=np.uint32)
    for position in range(ring.size):
        seat[ring[position]] = position
    return seat


@scalar
def _marry(far, column, order, rows):
    """Partners of one matching: neighbours in the random `order` of the online citizens `rows`."""
    for k in range(0, order.size - 1, 2):
        a = order[k]
        b = order[k + 1]
        far[a, column] = rows[b]
        far[b, column] = rows[a]
    if order.size % 2 == 1:
        far[order[-1], column] = rows[order[-1]]


def online_citizens(strata: Strata, online: np.ndarray) -> np.ndarray:
    """Numbers of the citizens of online audiences, u4[M], rising."""
    return np.flatnonzero((online[strata.audience] > 0.0)[strata.of]).astype(np.uint32)


def make_network(
    strata: Strata, online: np.ndarray, rings: list[np.ndarray], orders: list[np.ndarray]
) -> Network:
    """Network of `strata`, given `online` f8[G] (1 for online audiences) and the random orders.

    `rings` has an order of 0..n-1 for each unit of n citizens, `orders` FAR_DEGREE orders of 0..M-1.
    """
    sizes = np.array([ring.size for ring in rings], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    ring = np.concatenate([order + np.uint32(start) for order, start in zip(rings, first[:-1], strict=True)])
    rows = online_citizens(strata, online)
    far = np.empty((rows.size, len(orders)), dtype=np.uint32)
    for column, order in enumerate(orders):
        _marry(far, column, order, rows)
    size = np.diff(strata.start)
    is_online = online[strata.audience] > 0.0
    before = np.concatenate([[0], np.cumsum(np.where(is_online, size, 0))])[:-1]
    shift = np.where(is_online, strata.start[:-1] - before, -1).astype(np.int64)
    return Network(first, ring, _invert(ring), far, shift)
