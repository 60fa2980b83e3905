"""Epstein's Model I: agent-steps a second in exact random order, one thread, beside what the machine could do.

    python -m benchmarks epstein          # from the root of the repository

The case is that of the usual comparisons: a Moore box of radius 7, densities 0.70 and 0.04, L = 0.82, terms
below 30. An agent-step is one agent, jailed or not, having had its turn once. Seconds are seconds of processor time of
the one thread that runs, so that a machine which is busy with other things gives the same figure; on a quiet one they
are seconds on the clock.

The limit is measured in the same run: the order is shuffled, the random numbers are made, and each agent's own
record, eight cells around it and one count are read, which this rule cannot do without; nothing is decided, moved
or written.
"""

from __future__ import annotations

import time
from typing import Any

import numba
import numpy as np

from benchmarks import table
from interrex.replications.civil_violence import Epstein, World
from interrex.replications.turns import CHUNK, ORDER, TURN, U, blocks, eight, shuffle

GOALS = {1_000: None, 10_000: 3e7, 100_000: 2e7, 1_000_000: None}
WARM_UP = 50
REPEATS = 7


def rows(quick: bool) -> list[dict[str, Any]]:
    """One row for each number of agents."""
    sizes = [10_000, 100_000] if quick else list(GOALS)
    return [_row(agents, 2e7 if quick else 6e7) for agents in sizes]


def _row(agents: int, work: float) -> dict[str, Any]:
    size = round((agents / 0.74) ** 0.5)
    ticks = max(2, round(work / REPEATS / agents))
    world = World(Epstein(size=size, neighbourhood="Moore"), 1, WARM_UP + REPEATS * ticks)
    world.advance(WARM_UP)
    steps = world.board.order.size * ticks
    figures, clock, limits = [], [], []
    _read(world, 1)
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.thread_time()
        world.advance(ticks)
        figures.append(steps / (time.thread_time() - cpu))
        clock.append(steps / (time.perf_counter() - wall))
        cpu = time.thread_time()
        _read(world, ticks)
        limits.append(steps / (time.thread_time() - cpu))
    active = world.record.active[WARM_UP:].mean() / world.model.citizen_count
    return table.row(
        "Epstein Model I, vision 7, exact order, 1 thread", f"{world.board.order.size:,} agents", figures, "agent-steps/s",
        GOALS[agents], float(np.median(limits)),
        f"a second of processor time; by the clock {np.median(clock):.3g}; {active:.1%} of the citizens active; limit: order "
        "and draws made, own record, eight cells and a count read",
    )  # fmt: skip


def _read(world: World, ticks: int) -> Any:
    b, r, t = world.board, world.rules, world.torus
    return _touch(
        b.order.copy(),
        b.where,
        world.nerve,
        b.state,
        b.seen_by,
        t.step,
        t.origin,
        t.stride,
        r.k0,
        r.k1,
        ticks,
    )


@numba.njit(nogil=True, error_model="numpy")
def _touch(order, where, nerve, state, seen_by, step, origin, stride, k0, k1, ticks):
    low = np.empty(CHUNK, dtype=np.uint64)
    high = np.empty(CHUNK, dtype=np.uint64)
    total = U(0)
    for tick in range(ticks):
        shuffle(order, k0, k1, tick, ORDER, low, high)
        for first in range(0, order.size, CHUNK):
            blocks(k0, k1, tick, TURN, first, low, high)
            for i in range(min(CHUNK, order.size - first)):
                place = U(where[order[first + i]])
                cell = U(origin) + (place >> U(16)) * U(stride) + (place & U(0xFFFF))
                total += eight(low[i], cell, state, step) + U(seen_by[cell]) + U(nerve[order[first + i]])
    return total
