"""The graded timeline: what was claimed, by whom, how good the claim is and what the model did with it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import SupportsFloat

import numpy as np

from interrex.report.blocks import Block, Cell, Figure, Row, Section, Span, Table
from interrex.report.figures import (
    FAINT,
    SIDES,
    crowd_axis,
    draw_band,
    drawing,
    label,
)
from interrex.report.focus import CROWD, busiest, crowd_days, outside
from interrex.report.naming import act_words, moment
from interrex.report.numbers import day_name, exact, iso_day, known, safe_url, short_day, shorten
from interrex.report.read import Absent, Group, Results
from interrex.store.manifest import Manifest
from interrex.words import GRADES, KNOWN_FROM_BASES

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


def side_of(act: str) -> str:
    """Which side of the crisis an act kind belongs to."""
    return next((side for side, acts in _SIDE_OF.items() if act in acts), "incumbent")


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("timeline", "text", "day", "use")
    blocks: list[Block] = []
    episode = _episode(results, group)
    if episode is not None:
        blocks.append(episode)
    blocks += _tables(results, group)
    return blocks


def _episode(results: Results, group: Group) -> Figure | None:
    """Acts as a staircase in time above the national crowd band."""
    try:
        nation = results.group("crowd").some_numbers("nation_present_post")
    except Absent:
        return None
    all_days = crowd_days(results)
    part = busiest(results, all_days)
    days = all_days[part]
    kinds, acts, places, written = (group.texts(name) for name in ("kind", "act", "place", "when_text"))
    chosen: list[tuple[float, str, str, str, bool]] = []
    seen: set[tuple[str, int]] = set()
    for n, x in enumerate(group.numbers("day") - part.start):
        if kinds[n] != "act" or not 0 <= x < len(days) or (acts[n], int(x)) in seen:
            continue
        seen.add((acts[n], int(x)))
        place = places[n] if places[n] not in ("", "nation") else ""
        hour = "T" in written[n]
        # An act of which only the day is known stands at noon, hollow, not at midnight.
        chosen.append((float(x) + (0 if hour else 0.5), act_words(acts[n]), place, acts[n], hour))
    chosen.sort(key=lambda act: act[0])
    total = len(chosen)
    if total > _MOST_ACTS:
        # Rare kinds tell more than the tenth arrest: the first of each kind, then the rarest.
        common = Counter(act[3] for act in chosen)
        firsts = {act[3]: i for i, act in reversed(list(enumerate(chosen)))}
        order = sorted(range(total), key=lambda i: (firsts[chosen[i][3]] != i, common[chosen[i][3]], i))
        chosen = [chosen[i] for i in sorted(order[:_MOST_ACTS])]
    band = results.bands(nation[:, part])
    with drawing(1.75 + 0.155 * max(len(chosen), 4)) as made:
        upper, lower = made.canvas.subplots(
            2, 1, sharex=True, height_ratios=[max(len(chosen), 4) * 0.155 + 0.1, 1.35]
        )
        span = len(days)
        for row, (x, text, place, act, hour) in enumerate(chosen):
            colour = SIDES[side_of(act)]
            upper.plot([x, x], [row, len(chosen)], color=FAINT, lw=0.5, zorder=1)
            upper.plot(
                [x], [row], "o", ms=4, color=colour, mfc=colour if hour else "white", mew=0.9, zorder=3
            )
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
        present = [side for side in SIDES if any(side_of(act[3]) == side for act in chosen)]
        for n, side in enumerate(present):
            upper.text(
                1.0,
                0.99 - n * 0.16 / max(made.canvas.get_figheight() - 1.6, 0.8),
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
    load = np.bincount([int(act[0]) for act in chosen], minlength=span)
    peaks = (
        f"the crowd peaks on {short_day(days[peak])}"
        if band[2][peak] >= CROWD
        else f"on no day does the model's median crowd reach {CROWD:.0f} people"
    )
    most = f", most on {short_day(days[int(np.argmax(load))])}" if total else ""
    title = f"{total} dated {'act' if total == 1 else 'acts'} in {span} days{most}; {peaks}"
    shown = (
        f" {len(chosen)} of {total} acts are drawn: the first of each kind, then the rarest."
        if (total > len(chosen))
        else ""
    )
    return Figure(
        title,
        made.svg,
        "Each dot is an act at its reported time (hollow: only the day is known); below, the model's number "
        f"of people in the street at once ({results.band_words}; logarithmic scale)."
        + shown
        + outside(results, all_days, part),
        "timeline/act timeline/day crowd/nation_present_post",
        f"Acts between {days[0]} and {days[-1]} above the national crowd: {title}.",
    )


def _tick(days: list[date], n: int) -> str:
    day = days[n]
    return f"{day.day} {day:%b}" if n == 0 or day.day == 1 else str(day.day)


_SIZED = ("crowd", "arrests", "deaths", "injuries")
"""Kinds whose value is a number of persons; the text of any other claim says its own figure."""


def _tables(results: Results, group: Group) -> list[Block]:
    """Claims that the model uses or is judged by, inside the window; the rest in a fold."""
    when, uses = group.numbers("day"), group.texts("use")
    shown = [n for n, use in enumerate(uses) if use in ("fit", "check") and _inside(results, when[n])]
    rest = sorted({*range(len(uses))} - {*shown})
    anchors = {claim: f"claim-{n}" for n, claim in enumerate(group.texts("claim"))}
    counts = Counter(uses)
    columns = (("When", ""), ("Claim", ""), ("Persons", "num"), ("Use", ""))
    key = f"Local time. * = the date is inferred: {KNOWN_FROM_BASES['inferred']}."
    blocks: list[Block] = []
    if shown:
        blocks.append(
            Table(
                columns,
                _rows(results, group, shown, anchors),
                f"The {len(shown)} {'claim' if len(shown) == 1 else 'claims'} inside the window that the model was conditioned on or is judged by, of "
                f"{len(uses)} in all ({counts['fit']} conditioned on, {counts['check']} kept for checking, "
                f"{len(uses) - counts['fit'] - counts['check']} context). {key}",
                look="timeline small",
            )
        )
    if rest:
        blocks.append(
            Table(
                columns,
                _rows(results, group, rest, anchors),
                "Claims that enter no calculation, and claims from before or after the simulated window. "
                + key,
                look="claims small",
                folded=f"The other {len(rest)} {'claim' if len(rest) == 1 else 'claims'}: background and context",
            )
        )
    return blocks


def _inside(results: Results, days: SupportsFloat) -> bool:
    day = results.day_of(days)
    return day is not None and results.text("window_start") <= day.isoformat() <= results.text("window_end")


def _rows(results: Results, group: Group, chosen: list[int], anchors: dict[str, str]) -> list[Row]:
    when = group.numbers("day")
    ids, texts, uses = group.texts("claim"), group.texts("text"), group.texts("use")
    columns = {
        name: group.texts(name)
        for name in (
            "when_text",
            "actor",
            "act",
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
    said = dict(zip(ids, texts, strict=True))
    value, low, high = (group.numbers(name) for name in ("value", "low", "high"))
    links = _source_links(results)
    rows: list[Row] = []
    last: str | None = None
    for n in chosen:
        day = results.day_of(when[n])
        heading = day_name(day) if day else "Undated"
        outside = day is not None and not _inside(results, when[n])
        if outside:
            heading = f"{'Before' if when[n] < 0 else 'After'} the simulated window"
        if heading != last:
            rows.append(Row((Cell(heading),), heading=True))
            last = heading
        what: list[Span] = []
        who = columns["actor"][n]
        if columns["act"][n]:
            words = ("no " if columns["kind"][n] == "absence" else "") + act_words(columns["act"][n])
            words = words[0].upper() + words[1:] + (f" ({who})" if who else "")
            what.append(Span(words + ". ", "strong"))
        what.append(Span(texts[n]))
        if columns["place"][n] not in ("", "nation"):
            what.append(Span(f" [{columns['place'][n]}]", "muted"))
        for other in filter(None, columns["conflicts"][n].split(";")):
            target = anchors.get(other, "")
            what.append(Span(" Conflicts with: ", "conflict"))
            what.append(Span(shorten(said.get(other, other), 70), "conflict", f"#{target}" if target else ""))
        grade = columns["grade"][n]
        what.append(Span("", "break"))
        what.append(Span((GRADES[grade] if grade in GRADES else f"grade {grade}") + " · ", "muted fine"))
        sources = [links.get(source, (source, "")) for source in columns["sources"][n].split(";") if source]
        for k, (publisher, url) in enumerate(sources):
            what += [Span("; " if k else "", "fine"), Span(publisher, "fine", url)]
        inferred = "*" if columns["known_from_basis"][n] == "inferred" else ""
        since = f"{' · ' if sources else ''}known from {iso_day(columns['known_from'][n])}{inferred}"
        what.append(Span(since, "muted fine"))
        kind, measure = columns["kind"][n], columns["measure"][n]
        size = _magnitude(value[n], low[n], high[n], measure, kind) if kind in _SIZED else ""
        rows.append(
            Row(
                (
                    Cell(
                        (
                            Span(
                                moment(columns["when_text"][n], None if outside else day),
                                f"anchor:{anchors[ids[n]]}",
                            ),
                        )
                    ),
                    Cell(tuple(what), "wide"),
                    Cell(size, "size", "timeline/value"),
                    Cell((Span(uses[n], f"badge {uses[n]}"),), f"use-{uses[n]}"),
                )
            )
        )
    return rows


_KINDS = {"arrests": " detained", "deaths": " dead", "injuries": " injured"}
_MEASURES = {"cumulative": "so far", "taking_part": "in the course of the day", "increment": "newly"}


def _magnitude(value: SupportsFloat, low: SupportsFloat, high: SupportsFloat, measure: str, kind: str) -> str:
    spread = f"{exact(low)} to {exact(high)}" if known(low) and known(high) and low != high else ""
    if known(value):
        size = exact(value) + (f" ({spread})" if spread else "")
    elif spread:
        size = spread
    else:
        return ""
    size += _KINDS.get(kind, "")
    if measure in ("", "present"):
        return size
    return size + f", {_MEASURES.get(measure, measure.replace('_', ' '))}"


def _source_links(results: Results) -> dict[str, tuple[str, str]]:
    sources = results.maybe("sources")
    if sources is None:
        return {}
    ids, publishers, urls = (sources.texts(name) for name in ("source", "publisher", "url"))
    return {s: (p or s, safe_url(u)) for s, p, u in zip(ids, publishers, urls, strict=True)}


SECTION = Section(
    "timeline",
    "Graded timeline",
    _fill,
    "What was reported when, how good the report is, and what the model did with it.",
)
