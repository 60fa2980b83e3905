"""What an observation kind is: how a report is predicted, scored, drawn and bounded, side by side.

A kind predicts what an informed source would have counted, gives the density of a report under a source that knows
and under one that does not, draws such reports, and bounds its own density. A claim is a mixture of the two sources.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from interrex.mechanisms.maths import scalar

if TYPE_CHECKING:
    from interrex.inference.terms.record import Record

ROOT_TWO_PI = 2.5066282746310002


class Terms(NamedTuple):
    """All terms of a run, arrays over terms i; `units` of a term are a slice of `unit_list`."""

    kind: np.ndarray  # i8 place of the kind in `KINDS`
    first: np.ndarray  # i8 first tick
    last: np.ndarray  # i8 last tick, inclusive
    previous: np.ndarray  # i8 last tick before what a series counts, -1 if it counts from the start
    unit_from: np.ndarray  # i8
    unit_to: np.ndarray  # i8
    unit_list: np.ndarray  # i8
    audience: np.ndarray  # i8
    low: np.ndarray  # f8 persons (or logit); equal to high for a number
    high: np.ndarray  # f8
    sd: np.ndarray  # f8 log error of the grade
    official: np.ndarray  # i8 1 for state sources
    ceiling: np.ndarray  # f8 persons who live there: bound of the uninformed density
    origin: np.ndarray  # i8 index of the origin; -1 for silence, which has coverage and no origin
    share: np.ndarray  # f8 weight of a report in the likelihood; below 1 where others count the same people
    alpha: np.ndarray  # f8[O] reliability prior of the origin
    beta: np.ndarray  # f8[O]

    @property
    def spoken(self) -> np.ndarray:
        """Which terms are reports and not silence, bool[i]."""
        return self.origin >= 0


class Observer(NamedTuple):
    """Observation parameters of one history."""

    official_bias: float
    completeness: float
    report_delay: float
    shared_bias: float
    weight: float  # citizens an agent


class Row(NamedTuple):
    """One term before it is laid out in `Terms`, in persons (opinions: logits) and ticks."""

    kind: Kind
    first: int
    last: int
    low: float
    high: float
    units: tuple[int, ...] = ()
    previous: int = -1
    audience: int = 0
    sd: float = 0.0
    official: bool = False
    origin: str = ""  # none for silence
    share: float = 1.0
    claims: tuple[str, ...] = ()
    label: str = ""
    fit: bool = True


class Kind(NamedTuple):
    """An observation kind. `predict` and `logpdf` are compiled; i is the term.

    predict(i, terms, units, beliefs, levels, obs)   what an informed source would have counted
    logpdf(i, terms, n, blackout, obs)               log density of the report given the count n, of a source that
                                                     knows and of one that does not; the second is the same under
                                                     every hypothesis
    rvs(i, terms, n, obs, informed, rng)             a report (low, high) as `logpdf` scores it
    bound(i, terms)                                  most that either log density can be, whatever the history
    middle(low, high)                                the number in the middle of a report
    shown(v)                                         that number as the reader sees it: persons, or a share
    """

    name: str
    predict: Callable[..., float]
    logpdf: Callable[..., tuple[float, float]]
    rvs: Callable[[int, Terms, float, Observer, bool, np.random.Generator], tuple[float, float]]
    bound: Callable[[int, Terms], float]
    middle: Callable[[float, float], float]
    shown: Callable[[float], float] = float


class Family(NamedTuple):
    """Kinds that one file holds, and how a ledger's claims become their rows."""

    kinds: tuple[Kind, ...]
    rows: Callable[[Record], Iterable[Row]]


@scalar
def normal_cdf(v):
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-v * 0.7071067811865476)


@scalar
def normal_logpdf(v, sd):
    """Log density of a normal at `v` of its sd, per unit of what has this sd."""
    return -0.5 * v * v - math.log(sd * ROOT_TWO_PI)


def normal_peak(sd: float) -> float:
    """Largest log density of a normal, at least 0: a bound also for masses of intervals."""
    return max(0.0, -math.log(sd * ROOT_TWO_PI))
