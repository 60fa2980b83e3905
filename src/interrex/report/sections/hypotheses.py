"""Rival explanations: evidence ratios as sums of named factors, the grid of priors, the matrix of claims."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number, prose
from interrex.report.figures import BASE, FAINT, INK, MODEL, MUTED, drawing, label
from interrex.report.numbers import chance, interval, known, nats, shorten
from interrex.report.read import Group, Results
from interrex.report.sections.confidence import heat

_MOST_CLAIMS = 40


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("hypotheses", "label", "posterior", "log_ratio")
    blocks: list[Block] = []
    if group.attr("verdict"):
        flip = group.attr("flip")
        blocks.append(Callout(group.attr("verdict") + (f" {flip}" if flip else ""), "verdict", "Verdict"))
    blocks.append(_posterior(group))
    blocks.append(_summary(results, group))
    if group.has("factor_log_ratio", "factor"):
        blocks.append(_factors(results, group))
    if group.has("grid_log_ratio"):
        blocks += _grid(group)
    blocks += _matrix(group)
    fit = group.attrs.get("predictive_p")
    if fit is not None and known(float(fit)):
        fine = float(fit) >= 0.05
        blocks.append(
            Callout(
                f"Absolute fit: under the best explanation a sequence as unusual as this one has "
                f"probability {chance(float(fit))}." + ("" if fine else " None of these explains it."),
                "note" if fine else "bad",
            )
        )
    if group.attr("contacts_text"):
        blocks.append(Callout(group.attr("contacts_text"), "note", "Base rate of contacts"))
    return blocks


def _labels(group: Group) -> list[str]:
    return [
        text or name
        for text, name in zip(group.texts("label"), group.texts_or_blank("name", "label"), strict=True)
    ]


def _posterior(group: Group) -> Figure:
    labels, prior, post = _labels(group), group.numbers("prior"), group.some_numbers("posterior")
    with drawing(0.5 + 0.24 * len(labels)) as made:
        axes = made.canvas.subplots()
        for row in range(len(labels)):
            axes.plot(
                [100 * prior[row], 100 * post[row]],
                [row, row],
                color=FAINT,
                lw=3,
                zorder=1,
                solid_capstyle="butt",
            )
            axes.plot([100 * prior[row]], [row], "|", ms=9, mew=1.6, color=BASE, zorder=2)
            axes.plot([100 * post[row]], [row], "o", ms=5.5, color=MODEL, zorder=3)
            axes.annotate(
                chance(post[row]),
                (100 * max(post[row], prior[row]), row),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                color=MODEL,
                fontweight="bold",
            )
        axes.set_yticks(range(len(labels)), [label(shorten(name, 60)) for name in labels])
        axes.set_ylim(len(labels) - 0.5, -0.6)
        top = 100 * float(np.nanmax([prior, post]))
        axes.set_xlim(0, min(max(1.25 * top, 20), 112))
        axes.set_xlabel("probability, %   ( | prior    ● posterior )")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    order = np.argsort(-post, kind="stable")
    close = len(order) > 1 and post[order[0]] < 2 * post[order[1]]
    title = (
        f"No explanation stands out: “{labels[order[0]]}” {chance(post[order[0]])}, "
        f"“{labels[order[1]]}” {chance(post[order[1]])}"
        if close
        else f"“{labels[order[0]]}” leads with {chance(post[order[0]])}"
    )
    return Figure(
        title,
        made.svg,
        "Posterior under the stated prior odds; other priors in the grid below.",
        "hypotheses/prior hypotheses/posterior",
        title,
    )


def _summary(results: Results, group: Group) -> Table:
    low, high = results.bounds(group.numbers("low"), group.numbers("high"))
    free = group.numbers_or_nan("log_ratio_free_shock", "log_ratio")
    rows = []
    for n, name in enumerate(_labels(group)):
        value = group.some_numbers("log_ratio")[n]
        reference = value == 0 and n == 0
        rows.append(
            Row(
                (
                    Cell(name),
                    number(chance(group.numbers("prior")[n]), "hypotheses/prior"),
                    number(chance(group.some_numbers("posterior")[n]), "hypotheses/posterior"),
                    number("reference" if reference else nats(value), "hypotheses/log_ratio"),
                    number(
                        "" if reference else interval(low[n], high[n], nats), "hypotheses/low hypotheses/high"
                    ),
                    number("" if reference else nats(free[n]), "hypotheses/log_ratio_free_shock"),
                )
            )
        )
    return Table(
        (
            ("Explanation", ""),
            ("Prior", "num"),
            ("Posterior", "num"),
            ("Log evidence ratio", "num"),
            ("90 % interval", "num"),
            ("with free common shock", "num"),
        ),
        rows,
        "Natural logarithm of how much better an explanation predicts the dated sequence than the first one: "
        "+0.7 is twice as well, +2.3 ten times.",
    )


def _factors(results: Results, group: Group) -> Figure:
    values = group.some_numbers("factor_log_ratio")
    low, high = results.bounds(
        group.numbers_or_nan("factor_low", "factor_log_ratio"),
        group.numbers_or_nan("factor_high", "factor_log_ratio"),
    )
    factors = group.texts("factor")
    labels = _labels(group)
    shown = [n for n in range(len(labels)) if np.nanmax(np.abs(values[:, n]), initial=0.0) > 1e-9][:6]
    if not shown:
        shown = list(range(min(len(labels), 2)))
    total, t_low, t_high = (
        group.some_numbers("log_ratio"),
        *results.bounds(group.numbers("low"), group.numbers("high")),
    )
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    with drawing(0.45 + rows * (0.62 + 0.17 * (len(factors) + 1))) as made:
        grid = made.canvas.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for panel, axes in enumerate(grid.flat):
            if panel >= len(shown):
                axes.set_axis_off()
                continue
            n = shown[panel]
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
            axes.set_title(fill(label(shorten(labels[n], 52)), 28), fontsize=7.5)
            axes.margins(x=0.24)
            axes.set_ylim(len(factors) + 0.6, -0.6)
            axes.set_yticks(range(len(factors) + 1), [*(label(shorten(f, 30)) for f in factors), "sum"])
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        made.canvas.supxlabel(
            f"log evidence ratio against “{label(shorten(labels[0], 50))}”  (right: for, left: against)",
            fontsize=7.5,
        )
    spread = np.nansum(np.abs(values[:, shown]), axis=1)
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
        + " Explanations whose every factor is zero cannot be told from the first one by this sequence.",
        "hypotheses/factor_log_ratio hypotheses/log_ratio",
        f"Factors: {', '.join(label(f) for f in factors)}.",
    )


def _grid(group: Group) -> list[Block]:
    grid = group.some_numbers("grid_log_ratio")
    latency = (
        group.texts_or_blank("grid_latency", "grid_latency")
        if group.has("grid_latency")
        else [str(n) for n in range(grid.shape[0])]
    )
    acceptance = (
        group.texts("grid_acceptance")
        if group.has("grid_acceptance")
        else [str(n) for n in range(grid.shape[1])]
    )
    rows: list[Row] = []
    flips = compared = 0
    for n, name in enumerate(_labels(group)):
        values = grid[:, :, n]
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
        rows.append(Row((Cell(f"{name}: {verdict}"),), heading=True))
        for k, prior in enumerate(acceptance):
            cells = [
                number(nats(v), "hypotheses/grid_log_ratio", "num " + heat(v, 3.0)) for v in values[:, k]
            ]
            rows.append(Row((Cell(prior), *cells)))
    sentence = (
        f"For {flips} of {compared} explanations the sign of the evidence depends on the prior."
        if flips
        else "The sign of the evidence is the same under every prior tried."
    )
    return [
        prose(sentence, "strong", "hypotheses/grid_log_ratio"),
        Table(
            (("Prior on acceptance of a request", ""), *((lat, "num") for lat in latency)),
            rows,
            "Log evidence ratio over the grid of priors. Columns: prior median of the time to deployment "
            "without an understanding. Blue: for, orange: against the explanation.",
            look="small heat",
        ),
    ]


def _matrix(group: Group) -> list[Block]:
    if not group.has("claim_llr"):
        return []
    llr = group.some_numbers("claim_llr")
    ids = group.texts("claim_id") if group.has("claim_id") else group.texts("claim")
    texts = group.texts_or_blank("claim_text", "claim_id") if group.has("claim_id") else [""] * len(ids)
    labels = _labels(group)
    worth = np.nanmax(llr, axis=1, initial=-np.inf) - np.nanmin(llr, axis=1, initial=np.inf)
    order = np.argsort(-worth, kind="stable")[:_MOST_CLAIMS]
    rows = [
        Row(
            (
                Cell(f"{ids[n]}: {texts[n]}" if texts[n] else ids[n]),
                *(number(nats(v), "hypotheses/claim_llr", "num " + heat(v, 2.0)) for v in llr[n]),
                number(nats(float(worth[n])).lstrip("+"), "hypotheses/claim_llr", "num strong"),
            )
        )
        for n in order
    ]
    more = f" {len(ids) - len(order)} claims of less weight are not printed." if len(ids) > len(order) else ""
    return [
        Table(
            (("Claim", ""), *((shorten(name, 40), "num") for name in labels), ("Diagnosticity", "num")),
            rows,
            "Matrix of claims by explanation (ACH): log likelihood ratio of each claim against the "
            "first explanation, "
            "sorted by diagnosticity, the largest difference between any two explanations. A claim "
            "near 0 throughout "
            "tells nothing, however striking." + more,
            look="small heat",
        )
    ]


SECTION = Section(
    "hypotheses",
    "Rival explanations",
    _fill,
    "How much better each explanation predicts the dated sequence, factor by factor and claim by claim.",
)
