"""Price files as people save them: encodings, separators, headings, numbers, words for nothing, columns left out."""

import numpy as np
import pytest

from fixtures.walks import EVENT, tidy, walks, wide
from interrex.errors import CaseError, RunError
from interrex.eventstudy import events
from interrex.eventstudy.cells import plain, sheet
from interrex.eventstudy.numbers import NOTHING
from interrex.eventstudy.prices import prices_from, read_events, read_prices

DAYS, PRICES = walks()
ASKED = {"event": str(EVENT), "name": "SHARE", "benchmark": "MARKET", "window": (0, 3), "placebo": 50}


@pytest.fixture
def file_of(tmp_path):
    def of(text, name="prices.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return of


def told(file, **options):
    with pytest.raises((CaseError, RunError)) as caught:
        read_prices(file, **options)
    return str(caught.value)


def share(prices):
    """The prices of SHARE by day."""
    table = prices.table[prices.table["instrument"] == "SHARE"]
    return dict(zip(table["date"].dt.date, table["price"], strict=True))


def same(prices):
    """Whether SHARE has every price of the walk, to four places."""
    found = share(prices)
    return list(found) == DAYS and np.allclose(list(found.values()), PRICES["SHARE"], atol=6e-5)


@pytest.mark.parametrize("write", [tidy, wide])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(file_of, write, encoding, ending):
    text = write(DAYS, PRICES).replace("\n", ending)
    assert same(read_prices(file_of(text, encoding=encoding)))


def test_text_of_another_encoding_is_refused_with_its_line(file_of):
    text = tidy(DAYS, PRICES).splitlines()
    text[6] = "2021-03-08,Акция,41.2"
    for encoding in ("cp1251", "koi8-r", "cp1252"):
        text[6] = "2021-03-08,Ação,41.2" if encoding == "cp1252" else text[6]
        assert "prices.csv:7:1" in told(file_of("\n".join(text), encoding=encoding))
        assert "UTF-8" in told(file_of("\n".join(text), encoding=encoding))


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_separators_are_found(file_of, separator):
    assert same(read_prices(file_of(tidy(DAYS, PRICES).replace(",", separator))))
    assert same(read_prices(file_of(wide(DAYS, PRICES, separator=separator))))
    assert same(read_prices(file_of(f"sep={separator}\n" + wide(DAYS, PRICES, separator=separator))))


@pytest.mark.parametrize("tail", [",", ",,,", " , "])
def test_commas_at_line_ends_are_nothing(file_of, tail):
    for write in (tidy, wide):
        lines = write(DAYS, PRICES).splitlines()
        assert same(read_prices(file_of("\n".join([lines[0], *(line + tail for line in lines[1:])]))))
        assert same(read_prices(file_of("\n".join(line + tail for line in lines))))
        assert same(read_prices(file_of("\n".join([lines[0] + tail, *lines[1:]]))))


def test_a_row_of_another_length_is_refused_with_its_line(file_of):
    lines = wide(DAYS, PRICES).splitlines()
    for row, cells in (("2021-03-02,40", 2), ("2021-03-02,40,100,7", 4), ("2021-03-02", 1)):
        assert f"prices.csv:3:1: has {cells} cells, the header 3" in told(
            file_of("\n".join([*lines[:2], row, *lines[3:]]))
        )


def comma(value):
    return f"{value:.4f}".replace(".", ",")


@pytest.mark.parametrize(
    ("number", "scale"),
    [(comma, 1), (lambda v: f"{1000 * v:,.2f}".replace(",", "_").replace(".", ",").replace("_", "."), 1000),
     (lambda v: f"{v:.4f}".replace(".", ",") + " ", 1)],
)  # fmt: skip
def test_decimal_commas_are_read_with_a_note(file_of, number, scale):
    text = wide(DAYS, PRICES, separator=";", number=number)
    read = read_prices(file_of(text))
    assert np.allclose(list(share(read).values()), scale * np.array(PRICES["SHARE"]), rtol=1e-4)
    assert any("commas are read as decimal signs" in note for note in read.notes)
    quoted = wide(DAYS, PRICES, number=lambda v: f'"{number(v)}"')
    assert list(share(read_prices(file_of(quoted)))) == DAYS


@pytest.mark.parametrize("sign", [",", " ", "'", "\u00a0", "\u202f", "\u2019"])
def test_signs_between_thousands_are_read(file_of, sign):
    text = wide(DAYS, PRICES, separator=";", number=lambda v: f"{100 * v:,.2f}".replace(",", sign))
    assert np.allclose(
        list(share(read_prices(file_of(text))).values()), 100 * np.array(PRICES["SHARE"]), rtol=1e-4
    )


@pytest.mark.parametrize("sign", [",", "."])
@pytest.mark.parametrize("write", [tidy, wide])
def test_999_and_1_003_are_four_apart_whichever_sign_parts_thousands(file_of, sign, write):
    days, prices = walks(level=960.0)
    assert min(prices["SHARE"]) < 999 < max(prices["SHARE"])

    def number(value):
        return f'"{value:,.0f}"'.replace(",", sign) if value > 300 else f"{value:.2f}"

    if write is wide:
        text = wide(days, prices, number=number)
    else:
        rows = [
            f"{day},{name},{number(price)}"
            for name in prices
            for day, price in zip(days, prices[name], strict=True)
        ]
        text = "\n".join(["date,instrument,price", *rows])
    found = share(read_prices(file_of(text)))
    assert np.allclose(list(found.values()), np.round(prices["SHARE"]), atol=0.01)


def test_a_column_that_mixes_decimal_signs_is_refused(file_of):
    text = wide(DAYS, PRICES, separator=";")
    assert "prices.csv:5:1" in told(
        file_of(text.replace(f"{PRICES['SHARE'][3]:.4f}", comma(PRICES["SHARE"][3])))
    )


@pytest.mark.parametrize("word", [*sorted(NOTHING - {""}), "NULL", "N/A", "NaN", "None"])
def test_words_for_no_price_are_days_without_a_trade(file_of, word):
    for write in (tidy, wide):
        text = write(DAYS, PRICES).replace(f"{PRICES['SHARE'][9]:.4f}", word)
        read = read_prices(file_of(text))
        found = share(read)
        assert np.isnan(found.get(DAYS[9], np.nan)) and np.isfinite(found[DAYS[8]])
        assert any("days without a trade" in note for note in read.notes)


@pytest.mark.parametrize(
    "cell", ["inf", "-inf", "1e999", "0x10", "1_000", "forty", "40%", "$40", "1" * 400, "١٢"]
)
def test_what_is_no_number_is_refused_with_its_line(file_of, cell):
    text = tidy(DAYS, PRICES).replace(f"{PRICES['SHARE'][9]:.4f}", cell)
    assert "prices.csv:11:1 price: " in told(file_of(text)) and "is no number" in told(file_of(text))


def test_cells_are_bounded_and_quoted_short(file_of):
    lines = tidy(DAYS, PRICES).splitlines()
    for cell in ("9" * 100_000, "x" * 1_000_000, '"' + "y" * 200_000, '"40\n41"', '"40'):
        lines[4] = f"2021-03-04,SHARE,{cell}"
        found = told(file_of("\n".join(lines)))
        assert "prices.csv:5:1" in found and len(found) < 400
    lines[4] = f"2021-03-04,{'N' * 300},forty"
    assert len(told(file_of("\n".join(lines)))) < 400


def test_nothing_at_all_is_refused(file_of):
    for text in (
        "",
        "\n\n",
        "\ufeff",
        "date,instrument,price\n",
        b"\0\0\0\0",
        b"\xff\xfe",
        b"\xff\xfe\0",
        "\0" * 50,
    ):
        assert told(file_of(text))


HEADINGS = "Price,Close,Close,Volume,Volume\nTicker,SHARE,MARKET,SHARE,MARKET\nDate,,,,\n"


def stacked(head, cells):
    return head + "".join(
        f"{day},{cells(a, b)}\n" for day, a, b in zip(DAYS, PRICES["SHARE"], PRICES["MARKET"], strict=True)
    )


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        (HEADINGS, lambda a, b: f"{a:.4f},{b:.4f},7,0"),
        (",Close,Close\nDate,SHARE,MARKET\n", lambda a, b: f"{a:.4f},{b:.4f}"),
        (
            "Ticker,SHARE,SHARE,MARKET,MARKET\nPrice,Open,Close,Open,Close\nDate,,,,\n",
            lambda a, b: f"1,{a:.4f},2,{b:.4f}",
        ),
        (
            ",SHARE,SHARE,MARKET,MARKET\nDate,Close,Adj Close,Close,Adj Close\n",
            lambda a, b: f"9,{a:.4f},9,{b:.4f}",
        ),
    ],
)
def test_headings_in_two_and_three_rows_are_read(file_of, head, cells):
    read = read_prices(file_of(stacked(head, cells)))
    assert same(read) and any("is read as price" in note for note in read.notes)
    study = events(read, **ASKED)
    assert study["car"].item() < -0.15


