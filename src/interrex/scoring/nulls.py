"""What a forecast must beat: tomorrow as today, and any day in an autocracy, as crowds with their chances.

Both say a class of the day's largest crowd; within a class the logarithm of the crowd is even. So they are held against
reports by the same densities as the model is.
"""

from __future__ import annotations

import numpy as np

EDGES = (1.0, 1_000.0, 10_000.0, 100_000.0)
"""Persons from which a class begins; below the first there is nobody."""
CLIMATOLOGY = (1 - 10_487 / 910_087, 5_298 / 910_087, 3_432 / 910_087, 1_334 / 910_087, 423 / 910_087)
"""Mass Mobilization, autocracies January 1990 to March 2020 (the class of `mechanisms.acts`): days of a country by its largest
protest, whose size is the least that the coders' words allow; a listing counts at most 14 days."""
PERSISTENCE = 0.7
"""Probability that tomorrow's class is today's; the rest is as the climatology has it. Assumption."""
POINTS = 40  # crowds a class


def climatology(people: float) -> tuple[np.ndarray, np.ndarray]:
    """Crowds of any day, persons f8[N], and their probabilities, in a country of so many people."""
    return crowds(CLIMATOLOGY, people)


def persistence(today: float | None, people: float) -> tuple[np.ndarray, np.ndarray]:
    """The same where today's crowd is known: tomorrow is probably like it. Climatology where it is not."""
    if today is None:
        return climatology(people)
    chance = (1.0 - PERSISTENCE) * np.array(CLIMATOLOGY)
    chance[sum(today >= edge for edge in EDGES)] += PERSISTENCE
    return crowds(tuple(chance), people)


def crowds(chance: tuple[float, ...], people: float) -> tuple[np.ndarray, np.ndarray]:
    """Crowds and their probabilities, given those of the classes."""
    ends = (*EDGES, max(people, 10 * EDGES[-1]))
    middle = (np.arange(POINTS) + 0.5) / POINTS
    found, share = [np.zeros(1)], [np.array(chance[:1])]
    for low, high, p in zip(ends[:-1], ends[1:], chance[1:], strict=True):
        found.append(np.minimum(low * (high / low) ** middle, people))
        share.append(np.full(POINTS, p / POINTS))
    return np.concatenate(found), np.concatenate(share)
