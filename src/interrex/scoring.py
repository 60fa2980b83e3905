"""Prediction, not description: forecasts from as-of days scored by the next day, and blocks of reports left out.

For every as-of day the case is cut, conditioned on what was known, and run one day ahead; the crowd class of that
day (fewer than 1,000; to 10,000; to 100,000; more) is scored by the log of its forecast probability, beside
persistence (today's class again) and climatology (how often days in autocracies are of that class). A day that nobody
counted is scored only where coverage says that its silence means something. Blocks: a run that never sees the
detentions, the worst region, or the peak day must predict them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from interrex.case import Case, load_case
from interrex.case.cut import CaseBody, CutCase
from interrex.case.places import NATION, region_of, units_of
from interrex.case.releases import extent
from interrex.engine.pool import Pool
from interrex.errors import RunError
from interrex.futures import members, rivals
from interrex.futures.end_state import end_state
from interrex.futures.office import office_of
from interrex.futures.summaries import summarise
from interrex.inference.model import build, condition
from interrex.inference.target import make_target
from interrex.inference.terms import of, series
from interrex.options import ScoreOptions, taking
from interrex.store import files
from interrex.topics.fit.answer import observed_extremes
from interrex.topics.outcomes.answer import outcomes

EDGES = (1_000.0, 10_000.0, 100_000.0)
CLASSES = ("under 1,000", "1,000 to 10,000", "10,000 to 100,000", "over 100,000")
CLIMATOLOGY = (1 - 5189 / 910_087.0, 3432 / 910_087.0, 1334 / 910_087.0, 423 / 910_087.0)
"""Mass Mobilization, autocracies January 1990 to March 2020 (the class of `mechanisms.acts`): days of a country by its largest
protest, whose size is the least that the coders' words allow; a listing counts at most 14 days."""
PERSISTENCE = (
    0.7  # probability that tomorrow's class is today's; the rest is shared by the others; assumption
)


def crowd_class(persons: float) -> int:
    """Index of the class of a national crowd."""
    return sum(persons >= e for e in EDGES)


def reported_crowd(case: CaseBody, day: date, known: date | None = None) -> float | None:
    """The national crowd of a day as the record has it, persons: the nation's figure, else the largest local one, else 0 if
    the whole country's crowds are covered that day, and None where nobody looked. `known` restricts to what an analyst
    could read by that day."""
    nation, local = [], []
    for c in case.claims:
        last = max(c.when.end.date(), c.when.start.date() + timedelta(days=1))
        said = c.value is not None or (c.low is not None and c.high is not None)
        if c.kind != "crowd" or c.basis == "inference" or not said or not c.when.start.date() <= day < last:
            continue
        if known is not None and c.known_from > known:
            continue
        low, high = extent(c)
        (nation if c.place in NATION else local).append(
            math.sqrt(max(low, 1.0) * max(min(high, _people(case)), 1.0))
        )
    if nation or local:
        return max(nation or local)
    covered = {
        u
        for c in case.coverage
        if c.what == "crowds" and c.start <= day <= c.end and (known is None or c.known_from <= known)
        for u in units_of(case, c.place)
    }
    return 0.0 if len(covered) == len(case.units) else None


def _people(case: CaseBody) -> float:
    return float(sum(u.population for u in case.units))


def default_days(case: CaseBody) -> list[date]:
    """Five days before the first reported crowd, that day, and 3, 9 and 17 days later, inside the window."""
    days = [c.when.day for c in case.claims if c.kind == "crowd" and c.when.day >= case.window.start]
    first = min(days, default=case.window.start + timedelta(days=7))
    wanted = [first + timedelta(days=d) for d in (-5, 0, 3, 9, 17)]
    return [d for d in wanted if case.window.start <= d < case.window.end]


