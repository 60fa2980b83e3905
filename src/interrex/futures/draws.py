"""The draws of a run, kept in ArviZ's layout: docs/draws.md says what each group holds and how claims are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interrex.engine import draws as keyed
from interrex.futures import draw_variables
from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import day_names
from interrex.inference import streams
from interrex.inference.by_claim import Parts, parts
from interrex.inference.observe import Observations
from interrex.inference.predictive import predictive, replicate, scores, told
from interrex.inference.target import Score, Target
from interrex.inference.tempering import log_prior
from interrex.inference.terms import KINDS
from interrex.mechanisms.acts import ACT_KINDS
from interrex.results.described import dataset
from interrex.results.schema import Group, empty, problems

if TYPE_CHECKING:
    import xarray as xr

Points = tuple[np.ndarray, list[Score]]
"""Points f8[n, size] and what their histories are worth."""


def draws(run: Conditioned) -> xr.DataTree:
    """The tree of draws.nc, checked against what it says of itself; RuntimeError where it departs from it."""
    import xarray as xr

    posterior, target, obs = run.posterior, run.posterior.target, run.model.observations
    chains = len(posterior.clouds)
    reports = told(obs, target.ticks)
    described = draw_variables.groups(target.space, _kinds(obs, reports))
    days = day_names(run.case, target.space.days)
    regions = [r.region for r in run.case.regions]
    found = scores(posterior)
    apart = parts(target, found)
    drawn = predictive(posterior, obs, run.settings.seed)
    prior, free = prior_points(run)

    def parameters(z: np.ndarray, group: str, chains: int) -> xr.Dataset:
        return _parameters(target, z, described[group], days, regions, chains)

    made = {
        "posterior": parameters(posterior.z, "posterior", chains),
        "posterior_predictive": _predictive(obs, drawn, described["posterior_predictive"], chains),
        "log_likelihood": _log_likelihood(target, obs, apart, chains),
        "sample_stats": _sample_stats(run, found, apart, chains),
        "observed_data": _observed(obs, reports, described["observed_data"]),
        "constant_data": _constant(obs, reports),
        "pit": _pit(obs, drawn),
        "prior": empty("no history of the prior stayed in the range of the model"),
        "prior_predictive": empty("no history of the prior stayed in the range of the model"),
    }
    if free:
        said = replicate(target, obs, zip(prior, free, strict=True), streams.generator(run.settings.seed, streams.PRIOR_PREDICTIVE))
        made["prior"] = parameters(prior, "prior", 1).assign_attrs(drawn=posterior.size, kept=len(free))
        made["prior_predictive"] = _predictive(obs, said, described["prior_predictive"], 1)
    about = {
        "title": run.case.title, "inference_library": "interrex", "inference_library_version": run.settings.version,
        "passed": run.passed, "reason": run.failed,
    }  # fmt: skip
    tree = xr.DataTree.from_dict({"/": xr.Dataset(attrs=about), **{f"/{name}": group for name, group in made.items()}})
    wrong = problems(tree, described)
    if wrong:
        raise RuntimeError("draws depart from their schema: " + "; ".join(wrong))
    return tree


def prior_points(run: Conditioned) -> Points:
    """As many points of the prior as the posterior has, less those whose history leaves the range of the model: to the
    posterior these are impossible. Acts are imposed as recorded, as in the posterior."""
    target, seed = run.posterior.target._replace(hazard_draws=None), run.settings.seed

    def one(number: int) -> tuple[np.ndarray, Score | None]:
        z = keyed.normals(seed, keyed.FORECAST, (target.space.size,), tick=streams.PRIOR_DRAW, noise=number)
        noise = np.full(target.arena.ticks, streams.PRIOR_NOISE + number, dtype=np.uint32)
        return z, target.evaluate(run.pool, z, noise)

    tried = run.pool.map(one, range(run.posterior.size), run.settings.progress.advance)
    kept = [(z, score) for z, score in tried if score is not None]
    return np.array([z for z, _ in kept]), [score for _, score in kept]


def _kinds(obs: Observations, reports: Sequence[int]) -> list[draw_variables.Kind]:
    """Kinds of which there is a report, in their order."""
    return [kind for k, kind in enumerate(KINDS) if k in obs.terms.kind[reports]]


def _shaped(values: np.ndarray | list[float], chains: int) -> np.ndarray:
    """n values along the first axis as [chain, draw]."""
    array = np.asarray(values)
    return array.reshape(chains, len(array) // chains, *array.shape[1:])


def _drawn(group: Group, values: Mapping[str, object]) -> xr.Dataset:
    """A dataset along chains and draws, which count from 0."""
    made = dataset(group, values)
    return made.assign_coords({dim: np.arange(made.sizes[dim]) for dim in ("chain", "draw") if dim in made.sizes})


def _parameters(
    target: Target, z: np.ndarray, group: Group, days: list[str], regions: list[str], chains: int
) -> xr.Dataset:
    space = target.space
    names = [p.name for p in space.params]
    values = space.values(z[:, : len(names)])
    at = {name: values[:, names.index(name)] for name in ("region_sd", "shock_sd", "shock_memory", "shock_nation")}
    none, path = np.zeros((space.days, 1)), np.zeros((space.days, 1))
    effects, shocks = np.zeros((len(z), space.regions)), np.zeros((len(z), space.days))
    for n, point in enumerate(z):
        _, effect, nation, _ = space.parts(point)
        effects[n] = at["region_sd"][n] * effect
        sd, memory, share = (float(at[name][n]) for name in ("shock_sd", "shock_memory", "shock_nation"))
        target.arena.kernel.common_path(np.ascontiguousarray(nation), none, sd, memory, share, path)
        shocks[n] = path[:, 0]
    made = _drawn(
        group,
        {name: _shaped(values[:, i], chains) for i, name in enumerate(names)}
        | {"region_effect": _shaped(effects, chains), "nation_shock": _shaped(shocks, chains), "region": regions, "day": days},
    )
    for p in space.params:
        made[p.name].attrs |= {"prior": p.prior.text(), "assumption": p.assumption}
    return made


def _shown(obs: Observations, i: int, values: np.ndarray) -> np.ndarray:
    """Numbers of a report as the reader sees them: persons, or a share."""
    return np.array([KINDS[obs.terms.kind[i]].shown(float(v)) for v in values])


def _observed_value(obs: Observations, i: int) -> float:
    """The number that a report gives, or the middle of its range."""
    return KINDS[obs.terms.kind[i]].middle(float(obs.terms.low[i]), float(obs.terms.high[i]))


def _claims(obs: Observations, reports: Sequence[int]) -> list[str]:
    return [obs.term_claims[i][0] for i in reports]


def _by_kind(obs: Observations, reports: Sequence[int]) -> dict[draw_variables.Kind, list[int]]:
    return {kind: [i for i in reports if KINDS[obs.terms.kind[i]] is kind] for kind in _kinds(obs, reports)}


def _predictive(obs: Observations, drawn: Mapping[int, np.ndarray], group: Group, chains: int) -> xr.Dataset:
    values: dict[str, object] = {}
    for kind, own in _by_kind(obs, list(drawn)).items():
        values[draw_variables.name_of(kind)] = _shaped(np.array([_shown(obs, i, drawn[i]) for i in own]).T, chains)
        values[draw_variables.along_of(kind)] = _claims(obs, own)
    return _drawn(group, values)


def _observed(obs: Observations, reports: Sequence[int], group: Group) -> xr.Dataset:
    values: dict[str, object] = {}
    for kind, own in _by_kind(obs, reports).items():
        values[draw_variables.name_of(kind)] = [kind.shown(_observed_value(obs, i)) for i in own]
        values[draw_variables.along_of(kind)] = _claims(obs, own)
    return dataset(group, values)


def _constant(obs: Observations, reports: Sequence[int]) -> xr.Dataset:
    terms, kinds = obs.terms, [KINDS[obs.terms.kind[i]] for i in reports]
    ends = {
        name: [kind.shown(float(value[i])) for i, kind in zip(reports, kinds, strict=True)]
        for name, value in (("low", terms.low), ("high", terms.high))
    }
    return dataset(draw_variables.CONSTANT_DATA, ends | {
        "claim": _claims(obs, reports), "kind": [draw_variables.name_of(kind) for kind in kinds],
        "label": [obs.term_labels[i] for i in reports], "use": ["fit" if obs.term_use[i] else "check" for i in reports],
        "origin": [obs.origins[terms.origin[i]] for i in reports], "share": terms.share[reports],
    })  # fmt: skip


def _pit(obs: Observations, drawn: Mapping[int, np.ndarray]) -> xr.Dataset:
    """Ranks among the draws: ties count half, and none is 0 or 1, which no finite number of draws can show."""
    at: list[float] = []
    for i, values in drawn.items():
        value = _observed_value(obs, i)
        at.append(float(np.sum(values < value) + np.sum(values <= value) + 1) / (2 * values.size + 2))
    return dataset(draw_variables.PIT, {"report": at, "claim": _claims(obs, list(drawn))})


def _log_likelihood(target: Target, obs: Observations, apart: Parts, chains: int) -> xr.Dataset:
    used = [i for i in told(obs, target.ticks) if target.use[i]]
    report = _shaped(apart.claim[:, used], chains)
    return _drawn(draw_variables.LOG_LIKELIHOOD, {"report": report, "claim": _claims(obs, used)})


def _sample_stats(run: Conditioned, found: Sequence[Score], apart: Parts, chains: int) -> xr.Dataset:
    posterior, target, obs = run.posterior, run.posterior.target, run.model.observations
    origins = np.unique(target.terms.origin[target.terms.spoken & (target.use == 1)])
    acts = [] if target.hazard_draws is None else np.flatnonzero(target.hazard_draws.scored)
    lp = [log_prior(z) + score.total for z, score in zip(posterior.z, found, strict=True)]
    ancestors = np.concatenate([c.particles.ancestor for c in posterior.clouds])
    made = _drawn(draw_variables.SAMPLE_STATS, {
        "lp": _shaped(lp, chains), "weight": _shaped(np.full(posterior.size, 1.0 / posterior.size), chains),
        "ancestor": _shaped(ancestors, chains), "log_likelihood_origin": _shaped(apart.origin[:, origins], chains),
        "log_likelihood_silence": _shaped(apart.silence, chains), "log_likelihood_acts": _shaped(apart.acts[:, acts], chains),
        "origin": [obs.origins[o] for o in origins], "act": [ACT_KINDS[k] for k in acts],
    })  # fmt: skip
    for c, cloud in enumerate(posterior.clouds):
        made.attrs[f"temperature_{c}"] = [step["beta"] for step in cloud.steps]
    return made.assign_attrs(
        sampler="tempered sequential Monte Carlo", log_evidence=[c.log_evidence for c in posterior.clouds]
    )
