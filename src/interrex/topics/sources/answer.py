"""The sources behind the ledger."""

from __future__ import annotations

import xarray as xr

from interrex.case.cut import CaseBody
from interrex.futures.conditioned import Conditioned
from interrex.results.described import dataset
from interrex.topics.sources.variables import GROUP


def answer(run: Conditioned) -> xr.Dataset:
    """The group /sources of a conditioned case."""
    return sources(run.case)


def sources(cut: CaseBody) -> xr.Dataset:
    """The sources of a case, cut or whole, in the order of their ids (dim source)."""
    listed = [cut.sources[key] for key in sorted(cut.sources)]
    return dataset(
        GROUP,
        {
            "source": [s.source for s in listed],
            "publisher": [s.publisher for s in listed],
            "url": [s.url for s in listed],
            "published": [s.published.isoformat() if s.published else "" for s in listed],
            "published_basis": [s.published_basis for s in listed],
            "audience": [s.audience for s in listed],
            "type": [s.type for s in listed],
            "leaning": ["" if s.leaning is None else f"{s.leaning:g}" for s in listed],
        },
    )
