"""Observation terms: how each claim about crowds, arrests, deaths and opinion enters the likelihood.

A term first predicts what the source would have counted (`predict`), then compares (`logpdf`) or draws a report
(`rvs`). Crowds are lognormal about the model's count with a grade's error plus the lattice's scale; words are
intervals; series of one agency enter as increments with a reporting delay, so a level never counts twice.
A claim is a mixture of a source that knows and one that does not; claims of one origin share their reliability.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.engine.decorators import kernel
from interrex.engine.schedule import ARRESTED, ENTERED, KILLED, PRESENT
from interrex.mechanisms.contract import BLACKOUT, scalar

CROWD_PRESENT, CROWD_TAKING_PART, ARREST_SERIES, DEATH_SERIES, QUIET, OPINION = range(6)
KINDS = ("crowd, at once", "crowd, that day", "arrests", "deaths", "quiet day", "opinion")

GRADE_SD = {"count": 0.2, "estimate": 0.5, "hearsay": math.log(3.0) / 1.64}
SERIES_SIZE = 5.0  # negative binomial size of a reported increment; assumption
REPORTED_AT_100 = 0.0  # logit of the probability that a crowd of 100 is reported at all; assumption
BLACKOUT_SILENCE = 2.0  # logit lost under a full blackout; assumption
HOUSE_SD = 0.37  # logit, between pollsters (Demoscope against Strategy 2023: 6.7 points)
DEATH_DELAY = 3.0  # deaths are confirmed so many times later than detentions; assumption
QUADRATURE = 8


class Terms(NamedTuple):
    """All terms of a run, arrays over terms i; `units` of a term are a slice of `unit_list`."""

    kind: np.ndarray  # i8
    first: np.ndarray  # i8 first tick
    last: np.ndarray  # i8 last tick, inclusive
    previous: np.ndarray  # i8 last tick of the previous release of the series, -1 if none
    unit_from: np.ndarray  # i8
    unit_to: np.ndarray  # i8
    unit_list: np.ndarray  # i8
    audience: np.ndarray  # i8
    low: np.ndarray  # f8 persons (or logit); equal to high for a number
    high: np.ndarray  # f8
    sd: np.ndarray  # f8 log error of the grade
    official: np.ndarray  # i8 1 for state sources
    ceiling: np.ndarray  # f8 persons who live there: bound of the uninformed density
    origin: np.ndarray  # i8 index of the origin
    alpha: np.ndarray  # f8[O] reliability prior of the origin
    beta: np.ndarray  # f8[O]


class Observer(NamedTuple):
    """Observation parameters of one history."""

    official_bias: float
    completeness: float
    report_delay: float
    shared_bias: float
    weight: float  # citizens an agent


@scalar
def predict(i, terms, units, beliefs, levels, obs):
    """What an informed source would have counted: persons for crowds and series, a logit for opinions."""
    kind = terms.kind[i]
    if kind == OPINION:
        total = 0.0
        for t in range(terms.first[i], terms.last[i] + 1):
            total += beliefs[t, terms.audience[i], 0]
        return total / (terms.last[i] - terms.first[i] + 1) + obs.shared_bias
    if kind == CROWD_PRESENT:
        best = 0.0
        for t in range(terms.first[i], terms.last[i] + 1):
            total = 0.0
            for j in range(terms.unit_from[i], terms.unit_to[i]):
                total += units[t, terms.unit_list[j], PRESENT]
            best = max(best, total)
        return best
    if kind == CROWD_TAKING_PART:
        total = 0.0
        for j in range(terms.unit_from[i], terms.unit_to[i]):
            u = terms.unit_list[j]
            if terms.first[i] > 0:
                total += units[terms.first[i] - 1, u, PRESENT]
            for t in range(terms.first[i], terms.last[i] + 1):
                total += units[t, u, ENTERED]
        return total
    if kind == QUIET:
        best = 0.0
        for t in range(terms.first[i], terms.last[i] + 1):
            for j in range(terms.unit_from[i], terms.unit_to[i]):
                best = max(best, units[t, terms.unit_list[j], PRESENT])
        return best
    column = ARRESTED if kind == ARREST_SERIES else KILLED
    delay = obs.report_delay * 4.0 * (1.0 if kind == ARREST_SERIES else DEATH_DELAY)  # ticks of six hours
    total = 0.0
    for t in range(0, terms.last[i] + 1):
        share = 1.0 - math.exp(-(terms.last[i] + 1 - t) / delay)
        if t <= terms.previous[i]:
            share -= 1.0 - math.exp(-(terms.previous[i] + 1 - t) / delay)
        for j in range(terms.unit_from[i], terms.unit_to[i]):
            total += share * units[t, terms.unit_list[j], column]
    return total * obs.completeness


@scalar
def normal_cdf(v):
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-v * 0.7071067811865476)


@scalar
def negative_binomial(y, mean, size):
    """Log probability of y for a negative binomial with this mean and size."""
    mean = max(mean, 1e-3)
    return (
        math.lgamma(y + size) - math.lgamma(size) - math.lgamma(y + 1.0)
        + size * math.log(size / (size + mean)) + y * math.log(mean / (size + mean))
    )  # fmt: skip


@scalar
def quiet_logpdf(n, blackout):
    """Log probability that nothing was reported, counted only where a report was nearly sure (above .9)."""
    v = REPORTED_AT_100 + math.log(max(n, 1.0) / 100.0) - BLACKOUT_SILENCE * blackout
    silent = 1.0 / (1.0 + math.exp(v)) if v < 30.0 else math.exp(-v)
    return min(0.0, math.log(silent / 0.1))


@scalar
def logpdf(i, n, terms, blackout, obs):
    """(log density under an informed source, under an uninformed one). Crowds: density of the log of the report;
    intervals and series: probability. The uninformed density is the same under every hypothesis."""
    kind = terms.kind[i]
    low, high = terms.low[i], terms.high[i]
    if kind == QUIET:
        return quiet_logpdf(n, blackout), -1e300
    if kind == OPINION:
        sd = math.sqrt(HOUSE_SD * HOUSE_SD + terms.sd[i] * terms.sd[i])
        if high > low:
            p = normal_cdf((high - n) / sd) - normal_cdf((low - n) / sd)
            return math.log(max(p, 1e-12)), math.log((high - low) / 8.0)
        v = (low - n) / sd
        return -0.5 * v * v - math.log(sd * 2.5066282746310002), math.log(1.0 / 8.0)
    span = math.log(terms.ceiling[i])
    if kind == ARREST_SERIES or kind == DEATH_SERIES:
        y = max(low, 0.0)
        # log-uniform on 0, 1, ... ceiling: the sum telescopes to one
        return negative_binomial(y, n, SERIES_SIZE), math.log(
            math.log((y + 2.0) / (y + 1.0)) / math.log(terms.ceiling[i] + 2.0)
        )
    scale = 0.5 * obs.weight
    centre = math.log(n + scale) + (obs.official_bias if terms.official[i] == 1 else 0.0)
    lattice = scale / (n + scale)
    sd = math.sqrt(terms.sd[i] * terms.sd[i] + lattice * lattice)
    if high > low:
        a, b = math.log(low), math.log(high)
        p = normal_cdf((b - centre) / sd) - normal_cdf((a - centre) / sd)
        return math.log(max(p, 1e-30)), math.log((b - a) / span)
    v = (math.log(low) - centre) / sd
    return -0.5 * v * v - math.log(sd * 2.5066282746310002), -math.log(span)


def best_logpdf(i, terms):
    """Upper bound of a term's log density whatever the history: it lets a hopeless proposal stop early, exactly."""
    kind = terms.kind[i]
    if kind == OPINION or (
        (kind == CROWD_PRESENT or kind == CROWD_TAKING_PART) and terms.high[i] <= terms.low[i]
    ):
        sd = terms.sd[i] if kind != OPINION else HOUSE_SD
        return max(0.0, -math.log(sd * 2.5066282746310002))
    return 0.0


