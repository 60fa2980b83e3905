"""Disregard as a number: by what factor did this crisis draw more or less than expected?

The rate of every reactor is R times the rate that other crises, priors, stakes and agenda give. R has a wide
prior; its posterior averages over what is not known of the rates and of the share of reactions that the table
holds. R = 1 is what a crisis like this one draws on average.
"""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp
from scipy.stats import beta, nbinom

from interrex.attention.exposure import Segments
from interrex.attention.likelihood import (
    Rows,
    Watch,
    first_reaction,
    hazards,
    later_reactions,
    stack,
)
from interrex.attention.parameters import CLUMPING, COVERAGE, EFFECTS, FOLLOW_UP, RATIO_SD, SPREAD
from interrex.attention.posterior import Posterior
from interrex.engine.draws import ATTENTION, normals, uniforms

GRID = np.linspace(-7.0, 7.0, 141)
"""Log ratios at which the posterior is computed."""
LEVELS = (0.05, 0.5, 0.95)
MOST_PERMUTATIONS = 720


class Ratio(NamedTuple):
    """Observed over expected for some reactors together.

    `ratio` f8[3] and `speed` f8[3] (first reactions alone) at 5, 50 and 95 %; `expected` f8[3] number of
    reactions that the table should hold; `observed` their number; `few` probability of so few or fewer, and
    `many` of so many or more, in a crisis drawn with the usual spread between crises."""

    ratio: np.ndarray
    speed: np.ndarray
    expected: np.ndarray
    observed: int
    few: float
    many: float


def coverage(seed: int, size: int, known: bool = False) -> np.ndarray:
    """Draws f8[size] of the share of reactions that the table holds; all 1 where `known`."""
    if known:
        return np.ones(size)
    return np.asarray(beta.ppf(uniforms(seed, ATTENTION, size, tick=3), *COVERAGE))


def observed(watch: Watch) -> int:
    """Number of reactions of a watch, the first among them."""
    return int(np.isfinite(watch.high)) + (watch.count or 0)


def ratio(posterior: Posterior, watches: list[Watch], seed: int, complete: bool = False) -> Ratio:
    """Observed over expected of the watches of one crisis, under a posterior of other crises.

    `complete`: the table is taken to hold every reaction. Raises ValueError for no watch."""
    if not watches:
        raise ValueError("no reactor is watched")
    rows = stack(watches)
    share = coverage(seed, len(posterior.z), complete)
    first, later = _likelihoods(posterior, rows, share)
    total = share[:, None] * whole_hazard(posterior, watches)
    follow = np.exp(posterior.theta[:, FOLLOW_UP])[:, None]
    mean = expected_number(total, follow).sum(axis=1)
    seen = sum(observed(w) for w in watches)
    few, many = _tails(posterior, total, follow, seen, seed)
    return Ratio(
        _quantiles(first + later), _quantiles(first), np.quantile(mean, LEVELS), seen, few, many
    )  # fmt: skip


def whole_hazard(posterior: Posterior, watches: list[Watch]) -> np.ndarray:
    """Cumulative hazards f8[N, R] up to the end of each watch, before any thinning."""
    total = np.empty((len(posterior.z), len(watches)))
    for r, w in enumerate(watches):
        total[:, r] = cumulative(posterior, w.segments, np.array([np.inf]))[:, 0]
    return total


def cumulative(posterior: Posterior, segments: Segments, days: np.ndarray) -> np.ndarray:
    """Cumulative hazard f8[N, T] of one reactor at times in days since the start."""
    rate = np.exp(np.minimum(posterior.theta[:, :EFFECTS] @ segments.design.T, 50.0))
    return rate @ np.column_stack([segments.exposure(0.0, day) for day in days])


def heard(posterior: Posterior, watches: list[Watch], days: np.ndarray, seed: int) -> np.ndarray:
    """How many of the reactors the table holds a reaction of by each day, f8[N, T], in simulated crises drawn
    with the usual spread between crises."""
    n = len(posterior.z)
    usual = np.exp(posterior.theta[:, SPREAD] * normals(seed, ATTENTION, n, tick=4)) * coverage(seed, n)
    at = -np.log(uniforms(seed, ATTENTION, (n, len(watches)), tick=5))
    number = np.zeros((n, days.size))
    for r, w in enumerate(watches):
        number += usual[:, None] * cumulative(posterior, w.segments, days) >= at[:, r, None]
    return number


