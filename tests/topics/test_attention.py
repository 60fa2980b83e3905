"""Attention: which reactions count from when, what each variant changes, and that words, rows and lanes follow the numbers."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

from fixtures.telling import notes, pictures, ticks
from fixtures.told import stored, told
from interrex.attention import PARAMETERS, Ratio
from interrex.attention.parameters import SPREAD
from interrex.report.figures import ACCENT
from interrex.results.schema import QUANTILES
from interrex.topics.attention import answer as attention
from interrex.topics.attention.answer import Clock

START = datetime(2030, 3, 1, 12)
NAN, INF = float("nan"), math.inf


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def reactor(name: str = "a", **more: Any) -> Any:
    about = {"id": name, "name": name.upper(), "group": "G", "patron": False, "watched": True, "utc_offset": None}
    return SimpleNamespace(**about | dict.fromkeys(attention.STAKES, 0.5) | more)


def reaction(first: float, last: float, who: str = "a", reliable: float = 0.9, strength: int = 1, name: str = "r") -> Any:
    return SimpleNamespace(reactor=who, when=SimpleNamespace(start=at(first), end=at(last), text="then"), reliability=SimpleNamespace(mean=reliable),
                           reaction=f"{name}{first:g}", text=f"{name}{first:g}", strength=strength, kind="words", stance="neutral", source="S", grade="single")  # fmt: skip


def period(what: str, first: float, last: float, *reactors: str) -> Any:
    return SimpleNamespace(what=what, start=SimpleNamespace(start=at(first), text="start"), end=SimpleNamespace(end=at(last)), reactors=reactors)


def case(**more: Any) -> Any:
    about = {"reactions": (), "agenda": (period("crisis", 0, 5),), "reactors": (reactor(),), "utc_offset": 6.0, "as_of_date": date(2030, 4, 1), "opinion_piece": None}
    return SimpleNamespace(**about | more)


def ratio(values: Any = (0.5, 1.0, 2.0), **more: Any) -> Ratio:
    about = {"ratio": np.array(values), "speed": np.array([0.3, 0.6, 0.9]), "expected": np.array([1.0, 4.0, 12.0]), "observed": 3, "few": 0.25, "many": 0.8}
    return Ratio(**about | more)


# which reactions count


def test_days_run_in_the_clock_of_the_reactor() -> None:
    clock = Clock(case(), START, 5.0)
    assert clock.days(at(1.5)) == 1.5 and clock.days(at(1.5), 6.0) == 1.5
    assert clock.days(at(1.5), 0.0) == pytest.approx(1.75) and clock.days(at(1.5), 9.0) == pytest.approx(1.375)


def test_a_reaction_counts_if_the_middle_of_its_dates_lies_inside() -> None:
    found = [reaction(-1, 1), reaction(-0.9, 1), reaction(4, 6), reaction(4.1, 6), reaction(1, 2, reliable=0.49), reaction(2, 3, reliable=0.5),
             reaction(6, 7, reliable=0.1), reaction(1, 1, "b")]  # fmt: skip
    seen = Clock(case(reactions=tuple(reversed(found))), START, 5.0).seen(reactor())
    assert [(s.start, s.left_out) for s in seen] == [
        (pytest.approx(-1), "before the crisis"), (pytest.approx(-0.9), ""), (pytest.approx(1), "the report is weak"), (pytest.approx(2), ""),
        (pytest.approx(4), ""), (pytest.approx(4.1), "after its end"), (pytest.approx(6), "after its end"),
    ]  # fmt: skip


def test_the_agenda_of_a_reactor_is_its_own_without_the_crisis() -> None:
    agenda = (period("crisis", 0, 5), period("violence", 1, 2), period("holiday", 2, 3, "a"), period("talks", 2, 3, "b"))
    assert [(p.what, p.start, p.end) for p in Clock(case(agenda=agenda), START, 5.0).agenda("a")] == [("violence", 1.0, 2.0), ("holiday", 2.0, 3.0)]


def test_a_watch_holds_the_first_reaction_and_how_many_came_later(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(attention, "segments", lambda *a: told.append(a))
    agenda = (period("crisis", 0, 5), period("violence", 1, 2), period("holiday", 2, 3))
    clock = Clock(case(agenda=agenda, reactions=(reaction(-0.5, 1), reaction(2, 3), reaction(9, 9))), START, 5.0)
    watch = clock.watch(reactor())
    assert (watch.low, watch.high, watch.count) == (0.0, 1.0, 1) and [p.what for p in told[0][1]] == ["violence", "holiday"]
    assert told[0][2] == dict.fromkeys(attention.STAKES, 0.5)
    clock.watch(reactor(), distractions=False)
    clock.watch(reactor(), stakes=False)
    assert [p.what for p in told[1][1]] == ["violence"] and told[2][2] == dict.fromkeys(attention.STAKES, 0.0)
    none = clock.watch(reactor("b"))
    assert (none.low, none.high, none.count) == (5.0, INF, None)
    late = Clock(case(reactions=(reaction(4, 5.9),)), START, 5.0).watch(reactor())
    assert (late.low, late.high, late.count) == (4.0, 5.0, 0)


def test_the_clock_runs_to_the_end_of_the_crisis_or_two_days_before_the_last_report() -> None:
    def length(**more: Any) -> float | None:
        found = attention.clock(case(**more))
        return None if found is None else found.length

    assert length() == 5.0 and length(agenda=(period("violence", 0, 1), period("crisis", 0, 9))) == 9.0
    assert length(as_of_date=date(2030, 3, 5)) == pytest.approx(2.5) and length(as_of_date=date(2030, 3, 3)) == pytest.approx(0.5)
    assert length(as_of_date=date(2030, 3, 2)) is None and length(agenda=()) is None and length(reactors=(reactor(watched=False),)) is None
    assert length(reactors=(reactor(watched=False), reactor("b"))) == 5.0


def test_an_answer_is_about_all_but_the_patron_then_groups_then_all() -> None:
    def scopes(*found: tuple[str, bool]) -> dict[str, int]:
        made = [reactor(group=group, patron=patron) for group, patron in found]
        return {name: len(members) for name, members in attention._scopes(made).items()}

    assert scopes(("W", False), ("W", False), ("E", False), ("P", True)) == {"All but the patron": 3, "W": 2, "All, with the patron": 4}
    assert scopes(("W", False), ("W", False)) == {"All": 2} and scopes(("P", True)) == {"All": 1}


# what is computed from the model


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A model without chance: all reactions recorded, two a day; `ratio` keeps the watches it was asked of."""
    asked: list[Any] = []

    def fake(posterior: Any, watches: list[Any], seed: int, complete: bool = False) -> Ratio:
        asked.append((posterior, watches, complete))
        return ratio(observed=sum(math.isfinite(w.high) for w in watches))

    monkeypatch.setattr(attention, "ratio", fake)
    monkeypatch.setattr(attention, "coverage", lambda seed, n: np.ones(n))
    monkeypatch.setattr(attention, "cumulative", lambda posterior, segments, days: np.array([2.0 * days]))
    return asked


