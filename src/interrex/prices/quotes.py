"""Quoted points as interval-valued changes: what a handful of published figures says, and how precisely.

A point may state a change, or a price that can be held against an earlier one, or both; reports of one day may
disagree. Each becomes an interval whose width is the rounding of the figure, and figures of one day are kept apart by
kind: a close is not an intraday quote. A halt yields no change; the change across it spans all its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from interrex.case.schema import Price

DERIVED = 0.001
"""Relative error of a price that was worked out from a rounded figure; assumption."""
FRESH = 7
"""Days within which a stated change counts from the last price on record; else it counts from the day before."""
WEIGHT = "per cent of "
"""A row in "per cent of INDEX" is the weight of its instrument in that index, not a price."""
CREDIBLE = 0.5
"""Mean reliability below which a price counts for nothing."""


class Change(NamedTuple):
    """Change of one instrument up to a day: low <= true change <= high, shares of 1 (-.25: a quarter lost)."""

    instrument: str
    venue: str
    start: date | None  # day of the price before; None where only the change was published
    day: date
    low: float
    high: float
    kind: str  # close, intraday, derived or indicative
    point: str
    sources: tuple[str, ...]

    @property
    def middle(self) -> float:
        """Middle of the interval."""
        return 0.5 * (self.low + self.high)


class Worst(NamedTuple):
    """The worst of one instrument: its change since before the fall, and the days over which it was quoted."""

    instrument: str
    change: Change
    days: tuple[date, ...]


def changes(prices: Iterable[Price]) -> list[Change]:
    """Every change that the price points of a case tell (`case.prices`), in order of instrument, venue and day.

    A stated change runs from the last day on which the instrument was quoted there, be it by a price or by a change alone;
    a change worked out from two prices runs from the earlier one. Where both run over the same days they are one change:
    what both allow, or all that either allows where they disagree."""
    found: list[Change] = []
    series: dict[tuple[str, str], list[Price]] = {}
    for p in prices:
        if not p.halt and not p.currency.startswith(WEIGHT) and p.reliability.mean >= CREDIBLE:
            series.setdefault((p.instrument, p.venue), []).append(p)
    for (instrument, venue), points in sorted(series.items()):
        points.sort(key=lambda p: (p.when.start, p.point))
        for p in points:
            day, same = p.when.day, (instrument, venue)
            before = [q for q in points if q.when.day < day and _settled(q, points)]
            stated = worked_out = None
            if p.change_pct is not None:
                half, middle = rounding(p.change_pct), float(p.change_pct)
                fresh = bool(before) and (day - before[-1].when.day).days <= FRESH
                start = before[-1].when.day if fresh else None
                stated = Change(
                    *same,
                    start,
                    day,
                    (middle - half) / 100.0,
                    (middle + half) / 100.0,
                    p.kind,
                    p.point,
                    _sources(p),
                )
            priced = [(q, q.value) for q in before if q.value is not None]
            if p.value is not None and priced:
                last, value = priced[-1]
                slack = DERIVED * ((p.kind == "derived") + (last.kind == "derived"))
                ratio = p.value / value
                low, high = ratio * (1 - slack) - 1.0, ratio * (1 + slack) - 1.0
                sources = tuple(dict.fromkeys((*_sources(p), *_sources(last))))
                worked_out = Change(*same, last.when.day, day, low, high, p.kind, p.point, sources)
            if stated is not None and worked_out is not None and stated.start == worked_out.start:
                found.append(_both(stated, worked_out))
            else:
                found += [c for c in (stated, worked_out) if c is not None]
    return found


def _both(one: Change, other: Change) -> Change:
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high:
        low, high = min(one.low, other.low), max(one.high, other.high)
    return one._replace(low=low, high=high, sources=tuple(dict.fromkeys((*one.sources, *other.sources))))


def over(prices: Iterable[Price], instrument: str, start: date, end: date) -> Change | None:
    """The change of an instrument from its last price up to `start` to its last price in (`start`, `end`]; None where
    either is missing. Closes and derived prices only."""
    points = [
        (p, p.value)
        for p in prices
        if p.instrument == instrument and p.value is not None and p.kind in ("close", "derived") and not p.halt
        and not p.currency.startswith(WEIGHT) and p.reliability.mean >= CREDIBLE
    ]  # fmt: skip
    points.sort(key=lambda row: (row[0].when.start, row[0].point))
    before = [row for row in points if row[0].when.day <= start]
    after = [row for row in points if start < row[0].when.day <= end]
    if not before or not after:
        return None
    (first, was), (last, now) = before[-1], after[-1]
    slack = DERIVED * ((first.kind == "derived") + (last.kind == "derived"))
    ratio = now / was
    sources = tuple(dict.fromkeys((*_sources(first), *_sources(last))))
    return Change(
        instrument, last.venue, first.when.day, last.when.day, ratio * (1 - slack) - 1.0, ratio * (1 + slack) - 1.0,
        last.kind, last.point, sources,
    )  # fmt: skip


def _sources(point: Price) -> tuple[str, ...]:
    return tuple(s for s in point.source.split(";") if s)


def _settled(point: Price, points: Sequence[Price]) -> bool:
    """Whether a point may stand for its day: a close where the day has one, else whatever it has."""
    closes = [q for q in points if q.when.day == point.when.day and q.kind in ("close", "derived")]
    return not closes or point in closes


def rounding(per_cent: Decimal) -> float:
    """Half a unit of the last digit printed, in per cent: .5 for -8, .05 for -25.1 and for -2.0."""
    return 0.5 * 10.0 ** int(per_cent.as_tuple().exponent)


def on_day(found: Sequence[Change], instrument: str, day: date, kinds: tuple[str, ...]) -> Change | None:
    """The change of an instrument over one day or since its last price: the hull of all figures of the first of these
    kinds that has any, over the shortest time that they span."""
    for kind in kinds:
        rows = [c for c in found if c.instrument == instrument and c.day == day and c.kind == kind]
        if rows:
            latest = max((c.start for c in rows if c.start is not None), default=None)
            rows = [c for c in rows if c.start == latest]
            low, high = min(c.low for c in rows), max(c.high for c in rows)
            sources = tuple(dict.fromkeys(s for c in rows for s in c.sources))
            return rows[0]._replace(low=low, high=high, sources=sources)
    return None


def chain(parts: Sequence[Change]) -> Change:
    """Changes of consecutive days as one. Raises ValueError for none."""
    if not parts:
        raise ValueError("there is no change to put together")
    low = high = 1.0
    for c in parts:
        low, high = low * (1.0 + c.low), high * (1.0 + c.high)
    sources = tuple(dict.fromkeys(s for c in parts for s in c.sources))
    last = parts[-1]
    return last._replace(start=parts[0].start, low=low - 1.0, high=high - 1.0, sources=sources)


def weights(prices: Iterable[Price], index: str) -> dict[str, float]:
    """Weights of an index's constituents, summing to 1, from the rows in "per cent of INDEX"; {} where there are none."""
    rows = {p.instrument: p.value for p in prices if p.currency == WEIGHT + index and p.value}
    total = sum(rows.values())
    return {name: value / total for name, value in rows.items()}


def halts(prices: Iterable[Price]) -> list[tuple[str, str, date]]:
    """(venue, what, day) of every halt, in order of day."""
    return sorted(((p.venue, p.instrument, p.when.day) for p in prices if p.halt), key=lambda h: (h[2], h[0]))
