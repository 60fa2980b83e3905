"""A prior history reduced to what the prior check asks of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.arena import Arena
from interrex.engine.history import History
from interrex.engine.schedule import DONE, EXOGENOUS, PRESENT
from interrex.futures.members import Member

CALM = 1500.0  # persons on the streets of the nation at once; below it a month counts as calm
SMALL = (20.0, 1000.0)  # persons; a small protest of one unit
OUT = 300.0  # persons in one unit who count as that unit being out
EVENT_UNITS = 8
EVENT_HOURS = 72.0
EVENT_PEAK = 1e-3  # share of the nation
EVENT_OVER = 1e-4  # share of the nation
EVENT_DAYS = 10.0


class Sketch(NamedTuple):
    """What is kept of one free history of the prior. Persons are persons present at once in the nation."""

    calm: bool  # never `CALM` persons before the price shock
    small: float  # small protests a day before the price shock
    peak: float
    peak_after: float  # from the price shock on
    event: bool  # the pattern of the case: see `is_event`
    first: int  # region that is first to have `OUT` persons in a unit, from the shock on; -1 none
    largest: int  # region with the largest crowd, -1 where no unit ever had `OUT` persons
    stopped: bool  # left the range of the model (more than `STOP_SHARE` on the street)


def shock_tick(arena: Arena) -> int | None:
    """Tick of the first exogenous shock of the case; None if it has none."""
    at = arena.script.tick[arena.script.kind == EXOGENOUS]
    return int(at.min()) if at.size else None


def small_protests(units: np.ndarray, per_day: int) -> int:
    """Unit-days with a small protest begun that day: crowds[T, U] at the end of each of `per_day` ticks, in persons. A
    protest begins on a day when the unit has at least 20 and at most 1,000 after fewer than 20 at the end of
    the day before."""
    days = units.shape[0] // per_day
    by_day = units[: days * per_day].reshape(days, per_day, -1)
    most = by_day.max(axis=1)
    before = np.vstack([np.zeros((1, units.shape[1])), by_day[:-1, -1]])
    return int(((before < SMALL[0]) & (most >= SMALL[0]) & (most <= SMALL[1])).sum())


def is_event(units: np.ndarray, nation: float, per_day: int) -> bool:
    """Whether crowds[T, U] show the pattern of the case: eight units out within 72 hours of the first, a peak
    of .1 % of the nation, and under .01 % again within ten days of the peak."""
    out = units >= OUT
    starts = np.where(out.any(axis=0), out.argmax(axis=0), units.shape[0])
    first = int(starts.min(initial=units.shape[0]))
    if first == units.shape[0]:
        return False
    if (starts <= first + EVENT_HOURS / 24.0 * per_day).sum() < EVENT_UNITS:
        return False
    total = units.sum(axis=1)
    top = int(total.argmax())
    if total[top] < EVENT_PEAK * nation:
        return False
    after = total[top : top + int(EVENT_DAYS * per_day) + 1]
    return bool((after < EVENT_OVER * nation).any())


def sketch(history: History, member: Member) -> Sketch:
    """Reduce one history."""
    arena = history.arena
    units = history.trace.units[:, :, PRESENT].astype(float)
    shock = shock_tick(arena)
    before = units[: shock if shock else units.shape[0]]
    after = units[shock or 0 :]
    total = units.sum(axis=1)
    first = largest = -1
    if (after >= OUT).any():
        tick = int((after >= OUT).any(axis=1).argmax())
        first = int(arena.place.region[int(after[tick].argmax())])
        region = np.zeros((after.shape[0], arena.place.region_effect.size))
        np.add.at(region.T, arena.place.region, after.T)
        largest = int(region.max(axis=0).argmax())
    days = before.shape[0] / arena.ticks_per_day
    stopped = history.status != DONE
    return Sketch(
        bool(before.sum(axis=1).max() < CALM),
        small_protests(before, arena.ticks_per_day) / days,
        float(total.max()),
        float(after.sum(axis=1).max()),
        not stopped and is_event(after, arena.place.nation, arena.ticks_per_day),
        first,
        largest,
        stopped,
    )
