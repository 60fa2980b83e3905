"""Support arithmetic: in which company of {elite, street, patron, force} does the incumbent keep his office?

Each of the sixteen subsets is an intervention on the same members with the same luck; what is not in the
subset is taken away from one day on, and acts run free from that day: elite   off: the elite expects him to
lose (its level is held at -1 at the start of every tick);
street  off: the trust of the audiences on the open networks is held at log-odds -2 at the start of every
tick; patron  off: the patron grants no request and sends no troops; troops in the country are gone; force
off: the share of the police that can be deployed and of the reserves that may be sent is a fiftieth of what
             it was, and so are the officers on the street.
Survival is in office at the horizon, by the same slow clock as the outcomes. A support's Shapley share is its
mean gain of survival over all orders in which the four could come together (Shapley 1953); shares sum to what
all four together add. He "is kept" by a subset whose survival is .8 or more.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from interrex.engine.acts import ACCEPTS, DEPLOYS, HazardPriors
from interrex.engine.arena import Arena
from interrex.engine.course import free_modes
from interrex.engine.history import History, Hook, replay
from interrex.engine.overrides import Override, Parameter, State
from interrex.engine.pool import Pool
from interrex.engine.schedule import FORBIDDEN
from interrex.futures.base_rates import in_office, jeffreys
from interrex.futures.conditioned import Conditioned
from interrex.futures.end_state import HORIZON, clock_draw, end_state, stays
from interrex.futures.members import Member, free_course, spread
from interrex.futures.prior_sketch import shock_tick
from interrex.inference import streams
from interrex.mechanisms.state import ELITE, PATRON

if TYPE_CHECKING:
    import xarray

NAMES = ("elite", "street", "patron", "force")
Subset = tuple[int, int, int, int]  # 1 on, 0 off, in the order of NAMES
SUBSETS: tuple[Subset, ...] = tuple(itertools.product((1, 0), repeat=4))  # type: ignore[assignment]
"""All sixteen, from all four to none."""

KEEPS = 0.8
ELITE_OFF = -1.0
TRUST_OFF = -2.0  # log-odds: one in eight
FORCE_LEFT = 0.02
YEAR = 365.0
ENOUGH_DAYS = 28  # of free window that a question about the days ahead needs
HARDLY = 0.1  # a range of survival below this is no arithmetic
RESAMPLES = 400


class Survival(NamedTuple):
    """One member under one subset: probability of being in office at two horizons (NaN where the history left
    the range of the model)."""

    office: float
    year: float


def begin_tick(arena: Arena, free_from: int) -> int:
    """From which tick supports are taken away: from `free_from` if four weeks of the window are left, else
    from the case's shock (or the start of the window), so that there is something to survive."""
    if arena.ticks - free_from >= ENOUGH_DAYS * arena.ticks_per_day:
        return free_from
    return shock_tick(arena) or 0


def taken_away(subset: Subset, arena: Arena, begin: int) -> tuple[Override, ...]:
    """What is otherwise from tick `begin` on where a support of `subset` is off."""
    elite, street, patron, force = subset
    out: list[Override] = []
    if not elite:
        out.append(State("level", begin, ELITE, value=ELITE_OFF, held=True))
    if not street:
        out.append(State("trust", begin, arena.place.online > 0.0, value=TRUST_OFF, held=True))
    if not patron:
        out.append(State("level", begin, PATRON, value=0.0))
    if not force:
        out += [Parameter(name, begin, FORCE_LEFT) for name in ("deployable", "reserve_share")]
        out.append(State("force", begin, factor=FORCE_LEFT))
    return tuple(out)


def run_subset(
    pool: Pool,
    arena: Arena,
    member: Member,
    priors: HazardPriors,
    begin: int,
    subset: Subset,
    seed: int,
) -> tuple[Survival, bool]:
    """One history with the supports of `subset` only, from tick `begin` on, and whether the patron's troops
    were in it or came."""
    modes = free_modes(arena.table)
    if not subset[NAMES.index("patron")]:
        modes[[ACCEPTS, DEPLOYS]] = FORBIDDEN
    troops, granted = False, 0

    def look(history: History) -> None:
        nonlocal troops, granted
        troops = bool(history.macro.level[PATRON] > 0.0)
        granted = int(history.clocks.count[ACCEPTS] + history.clocks.count[DEPLOYS])

    history = replay(
        arena, member.luck, free_course(arena, member, priors, begin, seed, modes), pool.workspace(),
        overrides=taken_away(subset, arena, begin), hooks=(Hook((begin,), look),),
    )  # fmt: skip
    helped = troops or int(history.clocks.count[ACCEPTS] + history.clocks.count[DEPLOYS]) > granted
    state = end_state(history, member, arena)
    if state["stopped"] and not state["out"]:
        return Survival(math.nan, math.nan), helped
    g = clock_draw(state, seed)
    return Survival(stays(state, g, HORIZON), stays(state, g, YEAR)), helped


