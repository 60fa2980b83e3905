"""The opinion piece under review: its statements, each with what the record says of it."""

from __future__ import annotations

import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.results.described import dataset
from interrex.topics.opinion_piece.variables import GROUP


def answer(run: Conditioned) -> xr.Dataset:
    """The group /opinion_piece of a conditioned case."""
    return statements(run.case)


def statements(cut: CutCase) -> xr.Dataset:
    """The statements of the piece (dim statement)."""
    found = cut.opinion_piece.statements if cut.opinion_piece is not None else ()
    return dataset(
        GROUP,
        {name: [str(getattr(s, name) or "") for s in found] for name in ("text", "verdict", "evidence")},
    )
