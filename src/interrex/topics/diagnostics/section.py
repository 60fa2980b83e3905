"""Diagnostics: whether the inference may be believed, what passed and what failed."""

from __future__ import annotations

from interrex.report.blocks import Block, Callout, Cell, Row, Section, Span, Table, number, prose
from interrex.report.numbers import compact, figure, known
from interrex.report.read import Results


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("diagnostics", "name", "value", "passed")
    value, threshold, passed = (group.numbers(name) for name in ("value", "threshold", "passed"))
    texts = group.texts_or_blank("text", "name")
    failed = int((passed != 1).sum())
    reason = results.intervals_withheld
    blocks: list[Block] = [
        Callout(
            f"Failed: {reason}. No interval of the model is printed in this report.".replace("..", "."), "bad"
        )
        if reason
        else Callout(
            "Passed: intervals are printed."
            if not failed
            else f"{failed} of {len(passed)} checks failed, none of which forbids printing intervals.",
            "good",
        )
    ]
    rows = [
        Row(
            (
                Cell(name[:1].upper() + name[1:]),
                number(compact(value[n]), "diagnostics/value"),
                number(compact(threshold[n]), "diagnostics/threshold"),
                Cell(
                    (
                        Span(
                            "passed" if passed[n] == 1 else "failed",
                            "badge good" if passed[n] == 1 else "badge bad",
                        ),
                    )
                ),
                Cell(texts[n].removeprefix("... ")),
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
    evidence = group.attrs.get("log_evidence")
    if evidence is not None and known(float(evidence)):
        se = group.attrs.get("log_evidence_se")
        error = (
            f" with a Monte Carlo error of {figure(float(se))}" if se is not None and known(float(se)) else ""
        )
        blocks.append(
            prose(
                f"Log evidence {float(evidence):.1f}{error}.".replace("-", "−"),
                "",
                "diagnostics/log_evidence",
            )
        )
    return blocks


SECTION = Section("diagnostics", "Can the numbers be believed: diagnostics", _fill)
