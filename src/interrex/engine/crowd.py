"""One tick of the crowd. Cost follows the crowd, not the country: nobody is visited because they exist.

The rule. A citizen at home enters with the hazard, a day,
    h = join_rate(mood[u, g] + leaning(grievance, aversion, risk[u]) + influence(near, reach[g] far)),
times c(hour) and room[u], hence in a tick with probability 1 - exp(-h dt). Someone on the street goes home,
is detained or turns violent at the rates of the unit. All is drawn from the state at the start of the tick.

How it is drawn, without approximation.
1. Base risings, those without any influence, come from the line of Poisson points (`line.py`): a citizen
   rises if a point lies below h dt. Only the stretches of the line that reach under the bound of a stratum,
   the hazard at the worst corner of its cell, are drawn; traits are computed for points only. Bounds carry a
   margin and are computed again where mood or risk has moved out of it.
2. A citizen who sees actives draws only the excess of h over the base hazard, from a number of its own. Who
   sees how many is counted from the ties of those on the street (`touched.py`), or of those at home where these are
   few (`look_around`).
The two together have the hazard h. `dense.py` visits everybody and must agree.
"""

from __future__ import annotations

import numpy as np

from interrex.engine.decorators import inner, kernel, pasted
from interrex.engine.draws import BASE, LEAVE, NEAR, TRAIT, philox, uniform
from interrex.engine.handles import values
from interrex.engine.line import (
    BOTTOM,
    CHANCE,
    HIGHEST,
    LAYERS,
    STRETCH,
    later_point,
    number_of_points,
    point,
)  # fmt: skip
from interrex.engine.street import (
    ACTIVE,
    BLOCK,
    FREE_ROWS,
    GRID_LOW,
    GRID_SIZE,
    GRID_STEP,
    HELD,
    ROWS,
)  # fmt: skip
from interrex.engine.touched import FAR_ONE, FEW, count_few, far_of, into_buckets, near_of, sort
from interrex.mechanisms.maths import exp
from interrex.mechanisms.network_influence import influence
from interrex.mechanisms.rebellion import join_rate, leaning
from interrex.polity.network import far_ties, graph_ties, near_ties
from interrex.polity.strata import AVERSION, AVERSION_WIDTH, PIECES, stratum_of, traits

OK, TOO_LARGE = 0, 1
"""Status of a tick; TOO_LARGE: the lists are full and the member is as it was before the tick."""

PEACEFUL, VIOLENT = 0, 1
"""State of someone on the street."""

STAYS, GOES, CAUGHT, TURNS = 0, 1, 2, 3
"""Fate of an active in a tick."""

PROBES = (0, 512, 640, 800)
"""Entries of the table of join_rate by which a scratch sees that it was filled for another one."""

MOOD_MARGIN, RISK_MARGIN = 0.1, 0.02
"""Bounds hold for moods up to so much above, and risks so much below, those for which they were computed, and are
loose by as much: a tenth more points, against all bounds in every tick."""

SHORT = 8
"""A layer of so few stretches is drawn whole, without asking which strata need it."""

ZERO = np.int64(0)
"""A zero that other functions take: for a plain 0 Numba compiles them once more."""

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


@inner
def least(v, rates):
    """A rate that join_rate(v) does not fall below: the entry of the table before."""
    k = (v - GRID_LOW) * (1.0 / GRID_STEP)
    if k < 0.0:
        return 0.0
    return rates[int(min(k, GRID_SIZE - 1.0))]


