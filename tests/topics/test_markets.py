"""Markets: what is made of a handful of changes and a daily risk, and that sentences, rows and curves follow their numbers."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures.daily_risk import rising
from fixtures.telling import notes, pictures, ticks
from fixtures.told import changed, told
from interrex.case import load_case
from interrex.prices.quotes import Change, Worst
from interrex.report.read import Absent, Results
from interrex.topics.markets import answer as markets
from interrex.topics.markets import section, statements

NAN = float("nan")
UP = [0.01, 0.01, 0.01, 0.01, 0.01, 0.05, 0.03, 0.02, 0.01, 0.006, NAN, 0.005, 0.005, 0.005, 0.005]
DAY = date(2030, 3, 1)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def change(name: str, n: int, value: float, start: int | None = None, kind: str = "close", half: float = 0.0) -> Change:
    since = None if start is None else day(start)
    return Change(name, "London", since, day(n), value - half, value + half, kind, f"{name}{n}", (f"S{n}",))


def case(**more: Any) -> Any:
    """A case of prices alone, cut at the end of its window."""
    window = SimpleNamespace(start=day(0), end=day(30))
    return SimpleNamespace(**{"window": window, "prices": (), "claims": (), "as_of_date": day(30), "opinion_piece": None} | more)


def price(name: str, n: int, value: float | None = None, kind: str = "close", halt: bool = False, currency: str = "USD") -> Any:
    when = SimpleNamespace(day=day(n), start=day(n))
    return SimpleNamespace(instrument=name, when=when, value=value, kind=kind, halt=halt, currency=currency, venue="X", source="S",
                           change_pct=None, point=f"{name}{n}{kind}", reliability=SimpleNamespace(mean=0.9))  # fmt: skip


# what is made of changes


def test_a_fall_runs_over_days_in_a_row_and_a_halt_is_not_one_day() -> None:
    found = [
        change("A", 3, -0.1), change("A", 4, -0.2, 3), change("A", 5, 0.1, 4), change("A", 10, -0.15, 9),
        change("B", 5, -0.5, 0), change("B", 6, -0.1, 2), change("C", 31, -0.4), change("D", 0, -0.3), change("D", 30, -0.2),
    ]  # fmt: skip
    worst = markets.falls(found, case())
    assert list(worst) == ["A", "B", "D"] and worst["A"].days == (day(3), day(4))
    assert worst["A"].change.low == pytest.approx(0.9 * 0.8 - 1) and worst["B"].change.low == pytest.approx(-0.1)
    assert worst["D"].change.low == pytest.approx(-0.3)
    four = markets.falls([change("A", 3, -0.1), change("A", 7, -0.1)], case())["A"]
    five = markets.falls([change("A", 3, -0.1), change("A", 8, -0.2)], case())["A"]
    assert len(four.days) == 2 and five.days == (day(8),)


def test_the_first_fall_is_that_of_the_deepest_receipt() -> None:
    def worst(**falls: tuple[int, float]) -> dict[str, Worst]:
        return {n.replace("_", " "): Worst(n, change(n, d, v), (day(d),)) for n, (d, v) in falls.items()}

    assert markets.first_fall(worst(A_GDR=(5, -0.1), B_GDR=(4, -0.2), C=(2, -0.9))) == day(4)
    assert markets.first_fall(worst(A=(5, -0.1), B=(4, 0.2))) == day(5)
    assert markets.first_fall(worst(B=(4, 0.2))) is None


def test_products_are_of_what_fell_soon_and_was_of_value_to_its_holder() -> None:
    made = [("A GDR", 5, -0.1, "close"), ("B", 10, -0.3, "close"), ("C", 11, -0.3, "close"), ("D", 4, -0.3, "close"),
            ("USD/X", 5, -0.2, "close"), ("E", 5, -0.2, "indicative"), ("F", 5, 0.2, "close")]  # fmt: skip
    worst = {n: Worst(n, change(n, d, v, kind=k, half=0.01), (day(d), day(d + 1))) for n, d, v, k in made}
    seen = markets.Seen("INDEX", change("INDEX", 12, -0.2, half=0.01), None)
    rows = markets.product_rows(worst, seen, case())
    assert [r["name"] for r in rows] == ["B", "INDEX", "A GDR"], "deepest first"
    assert (rows[2]["least"], rows[2]["most"]) == pytest.approx((0.09, 0.11)) and rows[2]["days"] == f"{day(5)} to {day(6)}"
    assert rows[1]["days"] == str(day(12)) and rows[0]["sources"] == "S10"
    rose = seen._replace(change=change("INDEX", 12, 0.1))
    assert [r["name"] for r in markets.product_rows(worst, rose, case())] == ["B", "A GDR"]


def test_a_path_starts_at_nothing_before_the_fall_and_links_what_follows() -> None:
    found = [change("A GDR", 5, -0.1), change("A GDR", 6, -0.2, 5, half=0.01), change("A GDR", 9, 0.5, kind="intraday"), change("other", 6, -0.2),
             change("A GDR", 20, -0.5), change("USD/X", 8, 0.1, 3), change("sovereign bond", 4, -0.05, kind="cents")]  # fmt: skip
    rows = {(r["name"], r["day"]): r for r in markets.path_rows(found, case())}
    paths = {(n, date.fromisoformat(d).day - 1): (r["least"], r["most"], r["kind"]) for (n, d), r in rows.items()}
    assert paths["A GDR", 4] == (0.0, 0.0, "base") and paths["A GDR", 5][:2] == pytest.approx((-0.1, -0.1))
    assert paths["A GDR", 6][:2] == pytest.approx((0.9 * 0.79 - 1, 0.9 * 0.81 - 1))
    assert paths["A GDR", 9][:2] == pytest.approx((0.9 * 0.79 * 1.5 - 1, 0.9 * 0.81 * 1.5 - 1)) and paths["A GDR", 9][2] == "intraday"
    assert ("A GDR", 20) not in paths and not any(n == "other" for n, _ in paths)
    assert paths["USD/X", 3][2] == "base" and ("sovereign bond", 3) in paths


def test_falls_of_bonds_in_cents_are_taken_at_the_price_assumed() -> None:
    def claim(**more: Any) -> Any:
        about = {"kind": "market", "unit": "cents", "value": -6.0, "when": SimpleNamespace(day=day(4)), "id": "c", "sources": ["S"]}
        return SimpleNamespace(**about | more)

    (found,) = markets.changes(case(claims=(claim(), claim(value=6.0), claim(value=None), claim(unit="USD"), claim(kind="act"), claim(value=0.0))))
    assert (found.low, found.high, found.kind) == (-0.06, -0.04, "cents")


def test_what_the_conditioning_saw_is_read_off_its_terms_and_events() -> None:
    cut = case(claims=(SimpleNamespace(id="m", kind="market"), SimpleNamespace(id="c", kind="crowd")))

    def used(terms: Any, *events: str) -> str:
        return markets.used(cut, SimpleNamespace(term_claims=terms, events=[SimpleNamespace(kind=e) for e in events]))

    assert used([("c",)], "arrest") == "no price and no report on prices entered the conditioning"
    assert used([("c", "m")]) == "the conditioning saw these reports on markets: m"
    assert used([], "market_halt").endswith("; the closure of the exchange entered as a dated act")


def test_a_risk_is_that_of_the_day_or_of_the_last_before_it() -> None:
    daily = rising(DAY, [0.1, 0.2, NAN])
    assert markets.at(daily, day(0)) == 0.1 and markets.at(daily, day(2)) == 0.2 and markets.at(daily, day(9)) == 0.2
    assert math.isnan(markets.at(daily, day(-1)))


def test_a_rise_of_the_risk_runs_over_the_days_of_the_change() -> None:
    daily = rising(DAY, [0.1, 0.2, 0.4])
    rise, error = markets._rise(daily, change("A", 2, -0.1))
    assert rise == pytest.approx(0.2) and error == pytest.approx(0.2 * math.hypot(0.2, 0.4))
    assert markets._rise(daily, change("A", 2, -0.1, 0))[0] == pytest.approx(0.3)
    assert math.isnan(markets._rise(daily, change("A", 0, -0.1))[0]) and math.isnan(markets._rise(daily, change("A", 5, -0.1))[0])
    gap = rising(DAY, [0.1, NAN, 0.4])
    assert markets._rise(gap, change("A", 2, -0.1))[0] == pytest.approx(0.3)


def test_an_exposure_is_over_days_on_which_the_risk_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markets, "changes", lambda cut: [change("A", 1, -0.1, half=0.01), change("A", 2, -0.2, half=0.01), change("B", 3, -0.1)])
    daily = rising(DAY, [0.1, 0.2, 0.4, 0.401])
    (row,) = markets.exposure_rows({"A", "B"}, daily, case(), 1)
    assert row["name"] == "A" and row["days"] == 2 and row["rise"] == pytest.approx(0.3)
    assert row["least"] == pytest.approx(0.89 * 0.79 - 1) and row["most"] == pytest.approx(0.91 * 0.81 - 1)
    assert markets.exposure_rows({"A"}, None, case(), 1) == []


def test_the_index_is_seen_at_its_first_close_after_the_fall() -> None:
    weights = (price("A", 0, 60.0, currency="per cent of I"), price("B", 0, 40.0, currency="per cent of I"))
    prices = (*weights, price("I", 3, 100.0), price("I", 12, 97.0), price("I", 25, 90.0))
    seen = markets.index_seen(case(prices=prices), day(5))
    assert seen is not None and seen.name == "I" and seen.change.day == day(12) and seen.change.low == pytest.approx(-0.03)
    assert seen.later is not None and seen.later.day == day(25) and seen.later.low == pytest.approx(-0.1)
    same = markets.index_seen(case(prices=prices[:-1]), day(5))
    assert same is not None and same.later is None
    early = markets.index_seen(case(prices=prices, as_of_date=day(20)), day(5))
    assert early is not None and early.later is None
    assert markets.index_seen(case(prices=prices[2:]), day(5)) is None and markets.index_seen(case(prices=prices[:3]), day(5)) is None
    assert markets.index_seen(case(prices=(*prices[:3], price("I", 20, 97.0))), day(5)) is None
    same_day = markets.index_seen(case(prices=(*prices, price("I", 5, 50.0))), day(5))
    assert same_day is not None and same_day.change.low == pytest.approx(-0.03), "from the eve, not from the day of the fall"
    at_last = markets.index_seen(case(prices=(*prices[:4], price("I", 19, 98.0), price("I", 20, 99.0))), day(5))
    assert at_last is not None and at_last.change.day == day(19)


def abroad(**falls: float) -> dict[str, Worst]:
    return {f"{n} GDR": Worst(f"{n} GDR", change(f"{n} GDR", 5, v, half=0.01), (day(5), day(6))) for n, v in falls.items()}


def test_one_process_holds_the_risk_of_eve_peak_and_index_against_the_falls() -> None:
    seen = markets.Seen("I", change("I", 8, -0.03), change("I", 20, -0.06, half=0.01))
    daily = rising(DAY, [0.01, 0.01, 0.01, 0.01, 0.02, 0.3, 0.2, 0.1, 0.05])
    out = markets.one_process(daily, seen, abroad(A=-0.2, B=-0.1))
    assert (out["eve"], out["peak_day"], out["seen_day"], out["later_day"]) == tuple(str(day(n)) for n in (4, 5, 8, 20))
    assert (out["p_eve"], out["p_peak"], out["p_seen"]) == (0.02, 0.3, 0.05) and out["deepest_high"] == pytest.approx(0.58)
    assert (out["needed_p_least"], out["needed_p_most"]) == pytest.approx((0.09, 0.21))
    assert out["cancelled_below_later"] == pytest.approx(1 / 0.93) and out["memory_days"] > 1
    assert markets.one_process(None, seen, abroad(A=-0.2)) == {} and markets.one_process(daily, None, {}) == {}
    assert markets.one_process(rising(DAY, [NAN, NAN]), seen, abroad(A=-0.2)) == {}
    assert markets.one_process(rising(day(5), [0.1, 0.1]), seen, abroad(A=-0.2)) == {}, "no risk on the eve"
    assert "later_day" not in markets.one_process(daily, seen._replace(later=None), abroad(A=-0.2))


def test_plans_wait_where_the_risk_fades() -> None:
    daily = rising(DAY, [0.01, 0.3])
    rows = markets.delay_rows(daily)
    assert 1 < markets.PROMISES[0] < markets.PROMISES[1] < markets.PROMISES[2]
    assert [r["promise"] for r in rows] == list(markets.PROMISES) and rows[0]["days"] >= rows[-1]["days"] > 1
    assert markets.delay_rows(None) == [] and markets.delay_rows(rising(DAY, [NAN])) == []
    flat = daily._replace(hazard=np.full_like(daily.hazard, 2.0**-7))
    assert markets.delay_rows(flat) == []


def test_days_of_one_instrument_begin_where_the_last_ended() -> None:
    found = [change("A", 3, -0.1, 1), change("A", 4, -0.1, 2), change("A", 5, -0.1, 3), change("A", 6, -0.1)]
    assert [c.day for c in markets.apart(found)] == [day(3), day(5), day(6)]


# the answers in sentences

PROCESS = {
    "p_eve": 0.01, "p_peak": 0.2, "p_seen": 0.05, "deepest": 0.19, "deepest_high": 0.3, "needed_p_least": 0.25, "needed_p_most": 0.4,
    "loss_needed_least": 0.6, "loss_needed_most": 0.7, "cancelled_below_least": 1.01, "cancelled_below_most": 1.02,
}  # fmt: skip
PARTS = [
    {"label": "gap", "least": -0.165, "most": -0.155}, {"label": "halt", "least": -0.2, "most": -0.012},
    {"label": "known", "least": -0.05, "most": -0.03},
]  # fmt: skip
SEEN = markets.Seen("I", change("I", 8, -0.03), None)


def say(process: dict[str, Any] | None = None, waits: Any = (18.2, 17.4), intervals: bool = True, **falls: float) -> dict[str, str]:
    delays = [{"promise": 1.0, "days": w} for w in waits]
    return markets.said(abroad(**(falls or {"A": -0.2, "B": -0.1})), PARTS, SEEN, PROCESS | (process or {}), delays, intervals)


def test_the_verdict_holds_the_least_fall_abroad_against_the_index() -> None:
    assert say()["verdict"] == (
        "The index was no gauge of the crisis. Abroad 2 large names lost 10 to 20 %; I was 3.0 % down when it was next seen, on 9 March."
    )
    assert say(A=-0.2, B=-0.059)["verdict"].startswith("The index moved with the names quoted abroad.")
    assert say(A=-0.2, B=-0.061)["verdict"].startswith("The index was no gauge")
    assert say()["said_gap"].startswith("The gap between the two is 15.5 to 16.5 points. Halt and delay make up at least 1.2 of them:")
    assert "would alone have taken 4.0 points" in say()["said_gap"]
    bare = markets.said({}, [], None, {}, [], True)
    assert bare == {"verdict": "The price points are too few for a verdict.", "said_gap": "", "said_risk": "", "said_process": ""}


def test_whether_the_risk_explains_the_falls_depends_on_the_range_that_may_be_printed() -> None:
    text = say()["said_risk"]
    assert "goes from 1.0 % on the eve to 20.0 % at its peak and 5.0 % when" in text and "the falls abroad ask for 25 to 40 %." in text
    assert "take only 19.0 % off a price at the peak (30 % with base rates at the top of their range)" in text
    assert text.endswith("So the simulated risk is large enough for the falls.")
    hidden = say(intervals=False)["said_risk"]
    assert "base rates" not in hidden and hidden.endswith("the points cannot tell which.")
    assert say({"needed_p_least": 0.31})["said_risk"].endswith("the points cannot tell which.")
    assert say({"needed_p_least": 0.3})["said_risk"].endswith("large enough for the falls.")


def test_one_risk_for_index_and_plans_is_told_as_the_numbers_have_it() -> None:
    assert say()["said_process"] == (
        "A loss of 60 % or more would make the index change as it did. The same path makes plans of entry wait 17 to 18 days. A risk that "
        "lasted, at the price of all that the index had lost, would drop plans that promised less than 2.0 % more than they need, and no others."
    )
    gone = say({"loss_needed_least": 1.01})["said_process"]
    assert gone.startswith("By the day on which the index was seen the simulated risk can no longer account") and "one passing risk" in gone
    assert "one passing risk" not in say({"loss_needed_least": 1.01}, waits=())["said_process"]
    assert "A loss of 100 % or more" in say({"loss_needed_least": 1.0})["said_process"]
    assert "makes no plan of entry wait." in say(waits=(math.inf,))["said_process"] and "wait 18 days." in say(waits=(18.2, math.inf))["said_process"]
    assert "had lost nothing that a lasting risk" in say({"cancelled_below_most": 1.0004})["said_process"]
    assert "less than 0.1 % more" in say({"cancelled_below_most": 1.0006})["said_process"]


# statements of the commentary


def asks(kind: str, **more: Any) -> Any:
    return SimpleNamespace(**{"kind": kind, "instruments": ("I",), "per_cent": 5.0, "start": day(3), "end": day(15), "against": "I"} | more)


INDEX = (price("I", 3, 100.0), price("I", 12, 97.0), price("I", 9, 96.0, kind="intraday"), price("I", 20, 110.0), price("shares", 6, halt=True),
         price("A", 0, 100.0, currency="per cent of I"))  # fmt: skip


def test_a_bound_on_the_fall_of_an_index_holds_as_far_as_it_was_quoted() -> None:
    def word(bound: float, prices: Any = INDEX, worst: Any = None) -> tuple[str, str]:
        verdict, text, _ = statements.fell_at_most(asks("fell_at_most", per_cent=bound), case(prices=prices), (), worst or {})
        return verdict, text

    assert word(5.0)[0] == "holds on the days quoted; no sign of calm" and word(3.9)[0] == "does not hold"
    half = (*INDEX, price("I", 10, 50.0, kind="intraday"))
    assert word(50.0, half)[0].startswith("holds") and word(49.9, half)[0] == "does not hold"
    assert word(4.001)[0].startswith("holds") and word(5.0, INDEX[:4])[0] == "holds on the days quoted"
    assert word(5.0)[1] == (
        "I −3.0 % by 13 March, lowest quote −4.0 %; quoted here on 2 days; shares shut on 1 dated days; 10.0 % by 21 March"
    )
    outside = word(5.0, (*INDEX[:4], INDEX[5]), abroad(A=-0.2, B=-0.1))
    assert outside[0].endswith("no sign of calm") and outside[1].endswith(". Not in the index: B")
    assert "quoted here on 1 day;" in word(5.0, (*INDEX[:2], *INDEX[3:]))[1]
    assert word(5.0, INDEX[:1]) == ("not testable", "no price of I on both ends is known by this day")


def test_a_further_fall_must_be_further_whatever_the_rounding() -> None:
    def word(worst: Any, **more: Any) -> tuple[str, str]:
        verdict, text, _ = statements.fell_further(asks("fell_further", instruments=("A GDR", "B GDR"), **more), case(prices=INDEX), (), worst)
        return verdict, text

    assert word(abroad(A=-0.2, B=-0.1))[0] == "holds" and word(abroad(A=-0.2, B=-0.035))[0] == "does not hold"
    assert word(abroad(A=-0.2, B=-0.0401))[0] == "holds"
    assert word(abroad(A=-0.2))[1] == (
        "A GDR −21.0 to −19.0 % (6 March to 7 March, close); I −3.0 % by 13 March. Different days: abroad at the worst, at home after the halt"
    )
    assert word({})[0] == "not testable" and word(abroad(A=-0.2), against="J")[0] == "not testable"


def test_a_recovery_needs_a_price_of_the_receipts_after_the_fall() -> None:
    def word(found: Any, claims: Any = ()) -> tuple[str, str]:
        verdict, text, _ = statements.recovered(asks("recovered", instruments=("A GDR",)), case(claims=claims), found, {})
        return verdict, text

    assert word([change("A GDR", 4, 0.02)]) == ("holds", "A GDR 2.0 % on 5 March")
    assert word([change("A GDR", 4, 0.02), change("A GDR", 15, -0.01)])[0] == "does not hold"
    assert word([change("A GDR", 4, 0.0)])[0] == "does not hold"
    outside = [change("A GDR", 3, 0.02), change("A GDR", 16, 0.02), change("A GDR", 5, 0.02, kind="told"), change("A", 5, 0.02)]
    assert word(outside) == ("not verifiable", "no price of the receipts after 4 March is on record")
    said = SimpleNamespace(kind="market", when=SimpleNamespace(end=datetime(2030, 3, 6)), text="Bonds rose.", sources=["B"])
    assert word([change("A", 5, 0.03, 4)], [said])[1].endswith("is on record; A 3.0 % on 6 March; bonds rose")
    late = SimpleNamespace(**vars(said) | {"when": SimpleNamespace(end=datetime(2030, 3, 17, 0, 1))})
    assert word([], [late])[1].endswith("is on record") and word([], [said])[1].endswith("is on record; bonds rose")


def test_a_change_is_one_number_where_its_ends_print_alike() -> None:
    assert statements.per_cent(-0.0317, -0.0283) == "−3.0 %" and statements.per_cent(-0.04, -0.03) == "−4.0 to −3.0 %"
    assert section._per_cent(-0.0317, -0.0283) == "−3.0 %" and section._per_cent(-0.04, -0.03) == "−4.0 to −3.0 %"
    assert section._per_cent(NAN, 0.1) == section._per_cent(0.1, NAN) == "–"


# what the section shows


@pytest.fixture(scope="module")
def group() -> Any:
    cut = load_case("kazakhstan-2022").as_of("2022-02-28")
    return markets.dataset(cut, rising(date(2021, 12, 31), UP), SimpleNamespace(term_claims=(), events=()), seed=1)


def drawn(group: Any, n: int = 0, passed: bool = True, **changes: Any) -> list[Any]:
    with pictures() as made:
        told("markets", passed=passed, markets=changed(group, **changes))
    return made[n].axes


def test_each_part_is_shown_where_there_is_one(group: Any) -> None:
    def shown(**changes: Any) -> str:
        return told("markets", markets=changed(group, **changes))

    assert "Index against names" in shown() and "Index against names" not in shown(part_label=None)
    assert "its worst, on 5 Jan" in shown() and "its worst" not in shown(path_least=NAN) and "its worst" not in shown(path_name=None, product_name=None)
    curves = "A fall in price gives probability times loss"
    one = np.where(np.arange(group.sizes["product"]) == 0, NAN, group["product_least"].values)
    assert curves in shown(product_least=one)
    assert curves in shown() and curves not in shown(product_least=NAN) and curves not in shown(product_name=None)
    assert "What the commentary says" in shown() and "What the commentary says" not in shown(sentence_text=None)
    assert "loss share needed" in shown() and "loss share needed" not in shown(exposure_name=None)
    assert "7 days" in shown() and "effective sample" not in shown(risk_p=None)
    assert "Fisman 2001" in shown() and "Fisman" not in shown(connection_what=None)
    assert "The daily risk is missing" not in shown() and "The daily risk is missing. No days." in shown(note_daily="no days")
    assert "Why index and names differ" in shown() and "Why index and names differ" not in shown(said_gap="")
    assert "Prices entered." in shown(used_in_conditioning="prices entered") and "Left out altogether: X." in shown(no_exposure="X")
    with pytest.raises(Absent):
        shown(quote_least=None)


def test_lines_across_the_halt_are_the_middles_of_the_quotes(group: Any) -> None:
    top, bottom = drawn(group)
    texts = notes(top)
    alone = np.where(np.arange(group.sizes["path"]) == 1, "Alone", group["path_name"].values)
    assert not any("Alone" in text for text in notes(drawn(group, path_name=alone)[0])), "one point is no line"
    assert texts["Kaspi.kz GDR −24.6 %"] == (5, pytest.approx(-24.64, abs=0.01)) and "shares at home shut" in texts
    assert "uranium +7.7 %" in texts and not any("Nostrum" in t for t in texts)
    assert ticks(bottom.xaxis)["4 Jan"] == 4 and top.get_ylabel() and bottom.get_ylabel() == "risk, %"
    assert max(line.get_ydata().max() for line in bottom.lines if np.isfinite(line.get_ydata()).all()) == pytest.approx(5.0)
    assert bottom.collections and not drawn(group, passed=False)[1].collections
    assert len(drawn(group, risk_p=None)) == 1 and len(drawn(group, risk_p=NAN)) == 1
    text = told("markets", markets=changed(group, risk_p=None))
    assert "Below: probability" not in text and "Band:" not in text and "Grey: days" in text
    assert "Bands are withheld." in told("markets", passed=False, markets=group)
    assert "Grey: days" not in told("markets", markets=changed(group, halt_day=None))


def test_curves_hold_probability_times_loss_and_labels_keep_apart(group: Any) -> None:
    (axes,) = drawn(group, 1)
    texts = notes(axes)
    assert any(t.startswith("Kaspi.kz GDR: p × loss = 24.6 %") for t in texts) and "simulated risk at its peak" in texts
    p, loss = axes.lines[0].get_data()
    assert p * loss == pytest.approx(100 * 24.64, rel=1e-3) and loss.max() <= 100
    bands = axes.collections[0].get_paths()[0].vertices
    assert bands[:, 1].max() <= 100 and bands[:, 0].min() >= 24.1
    assert texts["simulated risk at its peak"][0] == pytest.approx(5.0)
    assert not any("simulated risk" in t for t in notes(drawn(group, 1, p_peak=NAN)[0]))
    deep = np.where(group["product_name"].values == "Kaspi.kz GDR", 0.3, 0.0099)
    assert [t for t in notes(drawn(group, 1, product_least=deep, product_most=deep)[0]) if "p × loss" in t] == ["Kaspi.kz GDR: p × loss = 30.0 %"]
    assert section._apart([30.0, 29.0, 1.0, 0.5], 5.5) == [30.0, 24.5, 5.5, 0.0]


def test_an_exposure_says_what_it_would_take(group: Any) -> None:
    def row(loss: tuple[float, float] = (0.5, 0.7), rise: float = 0.04, most: float = -0.1) -> str:
        text = told("markets", markets=changed(
            group, exposure_loss_least=loss[0], exposure_loss_most=loss[1], exposure_rise=rise, exposure_most=most, exposure_least=most - 0.05, exposure_days=3,
        ))  # fmt: skip
        return text.split("Kaspi.kz GDR 3 num ")[1].split(" Kazatomprom GDR")[0]

    assert row() == "−15.0 to −10.0 % num +4.0 num 50.0 to 70.0 % num possible"
    assert "60.1 % num" in row((0.6, 0.602)) and row((2.0, 3.0)).endswith("2 times all num more than there is: impossible")
    assert row((1.99, 3.0)).endswith("199.0 to 300.0 % num more than there is: impossible") and row((1.0, 1.2)).endswith("possible")
    assert row((-0.7, -0.5), rise=-0.04) == "−15.0 to −10.0 % num −4.0 num – num fell on while the risk receded"
    assert row((-0.7, -0.5), most=0.1).endswith("rose with the risk") and row((-0.1, 0.0)).endswith("−10.0 to 0.0 % num possible")
    rest = told("markets", markets=group)
    assert "USD/KZT 1 num 0.1 % num −2.0 num – num Kaspi" not in rest and "uranium 1 num 7.7 % num +4.0 num – num Return" in rest


def test_days_of_the_risk_are_told_with_their_range_or_why_there_is_none(group: Any) -> None:
    text = told("markets", markets=changed(group, risk_week=0.07, risk_ess=0.8, risk_distinct=44, particles=50))
    assert "5 Jan 2022 5.0 % num 7.0 % num 2.5 to 10.0 % num 80 % num 44 num" in text and "different particles of 50" in text
    assert "10 Jan 2022 – num" in text and "no number: a made-up reason" in text


def test_points_and_per_cent_are_told_apart(group: Any) -> None:
    text = told("markets", markets=group)
    assert all(group["part_reading"].values) and "Gap strong −16.5 to −15.5 points num the names less the index" in text and "Index when next seen −2.9 % num" in text
    assert "4 Jan 2022 to 5 Jan 2022 −25.1 to −24.1 % num during the day 247-GDR NRUS" in text and "5 Jan 2022 −13.4 % num indicative" in text
    assert "published) 23.0 % num num Fisman 2001" in text and "18.3 to 35.5 %" in text and "All 35 quoted changes" in text


# parts that a run makes of many


def test_a_gap_is_told_part_by_part_with_the_name_that_the_index_does_not_hold() -> None:
    weights = (price("A", 0, 60.0, currency="per cent of I"), price("C", 0, 40.0, currency="per cent of I"))
    cut = case(prices=(*weights, price("I", 3, 100.0), price("I", 12, 97.0)))
    rows, seen = markets.gap_rows(abroad(A=-0.2, B=-0.1), cut)
    told_of = {r["label"]: r for r in rows}
    assert seen is not None and seen.name == "I"
    assert (told_of["mean"]["least"], told_of["mean"]["most"]) == pytest.approx((-0.16, -0.14))
    assert (told_of["index"]["least"], told_of["gap"]["most"]) == pytest.approx((-0.03, -0.11))
    assert (told_of["known"]["least"], told_of["known"]["most"]) == pytest.approx((-0.126, -0.114))
    assert "(60 % of the basket)" in told_of["known"]["reading"] and told_of["mean"]["reading"].startswith("mean of A, B in London")
    assert told_of["index"]["reading"].startswith(f"I when seen on {day(12)}")
    assert list(told_of)[-2:] == ["outsider_kept", "outsider_back"]
    assert "held B, its fall kept" in told_of["outsider_kept"]["reading"] and "held B, its fall made good" in told_of["outsider_back"]["reading"]
    assert told_of["outsider_kept"]["least"] == pytest.approx(0.845 * -0.03 + 0.155 * -0.11)
    assert told_of["outsider_back"]["most"] == pytest.approx((1 - 0.155) * -0.03)
    assert all(r["reading"] for r in rows)
    assert markets.gap_rows({"A": abroad(A=-0.2)["A GDR"]}, cut) == ([], None)
    assert markets.gap_rows(abroad(A=-0.2), case()) == ([], None)


def test_the_test_of_connections_recovers_what_was_put_in_and_nothing_where_nothing_was() -> None:
    published, remembered, found, null = markets.connection_rows(3)
    assert published["value"] == 0.23 and remembered["value"] == pytest.approx(0.28 * 4 * 0.2)
    assert found["least"] < 0.28 * 4 * 0.2 < found["most"] and found["least"] < found["value"] < found["most"]
    assert null["least"] < 0.0 < null["most"] and null["least"] < null["value"] < null["most"]
    assert found["most"] - found["least"] < 0.25 and found["value"] != markets.connection_rows(4)[2]["value"]
    assert all(math.isnan(r[end]) for r in (published, remembered) for end in ("least", "most"))
    assert all(r["what"] and r["note"] for r in (published, remembered, found, null))


def test_the_daily_risk_is_of_the_days_with_prices_and_of_a_case_that_can_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    stages: list[Any] = []
    asked: list[Any] = []
    progress = SimpleNamespace(stage=lambda *a: stages.append(a), advance=None)
    effort = SimpleNamespace(sweeps=1, risk=5, hazard_draws=7)
    settings = SimpleNamespace(effort=effort, progress=progress, earlier=lambda day: f"cut {day}", workers=1, seed=9)
    model = SimpleNamespace(arena=SimpleNamespace(weight=100.0, seed=2), mechanisms=("m",), learned="l")
    run: Any = SimpleNamespace(settings=settings, model=model, case=case(prices=(price("A", 4, 1.0), price("A", 9, 1.0))))
    monkeypatch.setattr(markets, "build", lambda *a: a)
    monkeypatch.setattr(markets, "daily_risk", lambda days, build, **more: asked.append((days, build(days[0]), more)) or "risk")
    assert markets.risk_by_day(run) == ("risk", "")
    days, built, more = asked[0]
    assert stages[0] == ("markets", len(days) * 5 * 8) and day(4) in days and built == (f"cut {days[0]}", 100, 2, ("m",), "l")
    assert more == {"particles": 5, "islands": 2, "sweeps": 1, "hazard_draws": 7, "workers": 1, "seed": 9, "advance": None}
    effort.sweeps = 2
    markets.risk_by_day(run)
    assert len(asked[1][0]) > len(days), "every day where there is time for it"
    settings.earlier = None
    assert markets.risk_by_day(run)[0] is None and "already cut" in markets.risk_by_day(run)[1]
    run.case = case()
    assert markets.risk_by_day(run) == (None, "No price falls into the window.") and stages[-1] == ("markets", 1)


def test_a_case_without_prices_says_so() -> None:
    made = markets.dataset(case(), None, SimpleNamespace(term_claims=(), events=()), 1)
    assert not made.variables and made.attrs["absent_because"] == "The case has no prices that are known by this day."


def test_what_has_no_exposure_is_named_and_without_a_risk_nothing_is(group: Any) -> None:
    assert group.attrs["no_exposure"] == "" and set(group["exposure_name"].values) == set(group["path_name"].values)
    assert (group.attrs["seed"], group.attrs["particles"], group.attrs["simulations"], group.attrs["note_daily"]) == (1, 48, 1000, "")

    def made(daily: Any) -> Any:
        return markets.dataset(load_case("kazakhstan-2022").as_of("2022-02-28"), daily, SimpleNamespace(term_claims=(), events=()), 1, "why")

    still, bare = made(rising(date(2021, 12, 31), [0.01] * 15)), made(None)
    assert still.attrs["no_exposure"].split(", ") == sorted(set(group["path_name"].values)) and "exposure_name" not in still
    assert bare.attrs["no_exposure"] == "" and bare.attrs["note_daily"] == "why" and "risk_p" not in bare


def test_the_picture_spans_the_week_before_the_worst_day_to_the_next_quote(group: Any) -> None:
    def span(made: Any) -> tuple[date, date]:
        tree = Results(xr.DataTree.from_dict({"/markets": made}))
        read = tree.group("markets")
        return section._span(read, [date.fromisoformat(d[:10]) for d in read.texts("path_day")])

    start, end = span(group)
    assert start == date(2021, 12, 31) and end == date.fromisoformat(group.attrs["seen_day"])
    worst = group["path_day"].values[int(np.argmin(group["path_least"].values))]
    assert span(changed(group, seen_day=None))[1] == date.fromisoformat(worst) + timedelta(days=10)
    early = np.where(np.arange(group.sizes["path"]) == 0, "2021-12-01", group["path_day"].values)
    assert span(changed(group, path_day=early))[0] == date.fromisoformat(worst) - timedelta(days=6)
