"""What the model has to learn about itself, with priors that a few reports cannot overrule and a few hundred can."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

LEVEL_SD = 1.8
"""Logit: prior sd of the level common to all audiences; that of the logit of a share of which nothing is known (1.81)."""

APART_SD = 0.7
"""Logit: prior sd of an audience about it."""


class Parameter(NamedTuple):
    """Lognormal prior (of `tie`: of (1 + tie) / (1 - tie)): median and sd of the log; what it is; where it is from."""

    median: float
    sd: float
    words: str
    source: str


PARAMETERS: dict[str, Parameter] = {
    "step": Parameter(0.03, 0.8, "sd of what moves trust in a day, logit", "assumption: four points in a month"),
    "half_life": Parameter(300.0, 1.0, "half-life of what has moved trust, days",
                           "assumption: 90 days as in a run, 139 and 625 in two Russian series"),
    "house_sd": Parameter(0.22, 0.6, "sd between houses, logit",
                          "assumption: .37 between two Kazakh pollsters in 2023, .13 between three Russian ones"),
    "house_half_life": Parameter(700.0, 1.2, "half-life of what sets a house apart, days", "assumption: about two years"),
    "scatter": Parameter(1.0, 0.5, "scatter of reports over that of their samples", "assumption: the design effects are about right"),
    "tie": Parameter(3.0, 0.9, "correlation of what moves two audiences", "assumption: about a half"),
}  # fmt: skip


OWN_SCATTER_SD = 0.4
"""Sd of the log of a house's scatter about that of all: of samples larger or better drawn than is told, and of smoothing."""


class Variances(NamedTuple):
    """One value of each parameter, in natural units (half-lives in days, tie in -1..1); scatter: float[houses]."""

    step: float
    half_life: float
    house_sd: float
    house_half_life: float
    tie: float
    scatter: np.ndarray


def value(name: str, score: np.ndarray) -> np.ndarray:
    """A parameter of standard normal scores."""
    ratio = PARAMETERS[name].median * np.exp(PARAMETERS[name].sd * score)
    return (ratio - 1) / (ratio + 1) if name == "tie" else ratio


def natural(u: np.ndarray) -> Variances:
    """Parameters of standard normal scores: of PARAMETERS in their order, then of each house's own scatter."""
    main = {
        name: float(value(name, score)) for name, score in zip(PARAMETERS, u[: len(PARAMETERS)], strict=True)
    }
    common = main.pop("scatter")
    return Variances(**main, scatter=common * np.exp(OWN_SCATTER_SD * u[len(PARAMETERS) :]))


def quantiles(name: str, mean: float, sd: float, levels: np.ndarray) -> np.ndarray:
    """Quantiles of a parameter whose score is normal with this mean and sd."""
    return value(name, mean + sd * ndtri(levels))
