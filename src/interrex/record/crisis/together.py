"""What the world record and the crisis record weigh together while mass protest is under way: the weights of a log-linear
pool, learned from days on which both gave a forecast that neither could know the end of.

On every day of the crisis record's own test (fits on other countries and earlier days, features chosen in time) the world
record is asked too: its fit of the 1 January before, with what was known on the day. The weights are those with the best log
score; the pool itself is scored on each country with the weights that the other countries teach.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from interrex.record.crisis.learn import RESAMPLES, SEED, Forecasts, came
from interrex.record.crisis.model import EDGES
from interrex.record.crisis.model import Rows as Looks
from interrex.record.features import countries, number
from interrex.record.pooling import CRISIS, MONTH, WORLD, pooled, within
from interrex.record.questions import HORIZONS
from interrex.record.rows import Told, asked, new_year, rows, told
from interrex.record.scores import LEVEL, log_score, skill, skill_interval
from interrex.record.tables import Panels
from interrex.record.world import fit_world

GRID = np.linspace(0, 1, 101)
"""Weights of the crisis record that are tried."""


SOURCE = "looks of the panel test with features chosen in time; the world record by its fit of the 1 January before, on the day"


def by_world(panels: Panels, looks: Looks, workers: int = 2) -> np.ndarray:
    """The chance f8[row, horizon of `EDGES`] that the incumbent leaves, by the world record; NaN where no year lies before the
    look's, or where it knew another incumbent on the day."""
    table, known = rows(panels), countries(panels)
    by_year: dict[int, list[tuple[int, Told]]] = defaultdict(list)
    for i, (ccode, ordinal, leader) in enumerate(zip(looks.country, looks.day, looks.leader, strict=True)):
        day = datetime.date.fromordinal(int(ordinal))
        ruler = told(known[int(ccode)], int(ccode), number(day)) if int(ccode) in known else None
        if ruler is not None and leader == f"{ccode}-{ruler.leader}-{ruler.since:.0f}":
            by_year[day.year].append((i, ruler))

    def one(year: int) -> np.ndarray:
        if not (table.day < new_year(year)).any():
            return np.full((len(by_year[year]), len(HORIZONS)), np.nan)
        return fit_world(table, until=new_year(year)).forecast(asked([r for _, r in by_year[year]]))["exit"]

    found = np.full((len(looks.day), len(EDGES) - 1), np.nan)
    with ThreadPoolExecutor(workers) as pool:
        for year, p in zip(by_year, pool.map(one, by_year), strict=True):
            at = [i for i, _ in by_year[year]]
            found[at] = np.stack([within(d, [MONTH * m for m in HORIZONS], p) for d in EDGES[1:]], axis=1)
    return found


def together(forecasts: Forecasts, world: np.ndarray, horizon: int) -> dict[str, object]:
    """Weights of both records within one horizon (index), at the ends of their 90 % interval over countries too; on how many
    forecasts, exits and countries they stand; log scores (nats a forecast) of each, of the pool and of the pooled hazard; what
    the pool gains on the better record alone; each record's Brier skill against that hazard. Empty without a forecast by both."""
    kept, gone = came(forecasts.rows, "any", horizon)
    kept &= np.isfinite(world[:, horizon])
    if not kept.any():
        return {}
    y, country, leader = gone[kept].astype(float), forecasts.rows.country[kept], forecasts.rows.leader[kept]
    null = forecasts.pooled[:, kept, horizon].sum(axis=0)
    parts = {WORLD: world[kept, horizon], CRISIS: forecasts.p[:, kept, horizon].sum(axis=0)}
    names, group = np.unique(country, return_inverse=True)
    by = np.stack([
        np.bincount(group, np.log(np.where(y == 1, p, 1 - p)))
        for p in (pooled(list(parts.values()), (1 - w, w)) for w in GRID)
    ])  # fmt: skip
    total = by.sum(axis=1)
    times = np.random.default_rng(SEED).multinomial(
        len(names), np.full(len(names), 1 / len(names)), RESAMPLES
    )
    ends = np.quantile(GRID[(by @ times.T).argmax(axis=0)], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    unseen = by[(total[:, None] - by).argmax(axis=0), np.arange(len(names))]
    best = max(by[0], by[-1], key=np.sum)  # the better record alone
    size = np.bincount(group)

    def weights(w: float) -> dict[str, float]:
        return {WORLD: 1 - w, CRISIS: w}

    return {
        "weights": weights(float(GRID[total.argmax()])), "ends": [weights(float(w)) for w in ends],
        "rows": len(y), "exits": len(set(leader[y == 1])), "countries": len(names),
        "log": {n: log_score(p, y) for n, p in parts.items()} | {"pool": unseen.sum() / len(y), "null": log_score(null, y)},
        "gain": [
            (unseen - best).sum() / len(y),
            *np.quantile((times @ (unseen - best)) / (times @ size), [(1 - LEVEL) / 2, (1 + LEVEL) / 2]),
        ],
        "skill": {n: [skill(p, null, y), *skill_interval(p, null, y, country)] for n, p in parts.items()},
        "source": SOURCE,
    }  # fmt: skip
