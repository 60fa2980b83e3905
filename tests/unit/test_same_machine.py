"""Sums and functions that decide a run's digits are the same on every processor: tried with the vector instructions of
numpy switched off and with another kind of BLAS kernels."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from interrex.inference.exact import (
    cholesky,
    covariance,
    dot,
    exp_of,
    inverse_lower,
    log,
    log_of,
    log_sum_exp,
    matvec,
)
from interrex.mechanisms import maths

OTHERS = {
    "numpy without vector instructions": {"NPY_DISABLE_CPU_FEATURES": ""},
    "another BLAS kernel": {"OPENBLAS_CORETYPE": "Prescott"},
}

PROGRAM = """
import hashlib, sys
from pathlib import Path
import numpy as np
from fixtures import toy as cases
from interrex.futures.members import prior_members, run_free
from interrex.inference.islands import pilot_draws
from interrex.inference.tempering import run_island
from interrex.inference.proposal import prior_reference

ready = cases.ready(cases.cut(Path(sys.argv[1]) / "case"))
digest = hashlib.sha256()
reference = prior_reference(ready.model.space)
target = ready.model.target._replace(hazard_draws=pilot_draws(ready.model.target, ready.wide, reference, 8, 1))
digest.update(target.hazard_draws.z.tobytes() + target.hazard_draws.log_weight.tobytes())
cloud = run_island(target, ready.wide, reference, particles=24, sweeps=1, final_sweeps=1, seed=1, island=0)
digest.update(cloud.particles.z.tobytes() + np.float64(cloud.log_evidence).tobytes())
members = prior_members(ready.model.space, ready.arena, np.ones(4) / 4, 1, 6)
seen = run_free(
    ready.wide, ready.arena, members, target.hazard_priors, 0,
    lambda h, m: h.trace.units.tobytes() + h.clocks.fired.tobytes(), 1,
)
digest.update(b"".join(seen))
print(digest.hexdigest())
"""


def disabled() -> str:
    """The vector instructions that numpy uses here beyond those that it needs."""
    from numpy._core import _multiarray_umath as umath

    return " ".join(f for f in umath.__cpu_dispatch__ if umath.__cpu_features__.get(f))


def test_conditioning_and_histories_have_the_same_bits_on_another_processor(tmp_path: Path) -> None:
    found = {}
    for name, setting in {"here": {}, **OTHERS}.items():
        setting = {key: value or disabled() for key, value in setting.items()}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / name.replace(" ", "-"))],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1], env=os.environ | setting,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found[name] = done.stdout.split()[-1]
    assert len(set(found.values())) == 1, found


def test_arrays_have_the_exp_and_log_of_the_kernels() -> None:
    rng = np.random.default_rng(1)
    v = np.concatenate([rng.normal(0, 300, 3000), rng.normal(0, 1, 3000), [0.0, -0.0, 700.0, -700.0, 800.0, -800.0]])
    assert np.array_equal(exp_of(v), [maths.exp(x) for x in v])
    u = np.abs(np.concatenate([v[v != 0.0], np.ldexp(rng.random(500) + 0.5, rng.integers(-1070, 1020, 500))]))
    assert np.array_equal(log_of(u), [maths.log(x) for x in u])
    assert np.allclose(exp_of(v[:6000]), np.exp(np.clip(v[:6000], -700, 700)), rtol=1e-15)
    assert np.allclose(log_of(u), np.log(u), rtol=1e-15, atol=1e-16)
    assert log(2.0) == log_of(2.0) == maths.log(2.0)


def test_edges_of_exp_and_log_are_those_of_numpy() -> None:
    assert np.array_equal(exp_of([-np.inf, np.nan, 0.0]), [0.0, np.nan, 1.0], equal_nan=True)
    assert np.array_equal(log_of([0.0, np.inf, -1.0, np.nan, 1.0]), [-np.inf, np.inf, np.nan, np.nan, 0.0], equal_nan=True)


def test_products_and_factors_are_those_of_linear_algebra() -> None:
    rng = np.random.default_rng(2)
    z = rng.normal(size=(90, 40)) @ rng.normal(size=(40, 40))
    assert np.allclose(covariance(z), np.cov(z, rowvar=False))
    factor = cholesky(covariance(z))
    assert np.allclose(factor, np.linalg.cholesky(covariance(z)))
    assert np.allclose(inverse_lower(factor) @ factor, np.eye(40), atol=1e-8)
    assert np.allclose(matvec(factor, z[0]), factor @ z[0]) and math.isclose(dot(z[0], z[1]), z[0] @ z[1])
    assert math.isclose(log_sum_exp(np.array([-1e4, -1e4 + 1])), -1e4 + math.log(1 + math.e))
    assert log_sum_exp(np.array([-np.inf, -np.inf])) == -math.inf
    with pytest.raises(ValueError, match="positive definite"):
        cholesky(np.diag([1.0, -1.0]))
