"""What forecasts are scored by: days that were observed, and runs that have not seen the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fixtures import toy as cases
from interrex import scoring
from interrex.case import Case, load_case
from interrex.efforts import effort_of
from interrex.errors import RunError

COVER = "{what: crowds, from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}"
NOBODY_OUT, CAPITAL_OUT = date(2030, 3, 5), date(2030, 3, 13)


def covered(folder: Path, *places: str) -> Case:
    """The template with its crowds covered at these places."""
    text = (cases.write(folder / "plain") / "case.yaml").read_text(encoding="utf-8")
    (own,) = (line for line in text.splitlines() if "what: crowds" in line)
    rows = "\n".join("  - " + COVER.replace("what: crowds", f"what: crowds, place: {p}") for p in places)
    return load_case(cases.write(folder / "case", yaml=((own, rows or "  # none"),)))


def test_a_day_without_a_count_is_a_truth_only_where_it_was_covered(tmp_path: Path) -> None:
    """Nought where the whole country is covered, in one row or in several; nothing at all where a region is not, or where
    nobody looked. A count is the truth either way."""
    whole, parts = covered(tmp_path / "a", "nation"), covered(tmp_path / "b", "north;coast", "capital")
    some, none = covered(tmp_path / "c", "north;coast"), covered(tmp_path / "d")
    assert [scoring.reported_crowd(c, NOBODY_OUT) for c in (whole, parts, some, none)] == [
        0.0,
        0.0,
        None,
        None,
    ]
    for case in (whole, some, none):
        assert (
            scoring.reported_crowd(case, CAPITAL_OUT) == scoring.reported_crowd(whole, CAPITAL_OUT) > 1000.0
        )


def test_only_what_was_known_by_the_day_is_persistence(tmp_path: Path) -> None:
    """The capital's crowd of a day that its own claim reports later is not known by that day."""

    def late(rows: list[cases.Row]) -> list[cases.Row]:
        return [
            r | {"known_from": "2030-03-20"} if r["kind"] == "crowd" and "2030-03-13" in r["when"] else r
            for r in rows
        ]

    case = load_case(cases.write(tmp_path / "case", late))
    assert scoring.reported_crowd(case, CAPITAL_OUT) > 0.0
    assert scoring.reported_crowd(case, CAPITAL_OUT, known=CAPITAL_OUT) == 0.0


def test_blocks_are_left_out_of_a_run_from_the_prior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipped proposal has seen what is left out: conditioning must not start from it."""
    asked: list[Any] = []

    class Seen(Exception):
        pass

    def condition(model: Any, settings: Any, seed: int, pool: Any, warm_start: bool, *rest: Any) -> None:
        asked.append(warm_start)
        raise Seen

    monkeypatch.setattr(scoring, "condition", condition)
    case = load_case(cases.write(tmp_path / "case"))
    with pytest.raises(Seen):
        scoring.left_out(case, case.default_as_of, effort_of("quick"), 1, 1, None)
    assert asked == [False]


def test_a_case_that_is_already_cut_cannot_be_scored(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="a cut case has no next day"):
        scoring.score_case(cases.cut(tmp_path / "case"), out=tmp_path)
    assert not (tmp_path / "toy").exists()


def test_the_table_says_how_many_days_were_scored() -> None:
    row = {"as_of": "2030-03-05", "model": -0.5, "persistence": -1.0, "climatology": -2.0, "truth": "under 1,000",
           "p_10000_ten_days": 0.1, "outcome_entropy": 0.2}  # fmt: skip
    unseen = row | {"model": None, "persistence": None, "climatology": None, "truth": "not observed"}
    text = scoring.table([row, unseen, row], [])
    assert "sum of 2 of 3 days" in text and "-1.00" in text and "not observed" in text
    assert "are not scored" in text and "are not scored" not in scoring.table([row], [])
