import fcntl
import os
import pathlib
import subprocess
import sys
import textwrap
import time

import pytest
from numba.core.caching import FunctionCache

from interrex.engine import compile as kernels
from interrex.errors import RunError
from interrex.mechanisms import network_influence, rebellion
from interrex.mechanisms.contract import SLOTS, Mechanism, Param, Prior
from interrex.mechanisms.maths import scalar

BOTH = (rebellion.MECHANISM, network_influence.MECHANISM)


def mechanism(name, params=(), **slots):
    return Mechanism(name, (), tuple(params), (), (), slots)


def param(name, mean=0.0):
    return Param(name, Prior("normal", mean, 1.0), "1", "assumption")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERREX_CACHE", str(tmp_path / "cache"))


def test_slots_are_summed_or_called_in_order():
    @scalar
    def one(u, x, place, th):
        return th.a

    @scalar
    def two(u, x, place, th):
        return 10.0 * th.b

    @scalar
    def first(x, place, th, t, dt, hour):
        x[0] = 2.0 * x[0] + 1.0

    @scalar
    def second(x, place, th, t, dt, hour):
        x[0] = 3.0 * x[0]

    module = kernels.load(
        [
            mechanism("m", [param("a")], leave=one, update=first),
            mechanism("n", [param("b")], leave=two, update=second),
        ],
        parts=(),
    )
    th = module.Theta(1.0, 2.0)
    assert module.Theta._fields == ("a", "b") and [p.name for p in module.PARAMS] == ["a", "b"]
    assert module.leave(0, 0, 0, th) == 21.0
    assert module.arrest(0, 0, 0, th) == 0.0
    x = __import__("numpy").array([1.0])
    module.update(x, 0, th, 0, 0.25, 1.0)
    assert x[0] == 9.0
    assert all(hasattr(module, slot) for slot in SLOTS)


def test_the_same_mechanisms_are_loaded_once():
    assert kernels.load(BOTH, parts=()) is kernels.load(BOTH, parts=())
    assert kernels.load(BOTH, parts=()) is not kernels.load(BOTH[:1], parts=())


def test_functions_that_differ_only_in_what_they_close_over_are_not_confused():
    def made(size):
        @scalar
        def leave(u, x, place, th):
            return size

        return mechanism("m", leave=leave)

    a, b = (kernels.load([made(size)], parts=()) for size in (1.0, 2.0))
    assert [m.leave(0, 0, 0, m.Theta()) for m in (a, b)] == [1.0, 2.0]
    assert a.KEY != b.KEY


def test_what_helpers_of_a_mechanism_do_belongs_to_the_key():
    def made(size):
        @scalar
        def helper():
            return size

        @scalar
        def leave(u, x, place, th):
            return helper()

        return mechanism("m", leave=leave)

    assert kernels.load([made(1.0)], parts=()).KEY != kernels.load([made(2.0)], parts=()).KEY


def test_disagreements_are_refused():
    with pytest.raises(RunError, match="has another 'a'"):
        kernels.load([mechanism("m", [param("a")]), mechanism("n", [param("a", 1.0)])], parts=())
    with pytest.raises(RunError, match="unknown slot"):
        kernels.load([mechanism("m", greed=rebellion.leave)], parts=())
    with pytest.raises(RunError, match="join_rate"):
        twice = [mechanism(name, join_rate=rebellion.join_rate) for name in "mn"]
        kernels.load(twice, parts=())
    with pytest.raises(RunError, match="plain name"):
        kernels.load([mechanism("not a name", leave=rebellion.leave)], parts=())


def test_a_mechanism_may_set_its_own_join_rate():
    @scalar
    def join_rate(u):
        return 7.0

    module = kernels.load([mechanism("m", join_rate=join_rate)], parts=())
    assert module.join_rate(0.0) == 7.0
    standard = kernels.load(BOTH, parts=()).join_rate
    assert standard(0.0) == rebellion.join_rate(0.0)


