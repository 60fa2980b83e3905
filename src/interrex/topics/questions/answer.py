"""The case's dated forecast questions: each with a rule that settles it, the model's chance, and a base rate.

A question is settled on every history by its rule. Histories that left the range of the model count as known
only if the rule was already met; otherwise the interval holds both ways. Whether the question is already
decided is read off the claims known at the as-of day alone.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import xarray

from interrex.case.places import NATION
from interrex.engine.acts import SCHEDULED
from interrex.engine.arena import Arena
from interrex.futures.base_rates import OUTCOME_RATES, in_office, jeffreys
from interrex.futures.conditioned import Conditioned
from interrex.futures.end_state import (
    EXITS,
    NAMES,
    SLOW_CLOCK,
    clock_draw,
    exit_probability,
    fates,
    share_of,
    stays,
)
from interrex.futures.end_state import Summary as EndState
from interrex.futures.summaries import Summary as Path
from interrex.mechanisms.acts import BY_KIND, act
from interrex.words import OUTCOMES

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
RISING = (">=", ">")  # a cumulative or highest number that once meets such a rule meets it for good
CREDIBLE = 0.5  # mean reliability above which a claim decides a question


class Answer(NamedTuple):
    """The model's chance of yes with a central 90 % interval; NaN where the model cannot answer."""

    p: float
    low: float
    high: float


UNKNOWN = Answer(math.nan, math.nan, math.nan)


def due_days(case: Any, question: Any) -> float:
    """Days from the window's start to the end of the day on which the question falls due."""
    return float((question.due - case.window.start).days + 1)


def settled(
    case: Any, question: Any, states: Sequence[EndState], paths: Sequence[Path], arena: Arena
) -> Answer:
    """P(yes) over the members. NaN if the rule looks past the simulated window or at a place that is not
    kept."""
    rule, due = question.rule, due_days(case, question)
    if rule.quantity in ("in_office", "outcome"):
        known = [s for s in states if not s["stopped"]]
        unknown = len(states) - len(known)
        luck = [clock_draw(s, arena.seed) for s in known]
        if rule.quantity == "in_office":
            values = [stays(s, g, due) for s, g in zip(known, luck, strict=True)]
            if rule.value is False:
                values = [1.0 - v for v in values]
        else:
            slot = NAMES.index(rule.outcome)
            values = [float(fates(s, g, due)[slot]) for s, g in zip(known, luck, strict=True)]
        return Answer(*share_of(sum(values), len(known), unknown))
    if due > arena.days and (rule.quantity != "act" or rule.op):
        return UNKNOWN
    verdicts = [settle(case, rule, due, path) for path in paths]
    if any(v is None for v in verdicts):
        return UNKNOWN
    open_ended = [p.stopped and not (v and final(rule)) for v, p in zip(verdicts, paths, strict=True)]
    later = due - arena.days
    hits = 0.0
    for path, verdict, unclear in zip(paths, verdicts, open_ended, strict=True):
        if not unclear:
            hits += 1.0 if verdict else after_window(rule, path, later)
    return Answer(*share_of(hits, len(paths) - sum(open_ended), sum(open_ended)))


def after_window(rule: Any, path: Path, days: float) -> float:
    """Chance that an act which did not happen in the window happens in the `days` after it, at the
    catalogue's rate in calm times; 0 if it needs an act that has not happened."""
    if rule.quantity != "act" or days <= 0.0 or rule.act in SCHEDULED:
        return 0.0
    row = BY_KIND[rule.act]
    for gate in row.gate:
        if gate[0] == "crisis":
            return 0.0
        if gate[0] in ("after", "not_after"):
            happened = bool(np.isfinite(path.fired[act(gate[1])]).any())
            if happened != (gate[0] == "after"):
                return 0.0
    return -math.expm1(-row.phase_rates.calm.per_day * days)


def final(rule: Any) -> bool:
    """Whether a rule once met stays met."""
    return rule.quantity == "act" and not rule.op or rule.op in RISING


