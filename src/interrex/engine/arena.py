"""What all histories of a run share: the polity, its kernels, the acts' table, the window and how it is cut into ticks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.acts import ActTable
from interrex.engine.compile import Kernel
from interrex.engine.schedule import HOURS, Script
from interrex.engine.street import CAPACITY, World
from interrex.errors import RunError
from interrex.mechanisms.state import Place

TICKS_PER_DAY = 4
"""Ticks a day of an arena unless `with_ticks` says otherwise; observation terms are counted in them."""
STOP_SHARE = 0.03
"""A history with more of the nation on the street at once is stopped: a declared bound of the prior."""
MINUTES = 1440  # in a day


class Arena(NamedTuple):
    """What all histories of a run share."""

    kernel: Kernel
    world: World
    place: Place
    table: ActTable
    script: Script  # the dated record as acts to impose
    reported: np.ndarray  # f8[ticks, 2] persons on the street by the ledger, in the nation and in the capital; 0: none
    days: int
    predecessor: bool
    seed: int
    weight: float  # citizens an agent
    stop_share: float = STOP_SHARE
    capacity: float = CAPACITY  # share of the citizens whom the lists of the street and of the detained can hold
    ticks_per_day: int = TICKS_PER_DAY  # set by `with_ticks`
    by_unit: bool = True  # False: the trace holds sums over the nation in place of units

    @property
    def ticks(self) -> int:
        """Ticks of the window."""
        return self.days * self.ticks_per_day

    @property
    def tick_minutes(self) -> int:
        """Minutes of a tick."""
        return MINUTES // self.ticks_per_day

    def tick_of(self, minute: float) -> int:
        """The tick in which a minute since the start of the window lies."""
        return int(minute // self.tick_minutes)


def with_ticks(arena: Arena, ticks_per_day: int) -> Arena:
    """The arena with ticks of another length; its script falls into the ticks in which its minutes lie.

    `ticks_per_day` is a multiple of 4 that divides the minutes of a day: 4, 8, 12, 24 and so on. Scripts of courses that
    are made apart go through `script_at`. Observation terms know ticks of six hours only. RunError for any other number.
    """
    if ticks_per_day < 1 or ticks_per_day % len(HOURS) or MINUTES % ticks_per_day:
        raise RunError(
            f"a day cannot have {ticks_per_day} ticks",
            f"use a multiple of {len(HOURS)} that divides {MINUTES}, for instance 4, 8 or 24",
        )
    ticks = np.arange(len(arena.reported) * ticks_per_day // arena.ticks_per_day)
    return arena._replace(
        ticks_per_day=ticks_per_day, script=script_at(arena.script, ticks_per_day),
        reported=arena.reported[ticks * arena.ticks_per_day // ticks_per_day],
    )  # fmt: skip


def script_at(script: Script, ticks_per_day: int) -> Script:
    """The script with each act in the tick in which its minute lies."""
    minutes = MINUTES // ticks_per_day
    return script._replace(tick=(script.minute // minutes).astype(np.int64))
