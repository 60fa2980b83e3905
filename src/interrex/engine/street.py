"""What a tick of the crowd works on: the world that all members share, a member, and a thread's scratch.

Nothing here is as long as the population but for the room that lists could need; memory that is never written
is never taken.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.draws import GRAPH, TRAIT, keys_for, philox, uniform
from interrex.engine.line import MOST
from interrex.engine.touched import DIGIT, FAR_ONE, bucket_bits
from interrex.errors import RunError
from interrex.mechanisms.maths import scalar
from interrex.mechanisms.state import Place
from interrex.polity.network import FAR_DEGREE, Network, Ties, make_network, most_near
from interrex.polity.permutation import ROUNDS
from interrex.polity.strata import SIGN, TAIL, TAIL_WIDTH, Strata, grievance_at, make_strata, traits
from interrex.polity.units import agents

CAPACITY = 0.06
"""Share of the citizens whom the lists of a member hold. More on the street is outside the model."""

BLOCK = 256
"""Points are sifted, and ties worked out, for so many citizens at a time."""

GRID_LOW, GRID_STEP, GRID_SIZE = -40.0, 1.0 / 16.0, 1025
"""Log-odds at which join_rate is tabulated for bounds."""

ACTIVE, HELD, ROWS, FREE_ROWS = 0, 1, 2, 3
"""Places in Member.n: how many are on the street and detained, how many rows of ties have been in use and how many
of those are free."""

MAX_PARAMS = 512
"""Parameters that a scratch can remember."""


class World(NamedTuple):
    """What all members of a run share."""

    strata: Strata
    network: Network
    keys: np.ndarray  # u4[purposes, 2]
    agents: np.ndarray  # i8[U] simulated citizens
    weight: float  # persons that a simulated citizen stands for


class Member(NamedTuple):
    """The crowd of one history. Lists are sorted by citizen; n says how much of them is used.

    Ties are worked out when somebody comes and kept while they stay. Rows of ties are in no order, and nothing
    hangs on it.
    """

    active: np.ndarray  # u4[capacity] on the street
    state: np.ndarray  # u1[capacity] PEACEFUL or VIOLENT
    where: np.ndarray  # u2[capacity] stratum of each active
    held: np.ndarray  # u4[capacity] detained
    until: np.ndarray  # i4[capacity] tick at whose end they go home
    row: np.ndarray  # u4[capacity] in which row of ties each active's are
    tie: np.ndarray  # u4[capacity x degree] neighbour at the other end, near ties of a row first
    tie_where: np.ndarray  # u2[capacity x degree] their stratum; the number of strata where there is no tie
    free: np.ndarray  # u4[capacity] free rows
    n: np.ndarray  # i8[4] see ACTIVE, HELD, ...


class Step(NamedTuple):
    """What a tick reads and returns, by unit; masses in persons, rates a day."""

    mood: np.ndarray  # f8[U, G] log-odds
    leave: np.ndarray  # f8[U]
    arrest: np.ndarray  # f8[U]
    violence: np.ndarray  # f8[U]
    jail_days: np.ndarray  # f8[1]
    entered: np.ndarray  # f8[U] out
    left: np.ndarray  # f8[U] out
    arrested: np.ndarray  # f8[U] out
    turned: np.ndarray  # f8[U] out, turned violent in this tick
    released: np.ndarray  # f8[U] out
    present: np.ndarray  # f8[U] out, on the street at the end of the tick
    present_violent: np.ndarray  # f8[U] out


class Scratch(NamedTuple):
    """Working space of one thread. What it remembers from tick to tick saves work and decides nothing."""

    rate: np.ndarray  # f8[S] bound of join_rate in the stratum without influence, while nothing moves too far
    top: np.ndarray  # f8[S] log-odds of that bound
    mood: np.ndarray  # f8[U, G] mood for which the bounds hold, at most
    risk: np.ndarray  # f8[U] perceived risk for which they hold, at least
    theta: np.ndarray  # f8[MAX_PARAMS] parameters for which all this holds
    reach: np.ndarray  # f8[G] and reach of the media
    gain: np.ndarray  # f8[G, near + 1, far + 1] influence
    most: np.ndarray  # f8[G] its greatest value
    rates: np.ndarray  # f8[GRID_SIZE] join_rate
    factor: np.ndarray  # f8[U] c(hour) room dt
    row_high: np.ndarray  # f8[rows] no rate in a row of strata is above it,
    row_low: np.ndarray  # f8[rows] and none below it
    moves: np.ndarray  # i8[1] units whose rates moved since these were tight
    cap: np.ndarray  # u4[S + 1] words from it on decide against a citizen whatever their ties
    chance: np.ndarray  # f8[U, 3] probabilities of a tick: detained, gone or detained, violent
    stretch: np.ndarray  # u4[BLOCK] stretches of the line to be drawn,
    layer: np.ndarray  # u1[BLOCK] of which layer
    words: np.ndarray  # u4[3, points] draws
    citizen: np.ndarray  # i8[points] points to be sifted: who,
    stratum: np.ndarray  # i8[points] of which stratum,
    height: np.ndarray  # f8[points] with which mark,
    added: np.ndarray  # f8[points] and with what influence; all 0 between calls
    passed: np.ndarray  # i8[points + 1] those whom the bound lets pass
    ties: np.ndarray  # i8[BLOCK] number of
    others: np.ndarray  # i8[BLOCK, near or far] neighbours
    keys: np.ndarray  # u4[ties of capacity] ties that may bring somebody: who, and one bit for a far tie
    sorted_keys: np.ndarray  # u4[ties of capacity] the same by buckets,
    edge: np.ndarray  # i8[buckets + 1] which begin here
    bucket_bits: int  # citizens of a bucket, as a power of two
    seen: np.ndarray  # u2[citizens of a bucket] active ties of each; all 0 between calls
    on_street: np.ndarray | None  # u8 a bit for each citizen, all 0 between calls; None unless most may be on the street at once
    listed: np.ndarray  # u4[citizens of a bucket + BLOCK] who has any,
    listed_ties: np.ndarray  # u2[citizens of a bucket + BLOCK] and how many
    digits: np.ndarray  # i8[2**DIGIT + 1] for sorting them
    risen: np.ndarray  # u4[capacity] those who come,
    come_where: np.ndarray  # u2[capacity] their strata
    come_row: np.ndarray  # i8[capacity] and their rows of ties
    fate: np.ndarray  # u1[capacity] of each active
    caught: np.ndarray  # u4[capacity]


@scalar
def traits_of(citizen, stratum, shape, k0, k1):
    """Grievance and risk aversion of a citizen; `shape` is Strata.shape, k0 and k1 the key of TRAIT."""
    w0, w1, _, _ = philox(k0, k1, 0, 0, citizen, 0)
    return traits(uniform(w0), uniform(w1), stratum, shape)


def _tighten(strata: Strata, k0: np.uint32, k1: np.uint32) -> None:
    """Set the corner of cells without an outer edge to the most grieved citizen who is in them, and a hair above."""
    start, shape = strata.start, strata.shape
    for s in np.flatnonzero((shape[:, SIGN] < 0.0) & (shape[:, TAIL] == 0.0) & (np.diff(start) > 0)):
        least = min(uniform.py_func(_word(k0, k1, i, 0)) for i in range(start[s], start[s + 1]))
        strata.high[s, 0] = 1e-9 - grievance_at(shape[s, TAIL_WIDTH] * least)


def _word(k0: np.uint32, k1: np.uint32, entity: int, draw: int) -> np.uint32:
    """The first number of `philox` without compiling it, for the few that a world needs (0.02 ms a call)."""
    return philox.py_func(k0, k1, 0, 0, entity, draw)[0]


def bits_of_all(citizens: int, room: int) -> int:
    """Words of 64 bits for everybody, where the lists have room for more than half of the citizens; else none."""
    return (citizens >> 6) + 1 if 2 * room > citizens else 0


def make_world(place: Place, weight: int, seed: int, graph: Ties | None = None) -> World:
    """Citizens and ties of `place` under `seed`; each simulated citizen stands for `weight` persons.

    `graph`, if given, is a user's own network of near ties (see `polity.network.make_network`; its ties must
    be mutual, as `replications.graph` makes them). RunError if there are 2**31 citizens or more, or 4,096 ties of one.
    """
    keys = keys_for(seed)
    counts = agents(place.population, weight)
    if counts.sum() >= 1 << 31:
        raise RunError(
            f"{counts.sum():,} simulated citizens are more than can be numbered (2,147,483,647)",
            "let each stand for more persons, for example --resolution 10",
        )
    strata = make_strata(counts, place.share, place.online)
    _tighten(strata, *keys[TRAIT])
    k0, k1 = keys[GRAPH]
    words = [[_word(k0, k1, p, r) for r in range(ROUNDS)] for p in range(counts.size + FAR_DEGREE)]
    network = make_network(strata, np.array(words, np.uint32), graph)
    if most_near(network) >= FAR_ONE:
        raise RunError(
            f"a citizen has {most_near(network):,} ties", f"at most {FAR_ONE - 1:,} can be counted"
        )
    return World(strata, network, keys, counts, float(weight))


def room_for(world: World, capacity: float) -> int:
    """Citizens whom the lists of a member hold."""
    citizens = int(world.agents.sum())
    return min(citizens, max(64, int(np.ceil(capacity * citizens))))


def make_member(world: World, capacity: float = CAPACITY) -> Member:
    """A history's crowd with nobody on the street, with room for the share `capacity` of the citizens."""
    room = room_for(world, capacity)
    ties = room * (most_near(world.network) + FAR_DEGREE)
    return Member(
        np.zeros(room, np.uint32), np.zeros(room, np.uint8), np.zeros(room, np.uint16),
        np.zeros(room, np.uint32), np.zeros(room, np.int32), np.zeros(room, np.uint32), np.zeros(ties, np.uint32),
        np.zeros(ties, np.uint16), np.zeros(room, np.uint32), np.zeros(4, np.int64),
    )  # fmt: skip