def settle(case: Any, rule: Any, due: float, path: Path) -> bool | None:
    """Whether one history meets the rule by `due`; None where the history does not keep the place asked
    for."""
    last = int(due)
    if rule.quantity == "act":
        fired = path.fired[act(rule.act)]
        count = float((fired[np.isfinite(fired)] < due * 1440.0).sum())
        return OPERATORS[rule.op](count, float(rule.value)) if rule.op else count >= 1.0
    column = scope_index(case, rule.scope)
    if rule.quantity == "peak_crowd":
        if column is None:
            return None
        series = path.nation if column < 0 else path.present[:, column]
        value = float(series[:last].max())
    elif column is not None and column < 0:
        value = float((path.deaths if rule.quantity == "deaths" else path.arrests)[last - 1])
    else:
        return None
    return OPERATORS[rule.op](value, float(rule.value))


def scope_index(case: Any, scope: str) -> int | None:
    """-1 for the nation, the index of a region, or of the region that a unit makes up alone; else None."""
    if scope in ("", "nation"):
        return -1
    names = [r.region for r in case.regions]
    if scope in names:
        return names.index(scope)
    for unit in case.units:
        if unit.unit == scope and sum(u.region == unit.region for u in case.units) == 1:
            return names.index(unit.region)
    return None


def base_rate(case: Any, question: Any) -> tuple[float, str]:
    """A base rate and where it comes from; (NaN, '') where nothing was counted.

    For an act: the catalogue's rate in calm times over the days from when the question could be asked to when
    it falls due. Acts that need another act first have none."""
    rule = question.rule
    asked = max(question.known_from or case.window.start, case.window.start)
    days = float((question.due - asked).days + 1)
    if rule.quantity == "act":
        row = BY_KIND[rule.act]
        gated = any(gate[0] in ("after", "crisis") for gate in row.gate)
        if gated or rule.act in SCHEDULED or rule.op:
            return math.nan, ""
        rate = row.phase_rates.calm
        return -math.expm1(-rate.per_day * days), (
            f"calm days, {rate.n} in {rate.days:,.0f} days, over {days:.0f} days: {rate.source}"
        )
    if rule.quantity == "outcome":
        base = OUTCOME_RATES[rule.outcome]
        return jeffreys(base.n, base.total)[0], f"{base.n:.0f} of {base.total:.0f}: {base.source}"
    if rule.quantity == "in_office":
        if days in (180.0, 365.0):
            shares = [jeffreys(r.n, r.total)[0] for r in in_office(int(days))]
            p, source = sum(shares) / len(shares), "mean of three reference classes"
        else:
            p = 1.0 - exit_probability(days)
            source = f"annual hazards of exit over {days:.0f} days: {SLOW_CLOCK[0].source}"
        return (1.0 - p if rule.value is False else p), source
    return math.nan, ""


def resolved(case: Any, question: Any) -> str:
    """'yes' or 'no' if the claims of a cut case decide the question, else 'open'.

    A yes needs one credible claim that meets the rule. A no needs the due day to have passed and the ledger
    to cover the whole time, so that its silence means that nothing happened."""
    rule = question.rule
    over = case.as_of_date > question.due
    if rule.quantity == "act":
        count = len({c.when.text for c in _claims(case, "act", question.due) if c.act == rule.act})
        if final(rule) or not rule.op:
            needed = float(rule.value) if rule.op else 1.0
            if OPERATORS[rule.op or ">="](float(count), needed):
                return "yes"
            return "no" if over and covered(case, "acts", question.due) else "open"
        return "open"
    if rule.quantity in ("peak_crowd", "deaths", "arrests"):
        kind = {"peak_crowd": "crowd"}.get(rule.quantity, rule.quantity)
        inside = _places(case, rule.scope)
        numbers = [
            (c.low if c.low is not None else c.value, c.high if c.high is not None else c.value)
            for c in _claims(case, kind, question.due)
            if c.place in inside and (c.low is not None or c.value is not None)
        ]
        if rule.op not in RISING:
            return "open"
        test = OPERATORS[rule.op]
        if any(test(float(low), float(rule.value)) for low, _ in numbers):
            return "yes"
        beyond = any(high is not None and test(float(high), float(rule.value)) for _, high in numbers)
        if over and not beyond and covered(case, f"{kind}s" if kind == "crowd" else kind, question.due):
            return "no"
        return "open"
    incumbents = {a.id for a in case.actors if a.role == "incumbent"}
    gone = any(
        c.act in EXITS[:3] and incumbents & {*c.actors, *c.targets}
        for c in _claims(case, "act", question.due)
    )
    if rule.quantity == "in_office":
        if gone:
            return "yes" if rule.value is False else "no"
        if over and covered(case, "acts", question.due):
            return "no" if rule.value is False else "yes"
    return "open"


