"""Users' own networks: the same ties as networkx sees, and sentences about what cannot be used."""

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from interrex.errors import CaseError
from interrex.replications.graph import (
    Graph,
    from_edges,
    from_networkx,
    from_scipy,
    mean_distance,
    read_edges,
    relabel,
)


def ties(graph: Graph) -> set[tuple[int, int]]:
    source = np.repeat(np.arange(graph.offsets.size - 1), np.diff(graph.offsets))
    return set(zip(source.tolist(), graph.targets.tolist(), strict=True))


def same(graph: Graph, other: Graph) -> bool:
    return np.array_equal(graph.offsets, other.offsets) and np.array_equal(graph.targets, other.targets)


@pytest.fixture(params=["ring", "hubs", "pieces"])
def network(request):
    if request.param == "ring":
        return nx.watts_strogatz_graph(200, 6, 0.2, seed=1)
    if request.param == "hubs":
        return nx.barabasi_albert_graph(150, 3, seed=2)
    return nx.disjoint_union(nx.cycle_graph(7), nx.empty_graph(4))


def test_rows_are_the_neighbours_that_networkx_knows(network):
    graph, names = from_networkx(network)
    for i, name in enumerate(names):
        row = graph.targets[graph.offsets[i] : graph.offsets[i + 1]]
        assert row.tolist() == sorted(names.index(other) for other in network[name])
    assert graph.offsets.dtype == np.int64 and graph.targets.dtype == np.uint32 and graph.note == ""


def test_all_sources_give_the_same_graph(network, tmp_path):
    graph, names = from_networkx(network)
    pairs = np.array([(names.index(a), names.index(b)) for a, b in network.edges])
    once = tmp_path / "once.csv"
    np.savetxt(once, pairs, "%d", ",", header="source,target", comments="")
    twice = tmp_path / "twice.csv"
    np.savetxt(twice, np.concatenate([pairs, pairs[::-1, ::-1]]), "%d", ",")
    matrix = nx.to_scipy_sparse_array(network)
    assert same(from_edges(pairs, len(names)), graph)
    assert same(from_edges(np.concatenate([pairs, pairs, pairs[:, ::-1]]), len(names), "refuse"), graph)
    assert same(read_edges(once, len(names)), graph)
    assert same(read_edges(twice, len(names), "refuse"), graph)
    assert same(from_scipy(matrix, "refuse"), graph)
    assert same(from_scipy(sparse.triu(matrix)), graph)


def test_names_keep_their_order():
    graph, names = from_networkx(nx.Graph([("Oral", "Aqtau"), ("Aqtau", "Almaty")]))
    assert names == ["Oral", "Aqtau", "Almaty"]
    assert ties(graph) == {(0, 1), (1, 0), (1, 2), (2, 1)}


def test_missing_halves_are_added_and_counted_or_refused():
    edges = [(0, 1), (1, 0), (1, 2), (3, 0)]
    graph = from_edges(edges)
    assert ties(graph) == {(0, 1), (1, 0), (1, 2), (2, 1), (0, 3), (3, 0)}
    assert graph.note == "2 of 3 ties were listed one way only; the other half was added"
    with pytest.raises(CaseError, match=r"edges\[2\]: 1 is tied to 2, but 2 not to 1"):
        from_edges(edges, one_way="refuse")
    directed = nx.DiGraph([(0, 1), (1, 0), (1, 2)])
    assert from_networkx(directed)[0].note.startswith("1 of 2 ties")
    with pytest.raises(CaseError, match="not to 1"):
        from_networkx(directed, "refuse")


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([(0, 1), (2, -1)], r"edges\[1\]: -1 is not a node; nodes are numbered 0 to 2"),
        ([(0, 1), (1, 7)], r"edges\[1\]: 7 is not a node; nodes are numbered 0 to 2"),
        ([(0, 1), (2, 2)], r"edges\[1\]: node 2 is tied to itself"),
        ([(0.5, 1.0)], "two columns of whole numbers"),
        ([0, 1, 2], "two columns"),
    ],
)
def test_an_array_that_is_no_network(edges, said):
    with pytest.raises(CaseError, match=said):
        from_edges(edges, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n0,1\n1,x\n", r"ties.csv:3:1: 'x' is not a node; use whole numbers"),
        ("0,1\n\n1,-2\n", r"ties.csv:3:1: -2 is not a node; nodes are numbered 0 to 8"),
        ("0,1\n1,9\n", r"ties.csv:2:1: 9 is not a node"),
        ("0,1\n# note\n3,3\n", r"ties.csv:3:1: node 3 is tied to itself"),
        ("0,1\n1,2,4\n", r"ties.csv:2:1: 3 columns"),
        ("0,1\n1.5,2\n", r"ties.csv:2:1: '1.5' is not a node"),
        ("0,1\n1,2.0\n", r"ties.csv:2:1: '2.0' is not a node"),
        ("0,1\n1,99999999999999999999\n", r"ties.csv:2:1: 99999999999999999999 is not a node"),
        ("0,1\n1,0\n1,2\n", r"ties.csv:3:1: 1 is tied to 2, but 2 not to 1"),
        ("source,target\n", "holds no tie"),
        ("", "holds no tie"),
    ],
)
def test_a_file_that_is_no_network(text, said, tmp_path):
    path = tmp_path / "ties.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=said):
        read_edges(path, 9, "refuse")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CaseError, match="cannot be read"):
        read_edges(tmp_path / "absent.csv")
    (tmp_path / "latin.csv").write_bytes(b"0,1\n\xe9,2\n")
    with pytest.raises(CaseError, match="UTF-8"):
        read_edges(tmp_path / "latin.csv")


def test_only_the_first_mistakes_are_listed(tmp_path):
    path = tmp_path / "ties.csv"
    path.write_text("0,x\n" * 100, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_edges(path)
    assert len(caught.value.problems) == 5


def test_a_matrix_that_is_no_network():
    with pytest.raises(CaseError, match="square"):
        from_scipy(sparse.coo_array((3, 4)))
    with pytest.raises(CaseError, match="tied to itself"):
        from_scipy(sparse.eye_array(3))


def test_entries_of_zero_are_no_ties():
    matrix = sparse.csr_array(([1.0, 0.0], ([0, 1], [1, 2])), shape=(3, 3))
    assert ties(from_scipy(matrix)) == {(0, 1), (1, 0)}


def test_nobody_knows_anybody():
    graph = from_edges([], 4)
    assert graph.offsets.tolist() == [0] * 5 and graph.targets.size == 0
    assert mean_distance(graph) == 0.0
    assert from_edges([]).offsets.tolist() == [0]
    assert relabel(from_edges([]))[1].size == 0


def test_relabelling_keeps_every_tie_and_brings_neighbours_together(network):
    shuffled = nx.relabel_nodes(
        network, dict(zip(network, np.random.default_rng(3).permutation(len(network)), strict=True))
    )
    ordered = nx.Graph()
    ordered.add_nodes_from(range(len(network)))
    ordered.add_edges_from(shuffled.edges)
    graph, _ = from_networkx(ordered)
    moved, order, place = relabel(graph)
    assert np.array_equal(place[order], np.arange(order.size))
    assert {(int(order[a]), int(order[b])) for a, b in ties(moved)} == ties(graph)
    assert all(
        np.all(np.diff(moved.targets[a:b].astype(int)) > 0)
        for a, b in zip(moved.offsets, moved.offsets[1:], strict=False)
    )
    assert mean_distance(moved) < mean_distance(graph)
