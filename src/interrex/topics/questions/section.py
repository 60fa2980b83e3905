"""Forecast questions with their resolution rules."""

from __future__ import annotations

import re

from interrex.report.blocks import Block, Cell, Row, Section, Span, Table, number
from interrex.report.naming import place_names, with_act_words
from interrex.report.numbers import chance, counts, give_or_take, iso_day, known, reach, said_days, sentence
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest
from interrex.words import SIMULATION, likelihood_word

_QUANTITIES = {
    "peak_crowd": "largest crowd at once",
    "deaths": "dead",
    "arrests": "detained",
    "incumbent in office": "incumbent in office",
}


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("questions", "text", "q_p")
    p, base, error = group.numbers("q_p"), group.numbers("q_base"), group.numbers("q_error")
    recorded = group.numbers_or_nan("q_recorded", "q_p")
    low, high = results.bounds(group.numbers("q_low"), group.numbers("q_high"), recorded)
    texts, rules, due = group.texts("text"), group.texts("rule"), group.texts("due")
    sources, resolved, claims = (group.texts(n) for n in ("q_base_source", "q_resolved", "q_claim"))
    places = place_names(results)
    as_of = results.text("as_of")
    past = [n for n in range(len(texts)) if due[n] <= as_of or resolved[n] != "open"]
    rows: list[Row] = []
    for head, chosen in (
        (f"Still open on {iso_day(as_of)}: forecasts", [n for n in range(len(texts)) if n not in past]),
        (f"Due or decided by {iso_day(as_of)}: the model has seen the reports, so no test of a forecast", past),
    ):
        if chosen:
            rows.append(Row((Cell(head),), heading=True))
        for n in chosen:
            said = [Span(texts[n]), Span("", "break"), Span(f"Rule: {_rule(rules[n], places)}.", "muted fine")]
            if sources[n]:
                said += [Span("", "break"), Span(f"Base rate: {said_days(sentence(sources[n]))}", "muted fine")]
            if source := _source(group, n):
                said += [Span("", "break"), Span(source, "muted fine", var="questions/q_part questions/q_weight")]
            word = likelihood_word(float(min(max(p[n], 0.0), 1.0))) if known(p[n]) else ""
            answer = (Span(chance(p[n]), "strong", var="questions/q_p"), Span("", "break"), Span(word or "", "muted fine"))
            rows.append(Row((
                Cell(tuple(said)),
                Cell(iso_day(due[n]), "day"),
                Cell(answer, "num"),
                number(give_or_take(error[n]), "questions/q_error"),
                number(reach(low[n], high[n]), "questions/q_low questions/q_high"),
                number(chance(base[n]), "questions/q_base"),
                Cell(_verdict(resolved[n], claims[n], n in past)),
            )))  # fmt: skip
    columns = (
        ("Question", ""), ("Due", ""), ("Probability", "num"), ("Points of Monte Carlo error", "num"), ("Range", "num"),
        ("Base rate", "num"), ("Resolved", ""),
    )  # fmt: skip
    withheld = ""
    if results.intervals_withheld:
        withheld = "The range is withheld" + (" where it rests on the simulation. " if (recorded == 1).any() else ". ")
    return [Table(columns, rows, withheld + _CAPTION, look="small")]


_CAPTION = (
    "Probabilities are the simulation's unless a sum of records and simulation is named. "
    "Monte Carlo error: what another seed, or an as-of day without news, may change. Range: histories that left the range of the "
    "model counted as no and as yes, and rates after the window as panels allow; none where all agree."
)


def _source(group: Group, n: int) -> str:
    """Which sources a probability has, each with its own and its weight; '' for the simulation alone."""
    names, p, weight = group.texts("part"), group.numbers("q_part")[n], group.numbers("q_weight")[n]
    asked = [i for i in range(len(names)) if known(p[i])]
    if [names[i] for i in asked] in ([], [SIMULATION]):
        return ""
    each = ", ".join(f"{names[i]} {chance(p[i])} ({counts(weight[i])})" for i in asked)
    way = group.numbers("q_way")[n]
    share = f", of whose exits {chance(way)} go this way by the simulation" if known(way) else ""
    return f"Probability: the sum of records and simulation{share}: {each}."


def _rule(rule: str, places: dict[str, str]) -> str:
    """A rule of the case without its identifiers."""
    rule = rule.replace(">=", "at least").replace("<=", "at most")
    for name, words in _QUANTITIES.items():
        rule = rule.replace(name, words)
    rule = re.sub(
        r"\bin ([a-z][a-z0-9_-]*)",
        lambda m: "in the whole country" if m[1] == "nation" else f"in {places.get(m[1], m[1])}",
        with_act_words(rule),
    )
    return rule[:1].upper() + rule[1:]


def _verdict(resolved: str, claim: str, past: bool) -> str:
    if resolved == "open":
        return "the ledger does not decide it" if past else "not yet"
    return f"{resolved}, by claim {claim}" if claim else f"{resolved}, by the silence of a ledger that covers the time"


SECTION = Section("questions", "Forecast questions", _fill, "Each can be resolved by its rule, and scored.")
