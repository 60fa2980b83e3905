"""Prices as they come, a tidy table with every mistake named: what the event study reads.

One row is the price of one instrument on one day at one venue. A day on which trading was halted, an empty price
and a day without volume are kept as days without a trade: no return may ever come from them.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from interrex.errors import CaseError, Problem, RunError
from interrex.eventstudy import calendar, sanity
from interrex.eventstudy.cells import FIELD_WORDS, Frame, Sheet, listed, plain, quoted, sheet, unstacked
from interrex.eventstudy.days import TIME, Days, read_days, tell_no_close
from interrex.eventstudy.numbers import Numbers, numbers
from interrex.eventstudy.sanity import EVERYTHING

if TYPE_CHECKING:
    import xarray as xr

REQUIRED = ("date", "instrument", "price")
OPTIONAL = ("venue", "currency", "halt", "price_low", "price_high", "volume")
COLUMNS = REQUIRED + OPTIONAL
MEASURED = ("price", "price_low", "price_high", "volume")
ALIASES = {
    "date": ("day", "time", "timestamp", "datetime", "trade date"),
    "instrument": ("ticker", "symbol", "name", "ric", "isin", "security"),
    "price": ("adj close", "close", "last", "px last", "closing price", "value"),
    "venue": ("exchange", "market", "mic"),
    "currency": ("ccy", "cur"),
    "halt": ("halted", "suspended", "trading halt"),
    "volume": ("vol",),
}
"""Headers of vendors' exports, in the words of `cells.plain`, the better ones first. A message suggests them; those of
columns that may be left out are read where --map says what the rest is."""

YES, NO = {"1", "true", "yes", "y", "1.0"}, {"", "0", "false", "no", "n", "0.0"}
SHOWN = 5
DST = 60
"""Minutes by which the clock of one venue may differ from itself over the year."""


class Prices(NamedTuple):
    """Checked prices.

    table: one row a day, venue and instrument, sorted; columns date (datetime64, the venue's own day), venue,
    instrument, price (NaN: no trade), price_low and price_high (bounds of an interval-valued price; equal to price
    otherwise), currency ('' unknown), halt (bool), file and line (for messages).
    closes: when a venue closes, by venue, where the timestamps tell. notes: what was made of the files.
    """

    table: Frame
    closes: dict[str, calendar.Close]
    notes: list[str]


def read_prices(
    *files: str | Path, columns: Mapping[str, str] | None = None, date_format: str | None = None
) -> Prices:
    """Prices from CSV files.

    files: tidy tables (one row a price) or exports with one column an instrument; a file with neither an instrument
    column nor several numeric columns is taken for one instrument, named like the file.
    columns: the file's own header for each of COLUMNS that is called otherwise, {"price": "Close"}; with it, columns
    that have no meaning here are left out, without it they are an error. date_format: as in strptime, where dates
    are not ISO. Raises CaseError with file and line for every mistake found.
    """
    if not files:
        raise RunError("no file of prices is given", "name one or more CSV files")
    columns = _known(columns)
    return _checked([_read(sheet(Path(file), columns.values()), columns) for file in files], date_format)


def read_events(file: str | Path) -> Frame:
    """Table of events from a CSV file: column when, and optionally instrument and label (see `happenings`), with the
    file and line of each row.

    Raises CaseError for a file that cannot be read or has other columns.
    """
    read = sheet(Path(file))
    header = [plain(name) for name in read.header]
    known = ("when", "instrument", "label")
    strange = [
        name
        for name, ours in zip(read.header, header, strict=True)
        if ours not in known or header.count(ours) > 1
    ]
    if strange or "when" not in header:
        what = f"{quoted(strange[0])} is an unknown column" if strange else "the column when is missing"
        raise CaseError(Problem(str(file), 1, 1, "", what, f"known are {', '.join(known)}, each once"))
    frame: Frame = pd.DataFrame(read.rows, columns=header, dtype=str)
    return frame.assign(file=str(file), line=read.lines)


def prices_from(data: object, *, columns: Mapping[str, str] | None = None) -> Prices:
    """Prices from a path, a pandas DataFrame (tidy, or days by instruments) or an xarray object.

    An xarray DataArray needs the dimensions date and instrument (and may have venue); a Dataset, variables named as
    in COLUMNS on these dimensions. Raises CaseError naming the row of each mistake.
    """
    frame: Frame
    if isinstance(data, Prices):
        return data
    if isinstance(data, (str, Path)):
        return read_prices(data, columns=columns)
    if isinstance(data, (list, tuple)):
        return read_prices(*data, columns=columns)
    if hasattr(data, "to_dataset") or hasattr(data, "data_vars"):
        frame = cast("xr.Dataset", data).to_dataframe() if hasattr(data, "data_vars") else cast("xr.DataArray", data).to_dataframe(name="price")
        frame = frame.reset_index()
    elif isinstance(data, pd.DataFrame):
        frame = data
    else:
        raise RunError(
            f"prices of type {type(data).__name__} cannot be read",
            "give a CSV path, a pandas DataFrame or an xarray object",
        )
    if isinstance(frame.index, pd.DatetimeIndex):
        frame = frame.rename_axis("date").reset_index()
    if isinstance(frame.columns, pd.MultiIndex):
        header = [[str(name) for name in frame.columns.get_level_values(level)] for level in (0, -1)]
    else:
        header = [[str(name) for name in frame.columns]]
    rows = [[_as_text(cell) for cell in cells] for cells in frame.itertuples(index=False, name=None)]
    read = Sheet("", header[0], rows, [], ",", [])
    if len(header) > 1:
        read = unstacked(read, *(names[1:] for names in header))
    columns = _known(columns)
    names = {*read.header, *columns}
    missing = [
        name for name in REQUIRED if name not in names and (name == "date" or names & {"instrument", "price"})
    ]
    if missing and not read.stacked:
        raise CaseError(
            f"the frame has no column {' and no column '.join(missing)}; it needs {', '.join(REQUIRED)}, or days as "
            "its index and instruments as its columns"
        )
    ours = {
        name: name for name in REQUIRED if name in read.header and name not in columns and not read.stacked
    }
    return _checked([_read(read, {**ours, **columns})], None)


def _as_text(value: object) -> str:
    """A cell of a frame as a CSV would have it; a day without a clock where the clock is at midnight."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    text = cast(date, value).isoformat() if hasattr(value, "isoformat") else str(value)
    return text.removesuffix("T00:00:00").strip()


def _known(columns: Mapping[str, str] | None) -> dict[str, str]:
    unknown = sorted(set(columns or {}) - set(COLUMNS))
    if unknown:
        raise RunError(f"there is no column {unknown[0]!r} to map", f"map one of {', '.join(COLUMNS)}")
    return dict(columns or {})


class Part(NamedTuple):
    """One file, understood: text and numbers of each row, and what was made of it."""

    frame: Frame
    numbers: dict[str, Numbers]
    notes: list[str]


def _refusal(read: Sheet, path: str, what: str, remedy: str) -> CaseError:
    return CaseError(Problem(read.file, 1 if read.lines else 0, 1, quoted(path)[1:-1], what, remedy))


def _read(read: Sheet, asked: dict[str, str]) -> Part:
    """Which column means what. asked: theirs for ours."""
    notes = list(read.notes)
    read, columns = _unnumbered(read), dict(asked)
    if read.stacked:
        fields = {plain(name): name for name in read.header[2:]}
        price = columns.get("price") or next(
            fields[one] for one in ("adj close", "close", "last", *fields) if one in fields
        )
        columns = {"date": read.header[0], "instrument": "instrument", **columns, "price": price}
        notes.append(
            f"{read.file}: two rows of headings name fields and instruments; {price} is read as price"
        )
    for theirs in columns.values():
        if theirs not in read.header:
            raise _refusal(
                read, theirs, "is no column of this file", f"its columns are {listed(read.header)}"
            )
    mapped = {theirs: ours for ours, theirs in columns.items()}
    names = [mapped.get(name) or _own(name, columns) for name in read.header]
    for name in names:
        if names.count(name) > 1:
            raise _refusal(read, name, "stands twice in the header", "give each column a name of its own")
    frame: Frame = pd.DataFrame(read.rows, columns=names, dtype=str)
    frame["file"], frame["line"] = read.file or [f"row {row}" for row in range(len(frame))], read.lines or 0
    if any(TIME.fullmatch(name) for name in names):
        raise _refusal(read, "", "holds days in its first row", "give a header above it, and one day a row")
    if "date" not in names:
        raise _refusal(read, "date", "is missing", _suggest("date", names))
    if "price" not in names and "instrument" not in names:
        frame, values, told = _long(frame, names, read)
        return Part(frame, {"price": values}, notes + told)
    if "price" not in names:
        raise _refusal(read, "price", "is missing", _suggest("price", names))
    strange = [name for name in names if name not in COLUMNS]
    if strange and not asked and not read.stacked:
        raise CaseError(
            *[
                Problem(
                    read.file,
                    1,
                    names.index(one) + 1,
                    quoted(one)[1:-1],
                    "is an unknown column",
                    _suggest("", [one], names),
                )
                for one in strange[:SHOWN]
            ]
        )
    notes += _adopt(frame, strange, read.file)
    if "instrument" not in frame.columns:
        frame["instrument"] = Path(read.file).stem
    found = {
        name: _by_instrument(frame[name], frame["instrument"], read.separator)
        for name in MEASURED
        if name in frame.columns
    }
    notes += [f"{read.file} {name}: {one.said}" for name, one in found.items() if one.said]
    words = frame["price"].str.strip()
    return Part(
        frame, found, notes + _blanks(read.file, words[found["price"].nothing & (words != "").to_numpy()])
    )


def _unnumbered(read: Sheet) -> Sheet:
    """Columns without a name: days or numbers of rows, as pandas writes its index, or nothing."""
    header = list(read.header)
    empty = [at for at, name in enumerate(header) if not name]
    if empty[:1] == [0] and not all(cells[0].isdigit() and len(cells[0]) < 8 for cells in read.rows):
        header[0] = "date"
        empty = empty[1:]
    for at in empty:
        if at and any(cells[at] for cells in read.rows):
            raise _refusal(read, f"column {at + 1}", "has no name", "give each column a name of its own")
    kept = [at for at in range(len(header)) if at not in empty]
    return (
        read._replace(
            header=[header[at] for at in kept], rows=[[cells[at] for at in kept] for cells in read.rows]
        )
        if empty
        else read._replace(header=header)
    )


def _own(name: str, columns: Mapping[str, str]) -> str:
    """Our name for a header that is it but for case."""
    ours = name.strip().lower()
    return ours if ours in COLUMNS and ours not in columns else name


def _adopt(frame: Frame, strange: list[str], file: str) -> list[str]:
    """Give columns of known meaning that nobody mapped their name, in place, where they can be read; sentences on that
    and on the columns left out."""
    notes: list[str] = []
    left: list[str] = []
    for name in strange:
        ours = next(
            (one for one in ("instrument", *OPTIONAL) if plain(name) in (one, *ALIASES.get(one, ()))), None
        )
        text = frame[name].str.strip()
        if ours is None or ours in frame.columns or not _fits(ours, text):
            left.append(name)
        elif ours != "instrument" or text.nunique() > 1:
            frame[ours] = text
            notes.append(f"{file}: the column {quoted(name)[1:-1]} is read as {ours}")
        else:
            left.append(name)
    if left:
        adjusted = next((name for name in left if plain(name) == "adj close"), None)
        better = f"; {adjusted} would be adjusted for dividends and splits (--map 'price={adjusted}')"
        notes.append(f"{file}: columns left out: {listed(left)}{better if adjusted else ''}")
    return notes


def _fits(ours: str, text: Frame) -> bool:
    if ours == "halt":
        return bool(text.str.lower().isin(YES | NO).all())
    return ours not in MEASURED or not numbers(text).strange.any()


def _by_instrument(text: Frame, instrument: Frame, separator: str) -> Numbers:
    """Numbers of a column that may hold instruments written in different ways."""
    if not text.str.fullmatch(r"\s*\d{3}\s*").any() or not text.str.fullmatch(r"\s*\d\d?\.\d{3}\s*").any():
        return numbers(text, separator)
    values, nothing = np.full(len(text), np.nan), np.zeros(len(text), bool)
    strange, said = nothing.copy(), ""
    for rows in instrument.groupby(instrument).indices.values():
        found = numbers(text.iloc[rows], separator)
        values[rows], nothing[rows], strange[rows], said = (
            found.values,
            found.nothing,
            found.strange,
            said or found.said,
        )
    return Numbers(values, nothing, strange, said)


def _long(frame: Frame, header: list[str], read: Sheet) -> tuple[Frame, Numbers, list[str]]:
    """One column an instrument, as rows; refused where the columns do not look like prices."""
    names = [name for name in header if name != "date"]
    columns = {name: numbers(frame[name], read.separator) for name in names}
    strange = [name for name, found in columns.items() if np.isnan(found.values).all()]
    words = {ours: {ours, *aliases} for ours, aliases in ALIASES.items()}
    fields = FIELD_WORDS | words["price"] | words["volume"]
    told = set().union(*words.values())  # of text: an instrument may well be called MARKET
    vendors = [name for name in names if plain(name) in fields or (plain(name) in told and name in strange)]
    if vendors or not names or len(strange) == len(names):
        raise _refusal(read, "price", "is missing", _suggest("price", vendors or strange or names))
    long = frame.melt(["date", "file", "line"], var_name="instrument", value_name="price")
    values, nothing, strange_cells = (
        np.concatenate([found[part] for found in columns.values()]) for part in range(3)
    )
    # In such a table an empty cell before the first or after the last price says that the series is not there.
    kept = ~nothing
    notes = [f"{read.file} {name}: {found.said}" for name, found in columns.items() if found.said][:1]
    notes += _blanks(read.file, long["price"][nothing & (long["price"].str.strip() != "").to_numpy()])
    return (
        long[kept].reset_index(drop=True),
        Numbers(values[kept], nothing[kept], strange_cells[kept], ""),
        notes,
    )


def _blanks(file: str, words: Frame) -> list[str]:
    """On cells without a number that hold a word for it."""
    if words.empty:
        return []
    kinds = ", ".join(quoted(word) for word in words.str.strip().unique()[:4])
    return [f"{file}: {len(words)} prices are {kinds}, and count as days without a trade"]


def _suggest(wanted: str, columns: Sequence[str], there: Sequence[str] = ()) -> str:
    """What to do where our column `wanted` is missing, or where `columns` are unknown beside those that are there."""
    for ours in [wanted] if wanted else [one for one in COLUMNS if one not in there]:
        for alias in (ours, *ALIASES.get(ours, ())):
            for name in columns:
                if plain(name) == alias:
                    return f"name the file's own column: --map {shlex.quote(f'{ours}={name}')}"
        for name in columns:
            if difflib.get_close_matches(plain(name), [ours], cutoff=0.8):
                return f"name the file's own column: --map {ours}={name}"
    if wanted:
        return f"name the file's own column with --map {wanted}=COLUMN; there are {listed(columns)}"
    return f"known are {', '.join(COLUMNS)}; any --map leaves out the others"


class Mistakes:
    """Collects what is wrong with rows of a table that has the columns file and line."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.found: list[Problem | str] = []

    def at(self, rows: ArrayLike, column: str, what: str, remedy: str) -> None:
        """Every row of the mask is wrong; {} in `what` stands for its cell."""
        for index in np.flatnonzero(np.asarray(rows)):
            row = self.frame.iloc[index]
            told = what.replace("{}", quoted(str(row[column]))) if "{}" in what else what
            self.found.append(sanity.problem(row, column, told, remedy))

    def shown(self) -> list[Problem | str]:
        """The first SHOWN of each remedy, and how many more there are."""
        out: list[Problem | str] = []
        remedies = [one.remedy if isinstance(one, Problem) else "" for one in self.found]
        for remedy in dict.fromkeys(remedies):
            same = [one for one, other in zip(self.found, remedies, strict=True) if other == remedy]
            out += same[:SHOWN]
            if len(same) > SHOWN:
                out.append(f"... and {len(same) - SHOWN} more of this kind")
        return out


def _checked(parts: list[Part], date_format: str | None) -> Prices:
    notes = [note for part in parts for note in part.notes]
    frame: Frame = pd.concat([part.frame for part in parts], ignore_index=True)
    for name in ("venue", "currency", "halt", "price_low", "price_high"):
        frame[name] = frame[name].fillna("").str.strip() if name in frame.columns else ""
    frame["instrument"] = frame["instrument"].str.strip()
    wrong = Mistakes(frame)
    stamps = read_days(frame["date"], date_format)
    for what in dict.fromkeys(stamps.wrong):
        if what[0]:
            wrong.at([one == what for one in stamps.wrong], "date", *what)
    closes = _closes(frame, stamps, wrong, notes)
    wrong.at(frame["instrument"] == "", "instrument", "is empty", "name the instrument")
    halt = frame["halt"].str.lower()
    wrong.at(
        ~halt.isin(YES | NO),
        "halt",
        "{} is neither yes nor no",
        "write 1 for a halted day, 0 or nothing otherwise",
    )
    halted = halt.isin(YES).to_numpy(bool)
    wrong.at(
        (frame["instrument"] == EVERYTHING) & ~halted, "instrument", "{} stands for a whole venue, which has no price",
        "give it halt=1, or name the instrument",
    )  # fmt: skip
    measured: dict[str, np.ndarray] = {}
    for name in MEASURED:
        found = [part.numbers.get(name) or _no_numbers(len(part.frame)) for part in parts]
        measured[name] = np.concatenate([one.values for one in found])
        strange = np.concatenate([one.strange for one in found]) & ~halted
        wrong.at(strange, name, "{} is no number", "write 1234.5")
        if name != "volume":
            wrong.at(
                (measured[name] <= 0) & ~halted,
                name,
                "{} is not positive",
                "leave the cell empty where there was no trade",
            )
    price, low, high = (measured[name] for name in MEASURED[:3])
    half = np.isfinite(low) != np.isfinite(high)
    wrong.at(half, "price_low", "has no partner", "give price_low and price_high together")
    wrong.at(low > high, "price_low", "{} is above price_high", "exchange the two")
    wrong.at(
        (price < low) | (price > high),
        "price",
        "{} lies outside price_low..price_high",
        "correct one of them",
    )
    ranged = np.isfinite(low) & np.isfinite(high) & ~half & (low > 0)
    price = np.where(np.isfinite(price), price, np.where(ranged, np.sqrt(np.abs(low * high)), np.nan))
    table: Frame = pd.DataFrame(
        {
            "date": stamps.day.astype("datetime64[ns]"), "venue": frame["venue"], "instrument": frame["instrument"],
            "price": price, "price_low": np.where(ranged, low, price), "price_high": np.where(ranged, high, price),
            "currency": frame["currency"], "halt": halted, "file": frame["file"], "line": frame["line"],
            "volume": measured["volume"], "clock": stamps.clock, "instant": stamps.instant.astype("datetime64[ns]"),
        }
    )  # fmt: skip
    again = table.duplicated(["venue", "instrument", "date"]) & table["date"].notna()
    wrong.at(again, "date", "{} stands twice for this instrument and venue", "keep one row a day")
    named: Frame = table[table["currency"] != ""]
    first = named.groupby(["venue", "instrument"])["currency"].transform("first")
    changed = named[named["currency"] != first].drop_duplicates(["venue", "instrument"])
    wrong.at(
        table.index.isin(changed.index), "currency", "{} is not the currency of the instrument's other rows",
        "split it into two instruments",
    )  # fmt: skip
    if wrong.found:
        raise CaseError(*wrong.shown())
    table = table.sort_values(["venue", "instrument", "date"], kind="stable").reset_index(drop=True)
    table, told = sanity.trading_rows(table)
    if not table["price"].notna().any():
        raise CaseError("no price is given; a row needs a date, an instrument and a price")
    return Prices(table.drop(columns=["volume", "clock", "instant"]), closes, notes + told)


def _no_numbers(length: int) -> Numbers:
    none = np.zeros(length, bool)
    return Numbers(np.full(length, np.nan), ~none, none, "")


def _closes(frame: Frame, stamps: Days, wrong: Mistakes, notes: list[str]) -> dict[str, calendar.Close]:
    """When each venue closes, from the stamps of its rows where they have a zone."""
    zoned = ~np.isnat(stamps.instant)
    closes: dict[str, calendar.Close] = {}
    for venue, rows in frame.groupby("venue").indices.items():
        has = rows[zoned[rows]]
        if not has.size:
            continue
        bare = np.zeros(len(frame), bool)
        bare[np.setdiff1d(rows, has)] = True
        wrong.at(
            bare & ~np.isnat(stamps.day),
            "date",
            "{} has no time zone, though other rows of this venue do",
            "give all of them, or none",
        )
        far = np.zeros(len(frame), bool)
        far[has] = np.abs(stamps.east[has] - np.median(stamps.east[has])) > DST
        wrong.at(
            far,
            "date",
            "{} is in another time zone than the venue's other rows",
            "write each venue's days in its own time zone",
        )
        if tell_no_close(stamps, has):
            at = f" at {venue}" if venue else ""
            notes.append(f"the stamps{at} are midnights or openings: they name days and tell no closing hour")
            continue
        has = has[stamps.clock[has] > 0]
        closes[str(venue)] = calendar.Close.stamped(stamps.day[has], stamps.instant[has])
    return closes
