"""What prices identify and what they do not: products, exposures, the gap, one process."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from interrex.firms import entry
from interrex.prices import gap, risk
from interrex.prices.gap import Interval


@pytest.mark.parametrize(("fall", "loss", "p"), [(0.251, 0.5, 0.50), (0.088, 0.5, 0.18), (0.035, 0.5, 0.07)])
def test_inverting_a_fall_at_a_given_loss(fall, loss, p):
    probabilities, losses = risk.pairs(fall, 2000)
    at = int(np.argmin(np.abs(losses - loss)))
    assert probabilities[at] == pytest.approx(p, abs=0.005)


def test_only_the_product_is_identified():
    p, loss = risk.pairs(0.2)
    assert np.allclose(p * loss, 0.2)
    assert loss[0] == pytest.approx(1.0) and p[-1] == pytest.approx(1.0)
    assert risk.product(-0.0945, -0.0905) == pytest.approx((0.0905, 0.0945))
    assert risk.product(0.01, 0.02) == (0.0, 0.0)
    with pytest.raises(ValueError, match="probability and loss"):
        risk.pairs(0.0)


def test_exposure_is_recovered_and_its_r2_printed_from_twenty_days_on():
    rng = np.random.default_rng(1)
    rise = 0.02 * rng.standard_normal(60)
    returns = -0.6 * rise + 0.004 * rng.standard_normal(60)
    both = np.column_stack([returns - 0.0005, returns + 0.0005])
    fit = risk.exposure(both, rise, seed=1)
    assert fit.low < 0.6 < fit.high and fit.high - fit.low < 0.1
    assert fit.r2 > 0.8 and fit.placebo_p <= 0.01 and fit.why == ""
    few = risk.exposure(both[:19], rise[:19], seed=1)
    assert math.isnan(few.r2) and "no R² from 19 of the 20" in few.why
    assert np.isfinite(few.placebo_p)


def test_three_days_have_too_few_orders_for_a_placebo():
    fit = risk.exposure(np.full((3, 2), -0.1), np.array([0.02, 0.01, 0.03]), seed=1)
    assert math.isnan(fit.placebo_p) and "no placebo" in fit.why


def test_no_move_of_the_risk_gives_no_exposure():
    fit = risk.exposure(np.full((3, 2), -0.1), np.zeros(3), seed=1)
    assert math.isnan(fit.low) and "did not move" in fit.why


def test_placebo_on_shuffled_days_has_its_size():
    rng = np.random.default_rng(2)
    trials, hits = 400, 0
    for trial in range(trials):
        returns, rise = rng.standard_t(3, 25), rng.standard_t(3, 25)
        hits += risk.shuffled(returns, rise, seed=trial, orders=99) <= 0.05
    assert abs(hits / trials - 0.05) < 3 * math.sqrt(0.05 * 0.95 / trials)


def test_fading_of_an_exponential():
    days = np.arange(60)
    found = risk.fading(0.001 + 0.02 * np.exp(-days / 4))
    assert found.lasting == pytest.approx(0.001 * 365.25, rel=0.01)
    assert found.excess == pytest.approx(0.02 * 365.25, rel=0.01)
    assert found.memory * 365.25 == pytest.approx(4, rel=0.15)  # the sum over days is above the integral
    calm = risk.fading(np.full(30, 0.001))
    assert calm.excess == 0.0 and calm.memory == 0.0


def test_a_lasting_risk_lifts_the_trigger_as_it_lowers_the_price():
    """The identity behind `cancelled_below`, against the real option."""
    for volatility, hazard in itertools.product((0.1, 0.2, 0.4), (0.001, 0.01, 0.03)):
        fall = 1.0 - entry.asset_value(0.0, 1.0, hazard=hazard) / entry.asset_value(0.0, 1.0)
        lift = entry.required_return(volatility, asset_hazard=hazard) / entry.required_return(volatility)
        assert lift == pytest.approx(1.0 / (1.0 - fall))


def test_one_process_that_is_over_when_the_index_is_seen_explains_no_fall():
    both = risk.one_process(0.01, 0.05, 0.006, (-0.03, -0.028))
    assert both.at_index == 0.0 and both.loss_needed == (math.inf, math.inf)
    assert both.deepest == pytest.approx(0.04)
    lasting = risk.one_process(0.01, 0.09, 0.07, (-0.03, -0.03))
    assert lasting.loss_needed == pytest.approx((0.5, 0.5))
    assert lasting.cancelled_below == pytest.approx((1 / 0.97, 1 / 0.97))


WORST = {"A": Interval(-0.25, -0.24), "B": Interval(-0.15, -0.13), "C": Interval(-0.18, -0.18)}
BASKET = {"B": 0.2, "C": 0.1, "D": 0.4, "E": 0.3}


def test_parts_of_the_gap_sum_to_it_and_hold_every_possible_world():
    found = gap.split(WORST, BASKET, Interval(-0.03, -0.028), Interval(0.1, 0.2))
    rng = np.random.default_rng(3)
    for _ in range(300):
        fall = {n: rng.uniform(*w) for n, w in WORST.items()}
        fall |= {n: rng.uniform(-0.25, 0.0) for n in ("D", "E")}
        index = rng.uniform(-0.03, -0.028)
        mean = np.mean([fall[n] for n in WORST])
        there = sum(w * fall[n] for n, w in BASKET.items())
        for part, value in (
            (found.composition, mean - there),
            (found.halt, there - index),
            (found.whole, mean - index),
        ):
            assert part.low - 1e-9 <= value <= part.high + 1e-9
    assert found.whole.low <= found.composition.low + found.halt.high <= found.whole.high
    assert found.whole.low <= found.composition.high + found.halt.low <= found.whole.high
    assert found.known_weight == pytest.approx(0.3)
    assert found.from_known.high == pytest.approx(0.2 * -0.13 + 0.1 * -0.18)
    assert set(found.with_outsider) == {"A"}
    kept, back = found.with_outsider["A"]
    assert kept.low == pytest.approx(0.8 * -0.03 + 0.2 * -0.25)
    assert back.high == pytest.approx(0.8 * -0.028)


def test_a_basket_quoted_abroad_in_full_identifies_the_parts():
    found = gap.split(
        {"A": Interval(-0.2, -0.2), "B": Interval(-0.1, -0.1)}, {"A": 0.25, "B": 0.75}, Interval(-0.05, -0.05), Interval(0.1, 0.1)
    )  # fmt: skip
    assert found.composition == pytest.approx((-0.025, -0.025))
    assert found.halt == pytest.approx((-0.075, -0.075))


def test_gap_needs_names_and_weights():
    with pytest.raises(ValueError, match="quoted abroad"):
        gap.split({}, BASKET, Interval(0, 0), Interval(0, 0))
    with pytest.raises(ValueError, match="sum to 1"):
        gap.split(WORST, {"B": 0.5}, Interval(0, 0), Interval(0, 0))
