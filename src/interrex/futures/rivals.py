"""Which explanation fits: understandings with the patron (four) crossed with a plot in the security services (two).

Hypotheses differ in the likelihood only where `patron_intervention.UNDERSTANDINGS` says, and none of it touches the
crowd, so that all are scored along the same particles: the ratios are paired and their Monte Carlo error is small.
The log evidence ratio against "treaty only" is a sum of named factors; closed-form factors carry the range over
the grid of defensible priors, path-averaged ones a bootstrap interval.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from interrex.case.cut import CutCase
from interrex.engine.pool import Pool
from interrex.inference import streams
from interrex.inference.exact import log_sum_exp
from interrex.inference.islands import Posterior
from interrex.inference.observe import Observations
from interrex.inference.target import Target
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.maths import exp_of, log_of
from interrex.mechanisms.patron_intervention import UNDERSTANDINGS, Understanding

FACTORS = ("acceptance", "delay", "request timing", "purges", "payoffs", "stand-downs")
REQUEST_KINDS = ("request_patron",)
PURGE_KINDS = ("remove_predecessor", "dismiss_security_chief", "arrest_security_chief", "purge_kin")
PAYOFF_KINDS = ("annexation_demand",)
GRID_HOURS = (24.0, 48.0, 72.0, 120.0)  # median delay under the treaty alone
GRID_ACCEPTANCE = ("rivals rarely accept", "rivals often accept")
"""Chance that a request is granted without a bargain: treaty Beta(.5, 2.5) and readiness Beta(4, 4), or Beta(1, 1) and
Beta(9, 1)."""
PLOT_SHIFT = 1.0  # scale of the half-normal log shift of stand-downs under a plot


class PatronRecord(NamedTuple):
    """What the record says of the request and its answer, in hours since the window's start."""

    requested: float | None
    answered: str  # accepted, refused, pending, none
    delay: tuple[float, float] | None  # bounds of the delay from request to first unit, hours
    elapsed: float  # hours from the request to the end of knowledge


class Paths(NamedTuple):
    """Stored paths of the posterior on which hazards are scored."""

    signals: list[np.ndarray]
    crisis: list[np.ndarray]
    island: np.ndarray


def patron_record(obs: Observations, horizon_hours: float) -> PatronRecord:
    """Request, answer and delay from the merged events."""
    by_kind = {e.kind: e for e in reversed(obs.events)}
    request = by_kind.get("request_patron")
    if request is None:
        return PatronRecord(None, "none", None, 0.0)
    asked = (request.start / 60.0, request.end / 60.0)
    elapsed = horizon_hours - sum(asked) / 2
    if "patron_refuses" in by_kind:
        return PatronRecord(sum(asked) / 2, "refused", None, elapsed)
    arrived = by_kind.get("patron_deploys")
    if arrived is not None:
        low = max(1.0, arrived.start / 60.0 - asked[1])
        high = max(low + 1.0, arrived.end / 60.0 - asked[0])
        return PatronRecord(sum(asked) / 2, "accepted", (low, high), elapsed)
    answered = "accepted" if "patron_accepts" in by_kind else "pending"
    return PatronRecord(sum(asked) / 2, answered, None, elapsed)


def log_acceptance(record: PatronRecord, prior: tuple[float, float]) -> float:
    """Log probability of the answer given a request, under a Beta prior of acceptance."""
    p = prior[0] / (prior[0] + prior[1])
    if record.answered == "accepted":
        return math.log(p)
    return math.log(1.0 - p) if record.answered == "refused" else 0.0


