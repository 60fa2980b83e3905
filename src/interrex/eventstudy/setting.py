"""From checked prices to what is computed on: a panel for each venue with its factors, and who meets which event."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from interrex.errors import CaseError, Problem, RunError
from interrex.eventstudy import models, remarks, returns, sanity
from interrex.eventstudy.calendar import Close, Moment, closing, event_day, in_windows, trading_days
from interrex.eventstudy.cells import Frame, quoted
from interrex.eventstudy.cells import listed as some
from interrex.eventstudy.currency import convert
from interrex.eventstudy.happenings import Happening, happenings
from interrex.eventstudy.options import Options, pairs
from interrex.eventstudy.prices import Prices
from interrex.eventstudy.remarks import Note
from interrex.eventstudy.sanity import EVERYTHING

VENUE_GAP = 21
"""Calendar days without a row after which a venue's calendar is taken to have a hole, not a holiday."""


class Market(NamedTuple):
    """A venue's panel with its design rows[T, N, K] and usable[T, N]: days that may enter an estimation.

    driven: bool[T, N], days on which every benchmark and factor has a price of its own. where: int[events, N],
    position of each event's day 0, -1 where the name does not meet the event, or after the last day; met: bool[events, N].
    touched: bool[T, N], returns that cover a day of the window of one of the name's events. trades: int[T, N], first
    position from each day on with a return, T if there is none.
    """

    panel: returns.Panel
    rows: np.ndarray
    usable: np.ndarray
    driven: np.ndarray
    where: np.ndarray
    met: np.ndarray
    touched: np.ndarray
    trades: np.ndarray


def market_of(
    panel: returns.Panel,
    rows: np.ndarray,
    driven: np.ndarray,
    where: np.ndarray,
    met: np.ndarray,
    window: tuple[int, int],
    overlap: str,
) -> Market:
    """The market of a panel, its design rows and its events, with what follows from them; see `Market`."""
    length = len(panel.days)
    there = np.isfinite(panel.returns)
    trades = np.where(there, np.arange(length)[:, None], length)
    trades = np.minimum.accumulate(trades[::-1], axis=0)[::-1]
    inside = np.stack([in_windows(length, at[at >= 0], window) for at in where.T], axis=1)
    days = np.concatenate([np.zeros((1, inside.shape[1]), int), np.cumsum(inside, axis=0)])
    begun = np.maximum(panel.previous + 1, 0)
    touched = days[1:] > np.take_along_axis(days, begun, 0)
    usable = there & driven
    if overlap == "mask":
        usable &= ~touched
    return Market(panel, rows, usable, driven, where, met, touched, trades)


class Setting(NamedTuple):
    """Everything that a study computes on.

    names: of all markets, one market after the other; first: where each market's begin. labels: of the events.
    coefficients: names of those of the model. currency, venue: of each name.
    """

    markets: list[Market]
    first: list[int]
    names: list[str]
    labels: list[str]
    coefficients: list[str]
    currency: dict[str, str]
    venue: dict[str, str]
    notes: list[Note]


def label_listings(table: Frame) -> Frame:
    """Label of each row: the instrument, with its venue (KAP@LSE) where it is listed at several."""
    venues = table.groupby("instrument")["venue"].nunique()
    dual = table["instrument"].map(venues > 1) & (table["instrument"] != EVERYTHING)
    return table["instrument"].where(~dual, table["instrument"] + "@" + table["venue"])


class Driver(NamedTuple):
    """A benchmark or factor: its label, the venue where it trades, and its prices by day."""

    label: str
    venue: str
    price: Frame


