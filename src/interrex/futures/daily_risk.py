"""The probability of loss of control day by day, each as it looked at the end of its day.

For every day the case is cut at that day, the population of `inference.filtering` is carried to it, and each particle
runs on with acts free. On these futures the hazard of being forced out is integrated (`markets.control`). Nothing
known later touches a day: no path is reweighted by what came after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.engine.course import free_modes
from interrex.engine.history import replay
from interrex.engine.pool import Pool
from interrex.engine.schedule import DONE, SCRIPTED
from interrex.futures import members as luck
from interrex.futures import rivals
from interrex.inference.filtering import Snapshot, carry
from interrex.inference.islands import Posterior
from interrex.inference.model import Model
from interrex.inference.target import Target
from interrex.mechanisms.acts import act
from interrex.prices.control import WAYS, hazards, rate_draws, survival

HORIZON = 30  # days
BEFORE, LONGEST = 3, 18  # days before the first quoted one, and at most so many after it
FEWEST_DISTINCT = 12  # different particles
WIDEST = 2.5  # factor between independent populations
MOST_UNKNOWN = 0.2  # share of futures that leave the range of the model


class DailyRisk(NamedTuple):
    """Risk by day d; NaN where `why` says why no number is printed."""

    days: tuple[date, ...]
    p: np.ndarray  # f8[D] probability of loss of control within HORIZON days
    rates_low: np.ndarray  # f8[D] 5 % and 95 % over the base rates of the ways out of office
    rates_high: np.ndarray
    runs_low: np.ndarray  # f8[D] lowest and highest of the independent populations
    runs_high: np.ndarray
    week: np.ndarray  # f8[D] probability within seven days
    hazard: np.ndarray  # f8[D, HORIZON] expected hazard a day, ahead of d
    today: np.ndarray  # f8[D, rate draw] probability on the first day ahead, by draw of the base rates
    crisis: np.ndarray  # f8[D] share of the population that is in a crisis
    unknown: np.ndarray  # f8[D] share of futures that leave the range of the model
    ess: np.ndarray  # f8[D] share of the population that plain reweighting by the day's news would leave
    distinct: np.ndarray  # f8[D] different particles
    why: tuple[str, ...]
    particles: int
    simulations: int


def ladder(case: CutCase, sparse: bool) -> list[date]:
    """Days to look at, from shortly before the first price in the window; `sparse`: only days with a price or a halt."""
    last = min(case.as_of_date, case.window.end)
    quoted = sorted({p.when.day for p in case.prices if case.window.start <= p.when.day <= last})
    if not quoted:
        return []
    start = max(case.window.start, quoted[0] - timedelta(days=BEFORE))
    end = min(last, quoted[0] + timedelta(days=LONGEST - BEFORE))
    every = [start + timedelta(days=d) for d in range((end - start).days + 1)]
    return [d for d in every if d in quoted or d in (start, end)] if sparse else every


def daily_risk(
    days: list[date], model_as_of: Callable[[date], Model], *, particles: int, islands: int, sweeps: int, hazard_draws: int,
    workers: int, seed: int, advance: Callable[[int], None] | None = None,
) -> DailyRisk:  # fmt: skip
    """Risk on each of `days`. `model_as_of` gives the executable model (`inference.model.Model`) of the case cut at a day."""
    first = model_as_of(days[0])
    span = (days[-1] - first.case.window.start).days + 1
    pool = Pool(first.arena._replace(days=span + HORIZON), workers)
    models: dict[date, Model] = {}

    def targets() -> Iterator[tuple[date, Target]]:
        for day in days:
            model = models[day] = first if day == days[0] else model_as_of(day)
            target = model.target
            yield (
                day,
                target._replace(
                    arena=target.arena._replace(days=span), space=target.space._replace(days=span)
                ),
            )

    draws = rate_draws(first.target.hazard_priors)
    rows, work = [], 0
    try:
        for snap in carry(
            targets(), pool, particles=particles, islands=islands, sweeps=sweeps, hazard_draws=hazard_draws, seed=seed,
            advance=advance,
        ):  # fmt: skip
            rows.append(_ahead(models.pop(snap.day), snap, pool, draws, seed))
            work = snap.simulations
            if advance is not None:
                advance(1)
    finally:
        pool.close()
    column = lambda name: np.array([r[name] for r in rows], dtype=float)  # noqa: E731
    return DailyRisk(
        tuple(days), column("p"), column("rates_low"), column("rates_high"), column("runs_low"), column("runs_high"),
        column("week"), np.stack([r["hazard"] for r in rows]), np.stack([r["today"] for r in rows]), column("crisis"),
        column("unknown"), column("ess"), column("distinct"), tuple(r["why"] for r in rows), particles * islands,
        work + len(days) * particles * islands,
    )  # fmt: skip


def _ahead(model: Model, snap: Snapshot, pool: Pool, draws: np.ndarray, seed: int) -> dict[str, object]:
    """One day: its population runs on, and the hazard ahead is integrated."""
    case, priors = model.case, model.target.hazard_priors
    arena = model.arena._replace(days=pool.arena.days)
    per_day = arena.ticks_per_day
    today = ((snap.day - case.window.start).days + 1) * per_day
    end = today + HORIZON * per_day
    odds = rivals.prior_odds(case)
    posterior = Posterior(snap.target, (), snap.z, snap.noise, snap.island, 0.0, 0.0)
    members = luck.posterior_members(posterior, arena, odds[:4] + odds[4:], seed, snap.size, pool)
    modes = free_modes(arena.table)
    for way in WAYS:  # their hazard is integrated, so that they need not happen
        modes[act(way)] = SCRIPTED

    def task(number: int) -> tuple[np.ndarray, np.ndarray, float] | None:
        member = members[number]
        course = luck.free_course(arena, member, priors, today, seed, modes)
        history = replay(arena, member.luck, course, pool.workspace(), until=end)
        if history.status != DONE:
            return None
        crisis = history.trace.crisis[:end]
        daily = hazards(history.trace.signals[:end].astype(float), crisis, draws, arena.table, per_day)
        return *survival(daily, today, per_day), float(crisis[max(0, today - 1)])

    futures = pool.map(task, range(snap.size))
    inside = [i for i, f in enumerate(futures) if f is not None]
    told = [f for f in futures if f is not None]
    unknown = 1.0 - len(inside) / snap.size
    blank = {"ess": snap.reweighting_ess, "unknown": unknown, "distinct": snap.distinct * snap.size}
    islands = np.unique(snap.island)
    if any((snap.island[inside] == i).sum() == 0 for i in islands):
        nothing = dict.fromkeys(
            ("p", "rates_low", "rates_high", "runs_low", "runs_high", "week", "crisis"), np.nan
        )
        gone = {"hazard": np.full(HORIZON, np.nan), "today": np.full(draws.shape[1], np.nan)}
        return {**blank, **nothing, **gone, "why": "every future leaves the range of the model"}
    weight = np.stack([f[0] for f in told])
    hazard = np.stack([f[1] for f in told])
    crisis = float(np.mean([f[2] for f in told]))
    lost = -np.expm1(-np.cumsum(hazard, axis=2))
    share = weight / weight.sum(axis=1, keepdims=True)
    each = (share[:, :, None] * lost).sum(axis=1)  # particle, day
    by_draw = (weight[:, :, None] * lost).sum(axis=0) / weight.sum(axis=0)[:, None]  # draw, day
    first_day = (weight * lost[:, :, 0]).sum(axis=0) / weight.sum(axis=0)
    runs = [float(each[snap.island[inside] == i, -1].mean()) for i in islands]
    why = _why(snap, runs, unknown)
    mask = np.nan if why else 1.0
    low, high = np.quantile(by_draw[:, -1], [0.05, 0.95])
    return {
        **blank, "p": mask * float(each[:, -1].mean()), "week": mask * float(each[:, 6].mean()), "why": why,
        "rates_low": mask * low, "rates_high": mask * high, "runs_low": mask * min(runs), "runs_high": mask * max(runs),
        "hazard": mask * (share[:, :, None] * hazard).sum(axis=1).mean(axis=0), "today": mask * first_day,
        "crisis": crisis,
    }  # fmt: skip


def _why(snap: Snapshot, runs: list[float], unknown: float) -> str:
    """Why a day's number may not be printed; '' if it may."""
    if not snap.alive:
        return "no particle explains what was known that day"
    if snap.distinct * snap.size < FEWEST_DISTINCT:
        return (
            f"only {snap.distinct * snap.size:.0f} different particles are left, fewer than {FEWEST_DISTINCT}"
        )
    if max(runs) > WIDEST * min(runs):
        return (
            f"independent populations differ by a factor of {max(runs) / min(runs):.1f}, more than {WIDEST:g}"
        )
    if unknown > MOST_UNKNOWN:
        return f"{100 * unknown:.0f} % of the futures leave the range of the model"
    return ""
