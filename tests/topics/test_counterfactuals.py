"""Counterfactuals: no pair is left out, an interval is open where histories leave the model, and the words follow."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import telling
from interrex.engine.course import Luck
from interrex.engine.schedule import FORBIDDEN, FREE, SCRIPTED, Script
from interrex.futures.members import Member
from interrex.mechanisms.acts import ACT_KINDS
from interrex.report.figures import BASE, MODEL
from interrex.topics.counterfactuals import answer as answer_of
from interrex.topics.counterfactuals import section
from interrex.topics.counterfactuals.answer import (
    METRICS,
    Intervention,
    Outcome,
    Pair,
    compared,
    differences,
    interventions,
    quantile,
    run_pairs,
)
from interrex.topics.counterfactuals.section import SECTION

INF = math.inf
CONCEDE, SHUT = ACT_KINDS.index("concede_price"), ACT_KINDS.index("shutdown")
ACT = Intervention("no-shutdown", "The networks stay on", "forbid", SHUT, 40, 14_400.0, 0.0)
SCRIPT = Script(np.array([40]), np.array([14_400.0]), np.array([SHUT]), np.array([1.0]), np.array([1]))


def fired(**minutes: float) -> np.ndarray:
    out = np.full((len(ACT_KINDS), 4), np.nan)
    for kind, minute in minutes.items():
        out[ACT_KINDS.index(kind), 0] = minute
    return out


def pair(base: float, free: float, held: float | None = None, left: str = "", **more: Any) -> Pair:
    """A pair whose four metrics are one number each; `left` names the sides that left the range of the model."""
    side = lambda value, name: Outcome(np.full(4, value), more.get("then", fired()), name in left)  # noqa: E731
    factual: Any = SimpleNamespace(stopped="factual" in left, fired=more.get("now", fired()))
    return Pair(
        factual, [np.full(4, base)], [side(free, "free")], [side(free if held is None else held, "held")],
        [more.get("fresh", math.log1p(base))], more.get("replayed", True),
    )  # fmt: skip


def made(*pairs: Pair) -> Any:
    return compared(list(pairs), [ACT])


def test_a_larger_change_moves_the_difference_and_a_change_of_both_sides_does_not() -> None:
    first = made(*(pair(100.0 + i, 150.0 + i) for i in range(11)))
    assert (first["diff"] == 50.0).all() and (first["factual"] == 105.0).all() and (first["counter"] == 155.0).all()
    assert (made(*(pair(100.0 + i, 180.0 + i) for i in range(11)))["diff"] == 80.0).all()
    assert (made(*(pair(500.0 + i, 550.0 + i) for i in range(11)))["diff"] == 50.0).all()
    direct = made(*(pair(100.0, 150.0, held=120.0) for _ in range(11)))
    assert (direct["diff"] == 50.0).all() and (direct["direct"] == 20.0).all()


def test_ends_are_the_5_and_95_percent_quantiles_of_the_differences() -> None:
    data = made(*(pair(1000.0, 1000.0 + i) for i in range(101)))
    assert (data["diff_low"] == 5.0).all() and (data["diff"] == 50.0).all() and (data["diff_high"] == 95.0).all()
    direct = made(*(pair(1000.0, 0.0, held=1000.0 + i) for i in range(101)))
    assert (direct["direct_low"] == 5.0).all() and (direct["direct_high"] == 95.0).all()


def test_histories_that_leave_the_model_open_the_interval_upwards_and_none_is_dropped() -> None:
    """One in ten leaves: without them the interval would end, with them it does not."""
    stay = [pair(1000.0, 1000.0 + i) for i in range(90)]
    data = made(*stay, *(pair(1000.0, 2000.0, held=1000.0, left="free") for _ in range(10)))
    assert (data["diff_high"] == INF).all() and (data["diff"] == 49.5).all() and (data["diff_low"] == 4.95).all()
    assert (data["direct_high"] < INF).all()
    assert float(data["pairs"]) == 100 and data["beyond"].values[0] == 10 and data["direct_beyond"].values[0] == 0
    assert data["compared"].values[0] == 90 and float(data["factual_beyond"]) == 0
    closed = made(*stay)
    assert (closed["diff_high"] < 90.0).all() and closed["beyond"].values[0] == 0


def test_most_that_leave_take_the_median_with_them() -> None:
    data = made(*(pair(1000.0, 1.0, left="free") for _ in range(8)), *(pair(1000.0, 1500.0) for _ in range(3)))
    assert (data["counter"] == INF).all() and (data["diff"] == INF).all() and (data["diff_low"] == 500.0).all()
    held = made(*(pair(1000.0, 1.0, held=2.0, left="held") for _ in range(11)))
    assert (held["direct"] == INF).all() and (held["diff"] == -999.0).all() and held["direct_beyond"].values[0] == 11


def test_a_factual_history_that_left_opens_the_interval_downwards() -> None:
    data = made(*(pair(9.0, 20.0, left="factual") for _ in range(2)), *(pair(10.0, 20.0) for _ in range(9)))
    assert (data["diff_low"] == -INF).all() and (data["diff"] == 10.0).all() and (data["diff_high"] == 10.0).all()
    assert float(data["factual_beyond"]) == 2 and data["compared"].values[0] == 9
    lost = made(*(pair(9.0, 20.0, left="factual free") for _ in range(11)))
    assert np.isnan(lost["diff"]).all() and (lost["diff_low"] == -INF).all() and (lost["diff_high"] == INF).all()
    assert (lost["factual"] == INF).all() and lost["compared"].values[0] == 0 and lost.sizes["change"] == 0


def test_least_and_largest_difference_of_every_case_of_leaving() -> None:
    base, other = np.full((4, 1), 10.0), np.full((4, 1), 14.0)
    least, most = differences(base, other, np.array([0, 0, 1, 1]) == 1, np.array([0, 1, 0, 1]) == 1)
    assert least.ravel().tolist() == [4.0, INF, -INF, -INF] and most.ravel().tolist() == [4.0, INF, -INF, INF]


@pytest.mark.parametrize(
    ("values", "level", "wanted"),
    [
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.5), ([1.0, 2.0, 3.0], 0.5, 2.0), ([1.0, 2.0, INF], 0.5, 2.0), ([1.0, INF], 0.5, INF),
        ([-INF, 1.0], 0.5, -INF), ([INF, INF], 0.5, INF), ([4.0, 1.0], 0.25, 1.75), ([1.0, INF], 0.0, 1.0), ([3.0], 0.95, 3.0),
    ],
)  # fmt: skip
def test_quantiles_of_numbers_some_of_which_are_infinite(values: list[float], level: float, wanted: float) -> None:
    assert quantile(np.array(values)[:, None], level)[0] == wanted
    assert math.isnan(quantile(np.array([[-INF], [INF]]), 0.5)[0])


def test_spreads_with_and_without_common_luck_come_from_the_pairs_in_range() -> None:
    rng = np.random.default_rng(1)
    peaks = np.exp(rng.normal(8.0, 1.0, 200))
    own = [pair(p, p * 1.1, fresh=float(rng.normal(8.0, 1.0))) for p in peaks]
    data = made(*own, pair(1.0, 1e12, left="free"))
    assert data["sd_paired"].values[0] < 0.01 and data["sd_unpaired"].values[0] == pytest.approx(math.sqrt(2.0), abs=0.2)


def test_later_acts_are_counted_over_the_pairs_in_range() -> None:
    now = fired(concede_price=20_000.0)
    same = [pair(1.0, 2.0, now=now, then=fired(concede_price=20_600.0)) for _ in range(6)]
    gone = [pair(1.0, 2.0, now=now) for _ in range(2)]
    left = [pair(1.0, 2.0, now=now, then=fired(amnesty=1.0), left="free") for _ in range(5)]
    data = made(*same, *gone, *left)
    assert data["act"].values.tolist() == ["concede_price"] and data["cf"].values.tolist() == ["no-shutdown"]
    assert data["p_factual"].values[0] == 1.0 and data["p_counter"].values[0] == 0.75
    assert data["shift_hours"].values[0] == pytest.approx(10.0) and data["compared"].values[0] == 8
    steady = made(*(pair(1.0, 2.0, now=now, then=fired(concede_price=20_060.0)) for _ in range(6)))
    assert steady.sizes["change"] == 0, "an hour later in every pair is no change"
    assert made(*(pair(1.0, 2.0, now=now, then=fired(concede_price=20_190.0)) for _ in range(6))).sizes["change"] == 1
    own = made(*(pair(1.0, 2.0, now=fired(shutdown=14_400.0)) for _ in range(3)))
    assert own.sizes["change"] == 0, "the act itself is no later act"


def test_later_acts_stand_in_the_order_of_their_change() -> None:
    now = fired(concede_price=1.0, amnesty=1.0)
    rows = [pair(1.0, 2.0, now=now, then=fired(amnesty=1.0)) for _ in range(5)] + [pair(1.0, 2.0, now=now) for _ in range(2)]
    data = made(*rows)
    assert data["act"].values.tolist() == ["concede_price", "amnesty"]
    assert data["p_counter"].values == pytest.approx([0.0, 5 / 7])
    assert np.isnan(data["shift_hours"].values[0])


def test_replays_are_counted() -> None:
    data = made(*(pair(1.0, 2.0, replayed=i > 0) for i in range(5)))
    assert (float(data["replayed"]), float(data["pairs"])) == (4.0, 5.0)


def test_nothing_to_compare_is_said_in_one_sentence() -> None:
    assert "changes anything" in compared([], []).attrs["absent_because"]


def test_the_group_conforms_and_survives_the_disk(tmp_path: Path) -> None:
    now = fired(concede_price=20_000.0)
    telling.survives("counterfactuals", made(*(pair(1.0, 2.0, now=now, left="free" * (i < 3)) for i in range(9))), tmp_path)
    (tmp_path / "bare").mkdir()
    telling.survives("counterfactuals", made(pair(1.0, 2.0)), tmp_path / "bare")


def test_metrics_begin_with_the_day_of_the_intervention() -> None:
    summary: Any = SimpleNamespace(
        nation=np.array([900.0, 20.0, 30.0]), nation_part=np.array([1000.0, 40.0, 50.0]),
        deaths=np.array([1.0, 2.0, 7.0]), arrests=np.array([3.0, 4.0, 9.0]),
    )  # fmt: skip
    assert answer_of._metrics(summary, 1).tolist() == [30.0, 90.0, 7.0, 9.0]
    assert answer_of._metrics(summary, 0).tolist() == [900.0, 1090.0, 7.0, 9.0]


def test_a_course_forbids_or_adds_one_act_and_frees_or_holds_the_later_ones() -> None:
    allowed = np.ones(len(ACT_KINDS), int)
    allowed[ACT_KINDS.index("amnesty")] = 0
    table: Any = SimpleNamespace(allowed=allowed)
    arena: Any = SimpleNamespace(script=SCRIPT, table=table)
    clocks: Any = object()
    plain = answer_of._course(arena, None, False, table, clocks)
    assert plain.script is SCRIPT and plain.free_from == 0 and plain.mode[SHUT] == FREE
    assert plain.mode[ACT_KINDS.index("amnesty")] == SCRIPTED, "who is not there does not act by himself"
    for held, others in ((False, FREE), (True, SCRIPTED)):
        forbidden = answer_of._course(arena, ACT, held, table, clocks)
        assert forbidden.script is SCRIPT and forbidden.free_from == 40
        assert (forbidden.mode[SHUT], forbidden.mode[CONCEDE]) == (FORBIDDEN, others)
    imposed = Intervention("x", "X", "impose", CONCEDE, 8, 2881.0, 0.4)
    script = answer_of._course(arena, imposed, False, table, clocks).script
    assert script.minute.tolist() == [2881.0, 14_400.0] and script.kind.tolist() == [CONCEDE, SHUT]
    assert script.level.tolist() == [0.4, 1.0] and script.always.tolist() == [1, 1] and script.tick.tolist() == [8, 40]
    same = ACT._replace(kind="impose", level=0.3)
    assert answer_of._course(arena, same, False, table, clocks).script.level.tolist() == [0.3], "the same act is not done twice"
    later = same._replace(minute=14_401.0)
    assert answer_of._course(arena, later, False, table, clocks).script.level.tolist() == [1.0, 0.3]


def test_a_pair_is_one_member_with_one_luck_and_fresh_noise_is_fresh_from_the_intervention_on(monkeypatch: Any) -> None:
    """Histories are made up: persons in the streets tell how later acts ran and how much of the noise is another one."""
    arena: Any = SimpleNamespace(script=SCRIPT, table=SimpleNamespace(allowed=np.ones(len(ACT_KINDS), int)), ticks=120, ticks_per_day=4)
    arena.reported, arena._replace = np.ones((120, 2)), lambda reported: arena if not reported.size else None
    spoilt: list[float] = []

    def replay(_: Any, luck: Any, course: Any, __: Any) -> Any:
        fresh = float((luck.noise != 5).sum())
        later = 10.0 if course.mode[CONCEDE] == FREE else 1.0
        units = np.full(3, later if course.free_from and spoilt else 0.0)
        clocks = SimpleNamespace(fired=np.array([np.nan, *spoilt[: course.free_from == 0]]))
        return SimpleNamespace(fresh=fresh, later=later, free=course.free_from, trace=SimpleNamespace(units=units), clocks=clocks, noise=luck.noise)

    def summarise(history: Any) -> Any:
        nation = np.zeros(30)
        nation[9], nation[10] = 7e6, 100.0 * history.later + history.fresh
        return SimpleNamespace(nation=nation, nation_part=nation, deaths=nation, arrests=nation, fired=history.clocks.fired, stopped=history.later == 10)

    monkeypatch.setattr(answer_of, "replay", replay)
    monkeypatch.setattr(answer_of, "summarise", summarise)
    monkeypatch.setattr(answer_of, "member_rates", lambda *_: None)
    monkeypatch.setattr(answer_of, "table_of", lambda *_: arena.table)
    monkeypatch.setattr(answer_of, "abduct", lambda *_: None)
    luck = Luck(*[np.full(120, 5, np.uint32)] * len(Luck._fields))
    member = Member(**{name: None for name in Member._fields} | {"luck": luck})  # type: ignore[arg-type]
    pool: Any = SimpleNamespace(workspace=lambda: None, map=lambda task, slots, _: [task(number) for number in slots])
    target: Any = SimpleNamespace(hazard_priors=None)
    one, two = run_pairs(pool, arena, target, [member, member], [ACT], 1)
    assert one.replay_equal and one.base[0].tolist() == [100.0, 100.0, 0.0, 0.0], "from day ten on"
    assert (one.free[0].metrics[0], one.held[0].metrics[0]) == (1000.0, 100.0)
    assert (one.free[0].stopped, one.held[0].stopped) == (True, False)
    assert one.fresh == two.fresh == [pytest.approx(math.log(1.0 + 100.0 + 80.0))], "eighty of 120 ticks are new"
    assert (luck.noise == 5).all(), "the member's own noise stays"
    spoilt.append(3.0)
    assert not run_pairs(pool, arena, target, [member], [], 1)[0].replay_equal


def test_a_change_is_told_from_two_in_a_hundred_or_three_hours() -> None:
    now, hours = fired(concede_price=20_000.0), 60.0

    def told(then: np.ndarray, gone: int = 0) -> int:
        own = [pair(1.0, 2.0, now=now, then=then)] * (100 - gone) + [pair(1.0, 2.0, now=now)] * gone
        return made(*own).sizes["change"]

    assert told(fired(concede_price=20_000.0 + 3 * hours)) == 1 == told(fired(concede_price=20_000.0 - 3 * hours))
    assert told(fired(concede_price=20_000.0 + 2.9 * hours)) == 0
    assert told(now, gone=2) == 1 and told(now, gone=1) == 0


def test_only_acts_of_the_record_can_be_forbidden_and_only_days_of_the_window_imposed() -> None:
    from datetime import date

    arena: Any = SimpleNamespace(
        script=SCRIPT, tick_minutes=360, days=30, tick_of=lambda minute: int(minute // 360)
    )  # fmt: skip

    def case(**fields: Any) -> Any:
        plain = {"id": "x", "label": "X", "kind": "forbid", "act": "shutdown", "at": None, "level": None}
        window = SimpleNamespace(start=date(2030, 3, 1), end=date(2030, 3, 30))
        return SimpleNamespace(counterfactuals=(SimpleNamespace(**(plain | fields)),), window=window, timezone="UTC")

    assert interventions(case(), arena) == [Intervention("x", "X", "forbid", SHUT, 40, 14_400.0, 0.0)]
    assert interventions(case(act="amnesty"), arena) == []
    imposed = {"kind": "impose", "act": "concede_price"}
    assert interventions(case(**imposed, at=date(2030, 3, 3)), arena) == [
        Intervention("x", "X", "impose", CONCEDE, 8, 2881.0, 1.0)
    ]
    assert interventions(case(**imposed, at=date(2030, 3, 3), level=0.4), arena)[0].level == 0.4
    assert interventions(case(**imposed, at=date(2030, 4, 1)), arena) == []
    assert interventions(case(**imposed, at=date(2030, 2, 28)), arena) == []


# --- what the section says ---


def stored(**changes: Any) -> dict[str, Any]:
    cells = {name: np.zeros((2, 2)) for name in ("direct", "direct_low", "direct_high")}
    return {
        "counterfactual": ["a", "b"], "label": ["The price falls at once", "The networks stay on"],
        "metric": ["peak", "person_days"], "metric_label": [METRICS[0][1], METRICS[1][1]],
        "factual": [[50_000.0, 200_000.0], [40_000.0, 100_000.0]], "counter": [[30_000.0, 120_000.0], [44_000.0, 105_000.0]],
        "diff": [[-20_000.0, -80_000.0], [4000.0, 5000.0]], "diff_low": [[-30_000.0, -120_000.0], [-9000.0, -20_000.0]],
        "diff_high": [[-4000.0, 30_000.0], [12_000.0, 25_000.0]], "pairs": 64, "replayed": 64, "factual_beyond": 0,
        "beyond": [0, 0], "direct_beyond": [0, 0], "compared": [64, 64], "sd_paired": [0.2, 0.99], "sd_unpaired": [1.0, 1.0],
        "cf": ["a", "a", "b"], "act": ["shutdown", "amnesty", "amnesty"], "p_factual": [1.0, 0.25, 0.5], "p_counter": [0.5, 0.5, 0.47],
        "shift_hours": [5.0, np.nan, -72.0],
    } | cells | changes  # fmt: skip


def told(failed: str = "", **changes: Any) -> str:
    return telling.told(SECTION, {"counterfactuals": telling.group("counterfactuals", stored(**changes))}, failed)


def row(text: str, start: str, number: int = 0) -> list[str]:
    return [r.split(" | ") for r in text.splitlines() if r.startswith(start)][number]


def test_every_figure_of_the_table_is_the_stored_one() -> None:
    text = told(direct=np.array([[-1500.0, 7.3], [0.0, 0.0]]))
    assert row(text, "Largest crowd at once") == [
        "Largest crowd at once after the intervention", "50,000", "30,000", "−20,000", "−30,000 to −4,000", "−1,500",
    ]  # fmt: skip
    assert row(text, "Person-days")[5] == "+7.3" and row(text, "Person-days", 1)[5] == "0"
    assert row(text, "Person-days", 1)[3:5] == ["+5,000", "−20,000 to +25,000"]


def test_every_difference_is_drawn_with_its_interval_and_an_arrow_where_it_is_open() -> None:
    direct = {"direct": [[-1000.0, 7.0], [500.0, 0.0]], "direct_low": [[-2000.0, -1.0], [400.0, -3.0]],
              "direct_high": [[-500.0, 9.0], [600.0, 3.0]]}  # fmt: skip
    high = np.array(stored()["diff_high"])
    high[1, 0] = INF
    low = np.array(stored()["diff_low"])
    low[1, 1], diff = -INF, np.array(stored()["diff"])
    diff[1, 1] = np.nan
    with telling.pictures() as drawn:
        told(**direct, diff_high=high, diff_low=low, diff=diff)
    panels, ends = drawn[0].axes, (1.2 * 30_000, 1.2 * 120_000)
    for m, axes in enumerate(panels):
        circles, squares = telling.lines(axes, MODEL, "o"), telling.lines(axes, BASE, "s")
        assert circles == [[[diff[r, m], r - 0.13]] for r in (0, 1) if np.isfinite(diff[r, m])]
        assert squares == [[[direct["direct"][r][m], r + 0.2]] for r in (0, 1)]
        reach = np.clip(np.stack([low[:, m], high[:, m]], axis=1), -ends[m], ends[m])
        assert telling.lines(axes, MODEL) == [[[reach[r, e], r - 0.13] for e in (0, 1)] for r in (0, 1)]
        spans = np.stack([direct["direct_low"], direct["direct_high"]])[:, :, m].T
        assert telling.lines(axes, BASE) == [[[x, r + 0.2] for x in spans[r]] for r in (0, 1)]
        arrows = {mark: telling.lines(axes, MODEL, mark) for mark in "<>"}
        assert arrows == ({"<": [], ">": [[[ends[0], 0.87]]]} if m == 0 else {"<": [[[-ends[1], 0.87]]], ">": []})
        assert " ".join(axes.get_title("left").split()) == METRICS[m][1] and axes.get_xlabel() == "difference"
    assert telling.ticks(panels[0].yaxis) == {"The price falls at once": 0, "The networks stay on": 1}
    bottom, top = panels[0].get_ylim()
    assert bottom > 1.2 and top < -0.13
    assert [section._short(v) for v in (0, 999, 1500, -1000, -20.5)] == ["0", "999", "1.5k", "−1k", "−20.5"]
    with telling.pictures() as drawn:
        told(failed="islands differ")
    assert not any(telling.lines(axes, MODEL) for axes in drawn[0].axes), "no interval of a run whose checks failed"


def test_open_ends_are_told_as_such() -> None:
    high = [[INF, -INF], [12_000.0, np.nan]]
    low = [[-30_000.0, -INF], [-INF, np.nan]]
    text = told(diff_low=low, diff_high=high, diff=[[INF, -INF], [4000.0, np.nan]], counter=[[INF, 1.0], [2.0, 3.0]])
    first = row(text, "Largest crowd at once")
    assert first[2] == "beyond the model's range" and first[3] == "+ beyond the model's range"
    assert first[4] == "−30,000 or more"
    assert row(text, "Largest crowd at once", 1)[4] == "+12,000 or less"
    assert row(text, "Person-days")[3:5] == ["− beyond the model's range", "− beyond the model's range"]
    assert row(text, "Person-days", 1)[3:5] == ["–", "interval withheld"]
    both = told(diff_low=np.full((2, 2), -INF), diff_high=np.full((2, 2), INF))
    assert row(both, "Person-days")[4] == "open at both ends"


def test_histories_that_left_the_model_are_counted_by_name() -> None:
    assert "grew larger" not in told()
    text = told(beyond=[0, 16], factual_beyond=4)
    assert "Of 64 histories these grew larger than the model can follow" in text
    assert "16 under “The networks stay on”; 4 without a change." in text and "under “The price" not in text


def test_the_title_says_which_differences_are_clear_of_zero() -> None:
    assert "1 of 4 differences are clear of zero: The price falls at once" in told()
    assert "2 of 4 differences are clear of zero: The price falls at once, The networks stay on" in told(
        diff_low=[[-30_000.0, -120_000.0], [100.0, -20_000.0]]
    )
    four = {name: values * 2 for name, values in stored().items() if isinstance(values, list) and name not in ("metric", "metric_label")}
    four |= {"label": list("ABCD"), "diff_low": np.ones((4, 2)), "diff_high": np.ones((4, 2))}
    cells = {name: np.zeros((4, 2)) for name in ("direct", "direct_low", "direct_high")}
    assert "8 of 8 differences are clear of zero: A, B, C, …" in told(**four | cells | {"counterfactual": list("abcd")})
    none = told(diff_high=[[4000.0, 30_000.0], [12_000.0, 25_000.0]])
    assert "every interval includes zero" in none and "clear of zero:" not in none


def test_without_intervals_the_largest_effect_is_named_and_none_called_clear() -> None:
    text = told(failed="islands differ")
    assert "Largest effect: “The price falls at once”, largest crowd at once after the intervention −20,000 (intervals" in text
    assert "90 %" not in text and "−30,000" not in text and len(row(text, "Person-days")) == 5
    other = told(failed="islands differ", diff=[[-20_000.0, -80_000.0], [4000.0, 95_000.0]])
    assert "Largest effect: “The networks stay on”, person-days in the streets after the intervention +95,000" in other
    nothing = told(failed="islands differ", diff=np.zeros((2, 2)))
    assert "No act, changed, moves the median of any result" in nothing and "Largest effect" not in nothing


def test_pairing_says_what_it_gained_and_how_many_replays_are_exact() -> None:
    text = told()
    assert "64 of 64 members replay the factual history to the bit." in text and "63 of 64" in told(replayed=63)
    assert "beside unpaired runs: “The price falls at once” to 20 %." in text
    assert "Pairing gained nothing for “The networks stay on”." in text
    assert "gained nothing" not in told(sd_paired=[0.2, 0.5]) and "to 50 %" in told(sd_paired=[0.2, 0.5])
    assert "Pairing" not in told(sd_unpaired=[0.0, np.nan])
    assert "over 64 pairs of histories" in text and "over 12 pairs" in told(pairs=12)


def test_later_acts_are_told_as_counts_of_the_pairs_that_were_compared() -> None:
    text = told(compared=[40, 64])
    assert "shutdown" in text.lower()
    assert row(text, "The price falls at once |")[1].endswith("(40 of 40 → 20 of 40)")
    assert row(text, "The price falls at once |")[2].endswith("(10 of 40 → 20 of 40)")
    assert row(text, "The networks stay on |")[1:] == ["–", "–"], "a change of three in a hundred is not told in short"
    many = told(compared=[200, 200], pairs=200)
    assert "(100 % → 50 %)" in many.replace("over 99 %", "100 %").replace(">99 %", "100 %")
    rows = [r for r in text.splitlines() if r.count(" | ") == 3 and "of 40" in r]
    assert rows[0].endswith("| +5.0 h") and rows[1].endswith("| ")
    assert "| −3.0 days" in text and "All 3 later acts that changed" in text
    assert "same time" in told(shift_hours=[0.4, 1.0, -72.0]) and "+1.0 h" in told(shift_hours=[0.4, 1.0, -72.0])
    none = told(cf=[], act=[], p_factual=[], p_counter=[], shift_hours=[])
    assert "Later act" not in none
