"""Assumptions ranked by how far the largest crowd moves when each is changed alone, where noise does not."""

from __future__ import annotations

from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number, prose
from interrex.report.figures import CHECK, INK, MODEL, drawing, label
from interrex.report.numbers import NONE, figure, known, points, shorten
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest

_BARS = 14


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("assumptions")
    blocks: list[Block] = []
    ranked = np.flatnonzero(group.numbers("ranked") == 1)
    if ranked.size:
        blocks.append(_bars(group, ranked[:_BARS]))
    blocks.append(prose(_noise(group, ranked), "", "assumptions/ranked"))
    blocks.append(prose(_taught(group), "", "assumptions/taught_gain"))
    if (group.numbers("gain_nats") > 0).any():
        blocks.append(_gains(group))
    blind = [plain_name(n) for n, told in zip(group.texts("parameter"), group.numbers("identified"), strict=True) if not told]
    if blind:
        text = f"Not identified, so that the answer is the prior: {', '.join(blind)}."
        blocks.append(Callout(text, "note", "What the reports cannot tell"))
    blocks.append(_table(results, group, ranked))
    return blocks


def _noise(group: Group, ranked: NDArray[np.intp]) -> str:
    """How many effects are not told apart from noise, and what the canary's is."""
    names, effect = group.texts("parameter"), group.numbers("effect")
    size, noises = len(names), float(group.numbers("noises"))
    least = f" (an effect must exceed {noises:.1f} standard errors)" if known(noises) else ""
    text = f"The effects of {size - ranked.size} of {size} parameters on the largest crowd are not distinguishable from noise{least}"
    canary = effect[names.index("canary")]
    if known(canary):
        text += f"; that of the canary, which nothing reads, is {percent(canary)}"
    return text + "."


def _taught(group: Group) -> str:
    """What became of the crises of other countries that were fitted before."""
    crises, gain, error = (float(group.numbers(name)) for name in ("taught_crises", "taught_gain", "taught_gain_se"))
    used, sources = bool(group.numbers("taught_used")), group.texts("source")
    if not known(crises) or not crises:
        return "No crisis of another country was fitted before, so every prior is the one that its mechanism or the case declares."
    told = f"{crises:.0f} crises of other countries were fitted before"
    if known(gain):
        doubt = f"{error:.2f}" if known(error) else NONE
        tested = f"by {gain:+.2f} nats on average (standard error {doubt})".replace("-", "−")
        told += f". What they say together changes how probable one is that was left out {tested}"
    if used:
        moved = sum("crises of other countries" in s for s in sources)
        return f"{told}. The priors of {moved} of {len(sources)} parameters come from them."
    if gain > 2.0 * error:
        return f"{told}; but priors as declared were asked for."
    return f"{told}: no clear gain, so every prior is the one that its mechanism or the case declares."


def percent(change: SupportsFloat) -> str:
    """A relative change: '+12 %', '−3.1 %'."""
    return f"{points(change)} %" if known(change) else NONE


def plain_name(name: str) -> str:
    """A parameter as words: arrests_per_officer as 'arrests per officer'."""
    return ("likelihood ratio, " + name[3:] if name.startswith("lr_") else name).replace("_", " ")


def _gains(group: Group) -> Figure:
    """Where the reports moved the parameters, in prior standard deviations."""
    names, assumed, gain = group.texts("parameter"), group.numbers("assumption"), group.numbers("gain_nats")
    spread = group.numbers("prior_sd")
    moved = (group.numbers("post_mean") - group.numbers("prior_mean")) / np.where(spread > 0, spread, np.nan)
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
    return Figure(
        f"{int((assumed == 1).sum())} of {len(names)} parameters are assumptions; the reports taught most about "
        f"“{label(plain_name(names[shown[0]]))}”",
        made.svg,
        f"How far the reports moved the {len(shown)} parameters of which they taught most.",
        "assumptions/post_mean assumptions/prior_mean assumptions/gain_nats",
        "Where the reports moved the parameters.",
    )


