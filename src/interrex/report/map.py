"""The map day by day: small maps side by side and the national line under them, drawn from what the run stored.

Shapes are written once and reused, coordinates rounded to the picture's half pixels, so twelve maps cost little
more than one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from interrex.report.figures import FAINT, INK, MODEL, MODEL_BAND_WIDE, MUTED, escaped
from interrex.report.read import Floats

CLASSES: tuple[tuple[float, str, str], ...] = (
    (0, "#eef1f4", "under 100"),
    (100, "#d3e3ef", "100"),
    (300, "#a6c8e0", "300"),
    (1_000, "#6da3c9", "1,000"),
    (3_000, "#37779f", "3,000"),
    (10_000, "#174a6e", "10,000"),
    (30_000, "#06182a", "30,000 and more"),
)
"""(lower bound in persons, fill, label) from light to dark, each about three times the one before; also distinct in
grey print."""

DARK = 3_000
"""Hatching is white from this class on, and dark below it."""

_WIDTH = 1000.0
_COLUMNS = 4
_GAP = 16.0
_HEAD = 44.0
_LINE = 150.0

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Outline:
    """Shapes by region in units of a box of ``width`` x ``height``."""

    rings: Mapping[str, list[Ring]]
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the stored picture lies in the box."""
        return (x - self.left) * self.scale, (y - self.top) * self.scale


@dataclass(frozen=True)
class DayMap:
    """What one small map shows. `crowd` is the persons by region; `wide` the regions whose 90 % interval spans more
    than a factor of ten; `cities` points (x, y, persons) in units of the stored picture."""

    heading: str
    total: str
    most: str
    crowd: Mapping[str, float]
    wide: frozenset[str] = frozenset()
    cities: Sequence[tuple[float, float, float]] = ()


@dataclass(frozen=True)
class NationLine:
    """The national crowd by day: its median, the ends of its 90 % interval (NaN where withheld), what to write under
    which day, and which days have a map."""

    median: Floats
    low: Floats
    high: Floats
    labels: Mapping[int, str]
    mapped: Sequence[int]


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
    return Outline(rings, width, box[3] * scale, box[0], box[1], scale)


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


