"""Condition a cut case: islands of tempered Monte Carlo put together as one posterior, kept and read again."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.pool import Pool
from interrex.inference import streams
from interrex.inference.exact import log, log_sum_exp
from interrex.inference.hazards import HazardDraws, make_draws
from interrex.inference.particles import Particle, Particles, populate
from interrex.inference.proposal import Reference
from interrex.inference.target import Target, total
from interrex.inference.tempering import Advance, Cloud, Ends, FromReference, run_island

PILOTS = 64


class Posterior(NamedTuple):
    """Particles of all islands together, equally weighted within an island, islands weighted equally."""

    target: Target
    clouds: tuple[Cloud, ...]
    z: np.ndarray  # f8[n, size]
    noise: np.ndarray  # u4[n, T]
    island: np.ndarray  # i8[n]
    log_evidence: float
    log_evidence_se: float  # nan of one island

    @property
    def size(self) -> int:
        """Number of particles."""
        return self.z.shape[0]


def pilot_draws(target: Target, pool: Pool, reference: Reference, count: int, seed: int) -> HazardDraws:
    """Draws of the hazard block around its mode on a pilot path: the history, of sixty-four from the reference,
    that fits the terms best. A poor pilot only widens the error of the sum, it does not bias it in the limit."""
    noise = np.full(target.arena.ticks, streams.PILOT_NOISE, dtype=np.uint32)
    bare = target._replace(hazard_draws=None)

    def attempt(n: int) -> tuple[float, np.ndarray]:
        z = reference.draw(keyed.normals(seed, keyed.PROPOSE, (target.space.size,), tick=0, noise=n))
        return total(bare.evaluate(pool, z, noise)), z

    tried = pool.map(attempt, range(PILOTS))
    best = max(range(len(tried)), key=lambda i: (tried[i][0], -i))
    return draws_around(target, pool, tried[best][1], noise, count, seed)


def draws_around(
    target: Target, pool: Pool, z: np.ndarray, noise: np.ndarray, count: int, seed: int
) -> HazardDraws:
    """Draws of the hazard block around its mode on the path of one point."""
    signals, crisis = target.path(pool, z, noise)
    return make_draws(
        target.kernel, signals, crisis, target.record, target.table, target.hazard_priors, count, seed
    )


def condition(
    target: Target, pool: Pool, reference: Reference, *, particles: int, islands: int, sweeps: int, final_sweeps: int,
    seed: int, advance: Advance | None = None,
) -> Posterior:  # fmt: skip
    """Run the islands and put them together. The evidence is their mean, its error their spread."""
    return gather(target, tuple(
        run_island(
            target, pool, reference, particles=particles, sweeps=sweeps, final_sweeps=final_sweeps, seed=seed,
            island=i, advance=advance,
        )
        for i in range(islands)
    ))  # fmt: skip


def checkpoint(posterior: Posterior) -> dict[str, np.ndarray]:
    """Arrays from which `restore` makes the same posterior."""
    arrays: dict[str, np.ndarray] = {"islands": np.array(len(posterior.clouds))}
    for i, c in enumerate(posterior.clouds):
        arrays |= {
            f"z{i}": c.particles.z, f"noise{i}": c.particles.noise, f"ancestor{i}": c.particles.ancestor,
            f"evidence{i}": np.array(c.log_evidence), f"ess{i}": np.array([s["ess"] for s in c.steps]),
            f"beta{i}": np.array([s["beta"] for s in c.steps]), f"simulations{i}": np.array(c.simulations),
        }  # fmt: skip
    return arrays


def restore(
    target: Target, pool: Pool, arrays: dict[str, np.ndarray], reference: Reference, advance: Advance | None = None
) -> Posterior:
    """The posterior of a checkpoint; scores are computed again, to the same bits."""
    bridge = FromReference(target, reference)
    clouds: list[Cloud] = []
    for i in range(int(arrays["islands"])):
        z, noise = arrays[f"z{i}"], arrays[f"noise{i}"]

        def again(n: int, z: np.ndarray = z, noise: np.ndarray = noise) -> Particle[Ends]:
            return Particle(z[n], noise[n], target.evaluate(pool, z[n], noise[n]), bridge.ends(z[n]))

        particles: Particles[Ends] = populate(pool.map(again, range(len(z)), advance))
        steps = tuple(
            {"beta": float(b), "ess": float(e)}
            for b, e in zip(arrays[f"beta{i}"], arrays[f"ess{i}"], strict=True)
        )
        clouds.append(
            Cloud(
                particles._replace(ancestor=arrays[f"ancestor{i}"]), float(arrays[f"evidence{i}"]), steps,
                int(arrays[f"simulations{i}"]),
            )
        )  # fmt: skip
    return gather(target, tuple(clouds))


def gather(target: Target, clouds: tuple[Cloud, ...]) -> Posterior:
    """Islands as one posterior: each with the same weight, the evidence their mean, its error their spread."""
    logs = np.array([c.log_evidence for c in clouds])
    mean = log_sum_exp(logs) - log(len(clouds))
    se = float(np.std(logs, ddof=1) / math.sqrt(len(clouds))) if len(clouds) > 1 else math.nan
    return Posterior(
        target, clouds, np.concatenate([c.particles.z for c in clouds]),
        np.concatenate([c.particles.noise for c in clouds]),
        np.repeat(np.arange(len(clouds)), [c.particles.size for c in clouds]), mean, se,
    )  # fmt: skip
