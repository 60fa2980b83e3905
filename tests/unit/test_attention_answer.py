"""The answer on attention: which reactions count, what the as-of day hides, what the report says."""

import csv
import re
from datetime import date
from importlib.resources import files

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.attention.ratio import Ratio
from interrex.case import load_case
from interrex.case.dates import parse_when
from interrex.case.template import write_template
from interrex.report import build
from interrex.results.schema import problems
from interrex.topics import groups
from interrex.topics.attention.answer import attention, clock, verdict
from interrex.workbench import sections


@pytest.fixture(scope="module")
def case():
    return load_case("kazakhstan-2022")


@pytest.fixture(scope="module")
def answer(case):
    return attention(case.as_of("2022-02-28"), seed=1)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return load_case(write_template("toy", tmp_path_factory.mktemp("toy") / "toy"))


def page(dataset) -> str:
    meta = stored_run.tree()["meta"].to_dataset(inherit=False)
    html = build(
        xr.DataTree.from_dict({"/meta": meta, "/attention": dataset}), stored_run.manifest(), sections()
    ).decode()
    start = html.index('<section id="attention"')
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[start : html.index("</section>", start)]))


def test_the_group_follows_the_schema(answer):
    assert problems(xr.DataTree.from_dict({"/attention": answer}), groups()) == []
    assert answer.attrs["effective_draws"] > 500
    assert answer.attrs["start_text"].startswith("2022-01-02") and answer.attrs["end_hours"] == pytest.approx(133)


def test_each_reaction_is_one_of_the_ledger_with_its_day_source_and_grade(case):
    claims = {c.id: c for c in case.claims}
    assert len(case.reactions) >= 10
    for r in case.reactions:
        claim = claims[r.claim]
        assert (r.known_from, r.grade) == (claim.known_from, claim.grade)
        assert set(r.source.split(";")) <= set(claim.sources)
        assert abs((r.when.day - claim.when.day).days) <= 1
    told = {
        c.id for c in case.claims if c.act in ("foreign_condemns", "foreign_supports", "foreign_mediation")
    }
    assert told <= {r.claim for r in case.reactions}


def test_stakes_without_a_source_are_assumptions(case):
    assert all(r.assumption for r in case.reactors)
    assert all(p.source or p.assumption for p in case.agenda)


def test_hours_run_from_the_start_in_the_clock_of_the_reactor(case):
    time = clock(case.as_of("2022-02-28"))
    first = time.seen(next(r for r in case.reactors if r.id == "usa"))[0]
    # 5 January in Washington is 11:00 on the 5th to 11:00 on the 6th in Almaty; the start is 11:00 on the 2nd.
    assert (24 * first.start, 24 * first.end) == pytest.approx((72.0, 96.0))
    assert time.length == pytest.approx(133 / 24)


def test_what_comes_after_the_end_is_shown_and_not_counted(answer):
    out = dict(zip(answer["reaction_text"].values, answer["left_out"].values, strict=True))
    assert {why for why in out.values()} == {"", "after its end"}
    assert sum(why == "" for why in out.values()) == answer["observed"].values.sum() == 8
    assert answer["scope_observed"].values[0] == 6  # without the patron
    late = list(answer["variant_text"].values).index("The crisis ends 4 days later")
    assert answer["variant_observed"].values[late] == 7


def test_a_longer_wait_lowers_the_ratio(answer):
    texts, middle = list(answer["variant_text"].values), answer["variant_ratio"].values
    later = [middle[i] for i, text in enumerate(texts) if text.startswith("The crisis ends")]
    assert len(later) == 3 and np.all(np.diff([middle[0], *later]) < 0)


def test_intervals_are_honestly_wide(answer):
    low, high = answer["scope_ratio_low"].values, answer["scope_ratio_high"].values
    assert (high / low > 10).all()
    assert answer["ratio_low"].values[4] < answer["ratio"].values[4] < answer["ratio_high"].values[4]
    assert "neither is its opposite" in answer.attrs["verdict"]


def test_the_future_does_not_matter(case):
    day = "2022-01-07"
    altered = case.model_copy(
        update={
            "reactions": tuple(
                r if r.known_from <= date(2022, 1, 7) else r.model_copy(update={"strength": 5, "when": parse_when("2022-01-03")})
                for r in case.reactions
            ),
            "agenda": tuple(
                p.model_copy(update={"end": parse_when("2022-02-01")}) if p.what == "crisis" else p for p in case.agenda
            ),
        }
    )  # fmt: skip
    one, two = attention(case.as_of(day), 1), attention(altered.as_of(day), 1)
    assert one.identical(two)


@pytest.mark.parametrize("day", ["2022-01-03", "2022-01-01", "2021-12-20"])
def test_a_crisis_too_young_is_not_judged(case, day):
    assert "two days old" in attention(case.as_of(day), 1).attrs["absent_because"]


