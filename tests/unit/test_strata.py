import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from interrex.engine import draws, street
from interrex.polity.strata import (
    AVERSION_EDGES,
    FEWEST,
    PIECES,
    _ends,
    apportion,
    cell_shares,
    grievance_edges,
    make_strata,
    stratum_of,
    traits,
)
from interrex.polity.units import agents

ONLINE = np.array([0.0, 1.0, 1.0])
SHARE = np.array([[0.7, 0.3, 0.0], [0.6, 0.4, 0.0], [0.55, 0.45, 0.0]])


@pytest.fixture(scope="module")
def strata():
    return make_strata(np.array([20_000, 9_000, 800]), SHARE, ONLINE)


def traits_of_all(strata, seed=5):
    k0, k1 = draws.key_for(seed, draws.TRAIT)
    return np.array([street.traits_of(i, s, strata.shape, k0, k1) for i, s in enumerate(of(strata))])


def of(strata):
    return np.repeat(np.arange(strata.unit.size), np.diff(strata.start))


def test_agents_are_rounded_and_never_none():
    assert agents(np.array([14.0, 15.0, 1_000_000.0, 3.0]), 10).tolist() == [1, 2, 100_000, 1]
    with pytest.raises(ValueError, match="at least one"):
        agents(np.array([10.0]), 0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 3000), min_size=1, max_size=12),
    st.lists(st.floats(0.05, 1.0), min_size=2, max_size=4),
)
def test_apportionment_keeps_units_whole_and_cells_fair(sizes, mix):
    sizes = np.array(sizes)
    share = np.tile(np.array([*mix, 0.0]) / sum(mix), (sizes.size, 1))
    shares = cell_shares(grievance_edges(int(sizes.sum())))
    counts = apportion(sizes, share, shares)
    assert (counts >= 0).all()
    assert (counts.sum((1, 2)) == sizes).all()
    assert (counts[:, -1] == 0).all()
    # Carrying keeps every (audience, cell) near its share of the nation, however small the units are.
    expected = sizes.sum() * np.outer(share[0], shares)
    assert np.abs(counts.sum(0) - expected).max() < 3.0


def test_many_small_units_keep_the_rare_angry():
    counts = apportion(np.full(500, 40), np.tile([1.0], (500, 1)), cell_shares(grievance_edges(20_000)))
    top = counts[:, 0, -2:].sum()
    assert abs(top - 500 * 40 * 0.0007) < 2


def test_citizens_are_numbered_by_audience_cell_and_unit(strata):
    size = np.diff(strata.start)
    assert (size >= 0).all() and size.sum() == 29_800
    assert [int(size[strata.unit == u].sum()) for u in range(3)] == [20_000, 9_000, 800]
    key = [(a != 1, a != 2, c, u) for a, c, u in zip(strata.audience, strata.cell, strata.unit, strict=True)]
    assert key == sorted(key), "online audiences first, units fastest"
    assert strata.online == size[ONLINE[strata.audience] > 0].sum() > 0
    assert (strata.home[:, -1] == [20_000, 9_000, 800]).all()


@pytest.mark.parametrize("scale", [1, 1000])
def test_the_stratum_of_a_citizen_is_found(scale):
    strata = make_strata(np.array([20_000, 9_000, 800]) * scale, SHARE, ONLINE)
    total = int(strata.start[-1])
    some = np.unique(
        np.concatenate([strata.start[:-1], strata.start[1:] - 1, np.arange(0, total, 997 * scale)])
    )
    some = some[(some >= 0) & (some < total)]
    found = [stratum_of(int(i), strata.start, strata.guide, strata.guide_bits) for i in some]
    assert found == (np.searchsorted(strata.start, some, side="right") - 1).tolist()
    local = some - strata.shift[found]
    assert all(strata.home[strata.unit[s], s // 3] <= i < strata.home[strata.unit[s], s // 3 + 1]
               for s, i in zip(found, local, strict=True))  # fmt: skip


def test_traits_have_their_marginals_and_stay_in_their_cells(strata):
    values = traits_of_all(strata)
    assert stats.kstest(values[:, 0], "norm").pvalue > 1e-3
    assert stats.kstest(values[:, 1], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(values.T)[0, 1]) < 0.03
    assert (values >= strata.low[of(strata)] - 1e-12).all() and (
        values <= strata.high[of(strata)] + 1e-12
    ).all()


def test_ceilings_and_floors_bound_every_citizen(strata):
    k0, k1 = draws.key_for(5, draws.TRAIT)
    for i in range(0, of(strata).size, 7):
        s = of(strata)[i]
        grievance, _ = street.traits_of(i, s, strata.shape, k0, k1)
        word = draws.philox(k0, k1, 0, 0, i, 0)[0]
        place = strata.cell[s], int(draws.uniform(word) * PIECES)
        assert strata.floor[place] <= grievance <= strata.ceiling[place]


def test_ceilings_and_floors_hold_in_the_narrowest_cells():
    """The cells of a country of two billion, without its citizens."""
    edges = grievance_edges(2_100_000_000)
    assert edges.size > grievance_edges(20_000_000).size
    for below, above in itertools.pairwise(edges):
        tail, sign = (1.0 - above, -1.0) if below >= 0.5 else (below, 1.0)
        ends = _ends(tail, above - below, sign)
        shape = np.array([[tail, above - below, sign, 0.0, 1.0]])
        for u in (np.arange(PIECES * 64) + 0.5) / (PIECES * 64):
            grievance, _ = traits(u, 0.5, 0, shape)
            piece = ends[int(u * PIECES) : int(u * PIECES) + 2]
            assert piece.min() - 1e-9 <= grievance <= piece.max() + 1e-9


def test_the_outermost_corner_is_the_most_grieved_citizen():
    place_like = make_strata(np.array([50_000]), np.array([[1.0]]), np.ones(1))
    keys = draws.keys_for(5)
    street._tighten(place_like, *keys[draws.TRAIT])
    values = traits_of_all(place_like)
    outer = place_like.cell >= (grievance_edges(50_000).size - 2) * (len(AVERSION_EDGES) - 1)
    assert outer.sum() == 2
    for s in np.flatnonzero(outer):
        assert 0.0 < place_like.high[s, 0] - values[of(place_like) == s, 0].max() < 1e-8


@pytest.mark.parametrize("citizens", [1, 999_999, 1_000_000, 19_500_000, 1_400_000_000])
def test_the_tail_is_cut_finer_in_larger_countries(citizens):
    edges = grievance_edges(citizens)
    assert (np.diff(edges) > 0).all() and edges[0] == 0.0 and edges[-1] == 1.0
    above = citizens * (1.0 - edges[-2])
    assert above < 10 * FEWEST or citizens < 1e6, "so that the last cell is narrow"
    assert edges[-2] == 0.9993 or above >= 0.999 * FEWEST


def test_audiences_without_citizens_have_no_strata():
    share = np.array([[0.7, 0.0, 0.3]])
    strata = make_strata(np.array([30_000]), share, np.array([1.0, 1.0, 0.0]))
    assert set(strata.audience.tolist()) == {0, 2}
    assert strata.online == np.diff(strata.start)[strata.audience == 0].sum()


def test_fine_cells_give_way_where_strata_are_many():
    sizes = np.full(3000, 10_000)
    strata = make_strata(sizes, np.ones((3000, 1)), np.ones(1))
    assert np.diff(strata.start).sum() == sizes.sum() and strata.unit.size == 3000 * 20


def test_too_many_strata_are_refused():
    with pytest.raises(ValueError, match="strata"):
        make_strata(np.full(4000, 2000), np.ones((4000, 1)), np.ones(1))
