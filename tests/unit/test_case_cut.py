"""The as-of cut: what stays, what goes, what is said about hindsight."""

from datetime import date, timedelta

import pytest

from interrex.case import CutCase, check_case, load_case
from interrex.case.template import write_template
from interrex.errors import RunError


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return load_case(write_template("toy", tmp_path_factory.mktemp("toy") / "toy"))


def references_resolve(cut):
    sources, claims, actors = set(cut.sources), {c.id for c in cut.claims}, {a.id for a in cut.actors}
    parts = [
        *cut.regions,
        *cut.units,
        *cut.audiences,
        *cut.organs,
        *cut.actors,
        *cut.shocks,
        *cut.coverage,
        *cut.opinions,
        *cut.prices,
        *cut.reactors,
        *cut.agenda,
        *cut.reactions,
        *cut.facts.values(),
    ]
    for part in parts:
        assert set(filter(None, part.source.split(";"))) <= sources
    for claim in cut.claims:
        assert set(claim.sources) <= sources and set(claim.conflicts) <= claims
        assert {*claim.actors, *claim.targets} <= actors
    reactors = {r.id for r in cut.reactors}
    assert all(r.reactor in reactors and (r.claim in claims or not r.claim) for r in cut.reactions)
    assert all(set(p.reactors) <= reactors for p in cut.agenda)
    for actor in cut.actors:
        assert {tie.to for tie in actor.ties} <= actors


@pytest.mark.parametrize(
    "day", ["2028-01-01", "2030-03-01", "2030-03-12", "2030-03-16", "2030-03-18", "2030-04-10"]
)
def test_nothing_known_later_is_in_a_cut_and_every_reference_resolves(case, day):
    cut = case.as_of(day)
    assert cut.as_of_date == date.fromisoformat(day)
    for name in (
        "claims",
        "actors",
        "shocks",
        "coverage",
        "opinions",
        "prices",
        "reactors",
        "agenda",
        "reactions",
        "counterfactuals",
        "questions",
    ):
        assert all(part.known_from <= cut.as_of_date for part in getattr(cut, name))
    assert all(s.published is None or s.published <= cut.as_of_date for s in cut.sources.values())
    assert all(c.end <= cut.as_of_date for c in cut.coverage)
    assert all(p.end.end.date() <= cut.as_of_date + timedelta(days=1) for p in cut.agenda)
    references_resolve(cut)


def test_the_whole_case_as_of_its_end_holds_all_claims(case):
    cut = case.as_of(case.default_as_of)
    assert len(cut.claims) == len(case.claims)
    assert cut.structure_with_hindsight == ()


def test_hypotheses_keep_their_names_and_lose_late_labels(case):
    cut = case.as_of("2030-03-12")
    assert cut.hypotheses.understanding == ("none", "ready", "phone", "summit")
    assert cut.hypotheses.labels["phone"].label == "phone"
    assert cut.hypotheses.labels["ready"].label.startswith("Borealian forces")
    assert cut.hypotheses.plot.label == "plot" and cut.hypotheses.plot.suspected_organ == ""
    assert not any(organ.suspected for organ in cut.organs)
    assert any("plot was formed with hindsight" in note for note in cut.structure_with_hindsight)
    assert any(organ.suspected for organ in case.as_of("2030-03-17").organs)


def test_a_correction_silences_a_claim_from_its_day_on(case):
    before = {c.id: c for c in case.as_of("2030-03-29").claims}["deaths-state-18"]
    after = {c.id: c for c in case.as_of("2030-03-30").claims}["deaths-state-18"]
    assert before.use == "fit" and before.superseded_from is None
    assert after.use == "context" and after.superseded_from == date(2030, 3, 30)


def test_conflicts_with_claims_not_yet_known_are_left_out(case):
    arrests = {c.id: c for c in case.as_of("2030-03-25").claims}["arrests-civic-25"]
    assert arrests.conflicts == ("arrests-18",)


def test_a_day_that_is_none_is_a_sentence(case):
    with pytest.raises(RunError, match="'tomorrow' is not a day; write it as 2022-01-05"):
        case.as_of("tomorrow")


def test_calm_ends_at_the_latest_on_the_day_of_the_cut(case):
    assert case.as_of("2030-03-05").calm_until == date(2030, 3, 5)
    assert case.as_of("2030-03-15").calm_until == date(2030, 3, 10)


def test_verdicts_on_an_opinion_piece_come_after_the_piece(case):
    assert case.as_of("2030-04-01").opinion_piece is None
    assert case.as_of("2030-04-02").opinion_piece.statements[0].verdict == "open"


def test_figures_published_later_become_flat(case):
    north = next(r for r in case.regions if r.region == "north").model_copy(
        update={"known_from": date(2030, 3, 20)}
    )
    late = case.model_copy(
        update={"regions": tuple(r if r.region != "north" else north for r in case.regions)}
    )
    cut = {r.region: r for r in late.as_of("2030-03-19").regions}
    assert cut["north"].hardship == pytest.approx((0.35 + 0.45) / 2)
    assert (
        cut["north"].population == 800_000
        and cut["north"].assumption
        and cut["north"].police_per_100k is None
    )
    assert any("regions north" in note for note in late.as_of("2030-03-19").structure_with_hindsight)


