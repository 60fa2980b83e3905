"""Fit and misfit: posterior predictive checks, the shock audit, ranks, and how well left-out reports were predicted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.places import held_out_regions, region_of
from interrex.engine.pool import Pool
from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import Summary, day_names
from interrex.inference import streams
from interrex.inference.islands import Posterior
from interrex.inference.observe import Observations
from interrex.inference.target import Target
from interrex.inference.terms import KINDS, rvs
from interrex.topics.prior_check.answer import figures

LARGE_SHOCK = 2.5  # prior sd; beyond it the spread was put in, not explained
SHOCK_SHARE = 0.5


def predictive(posterior: Posterior, obs: Observations, seed: int) -> dict[int, np.ndarray]:
    """For each term a posterior predictive draw per particle, from an informed source."""
    informed = obs.terms._replace(
        alpha=np.full_like(obs.terms.alpha, 1e9), beta=np.full_like(obs.terms.beta, 1e-9)
    )
    spoken = obs.terms.spoken
    rng = streams.generator(seed, streams.PREDICTIVE)
    out: dict[int, list[float]] = {}
    for cloud in posterior.clouds:
        for z, score in zip(cloud.particles.z, cloud.particles.scores, strict=True):
            if score is None:
                continue
            _, observer = posterior.target.luck(z, cloud.particles.noise[0])
            for i in range(obs.terms.kind.size):
                if not spoken[i] or obs.terms.last[i] >= posterior.target.ticks:
                    continue
                low, high = rvs(i, float(score.predicted[i]), informed, observer, rng)
                out.setdefault(i, []).append(KINDS[obs.terms.kind[i]].middle(low, high))
    return {i: np.array(v) for i, v in out.items()}


def check_dataset(
    posterior: Posterior, obs: Observations, case: Any, seed: int
) -> tuple[dict[str, Any], dict[str, float]]:
    """Variables over `check` and the two-sided predictive p of every claim."""
    draws = predictive(posterior, obs, seed)
    claims = {c.id: c for c in case.claims}
    rows = []
    p_values: dict[str, float] = {}
    for i, values in draws.items():
        low, high = float(obs.terms.low[i]), float(obs.terms.high[i])
        kind = KINDS[obs.terms.kind[i]]
        below, above = float(np.mean(values <= high)), float(np.mean(values >= low))
        p = min(1.0, 2.0 * min(below, above))
        q = np.quantile(values, [0.05, 0.5, 0.95])
        observed, low, high, *q = (kind.shown(float(v)) for v in (kind.middle(low, high), low, high, *q))
        name = obs.term_claims[i][0]
        claim = claims.get(name)
        label = (
            obs.term_labels[i]
            if claim is None
            else f"{claim.when.text} {claim.place or 'nation'}: {claim.kind}"
        )
        p_values[name] = p
        rows.append((name, label, "fit" if obs.term_use[i] else "check", observed, low, high, *q, p))
    keys = [("claim", object), ("label", object), ("use", object), ("observed", float), ("obs_low", float), ("obs_high", float),
            ("q05", float), ("q50", float), ("q95", float), ("p", float)]  # fmt: skip
    rows.sort(key=lambda r: (r[2] != "check", r[0]))
    return {k: ("check", np.array([r[j] for r in rows], dtype=t)) for j, (k, t) in enumerate(keys)}, p_values


def shock_audit(posterior: Posterior) -> np.ndarray:
    """Posterior mean of the common shock by day and region in units of its prior sd, f8[D, R]."""
    target = posterior.target
    space = target.space
    total = np.zeros((space.days, space.regions))
    out = np.zeros_like(total)
    names = [p.name for p in space.params]
    at = [names.index(n) for n in ("shock_sd", "shock_memory", "shock_nation")]
    for z in posterior.z:
        values, _, nation, region = space.parts(z)
        sd, memory, share = (float(values[i]) for i in at)
        target.arena.kernel.common_path(
            np.ascontiguousarray(nation), np.ascontiguousarray(region), sd, memory, share, out
        )
        total += out / sd
    return total / posterior.size


def shock_gain(posterior: Posterior, pool: Pool, seed: int, count: int = 96) -> tuple[float, float, float]:
    """Median log likelihood of the terms (posterior, posterior with fresh shocks, prior): what mechanisms explain and
    what shocks had to put in."""
    target: Target = posterior.target._replace(hazard_draws=None)
    space = target.space
    chosen = np.linspace(0, posterior.size - 1, min(count, posterior.size)).round().astype(int)
    first = len(space.params) + space.regions

    def task(slot: int) -> tuple[float, float, float]:
        rng = streams.generator(seed, streams.SHOCK_GAIN, slot)
        i = chosen[slot]
        z, noise = posterior.z[i].copy(), posterior.noise[i]
        own = target.evaluate(pool, z, noise)
        z[first:] = rng.standard_normal(space.size - first)
        fresh = target.evaluate(pool, z, noise)
        prior = target.evaluate(pool, rng.standard_normal(space.size), noise)
        floor = -1e3
        return tuple(floor if s is None else max(floor, s.total) for s in (own, fresh, prior))  # type: ignore[return-value]

    values = np.array(pool.map(task, range(chosen.size)))
    own, fresh, prior = np.median(values, axis=0)  # medians: a few histories that explode would own a mean
    return float(own), float(fresh), float(prior)


def block_scores(posterior: Posterior, obs: Observations, case: Any) -> list[tuple[str, float, float]]:
    """Held-out reports by block: mean log density a report under the model, and under the uninformed density."""
    held = set(held_out_regions(case))
    claims = {c.id: c for c in case.claims}
    blocks: dict[str, list[int]] = {}
    for i in range(obs.terms.kind.size):
        if obs.term_use[i] or not obs.terms.spoken[i] or obs.terms.last[i] >= posterior.target.ticks:
            continue
        claim = claims.get(obs.term_claims[i][0])
        region = region_of(case, claim.place) if claim else None
        label = (
            "regions kept for checking"
            if region in held
            else f"other reports kept for checking: {claim.kind if claim else 'opinion'}"
        )
        blocks.setdefault(label, []).append(i)
    out = []
    scores = [s for c in posterior.clouds for s in c.particles.scores if s is not None]
    for label, terms in sorted(blocks.items()):
        model = [float(np.log(np.mean([math.exp(max(s.known[i], -60.0)) for s in scores]))) for i in terms]
        base = [scores[0].unknown[i] for i in terms]
        out.append((f"{label} ({len(terms)} reports)", float(np.mean(model)), float(np.mean(base))))
    return out


def ranks(
    prior: Sequence[Summary],
    posterior: Sequence[Summary],
    case: CutCase,
    first: str | None,
    worst: str | None,
) -> list[tuple[str, float]]:
    """How often the prior puts the region that came first, and the one with most people, where they came."""
    names = [r.region for r in case.regions]
    shown = {r.region: r.name for r in case.regions}

    def shares(summaries: Sequence[Summary]) -> tuple[np.ndarray, np.ndarray]:
        begun, largest = np.zeros(len(names)), np.zeros(len(names))
        for s in summaries:
            if not (s.present >= 300).any():
                continue
            day = int(np.argmax((s.present >= 300).any(axis=1)))
            begun[int(np.argmax(s.present[day]))] += 1
            largest[int(np.argmax(s.present[int(np.argmax(s.nation))]))] += 1
        return begun / max(begun.sum(), 1), largest / max(largest.sum(), 1)

    out = []
    for label, summaries in (("prior", prior), ("posterior", posterior)):
        begun, largest = shares(summaries)
        for region, share, text in (
            (first, begun, "the first with 300 people"),
            (worst, largest, "the largest on the peak day"),
        ):
            if region in names:
                i = names.index(region)
                rank = int((share > share[i]).sum()) + 1
                out.append(
                    (
                        f"{label}: {shown[region]} {text} in this share of histories with a crowd (rank {rank} of {len(names)})",
                        float(share[i]),
                    )
                )
    return out


def fit_dataset(
    posterior: Posterior, obs: Observations, case: Any, checks: dict[str, Any], gains: tuple[float, float, float],
    rank_rows: list[tuple[str, float]], prior_figures: dict[str, float],
) -> xr.Dataset:  # fmt: skip
    """Group /fit."""
    shocks = shock_audit(posterior)
    own, fresh, prior = gains
    share = (own - fresh) / (own - prior) if own > prior else math.nan
    largest = float(np.abs(shocks).max()) if shocks.size else 0.0
    p = checks["p"][1]
    use = checks["use"][1]
    fit_ok = float(np.mean(p[use == "fit"] >= 0.05)) if (use == "fit").any() else math.nan
    check_ok = float(np.mean(p[use == "check"] >= 0.05)) if (use == "check").any() else math.nan
    put_in = largest > LARGE_SHOCK or (math.isfinite(share) and share > SHOCK_SHARE)
    words = (
        "The spread was put in by shocks, not explained"
        if put_in
        else "The mechanisms explain more of the gain than the shocks"
    )
    verdict = (
        f"{words}: shocks supply {100 * share:.0f} % of the gain in log likelihood over the prior, the largest is "
        f"{largest:.1f} prior sd."
        if math.isfinite(share) and (use == "fit").any()
        else "Nothing has been conditioned on yet that the model could miss."
    )
    if math.isfinite(fit_ok):
        verdict += f" Of the reports used for conditioning {100 * fit_ok:.0f} % lie inside their 95 % predictive range"
        verdict += f", of those kept for checking {100 * check_ok:.0f} %." if math.isfinite(check_ok) else "."
    data = dict(checks)
    names = day_names(case, space_days := shocks.shape[0])
    data["shock_sd"] = (("day", "region"), shocks)
    data["rank_text"] = ("rank", np.array([r[0] for r in rank_rows], dtype=object))
    data["rank_value"] = ("rank", np.array([r[1] for r in rank_rows], dtype=float))
    blocks = block_scores(posterior, obs, case)
    data["block_label"] = ("block", np.array([b[0] for b in blocks], dtype=object))
    data["block_log_score"] = ("block", np.array([b[1] for b in blocks], dtype=float))
    data["block_baseline"] = ("block", np.array([b[2] for b in blocks], dtype=float))
    coords: dict[str, Any] = {
        "day": np.array(names[:space_days], dtype=object), "region": np.array([r.region for r in case.regions], dtype=object),
    }  # fmt: skip
    attrs = {
        "verdict": verdict, "log_gain_mechanisms": fresh - prior, "log_gain_shocks": own - fresh, "shock_share": share,
        "largest_shock": largest, "put_in_by_shocks": int(put_in), "share_fit_inside": fit_ok, "share_check_inside": check_ok,
        "prior_event_probability": prior_figures.get("event", math.nan),
    }  # fmt: skip
    return xr.Dataset(data, coords, attrs)


def observed_extremes(cut: CutCase) -> tuple[str | None, str | None]:
    """Region of the first reported crowd and region with most deaths or, without deaths, the largest crowd."""
    crowds = [c for c in cut.claims if c.kind == "crowd" and c.use != "context" and region_of(cut, c.place)]
    first = min(crowds, key=lambda c: (c.when.start, c.id), default=None)
    size = lambda c: c.value or c.high or 0.0  # noqa: E731
    deaths = [c for c in cut.claims if c.kind == "deaths" and region_of(cut, c.place)]
    worst = max(deaths or crowds, key=lambda c: (size(c), c.id), default=None)
    return (region_of(cut, first.place) if first else None, region_of(cut, worst.place) if worst else None)


def answer(run: Conditioned) -> xr.Dataset:
    """The group /fit of a conditioned case."""
    posterior, observations, cut, seed = run.posterior, run.model.observations, run.case, run.settings.seed
    checks, _ = check_dataset(posterior, observations, cut, seed)
    gains = shock_gain(posterior, run.pool, seed, min(96, posterior.size))
    begun, worst = observed_extremes(cut)
    prior = run.answers["prior_check"]
    return fit_dataset(
        posterior, observations, cut, checks, gains, ranks(run.prior.summaries, run.histories.summaries, cut, begun, worst),
        figures(prior),
    )  # fmt: skip
