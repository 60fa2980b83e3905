"""What one point of the posterior costs: the history and the scores of its reports and acts.

    python -m benchmarks --only evaluation          # from the root of the repository

Points of the prior, one thread, processor time. "By steps" runs the same history by `replay` and calls the kernels of reports
and acts from Python, as evaluations were made before they became one call; both ways give the same bits (a test holds that).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import table
from interrex.case import load_case
from interrex.case.template import write_template
from interrex.engine import draws
from interrex.engine.handles import Handle
from interrex.engine.history import replay
from interrex.engine.pool import Pool
from interrex.engine.schedule import DONE
from interrex.inference.islands import pilot_draws
from interrex.inference.model import build
from interrex.inference.proposal import prior_reference
from interrex.inference.target import Target

SEED = 1


def rows(quick: bool) -> list[dict[str, Any]]:
    """Two rows for each case and resolution."""
    found = []
    with tempfile.TemporaryDirectory() as home:
        toy = write_template("toy", Path(home) / "toy")
        for name, case in (("the template", load_case(toy)), ("kazakhstan-2022", load_case("kazakhstan-2022"))):
            for weight in (100,) if quick else (100, 10):
                found += _both(f"{name}, 1:{weight}", case, weight, 20 if quick else 60)
    return found


def _both(size: str, case: Any, weight: int, count: int) -> list[dict[str, Any]]:
    target = build(case.as_of(case.default_as_of), weight, SEED).target
    pool = Pool(target.arena, 1)
    target = target._replace(hazard_draws=pilot_draws(target, pool, prior_reference(target.space), 16, SEED))
    points = [
        (
            draws.normals(SEED, draws.PRIOR, (target.space.size,), noise=n),
            np.full(target.arena.ticks, n, np.uint32),
        )
        for n in range(count)
    ]
    ways: dict[str, Callable[..., object]] = {"by steps": _by_steps, "in one call": _in_one_call}
    figures: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(4):  # in turns, so that a slower minute of the machine meets both; the first compiles
        for way, do in ways.items():
            begun = time.process_time()
            for z, noise in points:
                do(target, pool, z, noise)
            if turn > 0:
                figures[way].append((time.process_time() - begun) / count * 1e3)
    return [table.row(f"an evaluation, {way}", size, values, "ms") for way, values in figures.items()]


def _in_one_call(target: Target, pool: Pool, z: np.ndarray, noise: np.ndarray) -> None:
    target.evaluate(pool, z, noise)


def _by_steps(target: Target, pool: Pool, z: np.ndarray, noise: np.ndarray) -> None:
    luck, observer = target.luck(z, noise)
    history = replay(target.arena, luck, target.course, pool.workspace(), until=target.ticks)
    if history.status != DONE:
        return
    trace, terms, ticks = history.trace, target.handles(target.terms), target.ticks
    known, unknown, predicted = (np.zeros(target.terms.kind.size) for _ in range(3))
    target.kernel.score(
        terms, trace.units, trace.beliefs, trace.levels, Handle(observer), 0, ticks, known, unknown, predicted
    )
    target.kernel.mixture(terms, known, unknown, target.nodes, target.weights, target.use)
    kinds = np.zeros(target.table.log_rate.shape[0])
    target.kernel.act_marginal(trace.signals[:ticks], trace.crisis[:ticks], *target.handed(), kinds)
