"""Numbers of countries: every panel's to those of the Correlates of War, as its list of states gives them for the year."""

from __future__ import annotations

import pandas as pd

GLEDITSCH_WARD = {340: 345, 970: 946, 971: 970, 972: 955, 973: 947}
"""Serbia, Kiribati, Nauru, Tonga, Tuvalu, where Gleditsch and Ward (1999) number otherwise."""

POLITY = {341: 347, 342: 345, 347: 345, 348: 341, 364: 365, 525: 626, 529: 530}
"""Kosovo, Serbia, Yugoslavia, Montenegro, the Soviet Union, South Sudan, Ethiopia, where Polity numbers otherwise; Mass
Mobilization follows it."""

SCHEMES: dict[str, dict[int, int]] = {"cow": {}, "gw": GLEDITSCH_WARD, "polity": POLITY}


def cow(numbers: pd.Series, years: pd.Series, scheme: str = "cow") -> pd.Series:
    """Numbers of the Correlates of War in each year; NaN stays. Germany is 260 (West) from 1949 to 1989 and 255 before and
    after, Yemen 678 to 1989 and 679 after."""
    out = numbers.astype("float64").replace({float(k): float(v) for k, v in SCHEMES[scheme].items()})
    out = out.mask(out.isin((255, 260)) & years.between(1949, 1989), 260)
    out = out.mask((out == 260) & ~years.between(1949, 1990), 255)
    out = out.mask(out.isin((678, 679)) & (years < 1990), 678)
    return out.mask((out == 678) & (years > 1990), 679)
