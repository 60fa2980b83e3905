"""The folder of one run, `runs/CASE/RUN ID/`: checkpoints while it works, results and report when it is done.

    manifest.json     what the run was made of; deterministic
    provenance.json   when, where and on what it was computed
    results.nc        the results tree
    draws.nc          the draws behind it, in ArviZ's layout
    report.html       the report
    stages/*.npz      checkpoints of finished stages, for --resume

Beside each lies its checksum, `NAME.sha256`.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interrex.errors import StoreError
from interrex.store import arrays as arrays_of
from interrex.store import files, manifest, results

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

MANIFEST = "manifest.json"
PROVENANCE = "provenance.json"
RESULTS = "results.nc"
DRAWS = "draws.nc"
REPORT = "report.html"
STAGES = "stages"

_CHANGED = "is not the file that was written: its checksum differs"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class RunFolder:
    """The files of one run. Reading never changes anything; writing is atomic, file by file."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @classmethod
    def create(cls, out: str | Path, case: str, run: str) -> RunFolder:
        """The folder `out`/`case`/`run`, made if absent; StoreError if a name is no plain file name."""
        for name in (case, run):
            if not _NAME.fullmatch(name):
                raise StoreError(f"{name!r} cannot name a folder; use letters, digits, '.', '_' and '-'")
        folder = cls(Path(out) / case / run)
        files.make_folder(folder.path)
        return folder

    @property
    def report_path(self) -> Path:
        """Where the report lies, or will lie."""
        return self.path / REPORT

    @property
    def results_path(self) -> Path:
        """Where the results tree lies, or will lie."""
        return self.path / RESULTS

    @property
    def is_finished(self) -> bool:
        """Whether manifest and results are there and whole."""
        return files.is_whole(self.path / MANIFEST) and files.is_whole(self.results_path)

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the folder for this process; StoreError names the one that holds it already."""
        with files.locked(self.path):
            yield

    def have(self, stage: str) -> bool:
        """Whether `stage` has a whole checkpoint."""
        return files.is_whole(self._stage(stage))

    def put(self, stage: str, arrays: Mapping[str, object]) -> None:
        """Keep the arrays of a finished stage: numbers, truth values and fixed-width text, never objects."""
        arrays_of.write_arrays(self._stage(stage), arrays)

    def get(self, stage: str) -> dict[str, np.ndarray]:
        """The arrays of a finished stage, equal to the bit to those given to `put`."""
        path = self._stage(stage)
        if not self.have(stage):
            raise StoreError(f"{path}: no whole checkpoint of stage {stage}; run again without --resume")
        return arrays_of.read_arrays(path)

    def forget_stages(self) -> None:
        """Remove every checkpoint, as a run without --resume does before it starts."""
        for path in sorted((self.path / STAGES).glob("*.npz")):
            files.remove(path)

    def write_results(self, tree: xr.DataTree) -> str:
        """Write the results tree; return its result hash, which belongs into the manifest."""
        return _write_tree(tree, self.results_path)

    def read_results(self) -> xr.DataTree:
        """The results tree, wholly in memory."""
        if not self.results_path.is_file():
            raise StoreError(
                f"{self.path} has no {RESULTS}: the run is not finished; continue it with --resume"
            )
        return _read_tree(self.results_path)

    def write_draws(self, tree: xr.DataTree) -> str:
        """Write the draws; return their hash, which belongs into the manifest."""
        return _write_tree(tree, self.path / DRAWS)

    def read_draws(self) -> xr.DataTree:
        """The draws, wholly in memory."""
        path = self.path / DRAWS
        if not path.is_file():
            raise StoreError(f"{self.path} has no {DRAWS}; run the case again")
        return _read_tree(path)

    def write_manifest(self, contents: Mapping[str, object]) -> str:
        """Write manifest.json (last of all: it marks the run as finished); return its SHA-256."""
        return files.write_bytes(self.path / MANIFEST, manifest.manifest_bytes(contents))

    def read_manifest(self) -> manifest.Manifest:
        """The manifest; StoreError where the folder holds no finished run."""
        return manifest.read(self.path / MANIFEST)

    def write_provenance(self, contents: Mapping[str, object]) -> None:
        """Write provenance.json."""
        files.write_bytes(self.path / PROVENANCE, manifest.manifest_bytes(contents))

    def write_report(self, html: str | bytes) -> Path:
        """Write report.html as UTF-8; return its path."""
        files.write_bytes(self.report_path, html.encode() if isinstance(html, str) else html)
        return self.report_path

    def _stage(self, stage: str) -> Path:
        if not _NAME.fullmatch(stage):
            raise StoreError(f"{stage!r} cannot name a stage; use letters, digits, '.', '_' and '-'")
        return self.path / STAGES / f"{stage}.npz"


def _write_tree(tree: xr.DataTree, path: Path) -> str:
    digest = results.result_hash(tree)
    files.write_atomically(path, lambda temporary: results.write_netcdf(tree, temporary))
    return digest


def _read_tree(path: Path) -> xr.DataTree:
    if files.recorded_checksum(path) and not files.is_whole(path):
        raise StoreError(f"{path}: {_CHANGED}; run the case again")
    return results.read_netcdf(path)


@dataclass(frozen=True)
class Verification:
    """What `verify` found: the files that are as written, and one sentence for each thing that is wrong."""

    folder: Path
    whole: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        if self.ok:
            return f"{self.folder}: whole ({', '.join(self.whole)} are as they were written)"
        return "\n".join(self.problems)


def verify(folder: str | Path) -> Verification:
    """Compare a run folder with its checksums, its results with the manifest, its name with the request.

    StoreError where the folder holds no run at all; otherwise every problem is reported at once.
    """
    run = RunFolder(folder)
    contents = run.read_manifest()
    whole: list[str] = []
    problems: list[str] = []
    kept = {RESULTS: ("result_hash", run.read_results)}
    if "draws_hash" in contents or (run.path / DRAWS).is_file():  # runs of older versions have no draws
        kept[DRAWS] = ("draws_hash", run.read_draws)
    names = [MANIFEST, PROVENANCE, *kept, REPORT]
    names += [f"{STAGES}/{path.name}" for path in sorted((run.path / STAGES).glob("*.npz"))]
    for name in names:
        path = run.path / name
        if not path.is_file():
            remedy = f"interrex report {run.path} rebuilds it" if name == REPORT else "run the case again"
            problems.append(f"{path}: is missing; {remedy}")
        elif files.recorded_checksum(path) is None:
            problems.append(f"{path}: has no checksum beside it, so nothing can be said about it")
        elif not files.is_whole(path):
            problems.append(f"{path}: {_CHANGED}")
        else:
            whole.append(name)
    problems += _problems_of_manifest(run, contents)
    for name in whole:
        if name not in kept:
            continue
        key, read = kept[name]
        try:
            if results.result_hash(read()) != contents.get(key):
                problems.append(f"{run.path / name}: holds other results than those that the manifest names")
        except StoreError as error:
            problems.append(str(error))
    return Verification(run.path, tuple(whole), tuple(problems))


def _problems_of_manifest(run: RunFolder, contents: manifest.Manifest) -> list[str]:
    path = run.path / MANIFEST
    try:
        implied = manifest.run_id_of(contents)
    except (KeyError, TypeError) as error:
        return [f"{path}: is incomplete ({error})"]
    if implied != contents.get("run"):
        return [f"{path}: was edited: its contents imply run {implied}, not {contents.get('run')}"]
    if implied != run.path.resolve().name:
        return [f"{run.path}: is the folder of run {implied}, under another name"]
    return []
