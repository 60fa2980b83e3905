"""Base rates that the report prints beside a forecast, each with its count, its total and its source.

A base rate is the frequency of an outcome in a reference class that was fixed before the run. Counts become
a probability with an interval by Jeffreys' prior: Beta(1/2, 1/2), or Dirichlet(1/2) for classes of which exactly one
happens, so that their shares add to 1. The 26 leadership crises (1989 to 2023, none
of them Kazakhstan in 2022) were collected because something happened in them: their frequencies say how
crises of note ended, not how often unrest ends so. Three classes of very different kind answer the question
whether an incumbent stays in office; their range is part of the answer. Autocracies are those of `mechanisms.acts`; the
leader-years of the shipped cases are among the 3,034. tests/unit/test_act_rates.py recounts every number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

_CRISES = "26 leadership crises 1989-2023"
_AUTOCRACIES = "autocracies (V-Dem polyarchy below .5 the year before)"
_LEADERS = f"leaders of REIGN as extended by CoupCats, {_AUTOCRACIES} 1990-2025"
_LARGE = f"Mass Mobilization January 1990 to March 2020, {_AUTOCRACIES}; leaders of REIGN as extended by CoupCats"


class Tenure(NamedTuple):
    """How many leaders of a class were still in office so many days after a start that all of them have.

    counted: (days, leaders still in office), days rising; total: leaders of the class.
    """

    name: str
    text: str
    counted: tuple[tuple[int, int], ...]
    total: int
    source: str

    def stays(self, days: float) -> float:
        """Share in office after `days`, 0 to 1: the Jeffreys means at the counted days, a constant hazard between them and
        beyond the last, so that no day stands out and nobody comes back."""
        return math.exp(-self.hazard(0.0, days))

    def hazard(self, start: float, end: float) -> float:
        """Integrated hazard of leaving between two days since the start of the class, at least 0."""
        known = [(0.0, 0.0), *((float(d), -math.log(jeffreys(n, self.total)[0])) for d, n in self.counted)]

        def spent(day: float) -> float:
            later = max(1, sum(d < day for d, _ in known[:-1]))
            (d0, h0), (d1, h1) = known[later - 1], known[later]
            return h0 + (h1 - h0) * (max(day, 0.0) - d0) / (d1 - d0)

        return max(0.0, spent(end) - spent(start))


class WayOut(NamedTuple):
    """How many leaders of autocracies left office in one way, and which outcome that is."""

    name: str
    text: str
    n: int
    outcome: str


def jeffreys(n: float, total: float, level: float = 0.9) -> tuple[float, float, float]:
    """Posterior of a share after n of total under Beta(1/2, 1/2): (mean, low, high), equal tails.

    >>> mean, low, high = jeffreys(0, 26)
    >>> round(mean, 3)
    0.019
    """
    if not 0 <= n <= total:
        raise ValueError(f"{n} of {total} is no share")
    if not 0 < level < 1:
        raise ValueError(f"an interval of level {level} does not exist")
    from scipy.special import betaincinv

    a, b = n + 0.5, total - n + 0.5
    tail = (1 - level) / 2
    return a / (a + b), float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))

def dirichlet(counts: Mapping[str, float], level: float = 0.9) -> dict[str, tuple[float, float, float]]:
    """Posterior of the shares of classes of which exactly one happens, under Dirichlet(1/2): (mean, low, high) of each, equal
    tails. The means add to 1."""
    from scipy.special import betaincinv

    whole = sum(counts.values()) + 0.5 * len(counts)
    tail = (1 - level) / 2
    return {
        name: (a / whole, float(betaincinv(a, whole - a, tail)), float(betaincinv(a, whole - a, 1 - tail)))
        for name, a in ((name, n + 0.5) for name, n in counts.items())
    }


def gamma_factor(n: float, level: float) -> float:
    """Quantile of a rate that rests on n events, Gamma(n + 1/2), over its mean."""
    from scipy.special import gammaincinv

    return float(gammaincinv(n + 0.5, level)) / (n + 0.5)


CRISIS_CLASSES: dict[str, str] = {
    "civil_war": "protracted_conflict",
    "coup_fall": "palace_coup",
    "uprising_fall": "uprising",
    "negotiated_exit": "negotiated_exit",
    "managed_succession": "managed_succession",
    "repression_survival": "stays_by_force",
}
"""How the first outcome class of the crises maps to ours. Three of ours have no counterpart: 0 of 26."""

CRISIS_OUTCOMES: dict[str, float] = {
    "protracted_conflict": 1,
    "palace_coup": 6,
    "uprising": 7,
    "negotiated_exit": 2,
    "managed_succession": 2,
    "circle_restored": 0,
    "stays_by_concession": 0,
    "stays_by_force": 8,
    "stays_calm": 0,
}
"""How the 26 leadership crises ended first, by our classes."""

IN_OFFICE: tuple[Tenure, ...] = (
    Tenure(
        "any_day",
        "leader of an autocracy, from 1 January of any year",
        ((180, 2816), (365, 2649)),
        3034,
        _LEADERS,
    ),
    Tenure(
        "large_protest",
        "leader of an autocracy, from the first protest of at least 10,000 in a year",
        ((180, 311), (365, 283)),
        381,
        _LARGE,
    ),
    Tenure("crisis", "leader, from the start of a leadership crisis", ((180, 11), (365, 7)), 26, _CRISES),
)
"""Three reference classes, from the calmest to the one chosen for its crises.

A leader of the 26 crises counts as in office at a horizon unless the crisis ended by then with his exit; a
managed succession as second outcome is an exit. Who left later for other reasons is not seen."""

WAYS_OUT: tuple[WayOut, ...] = (
    WayOut("coup", "removed by soldiers or others within the state", 37, "palace_coup"),
    WayOut("revolt", "lost to popular protest", 12, "uprising"),
    WayOut("war", "removed by rebels or by a foreign power", 26, "protracted_conflict"),
    WayOut("death", "died, fell ill, or killed by somebody who acted for no group", 31, "managed_succession"),
    WayOut("rule", "election, term limit, agreement or his own will", 233, "managed_succession"),
)
"""The 339 exits of leaders of autocracies 1990-2015 of known manner (Archigos 4.1); three more are of another kind."""
