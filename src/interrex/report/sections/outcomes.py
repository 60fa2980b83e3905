"""Outcome forecast beside its base rate."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Cell, Figure, Row, Section, Table, number
from interrex.report.figures import BASE, MODEL, drawing, label
from interrex.report.numbers import chance, interval, known, shorten
from interrex.report.read import Results
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
            axes.plot([100 * p[n]], [row - 0.12], "o", ms=5.5, color=MODEL)
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
        axes.set_yticks(range(len(names)), [label(shorten(names[n], 48)) for n in order])
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
    rows = [
        Row(
            (
                Cell(names[n]),
                number(chance(p[n]), "outcomes/p", "num strong"),
                Cell(likelihood_word(float(min(max(p[n], 0.0), 1.0))) if known(p[n]) else ""),
                number(interval(low[n], high[n]), "outcomes/low outcomes/high"),
                number(chance(base[n]), "outcomes/base"),
                number(
                    interval(b_low[n], b_high[n]) if known(b_low[n]) else "",
                    "outcomes/base_low outcomes/base_high",
                ),
                Cell(sources[n], "sources"),
            )
        )
        for n in order
    ]
    return [
        figure,
        Table(
            (
                ("Outcome", ""),
                ("Probability", "num"),
                ("Word", ""),
                ("90 % interval", "num"),
                ("Base rate", "num"),
                ("its interval", "num"),
                ("Source of the base rate", ""),
            ),
            rows,
        ),
    ]


SECTION = Section("outcomes", "Outcome forecast", _fill, "How it ends, beside how such episodes usually end.")
