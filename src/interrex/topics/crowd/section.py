"""Crowds by region and day: a map for each of the busiest days and the model band against every report."""

from __future__ import annotations

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from interrex.report.blocks import Block, Callout, Figure, Section
from interrex.report.figures import (
    CHECK,
    INK,
    MODEL,
    MODEL_BAND,
    MODEL_BAND_WIDE,
    MUTED,
    crowd_axis,
    draw_band,
    drawing,
    label,
)
from interrex.report.focus import CROWD, busiest, crowd_days, outside
from interrex.report.map import DayMap, NationLine, day_maps
from interrex.report.numbers import count, exact, known, short_day, shorten
from interrex.report.read import Absent, Floats, Group, Results
from interrex.store.manifest import Manifest

_COLUMNS = 4
_MAPS = 12
_FLOOR = 10.0


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    crowd = results.group("crowd")
    days = crowd_days(results)
    part = busiest(results, days)
    names = dict(zip(crowd.texts("region"), crowd.texts("region_name"), strict=True))
    blocks: list[Block] = []
    try:
        blocks.append(_maps(results, crowd, names))
    except Absent as reason:
        blocks.append(Callout(str(reason), "absent", "No map"))
    return [*blocks, _panels(results, crowd, days, part, names), _tolls(results, crowd, days, part)]


def _key_days(totals: Floats) -> list[int]:
    """The days with most people out, in order of date; where fewer than _MAPS have a crowd, those nearest to the peak
    fill up."""
    filled = np.nan_to_num(totals)
    peak = int(np.argmax(filled))
    order = sorted(
        range(len(filled)),
        key=lambda n: (-filled[n] if filled[n] >= CROWD else 0.0, abs(n - peak), n),
    )
    return sorted(order[:_MAPS])


def _shown(totals: Floats, part: slice, reports: list[int]) -> slice:
    """The days of ``part`` from just before the first crowd or report to just after the last."""
    busy = [n for n in range(part.start, part.stop) if totals[n] >= CROWD] + [
        n for n in reports if part.start <= n < part.stop
    ]
    if not busy:
        return part
    first, last = max(part.start, min(busy) - 1), min(part.stop, max(busy) + 3)
    return slice(first, max(last, min(part.stop, first + 7)))


def _maps(results: Results, crowd: Group, names: dict[str, str]) -> Figure:
    shapes = results.group("map")
    persons = shapes.some_numbers("median_present")
    regions = shapes.texts("region")
    map_days = [date.fromisoformat(text[:10]) for text in shapes.texts("day")]
    if np.nanmax(persons) < CROWD:
        raise Absent(
            "In the median no region has 100 people in the street on any day, so there is nothing to map."
        )
    nation = results.bands(crowd.some_numbers("nation_present_post"))
    chosen = _key_days(nation[2])
    wide = _wide(results, crowd, persons.shape)
    cities = _cities(shapes)
    maps, told = [], []
    for n in chosen:
        k = int(np.argmax(persons[n]))
        most = f"most: {shorten(names[regions[k]], 20)}, {count(persons[n, k])}" if persons[n, k] >= CROWD else ""
        day = f"{map_days[n]:%a} {short_day(map_days[n])}"
        maps.append(
            DayMap(
                day,
                count(nation[2, n]),
                most,
                dict(zip(regions, persons[n].tolist(), strict=True)),
                frozenset(r for k, r in enumerate(regions) if wide[n, k]),
                [(x, y, v) for x, y, v in cities[n].tolist() if v >= CROWD],
            )
        )
        told.append(f"{day}: {count(nation[2, n])} in the country" + (f", {most}" if most else ""))
    try:
        svg = day_maps(
            shapes.attr("paths", "{}"), shapes.attr("viewbox"), maps, _nation_line(nation, map_days, chosen)
        )
    except ValueError as problem:
        raise Absent("The case has no usable region shapes.") from problem
    largest = np.nanmax(persons, axis=0)
    reached = int((largest >= 300).sum())
    title = "Where people were in the street, day by day"
    if reached:
        first = int(np.argmax(np.nanmax(persons, axis=1) >= 300))
        top, start = (names[regions[int(np.nanargmax(of))]] for of in (largest, persons[first]))
        title = (
            f"From {start} on {short_day(map_days[first])} to {reached} regions with 300 people or "
            f"more; largest in {top}"
            if reached > 1
            else f"300 people or more in {top} alone, first on {short_day(map_days[first])}"
        )
    return Figure(
        title,
        svg,
        f"The {len(chosen)} days with most people in the street, conditioned on the reports below: each region in the "
        "colour of the model's median of the most people at once in the course of that day, one scale for all days; "
        "above each map the day and the median for the whole country. Dots are cities with 100 people or more, and regions "
        f"too small to see. {_uncertainty(results, wide[chosen], persons[chosen])} Simulated citizens to persons: "
        f"{results.text('resolution')}. Under the maps the country as a whole, on a logarithmic scale "
        f"({'median' if results.intervals_withheld else 'median and central 90 %'}); dots are the days mapped, and what is under 10 lies on its foot.",
        "map/median_present crowd/present_post crowd/nation_present_post map/unit_present",
        f"{title}. " + "; ".join(told) + ".",
    )


