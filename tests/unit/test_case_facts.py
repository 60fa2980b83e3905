"""A fact is read as what it is, or refused: no number of a case is accepted and left aside."""

import numpy as np
import pytest

from interrex.case import check_case, facts, load_case
from interrex.case.template import write_template
from interrex.firms import planned
from interrex.inference.space import make_space
from interrex.mechanisms import all_mechanisms


@pytest.fixture
def toy(tmp_path):
    return write_template("toy", tmp_path / "toy")


def with_facts(folder, *rows):
    text = (folder / "case.yaml").read_text()
    added = "".join(f"  - {{{row}}}\n" for row in rows)
    (folder / "case.yaml").write_text(text.replace("facts:\n", "facts:\n" + added, 1))
    return check_case(folder)


def test_the_registry_names_what_mechanisms_and_firms_read():
    shares = {p.name for m in all_mechanisms() for p in m.params if p.unit.startswith("logit of the share")}
    assert shares == {name for name, reading in facts.READ.items() if reading.bounds == "spread"}
    assert tuple(planned.SECTORS) == facts.SECTORS
    guesses = [*planned.COMMON, *(guess for pair in planned.SECTORS.values() for guess in pair)]
    assert {f"entry_{g.id}" for g in guesses} == {name for name in facts.READ if name.startswith("entry_")}
    for guess in guesses:
        reading = facts.READ[f"entry_{guess.id}"]
        assert (reading.high == 1.0) == guess.share
        assert reading.unit in guess.unit


REFUSED = [
    ("id: trust_strat, value: 0.5, assumption: true", "nothing reads the fact 'trust_strat'; did you mean 'trust_start'?"),
    ("id: inflation, value: 8, assumption: true", "nothing reads the fact 'inflation'; set use to context if it is only to be shown"),
    ("id: old_start, value: 62, assumption: true", "62 is out of range; this is read in share, between 0 and 1, neither of them"),
    ("id: old_start, value: 1, assumption: true", "1 is out of range"),
    ("id: old_start, value: '0.5', assumption: true", "'0.5' is not a number; write a number (share) without quotes"),
    ("id: old_start, value: true, assumption: true", "true is not a number"),
    ("id: old_start, value: 0.5, unit: per cent, assumption: true", "'per cent' is not the unit; give it in share"),
    ("id: old_start, value: 0.5, low: 0.4, assumption: true", "the 90 % range is not complete; give low and high"),
    ("id: old_start, value: 0.5, low: 0.5, high: 0.6, assumption: true", "the range has no width on both sides"),
    ("id: old_start, value: 0.5, low: -0.1, high: 0.6, assumption: true", "-0.1 is out of range"),
    ("id: predecessor_age, value: 79, assumption: true", "the year of birth is given too, and an age is not read then"),
    ("id: president_age, value: 79, assumption: true", "nothing reads the fact 'president_age'"),
    ("id: appearances_elder, value: 4, assumption: true", "read together with 'appearance_weeks_elder', which is missing"),
    ("id: cancelled_entries_europe, value: 4, assumption: true", "nothing reads the fact 'cancelled_entries_europe'"),
    ("id: entry_rate, value: 0.1, low: 0.05, high: 0.2, assumption: true", "nothing reads the fact 'entry_rate'"),
    ("id: planned_entries_industry_europe, value: 4, assumption: true", "the 90 % range is not complete"),
    ("id: planned_entries_farming_europe, value: 4, assumption: true", "nothing reads the fact 'planned_entries_farming_europe'"),
    ("id: old_start, value: 0.5, use: context, assumption: true", "old_start is read by the model, and cannot be context"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sentence"), REFUSED, ids=[row.partition(", ass")[0] for row, _ in REFUSED])
def test_what_nobody_can_mean_is_refused_and_what_nothing_reads_is_warned_of(toy, row, sentence):
    found = with_facts(toy, row)
    told = found.warnings if sentence.startswith("nothing reads") else found.problems
    assert len(found.problems) + len(found.warnings) == 1
    assert len(told) == 1 and sentence in str(told[0]), list(map(str, told))
    assert told[0].file == "case.yaml" and told[0].line > 20


def test_bounds_of_the_police_are_refused_since_nothing_reads_them(toy):
    text = (toy / "case.yaml").read_text()
    (toy / "case.yaml").write_text(text.replace("value: 310,", "value: 310, low: 200, high: 400,"))
    assert "the bounds of this fact are not read" in str(check_case(toy).problems[0])


def test_a_fact_stands_once_by_name_or_in_the_list(toy):
    told = with_facts(toy, "id: predecessor_birth_year, value: 1950, assumption: true").problems
    assert len(told) == 1 and "the id 'predecessor_birth_year' stands twice" in str(told[0])


def test_facts_that_are_read_and_context_pass(toy):
    found = with_facts(
        toy,
        "id: frame_start, value: 0.2, assumption: true",
        "id: appearances_elder, value: 4, assumption: true",
        "id: appearance_weeks_elder, value: 12, assumption: true",
        "id: planned_entries_industry_far_isles, value: 4, low: 1, high: 9, assumption: true",
        "id: entry_rate, value: 0.1, low: 0.05, high: 0.2, unit: a year, assumption: true",
        "id: cancelled_entries_far_isles, value: 2, assumption: true",
        "id: form_of_state, value: republic, use: context, assumption: true",
    )
    assert found.problems == ()
    assert {"frame_start", "regime", "predecessor_birth_year"} <= set(found.case.facts)


def test_the_range_of_a_share_sets_the_spread_of_its_prior():
    case = load_case("kazakhstan-2022")
    cut = case.as_of(case.default_as_of)
    fact = cut.facts["trust_start"]

    def prior(**changes):
        changed = cut.facts | {"trust_start": fact.model_copy(update=changes)}
        space = make_space(all_mechanisms(), changed, len(cut.regions), 3)
        return space.params[space.index("trust_start")].prior

    ends = [1.0 / (1.0 + np.exp(-(prior().a + sign * 1.6449 * prior().b))) for sign in (-1, 1)]
    width = np.log(fact.high / (1 - fact.high)) - np.log(fact.low / (1 - fact.low))
    assert np.diff([np.log(e / (1 - e)) for e in ends]) == pytest.approx(width, rel=1e-3)
    assert prior(low=None, high=None).b > prior().b > prior(low=0.7, high=0.74).b
