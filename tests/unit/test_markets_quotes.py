"""Quoted points become intervals; halts give no return; the case's points agree with what public panels say."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from interrex.case import load_case
from interrex.case.grades import reliability
from interrex.prices import quotes
from interrex.topics.markets.answer import apart


def point(
    name, day, value=None, change=None, kind="close", venue="X", halt=False, currency="USD", grade="single"
):
    when = SimpleNamespace(start=datetime.fromisoformat(day), day=date.fromisoformat(day))
    return SimpleNamespace(
        instrument=name, when=when, venue=venue, value=value, change_pct=None if change is None else Decimal(change), kind=kind, halt=halt, currency=currency,
        point=f"{name}-{day}-{kind}", source="S;T", reliability=reliability(grade),
    )  # fmt: skip


@pytest.fixture(scope="module")
def kazakhstan():
    return load_case("kazakhstan-2022").as_of("2022-02-28")


@pytest.mark.parametrize(
    ("change", "half"),
    [("-8", 0.5), ("-25.1", 0.05), ("-0.14", 0.005), ("0.2", 0.05), ("-2.0", 0.05), ("12", 0.5)],
)
def test_rounding_is_half_a_unit_of_the_last_digit_that_was_printed(change, half):
    assert quotes.rounding(Decimal(change)) == pytest.approx(half)


def test_stated_and_implied_changes_over_the_same_days_are_one():
    stated = [point("A", "2030-01-04", 116.5), point("A", "2030-01-05", 113.6, "-2.5")]
    (agreed,) = quotes.changes(stated)
    assert (agreed.low, agreed.high) == (pytest.approx(113.6 / 116.5 - 1), pytest.approx(113.6 / 116.5 - 1))
    rivals = [
        point("A", "2030-01-04", 116.5, kind="derived"),
        point("A", "2030-01-05", 88.3, "-25.1", "intraday"),
    ]
    (both,) = quotes.changes(rivals)
    assert both.low == pytest.approx(-0.2515) and both.high == pytest.approx(-0.2413, abs=1e-3)
    assert both.sources == ("S", "T")


def test_a_stated_change_runs_from_the_last_day_quoted_and_not_from_the_last_price():
    prices = [
        point("A", "2030-01-04", 100.0), point("A", "2030-01-05", None, "-8.0"), point("A", "2030-01-06", 86.0, "-6.7"),
    ]  # fmt: skip
    found = quotes.changes(prices)
    assert [(c.start, c.day) for c in found] == [
        (date(2030, 1, 4), date(2030, 1, 5)),
        (date(2030, 1, 5), date(2030, 1, 6)),
        (date(2030, 1, 4), date(2030, 1, 6)),
    ]
    one = quotes.on_day(found, "A", date(2030, 1, 6), ("close",))
    assert one is not None and one.start == date(2030, 1, 5) and one.low == pytest.approx(-0.0675)
    kept = apart([found[0], found[2], found[1]])
    assert [(c.start, c.day) for c in kept] == [(c.start, c.day) for c in found[:1]] + [
        (date(2030, 1, 5), date(2030, 1, 6))
    ]
    long = found[1]._replace(day=date(2030, 1, 7))
    assert apart([found[0], found[1], long]) == [found[0], found[1]]  # the last begins before the second has ended


def test_a_halted_day_never_gives_a_return():
    prices = [
        point("A", "2030-01-03", 100.0), point("A", "2030-01-04", halt=True), point("A", "2030-01-05", halt=True),
        point("A", "2030-01-06", 90.0),
    ]  # fmt: skip
    found = quotes.changes(prices)
    assert [(c.start, c.day) for c in found] == [(date(2030, 1, 3), date(2030, 1, 6))]
    assert found[0].middle == pytest.approx(-0.1)
    assert [h[2].day for h in quotes.halts(prices)] == [4, 5]


def test_an_intraday_quote_is_no_base_where_the_day_has_a_close():
    prices = [
        point("A", "2030-01-03", 80.0, kind="intraday"), point("A", "2030-01-03", 100.0), point("A", "2030-01-04", 90.0),
    ]  # fmt: skip
    assert quotes.changes(prices)[-1].middle == pytest.approx(-0.1)


def test_chain_and_weights():
    found = quotes.changes([point("A", "2030-01-03", change="-8"), point("A", "2030-01-04", change="-6.7")])
    both = quotes.chain(found)
    assert both.low == pytest.approx(0.915 * 0.9325 - 1) and both.high == pytest.approx(0.925 * 0.9335 - 1)
    with pytest.raises(ValueError, match="no change"):
        quotes.chain([])
    prices = [
        point("A", "2030-01-03", 60.0, currency="per cent of I"),
        point("B", "2030-01-03", 20.0, currency="per cent of I"),
    ]
    assert quotes.weights(prices, "I") == pytest.approx({"A": 0.75, "B": 0.25})
    assert quotes.changes(prices) == []


def test_the_index_of_kazakhstan_is_never_read_as_a_daily_return_across_the_halt(kazakhstan):
    found = [c for c in quotes.changes(kazakhstan.prices) if c.instrument == "KASE Index"]
    across = [c for c in found if c.day == date(2022, 1, 13)]
    assert [c.start for c in across] == [date(2021, 12, 31)]
    assert quotes.weights(kazakhstan.prices, "KASE Index").get("Kaspi.kz") is None
    assert sum(quotes.weights(kazakhstan.prices, "KASE Index").values()) == pytest.approx(1.0)


def test_points_agree_with_the_euro_rates_of_the_central_bank(kazakhstan, public_data):
    file = public_data / "ecb_fx" / "eur_fx_2021-01_2022-06.csv"
    if not file.is_file():
        pytest.skip("no ecb_fx beside the clone")
    rates = {r["date"]: r["EURRUB"] for r in csv.DictReader(file.open())}
    points = [p for p in kazakhstan.prices if p.instrument == "EUR/RUB"]
    assert len(points) == 3
    for p in points:
        assert p.value == pytest.approx(float(rates[p.when.day.isoformat()]), rel=0.01)


def test_points_agree_with_the_published_closes(kazakhstan, public_data):
    file = public_data / "kase_quotes" / "kase_constituents_2022-01-13_14.csv"
    if not file.is_file():
        pytest.skip("no kase_quotes beside the clone")
    names = {"CCBN": "Bank CenterCredit", "HSBK": "Halyk Bank", "KCEL": "Kcell", "KEGC": "KEGOC", "KZAP": "Kazatomprom",
             "KZTK": "Kazakhtelecom", "KZTO": "KazTransOil"}  # fmt: skip
    values = {(p.instrument, p.when.day.isoformat(), p.currency): p.value for p in kazakhstan.prices}
    for row in csv.DictReader(file.open()):
        name = names[row["ticker"]]
        for day in ("2022-01-13", "2022-01-14"):
            assert values[name, day, "KZT"] == pytest.approx(float(row[f"close_kzt_{day}"]))
        assert values[name, "2022-01-14", "per cent of KASE Index"] == pytest.approx(
            float(row["influence_pct"])
        )


def test_falls_in_london_are_far_beyond_what_markets_did_that_day(public_data):
    """Raw changes may stand for abnormal ones: a broad index of emerging markets lost under 2 per cent on the day."""
    file = public_data / "markets_daily" / "us_listed_close_2021-01_2022-06.csv"
    if not file.is_file():
        pytest.skip("no markets_daily beside the clone")
    rows = {r["date"]: r for r in csv.DictReader(file.open())}
    move = float(rows["2022-01-05"]["EEM"]) / float(rows["2022-01-04"]["EEM"]) - 1
    assert -0.02 < move < 0.0


def test_a_price_that_is_a_rumour_counts_for_nothing():
    prices = [
        point("A", "2022-01-03", 100.0),
        point("A", "2022-01-04", 50.0, grade="rumour"),
        point("A", "2022-01-05", 90.0),
    ]
    assert [round(c.middle, 3) for c in quotes.changes(prices)] == [-0.1]
