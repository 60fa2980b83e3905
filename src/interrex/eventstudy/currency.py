"""One currency for all prices: what a foreign holder made."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.cells import Frame
from interrex.eventstudy.sanity import EVERYTHING

STALE = 7
"""Calendar days for which the last rate may stand in while the currency market is shut."""

MINOR = {
    "GBp": ("GBP", 100),
    "GBX": ("GBP", 100),
    "ZAc": ("ZAR", 100),
    "ZAC": ("ZAR", 100),
    "ILA": ("ILS", 100),
}
"""Hundredths in which shares are quoted, by the names that exchanges give them."""

CODES = frozenset(
    "AED AMD ARS AUD AZN BGN BRL BYN CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR JPY KGS KRW KZT MXN MYR NGN "
    "NOK NZD PEN PHP PKR PLN RON RUB SAR SEK SGD THB TRY TWD UAH USD UZS VND ZAR".split()
)
"""Currencies by which the name of a rate is recognised."""


class Conversion:
    """What `convert` did: the table, and a sentence for each rate that had to stand in for a closed day."""

    def __init__(self, table: Frame, notes: list[str]) -> None:
        self.table = table
        self.notes = notes


def convert(table: Frame, currency: str, rates: Mapping[str, str]) -> Conversion:
    """Prices of `table` in `currency`.

    rates: for each other currency the instrument in the table that gives its units for one unit of `currency`
    ({"KZT": "USDKZT"} to convert tenge into dollars); one whose name, or whose own currency, says that it is the other
    way round ({"EUR": "EURUSD"}) is read as that. Where the rate of a day is missing the last one of at most seven
    calendar days before stands in. Notes say so, and how one price was converted. RunError for a currency without a
    rate, and for a rate that nothing needs.
    """
    out = table.copy()
    notes: list[str] = []
    unknown = out["currency"] == ""
    listed = ~out["instrument"].isin([*rates.values(), EVERYTHING])
    codes = set(out.loc[~unknown & listed, "currency"]) - {currency}
    for code in rates:
        if code not in codes:
            raise RunError(
                f"no prices in {code} are there to be converted into {currency}",
                f"leave --rates {code}={rates[code]} out",
            )
    for code in sorted(codes):
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
        value = rate["price"].to_numpy(float)[found]
        times = _multiplies(rate, rates[code], code, currency)
        factor = np.where(good, value if times else 1 / value, np.nan) / MINOR.get(code, ("", 1))[1]
        for name in ("price", "price_low", "price_high"):
            out.loc[rows, name] = out.loc[rows, name].to_numpy(float) * factor
        out.loc[rows, "currency"] = currency
        priced = np.flatnonzero(good & np.isfinite(table.loc[rows, "price"].to_numpy(float)))
        if priced.size:
            row = table.index[rows][priced[-1]]
            notes.append(
                f"{rates[code]} is read as {f'{currency} for one {code}' if times else f'{code} for one {currency}'}: {table.loc[row, 'instrument']} "
                f"at {table.loc[row, 'price']:g} {code} on {table.loc[row, 'date']:%Y-%m-%d} is {out.loc[row, 'price']:.4g} {currency}"
            )
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


def _multiplies(rate: Frame, name: str, code: str, currency: str) -> bool:
    """Whether a price in `code` is multiplied by the rate: it is units of `currency` for one of `code`. Told by the
    two codes in its name (EURUSD: dollars for a euro), or by the currency in which the rate itself is written."""
    major = MINOR.get(code, (code, 1))[0]
    told: set[bool] = set()
    pair = re.match(
        r"([A-Z]{3})(?:[^A-Z]TO[^A-Z]|[^A-Z](PER)[^A-Z]|[^A-Z0-9]?)([A-Z]{3})(?![A-Z])", name.upper()
    )
    one, other = (pair[3], pair[1]) if pair and pair[2] else (pair[1], pair[3]) if pair else ("", "")
    if {major, currency.upper()} == {one, other}:
        told.add(one == major)
    elif one in CODES and other in CODES:
        raise RunError(
            f"the rate {name} is between {one} and {other}, not {major} and {currency}",
            "name another instrument",
        )
    for own in rate["currency"].unique():
        told |= {own == currency} if own in (currency, code, major) else set()
    if len(told) > 1:
        raise RunError(
            f"the rate {name} is written in another currency than its name says",
            "correct the column currency of its rows",
        )
    return told == {True}
