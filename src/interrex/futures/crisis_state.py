"""What the ledger of a case holds of a mass protest on a day, as the crisis record asks it.

Counted is what credible claims say that could be known by the day. A protest is what one claim on a crowd tells of one place;
its size is the least that the claim gives. A ledger lists what is known, so what it does not list by the day counts as none,
but crowds are unknown where arrests or deaths are listed and no crowd; what no claim can tell (whether protesters demand that somebody goes, elections, democracy) comes from a fact of the case by
the name in `FACTS`, and is unknown without one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from interrex.case.cut import CutCase
from interrex.case.dates import parse_day
from interrex.case.schema import Claim
from interrex.futures.office import credible
from interrex.record.crisis import CrisisState
from interrex.record.tables import REGIMES

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

FACTS = {
    "demand_exit": "true if protesters demand that somebody in office goes",
    "incumbent_military": "true if the incumbent comes from the military",
    "polyarchy": "V-Dem's index of electoral democracy, 0 to 1",
    "coups_ten_years": "coup attempts by organs of the state in ten years",
    "next_executive_election": "day of the next scheduled executive election",
    "last_executive_election": "day of the last executive election",
}
"""Facts of a case that the crisis record reads beside incumbent_since, incumbent_age, regime and population."""


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
    recent = [c for c in crowds if c.when.end.date() > day - datetime.timedelta(days=WEEK)]
    days = {
        d
        for c in recent
        for n in range(WEEK)
        if c.when.start.date() <= (d := day - datetime.timedelta(days=n)) <= c.when.end.date()
    }
    unsized = not crowds and any(c.kind in ("arrests", "deaths") for c in told)
    largest = None if unsized else _most(crowds)
    demand = _flag(case, "demand_exit")
    capital = {u.unit for u in case.units if u.capital} | {u.region for u in case.units if u.capital}
    since = _date(case, "incumbent_since")
    regime = str(case.facts["regime"].value).split()[0].split("-")[0] if "regime" in case.facts else None
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
        in_power_since=since,
        age=_number(case, "incumbent_age"),
        military=_flag(case, "incumbent_military"),
        regime=regime if regime in REGIMES else None,
        polyarchy=_number(case, "polyarchy"),
        coups=_number(case, "coups_ten_years"),
        next_vote=_until(day, _date(case, "next_executive_election"), 1),
        last_vote=_until(day, _date(case, "last_executive_election"), -1),
        refusals=_acts(told, REFUSALS),
        defections=_acts(told, DEFECTIONS),
        resignations=_acts(told, RESIGNATIONS),
        helpers=float(len({a for c in told if c.act in HELP for a in c.actors})),
        in_capital=any(set(c.place.split(";")) & capital for c in crowds) if capital else None,
    )


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


def _number(case: CutCase, name: str) -> float | None:
    value = case.facts[name].value if name in case.facts else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _flag(case: CutCase, name: str) -> bool | None:
    value = case.facts[name].value if name in case.facts else None
    return None if value is None else bool(value)


def _date(case: CutCase, name: str) -> datetime.date | None:
    if name not in case.facts:
        return None
    try:
        return parse_day(str(case.facts[name].value))
    except ValueError:
        return None


def _until(day: datetime.date, other: datetime.date | None, sign: int) -> float | None:
    return None if other is None or (other - day).days * sign < 0 else float((other - day).days * sign)
