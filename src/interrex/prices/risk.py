"""Risk in prices: what a fall identifies, what a path of risk can explain, and whether one risk can do both.

With p the probability of loss of control and l the share of value then lost, a price that carries no premium falls by
p l. A fall therefore identifies the product alone: every pair on the curve p l = fall fits it equally well. A premium
for the risk makes the product larger than p l (Pastor, L. & Veronesi, P. (2013). Political uncertainty and risk
premia. Journal of Financial Economics 110(3), 520-545), so the curve is an upper bound of p at a given l.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.engine import draws

FEWEST_DAYS = 20
"""Trading days below which no R^2 is printed."""
FEWEST_OTHERS = 19
"""Other orders of the days below which no placebo p can fall to 5 %."""


def product(low: float, high: float) -> tuple[float, float]:
    """The identified product p times loss, (least, most), from a change of price between `low` and `high` (shares of 1,
    negative for a fall). A rise identifies nothing and gives 0."""
    return max(0.0, -high), max(0.0, -low)


def pairs(value: float, count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and losses, f8[count] each, with p times loss = `value` (0 < value <= 1): the whole set, from a sure
    event that takes `value` to an event of probability `value` that takes all."""
    if not 0.0 < value <= 1.0:
        raise ValueError(f"a product of probability and loss lies above 0 and not above 1, not at {value}")
    p = np.geomspace(value, 1.0, count)
    return p, value / p


class Exposure(NamedTuple):
    """Loss of value per unit of probability of loss of control, over days of quotes not used for conditioning."""

    days: int
    low: float  # implied loss share, from the interval of the returns
    high: float
    r2: float  # NaN under FEWEST_DAYS
    placebo_p: float  # share of orders of the days with a slope as large; NaN where there are too few orders
    why: str  # why R^2 or placebo are missing; '' if both are there


def exposure(returns: np.ndarray, rise: np.ndarray, seed: int, orders: int = 999) -> Exposure:
    """Exposure of one instrument: minus the slope through 0 of its returns on the rise of risk.

    `returns` f8[day, 2]: bounds of the return; `rise` f8[day]: change of the probability over the same days, known at
    their end. The placebo shuffles the days of `rise`; with few days all orders are too few, and none is printed.
    """
    n = rise.size
    square = float(rise @ rise)
    if n == 0 or square == 0.0:
        return Exposure(
            n, math.nan, math.nan, math.nan, math.nan, "the risk did not move on the days with a quote"
        )
    middle = returns.mean(axis=1)
    each = rise[:, None] * returns
    ends = -np.array([each.max(axis=1).sum(), each.min(axis=1).sum()]) / square
    r2, p = math.nan, math.nan
    missing: list[str] = []
    if n >= FEWEST_DAYS:
        slope = float(rise @ middle) / square
        r2 = 1.0 - float(np.sum((middle - slope * rise) ** 2)) / float(np.sum((middle - middle.mean()) ** 2))
    else:
        missing.append(f"no R² from {n} of the {FEWEST_DAYS} trading days that it needs")
    if n >= 2 and math.factorial(min(n, 12)) - 1 >= FEWEST_OTHERS:
        p = shuffled(middle, rise, seed, orders)
    else:
        missing.append("no placebo: the days can be put in too few other orders")
    return Exposure(n, float(min(ends)), float(max(ends)), r2, p, "; ".join(missing))


def shuffled(returns: np.ndarray, rise: np.ndarray, seed: int, orders: int = 999) -> float:
    """Two-sided p of the slope of `returns` on `rise`, f8[day] each, among `orders` random orders of the days. The true
    order counts as one."""
    u = draws.uniforms(seed, draws.PLACEBO, (orders, rise.size), tick=7)
    mixed = rise[np.argsort(u, axis=1, kind="stable")]
    centred = returns - returns.mean()
    seen = abs(float(centred @ rise))
    return (1 + int(np.sum(np.abs(mixed @ centred) >= seen * (1 - 1e-12)))) / (orders + 1)


class Fading(NamedTuple):
    """A path of hazard as three numbers: `lasting` hazard a year, `excess` above it at the start, and the `memory` in
    years over which the excess fades (its area over its height)."""

    lasting: float
    excess: float
    memory: float


def fading(hazard: np.ndarray) -> Fading:
    """Three numbers of a hazard a day, f8[day], as expected on its first day. The lasting part is the mean of the last
    third."""
    lasting = float(hazard[-max(1, hazard.size // 3) :].mean())
    above = np.maximum(hazard - lasting, 0.0)
    if above[0] <= 0.0:
        return Fading(lasting * 365.25, 0.0, 0.0)
    return Fading(lasting * 365.25, float(above[0]) * 365.25, float(above.sum() / above[0]) / 365.25)


class OneProcess(NamedTuple):
    """What one path of risk gives for a liquid asset and for a plan of entry."""

    deepest: float  # largest fall that the risk allows at its peak, if everything were lost (share of 1)
    at_index: float  # the same on the day on which the index was seen
    loss_needed: tuple[
        float, float
    ]  # loss shares that would make the index fall as it did; above 1: impossible
    cancelled_below: tuple[
        float, float
    ]  # plans that promise up to so much above their trigger (1.03) are dropped
    # for good by a lasting risk that costs the index all of its fall


def one_process(before: float, peak: float, seen: float, index: tuple[float, float]) -> OneProcess:
    """Hold one risk against a calm index and cancelled plans.

    `before`, `peak`, `seen`: probability of loss of control over the horizon on the eve, at its peak, and on the day on
    which the index was next quoted; `index`: change of the index up to then (low, high).

    A hazard that lasts lowers the value A of a profit of 1 a year, and the trigger of an entry is the multiple over A
    (Dixit & Pindyck 1994, `entry.required_return`): a risk that takes x from the value of an asset lifts the trigger
    by 1 / (1 - x). So a lasting risk that the index shows as a fall of x drops for good the plans that promised less
    than 1 / (1 - x) of their trigger, and no others, if newcomers are as exposed as the index.
    """
    rise = seen - before
    falls = product(*index)
    needed = (falls[0] / rise, falls[1] / rise) if rise > 0.0 else (math.inf, math.inf)
    return OneProcess(
        max(0.0, peak - before), max(0.0, rise), needed, (1.0 / (1.0 - falls[0]), 1.0 / (1.0 - falls[1]))
    )
