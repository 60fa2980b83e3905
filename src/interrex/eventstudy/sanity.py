"""Series that cannot be prices of a market: days that are none, weeks that no market has, jumps that are no returns.

What the file itself shows to be wrong is refused with its line; what may be wrong is a note. Days on which nothing can
have been traded are taken out, and a note says how many.
"""

from __future__ import annotations

import numpy as np

from interrex.errors import CaseError, Problem
from interrex.eventstudy.cells import Frame, listed

EVERYTHING = "*"
"""The instrument of a row that halts a whole venue."""

FEW = 4
"""Rows of one kind from which a pattern is told."""

SOME, OFTEN = 0.1, 0.95
"""Shares of rows from which something happens for a reason, and always."""

PRICED = ["price", "price_low", "price_high"]
DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

LAST_CLOSE_UTC, LAST_CLOSE = 13, 17
"""Hours of a Sunday after which no market closes that trades on Sundays: UTC, and by a clock without zone."""

JUMP, UNUSUAL = 0.35, 8.0
"""A change of logarithm, and how many of the usual ones, from which it is told: a third off, or two for three."""

NEAR = 3.0
"""Usual changes within which a change is taken for a round factor."""

SPLITS = {0.5: "2 for 1", 1 / 3: "3 for 1", 0.25: "4 for 1", 0.2: "5 for 1", 1 / 6: "6 for 1", 1 / 7: "7 for 1", 0.125: "8 for 1",
          0.1: "10 for 1", 1 / 15: "15 for 1", 0.05: "20 for 1", 0.04: "25 for 1", 1 / 30: "30 for 1", 0.02: "50 for 1",
          2 / 3: "3 for 2", 0.4: "5 for 2"}  # fmt: skip
UNITS, APART = (1e2, 1e3, 1e4), 0.25
"""Factors between units, and how far a change of logarithm may be off with what else happened on that day."""

BACK = 10
"""Prices within which a misplaced decimal point is undone."""


def problem(row: Frame, path: str, what: str, remedy: str) -> Problem:
    """A problem at the file and line of a row."""
    return Problem(row["file"], int(row["line"]), 1 if row["line"] else 0, path, what, remedy)


def trading_rows(table: Frame) -> tuple[Frame, list[str]]:
    """Rows of days on which there can have been trade, and sentences on the others.

    table: sorted by venue, instrument and date; price columns, halt, file, line, volume, clock (minutes, -1 without)
    and instant (UTC, NaT without a zone). Raises CaseError where days are shifted, or day and month exchanged.
    """
    notes: list[str] = []
    group = table.groupby(["venue", "instrument"], sort=False).ngroup().to_numpy()
    name = table["instrument"].to_numpy(object)
    groups = [
        rows
        for rows in np.split(np.arange(len(table)), np.flatnonzero(np.diff(group)) + 1)
        if rows.size and name[rows[0]] != EVERYTHING
    ]
    silent = table["halt"].to_numpy(bool) | _without_volume(table, groups, notes)
    table.loc[silent, PRICED] = np.nan
    idle = _idle(table, group)
    day = table["date"].to_numpy().astype("datetime64[D]")
    weekday = (day.astype(int) + 3) % 7  # 0 is Monday
    evening = _sunday_evening(table, weekday)
    drop = np.zeros(len(table), bool)
    early, filled = [], {}
    for rows in groups:
        week = weekday[rows]
        _exchanged(table, rows, day[rows], week)
        if _week(table, rows, day[rows].astype(int), week, evening[rows]):
            early.append(name[rows[0]])
        for at in np.unique(week):
            of_day, others = rows[week == at], rows[week != at]
            if (
                len(of_day) >= FEW
                and idle[of_day].mean() >= OFTEN
                and len(others)
                and idle[others].mean() < 0.5
            ):
                drop[of_day] = True
                filled[at] = [*filled.get(at, []), name[rows[0]]]
    if early:
        notes.append(
            f"{listed(early)}: rows fall on Sundays and none on the Fridays after: right for a market that rests on Fridays and "
            "Saturdays; of any other each day is written a day early, as midnight in another zone"
        )
    if filled:
        names = list(dict.fromkeys(one for of_day in filled.values() for one in of_day))
        notes.append(
            f"{listed(names)}: {drop.sum()} rows fall on {' and '.join(DAYS[at] for at in sorted(filled))} and repeat the price of the day "
            "before, or have none: no trading days, left out"
        )
    table, idle = table[~drop].reset_index(drop=True), idle[~drop]
    _holidays(table, idle, notes)
    return table, notes


