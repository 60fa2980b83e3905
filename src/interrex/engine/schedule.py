# pyright: reportUndefinedVariable=false
"""One tick, in order, and a history as a run of ticks. `interrex plan` reads it from here.

Everything that a tick needs is passed in; the composed slots (mood, leaning, leave, ...) come from the generated
kernel module that `engine.compile` builds from this file and the chosen mechanisms.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.acts import (
    ACCEPTS,
    DEPLOYS,
    REFUSES,
    REQUEST,
    gate_open,
    log_hazard,
    signals,
)  # fmt: skip
from interrex.engine.crowd import crowd_step
from interrex.engine.decorators import kernel
from interrex.engine.draws import poisson
from interrex.engine.handles import Handle
from interrex.mechanisms.acts import REPORT_DAYS
from interrex.mechanisms.common_shocks import path as shock_path
from interrex.mechanisms.maths import exp, expit, log
from interrex.mechanisms.state import (
    ALARM,
    ARRESTS,
    CRISIS_DAY,
    DEATHS,
    ELITE,
    NATION_CROWD,
    PEAK,
    PREDECESSOR,
    PRICE_SHOCK,
    REPORTED,
    REPORTED_CAPITAL,
    TRUST_START,
    Macro,
    national_mean,
)

PRESENT, ENTERED, ARRESTED, KILLED, RIOTING = range(5)
RECORD_COLUMNS = 5
HOURS = (0.25, 0.85, 1.6, 1.3)
"""c(hour) in the four parts of six hours of a day: night, morning, afternoon, evening; mean 1; assumption."""
EXOGENOUS = 1000  # script kind of the case's exogenous price shock
SCRIPTED, FREE, FORBIDDEN = 0, 1, 2  # modes of an act kind after `free_from`
DONE, TOO_LARGE, OVERFLOW = 0, 1, 2  # status of a history


class Script(NamedTuple):
    """Dated acts imposed on a history, sorted by (tick, minute)."""

    tick: np.ndarray  # i8[E]
    minute: np.ndarray  # f8[E] minutes since the start of the window
    kind: np.ndarray  # i8[E]
    level: np.ndarray  # f8[E]
    always: np.ndarray  # i8[E] 1: imposed whatever the mode (an intervention)


class Run(NamedTuple):
    """All that the ticks of one history are run with: one word for a kernel, where each by itself would cost the caller a
    tenth of a calm history."""

    world: Handle
    member: Handle
    scratch: Handle
    step: Handle
    place: Handle
    macro: Handle
    theta: Handle
    shock: np.ndarray  # f8[D, R]
    noise: np.ndarray  # u4[T]
    table: Handle
    mode: np.ndarray  # i8[K]
    free_from: int  # tick from which modes hold
    script: Handle
    reported: np.ndarray  # f8[T, 2] persons on the street by the ledger: nation, capital; before free_from
    clocks: Handle
    trace: Handle
    harm_key: np.ndarray  # u4[2]
    dt: float  # days a tick
    hours: np.ndarray  # f8[ticks a day] c(hour)
    stop_share: float  # of the nation
    predecessor: float  # 1 if the predecessor holds a lever of power at the start


class Clocks(NamedTuple):
    """Luck and state of the hazard processes of one history."""

    threshold: np.ndarray  # f8[K, J] E ~ Exp(1) for the j-th occurrence
    known_minute: np.ndarray  # f8[K, J] minute of the recorded occurrence, nan if none (kept on null replay)
    known_tick: np.ndarray  # i8[K, J] its tick, -1 if none
    level: np.ndarray  # f8[K, J] level with which it happens
    spent: np.ndarray  # f8[K] integrated hazard since the last occurrence
    count: np.ndarray  # i8[K] occurrences so far
    fired: np.ndarray  # f8[K, J] out: minute of each occurrence, nan if none
    before: np.ndarray  # f8[K, J] out: integrated hazard at the start of the tick in which it happened
    after: np.ndarray  # f8[K, J] out: ... at the end of that tick
    answer: np.ndarray  # f8[4] 1 if the patron accepts a request; ticks to acceptance; ticks to deployment; tick of the request (-1)
    seen: np.ndarray  # f8[SIGNALS] within a tick: the signals that actors see,
    begin: np.ndarray  # f8[K] integrated hazard at its start,
    increment: np.ndarray  # f8[K] what it adds,
    due: np.ndarray  # f8[K] minute of an occurrence in it, inf if none


class Trace(NamedTuple):
    """What is recorded of a history, by tick t."""

    units: np.ndarray  # f4[T, U, RECORD_COLUMNS] persons; f4[T, 1, ...] where only the nation is recorded
    signals: np.ndarray  # f4[T, SIGNALS] just before the tick
    crisis: np.ndarray  # i1[T] phase
    levels: np.ndarray  # f4[T, LEVELS]
    beliefs: np.ndarray  # f4[T, G, 3] trust, frame, old


def daily_profile(ticks_per_day: int) -> np.ndarray:
    """c(hour) of every tick of a day, f8[ticks_per_day]: constant in each part of six hours, whatever the tick."""
    return np.repeat(np.array(HOURS), ticks_per_day // len(HOURS))


WRITTEN = "@kernel\ndef empty(x):\n" + "".join(f"    x.{name}[:] = 0.0\n" for name in Macro._fields)
"""What the kernel module gets besides the text below the marker: whatever a mechanism adds to the macro state begins at 0."""

# --- composed below ---


@kernel
def common_path(nation, region, sd, memory, share, out):
    """Common shocks of a history, compiled with the rest (see `common_shocks.path`)."""
    shock_path(nation, region, sd, memory, share, out)


@kernel
def begin(run):
    """A calm evening before the window: nothing has happened, nobody is out, police in place, beliefs at their start. What the
    course has settled of the clocks stays."""
    x, place, th, clocks, trace = run.macro, run.place, run.theta, run.clocks, run.trace
    empty(x)  # noqa: F821 - written above
    for array in (clocks.spent, clocks.seen, clocks.begin, clocks.increment, clocks.due):
        array[:] = 0.0
    x.obedience[:] = 0.95
    for u in range(x.force.size):
        x.force[u] = th.deployable * place.police[u] * 0.95
    x.room[:] = 1.0
    x.reach[:] = 1.0
    x.level[PREDECESSOR] = run.predecessor
    x.level[ELITE] = 0.8
    x.level[CRISIS_DAY] = -1.0
    x.level[ALARM] = 99.0
    for g in range(x.trust.size):
        x.trust[g] = th.trust_start + place.leaning[g]
        x.frame[g] = th.frame_start + place.leaning[g]
        x.old[g] = th.old_start
        x.baseline[g] = expit(x.trust[g] + th.dual_rule * x.old[g] * x.level[PREDECESSOR])
    x.level[TRUST_START] = national_mean(x.trust, place)
    clocks.count[:] = 0
    clocks.fired[:] = np.nan
    clocks.before[:] = 0.0
    clocks.after[:] = 0.0
    clocks.answer[3] = -1.0
    run.member.n[:] = 0
    trace.units[:] = 0.0
    trace.signals[:] = 0.0
    trace.crisis[:] = 0
    trace.levels[:] = 0.0
    trace.beliefs[:] = 0.0


@kernel
def fire(k, level, minute, before, after, x, place, th, clocks):
    """Act k happens: its effects, its count, its clock."""
    j = clocks.count[k]
    if j >= clocks.fired.shape[1]:
        return
    on_act(k, level, x, place, th)  # noqa: F821 - composed
    clocks.fired[k, j] = minute
    clocks.before[k, j] = before
    clocks.after[k, j] = after
    clocks.count[k] = j + 1
    clocks.spent[k] = 0.0


@kernel
def acts_of_tick(t, dt, x, place, th, table, mode, free_from, script, clocks, crisis, z):
    """Record first, in dated order; then, in dated order too, whatever fires by its own clock and an act imposed among such.
    All rates read the state before the tick."""
    kinds = table.log_rate.shape[0]
    day_minutes = dt * 1440.0  # minutes in a tick
    begin, increment, due = clocks.begin, clocks.increment, clocks.due
    for k in range(kinds):
        increment[k] = 0.0
        if gate_open(k, crisis, clocks.count, table):
            increment[k] = dt * exp(log_hazard(k, crisis, z, table))
    imposed = -1  # the row of an act that waits for its minute
    for e in range(script.tick.size):
        if script.tick[e] != t:
            continue
        k = script.kind[e]
        if k == EXOGENOUS:
            x.level[PRICE_SHOCK] = script.level[e]
        elif script.always[e] == 1 and t >= free_from and mode[k] == FREE and imposed < 0:
            imposed = e
        elif script.always[e] == 1 or t < free_from or mode[k] == SCRIPTED:
            if script.always[e] == 1 or mode[k] != FORBIDDEN or t < free_from:
                before = clocks.spent[k]
                fire(
                    k, script.level[e], script.minute[e], before, before + increment[k], x, place, th, clocks
                )
                increment[k] = 0.0
                if k == REQUEST:
                    clocks.answer[3] = t
    for k in range(kinds):
        due[k] = np.inf
        begin[k] = clocks.spent[k]
        clocks.spent[k] = begin[k] + increment[k]
        j = clocks.count[k]
        if imposed >= 0 and script.kind[imposed] == k:
            due[k] = script.minute[imposed]
            if k == REQUEST:
                clocks.answer[3] = t
            continue
        if t < free_from or mode[k] != FREE or table.scheduled[k] == 1 or j >= clocks.threshold.shape[1]:
            continue
        e = clocks.threshold[k, j]
        known = clocks.known_tick[k, j] == t
        if increment[k] > 0.0 and begin[k] < e and e <= clocks.spent[k]:
            due[k] = clocks.known_minute[k, j] if known else (t + (e - begin[k]) / increment[k]) * day_minutes
        elif known and e != e:  # the record has it although the model's gate was shut: it keeps its date
            due[k] = clocks.known_minute[k, j]
        if k == REQUEST and due[k] < np.inf:
            clocks.answer[3] = t
    asked = clocks.answer[3]
    if t >= free_from and asked >= 0.0:
        accepts = clocks.answer[0] == 1.0
        for k in (ACCEPTS, REFUSES, DEPLOYS):
            lag = clocks.answer[2] if k == DEPLOYS else clocks.answer[1]
            wanted = not accepts if k == REFUSES else accepts
            if k == DEPLOYS and mode[ACCEPTS] == FORBIDDEN:
                wanted = False
            if mode[k] == FREE and wanted and clocks.count[k] == 0 and t >= asked + lag and due[k] == np.inf:
                due[k] = (
                    clocks.known_minute[k, 0] if clocks.known_tick[k, 0] == t else (t + 0.5) * day_minutes
                )
    while True:  # in dated order, as the record would have it
        k = np.int64(0)  # a plain 0 would have `fire` compiled twice
        for other in range(kinds):
            if due[other] < due[k]:
                k = other
        if due[k] == np.inf:
            break
        level = clocks.level[k, min(clocks.count[k], clocks.level.shape[1] - 1)]
        if imposed >= 0 and script.kind[imposed] == k:
            level = script.level[imposed]
        fire(k, level, due[k], begin[k], begin[k] + increment[k], x, place, th, clocks)
        due[k] = np.inf


@kernel
def simulate(run, t0, t1):
    """Run ticks t0..t1-1 of one history, given the handle of a Run. Returns a status: DONE, TOO_LARGE (more than `stop_share`
    of the nation on the street, a declared bound of the prior) or OVERFLOW (member lists full)."""
    world, member, scratch, step, place, x, th = (
        run.world, run.member, run.scratch, run.step, run.place, run.macro, run.theta,
    )  # fmt: skip
    shock, noise, hours, dt, mode, free_from = run.shock, run.noise, run.hours, run.dt, run.mode, run.free_from
    table, script, clocks, trace, harm_key = run.table, run.script, run.clocks, run.trace, run.harm_key
    units = x.crowd.size
    audiences = x.trust.size
    per_day = hours.size
    quarter = per_day // len(HOURS)
    apart = trace.units.shape[1] == units
    z = clocks.seen
    reported, fades = run.reported, exp(-dt / REPORT_DAYS)
    for t in range(t0, t1):
        day = min(t // per_day, shock.shape[0] - 1)
        for u in range(units):
            x.shock[u] = shock[day, place.region[u]]
        crisis = 1 if x.level[ALARM] <= 1.0 else 0
        signals(x, place, z)
        for j in range(z.size):
            trace.signals[t, j] = z[j]
        trace.crisis[t] = crisis
        acts_of_tick(t, dt, x, place, th, table, mode, free_from, script, clocks, crisis, z)
        hour = hours[t % per_day]
        if t % quarter == 0:
            x.killed[:] = 0.0
        update(x, place, th, t, dt, hour)  # noqa: F821 - composed
        for u in range(units):
            for g in range(audiences):
                if place.share[u, g] > 0.0:
                    step.mood[u, g] = mood(u, g, x, place, th)  # noqa: F821 - composed
            step.leave[u] = leave(u, x, place, th)  # noqa: F821 - composed
            step.arrest[u] = arrest(u, x, place, th)  # noqa: F821 - composed
            step.violence[u] = violence(u, x, place, th)  # noqa: F821 - composed
        status = crowd_step(world, member, scratch, step, x.risk, x.room, x.reach, th, t, dt, hour, noise[t])
        if status != 0:
            return OVERFLOW
        total = 0.0
        alarm = False
        trace.units[t] = 0.0
        for u in range(units):
            x.crowd[u] = step.present[u]
            x.violent[u] = step.present_violent[u]
            x.spent[u] += step.left[u]
            total += x.crowd[u]
            expected = harm(u, x, place, th) * dt  # noqa: F821 - composed
            killed = 0.0
            if expected > 1e-9:
                killed = float(poisson(expected, harm_key[0], harm_key[1], t, noise[t], u))
                if killed > 0.0:
                    alarm = True
                    x.fear[u] += log((1.0 + x.killed[u] + killed) / (1.0 + x.killed[u]))
                    x.killed[u] += killed
            x.level[DEATHS] += killed
            x.level[ARRESTS] += step.arrested[u]
            if x.crowd[u] > 1000.0:
                alarm = True
            row = u if apart else 0
            trace.units[t, row, PRESENT] += x.crowd[u]
            trace.units[t, row, ENTERED] += step.entered[u]
            trace.units[t, row, ARRESTED] += step.arrested[u]
            trace.units[t, row, KILLED] += killed
            trace.units[t, row, RIOTING] += x.violent[u]
        x.level[NATION_CROWD] = total
        x.level[PEAK] = max(x.level[PEAK], total)
        x.level[REPORTED] *= fades
        x.level[REPORTED_CAPITAL] *= fades
        if t < free_from and t < reported.shape[0]:
            x.level[REPORTED] = max(x.level[REPORTED], reported[t, 0])
            x.level[REPORTED_CAPITAL] = max(x.level[REPORTED_CAPITAL], reported[t, 1])
        if x.level[REPORTED] > 1000.0:
            alarm = True
        if alarm:
            x.level[ALARM] = 0.0
            if x.level[CRISIS_DAY] < 0.0:
                x.level[CRISIS_DAY] = 0.0
        else:
            x.level[ALARM] += dt
        if x.level[CRISIS_DAY] >= 0.0:
            x.level[CRISIS_DAY] += dt
        for j in range(x.level.size):
            trace.levels[t, j] = x.level[j]
        for g in range(audiences):
            trace.beliefs[t, g, 0] = x.trust[g]
            trace.beliefs[t, g, 1] = x.frame[g]
            trace.beliefs[t, g, 2] = x.old[g]
        if total > run.stop_share * place.nation:
            return TOO_LARGE
    return DONE
