"""Counterfactuals: the same histories with one act changed."""

from __future__ import annotations

import math
from textwrap import fill
from typing import SupportsFloat

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number
from interrex.report.figures import BASE, INK, MODEL, drawing, label
from interrex.report.naming import act_words
from interrex.report.numbers import NONE, WITHHELD, chance, count, known, shorten, signed
from interrex.report.read import Floats, Group, Results
from interrex.store.manifest import Manifest

_TOLD = 3
"""Later acts told in one cell."""
_BEYOND = "beyond the model's range"


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("counterfactuals")
    group.some_numbers("compared")
    return [_forest(results, group), _table(results, group), *_changes(group), Callout(_pairing(group), "note", "Pairing")]


def _person(value: SupportsFloat) -> str:
    """Persons, or that there are more than the model can follow."""
    return _BEYOND if value == math.inf else count(value)


def _change(value: SupportsFloat) -> str:
    """A signed number of persons."""
    if math.isinf(float(value)):
        return f"{'+' if float(value) > 0 else '−'} {_BEYOND}"
    if not known(value):
        return NONE
    value = float(value)
    size = abs(value)
    text = count(size) if size >= 10 else f"{size:.1f}".removesuffix(".0")
    return text if text == "0" else ("+" if value > 0 else "−") + text


def _ends(low: SupportsFloat, high: SupportsFloat) -> str:
    """An interval that may be open at either end, where histories leave the range of the model."""
    low, high = float(low), float(high)
    if math.isnan(low) or math.isnan(high):
        return WITHHELD
    if math.isinf(low) and math.isinf(high):
        return "open at both ends" if low < high else _change(low)
    if math.isinf(high):
        return f"{_change(low)} or more"
    if math.isinf(low):
        return f"{_change(high)} or less"
    return f"{_change(low)} to {_change(high)}"


def _forest(results: Results, group: Group) -> Figure:
    labels, metrics = group.texts("label"), group.texts("metric_label")
    diff, direct = group.numbers("diff"), group.numbers("direct")
    low, high = results.bounds(group.numbers("diff_low"), group.numbers("diff_high"))
    d_low, d_high = results.bounds(group.numbers("direct_low"), group.numbers("direct_high"))
    with drawing(0.95 + 0.34 * len(labels)) as made:
        grid = made.canvas.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
        for m, axes in enumerate(grid):
            drawn = np.concatenate([v[:, m] for v in (diff, direct, low, high, d_low, d_high)])
            edge = 1.2 * float(np.abs(drawn[np.isfinite(drawn)]).max(initial=1.0))
            for row in range(len(labels)):
                for y, value, lo, hi, colour, mark in (
                    (row - 0.13, diff[row, m], low[row, m], high[row, m], MODEL, "o"),
                    (row + 0.2, direct[row, m], d_low[row, m], d_high[row, m], BASE, "s"),
                ):
                    if not math.isnan(lo) and not math.isnan(hi):
                        ends = np.clip([lo, hi], -edge, edge)
                        axes.plot(ends, [y, y], color=colour, lw=1.6)
                        for end, sign in ((lo, "<"), (hi, ">")):
                            if math.isinf(end):
                                axes.plot([math.copysign(edge, end)], [y], sign, ms=4.0, color=colour)
                    if known(value):
                        axes.plot([value], [y], mark, ms=4.6 if mark == "o" else 3.4, color=colour)
            axes.axvline(0, color=INK, lw=0.7)
            axes.set_title(fill(label(shorten(metrics[m], 60)), 20), fontsize=7.2)
            axes.set_xlabel("difference", fontsize=7)
            axes.margins(x=0.12)
            axes.locator_params(axis="x", nbins=3)
            axes.grid(axis="x")
            axes.set_axisbelow(True)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.xaxis.set_major_formatter(lambda v, _: _short(v))
        grid[0].set_yticks(range(len(labels)), [label(shorten(text, 44)) for text in labels])
        grid[0].set_ylim(len(labels) - 0.5, -0.6)
    clear = (low > 0) | (high < 0)
    if results.intervals_withheld:
        title = (
            _largest(group, diff)
            + " (intervals withheld: none can be called clear; effects are compared beside what they change)"
        )
    elif not clear.any():
        title = "No single act, changed, changes the result clearly: every interval includes zero"
    else:
        acts = [label(labels[row]) for row in np.flatnonzero(clear.any(axis=1))]
        told = ", ".join(shorten(a, 40) for a in acts[:3]) + (", …" if len(acts) > 3 else "")
        title = f"{clear.sum()} of {clear.size} differences are clear of zero: {told}"
    return Figure(
        title,
        made.svg,
        f"Median of counterfactual minus factual over {group.numbers('pairs'):.0f} pairs of histories, the same parameters "
        "and noise in both, identical until the intervention. Circles: total effect, later acts free to change; grey "
        "squares: direct effect, later acts held at their dates"
        + ("." if results.intervals_withheld else "; lines: 90 % intervals, with an arrow where they are open."),
        "counterfactuals/diff counterfactuals/direct",
        title,
    )


def _largest(group: Group, diff: Floats) -> str:
    """Which act, changed, moves a metric most beside what it was."""
    factual = group.numbers("factual")
    size = np.abs(diff) / np.maximum(factual, 1.0)
    size = np.where(np.isfinite(size), size, -1.0)
    row, m = (int(i) for i in np.unravel_index(int(np.argmax(size)), size.shape))
    if size[row, m] <= 0:
        return "No act, changed, moves the median of any result"
    return f"Largest effect: “{label(group.texts('label')[row])}”, {label(group.texts('metric_label')[m])} {_change(diff[row, m])}"


def _short(value: float) -> str:
    text = f"{value / 1000:g}k" if abs(value) >= 1000 else f"{value:g}"
    return text.replace("-", "−")


