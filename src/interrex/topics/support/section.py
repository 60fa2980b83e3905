"""Support arithmetic: which supports keep him in office, alone and together."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Figure, Section
from interrex.report.figures import FAINT, INK, MODEL, MUTED, SUPPORTS, drawing, label
from interrex.report.numbers import chance, known, points, sentence
from interrex.report.read import Group, Results

_NAMES = ("elite", "street", "patron", "force")
_KEEPS = 0.8
"""A coalition “keeps him” when it holds office with at least this probability (modelling choice, stated)."""


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("support", "p_office", *_NAMES)
    blocks: list[Block] = []
    if group.attr("verdict"):
        blocks.append(Callout(sentence(group.attr("verdict")).replace("{", "").replace("}", ""), "verdict"))
    blocks.append(_subsets(results, group))
    if group.has("shapley", "name"):
        blocks.append(_shapley(results, group))
    return blocks


def _subsets(results: Results, group: Group) -> Figure:
    p = group.some_numbers("p_office")
    low, high = results.bounds(
        group.numbers_or_nan("p_low", "p_office"), group.numbers_or_nan("p_high", "p_office")
    )
    members = np.array([group.numbers(name) for name in _NAMES]).T > 0.5
    order = np.argsort(-p, kind="stable")
    keeps = [n for n in order if p[n] >= _KEEPS]
    with drawing(0.55 + 0.165 * len(p)) as made:
        left, right = made.canvas.subplots(1, 2, sharey=True, width_ratios=[1.15, 3])
        for row, n in enumerate(order):
            if row % 2:
                for axes in (left, right):
                    axes.axhspan(row - 0.5, row + 0.5, color="#f4f6f8", lw=0, zorder=0)
            for c, name in enumerate(_NAMES):
                on = members[n, c]
                left.plot(
                    [c],
                    [row],
                    "o",
                    ms=6.5,
                    color=SUPPORTS[name] if on else "white",
                    mec=SUPPORTS[name] if on else FAINT,
                    mew=0.8,
                    zorder=3,
                )
            if known(low[n]) and known(high[n]):
                right.plot(
                    [100 * low[n], 100 * high[n]],
                    [row, row],
                    color=MODEL,
                    lw=2.2,
                    alpha=0.35,
                    zorder=2,
                    solid_capstyle="butt",
                )
            right.plot([100 * p[n]], [row], "o", ms=4.5, color=MODEL, zorder=3)
            reach = 100 * (high[n] if known(high[n]) else p[n])
            right.annotate(
                chance(p[n]),
                (reach, row),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
                color=INK,
            )
        left.set_xlim(-0.6, 3.6)
        left.set_ylim(len(p) - 0.5, -0.5)
        left.set_xticks(range(4), [name.capitalize() for name in _NAMES])
        left.xaxis.tick_top()
        left.set_yticks([])
        for spine in left.spines.values():
            spine.set_visible(False)
        left.tick_params(length=0)
        right.axvline(100 * _KEEPS, color=MUTED, lw=0.8, ls=(0, (3, 2)))
        right.annotate(
            f"keeps him: {100 * _KEEPS:.0f} %",
            (100 * _KEEPS, -0.5),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=MUTED,
            fontsize=7,
            annotation_clip=False,
        )
        right.set_xlim(0, 112)
        right.set_xticks([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100 %"])
        right.set_xlabel("probability of still being in office at the horizon")
        right.grid(axis="x")
        right.set_axisbelow(True)
        right.spines["left"].set_visible(False)
    smallest = min(keeps, key=lambda n: (members[n].sum(), -p[n])) if keeps else None
    if smallest is None:
        title = f"No combination of supports keeps him in office with {100 * _KEEPS:.0f} % probability"
    else:
        names = [name for c, name in enumerate(_NAMES) if members[smallest, c]]
        together = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
        title = f"{len(keeps)} of {len(p)} combinations keep him in office; the smallest is " + (
            f"{together} ({chance(p[smallest])})" if names else f"no support at all ({chance(p[smallest])})"
        )
    return Figure(
        title,
        made.svg,
        "Each row is a set of supports switched on (filled) or off (hollow) by intervention in the "
        "same histories; "
        "the dot is the probability of office at the horizon"
        + ("." if results.intervals_withheld else ", the bar its 90 % interval.")
        + (
            f" {group.attr('members')} histories: differences of a few points are noise."
            if group.attr("members")
            else ""
        ),
        "support/p_office",
        title,
    )


def _shapley(results: Results, group: Group) -> Figure:
    names, share = group.texts("name"), group.some_numbers("shapley")
    low, high = results.bounds(
        group.numbers_or_nan("shapley_low", "shapley"), group.numbers_or_nan("shapley_high", "shapley")
    )
    order = np.argsort(-share, kind="stable")
    with drawing(0.45 + 0.22 * len(names)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(order):
            axes.barh([row], [100 * share[n]], height=0.62, color=SUPPORTS.get(names[n], MODEL))
            reach = 100 * max(share[n], 0)
            if known(low[n]) and known(high[n]):
                axes.plot([100 * low[n], 100 * high[n]], [row, row], color=INK, lw=1)
                reach = max(reach, 100 * high[n])
            axes.annotate(
                points(share[n]),
                (reach, row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
            )
        axes.set_yticks(range(len(names)), [label(names[n]).capitalize() for n in order])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.axvline(0, color=MUTED, lw=0.6)
        axes.margins(x=0.12)
        axes.set_xlabel("percentage points of the probability of office (Shapley share)")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    first = label(names[order[0]])
    return Figure(
        f"{first[:1].upper()}{first[1:]} carries most: {points(share[order[0]])} points",
        made.svg,
        "Average gain in the probability of office when a support is added to the others, over every "
        "order of adding. "
        "Lines: 90 % intervals."
        if not results.intervals_withheld
        else "Average gain in the probability of office when a support is added, over every order.",
        "support/shapley",
        "Shapley shares of " + ", ".join(label(n) for n in names),
    )


SECTION = Section(
    "support",
    "Support arithmetic",
    _fill,
    "Which supports keep the incumbent in office, and how far each carries him.",
)
