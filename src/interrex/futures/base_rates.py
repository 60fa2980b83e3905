"""Base rates that the report prints beside a forecast, each with its count, its total and its source.

A base rate is the frequency of an outcome in a reference class that was fixed before the run. Counts become
a probability with an interval by Jeffreys' prior Beta(1/2, 1/2). The 26 leadership crises (1989 to 2023, none
of them Kazakhstan in 2022) were collected because something happened in them: their frequencies say how
crises of note ended, not how often unrest ends so. Three classes of very different kind answer the question
whether an incumbent stays in office; their range is part of the answer.
"""

from __future__ import annotations

from typing import NamedTuple

from interrex.words import OUTCOMES

_CRISES = "26 leadership crises 1989-2023"
_SVOLIK = "Svolik, The Politics of Authoritarian Rule: leaders of dictatorships 1946-2008"
_LARGE = "Mass Mobilization 1990-2010, autocracies of Geddes, Wright and Frantz; leaders by Archigos 4.1"
_FRANTZ = "Kendall-Taylor and Frantz 2016, Journal of Democracy 27(4):159-171"


class BaseRate(NamedTuple):
    """A frequency in a reference class.

    name: short slug; text: what is counted; n: times it happened; total: size of the class (crises,
    leader-years and so on); source: who counted what; days: horizon in days, 0 where there is none.
    """

    name: str
    text: str
    n: float
    total: float
    source: str
    days: int = 0


class Share(NamedTuple):
    """A published share, 0 to 1, whose count was not read: printed without an interval."""

    name: str
    text: str
    share: float
    source: str


class AnnualHazard(NamedTuple):
    """Events per leader-year or country-year, and the sources; `rate` is per year."""

    name: str
    text: str
    n: int
    years: float
    source: str

    @property
    def rate(self) -> float:
        """Events per year of exposure."""
        return self.n / self.years

    def probability(self, days: float) -> float:
        """Probability of at least one event within `days`, at a constant hazard."""
        import math

        return -math.expm1(-self.rate * days / 365.25)


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

CRISIS_CLASSES: dict[str, str] = {
    "civil_war": "protracted_conflict",
    "coup_fall": "palace_coup",
    "uprising_fall": "uprising",
    "negotiated_exit": "negotiated_exit",
    "managed_succession": "managed_succession",
    "repression_survival": "stays_by_force",
}
"""How the first outcome class of the crises maps to ours. Three of ours have no counterpart: 0 of 26."""

_OUTCOME_COUNTS = {
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

OUTCOME_RATES: dict[str, BaseRate] = {
    name: BaseRate(name, text, _OUTCOME_COUNTS[name], 26, f"{_CRISES}, first outcome class")
    for name, text in OUTCOMES.items()
}

FOREIGN_RESCUE = BaseRate(
    "foreign_rescue",
    "foreign troops sent to save the incumbent",
    0,
    26,
    f"{_CRISES}, column external_support and its note",
)
"""None of 26: Beta(.5, 26.5), mean .019 a crisis."""

IN_OFFICE: tuple[tuple[BaseRate, BaseRate], ...] = (
    (
        BaseRate("any_day", "leader of a dictatorship, from 1 January of any year", 4681, 4938, _SVOLIK, 180),
        BaseRate("any_day", "leader of a dictatorship, from 1 January of any year", 4426, 4938, _SVOLIK, 365),
    ),
    (
        BaseRate(
            "large_protest",
            "leader of an autocracy, from the first protest of more than 10,000 in a year",
            55,
            65,
            _LARGE,
            180,
        ),
        BaseRate(
            "large_protest",
            "leader of an autocracy, from the first protest of more than 10,000 in a year",
            50,
            65,
            _LARGE,
            365,
        ),
    ),
    (
        BaseRate("crisis", "leader, from the start of a leadership crisis", 11, 26, _CRISES, 180),
        BaseRate("crisis", "leader, from the start of a leadership crisis", 7, 26, _CRISES, 365),
    ),
)
"""Three reference classes, each at 180 and 365 days, from the calmest to the one chosen for its crises.

A leader of the 26 crises counts as in office at a horizon unless the crisis ended by then with his exit; a
managed succession as second outcome is an exit. Who left later for other reasons is not seen."""

EXIT_HAZARDS: tuple[AnnualHazard, ...] = (
    AnnualHazard("coup", "leader lost to a coup", 202, 5234, _SVOLIK),
    AnnualHazard("revolt", "leader lost to a revolt", 30, 5234, _SVOLIK),
    AnnualHazard("natural_death", "leader died a natural death in office", 86, 5234, _SVOLIK),
    AnnualHazard("assassination", "leader assassinated", 18, 5234, _SVOLIK),
)
"""Annual hazards of exit; the years are leader-years."""

REGIME_FAILURE = AnnualHazard(
    "regime_failure",
    "an autocratic regime fails",
    76,
    1387,
    "Geddes, Wright and Frantz: autocratic country-years 1990-2010",
)

REGIME_AFTER_EXIT: tuple[Share, ...] = (
    Share(
        "after_death",
        "regime intact through the following year after an autocrat's death in office (79 cases, 1946-2012)",
        0.87,
        _FRANTZ,
    ),
    Share("after_other_exit", "regime intact through the following year after other exits", 0.43, _FRANTZ),
)


def in_office(days: int) -> tuple[BaseRate, ...]:
    """The three reference classes at a horizon of 180 or 365 days; ValueError at any other."""
    found = tuple(rate for pair in IN_OFFICE for rate in pair if rate.days == days)
    if not found:
        raise ValueError(f"reference classes were fixed for 180 and 365 days, not for {days}")
    return found


def in_office_range(days: int) -> tuple[float, float]:
    """Lowest and highest mean share in office over the three classes."""
    means = [jeffreys(rate.n, rate.total)[0] for rate in in_office(days)]
    return min(means), max(means)
