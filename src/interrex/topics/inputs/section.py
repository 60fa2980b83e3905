"""Actors, organs, audiences, shocks, watched days and facts of the case, and what reads each."""

from __future__ import annotations

from itertools import groupby

from interrex.report.blocks import Block, Cell, Row, Section, Table
from interrex.report.read import Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("inputs", "kind", "name", "says", "read")
    columns = [group.texts_or_blank(name, "kind") for name in ("kind", "name", "says", "read", "known_from", "source")]
    rows: list[Row] = []
    for kind, entries in groupby(zip(*columns, strict=True), key=lambda entry: entry[0]):
        rows.append(Row((Cell(kind.capitalize()),), heading=True))
        rows += [
            Row((Cell(name), Cell(says, var="inputs/says"), Cell(read), Cell(" ".join(filter(None, (day, source))))))
            for _, name, says, read, day, source in entries
        ]
    return [
        Table(
            (("Entry", ""), ("What the case says", ""), ("What reads it", ""), ("Known from, source", "")),
            rows,
            "What the run was given besides the claims of the ledger; what is told of enters no calculation.",
            look="small",
        )
    ]


SECTION = Section("inputs", "What the case was given", _fill)
