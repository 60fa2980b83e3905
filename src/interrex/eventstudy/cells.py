"""Cells of a CSV file as text, with the line of each row: encodings, separators, headings that begin further down.

Nothing is known here of prices. What cannot be read is refused with file and line; what was passed over is noted.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from interrex.errors import CaseError, Problem

Frame: TypeAlias = Any
"""A pandas DataFrame or Series, whose own annotations are too loose to be checked by."""

LONGEST, QUOTED = 500, 60
"""Signs of a cell: more are refused before anything is made of them; a message quotes the first QUOTED."""

SEARCHED = 60
"""Rows in which the headings are looked for."""

DATE_WORDS = frozenset({"date", "day", "time", "timestamp", "datetime", "trade date", "when"})
FIELD_WORDS = frozenset({"adj close", "capital gains", "close", "dividends", "high", "last", "low", "open",
                         "stock splits", "volume"})  # fmt: skip
"""What vendors call the columns of one instrument, in the words of `plain`."""

MARKS = "\u200b\u200e\u200f\u2060\ufeff"
"""Signs that are not seen: directions of writing, joins, marks of the byte order."""

ZEROS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb": "utf-8-sig"}
"""Encodings by the first two bytes of a file."""


class Sheet(NamedTuple):
    """A table as text. header: names of the columns. rows: as long as the header each. lines: of each row, from 1.
    notes: sentences on what was passed over. stacked: the headings named fields and instruments one above the other,
    and were laid out as rows: header[0] is the day, header[1] 'instrument', the rest are fields."""

    file: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    separator: str
    notes: list[str]
    stacked: bool = False


def plain(name: str) -> str:
    """A heading in small letters, words parted by single spaces: 'Adj. Close' and 'adj_close' are 'adj close'."""
    words = " ".join(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))).lower()
    return words.replace("adjusted", "adj").replace("close adj", "adj close").replace("adjclose", "adj close")


def quoted(text: str) -> str:
    """A cell as messages quote it: its first signs, and how many there are."""
    if len(text) <= QUOTED:
        return repr(text)
    return f"{text[:QUOTED]!r}... ({len(text):,} signs)"


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names with commas, the first `most` of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(quoted(name)[1:-1] if len(name) > QUOTED else name for name in names[:most]) + more


def sheet(file: Path, wanted: Collection[str] = ()) -> Sheet:
    """Read a CSV file. wanted: headings that the header must hold, where they are known.

    UTF-8 and UTF-16; columns parted by comma, semicolon, tab or bar; lines above the header are passed over with a
    note. Raises CaseError with file and line.
    """
    text = _decode(file)
    first = text[:20].splitlines()[:1]
    named = re.fullmatch(r"sep=(.)", first[0].strip()) if first else None
    start = int(named is not None)
    tried: list[tuple[bool, int, str, int]] = []
    for separator in (named[1],) if named else (",", ";", "\t", "|"):
        head = [
            cells for _, cells in itertools.islice(_parsed(text, separator, file, strict=False), SEARCHED)
        ]
        at, known = _header(head, wanted), True
        if at < 0:
            at, known = next((i for i in range(start, len(head)) if any(head[i])), -1), False
        tried.append((known, len(head[at]) if at >= 0 else 0, separator, at))
    _, width, separator, at = max(tried, key=lambda one: one[:2])
    if not width:
        raise CaseError(Problem(str(file), 0, 0, "", "is empty", "give a header and rows"))
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, cells in _parsed(text, separator, file):
        rows.append(cells)
        lines.append(line)
    pairs = _stacked(rows, at)
    top = pairs[0] if pairs else at
    above = [i for i in range(start, top) if any(rows[i])]
    notes: list[str] = []
    if above:
        told = f"line {lines[above[0]]}" if len(above) == 1 else f"{len(above)} lines"
        notes.append(f"{file}: the header is taken from line {lines[top]}; {told} above it left out")
    kept = [i for i in range(at + 1, len(rows)) if any(rows[i])]
    header = list(rows[at])
    while not pairs and header and not header[-1]:
        header.pop()
    whole = Sheet(
        str(file), header, [_fitted(rows[i], len(header), lines[i], file, separator) for i in kept],
        [lines[i] for i in kept], separator, notes,
    )  # fmt: skip
    return unstacked(whole, *(cells[1:] for cells in pairs[1])) if pairs else whole


def _decode(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise CaseError(Problem(str(file), 0, 0, "", "is not there", "give the path of a CSV file")) from None
    except IsADirectoryError:
        raise CaseError(Problem(str(file), 0, 0, "", "is a folder", "give the path of a CSV file")) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise CaseError(
            Problem(str(file), 0, 0, "", f"cannot be read ({why})", "give the path of a CSV file")
        ) from None
    encoding = ZEROS.get(data[:2], "utf-8")
    if encoding == "utf-8" and data[:100].count(0) > 20:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    try:
        text = data.decode(encoding)
        return text.translate(str.maketrans("", "", MARKS)) if any(mark in text for mark in MARKS) else text
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1 if encoding.startswith("utf-8") else 1
        raise CaseError(
            Problem(
                str(file),
                line,
                1,
                "",
                f"is not {encoding.upper().removesuffix('-SIG')} text",
                "save it as CSV in UTF-8",
            )
        ) from None


def _parsed(text: str, separator: str, file: Path, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row; `strict` refuses cells that no table of prices holds."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            if not strict:
                return
            raise CaseError(
                Problem(str(file), line, 1, "", "holds a cell that does not end", "close the quotation mark")
            ) from None
        if strict:
            for cell in cells:
                if "\n" in cell or "\r" in cell:
                    raise CaseError(
                        Problem(
                            str(file),
                            line,
                            1,
                            "",
                            f"holds a cell that runs over lines, {quoted(cell)}",
                            "close the quotation mark",
                        )
                    )
                if len(cell) > LONGEST:
                    raise CaseError(
                        Problem(
                            str(file),
                            line,
                            1,
                            "",
                            f"holds a cell of {len(cell):,} signs, {quoted(cell)}",
                            f"give at most {LONGEST}",
                        )
                    )
        yield line, cells


def _header(head: list[list[str]], wanted: Collection[str]) -> int:
    """Position of the row of headings, -1 if none is known as such: the one with all that is wanted, or with a word
    for the day and something beside it that is no day itself."""
    if wanted:
        for at, cells in enumerate(head):
            if set(wanted) <= set(cells):
                return at
    for at, cells in enumerate(head):
        days = any(
            re.match(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}:\d\d", cell) for cell in cells
        )
        if not days and len(cells) > 1 and any(plain(cell) in DATE_WORDS for cell in cells):
            if any(cells[1:]) or _stacked(head, at):
                return at
    return -1


def _stacked(rows: list[list[str]], at: int) -> tuple[int, list[list[str]]] | None:
    """Where the headings down to row `at` name fields and instruments one above the other, as yfinance writes them:
    the first of these rows, and the two."""
    low = at if any(rows[at][1:]) else at - 1
    pair = rows[low - 1 : low + 1] if low > 0 else []
    width = len(rows[at])
    if width < 2 or len(pair) < 2 or any(len(cells) != width or not all(cells[1:]) for cells in pair):
        return None
    return (low - 1, pair) if sum(_are_fields(cells[1:]) for cells in pair) == 1 else None


def _are_fields(words: list[str]) -> bool:
    return all(plain(word) in FIELD_WORDS for word in words)


def unstacked(whole: Sheet, first: list[str], second: list[str]) -> Sheet:
    """One row an instrument and day, of a table whose first column holds days and whose other columns are pairs of a
    field and an instrument, in either order."""
    fields, names = (first, second) if _are_fields(first) else (second, first)
    kinds, instruments = list(dict.fromkeys(fields)), list(dict.fromkeys(names))
    column = {pair: at for at, pair in enumerate(zip(names, fields, strict=True), start=1)}
    rows = [
        [cells[0], name, *(cells[column[name, kind]] if (name, kind) in column else "" for kind in kinds)]
        for name in instruments
        for cells in whole.rows
    ]
    header = [whole.header[0], "instrument", *kinds]
    return whole._replace(header=header, rows=rows, lines=whole.lines * len(instruments), stacked=True)


def _fitted(cells: list[str], width: int, line: int, file: Path, separator: str) -> list[str]:
    """The cells of a row, `width` of them: empty ones at its end do not count."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) == width:
        return cells
    remedy = "give each row as many cells as the header"
    if separator == "," and len(cells) > width:
        remedy += "; where a comma stands inside a number, part the columns by semicolons"
    raise CaseError(Problem(str(file), line, 1, "", f"has {len(cells)} cells, the header {width}", remedy))
