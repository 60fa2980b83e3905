"""One tick of the crowd. Cost follows the crowd, not the country: nobody is visited because they exist.

The rule. A citizen at home enters with the hazard, a day,
    h = join_rate(mood[u, g] + leaning(grievance, aversion, risk[u]) + influence(near, reach[g] far)),
times c(hour) and room[u], hence in a tick with probability 1 - exp(-h dt). Someone on the street goes home,
is detained or turns violent at the rates of the unit. All is drawn from the state at the start of the tick.

How it is drawn, without approximation.
1. Base risings, those without any influence, are points of a Poisson process over (citizen, rate mark): a
   citizen rises if a point lies below h dt. In every stratum, marks are cut into layers at fixed heights W,
   4 W, 16 W, 32 W, ... with W so small that the lowest layer of a stratum seldom holds a point. The lowest
   layers of all strata are one line of the process, laid end to end; the layers above are drawn stratum by
   stratum as far up as its bound, the hazard at the worst corner of its cell. Traits are computed for points
   only. Heights are fixed and points have names: a counterfactual with other hazards meets the same ones.
2. A citizen who sees actives draws only the excess of h over the base hazard, from a number of its own.
The two together have the hazard h. `dense.py` visits everybody and must agree.

Source of the idea of drawing candidates under a bound: Lewis, P. A. W., Shedler, G. S. (1979). Simulation of
nonhomogeneous Poisson processes by thinning. Naval Research Logistics Quarterly 26(3), 403-413.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from interrex.engine.draws import (
    BASE,
    GRAPH,
    LEAVE,
    NEAR,
    TRAIT,
    keys_for,
    philox,
    shuffle,
    uniform,
    uniform53,
)  # fmt: skip
from interrex.mechanisms.contract import Place, exp, log, scalar
from interrex.mechanisms.network_influence import influence
from interrex.mechanisms.rebellion import join_rate, leaning
from interrex.polity.network import FAR_DEGREE, NEAR_REACH, Network, make_network, near_reach, online_citizens
from interrex.polity.strata import AVERSION, AVERSION_WIDTH, PIECES, SIGN, TAIL, Strata, make_strata, traits
from interrex.polity.units import agents

OK, TOO_LARGE = 0, 1
"""Status of a tick; TOO_LARGE: the lists are full and the member is as it was before the tick."""

NEAR_ONE, FAR_ONE, TIES, AWAY = 1, 16, 127, 128
"""How scratch.mark packs a citizen into a byte: active near ties (0-8), active far ties (0-4), away."""

PEACEFUL, VIOLENT = 0, 1
"""State of someone on the street."""

STAYS, GOES, CAUGHT, TURNS = 0, 1, 2, 3
"""Fate of an active in a tick."""

CAPACITY = 0.06
"""Share of the citizens whom the lists of a member hold. More on the street is outside the model."""

LOWEST = 1.0 / 16.0
"""Expected points in the lowest layer of a stratum."""

HEIGHTS = np.concatenate([[0.0, 1.0, 4.0], 16.0 * 2.0 ** np.arange(60)])
"""Upper edges of the layers in units of W; layer j lies between HEIGHTS[j] and HEIGHTS[j + 1]."""

EMPTY = np.exp(-LOWEST * np.diff(HEIGHTS)) * (1.0 - 1e-9)
"""A first uniform number below EMPTY[j] means that layer j holds no point: a saving, not a decision."""

BLOCK = 256
"""Points are sifted so many at a time."""

GRID_LOW, GRID_STEP, GRID_SIZE = -40.0, 1.0 / 16.0, 1025
"""Log-odds at which join_rate is tabulated for bounds."""

PROBES = (0, 512, 640, 800)
"""Entries of that table by which a scratch sees that it was filled for another join_rate."""


class World(NamedTuple):
    """What all members of a run share."""

    strata: Strata
    network: Network
    keys: np.ndarray  # u4[purposes, 2]
    agents: np.ndarray  # i8[U] simulated citizens
    weight: float  # persons that a simulated citizen stands for


class Member(NamedTuple):
    """The crowd of one history. Lists are sorted by citizen; n says how much of them is used."""

    active: np.ndarray  # u4[capacity] on the street
    state: np.ndarray  # u1[capacity] PEACEFUL or VIOLENT
    held: np.ndarray  # u4[capacity] detained
    until: np.ndarray  # i4[capacity] tick at whose end they go home
    n: np.ndarray  # i8[4] actives, detained, unused, unused


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
    """Working space of one thread; holds nothing between ticks but the table of join_rate."""

    mark: np.ndarray  # u1[N] active ties and whether away, packed; all 0 between ticks
    touched: np.ndarray  # u4[] citizens with an active tie
    luck: np.ndarray  # u4[BLOCK]
    citizen: np.ndarray  # u4[BLOCK] points to be sifted: who,
    stratum: np.ndarray  # u2[BLOCK] of which stratum,
    height: np.ndarray  # f8[BLOCK] with which mark,
    added: np.ndarray  # f8[BLOCK] and with what influence
    words: np.ndarray  # u4[2, BLOCK] draws of their traits
    passed: np.ndarray  # i8[BLOCK + 1] those whom the bound lets pass
    risen: np.ndarray  # u4[capacity]
    fate: np.ndarray  # u1[capacity] of each active
    caught: np.ndarray  # u4[capacity]
    top: np.ndarray  # f8[S] greatest log-odds in the stratum, without influence
    most: np.ndarray  # f8[S] bound of the hazard of the tick, without influence
    factor: np.ndarray  # f8[U] c(hour) room dt
    gain: np.ndarray  # f8[G, near + 1, far + 1] influence
    chance: np.ndarray  # f8[U, 3] probabilities of a tick: detained, gone or detained, violent
    rates: np.ndarray  # f8[GRID_SIZE] join_rate


@scalar
def traits_of(citizen, stratum, shape, k0, k1):
    """Grievance and risk aversion of a citizen; `shape` is Strata.shape, k0 and k1 the key of TRAIT."""
    w0, w1, _, _ = philox(k0, k1, 0, 0, citizen, 0)
    return traits(uniform(w0), uniform(w1), stratum, shape)


@scalar
def _tighten(strata, k0, k1):
    """Set the corner of cells without an outer edge to the most grieved citizen who is in them."""
    shape = strata.shape
    for s in range(strata.unit.size):
        if shape[s, SIGN] < 0.0 and shape[s, TAIL] == 0.0:
            highest = strata.low[s, 0]
            for i in range(strata.start[s], strata.start[s + 1]):
                grievance, _ = traits_of(i, s, shape, k0, k1)
                highest = max(highest, grievance)
            strata.high[s, 0] = highest


def make_world(place: Place, weight: int, seed: int) -> World:
    """Citizens and ties of `place` under `seed`; each simulated citizen stands for `weight` persons."""
    keys = keys_for(seed)
    counts = agents(place.population, weight)
    strata = make_strata(counts, place.share)
    _tighten(strata, *keys[TRAIT])
    k0, k1 = keys[GRAPH]
    rings = [shuffle(int(count), k0, k1, unit) for unit, count in enumerate(counts)]
    online = online_citizens(strata, place.online).size
    orders = [shuffle(online, k0, k1, 1_000_000 + column) for column in range(FAR_DEGREE)]
    network = make_network(strata, place.online, rings, orders)
    return World(strata, network, keys, counts, float(weight))


def _room(world: World, capacity: float) -> int:
    citizens = int(world.agents.sum())
    return min(citizens, max(64, int(np.ceil(capacity * citizens))))


def make_member(world: World, capacity: float = CAPACITY) -> Member:
    """A history's crowd with nobody on the street, with room for the share `capacity` of the citizens."""
    room = _room(world, capacity)
    return Member(
        np.zeros(room, np.uint32),
        np.zeros(room, np.uint8),
        np.zeros(room, np.uint32),
        np.zeros(room, np.int32),
        np.zeros(4, np.int64),
    )


