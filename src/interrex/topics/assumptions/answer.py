"""What the answer rests on: each prior, what the reports taught, how far the headline leans on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.futures.conditioned import Conditioned
from interrex.inference.priors_lock import lock_text
from interrex.inference.space import Space
from interrex.mechanisms.maths import exp_of, log_of
from interrex.results.described import Column, described
from interrex.topics.assumptions.variables import GROUP

LEAST_GAIN = 0.05
"""Nats below which a parameter counts as not identified."""
LEAST_ESS = 20.0
"""Effective particles below which a reweighted mean is not shown."""
NOT_IDENTIFIED = "not identified: the answer is your prior"
PRIOR_POINTS = 4096


class Sensitivity(NamedTuple):
    """Change of the headline for one shifted prior after another, and the effective particles behind it."""

    effect: np.ndarray  # f8[columns], signed as for an upward shift
    ess: np.ndarray  # f8[columns]


def one_at_a_time(posterior_z: np.ndarray, headline: np.ndarray, size: float = 1.0) -> Sensitivity:
    """Shift the prior mean of one coordinate after another by `size` prior sd up and down, by reweighting.

    `posterior_z` f8[n, columns] are equally weighted particles whose prior is standard normal, `headline`
    f8[n] the answer in each. The weights of a shift d are exp(d z - d^2/2). The larger of the two absolute
    changes of the headline's mean is kept, negated if it belongs to the downward shift, so that its sign
    is that of more of the parameter. NaN where its effective sample size is below 20."""
    size = abs(float(size))
    z = np.asarray(posterior_z, dtype=float)
    answer = np.asarray(headline, dtype=float)
    changes, particles = [], []
    for shift in (size, -size):
        log_weight = shift * z - 0.5 * size**2
        weight = exp_of(log_weight - log_weight.max(axis=0))
        weight /= weight.sum(axis=0)
        changes.append(np.sign(shift) * (answer @ weight - answer.mean()))
        particles.append(1.0 / np.sum(weight**2, axis=0))
    upward = np.abs(changes[0]) >= np.abs(changes[1])
    effect, ess = np.where(upward, *changes), np.where(upward, *particles)
    return Sensitivity(np.where(ess < LEAST_ESS, np.nan, effect), ess)


def headline_effects(
    space: Space, posterior_z: np.ndarray, headline: np.ndarray, size: float = 1.0
) -> dict[str, float]:
    """`one_at_a_time` for the parameters of a space, by name; a half-normal parameter is shifted in |z|."""
    found = one_at_a_time(_standard(space, posterior_z), headline, size)
    return {p.name: float(e) for p, e in zip(space.params, found.effect, strict=True)}


def assumptions(
    space: Space,
    prior_z_sd: np.ndarray | None = None,
    *,
    posterior_z: np.ndarray,
    effect: Mapping[str, float] | None = None,
) -> xr.Dataset:
    """The parameter part of the group `assumptions`, the parameter with the largest effect first.

    `posterior_z` f8[n, size] are equally weighted particles of the whole space, `prior_z_sd` f8[P] the
    prior sd of the parameters' z (1 throughout by default), `effect` the change of the headline for one
    prior sd more, by name. Means and sds of the prior come from 4,096 fixed points of the normal; the gain
    is the Kullback-Leibler divergence of two normals in z, in nats."""
    from scipy.special import ndtri

    count = len(space.params)
    prior_sd = np.ones(count) if prior_z_sd is None else np.asarray(prior_z_sd, dtype=float)
    normals = ndtri((np.arange(PRIOR_POINTS) + 0.5) / PRIOR_POINTS)
    before = space.values(normals[:, None] * prior_sd)
    after = space.values(np.asarray(posterior_z, dtype=float)[:, :count])
    gain = information_gain(space, posterior_z, prior_sd)
    changed = np.array([np.nan if effect is None else effect.get(p.name, np.nan) for p in space.params])
    order = np.lexsort((-gain, -np.where(np.isfinite(changed), np.abs(changed), -1.0)))
    params = [space.params[i] for i in order]
    columns: dict[str, Column] = {
        "name": ([p.name for p in params], "parameter"),
        "mechanism": ([space.mechanism[i] for i in order], "mechanism that the parameter belongs to"),
        "unit": ([p.unit for p in params], "unit of the parameter"),
        "prior_text": ([p.prior.text() for p in params], "prior in words"),
        "source": ([p.source for p in params], "where the prior comes from"),
        "assumption": ([float(p.assumption) for p in params], "1 where the prior is an assumption"),
        "prior_mean": (before.mean(axis=0)[order], "prior mean"),
        "prior_sd": (before.std(axis=0)[order], "prior standard deviation"),
        "post_mean": (after.mean(axis=0)[order], "posterior mean"),
        "post_sd": (after.std(axis=0)[order], "posterior standard deviation"),
        "gain_nats": (gain[order], "information gained from the reports"),
        "effect": (changed[order], "change of the headline for one prior sd more, by reweighting"),
        "identified": ([NOT_IDENTIFIED if gain[i] < LEAST_GAIN else "" for i in order], "warning, or ''"),
    }
    attrs = {
        "not_identified": int(np.sum(gain < LEAST_GAIN)),
        "note": "A gain alone is no identification: it may come from the form of the model.",
    }
    return described(GROUP, columns, "priors of the mechanisms and particles of the run", attrs)


def information_gain(space: Space, posterior_z: np.ndarray, prior_sd: np.ndarray | float = 1.0) -> np.ndarray:
    """Divergence of the posterior from the prior of every parameter, both taken as normal in z: f8[P] nats.

    The sign of z means nothing to a half-normal parameter, so its posterior is made symmetric first."""
    count = len(space.params)
    z = np.asarray(posterior_z, dtype=float)[:, :count] / prior_sd
    half = np.array([p.prior.kind == "half" for p in space.params])
    mean = np.where(half, 0.0, z.mean(axis=0))
    square = np.maximum(np.mean((z - mean) ** 2, axis=0), 1e-12)
    return 0.5 * (square + mean**2 - 1.0 - log_of(square))


def _standard(space: Space, posterior_z: np.ndarray) -> np.ndarray:
    """The parameters' columns of z, half-normal ones as |z|."""
    z = np.asarray(posterior_z, dtype=float)[:, : len(space.params)]
    half = np.array([p.prior.kind == "half" for p in space.params])
    return np.where(half, np.abs(z), z)


def answer(run: Conditioned) -> xr.Dataset:
    """The group /assumptions of a conditioned case."""
    headline = np.log10(np.maximum([s.nation.max() for s in run.histories.summaries], 1.0))
    effects = (
        headline_effects(run.model.space, run.posterior.z, headline)
        if headline.size == run.posterior.size
        else None
    )
    found = assumptions(run.model.space, posterior_z=run.posterior.z, effect=effects)
    return found.assign_attrs(lock=lock_text(run.model.space, run.case))
