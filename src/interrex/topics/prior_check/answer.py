"""What the model expects before it has seen the case: free histories from the prior, and the lock of the
priors.

The figures say whether the prior is one in which most months are calm, small protests are common and large
ones rare (docs/model.md, section 13). They are frozen, with a hash of every prior, before the first
conditioned run; a prior that changes afterwards is then seen to have changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray

from interrex.engine.arena import STOP_SHARE, Arena
from interrex.engine.pool import Pool
from interrex.errors import RunError
from interrex.futures.base_rates import jeffreys
from interrex.futures.conditioned import Conditioned
from interrex.futures.members import Member, run_free
from interrex.futures.prior_sketch import CALM, Sketch, sketch

LARGE = 10_000.0  # persons; the size asked of a protest over prices
TOO_MANY = 0.02  # share of the nation at once

WANTED: Mapping[str, tuple[float, float]] = {
    "calm_before": (0.85, 1.0),
    "large_after": (0.08, 0.15),
    "small_a_day": (0.5, 3.0),
    "above_two_percent": (0.0, 0.05),
}
"""Ranges asked of the prior (docs/model.md, section 20). Counts behind them: protests of more than 10,000 among
price or tax protests in autocracies, 17 of 217 at least and 17 of the 113 whose size is known (Mass
Mobilization); small protests a day in Kazakhstan, .5 to 3 (Oxus Society, 2018-2021)."""


def rank(shares: np.ndarray) -> np.ndarray:
    """Rank of every region, 1 for the most frequent; ties share the better rank."""
    return np.array([1 + int((shares > s).sum()) for s in shares])


def prior_check(
    pool: Pool,
    arena: Arena,
    members: list[Member],
    priors: Any,
    seed: int,
    region_names: tuple[str, ...] | None = None,
    advance: Any = None,
) -> xarray.Dataset:
    """Run prior members with every act free and sum them up.

    Variables along `figure`: figure, label, value, low, high (central 90 %), wanted_low, wanted_high (NaN
    where nothing is asked). Along `region`: first (share of histories in which it is the first to have 300
    people out), largest, first_rank, largest_rank. `region_names` name the regions in the order of the place.
    """
    if not members:
        raise RunError("a prior check needs at least one history of the prior; raise the number of members.")
    found = run_free(pool, arena, members, priors, 0, sketch, seed, advance=advance)
    return summarise(found, arena, region_names).assign_attrs(seed=seed)


def summarise(
    found: Sequence[Sketch], arena: Arena, region_names: tuple[str, ...] | None = None
) -> xarray.Dataset:
    """The figures of `prior_check` from reduced histories."""
    n = len(found)
    nation = arena.place.nation
    peaks = np.array([s.peak for s in found])
    small = np.array([s.small for s in found])
    rows: list[tuple[str, str, float, float, float]] = []

    def share(name: str, label: str, hits: int) -> None:
        rows.append((name, label, hits / n, *jeffreys(hits, n)[1:]))

    def spread(name: str, label: str, values: np.ndarray, point: float) -> None:
        rows.append((name, label, point, float(np.quantile(values, 0.05)), float(np.quantile(values, 0.95))))

    share(
        "calm_before",
        f"share of histories with fewer than {CALM:,.0f} people out before the shock",
        sum(s.calm for s in found),
    )
    share(
        "large_after",
        f"probability of more than {LARGE:,.0f} people at once after the price shock",
        sum(s.peak_after > LARGE for s in found),
    )
    spread(
        "small_a_day",
        "small protests a day before the shock, mean over histories",
        small,
        float(small.mean()),
    )
    spread(
        "small_median",
        "small protests a day before the shock, median history",
        small,
        float(np.median(small)),
    )
    spread("peak_median", "people at once at the peak, median history", peaks, float(np.median(peaks)))
    share(
        "above_two_percent",
        "share of histories with more than 2 % of the nation on the street at once",
        int((peaks > TOO_MANY * nation).sum()),
    )
    share(
        "stopped",
        f"share of histories stopped at {STOP_SHARE:.0%} of the nation",
        sum(s.stopped for s in found),
    )
    share("event", "prior probability of the pattern that happened", sum(s.event for s in found))

    regions = arena.place.region_effect.size
    moved = max(1, sum(s.first >= 0 for s in found))
    first = np.array([sum(s.first == r for s in found) for r in range(regions)]) / moved
    largest = np.array([sum(s.largest == r for s in found) for r in range(regions)]) / moved
    names, labels, value, low, high = zip(*rows, strict=True)
    wanted = np.array([WANTED.get(name, (math.nan, math.nan)) for name in names])
    text = lambda values: np.array(list(values), dtype=object)  # noqa: E731
    return xarray.Dataset(
        {
            "figure": ("figure", text(names)),
            "label": ("figure", text(labels)),
            "value": ("figure", np.array(value)),
            "low": ("figure", np.array(low)),
            "high": ("figure", np.array(high)),
            "wanted_low": ("figure", wanted[:, 0]),
            "wanted_high": ("figure", wanted[:, 1]),
            "region": ("region", text(region_names or [str(r) for r in range(regions)])),
            "first": ("region", first),
            "largest": ("region", largest),
            "first_rank": ("region", rank(first)),
            "largest_rank": ("region", rank(largest)),
        },
        attrs={"members": n, "moved": int(sum(s.first >= 0 for s in found))},
    )


def figures(check: xarray.Dataset) -> dict[str, float]:
    """The figures of a prior check by name."""
    return {
        str(name): float(v) for name, v in zip(check["figure"].values, check["value"].values, strict=True)
    }


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /prior_check of a conditioned case."""
    regions = tuple(r.region for r in run.case.regions)
    return summarise(run.prior.sketches, run.model.arena, regions)
