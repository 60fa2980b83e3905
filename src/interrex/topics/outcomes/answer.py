"""How it ends, beside how such crises end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray

from interrex.futures.base_rates import CRISIS_OUTCOMES, IN_OFFICE, dirichlet
from interrex.futures.conditioned import Conditioned
from interrex.futures.end_state import Summary, clock_draw, concession_grade, fates, stays
from interrex.futures.office import Office
from interrex.futures.pool import Pool, Score, days_ahead, pool_of
from interrex.futures.shares import Chance, chance
from interrex.results.described import dataset
from interrex.topics.outcomes.variables import GROUP
from interrex.words import OUTCOMES, SIMULATION

NOT_SCORED = Score(0, np.nan, np.nan, np.nan)
CONCESSIONS = ("none", "a price", "the cabinet", "a law", "an election")


def outcomes(
    ends: Sequence[Summary], island: np.ndarray, office: Office, seed: int, horizon: float
) -> xarray.Dataset:
    """The group /outcomes from how histories end; `island` i8[history], `horizon` in days from the start of the window."""
    luck = [clock_draw(s, seed) for s in ends]
    fate = np.array([[fates(s, g, horizon, r) for s, g in zip(ends, luck, strict=True)] for r in IN_OFFICE])
    held = np.array([[stays(s, g, horizon, r) for s, g in zip(ends, luck, strict=True)] for r in IN_OFFICE])
    known = [np.nan if s["stopped"] else 1.0 for s in ends]
    graded = np.array([[k * (concession_grade(s) == g) for s, k in zip(ends, known, strict=True)] for g in range(5)])
    base = dirichlet(CRISIS_OUTCOMES)
    rows = [chance(fate[:, :, o], island) for o in range(len(OUTCOMES))]
    single = {
        "in_office_p": chance(held, island),
        "rescue_p": _flag(ends, "rescue", island),
        "purge_p": _flag(ends, "purge", island),
    }
    return dataset(GROUP, {
        "outcome": list(OUTCOMES), "name": list(OUTCOMES.values()),
        **_columns("p", Chance(*np.array(rows).T)),
        **{f"base{end}": [base[name][i] for name in OUTCOMES] for i, end in enumerate(("", "_low", "_high"))},
        "base_count": [CRISIS_OUTCOMES[name] for name in OUTCOMES],
        **{name: value for group in single for name, value in _columns(group, single[group]).items()},
        "concession": list(CONCESSIONS), "concession_p": [chance(row, island).p for row in graded],
        "reference": [f"{c.text} ({c.total:,}; {c.source})" for c in IN_OFFICE],
        "reference_p": [c.stays(horizon) for c in IN_OFFICE],
        "horizon": horizon, "window": ends[0]["days"], "stopped": float(np.isnan(known).mean()),
        "left_on": office.left.on.isoformat() if office.left else "", "left_claim": office.left.claim if office.left else "",
    })  # fmt: skip


def summed(made: Pool) -> xarray.Dataset:
    """The variables of the sum and its parts."""
    own = [x.name == SIMULATION for x in made.parts]
    scores = [x.score or NOT_SCORED for x in made.parts]
    return dataset(GROUP, {
        "part": [x.name for x in made.parts], "part_p": [x.p for x in made.parts],
        "part_low": [np.nan if s else x.low for x, s in zip(made.parts, own, strict=True)],
        "part_high": [np.nan if s else x.high for x, s in zip(made.parts, own, strict=True)],
        "part_weight": made.weights, "part_n": [s.n for s in scores], "part_skill": [s.skill for s in scores],
        "part_skill_low": [s.low for s in scores], "part_skill_high": [s.high for s in scores],
        "part_against": [x.against for x in made.parts], "part_note": [x.note for x in made.parts],
        "pool_p": made.p, "pool_low": made.low, "pool_high": made.high, "pool_records_p": made.records_p,
        "pool_days": made.days, "pool_rule": made.rule, "pool_without": made.without,
    })  # fmt: skip


def _flag(ends: Sequence[Summary], name: str, island: np.ndarray) -> Chance:
    """What a history that left the range of the model had seen by then counts."""
    return chance(np.array([np.nan if s["stopped"] and not s[name] else s[name] for s in ends]), island)


def _columns(name: str, found: Chance) -> dict[str, np.ndarray | float]:
    return {name: found.p, f"{name}_low": found.low, f"{name}_high": found.high, f"{name}_error": found.error}


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /outcomes of a conditioned case."""
    histories = run.histories
    found = outcomes(
        histories.ends, histories.island, run.office, run.settings.seed, float(run.case.question.horizon_days)
    )
    if run.office.left:
        return found
    stays_in = Chance(*(float(found[f"in_office_p{end}"]) for end in ("", "_low", "_high", "_error")))
    if not run.passed:
        stays_in = stays_in._replace(low=np.nan, high=np.nan)
    made = pool_of(run.records, days_ahead(run.case), stays_in)
    return found if made is None else found.merge(summed(made))
