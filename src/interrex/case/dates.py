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

from interrex.errors import quoted

ABOUT_A_DAY = timedelta(days=1)
ABOUT_AN_HOUR = timedelta(hours=3)
FIRST_YEAR, LAST_YEAR = 1800, 2200
FORMS = "2022-01-05, 2022-01-05T16:30, 2022-01-05/2022-01-06, or ~2022-01-05 for about that day"

_POINT = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2}))?)?)?", re.ASCII)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FOREIGN = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
        r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4})",
        r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4})",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<m>[a-z]{3,9}),? (?P<y>\d{4})",
        r"(?P<m>[a-z]{3,9}) (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",
    )
)
_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(\.\d+)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?", re.ASCII)
_SHEET = re.compile(r"[2-7]\d{4}(\.\d+)?", re.ASCII)
_SHEET_START = date(1899, 12, 30)
"""Day 0 of spreadsheets."""


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
        raise ValueError(f"{quoted(text)} is not a day; {advice(text) or 'write it as 2022-01-05'}")
    start, _ = _point(text)
    return start.date()


def advice(text: str) -> str:
    """What to write in place of a date in another form: every day that it may mean. Empty where it looks like none."""
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return f"write {clock[1]}T{clock[2]}, in local time without seconds and zone"
    if _SHEET.fullmatch(text):
        day = _SHEET_START + timedelta(days=int(float(text)))
        return f"as the day number of a spreadsheet it would be {day}"
    days = set[str]()
    for form in _FOREIGN:
        found = form.fullmatch(text)
        if found is not None:
            month = found["m"][:3].lower()
            try:
                number = _MONTHS.index(month) + 1 if month.isalpha() else int(month)
                days.add(date(int(found["y"]), number, int(found["d"])).isoformat())
            except ValueError:
                continue
    return f"write {' or '.join(sorted(days))}" + (", whichever is meant" if len(days) > 1 else "") if days else ""


def parse_when(text: str) -> When:
    """Read a date, hour, minute, month or interval, with "~" before it for "about".

    Raises ValueError with a sentence that says what would be right.
    """
    about = text.startswith("~")
    first, slash, last = text.removeprefix("~").partition("/")
    if slash and not _POINT.fullmatch(first) and advice(text.removeprefix("~")):
        raise ValueError(f"{quoted(text)} is not a date; {advice(text.removeprefix('~'))}")
    start, end = _point(first)
    timed = "T" in first
    if slash:
        if last.startswith("~"):
            raise ValueError(f"{quoted(text)} has a second '~'; one '~' before the interval makes both ends about")
        last_start, end = _point(last)
        timed = timed and "T" in last
        if "T" in last and len(last) > 13:
            end = last_start  # an interval up to 20:00 ends at 20:00, not at 20:01
        if end < start or last_start < start:
            raise ValueError(f"{quoted(text)} ends before it begins; write the earlier date first")
        end = max(end, start + timedelta(minutes=1))
    day = start.date()
    if about:
        margin = ABOUT_AN_HOUR if timed else ABOUT_A_DAY
        start, end = start - margin, end + margin
    return When(start, end, about, text, day)


def _point(text: str) -> tuple[datetime, datetime]:
    match = _POINT.fullmatch(text)
    if match is None:
        raise ValueError(f"{quoted(text)} is not a date; {advice(text) or f'write {FORMS}'}")
    year, month, day, hour, minute = (None if part is None else int(part) for part in match.groups())
    assert year is not None and month is not None  # the pattern has both
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{quoted(text)} is in the year {year}; a case lies between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        start = datetime(year, month, day or (1 if day is None else 0), hour or 0, minute or 0)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not in the calendar; write {FORMS}") from None
    if day is None:
        return start, datetime(year + month // 12, month % 12 + 1, 1)
    if hour is None:
        return start, start + timedelta(days=1)
    return start, start + (timedelta(hours=1) if minute is None else timedelta(minutes=1))