def run_pair(
    pool: Pool, arena: Arena, member: Member, priors: HazardPriors, begin: int, others: tuple[int, int, int], seed: int
) -> tuple[Survival, Survival]:
    """(with, without) the patron, given elite, street and force. Where no help came the two are one
    history."""
    elite, street, force = others
    on, helped = run_subset(pool, arena, member, priors, begin, (elite, street, 1, force), seed)
    if not helped:
        return on, on
    return on, run_subset(pool, arena, member, priors, begin, (elite, street, 0, force), seed)[0]


def shapley(value: np.ndarray) -> np.ndarray:
    """Shapley shares f8[4, ...] of the worths value[16, ...] of `SUBSETS`; they sum to value of all less
    value of none."""
    index = {subset: i for i, subset in enumerate(SUBSETS)}
    n = len(NAMES)
    out = np.zeros((n, *value.shape[1:]))
    for i in range(n):
        for subset in SUBSETS:
            if subset[i]:
                continue
            size = sum(subset)
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            joined = (*subset[:i], 1, *subset[i + 1 :])
            with_it = value[index[joined]]  # pyright: ignore[reportArgumentType]
            out[i] += weight * (with_it - value[index[subset]])
    return out


def minimal(p: np.ndarray) -> list[Subset]:
    """Subsets that keep him although no smaller part of them does."""
    keeps = {s for s, v in zip(SUBSETS, p, strict=True) if v >= KEEPS}
    return [s for s in SUBSETS if s in keeps and not any(_part(t, s) for t in keeps if t != s)]


def _part(small: tuple[int, ...], big: tuple[int, ...]) -> bool:
    return all(a <= b for a, b in zip(small, big, strict=True))


def label(subset: tuple[int, ...]) -> str:
    """'elite, force', or 'none'."""
    return ", ".join(name for name, on in zip(NAMES, subset, strict=True) if on) or "none"


def fallback(days: int) -> float:
    """Share in office at the horizon in the reference class of leadership crises: stands in for a history
    that left the range of the model."""
    rate = in_office(days)[-1]
    return jeffreys(rate.n, rate.total)[0]