@kernel
def prepare(world, scratch, step, risk, room, reach, th, dt, hour_factor):
    """Bounds of strata and influence by numbers of ties where their inputs moved."""
    audience, low, high = world.strata.audience, world.strata.low, world.strata.high
    rates, theta, bounded, ahead = scratch.rates, scratch.theta, scratch.risk, scratch.mood
    mood, top, rate, factor = step.mood, scratch.top, scratch.rate, scratch.factor
    row_high, row_low, moves, start = scratch.row_high, scratch.row_low, scratch.moves, world.strata.start
    units, audiences = mood.shape
    fresh = False
    for probe in PROBES:
        if rates[probe] != join_rate(GRID_LOW + probe * GRID_STEP):
            fresh = True
    if fresh:
        for k in range(GRID_SIZE):
            rates[k] = join_rate(GRID_LOW + k * GRID_STEP)
    p = 0
    for value in values(th):
        if theta[p] != value:
            fresh = True
            theta[p] = value
        p += 1
    for u in range(units):
        factor[u] = hour_factor * room[u] * dt
        moved = fresh or not (bounded[u] <= risk[u] <= bounded[u] + 2.0 * RISK_MARGIN)
        for g in range(audiences):
            if not (ahead[u, g] - 2.0 * MOOD_MARGIN <= mood[u, g] <= ahead[u, g]):
                moved = True
        if moved:
            bounded[u] = max(0.0, risk[u] - RISK_MARGIN)
            for g in range(audiences):
                ahead[u, g] = mood[u, g] + MOOD_MARGIN
            for r in range(row_high.size):
                s = r * units + u
                worst = leaning(high[s, 0], low[s, 1], bounded[u], th)
                top[s] = ahead[u, audience[s]] + worst
                rate[s] = bound(top[s], rates)
                row_high[r] = max(row_high[r], rate[s])
                row_low[r] = min(row_low[r], rate[s])
            moves[0] += 1
    if moves[0] >= units:  # till here bounds of rows were only widened: cheaper than seeing all strata in every tick
        moves[0] = 0
        for r in range(row_high.size):
            most, lowest = 0.0, HIGHEST / dt
            for s in range(r * units, (r + 1) * units):
                if start[s + 1] > start[s]:
                    most = max(most, rate[s])
                    lowest = min(lowest, rate[s])
            row_high[r] = most
            row_low[r] = lowest
    for g in range(audiences):
        if scratch.reach[g] != reach[g]:
            fresh = True
            scratch.reach[g] = reach[g]
    if fresh:
        for g in range(audiences):
            scratch.most[g] = 0.0
            for near in range(scratch.gain.shape[1]):
                for far in range(scratch.gain.shape[2]):
                    scratch.gain[g, near, far] = influence(float(near), reach[g] * far, th)
                    scratch.most[g] = max(scratch.most[g], scratch.gain[g, near, far])


@kernel
def chances(scratch, step, dt):
    """Probabilities of a tick for those on the street."""
    for u in range(step.leave.size):
        out = step.leave[u] + step.arrest[u]
        gone = 1.0 - exp(-out * dt)
        scratch.chance[u, 0] = gone * step.arrest[u] / out if out > 0.0 else 0.0
        scratch.chance[u, 1] = gone
        scratch.chance[u, 2] = 1.0 - exp(-step.violence[u] * dt)