def test_what_is_expected_of_a_reactor_is_in_hours_of_the_crisis(plain: list[Any]) -> None:
    cut = case(reactors=(reactor(patron=True), reactor("b"), reactor("c", watched=False)), reactions=(reaction(1, 2), reaction(2, 3), reaction(1, 1, "c")))
    clock = Clock(cut, START, 1.2)
    own = {r.id: clock.watch(r) for r in cut.reactors if r.watched}
    single = {name: ratio() for name in own}
    made: Any = attention._reactor_columns(cut, clock, own, single, SimpleNamespace(z=[0]), 1)
    wait = -np.log1p(-np.array(QUANTILES)) / 2 * 24
    assert made["first_expected"][:4, 0] == pytest.approx(wait[:4], abs=0.01) and math.isnan(made["first_expected"][4, 0])
    assert np.isnan(made["first_expected"][:, 2]).all()
    assert made["p_react"][:2] == pytest.approx([1 - math.exp(-2.4)] * 2) and math.isnan(made["p_react"][2])
    clock = Clock(cut, START, 5.0)
    own = {r.id: clock.watch(r) for r in cut.reactors if r.watched}
    made = attention._reactor_columns(cut, clock, own, single, SimpleNamespace(z=[0]), 1)
    assert made["first_expected"][4, 0] == pytest.approx(wait[4], abs=0.01)
    assert made["observed"][:2] == [2, 0] and math.isnan(made["observed"][2]) and made["patron"] == [True, False, False]
    assert (made["first_from"][0], made["first_to"][0]) == pytest.approx((24, 48)) and all(math.isnan(v) for v in made["first_from"][1:])
    assert [made[n][0] for n in ("ratio_low", "ratio", "ratio_high", "expected")] == [0.5, 1.0, 2.0, 4.0] and math.isnan(made["ratio"][2])


