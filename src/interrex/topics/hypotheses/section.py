"""Rival explanations: evidence ratios as sums of named factors, the grid of priors, the matrix of claims."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number, prose
from interrex.report.figures import BASE, FAINT, INK, MODEL, MUTED, drawing, label
from interrex.report.numbers import chance, figure, heat, known, nats, shorten
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest

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


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("hypotheses")
    rivals = _rivals(group)
    if not group.numbers("asked"):
        text = "Not asked yet: no request to the patron is known, so nothing speaks for or against an understanding."
        return [Callout(text, "verdict", "Verdict"), *_notes(group)]
    if not group.numbers("log_ratio").any():
        return [Callout("Nothing speaks for or against any explanation.", "verdict", "Verdict"), *_notes(group)]
    return [
        *_verdicts(group),
        _posterior(group, rivals),
        _summary(group, rivals),
        _factors(group, rivals),
        *_grid(group, rivals),
        *_matrix(group, rivals),
        *_notes(group),
    ]


_WORDS = {
    "favoured": "the sequence favours it under every prior tried",
    "against": "the sequence speaks against it under every prior tried",
    "decided by the prior": "decided by the prior",
    "no evidence": "the sequence says nothing",
}


def _verdicts(group: Group) -> list[Block]:
    """What holds under every prior, explanation by explanation beside the first, and between the others in a table."""
    ids = group.texts("hypothesis")
    names = dict(zip(ids, group.texts("label"), strict=True))
    first, second = group.texts("pair_first"), group.texts("pair_second")
    words, alike = group.texts("pair_verdict"), group.numbers("pair_alike")
    least, most = group.numbers("pair_least"), group.numbers("pair_most")
    if not first:
        return []
    told, rows = [], []
    for n, (a, b) in enumerate(zip(first, second, strict=True)):
        span = f"{nats(least[n])} to {nats(most[n])}"
        if b == ids[0]:
            told.append(f"{_quoted(names[a])}: {_WORDS[words[n]]} (log evidence ratio {span})")
        word = _WORDS[words[n]]
        if alike[n]:
            word += "; no record could tell them apart by the help given, which is the same by construction"
        rows.append(
            Row(
                (
                    Cell(f"{names[a]}, beside {names[b]}"),
                    number(span, "hypotheses/pair_least hypotheses/pair_most"),
                    Cell(word, "", "hypotheses/pair_verdict"),
                )
            )
        )
    flip = float(group.numbers("flip_hours"))
    if known(flip):
        told.append(
            f"what would flip it: with a chance of {chance(group.numbers('treaty_acceptance'))} that help is given under the "
            f"treaty, a bargain struck beforehand would lose its advantage if help had taken more than {flip:.0f} hours"
        )
    text = f"Beside {_quoted(names[ids[0]])}, {'; '.join(told)}."
    return [
        Callout(text, "verdict", "Verdict"),
        Table(
            (("One explanation beside another", ""), ("Log evidence ratio", "num"), ("Verdict", "")),
            rows,
            "Range over the grid of priors below and over shifts of hazards from none to twice the stated scale. A word "
            "for or against only where one sign holds throughout.",
            look="small",
        ),
    ]


def _quoted(text: str) -> str:
    return f"“{text}”"


def _notes(group: Group) -> list[Block]:
    """What the comparison rests on."""
    rows: list[tuple[str, str, str]] = []
    p, form = float(group.numbers("predictive_p")), float(group.numbers("other_form"))
    fine = not p < 0.05
    if known(p):
        text = f"A sequence as unusual as this one has probability {chance(p)} under the best explanation."
        rows.append(("Absolute fit", text if fine else f"{text} None of these explains it.", "predictive_p"))
    if form > 0:
        text = f"With a gamma in place of a lognormal delay no log ratio moves by more than {form:.2f}."
        rows.append(("Another form of the delay", text, "other_form"))
    if group.has("contacts", "contact_chance"):
        each = [
            f"{rate:g} a year: {chance(p)}, ratio at most {1 / p:.1f}"
            for rate, p in zip(group.numbers("contacts"), group.numbers("contact_chance"), strict=True)
        ]
        text = "Chance of at least one contact of the two leaders in any ten days, and the most that “they met” can say: "
        rows.append(("Base rate of contacts", text + "; ".join(each) + ".", "contact_chance"))
    if not rows:
        return []
    return [
        Table(
            (("What the comparison rests on", ""), ("", "")),
            [Row((Cell(head, "head"), Cell(text, "", f"hypotheses/{var}"))) for head, text, var in rows],
            look="small" if fine else "small bad",
        )
    ]


def _rivals(group: Group) -> list[Rival]:
    """The explanations; where each comes without and with a plot, and the plot counts the same for all, one row
    for each explanation whatever the plot, and one for the plot whatever the explanation."""
    labels, prior, post = group.texts("label"), group.numbers("prior"), group.some_numbers("posterior")
    every = [Rival(text, prior[n], post[n], n) for n, text in enumerate(labels)]
    names = group.texts("hypothesis")
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


def _summary(group: Group, rivals: list[Rival]) -> Table:
    ratio, least, most = (group.numbers(name) for name in ("log_ratio", "least", "most"))
    free, error = group.numbers("log_ratio_free"), group.numbers("error")
    rows: list[Row] = []
    for n, rival in enumerate(rivals):
        k = rival.column
        first = n == 0
        name = (Span(rival.label), Span(" (compared with no plot)" if rival.apart else "", "muted"))
        rows.append(
            Row(
                (
                    Cell(name),
                    number(chance(rival.prior), "hypotheses/prior"),
                    number(chance(rival.posterior), "hypotheses/posterior"),
                    number("reference" if first else nats(ratio[k]), "hypotheses/log_ratio"),
                    number("" if first else times(ratio[k]), "hypotheses/log_ratio"),
                    number(
                        "" if first else f"{nats(least[k])} to {nats(most[k])}", "hypotheses/least hypotheses/most"
                    ),
                    number("" if first else nats(free[k]), "hypotheses/log_ratio_free"),
                )
            )
        )
    moved = np.abs(free - ratio)
    k = int(np.argmax(moved))
    shift = (
        f" With a free level of every hazard, the same for every explanation, the largest change is that of "
        f"“{group.texts('label')[k]}”, from {nats(ratio[k])} to {nats(free[k])}."
        if moved[k] >= 0.005
        else " With a free level of every hazard, the same for every explanation, no ratio changes by .01."
    )
    return Table(
        (
            ("Explanation", ""), ("Before", "num"), ("After", "num"), ("Log evidence ratio", "num"),
            ("Predicts the sequence", "num"), ("Over all priors", "num"), ("With free levels", "num"),
        ),
        rows,
        "Log evidence ratio: natural logarithm of how much better an explanation predicts the dated sequence than "
        f"“{rivals[0].label}”; its numerical error is at most {figure(float(error.max()), 1)}.{shift}",
    )  # fmt: skip


def times(log_ratio: float) -> str:
    """A log ratio as a factor in words: '23 times as well'."""
    if not known(log_ratio):
        return ""
    factor = float(np.exp(abs(log_ratio)))
    size = "over 1,000" if factor > 1000 else f"{factor:,.0f}" if factor >= 9.5 else f"{factor:.1f}"
    return f"{size} times as {'well' if log_ratio >= 0 else 'badly'}"


def _factors(group: Group, rivals: list[Rival]) -> Figure:
    values, low, high = (
        group.numbers(name) for name in ("factor_log_ratio", "factor_least", "factor_most")
    )
    factors = group.texts("factor")
    shown = [r for r in rivals if np.abs(values[:, r.column]).max(initial=0.0) > 1e-9][:6] or rivals[:2]
    total, t_low, t_high = (group.numbers(name) for name in ("log_ratio", "least", "most"))
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
                ends = [value, 0.0, lo, hi]
                axes.plot([lo, hi], [row, row], color=MUTED if last else INK, lw=0.9)
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
    elif spread[ranked[0]] >= 0.5 * spread.sum():
        title = f"What separates the explanations is mostly one factor: {main}"
    else:
        title = f"What separates the explanations most: {main}, then {label(factors[int(ranked[1])])}"
    return Figure(
        title,
        made.svg,
        "The log evidence ratio of each explanation as a sum of named factors; lines: its range over the priors. "
        "A factor at 0 does not tell an explanation from the first one.",
        "hypotheses/factor_log_ratio hypotheses/log_ratio",
        f"Factors: {', '.join(label(f) for f in factors)}.",
    )


def _grid(group: Group, rivals: list[Rival]) -> list[Block]:
    grid = group.some_numbers("grid_log_ratio")
    latency = [f"{hours:.0f} h" for hours in group.numbers("grid_latency")]
    acceptance = group.texts("grid_acceptance")
    rows: list[Row] = []
    flips = 0
    for rival in rivals[1:]:
        values = grid[:, :, rival.column]
        signs = set(np.sign(values[np.isfinite(values)]).tolist()) - {0.0}
        flips += len(signs) == 2
        verdict = (
            "the sign depends on the prior"
            if len(signs) == 2
            else "for it at every point"
            if signs == {1.0}
            else "against it at every point"
            if signs == {-1.0}
            else "no evidence either way"
        )
        same = bool(signs) and np.nanmax(values) - np.nanmin(values) < 0.005
        if same:
            verdict = f"{nats(float(values.flat[0]))} at every point"
        rows.append(Row((Cell(f"{rival.label}: {verdict}"),), heading=True))
        for k, prior in enumerate(() if same else acceptance):
            cells = [
                number(nats(v), "hypotheses/grid_log_ratio", "num " + heat(v, 3.0)) for v in values[:, k]
            ]
            rows.append(Row((Cell(prior), *cells)))
    said = f"For {flips} of {len(rivals) - 1} explanations the sign of the evidence depends on the prior of this grid."
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
    llr, texts = group.numbers("claim_llr"), group.texts("claim_text")
    if not texts:
        return []
    worth = llr.max(axis=1) - llr.min(axis=1)
    order = np.argsort(-worth, kind="stable")[:_MOST_CLAIMS]
    rows = [
        Row(
            (
                Cell(texts[n]),
                *(
                    number(nats(v), "hypotheses/claim_llr", "num " + heat(v, 2.0))
                    for v in llr[n, [r.column for r in rivals]]
                ),
                number(nats(float(worth[n])).lstrip("+"), "hypotheses/claim_llr", "num strong"),
            )
        )
        for n in order
    ]
    more = f" {len(texts) - len(order)} claims of less weight are not printed." if len(texts) > len(order) else ""
    return [
        prose(
            f"{len(texts)} claims tell the explanations apart.", "strong", "hypotheses/claim_llr"
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
