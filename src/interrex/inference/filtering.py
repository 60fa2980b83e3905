"""The posterior as it stood at the end of each day: one population carried forward, nothing learned from later days.

Every day has its own target: the case cut at that day, so that a claim enters when it became known and not when the
event happened. Particles move from yesterday's target to today's along the geometric bridge
prior x L_yesterday^(1-b) L_today^b, with the resampling and the Crank-Nicolson moves of `tempering`. A snapshot never
changes once its day is over: the paths are filtered, not smoothed (sequential Monte Carlo over data: Chopin, N. (2002).
A sequential particle filter method for static models. Biometrika 89(3), 539-551).

A population of this size is a sketch of the posterior. `reweighting_ess` says how hard the day's news was (the share of
the population that plain reweighting would have left), `distinct` whether the moves kept it alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.pool import Pool
from interrex.inference import streams
from interrex.inference.exact import exp_of, log, log_sum_exp
from interrex.inference.islands import draws_around
from interrex.inference.moves import Proposal, layout
from interrex.inference.particles import Particle, Particles, populate
from interrex.inference.target import Score, Target, total
from interrex.inference.tempering import (
    Climb,
    accept_in_two,
    effective,
    log_prior,
    next_beta,
    step_weights,
)  # fmt: skip

LONGEST_BRIDGE = 20  # steps from one day to the next
STILL = 0.9  # a day whose news leaves so much of a varied population is resampled and not moved


class Snapshot(NamedTuple):
    """The population at the end of a day: all islands together, equally weighted."""

    day: date
    target: Target
    z: np.ndarray  # f8[n, size] standard normal coordinates
    noise: np.ndarray  # u4[n, ticks]
    island: np.ndarray  # i8[n]
    reweighting_ess: float  # share, 0..1, lowest of the islands
    distinct: float  # share of particles that differ from one another, 0..1, lowest of the islands
    steps: int  # longest bridge
    alive: bool  # False where no particle of an island could explain the day; it then keeps the day before
    simulations: int

    @property
    def size(self) -> int:
        """Number of particles."""
        return self.z.shape[0]


class FromYesterday(NamedTuple):
    """pi_b ~ prior x L_yesterday^(1-b) L_today^b; a particle's start is its score of yesterday."""

    yesterday: Target | None  # None on the first day: from the prior
    target: Target

    def gain(self, particles: Particles[Score | None]) -> np.ndarray:
        """log pi_1 - log pi_0 of every particle, f8[n]."""
        before = [0.0 if self.yesterday is None else total(s) for s in particles.start]
        return np.array([total(s) for s in particles.scores]) - np.array(before)

    def judge(
        self, pool: Pool, held: Particle[Score | None], proposal: Proposal, b: float, rng: np.random.Generator
    ) -> Particle[Score | None] | None:
        """The proposal as a particle if it is accepted in the place of `held` under pi_b."""
        assert held.score is not None
        luck = log(rng.random())
        base = log_prior(proposal.z) - log_prior(held.z) + proposal.correction
        if self.yesterday is None or b >= 1.0:  # one target: reports first, acts after
            score = accept_in_two(self.target, pool, held.score, proposal, b, base, luck, log(rng.random()))
            return None if score is None else Particle(proposal.z, proposal.noise, score, None)
        before = self.yesterday.evaluate(pool, proposal.z, proposal.noise)
        score = None if before is None else self.target.evaluate(pool, proposal.z, proposal.noise)
        if score is None:
            return None
        rise = b * (score.total - held.score.total) + (1 - b) * (total(before) - total(held.start))
        return None if luck >= base + rise else Particle(proposal.z, proposal.noise, score, before)


class _Island(NamedTuple):
    particles: Particles[Score | None]  # with their scores under the day's target; None on the first day
    target: Target | None
    climb: Climb
    reweighting_ess: float = 1.0
    distinct: float = 1.0
    steps: int = 0
    alive: bool = True


def carry(
    days: Iterable[tuple[date, Target]], pool: Pool, *, particles: int, islands: int, sweeps: int, hazard_draws: int,
    seed: int, advance: Callable[[int], None] | None = None,
) -> Iterator[Snapshot]:  # fmt: skip
    """Snapshots of consecutive days, one as soon as its day is done.

    `days`: (day, target) in order of time; the targets share the space (names, regions, days) and hence the layout of
    z. `particles` an island, at least 2; `sweeps` pairs of moves a step of the bridge; `hazard_draws` as in
    `hazards.make_draws`. Same bits for any number of workers.
    """
    states: list[_Island] = []
    for day, bare in days:
        if not states:
            states = [_first(bare, particles, seed, streams.FILTER_ISLANDS + i) for i in range(islands)]
        pilot = states[0].particles
        best = pilot.one(max(range(particles), key=lambda n: (total(pilot.scores[n]), -n)))
        target = bare._replace(hazard_draws=draws_around(bare, pool, best.z, best.noise, hazard_draws, seed))
        states = [_update(target, s, pool, sweeps, advance) for s in states]
        yield Snapshot(
            day, target, np.concatenate([s.particles.z for s in states]),
            np.concatenate([s.particles.noise for s in states]), np.repeat(np.arange(islands), particles),
            min(s.reweighting_ess for s in states), min(s.distinct for s in states), max(s.steps for s in states),
            all(s.alive for s in states), sum(s.climb.simulations for s in states),
        )  # fmt: skip


def _first(target: Target, particles: int, seed: int, island: int) -> _Island:
    """The prior."""

    def first(n: int) -> Particle[Score | None]:
        z = keyed.normals(seed, keyed.PRIOR, (target.space.size,), tick=island, noise=n)
        noise = np.full(target.arena.ticks, streams.particle_noise(island, n), dtype=np.uint32)
        return Particle(z, noise, None, None)

    return _Island(populate([first(n) for n in range(particles)]), None, Climb(seed, island, 0))


def _update(
    target: Target, state: _Island, pool: Pool, sweeps: int, advance: Callable[[int], None] | None
) -> _Island:
    """Yesterday's population becomes today's."""
    old, climb, bridge, of = state.particles, state.climb, FromYesterday(state.target, target), layout(target)
    scores = pool.map(lambda n: target.evaluate(pool, old.z[n], old.noise[n]), range(old.size), advance)
    climb.simulations += old.size
    particles = old._replace(scores=tuple(scores), start=old.scores)
    gain = bridge.gain(particles)
    if not np.isfinite(gain).any():
        return state._replace(alive=False, reweighting_ess=0.0, steps=0)
    reweighting = effective(exp_of(gain - log_sum_exp(gain))) / old.size
    b, steps = 0.0, 0
    while b < 1.0:
        gain = bridge.gain(particles)
        new = 1.0 if steps + 1 >= LONGEST_BRIDGE else next_beta(b, gain)
        weights, _ = step_weights(gain, new - b)
        climb.stage += 1
        particles = climb.resample(particles, weights / weights.sum())
        b, steps = new, steps + 1
        varied = particles.distinct >= STILL * particles.size
        still = reweighting >= STILL and varied and state.target is not None
        for _ in range(0 if still else sweeps):
            particles, _ = climb.sweep(particles, bridge, of, b, particles.distinct, pool, advance)
    return _Island(particles, target, climb, reweighting, particles.distinct / particles.size, steps, True)