def day_maps(paths: str, viewbox: str, maps: Sequence[DayMap], line: NationLine) -> Markup:
    """An SVG with the small maps, a legend in persons, and the national line under them."""
    columns = min(_COLUMNS, len(maps))
    width = (_WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    shape = outline(paths, viewbox, width)
    rows = -(-len(maps) // columns)
    cell = _HEAD + shape.height + _GAP
    hatched = any(one.wide for one in maps)
    under = rows * cell + (84 if hatched else 58)
    height = under + _LINE + 54
    ids = {region: f"region-{n}" for n, region in enumerate(shape.rings)}
    out = [
        f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg" '
        f'fill="{INK}"><defs>',
        *(
            f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{colour}" stroke-width="1.6"/></pattern>'
            for name, colour in (("hatch-dark", "#87909b"), ("hatch-light", "#ffffff"))
        ),
        *(f'<path id="{ids[region]}" d="{_path(rings)}"/>' for region, rings in shape.rings.items()),
        "</defs>",
    ]
    for n, one in enumerate(maps):
        x, y = (n % columns) * (width + _GAP), (n // columns) * cell
        out.append(f'<g transform="translate({x:.1f} {y:.1f})">{_heading(one, width)}')
        out.append(f'<g transform="translate(0 {_HEAD:.0f})" stroke="#ffffff" stroke-width="0.8">')
        out += _regions(shape, ids, one)
        out.append("</g></g>")
    out.append(_legend(rows * cell + 2))
    if hatched:
        out.append(_legend_of_hatching(rows * cell + 28))
    out += _nation(line, under)
    out.append("</svg>")
    return Markup("".join(out))


def _heading(one: DayMap, width: float) -> str:
    return (
        f'<text y="16" font-size="16" font-weight="700">{escaped(one.heading)}</text>'
        f'<text x="{width:.0f}" y="16" font-size="16" text-anchor="end">{escaped(one.total)}</text>'
        f'<text y="35" font-size="15" fill="{MUTED}">{escaped(one.most)}</text>'
    )


def _regions(shape: Outline, ids: Mapping[str, str], one: DayMap) -> list[str]:
    """Regions in their colours, hatched where wide; over them the cities, and dots for regions too small to see."""
    out: list[str] = []
    for region, name in ids.items():
        persons = one.crowd.get(region, math.nan)
        out.append(f'<use href="#{name}" fill="{fill_of(persons)}"/>')
        if region in one.wide:
            out.append(f'<use href="#{name}" fill="url(#{_hatch(persons)})"/>')
    specks = _specks(shape)
    for region, (x, y) in specks.items():
        persons = one.crowd.get(region, math.nan)
        fills = [fill_of(persons), *([f"url(#{_hatch(persons)})"] if region in one.wide else [])]
        out += [_dot(x, y, 6.0, fill) for fill in fills]
    for x, y, persons in sorted(one.cities, key=lambda c: c[2]):
        x, y = shape.at(x, y)
        if all(math.dist((x, y), speck) > 9.0 for speck in specks.values()):
            out.append(_dot(x, y, 4.0, fill_of(persons)))
    return out


def _dot(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"/>'


def _hatch(persons: float) -> str:
    return "hatch-light" if persons >= DARK else "hatch-dark"


def _nation(line: NationLine, top: float) -> list[str]:
    """The national line on a logarithmic scale, with a mark at every day that has a map."""
    left, right = 74.0, _WIDTH - 8.0
    most = max(1000.0, float(np.nanmax(np.concatenate([line.median, line.high]))))
    decades = math.ceil(math.log10(most) * 2.0) / 2.0 - 1.0
    base = top + 24.0 + _LINE

    def x_of(day: float) -> float:
        return left + (right - left) * (day + 0.5) / len(line.median)

    def y_of(persons: float) -> float:
        return base - _LINE * min(max(math.log10(max(persons, 10.0)) - 1.0, 0.0), decades) / decades

    out = [
        f'<g font-size="14"><text y="{top + 10:.0f}" font-size="16" font-weight="700">Whole country, persons in the street '
        "at once</text>"
    ]
    for power in range(1, int(decades + 1.0) + 1):
        y = y_of(10.0**power)
        out.append(
            f'<path d="M{left} {y:.1f}H{right}" stroke="{FAINT}"/><text x="{left - 8:.0f}" y="{y + 5:.1f}" '
            f'text-anchor="end" fill="{MUTED}">{10**power:,}</text>'
        )
    out += [
        f'<path d="M{x_of(d):.1f} {base:.1f}V{y_of(line.median[d]):.1f}" stroke="{MUTED}" stroke-dasharray="2 3"/>'
        for d in line.mapped
    ]
    days = range(len(line.median))
    if np.isfinite(line.low).all() and np.isfinite(line.high).all():
        edge = [(d, line.high[d]) for d in days] + [(d, line.low[d]) for d in reversed(days)]
        points = " ".join(f"{x_of(d):.1f},{y_of(v):.1f}" for d, v in edge)
        out.insert(1, f'<polygon points="{points}" fill="{MODEL_BAND_WIDE}"/>')
    points = " ".join(f"{x_of(d):.1f},{y_of(line.median[d]):.1f}" for d in days)
    out.append(f'<polyline points="{points}" fill="none" stroke="{MODEL}" stroke-width="2.2"/>')
    out += [_dot(x_of(d), y_of(line.median[d]), 4.5, MODEL) for d in line.mapped]
    out += [
        f'<text x="{x_of(d):.1f}" y="{base + 20:.1f}" text-anchor="middle" fill="{MUTED}">{escaped(text)}</text>'
        for d, text in line.labels.items()
    ]
    return [*out, "</g>"]


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
    out = [f'<g font-size="14" fill="{MUTED}"><text y="{y + 14:.0f}">Persons, median:</text>']
    x = 128.0
    for _, fill, text in CLASSES:
        out.append(_swatch(x, y, fill, text))
        x += 44 + 7.4 * len(text)
    return "".join([*out, "</g>"])


def _legend_of_hatching(y: float) -> str:
    fill, text = CLASSES[2][1], "central 90 % interval spans more than a factor of ten"
    return (
        f'<g font-size="14" fill="{MUTED}">{_swatch(128.0, y, fill, "")}'
        f"{_swatch(128.0, y, 'url(#hatch-dark)', text)}</g>"
    )


def _swatch(x: float, y: float, fill: str, text: str) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="26" height="18" fill="{fill}" stroke="{MUTED}" '
        f'stroke-width=".5"/><text x="{x + 31:.0f}" y="{y + 14:.0f}">{text}</text>'
    )