@scalar
def copy_member(source, target):
    """Copy the used part of `source` into `target`."""
    for k in range(source.n.size):
        target.n[k] = source.n[k]
    for k in range(source.n[0]):
        target.active[k] = source.active[k]
        target.state[k] = source.state[k]
    for k in range(source.n[1]):
        target.held[k] = source.held[k]
        target.until[k] = source.until[k]


def make_step(world: World, audiences: int) -> Step:
    """Inputs and outputs of a tick, all zero but 15 days of detention (an assumption; set `jail_days`)."""
    units = world.agents.size
    return Step(
        np.zeros((units, audiences)), *(np.zeros(units) for _ in range(3)), np.full(1, 15.0),  # pyright: ignore[reportCallIssue]
        *(np.zeros(units) for _ in range(7)),
    )  # fmt: skip


def make_scratch(world: World, audiences: int, capacity: float = CAPACITY) -> Scratch:
    """Working space for one thread, for members of the same `capacity`."""
    citizens = int(world.agents.sum())
    room = _room(world, capacity)
    degree = 2 * NEAR_REACH + FAR_DEGREE
    return Scratch(
        mark=np.zeros(citizens, np.uint8),
        touched=np.zeros(min(citizens, degree * room), np.uint32),
        luck=np.zeros(BLOCK, np.uint32),
        citizen=np.zeros(BLOCK, np.uint32),
        stratum=np.zeros(BLOCK, np.uint16),
        height=np.zeros(BLOCK),
        added=np.zeros(BLOCK),
        words=np.zeros((2, BLOCK), np.uint32),
        passed=np.zeros(BLOCK + 1, np.int64),
        risen=np.zeros(room, np.uint32),
        fate=np.zeros(room, np.uint8),
        caught=np.zeros(room, np.uint32),
        top=np.zeros(world.strata.unit.size),
        most=np.zeros(world.strata.unit.size),
        factor=np.zeros(world.agents.size),
        gain=np.zeros((audiences, 2 * NEAR_REACH + 1, FAR_DEGREE + 1)),
        chance=np.zeros((world.agents.size, 3)),
        rates=np.full(GRID_SIZE, -1.0),
    )


