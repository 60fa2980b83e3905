"""Forecast questions: settled on histories, decided by claims, beside base rates over the days that are left."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.ends import leaves, state
from fixtures.told import told
from fixtures.weights import scored
from interrex.futures import conditioned
from interrex.futures.base_rates import IN_OFFICE, gamma_factor
from interrex.futures.end_state import clock_draw, stays
from interrex.futures.pool import Part, Pool, pool
from interrex.futures.shares import Chance
from interrex.mechanisms.acts import ACT_KINDS, BY_KIND
from interrex.results.described import dataset
from interrex.results.withhold import withhold
from interrex.topics.questions import answer as questions
from interrex.topics.questions.variables import GROUP


def rule(**fields: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{"op": "", "value": None, "scope": "nation", "act": "", "outcome": "", **fields},
        counted=fields["quantity"] in ("peak_crowd", "deaths", "arrests"),
    )


def asked(made: SimpleNamespace, due: date = date(2022, 1, 10)) -> SimpleNamespace:
    return SimpleNamespace(rule=made, due=due, known_from=date(2022, 1, 1), text="?")


def claim(**fields: Any) -> SimpleNamespace:
    day = fields.pop("day", date(2022, 1, 5))
    when = SimpleNamespace(start=_at(day), end=_at(day), text=day.isoformat())
    filled = {
        "id": "a-claim",
        "kind": "act",
        "use": "fit",
        "result": "",
        "known_from": day,
        "act": "",
        "basis": "observed",
        "place": "",
        "value": None,
        "low": None,
        "high": None,
        "reliability": SimpleNamespace(mean=0.9),
        "actors": (),
        "targets": (),
        **fields,
    }
    return SimpleNamespace(when=when, **filled)


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min)


def little_case(claims: list[SimpleNamespace], as_of: date = date(2022, 1, 31)) -> SimpleNamespace:
    span = SimpleNamespace(start=date(2022, 1, 1), end=date(2022, 1, 31))
    return SimpleNamespace(
        window=span,
        as_of_date=as_of,
        claims=claims,
        coverage=[
            SimpleNamespace(what=w, start=span.start, end=span.end, place="") for w in ("acts", "crowds")
        ],
        regions=[SimpleNamespace(region="north"), SimpleNamespace(region="south")],
        units=[
            SimpleNamespace(unit=u, region=r) for u, r in (("a", "north"), ("b", "north"), ("c", "south"))
        ],
        actors=[SimpleNamespace(id="chief", role="incumbent")],
    )


def path(crowd: float = 0.0, stopped: bool = False, **acts: float) -> SimpleNamespace:

    fired = np.full((len(ACT_KINDS), 4), np.nan)
    for kind, day in acts.items():
        fired[ACT_KINDS.index(kind), 0] = day * 1440.0
    present = np.zeros((31, 2))
    present[6] = crowd, crowd / 2
    return SimpleNamespace(
        nation=present.sum(axis=1),
        present=present,
        deaths=np.full(31, crowd / 100),
        arrests=np.full(31, crowd / 10),
        fired=fired,
        stopped=stopped,
    )


def asks(question: SimpleNamespace, states: list[Any], paths: list[Any], case: Any = None) -> Any:
    island = np.zeros(max(len(states), len(paths)), int)
    return questions.settled(case or little_case([]), question, states, paths, island, 1)


def test_share_of_histories_that_meet_a_rule() -> None:
    paths = [path(4000)] * 3 + [path(400)] * 1
    states = [state(number=i, days=31) for i in range(4)]
    big = asks(asked(rule(quantity="peak_crowd", op=">=", value=5000)), states, paths)
    assert big.p == big.low == big.high == 0.75 and big.error > 0
    early = asked(rule(quantity="peak_crowd", op=">=", value=5000), due=date(2022, 1, 6))
    assert asks(early, states, paths).p == 0.0
    south = rule(quantity="peak_crowd", op=">=", value=2000, scope="south")
    assert asks(asked(south), states, paths).p == 0.75
    alone = rule(quantity="peak_crowd", op=">=", value=2000, scope="c")
    assert asks(asked(alone), states, paths).p == 0.75
    shared = rule(quantity="peak_crowd", op=">=", value=2000, scope="a")
    assert math.isnan(asks(asked(shared), states, paths).p)
    past = asked(rule(quantity="deaths", op=">=", value=10), due=date(2022, 3, 1))
    assert math.isnan(asks(past, states, paths).p)


def test_stopped_history_counts_once_its_rule_is_met_for_good() -> None:
    paths = [path(9000, stopped=True), path(0), path(0, stopped=True), path(0)]
    states = [state(number=i, days=31) for i in range(4)]
    rising = rule(quantity="peak_crowd", op=">=", value=5000)
    got = asks(asked(rising), states, paths)
    assert got.p == pytest.approx(1 / 3)
    assert (got.low, got.high) == (0.25, 0.5)


def test_act_past_the_window_goes_on_at_the_calm_rate_and_gates_hold() -> None:
    states = [state(days=31)]
    far = date(2022, 12, 31)
    lower, upper = rule(quantity="act", act="call_election"), rule(quantity="act", act="appoint_cabinet")
    got = asks(asked(lower, far), states, [path()])
    rate = questions.BY_KIND["call_election"].phase_rates.calm.per_day
    assert got.p == pytest.approx(-math.expm1(-rate * 334))
    assert asks(asked(upper, far), states, [path()]).p == 0.0
    assert asks(asked(upper, far), states, [path(dismiss_cabinet=3)]).p > 0.9
    assert asks(asked(lower, far), states, [path(call_election=9)]).p == 1.0


def test_office_and_outcome_questions_use_the_slow_clock() -> None:
    states = [state(number=i, days=31) for i in range(5)]
    office = asked(rule(quantity="in_office"), date(2022, 12, 31))
    out = asked(rule(quantity="in_office", value=False), date(2022, 12, 31))
    p = asks(office, states, []).p
    assert 0.85 < p < 0.98
    assert asks(out, states, []).p == pytest.approx(1 - p)
    calm = asked(rule(quantity="outcome", outcome="stays_calm"), date(2022, 12, 31))
    assert asks(calm, states, []).p == pytest.approx(p)


def base(question: SimpleNamespace, as_of: date = date(2022, 1, 3), word: str = "open") -> Any:
    return questions.base_rate(little_case([], as_of), question, questions.Verdict(word))


def test_base_rate_of_an_act_runs_over_the_days_that_are_left() -> None:
    calls = asked(rule(quantity="act", act="call_election"))
    rate = BY_KIND["call_election"].phase_rates.calm.per_day
    assert base(calls).p == pytest.approx(-math.expm1(-rate * 7))
    assert "over 7 days from today" in base(calls).text and "REIGN" in base(calls).text
    assert base(calls, date(2022, 1, 10)).p == pytest.approx(
        -math.expm1(-rate * 10)
    )  # due: over the days for which it stood
    assert base(calls, word="yes").p == pytest.approx(-math.expm1(-rate * 10))
    assert "over 10 days from 2022-01-01" in base(calls, word="yes").text


def test_printed_record_gives_the_printed_base_rate() -> None:
    for kind in ("call_election", "coup_attempt", "flight"):
        found = base(asked(rule(quantity="act", act=kind), date(2022, 12, 31)))
        n, exposure, days = re.search(r"so ([\d.]+) in ([\d,]+) by .* over (\d+) days", found.text).groups()
        assert found.p == pytest.approx(
            -math.expm1(-float(n) / float(exposure.replace(",", "")) * int(days)), rel=1e-4
        )
        assert f"{BY_KIND[kind].phase_rates.calm.n} in" in found.text


def test_acts_that_need_another_first_scheduled_ones_and_counts_have_no_base_rate() -> None:
    for made in (
        rule(quantity="act", act="appoint_cabinet"),
        rule(quantity="act", act="patron_accepts"),
        rule(quantity="act", act="shutdown", op=">=", value=2),
        rule(quantity="peak_crowd", op=">=", value=5),
    ):
        found = base(asked(made))
        assert math.isnan(found.p) and found.text == ""


def test_base_rate_of_an_outcome_is_its_share_of_all() -> None:
    found = base(asked(rule(quantity="outcome", outcome="uprising")))
    assert found.p == pytest.approx(7.5 / 30.5) and "7 of 26" in found.text


@given(st.integers(0, 900), st.integers(1, 60))
def test_base_rate_of_office_falls_with_the_horizon_and_jumps_nowhere(days: int, more: int) -> None:
    def kept(left: int) -> float:
        return base(asked(rule(quantity="in_office"), date(2022, 1, 3) + timedelta(days=left))).p

    near, far = kept(days + 1), kept(days + 1 + more)
    assert far < near and near - far < 0.005 * more


def test_base_rate_of_office_is_the_mean_of_three_classes_from_today_on() -> None:
    due = date(2022, 1, 3) + timedelta(days=180)
    found = base(asked(rule(quantity="in_office"), due))
    each = [rate.stays(183) / rate.stays(3) for rate in IN_OFFICE]
    assert found.p == pytest.approx(np.mean(each))
    assert all(f"{p:.2f}" in found.text for p in each)
    gone = base(asked(rule(quantity="in_office", value=False), due))
    assert gone.p == pytest.approx(1 - found.p) and f"{1 - each[2]:.2f}" in gone.text


@pytest.mark.parametrize(
    ("made", "claims", "as_of", "verdict"),
    [
        (rule(quantity="act", act="shutdown"), [claim(act="shutdown")], date(2022, 1, 6), "yes"),
        (rule(quantity="act", act="shutdown"), [], date(2022, 1, 6), "open"),
        (rule(quantity="act", act="shutdown"), [], date(2022, 1, 11), "no"),
        (
            rule(quantity="act", act="shutdown"),
            [claim(act="shutdown", basis="inference")],
            date(2022, 1, 6),
            "open",
        ),
        (
            rule(quantity="act", act="shutdown"),
            [claim(act="shutdown", reliability=SimpleNamespace(mean=0.3))],
            date(2022, 1, 6),
            "open",
        ),
        (
            rule(quantity="act", act="shutdown"),
            [claim(act="shutdown", day=date(2021, 12, 1))],
            date(2022, 1, 6),
            "open",
        ),
        (
            rule(quantity="act", act="shutdown"),
            [claim(act="shutdown", day=date(2022, 1, 20))],
            date(2022, 1, 31),
            "no",
        ),
        (
            rule(quantity="peak_crowd", op=">=", value=1000),
            [claim(kind="crowd", place="a", low=1500.0, high=9000.0)],
            date(2022, 1, 6),
            "yes",
        ),
        (
            rule(quantity="peak_crowd", op=">=", value=5000),
            [claim(kind="crowd", place="a", low=1500.0, high=9000.0)],
            date(2022, 1, 20),
            "open",
        ),
        (
            rule(quantity="peak_crowd", op=">=", value=20000),
            [claim(kind="crowd", place="a", low=1500.0, high=9000.0)],
            date(2022, 1, 20),
            "no",
        ),
        (
            rule(quantity="peak_crowd", op=">=", value=1000, scope="south"),
            [claim(kind="crowd", place="a", value=5000.0)],
            date(2022, 1, 6),
            "open",
        ),
        (rule(quantity="deaths", op=">=", value=100), [], date(2022, 1, 20), "open"),
        (rule(quantity="in_office"), [], date(2022, 1, 20), "yes"),
        (rule(quantity="in_office"), [claim(act="step_down", actors=("chief",))], date(2022, 1, 6), "no"),
        (rule(quantity="in_office"), [claim(act="step_down", actors=("other",))], date(2022, 1, 6), "open"),
    ],
)
def test_what_the_claims_decide(
    made: SimpleNamespace, claims: list[SimpleNamespace], as_of: date, verdict: str
) -> None:
    found = questions.resolved(little_case(claims, as_of), asked(made))
    assert found.word == verdict
    assert (found.claim != "") == (
        bool(claims) and verdict == "yes" or verdict == "no" and "step_down" in {c.act for c in claims}
    )


def test_a_question_is_decided_by_the_first_claim_that_meets_it() -> None:
    twice = [
        claim(act="shutdown", id="later", day=date(2022, 1, 7)),
        claim(act="shutdown", id="first", day=date(2022, 1, 4)),
    ]
    case = little_case(twice, date(2022, 1, 8))
    assert questions.resolved(case, asked(rule(quantity="act", act="shutdown"))) == ("yes", "first")
    often = rule(quantity="act", act="shutdown", op=">=", value=2)
    assert questions.resolved(case, asked(often)).word == "yes"
    assert (
        questions.resolved(case, asked(rule(quantity="act", act="shutdown", op=">=", value=3))).word == "open"
    )
    assert (
        questions.resolved(case, asked(rule(quantity="act", act="shutdown", op="<=", value=3))).word == "open"
    )


def test_a_departure_decides_office_and_the_outcomes_in_which_he_stays() -> None:
    coup = claim(act="coup_attempt", id="coup", result="succeeded", targets=("chief",))
    case = little_case([coup], date(2022, 1, 6))
    assert questions.resolved(case, asked(rule(quantity="in_office"))) == ("no", "coup")
    assert questions.resolved(case, asked(rule(quantity="in_office", value=False))) == ("yes", "coup")
    assert questions.resolved(case, asked(rule(quantity="outcome", outcome="stays_calm"))) == ("no", "coup")
    assert questions.resolved(case, asked(rule(quantity="outcome", outcome="circle_restored"))) == (
        "no",
        "coup",
    )
    assert questions.resolved(case, asked(rule(quantity="outcome", outcome="palace_coup"))).word == "open"
    failed = little_case([claim(act="coup_attempt", result="failed", targets=("chief",))], date(2022, 1, 31))
    assert questions.resolved(failed, asked(rule(quantity="in_office"))) == ("yes", "")
    assert questions.resolved(failed, asked(rule(quantity="in_office", value=False))) == ("no", "")
    later = little_case([claim(act="step_down", actors=("chief",), day=date(2022, 1, 12))], date(2022, 1, 31))
    assert questions.resolved(later, asked(rule(quantity="in_office"))) == ("yes", "")


def test_numbers_decide_by_their_lower_bound_and_silence_by_coverage() -> None:
    deaths = [claim(kind="crowd", place="a", value=900.0)]
    least = asked(rule(quantity="peak_crowd", op=">", value=900))
    assert questions.resolved(little_case(deaths, date(2022, 1, 20)), least) == ("no", "")
    assert questions.resolved(little_case(deaths, date(2022, 1, 10)), least).word == "open"
    falling = asked(rule(quantity="peak_crowd", op="<", value=900))
    assert questions.resolved(little_case(deaths, date(2022, 1, 20)), falling).word == "open"


def test_office_holds_out_of_range_histories_both_ways_and_the_gone_as_gone() -> None:
    office = asked(rule(quantity="in_office"), date(2022, 6, 30))
    ends = [state(days=31), state(days=31, number=1, stopped=1), leaves("flight", number=2)]
    found = asks(office, ends, [])
    p = stays(ends[0], clock_draw(ends[0], 1), 181.0)
    assert found.p == pytest.approx(p / 2)
    lows = [stays(ends[0], clock_draw(ends[0], 1), 181.0, rate) / 3 for rate in IN_OFFICE]
    assert found.low == pytest.approx(min(lows)) and found.high == pytest.approx(max(lows) + 1 / 3)


def test_an_outcome_is_not_known_before_the_window_ends() -> None:
    early = asked(rule(quantity="outcome", outcome="stays_calm"), date(2022, 1, 30))
    assert math.isnan(asks(early, [state(days=31)], []).p)
    last = asked(rule(quantity="outcome", outcome="stays_calm"), date(2022, 1, 31))
    assert asks(last, [state(days=31)], []).p == 1.0


def test_an_act_after_the_window_ranges_over_what_its_count_says() -> None:
    far = asked(rule(quantity="act", act="call_election"), date(2022, 12, 31))
    found = asks(far, [state(days=31)], [path()])
    rate = BY_KIND["call_election"].phase_rates.calm
    for end, level in ((found.low, 0.05), (found.high, 0.95)):
        assert end == pytest.approx(-math.expm1(-rate.per_day * gamma_factor(rate.n, level) * 334))
    inside = asks(asked(rule(quantity="act", act="call_election")), [state()], [path(call_election=3)])
    assert inside.low == inside.p == inside.high == 1.0


def test_rules_in_words() -> None:
    assert questions.rule_text(rule(quantity="act", act="flight")) == "flight happens"
    assert questions.rule_text(rule(quantity="act", act="flight", op=">=", value=2)) == "flight >= 2 times"
    assert questions.rule_text(rule(quantity="outcome", outcome="uprising")) == "outcome is uprising succeeds"
    assert questions.rule_text(rule(quantity="in_office", value=False)) == "incumbent out of office"
    assert (
        questions.rule_text(rule(quantity="deaths", op=">", value=1000, scope=""))
        == "deaths in nation > 1,000"
    )


RECORDS: Any = None


def by_sum(monkeypatch: pytest.MonkeyPatch, leaves: float = 0.2, weight: float | None = None) -> list[tuple[int, float]]:
    """The sum with a world record that gives him `leaves` to leave; what it is asked is put into the list."""
    asked_for: list[tuple[int, float]] = []

    def pool_of(records: Any, days: int, stays_in: Chance) -> Pool | None:
        asked_for.append((days, stays_in.p))
        parts = [Part("world record", leaves, leaves / 2, 2 * leaves), Part("simulation", 1 - stays_in.p, 0, 1)]
        return pool(parts, days, scored(weight)) if days > 0 else None

    monkeypatch.setattr(questions, "pool_of", pool_of)
    return asked_for


def chance_of(made: SimpleNamespace, claims: Any = (), as_of: date = date(2022, 1, 4), states: Any = None) -> questions.Told:
    case: Any = little_case(list(claims), as_of)
    due: Any = asked(made, date(2022, 1, 31))
    return questions.told(case, due, states or [state(days=31)], [path()], np.zeros(1, int), 1, lambda: RECORDS)


def test_whether_he_leaves_office_is_told_by_the_sum_of_records_and_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = by_sum(monkeypatch)
    stay, leave = (chance_of(rule(quantity="in_office", value=v)) for v in (None, False))
    assert asked_for == 2 * [(27, 1.0)]
    assert stay.chance[:3] == pytest.approx((0.8, 0.6, 0.9)) and leave.chance[:3] == pytest.approx((0.2, 0.1, 0.4))
    assert stay.parts == {"world record": (0.8, 1.0), "simulation": (1.0, 0.0)} and math.isnan(stay.chance.error)
    by_sum(monkeypatch, weight=0.25)
    assert chance_of(rule(quantity="in_office", value=None)).chance.p > 0.8


def test_a_way_out_is_the_chance_of_leaving_times_its_share_of_the_exits(monkeypatch: pytest.MonkeyPatch) -> None:
    by_sum(monkeypatch)
    ends = [leaves(number=0, days=31, kind="coup_attempt", day=20.0), *(state(number=i, days=31) for i in range(1, 4))]
    case: Any = little_case([], date(2022, 1, 4))
    due: Any = asked(rule(quantity="outcome", outcome="palace_coup"), date(2022, 1, 31))
    found = questions.told(case, due, ends, [path()] * 4, np.zeros(4, int), 1, lambda: RECORDS)
    assert found.way == pytest.approx(1.0) and found.chance.p == pytest.approx(0.2)
    assert found.parts["simulation"] == (pytest.approx(0.25), 0.0)
    other: Any = asked(rule(quantity="outcome", outcome="uprising"), date(2022, 1, 31))
    assert questions.told(case, other, ends, [path()] * 4, np.zeros(4, int), 1, lambda: RECORDS).chance.p == 0.0


def test_what_the_simulation_alone_can_tell_stays_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    by_sum(monkeypatch)
    alone = {"simulation": (pytest.approx(1.0), 1.0)}
    assert chance_of(rule(quantity="in_office"), as_of=date(2022, 1, 31)).parts == alone  # no day is left
    assert chance_of(rule(quantity="outcome", outcome="stays_calm")).parts == alone
    gone = claim(act="step_down", actors=("chief",), result="succeeded")
    assert chance_of(rule(quantity="in_office"), [gone]).parts == alone


def test_the_group_is_whole_and_a_case_without_questions_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    by_sum(monkeypatch)
    case = little_case([], date(2022, 1, 3))
    case.questions = [asked(rule(quantity="in_office")), asked(rule(quantity="deaths", op=">=", value=5))]
    data = questions.questions(case, [state(days=31)] * 4, [path(800)] * 4, np.zeros(4, int), 1, lambda: RECORDS)
    assert set(data.variables) == {v.name for v in GROUP.variables}
    for variable in GROUP.variables:
        assert variable.long_name and variable.source and (variable.units or variable.kind == "text")
    assert data["part"].values.tolist() == ["world record", "simulation"]
    assert data["q_part"].values.tolist()[0] == [0.8, 1.0] and data["q_weight"].values.tolist() == [[1, 0], [0, 1]]
    assert math.isnan(data["q_part"].values[1, 0]) and data["q_p"].values[0] == 0.8
    assert data["q_p"].values[1] == 1.0 and data["due"].values[0] == "2022-01-10"
    case.questions.reverse()
    turned = questions.questions(case, [state(days=31)] * 4, [path(800)] * 4, np.zeros(4, int), 1, lambda: RECORDS)
    assert turned["part"].values.tolist() == ["world record", "simulation"]  # the simulation stands last
    case.questions = []
    assert questions.questions(case, [], [], np.zeros(0, int), 1, lambda: RECORDS).attrs["absent_because"]


# what the section says


def stored(**changes: Any) -> Any:
    values = {
        "text": ["Will it end?", "Did it begin?", "Is it due?"],
        "rule": ["flight happens", "peak_crowd in far-north >= 1,000", "incumbent in office"],
        "due": ["2030-03-31", "2030-03-25", "2030-03-20"], "q_p": [0.7, 0.97, 0.4], "q_low": [0.6, 0.97, 0.1],
        "q_high": [0.8, 0.97, 0.4], "q_error": [0.03, 0.005, np.nan], "q_base": [0.25, np.nan, 0.5],
        "q_base_source": ["3 in 100 days", "", "many from 2030-03-01"], "q_resolved": ["open", "yes", "open"],
        "q_claim": ["", "crowd-seen", ""], "part": ["world record", "simulation"],
        "q_part": [[np.nan, 0.7], [np.nan, 0.97], [0.4, 0.3]], "q_weight": [[0, 1], [0, 1], [1, 0]], "q_way": [np.nan] * 3,
    }  # fmt: skip
    return dataset(GROUP, values | changes)


def test_open_questions_stand_before_those_due_or_decided() -> None:
    said = told("questions", questions=stored())
    assert (
        said.index("Still open on 20 Mar 2030")
        < said.index("Will it end?")
        < said.index("Due or decided by 20 Mar 2030")
    )
    assert said.index("Due or decided") < said.index("Did it begin?") < said.index("Is it due?")
    moved = told("questions", questions=stored(q_resolved=["no", "yes", "open"]))
    assert "Still open" not in moved
    assert "Due or decided" not in told(
        "questions", {"as_of": "2030-03-01"}, questions=stored(q_resolved=["open"] * 3)
    )


def test_every_question_has_its_number_error_range_and_base_rate() -> None:
    said = told("questions", questions=stored())
    assert (
        "31 Mar 2030 day 70 % strong break likely muted fine num ± 3 num 60 % to 80 % num 25 % num not yet"
        in said
    )
    assert (
        "97 % strong break almost certain muted fine num ± 0.5 num – num – num yes, by claim crowd-seen"
        in said
    )
    assert "Base rate: 3 in 100 days." in said and "Base rate: Many from 1 Mar 2030." in said
    assert said.count("Base rate:") == 2
    assert "the ledger does not decide it" in said


def test_the_sources_of_a_sum_are_told_with_their_weights() -> None:
    said = told("questions", questions=stored())
    assert said.count("Probability: the sum") == 1
    assert "world record 40 % (counts 100 %), simulation 30 % (does not count)." in said and "go this way" not in said
    other = told(
        "questions", questions=stored(q_weight=[[0, 1], [0, 1], [0.75, 0.25]], q_way=[np.nan, np.nan, 0.5])
    )
    assert "of whose exits 50 % go this way by the simulation" in other
    assert "world record 40 % (counts 75 %), simulation 30 % (counts 25 %)." in other


def test_silence_that_decides_is_said() -> None:
    said = told("questions", questions=stored(q_resolved=["open", "no", "open"], q_claim=["", "", ""]))
    assert "no, by the silence of a ledger that covers the time" in said


def test_rules_are_told_without_identifiers() -> None:
    said = told("questions", questions=stored())
    assert "Rule: Flight of the incumbent happens." in said
    assert "Rule: Largest crowd at once in far-north at least 1,000." in said
    whole = told(
        "questions",
        questions=stored(rule=["peak_crowd in nation <= 5", "deaths in nation > 1", "arrests in nation > 2"]),
    )
    assert (
        "Largest crowd at once in the whole country at most 5." in whole
        and "Dead in" in whole
        and "Detained in" in whole
    )


def test_a_withheld_range_of_a_question_is_not_printed() -> None:
    said = told("questions", passed=False, questions=stored())
    assert "60 % to 80 %" not in said and "The range is withheld." in said and "± 3" in said
    assert "withheld" not in told("questions", questions=stored())


def test_a_range_of_records_alone_is_printed_where_the_sampler_fails() -> None:
    failed = withhold(stored(q_recorded=[0, 0, 1]), GROUP)
    said = told("questions", passed=False, questions=failed)
    assert "10 % to 40 %" in said and "60 % to 80 %" not in said and "withheld where it rests on the simulation" in said
    assert "10 % to 40 %" not in told("questions", passed=False, questions=withhold(stored(), GROUP))


def test_the_range_of_a_way_out_or_of_a_simulation_that_counts_is_the_samplers(monkeypatch: pytest.MonkeyPatch) -> None:
    by_sum(monkeypatch)
    assert chance_of(rule(quantity="in_office", value=None)).recorded
    ends = [leaves(number=i, days=31, kind="coup_attempt", day=20.0) for i in range(2)]
    assert not chance_of(rule(quantity="outcome", outcome="palace_coup"), states=[*ends[:1]]).recorded
    assert not chance_of(rule(quantity="deaths", op=">=", value=5)).recorded
    by_sum(monkeypatch, weight=0.25)
    assert not chance_of(rule(quantity="in_office", value=None)).recorded


def test_the_records_are_asked_once_a_run_and_only_where_a_question_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of: list[Any] = []
    monkeypatch.setattr(conditioned, "ask", lambda case: asked_of.append(case) or RECORDS)
    by_sum(monkeypatch)
    case = little_case([], date(2022, 1, 3))
    histories = SimpleNamespace(ends=[state(days=31)], summaries=[path(800)], island=np.zeros(1, int))
    for wanted, times in (([rule(quantity="deaths", op=">=", value=5)], 0), ([rule(quantity="in_office")] * 3, 1)):
        case.questions = [asked(r) for r in wanted]
        run: Any = conditioned.Conditioned(case, *[None] * 10)  # pyright: ignore[reportArgumentType]
        object.__setattr__(run, "histories", histories)
        object.__setattr__(run, "settings", SimpleNamespace(seed=1))
        questions.answer(run), questions.answer(run)
        assert len(asked_of) == times