@taking(ScoreOptions)
def score_case(case: str | Path | Case | CutCase, asked: ScoreOptions) -> str:
    """Score a case; writes `scores.json` beside its runs, which no run reads, and returns a table for the terminal.

    case: name of a shipped case, a folder, or a Case; RunError for one that is already cut, since what came next is
    what forecasts are scored by."""
    full = load_case(case) if isinstance(case, (str, Path)) else case
    if not isinstance(full, Case):
        raise RunError("a cut case has no next day to score by", "give the case itself, and days in as_of")
    settings, progress, seed = asked.sizes._replace(islands=1), asked.progress, asked.seed
    days = asked.days or default_days(full)
    rows = []
    for day in days:
        moves = settings.particles * (1 + 4 * (settings.sweeps * 4 + settings.final_sweeps))
        progress.stage(f"as of {day}", moves)
        rows.append(forecast(full, day, settings, seed, asked.threads, progress.advance))
    last = full.default_as_of
    progress.stage(
        "blocks left out", 3 * settings.particles * (1 + 4 * (settings.sweeps * 5 + settings.final_sweeps))
    )
    blocks = left_out(full, last, settings, seed, asked.threads, progress.advance)
    document = {
        "case": full.id,
        "fingerprint": full.fingerprint,
        "effort": asked.effort_name,
        "seed": seed,
        "known": last.isoformat(),
        "dates": rows,
        "blocks": blocks,
    }
    folder = Path(asked.out) / full.id
    files.make_folder(folder)
    files.write_bytes(
        folder / "scores.json", (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
    )
    return table(rows, blocks)


def forecast(
    full: Any, day: date, settings: Any, seed: int, workers: int, advance: Any
) -> dict[str, Any]:
    """Forecast of the next day's class, chance of 10,000 in ten days, and entropy of the outcome, from one as-of day."""
    cut = full.as_of(day)
    model = build(cut, settings.weight, seed)
    pool = Pool(model.arena, workers)
    posterior = condition(model, settings, seed, pool, True, None, False, advance)
    chosen = members.posterior_members(
        posterior, model.arena, rivals.accept_odds(cut), seed, settings.members, pool
    )
    free_from = ((day - cut.window.start).days + 1) * model.arena.ticks_per_day
    ends: dict[int, Any] = {}
    office = office_of(cut, model.observations.events)

    def both(history: Any, member: Any) -> Any:
        ends[member.number] = end_state(history, member, model.arena, office)
        return summarise(history, member)

    runs = members.run_free(pool, model.arena, chosen, model.target.hazard_priors, free_from, both, seed)
    pool.close()
    ahead = (day - cut.window.start).days + 1
    part = np.stack([s.nation_part for s in runs])
    counts = np.bincount([crowd_class(float(v)) for v in part[:, ahead]], minlength=len(CLASSES)) + 0.25
    p = counts / counts.sum()
    came, today = reported_crowd(full, day + timedelta(days=1)), reported_crowd(full, day, known=day)
    truth = None if came is None else crowd_class(came)
    persistence = np.array(CLIMATOLOGY)
    if today is not None:
        persistence[:] = (1 - PERSISTENCE) / (len(CLASSES) - 1)
        persistence[crowd_class(today)] = PERSISTENCE

    def worth(forecast: Sequence[float] | np.ndarray) -> float | None:
        return None if truth is None else math.log(forecast[truth])

    island = members.islands(posterior, len(chosen))
    ended = outcomes([ends[i] for i in range(len(chosen))], island, office, seed, float(cut.question.horizon_days))
    q = ended["p"].values.astype(float)
    q = q[q > 0]
    return {
        "as_of": day.isoformat(), "model": worth(p), "persistence": worth(persistence), "climatology": worth(CLIMATOLOGY),
        "forecast": [round(float(v), 4) for v in p], "truth": "not observed" if truth is None else CLASSES[truth],
        "p_10000_ten_days": float(np.mean(np.stack([s.nation for s in runs])[:, ahead : ahead + 10].max(axis=1) >= 10_000)),
        "outcome_entropy": float(-(q * np.log(q)).sum()),
    }  # fmt: skip


def left_out(
    full: Any, day: date, settings: Any, seed: int, workers: int, advance: Any
) -> list[dict[str, Any]]:
    """Mean log density a report of the blocks that conditioning never saw, beside the uninformed density. From the prior:
    a shipped proposal was fitted to the whole record, and has seen what is left out."""
    cut = full.as_of(day)
    model = build(cut, settings.weight, seed)
    obs = model.observations
    claims = {c.id: c for c in cut.claims}
    _, worst = observed_extremes(cut)
    sizes = {
        c.when.day: c.value for c in cut.claims if c.kind == "crowd" and c.place in ("", "nation") and c.value
    }
    peak = max(sizes, key=lambda d: sizes[d], default=None)
    place = [region_of(cut, claims[n[0]].place) if n and n[0] in claims else None for n in obs.term_claims]
    when = [claims[n[0]].when.day if n and n[0] in claims else None for n in obs.term_claims]
    blocks = {
        "detentions, predicted from crowds": of(obs.terms, series.ARRESTS),
        f"everything on {worst}": np.array([p == worst and worst is not None for p in place]),
        f"crowds of {peak}": np.array([d == peak and peak is not None for d in when]),
    }
    out, pool = [], Pool(model.target.arena, workers)
    for label, mask in blocks.items():
        mask = mask & (obs.term_use == 1) & obs.terms.spoken & (obs.terms.last < obs.ticks)
        if not mask.any():
            continue
        old = model.target
        target = make_target(
            old.arena,
            old.space,
            obs,
            old.record,
            old.hazard_priors,
            old.course,
            None,
            (~mask).astype(np.int64),
        )
        posterior = condition(
            model._replace(target=target), settings, seed, pool, False, None, False, advance
        )
        scores = [s for c in posterior.clouds for s in c.particles.scores if s is not None]
        model_score = [
            math.log(np.mean([math.exp(max(s.known[i], -60.0)) for s in scores]))
            for i in np.flatnonzero(mask)
        ]
        baseline = [scores[0].unknown[i] for i in np.flatnonzero(mask)]
        out.append(
            {
                "label": f"{label} ({int(mask.sum())} reports, left out)",
                "model": float(np.mean(model_score)),
                "baseline": float(np.mean(baseline)),
            }
        )
    pool.close()
    return out


def table(rows: list[dict[str, Any]], blocks: list[dict[str, Any]]) -> str:
    """The scores as lines."""
    lines = [
        "as of        next day was       log score: model  persistence  climatology   P(10,000 in ten days)  entropy of outcome"
    ]
    score = lambda r, m: f"{r[m]:.2f}" if r["model"] is not None else "-"  # noqa: E731
    lines += [
        f"{r['as_of']}   {r['truth']:<18} {score(r, 'model'):>16} {score(r, 'persistence'):>12} "
        f"{score(r, 'climatology'):>12} {r['p_10000_ten_days']:>19.3f} {r['outcome_entropy']:>20.2f}"
        for r in rows
    ]
    seen = [r for r in rows if r["model"] is not None]
    total = [sum(r[m] for r in seen) for m in ("model", "persistence", "climatology")]
    days = f"sum of {len(seen)} of {len(rows)} days"
    lines.append(f"{days:<31} {total[0]:>16.2f} {total[1]:>12.2f} {total[2]:>12.2f}")
    if len(seen) < len(rows):
        lines.append(
            "Days on which nobody counted, and whose silence no coverage speaks for, are not scored."
        )
    lines += ["", "left-out blocks, mean log density a report: model against an uninformed source"]
    lines += [f"  {b['label']:<70} {b['model']:>8.2f} {b['baseline']:>8.2f}" for b in blocks]
    return "\n".join(lines)
