"""Other programs beside ours: installed and run only with --peers, each in a virtual environment of its own.

`requirements/` pins what each needs; `programs/` holds what is run. Environments are made with `python -m venv` in
`$INTERREX_CACHE/peers` or the user's cache folder and kept. Only Mesa's civil violence and NDlib's threshold model are
the peers' own; the other programs are ports of ours, not tuned by anybody who knows those libraries well. Ports to
libraries of tables and arrays decide all at once, which is another model than agents who act one after the other:
they show what a library can do, not how it would simulate the same history.

Rates are by processor time, all threads of a program together, so that a busy machine does not blur them; wall time
is told beside.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import table
from benchmarks.cascade import CALM, LIVELY, small_world, thresholds
from benchmarks.machine import timed
from interrex.replications.cascade import advance, make_cascade, make_front, simulate, visit
from interrex.replications.civil_violence import Epstein, World

HERE = Path(__file__).parent

INSTALL, RUN, STEP = 900, 240, 5.0
"""Seconds that an installation, a run, and a step at the next size may take."""

HEADINGS = (
    "program", "whose", "updates", "agents", "agent-steps a processor second", "least to largest", "wall s a step",
    "peak MB", "active", "ours is",
)  # fmt: skip


class Peer(NamedTuple):
    """A program to compare with."""

    work: str  # epstein or cascade
    name: str
    needs: str  # file of requirements
    program: str
    whose: str  # who wrote the model
    updates: str  # order of updates
    variant: str = ""
    largest: int = 100_000  # agents


PEERS = (
    Peer("epstein", "Mesa, as shipped", "mesa", "mesa_epstein", "Mesa's example: von Neumann view, round, data collector",
         "one after another, random order", "shipped"),
    Peer("epstein", "Mesa, our settings", "mesa", "mesa_epstein", "Mesa's example with Moore view, floor, no collector",
         "one after another, random order", "alike"),
    Peer("epstein", "mesa-frames", "mesa-frames", "mesa_frames_epstein", "our port", "all at once"),
    Peer("epstein", "ambr, vectorised", "ambr", "ambr_epstein", "our port", "all at once"),
    Peer("epstein", "abmax", "abmax", "abmax_epstein", "our port", "all at once"),
    Peer("cascade", "Mesa", "mesa", "mesa_cascade", "our port", "all at once"),
    Peer("cascade", "NDlib ThresholdModel", "ndlib", "ndlib_cascade", "NDlib's own: deterministic, no way back",
         "all at once"),
    Peer("cascade", "scipy.sparse and numpy", "scipy", "scipy_cascade", "our port", "all at once", largest=1_000_000),
    Peer("cascade", "JAX segment_sum", "jax", "jax_cascade", "our port", "all at once", largest=1_000_000),
)  # fmt: skip
"""The programs, in the order of the tables."""


def run(quick: bool) -> list[dict[str, Any]]:
    """Install and run all peers and print a table for each work; what was measured, or why not."""
    out: list[dict[str, Any]] = []
    sizes = (10_000,) if quick else (10_000, 100_000, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        for work, ours in (("epstein", _our_epstein), ("cascade", _our_cascade)):
            peers = [peer for peer in PEERS if peer.work == work]
            print(f"\n## {work}, beside others", flush=True)
            slow: set[str] = set()
            for size in sizes:
                asked = [peer for peer in peers if size <= peer.largest and peer.name not in slow]
                if not asked:
                    continue
                network = _network(size, Path(folder)) if work == "cascade" else None
                reference = ours(size, network)
                results = [_result(peer, size, network) for peer in asked]
                slow |= {r["name"] for r in results if r["failed"] or 10 * np.median(r["processor"]) > STEP}
                lines = [_line(r, None) for r in reference] + [_line(r, reference) for r in results]
                print(f"\n{table.grid(HEADINGS, lines)}", flush=True)
                out += reference + results
    return out


def environment(needs: str) -> Path:
    """Python of the virtual environment with requirements/`needs`.txt, made if it is not there.

    RuntimeError with the last line of what pip said if it cannot be made.
    """
    requirements = HERE / "requirements" / f"{needs}.txt"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()[:12]
    folder = _cache() / f"{needs}-{key}"
    python, done = folder / "bin" / "python", folder / "complete"
    if done.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _call([sys.executable, "-m", "venv", str(folder)], INSTALL)
        _call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)],
              INSTALL)  # fmt: skip
    except RuntimeError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    done.touch()
    return python


def _cache() -> Path:
    if os.environ.get("INTERREX_CACHE"):
        return Path(os.environ["INTERREX_CACHE"]).resolve() / "peers"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").resolve() / "interrex" / "peers"


def _call(command: list[str], seconds: float, folder: Path | None = None) -> str:
    """What a command prints; RuntimeError with its last line of complaint."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"not done after {seconds:.0f} s") from error
    except subprocess.CalledProcessError as error:
        said = [line for line in (error.stderr or "").splitlines() if line.strip()]
        raise RuntimeError(said[-1].strip() if said else f"ended with {error.returncode}") from error
    return done.stdout


