"""What to cite: interrex, the case, works behind the mechanisms that ran, methods of inference, data behind the rates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.mechanisms.contract import Mechanism, Work
from interrex.results.described import dataset
from interrex.topics.references.variables import GROUP
from interrex.topics.references.works import DATA, METHODS


class Entry(NamedTuple):
    """One row: what kind of thing is cited, under which key, and what for; `text` where it is no published work."""

    kind: str
    key: str
    work: Work
    use: str
    text: str


def answer(run: Conditioned) -> xr.Dataset:
    """The group /references of a conditioned case."""
    return references(run.model.mechanisms, run.case, run.settings.version)


def references(mechanisms: Iterable[Mechanism], cut: CutCase, version: str) -> xr.Dataset:
    """The group `references`: interrex in this `version`, the case, works behind the mechanisms that ran, methods, data behind rates."""
    rows = [_interrex(version), _case(cut)]
    for mechanism in mechanisms:
        use = f"mechanism {mechanism.name}"
        rows += [_entry("mechanism", work, use) for work in mechanism.works]
        if not mechanism.works:
            nothing = Work("", "", "", "")
            text = f"No published model: {mechanism.note}."
            rows.append(Entry("mechanism", mechanism.name, nothing, use, text))
    rows += [_entry("method", work, use) for use, work in METHODS] + [
        _entry("data", work, use) for use, work in DATA
    ]
    return dataset(
        GROUP,
        {
            "key": [row.key for row in rows],
            "text": [row.text for row in rows],
            "doi": [row.work.doi for row in rows],
            "kind": [row.kind for row in rows],
            "authors": [row.work.authors for row in rows],
            "year": [row.work.year for row in rows],
            "title": [row.work.title for row in rows],
            "where": [row.work.where for row in rows],
            "use": [row.use for row in rows],
        },
    )


def _entry(kind: str, work: Work, use: str) -> Entry:
    return Entry(kind, work.key, work, use, f"{work.text} Used for: {use}.")


def _interrex(version: str) -> Entry:
    work = Work("The interrex authors", "", "interrex: political crises rebuilt from graded public reports",
                f"version {version}")  # fmt: skip
    return Entry("software", "interrex", work, "all computations", work.text)


def _case(cut: CutCase) -> Entry:
    where = f"case as of {cut.as_of_date}, {len(cut.claims)} claims, sha256 {cut.fingerprint}"
    work = Work("", "", cut.title, where)
    return Entry("case", cut.id, work, "the ledger", work.text)