@scalar
def copy_member(source, target):
    """Copy the used part of `source` into `target`."""
    for k in range(source.n.size):
        target.n[k] = source.n[k]
    for k in range(source.n[ACTIVE]):
        target.active[k] = source.active[k]
        target.state[k] = source.state[k]
        target.where[k] = source.where[k]
        target.row[k] = source.row[k]
    for k in range(source.n[HELD]):
        target.held[k] = source.held[k]
        target.until[k] = source.until[k]
    for k in range(source.n[FREE_ROWS]):
        target.free[k] = source.free[k]
    for k in range(source.n[ROWS] * (source.tie.size // source.active.size)):
        target.tie[k] = source.tie[k]
        target.tie_where[k] = source.tie_where[k]


def make_step(world: World, audiences: int) -> Step:
    """Inputs and outputs of a tick, all zero but 15 days of detention (an assumption; set `jail_days`)."""
    units = world.agents.size
    return Step(
        np.zeros((units, audiences)), *(np.zeros(units) for _ in range(3)), np.full(1, 15.0),  # pyright: ignore[reportCallIssue]
        *(np.zeros(units) for _ in range(7)),
    )  # fmt: skip


def make_scratch(world: World, audiences: int, capacity: float = CAPACITY) -> Scratch:
    """Working space for one thread, for members of the same `capacity`."""
    room = room_for(world, capacity)
    citizens = int(world.agents.sum())
    bits, words = bucket_bits(citizens), bits_of_all(citizens, room)
    units, strata = world.agents.size, world.strata.unit.size
    near = most_near(world.network)
    ties = (BLOCK, max(near, FAR_DEGREE))
    points = max(MOST, near + FAR_DEGREE) * BLOCK
    return Scratch(
        rate=np.zeros(strata),
        top=np.zeros(strata),
        mood=np.full((units, audiences), np.nan),
        risk=np.zeros(units),
        theta=np.full(MAX_PARAMS, np.nan),
        reach=np.zeros(audiences),
        gain=np.zeros((audiences, near + 1, FAR_DEGREE + 1)),
        most=np.zeros(audiences),
        rates=np.full(GRID_SIZE, -1.0),
        factor=np.zeros(units),
        row_high=np.zeros(strata // units),
        row_low=np.zeros(strata // units),
        moves=np.zeros(1, np.int64),
        cap=np.zeros(strata + 1, np.uint32),
        chance=np.zeros((units, 3)),
        stretch=np.zeros(BLOCK, np.uint32),
        layer=np.zeros(BLOCK, np.uint8),
        words=np.zeros((3, points), np.uint32),
        citizen=np.zeros(points, np.int64),
        stratum=np.zeros(points, np.int64),
        height=np.zeros(points),
        added=np.zeros(points),
        passed=np.zeros(points + 1, np.int64),
        ties=np.zeros(BLOCK, np.int64),
        others=np.zeros(ties, np.int64),
        keys=np.zeros(room * (near + FAR_DEGREE) + 1, np.uint32),
        sorted_keys=np.zeros(room * (near + FAR_DEGREE) + 1, np.uint32),
        edge=np.zeros(((citizens - 1) >> bits) + 2, np.int64),
        bucket_bits=bits,
        seen=np.zeros(1 << bits, np.uint16),
        on_street=np.zeros(words, np.uint64) if words else None,
        listed=np.zeros((1 << bits) + BLOCK, np.uint32),
        listed_ties=np.zeros((1 << bits) + BLOCK, np.uint16),
        digits=np.zeros((1 << DIGIT) + 1, np.int64),
        risen=np.zeros(room, np.uint32),
        come_where=np.zeros(room, np.uint16),
        come_row=np.zeros(room, np.int64),
        fate=np.zeros(room, np.uint8),
        caught=np.zeros(room, np.uint32),
    )
