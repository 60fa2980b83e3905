"""Members of an ensemble for the answers: posterior histories replayed and continued, prior histories, interventions.

A posterior member replays its own parameters, shocks and noise numbers to the bit, with the dated acts of the record
imposed. After the as-of day, or after an intervention, acts are free: they fire by their own clocks, whose luck is
abducted where the record shows what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np

from interrex.engine import draws as keyed
from interrex.engine.acts import ACCEPTS, DEPLOYS, REFUSES, REQUEST, ActTable, HazardPriors, table_at
from interrex.engine.arena import Arena
from interrex.engine.course import ClockLuck, Course, Luck, free_modes, fresh_clocks
from interrex.engine.history import History, replay
from interrex.engine.pool import Pool
from interrex.engine.schedule import Script
from interrex.inference import streams
from interrex.inference.islands import Posterior
from interrex.inference.space import Space
from interrex.inference.target import Target
from interrex.mechanisms.acts import ACT_KINDS
from interrex.mechanisms.maths import exp_of, log_of
from interrex.mechanisms.patron_intervention import UNDERSTANDINGS

NEVER = 1e9  # ticks; later than any window


Told = TypeVar("Told")


class Member(NamedTuple):
    """One history's luck: everything that is needed to run it again."""

    luck: Luck
    rates: np.ndarray  # f8[K, 2 + slopes] standard normals of the hazard block
    accepts: bool  # whether the patron would accept a request
    hours: tuple[float, float]  # hours from request to acceptance and to the first unit
    number: int


def chosen(posterior: Posterior, count: int) -> np.ndarray:
    """Numbers of at most `count` particles, spread evenly over all islands: i8[n]."""
    return np.linspace(0, posterior.size - 1, min(count, posterior.size)).round().astype(int)


def posterior_members(
    posterior: Posterior, arena: Arena, odds: np.ndarray, seed: int, count: int, pool: Pool
) -> list[Member]:
    """`count` members spread evenly over the particles. `odds` f8[U] are the posterior probabilities of the
    understandings with the patron; hazards are drawn from their posterior given the particle's own path."""
    picked = chosen(posterior, count)
    target = posterior.target

    def task(number: int) -> Member:
        own_z, own_noise = posterior.z[picked[number]], posterior.noise[picked[number]]
        luck, _ = target.luck(own_z, own_noise)
        path = replay(target.arena, luck, target.course, pool.workspace(), until=target.ticks)
        rates = member_rates(target, path, streams.generator(seed, streams.RATES, number))
        z = extend(own_z, target.space, arena, seed, number)
        noise = extend_noise(own_noise, arena, number)
        return _member(z, noise, target.space, arena, odds, seed, number)._replace(rates=rates)

    return pool.map(task, range(picked.size))


def member_rates(target: Target, history: History, rng: np.random.Generator) -> np.ndarray:
    """Rates and slopes of every kind drawn from their posterior given this history's path, f8[K, D] (standard
    normal scale); unscored kinds from their prior."""
    draws, priors = target.hazard_draws, target.hazard_priors
    kinds, dims = priors.mean.shape
    rates = rng.standard_normal((kinds, dims))
    if draws is None:
        return rates
    values = np.zeros(draws.z.shape[1])
    zero = np.zeros_like(values)
    sig = history.trace.signals[: target.ticks].copy()
    crisis = history.trace.crisis[: target.ticks].copy()
    known = target.handed()
    for k in np.flatnonzero(draws.scored):
        target.kernel.kind_values(k, sig, crisis, *known, zero, 0, values)
        p = exp_of(values - values.max())
        rates[k] = draws.z[k, rng.choice(p.size, p=p / p.sum())]
    return rates


def islands(posterior: Posterior, count: int) -> np.ndarray:
    """Island of each of as many posterior members, i8[count]."""
    return posterior.island[chosen(posterior, count)]


def prior_members(space: Space, arena: Arena, odds: np.ndarray, seed: int, count: int) -> list[Member]:
    """`count` members drawn from the prior over the arena's days."""
    wide = space._replace(days=arena.days)
    members: list[Member] = []
    for number in range(count):
        z = keyed.normals(seed, keyed.FORECAST, (wide.size,), tick=streams.PRIOR_POINT, noise=number)
        noise = np.full(arena.ticks, streams.PRIOR_NOISE + number, dtype=np.uint32)
        members.append(_member(z, noise, wide, arena, odds, seed, number))
    return members


def extend(z: np.ndarray, space: Space, arena: Arena, seed: int, number: int) -> np.ndarray:
    """A point whose shocks reach over the arena's days: as inferred, then fresh from the prior."""
    p, r, d = len(space.params), space.regions, space.days
    more = arena.days - d
    if more <= 0:
        return z
    fresh = keyed.normals(seed, keyed.FORECAST, (more * (1 + r),), tick=streams.FUTURE_SHOCKS, noise=number)
    return np.concatenate([z[: p + r + d], fresh[:more], z[p + r + d :], fresh[more:]])


def extend_noise(noise: np.ndarray, arena: Arena, number: int) -> np.ndarray:
    """Noise numbers over the arena's ticks."""
    more = arena.ticks - noise.size
    if more <= 0:
        return noise
    return np.concatenate([noise, np.full(more, streams.FUTURE_NOISE + number, dtype=np.uint32)])


