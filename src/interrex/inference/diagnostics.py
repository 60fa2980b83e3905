"""Whether the inference may be believed. When any of these fails the report prints no interval and says why.

Islands are independent runs, so what they disagree on has not been found by any of them: every printed quantity is
held to the rank-normalised R-hat between islands, in units of its own posterior spread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from interrex.inference.islands import Posterior

R_HAT = 1.05
"""Largest R-hat of a printed quantity: the means of two islands lie within .45 posterior sd of each other."""
FAMILIES = 25.0
"""Least effective number of families of particles in all islands: an error of a mean of a fifth of its posterior sd."""
DISTINCT = 0.5
CANARY_MEAN = 0.3
CANARY_SD = (0.8, 1.2)
"""A few hundred particles estimate the canary's sd to about 6 per cent, hence the width of its range."""
EVIDENCE_SPREAD = 2.0


class Diagnostic(NamedTuple):
    """One check: value against threshold and what it means."""

    name: str
    value: float
    threshold: float
    passed: bool
    text: str


def r_hat(values: np.ndarray, island: np.ndarray) -> float:
    """Rank-normalised R-hat of values f8[n] or f8[n, k] between islands i8[n]: the larger of that of the values and that
    of their distances from the median; of several columns the root of the mean square. At least
    sqrt((n - 1) / n); inf of one island, or where islands differ and nothing varies within them.

    Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), Bayesian Analysis 16, 667-718, equations 3, 4 and 14; islands
    in the place of chains, and not split, since their particles have no order."""
    columns = values.reshape(len(values), -1)
    folded = np.abs(columns - np.median(columns, axis=0))
    found = [max(_r_hat(a, island), _r_hat(b, island)) for a, b in zip(columns.T, folded.T, strict=True)]
    return math.sqrt(float(np.mean(np.square(found))))


def _r_hat(values: np.ndarray, island: np.ndarray) -> float:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    scores = ndtri((rankdata(values) - 0.375) / (values.size + 0.25))
    parts = [scores[island == i] for i in np.unique(island)]
    if len(parts) < 2 or min(p.size for p in parts) < 2:
        return math.inf
    count = min(p.size for p in parts)
    within = float(np.mean([p.var(ddof=1) for p in parts]))
    between = float(np.var([p.mean() for p in parts], ddof=1))
    if within == 0.0:
        return 1.0 if between == 0.0 else math.inf
    return math.sqrt((count - 1) / count + between / within)


def effective_families(ancestor: np.ndarray) -> float:
    """Number of equally large families that vary as much as these: one over the sum of squared shares."""
    share = np.unique(ancestor, return_counts=True)[1] / ancestor.size
    return float(1.0 / np.sum(share**2))


def diagnose(posterior: Posterior, printed: Mapping[str, np.ndarray], island: np.ndarray) -> list[Diagnostic]:
    """All checks. printed: quantities by name, f8[n] or f8[n, k] of the histories of the islands i8[n]."""
    space = posterior.target.space
    canary = posterior.z[:, space.index("canary")]
    logs = [c.log_evidence for c in posterior.clouds]
    spread = max(logs) - min(logs) if len(logs) > 1 else math.inf
    families = sum(effective_families(c.particles.ancestor) for c in posterior.clouds)
    distinct = min(c.particles.distinct / c.particles.size for c in posterior.clouds)
    mean, sd = float(canary.mean()), float(canary.std())
    parameters = r_hat(posterior.z[:, : len(space.params)], posterior.island)
    checks = [
        Diagnostic("effective families", families, FAMILIES, families >= FAMILIES,
            "number of first particles whose descendants the posterior is made of, each counted by its share"),
        Diagnostic("distinct particles", distinct, DISTINCT, distinct >= DISTINCT,
            "share of particles of an island that differ from one another"),
        Diagnostic("canary mean", mean, CANARY_MEAN, abs(mean) <= CANARY_MEAN,
            "a parameter that nothing reads must keep its prior mean of 0"),
        Diagnostic("canary sd", sd, CANARY_SD[1 if sd > 1.0 else 0], CANARY_SD[0] <= sd <= CANARY_SD[1],
            f"a parameter that nothing reads must keep its prior sd of 1 (between {CANARY_SD[0]} and {CANARY_SD[1]})"),
        Diagnostic("evidence between islands", spread, EVIDENCE_SPREAD, spread <= EVIDENCE_SPREAD,
            "range of the log evidence of independent islands, nats"),
        Diagnostic("R-hat of the parameters", parameters, R_HAT, parameters <= R_HAT,
            "rank-normalised, between islands, over all parameters together"),
    ]  # fmt: skip
    for name, values in printed.items():
        found = r_hat(values, island)
        checks.append(
            Diagnostic(f"R-hat of {name}", found, R_HAT, found <= R_HAT, "rank-normalised, between islands")
        )
    return checks


def reason(checks: list[Diagnostic]) -> str:
    """One sentence on what failed; '' if all passed."""
    failed = [c for c in checks if not c.passed]
    if not failed:
        return ""
    parts = [f"{c.name} {value} (wanted {wanted})" for c in failed for value, wanted in [_told_apart(c)]]
    return "the sampler's own checks failed: " + "; ".join(parts)


def _told_apart(check: Diagnostic) -> tuple[str, str]:
    """Value and threshold with as many digits as it takes to see that they differ, three at least."""
    for digits in range(3, 17):
        value, wanted = f"{check.value:.{digits}g}", f"{check.threshold:.{digits}g}"
        if value != wanted:
            break
    return value, wanted