def gather(prices: Prices, event: object, options: Options) -> Setting:
    """Build the setting; see `happenings` for the event. Raises CaseError and RunError."""
    table, notes = prices.table, [Note("reading", "", sentence) for sentence in prices.notes]
    rates = pairs("--rates", options.rates)
    if options.currency is not None:
        converted = convert(table, options.currency, rates)
        table = converted.table
        notes += [Note("currency", "", sentence) for sentence in converted.notes]
    table = table.assign(label=label_listings(table))
    listed = [one for one in dict.fromkeys(table["label"]) if one != EVERYTHING]
    closes = {**prices.closes, **_closes(options.closes, [str(one) for one in dict.fromkeys(table["venue"])])}
    driving = [_find(listed, options.benchmark, "benchmark")] if options.benchmark else []
    driving += [_find(listed, one, "factor") for one in options.factors]
    met = happenings(event)
    kept = _studied(listed, options.name or None, driving, list(rates.values()), met)
    for one in dict.fromkeys(
        [*options.constituents, *(name for single in met for name in single.names or ())]
    ):
        _some_label(listed, one)
    if (
        options.closes
        and options.align == "date"
        and not any(when.instant for one in met for when in (one.when, *(one.names or {}).values()))
    ):
        notes.append(
            Note("hour", "", "--close changes nothing: no event has an hour, and venues are matched by date")
        )
    looked_at = table["label"].isin([*kept, *driving]) | table["instrument"].isin(list(rates.values()))
    notes += [Note("jump", about, sentence) for about, sentence in sanity.jumps(table[looked_at])]
    first: Frame = table.drop_duplicates("label").set_index("label")
    venue = {one: str(first.loc[one, "venue"]) for one in listed}
    drivers = [
        Driver(one, venue[one], table[table["label"] == one].set_index("date")["price"]) for one in driving
    ]
    days = trading_days(table)
    markets: list[Market] = []
    for place in dict.fromkeys(venue[one] for one in kept):
        names = [one for one in kept if venue[one] == place]
        here = table[table["venue"] == place]
        market, told = _market(here, place, days[place], names, drivers, met, options, closes)
        markets.append(market)
        notes += told
    money = {one: str(first.loc[one, "currency"]) for one in [*kept, *driving]}
    notes += remarks.currencies(money)
    together, inside = _overlaps(markets, options.window, options.estimation)
    if inside and options.overlap == "error":
        raise RunError(
            f"{inside} estimation windows hold another event of the same name",
            "shorten --estimation, or --overlap mask",
        )
    notes += remarks.overlaps(together, inside, options.overlap)
    names = [one for market in markets for one in market.panel.names]
    return Setting(
        markets, [names.index(market.panel.names[0]) for market in markets], names, [one.label for one in met],
        models.coefficient_names(options.explained_by, driving), money, venue, notes,
    )  # fmt: skip


def _market(
    here: Frame,
    venue: str,
    days: np.ndarray,
    names: list[str],
    drivers: list[Driver],
    met: list[Happening],
    options: Options,
    closes: Mapping[str, Close],
) -> tuple[Market, list[Note]]:
    """The market of the rows `here` of one venue, and what is to be said of it."""
    own = here[here["label"].isin([*names, EVERYTHING])]
    _check_calendar(here, days, venue, options.max_gap)
    panel = returns.panel(own, venue, days, names, options.returns)
    _check_gaps(own, panel, options.max_gap)
    notes: list[Note] = []
    if len(names) == 1 and set(here["label"]) == set(names):
        notes.append(remarks.own_calendar(names[0]))
    close = closes.get(venue)
    moved, driven = [], np.ones(panel.returns.shape, dtype=bool)
    for driver in drivers:
        away = closes.get(driver.venue)
        followed = returns.follow(days, close, driver.price, away, options.align)
        moved.append(returns.along(followed.price, panel, options.returns))
        driven &= followed.fresh[:, None] & followed.fresh[np.maximum(panel.previous, 0)]
        notes += remarks.hours_apart(venue, driver.venue, driver.label, close, away, days, options.align)
    factors = np.stack(moved, axis=-1) if moved else np.empty((*panel.returns.shape, 0))
    where = np.array([[_position(days, one.of(label), close) for label in names] for one in met])
    notes += remarks.event_days(panel, where, met, close)
    meets = np.array([[one.of(label) is not None for label in names] for one in met])
    rows = models.design(options.explained_by, panel.span, factors)
    market = market_of(panel, rows, driven, where, meets, options.window, options.overlap)
    for driver, along in zip(drivers, moved, strict=True):
        notes += remarks.days_apart(panel, along, market.usable, driver.label)
        notes += remarks.still(panel, along, market.usable, driver.label)
    return market, notes


def _find(listed: list[str], wanted: str, role: str) -> str:
    if wanted in listed:
        return wanted
    several = [one for one in listed if one.split("@")[0] == wanted]
    if several:
        raise RunError(
            f"the {role} {wanted} is listed at several venues", f"write one of {', '.join(several)}"
        )
    raise RunError(f"the {role} {wanted!r} is not among the prices", f"there are {some(listed)}")


