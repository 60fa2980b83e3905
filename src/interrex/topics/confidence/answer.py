"""Trust in the person, belief in his frame, trust in the predecessor, by audience."""

from __future__ import annotations

import numpy as np
import xarray as xr

from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import day_names, event_label
from interrex.inference.terms import of
from interrex.inference.terms.opinion import OPINION
from interrex.mechanisms.maths import exp_of
from interrex.results.described import dataset
from interrex.results.schema import QUANTILES
from interrex.topics.confidence.variables import GROUP

BELIEFS = ("trust", "frame", "old")
"""In the order of a history's beliefs."""


def answer(run: Conditioned) -> xr.Dataset:
    """The group /confidence of a conditioned case: shares by audience, and what each act moved (change over the act).
    Trust in a predecessor only where the case has one."""
    cut, seen = run.case, run.model.observations
    events = seen.events
    beliefs = np.stack([s.beliefs for s in run.histories.summaries]).astype(np.float64)
    bands = np.quantile(1.0 / (1.0 + exp_of(-beliefs)), QUANTILES, axis=0)
    names = day_names(cut, beliefs.shape[1])
    audiences = [a.id for a in cut.audiences]
    changes = np.zeros((len(events), len(run.histories.changes), len(audiences), len(BELIEFS)))
    for n, one in enumerate(run.histories.changes):
        for j, change in enumerate(one):
            changes[j, n] = change
    positive, negative = (changes[..., 0] > 0).mean(axis=1), (changes[..., 0] < 0).mean(axis=1)
    asked = [o for o in cut.opinions if o.audience in audiences]
    conditioned = np.flatnonzero(of(seen.terms, *OPINION.kinds) & (seen.term_use == 1))
    used = {report for i in conditioned for report in seen.term_claims[i]}
    told = [q for q, name in enumerate(BELIEFS) if name != "old" or run.model.arena.predecessor]
    return dataset(
        GROUP,
        {
            "quantile": QUANTILES,
            "day": names,
            "audience": audiences,
            "audience_name": [a.name for a in cut.audiences],
            **{BELIEFS[q]: bands[..., q] for q in told},
            "event_label": [event_label(e) for e in events],
            "event_day": [names[min(int(e.minute // 1440), len(names) - 1)] for e in events],
            **{f"{BELIEFS[q]}_change": changes[..., q].mean(axis=1) for q in told},
            "sign_probability": np.maximum(positive, negative),
            "opinion_audience": [o.audience for o in asked],
            "opinion_day": [o.when.day.isoformat() for o in asked],
            "opinion_quantity": [o.quantity for o in asked],
            "opinion_label": [f"{o.when.text}: {o.note or o.report}" for o in asked],
            "opinion_use": ["fit" if o.report in used else "check" if o.use == "check" else "context" for o in asked],
            "opinion_share": [o.share for o in asked],
            "opinions": len(used),
        },
    )
