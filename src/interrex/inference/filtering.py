"""The posterior as it stood at the end of each day: one population carried forward, nothing learned from later days.

Every day has its own target: the case cut at that day, so that a claim enters when it became known and not when the
event happened. Particles move from yesterday's target to today's along the geometric bridge
prior x L_yesterday^(1-b) L_today^b, with the resampling and the Crank-Nicolson moves of `sampler.py`. A snapshot never
changes once its day is over: the paths are filtered, not smoothed (sequential Monte Carlo over data: Chopin, N. (2002).
A sequential particle filter method for static models. Biometrika 89(3), 539-551).

A population of this size is a sketch of the posterior. `reweighting_ess` says how hard the day's news was (the share of
the population that plain reweighting would have left), `distinct` whether the moves kept it alive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.ensemble import TICKS_PER_DAY, History, Pool
from interrex.inference.hazards import HazardDraws, make_draws
from interrex.inference.sampler import (
    WANTED_ACCEPTANCE,
    Score,
    Target,
    _next_beta,
    _propose,
    _rng,
    fit_population,
    log_prior,
    log_sum_exp,
    systematic,
)

ISLAND = 512  # islands of the filter draw apart from those of the sampler
LONGEST_BRIDGE = 20  # steps from one day to the next
STILL = 0.9  # a day whose news leaves so much of a varied population is resampled and not moved


class Snapshot(NamedTuple):
    """The population at the end of a day: all islands together, equally weighted."""

    day: date
    target: Target
    z: np.ndarray  # f8[n, size] standard normal coordinates
    noise: np.ndarray  # u4[n, ticks]
    island: np.ndarray  # i8[n]
    reweighting_ess: float  # share, 0..1, lowest of the islands
    distinct: float  # share of particles that differ from one another, 0..1, lowest of the islands
    steps: int  # longest bridge
    alive: bool  # False where no particle of an island could explain the day; it then keeps the day before
    simulations: int

    @property
    def size(self) -> int:
        """Number of particles."""
        return self.z.shape[0]


class _Island(NamedTuple):
    z: np.ndarray
    noise: np.ndarray
    scores: list[Score | None]  # under the day's target; None on the first day
    target: Target | None
    scale: dict[str, float]
    stage: int
    simulations: int
    reweighting_ess: float = 1.0
    distinct: float = 1.0
    steps: int = 0
    alive: bool = True


def carry(
    days: Iterable[tuple[date, Target]], pool: Pool, *, particles: int, islands: int, sweeps: int, hazard_draws: int,
    seed: int, advance: Callable[[int], None] | None = None,
) -> Iterable[Snapshot]:  # fmt: skip
    """Snapshots of consecutive days, one as soon as its day is done.

    `days`: (day, target) in order of time; the targets share the space (names, regions, days) and hence the layout of
    z. `particles` an island, at least 2; `sweeps` pairs of moves a step of the bridge; `hazard_draws` as in
    `hazards.make_draws`. Same bits for any number of workers.
    """
    states: list[_Island] = []
    for day, bare in days:
        if not states:
            states = [_first(bare, particles, seed, i) for i in range(islands)]
        pilot = states[0]
        best = max(range(particles), key=lambda n: (_total(pilot.scores[n]), -n))
        draws = _draws(bare, pool, pilot.z[best], pilot.noise[best], hazard_draws, seed)
        target = bare._replace(hazard_draws=draws)
        states = [_update(target, s, pool, sweeps, seed, i, advance) for i, s in enumerate(states)]
        yield Snapshot(
            day, target, np.concatenate([s.z for s in states]), np.concatenate([s.noise for s in states]),
            np.repeat(np.arange(islands), particles), min(s.reweighting_ess for s in states),
            min(s.distinct for s in states), max(s.steps for s in states), all(s.alive for s in states),
            sum(s.simulations for s in states),
        )  # fmt: skip


def _first(target: Target, particles: int, seed: int, island: int) -> _Island:
    """The prior."""
    size = target.space.size
    ticks = target.arena.days * TICKS_PER_DAY
    z = np.stack(
        [keyed.normals(seed, keyed.PRIOR, (size,), tick=ISLAND + island, noise=n) for n in range(particles)]
    )
    slots = ((ISLAND + island) << 16) + np.arange(particles, dtype=np.uint32)
    noise = np.repeat(slots[:, None], ticks, axis=1).astype(np.uint32)
    return _Island(z, noise, [None] * particles, None, {"population": 0.4, "prior": 0.4}, 0, 0)


def _total(score: Score | None) -> float:
    return -math.inf if score is None else score.total


def _draws(
    target: Target, pool: Pool, z: np.ndarray, noise: np.ndarray, count: int, seed: int
) -> HazardDraws:
    """Draws of the hazard block around its mode on one particle's path."""
    luck, _ = target.luck(z, noise)
    history = History(target.arena, pool.workspace(), luck, target.course)
    history.run_to(target.ticks)
    sig = history.trace.signals[: target.ticks].copy()
    crisis = history.trace.crisis[: target.ticks].copy()
    return make_draws(
        target.arena.kernel, sig, crisis, target.record, target.table, target.hazard_priors, count, seed
    )


