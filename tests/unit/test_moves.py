"""Moves leave a known posterior as it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from interrex.inference.moves import fit_halves, layout
from interrex.inference.particles import Particle, populate
from interrex.inference.proposal import Reference
from interrex.inference.target import Score
from interrex.inference.tempering import Climb, FromReference

PARAMS, REGIONS, DAYS, TICKS = 30, 3, 8, 32
SIZE = PARAMS + REGIONS + DAYS * (1 + REGIONS)


class Straight:
    """A target of known answer: reports y = A z + error."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.space = SimpleNamespace(params=[None] * PARAMS, regions=REGIONS, days=DAYS, size=SIZE)
        self.arena = SimpleNamespace(ticks=TICKS, ticks_per_day=4)
        self.hot = (2, 6)
        self.a = rng.normal(0.0, 0.5, (15, SIZE)) * (rng.random((15, SIZE)) < 0.2)
        self.y = self.a @ rng.standard_normal(SIZE) + rng.standard_normal(15)
        self.cov = np.linalg.inv(np.eye(SIZE) + self.a.T @ self.a)
        self.mean = self.cov @ self.a.T @ self.y

    def evaluate(self, _pool: object, z: np.ndarray, _noise: object, needed: float = -np.inf) -> Score | None:
        value = -0.5 * float(np.sum((self.y - self.a @ z) ** 2))
        nothing = np.zeros(1)
        return None if value < needed else Score(value, 0.0, nothing, nothing, nothing, nothing)


class OneByOne:
    """A pool of one worker."""

    def map(self, task: Any, numbers: Any, _advance: Any = None) -> list[Any]:
        return [task(n) for n in numbers]


def swept(seed: int, count: int, sweeps: int) -> tuple[np.ndarray, Straight]:
    """Exact draws of the posterior after so many sweeps."""
    target, pool = Straight(seed), OneByOne()
    bridge = FromReference(target, Reference(np.zeros(SIZE), np.ones(SIZE), np.eye(PARAMS), "the prior"))  # type: ignore[arg-type]
    rng = np.random.default_rng(100 + seed)
    draws = target.mean + rng.standard_normal((count, SIZE)) @ np.linalg.cholesky(target.cov).T
    no_noise = np.zeros(TICKS, np.uint32)
    particles = populate([Particle(z, no_noise, target.evaluate(pool, z, None), bridge.ends(z)) for z in draws])
    climb = Climb(seed, 0, 1)
    for _ in range(sweeps):
        particles, _ = climb.sweep(particles, bridge, layout(target), 1.0, count, pool)  # type: ignore[arg-type]
    return particles.z, target


def test_sweeps_keep_the_spread_of_exact_draws() -> None:
    """Mean ratio of sd over 30 parameters, 96 particles and 3 targets: its standard error is .01; about a Gaussian that was
    fitted to the very particles that it moves, it was .94."""
    ratios: list[np.ndarray] = []
    for seed in range(3):
        z, target = swept(seed, 96, 30)
        ratios.append(z.std(axis=0, ddof=1) / np.sqrt(np.diag(target.cov)))
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.03)
    assert np.mean([r[:PARAMS] for r in ratios]) == pytest.approx(1.0, abs=0.03)


def test_sweeps_keep_the_mean_of_exact_draws() -> None:
    z, target = swept(1, 96, 30)
    apart = (z.mean(axis=0) - target.mean) / np.sqrt(np.diag(target.cov) / 96)
    assert np.sqrt(np.mean(apart**2)) < 1.5


def test_each_half_is_moved_about_the_other() -> None:
    """The first of the two Gaussians does not know the second half of the particles, nor the second the first."""
    rng = np.random.default_rng(1)
    z = rng.standard_normal((21, SIZE))
    first, second = fit_halves(z, PARAMS, 21)
    changed = z.copy()
    changed[15] += 3.0
    again, other = fit_halves(changed, PARAMS, 21)
    assert np.array_equal(first.mean, again.mean) and np.array_equal(first.factor, again.factor)
    assert not np.array_equal(second.mean, other.mean)
