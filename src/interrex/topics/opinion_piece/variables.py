"""What the group `opinion_piece` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "the statements of the opinion piece under review, each with what the run says of it",
    (
        Variable("text", "statement", "text", ""),
        Variable("verdict", "statement", "text", ""),
        Variable("evidence", "statement", "text", ""),
    ),
)
