"""The graded timeline: every claim of the cut case in the order of its date, and the sources behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.dates import When, parse_when
from interrex.futures.conditioned import Conditioned
from interrex.results.described import Column, described
from interrex.topics.timeline.variables import GROUP


def answer(run: Conditioned) -> xr.Dataset:
    """The group /timeline of a conditioned case."""
    return timeline(run.case)


def timeline(cut: CutCase) -> xr.Dataset:
    """The claims of a cut case in the order of their dates (dim claim).

    The names of actors and places stand for their ids; '' is not stated, 'nation' the whole country."""
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
        "result": ([c.result for c in claims], "how the act ended, where the claim says so"),
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
    return described(GROUP, columns, f"ledger of the case {cut.id}")


def days_since(cut: CutCase, when: When) -> float:
    """Days from the start of the window (00:00 local time) to the first moment named, before any widening."""
    named = parse_when(when.text.removeprefix("~")).start
    start = datetime.combine(cut.window.start, datetime.min.time())
    return (named - start).total_seconds() / 86400.0


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(one, one) for one in ids if one)