def expected_number(total: np.ndarray, follow: np.ndarray) -> np.ndarray:
    """Expected number of reactions for a cumulative hazard: the first, and those that follow it."""
    first = -np.expm1(-total)
    return first + follow * (total - first)


def _likelihoods(posterior: Posterior, rows: Rows, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log likelihoods f8[N, G] of the first and of later reactions on the grid of log ratios."""
    before, within, after, choice = (
        h[:, None] * share[:, None, None] for h in hazards(posterior.theta, rows)
    )
    scale = np.exp(GRID)[:, None]
    follow = np.exp(posterior.theta[:, FOLLOW_UP])[:, None, None]
    clumping = posterior.theta[:, CLUMPING][:, None, None]
    first = first_reaction(before * scale, within * scale, choice * scale, rows.seen).sum(axis=2)
    later = later_reactions(rows.count, follow * after * scale, clumping).sum(axis=2)
    return first, later


def _quantiles(log_likelihood: np.ndarray) -> np.ndarray:
    """Quantiles of the ratio from log likelihoods f8[N, G], averaged over draws."""
    density = np.asarray(logsumexp(log_likelihood, axis=0)) - 0.5 * (GRID / RATIO_SD) ** 2
    weight = np.exp(density - density.max())
    mass = np.cumsum(weight) - weight / 2
    return np.exp(np.interp(LEVELS, mass / weight.sum(), GRID))


def _tails(
    posterior: Posterior, total: np.ndarray, follow: np.ndarray, seen: int, seed: int
) -> tuple[float, float]:
    """Share of simulated crises with at most, and with at least, so many reactions."""
    n, reactors = total.shape
    usual = np.exp(posterior.theta[:, SPREAD] * normals(seed, ATTENTION, n, tick=4))[:, None]
    u = uniforms(seed, ATTENTION, (n, 2 * reactors), tick=5)
    hazard = total * usual
    at = -np.log(u[:, :reactors])  # the cumulative hazard at which the first reaction comes
    rest = np.maximum(hazard - at, 0.0) * follow
    size = 1.0 / np.maximum(posterior.theta[:, CLUMPING], 1e-8)[:, None]
    later = nbinom.ppf(u[:, reactors:], size, size / (size + rest))
    number = ((at < hazard) * (1.0 + later)).sum(axis=1)
    return float((number <= seen).mean()), float((number >= seen).mean())


def placebo(posterior: Posterior, watches: list[Watch], seed: int, stakes: slice) -> float:
    """Share of ways to deal the stakes out among the reactors that predict the reactions as well or better.

    Near 0 the stakes tell who reacts; near .5 they tell nothing. `stakes` are the columns of a design row.
    All ways up to 720, else 720 drawn; the true one counts. NaN for fewer than three reactors."""
    n = len(watches)
    if n < 3:
        return float("nan")
    share = coverage(seed, len(posterior.z))
    own = [w.segments.design[0, stakes] for w in watches]
    table = np.empty((len(posterior.z), n, n))  # log likelihood of reactor i under the stakes of j
    for j, dealt in enumerate(own):
        swapped: list[Watch] = []
        for w in watches:
            design = w.segments.design.copy()
            design[:, stakes] = dealt
            swapped.append(w._replace(segments=w.segments._replace(design=design)))
        rows = stack(swapped)
        before, within, after, choice = (h * share[:, None] for h in hazards(posterior.theta, rows))
        follow = np.exp(posterior.theta[:, FOLLOW_UP])[:, None]
        table[:, :, j] = first_reaction(before, within, choice, rows.seen) + later_reactions(
            rows.count, follow * after, posterior.theta[:, CLUMPING][:, None]
        )
    identity = tuple(range(n))
    if n <= 6:
        orders = list(permutations(identity))
    else:
        keys = uniforms(seed, ATTENTION, (MOST_PERMUTATIONS, n), tick=6)
        orders = [identity, *(tuple(row) for row in np.argsort(keys, axis=1))]
    scores = np.array([logsumexp(table[:, identity, order].sum(axis=1)) for order in orders])
    return float((scores >= scores[orders.index(identity)] - 1e-9).mean())
