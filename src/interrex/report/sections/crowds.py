"""Crowds by region and day: maps of the key days and the model band against every report."""

from __future__ import annotations

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from interrex.report.blocks import Block, Callout, Figure, Section
from interrex.report.figures import (
    CHECK,
    INK,
    MODEL,
    MODEL_BAND,
    MODEL_BAND_WIDE,
    MUTED,
    crowd_axis,
    drawing,
    label,
)
from interrex.report.focus import busiest, crowd_days
from interrex.report.map import day_maps
from interrex.report.numbers import count, known, short_day, shorten
from interrex.report.read import Absent, Floats, Group, Results
from interrex.report.sections.timeline import draw_band

_COLUMNS = 4
_MAPS = 6
_FLOOR = 10.0


def _fill(results: Results, manifest: dict) -> list[Block]:
    crowd = results.group("crowd", "present_post", "nation_present_post", "region")
    days = crowd_days(results)
    part = busiest(results, days)
    names = dict(zip(crowd.texts("region"), crowd.texts_or_blank("region_name", "region"), strict=True))
    names = {region: name or region for region, name in names.items()}
    blocks: list[Block] = []
    try:
        blocks.append(_maps(results, days, names))
    except Absent as reason:
        blocks.append(Callout(str(reason), "absent", "No map"))
    blocks.append(_panels(results, crowd, days, part, names))
    return blocks


def _key_days(totals: Floats) -> list[int]:
    """Peak day, then the days around it on which the national total changed most, in order of time."""
    peak = int(np.nanargmax(totals))
    logs = np.log(np.maximum(np.nan_to_num(totals), 30.0))
    change = np.abs(np.diff(logs, prepend=logs[0])) + np.abs(np.diff(logs, append=logs[-1]))
    change[peak] = np.inf
    near = [n for n in range(len(totals)) if abs(n - peak) <= 10]
    return sorted(sorted(near, key=lambda n: (-change[n], n))[:_MAPS])


def _maps(results: Results, days: list[date], names: dict[str, str]) -> Figure:
    shapes = results.group("map", "median_present", "region", "day")
    persons = shapes.some_numbers("median_present")
    regions = shapes.texts("region")
    map_days = [date.fromisoformat(text[:10]) for text in shapes.texts("day")]
    chosen = _key_days(np.nansum(persons, axis=1))
    maps = []
    for n in chosen:
        values = {region: float(persons[n, k]) for k, region in enumerate(regions)}
        largest = sorted(regions, key=lambda r: -values[r] if known(values[r]) else 0.0)[:2]
        labels = {
            r: f"{shorten(names.get(r, r), 18)} {count(values[r])}" for r in largest if values[r] >= 100
        }
        maps.append((f"{map_days[n]:%a} {short_day(map_days[n])}", values, labels))
    try:
        svg = day_maps(shapes.attr("paths", "{}"), shapes.attr("viewbox"), maps)
    except ValueError as problem:
        raise Absent("The case has no usable region shapes.") from problem
    first = next((n for n in range(len(map_days)) if np.nanmax(persons[n]) >= 100), None)
    title = "Where people were in the street"
    if first is not None:
        top = regions[int(np.nanargmax(np.nanmax(persons, axis=0)))]
        start = regions[int(np.nanargmax(persons[first]))]
        title = (
            f"From {names.get(start, start)} on {short_day(map_days[first])} to "
            f"{int((np.nanmax(persons, axis=0) >= 300).sum())} regions with 300 people or more; "
            f"largest in {names.get(top, top)}"
        )
    return Figure(
        title,
        svg,
        "Median number of people in the street by region on the days around the peak on which the "
        "national crowd "
        "changed most, conditioned on the reports below. The two largest of each day are named.",
        "map/median_present",
        title,
    )


