"""Crowds: a number is lognormal about the model's count with the error of its grade and the lattice's scale, words are
intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from interrex.case.places import units_of
from interrex.case.releases import extent
from interrex.case.schema import Claim
from interrex.engine.decorators import pasted
from interrex.engine.schedule import ENTERED, PRESENT
from interrex.inference.spans import tick_span
from interrex.inference.terms.kind import (
    Family,
    Kind,
    Observer,
    Row,
    Terms,
    normal_cdf,
    normal_logpdf,
    normal_peak,
)
from interrex.inference.terms.record import Record

GRADE_SD = {"count": 0.2, "estimate": 0.5, "hearsay": math.log(3.0) / 1.64}


@pasted
def most_at_once(i, terms, units, beliefs, levels, obs):
    """Most people in the units at one time."""
    best = 0.0
    for t in range(terms.first[i], terms.last[i] + 1):
        total = 0.0
        for j in range(terms.unit_from[i], terms.unit_to[i]):
            total += units[t, terms.unit_list[j], PRESENT]
        best = max(best, total)
    return best


@pasted
def all_who_came(i, terms, units, beliefs, levels, obs):
    """Who was there before, and all who joined."""
    total = 0.0
    for j in range(terms.unit_from[i], terms.unit_to[i]):
        u = terms.unit_list[j]
        if terms.first[i] > 0:
            total += units[terms.first[i] - 1, u, PRESENT]
        for t in range(terms.first[i], terms.last[i] + 1):
            total += units[t, u, ENTERED]
    return total


@pasted
def logpdf(i, terms, n, blackout, obs):
    """Density of the log of a number, probability of a word's interval; uninformed: log-uniform up to everybody."""
    low, high = terms.low[i], terms.high[i]
    span = math.log(terms.ceiling[i])
    scale = 0.5 * obs.weight
    centre = math.log(n + scale) + (obs.official_bias if terms.official[i] == 1 else 0.0)
    lattice = scale / (n + scale)
    sd = math.sqrt(terms.sd[i] * terms.sd[i] + lattice * lattice)
    if high > low:
        a, b = math.log(low), math.log(high)
        p = normal_cdf((b - centre) / sd) - normal_cdf((a - centre) / sd)
        return math.log(max(p, 1e-30)), math.log((b - a) / span)
    return normal_logpdf((math.log(low) - centre) / sd, sd), -math.log(span)


def rvs(
    i: int, terms: Terms, n: float, obs: Observer, informed: bool, rng: np.random.Generator
) -> tuple[float, float]:
    """A report; a word keeps its width, and the number that it stands for lies anywhere in it."""
    scale = 0.5 * obs.weight
    sd = math.hypot(float(terms.sd[i]), scale / (n + scale))
    bias = obs.official_bias if terms.official[i] == 1 else 0.0
    if informed:
        log_y = rng.normal(math.log(n + scale) + bias, sd)
    else:
        log_y = rng.uniform(0.0, math.log(terms.ceiling[i]))
    if terms.high[i] > terms.low[i]:
        half = 0.5 * math.log(terms.high[i] / terms.low[i])
        log_y += rng.uniform(-half, half)
        return math.exp(log_y - half), math.exp(log_y + half)
    return math.exp(log_y), math.exp(log_y)


def bound(i: int, terms: Terms) -> float:
    """A mass is at most one, a density is highest at its centre."""
    return 0.0 if terms.high[i] > terms.low[i] else normal_peak(float(terms.sd[i]))


def middle(low: float, high: float) -> float:
    """Geometric mean."""
    return math.sqrt(max(low, 0.0) * max(high, 0.0))


PRESENT_AT_ONCE = Kind("crowd, at once", most_at_once, logpdf, rvs, bound, middle)
TAKING_PART = Kind("crowd, that day", all_who_came, logpdf, rvs, bound, middle)


def error_sd(claim: Claim) -> float:
    """Log error of a crowd report: its grade's, or what the bounds about its number say if that is wider."""
    sd = GRADE_SD["estimate"]
    if claim.grade == "documented" or claim.grade[:1] in "AB":
        sd = GRADE_SD["count"]
    elif claim.grade in ("rumour", "hypothesis", "memory"):
        sd = GRADE_SD["hearsay"]
    if claim.value is not None and claim.low and claim.high and claim.low < claim.value < claim.high:
        sd = max(sd, math.log(claim.high / claim.low) / (2 * 1.64))
    return sd


def rows(record: Record) -> Iterator[Row]:
    """A row for every claim about a crowd."""
    sources = record.case.sources
    for claim in record.claims:
        if claim.kind != "crowd":
            continue
        units = units_of(record.case, claim.place)
        low, high = extent(claim)
        yield Row(
            TAKING_PART if claim.measure == "taking_part" else PRESENT_AT_ONCE,
            *tick_span(record.case, record.case.clock(claim)), max(low, 1.0), max(1.0, low, min(high, record.people(units))), units,
            sd=error_sd(claim), official=any(sources[s].type == "state" for s in claim.sources if s in sources),
            origin=record.origin_of(claim), claims=(claim.id,), label=claim.text, fit=claim.use == "fit",
        )  # fmt: skip


CROWD = Family((PRESENT_AT_ONCE, TAKING_PART), rows)
