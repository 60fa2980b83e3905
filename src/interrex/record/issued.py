"""Somebody else's forecasts of coup attempts beside ours, on the same countries and months.

    python -m interrex.record.issued PANELS FILE ...

A FILE is a JSON list of rows with `ccode`, `year`, `month` and a chance for that month, `prediction_prob` or `yhat`. Ours are
made by a fit to what the panels held on the first day of the month. What is no probability is counted and left out, for both.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interrex.errors import EXIT_STATUS, InterrexError, RunError
from interrex.record.features import YEAR, attempts, days, number
from interrex.record.questions import COUP, months_after
from interrex.record.rows import as_known
from interrex.record.scores import auc, brier, log_score
from interrex.record.tables import Panels
from interrex.record.world import fit_world

CHANCES = ("prediction_prob", "yhat")
FLOOR = 1e-6


class Beside(NamedTuple):
    """One month: theirs and ours f8[country] beside what came; refused: forecasts that are no probabilities."""

    month: datetime.date
    theirs: np.ndarray
    ours: np.ndarray
    came: np.ndarray
    refused: int

    def __str__(self) -> str:
        head = f"{self.month:%B %Y}: {len(self.came)} countries, {self.came.sum():.0f} coup attempts"
        no = f"; {self.refused} of theirs are no probabilities" if self.refused else ""
        lines = [
            f"  {name}: Brier {brier(p, self.came):.6f}, log score {log_score(np.clip(p, FLOOR, 1 - FLOOR), self.came):.5f}, "
            f"AUC {auc(p, self.came):.3f}, sum {p.sum():.2f}"
            for name, p in (("theirs", self.theirs), ("ours", self.ours))
        ]
        return "\n".join([head + no, *lines])


def beside(panels: Panels, path: Path) -> list[Beside]:
    """The months of one file that the panels saw to their end. Raises RunError for a file of another form."""
    try:
        told = json.loads(path.read_bytes())
        key = next(k for k in CHANCES if k in told[0])
        given = {
            (int(r["year"]), int(r["month"]), int(r["ccode"])): float(r[key])
            for r in told
            if r.get(key) is not None
        }
    except (OSError, ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise RunError(
            f"{path}: no list of forecasts by country and month ({error!r})",
            "see python -m interrex.record.issued",
        ) from None
    tries = attempts(panels)
    code, when = np.asarray(tries["ccode"]), days(tries["day"])
    found: list[Beside] = []
    for year, month in sorted({k[:2] for k in given}):
        first = datetime.date(year, month, 1)
        begin, after = number(first), number(months_after(first, 1))
        if after > number(panels.last) + 1:
            continue
        past, here = as_known(panels, first)
        p = fit_world(past, until=begin).forecast(here)[COUP][:, 0]
        hazard = -np.log1p(-p) * (after - begin) / (YEAR / 12)
        mine = dict(zip(here.ccode.tolist(), -np.expm1(-hazard), strict=True))
        both = [c for c in mine if (year, month, c) in given]
        theirs = np.array([given[year, month, c] for c in both])
        sound = (theirs >= 0) & (theirs <= 1)
        came = np.array([((code == c) & (when >= begin) & (when < after)).any() for c in both], float)
        ours = np.array([mine[c] for c in both])
        found.append(Beside(first, theirs[sound], ours[sound], came[sound], int((~sound).sum())))
    return found


def main(words: list[str] | None = None) -> int:
    """The command of the module."""
    from interrex.record.panels import read

    folder, *files = sys.argv[1:] if words is None else words
    try:
        panels = read(Path(folder))
        for file in files:
            for one in beside(panels, Path(file)) or [f"{file}: its months lie beyond the panels"]:
                print(one)
    except InterrexError as error:
        print(error, file=sys.stderr)
        return EXIT_STATUS
    return 0


if __name__ == "__main__":
    sys.exit(main())
