"""What came of sealed forecasts: each question decided by rule from panels or from a ledger, and the score so far.

A question is yes, no, open (not due, or what decides it ends before the question closes) or void (it cannot be decided, with the
reason). A yes may be known early, a no only when the window has closed; so that the score does not count events before quiet
months, a question enters it when its window has closed for both.
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from interrex.record.questions import COUP, CROWDS, EVENTS, EXITS, Question
from interrex.record.register import Sealed
from interrex.record.scores import Scores, scores
from interrex.record.tables import MANNERS, Panels

YES, NO, OPEN, VOID = "yes", "no", "open", "void"
ATTEMPT = "military_palace"
"""The kind of coup that counts as an attempt."""
ANSWERS = (YES, NO, OPEN, VOID)
NEAR = datetime.timedelta(days=31)
"""Spells of two panels whose first days lie so near are one leader's, however he is spelt; a coup so near to an exit made it."""

GROUPS = ("sealed by the day of issue", "sealed later, before the close", "backcasts")
"""Only the first group foretells the whole of its window; the three are scored apart."""


class Answer(NamedTuple):
    """answer: a word of ANSWERS. reason: of open and void. day: of the event that made it a yes. due: the window has closed and
    what decides reaches its end, so that the answer counts in the score."""

    answer: str
    reason: str = ""
    day: datetime.date | None = None
    due: bool = False


class Fact(NamedTuple):
    """A documented act by which a ruler leaves, or might have: step_down, flight, assassination or coup_attempt. success: None
    where the ledger does not say; then only a coup is in doubt."""

    kind: str
    day: datetime.date
    success: bool | None = None


@dataclass(frozen=True)
class Ledger:
    """What a case documents of one country between two days, with its ruler's name."""

    ccode: int
    leader: str
    first: datetime.date
    last: datetime.date
    facts: tuple[Fact, ...]


class Grade(NamedTuple):
    """One sealed forecast with its answer and the group that it is scored in."""

    sealed: Sealed
    answer: Answer
    group: str


class Spell(NamedTuple):
    """One leader's time in power; `end` is None while he is."""

    leader: str
    start: datetime.date
    end: datetime.date | None
    exit: str
    source: str


class Event(NamedTuple):
    """A coup, with its kind and whether it succeeded, or the first day of a protest, with the least number of persons."""

    day: datetime.date
    source: str
    kind: str = ""
    success: bool = False
    size: float = 0.0


class Evidence:
    """The rows of panels that decide, as plain values by country."""

    def __init__(self, panels: Panels) -> None:
        self.last = panels.last
        self.countries: set[int] = {*panels.states["ccode"].tolist(), *panels.leaders["ccode"].tolist()}
        self.spells: dict[int, list[Spell]] = defaultdict(list)
        self.coups: dict[int, list[Event]] = defaultdict(list)
        self.protests: dict[int, list[Event]] = defaultdict(list)
        for ccode, leader, start, end, left, source in _rows(
            panels.leaders, "leader", "start", "end", "exit", "source"
        ):
            self.spells[ccode].append(Spell(leader, start, end, left, source))
        for ccode, day, source, kind, success in _rows(panels.coups, "day", "source", "kind", "success"):
            self.coups[ccode].append(Event(day, source, kind, success))
        for ccode, day, source, size in _rows(panels.protests, "start", "source", "size_low"):
            self.protests[ccode].append(Event(day, source, size=size))
        exits = [(ccode, spell) for ccode, spells in self.spells.items() for spell in spells if spell.end]
        self.exits = sorted(exits, key=_end_of_exit)
        self.coups_reach = _reach(e for events in self.coups.values() for e in events if e.kind == ATTEMPT)
        self.protests_reach = _reach(e for events in self.protests.values() for e in events)


def _rows(table: Any, *columns: str) -> Iterator[Any]:
    """Country and columns of each row; days as dates, None for no day."""
    days = {
        c: [None if d is pd.NaT else d.date() for d in table[c]]
        for c in columns
        if table[c].dtype.kind == "M"
    }
    return zip(
        table["ccode"].tolist(), *(days[c] if c in days else table[c].tolist() for c in columns), strict=True
    )


