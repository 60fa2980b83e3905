"""The share of plans that a reported count of cancellations allows, under every stated prior of how many were planned."""

from __future__ import annotations

import numpy as np

from interrex.prices import denominator
from interrex.results.described import Columns
from interrex.words import interval_text

SPREADS = ((3, 30), (3, 300), (3, 3000))
FIXED = (3, 10, 30, 100, 300)
TENFOLD, THREEFOLD = 10.0, 3.0
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def table(count: int, own: np.ndarray) -> Columns:
    """Columns of the group `firms` along `denominator`. `own`: draws of the number of plans that the case assumes."""
    priors = [(f"exactly {n} plans", {n: 1.0}) for n in FIXED if n >= count]
    for low, high in SPREADS:
        low = max(low, count, 1)
        if high > low:
            priors.append((f"{low} to {high:,} plans, even in logs", denominator.even_in_logs(low, high)))
    priors.append(("what the case assumes", denominator.from_draws(own)))
    found: dict[str, tuple[denominator.Share, denominator.Share, denominator.Share]] = {}
    for name, plans in priors:
        flat = denominator.share(count, plans)
        rare = denominator.share(count, plans, denominator.RARE)
        heard = denominator.share(count, plans, told_if_any=True)
        if flat is not None and rare is not None and heard is not None:
            found[name] = (flat, rare, heard)
    flats, rares, heards = zip(*found.values(), strict=True)
    return {
        "denominator": list(found),
        "obs_share": [s.median for s in flats],
        "obs_share_low": [s.low for s in flats],
        "obs_share_high": [s.high for s in flats],
        "obs_share_rare": [s.median for s in rares],
        "obs_share_rare_low": [s.low for s in rares],
        "obs_share_rare_high": [s.high for s in rares],
        "obs_share_heard": [s.median for s in heards],
        "obs_plans": [s.plans for s in flats],
        "obs_gain": [s.gain for s in flats],
    }


def verdict(count: int, columns: Columns) -> str:
    """The plain sentence on a count without a denominator. How far the medians of the table lie apart chooses the words:
    tenfold, next to nothing; threefold, little."""
    low, high, median = (
        np.array(columns[n], float) for n in ("obs_share_low", "obs_share_high", "obs_share")
    )
    apart = float(median.max() / median.min())
    says = "next to nothing" if apart >= TENFOLD else "little" if apart >= THREEFOLD else "something"
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    said = f"{number} cancellation{' is' if count == 1 else 's are'}"
    ends = interval_text(float(low.min()), float(high.max())).replace(" to ", " and ")
    return (
        f"{said[0].upper()}{said[1:]} compatible with a cancelled share between {ends}: without the number of planned "
        f"projects {'it says' if count == 1 else 'they say'} {says} about the rate."
    )