@kernel
def sift(world, scratch, step, risk, th, points, count):
    """Add to the first `count` of scratch.risen who of the first `points` enter; the new number or -1.

    Without a gain of influence a citizen enters if the mark lies below the base hazard of the tick, with one
    if it lies below the probability of the excess. Traits are drawn and bounded from above for all, and worked out for
    those whom that lets pass and whom a bound from below does not let enter.
    """
    unit, audience, cell = world.strata.unit, world.strata.audience, world.strata.cell
    shape, ceiling, floor = world.strata.shape, world.strata.ceiling, world.strata.floor
    k0, k1 = world.keys[TRAIT, 0], world.keys[TRAIT, 1]
    citizen, stratum, mark, gain = scratch.citizen, scratch.stratum, scratch.height, scratch.added
    words, passed, risen = scratch.words, scratch.passed, scratch.risen
    factor, rates, mood = scratch.factor, scratch.rates, step.mood
    for k in range(points):
        w0, w1, _, _ = philox(k0, k1, ZERO, ZERO, citizen[k], ZERO)
        words[0, k] = w0
        words[1, k] = w1
    left = 0
    for k in range(points):
        s = stratum[k]
        u = unit[s]
        piece = int(uniform(words[0, k]) * PIECES)
        aversion = shape[s, AVERSION] + shape[s, AVERSION_WIDTH] * uniform(words[1, k])
        most = mood[u, audience[s]] + gain[k] + leaning(ceiling[cell[s], piece], aversion, risk[u], th)
        passed[left] = k
        left += mark[k] < bound(most, rates) * factor[u]
    for m in range(left):
        k = passed[m]
        s = stratum[k]
        u = unit[s]
        enters = False
        if gain[k] == 0.0:
            aversion = shape[s, AVERSION] + shape[s, AVERSION_WIDTH] * uniform(words[1, k])
            lowest = floor[cell[s], int(uniform(words[0, k]) * PIECES)]
            low = mood[u, audience[s]] + leaning(lowest, aversion, risk[u], th)
            enters = mark[k] < least(low, rates) * factor[u]
        if not enters:
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
            risen[count] = citizen[k]
            count += 1
    return count


@kernel
def draw_stretches(world, scratch, step, risk, th, t, noise, stretches, count):
    """Draw the listed stretches of the line and sift their points; the new number of risen or -1."""
    start, guide, bits = world.strata.start, world.strata.guide, world.strata.guide_bits
    k0, k1 = world.keys[BASE, 0], world.keys[BASE, 1]
    unit, rate, factor = world.strata.unit, scratch.rate, scratch.factor
    citizen, stratum, mark = scratch.citizen, scratch.stratum, scratch.height
    stretch, layer, words = scratch.stretch, scratch.layer, scratch.words
    citizens = start[start.size - 1]
    for k in range(stretches):  # a loop of its own, which the compiler turns into vector instructions
        w0, w1, w2, _ = philox(k0, k1, t, noise, stretch[k], np.int64(layer[k]))
        words[0, k] = w0
        words[1, k] = w1
        words[2, k] = w2
    passed = scratch.passed
    held = 0
    for k in range(stretches):  # three of five hold no point: told apart without a branch
        passed[held] = k
        held += words[0, k] >= CHANCE[0]
    found = 0
    for m in range(held):
        k = passed[m]
        citizen[found], mark[found] = point(stretch[k], layer[k], words[1, k], words[2, k])
        found += citizen[found] < citizens
        if words[0, k] >= CHANCE[1]:
            for later in range(1, number_of_points(words[0, k])):
                citizen[found], mark[found] = later_point(k0, k1, t, noise, stretch[k], layer[k], later)
                found += citizen[found] < citizens
    points = ZERO
    for m in range(found):
        i, height = citizen[m], mark[m]
        s = stratum_of(i, start, guide, bits)
        citizen[points] = i
        stratum[points] = s
        mark[points] = height
        points += height < rate[s] * factor[unit[s]]
    return sift(world, scratch, step, risk, th, points, count)


