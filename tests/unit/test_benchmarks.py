"""The benchmark program: its tables, its files, its comparison; the figures themselves are not for tests."""

import importlib
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def program(monkeypatch):
    """`benchmarks`, which is in the clone and not in the wheel, with the machine's limits taken as known."""
    monkeypatch.syspath_prepend(ROOT)
    main, machine, table = (
        importlib.import_module(f"benchmarks.{n}") for n in ("__main__", "machine", "table")
    )
    monkeypatch.setattr(machine, "limits", lambda: {name: [1e9, 2e9, 3e9] for name in main.LIMITS})
    return SimpleNamespace(main=main, machine=machine, table=table)


def test_a_row_knows_middle_spread_and_what_it_reached(program):
    r = program.table.row("w", "10", [3.0, 1.0, 2.0], "s", goal=2.5, limit=1.0)
    assert (r["figure"], r["spread"], r["fraction"]) == (2.0, [1.0, 3.0], 0.5)
    assert program.table.row("w", "10", [3.0, 1.0, 2.0], "steps/s", limit=4.0)["fraction"] == 0.5


def test_the_table_says_whether_goals_are_met(program):
    row = program.table.row
    text = program.table.markdown([
        row("fast", "1", [2.0], "s", goal=3.0), row("slow", "1", [4.0], "s", goal=3.0),
        row("rate", "1", [4.0], "steps/s", goal=3.0),
        {"work": "a|b", "size": 5, "figure": "none", "unit": "", "goal": "any", "limit": None, "fraction": None,
         "spread": "", "note": None},
    ])  # fmt: skip
    lines = text.splitlines()
    assert "3, met" in lines[2] and "**not met**" in lines[3] and "3, met" in lines[4]
    assert "a\\|b" in lines[5]
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_timing_leaves_the_first_call_out(program):
    calls = []
    ticks = iter(range(100))
    seconds = program.machine.timed(lambda: calls.append(1), 4, lambda: next(ticks) ** 2)
    assert len(calls) == 5 and seconds == [1, 5, 9, 13]


def fake(monkeypatch, program, figures):
    rows = [program.table.row(f"work {k}", "10", f, unit) for k, (f, unit) in enumerate(figures)]
    monkeypatch.setattr(program.main, "_rows_of", lambda name, quick: rows if name == "cascade" else None)


