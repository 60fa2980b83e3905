import networkx as nx
import numpy as np
import pytest

from interrex.engine import draws
from interrex.polity.network import FAR_DEGREE, make_network, near_reach, online_citizens
from interrex.polity.strata import make_strata

ONLINE = np.array([1.0, 0.0])
SIZES = np.array([900, 600, 301, 7, 2, 1])
SHARE = np.tile([0.7, 0.3], (SIZES.size, 1))


@pytest.fixture(scope="module")
def built():
    strata = make_strata(SIZES, SHARE)
    k0, k1 = draws.key_for(3, draws.GRAPH)
    rings = [draws.shuffle(int(n), k0, k1, u) for u, n in enumerate(SIZES)]
    online = online_citizens(strata, ONLINE).size
    orders = [draws.shuffle(online, k0, k1, 100 + column) for column in range(FAR_DEGREE)]
    return strata, make_network(strata, ONLINE, rings, orders)


def near_graph(network):
    graph = nx.Graph()
    graph.add_nodes_from(range(network.ring.size))
    for u in range(SIZES.size):
        ring = network.ring[network.first[u] : network.first[u + 1]]
        for step in range(1, near_reach(ring.size) + 1):
            graph.add_edges_from(zip(ring.tolist(), np.roll(ring, -step).tolist(), strict=True))
    return graph


def test_seats_are_the_inverse_of_the_ring(built):
    _, network = built
    assert (network.ring[network.seat] == np.arange(SIZES.sum())).all()
    for u in range(SIZES.size):
        members = np.sort(network.ring[network.first[u] : network.first[u + 1]])
        assert (members == np.arange(network.first[u], network.first[u + 1])).all()


def test_near_ties_are_a_clustered_lattice_within_the_unit(built):
    strata, network = built
    graph = near_graph(network)
    unit = strata.unit[strata.of]
    assert all(unit[a] == unit[b] for a, b in graph.edges)
    big = [i for i in graph if SIZES[unit[i]] >= 300]
    assert {d for _, d in graph.degree(big)} == {8}
    clustering = nx.clustering(graph, big)
    assert np.allclose(list(clustering.values()), 3 * (8 - 2) / (4 * (8 - 1)))
    assert (
        dict(graph.degree)[int(np.flatnonzero(unit == 3)[0])] == 6
    )  # seven people: everybody sees everybody
    assert dict(graph.degree)[int(np.flatnonzero(unit == 5)[0])] == 0


def test_near_ties_mix_the_cells_of_traits(built):
    """Citizens are numbered by stratum; their ties must not follow the numbering."""
    strata, network = built
    unit = strata.unit[strata.of]
    pairs = np.array([e for e in near_graph(network).edges if unit[e[0]] == 0])
    lower, upper = strata.cell[strata.of[pairs]].min(1), strata.cell[strata.of[pairs]].max(1)
    angry = strata.cell[strata.of[unit == 0]] >= 4
    share = angry.mean()
    both = (lower >= 4).mean()
    assert upper.max() >= 16
    assert abs(both - share**2) < 5 * np.sqrt(share**2 / len(pairs))


def test_far_ties_are_symmetric_matchings_of_online_citizens(built):
    strata, network = built
    rows = online_citizens(strata, ONLINE)
    row_of = {int(i): r for r, i in enumerate(rows)}
    for s in range(strata.unit.size):
        first = strata.start[s]
        assert (network.shift[s] >= 0) == (ONLINE[strata.audience[s]] > 0)
        if network.shift[s] >= 0:
            assert first - network.shift[s] == row_of[int(first)]
    for column in range(FAR_DEGREE):
        partner = network.far[:, column]
        assert all(network.far[row_of[int(j)], column] == i for i, j in zip(rows, partner, strict=True))
        assert (partner == rows).sum() == rows.size % 2  # one citizen too many stays alone
    degree = np.array([np.unique(row[row != i]).size for i, row in zip(rows, network.far, strict=True)])
    assert (degree == FAR_DEGREE).mean() > 0.98


def test_far_ties_cross_units_in_proportion_to_online_people(built):
    strata, network = built
    rows = online_citizens(strata, ONLINE)
    unit = strata.unit[strata.of]
    share = np.bincount(unit[rows], minlength=SIZES.size) / rows.size
    table = np.zeros((SIZES.size, SIZES.size))
    np.add.at(table, (np.repeat(unit[rows], FAR_DEGREE), unit[network.far.ravel()]), 1)
    expected = np.outer(share, share) * rows.size * FAR_DEGREE
    big = expected > 20
    assert (np.abs(table - expected)[big] < 6 * np.sqrt(expected[big])).all()
