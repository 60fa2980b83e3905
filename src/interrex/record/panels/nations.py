"""What is known of nations each year: V-Dem's index, the Correlates of War's capabilities, borders and lists of states."""

from __future__ import annotations

import numpy as np

from interrex.record.panels.codes import cow
from interrex.record.panels.sheet import Frame, Notes, Sheet, pd

Tables = dict[str, Frame]

THOUSANDS = 1000


def vdem(sheet: Sheet, notes: Notes) -> Tables:
    """V-Dem's index of electoral democracy, numbered by the Correlates of War; places without a number are left out."""
    code = next(c for c in ("vdem_cowcode", "COWcode") if c in sheet.rows)
    return _democracy(sheet, sheet.numbers(code), sheet.text("country_text_id"), notes)


def ert(sheet: Sheet, notes: Notes) -> Tables:
    """Episodes of Regime Transformation, which carries the same index but V-Dem's own numbers of countries."""
    return _democracy(sheet, pd.Series(np.nan, sheet.rows.index), sheet.text("country_text_id"), notes)


def _democracy(sheet: Sheet, code: Frame, text: Frame, notes: Notes) -> Tables:
    year, index = sheet.years("year"), sheet.numbers("v2x_polyarchy")
    wrong = (index < 0) | (index > 1)
    notes.rows(sheet, wrong, lambda r: f"v2x_polyarchy is {r['v2x_polyarchy']}, outside of 0 to 1; left out")
    rows = pd.DataFrame(
        {"ccode": cow(code, year), "text": text, "year": year, "polyarchy": index.mask(wrong)}
    )
    rows = rows.dropna(subset=["year", "polyarchy"])
    numbered = rows["ccode"].notna()
    twice = numbered & rows.duplicated(["ccode", "year"])
    # V-Dem codes Germany's last year both as West and as whole
    notes.rows(sheet, twice, "a second row for one country and year; left out")
    return {"democracy": rows[~twice]}


def nmc(sheet: Sheet, notes: Notes) -> Tables:
    """National Material Capabilities: thousands of people, of coal-ton equivalents and of soldiers."""
    values: dict[str, Frame] = {}
    for name, column in (("population", "tpop"), ("energy", "pec"), ("soldiers", "milper")):
        value = sheet.numbers(column)
        negative = value < 0
        notes.rows(sheet, negative, lambda r, c=column: f"{c} is {r[c]}, below 0; left out")
        values[name] = value.mask(negative) * THOUSANDS
    values["population"] = values["population"].where(values["population"] > 0)  # 0 thousand: not counted
    year = sheet.years("year")
    rows = pd.DataFrame({"ccode": cow(sheet.numbers("ccode"), year), "year": year, **values}).dropna(
        subset=["ccode", "year"]
    )
    twice = rows.duplicated(["ccode", "year"])
    notes.rows(sheet, twice, "a second row for one country and year; left out")
    return {"nations": rows[~twice]}


BY_LAND = 1
"""Direct contiguity, `conttype`: 1 is a border by land or a river."""


def contiguity(sheet: Sheet, notes: Notes) -> Tables:
    """Pairs of neighbours by land or a river, from the first day that they were; a state that ended has no leaders to
    compare, so that ends are not needed."""
    start = sheet.dates("stdate")
    rows = pd.DataFrame({
        "ccode": cow(sheet.numbers("ccode1"), start.dt.year), "other": cow(sheet.numbers("ccode2"), start.dt.year), "known": start,
    })  # fmt: skip
    touch = sheet.numbers("conttype") == BY_LAND
    notes.rows(
        sheet, touch & rows.isna().any(axis=1), "a border without both countries and a first day; left out"
    )
    rows = rows[touch].dropna()
    both = pd.concat([rows, rows.rename(columns={"ccode": "other", "other": "ccode"})])
    return {"borders": both.sort_values("known").drop_duplicates(["ccode", "other"])}


def capitals(sheet: Sheet, notes: Notes) -> Tables:
    """Where the capital of each state lies; of several capitals the last."""
    rows = pd.DataFrame({
        "ccode": sheet.numbers("ccode"), "latitude": sheet.numbers("lat"), "longitude": sheet.numbers("lng"),
        "known": sheet.dates("stdate"),
    })  # fmt: skip
    wrong = (rows["latitude"].abs() > 90) | (rows["longitude"].abs() > 180) | rows.isna().any(axis=1)
    notes.rows(sheet, wrong, "a capital without country, first day, or place on earth; left out")
    return {"capitals": rows[~wrong].sort_values("known").drop_duplicates("ccode", keep="last")}


NOW = {345: "Serbia"}
"""States that the lists call by a name that they have given up."""


def states(sheet: Sheet, notes: Notes) -> Tables:
    """The list of states of the Correlates of War, or of Gleditsch and Ward."""
    code, name, scheme = (
        ("ccode", "statenme", "cow") if "statenme" in sheet.rows else ("gwcode", "statename", "gw")
    )
    end = sheet.years("endyear").fillna(sheet.dates("enddate").dt.year)
    rows = pd.DataFrame(
        {
            "ccode": cow(sheet.numbers(code), end, scheme),
            "country": sheet.text(name),
            "abbreviation": sheet.text("stateabb"),
        }
    )
    notes.rows(sheet, rows["ccode"].isna(), "a state without number; left out")
    rows["country"] = rows["ccode"].map(NOW).fillna(rows["country"])
    return {"states": rows.dropna().drop_duplicates("ccode", keep="last")}
