"""The reference from which tempering starts: the prior, or a Gaussian that ships with a case.

A shipped proposal was fitted to an earlier, longer run. Weights are corrected, so the posterior does not depend on it;
without it a run only takes longer. It holds no paths. It may be used only for as-of days not before its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from importlib import resources

import numpy as np

from interrex.case.cut import CutCase
from interrex.inference.exact import dot, inverse_lower, log_of, matvec
from interrex.inference.moves import PRIOR_WEIGHT
from interrex.inference.space import Space

WIDEN = 1.1  # the reference is a little wider than the runs it was fitted to
MOVED = 0.35  # prior sd; a smaller movement is left to the run


@dataclass(frozen=True)
class Reference:
    """Gaussian reference q of z: mean, sd, and for the parameters a Cholesky factor (identity for the prior)."""

    mean: np.ndarray  # f8[size]
    sd: np.ndarray  # f8[size]
    factor: np.ndarray  # f8[P, P] lower Cholesky factor of the parameters' covariance
    provenance: str
    inverse: np.ndarray = field(init=False)  # of the factor
    log_scale: float = field(init=False)  # log of the product of all sd

    def __post_init__(self) -> None:
        p = self.factor.shape[0]
        object.__setattr__(self, "inverse", inverse_lower(self.factor))
        scale = float(np.sum(log_of(np.diag(self.factor))) + np.sum(log_of(self.sd[p:])))
        object.__setattr__(self, "log_scale", scale)

    def draw(self, xi: np.ndarray) -> np.ndarray:
        """A point from standard normals xi[size]."""
        p = self.factor.shape[0]
        z = self.mean + self.sd * xi
        z[:p] = self.mean[:p] + matvec(self.factor, xi[:p])
        return z

    @property
    def fingerprint(self) -> str:
        """Sha256 of its numbers."""
        return hashlib.sha256(b"".join(a.tobytes() for a in (self.mean, self.sd, self.factor))).hexdigest()

    def log_density(self, z: np.ndarray) -> float:
        """Log density of q at z."""
        p = self.factor.shape[0]
        whitened = matvec(self.inverse, z[:p] - self.mean[:p])
        rest = (z[p:] - self.mean[p:]) / self.sd[p:]
        return -0.5 * (dot(whitened, whitened) + dot(rest, rest)) - self.log_scale


def prior_reference(space: Space) -> Reference:
    """The prior itself as reference."""
    p = len(space.params)
    return Reference(np.zeros(space.size), np.ones(space.size), np.eye(p), "the prior")


def proposal_text(
    posteriors: list[np.ndarray], space: Space, ancestors: int, as_of: str, provenance: str
) -> str:
    """The proposal fitted to the particles of one or more runs with so many independent ancestors, as JSON: parameters
    only, each apart, and only where the runs moved them clearly from their prior. Mean and sd are of what the prior is
    normal in (a value, its log or its log-odds), so that they outlive a change of the prior."""
    z = np.concatenate(posteriors)[:, : len(space.params)]
    trust = ancestors / (ancestors + PRIOR_WEIGHT)
    mean = trust * z.mean(axis=0)
    sd = np.sqrt(trust * z.var(axis=0) + 1.0 - trust) * WIDEN
    moved = (np.abs(mean) > MOVED) | (sd < 1.0 - MOVED)
    document = {
        "format": 2, "as_of": as_of, "provenance": provenance,
        "parameters": [p.name for p in space.params],
        "moved": {
            p.name: [round(p.prior.a + p.prior.b * float(mean[i]), 4), round(p.prior.b * min(1.0, float(sd[i])), 4)]
            for i, p in enumerate(space.params) if moved[i] and p.name != "canary"
        },
    }  # fmt: skip
    return json.dumps(document, indent=1) + "\n"


def load_proposal(case: CutCase, space: Space) -> Reference | None:
    """The case's shipped proposal, or None if there is none, if it knows more than the case's as-of day, or if the
    parameters are others."""
    shipped = resources.files("interrex").joinpath("library", case.id, "proposal.json")
    if not shipped.is_file():
        return None
    document = json.loads(shipped.read_text(encoding="utf-8"))
    names = [q.name for q in space.params]
    if document["as_of"] > case.as_of_date.isoformat() or document["parameters"] != names:
        return None
    mean, sd = np.zeros(space.size), np.ones(space.size)
    for name, (m, s) in document["moved"].items():
        i = names.index(name)
        prior = space.params[i].prior
        mean[i], sd[i] = (m - prior.a) / prior.b, min(1.0, s / prior.b)
    return Reference(mean, sd, np.diag(sd[: len(names)]), document["provenance"])
