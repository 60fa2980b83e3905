"""Cancellations after an episode: what a hazard that was perceived does to a population of planned entries.

Image: after a day on which control could have been lost with probability h, firms that look expect the same hazard
`recurrence` times over, spread over a memory: the excess hazard a year is sum_s recurrence h_s exp(-(t - s) / memory)
/ memory (Hawkes 1971), as seen up to that day, without foresight. Every plan waits between its two triggers
(`waiting`); the density of plans is pushed along the lattice day by day, in the world as it was and in one in which
nobody looks. A plan ends as entered, dropped (not worth its upkeep) or lapsed (its window shut while it waited).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from interrex.firms.planned import Population
from interrex.firms.waiting import STEP, Boundaries, Terms, at_excess, boundaries, moves

YEAR = 365.25
SOLVED = 2.5  # years of the lattice; its first half is used
FREE_SPAN = 1.0  # log profit under the entry trigger in which plans start where nothing makes firms drop them


class Fates(NamedTuple):
    """Shares of the plans that have ended by each step, f8[K, R]; what is missing to 1 still waits."""

    entered: np.ndarray
    dropped: np.ndarray
    lapsed: np.ndarray

    @property
    def cancelled(self) -> np.ndarray:
        """Dropped or lapsed."""
        return self.dropped + self.lapsed


class Worlds(NamedTuple):
    """Fates of plan p in draw s by day d, f8[D, S, P], with the episode and without anybody looking; and draws."""

    looked: Fates
    unmoved: Fates
    excess: np.ndarray  # f8[D, S] perceived, a year
    drawn: dict[str, np.ndarray]


def image(hazard: np.ndarray, recurrence: np.ndarray, memory: np.ndarray) -> np.ndarray:
    """Excess hazard a year as perceived at the end of every day, f8[D, S], from the hazard of each day, f8[D, S]."""
    fade = np.exp(-1.0 / (memory * YEAR))
    out = np.empty_like(hazard)
    level = np.zeros(hazard.shape[1])
    for d in range(hazard.shape[0]):
        level = level * fade + recurrence * hazard[d] / memory
        out[d] = level
    return out


def fates(terms: Terms, excess: np.ndarray) -> tuple[Fates, Fates]:
    """What becomes of plans while the excess hazard, f8[K, R] by step, is perceived, and what if nobody looked."""
    peak = terms._replace(excess=excess.max(axis=0))
    found = boundaries(peak, SOLVED)
    calm = boundaries(peak._replace(excess=np.zeros(peak.excess.size)), SOLVED, found.lattice)
    still = [(calm.enter[0], calm.drop[0])] * excess.shape[0]
    start = standing(peak, calm)
    moved = (at_excess(found, calm, peak, row) for row in excess)
    return _push(peak, found.lattice, start, moved, len(still)), _push(
        peak, found.lattice, start, still, len(still)
    )


def standing(terms: Terms, calm: Boundaries) -> np.ndarray:
    """Where plans stand in a long calm, f8[R, nodes], summing to 1: new ones come up evenly (in log profit) between the
    triggers, the others move, are entered, dropped, or lapse. Started anywhere else, the count of endings would begin
    with a burst that has nothing to do with the country."""
    from scipy.linalg import solve_banded

    nodes = calm.lattice
    half = 0.5 * (nodes[:, 1:2] - nodes[:, :1])
    up, down = moves(terms, nodes)
    enter, drop = calm.enter[0], calm.drop[0]
    floor = np.where(np.isfinite(drop), drop, enter - FREE_SPAN)
    fresh = (1.0 - _beyond(nodes, enter, half)) * _beyond(nodes, floor, half)
    stays = (
        (1.0 - _beyond(nodes, enter, half))
        * _beyond(nodes, drop, half)
        * np.exp(-terms.window * STEP)[:, None]
    )
    out = np.empty_like(nodes)
    for r in range(nodes.shape[0]):
        u, d, s = up[r, 0], down[r, 0], stays[r]
        bands = np.zeros((3, nodes.shape[1]))
        bands[0, 1:] = -d * s[1:]
        bands[1] = 1.0 - (1.0 - u - d) * s
        bands[1, 0] -= d * s[0]
        bands[1, -1] -= u * s[-1]
        bands[2, :-1] = -u * s[:-1]
        out[r] = solve_banded((1, 1), bands, fresh[r])
    inside = out * (1.0 - _beyond(nodes, enter, half)) * _beyond(nodes, drop, half)
    return inside / inside.sum(axis=1, keepdims=True)


def _push(
    terms: Terms,
    nodes: np.ndarray,
    start: np.ndarray,
    triggers: Iterable[tuple[np.ndarray, np.ndarray]],
    steps: int,
) -> Fates:
    """Move the plans through `steps` steps, each with its own triggers."""
    half = 0.5 * (nodes[:, 1:2] - nodes[:, :1])
    up, down = moves(terms, nodes)
    lapse = -np.expm1(-terms.window * STEP)
    mass = start
    out = Fates(*(np.zeros((steps + 1, nodes.shape[0])) for _ in range(3)))
    for k, (enter, drop) in enumerate(triggers):
        into = mass * _beyond(nodes, enter, half)
        given = (mass - into) * (1.0 - _beyond(nodes, drop, half))
        mass = mass - into - given
        gone = mass.sum(axis=1) * lapse
        for total, more in zip(out, (into.sum(axis=1), given.sum(axis=1), gone), strict=True):
            total[k + 1] = total[k] + more
        mass *= (1.0 - lapse)[:, None]
        rising, falling = up * mass, down * mass
        mass = mass - rising - falling
        mass[:, 1:] += rising[:, :-1]
        mass[:, -1] += rising[:, -1]
        mass[:, :-1] += falling[:, 1:]
        mass[:, 0] += falling[:, 0]
    return out


def _beyond(nodes: np.ndarray, bound: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Share of each node's cell above a bound."""
    return np.clip((nodes + half - bound[:, None]) / (2.0 * half), 0.0, 1.0)


