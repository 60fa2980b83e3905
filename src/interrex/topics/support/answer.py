"""Support arithmetic: in which company of {elite, street, patron, force} does the incumbent keep his office?

Each of the sixteen subsets is an intervention on the same members with the same luck; what is not in the subset is taken
away from one day on, and acts run free from that day:

- elite off: the elite expects him to lose (its level is held at -1 at the start of every tick);
- street off: the trust of the audiences on the open networks is held at log-odds -2;
- patron off: the patron grants no request and sends no troops; troops in the country are gone;
- force off: the share of the police that can be deployed and of the reserves that may be sent is a fiftieth of what it
  was, and so are the officers on the street.

Survival is in office at the horizon, by the same slow clock as the outcomes. A support's Shapley share is its mean gain of
survival over all orders in which the four could come together (Shapley 1953); shares sum to what all four together add.

How a history would have gone on that left the range of the model is unknown: every number stands with its least and its
most over all such endings, and nothing is named that they could turn over.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import xarray

from interrex.engine.acts import ACCEPTS, DEPLOYS, HazardPriors
from interrex.engine.arena import Arena
from interrex.engine.course import free_modes
from interrex.engine.history import History, Hook, replay
from interrex.engine.overrides import Override, Parameter, State
from interrex.engine.pool import Pool
from interrex.engine.schedule import FORBIDDEN
from interrex.futures.conditioned import Conditioned
from interrex.futures.end_state import clock_draw, end_state, stays
from interrex.futures.members import Member, free_course, spread
from interrex.futures.office import NOTHING_KNOWN, Office
from interrex.futures.prior_sketch import shock_tick
from interrex.mechanisms.state import ELITE, PATRON
from interrex.results.described import dataset
from interrex.results.schema import empty
from interrex.topics.support.variables import GROUP
from interrex.words import SIMULATION

NAMES = ("elite", "street", "patron", "force")
Subset = tuple[int, int, int, int]  # 1 on, 0 off, in the order of NAMES
SUBSETS: tuple[Subset, ...] = tuple(itertools.product((1, 0), repeat=4))  # type: ignore[assignment]
"""All sixteen, from all four to none."""

KEEPS = 0.8
ELITE_OFF = -1.0
TRUST_OFF = -2.0  # log-odds: one in eight
FORCE_LEFT = 0.02
ENOUGH_DAYS = 28  # of free window that a question about the days ahead needs
HARDLY = 0.1  # a range of survival below this is no arithmetic
ERRORS = 2.0  # Monte Carlo errors that a difference must exceed to be named


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


class Asked:
    """What is asked of every member: to be in office at the horizon, with supports taken away from a tick on."""

    def __init__(
        self, pool: Pool, arena: Arena, priors: HazardPriors, begin: int, horizon: float, seed: int,
        office: Office = NOTHING_KNOWN,
    ) -> None:  # fmt: skip
        self.pool, self.arena, self.priors, self.begin = pool, arena, priors, begin
        self.horizon, self.seed, self.office = horizon, seed, office

    def survival(self, member: Member, subset: Subset) -> tuple[float, bool]:
        """Probability of being in office with the supports of `subset` only, NaN where the history left the range of the
        model, and whether the patron's troops were in it or came."""
        modes = free_modes(self.arena.table)
        if not subset[NAMES.index("patron")]:
            modes[[ACCEPTS, DEPLOYS]] = FORBIDDEN
        troops, granted = False, 0

        def look(history: History) -> None:
            nonlocal troops, granted
            troops = bool(history.macro.level[PATRON] > 0.0)
            granted = int(history.clocks.count[ACCEPTS] + history.clocks.count[DEPLOYS])

        history = replay(
            self.arena, member.luck, free_course(self.arena, member, self.priors, self.begin, self.seed, modes),
            self.pool.workspace(), overrides=taken_away(subset, self.arena, self.begin), hooks=(Hook((self.begin,), look),),
        )  # fmt: skip
        helped = troops or int(history.clocks.count[ACCEPTS] + history.clocks.count[DEPLOYS]) > granted
        state = end_state(history, member, self.arena, self.office)
        return stays(state, clock_draw(state, self.seed), self.horizon), helped

    def pair(self, member: Member, others: tuple[int, ...]) -> tuple[float, float]:
        """(with, without) the patron, given elite, street and force. Where no help came the two are one history."""
        elite, street, force = others
        on, helped = self.survival(member, (elite, street, 1, force))
        return (on, self.survival(member, (elite, street, 0, force))[0]) if helped else (on, on)

    def survivals(self, members: list[Member], advance: Callable[[int], None] | None = None) -> np.ndarray:
        """f8[16, member] in the order of `SUBSETS`. `advance(2)` is called for every pair of histories."""
        others = list(itertools.product((1, 0), repeat=3))
        count = len(members)

        def task(number: int) -> tuple[float, float]:
            return self.pair(members[number % count], others[number // count])

        def tell(pairs: int) -> None:
            if advance is not None:
                advance(2 * pairs)

        found = np.zeros((len(SUBSETS), count))
        for number, pair in enumerate(self.pool.map(task, range(len(others) * count), tell)):
            elite, street, force = others[number // count]
            for patron, value in zip((1, 0), pair, strict=True):
                found[SUBSETS.index((elite, street, patron, force)), number % count] = value
        return found


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


def ends(weight: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """Least and most of the sum of weight[16] x worth[16] over all worths between low and high."""
    return float(np.where(weight > 0, low, high) @ weight), float(np.where(weight > 0, high, low) @ weight)


def minimal(keeps: np.ndarray) -> list[Subset]:
    """Subsets that keep him (bool[16]) although no smaller part of them does."""
    kept = [s for s, v in zip(SUBSETS, keeps, strict=True) if v]
    return [s for s in kept if not any(t != s and all(a <= b for a, b in zip(t, s, strict=True)) for t in kept)]


def label(subset: tuple[int, ...]) -> str:
    """'elite, force', or 'none'."""
    return ", ".join(name for name, on in zip(NAMES, subset, strict=True) if on) or "none"


def carrier(found: np.ndarray, low: np.ndarray, high: np.ndarray) -> int | None:
    """The support whose share is the largest and above 0 by more than its noise, however the histories out of range would
    have ended; None if there is no such. found[16, member], NaN out of range."""
    weights = shapley(np.eye(len(SUBSETS)))
    top = int(np.argmax([ends(w, low, high)[0] for w in weights]))
    against = [weights[top], *(weights[top] - weights[j] for j in range(len(NAMES)) if j != top)]
    sure = all(ends(w, low, high)[0] > ERRORS * _noise(w, found) for w in against)
    return top if sure else None


def _noise(weight: np.ndarray, found: np.ndarray) -> float:
    """Standard error of the mean over members of the sum of weight[16] x worth, the larger of both endings."""
    count = found.shape[1]
    if count < 2:
        return math.inf
    spreads = [float((weight @ np.where(np.isnan(found), end, found)).std(ddof=1)) for end in (0.0, 1.0)]
    return max(spreads) / math.sqrt(count)


def verdict(found: np.ndarray, p: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[str, bool]:
    """What the sixteen numbers say however the histories out of range would have ended, and whether that is anything."""
    if high.max() - low.min() < HARDLY:
        return (
            "The sixteen combinations of support hardly differ: he is in office with probability "
            f"{np.nanmin(p):.2f} to {np.nanmax(p):.2f}",
            True,
        )
    said: list[str] = []
    open_ = int(((low >= KEEPS) != (high >= KEEPS)).sum())
    least = minimal(low >= KEEPS)
    if open_:
        said.append(
            f"Which supports keep him is not identified: {np.isnan(found).mean():.0%} of the histories left the range of the model, "
            f"and on how they would have ended depends whether {open_} of the sixteen combinations keep him"
        )
    elif not least:
        said.append(f"No combination of supports keeps him with probability {KEEPS:g} (all four: {p[0]:.2f})")
    elif least == [(0, 0, 0, 0)]:
        said.append(f"He keeps his office with probability {p[-1]:.2f} even without all four supports")
    else:
        ways = " or ".join(label(s) for s in least)
        said.append(f"The least support that keeps him is {ways}; without all four it is {p[-1]:.2f}")
    top = carrier(found, low, high)
    if top is not None:
        said.append(f"The most is carried by {NAMES[top]} ({shapley(p)[top]:+.2f} of {p[0] - p[-1]:+.2f})")
    return ". ".join(said), not open_ or top is not None


def stored(found: np.ndarray, **about: float) -> xarray.Dataset:
    """The group from survivals found[16, member] in the order of `SUBSETS` (NaN: left the range of the model) and the
    scalars of the group that are known beforehand."""
    out = np.isnan(found)
    low, high = (np.where(out, end, found).mean(axis=1) for end in (0.0, 1.0))
    known = (~out).sum(axis=1)
    p = np.divide(np.where(out, 0.0, found).sum(axis=1), known, out=np.full(len(SUBSETS), np.nan), where=known > 0)
    weights = shapley(np.eye(len(SUBSETS)))
    reach = np.array([ends(w, low, high) for w in weights])
    text, decided = verdict(found, p, low, high)
    subsets = np.array(SUBSETS, dtype=float)
    return dataset(GROUP, {
        "label": [label(s) for s in SUBSETS],
        **{name: subsets[:, i] for i, name in enumerate(NAMES)},
        "p_office": p, "p_low": low, "p_high": high, "stopped": out.mean(axis=1),
        "name": list(NAMES), "shapley": shapley(p), "shapley_low": reach[:, 0], "shapley_high": reach[:, 1],
        "shapley_error": [_noise(w, found) if found.shape[1] > 1 else math.nan for w in weights],
        "verdict": text, "decided": decided, "keeps": KEEPS, "members": found.shape[1], **about,
    })  # fmt: skip


def beside_the_records(outcomes: xarray.Dataset) -> dict[str, float]:
    """The chance of office by the sum of records and simulation, and the simulation's weight in it; empty without a sum."""
    if "pool_p" not in outcomes:
        return {}
    own = outcomes["part_weight"].values[outcomes["part"].values == SIMULATION]
    return {"p_sum": 1 - float(outcomes["pool_p"]), "weight": float(own.sum())}


def answer(run: Conditioned) -> xarray.Dataset:
    """The group /support of a conditioned case."""
    wanted, progress, arena = run.settings.effort.per_subset, run.settings.progress, run.model.arena
    progress.stage("support", 16 * wanted)
    left = run.office.left
    if left is not None:
        return empty(f"He left office on {left.on.isoformat()}, by claim {left.claim}: no support keeps him.")
    horizon = float(run.case.question.horizon_days)
    begin = begin_tick(arena, run.histories.free_from)
    asked = Asked(
        run.pool, arena, run.model.target.hazard_priors, begin, horizon, run.settings.seed, run.office
    )
    found = asked.survivals(spread(list(run.histories.members), wanted), progress.advance)
    outcomes = run.answers["outcomes"]
    return stored(
        found, all_members=len(run.histories.members), from_day=begin / arena.ticks_per_day,
        known_days=run.histories.free_from / arena.ticks_per_day, horizon=horizon,
        p_forecast=float(outcomes["in_office_p"]), **beside_the_records(outcomes),
    )  # fmt: skip
