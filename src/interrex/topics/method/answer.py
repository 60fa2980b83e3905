"""What of the ledger and of the panels entered this run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.engine.acts import ActTable
from interrex.futures.conditioned import Conditioned
from interrex.inference.observe import Observations
from interrex.mechanisms.acts import ACT_KINDS, BY_KIND
from interrex.results.described import dataset
from interrex.topics.method.variables import GROUP


def entered(case: CutCase, seen: Observations, table: ActTable, mechanisms: Iterable[str]) -> xr.Dataset:
    """The group /method."""
    use = {c.id: c.use for c in case.claims}
    acts = {claim for event in seen.events for claim in event.claims}
    scored = [claims for claims, fit in zip(seen.term_claims, seen.term_use, strict=True) if fit]
    numbers = {claim for claims in scored for claim in claims}
    fit, check = ({c for c, u in use.items() if u == wanted} for wanted in ("fit", "check"))
    kinds = [ACT_KINDS[k] for k in np.flatnonzero(table.allowed)]
    return dataset(GROUP, {
        "fit_claims": len(fit), "fit_acts": len(seen.events), "fit_act_claims": len(acts),
        "fit_terms": len(scored), "fit_term_claims": len(numbers), "fit_unused": len(fit - acts - numbers),
        "check_claims": len(check), "check_used": len(check & (acts | numbers)), "origins": len(seen.origins),
        "kinds": len(kinds), "kinds_assumed": sum(BY_KIND[k].phase_rates.crisis.assumption for k in kinds),
        "mechanism": list(mechanisms),
    })  # fmt: skip


def answer(run: Conditioned) -> xr.Dataset:
    """The group /method of a conditioned case."""
    model = run.model
    return entered(run.case, model.observations, model.arena.table, [m.name for m in model.mechanisms])
