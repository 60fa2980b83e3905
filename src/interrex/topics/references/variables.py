"""What the group `references` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "what to cite",
    (
        Variable("key", "reference", "text", ""),
        Variable("text", "reference", "text", ""),
        Variable("doi", "reference", "text", ""),
        *(Variable(name, "reference", "text", "", required=False) for name in ("kind", "authors", "year", "title", "where", "use")),
    ),
)
