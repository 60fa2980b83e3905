"""Histories summarised by day: crowds by region, arrests, deaths, beliefs; and the datasets made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from interrex.case.cut import CutCase
from interrex.engine.history import History
from interrex.engine.schedule import ARRESTED, DONE, ENTERED, KILLED, PRESENT
from interrex.futures.members import Member
from interrex.inference.dated_acts import Event
from interrex.inference.observe import Observations
from interrex.mechanisms.acts import BY_KIND
from interrex.mechanisms.maths import exp_of
from interrex.mechanisms.state import ELITE
from interrex.results.schema import QUANTILES


class Summary(NamedTuple):
    """One history by day d, region r, audience g."""

    present: np.ndarray  # f4[D, R] most people on the street at once
    taking_part: np.ndarray  # f4[D, R] people who were on the street that day
    nation: np.ndarray  # f4[D] most at once in the nation
    nation_part: np.ndarray  # f4[D]
    arrests: np.ndarray  # f4[D] cumulative
    deaths: np.ndarray  # f4[D] cumulative
    deaths_region: np.ndarray  # f4[R]
    beliefs: np.ndarray  # f4[D, G, 3] logits at the end of the day
    elite: np.ndarray  # f4[D]
    fired: np.ndarray  # f8[K, J] minutes, nan if not
    stopped: bool  # the history was stopped because it grew too large
    units: np.ndarray  # f4[D, U] most people on the street at once, by unit


def summarise(history: History, member: Member | None = None) -> Summary:
    """The summary of a history that has been run to its end. A stopped history keeps its last state from then on."""
    arena = history.arena
    units = history.trace.units.astype(np.float64)
    ticks = units.shape[0]
    if history.status != DONE:
        lived = int(np.flatnonzero(units[:, :, PRESENT].sum(axis=1))[-1]) if units[:, :, PRESENT].any() else 0
        units[lived + 1 :, :, PRESENT] = units[lived, :, PRESENT]
    regions = arena.place.region_effect.size
    by_region = np.zeros((ticks, regions, units.shape[2]))
    for r in range(regions):
        by_region[:, r] = units[:, arena.place.region == r].sum(axis=1)
    per_day = arena.ticks_per_day
    days = ticks // per_day
    shape = (days, per_day, regions)
    present = by_region[:, :, PRESENT].reshape(shape)
    entered = by_region[:, :, ENTERED].reshape(shape).sum(axis=1)
    before = np.vstack([np.zeros((1, regions)), present[:-1, -1]])
    arrests = by_region[:, :, ARRESTED].sum(axis=1).reshape(days, -1).sum(axis=1).cumsum()
    deaths = by_region[:, :, KILLED].sum(axis=1).reshape(days, -1).sum(axis=1).cumsum()
    last = slice(per_day - 1, None, per_day)
    return Summary(
        present.max(axis=1).astype(np.float32), (before + entered).astype(np.float32),
        present.sum(axis=2).max(axis=1).astype(np.float32), (before + entered).sum(axis=1).astype(np.float32),
        arrests.astype(np.float32), deaths.astype(np.float32), by_region[:, :, KILLED].sum(axis=0).astype(np.float32),
        history.trace.beliefs[last].copy(), history.trace.levels[last, ELITE].copy(), history.clocks.fired.copy(),
        history.status != DONE,
        units[:, :, PRESENT].reshape(days, per_day, -1).max(axis=1).astype(np.float32),
    )  # fmt: skip


def quantiles(values: list[np.ndarray]) -> np.ndarray:
    """QUANTILES over members, first axis. Small crowds of single agents make ties: no interpolation needed."""
    return np.quantile(np.stack(values).astype(np.float64), QUANTILES, axis=0)


def day_names(case: CutCase, days: int) -> list[str]:
    """ISO dates of the window's first `days` days."""
    return [(case.window.start + timedelta(days=d)).isoformat() for d in range(days)]


def event_changes(history: History, observations: Observations) -> list[np.ndarray]:
    """Change of every audience's share (trust, frame, old) over the tick of each dated act, f8[G, 3] each."""
    beliefs = 1.0 / (1.0 + exp_of(-history.trace.beliefs.astype(float)))
    out: list[np.ndarray] = []
    for e in observations.events:
        t = history.arena.tick_of(e.minute)
        out.append(beliefs[t] - beliefs[t - 1] if 0 < t < beliefs.shape[0] else np.zeros(beliefs.shape[1:]))
    return out


def event_label(event: Event) -> str:
    """An act in words."""
    return BY_KIND[event.kind].words
