"""Members of the posterior of the Kazakhstan case, for `benchmarks.crowd`: what conditioning spends its time on.

`python -m benchmarks.posterior` conditions anew (default effort, seed 1; three minutes) and writes them. Parameters and
shocks are rounded to single precision, so histories are those of neighbours of the posterior's members, at the same cost.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_suffix(".npz")
MEMBERS = 32


def main() -> None:
    """Condition and write FILE."""
    from interrex.case import load_case
    from interrex.efforts import EFFORTS
    from interrex.inference.model import build as build_model
    from interrex.inference.model import compile_kernels, condition
    from interrex.workbench import cut_at

    model = build_model(cut_at(load_case("kazakhstan-2022"), None), 10, 1)
    compile_kernels(model)
    found = condition(
        model, EFFORTS["default"], 1, os.cpu_count() or 1, True, None, False, None
    )
    chosen = np.linspace(0, found.size - 1, MEMBERS).round().astype(int)
    z = found.z[chosen].astype(np.float32)
    np.savez_compressed(FILE, z=z, noise=found.noise[chosen], names=_names(model))
    print(f"{FILE}: {MEMBERS} of {found.size} members, log evidence {found.log_evidence:.1f}")


def members(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Points f8[n, size] and noise numbers u4[n, T]. RuntimeError if the model has other parameters or days by now."""
    with np.load(FILE) as kept:
        z, noise, names = kept["z"].astype(float), kept["noise"], kept["names"]
    shape = model.space.size, model.target.ticks
    if not np.array_equal(names, _names(model)) or (z.shape[1], noise.shape[1]) != shape:
        raise RuntimeError(f"{FILE.name} is of another model; write it anew: python -m benchmarks.posterior")
    return z, noise


def _names(model: Any) -> np.ndarray:
    return np.array([p.name for p in model.space.params])


if __name__ == "__main__":
    main()
