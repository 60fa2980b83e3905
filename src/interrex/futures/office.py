"""What the ledger documents of the incumbent's office: how attempts to remove him ended, and whether he has left.

Claims that could be known decide: credible ones (mean reliability of a half and more, not inferred) on acts by which an
incumbent leaves office. Claims of one kind within a day of each other tell of one act; how it ended says the last of them to
become known that says so. Resigning, fleeing and being killed took effect unless a claim says that they failed; a coup
attempt is open unless a claim says how it ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from interrex.case.cut import CutCase
from interrex.case.schema import Claim

if TYPE_CHECKING:  # the engine behind it takes longer to import than a question on a ruler to answer
    from interrex.inference.dated_acts import Event

EXITS = ("step_down", "flight", "assassination", "coup_attempt")
"""Acts by which an incumbent leaves office."""
CREDIBLE = 0.5
"""Mean reliability from which a claim decides what happened."""
SAME_ACT = timedelta(days=1)


class Departure(NamedTuple):
    """That he has left office."""

    on: date
    day: float  # days since the window's start
    kind: str  # one of `EXITS`
    claim: str  # id of the claim that says so


class Office(NamedTuple):
    """What is documented: his departure, and which dated acts of the record were none or may have been one."""

    left: Departure | None
    no_exit: frozenset[tuple[str, float]]  # (kind, minute)
    open: frozenset[tuple[str, float]]


NOTHING_KNOWN = Office(None, frozenset(), frozenset())


def office_of(case: CutCase, events: Iterable[Event]) -> Office:
    """What claims other than those kept for checking document; `events` are the dated acts of the record."""
    told = [c for c in case.claims if c.use != "check"]
    left, no_exit, still_open = departure(case, told), set(), set()
    ended = {c.id: result for group, result in _acts(case, told) for c in group}
    for event in events:
        if event.kind not in EXITS:
            continue
        results = {ended.get(claim, "failed") for claim in event.claims}
        if "succeeded" not in results:
            (still_open if "" in results else no_exit).add((event.kind, event.minute))
    return Office(left, frozenset(no_exit), frozenset(still_open))


def departure(case: CutCase, claims: Iterable[Claim], by: date | None = None) -> Departure | None:
    """The first documented departure, up to a day if one is given; None while he is in office as far as the claims go."""
    from interrex.inference.spans import minutes

    found = [
        Departure(first.when.start.date(), minutes(case, first.when.start) / 1440.0, first.act, _saying(group).id)
        for group, result in _acts(case, claims)
        if result == "succeeded" and (first := group[0])
    ]
    return min((d for d in found if by is None or d.on <= by), default=None, key=lambda d: (d.day, d.claim))


def attempts(case: CutCase) -> list[tuple[str, date, bool | None]]:
    """What the ledger documents of acts that end or would end the incumbent's time in office: kind, day, and whether it
    succeeded, None where that is open."""
    said = {"succeeded": True, "failed": False}
    return [(group[0].act, group[0].when.start.date(), said.get(result)) for group, result in _acts(case, case.claims)]


def credible(claim: Claim) -> bool:
    """Whether a claim may decide by itself that something happened."""
    return claim.basis != "inference" and claim.reliability.mean >= CREDIBLE


def _acts(case: CutCase, claims: Iterable[Claim]) -> list[tuple[list[Claim], str]]:
    """Claims on acts that would end the incumbent's time in office, act by act, with how each ended: succeeded, failed or
    '' for open."""
    incumbents = {a.id for a in case.actors if a.role == "incumbent"}
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=lambda c: (c.act, c.when.start, c.id)):
        if claim.kind != "act" or claim.act not in EXITS or not credible(claim):
            continue
        persons = set(claim.targets) if claim.act == "coup_attempt" else {*claim.actors, *claim.targets}
        if not (persons & incumbents or claim.act == "coup_attempt" and not persons):
            continue
        if not case.window.start <= claim.when.start.date():
            continue
        last = groups[-1][-1] if groups else None
        if last is not None and last.act == claim.act and claim.when.start <= last.when.end + SAME_ACT:
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return [(group, _result(group)) for group in groups]


def _result(group: list[Claim]) -> str:
    said = _saying(group).result
    return said or ("" if group[0].act == "coup_attempt" else "succeeded")


def _saying(group: list[Claim]) -> Claim:
    """The claim that says how an act ended: the last to become known, the most reliable of equals; the first claim where
    none says."""
    telling = [c for c in group if c.result]
    return max(telling, key=lambda c: (c.known_from, c.reliability.mean, c.id)) if telling else group[0]
