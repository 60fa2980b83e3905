"""Ticks shorter than six hours: the same model, cut finer, and nothing changed where the day has four."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine.acts import OCCURRENCES
from interrex.engine.arena import script_at, with_ticks
from interrex.engine.course import Course, Luck, clocks_of, scripted_course
from interrex.engine.history import History, replay
from interrex.engine.pool import new_workspace
from interrex.engine.schedule import DONE, HOURS, KILLED, Script, daily_profile
from interrex.errors import RunError
from interrex.inference.dated_acts import script_of
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.maths import exp
from interrex.mechanisms.security_obedience import WAVERING

DAYS = 12


def luck_of(ready: cases.Ready, arena: Any, number: int, **set_to: float) -> Luck:
    """A point at the centre of the prior, with some parameters set and the shocks of `number`."""
    space = ready.model.space._replace(days=arena.days)
    z = np.zeros(space.size)
    z[len(space.params) :] = np.random.default_rng(number).normal(size=z.size - len(space.params))
    values, effects, nation, region = space.parts(z)
    for name, value in set_to.items():
        values[space.index(name)] = value
    return Luck(values[: space.theta_size], effects, nation, region, np.full(arena.ticks, number, np.uint32))


def test_four_ticks_have_the_profile_of_the_four_parts() -> None:
    assert daily_profile(4).tolist() == list(HOURS)


@pytest.mark.parametrize("ticks", [4, 8, 12, 24, 96])
def test_the_profile_keeps_the_mean_of_every_part(ticks: int) -> None:
    parts = daily_profile(ticks).reshape(4, -1)
    assert parts.shape == (4, ticks // 4)
    assert (parts == np.array(HOURS)[:, None]).all()


@pytest.mark.parametrize("ticks", [-4, 0, 1, 6, 7, 28, 1440 * 4])
def test_other_ticks_are_refused(toy: cases.Ready, ticks: int) -> None:
    with pytest.raises(RunError, match="multiple of 4"):
        with_ticks(toy.arena, ticks)


def test_dated_acts_fall_into_the_tick_of_their_minute() -> None:
    rows = [(0.0, 3, 1.0, 0), (359.9, 4, 1.0, 0), (360.0, 5, 0.5, 1), (1440.0 * 5 + 61.0, 6, 1.0, 0)]
    script = script_of(rows)
    assert np.array_equal(script_at(script, 4).tick, script.tick)
    assert script_at(script, 8).tick.tolist() == [0, 1, 2, 40]
    assert script_at(script, 24).tick.tolist() == [0, 5, 6, 121]
    assert script_at(script, 24).level is script.level


def test_the_arena_of_four_ticks_is_the_arena(toy: cases.Ready) -> None:
    again = with_ticks(toy.arena, 4)
    assert np.array_equal(again.script.tick, toy.arena.script.tick)
    assert again.ticks == toy.arena.days * 4


def test_obedience_turns_half_way_in_six_hours_to_the_bit() -> None:
    assert 1.0 - exp(-WAVERING * 0.25) == 0.5
    assert exp(-WAVERING / 24.0) ** 6 == pytest.approx(0.5, rel=1e-14)


def lively(toy: cases.Ready, ticks: int) -> History:
    """A short history with crowds, arrests and deaths under ticks of some length."""
    arena = with_ticks(toy.arena._replace(days=DAYS, stop_share=0.5, capacity=0.6), ticks)
    luck = luck_of(
        toy, arena, 1, calm_share=1e-3, harm_rate=0.5, clash_rate=0.5, shock_sd=0.1, tie_weight=1.0
    )
    history = replay(arena, luck, scripted_course(arena), new_workspace(arena))
    assert history.status == DONE
    return history


def test_finer_ticks_run_the_same_days(toy: cases.Ready) -> None:
    """Days stay days, and the deaths of six hours frighten as much however they are cut."""
    for ticks in (4, 8, 24):
        history = lively(toy, ticks)
        units = history.trace.units
        assert units.shape[0] == DAYS * ticks
        killed, fear, keep = np.zeros(units.shape[1]), np.zeros(units.shape[1]), np.exp(-0.1 / ticks)
        for t in range(units.shape[0]):
            before = killed if t % (ticks // 4) else 0.0 * killed
            killed = before + units[t, :, KILLED]
            fear = fear * keep + np.log((1.0 + killed) / (1.0 + before))  # log(1 + n) for the n of six hours
        assert np.array_equal(history.macro.killed, killed)
        assert np.allclose(history.macro.fear, fear, rtol=1e-12)
        assert fear.max() > 0.5


def test_the_macro_state_starts_without_deaths(toy: cases.Ready) -> None:
    work = toy.pool.workspace()
    work.macro.killed[:] = 7.0
    luck, _ = toy.target.luck(np.zeros(toy.model.space.size), np.zeros(toy.arena.ticks, np.uint32))
    assert not replay(toy.target.arena, luck, toy.target.course, work, until=0).macro.killed.any()


def test_acts_by_hazard_come_as_often_under_finer_ticks(toy: cases.Ready) -> None:
    """A clock with a constant hazard passes its threshold on the same day, to the minute, under every tick."""
    kind = ACT_KINDS.index("promise_reform")
    fired = {}
    for ticks in (4, 8, 24):
        arena = with_ticks(toy.arena._replace(days=DAYS), ticks)
        table = type(arena.table)(*(a.copy() for a in arena.table))
        table.allowed[:] = 0
        table.allowed[kind], table.needs_crisis[kind], table.scheduled[kind] = 1, 0, 0
        table.after[kind], table.not_after[kind], table.slope[:] = -1, -1, 0.0
        table.log_rate[kind] = math.log(0.4)
        table.repeat[kind] = 2
        nothing = Script(*(a[:0] for a in arena.script))
        threshold = np.full((len(ACT_KINDS), OCCURRENCES), np.inf)
        threshold[kind, :2] = 1.0, 1.3
        course = Course(nothing, np.full(len(ACT_KINDS), 1), 0, table, clocks_of(threshold, (0.0, 0.0, 0.0)))
        luck = luck_of(toy, arena, 3, calm_share=1e-12)
        history = replay(arena, luck, course, new_workspace(arena))
        fired[ticks] = history.clocks.fired[kind, :2].copy()
    assert fired[4][0] == pytest.approx(2.5 * 1440.0)
    for ticks in (8, 24):
        assert fired[ticks][0] == pytest.approx(fired[4][0], abs=1e-6)
        assert abs(fired[ticks][1] - fired[4][1]) <= 360.001  # a clock starts again at the end of its tick
