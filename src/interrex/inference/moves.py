"""Preconditioned Crank-Nicolson moves: how a particle proposes to be elsewhere.

A move is made of parts, each of which draws some coordinates (or the noise of some ticks) anew about a Gaussian, and adds
what the Metropolis ratio owes for it: log N(z) - log N(z') under that Gaussian.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np

from interrex.inference.exact import cholesky, covariance, dot, inverse_lower, matvec
from interrex.inference.streams import MOVED_NOISE
from interrex.inference.target import Target

SOME = 0.3  # share of the parameters that a step at the prior's scale moves
PRIOR_WEIGHT, REST_WEIGHT = 4.0, 30.0  # ancestors that the prior counts for, in parameters and in shocks
SHOCKS, NOISE = 0.7, 0.7  # share of the proposals that touch shocks, and noise
FEWER = 0.5  # share of those that leave some shocks of their days as they are,
KEPT = 0.4  # of which so many move
REST = 0.3  # share of the proposals of noise that reach to the end of the window
LONGEST = 4  # days whose shocks move together


class Layout(NamedTuple):
    """What is where in a point and in its noise."""

    params: int
    regions: int
    days: int
    ticks: int  # of the noise
    ticks_per_day: int
    hot: tuple[int, int]  # first and last day whose shocks and noise move


def layout(target: Target) -> Layout:
    """The layout of a target's points."""
    space, arena = target.space, target.arena
    return Layout(len(space.params), space.regions, space.days, arena.ticks, arena.ticks_per_day, target.hot)


class Population(NamedTuple):
    """Gaussian fitted to the particles, the centre of the Crank-Nicolson moves."""

    mean: np.ndarray
    sd: np.ndarray
    factor: np.ndarray  # lower, of the parameters' covariance
    inverse: np.ndarray  # of the factor


def fit_population(z: np.ndarray, params: int, ancestors: int) -> Population:
    """Mean and covariance of the parameters, mean and sd of everything else, shrunk to the prior as far as so few
    independent `ancestors` can be trusted: a population that has collapsed by chance must not propose its collapse."""
    n = z.shape[0]
    trust = ancestors / (ancestors + PRIOR_WEIGHT)
    mean = trust * z.mean(axis=0)
    rest = ancestors / (ancestors + REST_WEIGHT)
    mean[params:] = rest * z[:, params:].mean(axis=0)
    sd = np.sqrt(rest * z.var(axis=0) + (1.0 - rest))
    cov = covariance(z[:, :params]) if n > 2 else np.eye(params)
    noise = params / (params + n)  # off-diagonals that n particles cannot support
    cov = (1.0 - noise) * cov + noise * np.diag(np.diag(cov))
    cov = trust * cov + (1.0 - trust) * np.eye(params)
    factor = cholesky(cov)
    return Population(mean, sd, factor, inverse_lower(factor))


def fit_halves(z: np.ndarray, params: int, ancestors: int) -> tuple[Population, Population]:
    """The Gaussians of the first and of the second half of the particles, each for the moves of the other half: about one that
    was fitted to the very particles which it moves, these draw together (to .88 of their sd, from exact draws). Halves in order,
    since resampling puts copies of a particle side by side."""
    half, some = (len(z) + 1) // 2, max(1, ancestors // 2)
    return fit_population(z[:half], params, some), fit_population(z[half:], params, some)


class Proposal:
    """A point on its way from `old` to `z`, with its noise and with what the ratio owes so far."""

    def __init__(self, old: np.ndarray, noise: np.ndarray) -> None:
        self.old, self.z, self.noise, self.correction = old, old.copy(), noise, 0.0


class Part(Protocol):
    """Moves some coordinates of a proposal by a step of `size` in (0, 1)."""

    def __call__(self, proposal: Proposal, size: float, population: Population, rng: np.random.Generator) -> None:
        """Draw and note the correction."""
        ...


