"""Every mechanism keeps the contract: anatomy, slots, single writers, no parameter that nothing reads."""

from __future__ import annotations

import ast
import hashlib
import inspect
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine import acts as act_layer
from interrex.engine import crowd, schedule
from interrex.engine.course import Course, Luck
from interrex.engine.history import replay
from interrex.engine.pool import new_workspace
from interrex.engine.schedule import EXOGENOUS, SCRIPTED
from interrex.inference.dated_acts import script_of
from interrex.inference.space import OBSERVATION
from interrex.mechanisms import all_mechanisms, replace, state
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.contract import SLOTS, Mechanism, Prior
from interrex.mechanisms.state import Macro

MECHANISMS = all_mechanisms()
EACH = pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.name)
PARAMS = [(m.name, p) for m in MECHANISMS for p in m.params]
FIELDS = set(Macro._fields) - {"level"}
ENGINE_WRITES = {"crowd", "violent", "shock", "spent", "fear", "level"}
"""What the tick itself moves (engine/schedule.py): masses on the street, the day's shock, fear after deaths."""


def module_of(mechanism: Mechanism) -> Any:
    import importlib

    return importlib.import_module(f"interrex.mechanisms.{mechanism.name}")


def touched(source: str) -> tuple[set[str], set[str], set[str], set[str]]:
    """(arrays read, arrays written, levels read, levels written) of the macro state `x` in a text."""
    reads: set[str] = set()
    writes: set[str] = set()
    level_reads: set[str] = set()
    level_writes: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute)):
            continue
        owner, field = node.value.value, node.value.attr
        if not (isinstance(owner, ast.Name) and owner.id == "x"):
            continue
        stored = isinstance(node.ctx, ast.Store)
        if field == "level":
            name = node.slice.id if isinstance(node.slice, ast.Name) else "?"
            (level_writes if stored else level_reads).add(name)
        else:
            (writes if stored else reads).add(field)
    return reads, writes, level_reads, level_writes


@EACH
def test_anatomy(mechanism: Mechanism) -> None:
    module = module_of(mechanism)
    assert module.MECHANISM is mechanism
    assert module.__doc__ and len(module.__doc__) > 100, "a docstring says what idea the file holds"
    assert len(mechanism.reference) > 20
    assert mechanism.doi == "" or mechanism.doi.startswith("10.")
    assert mechanism.params is module.PARAMS
    for p in mechanism.params:
        assert p.name.isidentifier() and p.unit and p.source
        assert isinstance(p.assumption, bool)
        assert p.prior.kind in ("normal", "lognormal", "logit", "half") and p.prior.b > 0
        assert np.isfinite(p.prior.value(np.linspace(-4, 4, 9))).all() and p.prior.text()
    for slot, function in mechanism.slots.items():
        assert slot in SLOTS
        wanted = SLOTS[slot][len(slot) + 1 : SLOTS[slot].index(")")].split(", ")
        assert list(inspect.signature(function.py_func).parameters) == wanted
        assert function.py_func.__doc__, f"{mechanism.name}.{slot} has no docstring"
    for claim in mechanism.claims:
        assert claim.text and claim.check()


def test_parameters_have_one_owner() -> None:
    names = [p.name for _, p in PARAMS] + [p.name for p in OBSERVATION]
    assert len(names) == len(set(names))
    assert "canary" in names


def test_what_is_named_a_source_is_not_an_assumption_and_the_reverse() -> None:
    for _, p in PARAMS:
        assert p.assumption or "assumption" not in p.source, p.name


@pytest.mark.parametrize("kind", ["normal", "lognormal", "logit", "half"])
def test_priors_are_maps_of_a_standard_normal(kind: str) -> None:
    """Quantiles of the prior are the map of normal quantiles (half: of their absolute value)."""
    z = np.random.default_rng(1).standard_normal(40_000)
    values = Prior(kind, 0.3, 0.7).value(z)
    median = {
        "normal": 0.3,
        "lognormal": math.exp(0.3),
        "logit": 1 / (1 + math.exp(-0.3)),
        "half": 0.3 + 0.7 * 0.6745,
    }[kind]
    assert np.median(values) == pytest.approx(median, abs=0.02)
    with pytest.raises(ValueError, match="unknown prior"):
        Prior("uniform", 0.0, 1.0).value(0.0)


@EACH
def test_declared_reads_and_writes_are_those_of_the_code(mechanism: Mechanism) -> None:
    """A mechanism touches no array of the macro state that it does not name."""
    source = Path(inspect.getsourcefile(module_of(mechanism)) or "").read_text(encoding="utf-8")
    reads, writes, _, level_writes = touched(source)
    assert writes <= set(mechanism.writes)
    assert reads <= set(mechanism.reads) | set(mechanism.writes) | {"baseline"} | (
        {"shock"} & set(mechanism.reads)
    )
    assert "?" not in level_writes
    declared = set(mechanism.writes) - ENGINE_WRITES
    assert declared <= writes | {n.lower() for n in level_writes}, "declares a write that it does not make"


