"""Firms: when a plan to enter is carried out, delayed or dropped, and what a count of cancellations tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number, prose
from interrex.report.figures import ACCENT, BASE, INK, MODEL, MUTED, drawing, label
from interrex.report.numbers import chance, exact, figure, interval, iso_day, known
from interrex.report.read import Floats, Group, Results
from interrex.store.manifest import Manifest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN = 14  # cancellations on the axis
_ALIKE = 1.5  # a ratio of probabilities under which a count does not tell two worlds apart


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("firms", "trigger", "predictive", "plan_sector")
    blocks: list[Block] = [Callout(group.attr("verdict"), "verdict")]
    if "told" in group.attrs:
        blocks.append(
            prose(_count_words(group), var="firms/obs_rate_low firms/obs_rate_high firms/look_ratio")
        )
    blocks.append(_picture(group))
    blocks.append(prose(_delay_words(group), var="firms/promise_delay firms/plan_entered"))
    if group.has("denominator", "obs_share"):
        blocks.append(_shares(group))
    if group.has("severity", "severity_extra"):
        blocks.append(_severities(group))
    blocks += [_plans(results, group), _assumptions(group)]
    return blocks


def _value(group: Group, name: str) -> float:
    return float(group.attrs.get(name, np.nan))


def _alike(ratio: float) -> bool:
    return 1.0 / _ALIKE < ratio < _ALIKE


def _count_words(group: Group) -> str:
    told, ratio = int(_value(group, "told")), _value(group, "look_ratio")
    where = ": ".join(filter(None, (f"source {group.attr('told_source')}", group.attr("told_note"))))
    return (
        f"{told} reported ({where}). As a bare count it fixes the "
        f"expected number of such cancellations between {figure(_value(group, 'obs_rate_low'))} and "
        f"{figure(_value(group, 'obs_rate_high'))} (exact Poisson interval, 95 %). Under the assumptions below exactly "
        f"{told} by {iso_day(group.attr('report_day'))} has probability {chance(_value(group, 'p_told'))} if firms look at "
        f"the country's politics as assumed and {chance(_value(group, 'p_told_unmoved'))} if none does, a ratio of "
        f"{figure(ratio)}: "
        + (
            "the count does not tell the two apart. "
            if _alike(ratio)
            else "the count speaks for one of the two. "
        )
        + f"The episode adds {figure(max(0.0, _value(group, 'expected') - _value(group, 'expected_unmoved')), 1)} "
        f"cancellations by then on average over the draws of the assumptions ({figure(_value(group, 'extra_middle'), 1)} in "
        f"the middle draw) to {figure(_value(group, 'expected_unmoved'))} that would have come anyway. "
        + group.attr("calm_rate")
    )


def _delay_words(group: Group) -> str:
    waits = [
        f"{exact(100 * (p - 1))} % above it "
        + ("waits longer than eight years" if not known(d) else _days(d))
        for p, d in zip(group.numbers("promise"), group.numbers("promise_delay"), strict=True)
    ]
    entered, still = _value(group, "entered"), _value(group, "entered_unmoved")
    gone, gone_still = _value(group, "cancelled"), _value(group, "cancelled_unmoved")
    lost, more = still - entered, gone - gone_still
    text = (
        f"Image and delay. Added up over the episode, the conditioned histories hold a chance of "
        f"{chance(_value(group, 'episode_risk'))} (median) that control is lost. Firms that look then perceive up to "
        f"{figure(100 * _value(group, 'peak_excess'))} % a year above the hazard of calm times, and this fades. A plan whose "
        f"profit just meets the trigger of calm times waits; one that promises {'; '.join(waits)}, if its window "
        f"stays open. Within a year of "
        f"{iso_day(group.attr('calm_day'))} "
    )
    if lost < 5e-4:
        return text + "the episode costs no entries that could be seen."
    return text + (
        f"{_percent(entered)} of the plans are carried out, against {_percent(still)} if nobody looked, and "
        f"{_percent(gone)} are cancelled, against {_percent(gone_still)}. Of the entries lost in the year "
        f"{chance(np.clip(more / lost, 0, 1))} end as cancellations, because the plan is not worth its upkeep or its window "
        "shuts while it waits; the rest is delay."
    )


def _days(days: float) -> str:
    return "is carried out at once" if days < 0.5 else f"waits {days:.0f} days"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _picture(group: Group) -> Figure:
    with drawing(2.75) as made:
        left, right = made.canvas.subplots(1, 2, width_ratios=[1.0, 1.15])
        _triggers(group, left)
        _law(group, right)
    ask = group.some_numbers("trigger")
    told = _value(group, "told")
    p = [_value(group, n) for n in ("p_told", "p_told_unmoved")]
    title = "A hazard on the asset's life raises the profit that entry must promise; volatility does so too"
    if known(told):
        title = (
            f"{int(told)} cancelled by {iso_day(group.attr('report_day'))}: {chance(p[0])} as modelled, "
            f"{chance(p[1])} if nobody looked"
            + (", which does not tell the two apart" if _alike(p[0] / p[1]) else "")
        )
    return Figure(
        title,
        made.svg,
        f"Left: yearly profit per unit of sunk cost at which a firm enters (from {figure(100 * ask.min())} to "
        f"{figure(100 * ask.max())} %), against a lasting hazard of losing the asset, for four volatilities; return asked and "
        f"payout {figure(100 * _value(group, 'trigger_rate'))} % a year. Dashed: the plan is exposed to the same hazard, so "
        "waiting is worth less. Right: predictive distribution of cancellations from the last calm day to the day of the "
        f"report, firms of {group.attr('homes')}; it rests on assumed numbers of plans.",
        "firms/trigger firms/trigger_both firms/predictive",
        "Trigger of entry against hazard and volatility; distribution of the number of cancellations.",
    )


def _triggers(group: Group, axes: Axes) -> None:
    hazard, volatility = 100 * group.numbers("trigger_hazard"), group.numbers("trigger_volatility")
    ask, both = 100 * group.some_numbers("trigger"), 100 * group.numbers("trigger_both")
    shades = np.linspace(0.35, 1.0, volatility.size)
    for j, s in enumerate(volatility):
        axes.plot(hazard, ask[:, j], color=MODEL, alpha=shades[j])
        axes.plot(hazard, both[:, j], color=MODEL, alpha=shades[j], lw=0.8, ls=(0, (4, 2)))
        axes.annotate(
            f"σ {s:g}", (hazard[-1], ask[-1, j]), xytext=(3, 0), textcoords="offset points", va="center"
        )
    axes.set_xlim(0, hazard[-1] * 1.16)
    axes.set_xticks([0, 10, 20, 30], ["0", "10", "20", "30 %"])
    axes.set_ylim(0, None)
    axes.set_xlabel("hazard of losing the asset, a year")
    axes.set_ylabel("profit asked for, % of sunk cost a year")
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _law(group: Group, axes: Axes) -> None:
    law, count = 100 * group.some_numbers("predictive"), group.numbers("count")
    names, told = group.texts("world"), _value(group, "told")
    most = int(max(_SHOWN, told + 2 if known(told) else 0))
    shown = count <= most
    axes.bar(count[shown], law[0, shown], width=0.8, color=MODEL)
    axes.plot(count[shown], law[1, shown], "o", ms=3.6, color="white", mec=INK, mew=0.9, zorder=4)
    top = float(law[:, shown].max())
    if known(told):
        axes.bar([told], law[0, count == told], width=0.8, color=ACCENT)
        axes.annotate(
            f"{int(told)} reported",
            (told, max(law[0, count == told][0], law[1, count == told][0])),
            xytext=(10, 22),
            textcoords="offset points",
            color=ACCENT,
            fontweight="bold",
            arrowprops={"arrowstyle": "-", "color": ACCENT, "lw": 0.8, "shrinkB": 4},
        )
    axes.text(1, 0.98, f"■ {label(names[0])}", color=MODEL, transform=axes.transAxes, ha="right", va="top")
    axes.text(1, 0.9, f"○ {label(names[1])}", color=INK, transform=axes.transAxes, ha="right", va="top")
    beyond = float(law[0, ~shown].sum() + max(0.0, 100 - law[0].sum()))
    axes.text(1, 0.8, f"more than {most}: {chance(beyond / 100)}", color=MUTED, transform=axes.transAxes, ha="right", va="top")  # fmt: skip
    axes.set_ylim(0, 1.15 * top)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlabel("plans cancelled by the day of the report" if known(told) else "plans cancelled")
    axes.set_ylabel("probability, %")
    axes.spines["bottom"].set_color(BASE)


def _shares(group: Group) -> Table:
    columns = {
        n: group.numbers(n)
        for n in ("obs_share", "obs_share_low", "obs_share_high", "obs_share_rare", "obs_share_rare_low",
                  "obs_share_rare_high", "obs_share_heard", "obs_plans", "obs_gain")
    }  # fmt: skip

    def both(n: int, kind: str) -> str:
        at = {k: columns[f"obs_share{k}"][n] for k in (kind, f"{kind}_low", f"{kind}_high")}
        return f"{chance(at[kind])} ({interval(at[kind + '_low'], at[kind + '_high'])})"

    rows = [
        Row((
            Cell(name[:1].upper() + name[1:]),
            number(both(n, ""), "firms/obs_share firms/obs_share_low firms/obs_share_high", "num strong"),
            number(both(n, "_rare"), "firms/obs_share_rare"),
            number(chance(columns["obs_share_heard"][n]), "firms/obs_share_heard"),
            number(exact(columns["obs_plans"][n]), "firms/obs_plans"),
            number(figure(columns["obs_gain"][n]), "firms/obs_gain"),
        ))
        for n, name in enumerate(group.texts("denominator"))
    ]  # fmt: skip
    return Table(
        (
            ("If the number of plans was", ""),
            ("Share cancelled, any share as likely before", "num"),
            ("if one in ten was expected", "num"),
            ("if told only because some were", "num"),
            ("Plans, afterwards", "num"),
            ("Learnt of the share, nats", "num"),
        ),
        rows,
        f"What a count of {int(_value(group, 'told'))} says of the share: medians, 90 % in brackets. No source for the "
        "number of plans was found: the rows are stated priors of it, and the answer is the row. Where the prior of the plans is "
        "wide, the last column is near 0 and the count teaches nothing of the share.",
        look="small",
    )


def _plans(results: Results, group: Group) -> Table:
    low, high = results.bounds(group.numbers("year_low"), group.numbers("year_high"))
    middle = group.numbers("year")
    year = [
        f"{figure(middle[w])} ({interval(low[w], high[w], figure)}) {name}"
        for w, name in enumerate(group.texts("world"))
    ]
    sectors, homes = group.texts("plan_sector"), group.texts("plan_home")
    count = group.numbers("plan_count")
    share: dict[str, Floats] = {
        n + s: group.numbers(f"plan_{n}{s}")
        for n in ("entered", "dropped", "lapsed")
        for s in ("", "_unmoved")
    }
    rows: list[Row] = []
    for n, sector in enumerate(sectors):
        cells = [Cell(f"{sector.capitalize()}, {homes[n]}"), number(exact(count[n]), "firms/plan_count")]
        for name in ("entered", "dropped", "lapsed"):
            cells.append(number(_percent(share[name + "_unmoved"][n]), f"firms/plan_{name}_unmoved"))
            cells.append(number(_percent(share[name][n]), f"firms/plan_{name}", "num strong"))
        rows.append(Row(tuple(cells)))
    return Table(
        (
            ("Plans", ""), ("Number assumed", "num"),
            ("carried out, nobody looking", "num"), ("as modelled", "num"),
            ("dropped, nobody looking", "num"), ("as modelled", "num"),
            ("lapsed, nobody looking", "num"), ("as modelled", "num"),
        ),
        rows,
        f"What becomes within a year of plans alive on {iso_day(group.attr('calm_day'))}: mean over {group.attr('draws')} "
        "draws of the assumptions, each with the risk of one conditioned history. The level of each column is assumption; "
        f"the difference within a pair is the episode. Cancellations expected within a year, firms of {group.attr('homes')}: "
        f"{'; '.join(year)}.",
        look="small",
        folded="Plans by sector and home",
    )  # fmt: skip


def _severities(group: Group) -> Table:
    said = [group.numbers(f"severity{n}") for n in ("", "_peak", "_entered", "_extra", "_extra_year")]
    plans = _value(group, "plans")
    rows = [
        Row((
            number(figure(expect, 1), "firms/severity", "num strong"),
            number(figure(peak), "firms/severity_peak"),
            number(chance(entered), "firms/severity_entered"),
            number(_points(extra), "firms/severity_extra"),
            number(figure(extra * plans), "firms/severity_extra"),
            number(_points(year), "firms/severity_extra_year"),
        ))
        for expect, peak, entered, extra, year in zip(*said, strict=True)
    ]  # fmt: skip
    return Table(
        (
            ("Losses of control expected after the episode", "num"), ("perceived hazard, a year", "num"),
            ("entries by then, of those in calm", "num"), ("further plans cancelled by then, points", "num"),
            (f"of {figure(plans)} plans", "num"), ("within a year, points", "num"),
        ),
        rows,
        f"How bad the image would have to be: by {iso_day(group.attr('report_day'))} and within a year, all firms looking, "
        f"middle values of the assumptions. The conditioned histories and the assumed image come to "
        f"{figure(_value(group, 'image'))} (median)." + _needed(group),
        look="small",
    )  # fmt: skip


def _needed(group: Group) -> str:
    """What it would take for the episode alone to bring the reported count."""
    if "told" not in group.attrs:
        return ""
    needed = _value(group, "needed")
    told, plans = int(_value(group, "told")), figure(_value(group, "plans"))
    if not known(needed):
        return f" At none of these severities would the episode alone cancel {told} more of {plans} plans."
    return (
        f" For the episode alone to cancel {told} more of {plans} plans, firms would have to expect about "
        f"{figure(needed, 1)}: a hazard this short delays entry long before it cancels plans."
        if needed > 3 * _value(group, "image")
        else f" About {figure(needed, 1)} would make the episode alone cancel {told} more of {plans} plans."
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _assumptions(group: Group) -> Table:
    assumed = group.numbers("guess_assumption")
    after = group.numbers_or_nan("guess_after", "guess_assumption")
    moved = group.numbers_or_nan("guess_moved", "guess_assumption")
    told = bool(np.isfinite(after).any())
    rows: list[Row] = []
    for n, name in enumerate(group.texts("guess_name")):
        cells = [
            Cell(name),
            Cell(group.texts("guess_unit")[n]),
            number(group.texts("guess_prior")[n], "firms/guess_prior"),
            Cell(("assumption: " if assumed[n] == 1 else "") + group.texts("guess_why")[n], "sources"),
        ]
        if told:
            cells.append(number(figure(after[n]), "firms/guess_after"))
        rows.append(Row(tuple(cells)))
    columns = [("Assumption", ""), ("Unit", ""), ("Median (90 %)", "num"), ("Where from", "")]
    columns += [("Median after the count", "num")] if told else []
    caption = f"{int((assumed == 1).sum())} of {assumed.size} numbers of this section are assumptions."
    if told:
        caption += (
            f" The reported count (reliability {figure(_value(group, 'informed'))}, one person's word) moves none of them by "
            f"more than {figure(np.nanmax(np.abs(moved)), 1)} of its prior standard deviation."
        )
    return Table(tuple(columns), rows, caption, look="small", folded="Assumptions of this section")


SECTION = Section(
    "firms",
    "Firms",
    _fill,
    "Plans to enter the country: carried out, delayed or cancelled, and what a count of cancellations tells.",
)
