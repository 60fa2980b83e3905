"""What the group `judgements` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "the few sentences an analyst would read aloud",
    (
        Variable("text", "judgement", "text", ""),
        Variable("word", "judgement", "text", ""),
        Variable("confidence", "judgement", "text", ""),
        Variable("probability", "judgement", "probability", "1"),
        Variable("low", "judgement", "probability", "1", bound=True),
        Variable("high", "judgement", "probability", "1", bound=True),
        Variable("basis", "judgement", "text", "", required=False),
        Variable("kind", "judgement", "text", "", required=False),
    ),
)
