"""Base rates beside forecasts: intervals of shares and curves of tenure (counts: test_act_rates.py)."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interrex.futures import base_rates as br
from interrex.words import OUTCOMES


def test_jeffreys_of_none_in_26() -> None:
    mean, low, high = br.jeffreys(0, 26)
    assert mean == pytest.approx(0.5 / 27)
    assert 0 < low < mean < high < 0.1


def test_jeffreys_interval_holds_the_level_it_names() -> None:
    from scipy.stats import beta

    for n, total in ((0, 3), (7, 26), (26, 26), (4681, 4938)):
        _, low, high = br.jeffreys(n, total, level=0.8)
        law = beta(n + 0.5, total - n + 0.5)
        assert law.cdf(high) - law.cdf(low) == pytest.approx(0.8)
        assert law.cdf(low) == pytest.approx(0.1)


@pytest.mark.parametrize(("n", "total", "level"), [(-1, 5, 0.9), (6, 5, 0.9), (1, 5, 1.0)])
def test_jeffreys_refuses_what_is_no_share(n: float, total: float, level: float) -> None:
    with pytest.raises(ValueError):
        br.jeffreys(n, total, level)


def test_shares_of_exclusive_outcomes_add_to_one_and_keep_their_counts() -> None:
    assert list(br.CRISIS_OUTCOMES) == list(OUTCOMES)
    assert sum(br.CRISIS_OUTCOMES.values()) == 26
    assert set(br.CRISIS_CLASSES.values()) <= set(OUTCOMES)
    shares = br.dirichlet(br.CRISIS_OUTCOMES)
    assert sum(mean for mean, _, _ in shares.values()) == pytest.approx(1.0)
    assert shares["stays_by_force"][0] == pytest.approx(8.5 / 30.5)
    assert shares["stays_calm"][0] == pytest.approx(0.5 / 30.5)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_each_exclusive_share_has_the_interval_of_its_own_beta(level: float) -> None:
    from scipy.stats import beta

    for name, (mean, low, high) in br.dirichlet({"a": 3, "b": 0, "c": 7}, level).items():
        a = {"a": 3.5, "b": 0.5, "c": 7.5}[name]
        law = beta(a, 11.5 - a)
        assert low < mean < high or name == "b"
        assert law.cdf(low) == pytest.approx((1 - level) / 2)
        assert law.sf(high) == pytest.approx((1 - level) / 2)


def test_what_a_count_says_of_its_rate() -> None:
    from scipy.stats import gamma

    for n in (0, 3, 40):
        for level in (0.05, 0.5, 0.95):
            assert gamma(n + 0.5, scale=1 / (n + 0.5)).cdf(br.gamma_factor(n, level)) == pytest.approx(level)


@given(st.floats(0, 3000), st.floats(0, 400))
@example(179.9995, 185.0)  # the counted days
@example(364.9995, 185.0)
def test_nobody_comes_back_to_office_and_no_day_stands_out(days: float, more: float) -> None:
    for rate in br.IN_OFFICE:
        assert 0 <= rate.stays(days + more) <= rate.stays(days) <= 1
        assert rate.stays(days) - rate.stays(days + 0.001) < 1e-4
        assert rate.stays(days + more) / rate.stays(days) == pytest.approx(
            math.exp(-rate.hazard(days, days + more))
        )
        assert rate.hazard(days + more, days) == 0


def test_share_in_office_is_the_record_on_the_days_that_were_counted() -> None:
    for rate in br.IN_OFFICE:
        assert rate.stays(0) == 1
        for days, n in rate.counted:
            assert rate.stays(days) == pytest.approx(br.jeffreys(n, rate.total)[0])
    any_day = br.IN_OFFICE[0]
    assert any_day.stays(90) == pytest.approx(any_day.stays(180) ** 0.5)
    assert any_day.hazard(365, 550) == pytest.approx(any_day.hazard(180, 365))


def test_fewer_leaders_are_in_office_after_more_trouble() -> None:
    assert [rate.name for rate in br.IN_OFFICE] == ["any_day", "large_protest", "crisis"]
    for days in (20, 180, 300, 500):
        shares = [rate.stays(days) for rate in br.IN_OFFICE]
        assert shares == sorted(shares, reverse=True)