class AboutPopulation(NamedTuple):
    """All parameters about the population's Gaussian, with its correlations, and the region effects, each by itself."""

    layout: Layout

    def __call__(self, proposal: Proposal, size: float, population: Population, rng: np.random.Generator) -> None:
        """Draw and note the correction."""
        p = self.layout.params
        whitened = matvec(population.inverse, proposal.old[:p] - population.mean[:p])
        fresh = math.sqrt(1.0 - size * size) * whitened + size * rng.standard_normal(p)
        proposal.z[:p] = population.mean[:p] + matvec(population.factor, fresh)
        proposal.correction += 0.5 * (dot(fresh, fresh) - dot(whitened, whitened))
        _each(proposal, np.arange(p, p + self.layout.regions), size, population, rng)


class AtPriorScale(NamedTuple):
    """Some parameters and region effects at the prior's scale: what the data do not speak of returns to its prior in one
    step."""

    layout: Layout

    def __call__(self, proposal: Proposal, size: float, population: Population, rng: np.random.Generator) -> None:
        """Draw and note the correction."""
        where = np.flatnonzero(rng.random(self.layout.params + self.layout.regions) < SOME)
        old = proposal.old[where]
        new = math.sqrt(1.0 - size * size) * old + size * rng.standard_normal(where.size)
        proposal.z[where] = new
        proposal.correction += 0.5 * (dot(new, new) - dot(old, old))


class ShocksOfDays(NamedTuple):
    """Common shocks of one to four days in a row, about the population's mean and sd, most times."""

    layout: Layout

    def __call__(self, proposal: Proposal, size: float, population: Population, rng: np.random.Generator) -> None:
        """Draw and note the correction."""
        if rng.random() >= SHOCKS:
            return
        p, r, d = self.layout.params, self.layout.regions, self.layout.days
        first = int(rng.integers(self.layout.hot[0], self.layout.hot[1] + 1))
        days = np.arange(first, min(d, first + 1 + int(rng.integers(0, LONGEST))))
        where = np.concatenate(
            [p + r + days, (p + r + d + days[:, None] * r + np.arange(r)[None, :]).ravel()]
        )
        if rng.random() < FEWER:
            where = where[rng.random(where.size) < KEPT]
        _each(proposal, where, size, population, rng)


class FreshNoise(NamedTuple):
    """Fresh noise for part of the history, most times."""

    layout: Layout

    def __call__(self, proposal: Proposal, size: float, population: Population, rng: np.random.Generator) -> None:
        """Draw; noise is uniform, so that nothing is owed."""
        if rng.random() >= NOISE:
            return
        day, (low, high) = self.layout.ticks_per_day, self.layout.hot
        proposal.noise = proposal.noise.copy()
        first = int(rng.integers(low * day, (high + 1) * day))
        end = self.layout.ticks if rng.random() < REST else first + int(rng.integers(1, 2 * day))
        proposal.noise[first:end] = np.uint32(rng.integers(MOVED_NOISE, 2 * MOVED_NOISE))


class Move(NamedTuple):
    """Parts that are proposed together and accepted or not as one."""

    name: str
    parts: tuple[Part, ...]

    def propose(
        self, z: np.ndarray, noise: np.ndarray, size: float, population: Population, rng: np.random.Generator
    ) -> Proposal:
        """From a point and its noise to others; the old ones stay as they are."""
        proposal = Proposal(z, noise)
        for part in self.parts:
            part(proposal, size, population, rng)
        return proposal


def moves(of: Layout) -> tuple[Move, ...]:
    """The moves of a sweep, in order."""
    rest = (ShocksOfDays(of), FreshNoise(of))
    return Move("population", (AboutPopulation(of), *rest)), Move("prior", (AtPriorScale(of), *rest))


def _each(
    proposal: Proposal, where: np.ndarray, size: float, population: Population, rng: np.random.Generator
) -> None:
    """The coordinates `where`, each about its own mean and sd in the population."""
    mean, sd = population.mean[where], population.sd[where]
    old = (proposal.old[where] - mean) / sd
    new = math.sqrt(1.0 - size * size) * old + size * rng.standard_normal(where.size)
    proposal.z[where] = mean + sd * new
    proposal.correction += 0.5 * (dot(new, new) - dot(old, old))
