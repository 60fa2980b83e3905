"""From the ledger to the likelihood: claims become observation terms, dated acts, and days of exposure.

Duplicates of one origin collapse into one term, series of one agency become increments, rival reports of one act
merge into one event, and inferences (basis `inference`) never enter.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from interrex.engine.acts import ActRecord, ActTable
from interrex.engine.ensemble import TICKS_PER_DAY
from interrex.engine.schedule import EXOGENOUS, Script
from interrex.inference.terms import (
    ARREST_SERIES,
    CROWD_PRESENT,
    CROWD_TAKING_PART,
    DEATH_SERIES,
    GRADE_SD,
    OPINION,
    QUIET,
    Terms,
)  # fmt: skip
from interrex.mechanisms.catalogue import ACTS as CATALOGUE
from interrex.mechanisms.contract import ACTS

TICK_MINUTES = 1440 // TICKS_PER_DAY
MERGE_HOURS = 3.0  # claims of one act by one actor that lie so close together tell of one event
SEEN_BY_ACCIDENT = 0.02  # a day and kind: density of a dated act under an uninformed source; assumption


class Event(NamedTuple):
    """One dated act of the record, merged from its claims."""

    kind: str
    start: float  # minutes since the window's start
    end: float
    level: float
    claims: tuple[str, ...]
    reliability: float
    actor: str

    @property
    def minute(self) -> float:
        """The middle of the interval, in whole minutes."""
        return float(int(0.5 * (self.start + self.end)))


class Observations(NamedTuple):
    """Everything that a cut case says to the likelihood."""

    terms: Terms
    term_claims: tuple[tuple[str, ...], ...]  # claims behind each term ('' for quiet days)
    term_labels: tuple[str, ...]
    term_use: np.ndarray  # i8: 1 fit, 0 check
    origins: tuple[str, ...]
    events: tuple[Event, ...]
    script: Script
    ticks: int  # ticks that conditioning needs
    held_out: tuple[str, ...]  # regions kept for checking


def minutes(case: Any, moment: datetime) -> float:
    """Minutes since the window's start, local time."""
    start = datetime.combine(case.window.start, datetime.min.time())
    return (moment - start).total_seconds() / 60.0


