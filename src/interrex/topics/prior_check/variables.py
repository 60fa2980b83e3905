"""What the group `prior_check` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_PRIOR = "free histories of the prior"
_UNITS = "1, or persons, or per day, by figure"
_LOCK = "priors.lock beside the case"

GROUP = Group(
    "what the model expects before it has seen the case",
    (
        Variable("figure", "figure", "text", "", "name of the figure", _PRIOR),
        Variable("label", "figure", "text", "", "what the figure is", _PRIOR),
        Variable("share", "figure", "flag", "1", "whether it is a share of the histories", _PRIOR),
        Variable("value", "figure", "number", _UNITS, "the figure", _PRIOR),
        Variable("low", "figure", "number", _UNITS, "lower end of the central 90 %", _PRIOR),
        Variable("high", "figure", "number", _UNITS, "upper end of the central 90 %", _PRIOR),
        Variable("wanted_low", "figure", "number", _UNITS, "least that is asked of the prior", "docs/model.md"),
        Variable("wanted_high", "figure", "number", _UNITS, "most that is asked of the prior", "docs/model.md"),
        Variable("region", "region", "text", "", "id of the region", "regions of the case"),
        Variable("first", "region", "probability", "1", "share of histories in which it is the first to move", _PRIOR),
        Variable("largest", "region", "probability", "1", "share of histories in which its crowd is the largest", _PRIOR),
        Variable("first_rank", "region", "number", "1", "rank by the share of being first", _PRIOR),
        Variable("largest_rank", "region", "number", "1", "rank by the share of being largest", _PRIOR),
        Variable("members", "", "number", "1", "histories of the prior", _PRIOR),
        Variable("moved", "", "number", "1", "those in which a crowd of 300 forms", _PRIOR),
        Variable("shock", "", "text", "", "the shock that the histories are given", "shocks of the case"),
        Variable("lock_day", "", "text", "", "day that the lock on the priors gives", _LOCK),
        Variable("lock_priors", "", "flag", "1", "whether the declared numbers are those of the lock", _LOCK),
        Variable("lock_model", "", "flag", "1", "whether the text of the model is that of the lock", _LOCK),
    ),
)  # fmt: skip
