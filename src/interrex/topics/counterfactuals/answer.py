"""What would have happened without X: abduction, action, prediction (Pearl), member by member.

Abduction: a posterior member's shocks, noise and parameters are as inferred; each act's clock is given the luck under
which the record happens as dated. Action: one act is forbidden or imposed. Prediction: every later act fires by its
own clock; what happened while its gate is shut on the member's own path has no clock and keeps its date. Replaying
without an action returns the factual history to the bit. A second figure holds later acts at their dates (the direct
effect of the act itself).

Crowds as reported are facts of the world as it was: here, with and without the action, only the model's own crowd speaks.

A history that leaves the range of the model is larger than any that it can follow: it counts as infinite, so that an
interval is open where the histories end, and no pair is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, time
from typing import Literal, NamedTuple

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.engine.acts import ActTable
from interrex.engine.arena import MINUTES, Arena
from interrex.engine.course import ClockLuck, Course, free_modes, scripted_course
from interrex.engine.history import History, replay
from interrex.engine.pool import Pool
from interrex.engine.schedule import FORBIDDEN, SCRIPTED
from interrex.futures.conditioned import Conditioned
from interrex.futures.members import Member, abduct, member_rates, spread, table_of
from interrex.futures.summaries import Summary, summarise
from interrex.inference import streams
from interrex.inference.dated_acts import script_of
from interrex.inference.spans import minutes
from interrex.inference.target import Target
from interrex.mechanisms.acts import ACT_KINDS
from interrex.results.described import dataset
from interrex.results.schema import empty
from interrex.topics.counterfactuals.variables import GROUP

METRICS = (
    ("peak", "largest crowd at once after the intervention"),
    ("person_days", "person-days in the streets after the intervention"),
    ("deaths", "deaths by the end of the window"),
    ("arrests", "detentions by the end of the window"),
)


class Intervention(NamedTuple):
    """One change of one act."""

    id: str
    label: str
    kind: Literal["forbid", "impose"]
    act: int
    tick: int  # from here on acts are free
    minute: float
    level: float


class Outcome(NamedTuple):
    """One member under one intervention."""

    metrics: np.ndarray  # f8[M]
    fired: np.ndarray  # f8[K, J]
    stopped: bool  # the history left the range of the model


class Pair(NamedTuple):
    """One member: factual and, per intervention, with later acts free and held."""

    factual: Summary
    base: list[np.ndarray]  # metrics of the factual history from each intervention on
    free: list[Outcome]
    held: list[Outcome]
    fresh: list[float]  # log peak of the factual history with fresh noise from the intervention on
    replay_equal: bool


def interventions(case: CutCase, arena: Arena) -> list[Intervention]:
    """The case's counterfactuals that change something by the as-of day."""
    out: list[Intervention] = []
    for c in case.counterfactuals:
        k = ACT_KINDS.index(c.act)
        if c.kind == "forbid":
            ticks = arena.script.tick[arena.script.kind == k]
            if ticks.size:
                tick = int(ticks.min())
                out.append(Intervention(c.id, c.label, c.kind, k, tick, float(tick * arena.tick_minutes), 0.0))
        elif c.at is not None:
            at = minutes(case, datetime.combine(c.at, time.min)) + 1.0
            if 0 <= at < arena.days * MINUTES:
                level = 1.0 if c.level is None else c.level
                out.append(Intervention(c.id, c.label, c.kind, k, arena.tick_of(at), at, level))
    return out


def _metrics(summary: Summary, day: int) -> np.ndarray:
    return np.array(
        [
            summary.nation[day:].max(),
            summary.nation_part[day:].sum(),
            summary.deaths[-1],
            summary.arrests[-1],
        ],
        dtype=float,
    )