def _reach(events: Iterable[Event]) -> dict[str, datetime.date]:
    """The last day of each source. A list of coups or protests reaches as far as its last entry in any country: where else it
    ends it does not say."""
    reach: dict[str, datetime.date] = {}
    for event in events:
        reach[event.source] = max(event.day, reach.get(event.source, event.day))
    return reach


def _end(spell: Spell) -> datetime.date:
    return spell.end or datetime.date.max


def _end_of_exit(exit: tuple[int, Spell]) -> datetime.date:
    return _end(exit[1])


def grade(register: Iterable[Sealed], source: Panels | Ledger, today: datetime.date) -> list[Grade]:
    """Every forecast of the register with what came of it, in the register's order."""
    evidence = Evidence(source) if isinstance(source, Panels) else source
    return [Grade(line, resolve(line.forecast.question, evidence, today), _group(line)) for line in register]


def resolve(question: Question, evidence: Evidence | Ledger, today: datetime.date) -> Answer:
    """What came of one question."""
    if isinstance(evidence, Ledger):
        return _by_ledger(question, evidence, today)
    if question.ccode not in evidence.countries:
        return Answer(VOID, "the panels lack the country")
    decide = _exit if question.event in EXITS else _coup if question.event == COUP else _protest
    return decide(question, evidence, today)


def _group(line: Sealed) -> str:
    question = line.forecast.question
    return GROUPS[2 if line.backcast else int(line.sealed > question.issued)]


def _exit(question: Question, evidence: Evidence, today: datetime.date) -> Answer:
    """The last day in power is the day of the exit."""
    spells = [s for s in evidence.spells.get(question.ccode, []) if s.source in question.panels]
    if not spells:
        return Answer(VOID, "no list of leaders that may decide it holds the country")
    there = [s for s in spells if s.start <= question.opens < _end(s)]
    if len(there) > 1:
        return Answer(VOID, "two leaders at once")
    if not there or not _is(question, there[0], spells):
        return Answer(VOID, "leader not found in power on the day of issue")
    asked, (spell,) = EXITS[question.event], there
    if asked and not _tells_manners(question, evidence):
        return Answer(VOID, "the list of leaders does not tell the manner of most exits of that time")
    stayed = _end(spell) > question.closes
    reach = (
        question.closes if stayed and spell.end else evidence.last
    )  # who left later was in power all the time
    due = min(reach, today) >= question.closes
    if stayed:
        return _no(question, due, today)
    told = _as_asked(question, question.ccode, spell, evidence)
    if told is None:
        return Answer(VOID, "manner of the exit unknown")
    return Answer(YES if told else NO, day=spell.end, due=due)


def _as_asked(question: Question, ccode: int, spell: Spell, evidence: Evidence) -> bool | None:
    """Whether a leader left in the manner that is asked for, None where it is unknown. If the list of leaders does not tell,
    one of coups that reaches beyond the exit tells whether one succeeded within 31 days of it."""
    asked = EXITS[question.event]
    if not asked or spell.exit in MANNERS:
        return asked in ("", spell.exit)
    reach = _last(evidence.coups_reach, question.panels)
    if asked != "coup" or spell.end is None or reach is None or reach < spell.end + NEAR:
        return None
    return any(
        e.kind == ATTEMPT and e.success and abs(e.day - spell.end) <= NEAR and e.source in question.panels
        for e in evidence.coups.get(ccode, [])
    )


def _is(question: Question, spell: Spell, spells: Iterable[Spell]) -> bool:
    """Whether a spell is that of the leader asked for: by name or, if the country has no such name, by its first day."""
    name = _plain(question.leader)
    if name in {_plain(other.leader) for other in spells}:
        return _plain(spell.leader) == name
    return question.since is not None and abs(spell.start - question.since) <= NEAR


def _tells_manners(question: Question, evidence: Evidence) -> bool:
    """Whether the manner is known of at least half of the exits in the window, in all countries. Where it is not, whether a
    question is void must not hang on whether its own leader left: what remained would be quiet countries."""
    first, last = (
        bisect_right(evidence.exits, day, key=_end_of_exit) for day in (question.opens, question.closes)
    )
    told = [
        _as_asked(question, *e, evidence) is not None
        for e in evidence.exits[first:last]
        if e[1].source in question.panels
    ]
    return sum(told) >= len(told) / 2


