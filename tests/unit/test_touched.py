"""Sorting and counting of touched citizens against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interrex.engine.touched import DIGIT, FAR_ONE, FEW, count_few, far_of, near_of, sort


@pytest.mark.parametrize("size", [0, 1, 2, FEW, FEW + 1, 500, 70_000])
@pytest.mark.parametrize("bits", [3, 14, 32])
def test_sorted_as_numpy_sorts(size, bits):
    values = np.random.default_rng(size + bits).integers(0, 1 << bits, size + 5).astype(np.uint32)
    wanted = np.concatenate([np.sort(values[:size]), values[size:]])
    sort(values, size, np.zeros(size + 5, np.uint32), np.zeros((1 << DIGIT) + 1, np.int64), 1 << bits)
    assert np.array_equal(values, wanted)


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=FEW))
def test_few_ties_are_counted_by_citizen_and_kind(ties):
    keys = np.array([2 * citizen + far for citizen, far in ties] + [0], np.uint32)
    listed, counts = np.zeros(FEW, np.uint32), np.zeros(FEW, np.uint16)
    found = count_few(keys, len(ties), listed, counts)
    assert listed[:found].tolist() == sorted({citizen for citizen, _ in ties})
    for citizen, count in zip(listed[:found], counts[:found], strict=True):
        assert near_of(count) == ties.count((citizen, False)) and far_of(count) == ties.count((citizen, True))
    assert counts[:found].sum() == sum(FAR_ONE if far else 1 for _, far in ties)