def test_each_variant_changes_one_assumption(plain: list[Any]) -> None:
    cut = case(agenda=(period("crisis", 0, 5), period("violence", 1, 2), period("holiday", 2, 3)), reactions=(reaction(3, 4), reaction(10, 11)), as_of_date=date(2030, 3, 25))
    clock = Clock(cut, START, 5.0)
    made: Any = attention._variant_columns(cut, clock, [reactor()], ratio(), SimpleNamespace(), 1)
    assert made["variant_text"] == [
        "As above", "Every reaction is on record", "Without what other crises say", "Holidays, talks, blackout and other news left out",
        "Stakes left out", "The clock starts with the violence", "The crisis ends 4 days later", "The crisis ends 12 days later", "The crisis ends 18 days later",
    ]  # fmt: skip
    assert [complete for *_, complete in plain] == [True] + [False] * 7 and plain[1][0] is not plain[0][0]
    (late,), (longer,) = plain[4][1], plain[5][1]
    assert (late.low, late.high, late.segments.bounds[-1]) == pytest.approx((2, 3, 4)) and longer.segments.bounds[-1] == 9
    assert [len(w.segments.design.any(axis=0).nonzero()[0]) for _, (w,), _ in plain[2:4]] == [len(plain[0][1][0].segments.design.any(axis=0).nonzero()[0]) - d for d in (1, 4)]
    early = cut.__class__(**vars(cut) | {"agenda": (period("crisis", 0, 5), period("violence", 0, 2)), "as_of_date": date(2030, 3, 8)})
    made = attention._variant_columns(early, clock, [reactor()], ratio(), SimpleNamespace(), 1)
    assert len(made["variant_text"]) == 6 and made["variant_text"][-1] == "The crisis ends 0 days later"


def test_reactions_are_told_in_order_and_why_they_do_not_count() -> None:
    cut = case(reactors=(reactor(), reactor("b", watched=False)), reactions=(reaction(3, 4), reaction(1, 2, "b"), reaction(8, 9)))
    made: Any = attention._reaction_columns(cut, Clock(cut, START, 5.0))
    assert made["reaction_by"] == ["B", "A", "A"] and made["left_out"] == ["nobody looked for its reactions", "", "after its end"]
    assert made["reaction_from"] == pytest.approx([24, 72, 192]) and made["reaction_to"] == pytest.approx([48, 96, 216])


def test_the_course_counts_reactors_between_the_ends_of_their_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(attention, "heard", lambda p, w, days, seed: asked.append(days) or np.arange(21)[:, None] * np.ones(len(days)))
    cut = case(reactors=(reactor(), reactor("b"), reactor("c")), reactions=(reaction(1, 2), reaction(0.5, 1, "b")))
    clock = Clock(cut, START, 3.0)
    made: Any = attention._course(clock, list(cut.reactors), {r.id: clock.watch(r) for r in cut.reactors}, SimpleNamespace(), 1)
    hour = made["hour"].tolist()
    assert hour[0] == 0 and hour[-1] == 165 and asked[0][-1] == pytest.approx(165 / 24)
    least, most = dict(zip(hour, made["heard_from"], strict=True)), dict(zip(hour, made["heard_to"], strict=True))
    assert (least[21], least[24], least[45], least[48]) == (0, 1, 1, 2) and (most[9], most[12], most[21], most[24]) == (0, 1, 1, 2)
    assert made["heard_expected"][:, 0] == pytest.approx(20 * np.array(QUANTILES))


