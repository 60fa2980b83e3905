"""The state of one history: macro arrays, clocks, trace; made once for a worker and reset for every member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from interrex.engine.acts import OCCURRENCES, SIGNAL_COUNT
from interrex.engine.handles import Handles
from interrex.engine.schedule import RECORD_COLUMNS, Clocks, Trace
from interrex.engine.street import ACTIVE, FREE_ROWS, HELD, ROWS, Member, Scratch, Step
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.state import (
    BY_AUDIENCE,
    LEVELS,
    Macro,
    Place,
)


def new_macro(place: Place) -> Macro:
    """Macro state in which nothing is set; `schedule.begin` sets it before a history."""
    units, audiences = place.population.size, place.online.size
    sizes = dict.fromkeys(Macro._fields, units) | dict.fromkeys(BY_AUDIENCE, audiences) | {"level": LEVELS}
    return Macro(**{name: np.zeros(size) for name, size in sizes.items()})


def new_clocks() -> Clocks:
    """Clocks that never fire."""
    k, j = len(ACT_KINDS), OCCURRENCES
    return Clocks(
        np.full((k, j), np.inf), np.full((k, j), np.nan), np.full((k, j), -1), np.ones((k, j)), np.zeros(k),
        np.zeros(k, np.int64), np.full((k, j), np.nan), np.zeros((k, j)), np.zeros((k, j)),
        np.array([0.0, 0.0, 0.0, -1.0]), np.zeros(SIGNAL_COUNT), np.zeros(k), np.zeros(k), np.zeros(k),
    )  # fmt: skip


def new_trace(ticks: int, place: Place, by_unit: bool = True) -> Trace:
    """Room for the record of a history of `ticks` ticks, of all units or of the nation alone."""
    units, audiences = place.population.size if by_unit else 1, place.online.size
    return Trace(
        np.zeros((ticks, units, RECORD_COLUMNS), np.float32), np.zeros((ticks, SIGNAL_COUNT), np.float32),
        np.zeros(ticks, np.int8), np.zeros((ticks, LEVELS), np.float32), np.zeros((ticks, audiences, 3), np.float32),
    )  # fmt: skip


class Workspace(NamedTuple):
    """Everything that one worker reuses from member to member."""

    member: Member
    scratch: Scratch
    step: Step
    macro: Macro
    clocks: Clocks
    trace: Trace
    shock: np.ndarray  # f8[D, R]
    region_effect: np.ndarray  # f8[R]
    world: np.ndarray  # i8[1] id of the world of the last history
    handles: Handles  # of the world and of what is above


def live(work: Workspace, tick: int) -> dict[str, np.ndarray]:
    """What a history is after `tick` ticks, by name, as views: the used part of the lists and of the record.

    Copied, it is a checkpoint; a history goes on from it to the bit. `scratch` and `step` are left out: the one
    decides nothing, the other is written anew in every tick.
    """
    parts = {"member.n": work.member.n} | _used(work.member)
    for group, arrays in (("macro", work.macro), ("clocks", work.clocks)):
        parts |= {f"{group}.{name}": getattr(arrays, name) for name in arrays._fields}
    return parts | {f"trace.{name}": getattr(work.trace, name)[:tick] for name in work.trace._fields}


def revive(work: Workspace, tick: int, parts: Mapping[str, np.ndarray]) -> None:
    """Put what `live` returned into a workspace of the same arena. The record beyond `tick` is left as it is."""
    work.member.n[:] = parts["member.n"]
    for name, view in live(work, tick).items():
        view[:] = parts[name]


def _used(member: Member) -> dict[str, np.ndarray]:
    """The used part of each list of a member."""
    ties = member.n[ROWS] * (member.tie.size // member.active.size)
    length = {
        "held": member.n[HELD], "until": member.n[HELD], "tie": ties, "tie_where": ties, "free": member.n[FREE_ROWS],
    }  # fmt: skip
    lists = {name: getattr(member, name) for name in member._fields if name != "n"}
    return {f"member.{name}": a[: length.get(name, member.n[ACTIVE])] for name, a in lists.items()}
