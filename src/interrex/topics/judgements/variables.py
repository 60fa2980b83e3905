"""What the group `judgements` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

_TOPICS = "answers of the other topics"
_MARKS = "ledger, misfit and the sampler's own checks"

GROUP = Group(
    "the few sentences an analyst would read aloud",
    (
        Variable("text", "judgement", "text", "", "judgement", _TOPICS),
        Variable("word", "judgement", "text", "", "likelihood in words", "ICD 203"),
        Variable("probability", "judgement", "probability", "1", "probability, NaN of a judgement that gives a size", _TOPICS),
        Variable("low", "judgement", "probability", "1", "least probability over what `over` names", _TOPICS, bound=True,
            kept="recorded"),
        Variable("high", "judgement", "probability", "1", "greatest probability over what `over` names", _TOPICS, bound=True,
            kept="recorded"),
        Variable("recorded", "judgement", "flag", "1", "1 where the range rests on records alone, not on the sampler", _TOPICS,
            required=False),
        Variable("over", "judgement", "text", "", "what the range runs over, '' where there is none", _TOPICS),
        Variable("error", "judgement", "number", "1", "Monte Carlo error of the probability", "spread of histories and islands"),
        Variable("confidence", "judgement", "text", "", "confidence and what it rests on", _MARKS),
        Variable("basis", "judgement", "text", "", "group and variable behind it", _TOPICS),
        Variable("kind", "judgement", "text", "", "what it is about", _TOPICS),
    ),
)  # fmt: skip
