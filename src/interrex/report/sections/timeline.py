"""The graded timeline: what was claimed, by whom, how good the claim is and what the model did with it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, SupportsFloat

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from interrex.report.blocks import Block, Cell, Figure, Row, Section, Span, Table
from interrex.report.figures import (
    FAINT,
    MODEL,
    MODEL_BAND,
    MODEL_BAND_WIDE,
    SIDES,
    crowd_axis,
    drawing,
    label,
)
from interrex.report.focus import busiest, crowd_days
from interrex.report.numbers import day_name, exact, known, safe_url, short_day, shorten
from interrex.report.read import Absent, Floats, Group, Results
from interrex.words import ACTS, GRADES, KNOWN_FROM_BASES

_MOST_ACTS = 26

_SIDE_OF = {
    "old ruler and kin": (
        "predecessor_appears",
        "predecessor_supports",
        "predecessor_speaks_against",
        "kin_appears",
        "kin_resigns",
    ),
    "street and opposition": ("exile_claims", "opposition_calls", "organised_seizure"),
    "patron and other states": (
        "patron_accepts",
        "patron_refuses",
        "patron_deploys",
        "patron_withdraws",
        "patron_supports",
        "foreign_condemns",
        "foreign_supports",
        "foreign_mediation",
        "annexation_demand",
    ),
    "security organs and elite": (
        "army_refuses",
        "stand_down",
        "elite_defects",
        "coup_attempt",
        "clear_square",
        "firm_cuts_output",
        "market_halt",
    ),
}


def act_words(act: str) -> str:
    """An act kind as a noun phrase."""
    return ACTS.get(act, act.replace("_", " "))


def side_of(act: str) -> str:
    """Which side of the crisis an act kind belongs to."""
    return next((side for side, acts in _SIDE_OF.items() if act in acts), "incumbent")


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("timeline", "text", "day", "use")
    blocks: list[Block] = []
    episode = _episode(results, group)
    if episode is not None:
        blocks.append(episode)
    blocks.append(_table(results, group))
    return blocks


def _episode(results: Results, group: Group) -> Figure | None:
    """Acts as a staircase in time above the national crowd band."""
    try:
        crowd = results.group("crowd", "nation_present_post")
        all_days = crowd_days(results)
    except Absent:
        return None
    part = busiest(results, all_days)
    days = all_days[part]
    first = (days[0] - all_days[0]).days
    offset = (all_days[0] - (results.window_start or all_days[0])).days + first
    when, kinds, acts = group.numbers("day"), group.texts("kind"), group.texts("act")
    names = place_names(results)
    places = [names.get(place, place) for place in group.texts_or_blank("place", "text")]
    uses = group.texts("use")
    chosen: list[tuple[float, str, str, str]] = []
    seen: set[tuple[str, int]] = set()
    for n in np.argsort(when, kind="stable").tolist():
        x = when[n] - offset
        key = (acts[n], int(np.floor(x))) if known(x) else ("", 0)
        if kinds[n] != "act" or not acts[n] or key in seen or not known(x) or not 0 <= x < len(days):
            continue
        seen.add(key)
        place = places[n] if places[n] not in ("", "nation") else ""
        chosen.append((float(x), act_words(acts[n]), place, acts[n]))
    total = len(chosen)
    if total > _MOST_ACTS:
        # Rare kinds tell more than the tenth arrest: the first of each kind, then the rarest.
        common = Counter(act for *_, act in chosen)
        firsts = {act: i for i, (*_, act) in reversed(list(enumerate(chosen)))}
        order = sorted(range(total), key=lambda i: (firsts[chosen[i][3]] != i, common[chosen[i][3]], i))
        chosen = [chosen[i] for i in sorted(order[:_MOST_ACTS])]
    band = results.bands(crowd.some_numbers("nation_present_post")[:, part])
    height = 1.75 + 0.155 * max(len(chosen), 4)
    with drawing(height) as made:
        upper, lower = made.canvas.subplots(
            2, 1, sharex=True, height_ratios=[max(len(chosen), 4) * 0.155 + 0.1, 1.35]
        )
        span = len(days)
        for row, (x, text, place, act) in enumerate(chosen):
            colour = SIDES[side_of(act)]
            upper.plot([x, x], [row, len(chosen)], color=FAINT, lw=0.5, zorder=1)
            upper.plot([x], [row], "o", ms=4, color=colour, zorder=3)
            late = x > 0.68 * span
            words = label(text + (f", {place}" if place else ""))
            upper.annotate(
                shorten(words, 58),
                (x, row),
                xytext=(-5 if late else 5, 0),
                textcoords="offset points",
                ha="right" if late else "left",
                va="center",
                color=colour,
                fontsize=7,
            )
        upper.set_ylim(len(chosen) - 0.3, -0.7)
        upper.set_yticks([])
        upper.spines["left"].set_visible(False)
        upper.spines["bottom"].set_visible(False)
        upper.tick_params(bottom=False)
        present = [side for side in SIDES if any(side_of(act) == side for *_, act in chosen)]
        for n, side in enumerate(present):
            upper.text(
                1.0,
                0.99 - n * 0.16 / max(height - 1.6, 0.8),
                f"● {side}",
                transform=upper.transAxes,
                ha="right",
                va="top",
                color=SIDES[side],
                fontsize=7,
                fontweight="bold",
            )
        draw_band(lower, np.arange(span) + 0.5, band)
        crowd_axis(lower, float(np.nanmax(band)) * 1.4)
        lower.set_ylabel("persons in the street")
        lower.set_xlim(0, span)
        lower.set_xticks([n + 0.5 for n in range(span)], [_tick(days, n) for n in range(span)])
        for n in range(span + 1):
            for axes in (upper, lower):
                axes.axvline(n, color=FAINT, lw=0.4, zorder=0)
        lower.set_title("National crowd, conditioned on these reports")
    peak = int(np.nanargmax(band[2]))
    title = f"{total} dated acts in {span} days; the crowd peaks on {short_day(days[peak])}"
    shown = (
        f" {len(chosen)} of {total} acts are drawn: the first of each kind, then the rarest."
        if (total > len(chosen))
        else ""
    )
    used = sum(use == "fit" for use in uses)
    return Figure(
        title,
        made.svg,
        "Each dot is an act at its reported time; below it, on the same days, the number of people "
        "in the street: "
        f"{results.band_words}, logarithmic scale. {used} of the {len(uses)} claims are "
        "conditioned on." + shown,
        "timeline/act timeline/day crowd/nation_present_post",
        f"{total} acts between {days[0]} and {days[-1]} above the national crowd, which peaks on "
        f"{days[peak]}.",
    )


def _tick(days: list[date], n: int) -> str:
    day = days[n]
    return f"{day.day} {day:%b}" if n == 0 or day.day == 1 else str(day.day)


def draw_band(axes: Axes, x: NDArray[Any], band: Floats, floor: float = 1.0) -> None:
    """Median line over the central 50 % and 90 % bands; ``band`` is (5 quantiles, x)."""
    band = np.where(np.isfinite(band), np.maximum(band, floor), np.nan)
    if np.isfinite(band[0]).any():
        axes.fill_between(x, band[0], band[4], color=MODEL_BAND_WIDE, lw=0)
        axes.fill_between(x, band[1], band[3], color=MODEL_BAND, lw=0)
    axes.plot(x, band[2], color=MODEL, lw=1.4)


def _table(results: Results, group: Group) -> Table:
    when = group.numbers("day")
    order = np.argsort(np.where(np.isfinite(when), when, -np.inf), kind="stable")
    ids, texts, uses = group.texts("claim"), group.texts("text"), group.texts("use")
    anchors = {claim: f"claim-{n}" for n, claim in enumerate(ids)}
    columns = {
        name: group.texts_or_blank(name, "text")
        for name in (
            "when_text",
            "actor",
            "act",
            "target",
            "place",
            "grade",
            "known_from",
            "known_from_basis",
            "sources",
            "conflicts",
            "measure",
            "kind",
        )
    }
    value, low, high = (group.numbers_or_nan(name, "text") for name in ("value", "low", "high"))
    weight = group.numbers_or_nan("weight", "text")
    links = _source_links(results)
    where = place_names(results)
    rows: list[Row] = []
    last: str | None = None
    for n in order.tolist():
        day = results.day_of(when[n])
        heading = day_name(day) if day else "Undated"
        start, end = results.text("window_start"), results.text("window_end")
        if day and start and day.isoformat() < start:
            heading = f"Before {start}"
        elif day and end and day.isoformat() > end:
            heading = f"After {end}"
        if heading != last:
            rows.append(Row((Cell(heading),), heading=True))
            last = heading
        what: list[Span] = []
        if columns["act"][n]:
            what.append(Span(act_words(columns["act"][n]) + ". ", "strong"))
        what.append(Span(texts[n]))
        if columns["place"][n] not in ("", "nation"):
            what.append(Span(f" [{where.get(columns['place'][n], columns['place'][n])}]", "muted"))
        for other in filter(None, columns["conflicts"][n].split(";")):
            target = anchors.get(other.strip(), "")
            what.append(Span(" Conflicts with: ", "conflict"))
            what.append(Span(other.strip(), "conflict", f"#{target}" if target else ""))
        known_from = columns["known_from"][n]
        if columns["known_from_basis"][n] == "inferred":
            known_from += "*"
        said: list[Span] = []
        for source in filter(None, (s.strip() for s in columns["sources"][n].split(";"))):
            publisher, url = links.get(source, (source, ""))
            said += [Span("; " if said else ""), Span(publisher, "", url)]
        use = uses[n] if uses[n] in ("fit", "check", "context") else "context"
        badge = [Span(use, f"badge {use}")]
        if known(weight[n]) and use == "fit":
            badge.append(Span(f" {weight[n]:.2f}", "muted", var="timeline/weight"))
        grade: str = columns["grade"][n]
        rows.append(
            Row(
                (
                    Cell((Span(_hour(columns["when_text"][n], day), f"anchor:{anchors[ids[n]]}"),)),
                    Cell(tuple(what), "wide"),
                    Cell(
                        _magnitude(value[n], low[n], high[n], columns["measure"][n], columns["kind"][n]),
                        "num",
                        "timeline/value",
                    ),
                    Cell(tuple(badge), f"use-{use}"),
                    Cell(GRADES[grade] if grade in GRADES else grade),
                    Cell(known_from),
                    Cell(tuple(said), "sources"),
                )
            )
        )
    counts = Counter(uses)
    return Table(
        (
            ("When", ""),
            ("Claim", ""),
            ("Size", "num"),
            ("Use", ""),
            ("Grade", ""),
            ("Known from", ""),
            ("Sources", ""),
        ),
        rows,
        f"{len(uses)} claims: {counts['fit']} conditioned on, {counts['check']} kept for checking, "
        f"{len(uses) - counts['fit'] - counts['check']} context. Local time. * = the date is inferred: "
        f"{KNOWN_FROM_BASES['inferred']}. The number beside “fit” is the weight: how far the model "
        "took a claim at its word (0 to 1).",
        look="timeline small",
    )


def _hour(text: str, day: date | None) -> str:
    """The time as the case gives it, without the day that stands in the row above."""
    if day is None:
        return text
    hour = text.replace(f"{day.isoformat()}T", "").replace(day.isoformat(), "").removeprefix("/")
    return f"{hour} h" if len(hour.lstrip("~")) == 2 else hour


def place_names(results: Results) -> dict[str, str]:
    """Names of regions and units by id, as far as the run stored them."""
    names: dict[str, str] = {}
    shapes, crowd = results.maybe("map"), results.maybe("crowd")
    if shapes is not None and shapes.has("unit", "unit_name"):
        names.update(zip(shapes.texts("unit"), shapes.texts("unit_name"), strict=True))
    if crowd is not None and crowd.has("region", "region_name"):
        names.update(zip(crowd.texts("region"), crowd.texts("region_name"), strict=True))
    return names


def _magnitude(value: SupportsFloat, low: SupportsFloat, high: SupportsFloat, measure: str, kind: str) -> str:
    spread = f"{exact(low)} to {exact(high)}" if known(low) and known(high) and low != high else ""
    if known(value):
        size = exact(value) + (f" ({spread})" if spread else "")
    elif spread:
        size = spread
    else:
        return ""
    if kind in ("arrests", "deaths", "injuries"):
        size += f" {kind}"
    return size + (f", {measure.replace('_', ' ')}" if measure and measure != "present" else "")


def _source_links(results: Results) -> dict[str, tuple[str, str]]:
    sources = results.maybe("sources")
    if sources is None or not sources.has("source"):
        return {}
    ids = sources.texts("source")
    publishers, urls = sources.texts_or_blank("publisher", "source"), sources.texts_or_blank("url", "source")
    return {s: (p or s, safe_url(u)) for s, p, u in zip(ids, publishers, urls, strict=True)}


SECTION = Section(
    "timeline",
    "Graded timeline",
    _fill,
    "Every claim known at the as-of date, with its grade and what the model did with it.",
)