def test_periods_are_told_in_hours_with_whom_they_bear_on() -> None:
    cut = case(agenda=(period("crisis", 0, 5), period("talks", 1, 2, "a")))
    assert attention._agenda_columns(cut, Clock(cut, START, 5.0)) == {"period_what": ["talks"], "period_whom": ["A"], "period_from": [24.0], "period_to": [48.0]}


# the meanings of disregard in words


def aspects(reactions: Any = (), shuffled: float = NAN, agenda: Any = (), **more: Any) -> list[str]:
    cut = case(reactors=(reactor(), reactor("b")), reactions=tuple(reactions), agenda=agenda)
    clock = Clock(cut, START, 5.0)
    theta = np.zeros((3, len(PARAMETERS)))
    theta[:, SPREAD] = [0.1, math.log(2), 0.9]
    own = {r.id: clock.watch(r) for r in cut.reactors}
    made: Any = attention._aspects(clock, list(cut.reactors), ratio(**more), shuffled, SimpleNamespace(theta=theta), own)
    assert made["aspect"] == ["Rare?", "Slow?", "Words only?", "Blind to stakes?"]
    return made["aspect_text"]


def test_rare_says_seen_expected_and_who_was_silent() -> None:
    rare = aspects([reaction(1, 2)])[0]
    assert rare == (
        "Reactions seen: 3, expected: 4 (1 to 12). In 25 % of crises like this one there would be as few or fewer; none was found from B. "
        "Crises differ by a factor of 2.0 anyway (median of an assumed spread)."
    )
    assert "none was found from A and B" in aspects()[0] and "none was found" not in aspects([reaction(1, 2), reaction(1, 2, "b")])[0]


def test_slow_says_the_earliest_and_when_violence_began() -> None:
    slow = aspects([reaction(2, 3), reaction(1.5, 4, "b"), reaction(-3, -2)], agenda=(period("violence", 1, 2), period("violence", 3, 4)))[1]
    assert slow == (
        "Going by first reactions alone the rate is 0.6 times the expected one (0.3 to 0.9). The earliest lies between 36 and 72 hours after "
        "the start. Violence began after 24 hours."
    )
    assert "earliest" not in aspects()[1] and "Violence" not in aspects([reaction(1, 2)], agenda=(period("talks", 1, 2),))[1]


def test_words_only_says_what_none_of_so_few_still_allows() -> None:
    assert aspects([reaction(1, 2), reaction(2, 3, strength=3)])[2] == (
        "0 of 2 moved money or force. With none of 2 the share of such reactions may still be up to 78 %."
    )
    assert aspects([reaction(1, 2), reaction(2, 3, strength=4)])[2] == "1 of 2 moved money or force. "
    assert aspects()[2] == "No reaction is on record."


def test_blind_to_stakes_is_a_matter_of_chance() -> None:
    assert aspects()[3] == "Too few reactors to tell."
    assert "in 4 % of all ways: they explain the order." in aspects(shuffled=0.04)[3]
    assert "in 5 % of all ways: they explain nothing that chance would not." in aspects(shuffled=0.05)[3]


def test_what_cannot_be_known_counts_rough_dates_and_other_crises() -> None:
    cut = case(reactions=(reaction(1, 1.5), reaction(2, 2.6), reaction(3, 4)))
    theta = np.array([[1.0], [3.0]])
    text = attention._unknown(cut, Clock(cut, START, 5.0), [1, 2, 3], SimpleNamespace(theta=theta))
    assert text.startswith("2 of 3 reactions are dated no closer") and "give 3 dates" in text and "from sd 1.00 to 1.00" in text


def test_the_statement_is_the_one_of_the_world_that_ignores() -> None:
    said = [SimpleNamespace(id="other", text="no"), SimpleNamespace(id="world-ignores", text="They look away.")]
    assert attention._statement(case(opinion_piece=SimpleNamespace(statements=said))) == "They look away."
    assert attention._statement(case(opinion_piece=SimpleNamespace(statements=said[:1]))) == attention._statement(case()) == ""


