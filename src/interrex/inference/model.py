"""The executable model of a cut case, and its conditioning: everything before the first answer."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.efforts import Effort
from interrex.engine import own_mechanisms
from interrex.engine.acts import build_table
from interrex.engine.arena import Arena
from interrex.engine.compile import load
from interrex.engine.course import scripted_course
from interrex.engine.pool import Pool
from interrex.engine.street import make_world
from interrex.inference import islands
from interrex.inference.dated_acts import act_record
from interrex.inference.islands import Posterior
from interrex.inference.learned import Learned
from interrex.inference.observe import Observations, observe
from interrex.inference.proposal import Reference, load_proposal, prior_reference
from interrex.inference.reported import crowd_reported
from interrex.inference.space import Space, make_space
from interrex.inference.target import Target, make_target
from interrex.mechanisms import all_mechanisms
from interrex.mechanisms.contract import Mechanism
from interrex.polity.units import make_place
from interrex.store.folder import RunFolder

KERNEL_PARTS = ("crowd", "schedule", "inference.terms.score", "inference.hazards", "inference.likelihood")
STOP_LOW, STOP_HIGH, STOP_FACTOR = 0.015, 0.05, 3.0
"""Conditioning gives no weight to histories with more of the nation on the street at once than three times the largest
fitted count (within these shares). They are the dearest to simulate; the prior ensemble keeps them to 3 %."""


class Model(NamedTuple):
    """The executable model of a cut case."""

    case: CutCase
    arena: Arena  # the whole window
    space: Space  # parameters and the days that conditioning needs
    observations: Observations
    target: Target
    mechanisms: tuple[Mechanism, ...]
    learned: Learned | None  # what its priors come from; None: as the mechanisms declare them


Mechanisms = Iterable[Mechanism] | str | Path | None
"""A set of mechanisms, a Python file that defines one, or None for the shipped set."""


def build(
    cut: CutCase, weight: int, seed: int, mechanisms: Mechanisms = None, learned: Learned | None = None
) -> Model:
    """Polity, kernels, observation terms: everything before the first simulated day."""

    chosen = chosen_mechanisms(mechanisms) or all_mechanisms()
    kernel = load(chosen, KERNEL_PARTS)
    place = make_place(cut)
    table, priors = build_table(
        {a.role for a in cut.actors if a.process == "hazard"}, {a.role for a in cut.actors}
    )
    observations = observe(cut, table)
    days = (cut.window.end - cut.window.start).days + 1
    arena = Arena(
        kernel, make_world(place, weight, seed), place, table, observations.script, crowd_reported(cut), days,
        any(a.role == "predecessor" for a in cut.actors), seed, float(weight),
    )  # fmt: skip
    largest = max(
        (c.value or c.high or 0.0 for c in cut.claims if c.kind == "crowd" and c.use == "fit"),
        default=0.0,
    )
    stop = min(max(STOP_FACTOR * largest / place.nation, STOP_LOW), STOP_HIGH)
    arena = arena._replace(stop_share=max(stop, arena.stop_share))
    conditioning = arena._replace(days=observations.ticks // arena.ticks_per_day, stop_share=stop)
    space = make_space(chosen, cut.facts, len(cut.regions), conditioning.days, learned)
    record = act_record(cut, observations.events, table, observations.ticks)
    target = make_target(
        conditioning, space, observations, record, priors, scripted_course(conditioning), None
    )
    return Model(cut, arena, space, observations, target, chosen, learned)


def compile_kernels(model: Model) -> None:
    """Run one history once, in this thread, so that every kernel is compiled (or read from the cache) before the
    workers start."""

    pool = Pool(model.target.arena, 1)
    collects = gc.isenabled()
    gc.disable()  # nothing that compilation makes is garbage: a tenth of its time
    try:
        for noise in range(4):
            point = np.zeros(model.space.size)
            numbers = np.full(model.target.arena.ticks, noise, dtype=np.uint32)
            if model.target.evaluate(pool, point, numbers) is not None:
                break
    finally:
        if collects:
            gc.enable()


def chosen_mechanisms(mechanisms: Mechanisms) -> tuple[Mechanism, ...] | None:
    """Mechanisms from a set or from a Python file that the user names (it is executed); tried before anything runs."""

    if mechanisms is None:
        return None
    chosen = (
        own_mechanisms.from_file(mechanisms) if isinstance(mechanisms, (str, Path)) else tuple(mechanisms)
    )
    own_mechanisms.check(chosen)
    return chosen


def proposal(cut: CutCase, space: Space, warm_start: bool) -> Reference:
    """The reference of the sampler: the case's shipped proposal if it may be used, else the prior."""

    found = load_proposal(cut, space) if warm_start else None
    return found if found is not None else prior_reference(space)


def condition(
    model: Model,
    settings: Effort,
    seed: int,
    pool: Pool,
    warm_start: bool,
    folder: RunFolder | None,
    resume: bool,
    advance: Callable[[float], None] | None,
) -> Posterior:
    """The posterior, or the checkpoint of it that an interrupted run left."""
    reference = proposal(model.case, model.space, warm_start)
    draws = islands.pilot_draws(model.target, pool, reference, settings.hazard_draws, seed)
    target = model.target._replace(hazard_draws=draws)
    if resume and folder is not None and folder.have("conditioning"):
        return islands.restore(target, pool, folder.get("conditioning"), reference, advance)
    posterior = islands.condition(
        target, pool, reference, particles=settings.particles, islands=settings.islands, sweeps=settings.sweeps,
        final_sweeps=settings.final_sweeps, seed=seed, advance=advance,
    )  # fmt: skip
    if folder is not None:
        folder.put("conditioning", islands.checkpoint(posterior))
    return posterior
