"""What the ledger of a case holds of a mass protest on a day, as the crisis record asks it.

Counted is what credible claims say that could be known by the day. A protest is what one claim on a crowd tells of one place;
its size is the least that the claim gives. A ledger lists what is known, so what it does not list by the day counts as none,
but crowds are unknown where arrests or deaths are listed and no crowd. What no claim can tell (whether protesters demand that
somebody goes, elections, democracy) comes from a fact of the case (`DEMAND`, `interrex.case.ruler`), and is unknown without
one.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from typing import cast

from interrex.case.cut import CutCase
from interrex.case.ruler import born
from interrex.case.ruler import told as told_of_ruler
from interrex.case.schema import Claim
from interrex.futures.office import credible
from interrex.record.crisis import CrisisState

Days = tuple[datetime.date, ...]

CONCESSIONS = (
    "concede_price", "regulate_prices", "dismiss_cabinet", "remove_predecessor", "promise_reform", "amnesty", "call_election",
    "referendum", "lift_emergency", "dismiss_security_chief",
)  # fmt: skip
"""Acts by which the state gives way."""
REFUSALS = ("army_refuses", "stand_down")
DEFECTIONS = ("elite_defects", "coup_attempt", "predecessor_speaks_against")
RESIGNATIONS = ("kin_resigns", "dismiss_cabinet")
HELP = ("patron_deploys", "patron_supports", "foreign_supports")
VIOLENCE = ("organised_seizure",)
FORCES = ("interior_ministry", "national_guard", "army", "security_service")
"""Roles whose dead are not protesters."""
WEEK = 7  # days

DEMAND = "demand_exit"
"""Fact of a case beside those of `interrex.case.ruler`: true if protesters demand that somebody in office goes."""
DECADE = datetime.timedelta(days=3653)


def state_of(case: CutCase, day: datetime.date | None = None) -> CrisisState:
    """The state at the end of a day up to which the case is cut or later; the day of the cut where none is given."""
    day = case.as_of_date if day is None else min(day, case.as_of_date)
    told = [
        c
        for c in case.claims
        if c.known_from <= day
        and c.when.start.date() <= day
        and credible(c)
        and (c.superseded_from is None or c.superseded_from > day)
    ]
    told = [c for c in told if c.when.start.date() >= case.window.start]
    crowds = [c for c in told if c.kind == "crowd" and _least(c) > 0]
    recent = [c for c in crowds if _last_day(c) > day - datetime.timedelta(days=WEEK)]
    days = {
        d
        for c in recent
        for n in range(WEEK)
        if c.when.start.date() <= (d := day - datetime.timedelta(days=n)) <= _last_day(c)
    }
    unsized = not crowds and any(c.kind in ("arrests", "deaths") for c in told)
    largest = None if unsized else _most(crowds)
    demand = bool(case.facts[DEMAND].value) if DEMAND in case.facts else None
    said = told_of_ruler(case.facts.values())
    votes, coups = cast("Days | None", said.get("executive_elections")), cast("Days | None", said.get("coup_attempts"))
    year_of_birth = born(case.facts.values(), day)
    coming = cast("datetime.date | None", said.get("next_executive_election"))
    every = (*(votes or ()), *((coming,) if coming else ()))
    capital = {u.unit for u in case.units if u.capital} | {u.region for u in case.units if u.capital}
    return CrisisState(
        day=day,
        began=min((c.when.start.date() for c in crowds), default=None),
        population=float(sum(r.population for r in case.regions)),
        largest=largest,
        latest=None if unsized else _most(recent),
        demanding=0.0 if demand is False or largest == 0 else largest if demand else None,
        days_out=None if unsized else float(len(days)),
        killed=_most(c for c in told if c.kind == "deaths" and not _forces(case, c)),
        arrested=_most(c for c in told if c.kind == "arrests"),
        violent=_acts(told, VIOLENCE) > 0,
        concessions=_acts(told, CONCESSIONS),
        in_power_since=cast("datetime.date | None", said.get("incumbent_since")),
        age=None if year_of_birth is None else day.year - year_of_birth,
        military=cast("bool | None", said.get("incumbent_military_career")),
        regime=cast("str | None", said.get("regime")),
        polyarchy=cast("float | None", said.get("polyarchy")),
        coups=None if coups is None else float(sum(day - DECADE < c <= day for c in coups)),
        next_vote=_days_to(day, votes, min((v for v in every if v > day), default=None)),
        last_vote=_days_to(day, votes, max((v for v in every if v <= day), default=None)),
        refusals=_acts(told, REFUSALS),
        defections=_acts(told, DEFECTIONS),
        resignations=_acts(told, RESIGNATIONS),
        helpers=float(len({a for c in told if c.act in HELP for a in c.actors})),
        in_capital=any(set(c.place.split(";")) & capital for c in crowds) if capital else None,
    )


def _last_day(claim: Claim) -> datetime.date:
    """The last day of which a claim tells; its end is excluded."""
    return (claim.when.end - datetime.timedelta(microseconds=1)).date()


def _least(claim: Claim) -> float:
    """The least that a claim gives, persons."""
    return next((n for n in (claim.low, claim.value) if n is not None), 0.0)


def _most(claims: Iterable[Claim]) -> float:
    return max((_least(c) for c in claims), default=0.0)


def _acts(claims: list[Claim], kinds: tuple[str, ...]) -> float:
    """Different acts, one a kind and day, that did not fail."""
    return float(
        len(
            {
                (c.act, c.when.start.date())
                for c in claims
                if c.kind == "act" and c.act in kinds and c.result != "failed"
            }
        )
    )


def _forces(case: CutCase, claim: Claim) -> bool:
    """Whether a claim on deaths counts the dead of the forces alone."""
    roles = {a.id: a.role for a in case.actors}
    return bool(claim.targets) and all(roles.get(t) in FORCES for t in claim.targets)


def _days_to(day: datetime.date, votes: Days | None, vote: datetime.date | None) -> float | None:
    """Days between a day and a vote; infinite where the case lists its votes and this is none of them, as in the panels, and
    unknown where it lists none."""
    if vote is None:
        return None if votes is None else math.inf
    return float(abs((vote - day).days))
