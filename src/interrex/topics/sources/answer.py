"""The sources behind the ledger."""

from __future__ import annotations

import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.results.described import Column, described
from interrex.topics.sources.variables import GROUP


def answer(run: Conditioned) -> xr.Dataset:
    """The group /sources of a conditioned case."""
    return sources(run.case)


def sources(cut: CutCase) -> xr.Dataset:
    """The sources of a cut case in the order of their ids (dim source)."""
    listed = [cut.sources[key] for key in sorted(cut.sources)]
    columns: dict[str, Column] = {
        "source": ([s.source for s in listed], "stable id of the source"),
        "publisher": ([s.publisher for s in listed], "who published it"),
        "url": ([s.url for s in listed], "where it was read"),
        "published": (
            [s.published.isoformat() if s.published else "" for s in listed],
            "day of publication",
        ),
        "published_basis": ([s.published_basis for s in listed], "what the day of publication rests on"),
        "audience": ([s.audience for s in listed], "audiences that it reaches"),
        "type": ([s.type for s in listed], "type of source"),
        "leaning": (
            ["" if s.leaning is None else f"{s.leaning:g}" for s in listed],
            "from -1 (against the rulers) to 1 (for them)",
        ),
    }
    return described(GROUP, columns, f"sources of the case {cut.id}")
