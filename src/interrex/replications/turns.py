"""The ticks of Epstein's Model I: everybody takes a turn, one after another.

A turn is: move to a random empty cell in view (rule M), then decide (rule A) or arrest (rule C), or the other way
round. What makes a turn cheap is that nobody counts: every cell knows how many cops and actives see it, and the
counts around a cell change only when a cop or an active leaves or enters it.

Random numbers are keyed by (tick, what for, turn). Who has which turn follows from the seed alone, so two runs
that differ in a parameter meet the same luck, agent by agent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.compile import standing
from interrex.engine.draws import philox
from interrex.mechanisms.maths import scalar
from interrex.replications.lanes import add_lane
from interrex.replications.torus import LANE

# Typed, since Numba would compile a kernel anew for every plain number that it is called with.
EMPTY, COP, QUIET, ACTIVE, JAILED = np.arange(5, dtype=np.uint8)
RANDOM_ORDER, FIXED_ORDER, WITH_REPLACEMENT, SYNCHRONOUS = np.arange(4)
PLACES, TRAITS, ORDER, TURN, FAR, ARREST = np.arange(6)
"""What draws are for: the second word of their names."""

COP_IN, COP_OUT, ACTIVE_IN, ACTIVE_OUT = np.arange(4)
"""Changes of the counts around a cell."""

CHUNK = 256
"""Turns whose random numbers are made together, so that the compiler makes several at once."""

NARROW = 257
"""Entries of the table of neighbours where a byte can name one (see torus.torus)."""

FIRST = np.array([8] + [(i & -i).bit_length() - 1 for i in range(1, 256)], dtype=np.uint8)
"""Position of the lowest bit of a byte."""

U = np.uint64
BYTE, LOW, HALF, WORD, ONE, NONE = U(0xFF), U(0xFFFF), U(16), U(32), U(1), U(0)

kernel = standing(__file__)


class Board(NamedTuple):
    """What changes in a run. Cells are indices of torus.Torus, places are x << 16 | y."""

    state: np.ndarray  # u1[cells] EMPTY to JAILED, copied into the margins
    seen_by: (
        np.ndarray
    )  # u2[cells] cops + 256 actives in view; u4[cells] and 65536 where bytes are too narrow
    release: np.ndarray  # i4[cells] where somebody is jailed: the tick from which he is free
    where: np.ndarray  # u4[agents] place of each agent, citizens first
    order: np.ndarray  # u4[agents] who has which turn
    total: np.ndarray  # i8[5] active; arrests; quiet; their hardship and risk aversion in 2**-32


class Record(NamedTuple):
    """What a run leaves: one entry a tick, at the end of the tick."""

    active: np.ndarray  # i8[ticks]
    arrests: np.ndarray  # i8[ticks]
    quiet: np.ndarray  # i8[ticks] free citizens who are not active
    hardship: np.ndarray  # i8[ticks] sum over the quiet, in 2**-32
    risk_aversion: np.ndarray  # i8[ticks] the same
    jailed: (
        np.ndarray
    )  # i8[ticks + longest term] changes of the number who must sit through the next tick too


class Rules(NamedTuple):
    """What does not change in a run."""

    schedule: int
    move_first: bool
    jail: int  # terms are 0 to jail - 1 ticks
    scale: int  # of the nerves, see decision.ladder
    shift: int  # bits of one count in `seen_by`
    k0: np.uint32
    k1: np.uint32


@scalar
def pair(a, b):
    """Two words of 32 bits as one of 64."""
    return U(a) | (U(b) << WORD)


@kernel
def blocks(k0, k1, tick, purpose, first, low, high):
    """Draws of CHUNK turns from `first`: two words of 64 bits each."""
    for i in range(CHUNK):
        a, b, c, d = philox(k0, k1, tick, purpose, first + i, 0)
        low[i] = pair(a, b)
        high[i] = pair(c, d)


@kernel
def shuffle(order, k0, k1, tick, purpose, low, high):
    """Bring `order` into a random order (Fisher-Yates; uneven by at most len(order) / 2**32)."""
    left = order.size - 1
    while left > 0:
        blocks(k0, k1, tick, purpose, left, low, high)
        for i in range(min(CHUNK, (left + 3) // 4)):
            for word in range(4):
                bits = (low[i] if word < 2 else high[i]) >> (WORD * U(word & 1))
                other = ((bits & U(0xFFFFFFFF)) * U(left + 1)) >> WORD
                order[left], order[other] = order[other], order[left]
                left = max(left - 1, 0)


@kernel
def draw_with_replacement(order, k0, k1, tick, low, high):
    """Fill `order` with as many agents, drawn independently (uneven by at most len(order) / 2**32)."""
    for start in range(0, order.size, 4 * CHUNK):
        blocks(k0, k1, tick, ORDER, start // 4, low, high)
        for i in range(min(4 * CHUNK, order.size - start)):
            bits = (low[i >> 2] if i & 3 < 2 else high[i >> 2]) >> (WORD * U(i & 1))
            order[start + i] = ((bits & U(0xFFFFFFFF)) * U(order.size)) >> WORD


@kernel
def deal(k0, k1, hardship, risk_aversion, cells):
    """Give citizens their traits (words of 32 bits, even) and bring `cells` into a random order."""
    for agent in range(hardship.size):
        hardship[agent], risk_aversion[agent], _, _ = philox(k0, k1, 0, TRAITS, agent, 0)
    low = np.empty(CHUNK, dtype=np.uint64)
    shuffle(cells, k0, k1, np.int64(0), PLACES, low, np.empty_like(low))


@scalar
def eight(bits, cell, state, step):
    """Which of the eight neighbours named by the bytes of `bits` are empty: a bit each."""
    empty = NONE
    for j in range(8):
        there = cell + U(step[(bits >> U(8 * j)) & BYTE])
        empty |= U(state[there] == EMPTY) << U(j)
    return empty


@kernel
def search_on(k0, k1, tick, turn, cell, state, step):
    """Entry of an empty neighbour, found by more draws and at last among all; the last entry if there is none."""
    width = U(8) if step.size == NARROW else HALF
    last = step.size - 1
    mask = U(last - 1)
    for draw in range(8):
        a, b, c, d = philox(k0, k1, tick, FAR, turn, draw)
        for bits in (pair(a, b), pair(c, d)):
            for _ in range(U(64) // width):
                entry = bits & mask
                if state[cell + U(step[entry])] == EMPTY:
                    return entry
                bits >>= width
    empty = 0
    for entry in range(last):
        empty += np.int64(state[cell + U(step[entry])] == EMPTY)
    if empty:
        a, _, _, _ = philox(k0, k1, tick, FAR, turn, 8)
        pick = (U(a) * U(empty)) >> WORD
        for entry in range(last):
            if state[cell + U(step[entry])] == EMPTY:
                if pick == NONE:
                    return U(entry)
                pick -= ONE
    return U(last)


@scalar
def put(state, value, cell, x, y, copy_x, copy_y):
    """Write a cell and its copies in the margins (the same cell again where it has none)."""
    across = cell + U(copy_x[x])
    along = U(copy_y[y])
    state[cell] = value
    state[across] = value
    state[cell + along] = value
    state[across + along] = value


@kernel
def spread(seen_by, changes, change, row, size, x, y):
    """Apply one of the `changes` to the counts of all cells that see (x, y)."""
    rows = row.size - size + 1
    reach = rows >> 1
    width = (rows + LANE - 1) // LANE * LANE
    start = np.int64(y) - reach
    # A box over the left or right edge is applied twice, a board's width apart; what falls outside is never read.
    again = size * (np.int64(start < 0) - np.int64(start + 2 * reach >= size))
    for lane in range(0, width, LANE):
        at = change * rows * width + lane
        to = start + lane
        for r in range(rows):
            add_lane(seen_by, row[x + U(r)] + to, changes, at + r * width)  # pyright: ignore[reportCallIssue]
        if again != 0:
            to += again
            for r in range(rows):
                add_lane(seen_by, row[x + U(r)] + to, changes, at + r * width)  # pyright: ignore[reportCallIssue]


@kernel
def pick_active(k0, k1, tick, turn, place, cell, actives, jail, state, step, differ, wrap):
    """Rule C: place of one of the `actives` (at least one) in view of a cop at `place`, and the term in ticks."""
    w0, w1, _, _ = philox(k0, k1, tick, ARREST, turn, 0)
    pick = (U(w0) * actives) >> WORD
    entry = 0
    while state[cell + U(step[entry])] != ACTIVE or pick != NONE:
        if state[cell + U(step[entry])] == ACTIVE:
            pick -= ONE
        entry += 1
    return place_at(place, entry, differ, wrap), np.int64((U(w1) * U(jail)) >> WORD)


@scalar
def book_arrest(total, jailed, tick, term):
    """Enter an arrest: who has no tick to sit through is not counted among the jailed."""
    total[0] -= 1
    total[1] += 1
    sits = np.int64(term > 0)
    jailed[tick] += sits
    jailed[tick + max(term, 1) - 1] -= sits


@scalar
def recount(total, hardship, risk_aversion, was, now):
    """Keep the totals after a citizen went from state `was` to `now`, other than by arrest."""
    total[0] += np.int64(now == ACTIVE) - np.int64(was == ACTIVE)
    if (now == QUIET) != (was == QUIET):
        sign = 1 if now == QUIET else -1
        total[2] += sign
        total[3] += sign * np.int64(hardship)
        total[4] += sign * np.int64(risk_aversion)


@scalar
def write(record, total, tick):
    """Enter the totals at the end of a tick, and begin a new count of arrests."""
    record.active[tick] = total[0]
    record.arrests[tick] = total[1]
    record.quiet[tick] = total[2]
    record.hardship[tick] = total[3]
    record.risk_aversion[tick] = total[4]
    total[1] = 0


@scalar
def choose(low, high, k0, k1, tick, turn, cell, state, step, narrow):
    """Rule M: entry of a random empty neighbour, or the last entry (one's own cell) if there is none."""
    bits = low
    empty = eight(bits, cell, state, step) if narrow else NONE
    if narrow and empty == NONE:
        bits = high
        empty = eight(bits, cell, state, step)
    entry = (bits >> (U(FIRST[empty]) << U(3))) & BYTE
    if empty == NONE:
        entry = search_on(k0, k1, tick, turn, cell, state, step)
    return entry


@scalar
def place_at(place, entry, differ, wrap):
    """The place that an entry leads to from `place`."""
    there = place + U(differ[entry])
    return (U(wrap[there >> HALF]) << HALF) | U(wrap[there & LOW])


@scalar
def would_rebel(seen, shift, scale, nerve):
    """Rule A, where `seen` counts cops and the other actives in view."""
    cops = np.int64(seen & ((ONE << shift) - ONE))
    actives = np.int64(seen >> shift) + 1
    return cops * scale < np.int64(nerve) * actives


@kernel
def advance(board, record, rules, torus, changes, nerve, hardship, risk_aversion, start, end):
    """Run ticks `start` (included) to `end` one turn after another."""
    low = np.empty(CHUNK, dtype=np.uint64)
    high = np.empty(CHUNK, dtype=np.uint64)
    places = np.empty(CHUNK, dtype=np.uint32)
    nerves = np.empty(CHUNK, dtype=nerve.dtype)
    # Out of their tuples once: inside the loop that costs Numba more than all the rest.
    state, seen_by, release, where, order, total = board
    step, differ, wrap, row, copy_x, copy_y = (
        torus.step, torus.differ, torus.wrap, torus.row, torus.copy_x, torus.copy_y,
    )  # fmt: skip
    origin, stride, size, narrow = U(torus.origin), U(torus.stride), torus.size, step.size == NARROW
    k0, k1, shift, scale, move_first = rules.k0, rules.k1, U(rules.shift), rules.scale, rules.move_first
    jail, jailed, again = rules.jail, record.jailed, rules.schedule == WITH_REPLACEMENT
    for tick in range(start, end):
        if rules.schedule == RANDOM_ORDER:
            shuffle(order, k0, k1, tick, ORDER, low, high)
        elif again:
            draw_with_replacement(order, k0, k1, tick, low, high)
        for first in range(0, order.size, CHUNK):
            blocks(k0, k1, tick, TURN, first, low, high)
            turns = min(CHUNK, order.size - first)
            for i in range(turns):  # fetched together, since each lies somewhere else in memory
                places[i] = where[order[first + i]]
                nerves[i] = nerve[order[first + i]]
            for i in range(turns):
                agent = order[first + i]
                place = U(places[i])
                x, y = place >> HALF, place & LOW
                cell = origin + x * stride + y
                was = state[cell]
                if was == JAILED and tick < release[cell]:
                    continue
                # `choose`, written out: as a call it makes Numba count references, and costs a third more.
                bits = low[i]
                empty = eight(bits, cell, state, step) if narrow else NONE
                if narrow and empty == NONE:
                    bits = high[i]
                    empty = eight(bits, cell, state, step)
                entry = (bits >> (U(FIRST[empty]) << U(3))) & BYTE
                if empty == NONE:
                    entry = search_on(k0, k1, tick, first + i, cell, state, step)
                new_place = place_at(place, entry, differ, wrap)
                new_x, new_y = new_place >> HALF, new_place & LOW
                new = origin + new_x * stride + new_y
                where[agent] = new_place
                if again:
                    for later in range(i + 1, turns):
                        if order[first + later] == agent:
                            places[later] = new_place
                put(state, EMPTY, cell, x, y, copy_x, copy_y)
                at = new if move_first else cell
                if was == COP:
                    put(state, COP, new, new_x, new_y, copy_x, copy_y)
                    spread(seen_by, changes, COP_OUT, row, size, x, y)
                    spread(seen_by, changes, COP_IN, row, size, new_x, new_y)
                    actives = U(seen_by[at]) >> shift
                    if actives != NONE:
                        stands = new_place if move_first else place
                        caught, term = pick_active(
                            k0, k1, tick, first + i, stands, at, actives, jail, state, step, differ, wrap
                        )
                        x, y = caught >> HALF, caught & LOW
                        cell = origin + x * stride + y
                        put(state, JAILED, cell, x, y, copy_x, copy_y)
                        spread(seen_by, changes, ACTIVE_OUT, row, size, x, y)
                        release[cell] = tick + term
                        book_arrest(total, jailed, tick, term)
                else:
                    if was == ACTIVE:
                        spread(seen_by, changes, ACTIVE_OUT, row, size, x, y)
                    now = ACTIVE if would_rebel(U(seen_by[at]), shift, scale, nerves[i]) else QUIET
                    put(state, now, new, new_x, new_y, copy_x, copy_y)
                    if now == ACTIVE:
                        spread(seen_by, changes, ACTIVE_IN, row, size, new_x, new_y)
                    if now != was:
                        recount(total, hardship[agent], risk_aversion[agent], was, now)
        write(record, total, tick)


@kernel
def let_out(board, torus, hardship, risk_aversion, tick):
    """Make quiet citizens of those whose term is over."""
    for agent in range(hardship.size):
        place = U(board.where[agent])
        x, y = place >> HALF, place & LOW
        cell = U(torus.origin) + x * U(torus.stride) + y
        if board.state[cell] == JAILED and tick >= board.release[cell]:
            put(board.state, QUIET, cell, x, y, torus.copy_x, torus.copy_y)
            recount(board.total, hardship[agent], risk_aversion[agent], JAILED, QUIET)


@kernel
def move_all(board, rules, torus, changes, tick, low, high):
    """Rule M for everybody who is free, in the order of turns."""
    state, step, k0, k1 = board.state, torus.step, rules.k0, rules.k1
    narrow = step.size == NARROW
    origin, stride = U(torus.origin), U(torus.stride)
    for first in range(0, board.order.size, CHUNK):
        blocks(k0, k1, tick, TURN, first, low, high)
        for i in range(min(CHUNK, board.order.size - first)):
            agent = board.order[first + i]
            place = U(board.where[agent])
            x, y = place >> HALF, place & LOW
            cell = origin + x * stride + y
            was = state[cell]
            if was == JAILED:
                continue
            entry = choose(low[i], high[i], k0, k1, tick, first + i, cell, state, step, narrow)
            new_place = place_at(place, entry, torus.differ, torus.wrap)
            new_x, new_y = new_place >> HALF, new_place & LOW
            board.where[agent] = new_place
            put(state, EMPTY, cell, x, y, torus.copy_x, torus.copy_y)
            put(state, was, origin + new_x * stride + new_y, new_x, new_y, torus.copy_x, torus.copy_y)
            if was != QUIET:
                leave, enter = (COP_OUT, COP_IN) if was == COP else (ACTIVE_OUT, ACTIVE_IN)
                spread(board.seen_by, changes, leave, torus.row, torus.size, x, y)
                spread(board.seen_by, changes, enter, torus.row, torus.size, new_x, new_y)


@kernel
def act_all(board, record, rules, torus, changes, nerve, hardship, risk_aversion, tick):
    """Rule A for all citizens at once, on what they see before anybody decides; then rule C in the order of turns."""
    origin, stride, shift = U(torus.origin), U(torus.stride), U(rules.shift)
    decided = np.empty(hardship.size, dtype=np.uint8)
    for agent in range(hardship.size):
        place = U(board.where[agent])
        cell = origin + (place >> HALF) * stride + (place & LOW)
        seen = U(board.seen_by[cell])
        decided[agent] = was = board.state[cell]
        if was == ACTIVE:
            seen -= ONE << shift
        if was != JAILED:
            decided[agent] = ACTIVE if would_rebel(seen, shift, rules.scale, nerve[agent]) else QUIET
    for agent in range(hardship.size):
        place = U(board.where[agent])
        x, y = place >> HALF, place & LOW
        cell = origin + x * stride + y
        was, now = board.state[cell], decided[agent]
        if now != was:
            put(board.state, now, cell, x, y, torus.copy_x, torus.copy_y)
            change = ACTIVE_IN if now == ACTIVE else ACTIVE_OUT
            spread(board.seen_by, changes, change, torus.row, torus.size, x, y)
            recount(board.total, hardship[agent], risk_aversion[agent], was, now)
    for turn in range(board.order.size):
        place = U(board.where[board.order[turn]])
        cell = origin + (place >> HALF) * stride + (place & LOW)
        actives = U(board.seen_by[cell]) >> shift
        if board.state[cell] == COP and actives != NONE:
            caught, term = pick_active(
                rules.k0, rules.k1, tick, turn, place, cell, actives, rules.jail, board.state, torus.step,
                torus.differ, torus.wrap,
            )  # fmt: skip
            x, y = caught >> HALF, caught & LOW
            cell = origin + x * stride + y
            put(board.state, JAILED, cell, x, y, torus.copy_x, torus.copy_y)
            spread(board.seen_by, changes, ACTIVE_OUT, torus.row, torus.size, x, y)
            board.release[cell] = tick + term
            book_arrest(board.total, record.jailed, tick, term)


@kernel
def advance_together(board, record, rules, torus, changes, nerve, hardship, risk_aversion, start, end):
    """Run ticks in which all citizens decide at the same time."""
    low = np.empty(CHUNK, dtype=np.uint64)
    high = np.empty(CHUNK, dtype=np.uint64)
    for tick in range(start, end):
        shuffle(board.order, rules.k0, rules.k1, tick, ORDER, low, high)
        let_out(board, torus, hardship, risk_aversion, tick)
        if rules.move_first:
            move_all(board, rules, torus, changes, tick, low, high)
        act_all(board, record, rules, torus, changes, nerve, hardship, risk_aversion, tick)
        if not rules.move_first:
            move_all(board, rules, torus, changes, tick, low, high)
        write(record, board.total, tick)
