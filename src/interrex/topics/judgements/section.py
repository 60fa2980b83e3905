"""Key judgements: the main message first, likelihood and confidence in sentences of their own."""

from __future__ import annotations

from interrex.report.blocks import Block, Judgement, Judgements, Section
from interrex.report.numbers import NONE, WITHHELD, chance, known, said_days, sentence
from interrex.report.read import Results
from interrex.words import likelihood_word, probability_text

_MOST = 6

_SECTION_OF = {
    "crowd": "crowds",
    "map": "crowds",
    "outcomes": "outcomes",
    "hypotheses": "hypotheses",
    "counterfactuals": "counterfactuals",
    "support": "support",
    "confidence": "confidence",
    "silence": "silence",
    "fit": "fit",
}
"""Anchor of the section that shows a group of results."""


def _fill(results: Results, manifest: dict) -> list[Block]:
    group = results.group("judgements", "text", "probability")
    low, high = results.bounds(group.numbers("low"), group.numbers("high"))
    texts, confidence = group.texts("text"), group.texts_or_blank("confidence", "text")
    basis = group.texts_or_blank("basis", "text")
    items = []
    for n, p in enumerate(group.numbers("probability")[:_MOST]):
        if known(p):
            word, share, percent = likelihood_word(p), float(p), probability_text(p)
            interval = (
                f"90 % interval {chance(low[n])} to {chance(high[n])}"
                if known(low[n]) and known(high[n])
                else WITHHELD
            )
        else:
            word = group.texts_or_blank("word", "text")[n] or "a size, not a chance"
            share, percent, interval = None, "", ""
        items.append(
            Judgement(
                said_days(sentence(texts[n])),
                word,
                percent if percent != NONE else "",
                interval,
                sentence(confidence[n].removeprefix("Confidence: ")),
                _SECTION_OF.get(basis[n].split("/")[0], ""),
                share,
            )
        )
    return [Judgements(items)]


SECTION = Section("judgements", "Key judgements", _fill)
