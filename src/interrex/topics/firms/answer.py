"""Plans of foreign firms after the episode: delay, cancellations, and what a reported count tells.

The risk that moves the firms is the one that the conditioned histories carry: the hazard, day by day, that control is
lost (`markets.control`), along each history up to that day. It is the same process that prices assets.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.grades import PLAIN
from interrex.engine.acts import ActTable, HazardPriors
from interrex.firms.cancellations import Fates, Worlds, laws, share_cancelled, worlds
from interrex.firms.entry import RATE, required_return
from interrex.firms.planned import Population, Reported, draw, population, reported, words
from interrex.firms.waiting import delay
from interrex.futures.conditioned import Conditioned
from interrex.futures.rivals import Paths
from interrex.prices import control
from interrex.prices.denominator import garwood
from interrex.results.described import Columns, dataset
from interrex.results.schema import empty
from interrex.topics.firms import cancelled_share
from interrex.topics.firms.variables import GROUP

if TYPE_CHECKING:
    import xarray

DRAWS = 128
MOST = 60  # cancellations; the law is cut there
AFTER = 365  # days from the last calm day over which plans are followed
PROMISES = (1.1, 1.25, 1.5)
SEVERITIES = (0.03, 0.1, 0.3, 1.0, 3.0)
"""Losses of control that firms expect in all after the episode."""
HAZARDS, VOLATILITIES = np.linspace(0.0, 0.3, 31), (0.1, 0.2, 0.3, 0.4)
GRADE = "single"
"""Grade of a count that one person told: an assumption."""
WORLDS = ("as modelled", "if nobody looked")
NO_CALM_RATE = "No source was found for how many such plans are cancelled in a calm year."

Part = tuple[Columns, dict[str, object]]


def risk_of(paths: Paths, priors: HazardPriors, table: ActTable, ticks_per_day: int) -> np.ndarray:
    """Probability of losing control on each day of each stored history, f8[D, M]: every history with one draw of the
    rates from their priors."""
    draws = control.rate_draws(priors)
    days: list[np.ndarray] = []
    for i, (signals, crisis) in enumerate(zip(paths.signals, paths.crisis, strict=True)):
        one = draws[:, [i % draws.shape[1]]]
        by_tick = control.hazards(np.asarray(signals), np.asarray(crisis), one, table, ticks_per_day)[0]
        whole = by_tick.size // ticks_per_day * ticks_per_day
        days.append(by_tick[:whole].reshape(-1, ticks_per_day).mean(axis=1))
    return -np.expm1(-np.array(days).T)


def check(cut: CutCase) -> None:
    """Raise CaseError for a fact about plans that cannot be read: before anything is simulated."""
    people = population(cut.facts)
    if people is not None:
        reported(cut.facts, {p.home for p in people.plans})


def firms(cut: CutCase, risk: np.ndarray, seed: int) -> xarray.Dataset:
    """The group /firms. `risk` f8[D, M] from the first day of the window; days after it bring nothing new."""
    people = population(cut.facts)
    if people is None:
        return empty("The case names no planned entries of firms (facts planned_entries_SECTOR_HOME).")
    told = reported(cut.facts, {p.home for p in people.plans})
    known = min(told.known_from, cut.as_of_date) if told and told.known_from else cut.as_of_date
    day = max(1, (known - cut.window.start).days)
    calm = (cut.calm_until - cut.window.start).days if cut.calm_until is not None else 0
    start = min(max(0, calm), day - 1)
    drawn = draw(people, seed, DRAWS)
    found = worlds(people, drawn, risk, start + AFTER + 1)
    columns: Columns = {}
    attrs: dict[str, Any] = {  # text and numbers, by name
        "report_day": known.isoformat(),
        "calm_day": (cut.window.start + timedelta(days=start)).isoformat(),
        "draws": DRAWS,
        "calm_rate": NO_CALM_RATE,
        "episode_risk": float(np.median(np.maximum(risk - risk[0], 0.0).sum(axis=0))),
        "image": float(
            np.median(drawn["recurrence"]) * np.median(np.maximum(risk - risk[0], 0.0).sum(axis=0))
        ),
    }
    for more, said in (
        _triggers(),
        _guesses(people),
        _plans(people, found, start),
        _delays(found),
        _severities(people, drawn, risk, start, day),
        _predictive(people, found, told, start, day),
        _count(people, told, drawn),
    ):
        columns |= more
        attrs |= said
    if told is not None and "severity" in columns:
        attrs["needed"] = _needed(columns, told.count / attrs["plans"])
    return dataset(GROUP, columns, attrs)


def _triggers() -> Part:
    def ask(on_plan: float) -> np.ndarray:
        return np.array([
            [required_return(s, asset_hazard=h, option_hazard=on_plan * h) for s in VOLATILITIES] for h in HAZARDS
        ])  # fmt: skip

    return {
        "trigger_hazard": HAZARDS,
        "trigger_volatility": VOLATILITIES,
        "trigger": ask(0.0),
        "trigger_both": ask(1.0),
    }, {"trigger_rate": RATE}


def _guesses(people: Population) -> Part:
    guesses = people.guesses
    return {
        "guess_name": [g.name for g in guesses],
        "guess_unit": [g.unit for g in guesses],
        "guess_prior": [g.text for g in guesses],
        "guess_why": [g.why for g in guesses],
        "guess_assumption": [float(g.assumption) for g in guesses],
    }, {}


def _plans(people: Population, found: Worlds, start: int) -> Part:
    """What becomes within a year of the plans alive on the last calm day, mean over draws."""
    look = found.drawn["attention"][:, None]
    columns: Columns = {
        "plan_sector": [p.sector for p in people.plans],
        "plan_home": [words(p.home) for p in people.plans],
        "plan_count": [p.count.median for p in people.plans],
    }
    sums: dict[str, float] = {}
    for name in Fates._fields:
        moved, still = (_since(getattr(f, name), f, start) for f in (found.looked, found.unmoved))
        as_modelled = look * moved + (1.0 - look) * still
        for suffix, shares in (("", as_modelled), ("_unmoved", still)):
            columns[f"plan_{name}{suffix}"] = shares.mean(axis=0)
            sums[name + suffix] = float(shares.mean())
    return columns, {
        "entered": sums["entered"],
        "entered_unmoved": sums["entered_unmoved"],
        "cancelled": sums["dropped"] + sums["lapsed"],
        "cancelled_unmoved": sums["dropped_unmoved"] + sums["lapsed_unmoved"],
    }


def _since(total: np.ndarray, f: Fates, start: int) -> np.ndarray:
    return (total[-1] - total[start]) / (1.0 - f.entered[start] - f.cancelled[start])


def _delays(found: Worlds) -> Part:
    """Days for which a firm that looks waits, by how far its project exceeds the trigger of calm times; the middle of
    everything else."""
    peak = float(np.median(found.excess.max(axis=0)))
    middle = {name: float(np.median(values)) for name, values in found.drawn.items()}
    volatility, loss = (
        float(np.median([v for name, v in middle.items() if name.startswith(kind)]))
        for kind in ("volatility_", "loss_")
    )
    days = [
        delay(p, peak, middle["memory"], volatility, middle["rate"], middle["payout"], 0.0, loss)
        for p in PROMISES
    ]
    return {
        "promise": PROMISES,
        "promise_delay": [d if np.isfinite(d) else np.nan for d in days],
    }, {"peak_excess": peak}


def _severities(
    people: Population, drawn: dict[str, np.ndarray], risk: np.ndarray, start: int, day: int
) -> Part:
    """What an image of each severity would do to plans with middle values whose firms all look."""
    mean = risk.mean(axis=1, keepdims=True)
    episode = float(np.maximum(mean - mean[0], 0.0).sum())
    if episode <= 0.0:
        return {}, {}
    middle = {name: np.full(len(SEVERITIES), np.median(values)) for name, values in drawn.items()}
    middle["recurrence"] = np.array(SEVERITIES) / episode
    found = worlds(people, middle, mean, start + AFTER + 1)
    plans = np.array([p.count.median for p in people.plans])

    def extra(to: int) -> np.ndarray:
        more = share_cancelled(found, start, to, 1.0) - share_cancelled(found, start, to, 0.0)
        return more @ plans / plans.sum()

    now = min(day, start + AFTER)
    begun = [(f.entered[now] - f.entered[start]) @ plans for f in (found.looked, found.unmoved)]
    return {
        "severity": SEVERITIES,
        "severity_peak": found.excess.max(axis=0),
        "severity_entered": begun[0] / begun[1],
        "severity_extra": extra(now),
        "severity_extra_year": extra(start + AFTER),
    }, {}


def _needed(columns: Columns, share: float) -> float:
    """Losses of control that firms would have to expect for the episode to cancel this further share of plans by the
    day of the report, between the severities in logs; NaN where none of them does."""
    extra, severity = (np.asarray(columns[n], dtype=float) for n in ("severity_extra", "severity"))
    if extra.max() < share:
        return float("nan")
    return float(np.exp(np.interp(share, np.maximum.accumulate(extra), np.log(severity))))


def _predictive(people: Population, found: Worlds, told: Reported | None, start: int, day: int) -> Part:
    """How many plans of the homes in question are cancelled from the last calm day to the day of the report and within
    a year; and which assumption a reported count moves."""
    here = [i for i, p in enumerate(people.plans) if told is None or p.home == told.home]
    drawn = found.drawn
    plans = np.stack([drawn[people.plans[i].count.id] for i in here], axis=1)
    last = found.excess.shape[0] - 1
    looks = (drawn["attention"], 0.0)

    def expected(to: int, look: Any) -> np.ndarray:
        return (plans * share_cancelled(found, start, to, look)[:, here]).sum(axis=1)

    means = [expected(min(day, last), a) for a in looks]
    by_report = [laws(mean, MOST) for mean in means]
    by_year = [expected(last, a) for a in looks]
    columns: Columns = {
        "world": WORLDS,
        "count": np.arange(MOST + 1.0),
        "predictive": [law.mean(axis=0) for law in by_report],
        "year": [np.median(v) for v in by_year],
        "year_low": [np.quantile(v, 0.05) for v in by_year],
        "year_high": [np.quantile(v, 0.95) for v in by_year],
    }
    attrs: dict[str, object] = {
        "homes": ", ".join(sorted({words(people.plans[i].home) for i in here})),
        "expected": float(means[0].mean()),
        "expected_unmoved": float(means[1].mean()),
        "extra_middle": float(np.median(means[0] - means[1])),
        "plans": float(np.median(plans.sum(axis=1))),
    }
    if told is None:
        return columns, attrs
    k = min(told.count, MOST)
    looked, unmoved = (law[:, k] for law in by_report)
    informed = PLAIN[GRADE].mean
    weight = informed * looked + (1.0 - informed) * looked.mean()
    weight /= weight.sum()
    even = np.full(weight.size, 1.0 / weight.size)
    values = [drawn[g.id] for g in people.guesses]
    after, before = (np.array([_median(v, w) for v in values]) for w in (weight, even))
    spread = np.array([np.log(v).std() for v in values])
    columns["guess_after"] = after
    columns["guess_moved"] = np.log(after / before) / spread
    return columns, attrs | {
        "p_told": float(looked.mean()),
        "p_told_unmoved": float(unmoved.mean()),
        "look_ratio": float(looked.mean() / unmoved.mean()),
        "informed": informed,
    }


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])


def _count(people: Population, told: Reported | None, drawn: dict[str, np.ndarray]) -> Part:
    """What the count alone says of the share, and the verdict."""
    if told is None:
        return {}, {"verdict": "The case reports no count of cancellations that was known by this day."}
    own = np.sum([drawn[p.count.id] for p in people.plans if p.home == told.home], axis=0)
    columns = cancelled_share.table(told.count, own)
    low, high = garwood(told.count)
    return columns, {
        "told": told.count,
        "told_source": told.source,
        "told_note": told.note,
        "obs_rate_low": low,
        "obs_rate_high": high,
        "verdict": cancelled_share.verdict(told.count, columns),
    }


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /firms of a conditioned case."""
    arena = run.model.arena
    risk = risk_of(run.paths, run.model.target.hazard_priors, arena.table, arena.ticks_per_day)
    return firms(run.case, risk, run.settings.seed)
