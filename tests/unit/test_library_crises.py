"""Every crisis of the library is a case that anybody can name."""

from __future__ import annotations

from importlib.resources import files

import pytest

from interrex.case import check_case, load_case, shipped_cases

CRISES = sorted(e.name for e in (files("interrex") / "library" / "crises").iterdir() if e.is_dir())


def test_crises_are_named_like_the_worked_cases() -> None:
    assert CRISES and {"kazakhstan-2022", "belarus-2020", *CRISES} <= set(shipped_cases())


@pytest.mark.parametrize("name", CRISES)
def test_a_crisis_has_no_mistake_and_is_known_by_the_name_of_its_folder(name: str) -> None:
    found = check_case(name)
    assert found.problems == () and found.case is not None and found.case.id == name


@pytest.mark.parametrize("name", CRISES)
def test_a_crisis_is_sourced_told_day_by_day_and_keeps_a_quarter_of_its_counts_back(name: str) -> None:
    case = load_case(name)
    counts = [c for c in case.claims if c.use in ("fit", "check") and c.kind in ("crowd", "arrests", "deaths", "injuries")]
    assert len(case.claims) >= 40 and len(case.sources) >= 12
    assert sum(c.use == "check" for c in counts) >= len(counts) / 4
    assert len({c.when for c in case.claims}) >= 15


def test_the_table_of_the_docs_is_what_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    from pathlib import Path

    from interrex import shipped

    assert shipped.main(["cases"]) == 0
    table = capsys.readouterr().out
    assert all(f"`{name}`" in table for name in shipped_cases())
    assert table in (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")