@kernel
def draw_base(world, scratch, step, risk, th, t, noise):
    """Put the base risings of the tick into scratch.risen; their number, -1 if they are too many."""
    start, rate, factor = world.strata.start, scratch.rate, scratch.factor
    row_high, row_low, stretch, layer = scratch.row_high, scratch.row_low, scratch.stretch, scratch.layer
    units = factor.size
    rows = row_high.size
    citizens = start[start.size - 1]
    most, lowest, highest = 0.0, HIGHEST, 0.0
    for u in range(units):
        most = max(most, factor[u])
        lowest = min(lowest, factor[u])
    for r in range(rows):
        highest = max(highest, row_high[r] * most)
    count = ZERO
    listed = ZERO
    for j in range(LAYERS):
        bottom = BOTTOM[j]
        if bottom >= highest:
            break
        bits = STRETCH[j]
        whole = ((citizens - 1) >> bits) + 1
        next_one = 0
        for r in range(rows):
            if whole > SHORT and row_high[r] * most <= bottom:
                continue
            begin, end = start[r * units], start[(r + 1) * units]
            at_once = whole <= SHORT or row_low[r] * lowest > bottom or ((end - begin) >> bits) < units >> 2
            for u in range(1 if at_once else units):
                if whole <= SHORT:
                    begin, end = 0, citizens
                elif not at_once:
                    begin, end = start[r * units + u], start[r * units + u + 1]
                    if rate[r * units + u] * factor[u] <= bottom:
                        continue
                if begin == end:
                    continue
                for c in range(max(next_one, begin >> bits), ((end - 1) >> bits) + 1):
                    stretch[listed] = c
                    layer[listed] = j
                    listed += 1
                    next_one = c + 1
                    if listed == BLOCK:
                        count = draw_stretches(world, scratch, step, risk, th, t, noise, listed, count)
                        if count < 0:
                            return -1
                        listed = ZERO
            if whole <= SHORT:
                break
    return draw_stretches(world, scratch, step, risk, th, t, noise, listed, count)


@inner
def cap_of(s, top, most, factor, rates, unit, audience):
    """A word that decides against a citizen of the stratum, whatever their ties, if theirs is not below it."""
    gain = most[audience[s]]
    highest = bound(top[s] + gain, rates) * factor[unit[s]] if gain > 0.0 else 0.0
    return np.uint32(min(4294967295.0, highest * 4294967296.0 + 1.0))


@kernel
def near_of_all(citizens, of, count, strata, network, ties, others):
    """Near neighbours of the first `count` citizens, computed or in the user's graph."""
    unit, home, shift, near = strata.unit, strata.home, strata.shift, network.near
    row, bits, first, offsets, targets = (
        network.row, network.row_bits, network.first, network.offsets, network.targets,
    )  # fmt: skip
    if offsets.size > 0:
        graph_ties(
            citizens, of, count, unit, home, shift, near, row, bits, first, offsets, targets, ties, others
        )
    else:
        near_ties(citizens, of, count, unit, home, shift, near, row, bits, ties, others)


@kernel
def write_ties(world, member, scratch, begin, count):
    """Work out the ties of `count` actives from the `begin`-th of scratch.risen on, into free rows of the member."""
    unit, start, far = world.strata.unit, world.strata.start, world.network.far
    guide, guide_bits, online = world.strata.guide, world.strata.guide_bits, world.strata.online
    ties, others, tie, tie_where = scratch.ties, scratch.others, member.tie, member.tie_where
    free, rows, n = member.free, scratch.come_row, member.n
    degree = tie.size // member.active.size
    most = degree - far.shape[0]
    nobody = np.uint16(unit.size)
    some, their = scratch.risen[begin : begin + count], scratch.come_where[begin : begin + count]
    for k in range(count):
        if n[FREE_ROWS] > 0:
            n[FREE_ROWS] -= 1
            rows[begin + k] = free[n[FREE_ROWS]]
        else:
            rows[begin + k] = n[ROWS]
            n[ROWS] += 1
    near_of_all(some, their, count, world.strata, world.network, ties, others)
    for k in range(count):
        at = rows[begin + k] * degree
        for m in range(most):
            if m < ties[k]:
                tie[at + m] = others[k, m]
                tie_where[at + m] = stratum_of(others[k, m], start, guide, guide_bits)
            else:
                tie_where[at + m] = nobody
    far_ties(some, count, online, far, ties, others)
    for k in range(count):
        at = rows[begin + k] * degree + most
        for m in range(far.shape[0]):
            if m < ties[k]:
                tie[at + m] = others[k, m]
                tie_where[at + m] = stratum_of(others[k, m], start, guide, guide_bits)
            else:
                tie_where[at + m] = nobody


