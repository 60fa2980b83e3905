"""What a run was made of: its id, its manifest (deterministic) and its provenance (when, where, on what).

The manifest says the same thing on every machine and every day; the report may print it. The provenance holds
times, host and processor and never enters the report, or two identical runs would have two reports.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
import os
import platform
import socket
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

from interrex.errors import StoreError

Manifest: TypeAlias = dict[str, Any]  # as JSON is read: a file may have been edited, and `verify` tells it
"""What manifest.json holds."""

FORMAT = 1
"""Version of the manifest's own format; a newer one is refused by `read`."""

PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "xarray", "h5netcdf", "h5py", "pydantic", "matplotlib")
"""Packages whose version may change a result or a picture."""


def canonical_json(value: object) -> bytes:
    """JSON with sorted keys and no spaces, the same bytes for equal values; dates and paths become text."""
    try:
        return json.dumps(
            value,
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
            default=_as_text,
        ).encode()
    except ValueError as error:
        raise StoreError("the options of a run are finite numbers, text, dates or lists of them") from error


def digest(value: object) -> str:
    """Sha256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


@functools.cache
def code_hash(package: Path | None = None) -> str:
    """Sha256 of what is installed and can change a result or a picture: the text of interrex, its tables but for cases,
    which have fingerprints, and the versions of PACKAGES."""
    root = package or Path(__file__).parents[1]
    found = hashlib.sha256(canonical_json({name: _installed(name) for name in PACKAGES}))
    cases = root / "library"
    files = [p for p in root.rglob("*") if p.is_file() and cases not in p.parents and p.suffix != ".pyc"]
    tables = [p for p in root.glob("library/crises/*") if p.is_file()]  # beside the crises, which are cases
    for path in sorted([*files, *tables, *root.glob("library/*/*.lock")]):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def run_id(
    as_of: datetime.date | str,
    *,
    case_fingerprint: str,
    options: Mapping[str, object],
    seed: int,
    version: str,
    kernel_hash: str,
) -> str:
    """The name of a run: its as-of date and ten hex digits of what determines its result.

    `options` holds what can change a result (effort, resolution, particles, mechanisms, placebo, the hashes of code, priors
    and proposal), not what cannot (workers, folder). The same request has the same id, and so finds the same folder.
    """
    request = {
        "as_of": str(as_of),
        "case": case_fingerprint,
        "kernels": kernel_hash,
        "options": dict(options),
        "seed": seed,
        "version": version,
    }
    return f"{as_of}-{digest(request)[:10]}"


def build_manifest(
    *,
    case: str,
    as_of: datetime.date | str,
    case_fingerprint: str,
    options: Mapping[str, object],
    seed: int,
    version: str,
    kernel_hash: str,
    command: str,
    result_hash: str,
    draws_hash: str = "",
) -> Manifest:
    """The manifest of a run: every value is determined by the request and the installed versions. draws_hash: '' for
    results without draws."""
    manifest: dict[str, object] = {
        "interrex_manifest": FORMAT,
        "run": run_id(
            as_of,
            case_fingerprint=case_fingerprint,
            options=options,
            seed=seed,
            version=version,
            kernel_hash=kernel_hash,
        ),
        "case": case,
        "as_of": str(as_of),
        "case_fingerprint": case_fingerprint,
        "options": dict(options),
        "seed": seed,
        "command": command,
        "kernel_hash": kernel_hash,
        "result_hash": result_hash,
        **({"draws_hash": draws_hash} if draws_hash else {}),
        "versions": {
            "interrex": version,
            "python": platform.python_version(),
            **{name: _installed(name) for name in PACKAGES},
        },
    }
    # Through JSON and back, so that what is returned equals what a reader of the file will see.
    return json.loads(canonical_json(manifest))


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """The bytes of manifest.json: sorted keys, two spaces, a newline at the end."""
    text = json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False, default=_as_text)
    return f"{text}\n".encode()


def run_id_of(manifest: Manifest) -> str:
    """The run id that the contents of a manifest imply; differs from `manifest["run"]` if it was edited."""
    return run_id(
        manifest["as_of"],
        case_fingerprint=manifest["case_fingerprint"],
        options=manifest["options"],
        seed=manifest["seed"],
        version=manifest["versions"]["interrex"],
        kernel_hash=manifest["kernel_hash"],
    )


def read(path: Path) -> Manifest:
    """Read manifest.json; StoreError where it is absent, broken or of a newer format."""
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise StoreError(
            f"{path.parent} is not a finished run: it has no manifest.json; "
            "name a folder such as runs/CASE/RUN, or finish the run with --resume"
        ) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read as JSON ({error}); run the case again") from error
    if not isinstance(manifest, dict) or "interrex_manifest" not in manifest:
        raise StoreError(f"{path}: is not a manifest of interrex")
    if manifest["interrex_manifest"] > FORMAT:
        raise StoreError(f"{path}: was written by a newer interrex; install that version to read this run")
    return manifest  # pyright: ignore[reportUnknownVariableType]


def provenance(started: datetime.datetime, finished: datetime.datetime, command: str) -> dict[str, object]:
    """When, where and on what a run was computed; kept beside the manifest, never in the report."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "seconds": round((finished - started).total_seconds(), 1),
        "command": command,
        "host": socket.gethostname(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _as_text(value: object) -> str:
    if isinstance(value, (datetime.date, Path)):
        return str(value)
    raise StoreError(f"{value!r} cannot be kept in a manifest; use numbers, text, dates or lists of them")
