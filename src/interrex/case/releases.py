"""What the ledger counts: the number or interval that a claim stands for, which counts of an origin go together, and
acts that name a place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from interrex.case.draft import Draft, Item
from interrex.case.places import NATION
from interrex.case.schema import Claim

SERIES = ("arrests", "deaths")


def extent(claim: Claim) -> tuple[float, float]:
    """The number of a claim twice, or the interval (low, high) that it gives in its place, persons.

    Bounds without a value are an interval; so is a value that is its own bound: 800 with low 800 says "at least 800",
    up to `high` or without end, and 800 with high 800 says "at most". A value inside its bounds is a number.
    """
    value, low, high = claim.value, claim.low, claim.high
    if value is None:
        return (0.0 if low is None else low), (math.inf if high is None else high)
    least, most = low == value and high != value, high == value and low != value
    if least:
        return value, math.inf if high is None else high
    if most:
        return (0.0 if low is None else low), value
    return value, value


def counted(claim: Claim) -> tuple[float, float]:
    """The bounds of a count of detentions or deaths where it has both, else its `extent`, persons."""
    if claim.low is not None and claim.high is not None:
        return claim.low, claim.high
    return extent(claim)


def is_total(claim: Claim) -> bool:
    """Whether a claim counts all so far and not what an interval added."""
    return claim.measure != "increment"


def rivals(one: Claim, other: Claim) -> bool:
    """Whether one of two claims says that it conflicts with the other."""
    return one.id in other.conflicts or other.id in one.conflicts


class Found(NamedTuple):
    """What `check` says of a part's field; `mistake` where no run may start."""

    mistake: bool
    item: Item
    where: str
    wrong: str
    remedy: str


def found(draft: Draft) -> Iterator[Found]:
    """What `check` has to say of the counts of a case, and of acts that name a place."""
    claims = [item for item in draft.many.get("ledger", ()) if isinstance(item.part, Claim)]
    yield from _bounds(claims)
    yield from _together(claims)
    yield from _placed_acts(claims)


def _bounds(claims: Iterable[Item]) -> Iterator[Found]:
    for item in claims:
        claim: Claim = item.part
        if (
            claim.kind not in ("crowd", *SERIES)
            or claim.use == "context"
            or claim.value is None
            or claim.value < 0
        ):
            continue
        for name, bound, other in (("low", claim.low, claim.high), ("high", claim.high, claim.low)):
            if bound is not None and other is None and bound != claim.value:
                yield Found(
                    True, item, name, f"{name} {bound:g} stands alone beside the value {claim.value:g}",
                    f"give both bounds, or {name} = value for {'at least' if name == 'low' else 'at most'} so many",
                )  # fmt: skip


def _together(claims: Iterable[Item]) -> Iterator[Found]:
    """Counts of one origin, place, day and use that differ."""
    said: dict[tuple[object, ...], list[Claim]] = {}
    for item in claims:
        claim: Claim = item.part
        if claim.kind not in SERIES or claim.use == "context" or claim.basis == "inference":
            continue
        place = "" if claim.place in NATION else claim.place
        key = (
            claim.origin or claim.sources[0],
            claim.kind,
            place,
            claim.when.text,
            claim.use,
            is_total(claim),
        )
        for other in said.setdefault(key, []):
            if rivals(claim, other) or (claim.value, *counted(claim)) == (other.value, *counted(other)):
                continue
            if is_total(claim):
                yield Found(
                    False, item, "value", f"another total of the same origin, place and date is {other.id!r}; the larger one counts",
                    "give each its hour, or set the one that was corrected to context",
                )  # fmt: skip
            else:
                yield Found(
                    False, item, "value", f"added to {other.id!r}, a count of the same origin, place and date, as another incident",
                    "if one corrects the other, name it in conflicts; then the later one counts",
                )  # fmt: skip
        said[key].append(claim)


def _placed_acts(claims: Iterable[Item]) -> Iterator[Found]:
    placed = [
        i for i in claims if i.part.kind == "act" and i.part.use == "fit" and i.part.place not in NATION
    ]
    if placed:
        names = ", ".join(i.part.id for i in placed[:3]) + (" and more" if len(placed) > 3 else "")
        yield Found(
            False, placed[0], "place", f"acts change the whole country: the place of {len(placed)} ({names}) is shown and not used",
            "keep the place for the reader, or leave it empty",
        )  # fmt: skip
