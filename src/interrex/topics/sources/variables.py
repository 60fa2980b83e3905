"""What the group `sources` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_LIST = "sources of the case"


def _text(name: str, words: str) -> Variable:
    return Variable(name, "source", "text", "", words, _LIST)


GROUP = Group(
    "who said it",
    (
        _text("source", "stable id of the source"),
        _text("publisher", "who published it"),
        _text("url", "where it was read"),
        _text("published", "day of publication"),
        _text("published_basis", "what the day of publication rests on"),
        _text("audience", "audiences that it reaches"),
        _text("type", "type of source"),
        _text("leaning", "from -1 (against the rulers) to 1 (for them)"),
    ),
)
