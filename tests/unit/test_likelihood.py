"""An evaluation in one call against the same done step by step: by `replay` and the kernels of terms and acts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine.handles import Handle
from interrex.engine.history import replay
from interrex.engine.schedule import DONE
from interrex.inference.target import Score, Target


def step_by_step(target: Target, pool: Any, z: np.ndarray, noise: np.ndarray) -> tuple[Any, ...] | None:
    """(terms, acts, known, unknown, predicted, acts by kind) of a point, each by its own kernel from Python."""
    luck, observer = target.luck(z, noise)
    history = replay(target.arena, luck, target.course, pool.workspace(), until=target.ticks)
    if history.status != DONE:
        return None
    n, trace = target.terms.kind.size, history.trace
    known, unknown, predicted = np.zeros(n), np.zeros(n), np.zeros(n)
    kinds = np.zeros(target.table.log_rate.shape[0])
    target.kernel.score(
        Handle(target.terms), trace.units, trace.beliefs, trace.levels, Handle(observer), 0, target.ticks, known, unknown,
        predicted,
    )  # fmt: skip
    terms = target.kernel.mixture(Handle(target.terms), known, unknown, target.nodes, target.weights, target.use)
    if target.hazard_draws is not None:
        target.kernel.act_marginal(
            trace.signals[: target.ticks], trace.crisis[: target.ticks], *target.handed(), kinds
        )
    return terms, kinds.sum(), known, unknown, predicted, kinds


def points(target: Target, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(5)
    return [
        (rng.standard_normal(target.space.size), rng.integers(0, 1 << 32, target.arena.ticks, dtype=np.uint32))
        for _ in range(count)
    ]


@pytest.mark.parametrize("acts", [True, False])
def test_an_evaluation_is_what_its_steps_are_to_the_bit(toy: cases.Ready, acts: bool) -> None:
    target = toy.target if acts else toy.target._replace(hazard_draws=None)
    assert (target.hazard_draws is not None) == acts
    lively = cases.lively(target, 5)[:2]
    alive = 0
    for z, noise in [lively, *points(target, 12), lively]:
        found, wanted = target.evaluate(toy.pool, z, noise), step_by_step(target, toy.pool, z, noise)
        assert (found is None) == (wanted is None)
        if found is not None and wanted is not None:
            alive += 1
            for name, value in zip(Score._fields, wanted, strict=True):
                assert np.array_equal(getattr(found, name), value), name
    assert alive > 5


def test_a_score_stays_as_it_is_when_another_is_made(toy: cases.Ready) -> None:
    (a, noise), (b, other) = points(toy.target, 2)
    first = toy.target.evaluate(toy.pool, a, noise)
    assert first is not None
    kept = [np.array(value) for value in first]
    toy.target.evaluate(toy.pool, b, other)
    assert all(np.array_equal(value, was) for value, was in zip(first, kept, strict=True))


def test_what_cannot_reach_what_is_needed_is_given_up_and_nothing_else(toy: cases.Ready) -> None:
    for z, noise in [cases.lively(toy.target, 5)[:2], *points(toy.target, 8)]:
        score = toy.target.evaluate(toy.pool, z, noise)
        if score is not None:
            assert toy.target.evaluate(toy.pool, z, noise, score.terms - 1e-9) is not None
            assert toy.target.evaluate(toy.pool, z, noise, score.terms + 1e-9) is None


def test_two_targets_of_one_workspace_do_not_mix(toy: cases.Ready) -> None:
    """The filter goes back and forth between yesterday's and today's."""
    z, noise = cases.lively(toy.target, 5)[:2]
    without = toy.target._replace(use=np.zeros_like(toy.target.use))
    both = [toy.target.evaluate(toy.pool, z, noise), without.evaluate(toy.pool, z, noise)]
    again = [toy.target.evaluate(toy.pool, z, noise), without.evaluate(toy.pool, z, noise)]
    assert [s.terms for s in both if s] == [s.terms for s in again if s]
    assert both[0] is not None and both[1] is not None and both[0].terms != both[1].terms
