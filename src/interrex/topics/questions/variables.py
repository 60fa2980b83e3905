"""What the group `questions` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "dated questions that time will answer",
    (
        Variable("text", "question", "text", "", required=False),
        Variable("rule", "question", "text", "", required=False),
        Variable("due", "question", "text", "", required=False),
        Variable("q_base_source", "question", "text", "", required=False),
        Variable("q_resolved", "question", "text", "", required=False),
        Variable("q_p", "question", "probability", "1", required=False),
        Variable("q_low", "question", "probability", "1", required=False, bound=True),
        Variable("q_high", "question", "probability", "1", required=False, bound=True),
        Variable("q_base", "question", "probability", "1", required=False),
    ),
)
