"""Confidence in a judgement: counted from the ledger, the misfit and the sampler's own checks."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.schema import Claim

OFFICIAL = ("official", "state")
"""Types of sources that speak for the authorities."""
MOST_OFFICIAL = 0.5
MOST_APART = 2.0
LEAST_INSIDE = 0.8


class Mark(NamedTuple):
    """One thing that was counted, in words, and whether it speaks for trust."""

    good: bool
    text: str


def confidence(marks: Sequence[Mark]) -> str:
    """High where nothing speaks against trust, moderate where one mark does, low where more do; '' without marks."""
    against = sum(not mark.good for mark in marks)
    level = ("high", "moderate", "low")[min(against, 2)]
    return f"Confidence is {level}: {'; '.join(mark.text for mark in marks)}." if marks else ""


def reported(case: CutCase, kind: str, noun: str) -> list[Mark]:
    """Who reported on a kind of number that the model was conditioned on, and how far rivals are apart."""
    claims = [c for c in case.claims if c.kind == kind and c.use == "fit"]
    if not claims:
        return [Mark(False, f"no report on {noun} was used")]
    official = sum(_official(case, c) for c in claims)
    marks = [
        Mark(
            official <= MOST_OFFICIAL * len(claims), f"{official} of {len(claims)} reports on {noun} come from the authorities"
        )
    ]
    apart = rivals_apart(claims)
    if apart is not None:
        marks.append(Mark(apart <= MOST_APART, f"rival reports on {noun} part by a factor of up to {apart:.2g}"))
    return marks


def misfit(inside: float, put_in: bool) -> list[Mark]:
    """How many reports the model hits, and whether shocks had to put the spread in."""
    marks: list[Mark] = []
    if np.isfinite(inside):
        text = f"{100 * inside:.0f} % of the reports used lie inside the range that was predicted for them"
        marks.append(Mark(inside >= LEAST_INSIDE, text))
    if put_in:
        marks.append(Mark(False, "unexplained shocks put in the spread between regions"))
    return marks


def checks(passed: bool) -> list[Mark]:
    """Whether the sampler converged by its own checks."""
    return [Mark(passed, "the sampler's own checks " + ("passed" if passed else "failed, so no interval is given"))]


def rivals_apart(claims: Sequence[Claim]) -> float | None:
    """Largest factor between rival reports of one thing; None without rivals that both give a number above 0."""
    sizes = {c.id: size for c in claims if (size := _size(c)) is not None and size > 0}
    factors = [
        max(sizes[a.id], sizes[b.id]) / min(sizes[a.id], sizes[b.id])
        for a, b in itertools.combinations([c for c in claims if c.id in sizes], 2)
        if b.id in a.conflicts or a.id in b.conflicts
    ]
    return max(factors, default=None)


def _size(claim: Claim) -> float | None:
    """The number, or the geometric middle of its bounds."""
    if claim.value is not None:
        return float(claim.value)
    if claim.low is not None and claim.high is not None:
        return float(np.sqrt(float(claim.low) * float(claim.high)))
    return None if claim.low is None else float(claim.low)


def _official(case: CutCase, claim: Claim) -> bool:
    types = {case.sources[s].type for s in claim.sources if s in case.sources}
    return claim.basis == "official" or bool(types) and types <= set(OFFICIAL)
