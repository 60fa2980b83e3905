"""Competing risks: one penalised log-linear hazard for each way in which something can end.

A hazard that is constant within a period is a Poisson regression of events on exposure (Holford 1980, Biometrics 36:299;
Friedman 1982, Annals of Statistics 10:101), so each cause is fitted by itself and the chances of all add to one. Countries
have an effect of their own, drawn from one normal distribution (partial pooling); slopes are drawn from another, which is
the ridge penalty. The posterior is approximated by the normal at its mode (Laplace).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

STEPS = 50
TOLERANCE = 1e-6
LEVEL_SD = 3.0
"""Standard deviation of the level of the log rate round the log of events a year: it matters only where there are next to none."""
CEILING = 20.0
"""Greatest log rate a year: steps that go beyond it are taken back."""


class Hazard(NamedTuple):
    """One cause. coef f8[1 + features] on standardised features, the first the log rate a year; cov its covariance; effect
    f8[countries] beside it, with variances `spread`; a country never seen has effect 0 and variance `pooled`."""

    coef: np.ndarray
    cov: np.ndarray
    effect: np.ndarray
    spread: np.ndarray
    pooled: float
    events: int


def fit(
    x: np.ndarray,
    events: np.ndarray,
    years: np.ndarray,
    group: np.ndarray,
    groups: int,
    slope: float,
    pooled: float,
    start: Hazard | None = None,
) -> Hazard:
    """Mode and Laplace covariance of a Poisson regression with normal slopes and normal country effects.

    x f8[row, feature], standardised; events 0 or 1 and years exposed by row; group i8[row] below `groups`; `slope` and
    `pooled` are the standard deviations of the slopes and of the country effects. `start` is a fit nearby, from which fewer steps
    lead to the same mode.

    The matrix of second derivatives has a diagonal block for the countries, which is eliminated first: the cost is that of
    the features alone.
    """
    from scipy import sparse

    a = np.column_stack([np.ones(len(x)), x])
    k = a.shape[1]
    prior = np.full(k, 1 / slope**2)
    prior[0] = 1 / LEVEL_SD**2
    centre = np.zeros(k)
    centre[0] = np.log((events.sum() + 0.5) / years.sum())
    beta, u = (start.coef, start.effect) if start else (centre, np.zeros(groups))
    member = sparse.csr_array(
        (np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group))
    )

    def height(beta: np.ndarray, u: np.ndarray) -> float:
        score = a @ beta + u[group]
        penalty = prior @ (beta - centre) ** 2 + u @ u / pooled**2
        return float(events @ score - years @ np.exp(np.minimum(score, CEILING)) - penalty / 2)

    now = height(beta, u)
    for _ in range(STEPS):
        rate = years * np.exp(np.minimum(a @ beta + u[group], CEILING))
        miss = events - rate
        slope_beta, slope_u = a.T @ miss - prior * (beta - centre), member @ miss - u / pooled**2
        weighted = a * rate[:, None]
        cross, own = member @ weighted, member @ rate + 1 / pooled**2
        inverse = np.linalg.inv(a.T @ weighted + np.diag(prior) - cross.T @ (cross / own[:, None]))
        step = inverse @ (slope_beta - cross.T @ (slope_u / own))
        step_u = (slope_u - cross @ step) / own
        gain = slope_beta @ step + slope_u @ step_u
        if gain < TOLERANCE:
            break
        share = 1.0
        while (then := height(beta + share * step, u + share * step_u)) < now and share > 1e-6:
            share /= 2
        beta, u, now = beta + share * step, u + share * step_u, then
    else:
        raise ValueError(f"no mode of the hazard after {STEPS} steps")
    spread = 1 / own + np.einsum("gi,ij,gj->g", cross / own[:, None], inverse, cross / own[:, None])
    return Hazard(beta, inverse, u, spread, pooled, int(events.sum()))


def rates(hazard: Hazard, x: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Events a year, f8[row]; group -1 is a country never seen."""
    effect = np.where(group >= 0, hazard.effect[np.maximum(group, 0)], 0.0)
    return np.exp(hazard.coef[0] + x @ hazard.coef[1:] + effect)


def chances(by_cause: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Chance of each cause by the end of each period, f8[cause, row, period], from rates f8[cause, row, period] and the
    periods' lengths: of those who are left at its start, a period takes 1 - exp(-sum of rates), shared by the rates."""
    total = by_cause.sum(axis=0)
    left = np.exp(-np.cumsum(total * years, axis=1))
    before = np.concatenate([np.ones_like(left[:, :1]), left[:, :-1]], axis=1)
    taken = before * -np.expm1(-total * years)
    return np.cumsum(taken * by_cause / np.maximum(total, 1e-300), axis=2)