def _table(results: Results, group: Group) -> Table:
    labels, metrics = group.texts("label"), group.texts("metric_label")
    factual, counter, diff, direct = (group.numbers(name) for name in ("factual", "counter", "diff", "direct"))
    low, high = results.bounds(group.numbers("diff_low"), group.numbers("diff_high"))
    withheld = bool(results.intervals_withheld)
    rows: list[Row] = []
    for n, text in enumerate(labels):
        rows.append(Row((Cell(text),), heading=True))
        for m, metric in enumerate(metrics):
            spans = "counterfactuals/diff_low counterfactuals/diff_high"
            bounds = () if withheld else (number(_ends(low[n, m], high[n, m]), spans),)
            rows.append(
                Row(
                    (
                        Cell(metric[:1].upper() + metric[1:]),
                        number(_person(factual[n, m]), "counterfactuals/factual"),
                        number(_person(counter[n, m]), "counterfactuals/counter"),
                        number(_change(diff[n, m]), "counterfactuals/diff", "num strong"),
                        *bounds,
                        number(_change(direct[n, m]), "counterfactuals/direct"),
                    )
                )
            )
    return Table(
        (
            ("Metric", ""),
            ("As it was", "num"),
            ("Counterfactual", "num"),
            ("Difference", "num"),
            *(() if withheld else (("90 % interval", "num"),)),
            ("Direct effect", "num"),
        ),
        rows,
        "Medians over histories; the median of the differences need not be the difference of the medians. Counts "
        "from the intervention on, so “as it was” differs between interventions.",
        look="small",
    )


def _pairing(group: Group) -> str:
    """What pairing gained, whether replays are exact, and how many histories left the range of the model."""
    pairs = int(group.numbers("pairs"))
    told = [f"{group.numbers('replayed'):.0f} of {pairs} members replay the factual history to the bit."]
    beyond, labels = group.numbers("beyond"), group.texts("label")
    left = [f"{n:.0f} under “{text}”" for n, text in zip(beyond, labels, strict=True) if n]
    if left:
        told.append(
            f"Of {pairs} histories these grew larger than the model can follow, and count as larger than any other: "
            f"{', '.join(left)}; {group.numbers('factual_beyond'):.0f} without a change."
        )
    paired, unpaired = group.numbers("sd_paired"), group.numbers("sd_unpaired")
    nothing: list[str] = []
    gained: list[str] = []
    for n, text in enumerate(labels):
        if not unpaired[n] > 0:
            continue
        ratio = float(paired[n] / unpaired[n])
        if ratio > 0.95:
            nothing.append(f"“{text}”")
        else:
            gained.append(f"“{text}” to {100 * ratio:.0f} %")
    if gained:
        told.append(f"Pairing cut the spread of the difference, beside unpaired runs: {', '.join(gained)}.")
    if nothing:
        told.append(f"Pairing gained nothing for {', '.join(nothing)}.")
    return " ".join(told)


def _changes(group: Group) -> list[Block]:
    """The later acts that changed most, one row an intervention, and all of them in a fold."""
    cfs, acts = group.texts("cf"), group.texts("act")
    if not cfs:
        return []
    shift, p, q = (group.numbers(name) for name in ("shift_hours", "p_factual", "p_counter"))
    ids = group.texts("counterfactual")
    names = dict(zip(ids, group.texts("label"), strict=True))
    compared = dict(zip(ids, group.numbers("compared").astype(int).tolist(), strict=True))

    def share(value: float, cf: str) -> str:
        # Of a dozen histories a percentage would pretend to know more.
        return f"{round(value * compared[cf])} of {compared[cf]}" if compared[cf] < 100 else chance(value)

    rows: list[Row] = []
    short: list[Row] = []
    for cf in dict.fromkeys(cfs):
        rows.append(Row((Cell(names[cf]),), heading=True))
        own = [n for n, c in enumerate(cfs) if c == cf]
        for n in own:
            act = act_words(acts[n])
            rows.append(
                Row(
                    (
                        Cell(act[:1].upper() + act[1:]),
                        number(share(p[n], cf), "counterfactuals/p_factual"),
                        number(share(q[n], cf), "counterfactuals/p_counter"),
                        number(_hours(shift[n]), "counterfactuals/shift_hours"),
                    )
                )
            )
        ranked = sorted(own, key=lambda n: -abs(q[n] - p[n]))
        told = [
            "; ".join(
                f"{act_words(acts[n])} ({share(p[n], cf)} → {share(q[n], cf)})"
                for n in [n for n in ranked if side * (q[n] - p[n]) >= 0.045][:_TOLD]
            )
            for side in (-1, 1)
        ]
        short.append(Row((Cell(names[cf]), Cell(told[0] or "–"), Cell(told[1] or "–"))))
    return [
        Table(
            (("If", ""), ("Less likely then", ""), ("More likely then", "")),
            short,
            f"Later acts that changed most, at most {_TOLD} a cell.",
            look="small thirds",
        ),
        Table(
            (("Later act", ""), ("As it was", "num"), ("Counterfactual", "num"), ("Shift in time", "num")),
            rows,
            "How often the act happens, and how much later (+) or earlier (−) where it happens in both.",
            look="small",
            folded=f"All {len(cfs)} later acts that changed",
        ),
    ]


def _hours(shift: SupportsFloat) -> str:
    if not known(shift):
        return ""
    hours = float(shift)
    if abs(hours) < 1:
        return "same time"
    return signed(hours, 2) + " h" if abs(hours) < 48 else signed(hours / 24, 2) + " days"


SECTION = Section(
    "counterfactuals",
    "Counterfactuals",
    _fill,
    "What would have happened without an act, read off the same histories.",
)
