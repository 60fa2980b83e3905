"""Detentions and deaths: counts of one agency over an interval, negative binomial about what the model's events would have
given with a reporting delay.

Totals so far enter as what they add to the agency's total before, so that a level never counts twice; increments count
from their own beginning. Increments of one agency over the same interval are separate incidents and are added, unless
one says that it conflicts with the other: then the one known later counts.

What a count misses or adds is missed or added by all who count the same people. So where several series tell of one place
over one time, each report weighs one over their number: two agencies with one running total are one witness.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from interrex.case.places import units_of
from interrex.case.releases import counted, is_total, rivals
from interrex.case.schema import Claim
from interrex.engine.decorators import pasted
from interrex.engine.schedule import ARRESTED, KILLED
from interrex.inference.spans import tick_span
from interrex.inference.terms.kind import Family, Kind, Observer, Row, Terms
from interrex.inference.terms.record import Record
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
def point_logpdf(y, mean):
    """Log probability of y for a negative binomial with this mean and SERIES_SIZE."""
    return (
        math.lgamma(y + SERIES_SIZE) - math.lgamma(SERIES_SIZE) - math.lgamma(y + 1.0)
        + SERIES_SIZE * math.log(SERIES_SIZE / (SERIES_SIZE + mean)) + y * math.log(mean / (SERIES_SIZE + mean))
    )  # fmt: skip


@scalar
def below(y, mean):
    """P(Y <= y) for y under the mean, right to its last digits also where it is tiny.

    The distribution function is the regularised incomplete beta function I_p(size, y + 1); its power series in p
    (Abramowitz & Stegun 1964, 26.5.4) falls fast on this side of the mean."""
    if y < 0.0:
        return 0.0
    p = SERIES_SIZE / (SERIES_SIZE + mean)
    total = term = 1.0
    n = 0.0
    while term > 1e-17 * total:
        term *= p * (SERIES_SIZE + y + 1.0 + n) / (SERIES_SIZE + 1.0 + n)
        total += term
        n += 1.0
    first = (
        math.lgamma(SERIES_SIZE + y + 1.0) - math.lgamma(SERIES_SIZE + 1.0) - math.lgamma(y + 1.0)
        + SERIES_SIZE * math.log(p) + (y + 1.0) * math.log(mean / (SERIES_SIZE + mean))
    )  # fmt: skip
    return total * math.exp(first)


@scalar
def above(y, mean):
    """P(Y > y): fewer than SERIES_SIZE of y + SERIES_SIZE trials come out, a sum of that many terms."""
    if y < 0.0:
        return 1.0
    total = 0.0
    if mean > 0.0 and y < math.inf:
        odds, trials = SERIES_SIZE / mean, y + SERIES_SIZE
        term = math.exp(-trials * math.log1p(odds))
        for j in range(int(SERIES_SIZE)):
            total += term
            term *= odds * (trials - j) / (j + 1.0)
    return total


@scalar
def mass(low, high, mean):
    """P(low <= Y <= high), from the side on which it keeps its digits."""
    if high < mean:
        return below(high, mean) - below(low - 1.0, mean)
    if low - 1.0 >= mean:
        return above(low - 1.0, mean) - above(high, mean)
    return 1.0 - below(low - 1.0, mean) - above(high, mean)


@pasted
def logpdf(i, terms, n, blackout, obs):
    """Probability of the count or of its bounds; uninformed: log-uniform on 0, 1, ... ceiling, a sum that telescopes."""
    mean = max(n, 1e-3)
    low, high = max(terms.low[i], 0.0), max(terms.high[i], 0.0)
    span = math.log(terms.ceiling[i] + 2.0)
    unknown = math.log(math.log((high + 2.0) / (low + 1.0)) / span)
    if high > low:
        return math.log(max(mass(low, high, mean), 1e-300)), unknown
    return point_logpdf(low, mean), unknown


def rvs(
    i: int, terms: Terms, n: float, obs: Observer, informed: bool, rng: np.random.Generator
) -> tuple[float, float]:
    """A count; bounds keep their width, and the number that they stand for lies anywhere in them."""
    mean = max(n, 1e-3)
    y = float(rng.negative_binomial(SERIES_SIZE, SERIES_SIZE / (SERIES_SIZE + mean)))
    if not informed:
        y = float(np.floor(np.exp(rng.uniform(0.0, math.log(terms.ceiling[i] + 2.0))) - 1.0))
    width = float(terms.high[i] - terms.low[i])
    if width > 0.0:
        y -= float(rng.integers(0, int(width) + 1))
    return y, y + width


def bound(i: int, terms: Terms) -> float:
    """A probability is at most one."""
    return 0.0


def middle(low: float, high: float) -> float:
    """Geometric mean of the bounds, each one person more, less that person."""
    return math.sqrt((max(low, 0.0) + 1.0) * (max(high, 0.0) + 1.0)) - 1.0


ARRESTS = Kind("arrests", detained, logpdf, rvs, bound, middle)
DEATHS = Kind("deaths", dead, logpdf, rvs, bound, middle)


class Release(NamedTuple):
    """What one origin said of one place at one time, by one claim or by several incidents together."""

    claims: tuple[Claim, ...]
    first: int  # ticks of the interval, inclusive
    last: int
    low: float
    high: float

    @property
    def fit(self) -> bool:
        """Whether it is conditioned on."""
        return self.claims[0].use == "fit"

    @property
    def number(self) -> float:
        """The value, or the middle of the bounds."""
        values = [c.value for c in self.claims if c.value is not None]
        whole = len(values) == len(self.claims)
        return sum(values) if whole else float(round(middle(self.low, self.high)))


def rows(record: Record) -> Iterator[Row]:
    """A row for every release that is news."""
    series: dict[tuple[str, str, tuple[int, ...], bool], list[Release]] = {}
    for claim in record.claims:
        if claim.kind == "crowd" or "security" in claim.target:
            continue
        units = units_of(record.case, claim.place)
        low, high = counted(claim)
        release = Release(
            (claim,),
            *tick_span(record.case, record.case.clock(claim)),
            low,
            max(low, min(high, record.people(units))),
        )
        series.setdefault((record.origin_of(claim), claim.kind, units, is_total(claim)), []).append(release)
    found: list[list[Row]] = []
    for (origin, kind, units, total), releases in series.items():
        found.append([
            Row(
                ARRESTS if kind == "arrests" else DEATHS, max(previous, 0), release.last,
                max(release.low - before, 0.0), max(release.high - before, 0.0), units, previous=previous, origin=origin,
                claims=tuple(c.id for c in release.claims), label="; ".join(c.text for c in release.claims),
                fit=release.fit,
            )
            for release, previous, before in (_totals(releases) if total else _incidents(releases))
        ])  # fmt: skip
    for own in found:
        for row in own:
            others = sum(any(same_people(row, other) for other in rows) for rows in found if rows is not own)
            yield row._replace(share=1.0 / (1 + others)) if row.fit else row


def same_people(one: Row, other: Row) -> bool:
    """Whether a fitted row counts what another counts: of one kind and place, over times that overlap."""
    overlap = one.previous < other.last and other.previous < one.last
    return other.fit and (one.kind, one.units) == (other.kind, other.units) and overlap


def _totals(releases: list[Release]) -> Iterator[tuple[Release, int, float]]:
    """Totals that are news, each with the last tick and the number of the fitted total before it. Of several at one
    time the largest is fitted. One kept for checking sets no level, and a lower one is news of the source, not of the
    street."""
    level, previous = 0.0, -1
    for last in sorted({r.last for r in releases}):
        now = [r for r in releases if r.last == last]
        fitted = max((r for r in now if r.fit), key=lambda r: r.number, default=None)
        for release in [r for r in now if r is fitted or not r.fit]:
            if release.number > level or (previous < 0 and release.number == level):
                yield release, previous, level
        if fitted is not None and (fitted.number > level or previous < 0):
            level, previous = max(level, fitted.number), last


def _incidents(releases: list[Release]) -> Iterator[tuple[Release, int, float]]:
    """Increments, each from its own beginning, or from the end of a fitted one that began before and reaches into it;
    those over the same ticks are added unless they are rivals."""
    together: dict[tuple[int, int, bool], list[Release]] = {}
    for release in releases:
        same = together.setdefault((release.first, release.last, release.fit), [])
        own = release.claims[0]
        old = [i for i, r in enumerate(same) if rivals(r.claims[0], own)]
        if not old:
            same.append(release)
        elif all(own.known_from >= same[i].claims[0].known_from for i in old):
            same[old[0]] = release
    for (first, last, _), same in sorted(together.items()):
        reaching = [e for b, e, fit in together if fit and b < first <= e < last]
        claims = tuple(c for r in same for c in r.claims)
        whole = Release(claims, first, last, sum(r.low for r in same), sum(r.high for r in same))
        yield whole, max([first - 1, *reaching]), 0.0


SERIES = Family((ARRESTS, DEATHS), rows)
