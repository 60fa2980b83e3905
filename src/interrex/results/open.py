"""Open the results of a finished run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from interrex.store.folder import RunFolder
from interrex.store.manifest import Manifest

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class StoredRun:
    """A finished run as it lies on disk: its results tree, in memory, the manifest of what made it, and its draws."""

    folder: Path
    tree: xr.DataTree
    manifest: Manifest

    @property
    def report_path(self) -> Path:
        """Where the report lies; `interrex report` rebuilds it."""
        return RunFolder(self.folder).report_path

    @cached_property
    def idata(self) -> xr.DataTree:
        """The draws in ArviZ's layout, read when they are first asked for (docs/draws.md)."""
        return RunFolder(self.folder).read_draws()

    def __getitem__(self, group: str) -> xr.DataTree:
        """A group of the tree, as in `run["crowd"]`."""
        return self.tree[group]  # pyright: ignore[reportReturnType]


def open_run(folder: str | Path) -> StoredRun:
    """Open the run in `folder` (`runs/CASE/RUN ID`); StoreError says what is missing or broken."""
    run = RunFolder(folder)
    return StoredRun(run.path, run.read_results(), run.read_manifest())
