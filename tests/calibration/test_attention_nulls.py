"""Worlds that react exactly as expected: the ratio is 1 at its nominal rate, and other ways to count are not."""

import math

import numpy as np
import pytest

from fixtures.attention_worlds import random_segments, react, sure, typical
from interrex.attention import PARAMETERS, fit, natural, ratio, segments, stack
from interrex.attention.parameters import COVERAGE, RATIO_SD, SPREAD

REACTORS = 5


def world(rng, theta, factor, share, length=5.0):
    return [react(rng, theta, random_segments(rng, length), factor * share) for _ in range(REACTORS)]


def mc(share, worlds, se=3.0):
    return se * math.sqrt(share * (1 - share) / worlds)


def test_a_world_that_reacts_as_expected_has_ratio_one_at_the_nominal_rate():
    """Everything unknown is drawn from its prior; the ratio itself is 1, or drawn from its prior."""
    rng = np.random.default_rng(21)
    prior = fit(stack([]), seed=1, draws=200)
    n, one, drawn = 80, 0, 0
    for k in range(n):
        theta = natural(rng.normal(size=len(PARAMETERS)))
        for case in ("one", "drawn"):
            factor = 1.0 if case == "one" else math.exp(RATIO_SD * rng.normal())
            low, _, high = ratio(prior, world(rng, theta, factor, rng.beta(*COVERAGE)), seed=k).ratio
            if case == "one":
                one += low <= 1 <= high
            else:
                drawn += low <= factor <= high
    assert abs(drawn / n - 0.9) < mc(0.9, n)
    assert one / n > 0.9 - mc(0.9, n)  # the prior of the ratio is centred there, so never below


def test_a_crisis_that_ends_in_two_days_does_not_look_like_disregard():
    """Rates known, reactors react until the end and then stop: the model is right, waiting on is not."""
    rng = np.random.default_rng(22)
    theta = typical(level=math.log(0.4), clumping=0.1)
    posterior = sure(theta)
    right, wrong, inside, n = [], [], 0, 60
    for k in range(n):
        stakes = [{"trade": rng.random()} for _ in range(8)]
        seen = [react(rng, theta, segments(2.0, [], s), grid=0.25) for s in stakes]
        longer = [
            w._replace(segments=segments(20.0, [], s), low=20.0 if math.isinf(w.high) else w.low)
            for w, s in zip(seen, stakes, strict=True)
        ]
        answer = ratio(posterior, seen, k, complete=True)
        right.append(math.log(answer.ratio[1]))
        inside += answer.ratio[0] <= 1 <= answer.ratio[2]
        wrong.append(ratio(posterior, longer, k, complete=True).ratio)
    assert abs(np.mean(right)) < 0.25 and abs(inside / n - 0.9) < mc(0.9, n)
    assert np.median([r[1] for r in wrong]) < 0.35
    assert np.mean([r[2] < 1 for r in wrong]) > 0.9  # disregard, wrongly, nearly always


def test_holidays_and_a_late_start_do_not_look_like_disregard_either():
    """Half of the days are days off on which nobody reacts: leaving that out biases the ratio."""
    from interrex.attention import Stretch

    rng = np.random.default_rng(23)
    theta = typical(level=math.log(0.5), holiday=-4.0, clumping=0.1)
    time = segments(6.0, [Stretch("holiday", 0.0, 3.0)], {})
    right, wrong = [], []
    for k in range(40):
        seen = [react(rng, theta, time, grid=0.25) for _ in range(8)]
        right.append(ratio(sure(theta), seen, k, complete=True).ratio[1])
        blind = [w._replace(segments=segments(6.0, [], {})) for w in seen]
        wrong.append(ratio(sure(theta), blind, k, complete=True).ratio[1])
    assert 0.85 < np.median(right) < 1.15 and np.median(wrong) < 0.7


@pytest.mark.slow
def test_ninety_per_cent_intervals_hold_ninety_per_cent(small):
    """Simulation-based calibration (Talts et al. 2018): parameters, crises and the ratio all drawn from their
    priors, six crises fitted, the seventh judged."""
    rng = np.random.default_rng(24)
    n = 60 if small else 200
    ranks = np.zeros((n, len(PARAMETERS)))
    held = 0
    for k in range(n):
        z = rng.normal(size=len(PARAMETERS))
        theta = natural(z)
        seen = []
        for crisis in range(6):
            factor = math.exp(theta[SPREAD] * rng.normal())
            for _ in range(REACTORS):
                seen.append(
                    react(rng, theta, random_segments(rng, float(rng.integers(2, 12))), factor, crisis)
                )
        posterior = fit(stack(seen), seed=k, draws=500, tries=8)
        assert posterior.effective > 60, k
        ranks[k] = (posterior.z < z).mean(axis=0)
        factor = math.exp(RATIO_SD * rng.normal())
        low, _, high = ratio(posterior, world(rng, theta, factor, rng.beta(*COVERAGE)), seed=k).ratio
        held += low <= factor <= high
    inside = ((ranks > 0.05) & (ranks < 0.95)).mean(axis=0)
    assert abs(held / n - 0.9) < mc(0.9, n)
    assert np.abs(inside - 0.9).max() < mc(0.9, n, 3.5)  # sixteen parameters
    assert abs(inside.mean() - 0.9) < mc(0.9, n * len(PARAMETERS), 5.0)
