"""Tempered sequential Monte Carlo: particles carried along a bridge of densities.

A bridge leads from a density pi_0 to pi_1 by pi_b ~ pi_0^(1-b) pi_1^b. b rises so that the effective sample size of each
step stays at half; at every b the particles move (`moves`). A proposal stops as soon as what it could still gain cannot
save it (the uniform is drawn first), which changes nothing but the cost. Hazards are integrated out (`hazards`).

`run_island` goes from a reference q (the prior, or a shipped proposal) to the posterior; `filtering` goes from the
posterior of one day to that of the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.pool import Pool
from interrex.errors import RunError
from interrex.inference import streams
from interrex.inference.exact import dot, exp_of, log, log_sum_exp
from interrex.inference.moves import Layout, Move, Proposal, fit_halves, layout, moves
from interrex.inference.particles import Particle, Particles, Start, populate
from interrex.inference.proposal import Reference
from interrex.inference.target import Score, Target, total

TARGET_ESS = 0.5
WANTED_ACCEPTANCE = 0.2
FIRST_SIZE, SIZES, HASTE = 0.4, (0.05, 0.95), 1.2  # of the steps: at first, their range, how fast they follow
MOST_STEPS = 60

Advance = Callable[[int], None]


class Bridge(Protocol[Start]):
    """Densities pi_b between two."""

    def gain(self, particles: Particles[Start]) -> np.ndarray:
        """log pi_1 - log pi_0 of every particle, f8[n]."""
        ...

    def judge(
        self, pool: Pool, held: Particle[Start], proposal: Proposal, b: float, rng: np.random.Generator
    ) -> Particle[Start] | None:
        """The proposal as a particle if it is accepted in the place of `held` under pi_b."""
        ...


def accept_in_two(
    target: Target, pool: Pool, held: Score, proposal: Proposal, b: float, base: float, luck: float, more: float
) -> Score | None:
    """The score of a proposal that is accepted first by its reports and then by its acts, given the logs of two uniforms;
    `base` is what the ratio holds beside the likelihood. A history whose reports cannot be enough is not run to its end."""
    score = target.evaluate(pool, proposal.z, proposal.noise, held.terms + (luck - base) / b)
    return None if score is None or more >= b * (score.acts - held.acts) else score


class Ends(NamedTuple):
    """What a bridge from a reference knows of a particle."""

    log_prior: float
    log_q: float


class FromReference(NamedTuple):
    """pi_b(z) ~ q(z)^(1-b) [prior(z) L(z)]^b."""

    target: Target
    reference: Reference

    def ends(self, z: np.ndarray) -> Ends:
        """Log densities of a point."""
        return Ends(log_prior(z), self.reference.log_density(z))

    def gain(self, particles: Particles[Ends]) -> np.ndarray:
        """log pi_1 - log pi_0 of every particle, f8[n]."""
        log_p, log_q = (np.array(values) for values in zip(*particles.start, strict=True))
        return np.array([total(s) for s in particles.scores]) + log_p - log_q

    def judge(
        self, pool: Pool, held: Particle[Ends], proposal: Proposal, b: float, rng: np.random.Generator
    ) -> Particle[Ends] | None:
        """The proposal as a particle if it is accepted in the place of `held` under pi_b."""
        assert held.score is not None
        old, new = held.start, self.ends(proposal.z)
        luck, more = log(rng.random()), log(rng.random())
        base = (1 - b) * (new.log_q - old.log_q) + b * (new.log_prior - old.log_prior) + proposal.correction
        score = accept_in_two(self.target, pool, held.score, proposal, b, base, luck, more)
        return None if score is None else Particle(proposal.z, proposal.noise, score, new)


@dataclass
class Climb:
    """How far one island has come in its random numbers, how large its steps are, and what it has cost."""

    seed: int
    island: int
    stage: int
    sizes: dict[str, float] = field(default_factory=dict[str, float])
    simulations: int = 0

    def resample(self, particles: Particles[Start], weights: np.ndarray) -> Particles[Start]:
        """As many particles, drawn by their weights (which sum to 1) with as little luck as can be."""
        u = float(streams.move(self.seed, self.island, self.stage, 0).random())
        return particles.take(systematic(weights, u))

    def sweep(
        self, particles: Particles[Start], bridge: Bridge[Start], of: Layout, b: float, ancestors: int, pool: Pool,
        advance: Advance | None = None,
    ) -> tuple[Particles[Start], dict[str, int]]:  # fmt: skip
        """Every move once for every particle under pi_b, and how many of each were accepted. Work is shared over the
        pool's threads, particle by particle; sizes follow the acceptance."""
        halves, first = fit_halves(particles.z, of.params, ancestors), (particles.size + 1) // 2
        hits: dict[str, int] = {}
        for move in moves(of):
            self.stage += 1
            size, here = self.sizes.setdefault(move.name, FIRST_SIZE), particles

            def attempt(n: int, move: Move = move, size: float = size, here: Particles[Start] = here) -> Particle[Start] | None:
                rng, held = streams.move(self.seed, self.island, self.stage, n), here.one(n)
                proposal = move.propose(held.z, held.noise, size, halves[n < first], rng)
                return bridge.judge(pool, held, proposal, b, rng)

            moved = pool.map(attempt, range(particles.size), advance)
            self.simulations += particles.size
            particles = particles.accept(moved)
            hits[move.name] = sum(m is not None for m in moved)
            rate = hits[move.name] / particles.size
            self.sizes[move.name] = float(np.clip(size * exp_of(HASTE * (rate - WANTED_ACCEPTANCE)), *SIZES))
        return particles, hits


