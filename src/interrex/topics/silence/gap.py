"""Silence as evidence about an absent actor (appearances as a Poisson process of unknown rate).

Appearances come at rate lambda ~ Gamma(b-shape) that is unknown, so a gap says little by itself: with
lambda ~ Gamma(a, b weeks) a gap of g weeks has probability (b / (b + m g))^a when the status multiplies the rate
by m (Gamma mixture of exponentials). Without a known rate, P(alive) barely moves.
"""

from __future__ import annotations

from typing import NamedTuple


class Status(NamedTuple):
    """A possible status of an absent actor and how it multiplies the rate of appearing."""

    name: str
    multiplier: float
    words_possible: float  # relative probability of a spokesman's word that he is well


STATUSES = (
    Status("in control", 1.0, 1.0),
    Status("sidelined", 0.3, 1.0),
    Status("abroad", 0.3, 1.0),
    Status("incapacitated", 0.03, 1.0),
    Status("dead", 0.0, 0.2),
)


def gap_probability(gap_weeks: float, multiplier: float, a: float = 1.0, b_weeks: float = 2.0) -> float:
    """P(no appearance in `gap_weeks` | status), rate ~ Gamma(shape a, rate b weeks). Returns 0..1."""
    return (b_weeks / (b_weeks + multiplier * gap_weeks)) ** a