def test_factors_have_two_digits_and_no_more() -> None:
    assert [attention._factor(v) for v in (0.054, 1.66, 9.94, 10.4, 123.6)] == ["0.054", "1.7", "9.9", "10", "124"]
    low, high = ratio((0.2, 0.5, 0.99)), ratio((1.01, 2.0, 3.0))
    assert attention.verdict(low, "ALL").startswith("The world reacted less") and attention.verdict(high, "ALL").startswith("The world reacted more")
    for edge in ((0.5, 0.8, 1.0), (1.0, 2.0, 3.0)):
        assert attention.verdict(ratio(edge), "ALL").startswith("Disregard is not shown")
    assert attention.verdict(high, "All but").endswith("expected 2, 90 % interval 1 to 3 (all but).")


# what the section says


def said(passed: bool = True, **changes: Any) -> str:
    return told("attention", passed=passed, attention=stored("attention", **changes))


def test_a_row_of_a_reactor_has_its_own_numbers() -> None:
    text = said(
        trade=[0.1, 0.2], investment=[0.3, 0.4], treaty=[0.5, 0.6], diaspora=[0.7, 0.8], observed=[3, 4], expected=[2.0, 1.6], expected_low=[1.0, 1.1],
        expected_high=[9.0, 8.0], ratio=[1.5, 2.5], ratio_low=[0.3, 0.4], ratio_high=[5.0, 6.0], first_from=[12, NAN], first_to=[18, 20], p_react=[0.7, 0.6],
        first_expected=np.array([[1, 2], [3, 4], [30, NAN], [50, 60], [70, 80]]), watched=[1, 0], patron=[1, 0],
    )  # fmt: skip
    assert "patron muted 0.10 · 0.30 · 0.50 · 0.70 muted 3 num strong 2.0 (1.0 to 9.0) num 1.5 num 1.5 (0.30 to 5.0) num 12 to 18 num 30 num 70 % num" in text
    assert "nobody looked for its reactions muted 0.20 · 0.40 · 0.60 · 0.80 muted 4 num strong 1.6 (1.1 to 8.0) num 2.5 num" in text
    assert "2.5 (0.40 to 6.0) num none found num after the end num 60 % num" in text
    assert "– num – num" in said(expected=[0.0, NAN], ratio=[NAN, 1.0])


def test_rows_of_scopes_and_variants_have_their_own_numbers() -> None:
    text = said(scope_observed=[5, 6], scope_expected=[2.0, 3.0], scope_expected_low=[1.0, 1.5], scope_expected_high=[4.0, 4.5], scope_ratio=[0.7, 0.8],
                scope_ratio_low=[0.2, 0.3], scope_ratio_high=[1.7, 1.8], scope_speed=[0.9, 1.1], scope_speed_low=[0.4, 0.5], scope_speed_high=[2.2, 2.3], scope_few=[0.3, 0.4])  # fmt: skip
    assert "All but the patron 5 num strong 2.0 (1.0 to 4.0) num 2.5 num 0.70 (0.20 to 1.7) num strong 0.90 (0.40 to 2.2) num 30 % num" in text
    n = np.arange(9)
    text = said(variant_observed=n, variant_expected=n + 2.0, variant_ratio=n + 1.0, variant_ratio_low=n + 0.5, variant_ratio_high=n + 3.0)
    assert "Stakes left out 4 num 6.0 num 0.67 num 5.0 (4.5 to 7.0) num" in text


def test_reactions_and_parameters_are_told_as_stored() -> None:
    text = said(reaction_from=[10.4, 20], reaction_to=[12.6, 30], strength=[4, 5], stance=["critical", "odd"], left_out=["", "after its end"], reaction_source=["A;B", "C"])
    assert "10 to 13 num A spokeswoman of Occidentia is concerned muted critical 4 num several A, B muted" in text
    assert "Not counted: after its end. muted odd 5 num" in text and text.count("Not counted") == 1 and "All 2 reactions on record" in text
    k = len(PARAMETERS)
    text = said(prior_mean=[-1.5] * k, prior_sd=[0.25] * k, post_mean=[0.75] * k, post_sd=[0.5] * k, bound_days=[7.4] * 5)
    assert "−1.50 (0.25) num 0.75 (0.50) num" in text and "South Africa 7 days num" in text
    assert said(post_mean=[-0.001] * k).count(" 0.00 (") >= k and "Reactions dated in other crises" not in said(bound_crisis=None)


