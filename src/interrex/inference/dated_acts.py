"""The dated acts of the record: merged from their claims, as a script for the engine and as exposure for the hazards."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.engine.acts import ActRecord, ActTable
from interrex.engine.schedule import EXOGENOUS, Script
from interrex.inference.spans import TICK_MINUTES, minutes
from interrex.mechanisms.acts import ACT_KINDS, ACTS

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


def merge_events(case: CutCase, table: ActTable) -> tuple[Event, ...]:
    """Dated acts of the ledger, rival reports of one act merged, within the window and what kinds allow."""
    end = ((case.window.end - case.window.start).days + 1) * 1440.0
    found: list[Event] = []
    told: list[dict[str, float]] = []  # reliability of every origin behind an event; an origin counts once
    for claim in sorted(case.claims, key=lambda c: (c.when.start, c.when.end, c.id)):
        if claim.kind != "act" or claim.use != "fit" or claim.basis == "inference" or not claim.act:
            continue
        k = ACT_KINDS.index(claim.act)
        when = case.clock(claim)
        start, stop = minutes(case, when.start), minutes(case, when.end)
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
        k = ACT_KINDS.index(event.kind)
        if sum(e.kind == event.kind for e in kept) < table.repeat[k]:
            kept.append(event)
    return tuple(kept)


def make_script(case: CutCase, events: tuple[Event, ...]) -> Script:
    """Events and exogenous shocks as a script for the engine."""
    rows = [(e.minute, ACT_KINDS.index(e.kind), e.level, 0) for e in events]
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


def act_record(case: CutCase, events: tuple[Event, ...], table: ActTable, ticks: int) -> ActRecord:
    """Exposure of every public kind while coverage lasts, its gate is open by the record and it can still happen."""
    kinds = len(ACT_KINDS)
    exposure = np.zeros((kinds, ticks))
    world = {a.kind: a.world for a in ACTS}
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
    for e in events:
        when.setdefault(ACT_KINDS.index(e.kind), []).append(e.minute)
    for k, kind in enumerate(ACT_KINDS):
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
        e for e in events
        if world[e.kind] == "public" and not table.scheduled[ACT_KINDS.index(e.kind)] and e.minute < ticks * TICK_MINUTES
        and any(a <= e.minute < b for a, b in windows)
    ]  # fmt: skip
    return ActRecord(
        exposure, np.array([ACT_KINDS.index(e.kind) for e in scored], dtype=np.int64),
        np.array([int(e.start // TICK_MINUTES) for e in scored], dtype=np.int64),
        np.array([min(ticks - 1, int(max(e.start, e.end - 1) // TICK_MINUTES)) for e in scored], dtype=np.int64),
        np.array([e.reliability for e in scored], dtype=float), np.full(len(scored), SEEN_BY_ACCIDENT),
    )  # fmt: skip
