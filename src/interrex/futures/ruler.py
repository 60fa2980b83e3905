"""The ruler of a case as the world record sees him: the facts of its `polity` block in the record's own form."""

from __future__ import annotations

import datetime
from typing import NamedTuple, cast

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.ruler import FORMS, born, told
from interrex.errors import CaseError
from interrex.record import risk
from interrex.record.features import Country
from interrex.record.summary import country_number
from interrex.record.tables import TABLES, filled

Days = tuple[datetime.date, ...]

UNTOLD: dict[str, tuple[str, ...]] = {
    "incumbent_military_career": ("military_career",),
    "incumbent_came_by": ("came_by_coup", "fresh_coup"),
    "regime": tuple(f for f in risk.FAMILIES["type of regime"]),
    "executive_elections": risk.FAMILIES["elections held so far"],
    "coup_attempts": risk.FAMILIES["coup attempts so far"],
    "country": risk.FAMILIES["region"],
}
"""Features of which nothing is known where a fact is missing."""

ALWAYS = (
    *risk.FAMILIES["changes of ruler so far"],
    *risk.FAMILIES["coup attempts at the neighbours"],
    "deaths",
    "energy",
)
"""Features of which a case tells nothing."""


class Ruler(NamedTuple):
    """country: his country's rows; ccode: its number, -1 where the record does not know it; missing: facts not given."""

    country: Country
    ccode: int
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def ruler(case: CutCase, day: datetime.date) -> Ruler:
    """What the facts of a case that could be known on `day` tell of its ruler. Raises CaseError without the day on which he
    came to power."""
    facts = {
        f.id: f
        for f in case.facts.values()
        if f.id in FORMS and (f.known_from is None or f.known_from <= day)
    }
    said = told(facts.values())
    if "incumbent_since" not in said:
        raise CaseError(
            f"{case.id}: polity does not say incumbent_since, the day on which the incumbent came to power"
        )
    name = next((a.name for a in case.actors if a.role == "incumbent"), "the incumbent")
    rows: dict[str, list[dict[str, object]]] = {}

    def fill(table: str, **columns: object) -> None:
        rows.setdefault(table, []).append(columns)

    since = cast(datetime.date, said["incumbent_since"])
    military = cast("bool | None", said.get("incumbent_military_career"))
    fill("leaders", leader=name, start=since, known=since, born=born(facts.values(), day), military=military,
         entry=said.get("incumbent_came_by", ""))  # fmt: skip
    votes = {when: when for when in cast(Days, said.get("executive_elections", ()))}
    if "next_executive_election" in said:
        coming = cast(datetime.date, said["next_executive_election"])
        votes.setdefault(coming, facts["next_executive_election"].known_from or day)
    for when, known in votes.items():
        fill("elections", day=when, executive=True, scheduled=True, known=known)
    for when in dict.fromkeys(cast(Days, said.get("coup_attempts", ()))):
        fill("coups", day=when, success=False, known=when)
    if "polyarchy" in said:
        known = facts["polyarchy"].known_from or day
        fill("democracy", year=known.year - 1, polyarchy=said["polyarchy"], known=known)
    if "regime" in said:
        fill("regimes", start=since, regime=said["regime"], known=since)
    fill("nations", year=day.year, population=sum(r.population for r in case.regions), known=day)
    ccode = country_number(str(said["country"])) if "country" in said else -1
    tables = {
        table: filled(table, ({"ccode": ccode} | row for row in rows.get(table, ()))) for table in TABLES
    }
    missing = tuple(f for f in FORMS if f not in said and f != "demand_exit")
    unknown = (*ALWAYS, *(f for fact in missing for f in UNTOLD.get(fact, ())))
    if {"executive_elections", "next_executive_election"} <= set(missing):
        unknown += risk.FAMILIES["election ahead or just held"]
    nowhere = np.array([])
    return Ruler(Country(tables, (nowhere, nowhere)), ccode, unknown, missing)
