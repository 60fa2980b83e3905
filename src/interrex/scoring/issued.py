"""One forecast: the case as known on a day, conditioned, run on freely, and held against the days after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from interrex.case import Case
from interrex.efforts import Effort
from interrex.engine.history import History
from interrex.engine.pool import Pool
from interrex.futures import members, rivals
from interrex.futures.members import Member
from interrex.futures.summaries import Summary, summarise
from interrex.inference.diagnostics import diagnose, reason
from interrex.inference.learned import learned_for
from interrex.inference.model import build, condition
from interrex.scoring import nulls
from interrex.scoring.observed import (
    forecast,
    largest_told,
    log_score,
    observe_day,
    predict,
    reached,
    same_everywhere,
)

LARGE = 10_000.0
"""Persons; the chance that so many take part in the nation on one of the days to come is forecast."""
AHEAD = 10
"""So many days."""


class Issue(NamedTuple):
    """A forecast as of a day by one seed, beside what came. Scores in nats; more is better."""

    as_of: date
    reports: int
    watched: bool  # whether silence was observed somewhere
    model: float
    persistence: float
    climatology: float
    large: float  # chance that `LARGE` take part on one of `AHEAD` days
    came: bool | None  # whether a report says so; None where nobody can
    failed: str  # which of the sampler's own checks failed; '' if none did


def issue(
    full: Case, known: date, as_of: date, effort: Effort, seed: int, workers: int, priors: str, advance: Callable[[float], None]
) -> Issue:  # fmt: skip
    """Forecast the day after `as_of`, and score it by what the record says of that day as `known` later."""
    truth, cut = full.as_of(max(known, as_of)), full.as_of(as_of)
    day = observe_day(truth, as_of + timedelta(days=1))
    model = build(cut, effort.weight, seed, None, learned_for(cut, priors))
    begin = (as_of - cut.window.start).days + 1
    arena = model.arena._replace(days=min(model.arena.days, begin + AHEAD))
    pool = Pool(model.arena, workers)
    try:
        posterior = condition(model, effort, seed, pool, True, None, False, advance)
        chosen = members.posterior_members(
            posterior, arena, rivals.accept_odds(cut), seed, effort.members, pool
        )
        places = members.chosen(posterior, len(chosen))
        observers = [posterior.target.luck(posterior.z[i], posterior.noise[i])[1] for i in places]

        def both(history: History, member: Member) -> tuple[Any, Summary]:
            return predict(day, history, observers[member.number]), summarise(history, member)

        rows = members.run_free(
            pool, arena, chosen, model.target.hazard_priors, begin * arena.ticks_per_day, both, seed
        )
    finally:
        pool.close()
    people = float(arena.place.nation)
    ahead = np.array([s.nation_part[begin:].max() for _, s in rows])
    printed = {
        "the crowd of the next day": np.array([s.nation_part[begin] for _, s in rows]),
        "the largest crowd to come": ahead,
    }
    today = largest_told(cut, as_of)
    same, usual = (
        log_score(day, same_everywhere(day, *null))
        for null in (nulls.persistence(today, people), nulls.climatology(people))
    )
    return Issue(
        as_of, len(day.claims), bool(day.watched), log_score(day, forecast([p for p, _ in rows], observers)), same, usual,
        float(np.mean(ahead >= LARGE)), reached(truth, [as_of + timedelta(days=n + 1) for n in range(AHEAD)], LARGE),
        reason(diagnose(posterior, printed, posterior.island[places])),
    )  # fmt: skip
