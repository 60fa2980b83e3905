"""The table that the world record is fitted to: every country on the first day of every year, and what came afterwards."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from interrex.record.features import (
    AHEAD,
    EDGES,
    FEATURES,
    YEAR,
    Country,
    attempts,
    by_country,
    countries,
    days,
    number,
    row,
)
from interrex.record.questions import CROWDS
from interrex.record.tables import MANNERS, Panels

NEVER = np.inf
FIRST_YEAR = 1951
LATE = 30.0
"""Days that a list of coups runs behind the list of leaders which is read with it."""

SIZED = ("Mass Mobilization",)
"""Panels of protests that cover all countries of their years, so that no protest there means none."""


class Rows(NamedTuple):
    """One row a country and day of issue.

    ccode i8, day f8 (days since 1970, the end of the day of issue); since: first day in power, likewise; whole f8[row, feature], ahead f8[row, period, feature];
    until: days from issue to what ends the watch, by event (inf: not seen); manner: index in MANNERS of the exit, -1 unknown;
    watched: days from issue for which the panels see the event.
    """

    ccode: np.ndarray
    day: np.ndarray
    leader: tuple[str, ...]
    since: np.ndarray
    whole: np.ndarray
    ahead: np.ndarray
    until: dict[str, np.ndarray]
    manner: np.ndarray
    watched: dict[str, np.ndarray]

    def take(self, chosen: np.ndarray) -> Rows:
        """Some of the rows, by a mask or by indices."""
        at = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Rows(
            self.ccode[at], self.day[at], tuple(self.leader[i] for i in at), self.since[at], self.whole[at], self.ahead[at],
            {k: v[at] for k, v in self.until.items()}, self.manner[at], {k: v[at] for k, v in self.watched.items()},
        )  # fmt: skip

    @property
    def polyarchy(self) -> np.ndarray:
        """Electoral democracy as known on the day of issue, NaN where V-Dem has no value."""
        return self.whole[:, list(FEATURES).index("polyarchy")]

    @property
    def scheduled(self) -> np.ndarray:
        """Whether an executive election was known to come within a year."""
        return self.ahead[:, 0, list(AHEAD).index("election_year")] == 1

    def came(self, event: str, months: int) -> np.ndarray:
        """1 where the event came within so many months, 0 where it did not, NaN where the panels end before or, for a manner
        of exit, where the manner is unknown or most are (a sample without them would hold too few exits)."""
        span = months * YEAR / 12
        seen = np.where(self.watched[event] >= span - 1, 0.0, np.nan)
        if not event.startswith("exit_"):
            return np.where(self.until[event] <= span, 1.0, 0.0) + 0 * seen
        left = self.until["exit"] <= span
        hit = left & (self.manner == MANNERS.index(event.removeprefix("exit_")))
        if event == "exit_coup":
            return np.where(hit, 1.0, 0.0) + 0 * seen
        hidden = (left & (self.manner < 0)) | (self.day + span > self.told_until)
        return np.where(hidden, np.nan, np.where(hit, 1.0, 0.0) + 0 * seen)

    @property
    def told_until(self) -> float:
        """Last day of the last year of which the manner of nine in ten exits is known; days since 1970."""
        left = self.until["exit"] <= YEAR
        years, at = np.unique(self.day[left], return_inverse=True)
        known = np.bincount(at, self.manner[left] >= 0) / np.maximum(np.bincount(at), 1)
        return float(years[known >= 0.9].max() + YEAR) if (known >= 0.9).any() else -NEVER


class Told(NamedTuple):
    """What is known of a ruler on a day (days since 1970): his first day in power likewise, features f8[feature] of the whole
    horizon and f8[period, feature] of its periods."""

    ccode: int
    day: float
    leader: str
    since: float
    whole: list[float]
    ahead: list[list[float]]


def told(country: Country, ccode: int, t: float) -> Told | None:
    """What is known of the ruler at the end of day `t`; None where nobody rules."""
    known, i = row(country, ccode, t), country.ruler(t)
    if known is None or i is None:
        return None
    return Told(
        ccode, t, str(country.leader[i]), float(country.start[i]), list(known[0].values()),
        [list(p.values()) for p in known[1]],
    )  # fmt: skip


def asked(found: Sequence[Told]) -> Rows:
    """Rows of which nothing later is told, to be forecast."""
    return Rows(
        np.array([f.ccode for f in found]), np.array([f.day for f in found]), tuple(f.leader for f in found),
        np.array([f.since for f in found]), np.array([f.whole for f in found]).reshape(-1, len(FEATURES)),
        np.array([f.ahead for f in found]).reshape(-1, len(EDGES) - 1, len(AHEAD)), {}, np.full(len(found), -1), {},
    )  # fmt: skip


def new_year(year: int) -> float:
    """The first day of a year, as days since 1970."""
    return number(datetime.date(year, 1, 1))


def new_years(panels: Panels) -> list[float]:
    """The first day of each year from 1951 on."""
    return [new_year(y) for y in range(FIRST_YEAR, panels.last.year + 1)]


def as_known(panels: Panels, day: datetime.date) -> tuple[Rows, Rows]:
    """By what was known on a day: the rows of the years before it, and those of the day itself."""
    known, t = panels.as_of(day), number(day)
    found = rows(known, dict.fromkeys([*new_years(known), t]))
    return found.take(found.day < t), found.take(found.day == t)


def rows(panels: Panels, issued: Iterable[float] | None = None) -> Rows:
    """Rows of every country that has a ruler on the days of issue: the first day of each year from 1951 on unless given."""
    last = number(panels.last)
    when = list(issued) if issued is not None else new_years(panels)
    begun = {c: float(np.nanmin(days(g["start"]))) for c, g in by_country(panels.leaders).items()}
    crowds = _crowds(panels)
    tries = attempts(panels)
    tried = {c: np.sort(days(g["day"])) for c, g in by_country(tries).items()}
    coups_last = float(np.nanmax(days(tries["day"]))) if len(tries) else -NEVER
    found: list[Told] = []
    until: dict[str, list[float]] = {e: [] for e in ("exit", "coup_attempt", *CROWDS)}
    watched: dict[str, list[float]] = {e: [] for e in until}
    manner: list[int] = []
    for ccode, country in countries(panels).items():
        for t in when:
            if t < begun[ccode]:
                continue
            known, i = told(country, ccode, t), country.ruler(t)
            if known is None or i is None:
                continue
            found.append(known)
            end = country.end[i]
            until["exit"].append(end - t if end > t else NEVER)
            how = country.exit[i]
            manner.append(MANNERS.index(how) if how in MANNERS else -1)
            until["coup_attempt"].append(_next(tried.get(ccode, np.array([])), t))
            watched["exit"].append(last - t)
            watched["coup_attempt"].append(min(last, max(coups_last, last - LATE)) - t)
            for event in CROWDS:
                starts, first, final = crowds[event]
                until[event].append(_next(starts.get(ccode, np.array([])), t) if t >= first else NEVER)
                watched[event].append(final - t if t >= first and ccode in starts else -NEVER)
    for event in until:
        for k, limit in enumerate(watched[event]):
            if until[event][k] > limit:
                until[event][k] = NEVER
    return asked(found)._replace(
        until={k: np.array(v) for k, v in until.items()}, manner=np.array(manner, "i8"),
        watched={**{k: np.array(v) for k, v in watched.items()}, **{f"exit_{m}": np.array(watched["exit"]) for m in MANNERS}},
    )  # fmt: skip


def _next(days_of: np.ndarray, t: float) -> float:
    later = days_of[days_of > t]
    return float(later[0] - t) if len(later) else NEVER


def _crowds(panels: Panels) -> dict[str, tuple[dict[int, np.ndarray], float, float]]:
    """By event: days on which protests of that size began by country (none where a country has only smaller ones), and the
    first and last day that the panel covers."""
    table = panels.protests.loc[np.isin(np.asarray(panels.protests["source"], str), SIZED)]
    start, size = days(table["start"]), np.asarray(table["size_low"], "f8")
    code = np.asarray(table["ccode"], "i8")
    first, last = (float(start.min()), float(start.max())) if len(start) else (NEVER, -NEVER)
    return {
        event: ({int(c): np.sort(start[(code == c) & (size >= least)]) for c in np.unique(code)}, first, last)
        for event, least in CROWDS.items()
    }
