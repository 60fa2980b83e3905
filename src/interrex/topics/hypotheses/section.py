"""Rival explanations: evidence ratios as sums of named factors, the grid of priors, the matrix of claims."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import fill

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number, prose
from interrex.report.figures import BASE, FAINT, INK, MODEL, MUTED, drawing, label
from interrex.report.numbers import chance, heat, interval, known, nats, sentence, shorten
from interrex.report.read import Group, Results

_MOST_CLAIMS = 40


@dataclass(frozen=True)
class Rival:
    """One row of the comparison: an explanation, or the plot that any of them may come with."""

    label: str
    prior: float
    posterior: float
    column: int
    """Where its numbers stand on the dimension hypothesis."""
    apart: bool = False
    """The plot: compared with no plot, whatever the explanation."""


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("hypotheses", "label", "posterior", "log_ratio")
    rivals = _rivals(group)
    blocks: list[Block] = []
    if group.attr("verdict"):
        flip = sentence(group.attr("flip"))
        text = sentence(group.attr("verdict"))
        blocks.append(Callout(f"{text} What would flip it: {flip}" if flip else text, "verdict", "Verdict"))
    if not np.nan_to_num(group.numbers("log_ratio")).any():
        return blocks + _notes(group)  # nothing speaks for or against any of them yet
    blocks.append(_posterior(group, rivals))
    blocks.append(_summary(results, group, rivals))
    if group.has("factor_log_ratio", "factor"):
        blocks.append(_factors(results, group, rivals))
    if group.has("grid_log_ratio"):
        blocks += _grid(group, rivals)
    blocks += _matrix(group, rivals)
    blocks += _notes(group)
    return blocks


def _notes(group: Group) -> list[Block]:
    """What the comparison rests on, from the attributes that the run stored."""
    rows = []
    fit = group.attrs.get("predictive_p")
    fine = True
    if fit is not None and known(float(fit)):
        fine = float(fit) >= 0.05
        text = f"A sequence as unusual as this one has probability {chance(float(fit))} under the best explanation."
        said = sentence(group.attr("fit_text")) if group.attr("fit_text") else ""
        rows.append(("Absolute fit", f"{text} {said}" if fine else f"{text} None of these explains it."))
    for name, head in (
        ("identified", "Not told apart"),
        ("other_form_text", "Another form of the delay"),
        ("contacts_text", "Base rate of contacts"),
    ):
        if group.attr(name):
            rows.append((head, sentence(group.attr(name))))
    if not rows:
        return []
    return [
        Table(
            (("What the comparison rests on", ""), ("", "")),
            [Row((Cell(head, "head"), Cell(text))) for head, text in rows],
            look="small" if fine else "small bad",
        )
    ]


def _labels(group: Group) -> list[str]:
    return [
        text or name
        for text, name in zip(group.texts("label"), group.texts_or_blank("name", "label"), strict=True)
    ]


def _rivals(group: Group) -> list[Rival]:
    """The explanations; where each comes without and with a plot, and the plot counts the same for all, one row
    for each explanation whatever the plot, and one for the plot whatever the explanation."""
    labels, prior, post = _labels(group), group.numbers("prior"), group.some_numbers("posterior")
    every = [Rival(text, prior[n], post[n], n) for n, text in enumerate(labels)]
    names = group.texts_or_blank("name", "label")
    with_plot = {name.rsplit("+", 1)[0]: n for n, name in enumerate(names) if "+" in name}
    alone = [n for n, name in enumerate(names) if "+" not in name]
    if len(with_plot) != len(alone) or any(names[n] not in with_plot for n in alone):
        return every
    pairs = [(n, with_plot[names[n]]) for n in alone]
    ratio = group.some_numbers("log_ratio")
    extra = [ratio[b] - ratio[a] for a, b in pairs]
    if not np.allclose(extra, extra[0], atol=1e-6):
        return every
    plots = [b for _, b in pairs]
    first, second = pairs[0]
    name = labels[second].removeprefix(labels[first]).removeprefix(", and ")
    return [Rival(labels[a], prior[a] + prior[b], post[a] + post[b], a) for a, b in pairs] + [
        Rival(name, float(prior[plots].sum()), float(post[plots].sum()), second, apart=True)
    ]


def _posterior(group: Group, rivals: list[Rival]) -> Figure:
    plain = [r for r in rivals if not r.apart]
    gap = [n + (0.6 if r.apart else 0.0) for n, r in enumerate(rivals)]
    with drawing(0.6 + 0.26 * gap[-1]) as made:
        axes = made.canvas.subplots()
        for row, rival in zip(gap, rivals, strict=True):
            before, after = 100 * rival.prior, 100 * rival.posterior
            axes.plot([before, after], [row, row], color=FAINT, lw=3, zorder=1, solid_capstyle="butt")
            axes.plot([before], [row], "|", ms=9, mew=1.6, color=BASE, zorder=2)
            axes.plot([after], [row], "o", ms=5.5, color=MODEL, zorder=3)
            axes.annotate(
                chance(rival.posterior),
                (max(after, before), row),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                color=MODEL,
                fontweight="bold",
            )
        if len(plain) < len(rivals):
            axes.axhline(len(plain) - 0.2, color=MUTED, lw=0.5, ls=(0, (2, 2)))
        axes.set_yticks(gap, [label(shorten(r.label, 60)) for r in rivals])
        axes.set_ylim(gap[-1] + 0.5, -0.6)
        top = 100 * max(max(r.prior, r.posterior) for r in rivals if known(r.posterior))
        axes.set_xlim(0, min(max(1.2 * top, 20), 112))
        axes.set_xlabel("probability, %   ( | before    ● after the dated sequence )")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    ranked = sorted(plain, key=lambda r: -r.posterior)
    close = len(ranked) > 1 and ranked[0].posterior < 2 * ranked[1].posterior
    title = (
        f"No explanation stands out: “{ranked[0].label}” {chance(ranked[0].posterior)}, "
        f"“{ranked[1].label}” {chance(ranked[1].posterior)}"
        if close
        else f"“{ranked[0].label}” leads with {chance(ranked[0].posterior)}"
    )
    apart = (
        " Below the line, apart from the rest: the plot, which may go with any of them."
        if len(plain) < len(rivals)
        else ""
    )
    return Figure(
        title,
        made.svg,
        "Probabilities under the stated prior odds; other priors in the grid below." + apart,
        "hypotheses/prior hypotheses/posterior",
        title,
    )


def _summary(results: Results, group: Group, rivals: list[Rival]) -> Table:
    low, high = results.bounds(group.numbers("low"), group.numbers("high"))
    ratio = group.some_numbers("log_ratio")
    free = group.numbers_or_nan("log_ratio_free_shock", "log_ratio")
    withheld = bool(results.intervals_withheld)
    moved = np.nanmax(np.abs(free - ratio), initial=0.0) > 0.005
    reference = "compared with no plot" if any(r.apart for r in rivals) else ""
    rows = []
    for n, rival in enumerate(rivals):
        k = rival.column
        first = n == 0 and ratio[k] == 0
        cells = [
            Cell((Span(rival.label), Span(f" ({reference})" if rival.apart else "", "muted"))),
            number(chance(rival.prior), "hypotheses/prior"),
            number(chance(rival.posterior), "hypotheses/posterior"),
            number("reference" if first else nats(ratio[k]), "hypotheses/log_ratio"),
            number("" if first else times(ratio[k]), "hypotheses/log_ratio"),
        ]
        if not withheld:
            shown = "" if first else interval(low[k], high[k], nats)
            cells.append(number(shown, "hypotheses/low hypotheses/high"))
        if moved:
            cells.append(number("" if first else nats(free[k]), "hypotheses/log_ratio_free_shock"))
        rows.append(Row(tuple(cells)))
    columns = [("Explanation", ""), ("Before", "num"), ("After", "num"), ("Log evidence ratio", "num")]
    columns.append(("Predicts the sequence", "num"))
    columns += [] if withheld else [("90 % interval", "num")]
    columns += [("with free common shock", "num")] if moved else []
    same = "" if moved or not known(free.max()) else " A free common shock leaves every ratio as it is."
    return Table(
        tuple(columns),
        rows,
        "Log evidence ratio: natural logarithm of how much better an explanation predicts the dated sequence than "
        f"“{rivals[0].label}”." + same,
    )


def times(log_ratio: float) -> str:
    """A log ratio as a factor in words: '23 times as well'."""
    if not known(log_ratio):
        return ""
    factor = float(np.exp(abs(log_ratio)))
    size = "over 1,000" if factor > 1000 else f"{factor:,.0f}" if factor >= 9.5 else f"{factor:.1f}"
    return f"{size} times as {'well' if log_ratio >= 0 else 'badly'}"


def _factors(results: Results, group: Group, rivals: list[Rival]) -> Figure:
    values = group.some_numbers("factor_log_ratio")
    low, high = results.bounds(
        group.numbers_or_nan("factor_low", "factor_log_ratio"),
        group.numbers_or_nan("factor_high", "factor_log_ratio"),
    )
    factors = group.texts("factor")
    shown = [r for r in rivals if np.nanmax(np.abs(values[:, r.column]), initial=0.0) > 1e-9][:6]
    if not shown:
        shown = rivals[:2]
    total, t_low, t_high = (
        group.some_numbers("log_ratio"),
        *results.bounds(group.numbers("low"), group.numbers("high")),
    )
    columns = len(shown) if len(shown) <= 4 else 3
    rows = -(-len(shown) // columns)
    with drawing(0.45 + rows * (0.72 + 0.17 * (len(factors) + 1))) as made:
        grid = made.canvas.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for panel, axes in enumerate(grid.flat):
            if panel >= len(shown):
                axes.set_axis_off()
                continue
            n = shown[panel].column
            bars = [(values[f, n], low[f, n], high[f, n]) for f in range(len(factors))]
            bars.append((total[n], t_low[n], t_high[n]))
            for row, (value, lo, hi) in enumerate(bars):
                last = row == len(bars) - 1
                colour = INK if last else MODEL if value >= 0 else "#c2571a"
                axes.barh([row], [value], height=0.62, color=colour)
                ends = [value, 0.0]
                if known(lo) and known(hi):
                    axes.plot([lo, hi], [row, row], color=MUTED if last else INK, lw=0.9)
                    ends += [lo, hi]
                axes.annotate(
                    nats(value),
                    (max(ends), row),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=6.8,
                    fontweight="bold" if last else "normal",
                )
            axes.axvline(0, color=INK, lw=0.7)
            axes.axhline(len(factors) - 0.5, color=MUTED, lw=0.5)
            axes.set_title(fill(label(shorten(shown[panel].label, 60)), 92 // columns), fontsize=7.2)
            axes.margins(x=0.28)
            axes.set_ylim(len(factors) + 0.6, -0.6)
            axes.set_yticks(range(len(factors) + 1), [*(label(shorten(f, 30)) for f in factors), "sum"])
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        apart = ", the plot against no plot" if any(r.apart for r in shown) else ""
        made.canvas.supxlabel(
            f"log evidence ratio against “{label(shorten(rivals[0].label, 50))}”{apart}  (right: for, left: against)",
            fontsize=7.5,
        )
    plain = [r.column for r in shown if not r.apart] or [r.column for r in shown]
    spread = np.nansum(np.abs(values[:, plain]), axis=1)
    ranked = np.argsort(-spread, kind="stable")
    main = label(factors[int(ranked[0])])
    if spread.sum() <= 0:
        title = "No factor separates the explanations"
    elif len(factors) == 1 or spread[ranked[0]] >= 0.5 * spread.sum():
        title = f"What separates the explanations is mostly one factor: {main}"
    else:
        title = f"What separates the explanations most: {main}, then {label(factors[int(ranked[1])])}"
    return Figure(
        title,
        made.svg,
        "The log evidence ratio of each explanation as a sum of named factors"
        + ("." if results.intervals_withheld else ", with 90 % intervals.")
        + " A factor at 0 does not tell an explanation from the first one.",
        "hypotheses/factor_log_ratio hypotheses/log_ratio",
        f"Factors: {', '.join(label(f) for f in factors)}.",
    )


_BETA = re.compile(r"Beta\(\s*([0-9.]+)\s*,\s*([0-9.]+)\s*\)")


def _acceptance(text: str) -> str:
    """'Beta(1, 1)' with its mean in front, which is what a reader can judge."""
    found = _BETA.fullmatch(text.strip())
    if not found:
        return text
    a, b = float(found[1]), float(found[2])
    return f"accepted with {100 * a / (a + b):.0f} % on average ({text})" if a + b > 0 else text


def _grid(group: Group, rivals: list[Rival]) -> list[Block]:
    grid = group.some_numbers("grid_log_ratio")
    latency = (
        group.texts("grid_latency") if group.has("grid_latency") else [str(n) for n in range(grid.shape[0])]
    )
    acceptance = (
        group.texts("grid_acceptance")
        if group.has("grid_acceptance")
        else [str(n) for n in range(grid.shape[1])]
    )
    rows: list[Row] = []
    flips = compared = 0
    for n, rival in enumerate(rivals):
        values = grid[:, :, rival.column]
        if n == 0 and not np.nanmax(np.abs(values), initial=0.0) > 0:
            continue
        signs = set(np.sign(values[np.isfinite(values)]).tolist()) - {0.0}
        compared += 1
        flips += len(signs) == 2
        verdict = (
            "the sign depends on the prior"
            if len(signs) == 2
            else "for it under every prior"
            if signs == {1.0}
            else "against it under every prior"
            if signs == {-1.0}
            else "no evidence either way"
        )
        if np.nanmax(values) - np.nanmin(values) < 0.005 and signs:
            verdict = f"{nats(float(values.flat[0]))} under every prior"
            rows.append(Row((Cell(f"{rival.label}: {verdict}"),), heading=True))
            continue
        rows.append(Row((Cell(f"{rival.label}: {verdict}"),), heading=True))
        for k, prior in enumerate(acceptance):
            cells = [
                number(nats(v), "hypotheses/grid_log_ratio", "num " + heat(v, 3.0)) for v in values[:, k]
            ]
            rows.append(Row((Cell(_acceptance(prior)), *cells)))
    said = (
        f"For {flips} of {compared} explanations the sign of the evidence depends on the prior."
        if flips
        else "Against the first explanation the sign is the same under every prior tried; the verdict also asks for the "
        "other rivals, and without the factors that rest on assumed rates."
    )
    return [
        prose(said, "strong", "hypotheses/grid_log_ratio"),
        Table(
            (("A request for troops under the treaty is", ""), *((lat, "num") for lat in latency)),
            rows,
            "Log evidence ratio over the grid of priors. Columns: prior median of the time to deployment "
            "without an understanding. Blue: for, orange: against the explanation.",
            look="small heat",
        ),
    ]


def _matrix(group: Group, rivals: list[Rival]) -> list[Block]:
    if not group.has("claim_llr") or not np.isfinite(group.numbers("claim_llr")).any():
        return []
    llr = group.some_numbers("claim_llr")
    ids = group.texts("claim_id") if group.has("claim_id") else group.texts("claim")
    texts = group.texts_or_blank("claim_text", "claim_id") if group.has("claim_id") else [""] * len(ids)
    worth = np.nanmax(llr, axis=1, initial=-np.inf) - np.nanmin(llr, axis=1, initial=np.inf)
    order = np.argsort(-worth, kind="stable")[:_MOST_CLAIMS]
    rows = [
        Row(
            (
                Cell(texts[n] or ids[n]),
                *(
                    number(nats(v), "hypotheses/claim_llr", "num " + heat(v, 2.0))
                    for v in llr[n, [r.column for r in rivals]]
                ),
                number(nats(float(worth[n])).lstrip("+"), "hypotheses/claim_llr", "num strong"),
            )
        )
        for n in order
    ]
    more = f" {len(ids) - len(order)} claims of less weight are not printed." if len(ids) > len(order) else ""
    return [
        prose(
            f"Only {len(ids)} of the claims tell the explanations apart.", "strong", "hypotheses/claim_llr"
        ),
        Table(
            (
                ("Claim", "half"),
                *((shorten(r.label, 48), "num") for r in rivals),
                ("Diagnos\u00adticity", "num"),
            ),
            rows,
            "Matrix of claims by explanation (ACH): log likelihood ratio of each claim against the first "
            "explanation. Diagnosticity: the largest difference between any two. Every claim that is not listed "
            "has 0 throughout and tells nothing, however striking." + more,
            look="small heat",
        ),
    ]


SECTION = Section(
    "hypotheses",
    "Rival explanations",
    _fill,
    "How much better each explanation predicts the dated sequence, factor by factor and claim by claim.",
)