def test_reports_that_may_be_outstanding_are_no_silence(case):
    """On 5 January nothing was on record yet, and nothing is concluded from it."""
    early = attention(case.as_of("2022-01-05"), 1)
    assert early["observed"].values.sum() == 0 and early.attrs["end_hours"] == pytest.approx(37)
    assert "not shown" in early.attrs["verdict"]


def test_a_case_without_the_table_says_so_in_one_sentence():
    absent = attention(load_case("belarus-2020").as_of("2020-09-30"), 1)
    told = absent.attrs["absent_because"]
    assert told.count(".") == 1 and not absent.variables
    assert told.rstrip(".") in page(absent)


def test_weak_reports_and_reactors_nobody_watched_do_not_count(toy):
    reactions = tuple(r.model_copy(update={"grade": "rumour"}) for r in toy.reactions)
    weak = attention(toy.model_copy(update={"reactions": reactions}).as_of("2030-04-10"), 1)
    assert weak["observed"].values.sum() == 0 and set(weak["left_out"].values) == {"the report is weak"}
    reactors = tuple(r.model_copy(update={"watched": r.id != "occidentia"}) for r in toy.reactors)
    blind = attention(toy.model_copy(update={"reactors": reactors}).as_of("2030-04-10"), 1)
    n = list(blind["reactor"].values).index("Occidentia")
    assert np.isnan(blind["ratio"].values[n]) and blind["scope_name"].values[0] == "All"
    assert "nobody looked" in page(blind)
    assert problems(xr.DataTree.from_dict({"/attention": blind}), groups()) == []


def test_the_template_case_is_judged(toy):
    made = attention(toy.as_of("2030-04-10"), 1)
    assert list(made["observed"].values) == [1, 1]
    assert "Borealia" in page(made)


@pytest.mark.parametrize(
    ("ends", "word"),
    [((0.1, 0.3, 0.8), "less than expected"), ((0.5, 1, 2), "not shown"), ((1.2, 3, 9), "not less")],
)
def test_the_verdict_follows_the_interval(ends, word):
    made = Ratio(np.array(ends), np.ones(3), np.ones(3), 3, 0.5, 0.5)
    assert word in verdict(made, "All") and "90 % interval" in verdict(made, "All")


def test_the_report_says_it_plainly(answer):
    told = page(answer)
    for words in (
        "Verdict", "Rare?", "Slow?", "Words only?", "Blind to stakes?", "What cannot be known", "none found",
        "hours after the start", "Every reaction is on record", "Reactions dated in other crises",
    ):  # fmt: skip
        assert words in told, words
    assert answer.attrs["statement"] in told


def test_uneven_weights_are_told_and_not_used(case, monkeypatch):
    from interrex.topics.attention import answer as module

    fit = module.fit
    monkeypatch.setattr(module, "fit", lambda *a, **k: fit(*a, **k)._replace(effective=5.0))
    made = module.attention(case.as_of("2022-02-28"), 1)
    assert not made.variables and "5 independent" in made.attrs["absent_because"]


ATOP_CODES = {"usa": 2, "uk": 200, "turkey": 640, "china": 710, "russia": 365}
KAZAKHSTAN = 705


def test_a_full_treaty_stake_is_a_defence_pact(case, public_data):
    """Against ATOP (Leeds et al. 2002) for 2018, read where it lies and never shipped."""
    path = public_data / "peacesciencer" / "atop_alliance_1990_2018.csv"
    if not path.is_file():
        pytest.skip("no table of alliances beside the clone")
    with path.open(encoding="utf-8") as stream:
        next(stream)
        pacts = {
            (int(float(a)), int(float(b)), int(float(year)))
            for a, b, year, defence, *_ in (line.split(",") for line in stream)
            if float(defence) == 1
        }
    for reactor in case.reactors:
        if reactor.id in ATOP_CODES:
            allied = (ATOP_CODES[reactor.id], KAZAKHSTAN, 2018) in pacts
            assert (reactor.treaty == 1) == allied, reactor.id
    for one, other, year in ((365, 370, 2018), (365, 704, 2016), (560, 552, 2017)):  # the reference rows
        assert (one, other, year) in pacts


def test_other_crises_start_and_end_as_in_the_collection(public_data):
    path = public_data.parent / "cases" / "crises.csv"
    if not path.is_file():
        pytest.skip("no collection of crises beside the clone")
    with path.open(encoding="utf-8") as stream:
        known = {row["case_id"]: row for row in csv.DictReader(stream)}
    text = files("interrex").joinpath("library", "crises", "reactions.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        assert (row["start"], row["end"]) == (
            known[row["crisis"]]["start_date"],
            known[row["crisis"]]["outcome_date"],
        )


def test_seen_over_expected_is_the_plain_quotient_and_the_rate_factor_stands_apart(answer):
    def told(seen: float) -> str:
        changed = answer.copy()
        changed["observed"] = changed["observed"] * 0.0 + seen
        changed["expected"] = changed["expected"] * 0.0 + 1.6
        return page(changed)

    assert "1.9" in told(3.0) and "3.8" in told(6.0) and "3.8" not in told(3.0)
    assert "Seen over expected" in told(3.0) and "Rate factor" in told(3.0)
