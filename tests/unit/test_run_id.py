"""Two runs have one id only where all that their numbers are made of is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures import toy as cases
from interrex import workbench
from interrex.case import Case, load_case
from interrex.efforts import effort_of
from interrex.inference import model as models
from interrex.inference.model import Model, build
from interrex.inference.proposal import prior_reference
from interrex.mechanisms import all_mechanisms

QUICK = effort_of("quick")
DAY = "2030-04-10"


@pytest.fixture
def whole(tmp_path: Path) -> Case:
    return load_case(cases.write(tmp_path / "toy"))


def executable(case: Case, **more: Any) -> Model:
    return build(case.as_of(DAY), cases.COARSE, 1, **more)


def changed(whole: Case | Any, model: Model, before: dict[str, str], warm_start: bool = True) -> set[str]:
    after = workbench.hashes(whole, model, QUICK, warm_start)
    return {name for name in before if before[name] != after[name]}


def test_another_proposal_is_another_run(whole: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    model = executable(whole)
    before = workbench.hashes(whole, model, QUICK, True)
    assert changed(whole, model, before) == changed(whole, model, before, warm_start=False) == set()
    plain = prior_reference(model.space)
    for other in (replace(plain, mean=plain.mean + 0.1), replace(plain, sd=0.5 * plain.sd)):
        monkeypatch.setattr(models, "load_proposal", lambda case, space, other=other: other)
        assert changed(whole, model, before) == {"proposal"}
        assert changed(whole, model, before, warm_start=False) == set()


def test_a_mechanism_with_another_prior_is_another_run(whole: Case) -> None:
    before = workbench.hashes(whole, executable(whole), QUICK, True)
    rule = next(m for m in all_mechanisms() if m.name == "rebellion")
    first = rule.params[0]
    wider = first._replace(prior=first.prior._replace(b=first.prior.b + 0.5))
    mine = all_mechanisms().replace(rebellion=rule._replace(params=(wider, *rule.params[1:])))
    assert changed(whole, executable(whole, mechanisms=mine), before) == {"priors"}


def test_a_case_given_cut_or_graded_otherwise_on_an_earlier_day_is_another_run(whole: Case) -> None:
    """What markets made of the crisis on an earlier day rests on the case as it stood then."""
    model = executable(whole)
    before = workbench.hashes(whole, model, QUICK, True)
    assert changed(model.case, model, before) == {"earlier"}
    first = min(whole.claims, key=lambda c: (c.known_from, c.id))
    graded = first.model_copy(update={"grade_before": "rumour", "grade_from": model.case.as_of_date})
    other = whole.model_copy(update={"claims": tuple(graded if c is first else c for c in whole.claims)})
    assert other.as_of(DAY).fingerprint == model.case.fingerprint
    assert changed(other, model, before) == {"earlier"}
