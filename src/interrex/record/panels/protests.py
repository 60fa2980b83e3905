"""Protests: Mass Mobilization's events, Carnegie's tracker, NAVCO's campaigns, and an ACLED export of the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from interrex.record.panels.codes import cow
from interrex.record.panels.sheet import Frame, Notes, Sheet, days, months_end, pd, seconds
from interrex.record.panels.sizes import UNRECORDED, Size, size_of

Tables = dict[str, Frame]

CATEGORIES: dict[str, Size] = {
    "50-99": (50, 99), "100-999": (100, 999), "1000-1999": (1_000, 1_999), "2000-4999": (2_000, 4_999),
    "5000-10000": (5_000, 10_000), ">10000": (10_000, np.nan),
}  # fmt: skip
"""Mass Mobilization's `participants_category`."""

FEWEST = 50
"""Mass Mobilization lists no smaller protest."""

LONG = 366
"""Days; a protest that is said to last longer is named."""


def mass_mobilization(sheet: Sheet, notes: Notes) -> Tables:
    """Clark and Regan: events from 1990 to March 2020. The size is what `participants` tells; the category, blank in a
    third of the rows and not used alike by all coders, speaks where the text is silent and closes an open top."""
    start, end = sheet.dates("start_date"), sheet.dates("end_date")
    name = sheet.text("id")
    bad = start.isna() | end.isna() | (end < start) | sheet.numbers("ccode").isna()
    notes.rows(
        sheet, bad, "a protest without country, first or last day, or that ends before it starts; left out"
    )
    twice = name.duplicated() & ~bad
    notes.rows(sheet, twice, lambda r: f"the id {r['id']} comes twice; the second row is left out")
    long = (end - start).dt.days > LONG
    notes.rows(
        sheet,
        long,
        lambda r: (
            f"the protest lasts from {r['start_date']} to {r['end_date']}; kept, but check what it adds to exposure"
        ),
    )
    text = sheet.text("participants")
    negative = text.str.match(r"-\s*\d")
    notes.rows(
        sheet,
        negative,
        lambda r: f"{r['participants']} participants are fewer than none; the size is left out",
    )
    low, high = _sizes(text.mask(negative, ""))
    bottom, top = _pairs(sheet.text("participants_category"), CATEGORIES)
    silent = text.ne("") & low.isna() & ~negative & bottom.isna()
    notes.rows(sheet, silent, lambda r: f"{r['participants']!r} tells no size; left empty")
    high = high.fillna(top.where(low.isna() | ((low <= top) & low.notna())))
    low = low.fillna(bottom).clip(lower=FEWEST)
    rows = pd.DataFrame({
        "ccode": cow(sheet.numbers("ccode"), start.dt.year, "polity"), "start": start, "end": end, "name": name,
        "size_low": low, "size_high": high.where(high.isna() | (high >= low), low),
        "violent": sheet.numbers("protesterviolence"), "arrests": sheet.numbers("arrests"),
        "killings": sheet.numbers("killings"), "concession": sheet.numbers("accomodation"),
        "demand": sheet.numbers("removal_of_politician"),
    })  # fmt: skip
    return {"protests": rows[~bad & ~twice]}


def _sizes(text: Frame) -> tuple[Frame, Frame]:
    return _pairs(text, {word: size_of(word) for word in text.unique() if word})


def _pairs(codes: Frame, sizes: Mapping[str, Size] | Mapping[float, Size]) -> tuple[Frame, Frame]:
    """At least and at most so many, for codes or texts of sizes; NaN for others."""
    told = np.array([sizes.get(code, UNRECORDED) for code in codes], float).reshape(-1, 2)
    return pd.Series(told[:, 0], codes.index), pd.Series(told[:, 1], codes.index)


MONTHS = {m: n for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}

SPAN = re.compile(
    r"(\d+(?:\.\d+)?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)\s*(day|week|month|year)"
)
LENGTH = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
NUMBERS = {w: float(n) for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}

