"""A history depends on its name alone: not on the number of workers, the size of batches, or who ran before."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from interrex.engine import draws
from interrex.engine.course import Luck, scripted_course
from interrex.engine.history import replay
from interrex.engine.pool import Pool

SLOTS = list(range(10))
DAYS = 14


@pytest.fixture(scope="module")
def run(toy: Any) -> Any:
    """Run prior histories on a pool: workers, batches of numbers -> hash of each history's record, in order of their numbers."""
    arena, space = toy.arena._replace(days=DAYS), toy.model.space._replace(days=DAYS)
    course = scripted_course(arena)

    def on(workers: int, batches: list[list[int]]) -> dict[int, str]:
        pool = Pool(arena, workers)

        def history(number: int) -> str:
            values, effects, nation, region = space.parts(
                draws.normals(8, draws.PRIOR, space.size, noise=number)
            )
            noise = np.full(arena.ticks, number, dtype=np.uint32)
            luck = Luck(values[: space.theta_size], effects, nation, region, noise)
            one = replay(arena, luck, course, pool.workspace())
            digest = hashlib.sha256(repr(one.status).encode())
            for array in (one.trace.units, one.trace.levels, one.trace.beliefs):
                digest.update(np.ascontiguousarray(array).tobytes())
            return digest.hexdigest()

        try:
            return {
                number: told
                for batch in batches
                for number, told in zip(batch, pool.map(history, batch), strict=True)
            }
        finally:
            pool.close()

    return on


def test_workers_and_batches_change_no_bit(run: Any) -> None:
    alone = run(1, [SLOTS])
    assert len(set(alone.values())) == len(SLOTS)  # the histories do differ from each other
    assert run(2, [SLOTS]) == alone
    assert run(7, [SLOTS]) == alone
    assert run(1, [[number] for number in SLOTS]) == alone
    assert run(2, [SLOTS[k : k + 3] for k in range(0, len(SLOTS), 3)]) == alone
    assert run(3, [SLOTS[::-1]]) == alone
