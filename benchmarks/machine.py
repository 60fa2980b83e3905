"""The machine under the benchmarks: what it is, how to time on it, and how fast it can possibly be on one thread."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

from interrex.engine.draws import philox

VERSIONS = ("interrex", "numpy", "scipy", "numba", "llvmlite")
"""Packages whose versions are told."""

CACHED, LARGE, HUGE = 1_000_000, 20_000_000, 200_000_000
"""Bytes of the arrays that bytes are gathered from: a first or second level cache, a last level cache, memory."""


def timed(
    work: Callable[[], object], repeats: int, clock: Callable[[], float] = time.thread_time
) -> list[float]:
    """Seconds of each of `repeats` calls of `work`, sorted, after one call that is not counted.

    The default clock counts the CPU time of this thread; for work on several threads use time.perf_counter.
    """
    work()
    seconds = []
    for _ in range(repeats):
        start = clock()
        work()
        seconds.append(clock() - start)
    return sorted(seconds)


def identity() -> dict[str, object]:
    """Processor, cores, memory, system, load and versions, as far as they can be found out."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(_memory() / 2**30, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in VERSIONS},
    }


def commit() -> str:
    """The git commit of the clone, with '+' if tracked files were changed since; empty outside git."""
    folder = Path(__file__).parent
    try:
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        )
        changed = subprocess.run(
            ["git", "status", "--porcelain", "-uno"], cwd=folder, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


@functools.cache
def limits() -> dict[str, list[float]]:
    """Rates a second on one thread, sorted, of several repeats: the largest is what the machine can do.

    read: bytes streamed; gather_cached, gather_large, gather_huge: bytes from random places of arrays of CACHED, LARGE
    and HUGE bytes; rows: rows of 64 bytes from random places of HUGE bytes; philox: calls, four words each.
    """
    rng = np.random.default_rng(1)
    draws, repeats = 2_000_000, 7
    stream = np.ones(HUGE // 8)
    huge = np.ones(HUGE, np.uint8)
    order = rng.integers(0, HUGE, draws).astype(np.uint32)
    cached, large, row = order % CACHED, order % LARGE, order // 64
    works = {
        "read": (lambda: _read(stream), stream.nbytes),
        "gather_cached": (lambda: _gather(huge, cached), draws),
        "gather_large": (lambda: _gather(huge, large), draws),
        "gather_huge": (lambda: _gather(huge, order), draws),
        "rows": (lambda: _rows(stream, row), draws),
        "philox": (lambda: _generate(draws), draws),
    }
    return {name: sorted(count / s for s in timed(work, repeats)) for name, (work, count) in works.items()}


def best(limit: str) -> float:
    """The largest rate that was measured of a limit: see `limits`."""
    return limits()[limit][-1]


@numba.njit(nogil=True, fastmath=True)
def _read(array):
    total = 0.0
    for k in range(array.size):
        total += array[k]
    return total


@numba.njit(nogil=True)
def _gather(array, order):
    total = 0
    for k in range(order.size):
        total += array[order[k]]
    return total


@numba.njit(nogil=True, fastmath=True)
def _rows(array, order):
    total = 0.0
    for k in range(order.size):
        for j in range(8):
            total += array[8 * order[k] + j]
    return total


@numba.njit(nogil=True)
def _generate(count):
    total = 0
    for k in range(count):
        w0, w1, w2, w3 = philox(1, 2, 3, 4, k, 0)
        total += w0 ^ w1 ^ w2 ^ w3
    return total


def _processor() -> str:
    """Name of the processor; the kernel knows it better than the standard library."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
