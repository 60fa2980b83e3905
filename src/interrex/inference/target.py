"""The posterior as a function: what one point and its noise are worth, by one history and the reports."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, Protocol, cast

import numpy as np

from interrex.engine.acts import ActRecord, ActTable, HazardPriors, copy_table
from interrex.engine.arena import Arena
from interrex.engine.compile import Kernel
from interrex.engine.course import Course, Luck
from interrex.engine.handles import Handle, Handles
from interrex.engine.history import History, Hook, replay
from interrex.engine.pool import Pool
from interrex.engine.schedule import DONE
from interrex.inference.hazards import HazardDraws
from interrex.inference.observe import Observations
from interrex.inference.space import Space
from interrex.inference.terms import best_logpdf
from interrex.inference.terms.kind import Observer, Terms
from interrex.inference.terms.score import reliability_nodes

CHECKPOINTS = 6  # a proposal is looked at so often on its way; each look costs a tenth of a millisecond


class Scorer(Kernel, Protocol):
    """A generated module with the kernels of this layer (`terms`, `hazards`)."""

    score: Callable[..., None]
    mixture: Callable[..., float]
    act_marginal: Callable[..., None]
    kind_values: Callable[..., None]
    replicate: Callable[..., int]


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
    spoken: tuple[np.ndarray, ...]  # for each checkpoint the terms in use that end since the last
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
        return self._handed(Handle(copy_table(self.table)))

    def _handed(self, table: Handle) -> tuple[Handle, Handle, Handle, Handle]:
        assert self.hazard_draws is not None
        at = self.handles
        return at(self.record), table, at(self.hazard_draws), at(self.hazard_priors)

    def evaluate(
        self, pool: Pool, z: np.ndarray, noise: np.ndarray, needed: float = -math.inf
    ) -> Score | None:
        """Simulate one history and score it. None as soon as its terms cannot reach `needed`, or if it explodes."""
        work, terms = pool.workspace(), self.handles(self.terms)
        luck, observer = self.luck(z, noise)
        obs = Handle(observer)
        n = self.terms.kind.size
        known, unknown, predicted = np.zeros(n), np.zeros(n), np.zeros(n)
        ahead = iter(zip(self.spoken, self.best_after, strict=True))
        start, best = 0, 0.0

        def look(history: History) -> bool:
            nonlocal start, best
            trace, end = history.trace, history.tick
            self.kernel.score(
                terms, trace.units, trace.beliefs, trace.levels, obs, start, end, known, unknown, predicted
            )
            inside, rest = next(ahead)
            best += float(np.sum(self.terms.share[inside] * np.maximum(known[inside], unknown[inside])))
            start = end
            return best + rest < needed

        history = replay(
            self.arena, luck, self.course, work, hooks=(Hook(self.checkpoints, look),), until=self.ticks
        )
        if history.status != DONE:
            return None
        value = float(self.kernel.mixture(terms, known, unknown, self.nodes, self.weights, self.use))
        if value < needed:
            return None
        kinds = np.zeros(self.table.log_rate.shape[0])
        acts = 0.0
        if self.hazard_draws is not None:
            trace = history.trace
            table = work.handles.latest("rates", self.table, lambda: copy_table(self.table))
            self.kernel.act_marginal(trace.signals[: self.ticks], trace.crisis[: self.ticks], *self._handed(table), kinds)
            acts = float(kinds.sum())
        return Score(value, acts, known, unknown, predicted, kinds)


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
    spoken = tuple(
        np.flatnonzero((use == 1) & (terms.last >= start) & (terms.last < end))
        for start, end in pairwise((0, *checkpoints))
    )
    return Target(
        arena, space, terms, nodes, weights, use, record, arena.table, priors, hazard_draws, course, obs.ticks,
        checkpoints, best_after, spoken, Handles(),
    )  # fmt: skip
