"""What the answer rests on: each prior, what the reports taught, how far the largest crowd leans on it.

An effect is ranked only if it beats its own noise, corrected for the number of parameters, and if it is larger than that
of the canary, which nothing reads: that one is noise by construction.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.futures.conditioned import Conditioned
from interrex.futures.members import chosen
from interrex.inference.learned import Learned, learned_for
from interrex.inference.space import Space
from interrex.results.described import dataset
from interrex.topics.assumptions.variables import GROUP

LEAST_GAIN = 0.05
"""Nats below which a parameter counts as not identified."""
LEAST_ESS = 20.0
"""Effective particles below which a reweighted mean is not shown."""
LEVEL = 0.05
"""Chance that any effect is ranked where none of the parameters has one."""
PRIOR_POINTS = 4096
CONTROL = "canary"


class Sensitivity(NamedTuple):
    """Change of an answer for one shifted prior after another."""

    effect: np.ndarray  # f8[columns], signed as for an upward shift
    noise: np.ndarray  # f8[columns] standard error, by leaving out one family of particles after another
    ess: np.ndarray  # f8[columns] effective particles of the shift
    noises: float  # standard errors that an effect must exceed to be told apart from none, NaN of one family

    def ranked(self, control: int | None) -> np.ndarray:
        """Which effects beat their noise and the effect of a column that has none, bool[columns]."""
        size = np.abs(np.nan_to_num(self.effect))
        floor = 0.0 if control is None else size[control]
        return (size > self.noises * self.noise) & (size > floor)


def one_at_a_time(z: np.ndarray, answer: np.ndarray, family: np.ndarray) -> Sensitivity:
    """Shift the prior mean of one coordinate after another by one prior sd up and down, by reweighting.

    z f8[n, columns]: equally weighted particles whose prior is standard normal; answer f8[n] in each; family i8[n]:
    particles with one ancestor, which resemble each other. The weights of a shift d are exp(d z - d^2/2). The larger
    of the two absolute changes of the mean answer is kept, negated if it belongs to the downward shift, so that its sign
    is that of more of the parameter; NaN where it rests on less than 20 effective particles. Its noise is the
    jackknife over families, NaN of one family."""
    from scipy.stats import t

    families = np.unique(family)
    most, sides = [], []
    for shift in (1.0, -1.0):
        weight = np.exp(shift * z)
        moved, mass = answer @ weight, weight.sum(axis=0)
        out = np.array(
            [[answer[family == f] @ weight[family == f], weight[family == f].sum(axis=0)] for f in families]
        )
        rest = np.array([[answer[family != f].mean()] if (family != f).any() else [math.nan] for f in families])
        with np.errstate(invalid="ignore", divide="ignore"):
            without = (moved - out[:, 0]) / (mass - out[:, 1]) - rest
        spread = np.sqrt((len(families) - 1) * np.mean((without - without.mean(axis=0)) ** 2, axis=0))
        most.append(mass**2 / np.sum(weight**2, axis=0))
        sides.append((shift * (moved / mass - answer.mean()), spread))
    upward = np.abs(sides[0][0]) >= np.abs(sides[1][0])
    effect, noise = (np.where(upward, sides[0][i], sides[1][i]) for i in (0, 1))
    ess = np.where(upward, *most)
    freedom = len(families) - 1
    noises = float(t.ppf(1.0 - LEVEL / (2.0 * z.shape[1]), freedom))
    return Sensitivity(np.where(ess < LEAST_ESS, np.nan, effect), noise, ess, noises)


def assumptions(space: Space, z: np.ndarray, leaning: Sensitivity, table: Learned | None = None, used: bool = False) -> xr.Dataset:
    """The group: parameters whose effect is told apart from noise first, by its size, then by what was learned.

    z f8[n, size]: equally weighted particles of the whole space; leaning: of the logarithm of the largest crowd on the
    parameters; table: what other crises taught, `used` or not. Means and sds of the prior come from 4,096 fixed points of the normal; the gain is the
    Kullback-Leibler divergence of two normals in z, in nats."""
    from scipy.special import ndtri

    count = len(space.params)
    before = space.values(np.repeat(ndtri((np.arange(PRIOR_POINTS) + 0.5) / PRIOR_POINTS)[:, None], count, axis=1))
    after = space.values(z[:, :count])
    gain = information_gain(space, z)
    effect, noise = np.expm1(leaning.effect), np.expm1(leaning.noise)
    names = [p.name for p in space.params]
    ranked = leaning.ranked(names.index(CONTROL))
    order = np.lexsort((-gain, -np.where(ranked, np.abs(leaning.effect), -1.0)))
    params = [space.params[i] for i in order]
    return dataset(
        GROUP,
        {
            "parameter": [p.name for p in params], "mechanism": [space.mechanism[i] for i in order],
            "unit": [p.unit for p in params], "prior_text": [p.prior.text() for p in params],
            "source": [p.source for p in params], "assumption": [p.assumption for p in params],
            "prior_mean": before.mean(axis=0)[order], "prior_sd": before.std(axis=0)[order],
            "post_mean": after.mean(axis=0)[order], "post_sd": after.std(axis=0)[order],
            "gain_nats": gain[order], "identified": gain[order] >= LEAST_GAIN,
            "taught_crises": len(table.crises) if table else 0, "taught_gain": table.gain if table else np.nan,
            "taught_gain_se": table.error if table else np.nan, "taught_used": used,
            "effect": effect[order], "noise": noise[order], "ranked": ranked[order], "noises": leaning.noises,
        },
    )  # fmt: skip


def information_gain(space: Space, z: np.ndarray) -> np.ndarray:
    """Divergence of the posterior from the prior of every parameter, both taken as normal in z: f8[P] nats.

    The sign of z means nothing to a half-normal parameter, so its posterior is made symmetric first."""
    z = np.asarray(z, dtype=float)[:, : len(space.params)]
    half = np.array([p.prior.kind == "half" for p in space.params])
    mean = np.where(half, 0.0, z.mean(axis=0))
    square = np.maximum(np.mean((z - mean) ** 2, axis=0), 1e-12)
    return 0.5 * (square + mean**2 - 1.0 - np.log(square))


def standard(space: Space, z: np.ndarray) -> np.ndarray:
    """The parameters' columns of z, half-normal ones as |z|, so that more of it is more of the parameter."""
    columns = np.asarray(z, dtype=float)[:, : len(space.params)]
    half = np.array([p.prior.kind == "half" for p in space.params])
    return np.where(half, np.abs(columns), columns)


def answer(run: Conditioned) -> xr.Dataset:
    """The group /assumptions of a conditioned case."""
    posterior, space = run.posterior, run.model.space
    peaks = np.log(np.maximum([s.nation.max() for s in run.histories.summaries], 1.0))
    picked = chosen(posterior, peaks.size)
    ancestor = np.concatenate([c.particles.ancestor for c in posterior.clouds])
    family = (posterior.island * (int(ancestor.max()) + 1) + ancestor)[picked]
    leaning = one_at_a_time(standard(space, posterior.z[picked]), peaks, family)
    used = run.model.learned
    others = used if used is not None else learned_for(run.case, "learned")
    return assumptions(space, posterior.z, leaning, others, used is not None)
