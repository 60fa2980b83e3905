"""The chance that the incumbent leaves, from what a ledger holds on a day, and what each part of it adds."""

from __future__ import annotations

import datetime
import json
import math
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from interrex.record.crisis.model import GROUP, LENGTHS, SCOPES
from interrex.record.crisis.state import FEATURES, UNLEARNED, CrisisState, shown
from interrex.record.hazards import chances
from interrex.record.tables import MANNERS

DRAWS = 2000
SEED = 20260201
BAND = (0.05, 0.95)
SHIPPED = "crises.json"

Json: TypeAlias = dict[str, Any]  # as JSON is read: the file ships with the program


class Part(NamedTuple):
    """What one feature does: its value as the fit takes it (NaN where the ledger does not tell it) and as a reader wants it, and what it adds to the log hazard of
    the manners of its scope, against the mean of all crises, with a 90 % interval."""

    feature: str
    text: str
    scope: str
    value: float
    shown: str
    known: bool
    log_hazard: float
    low: float
    high: float


class Chance(NamedTuple):
    """p, low, high f8[manner, horizon] with 90 % intervals over parameters and over what is unknown; pooled is the same of the
    pooled hazard; any f8[3, horizon] is p, low and high that he leaves in any manner. remarks say what limits the answer; until
    is the day up to which the fit had seen what came."""

    horizons: tuple[int, ...]
    manners: tuple[str, ...]
    p: np.ndarray
    low: np.ndarray
    high: np.ndarray
    any: np.ndarray
    pooled: np.ndarray
    pooled_any: np.ndarray
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]
    until: datetime.date


@cache
def shipped() -> Json:
    """The summary that ships with the package."""
    return json.loads(files("interrex.record.crisis").joinpath(SHIPPED).read_bytes())


def newest(summary: Json, day: datetime.date) -> tuple[str, Json]:
    """The fit that was the newest on a day, with its pooled hazard, and the day up to which it had seen what came; the earliest
    fit for a day before all."""
    made = {**summary["fits"], summary["seen_to"]: summary}
    until = max((d for d in made if d <= day.isoformat()), default=min(made))
    return until, made[until]


def chance(summary: Json, state: CrisisState, draws: int = DRAWS) -> Chance:
    """The chance by horizon and manner on the state's day, by the fit that was the newest then. The same state gives the same
    numbers."""
    random = np.random.default_rng(SEED)
    until, made = newest(summary, state.day)
    fitted = made["fit"]
    names = [f["feature"] for f in fitted["features"]]
    mean, sd, low, high = (
        np.array([f[k] for f in fitted["features"]], float) for k in ("mean", "sd", "low", "high")
    )
    x = np.array([FEATURES[n].of(state) for n in names], float)
    within = np.clip(x, low, high)
    z = _filled(
        (within - mean) / sd, np.array(fitted["correlation"], float).reshape(len(names), -1), random, draws
    )
    level, weight = _drawn(fitted, random, draws)
    terms = [(names.index(t["feature"]), t["scope"]) for t in fitted["terms"]]
    added = (
        np.stack([weight[:, j] * z[:, i] for j, (i, _) in enumerate(terms)], axis=1)
        if terms
        else np.zeros((draws, 0))
    )
    counts = np.array(
        [["regular" in SCOPES[s], "coup" in SCOPES[s], False] for _, s in terms], float
    ).reshape(-1, 3)
    lift = (added @ counts)[:, GROUP].T
    p = chances(np.exp(level + np.clip(lift, -10, 10)[:, :, None]), LENGTHS)
    pooled = chances(np.exp(_drawn(made["pooled"], np.random.default_rng(SEED), draws)[0]), LENGTHS)
    ranges = np.quantile(added, BAND, axis=0) if terms else np.zeros((2, 0))
    parts = tuple(
        Part(names[i], FEATURES[names[i]].text, scope, float(x[i]),
            shown(names[i], float(x[i])), not math.isnan(x[i]), float(added[:, j].mean()),
             float(ranges[0, j]), float(ranges[1, j]))
        for j, (i, scope) in enumerate(terms)
    )  # fmt: skip
    band = np.quantile(p, BAND, axis=1)
    return Chance(
        tuple(int(h) for h in summary["horizons_days"]), MANNERS, p.mean(axis=1), band[0], band[1],
        _any(p), pooled.mean(axis=1), _any(pooled), parts, _remarks(summary, state, names, x, low, high),
        datetime.date.fromisoformat(until),
    )  # fmt: skip


def _any(p: np.ndarray) -> np.ndarray:
    total = p.sum(axis=0)
    return np.vstack([total.mean(axis=0), np.quantile(total, BAND, axis=0)])


def _drawn(fitted: Json, random: np.random.Generator, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels f8[manner, draw, period] and weights f8[draw, term], drawn from their normal."""
    level = np.array(fitted["level"], float)
    mode = np.r_[level.ravel(), [t["weight"] for t in fitted["terms"]]]
    value, vector = np.linalg.eigh(np.array(fitted["cov"], float))
    root = vector * np.sqrt(np.maximum(value, 0))
    theta = mode + random.standard_normal((draws, len(mode))) @ root.T
    return theta[:, : level.size].reshape(draws, *level.shape).transpose(1, 0, 2), theta[:, level.size :]


def _filled(z: np.ndarray, together: np.ndarray, random: np.random.Generator, draws: int) -> np.ndarray:
    """Features f8[draw, feature]; the unknown are drawn as they go together with the known ones in past crises."""
    lost = np.isnan(z)
    out = np.tile(np.where(lost, 0.0, z), (draws, 1))
    if lost.any():
        known = ~lost
        half = np.linalg.solve(
            together[np.ix_(known, known)] + 1e-6 * np.eye(known.sum()), together[np.ix_(known, lost)]
        )
        spread = together[np.ix_(lost, lost)] - together[np.ix_(lost, known)] @ half
        value, vector = np.linalg.eigh(spread)
        root = vector * np.sqrt(np.maximum(value, 0))
        out[:, lost] = z[known] @ half + random.standard_normal((draws, lost.sum())) @ root.T
    return out


def _remarks(
    summary: Json,
    state: CrisisState,
    names: list[str],
    x: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[str, ...]:
    """What limits the answer, a sentence each."""
    said: list[str] = []
    mass = summary["class"]["mass_persons"]
    if state.largest is None or state.largest < mass:
        told = (
            "none with a known size"
            if state.largest is None
            else f"the largest so far had {state.largest:,.0f}"
        )
        said.append(
            f"The record was learned from days after a protest of {mass:,.0f} people or more; here {told}, so this is not yet "
            "such a crisis, and the answer is that for the smallest of them."
        )
    if state.polyarchy is not None and state.polyarchy >= summary["class"]["polyarchy_below"]:
        said.append(
            f"The record was learned where electoral democracy is below {summary['class']['polyarchy_below']:g}; here it is "
            f"{state.polyarchy:.2f}."
        )
    for n, value, least, most in zip(names, x, low, high, strict=True):
        if value < least or value > most:
            said.append(
                f"{FEATURES[n].text}: outside the range of past crises; taken at its {'lower' if value < least else 'upper'} end."
            )
    unknown = [FEATURES[n].text for n, v in zip(names, x, strict=True) if math.isnan(v)]
    if unknown:
        said.append(f"Not told by the ledger, so left open: {'; '.join(unknown)}.")
    held = [text.split(":")[0] for name, text in UNLEARNED.items() if getattr(state, name)]
    if held:
        said.append(
            f"In the ledger, but without effect here, as no panel lets one learn it: {'; '.join(held)}."
        )
    return tuple(said)
