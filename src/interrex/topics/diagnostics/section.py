"""Diagnostics: whether the inference may be believed, what passed and what failed."""

from __future__ import annotations

from interrex.report.blocks import Block, Callout, Cell, Row, Section, Span, Table, number, prose
from interrex.report.numbers import compact, figure, known, sentence
from interrex.report.read import Results
from interrex.store.manifest import Manifest


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("diagnostics")
    value, threshold = group.numbers("value"), group.numbers("threshold")
    passed = group.numbers("passed") == 1
    texts = group.texts("text")
    reason = results.intervals_withheld
    if reason:
        told = Callout(f"Failed: {sentence(reason)} No interval of the model is printed in this report.", "bad")
    else:
        told = Callout("Passed: intervals are printed.", "good")
    blocks: list[Block] = [told]
    rows = [
        Row(
            (
                Cell(name[:1].upper() + name[1:]),
                number(compact(value[n]), "diagnostics/value"),
                number(compact(threshold[n]), "diagnostics/threshold"),
                Cell((Span("passed", "badge good") if passed[n] else Span("failed", "badge bad"),)),
                Cell(texts[n]),
            )
        )
        for n, name in enumerate(group.texts("name"))
    ]
    blocks.append(
        Table(
            (("Check", ""), ("Value", "num"), ("Threshold", "num"), ("Result", ""), ("What it means", "")),
            rows,
        )
    )
    evidence, se = float(group.numbers("log_evidence")), float(group.numbers("log_evidence_se"))
    if known(evidence):
        error = f" with a Monte Carlo error of {figure(se)}" if known(se) else ""
        text = f"Log evidence {evidence:.1f}{error}, from {group.numbers('simulations'):,.0f} histories."
        blocks.append(prose(text.replace("-", "−"), "", "diagnostics/log_evidence"))
    return blocks


SECTION = Section("diagnostics", "Can the numbers be believed: diagnostics", _fill)
