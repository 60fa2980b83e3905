"""Returns from trade to trade: a halt gives one return over several days, never several returns of nothing.

Source for trade-to-trade returns in event studies: Maynes, E., Rumsey, J. (1993). Conducting event studies with
thinly traded stocks. Journal of Banking & Finance 17, 145-157.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from interrex.markets.prices import EVERYTHING, Frame

Kind = Literal["simple", "log"]


class Panel(NamedTuple):
    """All instruments of one venue on its own trading days (T days, N instruments).

    days: datetime64[T]. names: N labels. price: float[T, N], NaN where there was no trade. previous: int[T, N],
    position of the trade before, -1 if none. span: float[T, N], trading days from that trade to this one, NaN where
    there is no return. returns: float[T, N], as shares of 1. low, high: float[T, N], bounds of the returns where a
    price is an interval. halted: bool[T, N].
    """

    venue: str
    days: np.ndarray
    names: list[str]
    price: np.ndarray
    previous: np.ndarray
    span: np.ndarray
    returns: np.ndarray
    low: np.ndarray
    high: np.ndarray
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

    price, low, high = laid_out("price"), laid_out("price_low"), laid_out("price_high")
    halted = (laid_out("halt") == 1) | shut[:, None]
    previous = previous_trade(price)
    traded = np.isfinite(price) & (previous >= 0)
    span = np.where(traded, np.arange(len(days))[:, None] - previous, np.nan)
    before = np.maximum(previous, 0)

    def over(now: np.ndarray, then: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(traded, change(now, np.take_along_axis(then, before, 0), kind), np.nan)

    return Panel(
        venue,
        days,
        names,
        price,
        previous,
        span,
        over(price, price),
        over(low, high),
        over(high, low),
        halted,
    )


def previous_trade(price: np.ndarray) -> np.ndarray:
    """Position of the last trade before each day, -1 if none: int[T, N] for price[T, N]."""
    length, width = price.shape
    last = np.where(np.isfinite(price), np.arange(length)[:, None], -1)
    last = np.maximum.accumulate(last, axis=0)
    return np.vstack([np.full((1, width), -1), last[:-1]])


def change(now: np.ndarray, then: np.ndarray, kind: Kind) -> np.ndarray:
    """Return from price `then` to price `now`: a share of 1 (simple) or a difference of logarithms (log)."""
    return np.log(now / then) if kind == "log" else now / then - 1


class Followed(NamedTuple):
    """A benchmark or factor on another venue's days: price[T], and whether it is of that very day (bool[T])."""

    price: np.ndarray
    fresh: np.ndarray


def follow(
    days: np.ndarray,
    close: float | None,
    series: Frame,
    series_close: float | None,
    align: str,
    stale: int = 5,
) -> Followed:
    """Prices of `series` (indexed by day) as they stood on `days`, at most `stale` calendar days old.

    align "date": the price of the same calendar day. align "close": the last price that existed when the venue of
    `days` closed, so that a market which closes later lends its price of the day before; needs both closing hours.
    """
    known = series.dropna()
    theirs = known.index.to_numpy().astype("datetime64[D]")
    wanted = days
    if align == "close" and close is not None and series_close is not None and series_close > close + 1e-9:
        wanted = days - np.timedelta64(1, "D")
    position = np.searchsorted(theirs, wanted, side="right") - 1
    found = np.maximum(position, 0)
    age = (wanted - theirs[found]).astype(int) if len(theirs) else np.full(len(days), stale + 1)
    there = (position >= 0) & (age <= stale)
    values = known.to_numpy(float)
    price = np.where(there, values[found] if len(values) else np.nan, np.nan)
    if wanted is days:
        fresh = there & (age == 0)
    else:
        # The day before a Monday is a Friday: fresh means that it moved on since the venue's last trading day.
        fresh = there & (np.diff(position, prepend=-1) > 0)
    return Followed(price, fresh)


def along(price: np.ndarray, place: Panel, kind: Kind) -> np.ndarray:
    """Return of a followed price over the same stretch as each return of the panel: float[T, N]."""
    then = price[np.maximum(place.previous, 0)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(place.span), change(price[:, None], then, kind), np.nan)


def quoted(*changes: float) -> tuple[float, float]:
    """Interval of a return for which sources quote different changes: (least, largest), shares of 1."""
    if not changes:
        raise ValueError("an interval needs at least one quoted change")
    return min(changes), max(changes)
