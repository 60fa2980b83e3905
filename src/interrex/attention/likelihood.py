"""First reaction as a hazard, number of later reactions as a count, one rate behind both.

A reactor with rate h(t) a day, constant within a segment, first reacts in (s, e] with probability exp(-H(s)) -
exp(-H(e)), where H is the sum of rate times days: the piecewise exponential model, whose grouped form is the
binomial regression with complementary log-log link (Prentice & Gloeckler 1978, Biometrics 34:57-67). A time
known only to the day is such an interval; "no later than" is (0, e]; no reaction by the end is exp(-H(end)). A row that is on record only because somebody
reacted by some day d is divided by 1 - exp(-H(d)), so that its being there says nothing.
The number of reactions after the first, at t, is negative binomial (NB2) with mean k (H(end) - H(t)) and variance
mean + c mean^2 (Cameron & Trivedi 2013, Regression Analysis of Count Data, sec. 3.3); k is the follow-up factor.
With k = 1 and c = 0 the two parts together are a Poisson process. t is taken in the middle of its interval. Crises
share a normal effect on the log rate, integrated by Gauss-Hermite quadrature.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, logsumexp

from interrex.attention.exposure import Segments
from interrex.attention.parameters import CLUMPING, EFFECTS, FOLLOW_UP, SPREAD, natural

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())


class Watch(NamedTuple):
    """What was seen of one reactor in one crisis: its first reaction in (low, high] days since the start
    (`high` infinite: none up to `low`), and the number of later ones up to the end of the segments (None: not
    collected, or no first one). `chosen`: the row exists because a first reaction came by that day."""

    crisis: int
    segments: Segments
    low: float
    high: float
    count: int | None = None
    chosen: float | None = None


class Rows(NamedTuple):
    """Watches side by side: R rows, S segments in all, K crises."""

    design: np.ndarray  # f8[S, EFFECTS]
    before: np.ndarray  # f8[S, R], days before the interval of the first reaction
    within: np.ndarray  # f8[S, R], days in it
    after: np.ndarray  # f8[S, R], days from the middle of it to the end
    choice: np.ndarray  # f8[S, R], days up to the one by which a row was chosen; 0 where it was not
    seen: np.ndarray  # bool[R], whether a first reaction is known
    count: np.ndarray  # f8[R], NaN where not collected
    crisis: np.ndarray  # f8[R, K], 1 where a row belongs to a crisis


def stack(watches: Sequence[Watch]) -> Rows:
    """Rows of a list of watches."""
    size = sum(len(w.segments.design) for w in watches)
    before, within, after, choice = (np.zeros((size, len(watches))) for _ in range(4))
    names = sorted({w.crisis for w in watches})
    crisis = np.zeros((len(watches), len(names)))
    at = 0
    for r, w in enumerate(watches):
        here = slice(at, at + len(w.segments.design))
        before[here, r] = w.segments.exposure(0.0, w.low)
        within[here, r] = w.segments.exposure(w.low, w.high)
        after[here, r] = w.segments.exposure((w.low + w.high) / 2, np.inf)
        if w.chosen is not None:
            choice[here, r] = w.segments.exposure(0.0, w.chosen)
        crisis[r, names.index(w.crisis)] = 1.0
        at += len(w.segments.design)
    return Rows(
        np.vstack([w.segments.design for w in watches]) if watches else np.zeros((0, EFFECTS)),
        before, within, after, choice,
        np.array([np.isfinite(w.high) for w in watches], dtype=bool),
        np.array([np.nan if w.count is None else w.count for w in watches], dtype=float),
        crisis,
    )  # fmt: skip


def hazards(theta: np.ndarray, rows: Rows) -> tuple[np.ndarray, ...]:
    """Cumulative hazards f8[N, R] before, within and after the first reaction, and up to the day of choice, for
    natural values theta f8[N, P]."""
    rate = np.exp(np.minimum(theta[:, :EFFECTS] @ rows.design.T, 50.0))
    return rate @ rows.before, rate @ rows.within, rate @ rows.after, rate @ rows.choice


def first_reaction(
    before: np.ndarray, within: np.ndarray, choice: np.ndarray, seen: np.ndarray
) -> np.ndarray:
    """Log probability of what is known of the first reaction, from cumulative hazards (`choice` 0: no choice)."""
    return -before + np.where(seen, _log_by(within), 0.0) - np.where(choice > 0, _log_by(choice), 0.0)


def _log_by(hazard: np.ndarray) -> np.ndarray:
    """Log probability of a reaction within a cumulative hazard."""
    return np.log(-np.expm1(-np.maximum(hazard, 1e-300)))


def later_reactions(count: np.ndarray, mean: np.ndarray, clumping: np.ndarray) -> np.ndarray:
    """Log probability of counts (NaN: not collected, 0) under NB2 with this mean and overdispersion."""
    y = np.nan_to_num(count)
    size = 1.0 / np.maximum(clumping, 1e-8)
    ratio = np.maximum(mean, 1e-300) / size
    value = (
        gammaln(y + size) - gammaln(size) - gammaln(y + 1.0)
        - (y + size) * np.log1p(ratio) + y * np.log(ratio)
    )  # fmt: skip
    return np.where(np.isnan(count), 0.0, value)


def log_likelihood(z: np.ndarray, rows: Rows) -> np.ndarray:
    """Log likelihood f8[N] of rows under parameters z f8[N, P], the effects of crises integrated out."""
    if rows.seen.size == 0:
        return np.zeros(len(z))
    theta = natural(z)
    before, within, after, choice = (h[:, None] for h in hazards(theta, rows))
    scale = np.exp(theta[:, SPREAD, None] * _NODES)[:, :, None]  # [N, Q, 1]
    each = first_reaction(before * scale, within * scale, choice * scale, rows.seen)
    if not np.isnan(rows.count).all():
        mean = after * scale * np.exp(theta[:, FOLLOW_UP])[:, None, None]
        each = each + later_reactions(rows.count, mean, theta[:, CLUMPING][:, None, None])
    return logsumexp(each @ rows.crisis + _LOG_WEIGHTS[:, None], axis=1).sum(axis=1)
