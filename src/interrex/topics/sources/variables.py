"""What the group `sources` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "who said it",
    (
        Variable("source", "source", "text", ""),
        Variable("publisher", "source", "text", ""),
        Variable("url", "source", "text", ""),
        Variable("published", "source", "text", ""),
        Variable("type", "source", "text", ""),
        Variable("published_basis", "source", "text", "", required=False),
        Variable("audience", "source", "text", "", required=False),
        Variable("leaning", "source", "text", "", required=False),
    ),
)