def support(
    pool: Pool,
    arena: Arena,
    members: list[Member],
    priors: HazardPriors,
    free_from: int,
    seed: int,
    per_subset: int = 60,
    advance: Any = None,
) -> xarray.Dataset:
    """The group /support from at most `per_subset` members (evenly spaced), the same ones in every subset.

    `free_from` is the first tick after what is known. Intervals are central 90 %: Jeffreys for a subset's
    survival, a bootstrap over members for Shapley shares. `advance(1)` is called once for each of the 16 x
    members histories.
    """
    count = min(per_subset, len(members))
    chosen = [members[i] for i in np.linspace(0, len(members) - 1, count).round().astype(int)]
    begin = begin_tick(arena, free_from)

    others = [(a, b, c) for a, b, c in itertools.product((1, 0), repeat=3)]

    def task(slot: int) -> tuple[Survival, Survival]:
        return run_pair(pool, arena, chosen[slot % count], priors, begin, others[slot // count], seed)

    pairs = pool.map(task, range(len(others) * count), None if advance is None else lambda n: advance(2 * n))
    found = np.zeros((len(SUBSETS), count, 2))
    for slot, pair in enumerate(pairs):
        elite, street, force = others[slot // count]
        for patron, survival in zip((1, 0), pair, strict=True):
            found[SUBSETS.index((elite, street, patron, force)), slot % count] = survival
    return dataset(found, arena, begin, seed)


def dataset(found: np.ndarray, arena: Arena, begin: int, seed: int) -> xarray.Dataset:
    """The group from survivals found[16, members, 2] in the order of `SUBSETS` (NaN: left the range of the
    model)."""
    import xarray

    stopped = np.isnan(found[:, :, 0])
    office = np.where(stopped, fallback(180), found[:, :, 0])
    year = np.where(stopped, fallback(365), found[:, :, 1])
    count = office.shape[1]
    p, p_year = office.mean(axis=1), year.mean(axis=1)
    bounds = np.array(
        [
            (
                min(v, jeffreys(float(np.where(s, 0.0, o).sum()), count)[1]),
                max(v, jeffreys(float(np.where(s, 1.0, o).sum()), count)[2]),
            )
            for v, o, s in zip(p, office, stopped, strict=True)
        ]
    )
    rng = streams.generator(seed, streams.SUPPORT)
    picks = rng.integers(0, count, size=(RESAMPLES, count))
    again = shapley(office[:, picks].mean(axis=2))
    shares = shapley(p)
    text = lambda values: np.array(list(values), dtype=object)  # noqa: E731
    subsets = np.array(SUBSETS, dtype=float)
    day = begin / arena.ticks_per_day
    data: dict[str, Any] = {
        "label": ("subset", text(label(s) for s in SUBSETS)),
        **{name: ("subset", subsets[:, i]) for i, name in enumerate(NAMES)},
        "p_office": ("subset", p),
        "p_low": ("subset", bounds[:, 0]),
        "p_high": ("subset", bounds[:, 1]),
        "p_year": ("subset", p_year),
        "stopped": ("subset", stopped.mean(axis=1)),
        "name": ("support", text(NAMES)),
        "shapley": ("support", shares),
        "shapley_low": ("support", np.quantile(again, 0.05, axis=1)),
        "shapley_high": ("support", np.quantile(again, 0.95, axis=1)),
    }
    without_street = SUBSETS.index((1, 0, 1, 1))
    return xarray.Dataset(
        data,
        attrs={
            "verdict": verdict(p, p_year[without_street]),
            "members": count,
            "from_day": day,
            "horizon_days": HORIZON,
            "keeps": KEEPS,
            "without_street_year": float(p_year[without_street]),
            "hardly_differ": int(np.ptp(p) < HARDLY),
            "note": (
                f"Supports are taken away from day {day:g} of the window on, and acts run free from then. "
                "Exits are rare acts whose hazards follow the elite's doubt, the crowd in the capital and "
                "distrust; a support counts only as far as it moves these. Histories that leave the range "
                f"of the model ({stopped.mean():.0%} of all) are given the survival of leaders in 26 leadership "
                f"crises, {fallback(180):.2f}; the intervals of a subset hold either way."
            ),
        },
    )


def verdict(p: np.ndarray, without_street_year: float) -> str:
    """What the sixteen numbers say, in two or three sentences."""
    if np.ptp(p) < HARDLY:
        first = (
            "The sixteen combinations of support hardly differ: he is in office at 180 days with probability "
            f"{p.min():.2f} to {p.max():.2f}, since exits are rare in the panels behind their rates"
        )
    else:
        least = minimal(p)
        if not least:
            first = f"No combination of supports keeps him with probability {KEEPS:g} (all four: {p[0]:.2f})"
        elif least == [(0, 0, 0, 0)]:
            first = f"He keeps his office with probability {p[-1]:.2f} even without all four supports"
        else:
            ways = " or ".join(f"{{{label(s)}}}" for s in least)
            first = f"The least support that keeps him is {ways}; without all four it is {p[-1]:.2f}"
        shares = shapley(p)
        top = int(shares.argmax())
        first += f". The most is carried by {NAMES[top]} ({shares[top]:+.2f} of {p[0] - p[-1]:+.2f})"
    return (
        f"{first}. With civil society's support set to 0 and the other three on, he is in office after "
        f"twelve months with probability {without_street_year:.2f}"
        + (
            ": the statement that he will have to rely on it is not borne out."
            if without_street_year >= KEEPS
            else "."
        )
    )


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /support of a conditioned case."""
    wanted, progress = run.settings.effort.per_subset, run.settings.progress
    progress.stage("support", 16 * wanted)
    return support(
        run.pool, run.model.arena, spread(list(run.histories.members), wanted), run.model.target.hazard_priors,
        run.histories.free_from, run.settings.seed, per_subset=wanted, advance=progress.advance,
    )  # fmt: skip
