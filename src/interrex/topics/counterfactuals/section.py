"""Counterfactuals: the same histories with one act changed."""

from __future__ import annotations

from textwrap import fill
from typing import SupportsFloat

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number
from interrex.report.figures import BASE, INK, MODEL, drawing, label
from interrex.report.naming import act_words
from interrex.report.numbers import NONE, chance, count, interval, known, points, sentence, shorten, signed
from interrex.report.read import Floats, Group, Results

_TOLD = 3
"""Later acts told in one cell."""


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("counterfactuals", "label", "metric_label", "diff")
    blocks: list[Block] = [_forest(results, group), _table(results, group)]
    if group.has("cf", "act", "p_factual"):
        blocks += _changes(group)
    pairing = _pairing(group)
    if group.attr("replay"):
        pairing = f"{sentence(group.attr('replay'))} {pairing}".strip()
    if pairing:
        blocks.append(Callout(pairing, "note", "Pairing"))
    return blocks


def _is_share(factual: Floats, counter: Floats) -> bool:
    values = np.concatenate([factual.ravel(), counter.ravel()])
    values = values[np.isfinite(values)]
    return bool(values.size and (values >= 0).all() and (values <= 1).all())


def _forest(results: Results, group: Group) -> Figure:
    labels, metrics = group.texts("label"), group.texts("metric_label")
    diff = group.some_numbers("diff")
    low, high = results.bounds(group.numbers("diff_low"), group.numbers("diff_high"))
    direct = group.numbers_or_nan("direct", "diff")
    d_low, d_high = results.bounds(
        group.numbers_or_nan("direct_low", "diff"), group.numbers_or_nan("direct_high", "diff")
    )
    factual, counter = group.numbers("factual"), group.numbers("counter")
    columns = min(len(metrics), 4)
    with drawing(0.95 + 0.34 * len(labels)) as made:
        grid = made.canvas.subplots(1, columns, sharey=True, squeeze=False)[0]
        for m, axes in enumerate(grid):
            share = _is_share(factual[:, m], counter[:, m])
            scale = 100.0 if share else 1.0
            for row in range(len(labels)):
                for y, value, lo, hi, colour, mark in (
                    (row - 0.13, diff[row, m], low[row, m], high[row, m], MODEL, "o"),
                    (row + 0.2, direct[row, m], d_low[row, m], d_high[row, m], BASE, "s"),
                ):
                    if not known(value):
                        continue
                    if known(lo) and known(hi):
                        axes.plot([scale * lo, scale * hi], [y, y], color=colour, lw=1.6)
                    axes.plot([scale * value], [y], mark, ms=4.6 if mark == "o" else 3.4, color=colour)
            axes.axvline(0, color=INK, lw=0.7)
            axes.set_title(fill(label(shorten(metrics[m], 60)), 20), fontsize=7.2)
            axes.set_xlabel("points" if share else "difference", fontsize=7)
            axes.margins(x=0.12)
            axes.locator_params(axis="x", nbins=3)
            axes.grid(axis="x")
            axes.set_axisbelow(True)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            if not share:
                axes.xaxis.set_major_formatter(lambda v, _: _short(v))
        grid[0].set_yticks(range(len(labels)), [label(shorten(text, 44)) for text in labels])
        grid[0].set_ylim(len(labels) - 0.5, -0.6)
    clear = [
        (row, m)
        for row in range(len(labels))
        for m in range(columns)
        if known(low[row, m]) and known(high[row, m]) and (low[row, m] > 0 or high[row, m] < 0)
    ]
    if results.intervals_withheld:
        title = _largest(group, diff, factual) + " (intervals withheld: none can be called clear)"
    elif not clear:
        title = "No single act, taken away, changes the result clearly: every interval includes zero"
    else:
        acts = list(dict.fromkeys(label(labels[row]) for row, _ in clear))
        title = f"{len(clear)} of {len(labels) * columns} differences are clear of zero: " + ", ".join(
            shorten(a, 40) for a in acts[:3]
        )
    return Figure(
        title,
        made.svg,
        f"Median of counterfactual minus factual{_members(group)}, the same parameters and noise in both, identical "
        "until the intervention. Circles: total effect, later acts free to change; grey squares: direct effect, "
        "later acts held at their dates"
        + ("." if results.intervals_withheld else "; lines: 90 % intervals."),
        "counterfactuals/diff counterfactuals/direct",
        title,
    )


def _members(group: Group) -> str:
    members = group.attr("members")
    return f" over {members} pairs of histories" if members else ""


def _largest(group: Group, diff: Floats, factual: Floats) -> str:
    """Which act, changed, moves a metric most beside what it was."""
    size = np.abs(diff) / np.maximum(np.abs(factual), 1e-9)
    size = np.where(np.isfinite(size) & (np.abs(factual) > 0), size, -1.0)
    row = int(np.argmax(size.sum(axis=1)))
    m = int(np.argmax(size[row]))
    counter = group.numbers("counter")
    change = points if _is_share(factual[:, m], counter[:, m]) else _signed_count
    name = label(group.texts("label")[row])
    return f"Largest effect: “{name}”, {label(group.texts('metric_label')[m])} {change(diff[row, m])}"


