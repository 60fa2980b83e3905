"""Method: what entered a run is counted, and its sentences follow the counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures import toy as cases
from fixtures.told import blocks, told, words
from interrex.engine.acts import build_table
from interrex.inference.observe import observe
from interrex.mechanisms.acts import ACT_KINDS, BY_KIND
from interrex.results.described import dataset
from interrex.topics.method.answer import entered
from interrex.topics.method.variables import GROUP


def stored(**changes: Any) -> xr.Dataset:
    values = {
        "fit_claims": 40, "fit_acts": 9, "fit_act_claims": 12, "fit_terms": 21, "fit_term_claims": 23, "fit_unused": 5,
        "check_claims": 7, "check_used": 0, "origins": 6, "kinds": 30, "kinds_assumed": 11, "mechanism": ["fatigue", "price_grievance"],
    }  # fmt: skip
    return dataset(GROUP, values | changes)


def test_every_variable_says_its_unit_its_meaning_and_its_source() -> None:
    for variable in GROUP.variables:
        assert variable.long_name and variable.source and (variable.units or variable.kind == "text")


def test_what_entered_is_counted_from_ledger_and_model() -> None:
    uses = {"a": "fit", "b": "fit", "c": "fit", "d": "check", "e": "context", "f": "fit", "g": "check"}
    case = SimpleNamespace(claims=[SimpleNamespace(id=i, use=u) for i, u in uses.items()])
    seen = SimpleNamespace(
        events=[SimpleNamespace(claims=("a", "b"))], term_claims=(("c",), ("d",), (), ("g",)),
        term_use=np.array([1, 0, 1, 1]), origins=("wire", "ministry", "paper"),
    )  # fmt: skip
    allowed = np.zeros(len(ACT_KINDS))
    kinds = ["organised_seizure", "coup_attempt", "flight"]
    allowed[[ACT_KINDS.index(k) for k in kinds]] = 1
    data = entered(case, seen, SimpleNamespace(allowed=allowed), ["one"])
    found = {name: float(data[name]) for name in data.data_vars}
    assert found == {
        "fit_claims": 4, "fit_acts": 1, "fit_act_claims": 2, "fit_terms": 3, "fit_term_claims": 2, "fit_unused": 1,
        "check_claims": 2, "check_used": 1, "origins": 3, "kinds": 3,
        "kinds_assumed": sum(BY_KIND[k].phase_rates.crisis.assumption for k in kinds),
    }  # fmt: skip
    assert set(data.variables) == {v.name for v in GROUP.variables} and found["kinds_assumed"] in (1, 2)


def test_a_claim_kept_for_checking_never_enters_the_toy(tmp_path: Any) -> None:
    cut = cases.cut(tmp_path / "case")
    table = build_table({a.role for a in cut.actors})[0]
    data = entered(cut, observe(cut, table), table, [])
    assert float(data["check_used"]) == 0 and float(data["fit_terms"]) > 0 and float(data["fit_acts"]) > 0
    assert float(data["fit_claims"]) == sum(c.use == "fit" for c in cut.claims)


def test_sentences_on_claims_follow_the_counts() -> None:
    said = told("method", method=stored())
    assert (
        "Of the 40, 12 tell of 9 dated acts" in said
        and "23 stand behind 21 reports" in said
        and "from 6 origins" in said
    )
    assert "5 enter as neither" in said and "Of the 7 claims marked “check” none enters" in said
    assert "neither" not in told("method", method=stored(fit_unused=0))
    assert "Of the 3 claims marked “check” 2 enters" in told(
        "method", method=stored(check_claims=3, check_used=2)
    )


def test_sentences_on_actors_and_citizens_follow_the_model() -> None:
    said = told("method", method=stored())
    assert (
        "can do 30 kinds; in a crisis 19 of their rates are counted in other crises and 11 are assumed"
        in said
    )
    assert "the mechanisms of this run: fatigue, price grievance." in said


@pytest.mark.parametrize(
    ("other", "head"), [("hypotheses", "Explanations."), ("counterfactuals", "Counterfactuals.")]
)
def test_what_the_case_does_not_ask_is_not_told(other: str, head: str) -> None:
    assert head not in told("method", method=stored())
    assert head in told("method", method=stored(), **{other: xr.Dataset(attrs={"absent_because": "none"})})


def test_each_heading_is_followed_by_what_it_announces() -> None:
    said = [words(block) for block in blocks("method", method=stored())]
    heads = ("Citizens.", "Actors.", "Conditioning.", "What is unexplained.", "Limits.")
    assert [text.startswith(f"{head} strong ") for text, head in zip(said, heads, strict=True)] == [True] * 5
    assert "drawn from the priors" in said[2] and "shocks" in said[3] and "One case cannot show" in said[4]
