"""A column of days or times: the venue's own day of each row, and the moment that its stamp tells.

A day is taken as it is written, by the clock of its own zone, and never moved. A stamp of midnight is a day and tells
no closing hour.
"""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.cells import Frame, quoted

TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
EARLIEST, LATEST = 1800, 2200
"""Years outside are misprints."""

FORMATS = ("%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d-%m-%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y",
           "%b %d, %Y", "%B %d, %Y", "%a %b %d %Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %I:%M %p")  # fmt: skip
"""What a message offers for days that are written otherwise, where only one of them fits."""

NO_CLOSE = {
    "00:00": ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Halifax",
              "America/Sao_Paulo", "America/Santiago"),
    "09:30": ("America/New_York",), "09:00": ("Europe/Berlin",), "08:00": ("Europe/London",),
}  # fmt: skip
"""Midnights and openings that vendors write in UTC as the stamp of a day: clock and zones."""

EARLY = range(3 * 60, 6 * 60, 60)
"""Minutes after midnight UTC at which no market closes the year round, though midnight falls there in the Americas."""

FORENOON = 11 * 60
"""Minutes after midnight, by its own clock, before which no market closes."""


class Days(NamedTuple):
    """day: datetime64[D] of each row, NaT where it cannot be read. instant: datetime64[s], UTC, NaT without a zone.
    clock: minutes after midnight as written, -1 without a clock. east: minutes east of UTC, 0 without a zone.
    wrong: what is wrong with a row, '' if nothing, and what would be right."""

    day: np.ndarray
    instant: np.ndarray
    clock: np.ndarray
    east: np.ndarray
    wrong: list[tuple[str, str]]


class Stamp(NamedTuple):
    """One day or time; see `Days`."""

    day: str = "NaT"
    instant: str = "NaT"
    clock: int = -1
    east: int = 0
    wrong: tuple[str, str] = ("", "")


def read_days(text: Frame, date_format: str | None = None) -> Days:
    """Read a column of text, ISO unless `date_format` (as in strptime) says otherwise."""
    if date_format is not None:
        _check_format(date_format)
    found = {one: _stamp(one.strip(), date_format) for one in text.unique()}
    stamps = [found[one] for one in text]
    return Days(
        np.array([one.day for one in stamps], "datetime64[D]"),
        np.array([one.instant for one in stamps], "datetime64[s]"),
        np.array([one.clock for one in stamps], int),
        np.array([one.east for one in stamps], int),
        [one.wrong for one in stamps],
    )


def _stamp(text: str, date_format: str | None) -> Stamp:
    if date_format is not None:
        try:
            time = datetime.datetime.strptime(text, date_format)
        except (ValueError, OverflowError):
            return Stamp(
                wrong=(f"{quoted(text)} is not written as {date_format}", "correct it, or the --date-format")
            )
        clocked = any(sign in date_format for sign in ("%H", "%I", "%c", "%X"))
        return _of(time, clocked, text)
    found = TIME.fullmatch(text)
    if found is None:
        if re.match(TIME.pattern.split("(?:")[0] + r"[T ]", text):
            zone = re.fullmatch(r".*\d\s*([A-Za-z][\w/+-]*)", text)
            if zone and zone[1].lower() not in ("am", "pm"):
                return Stamp(
                    wrong=(
                        f"{quoted(text)}: {quoted(zone[1])} is no zone that is read",
                        "write it as -05:00, say",
                    )
                )
            return Stamp(wrong=(f"{quoted(text)} is no time", "write 2022-01-05T16:30+00:00"))
        if text.isdigit() and len(text) in (5, 10, 13):
            return Stamp(wrong=(f"{quoted(text)} is a number of days or seconds", "write it as 2022-01-05"))
        return Stamp(
            wrong=(f"{quoted(text)} is no day", f"write 2022-01-05, or give --date-format{_offered(text)}")
        )
    day, hour, minute, second, zone = found.groups()
    try:
        time = datetime.datetime.fromisoformat(day)
    except ValueError:
        return Stamp(wrong=(f"{quoted(text)} is no day", "write 2022-01-05"))
    if hour is None:
        return _of(time, False, text)
    try:
        time = time.replace(hour=int(hour), minute=int(minute), second=int(second or 0), tzinfo=_zone(zone))
    except ValueError:
        return Stamp(wrong=(f"{quoted(text)} is no time", "write 2022-01-05T16:30+00:00"))
    return _of(time, True, text)


