"""Attention from abroad: who reacted when, against what stakes and the agenda let expect."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Span, Table, number, prose
from interrex.report.figures import (
    ACCENT,
    BASE,
    FAINT,
    INK,
    MUTED,
    SIDES,
    drawing,
    label,
)
from interrex.report.naming import moment
from interrex.report.numbers import NONE, chance, exact, figure, interval, known, sentence
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest

ABROAD = SIDES["patron and other states"]
_WORDS = {
    "competing_news": "other news",
    "for_incumbent": "for the incumbent",
    "neutral": "neutral",
    "critical": "critical",
}


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("attention", "reactor", "ratio")
    for name in ("scope_ratio", "heard_expected", "heard_to"):
        group.some_numbers(name)
    blocks: list[Block] = [Callout(sentence(group.attr("verdict")), "verdict", "Verdict")]
    if results.intervals_withheld:
        blocks.append(
            prose(
                "These intervals come from a small model of its own, not from the sampler whose checks failed.",
                "muted",
            )
        )
    if group.attr("statement"):
        blocks.append(
            prose(
                "The commentary under review says: "
                + sentence(group.attr("statement"))
                + " Few, late, empty and blind to what is at stake are four claims; each is answered apart."
            )
        )
    blocks.append(_aspects(group))
    blocks.append(_figure(group))
    blocks.append(_by_reactor(group))
    blocks.append(_scopes(group))
    blocks.append(_variants(group))
    blocks.append(Callout(sentence(group.attr("unknown")), "note", "What cannot be known"))
    blocks.append(_reactions(group))
    blocks.append(_parameters(group))
    bounds = _bounds(group)
    return [*blocks, bounds] if bounds is not None else blocks


def _aspects(group: Group) -> Table:
    asked, told = group.texts("aspect"), group.texts("aspect_text")
    return Table(
        (("Meaning of disregard", ""), ("What the record says", "")),
        [Row((Cell(a, "strong"), Cell(t))) for a, t in zip(asked, told, strict=True)],
    )


def _figure(group: Group) -> Figure:
    names = group.texts("reactor")
    order = np.argsort(-np.nan_to_num(group.numbers("p_react")), kind="stable").tolist()
    end = float(group.attrs["end_hours"])
    hours = group.numbers("hour")
    with drawing(2.2 + 0.26 * len(names) + 1.1) as made:
        top, bottom = made.canvas.subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": [0.26 * len(names) + 1.1, 1.4]}
        )
        _lanes(top, group, order, end)
        _course(bottom, group, end)
        bottom.set_xlim(0, float(hours[-1]))
        bottom.set_xticks(np.arange(0, hours[-1] + 1, 24))
        bottom.set_xlabel(label(f"hours after the start ({moment(group.attr('start_text'), None)})"))
    return Figure(
        "Reactions came late in the crisis; so did the violence"
        if _late(group, end)
        else "Reactions seen against reactions expected",
        made.svg,
        "Above: each bar is a reaction, as long as its date is uncertain (number: strength 1 to 5; hollow: not counted); "
        "grey: when the first reaction was expected (tick: median, bar: the middle half; open to the right where it may "
        "not come by the end). Below: how many reactors other than the patron had reacted, seen (orange; a band where "
        "dates are vague) and expected (green: median, middle half and 90 % with chance and the usual spread between "
        "crises). Dashed: end of the crisis, after which no reaction is expected.",
        "attention/first_expected",
        "Time line of reactions in hours with their expectation",
    )


def _late(group: Group, end: float) -> bool:
    """Whether no counted reaction can lie in the first third of the crisis."""
    starts = [
        start
        for start, out in zip(group.numbers("reaction_from"), group.texts("left_out"), strict=True)
        if not out
    ]
    violence = [
        start
        for start, what in zip(group.numbers("period_from"), group.texts("period_what"), strict=True)
        if what == "violence"
    ]
    return bool(starts and violence) and min(starts) > end / 3 and min(violence) > end / 3


def _lanes(axes: Axes, group: Group, order: list[int], end: float) -> None:
    names, by = group.texts("reactor"), group.texts("reaction_by")
    expected = group.numbers("first_expected")
    starts, ends, strength = (group.numbers(n) for n in ("reaction_from", "reaction_to", "strength"))
    left_out = group.texts("left_out")
    agenda = list(
        zip(
            group.texts("period_what"),
            group.texts("period_whom"),
            group.numbers("period_from"),
            group.numbers("period_to"),
            strict=True,
        )
    )
    for lane, n in enumerate(order):
        axes.axhline(lane, color=FAINT, lw=0.5, zorder=0)
        low, middle, high = expected[1, n], expected[2, n], expected[3, n]
        if known(low):
            axes.plot([low, high if known(high) else end], [lane + 0.24] * 2, color=BASE, lw=2.2, alpha=0.55)
            if known(middle):
                axes.plot([middle] * 2, [lane + 0.12, lane + 0.36], color=INK, lw=1.0)
        mine = [i for i in range(len(by)) if by[i] == names[n]]
        for k, i in enumerate(mine):
            y = lane - 0.08 - 0.16 * k
            colour = ACCENT if not left_out[i] else "none"
            axes.barh(
                y, ends[i] - starts[i], left=starts[i], height=0.13, color=colour, edgecolor=ACCENT, lw=0.6
            )
            axes.text(
                ends[i] + 1.2, y, exact(strength[i]), va="center", fontsize=5.5, color=MUTED, clip_on=True
            )
    kinds = list(dict.fromkeys(a[0] for a in agenda))
    for k, what in enumerate(kinds):
        y = len(order) - 0.05 + 0.34 * k
        for kind, whom, start, stop in agenda:
            if kind == what:
                axes.barh(
                    y,
                    stop - max(start, 0),
                    left=max(start, 0),
                    height=0.2,
                    color=MUTED,
                    alpha=0.16 if whom else 0.4,
                )
    axes.axvline(end, color=INK, lw=0.8, ls=(0, (4, 3)))
    heights = [*range(len(order)), *(len(order) - 0.05 + 0.34 * k for k in range(len(kinds)))]
    axes.set_yticks(heights, [*(label(names[n]) for n in order), *(label(_WORDS.get(k, k)) for k in kinds)])
    for tick in axes.get_yticklabels()[len(order) :]:
        tick.set_fontsize(6)
    axes.set_ylim(-0.75, len(order) + 0.34 * len(kinds) - 0.1)
    axes.tick_params(axis="y", length=0)


def _course(axes: Axes, group: Group, end: float) -> None:
    hours, expected = group.numbers("hour"), group.numbers("heard_expected")
    axes.fill_between(hours, expected[0], expected[4], color=ABROAD, alpha=0.15, lw=0, step="post")
    axes.fill_between(hours, expected[1], expected[3], color=ABROAD, alpha=0.25, lw=0, step="post")
    axes.step(hours, expected[2], where="post", color=ABROAD, lw=1.2)
    least, most = group.numbers("heard_from"), group.numbers("heard_to")
    axes.fill_between(hours, least, most, color=ACCENT, alpha=0.3, lw=0, step="post")
    axes.step(hours, least, where="post", color=ACCENT, lw=1.2)
    axes.axvline(end, color=INK, lw=0.8, ls=(0, (4, 3)))
    axes.set_ylabel("reactors heard of")
    axes.set_ylim(0, float(np.nanmax([expected[4], most])) + 0.4)


def _by_reactor(group: Group) -> Table:
    columns = {
        n: group.numbers(n)
        for n in (
            "observed", "expected", "expected_low", "expected_high", "ratio", "ratio_low", "ratio_high", "p_react",
            "first_from", "first_to", "trade", "investment", "treaty", "diaspora", "patron", "watched",
        )
    }  # fmt: skip
    median = group.numbers("first_expected")[2]
    names, rows = group.texts("reactor"), []
    for n in range(len(names)):
        c = {k: v[n] for k, v in columns.items()}
        stakes = " · ".join(figure(c[s]) for s in ("trade", "investment", "treaty", "diaspora"))
        about = "patron" if c["patron"] else "" if c["watched"] else "nobody looked for its reactions"
        seen = f"{c['first_from']:.0f} to {c['first_to']:.0f}" if known(c["first_from"]) else "none found"
        rows.append(
            Row(
                (
                    Cell((Span(names[n]), Span(f" {about}", "muted")) if about else names[n]),
                    Cell(stakes, "muted"),
                    number(exact(c["observed"]), "attention/observed", "num strong"),
                    number(_range(c, "expected"), "attention/expected"),
                    number(_quotient(c), "attention/observed attention/expected"),
                    number(_range(c, "ratio"), "attention/ratio"),
                    number(seen, "attention/first_from"),
                    number(
                        f"{median[n]:.0f}" if known(median[n]) else "after the end",
                        "attention/first_expected",
                    ),
                    number(chance(c["p_react"]), "attention/p_react"),
                )
            )
        )
    return Table(
        (
            ("Reactor", ""), ("Trade · capital · treaty · kin", ""), ("Seen", "num"), ("Expected", "num"),
            ("Seen over expected", "num"), ("Rate factor", "num"), ("First, hours", "num"), ("Expected, hours", "num"), ("Any at all", "num"),
        ),
        rows,
        "Stakes from 0 to 1, mostly assumed. Expected: what should be on record, median and 90 %. Seen over expected is the "
        "plain quotient. Rate factor: the posterior of how many times the expected rate there was, median and 90 %; its prior "
        "pulls it towards 1, and with one reactor it says next to nothing.",
        look="small",
    )  # fmt: skip


def _quotient(row: dict[str, float]) -> str:
    """Reactions seen over those expected."""
    seen, expected = row["observed"], row["expected"]
    return figure(seen / expected) if known(seen) and known(expected) and expected > 0 else NONE


def _scopes(group: Group) -> Table:
    names = group.texts("scope_name")
    wanted = ("observed", "expected", "ratio", "speed")
    ends = ("", "_low", "_high")
    columns = {
        f"{w}{e}": group.numbers(f"scope_{w}{e}")
        for w in wanted
        for e in ends
        if (w, e[:1]) != ("observed", "_")
    }
    few = group.numbers("scope_few")
    rows: list[Row] = []
    for n, name in enumerate(names):
        c = {k: v[n] for k, v in columns.items()}
        rows.append(
            Row(
                (
                    Cell(name),
                    number(exact(c["observed"]), "attention/scope_observed", "num strong"),
                    number(_range(c, "expected"), "attention/scope_expected"),
                    number(_quotient(c), "attention/scope_observed attention/scope_expected"),
                    number(_range(c, "ratio"), "attention/scope_ratio", "num strong"),
                    number(_range(c, "speed"), "attention/scope_speed"),
                    number(chance(few[n]), "attention/scope_few"),
                )
            )
        )
    return Table(
        (
            ("Whom", ""), ("Seen", "num"), ("Expected", "num"), ("Seen over expected", "num"), ("Rate factor", "num"),
            ("By first reactions alone", "num"), ("So few or fewer", "num"),
        ),
        rows,
        "In all, and by group where it has more than one member.",
        look="small",
    )  # fmt: skip


def _variants(group: Group) -> Table:
    texts = group.texts("variant_text")
    columns = {
        n: group.numbers(f"variant_{n}") for n in ("observed", "expected", "ratio", "ratio_low", "ratio_high")
    }
    return Table(
        (
            ("If instead", ""),
            ("Seen", "num"),
            ("Expected", "num"),
            ("Seen over expected", "num"),
            ("Rate factor", "num"),
        ),
        [
            Row(
                (
                    Cell(text),
                    number(exact(columns["observed"][n]), "attention/variant_observed"),
                    number(figure(columns["expected"][n]), "attention/variant_expected"),
                    number(
                        _quotient({k: v[n] for k, v in columns.items()}),
                        "attention/variant_observed attention/variant_expected",
                    ),
                    number(_range({k: v[n] for k, v in columns.items()}, "ratio"), "attention/variant_ratio"),
                )
            )
            for n, text in enumerate(texts)
        ],
        "What the headline hangs on.",
        look="small",
    )


def _reactions(group: Group) -> Table:
    fields = ("by", "when", "text", "grade", "source")
    cells = {f: group.texts(f"reaction_{f}") for f in fields}
    starts, ends, strength = (group.numbers(n) for n in ("reaction_from", "reaction_to", "strength"))
    stance, out = group.texts("stance"), group.texts("left_out")
    rows: list[Row] = []
    for n in range(len(out)):
        spans = (Span(cells["text"][n]), Span(f" Not counted: {out[n]}." if out[n] else "", "muted"))
        rows.append(
            Row(
                (
                    Cell(cells["by"][n]),
                    Cell(moment(cells["when"][n], None)),
                    number(f"{starts[n]:.0f} to {ends[n]:.0f}", "attention/reaction_from"),
                    Cell(spans),
                    Cell(_WORDS.get(stance[n], stance[n])),
                    number(exact(strength[n]), "attention/strength"),
                    Cell(cells["grade"][n]),
                    Cell(cells["source"][n].replace(";", ", "), "muted"),
                )
            )
        )
    return Table(
        (
            ("Who", ""), ("Date there", ""), ("Hours", "num"), ("What", ""), ("Stance", ""), ("Strength", "num"),
            ("Grade", ""), ("Sources", ""),
        ),
        rows,
        "Strength: 1 words of an office; 2 a leader or minister takes a side or calls; 3 a formal act; 4 money or a price "
        "to pay; 5 force. Hours since the start, from the earliest to the latest that the date allows.",
        look="small",
        folded=f"All {len(rows)} reactions on record",
    )  # fmt: skip


def _parameters(group: Group) -> Table:
    names, priors = group.texts("parameter"), group.texts("prior_text")
    before, wide = group.numbers("prior_mean"), group.numbers("prior_sd")
    after, narrow = group.numbers("post_mean"), group.numbers("post_sd")
    return Table(
        (
            ("Parameter", ""),
            ("Prior (assumption)", ""),
            ("Mean (sd) before", "num"),
            ("After other crises", "num"),
        ),
        [
            Row(
                (
                    Cell(name),
                    Cell(priors[n]),
                    number(f"{_short(before[n])} ({wide[n]:.2f})", "attention/prior_mean"),
                    number(f"{_short(after[n])} ({narrow[n]:.2f})", "attention/post_mean"),
                )
            )
            for n, name in enumerate(names)
        ],
        "What the expectation is made of. Where the two columns agree, other crises taught nothing.",
        look="small",
        folded="Parameters of the expectation",
    )


def _bounds(group: Group) -> Table | None:
    if not group.has("bound_crisis") or not group.texts("bound_crisis"):
        return None
    crises, who, days = group.texts("bound_crisis"), group.texts("bound_reactor"), group.numbers("bound_days")
    sources = group.texts("bound_source")
    return Table(
        (("Crisis", ""), ("Who", ""), ("First reaction within", "num"), ("Source", "")),
        [
            Row(
                (
                    Cell(crisis),
                    Cell(who[n]),
                    number(f"{days[n]:.0f} days", "attention/bound_days"),
                    Cell(sources[n], "muted"),
                )
            )
            for n, crisis in enumerate(crises)
        ],
        "All that the collection of other crises dates with a source; there may have been earlier words.",
        look="small",
        folded="Reactions dated in other crises",
    )


def _short(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _range(values: dict[str, float], name: str) -> str:
    """'0.4 (0.1 to 2)', or the middle alone with why the ends are missing."""
    if not known(values[name]):
        return NONE
    ends = interval(values[f"{name}_low"], values[f"{name}_high"], figure)
    return f"{figure(values[name])} ({ends})"


SECTION = Section(
    "attention",
    "Attention from abroad",
    _fill,
    "Few reactions are disregard only if more were to be expected: from stakes, in the days that the crisis lasted.",
)
