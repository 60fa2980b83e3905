import networkx as nx
import numpy as np
import pytest
from scipy import stats

from interrex.engine import draws
from interrex.polity.network import FAR_DEGREE, make_network, most_near, near_reach, ties_of
from interrex.polity.permutation import ROUNDS
from interrex.polity.strata import make_strata

ONLINE = np.array([1.0, 0.0])
SIZES = np.array([900, 600, 301, 7, 2, 1])
SHARE = np.tile([0.7, 0.3], (SIZES.size, 1))
CITIZENS = np.arange(SIZES.sum())


def words(seed, rows):
    k0, k1 = draws.key_for(seed, draws.GRAPH)
    return np.array([[draws.philox(k0, k1, 0, 0, p, r)[0] for r in range(ROUNDS)] for p in range(rows)])


def of(strata):
    return np.repeat(np.arange(strata.unit.size), np.diff(strata.start))


@pytest.fixture(scope="module")
def built():
    strata = make_strata(SIZES, SHARE, ONLINE)
    network = make_network(strata, words(3, SIZES.size + FAR_DEGREE))
    near, far = ties_of(strata, network, CITIZENS)
    return strata, network, near, far


def graph_of(neighbours):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(neighbours)))
    graph.add_edges_from((i, int(j)) for i, others in enumerate(neighbours) for j in others)
    return graph


def test_ties_run_both_ways_and_never_to_oneself(built):
    _, _, near, far = built
    for neighbours in (near, far):
        edges = {(i, int(j)) for i, others in enumerate(neighbours) for j in others}
        assert edges == {(j, i) for i, j in edges}
        assert all(i != j for i, j in edges)


def test_near_ties_are_a_clustered_lattice_within_the_unit(built):
    strata, _, near, _ = built
    graph = graph_of(near)
    unit = strata.unit[of(strata)]
    assert all(unit[a] == unit[b] for a, b in graph.edges)
    big = [i for i in graph if SIZES[unit[i]] >= 300]
    assert {d for _, d in graph.degree(big)} == {8}
    clustering = nx.clustering(graph, big)
    assert np.allclose(list(clustering.values()), 3 * (8 - 2) / (4 * (8 - 1)))
    for u in range(4):  # one ring a unit: everybody is reached from everybody
        assert nx.is_connected(graph.subgraph(np.flatnonzero(unit == u).tolist()))
    assert graph.degree[int(np.flatnonzero(unit == 3)[0])] == 6  # seven people: everybody sees everybody
    assert graph.degree[int(np.flatnonzero(unit == 5)[0])] == 0
    assert [near_reach(n) for n in (1, 2, 7, 9, 10**6)] == [0, 0, 3, 4, 4]


