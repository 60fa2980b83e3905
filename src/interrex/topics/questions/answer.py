"""The case's dated forecast questions: each with a rule that settles it, a chance, and a base rate.

A question is settled on every history by its rule. Whether the incumbent leaves office is not the simulation's word alone: its
chance is that of the sum of the records and the simulation (`interrex.futures.pool`) for the days that are left, and that he
leaves in one of several ways is that chance times the way's share of the exits, which only the simulation tells. Histories that left the range of the model count as known only if the
rule was already met; otherwise they count as no and as yes in the range. Whether the question is already decided is read
off the claims known at the as-of day alone. A base rate runs over the days that are left, of a question that is due over
the days for which it stood.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import xarray

from interrex.case.cut import CutCase
from interrex.case.places import NATION
from interrex.case.schema import Claim, ForecastQuestion, Rule
from interrex.engine.acts import SCHEDULED
from interrex.futures.base_rates import CRISIS_OUTCOMES, IN_OFFICE, dirichlet, gamma_factor
from interrex.futures.conditioned import Conditioned
from interrex.futures.end_state import NAMES, clock_draw, fates, stays
from interrex.futures.end_state import Summary as EndState
from interrex.futures.office import credible, departure
from interrex.futures.pool import Records, pool_of
from interrex.futures.shares import UNKNOWN, Chance, chance
from interrex.futures.summaries import Summary as Path
from interrex.mechanisms.acts import BY_KIND, act
from interrex.results.described import dataset
from interrex.results.schema import empty
from interrex.topics.questions.variables import GROUP
from interrex.words import OUTCOMES, SIMULATION

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
RISING = (">=", ">")  # a cumulative or highest number that once meets such a rule meets it for good
LEAVES = ("palace_coup", "uprising", "negotiated_exit", "managed_succession")
"""Outcomes by which he leaves office."""
NOT_ASKED = (math.nan, 0.0)
RATES = (0.5, 0.05, 0.95)
"""Quantiles of what a count says of a rate after the window; the first stands for the model's own rate."""


class Verdict(NamedTuple):
    """Whether claims decide a question: yes, no or open; `claim` is the one that does, '' where silence or nothing does."""

    word: str
    claim: str = ""


class Told(NamedTuple):
    """The chance of yes; parts: by source, chance and weight; way: share of the exits that are the one asked for, NaN where none
    is; recorded: whether the chance and its range rest on records alone."""

    chance: Chance
    parts: dict[str, tuple[float, float]]
    way: float = math.nan
    recorded: bool = False


class BaseRate(NamedTuple):
    """How often it happens elsewhere, NaN and '' where nothing was counted."""

    p: float
    text: str


def due_days(case: CutCase, question: ForecastQuestion) -> float:
    """Days from the window's start to the end of the day on which the question falls due."""
    return float((question.due - case.window.start).days + 1)


def settled(
    case: CutCase, question: ForecastQuestion, states: Sequence[EndState], paths: Sequence[Path], island: np.ndarray,
    seed: int,
) -> Chance:  # fmt: skip
    """Chance of yes over the histories. NaN if the rule looks past the simulated window, at the outcome before the window
    ends, or at a place that is not kept."""
    rule, due = question.rule, due_days(case, question)
    days = (case.window.end - case.window.start).days + 1
    if rule.quantity == "in_office":
        return office(states, due, island, seed, leaves=rule.value is False)
    if rule.quantity == "outcome":
        if due < days:
            return UNKNOWN
        luck = [clock_draw(s, seed) for s in states]
        at = NAMES.index(rule.outcome)
        values = [
            [float(fates(s, g, due, rate)[at]) for s, g in zip(states, luck, strict=True)] for rate in IN_OFFICE
        ]
        return chance(np.array(values), island)
    if due > days and (rule.quantity != "act" or rule.op):
        return UNKNOWN
    verdicts = [settle(case, rule, due, path) for path in paths]
    if any(v is None for v in verdicts):
        return UNKNOWN
    rows = [
        [
            1.0 if met and (final(rule) or not path.stopped)
            else math.nan if path.stopped
            else after_window(rule, path, due - days, level)
            for met, path in zip(verdicts, paths, strict=True)
        ]
        for level in RATES
    ]  # fmt: skip
    return chance(np.array(rows), island)


def office(
    states: Sequence[EndState], due: float, island: np.ndarray, seed: int, leaves: bool = False
) -> Chance:
    """Chance over the histories that he is in office `due` days after the window's start, or that he has left by then."""
    luck = [clock_draw(s, seed) for s in states]
    values = np.array([[stays(s, g, due, rate) for s, g in zip(states, luck, strict=True)] for rate in IN_OFFICE])
    return chance(1.0 - values if leaves else values, island)


