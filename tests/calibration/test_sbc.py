"""Simulation-based calibration (Talts et al. 2018): ledgers drawn from the prior are conditioned on; the truth's rank
among the posterior particles must be uniform. On the toy case at a coarse resolution, acts imposed as dated, the
reporting design of its ledger fixed (which slots are reported, by whom, with which grade).

Days without a report are left out: their likelihood is a bound on what silence may say, not a law to draw from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from fixtures import toy as cases
from interrex.inference.proposal import prior_reference
from interrex.inference.tempering import run_island
from interrex.inference.terms import crowd, of, rvs, series

QUANTITIES = ("price shock", "log crowds", "log detentions")
BINS = 5


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> cases.Ready:
    """The toy case five days into the protests."""
    return cases.ready(cases.cut(tmp_path_factory.mktemp("sbc") / "case", as_of="2030-03-14"))


def quantities(target: Any, z: np.ndarray, score: Any) -> np.ndarray:
    """What is ranked: a parameter, the crowds and the detentions that the sources would have counted."""
    use = target.use == 1
    people = use & of(target.terms, *crowd.CROWD.kinds)
    return np.array(
        [
            z[target.space.index("price_shock")],
            np.log1p(score.predicted[people]).mean(),
            np.log1p(score.predicted[use & of(target.terms, series.ARRESTS)]).sum(),
        ]
    )


def replicate(ready: cases.Ready, number: int, particles: int, off: float = 0.0) -> np.ndarray:
    """Ranks 0..1 of the truth, one a quantity. `off` moves the true price shock by so many prior
    sd: the planted error of a sampler that believes another prior than the truth was drawn from."""
    rng = np.random.default_rng(1000 + number)
    terms = ready.target.terms
    keep = ready.target.use * terms.spoken
    target = ready.target._replace(use=keep, hazard_draws=None)
    while True:  # histories that are stopped have no weight in the posterior, hence none in the prior here
        z = rng.standard_normal(target.space.size)
        z[target.space.index("price_shock")] += off
        noise = np.full(target.arena.days * 4, 0x40000000 + number, dtype=np.uint32)
        truth = target.evaluate(ready.pool, z, noise)
        if truth is not None:
            break
    rho = rng.beta(terms.alpha, terms.beta)  # one reliability an origin
    known = terms._replace(alpha=rho * 1e9, beta=(1 - rho) * 1e9)
    _, observer = target.luck(z, noise)
    low, high = terms.low.copy(), terms.high.copy()
    for i in np.flatnonzero(keep):
        low[i], high[i] = rvs(int(i), float(truth.predicted[i]), known, observer, rng)
    drawn = target._replace(terms=terms._replace(low=low, high=high))
    cloud = run_island(
        drawn,
        ready.pool,
        prior_reference(target.space),
        particles=particles,
        sweeps=1,
        final_sweeps=2,
        seed=number,
        island=0,
    )
    own = quantities(target, z, truth)
    rows = np.array(
        [quantities(target, v, s) for v, s in zip(cloud.particles.z, cloud.particles.scores, strict=True) if s is not None]
    )
    ties = rng.random(own.size)
    return ((rows < own).sum(axis=0) + ties * ((rows == own).sum(axis=0) + 1)) / (len(rows) + 1)


def p_values(ranks: np.ndarray) -> np.ndarray:
    """Chi-square p of uniform ranks, one a quantity."""
    return np.array([stats.chisquare(np.histogram(column, BINS, (0, 1))[0]).pvalue for column in ranks.T])


def test_ranks_of_the_truth_are_uniform(ready: cases.Ready) -> None:
    """Twenty ledgers: only a gross error shows (a rank always in one fifth)."""
    ranks = np.array([replicate(ready, i, 24) for i in range(20)])
    assert (p_values(ranks) > 1e-3).all(), dict(zip(QUANTITIES, p_values(ranks), strict=True))


@pytest.mark.slow
def test_ranks_of_the_truth_are_uniform_at_length(ready: cases.Ready, small: bool) -> None:
    ranks = np.array([replicate(ready, i, 48) for i in range(40 if small else 100)])
    assert (p_values(ranks) > 1e-3).all(), dict(zip(QUANTITIES, p_values(ranks), strict=True))


@pytest.mark.slow
def test_a_planted_error_is_found(ready: cases.Ready) -> None:
    """The truth's price shock is drawn one and a half prior sd too high: its ranks must give it away."""
    ranks = np.array([replicate(ready, i, 24, off=1.5) for i in range(30)])
    assert p_values(ranks)[QUANTITIES.index("price shock")] < 1e-3


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_early_rejection_is_exact(ready: cases.Ready, share: float) -> None:
    """A history is given up only if its terms in full would not have reached what was needed; of reports that share a count
    too."""
    rng, target = np.random.default_rng(8), ready.target
    target = target._replace(terms=target.terms._replace(share=np.full(target.terms.kind.size, share)))
    given_up = 0
    for number in range(40):
        z = rng.standard_normal(target.space.size)
        noise = np.full(target.arena.days * 4, number, dtype=np.uint32)
        whole = target.evaluate(ready.pool, z, noise)
        for needed in (-60.0 * share, -40.0 * share, -25.0 * share):
            some = target.evaluate(ready.pool, z, noise, needed)
            reached = whole is not None and whole.terms >= needed
            assert (some is not None) == reached
            if some is not None and whole is not None:
                assert some.total == whole.total
            given_up += not reached
    assert 10 < given_up < 110
