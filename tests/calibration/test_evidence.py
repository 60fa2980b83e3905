"""The tempered sampler on a problem with a known answer: evidence, posterior, canary, with and without a proposal."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from fixtures.worth import Worth
from interrex.inference.exact import log_sum_exp
from interrex.inference.islands import condition, gather
from interrex.inference.proposal import Reference, prior_reference
from interrex.inference.space import OBSERVATION, Space
from interrex.inference.tempering import run_island, systematic
from interrex.mechanisms.contract import Param, Prior

DAYS, REGIONS = 3, 2
NAMES = ("a", "b", "c", "d")


class Gaussian:
    """y = A z + e with z standard normal: everything is known in closed form. The first rows of A are the 'terms'
    (which may reject early), the last the 'acts'."""

    def __init__(self, sd: float = 0.3) -> None:
        params = tuple(Param(n, Prior("normal", 0.0, 1.0), "1", "made up") for n in NAMES) + OBSERVATION[:1]
        self.space = Space(params, ("made up",) * 5, 4, REGIONS, DAYS)
        self.ticks = DAYS * 4
        self.arena = SimpleNamespace(days=DAYS, ticks=self.ticks, ticks_per_day=4)
        self.hot = (0, 1)
        self.terms = SimpleNamespace(last=np.array([3, 7]))
        self.use = np.array([1, 1])
        size = self.space.size
        self.design = np.zeros((4, size))
        self.design[0, 0] = 1.0
        self.design[1, [1, 2]] = 1.0, 1.0  # a ridge
        self.design[2, [5, 9]] = 1.0, -0.5  # a region effect and a shock
        self.design[3, [0, 3]] = 0.5, 1.0
        self.sd = sd
        self.y = np.array([1.2, 1.5, -0.8, 1.0])

    def evaluate(
        self, pool: Any, z: np.ndarray, noise: np.ndarray, needed: float = -math.inf
    ) -> Worth | None:
        logs = stats.norm.logpdf(self.y, self.design @ z, self.sd)
        terms = float(logs[:3].sum())
        return None if terms < needed else Worth(terms, float(logs[3]))

    @property
    def log_evidence(self) -> float:
        covariance = self.design @ self.design.T + self.sd**2 * np.eye(4)
        return float(stats.multivariate_normal(np.zeros(4), covariance).logpdf(self.y))

    @property
    def posterior(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and sd of every coordinate."""
        precision = np.eye(self.space.size) + self.design.T @ self.design / self.sd**2
        covariance = np.linalg.inv(precision)
        return covariance @ self.design.T @ self.y / self.sd**2, np.sqrt(np.diag(covariance))


class Serial:
    """A pool of nobody."""

    def map(self, task: Any, slots: Any, advance: Any = None) -> list[Any]:
        return [task(s) for s in slots]


def shifted(space: Space) -> Reference:
    """A proposal that is off and correlated: the weights must correct it."""
    mean, sd = np.zeros(space.size), np.ones(space.size)
    mean[:3] = 0.8, -0.4, 0.5
    mean[5], sd[5] = -0.4, 0.8
    factor = np.diag([0.7, 0.9, 0.8, 1.0, 1.0])
    factor[1, 0] = 0.3
    return Reference(mean, sd, factor, "made up")


@pytest.fixture(scope="module")
def clouds() -> dict[str, Any]:
    target = Gaussian()
    references = {"prior": prior_reference(target.space), "proposal": shifted(target.space)}
    found = {
        name: condition(target, Serial(), r, particles=220, islands=3, sweeps=2, final_sweeps=4, seed=5)  # type: ignore[arg-type]
        for name, r in references.items()
    }
    return found


@pytest.mark.parametrize("name", ["prior", "proposal"])
def test_log_evidence_is_the_closed_form(clouds: dict[str, Any], name: str) -> None:
    """Within .3 nats, from the prior and from a wrong proposal alike; the spread of islands says about how well."""
    posterior, exact = clouds[name], Gaussian().log_evidence
    assert posterior.log_evidence == pytest.approx(exact, abs=0.3)
    assert posterior.log_evidence_se < 0.3
    assert all(c.steps[-1]["beta"] == 1.0 and len(c.steps) >= 2 for c in posterior.clouds)


@pytest.mark.parametrize("name", ["prior", "proposal"])
def test_posterior_has_the_right_mean_and_spread(clouds: dict[str, Any], name: str) -> None:
    mean, sd = Gaussian().posterior
    z = clouds[name].z
    error = np.abs(z.mean(axis=0) - mean) / sd
    assert error.max() < 0.4 and error.mean() < 0.15
    ratio = z.std(axis=0) / sd
    assert ratio.min() > 0.75 and ratio.max() < 1.25


@pytest.mark.parametrize("name", ["prior", "proposal"])
def test_canary_keeps_its_prior(clouds: dict[str, Any], name: str) -> None:
    canary = clouds[name].z[:, Gaussian().space.index("canary")]
    assert 0.85 < canary.std() < 1.15
    assert abs(canary.mean()) < 0.25


def test_impossible_histories_have_no_weight_and_count_in_the_evidence() -> None:
    """Half of the prior is impossible: the evidence is of the half that is not."""

    class Half(Gaussian):
        def evaluate(
            self, pool: Any, z: np.ndarray, noise: np.ndarray, needed: float = -math.inf
        ) -> Worth | None:
            return None if z[4] < 0 else Worth(0.0, 0.0)

    target = Half()
    cloud = run_island(
        target,
        Serial(),
        prior_reference(target.space),
        particles=600,
        sweeps=1,
        final_sweeps=1,
        seed=3,
        island=0,
    )  # type: ignore[arg-type]
    assert cloud.log_evidence == pytest.approx(math.log(0.5), abs=0.15)
    assert (cloud.particles.z[:, 4] > 0).all()


def test_a_run_is_its_seed_and_its_island() -> None:
    target = Gaussian()
    run = lambda seed, island: run_island(  # noqa: E731
        target,
        Serial(),
        prior_reference(target.space),
        particles=20,
        sweeps=1,
        final_sweeps=1,
        seed=seed,
        island=island,  # type: ignore[arg-type]
    )
    one, same, other, third = run(1, 0), run(1, 0), run(1, 1), run(2, 0)
    assert np.array_equal(one.particles.z, same.particles.z) and one.log_evidence == same.log_evidence
    assert not np.array_equal(one.particles.z, other.particles.z) and not np.array_equal(one.particles.z, third.particles.z)
    both = gather(target, (one, other))  # type: ignore[arg-type]
    assert both.log_evidence == pytest.approx(
        log_sum_exp(np.array([one.log_evidence, other.log_evidence])) - math.log(2)
    )


def test_systematic_resampling_keeps_expected_numbers() -> None:
    weights = np.array([0.5, 0.26, 0.24, 0.0])
    for u in (0.05, 0.3, 0.95):
        counts = np.bincount(systematic(weights, u), minlength=4)
        assert counts.sum() == 4 and (np.abs(counts - 4 * weights) < 1).all()
