"""A population of particles: points, the noise of their histories, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from interrex.inference.target import Score

Start = TypeVar("Start")
"""What a bridge has to know of a particle at the density where it starts."""


class Particle(NamedTuple, Generic[Start]):
    """One particle."""

    z: np.ndarray  # f8[size] standard normal coordinates
    noise: np.ndarray  # u4[T]
    score: Score | None  # under the target; None where its history left the range of the model
    start: Start


class Particles(NamedTuple, Generic[Start]):
    """All particles of one island."""

    z: np.ndarray  # f8[n, size]
    noise: np.ndarray  # u4[n, T]
    scores: tuple[Score | None, ...]
    start: tuple[Start, ...]
    ancestor: np.ndarray  # i8[n] number of the first ancestor

    @property
    def size(self) -> int:
        """Number of particles."""
        return self.z.shape[0]

    @property
    def distinct(self) -> int:
        """How many differ from one another."""
        return len(np.unique(self.z[:, 0]))

    def one(self, n: int) -> Particle[Start]:
        """Particle n; its arrays are views."""
        return Particle(self.z[n], self.noise[n], self.scores[n], self.start[n])

    def take(self, chosen: np.ndarray) -> Particles[Start]:
        """The particles with these numbers, as often as each is named."""
        kept: list[int] = chosen.tolist()
        return Particles(
            self.z[kept], self.noise[kept], tuple(self.scores[c] for c in kept), tuple(self.start[c] for c in kept),
            self.ancestor[kept],
        )  # fmt: skip

    def accept(self, moved: Sequence[Particle[Start] | None]) -> Particles[Start]:
        """The population with those in the place of their old selves that have moved."""
        z, noise = self.z.copy(), self.noise.copy()
        scores, start = list(self.scores), list(self.start)
        for n, found in enumerate(moved):
            if found is not None:
                z[n], noise[n], scores[n], start[n] = found
        return Particles(z, noise, tuple(scores), tuple(start), self.ancestor)


def populate(begun: Sequence[Particle[Start]]) -> Particles[Start]:
    """A population of first ancestors."""
    return Particles(
        np.array([p.z for p in begun]), np.array([p.noise for p in begun]), tuple(p.score for p in begun),
        tuple(p.start for p in begun), np.arange(len(begun)),
    )  # fmt: skip
