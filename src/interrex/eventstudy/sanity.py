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

NEVER, OFTEN = 0.05, 0.95
"""Shares of rows below and from which something is taken never or always to happen."""

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
    silent = table["halt"].to_numpy(bool) | _without_volume(table, notes)
    table.loc[silent, ["price", "price_low", "price_high"]] = np.nan
    weekday = (table["date"].to_numpy().astype("datetime64[D]").astype(int) + 3) % 7  # 0 is Monday
    idle = _idle(table)
    drop = np.zeros(len(table), bool)
    shifted, filled = {}, {}
    for (_, name), rows in table.groupby(["venue", "instrument"]).indices.items():
        if name == EVERYTHING:
            continue
        _exchanged(table, rows, weekday[rows])
        early = _week(table, rows, weekday[rows])
        shifted |= {name: early} if early else {}
        for day in range(7):
            of_day = rows[weekday[rows] == day]
            others = rows[weekday[rows] != day]
            if (
                len(of_day) >= FEW
                and idle[of_day].mean() >= OFTEN
                and len(others)
                and idle[others].mean() < 0.5
            ):
                drop[of_day] = True
                filled.setdefault(day, []).append((name, len(of_day)))
    for sentence, names in _grouped(shifted).items():
        notes.append(f"{listed(names)}: {sentence}")
    if filled:
        days = " and ".join(
            f"{('Mon', 'Tues', 'Wednes', 'Thurs', 'Fri', 'Satur', 'Sun')[day]}days" for day in sorted(filled)
        )
        count = sum(rows for one in filled.values() for _, rows in one)
        names = list(dict.fromkeys(name for one in filled.values() for name, _ in one))
        notes.append(
            f"{listed(names)}: {count} rows fall on {days} and repeat the price of the day before, or have none: no trading days, left out"
        )
    table, idle = table[~drop].reset_index(drop=True), idle[~drop]
    _holidays(table, idle, notes)
    return table, notes


def _idle(table: Frame) -> np.ndarray:
    """Which rows have no price, or that of the row before; a halted day says of itself what it is."""
    price = table["price"].to_numpy(float)
    same = (table["venue"] == table["venue"].shift()) & (table["instrument"] == table["instrument"].shift())
    before = table.groupby(["venue", "instrument"])["price"].ffill().shift().to_numpy(float)
    return (np.isnan(price) | (same.to_numpy(bool) & (price == before))) & ~table["halt"].to_numpy(bool)


def _without_volume(table: Frame, notes: list[str]) -> np.ndarray:
    """Which rows had no trade by their volume. An instrument whose volume is never above 0 has none, as an index."""
    volume = table["volume"].to_numpy(float)
    none = volume == 0
    unknown = []
    for (_, name), rows in table.groupby(["venue", "instrument"]).indices.items():
        if none[rows].any() and not (volume[rows] > 0).any():
            none[rows] = False
            unknown.append(name)
    if unknown:
        notes.append(
            f"{listed(unknown)}: volume is never above 0, as of an index; its prices count on every day"
        )
    return none


def _exchanged(table: Frame, rows: np.ndarray, weekday: np.ndarray) -> None:
    """Raise CaseError where only dates that are one with day and month exchanged fall on days of rest."""
    dates = table["date"].iloc[rows]
    day, month = dates.dt.day.to_numpy(), dates.dt.month.to_numpy()
    either, sure = (day <= 12) & (day != month), day > 12
    if sure.sum() < 5 * FEW:
        return
    share = np.bincount(weekday[sure], minlength=7) / sure.sum()
    resting = either & (share < 0.01)[weekday]
    if resting.sum() >= FEW and resting.sum() > 2 * NEVER * either.sum():
        row = table.iloc[rows[np.flatnonzero(resting)[0]]]
        raise CaseError(
            problem(
                row, "date", f"{dates.iloc[np.flatnonzero(resting)[0]]:%Y-%m-%d} and {resting.sum() - 1} more rows up to the 12th of a "
                "month fall on days of the week that have no later row: day and month are exchanged in part of the file",
                "write all days as 2022-01-05",
            )
        )  # fmt: skip


