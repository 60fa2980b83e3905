"""Act hazards: how often such acts happen and from what record that is known."""

from __future__ import annotations

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table, number
from interrex.report.numbers import figure
from interrex.report.read import Results
from interrex.report.sections.timeline import act_words
from interrex.words import ROLES


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("acts", "kind", "n", "exposure_days")
    cols = {name: group.texts_or_blank(name, "kind") for name in ("role", "phase", "source")}
    num = {
        name: group.numbers_or_nan(name, "n")
        for name in ("n", "exposure_days", "sd", "assumption", "observed", "post_rate")
    }
    rows = [
        Row(
            (
                Cell(act_words(kind)),
                Cell(ROLES.get(cols["role"][n], cols["role"][n])),
                Cell(cols["phase"][n]),
                number(figure(num["n"][n]), "acts/n"),
                number(figure(num["exposure_days"][n]), "acts/exposure_days"),
                number(figure(num["sd"][n]), "acts/sd"),
                number(figure(num["post_rate"][n]), "acts/post_rate"),
                number(figure(num["observed"][n]), "acts/observed"),
                Cell(
                    (Span("assumption", "badge check"), Span(" " + cols["source"][n]))
                    if num["assumption"][n] == 1
                    else (Span(cols["source"][n]),),
                    "sources",
                ),
            )
        )
        for n, kind in enumerate(group.texts("kind"))
    ]
    return [
        Table(
            (
                ("Act", ""),
                ("Who", ""),
                ("Phase", ""),
                ("n elsewhere", "num"),
                ("Exposure, days", "num"),
                ("sd of log rate", "num"),
                ("Rate a day, after", "num"),
                ("Seen here", "num"),
                ("Record", ""),
            ),
            rows,
            "n: acts counted in the reference record; exposure: days at risk in it. Rates of other "
            "crises, never of this "
            "one, set the prior.",
            look="small",
        )
    ]


SECTION = Section("acts", "How often such acts happen", _fill, "The record behind each act's hazard.")
