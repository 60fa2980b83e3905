"""Question, horizon, as-of date and what the words mean."""

from __future__ import annotations

from interrex.report.blocks import Block, Callout, Cell, Prose, Row, Section, Span, Table, prose
from interrex.report.numbers import iso_day
from interrex.report.read import Results
from interrex.store.manifest import Manifest
from interrex.words import GRADES, ICD203

_FACTS = (
    ("Question", "question"),
    ("Horizon", "horizon"),
    ("As of", "as_of"),
    ("Simulated window", "window"),
    ("Histories in the answer", "members"),
    ("Resolution (simulated citizens : persons)", "resolution"),
    ("Effort of the run", "effort"),
)

_VAR = {"window": "meta/window_start meta/window_end", "horizon": "meta/horizon_days"}

_USES = (
    ("fit", "the model is conditioned on this claim"),
    ("check", "kept apart; the model never sees it and is judged against it"),
    ("context", "shown for understanding; enters no calculation"),
)


_PROBABILITY = (
    "A probability is a statement about this model and these claims. A range beside it runs over what is named there, never over "
    "the number of histories, whose error stands apart; confidence says how far the model and the claims can be trusted, "
    "and always stands in a sentence of its own."
)


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    values = {key: results.text(key) for _, key in _FACTS}
    values["as_of"] = iso_day(values["as_of"])
    values["window"] = f"{iso_day(results.text('window_start'))} to {iso_day(results.text('window_end'))}"
    values["horizon"] = f"{results.text('horizon_days')} days from the window's first day"
    rows = [
        Row((Cell(title, "head"), Cell(values[key], var=_VAR.get(key, f"meta/{key}"))))
        for title, key in _FACTS
        if values[key]
    ]
    blocks: list[Block] = []
    if results.text("summary"):
        blocks.append(prose(results.text("summary"), var="meta/summary"))
    blocks.append(Table((("", ""), ("", "")), rows, look="facts"))
    if results.text("hindsight_note"):
        blocks.append(Callout(results.text("hindsight_note"), "note", "Hindsight"))
    blocks.append(Prose((Span("Only claims that could be known on the as-of date enter. ", "strong"), Span(_PROBABILITY))))
    blocks.append(
        Table(
            tuple((word, "") for _, _, word in ICD203),
            [Row(tuple(Cell(f"{100 * low:.0f} to {100 * high:.0f} %") for low, high, _ in ICD203))],
            "Words of likelihood (ICD 203). A value on an edge takes the upper word; below 1 % and "
            "above 99 % the "
            "number stands alone.",
            look="small",
        )
    )
    blocks.append(
        Table(
            (("Use of a claim", ""), ("Meaning", "")),
            [Row((Cell((Span(use, f"badge {use}"),)), Cell(meaning))) for use, meaning in _USES],
            "Grades of claims: "
            + ", ".join(GRADES.values())
            + "; or Admiralty letters and digits (A1 to F6).",
            look="small",
        )
    )
    return blocks


SECTION = Section("question", "Question, horizon and definitions", _fill)