def _member(
    z: np.ndarray, noise: np.ndarray, space: Space, arena: Arena, odds: np.ndarray, seed: int, number: int
) -> Member:
    wide = space._replace(days=arena.days)
    values, effects, nation, region = wide.parts(z)
    rng = streams.generator(seed, streams.MEMBER, number)
    which = UNDERSTANDINGS[int(rng.choice(len(UNDERSTANDINGS), p=odds / odds.sum()))]
    accepts = bool(rng.random() < rng.beta(*which.accept))
    median = rng.normal(*which.log_median_hours)
    hours = float(exp_of(rng.normal(median, which.log_sd_hours)))
    rates = rng.standard_normal((len(ACT_KINDS), arena.table.log_rate.shape[1] + arena.table.slope.shape[1]))
    return Member(
        Luck(values[: wide.theta_size], effects, nation, region, noise),
        rates,
        accepts,
        (0.4 * hours, hours),
        number,
    )


def table_of(member: Member, arena: Arena, priors: HazardPriors) -> ActTable:
    """The act table with the member's own rates."""
    return table_at(arena.table, member.rates, priors)


def answer_of(member: Member, arena: Arena) -> tuple[float, float, float]:
    """The patron's answer to a request, in ticks, as clocks have it."""
    tick_hours = 24.0 / arena.ticks_per_day
    first, unit = (float(np.floor(hours / tick_hours)) for hours in member.hours)
    return float(member.accepts), max(0.0, first), max(1.0, unit)


def abduct(arena: Arena, history: History, script: Script, member: Member, seed: int) -> ClockLuck:
    """Thresholds under which the record happens exactly as dated. `history` has been run to its end with every act
    scripted and the member's own rates. Occurred: between the integrated hazards of its tick. Not occurred: beyond
    the integrated hazard at the end. The answer to a request is the recorded one."""
    c = history.clocks
    u = keyed.uniforms(
        seed, keyed.CLOCK, (2 * c.threshold.size,), tick=streams.ABDUCTED_CLOCKS, noise=member.number
    )
    inside, beyond = (
        u[: c.threshold.size].reshape(c.threshold.shape),
        u[c.threshold.size :].reshape(c.threshold.shape),
    )
    threshold = -log_of(beyond)
    minute, tick = np.full(threshold.shape, np.nan), np.full(threshold.shape, -1)
    level = np.ones(threshold.shape)
    count = np.zeros(len(ACT_KINDS), int)
    for e in range(script.tick.size):
        k = int(script.kind[e])
        if k >= len(ACT_KINDS) or count[k] >= threshold.shape[1] or count[k] >= c.count[k]:
            continue
        j = count[k]
        low, high = c.before[k, j], c.after[k, j]
        threshold[k, j] = low + inside[k, j] * (high - low) if high > low else np.nan
        minute[k, j], tick[k, j], level[k, j] = script.minute[e], script.tick[e], script.level[e]
        count[k] += 1
    for k in range(len(ACT_KINDS)):
        if count[k] < threshold.shape[1]:
            threshold[k, count[k]] += c.spent[k]
    answer = answer_of(member, arena)
    asked = tick[REQUEST, 0]
    if asked >= 0:  # what the record does not have by its end did not come by then

        def lag(kind: int) -> float:
            return float(tick[kind, 0] - asked) if tick[kind, 0] >= 0 else NEVER

        refused = tick[REFUSES, 0] >= 0
        answer = 0.0 if refused else 1.0, lag(REFUSES if refused else ACCEPTS), lag(DEPLOYS)
    return ClockLuck(threshold, minute, tick, level, np.array(answer))


def free_course(
    arena: Arena, member: Member, priors: HazardPriors, free_from: int, seed: int, mode: np.ndarray | None = None,
    script: Script | None = None,
) -> Course:  # fmt: skip
    """The record before tick `free_from`, and after it acts at the member's own rates and luck, each kind as `mode` i8[K]
    says (by default every kind free that has an actor)."""
    clocks = fresh_clocks(seed, member.number, answer_of(member, arena))._replace(since=free_from)
    return Course(
        script or arena.script, free_modes(arena.table) if mode is None else mode, free_from,
        table_of(member, arena, priors), clocks,
    )  # fmt: skip


def run_free(
    pool: Pool, arena: Arena, members: list[Member], priors: HazardPriors, free_from: int,
    summarise: Callable[[History, Member], Told], seed: int, mode: np.ndarray | None = None, script: Script | None = None,
    advance: Callable[[int], None] | None = None,
) -> list[Told]:  # fmt: skip
    """Run members with the record imposed before tick `free_from` and acts free after it; `summarise` every history
    in order of their numbers."""

    def task(number: int) -> Told:
        member = members[number]
        course = free_course(arena, member, priors, free_from, seed, mode, script)
        return summarise(replay(arena, member.luck, course, pool.workspace()), member)

    return pool.map(task, range(len(members)), advance)


def spread(rows: list[Told], count: int) -> list[Told]:
    """At most `count` of the rows, evenly spaced."""
    if len(rows) <= count:
        return rows
    return [rows[i] for i in np.linspace(0, len(rows) - 1, count).round().astype(int)]
