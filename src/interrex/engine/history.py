"""One history, from its first tick to its end: the one way in which anything runs one.

`replay` takes what a history is made of (arena, luck, course, overrides) and gives what came of it. A `History` is frozen:
it shows the record so far to hooks on the way and to the caller at the end, in views that cannot be written to. What is to
go otherwise is an override, which the kernels see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from interrex.engine import draws
from interrex.engine.arena import Arena
from interrex.engine.course import ClockLuck, Course, Luck
from interrex.engine.handles import Handle
from interrex.engine.overrides import Override, Parameter, apply, breaks, check, described, theta_at
from interrex.engine.schedule import DONE, Clocks, Run, Trace, daily_profile
from interrex.engine.state import Workspace, live, revive
from interrex.engine.street import room_for
from interrex.errors import StoreError
from interrex.mechanisms.state import Macro, Place
from interrex.store.arrays import read_arrays, write_arrays

ENDED = 3
"""Status of a history that a hook has seen enough of; the others are in `schedule`."""

Arrays = TypeVar("Arrays", Clocks, Macro, Trace)


@dataclass(frozen=True, slots=True)
class History:
    """A history as it stands after `tick` ticks. Its arrays are views of the workspace, good until that runs another
    history: copy what you keep."""

    arena: Arena
    tick: int
    status: int  # DONE so far; TOO_LARGE or OVERFLOW where the engine stopped it; ENDED where a hook did
    trace: Trace  # the record of the arena's ticks; zero from `tick` on, or from where it was stopped
    clocks: Clocks
    macro: Macro
    _work: Workspace
    _made_of: Callable[[], np.ndarray]

    def save(self, path: str | Path) -> None:
        """Keep the history in one file, from which `replay` can go on; costs what is on the street and in the record, not
        the country. StoreError if the file cannot be written."""
        about = {"made_of": self._made_of(), "at": np.array([self.tick, self.status])}
        write_arrays(Path(path), about | live(self._work, self.tick))


class Hook(NamedTuple):
    """Somebody who looks at a history after some of its ticks (0: before the first), as long as the engine has not stopped
    it. `look` changes nothing; where it returns True the history ends."""

    ticks: Collection[int]
    look: Callable[[History], bool | None]


def replay(
    arena: Arena, luck: Luck, course: Course, work: Workspace, *, overrides: Sequence[Override] = (),
    hooks: Sequence[Hook] = (), until: int | None = None, resume: str | Path | None = None,
) -> History:  # fmt: skip
    """Run one history to the end of the window, or to tick `until`, in a workspace made for the arena or for one with
    more days.

    Hooks look at a tick before its overrides are put in force. `resume`: a file of `History.save`, from which the history
    goes on to the bit, in this process or another. ValueError if luck or workspace do not fit the arena; RunError for an
    override that could have no effect; StoreError if the file is not whole or was saved by a history made of anything else.
    """
    _fit(arena, luck, work)
    check(overrides, arena.kernel.Theta._fields)  # pyright: ignore[reportPrivateUsage] - every named tuple's
    theta = theta_at(arena.kernel.Theta(*luck.theta), 0, overrides)
    work.region_effect[:] = luck.region_effect
    shock = work.shock[: arena.days]
    arena.kernel.common_path(luck.nation, luck.region, theta.shock_sd, theta.shock_memory, theta.shock_nation, shock)
    run = make_run(arena, work, shock, np.ascontiguousarray(luck.noise), course, Handle(theta))
    of = Handle(run)
    settle(arena, work, course.clocks)
    arena.kernel.begin(of)

    def made_of() -> np.ndarray:
        return _hash(arena, luck, course, overrides)

    tick, status = (0, DONE) if resume is None else _revive(work, Path(resume), made_of())
    seen = _view(work.trace, arena.ticks), _view(work.clocks), _view(work.macro)
    end = arena.ticks if until is None else until

    def so_far() -> History:
        return History(arena, tick, status, *seen, work, made_of)

    def enough() -> bool:
        return any([hook.look(so_far()) for hook in hooks if tick in hook.ticks])  # everybody looks

    moved = {max(o.start, tick) for o in overrides if isinstance(o, Parameter)}
    looked = {t for hook in hooks for t in hook.ticks if tick < t < end}
    since = 0 if course.clocks is None else course.clocks.since
    if status == DONE and enough():
        status = ENDED
    for stop in sorted({end, *looked, *breaks(overrides, tick, end), *({since} if tick < since < end else ())}):
        if status != DONE or stop <= tick:
            break
        if tick == since:
            work.clocks.spent[:] = 0.0
        apply(overrides, tick, work.macro)
        if tick in moved:
            of = Handle(run._replace(theta=Handle(theta_at(arena.kernel.Theta(*luck.theta), tick, overrides))))
        status = arena.kernel.simulate(of, tick, stop)
        tick = stop
        if status == DONE and enough():
            status = ENDED
    return so_far()


def _fit(arena: Arena, luck: Luck, work: Workspace) -> None:
    if luck.noise.size < arena.ticks or luck.nation.size < arena.days:
        raise ValueError(f"luck is too short for {arena.days} days of {arena.ticks_per_day} ticks")
    units, audiences = arena.place.share.shape
    ticks, rows, _ = work.trace.units.shape
    room = room_for(arena.world, arena.capacity)
    if (
        ticks < arena.ticks or work.shock.shape[0] < arena.days or rows != (units if arena.by_unit else 1)
        or work.step.mood.shape != (units, audiences) or work.member.active.size != room
    ):  # fmt: skip
        raise ValueError("the workspace was made for another arena")


def _freeze(*groups: Iterable[object]) -> None:
    """What kernels read in place cannot be written to while they read it, or later."""
    for group in groups:
        for value in group:
            if isinstance(value, np.ndarray):
                value.flags.writeable = False


def make_run(
    arena: Arena, work: Workspace, shock: np.ndarray, noise: np.ndarray, course: Course, theta: Handle
) -> Run:
    """What kernels are handed. Handles that history after history shares are made once."""
    at = work.handles
    _freeze(arena.place, course.table, course.script, (arena.reported,))

    def place() -> Place:
        return arena.place._replace(region_effect=work.region_effect)

    return Run(
        at(arena.world), at(work.member), at(work.scratch), at(work.step), at.latest("place", arena.place, place),
        at(work.macro), theta, shock, noise, at.latest("table", course.table, lambda: course.table), course.mode,
        course.free_from, at.latest("script", course.script, lambda: course.script), arena.reported, at(work.clocks), at(work.trace),
        arena.world.keys[draws.HARM], 1.0 / arena.ticks_per_day, daily_profile(arena.ticks_per_day), float(arena.stop_share),
        float(arena.predecessor),
    )  # fmt: skip


def settle(arena: Arena, work: Workspace, clocks: ClockLuck | None) -> None:
    """Before a history begins: what its course has settled of the clocks, and which world the workspace remembers."""
    kept = work.clocks
    for array, value in (
        (kept.threshold, np.inf if clocks is None else clocks.threshold),
        (kept.known_minute, np.nan if clocks is None else clocks.known_minute),
        (kept.known_tick, -1 if clocks is None else clocks.known_tick),
        (kept.level, 1.0 if clocks is None else clocks.level),
        (kept.answer[:3], 0.0 if clocks is None else clocks.answer),
    ):
        array[:] = value
    if work.world[0] != id(arena.world):  # handles keep every world that was here alive, so that no two have one id
        work.handles(arena.world)
        work.scratch.theta[:] = np.nan
        work.world[0] = id(arena.world)


def _view(arrays: Arrays, length: int | None = None) -> Arrays:
    """The same arrays, or the first so many rows of each, not to be written to."""
    views = [array[:length] for array in arrays]
    for view in views:
        view.flags.writeable = False
    return type(arrays)(*views)


def _revive(work: Workspace, path: Path, made_of: np.ndarray) -> tuple[int, int]:
    """(tick, status) of the history that was saved; the workspace becomes it."""
    parts = read_arrays(path)
    if "made_of" not in parts or not np.array_equal(parts["made_of"], made_of):
        raise StoreError(
            f"{path}: is not a checkpoint of this history",
            "give the same case, seed, options, parameters and version, or start anew",
        )
    tick, status = (int(value) for value in parts["at"])
    revive(work, tick, parts)
    return tick, status


def _hash(arena: Arena, luck: Luck, course: Course, overrides: Sequence[Override]) -> np.ndarray:
    """Hash of all that a history follows from."""
    digest = hashlib.sha256(arena.kernel.KEY.encode())
    numbers = (
        arena.seed, arena.weight, arena.days, arena.ticks_per_day, arena.by_unit, arena.predecessor, arena.stop_share,
        arena.capacity, course.free_from,
    )  # fmt: skip
    digest.update(repr(numbers).encode())
    digest.update(b"".join(described(o) for o in overrides))
    groups = (luck, course.script, (course.mode,), course.table, course.clocks or (), arena.place, (arena.world.agents, arena.reported))
    for group in groups:
        for values in group:
            array = np.ascontiguousarray(values)
            digest.update(repr((array.dtype.str, array.shape)).encode() + array.tobytes())
    return np.frombuffer(digest.digest(), np.uint8)
