"""A proposal that ships with a case: a Gaussian fitted to an earlier, longer run.

It is the reference from which tempering starts, nothing more: weights are corrected, so the posterior does not depend
on it; without it a run only takes longer. It holds no paths. It may be used only for as-of days not before its own.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from interrex.inference.run import Posterior
from interrex.inference.sampler import Reference, fit_population
from interrex.inference.space import Space

WIDEN = 1.15  # the reference is a little wider than the run it was fitted to


def save_proposal(posterior: Posterior, as_of: str, provenance: str, path: str | Path) -> None:
    """Write the proposal fitted to a posterior."""
    space = posterior.target.space
    p = len(space.params)
    fitted = fit_population(posterior.z, p)
    names = space.names()
    first = p + space.regions
    moved = [i for i in range(p, space.size) if abs(fitted.mean[i]) > 0.1 or fitted.sd[i] < 0.9]
    document = {
        "format": 1, "as_of": as_of, "provenance": provenance, "days": space.days,
        "parameters": names[:p], "mean": np.round(fitted.mean[:p], 4).tolist(),
        "factor": np.round(fitted.factor, 4).tolist(),
        "rest": {names[i]: [round(float(fitted.mean[i]), 3), round(float(fitted.sd[i]), 3)] for i in moved},
        "first_shock": first,
    }  # fmt: skip
    Path(path).write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


def load_proposal(case: Any, space: Space) -> Reference | None:
    """The case's shipped proposal, or None if there is none, if it knows more than the case's as-of day, or if the
    parameters are others."""
    shipped = resources.files("interrex").joinpath("library", case.id, "proposal.json")
    if not shipped.is_file():
        return None
    document = json.loads(shipped.read_text(encoding="utf-8"))
    p = len(space.params)
    if document["as_of"] > case.as_of_date.isoformat() or document["parameters"] != [
        q.name for q in space.params
    ]:
        return None
    mean, sd = np.zeros(space.size), np.ones(space.size)
    mean[:p] = document["mean"]
    index = {name: i for i, name in enumerate(space.names())}
    for name, (m, s) in document["rest"].items():
        if name in index:
            mean[index[name]], sd[index[name]] = m, min(1.0, s * WIDEN)
    return Reference(mean, sd, np.array(document["factor"]) * WIDEN, document["provenance"])
