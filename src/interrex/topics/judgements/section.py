"""Key judgements: the main message first, likelihood and confidence in sentences of their own."""

from __future__ import annotations

from interrex.report.blocks import Block, Judgement, Judgements, Section
from interrex.report.numbers import NONE, WITHHELD, give_or_take, known, reach, said_days, sentence
from interrex.report.read import Results
from interrex.store.manifest import Manifest
from interrex.words import likelihood_word, probability_text

_SECTION_OF = {
    "crowd": "crowds",
    "outcomes": "outcomes",
    "hypotheses": "hypotheses",
    "counterfactuals": "counterfactuals",
    "support": "support",
    "fit": "fit",
}
"""Anchor of the section that shows a group of results."""


def _fill(results: Results, manifest: Manifest) -> list[Block]:
    group = results.group("judgements", "text", "probability")
    recorded = group.numbers_or_nan("recorded", "low")
    low, high = results.bounds(group.numbers("low"), group.numbers("high"), recorded)
    p, error = group.numbers("probability"), group.numbers("error")
    withheld = bool(results.intervals_withheld)
    texts, over, confidence, basis = (group.texts(name) for name in ("text", "over", "confidence", "basis"))
    return [
        Judgements([
            Judgement(
                said_days(sentence(texts[n])),
                (likelihood_word(float(p[n])) or "") if known(p[n]) else "a size, not a chance",
                probability_text(float(p[n])) if known(p[n]) else "",
                _uncertainty(float(low[n]), float(high[n]), over[n], float(error[n]), withheld and recorded[n] != 1),
                sentence(confidence[n]),
                _SECTION_OF[basis[n].split("/")[0]],
                float(p[n]) if known(p[n]) else None,
            )
            for n in range(len(texts))
        ])
    ]  # fmt: skip


def _uncertainty(low: float, high: float, over: str, error: float, withheld: bool) -> str:
    said: list[str] = []
    if over and withheld:
        said.append(WITHHELD)
    elif over and reach(low, high) != NONE:
        said.append(f"{reach(low, high)} over {over}")
    if known(error):
        said.append(f"Monte Carlo error {give_or_take(error)} points")
    return "; ".join(said)


SECTION = Section("judgements", "Key judgements", _fill)
