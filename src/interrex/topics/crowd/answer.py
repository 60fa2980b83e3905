"""People on the streets: model bands beside the reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.places import region_of
from interrex.engine.arena import Arena
from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import Summary, day_names, quantiles
from interrex.inference.observe import Observations
from interrex.inference.terms import crowd, of
from interrex.results.schema import QUANTILES


def crowd_dataset(
    case: CutCase,
    arena: Arena,
    posterior: Sequence[Summary],
    prior: Sequence[Summary],
    obs: Observations,
    p_values: Mapping[str, float],
) -> xr.Dataset:
    """Group /crowd: model bands beside the reports."""
    days = posterior[0].nation.size
    dims = ("quantile", "day", "region")
    data: dict[str, Any] = {
        "present_post": (dims, quantiles([s.present for s in posterior])),
        "taking_part_post": (dims, quantiles([s.taking_part for s in posterior])),
        "present_prior": (dims, quantiles([s.present for s in prior])),
        "nation_present_post": (dims[:2], quantiles([s.nation for s in posterior])),
        "nation_taking_part_post": (dims[:2], quantiles([s.nation_part for s in posterior])),
        "nation_present_prior": (dims[:2], quantiles([s.nation for s in prior])),
        "arrests_post": (dims[:2], quantiles([s.arrests for s in posterior])),
        "deaths_post": (dims[:2], quantiles([s.deaths for s in posterior])),
        "region_name": ("region", np.array([r.name for r in case.regions], dtype=object)),
    }
    names = day_names(case, days)
    rows: list[tuple[Any, ...]] = []
    claims = {c.id: c for c in case.claims}
    crowds = of(obs.terms, *crowd.CROWD.kinds)
    for i, label in enumerate(obs.term_labels):
        if not crowds[i] or not obs.term_claims[i]:
            continue
        claim = claims[obs.term_claims[i][0]]
        region = region_of(case, claim.place) or "nation"
        day = min(int(obs.terms.first[i]) // arena.ticks_per_day, days - 1)
        value = claim.value if claim.value is not None else math.sqrt(obs.terms.low[i] * obs.terms.high[i])
        low = claim.low if claim.low is not None else value
        high = claim.high if claim.high is not None else value
        rows.append(
            (
                region,
                names[day],
                "fit" if obs.term_use[i] else "check",
                label,
                value,
                low,
                high,
                p_values.get(claim.id, math.nan),
            )
        )
    for j, (name, kind) in enumerate(
        [
            ("region", object),
            ("day", object),
            ("use", object),
            ("label", object),
            ("value", float),
            ("low", float),
            ("high", float),
            ("p", float),
        ]
    ):
        data[f"report_{name}"] = ("report", np.array([r[j] for r in rows], dtype=kind))
    return xr.Dataset(
        data,
        {
            "quantile": list(QUANTILES),
            "day": np.array(names, dtype=object),
            "region": np.array([r.region for r in case.regions], dtype=object),
        },
    )


def answer(run: Conditioned) -> xr.Dataset:
    """The group /crowd of a conditioned case."""
    checked = run.answers["fit"]
    p_values = dict(zip(checked["claim"].values, checked["p"].values, strict=True))
    return crowd_dataset(
        run.case,
        run.model.arena,
        run.histories.summaries,
        run.prior.summaries,
        run.model.observations,
        p_values,
    )
