"""Every crisis of the library is a case that anybody can name."""

from __future__ import annotations

from importlib.resources import files

import pytest

from interrex.case import check_case, load_case, shipped_cases
from interrex.shipped import told_in_full

CRISES = sorted(e.name for e in (files("interrex") / "library" / "crises").iterdir() if e.is_dir())


def test_crises_are_named_like_the_worked_cases() -> None:
    assert CRISES and {"kazakhstan-2022", "belarus-2020", *CRISES} <= set(shipped_cases())


@pytest.mark.parametrize("name", CRISES)
def test_a_crisis_has_no_mistake_and_is_known_by_the_name_of_its_folder(name: str) -> None:
    found = check_case(name)
    assert found.problems == () and found.case is not None and found.case.id == name


@pytest.mark.parametrize("name", CRISES)
def test_a_crisis_is_sourced_has_its_calm_before_and_keeps_a_quarter_of_its_counts_back(name: str) -> None:
    case = load_case(name)
    counts = [c for c in case.claims if c.use in ("fit", "check") and c.kind in ("crowd", "arrests", "deaths", "injuries")]
    assert len(case.claims) >= 10 and len({source.publisher for source in case.sources.values()}) >= 3
    assert sum(c.use == "check" for c in counts) >= (len(counts) - 3) / 4


def test_enough_crises_are_told_in_full_among_them_recent_ones() -> None:
    full = [name for name in CRISES if told_in_full(load_case(name))]
    years = [int(name[-4:]) for name in full]
    assert len(full) >= 12 and sum(y > 2019 for y in years) >= 6 and sum(y > 2023 for y in years) >= 3
    assert not told_in_full(load_case("gabon-2023"))


def test_the_table_of_the_docs_is_what_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    from pathlib import Path

    from interrex import shipped

    assert shipped.main(["cases"]) == 0
    table = capsys.readouterr().out
    assert all(f"`{name}`" in table for name in shipped_cases())
    assert table in (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")
