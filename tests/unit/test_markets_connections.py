"""Dependence times news: the published magnitude, recovery from synthetic returns, the null."""

from __future__ import annotations

import numpy as np
import pytest

from interrex.prices import connections


@pytest.mark.published
def test_value_of_the_most_dependent_firms():
    """Fisman (2001): about 23 per cent, from dependence 4 and a market expected to fall by 20 per cent."""
    value = connections.value_of_connections(connections.REMEMBERED_COEFFICIENT)
    assert value == pytest.approx(connections.VALUE_OF_CONNECTIONS, abs=0.01)


def test_the_coefficient_is_recovered():
    news = -0.03 * np.random.default_rng(1).random(80)
    found = [
        connections.interaction(*connections.simulate(seed, 80, news, 0.28), news).interaction
        for seed in range(30)
    ]
    assert np.mean(found) == pytest.approx(0.28, abs=3 * np.std(found) / np.sqrt(30))


def test_news_that_are_not_political_do_not_load():
    """The 95 % interval of a true null holds 0 in 95 of 100 synthetic studies, within three standard errors."""
    news = -0.03 * np.random.default_rng(2).random(40)
    holds = [connections.null(*connections.simulate(seed, 60, news, 0.0), news) for seed in range(300)]
    assert abs(np.mean(holds) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 300)


def test_political_news_are_told_from_the_null():
    news = -0.03 * np.random.default_rng(3).random(40)
    holds = [connections.null(*connections.simulate(seed, 60, news, 0.28), news) for seed in range(40)]
    assert np.mean(holds) < 0.05


def test_regression_against_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    news = np.array([-0.001, -0.008, -0.005, -0.012, -0.004, -0.023])
    returns, dependence = connections.simulate(5, 40, news, 0.28)
    fit = connections.interaction(returns, dependence, news)
    pol = np.tile(dependence, 6)
    x = sm.add_constant(np.column_stack([pol, np.repeat(news, 40) * pol]))
    other = sm.OLS(returns.ravel(), x).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(6), 40)}
    )
    assert [fit.level, fit.dependence, fit.interaction] == pytest.approx(list(other.params))
    assert fit.se == pytest.approx(other.bse[2])


def test_too_few_events_are_refused():
    with pytest.raises(ValueError, match="three events"):
        connections.interaction(np.zeros((2, 5)), np.arange(5.0), np.array([0.1, 0.2]))
    with pytest.raises(ValueError, match="differ in dependence"):
        connections.interaction(np.zeros((4, 5)), np.ones(5), np.arange(4.0))