def test_a_grade_is_that_of_the_day(case):
    claims = tuple(
        c.model_copy(update={"grade_before": "rumour", "grade_from": date(2030, 3, 20)})
        if c.id == "deaths-15"
        else c
        for c in case.claims
    )
    changed = case.model_copy(update={"claims": claims})
    assert {c.id: c.grade for c in changed.as_of("2030-03-19").claims}["deaths-15"] == "rumour"
    assert {c.id: c.grade for c in changed.as_of("2030-03-20").claims}["deaths-15"] == "several"


def test_a_claim_known_live_keeps_no_source_of_later_days(case):
    claims = tuple(
        c.model_copy(update={"known_from": date(2030, 3, 15)}) if c.id == "deaths-15" else c
        for c in case.claims
    )
    cut = case.model_copy(update={"claims": claims}).as_of("2030-03-15")
    live = {c.id: c for c in cut.claims}["deaths-15"]
    assert live.sources == () and live.origin == "live-deaths-15"


def test_canonical_bytes_rebuild_the_cut_case(case):
    for day in ("2030-03-12", "2030-04-10"):
        cut = case.as_of(day)
        again = CutCase.from_bytes(cut.canonical_bytes())
        assert again.canonical_bytes() == cut.canonical_bytes() and again.fingerprint == cut.fingerprint
        assert again.claims == cut.claims


def test_fingerprints_differ_by_day_and_not_by_folder(case, tmp_path):
    assert case.as_of("2030-03-12").fingerprint != case.as_of("2030-03-13").fingerprint
    assert load_case(write_template("toy", tmp_path / "elsewhere")).fingerprint == case.fingerprint


def cut_with(folder, day, *changes):
    folder = write_template("toy", folder / "toy")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return load_case(folder).as_of(day)


@pytest.mark.parametrize(
    ("day", "summary"),
    [
        ("2030-02-01", "A fictional country of three regions in the second year of its president."),
        ("2030-03-12", "The price of heating oil doubles in a fictional country of three regions, and protests begin"),
        ("2030-04-10", "The price of heating oil doubles in a fictional country of three regions. Protests begin"),
    ],
)
def test_the_summary_is_the_one_that_could_be_written_by_the_day(case, day, summary):
    assert case.as_of(day).summary.startswith(summary)
    assert case.summary == case.as_of("2031-01-01").summary


def test_texts_without_a_day_are_those_of_the_whole_case(case, tmp_path):
    text = write_template("toy", tmp_path / "a").joinpath("case.yaml").read_text()
    start, end = text.index("title:"), text.index("# The simulated days")
    texts = (text[start:end], 'title: "How it ended"\nsummary: "It ended well"\n\n')
    undated = (", known_from: 2030-03-14}\n  - {id: no-dep", "}\n  - {id: no-dep"), ("  known_from: 2030-03-10\n", "")
    early = cut_with(tmp_path / "early", "2030-04-09", texts, *undated)
    assert (early.title, early.summary) == ("toy", "") and "ended" not in early.canonical_bytes().decode()
    assert early.question.text == "The question of this case was put later; here stands what could be known by the day."
    assert "no-shutdown" not in {c.id for c in early.counterfactuals}
    late = cut_with(tmp_path / "late", "2030-04-10", texts, *undated)
    assert (late.title, late.summary) == ("How it ended", "It ended well")
    assert "no-shutdown" in {c.id for c in late.counterfactuals} and late.question.text.startswith("Does the")


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        ('["a", "b"]', "a later version has no known_from"),
        ("[{text: a, known_from: 2030-03-02}, {text: b, known_from: 2030-03-01}]", "not in order of known_from"),
        ("[{text: a, known_from: 2030-03-01}, {text: b, known_from: 2030-03-01}]", "not in order of known_from"),
        ("[]", "the list is empty"),
        ("{text: 5}", "5 is not text"),
    ],
)
def test_versions_are_in_time(tmp_path, versions, sentence):
    folder = write_template("toy", tmp_path / "toy")
    text = (folder / "case.yaml").read_text()
    start, end = text.index("summary:"), text.index("# The simulated days")
    (folder / "case.yaml").write_text(f"{text[:start]}summary: {versions}\n{text[end:]}")
    told = check_case(folder).problems
    assert len(told) == 1 and sentence in str(told[0]) and told[0].path.startswith("summary")


def test_hours_at_a_place_with_another_offset_are_moved_to_the_clock_of_the_case(case):
    claim = next(c for c in case.claims if c.id == "crowd-north-11")  # 17:00 in Northport
    units = tuple(u.model_copy(update={"utc_offset": 0.0}) if u.unit == "northport" else u for u in case.units)
    moved = case.model_copy(update={"units": units})
    assert case.clock(claim) == claim.when
    assert moved.clock(claim).start - claim.when.start == timedelta(hours=2)
    assert moved.clock(claim).text == claim.when.text
    for place in ("nation", "north", "northport;saltmere"):  # where the clocks differ among themselves
        assert moved.clock(claim.model_copy(update={"place": place})) == claim.when
    whole_day = next(c for c in case.claims if c.id == "crowd-north-12")
    assert moved.clock(whole_day) == whole_day.when
