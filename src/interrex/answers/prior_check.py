"""What the model expects before it has seen the case: free histories from the prior, and the lock of the
priors.

The figures say whether the prior is one in which most months are calm, small protests are common and large
ones rare (docs/model.md, section 13). They are frozen, with a hash of every prior, before the first
conditioned run; a prior that changes afterwards is then seen to have changed.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from interrex.answers.base_rates import jeffreys
from interrex.answers.members import Member, run_free
from interrex.engine.ensemble import STOP_SHARE, TICKS_PER_DAY, Arena, History, Pool
from interrex.engine.schedule import DONE, EXOGENOUS, PRESENT
from interrex.errors import RunError
from interrex.inference.space import Space
from interrex.mechanisms.catalogue import catalogue_hash

if TYPE_CHECKING:
    import xarray

CALM = 1500.0  # persons on the streets of the nation at once; below it a month counts as calm
LARGE = 10_000.0  # persons; the size asked of a protest over prices
SMALL = (20.0, 1000.0)  # persons; a small protest of one unit
OUT = 300.0  # persons in one unit who count as that unit being out
EVENT_UNITS = 8
EVENT_HOURS = 72.0
EVENT_PEAK = 1e-3  # share of the nation
EVENT_OVER = 1e-4  # share of the nation
EVENT_DAYS = 10.0
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


class Sketch(NamedTuple):
    """What is kept of one free history of the prior. Persons are persons present at once in the nation."""

    calm: bool  # never `CALM` persons before the price shock
    small: float  # small protests a day before the price shock
    peak: float
    peak_after: float  # from the price shock on
    event: bool  # the pattern of the case: see `is_event`
    first: int  # region that is first to have `OUT` persons in a unit, from the shock on; -1 none
    largest: int  # region with the largest crowd, -1 where no unit ever had `OUT` persons
    stopped: bool  # left the range of the model (more than `STOP_SHARE` on the street)


def shock_tick(arena: Arena) -> int | None:
    """Tick of the first exogenous shock of the case; None if it has none."""
    at = arena.script.tick[arena.script.kind == EXOGENOUS]
    return int(at.min()) if at.size else None


def small_protests(units: np.ndarray) -> int:
    """Unit-days with a small protest begun that day: crowds[T, U] at the end of every tick, in persons. A
    protest begins on a day when the unit has at least 20 and at most 1,000 after fewer than 20 at the end of
    the day before."""
    days = units.shape[0] // TICKS_PER_DAY
    by_day = units[: days * TICKS_PER_DAY].reshape(days, TICKS_PER_DAY, -1)
    most = by_day.max(axis=1)
    before = np.vstack([np.zeros((1, units.shape[1])), by_day[:-1, -1]])
    return int(((before < SMALL[0]) & (most >= SMALL[0]) & (most <= SMALL[1])).sum())


def is_event(units: np.ndarray, nation: float) -> bool:
    """Whether crowds[T, U] show the pattern of the case: eight units out within 72 hours of the first, a peak
    of .1 % of the nation, and under .01 % again within ten days of the peak."""
    out = units >= OUT
    starts = np.where(out.any(axis=0), out.argmax(axis=0), units.shape[0])
    first = int(starts.min(initial=units.shape[0]))
    if first == units.shape[0]:
        return False
    if (starts <= first + EVENT_HOURS / 24.0 * TICKS_PER_DAY).sum() < EVENT_UNITS:
        return False
    total = units.sum(axis=1)
    top = int(total.argmax())
    if total[top] < EVENT_PEAK * nation:
        return False
    after = total[top : top + int(EVENT_DAYS * TICKS_PER_DAY) + 1]
    return bool((after < EVENT_OVER * nation).any())


def sketch(history: History, member: Member) -> Sketch:
    """Reduce one history."""
    arena = history.arena
    units = history.trace.units[:, :, PRESENT].astype(float)
    shock = shock_tick(arena)
    before = units[: shock if shock else units.shape[0]]
    after = units[shock or 0 :]
    total = units.sum(axis=1)
    first = largest = -1
    if (after >= OUT).any():
        tick = int((after >= OUT).any(axis=1).argmax())
        first = int(arena.place.region[int(after[tick].argmax())])
        region = np.zeros((after.shape[0], arena.place.region_effect.size))
        np.add.at(region.T, arena.place.region, after.T)
        largest = int(region.max(axis=0).argmax())
    days = before.shape[0] / TICKS_PER_DAY
    stopped = history.status != DONE
    return Sketch(
        bool(before.sum(axis=1).max() < CALM),
        small_protests(before) / days,
        float(total.max()),
        float(after.sum(axis=1).max()),
        not stopped and is_event(after, arena.place.nation),
        first,
        largest,
        stopped,
    )


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
    found: list[Sketch], arena: Arena, region_names: tuple[str, ...] | None = None
) -> xarray.Dataset:
    """The figures of `prior_check` from reduced histories."""
    import xarray

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


def priors_hash(space: Space) -> str:
    """Sha256 of every prior declaration: parameters of the mechanisms and of the observation model (prior,
    unit, owner), and the catalogue of acts."""
    rows = [
        [owner, p.name, p.prior.kind, repr(float(p.prior.a)), repr(float(p.prior.b)), p.unit]
        for owner, p in zip(space.mechanism, space.params, strict=True)
    ]
    text = json.dumps({"params": rows, "catalogue": catalogue_hash()}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def priors_lock(space: Space, figures: Mapping[str, float], on: date | None = None) -> dict[str, Any]:
    """What is frozen before the first conditioned run: hash, day, and the prior predictive figures (6
    digits)."""
    return {
        "priors": priors_hash(space),
        "date": (on or date.today()).isoformat(),
        "figures": {name: float(f"{value:.6g}") for name, value in sorted(figures.items())},
    }


def write_lock(path: str | Path, lock: Mapping[str, Any]) -> None:
    """Write a lock as JSON, one key a line."""
    Path(path).write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def check_lock(path: str | Path, space: Space) -> tuple[bool, str]:
    """(whether the priors are those of the lock, one sentence that says so). RunError if there is no readable
    lock."""
    try:
        lock = json.loads(Path(path).read_text(encoding="utf-8"))
        frozen, day = lock["priors"], lock["date"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RunError(
            f"cannot read the lock of the priors at {path}; write it again with a prior check."
        ) from problem
    if frozen == priors_hash(space):
        return True, f"The priors are those frozen on {day}."
    return (
        False,
        f"The priors have changed since they were frozen on {day}: "
        "old and new answers must be shown side by side.",
    )


def lock_text(space: Space, case: Any) -> str:
    """Whether the priors are those that were locked before the case was first conditioned on."""
    from importlib import resources

    lock = resources.files("interrex").joinpath("library", case.id, "priors.lock")
    if not lock.is_file():
        return "No priors.lock lies beside this case: nothing shows that the priors were fixed before its outcome was used."
    with resources.as_file(lock) as path:
        return check_lock(path, space)[1]
