import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from interrex.engine import draws
from interrex.polity.permutation import ROUNDS, back_all, backward, forward, make_permutation


def table(size, seed=0):
    k0, k1 = draws.key_for(seed, draws.GRAPH)
    return make_permutation(size, np.array([draws.philox(k0, k1, 0, 0, size, r)[0] for r in range(ROUNDS)]))[
        None
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65, 1000, 4097, 30_011])
def test_a_permutation_reaches_everybody_once_and_runs_back(size):
    one = table(size)
    image = np.array([forward(i, one, 0) for i in range(size)])
    assert (np.sort(image) == np.arange(size)).all()
    assert [backward(int(i), one, 0) for i in image] == list(range(size))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 2**31 - 1), st.integers(0, 2**31), st.integers(0, 50))
def test_forwards_and_backwards_undo_each_other_at_any_size(size, value, seed):
    one = table(size, seed)
    value %= size
    image = forward(value, one, 0)
    assert 0 <= image < size and backward(image, one, 0) == value
    many = np.full((2, 3), image)
    back_all(many, 1, 2, one, 0)
    assert many.tolist() == [[image] * 3, [value, value, image]]


def test_images_are_spread_evenly_and_unlike_their_neighbours():
    size = 100_003
    image = np.array([forward(i, table(size), 0) for i in range(size)])
    counts = np.histogram2d(np.arange(size), image, 20)[0]
    assert stats.chisquare(counts.ravel()).pvalue > 1e-4
    assert stats.kstest(image[:500] / size, "uniform").pvalue > 1e-4
    assert np.unique(np.diff(image), return_counts=True)[1].max() < 10
    assert abs(np.corrcoef(image[:-1], image[1:])[0, 1]) < 5 / np.sqrt(size)


def test_permutations_of_other_keys_are_others():
    size = 5000
    a, b = ([forward(i, table(size, seed), 0) for i in range(size)] for seed in (1, 2))
    agree = sum(x == y for x, y in zip(a, b, strict=True))
    assert agree < 8  # one on average
