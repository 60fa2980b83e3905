"""What was run: read off the case, the settings and the histories; a quick or failed run is a sketch."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from interrex.topics.meta.answer import answer


def run(effort: str = "standard", passed: bool = True) -> Any:
    case = SimpleNamespace(
        id="toy", title="T", summary="S", question=SimpleNamespace(text="Q?", horizon_days=90), as_of_date=date(2030, 4, 1),
        window=SimpleNamespace(start=date(2030, 3, 1), end=date(2030, 4, 10)), structure_with_hindsight=("One.", "Two."),
    )  # fmt: skip
    settings = SimpleNamespace(name=effort, seed=5, version="9.9")
    model, histories = SimpleNamespace(arena=SimpleNamespace(weight=100.0)), SimpleNamespace(members=[1, 2, 3])
    return SimpleNamespace(case=case, settings=settings, model=model, histories=histories, passed=passed)


def test_a_run_is_told_by_its_case_its_settings_and_its_histories() -> None:
    assert answer(run()).attrs == {
        "case": "toy", "title": "T", "summary": "S", "question": "Q?", "horizon_days": 90, "as_of": "2030-04-01", "effort": "standard",
        "resolution": "1:100", "seed": 5, "version": "9.9", "members": 3, "window_start": "2030-03-01", "window_end": "2030-04-10",
        "sketch": 0, "hindsight_note": "One. Two.",
    }  # fmt: skip


@pytest.mark.parametrize(("effort", "passed", "sketch"), [("quick", True, 1), ("standard", False, 1), ("standard", True, 0)])
def test_a_quick_run_and_a_failed_one_are_sketches(effort: str, passed: bool, sketch: int) -> None:
    assert answer(run(effort, passed)).attrs["sketch"] == sketch
