"""What the ledger documents is in the state: the crowd as reported, refusals and defections, and what acts make of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine.acts import SIGNAL_NAMES, build_table, log_hazard
from interrex.engine.arena import Arena, with_ticks
from interrex.engine.course import Course, free_modes, fresh_clocks, scripted_course
from interrex.engine.history import replay
from interrex.engine.pool import new_workspace
from interrex.engine.schedule import PRESENT, Trace
from interrex.futures.end_state import classify, end_state
from interrex.inference.dated_acts import merge_events, script_of
from interrex.inference.reported import crowd_reported
from interrex.mechanisms.acts import ACT_KINDS, ACTS, BREAK_DAYS, BY_KIND, ORGANS, REPORT_DAYS
from interrex.mechanisms.state import DEFECTED, ELITE, REFUSED, REPORTED, REPORTED_CAPITAL
from interrex.scoring.blocks import without
from unit.test_tick_length import luck_of

DAYS = 30
QUIET = {"calm_share": 1e-7, "price_shock": 0.0}  # nobody of their own accord
CALM = 2  # a day of March without a crowd
WAYS_OUT = ("step_down", "flight", "coup_attempt")
Edit = Callable[[list[cases.Row]], list[cases.Row]]


def crowd(identifier: str, day: str, value: str = "", **fields: str) -> cases.Row:
    """A ledger row on a crowd in the nation unless `fields` say otherwise, known on its day."""
    plain = {
        "kind": "crowd",
        "actor": "street",
        "when": day,
        "value": value,
        "unit": "persons",
        "measure": "present",
    }
    return cases.row(identifier, **plain | {"known_from": day[:10], "grade": "several"} | fields)


def only(*rows: cases.Row) -> Edit:
    """A ledger of these rows and nothing else."""
    return lambda _: list(rows)


def told(tmp_path: Path, *rows: cases.Row, as_of: str = "2030-04-10") -> np.ndarray:
    """The crowd as reported in the nation and the capital, f8[ticks, 2]."""
    return crowd_reported(cases.cut(tmp_path / str(len(list(tmp_path.iterdir()))), only(*rows), as_of))


def first_of(day: int) -> int:
    """First tick of a day of March."""
    return (day - 1) * 4


def quiet(toy: cases.Ready, reported: np.ndarray, rows: tuple[tuple[float, str, float], ...] = ()) -> Arena:
    """A calm month with a reported crowd and acts (day, kind, level) on record."""
    script = script_of([(day * 1440.0 + 1.0, ACT_KINDS.index(kind), level, 0) for day, kind, level in rows])
    return toy.arena._replace(days=DAYS, reported=reported, script=script)


def path(toy: cases.Ready, arena: Arena, free_from: int | None = None) -> Trace:
    """The record of a quiet history; acts are free, but never happen, from `free_from` on."""
    course = scripted_course(arena)
    if free_from is not None:
        clocks = fresh_clocks(1, 1, (0.0, 0.0, 0.0))
        never = clocks._replace(threshold=np.full_like(clocks.threshold, np.inf))
        course = Course(arena.script, free_modes(arena.table), free_from, arena.table, never)
    history = replay(arena, luck_of(toy, arena, 1, **QUIET), course, new_workspace(arena))
    assert history.trace.units[:, :, PRESENT].sum(axis=1).max() < 500, "the model's own crowd stays small"
    return Trace(*(a.copy() for a in history.trace))


def hazard(kind: str, trace: Trace, tick: int, arena: Arena) -> float:
    """Rate a day of a kind in a tick, at the middle of its rates."""
    k = ACT_KINDS.index(kind)
    return float(
        np.exp(log_hazard(k, int(trace.crisis[tick]), trace.signals[tick].astype(float), arena.table))
    )


def at(first: int, last: int, size: float, capital: float = 0.0) -> np.ndarray:
    """So many people by the ledger in ticks first to last."""
    out = np.zeros((DAYS * 4, 2))
    out[first : last + 1] = size, capital
    return out


# --- the crowd as reported ---


def test_a_crowd_that_only_the_ledger_has_puts_the_crisis_phase_on(toy: cases.Ready) -> None:
    without_it = path(toy, quiet(toy, at(0, -1, 0.0)))
    with_it = path(toy, quiet(toy, at(8, 11, 20_000.0)))
    small = path(toy, quiet(toy, at(8, 11, 900.0)))
    assert without_it.crisis.sum() == small.crisis.sum() == 0
    assert with_it.crisis[:9].sum() == 0 and with_it.crisis[9:16].all()
    scale = np.log(1 + 20_000 / toy.arena.place.nation / 1e-5) / np.log(1 + 1e-2 / 1e-5)
    here = SIGNAL_NAMES.index("crowd")
    assert (
        with_it.signals[9:13, here] == pytest.approx(scale, rel=1e-5)
        and without_it.signals[9, here] < 0.2 * scale
    )
    for kind in WAYS_OUT:
        arena = quiet(toy, at(8, 11, 0.0))
        assert hazard(kind, with_it, 12, arena) > 3.0 * hazard(kind, without_it, 12, arena)


def test_a_reported_crowd_fades_as_protests_do_and_so_does_the_phase(toy: cases.Ready) -> None:
    trace = path(toy, quiet(toy, at(8, 11, 20_000.0)))
    assert trace.levels[8:12, REPORTED] == pytest.approx(20_000.0)
    after = 20_000.0 * np.exp(-0.25 * np.arange(1, 9) / REPORT_DAYS)
    assert trace.levels[12:20, REPORTED] == pytest.approx(after, rel=1e-5)
    on = np.flatnonzero(trace.crisis)
    lasts = (on[-1] - 12 + 1) / 4
    assert lasts == pytest.approx(1.0 + REPORT_DAYS * np.log(20.0), abs=0.5)


def test_the_larger_of_the_two_crowds_is_seen(toy: cases.Ready) -> None:
    """A report of a few takes nothing from the model's own crowd."""
    arena = toy.arena._replace(days=DAYS, stop_share=0.5, capacity=0.6)
    luck = luck_of(toy, arena, 1, calm_share=1e-2)

    def signals(reported: np.ndarray) -> np.ndarray:
        return replay(
            arena._replace(reported=reported), luck, scripted_course(arena), new_workspace(arena)
        ).trace.signals.copy()

    own = signals(at(0, -1, 0.0))
    assert own[1:, 0].max() > 0.2 and np.array_equal(own, signals(at(0, 100, 1.0)))


