"""Which explanation fits: understandings with the patron (four) crossed with a plot in the security services (two).

Hypotheses differ in the likelihood only where `patron_intervention.UNDERSTANDINGS` says, and none of it touches the
crowd, so that all are scored along the same paths. The log evidence ratio against "treaty only" is a sum of named
factors. What is printed beside it is not sampling error but what defensible priors do to it: the grid of delays and
acceptances, and the scale of the shifts of hazards, from none at all to twice the stated one.
"""

from __future__ import annotations

import math
from datetime import date
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from interrex.case.cut import CutCase
from interrex.engine.acts import HazardPriors
from interrex.engine.pool import Pool
from interrex.futures.members import chosen
from interrex.futures.shifts import (
    NOTHING,
    SCALES,
    STATED,
    Factor,
    Paths,
    averaged,
    free_level,
    half_normal,
    shifted,
)
from interrex.inference.dated_acts import SEEN_BY_ACCIDENT
from interrex.inference.islands import Posterior
from interrex.inference.observe import Observations
from interrex.inference.target import Target
from interrex.mechanisms.acts import ACT_KINDS, BY_KIND
from interrex.mechanisms.maths import exp_of, log_of
from interrex.mechanisms.patron_intervention import UNDERSTANDINGS, Understanding

FACTORS = ("acceptance", "delay", "request timing", "purges", "payoffs", "stand-downs")
CLOSED = 2  # the first two have closed forms; the others shift hazards, whose rates are mostly assumptions
REQUEST_KINDS = ("request_patron",)
PURGE_KINDS = ("remove_predecessor", "dismiss_security_chief", "arrest_security_chief", "purge_kin")
PAYOFF_KINDS = ("annexation_demand",)
STAND_DOWN = "stand_down"
GRID_HOURS = (24.0, 48.0, 72.0, 120.0)  # median delay under the treaty alone
GRID_ACCEPTANCE = ("rivals rarely accept", "rivals often accept")
"""Chance that a request is granted without a bargain: treaty Beta(.5, 2.5) and readiness Beta(4, 4), or Beta(1, 1) and
Beta(9, 1)."""
PLOT_SHIFT = 1.0  # scale of the half-normal log shift of stand-downs under a plot
LEAST = 1e-9  # nats below which two explanations say the same

FAVOURED, AGAINST, PRIOR, SILENT = "favoured", "against", "decided by the prior", "no evidence"
"""What the record says of one explanation beside another: the words of a verdict."""


class PatronRecord(NamedTuple):
    """What the record says of the request and its answer, in hours since the window's start."""

    requested: float | None
    answered: str  # accepted, refused, pending, none
    delay: tuple[float, float] | None  # bounds of the delay from request to first unit, hours
    elapsed: float  # hours from the request to the end of knowledge


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

    root = brentq(lambda a: float(polygamma(1, a)) - spread**2, 1e-3, 1e4)
    shape = float(root)  # pyright: ignore[reportArgumentType]
    scale = math.exp(centre - float(digamma(shape)))
    mass = gamma.cdf(math.exp(high), shape, scale=scale) - gamma.cdf(math.exp(low), shape, scale=scale)
    return math.log(max(float(mass), 1e-12) / (high - low))


class Verdict(NamedTuple):
    """One explanation beside another, over every prior of the grid and every scale of the shifts."""

    rival: str
    other: str
    least: float  # nats; log evidence ratio of rival against other
    most: float
    word: str
    alike: bool  # by construction: the two differ in the scale of shifts alone under some prior of the grid


