"""What histories would take, against what there is: one that does not fit is refused before it starts.

Room is counted as if every list were full and every tick recorded. Lists that stay short take less, as the system gives
memory when it is first written; a refusal says what could be needed, not what would be.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from interrex.engine.arena import Arena
from interrex.engine.state import new_trace
from interrex.engine.street import bits_of_all, make_member, make_scratch, room_for
from interrex.errors import RunError

FEW, MORE = 64, 128
"""Places in the lists by which their cost is measured; they grow in proportion."""


def needed_bytes(arena: Arena) -> int:
    """Bytes that one workspace of `arena` takes if its lists are filled and its whole window is recorded."""
    world, audiences = arena.world, arena.place.online.size
    citizens = int(world.agents.sum())
    room = room_for(world, arena.capacity)
    few, more = (
        _bytes((*make_member(world, share), *make_scratch(world, audiences, share)))
        for share in (0.0, min(1.0, MORE / citizens))
    )
    lists = more
    if citizens > MORE:
        lists = few + max(0, room - FEW) * (more - few) // (MORE - FEW) + 8 * bits_of_all(citizens, room)
    record = arena.ticks * _bytes(new_trace(1, arena.place, arena.by_unit))
    return int(lists + record + arena.days * arena.place.region_effect.size * 8)


def free_bytes() -> int | None:
    """Memory that this process may still take, None where the system does not say."""
    found: list[int] = []
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemAvailable:"):
            found.append(int(line.split()[1]) * 1024)
    group = Path("/sys/fs/cgroup")
    limit, used = _lines(group / "memory.max"), _lines(group / "memory.current")
    if limit and used and limit[0].strip().isdigit():
        cached = [int(x.split()[1]) for x in _lines(group / "memory.stat") if x.startswith("inactive_file ")]
        found.append(max(0, int(limit[0]) - int(used[0]) + sum(cached)))
    if not found and hasattr(os, "sysconf") and "SC_AVPHYS_PAGES" in os.sysconf_names:
        found.append(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(found, default=None)


def check_memory(arena: Arena, workers: int) -> None:
    """RunError if the workspaces of so many workers could need more memory than there is."""
    needed, free = needed_bytes(arena) * workers, free_bytes()
    if free is None or needed <= free:
        return
    citizens, weight = int(arena.world.agents.sum()), int(arena.weight)
    each = f" for {workers} workers" if workers > 1 else ""
    fewer = "use fewer workers, " if workers > 1 else ""
    raise RunError(
        f"histories of {citizens:,} citizens with room for {arena.capacity:.3g} of them on the street could need "
        f"{needed:,} bytes{each}, and {free:,} are free",
        f"{fewer}let a citizen stand for more persons (--resolution {10 * weight}), or in Python give the arena a smaller "
        f"capacity ({arena.capacity * free / needed:.1g} would do if the record is short)",
    )


def _bytes(things: Iterable[object]) -> int:
    return sum(thing.nbytes for thing in things if isinstance(thing, np.ndarray))


def _lines(path: str | Path) -> list[str]:
    try:
        return Path(path).read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
