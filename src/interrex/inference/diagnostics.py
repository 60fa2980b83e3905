"""Whether the inference may be believed. When any of these fails the report prints no interval and says why."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.inference.islands import Posterior

ANCESTORS = 50
CANARY_MEAN = 0.3
CANARY_SD = (0.8, 1.2)
EVIDENCE_SPREAD = 2.0
SHIFT = 0.3
DISTINCT = 0.5
"""Thresholds. A few hundred particles estimate the canary's sd to about 6 per cent, hence the width of its range."""


class Diagnostic(NamedTuple):
    """One check: value against threshold and what it means."""

    name: str
    value: float
    threshold: float
    passed: bool
    text: str


def diagnose(posterior: Posterior, quantities: dict[str, tuple[np.ndarray, float]]) -> list[Diagnostic]:
    """All checks. `quantities` holds printed quantities: name -> (value of every particle summarised, in particle
    order of the members; sd of the same quantity under the prior)."""
    space = posterior.target.space
    canary = posterior.z[:, space.index("canary")]
    checks = []
    ess = min((s["ess"] for c in posterior.clouds for s in c.steps), default=0.0)
    size = posterior.clouds[0].particles.size
    checks.append(Diagnostic("effective sample size", ess, 0.25 * size, ess >= 0.25 * size,
        f"smallest effective sample size of a tempering step, of {size} particles an island"))  # fmt: skip
    logs = [c.log_evidence for c in posterior.clouds]
    spread = float(max(logs) - min(logs)) if len(logs) > 1 else math.inf
    shifts = []
    for name, (values, prior_sd) in quantities.items():
        if posterior.island.size != values.size or prior_sd <= 0 or not np.isfinite(prior_sd):
            continue
        means = [values[posterior.island == i].mean() for i in range(len(posterior.clouds))]
        shifts.append((name, float(max(means) - min(means)) / prior_sd))
    agree = spread <= EVIDENCE_SPREAD and bool(shifts) and all(s <= SHIFT for _, s in shifts)
    survivors = sum(len(set(c.particles.ancestor.tolist())) for c in posterior.clouds)
    checks.append(Diagnostic("surviving ancestors", float(survivors), float(ANCESTORS), survivors >= ANCESTORS or agree,
        "first particles that have descendants at the end; fewer will do only if independent islands agree"))  # fmt: skip
    distinct = min(c.particles.distinct / size for c in posterior.clouds)
    checks.append(Diagnostic("distinct particles", distinct, DISTINCT, distinct >= DISTINCT,
        "share of particles of an island that differ from one another"))  # fmt: skip
    checks.append(Diagnostic("canary mean", float(canary.mean()), CANARY_MEAN, abs(float(canary.mean())) <= CANARY_MEAN,
        "a parameter that nothing reads must keep its prior mean of 0"))  # fmt: skip
    sd = float(canary.std())
    checks.append(Diagnostic("canary sd", sd, CANARY_SD[0], CANARY_SD[0] <= sd <= CANARY_SD[1],
        f"... and its prior sd of 1 (between {CANARY_SD[0]} and {CANARY_SD[1]})"))  # fmt: skip
    checks.append(Diagnostic("evidence between islands", spread, EVIDENCE_SPREAD, spread <= EVIDENCE_SPREAD,
        "range of the log evidence of independent runs, nats"))  # fmt: skip
    for name, shift in shifts:
        checks.append(Diagnostic(f"shift of {name}", shift, SHIFT, shift <= SHIFT,
            "range of posterior means between islands, in prior sd"))  # fmt: skip
    return checks


def reason(checks: list[Diagnostic]) -> str:
    """One sentence on what failed; '' if all passed."""
    failed = [c for c in checks if not c.passed]
    if not failed:
        return ""
    parts = [f"{c.name} {c.value:.2g} (wanted {c.threshold:.2g})" for c in failed]
    return "the sampler's own checks failed: " + "; ".join(parts)