kernel = numba.njit(nogil=True, error_model="numpy")
"""Decorator of the functions below; the generated module has its own, which also caches."""

inner = numba.njit(nogil=True, error_model="numpy", forceinline=True)
"""Decorator of what a kernel calls for every candidate: a call costs more than the work, as `th` is long."""

# --- composed below ---


@inner
def bound(v, rates):
    """A rate that join_rate(v) does not exceed: the next entry of the table."""
    k = (v - GRID_LOW) * (1.0 / GRID_STEP)
    if k < 0.0:
        return rates[0]
    if k >= GRID_SIZE - 1:
        return join_rate(v)
    return rates[int(k) + 1]


@kernel
def prepare(world, scratch, step, risk, room, reach, th, dt, hour_factor):
    """Bounds of strata, influence by numbers of ties, chances of actives."""
    strata = world.strata
    rates = scratch.rates
    for probe in PROBES:
        if rates[probe] != join_rate(GRID_LOW + probe * GRID_STEP):
            for k in range(GRID_SIZE):
                rates[k] = join_rate(GRID_LOW + k * GRID_STEP)
    for u in range(room.size):
        scratch.factor[u] = hour_factor * room[u] * dt
        out = step.leave[u] + step.arrest[u]
        gone = 1.0 - exp(-out * dt)
        scratch.chance[u, 0] = gone * step.arrest[u] / out if out > 0.0 else 0.0
        scratch.chance[u, 1] = gone
        scratch.chance[u, 2] = 1.0 - exp(-step.violence[u] * dt)
    for s in range(strata.unit.size):
        u = strata.unit[s]
        worst = leaning(strata.high[s, 0], strata.low[s, 1], risk[u], th)
        scratch.top[s] = step.mood[u, strata.audience[s]] + worst
        scratch.most[s] = bound(scratch.top[s], rates) * scratch.factor[u]
    for g in range(scratch.gain.shape[0]):
        for near in range(scratch.gain.shape[1]):
            for far in range(scratch.gain.shape[2]):
                scratch.gain[g, near, far] = influence(float(near), reach[g] * far, th)