def told(
    case: CutCase, question: ForecastQuestion, states: Sequence[EndState], paths: Sequence[Path], island: np.ndarray,
    seed: int, records: Callable[[], Records],
) -> Told:  # fmt: skip
    """The chance of yes, from the sum where the rule asks whether he leaves office and the ledger does not say so, and from the
    histories alone elsewhere."""
    found, rule = settled(case, question, states, paths, island, seed), question.rule
    alone = Told(found, {SIMULATION: (found.p, 1.0)})
    way_out = rule.quantity == "outcome" and rule.outcome in LEAVES
    if not (rule.quantity == "in_office" or way_out) or departure(case, case.claims) is not None:
        return alone
    stays_in = office(states, due_days(case, question), island, seed)
    made = pool_of(records(), (question.due - case.as_of_date).days, stays_in)
    if made is None or math.isnan(found.p):
        return alone
    leaves = 1 - stays_in.p
    way = (found.p / leaves if leaves > 0 else math.nan) if way_out else 1.0
    if math.isnan(way):
        return alone
    asks_leaving = way_out or rule.value is False

    def yes(p: float) -> float:
        return p * way if asks_leaving else 1 - p

    low, high = sorted((yes(made.low), yes(made.high)))
    parts = {x.name: (yes(x.p), w) for x, w in zip(made.parts, made.weights, strict=True)}
    found = Chance(yes(made.p), low, high, math.nan)
    return Told(found, parts, way if way_out else math.nan, not way_out and parts[SIMULATION][1] == 0)


def after_window(rule: Rule, path: Path, days: float, level: float = RATES[0]) -> float:
    """Chance that an act which did not happen in the window happens in the `days` after it, at the catalogue's rate in calm
    times or a quantile of what its count says of the rate; 0 if it needs an act that has not happened."""
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
    rate = row.phase_rates.calm
    factor = 1.0 if level == RATES[0] else gamma_factor(rate.n, level)
    return -math.expm1(-rate.per_day * factor * days)


def final(rule: Rule) -> bool:
    """Whether a rule once met stays met."""
    return rule.quantity == "act" and not rule.op or rule.op in RISING


def settle(case: CutCase, rule: Rule, due: float, path: Path) -> bool | None:
    """Whether one history meets the rule by `due`; None where the history does not keep the place asked
    for."""
    last = int(due)
    if rule.quantity == "act":
        fired = path.fired[act(rule.act)]
        count = float((fired[np.isfinite(fired)] < due * 1440.0).sum())
        return OPERATORS[rule.op or ">="](count, _wanted(rule))
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
    return OPERATORS[rule.op](value, _wanted(rule))


def scope_index(case: CutCase, scope: str) -> int | None:
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


def base_rate(case: CutCase, question: ForecastQuestion, verdict: Verdict) -> BaseRate:
    """A base rate over the days that are left or, of a question that is due or decided, over those for which it stood. Acts
    that need another act first have none."""
    rule = question.rule
    asked = max(question.known_from or case.window.start, case.window.start)
    still_open = verdict.word == "open" and question.due > case.as_of_date
    first = case.as_of_date + timedelta(days=1) if still_open else asked
    days = max(0, (question.due - first).days + 1)
    over = f"over {days} days" + (" from today" if still_open else f" from {first.isoformat()}")
    if rule.quantity == "act":
        row = BY_KIND[rule.act]
        gated = any(gate[0] in ("after", "crisis") for gate in row.gate)
        if gated or rule.act in SCHEDULED or rule.op:
            return BaseRate(math.nan, "")
        rate = row.phase_rates.calm
        return BaseRate(
            -math.expm1(-rate.per_day * days),
            f"{rate.n} in {rate.days:,.0f} calm days, so {rate.n + 0.5:g} in {rate.days:,.0f} by Jeffreys' rule, {over}: {rate.source}",
        )
    if rule.quantity == "outcome":
        n, crises = CRISIS_OUTCOMES[rule.outcome], sum(CRISIS_OUTCOMES.values())
        text = f"{n:.0f} of {crises:.0f} leadership crises 1989-2023, by Dirichlet(1/2) over all outcomes"
        return BaseRate(dirichlet(CRISIS_OUTCOMES)[rule.outcome][0], text)
    if rule.quantity == "in_office":
        start = float((first - case.window.start).days)
        kept = [math.exp(-c.hazard(start, start + days)) for c in IN_OFFICE]
        shares = [1.0 - p for p in kept] if rule.value is False else kept
        each = "; ".join(f"{c.text}: {p:.2f}" for c, p in zip(IN_OFFICE, shares, strict=True))
        return BaseRate(sum(shares) / len(shares), f"mean of three classes of leaders in office by then, {over}: {each}")
    return BaseRate(math.nan, "")


def resolved(case: CutCase, question: ForecastQuestion) -> Verdict:
    """What the claims of a cut case decide.

    A yes needs one credible claim that meets the rule. A no needs a documented departure, or the due day to have passed and
    the ledger to cover the whole time, so that its silence means that nothing happened."""
    rule = question.rule
    over = case.as_of_date > question.due
    if rule.quantity == "act":
        return _act_verdict(case, rule, question.due, over)
    if rule.counted:
        return _number_verdict(case, rule, question.due, over)
    gone = departure(case, case.claims, question.due)
    if rule.quantity == "in_office":
        wanted = rule.value is not False
        if gone is not None:
            return Verdict("no" if wanted else "yes", gone.claim)
        if over and covered(case, "acts", question.due):
            return Verdict("yes" if wanted else "no")
    elif gone is not None and rule.outcome.startswith(("stays_", "circle_")):
        return Verdict("no", gone.claim)
    return Verdict("open")


