"""The prior check: made-up histories, then a small real run."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from interrex.errors import RunError
from interrex.futures import prior_sketch
from interrex.inference import priors_lock
from interrex.mechanisms.contract import Prior
from interrex.topics.prior_check import answer as prior_check

# --- prior check ---


def test_small_protests_are_counted_once_a_day_and_from_calm() -> None:
    units = np.zeros((12, 2))
    units[1:3, 0] = 40  # begins and ends on day 0
    units[5:12, 1] = 900  # begins on day 1, lasts over night: day 2 is no new one
    assert prior_sketch.small_protests(units, 4) == 2
    units[9:11, 0] = 5000
    assert prior_sketch.small_protests(units, 4) == 2


def test_pattern_of_the_case() -> None:
    nation = 1e6
    units = np.zeros((80, 10))
    units[4:20, :8] = 400.0
    assert prior_sketch.is_event(units, nation, 4)
    assert not prior_sketch.is_event(units[:, :7], nation, 4)
    late = units.copy()
    late[4:20, 7] = 0.0
    late[18:20, 7] = 400.0  # 84 hours after the first
    assert not prior_sketch.is_event(late, nation, 4)
    assert not prior_sketch.is_event(units, 1e7, 4)
    lasting = units.copy()
    lasting[20:, 0] = 150.0
    assert not prior_sketch.is_event(lasting, nation, 4)
    assert not prior_sketch.is_event(np.zeros((8, 3)), nation, 4)


def test_lock_notices_a_changed_prior(tmp_path: Any) -> None:
    from interrex.inference.space import make_space
    from interrex.mechanisms import all_mechanisms

    space = make_space(all_mechanisms(), {}, 3, 5)
    lock = priors_lock.priors_lock(space, {"event": 0.0581234567}, date(2022, 1, 1))
    assert lock["figures"] == {"event": 0.0581235}
    file = tmp_path / "priors.lock"
    priors_lock.write_lock(file, lock)
    assert priors_lock.check_lock(file, space)[0]
    other = list(space.params)
    other[3] = other[3]._replace(prior=Prior("normal", 9.0, 1.0))
    same, sentence = priors_lock.check_lock(file, space._replace(params=tuple(other)))
    assert not same and "2022-01-01" in sentence
    assert priors_lock.check_lock(file, space._replace(days=9, regions=1))[0]
    file.write_text("{}")
    with pytest.raises(RunError, match="lock"):
        priors_lock.check_lock(file, space)


# --- a small real run ---


@pytest.fixture(scope="module")
def small() -> Any:
    from interrex.case import load_case
    from interrex.engine.pool import Pool
    from interrex.futures.members import prior_members
    from interrex.inference.model import build

    cut = load_case("belarus-2020").as_of(date(2020, 9, 30))
    model = build(cut, 100, 1)
    pool = Pool(model.arena, 2)
    members = prior_members(model.space, model.arena, np.ones(4), 1, 6)
    yield cut, model, pool, members
    pool.close()


def test_prior_check_of_a_real_run(small: Any) -> None:
    cut, model, pool, members = small
    names = tuple(r.region for r in cut.regions)
    data = prior_check.prior_check(pool, model.arena, members, model.target.hazard_priors, 1, names)
    figures = prior_check.figures(data)
    assert set(prior_check.WANTED) < set(figures)
    assert (data["low"] <= data["high"]).all()
    assert list(data["region"].values) == list(names)
    assert data["first_rank"].min() == 1
    with pytest.raises(RunError):
        prior_check.prior_check(pool, model.arena, [], model.target.hazard_priors, 1)
