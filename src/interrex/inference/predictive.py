"""What the model would have had reported: draws of every report, a history each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from interrex.inference import streams
from interrex.inference.islands import Posterior
from interrex.inference.observe import Observations
from interrex.inference.target import Score, Target
from interrex.inference.terms import KINDS, rvs


def told(obs: Observations, ticks: int) -> list[int]:
    """Terms that are reports of the days that were conditioned on."""
    return [i for i in range(obs.terms.kind.size) if obs.terms.spoken[i] and obs.terms.last[i] < ticks]


def scores(posterior: Posterior) -> list[Score]:
    """Scores of the particles that have one."""
    return [s for c in posterior.clouds for s in c.particles.scores if s is not None]


def replicate(
    target: Target, obs: Observations, points: Iterable[tuple[np.ndarray, Score]], rng: np.random.Generator
) -> dict[int, np.ndarray]:
    """For each report a draw per point, from an informed source: the middle of what it would have said."""
    informed = obs.terms._replace(
        alpha=np.full_like(obs.terms.alpha, 1e9), beta=np.full_like(obs.terms.beta, 1e-9)
    )
    out: dict[int, list[float]] = {i: [] for i in told(obs, target.ticks)}
    for z, score in points:
        observer = target.observer(target.space.values(z[: len(target.space.params)]))
        for i, drawn in out.items():
            low, high = rvs(i, float(score.predicted[i]), informed, observer, rng)
            drawn.append(KINDS[obs.terms.kind[i]].middle(low, high))
    return {i: np.array(v) for i, v in out.items()}


def predictive(posterior: Posterior, obs: Observations, seed: int) -> dict[int, np.ndarray]:
    """For each report a posterior predictive draw per particle."""
    points = (
        (z, score)
        for cloud in posterior.clouds
        for z, score in zip(cloud.particles.z, cloud.particles.scores, strict=True)
        if score is not None
    )
    return replicate(posterior.target, obs, points, streams.generator(seed, streams.PREDICTIVE))
