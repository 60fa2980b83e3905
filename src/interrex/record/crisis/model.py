"""Hazards of an incumbent who faces mass protest: how he may leave, and how soon after a day.

From each day looked at, the days ahead fall into four periods (`EDGES`). In each, every manner of leaving has a constant
hazard: a level of its own for manner and period, times the exponential of a weighted sum of what was known on the day. A
weight moves the manners of its scope together (`SCOPES`); death and foreign removal have levels alone. A day of office is
seen from several looks; each period counts every day once (`WEIGHTS`), and the covariance is that of sums over countries.
The hazards are those of a Poisson regression (Holford 1980, Biometrics 36:299), with normal priors on levels and weights.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.record.crisis.state import FEATURES
from interrex.record.crisis.waves import STEP, UNKNOWN, Look
from interrex.record.tables import MANNERS

EDGES = np.array([0.0, 7.0, 30.0, 90.0, 180.0])
"""Ends of the periods, days after the look; they are the horizons too."""
LENGTHS = np.diff(EDGES)
WEIGHTS = np.minimum(1.0, STEP / LENGTHS)
SCOPES: dict[str, tuple[str, ...]] = {
    "any": ("regular", "coup", "revolt"),
    "rule": ("regular",),
    "force": ("coup", "revolt"),
}
"""Manners that one weight moves together."""
FORCE = [MANNERS.index(m) for m in SCOPES["force"]]
RULE = MANNERS.index("regular")
COUP = MANNERS.index("coup")
SLOPE = 0.5
"""Standard deviation of a weight for one standard deviation of its feature, before the data."""
SPREAD = 1.0
"""Standard deviation of the log hazard of a period around that of its manner, before the data."""
STEPS, TOLERANCE, ROUGH = 60, 1e-9, 1e-3
"""Steps of Newton's method at most; the largest step that ends it, for a fit that is kept and for one that is only scored."""

Term = tuple[str, str]
"""A feature and the scope in which it counts."""


class Rows(NamedTuple):
    """Looks as arrays: features f8[row, feature] (NaN unknown), days until he left, manner, days followed, day since 1970,
    country and one name for each exit."""

    x: np.ndarray
    gone: np.ndarray
    manner: np.ndarray
    followed: np.ndarray
    day: np.ndarray
    country: np.ndarray
    leader: np.ndarray

    def of(self, chosen: np.ndarray) -> Rows:
        """The chosen rows."""
        return Rows(*(column[chosen] for column in self))


class Seen(NamedTuple):
    """Weighted days of exposure f8[row, period] and exits f8[manner, row, period]."""

    exposure: np.ndarray
    exits: np.ndarray


class Fit(NamedTuple):
    """level f8[manner, period], log hazard a day at the mean of every feature; weight f8[term] for one standard deviation; cov
    of both together, levels first; mean and sd of each term's feature."""

    terms: tuple[Term, ...]
    level: np.ndarray
    weight: np.ndarray
    cov: np.ndarray
    mean: np.ndarray
    sd: np.ndarray


def rows(looks: list[Look]) -> Rows:
    """The looks as arrays, in their order."""
    return Rows(
        np.array([[f.of(k.state) for f in FEATURES.values()] for k in looks]).reshape(
            len(looks), len(FEATURES)
        ),
        np.array([k.gone for k in looks]),
        np.array([k.manner for k in looks], int),
        np.array([k.followed for k in looks]),
        np.array([k.state.day.toordinal() for k in looks], int),
        np.array([k.ccode for k in looks], int),
        np.array([k.leader for k in looks], object),
    )


def seen(data: Rows, until: float = np.inf) -> Seen:
    """What had been seen of the rows by day `until` (ordinal). An exit of unknown manner counts for each manner but the coup
    (the list of coups is complete) by their shares among the known exits."""
    followed = np.minimum(data.followed, until - data.day)
    left = (data.gone <= EDGES[-1]) & (data.gone <= followed)
    exposure = np.clip(np.minimum(data.gone, followed)[:, None] - EDGES[:-1], 0, LENGTHS) * WEIGHTS
    exits = np.zeros((len(MANNERS), len(data.gone), len(LENGTHS)))
    period = np.searchsorted(EDGES[1:], np.where(left, data.gone, 0.0))
    known, lost = left & (data.manner != UNKNOWN), left & (data.manner == UNKNOWN)
    exits[data.manner[known], known, period[known]] = WEIGHTS[period[known]]
    share = exits.sum(axis=(1, 2)) + 0.5
    share[COUP] = 0.0
    exits[:, lost, period[lost]] = (share / share.sum())[:, None] * WEIGHTS[period[lost]]
    return Seen(exposure, exits)


def scaled(x: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Features in standard deviations from their mean; the unknown at the mean."""
    return np.nan_to_num((x - mean) / sd, nan=0.0)


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of what is known; 0 and 1 where nothing is or nothing varies."""
    known = ~np.isnan(x)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, x, 0.0).sum(axis=0) / n
    sd = np.sqrt(np.where(known, (x - mean) ** 2, 0.0).sum(axis=0) / n)
    return mean, np.where(sd > 1e-9, sd, 1.0)


