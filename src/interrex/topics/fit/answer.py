"""Fit and misfit: posterior predictive checks, the shock audit, ranks, and how well left-out reports were predicted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.places import held_out_regions, region_of
from interrex.engine.pool import Pool
from interrex.futures.conditioned import Conditioned
from interrex.futures.members import chosen
from interrex.futures.summaries import Summary, day_names
from interrex.inference import streams
from interrex.inference.islands import Posterior
from interrex.inference.observe import Observations
from interrex.inference.predictive import predictive, scores, told
from interrex.inference.target import Score, Target
from interrex.inference.terms import KINDS
from interrex.inference.terms.opinion import OPINION
from interrex.results.described import dataset
from interrex.topics.fit.variables import GROUP
from interrex.topics.prior_check.answer import figures

LARGE_SHOCK = 2.5  # prior sd; beyond it the spread was put in, not explained
SHOCK_SHARE = 0.5
MISFIT = 0.05  # predictive p below which a report is missed
CROWD = 300.0  # persons at once from which a region counts as the first, or the largest
LEAST_DENSITY = -60.0  # log density below which all histories count alike


class Check(NamedTuple):
    """One report held against the model. Numbers as the reader sees them: persons, or a share."""

    claim: str
    label: str
    use: str
    measure: str
    observed: float
    obs_low: float
    obs_high: float
    q05: float
    q50: float
    q95: float
    p: float
    dismissed: float

    @property
    def ranged(self) -> bool:
        """Whether the report gives a range, which is harder to miss than a number."""
        return self.obs_low < self.obs_high


def dismissals(target: Target, found: Sequence[Score]) -> np.ndarray:
    """Posterior probability that the source of each term did not know, f8[terms]; nan for what was not conditioned on.

    Given a history and the reliability rho of its origin, a report is dismissed with probability (1 - rho) u over
    rho k + (1 - rho) u, for its densities k and u under a source that knows and one that does not; rho is averaged over
    its posterior on the nodes of `terms.reliability_nodes`, histories over the particles."""
    out = np.full(target.terms.kind.size, np.nan)
    known, unknown = (np.array([getattr(s, name) for s in found]) for name in ("known", "unknown"))
    for o, (rho, weight) in enumerate(zip(target.nodes, target.weights, strict=True)):
        own = np.flatnonzero((target.terms.origin == o) & (target.use == 1))
        with np.errstate(over="ignore", divide="ignore"):
            ratio = np.exp(known[:, own, None] - unknown[:, own, None])
            mixed = np.log(rho * ratio + (1.0 - rho))  # over u, which is the same at every rho
        total = (mixed * target.terms.share[own, None]).sum(axis=1)
        posterior = weight * np.exp(total - total.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        silent = (1.0 - rho) * np.exp(-mixed)
        out[own] = np.einsum("niq,nq->i", silent, posterior) / len(found)
    return out


def checks(posterior: Posterior, obs: Observations, case: CutCase, seed: int) -> list[Check]:
    """Every report beside its predictive distribution, those kept for checking first."""
    claims = {c.id: c for c in case.claims}
    doubt = dismissals(posterior.target, scores(posterior))
    rows: list[Check] = []
    for i, values in predictive(posterior, obs, seed).items():
        low, high = float(obs.terms.low[i]), float(obs.terms.high[i])
        kind = KINDS[obs.terms.kind[i]]
        p = min(1.0, 2.0 * min(float(np.mean(values <= high)), float(np.mean(values >= low))))
        shown = kind.shown
        q05, q50, q95 = (shown(float(v)) for v in np.quantile(values, [0.05, 0.5, 0.95]))
        observed, low, high = shown(kind.middle(low, high)), shown(low), shown(high)
        name = obs.term_claims[i][0]
        claim = claims.get(name)
        label = obs.term_labels[i] if claim is None else f"{claim.when.text} {claim.place or 'nation'}: {claim.kind}"
        use, measure = "fit" if obs.term_use[i] else "check", "share" if kind in OPINION.kinds else "persons"
        rows.append(
            Check(name, label, use, measure, observed, low, high, q05, q50, q95, p, float(doubt[i]))
        )
    return sorted(rows, key=lambda r: (r.use != "check", r.claim))


def inside(rows: Sequence[Check], use: str) -> float:
    """Share of the reported numbers that the model does not miss; ranges are not counted. nan without any."""
    found = [r.p >= MISFIT for r in rows if r.use == use and not r.ranged]
    return float(np.mean(found)) if found else math.nan


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
    picked = chosen(posterior, count)
    first = len(space.params) + space.regions

    def task(number: int) -> tuple[float, float, float]:
        rng = streams.generator(seed, streams.SHOCK_GAIN, number)
        i = picked[number]
        z, noise = posterior.z[i].copy(), posterior.noise[i]
        own = target.evaluate(pool, z, noise)
        z[first:] = rng.standard_normal(space.size - first)
        fresh = target.evaluate(pool, z, noise)
        prior = target.evaluate(pool, rng.standard_normal(space.size), noise)
        floor = -1e3
        total = [floor if s is None else max(floor, s.total) for s in (own, fresh, prior)]
        return total[0], total[1], total[2]

    values = np.array(pool.map(task, range(picked.size)))
    own, fresh, prior = np.median(values, axis=0)  # medians: a few histories that explode would own a mean
    return float(own), float(fresh), float(prior)


def block_scores(posterior: Posterior, obs: Observations, case: CutCase) -> list[tuple[str, int, float, float]]:
    """Held-out reports by block: what they are, how many, and the mean log density of a report under the model and
    under the uninformed density."""
    held = set(held_out_regions(case))
    claims = {c.id: c for c in case.claims}
    blocks: dict[str, list[int]] = {}
    for i in told(obs, posterior.target.ticks):
        if obs.term_use[i]:
            continue
        claim = claims.get(obs.term_claims[i][0])
        region = region_of(case, claim.place) if claim else None
        label = (
            "regions kept for checking"
            if region in held
            else f"other reports kept for checking: {claim.kind if claim else 'opinion'}"
        )
        blocks.setdefault(label, []).append(i)
    out: list[tuple[str, int, float, float]] = []
    found = scores(posterior)
    for label, terms in sorted(blocks.items()):
        model = [np.log(np.mean([math.exp(max(s.known[i], LEAST_DENSITY)) for s in found])) for i in terms]
        base = [found[0].unknown[i] for i in terms]
        out.append((label, len(terms), float(np.mean(model)), float(np.mean(base))))
    return out


def ranks(
    histories: Mapping[str, Sequence[Summary]], case: CutCase, wanted: dict[str, str | None]
) -> list[tuple[str, str, str, float, int]]:
    """How often the histories put the region that came first, and the one with most people, where they came: which
    histories, what it was, name of the region, share of the histories with a crowd, rank."""
    names = [r.region for r in case.regions]
    out: list[tuple[str, str, str, float, int]] = []
    for when, summaries in histories.items():
        count = {what: np.zeros(len(names)) for what in wanted}
        for s in summaries:
            days = (s.present >= CROWD).any(axis=1)
            if days.any():
                count["first"][int(np.argmax(s.present[int(np.argmax(days))]))] += 1
                count["largest"][int(np.argmax(s.present[int(np.argmax(s.nation))]))] += 1
        for what, region in wanted.items():
            if region in names:
                i = names.index(region)
                share = count[what] / max(count[what].sum(), 1)
                out.append((when, what, case.regions[i].name, float(share[i]), int((share > share[i]).sum()) + 1))
    return out


def observed_extremes(cut: CutCase) -> tuple[str | None, str | None]:
    """Region of the first reported crowd and region with most deaths or, without deaths, the largest crowd."""
    crowds = [c for c in cut.claims if c.kind == "crowd" and c.use != "context" and region_of(cut, c.place)]
    first = min(crowds, key=lambda c: (c.when.start, c.id), default=None)
    size = lambda c: c.value or c.high or 0.0  # noqa: E731
    deaths = [c for c in cut.claims if c.kind == "deaths" and region_of(cut, c.place)]
    worst = max(deaths or crowds, key=lambda c: (size(c), c.id), default=None)
    return (region_of(cut, first.place) if first else None, region_of(cut, worst.place) if worst else None)


def sentence(share: float, largest: float, put_in: bool, rows: Sequence[Check]) -> str:
    """What explains the sequence, and how much of it the model misses."""
    if not any(r.use == "fit" for r in rows):
        return "Nothing has been conditioned on yet that the model could miss."
    words = "The spread was put in by shocks, not explained" if put_in else "The mechanisms explain more of the gain than the shocks"
    part = "all" if share >= 1.0 else f"{100 * share:.0f} %"
    text = f"{words}: shocks supply {part} of the gain in log likelihood over the prior, the largest is {largest:.1f} prior sd."
    if not math.isfinite(share):
        text = f"Conditioning gained nothing over the prior in log likelihood; the largest shock is {largest:.1f} prior sd."
    fit, check = inside(rows, "fit"), inside(rows, "check")
    if math.isfinite(fit):
        text += f" Of the numbers used for conditioning {100 * fit:.0f} % lie inside their 95 % predictive range"
        text += f", of those kept for checking {100 * check:.0f} %." if math.isfinite(check) else "."
    return text


def fit(
    case: CutCase, rows: Sequence[Check], shocks: np.ndarray, gains: tuple[float, float, float],
    placed: Sequence[tuple[str, str, str, float, int]], blocks: Sequence[tuple[str, int, float, float]], event: float,
) -> xr.Dataset:  # fmt: skip
    """The group. shocks f8[D, R] as `shock_audit` has them, gains as `shock_gain`, event: the prior's probability of it."""
    own, fresh, prior = gains
    share = min(max((own - fresh) / (own - prior), 0.0), 1.0) if own > prior else math.nan  # 1 where mechanisms alone gain nothing
    largest = float(np.abs(shocks).max(initial=0.0))
    put_in = largest > LARGE_SHOCK or share > SHOCK_SHARE
    columns = {name: [getattr(r, name) for r in rows] for name in Check._fields}
    rank = {f"rank_{name}": [r[j] for r in placed] for j, name in enumerate(("when", "what", "region", "share", "place"))}
    block = {f"block_{name}": [b[j] for b in blocks] for j, name in enumerate(("label", "reports", "log_score", "baseline"))}
    return dataset(
        GROUP,
        columns | rank | block | {
            "shock_sd": shocks, "day": day_names(case, shocks.shape[0]), "region": [r.region for r in case.regions],
            "share_fit_inside": inside(rows, "fit"), "share_check_inside": inside(rows, "check"),
            "log_gain_mechanisms": fresh - prior, "log_gain_shocks": own - fresh, "shock_share": share,
            "largest_shock": largest, "put_in_by_shocks": put_in, "prior_event_probability": event,
            "verdict": sentence(share, largest, put_in, rows),
        },
    )  # fmt: skip


def answer(run: Conditioned) -> xr.Dataset:
    """The group /fit of a conditioned case."""
    posterior, observations, case, seed = run.posterior, run.model.observations, run.case, run.settings.seed
    gains = shock_gain(posterior, run.pool, seed)
    begun, worst = observed_extremes(case)
    histories = {"prior": run.prior.summaries, "posterior": run.histories.summaries}
    return fit(
        case, checks(posterior, observations, case, seed), shock_audit(posterior), gains,
        ranks(histories, case, {"first": begun, "largest": worst}), block_scores(posterior, observations, case),
        figures(run.answers["prior_check"])["event"],
    )  # fmt: skip
