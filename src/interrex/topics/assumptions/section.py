"""Assumptions ranked by how far the headline moves when each is changed alone."""

from __future__ import annotations

from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number
from interrex.report.figures import CHECK, INK, MODEL, drawing, label
from interrex.report.numbers import NONE, chance, figure, known, points, sentence, shorten
from interrex.report.read import Floats, Group, Results

_BARS = 14
_ROWS = 80


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("assumptions", "name")
    effect = group.numbers_or_nan("effect", "name")
    strength = np.where(np.isfinite(effect), np.abs(effect), -1.0)
    gain = np.nan_to_num(group.numbers_or_nan("gain_nats", "name"))
    order = np.lexsort((-gain, -strength))
    blocks: list[Block] = []
    if np.isfinite(effect).any():
        blocks.append(_bars(group, effect, order))
    elif (gain > 0).any():
        blocks.append(_gains(group, gain))
    unknown = _not_identified(group)
    if unknown is not None:
        blocks.append(unknown)
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


def plain_name(name: str) -> str:
    """A parameter as words: arrests_per_officer as 'arrests per officer'."""
    return ("likelihood ratio, " + name[3:] if name.startswith("lr_") else name).replace("_", " ")


def _not_identified(group: Group) -> Callout | None:
    names = group.texts("name")
    said = group.texts_or_blank("identified", "name")
    blind = [plain_name(names[n]) for n, text in enumerate(said) if text]
    note = sentence(group.attr("note"))
    if not blind and not note:
        return None
    text = f"Not identified, so that the answer is the prior: {', '.join(blind)}. " if blind else ""
    return Callout(text + note, "note", "What the reports cannot tell")


def _gains(group: Group, gain: Floats) -> Figure:
    """Where the reports moved the parameters, in prior standard deviations, when no effect was computed."""
    names, assumed = group.texts("name"), group.numbers_or_nan("assumption", "name")
    before, after = group.numbers("prior_mean"), group.numbers("post_mean")
    spread = group.numbers("prior_sd")
    moved = (after - before) / np.where(spread > 0, spread, np.nan)
    shown = [n for n in np.argsort(-gain, kind="stable").tolist() if known(moved[n])][:_BARS]
    with drawing(0.5 + 0.2 * len(shown)) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(shown):
            axes.plot([0.0, float(moved[n])], [row, row], color=MODEL, lw=1.6)
            axes.plot([moved[n]], [row], "o", ms=4.5, color=MODEL)
        axes.axvline(0, color=INK, lw=0.7)
        axes.set_yticks(range(len(shown)), [label(shorten(plain_name(names[n]), 52)) for n in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.margins(x=0.1)
        axes.set_xlabel("posterior mean, in prior standard deviations from the prior mean")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    top = f"; the reports taught most about “{label(plain_name(names[shown[0]]))}”" if shown else ""
    return Figure(
        f"{int((assumed == 1).sum())} of {len(names)} parameters are assumptions{top}",
        made.svg,
        f"How far the reports moved the {len(shown)} parameters of which they taught most. The effect of each "
        "assumption on the headline was not computed in this run.",
        "assumptions/post_mean assumptions/prior_mean assumptions/gain_nats",
        "Where the reports moved the parameters.",
    )


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
        axes.set_yticks(range(len(shown)), [label(shorten(plain_name(names[n]), 52)) for n in shown])
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
    title = (
        f"The headline leans most on “{label(plain_name(names[top]))}” ({points(effect[top])} points), {kind}"
    )
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
    told = np.isfinite(effect).any()

    def spread(mean: SupportsFloat, sd: SupportsFloat) -> str:
        return figure(mean, 3) if withheld or not known(sd) else f"{figure(mean, 3)} ± {figure(sd)}"

    rows = [
        Row(
            (
                Cell(
                    (
                        Span(plain_name(names[n])),
                        Span("", "break"),
                        Span(
                            ", ".join(filter(None, (plain_name(cols["mechanism"][n]), cols["unit"][n]))),
                            "muted fine",
                        ),
                    )
                ),
                Cell(cols["prior_text"][n]),
                number(
                    spread(num["prior_mean"][n], num["prior_sd"][n]),
                    "assumptions/prior_mean assumptions/prior_sd",
                ),
                number(
                    spread(num["post_mean"][n], num["post_sd"][n]),
                    "assumptions/post_mean assumptions/post_sd",
                ),
                number(
                    f"{num['gain_nats'][n]:.2f}" if known(num["gain_nats"][n]) else NONE,
                    "assumptions/gain_nats",
                ),
                *((number(points(effect[n]), "assumptions/effect", "num strong"),) if told else ()),
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
            ("Prior", ""),
            ("Prior mean" if withheld else "Prior mean ± sd", "num"),
            ("After the reports", "num"),
            ("Learned, nats", "num"),
            *((("Effect, points", "num"),) if told else ()),
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
    "What the answer rests on, and whether it is sourced or assumed.",
)
