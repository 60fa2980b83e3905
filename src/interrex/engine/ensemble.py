"""Many histories: the same arrays for all, one member a call, results in slot order whatever the worker count."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from interrex.engine import draws
from interrex.engine.acts import ActTable
from interrex.engine.handles import Handle, Handles
from interrex.engine.memory import check_memory
from interrex.engine.schedule import DONE, FREE, HOURS, SCRIPTED, Clocks, Script, Trace, daily_profile
from interrex.engine.state import (
    Workspace,
    live,
    new_clocks,
    new_macro,
    new_trace,
    reset_clocks,
    reset_macro,
    revive,
)  # fmt: skip
from interrex.engine.street import CAPACITY, make_member, make_scratch, make_step
from interrex.errors import RunError, StoreError
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.state import Place
from interrex.store.arrays import read_arrays, write_arrays

TICKS_PER_DAY = 4
"""Ticks of six hours: what inference and all answers use, and the default of an arena."""
MINUTES = 1440  # in a day
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
    capacity: float = (
        CAPACITY  # share of the citizens whom the lists of the street and of the detained can hold
    )
    ticks_per_day: int = TICKS_PER_DAY  # set by `with_ticks`
    by_unit: bool = True  # False: the trace holds sums over the nation in place of units

    @property
    def ticks(self) -> int:
        """Ticks of the window."""
        return self.days * self.ticks_per_day


def with_ticks(arena: Arena, ticks_per_day: int) -> Arena:
    """The arena with ticks of another length; its script falls into the ticks in which its minutes lie.

    `ticks_per_day` is a multiple of 4 that divides the minutes of a day: 4, 8, 12, 24 and so on. Scripts of courses that
    are made apart go through `script_at`. Inference and the answers know ticks of six hours only. RunError for any other
    number.
    """
    if ticks_per_day < 1 or ticks_per_day % len(HOURS) or MINUTES % ticks_per_day:
        raise RunError(
            f"a day cannot have {ticks_per_day} ticks",
            f"use a multiple of {len(HOURS)} that divides {MINUTES}, for instance 4, 8 or 24",
        )
    return arena._replace(ticks_per_day=ticks_per_day, script=script_at(arena.script, ticks_per_day))


def script_at(script: Script, ticks_per_day: int) -> Script:
    """The script with each act in the tick in which its minute lies."""
    minutes = MINUTES // ticks_per_day
    return script._replace(tick=(script.minute // minutes).astype(np.int64))


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
    return Course(arena.script, np.full(len(ACT_KINDS), SCRIPTED), arena.ticks, arena.table)


def new_workspace(arena: Arena) -> Workspace:
    """Scratch of one worker; RunError if it could need more memory than there is."""
    check_memory(arena, 1)
    return _make_workspace(arena)


def _make_workspace(arena: Arena) -> Workspace:
    world, audiences = arena.world, arena.place.online.size
    return Workspace(
        make_member(world, arena.capacity), make_scratch(world, audiences, arena.capacity), make_step(world, audiences),
        new_macro(arena.place), new_clocks(), new_trace(arena.ticks, arena.place, arena.by_unit),
        np.zeros((arena.days, arena.place.region_effect.size)), np.zeros(1, np.int64),
        Handles(),
    )  # fmt: skip


class History:
    """One history in a workspace, run in stretches so that a caller may look at it, keep it and stop."""

    def __init__(self, arena: Arena, work: Workspace, luck: Luck, course: Course) -> None:
        if luck.noise.size < arena.ticks or luck.nation.size < arena.days:
            raise ValueError(f"luck is too short for {arena.days} days of {arena.ticks_per_day} ticks")
        self.arena, self.work, self.luck, self.course = arena, work, luck, course
        self.th = arena.kernel.Theta(*luck.theta)
        arena.kernel.common_path(
            luck.nation, luck.region, self.th.shock_sd, self.th.shock_memory, self.th.shock_nation, work.shock
        )
        self.place = arena.place._replace(region_effect=luck.region_effect)
        self._handles = tuple(Handle(of) for of in (self.place, self.th, course.table, course.script))
        self.hours = daily_profile(arena.ticks_per_day)
        reset_macro(work.macro, self.place, self.th, arena.predecessor)
        reset_clocks(work.clocks)
        work.member.n[:] = 0
        self._forget(0)
        self.tick = 0
        self.status = DONE

    def run_to(self, tick: int, each: Callable[[History], None] | None = None, every: int = 1) -> int:
        """Advance to `tick` (exclusive end). Returns the status; a stopped history stays stopped.

        `each`, if given, is called with the history whenever its tick is a multiple of `every`, and at the end. It may
        look at everything and changes nothing; without it the ticks are one call of the kernel.
        """
        while self.status == DONE and self.tick < tick:
            self._advance(tick if each is None else min(tick, (self.tick // every + 1) * every))
            if each is not None:
                each(self)
        return self.status

    def _advance(self, tick: int) -> None:
        w, arena, course, at = self.work, self.arena, self.course, self.work.handles
        place, th, table, script = self._handles
        w.written[0] = tick
        self.status = arena.kernel.simulate(
            at(arena.world), at(w.member), at(w.scratch), at(w.step), place, at(w.macro), th, w.shock, self.luck.noise,
            table, course.mode, course.free_from, script, at(w.clocks), at(w.trace), arena.world.keys[draws.HARM], self.tick, tick,
            1.0 / arena.ticks_per_day, self.hours, arena.stop_share,
        )  # fmt: skip
        self.tick = tick

    def _forget(self, tick: int) -> None:
        """Empty what the workspace's last history wrote from `tick` on, and no more."""
        for array in self.work.trace:
            array[tick : self.work.written[0]] = 0
        self.work.written[0] = tick

    def save(self, path: str | Path) -> None:
        """Keep the history as it stands in one file; costs what is on the street and in the record, not the country.

        StoreError if the file cannot be written.
        """
        about = {"made_of": self._made_of(), "at": np.array([self.tick, self.status])}
        write_arrays(Path(path), about | live(self.work, self.tick))

    def load(self, path: str | Path) -> None:
        """Become the history that was saved; it goes on to the bit, in this process or another.

        StoreError if the file is not whole, or if it was saved by a history of another arena, luck, course or code.
        """
        parts = read_arrays(Path(path))
        if "made_of" not in parts or not np.array_equal(parts["made_of"], self._made_of()):
            raise StoreError(
                f"{path}: is not a checkpoint of this history",
                "give the same case, seed, options, parameters and version, or start anew",
            )
        tick, status = (int(value) for value in parts["at"])
        revive(self.work, tick, parts)
        self.work.written[0] = max(tick, self.work.written[0])
        self._forget(tick)
        self.tick, self.status = tick, status

    def _made_of(self) -> np.ndarray:
        """Hash of all that a history follows from."""
        arena, digest = self.arena, hashlib.sha256(self.arena.kernel.KEY.encode())
        numbers = (
            arena.seed, arena.weight, arena.days, arena.ticks_per_day, arena.by_unit, arena.predecessor, arena.stop_share,
            arena.capacity, self.course.free_from,
        )  # fmt: skip
        digest.update(repr(numbers).encode())
        groups = (
            self.luck,
            self.course.script,
            (self.course.mode,),
            self.course.table,
            arena.place,
            (arena.world.agents,),
        )
        for group in groups:
            for values in group:
                array = np.ascontiguousarray(values)
                digest.update(repr((array.dtype.str, array.shape)).encode() + array.tobytes())
        return np.frombuffer(digest.digest(), np.uint8)

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
    worker count nor the order of finishing can change a bit. RunError if the workers could need more memory than
    there is."""

    def __init__(self, arena: Arena, workers: int) -> None:
        self.arena = arena
        self.workers = max(1, workers)
        check_memory(arena, self.workers)
        self._local = threading.local()
        self._executor = ThreadPoolExecutor(self.workers) if self.workers > 1 else None

    def workspace(self) -> Workspace:
        """The calling thread's own workspace."""
        if not hasattr(self._local, "work"):
            self._local.work = _make_workspace(self.arena)
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