def _hot(target: Target) -> tuple[int, int]:
    """First and last day whose shocks and noise the reports speak of."""
    used = target.use == 1
    ticks = target.terms.last[used & target.terms.spoken]
    ticks = ticks if ticks.size else target.terms.last[used]
    last = target.ticks // TICKS_PER_DAY - 1
    if not ticks.size:
        return 0, last
    low, high = int(ticks.min()) // TICKS_PER_DAY - 1, int(ticks.max()) // TICKS_PER_DAY
    return min(max(0, low), last), min(high, last)


def _update(
    target: Target, state: _Island, pool: Pool, sweeps: int, seed: int, island: int,
    advance: Callable[[int], None] | None,
) -> _Island:  # fmt: skip
    """Yesterday's population becomes today's."""
    count = state.z.shape[0]
    z, noise, before = state.z, state.noise, state.scores
    scores = pool.map(lambda n: target.evaluate(pool, z[n], noise[n]), range(count), advance)
    simulations = state.simulations + count
    yesterday = state.target
    old = np.zeros(count) if yesterday is None else np.array([_total(s) for s in before])
    gain = np.array([_total(s) for s in scores]) - old
    if not np.isfinite(gain).any():
        return state._replace(alive=False, reweighting_ess=0.0, steps=0, simulations=simulations)
    weights = np.exp(gain - log_sum_exp(gain))
    whole_step = 1.0 / float(np.sum(weights**2)) / count
    scale, stage, b, steps = dict(state.scale), state.stage, 0.0, 0
    params, regions, width = len(target.space.params), target.space.regions, target.space.days
    hot, total_ticks = _hot(target), target.arena.days * TICKS_PER_DAY
    while b < 1.0:
        old = np.zeros(count) if yesterday is None else np.array([_total(s) for s in before])
        gain = np.array([_total(s) for s in scores]) - old
        new_b = 1.0 if steps + 1 >= LONGEST_BRIDGE else _next_beta(b, gain)
        step = np.where(np.isfinite(gain), (new_b - b) * np.where(np.isfinite(gain), gain, 0.0), -math.inf)
        weights = np.exp(step - log_sum_exp(step))
        stage += 1
        kept = systematic(weights / weights.sum(), float(_rng(seed, ISLAND + island, stage, 0).random()))
        z, noise = z[kept], noise[kept]
        scores, before = [scores[k] for k in kept], [before[k] for k in kept]
        b, steps = new_b, steps + 1
        alive = len(np.unique(z[:, 0]))
        still = whole_step >= STILL and alive >= STILL * count and yesterday is not None
        for _ in range(0 if still else sweeps):
            alive = len(np.unique(z[:, 0]))
            population = fit_population(z, params, alive)
            for kind in ("population", "prior"):
                stage += 1
                size, here = scale[kind], (z, noise, scores, before)

                def move(slot, kind=kind, size=size, stage=stage, here=here, population=population, b=b):
                    zs, ns, ss, old_scores = here
                    rng = _rng(seed, ISLAND + island, stage, slot)
                    z_new, n_new, correction = _propose(
                        kind, zs[slot], ns[slot], size, population, rng, params, regions, width, hot,
                        total_ticks, target.ticks,
                    )  # fmt: skip
                    luck = math.log(rng.random())
                    base = log_prior(z_new) - log_prior(zs[slot]) + correction
                    held = ss[slot]
                    if (
                        yesterday is None or b >= 1.0
                    ):  # one target: reports first, acts after, as in the sampler
                        more = math.log(rng.random())
                        s = target.evaluate(pool, z_new, n_new, held.terms + (luck - base) / b)
                        refused = s is None or more >= b * (s.acts - held.acts)
                        return None if refused else (z_new, n_new, s, None)
                    o = yesterday.evaluate(pool, z_new, n_new)
                    s = target.evaluate(pool, z_new, n_new) if o is not None else None
                    if s is None or o is None:
                        return None
                    rise = b * (s.total - held.total) + (1 - b) * (o.total - old_scores[slot].total)
                    return None if luck >= base + rise else (z_new, n_new, s, o)

                moved = pool.map(move, range(count), advance)
                simulations += count
                z, noise, scores, before = z.copy(), noise.copy(), list(scores), list(before)
                hits = 0
                for slot, found in enumerate(moved):
                    if found is not None:
                        z[slot], noise[slot], scores[slot], before[slot] = found
                        hits += 1
                rate = hits / count
                scale[kind] = float(np.clip(size * math.exp(1.2 * (rate - WANTED_ACCEPTANCE)), 0.05, 0.95))
    distinct = len(np.unique(z[:, 0])) / count
    return _Island(
        z, noise, scores, target, scale, stage, simulations, whole_step, distinct, steps, True
    )  # fmt: skip
