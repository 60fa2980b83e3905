"""Facts about the ruler and his country that the world record reads (`interrex risk`): names, forms, and what they say.

They may say `use: context`, since no simulation reads them. Dates are written YYYY-MM-DD, several with semicolons between;
`none` says that there were none.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from interrex.case.schema import Fact
from interrex.errors import quoted

Value = str | float | bool | datetime.date | tuple[datetime.date, ...]
CAME_BY = ("regular", "coup", "revolt", "foreign")
REGIME_WORDS = ("party", "military", "monarchy", "personal", "provisional", "parliamentary", "presidential")


class Form(NamedTuple):
    """kind: name, date, dates, years, share, flag, came_by or regime; text: what it is."""

    kind: str
    text: str


FORMS: dict[str, Form] = {
    "country": Form("name", "the country's name as in the record, or its number of the Correlates of War"),
    "incumbent_since": Form("date", "the day on which the incumbent came to power"),
    "incumbent_age": Form("years", "his age in years on the day of known_from"),
    "incumbent_military_career": Form("flag", "true if he made a career in the military"),
    "incumbent_came_by": Form("came_by", "how he came to power"),
    "polyarchy": Form("share", "V-Dem's index of electoral democracy, 0 to 1"),
    "regime": Form("regime", "the type of regime"),
    "executive_elections": Form("dates", "days of executive elections so far"),
    "next_executive_election": Form("date", "day of the next executive election, once it is known"),
    "demand_exit": Form("flag", "true if the protesters demand that somebody in office goes"),
    "coup_attempts": Form("dates", "days of coup attempts so far, by soldiers or the ruler's circle"),
}
"""By the name of the fact."""


def value(fact: Fact) -> Value:
    """What a fact says. Raises ValueError with what would be right."""
    form, given = FORMS[fact.id], fact.value
    text = str(given).strip()
    if form.kind == "name":
        return text
    if form.kind == "date":
        return _day(text)
    if form.kind == "dates":
        return () if text == "none" else tuple(sorted(_day(part.strip()) for part in text.split(";")))
    if form.kind == "flag":
        if not isinstance(given, bool):
            raise ValueError("write true or false")
        return given
    if form.kind in ("years", "share"):
        high = 1.0 if form.kind == "share" else 130.0
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= high:
            raise ValueError(f"give a number from 0 to {high:g}")
        return float(given)
    words = CAME_BY if form.kind == "came_by" else REGIME_WORDS
    found = [w for w in words if w in text.lower().replace("-", " ").split()]
    if not found:
        raise ValueError(f"use one of the words {', '.join(words)}")
    return found[0]


def misread(fact: Fact) -> tuple[str, str] | None:
    """What is wrong with a fact of these names, and the remedy; None if nothing is."""
    try:
        value(fact)
    except ValueError as error:
        return f"{quoted(str(fact.value))} is not {FORMS[fact.id].text}", str(error)
    return None


def told(facts: Iterable[Fact]) -> dict[str, Value]:
    """What the facts of a case say of its ruler, by name."""
    return {f.id: value(f) for f in facts if f.id in FORMS}


def born(facts: Iterable[Fact], day: datetime.date) -> float | None:
    """Year of the ruler's birth by the fact `incumbent_age`, his age on its known_from, or on `day` where that is not said;
    None without the fact."""
    age = next((f for f in facts if f.id == "incumbent_age"), None)
    return None if age is None else (age.known_from or day).year - float(str(value(age)))


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"write days as 2022-01-05, not {quoted(text)}") from None
