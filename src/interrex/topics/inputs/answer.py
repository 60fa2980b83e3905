"""What the case was given besides its claims, entry by entry, and what reads it."""

from __future__ import annotations

from typing import NamedTuple

import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.schema import (
    Actor,
    Audience,
    Coverage,
    Fact,
    Organ,
    Period,
    Quantity,
    Reactor,
    Region,
    Shock,
    Unit,
)
from interrex.case.vocabulary import STAKES
from interrex.futures.conditioned import Conditioned
from interrex.mechanisms.acts import ROLES
from interrex.results.described import dataset
from interrex.topics.inputs.variables import GROUP

Sourced = (
    Region | Unit | Actor | Organ | Audience | Shock | Coverage | Period | Reactor | Fact | Quantity
)


class Input(NamedTuple):
    """One entry: a word for its kind, its name, what it says, and what reads it."""

    kind: str
    name: str
    says: str
    read: str


def answer(run: Conditioned) -> xr.Dataset:
    """The group /inputs of a conditioned case."""
    return inputs(run.case)


def inputs(cut: CutCase) -> xr.Dataset:
    """The entries of a cut case besides its claims (dim input), kind by kind in the order of their ids."""
    parts: list[Sourced] = [
        *cut.regions, *cut.units, *cut.actors, *cut.organs, *cut.audiences, *cut.shocks, *cut.coverage, *cut.agenda,
        *cut.reactors, *cut.facts.values(),
    ]  # fmt: skip
    if cut.hypotheses.contacts_per_year is not None:
        parts.append(cut.hypotheses.contacts_per_year)
    told = [_told(cut, part) for part in parts]
    values = {name: [getattr(t, name) for t in told] for name in Input._fields}
    values["known_from"] = [d.isoformat() if (d := getattr(p, "known_from", None)) else "" for p in parts]
    return dataset(GROUP, values | {"source": [_basis(p) for p in parts]})


def _basis(part: Sourced) -> str:
    return "; ".join(filter(None, (part.source, "assumption" if part.assumption or not part.source else "")))


def _told(cut: CutCase, part: Sourced) -> Input:
    names = {actor.id: actor.name for actor in cut.actors}
    match part:
        case Region():
            shares = f"{part.internet_share:g} online, {part.urban_share:g} urban, hardship {part.hardship:g}"
            police = "" if part.police_per_100k is None else f"{part.police_per_100k:g} police per 100,000"
            says = _joined(f"{part.population:,} people", shares, f"fuel exposure {part.fuel_exposure:g}", police)
            return Input("region", part.name, says, "people, share online, police, the shock's column")
        case Unit():
            offset = "" if part.utc_offset is None else f"UTC{part.utc_offset:+g}"
            says = _joined(f"{part.population:,} people", part.kind, part.capital and "capital", offset)
            return Input("unit", part.name, says, "people, kind, hours")
        case Reactor():
            stakes = (f"{name} {getattr(part, name):g}" for name in STAKES if getattr(part, name))
            says = _joined(part.group, part.patron and "patron", *stakes, not part.watched and "not watched")
            return Input("reactor", part.name, says, "attention from abroad")
        case Quantity():
            span = f"{part.low:g} to {part.high:g}" if part.low is not None and part.high is not None else ""
            return Input("base rate", "contacts of leaders", _joined(f"{part.value:g} a year", span), "shown beside explanations")
        case Actor():
            ties = (f"{tie.kind.replace('_', ' ')} {names.get(tie.to, tie.to)}" for tie in part.ties)
            where = ", ".join(r.name for r in cut.regions if r.region in part.region.split(";"))
            says = _joined(ROLES[part.role], part.public_office, part.stakes and f"at stake: {part.stakes}", *ties, where)
            return Input("actor", part.name, says, "acts" if part.process == "hazard" else "told of")
        case Organ():
            men = f"{part.strength:,.0f} persons" if part.strength is not None else "strength not known"
            loyal = part.loyal_to and f"loyal to {names.get(part.loyal_to, part.loyal_to)}"
            says = _joined(part.role.replace("_", " "), men, loyal, part.suspected and "suspected of a plot")
            read = "strength" if part.role in ("reinforcement", "reserve") else "told of"
            return Input("security organ", part.name or part.id, says, read)
        case Audience():
            where = "abroad" if part.abroad else "at home"
            says = _joined(f"leaning {part.leaning:+g}", "online" if part.online else "offline", where)
            return Input("audience", part.name, says, "leaning" if part.abroad else "leaning, medium")
        case Shock():
            reach = ", ".join(r.name for r in cut.regions if r.region in part.regions) or "all regions"
            by = part.exposure.replace("_", " ") or "nothing: everybody alike"
            says = _joined(part.kind, part.on.isoformat(), f"size {part.size:g}", f"scaled by {by}", reach)
            return Input("shock", part.label or part.id, says, "day, size, exposure, regions")
        case Coverage():
            says = _joined(f"{part.start} to {part.end}", part.place)
            return Input("watched", part.what, says, "silence counts")
        case Period():
            whom = ", ".join(r.name for r in cut.reactors if r.id in part.reactors)
            says = _joined(f"{part.start.text} to {part.end.text}", whom)
            return Input("agenda", part.what.replace("_", " "), says, "attention from abroad")
        case Fact():
            span = f"{part.low:g} to {part.high:g}" if part.low is not None and part.high is not None else ""
            said = str(part.value).lower() if isinstance(part.value, bool) else str(part.value)
            return Input("fact", part.id.replace("_", " "), _joined(said, part.unit, span, part.note),
                         "value" if part.use == "model" else "told of")  # fmt: skip


def _joined(*parts: str | bool) -> str:
    return "; ".join(str(part) for part in parts if part)