class Evidence(NamedTuple):
    """Log ratios are natural, against `none`; F factors, H = 8 models: understandings, then the same with a plot."""

    names: tuple[str, ...]
    factors: np.ndarray  # f8[F, H] at the stated priors
    factor_least: np.ndarray  # f8[F, H] over the priors of the factor
    factor_most: np.ndarray
    log_ratio: np.ndarray  # f8[H] sum of the factors
    least: np.ndarray  # f8[H] over the whole grid and all scales of the shifts
    most: np.ndarray
    error: np.ndarray  # f8[H] numerical error of the shifted hazards, nats
    free: np.ndarray  # f8[H] log ratio with a free level of every hazard, the same for all
    prior: np.ndarray
    posterior: np.ndarray
    every: np.ndarray  # f8[hours, acceptance, SCALES, H] log ratios under every prior and scale of the shifts
    verdicts: tuple[Verdict, ...]
    asked: bool  # whether a request to the patron is known
    flip_hours: float  # delay at which a bargain struck beforehand would lose its advantage; nan if none is known
    other_form: float  # largest change of a log ratio under a gamma delay
    claim_llr: dict[str, np.ndarray]

    @property
    def grid(self) -> np.ndarray:
        """Log ratios at the stated scale of the shifts, f8[hours, acceptance, H]."""
        return self.every[:, :, STATED]

    @property
    def named(self) -> np.ndarray:
        """Models that the analyst gives a chance, by index."""
        return np.flatnonzero(self.prior > 0.0)

    def verdict(self, rival: str, other: str = "none") -> str:
        """The word on one explanation beside another; KeyError if they are not compared."""
        return {(v.rival, v.other): v.word for v in self.verdicts}[rival, other]


def weigh(
    target: Target, obs: Observations, paths: Paths, case: CutCase, placebo: bool, seed: int
) -> Evidence:  # fmt: skip
    """Factors, ratios, grid and verdicts. `placebo` severs the hypotheses from every hazard: all ratios are 0."""
    record = patron_record(obs, ((case.as_of_date - case.window.start).days + 1) * 24.0)
    names = tuple(u.name for u in UNDERSTANDINGS) + tuple(u.name + "+plot" for u in UNDERSTANDINGS)
    none = UNDERSTANDINGS[0]
    closed = np.zeros((CLOSED, len(GRID_HOURS), len(GRID_ACCEPTANCE), len(names)))
    stated = np.zeros((CLOSED, len(names)))
    plain = free = {}
    if not placebo:
        closed = np.tile(closed_forms(record), 2)
        own = closed_forms(record, (math.exp(none.log_median_hours[0]),))[:, 0, 0]
        stated = np.tile(own, 2)
        plain = shift_factors(target, obs, paths, case, target.hazard_priors, seed)
        free = shift_factors(target, obs, paths, case, free_level(target.hazard_priors), seed)
    rows = [[plain.get((f, n), NOTHING) for n in names] for f in FACTORS[CLOSED:]]
    shifts = np.array([[f.log_ratio for f in row] for row in rows]).transpose(0, 2, 1)  # f8[factor, scale, H]
    error = np.sqrt(np.sum([[f.error**2 for f in row] for row in rows], axis=0))
    level = sum(np.array([free.get((f, n), NOTHING).stated for n in names]) for f in FACTORS[CLOSED:])
    factors = np.concatenate([stated, shifts[:, STATED]])
    ratio = factors.sum(axis=0)
    every = closed.sum(axis=0)[:, :, None] + shifts.sum(axis=0)
    prior = prior_odds(case)
    held = np.where(prior > 0.0, ratio, -np.inf)
    weight = exp_of(held - held.max()) * prior
    known = [h for h in range(len(UNDERSTANDINGS)) if prior[h] > 0.0]
    return Evidence(
        names, factors,
        np.concatenate([closed.min(axis=(1, 2)), shifts.min(axis=1)]),
        np.concatenate([closed.max(axis=(1, 2)), shifts.max(axis=1)]),
        ratio, every.min(axis=(0, 1, 2)), every.max(axis=(0, 1, 2)), error, stated.sum(axis=0) + level,
        prior, weight / weight.sum(), every,
        compare(every, error, known), record.requested is not None,
        math.nan if placebo else flip_hours(record), 0.0 if placebo else other_form(record, known),
        claim_matrix(obs, len(names), factors),
    )  # fmt: skip


