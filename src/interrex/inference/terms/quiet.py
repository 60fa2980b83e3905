"""Quiet days: on a day of coverage without any report of a crowd, silence speaks against a large one."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.places import NATION, held_out_regions, units_of
from interrex.engine.arena import TICKS_PER_DAY
from interrex.engine.decorators import pasted
from interrex.engine.schedule import PRESENT
from interrex.inference.spans import tick_span
from interrex.inference.terms.kind import Family, Kind, Observer, Row, Terms
from interrex.inference.terms.record import Record

REPORTED_AT_100 = 0.0  # logit of the probability that a crowd of 100 is reported at all; assumption
BLACKOUT_SILENCE = 2.0  # logit lost under a full blackout; assumption


@pasted
def largest(i, terms, units, beliefs, levels, obs):
    """The largest crowd of a unit at one time."""
    best = 0.0
    for t in range(terms.first[i], terms.last[i] + 1):
        for j in range(terms.unit_from[i], terms.unit_to[i]):
            best = max(best, units[t, terms.unit_list[j], PRESENT])
    return best


@pasted
def logpdf(i, terms, n, blackout, obs):
    """Log probability that nothing was reported, counted only where a report was nearly sure (above .9)."""
    v = REPORTED_AT_100 + math.log(max(n, 1.0) / 100.0) - BLACKOUT_SILENCE * blackout
    silent = 1.0 / (1.0 + math.exp(v)) if v < 30.0 else math.exp(-v)
    return min(0.0, math.log(silent / 0.1)), -1e300


def rvs(
    i: int, terms: Terms, n: float, obs: Observer, informed: bool, rng: np.random.Generator
) -> tuple[float, float]:
    """Silence has no number."""
    return 0.0, 0.0


def bound(i: int, terms: Terms) -> float:
    """A probability is at most one."""
    return 0.0


QUIET = Kind("quiet day", largest, logpdf, rvs, bound, middle=min)


def rows(record: Record) -> Iterator[Row]:
    """A row for every covered day and place without a claim about a crowd there. Claims about the nation say nothing of
    one place."""
    case = record.case
    reported: set[tuple[int, int]] = set()
    for claim in case.claims:
        if claim.kind == "crowd" and not set(claim.place.split(";")) & set(NATION):
            first, last = (tick // TICKS_PER_DAY for tick in tick_span(case, case.clock(claim)))
            reported.update((u, d) for u in units_of(case, claim.place) for d in range(first, last + 1))
    held = held_out_regions(case)
    said: set[tuple[int, tuple[int, ...]]] = set()
    for cover in case.coverage:
        if cover.what != "crowds":
            continue
        areas = [
            (name, units)
            for name, units in _areas(case, cover.place)
            if case.units[units[0]].region not in held
        ]
        first = max(0, (cover.start - case.window.start).days)
        last = min((cover.end - case.window.start).days, (case.as_of_date - case.window.start).days - 1)
        last = min(last, record.ticks // TICKS_PER_DAY - 1)
        for day in range(first, last + 1):
            for name, units in areas:
                if (day, units) in said or any((u, day) in reported for u in units):
                    continue
                said.add((day, units))
                tick = day * TICKS_PER_DAY
                yield Row(
                    QUIET, tick, tick + TICKS_PER_DAY - 1, 0.0, 0.0, units, label=f"no report of a large crowd in {name}",
                )  # fmt: skip


def _areas(case: CutCase, place: str) -> list[tuple[str, tuple[int, ...]]]:
    """The regions of a covered place, and its units where it names no whole region, with their names."""
    named = set(place.split(";"))
    areas = [(r.name, units_of(case, r.region)) for r in case.regions if named & {*NATION, r.region}]
    whole = {u for _, units in areas for u in units}
    return areas + [(u.name, (i,)) for i, u in enumerate(case.units) if u.unit in named and i not in whole]


SILENCE = Family((QUIET,), rows)
