"""Entry as a real option: published numbers, other solutions of the same problem, limits and directions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from interrex.firms import waiting
from interrex.firms.entry import (
    asset_value,
    now_or_later,
    required_return,
    root,
    trigger_multiple,
)
from interrex.firms.waiting import Terms, at_excess, boundaries, calm_trigger, delay

VOLATILITY = st.floats(0.05, 0.8)
HAZARD = st.floats(0.0, 1.0)


@pytest.mark.parametrize(("volatility", "printed"), [(0.2, "2.000"), (0.4, "3.732"), (0.1, "1.422")])
def test_trigger_multiples_of_the_worked_example(volatility, printed):
    """Dixit and Pindyck with r = d = .04, to the printed digits."""
    assert f"{trigger_multiple(volatility, 0.04, 0.04):.3f}" == printed


@pytest.mark.parametrize(("hazard", "printed"), [(0.05, "1.595"), (0.1, "1.456")])
def test_a_poisson_hazard_on_the_option_lowers_the_multiple(hazard, printed):
    assert f"{trigger_multiple(0.2, 0.04, 0.04, hazard):.3f}" == printed


def test_a_partial_loss_solves_the_quadratic_with_its_power_and_lies_between():
    b = root(0.3, 0.05, 0.03, 0.2, 0.5)
    assert 0.5 * 0.09 * b * (b - 1) + 0.02 * b - 0.25 + 0.2 * 0.5**b == pytest.approx(0.0, abs=1e-10)
    assert root(0.3, 0.05, 0.03) < b < root(0.3, 0.05, 0.03, 0.2)


def test_where_the_hazard_sits_decides_the_sign():
    """On the asset's life it raises the profit asked for and leaves the multiple; on the option it lowers both."""
    calm = required_return(0.2)
    assert required_return(0.2, asset_hazard=0.05) == pytest.approx(calm * 0.09 / 0.04)
    assert required_return(0.2, option_hazard=0.05) < calm
    both = required_return(0.2, asset_hazard=0.05, option_hazard=0.05)
    assert calm < both < required_return(0.2, asset_hazard=0.05)


def test_the_value_of_the_option_pastes_smoothly_and_solves_its_equation():
    s, r, d, h = 0.25, 0.05, 0.03, 0.08
    beta, top = root(s, r, d, h), trigger_multiple(s, r, d, h)
    value = lambda v: (top - 1.0) * (v / top) ** beta  # noqa: E731
    e = 1e-4
    assert value(top) == pytest.approx(top - 1.0)
    assert (value(top) - value(top - e)) / e == pytest.approx(1.0, abs=1e-3)
    v = 0.7 * top
    first, second = (
        (value(v + e) - value(v - e)) / (2 * e),
        (value(v + e) - 2 * value(v) + value(v - e)) / e**2,
    )
    assert 0.5 * s**2 * v**2 * second + (r - d) * v * first - (r + h) * value(v) == pytest.approx(0, abs=1e-5)


def test_the_trigger_beats_every_other_barrier_by_simulation():
    """Monte Carlo of the stopping value: waiting for the trigger is worth what the formula says, and no less than
    waiting for another barrier. The barrier is watched daily; Broadie, Glasserman and Kou (1997) give the shift."""
    s, r, d, start, years, steps = 0.2, 0.04, 0.04, 1.5, 60.0, 3000
    rng = np.random.default_rng(1)
    dt = years / steps
    paths, alive = np.full(6000, math.log(start)), np.ones((3, 6000), bool)
    levels = np.array([1.6, trigger_multiple(s, r, d), 2.6])
    watched = np.log(levels) - 0.5826 * s * math.sqrt(dt)
    worth = np.zeros((3, 6000))
    for k in range(1, steps + 1):
        paths += (r - d - 0.5 * s**2) * dt + s * math.sqrt(dt) * rng.standard_normal(6000)
        hit = alive & (paths >= watched[:, None])
        worth[hit] = (np.repeat(levels[:, None] - 1.0, 6000, axis=1) * math.exp(-r * k * dt))[hit]
        alive &= ~hit
    exact = (levels - 1.0) * (start / levels) ** root(s, r, d)
    assert worth.mean(axis=1) == pytest.approx(exact, abs=4 * worth.std() / math.sqrt(6000))
    assert exact[1] == exact.max()


def test_the_value_of_an_asset_under_a_fading_hazard_is_its_integral():
    for y, m, d, h, loss in [
        (0.3, 1.0, 0.04, 0.02, 0.7),
        (4.0, 0.1, 0.06, 0.0, 1.0),
        (0.0, 2.0, 0.05, 0.1, 0.5),
    ]:
        kept = lambda t: math.exp(-(d + loss * h) * t - loss * y * m * (1 - math.exp(-t / m)))  # noqa: B023, E731
        assert float(asset_value(y, m, d, h, loss)) == pytest.approx(
            quad(kept, 0, 2000, limit=500)[0], rel=1e-7
        )


