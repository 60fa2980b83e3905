"""Outcome forecast beside its base rate."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Cell, Figure, Row, Section, Table, number, prose
from interrex.report.figures import BASE, MODEL, drawing, label
from interrex.report.numbers import chance, interval, known, sentence, shorten
from interrex.report.read import Group, Results
from interrex.words import likelihood_word


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("outcomes", "name", "p")
    names, p = group.texts("name"), group.some_numbers("p")
    low, high = results.bounds(group.numbers("low"), group.numbers("high"))
    base = group.numbers_or_nan("base", "p")
    b_low, b_high = group.numbers_or_nan("base_low", "p"), group.numbers_or_nan("base_high", "p")
    sources = group.texts_or_blank("base_source", "name")
    order = np.argsort(-p, kind="stable")
    with drawing(0.55 + 0.3 * len(names)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(order):
            if known(b_low[n]) and known(b_high[n]):
                axes.plot(
                    [100 * b_low[n], 100 * b_high[n]],
                    [row + 0.2] * 2,
                    color=BASE,
                    lw=2,
                    alpha=0.4,
                    solid_capstyle="butt",
                )
            if known(base[n]):
                axes.plot([100 * base[n]], [row + 0.2], "D", ms=3.6, color=BASE)
            if known(low[n]) and known(high[n]):
                axes.plot(
                    [100 * low[n], 100 * high[n]],
                    [row - 0.12] * 2,
                    color=MODEL,
                    lw=3,
                    alpha=0.35,
                    solid_capstyle="butt",
                )
            axes.plot([100 * p[n]], [row - 0.12], "o", ms=5.5, color=MODEL, clip_on=False, zorder=5)
            reach = max(v for v in (p[n], high[n]) if known(v))
            axes.annotate(
                chance(p[n]),
                (100 * reach, row - 0.12),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=MODEL,
                fontweight="bold",
            )
        axes.set_yticks(range(len(names)), [label(shorten(_upper(names[n]), 48)) for n in order])
        axes.set_ylim(len(names) - 0.4, -0.7)
        axes.set_xlim(0, 112)
        axes.set_xticks([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100 %"])
        axes.set_xlabel("probability at the horizon   ( ● this run    ◆ base rate )")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    best = int(order[0])
    beside = f"; the base rate is {chance(base[best])}" if known(base[best]) else ""
    figure = Figure(
        f"Most probable: {names[best]}, {chance(p[best])}{beside}",
        made.svg,
        "Outcomes are exclusive and evaluated at the horizon. "
        + ("Intervals are withheld. " if results.intervals_withheld else "Bars: 90 % intervals. ")
        + "Where run and base rate differ, the difference is the model's claim.",
        "outcomes/p outcomes/base",
        "Outcome probabilities beside base rates.",
    )
    withheld = bool(results.intervals_withheld)
    with_base = np.isfinite(b_low).any()
    one_source = len(set(sources)) == 1
    columns = [("Outcome", ""), ("Probability", "num"), ("Word", "")]
    columns += [] if withheld else [("90 % interval", "num")]
    columns += [("Base rate", "num")] + ([("its interval", "num")] if with_base else [])
    columns += [] if one_source else [("Source of the base rate", "")]
    rows = []
    for n in order:
        word = likelihood_word(float(min(max(p[n], 0.0), 1.0))) if known(p[n]) else ""
        cells = [Cell(_upper(names[n])), number(chance(p[n]), "outcomes/p", "num strong"), Cell(word)]
        if not withheld:
            cells.append(number(interval(low[n], high[n]), "outcomes/low outcomes/high"))
        cells.append(number(chance(base[n]), "outcomes/base"))
        if with_base:
            shown = interval(b_low[n], b_high[n]) if known(b_low[n]) else ""
            cells.append(number(shown, "outcomes/base_low outcomes/base_high"))
        if not one_source:
            cells.append(Cell(sources[n], "sources"))
        rows.append(Row(tuple(cells)))
    caption = f"Base rate: {sources[0]}." if one_source and sources[0] else ""
    blocks: list[Block] = [figure, Table(tuple(columns), rows, caption)]
    blocks += _beside(results, group)
    if group.attr("note"):
        blocks.append(prose(sentence(group.attr("note")), "muted small"))
    return blocks


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _beside(results: Results, group: Group) -> list[Block]:
    """Office, rescue and purge over all outcomes, and the reference classes for office."""
    rows = []
    for name, text in (
        ("in_office", "In office at the horizon"),
        ("rescue", "Foreign troops come to his help"),
        ("purge", "The predecessor's kin are purged"),
    ):
        p = group.attrs.get(f"{name}_p")
        if p is None or not known(float(p)):
            continue
        ends = [float(group.attrs.get(f"{name}_{end}", np.nan)) for end in ("low", "high")]
        sure = known(ends[0]) and known(ends[1]) and not results.intervals_withheld
        shown = f" ({interval(ends[0], ends[1])})" if sure else ""
        rows.append(Row((Cell(text), number(chance(float(p)) + shown, f"outcomes/{name}_p"))))
    if not rows:
        return []
    reference = group.attr("reference_text")
    caption = f"How often leaders stayed elsewhere, by class of reference: {reference}." if reference else ""
    return [Table((("Over all outcomes", ""), ("Share of histories", "num")), rows, caption, look="small")]


SECTION = Section("outcomes", "Outcome forecast", _fill, "How it ends, beside how such episodes usually end.")