GAVE_WAY = re.compile(
    r"\b(?:resign\w*|stepp?(?:ed|ing)? down|withdr[ae]w\w*|cancel\w*|scrap\w*|repeal\w*|revers\w*|suspend\w*|retract\w*|annul\w*|"
    r"postpon\w*|dropped|conced\w*|agreed|fired|dismiss\w*|replaced|reinstat\w*|lifted|abandon\w*|rescind\w*|overturn\w*)\b"
)
UNMOVED = re.compile(r"^no (?:policy|leadership)")
KILLED = re.compile(r"\b(?:killed|killing|deaths?|died|dead)\b")
ARRESTED = re.compile(r"\b(?:arrest\w*|detain\w*|jailed)\b")


def carnegie(sheet: Sheet, notes: Notes) -> Tables:
    """Global Protest Tracker, to the month. The start is the first day of the month and the row counts as known after it;
    the end is the latest that the first span of `Duration` allows, empty while active. Only what is written counts:
    `Outcomes` that mention arrests or deaths give 1, others stay empty, as silence is not absence. A concession is 0 where
    the text begins with "No policy/leadership change", 1 where it names a measure taken back or an office given up. The
    file's own classes and X columns are shifted and are not read."""
    year = sheet.years("Year_4digit")
    month = sheet.text("Month").str.lower().str.slice(0, 3).map(MONTHS).astype("float64")
    first = days(year, month, 1 + 0 * year)
    notes.rows(
        sheet, first.isna(), lambda r: f"{r['Protest Name']} ({r['Country']}): no year or month; left out"
    )
    low, high = _sizes(sheet.text("Peak Size"))
    untold = low.isna() & ~sheet.text("Peak Size").str.lower().isin(("", "unknown"))
    notes.rows(sheet, untold, lambda r: f"{r['Peak Size']!r} tells no size; left empty")
    told = sheet.text("Outcomes").str.lower()
    gave = pd.Series(
        np.where(told.str.match(UNMOVED), 0.0, np.where(told.str.contains(GAVE_WAY), 1.0, np.nan)), told.index
    )
    rows = pd.DataFrame({
        "country": sheet.text("Country"), "start": first, "end": _ends(first, sheet.text("Duration")),
        "name": sheet.text("Protest Name"), "size_low": low, "size_high": high, "violent": np.nan,
        "arrests": _mentioned(told, ARRESTED), "killings": _mentioned(told, KILLED), "concession": gave, "demand": np.nan,
        "known": months_end(first) + pd.Timedelta(days=1),
    })  # fmt: skip
    rows = rows[first.notna()]
    twice = rows.duplicated(["country", "start", "name"])
    notes.rows(
        sheet,
        twice,
        lambda r: f"{r['Protest Name']} ({r['Country']}) comes twice; the second row is left out",
    )
    outcomes = pd.DataFrame({"country": sheet.text("Country"), "start": first, "text": told})[
        first.notna() & told.ne("")
    ]
    return {"protests": rows[~twice], "outcomes": outcomes}


def _mentioned(text: Frame, word: re.Pattern[str]) -> Frame:
    return pd.Series(np.where(text.str.contains(word), 1.0, np.nan), text.index)


def _ends(first: Frame, text: Frame) -> Frame:
    """The last day that a protest which began in the month of `first` can have had: the end of that month, later by the
    length less a day."""
    length = text.map(_length).astype("float64")
    last = months_end(first) + pd.to_timedelta((length.clip(lower=1) - 1).round(), unit="D")
    return seconds(last.where(length.notna()))


def _length(text: str) -> float:
    """Days of the first span of a duration, "1 year, 6 months" say; NaN for an active protest or none."""
    found = SPAN.findall(text.lower().split(";")[0].split(" in ")[0])
    return sum((NUMBERS.get(n) or float(n)) * LENGTH[unit] for n, unit in found) if found else np.nan


CAMP_SIZE: dict[float, Size] = {
    0: (0, 999),
    1: (1_000, 9_999),
    2: (10_000, 99_999),
    3: (100_000, 499_999),
    4: (500_000, 999_999),
    5: (1_000_000, np.nan),
}
"""NAVCO 2.0, `camp_size`."""