def _of(time: datetime.datetime, clocked: bool, text: str) -> Stamp:
    if not EARLIEST <= time.year <= LATEST:
        return Stamp(wrong=(f"{quoted(text)} lies outside the years {EARLIEST} .. {LATEST}", "correct it"))
    clock = time.hour * 60 + time.minute if clocked else -1
    offset = time.utcoffset()
    if offset is None or not clocked:
        return Stamp(time.date().isoformat(), clock=clock)
    instant = (time - offset).replace(tzinfo=None).isoformat(timespec="seconds")
    return Stamp(time.date().isoformat(), instant, clock, round(offset.total_seconds() / 60))


def _zone(text: str | None) -> datetime.timezone | None:
    if text is None:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return datetime.UTC
    hours, minutes = int(text[1:3]), int(text[3:].replace(":", "") or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return datetime.timezone((1 if text[0] == "+" else -1) * datetime.timedelta(hours=hours, minutes=minutes))


def _offered(text: str) -> str:
    """The one format of those in use that fits, or both orders of day and month; else ''."""
    fits: list[str] = []
    for one in (
        *FORMATS,
        "%d/%m/%Y %H:%M:%S",
        "%m/%d/%Y %H:%M:%S",
        "%d/%m/%y",
        "%m/%d/%y",
        "%d/%m/%Y",
        "%m/%d/%Y",
    ):
        try:
            datetime.datetime.strptime(text, one)
        except ValueError:
            continue
        fits.append(one)
    return (
        f" '{fits[0]}'"
        if len(fits) == 1
        else f" ('{fits[-2]}' or '{fits[-1]}')"
        if "/" in "".join(fits)
        else ""
    )


def _check_format(date_format: str) -> None:
    """Raise RunError unless the format tells day, month and year, and its zone, if any, can be read back."""
    probe = datetime.datetime(2021, 11, 23, 16, 35, tzinfo=datetime.timezone(datetime.timedelta(hours=6)))
    try:
        back = datetime.datetime.strptime(probe.strftime(date_format), date_format)
        told = back.date() == probe.date() and "%Z" not in date_format
    except (ValueError, OverflowError, UnicodeError, re.error):
        told = False
    if not told:
        raise RunError(
            f"--date-format {quoted(date_format)} does not tell day, month and year",
            "write it as in strptime: '%d.%m.%Y', or '%d.%m.%Y %H:%M%z' with a zone",
        )


def tell_no_close(days: Days, rows: np.ndarray) -> bool:
    """Whether the stamps of these rows (positions) are no closes but midnights or openings of the place where the
    prices were made: by the clock as written, or, written in UTC, by that of a market whose clock changes in summer."""
    if (days.clock[rows] == 0).all():
        return True
    if (days.east[rows] != 0).any():
        return bool((days.clock[rows] < FORENOON).all())
    clocks = np.unique(days.clock[rows])
    if len(clocks) == 1 and int(clocks[0]) not in EARLY:
        return False
    seen = np.unique(days.instant[rows])
    return any(_all_at(clock, seen, zone) for clock, zones in NO_CLOSE.items() for zone in zones)


def _all_at(clock: str, instants: np.ndarray, zone: str) -> bool:
    try:
        place = ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return False
    return all(
        f"{datetime.datetime.fromtimestamp(int(one), place):%H:%M}" == clock for one in instants.astype(int)
    )
