"""Facts that something reads: how they are called, what their numbers mean, and where they must lie.

A fact of another name would be accepted and change nothing, so `check` refuses it unless it says `use: context`:
then it is shown in the report and no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from interrex.case.schema import Fact
from interrex.errors import quoted

SECTORS = ("energy", "industry", "finance", "services")
"""Sectors of planned entries of firms."""


class Reading(NamedTuple):
    """How a fact is read: its unit, bounds of its value, and whether `low` and `high` are needed ("range"), may be
    given ("spread") or mean nothing ("")."""

    unit: str
    low: float
    high: float
    bounds: str = ""
    whole: bool = False
    open: bool = False
    """Whether the bounds themselves are excluded."""


SHARE = Reading("share", 0.0, 1.0, "spread", open=True)
READ: dict[str, Reading] = {
    "police_per_100k": Reading("persons per 100,000", 0.0, 100_000.0),
    "trust_start": SHARE,
    "old_start": SHARE,
    "frame_start": SHARE,
    "entry_attention": SHARE._replace(bounds="range"),
    **{f"entry_loss_{sector}": SHARE._replace(bounds="range") for sector in SECTORS},
    **{
        f"entry_{name}": Reading(unit, 0.0, 1e6, "range", open=True)
        for name, unit in {
            "rate": "a year", "payout": "a year", "study": "a year", "window": "years", "memory": "years",
            "recurrence": "times", **{f"volatility_{sector}": "a square root of a year" for sector in SECTORS},
        }.items()
    },
}  # fmt: skip
"""Facts of one name."""

PLANS = Reading("plans", 0.0, 1e6, "range", open=True)
CANCELLED = Reading("plans", 0.0, 1e6, whole=True)
OF_ACTORS: dict[str, Reading] = {
    "appearances_{}": Reading("appearances", 0.0, 100_000.0, whole=True),
    "appearance_weeks_{}": Reading("weeks", 0.0, 10_000.0, open=True),
    "{}_birth_year": Reading("year", 1800.0, 2200.0, whole=True),
    "{}_age": Reading("years", 0.0, 130.0),
}
"""Facts of a predecessor or of kin, with the actor's id; ages also of `predecessor`. An age is that on the day of known_from."""


def readings(actors: Iterable[str], facts: Iterable[str]) -> dict[str, Reading]:
    """Every name that something reads, in a case with these predecessors and kin (their ids) and these facts.

    A number of cancellations is read of homes from which plans are named, and what is assumed of entries where a case
    names plans at all.
    """
    found = dict(READ)
    for actor in actors:
        found |= {form.format(actor): reading for form, reading in OF_ACTORS.items()}
    found |= {form.format("predecessor"): r for form, r in OF_ACTORS.items() if form.startswith("{")}
    plans = [name for name in facts if plan(name) is not None]
    for name in plans:
        home = plan(name)
        found |= {name: PLANS, f"cancelled_entries_{home}": CANCELLED}
    return found if plans else {name: r for name, r in found.items() if not name.startswith("entry_")}


def plan(name: str) -> str | None:
    """The home of the firms whose plans a fact counts; None for other facts."""
    for sector in SECTORS:
        start = f"planned_entries_{sector}_"
        if name.startswith(start) and len(name) > len(start):
            return name.removeprefix(start)
    return None


def misread(fact: Fact, reading: Reading) -> tuple[str, str, str] | None:
    """The field, what is wrong and what would be right of a fact that cannot be read so; None where it can."""
    value = fact.value
    if isinstance(value, (bool, str)):
        said = quoted(value) if isinstance(value, str) else str(value).lower()
        return "value", f"{said} is not a number", f"write a number ({reading.unit}) without quotes"
    named = {"value": float(value), "low": fact.low, "high": fact.high}
    between = f"between {reading.low:,g} and {reading.high:,g}" + (", neither of them" if reading.open else "")
    for name, number in named.items():
        if number is not None and not _inside(number, reading):
            return name, f"{number:g} is out of range", f"this is read in {reading.unit}, {between}"
    if reading.whole and float(value) != math.floor(value):
        return "value", f"{value:g} is no whole number", f"this counts {reading.unit}"
    if fact.unit not in ("", reading.unit):
        return "unit", f"{quoted(fact.unit)} is not the unit", f"give it in {reading.unit}, or leave unit out"
    if not reading.bounds and (fact.low is not None or fact.high is not None):
        return "low", "the bounds of this fact are not read", "leave low and high out, or tell them in note"
    if reading.bounds == "range" or fact.low is not None or fact.high is not None:
        if fact.low is None or fact.high is None:
            return "low", "the 90 % range is not complete", "give low and high"
        if not fact.low < float(value) < fact.high:
            return "low", "the range has no width on both sides of the value", "low < value < high must hold"
    return None


def _inside(number: float, reading: Reading) -> bool:
    if reading.open:
        return reading.low < number < reading.high
    return reading.low <= number <= reading.high
