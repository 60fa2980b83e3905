"""Attention from abroad: did the world react less than stakes, length of the crisis and other news let expect?"""

from interrex.attention.exposure import Segments, Stretch, segments
from interrex.attention.likelihood import Rows, Watch, log_likelihood, stack
from interrex.attention.parameters import PARAMETERS, Parameter, natural
from interrex.attention.posterior import Posterior, fit
from interrex.attention.ratio import Ratio, placebo, ratio
from interrex.attention.reference import Dated, reference, watches

__all__ = [
    "PARAMETERS",
    "Dated",
    "Parameter",
    "Posterior",
    "Ratio",
    "Rows",
    "Segments",
    "Stretch",
    "Watch",
    "fit",
    "log_likelihood",
    "natural",
    "placebo",
    "ratio",
    "reference",
    "segments",
    "stack",
    "watches",
]