def navco(sheet: Sheet, notes: Notes) -> Tables:
    """Chenoweth and Lewis (2013): years of campaigns, of which the non-violent ones are kept, each year as one row from
    1 January to 31 December that could be known after it."""
    year, one = sheet.years("year"), pd.Series(1.0, sheet.rows.index)
    ccode = cow(sheet.numbers("GWn"), year, "gw")
    peaceful = sheet.numbers("prim_method") == 1
    bad = peaceful & (ccode.isna() | year.isna())
    notes.rows(sheet, bad, "a campaign without country or year; left out")
    low, high = _pairs(sheet.numbers("camp_size"), CAMP_SIZE)
    rows = pd.DataFrame({
        "ccode": ccode, "start": days(year, one, one), "end": days(year, 12 * one, 31 * one), "name": sheet.text("campaign"),
        "size_low": low, "size_high": high, "violent": 0.0, "arrests": np.nan, "killings": np.nan, "concession": np.nan,
        "demand": np.nan, "known": days(year + 1, one, one),
    })  # fmt: skip
    return {"protests": rows[peaceful & ~bad].drop_duplicates(["ccode", "start", "name"])}


CROWD = re.compile(r"crowd size\s*=\s*([^;]*)")


def acled(sheet: Sheet, notes: Notes) -> Tables:
    """An export of the user's own from acleddata.com: `Protests` and `Riots` become protests with the crowd size of
    `tags` (or of `notes` in older exports, in brackets), the fatalities of all events the violence of their month."""
    day, deaths = sheet.dates("event_date"), sheet.numbers("fatalities")
    kind, sub = sheet.text("event_type"), sheet.text("sub_event_type")
    notes.rows(sheet, day.isna(), lambda r: f"event_date {r['event_date']!r} is no day; left out")
    negative = deaths < 0
    notes.rows(sheet, negative, lambda r: f"{r['fatalities']} fatalities are fewer than none; left out")
    deaths = deaths.mask(negative)
    twice = sheet.text("event_id_cnty").duplicated() & day.notna()
    notes.rows(sheet, twice, lambda r: f"the id {r['event_id_cnty']} comes twice; the second row is left out")
    kept = day.notna() & ~twice
    crowd = sheet.text("tags").where(sheet.text("tags").ne(""), sheet.text("notes")).str.lower()
    low, high = _sizes(crowd.str.extract(CROWD, expand=False).fillna(""))
    crowds = kept & kind.isin(("Protests", "Riots"))
    protests = pd.DataFrame({
        "country": sheet.text("country"), "start": day, "end": day, "name": sheet.text("event_id_cnty"), "size_low": low,
        "size_high": high, "violent": kind.eq("Riots").astype("float64"), "arrests": np.nan,
        "killings": (sub.eq("Excessive force against protesters") & (deaths > 0)).astype("float64"), "concession": np.nan,
        "demand": np.nan,
    })[crowds]  # fmt: skip
    month = seconds(day - pd.to_timedelta(day.dt.day - 1, unit="D"))
    events = pd.DataFrame({"country": sheet.text("country"), "month": month, "deaths": deaths})[
        kept & deaths.notna()
    ]
    violence = events.groupby(["country", "month"], as_index=False)["deaths"].sum()
    return {"protests": protests, "violence": violence}


def ged(sheet: Sheet, notes: Notes) -> Tables:
    """UCDP Georeferenced Event Dataset: the best estimates of deaths, summed over the month in which an event began."""
    day, deaths = sheet.dates("date_start"), sheet.numbers("best")
    bad = day.isna() | deaths.isna() | (deaths < 0) | sheet.numbers("country_id").isna()
    notes.rows(
        sheet, bad, "an event without country or first day, or with no or fewer than no deaths; left out"
    )
    ccode = cow(sheet.numbers("country_id"), day.dt.year, "gw")
    month = seconds(day - pd.to_timedelta(day.dt.day - 1, unit="D"))
    events = pd.DataFrame({"ccode": ccode, "month": month, "deaths": deaths})[~bad]
    return {"violence": events.groupby(["ccode", "month"], as_index=False)["deaths"].sum()}
