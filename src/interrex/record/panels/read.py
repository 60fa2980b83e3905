"""Read a folder or a file of published panels."""

from __future__ import annotations

from pathlib import Path

from interrex.errors import StoreError
from interrex.record.panels.codes import NAMED, cow
from interrex.record.panels.combine import Part, combined
from interrex.record.panels.formats import FORMATS, known_by
from interrex.record.panels.sheet import ENDINGS, Notes, Sheet, header, read_sheet
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
                notes.say("missing", place, f"no reader knows its columns ({_few(columns)}); not read")
            continue
        sheet = read_sheet(file, place, known.needs + known.takes, notes)
        tables = known.parse(sheet, notes)
        parts.append(Part(place, known.name, FORMATS.index(known), tables, _names(sheet)))
        hashes[place] = sha256_of(file)
        filled = ", ".join(f"{len(t):,} {name}" for name, t in tables.items())
        notes.say("found", place, f"{known.name}, {len(sheet.rows):,} rows: {filled}")
    if not parts:
        tried = ", ".join(f.name for f in FORMATS)
        raise StoreError(
            f"{path}: no file in it is a panel that interrex knows",
            f"it knows {tried}, each by its columns (docs/panels.md)",
        )
    return combined(parts, hashes, notes)


def _few(columns: tuple[str, ...]) -> str:
    return ", ".join(columns[:6]) + (f" and {len(columns) - 6} more" if len(columns) > 6 else "")


def _names(sheet: Sheet) -> dict[str, float]:
    """Names of countries and their numbers, where a file holds both."""
    for code, name, scheme in NAMED:
        if code in sheet.rows and name in sheet.rows:
            number = cow(sheet.numbers(code), sheet.numbers("year"), scheme)
            return {n: c for n, c in zip(sheet.text(name), number, strict=True) if n and c == c}
    return {}
