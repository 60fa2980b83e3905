"""What the group `timeline` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_LEDGER = "ledger of the case"


def _text(name: str, words: str) -> Variable:
    return Variable(name, "claim", "text", "", words, _LEDGER)


def _size(name: str, words: str) -> Variable:
    return Variable(name, "claim", "number", "as measured", words, _LEDGER)


GROUP = Group(
    "the graded claims known at the as-of date",
    (
        _text("claim", "stable id of the claim"),
        _text("when_text", "when, as the case writes it, local time"),
        Variable(
            "day",
            "claim",
            "number",
            "day after window start",
            "when it began, before any widening of 'about'",
            _LEDGER,
        ),
        _text("known_from", "first day on which an analyst could know it"),
        _text("known_from_basis", "what the day of knowledge rests on"),
        _text("section", "part of the chronicle"),
        _text("actor", "who acts"),
        _text("act", "act kind of the catalogue"),
        _text("result", "how the act ended: succeeded, failed, or not said"),
        _text("target", "who is acted upon"),
        _text("place", "where"),
        _text("kind", "kind of claim"),
        _text("text", "the claim in words"),
        _size("value", "magnitude claimed"),
        _size("low", "lower bound of the magnitude claimed"),
        _size("high", "upper bound of the magnitude claimed"),
        _text("measure", "what the magnitude counts"),
        _text("grade", "grade of the claim as it stood on the day"),
        _text("basis", "observed, official, testimony or inference"),
        _text("use", "conditioned on (fit), kept for checking (check), or context"),
        _text("sources", "ids of the sources, joined with ';'"),
        _text("conflicts", "ids of claims that contradict it"),
    ),
)