def test_runs_are_written_and_compared(program, monkeypatch, tmp_path, capsys):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    fake(
        monkeypatch,
        program,
        [([1.0, 1.1, 1.2], "s"), ([5.0, 6.0], "steps/s"), ([1.0, 1.1], "ms"), ([9.0], "MB")],
    )
    assert program.main.main(["--quick", "--json", str(old)]) == 0
    assert "There is no benchmark crowd here yet" in capsys.readouterr().out
    fake(monkeypatch, program, [([2.0, 2.2, 2.4], "s"), ([7.0, 8.0], "steps/s"), ([1.05, 1.3], "ms")])
    assert program.main.main(["--quick", "--only", "cascade", "--json", str(new)]) == 0
    record = json.loads(new.read_text())
    assert set(record) >= {"machine", "limits", "commit", "rows", "when", "seconds"}
    assert record["rows"][0]["spread"] == [2.0, 2.4] and record["machine"]["versions"]["numba"]
    capsys.readouterr()
    assert program.main.main(["--compare", str(old), str(new)]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| cascade")]
    assert "2.00 | **worse**" in said[0] and "1.36 | better" in said[1] and "inside the spread" in said[2]
    assert "gone" in said[3]


def test_another_machine_is_noticed(program, monkeypatch, tmp_path, capsys):
    fake(monkeypatch, program, [([1.0], "s")])
    path, other = tmp_path / "run.json", tmp_path / "other.json"
    program.main.main(["--json", str(path)])
    record = json.loads(path.read_text())
    record["machine"]["processor"] = "abacus"
    record["machine"]["versions"]["numpy"] = "0.1"
    record["quick"] = True
    other.write_text(json.dumps(record))
    capsys.readouterr()
    program.main.main(["--compare", str(path), str(other)])
    said = capsys.readouterr().out
    assert "is abacus." in said and "versions was numpy" in said and "--quick" in said


def test_what_is_no_run_is_said(program, tmp_path, capsys):
    path = tmp_path / "x.json"
    path.write_text("[]")
    assert program.main.main(["--compare", str(path), str(path)]) == 2
    assert "is not a run" in capsys.readouterr().err


def test_a_broken_benchmark_costs_only_itself(program, monkeypatch, tmp_path, capsys):
    def rows(name, quick):
        if name == "crowd":
            raise ValueError("broken")
        return [program.table.row("w", "1", [1.0], "s")]

    monkeypatch.setattr(program.main, "_rows_of", rows)
    assert (
        program.main.main(["--only", "crowd", "--only", "cascade", "--json", str(tmp_path / "r.json")]) == 1
    )
    record = json.loads((tmp_path / "r.json").read_text())
    assert record["failed"] == ["crowd"] and len(record["rows"]) == 1
    assert "crowd failed" in capsys.readouterr().out


@pytest.fixture
def peers(program, monkeypatch, tmp_path):
    monkeypatch.setenv("INTERREX_CACHE", str(tmp_path / "cache"))
    return importlib.import_module("benchmarks.peers")


def test_every_peer_has_its_program_and_pins_and_nothing_else(peers):
    pins = {path.stem: path.read_text().split("\n") for path in (peers.HERE / "requirements").glob("*.txt")}
    assert {peer.needs for peer in peers.PEERS} == set(pins)
    for lines in pins.values():
        assert all(re.fullmatch(r"([\w-]+==[\w.]+(; python_version .*)?)?", line) for line in lines)
    for peer in peers.PEERS:
        assert (peers.HERE / "programs" / f"{peer.program}.py").is_file()


def test_a_peer_that_cannot_be_had_is_one_line(peers, monkeypatch):
    def refuse(command, seconds, folder=None):
        raise RuntimeError("no matching distribution")

    monkeypatch.setattr(peers, "_call", refuse)
    r = peers._result(peers.PEERS[0], 1000, None)
    assert "no matching distribution" in r["failed"]
    line = peers._line(r, [])
    assert len(line) == len(peers.HEADINGS) and line[-1].startswith("did not run")
    assert not list((peers._cache()).glob("*")), "no half-made environment is left"


def test_an_environment_is_made_once(peers, monkeypatch):
    calls = []
    monkeypatch.setattr(peers, "_call", lambda command, *_: calls.append(command))
    monkeypatch.setattr(
        peers.Path, "touch", lambda path: path.parent.mkdir(parents=True) or path.write_text("")
    )
    assert peers.environment("scipy") == peers.environment("scipy")
    assert len(calls) == 2 and calls[1][-1].endswith("scipy.txt")


def test_complaints_of_programs_are_cut_to_their_last_line(peers):
    with pytest.raises(RuntimeError, match="^ValueError: no$"):
        peers._call([sys.executable, "-c", "raise ValueError('no')"], 20)
    with pytest.raises(RuntimeError, match="not done after 0 s"):
        peers._call([sys.executable, "-c", "import time; time.sleep(5)"], 0.1)


def test_the_port_sees_the_square_around_an_agent(peers, monkeypatch):
    monkeypatch.syspath_prepend(peers.HERE / "programs")
    rule = importlib.import_module("civil_violence")
    rng = np.random.default_rng(1)
    size, people = rule.start(400, rng)
    cell = people["cell"]
    row, column = np.divmod(cell, size)
    near = np.minimum((row[:, None] - row) % size, (row - row[:, None]) % size) <= rule.VISION
    near &= np.minimum((column[:, None] - column) % size, (column - column[:, None]) % size) <= rule.VISION
    assert np.array_equal(rule.counts(size, cell, people["cop"]), (near & people["cop"]).sum(axis=1))
    moved = rule.move(size, cell, np.arange(400) % 2 == 0, rng)
    assert len(set(moved)) == 400 and np.array_equal(moved[1::2], cell[1::2]) and (moved != cell).sum() > 150
    active, jail = rng.random(400) < 0.2, np.zeros(400, int)
    active &= ~people["cop"]
    before = active.copy()
    rule.arrest(size, cell, people["cop"], active, jail, rng)
    assert 0 < (before & ~active).sum() <= people["cop"].sum() and not (active & ~before).any()
    assert not jail[active].any()
