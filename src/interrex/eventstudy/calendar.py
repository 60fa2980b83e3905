"""Trading calendars, taken from the data: which days a venue traded, and which of them an event falls on."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.prices import Frame


class Moment(NamedTuple):
    """When an event became known: the day as written, and the hours from that day's midnight UTC (None: unknown).

    An event at 01:00 in Almaty, five hours east, has hour -4.
    """

    day: np.datetime64
    hour: float | None


def moment(when: object) -> Moment:
    """Read a day (2022-01-05) or a time with its zone (2022-01-05T09:00+06:00).

    A time without zone is refused: which trading day it belongs to would be a guess.
    """
    if isinstance(when, Moment):
        return when
    if isinstance(when, np.datetime64):
        return Moment(when.astype("datetime64[D]"), None)
    text = when.isoformat() if hasattr(when, "isoformat") else str(when)  # pyright: ignore[reportAttributeAccessIssue]
    text = re.sub(r"T00:00:00$", "", text.strip())
    try:
        if len(text) == 10:
            return Moment(np.datetime64(datetime.date.fromisoformat(text), "D"), None)
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise RunError(
            f"the event {text!r} is no day", "write it as 2022-01-05 or 2022-01-05T09:00+06:00"
        ) from None
    if time.tzinfo is None:
        raise RunError(
            f"the event {text!r} has no time zone", "write 2022-01-05T09:00+06:00, or the day alone"
        )
    return Moment(np.datetime64(time.date(), "D"), _hours_utc(time.timetz()))


def clock_hours(text: str) -> float:
    """Hours from midnight UTC of 16:30 (UTC) or 16:30+06:00."""
    try:
        clock = datetime.time.fromisoformat(text)
    except ValueError:
        raise RunError(f"the hour {text!r} is no time", "write 16:30, in UTC, or 16:30+06:00") from None
    return _hours_utc(clock)


def _hours_utc(clock: datetime.time) -> float:
    offset = clock.utcoffset() or datetime.timedelta()
    return clock.hour + clock.minute / 60 - offset.total_seconds() / 3600


def trading_days(table: Frame) -> dict[str, np.ndarray]:
    """Days of each venue, datetime64[D] in order: every day on which anything there has a row, halted or not.

    A halted day is a trading day without a price; a weekend or holiday is no day at all.
    """
    return {
        str(venue): np.unique(rows.to_numpy().astype("datetime64[D]"))
        for venue, rows in table.groupby("venue")["date"]
    }


def event_day(days: np.ndarray, when: Moment, close: float | None) -> int:
    """Position in `days` of the first trading day whose close can know of the event; len(days) if there is none.

    Where the hour of the event or the closing hour (UTC) of the venue is unknown, the day itself counts.
    """
    day = when.day
    if when.hour is not None and close is not None and when.hour > close:
        day = day + np.timedelta64(1, "D")
    return int(np.searchsorted(days, day))


def in_windows(length: int, positions: np.ndarray, window: tuple[int, int]) -> np.ndarray:
    """Which of `length` days lie in the window round any of the positions: bool[length]."""
    inside = np.zeros(length, dtype=bool)
    for position in positions:
        inside[max(0, position + window[0]) : max(0, position + window[1] + 1)] = True
    return inside


def check_windows(window: tuple[int, int], estimation: tuple[int, int]) -> None:
    """Raise RunError unless the estimation window is a stretch of days that ends before the event window."""
    if window[0] > window[1]:
        raise RunError(
            f"the event window {window[0]} .. {window[1]} runs backwards", "give first and last day, -1 5 say"
        )
    if estimation[0] >= estimation[1]:
        raise RunError(
            f"the estimation window {estimation[0]} .. {estimation[1]} holds no days",
            "give first and last day, -130 -11 say",
        )
    if estimation[1] >= window[0]:
        raise RunError(
            f"the estimation window {estimation[0]} .. {estimation[1]} overlaps the event window {window[0]} .. {window[1]}",
            f"let it end before day {window[0]}",
        )
