"""Words for numbers and for kinds: the one place where interrex chooses its vocabulary.

Likelihood words follow ICD 203 (Intelligence Community Directive 203, Analytic Standards); a second table
gives the words of Sherman Kent, "Words of Estimative Probability", Studies in Intelligence, 1964. Both print
bands that meet or overlap at their edges; here every interval is half-open, closed below, and the last one
closed on both sides, so that a probability has at most one word. Likelihood and confidence never share a
sentence.
"""

from __future__ import annotations

import math

ICD203: tuple[tuple[float, float, str], ...] = (
    (0.01, 0.05, "almost no chance"),
    (0.05, 0.20, "very unlikely"),
    (0.20, 0.45, "unlikely"),
    (0.45, 0.55, "roughly even chance"),
    (0.55, 0.80, "likely"),
    (0.80, 0.95, "very likely"),
    (0.95, 0.99, "almost certain"),
)
"""(low, high, word): low <= p < high; the last band holds p = 0.99 too. Outside, the number stands alone."""

GRADES: dict[str, str] = {
    "documented": "documented",
    "several": "reported by several",
    "single": "single report",
    "rumour": "rumour",
    "hypothesis": "hypothesis",
    "memory": "from memory, unsourced",
}

KNOWN_FROM_BASES: dict[str, str] = {
    "dated": "date of the earliest dated source",
    "contemporaneous": "reported as it happened",
    "inferred": "no date of publication; last date of the collection",
}

SIMULATION = "simulation"
"""Name of the simulation among the parts of a sum of forecasts."""
OUTCOMES: dict[str, str] = {
    "protracted_conflict": "protracted conflict",
    "palace_coup": "palace coup",
    "uprising": "uprising succeeds",
    "negotiated_exit": "negotiated exit",
    "managed_succession": "managed succession",
    "circle_restored": "predecessor's circle restored",
    "stays_by_concession": "stays by concession",
    "stays_by_force": "stays by force",
    "stays_calm": "stays, calm",
}
"""The outcome classes, mutually exclusive, in the order in which their rules are tried."""


def likelihood_word(p: float) -> str:
    """The ICD 203 word for probability `p` in [0, 1]; empty below 1 % and above 99 %."""
    _require_probability(p)
    for low, high, word in ICD203:
        if low <= p < high:
            return word
    _, high, word = ICD203[-1]
    return word if p == high else ""


def probability_text(p: float) -> str:
    """A probability as it is printed: "about 3 %", "<1 %", ">99 %".

    A number that rounding would carry over the lower edge of the next ICD 203 band is printed as
    "just under 5 %", so that the number and the word beside it never disagree.
    """
    _require_probability(p)
    if p < 0.01:
        return "<1 %"
    if p > 0.99:
        return ">99 %"
    percent = _whole_percent(p)
    edges = {_whole_percent(low) for low, _, _ in ICD203}
    if percent in edges and p < percent / 100:
        return f"just under {percent} %"
    return f"about {percent} %"


def interval_text(low: float, high: float) -> str:
    """An interval of probabilities: "2 to 7 %", "<1 to 4 %", "97 to >99 %"; one number if both are alike."""
    _require_probability(low)
    _require_probability(high)
    if low > high:
        raise ValueError(f"an interval runs from low to high, not from {low} to {high}")
    a, b = _bare_percent(low), _bare_percent(high)
    return f"{a} %" if a == b else f"{a} to {b} %"


def likelihood_text(p: float) -> str:
    """Number first, word after it: "about 3 % (almost no chance)"; beyond 1 and 99 % the number alone."""
    word = likelihood_word(p)
    return f"{probability_text(p)} ({word})" if word else probability_text(p)


def count_text(x: float, digits: int = 2) -> str:
    """A count of people rounded to `digits` significant digits, thousands apart: 12345 -> "12,000"."""
    if not math.isfinite(x):
        raise ValueError(f"a count must be finite, not {x}")
    if x == 0:
        return "0"
    places = max(0, math.floor(math.log10(abs(x))) + 1 - digits)
    step = 10**places
    return f"{math.floor(abs(x) / step + 0.5) * step:,}" if x > 0 else f"-{count_text(-x, digits)}"


def _whole_percent(p: float) -> int:
    return math.floor(100 * p + 0.5)


def _bare_percent(p: float) -> str:
    return "<1" if p < 0.01 else ">99" if p > 0.99 else str(_whole_percent(p))


def _require_probability(p: float) -> None:
    if not 0 <= p <= 1:  # a NaN fails the comparison too
        raise ValueError(f"a probability lies between 0 and 1, not {p}")