def _short(value: float) -> str:
    text = f"{value / 1000:g}k" if abs(value) >= 1000 else f"{value:g}"
    return text.replace("-", "−")


def _table(results: Results, group: Group) -> Table:
    labels, metrics = group.texts("label"), group.texts("metric_label")
    data = {name: group.numbers(name) for name in ("factual", "counter", "diff")}
    low, high = results.bounds(group.numbers("diff_low"), group.numbers("diff_high"))
    direct = group.numbers_or_nan("direct", "diff")
    withheld = bool(results.intervals_withheld)
    rows: list[Row] = []
    for n, text in enumerate(labels):
        rows.append(Row((Cell(text),), heading=True))
        for m, metric in enumerate(metrics):
            share = _is_share(data["factual"][:, m], data["counter"][:, m])
            write = chance if share else count
            change = points if share else _signed_count
            rows.append(
                Row(
                    (
                        Cell(metric[:1].upper() + metric[1:]),
                        number(write(data["factual"][n, m]), "counterfactuals/factual"),
                        number(write(data["counter"][n, m]), "counterfactuals/counter"),
                        number(change(data["diff"][n, m]), "counterfactuals/diff", "num strong"),
                        *(
                            ()
                            if withheld
                            else (
                                number(
                                    interval(low[n, m], high[n, m], change),
                                    "counterfactuals/diff_low counterfactuals/diff_high",
                                ),
                            )
                        ),
                        number(change(direct[n, m]), "counterfactuals/direct"),
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


def _signed_count(value: SupportsFloat) -> str:
    if not known(value):
        return NONE
    value = float(value)
    size = abs(value)
    text = count(size) if size >= 10 else f"{size:.1f}".removesuffix(".0")
    return text if text == "0" else ("+" if value > 0 else "−") + text


def _pairing(group: Group) -> str:
    if not group.has("sd_paired", "sd_unpaired"):
        return ""
    paired, unpaired = group.numbers("sd_paired"), group.numbers("sd_unpaired")
    nothing, gained = [], []
    for n, text in enumerate(group.texts("label")):
        usable = np.isfinite(paired[n]) & np.isfinite(unpaired[n]) & (unpaired[n] > 0)
        if not usable.any():
            continue
        ratio = float(np.median(paired[n][usable] / unpaired[n][usable]))
        if ratio > 0.95:
            nothing.append(f"“{text}”")
        else:
            gained.append(f"“{text}” to {100 * ratio:.0f} %")
    sentences = []
    if gained:
        sentences.append(
            f"Pairing cut the spread of the difference, beside unpaired runs: {', '.join(gained)}."
        )
    if nothing:
        sentences.append(f"Pairing gained nothing for {', '.join(nothing)}.")
    return " ".join(sentences)


def _changes(group: Group) -> list[Block]:
    """The later acts that changed most, one row an intervention, and all of them in a fold."""
    shift = group.numbers_or_nan("shift_hours", "p_factual")
    p, q = group.numbers("p_factual"), group.numbers("p_counter")
    names = (
        dict(zip(group.texts_or_blank("counterfactual", "label"), group.texts("label"), strict=False))
        if group.has("counterfactual")
        else {}
    )
    cfs, acts = group.texts("cf"), group.texts("act")
    members = int(group.attr("members")) if group.attr("members").isdigit() else 0

    def share(value: SupportsFloat) -> str:
        # Of a dozen histories a percentage would pretend to know more.
        return (
            f"{round(float(value) * members)} of {members}"
            if 0 < members < 100 and known(value)
            else chance(value)
        )

    rows: list[Row] = []
    short: list[Row] = []
    for cf in dict.fromkeys(cfs):
        name = names.get(cf, cf)
        rows.append(Row((Cell(name),), heading=True))
        own = [n for n, c in enumerate(cfs) if c == cf]
        for n in own:
            act = act_words(acts[n])
            rows.append(
                Row(
                    (
                        Cell(act[:1].upper() + act[1:]),
                        number(share(p[n]), "counterfactuals/p_factual"),
                        number(share(q[n]), "counterfactuals/p_counter"),
                        number(_hours(shift[n]), "counterfactuals/shift_hours"),
                    )
                )
            )
        ranked = sorted((n for n in own if known(p[n]) and known(q[n])), key=lambda n: -abs(q[n] - p[n]))
        told = [
            "; ".join(
                f"{act_words(acts[n])} ({share(p[n])} → {share(q[n])})"
                for n in [n for n in ranked if side * (q[n] - p[n]) >= 0.045][:_TOLD]
            )
            for side in (-1, 1)
        ]
        short.append(Row((Cell(name), Cell(told[0] or "–"), Cell(told[1] or "–"))))
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
