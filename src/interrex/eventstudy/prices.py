"""Prices as they come, a tidy table with every mistake named: what the event study reads.

One row is the price of one instrument on one day at one venue. A day on which trading was halted, an empty price
and a day without volume are kept as days without a trade: no return may ever come from them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from interrex.errors import CaseError, Problem, RunError

Frame: TypeAlias = Any
"""A pandas DataFrame or Series, whose own annotations are too loose to be checked by."""

REQUIRED = ("date", "instrument", "price")
OPTIONAL = ("venue", "currency", "halt", "price_low", "price_high", "volume")
COLUMNS = REQUIRED + OPTIONAL
PLACE = ("file", "line")
ALIASES = {
    "date": ("day", "time", "timestamp", "datetime", "trade date"),
    "instrument": ("ticker", "symbol", "name", "ric", "isin", "security"),
    "price": ("close", "adj close", "last", "px_last", "closing price", "value"),
    "venue": ("exchange", "market", "mic"),
    "currency": ("ccy", "cur"),
    "halt": ("halted", "suspended"),
}
"""Headers of vendors' exports that the error message suggests; nothing is renamed unless asked for."""

YES, NO = {"1", "true", "yes", "y"}, {"", "0", "false", "no", "n", "0.0"}
EVERYTHING = "*"
SHOWN = 5
DST = 1.0
"""Hours by which the clock of one venue may differ from itself over the year."""


class Prices(NamedTuple):
    """Checked prices.

    table: one row a day, venue and instrument, sorted; columns date (datetime64, the venue's own day), venue,
    instrument, price (NaN: no trade), price_low and price_high (bounds of an interval-valued price; equal to price
    otherwise), currency ('' unknown), halt (bool), file and line (for messages).
    closes: hours after midnight UTC at which a venue closes, by venue, where the timestamps tell.
    """

    table: Frame
    closes: dict[str, float]


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
    frames = [_read(Path(file), dict(columns or {})) for file in files]
    return _checked(pd.concat(frames, ignore_index=True), date_format)


def read_events(file: str | Path) -> Frame:
    """Table of events from a CSV file: column when, and optionally instrument and label (see `setting.happenings`).

    Raises CaseError for a file that cannot be read or has other columns.
    """
    frame = _table(Path(file)).drop(columns=list(PLACE))
    known = ("when", "instrument", "label")
    strange = [name for name in frame.columns if name not in known]
    if strange or "when" not in frame.columns:
        what = f"{strange[0]!r} is an unknown column" if strange else "the column when is missing"
        raise CaseError(Problem(str(file), 1, 1, "", what, f"known are {', '.join(known)}"))
    return frame


def prices_from(data: Any, *, columns: Mapping[str, str] | None = None) -> Prices:
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
        frame = data.to_dataframe() if hasattr(data, "data_vars") else data.to_dataframe(name="price")
        frame = frame.reset_index()
    elif isinstance(data, pd.DataFrame):
        frame = data
    else:
        raise RunError(
            f"prices of type {type(data).__name__} cannot be read",
            "give a CSV path, a pandas DataFrame or an xarray object",
        )
    if columns:
        frame = frame.rename(columns={theirs: ours for ours, theirs in columns.items()})
    if "price" not in frame.columns and isinstance(frame.index, pd.DatetimeIndex):
        frame = (
            frame.rename_axis("date").reset_index().melt("date", var_name="instrument", value_name="price")
        )
    missing = [name for name in REQUIRED if name not in frame.columns]
    if missing:
        raise CaseError(
            f"the frame has no column {' and no column '.join(missing)}; it needs {', '.join(REQUIRED)}, or days as "
            "its index and instruments as its columns"
        )
    frame = frame[[name for name in COLUMNS if name in frame.columns]].copy()
    dates: Frame = frame["date"]
    if isinstance(dates.dtype, np.dtype) and dates.dtype.kind == "M":
        frame["date"] = dates.dt.strftime("%Y-%m-%d")
    else:
        frame["date"] = dates.map(lambda day: day.isoformat() if hasattr(day, "isoformat") else str(day))
    for name in frame.columns:
        if name != "date":
            frame[name] = frame[name].map(lambda value: "" if pd.isna(value) else str(value))
    frame["file"], frame["line"] = [f"row {number}" for number in range(len(frame))], 0
    return _checked(frame, None)


