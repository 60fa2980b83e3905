"""What the group `questions` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_CASE = "questions of the case"
_HISTORIES = "the rule, settled on every history"
_SUM = (
    "the rule, settled on every history; whether he leaves office, the sum of records and simulation from the as-of day to the "
    "due day, as in topic outcomes"
)
_RANGE = (
    "histories that left the range of the model counted as no and as yes, and rates after the window: of every reference "
    "class for being in office, at 5 and 95 % of what their counts say for acts"
)
_PANELS = "panels and counts named beside it"
_CLAIMS = "claims known by the as-of day"

GROUP = Group(
    "dated questions that time will answer",
    (
        Variable("text", "question", "text", "", "question", _CASE),
        Variable("rule", "question", "text", "", "rule that settles it", _CASE),
        Variable("due", "question", "text", "", "last day that counts", _CASE),
        Variable("q_p", "question", "probability", "1", "probability of yes", _SUM),
        Variable("q_low", "question", "probability", "1", "least probability of yes", f"{_SUM}; {_RANGE}", bound=True,
            kept="q_recorded"),
        Variable("q_high", "question", "probability", "1", "greatest probability of yes", f"{_SUM}; {_RANGE}", bound=True,
            kept="q_recorded"),
        Variable("q_recorded", "question", "flag", "1", "1 where the range rests on records alone, not on the sampler", _SUM,
            required=False),
        Variable("part", "part", "text", "", "source of a probability", "records and simulation"),
        Variable("q_part", "question part", "probability", "1", "probability of yes by this source, none where it is not asked",
            _SUM),
        Variable("q_weight", "question part", "probability", "1", "weight of the source in the probability of yes", _SUM),
        Variable("q_way", "question", "probability", "1",
            "share of exits by the simulation that are the asked outcome; none where the question asks for no way out", _HISTORIES),
        Variable("q_error", "question", "number", "1", "Monte Carlo error of the probability",
            "spread of histories and of islands"),
        Variable("q_base", "question", "probability", "1", "base rate", _PANELS),
        Variable("q_base_source", "question", "text", "", "what the base rate rests on", _PANELS),
        Variable("q_resolved", "question", "text", "", "yes, no, or open", _CLAIMS),
        Variable("q_claim", "question", "text", "", "claim that decides it, '' where silence or none does", _CLAIMS),
    ),
)  # fmt: skip
