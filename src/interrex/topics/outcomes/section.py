"""Outcome forecast beside its base rate."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Figure, Prose, Row, Section, Span, Table, number
from interrex.report.numbers import chance, counts, give_or_take, interval, iso_day, known, reach
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest
from interrex.topics.outcomes.figure import dots
from interrex.words import SIMULATION, likelihood_word

_SIDE = {True: "as much", False: "less"}


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("outcomes", "name", "p")
    blocks: list[Block] = []
    if group.text("left_claim"):
        day = iso_day(group.text("left_on"))
        blocks.append(Callout(f"The incumbent left office on {day}, by claim {group.text('left_claim')}.", "verdict"))
    if group.has("pool_p"):
        blocks += [Prose((Span(disagreement(group)),)), _sum(results, group)]
    return [*blocks, _figure(results, group), _table(results, group), _over_all(results, group), _references(group)]


def disagreement(group: Group) -> str:
    """How far the simulation and the records are apart, and what the simulation counts."""
    parts, weight = group.texts("part"), group.numbers("part_weight")
    at = parts.index(SIMULATION)
    own, records = float(group.numbers("part_p")[at]), group.number("pool_records_p")
    apart = max(own, records) / min(own, records) if min(own, records) > 0 else np.inf
    if chance(own) == chance(records):
        said = f"The simulation and the records agree that he leaves within {group.number('pool_days'):.0f} days with"
        said += f" {chance(own)}"
    else:
        said = f"By the simulation he leaves within {group.number('pool_days'):.0f} days with {chance(own)}, by the records "
        said += f"with {chance(records)}" + (f": the simulation gives {apart:.2g} times {_SIDE[own > records]}" if np.isfinite(apart) else "")
    without = group.text("pool_without")
    return f"{said}. The simulation {counts(weight[at])} in the sum: {group.text('pool_rule')}." + (f" The sum is {without}." if without else "")


def _sum(results: Results, group: Group) -> Table:
    """The parts with weight and score, and their sum."""
    parts, p, low, high = group.texts("part"), *(group.numbers(f"part_{n}") for n in ("p", "low", "high"))
    in_low, in_high = results.bounds(group.numbers("in_office_p_low"), group.numbers("in_office_p_high"))
    ends = [
        (1 - float(in_high), 1 - float(in_low)) if name == SIMULATION else (low[i], high[i])
        for i, name in enumerate(parts)
    ]
    weight, n = group.numbers("part_weight"), group.numbers("part_n")
    against, notes = group.texts("part_against"), group.texts("part_note")
    skill = [group.numbers(f"part_skill{end}") for end in ("", "_low", "_high")]
    rows = [
        Row((
            Cell(_upper(name)),
            number(chance(p[i]), "outcomes/part_p"),
            number(reach(*ends[i]), "outcomes/part_low outcomes/part_high"),
            number(f"{100 * weight[i]:.0f} %" if weight[i] > 0 else "0", "outcomes/part_weight"),
            number(f"{n[i]:,.0f}", "outcomes/part_n"),
            number(f"{skill[0][i]:.2f} ({skill[1][i]:.2f} to {skill[2][i]:.2f})" if n[i] else "not scored yet", "outcomes/part_skill"),
            Cell(_upper(notes[i])),
        ))
        for i, name in enumerate(parts)
    ]  # fmt: skip
    total = group.number("pool_p")
    rows.append(Row((
        Cell("Sum", "strong"), number(chance(total), "outcomes/pool_p", "num strong"),
        number(reach(group.number("pool_low"), group.number("pool_high")), "outcomes/pool_low outcomes/pool_high", "num strong"),
        Cell(""), Cell(""), Cell(""), Cell(""),
    )))  # fmt: skip
    head = f"He leaves office within {group.number('pool_days'):.0f} days"
    columns = (
        (head, ""), ("Probability", "num"), ("Range", "num"), ("Weight", "num"), ("Forecasts scored", "num"),
        ("Brier skill (90 %)", "num"), ("Learned", ""),
    )  # fmt: skip
    nulls = "; ".join(
        f"that of the {' and the '.join(n for n, a in zip(parts, against, strict=True) if a == null)} is against {null}"
        for null in dict.fromkeys(a for a in against if a)
    )
    return Table(columns, rows, f"The sum averages log odds with the weights. Brier skill: {nulls}.")


def _order(group: Group) -> list[int]:
    return [int(n) for n in np.argsort(-group.some_numbers("p"), kind="stable")]


def _figure(results: Results, group: Group) -> Figure:
    names, p, base, order = group.texts("name"), group.numbers("p"), group.numbers("base"), _order(group)
    low, high = results.bounds(group.numbers("p_low"), group.numbers("p_high"))
    best = order[0]
    return Figure(
        f"Most probable: {names[best]}, {chance(p[best])}; the base rate is {chance(base[best])}",
        dots(names, order, (p, low, high), tuple(group.numbers(n) for n in ("base", "base_low", "base_high"))),
        f"All by the simulation alone. Outcomes are exclusive. Rules decide on day {group.number('window'):.0f}, the end of the window; then a slow clock of "
        f"exits runs to day {group.number('horizon'):.0f}. "
        + ("The range is withheld. " if results.intervals_withheld else "Bars of this run: its range. ")
        + "Bars of base rates: 90 % intervals.",
        "outcomes/p outcomes/base",
        "Outcome probabilities beside base rates.",
    )


def _table(results: Results, group: Group) -> Table:
    names, p, error, base = (group.texts("name"), *(group.numbers(n) for n in ("p", "p_error", "base")))
    low, high = results.bounds(group.numbers("p_low"), group.numbers("p_high"))
    base_low, base_high, cases = (group.numbers(n) for n in ("base_low", "base_high", "base_count"))
    rows = [
        Row((
            Cell(_upper(names[n])),
            number(chance(p[n]), "outcomes/p", "num strong"),
            Cell(_word(p[n])),
            number(give_or_take(error[n]), "outcomes/p_error"),
            number(reach(low[n], high[n]), "outcomes/p_low outcomes/p_high"),
            number(chance(base[n]), "outcomes/base"),
            number(interval(base_low[n], base_high[n]), "outcomes/base_low outcomes/base_high"),
            number(f"{cases[n]:.0f}", "outcomes/base_count"),
        ))
        for n in _order(group)
    ]  # fmt: skip
    columns = (
        ("Outcome", ""), ("Probability", "num"), ("Word", ""), ("Points of Monte Carlo error", "num"), ("Range", "num"),
        ("Base rate", "num"), ("its interval", "num"), ("Count", "num"),
    )  # fmt: skip
    stopped = group.number("stopped")
    caption = "Range: exits after the window at the hazard of each class of reference"
    if stopped > 0:
        caption += f", and the {chance(stopped)} of histories that left the range of the model counted as no and as yes"
    source = str(group.dataset["base_count"].attrs.get("source", ""))
    return Table(columns, rows, f"{caption}. Base rate: of {cases.sum():.0f} cases, {source}.")


def _over_all(results: Results, group: Group) -> Table:
    """Office, rescue, purge and concessions over all outcomes."""
    rows: list[Row] = []
    for name, text in (
        ("in_office_p", f"In office on day {group.number('horizon'):.0f}, by the simulation alone"),
        ("rescue_p", "Foreign troops come to his help"),
        ("purge_p", "The predecessor's kin are purged"),
    ):
        p, error = group.number(name), group.number(f"{name}_error")
        low, high = results.bounds(group.numbers(f"{name}_low"), group.numbers(f"{name}_high"))
        rows.append(Row((
            Cell(text),
            number(chance(p), f"outcomes/{name}"),
            number(give_or_take(error), f"outcomes/{name}_error"),
            number(reach(float(low), float(high)), f"outcomes/{name}_low outcomes/{name}_high"),
        )))  # fmt: skip
    rows += [
        Row((Cell(f"Highest concession: {grade}"), number(chance(p), "outcomes/concession_p"), Cell(""), Cell("")))
        for grade, p in zip(group.texts("concession"), group.numbers("concession_p"), strict=True)
    ]
    columns = (
        ("Over all outcomes", ""), ("Probability", "num"), ("Points of Monte Carlo error", "num"), ("Range", "num"),
    )  # fmt: skip
    return Table(columns, rows, look="small")


def _references(group: Group) -> Table:
    rows = [
        Row((Cell(_upper(text)), number(chance(p), "outcomes/reference_p")))
        for text, p in zip(group.texts("reference"), group.numbers("reference_p"), strict=True)
    ]
    head = f"Leaders still in office {group.number('horizon'):.0f} days on, by class of reference"
    return Table(((head, ""), ("Share", "num")), rows, look="small")


def _word(p: float) -> str:
    return (likelihood_word(float(min(max(p, 0.0), 1.0))) or "") if known(p) else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


SECTION = Section("outcomes", "Outcome forecast", _fill, "How it ends, beside how such episodes usually end.")