def columns(terms: tuple[Term, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Column of each term's feature, and whether the term counts for rule and for force: bool[2, term]."""
    names = list(FEATURES)
    at = np.array([names.index(f) for f, _ in terms], int)
    counts = np.array([["regular" in SCOPES[s], "coup" in SCOPES[s]] for _, s in terms], bool).reshape(
        len(terms), 2
    )
    return at, counts.T


GROUP = np.array([0 if m == RULE else 1 if m in FORCE else 2 for m in range(len(MANNERS))])
"""0 rule, 1 force, 2 neither."""


def fit(
    data: Rows, what: Seen, terms: tuple[Term, ...], start: Fit | None = None, covariance: bool = True
) -> Fit:
    """Mode of levels and weights, by Newton's method from `start`."""
    at, counts = columns(terms)
    mean, sd = moments(data.x[:, at])
    z = scaled(data.x[:, at], mean, sd)
    designs = [z * counts[0], z * counts[1], z[:, :0]]
    total, days = what.exits.sum(axis=(1, 2)), max(what.exposure.sum(), 1.0)
    centre = np.log((total + 0.5) / days)
    by_period = what.exits.sum(axis=1)
    manners, periods, k = len(MANNERS), len(LENGTHS), len(terms)
    level: np.ndarray = np.repeat(centre[:, None], periods, axis=1) if start is None else start.level.copy()
    weight: np.ndarray = (
        np.zeros(k) if start is None else np.r_[start.weight, np.zeros(k - len(start.weight))]
    )
    prior = np.r_[np.full(manners * periods, SPREAD**-2), np.full(k, SLOPE**-2)]
    by_group = np.stack([what.exits[GROUP == g].sum(axis=(0, 2)) for g in range(3)])
    gain = designs[0].T @ by_group[0] + designs[1].T @ by_group[1]
    bare = what.exposure.sum(axis=0)
    expected = np.exp(level) * bare
    hessian = np.empty((len(prior), len(prior)))
    for _ in range(STEPS):
        slope, curve, mixed = gain.copy(), np.zeros((k, k)), np.zeros((manners, periods, k))
        expected[GROUP == 2] = np.exp(level[GROUP == 2]) * bare
        for g, design in enumerate(designs[:2]):
            lift = np.exp(np.clip(design @ weight, -10, 10))
            lifted = what.exposure * lift[:, None]
            among = lifted.T @ design
            members = np.flatnonzero(GROUP == g)
            rate = lifted @ np.exp(level[members]).sum(axis=0)
            slope -= design.T @ rate
            curve += (design * rate[:, None]).T @ design
            expected[members] = np.exp(level[members]) * lifted.sum(axis=0)
            mixed[members] = np.exp(level[members])[:, :, None] * among
        hessian[:] = np.diag(prior)
        edge = manners * periods
        hessian[range(edge), range(edge)] += expected.ravel()
        hessian[:edge, edge:] = mixed.reshape(edge, k)
        hessian[edge:, :edge] = hessian[:edge, edge:].T
        hessian[edge:, edge:] += curve
        gradient = np.r_[
            (by_period - expected - (level - centre[:, None]) / SPREAD**2).ravel(), slope - weight / SLOPE**2
        ]
        step: np.ndarray = np.clip(np.linalg.solve(hessian, gradient), -2, 2)
        level += step[:edge].reshape(manners, periods)
        weight += step[edge:]
        if np.abs(step).max() < (TOLERANCE if covariance else ROUGH):
            break
    cov = _covariance(data, what, designs, level, weight, hessian, prior) if covariance else np.empty((0, 0))
    return Fit(terms, level, weight, cov, mean, sd)


def _covariance(
    data: Rows, what: Seen, designs: list[np.ndarray], level: np.ndarray, weight: np.ndarray, hessian: np.ndarray,
    prior: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """That of the posterior with the information of the data replaced by the spread of its gradient over countries."""
    _, group = np.unique(data.country, return_inverse=True)
    sums = np.zeros((group.max() + 1, len(prior)))
    edge = level.size
    for m, g in enumerate(GROUP):
        bent = g < 2
        lift = np.exp(np.clip(designs[g] @ weight, -10, 10)) if bent else np.ones(len(group))
        miss = what.exits[m] - what.exposure * lift[:, None] * np.exp(level[m])
        np.add.at(sums[:, m * level.shape[1] : (m + 1) * level.shape[1]], group, miss)
        if bent:
            np.add.at(sums[:, edge:], group, designs[g] * miss.sum(axis=1)[:, None])
    inverse = np.linalg.inv(hessian)
    middle = sums.T @ sums + np.diag(prior)
    return inverse @ middle @ inverse


def lifts(fitted: Fit, x: np.ndarray) -> np.ndarray:
    """Log hazard above the level, f8[row, group]."""
    at, counts = columns(fitted.terms)
    z = scaled(x[:, at], fitted.mean, fitted.sd)
    return np.column_stack(
        [(z * counts[0]) @ fitted.weight, (z * counts[1]) @ fitted.weight, np.zeros(len(x))]
    )


def hazards(fitted: Fit, x: np.ndarray) -> np.ndarray:
    """Hazard a day, f8[manner, row, period]."""
    lift = np.clip(lifts(fitted, x), -10, 10)[:, GROUP].T
    return np.exp(fitted.level[:, None, :] + lift[:, :, None])


def score(fitted: Fit, data: Rows, what: Seen) -> np.ndarray:
    """Log score of what was seen, by row: log hazards of the exits less the hazards of all days, weighted as the fit."""
    by_row = hazards(fitted, data.x)
    return (what.exits * np.log(by_row) - what.exposure * by_row).sum(axis=(0, 2))