def _claims(case: Any, kind: str, due: Any) -> list[Any]:
    """Credible claims of a kind about things that happened from the window's start to the due day."""
    return [
        c
        for c in case.claims
        if c.kind == kind
        and c.basis != "inference"
        and c.reliability.mean >= CREDIBLE
        and case.window.start <= c.when.start.date() <= due
        and c.when.end.date() <= due + timedelta(days=1)
    ]


def _places(case: Any, scope: str) -> set[str]:
    """Places whose numbers bound the scope from below: the place itself and everything in it."""
    units = {u.unit for u in case.units if scope in ("", "nation", u.region, u.unit)}
    regions = {r.region for r in case.regions if scope in ("", "nation", r.region)}
    return units | regions | ({"", "nation"} if scope in ("", "nation") else set())


def covered(case: Any, what: str, due: Any) -> bool:
    """Whether coverage of this kind leaves no day open from the window's start to the due day."""
    day = case.window.start
    spans = sorted((c.start, c.end) for c in case.coverage if c.what == what and c.place in NATION)
    for start, end in spans:
        if start <= day <= end:
            day = end + timedelta(days=1)
    return bool(day > due)


def questions(case: Any, states: Sequence[EndState], paths: Sequence[Path], arena: Arena) -> xarray.Dataset:
    """The dated questions of a cut case (dim question), answered by its members' end states and paths."""
    asked = list(case.questions)
    answers = np.array([settled(case, q, states, paths, arena) for q in asked], dtype=float).reshape(-1, 3)
    bases = [base_rate(case, q) for q in asked]
    text = lambda values: np.array(list(values), dtype=object)  # noqa: E731
    return xarray.Dataset(
        {
            "text": ("question", text(q.text for q in asked)),
            "rule": ("question", text(rule_text(q.rule) for q in asked)),
            "due": ("question", text(q.due.isoformat() for q in asked)),
            "q_p": ("question", answers[:, 0]),
            "q_low": ("question", answers[:, 1]),
            "q_high": ("question", answers[:, 2]),
            "q_base": ("question", np.array([p for p, _ in bases], dtype=float)),
            "q_base_source": ("question", text(source for _, source in bases)),
            "q_resolved": ("question", text(resolved(case, q) for q in asked)),
        }
    )


def rule_text(rule: Any) -> str:
    """The rule as a short line, e.g. 'peak_crowd in nation >= 10,000'."""
    if rule.quantity == "act":
        return f"{rule.act} happens" if not rule.op else f"{rule.act} {rule.op} {rule.value:g} times"
    if rule.quantity == "outcome":
        return f"outcome is {OUTCOMES[rule.outcome]}"
    if rule.quantity == "in_office":
        return "incumbent out of office" if rule.value is False else "incumbent in office"
    return f"{rule.quantity} in {rule.scope or 'nation'} {rule.op} {rule.value:,.0f}"


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /questions of a conditioned case."""
    return questions(run.case, run.histories.ends, run.histories.summaries, run.model.arena)
