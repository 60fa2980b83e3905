"""People on the streets: model bands beside the reports."""

from __future__ import annotations

import math
from collections.abc import Mapping

import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.places import region_of
from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import day_names, quantiles
from interrex.inference.observe import Observations
from interrex.inference.terms import crowd, of
from interrex.results.described import dataset
from interrex.results.schema import QUANTILES
from interrex.topics.crowd.variables import GROUP


def answer(run: Conditioned) -> xr.Dataset:
    """The group /crowd of a conditioned case."""
    posterior, prior = run.histories.summaries, run.prior.summaries
    names = day_names(run.case, posterior[0].nation.size)
    checked = run.answers["fit"]
    p_values = dict(zip(checked["claim"].values, checked["p"].values, strict=True))
    rows = reports(run.case, run.model.observations, names, run.model.arena.ticks_per_day, p_values)
    return dataset(
        GROUP,
        {
            "quantile": QUANTILES,
            "day": names,
            "region": [r.region for r in run.case.regions],
            "region_name": [r.name for r in run.case.regions],
            "present_post": quantiles([s.present for s in posterior]),
            "taking_part_post": quantiles([s.taking_part for s in posterior]),
            "present_prior": quantiles([s.present for s in prior]),
            "nation_present_post": quantiles([s.nation for s in posterior]),
            "nation_taking_part_post": quantiles([s.nation_part for s in posterior]),
            "nation_present_prior": quantiles([s.nation for s in prior]),
            "arrests_post": quantiles([s.arrests for s in posterior]),
            "deaths_post": quantiles([s.deaths for s in posterior]),
            **{name: [row[name] for row in rows] for name in REPORT},
        },
    )


REPORT = tuple(v.name for v in GROUP.variables if v.dims == "report")


def reports(
    cut: CutCase, obs: Observations, names: list[str], ticks_per_day: int, p_values: Mapping[str, float]
) -> list[dict[str, object]]:
    """One row for every report of a crowd that is a likelihood term, by the names of the variables."""
    claims = {c.id: c for c in cut.claims}
    crowds = of(obs.terms, *crowd.CROWD.kinds)
    rows: list[dict[str, object]] = []
    for i, label in enumerate(obs.term_labels):
        if not crowds[i] or not obs.term_claims[i]:
            continue
        claim = claims[obs.term_claims[i][0]]
        value = claim.value if claim.value is not None else math.sqrt(obs.terms.low[i] * obs.terms.high[i])
        rows.append(
            {
                "report_region": region_of(cut, claim.place) or "nation",
                "report_day": names[min(int(obs.terms.first[i]) // ticks_per_day, len(names) - 1)],
                "report_use": "fit" if obs.term_use[i] else "check",
                "report_label": label,
                "report_value": value,
                "report_low": claim.low if claim.low is not None else value,
                "report_high": claim.high if claim.high is not None else value,
                "report_p": p_values.get(claim.id, math.nan),
            }
        )
    return rows
