"""Forecast questions with their resolution rules."""

from __future__ import annotations

from interrex.report.blocks import Block, Cell, Row, Section, Table, number
from interrex.report.numbers import chance, interval, known
from interrex.report.read import Results
from interrex.words import likelihood_word


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("outcomes", "text", "q_p")
    p = group.some_numbers("q_p")
    low, high = results.bounds(group.numbers("q_low"), group.numbers("q_high"))
    base = group.numbers_or_nan("q_base", "q_p")
    rules, due = group.texts_or_blank("rule", "text"), group.texts_or_blank("due", "text")
    sources, resolved = (
        group.texts_or_blank("q_base_source", "text"),
        group.texts_or_blank("q_resolved", "text"),
    )
    rows = [
        Row(
            (
                Cell(text),
                Cell(due[n], "day"),
                number(chance(p[n]), "outcomes/q_p", "num strong"),
                Cell(likelihood_word(float(min(max(p[n], 0.0), 1.0))) if known(p[n]) else ""),
                number(interval(low[n], high[n]), "outcomes/q_low outcomes/q_high"),
                number(chance(base[n]), "outcomes/q_base"),
                Cell(sources[n], "sources"),
                Cell(rules[n], "sources"),
                Cell(resolved[n] or "not yet scored"),
            )
        )
        for n, text in enumerate(group.texts("text"))
    ]
    return [
        Table(
            (
                ("Question", ""),
                ("Due", ""),
                ("Probability", "num"),
                ("Word", ""),
                ("90 % interval", "num"),
                ("Base rate", "num"),
                ("its source", ""),
                ("Resolution rule", ""),
                ("Resolved", ""),
            ),
            rows,
            look="small",
        )
    ]


SECTION = Section("questions", "Forecast questions", _fill, "Each can be resolved by its rule, and scored.")