@pytest.mark.parametrize("size", [30_011, 400_000])
def test_neighbours_are_unrelated_to_the_numbering(size):
    """Citizens are numbered by stratum. Numbers of neighbours must look like random ones: their places in the unit
    are uncorrelated, evenly spread over a grid of pairs, and leave no regular step."""
    strata = make_strata(np.array([size, 50]), np.tile([0.6, 0.4], (2, 1)), ONLINE)
    network = make_network(strata, words(8, 2 + FAR_DEGREE))
    some = np.flatnonzero(strata.unit[of(strata)] == 0)[:: max(1, size // 20_000)]
    near, far = ties_of(strata, network, some)
    for a, b in ((np.repeat(some, 8), np.concatenate(near)),
                 (np.repeat(some, [len(x) for x in far]), np.concatenate(far))):  # fmt: skip
        x, y = a / a.max(), b / b.max()
        assert abs(np.corrcoef(x, y)[0, 1]) < 5 / np.sqrt(a.size)
        counts = np.histogram2d(x, y, 16, ((0, 1), (0, 1)))[0]
        expected = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
        assert (np.abs(counts - expected) < 6 * np.sqrt(expected + 1)).all()
        step, times = np.unique(np.abs(b - a), return_counts=True)
        assert times.max() < 12 + 15 * a.size / size, (
            f"the step {step[times.argmax()]} comes {times.max()} times"
        )


def test_near_ties_mix_the_cells_of_traits(built):
    strata, _, near, _ = built
    stratum = of(strata)
    unit, cell = strata.unit[stratum], strata.cell[stratum]
    pairs = np.array([e for e in graph_of(near).edges if unit[e[0]] == 0])
    share = (cell[unit == 0] >= 4).mean()
    both = (cell[pairs].min(1) >= 4).mean()
    assert cell[pairs].max() >= 16
    assert abs(both - share**2) < 5 * np.sqrt(share**2 / len(pairs))


def test_far_ties_are_matchings_of_online_citizens(built):
    strata, _, _, far = built
    online = ONLINE[strata.audience[of(strata)]] > 0
    assert (online == (CITIZENS < strata.online)).all()
    assert not any(len(far[i]) for i in np.flatnonzero(~online))
    degree = np.array([np.unique(far[i]).size for i in np.flatnonzero(online)])
    assert (degree == FAR_DEGREE).mean() > 0.98
    assert nx.average_clustering(graph_of(far)) < 0.02
    assert all(online[j] for others in far for j in others)


def test_with_an_odd_number_online_one_stays_alone_in_each_matching():
    strata = make_strata(np.array([31]), np.array([[1.0]]), np.array([1.0]))
    _, far = ties_of(strata, make_network(strata, words(4, 1 + FAR_DEGREE)), np.arange(31))
    assert sum(len(others) for others in far) == 30 * FAR_DEGREE
    edges = [(i, int(j)) for i, others in enumerate(far) for j in others]
    assert sorted(edges) == sorted((j, i) for i, j in edges)


def test_far_ties_cross_units_in_proportion_to_online_people(built):
    strata, _, _, far = built
    unit = strata.unit[of(strata)]
    share = np.bincount(unit[: strata.online], minlength=SIZES.size) / strata.online
    table = np.zeros((SIZES.size, SIZES.size))
    for i, others in enumerate(far):
        np.add.at(table, (unit[i], unit[others]), 1)
    expected = np.outer(share, share) * strata.online * FAR_DEGREE
    big = expected > 20
    assert (np.abs(table - expected)[big] < 6 * np.sqrt(expected[big])).all()


def test_a_users_own_graph_takes_the_place_of_the_rings():
    graph = nx.gnm_random_graph(int(SIZES.sum()), 5000, seed=1)

    class Csr:
        offsets = np.concatenate([[0], np.cumsum([graph.degree[v] for v in range(len(graph))])])
        targets = np.concatenate([sorted(graph[v]) for v in range(len(graph))])

    strata = make_strata(SIZES, SHARE, ONLINE)
    network = make_network(strata, words(3, SIZES.size + FAR_DEGREE), Csr)
    near, far = ties_of(strata, network, CITIZENS)
    assert most_near(network) == max(d for _, d in graph.degree)
    ours = graph_of(near)
    # Traits fall on nodes at random; the graph itself is the same but for the names.
    assert sorted(d for _, d in ours.degree) == sorted(d for _, d in graph.degree)
    assert np.isclose(nx.transitivity(ours), nx.transitivity(graph))
    assert sum(nx.triangles(ours).values()) == sum(nx.triangles(graph).values())
    plain, same = ties_of(strata, make_network(strata, words(3, SIZES.size + FAR_DEGREE)), CITIZENS)
    assert all(np.array_equal(a, b) for a, b in zip(far, same, strict=True))
    with pytest.raises(ValueError, match="nodes"):
        make_network(make_strata(SIZES[:2], SHARE[:2], ONLINE), words(3, 9), Csr)


def test_nothing_of_the_network_grows_with_the_population():
    sizes = [
        sum(array.nbytes for array in make_network(make_strata(SIZES * k, SHARE, ONLINE), words(1, 12)))
        for k in (1, 1_000_000)
    ]
    assert sizes[0] == sizes[1] < 20_000


def test_degrees_have_no_pattern_in_the_far_overlap():
    """Matchings are independent: two of them share few pairs (Poisson with mean 1/2 a pair of matchings)."""
    strata = make_strata(np.array([4000]), np.array([[1.0]]), np.array([1.0]))
    shared = 0
    for seed in range(20):
        _, far = ties_of(strata, make_network(strata, words(seed, 1 + FAR_DEGREE)), np.arange(4000))
        shared += sum(4 - np.unique(others).size for others in far) // 2
    assert stats.poisson.cdf(shared, 20 * 6 * 0.5) > 1e-4 and stats.poisson.sf(shared, 20 * 6 * 0.5) > 1e-4
