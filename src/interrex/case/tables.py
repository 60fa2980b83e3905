"""CSV tables of a case: a header row, then rows of text cells, each with its place in the file."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from interrex.errors import CaseError, Problem, nearest, quoted

ROWS = 50_000
CELL = 10_000
"""Signs of a cell; the longest text of the format has 4,000."""

_SEP = re.compile(r'"?sep=(.)?"?\s*', re.IGNORECASE)


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
    cannot be read: no header, another separator, a cell above 10,000 signs, more than 50,000 rows, an open quotation.
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
                _separator(header, lines[line - 1], name, line, columns)
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
        raise CaseError(*problems, _broken(str(error), name, before + 1)) from None
    if header is None:
        raise CaseError(
            *problems, Problem(name, 1, 1, "", "the table is empty", "begin it with a header row")
        )
    return rows


def _separator(header: list[str], raw: str, name: str, line: int, columns: tuple[str, ...]) -> None:
    """Refuse a table whose columns are not separated by commas, in one sentence in place of one for each column."""
    excel = _SEP.fullmatch(raw)
    if excel is not None:
        raise CaseError(
            Problem(name, line, 1, "", f"{raw.strip()!r} is a line for Excel", "delete it, and save the table with commas")
        )
    if any(cell in columns for cell in header):
        return
    for sign, word in ((";", "';'"), ("\t", "tabs"), ("|", "'|'")):
        if sum(cell.strip(' "\r\n') in columns for cell in raw.split(sign)) > 1:
            raise CaseError(
                Problem(name, line, 1, "", f"the columns are separated by {word}", "save the table with commas")
            )
    raise CaseError(
        Problem(
            name, line, 1, "", "this is no header row: no column of it is known",
            f"begin the table with a header of the columns {', '.join(columns)}",
        )  # fmt: skip
    )


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
                Problem(name, *place, column[:60], f"the column {quoted(column)} stands here twice", "keep one")
            )
        elif column in columns:
            order[column] = i
        elif column == "":
            problems.append(
                Problem(
                    name, *place, "", "a column has no name, as that of row numbers which R and pandas write",
                    "delete it (row.names = FALSE, index=False), or name it",
                )  # fmt: skip
            )
        else:
            close = nearest(column, [c for c in columns if c not in header])
            remedy = f"did you mean {close!r}?" if close else f"the columns are {', '.join(columns)}"
            problems.append(Problem(name, *place, column[:60], f"unknown column {quoted(column)}", remedy))
    for column in required:
        if column not in order:
            problems.append(
                Problem(name, line, 1, column, f"the column {column!r} is missing", "add it to the header")
            )
    return order


def _broken(said: str, name: str, line: int) -> Problem:
    if "field larger" in said:
        return Problem(
            name, line, 1, "", f"a cell has more than {CELL:,} signs", "shorten it, or close its quotation mark"
        )
    if "new-line character" in said:
        return Problem(
            name, line, 1, "", "a carriage return stands alone here, as old Macs ended their lines",
            "save the table with line ends of Unix or Windows",
        )  # fmt: skip
    if "unexpected end" in said:
        return Problem(name, line, 1, "", "a quotation mark opens here and never closes", "close it")
    return Problem(
        name, line, 1, "", f"this is not CSV ({said[:100]})", 'double the quotation marks inside a cell: ""'
    )
