"""Absent actors: what a silence of so many days says about a person's state."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Row, Section, Span, Table, number
from interrex.report.numbers import chance, compact, known, said_days, sentence
from interrex.report.read import Group, Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("silence", "prior", "posterior", "person", "status")
    states, people = group.texts("status"), group.texts("person")
    prior, post = group.numbers("prior"), group.some_numbers("posterior")
    gaps, rates = group.numbers("gap_days"), group.texts("rate_text")
    rows: list[Row] = []
    for n, person in enumerate(people):
        rows.append(_head(f"{person}: unseen for {gaps[n]:.0f} days. ", said_days(sentence(rates[n]))))
        rows += [
            _row(states[k], prior[n, k], post[n, k], "prior", "posterior")
            for k in map(int, np.argsort(-post[n], kind="stable"))
        ]
    before, after = group.numbers("family_prior"), group.numbers("family_posterior")
    rows.append(_head("The family. ", f"A state shared by {'; '.join(people)}."))
    rows += [
        _row(state, before[k], after[k], "family_prior", "family_posterior")
        for k, state in enumerate(group.texts("family"))
    ]
    table = Table(
        (("State", ""), ("Before", "num"), ("After the silence", "num"), ("", "bars")),
        rows,
        "Bar: after the silence; tick: before.",
        look="small",
    )
    return [table, Callout(_note(group), "note")]


def _head(title: str, more: str) -> Row:
    return Row((Cell((Span(title), Span(more, "muted"))),), heading=True)


def _row(state: str, before: float, after: float, prior: str, posterior: str) -> Row:
    return Row(
        (
            Cell(state[:1].upper() + state[1:]),
            number(chance(before), f"silence/{prior}"),
            number(chance(after), f"silence/{posterior}", "num strong"),
            Cell("", f"bar:{100 * after:.1f}:{100 * before:.1f}"),
        )
    )


def _note(group: Group) -> str:
    """What was assumed, and what of each silence entered."""
    states, shares = group.texts("status"), group.numbers("family_shares")
    families = "; ".join(
        f"{family} {compact(weight)} ("
        + ", ".join(f"{state} {compact(p)}" for state, p in zip(states, row, strict=True) if p > 0)
        + ")"
        for family, weight, row in zip(
            group.texts("family"), group.numbers("family_prior"), shares, strict=True
        )
    )
    said = [
        "The status is taken as constant during the longest silence known",
        f"Assumed are the life table and the family state that kin share, with the statuses of the living in it: {families}",
    ]
    counted, ended = group.numbers("counted") == 1, group.numbers("ended") == 1
    for names, words in (
        (counted & ended, "counts up to the appearance that ended it, which is evidence for men who appear often"),
        (counted & ~ended, "counts as far as it has lasted"),
        (~counted, "is not counted: nobody calls the person absent, and the case does not cover appearances"),
    ):
        people = [name for name, chosen in zip(group.texts("person"), names, strict=True) if chosen]
        if people:
            said.append(f"The silence of {'; '.join(people)} {words}")
    if ended.any():
        recording = ", ".join(
            f"{compact(p)} if {state}"
            for state, p in zip(states, group.numbers("recording"), strict=True)
            if known(p)
        )
        said.append(f"An appearance may be a recording, shown against a man in control at the rate {recording}")
    return ". ".join(said) + "."


SECTION = Section("silence", "Absent actors", _fill, "What a silence says about a person's state.")
