"""Returns from trade to trade: a halt gives one return over several days, never several returns of nothing.

Source for trade-to-trade returns in event studies: Maynes, E., Rumsey, J. (1993). Conducting event studies with
thinly traded stocks. Journal of Banking & Finance 17, 145-157.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from interrex.eventstudy.calendar import Close
from interrex.eventstudy.cells import Frame
from interrex.eventstudy.options import Kind
from interrex.eventstudy.sanity import EVERYTHING

SAME = np.timedelta64(5 * 60, "s")
"""Closes so near to one another are one."""


class Panel(NamedTuple):
    """All instruments of one venue on its own trading days (T days, N instruments).

    days: datetime64[T]. names: N labels. price: float[T, N], NaN where there was no trade. previous: int[T, N],
    position of the trade before, -1 if none. span: float[T, N], trading days from that trade to this one, NaN where
    there is no return. returns: float[T, N], as shares of 1. price_low, price_high: float[T, N], bounds of a price that
    is an interval, the price itself otherwise. halted: bool[T, N].
    """

    venue: str
    days: np.ndarray
    names: list[str]
    price: np.ndarray
    previous: np.ndarray
    span: np.ndarray
    returns: np.ndarray
    price_low: np.ndarray
    price_high: np.ndarray
    halted: np.ndarray


def panel(table: Frame, venue: str, days: np.ndarray, names: list[str], kind: Kind = "simple") -> Panel:
    """Panel of `names` from the rows of `table` (columns as in `Prices.table`, with `label`) at `venue`."""
    rows = table[table["venue"] == venue]
    shut = np.isin(days, rows.loc[rows["label"] == EVERYTHING, "date"].to_numpy().astype("datetime64[D]"))
    rows = rows[rows["label"] != EVERYTHING]
    row = np.searchsorted(days, rows["date"].to_numpy().astype("datetime64[D]"))
    column = pd.Categorical(rows["label"], categories=names).codes
    shape = (len(days), len(names))

    def laid_out(name: str) -> np.ndarray:
        out = np.full(shape, np.nan)
        out[row, column] = rows[name].to_numpy(float)
        out[shut] = np.nan
        return out

    price = laid_out("price")
    halted = (laid_out("halt") == 1) | shut[:, None]
    previous = previous_trade(price)
    traded = np.isfinite(price) & (previous >= 0)
    span = np.where(traded, np.arange(len(days))[:, None] - previous, np.nan)
    then = np.take_along_axis(price, np.maximum(previous, 0), 0)
    moved = np.where(traded, change(price, then, kind), np.nan)
    return Panel(
        venue, days, names, price, previous, span, moved, laid_out("price_low"), laid_out("price_high"), halted
    )  # fmt: skip


def quote_bounds(
    place: Panel, row: np.ndarray, inside: np.ndarray, columns: np.ndarray, kind: Kind
) -> np.ndarray:
    """How far below and above a sum of returns lies because its prices are intervals: float[2, n], shares of 1.

    The sum runs over the days row[W, n] on which inside[W, n] holds, for the named columns. Logarithms add up, so
    that only the first and the last price count; simple returns are bounded day by day, which may be wider than
    need be.
    """
    before = np.maximum(place.previous[row, columns], 0)
    low, middle, high = (p[row, columns] for p in (place.price_low, place.price, place.price_high))
    low_before, middle_before, high_before = (
        p[before, columns] for p in (place.price_low, place.price, place.price_high)
    )
    if kind == "simple":
        usual = middle / middle_before
        down, up = low / high_before - usual, high / low_before - usual
        return np.stack([np.where(inside, down, 0.0).sum(0), np.where(inside, up, 0.0).sum(0)])
    last = np.where(inside, row, -1).argmax(0), np.arange(len(columns))
    first = inside.argmax(0), np.arange(len(columns))
    bounds = np.stack([
        np.log(low[last] / middle[last]) - np.log(high_before[first] / middle_before[first]),
        np.log(high[last] / middle[last]) - np.log(low_before[first] / middle_before[first]),
    ])  # fmt: skip
    return np.where(inside.any(0), bounds, 0.0)


def held(place: Panel, row: np.ndarray, inside: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """What holding made, float[n], a share of 1: from the price before the first to that of the last of the days
    row[W, n] on which inside[W, n] holds; NaN without one."""
    name = np.arange(len(columns))
    last, first = np.where(inside, row, -1).argmax(0), inside.argmax(0)
    before = np.maximum(place.previous[row[first, name], columns], 0)
    return np.where(
        inside.any(0), place.price[row[last, name], columns] / place.price[before, columns] - 1, np.nan
    )


def previous_trade(price: np.ndarray) -> np.ndarray:
    """Position of the last trade before each day, -1 if none: int[T, N] for price[T, N]."""
    length, width = price.shape
    last = np.where(np.isfinite(price), np.arange(length)[:, None], -1)
    last = np.maximum.accumulate(last, axis=0)
    return np.vstack([np.full((1, width), -1), last[:-1]])


def change(now: np.ndarray, then: np.ndarray, kind: Kind) -> np.ndarray:
    """Return from price `then` to price `now`: a share of 1 (simple) or a difference of logarithms (log)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(now / then) if kind == "log" else now / then - 1


class Followed(NamedTuple):
    """A benchmark or factor on another venue's days: price[T], and whether it is of that very day (bool[T])."""

    price: np.ndarray
    fresh: np.ndarray


def follow(
    days: np.ndarray,
    close: Close | None,
    series: Frame,
    series_close: Close | None,
    align: str,
    stale: int = 5,
) -> Followed:
    """Prices of `series` (indexed by day) as they stood on `days`, at most `stale` calendar days old.

    align "date": the price of the same calendar day. align "close": the last price that existed when the venue of
    `days` closed, so that a market which closes later lends its price of the day before; needs both closing hours.
    """
    known = series.dropna()
    theirs = known.index.to_numpy().astype("datetime64[D]")
    by_close = False
    if align == "close" and close is not None and series_close is not None:
        by_close = True
        position = np.searchsorted(series_close.at(theirs) - SAME, close.at(days), side="right") - 1
    else:
        position = np.searchsorted(theirs, days, side="right") - 1
    found = np.maximum(position, 0)
    age = (days - theirs[found]).astype(int) if len(theirs) else np.full(len(days), stale + 1)
    there = (position >= 0) & (age <= stale)
    values = known.to_numpy(float)
    price = np.where(there, values[found] if len(values) else np.nan, np.nan)
    # By close, the day before a Monday is a Friday: fresh means that it moved on since the venue's last trading day.
    fresh = there & (np.diff(position, prepend=-1) > 0 if by_close else age == 0)
    return Followed(price, fresh)


def along(price: np.ndarray, place: Panel, kind: Kind) -> np.ndarray:
    """Return of a followed price over the same stretch as each return of the panel: float[T, N]."""
    then = price[np.maximum(place.previous, 0)]
    return np.where(np.isfinite(place.span), change(price[:, None], then, kind), np.nan)