def _coup(question: Question, evidence: Evidence, today: datetime.date) -> Answer:
    reach = _last(evidence.coups_reach, question.panels)
    if reach is None:
        return Answer(VOID, "no list of coups that may decide it")
    events = _within(question, evidence.coups)
    attempts = [e for e in events if e.kind == ATTEMPT]
    unknown = any(e.kind == "unknown" for e in events)
    return _first(question, attempts, reach, today, "kind of the coup unknown" if unknown else "")


def _protest(question: Question, evidence: Evidence, today: datetime.date) -> Answer:
    """A panel watches a country if it has a protest there up to the day of issue."""
    here = evidence.protests.get(question.ccode, [])
    watching = {e.source for e in here if e.day <= question.opens}.intersection(question.panels)
    reach = _last(evidence.protests_reach, watching)
    if reach is None:
        return Answer(VOID, "no protest panel that may decide it watched the country")
    if question.closes <= today and reach <= question.opens:
        return Answer(VOID, "the protest panel ended before the question opened")
    events = _within(question, evidence.protests)
    large = [e for e in events if e.size >= CROWDS[question.event] and e.source in watching]
    return _first(question, large, reach, today)


def _within(question: Question, events: dict[int, list[Event]]) -> list[Event]:
    """What happened in the country in the window, by the panels that may decide."""
    return [
        e
        for e in events.get(question.ccode, [])
        if e.source in question.panels and question.opens < e.day <= question.closes
    ]


def _last(reach: dict[str, datetime.date], sources: Iterable[str]) -> datetime.date | None:
    return max((reach[s] for s in sources if s in reach), default=None)


def _first(
    question: Question, events: list[Event], reach: datetime.date, today: datetime.date, unclear: str = ""
) -> Answer:
    """Yes from the first event on; without one void if something is unclear."""
    due = min(reach, today) >= question.closes
    if events:
        return Answer(YES, day=min(e.day for e in events), due=due)
    return Answer(VOID, unclear) if unclear else _no(question, due, today)


def _no(question: Question, due: bool, today: datetime.date) -> Answer:
    """Nothing happened, as far as the source goes."""
    if due:
        return Answer(NO, due=True)
    return Answer(OPEN, "what decides it ends before it closes" if question.closes <= today else "not due")


