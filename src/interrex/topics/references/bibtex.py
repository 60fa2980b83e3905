"""BibTeX of what a case or a run stands on, from the stored groups `references` and `sources`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import xarray as xr

from interrex.errors import StoreError
from interrex.topics.references.variables import GROUP


def cite(target: str, version: str) -> str:
    """Entries for a case, by name or folder (what would run in this `version`, and all its sources), or for the run in a
    folder (what ran, with the sources known then). CaseError or StoreError where there is neither."""
    if (Path(target) / "manifest.json").is_file():
        from interrex.results.open import open_run

        tree = open_run(target).tree
        groups = {name: tree[name].to_dataset() if name in tree else xr.Dataset() for name in ("references", "sources")}
        lacking = [variable.name for variable in GROUP.variables if variable.name not in groups["references"]]
        if lacking:
            raise StoreError(
                f"the references of the run {target} lack {', '.join(lacking)}", "cite its case, or run it again"
            )
        return bibtex(groups["references"], groups["sources"])
    from interrex.case import load_case
    from interrex.mechanisms import all_mechanisms
    from interrex.topics.references.answer import references
    from interrex.topics.sources.answer import sources

    case = load_case(target)
    cut = case.as_of(case.default_as_of)
    return bibtex(references(all_mechanisms(), cut, version), sources(case))


def bibtex(references: xr.Dataset, sources: xr.Dataset) -> str:
    """One entry for each work, whatever it is used for, and for each source of the case; what has no published model is
    named in a comment."""
    entries: dict[str, str] = {}
    case = ""
    for row in _rows(references):
        if row["kind"] == "case":
            case = row["key"]
        if not row["title"]:
            entries[row["key"]] = f"% {row['use']}: {_plain(row['text'])}"
            continue
        uses = [other["use"] for other in _rows(references) if other["key"] == row["key"]]
        entries[row["key"]] = _entry(
            "software" if row["kind"] == "software" else "misc",
            row["key"],
            {
                "author": " and ".join(_authors(row["authors"])),
                "year": row["year"],
                "title": f"{{{_plain(row['title'])}}}",
                "howpublished": _plain(row["where"]),
                "doi": row["doi"],
                "note": f"Used for: {_plain('; '.join(dict.fromkeys(uses)))}",
            },
        )
    for row in _rows(sources):
        key = f"{case}:{row['source']}"
        entries[key] = _entry(
            "misc",
            key,
            {
                "author": f"{{{_plain(row['publisher'])}}}",
                "year": row["published"][:4],
                "title": f"{{{_plain(row['source'])}}}",
                "date": row["published"],
                "url": row["url"],
                "note": "Source of the ledger",
            },
        )
    return "\n\n".join(entries.values()) + "\n"


def _rows(table: xr.Dataset) -> list[dict[str, str]]:
    names = [str(name) for name in table.variables]
    return [dict(zip(names, map(str, row), strict=True)) for row in zip(*(table[n].values for n in names), strict=True)]


def _authors(line: str) -> list[str]:
    """Persons of 'Family, I., Family, I. & Family, I.'; a body without initials is one author."""
    people = re.findall(r"[^,&]+, (?:[A-Z]\.[ -]?)+", line)
    return [person.strip(" ,") for person in people] or ([f"{{{line}}}"] if line else [])


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _plain(text: str) -> str:
    """A text without what BibTeX takes for marks of its own."""
    return re.sub(r"([&%#_$])", r"\\\1", re.sub(r"[{}\\~^]", "", " ".join(text.split())))
