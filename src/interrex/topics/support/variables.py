"""What the group `support` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "which supports keep him in office and how far each carries",
    (
        Variable("label", "subset", "text", ""),
        Variable("elite", "subset", "flag", "1"),
        Variable("street", "subset", "flag", "1"),
        Variable("patron", "subset", "flag", "1"),
        Variable("force", "subset", "flag", "1"),
        Variable("p_office", "subset", "probability", "1"),
        Variable("p_low", "subset", "probability", "1", bound=True),
        Variable("p_high", "subset", "probability", "1", bound=True),
        Variable("shapley", "support", "number", "probability"),
        Variable("shapley_low", "support", "number", "probability", bound=True),
        Variable("shapley_high", "support", "number", "probability", bound=True),
        Variable("name", "support", "text", ""),
        Variable(
            "p_year",
            "subset",
            "probability",
            "1",
            "probability that he is in office after twelve months",
            required=False,
        ),
        Variable(
            "stopped",
            "subset",
            "probability",
            "1",
            "share of histories that left the range of the model",
            required=False,
        ),
    ),
    attrs=("verdict",),
)
