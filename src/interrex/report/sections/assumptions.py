"""Assumptions ranked by how far the headline moves when each is changed alone."""

from __future__ import annotations

from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

from interrex.report.blocks import Block, Cell, Figure, Row, Section, Span, Table, number
from interrex.report.figures import CHECK, INK, MODEL, drawing, label
from interrex.report.numbers import chance, figure, known, points, shorten
from interrex.report.read import Floats, Group, Results

_BARS = 14
_ROWS = 40


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("assumptions", "name")
    effect = group.numbers_or_nan("effect", "name")
    strength = np.where(np.isfinite(effect), np.abs(effect), -1.0)
    gain = np.nan_to_num(group.numbers_or_nan("gain_nats", "name"))
    order = np.lexsort((-gain, -strength))
    blocks: list[Block] = []
    if np.isfinite(effect).any():
        blocks.append(_bars(group, effect, order))
    blocks.append(_table(results, group, effect, order))
    if group.has("scenario_text", "headline_before", "headline_after"):
        before, after = group.numbers("headline_before"), group.numbers("headline_after")
        blocks.append(
            Table(
                (
                    ("If instead", ""),
                    ("Headline now", "num"),
                    ("Headline then", "num"),
                    ("Change, points", "num"),
                ),
                [
                    Row(
                        (
                            Cell(text),
                            number(chance(before[n]), "assumptions/headline_before"),
                            number(chance(after[n]), "assumptions/headline_after"),
                            number(points(after[n] - before[n]), "assumptions/headline_after", "num strong"),
                        )
                    )
                    for n, text in enumerate(group.texts("scenario_text"))
                ],
                "What would change the answer.",
            )
        )
    return blocks


def _bars(group: Group, effect: Floats, order: NDArray[np.intp]) -> Figure:
    names = group.texts("name")
    assumed = group.numbers_or_nan("assumption", "name")
    shown = [n for n in order if known(effect[n])][:_BARS]
    with drawing(0.5 + 0.2 * len(shown)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(shown):
            colour = CHECK if assumed[n] == 1 else MODEL
            axes.barh([row], [100 * effect[n]], height=0.62, color=colour)
            right = effect[n] >= 0
            axes.annotate(
                points(effect[n]),
                (100 * effect[n], row),
                xytext=(4 if right else -4, 0),
                textcoords="offset points",
                va="center",
                ha="left" if right else "right",
            )
        axes.axvline(0, color=INK, lw=0.7)
        axes.set_yticks(range(len(shown)), [label(shorten(names[n], 52)) for n in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.margins(x=0.14)
        axes.set_xlabel("change of the headline probability, percentage points, for one prior sd more")
        axes.text(1, 0.02, "■ assumed", color=CHECK, transform=axes.transAxes, ha="right", va="bottom")
        axes.text(
            1,
            0.02 + 0.16 / max(0.2 * len(shown), 0.4),
            "■ sourced",
            color=MODEL,
            transform=axes.transAxes,
            ha="right",
            va="bottom",
        )
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    top = int(shown[0])
    kind = "an assumption" if assumed[top] == 1 else "sourced"
    title = f"The headline leans most on “{label(names[top])}” ({points(effect[top])} points), {kind}"
    return Figure(
        title,
        made.svg,
        "One at a time, by reweighting the histories; the rest held.",
        "assumptions/effect",
        title,
    )


def _table(results: Results, group: Group, effect: Floats, order: NDArray[np.intp]) -> Table:
    cols = {
        name: group.texts_or_blank(name, "name") for name in ("unit", "prior_text", "source", "mechanism")
    }
    names = group.texts("name")
    num = {
        n: group.numbers_or_nan(n, "name")
        for n in ("assumption", "prior_mean", "prior_sd", "post_mean", "post_sd", "gain_nats")
    }
    withheld = bool(results.intervals_withheld)

    def spread(mean: SupportsFloat, sd: SupportsFloat) -> str:
        return figure(mean, 3) if withheld or not known(sd) else f"{figure(mean, 3)} ± {figure(sd)}"

    rows = [
        Row(
            (
                Cell(names[n]),
                Cell(cols["mechanism"][n]),
                Cell(cols["prior_text"][n]),
                Cell(cols["unit"][n]),
                number(
                    spread(num["prior_mean"][n], num["prior_sd"][n]),
                    "assumptions/prior_mean assumptions/prior_sd",
                ),
                number(
                    spread(num["post_mean"][n], num["post_sd"][n]),
                    "assumptions/post_mean assumptions/post_sd",
                ),
                number(figure(num["gain_nats"][n]), "assumptions/gain_nats"),
                number(points(effect[n]), "assumptions/effect", "num strong"),
                Cell(
                    (Span("assumption", "badge check"),)
                    if num["assumption"][n] == 1
                    else (Span(cols["source"][n]),),
                    "sources",
                ),
            )
        )
        for n in order[:_ROWS]
    ]
    more = f" {len(names) - len(rows)} of least effect are not printed." if len(names) > len(rows) else ""
    return Table(
        (
            ("Parameter", ""),
            ("Mechanism", ""),
            ("Prior", ""),
            ("Unit", ""),
            ("Prior mean ± sd", "num"),
            ("After the reports", "num"),
            ("Learned, nats", "num"),
            ("Effect, points", "num"),
            ("Basis", ""),
        ),
        rows,
        "Learned: information gained from the reports; near 0 means that the prior decides." + more,
        look="small",
        folded=f"All parameters ({len(names)})",
    )


SECTION = Section(
    "assumptions",
    "Assumptions, ranked",
    _fill,
    "What the headline rests on, most consequential first, and whether it is sourced or assumed.",
)
