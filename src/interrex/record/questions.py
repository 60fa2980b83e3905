"""Questions that a machine can decide, and forecasts that answer them.

A question names a country, an event and a span of time: after the day of issue, up to and with the day on which it closes.
Its rule is a sentence made from its fields; `grade` decides by the same fields and nothing else.
"""

from __future__ import annotations

import calendar
import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interrex.errors import RunError, nearest, quoted
from interrex.record.tables import MANNERS

EXIT, COUP = "exit", "coup_attempt"
CROWDS = {"protest_10k": 10_000, "protest_100k": 100_000}
"""Persons from which a protest counts."""
HOW = {
    "regular": "by rule or of his own will", "coup": "removed by soldiers, guards or his own circle",
    "revolt": "removed by rebels or a crowd", "death": "by dying or falling ill", "foreign": "removed by a foreign power",
}  # fmt: skip
EXITS = {EXIT: "", **{f"exit_{manner}": manner for manner in MANNERS}}
"""Questions on a leader's exit, with the manner that each asks for."""
EVENTS = (*EXITS, COUP, *CROWDS)
HORIZONS = (1, 6, 12)
"""Months from issue to close."""

LEADER_LISTS = ("REIGN leaders", "Archigos", "Archigos extended", "Svolik leaders")
COUP_LISTS = ("Powell-Thyne coups", "CoupCats months", "Cline coups")
PROTEST_LISTS = ("Mass Mobilization", "Carnegie protests", "ACLED")


@dataclass(frozen=True)
class Question:
    """One question. `leader` and `since`, his first day in power, are given for exits and only there; `panels` are the sources
    (as in the tables' column `source`) that may decide it."""

    ccode: int
    country: str
    event: str
    issued: datetime.date
    months: int
    leader: str = ""
    since: datetime.date | None = None
    panels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "ccode", int(self.ccode))
        for name in ("issued", "since"):  # a cell of a table is a time and a kind of number
            if isinstance(day := getattr(self, name), datetime.datetime):
                object.__setattr__(self, name, day.date())
        if self.event not in EVENTS:
            raise RunError(f"no question asks for {self.event!r}", f"the events are {', '.join(EVENTS)}")
        if self.months not in HORIZONS:
            raise RunError(
                f"a question over {self.months} months is not asked",
                f"give one of {', '.join(map(str, HORIZONS))}",
            )
        exit_asked = self.event in EXITS
        if exit_asked != bool(self.leader) or exit_asked != (self.since is not None):
            raise RunError(
                f"{self.country}, {self.event}: leader and first day in power are given for exits, and only there"
            )
        if self.since is not None and self.since > self.issued:
            raise RunError(
                f"{self.leader} comes to power on {self.since}, after the question of {self.issued} is issued"
            )
        if not self.panels:
            lists = LEADER_LISTS * exit_asked + COUP_LISTS * (self.event in (COUP, "exit_coup"))
            lists = lists or PROTEST_LISTS
            object.__setattr__(self, "panels", lists)

    @property
    def opens(self) -> datetime.date:
        """The day of issue; what happens later counts."""
        return self.issued

    @property
    def closes(self) -> datetime.date:
        """The last day that counts."""
        return months_after(self.issued, self.months)

    @property
    def id(self) -> str:
        """Equal for equal questions: country, event, day of issue, months and, for exits, whose."""
        whose = f"/{self.leader}/{self.since}" if self.leader else ""
        return f"{self.ccode}/{self.event}/{self.issued}/{self.months}{whose}"

    @property
    def rule(self) -> str:
        """When the answer is yes, as a sentence."""
        when = f"after {self.opens} and up to {self.closes}"
        if self.event == COUP:
            what = f"soldiers, guards or the ruler's own circle try a coup in {self.country} {when}, whether or not it succeeds"
        elif self.event in CROWDS:
            what = (
                f"a protest that begins in {self.country} {when} counts {CROWDS[self.event]:,} persons or more by the "
                "lower bound of its size"
            )
        else:
            how = HOW.get(EXITS[self.event], "in whatever manner")
            what = f"{self.leader}, in power in {self.country} since {self.since}, leaves power {when}, {how}"
        return f"Yes if {what}; decided by {', '.join(self.panels)}{' or a ledger' * (self.event not in CROWDS)}."


@dataclass(frozen=True)
class Forecast:
    """The answer to a question: probability of yes, its interval, and what the two nulls say: the rate of all countries pooled
    and the country's own shrunken rate."""

    question: Question
    p: float
    low: float
    high: float
    pooled: float
    own: float

    def __post_init__(self) -> None:
        numbers = (self.p, self.low, self.high, self.pooled, self.own)
        if not all(math.isfinite(x) and 0 <= x <= 1 for x in numbers) or not self.low <= self.p <= self.high:
            raise RunError(
                f"{self.question.id}: {numbers} are no probability, interval round it and two nulls",
                "all lie between 0 and 1, and the probability in its interval",
            )
        if self.p in (0.0, 1.0):
            raise RunError(
                f"{self.question.id}: a forecast of {self.p:g} leaves nothing to learn",
                "give a probability between 0 and 1",
            )


def table(forecasts: Sequence[Forecast]) -> str:
    """A line a forecast: the question in short, the probability with its interval, and the nulls, in percent."""
    wide = max((len(f.question.country) for f in forecasts), default=0)
    lines = [
        f"{'country':<{wide}}  {'event':<14} {'months':>6} {'chance':>7}  {'90 %':<14} {'pooled':>7} {'own':>7}  leader"
    ]
    for f in forecasts:
        q, (p, low, high, pooled, own) = (
            f.question,
            (f"{100 * x:.1f}" for x in (f.p, f.low, f.high, f.pooled, f.own)),
        )
        lines.append(
            f"{q.country:<{wide}}  {q.event:<14} {q.months:>6} {p:>7}  {low + ' to ' + high:<14} {pooled:>7} {own:>7}  {q.leader}"
        )
    return "\n".join(line.rstrip() for line in lines)


def of_country(forecasts: Iterable[Forecast], named: str) -> list[Forecast]:
    """The forecasts on a country given by its name or its number; RunError where there is none."""
    all_of = list(forecasts)
    found = [f for f in all_of if named.casefold() in (f.question.country.casefold(), str(f.question.ccode))]
    if not found:
        close = nearest(named, {f.question.country for f in all_of})
        raise RunError(
            f"no forecast is on {quoted(named)}",
            f"did you mean {close}?" if close else "give a country's name or number",
        )
    return found


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day some months later, or the last of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
