"""Numbers of countries: every panel's to those of the Correlates of War, as its list of states gives them for the year."""

from __future__ import annotations

import re
import unicodedata

from interrex.record.panels.sheet import Frame

GLEDITSCH_WARD = {340: 345, 970: 946, 971: 970, 972: 955, 973: 947}
"""Serbia, Kiribati, Nauru, Tonga, Tuvalu, where Gleditsch and Ward (1999) number otherwise."""

POLITY = {341: 347, 342: 345, 347: 345, 348: 341, 364: 365, 525: 626, 529: 530}
"""Kosovo, Serbia, Yugoslavia, Montenegro, the Soviet Union, South Sudan, Ethiopia, where Polity numbers otherwise; Mass
Mobilization follows it."""

SCHEMES: dict[str, dict[int, int]] = {"cow": {}, "gw": GLEDITSCH_WARD, "polity": POLITY}


def cow(numbers: Frame, years: Frame, scheme: str = "cow") -> Frame:
    """Numbers of the Correlates of War in each year; NaN stays. Germany is 260 (West) from 1949 to 1989 and 255 before and
    after, Yemen 678 to 1989 and 679 after."""
    out = numbers.astype("float64").replace({float(k): float(v) for k, v in SCHEMES[scheme].items()})
    out = out.mask(out.isin((255, 260)) & years.between(1949, 1989), 260)
    out = out.mask((out == 260) & ~years.between(1949, 1990), 255)
    out = out.mask(out.isin((678, 679)) & (years < 1990), 678)
    return out.mask((out == 678) & (years > 1990), 679)


ALIASES = {
    "serbia": 345, "north macedonia": 343, "eswatini": 572, "turkiye": 640, "dem rep congo": 490, "central african rep": 482,
    "democratic republic of congo": 490, "democratic republic of the congo": 490, "republic of congo": 484,
    "republic of ireland": 205, "s sudan": 626, "cote divoire": 437, "ivory coast": 437, "burma": 775, "myanmar": 775,
    "czechia": 316, "czech republic": 316, "timor leste": 860, "east timor": 860, "bosnia herzegovina": 346,
    "bosnia and herzegovina": 346, "cabo verde": 402, "cape verde": 402, "united states": 2, "united states of america": 2,
    "united kingdom": 200, "russia": 365, "russian federation": 365, "vietnam": 816, "viet nam": 816, "south korea": 732,
    "north korea": 731, "slovakia": 317, "kyrgyzstan": 703, "kyrgyz republic": 703, "germany": 255, "yemen": 679,
    "guinea bissau": 404, "sao tome and principe": 403, "trinidad and tobago": 52, "papua new guinea": 910, "gambia": 420,
    "saint lucia": 56, "saint vincent and grenadines": 57, "saint kitts and nevis": 60, "kosovo": 347, "laos": 812,
    "brunei": 835, "syria": 652, "iran": 630, "tanzania": 510, "venezuela": 101, "bolivia": 145, "moldova": 359,
}  # fmt: skip
"""Names that maps and newspapers use and lists of states do not; they stand in for a list where there is none."""


def plain(name: str) -> str:
    """A country's name without accents, stops, capitals and article."""
    letters = (
        unicodedata.normalize("NFKD", name)
        .encode("ascii", "ignore")
        .decode()
        .lower()
        .replace("'", "")
        .replace("&", " and ")
    )
    return re.sub(r"^the ", "", " ".join(re.sub(r"[^a-z ]", " ", letters).split()))


NAMED = (
    ("ccode", "statenme", "cow"), ("gwcode", "statename", "gw"), ("ccode", "country", "cow"),
    ("vdem_cowcode", "vdem_country_name", "cow"), ("cowcode", "country", "cow"),
)  # fmt: skip
"""Columns that stand side by side in files: number, name, whose number."""
