"""What would have happened without X: abduction, action, prediction (Pearl), member by member.

Abduction: a posterior member's shocks, noise and parameters are as inferred; each act's clock is given the luck under
which the record happens as dated. Action: one act is forbidden, imposed, or a parameter changed. Prediction: every
later act fires by its own clock. Replaying without an action returns the factual history to the bit. A second figure
holds later acts at their dates (the direct effect of the act itself).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from interrex.engine.acts import ActTable
from interrex.engine.arena import MINUTES, Arena
from interrex.engine.course import ClockLuck, Course, free_modes, scripted_course
from interrex.engine.history import History, replay
from interrex.engine.pool import Pool
from interrex.engine.schedule import FORBIDDEN, SCRIPTED, Script
from interrex.futures.conditioned import Conditioned
from interrex.futures.members import Member, abduct, member_rates, spread, table_of
from interrex.futures.summaries import Summary, summarise
from interrex.inference import streams
from interrex.inference.dated_acts import script_of
from interrex.inference.spans import minutes
from interrex.inference.target import Target
from interrex.mechanisms.acts import ACT_KINDS
from interrex.results.schema import empty

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
    kind: str  # forbid, impose
    act: int
    tick: int  # from here on acts are free
    minute: float
    level: float


class Outcome(NamedTuple):
    """One member under one intervention."""

    metrics: np.ndarray  # f8[M]
    fired: np.ndarray  # f8[K, J]
    stopped: bool  # the history grew too large and was stopped: not compared


class Pair(NamedTuple):
    """One member: factual and, per intervention, with later acts free and held."""

    factual: Summary
    base: list[np.ndarray]  # metrics of the factual history from each intervention on
    free: list[Outcome]
    held: list[Outcome]
    fresh: list[float]  # log peak of the factual history with fresh noise from the intervention on
    replay_equal: bool


def interventions(case: Any, arena: Arena) -> list[Intervention]:
    """The case's counterfactuals that change something by the as-of day."""
    out = []
    for c in case.counterfactuals:
        if c.act not in ACT_KINDS:
            continue
        k = ACT_KINDS.index(c.act)
        if c.kind == "forbid":
            ticks = arena.script.tick[arena.script.kind == k]
            if ticks.size == 0:
                continue
            tick = int(ticks.min())
            out.append(Intervention(c.id, c.label, "forbid", k, tick, float(tick * arena.tick_minutes), 0.0))
        elif c.kind == "impose" and c.at is not None:
            start = c.at.start if hasattr(c.at, "start") else c.at
            from datetime import datetime

            at = (
                minutes(
                    case,
                    start if isinstance(start, datetime) else datetime.combine(start, datetime.min.time()),
                )
                + 1.0
            )
            if 0 <= at < arena.days * MINUTES:
                level = getattr(c, "level", None)
                out.append(
                    Intervention(
                        c.id, c.label, "impose", k, arena.tick_of(at), at, 1.0 if level is None else level
                    )
                )
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
    advance: Any = None,
) -> list[Pair]:
    """Every member under every intervention."""

    def run(member: Member, course: Course) -> History:
        return replay(arena, member.luck, course, pool.workspace())

    def task(slot: int) -> Pair:
        member = members[slot]
        rng = streams.generator(seed, streams.PAIR, slot)
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
        base, free, held, fresh = [], [], [], []
        for act in acts:
            day = act.tick // arena.ticks_per_day
            base.append(_metrics(summary, day))
            for store, hold in ((free, False), (held, True)):
                h = run(member, _course(arena, act, hold, table, luck))
                s = summarise(h)
                store.append(Outcome(_metrics(s, day), s.fired, s.stopped))
            noise = member.luck.noise.copy()
            noise[act.tick :] = np.uint32(streams.FRESH_NOISE + slot)
            other = member._replace(luck=member.luck._replace(noise=noise))
            other = summarise(run(other, scripted_course(arena, table)))
            fresh.append(math.log(1.0 + _metrics(other, day)[0]))
        return Pair(summary, base, free, held, fresh, equal)

    return pool.map(task, range(len(members)), advance)


