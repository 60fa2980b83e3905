"""Lists of coups: Powell and Thyne (with days, or as country-months) and Cline, whose actors tell the kind."""

from __future__ import annotations

import numpy as np

from interrex.record.panels.codes import cow
from interrex.record.panels.sheet import Frame, Notes, Sheet, days, pd

Tables = dict[str, Frame]

ORGANS = "military_palace"


def powell_thyne(sheet: Sheet, notes: Notes) -> Tables:
    """Powell and Thyne (2011) with days, `coup` 1 for an attempt that failed and 2 for one that succeeded. By their
    definition the military or other elites within the state attempt."""
    empty = sheet.text("coup").eq("") & sheet.text("ccode").eq("")  # notes of the coders below the list
    day = days(*(sheet.numbers(c) for c in ("year", "month", "day")))
    return _attempts(sheet, notes, cow(sheet.numbers("ccode"), day.dt.year), day, ~empty)


def powell_thyne_gw(sheet: Sheet, notes: Notes) -> Tables:
    """The same to 2015 as converted by Marquez, with a date in one column and the numbers of Gleditsch and Ward."""
    day = sheet.dates("date")
    return _attempts(
        sheet, notes, cow(sheet.numbers("GWn"), day.dt.year, "gw"), day, pd.Series(True, day.index)
    )


def _attempts(sheet: Sheet, notes: Notes, ccode: Frame, day: Frame, meant: Frame) -> Tables:
    outcome = sheet.numbers("coup")
    untold = meant & ~outcome.isin((1, 2))
    notes.rows(sheet, untold, "neither 1 (failed) nor 2 (succeeded) in `coup`; counted as failed")
    bad = meant & (ccode.isna() | day.isna())
    notes.rows(sheet, bad, "a coup without country or day; left out")
    rows = pd.DataFrame({"ccode": ccode, "day": day, "success": outcome == 2, "kind": ORGANS})[meant & ~bad]
    return {"coups": once(sheet, rows, notes)}


def once(sheet: Sheet, rows: Frame, notes: Notes) -> Frame:
    """One row for a country and day: two attempts on one day count once, as a success if one succeeded."""
    rows = rows.sort_values(["ccode", "day", "success"], ascending=[True, True, False], kind="stable")
    twice = rows.duplicated(["ccode", "day"])
    notes.rows(sheet, twice, "a second attempt in this country on this day; counted once")
    return rows[~twice]


def months(sheet: Sheet, notes: Notes) -> Tables:
    """CoupCats' country-months: whether there was an attempt, whether one succeeded, and UCDP's battle deaths. A coup is
    set on the last day of its month. The columns made from ACLED and the indices of protest, stability and mobilisation
    are not read: their terms or their vintage forbid it."""
    year, month = sheet.years("year"), sheet.numbers("month")
    first = days(year, month, 1 + 0 * year)
    bad = first.isna() | sheet.numbers("ccode").isna()
    notes.rows(sheet, bad, "no country or no such month; left out")
    deaths = sheet.numbers("brd")
    negative = deaths < 0
    notes.rows(sheet, negative, lambda r: f"{r['brd']} battle deaths are fewer than none; left out")
    rows = pd.DataFrame(
        {"ccode": cow(sheet.numbers("ccode"), year), "month": first, "deaths": deaths.mask(negative)}
    )[~bad]
    twice = rows.duplicated(["ccode", "month"])
    notes.rows(sheet, twice, "a second row for one country and month; left out")
    rows = rows[~twice]
    tried = sheet.numbers("coup_attempt").reindex(rows.index) > 0
    coups = pd.DataFrame({
        "ccode": rows["ccode"], "day": rows["month"] + pd.offsets.MonthEnd(0),
        "success": sheet.numbers("coup_successful").reindex(rows.index) > 0, "kind": ORGANS,
    })  # fmt: skip
    return {"coups": coups[tried], "violence": rows.dropna(subset=["deaths"])}


ACTORS = (
    ("self", ("auto",)),
    (ORGANS, ("military", "palace")),
    ("foreign", ("foreign",)),
    ("rebel", ("rebel",)),
    ("popular", ("popular",)),
)
"""A coup of several actors is of the first kind that names one of them: an incumbent who moves with his soldiers makes a
self-coup; soldiers who move amid a crowd make a military one. Dissidents out of office, resignations and counter-coups
alone leave the kind unknown."""


def cline(sheet: Sheet, notes: Notes) -> Tables:
    """Cline Center Coup d'Etat Project 2.1: coups and attempts; conspiracies that were not tried are left out."""
    day = days(*(sheet.numbers(c) for c in ("year", "month", "day")))
    ccode = cow(sheet.numbers("cowcode"), day.dt.year)
    event = sheet.text("event_type")
    known = event.isin(("coup", "attempted", "conspiracy"))
    notes.rows(sheet, ~known, lambda r: f"unknown event_type {r['event_type']!r}; left out")
    bad = known & (ccode.isna() | day.isna())
    notes.rows(sheet, bad, "no country or no such day; left out")
    shared = sheet.text("coup_id").duplicated() & (sheet.text("coup_id") != "")
    notes.rows(sheet, shared, lambda r: f"the id {r['coup_id']} comes twice; the second row is left out")
    kind = pd.Series(np.select(
        [np.logical_or.reduce([(sheet.numbers(a) > 0).to_numpy() for a in actors]) for _, actors in ACTORS],
        [k for k, _ in ACTORS], "unknown"), sheet.rows.index)  # fmt: skip
    rows = pd.DataFrame({"ccode": ccode, "day": day, "success": event == "coup", "kind": kind})
    rows = rows[known & ~bad & ~shared & (event != "conspiracy")]
    return {"coups": rows}


def colpus(sheet: Sheet, notes: Notes) -> Tables:
    """Chin, Wright and Carter: Colpus, 1946 to 2022, `success` 1 for a coup and 2 for one that failed. What it marks as made
    by others than the military is of unknown kind."""
    day = sheet.dates("date")
    bad: Frame = sheet.numbers("ccode").isna() | day.isna() | ~sheet.numbers("success").isin((1, 2))
    notes.rows(sheet, bad, "a coup without country or day, or with neither 1 nor 2 in `success`; left out")
    rows = pd.DataFrame({
        "ccode": cow(sheet.numbers("ccode"), day.dt.year), "day": day, "success": sheet.numbers("success") == 1,
        "kind": np.where(sheet.text("milcoup") == "Military Coup", ORGANS, "unknown"),
    })  # fmt: skip
    return {"coups": once(sheet, rows[~bad], notes)}


def self_coups(sheet: Sheet, notes: Notes) -> Tables:
    """Reddy: attempts of incumbents to keep or widen power beyond the law, known to the year: set on its last day."""
    year, one = sheet.years("year"), pd.Series(1.0, sheet.rows.index)
    ccode, success = cow(sheet.numbers("ccode"), year), sheet.numbers("Success")
    bad: Frame = ccode.isna() | year.isna()
    notes.rows(sheet, bad, lambda r: f"{r['ruler']}: no country or year; left out")
    strange = ~success.isin((0, 1)) & ~bad
    notes.rows(
        sheet,
        strange,
        lambda r: f"{r['ruler']}: `Success` is {r['Success'] or 'empty'}, neither 0 nor 1; counted as failed",
    )
    rows = pd.DataFrame(
        {"ccode": ccode, "day": days(year, 12 * one, 31 * one), "success": success == 1, "kind": "self"}
    )
    return {"coups": once(sheet, rows[~bad], notes)}
