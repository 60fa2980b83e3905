"""The parameters of the reaction model, their priors, and the map from standard normal numbers.

No collection of dated first reactions gives these numbers, so every prior is an assumption. The level is set so
that a power with half of each stake speaks about every second day while people are hurt (prior median). Where common sense
fixes a sign (a stake draws attention, a holiday does not) the prior is half-normal and the sign is an
assumption too; effects whose sign is open (a blackout hides and alarms; talks occupy and connect) may go either
way.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

PIECES = (1.0, 3.0, 7.0)
"""Days since the start at which the base rate may change."""


class Parameter(NamedTuple):
    """One parameter: `natural` value = mean + sd z, or +-sd |z'| with z' half-normal (`plus`, `minus`)."""

    name: str
    what: str
    mean: float
    sd: float
    shape: Literal["normal", "plus", "minus"] = "normal"

    @property
    def prior(self) -> str:
        """The prior in words."""
        if self.shape == "normal":
            return f"normal, mean {self.mean:.3g}, sd {self.sd:g}"
        return f"half-normal, sd {self.sd:g}, {'never below' if self.shape == 'plus' else 'never above'} 0"


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("level", "log reactions a day on the first day, no stakes, no other news", math.log(0.07), 1.0),
    Parameter("days 1 to 3", "change of the log rate after the first day", 0.0, 0.5),
    Parameter("days 3 to 7", "change of the log rate after the third day", 0.0, 0.5),
    Parameter("after day 7", "change of the log rate after the seventh day", 0.0, 0.5),
    Parameter("trade", "log rate, full stake against none", 0.0, 0.7, "plus"),
    Parameter("investment", "log rate, full stake against none", 0.0, 0.7, "plus"),
    Parameter("treaty", "log rate, full stake against none", 0.0, 0.7, "plus"),
    Parameter("diaspora", "log rate, full stake against none", 0.0, 0.7, "plus"),
    Parameter("violence", "log rate while people are hurt or killed (salience)", 0.0, 1.5, "plus"),
    Parameter("blackout", "log rate while the networks are cut", 0.0, 0.5),
    Parameter("holiday", "log rate on days off in the reactor's capital", 0.0, 0.7, "minus"),
    Parameter("competing_news", "log rate while other news fills the day", 0.0, 0.7, "minus"),
    Parameter("talks", "log rate during talks on something larger", 0.0, 0.5),
    Parameter("spread", "sd of the log rate between crises", 0.0, 0.7, "plus"),
    Parameter("follow-up", "log of later reactions per first reaction expected", 0.0, 0.7),
    Parameter("clumping", "overdispersion of counts: variance = mean + clumping x mean^2", 0.0, 1.0, "plus"),
)
"""In the order of the columns of every array of draws."""

NAMES = tuple(p.name for p in PARAMETERS)
EFFECTS = NAMES.index("spread")
"""The first so many parameters are coefficients of the log rate, in the order of a design row."""
SPREAD, FOLLOW_UP, CLUMPING = (NAMES.index(n) for n in ("spread", "follow-up", "clumping"))

COVERAGE = (4.0, 2.0)
"""Beta prior of the share of reactions that found their way into the table: mean .67, an assumption."""

RATIO_SD = 2.3
"""Prior sd of the log ratio of this crisis: one sd is a factor of ten either way. An assumption."""


def natural(z: np.ndarray) -> np.ndarray:
    """Natural values f8[..., P] of standard normal numbers z f8[..., P]."""
    out = np.empty_like(z)
    for j, p in enumerate(PARAMETERS):
        if p.shape == "normal":
            out[..., j] = p.mean + p.sd * z[..., j]
        else:
            size = p.sd * ndtri((1.0 + ndtr(np.minimum(z[..., j], 7.0))) / 2.0)
            out[..., j] = size if p.shape == "plus" else -size
    return out
