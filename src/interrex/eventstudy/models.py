"""What a return would have been without the event: models of the normal return, fitted to many instruments at once.

A day's design row holds the trading days that the return spans (the constant) and the returns of the factors over
the same stretch. A return over n days has n times the variance of a return over one, so it counts 1/n in the fit
(Maynes & Rumsey 1993). Abnormal returns carry the error of the forecast: the spread of the residuals and that of
the coefficients (Patell 1976; MacKinlay 1997).

Sources: Brown, S. J., Warner, J. B. (1985). Using daily stock returns. J. Financial Economics 14, 3-31. MacKinlay,
A. C. (1997). Event studies in economics and finance. J. Economic Literature 35, 13-39. Scholes, M., Williams, J.
(1977). Estimating betas from nonsynchronous data. J. Financial Economics 5, 309-327. Dimson, E. (1979). Risk
measurement when shares are subject to infrequent trading. J. Financial Economics 7, 197-226.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.errors import RunError
from interrex.eventstudy.dependence import cover

MODELS = {
    "mean": "constant mean",
    "adjusted": "market-adjusted",
    "market": "market model",
    "factors": "multi-factor",
    "scholes-williams": "market model, Scholes-Williams beta",
    "dimson": "market model with lead and lag (Dimson)",
}
SINGULAR = 1e-10
"""Below this determinant of the factors' correlations a fit is refused: two factors are the same, or one is still."""

EXACT = 1e-20
"""Up to this share of the sum of squares what is left of it is rounding: a name that never moves, or only with a factor,
has no ordinary days to compare with."""

COVERED = 0.5
"""Share of the days of a window that returns must cover for a sum over it to be judged."""


class Fit(NamedTuple):
    """Fit of N instruments over an estimation window of L days, K coefficients each.

    coefficients: float[N, K]. variance: float[N], of a one-day residual. df: float[N], degrees of freedom, NaN where
    there was no fit. inverse: float[N, K, K], covariance of the coefficients over the variance. residuals: float[L,
    N], abnormal returns of the window (NaN: not used). days: int[N], used. r2: float[N].
    """

    coefficients: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    inverse: np.ndarray
    residuals: np.ndarray
    days: np.ndarray
    r2: np.ndarray


class Abnormal(NamedTuple):
    """Abnormal returns of N instruments over an event window of W days.

    ar, sd: float[W, N], abnormal return of the day (NaN: no return) and standard deviation of its forecast error.
    expected: float[W, N]. car, car_sd: float[W, N], sums from the window's first day to each day. covered: bool[W, N],
    trading days that some return covers, also where they are too few to be judged. df: float[N].
    """

    ar: np.ndarray
    sd: np.ndarray
    expected: np.ndarray
    car: np.ndarray
    car_sd: np.ndarray
    covered: np.ndarray
    df: np.ndarray


