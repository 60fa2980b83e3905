"""Threshold cascade on a network, in two ways with one law: visiting everybody, and following those who switch.

The rule. In every tick, all at once, an agent with k active neighbours of `degree` is active next with probability
    p = 1 / (1 + exp(-steepness (k / degree - threshold))),
whatever its own state is now; without neighbours k / degree is 0. With endless steepness and no way back this is the
deterministic cascade of `spread`: active for good once k / degree >= threshold.

How it is drawn. With odds = exp(steepness threshold) and damp = exp(-steepness k / degree), tabulated by degree,
p = 1 / (1 + odds damp), so no draw needs an exponential.
Visiting: every agent counts its neighbours and compares one 32-bit random number, hence p on a grid of 2**-32.
Events: p = 1 - exp(-h) is the chance that a Poisson process of rate h has a point. Agents are sorted by hazard into
strata with a bound that holds while no more than `cover` neighbours are active; points under the bound are drawn along
the stratum by exponential gaps, and the agent under a point is active if the point lies below h. The few agents with
more active neighbours than their cover are listed and visited one by one. Counts are changed by those who switch, so a
tick costs what switches and what is drawn. Where that would be more than visiting, everybody is visited.

Sources: Granovetter, M. (1978). Threshold models of collective behavior. American Journal of Sociology 83(6),
1420-1443. Watts, D. J. (2002). A simple model of global cascades on random networks. PNAS 99(9), 5766-5771. Blume,
L. E. (1993). The statistical mechanics of strategic interaction. Games and Economic Behavior 5(3), 387-424 (logistic
response). Lewis, P. A. W., Shedler, G. S. (1979). Simulation of nonhomogeneous Poisson processes by thinning. Naval
Research Logistics Quarterly 26(3), 403-413.
"""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from interrex.engine import compile as kernels
from interrex.engine.decorators import kernel
from interrex.engine.draws import BASE, NEAR, key_for, philox, uniform, uniform53
from interrex.errors import RunError
from interrex.mechanisms.maths import exp, log, scalar
from interrex.replications import asked
from interrex.replications.graph import Graph, check

Method = Literal["auto", "visit", "events"]
"""How ticks are drawn: everybody visited, those who switch followed, or whichever is cheaper at the moment."""

METHODS: tuple[Method, ...] = get_args(Method)

STEEPEST = 700.0
"""Largest |steepness threshold|: beyond it exp leaves the range of numbers."""

ROOM = 2.5
"""How far the bound of a stratum lies above the hazards in it: loose enough for one active neighbour in twelve."""

ALWAYS = 0.25
"""Agents with a bound above this hazard are visited in every tick: they would be drawn again and again."""

BOUNDS = np.ldexp(np.array([1.0, 1.189207115002721, 1.4142135623730951, 1.681792830507429] * 1025),
                  np.repeat(np.arange(-1020, 5), 4))  # fmt: skip
"""Bounds that strata may have: four to the octave."""

BLOCK = 256
"""Agents, points or switches handled together, so that the processor waits for many look-ups at once."""

DEAR = 8
"""A switch costs as much as so many visits (a row of neighbours and its counts to change)."""

STRETCH = 32
"""Ticks by visiting before events are tried again."""

NOW, NEXT, LISTED = 1, 2, 4
"""Bits of `mark`: active, active in the next tick, in the list of agents visited one by one."""


class Cascade(NamedTuple):
    """A network with its thresholds, and what the draws look up."""

    offsets: np.ndarray  # i8[N + 1]
    targets: np.ndarray  # u4[E]
    odds: np.ndarray  # f8[N] exp(steepness threshold)
    row: np.ndarray  # i8[largest degree + 1] where the row of a degree begins in damp
    damp: np.ndarray  # f8[...] exp(-steepness k / degree) for k = 0..degree, for every degree that occurs
    order: np.ndarray  # u4[N] agents sorted by stratum, those always visited last
    first: np.ndarray  # i8[S + 1] where each stratum begins in order
    bound: np.ndarray  # f8[S] hazard that nobody of the stratum exceeds while covered
    base: np.ndarray  # f8[N] hazard without active neighbours, in the order of `order`
    cover: np.ndarray  # i1 or i4[N] active neighbours that the bound allows for; -1 always visited


