"""Series that cannot be prices: filled days, splits, other units, misprints; and rates that are upside down."""

import datetime

import numpy as np
import pandas as pd
import pytest

from fixtures.walks import EVENT, tidy, walks, weekdays, wide
from interrex.errors import CaseError, RunError
from interrex.eventstudy import events
from interrex.eventstudy.prices import read_prices

ASKED = {"event": str(EVENT), "name": "SHARE", "benchmark": "MARKET", "window": (0, 3), "placebo": 50}
DAYS, PRICES = walks()
AT = DAYS.index(EVENT)


@pytest.fixture
def study(tmp_path):
    def of(text, **asked):
        file = tmp_path / "prices.csv"
        file.write_text(text, encoding="utf-8")
        return events(read_prices(file), **{**ASKED, **asked})

    return of


def notes(study):
    return " | ".join(f"{kind} {about} {note}" for kind, about, note in zip(study["note_kind"].values, study["note_about"].values, study["note"].values, strict=True))  # fmt: skip


def changed(by, name="SHARE"):
    """The prices, one name's times by[day]."""
    return {**PRICES, name: [price * factor for price, factor in zip(PRICES[name], by, strict=True)]}


def step(factor, at, until=None):
    return [factor if at <= n < (until or len(DAYS)) else 1.0 for n in range(len(DAYS))]


@pytest.mark.parametrize(("ratio", "words"), [(1 / 2, "2 for 1"), (2 / 3, "3 for 2"), (1 / 4, "4 for 1"), (1 / 20, "20 for 1"), (10, "1 for 10"), (2, "1 for 2")])  # fmt: skip
@pytest.mark.parametrize("name", ["SHARE", "MARKET"])
def test_a_split_is_noted_wherever_it_lies(study, ratio, words, name):
    for at in (20, AT + 2, len(DAYS) - 2):
        told = notes(study(wide(DAYS, changed(step(ratio, at), name))))
        assert f"jump {name} {DAYS[at]}" in told and f"split of {words}" in told


def test_a_split_on_the_day_of_the_fall_is_noted_too(study):
    told = notes(study(wide(DAYS, changed(step(1 / 4, AT)))))
    assert f"jump SHARE {EVENT}" in told


def test_ordinary_prices_and_the_fall_itself_are_no_jump(study):
    assert "jump" not in notes(study(wide(DAYS, PRICES)))
    wild = {**PRICES, "SHARE": (40 * np.cumprod(1 + 0.12 * np.sin(np.arange(len(DAYS)) ** 2))).tolist()}
    assert "jump" not in notes(study(wide(DAYS, wild)))


@pytest.mark.parametrize("factor", [100, 0.01, 1000, 0.001, 1e6])
@pytest.mark.parametrize("name", ["SHARE", "MARKET"])
def test_a_change_of_unit_is_refused_with_its_line(study, factor, name):
    for until in (None, 130):
        with pytest.raises(
            CaseError, match=rf"prices.csv:122:1 {name}: .* a factor of [\de.+-]+: another unit"
        ):
            study(wide(DAYS, changed(step(factor, 120, until), name)))


def test_a_change_of_unit_on_the_day_of_the_fall_is_refused_too(study):
    with pytest.raises(CaseError, match="another unit"):
        study(wide(DAYS, changed(step(0.01, AT))))


@pytest.mark.parametrize("factor", [10, 0.1, 100])
def test_a_decimal_point_out_of_place_for_days_is_refused(study, factor):
    with pytest.raises(CaseError, match=r"prices.csv:122:1 SHARE: .* a factor of [\d.]+"):
        study(wide(DAYS, changed(step(factor, 120, 123))))


def test_a_jump_that_is_undone_is_asked_about(study):
    assert "a misprint?" in notes(study(wide(DAYS, changed(step(2.3, 120, 121)))))


def test_a_series_that_nobody_studies_may_jump(study):
    text = wide(DAYS, {**PRICES, "OTHER": changed(step(100, 120))["SHARE"]})
    assert study(text)["car"].item() == study(wide(DAYS, PRICES))["car"].item()


def filled(days, resting, write=wide, empty=False, also=()):
    """The walk of these days with every other calendar day filled in by the price before, or by nothing."""
    days, prices = walks(days)
    frame = pd.DataFrame(prices, index=pd.DatetimeIndex(days)).drop(index=pd.DatetimeIndex(list(also)))
    frame = frame.reindex(pd.date_range(frame.index[0], frame.index[-1]), method=None if empty else "ffill")
    whole = [day.date() for day in frame.index]
    number = lambda value: "" if np.isnan(value) else f"{value:.4f}"  # noqa: E731
    if write is wide:
        return wide(whole, {name: frame[name].tolist() for name in prices}, number=number)
    rows = [
        f"{day},{name},{number(value)}"
        for name in prices
        for day, value in zip(whole, frame[name], strict=True)
    ]
    return "\n".join(["date,instrument,price", *rows])