def tick_span(case: Any, when: Any, ticks: int) -> tuple[int, int]:
    """First and last tick (inclusive) that a date covers, clipped to the window."""
    first = int(minutes(case, when.start) // TICK_MINUTES)
    last = int(math.ceil(minutes(case, when.end) / TICK_MINUTES)) - 1
    return max(0, first), min(ticks - 1, max(first, last))


def places(case: Any) -> dict[str, np.ndarray]:
    """Unit indices of every unit id, region id, and of the nation ('' and 'nation')."""
    index: dict[str, np.ndarray] = {"": np.arange(len(case.units)), "nation": np.arange(len(case.units))}
    for region in case.regions:
        index[region.region] = np.array([i for i, u in enumerate(case.units) if u.region == region.region])
    for i, unit in enumerate(case.units):
        index[unit.unit] = np.array([i])
    return index


def error_sd(claim: Any) -> float:
    """Log error of a crowd report: its grade's, or what its own bounds say if that is wider."""
    sd = GRADE_SD["estimate"]
    if claim.grade in ("documented",) or claim.grade[:1] in "AB":
        sd = GRADE_SD["count"]
    elif claim.grade in ("rumour", "hypothesis", "memory"):
        sd = GRADE_SD["hearsay"]
    if claim.value is not None and claim.low and claim.high and claim.high > claim.low > 0:
        sd = max(sd, math.log(claim.high / claim.low) / (2 * 1.64))
    return sd


def region_of(case: Any, place: str) -> str | None:
    """Region id of a unit or region id; None for the nation."""
    for region in case.regions:
        if place == region.region:
            return place
    for unit in case.units:
        if place == unit.unit:
            return unit.region
    return None


def held_out_regions(case: Any) -> tuple[str, ...]:
    """Regions whose magnitudes are all kept for checking."""
    fit, check = set(), set()
    for claim in case.claims:
        region = region_of(case, claim.place)
        if claim.kind in ("crowd", "arrests", "deaths") and region:
            (fit if claim.use == "fit" else check if claim.use == "check" else set()).add(region)
    return tuple(sorted(check - fit))


def observe(case: Any, table: ActTable) -> Observations:
    """Terms, events and script of a cut case."""
    ticks = ((case.window.end - case.window.start).days + 1) * TICKS_PER_DAY
    index = places(case)
    rows: list[dict[str, Any]] = []
    origins: dict[str, tuple[float, float]] = {}
    sources = case.sources

    def origin_of(claim: Any) -> str:
        name = claim.origin or claim.sources[0]
        rho = claim.reliability
        origins.setdefault(name, (rho.a, rho.b))
        return name

    def add(kind: int, units: np.ndarray, span: tuple[int, int], **more: Any) -> None:
        rows.append({"kind": kind, "units": units, "first": span[0], "last": span[1], **more})

    seen: set[tuple[Any, ...]] = set()
    series: dict[tuple[str, str, str, str], list[Any]] = {}
    reported_days: set[tuple[str, int]] = set()
    # What is fitted comes first, so that nothing kept for checking sets the reliability of an origin.
    for claim in sorted(case.claims, key=lambda c: (c.use != "fit", c.when.start, c.id)):
        if claim.kind not in ("crowd", "arrests", "deaths"):
            continue
        region = region_of(case, claim.place)
        if claim.kind == "crowd" and region:
            a, b = tick_span(case, claim.when, ticks)
            reported_days.update((region, d) for d in range(a // TICKS_PER_DAY, b // TICKS_PER_DAY + 1))
        if claim.use not in ("fit", "check") or claim.basis == "inference":
            continue
        if claim.value is None and (claim.low is None or claim.high is None):
            continue
        if minutes(case, claim.when.start) < 0 or minutes(case, claim.when.start) >= ticks * TICK_MINUTES:
            continue
        origin = origin_of(claim)
        fingerprint = (
            origin,
            claim.kind,
            claim.place,
            claim.when.text,
            claim.measure,
            claim.value,
            claim.low,
            claim.high,
        )
        if fingerprint in seen:
            continue
        seen.add(fingerprint)
        if claim.kind == "crowd":
            part = claim.measure == "taking_part"
            low = claim.value if claim.value is not None else claim.low
            high = claim.value if claim.value is not None else claim.high
            units = index[claim.place]
            add(
                CROWD_TAKING_PART if part else CROWD_PRESENT, units, tick_span(case, claim.when, ticks),
                low=max(low, 1.0), high=max(high, 1.0), sd=error_sd(claim), origin=origin, claims=(claim.id,),
                official=int(any(sources[s].type == "state" for s in claim.sources if s in sources)),
                use=claim.use, label=claim.text, ceiling=None,
            )  # fmt: skip
        elif "security" not in claim.target and claim.measure in (
            "cumulative",
            "brought_in",
            "increment",
            "",
        ):
            series.setdefault((origin, claim.kind, claim.place, claim.measure), []).append(claim)
    for (origin, kind, place, measure), claims in series.items():
        level, previous = 0.0, -1
        for claim in sorted(claims, key=lambda c: (c.when.start, c.use != "fit", c.id)):
            number = (
                claim.value
                if claim.value is not None
                else math.sqrt(max(claim.low, 1.0) * max(claim.high, 1.0))
            )
            _, last = tick_span(case, claim.when, ticks)
            increment = number if measure == "increment" else number - level
            if increment < 0 or last <= previous:
                continue  # a revision downward is news of the source, not of the street
            if measure != "increment" and previous >= 0 and number == level:
                continue  # an old total said again is no news
            add(
                ARREST_SERIES if kind == "arrests" else DEATH_SERIES, index[place], (max(previous, 0), last), previous=previous,
                low=increment, high=increment, sd=0.0, origin=origin, claims=(claim.id,), use=claim.use,
                label=claim.text, ceiling=None,
            )  # fmt: skip
            if claim.use == "fit":  # a total kept for checking must not enter through the next increment
                level, previous = max(level, number), last
    held = held_out_regions(case)
    for cover in case.coverage:
        if cover.what != "crowds":
            continue
        first = max(0, (cover.start - case.window.start).days)
        last = min((cover.end - case.window.start).days, (case.as_of_date - case.window.start).days - 1)
        last = min(last, ticks // TICKS_PER_DAY - 1)
        for day in range(first, last + 1):
            for region in case.regions:
                if region.region in held or (region.region, day) in reported_days:
                    continue
                if cover.place and cover.place not in (region.region, "nation"):
                    continue
                span = (day * TICKS_PER_DAY, day * TICKS_PER_DAY + TICKS_PER_DAY - 1)
                add(QUIET, index[region.region], span, low=0.0, high=0.0, sd=0.0, origin="", claims=(), use="fit",
                    label=f"no report of a large crowd in {region.name}", ceiling=None)  # fmt: skip
    audiences = [a.id for a in case.audiences]
    for report in case.opinions:
        inside = 0 <= minutes(case, report.when.start) < ticks * TICK_MINUTES
        if (
            report.quantity != "trust"
            or report.use == "context"
            or not inside
            or report.audience not in audiences
        ):
            continue
        again = (
            report.source,
            "opinion",
            report.audience,
            report.when.text,
            report.share,
            report.n,
            report.house,
        )
        if again in seen:
            continue
        seen.add(again)
        p = min(max(report.share, 0.01), 0.99)
        logit = math.log(p / (1 - p))
        spread = math.sqrt((report.deff or 1.0) / ((report.n or 5) * p * (1 - p)))
        origin = report.source
        rho = _grade(report.grade)
        origins.setdefault(origin, rho)
        half = 0.7 if report.n is None else 0.0  # words cover a share of about .5 to .8
        add(OPINION, np.zeros(0, int), tick_span(case, report.when, ticks), audience=audiences.index(report.audience),
            low=logit - half, high=logit + half, sd=spread, origin=origin, claims=(report.report,), use=report.use,
            label=f"trust: {report.note or report.report}", ceiling=None)  # fmt: skip
    events = merge_events(case, table)
    terms = _terms(case, rows, origins)
    last_fit = max((r["last"] for r in rows if r["use"] == "fit" and r["kind"] != QUIET), default=0)
    last_event = max((int(e.end // TICK_MINUTES) for e in events), default=0)
    cut = ((case.as_of_date - case.window.start).days + 1) * TICKS_PER_DAY
    needed = min(ticks, cut, max(last_fit, last_event, 8 * TICKS_PER_DAY) + TICKS_PER_DAY)
    needed = max(needed, TICKS_PER_DAY)
    return Observations(
        terms, tuple(r["claims"] for r in rows), tuple(r["label"] for r in rows),
        np.array([1 if r["use"] == "fit" else 0 for r in rows], dtype=np.int64), tuple(origins), events,
        make_script(case, events), int(-(-needed // TICKS_PER_DAY) * TICKS_PER_DAY), held,
    )  # fmt: skip


def _grade(grade: str) -> tuple[float, float]:
    from interrex.case.grades import reliability

    rho = reliability(grade)
    return rho.a, rho.b


def _terms(case: Any, rows: list[dict[str, Any]], origins: dict[str, tuple[float, float]]) -> Terms:
    names = list(origins)
    population = np.array([u.population for u in case.units], dtype=float)
    begin = np.cumsum([0, *[r["units"].size for r in rows]])
    ints = lambda key, default=0: np.array([r.get(key, default) for r in rows], dtype=np.int64)  # noqa: E731
    reals = lambda key: np.array([r[key] for r in rows], dtype=float)  # noqa: E731
    return Terms(
        kind=ints("kind"), first=ints("first"), last=ints("last"), previous=ints("previous", -1),
        unit_from=begin[:-1].astype(np.int64), unit_to=begin[1:].astype(np.int64),
        unit_list=np.concatenate([r["units"] for r in rows] or [np.zeros(0)]).astype(np.int64),
        audience=ints("audience"), low=reals("low"), high=reals("high"), sd=reals("sd"), official=ints("official"),
        ceiling=np.array([max(population[r["units"]].sum(), 10.0) for r in rows], dtype=float),
        origin=np.array([names.index(r["origin"]) if r["origin"] else -1 for r in rows], dtype=np.int64),
        alpha=np.array([origins[n][0] for n in names], dtype=float), beta=np.array([origins[n][1] for n in names], dtype=float),
    )  # fmt: skip


def merge_events(case: Any, table: ActTable) -> tuple[Event, ...]:
    """Dated acts of the ledger, rival reports of one act merged, within the window and what kinds allow."""
    end = ((case.window.end - case.window.start).days + 1) * 1440.0
    found: list[Event] = []
    told: list[dict[str, float]] = []  # reliability of every origin behind an event; an origin counts once
    for claim in sorted(case.claims, key=lambda c: (c.when.start, c.when.end, c.id)):
        if claim.kind != "act" or claim.use != "fit" or claim.basis == "inference" or not claim.act:
            continue
        k = ACTS.index(claim.act)
        start, stop = minutes(case, claim.when.start), minutes(case, claim.when.end)
        rho = claim.reliability.mean
        if not table.allowed[k] or stop <= 0 or start >= end or rho < 0.5:
            continue
        start, stop = max(start, 0.0), min(stop, end - 1.0)
        origin = claim.origin or claim.sources[0]
        new = Event(
            claim.act,
            start,
            stop,
            claim.level if claim.level is not None else 1.0,
            (claim.id,),
            rho,
            claim.actor,
        )
        for i, old in enumerate(found):
            rival = any(c in claim.conflicts for c in old.claims)
            near = (
                new.start <= old.end + MERGE_HOURS * 60 and new.actor == old.actor and new.level == old.level
            )
            if old.kind == new.kind and (rival or near):
                overlap = max(old.start, new.start), min(old.end, new.end)
                span = (
                    overlap if overlap[0] < overlap[1] else (min(old.start, new.start), max(old.end, new.end))
                )
                told[i][origin] = max(rho, told[i].get(origin, 0.0))
                sure = list(told[i].values())
                found[i] = Event(
                    old.kind, span[0], span[1], max(old.level, new.level), old.claims + new.claims,
                    sure[0] if len(sure) == 1 else 1 - math.prod(1 - r for r in sure), old.actor,
                )  # fmt: skip
                break
        else:
            found.append(new)
            told.append({origin: rho})
    kept: list[Event] = []
    for event in sorted(found, key=lambda e: (e.minute, e.kind)):
        k = ACTS.index(event.kind)
        if sum(e.kind == event.kind for e in kept) < table.repeat[k]:
            kept.append(event)
    return tuple(kept)


def make_script(case: Any, events: tuple[Event, ...]) -> Script:
    """Events and exogenous shocks as a script for the engine."""
    rows = [(e.minute, ACTS.index(e.kind), e.level, 0) for e in events]
    for shock in case.shocks:
        at = (shock.on - case.window.start).days * 1440.0
        if at >= 0:
            rows.append((at, EXOGENOUS, shock.size, 0))
    return script_of(rows)


def script_of(rows: list[tuple[float, int, float, int]]) -> Script:
    """A script from (minute, kind, level, always) rows."""
    rows = sorted(rows)
    return Script(
        np.array([int(r[0] // TICK_MINUTES) for r in rows], dtype=np.int64), np.array([r[0] for r in rows], dtype=float),
        np.array([r[1] for r in rows], dtype=np.int64), np.array([r[2] for r in rows], dtype=float),
        np.array([r[3] for r in rows], dtype=np.int64),
    )  # fmt: skip


def act_record(case: Any, obs: Observations, table: ActTable, ticks: int) -> ActRecord:
    """Exposure of every public kind while coverage lasts, its gate is open by the record and it can still happen."""
    kinds = len(ACTS)
    exposure = np.zeros((kinds, ticks))
    world = {a.kind: a.world for a in CATALOGUE}
    cut = (case.as_of_date - case.window.start + timedelta(days=1)).days * 1440.0
    windows = [
        (
            (c.start - case.window.start).days * 1440.0,
            min((c.end - case.window.start).days * 1440.0 + 1440.0, cut),
        )
        for c in case.coverage
        if c.what == "acts"
    ]
    when: dict[int, list[float]] = {}
    for e in obs.events:
        when.setdefault(ACTS.index(e.kind), []).append(e.minute)
    for k, kind in enumerate(ACTS):
        if not table.allowed[k] or table.scheduled[k] or world[kind] != "public":
            continue
        opens = 0.0
        for j in table.after[k]:
            if j >= 0:
                opens = max(opens, min(when.get(int(j), [math.inf])))
        closes = math.inf
        for j in table.not_after[k]:
            if j >= 0:
                closes = min(closes, min(when.get(int(j), [math.inf])))
        own = sorted(when.get(k, []))
        if len(own) >= table.repeat[k]:
            closes = min(closes, own[table.repeat[k] - 1])
        for a, b in windows:
            a, b = max(a, opens, 0.0), min(b, closes, ticks * TICK_MINUTES)
            if b <= a:
                continue
            for t in range(int(a // TICK_MINUTES), min(ticks, int(math.ceil(b / TICK_MINUTES)))):
                piece = min(b, (t + 1) * TICK_MINUTES) - max(a, t * TICK_MINUTES)
                exposure[k, t] += max(0.0, piece) / 1440.0
    scored = [
        e for e in obs.events
        if world[e.kind] == "public" and not table.scheduled[ACTS.index(e.kind)] and e.minute < ticks * TICK_MINUTES
        and any(a <= e.minute < b for a, b in windows)
    ]  # fmt: skip
    return ActRecord(
        exposure, np.array([ACTS.index(e.kind) for e in scored], dtype=np.int64),
        np.array([int(e.start // TICK_MINUTES) for e in scored], dtype=np.int64),
        np.array([min(ticks - 1, int(max(e.start, e.end - 1) // TICK_MINUTES)) for e in scored], dtype=np.int64),
        np.array([e.reliability for e in scored], dtype=float), np.full(len(scored), SEEN_BY_ACCIDENT),
    )  # fmt: skip
