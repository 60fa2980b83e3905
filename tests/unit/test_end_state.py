"""How histories end: the outcome rules, the slow clock, and what the ledger documents of his office."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from fixtures.ends import CALM, leaves, state
from interrex.engine.acts import build_table
from interrex.engine.course import Course, free_modes, fresh_clocks
from interrex.engine.history import Hook, replay
from interrex.futures import end_state as ends
from interrex.futures.base_rates import IN_OFFICE
from interrex.futures.members import free_course, prior_members
from interrex.futures.office import EXITS, NOTHING_KNOWN, Office, attempts, departure, office_of
from interrex.futures.shares import chance, monte_carlo
from interrex.inference.dated_acts import merge_events
from interrex.mechanisms.acts import ACT_KINDS, COUPS_REALISED
from interrex.words import OUTCOMES


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
    flags = [k for k in CALM if k not in ("stopped", "exit_day", "exit_kind", "days", "population", "number")]
    for _ in range(300):
        drawn = {k: float(rng.integers(0, 2)) for k in flags}
        drawn |= {"deaths": float(rng.choice([0, 10, 2000])), "arrests": float(rng.choice([0, 5000]))}
        summary = state(**drawn)
        if summary["out"]:
            summary |= {"exit_kind": float(rng.integers(0, 4)), "exit_day": 30.0}
        p = ends.fates(summary, 0.2, 180.0)
        assert p.sum() == pytest.approx(1.0, abs=1e-12)
        assert (p >= 0).all()
        assert ends.classify(summary) in OUTCOMES


def test_who_is_out_in_the_window_stays_out() -> None:
    gone = leaves("flight", exit_large_day=1)
    assert ends.stays(gone, 0.1, 180.0) == 0.0
    assert ends.stays(gone, 0.1, 10.0) == 1.0
    assert ends.fates(gone, 0.1, 180.0)[ends.NAMES.index("uprising")] == 1.0


def test_concession_grades() -> None:
    grades = [
        state(),
        state(concession=0.5),
        state(cabinet=1, concession=1),
        state(promise_reform=1),
        state(call_election=1, referendum=1),
    ]
    assert [ends.concession_grade(s) for s in grades] == [0, 1, 2, 3, 4]


def test_the_slow_clock_is_the_hazard_of_the_class_and_doubt_moves_it() -> None:
    for rate in IN_OFFICE:
        gone = ends.exit_probability(71.0, 180.0, rate=rate)
        assert gone == pytest.approx(1 - rate.stays(180) / rate.stays(71))
        assert ends.stays(state(elite_doubt=0.9), 0.0, 180.0, rate) == pytest.approx(1 - gone)
        assert ends.exit_probability(180.0, 71.0, rate=rate) == 0.0
    once = ends.exit_probability(71.0, 180.0)
    assert (
        ends.exit_probability(71.0, 180.0, 0.0, 0.7) == once == ends.exit_probability(71.0, 180.0, 0.4, 0.0)
    )
    assert ends.exit_probability(71.0, 180.0, 0.3, 0.5) == pytest.approx(1 - (1 - once) ** math.exp(0.15))


def test_exits_after_the_window_are_shared_out_as_leaders_left() -> None:
    p = dict(zip(ends.NAMES, ends.fates(state(), 0.0, 180.0), strict=True))
    gone = ends.exit_probability(71.0, 180.0)
    assert p["stays_calm"] == pytest.approx(1 - gone)
    assert p["palace_coup"] == pytest.approx(gone * 37 / 339)
    assert p["protracted_conflict"] == pytest.approx(gone * 26 / 339)
    assert p["managed_succession"] == pytest.approx(gone * (31 + 233) / 339)


def test_a_history_that_left_the_range_of_the_model_is_unknown_unless_he_was_gone() -> None:
    assert math.isnan(ends.stays(state(stopped=1), 0.0, 180.0))
    assert np.isnan(ends.fates(state(stopped=1), 0.0, 180.0)).all()
    assert ends.stays(leaves("flight", stopped=1), 0.0, 180.0) == 0.0


# a share over histories


def test_histories_out_of_range_count_as_no_and_as_yes() -> None:
    found = chance(np.array([1.0, 0.0, np.nan, 1.0]), np.zeros(4, int))
    assert (found.p, found.low, found.high) == (pytest.approx(2 / 3), 0.5, 0.75)
    assert chance(np.array([np.nan, np.nan]), np.zeros(2, int))[1:3] == (0.0, 1.0)
    assert math.isnan(chance(np.zeros((2, 0)), np.zeros(0, int)).p)


def test_the_number_of_histories_narrows_no_range() -> None:
    few, many = (chance(np.tile([[0.9], [0.95], [0.4]], (1, n)), np.zeros(n, int)) for n in (4, 400))
    assert (few.low, few.p, few.high) == pytest.approx((0.4, 0.9, 0.95)) == (many.low, many.p, many.high)


def test_monte_carlo_error_is_the_larger_of_histories_and_islands() -> None:
    values, island = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 1])
    assert monte_carlo(values, island) == pytest.approx(0.5)
    assert monte_carlo(values, np.array([0, 1, 0, 1])) == pytest.approx(values.std(ddof=1) / 2)
    assert math.isnan(monte_carlo(values[:1], island[:1]))
    assert monte_carlo(np.repeat(values, 100), np.zeros(400, int)) == pytest.approx(0.025, rel=0.01)


# what the ledger documents


def ledger(folder: Path, *rows: dict[str, str], as_of: str = "2030-04-10") -> Any:
    return cases.cut(folder / "case", lambda old: [*old, *rows], as_of=as_of)


def exit_row(identifier: str, act: str, **fields: str) -> dict[str, str]:
    who = {"actor": "army-staff", "target": "president"} if act == "coup_attempt" else {}
    return cases.row(
        identifier,
        act=act,
        when="2030-03-18",
        known_from="2030-03-19",
        sources="MINISTRY-18",
        **who,
        **fields,
    )


def known(cut: Any) -> Office:
    return office_of(cut, merge_events(cut, build_table({a.role for a in cut.actors})[0]))


def test_nothing_is_documented_in_a_ledger_without_exits(tmp_path: Path) -> None:
    assert known(ledger(tmp_path)) == NOTHING_KNOWN


def test_a_resignation_is_a_departure_unless_it_failed(tmp_path: Path) -> None:
    gone = known(ledger(tmp_path / "a", exit_row("quits", "step_down"))).left
    assert gone is not None and (gone.on, gone.day, gone.kind, gone.claim) == (
        date(2030, 3, 18),
        17.0,
        "step_down",
        "quits",
    )
    failed = known(ledger(tmp_path / "b", exit_row("quits", "step_down", result="failed")))
    assert failed.left is None and {kind for kind, _ in failed.no_exit} == {"step_down"}


def test_a_result_that_came_out_later_decides(tmp_path: Path) -> None:
    later = exit_row("denied", "step_down", result="failed") | {
        "known_from": "2030-03-30",
        "sources": "MINISTRY-30",
    }
    rows = (exit_row("quits", "step_down", result="succeeded"), later)
    assert known(ledger(tmp_path / "a", *rows, as_of="2030-03-25")).left is not None
    assert known(ledger(tmp_path / "b", *rows)).left is None


def test_rumours_inferences_and_claims_kept_for_checking_depose_nobody(tmp_path: Path) -> None:
    for n, fields in enumerate(
        ({"grade": "rumour"}, {"basis": "inference", "use": "context"}, {"use": "check"})
    ):
        assert known(ledger(tmp_path / str(n), exit_row("quits", "step_down", **fields))).left is None


def test_departure_by_a_day_and_first_of_several(tmp_path: Path) -> None:
    flees = exit_row("flees", "flight") | {
        "when": "2030-03-22",
        "known_from": "2030-03-30",
        "sources": "MINISTRY-30",
    }
    cut = ledger(tmp_path, exit_row("quits", "step_down"), flees)
    first = departure(cut, cut.claims)
    assert first is not None and first.claim == "quits"
    assert departure(cut, cut.claims, date(2030, 3, 17)) is None
    assert departure(cut, [c for c in cut.claims if c.id != "quits"]).claim == "flees"


def history(crisis: int = 0, **acts: float) -> Any:
    fired = np.full((len(ACT_KINDS), 4), np.nan)
    for kind, day in acts.items():
        fired[ACT_KINDS.index(kind), 0] = day * 1440.0
    return SimpleNamespace(
        clocks=SimpleNamespace(fired=fired), trace=SimpleNamespace(crisis=np.full(124, crisis))
    )


def exits(office: Office, crisis: int = 0, count: int = 400, **acts: float) -> list[float]:
    arena = SimpleNamespace(seed=1, ticks_per_day=4)
    return [
        ends.incumbent_exit(history(crisis, **acts), SimpleNamespace(number=number), arena, office).day
        for number in range(count)
    ]


def test_a_documented_departure_holds_in_every_history() -> None:
    left = Office(SimpleNamespace(day=17.5, kind="coup_attempt"), frozenset(), frozenset())
    for acts in ({}, {"flight": 3.0}, {"coup_attempt": 17.5}):
        assert set(exits(left, **acts)) == {17.5}
    found = ends.incumbent_exit(history(), SimpleNamespace(number=0), SimpleNamespace(seed=1, ticks_per_day=4), left)
    assert EXITS[int(found.kind)] == "coup_attempt"


def test_an_act_of_the_record_that_failed_removes_nobody() -> None:
    failed = Office(None, frozenset({("flight", 4320.0), ("coup_attempt", 4320.0)}), frozenset())
    assert set(exits(failed, crisis=1, flight=3.0, coup_attempt=3.0)) == {math.inf}
    assert set(exits(failed, crisis=1, flight=4.0)) == {4.0}


def test_coups_succeed_as_often_as_counted_where_the_ledger_leaves_them_open() -> None:
    calm = np.isfinite(exits(NOTHING_KNOWN, coup_attempt=3.0)).mean()
    assert calm == pytest.approx(COUPS_REALISED, abs=0.08)
    assert np.isfinite(exits(NOTHING_KNOWN, crisis=1, coup_attempt=3.0)).all()
    left_open = Office(None, frozenset(), frozenset({("coup_attempt", 4320.0)}))
    assert np.isfinite(exits(left_open, crisis=1, coup_attempt=3.0)).mean() == calm


def test_the_first_exit_counts() -> None:
    assert set(exits(NOTHING_KNOWN, count=3, flight=9.0, step_down=4.0)) == {4.0}


@pytest.mark.parametrize(
    ("result", "left", "open_", "no_exit"),
    [("succeeded", True, 0, 0), ("failed", False, 0, 1), ("", False, 1, 0)],
)
def test_a_coup_in_the_ledger_is_what_its_result_says(
    tmp_path: Path, result: str, left: bool, open_: int, no_exit: int
) -> None:
    cut = ledger(tmp_path, exit_row("coup", "coup_attempt", result=result))
    found = known(cut)
    assert (found.left is not None, len(found.open), len(found.no_exit)) == (left, open_, no_exit)
    assert attempts(cut) == [("coup_attempt", date(2030, 3, 18), {"succeeded": True, "failed": False}.get(result))]


def test_fresh_clocks_count_from_the_day_on_which_acts_become_free(toy: Any) -> None:
    """A kind that did not happen in the record is as likely to happen in the days ahead however long the record is: its
    clock knows nothing of the days before."""
    begin = 60
    members = prior_members(toy.model.space, toy.arena, np.ones(4), 1, 8)
    for member in members:
        course = free_course(toy.arena, member, toy.model.target.hazard_priors, begin, 1)
        spent: list[np.ndarray] = []
        look = Hook((begin, begin + 1), lambda h, spent=spent: spent.append(h.clocks.spent.copy()))
        history = replay(toy.arena, member.luck, course, toy.wide.workspace(), hooks=(look,))
        if len(spent) == 2:
            before, first = spent
            assert before.max() > first.max()  # one tick in place of sixty
        again = free_course(toy.arena, member, toy.model.target.hazard_priors, 0, 1)
        assert again.clocks is not None and again.clocks.since == 0 and course.clocks.since == begin
        assert history.tick > 0


def test_as_many_acts_of_a_constant_rate_happen_ahead_after_a_long_record_as_after_a_short_one(toy: Any) -> None:
    arena, work = toy.arena, toy.wide.workspace()
    kind = ACT_KINDS.index("call_election")
    table = arena.table._replace(log_rate=np.full_like(arena.table.log_rate, -np.inf))
    rates = table.log_rate.copy()
    rates[kind] = math.log(1 / 15)
    table = table._replace(log_rate=rates)
    nothing = arena.script._replace(**{f: getattr(arena.script, f)[:0] for f in arena.script._fields})
    member = prior_members(toy.model.space, arena, np.ones(4), 1, 1)[0]

    def share(begin: int) -> float:
        happened = 0
        for number in range(300):
            clocks = fresh_clocks(1, number, (0.0, 0.0, 0.0))._replace(since=begin)
            course = Course(nothing, free_modes(table), begin, table, clocks)
            history = replay(arena, member.luck, course, work, until=begin + 40)
            happened += bool(np.isfinite(history.clocks.fired[kind, 0]))
        return happened / 300

    expected = 1 - math.exp(-10 / 15)
    assert share(0) == pytest.approx(expected, abs=0.09)
    assert share(80) == pytest.approx(expected, abs=0.09)