def dataset(pairs: list[Pair], acts: list[Intervention], script: Script, level: float = 0.9) -> xr.Dataset:
    """Group /counterfactuals: medians of each side, mean paired differences with intervals over members, the sd of
    the log peak's difference within pairs and with fresh noise, and which later acts changed."""
    if not acts or not pairs:
        return empty("no counterfactual of the case changes anything by this as-of day")
    names = [m[0] for m in METRICS]
    shape = (len(acts), len(names))
    out = {key: np.full(shape, math.nan) for key in (
        "factual", "counter", "diff", "diff_low", "diff_high", "direct", "direct_low", "direct_high", "sd_paired", "sd_unpaired")}  # fmt: skip
    low, high = (1 - level) / 2, (1 + level) / 2
    changes: list[tuple[str, str, float, float, float]] = []
    dated = {int(k) for k in script.kind if k < len(ACT_KINDS)}
    dropped: dict[str, int] = {}
    for a, act in enumerate(acts):
        kept = [p for p in pairs if not (p.factual.stopped or p.free[a].stopped or p.held[a].stopped)]
        dropped[act.id] = len(pairs) - len(kept)
        if not kept:
            continue
        base = np.array([p.base[a] for p in kept])
        free = np.array([p.free[a].metrics for p in kept])
        held = np.array([p.held[a].metrics for p in kept])
        out["factual"][a], out["counter"][a] = np.median(base, axis=0), np.median(free, axis=0)
        for key, other in (("diff", free), ("direct", held)):
            d = other - base
            out[key][a] = np.median(d, axis=0)
            out[f"{key}_low"][a], out[f"{key}_high"][a] = (
                np.quantile(d, low, axis=0),
                np.quantile(d, high, axis=0),
            )
        log_gap = np.log1p(free[:, 0]) - np.log1p(base[:, 0])
        unpaired = np.array([p.fresh[a] for p in kept]) - np.log1p(free[:, 0])
        out["sd_paired"][a, 0], out["sd_unpaired"][a, 0] = log_gap.std(), unpaired.std()
        fact = np.stack([p.factual.fired for p in kept])
        counter = np.stack([p.free[a].fired for p in kept])
        for k, kind in enumerate(ACT_KINDS):
            if k == act.act or not (k in dated or np.isfinite(counter[:, k, 0]).any()):
                continue
            before, after = np.isfinite(fact[:, k, 0]), np.isfinite(counter[:, k, 0])
            both = before & after
            shift = (
                float(np.median(counter[both, k, 0] - fact[both, k, 0]) / 60.0) if both.any() else math.nan
            )
            if abs(before.mean() - after.mean()) >= 0.02 or abs(shift) >= 3.0:
                changes.append((act.id, kind, float(before.mean()), float(after.mean()), shift))
    data: dict[str, Any] = {k: (("counterfactual", "metric"), v) for k, v in out.items()}
    data["label"] = ("counterfactual", np.array([a.label for a in acts], dtype=object))
    data["metric_label"] = ("metric", np.array([m[1] for m in METRICS], dtype=object))
    changes.sort(key=lambda c: (c[0], -abs(c[2] - c[3]), c[1]))
    for j, (name, kind) in enumerate(
        [("cf", object), ("act", object), ("p_factual", float), ("p_counter", float), ("shift_hours", float)]
    ):
        data[name] = ("change", np.array([c[j] for c in changes], dtype=kind))
    return xr.Dataset(
        data,
        {"counterfactual": np.array([a.id for a in acts], dtype=object), "metric": np.array(names, dtype=object)},
        {"replay": f"{sum(p.replay_equal for p in pairs)} of {len(pairs)} members replay the factual history to the bit"
            + "".join(f"; {n} of {len(pairs)} grew too large to compare under {k}" for k, n in dropped.items() if n),
         "members": len(pairs)},
    )  # fmt: skip


def answer(run: Conditioned) -> xr.Dataset:
    """The group /counterfactuals of a conditioned case."""
    pairs_wanted, progress = run.settings.effort.pairs, run.settings.progress
    progress.stage("counterfactuals", pairs_wanted)
    acts = interventions(run.case, run.model.arena)
    chosen = spread(list(run.histories.members), pairs_wanted)
    pairs = (
        run_pairs(
            run.pool,
            run.model.arena,
            run.posterior.target,
            chosen,
            acts,
            run.settings.seed,
            advance=progress.advance,
        )
        if acts
        else []
    )
    return dataset(pairs, acts, run.model.arena.script)
