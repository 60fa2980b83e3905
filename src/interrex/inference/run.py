"""Condition a cut case: islands of tempered SMC, their evidence, and the diagnostics that decide what is printed."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from interrex.engine.ensemble import TICKS_PER_DAY, History, Pool
from interrex.inference.hazards import HazardDraws, make_draws
from interrex.inference.sampler import (
    Cloud,
    Reference,
    Target,
    log_sum_exp,
    run_island,
)  # fmt: skip


class Posterior(NamedTuple):
    """Particles of all islands together, equally weighted within an island, islands weighted equally."""

    target: Target
    clouds: tuple[Cloud, ...]
    z: np.ndarray  # f8[n, size]
    noise: np.ndarray  # u4[n, T]
    island: np.ndarray  # i8[n]
    log_evidence: float
    log_evidence_se: float

    @property
    def size(self) -> int:
        """Number of particles."""
        return self.z.shape[0]


def pilot_draws(target: Target, pool: Pool, reference: Reference, count: int, seed: int) -> HazardDraws:
    """Draws of the hazard block around its mode on a pilot path: the history, of sixty-four from the reference,
    that fits the terms best. A poor pilot only widens the error of the sum, it does not bias it in the limit."""
    from interrex.engine import draws as keyed

    noise = np.full(target.arena.days * TICKS_PER_DAY, 0xFFFFFFFF, dtype=np.uint32)
    bare = target._replace(hazard_draws=None)

    def attempt(slot: int) -> tuple[float, np.ndarray]:
        z = reference.draw(keyed.normals(seed, keyed.PROPOSE, (target.space.size,), tick=0, noise=slot))
        score = bare.evaluate(pool, z, noise)
        return (-math.inf if score is None else score.total), z

    tried = pool.map(attempt, range(64))
    best = max(range(len(tried)), key=lambda i: (tried[i][0], -i))
    luck, _ = target.luck(tried[best][1], noise)
    history = History(target.arena, pool.workspace(), luck, target.course)
    history.run_to(target.ticks)
    sig = history.trace.signals[: target.ticks].copy()
    crisis = history.trace.crisis[: target.ticks].copy()
    return make_draws(
        target.arena.kernel, sig, crisis, target.record, target.table, target.hazard_priors, count, seed
    )


def condition(
    target: Target, pool: Pool, reference: Reference, *, particles: int, islands: int, sweeps: int, final_sweeps: int,
    seed: int, advance: Any = None,
) -> Posterior:  # fmt: skip
    """Run the islands and put them together. The evidence is their mean, its error their spread."""
    clouds = tuple(
        run_island(
            target, pool, reference, particles=particles, sweeps=sweeps, final_sweeps=final_sweeps, seed=seed,
            island=i, advance=advance,
        )
        for i in range(islands)
    )  # fmt: skip
    return gather(target, clouds)


def checkpoint(posterior: Posterior) -> dict[str, np.ndarray]:
    """Arrays from which `restore` makes the same posterior."""
    arrays: dict[str, np.ndarray] = {"islands": np.array(len(posterior.clouds))}
    for i, c in enumerate(posterior.clouds):
        arrays |= {
            f"z{i}": c.z, f"noise{i}": c.noise, f"ancestor{i}": c.ancestor,
            f"evidence{i}": np.array(c.log_evidence), f"ess{i}": np.array([s["ess"] for s in c.steps]),
            f"beta{i}": np.array([s["beta"] for s in c.steps]), f"simulations{i}": np.array(c.simulations),
        }  # fmt: skip
    return arrays


def restore(
    target: Target, pool: Pool, arrays: dict[str, np.ndarray], reference: Reference, advance: Any = None
) -> Posterior:
    """The posterior of a checkpoint; scores are computed again, to the same bits."""
    from interrex.inference.sampler import log_prior

    clouds = []
    for i in range(int(arrays["islands"])):
        z, noise = arrays[f"z{i}"], arrays[f"noise{i}"]
        scores = pool.map(
            lambda n, z=z, noise=noise: target.evaluate(pool, z[n], noise[n]), range(len(z)), advance
        )
        steps = tuple(
            {"beta": float(b), "ess": float(e)}
            for b, e in zip(arrays[f"beta{i}"], arrays[f"ess{i}"], strict=True)
        )
        clouds.append(
            Cloud(
                z, noise, scores, np.array([log_prior(v) for v in z]), np.array([reference.log_density(v) for v in z]),
                arrays[f"ancestor{i}"], float(arrays[f"evidence{i}"]), steps, int(arrays[f"simulations{i}"]),
            )
        )  # fmt: skip
    return gather(target, tuple(clouds))


def gather(target: Target, clouds: tuple[Cloud, ...]) -> Posterior:
    """Islands as one posterior: each with the same weight, the evidence their mean, its error their spread."""
    logs = np.array([c.log_evidence for c in clouds])
    total = log_sum_exp(logs) - math.log(len(clouds))
    se = float(np.std(logs, ddof=1) / math.sqrt(len(clouds))) if len(clouds) > 1 else math.nan
    sizes = [len(c.z) for c in clouds]
    return Posterior(
        target, clouds, np.concatenate([c.z for c in clouds]), np.concatenate([c.noise for c in clouds]),
        np.repeat(np.arange(len(clouds)), sizes), total, se,
    )  # fmt: skip