def test_what_the_commentary_says_and_what_stands_though_checks_failed() -> None:
    assert "The commentary under review says: They look away. Few, late" in said(statement="they look away")
    assert "commentary" not in said() and "a small model of its own" not in said() and "a small model of its own" in said(passed=False)
    assert "Odd. verdict" in said(verdict="odd") and "Unknown things." in said(unknown="unknown things")


@pytest.mark.parametrize(
    ("first", "violence", "late"),
    [(60, 60, True), (50, 60, False), (60, 50, False), (50.1, 50.1, True)],
)
def test_the_title_says_late_only_where_reactions_and_violence_were(first: float, violence: float, late: bool) -> None:
    text = said(end_hours=150.0, reaction_from=[first, 3.0], left_out=["", "before the crisis"], period_from=np.where(stored("attention")["period_what"] == "violence", violence, 1.0))
    assert ("Reactions came late in the crisis; so did the violence" in text) == late
    assert "came late" not in said(end_hours=150.0, reaction_from=[10.0, 140.0], period_from=90.0)
    assert "Reactions seen against reactions expected" in said(end_hours=3.0, period_what=["talks"] * stored("attention").sizes["period"])


def test_lanes_show_reactions_counted_and_not_and_when_they_were_expected() -> None:
    def picture(**changes: Any) -> Any:
        with pictures() as drawn:
            said(**changes)
        return drawn[0].axes

    expected = np.array([[1, 2], [10, 20], [30, 40], [50, NAN], [70, 80]])
    top, bottom = picture(p_react=[0.2, 0.9], left_out=["", "after its end"], reaction_from=[30, 60], reaction_to=[40, 65], strength=[2, 5], first_expected=expected, end_hours=100.0)
    lanes = ticks(top.yaxis)
    assert lanes["Occidentia"] == 0 and lanes["Borealia"] == 1, "the likeliest to react is lowest"
    bars = {round(p.get_x()): p for p in top.patches if to_hex(p.get_edgecolor()) == ACCENT}
    assert to_hex(bars[30].get_facecolor()) == ACCENT and bars[60].get_facecolor()[3] == 0
    assert bars[30].get_width() == 10 and round(bars[30].get_y()) == 0 and round(bars[60].get_y()) == 1
    spans = [list(line.get_xdata()) for line in top.lines]  # per lane: its base, the middle half expected, the median
    assert [20.0, 100.0] in spans and [40.0, 40.0] in spans and [10.0, 50.0] in spans and [30.0, 30.0] in spans
    assert {"2", "5"} <= set(notes(top)) and "hours after the start (11 Mar 2030 17:00)" in bottom.get_xlabel()
    open_end = picture(first_expected=np.where(np.arange(5)[:, None] == 1, NAN, expected))[0]
    assert not any(list(line.get_xdata()) == [40.0, 40.0] for line in open_end.lines)


def test_the_course_is_drawn_as_expected_and_as_seen() -> None:
    hours = stored("attention").sizes["hour"]
    with pictures() as drawn:
        said(heard_expected=np.arange(5)[:, None] + np.zeros(hours), heard_from=np.arange(hours), heard_to=np.arange(hours) + 1)
    axes = drawn[0].axes[1]
    assert axes.lines[0].get_ydata()[0] == 2 and axes.lines[1].get_ydata().tolist() == list(range(hours))
    assert axes.get_ylim()[1] == pytest.approx(hours + 0.4) and axes.get_ylabel()
    bands = [(c.get_paths()[0].vertices[:, 1].min(), c.get_paths()[0].vertices[:, 1].max()) for c in axes.collections[:2]]
    assert bands == [(0, 4), (1, 3)]
