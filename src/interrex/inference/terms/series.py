"""Detentions and deaths: totals of one agency enter as increments with a reporting delay, so a level never counts
twice; an increment is negative binomial about what the model's events would have given."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from interrex.case.places import units_of
from interrex.case.schema import Claim
from interrex.engine.decorators import pasted
from interrex.engine.schedule import ARRESTED, KILLED
from interrex.inference.spans import tick_span
from interrex.inference.terms.kind import Family, Kind, Observer, Row, Terms
from interrex.inference.terms.record import Record, stated
from interrex.mechanisms.maths import scalar

SERIES_SIZE = 5.0  # negative binomial size of a reported increment; assumption
DEATH_DELAY = 3.0  # deaths are confirmed so many times later than detentions; assumption


@scalar
def reported(i, terms, units, column, delay, obs):
    """Events of a column that an agency with this delay (ticks) reports after the tick `previous` and up to `last`."""
    total = 0.0
    for t in range(0, terms.last[i] + 1):
        share = 1.0 - math.exp(-(terms.last[i] + 1 - t) / delay)
        if t <= terms.previous[i]:
            share -= 1.0 - math.exp(-(terms.previous[i] + 1 - t) / delay)
        for j in range(terms.unit_from[i], terms.unit_to[i]):
            total += share * units[t, terms.unit_list[j], column]
    return total * obs.completeness


@pasted
def detained(i, terms, units, beliefs, levels, obs):
    """Detentions reported in the interval."""
    return reported(i, terms, units, ARRESTED, obs.report_delay * 4.0 * 1.0, obs)


@pasted
def dead(i, terms, units, beliefs, levels, obs):
    """Deaths reported in the interval."""
    return reported(i, terms, units, KILLED, obs.report_delay * 4.0 * DEATH_DELAY, obs)


@scalar
def negative_binomial(y, mean, size):
    """Log probability of y for a negative binomial with this mean and size."""
    mean = max(mean, 1e-3)
    return (
        math.lgamma(y + size) - math.lgamma(size) - math.lgamma(y + 1.0)
        + size * math.log(size / (size + mean)) + y * math.log(mean / (size + mean))
    )  # fmt: skip


@pasted
def logpdf(i, terms, n, blackout, obs):
    """Probability of the increment; uninformed: log-uniform on 0, 1, ... ceiling (the sum telescopes to one)."""
    y = max(terms.low[i], 0.0)
    return negative_binomial(y, n, SERIES_SIZE), math.log(
        math.log((y + 2.0) / (y + 1.0)) / math.log(terms.ceiling[i] + 2.0)
    )


def rvs(
    i: int, terms: Terms, n: float, obs: Observer, informed: bool, rng: np.random.Generator
) -> tuple[float, float]:
    """A drawn increment."""
    mean = max(n, 1e-3)
    y = float(rng.negative_binomial(SERIES_SIZE, SERIES_SIZE / (SERIES_SIZE + mean)))
    if not informed:
        y = float(np.floor(np.exp(rng.uniform(0.0, math.log(terms.ceiling[i] + 2.0))) - 1.0))
    return y, y


def bound(i: int, terms: Terms) -> float:
    """A probability is at most one."""
    return 0.0


def middle(low: float, high: float) -> float:
    """Geometric mean."""
    return math.sqrt(max(low, 0.0) * max(high, 0.0))


ARRESTS = Kind("arrests", detained, logpdf, rvs, bound, middle)
DEATHS = Kind("deaths", dead, logpdf, rvs, bound, middle)


def rows(record: Record) -> Iterator[Row]:
    """A row for every release of every series."""
    series: dict[tuple[str, str, str, str], list[Claim]] = {}
    for claim in record.claims:
        if (
            claim.kind != "crowd"
            and "security" not in claim.target
            and claim.measure in ("cumulative", "brought_in", "increment", "")
        ):
            key = (record.origin_of(claim), claim.kind, claim.place, claim.measure)
            series.setdefault(key, []).append(claim)
    for (origin, kind, place, measure), claims in series.items():
        level, previous = 0.0, -1
        for claim in sorted(claims, key=lambda c: (c.when.start, c.use != "fit", c.id)):
            low, high = stated(claim)
            number = math.sqrt(max(low, 1.0) * max(high, 1.0)) if high > low else low
            _, last = tick_span(record.case, claim.when)
            increment = number if measure == "increment" else number - level
            if increment < 0 or last <= previous:
                continue
            if measure != "increment" and previous >= 0 and number == level:
                continue
            yield Row(
                ARRESTS if kind == "arrests" else DEATHS, max(previous, 0), last, increment, increment,
                units_of(record.case, place), previous=previous, origin=origin, claims=(claim.id,), label=claim.text,
                fit=claim.use == "fit",
            )  # fmt: skip
            if claim.use == "fit":
                level, previous = max(level, number), last


SERIES = Family((ARRESTS, DEATHS), rows)