def test_only_the_capital_s_crowd_is_in_the_capital(toy: cases.Ready) -> None:
    trace = path(toy, quiet(toy, at(8, 11, 20_000.0, 5_000.0)))
    elsewhere = path(toy, quiet(toy, at(8, 11, 20_000.0)))
    here = SIGNAL_NAMES.index("capital")
    assert trace.levels[9, REPORTED_CAPITAL] == 5_000.0
    assert trace.signals[10, here] > 0.5 > elsewhere.signals[10, here]
    assert trace.signals[10, 0] == elsewhere.signals[10, 0]


def test_reports_speak_only_while_the_record_is_imposed(toy: cases.Ready) -> None:
    """Free histories, those of the prior among them, hear of no crowd but their own."""
    arena = quiet(toy, at(8, 40, 20_000.0))
    assert path(toy, arena, free_from=0).levels[:, REPORTED].max() == 0.0
    cut_off = path(toy, arena, free_from=12)
    assert cut_off.levels[11, REPORTED] == 20_000.0 and cut_off.levels[20, REPORTED] < 5_000.0


def test_ticks_of_another_length_hear_the_same(toy: cases.Ready) -> None:
    arena = quiet(toy, at(8, 11, 20_000.0), ((4.0, "army_refuses", 1.0),))
    fine = with_ticks(arena, 8)
    assert fine.reported.shape == (DAYS * 8, 2) and np.array_equal(
        np.flatnonzero(fine.reported[:, 0]), np.arange(16, 24)
    )
    slow, fast = path(toy, arena), path(toy, fine)
    for level in (REPORTED, REFUSED):
        assert fast.levels[1::2, level] == pytest.approx(slow.levels[:, level], rel=0.01)


