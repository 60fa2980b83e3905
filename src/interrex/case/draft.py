"""A case as written, part by part, each with its place: what checks read before a Case can exist.

A part whose form is wrong has no model but keeps its raw values, so that references to it are not called
unknown and its own references are still checked.
"""

from __future__ import annotations

import re
import types
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from interrex.case.explain import explain, shown
from interrex.case.geojson import GeoJson
from interrex.case.schema import TABLES, CaseFile, Part
from interrex.case.tables import Row
from interrex.case.yaml_core import Document, Path, dotted
from interrex.errors import Problem, nearest, quoted

_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([ ,.'\u2019\u00a0\u202f]\d{3})+")
_COMMA = re.compile(r"[-+]?\d+,\d+")
Valid: TypeAlias = Any  # the key says of which model; checks of that key know it
"""A validated model or value."""

MISSING = ("NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "NaN", "nan", "-", "--")
"""What other programs write into a cell without a value."""
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True)
class Item:
    """One part of a case: an entry of case.yaml or a row of a table."""

    part: Valid
    """The validated model or value; None where its form is wrong."""
    raw: dict[str, object]
    file: str
    path: Path
    document: Document | None = None
    row: Row | None = None

    def problem(self, where: str | Path, wrong: str, remedy: str) -> Problem:
        """A problem at a field of this part."""
        inside: Path = where if isinstance(where, tuple) else (where,) if where else ()
        if self.row is not None:
            line, column = self.row.place(str(inside[0]) if inside else "")
        else:
            assert self.document is not None
            line, column = self.document.place((*self.path, *inside))
        return Problem(self.file, line, column, dotted((*self.path, *inside)), wrong, remedy)

    def written(self, where: str | Path) -> str:
        """A number as the file writes it; empty where there is none."""
        inside: Path = where if isinstance(where, tuple) else (where,)
        if self.row is not None:
            return self.row.cells.get(str(inside[0]), "")
        assert self.document is not None
        return self.document.written.get((*self.path, *inside), "")

    def text(self, name: str) -> str:
        """A field as raw text; empty where it is absent or not text."""
        value = self.raw.get(name)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """A field as ids: a list, or text joined with ';'."""
        value = self.raw.get(name)
        parts = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else []
        return [part.strip() for part in parts if isinstance(part, str) and part.strip()]


@dataclass
class Draft:
    """All parts of a case: lists by key (also those of tables), single parts by key, and the map."""

    document: Document
    many: dict[str, list[Item]] = field(default_factory=dict)
    one: dict[str, Item] = field(default_factory=dict)
    map: GeoJson | None = None
    unread: set[str] = field(default_factory=set)
    """Tables that could not be read in full: what they declare is not known, so nothing is called unknown for it."""

    def ids(self, key: str, name: str = "id") -> set[str]:
        """Ids written in a list, valid or not."""
        return {item.text(name) for item in self.many.get(key, ())} - {""}

    def parts(self, key: str) -> list[Valid]:
        """The valid models of a list."""
        return [item.part for item in self.many.get(key, ()) if item.part is not None]

    def get(self, key: str) -> Valid:
        """The valid value of a single part, or None."""
        item = self.one.get(key)
        return None if item is None else item.part


def draft_document(document: Document, file: str, problems: list[Problem]) -> Draft:
    """Validate case.yaml part by part."""
    draft, content = Draft(document), document.value
    assert isinstance(content, dict)
    known = {f.alias or name: (name, f) for name, f in CaseFile.model_fields.items()}
    for key in content:
        if key not in known:
            problems.append(_unknown(document, file, key, list(known)))
    for key, (name, info) in known.items():
        present = key in content
        if not present:
            if info.is_required():
                problems.append(
                    Problem(
                        file, 1, 1, key, f"'{key}' is missing", "add it; `interrex new` writes an example"
                    )
                )
            elif _element(info) is not None:
                draft.many[name] = []
            else:
                draft.one[name] = Item(
                    info.get_default(call_default_factory=True), {}, file, (key,), document
                )
            continue
        raw = content[key]
        element = _element(info)
        if element is not None and isinstance(raw, list):
            draft.many[name] = [
                _entry(element, value, document, file, (key, i), problems) for i, value in enumerate(raw)
            ]
        elif element is not None and raw is None:
            draft.many[name] = []
        else:
            kind = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            draft.one[name] = _entry(kind, raw, document, file, (key,), problems)
    polity = draft.one.pop("polity")
    draft.many.setdefault("facts", []).extend(
        Item(
            fact.model_copy(update={"id": name}),
            {"id": name, "source": fact.source, "bare": not isinstance(polity.raw.get(name), dict)},
            file, ("polity", name), document,
        )
        for name, fact in (polity.part or {}).items()
    )
    return draft


def draft_rows(key: str, rows: list[Row], file: str, problems: list[Problem]) -> list[Item]:
    """Validate the rows of a table; a word for "missing" in its empty cells is told once and then passed over."""
    model = TABLES[key]
    first = next(iter(model.model_fields))
    optional = [name for name, info in model.model_fields.items() if not info.is_required() and name != first]
    typed = [name for name in model.model_fields if _plain(model.model_fields[name].annotation) is not str]
    lost = [(row, name) for row in rows for name in typed if row.cells.get(name) in MISSING]
    if lost:
        row, name = lost[0]
        wrong = f"{row.cells[name]!r} stands where a cell is empty"
        if len(lost) > 1:
            wrong += f", here and in {len(lost) - 1:,} more cells"
        remedy = 'leave such cells empty (R: write.csv(..., na = "", row.names = FALSE); pandas: to_csv(na_rep=""))'
        problems.append(Problem(file, *row.place(name), name, wrong, remedy))
        for row in rows:
            for name in {*optional, *typed}:
                if row.cells.get(name) in MISSING:
                    del row.cells[name]
    return [_row(model, first, row, file, problems) for row in rows]


def columns(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All columns of a table, and those it must have."""
    fields = TABLES[key].model_fields
    return tuple(fields), tuple(name for name, info in fields.items() if info.is_required())


def _unknown(document: Document, file: str, key: str, names: list[str]) -> Problem:
    close = nearest(key, names)
    remedy = f"did you mean {close!r}?" if close else f"the keys are {', '.join(names)}"
    place = document.key_place((key,))
    return Problem(file, *place, dotted((key,)), f"unknown key {quoted(key)}", remedy)


def _entry(
    kind: Any, raw: object, document: Document, file: str, path: Path, problems: list[Problem]
) -> Item:  # kind: an annotation
    model = kind if isinstance(kind, type) and issubclass(kind, Part) else None
    part = None
    try:
        part = TypeAdapter(kind).validate_python(raw)
    except ValidationError as error:
        for where, wrong, remedy in explain(error, model):
            full = (*path, *_real(raw, where))
            if any(full[: len(bad)] == bad for bad in document.refused):
                continue
            place = document.key_place(full) if wrong.startswith("unknown key") else document.place(full)
            problem = Problem(file, *place, dotted((*path, *_named(where))), wrong, remedy)
            if problem not in problems:
                problems.append(problem)
    if any(bad[: len(path)] == path for bad in document.refused):
        part = None  # a value inside was refused while reading
    return Item(part, raw if isinstance(raw, dict) else {}, file, path, document)


def _row(model: type[Part], first: str, row: Row, file: str, problems: list[Problem]) -> Item:
    name = row.cells.get(first, "") or f"row {row.line}"
    item = Item(None, dict(row.cells), file, (name[:60],), row=row)
    values: dict[str, object] = {}
    told: set[str] = {c for c in model.model_fields if c not in row.order}
    for column, cell in row.cells.items():
        value, wrong = _cell(cell, model.model_fields[column].annotation)
        if wrong:
            problems.append(item.problem(column, *wrong))
            told.add(column)
        else:
            values[column] = value
    part = None
    try:
        part = model.model_validate(values)
    except ValidationError as error:
        for where, wrong_text, remedy in explain(error, model):
            if not where or where[0] not in told:
                if "missing" in wrong_text:
                    wrong_text = f"the cell {str(where[0])!r} is empty"
                    remedy = remedy.replace("add it", "fill it in")
                problems.append(item.problem(where[:1], wrong_text, remedy))
    if any(column in row.cells for column in told):
        part = None
    return Item(part, dict(row.cells), file, item.path, row=row)


def _cell(cell: str, annotation: object) -> tuple[object, tuple[str, str] | None]:
    """A cell as the type of its column: number, whole number, true/false, or text."""
    kind = _plain(annotation)
    if kind is bool:
        if cell.lower() not in _FLAGS:
            return None, (f"{shown(cell)} is neither 1 nor 0", "write 1 or 0")
        return _FLAGS[cell.lower()], None
    if kind is int:
        if _WHOLE.fullmatch(cell) is None:
            return None, (f"{shown(cell)} is not a whole number", _digits(cell, "write digits only"))
        return int(cell), None
    if kind in (float, Decimal):
        if cell.lower().lstrip("+-.") in ("nan", "inf", "infinity"):
            return None, (f"{shown(cell)} is not a finite number", "write a number, or leave the cell empty")
        if _NUMBER.fullmatch(cell) is None:
            return None, (f"{shown(cell)} is not a number", _digits(cell, "write digits with a point"))
        value = float(cell)
        if value in (float("inf"), float("-inf")):
            return None, (f"{shown(cell)} is not a finite number", "write a number, or leave the cell empty")
        return (Decimal(cell) if kind is Decimal else value), None
    return cell, None


def _digits(cell: str, usual: str) -> str:
    """What to write in place of a number in the manner of another country or program."""
    if _THOUSANDS.fullmatch(cell):
        return f"write {re.sub(r'[^-+0-9]', '', cell)}, without signs between the thousands"
    if _COMMA.fullmatch(cell):
        return f"write {cell.replace(',', '.')}, with a decimal point"
    if cell.endswith("%"):
        return "write the number alone, without the sign of per cent"
    return f"{usual}, without spaces or commas"


def _plain(annotation: object) -> object:
    """float of `float | None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [_plain(kind) for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0] if len(kinds) == 1 else str
    if hasattr(annotation, "__metadata__"):
        return _plain(get_args(annotation)[0])
    return annotation


def _element(info: FieldInfo) -> object:
    """The kind of the entries of a list of parts; None for other fields, and for lists that are validated as a whole."""
    whole = info.metadata or get_origin(info.annotation) is not tuple
    return None if whole else get_args(info.annotation)[0]


def _real(raw: object, where: Path) -> Path:
    """The leading part of a pydantic location that exists in the raw value (branches of unions do not)."""
    path: list[str | int] = []
    for step in where:
        if isinstance(raw, dict) and step in raw:
            raw = raw[step]
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
        else:
            break
        path.append(step)
    return tuple(path)


def _named(where: Path) -> Path:
    """A location without the names of union branches, which mean nothing to a reader."""
    return tuple(
        step
        for step in where
        if not (isinstance(step, str) and re.search(r"[\[(]|^(bool|int|float|str)$", step))
    )