def _read(file: Path, columns: dict[str, str]) -> Frame:
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise RunError(f"there is no column {unknown[0]!r} to map", f"map one of {', '.join(COLUMNS)}")
    frame = _table(file)
    for theirs in columns.values():
        if theirs not in frame.columns:
            raise CaseError(
                Problem(
                    str(file),
                    1,
                    1,
                    theirs,
                    "is no column of this file",
                    f"its columns are {', '.join(frame.columns.drop(list(PLACE)))}",
                )
            )
    frame = frame.rename(columns={theirs: ours for ours, theirs in columns.items()})
    if "date" not in frame.columns:
        raise CaseError(
            Problem(
                str(file), 1, 1, "date", "is missing", _suggest("date", list(frame.columns.drop(list(PLACE))))
            )
        )
    if "price" not in frame.columns and "instrument" not in frame.columns and not columns:
        return _long(frame, file)
    if "price" not in frame.columns:
        raise CaseError(
            Problem(
                str(file),
                1,
                1,
                "price",
                "is missing",
                _suggest("price", list(frame.columns.drop(list(PLACE)))),
            )
        )
    if "instrument" not in frame.columns:
        frame["instrument"] = file.stem
    strange = [name for name in frame.columns if name not in COLUMNS + PLACE]
    if strange and not columns:
        raise CaseError(
            *[
                Problem(
                    str(file),
                    1,
                    list(frame.columns).index(name) + 1,
                    name,
                    "is an unknown column",
                    _suggest("", [name]),
                )
                for name in strange
            ]
        )
    return frame[[name for name in (*COLUMNS, *PLACE) if name in frame.columns]].copy()


