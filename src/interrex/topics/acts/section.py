"""Act hazards: how often such acts happen and from what record that is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table, number
from interrex.report.naming import act_words
from interrex.report.numbers import exact, figure
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("acts", "kind", "n", "exposure_days")
    seen = group.numbers("observed") > 0
    here, rest = np.flatnonzero(seen), np.flatnonzero(~seen)
    blocks: list[Block] = []
    if here.size:
        blocks.append(_table(group, here))
    if rest.size:
        calm = ", and rates in calm times" if "calm" in {group.texts("phase")[n] for n in rest} else ""
        noun = "hazard" if rest.size == 1 else "hazards"
        which = f"The other {rest.size} {noun}" if here.size else f"{rest.size} {noun}"
        blocks.append(_table(group, rest, f"{which}: acts not seen here{calm}"))
    return blocks


def _table(group: Group, chosen: NDArray[np.intp], folded: str = "") -> Table:
    kinds, roles, phases, sources = (group.texts(name) for name in ("kind", "role", "phase", "source"))
    events, days, sd, assumed, seen = (
        group.numbers(name) for name in ("n", "exposure_days", "sd", "assumption", "observed")
    )
    rows: list[Row] = []
    for n in map(int, chosen):
        words = act_words(kinds[n])
        badge = (Span("assumption", "badge check"), Span(" ")) if assumed[n] == 1 else ()
        rows.append(
            Row(
                (
                    Cell((Span(words[:1].upper() + words[1:]), Span(f" ({roles[n]}, in {phases[n]})", "muted"))),
                    number(
                        f"{exact(events[n])} in {exact(np.round(days[n]))} days", "acts/n acts/exposure_days"
                    ),
                    number(f"× {figure(np.exp(sd[n]))}", "acts/sd"),
                    number(exact(seen[n]), "acts/observed"),
                    Cell((*badge, Span(sources[n].removeprefix("assumed; "))), "sources"),
                )
            )
        )
    return Table(
        (("Act", ""), ("Record elsewhere", "num"), ("Doubt", "num"), ("Seen here", "num"), ("From", "half")),
        rows,
        "Record: such acts in so many days at risk in other crises, never in this one. Doubt: by what factor the rate "
        "may be off (one standard deviation).",
        look="small",
        folded=folded,
    )


SECTION = Section("acts", "How often such acts happen", _fill, "The record behind the hazard of each act.")
