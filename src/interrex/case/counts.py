"""Counts of persons: whole, in persons, and no more of them than live in the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from interrex.case.schema import Claim, Region, Unit
from interrex.errors import quoted

PERSONS = ("", "person", "persons", "people")
RANGE = 0.05
"""Share of the nation on the street above which conditioning gives a history no weight."""
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(\.\d{3})+")

Finding = tuple[str, str, str]
"""Field, what is wrong, what would be right."""


def people(regions: Iterable[Region], units: Iterable[Unit]) -> dict[str, int]:
    """Inhabitants of each place that a claim may name; '' and 'nation' are all of them."""
    found = {unit.unit: unit.population for unit in units}
    found |= {region.region: region.population for region in regions}
    nation = sum(region.population for region in regions)
    return found | {"": nation, "nation": nation}


def not_whole(written: str, number: float) -> tuple[str, str] | None:
    """What is wrong with a number of persons as it is written; None where it is whole and plain."""
    if _THOUSANDS.fullmatch(written):
        return (
            f"{written} is read as {number:g}, and may be meant as {written.replace('.', '')}",
            "write a count of persons with digits only",
        )
    if number != int(number):
        return f"{number:g} is no count", "a count of persons has no decimals; write digits only"
    return None


def claim_counts(claim: Claim, written: Mapping[str, str], inhabitants: Mapping[str, int]) -> Iterator[Finding]:
    """Mistakes in what a claim of persons counts; `written` are its cells as text."""
    if claim.unit.lower() not in PERSONS:
        remedy = f"write the number of persons, and leave unit empty: {claim.kind} is counted in persons"
        yield "unit", f"the unit is {quoted(claim.unit)}", remedy
        return
    numbers = {name: getattr(claim, name) for name in ("value", "low", "high")}
    for name, number in numbers.items():
        wrong = not_whole(written.get(name, ""), number) if number is not None else None
        if wrong is not None:
            yield name, *wrong
            return
    if claim.use == "context":
        return
    live = sum(inhabitants.get(place, 0) for place in claim.place.split(";"))
    most = max((n for n in numbers.values() if n is not None), default=0.0)
    if most > live > 0:
        name = next(name for name, number in numbers.items() if number == most)
        where = claim.place or "the nation"
        yield (
            name,
            f"{most:,.0f} are more than the {live:,} people of {where}",
            "correct the number or the place, or set use to context",
        )


def beyond_the_model(claim: Claim, nation: int) -> Finding | None:
    """A crowd that the model gives no weight, whatever the other claims say."""
    least = claim.value if claim.value is not None else claim.low
    if claim.kind != "crowd" or claim.use != "fit" or least is None or least <= RANGE * nation:
        return None
    return (
        "value" if claim.value is not None else "low",
        f"{least:,.0f} are more than {RANGE:.0%} of the nation, which is beyond the range of the model",
        "keep it for checking (use check), or expect a bad fit",
    )
