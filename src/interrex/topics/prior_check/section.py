"""What the model expects before it has seen the case: free histories from the prior."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Cell, Figure, Row, Section, Span, Table, number
from interrex.report.figures import CHECK, MODEL, drawing, label
from interrex.report.numbers import chance, count, figure, known
from interrex.report.read import Group, Results

_MOST = 8
_SHARES = ("share", "probability", "prior probability")


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("prior_check", "label", "value")
    blocks: list[Block] = [_table(results, group)]
    if group.has("first", "largest") and group.numbers("first").max(initial=0.0) > 0:
        blocks.append(_places(results, group))
    return blocks


def _table(results: Results, group: Group) -> Table:
    value = group.some_numbers("value")
    low, high, wanted_low, wanted_high = (
        group.numbers_or_nan(n, "value") for n in ("low", "high", "wanted_low", "wanted_high")
    )
    low, high = results.bounds(low, high)
    some_wanted, some_range = np.isfinite(wanted_low).any(), np.isfinite(low).any()
    rows = []
    for n, text in enumerate(group.texts("label")):
        write = chance if text.lower().startswith(_SHARES) else count if value[n] >= 100 else figure
        cells = [
            Cell(text[:1].upper() + text[1:]),
            number(write(value[n]), "prior_check/value", "num strong"),
        ]
        if some_range:
            shown = f"{write(low[n])} to {write(high[n])}" if known(low[n]) and known(high[n]) else ""
            cells.append(number(shown, "prior_check/low prior_check/high"))
        if some_wanted:
            asked = known(wanted_low[n]) and known(wanted_high[n])
            shown = f"{write(wanted_low[n])} to {write(wanted_high[n])}" if asked else ""
            cells.append(number(shown, "prior_check/wanted_low prior_check/wanted_high"))
            met = asked and wanted_low[n] <= value[n] <= wanted_high[n]
            badge = Span("met" if met else "missed", "badge good" if met else "badge bad")
            cells.append(Cell((badge,) if asked else ""))
        rows.append(Row(tuple(cells)))
    columns = [("Before any report", ""), ("Model", "num")]
    columns += [("90 % interval", "num")] if some_range else []
    columns += [("Wanted", "num"), ("", "")] if some_wanted else []
    members = group.attr("members")
    caption = (
        f"From {members} histories drawn from the prior alone. " if members else "From the prior alone. "
    )
    caption += "Wanted: what other countries and quiet years show. " if some_wanted else ""
    return Table(
        tuple(columns), rows, caption + "A model that expects an uprising every month proves nothing by one."
    )


def _places(results: Results, group: Group) -> Figure:
    first, largest = group.some_numbers("first"), group.some_numbers("largest")
    names = group.texts("region")
    crowd = results.maybe("crowd")
    if crowd is not None and crowd.has("region_name"):
        lookup = dict(zip(crowd.texts("region"), crowd.texts("region_name"), strict=True))
        names = [lookup.get(name, name) for name in names]
    order = [n for n in np.lexsort((-largest, -first)).tolist() if first[n] > 0 or largest[n] > 0][:_MOST]
    with drawing(0.45 + 0.24 * len(order)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(order):
            axes.barh([row - 0.19], [100 * first[n]], height=0.34, color=MODEL)
            axes.barh([row + 0.19], [100 * largest[n]], height=0.34, color=CHECK)
        axes.set_yticks(range(len(order)), [label(names[n]) for n in order])
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.set_xlabel("% of the histories in which a crowd forms")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        for n, (text, colour) in enumerate(
            (("■ first to have a crowd", MODEL), ("■ has the largest crowd", CHECK))
        ):
            axes.text(
                1,
                0.02 + (1 - n) * 0.11,
                text,
                color=colour,
                transform=axes.transAxes,
                ha="right",
                va="bottom",
            )
    moved = group.attr("moved")
    top, worst = names[int(np.argmax(first))], names[int(np.argmax(largest))]
    both = (
        f"{label(top)} starts and has the largest crowd"
        if top == worst
        else (f"{label(top)} starts, {label(worst)} has the largest crowd")
    )
    return Figure(
        f"Where the prior expects it: {both} most often",
        made.svg,
        "Shares of the histories from the prior in which any crowd of 300 forms"
        + (f" ({moved} of them)" if moved else "")
        + f"; the {len(order)} regions named most often.",
        "prior_check/first prior_check/largest",
        "Where histories from the prior start and are largest.",
    )


SECTION = Section(
    "prior-check",
    "What the model expects before it has seen the case",
    _fill,
    "Free histories: the price shock is given, nothing else of the crisis is.",
)
