"""The lock on the priors: what a `priors.lock` beside a shipped case proves.

It holds a day, as whoever wrote it gave it, and two hashes: of every number that a prior or a likelihood declares, and of
the text of the model. So it can show that either has changed since, and nothing about runs that were made before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from interrex.case import grades
from interrex.case.cut import CutCase
from interrex.engine import arena
from interrex.errors import RunError
from interrex.futures import base_rates, end_state, rivals, shifts
from interrex.inference import dated_acts, model
from interrex.inference.space import Space
from interrex.inference.terms import crowd, opinion, quiet, series
from interrex.mechanisms import (
    confidence,
    patron_intervention,
    repression,
    security_obedience,
    threshold_cascade,
)
from interrex.mechanisms.acts import catalogue_hash
from interrex.mechanisms.patron_intervention import UNDERSTANDINGS

MODEL = (
    "mechanisms", "engine", "polity", "inference/terms",
    *(f"inference/{name}.py" for name in ("dated_acts", "hazards", "model", "observe", "space", "spans", "target")),
    *(f"futures/{name}.py" for name in ("base_rates", "end_state", "office", "pool", "rivals", "shifts")),
    *(f"case/{name}.py" for name in ("grades", "origins", "places", "releases")),
)  # fmt: skip
"""Folders and files of the package whose text is the model: people, mechanisms, ticks, likelihood, explanations, ways out of
office, and what claims are read as. The sampler is none of it: it changes what a run costs and how far it may be believed."""


class Lock(NamedTuple):
    """What a lock says of the present priors and model."""

    day: str
    priors: bool  # whether the declared numbers are those of the lock
    model: bool  # whether the text of the model is


def declared(space: Space) -> dict[str, object]:
    """Every number that is declared and that an answer depends on, by what it belongs to."""
    return {
        "params": [
            [owner, p.name, p.prior.kind, float(p.prior.a), float(p.prior.b), p.unit]
            for owner, p in zip(space.mechanism, space.params, strict=True)
        ],
        "acts": catalogue_hash(),
        "understandings": UNDERSTANDINGS,
        "grid": [rivals.GRID_HOURS, rivals.PLOT_SHIFT, shifts.SCALES, shifts.FREE_LEVEL],
        "grades": [grades.PLAIN, grades.SOURCE_MEAN, grades.INFORMATION_MEAN, grades.ADMIRALTY_WEIGHT],
        "reports": [
            crowd.GRADE_SD, opinion.HOUSE_SD, opinion.HALF_WORD, opinion.UNINFORMED, series.SERIES_SIZE, series.DEATH_DELAY,
            quiet.REPORTED_AT_100, quiet.BLACKOUT_SILENCE, dated_acts.SEEN_BY_ACCIDENT, dated_acts.MERGE_HOURS,
        ],
        "half-lives": [confidence.HALF_LIFE_DAYS, repression.FADE_DAYS, security_obedience.WAVERING],
        "scales": [
            threshold_cascade.LOCAL_REFERENCE, threshold_cascade.NATIONAL_REFERENCE, repression.SMALL_CROWD,
            patron_intervention.TROOPS,
        ],
        "bounds": [arena.STOP_SHARE, model.STOP_LOW, model.STOP_HIGH, model.STOP_FACTOR],
        "ends": [
            end_state.LARGE_SHARE, end_state.CONFLICT_DEATHS, end_state.FORCE_DEATHS, end_state.FORCE_ARRESTS,
            end_state.RESCUE, end_state.CLOCK_SD, base_rates.CRISIS_OUTCOMES, base_rates.IN_OFFICE, base_rates.WAYS_OUT,
        ],
    }  # fmt: skip


def priors_hash(space: Space) -> str:
    """Sha256 of `declared`."""
    text = json.dumps(declared(space), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def model_hash(package: Path | None = None) -> str:
    """Sha256 of the text of the model, whatever the ends of its lines."""
    root = package or Path(str(resources.files("interrex")))
    found = hashlib.sha256()
    for name in MODEL:
        files = [root / name] if name.endswith(".py") else sorted((root / name).glob("*.py"))
        for file in files:
            found.update(f"{name}/{file.name}".encode() + file.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def lock_text(space: Space, figures: Mapping[str, float], day: date) -> str:
    """A lock as JSON, one key a line: day, hashes, and the figures of the prior check to six digits."""
    lock = {
        "date": day.isoformat(),
        "priors": priors_hash(space),
        "model": model_hash(),
        "figures": {name: float(f"{value:.6g}") for name, value in sorted(figures.items())},
    }
    return json.dumps(lock, indent=2, sort_keys=True) + "\n"


def read_lock(text: str, space: Space) -> Lock:
    """What a lock says; RunError if the text is none."""
    try:
        lock = json.loads(text)
        day, priors, model = lock["date"], lock["priors"], lock["model"]
    except (ValueError, KeyError, TypeError) as problem:
        raise RunError(
            "priors.lock is no lock of the priors", "write it again: python -m interrex.shipped lock CASE"
        ) from problem
    return Lock(str(day), priors == priors_hash(space), model == model_hash())


def lock_of(case: CutCase, space: Space) -> Lock | None:
    """The lock that ships with the case; None if there is none."""
    file = resources.files("interrex").joinpath("library", case.id, "priors.lock")
    return read_lock(file.read_text(encoding="utf-8"), space) if file.is_file() else None
