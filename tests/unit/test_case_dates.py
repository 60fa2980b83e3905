"""Dates, hours, intervals and "about"."""

from datetime import date, datetime

import pytest

from interrex.case.dates import parse_day, parse_when


@pytest.mark.parametrize(
    ("text", "start", "end", "about"),
    [
        ("2022-01-05", datetime(2022, 1, 5), datetime(2022, 1, 6), False),
        ("2022-01-05T16:30", datetime(2022, 1, 5, 16, 30), datetime(2022, 1, 5, 16, 31), False),
        ("2022-01-05T23", datetime(2022, 1, 5, 23), datetime(2022, 1, 6), False),
        ("2021-12", datetime(2021, 12, 1), datetime(2022, 1, 1), False),
        ("2022-01-05/2022-01-06", datetime(2022, 1, 5), datetime(2022, 1, 7), False),
        ("2022-01-05T14:00/2022-01-05T20:00", datetime(2022, 1, 5, 14), datetime(2022, 1, 5, 20), False),
        ("2022-01-05T14:00/2022-01-05T14:00", datetime(2022, 1, 5, 14), datetime(2022, 1, 5, 14, 1), False),
        ("~2022-01-05", datetime(2022, 1, 4), datetime(2022, 1, 7), True),
        ("~2022-01-05T11", datetime(2022, 1, 5, 8), datetime(2022, 1, 5, 15), True),
        ("~2022-01-05/2022-01-06", datetime(2022, 1, 4), datetime(2022, 1, 8), True),
    ],
)
def test_forms(text, start, end, about):
    when = parse_when(text)
    assert (when.start, when.end, when.about, when.text) == (start, end, about, text)


def test_the_day_named_is_kept_apart_from_the_widening():
    assert parse_when("~2022-01-05").day == date(2022, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 January",
        "2022-13-01",
        "2022-02-30",
        "2022-01-05T24:00",
        "2022-01-06/2022-01-05",
        "0001-01-01",
        "9999-01-01",
        "2022-01-05T14:00/20:00",
        "2022-01-05/~2022-01-06",
        "~~2022-01-05",
        "２０２２-01-05",
        "2022-01-05\n",
    ],
)
def test_what_is_no_date_says_what_would_be(text):
    with pytest.raises(ValueError, match=r"; (write|a case|one)"):
        parse_when(text)


def test_a_day_is_a_day():
    assert parse_day("2022-01-05") == date(2022, 1, 5)
    with pytest.raises(ValueError, match="not a day"):
        parse_day("2022-01-05T10:00")
