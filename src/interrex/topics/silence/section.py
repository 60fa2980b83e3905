"""Absent actors: what a silence of so many days says about a person's state."""

from __future__ import annotations

import numpy as np

from interrex.report.blocks import Block, Callout, Cell, Row, Section, Span, Table, number
from interrex.report.numbers import chance, known, said_days, sentence
from interrex.report.read import Results


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("silence", "prior", "posterior", "person", "status")
    people, states = group.texts("person"), group.texts("status")
    prior, post = group.numbers("prior"), group.some_numbers("posterior")
    gaps, rates = group.numbers("gap_days"), group.texts_or_blank("rate_text", "person")
    rows: list[Row] = []
    for n, person in enumerate(people):
        head = f"{person}: unseen for {gaps[n]:.0f} days" if known(gaps[n]) else person
        rate = said_days(sentence(rates[n]))
        rows.append(Row((Cell((Span(head + ". "), Span(rate, "muted"))),), heading=True))
        for k in np.argsort(-post[n], kind="stable"):
            if not known(post[n, k]) and not known(prior[n, k]):
                continue
            rows.append(
                Row(
                    (
                        Cell(states[k][:1].upper() + states[k][1:]),
                        number(chance(prior[n, k]), "silence/prior"),
                        number(chance(post[n, k]), "silence/posterior", "num strong"),
                        Cell("", f"bar:{100 * post[n, k]:.1f}:{100 * prior[n, k]:.1f}"),
                    )
                )
            )
    if group.has("family", "family_prior", "family_posterior"):
        before, after = group.numbers("family_prior"), group.numbers("family_posterior")
        rows.append(
            Row((Cell((Span("The family. "), Span("A state that kin share.", "muted"))),), heading=True)
        )
        for k, state in enumerate(group.texts("family")):
            rows.append(
                Row(
                    (
                        Cell(state[:1].upper() + state[1:]),
                        number(chance(before[k]), "silence/family_prior"),
                        number(chance(after[k]), "silence/family_posterior", "num strong"),
                        Cell("", f"bar:{100 * after[k]:.1f}:{100 * before[k]:.1f}"),
                    )
                )
            )
    blocks: list[Block] = [
        Table(
            (("State", ""), ("Before", "num"), ("After the silence", "num"), ("", "bars")),
            rows,
            "Bar: after the silence; tick: before. An appearance rate that the case does not source "
            "is an assumption and "
            "marked so.",
            look="small",
        )
    ]
    if group.attr("note"):
        blocks.append(Callout(sentence(group.attr("note")), "note"))
    return blocks


SECTION = Section("silence", "Absent actors", _fill, "Silence is evidence, but weak: how weak is printed.")
