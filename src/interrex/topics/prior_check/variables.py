"""What the group `prior_check` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_PRIOR = "free histories of the prior"

GROUP = Group(
    "what the model expects before it has seen the case",
    (
        Variable("figure", "figure", "text", "", "name of the figure", _PRIOR),
        Variable("label", "figure", "text", "", "what the figure is", _PRIOR),
        Variable("value", "figure", "number", "as in label", "the figure", _PRIOR),
        Variable("low", "figure", "number", "as in label", "lower end of the central 90 %", _PRIOR),
        Variable("high", "figure", "number", "as in label", "upper end of the central 90 %", _PRIOR),
        Variable(
            "wanted_low",
            "figure",
            "number",
            "as in label",
            "least that is asked of the prior",
            "docs/model.md",
        ),
        Variable(
            "wanted_high",
            "figure",
            "number",
            "as in label",
            "most that is asked of the prior",
            "docs/model.md",
        ),
        Variable("region", "region", "text", "", "id of the region", "regions of the case"),
        Variable(
            "first",
            "region",
            "probability",
            "1",
            "share of histories in which it is the first to move",
            _PRIOR,
        ),
        Variable(
            "largest",
            "region",
            "probability",
            "1",
            "share of histories in which its crowd is the largest",
            _PRIOR,
        ),
        Variable("first_rank", "region", "number", "1", "rank by the share of being first", _PRIOR),
        Variable("largest_rank", "region", "number", "1", "rank by the share of being largest", _PRIOR),
    ),
)
