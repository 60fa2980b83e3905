"""What the group `map` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_MAP = "map.geojson and units of the case"
_POST = "posterior histories"

GROUP = Group(
    "the shape of the country and where the crowds were",
    (
        Variable(
            "median_present",
            "day region",
            "number",
            "persons",
            "median of the most people at once in the day",
            _POST,
        ),
        Variable("unit_x", "unit", "number", "picture units", "place of the unit, to the right", _MAP),
        Variable("unit_y", "unit", "number", "picture units", "place of the unit, downwards", _MAP),
        Variable("unit_name", "unit", "text", "", "name of the unit", _MAP),
        Variable("unit_city", "unit", "flag", "1", "whether the unit is a city", _MAP),
        Variable(
            "unit_present", "quantile day unit", "number", "persons", "most people at once in the day", _POST
        ),
    ),
    attrs=("paths", "viewbox"),
)
