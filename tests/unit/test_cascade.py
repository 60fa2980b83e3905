"""The cascade: visiting everybody to the bit, events to the law, and the deterministic one to networkx."""

import networkx as nx
import numpy as np
import pytest
from scipy.stats import ks_2samp

from interrex.engine.draws import BASE, key_for, philox
from interrex.errors import RunError
from interrex.mechanisms.maths import exp
from interrex.replications.cascade import BLOCK, advance, make_cascade, make_front, simulate, spread, visit
from interrex.replications.graph import from_edges, from_networkx

HUBS = from_networkx(nx.disjoint_union(nx.barabasi_albert_graph(290, 3, seed=1), nx.empty_graph(10)))[0]
STAR = from_networkx(nx.disjoint_union(nx.star_graph(300), nx.watts_strogatz_graph(300, 6, 0.2, seed=1)))[0]


def thresholds(graph, low, high):
    return np.random.default_rng(5).uniform(low, high, graph.offsets.size - 1)


def plain(graph, threshold, steepness, state, ticks, seed):
    """The rule in numpy, an agent's neighbours and a 32-bit number at a time."""
    key, size = key_for(seed, BASE), threshold.size
    degree = np.diff(graph.offsets)
    odds = np.array([exp(steepness * q) for q in threshold])
    path = []
    for t in range(ticks):
        words = np.concatenate([philox(*key, t, 0, g, 0) for g in range(-(-size // 4))])[:size]
        seen = np.concatenate([[0], np.cumsum(state[graph.targets])])
        k = seen[graph.offsets[1:]] - seen[graph.offsets[:-1]]
        damp = np.array([exp(-steepness * a / max(1, b)) for a, b in zip(k, degree, strict=True)])
        state = ((words.astype(float) + 0.5) * 2.0**-32 * (1.0 + odds * damp) < 1.0).astype(np.uint8)
        path.append(int(state.sum()))
    return path, state


@pytest.mark.parametrize("graph", [HUBS, STAR], ids=["hubs", "star"])
def test_visiting_is_the_rule_to_the_bit(graph):
    threshold = thresholds(graph, -0.1, 0.8)
    cascade = make_cascade(graph, threshold)
    start = np.zeros(threshold.size, np.uint8)
    start[::7] = 1
    path, state = simulate(cascade, start, 15, 3, method="visit")
    expected, last = plain(graph, threshold, 8.0, start, 15, 3)
    assert path.tolist() == expected
    assert np.array_equal(state, last)


def test_visiting_has_the_same_bits_for_any_workers_and_breaks():
    graph = from_networkx(nx.watts_strogatz_graph(1501, 6, 0.2, seed=1))[0]
    cascade = make_cascade(graph, thresholds(graph, 0.1, 0.7))
    start = np.zeros(1501)
    path, state = simulate(cascade, start, 20, 9, method="visit")
    for workers in (2, 3, 16):
        other, last = simulate(cascade, start, 20, 9, method="visit", workers=workers)
        assert np.array_equal(path, other) and np.array_equal(state, last)
    first, middle = simulate(cascade, start, 8, 9, method="visit")
    rest, last = simulate(cascade, middle, 12, 9, first=8, method="visit")
    assert np.array_equal(np.concatenate([first, rest]), path) and np.array_equal(state, last)


def histories(graph, threshold, method, seeds, ticks):
    """Active agents by seed, tick and quarter of the agents (by threshold), and of all."""
    cascade = make_cascade(graph, threshold)
    start = (np.arange(threshold.size) % 5 == 0).astype(np.uint8)
    quarter = np.argsort(np.argsort(threshold)) * 4 // threshold.size
    out = []
    for seed in seeds:
        path, state = simulate(cascade, start, ticks, seed, method=method)
        out.append([*path, *np.bincount(quarter[state == 1], minlength=4)])
    return np.array(out)


def least_p(one, other):
    """Smallest p of Kolmogorov-Smirnov tests by tick and quarter, times their number."""
    values = [ks_2samp(a, b, method="asymp").pvalue for a, b in zip(one.T, other.T, strict=True)]
    return min(values) * len(values)


RUNS = 600
CASES = 8  # tests of this kind in this file: all of them err together once in a hundred
RANGES = {"calm": (0.5, 0.9), "lively": (0.2, 0.7), "always": (-0.2, 0.6)}


@pytest.mark.parametrize("graph", [HUBS, STAR], ids=["hubs", "star"])
@pytest.mark.parametrize("name", RANGES)
def test_events_have_the_law_of_visiting(graph, name):
    threshold = thresholds(graph, *RANGES[name])
    visited = histories(graph, threshold, "visit", range(RUNS), 6)
    events = histories(graph, threshold, "events", range(5000, 5000 + RUNS), 6)
    assert least_p(visited, events) > 0.01 / CASES
    shifted = histories(graph, threshold - 0.02, "events", range(5000, 5000 + RUNS), 6)
    assert least_p(visited, shifted) < 0.01 / CASES, "a threshold lower by a fiftieth would have been missed"


def test_mixed_methods_have_the_law_too():
    graph = from_networkx(nx.watts_strogatz_graph(400, 8, 0.1, seed=2))[0]
    threshold = thresholds(graph, 0.3, 0.6)
    visited = histories(graph, threshold, "visit", range(500), 45)
    mixed = histories(graph, threshold, "auto", range(5000, 5500), 45)
    assert least_p(visited, mixed) > 0.01 / CASES
    assert visited[:, 44].mean() > 100, "so many that everybody is visited at times"


def test_the_law_holds_where_points_and_switches_come_in_blocks():
    graph = from_networkx(nx.watts_strogatz_graph(20_000, 12, 0.1, seed=3))[0]
    threshold = thresholds(graph, 0.41, 0.43)
    visited = histories(graph, threshold, "visit", range(100), 8)
    events = histories(graph, threshold, "events", range(5000, 5100), 8)
    assert least_p(visited, events) > 0.01 / CASES
    shifted = histories(graph, threshold - 0.005, "events", range(5000, 5100), 8)
    assert least_p(visited, shifted) < 0.01 / CASES, (
        "a threshold lower by a two-hundredth would have been missed"
    )
    cascade = make_cascade(graph, threshold)
    front = make_front(cascade, (np.arange(20_000) % 9 == 0).astype(np.uint8))
    advance(cascade, front, np.zeros(20, np.int64), 1)
    state = front.mark & 1
    seen = np.concatenate([[0], np.cumsum(state[graph.targets], dtype=np.int64)])
    assert np.array_equal(
        front.tie[:, 0] - front.tie[:, 1], seen[graph.offsets[1:]] - seen[graph.offsets[:-1]]
    )
    assert state.sum() > 2 * BLOCK and (np.diff(cascade.first) * cascade.bound).max() > 2 * BLOCK


def test_without_neighbours_agents_are_independent():
    graph = from_edges([], 5000)
    threshold = thresholds(graph, 0.3, 0.6)
    p = 1.0 / (1.0 + np.exp(8.0 * threshold))
    path, _ = simulate(make_cascade(graph, threshold), np.zeros(5000), 400, 1, method="events")
    mean, variance = p.sum(), (p * (1.0 - p)).sum()
    assert abs(path.mean() - mean) < 4.0 * np.sqrt(variance / 400)
    assert abs(path.var() / variance - 1.0) < 4.0 * np.sqrt(2.0 / 400)


def test_counts_follow_those_who_switch():
    graph = HUBS
    cascade = make_cascade(graph, thresholds(graph, 0.2, 0.7))
    front = make_front(cascade, (np.arange(300) % 4 == 0).astype(np.uint8))
    matrix = nx.to_numpy_array(
        nx.disjoint_union(nx.barabasi_albert_graph(290, 3, seed=1), nx.empty_graph(10))
    )
    for t in range(30):
        path = np.zeros(1, np.int64)
        advance(cascade, front, path, 4, t)
        state = front.mark & 1
        assert state.sum() == path[0] == front.n[0]
        assert np.array_equal(front.tie[:, 0] - front.tie[:, 1], (matrix @ state).astype(int))
        listed = set(front.listed[: front.n[1]].tolist())
        assert len(listed) == front.n[1]
        assert set(np.flatnonzero(front.tie[:, 1] < 0).tolist()) <= listed


def test_the_state_that_goes_in_is_left_alone():
    cascade = make_cascade(HUBS, 0.3)
    state = np.ones(300, np.uint8)
    visit(cascade, state, np.zeros(5, np.int64), 1)
    assert state.all()


def by_hand(network, threshold, active):
    when = {i: 0 for i in network if active[i]}
    t = 0
    while True:
        t += 1
        new = [
            i for i in network if i not in when
            and sum(j in when for j in network[i]) / max(1, network.degree[i]) >= threshold[i]
        ]  # fmt: skip
        if not new:
            return [when.get(i, -1) for i in network]
        when.update(dict.fromkeys(new, t))


@pytest.mark.parametrize("seed", range(6))
def test_the_deterministic_cascade_is_that_of_plain_sets(seed):
    network = nx.disjoint_union(nx.gnp_random_graph(120, 0.03, seed=seed), nx.star_graph(9))
    graph, _ = from_networkx(network)
    rng = np.random.default_rng(seed)
    threshold = rng.uniform(-0.02, 0.5, 130)
    threshold[:20] = rng.integers(1, 4, 20) / 3  # shares that are met exactly
    active = rng.random(130) < 0.08
    expected = by_hand(network, threshold, active)
    assert spread(graph, threshold, active).tolist() == expected
    assert spread(graph, threshold, active, every=True).tolist() == expected


def test_what_cannot_be_run_is_said():
    with pytest.raises(RunError, match="one for each of 300"):
        make_cascade(HUBS, np.zeros(299))
    with pytest.raises(RunError, match="threshold of number 7 is not finite"):
        make_cascade(HUBS, np.where(np.arange(300) == 7, np.nan, 0.5))
    with pytest.raises(RunError, match="0 to 700"):
        make_cascade(HUBS, 0.5, steepness=1e4)
    with pytest.raises(RunError, match="one for each of 300"):
        simulate(make_cascade(HUBS, 0.5), np.zeros(3), 1, 1)
    with pytest.raises(RunError, match="one for each of 300"):
        spread(HUBS, 0.5, np.zeros(3))


def test_extreme_numbers_stay_finite():
    for threshold, steepness, expected in (
        (1.0, 700.0, 0),
        (-1.0, 700.0, 300),
        (60.0, 11.0, 0),
        (0.5, 0.0, 150),
    ):
        cascade = make_cascade(HUBS, threshold, steepness)
        for method in ("visit", "events"):
            path, _ = simulate(cascade, np.zeros(300), 20, 1, method=method)
            assert abs(path.mean() - expected) < 12
