"""Opinion reports from CSV, a row a report, with every mistake named: the columns of a case's opinions.csv, or day, house,
value and sample size.

Spreadsheets as `interrex events` reads them: commas, semicolons or tabs, decimal commas, lines above the header.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from interrex.case.dates import parse_day, parse_when
from interrex.case.grades import PLAIN, is_grade, reliability
from interrex.case.vocabulary import QUANTITIES
from interrex.errors import CaseError, Problem, RunError, nearest
from interrex.eventstudy.cells import Frame, listed, plain, quoted, sheet
from interrex.eventstudy.days import read_days
from interrex.eventstudy.numbers import NOTHING, numbers
from interrex.trust.modes import MODES, USUAL, Mode

COLUMNS: dict[str, tuple[str, ...]] = {
    "when": ("day", "date"), "house": ("pollster", "firm"), "share": (), "percent": ("per cent", "pct"), "value": (),
    "n": ("sample size", "size", "sample", "asked"), "deff": ("design effect",), "audience": (), "quantity": (), "mode": (),
    "grade": (), "known_from": ("known from",), "source": (), "report": (), "note": (), "use": (),
}  # fmt: skip
"""What columns are called, and what else they may be called, in the words of `cells.plain`."""

VALUES = ("share", "percent", "value")
USES = ("fit", "check", "context")
HALF_WORD = 0.7
"""Logit: a share without a sample size is a word, which covers so much to either side (docs/case-format.md)."""

SAME = ["day", "house", "audience", "quantity", "mode", "share", "n"]
"""What two rows of one report have in common."""

MOST = 5_000
SHOWN = 5


Refuse = Callable[[Sequence[int] | np.ndarray, str, str, str], None]
"""Notes that rows are wrong: rows, column, what ({} stands for the cell), remedy."""


class Reports(NamedTuple):
    """Checked reports, by day. y: empirical logit of the share; var: its sampling variance, inflated by what the grade takes
    from it. day: days since 1970. use: fit or check. notes: what was made of the files."""

    day: np.ndarray
    y: np.ndarray
    var: np.ndarray
    share: np.ndarray
    house: np.ndarray
    audience: np.ndarray
    mode: np.ndarray
    use: np.ndarray
    label: np.ndarray
    notes: tuple[str, ...] = ()

    def take(self, rows: np.ndarray) -> Reports:
        """Some of the reports."""
        return Reports._make([*(part[rows] for part in self[:-1]), self.notes])


def logit_of(share: float, n: float | None, deff: float, trusted: float) -> tuple[float, float]:
    """Empirical logit and variance of a share (Anscombe 1956: half a person more on either side, so that none is infinite).

    n: persons asked, None for a word. trusted: mean reliability of the grade, which divides the variance: a report graded
    so tells as much as that part of it would.
    """
    if n is None:
        p = min(max(share, 0.01), 0.99)
        return float(np.log(p / (1 - p))), HALF_WORD**2 / 3 / trusted
    size = n / deff
    yes, no = share * size + 0.5, (1 - share) * size + 0.5
    return float(np.log(yes / no)), (1 / yes + 1 / no) / trusted


def read_reports(
    *files: str | Path,
    columns: Mapping[str, str] | None = None,
    quantity: str = "trust",
    as_of: date | None = None,
    size: int | None = None,
    date_format: str | None = None,
    modes: Mapping[str, Mode] = MODES,
) -> Reports:
    """The reports on one quantity that were known on a day.

    columns: the files' own header for one of COLUMNS, {"percent": "Approve"}; with it, unknown columns are left out. size:
    persons asked where a row does not tell. Raises CaseError with file and line for every mistake, and RunError where
    nothing is left.
    """
    if quantity not in QUANTITIES:
        raise RunError(f"there is no quantity {quoted(quantity)}", f"there are {', '.join(QUANTITIES)}")
    if size is not None and size < 1:
        raise RunError(f"--size {size} asks nobody", "give the number of persons asked, 1000 say")
    unknown = [name for name in columns or {} if name not in COLUMNS]
    if unknown:
        raise RunError(f"there is no column {unknown[0]!r} to map", f"map one of {', '.join(COLUMNS)}")
    notes: list[str] = []
    if not files:
        raise RunError("no file of reports is given", "name one or more CSV files")
    parts = [_rows(Path(file), dict(columns or {}), date_format, notes) for file in files]
    frame: Frame = _chosen(pd.concat(parts, ignore_index=True), quantity, as_of, notes)
    if len(frame) > MOST:
        raise RunError(
            f"there are {len(frame):,} reports, more than {MOST:,}", "give those of a shorter time"
        )
    made: list[tuple[float, float]] = []
    words = idle = 0
    for row in frame.itertuples():
        n = size if np.isnan(row.n) else row.n
        deff = modes[row.mode].deff if np.isnan(row.deff) else row.deff
        words, idle = words + (n is None), idle + (n is None and row.deff > 1)
        made.append(logit_of(row.share, n, deff, reliability(row.grade).mean if row.grade else 1.0))
    if words:
        notes.append(
            f"{words} of {len(frame)} reports tell no sample size and are read as words, to within {HALF_WORD} on the logit scale; "
            "--size gives one to all of them"
        )
    if idle:
        notes.append(f"{idle} design effects without a sample size change nothing")
    y, var = np.array(made).T
    text = {name: frame[name].to_numpy(str) for name in ("house", "audience", "mode", "use", "label")}
    day, share = frame["day"].to_numpy(np.int64), frame["share"].to_numpy(float)
    return Reports(day=day, y=y, var=var, share=share, notes=tuple(notes), **text)


def _chosen(frame: Frame, quantity: str, as_of: date | None, notes: list[str]) -> Frame:
    """Rows of one quantity that were known and may be used, by day; notes on those left out."""
    for keep, what in (
        (frame["share"].notna(), "rows without a value"),
        (frame["quantity"] == quantity, f"rows on another quantity than {quantity} (see --quantity)"),
        (frame["use"] != "context", "rows of use context"),
        (
            ~frame.duplicated(SAME),
            "repeats of a row, alike in day, house, audience, mode, share and sample size",
        ),
        (
            frame["known"] <= (np.inf if as_of is None else _number(as_of)),
            f"rows that nobody knew on {as_of}",
        ),
    ):
        keep = keep.reindex(frame.index)
        if out := int((~keep).sum()):
            notes.append(f"left out: {out} {what}")
        frame = frame[keep]
    if not (frame["use"] == "fit").any():
        told = f": {'; '.join(notes)}" if notes else ""
        raise RunError(f"no report on {quantity} is left to be used{told}", "give one of use fit")
    return frame.sort_values(["day", "house", "audience"], kind="stable").reset_index(drop=True)


def _rows(file: Path, asked: dict[str, str], date_format: str | None, notes: list[str]) -> Frame:
    """One file as columns day, known, share, n, deff, house, audience, quantity, mode, grade, use, label."""
    read = sheet(file, asked.values())
    notes += read.notes
    names = _header(read.file, read.header, asked, notes)
    cells: Frame = pd.DataFrame(read.rows, columns=list(range(len(read.header))), dtype=str)
    frame: Frame = pd.DataFrame({name: cells[at] for at, name in enumerate(names) if name})
    if not len(frame):
        raise CaseError(Problem(read.file, 1, 1, "", "has no rows below its header", "give a row a report"))
    wrong: list[Problem] = []

    def refuse(rows: Sequence[int] | np.ndarray, column: str, what: str, remedy: str) -> None:
        for row in list(rows)[:SHOWN]:
            told = what.replace("{}", quoted(str(frame[column].iloc[row])) if column in frame else "")
            wrong.append(Problem(read.file, read.lines[row], 1, column, told, remedy))

    def text(column: str, usual: str = "") -> Frame:
        found = frame[column].str.strip() if column in frame else pd.Series("", index=frame.index)
        return found.mask(found == "", usual)

    def figures(column: str, what: str, low: float, high: float, remedy: str) -> np.ndarray:
        if column not in frame:
            return np.full(len(frame), np.nan)
        found = numbers(frame[column].str.replace("%", "", regex=False), read.separator)
        if found.said:
            notes.append(f"{read.file} {column}: {found.said}")
        refuse(np.flatnonzero(found.strange), column, "{} is no number", remedy)
        refuse(np.flatnonzero((found.values < low) | (found.values > high)), column, what, remedy)
        return found.values

    column = next(name for name in VALUES if name in frame)
    top = {"share": 1, "percent": 100}.get(column)
    if top is None:
        values = numbers(frame[column].str.replace("%", "", regex=False), read.separator).values
        top = 100 if (values > 1).any() else 1
        notes.append(
            f"{read.file}: the column {column} is read as {'per cent' if top == 100 else 'shares of 1'}"
        )
    instead = ", or call the column percent (--map percent=share)" if column == "share" else ""
    share = figures(column, f"{{}} lies outside 0 to {top}", 0, top, f"give a number from 0 to {top}{instead}") / top
    n = figures("n", "{} is no sample size", 1, 1e9, "give the number of persons asked, or leave it empty")
    deff = figures("deff", "{} is no design effect", 1, 100, "give 1 to 100, or leave it empty")
    made: Frame = pd.DataFrame({"share": share, "n": n, "deff": deff})
    made["house"] = text("house").mask(text("house") == "", text("source"))
    refuse(
        np.flatnonzero(made["house"] == ""),
        "house" if "house" in frame else "source",
        "is empty",
        "name who reports",
    )
    for name, usual, known in (
        ("quantity", "trust", QUANTITIES), ("mode", USUAL, tuple(MODES)), ("use", "fit", USES),
    ):  # fmt: skip
        made[name] = text(name, usual)
        refuse(
            np.flatnonzero(~made[name].isin(known)),
            name,
            f"{{}} is no {name}",
            f"write one of {', '.join(known)}",
        )
    made["audience"], made["grade"] = text("audience", "all"), text("grade")
    graded = np.array([not one or is_grade(one) for one in made["grade"]])
    refuse(np.flatnonzero(~graded), "grade", "{} is no grade", f"write one of {', '.join(PLAIN)}, or B2 say")
    made["day"] = _days(frame["when"], date_format, refuse)
    known = text("known_from")
    made["known"] = made["day"]
    for row, cell in enumerate(known):
        if cell.lower() not in NOTHING:
            try:
                made.loc[row, "known"] = _number(parse_day(cell))
            except ValueError as error:
                refuse([row], "known_from", *_parted(error))
    note, report = text("note"), text("report")
    made["label"] = note.mask(note == "", report)
    if wrong:
        raise CaseError(*sorted(wrong, key=lambda one: one.line))
    return made


def _days(cells: Frame, date_format: str | None, refuse: Refuse) -> np.ndarray:
    """Day in the middle of what each cell tells, days since 1970; 0 where it is refused."""
    if date_format is not None:
        read = read_days(cells, date_format)
        for row, (what, remedy) in enumerate(read.wrong):
            if what:
                refuse([row], "when", what, remedy)
        return np.where(np.isnat(read.day), 0, read.day.astype(np.int64))
    out = np.zeros(len(cells), np.int64)
    for row, cell in enumerate(cells):
        try:
            when = parse_when(cell)
            out[row] = _number((when.start + (when.end - when.start) / 2 - timedelta(microseconds=1)).date())
        except ValueError as error:
            refuse([row], "when", *_parted(error))
    return out


def _parted(error: ValueError) -> tuple[str, str]:
    """A sentence of the reader of dates as what is wrong and what would be right."""
    what, _, remedy = str(error).partition("; ")
    return what.replace("{}", "{ }"), remedy


def _header(file: str, header: list[str], asked: dict[str, str], notes: list[str]) -> list[str]:
    """Our name of each column, '' for one left out. Raises CaseError."""
    for theirs in asked.values():
        if theirs not in header:
            raise CaseError(
                Problem(
                    file,
                    1,
                    1,
                    quoted(theirs)[1:-1],
                    "is no column of this file",
                    f"its columns are {listed(header)}",
                )
            )
    mapped = {theirs: ours for ours, theirs in asked.items()}
    aliases = {alias: ours for ours, others in COLUMNS.items() for alias in (plain(ours), *others)}
    names = [mapped.get(name) or aliases.get(plain(name), "") for name in header]
    # A column that was mapped takes the place of one that bears its name.
    names = [
        "" if name in asked and asked[name] != theirs else name
        for name, theirs in zip(names, header, strict=True)
    ]
    strange = [theirs for theirs, ours in zip(header, names, strict=True) if not ours]
    wrong: list[Problem] = []
    if strange and asked:
        notes.append(f"{file}: columns left out: {listed(strange)}")
    elif strange:
        for name in strange[:SHOWN]:
            close = nearest(plain(name), aliases)
            remedy = (
                f"did you mean {close!r}?"
                if close
                else f"known are {', '.join(COLUMNS)}; any --map leaves out the others"
            )
            wrong.append(
                Problem(file, 1, header.index(name) + 1, quoted(name)[1:-1], "is an unknown column", remedy)
            )
    for ours in COLUMNS:
        if names.count(ours) > 1:
            wrong.append(Problem(file, 1, 1, ours, "stands twice in the header", "keep one"))
    given = [name for name in VALUES if name in names]
    for there, what in (
        ("when" in names, "when"), (len(given) == 1, "share, percent or value"), ("house" in names or "source" in names, "house"),
    ):  # fmt: skip
        if not there:
            twice = f"stand together ({', '.join(given)})" if what[:5] == "share" and given else "is missing"
            remedy = (
                "give one of them"
                if twice != "is missing"
                else f"add it, or name the file's own: --map {what.split(',')[0]}=COLUMN"
            )
            wrong.append(Problem(file, 1, 1, what, twice, remedy))
    if wrong:
        raise CaseError(*wrong)
    return names


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
