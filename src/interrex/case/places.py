"""Places as columns name them: a unit, a region, the nation, or several joined with ';'."""

from __future__ import annotations

from interrex.case.cut import CaseBody

NATION = ("", "nation")


def units_of(case: CaseBody, place: str) -> tuple[int, ...]:
    """Indices of the units that a place covers, in order, each once; the nation where none is named. KeyError for a
    name that is neither a unit nor a region."""
    inside: set[int] = set()
    for name in place.split(";"):
        found = {i for i, unit in enumerate(case.units) if name in NATION or name in (unit.unit, unit.region)}
        if not found:
            raise KeyError(name)
        inside |= found
    return tuple(sorted(inside))


def region_of(case: CaseBody, place: str) -> str | None:
    """The region that a place lies in; None for the nation and for places of more than one region."""
    regions = {case.units[i].region for i in units_of(case, place)}
    if any(name in NATION for name in place.split(";")) or len(regions) != 1:
        return None
    return regions.pop()


def held_out_regions(case: CaseBody) -> tuple[str, ...]:
    """Regions whose magnitudes are all kept for checking."""
    used: dict[str, set[str]] = {}
    for claim in case.claims:
        region = region_of(case, claim.place)
        if claim.kind in ("crowd", "arrests", "deaths") and region:
            used.setdefault(claim.use, set()).add(region)
    return tuple(sorted(used.get("check", set()) - used.get("fit", set())))
