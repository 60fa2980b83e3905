"""Fit and misfit: agreement with what the model saw and did not see, and where shocks did the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number
from interrex.report.figures import CHECK, FAINT, INK, MUTED, drawing, label
from interrex.report.focus import busiest, outside
from interrex.report.numbers import (
    NONE,
    chance,
    count,
    figure,
    known,
    nats,
    short_day,
    shorten,
    signed,
)
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest

_LARGE = 2.5
"""A posterior shock beyond this many prior standard deviations is called unexplained."""


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("fit")
    blocks: list[Block] = [Callout(group.texts("verdict")[0], "verdict")]
    if group.texts("claim"):
        blocks.append(_observed(results, group))
    else:
        blocks.append(Callout("No report is known yet that the model could be held against.", "note"))
    blocks.append(_shocks(results, group))
    blocks += _gains(group)
    if group.texts("block_label"):
        blocks.append(_left_out(group))
    if group.texts("rank_what"):
        blocks.append(_ranks(group))
    if group.texts("claim"):
        blocks.append(_table(results, group))
    return blocks


def _ranks(group: Group) -> Table:
    when = {"prior": "Before any report", "posterior": "After the reports"}
    what = {"first": "the first with 300 people", "largest": "the largest on the peak day"}
    regions = len(group.texts("region"))
    rows = [
        Row(
            (
                Cell(f"{when[histories]}: {region} {what[was]} (rank {place:.0f} of {regions})"),
                number(chance(share), "fit/rank_share"),
            )
        )
        for histories, was, region, share, place in zip(
            group.texts("rank_when"), group.texts("rank_what"), group.texts("rank_region"),
            group.numbers("rank_share"), group.numbers("rank_place"), strict=True,
        )
    ]  # fmt: skip
    return Table(
        (("Which region", ""), ("Share of histories with a crowd", "num")),
        rows,
        "Whether the model puts the start and the worst where they were, before and after it saw the reports.",
        look="small",
    )


def _claims(results: Results, group: Group) -> list[tuple[str, str]]:
    """(kind, description) of each check, from its claim in the timeline where it has one."""
    labels = group.texts("label")
    timeline = results.maybe("timeline")
    if timeline is None:
        return [("", text) for text in labels]
    days = [results.day_of(d) for d in timeline.numbers("day")]
    found = {
        claim: (kind, text + (f" [{place}]" if place not in ("", "nation") else ""), day)
        for claim, kind, text, place, day in zip(
            timeline.texts("claim"), timeline.texts("kind"), timeline.texts("text"), timeline.texts("place"), days, strict=True
        )
    }  # fmt: skip
    out: list[tuple[str, str]] = []
    for claim, text in zip(group.texts("claim"), labels, strict=True):
        kind, words, day = found.get(claim, ("", text, None))
        out.append((kind, f"{short_day(day)}: {words}" if day else words))
    return out


def _observed(results: Results, group: Group) -> Figure:
    observed, median = group.some_numbers("observed"), group.some_numbers("q50")
    low, high = results.bounds(group.numbers("q05"), group.numbers("q95"))
    o_low, o_high = group.numbers("obs_low"), group.numbers("obs_high")
    uses = np.array(group.texts("use"))
    kinds = [kind for kind, _ in _claims(results, group)]
    usable: NDArray[np.bool_] = np.array([m == "persons" for m in group.texts("measure")])
    ends = [v for v in (observed, median, high) if np.isfinite(v).any()]
    top = max(float(np.nanmax(v[usable])) for v in ends) * 1.6 if usable.any() else 100.0
    floor = 0.8
    with drawing(3.1) as made:
        panels = made.canvas.subplots(1, 2, sharex=True, sharey=True)
        for axes, use, colour, head in (
            (panels[0], "fit", INK, "Conditioned on"),
            (panels[1], "check", CHECK, "Kept for checking"),
        ):
            axes.plot([floor, top], [floor, top], color=MUTED, lw=0.7)
            chosen = np.flatnonzero(usable & (uses == use))
            for n in chosen:
                x, y = max(observed[n], floor), max(median[n], floor)
                if known(low[n]) and known(high[n]):
                    axes.plot(
                        [x, x], [max(low[n], floor), max(high[n], floor)], color=colour, lw=0.7, alpha=0.55
                    )
                if known(o_low[n]) and known(o_high[n]) and o_high[n] > o_low[n]:
                    axes.plot(
                        [max(o_low[n], floor), max(o_high[n], floor)], [y, y], color=colour, lw=0.7, alpha=0.3
                    )
                mark = {"arrests": "s", "deaths": "^"}.get(kinds[n], "o")
                axes.plot(
                    [x], [y], mark, ms=3.6, color=colour, mfc=colour if use == "fit" else "white", mew=0.9
                )
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xlim(floor, top)
            axes.set_ylim(floor, top)
            axes.set_aspect("equal")
            axes.grid()
            axes.set_axisbelow(True)
            axes.set_title(f"{head}: {len(chosen)} reports", color=colour)
            axes.set_xlabel("reported, persons")
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(lambda v, _: f"{v / 1000:g}k" if v >= 1000 else f"{v:g}")
            axes.minorticks_off()
        panels[0].set_ylabel("model, persons")
        panels[1].text(
            0.04,
            0.95,
            "model above report",
            transform=panels[1].transAxes,
            fontsize=6.8,
            color=MUTED,
            va="top",
        )
        panels[1].text(
            0.97,
            0.04,
            "model below report",
            transform=panels[1].transAxes,
            fontsize=6.8,
            color=MUTED,
            ha="right",
        )
    told = {use: _coverage(group, usable & (uses == use)) for use in ("check", "fit")}
    title = (
        "Reports against the model's median, those it saw and those it never saw"
        if results.intervals_withheld
        else f"The 90 % band holds {told['check'].numbers} that the model never saw, and {told['fit'].numbers} that it saw"
    )
    return Figure(
        title,
        made.svg,
        "Each mark is a report (circle: crowd; square: newly detained; triangle: newly dead, since the report "
        "before): across what was reported, with the range it allows; up what the conditioned model predicts (median"
        + ("" if results.intervals_withheld else " and 90 % band")
        + "). On the diagonal they agree. Only the right panel is a test."
        + ("" if results.intervals_withheld else f" Never seen: {told['check'].rest}. Seen: {told['fit'].rest}."),
        "fit/observed fit/q50",
        title,
    )


@dataclass(frozen=True)
class Coverage:
    """What a band holds of some reports, in words: of the reported numbers, and of the rest that belongs beside it."""

    numbers: str
    rest: str


def _coverage(group: Group, chosen: NDArray[np.bool_]) -> Coverage:
    """Reported numbers inside the 90 % band; ranges, which are harder to miss, apart; and how wide the band is."""
    observed, low, high = group.numbers("observed"), group.numbers("q05"), group.numbers("q95")
    least, most = group.numbers("obs_low"), group.numbers("obs_high")
    ranged = chosen & (least < most)
    points = chosen & ~ranged
    inside = int((points & (observed >= low) & (observed <= high)).sum())
    met = int((ranged & (most >= low) & (least <= high)).sum())
    wide = (high + 1.0) / (low + 1.0)
    rest = f"{met} of {ranged.sum()} reported ranges meet it" if ranged.any() else "no ranges were reported"
    if chosen.any():
        rest += f"; in the median its ends lie a factor of {figure(float(np.median(wide[chosen])))} apart"
    return Coverage(f"{inside} of {points.sum()} reported numbers", rest)


_COOL = ("#ffffff", "#dbe9f3", "#a6c8e0", "#5c97bf", "#1f5f8b")
_WARM = ("#ffffff", "#f6e3d5", "#ecc3a5", "#d98a55", "#b3470f")


def _shade(value: float) -> str:
    level = min(4, int(abs(value) / (_LARGE / 4))) if known(value) else 0
    return (_COOL if value < 0 else _WARM)[level]


def _shocks(results: Results, group: Group) -> Figure:
    shock = group.some_numbers("shock_sd")
    regions = group.texts("region")
    days = [date.fromisoformat(text[:10]) for text in group.texts("day")]
    part = busiest(results, days)
    everywhere, every_day = shock, days
    shock, days = shock[part], days[part]
    names = regions
    crowd = results.maybe("crowd")
    if crowd is not None and crowd.has("region_name"):
        lookup = dict(zip(crowd.texts("region"), crowd.texts("region_name"), strict=True))
        names = [lookup.get(r, r) for r in regions]
    order = np.argsort(-np.nanmax(np.abs(shock), axis=0), kind="stable")
    with drawing(0.75 + 0.155 * len(regions)) as made:
        axes = made.canvas.subplots()
        for row, k in enumerate(order):
            for n in range(len(days)):
                value = shock[n, k]
                axes.add_patch(Rectangle((n, row), 1, 1, fc=_shade(value), ec=FAINT, lw=0.3))
                if known(value) and abs(value) >= 1:
                    axes.text(
                        n + 0.5,
                        row + 0.5,
                        f"{value:.1f}".replace("-", "−"),
                        ha="center",
                        va="center_baseline",
                        fontsize=5.8,
                        color="white" if abs(value) >= 1.9 else INK,
                    )
        axes.set_xlim(0, len(days))
        axes.set_ylim(len(regions), 0)
        axes.set_xticks(
            [n + 0.5 for n in range(len(days))],
            [f"{d.day} {d:%b}" if n == 0 or d.day == 1 else str(d.day) for n, d in enumerate(days)],
        )
        axes.set_yticks([n + 0.5 for n in range(len(regions))], [label(shorten(names[k], 26)) for k in order])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    # Sizes are told over the whole window, not only the days drawn.
    size = np.nan_to_num(np.abs(everywhere))
    big = int((size > _LARGE).sum())
    top_day, top_region = np.unravel_index(int(np.argmax(size)), size.shape)
    value = signed(everywhere[top_day, top_region])
    where = f"{label(names[top_region])} on {short_day(every_day[top_day])} ({value} sd)"
    title = (
        f"Common shocks beyond {_LARGE} sd on {big} region-days, largest in {where}"
        if big
        else f"No single shock beyond {_LARGE} prior standard deviations; largest in {where}"
    )
    return Figure(
        title,
        made.svg,
        "Shock audit: posterior mean of the unexplained shock by day and region, in prior standard deviations. "
        f"Orange: more people than the mechanisms explain; blue: fewer; white: within {_LARGE / 4:.1f}. Values of 1 "
        "and more are written out; many small shocks that agree can still carry most of the fit (table below)."
        + outside(results, every_day, part),
        "fit/shock_sd",
        title,
    )


def _gains(group: Group) -> list[Block]:
    rows: list[Row] = []
    for name, text, write in (
        ("log_gain_mechanisms", "Gain in log likelihood from the mechanisms", nats),
        ("log_gain_shocks", "Gain from the common shocks", nats),
        ("shock_share", "Share of the gain that shocks supply", chance),
        ("largest_shock", "Largest shock, in prior standard deviations", figure),
        ("share_fit_inside", "Numbers conditioned on that lie inside the 95 % predictive range", chance),
        ("share_check_inside", "Numbers kept for checking that lie inside it", chance),
        ("prior_event_probability", "Probability of such an event before any report", chance),
    ):
        value = float(group.numbers(name))
        if known(value):
            rows.append(Row((Cell(text), number(write(value), f"fit/{name}"))))
    return [Table((("What explains the sequence", ""), ("", "num")), rows, look="small")] if rows else []


def _left_out(group: Group) -> Table:
    score = group.numbers("block_log_score")
    base, reports = group.numbers("block_baseline"), group.numbers("block_reports")
    rows = [
        Row(
            (
                Cell(f"{text[:1].upper()}{text[1:]} ({reports[n]:.0f} {'report' if reports[n] == 1 else 'reports'})"),
                number(nats(score[n]), "fit/block_log_score"),
                number(nats(base[n]), "fit/block_baseline"),
                number(nats(score[n] - base[n]), "fit/block_log_score fit/block_baseline", "num strong"),
                Cell(
                    "model better"
                    if score[n] > base[n]
                    else "baseline better"
                    if score[n] < base[n]
                    else NONE
                ),
            )
        )
        for n, text in enumerate(group.texts("block_label"))
    ]
    return Table(
        (("Left out", ""), ("Model", "num"), ("Baseline", "num"), ("Difference", "num"), ("", "")),
        rows,
        "Log score of blocks of reports that were left out and then predicted: higher is better.",
        look="small",
    )


def _table(results: Results, group: Group) -> Table:
    low, high = results.bounds(group.numbers("q05"), group.numbers("q95"))
    observed, median, p = (
        group.numbers("observed"),
        group.numbers("q50"),
        group.numbers("p"),
    )
    doubt, measures = group.numbers("dismissed"), group.texts("measure")
    claims, uses = _claims(results, group), group.texts("use")
    labels = [text for _, text in claims]
    withheld = bool(results.intervals_withheld)
    order = sorted(range(len(labels)), key=lambda n: (uses[n] != "check", p[n]))
    rows: list[Row] = []
    last = None
    for n in order:
        if uses[n] != last:
            last = uses[n]
            head = "Kept for checking" if last == "check" else "Conditioned on"
            rows.append(Row((Cell(head),), heading=True))
        write = chance if measures[n] == "share" else count
        new = " (new since the report before)" if claims[n][0] in ("arrests", "deaths") else ""
        cells = [
            Cell((Span(labels[n]), Span(new, "muted"))),
            number(write(observed[n]), "fit/observed"),
            number(write(median[n]), "fit/q50"),
        ]
        if not withheld:
            cells.append(number(f"{write(low[n])} to {write(high[n])}", "fit/q05 fit/q95"))
        cells.append(number(chance(p[n]), "fit/p", "num minus-2" if p[n] < 0.05 else "num"))
        cells.append(number(chance(doubt[n]) if known(doubt[n]) else "", "fit/dismissed"))
        rows.append(Row(tuple(cells)))
    columns = [("Report", ""), ("Reported", "num"), ("Model, median", "num")]
    columns += [] if withheld else [("90 % band", "num")]
    return Table(
        (*columns, ("Predictive p", "num"), ("Dismissed", "num")),
        rows,
        "Posterior predictive checks, worst first: p is the probability, by the model, of a report at least as far "
        "off. Below 5 % is a misfit (shaded). Dismissed: probability, after all reports, that its source did not know.",
        look="small",
        folded=f"All {len(labels)} predictive checks",
    )


SECTION = Section(
    "fit",
    "Fit and misfit",
    _fill,
    "Agreement with reports that the model saw proves nothing; look at those it did not see.",
)