def _result(peer: Peer, size: int, network: Path | None) -> dict[str, Any]:
    """What a peer's program measured at `size` agents, or why it did not."""
    entry: dict[str, Any] = {**peer._asdict(), "size": size, "failed": ""}
    try:
        python = environment(peer.needs)
        command = [str(python), f"{peer.program}.py", "--agents", str(size), "--variant", peer.variant]
        said = _call(command + (["--network", str(network)] if network else []), RUN, HERE / "programs")
        return entry | json.loads(said.splitlines()[-1])
    except (RuntimeError, OSError, ValueError, IndexError) as error:
        return entry | {"failed": f"{type(error).__name__}: {error}"[:300]}


def _network(size: int, folder: Path) -> Path:
    """File with a small world in random order, calm thresholds and a settled state."""
    graph, threshold = small_world(size, shuffled=True), thresholds(size, CALM)
    state = simulate(make_cascade(graph, threshold), np.zeros(size), 10, 1)[1]
    path = folder / f"{size}.npz"
    np.savez(path, offsets=graph.offsets, targets=graph.targets, threshold=threshold, active=state)
    return path


def _ours(
    work: str, name: str, updates: str, size: int, seconds: list[float], active: float
) -> dict[str, Any]:
    """One of our own rows; `seconds` of processor time a step."""
    return {"work": work, "name": name, "whose": "ours, one thread", "updates": updates, "size": size, "agents": size,
            "walls": None, "processor": seconds, "failed": "", "active": active}  # fmt: skip


def _our_epstein(size: int, _: Path | None) -> list[dict[str, Any]]:
    edge = round((size / 0.74) ** 0.5)
    model = Epstein(size=edge, vision=7, neighbourhood="Moore", turn="act, move")
    ticks = max(3, 1_000_000 // size)
    world = World(model, 1, 10 * ticks)
    seconds = [s / ticks for s in timed(lambda: world.advance(ticks), 7)]
    active = int(world.record.active[world.tick - 1])
    agents = model.citizen_count + model.cop_count
    return [
        _ours("epstein", "interrex", "one after another, random order", size, seconds, active)
        | {"agents": agents}
    ]


def _our_cascade(size: int, network: Path | None) -> list[dict[str, Any]]:
    assert network is not None
    graph, state = small_world(size, shuffled=True), np.load(network)["active"]
    cascade = make_cascade(graph, thresholds(size, CALM))
    front = make_front(cascade, state)
    ticks = max(3, 2_000_000 // size)
    path, few = np.zeros(10 * ticks, np.int64), np.zeros(ticks, np.int64)
    visits = [s / ticks for s in timed(lambda: visit(cascade, state, few, 1), 7)]
    events = [s / path.size for s in timed(lambda: advance(cascade, front, path, 1), 7)]
    lively = make_cascade(graph, thresholds(size, LIVELY))
    crowd = simulate(lively, state, 10, 1)[1]
    busy = [s / ticks for s in timed(lambda: visit(lively, crowd, few, 1), 7)]
    most = int(few[-1])
    visit(cascade, state, few, 1)
    return [
        _ours("cascade", "interrex, switches followed", "all at once", size, events, int(path[-1])),
        _ours("cascade", "interrex, everybody visited", "all at once", size, visits, int(few[-1])),
        _ours("cascade", "interrex, everybody visited, lively", "all at once", size, busy, most),
    ]


def _line(r: dict[str, Any], reference: list[dict[str, Any]] | None) -> list[str]:
    """Row of the table; `reference` is what ours did at the same size."""
    label = f"{r['name']} {next(iter(r['versions'].values()))}" if r.get("versions") else r["name"]
    start = [label, r["whose"], r["updates"], f"{r['size']:,}"]
    if r["failed"]:
        return [*start, "none", "", "", "", "", f"did not run: {r['failed']}"]
    rates = sorted(r["agents"] / s for s in r["processor"])
    middle = float(np.median(rates))
    ratios = []
    for other in (reference or [])[:2]:
        ratio = float(np.median([other["agents"] / s for s in other["processor"]])) / middle
        ratios.append(f"{ratio:,.3g} x {other['name'].partition(', ')[2]}".strip())
    wall = "" if r["walls"] is None else table.number(float(np.median(r["walls"])))
    return [*start, table.number(middle), f"{table.number(rates[0])} to {table.number(rates[-1])}", wall,
            table.number(r.get("peak_mb")), f"{r['active'] / r['agents']:.2%}", "; ".join(ratios)]  # fmt: skip