@kernel
def know_ties(world, member, scratch):
    """Work out the ties of everybody on the street, for a member whose list of actives was written from outside."""
    count = member.n[ACTIVE]
    member.n[ROWS] = 0
    member.n[FREE_ROWS] = 0
    for k in range(count):
        scratch.risen[k] = member.active[k]
        scratch.come_where[k] = member.where[k]
    for begin in range(0, count, BLOCK):
        write_ties(world, member, scratch, begin, min(BLOCK, count - begin))
    for k in range(count):
        member.row[k] = scratch.come_row[k]


@kernel
def tidy_rows(member, nobody):
    """Move the ties of a crowd that has shrunk into the first rows, so that the others need not be read."""
    row, tie, tie_where, free, n = member.row, member.tie, member.tie_where, member.free, member.n
    degree = tie.size // member.active.size
    left = 0
    for k in range(n[FREE_ROWS]):
        if free[k] < n[ACTIVE]:
            free[left] = free[k]
            left += 1
    for k in range(n[ACTIVE]):
        if row[k] >= n[ACTIVE]:
            left -= 1
            for m in range(degree):
                tie[free[left] * degree + m] = tie[row[k] * degree + m]
                tie_where[free[left] * degree + m] = tie_where[row[k] * degree + m]
            row[k] = free[left]
    n[ROWS] = n[ACTIVE]
    n[FREE_ROWS] = 0


@kernel
def excess_of(world, scratch, step, risk, th, t, noise, found, count):
    """Add who rises because of ties among the first `found` of scratch.listed; the new number, -1 if too many."""
    unit, audience = world.strata.unit, world.strata.audience
    start, guide, guide_bits = world.strata.start, world.strata.guide, world.strata.guide_bits
    k0, k1 = world.keys[NEAR, 0], world.keys[NEAR, 1]
    listed, ties = scratch.listed, scratch.listed_ties
    luck = scratch.words
    citizen, stratum, mark, added = scratch.citizen, scratch.stratum, scratch.height, scratch.added
    top, factor, gains, rates = scratch.top, scratch.factor, scratch.gain, scratch.rates
    for begin in range(0, found, BLOCK):
        size = min(BLOCK, found - begin)
        for k in range(size):  # a loop of its own, which the compiler turns into vector instructions
            luck[0, k] = philox(k0, k1, t, noise, listed[begin + k], ZERO)[0]
        points = ZERO
        for k in range(size):
            s = stratum_of(np.int64(listed[begin + k]), start, guide, guide_bits)
            gain = gains[audience[s], near_of(ties[begin + k]), far_of(ties[begin + k])]
            value = uniform(luck[0, k])
            citizen[points] = listed[begin + k]
            stratum[points] = s
            mark[points] = value
            added[points] = gain
            points += gain > 0.0 and value < bound(top[s] + gain, rates) * factor[unit[s]]
        added[points] = 0.0
        if points > 0:
            count = sift(world, scratch, step, risk, th, points, count)
            for k in range(points):
                added[k] = 0.0
            if count < 0:
                return -1
    return count


