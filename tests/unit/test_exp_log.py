"""exp, log and expit of the kernels against mpmath at 160 bits, over their whole range."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import mpmath
import numpy as np
import pytest

from interrex.mechanisms.maths import exp, exp_within, expit, log

RNG = np.random.default_rng(20)
SMALLEST, LARGEST = 5e-324, 1.7976931348623157e308
SMALLEST_NORMAL = 2.2250738585072014e-308


def worst(function: Callable[[float], float], exact: Callable[[Any], Any], at: Iterable[float]) -> float:
    """Largest error in units of the last place of the exact value."""
    most = 0.0
    with mpmath.workprec(160):
        for v in map(float, at):
            want = exact(mpmath.mpf(v))
            got = mpmath.mpf(function(v))
            most = max(
                most, 0.0 if got == want else float(abs(got - want) / mpmath.mpf(math.ulp(float(want))))
            )
    return most


def exponents() -> np.ndarray:
    """All over [-700, 700], near zero, and where the range reduction changes over to the next power of two."""
    between = [
        (k + 0.5) * math.log(2.0) * (1 + d) for k in range(-1009, 1009, 7) for d in (-1e-15, 0.0, 1e-15)
    ]
    small = RNG.choice([-1.0, 1.0], 500) * 10.0 ** RNG.uniform(-320, 0, 500)
    return np.concatenate([RNG.uniform(-700, 700, 6000), small, between, [0.0, -0.0, 700.0, -700.0]])


def positive() -> np.ndarray:
    """Every exponent alike, subnormal numbers, both sides of powers of two, of their cut at 1/sqrt(2), and of 1."""
    any_bits = RNG.integers(1, 0x7FEFFFFFFFFFFFFF, 6000).view(np.float64)
    subnormal = RNG.integers(1, 1 << 52, 1500).view(np.float64)
    cuts = (0.5, 0.99999999999999989, 0.70710678118654757, 0.70710678118654746)
    edges = np.array([math.ldexp(m, k) for k in range(-1074, 1024, 5) for m in cuts])
    one = 1.0 + RNG.choice([-1.0, 1.0], 2000) * 10.0 ** RNG.uniform(-16, -1, 2000)
    ends = [SMALLEST, SMALLEST_NORMAL, LARGEST, math.nextafter(1.0, 0.0), 1.0, math.nextafter(1.0, 2.0)]
    return np.concatenate([any_bits, subnormal, edges[edges > 0], one, RNG.uniform(0.4, 2.5, 4000), ends])


def test_exp_is_right_to_1_1_units_of_the_last_place() -> None:
    assert worst(exp, mpmath.exp, exponents()) < 1.1


def test_exp_beyond_its_range() -> None:
    for v in (-700.0001, -708.5, -745.2, -LARGEST, -math.inf):
        assert exp(v) == 0.0
    for v in (700.0001, 710.0, LARGEST, math.inf):
        assert exp(v) == exp(700.0) < math.inf
    assert math.isnan(exp(math.nan))
    assert exp(0.0) == exp(-0.0) == exp(SMALLEST) == exp(-SMALLEST) == 1.0


def test_exp_without_a_table_has_the_same_bits() -> None:
    rng = np.random.default_rng(3)
    for v in (*rng.uniform(-700.0, 700.0, 500), *rng.normal(0.0, 5.0, 500), 0.0, -700.0, 700.0):
        assert exp_within(v) == exp(v), v


def test_log_is_right_to_1_unit_of_the_last_place() -> None:
    assert worst(log, mpmath.log, positive()) < 1.0
    assert log(1.0) == 0.0


def test_expit_is_right_to_2_units_of_the_last_place() -> None:
    at = np.concatenate([exponents()[::3], RNG.uniform(-40, 40, 2000)])
    assert worst(expit, lambda v: 1 / (1 + mpmath.exp(-v)), at) < 2.0
    assert expit(1000.0) == 1.0 and expit(-1000.0) == 0.0


def test_the_oracle_sees_an_error_of_the_last_places() -> None:
    assert worst(lambda v: exp(v) * (1 + 3e-16), mpmath.exp, exponents()[:300]) > 1.1
    assert worst(lambda v: log(v) * (1 + 3e-16), mpmath.log, positive()[:300]) > 1.0


@pytest.mark.parametrize(("function", "at"), [(exp, exponents()), (log, positive()), (expit, exponents())])
def test_compiled_and_read_as_python_the_bits_are_the_same(
    function: Callable[[float], float], at: np.ndarray
) -> None:
    """No multiplication is fused with an addition and no library is called, so the machine has no say."""
    plain = function.py_func  # type: ignore[attr-defined]
    for v in map(float, at[::5]):
        assert plain(v) == function(v)