class Front(NamedTuple):
    """Who is active in a run by events, and the counts that follow them. Changed in place."""

    tie: np.ndarray  # i1 or i4[N, 2] cover, and how many more active neighbours it allows (negative: listed)
    mark: np.ndarray  # u1[N] NOW, NEXT, LISTED
    active: np.ndarray  # u4[N] the active, n[0] of them
    chosen: np.ndarray  # u4[N] scratch: active in the next tick
    listed: np.ndarray  # u4[N] agents visited one by one, n[1] of them
    n: np.ndarray  # i8[4] active, listed, switches of the last tick, unused


def make_cascade(graph: Graph, threshold: np.ndarray | float, steepness: float = 8.0) -> Cascade:
    """Cascade on `graph` with a `threshold` for each node (share of neighbours; any finite number).

    RunError if shapes differ, a number is not finite, or steepness < 0 or too large to compute with.
    """
    size = check(graph)
    threshold = asked.numbers("threshold", threshold, size, one_for_all=True)
    steepness = asked.number("steepness", steepness, 0.0, STEEPEST)
    largest = steepness * max(1.0, float(np.abs(threshold).max(initial=0.0)))
    if largest > STEEPEST:
        raise RunError(
            f"steepness {steepness} times the largest threshold is {largest:g}",
            f"keep it within 0..{STEEPEST:g}",
        )
    offsets, targets = np.asarray(graph.offsets, np.int64), np.asarray(graph.targets, np.uint32)
    degrees = np.unique(np.diff(offsets))
    row = np.zeros(int(degrees.max(initial=0)) + 1, np.int64)
    row[degrees] = np.concatenate([[0], np.cumsum(degrees + 1)])[:-1]
    odds, damp = np.empty(size), np.empty(int((degrees + 1).sum()))
    level = np.empty(size, np.int64)
    cover = np.empty(size, np.int8 if row.size <= 127 else np.int32)
    base = np.empty(size)
    _kernels().prepare(offsets, threshold, steepness, degrees, row, odds, damp, level, cover, base)
    order = np.argsort(level, kind="stable").astype(np.uint32)
    strata, starts = np.unique(level[order], return_index=True)
    counted = strata < BOUNDS.size
    first = np.append(starts[counted], np.count_nonzero(level < BOUNDS.size)).astype(np.int64)
    return Cascade(
        offsets, targets, odds, row, damp, order, first, BOUNDS[strata[counted]], base[order], cover
    )


