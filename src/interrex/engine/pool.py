"""Workers and the scratch that each of them uses for one history after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from interrex.engine.arena import Arena
from interrex.engine.handles import Handles
from interrex.engine.memory import check_memory
from interrex.engine.state import Workspace, new_clocks, new_macro, new_trace
from interrex.engine.street import make_member, make_scratch, make_step

Result = TypeVar("Result")


def new_workspace(arena: Arena) -> Workspace:
    """Scratch of one worker; RunError if it could need more memory than there is."""
    check_memory(arena, 1)
    return _make_workspace(arena)


def _make_workspace(arena: Arena) -> Workspace:
    world, audiences = arena.world, arena.place.online.size
    return Workspace(
        make_member(world, arena.capacity), make_scratch(world, audiences, arena.capacity), make_step(world, audiences),
        new_macro(arena.place), new_clocks(), new_trace(arena.ticks, arena.place, arena.by_unit),
        np.zeros((arena.days, arena.place.region_effect.size)), np.zeros(arena.place.region_effect.size),
        np.zeros(1, np.int64), Handles(),
    )  # fmt: skip


class Pool:
    """A thread pool over histories of an arena, or of one that differs in nothing that needs room: fewer days, another
    script, another bound.

    Kernels release the GIL; results come back in the order of the tasks, so that neither the worker count nor the order
    of finishing can change a bit. RunError if the workers could need more memory than there is.
    """

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
        self, task: Callable[[int], Result], numbers: Iterable[int], advance: Callable[[int], None] | None = None
    ) -> list[Result]:
        """`task(n)` for every number, in their order."""
        results: list[Result] = []
        run = self._executor.map(task, numbers) if self._executor else map(task, numbers)
        for result in run:
            results.append(result)
            if advance is not None:
                advance(1)
        return results

    def close(self) -> None:
        """Stop the threads; tasks that have not begun are dropped."""
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)
