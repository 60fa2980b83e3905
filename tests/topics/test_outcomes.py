"""Outcomes: shares over histories, their ranges, what the ledger documents, and what the section says of it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import toy
from fixtures.ends import leaves, state
from fixtures.told import blocks, told
from fixtures.weights import scored
from interrex.case import load_case
from interrex.futures.base_rates import IN_OFFICE, dirichlet
from interrex.futures.end_state import NAMES, clock_draw, stays
from interrex.futures.office import NOTHING_KNOWN, Departure, Office
from interrex.futures.pool import Part, Score, ask, pool
from interrex.results.described import dataset
from interrex.topics.outcomes.answer import answer, outcomes, summed
from interrex.topics.outcomes.variables import GROUP
from interrex.words import OUTCOMES


def made(
    ends: list[dict[str, float]], horizon: float = 180.0, office: Office = NOTHING_KNOWN, islands: int = 1
) -> Any:
    return outcomes(ends, np.arange(len(ends)) % islands, office, 1, horizon)


MIXED = [state(number=i) for i in range(20)] + [state(number=20 + i, deaths=50) for i in range(10)]


def test_every_variable_says_its_unit_its_meaning_and_its_source() -> None:
    for variable in GROUP.variables:
        assert variable.long_name and variable.source and (variable.units or variable.kind == "text")
    assert set(made(MIXED).variables) == {v.name for v in GROUP.variables if v.required}


def test_probabilities_of_exclusive_outcomes_add_to_one_and_so_do_their_base_rates() -> None:
    data = made(MIXED)
    assert float(data["p"].sum()) == pytest.approx(1.0)
    assert float(data["base"].sum()) == pytest.approx(1.0)
    assert data["base"].values == pytest.approx(
        [
            v[0]
            for v in dirichlet(
                {n: float(c) for n, c in zip(OUTCOMES, data["base_count"].values, strict=True)}
            ).values()
        ]
    )
    assert (data["base_low"] < data["base"]).all() and (data["base"] < data["base_high"]).all()
    assert float(data["concession_p"].sum()) == pytest.approx(1.0)
    assert data["outcome"].values.tolist() == list(OUTCOMES) == list(NAMES)
    assert data["name"].values.tolist() == list(OUTCOMES.values())


def test_office_is_the_sum_of_the_outcomes_in_which_he_stays() -> None:
    data = made(MIXED)
    at = [i for i, n in enumerate(NAMES) if n.startswith(("stays", "circle"))]
    expected = np.mean([stays(s, clock_draw(s, 1), 180.0) for s in MIXED])
    assert (
        float(data["in_office_p"])
        == pytest.approx(expected)
        == pytest.approx(float(data["p"].values[at].sum()))
    )
    assert float(data["p"].values[NAMES.index("stays_by_force")]) == pytest.approx(1 / 3, abs=0.03)


def test_the_range_of_office_runs_over_the_classes_of_reference() -> None:
    data = made(MIXED)
    each = [np.mean([stays(s, clock_draw(s, 1), 180.0, rate) for s in MIXED]) for rate in IN_OFFICE]
    assert float(data["in_office_p_low"]) == pytest.approx(min(each))
    assert float(data["in_office_p_high"]) == pytest.approx(max(each))
    assert min(each) < 0.8 < max(each)


def test_more_histories_do_not_narrow_the_range() -> None:
    few, many = made([state()] * 3), made([state()] * 300)
    for name in ("in_office_p_low", "in_office_p_high", "p_low", "p_high"):
        assert few[name].values == pytest.approx(many[name].values)


def test_histories_out_of_range_widen_the_range_and_leave_the_probability() -> None:
    lost = [state(number=40 + i, stopped=1) for i in range(10)]
    sure, unsure = made(MIXED), made(MIXED + lost)
    assert unsure["p"].values == pytest.approx(sure["p"].values)
    assert (unsure["p_low"] < sure["p_low"]).sum() >= 3 and (unsure["p_high"] > sure["p_high"]).all()
    assert float(unsure["stopped"]) == 0.25 and float(sure["stopped"]) == 0.0
    nothing = made(lost)
    assert np.isnan(nothing["p"].values).all() and np.isnan(nothing["concession_p"].values).all()
    assert (nothing["p_low"] == 0).all() and (nothing["p_high"] == 1).all()


def test_a_rescue_that_a_history_saw_before_it_left_the_range_counts() -> None:
    ends = [state(rescue=1, stopped=1), state(), state(stopped=1), state(purge=1)]
    data = made(ends)
    assert float(data["rescue_p"]) == pytest.approx(1 / 3)
    assert (float(data["rescue_p_low"]), float(data["rescue_p_high"])) == (0.25, 0.5)
    assert float(data["purge_p"]) == 0.5


def test_islands_that_disagree_raise_the_monte_carlo_error() -> None:
    ends = [leaves("flight"), state()] * 10
    assert float(made(ends, islands=2)["in_office_p_error"]) > 2 * float(made(ends)["in_office_p_error"]) > 0


def test_the_horizon_is_that_of_the_question() -> None:
    near, far = made(MIXED, 100.0), made(MIXED, 400.0)
    assert float(near["in_office_p"]) > float(far["in_office_p"])
    assert far["reference_p"].values == pytest.approx([rate.stays(400.0) for rate in IN_OFFICE])
    assert float(far["horizon"]) == 400 and float(far["window"]) == 71


def test_highest_concessions_are_counted_by_grade() -> None:
    data = made([state(), state(concession=0.5), state(cabinet=1), state(cabinet=1)])
    assert dict(zip(data["concession"].values, data["concession_p"].values, strict=True)) == {
        "none": 0.25, "a price": 0.25, "the cabinet": 0.5, "a law": 0.0, "an election": 0.0,
    }  # fmt: skip


def test_a_documented_departure_is_stored_with_its_claim() -> None:
    left = Office(Departure(date(2030, 3, 18), 17.0, "step_down", "quits"), frozenset(), frozenset())
    data = made([leaves("step_down")] * 3, office=left)
    assert (data["left_on"].item(), data["left_claim"].item()) == ("2030-03-18", "quits")
    assert float(data["in_office_p"]) == float(data["in_office_p_high"]) == 0.0
    assert made(MIXED)["left_claim"].item() == ""


# what the section says


def stored(**changes: Any) -> Any:
    n = 3
    values = {
        "outcome": ["palace_coup", "uprising", "stays_calm"], "name": ["palace coup", "uprising succeeds", "stays, calm"],
        "p": [0.05, 0.7, 0.25], "p_low": [0.01, 0.4, 0.2], "p_high": [0.05, 0.9, 0.25], "p_error": [0.02, 0.035, np.nan],
        "base": [0.2, 0.3, 0.5], "base_low": [0.1] * n, "base_high": [0.62] * n, "base_count": [6, 7, 8],
        "in_office_p": 0.31, "in_office_p_low": 0.22, "in_office_p_high": 0.57, "in_office_p_error": 0.004,
        "rescue_p": 0.07, "rescue_p_low": 0.07, "rescue_p_high": 0.07, "rescue_p_error": 0.01,
        "purge_p": 0.11, "purge_p_low": 0.11, "purge_p_high": 0.13, "purge_p_error": 0.01,
        "concession": ["none", "a law"], "concession_p": [0.6, 0.4], "reference": ["leaders of a kind"],
        "reference_p": [0.83], "horizon": 150, "window": 31, "stopped": 0.0, "left_on": "", "left_claim": "",
    }  # fmt: skip
    return dataset(GROUP, values | changes)


def test_the_title_names_the_most_probable_outcome_and_its_base_rate() -> None:
    assert "Most probable: uprising succeeds, 70 %; the base rate is 30 %" in told(
        "outcomes", outcomes=stored()
    )
    turned = told("outcomes", outcomes=stored(p=[0.85, 0.1, 0.05]))
    assert "Most probable: palace coup, 85 %; the base rate is 20 %" in turned


def test_rows_stand_from_the_likeliest_down_with_range_error_and_count() -> None:
    said = told("outcomes", outcomes=stored())
    assert (
        said.index("Uprising succeeds 70 %") < said.index("Stays, calm 25 %") < said.index("Palace coup 5 %")
    )
    assert (
        "Uprising succeeds 70 % num strong likely ± 4 num 40 % to 90 % num 30 % num 10 % to 62 % num 7 num"
        in said
    )
    assert "Stays, calm 25 % num strong unlikely – num 20 % to 25 % num 50 %" in said
    assert "of 21 cases" in said


def test_a_withheld_range_is_not_printed() -> None:
    said = told("outcomes", passed=False, outcomes=stored())
    assert "40 % to 90 %" not in said and "22 % to 57 %" not in said and "The range is withheld." in said
    assert "± 4" in said and "10 % to 62 %" in said
    assert "withheld" not in told("outcomes", outcomes=stored())


def test_histories_out_of_range_are_said_where_there_are_any() -> None:
    assert "the 12 % of histories that left the range" in told("outcomes", outcomes=stored(stopped=0.12))
    assert "left the range" not in told("outcomes", outcomes=stored())


def test_window_and_horizon_are_the_stored_ones() -> None:
    said = told("outcomes", outcomes=stored())
    assert "on day 31, the end of the window" in said and "to day 150" in said
    assert "In office on day 150, by the simulation alone 31 % num ± 0.4 num 22 % to 57 %" in said
    assert "Leaders still in office 150 days on" in said and "Leaders of a kind 83 %" in said


def test_what_agrees_at_both_ends_prints_no_range() -> None:
    said = told("outcomes", outcomes=stored())
    assert (
        "come to his help 7 % num ± 1 num – num" in said
        and "kin are purged 11 % num ± 1 num 11 % to 13 %" in said
    )
    assert "Highest concession: a law 40 %" in said


def test_a_departure_is_said_with_its_claim() -> None:
    said = told("outcomes", outcomes=stored(left_on="2030-03-18", left_claim="quits"))
    assert said.startswith("The incumbent left office on 18 Mar 2030, by claim quits.")
    assert "left office" not in told("outcomes", outcomes=stored())
    assert len(blocks("outcomes", outcomes=stored())) == 4


# the sum


def sum_of(
    world: float = 0.1, ran: float = 0.3, crisis: float | None = None, weight: float | None = None, null: str = "the null",
    **changes: Any,
) -> str:  # fmt: skip
    score = Score(100, 0.1, 0.05, 0.15)
    parts = [Part("world record", world, world / 2, 2 * world, score, "the null", "learned until 2030-01-01")]
    if crisis is not None:
        parts.append(Part("crisis record", crisis, crisis / 2, 2 * crisis, score._replace(skill=-0.2), null))
    own = None if weight is None else Score(12, 0.4, 0.2, 0.6)
    found = pool([*parts, Part("simulation", ran, 0.2, 0.4, own)], 140, scored(weight), changes.pop("without", ""))
    assert found is not None
    return told("outcomes", outcomes=stored(in_office_p=1 - ran, **changes).merge(summed(found)))


def test_the_sum_stands_with_its_parts_weights_and_scores() -> None:
    said = sum_of(crisis=0.1)
    assert "World record 10 % num 5 % to 20 % num 50 % num 100 num 0.10 (0.05 to 0.15) num" in said
    assert "Crisis record 10 % num 5 % to 20 % num 50 % num 100 num -0.20 (0.05 to 0.15) num" in said
    assert "Simulation 30 % num 43 % to 78 % num 0 num 0 num not scored yet num" in said
    assert "Sum strong 10 % num strong 5 % to 20 % num strong" in said
    assert "Learned until 2030-01-01" in said and "leaves office within 140 days" in said
    assert "that of the world record and the crisis record is against the null." in said
    apart = sum_of(crisis=0.1, null="another")
    assert "that of the world record is against the null; that of the crisis record is against another." in apart


def test_the_sentence_turns_with_who_gives_more_and_with_agreement() -> None:
    assert "with 30 %, by the records with 10 %: the simulation gives 3 times as much" in sum_of()
    assert "with 10 %, by the records with 30 %: the simulation gives 3 times less" in sum_of(0.3, 0.1)
    assert "The simulation and the records agree" in sum_of(0.1, 0.1)
    assert "times" not in sum_of(0.1, 0.0).split("The simulation does not count")[0]


def test_what_the_simulation_counts_is_said_of_its_weight() -> None:
    assert "does not count in the sum" in sum_of() and "no forecast of it has been scored" in sum_of()
    counted = sum_of(weight=0.25)
    assert "The simulation counts 25 % in the sum" in counted and "does not count" not in counted
    assert "0.40 (0.20 to 0.60)" in counted


def test_an_absent_record_is_said_and_no_sum_leaves_no_trace() -> None:
    assert "The sum is without the world record: why." in sum_of(without="without the world record: why")
    assert "The sum is without" not in sum_of()
    assert "Sum" not in told("outcomes", outcomes=stored()) and "record" not in told("outcomes", outcomes=stored())


def test_no_sum_is_made_of_a_case_whose_ruler_left(tmp_path: Any) -> None:
    def asked(office: Office, passed: bool = True) -> Any:
        histories = SimpleNamespace(ends=MIXED, island=np.zeros(len(MIXED), int))
        run = SimpleNamespace(histories=histories, office=office, case=case, records=ask(case), settings=SimpleNamespace(seed=1), passed=passed)
        return answer(run)  # pyright: ignore[reportArgumentType]

    case = load_case(str(toy.write(tmp_path / "toy"))).as_of(date(2030, 4, 10))
    left = Office(Departure(date(2030, 3, 20), 19.0, "step_down", "quits"), frozenset(), frozenset())
    there, gone = asked(NOTHING_KNOWN), asked(left)
    assert "pool_p" in there and "pool_p" not in gone and "part" not in gone
    assert set(there.variables) == {v.name for v in GROUP.variables}
    assert float(there["part_p"][-1]) == pytest.approx(1 - float(there["in_office_p"]))
    assert float(asked(NOTHING_KNOWN, passed=False)["pool_low"]) == float(there["pool_low"])
