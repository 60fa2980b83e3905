"""Outcomes, questions, support arithmetic and the prior check: made-up histories, then a small real run."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from interrex.engine.overrides import State
from interrex.errors import RunError
from interrex.futures import end_state as ends
from interrex.futures.base_rates import EXIT_HAZARDS, OUTCOMES
from interrex.mechanisms.contract import Prior
from interrex.mechanisms.state import PATRON
from interrex.topics.prior_check import answer as prior_check
from interrex.topics.questions import answer as questions
from interrex.topics.support import answer as support

CALM: dict[str, float] = {
    "stopped": 0,
    "days": 71,
    "population": 19e6,
    "has_predecessor": 1,
    "out": 0,
    "exit_day": math.inf,
    "exit_kind": -1,
    "exit_large_day": 0,
    "exit_capital_share": 0,
    "exit_in_crisis": 0,
    "deserted": 0,
    "predecessor_in": 1,
    "party_given_up": 0,
    "service_lost": 0,
    "deaths": 0,
    "arrests": 0,
    "peak": 300,
    "concession": 0,
    "cabinet": 0,
    "promise_reform": 0,
    "amnesty": 0,
    "call_election": 0,
    "referendum": 0,
    "rescue": 0,
    "purge": 0,
    "seizure": 0,
    "crisis": 0,
    "crisis_at_end": 0,
    "elite_doubt": 0.1,
    "slot": 0,
}


def state(**changes: float) -> dict[str, float]:
    return {**CALM, **changes}


def leaves(kind: str, **changes: float) -> dict[str, float]:
    return state(out=1, exit_day=20.0, exit_kind=ends.EXITS.index(kind), **changes)


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        (state(), "stays_calm"),
        (state(deaths=9, arrests=949), "stays_calm"),
        (state(deaths=10), "stays_by_force"),
        (state(arrests=951), "stays_by_force"),
        (state(referendum=1, deaths=9), "stays_by_concession"),
        (state(referendum=1, deaths=10), "stays_by_force"),
        (state(crisis=1), "circle_restored"),
        (state(crisis=1, has_predecessor=0), "stays_calm"),
        (state(crisis=1, party_given_up=1), "circle_restored"),
        (state(crisis=1, party_given_up=1, service_lost=1), "stays_calm"),
        (state(crisis=1, predecessor_in=0), "stays_calm"),
        (state(deaths=1000, seizure=1, crisis_at_end=1), "protracted_conflict"),
        (leaves("step_down", deaths=1000, seizure=1, crisis_at_end=1), "protracted_conflict"),
        (leaves("coup_attempt"), "palace_coup"),
        (leaves("coup_attempt", exit_large_day=1, exit_capital_share=0.001), "palace_coup"),
        (leaves("coup_attempt", exit_large_day=1, exit_capital_share=0.01), "uprising"),
        (leaves("flight", exit_large_day=1), "uprising"),
        (leaves("flight"), "managed_succession"),
        (leaves("step_down", exit_large_day=1, deserted=1), "uprising"),
        (leaves("step_down", exit_large_day=1, exit_in_crisis=1), "negotiated_exit"),
        (leaves("step_down"), "managed_succession"),
        (leaves("assassination", exit_large_day=1, deserted=1), "managed_succession"),
    ],
)
def test_first_rule_that_matches_names_the_outcome(summary: dict[str, float], outcome: str) -> None:
    assert ends.classify(summary) == outcome


def test_every_combination_of_flags_has_exactly_one_outcome() -> None:
    rng = np.random.default_rng(3)
    flags = [k for k in CALM if k not in ("stopped", "exit_day", "exit_kind", "days", "population", "slot")]
    for _ in range(300):
        drawn = {k: float(rng.integers(0, 2)) for k in flags}
        drawn |= {"deaths": float(rng.choice([0, 10, 2000])), "arrests": float(rng.choice([0, 5000]))}
        summary = state(**drawn)
        if summary["out"]:
            summary |= {"exit_kind": float(rng.integers(0, 4)), "exit_day": 30.0}
        p = ends.fates(summary, 0.2)
        assert p.sum() == pytest.approx(1.0, abs=1e-12)
        assert (p >= 0).all()
        assert ends.classify(summary) in OUTCOMES


def test_slow_clock_without_deviation_is_the_panel_rate_to_the_bit() -> None:
    total = sum(h.rate for h in ends.SLOW_CLOCK)
    for days in (0.0, 1.0, 109.0, 180.0, 365.0):
        expected = -math.expm1(-total * days / 365.25)
        assert ends.exit_probability(days) == expected
        assert ends.exit_probability(days, 0.0, 0.7) == expected
        assert ends.exit_probability(days, 0.4, 0.0) == expected
        assert ends.stays(state(elite_doubt=0.9), 0.0, 71.0 + days) == 1.0 - expected
    assert set(EXIT_HAZARDS) < set(ends.SLOW_CLOCK)
    assert ends.exit_probability(109.0, 0.3, 0.5) > ends.exit_probability(109.0, 0.0, 0.5)


def test_one_panel_hazard_alone_gives_its_own_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    for hazard in EXIT_HAZARDS:
        monkeypatch.setattr(ends, "SLOW_CLOCK", (hazard,))
        assert ends.exit_probability(109.0) == hazard.probability(109.0)


def test_who_is_out_in_the_window_stays_out() -> None:
    gone = leaves("flight", exit_large_day=1)
    assert ends.stays(gone, 0.1, 180.0) == 0.0
    assert ends.stays(gone, 0.1, 10.0) == 1.0
    assert ends.fates(gone, 0.1)[ends.NAMES.index("uprising")] == 1.0


def test_outcome_probabilities_sum_to_one_and_lie_in_their_intervals() -> None:
    rows = [state(slot=i) for i in range(20)] + [state(slot=20 + i, deaths=50) for i in range(10)]
    data = ends.outcomes(rows, seed=1)
    assert data["p"].sum() == pytest.approx(1.0)
    assert (data["low"] <= data["p"]).all() and (data["p"] <= data["high"]).all()
    assert data["p"].values[ends.NAMES.index("stays_by_force")] == pytest.approx(1 / 3, abs=0.03)
    assert 0.4 < data.attrs["reference_low"] < data.attrs["reference_high"] < 0.96
    stays = [i for i, n in enumerate(ends.NAMES) if n.startswith("stays")]
    assert data.attrs["in_office_p"] == pytest.approx(float(data["p"].values[stays].sum()))
    assert data.equals(ends.outcomes(rows, seed=1))


def test_histories_that_left_the_range_of_the_model_widen_every_interval() -> None:
    rows = [state(slot=i) for i in range(40)]
    lost = [state(slot=40 + i, stopped=1) for i in range(10)]
    sure, unsure = ends.outcomes(rows, 1), ends.outcomes(rows + lost, 1)
    calm = ends.NAMES.index("stays_calm")
    assert unsure["p"].values[calm] == pytest.approx(sure["p"].values[calm])
    assert unsure["low"].values[calm] < 0.82
    assert (unsure["high"] > sure["high"]).values[ends.NAMES.index("uprising")]
    nothing = ends.outcomes(lost, 1)
    assert np.isnan(nothing["p"].values).all()
    assert (nothing["low"] == 0).all() and (nothing["high"] == 1).all()


def test_concession_grades() -> None:
    grades = [
        state(),
        state(concession=0.5),
        state(cabinet=1, concession=1),
        state(promise_reform=1),
        state(call_election=1, referendum=1),
    ]
    assert [ends.concession_grade(s) for s in grades] == [0, 1, 2, 3, 4]


# --- questions ---


def rule(**fields: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{"op": "", "value": None, "scope": "nation", "act": "", "actor": "", "outcome": "", **fields}
    )


def asked(made: SimpleNamespace, due: date = date(2022, 1, 10)) -> SimpleNamespace:
    return SimpleNamespace(rule=made, due=due, known_from=date(2022, 1, 1), text="?")


def claim(**fields: Any) -> SimpleNamespace:
    day = fields.pop("day", date(2022, 1, 5))
    when = SimpleNamespace(start=_at(day), end=_at(day), text=day.isoformat())
    filled = {
        "kind": "act",
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


def _at(day: date) -> Any:
    from datetime import datetime

    return datetime.combine(day, datetime.min.time())


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
    from interrex.mechanisms.acts import ACT_KINDS

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


ARENA = SimpleNamespace(days=31, seed=1)


def test_share_of_histories_that_meet_a_rule() -> None:
    case = little_case([])
    paths = [path(4000)] * 3 + [path(400)] * 1
    states = [state(slot=i, days=31) for i in range(4)]
    big = questions.answer(
        case, asked(rule(quantity="peak_crowd", op=">=", value=5000)), states, paths, ARENA
    )
    assert big.p == 0.75 and big.low < 0.75 < big.high
    early = asked(rule(quantity="peak_crowd", op=">=", value=5000), due=date(2022, 1, 6))
    assert questions.answer(case, early, states, paths, ARENA).p == 0.0
    south = rule(quantity="peak_crowd", op=">=", value=2000, scope="south")
    assert questions.answer(case, asked(south), states, paths, ARENA).p == 0.75
    alone = rule(quantity="peak_crowd", op=">=", value=2000, scope="c")
    assert questions.answer(case, asked(alone), states, paths, ARENA).p == 0.75
    shared = rule(quantity="peak_crowd", op=">=", value=2000, scope="a")
    assert math.isnan(questions.answer(case, asked(shared), states, paths, ARENA).p)
    past = asked(rule(quantity="deaths", op=">=", value=10), due=date(2022, 3, 1))
    assert math.isnan(questions.answer(case, past, states, paths, ARENA).p)


def test_stopped_history_counts_once_its_rule_is_met_for_good() -> None:
    case = little_case([])
    paths = [path(9000, stopped=True), path(0), path(0, stopped=True), path(0)]
    states = [state(slot=i, days=31) for i in range(4)]
    rising = rule(quantity="peak_crowd", op=">=", value=5000)
    got = questions.answer(case, asked(rising), states, paths, ARENA)
    assert got.p == pytest.approx(1 / 3)
    assert got.high > 0.7


def test_act_past_the_window_goes_on_at_the_calm_rate_and_gates_hold() -> None:
    case = little_case([])
    states = [state(days=31)]
    far = date(2022, 12, 31)
    lower, upper = rule(quantity="act", act="call_election"), rule(quantity="act", act="appoint_cabinet")
    got = questions.answer(case, asked(lower, far), states, [path()], ARENA)
    rate = questions.BY_KIND["call_election"].phase_rates.calm.per_day
    assert got.p == pytest.approx(-math.expm1(-rate * 334))
    assert questions.answer(case, asked(upper, far), states, [path()], ARENA).p == 0.0
    assert questions.answer(case, asked(upper, far), states, [path(dismiss_cabinet=3)], ARENA).p > 0.9
    assert questions.answer(case, asked(lower, far), states, [path(call_election=9)], ARENA).p == 1.0


def test_office_and_outcome_questions_use_the_slow_clock() -> None:
    case = little_case([])
    states = [state(slot=i, days=31) for i in range(5)]
    office = asked(rule(quantity="in_office"), date(2022, 12, 31))
    out = asked(rule(quantity="in_office", value=False), date(2022, 12, 31))
    p = questions.answer(case, office, states, [], ARENA).p
    assert 0.85 < p < 0.98
    assert questions.answer(case, out, states, [], ARENA).p == pytest.approx(1 - p)
    calm = asked(rule(quantity="outcome", outcome="stays_calm"), date(2022, 12, 31))
    assert questions.answer(case, calm, states, [], ARENA).p == pytest.approx(p)


def test_base_rate_of_an_act_is_its_calm_rate_over_the_days_asked_about() -> None:
    p, source = questions.base_rate(little_case([]), asked(rule(quantity="act", act="call_election")))
    rate = questions.BY_KIND["call_election"].phase_rates.calm.per_day
    assert p == pytest.approx(-math.expm1(-rate * 10)) and "REIGN" in source
    gated, why = questions.base_rate(little_case([]), asked(rule(quantity="act", act="appoint_cabinet")))
    assert math.isnan(gated) and why == ""
    p, _ = questions.base_rate(little_case([]), asked(rule(quantity="outcome", outcome="uprising")))
    assert p == pytest.approx(7.5 / 27)


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
    assert questions.resolved(little_case(claims, as_of), asked(made)) == verdict


# --- support ---


def test_shapley_shares_of_known_games() -> None:
    worth = np.array([sum(w for w, on in zip((1, 2, 3, 4), s, strict=True) if on) for s in support.SUBSETS])
    assert support.shapley(worth) == pytest.approx([1, 2, 3, 4])
    both = np.array([float(s[0] and s[3]) for s in support.SUBSETS])
    assert support.shapley(both) == pytest.approx([0.5, 0, 0, 0.5])
    drawn = np.random.default_rng(1).random(16)
    assert support.shapley(drawn).sum() == pytest.approx(drawn[0] - drawn[-1])


def test_least_subsets_that_keep_him() -> None:
    keeps = np.array([0.9 if s[3] or (s[0] and s[1]) else 0.3 for s in support.SUBSETS])
    assert support.minimal(keeps) == [(1, 1, 0, 0), (0, 0, 0, 1)]
    assert "{elite, street} or {force}" in support.verdict(keeps, 0.9)
    assert "not borne out" in support.verdict(keeps, 0.9)
    assert "not borne out" not in support.verdict(keeps, 0.5)
    assert "hardly differ" in support.verdict(np.full(16, 0.95), 0.9)
    assert "No combination" in support.verdict(np.linspace(0.7, 0.2, 16), 0.3)


def test_supports_are_taken_away_where_there_is_still_something_to_survive() -> None:
    arena = SimpleNamespace(
        days=71, script=SimpleNamespace(tick=np.array([48, 60]), kind=np.array([1000, 3]))
    )
    assert support.begin_tick(arena, 60) == 60
    assert support.begin_tick(arena, 284) == 48
    assert support.begin_tick(arena, 284 - 27 * 4) == 48
    quiet = SimpleNamespace(days=71, script=SimpleNamespace(tick=np.zeros(0), kind=np.zeros(0)))
    assert support.begin_tick(quiet, 284) == 0


# --- prior check ---


def test_small_protests_are_counted_once_a_day_and_from_calm() -> None:
    units = np.zeros((12, 2))
    units[1:3, 0] = 40  # begins and ends on day 0
    units[5:12, 1] = 900  # begins on day 1, lasts over night: day 2 is no new one
    assert prior_check.small_protests(units, 4) == 2
    units[9:11, 0] = 5000
    assert prior_check.small_protests(units, 4) == 2


def test_pattern_of_the_case() -> None:
    nation = 1e6
    units = np.zeros((80, 10))
    units[4:20, :8] = 400.0
    assert prior_check.is_event(units, nation, 4)
    assert not prior_check.is_event(units[:, :7], nation, 4)
    late = units.copy()
    late[4:20, 7] = 0.0
    late[18:20, 7] = 400.0  # 84 hours after the first
    assert not prior_check.is_event(late, nation, 4)
    assert not prior_check.is_event(units, 1e7, 4)
    lasting = units.copy()
    lasting[20:, 0] = 150.0
    assert not prior_check.is_event(lasting, nation)
    assert not prior_check.is_event(np.zeros((8, 3)), nation)


def test_lock_notices_a_changed_prior(tmp_path: Any) -> None:
    from interrex.inference.space import make_space
    from interrex.mechanisms import all_mechanisms

    space = make_space(all_mechanisms(), {}, 3, 5)
    lock = prior_check.priors_lock(space, {"event": 0.0581234567}, date(2022, 1, 1))
    assert lock["figures"] == {"event": 0.0581235}
    file = tmp_path / "priors.lock"
    prior_check.write_lock(file, lock)
    assert prior_check.check_lock(file, space)[0]
    other = list(space.params)
    other[3] = other[3]._replace(prior=Prior("normal", 9.0, 1.0))
    same, sentence = prior_check.check_lock(file, space._replace(params=tuple(other)))
    assert not same and "2022-01-01" in sentence
    assert prior_check.check_lock(file, space._replace(days=9, regions=1))[0]
    file.write_text("{}")
    with pytest.raises(RunError, match="lock"):
        prior_check.check_lock(file, space)


# --- a small real run ---


@pytest.fixture(scope="module")
def small() -> Any:
    from interrex.case import load_case
    from interrex.engine.pool import Pool
    from interrex.futures.members import prior_members
    from interrex.inference.model import build

    cut = load_case("belarus-2020").as_of(date(2020, 9, 30))
    model = build(cut, 100, 1)
    pool = Pool(model.arena, 2)
    members = prior_members(model.space, model.arena, np.ones(4), 1, 6)
    yield cut, model, pool, members
    pool.close()


def test_answers_of_a_real_run_fit_the_schema(small: Any) -> None:
    import xarray as xr

    from interrex.futures.members import run_free
    from interrex.futures.summaries import summarise
    from interrex.results.schema import problems
    from interrex.topics import groups

    cut, model, pool, members = small
    arena, priors = model.arena, model.target.hazard_priors
    calls: list[int] = []
    held = support.support(pool, arena, members, priors, 0, 1, per_subset=3, advance=calls.append)
    assert sum(calls) == 16 * 3
    both = run_free(
        pool, arena, members, priors, 0, lambda h, m: (ends.end_state(h, m, arena), summarise(h, m)), 1
    )
    states, paths = [a for a, _ in both], [b for _, b in both]
    told = ends.outcomes(states, 1).merge(questions.questions(cut, states, paths, arena))
    tree = xr.DataTree.from_dict({"/outcomes": told, "/support": held})
    assert problems(tree, groups()) == []
    assert held["shapley"].sum() == pytest.approx(float(held["p_office"][0] - held["p_office"][-1]))
    again = support.support(pool, arena, members, priors, 0, 1, per_subset=3)
    assert again.equals(held)


def test_all_supports_on_is_the_free_history(small: Any) -> None:
    from interrex.futures.members import run_free

    _, model, pool, members = small
    arena, priors = model.arena, model.target.hazard_priors
    free = run_free(pool, arena, members, priors, 0, lambda h, m: ends.end_state(h, m, arena), 1)
    for member, plain in zip(members, free, strict=True):
        on, _ = support.run_subset(pool, arena, member, priors, 0, (1, 1, 1, 1), 1)
        expected = ends.stays(plain, ends.clock_draw(plain, 1))
        assert math.isnan(on.office) if plain["stopped"] and not plain["out"] else on.office == expected


def test_taking_the_force_away_leaves_fewer_officers_in_every_history_to_its_end(small: Any) -> None:
    from interrex.engine.history import Hook, replay
    from interrex.futures.members import free_course

    _, model, pool, members = small
    arena, begin = model.arena, 8
    for member in members:
        officers: dict[int, list[float]] = {}
        for subset in ((1, 1, 1, 1), (1, 1, 1, 0)):
            seen = officers[subset[3]] = []
            course = free_course(arena, member, model.target.hazard_priors, begin, 1)
            look = Hook(
                range(begin + 1, arena.ticks + 1), lambda h, seen=seen: seen.append(float(h.macro.force.sum()))
            )
            away = support.taken_away(subset, arena, begin)
            replay(arena, member.luck, course, pool.workspace(), overrides=away, hooks=(look,))
        assert len(officers[1]) > 1 and len(officers[0]) > 1
        assert all(few < 0.2 * many for many, few in zip(officers[1], officers[0], strict=False))


def test_every_support_that_is_off_moves_the_histories(small: Any) -> None:
    """Each of the four, alone, changes what happens in some history; a support that did nothing would be arithmetic on
    nothing."""
    from interrex.engine.history import replay
    from interrex.futures.members import free_course

    _, model, pool, members = small
    arena, begin = model.arena, 8
    asks = State("level", begin, PATRON, value=5000.0)  # troops in the country, so that there is something to take away

    def paths(subset: tuple[int, int, int, int]) -> list[bytes]:
        out = []
        for member in members:
            course = free_course(arena, member, model.target.hazard_priors, begin, 1)
            overrides = (asks, *support.taken_away(subset, arena, begin))
            trace = replay(arena, member.luck, course, pool.workspace(), overrides=overrides).trace
            out.append(trace.levels.tobytes() + trace.units.tobytes() + trace.signals.tobytes())
        return out

    plain = paths((1, 1, 1, 1))
    for off in range(4):
        subset = tuple(int(i != off) for i in range(4))
        assert any(a != b for a, b in zip(plain, paths(subset), strict=True)), support.NAMES[off]  # type: ignore[arg-type]


def test_prior_check_of_a_real_run(small: Any) -> None:
    cut, model, pool, members = small
    names = tuple(r.region for r in cut.regions)
    data = prior_check.prior_check(pool, model.arena, members, model.target.hazard_priors, 1, names)
    figures = prior_check.figures(data)
    assert set(prior_check.WANTED) < set(figures)
    assert (data["low"] <= data["high"]).all()
    assert list(data["region"].values) == list(names)
    assert data["first_rank"].min() == 1
    with pytest.raises(RunError):
        prior_check.prior_check(pool, model.arena, [], model.target.hazard_priors, 1)
