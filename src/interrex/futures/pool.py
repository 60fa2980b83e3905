"""The chance that the incumbent leaves by the question's day: the world record, the crisis record and the simulation, and
their sum.

The sum is a log-linear pool over leaving and staying: log odds are averaged with weights that add to 1. The world record stands
alone while no mass protest is under way. While one is, the two records have the weights that did best on the same held-out
days, which `interrex.record.crisis.together` learns by horizon. The simulation weighs 0: no forecast of it has been scored
beside theirs.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from interrex.case.cut import CutCase
from interrex.errors import CaseError, RunError
from interrex.futures.crisis_state import state_of
from interrex.futures.ruler import ruler
from interrex.futures.shares import Chance
from interrex.record import crisis, risk
from interrex.record.pooling import CRISIS, MONTH, WORLD, pooled, within
from interrex.record.questions import HORIZONS
from interrex.record.summary import load
from interrex.record.words import CLASSES, days_row, percent
from interrex.words import SIMULATION

HELD_OUT = "panel, features chosen in time"
"""The scores of the crisis record that owe nothing to later days."""
SUCH_CRISES = "the pooled hazard of all such crises"


class Score(NamedTuple):
    """How held-out forecasts of a part did: how many, and Brier skill with a 90 % interval."""

    n: int
    skill: float
    low: float
    high: float


class Part(NamedTuple):
    """One source: chance of leaving with its range (NaN where it has none); score, None where nothing has been scored; against
    what that score is."""

    name: str
    p: float
    low: float
    high: float
    score: Score | None = None
    against: str = ""
    note: str = ""


class Pool(NamedTuple):
    """days: days ahead of the as-of day; low, high: over the ranges of the parts and of the weights; records_p: the pool of the
    records alone; rule: how the weights came about; without: which record is absent and why, '' if none."""

    days: int
    parts: tuple[Part, ...]
    weights: tuple[float, ...]
    p: float
    low: float
    high: float
    records_p: float
    rule: str
    without: str


class Weights(NamedTuple):
    """One weight a part, adding to 1; ends: those at the ends of their interval; rule: in words, with its numbers."""

    of: tuple[float, ...]
    ends: tuple[tuple[float, ...], ...]
    rule: str


def weigh(parts: Sequence[Part], common: crisis.Json | None) -> Weights:
    """The weights of the parts; `common` is what forecasts by several of them of the same days taught, with `within`, the days
    ahead. A record outside it stands alone or, among others, alike; the simulation weighs 0."""
    names = [x.name for x in parts]
    records = [n for n in names if n != SIMULATION]
    if common is None:
        of, ends = tuple((n in records) / len(records) for n in names), ()
        alike = "the records weigh alike, since no forecasts by both of the same days were scored"
        rule = f"the {records[0]} stands alone" if len(records) == 1 else alike
    else:
        of, *ends = (tuple(w.get(n, 0.0) for n in names) for w in (common["weights"], *common["ends"]))
        rule = taught(common)
    if SIMULATION in names and (common is None or SIMULATION not in common["weights"]):
        rule += "; the simulation weighs 0, since no forecast of it has been scored beside " + (
            "the record" if len(records) == 1 else "theirs"
        )
    return Weights(of, tuple(ends), rule)


def taught(common: crisis.Json) -> str:
    """What forecasts of the same days taught: weights with their interval, log scores, and whether the sum is worth it."""
    weights, log = common["weights"], common["log"]
    ends = {n: sorted(end[n] for end in common["ends"]) for n in weights}
    shares = ", ".join(f"{n} {100 * w:.0f} % ({100 * ends[n][0]:.0f} to {100 * ends[n][-1]:.0f})" for n, w in weights.items())
    best = max(weights, key=lambda n: log[n])
    gain, low, high = common["gain"]
    better = "better" if low > 0 else "worse" if high < 0 else "not surely better"
    scores = "; ".join(f"{n} {log[n]:.3f}" for n in weights)
    idle = [f"the {n} adds nothing to it" for n, w in weights.items() if w == 0]
    unsure = [f"whether the {n} adds anything is open" for n, w in weights.items() if w > 0 and ends[n][0] == 0]
    return "; ".join([
        f"the weights did best on {common['rows']:,} held-out days of mass protest, for the next {common['within']} days "
        f"({common['exits']} exits, {common['countries']} countries): {shares}",
        *idle, *unsure,
        f"log scores there: {scores}; {SUCH_CRISES} {log['null']:.3f}; the sum, in countries that did not set its weights, "
        f"{log['pool']:.3f}, {better} than the {best} alone: {gain:+.4f} ({low:+.4f} to {high:+.4f})",
    ])  # fmt: skip


def pool(
    parts: Sequence[Part], days: int, common: crisis.Json | None = None, without: str = ""
) -> Pool | None:
    """The sum of the parts; None where no record is among them."""
    records = [x.name != SIMULATION for x in parts]
    if not any(records):
        return None
    of, ends, rule = weigh(parts, common)
    theirs = [w * r for w, r in zip(of, records, strict=True)]
    alone = [w / sum(theirs) for w in theirs] if sum(theirs) else [r / sum(records) for r in records]

    def total(end: str, weights: Sequence[float]) -> float:
        return float(pooled([getattr(x, end) for x in parts], weights))

    low, high = min(total("low", w) for w in (of, *ends)), max(total("high", w) for w in (of, *ends))
    return Pool(days, tuple(parts), of, total("p", of), low, high, total("p", alone), rule, without)


def days_ahead(case: CutCase) -> int:
    """Days from the as-of day to the day that the question asks for."""
    return case.question.horizon_days - (case.as_of_date - case.window.start).days


class Records(NamedTuple):
    """What the records say of a case on its as-of day, for every number of days; None for one that is not asked; without: as in
    `Pool`."""

    day: datetime.date
    world: risk.Risk | None
    crisis: crisis.Chance | None
    without: str = ""


def ask(case: CutCase) -> Records:
    """Both records, of a cut case."""
    world, without, state = None, "", state_of(case)
    try:
        world = world_risk(case)
    except (CaseError, RunError) as error:
        without = f"without the {WORLD}: {error}"
    found = crisis.chance(crisis.shipped(), state) if under_way(state) else None
    return Records(case.as_of_date, world, found, without)


def pool_of(records: Records, days: int, in_office: Chance | None = None) -> Pool | None:
    """The pool for so many days after the as-of day; `in_office` is the simulation's chance that he stays. None where no day is
    left or no record could be asked."""
    if days <= 0:
        return None
    parts = [] if records.world is None else [world_part(records.world, days)]
    common = None
    if records.crisis is not None:
        parts.append(crisis_part(records.crisis, records.day, days))
    if len(parts) > 1 and (common := nearest(crisis.shipped()["together"], days)):
        parts = [x._replace(score=Score(common["rows"], *common["skill"][x.name]), against=SUCH_CRISES) for x in parts]
    if in_office is not None:
        parts.append(Part(SIMULATION, 1 - in_office.p, 1 - in_office.high, 1 - in_office.low))
    return pool(parts, days, common, records.without)


def under_way(state: crisis.CrisisState) -> bool:
    """Whether a crowd was out within the last seven days, so that the crisis record is asked."""
    return state.began is not None and bool(state.latest)


def text(records: Records) -> str:
    """What both records say together of a case with mass protest under way, by the horizons of the crisis record, and by which
    weights; in per cent."""
    taught = {int(days): learned for days, learned in crisis.shipped()["together"].items()}
    pools = {d: x for d in sorted(taught) if (x := pool_of(records, d)) is not None}

    def row(head: str, cells: Iterable[str]) -> str:
        return (f"{head:32s}" + "".join(f"{c:28s}" for c in cells)).rstrip()

    of = {n: [taught[d]["weights"][n] for d in pools] for n in (WORLD, CRISIS)}
    gains = (taught[d]["gain"] for d in pools)
    return "\n".join([
        "Both records together: per cent (90 % interval, over the weights too).", "", days_row(tuple(pools)),
        row("leaves power", (f"{percent(x.p)} ({percent(x.low)}-{percent(x.high)})" for x in pools.values())),
        *(row(f"  weight of the {n}", (f"{100 * w:.0f}" for w in weights)) for n, weights in of.items()),
        row("  gain on the better one alone", (f"{gain:+.4f} ({low:+.4f}, {high:+.4f})" for gain, low, high in gains)), "",
        "Log odds are averaged with the weights that did best on held-out days of mass protest for which both forecast: "
        + ", ".join(f"{taught[d]['rows']:,} with {taught[d]['exits']} exits within {d} days" for d in pools)
        + ". Gains are in log score, nats a forecast, in countries that did not set the weights.",
    ])  # fmt: skip


def nearest(by_days: crisis.Json, days: float) -> crisis.Json | None:
    """What stands under the number of days nearest to `days`, with that number as `within`; None where nothing stands."""
    near = min(by_days, key=lambda h: abs(int(h) - days), default=None)
    return None if near is None else {"within": int(near), **by_days[near]}


def world_risk(case: CutCase) -> risk.Risk:
    """What the world record says of a case's ruler. Raises CaseError or RunError where it cannot be asked."""
    known = ruler(case, case.as_of_date)
    return risk.of_country(known.country, known.ccode, case.as_of_date, known.unknown)


