"""Forecast questions with their resolution rules."""

from __future__ import annotations

import re

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table, number
from interrex.report.naming import place_names, with_act_words
from interrex.report.numbers import chance, interval, iso_day, known, sentence
from interrex.report.read import Results
from interrex.words import likelihood_word

_QUANTITIES = {
    "peak_crowd": "largest crowd at once",
    "deaths": "dead",
    "arrests": "detained",
    "incumbent in office": "incumbent in office",
}


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("questions", "text", "q_p")
    p = group.some_numbers("q_p")
    low, high = results.bounds(group.numbers("q_low"), group.numbers("q_high"))
    withheld = bool(results.intervals_withheld)
    base = group.numbers_or_nan("q_base", "q_p")
    texts, rules, due = (group.texts("text"), *(group.texts_or_blank(n, "text") for n in ("rule", "due")))
    sources, resolved = (group.texts_or_blank(n, "text") for n in ("q_base_source", "q_resolved"))
    places = place_names(results)
    as_of = results.text("as_of")
    past = [n for n in range(len(texts)) if (due[n] and due[n] <= as_of) or resolved[n] in ("yes", "no")]
    rows: list[Row] = []
    for head, chosen in (
        (f"Still open on {iso_day(as_of)}: forecasts", [n for n in range(len(texts)) if n not in past]),
        (
            f"Due or decided by {iso_day(as_of)}: the model has seen the reports, so no test of a forecast",
            past,
        ),
    ):
        if chosen:
            rows.append(Row((Cell(head),), heading=True))
        for n in chosen:
            word = likelihood_word(float(min(max(p[n], 0.0), 1.0))) if known(p[n]) else ""
            said = [
                Span(texts[n]),
                Span("", "break"),
                Span(f"Rule: {_rule(rules[n], places)}.", "muted fine"),
            ]
            if sources[n]:
                said += [Span("", "break"), Span(f"Base rate: {sentence(sources[n])}", "muted fine")]
            cells = [
                Cell(tuple(said)),
                Cell(iso_day(due[n]), "day"),
                Cell(
                    (
                        Span(chance(p[n]), "strong", var="questions/q_p"),
                        Span("", "break"),
                        Span(word, "muted fine"),
                    ),
                    "num",
                ),
            ]
            if not withheld:
                cells.append(number(interval(low[n], high[n]), "questions/q_low questions/q_high"))
            cells.append(number(chance(base[n]), "questions/q_base"))
            cells.append(Cell(_verdict(resolved[n], n in past)))
            rows.append(Row(tuple(cells)))
    columns = [("Question", ""), ("Due", ""), ("Probability", "num")]
    columns += [] if withheld else [("90 % interval", "num")]
    columns += [("Base rate", "num"), ("Resolved", "")]
    return [Table(tuple(columns), rows, look="small")]


def _rule(rule: str, places: dict[str, str]) -> str:
    """A rule of the case without its identifiers."""
    rule = rule.replace(">=", "at least").replace("<=", "at most")
    for name, words in _QUANTITIES.items():
        rule = rule.replace(name, words)
    rule = re.sub(
        r"\bin ([a-z_]+)\b",
        lambda m: "in the whole country" if m[1] == "nation" else f"in {places.get(m[1], m[1])}",
        with_act_words(rule),
    )
    return rule[:1].upper() + rule[1:]


def _verdict(resolved: str, past: bool) -> str:
    if resolved in ("yes", "no"):
        return resolved
    return "the ledger does not decide it" if past else "not yet scored"


SECTION = Section("questions", "Forecast questions", _fill, "Each can be resolved by its rule, and scored.")
