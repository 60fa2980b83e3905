"""The gap between an index and the names that fell most: how much can be composition, how much halt and delay.

Three quantities are compared, all as changes since before the crisis: A, the mean of the names quoted abroad at their
worst; B, the index's own basket at that same moment, had it been quoted; C, the index when it was next seen. A - B is
composition (the basket holds other names, with other weights), B - C is halt, delay and listing (the home market was
shut at the worst and reopened later). B was never observed. What is known of it are the names quoted in both places;
of the others only that they did not rise and did not fall further than the worst name. The two parts are therefore
intervals, found by linear programming over all that the figures allow, and what one gains the other loses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Interval(NamedTuple):
    """Lowest and highest value that the figures allow; shares of 1."""

    low: float
    high: float


class Gap(NamedTuple):
    """Parts of the gap (index less names, negative parts pull the names below the index), and the index with a name
    that it does not hold."""

    names: Interval  # A
    index: Interval  # C
    whole: Interval  # A - C
    composition: Interval  # A - B
    halt: Interval  # B - C
    known_weight: float  # weight of the basket that was quoted abroad at the worst
    from_known: Interval  # what these names alone would have taken from the index
    with_outsider: dict[
        str, tuple[Interval, Interval]
    ]  # index had it held the name: fall kept, fall made good


def split(
    worst: Mapping[str, Interval], basket: Mapping[str, float], index: Interval, outsider_weight: Interval
) -> Gap:
    """Split the gap.

    `worst`: change of each name quoted abroad at its worst, by the name of its share; `basket`: weights of the index,
    summing to 1; `index`: its change when next seen; `outsider_weight`: weight that a name not in the basket might
    have had. ValueError where nothing is quoted abroad or the basket does not sum to 1.
    """
    if not worst or abs(sum(basket.values()) - 1.0) > 1e-6:
        raise ValueError("needs a name quoted abroad and weights that sum to 1")
    from scipy.optimize import linprog

    names, held = list(worst), list(basket)
    unseen = [n for n in held if n not in worst]
    floor = min(w.low for w in worst.values())
    # unknowns: fall of each name abroad, of each unseen constituent at that moment, and the index later
    bounds = [*worst.values(), *([Interval(floor, 0.0)] * len(unseen)), index]
    a = np.array([1.0 / len(names)] * len(names) + [0.0] * len(unseen) + [0.0])
    b = np.array([basket.get(n, 0.0) for n in names] + [basket[n] for n in unseen] + [0.0])
    c = np.array([0.0] * (len(names) + len(unseen)) + [1.0])

    def reach(cost: np.ndarray) -> Interval:
        low = linprog(cost, bounds=bounds, method="highs").fun
        high = -linprog(-cost, bounds=bounds, method="highs").fun
        return Interval(float(low), float(high))

    known = [n for n in names if n in basket]
    alone = Interval(
        sum(basket[n] * worst[n].low for n in known), sum(basket[n] * worst[n].high for n in known)
    )
    outside: dict[str, tuple[Interval, Interval]] = {}
    for n in names:
        if n not in basket:
            reached = [
                (1 - w) * r + w * f
                for w in outsider_weight
                for r in index
                for f in (worst[n].low, worst[n].high)
            ]
            back = [(1 - w) * r for w in outsider_weight for r in index]
            outside[n] = (Interval(min(reached), max(reached)), Interval(min(back), max(back)))
    return Gap(
        reach(a), index, reach(a - c), reach(a - b), reach(b - c), sum(basket[n] for n in known), alone, outside
    )  # fmt: skip
