"""Epstein's Model I, all at once, in numpy: what the ports to frameworks of tables share.

Everybody decides from the state at the start of the step; cops arrest; all free agents try to move to a random empty
cell in view, and where two want the same cell the first keeps it. The paper's agents act one after the other, which
gives another amount of rebellion; these ports measure what a framework can do, not the same model.
"""

import numpy as np

VISION, LEGITIMACY, JAIL, K, THRESHOLD = 7, 0.82, 30, 2.3, 0.1
CITIZENS, COPS = 0.70, 0.04
TRIES = 8


def start(agents, rng):
    """Edge of the torus and columns of `agents`: cell, cop, grievance, risk_aversion, active, jail."""
    size = round((agents / (CITIZENS + COPS)) ** 0.5)
    return size, {
        "cell": rng.permutation(size * size)[:agents].astype(np.int64),
        "cop": np.arange(agents) < round(agents * COPS / (CITIZENS + COPS)),
        "grievance": rng.random(agents) * (1.0 - LEGITIMACY),
        "risk_aversion": rng.random(agents),
        "active": np.zeros(agents, bool),
        "jail": np.zeros(agents, np.int64),
    }


def in_view(plane):
    """Sum of a plane over the square of VISION around every cell."""
    width = 2 * VISION + 1
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (VISION + 1, VISION)
        sums = np.cumsum(np.pad(plane, pad, mode="wrap"), axis=axis, dtype=np.int64)
        plane = np.take(sums, range(width, sums.shape[axis]), axis) - np.take(
            sums, range(sums.shape[axis] - width), axis
        )
    return plane


def counts(size, cell, which):
    """How many of `which` each agent has in view, itself included."""
    plane = np.zeros(size * size, np.int64)
    plane[cell[which]] = 1
    return in_view(plane.reshape(size, size)).ravel()[cell]


def rebels(cops, actives, active, grievance, risk_aversion):
    """Who is active next, from cops and actives in view (itself included)."""
    ratio = cops // np.maximum(1, actives + ~active)
    return grievance - risk_aversion * (1.0 - np.exp(-K * ratio)) > THRESHOLD


def shifted(size, cell, rng):
    """A random cell in view of each of `cell`."""
    row, column = np.divmod(cell, size)
    step = rng.integers(-VISION, VISION + 1, (2, cell.size))
    return (row + step[0]) % size * size + (column + step[1]) % size


def arrest(size, cell, cop, active, jail, rng):
    """Every cop jails one random active in view, if there is one; `active` and `jail` are changed."""
    offset = np.arange(-VISION, VISION + 1)
    holder = np.full(size * size, -1)
    holder[cell[active]] = np.flatnonzero(active)
    cops = np.flatnonzero(cop & (counts(size, cell, active) > 0))
    for some in np.array_split(cops, cops.size // 4096 + 1):
        row, column = np.divmod(cell[some], size)
        seen = (row[:, None, None] + offset[:, None]) % size * size + (column[:, None, None] + offset) % size
        who = holder[seen.reshape(some.size, offset.size**2)]
        chosen = np.argmax(np.where(who >= 0, rng.random(who.shape), -1.0), axis=1)
        caught = np.unique(who[np.arange(some.size), chosen])
        active[caught] = False
        jail[caught] = rng.integers(0, JAIL + 1, caught.size)


def move(size, cell, free, rng):
    """New cells: all who are `free` try a few times to find an empty cell in view."""
    cell, taken = cell.copy(), np.zeros(size * size, bool)
    taken[cell] = True
    left = np.flatnonzero(free)
    for _ in range(TRIES):
        wanted = shifted(size, cell[left], rng)
        empty = ~taken[wanted]
        target, first = np.unique(wanted[empty], return_index=True)
        movers = left[empty][first]
        taken[cell[movers]] = False
        cell[movers] = target
        taken[target] = True
        stay = np.ones(left.size, bool)
        stay[np.flatnonzero(empty)[first]] = False
        left = left[stay]
    return cell
