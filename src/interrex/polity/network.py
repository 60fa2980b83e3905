"""Who sees whom: near ties in the unit, far ties over the open networks, computed instead of stored.

Near: each unit's citizens sit on a ring in keyed random order and see the nearest NEAR_REACH seats on both
sides, a symmetric lattice with clustering 3(k - 2) / (4(k - 1)) for degree k = 2 NEAR_REACH (Watts & Strogatz
1998). The order is random, because citizens are numbered by stratum: a regular step through the numbers would
always tie the same cells of traits to each other. Or, if the user has a network of their own: its edges among
the seats.
Far: FAR_DEGREE random matchings among all citizens who live on the open networks, wherever they are;
symmetric by nature.

A seat is the image of a citizen under a permutation that runs both ways, so neighbours, and whose neighbour
one is, follow from the number alone: no graph is built and none is held.

Source: Watts, D. J., Strogatz, S. H. (1998). Collective dynamics of small-world networks. Nature 393,
440-442.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numba
import numpy as np

from interrex.mechanisms.maths import scalar
from interrex.polity.permutation import (
    SIZE,
    back_all,
    backward,
    forward,
    make_permutation,
    once,
    once_back,
)  # fmt: skip
from interrex.polity.strata import Strata

NEAR_REACH = 4
"""Seats seen on each side: near degree 8."""

FAR_DEGREE = 4
"""Matchings among online citizens."""

batch = numba.njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True)  # pyright: ignore[reportCallIssue]
"""Ties are worked out for many citizens a call: handing arrays over costs more than one citizen's ties."""

HOME_BITS = 8
"""Every unit's seats are divided into up to 2**HOME_BITS stretches, each with a note of the row of its first."""


class Ties(Protocol):
    """A user's own graph, as `replications.graph` makes it."""

    @property
    def offsets(self) -> np.ndarray:
        """i8[N + 1], where the ties of each node begin in `targets`."""
        ...

    @property
    def targets(self) -> np.ndarray:
        """u4[E], the other end of each tie."""
        ...


class Network(NamedTuple):
    """What ties are computed from."""

    near: np.ndarray  # i8[U, COLUMNS] permutation from citizens of the unit to its seats
    far: np.ndarray  # i8[FAR_DEGREE, COLUMNS] permutations of the online citizens; 2k and 2k + 1 are a pair
    first: np.ndarray  # i8[U + 1] first seat of each unit, counted through the nation
    row: np.ndarray  # u2[U, stretches] stratum row of the first citizen of each stretch of a unit
    row_bits: np.ndarray  # i8[U] width of the unit's stretches
    offsets: np.ndarray  # i8[N + 1] of the user's own graph over seats, empty if there is none
    targets: np.ndarray  # u4[E] seats seen from each seat


def make_network(strata: Strata, words: np.ndarray, graph: Ties | None = None) -> Network:
    """Network of `strata`; `words` u4[at least U + FAR_DEGREE, ROUNDS] are random.

    `graph` (with `offsets` i8[N + 1] and `targets` u4[E], symmetric) takes the place of the rings: its node k
    is the k-th seat of the nation, units one after the other. ValueError if it has another number of nodes.
    """
    sizes = strata.home[:, -1]
    units = sizes.size
    near = np.array([make_permutation(max(1, int(n)), words[u]) for u, n in enumerate(sizes)])
    online = max(1, strata.online)
    far = np.array([make_permutation(online, words[units + c]) for c in range(FAR_DEGREE)])
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    bits = np.maximum(0, np.ceil(np.log2(np.maximum(sizes, 1)))).astype(np.int64) - HOME_BITS
    bits = np.maximum(bits, 0)
    stretches = np.arange(1 << HOME_BITS)
    row = np.array([
        np.minimum(np.searchsorted(home, stretches << b, side="right") - 1, home.size - 2)
        for home, b in zip(strata.home, bits, strict=True)
    ]).astype(np.uint16)  # fmt: skip
    offsets, targets = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    if graph is not None:
        offsets, targets = np.asarray(graph.offsets, np.int64), np.asarray(graph.targets, np.uint32)
        if offsets.size != first[-1] + 1:
            raise ValueError(f"the graph has {offsets.size - 1} nodes, the country {first[-1]} citizens")
    return Network(near, far, first, row, bits, offsets, targets)


