"""What an index can show of its parts: a share outside the basket can fall to nothing and leave it unmoved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Parts(NamedTuple):
    """Parts of an index's change, all as shares of 1.

    contribution: weight times change of each constituent whose change is known. explained: their sum. unexplained:
    the index's change less that. weight_known: summed weight of those constituents. outside: changes of the names
    that the index cannot show. halted: constituents that did not trade, and so stand in the index at an old price.
    """

    contribution: dict[str, float]
    explained: float
    unexplained: float
    weight_known: float
    outside: dict[str, float]
    halted: list[str]


def parts(
    index_change: float,
    weights: Mapping[str, float],
    changes: Mapping[str, float],
    halted: tuple[str, ...] = (),
) -> Parts:
    """Split the change of an index with constituents of these weights (summing to 1) between its constituents.

    changes: simple returns of single names over the same stretch, in the index's currency; constituents without one
    and those in `halted` are left in `unexplained`.
    """
    contribution = {
        name: weight * changes[name]
        for name, weight in weights.items()
        if name in changes and name not in halted
    }
    explained = sum(contribution.values())
    return Parts(
        contribution, explained, index_change - explained, sum(weights[name] for name in contribution),
        {name: change for name, change in changes.items() if name not in weights},
        [name for name in halted if name in weights],
    )  # fmt: skip
