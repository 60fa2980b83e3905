"""Why a pair of name and event could not be measured: one sentence, and what would help."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy.models import COVERED

SAME = 1e-8
"""Differences up to this share are taken for rounding, where it is told why a fit was refused."""


class Cause(NamedTuple):
    """kind: calendar, few days, fit or event window. wrong: a sentence; remedy: what to do about it."""

    kind: str
    wrong: str
    remedy: str


def beyond(
    days: np.ndarray, position: int, window: tuple[int, int], estimation: tuple[int, int]
) -> Cause | None:
    """Of an event at `position` whose windows do not lie in the data; position -1: after the last day."""
    if position < 0:
        return Cause(
            "calendar",
            f"the event lies after the last day of the prices, {days[-1]}",
            "give prices round the event",
        )
    if position + window[1] >= len(days):
        return Cause(
            "calendar",
            f"the event window ends after the last day of the prices, {days[-1]}",
            "shorten --window",
        )
    if position + window[0] < 0 or position + estimation[1] < 1:
        return Cause("calendar", f"the prices begin on {days[0]}, too late for the estimation window",
                     "give earlier prices or --estimation")  # fmt: skip
    return None


def no_fit(
    name: str, returns: np.ndarray, rows: np.ndarray, drivers: list[str], least: int, estimation: tuple[int, int], begin: int
) -> Cause:  # fmt: skip
    """Of a fit that was refused. returns[L], rows[L, K]: of the usable estimation days; drivers: benchmark and factors,
    those of the design after the constant. begin: trading days of the prices before the event."""
    where = f"in the estimation window {estimation[0]} .. {estimation[1]}"
    if len(returns) < max(least, rows.shape[1] + 1):
        wanted = max(least, rows.shape[1] + 1)
        return Cause(
            "few days", f"{name} has {len(returns)} usable days {where}, {wanted} are needed (the prices begin {begin} "
            "trading days before the event)", "give earlier prices, or move --estimation",
        )  # fmt: skip
    if not (returns != 0).any():
        return Cause(
            "fit",
            f"{name} does not move {where}: no move is out of the ordinary for it",
            "study another instrument",
        )
    for at, driver in enumerate(drivers, 1):
        daily = rows[:, at] / rows[:, 0]
        if np.ptp(daily) <= SAME * np.abs(daily).max():
            moves = "moves by the same share every day" if daily.any() else "does not move"
            return Cause("fit", f"{driver} {moves} {where}, so nothing can be explained by it",
                         "choose another one, or --model mean")  # fmt: skip
    left = returns - rows @ np.linalg.lstsq(rows, returns, rcond=None)[0]
    if np.square(left).sum() <= SAME * np.square(returns).sum():
        return Cause("fit", f"{name} moves exactly as {' and '.join(drivers) or 'a constant'} {where}: are they the same series?",
                     "study another instrument, or choose another benchmark")  # fmt: skip
    return Cause(
        "fit", f"{' and '.join(drivers)} move alike {where} and cannot be told apart", "leave one of them out"
    )


def no_window(name: str, covered: np.ndarray, day0: int | None, next_return: str) -> Cause:
    """Of returns that do not cover the event window, covered: bool[W]; next_return: day on which the first return from
    the event on ends, '' where there is none."""
    if day0 is not None and not covered[day0]:
        after = f"the next ends on {next_return}" if next_return else "there is none later"
        return Cause(
            "event window",
            f"no usable return of {name} covers the event; {after}",
            "give a price before the event and one after it",
        )
    return Cause(
        "event window", f"{len(covered) - covered.sum()} of the {len(covered)} days of the event window lie in no return of {name}, "
        f"more than the {1 - COVERED:.0%} that may be missing", "shorten --window to the days that have prices",
    )  # fmt: skip
