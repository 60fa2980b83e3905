"""One currency for all prices: what a foreign holder made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.prices import EVERYTHING, Frame

STALE = 7
"""Calendar days for which the last rate may stand in while the currency market is shut."""


class Conversion:
    """What `convert` did: the table, and a sentence for each rate that had to stand in for a closed day."""

    def __init__(self, table: Frame, notes: list[str]) -> None:
        self.table = table
        self.notes = notes


def convert(table: Frame, currency: str, rates: Mapping[str, str]) -> Conversion:
    """Prices of `table` in `currency`.

    rates: for each other currency the instrument in the table that gives its units for one unit of `currency`
    ({"KZT": "USDKZT"} to convert tenge into dollars). Where the rate of a day is missing the last one of at most
    seven calendar days before stands in, and a note says so. RunError for a currency without a rate.
    """
    out = table.copy()
    notes: list[str] = []
    unknown = out["currency"] == ""
    listed = ~out["instrument"].isin([*rates.values(), EVERYTHING])
    for code in sorted(set(out.loc[~unknown & listed, "currency"]) - {currency}):
        if code not in rates:
            raise RunError(
                f"prices in {code} have no rate into {currency}", f"give --rates {code}=INSTRUMENT"
            )
        rate = table[table["instrument"] == rates[code]].dropna(subset="price").sort_values("date")
        if rate.empty:
            raise RunError(
                f"the rate {rates[code]!r} is not among the instruments", "add its prices to the file"
            )
        rows = (out["currency"] == code) & listed
        wanted = out.loc[rows, "date"].to_numpy().astype("datetime64[D]")
        have = rate["date"].to_numpy().astype("datetime64[D]")
        position = np.searchsorted(have, wanted, side="right") - 1
        found = np.maximum(position, 0)
        age = (wanted - have[found]).astype(int)
        good = (position >= 0) & (age <= STALE)
        factor = np.where(good, 1 / rate["price"].to_numpy(float)[found], np.nan)
        for name in ("price", "price_low", "price_high"):
            out.loc[rows, name] = out.loc[rows, name].to_numpy(float) * factor
        out.loc[rows, "currency"] = currency
        old = np.unique(wanted[good & (age > 0)])
        if old.size:
            notes.append(
                f"{rates[code]} has no rate on {old.size} of the days ({old[0]} the first): the last one stands in, so "
                f"these prices in {currency} are too steady"
            )
        lost = np.unique(wanted[~good])
        if lost.size:
            notes.append(
                f"{lost.size} days have no rate of {code} within {STALE} days and no price in {currency}"
            )
    if (unknown & listed).any():
        names = sorted(set(out.loc[unknown & listed, "instrument"]))
        notes.append(
            f"the currency of {', '.join(names[:5])} is not given; taken as {currency}, an assumption"
        )
    return Conversion(out, notes)
