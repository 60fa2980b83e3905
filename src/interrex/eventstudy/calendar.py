"""Trading calendars, taken from the data: which days a venue traded, when it closed, and which of its days an event
falls on."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.cells import Frame, quoted

HOUR = np.timedelta64(60, "m")


class Moment(NamedTuple):
    """When an event became known: the day as written, and the instant in UTC (datetime64[s]; None: hour unknown)."""

    day: np.datetime64
    instant: np.datetime64 | None


def moment(when: object) -> Moment:
    """Read a day (2022-01-05) or a time with its zone (2022-01-05T09:00+06:00).

    A time without zone is refused: which trading day it belongs to would be a guess.
    """
    if isinstance(when, Moment):
        return when
    text = when.isoformat() if hasattr(when, "isoformat") else str(when)  # pyright: ignore[reportAttributeAccessIssue]
    text = re.sub(r"[T ]00:00(:00(\.0+)?)?$", "", text.strip())
    try:
        if len(text) == 10:
            return Moment(np.datetime64(datetime.date.fromisoformat(text), "D"), None)
        time = datetime.datetime.fromisoformat(text)
        utc = None if time.tzinfo is None else time.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        raise RunError(
            f"the event {quoted(text)} is no day", "write it as 2022-01-05 or 2022-01-05T09:00+06:00"
        ) from None
    if utc is None:
        raise RunError(
            f"the event {text!r} has no time zone", "write 2022-01-05T09:00+06:00, or the day alone"
        )
    return Moment(np.datetime64(time.date(), "D"), np.datetime64(utc.replace(tzinfo=None), "s"))


class Close(NamedTuple):
    """When a venue closes: at a clock time in a zone, or as the stamps of its prices say.

    minutes: after midnight in the zone. days, instants: datetime64[D] and datetime64[s] of the stamps, in order;
    between and beyond them the nearest one before (or the first) lends its hour.
    """

    minutes: int = 0
    zone: datetime.tzinfo = datetime.UTC
    days: np.ndarray | None = None
    instants: np.ndarray | None = None

    @classmethod
    def stamped(cls, day: np.ndarray, instant: np.ndarray) -> Close:
        """From the stamps of a venue's prices, in any order: the median of each day."""
        order = np.argsort(day, kind="stable")
        days, first = np.unique(day[order], return_index=True)
        seconds = instant[order].astype("datetime64[s]").astype(np.int64)
        medians = [int(np.median(part)) for part in np.split(seconds, first[1:])]
        return cls(days=days, instants=np.array(medians, "datetime64[s]"))

    @property
    def fixed(self) -> bool:
        """Whether it is one hour UTC the year round because nobody said otherwise."""
        return self.days is None and isinstance(self.zone, datetime.timezone)

    def at(self, days: np.ndarray) -> np.ndarray:
        """The instant of the close of each of `days`, datetime64[s] UTC."""
        if self.days is not None and self.instants is not None:
            found = np.maximum(np.searchsorted(self.days, days, side="right") - 1, 0)
            return days.astype("datetime64[s]") + (
                self.instants[found] - self.days[found].astype("datetime64[s]")
            )
        clock = datetime.time(self.minutes // 60, self.minutes % 60, tzinfo=self.zone)
        closes = [datetime.datetime.combine(day, clock).timestamp() for day in days.astype(datetime.date)]
        return np.array([int(one) for one in closes], "datetime64[s]")


def closing(told: Close | str | float) -> Close:
    """Read when a venue closes: 16:00@America/New_York, 16:30 (UTC), 16:30+06:00, or hours after midnight UTC."""
    if isinstance(told, Close):
        return told
    if isinstance(told, (int, float)):
        if not 0 <= told < 24:
            raise RunError(f"the hour {told} is no time", "give hours after midnight UTC, 16.5 say")
        return Close(round(60 * told) % 1440)
    clock, sign, place = told.partition("@")
    try:
        time = datetime.time.fromisoformat(clock.strip())
    except ValueError:
        raise RunError(
            f"the hour {quoted(told)} is no time",
            "write 16:00@America/New_York, 16:30 (in UTC), or 16:30+06:00",
        ) from None
    minutes = time.hour * 60 + time.minute
    if not sign:
        offset = time.utcoffset() or datetime.timedelta()
        return Close(minutes, datetime.timezone(offset))
    try:
        zone = ZoneInfo(place.strip())
    except (ValueError, OSError, ZoneInfoNotFoundError):
        zone = None
    if zone is None or time.tzinfo is not None:
        raise RunError(f"{quoted(place)} is no time zone" if zone is None else f"the hour {quoted(told)} has two zones",
                       "write it as 16:00@America/New_York")  # fmt: skip
    return Close(minutes, zone)


def trading_days(table: Frame) -> dict[str, np.ndarray]:
    """Days of each venue, datetime64[D] in order: every day on which anything there has a row, halted or not.

    A halted day is a trading day without a price; a weekend or holiday is no day at all.
    """
    return {
        str(venue): np.unique(rows.to_numpy().astype("datetime64[D]"))
        for venue, rows in table.groupby("venue")["date"]
    }


def event_day(days: np.ndarray, when: Moment, close: Close | None) -> int:
    """Position in `days` of the first trading day whose close can know of the event; len(days) if there is none.

    Where the hour of the event or the closing hour of the venue is unknown, the day itself counts, as written.
    """
    if when.instant is None or close is None:
        return int(np.searchsorted(days, when.day))
    return int(np.searchsorted(close.at(days), when.instant))


def doubtful(days: np.ndarray, when: Moment, close: Close | None) -> np.datetime64 | None:
    """The other day on which the event would fall if the close were an hour earlier or later, as clocks that change
    in summer make it; None where it would not, or the zone is known."""
    if when.instant is None or close is None or not close.fixed:
        return None
    closes = close.at(days)
    at = int(np.searchsorted(closes, when.instant))
    for moved in (closes - HOUR, closes + HOUR):
        other = int(np.searchsorted(moved, when.instant))
        if other != at and other < len(days):
            return days[other]
    return None


def in_windows(length: int, positions: np.ndarray, window: tuple[int, int]) -> np.ndarray:
    """Which of `length` days lie in the window round any of the positions: bool[length]."""
    inside = np.zeros(length, dtype=bool)
    for position in positions:
        inside[max(0, position + window[0]) : max(0, position + window[1] + 1)] = True
    return inside
