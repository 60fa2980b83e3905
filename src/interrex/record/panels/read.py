"""Read a folder or a file of published panels."""

from __future__ import annotations

from pathlib import Path

from interrex.errors import StoreError
from interrex.record.panels.codes import NAMED, cow
from interrex.record.panels.combine import Part, combined
from interrex.record.panels.formats import FORMATS, known_by, nearest
from interrex.record.panels.sheet import ENDINGS, Frame, Notes, Sheet, header, pd, read_sheet
from interrex.record.tables import Panels
from interrex.store.files import sha256_of


def read(path: Path | str) -> Panels:
    """All tables that the files under `path` fill. A file is known by its columns; one that no reader knows is named.
    Raises StoreError where there is no file, or none that any reader knows."""
    path = Path(path)
    if not path.exists():
        raise StoreError(
            f"{path}: there is no such folder or file", "give the folder that your panels lie in"
        )
    files = (
        [path]
        if path.is_file()
        else sorted(f for f in path.rglob("*") if f.is_file() and f.name.lower().endswith(ENDINGS))
    )
    notes, parts, hashes = Notes(), list[Part](), dict[str, str]()
    for file in files:
        place = file.name if file == path else file.relative_to(path).as_posix()
        if file.suffix == ".xls":
            notes.say(
                "missing", place, "a workbook of before 2007, which is not read; save it as .xlsx or CSV"
            )
            continue
        columns = header(file)
        known = known_by(columns)
        if known is None:
            if len(columns) > 1:
                near = nearest(columns)
                hint = f"; {near[0].name} it would be with {', '.join(near[1])}" if near else ""
                notes.say(
                    "missing",
                    place,
                    f"none of the {len(FORMATS)} formats has its columns ({_few(columns)}); not read{hint}",
                )
            continue
        sheet = read_sheet(file, place, known.needs + known.takes, notes)
        tables = known.parse(sheet, notes)
        parts.append(Part(place, known.name, FORMATS.index(known), tables, _names(sheet)))
        hashes[place] = sha256_of(file)
        filled = ", ".join(
            f"{len(t):,} {WHAT.get(name, name)}{_years(t)}"
            for name, t in tables.items()
            if name not in ("outcomes", "changes")
        )
        filled = filled or "fills no table, as it counts no deaths"
        notes.say("found", place, f"{known.name}, {len(sheet.rows):,} rows: {filled}")
    if not parts:
        if path.is_file() and notes.remarks:
            raise StoreError(str(notes.remarks[0]), "docs/panels.md lists the columns of each")
        tried = ", ".join(f.name for f in FORMATS)
        raise StoreError(
            f"{path}: no file in it is a panel that interrex knows",
            f"it knows {tried}, each by its columns (docs/panels.md)",
        )
    return combined(parts, hashes, notes)


def _few(columns: tuple[str, ...]) -> str:
    return ", ".join(columns[:6]) + (f" and {len(columns) - 6} more" if len(columns) > 6 else "")


WHAT = {"manners": "manners of entry and exit", "violence": "months of violence", "democracy": "country-years of democracy",
        "nations": "country-years of national data"}  # fmt: skip
"""How a table is called in a sentence, where its name does not say it."""


def _years(rows: Frame) -> str:
    """The years that rows reach over."""
    column = next((c for c in ("start", "day", "month", "year", "known") if c in rows), None)
    if column is None or not len(rows):
        return ""
    first, last = rows[column].min(), rows[column].max()
    first, last = (int(v.year if isinstance(v, pd.Timestamp) else v) for v in (first, last))
    return f" {first}" if first == last else f" {first} to {last}"


def _names(sheet: Sheet) -> dict[str, float]:
    """Names of countries and their numbers, where a file holds both."""
    for code, name, scheme in NAMED:
        if code in sheet.rows and name in sheet.rows:
            number = cow(sheet.numbers(code), sheet.years("year"), scheme)
            return {n: c for n, c in zip(sheet.text(name), number, strict=True) if n and c == c}
    return {}
