"""The chance that the incumbent leaves by the question's day: the world record, the crisis record and the simulation, and
their sum.

The sum is a log-linear pool over leaving and staying: log odds are averaged with weights that add to 1. The two records have
no held-out sample in common. So the world record stands alone while no mass protest is under way; while one is, the two are
weighed by what each gained, per held-out forecast, on the log score of its own pooled null (0 where it lost; alike where both
lost). The simulation weighs 0 until a score of its own, on the same scale, says that it gained.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interrex.case.cut import CutCase
from interrex.errors import CaseError, RunError
from interrex.futures.crisis_state import state_of
from interrex.futures.ruler import ruler
from interrex.futures.shares import Chance
from interrex.record import crisis, risk
from interrex.record.questions import HORIZONS
from interrex.record.summary import Summary, load
from interrex.words import SIMULATION

WORLD, CRISIS = "world record", "crisis record"
MONTH = 365.25 / 12  # days
HELD_OUT = "panel, features chosen in time"
"""The scores of the crisis record that owe nothing to later days."""
NEVER = 1e-4
"""Least chance of either side in the pool, so that no part decides alone."""


class Score(NamedTuple):
    """How held-out forecasts of a part did against its pooled null: how many, Brier skill with a 90 % interval, and the gain
    in log score, nats a forecast."""

    n: int
    skill: float
    low: float
    high: float
    gain: float


class Part(NamedTuple):
    """One source: chance of leaving with its range (NaN where it has none); score, None where nothing has been scored."""

    name: str
    p: float
    low: float
    high: float
    score: Score | None
    note: str = ""


class Pool(NamedTuple):
    """days: days ahead of the as-of day; records_p: the pool of the records alone; rule: how the weights came about; without:
    which record is absent and why, '' if none."""

    days: int
    parts: tuple[Part, ...]
    weights: tuple[float, ...]
    p: float
    low: float
    high: float
    records_p: float
    rule: str
    without: str


def within(days: float, edges: ArrayLike, p: ArrayLike) -> float:
    """The chance within `days` from chances `p` within `edges` days: the hazard is constant between edges, and after the last
    as before it."""
    at, total = np.r_[0.0, np.asarray(edges, float)], np.r_[0.0, -np.log1p(-np.asarray(p, float))]
    beyond = max(days - at[-1], 0.0) * (total[-1] - total[-2]) / (at[-1] - at[-2])
    return float(-np.expm1(-(np.interp(days, at, total) + beyond)))


def pooled(p: Sequence[float], weights: Sequence[float]) -> float:
    """The log-linear pool; a part without weight is not read."""
    used = [(x, w) for x, w in zip(p, weights, strict=True) if w > 0]
    if len(used) == 1:
        return used[0][0]
    sides = np.clip([x for x, _ in used], NEVER, 1 - NEVER)
    score = float(np.dot([w for _, w in used], np.log(sides / (1 - sides))))
    return 1 / (1 + math.exp(-score))


def weigh(parts: Sequence[Part]) -> tuple[tuple[float, ...], str]:
    """Weights that add to 1, and the rule that made them in words with its numbers."""
    gains = [max(x.score.gain, 0.0) if x.score else 0.0 for x in parts]
    records = [x.name != SIMULATION for x in parts]
    alone = sum(records) == 1 and not any(g for g, r in zip(gains, records, strict=True) if not r)
    if alone or sum(gains) == 0:
        weights = [r / sum(records) for r in records]
    else:
        weights = [g / sum(gains) for g in gains]
    told = ", ".join(f"{x.name} {x.score.gain:+.3f}" for x in parts if x.score)
    if alone:
        rule = f"the {parts[records.index(True)].name} stands alone"
    elif sum(gains) == 0:
        rule = f"the records weigh alike, since none gained on its own pooled null ({told} nats a held-out forecast)"
    else:
        rule = f"weights follow the gain on each part's own pooled null ({told} nats a held-out forecast)"
    last = next((x for x in parts if x.name == SIMULATION), None)
    if last is not None and not weights[parts.index(last)]:
        why = "it gained nothing on its null" if last.score else "no forecast of it has been scored"
        rule += f"; the simulation weighs 0, since {why}"
    return tuple(weights), rule


def pool(parts: Sequence[Part], days: int, without: str = "") -> Pool | None:
    """The sum of the parts; None where no record is among them."""
    records = [x for x in parts if x.name != SIMULATION]
    if not records:
        return None
    weights, rule = weigh(parts)
    alone = weigh(records)[0]
    p, low, high = (pooled([getattr(x, end) for x in parts], weights) for end in ("p", "low", "high"))
    return Pool(
        days, tuple(parts), weights, p, low, high, pooled([x.p for x in records], alone), rule, without
    )


def days_ahead(case: CutCase) -> int:
    """Days from the as-of day to the day that the question asks for."""
    return case.question.horizon_days - (case.as_of_date - case.window.start).days


def pool_of(case: CutCase, in_office: Chance, score: Score | None = None) -> Pool | None:
    """The pool of a case on its as-of day; `in_office` is the simulation's chance that he stays and `score` what its own
    forecasts scored. None where the question's day is past or no record can be asked."""
    days = days_ahead(case)
    if days <= 0:
        return None
    parts: list[Part] = []
    without = ""
    try:
        parts.append(world_part(case, days))
    except (CaseError, RunError) as error:
        without = f"without the {WORLD}: {error}"
    state = state_of(case)
    if state.began is not None and state.latest:
        parts.append(crisis_part(state, days))
    leaves = (1 - in_office.p, 1 - in_office.high, 1 - in_office.low)
    return pool([*parts, Part(SIMULATION, *leaves, score)], days, without)


