"""The option to wait, solved on a lattice: when a firm enters, waits or drops its plan while an image fades.

The hazard that a firm perceives on the life of its asset fades, so its trigger moves and has no closed form. Value
of the plan per unit of sunk cost, x = log profit, worked back step by step (explicit trinomial lattice):

    F(x, t) = max( exp(x) A(t) - 1,   0,   e^{-(r + w) dt} E F(x + dx, t + dt) - study dt )
              enter now               drop  wait

w is the rate at which the plan's window shuts (a rival takes the site, the budget is gone), `study` what keeping the
plan alive costs. Without either nothing is ever dropped: a hazard that fades can only delay.

The law of motion does not depend on the date, so one solution that starts from the largest excess hazard holds for
every smaller one met on the way down: `at_excess` reads the triggers off it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interrex.firms.entry import PAYOUT, RATE, asset_value, required_return

BELOW, ABOVE = 120, 60
"""Nodes under and over the trigger of calm times."""
STEP = 2.0 / 365.25  # years
COURANT = 0.8  # share of the mass that leaves a node in one step; above 1 the lattice would be unstable


class Terms(NamedTuple):
    """One kind of project a row, f8[R]; rates a year, money per unit of sunk cost."""

    volatility: np.ndarray  # a square root of a year
    rate: np.ndarray
    payout: np.ndarray
    hazard: np.ndarray  # lasting, on the asset's life
    loss: np.ndarray  # share of the profit that the hazard takes
    window: np.ndarray  # rate at which the plan lapses
    study: np.ndarray  # cost of keeping the plan
    excess: np.ndarray  # perceived hazard above the lasting one at time 0
    memory: np.ndarray  # years in which the excess fades by a factor e

    @classmethod
    def of(cls, *values: object) -> Terms:
        """Terms from scalars or arrays that broadcast."""
        rows = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=float)) for v in values))
        return cls(*(np.ascontiguousarray(row) for row in rows))


class Boundaries(NamedTuple):
    """Log profit at which a plan is entered (from above) and dropped (from below), f8[K, R]; -inf: never dropped.
    Row k holds k steps after the start."""

    enter: np.ndarray
    drop: np.ndarray
    lattice: np.ndarray  # f8[R, nodes]


def calm_trigger(terms: Terms) -> np.ndarray:
    """Log profit at which a plan without study cost is entered when nothing but the lasting hazard is perceived."""
    slope = (terms.rate - terms.payout) / terms.volatility**2 - 0.5
    beta = -slope + np.sqrt(slope**2 + 2.0 * (terms.rate + terms.window) / terms.volatility**2)
    return np.log(beta / (beta - 1.0) * (terms.payout + terms.hazard * terms.loss))


def lattice(terms: Terms) -> np.ndarray:
    """Nodes of log profit, f8[R, BELOW + ABOVE + 1]: as fine as stability allows, as wide as the triggers need."""
    lasting = terms.payout + terms.hazard * terms.loss
    above = 0.2 + np.log1p(terms.excess * terms.loss / lasting)  # no trigger exceeds that of a lasting excess
    across = np.maximum(terms.volatility * np.sqrt(STEP / COURANT), above / ABOVE)
    return calm_trigger(terms)[:, None] + across[:, None] * np.arange(-BELOW, ABOVE + 1)


def moves(terms: Terms, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of a move up and down in one step, f8[R, 1] each."""
    across = nodes[:, 1] - nodes[:, 0]
    spread = terms.volatility**2 * STEP / across**2
    drift = (terms.rate - terms.payout - 0.5 * terms.volatility**2) * STEP / across
    return (0.5 * (spread + drift))[:, None], (0.5 * (spread - drift))[:, None]


def boundaries(terms: Terms, years: float, nodes: np.ndarray | None = None) -> Boundaries:
    """Triggers over `years` from the largest excess on; `nodes` in place of the lattice of these terms."""
    nodes = lattice(terms) if nodes is None else nodes
    steps = max(2, int(np.ceil(years / STEP)))
    up, down = moves(terms, nodes)
    leaves = (terms.rate + terms.window)[:, None]
    kept = np.exp(-leaves * STEP)
    cost = terms.study[:, None] * (1.0 - kept) / leaves
    rise, stay, fall = kept * up, kept * (1.0 - up - down), kept * down
    profit = np.exp(nodes)
    studied = terms.study > 0.0
    value = _far_value(terms, nodes, _worth(terms, steps * STEP))
    enter, drop = np.empty((steps + 1, terms.rate.size)), np.full((steps + 1, terms.rate.size), -np.inf)
    wait = np.empty_like(value)
    for k in range(steps, -1, -1):
        payoff = profit * _worth(terms, k * STEP)[:, None] - 1.0
        wait[:, 1:-1] = stay * value[:, 1:-1] + rise * value[:, 2:] + fall * value[:, :-2]
        wait[:, 0] = kept[:, 0] * value[:, 0]
        wait[:, -1] = kept[:, 0] * payoff[:, -1]
        wait -= cost
        np.maximum(wait, 0.0, out=value)
        enter[k] = _touch(nodes, value - payoff, (payoff >= value) & (payoff > 0.0))
        if studied.any():
            stopped = wait[:, ::-1] <= 0.0
            lowest = -_touch(-nodes[:, ::-1], wait[:, ::-1], stopped)
            drop[k] = np.where(studied & stopped.any(axis=1), lowest, -np.inf)
        np.maximum(value, payoff, out=value)
    return Boundaries(enter, drop, nodes)


