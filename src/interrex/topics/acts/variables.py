"""What the group `acts` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "how often such acts happen, and from what record we know it",
    (
        Variable("kind", "act_kind", "text", ""),
        Variable("role", "act_kind", "text", ""),
        Variable("source", "act_kind", "text", ""),
        Variable("n", "act_kind", "number", ""),
        Variable("exposure_days", "act_kind", "number", ""),
        Variable("phase", "act_kind", "text", "", required=False),
        Variable("assumption", "act_kind", "flag", "1", required=False),
        Variable("sd", "act_kind", "number", "", required=False),
        Variable("observed", "act_kind", "number", "", required=False),
        Variable("post_rate", "act_kind", "number", "", required=False),
    ),
)
