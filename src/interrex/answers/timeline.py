"""The graded timeline: every claim of the cut case in the order of its date, and the sources behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.dates import When, parse_when
from interrex.results.schema import GROUPS, Variable

Column = tuple[Any, str]
"""Values of a variable and its long name."""

_UNITS = {"days since window start": "day after window start", "days": "day", "hours": "hour"}
"""Units that xarray would take for dates and spans of time on reading, and what stands on disk instead."""


def described(
    group: str,
    columns: Mapping[str, Column],
    source: str,
    attrs: Mapping[str, Any] | None = None,
    more: Mapping[str, Variable] | None = None,
) -> xr.Dataset:
    """A group of the results as its schema types it, each variable with units, long_name and source.

    `more` types the variables that the schema does not name. A variable along its own name alone is a
    coordinate. Raises KeyError for a variable that neither names."""
    known = {**GROUPS[group].variables, **(more or {})}
    made = xr.Dataset(attrs=dict(attrs or {}))
    for name, (values, long_name) in columns.items():
        variable = known[name]
        array = np.array(values, dtype=object if variable.kind == "text" else np.float64)
        about = {
            "units": _UNITS.get(variable.units, variable.units),
            "long_name": long_name,
            "source": source,
        }
        if variable.dims == (name,):
            made = made.assign_coords({name: (variable.dims, array, about)})
        else:
            made[name] = (variable.dims, array, about)
    return made


def timeline(cut: CutCase, posterior_weight: Mapping[str, float] | None = None) -> dict[str, xr.Dataset]:
    """The groups `timeline` (dim claim) and `sources` (dim source) of a cut case.

    `posterior_weight` is the posterior mean of a claim's reliability (0 to 1) by claim id; claims without one
    get NaN, and without the mapping there is no variable `weight`. The names of actors and places stand for
    their ids; '' is not stated, 'nation' the whole country."""
    claims = sorted(cut.claims, key=lambda claim: (days_since(cut, claim.when), claim.id))
    actors = {actor.id: actor.name for actor in cut.actors}
    places = {"nation": "nation"}
    places |= {unit.unit: unit.name for unit in cut.units}
    places |= {region.region: region.name for region in cut.regions}

    def number(value: float | None) -> float:
        return np.nan if value is None else value

    columns: dict[str, Column] = {
        "claim": ([c.id for c in claims], "stable id of the claim"),
        "when_text": ([c.when.text for c in claims], "when, as the case writes it, local time"),
        "day": ([days_since(cut, c.when) for c in claims], "when it began, before any widening of 'about'"),
        "known_from": (
            [c.known_from.isoformat() for c in claims],
            "first day on which an analyst could know it",
        ),
        "known_from_basis": ([c.known_from_basis for c in claims], "what the day of knowledge rests on"),
        "section": ([c.section for c in claims], "part of the chronicle"),
        "actor": ([_named(c.actors, actors) for c in claims], "who acts"),
        "act": ([c.act for c in claims], "act kind of the catalogue"),
        "target": ([_named(c.targets, actors) for c in claims], "who is acted upon"),
        "place": ([_named(c.place.split(";"), places) for c in claims], "where"),
        "kind": ([c.kind for c in claims], "kind of claim"),
        "text": ([c.text for c in claims], "the claim in words"),
        "value": ([number(c.value) for c in claims], "magnitude claimed"),
        "low": ([number(c.low) for c in claims], "lower bound of the magnitude claimed"),
        "high": ([number(c.high) for c in claims], "upper bound of the magnitude claimed"),
        "measure": ([c.measure for c in claims], "what the magnitude counts"),
        "grade": ([c.grade for c in claims], "grade of the claim as it stood on the day"),
        "basis": ([c.basis for c in claims], "observed, official, testimony or inference"),
        "use": ([c.use for c in claims], "conditioned on (fit), kept for checking (check), or context"),
        "sources": ([";".join(c.sources) for c in claims], "ids of the sources, joined with ';'"),
        "conflicts": ([";".join(c.conflicts) for c in claims], "ids of claims that contradict it"),
    }
    if posterior_weight is not None:
        weights = [posterior_weight.get(c.id, np.nan) for c in claims]
        columns["weight"] = (weights, "posterior mean of the claim's reliability")
    return {
        "timeline": described("timeline", columns, f"ledger of the case {cut.id}"),
        "sources": _sources(cut),
    }


def days_since(cut: CutCase, when: When) -> float:
    """Days from the start of the window (00:00 local time) to the first moment named, before any widening."""
    named = parse_when(when.text.removeprefix("~")).start
    start = datetime.combine(cut.window.start, datetime.min.time())
    return (named - start).total_seconds() / 86400.0


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(one, one) for one in ids if one)


def _sources(cut: CutCase) -> xr.Dataset:
    sources = [cut.sources[key] for key in sorted(cut.sources)]
    columns: dict[str, Column] = {
        "source": ([s.source for s in sources], "stable id of the source"),
        "publisher": ([s.publisher for s in sources], "who published it"),
        "url": ([s.url for s in sources], "where it was read"),
        "published": (
            [s.published.isoformat() if s.published else "" for s in sources],
            "day of publication",
        ),
        "published_basis": ([s.published_basis for s in sources], "what the day of publication rests on"),
        "type": ([s.type for s in sources], "type of source"),
        "leaning": (
            ["" if s.leaning is None else f"{s.leaning:g}" for s in sources],
            "from -1 (against the rulers) to 1 (for them)",
        ),
    }
    return described("sources", columns, f"sources of the case {cut.id}")
