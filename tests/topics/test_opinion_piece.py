"""The opinion piece: statement by statement with its verdict and evidence; none for a case without one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fixtures.told import told
from interrex.topics.opinion_piece.answer import answer, statements


def made(*found: tuple[str, str | None, str | None]) -> Any:
    said = [SimpleNamespace(text=text, verdict=verdict, evidence=evidence) for text, verdict, evidence in found]
    return SimpleNamespace(opinion_piece=SimpleNamespace(statements=said))


def test_each_statement_stands_beside_its_own_verdict() -> None:
    group = answer(SimpleNamespace(case=made(("He fled.", "false", "A-1"), ("She stayed.", None, None))))
    assert group["verdict"].values.tolist() == ["false", ""]
    text = told("opinion_piece", opinion_piece=group)
    assert "He fled. false strong A-1 She stayed. strong" in text and "repeating them adds nothing" in text
    assert "The verdicts were written with the case, not computed." in text


def test_a_case_without_a_piece_has_no_statement() -> None:
    empty: Any = SimpleNamespace(opinion_piece=None)
    assert statements(empty).sizes["statement"] == 0
