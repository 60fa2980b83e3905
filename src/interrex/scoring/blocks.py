"""Reports left out of conditioning, and how well it predicts them without.

A block is kept for checking as the ledger's own `use: check` is: its claims neither weigh nor set bounds, levels or lengths.
Conditioning starts from the prior, since a shipped proposal was fitted to the whole record and has seen them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.places import NATION, region_of
from interrex.case.schema import Claim
from interrex.efforts import Effort
from interrex.engine.pool import Pool
from interrex.inference.diagnostics import diagnose, reason
from interrex.inference.islands import Posterior
from interrex.inference.learned import learned_for
from interrex.inference.model import build, condition
from interrex.inference.observe import Observations
from interrex.topics.fit.answer import observed_extremes, scores, told


class Block(NamedTuple):
    """A block left out by one seed. Scores in nats a report."""

    label: str
    model: dict[str, float]  # by claim
    uninformed: dict[str, float]
    failed: str  # which of the sampler's own checks failed; '' if none did


def blocks_of(cut: CutCase) -> dict[str, list[Claim]]:
    """Fitted claims by block: detentions, the worst region, the nation's peak day."""
    fitted = [c for c in cut.claims if c.kind in ("crowd", "arrests", "deaths") and c.use == "fit"]
    _, worst = observed_extremes(cut)
    sizes = {c.when.day: c.value for c in fitted if c.kind == "crowd" and c.place in NATION and c.value}
    peak: date | None = max(sizes, key=lambda day: sizes[day], default=None)
    found = {
        "detentions": [c for c in fitted if c.kind == "arrests"],
        f"everything on {worst}": [c for c in fitted if worst and region_of(cut, c.place) == worst],
        f"crowds of {peak}": [c for c in fitted if c.kind == "crowd" and c.when.day == peak],
    }
    return {label: claims for label, claims in found.items() if claims}


def without(cut: CutCase, left_out: list[Claim]) -> CutCase:
    """The case with these claims kept for checking."""
    names = {c.id for c in left_out}
    kept = [c.model_copy(update={"use": "check"}) if c.id in names else c for c in cut.claims]
    return cut.model_copy(update={"claims": tuple(kept)})


def leave_out(
    cut: CutCase, label: str, claims: list[Claim], effort: Effort, seed: int, workers: int, priors: str,
    advance: Callable[[float], None],
) -> Block:  # fmt: skip
    """Condition from the prior without these claims, and score each."""
    model = build(without(cut, claims), effort.weight, seed, None, learned_for(cut, priors))
    pool = Pool(model.target.arena, workers)
    try:
        posterior = condition(model, effort, seed, pool, False, None, False, advance)
    finally:
        pool.close()
    own, plain = _by_claim(posterior, model.observations, {c.id for c in claims})
    return Block(label, own, plain, reason(diagnose(posterior, {}, posterior.island)))


def _by_claim(
    posterior: Posterior, obs: Observations, names: set[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Log density of each report under the particles, its source's doubts included, and under a source that knows nothing."""
    found, t = scores(posterior), obs.terms
    own: dict[str, float] = {}
    plain: dict[str, float] = {}
    for i in told(obs, posterior.target.ticks):
        claim = next((c for c in obs.term_claims[i] if c in names), None)
        if claim is None or not found:
            continue
        knows = t.alpha[t.origin[i]] / (t.alpha[t.origin[i]] + t.beta[t.origin[i]])
        known, unknown = np.array([s.known[i] for s in found]), float(found[0].unknown[i])
        density = knows * np.exp(known) + (1.0 - knows) * np.exp(unknown)
        own[claim], plain[claim] = float(np.log(density.mean())), unknown
    return own, plain