@kernel
def sift(world, scratch, step, risk, th, points, count):
    """Add to the first `count` of scratch.risen who of the first `points` enter; the new number or -1.

    Without a gain of influence a citizen enters if the mark lies below the base hazard of the tick, with one
    if it lies below the probability of the excess. Traits are drawn for all, bounded from above for all, and
    worked out for those whom the bound lets pass.
    """
    # Arrays are taken out of their tuples first: handing tuples to inner functions counts references.
    unit, audience, shape, ceiling = (
        world.strata.unit,
        world.strata.audience,
        world.strata.shape,
        world.strata.ceiling,
    )
    k0, k1 = world.keys[TRAIT, 0], world.keys[TRAIT, 1]
    citizen, stratum, mark, gain = scratch.citizen, scratch.stratum, scratch.height, scratch.added
    words, passed, byte, risen = scratch.words, scratch.passed, scratch.mark, scratch.risen
    factor, rates, mood = scratch.factor, scratch.rates, step.mood
    for k in range(points):
        w0, w1, _, _ = philox(k0, k1, 0, 0, citizen[k], 0)
        words[0, k] = w0
        words[1, k] = w1
    left = 0
    for k in range(points):
        s = stratum[k]
        u = unit[s]
        piece = int(uniform(words[0, k]) * PIECES)
        aversion = shape[s, AVERSION] + shape[s, AVERSION_WIDTH] * uniform(words[1, k])
        most = mood[u, audience[s]] + gain[k] + leaning(ceiling[s, piece], aversion, risk[u], th)
        passed[left] = k
        left += mark[k] < bound(most, rates) * factor[u]
    for n in range(left):
        k = passed[n]
        i = citizen[k]
        if byte[i] >= AWAY:
            continue
        s = stratum[k]
        u = unit[s]
        grievance, aversion = traits(uniform(words[0, k]), uniform(words[1, k]), s, shape)
        own = mood[u, audience[s]] + leaning(grievance, aversion, risk[u], th)
        if gain[k] == 0.0:
            enters = mark[k] < join_rate(own) * factor[u]
        else:
            excess = (join_rate(own + gain[k]) - join_rate(own)) * factor[u]
            enters = mark[k] < excess and mark[k] < 1.0 - exp(-excess)
        if enters:
            if count == risen.size:
                return -1
            byte[i] |= AWAY
            risen[count] = i
            count += 1
    return count


@kernel
def draw_base(world, scratch, step, risk, th, t, noise):
    """Put the base risings of the tick into scratch.risen; their number, -1 if they are too many."""
    start = world.strata.start
    strata = world.strata.unit.size
    k0, k1 = world.keys[BASE, 0], world.keys[BASE, 1]
    bounds, citizen, stratum, mark = scratch.most, scratch.citizen, scratch.stratum, scratch.height
    scratch.added[:] = 0.0
    count = 0
    points = 0
    # The lowest layers, LOWEST long for every stratum, as one line. Entity 0 is theirs alone.
    at = 0.0
    draw = 0
    more = True
    while more:
        w0, w1, w2, w3 = philox(k0, k1, t, noise, 0, draw)
        draw += 1
        for half in range(2):
            at -= log(uniform53(w0, w1) if half == 0 else uniform53(w2, w3))
            s = int(at / LOWEST)
            if s >= strata:
                more = False
                break
            size = start[s + 1] - start[s]
            place = (at / LOWEST - s) * size
            row = min(int(place), size - 1)
            citizen[points] = start[s] + row
            stratum[points] = s
            mark[points] = (place - row) * (LOWEST / size)
            points += mark[points] < bounds[s]
            if points == BLOCK:
                count = sift(world, scratch, step, risk, th, points, count)
                if count < 0:
                    return -1
                points = 0
    # The layers above, as far as the bound of the stratum reaches.
    for s in range(strata):
        size = start[s + 1] - start[s]
        most = bounds[s]
        if most * size <= LOWEST:
            continue
        lowest = LOWEST / size
        j = 1
        while HEIGHTS[j] * lowest < most:
            thick = HEIGHTS[j + 1] - HEIGHTS[j]
            length = LOWEST * thick
            at = 0.0
            draw = 0
            more = True
            while more:
                w0, w1, w2, w3 = philox(k0, k1, t, noise, (s + 1) * 64 + j, draw)
                first = uniform53(w0, w1)
                if draw == 0 and first < EMPTY[j]:
                    break
                draw += 1
                for half in range(2):
                    at -= log(first if half == 0 else uniform53(w2, w3))
                    if at > length:
                        more = False
                        break
                    place = at / length * size
                    row = min(int(place), size - 1)
                    citizen[points] = start[s] + row
                    stratum[points] = s
                    mark[points] = (HEIGHTS[j] + (place - row) * thick) * lowest
                    points += mark[points] < most
                    if points == BLOCK:
                        count = sift(world, scratch, step, risk, th, points, count)
                        if count < 0:
                            return -1
                        points = 0
            j += 1
    return sift(world, scratch, step, risk, th, points, count)


