"""Manifest: every entry once, nested ones by their path, and none that the run does not have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures.telling import results
from interrex.report.read import Absent
from interrex.topics.manifest import answer
from interrex.topics.manifest.section import SECTION


def entries(given: dict[str, Any], **groups: dict[str, Any]) -> dict[str, str]:
    """What the table says, by entry."""
    (table,) = SECTION.fill(results({name: xr.Dataset(attrs=attrs) for name, attrs in groups.items()}), given)
    assert table.caption == "The same case, seed and version give this file to the byte."
    return {row.cells[0].spans[0].text: row.cells[1].spans[0].text for row in table.rows}


def test_entries_are_written_as_they_are_typed() -> None:
    told = entries({"case_id": "toy", "options": {"placebo": False, "seed_of": {"a": 1}, "mechanisms": ["b", "a"], "days": [1, "ö"], "steps": [{"b": 1, "a": 2}]}, "ö": {"x": None}})
    assert told == {"case id": "toy", "placebo": "false", "seed of.a": "1", "mechanisms": "b, a", "days": '[1, "ö"]', "steps": '[{"a": 2, "b": 1}]', "ö.x": "null"}


def test_versions_stand_in_one_row_in_order() -> None:
    assert entries({"versions": {"xarray": "2", "numpy": "1"}}) == {"versions": "numpy 1, xarray 2"}


def test_what_two_places_say_alike_is_said_once() -> None:
    assert entries({"kernel_hash": "k", "options": {"effort": "quick"}, "effort": "quick"}, manifest={"kernel": "k"}) == {"kernel hash": "k", "effort": "quick"}
    assert entries({"kernel_hash": "k"}, manifest={"kernel": "other"}) == {"kernel": "other", "kernel hash": "k"}


def test_the_manifest_goes_before_the_group_and_the_group_before_the_run() -> None:
    run = {"seed": 3, "command": "c", "version": "", "members": np.int64(7)}
    assert entries({"seed": 1}, manifest={"seed": 2, "n": np.int64(5)}, meta=run) == {"seed": "1", "n": "5", "command": "c", "members": "7"}
    with pytest.raises(Absent, match="reported without a manifest"):
        entries({})


def test_the_group_names_the_kernel_that_ran() -> None:
    run: Any = SimpleNamespace(model=SimpleNamespace(arena=SimpleNamespace(kernel=SimpleNamespace(KEY="abc"))))
    assert answer.answer(run).attrs == {"kernel": "abc"}