@kernel
def list_ties(world, member, scratch, t, noise):
    """Write down the ties whose other end may rise in this tick, as the cap of the stratum allows; how many.

    What decides is the citizen's own number, so either all ties of a citizen are listed or none.
    """
    unit, audience = world.strata.unit, world.strata.audience
    top, most_gain, factor, rates = scratch.top, scratch.most, scratch.factor, scratch.rates
    k0, k1 = world.keys[NEAR, 0], world.keys[NEAR, 1]
    tie, where, keys, cap, luck = member.tie, member.tie_where, scratch.keys, scratch.cap, scratch.words
    degree = tie.size // member.active.size
    most = degree - world.network.far.shape[0]
    nobody = world.strata.unit.size
    connected = False
    for g in range(scratch.reach.size):
        if scratch.reach[g] > 0.0:
            connected = True
    kept = degree if connected else most
    tabled = member.n[ROWS] * 4 > nobody  # caps of all strata, unless ties are few
    if tabled:
        table_caps(world, scratch)
    listed = 0
    for begin in range(0, member.n[ROWS] * degree, BLOCK * degree):
        size = min(BLOCK * degree, member.n[ROWS] * degree - begin)
        for k in range(size):  # a loop of its own, which the compiler turns into vector instructions
            luck[0, k] = philox(k0, k1, t, noise, tie[begin + k], ZERO)[0]
        place = 0
        for k in range(size):
            s = where[begin + k]
            if not tabled and s != nobody:
                cap[s] = cap_of(np.int64(s), top, most_gain, factor, rates, unit, audience)
            keys[listed] = (tie[begin + k] << 1) | (place >= most)
            listed += (s != nobody) & (place < kept) & (luck[0, k] < cap[s])
            place += 1
            if place == degree:
                place = 0
    return listed


@kernel
def table_caps(world, scratch):
    """The cap of every stratum."""
    unit, audience, cap = world.strata.unit, world.strata.audience, scratch.cap
    for s in range(unit.size):
        cap[s] = cap_of(s, scratch.top, scratch.most, scratch.factor, scratch.rates, unit, audience)


@kernel
def look_around(world, member, scratch, step, risk, th, t, noise, home, count):
    """As draw_excess, from the ties of the `home` who are not away, which are fewer than those of who is on the street: a whole
    uprising costs 0.98 to 1.06 times what visiting everybody costs (1.2 if three times as many must be on the street).

    Source of the idea: Beamer, S., Asanovic, K., Patterson, D. (2012). Direction-optimizing breadth-first search. SC '12.
    """
    start, guide, guide_bits = world.strata.start, world.strata.guide, world.strata.guide_bits
    strata, network, online = world.strata, world.network, world.strata.online
    k0, k1 = world.keys[NEAR, 0], world.keys[NEAR, 1]
    active, held, on_street = member.active, member.held, scratch.on_street
    listed, listed_ties, luck, cap = scratch.listed, scratch.listed_ties, scratch.words, scratch.cap
    ties, others = scratch.ties, scratch.others
    table_caps(world, scratch)
    for k in range(member.n[ACTIVE]):
        on_street[active[k] >> 6] |= np.uint64(1) << np.uint64(active[k] & 63)
    a, h, i = 0, 0, 0
    while home > 0:
        size = min(BLOCK, home)
        home -= size
        found = ZERO
        while found < size:  # both lists are sorted
            if a < member.n[ACTIVE] and active[a] == i:
                a += 1
            elif h < member.n[HELD] and held[h] == i:
                h += 1
            else:
                listed[found] = i
                found += 1
            i += 1
        for k in range(size):  # a loop of its own, which the compiler turns into vector instructions
            luck[0, k] = philox(k0, k1, t, noise, listed[k], ZERO)[0]
        found = ZERO
        for k in range(size):
            s = stratum_of(np.int64(listed[k]), start, guide, guide_bits)
            listed[found] = listed[k]
            listed_ties[found] = s
            found += luck[0, k] < cap[s]
        some, their = listed[:found], listed_ties[:found]
        near_of_all(some, their, found, strata, network, ties, others)
        for k in range(found):
            listed_ties[k] = 0
            for m in range(ties[k]):
                listed_ties[k] += away(others[k, m], on_street)
        far_ties(some, found, online, network.far, ties, others)
        for k in range(found):
            for m in range(ties[k]):
                listed_ties[k] += FAR_ONE * away(others[k, m], on_street)
        count = excess_of(world, scratch, step, risk, th, t, noise, found, count)
        if count < 0:
            break
    on_street[:] = 0
    return count


@inner
def away(citizen, on_street):
    """1 for somebody on the street, else 0."""
    return (on_street[citizen >> 6] >> np.uint64(citizen & 63)) & np.uint64(1)


