"""The study as a whole: published anchors, halts, venues, overlaps, notes; and the command."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from fixtures import prices as made_up
from interrex import cli
from interrex.errors import CaseError, RunError
from interrex.eventstudy import events, validity
from interrex.eventstudy.prices import read_prices
from interrex.prices.composition import parts

EVENT = str(made_up.days()[made_up.EVENT])
SMALL = {"event": EVENT, "benchmark": "MARKET", "window": (-1, 2), "estimation": (-100, -11)}


def frame_of(table):
    return table.drop(columns=["file", "line", "price_low", "price_high"])


@pytest.fixture
def table():
    return frame_of(read_prices(made_up.FILE).table)


@pytest.fixture(scope="module")
def terror(public_data):
    """Prices of the 33 indices from their returns of 2001, and the event day of each."""
    folder = public_data / "eventstudies_r"
    wide = pd.read_csv(folder / "TerrorIndiceReturns.csv", index_col=0, parse_dates=True)
    rows = []
    for name, moves in wide.items():
        moves = moves.dropna()
        days = [moves.index[0] - pd.Timedelta(days=1), *moves.index]
        rows.append(pd.DataFrame({"date": days, "venue": name, "instrument": name,
                                  "price": 100 * np.cumprod(np.r_[1, 1 + moves / 100])}))  # fmt: skip
    days = pd.read_csv(folder / "TerrorAttack.csv", index_col=0).rename(columns={"name": "instrument"})
    return wide, pd.concat(rows), days.assign(label="11 September 2001")


@pytest.mark.published
def test_the_anchors_of_september_2001(terror):
    """Recomputed in SOURCE.txt of the data; Chen & Siems (2004), table 2, could not be compared."""
    wide, prices, days = terror
    for window, anchors in (((0, 5), (-10.57, -11.82)), ((0, 10), (-7.90, -16.65))):
        study = events(prices, event=days, window=window, estimation=(-30, -11), max_gap=30, placebo=200)
        got = 100 * study["car"].sel(name=["Dow", "S.Korea"]).values[0]
        np.testing.assert_allclose(got, anchors, atol=0.005)
    day0 = 100 * study["abnormal_return"].sel(name=["Dow", "S.Korea"], day=0).values[0]
    np.testing.assert_allclose(day0, (-7.14, -12.42), atol=0.005)
    for name in ("Dow", "S.Korea", "Jakarta", "London"):  # the same written out, for all 11 days
        moves = wide[name].dropna()
        at = int(np.searchsorted(moves.index, pd.Timestamp(days.set_index("instrument").loc[name, "when"])))
        expected = (moves.iloc[at : at + 11] - moves.iloc[at - 30 : at - 10].mean()).cumsum()
        np.testing.assert_allclose(100 * study["cumulative"].sel(name=name).values[0], expected, atol=1e-9)
    assert study.attrs["pairs"] == 33
    p = study["p"].to_series()
    assert p["Patell"] < 1e-10 < p["Kolari-Pynnonen"], "one shock seen 33 times is not 33 shocks"


def test_market_model_is_that_of_statsmodels_through_the_whole_study(table):
    sm = pytest.importorskip("statsmodels.api")
    study = events(table, **SMALL)
    moves = {name: np.array(r[1:]) for name, r in made_up.returns().items()}
    at = made_up.EVENT - 1
    for name in ("ALPHA", "BETA"):
        before = slice(at - 100, at - 10)
        oracle = sm.OLS(moves[name][before], sm.add_constant(moves["MARKET"][before])).fit()
        np.testing.assert_allclose(
            study["coefficient_value"].sel(name=name).values[0], oracle.params, rtol=1e-4
        )
        ahead = sm.add_constant(moves["MARKET"][at - 1 : at + 3])
        expected = moves[name][at - 1 : at + 3] - oracle.predict(ahead)
        np.testing.assert_allclose(study["abnormal_return"].sel(name=name).values[0], expected, atol=1e-6)
        interval = oracle.get_prediction(ahead).conf_int(obs=True)
        low = study["abnormal_return_low"].sel(name=name).values[0]
        np.testing.assert_allclose(low, expected - (interval[:, 1] - interval[:, 0]) / 2, atol=1e-6)


def test_the_verdict_tells_the_fall_from_the_calm(table):
    study = events(table, **SMALL)
    calm, fall, together = json.loads(study.attrs["verdict"])
    assert calm.startswith("ALPHA") and "not told apart" in calm
    assert fall.startswith("BETA") and "none of" in fall and "more than ordinary days explain" in fall
    assert "All 2 pairs" in together
    assert study["p_placebo"].sel(name="BETA").item() == pytest.approx(
        1 / (1 + study["placebo_dates"].sel(name="BETA").item())
    )
    assert any("next to no power" in note for note in study["note"].values)


def test_placebo_dates_keep_clear_of_the_event_and_of_the_edges(table):
    study = events(table, **SMALL)
    length, width, back = made_up.LENGTH, 4, 100
    positions = [t for t in range(1, length - 2) if t >= back and abs(t - made_up.EVENT) >= width]
    assert study["placebo_dates"].values.tolist() == [[len(positions)] * 2]
    before = events(table, **SMALL, placebo_days="before")
    assert before["placebo_dates"].values.max() == len([t for t in positions if t < made_up.EVENT])


def test_dates_on_which_most_names_are_missing_are_not_compared(table):
    late = (table["instrument"] == "BETA") & (table["date"] < pd.Timestamp(made_up.days()[60]))
    study = events(table[~late], **{**SMALL, "estimation": (-60, -11)})
    alpha, beta = study["placebo_dates"].values[0]
    assert beta < alpha
    assert study.attrs["placebo_compared"] == beta


def test_a_halt_is_one_return_over_its_days_and_halted_days_never_generate_returns(table):
    halted = [str(day) for day in made_up.days()[made_up.EVENT - 1 : made_up.EVENT + 1]]
    out = (table["instrument"] == "BETA") & table["date"].isin(pd.to_datetime(halted))
    stale = table.copy()
    stale.loc[out, "halt"] = True  # a stale price stays in the row, as vendors leave it
    study, whole = events(stale, **SMALL), events(table, **SMALL)
    own = study.sel(name="BETA").isel(event=0)
    assert np.isnan(own["abnormal_return"].values).tolist() == [True, True, False, False]
    assert own["days_halted"].item() == 2 and own["days_covered"].item() == 4
    assert own["car"].item() == pytest.approx(whole["car"].sel(name="BETA").item(), abs=0.006), (
        "compounding apart"
    )
    assert any("one return over several days" in note for note in study["note"].values)
    prices = table.set_index(["instrument", "date"])["price"]["BETA"]
    across = prices.iloc[made_up.EVENT + 1] / prices.iloc[made_up.EVENT - 2] - 1
    assert float(own["abnormal_return"][2] + own["expected_return"][2]) == pytest.approx(across)


def halt_of(table, name, first, last):
    """The table with `name` halted on days first .. last from the event, stale prices left in the rows."""
    days = pd.to_datetime(
        [str(day) for day in made_up.days()[made_up.EVENT + first : made_up.EVENT + last + 1]]
    )
    out = table.copy()
    out.loc[(table["instrument"] == name) & table["date"].isin(days), "halt"] = True
    return out


def test_the_return_that_covers_the_event_is_the_events_from_wherever_it_began(table):
    study = events(halt_of(table, "BETA", -3, 0), **SMALL)
    own = study.sel(name="BETA").isel(event=0)
    prices = table.set_index(["instrument", "date"])["price"]["BETA"]
    across = prices.iloc[made_up.EVENT + 1] / prices.iloc[made_up.EVENT - 4] - 1
    assert float(own["abnormal_return"][2] + own["expected_return"][2]) == pytest.approx(across)
    assert (own["days_covered"].item(), own["days_before"].item(), own["days_after"].item()) == (4, 2, 0)
    since, until = (str(made_up.days()[made_up.EVENT + day]) for day in (-4, 1))
    told = " ".join(study["note"].values[study["note_about"].values == "BETA"])
    assert f"its first price from the event on is of {until}, the one before of {since}" in told
    assert "the event's, with 2 days before the window and 0 days after it" in told
    assert f"its first price being of {until}" in study.attrs["verdict"]
    assert own["p_placebo"].item() <= 0.05


def test_a_name_that_cannot_trade_in_the_window_is_measured_on_the_first_day_on_which_it_can(table):
    window = {**SMALL, "window": (-1, 1)}
    study = events(halt_of(table, "BETA", 0, 2), **window)
    own = study.sel(name="BETA").isel(event=0)
    prices = table.set_index(["instrument", "date"])["price"]["BETA"]
    across = prices.iloc[made_up.EVENT + 3] / prices.iloc[made_up.EVENT - 1] - 1
    assert float(own["abnormal_return"][2] + own["expected_return"][2]) == pytest.approx(across)
    assert own["first_price"].item() == str(made_up.days()[made_up.EVENT + 3])
    assert own["days_after"].item() == 2 and own["p_placebo"].item() <= 0.05
    held = prices.iloc[made_up.EVENT + 3] / prices.iloc[made_up.EVENT - 2] - 1
    assert own["price_change"].item() == pytest.approx(held)
    calm = events(table, **window)
    assert not any("first price" in note for note in calm["note"].values)


def test_a_silent_gap_is_measured_like_a_halt(table):
    gone = pd.to_datetime([str(day) for day in made_up.days()[made_up.EVENT : made_up.EVENT + 3]])
    silent = table[~((table["instrument"] == "BETA") & table["date"].isin(gone))]
    whole = events(halt_of(table, "BETA", 0, 2), **{**SMALL, "window": (-1, 1)})
    study = events(silent, **{**SMALL, "window": (-1, 1)})
    np.testing.assert_allclose(study["car"], whole["car"])
    np.testing.assert_allclose(study["p_placebo"], whole["p_placebo"])
    assert (
        whole["days_halted"].sel(name="BETA").item() == 2
        and study["days_halted"].sel(name="BETA").item() == 0
    )


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [(1, 25, "5 of the 7 days of the event window lie in no return of BETA"),
     (0, 29, "no usable return of BETA covers the event; there is none later")],
)  # fmt: skip
def test_a_window_that_returns_hardly_cover_gets_no_verdict(table, first, last, sentence):
    study = events(halt_of(table, "BETA", first, last), **{**SMALL, "window": (-1, 5)})
    assert np.isnan(study["car"].sel(name="BETA").item()) and np.isnan(
        study["p_placebo"].sel(name="BETA").item()
    )
    told = study["note"].values[study["note_about"].values == "BETA"]
    assert any(f"left out: {sentence}" in note for note in told)
    assert "BETA" not in study.attrs["verdict"]
    with pytest.raises(RunError, match=sentence):
        events(halt_of(table, "BETA", first, last), **{**SMALL, "window": (-1, 5), "name": "BETA"})


def test_a_name_that_was_first_quoted_after_the_event_is_left_out(table):
    young = table[~((table["instrument"] == "BETA") & (table["date"] == pd.Timestamp(EVENT)))]
    before = (young["instrument"] == "BETA") & (young["date"] < pd.Timestamp(EVENT))
    study = events(young.assign(price=young["price"].where(~before)), **SMALL, max_gap=1000)
    told = study["note"].values[study["note_about"].values == "BETA"]
    assert any("BETA has 0 usable days in the estimation window" in note for note in told)


def test_other_dates_do_not_borrow_a_return_that_touches_the_event(table):
    """The days after a long halt round the event: the return across it belongs to no other date."""
    study = events(halt_of(table, "BETA", 3, 9), **{**SMALL, "window": (0, 1), "name": "BETA"})
    far = events(halt_of(table, "BETA", 0, 9), **{**SMALL, "window": (0, 1), "name": "BETA"})
    assert far["placebo_dates"].item() < study["placebo_dates"].item()
    low = far["ordinary_low"].values[0, -1]
    assert low > -0.06, "the fall itself is no ordinary move"


def test_a_whole_venue_is_halted_by_a_star(table):
    star = pd.DataFrame(
        {
            "date": pd.to_datetime([EVENT]),
            "venue": "MADE-UP",
            "instrument": "*",
            "price": np.nan,
            "halt": True,
        }
    )
    study = events(pd.concat([table, star]), **SMALL)
    assert study["days_halted"].values.tolist() == [[1, 1]]
    assert list(study["name"].values) == ["ALPHA", "BETA"]


def test_gaps_are_an_error_with_file_and_line_unless_they_are_halts(tmp_path):
    lines = made_up.FILE.read_text(encoding="utf-8").splitlines()
    gap = [line for at, line in enumerate(lines) if not 230 <= at < 245]
    path = tmp_path / "p.csv"
    path.write_text("\n".join(gap), encoding="utf-8")
    with pytest.raises(CaseError, match=r"p.csv:231:1 ALPHA: has no price on the 15 trading days .* halt=1"):
        events(path, **SMALL)
    marked = [line if not 230 <= at < 245 else line[:-1] + "1" for at, line in enumerate(lines)]
    path.write_text("\n".join(marked), encoding="utf-8")
    assert events(path, **SMALL)["estimation_days"].values.tolist() == [[76.0, 90.0]]
    path.write_text(
        "\n".join(line for line in lines if not "2021-03-01" <= line[:10] < "2021-04-10"), encoding="utf-8"
    )
    with pytest.raises(CaseError, match="without any price at MADE-UP"):
        events(path, **SMALL)


def test_windows_must_not_overlap_and_must_lie_in_the_data(table):
    def fails(sentence, **changes):
        with pytest.raises(RunError, match=sentence):
            events(table, **{**SMALL, **changes})

    fails("overlaps the event window", estimation=(-100, -1))
    fails("runs backwards", window=(2, -1))
    fails("holds no days", estimation=(-20, -20))
    fails("after the last day", event="2031-01-01")
    fails("ends after the last day", event=str(made_up.days()[-1]))
    fails("too late for the estimation window", event=str(made_up.days()[5]))
    fails("no name has 20 usable days", event=str(made_up.days()[20]))
    fails("benchmark 'EEM' is not among the prices; there are ALPHA, BETA, MARKET", benchmark="EEM")
    fails("name 'GAMMA' is not among the prices", name="GAMMA")
    fails("cannot be explained by itself", name="MARKET")
    fails("needs a benchmark", benchmark=None, model="market")
    fails("has no benchmark", model="mean")
    fails("use one of mean", model="capm")
    fails("given twice", event=[EVENT, EVENT])
    fails("no event", event=[])


def test_other_events_are_masked_kept_or_refused(table):
    second = str(made_up.days()[made_up.EVENT + 20])
    both = {**SMALL, "event": {"fall": EVENT, "later": second}}
    masked, kept = events(table, **both), events(table, **both, overlap="keep")
    assert masked["estimation_days"].sel(event="later", name="BETA").item() == 86
    assert kept["estimation_days"].sel(event="later", name="BETA").item() == 90
    spread = {"event": "later", "name": "BETA"}
    assert kept["car_sd"].sel(spread).item() > masked["car_sd"].sel(spread).item()
    assert any("left out of them" in note for note in masked["note"].values)
    with pytest.raises(RunError, match="hold another event"):
        events(table, **both, overlap="error")
    near = events(table, **{**SMALL, "event": [EVENT, str(made_up.days()[made_up.EVENT + 2])]})
    assert any("pairs of event windows of the same name overlap" in note for note in near["note"].values)
    assert any("2 event day(s)" in note for note in near["note"].values)


def test_dual_listings_and_closing_hours(table):
    other = table[table["instrument"] == "BETA"].assign(venue="ELSEWHERE")
    market = table[table["instrument"] == "MARKET"].assign(venue="LATE")
    dual = pd.concat([table[table["instrument"] != "MARKET"], other, market])
    study = events(dual, **SMALL)
    assert sorted(study["name"].values) == ["ALPHA", "BETA@ELSEWHERE", "BETA@MADE-UP"]
    assert any("closing hours are not given" in note for note in study["note"].values)
    hours = {"LATE": 21.0, "MADE-UP": 11.0, "ELSEWHERE": 16.5}
    late = events(dual, **SMALL, closes=hours)
    assert any(
        "closes 10.0 hours after MADE-UP and is matched by date" in note for note in late["note"].values
    )
    close = events(dual, **SMALL, closes=hours, align="close")
    moves = {name: np.array(r) for name, r in made_up.returns().items()}
    at = made_up.EVENT
    x, y = moves["MARKET"][at - 101 : at - 11], moves["ALPHA"][at - 100 : at - 10]  # its day before
    slope, constant = np.polyfit(x, y, 1)
    np.testing.assert_allclose(
        close["coefficient_value"].sel(name="ALPHA").values[0], [constant, slope], rtol=1e-3
    )
    one = events(dual, **{**SMALL, "name": "BETA@ELSEWHERE"})
    assert list(one["name"].values) == ["BETA@ELSEWHERE"]
    with pytest.raises(RunError, match="several venues; write one of BETA@"):
        events(dual, **{**SMALL, "name": "ALPHA", "benchmark": "BETA"})


def test_a_venue_whose_prices_end_before_the_event_is_named(table):
    early = table[(table["instrument"] == "ALPHA") & (table["date"] < pd.Timestamp(EVENT))].assign(
        venue="EARLY"
    )
    study = events(pd.concat([table[table["instrument"] != "ALPHA"], early]), **SMALL)
    assert np.isnan(study["car"].sel(name="ALPHA").item())
    told = study["note"].values[study["note_about"].values == "ALPHA"]
    assert any("the prices at EARLY end on" in note for note in told)


def test_a_benchmark_on_holiday_is_noted_and_kept_out_of_the_estimation(table):
    days = pd.to_datetime([EVENT, str(made_up.days()[made_up.EVENT - 40])])
    table = table.assign(venue=np.where(table["instrument"] == "MARKET", "AWAY", "HERE"))
    closed = table[~((table["instrument"] == "MARKET") & table["date"].isin(days))]
    study = events(closed, **SMALL)
    assert study["estimation_days"].values.tolist() == [[88.0, 88.0]], (
        "the day without price and the one after"
    )
    assert any(
        "on 2 days of the window" in note and "an earlier day" in note for note in study["note"].values
    )


def test_interval_valued_prices_bound_the_car(table):
    table = table.assign(price_low=np.nan, price_high=np.nan)
    row = (table["instrument"] == "BETA") & (table["date"] == pd.Timestamp(made_up.days()[made_up.EVENT + 2]))
    price = float(table.loc[row, "price"].iloc[0])
    table.loc[row, ["price_low", "price_high"]] = price * 0.95, price * 1.02
    study = events(table, **SMALL, returns="log").sel(name="BETA").isel(event=0)
    assert study["car_quote_low"].item() == pytest.approx(study["car"].item() + np.log(0.95))
    assert study["car_quote_high"].item() == pytest.approx(study["car"].item() + np.log(1.02))
    inner = (table["instrument"] == "BETA") & (table["date"] == pd.Timestamp(EVENT))
    middle = float(table.loc[inner, "price"].iloc[0])
    table.loc[inner, ["price_low", "price_high"]] = middle * 0.9, middle * 1.1
    again = events(table, **SMALL, returns="log").sel(name="BETA").isel(event=0)
    assert again["car_quote_low"].item() == pytest.approx(study["car_quote_low"].item()), (
        "an inner price cancels"
    )
    simple = events(table, **SMALL).sel(name="BETA").isel(event=0)
    assert simple["car_quote_low"].item() < simple["car"].item() < simple["car_quote_high"].item()
    calm = events(table, **SMALL).sel(name="ALPHA").isel(event=0)
    assert calm["car_quote_low"].item() == pytest.approx(calm["car"].item())


def test_moves_that_cancel_in_the_mean_are_found_by_their_size(table):
    day = pd.Timestamp(EVENT)
    for name, move in (("ALPHA", 1.12), ("BETA", 1.0)):
        later = (table["instrument"] == name) & (table["date"] >= day)
        table.loc[later, "price"] *= move
    study = events(table, **SMALL)
    p = study["p"].to_series()
    assert abs(study["car"].mean().item()) < 0.02
    assert p["placebo dates"] > 0.05 > p["placebo dates, either sign"]
    assert "Up or down alike, 0 of" in json.loads(study.attrs["verdict"])[-1]


def test_what_holding_made_stands_beside_the_sum(table):
    fallen = table.copy()
    fallen.loc[(table["instrument"] == "BETA") & (table["date"] >= pd.Timestamp(EVENT)), "price"] *= 0.4
    fallen.loc[(table["instrument"] == "BETA") & (table["date"] > pd.Timestamp(EVENT)), "price"] *= 0.5
    study = events(fallen, **SMALL)
    prices = fallen.set_index(["instrument", "date"])["price"]["BETA"]
    made = prices.iloc[made_up.EVENT + 2] / prices.iloc[made_up.EVENT - 2] - 1
    assert study["price_change"].sel(name="BETA").item() == pytest.approx(made)
    assert any("read the sum with care" in note for note in study["note"].values)
    assert not any("read the sum" in note for note in events(table, **SMALL)["note"].values)


def test_composition_is_stated(table):
    study = events(table, **SMALL, constituents=["ALPHA"])
    assert study["in_benchmark"].values.tolist() == [1.0, 0.0]
    notes = list(study["note"].values)
    assert "BETA: not in MARKET, which cannot show their move" in notes
    found = parts(
        -0.029, {"A": 0.5, "B": 0.3, "C": 0.2}, {"A": -0.05, "B": -0.01, "KSPI": -0.25}, halted=("B",)
    )
    assert found.contribution == {"A": -0.025}
    assert found.unexplained == pytest.approx(-0.004)
    assert found.outside == {"KSPI": -0.25} and found.halted == ["B"]


def test_every_model_and_error_runs(table):
    for model in ("adjusted", "market", "scholes-williams", "dimson"):
        study = events(table, **SMALL, model=model, placebo=100)
        assert study["car"].sel(name="BETA").item() == pytest.approx(-made_up.FALL, abs=0.06), model
    factors = events(table, **{**SMALL, "name": "BETA"}, factors=["ALPHA"])
    assert list(factors["coefficient"].values) == ["constant", "MARKET", "ALPHA"]
    mean = events(table, event=EVENT, estimation=(-100, -11), window=(0, 0))
    assert list(mean["coefficient"].values) == ["constant"] and len(mean["name"]) == 3


def test_hac_through_the_study(table):
    pytest.importorskip("statsmodels")
    plain, hac = events(table, **SMALL), events(table, **SMALL, errors="hac")
    np.testing.assert_allclose(plain["car"], hac["car"])
    assert not np.allclose(plain["car_sd"], hac["car_sd"])
    np.testing.assert_allclose(plain["p_placebo"], hac["p_placebo"])
    with pytest.raises(RunError, match="no meaning"):
        events(table, **SMALL, model="adjusted", errors="hac")


def test_garch_through_the_study(table):
    pytest.importorskip("arch")
    study = events(table, **SMALL, errors="garch")
    assert np.isfinite(study["car_sd"].values).all()


def test_the_dataset_goes_to_disk_and_back(table, tmp_path):
    import xarray as xr

    study = events(table, **SMALL)
    study.to_netcdf(tmp_path / "study.nc", engine="h5netcdf")
    again = xr.open_dataset(tmp_path / "study.nc", engine="h5netcdf")
    np.testing.assert_allclose(again["car"], study["car"])


def test_same_seed_same_numbers(table):
    both = {**SMALL, "event": [EVENT, str(made_up.days()[made_up.EVENT + 15])]}
    first, second = events(table, **both, seed=4), events(table, **both, seed=4)
    assert first.equals(second)
    other = events(table, **both, seed=5)["p"].sel(test="permutation")
    assert float(other) != first["p"].sel(test="permutation").item()


def test_real_prices_of_another_name_are_quiet(public_data):
    """URA on 5 January 2022: uranium, not Kazakhstan, and no verdict to be had."""
    path = public_data / "markets_daily" / "us_listed_close_2021-01_2022-06.csv"
    study = events(path, event="2022-01-05", name=["URA", "CCJ"], benchmark="EEM", window=(0, 5))
    assert (study["p_placebo"].values > 0.05).all()
    assert study.attrs["placebo_compared"] > 200


COMMAND = [
    "events",
    str(made_up.FILE),
    "--event",
    EVENT,
    "--benchmark",
    "MARKET",
    "--window",
    "-1",
    "2",
    "--estimation",
    "-100",
    "-11",
]


def test_the_command_prints_and_writes(tmp_path, capsys):
    assert cli.main([*COMMAND, "--name", "BETA", "--out", str(tmp_path / "o")]) == 0
    told = capsys.readouterr().out
    assert "Verdict" in told and "more than ordinary days explain" in told and "leans on" not in told
    written = sorted(path.name for path in (tmp_path / "o").iterdir())
    assert written == ["days.csv", "events.png", "events.svg", "names.csv", "notes.csv", "tests.csv"]
    days = pd.read_csv(tmp_path / "o" / "days.csv")
    assert days["day"].tolist() == [-1, 0, 1, 2]
    assert "next to no power" in " ".join(pd.read_csv(tmp_path / "o" / "notes.csv")["note"])
    before = (tmp_path / "o" / "events.svg").read_bytes()
    assert cli.main([*COMMAND, "--name", "BETA", "--out", str(tmp_path / "o")]) == 0
    assert (tmp_path / "o" / "events.svg").read_bytes() == before, "the figure is the same to the byte"


def test_the_command_takes_a_table_of_events_and_many_names(tmp_path, capsys, table):
    many = pd.concat([table[table["instrument"] != "ALPHA"],
                      *[table[table["instrument"] == "ALPHA"].assign(instrument=f"A$_{n}$") for n in range(30)]])  # fmt: skip
    many.to_csv(tmp_path / "p.csv", index=False, columns=["date", "venue", "instrument", "price", "currency"])
    (tmp_path / "e.csv").write_text(
        f"when,label\n{EVENT},fall\n{made_up.days()[made_up.EVENT - 20]},before\n", encoding="utf-8"
    )
    line = ["events", str(tmp_path / "p.csv"), "--events", str(tmp_path / "e.csv"), "--benchmark", "MARKET", "--out", str(tmp_path),
            "--window", "0", "2", "--estimation", "-100", "-11", "--placebo", "500"]  # fmt: skip
    assert cli.main(line) == 0
    told = capsys.readouterr().out
    assert (
        "and 37 more, in names.csv" in told
        and "leans on" in told
        and "draws of other dates" in " ".join(told.split())
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--name", "EEM"], "not among the prices"),
        (["--map", "price"], "write OURS=THEIRS"),
        (["--close", "LSE=noon"], "is no time"),
        (["--events", "none.csv"], "not given, or twice"),
    ],
)
def test_errors_of_the_command_are_sentences(options, sentence, capsys):
    assert cli.main([*COMMAND, *options]) == 2
    told = capsys.readouterr()
    assert sentence in told.err and "Traceback" not in told.err


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom interrex import cli\ncli.main(['events', '--help'])\nprint('modules', *sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": str(pathlib.Path(cli.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    modules = done.stdout.rpartition("modules ")[2].split()
    assert not {"pandas", "xarray", "numpy", "matplotlib"} & set(modules)


def test_the_printed_table_says_what_each_test_leans_on(table):
    assert set(validity.ORDER) == set(events(table, **SMALL)["test"].values)
