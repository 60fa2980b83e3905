"""Lists of leaders: REIGN and CoupCats; and what Archigos, its extension and Svolik say of how they came and went."""

from __future__ import annotations

import numpy as np

from interrex.record.panels.codes import cow
from interrex.record.panels.sheet import Frame, Notes, Sheet, days, pd

Tables = dict[str, Frame]

YOUNGEST, OLDEST = 15, 105
"""Ages in power outside of these are taken for errors of the panel."""

NUMBERS_CHANGE = pd.Timestamp("1990-01-01")

AT_ONCE = pd.Timedelta(days=31)
"""A successor who starts so long after the month of an end took over at once."""


def reign(sheet: Sheet, notes: Notes) -> Tables:
    """Bell (2016): day, month and year of the start, month and year of the end, empty while in office."""
    year, month, day = (sheet.numbers(c) for c in ("syear", "smonth", "sdate"))
    swapped = (month > 12) & (day <= 12)
    notes.rows(
        sheet,
        swapped,
        lambda r: f"the month of the start is {r['smonth']}; day and month are taken as swapped",
    )
    start = days(year, month.mask(swapped, day), day.mask(swapped, month))
    notes.rows(
        sheet,
        start.isna(),
        lambda r: f"{r['leader']}: no such first day {r['syear']}-{r['smonth']}-{r['sdate']}; left out",
    )
    rows = pd.DataFrame({
        "ccode": cow(sheet.numbers("ccode"), year), "leader": sheet.text("leader"), "id": sheet.text("leadid"),
        "start": start, "born": _born(sheet, "birthyear", year, notes), "military": sheet.numbers("militarycareer"),
        "end_year": sheet.years("eyear"), "end_month": sheet.numbers("emonth"), "abbreviation": sheet.text("stateabb"),
    })  # fmt: skip
    notes.rows(sheet, rows["ccode"].isna(), lambda r: f"{r['leader']}: no number of a country; left out")
    rows = rows.dropna(subset=["ccode", "start"]).sort_values(["ccode", "start"], kind="stable")
    twice = rows.duplicated(["ccode", "leader", "start"])
    notes.rows(sheet, twice, lambda r: f"{r['leader']} starts twice on one day; the second row is left out")
    rows = rows[~twice].copy()
    shared = (rows["id"] != "") & rows.duplicated(["ccode", "id"], keep=False)
    shared &= rows.groupby(["ccode", "id"])["leader"].transform("nunique") > 1
    notes.rows(
        sheet,
        shared,
        lambda r: f"the id {r['leadid']} is that of several leaders; they are told apart by name",
    )
    rows["end"] = _ends(rows, sheet, notes)
    _old(sheet, rows, notes)
    kept = rows.drop(columns=["end_year", "end_month"]).assign(entry="unknown", exit="")
    return {"leaders": kept}


def _ends(rows: Frame, sheet: Sheet, notes: Notes) -> Frame:
    """The successor's first day where he starts in the month of the end or within 31 days of it, else the last day of the
    month. A spell that the panel leaves open, or ends later, although another leader has started, ends with his start."""
    next_start = rows.groupby("ccode")["start"].shift(-1)
    follower = rows.groupby("ccode")["leader"].shift(-1)
    one = pd.Series(1.0, rows.index)
    month = days(rows["end_year"], rows["end_month"], one)
    month_end = month + pd.offsets.MonthEnd(0)

    def told(which: Frame, text: str, done: str) -> None:
        notes.rows(sheet, which, lambda r: f"{r['leader']} {text.format(who=follower[r.name])}; {done}")

    no_month = month.isna() & (rows["end_year"].notna() | rows["end_month"].notna())
    told(no_month & next_start.notna(), "ends in no month that exists", "the end is the successor's start")
    told(
        no_month & next_start.isna(), "ends in no month that exists, and nobody follows", "taken as in power"
    )
    told(
        month.isna() & ~no_month & next_start.notna(),
        "has no end although {who} follows",
        "the end is that start",
    )
    overlap = next_start < month
    told(overlap, "and {who} overlap by more than a month", "the end is the successor's start")
    backward = month_end < rows["start"]
    told(backward, "ends before the start", "the end is the start, or the successor's start")
    at_once = next_start.notna() & (month.isna() | (next_start <= month_end + AT_ONCE))
    end = month_end.mask(at_once, next_start)
    return end.mask(end < rows["start"], rows["start"])


def _born(sheet: Sheet, column: str, year: Frame, notes: Notes) -> Frame:
    born = sheet.numbers(column)
    born = born.where(born > 0)
    wrong = (year - born < YOUNGEST) | (year - born > OLDEST)
    notes.rows(
        sheet,
        wrong,
        lambda r: (
            f"{r['leader']}, born {r[column]}, would start at an impossible age; the year of birth is left out"
        ),
    )
    return born.mask(wrong)


def _old(sheet: Sheet, rows: Frame, notes: Notes) -> None:
    age = rows["end"].dt.year - rows["born"]
    wrong = age > OLDEST
    notes.rows(
        sheet,
        wrong,
        lambda r: (
            f"{r['leader']}, born {r['birthyear']}, would be older than {OLDEST} at the end; the year of birth is left out"
        ),
    )
    rows.loc[wrong, "born"] = np.nan


