"""What the group `timeline` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "the graded claims known at the as-of date",
    (
        Variable("claim", "claim", "text", ""),
        Variable("when_text", "claim", "text", ""),
        Variable("known_from", "claim", "text", ""),
        Variable("section", "claim", "text", ""),
        Variable("actor", "claim", "text", ""),
        Variable("act", "claim", "text", ""),
        Variable("kind", "claim", "text", ""),
        Variable("text", "claim", "text", ""),
        Variable("use", "claim", "text", ""),
        Variable("grade", "claim", "text", ""),
        Variable("day", "claim", "number", "days since window start"),
        Variable("value", "claim", "number", "as measured"),
        Variable("low", "claim", "number", "as measured"),
        Variable("high", "claim", "number", "as measured"),
        Variable("known_from_basis", "claim", "text", "", required=False),
        Variable("result", "claim", "text", "", required=False),
        Variable("target", "claim", "text", "", required=False),
        Variable("place", "claim", "text", "", required=False),
        Variable("measure", "claim", "text", "", required=False),
        Variable("sources", "claim", "text", "", required=False),
        Variable("basis", "claim", "text", "", required=False),
        Variable("conflicts", "claim", "text", "", required=False),
        Variable("weight", "claim", "probability", "1", required=False),
    ),
)