@kernel
def scatter(world, member, scratch, reach):
    """Count the active ties of every citizen who has one; their number (scratch.touched)."""
    of, unit = world.strata.of, world.strata.unit
    first, ring, seat = world.network.first, world.network.ring, world.network.seat
    partners, shift = world.network.far, world.network.shift
    byte, touched, active = scratch.mark, scratch.touched, member.active
    count = 0
    connected = False
    for g in range(reach.size):
        if reach[g] > 0.0:
            connected = True
    for k in range(member.n[0]):
        i = active[k]
        s = of[i]
        u = unit[s]
        begin = first[u]
        size = first[u + 1] - begin
        position = seat[i] - begin
        width = near_reach(size)
        for step in range(-width, width + 1):
            if step == 0:
                continue
            other = position + step
            if other < 0:
                other += size
            elif other >= size:
                other -= size
            j = ring[begin + other]
            if byte[j] & TIES == 0:
                touched[count] = j
                count += 1
            byte[j] += NEAR_ONE
        if connected and shift[s] >= 0:
            row = i - shift[s]
            for column in range(partners.shape[1]):
                j = partners[row, column]
                if j == i:
                    continue
                if byte[j] & TIES == 0:
                    touched[count] = j
                    count += 1
                byte[j] += FAR_ONE
    return count


@kernel
def draw_excess(world, scratch, step, risk, th, t, noise, count, touched):
    """Add who rises because of ties to the first `count` of scratch.risen; the new number, -1 if too many."""
    of, unit, audience = world.strata.of, world.strata.unit, world.strata.audience
    k0, k1 = world.keys[NEAR, 0], world.keys[NEAR, 1]
    byte, listed, luck = scratch.mark, scratch.touched, scratch.luck
    citizen, stratum, mark, added = scratch.citizen, scratch.stratum, scratch.height, scratch.added
    top, factor, gains, rates = scratch.top, scratch.factor, scratch.gain, scratch.rates
    for begin in range(0, touched, BLOCK):
        end = min(begin + BLOCK, touched)
        for k in range(begin, end):  # a loop of its own, which the compiler turns into vector instructions
            luck[k - begin] = philox(k0, k1, t, noise, listed[k], 0)[0]
        points = 0
        for k in range(begin, end):
            i = listed[k]
            seen = byte[i]
            if seen >= AWAY:
                continue
            s = of[i]
            gain = gains[audience[s], seen & 15, seen >> 4]
            citizen[points] = i
            stratum[points] = s
            mark[points] = uniform(luck[k - begin])
            added[points] = gain
            points += gain > 0.0 and mark[points] < bound(top[s] + gain, rates) * factor[unit[s]]
        count = sift(world, scratch, step, risk, th, points, count)
        if count < 0:
            return -1
    return count


@kernel
def draw_fates(world, member, scratch, t, noise):
    """Fate of everybody on the street; the number of the detained."""
    of, unit, chance = world.strata.of, world.strata.unit, scratch.chance
    active, state, fates = member.active, member.state, scratch.fate
    k0, k1 = world.keys[LEAVE, 0], world.keys[LEAVE, 1]
    caught = 0
    for k in range(member.n[0]):
        i = active[k]
        u = unit[of[i]]
        w0, w1, _, _ = philox(k0, k1, t, noise, i, 0)
        v = uniform(w0)
        fate = STAYS
        if v < chance[u, 0]:
            fate = CAUGHT
            caught += 1
        elif v < chance[u, 1]:
            fate = GOES
        elif state[k] == PEACEFUL and uniform(w1) < chance[u, 2]:
            fate = TURNS
        fates[k] = fate
    return caught


