"""The statements of the opinion piece under review, as claims of one source."""

from __future__ import annotations

from interrex.report.blocks import Block, Cell, Row, Section, Table
from interrex.report.read import Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("opinion_piece", "text", "verdict", "evidence")
    columns = (group.texts(name) for name in ("text", "verdict", "evidence"))
    return [
        Table(
            (("Statement", ""), ("Verdict, as the case has it", ""), ("On what evidence", "")),
            [
                Row((Cell(text), Cell(verdict, "strong"), Cell(on)))
                for text, verdict, on in zip(*columns, strict=True)
            ],
            "Statements of one author, graded as inference of one source; repeating them adds nothing. The verdicts were written "
            "with the case, not computed.",
        )
    ]


SECTION = Section("opinion-piece", "The opinion piece, statement by statement", _fill)