def closed_forms(record: PatronRecord, hours: tuple[float, ...] = GRID_HOURS) -> np.ndarray:
    """Log ratios of acceptance and delay against `none` over the grid, f8[CLOSED, hours, acceptance, U]."""
    out = np.zeros((CLOSED, len(hours), len(GRID_ACCEPTANCE), len(UNDERSTANDINGS)))
    none = UNDERSTANDINGS[0]
    for j in range(len(GRID_ACCEPTANCE)):  # the second column widens every rival of a bargain, readiness too
        for h, u in enumerate(UNDERSTANDINGS):
            if u.name == none.name:
                continue
            own, treaty = acceptance(u, j), acceptance(none, j)
            out[0, :, j, h] = log_acceptance(record, own) - log_acceptance(record, treaty)
            for i, median in enumerate(hours):
                slow = (math.log(median), none.log_median_hours[1])
                out[1, i, j, h] = log_delay(record, u.log_median_hours, u.log_sd_hours, own) - log_delay(
                    record, slow, none.log_sd_hours, treaty
                )
    return out


def acceptance(u: Understanding, column: int) -> tuple[float, float]:
    """Beta parameters of P(accepts | request) in a column of the grid."""
    return (u.accept, u.accept_wide)[column]


def compare(every: np.ndarray, error: np.ndarray, known: list[int]) -> tuple[Verdict, ...]:
    """A verdict on each pair of these understandings from the log ratios f8[hours, acceptance, scales, H] and
    their numerical errors f8[H]: a word for or against only where one sign holds throughout, beyond twice the error."""
    found = []
    for b, a in combinations(known, 2):
        gap = every[..., a] - every[..., b]
        margin = max(LEAST, 2.0 * math.hypot(error[a], error[b]))
        least, most = float(gap.min()), float(gap.max())
        word = FAVOURED if least > margin else AGAINST if most < -margin else PRIOR
        if max(-least, most) < LEAST:
            word = SILENT
        first, second = UNDERSTANDINGS[a], UNDERSTANDINGS[b]
        found.append(Verdict(first.name, second.name, least, most, word, alike(first, second)))
    return tuple(found)


def alike(a: Understanding, b: Understanding) -> bool:
    """Whether two explanations give the same help: one delay and, in some column of the grid, one acceptance. Then no
    record whatever can favour either throughout."""
    return (a.log_median_hours, a.log_sd_hours) == (b.log_median_hours, b.log_sd_hours) and any(
        acceptance(a, j) == acceptance(b, j) for j in range(len(GRID_ACCEPTANCE))
    )


def shift_factors(
    target: Target, obs: Observations, paths: Paths, case: CutCase, priors: HazardPriors, seed: int
) -> dict[tuple[str, str], Factor]:
    """The factors that shift hazards, whose rates have these priors, by factor and model."""
    ticks = target.arena.ticks_per_day
    begun = [float(np.argmax(c > 0)) if c.any() else float(c.size) for c in paths.crisis]
    onset = int(np.median(begun)) if begun else 0
    summit = max(0, (_summit_day(case) - case.window.start).days * ticks)
    deals = [u for u in UNDERSTANDINGS if u.request_shift or u.payoff_shift]
    starts = tuple(onset if u.name == "phone" else summit for u in deals)
    out: dict[tuple[str, str], Factor] = {}
    for factor, kinds, scales in (
        ("request timing", REQUEST_KINDS, [u.request_shift for u in deals]),
        ("purges", PURGE_KINDS, [u.request_shift for u in deals]),
        ("payoffs", PAYOFF_KINDS, [u.payoff_shift for u in deals]),
    ):
        for scale in set(scales):
            for u, own, found in zip(
                deals, scales, shifted(target, priors, paths, kinds, starts, scale, seed), strict=True
            ):
                if own == scale:
                    out[factor, u.name] = out[factor, u.name + "+plot"] = found
    plot = plot_factor(target, obs, paths, priors)
    return out | {("stand-downs", u.name + "+plot"): plot for u in UNDERSTANDINGS}


def _summit_day(case: CutCase) -> date:
    """Day of the last contact with the patron before the crisis, from the ledger; the window's start without one."""
    before = [
        c.when.day
        for c in case.claims
        if c.act == "contact_patron"
        and c.basis != "inference"
        and (case.calm_until is None or c.when.day <= case.calm_until)
    ]
    return max(before, default=case.window.start)


