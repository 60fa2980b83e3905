"""The map of a case: GeoJSON polygons whose property `region` names a region, bounded and finite."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from interrex.case.read import hidden_sign
from interrex.errors import CaseError, Problem, quoted

GeoJson: TypeAlias = dict[str, Any]  # nested as the standard has it; `read_map` has seen to it
"""A FeatureCollection of polygons, or one of its features."""

VERTICES = 200_000
NAME = 80


def read_map(text: str, name: str, regions: set[str] | None, problems: list[Problem]) -> GeoJson | None:
    """A FeatureCollection of polygons, reduced to type, region, name and geometry; mistakes go to `problems`.

    `regions` are those that a feature may name, None where they are not known.

    Raises CaseError where the text is no JSON.
    """
    try:
        data = json.loads(text, parse_constant=_not_finite)
    except json.JSONDecodeError as error:
        raise CaseError(
            Problem(
                name, error.lineno, error.colno, "", f"this is not JSON ({error.msg})", "export the map again"
            )
        ) from None
    except (ValueError, RecursionError) as error:
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)[:100]
        raise CaseError(
            Problem(name, 1, 1, "", f"the map cannot be read ({said})", "export it again")
        ) from None

    def problem(path: str, wrong: str, remedy: str) -> None:
        problems.append(Problem(name, 1, 1, path, wrong, remedy))

    if (
        not isinstance(data, dict)
        or data.get("type") != "FeatureCollection"
        or not isinstance(data.get("features"), list)
    ):
        problem("", "the map is no FeatureCollection", "export polygons as one GeoJSON FeatureCollection")
        return None
    before = len(problems)
    features: list[GeoJson] = []
    vertices = 0
    for i, feature in enumerate(data["features"]):
        path = f"features.{i}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(properties, dict) or not isinstance(geometry, dict):
            problem(path, "the feature lacks properties or geometry", "export it again")
            continue
        region = properties.get("region")
        label = properties.get("name", region)
        if not isinstance(region, str) or (regions is not None and region not in regions):
            problem(
                f"{path}.properties.region",
                f"unknown region {quoted(str(region))}",
                "use an id of regions.csv",
            )
            continue
        if not isinstance(label, str) or len(label) > NAME or hidden_sign(label):
            problem(
                f"{path}.properties.name", f"the name is no text of at most {NAME} plain signs", "shorten it"
            )
            continue
        if geometry.get("type") not in ("Polygon", "MultiPolygon"):
            problem(
                f"{path}.geometry.type", "the geometry is no Polygon or MultiPolygon", "export areas only"
            )
            continue
        polygons = geometry.get("coordinates")
        polygons = [polygons] if geometry["type"] == "Polygon" else polygons
        count = _vertices(polygons)
        if count is None:
            problem(
                f"{path}.geometry.coordinates",
                "a vertex is not a finite longitude and latitude",
                "use degrees: longitude -180 to 180, latitude -90 to 90",
            )
            continue
        vertices += count
        features.append(
            {
                "type": "Feature",
                "properties": {"region": region, "name": label},
                "geometry": {"type": "MultiPolygon", "coordinates": polygons},
            }
        )
    if vertices > VERTICES:
        problem("", f"the map has more than {VERTICES:,} vertices", "simplify its outlines")
    return {"type": "FeatureCollection", "features": features} if len(problems) == before else None


def _vertices(polygons: object) -> int | None:
    """How many vertices, their heights dropped; None where one is not two or three numbers in range. The comparisons
    are false of what is not finite, and hold for whole numbers of any length."""
    count = 0
    if not isinstance(polygons, list):
        return None
    for polygon in polygons:
        if not isinstance(polygon, list):
            return None
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4:
                return None
            for vertex in ring:
                if not isinstance(vertex, list) or len(vertex) not in (2, 3):
                    return None
                if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in vertex):
                    return None
                if not (-180 <= vertex[0] <= 180 and -90 <= vertex[1] <= 90):
                    return None
                del vertex[2:]  # heights are not drawn
            count += len(ring)
    return count


def _not_finite(word: str) -> float:
    raise ValueError(f"{word} is not a finite number")