def _plain(name: str) -> str:
    """A name without accents, capitals and signs."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def _by_ledger(question: Question, ledger: Ledger, today: datetime.date) -> Answer:
    """A ledger tells neither where one protest ends and the next begins, nor why a ruler stepped down or fled."""
    if question.ccode != ledger.ccode:
        return Answer(OPEN, "the ledger is on another country")
    if question.event in CROWDS:
        return Answer(OPEN, "a ledger does not tell protests apart")
    if question.opens < ledger.first - datetime.timedelta(days=1):
        return Answer(OPEN, "the ledger begins after it opened")
    if question.event in EXITS and not _words(question.leader) & _words(ledger.leader):
        return Answer(VOID, "leader not found in the ledger")
    due = min(ledger.last, today) >= question.closes
    inside = [f for f in ledger.facts if question.opens < f.day <= question.closes]
    if question.event == COUP:
        days = [f.day for f in inside if f.kind == COUP]
        return Answer(YES, day=min(days), due=due) if days else _no(question, due, today)
    gone = [f for f in inside if f.success or (f.success is None and f.kind != COUP)]
    if not gone:
        untold = any(f.kind == COUP and f.success is None for f in inside)
        return Answer(VOID, "how the coup ended is not told") if untold else _no(question, due, today)
    first = min(gone, key=lambda f: f.day)
    asked = EXITS[question.event]
    if asked and first.kind != COUP:
        return Answer(VOID, "manner of the exit unknown")
    return Answer(YES if asked in ("", "coup") else NO, day=first.day, due=due)


def _words(name: str) -> set[str]:
    return {plain for word in name.replace("-", " ").split() if len(plain := _plain(word)) > 2}


def score(grades: Sequence[Grade]) -> Scores:
    """The figures of all forecasts among these whose answer counts."""
    counted = [g for g in grades if g.answer.due and g.answer.answer in (YES, NO)]
    f = [g.sealed.forecast for g in counted]
    return scores(
        [x.p for x in f], [g.answer.answer == YES for g in counted], [x.pooled for x in f], [x.own for x in f],
        [x.question.ccode for x in f],
    )  # fmt: skip


def text(grades: Sequence[Grade]) -> str:
    """Counts, reasons, and for each group a line an event and horizon."""
    counts = Counter(g.answer.answer for g in grades)
    early = sum(g.answer.answer in (YES, NO) and not g.answer.due for g in grades)
    lines = [f"{len(grades):,} forecasts: " + ", ".join(f"{counts[a]:,} {a}" for a in ANSWERS)]
    if early:
        lines.append(
            f"{early:,} of the answers came before their window closed and count in the score when it has"
        )
    why = Counter((g.answer.answer, g.answer.reason) for g in grades if g.answer.reason)
    lines += [f"{answer}: {n:,} {reason}" for (answer, reason), n in sorted(why.items())]
    for group in GROUPS:
        lines += _group_lines(group, [g for g in grades if g.group == group])
    return "\n".join(lines)


HEADER = (
    f"{'event':<14} {'months':>6} {'n':>6} {'yes':>5} {'void':>6} {'Brier':>7} {'log':>7}  {'skill, pooled rate (90 %)':<25} "
    f"{'skill, own rate (90 %)':<25} {'AUC':>5} {'AP':>5}"
)


def _group_lines(group: str, grades: list[Grade]) -> list[str]:
    whole = score(grades)
    if not whole.n:
        return []
    kinds = sorted(
        {(g.sealed.forecast.question.event, g.sealed.forecast.question.months) for g in grades},
        key=lambda k: (EVENTS.index(k[0]), k[1]),
    )
    lines = ["", f"{group}: {whole.n:,} scored; countries: {whole.countries:,}", HEADER]
    for event, months in kinds:
        here = [
            g
            for g in grades
            if (g.sealed.forecast.question.event, g.sealed.forecast.question.months) == (event, months)
        ]
        if (found := score(here)).n:
            lines.append(_score_line(event, str(months), here, found))
    return [*lines, _score_line("all", "", grades, whole)]


def _score_line(event: str, months: str, grades: list[Grade], s: Scores) -> str:
    void = sum(g.answer.answer == VOID for g in grades)
    return (
        f"{event:<14} {months:>6} {s.n:>6,} {s.events:>5,} {void:>6,} {_number(s.brier, 4):>7} {_number(s.log, 3):>7}  "
        f"{_skill(s.pooled, s.pooled_interval):<25} {_skill(s.own, s.own_interval):<25} {_number(s.auc, 3):>5} "
        f"{_number(s.average_precision, 3):>5}"
    )


def _skill(value: float, interval: tuple[float, float]) -> str:
    if math.isnan(interval[0]):
        return _number(value, 3, "+")
    return f"{_number(value, 3, '+')} ({_number(interval[0], 3, '+')} to {_number(interval[1], 3, '+')})"


def _number(value: float, digits: int, sign: str = "") -> str:
    return "n/a" if math.isnan(value) else f"{value:{sign}.{digits}f}"


def rows(grades: Sequence[Grade]) -> pd.DataFrame:
    """One row a forecast, for a CSV: the question, the forecast, its nulls, and what came."""
    return pd.DataFrame(
        {
            "id": g.sealed.forecast.question.id, "rule": g.sealed.forecast.question.rule,
            "closes": g.sealed.forecast.question.closes, "sealed": g.sealed.sealed, "group": g.group,
            "answer": g.answer.answer, "reason": g.answer.reason, "day": g.answer.day, "scored": g.answer.due,
            "p": g.sealed.forecast.p, "low": g.sealed.forecast.low, "high": g.sealed.forecast.high,
            "pooled": g.sealed.forecast.pooled, "own": g.sealed.forecast.own,
        }
        for g in grades
    )  # fmt: skip
