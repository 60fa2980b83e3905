"""The region map: small maps side by side, one a key day, drawn from the paths that the run stored.

Shapes are written once and reused, coordinates rounded to the picture's half pixels, so six maps cost little
more than one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from interrex.report.figures import INK, MUTED, escaped

CLASSES: tuple[tuple[float, str, str], ...] = (
    (0, "#eef1f4", "under 100"),
    (100, "#d3e3ef", "100"),
    (300, "#a6c8e0", "300"),
    (1_000, "#6da3c9", "1,000"),
    (3_000, "#37779f", "3,000"),
    (10_000, "#123f5e", "10,000 and more"),
)
"""(lower bound in persons, fill, label) from light to dark; also distinct in grey print."""

_WIDTH = 1000.0
_COLUMNS = 3
_GAP = 18.0
_HEAD = 34.0

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Outline:
    """Shapes by region in units of a box of ``width`` x ``height``."""

    rings: Mapping[str, list[Ring]]
    width: float
    height: float


def outline(paths: str, viewbox: str, width: float) -> Outline:
    """Scale the stored paths (JSON {region: [[[x, y], ...], ...]}, y downwards) to a box ``width`` wide.

    Raises ValueError when there is no usable shape."""
    raw = json.loads(paths)
    points = [(float(x), float(y)) for rings in raw.values() for ring in rings for x, y in ring]
    points = [p for p in points if math.isfinite(p[0]) and math.isfinite(p[1])]
    if len(points) < 3:
        raise ValueError("no shapes")
    box = [float(v) for v in viewbox.replace(",", " ").split()]
    if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box = [min(xs), min(ys), max(max(xs) - min(xs), 1e-9), max(max(ys) - min(ys), 1e-9)]
    scale = width / box[2]
    rings = {
        region: [_thin([((x - box[0]) * scale, (y - box[1]) * scale) for x, y in ring]) for ring in shapes]
        for region, shapes in raw.items()
    }
    return Outline(rings, width, box[3] * scale)


def _thin(ring: Ring) -> Ring:
    """Round to half a unit and drop repeated and collinear points. Neighbours round alike: no gaps."""
    kept: Ring = []
    for x, y in ring:
        point = (round(2 * x) / 2, round(2 * y) / 2)
        if kept and point == kept[-1]:
            continue
        if len(kept) >= 2:
            (ax, ay), (bx, by) = kept[-2], kept[-1]
            if (bx - ax) * (point[1] - ay) == (by - ay) * (point[0] - ax):
                kept[-1] = point
                continue
        kept.append(point)
    return kept


def _path(rings: Sequence[Ring]) -> str:
    def num(value: float) -> str:
        return f"{value:.1f}".removesuffix(".0")

    return "".join(
        "M" + "L".join(f"{num(x)} {num(y)}" for x, y in ring) + "Z" for ring in rings if len(ring) > 2
    )


def fill_of(value: float) -> str:
    """Colour of the class that holds so many persons; white where nothing was computed."""
    if not math.isfinite(value):
        return "#ffffff"
    return [fill for low, fill, _ in CLASSES if value >= low][-1]


def day_maps(
    paths: str,
    viewbox: str,
    maps: Sequence[tuple[str, Mapping[str, float], Mapping[str, str]]],
) -> Markup:
    """An SVG with one map for each (heading, persons by region, label by region) and a legend."""
    columns = min(_COLUMNS, len(maps))
    width = (_WIDTH - _GAP * (columns - 1)) / columns
    shape = outline(paths, viewbox, width)
    rows = -(-len(maps) // columns)
    cell = _HEAD + shape.height + _GAP
    height = rows * cell + 46
    out = [
        f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg" '
        f'fill="{INK}"><defs>'
    ]
    ids = {region: f"region-{n}" for n, region in enumerate(shape.rings)}
    out += [f'<path id="{ids[region]}" d="{_path(rings)}"/>' for region, rings in shape.rings.items()]
    out.append("</defs>")
    for n, (heading, persons, labels) in enumerate(maps):
        x = (n % columns) * (width + _GAP)
        y = (n // columns) * cell
        out.append(
            f'<g transform="translate({x:.1f} {y:.1f})"><text y="20" font-size="17" font-weight="700">'
        )
        out.append(f"{escaped(heading)}</text>")
        out.append(f'<g transform="translate(0 {_HEAD})" stroke="#ffffff" stroke-width="0.9">')
        for region in shape.rings:
            out.append(f'<use href="#{ids[region]}" fill="{fill_of(persons.get(region, math.nan))}"/>')
        for region, (cx, cy) in _specks(shape).items():
            fill = fill_of(persons.get(region, math.nan))
            out.append(f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="6.5" fill="{fill}"/>')
        out.append("</g>")
        out += _labels(shape, persons, labels)
        out.append("</g>")
    out.append(_legend(height - 34))
    out.append("</svg>")
    return Markup("".join(out))


def _labels(shape: Outline, persons: Mapping[str, float], labels: Mapping[str, str]) -> list[str]:
    """Region names with a halo at the middle of their largest ring."""
    out = []
    dots = _specks(shape)
    taken: list[tuple[float, float, float]] = []
    for region, text in labels.items():
        if region not in shape.rings or not shape.rings[region]:
            continue
        x, y = middle(max(shape.rings[region], key=_area))
        if region in dots:
            y += 18  # below its dot, not over it
        half = 3.8 * len(text)
        x = min(max(x, half), shape.width - half)
        if any(
            abs(y - other_y) < 17 and abs(x - other_x) < half + other_half
            for other_x, other_y, other_half in taken
        ):
            continue  # two names on top of each other tell nothing; the larger one stays
        taken.append((x, y, half))
        out.append(
            f'<text x="{x:.0f}" y="{y + _HEAD + 5:.0f}" font-size="14" text-anchor="middle" '
            f'paint-order="stroke" stroke="#ffffff" stroke-width="3.5" stroke-linejoin="round">'
            f"{escaped(text)}</text>"
        )
    return out


def _specks(shape: Outline) -> dict[str, tuple[float, float]]:
    """Regions too small to see, city regions above all, and where to put a dot for them."""
    largest = {region: max(rings, key=_area) for region, rings in shape.rings.items() if rings}
    return {region: middle(ring) for region, ring in largest.items() if _area(ring) < 120}


def _area(ring: Ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def middle(ring: Ring) -> tuple[float, float]:
    """Centroid of a ring (plain mean for a degenerate one)."""
    total = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = ax * by - bx * ay
        total += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    if abs(total) < 1e-9:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    return x / (3 * total), y / (3 * total)


def _legend(y: float) -> str:
    out = [f'<g font-size="14" fill="{MUTED}"><text y="{y + 14:.0f}">Persons in the street, median:</text>']
    x = 235.0
    for _, fill, text in CLASSES:
        out.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="26" height="18" fill="{fill}" stroke="{MUTED}" '
            f'stroke-width=".5"/><text x="{x + 32:.0f}" y="{y + 14:.0f}">{text}</text>'
        )
        x += 48 + 8.5 * len(text) + 14
    out.append("</g>")
    return "".join(out)
