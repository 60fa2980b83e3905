"""Acts as hazards: gates, likelihood, its marginal over rates and slopes, and the luck that a history is given."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from fixtures import toy as cases
from interrex.engine.acts import (
    ACCEPTS,
    DEPLOYS,
    OCCURRENCES,
    REFUSES,
    REQUEST,
    SIGNAL_COUNT,
    ActRecord,
    build_table,
    copy_table,
    gate_open,
    log_hazard,
    set_rates,
    table_at,
)
from interrex.engine.course import Course, Luck, clocks_of, free_modes
from interrex.engine.handles import Handle
from interrex.engine.history import replay
from interrex.engine.schedule import FORBIDDEN, Script
from interrex.inference.exact import log_sum_exp
from interrex.inference.hazards import HazardDraws, OneDraw, make_draws
from interrex.mechanisms.acts import ACT_KINDS, ACTS, BY_KIND, Slope

ROLES = {a.role for a in ACTS}
TABLE, PRIORS = build_table(ROLES)
TICKS = 80


def path() -> tuple[np.ndarray, np.ndarray]:
    """A path with two phases and few distinct signals."""
    signals = np.zeros((TICKS, SIGNAL_COUNT), np.float32)
    signals[20:40] = 0.25
    signals[40:60] = 0.75
    crisis = np.zeros(TICKS, np.int8)
    crisis[30:60] = 1
    return signals, crisis


def record(k: int, events: list[tuple[int, int, float]], first: int = 0) -> ActRecord:
    """Exposure of kind k from tick `first` on, and events (first tick, last tick, reliability)."""
    exposure = np.zeros((len(ACT_KINDS), TICKS))
    exposure[k, first:] = 0.25
    exposure[k, 33] = 0.1  # part of a tick
    whole = lambda column: np.array([e[column] for e in events], dtype=np.int64)  # noqa: E731
    return ActRecord(
        exposure, np.full(len(events), k), whole(0), whole(1), np.array([e[2] for e in events], dtype=float),
        np.full(len(events), 0.02),
    )  # fmt: skip


def brute_loglik(
    kind: str, zh: np.ndarray, events: list[tuple[int, int, float]], made: ActRecord
) -> np.ndarray:
    """Log likelihood of standard normals zh[..., D], written with numpy from the catalogue, not from the table."""
    row, (signals, crisis) = BY_KIND[kind], path()
    rates = (row.phase_rates.calm, row.phase_rates.crisis)
    logs = [r.log_mean + r.sd * zh[..., j] for j, r in enumerate(rates)]
    hazard = np.where(crisis == 1, logs[1][..., None], logs[0][..., None])
    from interrex.engine.acts import SIGNAL_NAMES

    for j, (name, sign) in enumerate(row.covariates):
        z = zh[..., 2 + j]
        if isinstance(sign, Slope):
            slope = sign.mean + sign.sd * z
        else:
            slope = sign * 0.7 * np.abs(z) if sign else 0.5 * z
        hazard = hazard + slope[..., None] * signals[:, SIGNAL_NAMES.index(name)]
    allowed = np.ones(TICKS) if ("crisis",) not in row.gate else (crisis == 1).astype(float)
    rate = np.exp(hazard) * allowed
    k = ACT_KINDS.index(kind)
    total = -(rate * made.exposure[k]).sum(axis=-1)
    for a, b, w in events:
        total = total + np.log(w * rate[..., a : b + 1].mean(axis=-1) + (1 - w) * 0.02)
    return total


def some_kinds() -> list[str]:
    """A kind with no covariate, one with one signed, one with a free sign or more, one with counted slopes, and one that
    needs a crisis."""
    chosen: dict[Any, str] = {}
    for a in ACTS:
        if a.kind not in ("patron_accepts", "patron_refuses", "patron_deploys"):
            chosen.setdefault(
                (len(a.covariates), any(not s for _, s in a.covariates), ("crisis",) in a.gate), a.kind
            )
    return sorted(chosen.values())


SOME = some_kinds()
EVENTS: list[tuple[int, int, float]] = [(35, 35, 0.95), (44, 47, 0.8)]


@pytest.mark.parametrize("kind", SOME)
def test_likelihood_of_a_kind_is_that_of_a_poisson_process(toy: cases.Ready, kind: str) -> None:
    """Rate integrated over exposure, mean rate over an event's interval, mixed with an uninformed source."""
    k, made = ACT_KINDS.index(kind), record(ACT_KINDS.index(kind), EVENTS)
    known, one = (
        [Handle(of) for of in (made, copy_table(TABLE), PRIORS)],
        OneDraw(toy.arena.kernel, *PRIORS.mean.shape),
    )
    rng = np.random.default_rng(1)
    for _ in range(10):
        zh = rng.standard_normal(PRIORS.mean.shape[1])
        assert one(k, zh, *path(), *known) == pytest.approx(
            float(brute_loglik(kind, zh, EVENTS, made)), abs=1e-4
        )


