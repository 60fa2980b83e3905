"""Epstein's Model I: generalised rebellion against a central authority, on a torus.

Source: Epstein, J. M. (2002). Modeling civil violence: an agent-based computational approach. Proceedings of the
National Academy of Sciences 99 (suppl. 3), 7243-7250, doi 10.1073/pnas.092080199. What the paper leaves open
(rounding, neighbourhood, schedule, order within a turn) are named settings here, and the defaults are those of
NetLogo's Rebellion (Wilensky 2004) but for one: the jailed keep their cell.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from interrex.engine import draws
from interrex.errors import RunError
from interrex.replications import asked, decision, turns
from interrex.replications.torus import NEIGHBOURHOODS, fit, torus

if TYPE_CHECKING:
    import xarray as xr

SCHEDULES = ("random order", "fixed order", "with replacement", "synchronous")
"""Who is next: everybody once a tick in a new random order; in the same order every tick; as many agents drawn
independently; or all decide at once, then cops arrest one after another, and all move one after another."""

TURNS = ("move, act", "act, move")
"""What comes first in a turn (in a tick, where the schedule is synchronous)."""

STRETCH = 2_000_000
"""Agent-steps in one call of a kernel: a tenth of a second or so, after which Ctrl-C is heard."""


@dataclass(frozen=True, kw_only=True)
class Epstein:
    """Settings of Model I. RunError if one is out of its range.

    size            cells along each edge of the torus
    citizens, cops  shares of the cells that they occupy (rounded to whole numbers of agents)
    vision          cells; of citizens and cops, and how far they move
    neighbourhood   shape of the view: one of torus.NEIGHBOURHOODS
    rounding        what is done to cops / actives before it deters: one of decision.ROUNDINGS
    schedule        one of SCHEDULES
    turn            one of TURNS
    legitimacy      L, 0 to 1
    jail            terms are drawn from 0 to jail - 1 ticks, evenly
    k, threshold    constants of the rule: P = 1 - exp(-k f(C / A)); active iff G - R P > threshold
    """

    size: int = 40
    citizens: float = 0.70
    cops: float = 0.04
    vision: float = 7
    neighbourhood: str = "disc"
    rounding: str = "floor"
    schedule: str = "random order"
    turn: str = "move, act"
    legitimacy: float = 0.82
    jail: int = 30
    k: float = 2.3
    threshold: float = 0.1

    def __post_init__(self) -> None:
        for name, known in (
            ("neighbourhood", NEIGHBOURHOODS), ("rounding", decision.ROUNDINGS), ("schedule", SCHEDULES), ("turn", TURNS),
        ):  # fmt: skip
            asked.word(name, getattr(self, name), known)
        for name, low, high in (
            ("citizens", 0, 1), ("cops", 0, 1), ("legitimacy", 0, 1), ("k", 0, 1000), ("threshold", -10, 10),
        ):  # fmt: skip
            object.__setattr__(self, name, asked.number(name, getattr(self, name), low, high))
        object.__setattr__(self, "jail", asked.whole("jail", self.jail, 1, 1_000_000))
        size, vision = fit(self.size, self.vision)
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "vision", vision)
        if self.citizen_count + self.cop_count > self.size**2:
            raise RunError(f"{self.citizens:g} citizens and {self.cops:g} cops a cell", "together at most 1")
        if self.citizen_count + self.cop_count == 0:
            raise RunError("nobody is on the board", "raise the share of citizens or cops")

    @property
    def citizen_count(self) -> int:
        """Citizens on the board."""
        return round(self.citizens * self.size**2)

    @property
    def cop_count(self) -> int:
        """Cops on the board."""
        return round(self.cops * self.size**2)


class World:
    """One run, which can be advanced and looked at; `run` makes one for each seed."""

    def __init__(self, model: Epstein, seed: int, steps: int) -> None:
        asked.kind("the model", model, Epstein, "Epstein(...)")
        seed, steps = asked.whole("seed", seed, 0, asked.SEEDS), asked.whole("steps", steps, 1, asked.TICKS)
        self.model, self.steps, self.tick = model, steps, 0
        self.torus = torus(model.size, model.neighbourhood, model.vision)
        self._values, nerves, scale = decision.ladder(model.rounding, self.torus.neighbours)
        self._nerves = nerves.astype(np.int32) if nerves.max() < 2**31 else nerves
        shift = 8 if self.torus.neighbours < 255 else 16
        self.rules = turns.Rules(
            SCHEDULES.index(model.schedule), model.turn == TURNS[0], model.jail, scale, shift,
            *draws.key_for(seed, draws.GRID),
        )  # fmt: skip
        count = np.uint16 if shift == 8 else np.uint32
        cells, agents = self.torus.cells, model.citizen_count + model.cop_count
        self.board = turns.Board(
            np.zeros(cells, dtype=np.uint8), np.zeros(cells, dtype=count), np.zeros(cells, dtype=np.int32),
            np.zeros(agents, dtype=np.uint32), np.arange(agents, dtype=np.uint32), np.zeros(5, dtype=np.int64),
        )  # fmt: skip
        one_cop, one_active = 1, 1 << shift
        signs = np.array([one_cop, -one_cop, one_active, -one_active])
        self.changes = (signs[:, None, None] * self.torus.shape).astype(count).ravel()
        self.hardship, self.risk_aversion = np.zeros((2, model.citizen_count), dtype=np.uint32)
        self._settle()
        # After the last tick the longest term may still have `jail` ticks to run.
        columns = [np.zeros(steps, dtype=np.int64) for _ in range(5)]
        self.record = turns.Record(*columns, jailed=np.zeros(steps + model.jail, dtype=np.int64))
        self.nerve = np.zeros(agents, dtype=self._nerves.dtype)
        self._legitimacy = np.nan
        self.set_legitimacy(model.legitimacy)

    def _settle(self) -> None:
        """Give everybody traits and a cell; all citizens start quiet."""
        board, size, reach, citizens = self.board, self.model.size, self.torus.reach, self.model.citizen_count
        cells = np.arange(size**2, dtype=np.uint32)
        turns.deal(self.rules.k0, self.rules.k1, self.hardship, self.risk_aversion, cells)
        x, y = np.divmod(cells[: board.where.size].astype(np.int64), size)
        board.where[:] = x << 16 | y
        self.states[x[:citizens], y[:citizens]] = turns.QUIET
        self.states[x[citizens:], y[citizens:]] = turns.COP
        around = board.state.reshape(-1, self.torus.stride)
        left = self.torus.origin % self.torus.stride - reach
        around[:, left : left + size + 2 * reach] = np.pad(self.states, reach, mode="wrap")
        for cop in board.where[citizens:].astype(np.uint64):
            turns.spread(
                board.seen_by,
                self.changes,
                turns.COP_IN,
                self.torus.row,
                size,
                cop >> turns.HALF,
                cop & turns.LOW,
            )
        board.total[2:] = citizens, self.hardship.sum(dtype=np.int64), self.risk_aversion.sum(dtype=np.int64)

    @property
    def states(self) -> np.ndarray:
        """What is in each cell, uint8[x, y], turns.EMPTY to turns.JAILED; a view."""
        return self._inside(self.board.state)

    @property
    def counts(self) -> np.ndarray:
        """Cops and actives in view of each cell (its own occupant included), int64[2, x, y]."""
        seen = self._inside(self.board.seen_by).astype(np.int64)
        return np.stack([seen & ((1 << self.rules.shift) - 1), seen >> self.rules.shift])

    def _inside(self, flat: np.ndarray) -> np.ndarray:
        t = self.torus
        left = t.origin % t.stride
        return flat.reshape(-1, t.stride)[t.reach : t.reach + t.size, left : left + t.size]

    def set_legitimacy(self, legitimacy: float) -> None:
        """Change L from the next tick on, 0 to 1."""
        legitimacy = asked.number("legitimacy", legitimacy, 0, 1)
        if legitimacy != self._legitimacy:
            self._legitimacy = legitimacy
            decision.set_nerves(
                self.hardship, self.risk_aversion, legitimacy, float(self.model.k), float(self.model.threshold),
                self._values, self._nerves, self.nerve,
            )  # fmt: skip

    def advance(self, ticks: int) -> None:
        """Run `ticks` more ticks, at most up to `steps` in all."""
        kernel = turns.advance_together if self.model.schedule == "synchronous" else turns.advance
        end = min(self.tick + asked.whole("ticks", ticks, 0, asked.TICKS), self.steps)
        stretch = max(1, STRETCH // self.board.order.size)
        while self.tick < end:
            to = min(self.tick + stretch, end)
            kernel(
                self.board, self.record, self.rules, self.torus, self.changes, self.nerve, self.hardship,
                self.risk_aversion, self.tick, to,
            )  # fmt: skip
            self.tick = to


def run(
    model: Epstein,
    seed: int | Iterable[int] = 1,
    steps: int = 1000,
    legitimacy: Sequence[float] | np.ndarray | None = None,
    workers: int | None = None,
) -> xr.Dataset:
    """Run a model for `steps` ticks and return its time series.

    seed        0 <= seed < 2**64; several of them make an ensemble, with dimension `run`
    legitimacy  L in each tick, in place of the model's constant: `steps` numbers
    workers     threads over the runs of an ensemble, all cores if None; results do not depend on it

    Variables, at the end of each tick: `active`, `quiet` and `jailed`, who together are all citizens; `serving`, those
    of the jailed who must sit through the next tick too; `arrests` (in the tick), `tension`; for a single run also
    `state` of every cell at the end.
    RunError if a number is out of its range or the board does not fit into memory.
    """
    asked.kind("the model", model, Epstein, "Epstein(...)")
    steps = asked.whole("steps", steps, 1, asked.TICKS)
    single, seeds = _seeds(seed)
    workers = asked.whole("workers", os.cpu_count() or 1 if workers is None else workers, 1, asked.WORKERS)

    def history(one: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        world = World(model, one, steps)
        for first, last in _constant(path):
            world.set_legitimacy(path[first])
            world.advance(last - first)
        return _series(world, path), world.states.copy() if single else np.empty(0)

    try:
        path = (
            np.full(steps, model.legitimacy)
            if legitimacy is None
            else asked.numbers("legitimacy", legitimacy, steps)
        )
        if not np.all((path >= 0) & (path <= 1)):
            raise RunError(
                f"legitimacy runs from {path.min():g} to {path.max():g}", "give numbers from 0 to 1"
            )
        with ThreadPoolExecutor(min(len(seeds), workers)) as pool:
            results = list(pool.map(history, seeds))
    except MemoryError:
        raise RunError(
            f"{steps:,} steps on {model.size:,} x {model.size:,} cells need more memory than there is",
            "take fewer steps, fewer workers or a smaller board",
        ) from None
    return _dataset(model, seeds, results, single)


def epstein(
    seed: int | Iterable[int] = 1, steps: int = 1000, *, legitimacy: ArrayLike = 0.82, workers: int | None = None, **settings: Any  # whatever `Epstein` has
) -> xr.Dataset:  # fmt: skip
    """`run` with the settings of `Epstein` as keywords; `legitimacy` may be a number or one for each tick."""
    for name in settings:
        asked.word("setting", name, [field.name for field in fields(Epstein)])
    steps = asked.whole("steps", steps, 1, asked.TICKS)
    path = asked.numbers("legitimacy", legitimacy, steps, one_for_all=True)
    return run(Epstein(legitimacy=path[0], **settings), seed, steps, path, workers)


def _seeds(seed: object) -> tuple[bool, list[int]]:
    """Whether it is a single seed, and all of them."""
    if isinstance(seed, (str, bytes)) or not isinstance(seed, Iterable) or getattr(seed, "ndim", 1) == 0:
        return True, [asked.whole("seed", seed, 0, asked.SEEDS)]
    seeds = [asked.whole("seed", one, 0, asked.SEEDS) for one in seed]
    if not seeds:
        raise RunError("there is no seed", "give one, or several for an ensemble")
    return False, seeds


def _constant(path: np.ndarray) -> list[tuple[int, int]]:
    """Stretches in which `path` does not change: first tick and end."""
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), path.size]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _series(world: World, path: np.ndarray) -> dict[str, np.ndarray]:
    r, n = world.record, world.model.citizen_count
    with np.errstate(invalid="ignore", divide="ignore"):
        willing = r.hardship * (1 - path) / r.risk_aversion
    return {
        "active": r.active,
        "quiet": r.quiet,
        "jailed": n - r.active - r.quiet,
        "serving": np.cumsum(r.jailed[: r.active.size]),
        "arrests": r.arrests,
        "tension": np.where(r.quiet > 0, r.quiet / max(n, 1) * willing, 0.0),
    }


UNITS = {
    "active": ("citizens", "active citizens"),
    "quiet": ("citizens", "free citizens who are not active"),
    "jailed": ("citizens", "citizens in jail"),
    "serving": ("citizens", "citizens in jail who must also sit through the next tick"),
    "arrests": ("citizens a tick", "arrests"),
    "tension": ("1", "share of citizens who are quiet x their mean grievance / their mean risk aversion"),
}


def _dataset(model: Epstein, seeds: list[int], results: list[tuple[dict[str, np.ndarray], np.ndarray]], single: bool) -> xr.Dataset:
    import xarray as xr

    variables: dict[str, object] = {}
    for name, (units, long_name) in UNITS.items():
        values = np.stack([series[name] for series, _ in results])
        notes = {"units": units, "long_name": long_name}
        variables[name] = (("tick",), values[0], notes) if single else (("run", "tick"), values, notes)
    coordinates: dict[str, object] = {"tick": np.arange(1, results[0][0]["active"].size + 1)}
    if single:
        meanings = {"flag_values": list(range(5)), "flag_meanings": "empty cop quiet active jailed"}
        variables["state"] = (("x", "y"), results[0][1], {"long_name": "occupants at the end", **meanings})
    else:
        coordinates["seed"] = ("run", np.array(seeds, dtype=np.uint64))
    settings = {**asdict(model), "citizen_count": model.citizen_count, "cop_count": model.cop_count}
    return xr.Dataset(variables, coordinates, attrs=settings | ({"seed": seeds[0]} if single else {}))
