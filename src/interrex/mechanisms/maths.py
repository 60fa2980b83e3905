"""What may run inside a tick: the decorator `scalar`, and elementary functions of our own.

Polynomials in place of the C library's functions, so that a history has the same bits under any maths library.
"""

from __future__ import annotations

import math
from typing import overload

import numba
import numpy as np

scalar = numba.njit(nogil=True, error_model="numpy", forceinline=True, no_cfunc_wrapper=True)  # pyright: ignore[reportCallIssue]
"""Decorator of every function that may run inside a tick."""

POWERS = np.array([math.ldexp(1.0, k) for k in range(-1080, 1024)])
"""Powers of two: a table look-up instead of a call into the C library (a third of exp's time)."""


ATANH = tuple(2.0 / k for k in range(23, 1, -2))
"""Coefficients of 2 atanh(s) / s - 2 in powers of s**2, the highest first."""


@scalar
def exp(v):
    """exp(v) from a range reduction by log 2 and a Taylor polynomial; error below 1.1 ulp on [-700, 700], 0 below
    and exp(700) above."""
    if v < -700.0:
        return 0.0
    if v > 700.0:
        v = 700.0
    k = np.floor(v * 1.4426950408889634 + 0.5)
    f = (v - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    p = 1.0 + f * (
        1.0
        + f
        * (
            0.5
            + f
            * (
                1.6666666666666666e-1
                + f
                * (
                    4.1666666666666664e-2
                    + f
                    * (
                        8.3333333333333332e-3
                        + f
                        * (
                            1.3888888888888889e-3
                            + f
                            * (
                                1.9841269841269841e-4
                                + f
                                * (
                                    2.4801587301587302e-5
                                    + f
                                    * (
                                        2.7557319223985893e-6
                                        + f
                                        * (
                                            2.7557319223985888e-7
                                            + f
                                            * (
                                                2.5052108385441720e-8
                                                + f * (2.0876756987868099e-9 + f * 1.6059043836821613e-10)
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            )
        )
    )
    return p * POWERS[int(k) + 1080]


EXP = (
    1.6059043836821613e-10, 2.0876756987868099e-9, 2.5052108385441720e-8, 2.7557319223985888e-7, 2.7557319223985893e-6,
    2.4801587301587302e-5, 1.9841269841269841e-4, 1.3888888888888889e-3, 8.3333333333333332e-3, 4.1666666666666664e-2,
    1.6666666666666666e-1, 0.5, 1.0, 1.0,
)  # fmt: skip
"""Coefficients of the polynomial of `exp`, the highest first."""


@scalar
def exp_within(v):
    """exp(v) for v in [-700, 700], to the bit as in `exp`: without a branch or a table, so that a row of them becomes vector
    instructions (a third of the time)."""
    k = np.floor(v * 1.4426950408889634 + 0.5)
    f = (v - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    p = EXP[0]
    for c in EXP[1:]:
        p = c + f * p
    bits = np.float64(k + 6755399441055744.0).view(np.int64)  # 1.5 2**52: the number lies in the low bits
    return p * np.int64((bits + 1023) << 52).view(np.float64)


LEAST_NORMAL = 2.0**-1022
"""From here down a number has fewer digits."""


@scalar
def log(v):
    """Natural logarithm of finite v > 0, subnormal numbers included; error below 1 ulp.

    With v = 2**k (1 + f) and s = f / (2 + f), log(1 + f) = 2 atanh(s) is written as f less a small correction, so
    that the rounding of s does not reach the result (the form of fdlibm, Sun Microsystems 1993)."""
    k = -1022
    if v < LEAST_NORMAL:
        v *= 18014398509481984.0  # 2**54
        k -= 54
    # taken apart by hand: with calls of frexp the logarithms of an array take four times as long
    word = np.float64(v).view(np.int64)
    k += word >> 52
    m = np.int64((word & 0xFFFFFFFFFFFFF) | 0x3FE0000000000000).view(np.float64)
    if m < 0.70710678118654757:
        m *= 2.0
        k -= 1
    f = m - 1.0
    s = f / (2.0 + f)
    w = s * s
    rest = 0.0
    for c in ATANH:
        rest = w * (c + rest)
    half = 0.5 * f * f
    return k * 0.693147180369123816490 - ((half - (s * (half + rest) + k * 1.90821492927058770002e-10)) - f)


@scalar
def expit(v):
    """1 / (1 + exp(-v))."""
    e = exp(-abs(v))
    return (1.0 if v >= 0.0 else e) / (1.0 + e)


@overload
def exp_of(values: float) -> float: ...
@overload
def exp_of(values: np.ndarray) -> np.ndarray: ...
def exp_of(values: float | np.ndarray) -> float | np.ndarray:
    """exp of every number of an array, or of one, to the bit as in `exp`; nan of nan. For what lies outside the kernels:
    numpy's own takes other digits on another processor."""
    v = np.asarray(values, dtype=float)
    inside = np.clip(np.where(np.isnan(v), 0.0, v), -700.0, 700.0)
    k = np.floor(inside * 1.4426950408889634 + 0.5)
    f = (inside - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    p = EXP[0]
    for c in EXP[1:]:
        p = c + f * p
    found = np.where(v < -700.0, 0.0, p * POWERS[k.astype(np.int64) + 1080])
    return np.where(np.isnan(v), np.nan, found)[()]


@overload
def log_of(values: float) -> float: ...
@overload
def log_of(values: np.ndarray) -> np.ndarray: ...
def log_of(values: float | np.ndarray) -> float | np.ndarray:
    """Natural logarithm of every number >= 0 of an array, or of one, to the bit as in `log`; -inf of 0, nan of what has
    none, inf of inf."""
    v = np.asarray(values, dtype=float)
    good = (v > 0.0) & (v < np.inf)
    small = good & (v < LEAST_NORMAL)
    word = (np.where(good, v, 1.0) * np.where(small, 18014398509481984.0, 1.0)).view(np.int64)
    k = (word >> 52) - np.where(small, 1076, 1022)
    m = ((word & 0xFFFFFFFFFFFFF) | 0x3FE0000000000000).view(np.float64)
    low = m < 0.70710678118654757
    k, f = k - low, np.where(low, m * 2.0, m) - 1.0
    s = f / (2.0 + f)
    w = s * s
    rest = np.zeros_like(f)
    for c in ATANH:
        rest = w * (c + rest)
    half = 0.5 * f * f
    found = k * 0.693147180369123816490 - ((half - (s * (half + rest) + k * 1.90821492927058770002e-10)) - f)
    return np.where(good, found, np.where(v == 0.0, -np.inf, np.where(v == np.inf, np.inf, np.nan)))[()]
