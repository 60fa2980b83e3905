"""What other crises teach about reactions: the posterior mode, a normal around it, and weights that correct it.

Laplace's approximation (Tierney & Kadane 1986, JASA 81:82-86) in standard normal coordinates, widened to a
Student t with 20 degrees of freedom and corrected by importance weights, so that the draws are from the exact
posterior as far as the effective sample size says. Without a single row the draws are the prior's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import chi2

from interrex.attention.likelihood import Rows, log_likelihood
from interrex.attention.parameters import PARAMETERS, natural
from interrex.engine.draws import ATTENTION, normals, uniforms

FREEDOM = 20.0
STEP = 1e-3
ROUNDS = 6
"""Proposals at most: each but the first takes mean and covariance from the weighted draws before it (population
Monte Carlo: Cappe, Guillin, Marin & Robert 2004, J. Comput. Graph. Stat. 13:907-929)."""
FEW = 100


class Posterior(NamedTuple):
    """Equally weighted draws z f8[N, P] (standard normal under the prior) and their natural values theta, the
    effective number of independent draws before resampling, and the posterior mode f8[P]."""

    z: np.ndarray
    theta: np.ndarray
    effective: float
    mode: np.ndarray


def fit(rows: Rows, seed: int, draws: int = 1000, tries: int = 4) -> Posterior:
    """The posterior of the parameters given rows; `tries` proposals for each draw that is kept."""
    p = len(PARAMETERS)
    if rows.seen.size == 0:
        z = normals(seed, ATTENTION, (draws, p))
        return Posterior(z, natural(z), float(draws), np.zeros(p))

    def target(z: np.ndarray) -> np.ndarray:
        return log_likelihood(z, rows) - 0.5 * (z**2).sum(axis=1)

    def slope(z: np.ndarray) -> tuple[float, np.ndarray]:
        steps = STEP * np.eye(p)
        values = target(np.vstack([z[None], z + steps, z - steps]))
        return -values[0], -(values[1 : p + 1] - values[p + 1 :]) / (2 * STEP)

    mode = np.asarray(minimize(slope, np.zeros(p), jac=True, method="BFGS", options={"gtol": 1e-3}).x)
    middle, root = mode, _spread(target, mode)
    count, best = draws * tries, None
    for turn in range(ROUNDS):
        t = _student(seed, count, p, turn)
        z = middle + t @ root.T
        log_weight = target(z) - _log_student(t)
        weight = np.exp(log_weight - logsumexp(log_weight))
        effective = float(1.0 / (weight**2).sum())
        if best is None or effective > best[0]:
            best = effective, z, weight
        if effective > draws:
            break
        # The root flattens the weights, lest few draws decide on the next proposal.
        flat = np.sqrt(weight) / np.sqrt(weight).sum() if effective < FEW else weight
        middle = flat @ z
        root = np.linalg.cholesky((z - middle).T @ ((z - middle) * flat[:, None]) + 1e-3 * np.eye(p))
    assert best is not None
    effective, z, weight = best
    # Systematic resampling (Kitagawa 1996): one uniform number for all.
    at = (np.arange(draws) + uniforms(seed, ATTENTION, 1, tick=2)) / draws
    kept = np.minimum(np.searchsorted(np.cumsum(weight), at), count - 1)
    return Posterior(z[kept], natural(z[kept]), effective, mode)


def _spread(target, mode: np.ndarray) -> np.ndarray:
    """A root of the inverse of the negative Hessian at the mode, no direction wider than the prior's sd."""
    p, h = mode.size, 0.05
    steps = h * np.eye(p)
    i, j = np.triu_indices(p, 1)
    points = [mode[None], mode + steps, mode - steps, mode + steps[i] + steps[j], mode - steps[i] - steps[j]]
    values = np.split(target(np.vstack(points)), np.cumsum([len(x) for x in points])[:-1])
    middle, up, down, both, neither = values[0][0], *values[1:]
    hessian = np.diag((up - 2 * middle + down) / h**2)
    cross = both + neither - up[i] - up[j] - down[i] - down[j] + 2 * middle
    hessian[i, j] = hessian[j, i] = cross / (2 * h**2)
    size, axes = np.linalg.eigh(-hessian)
    return axes / np.sqrt(np.maximum(size, 1.0))


def _student(seed: int, count: int, p: int, turn: int) -> np.ndarray:
    """Draws of the standard multivariate t, f8[count, p]."""
    normal = normals(seed, ATTENTION, (count, p), tick=10 + 2 * turn)
    stretch = chi2.ppf(uniforms(seed, ATTENTION, count, tick=11 + 2 * turn), FREEDOM) / FREEDOM
    return normal / np.sqrt(stretch)[:, None]


def _log_student(t: np.ndarray) -> np.ndarray:
    """Log density of the standard multivariate t, up to a constant."""
    return -(FREEDOM + t.shape[1]) / 2 * np.log1p((t**2).sum(axis=1) / FREEDOM)