def test_an_interval_counts_with_its_middle_and_a_bound_with_itself(tmp_path: Path) -> None:
    noon = first_of(CALM) + 2
    day = f"2030-03-{CALM:02d}"
    for fields, size in (
        ({"value": "5000"}, 5000.0),
        ({"low": "1000", "high": "9000"}, 3000.0),
        ({"value": "800", "low": "800"}, 800.0),
        ({"value": "800", "high": "800"}, 800.0),
        ({"value": "5000", "low": "1000", "high": "9000"}, 5000.0),
        ({"low": "0", "high": "400"}, 400.0),
    ):
        reported = told(tmp_path, crowd("one", day, **fields))
        assert reported[noon, 0] == pytest.approx(size)
        assert (np.flatnonzero(reported[:, 0]) == np.arange(first_of(CALM), first_of(CALM + 1))).all()


def test_hours_are_kept(tmp_path: Path) -> None:
    reported = told(tmp_path, crowd("evening", "2030-03-02T19:00", "5000"))
    assert np.flatnonzero(reported[:, 0]).tolist() == [first_of(2) + 3]


def test_rivals_are_one_crowd_and_places_add(tmp_path: Path) -> None:
    day, tick = "2030-03-02", first_of(2)
    north = {"place": "northport"}
    rival = crowd("rival", day, "4000", sources="WIRE-13", **north)
    coast = crowd("coast", day, "3000", place="coast")
    alone = told(tmp_path, crowd("one", day, "1000", **north))
    assert told(tmp_path, crowd("one", day, "1000", **north), rival)[tick, 0] == pytest.approx(2000.0)
    assert told(tmp_path, crowd("one", day, "1000", **north), coast)[tick, 0] == pytest.approx(4000.0)
    assert alone[tick].tolist() == pytest.approx([1000.0, 0.0])


def test_a_place_that_holds_others_counts_once(tmp_path: Path) -> None:
    """A region and its town, the nation and the capital: the larger of the whole and the sum of its parts."""
    day, tick = "2030-03-02", first_of(2)
    parts = [crowd("town", day, "1000", place="northport"), crowd("city", day, "6000", place="aurelia-city")]
    assert told(tmp_path, *parts)[tick].tolist() == pytest.approx([7000.0, 6000.0])
    assert told(tmp_path, *parts, crowd("north", day, "3000", place="north"))[tick].tolist() == pytest.approx(
        [9000.0, 6000.0]
    )
    assert told(tmp_path, *parts, crowd("all", day, "5000"))[tick].tolist() == pytest.approx([7000.0, 6000.0])
    assert told(tmp_path, *parts, crowd("all", day, "50000"))[tick].tolist() == pytest.approx(
        [50000.0, 6000.0]
    )


def test_a_claim_over_weeks_counts_as_long_as_a_listed_protest(tmp_path: Path) -> None:
    reported = told(tmp_path, crowd("camp", "2030-03-02/2030-03-31", "5000", known_from="2030-03-31"))
    assert np.count_nonzero(reported[:, 0]) == 14 * 4


@pytest.mark.parametrize(
    "fields",
    [{"use": "check"}, {"use": "context"}, {"basis": "inference"}, {"grade": "rumour"}, {"kind": "arrests", "measure": "increment"}],
    ids=["check", "context", "inference", "rumour", "arrests"],
)  # fmt: skip
def test_what_is_not_fitted_reports_no_crowd(tmp_path: Path, fields: dict[str, str]) -> None:
    assert told(tmp_path, crowd("one", "2030-03-02", "5000")).any()
    assert not told(tmp_path, crowd("one", "2030-03-02", "5000", **fields)).any()


