"""What came of sealed forecasts: each question decided by rule from panels or from a ledger, and the score so far.

A question is yes, no, open (not due, or what decides it ends before the question closes) or void (it cannot be decided, with the
reason). A yes may be known early, a no only when the window has closed; so that the score does not count events before quiet
months, a question enters it when its window has closed for both.
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from interrex.record.questions import COUP, CROWDS, EVENTS, EXITS, Question
from interrex.record.register import Sealed
from interrex.record.scores import Scores, scores
from interrex.record.tables import MANNERS, Panels

YES, NO, OPEN, VOID = "yes", "no", "open", "void"
ANSWERS = (YES, NO, OPEN, VOID)
SAME_START = datetime.timedelta(days=31)
"""Spells of two panels whose first days lie so near are one leader's, however he is spelt."""

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


def grade(register: Iterable[Sealed], source: Panels | Ledger, today: datetime.date) -> list[Grade]:
    """Every forecast of the register with what came of it, in the register's order."""
    return [Grade(line, resolve(line.forecast.question, source, today), _group(line)) for line in register]


def resolve(question: Question, source: Panels | Ledger, today: datetime.date) -> Answer:
    """What came of one question."""
    if isinstance(source, Ledger):
        return _by_ledger(question, source, today)
    if question.ccode not in {*source.states["ccode"], *source.leaders["ccode"]}:
        return Answer(VOID, "the panels lack the country")
    decide = _exit if question.event in EXITS else _coup if question.event == COUP else _protest
    return decide(question, source, today)


def _group(line: Sealed) -> str:
    question = line.forecast.question
    return GROUPS[2 if line.backcast else int(line.sealed > question.issued)]


def _exit(question: Question, panels: Panels, today: datetime.date) -> Answer:
    """The last day in power is the day of the exit."""
    everywhere = _may(panels.leaders, question)
    rows = everywhere[everywhere["ccode"] == question.ccode]
    if not len(rows):
        return Answer(VOID, "no list of leaders that may decide it holds the country")
    opens, closes = pd.Timestamp(question.opens), pd.Timestamp(question.closes)
    there = rows[(rows["start"] <= opens) & ~(rows["end"] <= opens)]
    if len(there) > 1:
        return Answer(VOID, "two leaders at once")
    if not len(there) or not _is(question, rows["leader"], there.iloc[0]):
        return Answer(VOID, "leader not found in power on the day of issue")
    asked = EXITS[question.event]
    if asked and not _tells_manners(everywhere, opens, closes):
        return Answer(VOID, "the list of leaders does not tell the manner of most exits of that time")
    end, manner = there["end"].iloc[0], str(there["exit"].iloc[0])
    reach = question.closes if end > closes else panels.last  # who left later was in power all the time
    due = min(reach, today) >= question.closes
    if pd.isna(end) or end > closes:
        return _no(question, due, today)
    if asked and manner not in MANNERS:
        return Answer(VOID, "manner of the exit unknown")
    return Answer(YES if asked in ("", manner) else NO, day=end.date(), due=due)


def _tells_manners(rows: Any, opens: pd.Timestamp, closes: pd.Timestamp) -> bool:
    """Whether the manner is known of at least half of the exits in the window, in all countries. Where it is not, whether a
    question is void must not hang on whether its own leader left: what remained would be quiet countries."""
    gone = rows[(rows["end"] > opens) & (rows["end"] <= closes)]
    return not len(gone) or gone["exit"].isin(MANNERS).mean() >= 0.5


def _is(question: Question, names: Iterable[str], spell: Any) -> bool:
    """Whether a spell is that of the leader asked for: by name or, if the panel has no such name, by its first day."""
    name = _plain(question.leader)
    if name in {_plain(other) for other in names}:
        return _plain(spell["leader"]) == name
    return question.since is not None and abs(spell["start"].date() - question.since) <= SAME_START


def _coup(question: Question, panels: Panels, today: datetime.date) -> Answer:
    """A list of coups reaches as far as its last attempt in any country: where else it ends it does not say."""
    rows = _may(panels.coups, question)
    attempts = rows[rows["kind"] == "military_palace"]
    if not len(attempts):
        return Answer(VOID, "no list of coups that may decide it")
    return _within(question, attempts, "day", rows[rows["kind"] == "unknown"], today)


def _protest(question: Question, panels: Panels, today: datetime.date) -> Answer:
    """A panel watches a country if it has a protest there up to the day of issue, and reaches as far as its last protest."""
    rows = _may(panels.protests, question)
    before = rows[(rows["ccode"] == question.ccode) & (rows["start"] <= pd.Timestamp(question.opens))]
    if not len(before):
        return Answer(VOID, "no protest panel that may decide it watched the country")
    rows = rows[rows["source"].isin(before["source"])]
    if question.closes <= today and rows["start"].max() <= pd.Timestamp(question.opens):
        return Answer(VOID, "the protest panel ended before the question opened")
    small = ~(rows["size_low"] >= CROWDS[question.event])
    return _within(question, rows.assign(ccode=rows["ccode"].mask(small, -1)), "start", rows[:0], today)


def _within(question: Question, rows: Any, column: str, unclear: Any, today: datetime.date) -> Answer:
    """Yes from the first row of the country in the window; void if there is none but an unclear one."""
    due = min(rows[column].max().date(), today) >= question.closes
    days, doubts = (
        found.loc[(found["ccode"] == question.ccode) & (found[column] > pd.Timestamp(question.opens))
                  & (found[column] <= pd.Timestamp(question.closes)), column]
        for found in (rows, unclear)
    )  # fmt: skip
    if len(days):
        return Answer(YES, day=days.min().date(), due=due)
    return Answer(VOID, "kind of the coup unknown") if len(doubts) else _no(question, due, today)


def _no(question: Question, due: bool, today: datetime.date) -> Answer:
    """Nothing happened, as far as the source goes."""
    if due:
        return Answer(NO, due=True)
    return Answer(OPEN, "what decides it ends before it closes" if question.closes <= today else "not due")


def _may(table: Any, question: Question) -> Any:
    """The rows of the panels that may decide."""
    return table[table["source"].isin(question.panels)]


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
    f"{'event':<14} {'months':>6} {'n':>6} {'yes':>5} {'void':>6} {'Brier':>7} {'log':>7}  {'skill, pooled rate (90 %)':<26}"
    f"{'skill, own rate (90 %)':<26}{'AUC':>5} {'AP':>5}"
)


def _group_lines(group: str, grades: list[Grade]) -> list[str]:
    whole = score(grades)
    if not whole.n:
        return []
    kinds = sorted(
        {(g.sealed.forecast.question.event, g.sealed.forecast.question.months) for g in grades},
        key=lambda k: (EVENTS.index(k[0]), k[1]),
    )
    lines = ["", f"{group}: {whole.n:,} scored, of {whole.countries:,} countries", HEADER]
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
        f"{_skill(s.pooled, s.pooled_interval):<26}{_skill(s.own, s.own_interval):<26}{_number(s.auc, 3):>5} "
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
