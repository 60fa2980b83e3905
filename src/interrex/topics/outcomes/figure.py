"""Outcome probabilities beside base rates, drawn."""

from __future__ import annotations

from markupsafe import Markup

from interrex.report.figures import BASE, MODEL, drawing, label
from interrex.report.numbers import chance, known, shorten
from interrex.report.read import Floats

Ends = tuple[Floats, ...]


def dots(names: list[str], order: list[int], run: Ends, base: Ends) -> Markup:
    """A row for each outcome in the order given: (probability, low, high) of the run and of the base rate, shares 0..1."""
    p, low, high = run
    with drawing(0.55 + 0.3 * len(names)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(order):
            bar = {"lw": 2, "alpha": 0.4, "solid_capstyle": "butt"}
            axes.plot([100 * base[1][n], 100 * base[2][n]], [row + 0.2] * 2, color=BASE, **bar)
            axes.plot([100 * base[0][n]], [row + 0.2], "D", ms=3.6, color=BASE)
            if known(low[n]):
                axes.plot([100 * low[n], 100 * high[n]], [row - 0.12] * 2, color=MODEL, **bar)
            axes.plot([100 * p[n]], [row - 0.12], "o", ms=5.5, color=MODEL, clip_on=False, zorder=5)
            axes.annotate(
                chance(p[n]), (100 * max(p[n], high[n] if known(high[n]) else 0.0), row - 0.12), xytext=(6, 0),
                textcoords="offset points", va="center", color=MODEL, fontweight="bold",
            )  # fmt: skip
        axes.set_yticks(range(len(names)), [label(shorten(names[n][:1].upper() + names[n][1:], 48)) for n in order])
        axes.set_ylim(len(names) - 0.4, -0.7)
        axes.set_xlim(0, 112)
        axes.set_xticks([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100 %"])
        axes.set_xlabel("probability at the horizon   ( ● this run    ◆ base rate )")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    return made.svg
