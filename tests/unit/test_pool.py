"""The sum of world record, crisis record and simulation: chances between horizons, weights, their rule, and what a case lacks."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from fixtures import toy
from interrex.case import load_case
from interrex.futures.pool import CRISIS, NEVER, WORLD, Part, Score, pool, pool_of, pooled, weigh, within
from interrex.futures.shares import Chance
from interrex.words import SIMULATION

IN_OFFICE = Chance(0.9, 0.8, 0.95, 0.01)


def part(name: str, p: float, gain: float | None = None) -> Part:
    score = None if gain is None else Score(100, 0.1, 0.05, 0.15, gain)
    return Part(name, p, p / 2, min(1.0, 2 * p), score)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return load_case(str(toy.write(tmp_path_factory.mktemp("pool") / "toy")))


def test_chances_between_horizons_never_fall_and_meet_the_horizons() -> None:
    edges, p = (7, 30, 90, 180), (0.01, 0.05, 0.05, 0.3)
    days = np.arange(0, 400)
    found = np.array([within(d, edges, p) for d in days])
    assert (np.diff(found) >= 0).all() and found[0] == 0 and found[-1] < 1
    assert [within(d, edges, p) for d in edges] == pytest.approx(p)
    assert within(60, edges, p) == pytest.approx(0.05)  # no hazard between equal chances
    assert within(270, edges, p) == pytest.approx(1 - 0.7 * (0.7 / 0.95))


def test_the_pool_of_one_part_is_that_part() -> None:
    found = pool([part(WORLD, 0.00002, 0.1)], 90)
    assert found is not None and (found.p, found.low, found.high) == (0.00002, 0.00001, 0.00004)
    assert found.weights == (1.0,) and found.records_p == found.p


def test_the_pool_averages_log_odds_and_lies_between_its_parts() -> None:
    assert pooled([0.2, 0.2], [0.3, 0.7]) == pytest.approx(0.2)
    assert pooled([0.2, 0.8], [0.5, 0.5]) == pytest.approx(0.5)
    assert 0.1 < pooled([0.1, 0.4], [0.9, 0.1]) < pooled([0.1, 0.4], [0.1, 0.9]) < 0.4
    assert pooled([0.0, 0.5], [0.5, 0.5]) > NEVER  # no part decides alone


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, math.nan])
def test_a_part_without_weight_changes_nothing(p) -> None:
    alone = pool([part(WORLD, 0.1, 0.04), part(CRISIS, 0.3, 0.01)], 90)
    both = pool([part(WORLD, 0.1, 0.04), part(CRISIS, 0.3, 0.01), part(SIMULATION, p)], 90)
    assert alone is not None and both is not None
    assert (both.p, both.low, both.high, both.records_p) == (alone.p, alone.low, alone.high, alone.p)


def test_records_weigh_by_what_they_gained_and_alike_where_none_did() -> None:
    weights, rule = weigh([part(WORLD, 0.1, 0.03), part(CRISIS, 0.3, 0.01)])
    assert weights == pytest.approx((0.75, 0.25)) and "world record +0.030, crisis record +0.010" in rule
    assert weigh([part(WORLD, 0.1, -0.03), part(CRISIS, 0.3, 0.01)])[0] == (0.0, 1.0)
    weights, rule = weigh([part(WORLD, 0.1, -0.03), part(CRISIS, 0.3, -0.01), part(SIMULATION, 0.9)])
    assert weights == (0.5, 0.5, 0.0) and "weigh alike" in rule


def test_the_simulation_weighs_nothing_until_a_score_of_its_own_earns_it() -> None:
    records = [part(WORLD, 0.1, 0.03)]
    none = pool([*records, part(SIMULATION, 0.9)], 90)
    lost = pool([*records, part(SIMULATION, 0.9, -0.01)], 90)
    won = pool([*records, part(SIMULATION, 0.9, 0.01)], 90)
    assert none is not None and lost is not None and won is not None
    assert none.weights == lost.weights == (1.0, 0.0) and none.p == lost.p == 0.1
    assert "no forecast of it has been scored" in none.rule and "it gained nothing" in lost.rule
    assert won.weights == pytest.approx((0.75, 0.25)) and won.p > 0.1 and won.records_p == 0.1
    assert "simulation weighs 0" not in won.rule


def test_a_simulation_alone_is_no_sum() -> None:
    assert pool([part(SIMULATION, 0.3, 0.1)], 90) is None


def test_the_crisis_record_takes_part_while_crowds_are_out(case) -> None:
    names = {
        day: [x.name for x in found.parts]
        for day in (datetime.date(2030, 3, 5), datetime.date(2030, 3, 17), datetime.date(2030, 4, 10))
        if (found := pool_of(case.as_of(day), IN_OFFICE))
    }
    assert list(names.values()) == [[WORLD, SIMULATION], [WORLD, CRISIS, SIMULATION], [WORLD, SIMULATION]]


def test_the_parts_speak_of_the_days_that_are_left(case) -> None:
    found = {
        d: pool_of(case.as_of(d), IN_OFFICE) for d in (datetime.date(2030, 3, 5), datetime.date(2030, 4, 10))
    }
    early, late = found.values()
    assert early is not None and late is not None
    assert (early.days, late.days) == (176, 140)
    assert early.parts[0].p > late.parts[0].p
    assert late.parts[-1].p == pytest.approx(0.1) and (
        late.parts[-1].low,
        late.parts[-1].high,
    ) == pytest.approx((0.05, 0.2))


def changed(case, **facts):
    return case.__class__(
        **{**vars(case), "facts": {n: f for n, f in (case.facts | facts).items() if f is not None}}
    )


def test_without_the_day_he_came_to_power_the_world_record_is_absent_and_the_sum_says_so(case) -> None:
    cut = case.as_of(datetime.date(2030, 3, 17))
    found = pool_of(changed(cut, incumbent_since=None), IN_OFFICE)
    assert found is not None and [x.name for x in found.parts] == [CRISIS, SIMULATION]
    assert "without the world record" in found.without and "incumbent_since" in found.without
    assert found.p == found.parts[0].p and "the crisis record stands alone" in found.rule
    whole = pool_of(cut, IN_OFFICE)
    assert whole is not None and whole.without == ""
    calm = case.as_of(datetime.date(2030, 4, 10))
    assert pool_of(changed(calm, incumbent_since=None), IN_OFFICE) is None


def test_a_country_without_a_number_is_asked_without_its_effect(case) -> None:
    found = pool_of(case.as_of(datetime.date(2030, 4, 10)), IN_OFFICE)
    known = pool_of(load_case("kazakhstan-2022").as_of(datetime.date(2022, 1, 5)), IN_OFFICE)
    assert found is not None and "without an effect of the country" in found.parts[0].note
    assert known is not None and "without" not in known.parts[0].note
    assert "learned until 2022-01-01" in known.parts[0].note
