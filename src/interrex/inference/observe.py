"""From the ledger to the likelihood: claims become observation terms, dated acts, and days of exposure.

Duplicates of one origin collapse into one term, series of one agency become increments, rival reports of one act
merge into one event, and inferences (basis `inference`) never enter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.case.places import held_out_regions
from interrex.engine.acts import ActTable
from interrex.engine.arena import TICKS_PER_DAY
from interrex.engine.schedule import Script
from interrex.inference.dated_acts import Event, make_script, merge_events
from interrex.inference.spans import TICK_MINUTES
from interrex.inference.terms import FAMILIES, lay_out
from interrex.inference.terms.kind import Terms
from interrex.inference.terms.record import Record

SHORTEST_DAYS = 8  # conditioning looks at so many days at least


class Observations(NamedTuple):
    """Everything that a cut case says to the likelihood."""

    terms: Terms
    term_claims: tuple[tuple[str, ...], ...]  # claims behind each term (none for quiet days)
    term_labels: tuple[str, ...]
    term_use: np.ndarray  # i8: 1 fit, 0 check
    origins: tuple[str, ...]
    events: tuple[Event, ...]
    script: Script
    ticks: int  # ticks that conditioning needs
    held_out: tuple[str, ...]  # regions kept for checking


def observe(case: CutCase, table: ActTable) -> Observations:
    """Terms, events and script of a cut case."""
    record = Record(case)
    rows = [row for family in FAMILIES for row in family.rows(record)]
    events = merge_events(case, table)
    told = [r.last + 1 for r in rows]  # reports, those kept for checking too, and watched silence
    acted = [int(e.end // TICK_MINUTES) + 1 for e in events]
    watched = [((c.end - case.window.start).days + 1) * TICKS_PER_DAY for c in case.coverage if c.what == "acts"]
    cut = ((case.as_of_date - case.window.start).days + 1) * TICKS_PER_DAY
    needed = min(record.ticks, cut, max([*told, *acted, *watched, SHORTEST_DAYS * TICKS_PER_DAY]))
    days = -(-max(needed, TICKS_PER_DAY) // TICKS_PER_DAY)
    return Observations(
        lay_out(case, rows, record.origins), tuple(r.claims for r in rows), tuple(r.label for r in rows),
        np.array([r.fit for r in rows], dtype=np.int64), tuple(record.origins), events, make_script(case, events),
        days * TICKS_PER_DAY, held_out_regions(case),
    )  # fmt: skip