def world_part(asked: risk.Risk, days: int) -> Part:
    """The world record within so many days, with its score at the horizon next to them."""
    lines = [asked.line("exit", months) for months in HORIZONS]
    edges = [MONTH * months for months in HORIZONS]
    p, low, high = (float(within(days, edges, [getattr(x, end) for x in lines])) for end in ("p", "low", "high"))
    note = f"learned until {asked.fitted}" + (
        "" if asked.ccode >= 0 else ", without an effect of the country"
    )
    found = load().scores["exit", min(HORIZONS, key=lambda m: abs(MONTH * m - days)), asked.kind]
    score = Score(found.n, found.pooled, *found.pooled_interval)
    return Part(WORLD, p, low, high, score, f"the pooled rate of {CLASSES[asked.kind]}", note)


def crisis_part(found: crisis.Chance, day: datetime.date, days: int) -> Part:
    """The crisis record within so many days."""
    p, low, high = (float(within(days, found.horizons, row)) for row in found.any)
    later = ", also from days after the as-of day" if found.until > day else ""
    s = crisis.shipped()["scores"][HELD_OUT]["any"][str(min(found.horizons, key=lambda h: abs(h - days)))]
    score = Score(s["rows"], s["brier_skill"], *s["brier_interval"])
    return Part(CRISIS, p, low, high, score, SUCH_CRISES, f"learned until {found.until}{later}")