def _panels(results: Results, crowd: Group, days: list[date], part: slice, names: dict[str, str]) -> Figure:
    present = results.bands(crowd.some_numbers("present_post"))[:, part]
    nation = results.bands(crowd.some_numbers("nation_present_post"))[:, part]
    regions = crowd.texts("region")
    shown_days = days[part]
    reports = _reports(crowd, shown_days)
    size = [
        max(np.nanmax(present[2, :, k]), max((r[1] for r in reports if r[0] == region), default=0.0))
        for k, region in enumerate(regions)
    ]
    order = sorted(range(len(regions)), key=lambda k: -size[k])
    panels = [("nation", "Whole country", nation)] + [
        (regions[k], names[regions[k]], present[:, :, k]) for k in order
    ]
    top = max([float(np.nanmax(nation)), *(r[3] for r in reports if known(r[3]))]) * 1.3
    rows = -(-(len(panels) + 1) // _COLUMNS)
    x = np.arange(len(shown_days), dtype=float)
    step = 4 if len(shown_days) > 10 else 2
    with drawing(0.35 + 1.13 * rows) as made:
        grid = made.canvas.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False)
        for n, axes in enumerate(grid.flat):
            if n >= len(panels):
                axes.set_axis_off()
                continue
            region, name, band = panels[n]
            draw_band(axes, x, band)
            for where, value, low, high, use, day in reports:
                if where == region or (region == "nation" and where in ("", "nation")):
                    colour = INK if use == "fit" else CHECK
                    if known(low) and known(high) and high > low:
                        axes.plot([day, day], [max(low, _FLOOR), high], color=colour, lw=0.8, zorder=3)
                    axes.plot(
                        [day],
                        [max(value, _FLOOR)],
                        "o",
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
        _key(grid.flat[len(panels)], bool(results.intervals_withheld))
    peak = int(np.nanargmax(nation[2]))
    fits = sum(r[4] == "fit" for r in reports)
    largest = names[regions[order[0]]]
    return Figure(
        f"Crowds by region, conditioned on these reports: {largest} largest, the country peaks on "
        f"{short_day(shown_days[peak])} at about {count(nation[2, peak])} people",
        made.svg,
        f"Model: {results.band_words}. Filled dots: the {fits} "
        "reports that the "
        f"model was conditioned on, so agreement with them proves nothing. Hollow dots: the "
        f"{len(reports) - fits} "
        "reports kept for checking, which it never saw. Bars: the range that the report allows. "
        "Logarithmic scale "
        "from 10 persons up; panels sorted by size.",
        "crowd/present_post crowd/nation_present_post crowd/report_value",
        f"Model bands and reports of crowd size for {len(regions)} regions and the country.",
    )


def _key(axes: Axes, withheld: bool) -> None:
    axes.set_axis_off()
    top = [
        ("median", "line"),
        ("interval withheld", "") if withheld else ("central 50 % and 90 %", "band"),
        ("report, conditioned on", "fit"),
        ("report, kept for checking", "check"),
    ]
    for n, (text, kind) in enumerate(top):
        y = 0.85 - 0.22 * n
        if kind == "line":
            axes.plot([0, 0.1], [y, y], color=MODEL, lw=1.4, transform=axes.transAxes)
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


def _reports(crowd: Group, days: list[date]) -> list[tuple[str, float, float, float, str, int]]:
    """(region, value, low, high, use, day index) of the reports inside the shown days."""
    if not crowd.has("report_region", "report_day", "report_value", "report_use"):
        return []
    low, high = (crowd.numbers_or_nan(n, "report_value") for n in ("report_low", "report_high"))
    found = []
    for n, (region, day, value, use) in enumerate(
        zip(
            crowd.texts("report_region"),
            crowd.texts("report_day"),
            crowd.numbers("report_value"),
            crowd.texts("report_use"),
            strict=True,
        )
    ):
        try:
            index = (date.fromisoformat(day[:10]) - days[0]).days
        except ValueError:
            continue
        middle = value if known(value) else float(np.sqrt(low[n] * high[n]))
        if 0 <= index < len(days) and known(middle):
            found.append((region, middle, low[n], high[n], use, index))
    return found


SECTION = Section(
    "crowds",
    "Crowds by region, day by day",
    _fill,
    "Conditioned on these reports: the model has seen the filled dots. How well it predicts is in "
    "“Fit and misfit”.",
)