def test_a_block_that_is_left_out_reports_no_crowd(tmp_path: Path) -> None:
    case = cases.cut(
        tmp_path / "case", only(crowd("one", "2030-03-02", "5000"), crowd("two", "2030-03-05", "7000"))
    )
    left = crowd_reported(without(case, [c for c in case.claims if c.id == "two"]))
    assert left[first_of(2), 0] == pytest.approx(5000.0) and not left[first_of(3) :].any()
    assert crowd_reported(case)[first_of(5), 0] == pytest.approx(7000.0)


def test_nothing_known_or_done_after_the_as_of_day_is_reported(tmp_path: Path) -> None:
    late = crowd("late", "2030-03-02", "5000", known_from="2030-03-04")
    assert (
        not told(tmp_path, late, as_of="2030-03-03").any() and told(tmp_path, late, as_of="2030-03-04").any()
    )
    ahead = crowd("ahead", "2030-03-02/2030-03-09", "5000", known_from="2030-03-03")
    assert np.flatnonzero(told(tmp_path, ahead, as_of="2030-03-04")[:, 0]).max() == first_of(5) - 1


def test_the_reported_crowd_is_part_of_what_a_history_is_made_of(toy: cases.Ready, tmp_path: Path) -> None:
    from interrex.errors import StoreError

    arena = quiet(toy, at(8, 11, 20_000.0))
    luck = luck_of(toy, arena, 1, **QUIET)
    file = tmp_path / "history"
    replay(arena, luck, scripted_course(arena), new_workspace(arena), until=8).save(file)
    other = quiet(toy, at(8, 11, 20_001.0))
    with pytest.raises(StoreError):
        replay(other, luck, scripted_course(other), new_workspace(other), resume=file)
    replay(arena, luck, scripted_course(arena), new_workspace(arena), resume=file)


def test_how_he_fell_is_read_off_the_reported_crowd_too(toy: cases.Ready) -> None:
    """A flight on a day on which the ledger has 40,000 of 2.7 million out is an uprising, whatever the history's own crowd; a
    coup is none of the palace where they are in the capital."""

    def fate(kind: str, nation: float, capital: float = 0.0) -> str:
        arena = quiet(toy, at(8, 11, nation, capital), ((2.9, kind, 1.0),))
        member = SimpleNamespace(number=0)
        luck = luck_of(toy, arena, 1, **QUIET)
        history = replay(arena, luck, scripted_course(arena), new_workspace(arena))
        return classify(end_state(history, member, arena))  # type: ignore[arg-type]

    assert fate("flight", 40_000.0) == "uprising" != fate("flight", 4_000.0)
    assert fate("coup_attempt", 40_000.0, 40_000.0) == "uprising"
    assert fate("coup_attempt", 40_000.0, 100.0) == "palace_coup"


# --- refusals and defections ---

BREAKS = [("army_refuses", REFUSED, "refused"), ("stand_down", REFUSED, "refused"),
          ("elite_defects", DEFECTED, "defected"), ("predecessor_speaks_against", DEFECTED, "defected")]  # fmt: skip


@pytest.mark.parametrize(("kind", "level", "signal"), BREAKS)
def test_a_documented_break_raises_every_way_out_by_its_slope(
    toy: cases.Ready, kind: str, level: int, signal: str
) -> None:
    crowds = at(0, DAYS * 4, 5_000.0)
    before, after = path(toy, quiet(toy, crowds)), path(toy, quiet(toy, crowds, ((5.0, kind, 1.0),)))
    day_later = 25
    assert before.levels[:, level].max() == 0.0
    left = after.levels[day_later - 1, level]
    assert left == pytest.approx(np.exp(-5 * 0.25 / BREAK_DAYS), rel=1e-4)
    for way in WAYS_OUT:
        ratio = hazard(way, after, day_later, toy.arena) / hazard(way, before, day_later, toy.arena)
        slope = next(s for name, s in BY_KIND[way].covariates if name == signal)
        assert np.log(ratio) >= slope.mean * left - 0.01, "and what the elite's doubt adds"
        assert np.log(ratio) < slope.mean * left + 0.2


