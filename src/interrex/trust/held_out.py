"""Predicting reports that were not used: those of a house left out whole, and those kept for checking."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from interrex.trust.learn import most_probable
from interrex.trust.model import Design, joint, scattered, solve
from interrex.trust.priors import OWN_SCATTER_SD, Variances, natural

FEWEST = 5
"""Reports of a house below which leaving it out shows nothing."""


class HeldOut(NamedTuple):
    """A house that was left out: its reports, the share of them inside the central 50 and 90 %, of their changes from one to
    the next inside 90 %, mean and root mean square of the errors in shares of 1."""

    house: str
    reports: int
    inside_50: float
    inside_90: float
    changes_90: float
    mean: float
    error: float


def predict(used: Design, other: Design, v: Variances) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the reports of `other` given those of `used`; both are parts of one design."""
    at = np.unique(np.concatenate([other.when * other.chains + one for one in (other.audience, other.house)]))
    mean, cov = joint(solve(used, v), at)
    rows = np.concatenate([np.zeros((len(other.y), len(at))), other.constants], axis=1)
    for chain in (other.audience, other.house):
        rows[np.arange(len(other.y)), np.searchsorted(at, other.when * other.chains + chain)] = 1.0
    own = np.where(
        np.isin(other.house, used.house), 1.0, np.exp(2 * OWN_SCATTER_SD**2)
    )  # of a house that nothing is known of
    return rows @ mean, rows @ cov @ rows.T + np.diag(scattered(other, v) * own)


def leave_out(d: Design, start: np.ndarray) -> list[HeldOut]:
    """Every house with enough reports in its turn, predicted from the others with variances learned from them alone."""
    out: list[HeldOut] = []
    for h, house in enumerate(d.houses):
        mine = d.house == len(d.audiences) + h
        if mine.sum() < FEWEST or (~mine).sum() < FEWEST:
            continue
        used, other = d.of(~mine), d.of(mine)
        mean, cov = predict(used, other, natural(most_probable(used, start)))
        error = other.y - mean
        sd, apart = np.sqrt(np.diag(cov)), _share(other.y) - _share(mean)
        out.append(HeldOut(
            house, len(error), _inside(error, sd, 0.5), _inside(error, sd, 0.9), _changes(other, error, cov),
            float(apart.mean()), float(np.sqrt((apart**2).mean())),
        ))  # fmt: skip
    return out


def _share(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def _inside(error: np.ndarray, sd: np.ndarray, level: float) -> float:
    return float((np.abs(error) <= ndtri(0.5 + level / 2) * sd).mean())


def _changes(d: Design, error: np.ndarray, cov: np.ndarray) -> float:
    """Share of changes between a report and the next on the same audience that lie inside 90 %."""
    found: list[bool] = []
    for audience in np.unique(d.audience):
        rows = np.flatnonzero(d.audience == audience)
        for one, two in zip(rows[:-1], rows[1:], strict=True):
            sd = np.sqrt(cov[one, one] + cov[two, two] - 2 * cov[one, two])
            found.append(bool(abs(error[two] - error[one]) <= ndtri(0.95) * sd))
    return float(np.mean(found)) if found else np.nan