def integral(kind: str, events: list[tuple[int, int, float]], made: ActRecord) -> float:
    """Log of the likelihood integrated over rates and slopes, by brute force: two million prior draws in strata of the
    first two dimensions."""
    rng = np.random.default_rng(9)
    side = 160
    grid = (np.arange(side) + 0.5) / side
    a, b = np.meshgrid(stats.norm.ppf(grid), stats.norm.ppf(grid), indexing="ij")
    values = []
    for _ in range(4):
        zh = rng.standard_normal((side * side, PRIORS.mean.shape[1]))
        zh[:, 0], zh[:, 1] = a.ravel(), b.ravel()
        values.append(brute_loglik(kind, zh, events, made))
    flat = np.concatenate(values)
    return log_sum_exp(flat) - math.log(flat.size)


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("events", [[], EVENTS], ids=["never", "twice"])
def test_marginal_of_a_kind_against_brute_force(
    toy: cases.Ready, kind: str, events: list[tuple[int, int, float]]
) -> None:
    """Hazards integrated out: within .05 of a brute force integral, on the pilot path and on another."""
    k, kernel = ACT_KINDS.index(kind), toy.arena.kernel
    made, (signals, crisis) = record(k, events), path()
    draws = make_draws(kernel, signals, crisis, made, TABLE, PRIORS, 512, 3)
    found = np.zeros(len(ACT_KINDS))
    kernel.act_marginal(
        signals,
        crisis,
        made,
        copy_table(TABLE),
        draws,
        PRIORS,
        found,
    )
    assert found[k] == pytest.approx(integral(kind, events, made), abs=0.05)
    assert (np.delete(found, k) == 0).all()
    other = np.roll(signals, 3, axis=0)
    values, zero = np.zeros(512), np.zeros(512)
    for sig in (signals, other):
        kernel.act_marginal(
            sig,
            crisis,
            made,
            copy_table(TABLE),
            draws,
            PRIORS,
            found,
        )
        kernel.kind_values(
            k,
            sig,
            crisis,
            made,
            copy_table(TABLE),
            draws,
            PRIORS,
            zero,
            0,
            values,
        )
        assert log_sum_exp(values) == pytest.approx(found[k], abs=1e-8)


def test_a_shift_of_the_rate_enters_from_its_tick_on(toy: cases.Ready) -> None:
    """Shifting a log rate by g from the first tick on is moving the rate itself: same likelihood."""
    kind = next(k for k in SOME if ("crisis",) not in BY_KIND[k].gate)
    k, made, (signals, crisis) = ACT_KINDS.index(kind), record(ACT_KINDS.index(kind), EVENTS), path()
    one = np.zeros((len(ACT_KINDS), 1, PRIORS.mean.shape[1]))
    moved = one.copy()
    moved[k, 0, :2] = 0.8 / PRIORS.sd[k, :2]
    values = []
    for z, shift in ((one, 0.8), (moved, 0.0)):
        out = np.zeros(1)
        draws = HazardDraws(z, np.zeros((len(ACT_KINDS), 1)), np.ones(len(ACT_KINDS), np.int64))
        toy.arena.kernel.kind_values(
            k, signals, crisis, made, copy_table(TABLE), draws, PRIORS, np.array([shift]), 0, out
        )
        values.append(out[0])
    assert values[0] == pytest.approx(values[1], abs=1e-9)


def test_gates() -> None:
    table = copy_table(TABLE)
    count = np.zeros(len(ACT_KINDS), np.int64)
    for k, kind in enumerate(ACT_KINDS):
        row = BY_KIND[kind]
        ready = count.copy()
        for gate in row.gate:
            if gate[0] == "after":
                ready[ACT_KINDS.index(gate[1])] = 1
        if table.scheduled[k]:
            assert not gate_open(k, 1, ready, table)
            continue
        assert gate_open(k, 1, ready, table)
        assert gate_open(k, 0, ready, table) == (("crisis",) not in row.gate)
        if any(g[0] == "after" for g in row.gate):
            assert not gate_open(k, 1, count, table)
        for gate in row.gate:
            if gate[0] == "not_after":
                closed = ready.copy()
                closed[ACT_KINDS.index(gate[1])] = 1
                assert not gate_open(k, 1, closed, table)
        done = ready.copy()
        done[k] = table.repeat[k]
        assert not gate_open(k, 1, done, table)


def test_slopes_of_a_fixed_sign_keep_it() -> None:
    table, rng = copy_table(TABLE), np.random.default_rng(3)
    for k in range(len(ACT_KINDS)):
        for _ in range(5):
            z = rng.standard_normal(PRIORS.mean.shape)
            set_rates(k, z[k], PRIORS, table)
            again = table_at(TABLE, z, PRIORS)
            assert (again.log_rate[k] == table.log_rate[k]).all() and (again.slope[k] == table.slope[k]).all()
            fixed = PRIORS.sign[k, 2:] != 0
            assert (np.sign(table.slope[k][fixed]) == PRIORS.sign[k, 2:][fixed]).all()


