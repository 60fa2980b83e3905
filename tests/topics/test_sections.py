"""Every section of the report, told of the stored run: no picture, table or paragraph without its words."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import stored_run
from fixtures.told import words
from interrex.report.blocks import Figure, Table
from interrex.report.read import Results
from interrex.topics import TOPICS


@pytest.mark.parametrize("topic", [t.name for t in TOPICS if t.told])
def test_every_block_says_what_it_is(topic: str) -> None:
    section = next(t for t in TOPICS if t.name == topic).section
    assert section.title
    for block in section.fill(Results(stored_run.tree()), stored_run.manifest()):
        assert is_told(block), block


def is_told(block: Any) -> bool:
    """Whether a picture has a title, a caption and words for who cannot see it; a table a name in every row and a head
    over every column but the last; another block any text."""
    if isinstance(block, Figure):
        return all((block.title, block.caption, block.alt, block.var))
    if isinstance(block, Table):
        assert all(len(row.cells) == (1 if row.heading else len(block.columns)) for row in block.rows)
        assert all(any(span.text for cell in row.cells[:2] for span in cell.spans) for row in block.rows)
    if isinstance(block, Table) and "facts" not in block.look:
        return all(title for title, _ in block.columns[:-1])
    return bool(words(block).strip())
