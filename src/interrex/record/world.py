"""The world record: hazards of exits by manner, of coup attempts and of large protests, fitted to the table of rows.

Exits of unknown manner are shared out by what the fit says of their rows, a few times over (expectation and maximisation);
they are never coups, since the list of coups is complete.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.record.features import AHEAD, EDGES, FEATURES, YEAR
from interrex.record.hazards import Hazard, chances, fit, rates
from interrex.record.questions import COUP, CROWDS
from interrex.record.rows import Rows
from interrex.record.tables import MANNERS

COLUMNS = (*FEATURES, *AHEAD)
SPANS = np.diff(EDGES) / YEAR
ROUNDS = 4
LEAST = 10
"""Fewest events from which a hazard is learned."""


class Spread(NamedTuple):
    """Standard deviations of slopes and of the countries' own effects, on the log of the hazard, before the data speak."""

    slope: float
    country: float


SPREADS: dict[str, Spread] = {
    **{f"exit_{m}": Spread(0.1, 0.05) for m in MANNERS},
    COUP: Spread(0.1, 0.5),
    **{event: Spread(0.1, 0.8) for event in CROWDS},
}
"""Chosen by the log score of 1995 to 2009 (`python -m interrex.record.backtest PATH --choose`)."""


class World(NamedTuple):
    """A fitted record. mean, sd, low and high f8[column] of the fitted person-periods; countries i8 in the order of the
    effects."""

    hazards: dict[str, Hazard]
    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray
    countries: np.ndarray

    def index(self, ccode: np.ndarray) -> np.ndarray:
        """Place of each country among the fitted ones, -1 for one never seen."""
        at = np.searchsorted(self.countries, ccode)
        at = np.minimum(at, len(self.countries) - 1)
        return np.where(self.countries[at] == ccode, at, -1)

    def standard(self, whole: np.ndarray, ahead: np.ndarray) -> np.ndarray:
        """Features in standard deviations from the fitted mean, f8[row, period, column]; the unknown is the mean, and what
        lies beyond all that was fitted is its nearest value."""
        x = np.concatenate([np.repeat(whole[:, None], ahead.shape[1], axis=1), ahead], axis=2)
        return np.nan_to_num((np.clip(x, self.low, self.high) - self.mean) / self.sd, nan=0.0)

    def by_event(self, rows: Rows) -> dict[str, np.ndarray]:
        """Rates a year by event, f8[row, period]."""
        x, group = self.standard(rows.whole, rows.ahead), self.index(rows.ccode)
        n, periods = x.shape[:2]
        return {
            event: rates(h, x.reshape(n * periods, -1), np.repeat(group, periods)).reshape(n, periods)
            for event, h in self.hazards.items()
        }

    def forecast(self, rows: Rows) -> dict[str, np.ndarray]:
        """Chance of each event by 1, 6 and 12 months, f8[row, horizon]: of any exit (`exit`), of exits by manner, which exclude
        each other, and of the others, which do not."""
        found = self.by_event(rows)
        manners = np.stack([found[f"exit_{m}"] for m in MANNERS])
        exits = chances(manners, SPANS)
        told = {f"exit_{m}": exits[k] for k, m in enumerate(MANNERS)} | {"exit": exits.sum(axis=0)}
        return told | {e: chances(found[e][None], SPANS)[0] for e in (COUP, *CROWDS) if e in found}


def fit_world(rows: Rows, spreads: dict[str, Spread] = SPREADS, until: float = np.inf) -> World:
    """The record as it could be fitted on day `until` (days since 1970): rows issued before it, watched up to it."""
    rows = rows.take(rows.day < until)
    countries, group = np.unique(rows.ccode, return_inverse=True)
    x = np.concatenate([np.repeat(rows.whole[:, None], len(SPANS), axis=1), rows.ahead], axis=2)
    flat = x.reshape(-1, x.shape[2])
    known = np.isfinite(flat).any(axis=0)
    flat = np.where(known, flat, 0.0)  # a feature of which nothing is known is the same for everybody
    mean, sd = np.nanmean(flat, axis=0), np.nanstd(flat, axis=0)
    world = World(
        {}, mean, np.where(sd > 0, sd, 1.0), np.nanmin(flat, axis=0), np.nanmax(flat, axis=0), countries
    )
    z = world.standard(rows.whole, rows.ahead)
    limit = until - rows.day
    exit_at = rows.until["exit"]
    manner = {
        m: np.where((rows.manner == k)[:, None], 1.0, 0.0) * np.ones(len(SPANS))
        for k, m in enumerate(MANNERS)
    }
    unknown = (rows.manner < 0) & np.isfinite(exit_at)
    free = [m for m in MANNERS if m != "coup"]
    share = {m: np.full((len(rows.ccode), len(SPANS)), 1 / len(free)) for m in free}

    def one(event: str, at: np.ndarray, watched: np.ndarray, weight: np.ndarray | None) -> Hazard:
        end = np.minimum(np.minimum(at, watched), limit)
        hit = (
            (at <= np.minimum(watched, limit))[:, None]
            & (at[:, None] > EDGES[:-1])
            & (at[:, None] <= EDGES[1:])
        )
        exposed = np.clip(end[:, None] - np.array(EDGES[:-1]), 0, np.diff(EDGES)) / YEAR
        here = exposed > 0
        count = hit * (1.0 if weight is None else weight)
        spread = spreads[event]
        at_risk = np.repeat(group[:, None], len(SPANS), axis=1)[here]
        return fit(
            z[here],
            count[here],
            exposed[here],
            at_risk,
            len(countries),
            spread.slope,
            spread.country,
            hazards.get(event),
        )

    hazards: dict[str, Hazard] = {}
    for _ in range(ROUNDS if unknown.any() else 1):
        for m in MANNERS:
            weight = manner[m] + (unknown[:, None] * share[m] if m in share else 0.0)
            hazards[f"exit_{m}"] = one(f"exit_{m}", exit_at, rows.watched["exit"], weight)
        fitted = world._replace(hazards=hazards).by_event(rows)
        total = sum(fitted[f"exit_{m}"] for m in free)
        share = {m: fitted[f"exit_{m}"] / total for m in free}
    for event in (COUP, *CROWDS):
        if (rows.until[event] <= np.minimum(rows.watched[event], EDGES[-1])).sum() >= LEAST:
            hazards[event] = one(event, rows.until[event], rows.watched[event], None)
    return world._replace(hazards=hazards)