def _wide(results: Results, crowd: Group, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """By day and region, whether the 90 % interval reaches 100 people and spans more than a factor of ten."""
    if results.intervals_withheld:
        return np.zeros(shape, dtype=bool)
    present = crowd.some_numbers("present_post")
    low, high = present[0], present[-1]
    return (high >= CROWD) & (high > 10.0 * np.maximum(low, 1.0))


def _uncertainty(results: Results, wide: NDArray[np.bool_], persons: Floats) -> str:
    if results.intervals_withheld:
        return "Intervals are withheld, so the maps do not show how uncertain they are."
    if not wide.any():
        return "On none of them does the central 90 % interval of a region span more than a factor of ten."
    return (
        "Hatched: the central 90 % interval reaches 100 people and spans more than a factor of ten, so that the colour says "
        f"little ({int(wide.sum())} of {wide.size} fields; {int((wide & (persons < CROWD)).sum())} of them lie under 100 in "
        "the median)."
    )


def _cities(shapes: Group) -> Floats:
    """Points f8[day, city, (x, y, median persons)] of the cities that have a place on the map."""
    x, y = shapes.numbers("unit_x"), shapes.numbers("unit_y")
    placed = (shapes.numbers("unit_city") > 0) & np.isfinite(x) & np.isfinite(y)
    median = shapes.numbers("unit_present")[2][:, placed]
    return np.stack(
        [np.broadcast_to(x[placed], median.shape), np.broadcast_to(y[placed], median.shape), median], axis=2
    )


def _nation_line(nation: Floats, days: list[date], chosen: list[int]) -> NationLine:
    """The country from a week before the first mapped day to a week after the last."""
    start, stop = max(0, chosen[0] - 7), min(len(days), chosen[-1] + 8)
    step = max(1, -(-(stop - start) // 13))
    labels = {d: short_day(days[start + d]) for d in range(0, stop - start, step)}
    part = nation[:, start:stop]
    return NationLine(part[2], part[0], part[-1], labels, [n - start for n in chosen])


def _panels(results: Results, crowd: Group, days: list[date], part: slice, names: dict[str, str]) -> Figure:
    totals = crowd.some_numbers("nation_present_post")[2]
    part = _shown(totals, part, [r[5] for r in _reports(results, crowd, days)])
    present = results.bands(crowd.some_numbers("present_post"))[:, part]
    nation = results.bands(crowd.some_numbers("nation_present_post"))[:, part]
    regions = crowd.texts("region")
    shown_days = days[part]
    reports = _reports(results, crowd, shown_days)
    taking = crowd.numbers("taking_part_post")[2][part]
    over_day = {region: taking[:, k] for k, region in enumerate(regions)}
    over_day["nation"] = crowd.numbers("nation_taking_part_post")[2, part]
    size = [
        max(np.nanmax(present[2, :, k]), max((r[1] for r in reports if r[0] == region), default=0.0))
        for k, region in enumerate(regions)
    ]
    order = sorted(range(len(regions)), key=lambda k: -size[k])
    panels = [("nation", "Whole country", nation)] + [
        (regions[k], names[regions[k]], present[:, :, k]) for k in order
    ]
    highest = (float(np.nanmax(nation)), float(np.nanmax(over_day["nation"])))
    top = max(*highest, *(r[3] for r in reports)) * 1.3
    rows = -(-(len(panels) + 1) // _COLUMNS)
    x = np.arange(len(shown_days), dtype=float)
    step = 4 if len(shown_days) > 10 else 2
    dashed = False
    with drawing(0.35 + 1.13 * rows) as made:
        grid = made.canvas.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False)
        for n, axes in enumerate(grid.flat):
            if n >= len(panels):
                axes.set_axis_off()
                continue
            region, name, band = panels[n]
            draw_band(axes, x, band)
            own = [r for r in reports if r[0] == region]
            if any(r[6] for r in own):
                # Counts of all who took part in a day must not be held against the crowd at one moment.
                axes.plot(x, np.maximum(over_day[region], 1), color=MODEL, lw=1.0, ls=(0, (3, 2)))
                dashed = True
            for _, value, low, high, use, day, whole_day in own:
                colour = INK if use == "fit" else CHECK
                if high > low:
                    axes.plot([day, day], [max(low, _FLOOR), high], color=colour, lw=0.8, zorder=3)
                axes.plot(
                    [day],
                    [max(value, _FLOOR)],
                    "^" if whole_day else "o",
                    ms=3.4,
                    mew=0.9,
                    zorder=4,
                    color=colour,
                    mfc=colour if use == "fit" else "white",
                )
            crowd_axis(axes, top)
            axes.set_title(
                label(shorten(name, 24)), fontsize=7.5, pad=2, color=MODEL if region == "nation" else INK
            )
            axes.set_xlim(-0.5, len(shown_days) - 0.5)
            axes.set_xticks(
                [float(t) for t in range(0, len(shown_days), step)],
                [
                    f"{shown_days[t].day} {shown_days[t]:%b}" if t == 0 else str(shown_days[t].day)
                    for t in range(0, len(shown_days), step)
                ],
            )
            if n + _COLUMNS >= len(panels):
                axes.tick_params(labelbottom=True)
        _key(grid.flat[len(panels)], bool(results.intervals_withheld), dashed)
    peak = int(np.nanargmax(nation[2]))
    fits = sum(r[4] == "fit" for r in reports)
    largest = names[regions[order[0]]]
    return Figure(
        f"Crowds by region, conditioned on these reports: {largest} largest, the country peaks on "
        f"{short_day(shown_days[peak])} at about {count(nation[2, peak])} people"
        if nation[2, peak] >= CROWD
        else f"Crowds by region: on no day does the model's median reach {CROWD:.0f} people in the country",
        made.svg,
        f"Line: people in the street at once, by the model ({results.band_words}). "
        + ("" if reports else "No report of a crowd is known yet. ")
        + f"Filled marks: reports that it was conditioned on ({fits}), so agreement proves nothing. Hollow: reports kept for "
        f"checking, which it never saw ({len(reports) - fits}). Upright bars: the range that a report allows. "
        + ("Dashed line and triangles: all who took part in the course of a day. " if dashed else "")
        + "Logarithmic scale from 10 persons up; largest regions first."
        + outside(results, days, part),
        "crowd/present_post crowd/nation_present_post crowd/report_value",
        f"Model bands and reports of crowd size for {len(regions)} regions and the country.",
    )


def _tolls(results: Results, crowd: Group, days: list[date], part: slice) -> Figure:
    """Detained and dead so far in the whole country, beside the figures that were given out."""
    shown = days[part]
    x = np.arange(len(shown), dtype=float)
    given = _given_out(results, shown)
    with drawing(2.35) as made:
        panels = made.canvas.subplots(1, 2)
        for axes, kind, name in (
            (panels[0], "arrests", "Detained so far"),
            (panels[1], "deaths", "Dead so far"),
        ):
            band = results.bands(crowd.some_numbers(f"{kind}_post")[:, part])
            if np.isfinite(band[0]).any():
                axes.fill_between(x, band[0], band[4], color=MODEL_BAND_WIDE, lw=0)
                axes.fill_between(x, band[1], band[3], color=MODEL_BAND, lw=0)
            axes.plot(x, band[2], color=MODEL, lw=1.4)
            for _, day, value, use, brought in (g for g in given if g[0] == kind):
                colour = INK if use == "fit" else CHECK
                mark = "^" if brought else "o"
                fill = colour if use == "fit" else "white"
                axes.plot([day], [value], mark, ms=4, mew=0.9, color=colour, mfc=fill, zorder=4)
            axes.set_title(f"{name}, whole country", fontsize=7.5)
            axes.set_ylim(0, None)
            axes.grid(axis="y")
            axes.set_axisbelow(True)
            axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
            axes.set_xticks(
                x[::2], [short_day(d) if n == 0 else str(d.day) for n, d in enumerate(shown)][::2]
            )
    ends = {kind: crowd.some_numbers(f"{kind}_post")[2, part][-1] for kind in ("arrests", "deaths")}
    last = {
        kind: max((g for g in given if g[0] == kind and not g[4]), key=lambda g: (g[1], g[2]), default=None)
        for kind in ends
    }
    said = {kind: f" ({exact(g[2])} given out)" if (g := last[kind]) else "" for kind in ends}
    return Figure(
        f"By {short_day(shown[-1])} the model has about {count(ends['arrests'])} detained{said['arrests']} and "
        f"{count(ends['deaths'])} dead{said['deaths']}",
        made.svg,
        f"Cumulative numbers by the model ({results.band_words}) and the national totals given out. Filled: "
        "conditioned on; hollow: kept for checking; triangle: people brought to the police, some of whom were "
        "let go, so not the same count." + outside(results, days, part),
        "crowd/arrests_post crowd/deaths_post timeline/value",
        "Detained and dead, cumulative.",
    )


def _given_out(results: Results, days: list[date]) -> list[tuple[str, int, float, str, bool]]:
    """(kind, day index, persons, use, brought in) of the national totals of detained and dead that the
    model was conditioned on or is judged by."""
    timeline = results.maybe("timeline")
    if timeline is None:
        return []
    found: list[tuple[str, int, float, str, bool]] = []
    kinds, uses, places, measures = (timeline.texts(name) for name in ("kind", "use", "place", "measure"))
    for n, (when, value) in enumerate(zip(timeline.numbers("day"), timeline.numbers("value"), strict=True)):
        day = results.day_of(when)
        if (
            uses[n] not in ("fit", "check")
            or kinds[n] not in ("arrests", "deaths")
            or places[n] not in ("", "nation")
            or not known(value)
        ):
            continue
        if day is None or not days[0] <= day <= days[-1] or measures[n] not in ("cumulative", "brought_in"):
            continue
        found.append((kinds[n], (day - days[0]).days, float(value), uses[n], measures[n] == "brought_in"))
    return found


def _key(axes: Axes, withheld: bool, dashed: bool) -> None:
    axes.set_axis_off()
    top = [
        ("at once, median", "line"),
        ("interval withheld", "") if withheld else ("central 50 % and 90 %", "band"),
        ("report, conditioned on", "fit"),
        ("report, kept for checking", "check"),
    ]
    if dashed:
        top.append(("took part in the day", "dashed"))
    for n, (text, kind) in enumerate(top):
        y = 0.92 - 0.2 * n
        if kind == "line":
            axes.plot([0, 0.1], [y, y], color=MODEL, lw=1.4, transform=axes.transAxes)
        elif kind == "dashed":
            axes.plot([0, 0.1], [y, y], color=MODEL, lw=1.0, ls=(0, (3, 2)), transform=axes.transAxes)
        elif kind == "band":
            for depth, colour in ((0.09, MODEL_BAND_WIDE), (0.05, MODEL_BAND)):
                axes.add_patch(
                    Rectangle((0, y - depth), 0.1, 2 * depth, color=colour, lw=0, transform=axes.transAxes)
                )
        elif kind:
            colour = INK if kind == "fit" else CHECK
            axes.plot(
                [0.05],
                [y],
                "o",
                ms=3.6,
                color=colour,
                mfc=colour if kind == "fit" else "white",
                transform=axes.transAxes,
            )
        axes.text(0.15, y, text, transform=axes.transAxes, va="center", fontsize=6.8, color=MUTED)


def _reports(
    results: Results, crowd: Group, days: list[date]
) -> list[tuple[str, float, float, float, str, int, bool]]:
    """(region, value, low, high, use, day index, counted over a whole day) of reports inside the days."""
    timeline = results.maybe("timeline")
    measure = dict(zip(timeline.texts("text"), timeline.texts("measure"), strict=True)) if timeline else {}
    regions, uses = crowd.texts("report_region"), crowd.texts("report_use")
    value, low, high = (crowd.numbers(f"report_{name}").tolist() for name in ("value", "low", "high"))
    index = [(date.fromisoformat(day) - days[0]).days for day in crowd.texts("report_day")]
    whole_day = [measure.get(text) == "taking_part" for text in crowd.texts("report_label")]
    found = zip(regions, value, low, high, uses, index, whole_day, strict=True)
    return [one for one in found if 0 <= one[5] < len(days)]


SECTION = Section(
    "crowds",
    "Crowds by region, day by day",
    _fill,
    "Conditioned on these reports: the model has seen the filled dots. How well it predicts is in "
    "“Fit and misfit”.",
)
