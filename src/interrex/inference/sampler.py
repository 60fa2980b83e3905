"""Tempered sequential Monte Carlo over parameters, shocks and noise slots.

The path from a reference q (the prior, or a shipped proposal) to the posterior is
pi_b(z) ~ q(z)^(1-b) [prior(z) L(z)]^b; b rises so that the effective sample size of each step stays at half. At
every b the particles move by preconditioned Crank-Nicolson steps: of all parameters about a Gaussian fitted to the
population, or of a few at the prior's scale; with either, the shocks of a few days and the noise slots of part of
the history are drawn anew. A proposal stops as soon as what it could still gain cannot save it (the uniform is drawn
first), which changes nothing but the cost. Hazards are integrated out (`hazards.py`). log Z comes with the spread
between independent islands.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.acts import ActRecord, ActTable, HazardPriors, copy_table
from interrex.engine.ensemble import TICKS_PER_DAY, Arena, Course, History, Luck, Pool
from interrex.engine.handles import Handle
from interrex.engine.schedule import DONE
from interrex.inference.hazards import HazardDraws
from interrex.inference.observe import Observations
from interrex.inference.space import Space
from interrex.inference.terms import best_logpdf
from interrex.inference.terms.kind import Observer, Terms
from interrex.inference.terms.score import reliability_nodes

TARGET_ESS = 0.5
WANTED_ACCEPTANCE = 0.2
CHECKPOINTS = 6  # a proposal is looked at so often on its way; each look costs a tenth of a millisecond
SOME = 0.3  # share of the parameters that a step at the prior's scale moves
PRIOR_WEIGHT, REST_WEIGHT = 4.0, 30.0  # ancestors that the prior counts for, in parameters and in shocks


class Reference(NamedTuple):
    """Gaussian reference q of z: mean, sd, and for the parameters a Cholesky factor (identity for the prior)."""

    mean: np.ndarray  # f8[size]
    sd: np.ndarray  # f8[size]
    factor: np.ndarray  # f8[P, P] lower Cholesky factor of the parameters' covariance
    provenance: str

    def draw(self, xi: np.ndarray) -> np.ndarray:
        """A point from standard normals xi[size]."""
        p = self.factor.shape[0]
        z = self.mean + self.sd * xi
        z[:p] = self.mean[:p] + self.factor @ xi[:p]
        return z

    def log_density(self, z: np.ndarray) -> float:
        """Log density of q at z."""
        p = self.factor.shape[0]
        whitened = _solve(self.factor, z[:p] - self.mean[:p])
        rest = (z[p:] - self.mean[p:]) / self.sd[p:]
        return float(
            -0.5 * (whitened @ whitened + rest @ rest)
            - np.sum(np.log(np.diag(self.factor)))
            - np.sum(np.log(self.sd[p:]))
        )


def _solve(factor: np.ndarray, v: np.ndarray) -> np.ndarray:
    from scipy.linalg import solve_triangular

    return solve_triangular(factor, v, lower=True, check_finite=False)


def prior_reference(space: Space) -> Reference:
    """The prior itself as reference."""
    p = len(space.params)
    return Reference(np.zeros(space.size), np.ones(space.size), np.eye(p), "the prior")


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

    def observer(self, values: np.ndarray) -> Observer:
        """Observation parameters among the values."""
        v = values[self.space.theta_size :]
        return Observer(float(v[1]), float(v[2]), float(v[3]), float(v[4]), self.arena.weight)

    def luck(self, z: np.ndarray, noise: np.ndarray) -> tuple[Luck, Observer]:
        """A point as what the engine and the observer need."""
        values, effects, nation, region = self.space.parts(z)
        return Luck(values[: self.space.theta_size], effects, nation, region, noise), self.observer(values)

    def handed(self) -> tuple[Handle, Handle, Handle, Handle]:
        """What kernels of hazards take: record, a table of rates of their own to write into, draws, priors."""
        table = copy_table(self.table)
        return Handle(self.record), Handle(table), Handle(self.hazard_draws), Handle(self.hazard_priors)

    def evaluate(
        self, pool: Pool, z: np.ndarray, noise: np.ndarray, needed: float = -math.inf
    ) -> Score | None:
        """Simulate one history and score it. None as soon as its terms cannot reach `needed`, or if it explodes."""
        kernel = self.arena.kernel
        work, terms = pool.workspace(), Handle(self.terms)
        luck, obs = self.luck(z, noise)
        history = History(self.arena, work, luck, self.course)
        n = self.terms.kind.size
        known, unknown, predicted = np.zeros(n), np.zeros(n), np.zeros(n)
        start = 0
        best = 0.0
        for end, rest in zip(self.checkpoints, self.best_after, strict=True):
            if history.run_to(end) != DONE:
                return None
            trace = history.trace
            kernel.score(
                terms,
                trace.units,
                trace.beliefs,
                trace.levels,
                obs,
                start,
                end,
                known,
                unknown,
                predicted,
            )
            inside = (self.terms.last >= start) & (self.terms.last < end) & (self.use == 1)
            best += float(np.sum(np.maximum(known[inside], unknown[inside])))
            if best + rest < needed:
                return None
            start = end
        total = float(kernel.mixture(terms, known, unknown, self.nodes, self.weights, self.use))
        if total < needed:
            return None
        kinds = np.zeros(self.table.log_rate.shape[0])
        acts = 0.0
        if self.hazard_draws is not None:
            kernel.act_marginal(
                trace.signals[: self.ticks], trace.crisis[: self.ticks], *self.handed(), kinds
            )
            acts = float(kinds.sum())
        return Score(total, acts, known, unknown, predicted, kinds)


def make_target(
    arena: Arena, space: Space, obs: Observations, record: ActRecord, priors: HazardPriors, course: Course,
    hazard_draws: HazardDraws | None, keep: np.ndarray | None = None,
) -> Target:  # fmt: skip
    """Put the posterior together. `keep` masks terms that are conditioned on (default: all with use fit)."""
    use = obs.term_use.copy() if keep is None else (obs.term_use & keep)
    terms = obs.terms
    nodes, weights = reliability_nodes(terms)
    inside = terms.last < obs.ticks
    use = use * inside
    ends = sorted(
        {int(t // TICKS_PER_DAY + 1) * TICKS_PER_DAY for t, u in zip(terms.last, use, strict=True) if u}
    )
    stops = [e for e in ends if e < obs.ticks]
    stops = stops[:: max(1, -(-len(stops) // CHECKPOINTS))]
    checkpoints = (*stops, obs.ticks)
    bounds = np.array([best_logpdf(i, terms) for i in range(terms.kind.size)])
    best_after = np.array([bounds[(use == 1) & (terms.last >= e)].sum() for e in checkpoints])
    return Target(
        arena, space, terms, nodes, weights, use, record, arena.table, priors, hazard_draws, course, obs.ticks,
        checkpoints, best_after,
    )  # fmt: skip


class Cloud(NamedTuple):
    """Particles of one island."""

    z: np.ndarray  # f8[n, size]
    noise: np.ndarray  # u4[n, T]
    scores: list[Score | None]
    log_prior: np.ndarray
    log_q: np.ndarray
    ancestor: np.ndarray  # i8[n] slot of the first ancestor
    log_evidence: float
    steps: tuple[dict[str, float], ...]  # beta, ess, acceptance of every step
    simulations: int


def _rng(seed: int, island: int, stage: int, slot: int) -> np.random.Generator:
    """Counter-based stream of one slot at one stage: independent of the order of work."""
    return np.random.Generator(np.random.Philox(key=[seed, (island << 40) | (stage << 20) | slot]))


def log_prior(z: np.ndarray) -> float:
    """Log density of the standard normal prior, without its constant (the reference leaves out the same one)."""
    return float(-0.5 * (z @ z))


def log_sum_exp(v: np.ndarray) -> float:
    """log sum exp in slot order."""
    best = float(np.max(v))
    if best == -math.inf:
        return -math.inf
    return best + math.log(float(np.sum(np.exp(v - best))))


def systematic(weights: np.ndarray, u: float) -> np.ndarray:
    """Systematic resampling in slot order: indices of the survivors."""
    n = weights.size
    return np.minimum(np.searchsorted(np.cumsum(weights), (np.arange(n) + u) / n), n - 1)


class Population(NamedTuple):
    """Gaussian fitted to the particles, the centre of the Crank-Nicolson moves."""

    mean: np.ndarray
    sd: np.ndarray
    factor: np.ndarray


def fit_population(z: np.ndarray, params: int, ancestors: int) -> Population:
    """Mean and covariance of the parameters, mean and sd of everything else, shrunk to the prior as far as so few
    independent `ancestors` can be trusted: a population that has collapsed by chance must not propose its collapse."""
    n = z.shape[0]
    trust = ancestors / (ancestors + PRIOR_WEIGHT)
    mean = trust * z.mean(axis=0)
    rest = ancestors / (ancestors + REST_WEIGHT)
    mean[params:] = rest * z[:, params:].mean(axis=0)
    sd = np.sqrt(rest * z.var(axis=0) + (1.0 - rest))
    cov = np.cov(z[:, :params], rowvar=False) if n > 2 else np.eye(params)
    noise = params / (params + n)  # off-diagonals that n particles cannot support
    cov = (1.0 - noise) * cov + noise * np.diag(np.diag(cov))
    cov = trust * cov + (1.0 - trust) * np.eye(params)
    return Population(mean, sd, np.linalg.cholesky(cov))


def run_island(
    target: Target, pool: Pool, reference: Reference, *, particles: int, sweeps: int, final_sweeps: int, seed: int,
    island: int, advance: Any = None, max_steps: int = 60,
) -> Cloud:  # fmt: skip
    """One independent tempered SMC run. Work is shared over the pool's threads, slot by slot."""
    space = target.space
    p, r, d = len(space.params), space.regions, space.days
    ticks = target.ticks
    total_ticks = target.arena.days * TICKS_PER_DAY
    simulations = 0

    def first(slot: int) -> tuple[np.ndarray, np.ndarray, Score | None]:
        xi = keyed.normals(seed, keyed.PRIOR, (space.size,), tick=island, noise=slot)
        z = reference.draw(xi)
        noise = np.full(total_ticks, (island << 16) | slot, dtype=np.uint32)
        return z, noise, target.evaluate(pool, z, noise)

    begun = pool.map(first, range(particles), advance)
    simulations += particles
    z = np.array([b[0] for b in begun])
    noise = np.array([b[1] for b in begun])
    scores = [b[2] for b in begun]
    log_p = np.array([log_prior(v) for v in z])
    log_q = np.array([reference.log_density(v) for v in z])
    ancestor = np.arange(particles)
    fit_ticks = target.terms.last[target.use == 1]
    hot = (0, d - 1)
    if fit_ticks.size:
        crowd = fit_ticks[target.terms.spoken[target.use == 1]]
        use_ticks = crowd if crowd.size else fit_ticks
        hot = (
            max(0, int(use_ticks.min()) // TICKS_PER_DAY - 1),
            min(d - 1, int(use_ticks.max()) // TICKS_PER_DAY),
        )
    beta, log_evidence = 0.0, 0.0
    scale = {"population": 0.4, "prior": 0.4}
    steps: list[dict[str, float]] = []
    stage = 1
    while True:
        value = np.array([-math.inf if s is None else s.total for s in scores]) + log_p - log_q
        if beta < 1.0:
            new = _next_beta(beta, value)
            increment = np.where(
                np.isfinite(value), (new - beta) * np.where(np.isfinite(value), value, 0.0), -math.inf
            )
            norm = log_sum_exp(increment)
            log_evidence += norm - math.log(particles)
            weights = np.exp(increment - norm)
            ess = 1.0 / float(np.sum(weights**2))
            chosen = systematic(weights / weights.sum(), float(_rng(seed, island, stage, 0).random()))
            z, noise, log_p, log_q, ancestor = (
                z[chosen],
                noise[chosen],
                log_p[chosen],
                log_q[chosen],
                ancestor[chosen],
            )
            scores = [scores[c] for c in chosen]
            beta = new
            rounds = final_sweeps if beta >= 1.0 else sweeps
        else:
            break
        accepted = {k: [0.0, 0.0] for k in scale}
        for _ in range(rounds):
            population = fit_population(z, p, len(np.unique(ancestor)))
            for kind in ("population", "prior"):
                stage += 1
                b = scale[kind]
                cache = (z, noise, scores, log_p, log_q)

                def move(
                    slot: int, kind: str = kind, b: float = b, stage: int = stage, cache: Any = cache,
                    population: Population = population, beta: float = beta,
                ) -> Any:  # fmt: skip
                    zs, ns, ss, lp, lq = cache
                    rng = _rng(seed, island, stage, slot)
                    proposal = _propose(
                        kind, zs[slot], ns[slot], b, population, rng, p, r, d, hot, total_ticks, ticks
                    )
                    z_new, noise_new, correction = proposal
                    lp_new, lq_new = log_prior(z_new), reference.log_density(z_new)
                    u = math.log(rng.random())
                    u2 = math.log(rng.random())
                    base = (1 - beta) * (lq_new - lq[slot]) + beta * (lp_new - lp[slot]) + correction
                    needed = ss[slot].terms + (u - base) / beta
                    s = target.evaluate(pool, z_new, noise_new, needed)
                    if s is None or u2 >= beta * (s.acts - ss[slot].acts):
                        return None
                    return z_new, noise_new, s, lp_new, lq_new

                outcome = pool.map(move, range(particles), advance)
                simulations += particles
                z, noise, log_p, log_q = z.copy(), noise.copy(), log_p.copy(), log_q.copy()
                scores = list(scores)
                hits = 0
                for slot, result in enumerate(outcome):
                    if result is not None:
                        z[slot], noise[slot], scores[slot], log_p[slot], log_q[slot] = result
                        hits += 1
                accepted[kind][0] += hits
                accepted[kind][1] += particles
                rate = hits / particles
                scale[kind] = float(np.clip(b * math.exp(1.2 * (rate - WANTED_ACCEPTANCE)), 0.05, 0.95))
        steps.append(
            {"beta": beta, "ess": ess}
            | {f"accept_{k}": a / max(t, 1.0) for k, (a, t) in accepted.items()}
            | {f"scale_{k}": v for k, v in scale.items()}
        )
        if len(steps) >= max_steps:
            break
    return Cloud(z, noise, scores, log_p, log_q, ancestor, log_evidence, tuple(steps), simulations)


def _next_beta(beta: float, value: np.ndarray) -> float:
    """Largest step that keeps the effective sample size of the incremental weights at TARGET_ESS of the living."""
    finite = value[np.isfinite(value)]
    if finite.size == 0:
        return 1.0

    def ess(step: float) -> float:
        w = np.exp(step * (finite - finite.max()))
        return float(w.sum() ** 2 / np.sum(w**2)) / finite.size

    if ess(1.0 - beta) >= TARGET_ESS:
        return 1.0
    low, high = 0.0, 1.0 - beta
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if ess(middle) >= TARGET_ESS else (low, middle)
    return min(1.0, beta + max(low, 1e-6))


def _propose(
    kind: str, z: np.ndarray, noise: np.ndarray, b: float, population: Population, rng: np.random.Generator,
    p: int, r: int, d: int, hot: tuple[int, int], total_ticks: int, ticks: int,
) -> tuple[np.ndarray, np.ndarray, float]:  # fmt: skip
    """A Crank-Nicolson step about the population's Gaussian; returns (z', noise', log N(z) - log N(z'))."""
    z_new, noise_new = z.copy(), noise
    keep = math.sqrt(1.0 - b * b)
    correction = 0.0
    if kind == "population":
        whitened = _solve(population.factor, z[:p] - population.mean[:p])
        fresh = keep * whitened + b * rng.standard_normal(p)
        z_new[:p] = population.mean[:p] + population.factor @ fresh
        correction += 0.5 * float(fresh @ fresh - whitened @ whitened)
        correction += _diagonal(z, z_new, np.arange(p, p + r), b, population, rng)
    else:  # at the prior's scale: what the data do not speak of returns to its prior in one step
        where = np.flatnonzero(rng.random(p + r) < SOME)
        old = z[where]
        z_new[where] = keep * old + b * rng.standard_normal(where.size)
        correction += 0.5 * float(z_new[where] @ z_new[where] - old @ old)
    if rng.random() < 0.7:  # shocks of a few days
        first = int(rng.integers(hot[0], hot[1] + 1))
        days = np.arange(first, min(d, first + 1 + int(rng.integers(0, 4))))
        where = np.concatenate(
            [p + r + days, (p + r + d + days[:, None] * r + np.arange(r)[None, :]).ravel()]
        )
        if rng.random() < 0.5:
            where = where[rng.random(where.size) < 0.4]
        correction += _diagonal(z, z_new, where, b, population, rng)
    if rng.random() < 0.7:  # fresh noise for part of the history
        noise_new = noise.copy()
        first = int(rng.integers(hot[0] * TICKS_PER_DAY, (hot[1] + 1) * TICKS_PER_DAY))
        span = total_ticks if rng.random() < 0.3 else first + int(rng.integers(1, 2 * TICKS_PER_DAY))
        noise_new[first:span] = np.uint32(rng.integers(1 << 31, 1 << 32))
    return z_new, noise_new, correction


def _diagonal(
    z: np.ndarray,
    z_new: np.ndarray,
    where: np.ndarray,
    b: float,
    population: Population,
    rng: np.random.Generator,
) -> float:
    keep = math.sqrt(1.0 - b * b)
    mean, sd = population.mean[where], population.sd[where]
    old = (z[where] - mean) / sd
    new = keep * old + b * rng.standard_normal(where.size)
    z_new[where] = mean + sd * new
    return 0.5 * float(new @ new - old @ old)
