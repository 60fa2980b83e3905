"""What makes one history: its luck, and how acts run in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine import draws
from interrex.engine.acts import OCCURRENCES, ActTable
from interrex.engine.arena import Arena
from interrex.engine.schedule import FREE, SCRIPTED, Script
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.maths import log_of


class Luck(NamedTuple):
    """What makes one history: parameters, region effects, shocks, and the noise of its ticks."""

    theta: np.ndarray  # f8[P] values of the mechanisms' parameters, in kernel order
    region_effect: np.ndarray  # f8[R] standard normal
    nation: np.ndarray  # f8[D] standard normal
    region: np.ndarray  # f8[D, R] standard normal
    noise: np.ndarray  # u4[T] names the draws of each tick


class ClockLuck(NamedTuple):
    """When acts happen by themselves: the j-th act of kind k once its integrated hazard passes a threshold."""

    threshold: np.ndarray  # f8[K, J] E ~ Exp(1); inf for never, nan where the record has the act though its gate was shut
    known_minute: np.ndarray  # f8[K, J] minute of the recorded occurrence that the threshold stands for, nan if none
    known_tick: np.ndarray  # i8[K, J] its tick, -1 if none
    level: np.ndarray  # f8[K, J] level with which it happens
    answer: np.ndarray  # f8[3] 1 if the patron accepts a request; ticks to acceptance; ticks to deployment
    since: int = 0  # tick from which hazards count against the thresholds: fresh luck knows nothing of the days before


class Course(NamedTuple):
    """How acts run in a history: script, modes, from which tick acts are free, rates, and the clocks' luck."""

    script: Script
    mode: np.ndarray  # i8[K]
    free_from: int
    table: ActTable
    clocks: ClockLuck | None = None  # None: nothing happens by itself


def scripted_course(arena: Arena, table: ActTable | None = None) -> Course:
    """The record as it was: nothing free. `table` in place of the arena's."""
    return Course(arena.script, np.full(len(ACT_KINDS), SCRIPTED), arena.ticks, table or arena.table)


def free_modes(table: ActTable) -> np.ndarray:
    """Every kind that the case has an actor for runs free."""
    return np.where(table.allowed == 1, FREE, SCRIPTED).astype(np.int64)


def clocks_of(threshold: np.ndarray, answer: np.ndarray | tuple[float, float, float]) -> ClockLuck:
    """Clocks with thresholds f8[K, J] and an answer of the patron, none of whose acts is recorded."""
    shape = threshold.shape
    return ClockLuck(
        threshold, np.full(shape, np.nan), np.full(shape, -1), np.ones(shape), np.array(answer, dtype=float)
    )


def fresh_clocks(seed: int, number: int, answer: np.ndarray | tuple[float, float, float]) -> ClockLuck:
    """Fresh luck for every clock of a free history: E ~ Exp(1), keyed by (seed, CLOCK, number)."""
    shape = (len(ACT_KINDS), OCCURRENCES)
    u = draws.uniforms(seed, draws.CLOCK, (shape[0] * shape[1],), tick=0, noise=number)
    return clocks_of(-log_of(u).reshape(shape), answer)