# --- free acts in a history ---


def free_history(
    ready: cases.Ready, answer: tuple[float, float, float], thresholds: dict[str, float], mode: Any = None
) -> Any:
    """Run the window with nothing dated, clocks that never fire except those in `thresholds`, and a patron's answer."""
    arena = ready.arena
    nothing = Script(*(np.zeros(0, dtype=a.dtype) for a in arena.script))
    space = ready.model.space._replace(days=arena.days)
    values, effects, nation, region = space.parts(np.zeros(space.size))
    luck = Luck(
        values[: space.theta_size],
        effects,
        nation,
        region,
        np.full(arena.ticks, 3, dtype=np.uint32),
    )
    modes = free_modes(arena.table) if mode is None else mode
    threshold = np.full((len(ACT_KINDS), OCCURRENCES), np.inf)
    for kind, e in thresholds.items():
        threshold[ACT_KINDS.index(kind), 0] = e
    course = Course(nothing, modes, 0, arena.table, clocks_of(threshold, answer))
    return replay(arena, luck, course, ready.wide.workspace())


def test_an_act_fires_when_its_integrated_hazard_passes_its_threshold(toy: cases.Ready) -> None:
    """On the stored path of the history itself: the integral of the hazard up to the minute of firing is E."""
    e = 1e-3
    kind = next(
        a.kind for a in ACTS
        if toy.arena.table.allowed[ACT_KINDS.index(a.kind)] and not a.gate and not toy.arena.table.scheduled[ACT_KINDS.index(a.kind)]
    )  # fmt: skip
    history = free_history(toy, (0.0, 1.0, 2.0), {kind: e})
    k = ACT_KINDS.index(kind)
    minute = history.clocks.fired[k, 0]
    ticks = int(minute // 360)
    hazard = [
        math.exp(
            log_hazard(
                k, int(history.trace.crisis[t]), history.trace.signals[t].astype(float), toy.arena.table
            )
        )
        / toy.arena.ticks_per_day
        for t in range(ticks + 1)
    ]
    total = sum(hazard[:ticks]) + hazard[ticks] * (minute / 360.0 - ticks)
    assert np.isfinite(minute) and total == pytest.approx(e, rel=1e-4)
    assert np.isfinite(history.clocks.fired).sum() == 1


@pytest.mark.parametrize("accepts", [True, False])
def test_the_patron_answers_a_request_once_and_after_his_delay(toy: cases.Ready, accepts: bool) -> None:
    mode = free_modes(toy.arena.table)
    table = toy.arena.table
    gates = [int(j) for j in table.after[REQUEST] if j >= 0]
    thresholds = {"request_patron": 1e-9} | {ACT_KINDS[j]: 1e-9 for j in gates}
    if table.needs_crisis[REQUEST]:
        pytest.skip("a request needs a crisis, which this quiet window does not have")
    fired = free_history(toy, (float(accepts), 2.0, 5.0), thresholds, mode).clocks.fired
    asked = int(fired[REQUEST, 0] // 360)
    if accepts:
        assert int(fired[ACCEPTS, 0] // 360) == asked + 2 and int(fired[DEPLOYS, 0] // 360) == asked + 5
        assert np.isnan(fired[REFUSES]).all()
        assert np.isfinite(fired[DEPLOYS]).sum() == 1
    else:
        assert int(fired[REFUSES, 0] // 360) == asked + 2
        assert np.isnan(fired[[ACCEPTS, DEPLOYS]]).all()
    mode[DEPLOYS] = FORBIDDEN
    again = free_history(toy, (float(accepts), 2.0, 5.0), thresholds, mode).clocks.fired
    assert np.isnan(again[DEPLOYS]).all() and np.array_equal(again[ACCEPTS], fired[ACCEPTS], equal_nan=True)


def test_errors_of_kinds_do_not_add_up(toy: cases.Ready) -> None:
    """log p(acts) over a dozen seeds of the points: its spread is that of independent errors, the root of the sum of the
    kinds' squares, and not their sum (2.8 nats where all kinds share a scramble)."""
    target, (signals, crisis) = toy.target, cases.made_up_path(toy.target.ticks)
    values = np.zeros((12, len(ACT_KINDS)))
    for seed, row in enumerate(values):
        draws = make_draws(
            toy.arena.kernel, signals, crisis, target.record, target.table, target.hazard_priors, 16, seed
        )
        toy.arena.kernel.act_marginal(
            signals, crisis, target.record, copy_table(target.table), draws, target.hazard_priors, row
        )
    each = values.std(axis=0, ddof=1)
    assert (each > 0).sum() > 20
    assert values.sum(axis=1).std(ddof=1) < 2.0 * np.sqrt((each**2).sum()) < 0.5 * each.sum()
