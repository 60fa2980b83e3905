"""Loss of control: the hazard, day by day, that the incumbent is forced out, on one simulated future.

The four ways out of office are hazard processes of the catalogue of acts (flight, coup, assassination, stepping down);
each has a rate a day in calm and in crisis, counted in its reference class, and slopes on the state of the streets and
of the elite. Instead of waiting for a rare event to fire, the hazard itself is integrated along the path; its rates
are integrated over their priors, given that nothing of the kind has happened yet (Rao-Blackwell).

A coup attempt in calm times succeeds with the share of the Cline Center's counts; stepping down is a loss of control
only while a crisis lasts and for fourteen days after, as in the outcome rules (docs/model.md).
"""

from __future__ import annotations

import numpy as np

from interrex.engine.acts import ActTable, HazardPriors
from interrex.mechanisms.acts import ACT_KINDS, AFTERMATH_DAYS, COUPS_REALISED, act
from interrex.mechanisms.maths import exp_of

WAYS = ("flight", "coup_attempt", "assassination", "step_down")
RATES = 64  # draws of the rates of each way


def rate_draws(priors: HazardPriors, count: int = RATES) -> np.ndarray:
    """Natural values of (log rate in calm, in crisis, slopes), f8[way, count, 2 + slopes]: a fixed low-discrepancy set
    from the priors of the hazard block, the same for every path and day, so that days differ by their state alone."""
    from scipy.stats import norm, qmc

    columns = priors.mean.shape[1]
    points = qmc.Sobol(len(WAYS) * columns, scramble=True, rng=np.random.default_rng(0)).random(count)
    normal = norm.ppf(np.clip(points, 1e-6, 1 - 1e-6)).reshape(count, len(WAYS), columns)
    out = np.empty((len(WAYS), count, columns))
    for w, name in enumerate(WAYS):
        k = act(name)
        sign = priors.sign[k]
        values = np.where(sign != 0, sign * np.abs(normal[:, w]), normal[:, w])
        out[w] = priors.mean[k] + priors.sd[k] * values
    return out


def hazards(
    signals: np.ndarray, crisis: np.ndarray, draws: np.ndarray, table: ActTable, ticks_per_day: int
) -> np.ndarray:
    """Hazard a day of being forced out, f8[draw, tick]. `signals` f8[tick, signal] in 0..1 and `crisis` i8[tick] (0 or 1)
    of a history; `draws` from `rate_draws`; `table` says which signals a kind reads and which kinds the case has."""
    ticks = crisis.size
    recent = np.zeros(ticks, dtype=bool)
    last = -np.inf
    for t in range(ticks):
        last = t if crisis[t] == 1 else last
        recent[t] = t - last <= AFTERMATH_DAYS * ticks_per_day
    total = np.zeros((draws.shape[1], ticks))
    phase = crisis.astype(np.int64)
    for w, name in enumerate(WAYS):
        k = ACT_KINDS.index(name)
        if table.allowed[k] == 0:
            continue
        log_rate = draws[w][:, phase]
        for j, s in enumerate(table.signal[k]):
            if s >= 0:
                log_rate = log_rate + draws[w][:, 2 + j, None] * signals[None, :, s]
        counts = np.ones(ticks)
        if name == "coup_attempt":
            counts = np.where(phase == 1, 1.0, COUPS_REALISED)
        elif name == "step_down":
            counts = recent.astype(float)
        total += exp_of(log_rate) * counts
    return total


def survival(daily: np.ndarray, today: int, ticks_per_day: int) -> tuple[np.ndarray, np.ndarray]:
    """What a path says of the future: (weight f8[draw], hazard f8[draw, day]).

    `daily` from `hazards`; `today` is the first tick of the future. The weight is the probability, under each draw of
    the rates, that he was still in office by then: rates that would have removed him lose weight."""
    past = daily[:, :today].sum(axis=1) / ticks_per_day
    future = daily[:, today:]
    days = future.shape[1] // ticks_per_day
    by_day = future[:, : days * ticks_per_day].reshape(future.shape[0], days, ticks_per_day)
    return exp_of(-past), by_day.mean(axis=2)
