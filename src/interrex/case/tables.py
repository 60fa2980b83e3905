"""CSV tables of a case: a header row, then rows of text cells, each with its place in the file."""

from __future__ import annotations

import csv
from difflib import get_close_matches
from typing import NamedTuple

from interrex.errors import CaseError, Problem

ROWS = 50_000
CELL = 1_000_000


class Row(NamedTuple):
    """One row: cells by column, empty ones left out, and the lines of the file that hold it."""

    cells: dict[str, str]
    line: int
    raw: str
    order: dict[str, int]

    def place(self, column: str) -> tuple[int, int]:
        """Line and column, from 1, where a cell begins; the row's beginning for a cell that is not there."""
        wanted = self.order.get(column)
        return (self.line, 1) if wanted is None else _cell_place(self.raw, self.line, wanted)


def _cell_place(raw: str, line: int, wanted: int) -> tuple[int, int]:
    """Where the cell number `wanted`, from 0, of the raw text of a row begins; the row begins in `line`."""
    first_line, start, cell, quoted = line, 0, 0, False
    if wanted == 0:
        return line, 1
    for position, sign in enumerate(raw):
        if sign == '"':
            quoted = not quoted
        elif sign == "\n":
            line, start = line + 1, position + 1
        elif sign == "," and not quoted:
            cell += 1
            if cell == wanted:
                return line, position - start + 2
    return first_line, 1


def read_table(
    text: str, name: str, columns: tuple[str, ...], required: tuple[str, ...], problems: list[Problem]
) -> list[Row]:
    """The rows of a CSV text with these columns; mistakes of its form are added to `problems`.

    Quoted cells may hold commas and line ends; wholly empty rows are skipped. Raises CaseError where the rest
    cannot be read: no header, a cell above 1 MB, more than 50,000 rows, an open quotation.
    """
    lines = text.split("\n")
    lines = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    csv.field_size_limit(CELL)
    reader = csv.reader(lines, strict=True)
    header: list[str] | None = None
    order: dict[str, int] = {}
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                order = _header(header, name, line, columns, required, problems)
                continue
            raw = "".join(lines[line - 1 : before])
            if len(cells) != len(header):
                problems.append(
                    Problem(
                        name,
                        line,
                        1,
                        f"row {line}",
                        f"the row has {len(cells)} cells, the header has {len(header)}",
                        "add or remove commas, and quote cells that hold commas",
                    )
                )
                continue
            if len(rows) >= ROWS:
                raise CaseError(
                    *problems,
                    Problem(name, line, 1, "", f"the table has more than {ROWS:,} rows", "shorten it"),
                )
            named = {column: cells[i].strip() for column, i in order.items()}
            rows.append(Row({c: cell for c, cell in named.items() if cell}, line, raw, order))
    except csv.Error as error:
        raise CaseError(*problems, _broken(error, name, before + 1)) from None
    if header is None:
        raise CaseError(
            *problems, Problem(name, 1, 1, "", "the table is empty", "begin it with a header row")
        )
    return rows


def _header(
    header: list[str],
    name: str,
    line: int,
    columns: tuple[str, ...],
    required: tuple[str, ...],
    problems: list[Problem],
) -> dict[str, int]:
    """Positions of the known columns; unknown, repeated and missing ones become problems."""
    order: dict[str, int] = {}
    for i, column in enumerate(header):
        place = _cell_place(",".join(header), line, i)
        if column in order:
            problems.append(
                Problem(name, *place, column[:60], f"the column {column!r} stands here twice", "keep one")
            )
        elif column in columns:
            order[column] = i
        else:
            close = get_close_matches(column, [c for c in columns if c not in header], 1)
            remedy = f"did you mean {close[0]!r}?" if close else f"the columns are {', '.join(columns)}"
            problems.append(Problem(name, *place, column[:60], f"unknown column {column[:60]!r}", remedy))
    for column in required:
        if column not in order:
            problems.append(
                Problem(name, line, 1, column, f"the column {column!r} is missing", "add it to the header")
            )
    return order


def _broken(error: csv.Error, name: str, line: int) -> Problem:
    said = str(error)
    if "field larger" in said:
        return Problem(
            name, line, 1, "", "a cell is larger than 1 MB", "shorten it, or close its quotation mark"
        )
    if "unexpected end" in said:
        return Problem(name, line, 1, "", "a quotation mark opens here and never closes", "close it")
    return Problem(
        name, line, 1, "", f"this is not CSV ({said[:100]})", 'double the quotation marks inside a cell: ""'
    )
