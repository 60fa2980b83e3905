"""References: what is cited stands with its link, and a table that the run does not hold is not told."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from interrex.mechanisms.contract import Work
from interrex.report.blocks import Table
from interrex.report.read import Absent, Results
from interrex.topics.references import bibtex
from interrex.topics.references.answer import references
from interrex.topics.references.section import SECTION
from interrex.topics.references.works import DATA, METHODS


def texts(dim: str, **columns: list[str]) -> xr.Dataset:
    return xr.Dataset({name: (dim, np.array(values, dtype=object)) for name, values in columns.items()})


def tables(**groups: xr.Dataset) -> list[Table]:
    results = Results(xr.DataTree.from_dict({f"/{name}": data for name, data in groups.items()}))
    return [b for b in SECTION.fill(results, {}) if isinstance(b, Table)]


WORKS = texts(
    "row", key=["a", "b", "c"], text=["One.", "Two.", "Three."], doi=["10.1/x", "", "https://example.org/y"]
)
SOURCES = texts(
    "source", source=["b-2", "A-1"], publisher=["", "The Courier"], url=["javascript:x", "https://example.org/a"],
    published=["", "2030-03-01"], type=["report", "paper"], leaning=["", "state"],
)  # fmt: skip


def test_a_work_has_the_link_of_its_doi() -> None:
    (table,) = tables(references=WORKS)
    links = [[(s.text, s.href) for s in row.cells[1].spans if s.href] for row in table.rows]
    assert links == [
        [("10.1/x", "https://doi.org/10.1/x")], [], [("https://example.org/y", "https://example.org/y")]
    ]  # fmt: skip
    assert [row.cells[1].spans[0].text for row in table.rows] == ["One. ", "Two. ", "Three. "]
    assert table.caption == "Works behind the mechanisms that ran."


def test_sources_stand_by_name_and_what_is_blank_is_said() -> None:
    (table,) = tables(sources=SOURCES)
    told = [["".join(s.text for s in cell.spans) for cell in row.cells] for row in table.rows]
    assert told == [
        ["A-1", "The Courier", "2030-03-01", "paper", "state"],
        ["b-2", "b-2", "undated", "report", ""],
    ]
    assert [row.cells[1].spans[0].href for row in table.rows] == ["https://example.org/a", ""]
    assert table.caption == "2 sources of the claims." and table.folded == "All 2 sources"


def test_without_works_and_sources_nothing_is_told() -> None:
    assert len(tables(references=WORKS, sources=SOURCES)) == 2
    with pytest.raises(Absent, match="stored neither references nor sources"):
        tables(meta=xr.Dataset())
    with pytest.raises(Absent):
        tables(references=WORKS.drop_vars("key"), sources=SOURCES.rename(source="s"))


def made() -> xr.Dataset:
    work = Work("Doe, J.", "2001", "A title", "A journal", "10.1/x")
    mechanisms = [
        SimpleNamespace(name="first", works=(work,), note=""),
        SimpleNamespace(name="second", works=(), note="made here"),
    ]
    cut = SimpleNamespace(
        id="toy", title="The toy", as_of_date="2030-04-10", claims=[1, 2, 3], fingerprint="abc"
    )
    return references(mechanisms, cut, "9.9")  # type: ignore[arg-type]


def test_every_row_says_what_it_is_used_for() -> None:
    data = made()
    rows = [tuple(str(data[n].values[i]) for n in ("kind", "key", "use", "doi")) for i in range(4)]
    assert rows == [
        ("software", "interrex", "all computations", ""),
        ("case", "toy", "the ledger", ""),
        ("mechanism", str(data["key"].values[2]), "mechanism first", "10.1/x"),
        ("mechanism", "second", "mechanism second", ""),
    ]
    told = data["text"].values
    assert "version 9.9" in told[0] and "case as of 2030-04-10, 3 claims, sha256 abc" in told[1]
    assert told[2].endswith("Used for: mechanism first.") and told[3] == "No published model: made here."
    assert data.sizes[data["key"].dims[0]] == 4 + len(METHODS) + len(DATA)


def test_bibtex_gives_one_entry_a_work_and_a_comment_where_none_is_published() -> None:
    text = bibtex.bibtex(made(), SOURCES)
    software = text.split("\n\n")[0]
    assert (
        software.startswith("@software{interrex,\n  author = {{The interrex authors}},")
        and "year" not in software
    )
    assert text.count("@software") == 1 and "@misc{toy," in text
    assert "% mechanism second: No published model: made here." in text and "{second," not in text
    paper = next(part for part in text.split("\n\n") if "A journal" in part)
    assert "author = {Doe, J.}" in paper and "year = {2001}" in paper and "doi = {10.1/x}" in paper
    assert "note = {Used for: mechanism first}" in paper
    (courier,) = re.findall(r"@misc\{toy:A-1,\n(?:.*\n)*?\}", text)
    assert (
        "year = {2030}" in courier
        and "date = {2030-03-01}" in courier
        and "author = {{The Courier}}" in courier
        and "title = {{A-1}}" in courier
        and "note = {Source of the ledger}" in courier
    )


def test_authors_are_told_apart_and_marks_are_escaped() -> None:
    assert bibtex._authors("Doe, J., Roe, A. B. & Poe, E.") == ["Doe, J.", "Roe, A. B.", "Poe, E."]
    assert bibtex._authors("The Authority") == ["{The Authority}"] and bibtex._authors("") == []
    assert bibtex._plain("a & b\n {50 %} x_1 \\~^") == r"a \& b 50 \% x\_1 "
