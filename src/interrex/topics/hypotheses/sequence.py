"""Absolute fit of the dated sequence: would the best model have been surprised by it?"""

from __future__ import annotations

import numpy as np

from interrex.engine.acts import OCCURRENCES
from interrex.engine.handles import Handle
from interrex.futures.shifts import Paths
from interrex.inference import streams
from interrex.inference.hazards import OneDraw
from interrex.inference.target import Target
from interrex.mechanisms.maths import exp_of

REPLICATES = 200


def predictive_p(target: Target, paths: Paths, seed: int) -> float:
    """Posterior predictive p of the acts on the posterior's own paths, two-sided.

    For replicated sequences drawn on the same paths with rates from their posterior, the discrepancy is the log
    likelihood of the sequence at those rates; p is twice the smaller tail at the record's own discrepancy. Kinds that
    answer a request are left out (they have their own factors)."""
    draws, priors = target.hazard_draws, target.hazard_priors
    if draws is None or not paths.signals or target.record.event_kind.size == 0:
        return float("nan")
    kernel, known = target.kernel, target.handed()
    record, table, _, given = known
    kinds, one = np.flatnonzero(draws.scored), OneDraw(kernel, *priors.mean.shape)
    rng = streams.generator(seed, streams.SEQUENCE)
    values, zero = np.zeros(draws.z.shape[1]), np.zeros(draws.z.shape[1])
    found = np.zeros(OCCURRENCES, np.int64)
    more = 0.0
    for n in range(REPLICATES):
        i = n % len(paths.signals)
        sig, crisis = paths.signals[i], paths.crisis[i]
        own = again = 0.0
        for k in map(int, kinds):
            kernel.kind_values(k, sig, crisis, *known, zero, 0, values)
            p = exp_of(values - values.max())
            zh = draws.z[k, rng.choice(p.size, p=p / p.sum())]
            own += one(k, zh, sig, crisis, record, table, given)  # leaves the rates of k in the table
            hits = kernel.replicate(
                k, sig, crisis, record, table, rng.random(sig.shape[0]), sig.shape[0], found
            )
            copy = target.record._replace(
                event_kind=np.full(hits, k, np.int64), event_first=found[:hits].copy(), event_last=found[:hits].copy(),
                event_weight=np.full(hits, 0.95), event_noise=np.full(hits, 0.02),
            )  # fmt: skip
            again += one(k, zh, sig, crisis, Handle(copy), table, given)
        more += (again < own) + 0.5 * (again == own)
    share = more / REPLICATES
    return float(min(1.0, 2.0 * min(share, 1.0 - share)))
