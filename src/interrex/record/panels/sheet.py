"""One file of a panel as text: its columns, its cells, and the line that each row begins on."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pandas

from interrex.errors import StoreError
from interrex.record.panels.xlsx import rows_of
from interrex.record.tables import Remark

pd: Any = pandas
Frame: TypeAlias = Any
"""A pandas DataFrame or Series, whose own annotations are too loose to be checked by."""

LARGEST = 1e15
"""No count, year or number of a country is larger; what is, is no number."""

SPELLED = 3
"""As many faults of one kind in one file are told one by one; the rest are counted."""

ENDINGS = (".csv", ".csv.gz", ".tsv", ".xlsx", ".xls")
"""How files end that may be panels."""


EXCEL_ZERO = pd.Timestamp("1899-12-30")
"""Day 0 of Excel's count of days, for days after February 1900."""


@dataclass(frozen=True)
class Sheet:
    """place: path as messages show it. rows: text cells, stripped; the index is the line in the file."""

    path: Path
    place: str
    columns: tuple[str, ...]
    rows: Frame

    def text(self, column: str) -> Frame:
        """A column as text; empty where the file has no such column."""
        return self.rows[column] if column in self.rows else pd.Series("", self.rows.index, dtype=object)

    def numbers(self, column: str) -> Frame:
        """A column as float64; NaN where there is no number, and for -99 and the like, REIGN's sign for unknown."""
        read = pd.to_numeric(self.text(column), errors="coerce").astype("float64")
        return read.where(read.abs() < LARGEST).mask(read.isin((-99, -999, -9999)))

    def years(self, column: str) -> Frame:
        """A column of years with four digits; NaN where there is none."""
        read = self.numbers(column)
        return read.where(read.between(1000, 9999) & (read % 1 == 0))

    def dates(self, column: str) -> Frame:
        """A column of days written 2022-01-05, 1/5/2022 as in American spreadsheets, 05 January 2022 as by ACLED, or as the
        number that Excel stores; NaT where it is none of these."""
        text = self.text(column).str.slice(0, 10)
        found = seconds(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"))
        for form in ("%m/%d/%Y", "%d %B %Y"):
            if found.isna().any():
                found = found.fillna(seconds(pd.to_datetime(self.text(column), format=form, errors="coerce")))
        serial = pd.to_numeric(text.where(text.str.fullmatch(r"\d{5}")), errors="coerce")
        return found.fillna(seconds(EXCEL_ZERO + pd.to_timedelta(serial, unit="D")))


@dataclass
class Notes:
    """Collects remarks on files and rows."""

    remarks: list[Remark] = field(default_factory=list[Remark])

    def say(self, level: str, place: str, text: str) -> None:
        """One remark."""
        self.remarks.append(Remark(level, place, text))

    def rows(self, sheet: Sheet, which: Frame, text: str | Callable[[Frame], str]) -> None:
        """One remark for each marked row, with its line; beyond `SPELLED`, the number of the others."""
        lines = sheet.rows.index[which.reindex(sheet.rows.index, fill_value=False).to_numpy(bool)]
        for line in lines[:SPELLED]:
            sentence = text if isinstance(text, str) else text(sheet.rows.loc[line])
            self.say("mended", f"{sheet.place}:{line}", sentence)
        if len(lines) > SPELLED:
            self.say(
                "mended",
                sheet.place,
                f"... and {len(lines) - SPELLED:,} more rows with the same fault as line {lines[0]}",
            )


def seconds(days: Any) -> Frame:
    """Days as datetime64[s], whatever resolution pandas chose."""
    return pd.Series(days).astype("datetime64[s]")


def days(year: Any, month: Any, day: Any) -> Frame:
    """Days from three columns of numbers; NaT where a part is missing or there is no such day."""
    parts = pd.DataFrame({"year": year, "month": month, "day": day})
    whole = parts.where((parts % 1 == 0) & (parts > 0)).dropna()
    whole = whole[whole["year"].between(1000, 9999)].astype("int64")
    return seconds(pd.to_datetime(whole, errors="coerce")).reindex(parts.index)


def months_end(first: Frame) -> Frame:
    """The last day of the month of each day."""
    return seconds(first + pd.offsets.MonthEnd(0))


def header(path: Path) -> tuple[str, ...]:
    """The names of a file's columns, stripped."""
    if path.suffix == ".xlsx":
        return tuple(c.strip() for c in next(iter(rows_of(path)), list[str]()))
    with _opened(path) as file:
        line = file.readline(1 << 16).decode("utf-8-sig", errors="replace")
    return (
        ()
        if "\0" in line
        else tuple(c.strip() for c in next(csv.reader([line], delimiter=_delimiter(line)), list[str]()))
    )


def read_sheet(path: Path, place: str, wanted: tuple[str, ...], notes: Notes) -> Sheet:
    """The wanted columns of a file. Bytes that are not UTF-8 are taken as Windows-1252, the usual export of spreadsheets."""
    try:
        lines = list(_lines(path))
    except (csv.Error, EOFError, OSError) as error:
        raise StoreError(
            f"{place}: cannot be read as a table ({error})", "save it as CSV with a header"
        ) from error
    columns = tuple(c.strip() for c in lines[0][1])
    at = {c: columns.index(c) for c in wanted if c in columns}
    width = max(at.values()) + 1
    short = [n for n, row in lines[1:] if any(row) and len(row) < width]
    kept = [(n, row + [""] * (width - len(row))) for n, row in lines[1:] if any(row)]
    rows = pd.DataFrame(
        [[row[i].strip() for i in at.values()] for _, row in kept],
        [n for n, _ in kept],
        list(at),
        dtype=object,
    )
    sheet = Sheet(path, place, columns, rows.mask(rows.isin(("NA", "NaN", "nan", "NULL", ".")), ""))
    if path.suffix != ".xlsx":  # workbooks leave out empty cells at the end of a row
        notes.rows(
            sheet, pd.Series(True, short), "ends before its last column; the missing cells count as empty"
        )
    return sheet


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells with the line, or the row of the workbook, that each begins on."""
    if path.suffix == ".xlsx":
        yield from enumerate(rows_of(path), 1)
        return
    with _opened(path) as file:
        data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.split("\n", 1)[0]))
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _opened(path: Path) -> Any:
    try:
        return gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from error


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)
