"""Every mechanism keeps the contract: anatomy, slots, single writers, no parameter that nothing reads."""

from __future__ import annotations

import hashlib
import inspect
import itertools
import math
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.engine.course import Course, Luck
from interrex.engine.history import replay
from interrex.engine.plan import of_mechanism, plan, plan_text
from interrex.engine.pool import new_workspace
from interrex.engine.schedule import EXOGENOUS, SCRIPTED
from interrex.inference.dated_acts import script_of
from interrex.inference.space import OBSERVATION
from interrex.mechanisms import all_mechanisms, replace, state
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.contract import SLOTS, Mechanism, Prior
from interrex.mechanisms.state import Macro

MECHANISMS = all_mechanisms()
BY_NAME = {m.name: m for m in MECHANISMS}
EACH = pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.name)
PARAMS = [(m.name, p) for m in MECHANISMS for p in m.params]
FIELDS = set(Macro._fields) - {"level"}


def module_of(mechanism: Mechanism) -> Any:
    import importlib

    return importlib.import_module(f"interrex.mechanisms.{mechanism.name}")


@EACH
def test_anatomy(mechanism: Mechanism) -> None:
    module = module_of(mechanism)
    assert module.MECHANISM is mechanism
    assert module.__doc__ and len(module.__doc__) > 100, "a docstring says what idea the file holds"
    assert mechanism.works or len(mechanism.note) > 20
    for work in mechanism.works:
        assert work.authors and work.title and work.where and work.year.isdigit()
        assert work.doi == "" or work.doi.startswith("10.")
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
def test_a_mechanism_says_what_it_reads_and_writes_levels_included(mechanism: Mechanism) -> None:
    found = of_mechanism(mechanism)
    assert set(mechanism.reads) == found.reads and set(mechanism.writes) == found.writes
    assert found.reads | found.writes <= FIELDS | set(state.LEVEL_NAMES), "a level whose number is computed"


def test_every_name_has_one_writer() -> None:
    owners: dict[str, list[str]] = {}
    for mechanism in MECHANISMS:
        for name in mechanism.writes:
            owners.setdefault(name, []).append(mechanism.name)
    assert not {name: who for name, who in owners.items() if len(who) > 1}


@EACH
def test_a_mechanism_enters_only_if_something_reads_what_it_writes(mechanism: Mechanism) -> None:
    assert mechanism.slots
    reads = set().union(*(step.touched.reads for step in plan(MECHANISMS)), *(m.reads for m in MECHANISMS))
    assert set(mechanism.writes) - {"obedience"} <= reads
    assert "obedience" in of_mechanism(BY_NAME["security_obedience"]).reads


@EACH
def test_what_a_mechanism_claims_holds(mechanism: Mechanism) -> None:
    assert 1 <= len(mechanism.claims) <= 3
    for claim in mechanism.claims:
        assert claim.check() is True, claim.text


BROKEN: dict[str, dict[str, Any]] = {
    "common_shocks": {"path": lambda nation, region, sd, memory, share, out: out.fill(sd)},
    "price_grievance": {"update": lambda x, place, th, t, dt, hour: x.price.fill(1.0)},
    "shutdown": {"update": lambda x, place, th, t, dt, hour: x.reach.fill(0.5)},
    "confidence": {"HALF_LIFE_DAYS": 80.0, "update": lambda x, place, th, t, dt, hour: None},
    "framing": {"on_act": lambda kind, level, x, place, th: x.frame.fill(1.0)},
    "patronal_coordination": {"update": lambda x, place, th, t, dt, hour: None},
    "patron_intervention": {"on_act": lambda kind, level, x, place, th: None},
    "security_obedience": {"obedience": lambda crowd, force, elite, th: 0.96},
    "rebellion": {"perceived_risk": lambda force, crowd, th: force / (force + crowd)},
    "threshold_cascade": {"mood": lambda u, g, x, place, th: x.crowd[u]},
    "network_influence": {"influence": lambda near, far, th: near + far},
    "repression": {"update": lambda x, place, th, t, dt, hour: None},
    "violence": {"violence": lambda u, x, place, th: x.crowd[u]},
    "fatigue": {"update": lambda x, place, th, t, dt, hour: None},
}


