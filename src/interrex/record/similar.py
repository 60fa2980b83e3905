"""Which leader-years were most like this one, judged by the features that move the hazard of an exit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from interrex.record.features import YEAR, date
from interrex.record.rows import Rows
from interrex.record.tables import MANNERS
from interrex.record.world import SPANS, World


class Alike(NamedTuple):
    """One leader on the first day of a year, and what became of him within twelve months: a manner, `unknown` for an exit of
    unknown manner, or empty if he stayed. distance: on the log of the hazard."""

    country: str
    leader: str
    day: datetime.date
    fate: str
    distance: float


def weights(world: World, rows: Rows) -> np.ndarray:
    """Slope of the log hazard of any exit on each standardised column, f8[row, column]: the slopes of the manners, each as
    much as its share of the hazard, over the year."""
    found = world.by_event(rows)
    by = np.stack([found[f"exit_{m}"] @ SPANS for m in MANNERS])
    slopes = np.stack([world.hazards[f"exit_{m}"].coef[1:] for m in MANNERS])
    return (by / by.sum(axis=0)).T @ slopes


def similar(world: World, here: Rows, past: Rows, names: Mapping[int, str], count: int = 10) -> list[Alike]:
    """The `count` rows of `past` nearest to the one row `here`, one for each other leader, from rows whose year is over."""
    slopes = weights(world, here)[0]
    spans = SPANS / SPANS.sum()

    def placed(rows: Rows) -> np.ndarray:
        return np.einsum("rpc,p->rc", world.standard(rows.whole, rows.ahead), spans) * slopes

    over = past.watched["exit"] >= YEAR - 1
    gap = np.sqrt(((placed(past) - placed(here)) ** 2).sum(axis=1))
    found: list[Alike] = []
    taken = {(int(here.ccode[0]), here.leader[0])}
    for i in np.argsort(np.where(over, gap, np.inf), kind="stable"):
        who = (int(past.ccode[i]), past.leader[i])
        if who in taken or not over[i]:
            continue
        taken.add(who)
        left = past.until["exit"][i] <= YEAR
        fate = (MANNERS[past.manner[i]] if past.manner[i] >= 0 else "unknown") if left else ""
        found.append(
            Alike(names.get(who[0], str(who[0])), who[1], date(float(past.day[i])), fate, float(gap[i]))
        )
        if len(found) == count:
            break
    return found