def _week(table: Frame, rows: np.ndarray, weekday: np.ndarray) -> str:
    """Raise CaseError where the weeks are those of no market, since each day is written a day early or late; a
    sentence where they are those of some."""
    day = table["date"].iloc[rows].to_numpy().astype("datetime64[D]").astype(int)
    from_sunday, from_monday = (day + 4) // 7, (day + 3) // 7
    weeks = {d: set(from_sunday[weekday == d]) for d in (4, 6)}
    early = len(weeks[6] - weeks[4]) >= FEW and len(weeks[6] - weeks[4]) > 4 * len(weeks[6] & weeks[4])
    weeks = {d: set(from_monday[weekday == d]) for d in (0, 5)}
    late = len(weeks[5] - weeks[0]) >= FEW and len(weeks[5] - weeks[0]) > 4 * len(weeks[5] & weeks[0])
    five = all((weekday == d).sum() >= FEW for d in (1, 2, 3))
    sundays = rows[weekday == 6]
    instant = table["instant"].iloc[sundays]
    hour = np.where(instant.isna(), table["clock"].iloc[sundays] / 60, instant.dt.hour)
    limit = np.where(instant.isna(), LAST_CLOSE, LAST_CLOSE_UTC)
    of_sunday = instant.isna() | (instant.dt.day_of_week == 6)
    evening = sundays[(hour >= limit) & of_sunday.to_numpy()]
    every_day = (weekday == 5).sum() > len(sundays) / 2 and (weekday == 4).sum() > len(sundays) / 2
    remedy = "write each day in the venue's own time zone"
    if len(evening) >= FEW and not every_day:
        raise CaseError(
            problem(
                table.iloc[evening[0]], "date", f"this row and {len(evening) - 1} more fall on a Sunday evening, when no market closes: each "
                "day is written a day early, as midnight in another zone", remedy,
            )
        )  # fmt: skip
    if late and five:
        raise CaseError(
            problem(
                table.iloc[rows[weekday == 5][0]], "date", f"this row and {(weekday == 5).sum() - 1} more fall on Saturdays of weeks without a "
                "Monday, which no market has: each day is written a day late", remedy,
            )
        )  # fmt: skip
    if early and five:
        return (
            "rows fall on Sundays and none on the Fridays after: right for a market that rests on Fridays and Saturdays; of "
            "any other each day is written a day early, as midnight in another zone"
        )
    return ""


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
            table.loc[rows, ["price", "price_low", "price_high"]] = np.nan
            told = f"{len(still)} day{'s' if len(still) > 1 else ''} ({still[0]:%Y-%m-%d} the first)"
            notes.append(
                f"on {told} every price{f' at {venue}' if venue else ''} repeats that of the day before: filled in, counted as days without a trade"
            )


def jumps(table: Frame) -> list[tuple[str, str]]:
    """Labels and sentences on changes of price that may be no returns: splits, misprints.

    table: rows with label, date, price, file and line. Raises CaseError where a price changes by a factor that only a
    change of unit, or a misplaced sign in the number, can explain.
    """
    notes = []
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
            kind = "and back within days: a misprint?" if undone else _split(move[at], near)
            told.append((row, move[at], kind))
        if told:
            row, size, kind = max(told, key=lambda one: (one[2] != "", abs(one[1])))
            more = f" (and {len(told) - 1} more such changes)" if len(told) > 1 else ""
            question = kind or "a split, a misprint, or a move that large?"
            notes.append(
                (
                    str(label),
                    f"{row['date']:%Y-%m-%d}: its price changes by a factor of {np.exp(size):.3g}, {question}{more} The study "
                    "takes it for a return; give prices that are adjusted for splits",
                )  # fmt: skip
            )
    return notes


def _split(move: float, near: float) -> str:
    """The split that a change of logarithm is close to, in words; '' if none."""
    found = min(SPLITS, key=lambda ratio: abs(abs(move) + np.log(ratio)))
    if abs(abs(move) + np.log(found)) >= near:
        return ""
    words = SPLITS[found]
    if move > 0:
        words = " for ".join(reversed(words.split(" for ")))
    return f"as a split of {words} would."


def _grouped(sentences: dict[str, str]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for name, sentence in sentences.items():
        out.setdefault(sentence, []).append(name)
    return out