def simulate(
    cascade: Cascade,
    active: np.ndarray,
    ticks: int,
    seed: int,
    *,
    first: int = 0,
    method: Method = "auto",
    workers: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of active agents after each of `ticks` ticks, i8[ticks], and who is active at the end, u1[N].

    `active` [N] says who is at the start. Tick t has the random numbers of first + t, so a run can go on where
    another ended: by visiting to the bit, with any number of `workers` threads; otherwise with the same law.
    """
    state = _state(cascade, active)
    ticks, first = _span(ticks, first)
    seed, workers = (
        asked.whole("seed", seed, 0, asked.SEEDS),
        asked.whole("workers", workers, 1, asked.WORKERS),
    )
    asked.word("method", method, METHODS)
    path = np.zeros(ticks, np.int64)
    front = make_front(cascade, state) if method != "visit" else None
    t = 0
    while t < ticks:
        if front is None:
            stop = ticks if method == "visit" else min(ticks, t + STRETCH)
            state = visit(cascade, state, path[t:stop], seed, first + t, workers)
            t = stop
            if method == "auto" and t < ticks:
                front = make_front(cascade, state)
        else:
            limit = cascade.odds.size if method == "auto" else 0
            t += advance(cascade, front, path[t:], seed, first + t, limit)
            state = front.mark & NOW
            if t < ticks:
                front = None
    return path, state


def visit(
    cascade: Cascade, state: np.ndarray, path: np.ndarray, seed: int, first: int = 0, workers: int = 1
) -> np.ndarray:
    """Fill `path` with numbers of active agents by visiting everybody, and return the last state, u1[N]."""
    state, path = _state(cascade, state), _path(path)
    _, first = _span(path.size, first)
    workers = asked.whole("workers", workers, 1, asked.WORKERS)
    key, step = key_for(asked.whole("seed", seed, 0, asked.SEEDS), BASE), _kernels().visit_range
    size = cascade.odds.size
    blocks = -(-size // BLOCK)
    edges = [min(size, BLOCK * (blocks * w // workers)) for w in range(workers + 1)]
    after = np.empty(size, np.uint8)
    with ThreadPoolExecutor(workers) as pool:
        for t in range(path.size):
            args = [(cascade, state, after, low, high, *key, first + t)
                    for low, high in zip(edges, edges[1:], strict=False)]  # fmt: skip
            path[t] = sum(pool.map(lambda a: step(*a), args)) if workers > 1 else step(*args[0])
            state, after = after, state if t else np.empty(size, np.uint8)
    return state


def make_front(cascade: Cascade, state: np.ndarray) -> Front:
    """The front of those who are active in `state` u1[N]."""
    state = _state(cascade, state)
    size = cascade.odds.size
    front = Front(
        np.column_stack([cascade.cover, cascade.cover]),
        np.zeros(size, np.uint8),
        np.empty(size, np.uint32),
        np.empty(size, np.uint32),
        np.empty(size, np.uint32),
        np.zeros(4, np.int64),
    )
    _kernels().enter(cascade, front, state)
    return front


def advance(
    cascade: Cascade, front: Front, path: np.ndarray, seed: int, first: int = 0, limit: int = 0
) -> int:
    """Fill `path` with numbers of active agents by events; how many ticks were done.

    With `limit` > 0 it stops after a tick that cost more than `limit` visits.
    """
    asked.kind("the cascade", cascade, Cascade, "make_cascade")
    asked.kind("the front", front, Front, "make_front")
    if front.mark.shape != cascade.odds.shape:
        raise RunError(f"the front is one of {front.mark.size:,} nodes", f"make it for these {cascade.odds.size:,}")
    _, first = _span(_path(path).size, first)
    seed, limit = asked.whole("seed", seed, 0, asked.SEEDS), asked.whole("limit", limit, 0, asked.SEEDS >> 1)
    return _kernels().follow(cascade, front, path, *key_for(seed, BASE), *key_for(seed, NEAR), first, limit)


def spread(
    graph: Graph, threshold: np.ndarray | float, active: np.ndarray, *, every: bool = False
) -> np.ndarray:
    """Deterministic cascade without a way back: the tick at which each node became active, i4[N]; -1 never.

    Nodes of `active` are so from tick 0; in each tick, all at once, those follow whose active neighbours are a share
    of at least `threshold`. Looks only at neighbours of new actives, or with `every` at everybody in every tick.
    RunError if shapes differ or a threshold is not finite.
    """
    size = check(graph)
    threshold = asked.numbers("threshold", threshold, size, one_for_all=True)
    when = np.where(asked.numbers("state", active, size, truth=True) != 0, 0, -1).astype(np.int32)
    if not isinstance(every, (bool, np.bool_)):
        raise RunError(f"every is {asked.said(every)}", "give True or False")
    run = _kernels().spread_visiting if every else _kernels().spread_front
    run(graph.offsets, graph.targets, threshold, when)
    return when


def _state(cascade: Cascade, active: np.ndarray) -> np.ndarray:
    asked.kind("the cascade", cascade, Cascade, "make_cascade")
    shape = cascade.odds.shape
    if not isinstance(active, np.ndarray) or active.dtype.kind not in "biu" or active.shape != shape:
        active = asked.numbers("state", active, shape[0], truth=True)
    return (active != 0).astype(np.uint8)


def _path(path: np.ndarray) -> np.ndarray:
    if (
        not isinstance(path, np.ndarray)
        or path.ndim != 1
        or path.dtype != np.int64
        or not path.flags.writeable
    ):
        raise RunError(f"the path is {asked.said(path)}", "give an array to fill, np.zeros(ticks, np.int64)")
    return path


def _span(ticks: int, first: int) -> tuple[int, int]:
    """Both, checked: the number of a tick has 32 bits."""
    ticks = asked.whole("ticks", ticks, 0, asked.TICKS)
    return ticks, asked.whole("first", first, 0, 2**32 - ticks)


@functools.cache
def _kernels() -> Any:  # a generated module of its own kernels
    return kernels.load([], parts=("replications.cascade",))


__all__ = [
    "Cascade", "Front", "advance", "exp", "kernel", "log", "make_cascade", "make_front", "philox", "scalar",
    "simulate", "spread", "uniform", "uniform53", "visit",
]  # fmt: skip

# --- composed below ---


@scalar
def hazard(against):
    """Rate h with 1 - exp(-h) = p, where `against` = odds damp = (1 - p) / p: log(1 + 1 / against)."""
    x = 1.0 / against
    if x < 0.01:  # log(1 + x) would lose the digits of a small x
        s = x / (2.0 + x)
        q = s * s
        return 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q / 7.0)))
    return log(1.0 + x)


@kernel
def prepare(offsets, threshold, steepness, degrees, row, odds, damp, level, cover, base):
    """Tables, and for each agent the base hazard, the index of its bound in BOUNDS and its cover."""
    for degree in degrees:
        for k in range(degree + 1):
            damp[row[degree] + k] = exp(-steepness * k / max(1, degree))
    for i in range(odds.size):
        odds[i] = exp(steepness * threshold[i])
        base[i] = hazard(odds[i])
        level[i] = np.searchsorted(BOUNDS, ROOM * base[i])
        cover[i] = -1
        if base[i] * ROOM <= ALWAYS:
            degree = offsets[i + 1] - offsets[i]
            k = 0
            while k < degree and hazard(odds[i] * damp[row[degree] + k + 1]) <= BOUNDS[level[i]]:
                k += 1
            cover[i] = k
        else:
            level[i] = BOUNDS.size


@kernel
def visit_range(cascade, active, after, low, high, k0, k1, t):
    """Next state of agents low..high-1 into `after`; how many are active. `low` is a multiple of BLOCK.

    Counts are differences of a running sum over all rows of a block: a loop over each row would be mispredicted
    at its end, every time.
    """
    offsets, targets, odds, row, damp = (
        cascade.offsets,
        cascade.targets,
        cascade.odds,
        cascade.row,
        cascade.damp,
    )
    room = 0
    for start in range(low, high, BLOCK):
        room = max(room, offsets[min(start + BLOCK, high)] - offsets[start])
    run = np.zeros(room + 1, np.uint32)
    total = 0
    for start in range(low, high, BLOCK):
        stop = min(start + BLOCK, high)
        begin = offsets[start]
        part = targets[begin : offsets[stop]]
        count = np.uint32(0)
        for e in range(part.size):
            count += active[part[e]]
            run[e + 1] = count
        w0 = w1 = w2 = w3 = np.uint32(0)
        for i in range(start, stop):
            if i & 3 == 0:
                w0, w1, w2, w3 = philox(k0, k1, t, 0, i >> 2, 0)
            here, there = offsets[i] - begin, offsets[i + 1] - begin
            k = run[there] - run[here]
            on = uniform(w0) * (1.0 + odds[i] * damp[row[there - here] + k]) < 1.0
            w0, w1, w2 = w1, w2, w3
            after[i] = on
            total += on
    return total


@kernel
def change(cascade, front, agents, begin, end, count, step):
    """Add `step` to what the neighbours of the first `count` of `agents` still allow; list those who fall below 0."""
    offsets, targets, tie, mark = cascade.offsets, cascade.targets, front.tie, front.mark
    warm = np.uint32(0)
    for a in range(count):
        begin[a], end[a] = offsets[agents[a]], offsets[agents[a] + 1]
    for a in range(count):  # touch the rows first: many waits at once instead of one after the other
        if begin[a] < end[a]:
            warm += targets[begin[a]] + targets[end[a] - 1]
    for a in range(count):
        for e in range(begin[a], end[a]):
            i = targets[e]
            left = tie[i, 1] + step
            tie[i, 1] = left
            if left < 0 and mark[i] & LISTED == 0:
                mark[i] |= LISTED
                front.listed[front.n[1]] = i
                front.n[1] += 1
    return warm


@kernel
def enter(cascade, front, state):
    """Put those who are active in `state` and those always visited into an empty front."""
    agents, begin, end = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    waiting = 0
    for i in range(state.size):
        if front.tie[i, 1] < 0 and front.mark[i] & LISTED == 0:
            front.mark[i] |= LISTED
            front.listed[front.n[1]] = i
            front.n[1] += 1
        if state[i] != 0:
            front.mark[i] |= NOW
            front.active[front.n[0]] = i
            front.n[0] += 1
            agents[waiting] = i
            waiting += 1
            if waiting == BLOCK:
                front.n[3] += change(cascade, front, agents, begin, end, waiting, -1)
                waiting = 0
    front.n[3] += change(cascade, front, agents, begin, end, waiting, -1)


@kernel
def draw_points(cascade, front, k0, k1, t, places, marks, agents):
    """Choose agents under points of the strata that lie below their hazard; how many."""
    offsets, odds, row, damp, tie, mark = (
        cascade.offsets,
        cascade.odds,
        cascade.row,
        cascade.damp,
        front.tie,
        front.mark,
    )
    chosen = 0
    for s in range(cascade.bound.size):
        bound = cascade.bound[s]
        gap = 1.0 / bound
        first, size = cascade.first[s], cascade.first[s + 1] - cascade.first[s]
        x = 0.0
        draw = 0
        while x < size:
            points = 0
            while points < BLOCK:
                w0, w1, w2, w3 = philox(k0, k1, t, 1, s, draw)
                draw += 1
                x -= log(uniform53(w0, w1)) * gap
                y = x - log(uniform53(w2, w3)) * gap
                if x < size:
                    places[points], marks[points] = first + int(x), (x - int(x)) * bound
                    points += 1
                if y < size:
                    places[points], marks[points] = first + int(y), (y - int(y)) * bound
                    points += 1
                x = y
                if x >= size:
                    break
            for p in range(points):
                agents[p] = cascade.order[places[p]]
            for p in range(points):
                i = agents[p]
                left = tie[i, 1]
                k = tie[i, 0] - left
                below = marks[p] < cascade.base[places[p]]
                if (below | (k > 0)) & (left >= 0) & (mark[i] & NEXT == 0):
                    if not below:
                        degree = offsets[i + 1] - offsets[i]
                        if marks[p] >= hazard(odds[i] * damp[row[degree] + k]):
                            continue
                    mark[i] |= NEXT
                    front.chosen[chosen] = i
                    chosen += 1
    return chosen


@kernel
def visit_listed(cascade, front, chosen, k0, k1, t):
    """Visit those with more active neighbours than their cover, drop the others from the list; chosen so far."""
    offsets, odds, row, damp, tie, mark = (
        cascade.offsets,
        cascade.odds,
        cascade.row,
        cascade.damp,
        front.tie,
        front.mark,
    )
    kept = 0
    for a in range(front.n[1]):
        i = front.listed[a]
        if tie[i, 1] >= 0:
            mark[i] &= NOW | NEXT
            continue
        front.listed[kept] = i
        kept += 1
        w0, w1, _, _ = philox(k0, k1, t, 0, i, 0)
        degree = offsets[i + 1] - offsets[i]
        k = tie[i, 0] - tie[i, 1]
        if uniform53(w0, w1) * (1.0 + odds[i] * damp[row[degree] + k]) < 1.0:
            mark[i] |= NEXT
            front.chosen[chosen] = i
            chosen += 1
    front.n[1] = kept
    return chosen


@kernel
def switch(cascade, front, agents, many, bit, step, among, begin, end):
    """Tell the neighbours of those of the first `many` agents who have not `bit` that they switch; how many do."""
    total = 0
    for low in range(0, many, BLOCK):
        count = 0
        for a in range(low, min(low + BLOCK, many)):
            among[count] = agents[a]
            count += front.mark[agents[a]] & bit == 0
        front.n[3] += change(cascade, front, among, begin, end, count, step)
        total += count
    return total


@kernel
def follow(cascade, front, path, b0, b1, n0, n1, first, limit):
    """Ticks by events; see `advance`."""
    begin, end = np.empty(BLOCK + 1, np.int64), np.empty(BLOCK + 1, np.int64)
    marks, agents = np.empty(BLOCK + 1), np.empty(BLOCK + 1, np.uint32)
    mark, active, n = front.mark, front.active, front.n
    for t in range(path.size):
        chosen = draw_points(cascade, front, b0, b1, first + t, begin, marks, agents)
        chosen = visit_listed(cascade, front, chosen, n0, n1, first + t)
        n[2] = switch(cascade, front, active, n[0], NEXT, 1, agents, begin, end)
        n[2] += switch(cascade, front, front.chosen, chosen, NOW, -1, agents, begin, end)
        for a in range(n[0]):
            mark[active[a]] &= NEXT | LISTED
        for a in range(chosen):
            i = front.chosen[a]
            active[a] = i
            mark[i] = (mark[i] & LISTED) | NOW
        n[0] = chosen
        path[t] = chosen
        if limit > 0 and n[1] + DEAR * n[2] > limit:
            return t + 1
    return path.size


@scalar
def persuaded(k, degree, threshold):
    """Whether k active of `degree` neighbours reach the threshold."""
    return k / max(1, degree) >= threshold


@kernel
def spread_visiting(offsets, targets, threshold, when):
    """Fill `when` by looking at everybody in every tick."""
    t = 0
    moved = True
    while moved:
        t += 1
        moved = False
        for i in range(when.size):
            if when[i] < 0:
                k = 0
                for e in range(offsets[i], offsets[i + 1]):
                    other = when[targets[e]]
                    k += 0 <= other < t
                if persuaded(k, offsets[i + 1] - offsets[i], threshold[i]):
                    when[i] = t
                    moved = True


@kernel
def spread_front(offsets, targets, threshold, when):
    """Fill `when` by telling the neighbours of those who became active in the tick before."""
    count = np.zeros(when.size, np.uint32)
    queue = np.empty(when.size, np.uint32)
    tail = 0
    for i in range(when.size):
        if when[i] == 0:
            queue[tail] = i
            tail += 1
    for i in range(when.size):
        if when[i] < 0 and persuaded(0, offsets[i + 1] - offsets[i], threshold[i]):
            when[i] = 1
            queue[tail] = i
            tail += 1
    head = 0
    while head < tail:
        j = queue[head]
        head += 1
        for e in range(offsets[j], offsets[j + 1]):
            i = targets[e]
            if when[i] < 0:
                count[i] += 1
                if persuaded(count[i], offsets[i + 1] - offsets[i], threshold[i]):
                    when[i] = when[j] + 1
                    queue[tail] = i
                    tail += 1