def at_excess(
    found: Boundaries, calm: Boundaries, terms: Terms, excess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Triggers at a perceived `excess`, f8[R] between 0 and that of `terms`: read off the way down; below its end,
    straight towards `calm`, the solution without excess."""
    rows = np.arange(excess.size)
    last = found.enter.shape[0] // 2  # the later half still feels the end of the lattice
    with np.errstate(divide="ignore", invalid="ignore"):
        time = terms.memory * np.log(terms.excess / excess) / STEP
    time = np.where(np.isfinite(time), np.clip(time, 0.0, last), last)
    low = np.minimum(time.astype(int), last - 1)
    part = time - low
    floor = terms.excess * np.exp(-last * STEP / terms.memory)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(floor > 0.0, np.clip(excess / floor, 0.0, 1.0), 0.0)
    out: list[np.ndarray] = []
    for path, still in ((found.enter, calm.enter[0]), (found.drop, calm.drop[0])):
        with np.errstate(invalid="ignore"):
            value = path[low, rows] + part * (path[low + 1, rows] - path[low, rows])
            mixed = still + share * (value - still)
        out.append(np.where(np.isfinite(still), mixed, still))
    return out[0], out[1]


def delay(
    promise: float,
    excess: float,
    memory: float,
    volatility: float = 0.2,
    rate: float = RATE,
    payout: float = PAYOUT,
    hazard: float = 0.0,
    loss: float = 1.0,
    years: float = 8.0,
) -> float:
    """Days for which a project waits after an episode, its profit held where it is.

    `promise`: its profit over the trigger of calm times (1.1: ten per cent more than would do). `excess`: perceived
    hazard a year on the asset's life just after the episode, above the lasting `hazard`; `memory` years in which
    it fades by a factor e. 0 where the project is entered at once; inf where the trigger is not back below the
    profit after `years`, as for every promise of 1 or less."""
    if promise <= 1.0:
        return math.inf
    if excess == 0.0:
        return 0.0
    found = boundaries(Terms.of(volatility, rate, payout, hazard, loss, 0.0, 0.0, excess, memory), years)
    calm = math.log(required_return(volatility, rate, payout, hazard, 0.0, loss))
    over = found.enter[:, 0] - calm - math.log(promise)
    if over[0] <= 0.0:
        return 0.0
    below = np.flatnonzero(over <= 0.0)
    if below.size == 0:
        return math.inf
    k = int(below[0])
    part = over[k - 1] / (over[k - 1] - over[k])
    return float((k - 1 + part) * STEP * 365.25)


def _worth(terms: Terms, time: float) -> np.ndarray:
    excess = terms.excess * np.exp(-time / terms.memory)
    return asset_value(excess, terms.memory, terms.payout, terms.hazard, terms.loss)


def _far_value(terms: Terms, nodes: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Value where the lattice ends in time: the perpetual option at the hazard of that day, less its upkeep."""
    slope = (terms.rate - terms.payout) / terms.volatility**2 - 0.5
    beta = -slope + np.sqrt(slope**2 + 2.0 * (terms.rate + terms.window) / terms.volatility**2)
    trigger = np.log(beta / (beta - 1.0) / worth)[:, None]
    alive = np.exp(np.minimum(beta[:, None] * (nodes - trigger), 0.0)) / (beta[:, None] - 1.0)
    upkeep = (terms.study / (terms.rate + terms.window))[:, None]
    return np.maximum(np.where(nodes >= trigger, np.exp(nodes) * worth[:, None] - 1.0, alive - upkeep), 0.0)


def _touch(nodes: np.ndarray, gap: np.ndarray, stopped: np.ndarray) -> np.ndarray:
    """Where waiting stops being worth it, between nodes. The values touch without a kink (smooth pasting), so the
    root of the gap is linear in the distance: the second and third node on the waiting side give the point, which
    the lattice itself moves by up to half a node. The first node is left out because the step distorts its gap."""
    rows = np.arange(nodes.shape[0])
    first = np.where(stopped.any(axis=1), stopped.argmax(axis=1), nodes.shape[1] - 1)
    near, far = np.maximum(first - 2, 0), np.maximum(first - 3, 0)
    a, b = (np.sqrt(np.maximum(gap[rows, j], 0.0)) for j in (near, far))
    across = nodes[:, 1] - nodes[:, 0]
    ahead = np.where(b > a, a / np.maximum(b - a, 1e-300), 0.0)
    return nodes[rows, near] + across * np.minimum(ahead, 3.0)
