"""A handle is read as the tuple that it stands for, whatever is in it, and never outlives it."""

import gc
from typing import NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from interrex.engine.handles import Handle, Handles, values


class Inner(NamedTuple):
    words: np.ndarray
    grid: np.ndarray
    bits: int


class Outer(NamedTuple):
    before: float
    inner: Inner
    cube: np.ndarray
    marks: np.ndarray


class Rates(NamedTuple):
    calm: float
    crisis: float
    fear: float


@numba.njit
def _read(outer):
    inner = outer.inner
    total = (
        outer.before * inner.bits + inner.words.size + 100 * inner.grid.shape[0] + 1000 * outer.cube.shape[2]
    )
    for k in range(inner.words.size):
        total += np.float64(inner.words[k]) * (k + 1)
    for i in range(inner.grid.shape[0]):
        for j in range(inner.grid.shape[1]):
            total += inner.grid[i, j] * (i - j)
            for k in range(outer.cube.shape[2]):
                total += outer.cube[i, j, k] * (i + 2 * j + 3 * k)
    return total + outer.marks[1:].sum()


@numba.njit
def _write(outer, u):
    outer.inner.words[u] += 7
    outer.cube[u] = outer.before
    row = outer.inner.grid[u]
    row[:] = -1.0


@numba.njit
def _through(rates):
    total, factor = 0.0, 1.0
    for value in values(rates):
        total += factor * value
        factor *= 10.0
    return total


def outer(rng, units, audiences, days):
    inner = Inner(
        rng.integers(0, 2**32, units).astype(np.uint32),
        rng.standard_normal((units, audiences)),
        int(rng.integers(64)),
    )
    marks = rng.integers(0, 9, 5).astype(np.uint8)
    return Outer(float(rng.standard_normal()), inner, rng.standard_normal((units, audiences, days)), marks)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(0, 4), st.integers(0, 3))
def test_a_kernel_reads_and_writes_the_same_through_either(seed, units, audiences, days):
    one, other = (outer(np.random.default_rng(seed), units, audiences, days) for _ in range(2))
    assert _read(Handle(one)) == _read(other)
    _write(Handle(one), units - 1)
    _write(other, units - 1)
    for a, b in zip((*one.inner, *one[2:]), (*other.inner, *other[2:]), strict=True):
        np.testing.assert_array_equal(a, b)
    assert _read(Handle(one)) == _read(other)


@settings(max_examples=20, deadline=None)
@given(arrays.arrays(float, 3, elements=st.floats(-1e6, 1e6)))
def test_numbers_come_in_order(numbers):
    rates = Rates(*numbers)
    assert (
        _through(Handle(rates))
        == _through(rates)
        == 0.0 + numbers[0] + 10.0 * numbers[1] + 100.0 * numbers[2]
    )


def test_a_kernel_is_compiled_once_for_all_lengths():
    rng = np.random.default_rng(1)
    before = len(_read.signatures)
    _read(Handle(outer(rng, 3, 2, 1)))
    once = len(_read.signatures)
    _read(Handle(outer(rng, 4, 1, 2)))
    assert once == len(_read.signatures) <= before + 1


def test_other_fields_are_another_type():
    class Like(NamedTuple):
        calm: float
        crisis: float
        fear: int

    assert Handle(Rates(1.0, 2.0, 3.0)).numba_type == Handle(Rates(4.0, 5.0, 6.0)).numba_type
    assert Handle(Rates(1.0, 2.0, 3.0)).numba_type != Handle(Like(1.0, 2.0, 3)).numba_type


@numba.njit
def _sum(maybe):
    if maybe is not None:
        return maybe.sum()
    return -1.0


@numba.njit
def _may_have(rates):
    return _sum(rates.fear) + rates.calm


def test_what_is_not_there_is_told_apart_when_compiling():
    assert _may_have(Handle(Rates(2.0, 0.0, None))) == _may_have(Rates(2.0, 0.0, None)) == 1.0
    assert _may_have(Handle(Rates(2.0, 0.0, np.ones(3)))) == 5.0


def test_it_keeps_the_arrays_alive():
    handle = Handle(outer(np.random.default_rng(2), 4, 3, 2))
    expected = _read(handle.of)
    gc.collect()
    np.zeros(1 << 16)
    assert _read(handle) == expected


def test_one_handle_for_a_tuple_and_another_for_its_replacement():
    at, rates = Handles(), Rates(1.0, 2.0, 3.0)
    assert at(rates) is at(rates)
    changed = rates._replace(calm=9.0)
    assert at(changed) is not at(rates) and _through(at(changed)) == 329.0


def test_arrays_with_gaps_are_refused():
    inner = Inner(np.zeros(8, np.uint32)[::2], np.zeros((2, 2)), 1)
    with pytest.raises(ValueError, match=r"Inner\.words is not contiguous"):
        Handle(inner)


class Holder(NamedTuple):
    rates: Handle
    factor: float


@numba.njit
def _held(holder):
    return holder.rates.crisis * holder.factor


def test_a_handle_may_hold_another_and_keeps_it_alive():
    held = Handle(Holder(Handle(Rates(1.0, 2.0, 3.0)), 10.0))
    gc.collect()
    np.zeros(1 << 16)
    assert _held(held) == 20.0
    assert _held(Handle(Holder(Handle(Rates(np.float64(1.0), 5.0, 3.0)), 10.0))) == 50.0
    assert len(_held.signatures) == 1


def test_the_latest_handle_is_kept_until_another_is_asked_for():
    at, one, other = Handles(), Rates(1.0, 2.0, 3.0), Rates(4.0, 5.0, 6.0)
    first = at.latest("rates", one, lambda: one)
    assert at.latest("rates", one, lambda: other) is first
    assert at.latest("rates", other, lambda: other).of is other and at.latest("more", one, lambda: one) is not first
    assert at.latest("rates", one, lambda: one) is not first
