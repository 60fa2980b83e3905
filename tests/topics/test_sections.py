"""Every section of the report, told of the stored run: no picture, table or paragraph without its words."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import stored_run
from fixtures.told import words
from interrex.report.blocks import Callout, Figure, Table
from interrex.report.read import Results
from interrex.topics import TOPICS

BARE = {
    "attention": ["table caption"],
    "diagnostics": ["lead", "callout title", "table caption"],
    "firms": ["callout title"],
    "fit": ["callout title", "table caption", "table head", "table head"],
    "hypotheses": ["table caption", "table head"],
    "markets": ["table head", "table head", "table caption"],
    "outcomes": ["table caption", "table caption"],
    "prior_check": ["table head"],
    "question": ["lead", "table caption"],
    "silence": ["table head", "callout title"],
    "support": ["callout title"],
} | {name: ["lead"] for name in ("inputs", "judgements", "manifest", "method", "opinion_piece", "references")}
"""What a section does without, in order: a lead, a caption where the words before the table say it, a head over badges."""


@pytest.mark.parametrize("topic", [t.name for t in TOPICS if t.told])
def test_every_block_says_what_it_is(topic: str) -> None:
    section = next(t for t in TOPICS if t.name == topic).section
    assert section.title
    blocks = section.fill(Results(stored_run.tree()), stored_run.manifest())
    assert ["lead"] * (not section.lead) + [part for block in blocks for part in untold(block)] == BARE.get(topic, [])


def untold(block: Any) -> list[str]:
    """What does not say what it is: the title, caption, words for who cannot see it, and source of a picture; caption and
    heads of a table with any; title and text of a callout; any other block without a word. A row has its name."""
    parts = {Figure: ("title", "caption", "alt", "var"), Table: ("caption",), Callout: ("title", "text")}
    found = [f"{block.template} {part}" for part in parts.get(type(block), ()) if not getattr(block, part)]
    if isinstance(block, Table):
        assert all(len(row.cells) == (1 if row.heading else len(block.columns)) for row in block.rows)
        assert all(any(span.text for cell in row.cells[:2] for span in cell.spans) for row in block.rows)
        headed = any(title for title, _ in block.columns)
        return found + ["table head" for title, _ in block.columns if headed and not title]
    return found if words(block).strip() else [*found, block.template]
