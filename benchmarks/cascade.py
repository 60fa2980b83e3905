"""The threshold cascade of degree 12 on a small world: visiting everybody, following switches, and scipy.sparse.

The small world of Watts and Strogatz (1998): a ring where everybody knows six on each side, a tenth of the ties
rewired; numbered around the ring, or in random order as a network from a register would be. Thresholds are uniform in
a range that sets how many are active. All on one thread unless said.
"""

from __future__ import annotations

import functools
import time
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.machine import best, timed
from benchmarks.table import row
from interrex.replications.cascade import advance, make_cascade, make_front, simulate, spread, visit
from interrex.replications.graph import Graph, from_edges, mean_distance, relabel

DEGREE, REWIRED, STEEPNESS = 12, 0.1, 8.0
"""Ties a node, share of ties rewired, steepness of the response."""

CALM, LIVELY = (0.8, 0.93), (0.2, 0.8)
"""Ranges of thresholds: a thousandth active, and a tenth rising to an eighth."""

ACTIVITIES = ((CALM, "0.1 %"), ((0.5, 0.73), "1 %"), ((0.35, 0.55), "6 %"), (LIVELY, "10 %"))
"""Ranges of thresholds for runs by events and roughly who is active in them."""


def small_world(nodes: int, shuffled: bool) -> Graph:
    """Small world of `nodes`, numbered around the ring or in random order; ties drawn twice count once."""
    rng = np.random.default_rng(1)
    one = np.repeat(np.arange(nodes), DEGREE // 2)
    other = (one + np.tile(np.arange(1, DEGREE // 2 + 1), nodes)) % nodes
    rewired = rng.random(one.size) < REWIRED
    other[rewired] = rng.integers(0, nodes, np.count_nonzero(rewired))
    keep = one != other
    pairs = np.column_stack([one[keep], other[keep]])
    return from_edges(rng.permutation(nodes)[pairs] if shuffled else pairs, nodes)


def thresholds(nodes: int, span: tuple[float, float]) -> np.ndarray:
    """Thresholds uniform in `span`."""
    return np.random.default_rng(2).uniform(*span, nodes)


def rows(quick: bool) -> list[dict[str, Any]]:
    """Rows of the table."""
    out: list[dict[str, Any]] = []
    for nodes in (1_000_000,) if quick else (100_000, 1_000_000):
        size = f"{nodes:,}"
        graph = small_world(nodes, shuffled=True)
        lively, state = _settled(graph, LIVELY)
        scipy_step = _scipy(graph, state, size, out)
        visited = _visits(lively, state, size, scipy_step, out)
        for span, share in ACTIVITIES:
            out.append(_events(graph, span, share, size, scipy_step, visited))
        out.append(_auto(lively, state, size, visited))
        if nodes == 1_000_000:
            _labels(graph, nodes, size, out)
            _deterministic(graph, nodes, size, out)
    return out


def _settled(graph: Graph, span: tuple[float, float]):
    """A cascade on `graph` and its state after ten ticks from nobody."""
    nodes = graph.offsets.size - 1
    cascade = make_cascade(graph, thresholds(nodes, span), STEEPNESS)
    return cascade, simulate(cascade, np.zeros(nodes), 10, 1, method="auto")[1]


def _rates(work, nodes: int, ticks: int, repeats: int, clock=time.thread_time) -> list[float]:
    return [nodes * ticks / s for s in timed(work, repeats, clock)]


def _visits(cascade, state, size: str, scipy_step: float, out: list[dict[str, Any]]) -> float:
    """Rows of visiting everybody; agent-steps a second on one thread."""
    nodes, ties = state.size, cascade.targets.size
    memory = (4.0 * ties + 18.0 * nodes) / best("read")
    gathers = ties / best("gather_cached" if nodes <= 1_000_000 else "gather_large")
    path = np.zeros(3, np.int64)
    one = row(
        "everybody visited", size, _rates(lambda: visit(cascade, state, path, 1), nodes, 3, 7), "agent-steps/s",
        goal=scipy_step, limit=nodes / max(memory, gathers),
        note=f"{path[-1] / nodes:.0%} active; goal: the step in scipy.sparse; limit: {DEGREE} byte gathers "
        f"or {(memory * best('read')) / nodes:.0f} bytes streamed",
    )  # fmt: skip
    two = _rates(lambda: visit(cascade, state, path, 1, workers=2), nodes, 3, 7, time.perf_counter)
    out += [
        one,
        row("everybody visited, 2 threads", size, two, "agent-steps/s", note="wall time; the same bits"),
    ]
    return one["figure"]


def _events(graph: Graph, span, share: str, size: str, scipy_step: float, visited: float) -> dict[str, Any]:
    """Row of following those who switch."""
    cascade, state = _settled(graph, span)
    front = make_front(cascade, state)
    nodes = state.size
    ticks = 50 if span == CALM else 3
    path = np.zeros(ticks, np.int64)
    rates = _rates(lambda: advance(cascade, front, path, 1), nodes, ticks, 7)
    switched, listed = int(front.n[2]), int(front.n[1])
    points = float((cascade.bound * np.diff(cascade.first)).sum())
    seconds = (
        switched * (1.0 / best("rows") + DEGREE / best("gather_cached"))
        + (points / 2 + listed) / best("philox")
        + points * 3.0 / best("gather_large")
    )
    return row(
        "switches followed", f"{size}, {share} active", rates, "agent-steps/s",
        goal=100 * scipy_step if span == CALM else None, limit=nodes / seconds,
        note=f"{path.mean() / nodes:.2%} active, a tick {nodes / np.median(rates) * 1e3:.3g} ms: {switched:,} switches, "
        f"{points:,.0f} points, {listed:,} listed; {np.median(rates) / visited:.3g} x visiting"
        + ("; goal: 100 x the step in scipy.sparse" if span == CALM else "; `auto` visits where that is cheaper"),
    )  # fmt: skip


def _auto(cascade, state, size: str, visited: float) -> dict[str, Any]:
    """Row of choosing the cheaper way as the run goes, where following switches would be dear."""
    rates = _rates(lambda: simulate(cascade, state, 70, 1), state.size, 70, 3)
    return row(
        "the cheaper way (`auto`)", f"{size}, 10 % active", rates, "agent-steps/s", goal=0.8 * visited,
        note="a run of 70 ticks with all set-up; goal: at most a quarter dearer than visiting everybody",
    )  # fmt: skip


def _scipy(graph: Graph, state, size: str, out: list[dict[str, Any]]) -> float:
    """Rows of scipy.sparse for the same rule; agent-steps a second of its whole step."""
    nodes = state.size
    ones = np.ones(graph.targets.size, np.float32)
    matrix = sparse.csr_array(
        (ones, graph.targets.astype(np.int32), graph.offsets.astype(np.int32)), (nodes, nodes)
    )
    degree = np.maximum(1, np.diff(graph.offsets)).astype(np.float32)
    threshold = thresholds(nodes, LIVELY).astype(np.float32)
    rng = np.random.default_rng(3)
    active = state.astype(np.float32)

    def step():
        p = 1.0 / (1.0 + np.exp(-STEEPNESS * (matrix @ active / degree - threshold)))
        return (rng.random(nodes, np.float32) < p).astype(np.float32)

    product = row("scipy.sparse: product alone", size, _rates(lambda: matrix @ active, nodes, 1, 7), "agent-steps/s",
                  note="CSR, float32, counts neighbours and draws nothing")  # fmt: skip
    whole = row("scipy.sparse and numpy: step", size, _rates(step, nodes, 1, 7), "agent-steps/s",
                note="the same rule; synchronous, as ours; the port is ours")  # fmt: skip
    out += [product, whole]
    return whole["figure"]


def _labels(graph: Graph, nodes: int, size: str, out: list[dict[str, Any]]) -> None:
    """Rows of the same visits with other numbers for the same nodes."""
    started = time.perf_counter()
    moved = relabel(graph)[0]
    seconds = time.perf_counter() - started
    for name, numbered in (
        ("random", graph),
        ("reverse Cuthill-McKee", moved),
        ("ring", small_world(nodes, False)),
    ):
        cascade, state = _settled(numbered, LIVELY)
        if name == "ring":
            _scipy(numbered, state, f"{size}, numbers: ring", out)
        path = np.zeros(3, np.int64)
        rates = _rates(functools.partial(visit, cascade, state, path, 1), nodes, 3, 7)
        note = f"neighbours {mean_distance(numbered):,.0f} numbers apart on average"
        if numbered is moved:
            note += f"; renumbered in {seconds:.1f} s"
        out.append(row(f"everybody visited, numbers: {name}", size, rates, "agent-steps/s", note=note))


def _deterministic(graph: Graph, nodes: int, size: str, out: list[dict[str, Any]]) -> None:
    """Rows of a whole deterministic cascade from a hundredth of the nodes."""
    threshold = thresholds(nodes, (0.05, 0.35))
    active = np.random.default_rng(4).random(nodes) < 0.01
    for name, every, repeats in (("new actives followed", False, 5), ("everybody visited", True, 3)):
        seconds = timed(functools.partial(spread, graph, threshold, active, every=every), repeats)
        when = spread(graph, threshold, active)
        note = f"{np.mean(when >= 0):.0%} active after {when.max()} ticks"
        out.append(row(f"deterministic, {name}", size, [1e3 * s for s in seconds], "ms", note=note))
