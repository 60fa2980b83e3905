"""Types of regime: Geddes, Wright and Frantz, and REIGN, as spells or as country-years."""

from __future__ import annotations

from interrex.record.panels.codes import cow
from interrex.record.panels.sheet import Frame, Notes, Sheet, days, months_end, pd

Tables = dict[str, Frame]

FIRST_PART = {
    "party": "party", "party based": "party", "oligarchy": "party", "military": "military",
    "indirect military": "military", "monarchy": "monarchy", "personal": "personal",
    "provisional": "provisional", "civilian provisional": "provisional",
    "parliamentary": "parliamentary", "presidential": "presidential",
    "warlordism": "none", "warlord": "none", "foreign occupied": "none", "not independent": "none",
}  # fmt: skip
"""Words of the panels; a hybrid counts as its first part, an oligarchy as a party, as in the authors' own dummies."""

UNTOLD = ("democracy", "")
"""What is no type: democracies whose form the panel does not give, and years without a code."""


def regime_of(word: str) -> str | None:
    """The word of REGIMES for a panel's type; None where it is unknown."""
    plain = " ".join(word.lower().replace("-", " ").replace("/", " ").split()).removesuffix(" hybrid")
    parts = plain.split()
    for n in range(len(parts), 0, -1):
        if (found := FIRST_PART.get(" ".join(parts[:n]))) is not None:
            return found
    return None


def spells(sheet: Sheet, notes: Notes) -> Tables:
    """Spells with first and last day; a row a spell, or a row a year of it."""
    types = next(c for c in ("gwf_regimetype", "gwf_full_regimetype") if c in sheet.rows)
    code, scheme = next((c, s) for c, s in CODES if c in sheet.rows)
    first, last = ("Start", "End") if "Start" in sheet.rows else ("gwf_startdate", "gwf_enddate")
    start, end = sheet.dates(first), sheet.dates(last)
    ccode = cow(sheet.numbers(code), end.dt.year, scheme)
    rows = pd.DataFrame({"ccode": ccode, "start": start, "end": end, "word": sheet.text(types)})
    bad = ~rows["word"].isin(UNTOLD) & (rows["ccode"].isna() | start.isna() | end.isna() | (end < start))
    notes.rows(
        sheet,
        bad,
        "a regime without country or with no first or last day, or the last before the first; left out",
    )
    return _kept(sheet, rows[~bad], notes)


CODES = (("cowcode", "cow"), ("reign_cowcode", "cow"), ("gwf_cowcode", "cow"), ("GWn", "gw"))


def years(sheet: Sheet, notes: Notes) -> Tables:
    """A row a country and year, without days: runs of one type become spells from 1 January to 31 December."""
    year, one = sheet.years("year"), pd.Series(1.0, sheet.rows.index)
    rows = pd.DataFrame(
        {"ccode": cow(sheet.numbers("gwf_cowcode"), year), "year": year, "word": sheet.text("gwf_regimetype")}
    )
    rows = rows.assign(start=days(year, one, one), end=days(year, 12 * one, 31 * one)).dropna(
        subset=["ccode", "start"]
    )
    rows = rows.sort_values(["ccode", "year"], kind="stable")
    new = (
        (rows["ccode"] != rows["ccode"].shift())
        | (rows["word"] != rows["word"].shift())
        | (rows["year"] != rows["year"].shift() + 1)
    )
    rows["end"] = rows.groupby(new.cumsum())["end"].transform("max")
    return _kept(sheet, rows[new], notes)


def months(sheet: Sheet, notes: Notes) -> Tables:
    """CoupCats' country-months of military rule, from REIGN; runs of months of one regime become spells. Of two types in
    one month the first row counts."""
    year, month = sheet.years("year"), sheet.numbers("month")
    rows = pd.DataFrame({
        "ccode": cow(sheet.numbers("ccode"), year), "word": sheet.text("reign_type"), "start": days(year, month, 1 + 0 * year),
    }).dropna()  # fmt: skip
    twice = rows.duplicated(["ccode", "start"])
    notes.rows(sheet, twice, "a second type of regime in this country and month; left out")
    rows = rows[~twice].sort_values(["ccode", "start"], kind="stable")
    regime = rows["word"].map(regime_of)
    gap = rows["start"] - rows["start"].shift() > pd.Timedelta(days=31)
    new = (rows["ccode"] != rows["ccode"].shift()) | (regime != regime.shift()) | gap
    rows["end"] = months_end(rows["start"]).groupby(new.cumsum()).transform("max")
    return _kept(sheet, rows[new], notes)


def _kept(sheet: Sheet, rows: Frame, notes: Notes) -> Tables:
    rows = rows.drop_duplicates(["ccode", "start", "end", "word"])
    regime = rows["word"].map(regime_of)
    unknown = regime.isna() & ~rows["word"].isin(UNTOLD)
    notes.rows(sheet, unknown, lambda r: f"unknown type of regime {rows['word'][r.name]!r}; left out")
    rows = rows.assign(regime=regime)[regime.notna()]
    twice = rows.duplicated(["ccode", "start"])
    notes.rows(sheet, twice, "a second regime that starts on this day in this country; left out")
    return {"regimes": rows.loc[~twice, ["ccode", "start", "end", "regime"]]}
