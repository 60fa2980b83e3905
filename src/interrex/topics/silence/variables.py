"""What the group `silence` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "what an absence says about a person's state",
    (
        Variable("prior", "person status", "probability", "1"),
        Variable("posterior", "person status", "probability", "1"),
        Variable("gap_days", "person", "number", "days"),
        Variable("rate_text", "person", "text", "", required=False),
        Variable("person", "person", "text", ""),
        Variable("status", "status", "text", ""),
        Variable("family", "family", "text", "", required=False),
        Variable("family_prior", "family", "probability", "1", required=False),
        Variable("family_posterior", "family", "probability", "1", required=False),
    ),
)
