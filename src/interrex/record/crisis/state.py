"""What a ledger holds on a day of mass protest, and the numbers that the crisis record makes of it.

One set of functions makes the numbers for the fit and for a forecast, so both mean the same. What is unknown is None, and
the number made from it NaN.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

NAN = math.nan
LEAST_SHARE = 1e-6
"""A smaller share of the nation, or none, counts as this one."""


@dataclass(frozen=True)
class CrisisState:
    """What is known at the end of `day`; None is unknown.

    Counts are persons so far in this wave of protest; `largest` is the largest single protest so far, `latest` the largest of
    the last seven days, `demanding` the largest that demands that
    somebody in office goes (0 if none does). `days_out` are days with a
    protest among the last seven. `next_vote` and `last_vote` are days until and since an executive election, infinite if none
    is scheduled or was held. What stands below `UNLEARNED` is carried, told to the reader, and enters no chance.
    `source` is `list` or `tracker` for crises that the fit takes from elsewhere, which have a level of their own.
    """

    day: datetime.date
    began: datetime.date | None = None
    population: float | None = None
    largest: float | None = None
    latest: float | None = None
    demanding: float | None = None
    days_out: float | None = None
    killed: float | None = None
    arrested: float | None = None
    violent: bool | None = None
    concessions: float | None = None
    in_power_since: datetime.date | None = None
    age: float | None = None
    military: bool | None = None
    regime: str | None = None
    polyarchy: float | None = None
    coups: float | None = None
    next_vote: float | None = None
    last_vote: float | None = None
    refusals: float | None = None
    defections: float | None = None
    resignations: float | None = None
    helpers: float | None = None
    in_capital: bool | None = None
    source: str = "panel"


UNLEARNED = {
    "refusals": "refusals of organs: no panel of unselected protests dates them",
    "defections": "defections of organs: no panel of unselected protests dates them",
    "resignations": "resignations: no panel of unselected protests dates them apart from other concessions",
    "helpers": "states that help: no panel of unselected protests dates them",
    "in_capital": "protest in the capital: the protest table holds no place",
}
"""What a ledger may hold and no panel lets one learn: left out, no slope is assumed."""


class Feature(NamedTuple):
    """text: what a reader is told; unit: what one step of the number means."""

    text: str
    unit: str
    of: Callable[[CrisisState], float]


def _number(name: str, unit: float = 1.0) -> Callable[[CrisisState], float]:
    def of(state: CrisisState) -> float:
        value = getattr(state, name)
        return NAN if value is None else float(value) / unit

    return of


def _flag(name: str) -> Callable[[CrisisState], float]:
    def of(state: CrisisState) -> float:
        value = getattr(state, name)
        return NAN if value is None else float(value > 0)

    return of


def _share(name: str) -> Callable[[CrisisState], float]:
    def of(state: CrisisState) -> float:
        persons, population = getattr(state, name), state.population
        if persons is None or not population:
            return NAN
        return math.log10(max(persons / population, LEAST_SHARE))

    return of


def _log(name: str) -> Callable[[CrisisState], float]:
    def of(state: CrisisState) -> float:
        value = getattr(state, name)
        return NAN if value is None else math.log10(max(value, 1.0))

    return of


def _log1p(number: Callable[[CrisisState], float]) -> Callable[[CrisisState], float]:
    return lambda state: math.log1p(number(state))


def _days(state: CrisisState) -> float:
    return NAN if state.began is None else float(max((state.day - state.began).days, 0))


def _first_year(state: CrisisState) -> float:
    return NAN if state.in_power_since is None else float(tenure(state) < 1)


def _over_70(state: CrisisState) -> float:
    return NAN if state.age is None else float(state.age > 70)


def tenure(state: CrisisState) -> float:
    """Years in power."""
    return NAN if state.in_power_since is None else max((state.day - state.in_power_since).days, 0) / 365.25


def _within(name: str, days: float) -> Callable[[CrisisState], float]:
    def of(state: CrisisState) -> float:
        value = getattr(state, name)
        return NAN if value is None else float(value <= days)

    return of


def _regime(word: str) -> Callable[[CrisisState], float]:
    return lambda state: NAN if state.regime is None else float(state.regime == word)


def shown(name: str, value: float) -> str:
    """The number of a feature as a reader wants it: the share, the years, yes or no."""
    unit = FEATURES[name].unit
    if math.isnan(value):
        return "unknown"
    if unit == "yes":
        return "yes" if value > 0 else "no"
    if unit == "factor of ten":
        if "share" not in name:
            return f"{10**value:,.0f}"
        return "none" if value <= math.log10(LEAST_SHARE) else f"{10**value:.2g} of the nation"
    if unit.startswith("log of 1 + "):
        return f"{math.expm1(value):.3g} {unit.removeprefix('log of 1 + ')}".removesuffix(" number")
    return f"{value:.3g}" if unit != "decade" else f"{10 * value:.0f}"


def _source(word: str) -> Callable[[CrisisState], float]:
    return lambda state: float(state.source == word)


FEATURES: dict[str, Feature] = {
    "share": Feature("largest protest so far, share of the nation", "factor of ten", _share("largest")),
    "latest_share": Feature(
        "largest protest of the last seven days, share of the nation", "factor of ten", _share("latest")
    ),
    "persons": Feature("largest protest so far, persons", "factor of ten", _log("largest")),
    "demand": Feature("protesters demand that somebody in office goes", "yes", _flag("demanding")),
    "share_demanding": Feature(
        "largest protest that demands that somebody in office goes, share of the nation",
        "factor of ten",
        _share("demanding"),
    ),
    "days": Feature(
        "days since the first protest",
        "log of 1 + days",
        _log1p(_days),
    ),
    "days_out": Feature("days with protest among the last seven", "day", _number("days_out")),
    "killed": Feature("the state has killed protesters", "yes", _flag("killed")),
    "arrested": Feature("the state has arrested protesters", "yes", _flag("arrested")),
    "violent": Feature("protesters were violent", "yes", _flag("violent")),
    "conceded": Feature("the state has given way", "yes", _flag("concessions")),
    "tenure": Feature("years in power", "log of 1 + years", _log1p(tenure)),
    "first_year": Feature(
        "in power for less than a year",
        "yes",
        _first_year,
    ),
    "age": Feature("age of the incumbent", "decade", _number("age", 10)),
    "over_70": Feature("incumbent older than 70", "yes", _over_70),
    "military": Feature("the incumbent comes from the military", "yes", _flag("military")),
    "coups": Feature("coup attempts in ten years", "log of 1 + number", _log1p(_number("coups"))),
    "polyarchy": Feature("electoral democracy (V-Dem)", "index", _number("polyarchy")),
    "population": Feature("population", "factor of ten", _log("population")),
    "vote_30": Feature("executive election scheduled within 30 days", "yes", _within("next_vote", 30)),
    "vote_90": Feature("executive election scheduled within 90 days", "yes", _within("next_vote", 90)),
    "vote_180": Feature("executive election scheduled within 180 days", "yes", _within("next_vote", 180)),
    "voted_60": Feature("executive election held within the last 60 days", "yes", _within("last_vote", 60)),
    "party": Feature("party regime", "yes", _regime("party")),
    "military_regime": Feature("military regime", "yes", _regime("military")),
    "personal": Feature("personal regime", "yes", _regime("personal")),
    "monarchy": Feature("monarchy", "yes", _regime("monarchy")),
    "provisional": Feature("provisional government", "yes", _regime("provisional")),
    "from_list": Feature("taken from a list of notable crises", "yes", _source("list")),
    "from_tracker": Feature("taken from a tracker that dates to the month", "yes", _source("tracker")),
}
"""Every number that is made of a state."""

OFFERED = tuple(name for name in FEATURES if not name.startswith("from_"))
"""What is offered to the fit; which of it a forecast uses is chosen by scores on countries left out."""
