"""How it ends: one of nine outcomes for every history, beside how such crises usually end.

Rules in order, first match (docs/model.md); what happens in the window decides, then a slow
clock runs to the horizon:
1. protracted conflict: 1,000 deaths, an organised seizure, and a crisis still on at the end of the window.
   The model has no territory, so "ground held by both at 90 days" is read off these.
2. incumbent out (he steps down, flees, is assassinated, or a coup attempt succeeds):
   palace coup if an organ or faction removed him while less than .2 % of the capital's people were out;
   uprising if he was removed, fled or left within 14 days of a day with .2 % of the nation out and organs
   standing down (a coup or a flight is itself a desertion);
   negotiated exit if he announced it within 14 days of a crisis; else managed succession.
3. in office: the predecessor's circle restored if after a crisis he or his kin hold two of {security council,
   party, a security service}; stays by concession if a legal or electoral concession was made and fewer than
   10 died; by force if 10 died or .005 % of the people were detained; else calm.

The slow clock: the hazard of leaders of dictatorships in office on any day, times exp(g z), where z in 0..1 is the
elite's doubt at the end of the window and g ~ N(0, .3^2) is drawn for every member; how they left is counted in the
same panel. Two classes in worse trouble give the other ends of the range.

What the ledger documents of his office (`futures.office`) goes before what a history makes of it, and people are out where
they are in the history or by the ledger.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.arena import MINUTES, Arena
from interrex.engine.history import History
from interrex.engine.schedule import DONE, PRESENT
from interrex.futures.base_rates import IN_OFFICE, WAYS_OUT, Tenure
from interrex.futures.members import Member
from interrex.futures.office import EXITS, NOTHING_KNOWN, Office
from interrex.inference import streams
from interrex.mechanisms.acts import AFTERMATH_DAYS, COUPS_REALISED, act
from interrex.mechanisms.state import (
    ARRESTS,
    CONCESSION,
    DEATHS,
    ELITE,
    PATRON,
    PEAK,
    PREDECESSOR,
    REPORTED,
    REPORTED_CAPITAL,
)
from interrex.words import OUTCOMES

Summary = dict[str, float]

LARGE_SHARE = 0.002  # of the nation, or of the capital's people
CONFLICT_DEATHS = 1000.0
FORCE_DEATHS = 10.0
FORCE_ARRESTS = 5e-5  # share of the nation
RESCUE = 100.0  # foreign troops
CLOCK_SD = 0.3


NAMES = tuple(OUTCOMES)
NO_EXIT = -1.0


class Exit(NamedTuple):
    """When (days since the window's start, inf if he stays) and how (index in `EXITS`) the incumbent
    leaves."""

    day: float
    kind: float


def incumbent_exit(history: History, member: Member, arena: Arena, office: Office = NOTHING_KNOWN) -> Exit:
    """The incumbent's exit within the window. An attempted coup of a history succeeds in a crisis, whose rate counts
    seizures of power only, and else, like one whose end the ledger leaves open, as often as coups do."""
    if office.left is not None:
        return Exit(office.left.day, float(EXITS.index(office.left.kind)))
    fired = history.clocks.fired
    first = Exit(math.inf, NO_EXIT)
    luck = keyed.uniforms(arena.seed, keyed.FORECAST, (fired.shape[1],), tick=streams.COUP_LUCK, noise=member.number)
    for e, kind in enumerate(EXITS):
        for j, minute in enumerate(fired[act(kind)]):
            if not np.isfinite(minute) or (kind, float(minute)) in office.no_exit:
                continue
            day = float(minute) / MINUTES
            tick = min(int(day * arena.ticks_per_day), history.trace.crisis.size - 1)
            risky = history.trace.crisis[tick] == 0 or (kind, float(minute)) in office.open
            fails = kind == "coup_attempt" and risky and luck[j] >= COUPS_REALISED
            if not fails and day < first.day:
                first = Exit(day, float(e))
    return first


def end_state(history: History, member: Member, arena: Arena, office: Office = NOTHING_KNOWN) -> Summary:
    """What the outcome rules read of one history, and of what the ledger documents of his office. Persons, days since the
    window's start, shares 0..1; flags are 0 or 1.

    `stopped` marks a history that left the range of the model (too many people on the street): how it ends is
    unknown.
    """
    trace, clocks, place = history.trace, history.clocks, arena.place
    seen = np.flatnonzero(trace.levels.any(axis=1))
    last = int(seen[-1]) if seen.size else 0
    levels = trace.levels[: last + 1]
    crowds = trace.units[: last + 1, :, PRESENT]
    nation = crowds.sum(axis=1, dtype=float)
    out = np.maximum(nation, levels[:, REPORTED])
    capital_people = max(1.0, float(place.population[place.capital > 0].sum()))
    capital = np.maximum(crowds[:, place.capital > 0].sum(axis=1, dtype=float), levels[:, REPORTED_CAPITAL])
    crisis = trace.crisis[: last + 1] == 1
    gone = incumbent_exit(history, member, arena, office)
    at = last if gone.day == math.inf else min(last, int(gone.day * arena.ticks_per_day))
    back = max(0, at - int(AFTERMATH_DAYS * arena.ticks_per_day))
    recent = slice(back, at + 1)

    def happened(kind: str, by: float = math.inf) -> float:
        fired = clocks.fired[act(kind)]
        return float((fired[np.isfinite(fired)] <= by * MINUTES).any())

    end = levels[-1]
    return {
        "stopped": float(history.status != DONE),
        "days": float(arena.days),
        "population": float(place.nation),
        "has_predecessor": float(arena.predecessor),
        "out": float(gone.day < math.inf),
        "exit_day": gone.day,
        "exit_kind": gone.kind,
        "exit_large_day": float((out[recent] >= LARGE_SHARE * place.nation).any()),
        "exit_capital_share": float(capital[at]) / capital_people,
        "exit_in_crisis": float(crisis[recent].any()),
        "deserted": max(happened("stand_down", gone.day), happened("army_refuses", gone.day)),
        "predecessor_in": float(end[PREDECESSOR]),
        "party_given_up": happened("transfer_party"),
        "service_lost": max(
            happened("purge_kin"), happened("dismiss_security_chief"), happened("arrest_security_chief")
        ),
        "deaths": float(end[DEATHS]),
        "arrests": float(end[ARRESTS]),
        "peak": float(max(end[PEAK], nation.max(initial=0.0))),
        "concession": float(end[CONCESSION]),
        "cabinet": happened("dismiss_cabinet"),
        "promise_reform": happened("promise_reform"),
        "amnesty": happened("amnesty"),
        "call_election": happened("call_election"),
        "referendum": happened("referendum"),
        "rescue": float(levels[:, PATRON].max() >= RESCUE),
        "purge": happened("purge_kin"),
        "seizure": happened("organised_seizure"),
        "crisis": float(crisis.any()),
        "crisis_at_end": float(crisis[-arena.ticks_per_day :].any()),
        "elite_doubt": float(np.clip(0.5 * (1.0 - end[ELITE]), 0.0, 1.0)),
        "number": float(member.number),
    }


def levers(summary: Summary) -> int:
    """How many of {security council, party, a security service} the predecessor or his kin hold at the end,
    0..3. An act that takes his lever ends his hold, as in the engine; the party goes by his own hand, the
    service with a chief or with his kin."""
    if summary["has_predecessor"] == 0.0 or summary["predecessor_in"] == 0.0:
        return 0
    return 3 - int(summary["party_given_up"]) - int(summary["service_lost"])


def concession_grade(summary: Summary) -> int:
    """Highest concession reached: 0 none, 1 price, 2 cabinet, 3 law, 4 election."""
    if summary["call_election"]:
        return 4
    if summary["promise_reform"] or summary["referendum"]:
        return 3
    if summary["cabinet"]:
        return 2
    return 1 if summary["concession"] > 0.0 else 0


def classify(summary: Summary) -> str:
    """The outcome by the rules at the end of the window: a name of `base_rates.OUTCOMES`."""
    s = summary
    if s["deaths"] >= CONFLICT_DEATHS and s["seizure"] and s["crisis_at_end"]:
        return "protracted_conflict"
    if s["out"]:
        how = EXITS[int(s["exit_kind"])]
        deserted = s["deserted"] or how in ("flight", "coup_attempt")
        if how == "coup_attempt" and (s["exit_capital_share"] < LARGE_SHARE or not s["exit_large_day"]):
            return "palace_coup"
        if s["exit_large_day"] and deserted and how != "assassination":
            return "uprising"
        if how == "step_down" and s["exit_in_crisis"]:
            return "negotiated_exit"
        return "managed_succession"
    if s["crisis"] and levers(s) >= 2:
        return "circle_restored"
    if concession_grade(s) >= 3 and s["deaths"] < FORCE_DEATHS:
        return "stays_by_concession"
    if s["deaths"] >= FORCE_DEATHS or s["arrests"] >= FORCE_ARRESTS * s["population"]:
        return "stays_by_force"
    return "stays_calm"


def exit_probability(start: float, end: float, g: float = 0.0, z: float = 0.0, rate: Tenure = IN_OFFICE[0]) -> float:
    """Probability that he leaves between two days since the window's start, at the hazard of a reference class times
    exp(g z); 0 where `end` comes first."""
    return -math.expm1(-rate.hazard(start, end) * math.exp(g * z))


def clock_draw(summary: Summary, seed: int) -> float:
    """g of a member, N(0, .3^2)."""
    z = keyed.normals(seed, keyed.FORECAST, (1,), tick=streams.EXIT_CLOCK, noise=int(summary["number"]))
    return CLOCK_SD * float(z[0])


def stays(summary: Summary, g: float, horizon: float, rate: Tenure = IN_OFFICE[0]) -> float:
    """Probability that the incumbent is in office `horizon` days after the window's start, 0..1; NaN where the history left
    the range of the model with him in office."""
    if summary["exit_day"] <= horizon:
        return 0.0
    if summary["stopped"]:
        return math.nan
    return 1.0 - exit_probability(summary["days"], horizon, g, summary["elite_doubt"], rate)


def fates(summary: Summary, g: float, horizon: float, rate: Tenure = IN_OFFICE[0]) -> np.ndarray:
    """Probability of every outcome at the horizon, f8[9], in the order of `NAMES`: the history's own outcome,
    less the exits that the slow clock adds. A protracted conflict stays one. NaN where the history left the range of
    the model."""
    if summary["stopped"]:
        return np.full(len(NAMES), math.nan)
    out = np.zeros(len(NAMES))
    now = classify(summary)
    if summary["out"] or now == "protracted_conflict":
        out[NAMES.index(now)] = 1.0
        return out
    leaves = exit_probability(summary["days"], horizon, g, summary["elite_doubt"], rate)
    total = sum(way.n for way in WAYS_OUT)
    for way in WAYS_OUT:
        out[NAMES.index(way.outcome)] += leaves * way.n / total
    out[NAMES.index(now)] += 1.0 - leaves
    return out
