"""Many histories: the same arrays for all, one member a call, results in slot order whatever the worker count."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from interrex.engine import draws
from interrex.engine.acts import ActTable
from interrex.engine.schedule import DONE, FREE, HOURS, SCRIPTED, Clocks, Script, Trace
from interrex.engine.state import (
    Workspace,
    new_clocks,
    new_macro,
    new_trace,
    reset_clocks,
    reset_macro,
)  # fmt: skip
from interrex.mechanisms.contract import ACTS, Place

TICKS_PER_DAY = 4
DT = 1.0 / TICKS_PER_DAY
STOP_SHARE = (
    0.03  # a history with more of the nation on the street at once is stopped: a declared bound of the prior
)


class Arena(NamedTuple):
    """What all histories of a run share."""

    kernel: Any  # generated kernel module
    world: Any
    place: Place
    table: ActTable
    script: Script  # the dated record as acts to impose
    days: int
    predecessor: bool
    seed: int
    weight: float  # citizens an agent
    stop_share: float = STOP_SHARE  # a history with more of the nation on the street at once is stopped


class Luck(NamedTuple):
    """What makes one history: parameters, region effects, shocks, and the noise slots of its ticks."""

    theta: np.ndarray  # f8[P] values of the mechanisms' parameters, in kernel order
    region_effect: np.ndarray  # f8[R] standard normal
    nation: np.ndarray  # f8[D] standard normal
    region: np.ndarray  # f8[D, R] standard normal
    noise: np.ndarray  # u4[T]


class Course(NamedTuple):
    """How acts run in a history: script, modes, from which tick acts are free, and the clocks' luck."""

    script: Script
    mode: np.ndarray  # i8[K]
    free_from: int
    table: ActTable


def scripted_course(arena: Arena) -> Course:
    """The record as it was: nothing free."""
    return Course(arena.script, np.full(len(ACTS), SCRIPTED), arena.days * TICKS_PER_DAY, arena.table)


def new_workspace(arena: Arena) -> Workspace:
    """Scratch of one worker."""
    from interrex.engine.street import make_member, make_scratch, make_step

    regions = arena.place.region_effect.size
    return Workspace(
        make_member(arena.world), make_scratch(arena.world, arena.place.online.size), make_step(arena.world, arena.place.online.size),
        new_macro(arena.place), new_clocks(), new_trace(arena.days * TICKS_PER_DAY, arena.place),
        np.zeros((arena.days, regions)),
    )  # fmt: skip


class History:
    """One history in a workspace, run in stretches so that a caller may look at it and stop."""

    def __init__(self, arena: Arena, work: Workspace, luck: Luck, course: Course) -> None:
        self.arena, self.work, self.course = arena, work, course
        self.th = arena.kernel.Theta(*luck.theta)
        arena.kernel.common_path(
            luck.nation, luck.region, self.th.shock_sd, self.th.shock_memory, self.th.shock_nation, work.shock
        )
        self.place = arena.place._replace(region_effect=luck.region_effect)
        self.noise = luck.noise
        reset_macro(work.macro, self.place, self.th, arena.predecessor)
        reset_clocks(work.clocks)
        work.member.n[:] = 0
        for array in work.trace:
            array[:] = 0
        self.tick = 0
        self.status = DONE

    def run_to(self, tick: int) -> int:
        """Advance to `tick` (exclusive end). Returns the status; a stopped history stays stopped."""
        if self.status != DONE or tick <= self.tick:
            return self.status
        w = self.work
        self.status = self.arena.kernel.simulate(
            self.arena.world, w.member, w.scratch, w.step, self.place, w.macro, self.th, w.shock, self.noise,
            self.course.table, self.course.mode, self.course.free_from, self.course.script, w.clocks, w.trace,
            self.arena.world.keys[draws.HARM], self.tick, tick, DT, HOURS, self.arena.stop_share,
        )  # fmt: skip
        self.tick = tick
        return self.status

    @property
    def trace(self) -> Trace:
        """Record so far (views of the workspace: copy what you keep)."""
        return self.work.trace

    @property
    def clocks(self) -> Clocks:
        """Clocks as they stand."""
        return self.work.clocks


class Pool:
    """A thread pool over members. Kernels release the GIL; results come back in slot order, so that neither the
    worker count nor the order of finishing can change a bit."""

    def __init__(self, arena: Arena, workers: int) -> None:
        self.arena = arena
        self.workers = max(1, workers)
        self._local = threading.local()
        self._executor = ThreadPoolExecutor(self.workers) if self.workers > 1 else None

    def workspace(self) -> Workspace:
        """The calling thread's own workspace."""
        if not hasattr(self._local, "work"):
            self._local.work = new_workspace(self.arena)
        return self._local.work

    def map(
        self, task: Callable[[int], Any], slots: Iterable[int], advance: Callable[[int], None] | None = None
    ) -> list[Any]:
        """`task(slot)` for every slot, in slot order."""
        results = []
        run = self._executor.map(task, slots) if self._executor else map(task, slots)
        for result in run:
            results.append(result)
            if advance is not None:
                advance(1)
        return results

    def close(self) -> None:
        """Stop the threads; tasks that have not begun are dropped."""
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)


def set_free(clocks: Clocks, seed: int, slot: int) -> None:
    """Fresh luck for every clock of a free history: E ~ Exp(1), keyed by (seed, CLOCK, slot)."""
    u = draws.uniforms(seed, draws.CLOCK, (clocks.threshold.size,), tick=0, noise=slot)
    clocks.threshold[:] = -np.log(u).reshape(clocks.threshold.shape)
    clocks.known_tick[:] = -1
    clocks.known_minute[:] = np.nan
    clocks.level[:] = 1.0


def free_modes(table: ActTable) -> np.ndarray:
    """Every kind that the case has an actor for runs free."""
    return np.where(table.allowed == 1, FREE, SCRIPTED).astype(np.int64)
