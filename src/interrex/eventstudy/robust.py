"""Standard deviations of abnormal returns that survive serial correlation (HAC) and changing volatility (GARCH).

Both go instrument by instrument through libraries that are optional: statsmodels (extra `events`) and arch (extra
`garch`). Sources: Newey, W. K., West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity and
autocorrelation consistent covariance matrix. Econometrica 55, 703-708. Bollerslev, T. (1986). Generalized
autoregressive conditional heteroskedasticity. J. Econometrics 31, 307-327.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from interrex.errors import RunError


class Spread(NamedTuple):
    """Coefficients[K] and standard deviations of ar[W] and car[W], cumulative from the window's first day."""

    coefficients: np.ndarray
    ar_sd: np.ndarray
    car_sd: np.ndarray


def hac(y: np.ndarray, x: np.ndarray, span: np.ndarray, ahead: np.ndarray, ahead_span: np.ndarray) -> Spread:
    """Newey-West with floor(4 (L/100)^(2/9)) lags and the small-sample factor of statsmodels.

    y[L], x[L, K], span[L]: estimation window, closed up where a day has no return; ahead[W, K], ahead_span[W]: event
    window, 0 where a day has no return. The sum of m abnormal returns has variance m g0 + 2 sum_j (m - j) k_j g_j plus that of the
    forecast, with residual autocovariances g_j and Bartlett weights k_j.
    """
    regression = _statsmodels()
    weight = 1 / np.sqrt(span)
    length, parameters = x.shape
    lags = int(4 * (length / 100) ** (2 / 9))
    fitted = regression.OLS(y * weight, x * weight[:, None]).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
    )
    residual = np.asarray(fitted.resid)
    scale = length - parameters
    own = [residual[j:] @ residual[: length - j] / scale for j in range(lags + 1)]
    days = np.cumsum(ahead_span)
    total = own[0] * days
    for lag in range(1, lags + 1):
        total = total + 2 * np.maximum(days - lag, 0) * (1 - lag / (lags + 1)) * own[lag]
    covariance = np.asarray(fitted.cov_params())
    one = own[0] * ahead_span + np.einsum("wk,kj,wj->w", ahead, covariance, ahead)
    summed = np.cumsum(ahead, axis=0)
    total = total + np.einsum("wk,kj,wj->w", summed, covariance, summed)
    return Spread(np.asarray(fitted.params), np.sqrt(one), np.sqrt(np.maximum(total, one[0])))


def garch(y: np.ndarray, x: np.ndarray, ahead: np.ndarray, ahead_span: np.ndarray, gap: int) -> Spread:
    """GARCH(1,1) with normal errors round the regression on x, by maximum likelihood.

    y[L], x[L, K] with the constant first; ahead[W, K], ahead_span[W] as in `hac`; gap: trading days from the last
    estimation day to the first event day. A day's variance is the forecast for that many days ahead, made before
    the event, so a shock of the event does not widen its own interval.
    """
    model = _arch()
    hundred = 100.0  # the optimiser wants numbers near 1
    constant = model(
        y * hundred, x=x[:, 1:] * hundred if x.shape[1] > 1 else None, mean="LS", vol="GARCH", p=1, q=1
    )
    fitted = constant.fit(disp="off", show_warning=False)
    params = np.asarray(fitted.params)
    count = x.shape[1]
    coefficients = params[:count].copy()
    coefficients[0] /= hundred
    omega, alpha, beta = params[count : count + 3] / np.array([hundred**2, 1, 1])
    last = (np.asarray(fitted.resid)[-1] / hundred) ** 2
    next_day = omega + alpha * last + beta * (np.asarray(fitted.conditional_volatility)[-1] / hundred) ** 2
    persistence = alpha + beta
    level = omega / (1 - persistence) if persistence < 1 else next_day
    horizon = gap - 1 + np.arange(len(ahead_span))
    day = level + persistence**horizon * (next_day - level)
    covariance = np.asarray(fitted.param_cov)[:count, :count]
    unit = np.ones(count)
    unit[0] = 1 / hundred
    covariance = covariance * unit[:, None] * unit[None, :]
    one = day * ahead_span + np.einsum("wk,kj,wj->w", ahead, covariance, ahead)
    summed = np.cumsum(ahead, axis=0)
    total = np.cumsum(day * ahead_span) + np.einsum("wk,kj,wj->w", summed, covariance, summed)
    return Spread(coefficients, np.sqrt(one), np.sqrt(total))


def _statsmodels() -> ModuleType:
    try:
        from statsmodels.regression import linear_model
    except ImportError:
        raise RunError("--errors hac needs statsmodels", "pip install 'interrex[events]'") from None
    return linear_model


def _arch() -> Callable[..., Any]:  # without types of its own
    try:
        from arch import arch_model  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise RunError("--errors garch needs arch", "pip install 'interrex[garch]'") from None
    return arch_model
