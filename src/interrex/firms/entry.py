"""Entry of a firm as a real option: when a project that cannot be undone is worth its cost.

A firm may pay a sunk cost of 1 for a stream of profit P a year, a geometric Brownian motion with volatility
sigma and drift r - d (r rate of return asked, d payout foregone while waiting). It enters when P first reaches
a trigger P*, and the trigger exceeds what the cost alone would ask because waiting can avoid a bad entry:

    P* = beta / (beta - 1) * 1 / A,     1/2 sigma^2 beta (beta - 1) + (r - d) beta - (r + h) + h (1 - l)^beta = 0

with A the value of a profit of 1 a year. A political hazard h (expropriation, loss of control; a share l of the
profit is lost) can sit in two places, and they do opposite things:

- on the *asset's life*: A = 1 / (d + h l) falls, so the profit asked for rises; the multiple does not move;
- on the *option* (the plan may lapse before it is used): beta rises, so the multiple falls. Waiting is worth less.

Source: Dixit, A. K. & Pindyck, R. S. (1994), Investment under Uncertainty, Princeton University Press, chapters 5
and 6. A hazard that fades (an image) is perceived as h + y exp(-t / memory): the memory of a self-exciting process
(Hawkes, A. G., 1971, Biometrika 58, 83-90).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

RATE, PAYOUT = 0.04, 0.04
"""A year; the values of Dixit and Pindyck's worked examples."""


def root(volatility: float, rate: float = RATE, payout: float = PAYOUT, hazard: float = 0.0, loss: float = 1.0) -> float:  # fmt: skip
    """The root above 1 of the quadratic with its Poisson term. `hazard` a year on the option, 0 or more; `loss`
    share of the profit lost when it strikes, 0..1; `volatility` a square root of a year, above 0."""
    _check(volatility, rate, payout, hazard, loss)
    variance = volatility**2
    if loss == 1.0 or hazard == 0.0:
        slope = (rate - payout) / variance - 0.5
        return -slope + math.sqrt(slope**2 + 2.0 * (rate + hazard) / variance)
    from scipy.optimize import brentq

    def quadratic(b: float) -> float:
        return (
            0.5 * variance * b * (b - 1.0) + (rate - payout) * b - rate - hazard + hazard * (1.0 - loss) ** b
        )

    return float(brentq(quadratic, 1.0, root(volatility, rate, payout, hazard), xtol=1e-13))  # pyright: ignore[reportArgumentType]


def trigger_multiple(volatility: float, rate: float = RATE, payout: float = PAYOUT, hazard: float = 0.0, loss: float = 1.0) -> float:  # fmt: skip
    """V* / I: how many times its sunk cost a project must be worth before a firm enters, above 1. Units and limits
    as in `root`; tends to 1 as volatility and growth fall to 0."""
    beta = root(volatility, rate, payout, hazard, loss)
    return beta / (beta - 1.0)


def required_return(
    volatility: float,
    rate: float = RATE,
    payout: float = PAYOUT,
    asset_hazard: float = 0.0,
    option_hazard: float = 0.0,
    loss: float = 1.0,
) -> float:
    """P* / I: yearly profit per unit of sunk cost at which a firm enters. `asset_hazard` takes `loss` of the profit
    after entry, `option_hazard` ends the plan before it; both a year."""
    multiple = trigger_multiple(volatility, rate, payout, option_hazard)
    return multiple / float(asset_value(0.0, 1.0, payout, asset_hazard, loss))


def asset_value(
    excess: ArrayLike,
    memory: ArrayLike,
    payout: ArrayLike = PAYOUT,
    hazard: ArrayLike = 0.0,
    loss: ArrayLike = 1.0,
) -> np.ndarray:
    """Value of a profit of 1 a year under the hazard `hazard` + `excess` exp(-t / `memory`) on the asset's life
    (a year, years). Arrays broadcast. Closed form: Kummer's function, M(1, c m + 1, -l y m) / c with
    c = payout + loss hazard."""
    from scipy.special import hyp1f1

    excess, memory, payout, hazard, loss = (
        np.asarray(v, dtype=float) for v in (excess, memory, payout, hazard, loss)
    )
    lasting = payout + loss * hazard
    if np.any(lasting <= 0.0):
        raise ValueError(
            "payout plus lasting hazard must be above 0: otherwise the asset has no finite value"
        )
    return hyp1f1(1.0, lasting * memory + 1.0, -loss * excess * memory) / lasting


def now_or_later(
    profit: ArrayLike,
    excess: ArrayLike,
    memory: ArrayLike,
    rate: float = RATE,
    payout: float = PAYOUT,
    hazard: float = 0.0,
    loss: float = 1.0,
) -> np.ndarray:
    """What a firm without volatility gains a year by entering at once, per unit of sunk cost: profit, less the part
    of the asset that the hazard would take, less the return on money kept. It waits while this is below 0."""
    perceived = loss * (hazard + np.asarray(excess, dtype=float))
    kept = asset_value(excess, memory, payout, hazard, loss)
    return np.asarray(profit) * (1.0 - perceived * kept) - rate


def _check(volatility: float, rate: float, payout: float, hazard: float, loss: float) -> None:
    if not (volatility > 0.0 and rate > 0.0 and payout > 0.0 and hazard >= 0.0 and 0.0 <= loss <= 1.0):
        raise ValueError(
            "volatility, rate and payout must be above 0, a hazard 0 or more and a loss between 0 and 1, not "
            f"{volatility}, {rate}, {payout}, {hazard}, {loss}"
        )