def test_of_headings_in_rows_another_field_can_be_asked_for(file_of):
    head = ",SHARE,SHARE,MARKET,MARKET\nDate,Close,Adj Close,Close,Adj Close\n"
    file = file_of(stacked(head, lambda a, b: f"{a:.4f},8,{b:.4f},9"))
    assert same(read_prices(file, columns={"price": "Close"}))


def test_lines_above_the_header_are_passed_over_with_a_note(file_of):
    above = "Security,SHARE LN Equity\nStart Date,2021-06-01\nCurrency,GBp\n\n"
    for text, columns in (
        (above + tidy(DAYS, PRICES), None), ("# of the exchange, daily\n" + wide(DAYS, PRICES), None),
        (above + tidy(DAYS, PRICES, head="Stamp,instrument,PX_LAST"), {"date": "Stamp", "price": "PX_LAST"}),
    ):  # fmt: skip
        read = read_prices(file_of(text), columns=columns)
        assert same(read) and "the header is taken from line" in read.notes[0]


def test_capital_headings_and_a_mapped_date_leave_a_wide_table_wide(file_of):
    for head, columns in (("Date,SHARE,MARKET", {"date": "Date"}), ("DATE,SHARE,MARKET", None), ("Stamp,SHARE,MARKET", {"date": "Stamp"}), (",SHARE,MARKET", None)):  # fmt: skip
        assert same(read_prices(file_of(wide(DAYS, PRICES, head=head)), columns=columns))


