"""What a case may say of its answers: every number of the results can be named, and is the one that is tested."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex import workbench
from interrex.case.expect import parse_expectation
from interrex.errors import RunError
from interrex.results.pick import pick


@pytest.fixture(scope="module")
def tree() -> Any:
    with xr.open_datatree(stored_run.FOLDER / "results.nc", engine="h5netcdf") as found:
        return found.load()


def group(tree: Any, name: str) -> Any:
    return tree[name].to_dataset(inherit=False)


def picked(tree: Any, text: str) -> float:
    expectation = parse_expectation(f"{text} > 0")
    return pick(group(tree, expectation.answer), expectation.path)


def test_an_outcome_is_named_by_its_id(tree: Any) -> None:
    outcomes = group(tree, "outcomes")
    for i, outcome in enumerate(outcomes["outcome"].values):
        assert picked(tree, f"outcomes[{outcome}]") == outcomes["p"].values[i]
        assert picked(tree, f"outcomes[{outcome}, base]") == outcomes["base"].values[i]
    assert picked(tree, "outcomes[in_office_p]") == outcomes["in_office_p"].item()


def test_days_regions_and_quantiles_are_named_and_the_median_is_meant(tree: Any) -> None:
    crowd = group(tree, "crowd")
    day, region = str(crowd["day"].values[3])[:10], str(crowd["region"].values[1])
    assert picked(tree, f"crowd[present_post, {day}, {region}]") == crowd["present_post"].values[2, 3, 1]
    assert (
        picked(tree, f"crowd[present_post, {region}, {day}, 0.95]") == crowd["present_post"].values[4, 3, 1]
    )
    assert picked(tree, f"crowd[nation_present_post, {day}]") == crowd["nation_present_post"].values[2, 3]
    report, told = 4, ("report_region", "report_day", "report_use", "report_label")
    where = ", ".join(str(crowd[name].values[report]) for name in told)
    assert picked(tree, f"crowd[report_value, {where}]") == crowd["report_value"].values[report]
    assert picked(tree, "diagnostics[passed]") == float(group(tree, "diagnostics").attrs["passed"])


def test_every_number_of_the_results_can_be_named(tree: Any) -> None:
    """By places alone where texts are many: the last cell of each variable."""
    count = 0
    for name in tree.children:
        found = group(tree, name)
        for variable, array in found.data_vars.items():
            if array.dtype.kind in "OUSTM" or not array.size:
                continue
            places = [f"{dim}={array.sizes[dim]}" for dim in array.dims]
            value = picked(tree, f"{name}[{', '.join([str(variable), *places])}]")
            assert np.array_equal(value, float(array.values.ravel()[-1]), equal_nan=True), (name, variable)
            count += 1
    assert count > 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("outcomes", "p is not|not one number; say which of"),
        ("outcomes[nobody]", "p has no 'nobody'; it has protracted_conflict"),
        ("crowd[nation]", "nation names no number; name one of present_post"),
        ("crowd[present_post, 2030-03-13]", "not one number; say which of"),
        ("crowd[present_post, 1999-01-01]", "present_post has no '1999-01-01'"),
        ("outcomes[name, palace_coup]", "no number"),
    ],
)
def test_what_names_no_number_is_a_sentence(tree: Any, text: str, sentence: str) -> None:
    with pytest.raises(RunError, match=sentence):
        picked(tree, text)


def test_a_case_is_told_what_was_found(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def run(case: Any, **options: Any) -> Any:
        asked.append(options)
        return SimpleNamespace(tree=tree)

    monkeypatch.setattr(workbench, "run", run)
    p = picked(tree, "outcomes[palace_coup]")

    def check(*expect: str) -> str:
        return workbench.check_expect(SimpleNamespace(expect=expect))  # type: ignore[arg-type]

    assert check() == "the case expects nothing"
    assert check("outcomes[palace_coup] <= 1") == f"as expected:\noutcomes[palace_coup] <= 1: found {p:.4g}"
    with pytest.raises(RunError, match=r"not as expected: outcomes\[palace_coup\] > 1: found"):
        check("outcomes[palace_coup] <= 1", "outcomes[palace_coup] > 1")
    assert asked == 2 * [{"effort": "quick"}]
    with pytest.raises(RunError, match="no answer 'outcome'; use one of"):
        check("outcome[palace_coup] > 1")
    assert len(asked) == 2, "a wrong name is told before the case is run"
