"""The posterior as a function: what one point and its noise are worth, by one history and the reports."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol, cast

import numpy as np

from interrex.engine.acts import ActRecord, ActTable, HazardPriors, copy_table
from interrex.engine.arena import Arena
from interrex.engine.compile import Kernel
from interrex.engine.course import Course, Luck
from interrex.engine.handles import Handle, Handles
from interrex.engine.history import History, make_run, replay, settle
from interrex.engine.pool import Pool
from interrex.engine.schedule import Run
from interrex.engine.state import Workspace
from interrex.inference.hazards import HazardDraws
from interrex.inference.likelihood import PRIOR_KINDS, SCORED, Evaluation
from interrex.inference.observe import Observations
from interrex.inference.space import Space
from interrex.inference.terms import best_logpdf
from interrex.inference.terms.kind import Observer, Terms
from interrex.inference.terms.score import reliability_nodes

CHECKPOINTS = 6  # a proposal is looked at so often on its way


class Scorer(Kernel, Protocol):
    """A generated module with the kernels of this layer (`terms`, `hazards`)."""

    score: Callable[..., None]
    mixture: Callable[..., float]
    act_marginal: Callable[..., None]
    kind_values: Callable[..., None]
    replicate: Callable[..., int]
    lay_out: Callable[..., None]
    evaluate: Callable[..., int]


class Score(NamedTuple):
    """What a history is worth: log likelihood of terms and acts, and per-term values for the record."""

    terms: float
    acts: float
    known: np.ndarray
    unknown: np.ndarray
    predicted: np.ndarray
    kinds: np.ndarray

    @property
    def total(self) -> float:
        """Log likelihood."""
        return self.terms + self.acts


def total(score: Score | None) -> float:
    """Log likelihood; that of a history that left the range of the model is -inf."""
    return -math.inf if score is None else score.total


class Target(NamedTuple):
    """The posterior: model, data, priors."""

    arena: Arena
    space: Space
    terms: Terms
    nodes: np.ndarray
    weights: np.ndarray
    use: np.ndarray
    record: ActRecord
    table: ActTable
    hazard_priors: HazardPriors
    hazard_draws: HazardDraws | None
    course: Course
    ticks: int
    checkpoints: tuple[int, ...]
    best_after: np.ndarray  # f8[len(checkpoints)] most that the terms still to come can add
    handles: Handles  # of what every history is scored with

    @property
    def kernel(self) -> Scorer:
        """The generated module."""
        return cast(Scorer, self.arena.kernel)

    @property
    def hot(self) -> tuple[int, int]:
        """First and last day whose shocks and noise the reports speak of; all days where there are none."""
        used = self.use == 1
        ticks = self.terms.last[used & self.terms.spoken]
        ticks = ticks if ticks.size else self.terms.last[used]
        day = self.arena.ticks_per_day
        last = self.ticks // day - 1
        if not ticks.size:
            return 0, last
        low, high = int(ticks.min()) // day - 1, int(ticks.max()) // day
        return min(max(0, low), last), min(high, last)

    def observer(self, values: np.ndarray) -> Observer:
        """Observation parameters among the values."""
        v = values[self.space.theta_size :]
        return Observer(float(v[1]), float(v[2]), float(v[3]), float(v[4]), self.arena.weight)

    def luck(self, z: np.ndarray, noise: np.ndarray) -> tuple[Luck, Observer]:
        """A point as what the engine and the observer need."""
        values, effects, nation, region = self.space.parts(z)
        return Luck(values[: self.space.theta_size], effects, nation, region, noise), self.observer(values)

    def history(self, pool: Pool, z: np.ndarray, noise: np.ndarray) -> History:
        """The history of a point, with the record imposed, over the ticks that are conditioned on."""
        luck, _ = self.luck(z, noise)
        return replay(self.arena, luck, self.course, pool.workspace(), until=self.ticks)

    def path(self, pool: Pool, z: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What acts are scored on, of the history of a point: signals f4[T, X] and phase i1[T]."""
        trace = self.history(pool, z, noise).trace
        return trace.signals[: self.ticks].copy(), trace.crisis[: self.ticks].copy()

    def handed(self) -> tuple[Handle, Handle, Handle, Handle]:
        """What kernels of hazards take: record, a table of rates of their own to write into, draws, priors."""
        assert self.hazard_draws is not None
        at = self.handles
        return at(self.record), Handle(copy_table(self.table)), at(self.hazard_draws), at(self.hazard_priors)

    def evaluate(
        self, pool: Pool, z: np.ndarray, noise: np.ndarray, needed: float = -math.inf
    ) -> Score | None:
        """Simulate one history and score it. None as soon as its terms cannot reach `needed`, or if it explodes."""
        work = pool.workspace()
        of = work.handles.latest(f"evaluation {id(self)}", self, lambda: self._evaluation(work))
        at = cast(Evaluation, of.of)
        at.z[:] = z
        cast(Run, at.run.of).noise[:] = noise[: self.arena.ticks]
        settle(self.arena, work, self.course.clocks)
        self.kernel.lay_out(of)
        if self.kernel.evaluate(of, needed) != SCORED:
            return None
        return Score(
            float(at.value[0]), float(at.kinds.sum()), at.known.copy(), at.unknown.copy(), at.predicted.copy(),
            at.kinds.copy(),
        )  # fmt: skip

    def _evaluation(self, work: Workspace) -> Evaluation:
        """What this worker evaluates points with."""
        params, arena, n = self.space.params, self.arena, self.terms.kind.size
        theta = Handle(arena.kernel.Theta(*[0.0] * self.space.theta_size))
        observer = Handle(Observer(0.0, 0.0, 0.0, 0.0, arena.weight))
        run = make_run(
            arena, work, work.shock[: arena.days], np.zeros(arena.ticks, np.uint32), self.course, theta
        )
        kinds, dims = self.hazard_priors.mean.shape
        draws = self.hazard_draws or HazardDraws(np.zeros((kinds, 1, dims)), np.zeros((kinds, 1)), np.zeros(kinds, np.int64))
        return Evaluation(
            np.zeros(self.space.size), np.array([PRIOR_KINDS.index(p.prior.kind) for p in params]),
            np.array([p.prior.a for p in params]), np.array([p.prior.b for p in params]),
            theta.table.view(np.float64), observer.table.view(np.float64), work.region_effect, Handle(run), self.ticks,
            self.handles(self.terms), observer, self.nodes, self.weights, self.use,
            np.array(self.checkpoints), self.best_after, int(self.hazard_draws is not None), self.handles(self.record),
            Handle(copy_table(self.table)), self.handles(draws), self.handles(self.hazard_priors),
            np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(kinds), np.zeros(1),
        )  # fmt: skip


def make_target(
    arena: Arena, space: Space, obs: Observations, record: ActRecord, priors: HazardPriors, course: Course,
    hazard_draws: HazardDraws | None, keep: np.ndarray | None = None,
) -> Target:  # fmt: skip
    """Put the posterior together. `keep` masks terms that are conditioned on (default: all with use fit)."""
    use = obs.term_use.copy() if keep is None else (obs.term_use & keep)
    terms = obs.terms
    nodes, weights = reliability_nodes(terms)
    use = use * (terms.last < obs.ticks)
    day = arena.ticks_per_day
    ends = sorted({int(t // day + 1) * day for t, u in zip(terms.last, use, strict=True) if u})
    stops = [e for e in ends if e < obs.ticks]
    stops = stops[:: max(1, -(-len(stops) // CHECKPOINTS))]
    checkpoints = (*stops, obs.ticks)
    bounds = terms.share * np.array([best_logpdf(i, terms) for i in range(terms.kind.size)])
    best_after = np.array([bounds[(use == 1) & (terms.last >= e)].sum() for e in checkpoints])
    return Target(
        arena, space, terms, nodes, weights, use, record, arena.table, priors, hazard_draws, course, obs.ticks,
        checkpoints, best_after, Handles(),
    )  # fmt: skip