def design(model: str, span: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Design rows float[T, N, K] from span[T, N] and factor returns[T, N, F], for the model of that name."""
    constant = span[..., None]
    if model == "mean":
        return constant
    if model == "dimson":
        market = factors[..., :1]
        missing = np.full_like(market[:1], np.nan)
        lag, lead = np.concatenate([missing, market[:-1]]), np.concatenate([market[1:], missing])
        return np.concatenate([constant, market, lag, lead, factors[..., 1:]], axis=-1)
    return np.concatenate([constant, factors], axis=-1)


def coefficient_names(model: str, factors: list[str]) -> list[str]:
    """Names of the coefficients, in the order of the design."""
    if model == "mean":
        return ["constant"]
    if model == "dimson":
        return ["constant", factors[0], f"{factors[0]} day before", f"{factors[0]} day after", *factors[1:]]
    return ["constant", *factors]


def fit(
    model: str, returns: np.ndarray, rows: np.ndarray, span: np.ndarray, usable: np.ndarray, least: int = 0
) -> Fit:
    """Fit `model` to returns[L, N] with design rows[L, N, K] over the usable[L, N] days, each weighted 1/span.

    Instruments with fewer than `least` usable days, with factors that cannot be told apart or do not move, or without any
    move of their own get NaN throughout.
    """
    if model not in MODELS:
        raise RunError(f"there is no model {model!r}", f"use one of {', '.join(MODELS)}")
    good = usable & np.isfinite(returns) & np.isfinite(rows).all(axis=-1)
    weight = np.where(good, 1 / np.where(good, span, 1), 0.0)
    x = np.where(good[..., None], rows, 0.0)
    y = np.where(good, returns, 0.0)
    if model == "adjusted":
        coefficients, inverse, lost = _adjusted(x)
    else:
        coefficients, inverse, lost = _least_squares(x, y, weight)
    if model == "scholes-williams":
        coefficients = _scholes_williams(returns, rows, good, span)
    residuals = np.where(good, y - np.einsum("lnk,nk->ln", x, coefficients), 0.0)
    days = good.sum(axis=0)
    stretch = np.where(good, span, 0.0)
    squares = (weight * residuals**2).sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if model == "adjusted":  # no coefficient was fitted, so the spread is taken round the mean
            squares = squares - residuals.sum(0) ** 2 / stretch.sum(0)
        size = (weight * y**2).sum(0) + (weight * (y - residuals) ** 2).sum(0)
        moved = squares > EXACT * size
        df = np.where((days >= max(least, 1)) & (days - lost >= 1) & moved, days - lost, np.nan)
        around_mean = (weight * y**2).sum(0) - y.sum(0) ** 2 / stretch.sum(0)
        r2 = 1 - squares / around_mean
    fitted = np.isfinite(df)
    return Fit(
        np.where(fitted[:, None], coefficients, np.nan), squares / df, df, inverse,
        np.where(good & fitted, residuals, np.nan), days, r2,
    )  # fmt: skip


def residual_sd(fitted: Fit, rows: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Standard deviations float[L, N] of the residuals of a fit, less than those of the errors by the leverage of
    each day; NaN where a day has no residual."""
    x = np.where(np.isfinite(fitted.residuals)[..., None], rows, 0.0)
    leverage = np.einsum("lnk,nkj,lnj->ln", x, fitted.inverse, x, optimize=True)
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(fitted.variance * np.maximum(span - leverage, 0))
    return np.where(np.isfinite(fitted.residuals), sd, np.nan)


def forecast(
    fitted: Fit,
    returns: np.ndarray,
    rows: np.ndarray,
    span: np.ndarray,
    day0: int | None = None,
    late: np.ndarray | None = None,
) -> Abnormal:
    """Abnormal returns of an event window: returns[W, N], rows[W, N, K], span[W, N] of the same layout as in `fit`.

    The return that covers the day of the event, row day0 (None: it lies outside the window), is the event's from wherever
    it began: no price between could tell of the event. Any other return that began before the window tells nothing
    about the window alone and is left out, as are the days that it covers. late: int[N], days after the window on
    which the return of its last row ends. Where no return covers day0, or returns cover less than `COVERED` of the
    window, there is nothing to judge: NaN throughout.
    """
    width, _ = returns.shape
    row = np.arange(width)[:, None]
    end = row + (row == width - 1) * (0 if late is None else late)
    inside = end - span >= -1
    if day0 is not None:
        inside |= (end - span < day0) & (row >= day0)
    inside &= np.isfinite(returns) & np.isfinite(rows).all(-1) & np.isfinite(fitted.df)
    covered = cover(np.where(inside, span, np.nan), late).window
    enough = covered.mean(0) >= COVERED
    if day0 is not None:
        enough &= covered[day0]
    inside &= enough
    x = np.where(inside[..., None], rows, 0.0)
    stretch = np.where(inside, span, 0.0)
    expected = np.einsum("wnk,nk->wn", x, np.nan_to_num(fitted.coefficients))
    gain = np.where(inside, np.nan_to_num(returns) - expected, 0.0)
    variance = np.nan_to_num(fitted.variance)
    spread = np.einsum("wnk,nkj,wnj->wn", x, fitted.inverse, x, optimize=True)
    total = np.cumsum(x, axis=0)
    total_spread = np.einsum("wnk,nkj,wnj->wn", total, fitted.inverse, total, optimize=True)
    any_yet = np.cumsum(inside, axis=0) > 0
    return Abnormal(
        ar=np.where(inside, gain, np.nan),
        sd=np.where(inside, np.sqrt(variance * (stretch + spread)), np.nan),
        expected=np.where(inside, expected, np.nan),
        car=np.where(any_yet, np.cumsum(gain, axis=0), np.nan),
        car_sd=np.where(any_yet, np.sqrt(variance * (np.cumsum(stretch, axis=0) + total_spread)), np.nan),
        covered=covered,
        df=fitted.df,
    )


def _least_squares(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    by_name = np.ascontiguousarray((x * np.sqrt(weight)[..., None]).transpose(1, 2, 0))
    target = (y * np.sqrt(weight)).T[..., None]
    square = by_name @ by_name.transpose(0, 2, 1)
    size = np.sqrt(np.einsum("nkk->nk", square))
    size = np.where(size > 0, size, 1.0)
    scaled = square / size[:, :, None] / size[:, None, :]
    whole = np.linalg.det(scaled) > SINGULAR
    inverse = (
        np.linalg.inv(np.where(whole[:, None, None], scaled, np.eye(x.shape[2])))
        / size[:, :, None]
        / size[:, None, :]
    )
    coefficients = (inverse @ (by_name @ target))[..., 0]
    parameters = np.where(whole, float(x.shape[2]), np.inf)
    return coefficients, inverse, parameters


def _adjusted(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count, parameters = x.shape[1], x.shape[2]
    coefficients = np.zeros((count, parameters))
    coefficients[:, 1] = 1.0
    moves = (x[..., 1] != 0).any(0)
    return coefficients, np.zeros((count, parameters, parameters)), np.where(moves, 1.0, np.inf)


def _scholes_williams(
    returns: np.ndarray, rows: np.ndarray, good: np.ndarray, span: np.ndarray
) -> np.ndarray:
    """Constant and beta from three simple regressions, on one-day returns (Scholes & Williams 1977)."""
    market = np.where(good & (span == 1), rows[..., 1], np.nan)
    own = np.where(good & (span == 1), returns, np.nan)

    def slope(y: np.ndarray, x: np.ndarray) -> np.ndarray:
        both = np.isfinite(y) & np.isfinite(x)
        n = np.maximum(both.sum(0), 1)
        x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
        x = np.where(both, x - x.sum(0) / n, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return (x * y).sum(0) / (x**2).sum(0)

    behind, same, ahead = slope(own[1:], market[:-1]), slope(own, market), slope(own[:-1], market[1:])
    beta = (behind + same + ahead) / (1 + 2 * slope(market[1:], market[:-1]))
    both = np.isfinite(own) & np.isfinite(market)
    n = np.maximum(both.sum(0), 1)
    constant = np.where(both, own - beta * market, 0.0).sum(0) / n
    return np.stack([constant, beta], axis=1)