def _idle(table: Frame, group: np.ndarray) -> np.ndarray:
    """Which rows have no price, or that of the row before; a halted day says of itself what it is."""
    price = table["price"].to_numpy(float)
    before = table["price"].groupby(group).ffill().groupby(group).shift().to_numpy(float)
    return (np.isnan(price) | (price == before)) & ~table["halt"].to_numpy(bool)


def _without_volume(table: Frame, groups: list[np.ndarray], notes: list[str]) -> np.ndarray:
    """Which rows had no trade by their volume. An instrument whose volume is never above 0 has none, as an index."""
    volume = table["volume"].to_numpy(float)
    none = volume == 0
    unknown = [rows for rows in groups if none[rows].any() and not (volume[rows] > 0).any()]
    for rows in unknown:
        none[rows] = False
    if unknown:
        names = listed([table["instrument"].iat[rows[0]] for rows in unknown])
        notes.append(f"{names}: volume is never above 0, as of an index; its prices count on every day")
    return none


def _exchanged(table: Frame, rows: np.ndarray, day: np.ndarray, weekday: np.ndarray) -> None:
    """Raise CaseError where only dates that are one with day and month exchanged fall on days of rest."""
    of_month = (day - day.astype("datetime64[M]")).astype(int) + 1
    month = day.astype("datetime64[M]").astype(int) % 12 + 1
    either, sure = (of_month <= 12) & (of_month != month), of_month > 12
    if sure.sum() < 5 * FEW:
        return
    share = np.bincount(weekday[sure], minlength=7) / sure.sum()
    resting = np.flatnonzero(either & (share < 0.01)[weekday])
    if len(resting) >= FEW and len(resting) > SOME * either.sum():
        what = (
            f"{day[resting[0]]} and {len(resting) - 1} more rows up to the 12th of a month fall on days of the week that have no later row: "
            "day and month are exchanged in part of the file"
        )
        raise CaseError(problem(table.iloc[rows[resting[0]]], "date", what, "write all days as 2022-01-05"))


