"""Learning the variances: quadrature about their most probable values (adaptive as in Naylor and Smith 1982, Applied Statistics
31:214), so that intervals carry what the reports leave open about them."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from interrex.errors import RunError
from interrex.trust.model import Design, solve
from interrex.trust.priors import OWN_SCATTER_SD, PARAMETERS, Variances, natural

FARTHEST = 5.0
"""Sd of its prior from the prior median: a parameter that runs so far has not been learned but lost."""

ENOUGH = 5
"""Reports from which a house's own scatter is learned."""

LEAST = 1e-5
"""Weight of a point of the quadrature below which it is dropped."""


class Learned(NamedTuple):
    """Points of the quadrature: variances and weights, which sum to 1. mode: the most probable scores. mean, sd: of the scores of
    the PARAMETERS (see `priors.natural`). scatter: float[houses, 2], mean and sd of the log of each house's (NaN where few reports), which the
    quadrature leaves beside the common one at its most probable; its sd is by the curvature there."""

    points: list[Variances]
    weights: np.ndarray
    mode: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    scatter: np.ndarray


def asked(d: Design) -> list[int]:
    """Parameters that the quadrature goes over: the tie only with two audiences."""
    return [at for at, name in enumerate(PARAMETERS) if name != "tie" or len(d.audiences) > 1]


def _own(d: Design) -> list[int]:
    """Places of the scores of houses with reports enough for a scatter of their own; the others scatter as all do."""
    counts = np.bincount(d.house - len(d.audiences), minlength=len(d.houses))
    return (len(PARAMETERS) + np.flatnonzero(counts >= ENOUGH)).tolist()


def most_probable(d: Design, start: np.ndarray | None = None) -> np.ndarray:
    """Scores of the most probable variances. start: scores of the PARAMETERS with which the search begins. Raises RunError
    where one runs away from its prior."""
    u = np.zeros(len(PARAMETERS) + len(d.houses))
    u[: len(PARAMETERS)] = 0.0 if start is None else start[: len(PARAMETERS)]
    free = [*asked(d), *_own(d)]
    found = minimize(
        lambda part: -_log(d, u, free, part), u[free], method="L-BFGS-B", bounds=[(-FARTHEST, FARTHEST)] * len(free),
        options={"eps": 1e-5, "gtol": 1e-3, "ftol": 1e-9},
    )  # fmt: skip
    u[free] = found.x
    words = [
        *(p.words for p in PARAMETERS.values()),
        *(f"scatter of the reports of {house}" for house in d.houses),
    ]
    if lost := [name for name, at in zip(words, u, strict=True) if abs(at) >= FARTHEST]:
        raise _misfit(f"{lost[0]}, ran to the end of what is possible")
    return u


def learn(d: Design) -> Learned:
    """The posterior of the variances as weighted points. Raises RunError where the model does not fit."""
    u = most_probable(d)
    free = asked(d)
    root = _root(d, u, free)
    scores, logs = [], []
    for step, weight in zip(*points(len(free)), strict=True):
        one = u.copy()
        one[free] = u[free] + root @ step
        scores.append(one)
        logs.append(np.log(weight) + step @ step / 2 + _log(d, u, free, one[free]))
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    table = np.array(scores)
    n = len(PARAMETERS)
    mean, sd = weights @ table[:, :n], np.ones(n)
    sd[free] = np.sqrt(weights @ (table[:, free] - mean[free]) ** 2)
    common, by = list(PARAMETERS).index("scatter"), np.array([PARAMETERS["scatter"].sd, OWN_SCATTER_SD])
    scatter = np.full((len(d.houses), 2), np.nan)
    for at in _own(d):
        scatter[at - n] = u[[common, at]] @ by, np.linalg.norm(by @ _root(d, u, [common, at]))
    kept = weights > LEAST
    return Learned(
        [natural(one) for one in table[kept]],
        weights[kept] / weights[kept].sum(),
        u,
        mean,
        sd,
        scatter,
    )


def points(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of a rule that is exact for polynomials of degree 5 under n > 2 standard normals, all weights above 0:
    2 n points on the axes and the 2^n corners of a cube (Stroud and Secrest 1963, Mathematics of Computation 17:105)."""
    axes = np.sqrt((n + 2) / 2) * np.concatenate([np.eye(n), -np.eye(n)])
    corners = np.sqrt((n + 2) / (n - 2)) * np.array(list(product((-1.0, 1.0), repeat=n)))
    weights = [4 / (n + 2) ** 2] * len(axes) + [(n - 2) ** 2 / (n + 2) ** 2 / len(corners)] * len(corners)
    return np.concatenate([axes, corners]), np.array(weights)


def _log(d: Design, u: np.ndarray, free: list[int], part: np.ndarray) -> float:
    """Log posterior of the free scores, but for a constant."""
    whole = u.copy()
    whole[free] = part
    return solve(d, natural(whole)).evidence - float(part @ part) / 2


def _root(d: Design, u: np.ndarray, free: list[int], h: float = 0.02) -> np.ndarray:
    """Lower Cholesky factor of the inverse of the Hessian at the peak."""
    k = len(free)
    hessian = np.empty((k, k))
    steps = h * np.eye(k)
    for i, j in product(range(k), repeat=2):
        ends = [
            si * sj * _log(d, u, free, u[free] + si * steps[i] + sj * steps[j])
            for si, sj in product((1, -1), repeat=2)
        ]
        hessian[i, j] = -sum(ends) / (4 * h * h)
    try:
        return np.linalg.cholesky(np.linalg.inv((hessian + hessian.T) / 2))
    except np.linalg.LinAlgError:
        raise _misfit("no set of variances is the most probable") from None


def _misfit(why: str) -> RunError:
    return RunError(
        f"the model does not fit these reports: {why}",
        "look for a misprint, or for two questions under one name",
    )
