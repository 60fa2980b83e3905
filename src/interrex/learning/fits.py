"""One crisis fitted by itself under the assumed priors, kept as a file: the first stage of learning.

Every fit is of the whole ledger, from the prior (a shipped proposal was fitted to the same reports), by the same amount of
work. A citizen stands for as many persons as make `AGENTS` citizens of the country, so that a small country and a large one
cost about the same; a country so large that a citizen would stand for more than a thousand, the crowd at which a crisis begins,
is left out.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interrex.case import Case
from interrex.efforts import Effort, effort_of
from interrex.engine.pool import Pool
from interrex.errors import RunError
from interrex.inference.diagnostics import r_hat
from interrex.inference.learned import Crisis, country_of, told
from interrex.inference.learned import Learned as Table
from interrex.inference.model import build, condition
from interrex.mechanisms.contract import Prior
from interrex.store import files

AGENTS, FEWEST, MOST = 200_000, 10, 1000
"""Citizens of a country, and the fewest and most persons that one stands for."""

PARTICLES, ISLANDS, SWEEPS, FINAL_SWEEPS, USUAL_STEPS = 64, 4, 1, 2, 6
"""Of a fit, with as many steps from the prior to the posterior as most fits take: about four thousand histories."""


DOUBT = 2.0


class Fit(NamedTuple):
    """The posterior of the parameters of one crisis."""

    crisis: Crisis
    weight: int  # persons a citizen
    seed: int
    model: str  # hash of the text of the model
    names: tuple[str, ...]
    priors: tuple[Prior, ...]
    own: tuple[str, ...]  # parameters on which the case has a fact of its own: nothing is learned of them
    z: np.ndarray  # f4[n, P]
    island: np.ndarray  # i1[n]
    log_evidence: float
    log_evidence_se: float
    r_hat: float  # of all parameters together


def size_of(persons: float) -> int:
    """Persons that a citizen stands for; RunError where they are too many."""
    size = max(FEWEST, round(persons / AGENTS))
    if size > MOST:
        raise RunError(f"a citizen would stand for {size:,} persons", f"learn from countries of at most {AGENTS * MOST:,} people")
    return size


def histories(particles: int) -> int:
    """About so many are simulated for a fit."""
    return ISLANDS * particles * (1 + 2 * (USUAL_STEPS * SWEEPS + FINAL_SWEEPS - SWEEPS))


def effort(weight: int, particles: int = PARTICLES) -> Effort:
    """How much work a fit does."""
    return effort_of("quick")._replace(
        particles=particles, islands=ISLANDS, sweeps=SWEEPS, final_sweeps=FINAL_SWEEPS, weight=weight
    )


def fit(
    case: Case, seed: int, particles: int, workers: int, model_text: str, learned: Table | None, advance: Callable[[float], None]
) -> Fit:
    """Fit one crisis to the whole of its ledger; RunError if no history stays in the range of the model. `learned`: priors in
    place of the assumed ones."""
    cut = case.as_of(case.default_as_of or case.window.end)
    weight = size_of(sum(region.population for region in cut.regions))
    model = build(cut, weight, seed, None, learned)
    pool = Pool(model.target.arena, workers)
    try:
        posterior = condition(model, effort(weight, particles), seed, pool, False, None, False, advance)
    finally:
        pool.close()
    names = tuple(p.name for p in model.space.params)
    last = min(cut.as_of_date, cut.window.start + datetime.timedelta(days=model.space.days - 1))
    return Fit(
        Crisis(case.id, country_of(cut), cut.window.start, last), weight, seed, model_text, names,
        tuple(p.prior for p in model.space.params), tuple(n for n in names if n in cut.facts),
        posterior.z[:, : len(names)].astype(np.float32), posterior.island.astype(np.int8), posterior.log_evidence,
        posterior.log_evidence_se, r_hat(posterior.z[:, : len(names)], posterior.island),
    )  # fmt: skip


def independent(fit: Fit) -> float:
    """Independent draws of which the means of islands would part as much as they do, all parameters together."""
    islands = len(np.unique(fit.island))
    each = len(fit.z) / islands
    between = max(fit.r_hat**2 - (each - 1.0) / each, 1.0 / each)  # variance between means over that within
    return islands * (1.0 + between) / between


def said(fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    """What the reports of the crisis alone say of each parameter: centre and variance of z, f8[P]; inf where nothing.

    A fit counts as many independent draws as its islands' disagreement leaves it (`independent`): so large is the error of a
    mean, and a posterior is taken to be as wide as `DOUBT` standard errors of its variance leave room for. Else half of the
    posteriors of which the reports say nothing would seem narrower than the prior."""
    centre, variance = np.zeros(len(fit.names)), np.full(len(fit.names), np.inf)
    z, draws = fit.z.astype(float), independent(fit)
    means = z.mean(axis=0)
    spread = z.var(axis=0) * (1.0 + DOUBT * np.sqrt(2.0 / draws))
    for i, name in enumerate(fit.names):
        if name not in fit.own:
            centre[i], variance[i] = told(float(means[i]), float(spread[i]), float(spread[i] / draws))
    return centre, variance


def save(fit: Fit, path: Path) -> None:
    """One file a fit."""
    head = {
        "crisis": [fit.crisis.case, fit.crisis.country, fit.crisis.start.isoformat(), fit.crisis.end.isoformat()],
        **{n: getattr(fit, n) for n in ("weight", "seed", "model", "names", "priors", "own", "log_evidence", "log_evidence_se", "r_hat")},
    }  # fmt: skip
    held = io.BytesIO()
    np.savez(held, head=np.array(json.dumps(head)), z=fit.z, island=fit.island)
    files.write_bytes(path, held.getvalue())


def read(path: Path) -> Fit:
    """A fit as it was saved; RunError if the file is none."""
    try:
        with np.load(path, allow_pickle=False) as held:
            head, z, island = json.loads(str(held["head"])), held["z"], held["island"]
        case, country, start, end = head.pop("crisis")
        day = datetime.date.fromisoformat
        return Fit(**head | {
            "crisis": Crisis(case, country, day(start), day(end)), "z": z, "island": island, "names": tuple(head["names"]),
            "own": tuple(head["own"]), "priors": tuple(Prior(*p) for p in head["priors"]),
        })  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RunError(f"{path} is no fit ({problem})", "delete it; interrex learn makes it again") from None