@kernel
def draw_excess(world, member, scratch, step, risk, th, t, noise, count):
    """Add who rises because of ties to the first `count` of scratch.risen; the new number, -1 if too many."""
    edge, seen, listed, ties = scratch.edge, scratch.seen, scratch.listed, scratch.listed_ties
    keys, span = scratch.sorted_keys, scratch.bucket_bits
    total = list_ties(world, member, scratch, t, noise)
    if total <= FEW:
        found = count_few(scratch.keys, total, listed, ties)
        return excess_of(world, scratch, step, risk, th, t, noise, found, count)
    into_buckets(scratch.keys, total, span + 1, edge, keys)
    found = ZERO
    for b in range(edge.size - 1):
        if edge[b] == edge[b + 1]:
            continue
        first = b << span
        before = found
        for k in range(edge[b], edge[b + 1]):
            citizen = keys[k] >> 1
            already = seen[citizen - first]
            listed[found] = citizen
            found += already == 0
            seen[citizen - first] = already + (FAR_ONE if keys[k] & 1 else 1)
        for k in range(before, found):
            ties[k] = seen[listed[k] - first]
            seen[listed[k] - first] = 0
        if found >= BLOCK:
            count = excess_of(world, scratch, step, risk, th, t, noise, found, count)
            if count < 0:
                return -1
            found = ZERO
    return excess_of(world, scratch, step, risk, th, t, noise, found, count)


@kernel
def excess(world, member, scratch, step, risk, th, t, noise, count, on_street):
    """draw_excess, or look_around where most may be, and are, on the street; elsewhere that one is never compiled."""
    if on_street is not None:
        citizens = world.strata.start[world.strata.start.size - 1]
        home = citizens - member.n[ACTIVE] - member.n[HELD]
        if member.n[ACTIVE] > home:
            return look_around(world, member, scratch, step, risk, th, t, noise, home, count)
    return draw_excess(world, member, scratch, step, risk, th, t, noise, count)


@kernel
def draw_fates(world, member, scratch, t, noise):
    """Fate of everybody on the street; the number of the detained."""
    unit, chance, words = world.strata.unit, scratch.chance, scratch.words
    active, state, where, fates = member.active, member.state, member.where, scratch.fate
    k0, k1 = world.keys[LEAVE, 0], world.keys[LEAVE, 1]
    caught = 0
    for begin in range(0, member.n[ACTIVE], BLOCK):
        size = min(BLOCK, member.n[ACTIVE] - begin)
        for k in range(size):
            w0, w1, _, _ = philox(k0, k1, t, noise, active[begin + k], ZERO)
            words[0, k] = w0
            words[1, k] = w1
        for k in range(size):
            u = unit[where[begin + k]]
            v = uniform(words[0, k])
            fate = STAYS
            if v < chance[u, 0]:
                fate = CAUGHT
                caught += 1
            elif v < chance[u, 1]:
                fate = GOES
            elif state[begin + k] == PEACEFUL and uniform(words[1, k]) < chance[u, 2]:
                fate = TURNS
            fates[begin + k] = fate
    return caught


