"""What was observed of a day's crowds, and how probable a forecast made it.

Reports are held against a forecast as they are in conditioning: by the prediction in the report's own measure and place, the
error of its grade, its bounds, and a source that may not know. So is silence, where the case covers crowds: it speaks against
crowds that would have been reported almost surely. Of any other silence nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.places import NATION, units_of
from interrex.case.schema import Claim
from interrex.engine.arena import TICKS_PER_DAY
from interrex.engine.history import History
from interrex.engine.schedule import DONE, PRESENT
from interrex.inference.spans import tick_span
from interrex.inference.terms import KINDS, crowd, lay_out
from interrex.inference.terms.kind import Observer, Terms
from interrex.inference.terms.quiet import QUIET
from interrex.inference.terms.record import Record
from interrex.mechanisms.state import BLACKOUT

PLAIN = Observer(official_bias=0.0, completeness=1.0, report_delay=1.0, shared_bias=0.0, weight=1.0)
"""An observer of persons and not of agents, without bias."""


class Day(NamedTuple):
    """What was observed of one day."""

    terms: Terms  # reports of crowds that speak of this day alone
    claims: tuple[str, ...]
    watched: tuple[int, ...]  # units whose crowds were covered, and of which no claim tells one
    first: int  # ticks
    last: int

    @property
    def anything(self) -> bool:
        """Whether a forecast of this day can be scored."""
        return bool(self.claims or self.watched)


class Forecast(NamedTuple):
    """Crowds of a day with their probabilities, N of them."""

    count: np.ndarray  # f8[N, S] what an informed source of each report would have counted; nan: anything
    largest: np.ndarray  # f8[N] most at once in a watched unit
    dark: np.ndarray  # f8[N] share of the internet that was cut
    weight: np.ndarray  # f8[N], sums to 1
    observer: tuple[Observer, ...]  # N


def observe_day(case: CutCase, day: date) -> Day:
    """What claims and coverage of the case say of the crowds of a day inside its window."""
    record, first = Record(case), (day - case.window.start).days * TICKS_PER_DAY
    last = first + TICKS_PER_DAY - 1
    rows = [r for r in crowd.rows(record) if first <= r.first and r.last <= last]
    told = {u for c in case.claims if _tells(case, c, first, last) for u in units_of(case, c.place)}
    watched = tuple(sorted(_covered(case, day) - told))
    return Day(lay_out(case, rows, record.origins), tuple(r.claims[0] for r in rows), watched, first, last)


def _covered(case: CutCase, day: date) -> set[int]:
    """Units whose crowds the case covers on a day."""
    places = [c.place for c in case.coverage if c.what == "crowds" and c.start <= day <= c.end]
    return {u for place in places for u in units_of(case, place)}


def _tells(case: CutCase, claim: Claim, first: int, last: int) -> bool:
    """Whether a claim tells of a crowd in a place on these ticks; of the nation it tells nothing of one place."""
    begin, end = tick_span(case, case.clock(claim))
    return (
        claim.kind == "crowd" and begin <= last and end >= first and not {*claim.place.split(";")} & {*NATION}
    )


def largest_told(case: CutCase, day: date) -> float | None:
    """The largest crowd that reports of a day give, persons; 0 where the whole country was watched in vain, None where part of
    it was not."""
    t = observe_day(case, day).terms
    found = [
        KINDS[k].middle(float(low), float(high)) for k, low, high in zip(t.kind, t.low, t.high, strict=True)
    ]
    return max(found, default=0.0 if len(_covered(case, day)) == len(case.units) else None)


def predict(day: Day, history: History, observer: Observer) -> tuple[np.ndarray, float, float]:
    """Counts of the day's reports f8[S], most at once in a watched unit, and blackout in one history. One that left the
    range of the model by then says nothing of the counts, and that everybody may be out."""
    arena, trace = history.arena, history.trace
    out = np.flatnonzero(trace.units[:, :, PRESENT].any(axis=1))
    if history.status != DONE and out[-1] <= day.last:
        return np.full(len(day.claims), math.nan), float(arena.place.nation), 0.0
    t, seen = day.terms, (trace.units, trace.beliefs, trace.levels, observer)
    count = np.array([KINDS[k].predict(i, t, *seen) for i, k in enumerate(t.kind)])
    watched = trace.units[day.first : day.last + 1, list(day.watched), PRESENT]
    return count, float(watched.max(initial=0.0)), float(trace.levels[day.last, BLACKOUT])


def forecast(rows: Sequence[tuple[np.ndarray, float, float]], observers: Sequence[Observer]) -> Forecast:
    """Equally probable histories as a forecast, from what `predict` found in each."""
    count, largest, dark = zip(*rows, strict=True)
    weight = np.full(len(rows), 1.0 / len(rows))
    return Forecast(np.array(count), np.array(largest), np.array(dark), weight, tuple(observers))


def same_everywhere(day: Day, crowds: np.ndarray, weight: np.ndarray) -> Forecast:
    """A forecast that knows one crowd f8[N] for every place and measure, with its probabilities."""
    count = np.repeat(crowds[:, None], len(day.claims), axis=1)
    return Forecast(count, crowds, np.zeros(crowds.size), weight, (PLAIN,) * crowds.size)


def log_score(day: Day, found: Forecast) -> float:
    """Log probability of what was observed, nats: each report by itself, and the silence of watched places."""
    total = sum(math.log(_report(day.terms, i, found)) for i in range(len(day.claims)))
    if day.watched:
        silent = [
            QUIET.logpdf(0, day.terms, n, dark, PLAIN)[0]
            for n, dark in zip(found.largest, found.dark, strict=True)
        ]
        total += math.log(found.weight @ np.exp(silent))
    return total


def _report(terms: Terms, i: int, found: Forecast) -> float:
    """Density of one report."""
    logpdf, origin, total = KINDS[terms.kind[i]].logpdf, terms.origin[i], 0.0
    knows = terms.alpha[origin] / (terms.alpha[origin] + terms.beta[origin])
    for n, weight, observer in zip(found.count[:, i], found.weight, found.observer, strict=True):
        lost = math.isnan(n)
        known, unknown = logpdf(i, terms, 0.0 if lost else n, 0.0, observer)
        total += weight * (knows * math.exp(unknown if lost else known) + (1.0 - knows) * math.exp(unknown))
    return total


def reached(case: CutCase, days: Sequence[date], persons: float) -> bool | None:
    """Whether so many took part in the nation on one of these days: yes where a report says at least so many; no where all
    places were covered throughout and all reports of a day together say fewer; else nobody knows."""
    days = [day for day in days if day <= case.window.end]
    seen = [observe_day(case, day).terms for day in days]
    if any((terms.low >= persons).any() for terms in seen):
        return True
    few = all(terms.high.sum() < persons for terms in seen)
    return False if few and all(len(_covered(case, day)) == len(case.units) for day in days) else None


def scoreable(case: CutCase) -> dict[date, Day]:
    """The days of the window, from the second on, of which something was observed."""
    length = (case.window.end - case.window.start).days
    days = [case.window.start + timedelta(days=n) for n in range(1, length + 1)]
    return {day: seen for day in days if (seen := observe_day(case, day)).anything}
