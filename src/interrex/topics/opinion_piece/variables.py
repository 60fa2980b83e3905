"""What the group `opinion_piece` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "the statements of the opinion piece under review, each with the verdict that the case gives",
    (
        Variable("text", "statement", "text", "", "the statement, in our words", "opinion piece of the case"),
        Variable("verdict", "statement", "text", "", "what the case says of it", "opinion piece of the case"),
        Variable("evidence", "statement", "text", "", "what that rests on", "opinion piece of the case"),
    ),
)