def test_old_folders_are_removed_and_young_ones_kept(tmp_path):
    root = tmp_path / "cache" / "kernels"
    for name, days in (("old", 61), ("young", 59)):
        (root / name).mkdir(parents=True)
        stamp = time.time() - 86_400 * days
        os.utime(root / name, (stamp, stamp))
    kernels._folder("f" * 64)
    assert {p.name for p in root.iterdir()} == {"young", "f" * 24}


def test_two_processes_never_write_machine_code_at_the_same_time(monkeypatch):
    keep, kept = FunctionCache.save_overload, []

    def save(self, sig, data):
        with open(pathlib.Path(self.cache_path) / ".lock") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as another process would
        kept.append(str(sig))
        keep(self, sig, data)

    monkeypatch.setattr(FunctionCache, "save_overload", save)

    def twice(x):
        return x + x

    first = kernels.standing(__file__)(twice)
    assert (first(2), first(0.5)) == (4, 1.0) and len(kept) == 2
    again = kernels.standing(__file__)(twice)
    assert (again(0.5), again(2)) == (1.0, 4) and sum(again.stats.cache_hits.values()) == len(kept) == 2


def run_python(code, env, *arguments):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        env=env,
        text=True,
        capture_output=True,
        check=True,
    )


def test_without_a_place_to_write_one_line_warns_and_the_run_goes_on(bare_environment, tmp_path):
    for name in ("INTERREX_CACHE", "XDG_CACHE_HOME"):
        bare_environment.pop(name, None)
    done = run_python(
        """
        from interrex.engine import compile as kernels
        from interrex.mechanisms import network_influence as n, rebellion as r
        a = kernels.load([r.MECHANISM, n.MECHANISM], parts=())
        b = kernels.load([r.MECHANISM], parts=())
        print(a.join_rate(0.0), a.__file__)
        """,
        bare_environment | {"HOME": "/proc/nonexistent"},
    )
    assert done.stdout.startswith("1.0 ") and str(tmp_path) in done.stdout
    assert done.stderr.count("\n") == 1 and "INTERREX_CACHE" in done.stderr
    assert not list(tmp_path.glob("interrex-kernels-*"))  # nothing is left behind


STREET = """
import sys, time
start = time.process_time()
import numpy as np
from interrex.engine import compile as kernels, street
from interrex.engine.handles import Handle
from interrex.mechanisms import network_influence, rebellion
from interrex.mechanisms.state import Place
sys.path.insert(0, sys.argv[1])
import mine
one = np.ones(1)
place = Place(1e5 * one, np.zeros(1, int), one, one, one, one, one[None], one, 0 * one, one, np.zeros(2), 1e5)
module = kernels.load([rebellion.MECHANISM, network_influence.MECHANISM, mine.MECHANISM], parts=("crowd",))
world = street.make_world(place, 10, 1)
member, scratch, step = street.make_member(world), street.make_scratch(world, 1), street.make_step(world, 1)
step.mood[:] = -9.0
th = module.Theta(*[float(p.prior.value(0.0)) for p in module.PARAMS])
for t in range(4):
    assert module.crowd_step(*map(Handle, (world, member, scratch, step)), one, one, one, Handle(th), t, 0.25, 1.0, 0) == 0
print(time.process_time() - start, sum(module.crowd_step.stats.cache_hits.values()), member.n[0])
"""

MINE = """
from interrex.mechanisms.contract import Mechanism
from interrex.mechanisms.maths import scalar

@scalar
def leaning(grievance, risk_aversion, risk, th):
    return {extra}

MECHANISM = Mechanism("mine", (), (), (), (), {{"leaning": leaning}})
"""


@pytest.mark.slow
def test_an_edited_mechanism_takes_effect_at_once_and_an_unedited_one_is_cached(tmp_path):
    def run(extra):
        (tmp_path / "mine.py").write_text(MINE.format(extra=extra))
        seconds, hits, crowd_size = run_python(STREET, dict(os.environ), str(tmp_path)).stdout.split()
        return float(seconds), int(hits), int(crowd_size)

    first, again, edited = run("0.0"), run("0.0"), run("2.0")
    assert first[1] == 0
    assert again[1] == 1 and again[2] == first[2]
    assert edited[1] == 0 and edited[2] > 2 * first[2]
