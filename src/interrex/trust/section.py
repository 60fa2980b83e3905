"""Trust by audience as a section of a report: sentences, one figure, one table."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number, prose
from interrex.report.figures import (
    ACCENT,
    BASE,
    INK,
    MODEL,
    MODEL_BAND,
    MODEL_BAND_WIDE,
    MUTED,
    SIDES,
    drawing,
    label,
)
from interrex.report.numbers import iso_day, said_days, shorten
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest
from interrex.trust import sentences
from interrex.trust.summary import HEAD, cells

HOUSES = (INK, ACCENT, *list(SIDES.values())[2:])
"""Colours of the houses with the most reports; the others are grey."""

MARKERS = "os^Dv"
GROUPS = {
    "level": "Level", "change": "Changes of the level, up to the last day", "act": "Acts", "gap": "Between audiences",
    "house": "Houses, against the mean of those of the same days", "parameter": "What the model learned of itself",
}  # fmt: skip


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("trust")
    found = group.dataset
    return [
        *(Callout(one, "verdict" if at == 0 else "note") for at, one in enumerate(sentences.verdict(found)[:1])),
        *(prose(one) for one in sentences.verdict(found)[1:]),
        _figure(group), _table(group), *(prose(one) for one in sentences.trials(found)),
        *(prose(one, "muted small") for one in sentences.mind(found)),
    ]  # fmt: skip


def _figure(group: Group) -> Figure:
    found = group.dataset
    days, audiences = found["day"].values.astype("datetime64[D]"), group.texts("audience")
    use, where = np.array(group.texts("report_use")), np.array(group.texts("report_audience"))
    houses, when = np.array(group.texts("report_house")), np.array(group.texts("report_day"), "datetime64[D]")
    names, counts = np.unique(houses, return_counts=True)
    named = names[np.argsort(-counts, kind="stable")][: len(HOUSES)].tolist()
    acts = sorted({one.about[:10] for one in sentences.said(found, "act")})
    with drawing(0.9 + 2.3 * len(audiences)) as made:
        grid = made.canvas.subplots(len(audiences), 1, sharex=True, squeeze=False)[:, 0]
        for a, axes in enumerate(grid):
            level, told = (100 * group.numbers(name)[:, :, a] for name in ("level", "told"))
            axes.fill_between(days, level[0], level[4], color=MODEL_BAND_WIDE, lw=0, label="level, 90 %")
            axes.fill_between(days, level[1], level[3], color=MODEL_BAND, lw=0, label="level, 50 %")
            axes.plot(days, level[2], color=MODEL, lw=1.4, label="level, median")
            axes.fill_between(days, told[0], told[4], color=BASE, alpha=0.45, lw=0, label="as told, 90 %")
            for house in [*named, None]:
                mine = (where == audiences[a]) & ((houses == house) if house else ~np.isin(houses, named))
                for kind in ("fit", "check"):
                    rows = mine & (use == kind)
                    if rows.any():
                        at = named.index(house) if house else len(named)
                        colour = HOUSES[at] if house else MUTED
                        axes.plot(
                            when[rows], 100 * group.numbers("report_share")[rows], MARKERS[at % len(MARKERS)], ms=2 if rows.sum() > 60 else 3.5,
                            color=colour, mfc=colour if kind == "fit" else "white", mew=0.5, zorder=3,
                            label=label(shorten(house or "other houses", 24)) + ("" if kind == "fit" else ", kept for checking"),
                        )  # fmt: skip
            for day in acts:
                axes.axvline(np.datetime64(day), color=MUTED, lw=0.6, ls=(0, (2, 2)), zorder=0)
            axes.set_ylim(0, 100)
            axes.set_yticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
            axes.grid(axis="y")
            axes.set_axisbelow(True)
            if len(audiences) > 1:
                axes.set_title(label(shorten(audiences[a], 60)))
        handles = {
            text: handle
            for axes in grid
            for handle, text in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        made.canvas.legend(
            list(handles.values()), list(handles), loc="outside lower center", ncols=4, frameon=False
        )
    marked = (
        f" Dashed: {'; '.join(dict.fromkeys(said_days(one.about) for one in sentences.said(found, 'act')))}."
        if acts
        else ""
    )
    what = sentences.QUANTITIES[group.attr("quantity")]
    return Figure(
        f"{what[0].upper()}{what[1:]}, {iso_day(group.attr('first'))} to {iso_day(group.attr('last'))}",
        made.svg,
        "Marks: reports. Grey: what is told to those who ask, on average over the houses. Blue: the level itself, with what all "
        f"reports share taken off as far as the prior knows it.{marked}",
        "trust/level trust/told",
        f"Share of {what} by day: reports, what is told, and the level.",
    )


def _table(group: Group) -> Table:
    kinds = [
        {"told": "level", "bias": "level", "scatter": "parameter"}.get(kind, kind)
        for kind in group.texts("item_kind")
    ]
    rows: list[Row] = []
    order = list(GROUPS)
    ranked = sorted(zip(kinds, cells(group.dataset), strict=True), key=lambda one: order.index(one[0]))
    for at, (kind, row) in enumerate(ranked):
        if at == 0 or ranked[at - 1][0] != kind:
            rows.append(Row((Cell(GROUPS[kind]),), heading=True))
        var = (
            "",
            *["trust/item_value"] * 2,
            "trust/item_share",
            "trust/item_prior_sd",
            "trust/item_sd",
            "trust/item_rests_on",
        )
        rows.append(Row((
            Cell(row[0]), *(number(text, name) for text, name in zip(row[1:-1], var[1:-1], strict=True)),
            Cell(row[-1], "strong" if row[-1] == "prior" else "", var[-1]),
        )))  # fmt: skip
    return Table(
        tuple((title, "num" if 0 < at < len(HEAD) - 1 else "") for at, title in enumerate(HEAD)),
        rows,
        "Median and 90 % on the logit scale, and in points at the level told. A posterior sd below half of the prior's: the reports "
        "tell it; from nine tenths on the answer is the prior; “bias”: most of what is left open is the bias that all reports share. Of parameters, values in their own units and sds of the log "
        "against the prior's.",
        look="small",
    )


SECTION = Section("trust", "Trust by audience", _fill)
