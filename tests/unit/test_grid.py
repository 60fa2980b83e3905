"""The grid world's parts: the decision as one number, the torus, draws, the dataset, what is refused."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from interrex import replications
from interrex.engine.compile import _roots
from interrex.errors import RunError
from interrex.mechanisms.maths import exp
from interrex.replications import civil_violence, decision, turns
from interrex.replications.civil_violence import World
from interrex.replications.torus import offsets, torus

ROUND = {"floor": math.floor, "half to even": round, "none": float}
SMALL = {"size": 16, "vision": 3, "legitimacy": 0.75, "jail": 8}


def thresholds(rounding, neighbours, legitimacy, k, count=400):
    values, nerves, scale = decision.ladder(rounding, neighbours)
    words = np.random.default_rng(1).integers(0, 2**32, (2, count), dtype=np.uint32)
    out = np.empty(count, dtype=np.int64)
    decision.set_nerves(words[0], words[1], legitimacy, k, 0.1, values, nerves, out)
    return (words + 0.5) / 2**32, out, scale


def disagreements(rounding, neighbours, legitimacy=0.82, k=2.3, trick=None):
    """Share of (citizen, C, A) for which the whole number and the formula decide otherwise; all C, A possible."""
    (h, r), nerve, scale = thresholds(rounding, neighbours, legitimacy, k)
    cops, actives = (x.ravel() for x in np.meshgrid(np.arange(neighbours + 1), np.arange(1, neighbours + 2)))
    possible = cops + actives - 1 <= neighbours
    cops, actives = cops[possible], actives[possible]
    f = {c: ROUND[rounding](c) for c in set((cops / actives).tolist())}
    ratio = np.array([f[c] for c in (cops / actives).tolist()])
    risk = np.array([1 - exp(-k * q) for q in ratio.tolist()])
    formula = h[:, None] * (1 - legitimacy) - r[:, None] * risk > 0.1
    number = cops * scale < nerve[:, None] * actives if trick is None else trick(cops, actives, nerve, scale)
    return float(np.mean(formula != number)), float(formula.mean())


@pytest.mark.parametrize("rounding", decision.ROUNDINGS)
@pytest.mark.parametrize("neighbours", [4, 8, 112, 224])
@pytest.mark.parametrize("k", [0.05, 2.3])
def test_one_number_decides_as_the_formula_does(rounding, neighbours, k):
    wrong, rebel = disagreements(rounding, neighbours, k=k)
    assert wrong == 0
    assert 0 < rebel < 1


def test_the_number_for_floor_is_wrong_for_another_rounding():
    # (q + 1) A is right for floor alone; the check above must see that.
    def floored(c, a, nerve, scale):
        return c < (nerve[:, None] // scale + 1) * a

    assert disagreements("half to even", 112, trick=floored)[0] > 0.001
    assert disagreements("none", 112, trick=floored)[0] > 0.001


@pytest.mark.parametrize(
    ("neighbourhood", "vision", "count"), [("von Neumann", 7, 112), ("disc", 7, 148), ("Moore", 7, 224), ("disc", 1.7, 8)]
)  # fmt: skip
def test_neighbourhoods(neighbourhood, vision, count):
    dx, dy = offsets(neighbourhood, vision)
    assert dx.size == count
    seen = set(zip(dx.tolist(), dy.tolist(), strict=True))
    assert len(seen) == count and all((-x, -y) in seen and (y, x) in seen for x, y in seen)


@pytest.mark.parametrize("vision", [1, 2.5, 7, 9])
def test_every_neighbour_has_as_many_entries_in_the_table(vision):
    t = torus(40, "Moore" if vision != 2.5 else "disc", vision)
    entries, counts = np.unique(t.step[t.step != 0], return_counts=True)
    assert entries.size == t.neighbours and len(set(counts)) == 1
    assert t.step[-1] == 0 and (t.step.size - 1) & (t.step.size - 2) == 0


def test_the_empty_neighbour_is_chosen_evenly():
    model = replications.Epstein(size=9, vision=2, neighbourhood="Moore", citizens=70 / 81, cops=0)
    world = World(model, 3, 1)
    place = next(p for p in world.board.where if near_empties(world, int(p)) >= 5)
    t = world.torus
    cell = np.uint64(t.origin + (int(place) >> 16) * t.stride + (int(place) & 0xFFFF))
    found: dict[int, int] = {}
    low, high = np.empty((2, turns.CHUNK), dtype=np.uint64)
    for tick in range(40):
        turns.blocks(world.rules.k0, world.rules.k1, tick, turns.TURN, 0, low, high)
        for i in range(turns.CHUNK):
            entry = turns.choose(
                low[i],
                high[i],
                world.rules.k0,
                world.rules.k1,
                tick,
                i,
                cell,
                world.board.state,
                t.step,
                True,
            )
            found[int(t.step[entry])] = found.get(int(t.step[entry]), 0) + 1
    expected = 40 * turns.CHUNK / near_empties(world, int(place))
    assert len(found) == near_empties(world, int(place))
    assert (
        sum((n - expected) ** 2 / expected for n in found.values()) < 25
    )  # chi-square, 4 or a few more degrees


def near_empties(world, place):
    dx, dy = offsets("Moore", 2)
    return int((world.states[((place >> 16) + dx) % 9, ((place & 0xFFFF) + dy) % 9] == turns.EMPTY).sum())


def test_orders_of_turns_are_even():
    low, high = np.empty((2, turns.CHUNK), dtype=np.uint64)
    seen: dict[tuple[int, ...], int] = {}
    for tick in range(12_000):
        order = np.arange(4, dtype=np.uint32)
        turns.shuffle(order, np.uint32(7), np.uint32(9), tick, turns.ORDER, low, high)
        seen[tuple(order.tolist())] = seen.get(tuple(order.tolist()), 0) + 1
    assert len(seen) == 24
    assert sum((n - 500) ** 2 / 500 for n in seen.values()) < 49.7  # 0.1 % point of chi-square, 23 degrees


def test_same_bits_for_any_number_of_threads_and_stretches(monkeypatch):
    one = replications.epstein(seed=range(6), steps=60, workers=1, **SMALL)
    assert one.identical(replications.epstein(seed=range(6), steps=60, workers=3, **SMALL))
    monkeypatch.setattr(civil_violence, "STRETCH", 1)
    assert one.identical(replications.epstein(seed=range(6), steps=60, workers=2, **SMALL))
    single = replications.epstein(seed=4, steps=60, **SMALL)
    assert np.array_equal(single.active, one.active.sel(run=4))
    assert not np.array_equal(one.active[0], one.active[1])


def test_nobody_is_lost_and_terms_end():
    model = replications.Epstein(size=30, neighbourhood="Moore", legitimacy=0.7, jail=5)
    world = World(model, 2, 80)
    for _ in range(80):
        world.advance(1)
        counts = np.bincount(world.states.ravel(), minlength=5)
        assert counts[turns.COP] == model.cop_count
        assert counts[[turns.QUIET, turns.ACTIVE, turns.JAILED]].sum() == model.citizen_count
        assert np.unique(world.board.where).size == world.board.where.size
        inside = world._inside(world.board.release)[world.states == turns.JAILED]
        assert np.all(inside < world.tick + 5)


def test_dataset_says_what_it_holds():
    ds = replications.epstein(seed=1, steps=30, **SMALL)
    assert dict(ds.sizes) == {"tick": 30, "x": 16, "y": 16}
    assert ds.attrs["citizen_count"] == 179 and ds.attrs["rounding"] == "floor" and ds.attrs["seed"] == 1
    assert all(
        "units" in ds[name].attrs and "long_name" in ds[name].attrs
        for name in ds.data_vars if name != "state"
    )
    assert np.all(ds.active + ds.quiet + ds.jailed == 179) and np.all(ds.tension >= 0)
    for name, state in (("active", turns.ACTIVE), ("quiet", turns.QUIET), ("jailed", turns.JAILED)):
        assert ds[name][-1] == (ds.state == state).sum()
    assert np.all(ds.serving <= ds.jailed) and (ds.serving < ds.jailed).any()
    many = replications.epstein(seed=[5, 6], steps=30, **SMALL)
    assert many.active.dims == ("run", "tick") and many.seed.values.tolist() == [5, 6]


def test_legitimacy_may_change_from_tick_to_tick():
    flat = replications.epstein(seed=1, steps=40, size=20)
    assert np.array_equal(
        flat.active, replications.epstein(seed=1, steps=40, size=20, legitimacy=[0.82] * 40).active
    )
    drop = replications.epstein(seed=1, steps=40, size=20, legitimacy=[0.82] * 20 + [0.2] * 20)
    assert np.array_equal(flat.active[:20], drop.active[:20]) and drop.active[20] > flat.active[20]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rounding": "ceil"}, "half to even"),
        ({"neighbourhood": "moore"}, "Moore"),
        ({"schedule": "parallel"}, "synchronous"),
        ({"citizens": 0.98}, "at most 1"),
        ({"citizens": 0.0, "cops": 0.0}, "nobody"),
        ({"legitimacy": 1.2}, "0 to 1"),
        ({"jail": 0}, "1 to"),
        ({"size": 12}, "15 to 32,767"),
        ({"size": (40, 60)}, r"square board, is \(40, 60\); give one whole number"),
        ({"sizes": 40}, "no setting 'sizes'"),
        ({"seed": "12"}, "seed is '12'"),
        ({"vision": 0.5}, "1 to 127"),
        ({"steps": 0}, "1 to 2,000,000,000"),
        ({"seed": -1}, "0 to 18,446,744,073,709,551,615"),
        ({"seed": []}, "no seed"),
        ({"steps": 5, "legitimacy": [0.8, 0.8]}, "for each"),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range(settings, words):
    with pytest.raises(RunError, match=words):
        replications.epstein(**settings)


def test_kernels_are_cached_where_all_kernels_are():
    replications.epstein(seed=1, steps=1, **SMALL)
    folder = Path(turns.advance.stats.cache_path)
    assert any(root in folder.parents for root in _roots()) or "interrex-kernels-" in str(folder)
    assert not list(Path(turns.__file__).parent.glob("**/*.nb?"))


@pytest.mark.slow
def test_runs_without_a_place_for_kernels(tmp_path):
    environment = {"HOME": "/nonexistent", "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    code = "from interrex import replications; print(int(replications.epstein(seed=1, steps=3, size=16).quiet[-1]))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(int(replications.epstein(seed=1, steps=3, size=16).quiet[-1]))
