"""The posterior of everything that is asked: level by audience and day, as told and in truth, houses, acts, differences.

All of it is linear in chains and constants, so one mean and one covariance hold it; variances are integrated out by the points
of `learn`, and what comes of them is summed up by its mean and covariance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.trust.learn import Learned
from interrex.trust.model import Design, joint, solve
from interrex.trust.priors import natural


class Fused(NamedTuple):
    """Mean and covariance of the chains on the days asked, [K k] day by day, and of the constants; the prior's covariance,
    with the variances at their most probable; day: int[K]."""

    design: Design
    day: np.ndarray
    mean: np.ndarray
    cov: np.ndarray
    prior: np.ndarray

    @property
    def audiences(self) -> list[str]:
        """Those on whom there is a fitted report."""
        return [a for at, a in enumerate(self.design.audiences) if (self.design.audience == at).any()]

    def chain(self, at: int, day: int) -> np.ndarray:
        """The row that picks one chain on one of the days."""
        row = np.zeros(len(self.mean))
        row[int(np.searchsorted(self.day, day)) * self.design.chains + at] = 1.0
        return row

    def constant(self, kind: str, name: str = "") -> np.ndarray:
        """The row that picks one constant."""
        row = np.zeros(len(self.mean))
        row[len(self.day) * self.design.chains + self.design.names.index((kind, name))] = 1.0
        return row

    def level(self, audience: str, day: int) -> np.ndarray:
        """The row of what an audience thinks on a day, logit."""
        at = self.design.audiences.index(audience)
        return self.constant("common") + self.constant("apart", audience) + self.chain(at, day)

    def told(self, audience: str, day: int) -> np.ndarray:
        """The row of what reports tell of it on average over the houses and modes that ever report on it."""
        pairs = self.reporting(audience)
        shared = self.constant("bias") + self.constant("bias", audience)
        return self.level(audience, day) + shared + sum(
            (self.constant("shift", mode) + self.house(house, day) for house, mode in pairs), np.zeros(len(self.mean))
        ) / len(pairs)  # fmt: skip

    def shared(self, audience: str) -> np.ndarray:
        """The row of what all reports on an audience have in common but the truth."""
        modes = [mode for _, mode in self.reporting(audience)]
        shifts = sum((self.constant("shift", mode) for mode in modes), np.zeros(len(self.mean))) / len(modes)
        return self.constant("bias") + self.constant("bias", audience) + shifts

    def reporting(self, audience: str) -> list[tuple[str, str]]:
        """Houses and modes with a fitted report on an audience, each once."""
        d = self.design
        on = d.audience == d.audiences.index(audience)
        modes = [(at, name) for at, (kind, name) in enumerate(d.names) if kind == "shift"]
        return [
            (house, mode) for h, house in enumerate(d.houses) for at, mode in modes
            if (on & (d.house == len(d.audiences) + h) & (d.constants[:, at] == 1)).any()
        ]  # fmt: skip

    def house(self, name: str, day: int) -> np.ndarray:
        """The row of a house's effect on a day."""
        return self.chain(len(self.design.audiences) + self.design.houses.index(name), day)

    def against_others(self) -> dict[str, np.ndarray]:
        """The row of how far each house stands from the mean of the houses that report in the same days, on average over the
        days asked; without houses that are always alone. The common height of houses is the shared bias's: only this is known."""
        d = self.design
        spans = {
            house: (d.day[d.when[mine]].min(), d.day[d.when[mine]].max())
            for h, house in enumerate(d.houses) if (mine := d.house == len(d.audiences) + h).any()
        }  # fmt: skip
        rows: dict[str, list[np.ndarray]] = {house: [] for house in spans}
        for day in self.day.tolist():
            there = {
                house: self.house(house, day) for house, (begin, end) in spans.items() if begin <= day <= end
            }
            mean = sum(there.values()) / max(len(there), 1)
            for house, row in there.items() if len(there) > 1 else ():
                rows[house].append(row - mean)
        return {house: np.mean(one, axis=0) for house, one in rows.items() if one}

    def moments(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and sd of linear rows, [m]."""
        return rows @ self.mean, _sd(rows, self.cov)

    def prior_sd(self, rows: np.ndarray) -> np.ndarray:
        """What the sd would be without any report."""
        return _sd(rows, self.prior)


def _sd(rows: np.ndarray, cov: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(np.einsum("mi,mi->m", rows @ cov, rows), 0.0))


def fuse(d: Design, learned: Learned, days: np.ndarray) -> Fused:
    """The posterior on these days, which must be among those of the design."""
    rows = (np.searchsorted(d.day, days)[:, None] * d.chains + np.arange(d.chains)).ravel()
    size = len(rows) + len(d.mean)
    mean, square = np.zeros(size), np.zeros((size, size))
    for v, weight in zip(learned.points, learned.weights, strict=True):
        one, cov = joint(solve(d, v), rows)
        mean += weight * one
        square += weight * (cov + np.outer(one, one))
    nothing = d.of(np.zeros(len(d.y), bool))
    prior = joint(solve(nothing, natural(learned.mode)), rows)[1]
    return Fused(d, days, mean, square - np.outer(mean, mean), prior)
