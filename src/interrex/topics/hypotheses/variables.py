"""What the group `hypotheses` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "rival explanations compared by the probability that each gives to the dated sequence",
    (
        Variable("name", "hypothesis", "text", ""),
        Variable("label", "hypothesis", "text", ""),
        Variable("prior", "hypothesis", "probability", "1"),
        Variable("posterior", "hypothesis", "probability", "1"),
        Variable("log_ratio", "hypothesis", "number", "nats against the first hypothesis"),
        Variable("low", "hypothesis", "number", "nats against the first hypothesis", bound=True),
        Variable("high", "hypothesis", "number", "nats against the first hypothesis", bound=True),
        Variable("factor_log_ratio", "factor hypothesis", "number", "nats", required=False),
        Variable("factor_low", "factor hypothesis", "number", "nats", required=False, bound=True),
        Variable("factor_high", "factor hypothesis", "number", "nats", required=False, bound=True),
        Variable(
            "grid_log_ratio", "grid_latency grid_acceptance hypothesis", "number", "nats", required=False
        ),
        Variable("claim_llr", "claim hypothesis", "number", "nats", required=False),
        Variable("claim_id", "claim", "text", "", required=False),
        Variable("claim_text", "claim", "text", "", required=False),
    ),
    attrs=("verdict",),
)
