"""Confidence by audience: trust in the person, belief in his frame and trust in the old ruler kept apart."""

from __future__ import annotations

from datetime import date

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Row, Section, Table, number, prose
from interrex.report.figures import CHECK, INK, MODEL, MODEL_BAND, MODEL_BAND_WIDE, MUTED, drawing, label
from interrex.report.numbers import chance, heat, iso_day, known, points, short_day, shorten
from interrex.report.read import Floats, Group, Results
from interrex.store.manifest import Manifest

_MOVED = 0.005
"""Change of a share below which an act counts as having moved nothing."""

_QUANTITIES = (
    ("trust", "Trust in the person", MODEL, MODEL_BAND, MODEL_BAND_WIDE),
    ("frame", "Belief in his frame", "#a3541d", "#eac9ae", "#f6e6d9"),
    ("old", "Trust in the old ruler", "#7a5195", "#d8c8e2", "#ece4f1"),
)


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("confidence")
    return [
        Callout(_identified(group), "note", "What the reports can tell"),
        _trajectories(results, group),
        *_events(group),
    ]


def _told(group: Group) -> list[tuple[str, str, str, str, str]]:
    """The quantities that the run stored: trust in a predecessor only where there is one."""
    return [quantity for quantity in _QUANTITIES if group.has(quantity[0])]


def _identified(group: Group) -> str:
    """What the level of trust and its changes rest on, from the number of opinion reports."""
    used = int(np.nan_to_num(group.numbers("opinions")))
    level = (
        f"The level of trust rests on {used} opinion {'report' if used == 1 else 'reports'} from these weeks; a bias that all "
        "of them share would move them alike and cannot be seen."
        if used
        else "No report on trust from these weeks was used: the level of trust is the prior's."
    )
    if not group.texts("event_label"):
        return level
    return level + (
        " Differences between days and audiences rest on the likelihood ratios of the acts, which are assumptions; P(sign) "
        "says how sure their direction is."
    )


def _trajectories(results: Results, group: Group) -> Figure:
    days = [date.fromisoformat(text[:10]) for text in group.texts("day")]
    ids, audiences = group.texts("audience"), group.texts("audience_name")
    x = np.arange(len(days))
    events = _strongest(group, days, 4)
    opinions = _opinions(group, days)
    told = _told(group)
    with drawing(1.0 + 1.15 * len(told)) as made:
        grid = made.canvas.subplots(len(told), len(audiences), sharex=True, sharey=True, squeeze=False)
        for r, (name, title, line, band, wide) in enumerate(told):
            values = results.bands(group.some_numbers(name)) * 100
            for c, audience in enumerate(audiences):
                axes = grid[r, c]
                q = values[:, :, c]
                if np.isfinite(q[0]).any():
                    axes.fill_between(x, q[0], q[4], color=wide, lw=0)
                    axes.fill_between(x, q[1], q[3], color=band, lw=0)
                axes.plot(x, q[2], color=line, lw=1.4)
                axes.annotate(
                    chance(q[2, -1] / 100),
                    (x[-1], q[2, -1]),
                    xytext=(3, 0),
                    textcoords="offset points",
                    va="center",
                    color=line,
                    fontweight="bold",
                    annotation_clip=False,
                )
                for where, quantity, day, share, use in opinions:
                    if where == ids[c] and quantity == name:
                        axes.plot(
                            [day],
                            [100 * share],
                            "o",
                            ms=3.6,
                            color=INK if use == "fit" else CHECK,
                            mfc=INK if use == "fit" else "white",
                            zorder=4,
                        )
                for day, _ in events:
                    axes.axvline(day, color=MUTED, lw=0.6, ls=(0, (2, 2)), zorder=0)
                for place, text in _marks(events, len(days)) if r == 0 else ():
                    axes.annotate(
                        text,
                        (place, 100),
                        xytext=(0, 1),
                        textcoords="offset points",
                        ha="center",
                        va="bottom",
                        fontsize=6.5,
                        color=MUTED,
                        annotation_clip=False,
                    )
                axes.set_ylim(0, 100)
                axes.set_yticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
                axes.grid(axis="y")
                axes.set_axisbelow(True)
                if r == 0:
                    axes.set_title(label(shorten(audience, 26)), pad=11)
                if c == 0:
                    axes.set_ylabel(title, color=line, fontweight="bold")
        ticks = np.unique(np.linspace(0, len(days) - 1, 4).astype(int))
        grid[-1, 0].set_xticks(ticks, [short_day(days[t]) for t in ticks])
    trust = np.nanmean(group.some_numbers("trust")[2], axis=1)
    numbered = "; ".join(
        f"{n + 1} {label(text)} ({short_day(days[int(day)])})" for n, (day, text) in enumerate(events)
    )
    return Figure(
        _course(trust, days),
        made.svg,
        f"Share of each audience: {results.band_words}. Dots: opinion reports (filled: conditioned on; hollow: "
        "not). Read the changes; the level is mostly the prior."
        + (f" Numbered: the acts that moved trust most: {numbered}." if numbered else ""),
        " ".join(f"confidence/{quantity[0]}" for quantity in told),
        f"{_course(trust, days)}: {', '.join(quantity[1].lower() for quantity in told)} over time for each audience.",
    )


