"""What the group `diagnostics` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "whether the inference may be believed",
    (
        Variable("name", "diagnostic", "text", ""),
        Variable("text", "diagnostic", "text", ""),
        Variable("value", "diagnostic", "number", ""),
        Variable("threshold", "diagnostic", "number", ""),
        Variable("passed", "diagnostic", "flag", "1"),
    ),
    attrs=("passed",),
)
