"""The opinion piece under review: its statements, each with what the record says of it."""

from __future__ import annotations

from typing import Any

import numpy as np


def dataset(cut: Any) -> Any:
    """Group /opinion_piece: statements of the commentary under review."""
    import xarray as xr

    from interrex.results.schema import empty

    piece = cut.opinion_piece
    if piece is None or not piece.statements:
        return empty("the case reviews no commentary that is known by this day")
    columns = {
        f: ("statement", np.array([str(getattr(s, f, "") or "") for s in piece.statements], dtype=object))
        for f in ("text", "verdict", "evidence")
    }
    return xr.Dataset(columns)
