"""How much better shifted hazards predict the dated acts than unshifted ones, on stored paths and without simulation.

The rates and slopes of each kind are integrated out by importance sums around their mode, as in `inference.hazards`, but
with enough points that the error of a ratio lies below .05 nats; several scrambles of the points measure that error.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.engine.acts import ActTable, HazardPriors
from interrex.inference.exact import log_sum_exp
from interrex.inference.hazards import HazardDraws, make_draws, scored_kinds
from interrex.inference.target import Target
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.maths import exp_of, log_of

SCRAMBLES = 4
POINTS = 128
"""Independent scrambles of the points of a kind's rates and slopes, and points in each."""
SCALES = (0.0, 0.5, 1.0, 2.0)
"""Scales of the half-normal log shift by which a factor is computed, in units of the stated one; 0 leaves it out."""
STATED = SCALES.index(1.0)
FREE_LEVEL = 2.0
"""Sd of the log level that a free common shock gives every hazard, in calm and in crisis: a factor of seven."""
WIDEST = 3.0
"""Largest log shift that is integrated over, in scales."""


class Paths(NamedTuple):
    """Stored paths of the posterior on which hazards are scored: n of them, T ticks, X signals."""

    signals: list[np.ndarray]  # f4[T, X] each
    crisis: list[np.ndarray]  # i1[T] each
    island: np.ndarray  # i8[n]


class Factor(NamedTuple):
    """A log ratio of marginal likelihoods, averaged over paths, at each of SCALES, and its numerical error.

    error: standard error at the stated scale, of the points and of the finite number of paths together, nats."""

    log_ratio: np.ndarray  # f8[len(SCALES)]
    error: float

    @property
    def stated(self) -> float:
        """The log ratio at the stated scale."""
        return float(self.log_ratio[STATED])


NOTHING = Factor(np.zeros(len(SCALES)), 0.0)


def free_level(priors: HazardPriors) -> HazardPriors:
    """The same priors with a free level of every hazard in both phases, integrated out like the rest."""
    sd = priors.sd.copy()
    sd[:, :2] = np.hypot(sd[:, :2], FREE_LEVEL)
    return priors._replace(sd=sd)


def half_normal(count: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes of a half-normal of scale 1, cut at WIDEST, and their weights, which sum to one."""
    x, w = np.polynomial.legendre.leggauss(count)
    nodes = WIDEST * (x + 1.0) / 2.0
    weights = w * exp_of(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


def shifted(
    target: Target, priors: HazardPriors, paths: Paths, kinds: tuple[str, ...], starts: tuple[int, ...], scale: float, seed: int
) -> list[Factor]:  # fmt: skip
    """For each tick of `starts`: log mean over paths of E_g[prod_k L_k(rates times exp(g) from that tick on)] / prod_k
    L_k, with one half-normal g of that scale for all `kinds`, whose rates have these priors."""
    wanted = np.zeros(len(ACT_KINDS), np.int64)
    wanted[[ACT_KINDS.index(k) for k in kinds]] = 1
    table = target.table._replace(allowed=target.table.allowed * wanted)
    if not paths.signals or scale == 0.0 or not scored_kinds(target.record, table).any():
        return [NOTHING for _ in starts]
    middle = len(paths.signals) // 2
    draws = [
        make_draws(
            target.kernel, paths.signals[middle], paths.crisis[middle], target.record, table, priors, POINTS,
            seed + s,
        )
        for s in range(SCRAMBLES)
    ]  # fmt: skip
    nodes, weights = half_normal()
    sizes = [s * scale for s in SCALES[1:]]
    g = np.concatenate([[0.0], *(size * nodes for size in sizes)])
    ratio = np.zeros((len(starts), len(SCALES), len(paths.signals), SCRAMBLES))
    for n, (signals, crisis) in enumerate(zip(paths.signals, paths.crisis, strict=True)):
        total = np.zeros((len(starts), SCRAMBLES, g.size))
        for k in np.flatnonzero(draws[0].scored):
            total += marginals(target, table, priors, draws, int(k), signals, crisis, starts, g)
        gain = exp_of(total[:, :, 1:] - total[:, :, :1]).reshape(len(starts), SCRAMBLES, len(sizes), -1)
        ratio[:, 1:, n] = log_of(gain @ weights).transpose(0, 2, 1)
    return [averaged(rows) for rows in ratio]


def marginals(
    target: Target, table: ActTable, priors: HazardPriors, draws: list[HazardDraws], k: int, signals: np.ndarray,
    crisis: np.ndarray, starts: tuple[int, ...], g: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Log marginal likelihood of kind k on one path, its log rate raised by g[G] from each start on, by scramble:
    f8[len(starts), S, G]. The same sum as `hazards.kind_values`, for all shifts at once."""
    record = target.record
    z = np.concatenate([d.z[k] for d in draws])
    values = priors.mean[k] + priors.sd[k] * np.where(priors.sign[k] != 0, priors.sign[k] * np.abs(z), z)
    read = table.signal[k] >= 0
    slopes = values[:, 2:][:, read] @ signals[:, table.signal[k][read]].T.astype(float)
    open_gate = (crisis == 1) | (table.needs_crisis[k] == 0)
    hazard = exp_of(np.where(crisis == 1, values[:, [1]], values[:, [0]]) + slopes) * open_gate
    events = np.flatnonzero(record.event_kind == k)
    ticks = np.arange(crisis.size)
    out = np.zeros((len(starts), len(draws), g.size))
    more = exp_of(g)
    for i, start in enumerate(starts):
        late = ticks >= start

        def split(days: np.ndarray, late: np.ndarray = late) -> np.ndarray:
            """Weighted sum of the hazard at every shift, f8[draws, G]."""
            return (hazard @ (days * ~late))[:, None] + (hazard @ (days * late))[:, None] * more

        value = -split(record.exposure[k, : crisis.size])
        for e in events:
            inside = (ticks >= record.event_first[e]) & (ticks <= record.event_last[e])
            w = record.event_weight[e]
            value += log_of(w * split(inside / inside.sum()) + (1.0 - w) * record.event_noise[e])
        value += np.concatenate([d.log_weight[k] for d in draws])[:, None]
        parts = value.reshape(len(draws), -1, g.size)
        best = parts.max(axis=1)
        out[i] = best + log_of(exp_of(parts - best[:, None]).sum(axis=1))
    return out


def averaged(ratio: np.ndarray) -> Factor:
    """The factor of log ratios f8[len(SCALES), paths, scrambles]: mean ratio over all, its error from both spreads."""
    centre = np.array([log_sum_exp(row.ravel()) - math.log(row.size) for row in ratio])
    stated = exp_of(ratio[STATED] - centre[STATED])
    paths, scrambles = stated.shape
    error = math.hypot(
        float(np.std(stated.mean(axis=0), ddof=1)) / math.sqrt(scrambles) if scrambles > 1 else 0.0,
        float(np.std(stated.mean(axis=1), ddof=1)) / math.sqrt(paths) if paths > 1 else 0.0,
    )
    return Factor(centre, error)
