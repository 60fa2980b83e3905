"""Abduction keeps the past: a replay without an intervention is the factual history, to the bit (fakes 7 and 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine.course import scripted_course
from interrex.engine.history import replay
from interrex.engine.pool import Pool
from interrex.futures.members import Member, abduct, prior_members, table_of
from interrex.inference.dated_acts import script_of
from interrex.mechanisms.acts import ACT_KINDS
from interrex.topics.counterfactuals.answer import Intervention, interventions, run_pairs


def members(ready: cases.Ready, count: int, seed: int = 2) -> list[Member]:
    """Draws of the prior, quiet and lively ones."""
    return prior_members(ready.model.space, ready.arena, np.ones(4), seed, count)


def lively_members(ready: cases.Ready, count: int) -> list[Member]:
    """Members whose history has crowds, so that a bit lost somewhere would show."""
    chosen = []
    for member in members(ready, 150, seed=8):
        history = replay(ready.arena, member.luck, scripted_course(ready.arena), ready.wide.workspace())
        if history.trace.units[:, :, 0].sum(axis=1).max() > 2000:
            chosen.append(member)
        if len(chosen) == count:
            return chosen
    raise AssertionError("too few lively histories in the prior")


def test_null_replay_to_the_bit(toy: cases.Ready) -> None:
    """Fake 7 on the toy case: every member, with acts free under their abducted luck."""
    pairs = run_pairs(toy.wide, toy.arena, toy.target, members(toy, 12) + lively_members(toy, 6), [], 1)
    assert all(p.replay_equal for p in pairs)
    assert sum(p.factual.nation.max() > 2000 for p in pairs) >= 6
    assert all(
        np.isfinite(p.factual.fired).sum() == len(toy.model.observations.events)
        for p in pairs
        if not p.factual.stopped
    )


@pytest.fixture(scope="module")
def kazakhstan() -> cases.Ready:
    from interrex.case import load_case

    return cases.ready(load_case("kazakhstan-2022").as_of("2022-02-28"))


def test_null_replay_to_the_bit_kazakhstan(kazakhstan: cases.Ready) -> None:
    """Fake 7 on the real case."""
    ready = kazakhstan
    pairs = run_pairs(ready.wide, ready.arena, ready.target, lively_members(ready, 6), [], 1)
    assert all(p.replay_equal for p in pairs)
    assert all(np.isfinite(p.factual.fired).sum() > 20 for p in pairs if not p.factual.stopped)


def act_at(ready: cases.Ready, index: int) -> Intervention:
    """The case's own act number `index` as something that is imposed."""
    e = ready.model.observations.events[index]
    return Intervention(e.kind, e.kind, "impose", ACT_KINDS.index(e.kind), int(e.minute // 360), e.minute, e.level)


@pytest.mark.parametrize(("name", "count"), [("toy", 5), ("kazakhstan", 2)])
def test_imposing_an_act_at_its_own_time_changes_nothing(
    name: str, count: int, request: pytest.FixtureRequest
) -> None:
    """Fake 8: same act, same minute, same level, all later acts free or held: the difference is exactly zero."""
    ready = request.getfixturevalue(name)
    acts = [act_at(ready, i) for i in range(len(ready.model.observations.events))]
    for pair in run_pairs(ready.wide, ready.arena, ready.target, lively_members(ready, count), acts, 1):
        assert pair.replay_equal
        for act, base, free, held in zip(acts, pair.base, pair.free, pair.held, strict=True):
            assert np.array_equal(held.metrics, base), act.id
            assert np.array_equal(free.metrics, base), act.id
            assert np.array_equal(held.fired, pair.factual.fired, equal_nan=True), act.id
            assert np.array_equal(free.fired, pair.factual.fired, equal_nan=True), act.id


def test_each_kind_of_act_imposed_at_a_minute_that_it_shares_with_others_changes_nothing(toy: cases.Ready) -> None:
    """Three acts at every minute: an imposed one waits for its turn among those that fire by their clocks."""
    first, never = ACT_KINDS.index("request_patron"), ACT_KINDS.index("patron_refuses")
    later = [k for k in np.random.default_rng(3).permutation(len(ACT_KINDS)).tolist() if k not in (first, never)]
    rows = [(30 * 360.0 + 360.0 * (i // 3) + 100.0, k, 0.5, 0) for i, k in enumerate([first, *later])]
    arena = toy.arena._replace(
        script=script_of(rows), table=toy.arena.table._replace(allowed=np.ones(len(ACT_KINDS), np.int64))
    )
    acts = [
        Intervention(ACT_KINDS[k], "", "impose", k, int(minute // 360), minute, level) for minute, k, level, _ in rows
    ]
    kept = 0
    for pair in run_pairs(Pool(arena, 1), arena, toy.target, lively_members(toy, 3), acts, 1):
        assert pair.replay_equal
        for act, base, free, held in zip(acts, pair.base, pair.free, pair.held, strict=True):
            for side in (free, held):
                assert np.array_equal(side.metrics, base), act.id
                assert np.array_equal(side.fired, pair.factual.fired, equal_nan=True), act.id
        kept += int(np.isfinite(pair.factual.fired).sum())
    assert kept == 3 * len(acts)


def test_an_intervention_that_does_something_is_seen(toy: cases.Ready) -> None:
    """The other side of fake 8: forbidding what happened, or imposing it earlier, does change histories."""
    acts = interventions(toy.cut, toy.arena)
    assert {a.kind for a in acts} == {"impose", "forbid"}
    pairs = run_pairs(toy.wide, toy.arena, toy.target, lively_members(toy, 5), acts, 1)
    for i, act in enumerate(acts):
        assert any(not np.array_equal(p.free[i].fired, p.factual.fired, equal_nan=True) for p in pairs), (
            act.id
        )
        if act.kind == "forbid":
            assert all(np.isnan(p.free[i].fired[act.act]).all() for p in pairs)
            assert all(np.isnan(p.held[i].fired[act.act]).all() for p in pairs)
    price = next(i for i, a in enumerate(acts) if a.kind == "impose")
    assert any(not np.array_equal(p.free[price].metrics, p.base[price]) for p in pairs)


def test_an_intervention_leaves_the_past_alone(toy: cases.Ready) -> None:
    """Before the intervention the counterfactual is the factual history: what fired then fired then."""
    acts = interventions(toy.cut, toy.arena)
    for pair in run_pairs(toy.wide, toy.arena, toy.target, lively_members(toy, 3), acts, 1):
        for act, free in zip(acts, pair.free, strict=True):
            past = pair.factual.fired < act.tick * 360.0
            assert np.array_equal(free.fired[past], pair.factual.fired[past])


@pytest.fixture(scope="module")
def abducted(toy: cases.Ready) -> Any:
    """A factual history with its abducted luck."""
    member = lively_members(toy, 1)[0]
    table = table_of(member, toy.arena, toy.target.hazard_priors)
    history = replay(toy.arena, member.luck, scripted_course(toy.arena, table), toy.wide.workspace())
    return history, abduct(toy.arena, history, toy.arena.script, member, 1)


def test_abducted_thresholds_lie_where_the_record_puts_them(toy: cases.Ready, abducted: Any) -> None:
    """Happened: inside the integrated hazard of its tick. Not happened: beyond the integrated hazard at the end."""
    history, luck = abducted
    clocks = history.clocks
    for e in toy.model.observations.events:
        k = ACT_KINDS.index(e.kind)
        j = int(np.flatnonzero(clocks.fired[k] == e.minute)[0])
        low, high = clocks.before[k, j], clocks.after[k, j]
        assert luck.known_tick[k, j] == int(e.minute // 360) and luck.known_minute[k, j] == e.minute
        assert low <= luck.threshold[k, j] <= high if high > low else np.isnan(luck.threshold[k, j])
    for k in range(len(ACT_KINDS)):
        n = int(clocks.count[k])
        if n < luck.threshold.shape[1]:
            assert luck.threshold[k, n] > clocks.spent[k]


def test_luck_of_what_did_not_happen_is_exponential_beyond_the_end(toy: cases.Ready, abducted: Any) -> None:
    """Lack of memory: what is left of a threshold after the end is Exp(1) again, over kinds and members."""
    from scipy import stats

    history, _ = abducted
    left = []
    for number in range(40):
        member = members(toy, 1)[0]._replace(number=number)
        luck = abduct(toy.arena, history, toy.arena.script, member, 1)
        for k in range(len(ACT_KINDS)):
            n = int(history.clocks.count[k])
            if n < luck.threshold.shape[1]:
                left.append(luck.threshold[k, n] - history.clocks.spent[k])
    assert stats.kstest(left, "expon").pvalue > 1e-3