@pytest.mark.parametrize("offset", [0.0, 0.25, 0.5, 0.75])
def test_the_lattice_finds_the_closed_form_wherever_its_nodes_lie(offset, monkeypatch):
    """Finite differences against the quadratic, to a fifth of a node, with nodes moved off the trigger."""
    placed = waiting.lattice

    def moved(terms):
        nodes = placed(terms)
        return nodes + offset * (nodes[:, 1:2] - nodes[:, :1])

    monkeypatch.setattr(waiting, "lattice", moved)
    still = Terms.of([0.1, 0.2, 0.4] * 2, 0.04, 0.04, 0.02, 1.0, [0.0] * 3 + [0.7] * 3, 0.0, 0.0, 1.0)
    found = boundaries(still, 4.0)
    error = (found.enter[0] - calm_trigger(still)) / np.diff(found.lattice[:, :2], axis=1)[:, 0]
    assert np.abs(error).max() < 0.2
    assert np.all(np.isneginf(found.drop))


@pytest.mark.parametrize("excess", [0.01, 0.03, 0.1, 0.3])
def test_with_almost_no_volatility_the_delay_is_that_of_a_firm_that_knows_its_profit(excess):
    profit = 1.2 * required_return(0.01)
    gain = lambda t: float(now_or_later(profit, excess * math.exp(-t), 1.0))  # noqa: E731
    days = float(brentq(gain, 0.0, 20.0)) * 365.25  # pyright: ignore[reportArgumentType]
    assert delay(1.2, excess, 1.0, volatility=0.01) == pytest.approx(days, abs=4.0, rel=0.01)


def test_delay_at_its_limits():
    assert delay(1.3, 0.0, 1.0) == 0.0
    assert delay(1.0, 0.1, 1.0) == math.inf
    assert delay(1.3, 0.1, 0.25) < delay(1.3, 0.1, 0.5) < delay(1.3, 0.2, 0.5)
    assert delay(3.0, 0.01, 0.1) == 0.0


def test_triggers_at_an_excess_on_the_way_down_are_those_of_a_fresh_solution():
    high = Terms.of(0.25, 0.04, 0.04, 0.02, 0.7, 0.5, 0.01, 0.2, 1.0)
    calm = boundaries(high._replace(excess=np.zeros(1)), 3.0)
    way = boundaries(high, 6.0)
    for y in (0.15, 0.05, 0.004, 0.0):
        fresh = boundaries(high._replace(excess=np.array([y])), 6.0)
        enter, drop = at_excess(way, calm, high, np.array([y]))
        assert enter[0] == pytest.approx(fresh.enter[0, 0], abs=0.01)
        assert drop[0] == pytest.approx(fresh.drop[0, 0], abs=0.01)
    assert at_excess(way, calm, high, np.zeros(1))[0][0] == calm.enter[0, 0]


@given(VOLATILITY, VOLATILITY, HAZARD)
def test_the_trigger_rises_with_volatility_and_falls_with_a_hazard_on_the_option(one, other, hazard):
    low, high = sorted((one, other))
    assert trigger_multiple(low, hazard=hazard) <= trigger_multiple(high, hazard=hazard) + 1e-12
    assert trigger_multiple(one, hazard=hazard) <= trigger_multiple(one) + 1e-12
    assert required_return(one, asset_hazard=hazard) >= required_return(one) - 1e-12


@settings(max_examples=12, deadline=None)
@given(
    st.floats(0.1, 0.5),
    st.floats(0.0, 0.5),
    st.floats(0.1, 2.0),
    st.one_of(st.just(0.0), st.floats(0.002, 0.03)),
)
def test_an_excess_hazard_lifts_both_triggers_and_lets_them_back_down(volatility, excess, memory, study):
    terms = Terms.of(volatility, 0.04, 0.04, 0.02, 0.7, 0.6, study, [0.0, excess], memory)
    found = boundaries(terms, 2.0)
    node = np.diff(found.lattice[:, :2], axis=1).max()
    assert found.enter[0, 1] >= found.enter[0, 0] - 0.5 * node
    assert study == 0.0 or found.drop[0, 1] >= found.drop[0, 0] - 0.5 * node
    half = found.enter[: len(found.enter) // 2, 1]
    assert np.all(np.diff(half) <= 0.5 * node)


@pytest.mark.parametrize("wrong", [{"volatility": 0.0}, {"rate": -0.1}, {"hazard": -1.0}, {"loss": 2.0}])
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must be above 0"):
        trigger_multiple(**{"volatility": 0.2, **wrong})
