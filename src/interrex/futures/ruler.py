"""The ruler of a case as the world record sees him: the facts of its `polity` block in the record's own form."""

from __future__ import annotations

import datetime
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from interrex.case.cut import CutCase
from interrex.case.ruler import FORMS, told
from interrex.errors import CaseError
from interrex.record import risk
from interrex.record.features import Country
from interrex.record.summary import country_number
from interrex.record.tables import TABLES, empty

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
    rows = {table: empty(table) for table in TABLES}

    def fill(table: str, **columns: object) -> None:
        blank = {
            c: "" if k.kind == "str" else np.nan
            for c, k in TABLES[table].columns.items()
            if not k.kind.startswith("M8")
        }
        dates = {c: pd.NaT for c, k in TABLES[table].columns.items() if k.kind.startswith("M8")}
        made = pd.DataFrame([{**blank, **dates, **columns}])
        rows[table] = made if rows[table].empty else pd.concat([rows[table], made], ignore_index=True)

    since = pd.Timestamp(cast(datetime.date, said["incumbent_since"]))
    age = facts.get("incumbent_age")
    born = (age.known_from or day).year - float(cast(float, said["incumbent_age"])) if age else np.nan
    fill("leaders", leader=name, start=since, known=since, born=born, entry=said.get("incumbent_came_by", ""),
         military=float(cast(bool, said["incumbent_military_career"])) if "incumbent_military_career" in said else np.nan)  # fmt: skip
    for when in cast(tuple[datetime.date, ...], said.get("executive_elections", ())):
        fill(
            "elections",
            day=pd.Timestamp(when),
            executive=True,
            scheduled=True,
            known=pd.Timestamp(when),
            held=True,
        )
    if "next_executive_election" in said:
        coming = cast(datetime.date, said["next_executive_election"])
        known = facts["next_executive_election"].known_from or day
        fill(
            "elections",
            day=pd.Timestamp(coming),
            executive=True,
            scheduled=True,
            known=pd.Timestamp(known),
            held=False,
        )
    for when in cast(tuple[datetime.date, ...], said.get("coup_attempts", ())):
        fill("coups", day=pd.Timestamp(when), success=False, known=pd.Timestamp(when))
    if "polyarchy" in said:
        known = pd.Timestamp(facts["polyarchy"].known_from or day)
        fill("democracy", polyarchy=said["polyarchy"], known=known)
    if "regime" in said:
        fill("regimes", regime=said["regime"], known=since)
    people = sum(r.population for r in case.regions)
    fill("nations", population=float(people), known=pd.Timestamp(day))
    missing = tuple(f for f in FORMS if f not in said and f != "demand_exit")
    unknown = (*ALWAYS, *(f for fact in missing for f in UNTOLD.get(fact, ())))
    if {"executive_elections", "next_executive_election"} <= set(missing):
        unknown += risk.FAMILIES["election ahead or just held"]
    rows["elections"]["executive"] = rows["elections"]["executive"].astype(bool)
    nowhere = np.array([])
    return Ruler(
        Country(rows, (nowhere, nowhere)), country_number(str(said["country"])) if "country" in said else -1, unknown, missing
    )
