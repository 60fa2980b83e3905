"""Plans of firms to enter a country: how many, in which sectors, from where, and what is assumed of each.

A case states its plans as facts named `planned_entries_SECTOR_HOME` (value, low, high: a median and a 90 % range), and
may replace any assumption below by a fact named `entry_NAME`. No source was found for how many projects firms study
before they decide, so almost all of this is assumption; the report prints the whole list.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypeGuard

import numpy as np

from interrex.case.schema import Fact
from interrex.engine import draws as keyed
from interrex.errors import CaseError

PLANS, ANSWER, REPORTED = "planned_entries_", "entry_", "cancelled_entries_"
NORMAL_95 = 1.6448536269514722
_DRAW = 40  # name of keyed draws under FORECAST


class Guess(NamedTuple):
    """An uncertain number: its median, the 90 % range that it was given, and where it comes from.

    `share` numbers (0..1) are normal in log-odds, the others in logs; the width of the range sets the spread."""

    id: str
    name: str
    unit: str
    median: float
    low: float
    high: float
    why: str
    share: bool = False
    assumption: bool = True

    @property
    def spread(self) -> float:
        """Standard deviation on the log or log-odds scale."""
        return (self._scale(self.high) - self._scale(self.low)) / (2.0 * NORMAL_95)

    def at(self, z: np.ndarray) -> np.ndarray:
        """Values at standard normal numbers."""
        v = self._scale(self.median) + self.spread * z
        return 1.0 / (1.0 + np.exp(-v)) if self.share else np.exp(v)

    @property
    def text(self) -> str:
        """Median and 90 % range of what is drawn (the range given, centred on the median)."""
        low, high = (float(v) for v in self.at(np.array([-NORMAL_95, NORMAL_95])))
        return f"{self.median:.3g} ({low:.2g} to {high:.2g})"

    def _scale(self, value: float) -> float:
        return math.log(value / (1.0 - value)) if self.share else math.log(value)


def _volatility(sector: str, median: float) -> Guess:
    name = f"Volatility of profit, {sector}"
    return Guess(
        f"volatility_{sector}", name, "a square root of a year", median, 0.5 * median, 2 * median, "no source"
    )


def _loss(sector: str, median: float, low: float, high: float) -> Guess:
    name = f"Share of profit lost if control is lost, {sector}"
    return Guess(f"loss_{sector}", name, "share", median, low, high, "no source", share=True)


SECTORS: Mapping[str, tuple[Guess, Guess]] = {
    "energy": (_volatility("energy", 0.35), _loss("energy", 0.6, 0.2, 0.9)),
    "industry": (_volatility("industry", 0.25), _loss("industry", 0.7, 0.3, 0.93)),
    "finance": (_volatility("finance", 0.3), _loss("finance", 0.7, 0.3, 0.93)),
    "services": (_volatility("services", 0.25), _loss("services", 0.5, 0.15, 0.85)),
}
"""Volatility and loss by sector. Extraction is the most volatile and the hardest to replace its operator in."""

COMMON: tuple[Guess, ...] = (
    Guess("rate", "Rate of return asked", "a year", 0.06, 0.03, 0.12, "around the .04 of the textbook example"),
    Guess("payout", "Profit foregone by waiting, of the asset's worth", "a year", 0.05, 0.025, 0.1, "as above"),
    Guess("window", "Time for which a plan's window stays open", "years", 1.5, 0.5, 4.5, "no source"),
    Guess("study", "Cost of keeping a plan alive, of the sunk cost", "a year", 0.01, 0.002, 0.05, "no source"),
    Guess("attention", "Firms that look at the country's politics", "share", 0.6, 0.2, 0.9, "no source", True),
    Guess("recurrence", "How many times over firms expect the same hazard again", "times", 0.5, 0.1, 2.5, "no source"),
    Guess("memory", "Time in which the image fades by a factor e", "years", 1.0, 0.25, 4.0, "no source"),
)  # fmt: skip


class Plan(NamedTuple):
    """Plans of one sector and home: how many, and the fact that says so."""

    sector: str
    home: str
    count: Guess


class Reported(NamedTuple):
    """Cancellations that the case reports, all homes of the fact together."""

    home: str
    count: int
    known_from: date | None
    source: str
    note: str


class Population(NamedTuple):
    """All that is drawn: plans, common assumptions, sectors' assumptions."""

    plans: tuple[Plan, ...]
    common: tuple[Guess, ...]
    sectors: dict[str, tuple[Guess, Guess]]

    @property
    def guesses(self) -> list[Guess]:
        """Every uncertain number, in the order in which it is drawn."""
        return (
            [p.count for p in self.plans]
            + list(self.common)
            + [g for pair in self.sectors.values() for g in pair]
        )