def world_part(case: CutCase, days: int) -> Part:
    """What the world record says. Raises CaseError or RunError where it cannot be asked."""
    day, summary = case.as_of_date, load()
    known = ruler(case, day)
    asked = risk.of_country(known.country, known.ccode, day, known.unknown)
    lines = [asked.line("exit", months) for months in HORIZONS]
    edges = [MONTH * months for months in HORIZONS]
    p, low, high = (within(days, edges, [getattr(x, end) for x in lines]) for end in ("p", "low", "high"))
    note = f"learned until {asked.fitted}" + (
        "" if known.ccode >= 0 else ", without an effect of the country"
    )
    return Part(WORLD, p, low, high, world_score(summary, asked.kind, days), note)


def world_score(summary: Summary, kind: str, days: float) -> Score:
    """The held-out score at the horizon next to `days`. The null's log score is taken at its mean chance over the years."""
    months = min(HORIZONS, key=lambda m: abs(MONTH * m - days))
    found = summary.scores["exit", months, kind]
    years = range(summary.first, summary.final + 1)
    issued = {risk.number(datetime.date(year, 1, 1)) for year in years}
    q = np.mean(
        [
            n.pooled
            for (at, k, e, m), n in summary.nulls.items()
            if at in issued and (k, e, m) == (kind, "exit", months)
        ]
    )
    rate = found.events / found.n
    null = float(rate * np.log(q) + (1 - rate) * np.log1p(-q))
    return Score(found.n, found.pooled, *found.pooled_interval, found.log - null)


def crisis_part(state: crisis.CrisisState, days: int) -> Part:
    """What the crisis record says while mass protest is under way."""
    summary = crisis.shipped()
    found = crisis.chance(summary, state)
    p, low, high = (within(days, found.horizons, row) for row in found.any)
    until = str(summary["panels_to"])
    later = ", also from days after the as-of day" if until > state.day.isoformat() else ""
    near = min(found.horizons, key=lambda h: abs(h - days))
    s = summary["scores"][HELD_OUT]["any"][str(near)]
    least, most = s["brier_interval"]
    score = Score(s["rows"], s["brier_skill"], least, most, s["log_gain"])
    return Part(CRISIS, p, low, high, score, f"learned until {until}{later}")
