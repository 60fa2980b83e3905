"""Which tests hold under the days at hand, and which of them gives the joint verdict.

One rule: of the tests in `ORDER`, from those that assume least to those that assume most, the verdict is that of the
first that holds here. Placebo dates hold for every pattern of days, because they move names that share days together
(`joint.compare`); they fail only where there are too few other dates.

| days of the events | hold |
|---|---|
| one day for all | those that allow correlated names: placebo dates, permutation, GRANK, Kolari-Pynnonen, crude dependence, Corrado |
| several, names that share days of their windows share all | the same |
| several, some windows overlap in part | placebo dates and Kolari-Pynnonen; the others add up days as if independent |
| no window shares a day with another | all |

Sources: Kolari & Pynnonen (2010) on independence under clustered days, (2011) on GRANK; Corrado & Zivney (1992) and
Boehmer, Musumeci & Poulsen (1991) for what ranks and standardised tests assume; the numbers of names that a test needs
are from the simulations in docs/events.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interrex.eventstudy.dependence import Together, blocks, in_step
from interrex.eventstudy.placebo import FEWEST

FEW = 10
"""With fewer pairs of name and event ranks and normal approximations are not to be relied on."""

FEWEST_SIGNS = 6
"""With fewer pairs the sign test cannot reach 5 %."""

ORDER = {
    "placebo dates": "other dates being like this one",
    "placebo dates, either sign": "the same; finds moves that cancel in the mean",
    "permutation": "days being exchangeable",
    "generalised rank": "spread of the names alone",
    "Kolari-Pynnonen": "one mean correlation of names",
    "crude dependence": "variance not raised by the event",
    "Corrado rank": "variance not raised by the event",
    "BMP": "independent names",
    "cross-sectional t": "independent names, like variances",
    "Patell": "independent names, no raised variance, normal",
    "generalised sign": "independent names",
    "sign": "independent names, median 0",
}
"""What each test leans on, from the least to the most."""

OTHER_QUESTION = ("placebo dates, either sign",)
"""Tests that do not ask whether the mean moved."""


class Situation(NamedTuple):
    """Days of the events: number of measured pairs; of days on which they fell; of blocks, whose windows share no day
    with those of another; of pairs whose windows share days with that of another pair; and of pairs whose windows do
    so in part only."""

    pairs: int
    days: int
    blocks: int
    sharing: int
    in_part: int


def situation(together: list[Together]) -> Situation:
    """The situation of the measured names, `pairs.together`."""
    parts = blocks(together)
    sizes = [sum(len(group.names) for group in block) for block in parts]
    return Situation(
        sum(sizes), len({group.day0 for group in together}), len(parts), sum(size for size in sizes if size > 1),
        sum(size for block, size in zip(parts, sizes, strict=True) if not in_step(block)),
    )  # fmt: skip


def objections(here: Situation, compared: int) -> dict[str, str]:
    """Why each test does not hold here, '' where it does; compared: dates, or combinations of them, that the placebo
    test has."""
    few_dates = (
        f"only {compared} other date{'s' * (compared != 1)}, p cannot fall to 5 %"
        if compared < FEWEST
        else ""
    )
    share = f"{here.sharing} of {here.pairs} pairs share days" if here.sharing else ""
    part = f"windows of {here.in_part} pairs overlap in part" if here.in_part else ""
    few = f"needs {FEW} or more pairs" if here.pairs < FEW else ""
    no_sign = f"with fewer than {FEWEST_SIGNS} pairs it cannot reach 5 %" if here.pairs < FEWEST_SIGNS else ""
    return {
        "placebo dates": few_dates, "placebo dates, either sign": few_dates, "permutation": part,
        "generalised rank": part or few, "Kolari-Pynnonen": "", "crude dependence": part, "Corrado rank": part,
        "BMP": share, "cross-sectional t": share, "Patell": share, "generalised sign": share or few, "sign": share or no_sign,
    }  # fmt: skip


def decisive(objection: dict[str, str], p: dict[str, float]) -> str:
    """Name of the test that gives the verdict on the mean move: the first that holds and could be done; '' if none."""
    return next((name for name in holding(objection, p)), "")


def holding(objection: dict[str, str], p: dict[str, float]) -> list[str]:
    """Tests of the mean move that hold here and could be done, in order."""
    return [
        name for name in ORDER if not objection[name] and np.isfinite(p[name]) and name not in OTHER_QUESTION
    ]