def test_a_break_in_part_counts_in_part_and_many_count_as_one(toy: cases.Ready) -> None:
    here = SIGNAL_NAMES.index("refused")

    def seen(*rows: tuple[float, str, float]) -> np.ndarray:
        return path(toy, quiet(toy, at(0, -1, 0.0), rows)).signals[:, here]

    part, whole = seen((2.0, "stand_down", 0.3)), seen((2.0, "stand_down", 1.0))
    assert part[9] == pytest.approx(0.3 * whole[9], rel=1e-5)
    many = seen(*((2.0 + 0.01 * i, "stand_down", 1.0) for i in range(4)))
    assert many.max() == 1.0 and (many[9:] == 1.0).sum() > 80, (
        "four are forgotten later than one, and no more than one"
    )
    assert (np.diff(whole[9:]) < 0).all() and whole[-1] > 0.3


def test_who_counts_a_refusal_and_a_defection_takes_the_stronger(toy: cases.Ready) -> None:
    r, d = SIGNAL_NAMES.index("refused"), SIGNAL_NAMES.index("defected")
    both = path(
        toy, quiet(toy, at(0, -1, 0.0), ((2.0, "stand_down", 0.4), (2.0, "elite_defects", 1.0)))
    ).signals[10]
    assert both[r] + both[d] == pytest.approx(np.exp(-0.25 / BREAK_DAYS), rel=0.01) and both[
        r
    ] == pytest.approx(0.4, abs=0.01)
    more = path(
        toy, quiet(toy, at(0, -1, 0.0), ((2.0, "stand_down", 1.0), (2.0, "elite_defects", 0.4)))
    ).signals[10]
    assert more[d] == 0.0


def test_the_elite_s_expectation_forgets_a_defection_and_the_memory_of_it_does_not(toy: cases.Ready) -> None:
    plain = path(toy, quiet(toy, at(0, -1, 0.0)))
    broken = path(toy, quiet(toy, at(0, -1, 0.0), ((5.0, "elite_defects", 1.0),)))
    week = 20 + 28
    assert plain.levels[20, ELITE] - broken.levels[20, ELITE] > 0.2
    assert plain.levels[week, ELITE] - broken.levels[week, ELITE] < 0.01
    assert broken.levels[week, DEFECTED] > 0.7


def test_further_breaks_read_the_first_with_an_open_sign() -> None:
    for kind in ("army_refuses", "stand_down", "elite_defects"):
        slopes = dict(BY_KIND[kind].covariates)
        for name in ("refused", "defected"):
            slope: Any = slopes[name]
            assert slope.assumption and slope.mean == 0.0 and slope.sd >= 1.0


# --- organs ---


def test_any_organ_can_stand_down_or_move_against_the_ruler() -> None:
    for organ in ORGANS:
        allowed = build_table({"incumbent", organ})[0].allowed
        for kind in ("stand_down", "coup_attempt"):
            assert allowed[ACT_KINDS.index(kind)] == 1
    bare = build_table({"incumbent", "street"})[0].allowed
    assert all(bare[ACT_KINDS.index(kind)] == 0 for kind in ("stand_down", "coup_attempt", "army_refuses"))
    assert {a.kind for a in ACTS if a.also} == {"stand_down", "coup_attempt", "army_refuses"}


def test_a_stand_down_of_the_police_is_on_record_where_no_security_service_acts(tmp_path: Path) -> None:
    case = cases.cut(
        tmp_path / "case",
        only(
            cases.row(
                "leaves", when="2030-03-14T10:00", act="stand_down", actor="interior", known_from="2030-03-14"
            )
        ),
    )
    roles = {a.role for a in case.actors if a.process == "hazard"} - {"security_service"}
    assert [e.kind for e in merge_events(case, build_table(roles)[0])] == ["stand_down"]
