"""A history under control: kept and gone on with, looked at while it runs, recorded in part, refused for size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine import memory
from interrex.engine.ensemble import (
    Course,
    History,
    Pool,
    free_modes,
    new_workspace,
    scripted_course,
    set_free,
    with_ticks,
)  # fmt: skip
from interrex.engine.schedule import DONE, PRESENT, TOO_LARGE
from interrex.engine.street import room_for
from interrex.errors import RunError, StoreError
from unit.test_tick_length import luck_of

DAYS = 10
LIVELY = {"calm_share": 1e-3, "harm_rate": 0.5, "clash_rate": 0.5, "arrests_per_officer": 1.0}


def begin(
    ready: cases.Ready, slot: int = 1, work: Any = None, arena: Any = None, free: bool = True
) -> History:
    """A lively history of ten days, acts free by their own clocks."""
    arena = ready.arena._replace(days=DAYS, stop_share=0.5, capacity=0.6) if arena is None else arena
    course = Course(arena.script, free_modes(arena.table), 4, arena.table) if free else scripted_course(arena)
    history = History(arena, work or new_workspace(arena), luck_of(ready, arena, slot, **LIVELY), course)
    set_free(history.clocks, 1, slot)
    return history


def bits(history: History) -> bytes:
    """Everything that a finished history leaves."""
    m = history.work.member
    parts = [*history.trace, *history.clocks, *history.work.macro, m.active[: m.n[0]], m.held[: m.n[1]], m.n]
    return b"".join(np.ascontiguousarray(a).tobytes() for a in parts)


def test_a_checkpoint_goes_on_to_the_bit(toy: cases.Ready, tmp_path: Path) -> None:
    whole = begin(toy)
    assert whole.run_to(whole.arena.ticks) == DONE
    wanted = bits(whole)
    history = begin(toy)
    history.run_to(8)
    assert history.work.member.n.min() > 0  # on the street and detained
    history.save(tmp_path / "kept.npz")
    other = begin(toy, slot=9)  # a workspace in which another history ran further
    other.run_to(other.arena.ticks)
    again = begin(toy, work=other.work)
    again.load(tmp_path / "kept.npz")
    assert again.tick == 8 and not again.trace.units[8:].any()
    again.run_to(again.arena.ticks)
    assert bits(again) == wanted


def test_a_checkpoint_costs_what_is_out_not_the_country(toy: cases.Ready, tmp_path: Path) -> None:
    history = begin(toy)
    history.save(tmp_path / "empty.npz")
    wide = begin(toy, arena=history.arena._replace(capacity=1.0))
    wide.save(tmp_path / "wide.npz")
    assert (tmp_path / "wide.npz").stat().st_size == (tmp_path / "empty.npz").stat().st_size < 100_000


SCRIPT = """
import sys
from pathlib import Path
from fixtures import toy as cases
from unit.test_history import begin, bits
ready = cases.ready(cases.cut(Path(sys.argv[2]) / "case"))
history = begin(ready)
history.load(sys.argv[1])
history.run_to(history.arena.ticks)
import hashlib
print(hashlib.sha256(bits(history)).hexdigest())
"""


def test_a_checkpoint_goes_on_in_another_process(toy: cases.Ready, tmp_path: Path) -> None:
    import hashlib

    history = begin(toy)
    history.run_to(7)
    history.save(tmp_path / "kept.npz")
    history.run_to(history.arena.ticks)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "kept.npz"), str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == hashlib.sha256(bits(history)).hexdigest()


def test_a_checkpoint_of_something_else_is_refused(toy: cases.Ready, tmp_path: Path) -> None:
    history = begin(toy)
    history.run_to(5)
    history.save(tmp_path / "kept.npz")
    for other in (begin(toy, slot=2), begin(toy, free=False), begin(toy, arena=with_ticks(history.arena, 8))):
        with pytest.raises(StoreError, match="not a checkpoint of this history"):
            other.load(tmp_path / "kept.npz")
    with pytest.raises(StoreError, match="not there"):
        history.load(tmp_path / "absent.npz")
    data = bytearray((tmp_path / "kept.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "kept.npz").write_bytes(data)
    with pytest.raises(StoreError, match="not as it was written"):
        history.load(tmp_path / "kept.npz")


def test_a_stopped_history_stays_stopped_in_its_checkpoint(toy: cases.Ready, tmp_path: Path) -> None:
    arena = toy.arena._replace(days=DAYS, stop_share=1e-6)
    history = begin(toy, arena=arena)
    assert history.run_to(arena.ticks) == TOO_LARGE
    history.save(tmp_path / "stopped.npz")
    again = begin(toy, arena=arena)
    again.load(tmp_path / "stopped.npz")
    assert again.run_to(arena.ticks) == TOO_LARGE
    assert bits(again) == bits(history)


def test_the_callback_sees_every_tick_or_some_and_changes_nothing(toy: cases.Ready) -> None:
    alone = begin(toy)
    alone.run_to(alone.arena.ticks)
    for every, wanted in ((1, list(range(1, 41))), (12, [12, 24, 36, 40])):
        watched = begin(toy)
        seen: list[tuple[int, float]] = []
        watched.run_to(
            watched.arena.ticks,
            lambda h, seen=seen: seen.append((h.tick, float(h.trace.units[h.tick - 1, :, PRESENT].sum()))),
            every,
        )
        assert [tick for tick, _ in seen] == wanted
        assert [crowd for _, crowd in seen] == [
            float(alone.trace.units[tick - 1, :, PRESENT].sum()) for tick in wanted
        ]
        assert bits(watched) == bits(alone)


def test_without_a_callback_there_is_one_call_however_many_ticks(toy: cases.Ready) -> None:
    calls = []
    history = begin(toy)
    kernel = history.arena.kernel

    def simulate(*arguments: Any) -> int:
        calls.append(arguments)
        return kernel.simulate(*arguments)

    history.arena = history.arena._replace(kernel=SimpleNamespace(simulate=simulate))
    history.run_to(history.arena.ticks)
    assert len(calls) == 1


def test_a_record_of_the_nation_is_the_sum_of_the_units(toy: cases.Ready) -> None:
    units = begin(toy)
    units.run_to(units.arena.ticks)
    nation = begin(toy, arena=units.arena._replace(by_unit=False))
    nation.run_to(nation.arena.ticks)
    assert nation.trace.units.shape == (40, 1, 5)
    assert np.allclose(nation.trace.units[:, 0], units.trace.units.sum(axis=1), rtol=1e-6)
    for name in ("signals", "levels", "beliefs", "crisis"):
        assert np.array_equal(getattr(nation.trace, name), getattr(units.trace, name))


def test_a_new_history_empties_what_the_last_one_wrote_and_no_more(toy: cases.Ready) -> None:
    first = begin(toy)
    first.run_to(first.arena.ticks)
    first.work.trace.units[:] = 3.0  # a mark: what a history did not write it need not empty
    short = begin(toy, work=first.work)
    assert not short.trace.units.any()
    short.run_to(8)
    short.work.trace.units[20:] = 3.0
    last = begin(toy, work=first.work)
    assert not last.trace.units[:20].any() and (last.trace.units[20:] == 3.0).all()
    last.work.trace.units[20:] = 0.0
    last.run_to(8)
    assert last.trace.units[:8].any() and not last.trace.units[8:].any()


def test_luck_that_is_too_short_is_refused(toy: cases.Ready) -> None:
    arena = toy.arena._replace(days=DAYS)
    luck = luck_of(toy, arena, 1)
    with pytest.raises(ValueError, match="too short"):
        History(with_ticks(arena, 8), new_workspace(with_ticks(arena, 8)), luck, scripted_course(arena))


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
    history = History(arena, new_workspace(arena), luck, scripted_course(arena))
    assert history.run_to(arena.ticks) == DONE
    assert history.trace.units[:, :, PRESENT].sum(axis=1).max() > 0.6 * arena.place.nation
    narrow = arena._replace(stop_share=0.03)
    again = History(narrow, history.work, luck, scripted_course(narrow))
    assert again.run_to(arena.ticks) == TOO_LARGE