def test_numbers_of_rows_before_the_table_are_passed_over(file_of):
    lines = tidy(DAYS, PRICES).splitlines()
    numbered = [f",{lines[0]}", *(f"{row},{line}" for row, line in enumerate(lines[1:]))]
    assert same(read_prices(file_of("\n".join(numbered))))


def test_a_heading_that_stands_twice_or_not_at_all_is_refused(file_of):
    assert "stands twice" in told(file_of(wide(DAYS, PRICES, head="date,SHARE,SHARE")))
    assert "has no name" in told(file_of(wide(DAYS, {**PRICES, "C": PRICES["SHARE"]}, head="date,,SHARE,C")))


def test_columns_of_known_meaning_are_read_though_nobody_mapped_them(file_of):
    halted = {day: int(DAYS.index(EVENT) <= at <= DAYS.index(EVENT) + 2) for at, day in enumerate(DAYS)}
    rows = [f"{day},{name},{price:.4f},{halted[day] if name == 'SHARE' else 0},x" for name in PRICES for day, price in zip(DAYS, PRICES[name], strict=True)]  # fmt: skip
    for head in ("Halted", "halt", "SUSPENDED", "Trading halt"):
        text = "\n".join([f"Date,Ticker,Close,{head},Remark", *rows])
        read = read_prices(file_of(text), columns={"date": "Date", "instrument": "Ticker", "price": "Close"})
        assert read.table["halt"].sum() == 3 and np.isnan(share(read)[EVENT])
        assert any("is read as halt" in note or head == "halt" for note in read.notes)
        assert any("left out: Remark" in note for note in read.notes)
    text = "\n".join(["Date,Ticker,Close,Halted,Remark", *(row.replace(",0,x", ",open,x") for row in rows)])
    read = read_prices(file_of(text), columns={"date": "Date", "price": "Close"})
    assert same(read) and any("left out: Halted, Remark" in note for note in read.notes), (
        "Ticker is read, Halted cannot be"
    )


