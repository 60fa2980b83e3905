"""Prediction, not description: forecasts from as-of days scored by the next day, and blocks of reports left out.

For every as-of day the case is cut, conditioned on what was known, and run on; what was observed of the next day (`observed`)
is scored by the log of the probability that the forecast gave it, beside two nulls (`nulls`). Blocks of reports that a run has
never seen must be predicted (`blocks`). Where several seeds are asked, each score stands with its spread between them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from interrex.case import Case, load_case
from interrex.case.cut import CutCase
from interrex.efforts import Effort
from interrex.errors import RunError
from interrex.options import ScoreOptions, taking
from interrex.scoring.blocks import blocks_of, leave_out
from interrex.scoring.issued import issue
from interrex.scoring.lines import table
from interrex.scoring.observed import observe_day, scoreable
from interrex.store import files

MOST_DAYS, QUIET_DAYS = 5, 1
"""So many days of issue at most, unless others are asked, and how many of them before a watched day without a report."""


def default_days(case: CutCase) -> list[date]:
    """Days of issue before an observed day: before reported ones, spread evenly, and before the last that was watched in vain."""
    found = scoreable(case)
    reported, silent = (
        [d - timedelta(days=1) for d, seen in found.items() if bool(seen.claims) == told]
        for told in (True, False)
    )
    return sorted(evenly(reported, MOST_DAYS - QUIET_DAYS) + silent[-QUIET_DAYS:])


def evenly(days: Sequence[date], most: int) -> list[date]:
    """At most so many of the days, the first and the last among them."""
    if len(days) <= most:
        return list(days)
    return [days[round(n * (len(days) - 1) / (most - 1))] for n in range(most)]


@taking(ScoreOptions)
def score_case(case: str | Path | Case | CutCase, asked: ScoreOptions) -> str:
    """Score a case; writes `scores.json` beside its runs, which no run reads, and returns a table for the terminal.

    case: name of a shipped case, a folder, or a Case; RunError for one that is already cut, since what came next is
    what forecasts are scored by, and for days of issue after which nothing was observed."""
    full = load_case(case) if isinstance(case, (str, Path)) else case
    if not isinstance(full, Case):
        raise RunError("a cut case has no next day to score by", "give the case itself, and days in as_of")
    effort, progress, known = asked.sizes, asked.progress, full.as_of(full.default_as_of)
    days, seeds = asked.days or default_days(known), range(asked.seed, asked.seed + asked.seeds)
    _check(known, days)
    issues = [[] for _ in days]
    for day, row in zip(days, issues, strict=True):
        for seed in seeds:
            progress.stage(f"as of {day}" + f", seed {seed}" * (asked.seeds > 1), _moves(effort))
            row.append(issue(full, known.as_of_date, day, effort, seed, asked.threads, asked.priors, progress.advance))
    found = blocks_of(known)
    blocks = [[] for _ in found]
    for (label, claims), row in zip(found.items(), blocks, strict=True):
        for seed in seeds:
            progress.stage(f"without {label}" + f", seed {seed}" * (asked.seeds > 1), _moves(effort))
            row.append(leave_out(known, label, claims, effort, seed, asked.threads, asked.priors, progress.advance))
    document = {
        "case": full.id,
        "fingerprint": full.fingerprint,
        "effort": asked.effort_name,
        "priors": asked.priors,
        "seeds": [*seeds],
        "known": known.as_of_date.isoformat(),
        "dates": [[one._asdict() | {"as_of": one.as_of.isoformat()} for one in row] for row in issues],
        "blocks": [[one._asdict() for one in row] for row in blocks],
    }
    folder = Path(asked.out) / full.id
    files.make_folder(folder)
    files.write_bytes(
        folder / "scores.json", (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
    )
    return table(issues, blocks, seeds)


def _moves(effort: Effort) -> float:
    """About so many histories are proposed by one conditioning."""
    return effort.islands * effort.particles * (1 + 4 * (effort.sweeps * 4 + effort.final_sweeps))


def _check(known: CutCase, days: Sequence[date]) -> None:
    """RunError for a day of issue after which there is nothing to score."""
    window = known.window
    for day in days:
        tomorrow = day + timedelta(days=1)
        if not window.start <= day < window.end or not observe_day(known, tomorrow).anything:
            seen = ", ".join(str(d - timedelta(days=1)) for d in scoreable(known)) or "none"
            raise RunError(
                f"nothing was observed on {tomorrow}, the day after --as-of {day}: no claim counts its crowd and no coverage speaks for silence",
                f"days of issue that can be scored: {seen}",
            )
