"""The lock on the priors: which numbers were fixed, and when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from interrex.case.cut import CutCase
from interrex.errors import RunError
from interrex.inference.space import Space
from interrex.mechanisms.acts import catalogue_hash


def priors_hash(space: Space) -> str:
    """Sha256 of every prior declaration: parameters of the mechanisms and of the observation model (prior,
    unit, owner), and the catalogue of acts."""
    rows = [
        [owner, p.name, p.prior.kind, repr(float(p.prior.a)), repr(float(p.prior.b)), p.unit]
        for owner, p in zip(space.mechanism, space.params, strict=True)
    ]
    text = json.dumps({"params": rows, "catalogue": catalogue_hash()}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def priors_lock(space: Space, figures: Mapping[str, float], on: date | None = None) -> dict[str, Any]:
    """What is frozen before the first conditioned run: hash, day, and the prior predictive figures (6
    digits)."""
    return {
        "priors": priors_hash(space),
        "date": (on or date.today()).isoformat(),
        "figures": {name: float(f"{value:.6g}") for name, value in sorted(figures.items())},
    }


def write_lock(path: str | Path, lock: Mapping[str, Any]) -> None:
    """Write a lock as JSON, one key a line."""
    Path(path).write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def check_lock(path: str | Path, space: Space) -> tuple[bool, str]:
    """(whether the priors are those of the lock, one sentence that says so). RunError if there is no readable
    lock."""
    try:
        lock = json.loads(Path(path).read_text(encoding="utf-8"))
        frozen, day = lock["priors"], lock["date"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RunError(
            f"cannot read the lock of the priors at {path}; write it again with a prior check."
        ) from problem
    if frozen == priors_hash(space):
        return True, f"The priors are those frozen on {day}."
    return (
        False,
        f"The priors have changed since they were frozen on {day}: "
        "old and new answers must be shown side by side.",
    )


def lock_text(space: Space, case: CutCase) -> str:
    """Whether the priors are those that were locked before the case was first conditioned on."""
    from importlib import resources

    lock = resources.files("interrex").joinpath("library", case.id, "priors.lock")
    if not lock.is_file():
        return "No priors.lock lies beside this case: nothing shows that the priors were fixed before its outcome was used."
    with resources.as_file(lock) as path:
        return check_lock(path, space)[1]
