"""Absolute fit of the dated sequence: would the best model have been surprised by it?"""

from __future__ import annotations

from typing import Any

import numpy as np

from interrex.engine.acts import OCCURRENCES, copy_table, set_rates
from interrex.inference.sampler import Target

REPLICATES = 200


def predictive_p(target: Target, paths: Any, seed: int) -> float:
    """Posterior predictive p of the acts on the posterior's own paths, two-sided.

    For replicated sequences drawn on the same paths with rates from their posterior, the discrepancy is the log
    likelihood of the sequence at those rates; p is twice the smaller tail at the record's own discrepancy. Kinds that
    answer a request are left out (they have their own factors)."""
    draws, priors = target.hazard_draws, target.hazard_priors
    if draws is None or not paths.signals or target.record.event_kind.size == 0:
        return float("nan")
    kernel, table = target.arena.kernel, copy_table(target.table)
    kinds = np.flatnonzero(draws.scored)
    rng = np.random.Generator(np.random.Philox(key=[seed, 23]))
    values, zero = np.zeros(draws.z.shape[1]), np.zeros(draws.z.shape[1])
    found = np.zeros(OCCURRENCES, np.int64)
    more = 0.0
    for n in range(REPLICATES):
        i = n % len(paths.signals)
        sig, crisis = paths.signals[i], paths.crisis[i]
        own = again = 0.0
        for k in kinds:
            kernel.kind_values(
                k, sig, crisis, target.record, table, draws.z, draws.log_weight, priors.mean, priors.sd, priors.sign,
                zero, 0, values,
            )  # fmt: skip
            p = np.exp(values - values.max())
            zh = draws.z[k, rng.choice(p.size, p=p / p.sum())]
            own += kernel.kind_score(
                k, zh, sig, crisis, target.record, table, priors.mean, priors.sd, priors.sign
            )
            set_rates(k, zh, priors.mean, priors.sd, priors.sign, table)
            hits = kernel.replicate(
                k, sig, crisis, target.record, table, rng.random(sig.shape[0]), sig.shape[0], found
            )
            copy = target.record._replace(
                event_kind=np.full(hits, k, np.int64), event_first=found[:hits].copy(), event_last=found[:hits].copy(),
                event_weight=np.full(hits, 0.95), event_noise=np.full(hits, 0.02),
            )  # fmt: skip
            again += kernel.kind_score(k, zh, sig, crisis, copy, table, priors.mean, priors.sd, priors.sign)
        more += (again < own) + 0.5 * (again == own)
    share = more / REPLICATES
    return float(min(1.0, 2.0 * min(share, 1.0 - share)))
