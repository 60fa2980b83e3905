"""From a folder to a Case: read every file, collect every mistake, and build only what is sound."""

from __future__ import annotations

from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from interrex.case import vocabulary as words
from interrex.case.check import check
from interrex.case.cut import Case, CaseBody, Fields, build_case
from interrex.case.draft import Draft, columns, draft_document, draft_rows
from interrex.case.geojson import read_map
from interrex.case.read import MAP_BYTES, TABLE_BYTES, YAML_BYTES, file_problem, read_text
from interrex.case.schema import TABLES
from interrex.case.tables import read_table
from interrex.case.yaml_core import read_yaml
from interrex.errors import CaseError, Problem, quoted

CASE_FILE = "case.yaml"
MAP_FILE = "map.geojson"
MOST = 100
"""As many mistakes of one file are told."""


class Findings(NamedTuple):
    """What a check found: mistakes, warnings, and the case where there are no mistakes."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    case: Case | None


def load_case(name_or_path: str | Path) -> Case:
    """A shipped case by its name, or the case in a folder.

    Raises CaseError with every mistake of the case.
    """
    found = check_case(name_or_path)
    if found.case is None:
        raise CaseError(*found.problems)
    return found.case


def check_case(name_or_path: str | Path) -> Findings:
    """Every mistake and warning of a case. Raises CaseError only where there is no case to check."""
    if isinstance(name_or_path, str) and name_or_path in (shipped := _shipped()):
        with as_file(shipped[name_or_path]) as folder:
            return check_folder(folder)
    folder = Path(name_or_path)
    if not folder.is_dir():
        shipped = ", ".join(shipped_cases()) or "none"
        raise CaseError(
            Problem(
                "",
                0,
                0,
                "",
                f"there is no case {quoted(str(name_or_path))}",
                f"give a folder that holds {CASE_FILE}, or the name of a shipped case ({shipped})",
            )
        )
    return check_folder(folder)


def shipped_cases() -> tuple[str, ...]:
    """Names of the cases that come with interrex, sorted: the worked ones, and the crises of the library."""
    return tuple(sorted(_shipped()))


def _shipped() -> dict[str, Traversable]:
    """Folder of each case that comes with interrex, by its name."""
    library = files("interrex") / "library"
    return {
        entry.name: entry
        for shelf in (library, library / "crises")
        if shelf.is_dir()
        for entry in shelf.iterdir()
        if (entry / CASE_FILE).is_file()
    }


def check_folder(folder: Path) -> Findings:
    """Every mistake and warning of the case in a folder, whatever its files hold."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    try:
        draft = _draft(folder, problems)
        found, warnings = check(draft)
        problems += found
    except CaseError as error:
        problems += [problem for problem in error.problems if problem not in problems]
        return Findings(_listed(problems), _listed(warnings), None)
    case = None if problems else _build(folder, draft)
    return Findings(_listed(problems), _listed(warnings), case)


def _draft(folder: Path, problems: list[Problem]) -> Draft:
    """All files of a folder, validated part by part."""
    document = read_yaml(read_text(folder, CASE_FILE, YAML_BYTES), CASE_FILE, problems)
    if not isinstance(document.value, dict):
        raise CaseError(
            *problems,
            Problem(CASE_FILE, 1, 1, "", "the file holds no keys", "`interrex new NAME` writes an example"),
        )
    version = document.value.get("interrex")
    if isinstance(version, int) and version > words.FORMAT_VERSION:
        raise CaseError(
            Problem(
                CASE_FILE,
                *document.place(("interrex",)),
                "interrex",
                f"the case is written in format {version}, this interrex reads {words.FORMAT_VERSION}",
                "install a newer interrex",
            )
        )
    draft = draft_document(document, CASE_FILE, problems)
    for key in TABLES:
        name = draft.get(key)
        if name is None:
            draft.many[key] = []
            continue
        before = len(problems)
        try:
            rows = read_table(_file(folder, draft, key, name, TABLE_BYTES), name, *columns(key), problems)
        except CaseError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            rows = []
        if len(problems) > before:
            draft.unread.add(key)
        draft.many[key] = draft_rows(key, rows, name, problems)
    outline = draft.get("map") or (MAP_FILE if (folder / MAP_FILE).exists() else None)
    if outline is not None:
        try:
            text = _file(folder, draft, "map", outline, MAP_BYTES)
            regions = None if "regions" in draft.unread else draft.ids("regions", "region")
            draft.map = read_map(text, outline, regions, problems)
        except CaseError as error:
            problems += error.problems
    return draft


def _file(folder: Path, draft: Draft, key: str, name: str, limit: int) -> str:
    """The text of a file that case.yaml names; a wrong name is shown where it is written."""
    wrong = file_problem(folder, name)
    if wrong is not None:
        raise CaseError(Problem(CASE_FILE, *draft.document.place((key,)), key, *wrong))
    return read_text(folder, name, limit)


def _build(folder: Path, draft: Draft) -> Case:
    """The case of a draft without mistakes."""
    fields: Fields = {
        name: tuple(draft.parts(name)) if name in draft.many else draft.get(name)
        for name in CaseBody.model_fields
    }
    fields |= {
        "default_as_of": draft.get("default_as_of"),
        "facts": {fact.id: fact for fact in draft.parts("facts")},
        "sources": {source.source: source for source in draft.parts("sources")},
        "claims": draft.parts("ledger"),
        "map": draft.map,
    }
    return build_case(**fields, folder=folder)


def _listed(problems: list[Problem]) -> tuple[Problem, ...]:
    """Case file first, then tables by name; within a file by place, and no more than can be read."""
    ordered = sorted(
        dict.fromkeys(problems), key=lambda p: (p.file != CASE_FILE, p.file, p.line, p.column, p.path)
    )
    told: list[Problem] = []
    for file, group in groupby(ordered, key=lambda p: p.file):
        here = list(group)
        told += here[:MOST]
        if len(here) > MOST:
            told.append(Problem(file, 0, 0, "", f"{len(here) - MOST:,} more of the kind", "mend these first"))
    return tuple(told)
