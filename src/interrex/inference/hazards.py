"""The hazard block, integrated out: the marginal likelihood of the dated acts on one path, without simulation.

Given the path, act kinds are independent, each with two log rates and up to five slopes. Their marginal
likelihood is an importance sum over a fixed set of draws around the mode found on a pilot path; the same draws
serve every path, so the value is a smooth deterministic function of it, and exact as the number of draws grows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from interrex.engine.acts import (
    ActRecord,
    ActTable,
    HazardPriors,
    copy_table,
    log_hazard,
    set_rates,
)
from interrex.engine.decorators import kernel
from interrex.engine.handles import Handle
from interrex.inference import streams
from interrex.inference.exact import dot
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.maths import exp, exp_within, log, log_of

INFLATE = 1.3  # the draws are wider than the mode's curvature, so that their weights stay bounded


class HazardDraws(NamedTuple):
    """Draws of a kind's standard normals and their log importance weights (prior over proposal, mean one in sum)."""

    z: np.ndarray  # f8[K, M, D]
    log_weight: np.ndarray  # f8[K, M]
    scored: np.ndarray  # i8[K] 1 where the kind is scored at all


class Values(Protocol):
    """A kernel module with `kind_values`."""

    kind_values: Callable[..., None]


class OneDraw:
    """Log likelihood of a kind at one draw of its rates and slopes, on a path; what else it takes, it takes as handles."""

    def __init__(self, kernels: Values, kinds: int, dims: int) -> None:
        self.kernels = kernels
        self.draw = HazardDraws(np.zeros((kinds, 1, dims)), np.zeros((kinds, 1)), np.ones(kinds, np.int64))
        self.handle, self.no_shift, self.out = Handle(self.draw), np.zeros(1), np.zeros(1)

    def __call__(
        self,
        k: int,
        zh: np.ndarray,
        sig: np.ndarray,
        crisis: np.ndarray,
        record: Handle,
        table: Handle,
        priors: Handle,
    ) -> float:
        """At standard normals zh[2 + COVARIATES], on sig[T, X] and crisis[T]; `table` is overwritten."""
        self.draw.z[k, 0] = zh
        self.kernels.kind_values(
            k, sig, crisis, record, table, self.handle, priors, self.no_shift, 0, self.out
        )
        return float(self.out[0])


def scored_kinds(record: ActRecord, table: ActTable) -> np.ndarray:
    """Kinds with exposure or events."""
    seen = record.exposure.sum(axis=1) > 0
    seen[record.event_kind] = True
    return (seen & (table.allowed == 1) & (table.scheduled == 0)).astype(np.int64)


def make_draws(
    kernels: Values, sig: np.ndarray, crisis: np.ndarray, record: ActRecord, table: ActTable, priors: HazardPriors,
    count: int, seed: int,
) -> HazardDraws:  # fmt: skip
    """Find every kind's mode on a pilot path by Newton steps and spread `count` scrambled Sobol points around it.

    Each kind has a scramble of its own: errors of kinds that share one add up, as all err to the same side."""
    from scipy.stats import norm, qmc

    work = copy_table(table)
    scored = scored_kinds(record, table)
    known, one = (Handle(record), Handle(work), Handle(priors)), OneDraw(kernels, *priors.mean.shape)
    dims = priors.mean.shape[1]
    z = np.zeros((len(ACT_KINDS), count, dims))
    weight = np.zeros((len(ACT_KINDS), count))
    for k in np.flatnonzero(scored):

        def target(v: np.ndarray, k: int = int(k)) -> float:
            return one(k, v, sig, crisis, *known) - 0.5 * dot(v, v)

        mode, spread = _mode(target, dims, priors.sign[k] != 0)
        wide = np.full(dims, INFLATE)
        wide[2:][table.signal[k] < 0] = 1.0  # what the kind does not read is drawn from its prior, and weighs nothing
        base = qmc.Sobol(dims, scramble=True, rng=streams.scramble(seed, int(k))).random(count)
        normal = norm.ppf(np.clip(base, 1e-6, 1 - 1e-6))
        points = mode + wide * spread * normal
        z[k] = points
        log_q = np.sum(-0.5 * normal**2 - log_of(wide * spread), axis=1)
        log_p = np.sum(-0.5 * points**2, axis=1)
        weight[k] = log_p - log_q - log_of(count)
    return HazardDraws(z, weight, scored)


