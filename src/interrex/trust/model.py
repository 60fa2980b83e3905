"""The model: linear and Gaussian on the logit scale, given its variances.

Report i of house h, read in mode m, on the trust of audience a on day t:

    y_i = level[a, t] + bias + bias_a + shift_m + house[h, t] + error_i
    level[a, t] = common + apart_a + x[a, t],   x and house mean-reverting (Ornstein-Uhlenbeck), x moved alike by `tie`

(Jackman 2005, Australian Journal of Political Science 40:499, with the shared bias of The Economist's model of 2020, and with
houses that drift, since the Russian ones do.) x and house are Markov chains, so their precision over the days is a band; what
is constant in time, b = (common, apart, bias, bias_a, shift), is a few columns beside it. Level, differences and evidence are
then exact, by banded Cholesky factors: the numbers of a Kalman smoother, with the covariance of any two days. An act adds
`ACT_SD` squared to what may move x on its day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded

from interrex.trust.acts import ACT_SD
from interrex.trust.modes import AUDIENCE_SD, BIAS_SD, MODES, Mode
from interrex.trust.priors import APART_SD, LEVEL_SD, Variances
from interrex.trust.reports import Reports


class Design(NamedTuple):
    """What is the same for all variances. D days, n reports, p constants, k chains: the audiences, then the houses.

    day: int[D], the days on which the chains are asked for, in order; acted: bool[D]. when, audience, house: int[n], the day and
    the two chains that a report reads. constants: float[n, p]; names: of the constants; mean, sd: their priors. y, var: of the
    reports.
    """

    day: np.ndarray
    acted: np.ndarray
    audiences: tuple[str, ...]
    houses: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    mean: np.ndarray
    sd: np.ndarray
    when: np.ndarray
    audience: np.ndarray
    house: np.ndarray
    constants: np.ndarray
    y: np.ndarray
    var: np.ndarray

    @property
    def chains(self) -> int:
        """k, how many there are."""
        return len(self.audiences) + len(self.houses)

    def of(self, rows: np.ndarray) -> Design:
        """The design with some of its reports; days, chains and constants stay."""
        some = {
            name: getattr(self, name)[rows] for name in ("when", "audience", "house", "constants", "y", "var")
        }
        return self._replace(**some)


def design(
    reports: Reports, days: Sequence[int] = (), acts: Sequence[int] = (), modes: Mapping[str, Mode] = MODES
) -> Design:
    """The design of reports, with further days on which the level is asked for; acts: days of acts, asked with their eves."""
    day = np.unique(np.array([*reports.day.tolist(), *days, *acts, *(one - 1 for one in acts)], np.int64))
    audiences, audience = np.unique(reports.audience, return_inverse=True)
    houses, house = np.unique(reports.house, return_inverse=True)
    read = np.unique(reports.mode).tolist()
    names = (
        ("common", ""), *(("apart", a) for a in audiences.tolist()), ("bias", ""), *(("bias", a) for a in audiences.tolist()),
        *(("shift", m) for m in read),
    )  # fmt: skip
    spread = {("common", ""): LEVEL_SD, ("bias", ""): BIAS_SD}
    by_kind = {"apart": APART_SD, "bias": AUDIENCE_SD}
    sd = [
        modes[name].sd if kind == "shift" else spread.get((kind, name), by_kind.get(kind, 0.0))
        for kind, name in names
    ]
    mean = [modes[name].shift if kind == "shift" else 0.0 for kind, name in names]
    columns = [
        np.ones(len(reports.y))
        if not name
        else (reports.mode if kind == "shift" else reports.audience) == name
        for kind, name in names
    ]
    return Design(
        day, np.isin(day, list(acts)), tuple(audiences.tolist()), tuple(houses.tolist()), names, np.array(mean), np.array(sd),
        np.searchsorted(day, reports.day), audience, len(audiences) + house, np.stack(columns, axis=1).astype(float),
        reports.y, reports.var,
    )  # fmt: skip


def ties(d: Design, v: Variances) -> np.ndarray:
    """Correlation of what moves the chains in a step, [k, k]: `tie` between audiences, or the least that so many can share."""
    a = len(d.audiences)
    tie = max(v.tie, -0.9 / max(a - 1, 1))
    out = np.eye(d.chains)
    out[:a, :a] += tie * (1 - np.eye(a))
    return out


def steps(d: Design, v: Variances) -> tuple[np.ndarray, np.ndarray]:
    """(keep, moved), [D, k]: the share of a chain that is left after each gap between days, and the variance that joins it; on
    the first day nothing is left, and the stationary variance joins."""
    of_houses = np.arange(d.chains) >= len(d.audiences)
    rate = np.log(2) / np.where(of_houses, v.house_half_life, v.half_life)
    stationary = np.where(of_houses, v.house_sd**2, v.step**2 * v.half_life / (2 * np.log(2)))
    gap = np.diff(d.day, prepend=d.day[0])[:, None]
    keep, moved = np.exp(-rate * gap), -stationary * np.expm1(-2 * rate * gap)
    keep[0], moved[0] = 0.0, stationary
    return keep, moved + ACT_SD**2 * np.outer(d.acted, ~of_houses)


def scattered(d: Design, v: Variances) -> np.ndarray:
    """Variance of the reports about what they read, [n]."""
    return d.var * v.scatter[d.house - len(d.audiences)] ** 2


class Solved(NamedTuple):
    """The joint posterior of chains and constants: banded Cholesky factor and W = B^-1 E (see `solve`), the means of the
    chains [D k], day by day, and of the constants, the covariance of these, and the log evidence of the reports."""

    band: np.ndarray
    weights: np.ndarray
    x: np.ndarray
    b: np.ndarray
    cov: np.ndarray
    evidence: float


def solve(d: Design, v: Variances) -> Solved:
    """Condition on the reports. With R their variances, A which chains they read, X the constants and P the prior of these, the
    precision of (chains, constants) is [[B, E], [E', X'R^-1 X + P^-1]], where B is a band and E = A'R^-1 X."""
    k, n = d.chains, len(d.y)
    size = len(d.day) * k
    keep, moved = steps(d, v)
    inverse = np.linalg.inv(ties(d, v))
    scale = 1 / np.sqrt(moved)
    band = np.zeros((2 * k, size))
    for i, j in np.argwhere(inverse != 0):
        step = inverse[i, j] * scale[:, i] * scale[:, j]
        if j >= i:
            band[j - i, i::k] = step + np.append((step * keep[:, i] * keep[:, j])[1:], 0.0)
        band[k + j - i, i : size - k : k] = -(step * keep[:, i])[1:]
    var = scattered(d, v)
    level, house = d.when * k + d.audience, d.when * k + d.house
    for at in (level, house):
        band[0] += np.bincount(at, 1 / var, size)
    np.add.at(band, (house - level, level), 1 / var)
    factor = cholesky_banded(band, lower=True, check_finite=False)

    def read(values: np.ndarray) -> np.ndarray:
        out = np.zeros((size, *values.shape[1:]))
        np.add.at(out, level, values)
        np.add.at(out, house, values)
        return out

    left = d.y - d.constants @ d.mean
    cross = read(d.constants / var[:, None])
    weights = cho_solve_banded((factor, True), cross, check_finite=False)
    inner = read(left / var)
    alone = cho_solve_banded((factor, True), inner, check_finite=False)
    precision = d.constants.T @ (d.constants / var[:, None]) + np.diag(d.sd**-2) - cross.T @ weights
    cov = np.linalg.inv(precision)
    other = d.constants.T @ (left / var) - cross.T @ alone
    b = cov @ other
    log_det = (
        np.log(var).sum() + np.log(moved).sum() - len(d.day) * np.linalg.slogdet(inverse)[1]
        + 2 * np.log(d.sd).sum() + 2 * np.log(factor[0]).sum() + np.linalg.slogdet(precision)[1]
    )  # fmt: skip
    square = left @ (left / var) - inner @ alone - other @ b
    evidence = -0.5 * (n * np.log(2 * np.pi) + log_det + square)
    return Solved(factor, weights, alone - weights @ b, d.mean + b, (cov + cov.T) / 2, float(evidence))


