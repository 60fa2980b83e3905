"""The log likelihood of a history taken apart, so that one can leave one claim out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from interrex.inference.target import Score, Target


class Parts(NamedTuple):
    """Log likelihood by its parts, nats, of n histories. Origins, silence and acts add up to the whole."""

    origin: np.ndarray  # f8[n, O] all claims of an origin, its reliability integrated out
    silence: np.ndarray  # f8[n] watched days without a report
    acts: np.ndarray  # f8[n, K] dated acts and quiet days of each kind, its rates integrated out
    claim: np.ndarray  # f8[n, terms] a report given the others of its origin; nan for what was not conditioned on


def parts(target: Target, scores: Sequence[Score]) -> Parts:
    """The parts of every score.

    Claims of an origin share its reliability, which is integrated out, so they are not independent given the history. The
    part of a claim is what the likelihood loses without it, log p(claim | history, other claims of its origin): the ratio
    that leaving one claim out needs (Buerkner, Gabry & Vehtari 2021, Computational Statistics 36). These do not add up to
    the origin's part unless the origin has one claim."""
    terms, used = target.terms, target.use == 1
    known, unknown = (np.array([getattr(s, name) for s in scores]) for name in ("known", "unknown"))
    claim = np.full(known.shape, np.nan)
    origin = np.zeros((len(scores), target.nodes.shape[0]))
    for o, (rho, weight) in enumerate(zip(target.nodes, target.weights, strict=True)):
        own = np.flatnonzero((terms.origin == o) & used)
        k, u = known[:, own, None], unknown[:, own, None]
        top = np.maximum(k, u)
        each = terms.share[own, None] * (top + np.log(rho * np.exp(k - top) + (1.0 - rho) * np.exp(u - top)))
        whole = each.sum(axis=1)
        origin[:, o] = _log_mean(whole, weight)
        claim[:, own] = origin[:, o, None] - _log_mean(whole[:, None] - each, weight)
    return Parts(
        origin, known[:, (terms.origin < 0) & used].sum(axis=1), np.array([s.kinds for s in scores]), claim
    )


def _log_mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Log of the weighted mean of exp(values) along the last axis, weights summing to 1."""
    top = values.max(axis=-1, keepdims=True)
    return top[..., 0] + np.log((weight * np.exp(values - top)).sum(axis=-1))
