"""The crowd as reported: how many people the ledger puts on the streets, tick by tick.

Only what is fitted speaks: claims of a block that is left out, or kept for checking, are not in it, and nothing that was not
known by the as-of day or that happened after it. The crisis phase and the signals of acts read it beside the model's own crowd.
"""

from __future__ import annotations

import math

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.places import units_of
from interrex.case.releases import extent
from interrex.case.schema import Claim
from interrex.engine.arena import TICKS_PER_DAY
from interrex.inference.spans import tick_span, window_ticks
from interrex.inference.terms.record import Record
from interrex.mechanisms.acts import LONGEST
from interrex.mechanisms.maths import exp_of, log_of

Pieces = dict[frozenset[int], float]
"""Persons by the units on whose streets they are."""

CREDIBLE = 0.5  # mean reliability below which a claim decides nothing, as for acts


def crowd_reported(case: CutCase) -> np.ndarray:
    """Persons on the street by the ledger, in the nation and in the capital and largest city, f8[ticks of the window, 2]; 0
    where it tells of none."""
    capital = frozenset(i for i, unit in enumerate(case.units) if unit.capital)
    last = ((case.as_of_date - case.window.start).days + 1) * TICKS_PER_DAY - 1
    told: list[dict[frozenset[int], list[float]]] = [{} for _ in range(window_ticks(case))]
    for claim in Record(case).claims:
        if claim.kind != "crowd" or claim.use != "fit" or claim.reliability.mean < CREDIBLE:
            continue
        units = frozenset(units_of(case, claim.place))
        first, end = tick_span(case, case.clock(claim))
        for t in range(first, min(end, last, first + LONGEST * TICKS_PER_DAY - 1) + 1):
            told[t].setdefault(units, []).append(_middle(claim))
    out = np.zeros((len(told), 2))
    for t, places in enumerate(told):  # who tells of one place at one time tells of one crowd
        pieces = {units: float(exp_of(log_of(np.array(sizes)).mean())) for units, sizes in places.items()}
        out[t] = _total(pieces), _total({units: n for units, n in pieces.items() if units <= capital})
    return out


def _middle(claim: Claim) -> float:
    """The number of a claim, or the geometric middle of its interval; of "at least" and "at most" the bound."""
    low, high = extent(claim)
    high = high if high < math.inf else low
    return max(1.0, math.sqrt((low if low >= 1.0 else high) * high))


def _total(pieces: Pieces) -> float:
    """People in all places together: a place that holds others has at least as many as they."""
    apart: Pieces = {}
    for units, size in sorted(pieces.items(), key=lambda piece: (len(piece[0]), sorted(piece[0]))):
        inside = [other for other in apart if other & units]
        apart[units.union(*inside)] = max(size, sum(apart.pop(other) for other in inside))
    return sum(apart.values())
