"""What the model expects before it has seen the case: free histories from the prior."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number
from interrex.report.figures import CHECK, MODEL, drawing, label
from interrex.report.numbers import chance, count, exact, figure, known
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest

_MOST = 8


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("prior_check", "label", "value")
    blocks: list[Block] = [_table(group)]
    if group.numbers("first").max(initial=0.0) > 0:
        blocks.append(_places(results, group))
    blocks.append(Callout(_lock(group), "note", "Lock on the priors"))
    return blocks


def _lock(group: Group) -> str:
    """What the lock beside the case proves, and no more."""
    day = group.texts("lock_day")[0]
    if not day:
        return "No priors.lock lies beside this case: nothing shows whether its priors were changed after a run."
    priors = "are those of" if group.numbers("lock_priors") == 1 else "have changed since"
    model = "is that of" if group.numbers("lock_model") == 1 else "has changed since"
    return (
        f"The declared numbers of priors and likelihood {priors} the lock dated {day}; the text of the model {model} it. "
        "A lock cannot show what was run before it was written."
    )


def _table(group: Group) -> Table:
    value, low, high, least, most = (
        group.numbers(name) for name in ("value", "low", "high", "wanted_low", "wanted_high")
    )
    rows: list[Row] = []
    for n, (text, share) in enumerate(zip(group.texts("label"), group.numbers("share"), strict=True)):
        write = chance if share else count if value[n] >= 100 else figure
        asked = known(least[n])
        met = least[n] <= value[n] <= most[n]
        badge = (Span("met" if met else "missed", "badge good" if met else "badge bad"),) if asked else ""
        rows.append(
            Row(
                (
                    Cell(text[:1].upper() + text[1:]),
                    number(write(value[n]), "prior_check/value", "num strong"),
                    number(f"{write(low[n])} to {write(high[n])}", "prior_check/low prior_check/high"),
                    number(
                        f"{write(least[n])} to {write(most[n])}" if asked else "",
                        "prior_check/wanted_low prior_check/wanted_high",
                    ),
                    Cell(badge),
                )
            )
        )
    given = group.texts("shock")[0] or "nothing"
    return Table(
        (("Before any report", ""), ("Model", "num"), ("90 % interval", "num"), ("Wanted", "num"), ("", "")),
        rows,
        f"From {exact(group.number('members'))} histories drawn from the prior alone; given: {given}. Wanted: what other "
        "countries and quiet years show. A model that expects an uprising every month proves nothing by one.",
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
    top, worst = names[int(np.argmax(first))], names[int(np.argmax(largest))]
    both = (
        f"{label(top)} starts and has the largest crowd"
        if top == worst
        else (f"{label(top)} starts, {label(worst)} has the largest crowd")
    )
    return Figure(
        f"Where the prior expects it: {both} most often",
        made.svg,
        f"Shares of the {group.numbers('moved'):.0f} histories from the prior in which any crowd of 300 forms; the "
        f"{len(order)} regions named most often.",
        "prior_check/first prior_check/largest",
        "Where histories from the prior start and are largest.",
    )


SECTION = Section(
    "prior-check",
    "What the model expects before it has seen the case",
    _fill,
    "Free histories: nothing of the crisis is given but the shock of the case, if it has one.",
)