def test_the_adjusted_close_is_offered_first_and_missed_where_it_is_left_out(file_of):
    for name in ("Adj Close", "Adj. Close", "adjusted_close", "AdjClose", "Close (adj)", "Adjusted Close"):
        rows = "".join(f"{day},9,{price:.4f}\n" for day, price in zip(DAYS, PRICES["SHARE"], strict=True))
        file = file_of(f"Date,Close,{name}\n{rows}", "SHARE.csv")
        assert f"price={name}" in told(file) and plain(name) == "adj close"
        read = read_prices(file, columns={"price": "Close"})
        assert any(f"price={name}" in note for note in read.notes)
        assert same(read_prices(file, columns={"price": name}))


def test_a_volume_that_is_never_above_nought_says_nothing(file_of):
    rows = [f"{day},{name},{price:.4f},{0 if name == 'MARKET' else 0 if at == 20 else 500}" for name in PRICES for at, (day, price) in enumerate(zip(DAYS, PRICES[name], strict=True))]  # fmt: skip
    read = read_prices(file_of("\n".join(["date,instrument,price,volume", *rows])))
    assert np.isnan(share(read)[DAYS[20]]) and np.isfinite(share(read)[DAYS[21]])
    assert read.table["price"].isna().sum() == 1 and any(
        "MARKET: volume is never above 0" in note for note in read.notes
    )


def test_columns_of_a_frame_are_read_or_noted_too():
    import pandas as pd

    frame = pd.DataFrame({"date": pd.to_datetime(DAYS), "instrument": "SHARE", "price": PRICES["SHARE"], "Halted": False, "colour": "red"})  # fmt: skip
    frame.loc[5, "Halted"] = True
    read = prices_from(frame)
    assert read.table["halt"].sum() == 1 and any("left out: colour" in note for note in read.notes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("when\nsoon\n", "events.csv:2:1 when: the event 'soon' is no day"),
        ("when,instrument\n2021-12-08,\n", "events.csv:2:1 instrument"),
        (
            "when,instrument\n\n2021-12-08T09:00,SHARE\n",
            "events.csv:3:1 when: the event '2021-12-08T09:00' has no time zone",
        ),
        ("when\n", "no rows"),
        ("when,instrument\n2021-12-08,SHRAE\n", "did you mean SHARE?"),
        ("when,when\n2021-12-08,2021-12-08\n", "each once"),
        ("when\n2021-12-08,SHARE\n", "events.csv:2:1: has 2 cells, the header 1"),
    ],
)
def test_what_is_wrong_in_a_table_of_events_is_named_with_its_line(file_of, text, sentence):
    prices = read_prices(file_of(tidy(DAYS, PRICES)))
    with pytest.raises((CaseError, RunError)) as caught:
        events(prices, **{**ASKED, "event": read_events(file_of(text, "events.csv"))})
    assert sentence in str(caught.value)