def _table(file: Path) -> Frame:
    """The rows of a CSV file as text, with the file and line of each."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            header = stream.readline()
        separator = ";" if header.count(";") > header.count(",") else "\t" if "\t" in header else ","
        frame: Frame = pd.read_csv(
            file,
            sep=separator,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except FileNotFoundError:
        raise CaseError(Problem(str(file), 0, 0, "", "is not there", "give the path of a CSV file")) from None
    except IsADirectoryError:
        raise CaseError(Problem(str(file), 0, 0, "", "is a folder", "give the path of a CSV file")) from None
    except UnicodeDecodeError:
        raise CaseError(
            Problem(str(file), 0, 0, "", "is not UTF-8 text", "save it as CSV in UTF-8")
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise CaseError(
            Problem(str(file), 0, 0, "", f"is no CSV table ({error})", "give a header and rows")
        ) from None
    frame.columns = [str(name).strip() for name in frame.columns]
    lines: Frame = pd.Series(np.arange(2, len(frame) + 2))
    kept: Frame = ~(frame == "").all(axis=1)
    frame, lines = frame[kept].reset_index(drop=True), lines[kept].reset_index(drop=True)
    frame["file"], frame["line"] = str(file), lines
    return frame


def _long(frame: Frame, file: Path) -> Frame:
    """One column an instrument, as rows; refused where the columns do not look like prices."""
    names = [name for name in frame.columns if name != "date" and name not in PLACE]
    numeric = [_numbers(frame[name]).notna().any() for name in names]
    if not names or not all(numeric):
        strange = [name for name, good in zip(names, numeric, strict=True) if not good]
        raise CaseError(Problem(str(file), 1, 1, "price", "is missing", _suggest("price", strange or names)))
    known = {alias for aliases in ALIASES.values() for alias in aliases} | {"open", "high", "low", "volume"}
    looks_like_one = [name for name in names if name.lower() in known]
    if looks_like_one:
        raise CaseError(Problem(str(file), 1, 1, "price", "is missing", _suggest("price", looks_like_one)))
    long = frame.melt(["date", *PLACE], var_name="instrument", value_name="price")
    # In such a table an empty cell before the first or after the last price says that the series is not there.
    return long[long["price"] != ""].reset_index(drop=True)


def _suggest(wanted: str, columns: Sequence[str]) -> str:
    for ours in [wanted] if wanted else COLUMNS:
        for name in columns:
            close = difflib.get_close_matches(name.lower(), [ours], cutoff=0.8)
            if name.lower() in ALIASES.get(ours, ()) or close:
                return f"name the file's own column: --map {ours}={name}"
    listed = ", ".join(columns)
    if wanted:
        return f"name the file's own column with --map {wanted}=COLUMN; there are {listed}"
    return f"known are {', '.join(COLUMNS)}; any --map leaves out the others"


def _checked(frame: Frame, date_format: str | None) -> Prices:
    for name, default in (
        ("venue", ""),
        ("currency", ""),
        ("halt", ""),
        ("price_low", ""),
        ("price_high", ""),
    ):
        if name not in frame.columns:
            frame[name] = default
        else:
            frame[name] = frame[name].fillna(default)
    for name in ("instrument", "venue", "currency"):
        frame[name] = frame[name].str.strip()
    problems: list[Problem] = []

    def wrong(rows: Any, column: str, what: str, remedy: str) -> None:
        for index in np.flatnonzero(np.asarray(rows)):
            row = frame.iloc[index]
            place = 1 if row["line"] else 0
            problems.append(
                Problem(row["file"], int(row["line"]), place, column, what.format(row[column]), remedy)
            )

    dates, closing = _dates(frame, date_format, wrong)
    wrong(frame["instrument"] == "", "instrument", "is empty", "name the instrument")
    halt = frame["halt"].str.strip().str.lower()
    wrong(
        ~halt.isin(YES | NO),
        "halt",
        "{!r} is neither yes nor no",
        "write 1 for a halted day, 0 or nothing otherwise",
    )
    halted = halt.isin(YES)
    wrong((frame["instrument"] == EVERYTHING) & ~halted, "instrument", "{!r} stands for a whole venue, which has no price",
          "give it halt=1, or name the instrument")  # fmt: skip
    numbers = {}
    for name in ("price", "price_low", "price_high", "volume"):
        if name not in frame.columns:
            continue
        text = frame[name].fillna("").str.strip()
        number = _numbers(text)
        wrong(
            (text != "") & (text.str.lower() != "nan") & number.isna() & ~halted,
            name,
            "{!r} is no number",
            "write 1234.5",
        )
        numbers[name] = number.to_numpy(float, copy=True)
        if name != "volume":
            wrong(np.isfinite(numbers[name]) & (numbers[name] <= 0) & ~halted, name,
                  "{} is not positive", "leave the cell empty where there was no trade")  # fmt: skip
    price, low, high = numbers["price"], numbers["price_low"], numbers["price_high"]
    half = np.isfinite(low) != np.isfinite(high)
    wrong(half, "price_low", "has no partner", "give price_low and price_high together")
    wrong(low > high, "price_low", "{} is above price_high", "exchange the two")
    with np.errstate(invalid="ignore"):
        wrong(
            (price < low) | (price > high),
            "price",
            "{} lies outside price_low..price_high",
            "correct one of them",
        )
    quoted = np.isfinite(low) & np.isfinite(high) & ~half & (low > 0)
    price = np.where(np.isfinite(price), price, np.where(quoted, np.sqrt(np.abs(low * high)), np.nan))
    silent = halted.to_numpy() | (numbers["volume"] == 0 if "volume" in numbers else False)
    price = np.where(silent, np.nan, price)
    low, high = np.where(quoted, low, price), np.where(quoted, high, price)
    table: Frame = pd.DataFrame(
        {
            "date": dates, "venue": frame["venue"], "instrument": frame["instrument"], "price": price,
            "price_low": np.where(silent, np.nan, low), "price_high": np.where(silent, np.nan, high),
            "currency": frame["currency"], "halt": halted, "file": frame["file"], "line": frame["line"],
        }
    )  # fmt: skip
    again = table.duplicated(["venue", "instrument", "date"]) & table["date"].notna()
    wrong(again, "date", "{} stands twice for this instrument and venue", "keep one row a day")
    currencies: Frame = table[table["currency"] != ""].groupby(["venue", "instrument"])["currency"].nunique()
    for venue, name in currencies[currencies > 1].index:
        problems.append(
            Problem(
                "", 0, 0, f"{name} {venue}".strip(), "changes its currency", "split it into two instruments"
            )
        )
    if problems:
        raise CaseError(*_shown(problems))
    if table["price"].notna().sum() == 0:
        raise CaseError("no price is given; a row needs a date, an instrument and a price")
    table = table.sort_values(["venue", "instrument", "date"], kind="stable").reset_index(drop=True)
    return Prices(table, closing)


def _shown(problems: list[Problem]) -> list[Problem | str]:
    """The first SHOWN problems of each remedy, and how many more there are."""
    out: list[Problem | str] = []
    for remedy in dict.fromkeys(problem.remedy for problem in problems):
        same = [problem for problem in problems if problem.remedy == remedy]
        out += same[:SHOWN]
        if len(same) > SHOWN:
            out.append(f"... and {len(same) - SHOWN} more of this kind")
    return out


def _numbers(text: Frame) -> Frame:
    """What can be read as a number, NaN for the rest."""
    return pd.to_numeric(text.replace("", "nan"), errors="coerce")


def _dates(frame: Frame, date_format: str | None, wrong: Any) -> tuple[Frame, dict[str, float]]:
    """The venue's own day of each row, and the hour UTC at which each venue closes where timestamps say so."""
    text = frame["date"].str.strip()
    plain = pd.to_datetime(text.str.slice(0, 10) if date_format is None else text,
                           format=date_format or "%Y-%m-%d", errors="coerce")  # fmt: skip
    wrong(plain.isna(), "date", "{!r} is no day", "write 2022-01-05, or give --date-format")
    if date_format is not None:
        return plain.dt.normalize(), {}
    offset = text.str.extract(r"[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?$")[0]
    timed = text.str.len() > 10
    zoned = offset.notna()
    if timed.any():
        clock = text.str.extract(r"[T ](\d\d):(\d\d)")
        strange = timed & clock[0].isna()
        wrong(strange, "date", "{!r} is no time", "write 2022-01-05T16:30+00:00")
    if not zoned.any():
        return plain, {}
    bare = ~zoned & frame["venue"].isin(frame["venue"][zoned])
    wrong(
        bare, "date", "{!r} has no time zone, though other rows of this venue do", "give all of them, or none"
    )
    clean = offset.fillna("Z").str.replace(":", "").replace("Z", "+0000")
    east = clean.str.slice(0, 1).map({"+": 1, "-": -1}) * (
        clean.str.slice(1, 3).astype(float) + clean.str.slice(3, 5).astype(float) / 60
    )
    usual = east[zoned].groupby(frame["venue"][zoned]).median()
    far = zoned & ((east - frame["venue"].map(usual)).abs() > DST)
    wrong(far, "date", "{!r} is in another time zone than the venue's other rows",
          "write each venue's days in its own time zone")  # fmt: skip
    clock = text.str.extract(r"[T ](\d\d):(\d\d)").astype(float)
    hour = (clock[0] + clock[1] / 60 - east)[zoned]
    return plain, {str(v): float(h) for v, h in hour.groupby(frame["venue"][zoned]).median().items()}
