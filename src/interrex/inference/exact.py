"""Sums, products and elementary functions with the same bits on every machine.

BLAS adds in the order that suits the processor, and numpy takes its exp and log from the processor's widest instructions:
the last digits differ, and with them whether a proposal is accepted. Here sums are numpy's own, which have one order, and
exp and log are those of the kernels (`mechanisms.maths`).
"""

from __future__ import annotations

import math

import numpy as np

from interrex.mechanisms.maths import exp_of, log_of


def log(v: float) -> float:
    """Natural logarithm of v > 0."""
    return float(log_of(v))


def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Sum of a * b."""
    return float(np.sum(a * b))


def matvec(m: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Product of a matrix m[n, k] and a vector v[k]."""
    return np.sum(m * v, axis=1)


def covariance(z: np.ndarray) -> np.ndarray:
    """Sample covariance f8[p, p] of the columns of z[n, p]."""
    centred = z - z.mean(axis=0)
    rows = [np.sum(centred * centred[:, j : j + 1], axis=0) for j in range(z.shape[1])]
    return np.array(rows) / (z.shape[0] - 1)


def cholesky(m: np.ndarray) -> np.ndarray:
    """Lower factor of a positive definite matrix; ValueError for another one."""
    factor = np.zeros_like(m)
    for j in range(m.shape[0]):
        rest = m[j:, j] - np.sum(factor[j:, :j] * factor[j, :j], axis=1)
        if not rest[0] > 0.0:
            raise ValueError("the matrix is not positive definite")
        factor[j:, j] = rest / math.sqrt(rest[0])
    return factor


def inverse_lower(factor: np.ndarray) -> np.ndarray:
    """Inverse of a lower triangular matrix."""
    inverse = np.zeros_like(factor)
    for i in range(factor.shape[0]):
        row = -np.sum(factor[i, :i, None] * inverse[:i], axis=0)
        row[i] += 1.0
        inverse[i] = row / factor[i, i]
    return inverse


def log_sum_exp(v: np.ndarray) -> float:
    """log sum exp in the order of the values; -inf of none above it."""
    best = float(np.max(v))
    if best == -math.inf:
        return -math.inf
    return best + log(float(np.sum(exp_of(v - best))))


__all__ = ["cholesky", "covariance", "dot", "exp_of", "inverse_lower", "log", "log_of", "log_sum_exp", "matvec"]
