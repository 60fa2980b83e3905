"""When something happened: an exact day, minute, hour or month, an interval, or "about" any of these.

All times are local to the place, without zone. `When.start` is included and `When.end` is not, so that a day
runs from 00:00 to 00:00 of the next. Minutes are the finest grain, since acts happen on a grid of whole
minutes.

    2022-01-05            the day                       2022-01-05T16:30   that minute
    2022-01               the month                     2022-01-05T11      the hour from 11:00
    2022-01-05/2022-01-06 both days, and what lies between (also between times)
    ~2022-01-05           about: a day earlier or later ~2022-01-05T11     about: three hours earlier or later
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

ABOUT_A_DAY = timedelta(days=1)
ABOUT_AN_HOUR = timedelta(hours=3)
FIRST_YEAR, LAST_YEAR = 1800, 2200
FORMS = "2022-01-05, 2022-01-05T16:30, 2022-01-05/2022-01-06, or ~2022-01-05 for about that day"

_POINT = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2}))?)?)?", re.ASCII)


class When(NamedTuple):
    """A stretch of local time in which something happened, end excluded; `about` if already widened."""

    start: datetime
    end: datetime
    about: bool
    text: str
    day: date
    """The first day named, before any widening."""


def parse_day(text: str) -> date:
    """A calendar day written 2022-01-05. Raises ValueError with a sentence otherwise."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"{text!r} is not a day; write it as 2022-01-05")
    start, _ = _point(text)
    return start.date()


def parse_when(text: str) -> When:
    """Read a date, hour, minute, month or interval, with "~" before it for "about".

    Raises ValueError with a sentence that says what would be right.
    """
    about = text.startswith("~")
    first, slash, last = text.removeprefix("~").partition("/")
    start, end = _point(first)
    timed = "T" in first
    if slash:
        if last.startswith("~"):
            raise ValueError(f"{text!r} has a second '~'; one '~' before the interval makes both ends about")
        last_start, end = _point(last)
        timed = timed and "T" in last
        if "T" in last and len(last) > 13:
            end = last_start  # an interval up to 20:00 ends at 20:00, not at 20:01
        if end < start or last_start < start:
            raise ValueError(f"{text!r} ends before it begins; write the earlier date first")
        end = max(end, start + timedelta(minutes=1))
    day = start.date()
    if about:
        margin = ABOUT_AN_HOUR if timed else ABOUT_A_DAY
        start, end = start - margin, end + margin
    return When(start, end, about, text, day)


def _point(text: str) -> tuple[datetime, datetime]:
    match = _POINT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date; write {FORMS}")
    year, month, day, hour, minute = (None if part is None else int(part) for part in match.groups())
    assert year is not None and month is not None  # the pattern has both
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{text!r} is in the year {year}; a case lies between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        start = datetime(year, month, day or (1 if day is None else 0), hour or 0, minute or 0)
    except ValueError:
        raise ValueError(f"{text!r} is not in the calendar; write {FORMS}") from None
    if day is None:
        return start, datetime(year + month // 12, month % 12 + 1, 1)
    if hour is None:
        return start, start + timedelta(days=1)
    return start, start + (timedelta(hours=1) if minute is None else timedelta(minutes=1))
