"""Places of a case: cities and districts with their people, police, exposure and audiences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interrex.errors import CaseError
from interrex.mechanisms.state import Place
from interrex.polity.exposure import unit_exposure

if TYPE_CHECKING:
    from interrex.case import CutCase
    from interrex.case.schema import Audience, Organ


def agents(population: np.ndarray, weight: int) -> np.ndarray:
    """Simulated citizens i8[U] of units with `population` persons, when each stands for `weight` persons."""
    if weight < 1:
        raise ValueError(f"an agent stands for at least one citizen, not {weight}")
    counts = np.floor(np.asarray(population, dtype=float) / weight + 0.5).astype(np.int64)
    return np.maximum(counts, 1)


def make_place(case: CutCase) -> Place:
    """The fixed facts of the units of a cut case, in the case's order of units, regions and audiences.

    Police per 100,000 people come from the unit's region, else from the fact `police_per_100k`. Each unit's
    citizens are divided among the audiences at home by the region's internet share: evenly among the online
    ones, evenly among the others. Audiences abroad hold none of them. CaseError if a citizen would have no
    audience.
    """
    row = {region.region: r for r, region in enumerate(case.regions)}
    home = [case.regions[row[unit.region]] for unit in case.units]
    population = np.array([unit.population for unit in case.units], dtype=float)
    national = case.facts["police_per_100k"].value if "police_per_100k" in case.facts else None
    rate = [region.police_per_100k if region.police_per_100k is not None else national for region in home]
    for region, value in zip(home, rate, strict=True):
        if value is None:
            raise CaseError(
                f"region {region.region} has no police_per_100k; "
                "fill the column in regions.csv or add the fact police_per_100k to case.yaml"
            )
    return Place(
        population=population,
        region=np.array([row[unit.region] for unit in case.units], dtype=np.int64),
        police=np.array(rate, dtype=float) * population / 1e5,
        exposure=unit_exposure(case),
        city=np.array([float(unit.kind == "city") for unit in case.units]),
        capital=np.array([float(unit.capital) for unit in case.units]),
        share=_shares(case.audiences, np.array([region.internet_share for region in home], dtype=float)),
        online=np.array([float(audience.online) for audience in case.audiences]),
        leaning=np.array([audience.leaning for audience in case.audiences], dtype=float),
        region_effect=np.zeros(len(case.regions)),
        reserve=np.array([_strength(case.organs, "reinforcement"), _strength(case.organs, "reserve")]),
        nation=float(population.sum()),
    )


def _shares(audiences: Sequence[Audience], internet: np.ndarray) -> np.ndarray:
    """f8[U, G], rows summing to 1."""
    share = np.zeros((internet.size, len(audiences)))
    for online, part in ((True, internet), (False, 1.0 - internet)):
        members = [
            g for g, audience in enumerate(audiences) if audience.online == online and not audience.abroad
        ]
        if not members and part.max(initial=0.0) > 0.0:
            kind = "an online" if online else "an offline"
            raise CaseError(f"some citizens would have no audience; add {kind} audience that is not abroad")
        for g in members:
            share[:, g] = part / len(members)
    return share


def _strength(organs: Iterable[Organ], role: str) -> float:
    return float(sum(organ.strength or 0.0 for organ in organs if organ.role == role))