def _course(arena: Arena, act: Intervention | None, held: bool, table: ActTable, clocks: ClockLuck) -> Course:
    mode = np.full(len(ACT_KINDS), SCRIPTED) if held else free_modes(arena.table)
    if act is None:
        return Course(arena.script, mode, 0, table, clocks)
    script = arena.script
    if act.kind == "forbid":
        mode[act.act] = FORBIDDEN
    else:
        rows = [
            (float(script.minute[e]), int(script.kind[e]), float(script.level[e]), int(script.always[e]))
            for e in range(script.tick.size)
            if script.kind[e] != act.act or script.minute[e] != act.minute  # the same act is not done twice
        ]
        script = script_of([*rows, (act.minute, act.act, act.level, 1)])
    return Course(script, mode, act.tick, table, clocks)


def run_pairs(
    pool: Pool,
    arena: Arena,
    target: Target,
    members: list[Member],
    acts: list[Intervention],
    seed: int,
    advance: Callable[[int], None] | None = None,
) -> list[Pair]:
    """Every member under every intervention."""
    arena = arena._replace(reported=arena.reported[:0])

    def run(member: Member, course: Course) -> History:
        return replay(arena, member.luck, course, pool.workspace())

    def task(number: int) -> Pair:
        member = members[number]
        rng = streams.generator(seed, streams.PAIR, number)
        first = run(member, scripted_course(arena))
        member = member._replace(rates=member_rates(target, first, rng))
        table = table_of(member, arena, target.hazard_priors)
        factual = run(member, scripted_course(arena, table))
        luck = abduct(arena, factual, arena.script, member, seed)
        summary = summarise(factual)
        path, fired = factual.trace.units.copy(), factual.clocks.fired.copy()
        again = run(member, _course(arena, None, False, table, luck))
        equal = bool(
            np.array_equal(path, again.trace.units)
            and np.array_equal(fired, again.clocks.fired, equal_nan=True)
        )
        base: list[np.ndarray] = []
        free: list[Outcome] = []
        held: list[Outcome] = []
        fresh: list[float] = []
        for act in acts:
            day = act.tick // arena.ticks_per_day
            base.append(_metrics(summary, day))
            for store, hold in ((free, False), (held, True)):
                h = run(member, _course(arena, act, hold, table, luck))
                s = summarise(h)
                store.append(Outcome(_metrics(s, day), s.fired, s.stopped))
            noise = member.luck.noise.copy()
            noise[act.tick :] = np.uint32(streams.FRESH_NOISE + number)
            other = member._replace(luck=member.luck._replace(noise=noise))
            other = summarise(run(other, scripted_course(arena, table)))
            fresh.append(math.log(1.0 + _metrics(other, day)[0]))
        return Pair(summary, base, free, held, fresh, equal)

    return pool.map(task, range(len(members)), advance)


