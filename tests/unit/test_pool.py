"""The sum of world record, crisis record and simulation: chances between horizons, weights, their rule, and what a case lacks."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest

from fixtures import toy
from interrex.case import load_case
from interrex.futures import pool as pools
from interrex.futures.crisis_state import state_of
from interrex.futures.pool import Part, Pool, Score, days_ahead, nearest, pool, weigh
from interrex.futures.shares import Chance
from interrex.record import crisis
from interrex.record.pooling import CRISIS, NEVER, WORLD, pooled, within
from interrex.words import SIMULATION

IN_OFFICE = Chance(0.9, 0.8, 0.95, 0.01)


def part(name: str, p: float) -> Part:
    score = None if name == SIMULATION else Score(100, 0.1, 0.05, 0.15)
    return Part(name, p, p / 2, min(1.0, 2 * p), score, "a null")


def common(
    crisis: float = 0.4, low: float = 0.2, high: float = 0.7, gain: float = 0.01, off: float = 0.005
) -> dict[str, Any]:
    """What forecasts of the same days taught, made up: the weight of the crisis record and what the sum gained."""
    weights, *ends = ({WORLD: 1 - w, CRISIS: w} for w in (crisis, low, high))
    log = {WORLD: -0.3, CRISIS: -0.4, "pool": -0.29, "null": -0.5}
    return {
        "weights": weights, "ends": ends, "rows": 1234, "exits": 56, "countries": 78, "within": 90, "log": log,
        "gain": [gain, gain - off, gain + off], "skill": {WORLD: [0.1, 0.0, 0.2], CRISIS: [0.3, 0.2, 0.4]},
    }  # fmt: skip


def pool_of(case, in_office: Chance | None = IN_OFFICE) -> Pool | None:
    return pools.pool_of(pools.ask(case), days_ahead(case), in_office)


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
    assert within(270, edges, [p, p]) == pytest.approx(2 * [within(270, edges, p)])


def test_the_pool_of_one_part_is_that_part() -> None:
    found = pool([part(WORLD, 0.00002)], 90)
    assert found is not None and (found.p, found.low, found.high) == (0.00002, 0.00001, 0.00004)
    assert found.weights == (1.0,) and found.records_p == found.p
    assert found.rule == "the world record stands alone"


def test_the_pool_averages_log_odds_and_lies_between_its_parts() -> None:
    assert pooled([0.2, 0.2], [0.3, 0.7]) == pytest.approx(0.2)
    assert pooled([0.2, 0.8], [0.5, 0.5]) == pytest.approx(0.5)
    assert 0.1 < pooled([0.1, 0.4], [0.9, 0.1]) < pooled([0.1, 0.4], [0.1, 0.9]) < 0.4
    assert pooled([0.0, 0.5], [0.5, 0.5]) > NEVER  # no part decides alone


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, math.nan])
def test_a_part_without_weight_changes_nothing(p) -> None:
    alone = pool([part(WORLD, 0.1), part(CRISIS, 0.3)], 90, common())
    both = pool([part(WORLD, 0.1), part(CRISIS, 0.3), part(SIMULATION, p)], 90, common())
    assert alone is not None and both is not None
    assert (both.p, both.low, both.high, both.records_p) == (alone.p, alone.low, alone.high, alone.p)


def test_the_sum_has_the_learned_weights_and_its_range_holds_those_of_their_interval() -> None:
    parts = [part(WORLD, 0.1), part(CRISIS, 0.3)]
    found, narrow = pool(parts, 90, common()), pool(parts, 90, common(low=0.4, high=0.4))
    assert found is not None and narrow is not None
    assert found.weights == (0.6, 0.4) and found.p == narrow.p == pytest.approx(
        pooled([0.1, 0.3], [0.6, 0.4])
    )
    assert found.low == pytest.approx(pooled([0.05, 0.15], [0.8, 0.2])) and found.low < narrow.low
    assert found.high == pytest.approx(pooled([0.2, 0.6], [0.3, 0.7])) and found.high > narrow.high


def test_the_rule_tells_weights_counts_and_scores_as_they_are() -> None:
    rule = weigh([part(WORLD, 0.1), part(CRISIS, 0.3)], common()).rule
    for told in (
        "1,234 held-out days of mass protest, for the next 90 days (56 exits, 78 countries)",
        "world record 60 % (30 to 80), crisis record 40 % (20 to 70)",
        "world record -0.300; crisis record -0.400; the pooled hazard of all such crises -0.500",
        "-0.290, better than the world record alone: +0.0100 (+0.0050 to +0.0150)",
    ):
        assert told in rule
    assert "adds" not in rule and "simulation" not in rule


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({"crisis": 0.0, "low": 0.0}, "the crisis record adds nothing to it", "world record adds"),
        ({"crisis": 1.0, "high": 1.0}, "the world record adds nothing to it", "crisis record adds"),
        ({"low": 0.0}, "whether the crisis record adds anything is open", "adds nothing"),
        ({"high": 1.0}, "whether the world record adds anything is open", "adds nothing"),
        ({"off": 0.02}, "not surely better than the world record alone", ", better than"),
        ({"gain": -0.01}, "worse than the world record alone", "better"),
    ],
)
def test_the_rule_turns_with_what_was_learned(changes, said, unsaid) -> None:
    rule = weigh([part(WORLD, 0.1), part(CRISIS, 0.3)], common(**changes)).rule
    assert said in rule and unsaid not in rule


def test_records_that_never_forecast_the_same_days_weigh_alike_and_one_stands_alone() -> None:
    both = weigh([part(WORLD, 0.1), part(CRISIS, 0.3), part(SIMULATION, 0.9)], None)
    assert both.of == (0.5, 0.5, 0.0) and "weigh alike" in both.rule
    one = weigh([part(CRISIS, 0.3), part(SIMULATION, 0.9)], None)
    assert one.of == (1.0, 0.0) and "the crisis record stands alone" in one.rule and "alike" not in one.rule


def test_the_simulation_weighs_nothing_until_forecasts_of_it_were_scored_beside_the_records() -> None:
    parts = [part(WORLD, 0.1), part(CRISIS, 0.3), part(SIMULATION, 0.9)]
    without = weigh(parts, common())
    assert without.of == (0.6, 0.4, 0.0) and "no forecast of it has been scored" in without.rule
    scored = common()
    scored["weights"], scored["ends"] = (
        {WORLD: 0.5, CRISIS: 0.25, SIMULATION: 0.25},
        2 * [scored["weights"] | {SIMULATION: 0.1}],
    )
    scored["log"] |= {SIMULATION: -0.35}
    counted = pool(parts, 90, scored)
    assert (
        counted is not None
        and counted.weights == (0.5, 0.25, 0.25)
        and "simulation weighs 0" not in counted.rule
    )
    assert "simulation 25 % (10 to 10)" in counted.rule
    assert counted.p > counted.records_p == pytest.approx(pooled([0.1, 0.3], [2 / 3, 1 / 3]))


def test_the_weights_are_those_of_the_nearest_horizon() -> None:
    by_days = {"7": {"w": 1}, "30": {"w": 2}, "180": {"w": 3}}
    assert [nearest(by_days, d) for d in (1, 18, 19, 400)] == [
        {"within": 7, "w": 1}, {"within": 7, "w": 1}, {"within": 30, "w": 2}, {"within": 180, "w": 3},
    ]  # fmt: skip
    assert nearest({}, 30) is None


def test_a_simulation_alone_is_no_sum() -> None:
    assert pool([part(SIMULATION, 0.3)], 90) is None


def test_the_crisis_record_takes_part_while_crowds_are_out(case) -> None:
    names = {
        day: [x.name for x in found.parts]
        for day in (datetime.date(2030, 3, 5), datetime.date(2030, 3, 17), datetime.date(2030, 4, 10))
        if (found := pool_of(case.as_of(day), IN_OFFICE))
    }
    assert list(names.values()) == [[WORLD, SIMULATION], [WORLD, CRISIS, SIMULATION], [WORLD, SIMULATION]]


def test_under_mass_protest_both_records_have_their_score_on_the_same_days_and_the_shipped_weights(
    case,
) -> None:
    cut = case.as_of(datetime.date(2030, 3, 17))
    found = pool_of(cut)
    assert found is not None
    shipped = crisis.shipped()["together"]["180"]
    assert found.weights == pytest.approx((shipped["weights"][WORLD], shipped["weights"][CRISIS], 0.0))
    assert [x.score.n for x in found.parts if x.score] == 2 * [shipped["rows"]]
    assert len({x.against for x in found.parts if x.score}) == 1
    soon = pools.pool_of(pools.ask(cut), 8)
    assert soon is not None and f"({crisis.shipped()['together']['7']['exits']} exits" in soon.rule
    calm = pool_of(case.as_of(datetime.date(2030, 4, 10)))
    assert calm is not None and calm.parts[0].against == "the pooled rate of all autocracies"
    assert calm.parts[0].score != found.parts[0].score


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


def test_a_fit_that_saw_later_days_than_the_as_of_day_says_so() -> None:
    day = datetime.date(2022, 1, 5)
    found = crisis.chance(crisis.shipped(), state_of(load_case("kazakhstan-2022").as_of(day)))
    assert "days after the as-of day" not in pools.crisis_part(found, day, 30).note
    late = found._replace(until=day + datetime.timedelta(days=1))
    assert "also from days after the as-of day" in pools.crisis_part(late, day, 30).note
