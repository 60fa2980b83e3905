"""How often acts happen: the catalogue's record behind each rate, beside what this case has seen."""

from __future__ import annotations

import math
from collections import Counter

import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.mechanisms.acts import ACTS, PHASES, ROLES, Act
from interrex.results.described import dataset
from interrex.topics.acts.variables import GROUP


def act_table(cut: CutCase, seen: Counter[str]) -> xr.Dataset:
    """The group `acts`: a row for each phase of every act kind that some actor of the case can do.

    seen: dated acts of the record by kind. They stand in the row of the crisis phase; the calm row has NaN."""
    rows = [(act, phase) for act in ACTS if possible(act, cut) for phase in range(len(PHASES))]
    rates = [act.phase_rates[phase] for act, phase in rows]
    return dataset(
        GROUP,
        {
            "kind": [act.kind for act, _ in rows],
            "role": [" or ".join(ROLES[role] for role in act.roles) for act, _ in rows],
            "phase": [PHASES[phase] for _, phase in rows],
            "source": [rate.source for rate in rates],
            "n": [rate.n for rate in rates],
            "exposure_days": [rate.days for rate in rates],
            "assumption": [rate.assumption for rate in rates],
            "sd": [rate.sd for rate in rates],
            "observed": [seen[act.kind] if PHASES[phase] == "crisis" else math.nan for act, phase in rows],
        },
    )


def possible(act: Act, cut: CutCase) -> bool:
    """Whether the case has an actor for an act, and every role that the act's gate asks for."""
    roles = {actor.role for actor in cut.actors}
    return bool(roles & {*act.roles}) and all(gate[1] in roles for gate in act.gate if gate[0] == "role")


def answer(run: Conditioned) -> xr.Dataset:
    """The group /acts of a conditioned case."""
    return act_table(run.case, Counter(event.kind for event in run.model.observations.events))