def _bars(group: Group, shown: NDArray[np.intp]) -> Figure:
    """Effects that are told apart from noise, largest first, with their standard errors."""
    names, assumed = group.texts("parameter"), group.numbers("assumption")
    effect, noise = group.numbers("effect"), group.numbers("noise")
    with drawing(0.7 + 0.2 * shown.size) as made:
        axes = made.canvas.subplots()
        for row, n in enumerate(shown):
            axes.barh([row], [100 * effect[n]], height=0.62, color=CHECK if assumed[n] == 1 else MODEL)
            axes.plot([100 * (effect[n] - noise[n]), 100 * (effect[n] + noise[n])], [row, row], color=INK, lw=0.9)
        axes.axvline(0, color=INK, lw=0.7)
        axes.set_yticks(range(shown.size), [label(shorten(plain_name(names[n]), 52)) for n in shown])
        axes.set_ylim(shown.size - 0.4, -0.6)
        axes.margins(x=0.14)
        axes.set_xlabel("change of the largest crowd, %, for one prior sd more   (orange: assumed, blue: sourced)")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    top = int(shown[0])
    title = (
        f"The largest crowd leans most on “{label(plain_name(names[top]))}” ({percent(effect[top])}), "
        + ("an assumption" if assumed[top] == 1 else "sourced")
    )
    return Figure(
        title,
        made.svg,
        "One at a time, by reweighting the histories; the rest held. Lines: one standard error.",
        "assumptions/effect assumptions/noise",
        title,
    )


def _table(results: Results, group: Group, ranked: NDArray[np.intp]) -> Table:
    names, units, priors, sources, owners = (
        group.texts(name) for name in ("parameter", "unit", "prior_text", "source", "mechanism")
    )
    assumed, before, before_sd, after, after_sd, gain, effect = (
        group.numbers(name)
        for name in ("assumption", "prior_mean", "prior_sd", "post_mean", "post_sd", "gain_nats", "effect")
    )
    after_sd, _ = results.bounds(after_sd, after_sd)
    chosen = set(ranked.tolist())

    def spread(mean: SupportsFloat, sd: SupportsFloat) -> str:
        return f"{figure(mean, 3)} ± {figure(sd)}" if known(sd) else figure(mean, 3)

    rows = [
        Row(
            (
                Cell(
                    (
                        Span(plain_name(names[n])),
                        Span("", "break"),
                        Span(", ".join(filter(None, (plain_name(owners[n]), units[n]))), "muted fine"),
                    )
                ),
                Cell(priors[n]),
                number(spread(before[n], before_sd[n]), "assumptions/prior_mean assumptions/prior_sd"),
                number(spread(after[n], after_sd[n]), "assumptions/post_mean assumptions/post_sd"),
                number(f"{gain[n]:.2f}" if known(gain[n]) else NONE, "assumptions/gain_nats"),
                number(percent(effect[n]) if n in chosen else NONE, "assumptions/effect", "num strong"),
                Cell(
                    (Span("assumption", "badge check"),) if assumed[n] == 1 else (Span(sources[n]),), "sources"
                ),
            )
        )
        for n in range(len(names))
    ]
    return Table(
        (
            ("Parameter", ""), ("Prior", ""), ("Prior mean ± sd", "num"), ("After the reports", "num"),
            ("Learned, nats", "num"), ("Largest crowd", "num"), ("Basis", ""),
        ),
        rows,
        "Learned: information gained from the reports; near 0 means that the prior decides. A gain alone is no "
        "identification: it may come from the form of the model. Largest crowd: its change for one prior sd more, where "
        "that is told apart from noise.",
        look="small",
        folded=f"All parameters ({len(names)})",
    )  # fmt: skip


SECTION = Section(
    "assumptions",
    "Assumptions, ranked",
    _fill,
    "What the answer rests on, and whether it is sourced or assumed.",
)