def plot_factor(target: Target, obs: Observations, paths: Paths, priors: HazardPriors) -> Factor:
    """Stand-downs under a plot against none. Exposure is the crisis phase of the path itself, since nobody stands down
    from nothing; the kind is hidden, so that only dated events count."""
    k = ACT_KINDS.index(STAND_DOWN)
    events = [e for e in obs.events if e.kind == STAND_DOWN]
    if not paths.signals or not events or not target.table.allowed[k]:
        return NOTHING
    x, mass = np.polynomial.hermite_e.hermegauss(40)
    log_rate = BY_KIND[STAND_DOWN].phase_rates.crisis.log_mean + priors.sd[k, 1] * x
    nodes, weights = half_normal()
    days = np.array([max(1.0, float(np.sum(c)) / target.arena.ticks_per_day) for c in paths.crisis])

    def log_likelihood(g: np.ndarray) -> np.ndarray:
        """Of the events on every path at every shift, the rate integrated out: f8[n, G]."""
        rate = exp_of(log_rate[:, None] + g)
        value = -rate * days[:, None, None]
        for e in events:
            value = value + log_of(e.reliability * rate + (1.0 - e.reliability) * SEEN_BY_ACCIDENT)
        best = value.max(axis=1, keepdims=True)
        return best[:, 0] + log_of(mass @ exp_of(value - best) / mass.sum())

    plain = log_likelihood(np.zeros(1))[:, 0]
    rows = [
        log_of(exp_of(log_likelihood(scale * PLOT_SHIFT * nodes) - plain[:, None]) @ weights) for scale in SCALES
    ]
    return averaged(np.array(rows)[:, :, None])


def flip_hours(record: PatronRecord) -> float:
    """Delay from request to first unit, in hours, at which acceptance and delay together would no longer favour a
    bargain struck beforehand over the treaty alone; nan where no delay is known or none under 400 hours does."""
    if record.delay is None:
        return math.nan
    none, deal = UNDERSTANDINGS[0], UNDERSTANDINGS[3]
    own = (math.exp(none.log_median_hours[0]),)
    hours = exp_of(np.linspace(0.0, 6.0, 400))
    gains = np.array(
        [closed_forms(record._replace(delay=(h * 0.95, h * 1.05)), own)[:, 0, 0, 3].sum() for h in hours]
    )
    beyond = hours[(gains < 0) & (hours > math.exp(deal.log_median_hours[0]))]
    return float(beyond[0]) if beyond.size else math.nan


def other_form(record: PatronRecord, known: list[int]) -> float:
    """The most that a gamma in place of a lognormal delay changes a log ratio, nats."""

    def delay(u: Understanding, form: str) -> float:
        return log_delay(record, u.log_median_hours, u.log_sd_hours, u.accept, form)

    bent = [delay(u, "gamma") - delay(u, "lognormal") for u in UNDERSTANDINGS]
    return max(abs(bent[h] - bent[0]) for h in known)


def claim_matrix(obs: Observations, models: int, factors: np.ndarray) -> dict[str, np.ndarray]:
    """Log likelihood ratio of each claim and model against `none`: a factor is shared equally by the claims behind
    its events. Claims that no factor reads have ratio 0 and are left out."""
    behind = {
        "acceptance": ("patron_accepts", "patron_refuses", "patron_deploys"), "delay": ("patron_deploys",),
        "request timing": REQUEST_KINDS, "purges": PURGE_KINDS, "payoffs": PAYOFF_KINDS, "stand-downs": (STAND_DOWN,),
    }  # fmt: skip
    out: dict[str, np.ndarray] = {}
    for f, factor in enumerate(FACTORS):
        claims = [c for e in obs.events if e.kind in behind[factor] for c in e.claims]
        for c in claims:
            out[c] = out.get(c, np.zeros(models)) + factors[f] / len(claims)
    return out


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


def stored_paths(posterior: Posterior, pool: Pool, count: int = 128) -> Paths:
    """Signals and phases of posterior histories, on which hypotheses are scored without simulation."""
    picked = chosen(posterior, count)
    rows = pool.map(
        lambda number: posterior.target.path(pool, posterior.z[picked[number]], posterior.noise[picked[number]]),
        range(picked.size),
    )
    return Paths([r[0] for r in rows], [r[1] for r in rows], posterior.island[picked])