def _some_label(listed: list[str], wanted: str) -> None:
    """Raise RunError unless some label is `wanted`, or it at one of its venues."""
    if not any(_is(label, [wanted]) for label in listed):
        near = difflib.get_close_matches(wanted, listed, n=3)
        raise RunError(
            f"the name {quoted(wanted)} is not among the prices",
            f"did you mean {' or '.join(near)}?" if near else f"there are {some(listed)}",
        )


def _closes(told: tuple[str, ...], venues: list[str]) -> dict[str, Close]:
    """When venues close, as asked for; what is said without a venue holds for all that are not named."""
    found = {venue: closing(text) for venue, text in pairs("--close", told, unnamed=True).items()}
    for venue in found:
        if venue and venue not in venues:
            named = [one for one in venues if one]
            remedy = (
                f"there are {some(named)}"
                if named
                else "no row names its venue: write --close 16:00@America/New_York for all of them"
            )
            raise RunError(
                f"no prices are of the venue {quoted(venue)}, for which a closing hour is given", remedy
            )
    everywhere = {venue: found[""] for venue in venues} if "" in found else {}
    return {**everywhere, **{venue: close for venue, close in found.items() if venue in venues}}


def _is(label: str, names: list[str]) -> bool:
    return label in names or label.split("@")[0] in names


def _studied(
    listed: list[str], name: Sequence[str] | None, driving: list[str], rates: list[str], met: list[Happening]
) -> list[str]:
    if name is None and all(one.names is not None for one in met):
        name = [name for one in met for name in one.names or ()]
    if name is None:
        kept = [one for one in listed if one not in driving and one.split("@")[0] not in rates]
    else:
        for one in name:
            _some_label(listed, one)
        kept = list(dict.fromkeys(label for one in name for label in listed if _is(label, [one])))
    clash = [one for one in kept if one in driving]
    if clash:
        raise RunError(
            f"{clash[0]} cannot be explained by itself", "name another benchmark or another instrument"
        )
    if not kept:
        raise RunError("no instrument is left to study", "give prices of one besides the benchmark")
    return kept


def _position(days: np.ndarray, when: Moment | None, close: Close | None) -> int:
    if when is None:
        return -1
    at = event_day(days, when, close)
    return at if at < len(days) else -1


def _check_calendar(rows: Frame, days: np.ndarray, venue: str, max_gap: int) -> None:
    steps = np.diff(days).astype(int)
    holes = np.flatnonzero(steps > max(VENUE_GAP, 2 * max_gap))
    if holes.size:
        at = rows[rows["date"].to_numpy().astype("datetime64[D]") == days[holes[0] + 1]].iloc[0]
        raise CaseError(
            Problem(
                at["file"], int(at["line"]), 1 if at["line"] else 0, "date",
                f"follows {steps[holes[0]]} days without any price{' at ' + venue if venue else ''}",
                "give rows with halt=1 for the days in between, or a larger --max-gap",
            )
        )  # fmt: skip


def _check_gaps(rows: Frame, panel: returns.Panel, max_gap: int) -> None:
    problems: list[Problem] = []
    for day, column in np.argwhere(panel.span > max_gap + 1):
        skipped = panel.halted[panel.previous[day, column] + 1 : day, column]
        if skipped.all():
            continue
        date = str(panel.days[day])
        at = rows[(rows["label"] == panel.names[column]) & (rows["date"] == pd.Timestamp(date))].iloc[0]
        problems.append(
            Problem(
                at["file"], int(at["line"]), 1 if at["line"] else 0, panel.names[column],
                f"has no price on the {len(skipped)} trading days before {date}",
                "mark them as halt=1 if trading was suspended, or give a larger --max-gap",
            )
        )  # fmt: skip
    if problems:
        raise CaseError(*problems[:20])


def _overlaps(markets: list[Market], window: tuple[int, int], estimation: tuple[int, int]) -> tuple[int, int]:
    """How many event windows of one name overlap, and how many estimation windows hold another event of the name."""
    together, inside = 0, 0
    for market in markets:
        for column in range(len(market.panel.names)):
            days = market.where[:, column]
            days = np.unique(days[days >= 0])
            together += int((np.diff(days) <= window[1] - window[0]).sum())
            back = days[:, None] - days[None, :]
            hit = (back > 0) & (back >= -estimation[1] - window[1]) & (back <= -estimation[0] - window[0])
            inside += int(hit.any(1).sum())
    return together, inside
