"""Whether the inference may be believed."""

from __future__ import annotations

import xarray as xr

from interrex.futures.conditioned import Conditioned
from interrex.results.described import dataset
from interrex.topics.diagnostics.variables import GROUP


def answer(run: Conditioned) -> xr.Dataset:
    """The group /diagnostics of a conditioned case."""
    checks, posterior = run.checks, run.posterior
    return dataset(
        GROUP,
        {
            "name": [c.name for c in checks],
            "text": [c.text for c in checks],
            "value": [c.value for c in checks],
            "threshold": [c.threshold for c in checks],
            "passed": [c.passed for c in checks],
            "log_evidence": posterior.log_evidence,
            "log_evidence_se": posterior.log_evidence_se,
            "simulations": sum(c.simulations for c in posterior.clouds),
            "temperatures": [len(c.steps) for c in posterior.clouds],
        },
        {"passed": int(run.passed), "reason": run.failed},
    )
