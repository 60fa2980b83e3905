"""The second shipped case: another country, no predecessor, no map, and no change of code."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from interrex.case import load_case
from interrex.mechanisms.acts import BY_KIND

NAME = "belarus-2020"


@pytest.fixture(scope="module")
def case():
    return load_case(NAME)


def test_it_loads_without_problems(case) -> None:
    assert case.id == NAME
    assert 15 <= len(case.claims) <= 60


def test_populations_of_units_are_those_of_the_census(case) -> None:
    total = sum(region.population for region in case.regions)
    assert total == sum(unit.population for unit in case.units)
    assert total == pytest.approx(case.facts["population_total"].value, rel=1e-3)


def test_it_has_a_patron_but_no_predecessor(case) -> None:
    roles = Counter(actor.role for actor in case.actors)
    assert roles["incumbent"] == 1 and roles["patron"] == 1
    assert not roles["predecessor"] and not roles["kin"]
    assert case.hypotheses.plot is None


def test_acts_use_the_one_catalogue_within_its_bounds(case) -> None:
    known_roles = {actor.role for actor in case.actors}
    counts: Counter[str] = Counter()
    for claim in case.claims:
        if claim.act:
            assert claim.act in BY_KIND
        if claim.kind in ("act", "appearance") and claim.use == "fit":
            counts[claim.act] += 1
    for kind, n in counts.items():
        assert n <= BY_KIND[kind].repeat, kind
        for condition in BY_KIND[kind].gate:
            if condition[0] == "role":
                assert condition[1] in known_roles
            elif condition[0] == "after":
                assert counts[condition[1]], f"{kind} stands in the ledger without {condition[1]}"


def test_claims_are_known_no_earlier_than_they_happened(case) -> None:
    for claim in case.claims:
        assert claim.known_from >= claim.when.day, claim.id


def test_memory_is_marked_and_never_fitted(case) -> None:
    for claim in case.claims:
        from_memory = any(case.sources[source].type == "memory" for source in claim.sources)
        assert from_memory == (claim.grade == "memory"), claim.id
        if from_memory:
            assert claim.use == "context"
    for source in case.sources.values():
        assert source.url or source.type == "memory", source.source


def test_totals_that_came_later_are_cut(case) -> None:
    early = case.as_of(date(2020, 8, 12))
    ids = {claim.id for claim in early.claims}
    assert "detained-9aug" in ids and "shutdown-9aug" in ids
    assert not ids & {"detained-total-13aug", "request", "crowd-16aug-afp", "dead-final"}
    assert "Sochi" not in early.canonical_bytes().decode()
    latest = case.as_of(case.default_as_of)
    assert {claim.id for claim in case.claims} - {claim.id for claim in latest.claims} == {
        "total-nov",
        "dead-final",
        "no-coup",
    }
