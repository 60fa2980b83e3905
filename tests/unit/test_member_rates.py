"""Rates of acts that posterior members carry into the future."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from fixtures import toy as cases
from interrex.engine.history import replay
from interrex.futures.members import posterior_members, prior_members
from interrex.inference.exact import log_sum_exp

MEMBERS = 60


def test_members_take_rates_that_the_record_on_their_path_speaks_for(toy: cases.Ready) -> None:
    """Sixty members of one particle: the rates of every scored kind are among the points of the hazard block, drawn by how
    well each explains the dated acts on that path; a prior member's are not."""
    target = toy.target
    z, noise, _, _ = cases.lively(target, 5)
    one: Any = SimpleNamespace(
        target=target, z=np.stack([z] * MEMBERS), noise=np.stack([noise] * MEMBERS), size=MEMBERS
    )
    members = posterior_members(one, toy.arena, np.ones(4), 1, MEMBERS, toy.wide)
    draws = target.hazard_draws
    path = replay(
        target.arena, target.luck(z, noise)[0], target.course, toy.pool.workspace(), until=target.ticks
    )
    values, zero = np.zeros(draws.z.shape[1]), np.zeros(draws.z.shape[1])
    off = []
    for k in np.flatnonzero(draws.scored):
        found = np.array([np.flatnonzero((draws.z[k] == m.rates[k]).all(axis=1))[0] for m in members])
        target.kernel.kind_values(
            k,
            path.trace.signals[: target.ticks],
            path.trace.crisis[: target.ticks],
            *target.handed(),
            zero,
            0,
            values,
        )
        p = np.exp(values - log_sum_exp(values))
        mean, sd = p @ draws.z[k, :, 1], np.sqrt(p @ draws.z[k, :, 1] ** 2 - (p @ draws.z[k, :, 1]) ** 2)
        off.append((draws.z[k, found, 1].mean() - mean) / max(sd / np.sqrt(MEMBERS), 1e-9))
    assert len(off) > 20 and np.abs(off).max() < 4.5 and 0.5 < np.std(off) < 1.6
    (plain,) = prior_members(target.space, toy.arena, np.ones(4), 1, 1)
    k = np.flatnonzero(draws.scored)[0]
    assert not (draws.z[k] == plain.rates[k]).all(axis=1).any()