def _sunday_evening(table: Frame, weekday: np.ndarray) -> np.ndarray:
    """Which rows are written as a Sunday, and stamped when no market that trades on Sundays closes."""
    instant = table["instant"].to_numpy().astype("datetime64[h]").astype(int)
    zoned = table["instant"].notna().to_numpy(bool)
    sunday_utc = ((instant // 24 + 3) % 7 == 6) & (instant % 24 >= LAST_CLOSE_UTC)
    return (weekday == 6) & np.where(zoned, sunday_utc, table["clock"].to_numpy() >= 60 * LAST_CLOSE)


def _week(table: Frame, rows: np.ndarray, day: np.ndarray, weekday: np.ndarray, evening: np.ndarray) -> bool:
    """Whether the weeks go from Sunday to Thursday. Raises CaseError where they are those of no market, since each day
    is written a day early or late."""
    count = np.bincount(weekday, minlength=7)

    def without(one: int, other: int, first: int) -> bool:
        """Whether weeks that begin with `first` have the day `one` and not the `other`, as a rule."""
        has, lacks = (set((day[weekday == at] + 3 - first) // 7) for at in (one, other))
        return len(has - lacks) >= FEW and len(has - lacks) > 4 * len(has & lacks)

    told = ""
    if evening.sum() >= FEW and min(count[4], count[5]) <= count[6] / 2:
        first, many = np.flatnonzero(evening)[0], evening.sum()
        told = "on a Sunday evening, when no market closes: each day is written a day early, as midnight in another zone"
    elif count[1:4].min() >= FEW and without(5, 0, 0):
        first, many = np.flatnonzero(weekday == 5)[0], count[5]
        told = "on Saturdays of weeks without a Monday, which no market has: each day is written a day late"
    if told:
        what = f"this row and {many - 1} more fall {told}"
        raise CaseError(
            problem(table.iloc[rows[first]], "date", what, "write each day in the venue's own time zone")
        )
    return bool(count[1:4].min() >= FEW) and without(6, 4, 6)


def _holidays(table: Frame, idle: np.ndarray, notes: list[str]) -> None:
    """Take the prices, in place, of days on which everything at a venue repeats the price of the day before, which
    chance alone would not bring about once in the series."""
    open_rows = ((table["instrument"] != EVERYTHING) & ~table["halt"]).to_numpy(bool)
    for venue, here in table.assign(idle=idle)[open_rows].groupby("venue"):
        days = here.groupby("date")["idle"].agg(["all", "size"])
        still = days.index[days["all"] & (days["size"] > 1)]
        if still.empty:
            continue
        usual = (
            here[~here["date"].isin(still)]
            .groupby("instrument")["idle"]
            .agg(lambda own: (own.sum() + 0.5) / (len(own) + 1))
        )
        share = here["instrument"].map(usual).fillna(1.0)
        chance = share.groupby(here["date"]).prod()
        still = still[(chance.loc[still] * len(days) < 0.5).to_numpy(bool)]
        rows = open_rows & (
            (table["venue"] == venue) & table["date"].isin(still) & table["price"].notna()
        ).to_numpy(bool)
        if rows.any():
            table.loc[rows, PRICED] = np.nan
            told = f"{len(still)} day{'s' if len(still) > 1 else ''} ({still[0]:%Y-%m-%d} the first)"
            notes.append(
                f"on {told} every price{f' at {venue}' if venue else ''} repeats that of the day before: filled in, counted as days without a trade"
            )


def jumps(table: Frame) -> list[tuple[str, str]]:
    """Labels and sentences on changes of price that may be no returns: splits, misprints.

    table: rows with label, date, price, file and line. Raises CaseError where a price changes by a factor that only a
    change of unit, or a misplaced sign in the number, can explain.
    """
    notes: list[tuple[str, str]] = []
    for label, whole in table[table["price"].notna()].groupby("label", sort=False):
        series = whole.sort_values("date")
        move = np.diff(np.log(series["price"].to_numpy(float)))
        moved = np.abs(move[move != 0])
        if not moved.size:
            continue
        usual = max(1.4826 * float(np.median(moved)), 0.005)
        near = min(max(NEAR * usual, 0.05), 0.3)
        large = np.flatnonzero((np.abs(move) > JUMP) & (np.abs(move) > UNUSUAL * usual))
        told = []
        for at in large:
            size, row = abs(move[at]), series.iloc[at + 1]
            back = large[(large > at) & (large <= at + BACK)]
            undone = bool(back.size) and bool((np.abs(move[back] + move[at]) < 2 * near).any())
            unit = any(abs(size - np.log(unit)) < max(near, APART) for unit in UNITS) or size > np.log(
                UNITS[-1]
            )
            if unit or (undone and abs(size - np.log(10)) < near):
                raise CaseError(
                    problem(
                        row, str(label), f"{row['price']:g} follows {series.iloc[at]['price']:g}, a factor of {np.exp(move[at]):.3g}: another "
                        "unit (pence and pounds), or a sign of decimals or thousands misplaced", "give all its prices in one unit",
                    )
                )  # fmt: skip
            kind = ", and back within days (a misprint?)" if undone else _split(move[at], near)
            told.append((row, move[at], kind))
        if told:
            row, size, kind = max(told, key=lambda one: (one[2] != "", abs(one[1])))
            more = f" (and {len(told) - 1} more changes as large)" if len(told) > 1 else ""
            sentence = f"{row['date']:%Y-%m-%d}: its price changes by a factor of {np.exp(size):.3g}{kind}{more}; the study takes it for a return"
            notes.append((str(label), f"{sentence}: give prices that are adjusted for splits"))
    return notes


def _split(move: float, near: float) -> str:
    """The split that a change of logarithm is close to, in words; '' if none."""
    found = min(SPLITS, key=lambda ratio: abs(abs(move) + np.log(ratio)))
    if abs(abs(move) + np.log(found)) >= near:
        return ""
    words = SPLITS[found]
    if move > 0:
        words = " for ".join(reversed(words.split(" for ")))
    return f", as a split of {words} would"
