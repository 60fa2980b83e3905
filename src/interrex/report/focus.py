"""The days that matter: figures by the day show the busiest stretch of the window, not ten quiet weeks."""

from __future__ import annotations

from datetime import date

import numpy as np

from interrex.report.read import Results

LENGTH = 15
"""Days that fit side by side in a small panel."""


def busiest(results: Results, days: list[date]) -> slice:
    """The LENGTH days or fewer that hold most dated claims; the whole window when it is short."""
    if len(days) <= LENGTH + 2:
        return slice(0, len(days))
    load = np.zeros(len(days))
    timeline = results.maybe("timeline")
    if timeline is not None and timeline.has("day", "kind"):
        kinds = timeline.texts("kind")
        for when, kind in zip(timeline.numbers("day"), kinds, strict=True):
            day = results.day_of(when)
            if (
                kind in ("act", "crowd", "arrests", "deaths")
                and day is not None
                and days[0] <= day <= days[-1]
            ):
                load[(day - days[0]).days] += 1
    if load.sum() == 0:
        crowd = results.maybe("crowd")
        if crowd is not None and crowd.has("nation_present_post"):
            load = crowd.numbers("nation_present_post")[2]
    sums = np.convolve(load, np.ones(LENGTH - 2), mode="valid")
    start = max(0, int(np.argmax(sums)) - 1)
    return slice(start, min(len(days), start + LENGTH))


def crowd_days(results: Results) -> list[date]:
    """The days of /crowd."""
    group = results.group("crowd", "day")
    return [date.fromisoformat(text[:10]) for text in group.texts("day")]