def worlds(people: Population, drawn: dict[str, np.ndarray], risk: np.ndarray, days: int) -> Worlds:
    """Fates by day over `days` from the first day of `risk`, f8[D, M]: the probability of losing control on each day in
    M histories, as it looked on that day. What exceeds the first day is the episode; the first day's is lasting."""
    count = drawn["memory"].size
    member = np.arange(count) % risk.shape[1]
    seen = np.zeros((days, count))
    span = min(days, risk.shape[0])
    seen[:span] = np.maximum(risk[:span, member] - risk[0, member], 0.0)
    excess = image(seen, drawn["recurrence"], drawn["memory"])
    steps = int(np.ceil(days / (STEP * YEAR)))
    at = np.minimum((np.arange(steps) * STEP * YEAR).round().astype(int), days - 1)
    sectors = sorted(people.sectors)
    terms = Terms.of(*np.concatenate([
        [drawn["volatility_" + s], drawn["rate"], drawn["payout"], risk[0, member] * YEAR, drawn["loss_" + s],
         1.0 / drawn["window"], drawn["study"], np.zeros(count), drawn["memory"]]
        for s in sectors
    ], axis=1))  # fmt: skip
    path = np.tile(excess[at], (1, len(sectors)))
    by_day = np.minimum((np.arange(days) / (STEP * YEAR)).astype(int) + 1, steps)
    mine = [sectors.index(p.sector) for p in people.plans]

    def shaped(found: Fates) -> Fates:
        by_sector = (f[by_day].reshape(days, len(sectors), count) for f in found)
        return Fates(*(f[:, mine].transpose(0, 2, 1) for f in by_sector))

    looked, unmoved = fates(terms, path)
    return Worlds(shaped(looked), shaped(unmoved), excess, drawn)


def share_cancelled(found: Worlds, start: int, day: int, attention: np.ndarray | float) -> np.ndarray:
    """Share of the plans alive at the end of day `start` that are cancelled by the end of `day`, f8[S, P], when a share
    `attention` (f8[S] or one number, 0..1) of the firms look."""

    def since(f: Fates) -> np.ndarray:
        alive = 1.0 - f.entered[start] - f.cancelled[start]
        return (f.cancelled[day] - f.cancelled[start]) / alive

    look = np.broadcast_to(attention, found.excess.shape[1])[:, None]
    return look * since(found.looked) + (1.0 - look) * since(found.unmoved)


def laws(expected: np.ndarray, most: int) -> np.ndarray:
    """Poisson probabilities of 0..most in every draw, f8[S, most + 1]."""
    from scipy.stats import poisson

    return poisson.pmf(np.arange(most + 1)[None, :], np.asarray(expected)[:, None])