def test_a_table_of_events_is_read_as_prices_are(file_of):
    for text, encoding in (
        ("When;Instrument\n2021-12-08;SHARE;\n", "utf-8-sig"),
        ("when\tlabel\n2021-12-08\tfall\n", "utf-16"),
    ):
        study = events(
            read_prices(file_of(tidy(DAYS, PRICES))),
            **{**ASKED, "event": read_events(file_of(text, "events.csv", encoding))},
        )
        assert study["event_day"].item() == str(EVENT)


def test_names_that_are_not_among_the_prices_are_refused_wherever_they_are_given(file_of):
    prices = read_prices(file_of(tidy(DAYS, PRICES)))
    for asked in (
        {"constituents": "SHARES"},
        {"constituents": ["SHARE", "MRAKET"]},
        {"name": "share"},
        {"benchmark": "MARKE"},
    ):
        with pytest.raises(RunError, match="is not among the prices"):
            events(prices, **{**ASKED, **asked})
    assert events(prices, **ASKED, constituents="SHARE")["in_benchmark"].item() == 1


def test_a_sheet_keeps_the_line_of_every_row(file_of):
    read = sheet(file_of("made by hand\n\ndate,A\n\n2021-01-04,1\n\n2021-01-05,2\n"))
    assert read.lines == [5, 7] and read.header == ["date", "A"]


def test_frames_of_fields_are_read_as_their_files_are():
    """As yfinance hands them over: fields above instruments; fields alone are not taken for instruments."""
    import pandas as pd

    index = pd.DatetimeIndex(DAYS, name="Date").tz_localize("Europe/London")
    columns = pd.MultiIndex.from_product([["Close", "Volume"], list(PRICES)], names=["Price", "Ticker"])
    frame = pd.DataFrame(np.column_stack([*PRICES.values(), np.ones((len(DAYS), 2))]), index, columns)
    for one in (frame, frame.swaplevel(axis=1)):
        assert same(prices_from(one))
    with pytest.raises(CaseError, match="price: is missing; name the file's own column: --map price=Close"):
        prices_from(frame.xs("SHARE", axis=1, level="Ticker"))


def test_a_table_without_header_or_with_days_across_is_refused(file_of):
    lines = tidy(DAYS, PRICES).splitlines()
    assert "holds days in its first row" in told(file_of("\n".join(lines[1:])))
    across = [
        ["instrument", *map(str, DAYS)],
        *([name, *map(str, column)] for name, column in PRICES.items()),
    ]
    assert "holds days in its first row" in told(file_of("\n".join(map(",".join, across))))


def test_marks_that_are_not_seen_change_nothing(file_of):
    text = "\ufeff" + "\n".join(f"\u200e{line}\u200f" for line in tidy(DAYS, PRICES).splitlines())
    assert same(read_prices(file_of(text)))


def test_an_instrument_that_changes_its_currency_is_refused_with_the_line(file_of):
    lines = tidy(DAYS, PRICES, head="date,instrument,price,currency", tail=",GBX").splitlines()
    lines[30:40] = [line.replace("GBX", "GBP") for line in lines[30:40]]
    found = told(file_of("\n".join(lines)))
    assert "prices.csv:31:1 currency: 'GBP' is not the currency" in found and len(found.splitlines()) == 1
    lines[30:40] = [line.replace("GBP", "") for line in lines[30:40]]
    assert same(read_prices(file_of("\n".join(lines))))


def test_bids_and_asks_beside_a_price_are_no_bounds_of_it(file_of):
    rows = [
        f"{day},{price:.4f},{price + 1:.4f},{price + 2:.4f}"
        for day, price in zip(DAYS, PRICES["SHARE"], strict=True)
    ]
    file = file_of("\n".join(["Date,Last,Bid,Ask", *rows]), "SHARE.csv")
    read = read_prices(file, columns={"date": "Date", "price": "Last"})
    assert same(read) and any("left out: Bid, Ask" in note for note in read.notes)
