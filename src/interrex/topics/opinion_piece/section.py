"""The statements of the opinion piece under review, as claims of one source."""

from __future__ import annotations

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table
from interrex.report.read import Absent, Results


def _fill(results: Results, manifest: dict) -> list[Block]:
    reviewed = results.maybe("opinion_piece")
    if reviewed is not None and reviewed.has("text"):
        verdicts, evidence = (
            reviewed.texts_or_blank("verdict", "text"),
            reviewed.texts_or_blank("evidence", "text"),
        )
        rows = [
            Row((Cell(text), Cell(verdicts[n], "strong"), Cell(evidence[n])))
            for n, text in enumerate(reviewed.texts("text"))
        ]
        return [
            Table(
                (("Statement", ""), ("Verdict of this run", ""), ("On what evidence", "")),
                rows,
                "Statements of one author, graded as inference of one source; repeating them adds nothing.",
            )
        ]
    timeline = results.group("timeline", "section", "text")
    chosen = [n for n, section in enumerate(timeline.texts("section")) if section == "op-ed"]
    if not chosen:
        raise Absent("This case reviews no opinion piece.")
    texts, grades = timeline.texts("text"), timeline.texts_or_blank("grade", "text")
    uses = timeline.texts_or_blank("use", "text")
    return [
        Table(
            (("Statement", ""), ("Grade", ""), ("Use", "")),
            [
                Row((Cell(texts[n]), Cell(grades[n]), Cell((Span(uses[n], f"badge {uses[n]}"),))))
                for n in chosen
            ],
            "Statements of one author, graded as inference of one source.",
        )
    ]


SECTION = Section("opinion-piece", "The opinion piece, statement by statement", _fill)