def test_every_name_has_one_writer() -> None:
    owners: dict[str, list[str]] = {}
    for m in MECHANISMS:
        source = Path(inspect.getsourcefile(module_of(m)) or "").read_text(encoding="utf-8")
        _, writes, _, level_writes = touched(source)
        for name in writes | {f"level[{n}]" for n in level_writes}:
            owners.setdefault(name, []).append(m.name)
        for name in m.writes:
            owners.setdefault(f"declared {name}", []).append(m.name)
    twice = {k: v for k, v in owners.items() if len(v) > 1}
    assert not twice


@EACH
def test_a_mechanism_enters_only_if_something_reads_what_it_writes(mechanism: Mechanism) -> None:
    """Each array or level that it writes is read by a slot that acts on citizens or by the engine, in another place
    than the line that writes it; a mechanism without slots is read by an answer."""
    if not mechanism.slots:
        package = Path(inspect.getsourcefile(state) or "").parents[1]
        users = [
            p
            for p in (package / "answers").glob("*.py")
            if f"mechanisms.{mechanism.name} " in p.read_text(encoding="utf-8")
        ]
        assert users, f"nothing uses {mechanism.name}"
        return
    engine = "\n".join(inspect.getsource(m) for m in (act_layer, schedule, crowd))
    elsewhere = [inspect.getsource(module_of(m)) for m in MECHANISMS]
    reads, _, level_reads, _ = (
        set().union(*group) for group in zip(*[touched(t) for t in [engine, *elsewhere]], strict=True)
    )
    passed = {name for name in FIELDS if f"x.{name}" in inspect.getsource(schedule)}
    for name in mechanism.writes:
        assert name in reads | passed or name.upper() in level_reads, f"nothing reads {name}"
    _, _, _, level_writes = touched(inspect.getsource(module_of(mechanism)))
    for name in level_writes:
        assert name in level_reads, f"nothing reads level[{name}]"


def test_levels_are_numbered_without_gap_or_overlap() -> None:
    assert [getattr(state, name) for name in state.LEVEL_NAMES] == list(range(state.LEVELS))
    assert state.LEVEL_NAMES[0] == "EMERGENCY" and state.LEVEL_NAMES[-1] == "CALM" and state.LEVELS == 20


def test_replace_swaps_one_and_refuses_what_it_does_not_know() -> None:
    changed = MECHANISMS[0]._replace(reference="somebody else's idea of it")
    assert replace(**{changed.name: changed})[0] is changed
    assert [m.name for m in replace()] == [m.name for m in MECHANISMS]
    with pytest.raises(KeyError):
        replace(nonsense=changed)


# --- slots ---


def theta(kernel: Any, rng: np.random.Generator) -> Any:
    """Parameters drawn from their priors."""
    return kernel.Theta(*[float(p.prior.value(rng.standard_normal())) for p in kernel.PARAMS])


def test_influence_of_ties_starts_at_zero_and_never_falls(toy: cases.Ready) -> None:
    kernel, rng = toy.arena.kernel, np.random.default_rng(2)
    influence = kernel.influence
    for _ in range(50):
        th = theta(kernel, rng)
        assert influence(0.0, 0.0, th) == 0.0
        near = np.sort(rng.exponential(4.0, 30))
        far = np.sort(rng.exponential(4.0, 30))
        assert (np.diff([influence(n, far[0], th) for n in near]) >= 0).all()
        assert (np.diff([influence(near[0], f, th) for f in far]) >= 0).all()
        assert (np.diff([influence(n, f, th) for n, f in zip(near, far, strict=True)]) >= 0).all()


def test_leaning_rises_in_grievance_and_falls_in_aversion(toy: cases.Ready) -> None:
    kernel, rng = toy.arena.kernel, np.random.default_rng(3)
    leaning = kernel.leaning
    for _ in range(50):
        th = theta(kernel, rng)
        grievance, aversion, risk = (
            np.sort(rng.normal(0, 1.5, 20)),
            np.sort(rng.random(20)),
            float(rng.random()),
        )
        assert (np.diff([leaning(g, aversion[3], risk, th) for g in grievance]) > 0).all()
        assert (np.diff([leaning(grievance[3], a, risk, th) for a in aversion]) <= 0).all()
        assert (np.diff([leaning(grievance[3], 0.7, r, th) for r in np.linspace(0, 1, 9)]) <= 0).all()


def test_join_rate_rises_and_stays_below_its_ceiling(toy: cases.Ready) -> None:
    join_rate = toy.arena.kernel.join_rate
    rates = [join_rate(u) for u in np.linspace(-30, 30, 61)]
    assert (np.diff(rates) > 0).all() or np.isclose(rates[-1], rates[-2])
    assert 0 < rates[0] < rates[-1] <= 2.0