def _mode(target, dims: int, folded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinate Newton steps to the mode, and the diagonal curvature's sd there (at most 1: the prior's).
    A folded (half-normal) coordinate keeps the prior: mode 0, sd 1."""
    v = np.zeros(dims)
    sd = np.ones(dims)
    h = 0.2
    for _ in range(6):
        for j in range(dims):
            if folded[j]:
                continue
            up, down, here = v.copy(), v.copy(), target(v)
            up[j] += h
            down[j] -= h
            a, b = target(up), target(down)
            slope, curve = (a - b) / (2 * h), (a - 2 * here + b) / (h * h)
            curve = min(curve, -1.0)
            v[j] += float(np.clip(-slope / curve, -1.0, 1.0))
            sd[j] = 1.0 / math.sqrt(-curve)
    return v, sd


# --- composed below ---


@kernel
def act_marginal(sig, crisis, record, table, draws, priors, out):
    """log p(acts of kind k | path) for every kind, hazards integrated out, into out[K]. `table` is overwritten.

    The same sum as `kind_values`, with the ticks of exposure gathered once a kind instead of once a draw (6 times
    faster), and those in a row that look alike as one (half to a sixth as many)."""
    ticks = sig.shape[0]
    draws_z, log_weight = draws.z, draws.log_weight
    values = np.zeros(draws_z.shape[1])
    days = np.zeros(ticks)
    phase = np.zeros(ticks)
    rates = np.zeros(ticks)
    columns = table.signal.shape[1]
    z = np.zeros((columns, ticks))
    for k in range(out.size):
        out[k] = 0.0
        if draws.scored[k] == 0:
            continue
        read = 0  # the signals that a kind reads come first
        while read < columns and table.signal[k, read] >= 0:
            read += 1
        n = 0
        for t in range(ticks):
            if record.exposure[k, t] > 0.0 and (table.needs_crisis[k] == 0 or crisis[t] == 1):
                alike = n > 0 and phase[n - 1] == crisis[t]
                for j in range(read):
                    z[j, n] = sig[t, table.signal[k, j]]
                    alike = alike and z[j, n] == z[j, n - 1]
                if alike:
                    days[n - 1] += record.exposure[k, t]
                else:
                    days[n] = record.exposure[k, t]
                    phase[n] = crisis[t]
                    n += 1
        best = -1e300
        for m in range(draws_z.shape[1]):
            set_rates(k, draws_z[k, m], priors, table)
            calm, more = table.log_rate[k, 0], table.log_rate[k, 1] - table.log_rate[k, 0]
            total = 0.0
            for t in range(n):
                rates[t] = calm + more * phase[t]
            for j in range(read):
                slope = table.slope[k, j]
                for t in range(n):
                    rates[t] += slope * z[j, t]
            for t in range(n):
                rates[t] = exp_within(rates[t])
            for t in range(n):
                total += days[t] * rates[t]
            value = -total
            for e in range(record.event_kind.size):
                if record.event_kind[e] != k:
                    continue
                rate = 0.0
                for t in range(record.event_first[e], record.event_last[e] + 1):
                    if table.needs_crisis[k] == 0 or crisis[t] == 1:
                        rate += exp(log_hazard(k, crisis[t], sig[t], table))
                rate /= record.event_last[e] - record.event_first[e] + 1
                w = record.event_weight[e]
                value += log(w * rate + (1.0 - w) * record.event_noise[e])
            values[m] = value + log_weight[k, m]
            best = max(best, values[m])
        total = 0.0
        for m in range(draws_z.shape[1]):
            total += exp(values[m] - best)
        out[k] = best + log(total)


@kernel
def kind_values(k, sig, crisis, record, table, draws, priors, shift, shift_from, out):
    """Weighted log likelihood of every draw of one kind into out[M]; `shift[m]` is added to its log rate from tick
    `shift_from` on."""
    total_ticks = sig.shape[0]
    for m in range(draws.z.shape[1]):
        set_rates(k, draws.z[k, m], priors, table)
        total = 0.0
        for t in range(total_ticks):
            d = record.exposure[k, t]
            if d > 0.0 and (table.needs_crisis[k] == 0 or crisis[t] == 1):
                more = shift[m] if t >= shift_from else 0.0
                total -= d * exp(log_hazard(k, crisis[t], sig[t], table) + more)
        for e in range(record.event_kind.size):
            if record.event_kind[e] != k:
                continue
            rate = 0.0
            for t in range(record.event_first[e], record.event_last[e] + 1):
                if table.needs_crisis[k] == 1 and crisis[t] == 0:
                    continue
                more = shift[m] if t >= shift_from else 0.0
                rate += exp(log_hazard(k, crisis[t], sig[t], table) + more)
            rate /= record.event_last[e] - record.event_first[e] + 1
            w = record.event_weight[e]
            total += log(w * rate + (1.0 - w) * record.event_noise[e])
        out[m] = total + draws.log_weight[k, m]


@kernel
def replicate(k, sig, crisis, record, table, uniforms, ticks, found):
    """Draw the times of kind k on a stored path over its days of exposure (one event a tick at most); fills
    found[] with ticks and returns how many. For posterior predictive checks of the sequence."""
    n = 0
    for t in range(ticks):
        d = record.exposure[k, t]
        if d > 0.0 and n < found.size and (table.needs_crisis[k] == 0 or crisis[t] == 1):
            if uniforms[t] < 1.0 - exp(-d * exp(log_hazard(k, crisis[t], sig[t], table))):
                found[n] = t
                n += 1
                if n >= table.repeat[k]:
                    break
    return n