ARCHIGOS_EXIT = {
    "Regular": "regular", "Natural Death": "death", "Retired Due to Ill Health": "death", "Suicide": "death",
    "Foreign": "foreign", "Still in Office": "", "Unknown": "unknown", "Irregular": "unknown",
}  # fmt: skip
"""Goemans, Gleditsch and Chiozza (2009), `exit`; an irregular one is told by its `exitcode`."""

ARCHIGOS_CODE = {
    "Removed by Military, without Foreign Support": "coup", "Removed by Military, with Foreign Support": "coup",
    "Removed by Other Government Actors, without Foreign Support": "coup",
    "Removed by Other Government Actors, with Foreign Support": "coup",
    "Removed in Military Power Struggle Short of Coup": "coup",
    "Removed by Rebels, without Foreign Support": "revolt", "Removed by Rebels, with Foreign Support": "revolt",
    "Popular Protest, without Foreign Support": "revolt", "Popular Protest, with Foreign Support": "revolt",
    "Removed through Threat of Foreign Force": "foreign",
    "Assassination by Unsupported Individual": "death",
}  # fmt: skip
"""`exitcode`. An assassin who acted for no group counts as death: no group took power."""

ARCHIGOS_ENTRY = {"Regular": "regular", "Irregular": "irregular", "Foreign Imposition": "foreign"}

SVOLIK_EXIT = {
    "coup": "coup", "natural": "death", "assassination": "death", "revolt": "revolt", "civil war": "revolt",
    "foreign": "foreign", "interim": "regular", "stepdown": "regular", "term limit": "regular",
    "resignation": "regular", "elections": "regular", "consensus": "regular", "no contest": "regular",
}  # fmt: skip
"""Svolik (2012), `exit`."""

SVOLIK_ENTRY = {
    "coup": "coup", "revolt": "revolt", "civil war": "revolt", "foreign": "foreign", "elections": "regular",
    "consensus": "regular", "interim": "regular", "succession": "regular", "independence": "regular",
}  # fmt: skip


def archigos(sheet: Sheet, notes: Notes) -> Tables:
    """Archigos 4.1, numbered by Gleditsch and Ward."""
    return _manners(sheet, notes, "gwcode", "gw")


def leaders2(sheet: Sheet, notes: Notes) -> Tables:
    """The extension of Archigos beside the self-coups of Reddy, numbered by the Correlates of War."""
    return _manners(sheet, notes, "ccode", "cow")


def _manners(sheet: Sheet, notes: Notes, code: str, scheme: str) -> Tables:
    exits = sheet.text("exit").map(ARCHIGOS_EXIT)
    known = sheet.text("exit").isin([*ARCHIGOS_EXIT, ""])
    notes.rows(
        sheet, ~known, lambda r: f"{r['leader']}: unknown way of leaving {r['exit']!r}; counted as unknown"
    )
    torn = sheet.text("exit").eq("Regular") & sheet.text("exitcode").eq("Still in Office")
    text = "left regularly by `exit` but is in office by `exitcode`: the update did not tell deaths apart; counted as unknown"
    notes.rows(sheet, torn, lambda r: f"{r['leader']} {text}")
    exits = exits.mask(torn, "unknown")
    by_code = sheet.text("exitcode").map(ARCHIGOS_CODE)
    exits = exits.mask(sheet.text("exit").eq("Irregular") & by_code.notna(), by_code).fillna("unknown")
    entry = sheet.text("entry").map(ARCHIGOS_ENTRY).fillna("unknown")
    return _spells(sheet, notes, code, scheme, "yrborn", entry, exits)


def svolik(sheet: Sheet, notes: Notes) -> Tables:
    """Svolik's dictators, 1946 to 2008."""
    exits = sheet.text("exit").map(SVOLIK_EXIT).fillna("unknown").mask(sheet.text("exit") == "", "")
    entry = sheet.text("entry").map(SVOLIK_ENTRY).fillna("unknown")
    return _spells(sheet, notes, "GWn", "gw", "birth", entry, exits)


def _spells(
    sheet: Sheet, notes: Notes, code: str, scheme: str, born: str, entry: Frame, exits: Frame
) -> Tables:
    """Spells with first and last day. One that runs through 1990 in Germany or Yemen, whose numbers change then, is there
    under both numbers, under the new one from that year on."""
    start, end, number = sheet.dates("startdate"), sheet.dates("enddate"), sheet.numbers(code)
    bad = start.isna() | end.isna() | (end < start) | number.isna()
    text = "no country, or no first or last day, or the last before the first; left out"
    notes.rows(sheet, bad, lambda r: f"{r['leader']}: {text}")
    rows = pd.DataFrame({
        "ccode": cow(number, start.dt.year, scheme), "leader": sheet.text("leader"), "id": sheet.text("leadid"), "start": start,
        "end": end.mask(exits == ""), "born": _born(sheet, born, start.dt.year, notes), "military": np.nan,
        "entry": entry, "exit": exits,
    })[~bad]  # fmt: skip
    moved = cow(number, end.dt.year, scheme)[~bad]
    later = rows.assign(ccode=moved)[moved != rows["ccode"]]
    later = later.assign(start=later["start"].clip(lower=NUMBERS_CHANGE), entry="regular")
    return {"manners": pd.concat([rows, later]).drop_duplicates(["ccode", "leader", "start"])}
