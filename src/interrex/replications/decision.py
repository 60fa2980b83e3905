"""The decision to rebel, as one whole number per citizen.

A citizen is active iff H (1 - L) - R (1 - exp(-k f(C / A))) > T (Epstein 2002), with C cops and A actives in
view, the citizen included in A. The left side never rises with C / A, so there is a largest value of f at which a
citizen still rebels. Its *nerve* says which, and the decision becomes `C * scale < nerve * A`: no division, no
exponential, and the same answer as the formula for every C and A that can occur.

What f does to the ratio is not in the paper, and decides the dynamics: NetLogo's Rebellion takes the floor and
says that without it there is no punctuated equilibrium; Mesa's example rounds, with the same remark.
"""

from __future__ import annotations

import numpy as np

from interrex.engine.compile import standing
from interrex.engine.draws import uniform
from interrex.mechanisms.maths import exp, scalar

ROUNDINGS = ("floor", "half to even", "none")
"""What f does to C / A: round down, round to the nearest whole number (halves to the even one), nothing."""

kernel = standing(__file__)


@scalar
def rebels(hardship, risk_aversion, legitimacy, k, threshold, ratio):
    """Whether a citizen rebels at a (rounded) ratio of cops to actives."""
    return hardship * (1.0 - legitimacy) - risk_aversion * (1.0 - exp(-k * ratio)) > threshold


def ladder(rounding: str, neighbours: int) -> tuple[np.ndarray, np.ndarray, int]:
    """All values that f can take with at most `neighbours` cops, rising; a nerve for each; the scale.

    `nerve[i]` is that of a citizen who rebels at the first i values and at no later one: f8[n], int64[n + 1], int.
    """
    m = neighbours
    whole = np.arange(m + 1)
    if rounding == "floor":  # C / A < q + 1
        return whole.astype(float), np.arange(m + 2), 1
    if rounding == "half to even":
        # f <= q means C / A < q + 1/2, or = where q is even; ratios are at least 1 / (2 m) away from q + 1/2.
        nerve = m * (2 * whole + 1) + (whole % 2 == 0)
        return whole.astype(float), np.concatenate([[0], nerve]), 2 * m
    # The ratios themselves: neighbours on the ladder differ by at least 1 / m^2. A ratio above 1 counts only
    # where it can occur: C + A - 1 <= m.
    cops, actives = np.meshgrid(whole, whole[1:], indexing="ij")
    possible = cops + actives - 1 <= m
    c, a = cops[possible], actives[possible]
    common = np.gcd(c, a)
    c, a = c // common, a // common
    first = np.unique(c * (m + 1) + a, return_index=True)[1]
    c, a = c[first], a[first]
    rising = np.argsort(c / a)
    c, a = c[rising], a[rising]
    return c / a, np.concatenate([[0], c * m**2 // a + 1]), m**2


@kernel
def set_nerves(hardship, risk_aversion, legitimacy, k, threshold, values, nerve, out):
    """Fill out[citizen] with the nerve of each citizen (traits as words of 32 bits), by bisection on the ladder."""
    for i in range(hardship.size):
        h, r = uniform(hardship[i]), uniform(risk_aversion[i])
        low, high = 0, values.size
        while low < high:
            middle = (low + high) >> 1
            if rebels(h, r, legitimacy, k, threshold, values[middle]):
                low = middle + 1
            else:
                high = middle
        out[i] = nerve[low]