def joint(solved: Solved, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the chosen entries of the chains followed by the constants."""
    some = np.zeros((len(solved.x), len(rows)))
    some[rows, np.arange(len(rows))] = 1.0
    inside = _divided(solved.band, some)[rows]
    weights = solved.weights[rows]
    across = -weights @ solved.cov
    cov = np.block([[inside - across @ weights.T, across], [across.T, solved.cov]])
    return np.concatenate([solved.x[rows], solved.b]), (cov + cov.T) / 2


def _divided(band: np.ndarray, right: np.ndarray) -> np.ndarray:
    """B^-1 `right` from the banded factor, day by day with all columns at once: for many columns ten times as fast as LAPACK,
    which takes one after the other."""
    k = len(band) // 2
    out = right.reshape(-1, k, right.shape[1])
    lower, below = np.zeros((2, len(out), k, k))
    for i in range(k):
        for j in range(k):
            below[:, i, j] = band[k + i - j, j::k]
            if i >= j:
                lower[:, i, j] = band[i - j, j::k]
    inverse = np.linalg.inv(lower)
    for t in range(len(out)):
        out[t] = inverse[t] @ (out[t] - below[t - 1] @ out[t - 1] if t else out[t])
    for t in reversed(range(len(out))):
        out[t] = inverse[t].T @ (out[t] - below[t].T @ out[t + 1] if t + 1 < len(out) else out[t])
    return out.reshape(right.shape)


def covariance(d: Design, v: Variances) -> np.ndarray:
    """Prior covariance of the reports themselves, [n, n]: what the band avoids, for predictions one after the other."""
    keep, moved = steps(d, v)
    tie = ties(d, v)
    first = np.minimum(d.when[:, None], d.when[None, :])
    gap = np.abs(d.day[d.when][:, None] - d.day[d.when][None, :])
    out = (d.constants * d.sd**2) @ d.constants.T + np.diag(scattered(d, v))
    for chain, half_life in ((d.audience, v.half_life), (d.house, v.house_half_life)):
        spread, now = np.empty(len(d.day)), 0.0
        one = chain[0]
        for t in range(len(d.day)):
            spread[t] = now = keep[t, one] ** 2 * now + moved[t, one]
        out += spread[first] * np.exp(-np.log(2) / half_life * gap) * tie[chain[:, None], chain[None, :]]
    return out
