"""What a count of cancellations tells when nobody says out of how many plans.

Without a denominator a count k fixes only the expected number of such cancellations (exact Poisson interval: Garwood,
F., 1936, Biometrika 28, 437-442). A share needs the number N of plans; here N has a stated prior, the share p another,
and k given both is binomial. Where people hear of a case only because somebody cancelled, the count is conditioned on
being at least one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

POINTS = 4000
RARE = (1.0, 9.0)
"""A share prior under which one plan in ten is cancelled."""


class Share(NamedTuple):
    """Posterior of the share under one pair of priors: 90 % range, median, median number of plans, and what was
    learnt of the share (nats)."""

    low: float
    median: float
    high: float
    plans: float
    gain: float


def garwood(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean from one count, 0 or more."""
    from scipy.stats import chi2

    tail = (1.0 - level) / 2.0
    low = 0.0 if count == 0 else float(chi2.ppf(tail, 2 * count)) / 2.0
    return low, float(chi2.ppf(1.0 - tail, 2 * count + 2)) / 2.0


def even_in_logs(low: int, high: int) -> dict[int, float]:
    """A prior of the number of plans that is even in its logarithm between two whole numbers."""
    numbers = np.arange(low, high + 1)
    mass = np.log(numbers + 1.0) - np.log(numbers)
    return dict(zip(numbers.tolist(), (mass / mass.sum()).tolist(), strict=True))


def from_draws(numbers: np.ndarray) -> dict[int, float]:
    """A prior of the number of plans from draws of it."""
    values, counts = np.unique(np.maximum(np.round(numbers), 0).astype(int), return_counts=True)
    return dict(zip(values.tolist(), (counts / counts.sum()).tolist(), strict=True))


def share(count: int, plans: dict[int, float], prior: tuple[float, float] = (1.0, 1.0), told_if_any: bool = False) -> Share | None:  # fmt: skip
    """Posterior of the share cancelled. `plans`: prior of the number of plans; `prior`: Beta of the share;
    `told_if_any`: nothing would have been heard had nobody cancelled. None where no number of plans can give the count."""
    from scipy.special import gammaln
    from scipy.stats import beta

    possible = {n: w for n, w in plans.items() if n >= count and w > 0.0}
    if not possible:
        return None
    p = beta.ppf((np.arange(POINTS) + 0.5) / POINTS, *prior)  # equally likely before
    p = np.clip(p, 1e-15, 1 - 1e-15)
    n = np.array(list(possible), dtype=float)
    log = (
        np.log(list(possible.values()))[:, None]
        + (gammaln(n + 1) - gammaln(n - count + 1) - math.lgamma(count + 1))[:, None]
        + count * np.log(p)[None, :]
        + (n - count)[:, None] * np.log1p(-p)[None, :]
    )
    if told_if_any and count > 0:
        log -= np.log(-np.expm1(n[:, None] * np.log1p(-p)[None, :]))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    of_share, of_plans = weight.sum(axis=0), weight.sum(axis=1)
    cumulative = np.cumsum(of_share)
    low, median, high = (float(p[np.searchsorted(cumulative, q)]) for q in (0.05, 0.5, 0.95))
    positive = of_share[of_share > 0]
    gain = float(np.sum(positive * np.log(positive * POINTS)))
    order = np.argsort(n)
    number = float(n[order][np.searchsorted(np.cumsum(of_plans[order]), 0.5)])
    return Share(low, median, high, number, max(0.0, gain))