def log_delay(
    record: PatronRecord,
    median: tuple[float, float],
    sd: float,
    accepted: tuple[float, float],
    form: str = "lognormal",
) -> float:
    """Log density of the log delay (mean over its bounds), or of no unit yet. `median` is mean and sd of the log of
    the median delay in hours. `form` "gamma" is the other functional form: same mean and sd of the delay's log."""
    spread = math.hypot(median[1], sd)
    if record.delay is not None:
        low, high = (math.log(h) for h in record.delay)
        if form == "gamma":
            return _gamma_log_density(low, high, median[0], spread)
        mass = ndtr((high - median[0]) / spread) - ndtr((low - median[0]) / spread)
        return math.log(max(mass, 1e-12) / (high - low))
    if record.requested is None or record.answered == "refused":
        return 0.0
    late = 1.0 - ndtr((math.log(max(record.elapsed, 1.0)) - median[0]) / spread)
    if record.answered == "accepted":
        return math.log(max(late, 1e-12))
    p = accepted[0] / (accepted[0] + accepted[1])
    return math.log(max(p * late + (1.0 - p), 1e-12))


def _gamma_log_density(low: float, high: float, centre: float, spread: float) -> float:
    """A gamma delay whose log has this centre and spread: shape solves trigamma(shape) = spread^2."""
    from scipy.optimize import brentq
    from scipy.special import digamma, polygamma
    from scipy.stats import gamma

    root: Any = brentq(lambda a: float(polygamma(1, a)) - spread**2, 1e-3, 1e4)
    shape = float(root)
    scale = math.exp(centre - float(digamma(shape)))
    mass = gamma.cdf(math.exp(high), shape, scale=scale) - gamma.cdf(math.exp(low), shape, scale=scale)
    return math.log(max(float(mass), 1e-12) / (high - low))


def shift_ratios(
    target: Target, paths: Paths, kinds: tuple[str, ...], scale: float, from_tick: int
) -> np.ndarray:
    """Per path: log E_g[prod_k L_k(rates shifted by g)] - log prod_k L_k, one half-normal g with `scale` for all
    `kinds`, by eight-point quadrature. f8[n]."""
    draws = target.hazard_draws
    assert draws is not None
    values, shift = np.zeros(draws.z.shape[1]), np.zeros(draws.z.shape[1])
    kernel = target.kernel
    scored = [
        ACT_KINDS.index(k)
        for k in kinds
        if target.table.allowed[ACT_KINDS.index(k)] and draws.scored[ACT_KINDS.index(k)]
    ]
    known = target.handed()
    nodes, weights = half_normal_nodes(scale)
    out = np.zeros(len(paths.signals))
    if not scored:
        return out
    for n, (sig, crisis) in enumerate(zip(paths.signals, paths.crisis, strict=True)):
        sums = np.zeros(nodes.size + 1)
        for k in scored:
            for i, g in enumerate((0.0, *nodes)):
                shift[:] = g
                kernel.kind_values(k, sig, crisis, *known, shift, from_tick, values)
                sums[i] += log_sum_exp(values)
        out[n] = log_sum_exp(sums[1:] + log_of(weights)) - sums[0]
    return out


