"""The graded timeline: every claim of the cut case in the order of its date, and the sources behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.dates import When, parse_when
from interrex.futures.conditioned import Conditioned
from interrex.results.described import dataset
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

    columns = {
        "claim": [c.id for c in claims],
        "when_text": [c.when.text for c in claims],
        "day": [days_since(cut, c.when) for c in claims],
        "known_from": [c.known_from.isoformat() for c in claims],
        "known_from_basis": [c.known_from_basis for c in claims],
        "section": [c.section for c in claims],
        "actor": [_named(c.actors, actors) for c in claims],
        "act": [c.act for c in claims],
        "result": [c.result for c in claims],
        "target": [_named(c.targets, actors) for c in claims],
        "place": [_named(c.place.split(";"), places) for c in claims],
        "kind": [c.kind for c in claims],
        "text": [c.text for c in claims],
        "value": [number(c.value) for c in claims],
        "low": [number(c.low) for c in claims],
        "high": [number(c.high) for c in claims],
        "measure": [c.measure for c in claims],
        "grade": [c.grade for c in claims],
        "basis": [c.basis for c in claims],
        "use": [c.use for c in claims],
        "sources": [";".join(c.sources) for c in claims],
        "conflicts": [";".join(c.conflicts) for c in claims],
    }
    return dataset(GROUP, columns)


def days_since(cut: CutCase, when: When) -> float:
    """Days from the start of the window (00:00 local time) to the first moment named, before any widening."""
    named = parse_when(when.text.removeprefix("~")).start
    start = datetime.combine(cut.window.start, datetime.min.time())
    return (named - start).total_seconds() / 86400.0


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(one, one) for one in ids if one)