def reliability_nodes(terms: Terms) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Jacobi nodes and weights of every origin's Beta prior, f8[O, QUADRATURE] each."""
    from scipy.special import roots_jacobi

    nodes = np.zeros((terms.alpha.size, QUADRATURE))
    weights = np.zeros_like(nodes)
    for o in range(terms.alpha.size):
        x, w = roots_jacobi(QUADRATURE, terms.beta[o] - 1.0, terms.alpha[o] - 1.0)
        nodes[o] = 0.5 * (x + 1.0)
        weights[o] = w / w.sum()
    return nodes, weights


def rvs(i: int, n: float, terms: Terms, obs: Observer, rng: np.random.Generator) -> tuple[float, float]:
    """Draw a report (low, high) for term i of a history whose prediction is n: the source is informed with its
    origin's reliability, else the report is log-uniform. Words keep their width; the number that they stand for lies
    anywhere in them. Reliability is drawn anew for every term: give `terms` with a fixed one (alpha and beta large) to
    draw several reports of one origin."""
    o = terms.origin[i]
    informed = rng.random() < rng.beta(terms.alpha[o], terms.beta[o])
    kind = int(terms.kind[i])
    if kind == QUIET:
        return 0.0, 0.0
    if kind == OPINION:
        sd = math.hypot(HOUSE_SD, float(terms.sd[i]))
        y = rng.normal(n, sd) if informed else rng.uniform(-4.0, 4.0)
        half = 0.5 * (terms.high[i] - terms.low[i])
        y += rng.uniform(-half, half)
        return float(y - half), float(y + half)
    if kind in (ARREST_SERIES, DEATH_SERIES):
        mean = max(n, 1e-3)
        y = float(rng.negative_binomial(SERIES_SIZE, SERIES_SIZE / (SERIES_SIZE + mean)))
        if not informed:
            y = float(np.floor(np.exp(rng.uniform(0.0, math.log(terms.ceiling[i] + 2.0))) - 1.0))
        return y, y
    scale = 0.5 * obs.weight
    sd = math.hypot(float(terms.sd[i]), scale / (n + scale))
    bias = obs.official_bias if terms.official[i] == 1 else 0.0
    log_y = (
        rng.normal(math.log(n + scale) + bias, sd)
        if informed
        else rng.uniform(0.0, math.log(terms.ceiling[i]))
    )
    if terms.high[i] > terms.low[i]:
        half = 0.5 * math.log(terms.high[i] / terms.low[i])
        log_y += rng.uniform(-half, half)
        return math.exp(log_y - half), math.exp(log_y + half)
    return math.exp(log_y), math.exp(log_y)