def differences(
    base: np.ndarray, other: np.ndarray, base_left: np.ndarray, other_left: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least and largest difference of each pair, f8[n, M] each. A history that left the range of the model (bool[n])
    lies above all others; where both did, nothing is known of their difference."""
    with np.errstate(invalid="ignore"):
        gap = np.where(other_left[:, None], np.inf, other) - np.where(base_left[:, None], np.inf, base)
    return np.where(np.isnan(gap), -np.inf, gap), np.where(np.isnan(gap), np.inf, gap)


def quantile(values: np.ndarray, level: float) -> np.ndarray:
    """Quantile of values f8[n, M] of which some are infinite; nan between minus and plus infinity."""
    ordered = np.sort(values, axis=0)
    at = (len(ordered) - 1) * level
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    with np.errstate(invalid="ignore"):
        between = low + (high - low) * (at - math.floor(at))
        return np.where(low == high, low, np.where(np.isfinite(low) & np.isfinite(high), between, low + high))


def compared(pairs: list[Pair], acts: list[Intervention]) -> xr.Dataset:
    """Group /counterfactuals: medians of each side, median paired differences with intervals over pairs, the sd of
    the log peak's difference within pairs and with fresh noise, and which later acts changed."""
    if not acts or not pairs:
        return empty("no counterfactual of the case changes anything by this as-of day")
    names = [m[0] for m in METRICS]
    cells = ("factual", "counter", "diff", "diff_low", "diff_high", "direct", "direct_low", "direct_high")
    out = {key: np.full((len(acts), len(names)), math.nan) for key in cells}
    rows = {key: np.full(len(acts), math.nan) for key in ("beyond", "direct_beyond", "compared", "sd_paired", "sd_unpaired")}
    changes: list[tuple[str, str, float, float, float]] = []
    gone = np.array([p.factual.stopped for p in pairs])
    for a, act in enumerate(acts):
        base = np.array([p.base[a] for p in pairs])
        free, held = ([getattr(p, side)[a] for p in pairs] for side in ("free", "held"))
        out["factual"][a] = quantile(np.where(gone[:, None], np.inf, base), 0.5)
        for key, others in (("diff", free), ("direct", held)):
            left = np.array([o.stopped for o in others])
            metrics = np.array([o.metrics for o in others])
            least, most = differences(base, metrics, gone, left)
            middle = quantile(least, 0.5), quantile(most, 0.5)
            out[key][a] = np.where(middle[0] == middle[1], middle[0], math.nan)
            out[f"{key}_low"][a], out[f"{key}_high"][a] = quantile(least, 0.05), quantile(most, 0.95)
            if key == "diff":
                out["counter"][a] = quantile(np.where(left[:, None], np.inf, metrics), 0.5)
            rows["beyond" if key == "diff" else "direct_beyond"][a] = left.sum()
        kept = [p for p in pairs if not (p.factual.stopped or p.free[a].stopped)]
        rows["compared"][a] = len(kept)
        if not kept:
            continue
        peak = np.log1p([p.free[a].metrics[0] for p in kept])
        rows["sd_paired"][a] = np.std(peak - np.log1p([p.base[a][0] for p in kept]))
        rows["sd_unpaired"][a] = np.std(peak - [p.fresh[a] for p in kept])
        changes += changed(kept, a, act)
    changes.sort(key=lambda c: (c[0], -abs(c[2] - c[3]), c[1]))
    columns = ("cf", "act", "p_factual", "p_counter", "shift_hours")
    later = {name: [c[j] for c in changes] for j, name in enumerate(columns)}
    return dataset(
        GROUP,
        {
            "counterfactual": [a.id for a in acts], "label": [a.label for a in acts],
            "metric": names, "metric_label": [m[1] for m in METRICS],
            "pairs": len(pairs), "replayed": sum(p.replay_equal for p in pairs), "factual_beyond": gone.sum(),
        } | out | rows | later,
    )  # fmt: skip


def changed(kept: list[Pair], a: int, act: Intervention) -> list[tuple[str, str, float, float, float]]:
    """Later acts whose share of the pairs moves by .02 or whose median time by three hours: counterfactual, kind,
    share as it was, share then, shift in hours (nan where it never happens in both)."""
    out: list[tuple[str, str, float, float, float]] = []
    fact, counter = np.stack([p.factual.fired for p in kept]), np.stack([p.free[a].fired for p in kept])
    for k, kind in enumerate(ACT_KINDS):
        before, after = np.isfinite(fact[:, k, 0]), np.isfinite(counter[:, k, 0])
        both = before & after
        if k == act.act or not (before | after).any():
            continue
        shift = float(np.median(counter[both, k, 0] - fact[both, k, 0]) / 60.0) if both.any() else math.nan
        if abs(before.mean() - after.mean()) >= 0.02 or abs(shift) >= 3.0:
            out.append((act.id, kind, float(before.mean()), float(after.mean()), shift))
    return out


def answer(run: Conditioned) -> xr.Dataset:
    """The group /counterfactuals of a conditioned case."""
    wanted, progress, arena = run.settings.effort.pairs, run.settings.progress, run.model.arena
    progress.stage("counterfactuals", wanted)
    acts = interventions(run.case, arena)
    members = spread(list(run.histories.members), wanted) if acts else []
    pairs = run_pairs(
        run.pool, arena, run.posterior.target, members, acts, run.settings.seed, advance=progress.advance
    )
    return compared(pairs, acts)
