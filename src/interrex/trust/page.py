"""The answer as one page that asks nothing of the network: the report kit with one section."""

from __future__ import annotations

import xarray as xr

from interrex.report.build import build
from interrex.trust.section import SECTION
from interrex.trust.sentences import QUANTITIES


def page(found: xr.Dataset, version: str) -> bytes:
    """The page as UTF-8 HTML; version: of interrex."""
    meta = xr.Dataset(attrs={
        "title": QUANTITIES[found.attrs["quantity"]].capitalize(), "as_of": found.attrs["last"], "version": version,
        "question": f"{found.sizes['report']:,} reports since {found.attrs['first']}",
    })  # fmt: skip
    diagnostics = xr.Dataset(attrs={"passed": 1})  # where the variances cannot be learned there is no answer
    tree = xr.DataTree.from_dict({"/meta": meta, "/diagnostics": diagnostics, "/trust": found})
    return build(tree, {}, [SECTION])
