"""Reactions dated in other crises, as bounds: the first reaction came no later than the first one on record.

Five rows of four crises, all that the collection of 27 leadership crises and the second shipped case date with a
source. A crisis got such a row because somebody noted a reaction in it, so each row is taken given that there was
one by the end of its crisis: it tells how early, not whether. Stakes and shares of violence and blackout are
assumptions.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from importlib.resources import files
from typing import NamedTuple

from interrex.attention.exposure import Stretch, segments
from interrex.attention.likelihood import Watch
from interrex.case.dates import parse_day
from interrex.case.vocabulary import STAKES


class Dated(NamedTuple):
    """One row: a reaction of `reactor` in `crisis` at most `days` after its start, of `length` days in all."""

    crisis: str
    country: str
    reactor: str
    days: float
    length: float
    stakes: dict[str, float]
    violence: float
    blackout: float
    source: str
    note: str


def reference(as_of: date, case: str) -> list[Dated]:
    """The rows known by a day, without those of the crisis that is itself the `case`."""
    text = files("interrex").joinpath("library", "crises", "reactions.csv").read_text(encoding="utf-8")
    return [
        Dated(
            row["crisis"],
            row["country"],
            row["reactor"],
            _days(row, "reaction_on"),
            _days(row, "end"),
            {name: float(row[name]) for name in STAKES},
            float(row["violence"]),
            float(row["blackout"]),
            row["source"],
            row["note"],
        )
        for row in csv.DictReader(io.StringIO(text))
        if parse_day(row["known_from"]) <= as_of and row["case"] != case
    ]


def watches(rows: list[Dated]) -> list[Watch]:
    """The rows as first reactions in (0, days]; their agenda is spread evenly over the days."""
    crises = sorted({row.crisis for row in rows})
    found: list[Watch] = []
    for row in rows:
        agenda = [
            Stretch(name, 0.0, row.length, share)
            for name, share in (("violence", row.violence), ("blackout", row.blackout))
        ]
        time = segments(row.length, agenda, row.stakes)
        found.append(Watch(crises.index(row.crisis), time, 0.0, row.days, chosen=row.length))
    return found


def _days(row: dict[str, str], name: str) -> float:
    """Days from the start of the first day of a crisis to the end of a day."""
    return float((parse_day(row[name]) - parse_day(row["start"])).days + 1)