def most_near(network: Network) -> int:
    """The most near ties that a citizen can have."""
    if network.offsets.size:
        return int(np.diff(network.offsets).max(initial=0))
    return 2 * NEAR_REACH


@scalar
def near_reach(size):
    """Seats seen on each side in a unit of `size` citizens: fewer than NEAR_REACH only in the tiniest."""
    return min(NEAR_REACH, (size - 1) // 2)


@batch
def near_ties(citizens, strata, count, unit, home, shift, near, row, row_bits, ties, who):
    """Near neighbours of the first `count` citizens, who are of `strata`, into who[k, :ties[k]]."""
    units = home.shape[0]
    for k in range(count):
        s = strata[k]
        u = np.int64(unit[s])
        size = near[u, SIZE]
        seat = forward(np.int64(citizens[k]) - shift[s], near, u)
        reach = near_reach(size)
        degree = 2 * reach
        ties[k] = degree
        for n in range(degree):
            other = seat + n - reach + (1 if n >= reach else 0)
            other += size if other < 0 else 0
            other -= size if other >= size else 0
            who[k, n] = other
        back_all(who, k, degree, near, u)
        bits = row_bits[u]
        for n in range(degree):
            r = np.int64(row[u, who[k, n] >> bits])
            while who[k, n] >= home[u, r + 1]:
                r += 1
            who[k, n] += shift[r * units + u]


@batch
def graph_ties(
    citizens, strata, count, unit, home, shift, near, row, row_bits, first, offsets, targets, ties, who
):
    """As `near_ties`, in the user's own graph; neighbours may live in another unit."""
    for k in range(count):
        u = np.int64(unit[strata[k]])
        seat = first[u] + forward(np.int64(citizens[k]) - shift[strata[k]], near, u)
        ties[k] = offsets[seat + 1] - offsets[seat]
        for n in range(ties[k]):
            other = np.int64(targets[offsets[seat] + n])
            v = np.searchsorted(first, other, side="right") - 1
            local = backward(other - first[v], near, v)
            r = np.int64(row[v, local >> row_bits[v]])
            while local >= home[v, r + 1]:
                r += 1
            who[k, n] = local + shift[r * home.shape[0] + v]


@batch
def far_ties(citizens, count, online, far, ties, who):
    """Far neighbours of the first `count` citizens into who[k, :ties[k]]: none for citizens of `online` or more."""
    columns = far.shape[0]
    for column in range(columns):
        size = far[column, SIZE]
        for k in range(count):  # bare passes in loops of their own, which become vector instructions
            who[k, column] = once(np.int64(citizens[k]), far, column)
        for k in range(count):
            if who[k, column] >= size and citizens[k] < online:
                who[k, column] = forward(who[k, column], far, column)
        for k in range(count):
            who[k, column] = once_back(who[k, column] ^ 1, far, column)
        for k in range(count):
            if who[k, column] >= size and citizens[k] < online:
                who[k, column] = backward(who[k, column], far, column)
    for k in range(count):
        ties[k] = columns if citizens[k] < online else 0
    if online % 2 == 1:
        _without_the_odd_one(citizens, count, online, far, ties, who)


@scalar
def _without_the_odd_one(citizens, count, online, far, ties, who):
    """With an odd number of citizens online, one stays alone in each matching."""
    for column in range(far.shape[0] - 1, -1, -1):
        alone = backward(online - 1, far, column)
        for k in range(count):
            if citizens[k] == alone:
                ties[k] -= 1
                for later in range(column, ties[k]):
                    who[k, later] = who[k, later + 1]


def ties_of(
    strata: Strata, network: Network, citizens: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Near and far neighbours of each of `citizens`, as a check or for a picture."""
    count = len(citizens)
    citizens = np.asarray(citizens, np.int64)
    of = np.searchsorted(strata.start, citizens, side="right") - 1
    ties, room = np.zeros(count, np.int64), max(most_near(network), FAR_DEGREE)
    who = np.zeros((count, room), np.int64)
    places = (strata.unit, strata.home, strata.shift, network.near, network.row, network.row_bits)
    if network.offsets.size:
        graph = (network.first, network.offsets, network.targets)
        graph_ties(citizens, of, count, *places, *graph, ties, who)
    else:
        near_ties(citizens, of, count, *places, ties, who)
    near = [who[k, : ties[k]].copy() for k in range(count)]
    far_ties(citizens, count, strata.online, network.far, ties, who)
    return near, [who[k, : ties[k]].copy() for k in range(count)]
