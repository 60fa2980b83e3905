"""Sums and products in a fixed order (temporary body)."""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import solve_triangular


def dot(a, b):
    return float(a @ b)


def matvec(m, v):
    return m @ v


def solve_lower(factor, v):
    return solve_triangular(factor, v, lower=True, check_finite=False)


def covariance(z):
    return np.cov(z, rowvar=False)


def cholesky(m):
    return np.linalg.cholesky(m)


def log_sum_exp(v):
    best = float(np.max(v))
    if best == -math.inf:
        return -math.inf
    return best + math.log(float(np.sum(np.exp(v - best))))


exp = np.exp
