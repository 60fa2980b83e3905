"""What the group `map` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "the shape of the country and where the crowds were",
    (
        Variable("median_present", "day region", "number", "persons"),
        Variable("unit_x", "unit", "number", "picture units", required=False),
        Variable("unit_y", "unit", "number", "picture units", required=False),
        Variable("unit_name", "unit", "text", "", required=False),
        Variable("unit_city", "unit", "flag", "1", required=False),
        Variable("unit_present", "quantile day unit", "number", "persons", required=False),
    ),
    attrs=("paths", "viewbox"),
)
