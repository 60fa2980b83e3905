"""Dated acts: on such a day trust may jump, by the log likelihood ratio of the act, another one for each audience."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from interrex.case.dates import parse_day
from interrex.errors import CaseError, Problem
from interrex.eventstudy.cells import plain, quoted, sheet

ACT_SD = 0.5
"""Logit: prior sd of the log likelihood ratio of an act, as in `mechanisms/confidence.py`."""


class Act(NamedTuple):
    """A day, days since 1970, and what was done."""

    day: int
    label: str

    @property
    def text(self) -> str:
        """`2022-01-05, the label`."""
        return f"{date(1970, 1, 1) + timedelta(days=self.day)}, {self.label}"


def read_acts(file: str | Path) -> tuple[Act, ...]:
    """Acts by day from a CSV with the columns day (or when, date) and label. Raises CaseError with file and line."""
    read = sheet(Path(file))
    names = [{"when": "day", "date": "day"}.get(plain(name), plain(name)) for name in read.header]
    if sorted(names) != ["day", "label"]:
        told = ", ".join(quoted(name)[1:-1] for name in read.header)
        raise CaseError(
            Problem(read.file, 1, 1, "", f"has the columns {told}", "acts have two, day and label")
        )
    out: dict[int, Act] = {}
    wrong: list[Problem] = []
    for cells, line in zip(read.rows, read.lines, strict=True):
        row = dict(zip(names, cells, strict=True))
        try:
            day = (parse_day(row["day"]) - date(1970, 1, 1)).days
        except ValueError as error:
            what, _, remedy = str(error).partition("; ")
            wrong.append(Problem(read.file, line, 1, "day", what, remedy))
            continue
        if not row["label"]:
            wrong.append(Problem(read.file, line, 1, "label", "is empty", "say in a few words what was done"))
        elif day in out:
            wrong.append(
                Problem(read.file, line, 1, "day", f"{row['day']} stands twice", "write the acts of a day in one row: nothing tells them apart")
            )  # fmt: skip
        else:
            out[day] = Act(day, row["label"])
    if wrong:
        raise CaseError(*wrong)
    if not out:
        raise CaseError(Problem(read.file, 1, 1, "", "has no rows below its header", "give a row an act"))
    return tuple(out[day] for day in sorted(out))