def _act_verdict(case: CutCase, rule: Rule, due: date, over: bool) -> Verdict:
    happened = [c for c in _claims(case, "act", due) if c.act == rule.act]
    if not final(rule):
        return Verdict("open")
    count = float(len({c.when.text for c in happened}))
    if OPERATORS[rule.op or ">="](count, _wanted(rule)):
        return Verdict("yes", happened[0].id if happened else "")
    return Verdict("no" if over and covered(case, "acts", due) else "open")


def _wanted(rule: Rule) -> float:
    """The number that a rule compares with; an act without one has to happen once."""
    return 1.0 if rule.value is None else float(rule.value)


def _number_verdict(case: CutCase, rule: Rule, due: date, over: bool) -> Verdict:
    if rule.op not in RISING:
        return Verdict("open")
    kind = {"peak_crowd": "crowd"}.get(rule.quantity, rule.quantity)
    inside, wanted, test = _places(case, rule.scope), _wanted(rule), OPERATORS[rule.op]
    beyond = False
    for c in _claims(case, kind, due):
        low, high = c.value if c.low is None else c.low, c.value if c.high is None else c.high
        if c.place not in inside or low is None:
            continue
        if test(low, wanted):
            return Verdict("yes", c.id)
        beyond = beyond or (high is not None and test(high, wanted))
    if over and not beyond and covered(case, f"{kind}s" if kind == "crowd" else kind, due):
        return Verdict("no")
    return Verdict("open")


def _claims(case: CutCase, kind: str, due: date) -> list[Claim]:
    """Credible claims of a kind about things that happened from the window's start to the due day, first things first."""
    found = [
        c
        for c in case.claims
        if c.kind == kind
        and credible(c)
        and case.window.start <= c.when.start.date() <= due
        and c.when.end.date() <= due + timedelta(days=1)
    ]
    return sorted(found, key=lambda c: (c.when.start, c.id))


def _places(case: CutCase, scope: str) -> set[str]:
    """Places whose numbers bound the scope from below: the place itself and everything in it."""
    units = {u.unit for u in case.units if scope in ("", "nation", u.region, u.unit)}
    regions = {r.region for r in case.regions if scope in ("", "nation", r.region)}
    return units | regions | ({"", "nation"} if scope in ("", "nation") else set())


def covered(case: CutCase, what: str, due: date) -> bool:
    """Whether coverage of this kind leaves no day open from the window's start to the due day."""
    day = case.window.start
    spans = sorted((c.start, c.end) for c in case.coverage if c.what == what and c.place in NATION)
    for start, end in spans:
        if start <= day <= end:
            day = end + timedelta(days=1)
    return bool(day > due)


def questions(
    case: CutCase, states: Sequence[EndState], paths: Sequence[Path], island: np.ndarray, seed: int,
    records: Callable[[], Records],
) -> xarray.Dataset:  # fmt: skip
    """The dated questions of a cut case (dim question), answered by how its histories end and by their paths, and by what the
    records say where they are asked; `island` i8[history]."""
    asked = list(case.questions)
    if not asked:
        return empty("No question of the case was asked by the as-of day.")
    found = [told(case, q, states, paths, island, seed, records) for q in asked]
    answers = [f.chance for f in found]
    names = sorted(dict.fromkeys(n for f in found for n in f.parts), key=lambda n: n == SIMULATION)
    verdicts = [resolved(case, q) for q in asked]
    bases = [base_rate(case, q, v) for q, v in zip(asked, verdicts, strict=True)]
    return dataset(GROUP, {
        "text": [q.text for q in asked],
        "rule": [rule_text(q.rule) for q in asked],
        "due": [q.due.isoformat() for q in asked],
        "q_p": [a.p for a in answers], "q_low": [a.low for a in answers], "q_high": [a.high for a in answers],
        "q_error": [a.error for a in answers],
        "part": names, "q_part": [[f.parts.get(n, NOT_ASKED)[0] for n in names] for f in found],
        "q_weight": [[f.parts.get(n, NOT_ASKED)[1] for n in names] for f in found], "q_way": [f.way for f in found],
        "q_recorded": [float(f.recorded) for f in found],
        "q_base": [b.p for b in bases], "q_base_source": [b.text for b in bases],
        "q_resolved": [v.word for v in verdicts], "q_claim": [v.claim for v in verdicts],
    })  # fmt: skip


def rule_text(rule: Rule) -> str:
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
    of = run.histories
    return questions(run.case, of.ends, of.summaries, of.island, run.settings.seed, lambda: run.records)
