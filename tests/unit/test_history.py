"""A history under control: frozen, kept and gone on with, looked at while it runs, overridden, recorded in part, refused for
size."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine import memory
from interrex.engine.arena import Arena, with_ticks
from interrex.engine.course import Course, free_modes, fresh_clocks, scripted_course
from interrex.engine.history import ENDED, History, Hook, replay
from interrex.engine.overrides import AT_THE_START, Parameter, State
from interrex.engine.pool import Pool, new_workspace
from interrex.engine.schedule import DONE, PRESENT, TOO_LARGE
from interrex.engine.state import Workspace
from interrex.engine.street import room_for
from interrex.errors import RunError, StoreError
from interrex.mechanisms.state import ELITE, PATRON
from unit.test_tick_length import luck_of

DAYS = 10
LIVELY = {"calm_share": 1e-3, "harm_rate": 0.5, "clash_rate": 0.5, "arrests_per_officer": 1.0}


def lively_arena(ready: cases.Ready) -> Arena:
    """Ten days, and room for most."""
    return ready.arena._replace(days=DAYS, stop_share=0.5, capacity=0.6)


def run(
    ready: cases.Ready, number: int = 1, work: Workspace | None = None, arena: Arena | None = None, free: bool = True,
    **how: Any,
) -> tuple[History, Workspace]:  # fmt: skip
    """A lively history of ten days, acts free by their own clocks, and the workspace that it was run in."""
    arena = lively_arena(ready) if arena is None else arena
    work = work or new_workspace(arena)
    clocks = fresh_clocks(1, number, (0.0, 0.0, 0.0))
    course = scripted_course(arena)
    if free:
        course = Course(arena.script, free_modes(arena.table), 4, arena.table, clocks)
    return replay(arena, luck_of(ready, arena, number, **LIVELY), course, work, **how), work


def bits(ran: tuple[History, Workspace]) -> bytes:
    """Everything that a finished history leaves."""
    history, work = ran
    m = work.member
    parts = [*history.trace, *history.clocks, *history.macro, m.active[: m.n[0]], m.held[: m.n[1]], m.n]
    return b"".join(np.ascontiguousarray(a).tobytes() for a in parts)


# --- frozen ---


def test_a_history_cannot_be_changed_from_outside(toy: cases.Ready) -> None:
    history, _ = run(toy)
    for field in ("arena", "tick", "status", "trace", "clocks", "macro", "th"):
        with pytest.raises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
            setattr(history, field, None)
    for group in (history.trace, history.clocks, history.macro):
        for array in group:
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_a_hook_cannot_write_to_what_the_kernels_read(toy: cases.Ready) -> None:
    arena = lively_arena(toy)
    table = type(arena.table)(*(a.copy() for a in arena.table))

    def look(history: History) -> None:
        for array in (history.macro.trust, history.arena.place.police, table.log_rate, arena.script.tick):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0

    hook = Hook((8,), look)
    replay(arena, luck_of(toy, arena, 1), scripted_course(arena, table), new_workspace(arena), hooks=(hook,))


# --- overrides ---


def test_a_parameter_overridden_from_the_start_is_that_parameter(toy: cases.Ready) -> None:
    arena = lively_arena(toy)
    course, work = scripted_course(arena), new_workspace(arena)
    for name, value in (("deployable", 0.05), ("trust_start", 1.5), ("shock_sd", 0.9), ("stay_days", 0.2)):
        other = replay(arena, luck_of(toy, arena, 1, **LIVELY | {name: value}), course, work), work
        wanted = bits(other)
        found = run(toy, work=work, free=False, overrides=[Parameter(name, 0, value=value)])
        assert bits(found) == wanted
        assert bits(run(toy, work=work, free=False)) != wanted


def test_an_override_leaves_the_past_alone_and_changes_what_comes(toy: cases.Ready) -> None:
    plain = run(toy)[0].trace.units.copy()
    for override in (
        Parameter("stay_days", 12, factor=0.1), State("fear", 12, value=3.0), State("trust", 12, value=-3.0, held=True),
        State("level", 12, ELITE, value=-1.0, held=True),
    ):  # fmt: skip
        history, _ = run(toy, overrides=[override])
        assert np.array_equal(history.trace.units[:12], plain[:12])
        assert not np.array_equal(history.trace.units[12:], plain[12:])


def test_a_parameter_stays_overridden_to_the_end(toy: cases.Ready) -> None:
    """No mechanism can undo it: officers follow the share that can be deployed in every tick from then on."""
    for start in (1, 12):
        seen: list[tuple[float, float]] = []
        share = [Parameter("deployable", start, 0.02), Parameter("reserve_share", start, 0.02)]
        for overrides in ([], [*share, State("force", start, factor=0.02)]):
            look = Hook(
                range(start + 1, DAYS * 4 + 1), lambda h, seen=seen: seen.append((h.tick, h.macro.force.sum()))
            )
            run(toy, overrides=overrides, hooks=(look,))
        half = len(seen) // 2
        for (tick, free), (same, bound) in zip(seen[:half], seen[half:], strict=True):
            assert tick == same and bound < 0.1 * free


def test_a_held_state_begins_every_tick_as_it_is_held(toy: cases.Ready) -> None:
    arena = lively_arena(toy)
    online = arena.place.online > 0.0
    overrides = [State("trust", 6, online, value=-2.0, held=True), State("level", 6, PATRON, value=77.0)]
    moved = []

    def look(history: History) -> None:
        moved.append(np.abs(history.macro.trust[online] + 2.0).max())

    history, work = run(toy, overrides=overrides, hooks=(Hook(range(7, arena.ticks + 1), look),))
    assert 0.0 < max(moved) < 1.0  # as far as a tick can take it
    one, other = run(toy, work=work)[0], run(toy, overrides=overrides)[0]
    assert other.macro.level[PATRON] == 77.0 and one.macro.level[PATRON] != 77.0


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (Parameter("deployble", 0), "no parameter 'deployble'"),
        (State("forces", 0, value=1.0), "no field of the macro state 'forces'"),
        (State("force", -1, value=1.0), "from tick -1 on"),
        (State("force", 3, factor=0.5, held=True), "multiplied in every tick"),
        *((Parameter(name, 4, 0.5), "read at the start") for name in AT_THE_START),
    ],
)
def test_an_override_without_effect_is_refused(toy: cases.Ready, override: Any, said: str) -> None:
    with pytest.raises(RunError, match=said):
        run(toy, overrides=[override])


def test_what_only_the_start_reads_is_read_by_nothing_else() -> None:
    """`AT_THE_START` against the sources: the first state and the shocks read these parameters, and no tick does."""
    import inspect
    import re

    from interrex.engine import history, schedule
    from interrex.mechanisms import all_mechanisms

    begun = inspect.getsource(schedule.begin.py_func) + inspect.getsource(history.replay)
    first = set(re.findall(r"\bth(?:eta)?\.(\w+)", begun))
    later: set[str] = set()
    for mechanism in all_mechanisms():
        for function in mechanism.slots.values():
            later |= set(re.findall(r"\bth\.(\w+)", inspect.getsource(inspect.getmodule(function.py_func))))
    assert first - later == set(AT_THE_START)


# --- kept and gone on with ---


def test_a_checkpoint_goes_on_to_the_bit(toy: cases.Ready, tmp_path: Path) -> None:
    wanted = bits(run(toy))
    history, work = run(toy, until=8)
    assert history.status == DONE and work.member.n.min() > 0  # on the street and detained
    history.save(tmp_path / "kept.npz")
    run(toy, number=9, work=work)  # another history ran further in the workspace
    half = run(toy, work=work, resume=tmp_path / "kept.npz", until=8)[0]
    assert half.tick == 8 and not half.trace.units[8:].any()
    assert bits(run(toy, work=work, resume=tmp_path / "kept.npz")) == wanted


def test_a_checkpoint_goes_on_under_its_overrides(toy: cases.Ready, tmp_path: Path) -> None:
    overrides = (
        Parameter("deployable", 5, 0.02), Parameter("stay_days", 8, 2.0), State("level", 6, ELITE, value=-1.0, held=True),
        State("fear", 8, value=0.5),
    )  # fmt: skip
    wanted = bits(run(toy, overrides=overrides))
    run(toy, overrides=overrides, until=8)[0].save(tmp_path / "kept.npz")
    assert bits(run(toy, overrides=overrides, resume=tmp_path / "kept.npz")) == wanted
    with pytest.raises(StoreError, match="not a checkpoint of this history"):
        run(toy, overrides=overrides[1:], resume=tmp_path / "kept.npz")


def test_a_checkpoint_costs_what_is_out_not_the_country(toy: cases.Ready, tmp_path: Path) -> None:
    run(toy, until=0)[0].save(tmp_path / "empty.npz")
    run(toy, arena=lively_arena(toy)._replace(capacity=1.0), until=0)[0].save(tmp_path / "wide.npz")
    assert (tmp_path / "wide.npz").stat().st_size == (tmp_path / "empty.npz").stat().st_size < 100_000


SCRIPT = """
import hashlib, sys
from pathlib import Path
from fixtures import toy as cases
from unit.test_history import bits, run
ready = cases.ready(cases.cut(Path(sys.argv[2]) / "case"))
print(hashlib.sha256(bits(run(ready, resume=sys.argv[1]))).hexdigest())
"""


def test_a_checkpoint_goes_on_in_another_process(toy: cases.Ready, tmp_path: Path) -> None:
    import hashlib

    run(toy, until=7)[0].save(tmp_path / "kept.npz")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "kept.npz"), str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == hashlib.sha256(bits(run(toy))).hexdigest()


def test_a_checkpoint_of_something_else_is_refused(toy: cases.Ready, tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    run(toy, until=5)[0].save(kept)
    for other in ({"number": 2}, {"free": False}, {"arena": with_ticks(lively_arena(toy), 8)}):
        with pytest.raises(StoreError, match="not a checkpoint of this history"):
            run(toy, resume=kept, **other)
    with pytest.raises(StoreError, match="not there"):
        run(toy, resume=tmp_path / "absent.npz")
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 1
    kept.write_bytes(data)
    with pytest.raises(StoreError, match="not as it was written"):
        run(toy, resume=kept)


def test_a_stopped_history_stays_stopped_in_its_checkpoint(toy: cases.Ready, tmp_path: Path) -> None:
    arena = toy.arena._replace(days=DAYS, stop_share=1e-6)
    first = run(toy, arena=arena)
    assert first[0].status == TOO_LARGE
    first[0].save(tmp_path / "stopped.npz")
    again = run(toy, arena=arena, resume=tmp_path / "stopped.npz")
    assert again[0].status == TOO_LARGE
    assert bits(again) == bits(first)


# --- looked at ---


def test_hooks_see_the_ticks_they_ask_for_and_change_nothing(toy: cases.Ready) -> None:
    alone = run(toy)
    wanted, crowds = bits(alone), alone[0].trace.units[:, :, PRESENT].sum(axis=1).copy()
    for ticks in (range(1, 41), (0, 12, 24, 36, 40)):
        seen: list[tuple[int, float]] = []

        def look(history: History, seen: list[tuple[int, float]] = seen) -> None:
            last = history.trace.units[history.tick - 1, :, PRESENT].sum() if history.tick else 0.0
            seen.append((history.tick, float(last)))

        assert bits(run(toy, hooks=(Hook(ticks, look),))) == wanted
        assert seen == [(tick, float(crowds[tick - 1]) if tick else 0.0) for tick in ticks]


def test_a_hook_that_has_seen_enough_ends_the_history(toy: cases.Ready) -> None:
    history, _ = run(toy, hooks=(Hook((4, 8, 12), lambda h: h.tick == 8), Hook((8,), lambda h: None)))
    assert history.tick == 8 and history.status == ENDED and not history.trace.units[8:].any()


def test_a_hook_does_not_look_at_a_stopped_history(toy: cases.Ready) -> None:
    arena = toy.arena._replace(days=DAYS, stop_share=1e-6)
    seen: list[int] = []
    run(toy, arena=arena, hooks=(Hook(range(41), lambda h: seen.append(h.status)),))
    assert 1 <= len(seen) < 40 and set(seen) == {DONE}


def test_without_a_hook_there_is_one_call_however_many_ticks(toy: cases.Ready) -> None:
    calls = []
    kernel = toy.arena.kernel

    def simulate(*arguments: Any) -> int:
        calls.append(arguments)
        return kernel.simulate(*arguments)

    watched = SimpleNamespace(
        begin=kernel.begin, simulate=simulate, common_path=kernel.common_path, Theta=kernel.Theta, KEY=kernel.KEY
    )
    run(toy, arena=lively_arena(toy)._replace(kernel=watched))  # type: ignore[arg-type]
    assert len(calls) == 1


# --- the record and the workspace ---


def test_a_record_of_the_nation_is_the_sum_of_the_units(toy: cases.Ready) -> None:
    units, _ = run(toy)
    nation, _ = run(toy, arena=lively_arena(toy)._replace(by_unit=False))
    assert nation.trace.units.shape == (40, 1, 5)
    assert np.allclose(nation.trace.units[:, 0], units.trace.units.sum(axis=1), rtol=1e-6)
    for name in ("signals", "levels", "beliefs", "crisis"):
        assert np.array_equal(getattr(nation.trace, name), getattr(units.trace, name))


def test_a_new_history_begins_with_an_empty_record_and_an_empty_state(toy: cases.Ready) -> None:
    apart, _ = run(toy, until=8)
    wanted = [a.copy() for a in (*apart.trace, *apart.macro)]
    work = new_workspace(lively_arena(toy))
    for arrays in (work.trace, work.macro):
        for array in arrays:
            array[:] = 3  # a mark
    short, _ = run(toy, work=work, until=8)
    assert not short.trace.units[8:].any()
    assert all(np.array_equal(a, b) for a, b in zip((*short.trace, *short.macro), wanted, strict=True))


def test_one_workspace_serves_shorter_windows_and_other_bounds_to_the_bit(toy: cases.Ready) -> None:
    whole = lively_arena(toy)
    work = new_workspace(whole)
    for arena in (whole._replace(days=4), whole._replace(stop_share=0.02), whole._replace(days=7), whole):
        apart = run(toy, arena=arena)
        shared = run(toy, arena=arena, work=work)
        assert shared[0].trace.units.shape[0] == arena.ticks
        assert bits(shared) == bits(apart)


def test_a_workspace_of_another_arena_is_refused(toy: cases.Ready) -> None:
    arena = lively_arena(toy)
    work = new_workspace(arena)
    for other in (
        arena._replace(days=DAYS + 1),
        arena._replace(by_unit=False),
        arena._replace(capacity=0.5),
        with_ticks(arena, 8),
    ):
        with pytest.raises(ValueError, match="made for another arena"):
            run(toy, arena=other, work=work)


def test_luck_that_is_too_short_is_refused(toy: cases.Ready) -> None:
    arena = toy.arena._replace(days=DAYS)
    luck, fine = luck_of(toy, arena, 1), with_ticks(arena, 8)
    with pytest.raises(ValueError, match="too short"):
        replay(fine, luck, scripted_course(arena), new_workspace(fine))


def test_needed_bytes_are_those_of_the_arrays(toy: cases.Ready) -> None:
    for capacity in (0.06, 0.6, 1.0):
        arena = toy.arena._replace(capacity=capacity)
        work = new_workspace(arena)
        there = [
            a for group in (work.member, work.scratch, work.trace) for a in group if isinstance(a, np.ndarray)
        ]
        taken = sum(a.nbytes for a in there) + work.shock.nbytes
        assert memory.needed_bytes(arena) == pytest.approx(taken, rel=1e-3)
        assert work.member.active.size == room_for(arena.world, capacity)


def test_what_does_not_fit_is_refused_with_numbers_and_a_remedy(
    toy: cases.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    arena = toy.arena._replace(capacity=1.0)
    needed = memory.needed_bytes(arena)
    monkeypatch.setattr(memory, "free_bytes", lambda: needed - 1)
    with pytest.raises(RunError) as refused:
        new_workspace(arena)
    for part in (f"{needed:,} bytes", f"{needed - 1:,} are free", "--resolution 1000", "capacity"):
        assert part in str(refused.value)
    monkeypatch.setattr(memory, "free_bytes", lambda: needed)
    new_workspace(arena)
    with pytest.raises(RunError, match="for 3 workers"):
        Pool(arena, 3)
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    Pool(arena, 3).close()


def test_the_system_says_how_much_is_free() -> None:
    free = memory.free_bytes()
    assert free is None or 0 <= free < 1 << 50


def test_an_uprising_of_sixty_per_cent_runs(toy: cases.Ready) -> None:
    """Half of the nation and more on the street at once: dense cost, bounded memory, no stop, if the arena says so."""
    arena = toy.arena._replace(days=3, stop_share=1.0, capacity=1.0)
    arena = arena._replace(script=type(arena.script)(*(a[:0] for a in arena.script)))
    luck = luck_of(
        toy, arena, 1, calm_share=0.3, grievance_slope=0.5, risk_slope=1e-3, stay_days=20.0, pool_share=50.0,
        arrests_per_officer=1e-6,
    )  # fmt: skip
    work = new_workspace(arena)
    history = replay(arena, luck, scripted_course(arena), work)
    assert history.status == DONE
    assert history.trace.units[:, :, PRESENT].sum(axis=1).max() > 0.6 * arena.place.nation
    narrow = arena._replace(stop_share=0.03)
    assert replay(narrow, luck, scripted_course(narrow), work).status == TOO_LARGE