@kernel
def commit(world, member, scratch, step, t, dt, entering):
    """Carry out entries, fates and releases; lists stay sorted."""
    unit = world.strata.unit
    of = world.strata.of
    kept = 0
    caught = 0
    for k in range(member.n[0]):
        i = member.active[k]
        u = unit[of[i]]
        fate = scratch.fate[k]
        if fate == GOES:
            step.left[u] += 1.0
        elif fate == CAUGHT:
            step.arrested[u] += 1.0
            scratch.caught[caught] = i
            caught += 1
        else:
            state = member.state[k]
            if fate == TURNS:
                step.turned[u] += 1.0
                state = VIOLENT
            member.active[kept] = i
            member.state[kept] = state
            kept += 1
            step.present[u] += 1.0
            if state == VIOLENT:
                step.present_violent[u] += 1.0
    risen = scratch.risen[:entering]
    risen.sort()
    for k in range(entering):
        u = unit[of[risen[k]]]
        step.entered[u] += 1.0
        step.present[u] += 1.0
    a = kept - 1
    b = entering - 1
    for k in range(kept + entering - 1, -1, -1):
        if b < 0:
            break
        if a >= 0 and member.active[a] > risen[b]:
            member.active[k] = member.active[a]
            member.state[k] = member.state[a]
            a -= 1
        else:
            member.active[k] = risen[b]
            member.state[k] = PEACEFUL
            b -= 1
    member.n[0] = kept + entering

    still = 0
    for k in range(member.n[1]):
        if member.until[k] <= t:
            step.released[unit[of[member.held[k]]]] += 1.0
        else:
            member.held[still] = member.held[k]
            member.until[still] = member.until[k]
            still += 1
    until = t + max(1, int(step.jail_days[0] / dt + 0.5))
    a = still - 1
    b = caught - 1
    for k in range(still + caught - 1, -1, -1):
        if b < 0:
            break
        if a >= 0 and member.held[a] > scratch.caught[b]:
            member.held[k] = member.held[a]
            member.until[k] = member.until[a]
            a -= 1
        else:
            member.held[k] = scratch.caught[b]
            member.until[k] = until
            b -= 1
    member.n[1] = still + caught


@kernel
def crowd_step(world, member, scratch, step, risk, room, reach, th, t, dt, hour_factor, noise):
    """One tick t of `dt` days.

    `risk` f8[U] perceived probability of arrest; `room` f8[U] share of the limited pool that is left; `reach`
    f8[G] share of the audience's media that works; `th` the parameters; `hour_factor` c(hour); `noise` the
    slot whose luck drives the tick. Reads and writes `step` and `member`; returns OK or TOO_LARGE.
    """
    results = (
        step.entered,
        step.left,
        step.arrested,
        step.turned,
        step.released,
        step.present,
        step.present_violent,
    )
    for out in results:
        out[:] = 0.0
    prepare(world, scratch, step, risk, room, reach, th, dt, hour_factor)
    before = member.n[0]
    for k in range(before):
        scratch.mark[member.active[k]] = AWAY
    for k in range(member.n[1]):
        scratch.mark[member.held[k]] = AWAY

    # What has been counted or marked is cleared again, so that scratch is clean after every tick.
    count = draw_base(world, scratch, step, risk, th, t, noise)
    risen = scratch.risen.size if count < 0 else count
    if count >= 0 and before > 0:
        touched = scatter(world, member, scratch, reach)
        count = draw_excess(world, scratch, step, risk, th, t, noise, count, touched)
        risen = scratch.risen.size if count < 0 else count
        for k in range(touched):
            scratch.mark[scratch.touched[k]] = 0
    for k in range(before):
        scratch.mark[member.active[k]] = 0
    for k in range(member.n[1]):
        scratch.mark[member.held[k]] = 0
    for k in range(risen):
        scratch.mark[scratch.risen[k]] = 0

    if count < 0 or before + count > member.active.size:
        return TOO_LARGE
    if member.n[1] + draw_fates(world, member, scratch, t, noise) > member.held.size:
        return TOO_LARGE
    commit(world, member, scratch, step, t, dt, count)
    for out in results:
        out *= world.weight
    return OK
