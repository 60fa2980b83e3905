"""Key judgements: each follows its values, says something, and prints confidence that was counted."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures.told import told
from fixtures.weights import scored
from interrex.futures.pool import Part, Score, pool
from interrex.futures.shares import Chance
from interrex.results.described import dataset
from interrex.results.withhold import withhold
from interrex.topics.counterfactuals.variables import GROUP as COUNTERFACTUALS
from interrex.topics.judgements import answer as judgements
from interrex.topics.judgements.confidence import Mark, checks, confidence, misfit, reported, rivals_apart
from interrex.topics.judgements.variables import GROUP
from interrex.topics.outcomes.answer import summed
from interrex.topics.outcomes.variables import GROUP as OUTCOMES
from interrex.topics.support.variables import GROUP as SUPPORT

GOOD, BAD = Mark(True, "all is well"), Mark(False, "something is not")


def case(as_of: date = date(2030, 3, 5), claims: tuple[Any, ...] = (), **sources: str) -> Any:
    return SimpleNamespace(
        as_of_date=as_of, window=SimpleNamespace(start=date(2030, 3, 1)), claims=claims,
        sources={name: SimpleNamespace(type=kind) for name, kind in sources.items()},
    )  # fmt: skip


def summaries(*rows: list[float], part: list[list[float]] | None = None, stopped: int = 0) -> list[Any]:
    return [
        SimpleNamespace(
            nation=np.array(row, float), nation_part=np.array(part[n] if part else [2 * v for v in row], float),
            stopped=n < stopped,
        )
        for n, row in enumerate(rows)
    ]  # fmt: skip


ISLAND = np.zeros(4, int)


# the peak


def test_the_peak_gives_the_figure_of_its_own_day() -> None:
    rows = [[0, 9000, 500, 0, 0]] * 4
    part = [[0, 12000, 50000, 0, 0]] * 4
    found = judgements.peak(case(), summaries(*rows, part=part), ISLAND, True, [])
    assert found is not None and "about 2 March 2030: 12,000 (90 %: 12,000 to 12,000) people" in found.text
    assert found.chance.p == 1.0 and math.isnan(found.chance.low) and found.over == ""
    smaller = [[0, 8000, 50000, 0, 0]] * 3 + [[0, 10000, 0, 0, 0]]
    found = judgements.peak(case(), summaries(*rows, part=smaller), ISLAND, False, [])
    assert found is not None and "2 March 2030: 8,000 people" in found.text and found.chance.p == 0.25


def test_a_peak_after_the_as_of_day_is_not_known() -> None:
    rows = [[0, 2000, 1000, 0, 0, 90000]] * 4
    found = judgements.peak(case(), summaries(*rows), ISLAND, True, [])
    assert found is not None and "2 March" in found.text
    last = judgements.peak(case(date(2030, 3, 6)), summaries(*rows), ISLAND, True, [])
    assert last is not None and "6 March" in last.text


def test_without_a_notable_crowd_there_is_no_peak() -> None:
    assert judgements.peak(case(), summaries([0, 999, 0]), ISLAND[:1], True, []) is None
    assert judgements.peak(case(), summaries([0, 1000, 0]), ISLAND[:1], True, []) is not None


def test_spread_of_the_peak_is_that_of_the_histories() -> None:
    part = [[0, v, 0, 0, 0] for v in (5000, 20000, 30000, 90000)]
    found = judgements.peak(case(), summaries(*[[0, 3000, 0, 0, 0]] * 4, part=part), ISLAND, True, [])
    assert found is not None and "2030: 25,000 (90 %: 7,300 to 81,000) people" in found.text
    assert found.chance.p == 0.75


# days ahead


def test_a_large_crowd_is_looked_for_in_the_ten_days_ahead_alone() -> None:
    quiet = [0.0] * 20
    inside, before, after = quiet.copy(), quiet.copy(), quiet.copy()
    inside[14], before[4], after[15] = 10000, 90000, 90000
    found = judgements.large_crowd(case(), summaries(inside, before, after, quiet), ISLAND, [GOOD])
    assert found is not None and found.chance.p == 0.25 and "within 10 days of 5 March 2030" in found.text
    assert "Confidence is high: all is well." in found.confidence
    short = judgements.large_crowd(case(), summaries(*[[0.0] * 8] * 4), ISLAND, [])
    assert short is not None and "within 3 days" in short.text
    assert judgements.large_crowd(case(), summaries(*[[0.0] * 5] * 4), ISLAND, []) is None


def test_a_history_that_left_the_range_before_is_unknown() -> None:
    gone = [0.0, 0, 0, 70000] + [70000.0] * 16
    later = [0.0] * 8 + [70000.0] * 12
    quiet = [0.0] * 20
    found = judgements.large_crowd(case(), summaries(gone, later, quiet, quiet, stopped=2), ISLAND, [])
    assert found is not None
    assert (found.chance.p, found.chance.low, found.chance.high) == (pytest.approx(1 / 3), 0.25, 0.5)


# office


def office(**changes: Any) -> xr.Dataset:
    values = {
        "in_office_p": 0.8, "in_office_p_low": 0.6, "in_office_p_high": 0.85, "in_office_p_error": 0.01,
        "reference_p": [0.9, 0.4], "horizon": 150, "left_on": "", "left_claim": "",
    }  # fmt: skip
    return dataset(OUTCOMES, values | changes)


def test_office_at_the_horizon_of_the_case() -> None:
    found = judgements.in_office(case(), office(), True, [GOOD])
    assert "in office 150 days after 1 March 2030 (reference classes: 40 to 90 %)" in found.text
    assert found.chance == Chance(0.8, 0.6, 0.85, 0.01)
    assert "Confidence is high: the range is 25 points wide; all is well." in found.confidence
    narrow = office(in_office_p_low=0.799, in_office_p_high=0.809)
    assert "the range is 1 point wide" in judgements.in_office(case(), narrow, True, []).confidence
    assert "moderate" in judgements.in_office(case(), office(in_office_p_low=0.4), True, [GOOD]).confidence
    assert judgements.in_office(case(), office(in_office_p=0.3), True, []).chance.p == 0.3
    assert (
        "points wide" not in judgements.in_office(case(), office(in_office_p_low=np.nan), True, []).confidence
    )


def test_a_failed_run_says_nothing_of_the_width_of_a_range() -> None:
    assert "wide" not in judgements.in_office(case(), office(), False, [GOOD]).confidence


def test_a_documented_departure_takes_the_place_of_a_forecast() -> None:
    found = judgements.in_office(case(), office(left_on="2030-03-04", left_claim="quits"), True, [GOOD])
    assert found.text == "The incumbent left office on 4 March 2030, by claim quits"
    assert math.isnan(found.chance.p) and found.confidence == ""


# a bargain


def test_the_sentence_on_a_bargain_goes_where_the_probability_goes() -> None:
    there = judgements.bargain(0.83, 0.3, [0.7, 0.9], True, [GOOD])
    assert there is not None and there.text == "There was a bargain with the patron; 30 % before the evidence"
    assert there.chance[:3] == (0.83, 0.7, 0.9)
    none = judgements.bargain(0.17, 0.4, [0.1, 0.3], True, [GOOD])
    assert none is not None and none.text == "There was no bargain with the patron; 60 % before the evidence"
    assert none.chance[:3] == pytest.approx((0.83, 0.7, 0.9))


def test_evidence_that_leaves_a_bargain_open_is_no_judgement() -> None:
    assert judgements.bargain(0.6, 0.3, [0.2, 0.9], True, []) is None  # on both sides of the prior
    assert judgements.bargain(0.6, 0.3, [0.35, 0.9], True, []) is None  # on both sides of one half
    assert judgements.bargain(0.6, 0.7, [0.55, 0.65], True, []) is not None
    assert judgements.bargain(0.6, 0.6, [0.6], True, []) is None


def test_a_cell_of_the_grid_gives_the_share_of_its_bargains() -> None:
    share = judgements.share_in(
        np.log([1.0, 3.0, 2.0]), np.array([0.5, 0.25, 0.25]), np.array([False, True, True])
    )
    assert share == pytest.approx(1.25 / 1.75)


# a counterfactual


def acts(diff: list[float], low: list[float], high: list[float]) -> xr.Dataset:
    n = len(diff)
    rows = {
        name: np.array([[9e9, v] for v in values])
        for name, values in (("diff", diff), ("diff_low", low), ("diff_high", high))
    }
    names = [f"act {i}" for i in range(n)]
    made = dataset(COUNTERFACTUALS, rows | {"label": names})
    return made.assign_coords(metric=["peak", "person_days"])


def test_the_act_that_moved_most_is_named_with_its_side() -> None:
    found = judgements.counterfactual(
        acts([500, -80000, np.nan], [100, -90000, -1], [900, -60000, 1]), True, [GOOD]
    )
    assert (
        found is not None and "Of the 3 acts examined, this one moved the street most: ‘act 1’" in found.text
    )
    assert "80,000 fewer person-days of protest (90 %: 60,000 to 90,000)" in found.text
    other = judgements.counterfactual(acts([500, -80], [100, -90], [900, -60]), True, [])
    assert other is not None and "500 more person-days" in other.text and "(90 %: 100 to 900)" in other.text


def test_one_act_alone_moved_nothing_most() -> None:
    found = judgements.counterfactual(acts([500], [100], [900]), True, [])
    assert found is not None and found.text.startswith("‘act 0’ would have meant 500 more")


def test_the_largest_of_those_told_apart_from_nothing_is_not_called_the_largest() -> None:
    found = judgements.counterfactual(acts([500, 9000], [100, -1], [900, 20000]), True, [])
    assert found is not None and "most" not in found.text and "‘act 0’" in found.text


@pytest.mark.parametrize(
    ("diff", "low", "high"), [([0.0], [0.0], [0.0]), ([5.0], [-1.0], [9.0]), ([5.0], [0.0], [9.0]), ([0.4], [0.3], [0.5]), ([np.nan], [np.nan], [np.nan])]
)  # fmt: skip
def test_an_effect_that_may_be_none_is_no_judgement(
    diff: list[float], low: list[float], high: list[float]
) -> None:
    assert judgements.counterfactual(acts(diff, low, high), True, []) is None


def test_without_trusted_intervals_or_acts_there_is_no_counterfactual() -> None:
    assert judgements.counterfactual(acts([500], [100], [900]), False, []) is None
    assert judgements.counterfactual(None, True, []) is None
    assert judgements.counterfactual(xr.Dataset(), True, []) is None


# support and misfit


def test_support_is_told_where_something_is_identified() -> None:
    made = dataset(SUPPORT, {"verdict": "the elite keeps him", "decided": 1})
    found = judgements.support(made, [BAD])
    assert (
        found is not None
        and found.text == "the elite keeps him"
        and "moderate: something is not" in found.confidence
    )
    silent, counted = (
        judgements.support(made.merge(dataset(SUPPORT, {"weight": w, "p_sum": 0.9})), []) for w in (0.0, 0.25)
    )
    assert silent is not None and "keeps him; so says the simulation alone, which does not count in the sum" in silent.text
    assert counted is not None and "which counts 25 % in the sum" in counted.text
    assert judgements.support(dataset(SUPPORT, {"verdict": "open", "decided": 0}), []) is None
    assert judgements.support(xr.Dataset(), []) is None


def test_misses_are_told_where_there_are_many() -> None:
    found = judgements.misses(0.6, 0.4, False, "")
    assert (
        found is not None and "60 % of the reports used" in found.text and "40 % of those kept" in found.text
    )
    assert judgements.misses(0.8, 0.1, False, "") is None
    assert judgements.misses(math.nan, math.nan, False, "") is None
    alone = judgements.misses(0.6, math.nan, False, "")
    assert alone is not None and "kept" not in alone.text
    put_in = judgements.misses(0.9, 0.9, True, "put in by shocks")
    assert put_in is not None and put_in.text == "What the model does not explain: put in by shocks"


# confidence


def report(
    identifier: str,
    *,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    **fields: Any,
) -> Any:
    plain = {"kind": "crowd", "use": "fit", "basis": "observed", "sources": ("wire",), "conflicts": ()}
    return SimpleNamespace(id=identifier, value=value, low=low, high=high, **(plain | fields))


def test_confidence_falls_with_what_speaks_against_it() -> None:
    assert confidence([GOOD, GOOD]) == "Confidence is high: all is well; all is well."
    assert confidence([GOOD, BAD]).startswith("Confidence is moderate: all is well; something is not")
    assert confidence([BAD, BAD]).startswith("Confidence is low") and confidence([BAD] * 5).startswith(
        "Confidence is low"
    )
    assert confidence([]) == ""


def test_authorities_are_counted_by_basis_and_by_source() -> None:
    claims = (
        report("a"),
        report("b", basis="official"),
        report("c", sources=("ministry",)),
        report("d", sources=("ministry", "wire")),
    )
    marks = reported(case(claims=claims, wire="agency", ministry="official"), "crowd", "crowds")
    assert marks == [Mark(True, "2 of 4 reports on crowds come from the authorities")]
    more = (*claims, report("e", sources=("tv",)))
    marks = reported(case(claims=more, wire="agency", ministry="official", tv="state"), "crowd", "crowds")
    assert marks == [Mark(False, "3 of 5 reports on crowds come from the authorities")]
    others = (report("a", kind="deaths"), report("b", use="check"))
    assert reported(case(claims=others, wire="agency"), "crowd", "crowds") == [
        Mark(False, "no report on crowds was used")
    ]


def test_rivals_part_by_the_largest_factor_of_linked_reports() -> None:
    claims = [
        report("a", value=1000.0, conflicts=("b",)), report("b", low=1000.0, high=4000.0), report("c", value=90000.0),
        report("d", low=300.0, conflicts=("a",)), report("e", conflicts=("a",)), report("f", value=0.0, conflicts=("a",)),
    ]  # fmt: skip
    assert rivals_apart(claims[:3]) == pytest.approx(2.0)
    assert rivals_apart(claims) == pytest.approx(1000 / 300)
    assert rivals_apart(claims[1:3]) is None
    marks = reported(case(claims=tuple(claims[:3]), wire="agency"), "crowd", "crowds")
    assert marks[1] == Mark(True, "rival reports on crowds part by a factor of up to 2")
    marks = reported(case(claims=tuple(claims), wire="agency"), "crowd", "crowds")
    assert marks[1] == Mark(False, "rival reports on crowds part by a factor of up to 3.3")


def test_marks_of_misfit_and_of_the_sampler() -> None:
    assert misfit(0.8, False) == [
        Mark(True, "80 % of the reports used lie inside the range that was predicted for them")
    ]
    assert not misfit(0.79, False)[0].good
    assert misfit(math.nan, True) == [Mark(False, "unexplained shocks put in the spread between regions")]
    assert misfit(math.nan, False) == []
    assert checks(True) == [Mark(True, "the sampler's own checks passed")]
    assert checks(False) == [Mark(False, "the sampler's own checks failed, so no interval is given")]


# what is stored and told


def judgement(
    text: str, chance: Chance, over: str = "", trust: str = "Confidence is low: two things."
) -> judgements.Judgement:
    return judgements.Judgement(text, chance, over, trust, "outcomes/p", "outcome")


NO = Chance(math.nan, math.nan, math.nan, math.nan)
MADE = [
    judgement("It ends on 2030-03-09", Chance(0.7, 0.5, 0.9, 0.03), "classes"),
    judgement("a crowd of 12,000", NO, trust=""),
]


def test_every_variable_says_its_unit_its_meaning_and_its_source() -> None:
    for variable in GROUP.variables:
        assert variable.long_name and variable.source and (variable.units or variable.kind == "text")
    data = judgements.stored(MADE)
    assert set(data.variables) == {v.name for v in GROUP.variables}
    assert data["word"].values.tolist() == ["likely", ""] and data["probability"].values[0] == 0.7
    assert data["low"].values[0] == 0.5 and data["error"].values[0] == 0.03


def test_lines_for_the_terminal() -> None:
    assert judgements.sentences(judgements.stored(MADE)) == [
        "1. It ends on 2030-03-09 [about 70 % (likely)]\n   Confidence is low: two things.", "2. a crowd of 12,000",
    ]  # fmt: skip


def test_the_report_prints_range_error_and_confidence_of_each() -> None:
    said = told("judgements", judgements=judgements.stored(MADE))
    assert (
        "It ends on 9 Mar 2030. likely about 70 % 50 % to 90 % over classes; Monte Carlo error ± 3 points"
        in said
    )
    assert "Confidence is low: two things. outcomes" in said
    assert "A crowd of 12,000. a size, not a chance outcomes" in said
    withheld = told("judgements", passed=False, judgements=judgements.stored(MADE))
    assert "interval withheld; Monte Carlo error ± 3 points" in withheld and "50 %" not in withheld
    assert withheld.count("withheld") == 1
    plain = told(
        "judgements", judgements=judgements.stored([judgement("x", Chance(0.2, 0.2, 0.2, math.nan), "rates")])
    )
    assert "rates" not in plain and "Monte" not in plain and "unlikely about 20 %" in plain


def test_a_bargain_is_weighed_over_all_the_priors_and_scales_of_the_verdicts() -> None:
    """From the shifts left out (log ratio 2) to twice the stated ones (4 and 5), not at the stated scale alone (3 and 4)."""
    every = np.zeros((1, 2, 4, 2))
    every[0, :, :, 1] = [[2.0, 2.5, 3.0, 4.0], [3.0, 3.5, 4.0, 5.0]]
    evidence = SimpleNamespace(
        names=("none", "phone+plot"), every=every, prior=np.array([0.5, 0.5]), posterior=np.array([0.05, 0.95])
    )
    run = SimpleNamespace(evidence=evidence, passed=True, answers={"hypotheses": dataset(GROUP, {"word": ["x"]})})
    found = judgements._bargain(run, [GOOD])
    assert found is not None and found.chance.p == 0.95
    assert found.chance.low == pytest.approx(1 / (1 + math.exp(-2))) and found.chance.high == pytest.approx(
        1 / (1 + math.exp(-5))
    )
    assert judgements._bargain(SimpleNamespace(evidence=evidence, answers={}), []) is None
    run.answers["hypotheses"] = xr.Dataset(attrs={"absent_because": "no request"})
    assert judgements._bargain(run, []) is None


# the sum


def combined(
    records: float = 0.1, ran: float = 0.2, weight: float | None = None, skill_low: float = 0.05, **changes: Any
) -> judgements.Judgement:
    parts = [Part("world record", records, records / 2, 1.5 * records, Score(100, 0.1, skill_low, 0.15))]
    own = None if weight is None else Score(12, 0.4, 0.2, 0.6)
    found = pool([*parts, Part("simulation", ran, ran, ran, own)], 140, scored(weight))
    assert found is not None
    return judgements.in_office(case(), office(**changes).merge(summed(found)), True, [GOOD])


def test_staying_in_office_is_judged_by_the_sum() -> None:
    found = combined()
    assert found.chance[:3] == pytest.approx((0.9, 0.85, 0.95)) and found.basis == "outcomes/pool_p"
    assert "by the word of the world record alone" in found.text and "all is well" not in found.confidence
    counted = combined(weight=0.25)
    assert "of the world record and the simulation" in counted.text and "all is well" in counted.confidence


def test_parts_are_named_where_they_are_far_apart() -> None:
    assert "far apart" not in combined(0.1, 0.29).text
    assert "20 % by the world record" not in combined(0.2, 0.1).text
    assert "10 % by the world record, 31 % by the simulation" in combined(0.1, 0.31).text
    assert "31 % by the world record, 10 % by the simulation" in combined(0.31, 0.1).text
    assert "one part excludes it" in combined(0.1, 0.0).confidence


def test_a_record_that_did_not_beat_its_null_speaks_against_trust() -> None:
    assert "Confidence is high" in combined().confidence
    assert "Confidence is moderate" in combined(skill_low=-0.05).confidence


def test_a_documented_departure_decides_even_beside_a_sum() -> None:
    gone = combined(left_on="2030-03-04", left_claim="quits")
    assert gone.text.startswith("The incumbent left office on 4 March 2030") and math.isnan(gone.chance.p)


def test_a_range_of_records_alone_is_printed_where_the_sampler_fails() -> None:
    """Width and range go together: of the sum both are there as long as the simulation does not count."""

    def said(found: judgements.Judgement, passed: bool = False) -> str:
        group = judgements.stored([found])
        return told("judgements", passed=passed, judgements=group if passed else withhold(group, GROUP))

    alone, counted = combined(), combined(weight=0.25)
    assert "the range is 10 points wide" in said(alone) and "85 % to 95 %" in said(alone) and "withheld" not in said(alone)
    assert "withheld" in said(counted) and "% to" not in said(counted)
    assert "% to" in said(counted, passed=True)


def test_a_failed_run_says_nothing_of_the_width_of_a_bargain() -> None:
    for passed in (True, False):
        found = judgements.bargain(0.83, 0.3, [0.7, 0.9], passed, [GOOD])
        assert found is not None and ("20 points wide" in found.confidence) == passed
