"""Statements about prices, each held against the quoted points: a verdict, the figures behind it, their sources.

Days are few, venues differ and a halt lies between them, so a verdict speaks of what was quoted and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from interrex.case.cut import CutCase
from interrex.case.schema import PriceTest
from interrex.prices import quotes
from interrex.prices.quotes import Change, Worst
from interrex.results.described import Row

RECEIPT = " GDR"
"""The receipt of a share in another place is named like the share, with this after it."""
QUOTED = ("close", "intraday", "derived", "indicative", "cents")
"""Kinds of quotes in the order in which one is preferred to another."""


def sentence_rows(cut: CutCase, found: Sequence[Change], worst: Mapping[str, Worst]) -> list[Row]:
    """The statements of the opinion piece that speak of prices, each held against the points."""
    piece = cut.opinion_piece
    rows: list[Row] = []
    for s in piece.statements if piece is not None else ():
        if s.prices is not None:
            verdict, figures, sources = TESTS[s.prices.kind](s.prices, cut, found, worst)
            rows.append(
                {
                    "text": s.text,
                    "verdict": verdict,
                    "figures": figures,
                    "sources": " ".join(dict.fromkeys(sources)),
                }
            )
    return rows


def per_cent(low: float, high: float) -> str:
    """An interval of changes as text; one number where its ends are closer than .35 points."""
    a, b = 100 * low, 100 * high
    one = f"{0.5 * (a + b):.1f}".replace("-", "−")
    return f"{one} %" if b - a < 0.35 else f"{a:.1f} to {b:.1f} %".replace("-", "−")


def long_day(day: date) -> str:
    """'5 January'."""
    return f"{day.day} {day:%B}"


def fell_at_most(
    test: PriceTest, cut: CutCase, found: Sequence[Change], worst: Mapping[str, Worst]
) -> tuple[str, str, list[str]]:
    """An index fell by no more than so many per cent between two days, as far as it was quoted."""
    name, bound = test.instruments[0], (test.per_cent or 0.0) / 100.0
    last = quotes.over(cut.prices, name, test.start, test.end)
    if last is None:
        return "not testable", f"no price of {name} on both ends is known by this day", []
    days = sorted({
        p.when.day for p in cut.prices
        if p.instrument == name and p.value is not None and test.start < p.when.day <= test.end
    })  # fmt: skip
    lows = [
        p.value for p in cut.prices
        if p.instrument == name and p.kind == "intraday" and p.value is not None and test.start < p.when.day <= test.end
    ]  # fmt: skip
    first = next(p.value for p in cut.prices if p.instrument == name and p.when.day == last.start and p.value)
    low = min([last.low, *(value / first - 1.0 for value in lows)])
    shut = {
        d
        for _, what, d in quotes.halts(cut.prices)
        if what in ("all trading", "shares") and test.start < d <= test.end
    }
    text = (
        f"{name} {per_cent(last.low, last.high)} by {long_day(last.day)}, lowest quote {100 * low:.1f} %; quoted here on "
        f"{len(days)} day{'s' if len(days) != 1 else ''}; shares shut on {len(shut)} dated days"
    ).replace("-", "−")
    later = quotes.over(cut.prices, name, test.start, min(cut.as_of_date, cut.window.end))
    if later is not None and later.day > last.day:
        text += f"; {per_cent(later.low, later.high)} by {long_day(later.day)}"
    outside = [
        n for n in worst if n.endswith(RECEIPT) and n[: -len(RECEIPT)] not in quotes.weights(cut.prices, name)
    ]
    if outside:
        text += f". Not in the index: {', '.join(n[: -len(RECEIPT)] for n in outside)}"
    holds = low >= -bound
    word = (
        "does not hold"
        if not holds
        else "holds on the days quoted" + ("; no sign of calm" if shut or outside else "")
    )
    return word, text, list(last.sources) + (list(later.sources) if later is not None else [])


def fell_further(
    test: PriceTest, cut: CutCase, found: Sequence[Change], worst: Mapping[str, Worst]
) -> tuple[str, str, list[str]]:
    """Instruments fell further than another one."""
    other = quotes.over(cut.prices, test.against, test.start, test.end)
    here = [worst[n] for n in test.instruments if n in worst]
    if other is None or not here:
        return "not testable", "no prices to compare are known by this day", []
    parts = [
        f"{w.instrument} {per_cent(w.change.low, w.change.high)} ({_days(w.days)}, {w.change.kind})"
        for w in here
    ]
    text = "; ".join(parts) + f"; {test.against} {per_cent(other.low, other.high)} by {long_day(other.day)}"
    text += ". Different days: abroad at the worst, at home after the halt"
    deeper = all(w.change.high < other.low for w in here)
    return ("holds" if deeper else "does not hold"), text, [s for w in here for s in w.change.sources]


def recovered(
    test: PriceTest, cut: CutCase, found: Sequence[Change], worst: Mapping[str, Worst]
) -> tuple[str, str, list[str]]:
    """Instruments had made good part of their fall by a day."""
    after = [
        c for c in found
        if c.instrument in test.instruments and test.start < c.day <= test.end and c.kind in QUOTED
    ]  # fmt: skip
    shares = [n[: -len(RECEIPT)] for n in test.instruments if n.endswith(RECEIPT)]
    home = [
        c for c in found if c.instrument in shares and test.start < c.day <= test.end and c.start is not None
    ]
    text = "; ".join(
        dict.fromkeys(
            f"{c.instrument} {per_cent(c.low, c.high)} on {long_day(c.day)}" for c in (*after, *home)
        )
    )
    sources = [s for c in (*after, *home) for s in c.sources]
    told = [
        c for c in cut.claims
        if c.kind == "market" and test.start < (c.when.end - timedelta(minutes=1)).date() <= test.end
    ]  # fmt: skip
    for c in told:
        text += f"{'; ' if text else ''}{c.text[0].lower()}{c.text[1:].rstrip('.')}"
        sources += list(c.sources)
    if not after:
        return (
            "not verifiable",
            f"no price of the receipts after {long_day(test.start)} is on record"
            + (f"; {text}" if text else ""),
            sources,
        )
    rose = all(c.low > 0.0 for c in after)
    return ("holds" if rose else "does not hold"), text, sources


def _days(days: Sequence[date]) -> str:
    return long_day(days[0]) if len(days) == 1 else f"{long_day(days[0])} to {long_day(days[-1])}"


TESTS = {"fell_at_most": fell_at_most, "fell_further": fell_further, "recovered": recovered}