@EACH
def test_claims_see_a_mechanism_that_is_another(mechanism: Mechanism, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, other in BROKEN[mechanism.name].items():
        monkeypatch.setattr(module_of(mechanism), name, other)
    assert not all(claim.check() for claim in mechanism.claims)


# --- the plan ---


def test_the_plan_names_the_calls_of_the_tick_in_their_order() -> None:
    steps = plan(MECHANISMS)
    names = [step.name for step in steps if step.name]
    assert names == [
        "signals", "acts_of_tick", "update", "mood", "leave", "arrest", "violence", "crowd_step", "harm",
    ]  # fmt: skip
    by_name = {step.name: step for step in steps}
    assert [f.mechanism for f in by_name["leave"].slots["leave"]] == ["rebellion", "repression"]
    assert [f.mechanism for f in by_name["update"].slots["update"]] == [m.name for m in MECHANISMS if "update" in m.slots]
    assert set(by_name["crowd_step"].slots) == {"leaning", "influence", "join_rate"}
    assert set(by_name["acts_of_tick"].slots) == {"on_act"} and "PRICE_SHOCK" in by_name["acts_of_tick"].touched.writes
    assert {"risk", "room", "reach"} == by_name["crowd_step"].touched.reads
    own = set().union(*(step.touched.writes for step in steps if not step.name))
    assert own == {
        "shock", "killed", "crowd", "violent", "spent", "fear", "DEATHS", "ARRESTS", "NATION_CROWD", "PEAK", "ALARM", "CRISIS_DAY",
        "REPORTED", "REPORTED_CAPITAL",
    }  # fmt: skip


def test_every_slot_of_every_mechanism_is_in_the_plan_once() -> None:
    filled = [(slot, f.mechanism) for step in plan(MECHANISMS) for slot, those in step.slots.items() for f in those]
    assert sorted(filled) == sorted([(slot, m.name) for m in MECHANISMS for slot in m.slots] + [("join_rate", "rebellion")])


def test_the_plan_of_a_changed_set_is_another() -> None:
    without = replace(fatigue=BY_NAME["fatigue"]._replace(slots={}, reads=(), writes=()))
    before, after = plan_text(MECHANISMS), plan_text(without)
    assert "fatigue" in before and "fatigue" not in after
    assert [line for line in before.splitlines() if "fatigue" not in line] == after.splitlines()


def test_levels_are_numbered_without_gap_or_overlap() -> None:
    assert [getattr(state, name) for name in state.LEVEL_NAMES] == list(range(state.LEVELS))
    assert state.LEVEL_NAMES[0] == "EMERGENCY" and state.LEVEL_NAMES[-1] == "REPORTED_CAPITAL" and state.LEVELS == 24


def test_replace_swaps_one_and_refuses_what_it_does_not_know() -> None:
    changed = MECHANISMS[0]._replace(note="somebody else's idea of it")
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


NOISE = (4, 5, 6, 7)


@pytest.fixture(scope="module")
def busy(toy: cases.Ready) -> Any:
    """Run busy windows with some parameters: index and shift of one parameter -> hash of the traces, peak.

    With some luck a difference of a few per cent in the rested decides for somebody.
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
        for course, slot in itertools.product(courses, NOISE):
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
    from interrex.engine.history import replay

    kernel, place, space = ready.arena.kernel, ready.arena.place, ready.model.space
    th = kernel.Theta(*space.parts(z)[0][: space.theta_size])
    luck, _ = ready.target.luck(z, np.zeros(ready.arena.ticks, np.uint32))
    work = ready.pool.workspace()
    replay(ready.target.arena._replace(predecessor=True), luck, ready.target.course, work, until=0)
    x = work.macro
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
