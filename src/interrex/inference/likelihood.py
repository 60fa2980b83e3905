# pyright: reportUndefinedVariable=false
"""One point of the posterior, from its coordinates to what its history is worth, in one call of machine code.

Nothing is done here that `history.replay`, `space.parts` and the kernels of terms and hazards do not do one by one, and to the
same bits (a test compares); what is saved is the way through Python in between, more than half of an evaluation's time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.engine.decorators import kernel
from interrex.engine.handles import Handle
from interrex.mechanisms.maths import exp

NORMAL, LOGNORMAL, LOGIT, HALF = range(4)
PRIOR_KINDS = ("normal", "lognormal", "logit", "half")
"""Kinds of priors by their number, see `contract.Prior`."""

SCORED, LEFT, HOPELESS = 0, 1, 2
"""What became of an evaluation: all scored; the history left the range of the model; its terms cannot reach what is needed."""


class Evaluation(NamedTuple):
    """Everything that one evaluation reads and writes; what is in arrays is filled anew for each point."""

    z: np.ndarray  # f8[size] the point
    prior: np.ndarray  # i8[P] kind of each parameter's prior, with its
    prior_a: np.ndarray  # f8[P]
    prior_b: np.ndarray  # f8[P]
    theta: np.ndarray  # f8 where the run's parameters lie
    observing: np.ndarray  # f8 and the observer's
    region_effect: np.ndarray  # f8[R]
    run: Handle
    ticks: int  # that are conditioned on
    terms: Handle
    observer: Handle
    nodes: np.ndarray  # f8[O, Q]
    weights: np.ndarray  # f8[O, Q]
    use: np.ndarray  # i8[terms]
    stops: np.ndarray  # i8 ticks after which the terms that have been scored are looked at,
    best_after: np.ndarray  # f8 and the most that those still to come can add
    hazards: int  # 1 where acts are scored as well
    record: Handle
    table: Handle
    draws: Handle
    priors: Handle
    known: np.ndarray  # f8[terms] out
    unknown: np.ndarray  # f8[terms] out
    predicted: np.ndarray  # f8[terms] out
    kinds: np.ndarray  # f8[K] out, log likelihood of the acts of each kind
    value: np.ndarray  # f8[1] out, log likelihood of the terms


# --- composed below ---


@kernel
def lay_out(of):
    """Parameters of the point of.z where the history reads them. A call of its own: within one, what handles point to is
    taken to stay as it is."""
    z, params = of.z, of.prior.size
    for i in range(params):
        v = of.prior_a[i] + of.prior_b[i] * z[i]
        if of.prior[i] == LOGNORMAL:
            v = exp(v)
        elif of.prior[i] == LOGIT:
            v = 1.0 / (1.0 + exp(-v))
        elif of.prior[i] == HALF:
            v = of.prior_a[i] + of.prior_b[i] * abs(z[i])
        if i < of.theta.size:
            of.theta[i] = v
        elif i > of.theta.size:  # the canary is read by nothing
            of.observing[i - of.theta.size - 1] = v
    of.region_effect[:] = z[params : params + of.region_effect.size]


@kernel
def evaluate(of, needed):
    """Run and score the history of the point laid out; SCORED, LEFT, or HOPELESS as soon as its terms cannot reach `needed`."""
    run, terms = of.run, of.terms
    trace = run.trace
    days, regions = run.shock.shape
    shocks = of.z[of.prior.size + of.region_effect.size :]
    known, unknown, share = of.known, of.unknown, terms.share
    common_path(  # noqa: F821 - composed
        shocks[:days], shocks[days:].reshape(days, regions), run.theta.shock_sd, run.theta.shock_memory,
        run.theta.shock_nation, run.shock,
    )  # fmt: skip
    begin(run)  # noqa: F821 - composed
    known[:] = 0.0
    unknown[:] = 0.0
    of.predicted[:] = 0.0
    start, best = 0, 0.0
    for c in range(of.stops.size):
        end = of.stops[c]
        if simulate(run, start, end) != 0:  # noqa: F821 - composed
            return LEFT
        score(  # noqa: F821 - composed
            terms, trace.units, trace.beliefs, trace.levels, of.observer, start, end, known, unknown, of.predicted
        )
        for i in range(share.size):
            if of.use[i] == 1 and start <= terms.last[i] < end:
                best += share[i] * max(known[i], unknown[i])
        if best + of.best_after[c] < needed:
            return HOPELESS
        start = end
    of.value[0] = mixture(terms, known, unknown, of.nodes, of.weights, of.use)  # noqa: F821 - composed
    if of.value[0] < needed:
        return HOPELESS
    if of.hazards == 1:
        ticks = of.ticks
        act_marginal(  # noqa: F821 - composed
            trace.signals[:ticks], trace.crisis[:ticks], of.record, of.table, of.draws, of.priors, of.kinds
        )
    return SCORED
