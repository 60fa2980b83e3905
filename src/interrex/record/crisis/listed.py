"""Crises from a list that somebody wrote, in the format of `crises.csv`: one crisis a row, known by how they ended.

Such a list is chosen by hindsight, so its crises tell nothing on how often incumbents fall, and most of its columns tell on
no day what was known on that day. What may be used: the peak of the protests from its day on, days, age and tenure.
"""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from pathlib import Path

from interrex.errors import StoreError, nearest, quoted
from interrex.record.crisis.state import OFFERED
from interrex.record.tables import REGIMES

HINDSIGHT = {
    "security_forces": "it sums up what the forces did until the end",
    "external_support": "it sums up what other states did until the end",
    "outcome_class": "it is the outcome",
    "outcome_secondary": "it is the outcome",
    "outcome_date": "it is the day of the outcome",
    "days_start_to_outcome": "it is the time to the outcome",
    "protest_peak_date": "that a day was the peak shows afterwards",
    "days_start_to_peak": "that a day was the peak shows afterwards",
    "peak_size_low": "before the peak it is not known; the feature share holds the largest protest so far",
    "peak_size_high": "before the peak it is not known; the feature share holds the largest protest so far",
    "peak_share_low_pct": "before the peak it is not known; the feature share holds the largest protest so far",
    "peak_share_high_pct": "before the peak it is not known; the feature share holds the largest protest so far",
    "deaths_low": "it is the count at the end, without days",
    "deaths_high": "it is the count at the end, without days",
    "injured_at_least": "it is the count at the end, without days",
    "arrests_low": "it is the count at the end, without days",
    "arrests_high": "it is the count at the end, without days",
    "shutdown": "it sums up the whole crisis, without days",
    "concessions": "it sums up the whole crisis",
    "elite_defection_date": "it is dated where a defection mattered, so its absence tells the outcome",
    "elite_defection_note": "it is written where a defection mattered, so its absence tells the outcome",
    "successor_status": "it was written with the outcome known",
    "cline_coup_code": "it codes the outcome",
}
"""Columns coded with knowledge of the end, and why none of them can be a feature."""

OUTCOMES = {
    "uprising_fall": "revolt", "coup_fall": "coup", "negotiated_exit": "regular", "managed_succession": "regular",
    "civil_war": "revolt", "repression_survival": "", "concession_survival": "",
}  # fmt: skip
"""Manner of the exit by `outcome_class`; empty where he stayed."""

NEEDED = (
    "case_id", "country", "start_date", "protest_peak_date", "peak_size_low", "peak_size_high", "population_million",
    "outcome_class", "outcome_date", "leader", "leader_birth_year", "leader_since", "regime_type",
)  # fmt: skip
MAY_BE_EMPTY = (
    "protest_peak_date",
    "peak_size_low",
    "peak_size_high",
    "leader_birth_year",
    "leader_since",
    "regime_type",
)


@dataclass(frozen=True)
class Crisis:
    """One row. peak_day is None where no day of the peak is given; peak is the low estimate, persons; manner is that of the
    exit, empty where he stayed until outcome_day."""

    line: int
    case_id: str
    country: str
    began: datetime.date
    peak_day: datetime.date | None
    peak: float | None
    population: float
    leader: str
    born: int | None
    since: datetime.date | None
    regime: str | None
    manner: str
    outcome_day: datetime.date