def _course(trust: Floats, days: list[date]) -> str:
    """What trust did, in a sentence: its largest departure from the start and where it ended."""
    far = int(np.nanargmax(np.abs(trust - trust[0])))
    turn, end = float(trust[far] - trust[0]), float(trust[-1] - trust[0])
    if abs(turn) < _MOVED:
        return "Trust in the person hardly moves"
    by = f"Trust in the person {'falls' if turn < 0 else 'rises'} by {points(abs(turn)).lstrip('+')} points up to {short_day(days[far])}"
    if far == len(trust) - 1:
        return f"{by} and stays there"
    where = f"{points(abs(end)).lstrip('+')} points {'below' if end < 0 else 'above'}"
    return f"{by} and ends {where if abs(end) >= 0.01 else 'within a point of'} where it began"


def _together(group: Group) -> list[list[int]]:
    """Events of one day that carry the same change: acts of one step, which nothing can tell apart."""
    days = group.texts("event_day")
    change = group.numbers("trust_change")
    groups: list[list[int]] = []
    for n in range(len(days)):
        last = groups[-1][-1] if groups else -1
        if (
            groups
            and days[last] == days[n]
            and np.allclose(change[last], change[n], atol=1e-9, equal_nan=True)
        ):
            groups[-1].append(n)
        else:
            groups.append([n])
    return groups


def _strongest(group: Group, days: list[date], most: int) -> list[tuple[float, str]]:
    labels, when = group.texts("event_label"), group.texts("event_day")
    sets = _together(group)
    size = np.nan_to_num(np.abs(group.numbers("trust_change"))).mean(axis=1)
    strength = np.array([size[members[0]] for members in sets])
    found: list[tuple[float, str]] = []
    for k in np.argsort(-strength, kind="stable")[:most]:
        if strength[k] < max(_MOVED, 0.2 * float(strength.max())):
            continue
        day = (date.fromisoformat(when[sets[k][0]]) - days[0]).days
        found.append((float(day), ", ".join(dict.fromkeys(labels[n] for n in sets[k]))))
    return sorted(found)


def _marks(events: list[tuple[float, str]], span: int) -> list[tuple[float, str]]:
    """Numbers over the dashed lines; those that would overlap stand together as “1-3”."""
    groups: list[list[int]] = []
    for n, (day, _) in enumerate(events):
        if groups and day - events[groups[-1][-1]][0] < 0.05 * span:
            groups[-1].append(n)
        else:
            groups.append([n])
    return [
        (
            float(np.mean([events[n][0] for n in group])),
            str(group[0] + 1) if len(group) == 1 else f"{group[0] + 1}–{group[-1] + 1}",
        )
        for group in groups
    ]


def _opinions(group: Group, days: list[date]) -> list[tuple[str, str, int, float, str]]:
    asked, told, uses = (group.texts(f"opinion_{name}") for name in ("audience", "quantity", "use"))
    since = [(date.fromisoformat(day) - days[0]).days for day in group.texts("opinion_day")]
    found = zip(asked, told, since, group.numbers("opinion_share").tolist(), uses, strict=True)
    return [one for one in found if 0 <= one[2] < len(days) and known(one[3])]


def _events(group: Group) -> list[Block]:
    audiences, change = group.texts("audience_name"), group.numbers("trust_change")
    sign, days, labels = group.numbers("sign_probability"), group.texts("event_day"), group.texts("event_label")
    means = [("frame", "Frame, mean", group.numbers("frame_change"))]
    if group.has("old_change"):
        means.append(("old", "Old ruler, mean", group.numbers("old_change")))
    everything = np.concatenate([change, *(values for _, _, values in means)], axis=1)
    rows: list[Row] = []
    still: list[str] = []
    for members in _together(group):
        n = members[0]
        words = ", ".join(dict.fromkeys(labels[m] for m in members))
        if np.nanmax(np.abs(everything[members]), initial=0.0) < _MOVED:
            still.append(f"{words} ({iso_day(days[n])})")
            continue
        cells = [Cell(iso_day(days[n]), "day"), Cell(words[0].upper() + words[1:])]
        for k in range(len(audiences)):
            certain = f" ({chance(sign[n, k])})" if abs(change[n, k]) >= 0.0005 else ""
            cells.append(
                number(
                    points(change[n, k]) + certain,
                    "confidence/trust_change",
                    "num " + heat(change[n, k], 0.1),
                )
            )
        for name, _, values in means:
            mean = float(np.nanmean(values[n])) if np.isfinite(values[n]).any() else np.nan
            cells.append(number(points(mean), f"confidence/{name}_change"))
        rows.append(Row(tuple(cells)))
    table = [
        Table(
            (
                ("Day", ""),
                ("Act", ""),
                *((f"Trust: {a}", "num") for a in audiences),
                *((title, "num") for _, title, _ in means),
            ),
            rows,
            "The acts that moved confidence: mean change in percentage points; in brackets P(sign), the posterior "
            "probability that the direction is right. Acts of the same hours stand in one row: their effects "
            "cannot be told apart.",
            look="small",
        )
    ]
    blocks: list[Block] = [*table] if rows else [prose("No act moved confidence by half a point.", "muted")]
    if still:
        blocks.append(prose(f"Moved nothing by half a point or more: {'; '.join(still)}.", "muted small"))
    return blocks


SECTION = Section(
    "confidence",
    "Confidence by audience",
    _fill,
    "What prose runs together, kept apart: trust in the person, belief in his account of events, and, where there is one, "
    "trust in his predecessor.",
)