def half_normal_nodes(scale: float, count: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Midpoint quadrature of a half-normal: values at equally likely quantiles."""
    from scipy.stats import halfnorm

    return halfnorm.ppf((np.arange(count) + 0.5) / count, scale=scale), np.full(count, 1.0 / count)


class Evidence(NamedTuple):
    """Everything that section /hypotheses needs."""

    names: tuple[str, ...]  # eight: understanding, with "+plot"
    factors: np.ndarray  # f8[F, H] log ratio against `none`
    factor_low: np.ndarray
    factor_high: np.ndarray
    log_ratio: np.ndarray  # f8[H]
    low: np.ndarray
    high: np.ndarray
    prior: np.ndarray
    posterior: np.ndarray
    grid: np.ndarray  # f8[hours, acceptance, H]
    verdict: str
    flip: str
    other_form: float  # largest change of a log ratio under a gamma delay
    claim_llr: dict[str, np.ndarray]


def weigh(
    target: Target, obs: Observations, paths: Paths, case: Any, placebo: bool, seed: int, level: float = 0.9
) -> Evidence:
    """Factors, ratios, grid and verdict. `placebo` severs the hypotheses from every hazard: all ratios are 0."""
    days = (case.as_of_date - case.window.start).days + 1
    record = patron_record(obs, days * 24.0)
    summit = max(0, int((_summit_day(case) - case.window.start).days * target.arena.ticks_per_day))
    begun = [float(np.argmax(c > 0)) if c.any() else float(c.size) for c in paths.crisis]
    onset = int(np.median(begun)) if begun else 0
    names = [u.name for u in UNDERSTANDINGS] + [u.name + "+plot" for u in UNDERSTANDINGS]
    shape = (len(FACTORS), len(names))
    centre, low, high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    none = UNDERSTANDINGS[0]
    rng = streams.generator(seed, streams.HYPOTHESES)
    path_factors: dict[tuple[str, str], np.ndarray] = {}
    if not placebo:
        for u in UNDERSTANDINGS:
            start = onset if u.name == "phone" else summit
            if u.request_shift:
                path_factors["request timing", u.name] = shift_ratios(
                    target, paths, REQUEST_KINDS, u.request_shift, start
                )
                path_factors["purges", u.name] = shift_ratios(
                    target, paths, PURGE_KINDS, u.request_shift, start
                )
            if u.payoff_shift:
                path_factors["payoffs", u.name] = shift_ratios(
                    target, paths, PAYOFF_KINDS, u.payoff_shift, start
                )
        plot = plot_ratios(target, obs, paths, case)
    for h, name in enumerate(names):
        u = next(u for u in UNDERSTANDINGS if u.name == name.removesuffix("+plot"))
        if placebo:
            continue
        centre[0, h], low[0, h], high[0, h] = _acceptance(record, u, none)
        centre[1, h], low[1, h], high[1, h] = _delay(record, u, none)
        for f, factor in enumerate(FACTORS[2:5], start=2):
            if (factor, u.name) in path_factors:
                centre[f, h], low[f, h], high[f, h] = _averaged(path_factors[factor, u.name], rng, level)
        if name.endswith("+plot"):
            centre[5, h], low[5, h], high[5, h] = _averaged(plot, rng, level)
    ratio = centre.sum(axis=0)
    prior = prior_odds(case)
    held = np.where(prior > 0.0, ratio, -np.inf)
    weight = exp_of(held - held.max()) * prior
    grid = np.zeros((len(GRID_HOURS), len(GRID_ACCEPTANCE), len(names)))
    for i, hours in enumerate(GRID_HOURS):
        for j in range(len(GRID_ACCEPTANCE)):
            rival = none._replace(
                log_median_hours=(math.log(hours), none.log_median_hours[1]),
                accept=(none.accept, none.accept_wide)[j],
            )  # the wide column widens every rival of a bargain, readiness too
            for h, name in enumerate(names):
                u = next(u for u in UNDERSTANDINGS if u.name == name.removesuffix("+plot"))
                same = u.name == "none"
                if placebo:
                    continue
                own = (u.accept, u.accept_wide)[j]
                a = 0.0 if same else log_acceptance(record, own) - log_acceptance(record, rival.accept)
                d = 0.0 if same else _delay_of(record, u) - _delay_of(record, rival)
                grid[i, j, h] = a + d + centre[2:, h].sum()
    other = 0.0
    if not placebo:
        for h, u in enumerate(UNDERSTANDINGS):
            other = max(
                other, abs(_delay_of(record, u, "gamma") - _delay_of(record, none, "gamma") - centre[1, h])
            )
    bounds_low, bounds_high = low.sum(axis=0), high.sum(axis=0)
    return Evidence(
        tuple(names), centre, low, high, ratio, bounds_low, bounds_high, prior, weight / weight.sum(), grid,
        verdict(names, grid, centre[2:5].sum(axis=0), record), flip(record, none), other, claim_matrix(obs, names, centre),
    )  # fmt: skip


def _summit_day(case: Any) -> Any:
    """Day of the last contact with the patron before the crisis, from the ledger; the window's start without one."""
    before = [
        c.when.day
        for c in case.claims
        if c.act == "contact_patron"
        and c.basis != "inference"
        and (case.calm_until is None or c.when.day <= case.calm_until)
    ]
    return max(before, default=case.window.start)


def plot_ratios(target: Target, obs: Observations, paths: Paths, case: Any) -> np.ndarray:
    """Per path: stand-downs under a plot against none. Exposure is the crisis phase of the path itself, since nobody
    stands down from nothing; the kind is hidden, so that only dated events count."""
    k = ACT_KINDS.index("stand_down")
    events = [e for e in obs.events if e.kind == "stand_down"]
    n = len(paths.signals)
    if not events or not target.table.allowed[k]:
        return np.zeros(n)
    from interrex.mechanisms.acts import BY_KIND

    rate = BY_KIND["stand_down"].phase_rates.crisis
    rng = streams.generator(target.arena.seed, streams.PLOT)
    log_rate = rate.log_mean + rate.sd * rng.standard_normal(512)
    shift = PLOT_SHIFT * np.abs(rng.standard_normal(512))
    out = np.zeros(n)
    for i, crisis in enumerate(paths.crisis):
        exposed = max(1.0, float(np.sum(crisis)) / target.arena.ticks_per_day)
        scores = []
        for g in (shift, 0.0):
            lam = exp_of(log_rate + g)
            value = -lam * exposed
            for e in events:
                value = value + log_of(e.reliability * lam + (1 - e.reliability) * 0.02)
            scores.append(log_sum_exp(value))
        out[i] = scores[0] - scores[1]
    return out


def _delay_of(record: PatronRecord, u: Understanding, form: str = "lognormal") -> float:
    return log_delay(record, u.log_median_hours, u.log_sd_hours, u.accept, form)


def _acceptance(record: PatronRecord, u: Understanding, none: Understanding) -> tuple[float, float, float]:
    if u.name == none.name:
        return 0.0, 0.0, 0.0
    values = [
        log_acceptance(record, u.accept) - log_acceptance(record, rival)
        for rival in (none.accept, none.accept_wide)
    ]
    return values[0], min(values), max(values)


def _delay(record: PatronRecord, u: Understanding, none: Understanding) -> tuple[float, float, float]:
    if u.name == none.name:
        return 0.0, 0.0, 0.0
    centre = _delay_of(record, u) - _delay_of(record, none)
    values = [
        _delay_of(record, u)
        - _delay_of(record, none._replace(log_median_hours=(math.log(h), none.log_median_hours[1])))
        for h in GRID_HOURS
    ]
    return centre, min(values), max(values)


def _averaged(values: np.ndarray, rng: np.random.Generator, level: float) -> tuple[float, float, float]:
    """log mean exp over paths with a bootstrap interval."""
    if values.size == 0:
        return 0.0, 0.0, 0.0
    centre = log_sum_exp(values) - math.log(values.size)
    picks = rng.integers(0, values.size, (400, values.size))
    means = log_of(np.mean(exp_of(values[picks]), axis=1))
    return centre, float(np.quantile(means, (1 - level) / 2)), float(np.quantile(means, (1 + level) / 2))


def prior_odds(case: CutCase) -> np.ndarray:
    """Normalised prior f8[8] of the models (understanding x plot, independent) from the case's odds: an understanding
    that the case does not name has none, and neither has a plot that it does not name."""
    weight = case.hypotheses.weights
    d = np.array([weight.get(u.name, 0.0) for u in UNDERSTANDINGS])
    both = np.concatenate([d, d * weight.get("plot", 0.0)])
    return both / both.sum()


def without_plot(odds: np.ndarray) -> np.ndarray:
    """Weights of the four understandings with the patron, summed over plot and no plot: f8[4] of f8[8]."""
    return odds[:4] + odds[4:]


def accept_odds(case: CutCase) -> np.ndarray:
    """Prior weights of the four understandings with the patron, f8[4]."""
    return without_plot(prior_odds(case))


def verdict(names: list[str], grid: np.ndarray, shifts: np.ndarray, record: PatronRecord) -> str:
    """A word only where the sign of bargain (phone, summit) against both rivals without one (treaty alone, standing
    readiness) holds over the whole grid, with and without the factors `shifts` f8[H], whose base rates are mostly
    assumptions."""
    if record.requested is None:
        return "not asked yet: no request to the patron is known, so nothing speaks for or against an understanding"
    at = {n: h for h, n in enumerate(names)}
    spans = {
        rival: np.array(
            [
                grid[:, :, at[deal]]
                - grid[:, :, at[rival]]
                - without * (shifts[at[deal]] - shifts[at[rival]])
                for deal in ("phone", "summit")
                for without in (0.0, 1.0)
            ]
        )
        for rival in ("none", "ready")
    }
    text = "; ".join(
        f"against {word} the log evidence ratio of a bargain runs from {spans[r].min():+.1f} to {spans[r].max():+.1f}"
        for r, word in (("none", "the treaty alone"), ("ready", "standing readiness"))
    )
    values = np.concatenate([v.ravel() for v in spans.values()])
    if values.min() > 1e-9:
        return f"the sequence favours a bargain over both rivals under every prior of the grid ({text})"
    if values.max() < -1e-9:
        return f"the sequence speaks against a bargain under every prior of the grid ({text})"
    return f"decided by the prior ({text})"


def flip(record: PatronRecord, none: Understanding) -> str:
    """The delay at which the bargain's advantage in speed would turn into a disadvantage."""
    if record.delay is None:
        return "no delay from request to deployment is known yet"
    hours = exp_of(np.linspace(0.0, 6.0, 400))
    deal = UNDERSTANDINGS[3]

    def total(h: float) -> float:
        r = record._replace(delay=(h * 0.95, h * 1.05))
        return (
            log_acceptance(r, deal.accept)
            - log_acceptance(r, none.accept)
            + _delay_of(r, deal)
            - _delay_of(r, none)
        )

    gains = np.array([total(float(h)) for h in hours])
    beyond = hours[(gains < 0) & (hours > math.exp(deal.log_median_hours[0]))]
    accept = none.accept[0] / sum(none.accept)
    text = (
        f"The advantage of a bargain struck beforehand over the treaty alone rests on an assumed chance of {accept:.2f} that "
        "a request is granted without one"
    )
    if beyond.size:
        text += f"; with the stated priors it would vanish if help had really taken longer than about {beyond[0]:.0f} hours"
    return text + "."


def claim_matrix(obs: Observations, names: list[str], centre: np.ndarray) -> dict[str, np.ndarray]:
    """Log likelihood ratio of each claim and model against `none`: a factor is shared equally by the claims behind
    its events. Claims that no factor reads have ratio 0 and are left out."""
    behind = {
        "acceptance": ("patron_accepts", "patron_refuses", "patron_deploys"), "delay": ("patron_deploys",),
        "request timing": REQUEST_KINDS, "purges": PURGE_KINDS, "payoffs": PAYOFF_KINDS, "stand-downs": ("stand_down",),
    }  # fmt: skip
    out: dict[str, np.ndarray] = {}
    for f, factor in enumerate(FACTORS):
        claims = [c for e in obs.events if e.kind in behind[factor] for c in e.claims]
        for c in claims:
            out[c] = out.get(c, np.zeros(len(names))) + centre[f] / len(claims)
    return out


def stored_paths(posterior: Posterior, pool: Pool, count: int = 128) -> Paths:
    """Signals and phases of posterior histories, on which hypotheses are scored without simulation."""
    chosen = np.linspace(0, posterior.size - 1, min(count, posterior.size)).round().astype(int)
    rows = pool.map(
        lambda slot: posterior.target.path(pool, posterior.z[chosen[slot]], posterior.noise[chosen[slot]]),
        range(chosen.size),
    )
    return Paths([r[0] for r in rows], [r[1] for r in rows], posterior.island[chosen])
