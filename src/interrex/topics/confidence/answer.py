"""Trust in the person, belief in his frame, trust in the predecessor, by audience."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import Summary, day_names, event_label
from interrex.results.schema import QUANTILES


def confidence_dataset(
    case: CutCase, posterior: Sequence[Summary], events: list[tuple[str, int, np.ndarray]]
) -> xr.Dataset:
    """Group /confidence: shares by audience, and what each act moved (change of the share over the act's day)."""
    beliefs = np.stack([s.beliefs for s in posterior]).astype(np.float64)
    share = 1.0 / (1.0 + np.exp(-beliefs))
    bands = np.quantile(share, QUANTILES, axis=0)
    dims = ("quantile", "day", "audience")
    audiences = np.array([a.id for a in case.audiences], dtype=object)
    names = day_names(case, share.shape[1])
    data: dict[str, Any] = {name: (dims, bands[..., q]) for q, name in enumerate(("trust", "frame", "old"))}
    data["audience_name"] = ("audience", np.array([a.name for a in case.audiences], dtype=object))
    changes = (
        np.array([e[2] for e in events]).reshape(len(events), len(posterior), len(audiences), 3)
        if events
        else np.zeros((0, 1, len(audiences), 3))
    )
    data["event_label"] = ("event", np.array([e[0] for e in events], dtype=object))
    data["event_day"] = ("event", np.array([names[min(e[1], len(names) - 1)] for e in events], dtype=object))
    for q, name in enumerate(("trust", "frame", "old")):
        data[f"{name}_change"] = (("event", "audience"), changes[..., q].mean(axis=1))
    positive, negative = (changes[..., 0] > 0).mean(axis=1), (changes[..., 0] < 0).mean(axis=1)
    data["sign_probability"] = (("event", "audience"), np.maximum(positive, negative))
    rows = [o for o in case.opinions if o.audience in set(audiences)]
    data["opinion_audience"] = ("opinion", np.array([o.audience for o in rows], dtype=object))
    inside = [min(max((o.when.day - case.window.start).days, 0), len(names) - 1) for o in rows]
    data["opinion_day"] = ("opinion", np.array([names[d] for d in inside], dtype=object))
    data["opinion_quantity"] = ("opinion", np.array([o.quantity for o in rows], dtype=object))
    data["opinion_label"] = (
        "opinion",
        np.array([f"{o.when.text}: {o.note or o.report}" for o in rows], dtype=object),
    )
    data["opinion_use"] = ("opinion", np.array([o.use for o in rows], dtype=object))
    data["opinion_share"] = ("opinion", np.array([o.share for o in rows], dtype=float))
    note = (
        "The level of trust is not identified: no independent poll from these weeks is in the ledger, and a bias that all "
        "reports share would move every report alike. Differences between days and audiences rest on the acts' likelihood "
        "ratios, which are assumptions; the column P(sign) says how sure their direction is."
    )
    return xr.Dataset(
        data,
        {"quantile": list(QUANTILES), "day": np.array(names, dtype=object), "audience": audiences},
        {"identified": note},
    )


def answer(run: Conditioned) -> xr.Dataset:
    """The group /confidence of a conditioned case."""
    events = [
        (event_label(e), int(e.minute // 1440), np.stack([changes[j] for changes in run.histories.changes]))
        for j, e in enumerate(run.model.observations.events)
    ]
    return confidence_dataset(run.case, run.histories.summaries, events)
