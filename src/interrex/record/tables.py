"""What the record is counted from: one table for each kind of fact on the world's leaders, whatever file it came from.

Countries are numbered as by the Correlates of War (`ccode`), days are dates, persons are persons. Each row carries `known`,
the first day on which it could be known, so that `Panels.as_of` gives what a forecaster had on a day and nothing else.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

MANNERS = ("regular", "coup", "revolt", "death", "foreign")
"""How a leader leaves: by rule or of his own will; removed by soldiers, guards or his own circle; by rebels or a crowd; dead
or too ill by nature; by a foreign power."""

COUP_KINDS = ("military_palace", "self", "popular", "rebel", "foreign", "unknown")
"""Who makes a coup. Only the first counts as an attempt by the organs of the state."""

REGIMES = (
    "party",
    "military",
    "monarchy",
    "personal",
    "provisional",
    "parliamentary",
    "presidential",
    "none",
)
"""Types after Geddes, Wright and Frantz (2014); hybrids count as their first part, `none` is a country without its own rule."""


AUTOCRACY = 0.5
"""Electoral democracy (V-Dem) below which a country counts as an autocracy."""


class Column(NamedTuple):
    """kind: what pandas holds (`i8`, `f8`, `M8[s]`, `str`, `bool`); unit and text say what the number is."""

    kind: str
    unit: str
    text: str


class Table(NamedTuple):
    """key: the columns that name one row and may not come twice."""

    key: tuple[str, ...]
    columns: dict[str, Column]


_CCODE = Column("i8", "", "country, number of the Correlates of War")
_KNOWN = Column("M8[s]", "", "first day on which the row could be known")
_SOURCE = Column("str", "", "panel that the row comes from")

TABLES: dict[str, Table] = {
    "states": Table(("ccode",), {
        "ccode": _CCODE, "country": Column("str", "", "name"), "abbreviation": Column("str", "", "three letters"),
    }),
    "leaders": Table(("ccode", "leader", "start"), {
        "ccode": _CCODE, "leader": Column("str", "", "name as in the panel"),
        "start": Column("M8[s]", "", "first day in power"),
        "end": Column("M8[s]", "", "last day in power; empty while in power"),
        "born": Column("f8", "year", "year of birth, empty if unknown"),
        "military": Column("f8", "", "1 after a career in the military, 0 without, empty if unknown"),
        "entry": Column("str", "", "how power came: regular, coup, revolt, foreign or unknown"),
        "exit": Column("str", "", "how power went: a manner, unknown, or empty while in power"),
        "known": _KNOWN, "left_known": Column("M8[s]", "", "first day on which the exit could be known"),
        "source": _SOURCE,
    }),
    "coups": Table(("ccode", "day", "source"), {
        "ccode": _CCODE, "day": Column("M8[s]", "", "first day"), "success": Column("bool", "", "power changed hands"),
        "kind": Column("str", "", "who made it: a word of COUP_KINDS"), "known": _KNOWN, "source": _SOURCE,
    }),
    "elections": Table(("ccode", "day", "executive", "source"), {
        "ccode": _CCODE, "day": Column("M8[s]", "", "day of the vote, first round"),
        "executive": Column("bool", "", "decides who rules"),
        "scheduled": Column("bool", "", "held, or to be held, at the end of the term that the law gives"),
        "announced": Column("M8[s]", "", "day on which this date was announced, empty if the term alone told it"),
        "held": Column("bool", "", "the vote took place"), "known": _KNOWN, "source": _SOURCE,
    }),
    "regimes": Table(("ccode", "start", "source"), {
        "ccode": _CCODE, "start": Column("M8[s]", "", "first day"), "end": Column("M8[s]", "", "last day coded"),
        "regime": Column("str", "", "a word of REGIMES"), "known": _KNOWN, "source": _SOURCE,
    }),
    "democracy": Table(("ccode", "year"), {
        "ccode": _CCODE, "year": Column("i8", "year", "year that is described"),
        "polyarchy": Column("f8", "share", "V-Dem's index of electoral democracy, 0 to 1"),
        "known": _KNOWN, "source": _SOURCE,
    }),
    "protests": Table(("ccode", "start", "name", "source"), {
        "ccode": _CCODE, "start": Column("M8[s]", "", "first day"), "end": Column("M8[s]", "", "last day"),
        "name": Column("str", "", "number or name in the panel"),
        "size_low": Column("f8", "persons", "at least so many at the peak, empty if unrecorded"),
        "size_high": Column("f8", "persons", "at most so many at the peak, empty if unrecorded or open"),
        "violent": Column("f8", "", "1 if protesters were violent"), "arrests": Column("f8", "", "1 if the state arrested"),
        "killings": Column("f8", "", "1 if the state killed"), "concession": Column("f8", "", "1 if the state gave way"),
        "demand": Column("f8", "", "1 if they demanded that somebody in office goes, empty if uncoded"),
        "known": _KNOWN, "source": _SOURCE,
    }),
    "violence": Table(("ccode", "month"), {
        "ccode": _CCODE, "month": Column("M8[s]", "", "first day of the month"),
        "deaths": Column("f8", "persons", "killed in organised violence in the month"), "known": _KNOWN, "source": _SOURCE,
    }),
    "nations": Table(("ccode", "year"), {
        "ccode": _CCODE, "year": Column("i8", "year", "year that is described"),
        "population": Column("f8", "persons", "inhabitants"), "energy": Column("f8", "t", "coal-ton equivalents burnt"),
        "soldiers": Column("f8", "persons", "under arms"), "known": _KNOWN, "source": _SOURCE,
    }),
    "borders": Table(("ccode", "other"), {
        "ccode": _CCODE, "other": Column("i8", "", "neighbour by land or a river"), "known": _KNOWN, "source": _SOURCE,
    }),
    "capitals": Table(("ccode",), {
        "ccode": _CCODE, "latitude": Column("f8", "degrees north", "the capital's"),
        "longitude": Column("f8", "degrees east", "the capital's"), "known": _KNOWN, "source": _SOURCE,
    }),
}  # fmt: skip
"""Every table that a reader may fill, with its key, columns and units."""


class Remark(NamedTuple):
    """One sentence on a panel: file and line, what is there, what was done with it. level: `found`, `missing` or `mended`."""

    level: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


def empty(name: str) -> pd.DataFrame:
    """A table without rows, its columns of the declared kinds."""
    return pd.DataFrame({c: pd.Series(dtype=_dtype(k.kind)) for c, k in TABLES[name].columns.items()})


def shaped(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the declared columns in their order and kinds, sorted by key. Raises ValueError where a column is missing, a
    key comes twice, or a whole number is absent."""
    table = TABLES[name]
    missing = [c for c in table.columns if c not in rows]
    if missing:
        raise ValueError(f"table {name} lacks {', '.join(missing)}")
    made = pd.DataFrame({c: rows[c].astype(_dtype(k.kind)) for c, k in table.columns.items()})
    if made.duplicated(list(table.key)).any():
        raise ValueError(f"table {name} has two rows for one {' '.join(table.key)}")
    return made.sort_values(list(table.key), kind="stable").reset_index(drop=True)


