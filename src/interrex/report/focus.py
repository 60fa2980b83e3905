"""The days that matter: figures by the day show the busiest stretch of the window, and say what lies outside it."""

from __future__ import annotations

from datetime import date

import numpy as np

from interrex.report.numbers import count, short_day
from interrex.report.read import Floats, Results

LENGTH = 15
"""Days that fit side by side in a small panel."""
CROWD = 100.0
"""Persons at once in the whole country from which a day counts as one with a crowd."""


def busiest(results: Results, days: list[date]) -> slice:
    """LENGTH days with the day of the largest crowd among them, and of such stretches the one with most dated claims and
    most people; the whole window when it is hardly longer."""
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
    totals = _crowds(results, len(days))
    starts = np.arange(len(days) - LENGTH + 1)
    if totals.max() >= CROWD:
        peak = int(np.argmax(totals))
        starts = starts[(starts <= peak) & (peak < starts + LENGTH)]
    value = [(load[s : s + LENGTH].sum(), totals[s : s + LENGTH].sum()) for s in starts]
    best = max(range(len(starts)), key=lambda n: (*value[n], -n))
    return slice(int(starts[best]), int(starts[best]) + LENGTH)


def outside(results: Results, days: list[date], part: slice) -> str:
    """Which days are shown and how large the largest crowd of the others is; '' where all are shown."""
    if part.start == 0 and part.stop >= len(days):
        return ""
    shown = days[part]
    words = f" Shown: {short_day(shown[0])} to {short_day(shown[-1])}, {len(shown)} of {len(days)} days"
    totals = _crowds(results, len(days))
    totals[part] = 0.0
    if totals.max() < CROWD:
        return words + f"; on the others the median crowd of the country stays below {CROWD:.0f} people."
    day = int(np.argmax(totals))
    return (
        words
        + f"; the largest median crowd of the others is {count(totals[day])} people, {short_day(days[day])}."
    )


def crowd_days(results: Results) -> list[date]:
    """The days of /crowd."""
    group = results.group("crowd", "day")
    return [date.fromisoformat(text[:10]) for text in group.texts("day")]


def _crowds(results: Results, days: int) -> Floats:
    """Median of the most people at once in the country, by day."""
    crowd = results.maybe("crowd")
    if crowd is None or not crowd.has("nation_present_post"):
        return np.zeros(days)
    found = np.nan_to_num(crowd.numbers("nation_present_post")[2])
    return np.concatenate([found, np.zeros(max(0, days - found.size))])[:days]
