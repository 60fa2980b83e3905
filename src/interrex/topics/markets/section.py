"""Markets: prices across the halt beside the simulated risk, what a fall identifies, and the statements tested."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number, prose
from interrex.report.figures import (
    ACCENT,
    FAINT,
    INK,
    MODEL,
    MODEL_BAND,
    MUTED,
    drawing,
    label,
)
from interrex.report.numbers import NONE, figure, iso_day, known, said_days, sentence, short_day
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest

_COLOURS = (ACCENT, "#7a5195", MODEL, "#2f7f6f", "#b0365f", "#8a6d1b", "#5b6673", INK)
_FAR = 4
"""Days without a quote over which a line is only dotted."""
_KINDS = {
    "close": "close",
    "intraday": "during the day",
    "derived": "worked out",
    "indicative": "indicative",
    "cents": "in cents",
}
_PARTS = {
    "mean": "Names abroad at their worst",
    "index": "Index when next seen",
    "gap": "Gap",
    "composition": "of it composition",
    "halt": "of it halt, delay and listing",
    "known": "Names quoted in both places",
    "outsider_kept": "Index with the outsider, fall kept",
    "outsider_back": "Index with the outsider, fall made good",
}


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("markets", "quote_instrument", "quote_least")
    blocks: list[Block] = [Callout(sentence(group.attr("verdict")), "verdict", "Verdict")]
    if group.has("path_name") and np.isfinite(group.numbers("path_least")).all():
        blocks.append(_across(results, group))
    for attr, title in (
        ("said_gap", "Why index and names differ"),
        ("said_risk", "Whether the simulated risk explains the falls"),
        ("said_process", "Whether one risk gives both a calm index and a worse image"),
    ):
        if group.attr(attr):
            blocks.append(Callout(group.attr(attr), "note", title))
    if group.has("part_label"):
        blocks.append(_gap(group))
    if group.has("product_name") and np.isfinite(group.numbers("product_least")).any():
        blocks.append(_curve(results, group))
    if group.has("sentence_text"):
        blocks.append(_sentences(group))
    if group.has("exposure_name"):
        blocks.append(_exposures(group))
    if group.attr("note_daily"):
        blocks.append(prose("The daily risk is missing. " + sentence(group.attr("note_daily")), "muted"))
    blocks.append(prose(sentence(group.attr("used_in_conditioning")), "muted small"))
    if group.has("risk_p"):
        blocks.append(_risk_table(results, group))
    if group.has("connection_what"):
        blocks.append(_connections(group))
    blocks.append(_quotes(group))
    return blocks


def _across(results: Results, group: Group) -> Figure:
    """Instruments in the days around the halt, and the risk as known each day under them."""
    names, days = group.texts("path_name"), [date.fromisoformat(d[:10]) for d in group.texts("path_day")]
    least, most = 100 * group.numbers("path_least"), 100 * group.numbers("path_most")
    start, end = _span(group, days)
    shown = [
        n
        for n in dict.fromkeys(names)
        if sum(m == n and start <= d <= end for m, d in zip(names, days, strict=True)) > 1
    ]
    risk = group.has("risk_p") and bool(np.isfinite(group.numbers("risk_p")).any())
    with drawing(4.5 if risk else 3.3) as made:
        panels = made.canvas.subplots(2 if risk else 1, 1, sharex=True, squeeze=False,
                                      gridspec_kw={"height_ratios": [2.6, 1] if risk else [1]})  # fmt: skip
        top = panels[0, 0]
        _halt(top, group, start, end)
        top.axhline(0, color=MUTED, lw=0.6)
        for i, name in enumerate(shown):
            rows = [r for r, n in enumerate(names) if n == name and start <= days[r] <= end]
            x = [(days[r] - start).days for r in rows]
            middle = [0.5 * (least[r] + most[r]) for r in rows]
            colour = _COLOURS[i % len(_COLOURS)]
            for a, b in zip(range(len(x)), range(1, len(x)), strict=False):
                far = x[b] - x[a] > _FAR
                top.plot(
                    x[a : b + 1], middle[a : b + 1], color=colour, lw=1.1, ls=":" if far else "-", alpha=0.9
                )
            top.plot(x, middle, color=colour, ls="", marker="o", ms=3)
            for a, r in zip(x, rows, strict=True):
                top.plot([a, a], [least[r], most[r]], color=colour, lw=3.5, alpha=0.35, solid_capstyle="butt")
            change = f"{middle[-1]:+.1f} %".replace("-", "−")
            top.annotate(f"{label(name)} {change}", (x[-1], middle[-1]), xytext=(5, 0), textcoords="offset points",
                         va="bottom" if middle[-1] >= 0 else "top" if middle[-1] > -4 else "center", color=colour, fontsize=7)  # fmt: skip
        top.set_ylabel("change since before the fall, %")
        top.grid(axis="y")
        top.set_axisbelow(True)
        bottom = panels[-1, 0]
        if risk:
            _risk(bottom, results, group, start, end)
        ticks = list(range(0, (end - start).days + 1, 2))
        bottom.set_xticks(ticks, [short_day(start + timedelta(days=t)) for t in ticks])
        bottom.set_xlim(-0.4, (end - start).days + 2.2)
    lowest = int(np.argmin(least))
    return Figure(
        _worst(names[lowest], -float(least[lowest]), days[lowest], _shut(group)),
        made.svg,
        "Quoted points only; thick bars are what the figures allow (rounding, reports that differ, a bond quoted in cents). "
        + ("Grey: days without trading in shares at home. " if any(start <= d <= end for d in _shut(group)) else "")
        + ("Below: probability of losing control within the horizon, as known at the end of each day; gaps are days on which no "
           "number is printed. " if risk else "")
        + ("Bands are withheld." if risk and results.intervals_withheld else "Band: 90 % over the base rates." if risk else ""),
        "markets/path_least markets/path_most markets/risk_p",
        "Prices around the halt and the daily risk.",
    )  # fmt: skip


def _worst(name: str, down: float, day: date, shut: list[date]) -> str:
    """The deepest fall, and whether shares traded at home on that day."""
    if down < 0.5:
        return "No instrument was quoted half a per cent below where it stood before"
    home = ""
    if day in shut:
        home = "; the home market was shut that day"
    elif shut:
        home = f"; the home market was open that day and shut on {len(shut)} other day{'s' if len(shut) > 1 else ''}"
    return f"{name} was {down:.0f} % down at its worst, on {short_day(day)}{home}"


def _shut(group: Group) -> list[date]:
    """Days on which shares did not trade at home."""
    if not group.has("halt_day"):
        return []
    rows = zip(group.texts("halt_what"), group.texts("halt_day"), strict=True)
    return sorted(date.fromisoformat(d[:10]) for what, d in rows if what in ("all trading", "shares"))


def _span(group: Group, days: list[date]) -> tuple[date, date]:
    """The fortnight around the deepest fall: from the earliest base of a path to the next quote of what was shut."""
    worst = days[int(np.argmin(group.numbers("path_least")))]
    seen = group.attr("seen_day")
    end = date.fromisoformat(seen[:10]) if seen else worst + timedelta(days=10)
    return max(min(days), worst - timedelta(days=6)), end


def _halt(axes: Axes, group: Group, start: date, end: date) -> None:
    """Grey where shares did not trade, weekends between such days included."""
    shut = [d for d in _shut(group) if start <= d <= end]
    if shut:
        axes.axvspan(
            (shut[0] - start).days - 0.5, (shut[-1] - start).days + 0.5, color=FAINT, alpha=0.6, lw=0
        )
        axes.annotate("shares at home shut", ((shut[0] - start).days + 1.2, 0.85), xycoords=("data", "axes fraction"),
                      fontsize=6.5, color=MUTED)  # fmt: skip


def _risk(axes: Axes, results: Results, group: Group, start: date, end: date) -> None:
    days = [date.fromisoformat(d[:10]) for d in group.texts("risk_date")]
    keep = [i for i, d in enumerate(days) if start <= d <= end]
    x = np.array([(days[i] - start).days for i in keep])
    p = 100 * group.numbers("risk_p")[keep]
    low, high = results.bounds(group.numbers("risk_rates_low"), group.numbers("risk_rates_high"))
    good = np.isfinite(p)
    if np.isfinite(low[keep]).any():
        axes.fill_between(x, 100 * low[keep], 100 * high[keep], where=good, color=MODEL_BAND, alpha=0.6, lw=0)
    axes.plot(x[good], p[good], color=MODEL, lw=0.8, ls=":")
    axes.plot(x, p, color=MODEL, marker="o", ms=3)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("risk, %")
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _curve(results: Results, group: Group) -> Figure:
    """Every pair of probability and loss that a fall allows."""
    names = group.texts("product_name")
    least, most = group.numbers("product_least"), group.numbers("product_most")
    drawn = set(group.texts("path_name")) if group.has("path_name") else set(names)
    order = [i for i in np.argsort(-most) if names[i] in drawn and most[i] >= 0.01][:7]
    places = _apart([50.0 * float(least[i] + most[i]) for i in order], 5.5)
    with drawing(3.0) as made:
        axes = made.canvas.subplots()
        p = np.geomspace(0.005, 1.0, 300)
        for k, i in enumerate(order):
            colour = _COLOURS[k % len(_COLOURS)]
            upper, lower = np.minimum(most[i] / p, 1.0), np.minimum(least[i] / p, 1.0)
            inside = p >= least[i]
            axes.fill_between(
                100 * p[inside], 100 * lower[inside], 100 * upper[inside], color=colour, alpha=0.35, lw=0
            )
            centre = 0.5 * (least[i] + most[i])
            line = p >= centre
            axes.plot(100 * p[line], 100 * centre / p[line], color=colour, lw=1)
            axes.annotate(f"{label(names[i])}: p × loss = {100 * centre:.1f} %", (100, places[k]), xytext=(4, 0),
                          textcoords="offset points", va="center", color=colour, fontsize=6.5)  # fmt: skip
        peak = float(group.numbers("p_peak")) if group.has("p_peak") else np.nan
        if known(peak):
            axes.axvline(100 * float(peak), color=MODEL, lw=1, ls="--")
            axes.annotate("simulated risk at its peak", (100 * float(peak), 0.97), xycoords=("data", "axes fraction"), rotation=90,
                          va="top", ha="right", fontsize=6.5, color=MODEL)  # fmt: skip
        axes.set_xscale("log")
        axes.set_xticks([1, 2, 5, 10, 20, 50, 100], ["1 %", "2 %", "5 %", "10 %", "20 %", "50 %", "100 %"])
        axes.minorticks_off()
        axes.set_xlim(1, 100)
        axes.set_ylim(0, 102)
        axes.set_yticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
        axes.set_xlabel("probability of loss of control that the buyer had in mind")
        axes.set_ylabel("share of value then lost")
        axes.grid(True)
        axes.set_axisbelow(True)
    return Figure(
        "A fall in price gives probability times loss, never one of the two",
        made.svg,
        "Every point on a curve fits the fall of that instrument equally well; a point left of where its curve reaches 100 % is "
        "impossible. A premium for risk would move every curve towards the origin. The bond is quoted in cents; its price is "
        "taken to lie between 100 and 150.",
        "markets/product_least markets/product_most",
        "Curves of probability against loss.",
    )  # fmt: skip


def _apart(places: list[float], gap: float) -> list[float]:
    """Places of labels, from the highest down, at least `gap` apart and none below the axis."""
    out: list[float] = []
    for k, place in enumerate(places):
        floor = gap * (len(places) - 1 - k)
        out.append(max(min(place, out[-1] - gap) if out else place, floor))
    return out


def _per_cent(low: float, high: float) -> str:
    if not (known(low) and known(high)):
        return NONE
    a, b = 100 * float(low), 100 * float(high)
    text = f"{0.5 * (a + b):.1f} %" if b - a < 0.35 else f"{a:.1f} to {b:.1f} %"
    return text.replace("-", "−")


def _gap(group: Group) -> Table:
    rows: list[Row] = []
    for name, reading, low, high in zip(
        group.texts("part_label"), group.texts("part_reading"), group.numbers("part_least"), group.numbers("part_most"), strict=True
    ):  # fmt: skip
        shown = _per_cent(low, high)
        shown = shown.replace(" %", " points") if name in ("gap", "composition", "halt", "known") else shown
        look = "strong" if name == "gap" else ""
        rows.append(
            Row(
                (
                    Cell(_PARTS.get(name, name), look),
                    number(shown, "markets/part_least markets/part_most"),
                    Cell(said_days(reading)),
                )
            )
        )
    return Table(
        (("Index against names", ""), ("Change", "num"), ("Reading", "")),
        rows,
        "Intervals hold all that the figures allow: the constituents not quoted abroad neither rose nor fell further than the "
        "worst name at that moment (assumption). Composition and halt sum to the gap, so what one gains the other loses. The "
        "fall abroad itself, on one day and in one place, knows neither halt nor basket: it is news about the country and the firm.",
    )  # fmt: skip


def _sentences(group: Group) -> Table:
    columns = [group.texts(f"sentence_{c}") for c in ("text", "verdict", "figures", "sources")]
    rows = [
        Row((Cell(t), Cell(v, "strong"), Cell(f), Cell(s, "sources")))
        for t, v, f, s in zip(*columns, strict=True)
    ]
    return Table(
        (("What the commentary says of prices", ""), ("Verdict", ""), ("Figures", ""), ("Sources", "")), rows
    )


def _exposures(group: Group) -> Table:
    rows: list[Row] = []
    claims = set(group.texts("product_name")) if group.has("product_name") else set()
    for i, name in enumerate(group.texts("exposure_name")):
        low, high = group.numbers("exposure_loss_least")[i], group.numbers("exposure_loss_most")[i]
        claim = name in claims
        told = claim and known(low) and high >= 0.0
        needed = NONE if not told else f"{low:.0f} times all" if low >= 2.0 else _per_cent(low, high)
        apart = group.numbers("exposure_rise")[i] * group.numbers("exposure_most")[i] > 0.0
        reading = "possible"
        if low > 1.0:
            reading = "more than there is: impossible"
        elif apart:
            reading = "rose with the risk" if group.numbers("exposure_rise")[i] > 0.0 else "fell on while the risk receded"
        rows.append(Row((
            Cell(name), number(figure(group.numbers("exposure_days")[i], 1), "markets/exposure_days"),
            number(_per_cent(group.numbers("exposure_least")[i], group.numbers("exposure_most")[i]), "markets/exposure_least"),
            number(f"{100 * group.numbers('exposure_rise')[i]:+.1f}".replace("-", "−"), "markets/exposure_rise"),
            number(needed, "markets/exposure_loss_least"), Cell(reading if claim else ""),
        )))  # fmt: skip
    why = max(group.texts("exposure_why"), key=len, default="")
    left = group.attr("no_exposure")
    return Table(
        (("Exposure", ""), ("days", "num"), ("return", "num"), ("risk, points", "num"), ("loss share needed", "num"), ("", "")),
        rows,
        "Return on days with a quote against the rise of the simulated risk over the same days; days on which the risk moved by "
        "less than its Monte Carlo error are left out. A loss share is worked out for shares, receipts and bonds alone. " + sentence(why) + (f" Left out altogether: {left}." if left else ""),
        look="small",
    )  # fmt: skip


def _risk_table(results: Results, group: Group) -> Table:
    low, high = results.bounds(group.numbers("risk_rates_low"), group.numbers("risk_rates_high"))
    p, week, ess, distinct = (group.numbers(f"risk_{n}") for n in ("p", "week", "ess", "distinct"))
    rows: list[Row] = []
    for i, (day, why) in enumerate(zip(group.texts("risk_date"), group.texts("risk_why"), strict=True)):
        shown = f"{100 * p[i]:.1f} %" if known(p[i]) else NONE
        band = _per_cent(low[i], high[i]) if known(low[i]) else ""
        note = f"no number: {why}" if why else ""
        rows.append(Row((
            Cell(iso_day(day)), number(shown, "markets/risk_p"), number(f"{100 * week[i]:.1f} %" if known(week[i]) else NONE, "markets/risk_week"),
            number(band, "markets/risk_rates_low markets/risk_rates_high"), number(f"{100 * ess[i]:.0f} %" if known(ess[i]) else NONE, "markets/risk_ess"),
            number(figure(distinct[i], 2), "markets/risk_distinct"), Cell(note, "small"),
        )))  # fmt: skip
    return Table(
        (("As known on", ""), ("within 30 days", "num"), ("7 days", "num"), ("90 % over base rates", "num"), ("effective sample", "num"), ("distinct", "num"), ("", "")),
        rows,
        "Effective sample: what plain reweighting by the day's news would have left of the population; bridging and moves restore "
        f"it. Distinct: different particles of {group.attr('particles')} afterwards.",
        look="small",
        folded="Risk of losing control, as known on each day",
    )  # fmt: skip


def _connections(group: Group) -> Table:
    value, low, high = (group.numbers(f"connection_{n}") for n in ("value", "least", "most"))
    rows = [
        Row((
            Cell(what), number(_per_cent(value[i], value[i]), "markets/connection_value"),
            number(_per_cent(low[i], high[i]) if known(low[i]) else "", "markets/connection_least"), Cell(note),
        ))
        for i, (what, note) in enumerate(zip(group.texts("connection_what"), group.texts("connection_note"), strict=True))
    ]  # fmt: skip
    return Table(
        (("Dependence times news (Fisman 2001)", ""), ("value", "num"), ("95 % interval", "num"), ("", "")),
        rows,
        "The mechanism by which a ruler's weakness would reach some firms and not others. No index of dependence of firms on the "
        "rulers of this country is in the record, so it is not applied here; the rows show that the estimator finds what it should.",
        look="small",
        folded="Political connections: the mechanism and its test",
    )  # fmt: skip


def _quotes(group: Group) -> Table:
    columns = [group.texts(f"quote_{c}") for c in ("instrument", "venue", "from", "day", "kind", "sources")]
    low, high = group.numbers("quote_least"), group.numbers("quote_most")
    rows = [
        Row((
            Cell(name), Cell(venue), Cell(f"{iso_day(start)} to {iso_day(day)}" if start else iso_day(day)),
            number(_per_cent(low[i], high[i]), "markets/quote_least markets/quote_most"), Cell(_KINDS.get(kind) or kind), Cell(sources, "sources"),
        ))
        for i, (name, venue, start, day, kind, sources) in enumerate(zip(*columns, strict=True))
    ]  # fmt: skip
    return Table(
        (("Instrument", ""), ("Place", ""), ("Days", ""), ("Change", "num"), ("Kind", ""), ("Sources", "")),
        rows, look="small", folded=f"All {len(rows)} quoted changes",
    )  # fmt: skip


SECTION = Section(
    "markets",
    "Markets",
    _fill,
    "Quoted prices held against the simulated risk; whether the model saw any of them is said below.",
)
