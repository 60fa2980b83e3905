"""The oracle: one tick of the same crowd by visiting every citizen. Slow, plain, with numbers of its own.

It shares the scalar functions and the meaning of the lists with `crowd.py`, and nothing of how they are
drawn: each citizen looks at all ties and draws once with probability 1 - exp(-h dt). It also checks for every
citizen that the base hazard lies under the bound of the stratum. Tests compare the two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.crowd import OK, PEACEFUL, TOO_LARGE, VIOLENT
from interrex.engine.decorators import kernel
from interrex.engine.draws import ARREST, BASE, LEAVE, TRAIT, VIOLENCE, philox, uniform
from interrex.engine.line import HIGHEST
from interrex.engine.street import ACTIVE, HELD, World, traits_of
from interrex.mechanisms.maths import exp, scalar
from interrex.mechanisms.network_influence import influence
from interrex.mechanisms.rebellion import join_rate, leaning
from interrex.polity.network import ties_of

OTHER = np.uint32(0x5DEECE66)
"""Added to every key, so that no number is shared with the engine under test."""


class Citizens(NamedTuple):
    """What the oracle keeps of each citizen; takes the place of the engine's scratch."""

    of: np.ndarray  # i8[N] stratum
    grievance: np.ndarray  # f8[N]
    aversion: np.ndarray  # f8[N]
    near: np.ndarray  # i8[N, most] neighbours, -1 where there are fewer
    far: np.ndarray  # i8[N, most]
    present: np.ndarray  # u1[N] 1 on the street
    away: np.ndarray  # u1[N] 1 detained


@scalar
def _fill_traits(of, shape, k0, k1, grievance, aversion):
    for i in range(grievance.size):
        grievance[i], aversion[i] = traits_of(i, of[i], shape, k0, k1)


def _table(ties: list[np.ndarray]) -> np.ndarray:
    table = np.full((len(ties), max(1, max(map(len, ties)))), -1)
    for row, others in zip(table, ties, strict=True):
        row[: len(others)] = others
    return table


def make_citizens(world: World) -> Citizens:
    """Strata, traits and ties of all citizens of `world`, written down; nobody on the street."""
    size = int(world.agents.sum())
    of = np.repeat(np.arange(world.strata.unit.size), np.diff(world.strata.start))
    near, far = ties_of(world.strata, world.network, np.arange(size))
    citizens = Citizens(
        of, np.empty(size), np.empty(size), _table(near), _table(far), np.zeros(size, np.uint8),
        np.zeros(size, np.uint8),
    )  # fmt: skip
    k0, k1 = world.keys[TRAIT]
    _fill_traits(of, world.strata.shape, k0, k1, citizens.grievance, citizens.aversion)
    return citizens


# --- composed below ---


@kernel
def active_ties(i, neighbours, present):
    """Active ties of citizen i, counted one by one."""
    count = 0
    for k in range(neighbours.shape[1]):
        if neighbours[i, k] >= 0:
            count += present[neighbours[i, k]]
    return count


@kernel
def dense_step(world, member, citizens, step, risk, room, reach, th, t, dt, hour_factor, noise):
    """As `crowd_step`, with `citizens` in place of scratch.

    AssertionError if a citizen passes the bound of the stratum.
    """
    of, unit, audience = citizens.of, world.strata.unit, world.strata.audience
    low, high = world.strata.low, world.strata.high
    present, away, grievance, aversion = (
        citizens.present,
        citizens.away,
        citizens.grievance,
        citizens.aversion,
    )
    mood, leave, arrest, violence = step.mood, step.leave, step.arrest, step.violence
    keys = world.keys
    for out in (step.entered, step.left, step.arrested, step.turned, step.released):
        out[:] = 0.0
    step.present[:] = 0.0
    step.present_violent[:] = 0.0
    citizens.present[:] = 0
    citizens.away[:] = 0
    state = np.zeros(citizens.present.size, np.uint8)
    until = np.zeros(citizens.present.size, np.int32)
    for k in range(member.n[ACTIVE]):
        citizens.present[member.active[k]] = 1
        state[member.active[k]] = member.state[k]
    for k in range(member.n[HELD]):
        citizens.away[member.held[k]] = 1
        until[member.held[k]] = member.until[k]

    active = 0
    held = 0
    for i in range(present.size):
        s = of[i]
        u = unit[s]
        g = audience[s]
        word, _, _, _ = philox(keys[BASE, 0] + OTHER, keys[BASE, 1], t, noise, i, 0)
        if away[i] == 1:
            if until[i] <= t:
                step.released[u] += world.weight
                continue
        elif present[i] == 1:
            word, _, _, _ = philox(keys[ARREST, 0] + OTHER, keys[ARREST, 1], t, noise, i, 0)
            other, _, _, _ = philox(keys[LEAVE, 0] + OTHER, keys[LEAVE, 1], t, noise, i, 0)
            third, _, _, _ = philox(keys[VIOLENCE, 0] + OTHER, keys[VIOLENCE, 1], t, noise, i, 0)
            rate = leave[u] + arrest[u]
            if uniform(word) < 1.0 - exp(-rate * dt):
                if uniform(other) < arrest[u] / rate:
                    step.arrested[u] += world.weight
                    until[i] = t + max(1, int(step.jail_days[0] / dt + 0.5))
                    away[i] = 1
                else:
                    step.left[u] += world.weight
                    continue
            elif state[i] == PEACEFUL and uniform(third) < 1.0 - exp(-violence[u] * dt):
                state[i] = VIOLENT
                step.turned[u] += world.weight
        else:
            near, far = active_ties(i, citizens.near, present), active_ties(i, citizens.far, present)
            own = mood[u, g] + leaning(grievance[i], aversion[i], risk[u], th)
            worst = mood[u, g] + leaning(high[s, 0], low[s, 1], risk[u], th)
            assert own <= worst
            hazard = join_rate(own + influence(float(near), reach[g] * far, th)) * hour_factor * room[u]
            if uniform(word) >= 1.0 - exp(-min(hazard * dt, HIGHEST)):
                continue
            step.entered[u] += world.weight
            state[i] = PEACEFUL
        if away[i] == 1:
            if held == member.held.size:
                return TOO_LARGE
            member.held[held] = i
            member.until[held] = until[i]
            held += 1
        else:
            if active == member.active.size:
                return TOO_LARGE
            member.active[active] = i
            member.state[active] = state[i]
            member.where[active] = s
            active += 1
            step.present[u] += world.weight
            if state[i] == VIOLENT:
                step.present_violent[u] += world.weight
    member.n[ACTIVE] = active
    member.n[HELD] = held
    return OK
