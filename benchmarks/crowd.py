"""What a history costs: python -m benchmarks --only crowd

The full rule is that of the Kazakhstan case with all its mechanisms; "proposal" and "conditioned, 1:1" draw parameters
from the proposal that ships with the case, "posterior" are members of a run (`benchmarks/posterior.py`), over the days
that are conditioned on. The bare rule is the crowd engine alone (rebellion and influence) at moods that are given, for
sizes of country and crowd that no case has. Times of single histories are CPU time of the thread.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from benchmarks import machine, posterior
from benchmarks.table import row
from interrex.engine import compile as kernels
from interrex.engine import dense, draws, street
from interrex.engine.course import scripted_course
from interrex.engine.handles import Handle
from interrex.engine.history import History, replay
from interrex.engine.pool import Pool, new_workspace
from interrex.engine.schedule import DONE
from interrex.mechanisms import network_influence, rebellion
from interrex.mechanisms.state import Place
from interrex.polity.network import FAR_DEGREE, NEAR_REACH

DT = 0.25
HOURS = np.array([0.25, 0.85, 1.6, 1.3])
DEGREE = 2 * NEAR_REACH + FAR_DEGREE


def rows(quick: bool) -> list[dict[str, Any]]:
    """All rows; `quick` leaves out the country of a billion and takes fewer members."""
    philox = float(np.median(machine.limits()["philox"]))
    module = kernels.load([rebellion.MECHANISM, network_influence.MECHANISM], parts=("crowd", "dense"))
    return [
        *_kazakhstan(quick, philox),
        *_ensembles(quick),
        *_by_population(module, quick),
        *_by_crowd(module, quick, philox),
        *_against_dense(module, quick),
        *_uprising(module),
        *([] if quick else _billion(module)),
    ]


def country(nation: float, units: int) -> Place:
    """Units of unequal size, two thirds of the people online."""
    population = draws.uniforms(1, draws.TRUTH, units) + 0.2
    population *= nation / population.sum()
    return Place(
        population=population, region=np.arange(units), police=0.004 * population, exposure=np.ones(units),
        city=np.ones(units), capital=np.zeros(units), share=np.tile([0.67, 0.33], (units, 1)),
        online=np.array([1.0, 0.0]), leaning=np.zeros(2), region_effect=np.zeros(units), reserve=np.zeros(2), nation=nation,
    )  # fmt: skip


class Street:
    """The bare rule in a country, at moods that are given."""

    def __init__(self, module: Any, place: Place, weight: int = 1, capacity: float = street.CAPACITY) -> None:
        self.module = module
        self.world = street.make_world(place, weight, 1)
        self.member = street.make_member(self.world, capacity)
        self.scratch = street.make_scratch(self.world, 2, capacity)
        self.step = street.make_step(self.world, 2)
        self.step.leave[:], self.step.arrest[:], self.step.violence[:] = 2.0, 0.1, 0.1
        self.th = module.Theta(*[float(p.prior.value(0.0)) for p in module.PARAMS])
        self.calm = float(rebellion.calm_level(self.th))
        self.units = place.population.size
        self.handed = Handle(self.world), Handle(self.member), Handle(self.step)
        self.run = _runner(module.crowd_step)

    def path(self, lifts: np.ndarray) -> np.ndarray:
        """Persons on the street after every tick; RuntimeError if the lists overflow."""
        one, path = np.ones(self.units), np.zeros(lifts.size)
        done = self.run(
            *self.handed, Handle(self.scratch), one, one, np.ones(2), Handle(self.th), self.calm + lifts, path
        )
        if not done:
            raise RuntimeError("more people on the street than the benchmark has room for")
        return path


def _runner(step: Any) -> Any:
    @numba.njit(nogil=True)
    def run(world, member, out, scratch, risk, room, reach, th, mood, path):
        member.n[:] = 0
        for t in range(path.size):
            out.mood[:] = mood[t]
            if step(world, member, scratch, out, risk, room, reach, th, t, DT, HOURS[t % HOURS.size], 0) != 0:
                return False
            path[t] = out.present.sum()
        return True

    return run


def _timed(work: Any, repeats: int) -> list[float]:
    work()
    times = []
    for _ in range(repeats):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return times


def _model(weight: int) -> Any:
    from interrex.case import load_case
    from interrex.inference.model import build as build_model
    from interrex.workbench import cut_at

    return build_model(cut_at(load_case("kazakhstan-2022"), None), weight, 1)


def _drawn(model: Any, wide: bool, count: int) -> np.ndarray:
    """Parameters and shocks from the prior, or from the proposal that ships with the case."""
    from interrex.inference.proposal import load_proposal

    z = draws.normals(3, draws.PRIOR, (count, model.space.size))
    reference = None if wide else load_proposal(model.case, model.space)
    return z if reference is None else reference.mean + reference.sd * z


def _history(model: Any, work: Any, z: np.ndarray, calm: bool = False) -> History:
    arena = model.target.arena._replace(days=model.arena.days)
    luck, _ = model.target.luck(z, np.zeros(model.arena.ticks, np.uint32))
    days = model.arena.days
    luck = luck._replace(
        nation=np.resize(luck.nation, days), region=np.resize(luck.region, (days, luck.region.shape[1]))
    )
    course = scripted_course(arena)
    if calm:
        course = course._replace(
            script=course.script._replace(**{k: v[:0] for k, v in course.script._asdict().items()})
        )
    return replay(arena, luck, course, work)


def _kazakhstan(quick: bool, philox: float) -> list[dict[str, Any]]:
    found = []
    start = time.thread_time()
    model = _model(1)
    start, built = time.thread_time(), time.thread_time() - start
    street.make_world(model.arena.place, 1, 1)
    world = time.thread_time() - start
    arena = model.target.arena._replace(days=model.arena.days)
    work = new_workspace(arena)
    z = np.zeros(model.space.size)
    calm = _timed(lambda: _history(model, work, z, True), 3 if quick else 9)
    ticks = arena.ticks
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found.append(row("full rule, calm, 1:1", f"19.5 million, {ticks} ticks", [1e3 * s for s in calm], "ms", 20.0,
                     note=f"nothing to build: the world takes {1e3 * world:.0f} ms (reading the case {built:.1f} s); "
                          f"whole process {memory:,.0f} MB"))  # fmt: skip
    peaks, times, slopes, least = [], [], [], []
    for some in _drawn(model, False, 8 if quick else 24):
        start = time.thread_time()
        history = _history(model, work, some)
        spent = time.thread_time() - start
        nation = history.trace.units[:, :, 0].sum(1)
        if history.status == DONE and 25_000 < nation.max() < 100_000:
            peaks.append(nation.max())
            times.append(1e3 * spent)
            slopes.append(1e9 * spent / nation.sum())
            least.append(1e3 * (DEGREE + 2) / philox * nation.sum())
        if len(times) == (3 if quick else 7):
            break
    if times:
        found.append(row("full rule, conditioned, 1:1", f"peak {np.median(peaks):,.0f}", times, "ms", 150.0, float(np.median(least)),
                         note=f"{np.median(slopes):.0f} ns a person and tick on the street; limit: one Philox call for each "
                              "tie and two for the person"))  # fmt: skip
    return found


def _ensembles(quick: bool) -> list[dict[str, Any]]:
    found = []
    model = _model(10)
    count = 16 if quick else 96
    target, (points, noise) = model.target, posterior.members(model)
    whole = target.arena._replace(days=model.arena.days)

    def member(number: int, work: Any) -> int:
        luck, _ = target.luck(points[number], noise[number])
        return replay(target.arena, luck, target.course, work, until=target.ticks).status

    def drawn(wide: bool) -> Callable[[int, Any], int]:
        z = _drawn(model, wide, count)
        return lambda number, work: _history(model, work, z[number]).status

    for name, arena, many, play, goal in (
        ("posterior", target.arena, len(points), member, 3.0),
        ("proposal", whole, count, drawn(False), None),
        ("wide prior", whole, count, drawn(True), 15.0),
    ):
        for workers in (1, 2):
            pool = Pool(arena, workers)

            def one(number: int, play: Callable[[int, Any], int] = play, pool: Pool = pool) -> bool:
                return play(number, pool.workspace()) == DONE

            within = [number for number, done in enumerate(pool.map(one, range(many))) if done]
            threads = f"{workers} thread{'s' * (workers > 1)}"
            for which, numbers in (("", range(many)), (", those that stay in range", within)):
                if not numbers or (which and len(numbers) == many):
                    continue
                walls = []
                for _ in range(2 if quick else 5):
                    start = time.perf_counter()
                    pool.map(one, numbers)
                    walls.append(1e3 * (time.perf_counter() - start) / len(numbers))
                found.append(row(f"ensemble at 1:10, {name}{which}", f"{len(numbers)} members, {threads}", walls, "ms a member",
                                 goal if workers == 2 else None, note="wall time"))  # fmt: skip
            pool.close()
    return found


def _lift_for(module: Any, nation: float, units: int, persons: float) -> float:
    """Lift of the mood at which about so many persons are on the street, found with 200,000 citizens at most."""
    weight = max(1, int(nation // 2e5))
    some = Street(module, country(nation, units), weight, 1.0)
    low, high = -8.0, 12.0
    for _ in range(14):
        middle = 0.5 * (low + high)
        if some.path(np.full(12, middle))[8:].mean() < persons:
            low = middle
        else:
            high = middle
    return low


def _by_population(module: Any, quick: bool) -> list[dict[str, Any]]:
    """The same thousand persons on the street in ever larger countries."""
    found, first = [], 0.0
    for nation in (1e5, 1e6, 1e7, 1e8) if quick else (1e5, 1e6, 1e7, 1e8, 1e9):
        some = Street(module, country(nation, 40), 1, min(1.0, max(0.2 * 1e6 / nation, 0.0002)))
        lift = _lift_for(module, nation, 40, 1000.0)
        path = some.path(np.full(40, lift))
        times = _timed(lambda some=some, lift=lift: some.path(np.full(40, lift)), 3 if quick else 7)
        each = [1e9 * s / path.sum() for s in times]
        first = first or float(np.median(each))
        found.append(row("cost against population, 1,000 on the street", f"{nation:.0e}", each, "ns a person and tick",
                         note=f"{path[8:].mean():,.0f} there on average; "
                         f"{np.median(each) / first:.2f} x the smallest country; goal: less than 2 x"))  # fmt: skip
    return found


def _by_crowd(module: Any, quick: bool, philox: float) -> list[dict[str, Any]]:
    """More and more people on the street of one country of 19.5 million."""
    found = []
    some = Street(module, country(19.5e6, 40), 1, 0.3)
    for lift in (0.0, 3.0, 5.0, 7.0) if quick else (0.0, 3.0, 5.0, 7.0, 9.0):
        path = some.path(np.full(24, lift))
        times = _timed(lambda lift=lift: some.path(np.full(24, lift)), 3 if quick else 7)
        each = [1e9 * s / path.sum() / DEGREE for s in times]
        found.append(row("cost against crowd, 19.5 million, 1:1", f"{path[8:].mean():,.0f} on the street", each,
                         "ns an active neighbour", None, 1e9 / philox, note="limit: one Philox call"))  # fmt: skip
    return found


def _against_dense(module: Any, quick: bool) -> list[dict[str, Any]]:
    """Dense visiting of the same rule, on a country small enough, set against ours at 1:1."""
    place = country(19.5e6, 40)
    small = Street(module, place, 200)
    citizens = dense.make_citizens(small.world)
    step = _runner(module.dense_step)
    one, path = np.ones(40), np.zeros(8)

    def visit() -> None:
        step(*small.handed, Handle(citizens), one, one, np.ones(2), Handle(small.th), np.full(8, small.calm), path)

    rate = [small.world.agents.sum() * 8 / s for s in _timed(visit, 3 if quick else 7)]
    ours = Street(module, place, 1)
    ticks = 280
    times = _timed(lambda: ours.path(np.zeros(ticks)), 3 if quick else 7)
    ratio = [19.5e6 * ticks / s / np.median(rate) for s in times]
    return [
        row("dense visiting of the bare rule", f"{small.world.agents.sum():,} citizens", rate, "citizen-ticks/s",
            note="stored ties, one thread; slower where they do not fit into the cache"),
        row("ours at 1:1, calm, against dense visiting", "19.5 million", ratio, "x", 300.0),
    ]  # fmt: skip


def _uprising(module: Any) -> list[dict[str, Any]]:
    """One region, most of it on the street: the worst case must cost what dense visiting costs."""
    place = country(2e5, 1)
    some = Street(module, place, 1, 1.0)
    some.step.leave[:], some.step.arrest[:] = 0.15, 0.0
    path = some.path(np.full(24, 18.0))
    citizens = dense.make_citizens(some.world)
    step, one, dense_path = _runner(module.dense_step), np.ones(1), np.zeros(24)
    visited = _timed(
        lambda: step(*some.handed, Handle(citizens), one, one, np.ones(2), Handle(some.th),
                     np.full(24, some.calm + 18.0), dense_path), 3)  # fmt: skip
    times = _timed(lambda: some.path(np.full(24, 18.0)), 3)
    ratio = [s / np.median(visited) for s in times]
    size = sum(a.nbytes for part in (some.member, some.scratch) for a in part if isinstance(a, np.ndarray))
    return [row("an uprising of most of the people, against dense visiting", f"{path.max() / 2e5:.0%} of 200,000", ratio,
                "times as long", 1.0, note=f"lists and scratch {size / 2e5:.0f} B a citizen, no more")]  # fmt: skip


def _billion(module: Any) -> list[dict[str, Any]]:
    """China's population at 1:1, 0.3 % of it on the street for five days of a hundred."""
    nation = 1.1e9
    lift = _lift_for(module, nation, 31, 0.003 * nation)
    some = Street(module, country(nation, 31), 1, 0.012)
    lifts = np.zeros(400)
    lifts[200:220] = lift
    start = time.thread_time()
    path = some.path(lifts)
    spent = time.thread_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return [
        row("1.1 billion at 1:1, lively", f"peak {path.max() / nation:.2%}, 400 ticks", [spent], "s", 60.0,
            note=f"mean of the five days {path[200:220].mean() / nation:.2%}"),
        row("the same: memory of the whole process", "", [memory], "GiB", 4.0),
    ]  # fmt: skip
