"""Strategic acts as hazard processes: signals, gates, rates, and their likelihood on stored paths.

Act kind k fires when its integrated hazard since it last fired passes a threshold E ~ Exp(1). Given the dated
record, the same law is a likelihood that needs no simulation: the signals of a history are stored tick by tick, and any
rates can be scored on them (`inference.hazards`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.mechanisms.acts import ACT_KINDS, ACTS, SIGNALS, Slope, act
from interrex.mechanisms.maths import log, scalar
from interrex.mechanisms.state import (
    BLACKOUT,
    CRISIS_DAY,
    DEATHS,
    DEFECTED,
    ELITE,
    EMERGENCY,
    NATION_CROWD,
    PATRON,
    PEAK,
    PREDECESSOR,
    REFUSED,
    REPORTED,
    REPORTED_CAPITAL,
    TRUST_START,
    national_mean,
)

SIGNAL_NAMES = tuple(SIGNALS)
SIGNAL_COUNT = len(SIGNAL_NAMES)
OCCURRENCES = 4  # an act of one kind happens at most four times in a history
COVARIATES = 5  # at most five signals an act kind
SCHEDULED = ("patron_accepts", "patron_refuses", "patron_deploys")
"""Answers to a request: drawn with probability and delay, not by a hazard."""

REQUEST, ACCEPTS, REFUSES, DEPLOYS = (
    act("request_patron"), act("patron_accepts"), act("patron_refuses"), act("patron_deploys"),
)  # fmt: skip


class ActTable(NamedTuple):
    """Rates and gates of all act kinds k (K of them). Rates are logs of a day."""

    log_rate: np.ndarray  # f8[K, 2] calm, crisis
    slope: np.ndarray  # f8[K, COVARIATES]
    signal: np.ndarray  # i8[K, COVARIATES] index of the signal, -1 for none
    allowed: np.ndarray  # i8[K] 0 where the case has no actor for it
    after: np.ndarray  # i8[K, 2] kinds that must have happened, -1 for none
    not_after: np.ndarray  # i8[K, 2] kinds that must not have happened
    needs_crisis: np.ndarray  # i8[K]
    repeat: np.ndarray  # i8[K]
    scheduled: np.ndarray  # i8[K] 1 for answers to a request


@scalar
def signals(x, place, z):
    """Write the signals of the macro state into z[SIGNAL_COUNT], each in 0..1. A crowd is the model's own or the reported,
    whichever is larger."""
    scale = 1.0 / log(1.0 + 1e-2 / 1e-5)
    out = max(x.level[NATION_CROWD], x.level[REPORTED])
    crowd = log(1.0 + out / place.nation / 1e-5) * scale
    z[0] = min(1.0, crowd)
    violent = 0.0
    centre = 0.0
    centre_people = 0.0
    worst = 0.0
    for u in range(x.crowd.size):
        violent += x.violent[u]
        if place.capital[u] > 0.0:
            centre += x.crowd[u]
            centre_people += place.population[u]
        if x.crowd[u] > 300.0:
            worst = max(worst, x.crowd[u] / (x.crowd[u] + x.force[u]))
    z[1] = min(1.0, max(log(1.0 + x.level[DEATHS]) / log(201.0), violent / 2000.0))
    centre = max(centre, x.level[REPORTED_CAPITAL])
    z[2] = min(1.0, log(1.0 + centre / max(centre_people, 1.0) / 1e-5) * scale)
    z[3] = worst
    z[4] = x.level[PREDECESSOR]
    z[5] = x.level[EMERGENCY]
    z[6] = 1.0 if x.level[PATRON] > 0.0 else 0.0
    z[7] = min(1.0, x.level[CRISIS_DAY] / 14.0) if x.level[CRISIS_DAY] > 0.0 else 0.0
    z[8] = 1.0 if x.level[CRISIS_DAY] > 3.0 and out < 0.05 * x.level[PEAK] else 0.0
    fall = x.level[TRUST_START] - national_mean(x.trust, place)
    z[9] = min(1.0, max(0.0, fall))
    z[10] = min(1.0, max(0.0, 0.5 * (1.0 - x.level[ELITE])))
    z[11] = x.level[BLACKOUT]
    z[12] = min(1.0, x.level[REFUSED])
    z[13] = max(0.0, min(1.0, x.level[DEFECTED]) - z[12])


@scalar
def log_hazard(k, crisis, z, table):
    """Log rate a day of kind k given the phase (0 calm, 1 crisis) and the signals."""
    v = table.log_rate[k, crisis]
    for j in range(table.slope.shape[1]):
        s = table.signal[k, j]
        if s >= 0:
            v += table.slope[k, j] * z[s]
    return v


@scalar
def gate_open(k, crisis, count, table):
    """Whether kind k can happen now, given how often each kind has happened."""
    if table.allowed[k] == 0 or table.scheduled[k] == 1 or count[k] >= table.repeat[k]:
        return False
    if table.needs_crisis[k] == 1 and crisis == 0:
        return False
    for j in range(table.after.shape[1]):
        if table.after[k, j] >= 0 and count[table.after[k, j]] == 0:
            return False
        if table.not_after[k, j] >= 0 and count[table.not_after[k, j]] > 0:
            return False
    return True


class ActRecord(NamedTuple):
    """The dated record as the likelihood sees it. Days of exposure are counted while coverage lasts, the gate is
    open by the record and the kind can still happen; an event spreads over the ticks of its interval."""

    exposure: np.ndarray  # f8[K, T] days of exposure of kind k in tick t (part of a tick allowed)
    event_kind: np.ndarray  # i8[E]
    event_first: np.ndarray  # i8[E] first tick of the event's interval
    event_last: np.ndarray  # i8[E] last tick, inclusive
    event_weight: np.ndarray  # f8[E] reliability of the report, posterior mean of rho
    event_noise: np.ndarray  # f8[E] density a day under an uninformed source


class HazardPriors(NamedTuple):
    """Priors of the hazard block, arrays over kinds. Columns: calm rate, crisis rate, then the slopes."""

    mean: np.ndarray  # f8[K, 2 + COVARIATES]
    sd: np.ndarray  # f8[K, 2 + COVARIATES]
    sign: np.ndarray  # i8[K, 2 + COVARIATES] 0 normal, +1 / -1 half-normal of that sign


def build_table(roles: set[str], present: set[str] | None = None) -> tuple[ActTable, HazardPriors]:
    """The catalogue as arrays for a case whose acting actors have these roles. `present` are the roles of all actors,
    those of whom the case only tells included: gates on a role look there."""
    present = roles if present is None else present
    size = len(ACT_KINDS)
    table = ActTable(
        np.zeros((size, 2)), np.zeros((size, COVARIATES)), np.full((size, COVARIATES), -1),
        np.zeros(size, np.int64), np.full((size, 2), -1), np.full((size, 2), -1), np.zeros(size, np.int64),
        np.zeros(size, np.int64), np.zeros(size, np.int64),
    )  # fmt: skip
    priors = HazardPriors(
        np.zeros((size, 2 + COVARIATES)),
        np.ones((size, 2 + COVARIATES)),
        np.zeros((size, 2 + COVARIATES), np.int64),
    )
    for k, row in enumerate(ACTS):
        table.allowed[k] = 1 if roles & {*row.roles} else 0
        table.repeat[k] = min(row.repeat, OCCURRENCES)
        table.scheduled[k] = 1 if row.kind in SCHEDULED else 0
        after = not_after = 0
        for gate in row.gate:
            if gate[0] == "after":
                table.after[k, after] = act(gate[1])
                after += 1
            elif gate[0] == "not_after":
                table.not_after[k, not_after] = act(gate[1])
                not_after += 1
            elif gate[0] == "crisis":
                table.needs_crisis[k] = 1
            elif gate[0] == "role" and gate[1] not in present:
                table.allowed[k] = 0
        for j, rate in enumerate((row.phase_rates.calm, row.phase_rates.crisis)):
            priors.mean[k, j], priors.sd[k, j] = rate.log_mean, rate.sd
        for j, (name, slope) in enumerate(row.covariates):
            table.signal[k, j] = SIGNAL_NAMES.index(name)
            if isinstance(slope, Slope):
                priors.mean[k, 2 + j], priors.sd[k, 2 + j] = slope.mean, slope.sd
                continue
            priors.sign[k, 2 + j] = slope
            priors.sd[k, 2 + j] = 0.7 if slope else 0.5
        table.log_rate[k] = priors.mean[k, :2]
        table.slope[k] = priors.mean[k, 2:]
        for j in range(COVARIATES):
            if priors.sign[k, 2 + j]:
                table.slope[k, j] = priors.sign[k, 2 + j] * 0.7 * 0.674  # median of the half-normal
    return table, priors


@scalar
def set_rates(k, zh, priors, table):
    """Write kind k's rates and slopes from standard normals zh[2 + COVARIATES] into the table."""
    for j in range(zh.size):
        v = zh[j]
        if priors.sign[k, j] != 0:
            v = priors.sign[k, j] * abs(v)
        v = priors.mean[k, j] + priors.sd[k, j] * v
        if j < 2:
            table.log_rate[k, j] = v
        else:
            table.slope[k, j - 2] = v


def table_at(table: ActTable, z: np.ndarray, priors: HazardPriors) -> ActTable:
    """The table with the rates and slopes of all kinds at standard normals z[K, 2 + COVARIATES], as `set_rates` has them."""
    values = priors.mean + priors.sd * np.where(priors.sign != 0, priors.sign * np.abs(z), z)
    return table._replace(log_rate=values[:, :2].copy(), slope=values[:, 2:].copy())


def copy_table(table: ActTable) -> ActTable:
    """A table whose rates may be changed (gates are shared)."""
    return table._replace(log_rate=table.log_rate.copy(), slope=table.slope.copy())
