"""What the group `outcomes` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "how it ends, beside how such things usually end",
    (
        Variable("name", "outcome", "text", ""),
        Variable("p", "outcome", "probability", "1"),
        Variable("low", "outcome", "probability", "1", bound=True),
        Variable("high", "outcome", "probability", "1", bound=True),
        Variable("base", "outcome", "probability", "1", required=False),
        Variable("base_low", "outcome", "probability", "1", required=False),
        Variable("base_high", "outcome", "probability", "1", required=False),
        Variable("base_source", "outcome", "text", "", required=False),
    ),
)
