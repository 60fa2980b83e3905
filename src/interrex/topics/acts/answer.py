"""How often acts happen: the catalogue's record behind each rate, beside what this case has seen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.mechanisms.acts import ACTS, PHASES, ROLES, Act, catalogue_hash
from interrex.results.described import Column, described
from interrex.topics.acts.variables import GROUP


def act_table(
    cut: CutCase, record_counts: Mapping[str, int], posterior_rate: Mapping[str, float] | None = None
) -> xr.Dataset:
    """The group `acts`: a row for each phase of every act kind that some actor of the case can do.

    `record_counts` are the dated acts of the record by kind, `posterior_rate` the posterior median of the
    base rate by kind, events a day in the crisis phase. Both stand in the row of the crisis phase; the
    calm row has NaN."""
    rows = [(act, phase) for act in ACTS if possible(act, cut) for phase in range(len(PHASES))]
    rates = [act.phase_rates[phase] for act, phase in rows]
    crisis = [PHASES[phase] == "crisis" for _, phase in rows]
    after = posterior_rate or {}
    columns: dict[str, Column] = {
        "kind": ([act.kind for act, _ in rows], "act kind of the catalogue"),
        "role": ([ROLES[act.role] for act, _ in rows], "who acts"),
        "phase": ([PHASES[phase] for _, phase in rows], "calm, or crisis: a crowd above 1,000 or a death"),
        "n": ([rate.n for rate in rates], "events counted in the reference class"),
        "exposure_days": ([rate.days for rate in rates], "days of exposure in the reference class"),
        "sd": ([rate.sd for rate in rates], "prior sd of the log rate"),
        "source": ([rate.source for rate in rates], "reference class"),
        "assumption": ([float(rate.assumption) for rate in rates], "1 where nothing was counted"),
        "observed": (
            [
                float(record_counts.get(row[0].kind, 0)) if now else np.nan
                for row, now in zip(rows, crisis, strict=True)
            ],
            "dated acts of the kind in this case's record, both phases together",
        ),
        "post_rate": (
            [
                after.get(row[0].kind, np.nan) if now else np.nan
                for row, now in zip(rows, crisis, strict=True)
            ],
            "posterior median of the base rate in the crisis phase, events a day",
        ),
    }
    return described(GROUP, columns, "catalogue of acts", {"catalogue_sha256": catalogue_hash()})


def possible(act: Act, cut: CutCase) -> bool:
    """Whether the case has an actor for an act, and every role that the act's gate asks for."""
    roles = {actor.role for actor in cut.actors}
    return act.role in roles and all(gate[1] in roles for gate in act.gate if gate[0] == "role")


def answer(run: Conditioned) -> xr.Dataset:
    """The group /acts of a conditioned case."""
    counts: dict[str, int] = {}
    for event in run.model.observations.events:
        counts[event.kind] = counts.get(event.kind, 0) + 1
    return act_table(run.case, counts)
