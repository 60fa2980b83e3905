"""Supports and what each carries, drawn."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from interrex.report.figures import FAINT, INK, MODEL, MUTED, SUPPORTS, drawing, label
from interrex.report.numbers import chance, known, points
from interrex.report.read import Floats

_NAMES = ("elite", "street", "patron", "force")


def rows(p: Floats, low: Floats, high: Floats, members: np.ndarray, keeps: float) -> Markup:
    """A row for each combination, the likeliest to keep him first: `members` bool[16, 4], shares 0..1."""
    order = np.argsort(-np.nan_to_num(p, nan=-1.0), kind="stable")
    with drawing(0.55 + 0.165 * len(p)) as made:
        left, right = made.canvas.subplots(1, 2, sharey=True, width_ratios=[1.15, 3])
        for row, n in enumerate(order):
            if row % 2:
                for axes in (left, right):
                    axes.axhspan(row - 0.5, row + 0.5, color="#f4f6f8", lw=0, zorder=0)
            for c, name in enumerate(_NAMES):
                fill, edge = (SUPPORTS[name], SUPPORTS[name]) if members[n, c] else ("white", FAINT)
                left.plot([c], [row], "o", ms=6.5, color=fill, mec=edge, mew=0.8, zorder=3)
            if known(low[n]) and known(high[n]):
                right.plot(
                    [100 * low[n], 100 * high[n]], [row, row], color=MODEL, lw=2.2, alpha=0.35, zorder=2,
                    solid_capstyle="butt",
                )  # fmt: skip
            right.plot([100 * p[n]], [row], "o", ms=4.5, color=MODEL, zorder=3)
            right.annotate(
                chance(p[n]), (100 * (high[n] if known(high[n]) else p[n] if known(p[n]) else 0.0), row), xytext=(5, 0),
                textcoords="offset points", va="center", fontsize=7, color=INK,
            )  # fmt: skip
        left.set_xlim(-0.6, 3.6)
        left.set_ylim(len(p) - 0.5, -0.5)
        left.set_xticks(range(4), [name.capitalize() for name in _NAMES])
        left.xaxis.tick_top()
        left.set_yticks([])
        for spine in left.spines.values():
            spine.set_visible(False)
        left.tick_params(length=0)
        right.axvline(100 * keeps, color=MUTED, lw=0.8, ls=(0, (3, 2)))
        right.annotate(
            f"keeps him: {100 * keeps:.0f} %", (100 * keeps, -0.5), xytext=(0, 3), textcoords="offset points",
            ha="center", va="bottom", color=MUTED, fontsize=7, annotation_clip=False,
        )  # fmt: skip
        right.set_xlim(0, 112)
        right.set_xticks([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100 %"])
        right.set_xlabel("probability of still being in office at the horizon")
        right.grid(axis="x")
        right.set_axisbelow(True)
        right.spines["left"].set_visible(False)
    return made.svg


def bars(names: list[str], share: Floats, low: Floats, high: Floats) -> Markup:
    """A bar for each support, the largest share first."""
    order = np.argsort(-np.nan_to_num(share), kind="stable")
    with drawing(0.45 + 0.22 * len(names)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(order):
            axes.barh([row], [100 * np.nan_to_num(share[n])], height=0.62, color=SUPPORTS.get(names[n], MODEL))
            reach = 100 * max(np.nan_to_num(share[n]), 0)
            if known(low[n]) and known(high[n]):
                axes.plot([100 * low[n], 100 * high[n]], [row, row], color=INK, lw=1)
                reach = max(reach, 100 * high[n])
            axes.annotate(points(share[n]), (reach, row), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(names)), [label(names[n]).capitalize() for n in order])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.axvline(0, color=MUTED, lw=0.6)
        axes.margins(x=0.12)
        axes.set_xlabel("percentage points of the probability of office (Shapley share)")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return made.svg
