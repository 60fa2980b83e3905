"""Act hazards: how often such acts happen and from what record that is known."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table, number
from interrex.report.naming import act_words
from interrex.report.numbers import exact, figure, known
from interrex.report.read import Group, Results


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("acts", "kind", "n", "exposure_days")
    kinds, phases = group.texts("kind"), group.texts_or_blank("phase", "kind")
    observed = np.nan_to_num(group.numbers_or_nan("observed", "n"))
    here = [n for n in range(len(kinds)) if observed[n] > 0]
    rest = [n for n in range(len(kinds)) if n not in set(here)]
    blocks: list[Block] = []
    caption = (
        "Record: such acts in so many days at risk in other crises, never in this one. Doubt: by what factor the rate "
        "may be off (one standard deviation)."
    )
    if here:
        blocks.append(_table(group, here, caption))
    if rest:
        calm = sum(phases[n] == "calm" for n in rest)
        blocks.append(
            _table(
                group,
                rest,
                caption,
                f"The other {len(rest)} hazards: acts not seen here"
                + (", and rates in calm times" if calm else ""),
            )
        )
    return blocks


def _table(group: Group, chosen: list[int], caption: str, folded: str = "") -> Table:
    kinds = group.texts("kind")
    cols = {name: group.texts_or_blank(name, "kind") for name in ("role", "phase", "source")}
    num = {
        name: group.numbers_or_nan(name, "n")
        for name in ("n", "exposure_days", "sd", "assumption", "observed", "post_rate")
    }
    after = np.isfinite(num["post_rate"][chosen]).any()
    rows = []
    for n in chosen:
        words = act_words(kinds[n])
        phase = f", in {cols['phase'][n]}" if cols["phase"][n] else ""
        source = cols["source"][n]
        assumed = num["assumption"][n] == 1
        badge = (Span("assumption", "badge check"), Span(" ")) if assumed else ()
        record = f"{exact(num['n'][n])} in {exact(np.round(num['exposure_days'][n]))} days"
        doubt = f"× {figure(np.exp(num['sd'][n]))}" if known(num["sd"][n]) else ""
        cells = [
            Cell((Span(words[:1].upper() + words[1:]), Span(f" ({cols['role'][n]}{phase})", "muted"))),
            number(record if known(num["n"][n]) else "", "acts/n acts/exposure_days"),
            number(doubt, "acts/sd"),
        ]
        if after:
            cells.append(number(figure(num["post_rate"][n]), "acts/post_rate"))
        cells += [
            number(exact(num["observed"][n]), "acts/observed"),
            Cell((*badge, Span(source.removeprefix("assumed; ") if assumed else source)), "sources"),
        ]
        rows.append(Row(tuple(cells)))
    columns = [("Act", ""), ("Record elsewhere", "num"), ("Doubt", "num")]
    columns += [("Rate a day, after", "num")] if after else []
    columns += [("Seen here", "num"), ("From", "half")]
    return Table(tuple(columns), rows, caption, look="small", folded=folded)


SECTION = Section("acts", "How often such acts happen", _fill, "The record behind the hazard of each act.")