@pytest.mark.parametrize("resting", [(5, 6), (4, 5)])
@pytest.mark.parametrize("write", [wide, tidy])
@pytest.mark.parametrize("empty", [True, False])
def test_filled_weekends_are_no_trading_days(study, resting, write, empty):
    days = weekdays(resting=resting)
    plain, found = study(wide(*walks(days))), study(filled(days, resting, write, empty))
    for part in ("car", "p_placebo", "placebo_dates", "estimation_days"):
        assert found[part].item() == plain[part].item()
    if not (empty and write is wide):
        assert "no trading days, left out" in notes(found)


def test_filled_holidays_are_days_without_a_trade(study):
    holidays = [DAYS[60], DAYS[61], DAYS[150]]
    found = study(filled(DAYS, (5, 6), also=holidays))
    assert "on 3 days" in notes(found) and str(holidays[0]) in notes(found)
    assert found["car"].item() == pytest.approx(study(wide(DAYS, PRICES))["car"].item(), abs=0.01)


def test_prices_in_coarse_steps_repeat_by_chance_and_are_kept(study):
    coarse = {name: [round(price * 0.01, 2) for price in column] for name, column in PRICES.items()}
    same = [sum(a == b for a, b in zip(c, c[1:], strict=False)) for c in coarse.values()]
    assert min(same) > 20
    assert "filled in" not in notes(study(wide(DAYS, coarse)))


def test_a_market_open_on_weekends_keeps_them(study):
    days = [datetime.date(2021, 6, 1) + datetime.timedelta(days=n) for n in range(len(DAYS))]
    assert "left out" not in notes(study(wide(*walks(days))))


def rated(name, value, *, own="", code="EUR"):
    """The walk in `code`, with a rate of exchange that halves over the year."""
    chance = np.random.default_rng(9)
    move = np.cumprod(1 + 0.004 * chance.standard_normal(len(DAYS)))
    move[AT:] *= 0.95
    rows = [f"{day},SHARE,{price:.4f},{code}" for day, price in zip(DAYS, PRICES["SHARE"], strict=True)]
    rows += [f"{day},MARKET,{price:.4f},USD" for day, price in zip(DAYS, PRICES["MARKET"], strict=True)]
    rows += [f"{day},{name},{value(1.13 * m):.6f},{own}" for day, m in zip(DAYS, move, strict=True)]
    return "\n".join(["date,instrument,price,currency", *rows])


DOLLARS, EUROS = (lambda m: m), (lambda m: 1 / m)  # for one euro, and for one dollar


@pytest.mark.parametrize(
    ("name", "value", "own"),
    [("EURUSD", DOLLARS, ""), ("EUR/USD", DOLLARS, ""), ("eurusd=x", DOLLARS, ""), ("EURUSD Curncy", DOLLARS, ""), ("USD per EUR", DOLLARS, ""), ("EUR to USD", DOLLARS, ""), ("EUR_per_USD", EUROS, ""), ("USDEUR", EUROS, ""),
     ("USD_EUR", EUROS, ""), ("EURO", EUROS, ""), ("EURO", DOLLARS, "USD"), ("FX", EUROS, "EUR"), ("EURUSD", DOLLARS, "USD")],
)  # fmt: skip
def test_a_rate_is_read_the_way_round_that_its_name_or_currency_says(study, name, value, own):
    found = study(rated(name, value, own=own), currency="USD", rates={"EUR": name})
    assert found["abnormal_return"].sel(day=0).item() < -0.2, "five per cent below the fall in euros"
    assert "SHARE at " in notes(found) and " USD" in notes(found) and f"{name} is read as" in notes(found)


def test_hundredths_are_converted_as_such(study):
    found = study(rated("GBPUSD", DOLLARS, code="GBX"), currency="USD", rates={"GBX": "GBPUSD"})
    price = PRICES["SHARE"][-1]
    assert f"SHARE at {price:g} GBX".replace(f"{price:g}", f"{float(f'{price:.4f}'):g}") in notes(found)
    assert found["abnormal_return"].sel(day=0).item() < -0.2


def test_a_rate_that_cannot_be_meant_is_refused(study):
    for asked, sentence in (
        ({"currency": "USD", "rates": {"EUR": "EURGBP"}}, "between EUR and GBP"),
        ({"currency": "USD", "rates": {"EUR": "EURUSD", "KZT": "EURUSD"}}, "no prices in KZT"),
        ({"rates": {"EUR": "EURUSD"}}, "without --currency"),
    ):
        name = "EURGBP" if "between" in sentence else "EURUSD"
        with pytest.raises(RunError, match=sentence):
            study(rated(name, DOLLARS), **asked)
    with pytest.raises(RunError, match="another currency than its name"):
        study(rated("EURUSD", DOLLARS, own="EUR"), currency="USD", rates={"EUR": "EURUSD"})


@pytest.mark.parametrize(("name", "value"), [("EURUSD", DOLLARS), ("USDEUR", EUROS), ("FX", DOLLARS)])
def test_the_other_way_round_dollars_become_euros(study, name, value):
    found = study(
        rated(name, value, code="USD").replace(",USD\n", ",USD\n"), currency="EUR", rates={"USD": name}
    )
    both = PRICES["SHARE"][AT] / PRICES["SHARE"][AT - 1] - 1
    assert found["price_change"].item() > both * 1.2 and f"{name} is read as" in notes(found)
