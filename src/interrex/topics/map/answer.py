"""The map of a case as a plane picture: outlines of the regions and points of the units."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.geojson import GeoJson
from interrex.futures.conditioned import Conditioned
from interrex.futures.summaries import Summary, day_names, quantiles
from interrex.results.described import dataset
from interrex.results.schema import QUANTILES, empty
from interrex.topics.map.variables import GROUP

WIDTH = 1000.0
"""Width of the picture; all coordinates are in its units, y downwards, to a tenth."""


def regions_map(cut: CutCase) -> GeoJson:
    """Outlines and points in an equirectangular projection true to scale in the middle latitude of the map.

    Returns `paths` (JSON, {region: [[[x, y], ...], ...]}, rings open at their end), `viewbox` ('x y width
    height'), and `unit`, `unit_name` (text), `unit_x`, `unit_y` (f8, NaN where a unit has no coordinates). {}
    without a map."""
    if cut.map is None:
        return {}
    rings: dict[str, list[list[list[float]]]] = {}
    for feature in cut.map["features"]:
        polygons = feature["geometry"]["coordinates"]
        rings.setdefault(feature["properties"]["region"], []).extend(
            ring for area in polygons for ring in area
        )
    points = np.array(
        [vertex[:2] for shapes in rings.values() for ring in shapes for vertex in ring], dtype=float
    )
    if points.size == 0:
        return {}
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    shrink = math.cos(math.radians(0.5 * (south + north)))
    scale = WIDTH / max((east - west) * shrink, 1e-9)

    def place(longitude: float, latitude: float) -> list[float]:
        return [round((longitude - west) * shrink * scale, 1), round((north - latitude) * scale, 1)]

    paths = {
        region: [[place(vertex[0], vertex[1]) for vertex in ring[:-1]] for ring in shapes]
        for region, shapes in sorted(rings.items())
    }
    nowhere = [math.nan, math.nan]
    at = [nowhere if u.lon is None or u.lat is None else place(u.lon, u.lat) for u in cut.units]
    return {
        "paths": json.dumps(paths, separators=(",", ":")),
        "viewbox": f"0 0 {WIDTH:g} {round((north - south) * scale, 1):g}",
        "unit": np.array([u.unit for u in cut.units], dtype=object),
        "unit_name": np.array([u.name for u in cut.units], dtype=object),
        "unit_x": np.array([x for x, _ in at], dtype=float),
        "unit_y": np.array([y for _, y in at], dtype=float),
    }


def answer(run: Conditioned) -> xr.Dataset:
    """The group /map of a conditioned case: shapes, and the most people at once in the course of a day by region and by
    unit, from the histories themselves at the resolution of the run."""
    return with_crowds(regions_map(run.case), run.case, run.histories.summaries)


def with_crowds(shapes: GeoJson, cut: CutCase, summaries: Sequence[Summary]) -> xr.Dataset:
    """The group /map from the shapes of `regions_map`; empty where the map has no shapes."""
    if not shapes:
        return empty("The map of the case has no shapes.")
    median = np.median(np.stack([s.present for s in summaries]), axis=0)
    return dataset(
        GROUP,
        {
            "quantile": QUANTILES,
            "day": day_names(cut, median.shape[0]),
            "region": [r.region for r in cut.regions],
            "median_present": median,
            **{name: shapes[name] for name in ("unit", "unit_x", "unit_y", "unit_name")},
            "unit_city": [u.kind == "city" for u in cut.units],
            "unit_present": quantiles([s.units for s in summaries]),
        },
        {"paths": shapes["paths"], "viewbox": shapes["viewbox"]},
    )