@kernel
def commit(world, member, scratch, step, t, dt, entering):
    """Carry out entries, fates and releases; lists stay sorted."""
    unit, start = world.strata.unit, world.strata.start
    guide, bits = world.strata.guide, world.strata.guide_bits
    active, where, n = member.active, member.where, member.n
    row, tie_where, free = member.row, member.tie_where, member.free
    degree = tie_where.size // active.size
    nobody = np.uint16(unit.size)
    kept = 0
    caught = 0
    for k in range(n[ACTIVE]):
        i = active[k]
        s = where[k]
        u = unit[s]
        fate = scratch.fate[k]
        if fate == GOES or fate == CAUGHT:
            free[n[FREE_ROWS]] = row[k]
            n[FREE_ROWS] += 1
            for m in range(row[k] * degree, (row[k] + 1) * degree):
                tie_where[m] = nobody
            if fate == GOES:
                step.left[u] += 1.0
            else:
                step.arrested[u] += 1.0
                scratch.caught[caught] = i
                caught += 1
        else:
            state = member.state[k]
            if fate == TURNS:
                step.turned[u] += 1.0
                state = VIOLENT
            active[kept] = i
            member.state[kept] = state
            where[kept] = s
            row[kept] = row[k]
            kept += 1
            step.present[u] += 1.0
            if state == VIOLENT:
                step.present_violent[u] += 1.0
    risen, come_where = scratch.risen, scratch.come_where
    for k in range(entering):
        s = stratum_of(np.int64(risen[k]), start, guide, bits)
        come_where[k] = s
        step.entered[unit[s]] += 1.0
        step.present[unit[s]] += 1.0
    for begin in range(0, entering, BLOCK):
        write_ties(world, member, scratch, begin, min(BLOCK, entering - begin))
    come_row = scratch.come_row
    a = kept - 1
    b = entering - 1
    for k in range(kept + entering - 1, -1, -1):
        if b < 0:
            break
        if a >= 0 and active[a] > risen[b]:
            active[k] = active[a]
            member.state[k] = member.state[a]
            where[k] = where[a]
            row[k] = row[a]
            a -= 1
        else:
            active[k] = risen[b]
            member.state[k] = PEACEFUL
            where[k] = come_where[b]
            row[k] = come_row[b]
            b -= 1
    n[ACTIVE] = kept + entering
    if n[ROWS] > 64 and n[ROWS] > 4 * n[ACTIVE]:
        tidy_rows(member, nobody)

    still = 0
    for k in range(n[HELD]):
        if member.until[k] <= t:
            step.released[unit[stratum_of(np.int64(member.held[k]), start, guide, bits)]] += 1.0
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
    n[HELD] = still + caught


@kernel
def at_home(risen, active, actives, held, detained):
    """Drop repeats and who is away already from the sorted `risen`; how many are left in front."""
    left = 0
    a = 0
    h = 0
    for k in range(risen.size):
        i = risen[k]
        if left > 0 and risen[left - 1] == i:
            continue
        while a < actives and active[a] < i:
            a += 1
        while h < detained and held[h] < i:
            h += 1
        if (a == actives or active[a] != i) and (h == detained or held[h] != i):
            risen[left] = i
            left += 1
    return left


@pasted
def crowd_step(world, member, scratch, step, risk, room, reach, th, t, dt, hour_factor, noise):
    """One tick t of `dt` days.

    `risk` f8[U] perceived probability of arrest; `room` f8[U] share of the limited pool that is left; `reach`
    f8[G] share of the audience's media that works; `th` the parameters; `hour_factor` c(hour); `noise` the
    number that names the luck of the tick. Reads and writes `step` and `member`; returns OK or TOO_LARGE.
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
    count = draw_base(world, scratch, step, risk, th, t, noise)
    citizens = world.strata.start[world.strata.start.size - 1]
    if count >= 0 and member.n[ACTIVE] > 0:
        count = excess(world, member, scratch, step, risk, th, t, noise, count, scratch.on_street)
    if count < 0:
        return TOO_LARGE
    if count > 0:
        sort(scratch.risen, count, scratch.caught, scratch.digits, citizens)
        count = at_home(scratch.risen[:count], member.active, member.n[ACTIVE], member.held, member.n[HELD])
    caught = 0
    if member.n[ACTIVE] > 0:
        chances(scratch, step, dt)
        caught = draw_fates(world, member, scratch, t, noise)
    if member.n[ACTIVE] + count > member.active.size or member.n[HELD] + caught > member.held.size:
        return TOO_LARGE
    commit(world, member, scratch, step, t, dt, count)
    for out in results:
        out *= world.weight
    return OK
