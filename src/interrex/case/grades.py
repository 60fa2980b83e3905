"""How far a claim is to be trusted: a grade of either scale is a Beta prior on the reliability of its origin.

A grade never says that a claim is true. It says how often an origin graded so turns out to have been
informed: rho ~ Beta(a, b). The claim then enters as rho p(claim | state) + (1 - rho) u(claim).

Plain scale: documented, several, single, rumour, hypothesis, memory. Admiralty code: a letter for the source
(A-F) and a digit for the information (1-6), as in NATO's AJP-2.1. Letter and digit are judged apart, so their
mean reliabilities multiply against the plain scale's best (.95); F and 6 mean "cannot be judged" and give the
flat Beta(1, 1), not a low reliability.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Reliability(NamedTuple):
    """Beta(a, b) prior on the probability that the origin of a claim is informed."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """The prior mean, a / (a + b), between 0 and 1."""
        return self.a / (self.a + self.b)


PLAIN: dict[str, Reliability] = {
    "documented": Reliability(19, 1),
    "several": Reliability(8, 2),
    "single": Reliability(5, 3),
    "rumour": Reliability(2, 4),
    "hypothesis": Reliability(1, 9),
    "memory": Reliability(2, 4),
}
"""An assumption throughout, shown as such in the report."""

SOURCE_MEAN = {"A": 1.0, "B": 0.9, "C": 0.75, "D": 0.5, "E": 0.25}
INFORMATION_MEAN = {"1": 0.95, "2": 0.8, "3": 0.6, "4": 0.35, "5": 0.15}
ADMIRALTY_WEIGHT = 8.0
"""Prior sample size a + b of an Admiralty grade, between "single" (8) and "several" (10)."""

_ADMIRALTY = re.compile(r"[A-F][1-6]")


def is_grade(text: str) -> bool:
    """Whether `text` is a grade of the plain scale or an Admiralty grade."""
    return text in PLAIN or _ADMIRALTY.fullmatch(text) is not None


def reliability(grade: str) -> Reliability:
    """The Beta prior of a grade: reliability("single") is Beta(5, 3), reliability("F6") is Beta(1, 1).

    Raises ValueError for text that is no grade.
    """
    if grade in PLAIN:
        return PLAIN[grade]
    if _ADMIRALTY.fullmatch(grade) is None:
        raise ValueError(
            f"{grade!r} is no grade: one of {', '.join(PLAIN)}, or an Admiralty grade such as B2"
        )
    letter, digit = grade
    if letter == "F" or digit == "6":
        return Reliability(1, 1)
    mean = SOURCE_MEAN[letter] * INFORMATION_MEAN[digit]
    return Reliability(round(ADMIRALTY_WEIGHT * mean, 6), round(ADMIRALTY_WEIGHT * (1 - mean), 6))