def busy_script(calm_late: bool) -> Any:
    """Every act kind that moves something, once, in the days after a price shock; acts that calm come before or after
    the others, and what takes an act back comes last."""
    calming = ("state_of_emergency", "order_lethal_force", "clear_square")
    undo = ("restore_internet", "lift_emergency", "patron_withdraws", "remove_predecessor", "army_refuses")
    first = ("shutdown", "organised_seizure", "stand_down")
    never = ("step_down", "flight", "assassination", "patron_refuses")
    between = [k for k in ACT_KINDS if k not in first + calming + undo + never]
    order = [*first, *between, *calming, *undo] if calm_late else [*calming, *first, *between, *undo]
    rows = [(8 * 1440.0, EXOGENOUS, 1.0, 0)]
    for i, kind in enumerate(order):
        level = 0.6 if kind in ("concede_price", "shutdown") else 1.0
        rows.append(((9 + i * 0.2) * 1440.0 + 1, ACT_KINDS.index(kind), level, 0))
    return script_of(rows)


NOISE = (4, 5)


@pytest.fixture(scope="module")
def busy(toy: cases.Ready) -> Any:
    """Run two busy windows with some parameters: index and shift of one parameter -> hash of the traces, peak.

    The second has luck with which a difference of a few per cent in the rested decides for somebody.
    """
    arena = toy.arena._replace(days=24)
    space = toy.model.space._replace(days=24)
    head = len(space.params) + space.regions
    z = np.full(space.size, 0.3)
    z[head:] = np.random.default_rng(6).normal(size=z.size - head)
    work, scripted = new_workspace(arena), np.full(len(ACT_KINDS), SCRIPTED)
    courses = [Course(busy_script(late), scripted, 24 * 4, arena.table) for late in (False, True)]

    def run(index: int | None, shift: float) -> tuple[str, float]:
        moved = z.copy()
        if index is not None:
            moved[index] += shift
        values, effects, nation, region = space.parts(moved)
        digest, peak = hashlib.sha256(), 0.0
        for course, slot in zip(courses, NOISE, strict=True):
            noise = np.full(24 * 4, slot, dtype=np.uint32)
            luck = Luck(values[: space.theta_size], effects, nation, region, noise)
            history = replay(arena, luck, course, work)
            for array in (history.trace.units, history.trace.levels, history.trace.beliefs):
                digest.update(np.ascontiguousarray(array).tobytes())
            peak = max(peak, float(history.trace.units[:, :, 0].sum(axis=1).max()))
        return digest.hexdigest(), peak

    return run


def slot_outputs(ready: cases.Ready, z: np.ndarray) -> list[float]:
    """Every composed slot that returns a number, in a state in which everything is under way."""
    from interrex.engine.state import new_macro, reset_macro

    kernel, place, space = ready.arena.kernel, ready.arena.place, ready.model.space
    th = kernel.Theta(*space.parts(z)[0][: space.theta_size])
    x = new_macro(place)
    reset_macro(x, place, th, True)
    for array, value in (
        (x.crowd, 900.0),
        (x.violent, 90.0),
        (x.fear, 0.7),
        (x.price, 0.5),
        (x.force, 300.0),
        (x.old, 0.4),
    ):
        array[:] = value
    x.level[:] = 0.5
    slot = {name: getattr(kernel, name) for name in SLOTS}
    out = [slot["leaning"](1.0, 0.5, 0.8, th), slot["influence"](1.0, 2.0, th)]
    for u in range(place.population.size):
        out += [f(u, x, place, th) for f in (slot["leave"], slot["arrest"], slot["violence"], slot["harm"])]
        out += [slot["mood"](u, g, x, place, th) for g in range(place.online.size)]
    return out


@pytest.mark.parametrize("name", [p.name for _, p in PARAMS])
def test_every_parameter_is_read(toy: cases.Ready, busy: Any, name: str) -> None:
    """A parameter that nothing reads would be an ornament: moved by one and a half prior sd, or three, it must change a
    simulated history in which everything happens, or what a slot returns."""
    base, peak = busy(None, 0.0)
    assert peak > 1000 and busy(None, 0.0)[0] == base
    index = toy.model.space.index(name)
    z = np.full(toy.model.space.size, 0.3)
    moved = z.copy()
    moved[index] += 1.5
    in_slots = slot_outputs(toy, moved) != slot_outputs(toy, z)
    assert in_slots or any(busy(index, shift)[0] != base for shift in (1.5, -1.5, 3.0, -3.0))


@pytest.mark.parametrize("name", [p.name for p in OBSERVATION])
def test_every_observation_parameter_but_the_canary_moves_the_likelihood(toy: cases.Ready, name: str) -> None:
    z, noise, _, _ = cases.lively(toy.target, 5)
    before = toy.target.evaluate(toy.pool, z, noise)
    moved = z.copy()
    moved[toy.model.space.index(name)] += 1.0
    after = toy.target.evaluate(toy.pool, moved, noise)
    state = toy.target.terms
    assert before is not None and after is not None and state.official.sum() > 0
    assert (after.total == before.total) == (name == "canary")