# --- composed below ---


@kernel
def score(terms, units, beliefs, levels, obs, tick_from, tick_to, known, unknown, predicted):
    """Fill known[i], unknown[i], predicted[i] for the terms whose last tick lies in [tick_from, tick_to)."""
    for i in range(terms.kind.size):
        if tick_from <= terms.last[i] < tick_to:
            n = predict(i, terms, units, beliefs, levels, obs)
            predicted[i] = n
            known[i], unknown[i] = logpdf(i, n, terms, levels[terms.last[i], BLACKOUT], obs)


@kernel
def mixture(terms, known, unknown, nodes, weights, use):
    """Total log likelihood: by origin, the reliability integrated out on Gauss-Jacobi nodes[O, Q], weights[O, Q]."""
    total = 0.0
    for i in range(terms.kind.size):
        if terms.kind[i] == QUIET and use[i] == 1:  # silence of the record has coverage, not an origin
            total += known[i]
    for o in range(terms.alpha.size):
        best = -1e300
        values = np.zeros(nodes.shape[1])
        some = False
        for q in range(nodes.shape[1]):
            s = 0.0
            for i in range(terms.kind.size):
                if terms.origin[i] != o or use[i] == 0 or terms.kind[i] == QUIET:
                    continue
                some = True
                m = max(known[i], unknown[i])
                s += m + math.log(
                    nodes[o, q] * math.exp(known[i] - m) + (1.0 - nodes[o, q]) * math.exp(unknown[i] - m)
                )
            values[q] = s
            best = max(best, s)
        if some:
            acc = 0.0
            for q in range(nodes.shape[1]):
                acc += weights[o, q] * math.exp(values[q] - best)
            total += best + math.log(acc)
    return total
