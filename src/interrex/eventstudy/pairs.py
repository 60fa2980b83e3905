"""What is measured of each pair of name and event."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Pairs(NamedTuple):
    """What was measured, for E events and N names; NaN where a name does not meet an event or cannot be fitted.

    ar, sd, expected, car, car_sd: float[E, N, W] (see `models.Abnormal`). scar: float[E, N], with the OLS spread.
    held: float[E, N], what holding the name over the window made, nothing taken off.
    quote_low, quote_high: float[E, N], bounds of the CAR that interval-valued prices leave. covered, halted, stale:
    int[E, N], days of the window that returns cover, that were halted, on which a benchmark or factor had no price of
    its own. day0: datetime64[E, N]. before, before_sar: float[E, L, N], residuals, raw and standardised.
    coefficients: float[E, N, K]. df, used, r2: float[E, N]. idle: float[E, N], share of estimation days with no
    return or one of nought. reach: int[E, N], estimation days inside the data. dates: for each event, residuals on
    common calendar days, float[days, names].
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
    day0: np.ndarray
    before: np.ndarray
    before_sar: np.ndarray
    coefficients: np.ndarray
    df: np.ndarray
    used: np.ndarray
    r2: np.ndarray
    idle: np.ndarray
    reach: np.ndarray
    dates: list[np.ndarray]
