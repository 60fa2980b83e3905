"""Reading prices: each mistake is named with file and line, and nothing is guessed."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from fixtures import prices as made_up
from interrex.errors import CaseError, RunError
from interrex.eventstudy.calendar import closing, event_day, moment, trading_days
from interrex.eventstudy.currency import convert
from interrex.eventstudy.prices import prices_from, read_events, read_prices


def file_of(folder, text, name="prices.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def mistake(folder, text, **options):
    with pytest.raises(CaseError) as caught:
        read_prices(file_of(folder, text), **options)
    return str(caught.value)


HEAD = "date,venue,instrument,price,currency,halt\n"


@pytest.mark.parametrize(
    ("rows", "line", "sentence"),
    [
        ("2021-01-04,V,A,1,USD,0\n2021-01-04,V,A,2,USD,0\n", 3, "stands twice"),
        ("2021-01-04,V,A,1,USD,0\n2021-01-05,V,A,0,USD,0\n", 3, "'0' is not positive"),
        ("2021-01-04,V,A,-3.5,USD,0\n", 2, "'-3.5' is not positive"),
        ("2021-01-04,V,A,1,USD,0\n\n04/01/2021,V,A,1,USD,0\n", 4, "is no day; write 2022-01-05, or give --date-format"),
        ('2021-01-04,V,A,1.25,USD,0\n2021-01-05,V,A,"1,5",USD,0\n', 3, "'1,5' is no number"),
        ("2021-01-04,V,A,1,USD,maybe\n", 2, "neither yes nor no"),
        ("2021-01-04,V,,1,USD,0\n", 2, "name the instrument"),
        ("2021-01-04,V,*,1,USD,0\n", 2, "stands for a whole venue"),
        ("2021-01-04T17:00+01:00,V,A,1,USD,0\n2021-01-05T17:00+06:00,V,A,1,USD,0\n", 3, "another time zone"),
        ("2021-01-04T17:00+01:00,V,A,1,USD,0\n2021-01-05,V,A,1,USD,0\n", 3, "has no time zone"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path, rows, line, sentence):
    told = mistake(tmp_path, HEAD + rows)
    assert f"prices.csv:{line}:" in told
    assert sentence in told


def test_unknown_columns_and_missing_ones_come_with_a_suggestion(tmp_path):
    told = mistake(tmp_path, "Trade date,Close,Ticker\n2021-01-04,1,A\n")
    assert "--map 'date=Trade date'" in told
    told = mistake(tmp_path, "date,instrument,Close\n2021-01-04,A,1\n")
    assert "--map price=Close" in told
    told = mistake(tmp_path, "date,instrument,price,Colour\n2021-01-04,A,1,red\n")
    assert "Colour: is an unknown column" in told
    told = mistake(tmp_path, "date,instrument,price\n2021-01-04,A,1\n", columns={"price": "Last"})
    assert "Last: is no column of this file; its columns are date, instrument, price" in told
    with pytest.raises(RunError, match="no column 'prize' to map"):
        read_prices(file_of(tmp_path, HEAD), columns={"prize": "price"})


def test_a_vendors_export_is_mapped_and_named_like_its_file(tmp_path):
    text = "Date,Open,High,Low,Close,Volume\n04.01.2021,1,1,1,1.5,10\n05.01.2021,1,1,1,1.6,0\n06.01.2021,1,1,1,1.7,5\n"
    columns = {"date": "Date", "price": "Close", "volume": "Volume"}
    table = read_prices(file_of(tmp_path, text, "KAP.csv"), columns=columns, date_format="%d.%m.%Y").table
    assert list(table["instrument"]) == ["KAP"] * 3
    assert table["price"].tolist()[::2] == [1.5, 1.7]
    assert np.isnan(table["price"][1]), "a day without volume has no trade"


def test_one_column_an_instrument(tmp_path):
    table = read_prices(file_of(tmp_path, "date,A,B\n2021-01-04,1,\n2021-01-05,2,5\n")).table
    assert [(r.instrument, r.price) for r in table.itertuples()] == [("A", 1.0), ("A", 2.0), ("B", 5.0)]


def test_a_halted_price_is_not_a_price(tmp_path):
    table = read_prices(file_of(tmp_path, HEAD + "2021-01-04,V,A,1,USD,0\n2021-01-05,V,A,1,USD,yes\n")).table
    assert np.isnan(table["price"][1]) and table["halt"][1]


def test_an_interval_in_place_of_a_price(tmp_path):
    text = "date,instrument,price,price_low,price_high\n2021-01-04,A,,4,9\n2021-01-05,A,5,4,6\n2021-01-06,A,5,,\n"
    table = read_prices(file_of(tmp_path, text)).table
    assert table["price"].tolist() == [6.0, 5.0, 5.0]
    assert table["price_low"].tolist() == [4.0, 4.0, 5.0]
    told = mistake(
        tmp_path, "date,instrument,price,price_low,price_high\n2021-01-04,A,7,4,6\n2021-01-05,A,1,1,\n"
    )
    assert "lies outside" in told and "has no partner" in told


def test_files_that_are_none(tmp_path):
    with pytest.raises(CaseError, match="is not there"):
        read_prices(tmp_path / "none.csv")
    with pytest.raises(CaseError, match="is a folder"):
        read_prices(tmp_path)
    (tmp_path / "b.csv").write_bytes(b"date,price\n\xff\xfe,1\n")
    with pytest.raises(CaseError, match="UTF-8"):
        read_prices(tmp_path / "b.csv")
    with pytest.raises(CaseError):
        read_prices(file_of(tmp_path, ""))
    with pytest.raises(RunError, match="no file"):
        read_prices()


def test_many_mistakes_are_cut_short(tmp_path):
    rows = "".join(f"2021-01-04,V,A{n},-1,USD,0\n" for n in range(50))
    assert mistake(tmp_path, HEAD + rows).splitlines()[-1].startswith("... and 45 more")


def test_frames_and_arrays_read_like_the_file():
    days = pd.to_datetime(made_up.days())
    moves = made_up.returns()
    wide = pd.DataFrame({name: 100 * np.cumprod(1 + np.array(r)) for name, r in moves.items()}, index=days)
    array = xr.DataArray(
        wide.values, dims=("date", "instrument"), coords={"date": days, "instrument": list(moves)}
    )
    tidy = pd.read_csv(made_up.FILE)
    expected = read_prices(made_up.FILE).table
    for data in (wide, array, tidy, array.to_dataset(name="price")):
        table = prices_from(data).table
        assert (table["instrument"].values == expected["instrument"].values).all()
        assert (table["date"].values == expected["date"].values).all()
        np.testing.assert_allclose(table["price"], expected["price"], rtol=1e-7)
    with pytest.raises(CaseError, match="no column instrument"):
        prices_from(pd.DataFrame({"date": [1], "price": [1]}))
    with pytest.raises(RunError, match="type int"):
        prices_from(3)
    with pytest.raises(CaseError, match="row 1 price: '-2'"):
        prices_from(pd.DataFrame({"date": ["2021-01-04", "2021-01-05"], "instrument": "A", "price": [1, -2]}))


def test_the_shipped_fixture_is_its_formula():
    lines = made_up.FILE.read_text(encoding="utf-8").splitlines()[1:]
    assert lines == [",".join(row) for row in made_up.rows()]


def test_event_days_follow_the_close():
    days = np.array(["2022-01-04", "2022-01-05", "2022-01-06", "2022-01-11"], "datetime64[D]")
    assert event_day(days, moment("2022-01-05"), None) == 1
    assert event_day(days, moment("2022-01-07"), None) == 3
    assert event_day(days, moment("2022-02-07"), None) == 4
    evening = moment("2022-01-05T20:00+06:00")  # 14:00 UTC
    assert event_day(days, evening, closing("17:00+06:00")) == 2
    assert event_day(days, evening, closing("16:30")) == 1
    night = moment("2022-01-05T01:00+06:00")  # 19:00 UTC of the day before, after the first close of that day
    assert event_day(days, night, closing("17:00+06:00")) == 1
    assert event_day(days, night, closing("16:00@America/New_York")) == 0
    assert moment(pd.Timestamp("2022-01-05")) == moment(np.datetime64("2022-01-05")) == moment("2022-01-05")
    for wrong in ("soon", "2022-01-05T09:00"):
        with pytest.raises(RunError, match="write"):
            moment(wrong)
    with pytest.raises(RunError, match="is no time"):
        closing("half past four")


def test_calendars_and_closing_hours_come_from_the_data(tmp_path):
    text = HEAD + "2021-01-04T17:00+06:00,K,A,1,,0\n2021-01-06T17:00+06:00,K,A,,,1\n2021-01-05,L,B,1,,0\n"
    prices = read_prices(file_of(tmp_path, text))
    days = trading_days(prices.table)
    assert list(prices.closes) == ["K"]
    assert [str(at) for at in prices.closes["K"].at(days["K"])] == [
        "2021-01-04T11:00:00",
        "2021-01-06T11:00:00",
    ]
    assert [str(day) for day in days["K"]] == ["2021-01-04", "2021-01-06"], "a halted day is a trading day"


def test_currency_is_converted_by_the_last_rate(tmp_path):
    text = HEAD + (
        "2022-01-04,K,A,900,KZT,0\n2022-01-05,K,A,860,KZT,0\n2022-01-10,K,A,800,KZT,0\n2022-01-25,K,A,800,KZT,0\n"
        "2022-01-04,F,USDKZT,450,,0\n2022-01-05,F,USDKZT,430,,0\n2022-01-04,L,B,5,USD,0\n"
    )
    table = read_prices(file_of(tmp_path, text)).table
    done = convert(table, "USD", {"KZT": "USDKZT"})
    prices = done.table[done.table["instrument"] == "A"]["price"].tolist()
    assert prices[:2] == [2.0, 2.0] and prices[2] == pytest.approx(800 / 430) and np.isnan(prices[3])
    read, stood_in, lost = done.notes
    assert "KZT for one USD: A at 800 KZT on 2022-01-10 is 1.86 USD" in read
    assert "the last one stands in" in stood_in and "no price in USD" in lost
    with pytest.raises(RunError, match="--rates KZT=INSTRUMENT"):
        convert(table, "USD", {})
    with pytest.raises(RunError, match="not among the instruments"):
        convert(table, "USD", {"KZT": "EURKZT"})


def test_tables_of_events(tmp_path):
    frame = read_events(file_of(tmp_path, "when,instrument\n2021-01-04,A\n"))
    assert list(frame.columns) == ["when", "instrument", "file", "line"]
    with pytest.raises(CaseError, match="'day' is an unknown column"):
        read_events(file_of(tmp_path, "day\n2021-01-04\n"))
