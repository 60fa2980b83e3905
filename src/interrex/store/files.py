"""Files that are either whole or absent: write beside, flush to disk, rename; a checksum in a sidecar line.

A reader never sees half a file, whenever the writer is killed. If the writer is killed between a file and its
sidecar the two disagree, and the file counts as not written.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from interrex.errors import StoreError

SIDECAR = ".sha256"
TEMPORARY = ".tmp"
LOCK = ".lock"


def make_folder(folder: Path) -> None:
    """Create `folder` and its parents; a sentence instead of an OSError where that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be created ({error.strerror}); choose a place that you may write to, with --out or --register"
        ) from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from error


def write_atomically(path: Path, write: Callable[[Path], None]) -> str:
    """Let `write` fill a file beside `path`, put it in place with its sidecar, and return its SHA-256."""
    try:
        digest = _replace(path, write)
        line = f"{digest}  {path.name}\n"  # in the form that `sha256sum --check` reads
        _replace(_sidecar(path), lambda temporary: temporary.write_text(line, "utf-8"))
        _flush_to_disk(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error
    return digest


def write_bare(path: Path, data: bytes) -> None:
    """Write `data` to `path` atomically, without a sidecar."""
    try:
        _replace(path, lambda temporary: temporary.write_bytes(data))
        _flush_to_disk(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error


def write_bytes(path: Path, data: bytes) -> str:
    """Write `data` to `path` atomically, with its sidecar; return the SHA-256."""

    def write(temporary: Path) -> None:
        temporary.write_bytes(data)

    return write_atomically(path, write)


def recorded_checksum(path: Path) -> str | None:
    """The SHA-256 that the sidecar of `path` states, or None where there is no readable sidecar."""
    try:
        words = _sidecar(path).read_text("utf-8").split()
    except (OSError, UnicodeDecodeError):
        return None
    return words[0] if words else None


def is_whole(path: Path) -> bool:
    """Whether `path` exists and its bytes are those that its sidecar states."""
    recorded = recorded_checksum(path)
    return recorded is not None and path.is_file() and sha256_of(path) == recorded


def remove(path: Path) -> None:
    """Remove a file and its sidecar, if they exist."""
    try:
        _sidecar(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: cannot be removed ({error.strerror})") from error


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold `folder` for this process; StoreError names the process and host that hold it already.

    The operating system frees the lock when its holder ends, however it ends, so no lock is ever stale. The
    file stays: removing it while another process waits on it would let two holders in.
    """
    import fcntl  # POSIX alone; imported here so that the reading commands work everywhere

    path = folder / LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"{folder} is in use by {_holder(path)}; wait until it ends, or write elsewhere"
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"host": socket.gethostname(), "pid": os.getpid()}).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _holder(lock: Path) -> str:
    try:
        holder = json.loads(lock.read_text("utf-8"))
        return f"process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)


def _replace(path: Path, write: Callable[[Path], object]) -> str:
    """Fill a file beside `path`, flush it, put it in place; return its SHA-256."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY}")
    try:
        write(temporary)
        _flush_to_disk(temporary)
        digest = sha256_of(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def _flush_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
