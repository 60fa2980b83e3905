"""Dates of a case in the minutes and ticks of a run."""

from __future__ import annotations

import math
from datetime import datetime, time

from interrex.case.cut import CaseBody
from interrex.case.dates import When
from interrex.engine.arena import TICKS_PER_DAY

TICK_MINUTES = 1440 // TICKS_PER_DAY


def minutes(case: CaseBody, moment: datetime) -> float:
    """Minutes since the window's start, local time."""
    return (moment - datetime.combine(case.window.start, time.min)).total_seconds() / 60.0


def window_ticks(case: CaseBody) -> int:
    """Ticks of the window."""
    return ((case.window.end - case.window.start).days + 1) * TICKS_PER_DAY


def tick_span(case: CaseBody, when: When) -> tuple[int, int]:
    """First and last tick (inclusive) that a date covers, clipped to the window."""
    first = int(minutes(case, when.start) // TICK_MINUTES)
    last = int(math.ceil(minutes(case, when.end) / TICK_MINUTES)) - 1
    return max(0, first), min(window_ticks(case) - 1, max(first, last))
