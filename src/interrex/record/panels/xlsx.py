"""The first sheet of an Excel workbook as rows of text, without a library for it: the file is a ZIP of XML."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from interrex.errors import StoreError

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

LARGEST = 200_000_000
"""Bytes of one unpacked part; a panel needs a hundredth."""


def rows_of(path: Path) -> list[list[str]]:
    """Cells of the first sheet, row by row; empty cells are empty texts. Days are the numbers that Excel stores."""
    try:
        with zipfile.ZipFile(path) as book:
            texts = [_text(s) for s in _part(book, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]
            sheet = _part(book, "xl/worksheets/sheet1.xml")
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError) as error:
        raise StoreError(
            f"{path}: cannot be read as a workbook ({error})", "save its table as CSV"
        ) from error
    rows: list[list[str]] = []
    for row in sheet.iter(f"{_MAIN}row"):
        rows += [[] for _ in range(int(row.get("r", len(rows) + 1)) - len(rows))]
        for cell in row.iter(f"{_MAIN}c"):
            at = _column(cell.get("r", ""))
            rows[-1] += [""] * (at + 1 - len(rows[-1]))
            value = cell.findtext(f"{_MAIN}v") or ""
            rows[-1][at] = texts[int(value)] if cell.get("t") == "s" and value else value or _text(cell)
    return rows


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if name.endswith("sharedStrings.xml") and name not in book.namelist():
        return ElementTree.Element("none")
    if book.getinfo(name).file_size > LARGEST:
        raise zipfile.BadZipFile(f"{name} unpacks to more than {LARGEST:,} bytes")
    data = book.read(name)
    if b"<!DOCTYPE" in data:  # entities that grow without bound come in with a document type
        raise zipfile.BadZipFile(f"{name} declares a document type")
    return ElementTree.fromstring(data)


def _text(element: ElementTree.Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{_MAIN}t"))


def _column(reference: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", reference):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