def refuse(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, if each is a feature that was known on its day. Raises StoreError that names the first that is not."""
    for name in names:
        if name in HINDSIGHT:
            raise StoreError(
                f"{name} cannot be a feature: {HINDSIGHT[name]}", f"features are {', '.join(OFFERED)}"
            )
        if name not in OFFERED:
            near = nearest(name, OFFERED)
            raise StoreError(
                f"there is no feature {quoted(name)}",
                f"did you mean {near}?" if near else f"features are {', '.join(OFFERED)}",
            )
    return names


def read_crises(path: Path | str) -> tuple[Crisis, ...]:
    """The crises of a file, in its order. Raises StoreError with file, line and column at the first mistake."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})", "give a file of crises") from None
    except UnicodeDecodeError as error:
        raise StoreError(f"{path}: byte {error.start:,} is no UTF-8", "save the file as UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [h.strip() for h in next(reader, list[str]())]
    for column in NEEDED:
        if column not in header:
            near = nearest(column, header)
            raise StoreError(
                f"{path}:1: there is no column {column}",
                f"{quoted(near)} is near: rename it"
                if near
                else "columns are separated by commas, and all of the format are needed: "
                + ", ".join(NEEDED),
            )
    found: list[Crisis] = []
    seen: dict[str, int] = {}
    line = reader.line_num
    for cells in reader:
        first, line = line + 1, reader.line_num
        if not any(c.strip() for c in cells):
            continue
        if len(cells) != len(header):
            raise StoreError(
                f"{path}:{first}: {len(cells)} cells stand under {len(header)} columns",
                "put cells that hold commas between double quotes",
            )
        row = _Row(path, first, dict(zip(header, (c.strip() for c in cells), strict=True)))
        crisis = row.crisis()
        if crisis.case_id in seen:
            row.fail(
                "case_id",
                f"{crisis.case_id} stands in line {seen[crisis.case_id]} too",
                "give each its own id",
            )
        seen[crisis.case_id] = first
        found.append(crisis)
    if not found:
        raise StoreError(f"{path}: there is no crisis in it", "give one a row")
    return tuple(found)


@dataclass(frozen=True)
class _Row:
    """One line of the file, and what its cells say."""

    path: Path
    line: int
    cells: dict[str, str]

    def fail(self, column: str, wrong: str, right: str) -> None:
        """Raise what is wrong in a column."""
        raise StoreError(f"{self.path}:{self.line}: {column}: {wrong}", right)

    def text(self, column: str) -> str:
        """A cell that may not be empty, unless it is one of `MAY_BE_EMPTY`."""
        if not self.cells[column] and column not in MAY_BE_EMPTY:
            self.fail(column, "is empty", "every crisis needs it")
        return self.cells[column]

    def day(self, column: str) -> datetime.date | None:
        """A day as 2022-01-05."""
        if not (text := self.text(column)):
            return None
        try:
            return datetime.datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            self.fail(column, f"{quoted(text)} is no day", "write it as 2022-01-05")
            return None

    def number(self, column: str, low: float, high: float) -> float | None:
        """A number between two bounds."""
        if not (text := self.text(column)):
            return None
        try:
            value = float(text)
        except ValueError:
            self.fail(column, f"{quoted(text)} is no number", "write digits, with a dot for fractions")
            return None
        if not low <= value <= high:
            self.fail(column, f"{text} is out of range", f"it lies between {low:,.15g} and {high:,.15g}")
        return value

    def crisis(self) -> Crisis:
        """The row as a crisis; mistakes raise."""
        began, over = self.day("start_date"), self.day("outcome_date")
        peak_day, since = self.day("protest_peak_date"), self.day("leader_since")
        assert began is not None and over is not None
        if over < began:
            self.fail(
                "outcome_date", f"{over} lies before start_date {began}", "the outcome cannot come first"
            )
        if peak_day and peak_day < began:
            self.fail(
                "protest_peak_date",
                f"{peak_day} lies before start_date {began}",
                "the peak cannot come first",
            )
        if since and since > over:
            self.fail(
                "leader_since", f"{since} lies after outcome_date {over}", "give the leader of the first day"
            )
        million = self.number("population_million", 0.001, 2_000)
        assert million is not None
        low, high = (self.number(c, 0, million * 1e6) for c in ("peak_size_low", "peak_size_high"))
        if low is not None and high is not None and low > high:
            self.fail("peak_size_low", f"{low:,.0f} is more than peak_size_high {high:,.0f}", "swap them")
        born = self.number("leader_birth_year", began.year - 110, began.year - 15)
        outcome = self.text("outcome_class")
        if outcome not in OUTCOMES:
            near = nearest(outcome, OUTCOMES)
            self.fail(
                "outcome_class",
                f"{quoted(outcome)} is no class",
                f"did you mean {near}?" if near else f"classes are {', '.join(OUTCOMES)}",
            )
        regime = (self.text("regime_type").replace("-", " ").split() or [""])[0]
        if regime and regime not in REGIMES:
            self.fail(
                "regime_type",
                f"{quoted(regime)} is no type",
                f"the first word is one of {', '.join(REGIMES)}",
            )
        return Crisis(
            line=self.line, case_id=self.text("case_id"), country=self.text("country"), began=began, peak_day=peak_day,
            peak=low, population=million * 1e6, leader=self.text("leader"), born=None if born is None else int(born),
            since=since, regime=regime or None, manner=OUTCOMES[outcome], outcome_day=over,
        )  # fmt: skip