class Cloud(NamedTuple):
    """What became of one island."""

    particles: Particles[Ends]
    log_evidence: float
    steps: tuple[dict[str, float], ...]  # beta, ess, acceptance of every step
    simulations: int


def run_island(
    target: Target, pool: Pool, reference: Reference, *, particles: int, sweeps: int, final_sweeps: int, seed: int,
    island: int, advance: Advance | None = None,
) -> Cloud:  # fmt: skip
    """One independent run from the reference to the posterior. RunError if no history of the reference stays in the range
    of the model."""
    bridge, of = FromReference(target, reference), layout(target)

    def first(n: int) -> Particle[Ends]:
        z = reference.draw(keyed.normals(seed, keyed.PRIOR, (target.space.size,), tick=island, noise=n))
        noise = np.full(of.ticks, streams.particle_noise(island, n), dtype=np.uint32)
        return Particle(z, noise, target.evaluate(pool, z, noise), bridge.ends(z))

    cloud = populate(pool.map(first, range(particles), advance))
    climb = Climb(seed, island, 1, simulations=particles)
    beta, log_evidence = 0.0, 0.0
    steps: list[dict[str, float]] = []
    while beta < 1.0 and len(steps) < MOST_STEPS:
        gain = bridge.gain(cloud)
        if not np.isfinite(gain).any():
            raise RunError(
                f"none of {particles} histories of {reference.provenance} stays in the range of the model",
                "read the report of a prior run for what the model expects of this case, or give more particles",
            )
        new = next_beta(beta, gain)
        weights, norm = step_weights(gain, new - beta)
        log_evidence += norm - log(particles)
        ess = effective(weights)
        cloud, beta = climb.resample(cloud, weights / weights.sum()), new
        rounds = final_sweeps if beta >= 1.0 else sweeps
        accepted: dict[str, int] = {}
        for _ in range(rounds):
            ancestors = len(np.unique(cloud.ancestor))
            cloud, hits = climb.sweep(cloud, bridge, of, beta, ancestors, pool, advance)
            for name, count in hits.items():
                accepted[name] = accepted.get(name, 0) + count
        steps.append(
            {"beta": beta, "ess": ess}
            | {f"accept_{k}": count / (rounds * particles) for k, count in accepted.items()}
            | {f"scale_{k}": v for k, v in climb.sizes.items()}
        )
    return Cloud(cloud, log_evidence, tuple(steps), climb.simulations)


def log_prior(z: np.ndarray) -> float:
    """Log density of the standard normal prior, without its constant (the reference leaves out the same one)."""
    return -0.5 * dot(z, z)


def step_weights(gain: np.ndarray, step: float) -> tuple[np.ndarray, float]:
    """Weights of a step along a bridge, normalised, and the log of their sum before."""
    living = np.isfinite(gain)
    increment = np.where(living, step * np.where(living, gain, 0.0), -math.inf)
    norm = log_sum_exp(increment)
    return exp_of(increment - norm), norm


def effective(weights: np.ndarray) -> float:
    """Effective sample size of normalised weights."""
    return 1.0 / float(np.sum(weights**2))


def next_beta(beta: float, gain: np.ndarray) -> float:
    """Largest step that keeps the effective sample size of the incremental weights at TARGET_ESS of the living."""
    finite = gain[np.isfinite(gain)]
    if finite.size == 0:
        return 1.0

    def ess(step: float) -> float:
        w = exp_of(step * (finite - float(finite.max())))
        return float(w.sum() ** 2 / np.sum(w**2)) / finite.size

    if ess(1.0 - beta) >= TARGET_ESS:
        return 1.0
    low, high = 0.0, 1.0 - beta
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if ess(middle) >= TARGET_ESS else (low, middle)
    return min(1.0, beta + max(low, 1e-6))


def systematic(weights: np.ndarray, u: float) -> np.ndarray:
    """Systematic resampling in the order of the particles: numbers of the survivors."""
    n = weights.size
    return np.minimum(np.searchsorted(np.cumsum(weights), (np.arange(n) + u) / n), n - 1)