def filled(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """A table of rows that say only what they know: blanks for the rest, as `shaped`."""
    blank = {
        c: pd.NaT if k.kind.startswith("M8") else {"str": "", "bool": False}.get(k.kind, np.nan)
        for c, k in TABLES[name].columns.items()
    }
    made = [blank | dict(row) for row in rows]
    return shaped(name, pd.DataFrame(made)) if made else empty(name)


def _dtype(kind: str) -> str:
    return {"i8": "int64", "f8": "float64", "str": "object"}.get(kind, kind.replace("M8", "datetime64"))


@dataclass(frozen=True)
class Panels:
    """All tables of one reading. `last` is the last month of which the leaders are known; `hashes` are the files' SHA-256."""

    states: pd.DataFrame
    leaders: pd.DataFrame
    coups: pd.DataFrame
    elections: pd.DataFrame
    regimes: pd.DataFrame
    democracy: pd.DataFrame
    protests: pd.DataFrame
    violence: pd.DataFrame
    nations: pd.DataFrame
    borders: pd.DataFrame
    last: datetime.date
    hashes: dict[str, str]
    remarks: tuple[Remark, ...] = ()
    capitals: pd.DataFrame = field(default_factory=lambda: empty("capitals"))

    def as_of(self, day: datetime.date) -> Panels:
        """What could be known at the end of `day`. An exit that was not known yet makes its leader one in power; an election
        whose date was not known yet is not there."""
        at = np.datetime64(day, "s")
        cut = {
            f.name: t[np.asarray(t["known"]) <= at].reset_index(drop=True)
            for f in fields(self)
            if isinstance(t := getattr(self, f.name), pd.DataFrame) and "known" in t
        }
        hidden = ~(np.asarray(cut["leaders"]["left_known"]) <= at)
        cut["leaders"].loc[hidden, "end"] = pd.NaT
        cut["leaders"].loc[hidden, "left_known"] = pd.NaT
        cut["leaders"].loc[hidden, "exit"] = ""
        future = np.asarray(cut["elections"]["day"]) > at
        cut["elections"].loc[future, "held"] = False
        return replace(self, **cut, last=min(self.last, day))