def population(facts: Mapping[str, Fact]) -> Population | None:
    """The plans of a case, None if it names none. Raises CaseError for a fact that cannot be read."""
    plans: list[Plan] = []
    for key, fact in sorted(facts.items()):
        if not key.startswith(PLANS):
            continue
        sector, _, home = key.removeprefix(PLANS).partition("_")
        if sector not in SECTORS or not home:
            raise CaseError(
                f"case.yaml: facts.{key}: no sector and home of that name; "
                f"name it {PLANS}SECTOR_HOME with a sector of {', '.join(SECTORS)}"
            )
        plans.append(
            Plan(sector, home, _guess(key, fact, f"Plans in {sector}, home {words(home)}", "plans", False))
        )
    if not plans:
        return None
    used = {p.sector for p in plans}
    replaced = lambda g: _replaced(facts, g)  # noqa: E731
    sectors = {s: (replaced(v), replaced(loss)) for s, (v, loss) in SECTORS.items() if s in used}
    return Population(tuple(plans), tuple(replaced(g) for g in COMMON), sectors)


def reported(facts: Mapping[str, Fact], homes: set[str]) -> Reported | None:
    """Cancellations reported of plans from one of these homes; None if the case reports none."""
    for key, fact in sorted(facts.items()):
        home = key.removeprefix(REPORTED)
        if key.startswith(REPORTED) and home in homes:
            if not _number(fact.value) or fact.value < 0 or fact.value != int(fact.value):
                raise CaseError(
                    f"case.yaml: facts.{key}: {fact.value!r} is no count; write a whole number, 0 or more"
                )
            return Reported(home, int(fact.value), fact.known_from, fact.source, fact.note)
    return None


def words(home: str) -> str:
    """A home as people write it: 'united_states' as 'United States'."""
    return " ".join(part.capitalize() for part in home.replace("-", "_").split("_"))


def draw(people: Population, seed: int, count: int) -> dict[str, np.ndarray]:
    """`count` joint draws of every guess, f8[count] by id."""
    guesses = people.guesses
    z = keyed.normals(seed, keyed.FORECAST, (count, len(guesses)), tick=_DRAW)
    return {g.id: g.at(z[:, i]) for i, g in enumerate(guesses)}


def _replaced(facts: Mapping[str, Fact], guess: Guess) -> Guess:
    fact = facts.get(ANSWER + guess.id)
    return guess if fact is None else _guess(guess.id, fact, guess.name, guess.unit, guess.share)


def _guess(key: str, fact: Fact, name: str, unit: str, share: bool) -> Guess:
    low, median, high = fact.low, fact.value, fact.high
    top = 1.0 if share else math.inf
    if not (_number(low) and _number(median) and _number(high) and 0.0 < low < median < high < top):
        raise CaseError(
            f"case.yaml: facts.{key}: an uncertain number needs low < value < high, all above 0"
            + (" and below 1" if share else "")
        )
    why = fact.note or (f"source {fact.source}" if fact.source else "no source")
    return Guess(key, name, unit, float(median), float(low), float(high), why, share, fact.assumption)


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
