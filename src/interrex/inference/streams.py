"""Every stream of random numbers of a run, by name.

There are two kinds. Draws of `engine.draws` have a name (seed, purpose, tick, noise, entity); the noise of a history's
ticks is one part of such names, and what is drawn outside a tick takes a `tick` that says what it is for. Generators
are for what takes as many numbers as it needs: one for each key, and a key is one number, made here and nowhere else.
Nothing may be renumbered: every result would change.
"""

from __future__ import annotations

import numpy as np

# Noise of ticks, u4: particles of the sampler count from 0, those of the filter from FILTER_ISLANDS << 16.
FUTURE_NOISE = 0x10000000  # after the days that were conditioned on, by member
PRIOR_NOISE = 0x20000000  # members and draws of the prior, by number
FRESH_NOISE = 0x30000000  # a history like another but for the noise from an intervention on
MOVED_NOISE = 1 << 31  # from here up: drawn by a move
PILOT_NOISE = (1 << 32) - 1

# Ticks of draws under FORECAST, whose noise is the number of a member.
FUTURE_SHOCKS, PRIOR_POINT, COUP_LUCK, EXIT_CLOCK, PRIOR_DRAW = range(5)

# Ticks of draws under CLOCK.
FREE_CLOCKS, ABDUCTED_CLOCKS = range(2)

# Keys of generators of which a run has one.
HYPOTHESES, PLOT, PREDICTIVE, SEQUENCE, PRIOR_PREDICTIVE = 11, 13, 17, 23, 29

# Keys of generators by number: of a member, a pair, a particle.
BLOCK = 1 << 40
MEMBER, PAIR, SUPPORT, SHOCK_GAIN, RATES = 7 * BLOCK, 9 * BLOCK, 11 * BLOCK, 19 * BLOCK, 29 * BLOCK

FILTER_ISLANDS = 512
"""Islands of the filter draw apart from those of the sampler, which count from 0."""


def generator(seed: int, key: int, number: int = 0) -> np.random.Generator:
    """The generator of a key and a number below 2**20."""
    return np.random.Generator(np.random.Philox(key=[seed, key | number]))


def scramble(seed: int, kind: int) -> np.random.Generator:
    """The generator that scrambles the points of an act kind; the engine of points asks for one that can spawn."""
    return np.random.default_rng([seed, kind])


def move(seed: int, island: int, stage: int, particle: int) -> np.random.Generator:
    """The generator of one particle at one stage (from 1 on) of an island: independent of the order of work."""
    return np.random.Generator(np.random.Philox(key=[seed, island * BLOCK | (stage << 20) | particle]))


def particle_noise(island: int, particle: int) -> int:
    """Noise of every tick of a particle before anything moved it."""
    return (island << 16) | particle
