"""What is measured of each pair of name and event."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy.dependence import Together
from interrex.eventstudy.unmeasured import Cause


class Pairs(NamedTuple):
    """What was measured, for E events and N names; NaN where a name does not meet an event or cannot be fitted.

    ar, sd, expected, car, car_sd: float[E, N, W] (see `models.Abnormal`). scar: float[E, N], with the OLS spread.
    held: float[E, N], what holding the name over the window made, nothing taken off.
    quote_low, quote_high: float[E, N], bounds of the CAR that interval-valued prices leave. covered, halted, stale:
    int[E, N], days of the window that returns cover, that were halted, on which a benchmark or factor had no price of
    its own. early, late: int[E, N], days before and after the window in the return that covers the event. day0,
    since, until: datetime64[E, N], the event's day, and those of the prices between which that return runs. span: float[E, N, W], days that each return spans. coefficients: float[E, N, K]. df, used, r2: float[E, N].
    idle: float[E, N], share of estimation days with no return or one of nought. reach: int[E, N], estimation days inside
    the data. causes: why a pair of event and name was not measured. together: the measured names, day by day.
    """

    ar: np.ndarray
    sd: np.ndarray
    expected: np.ndarray
    car: np.ndarray
    car_sd: np.ndarray
    scar: np.ndarray
    held: np.ndarray
    quote_low: np.ndarray
    quote_high: np.ndarray
    covered: np.ndarray
    halted: np.ndarray
    stale: np.ndarray
    early: np.ndarray
    late: np.ndarray
    day0: np.ndarray
    since: np.ndarray
    until: np.ndarray
    span: np.ndarray
    coefficients: np.ndarray
    df: np.ndarray
    used: np.ndarray
    r2: np.ndarray
    idle: np.ndarray
    reach: np.ndarray
    causes: dict[tuple[int, int], Cause]
    together: list[Together]

    @property
    def distinct(self) -> np.ndarray:
        """bool[E, N], the pairs that were measured, a name's events on one day counted once: they are one observation."""
        out = np.zeros(self.scar.shape, dtype=bool)
        for group in self.together:
            out[group.events, group.names] = True
        return out
