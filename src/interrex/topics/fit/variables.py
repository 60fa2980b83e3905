"""What the group `fit` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "what the model gets right and wrong",
    (
        Variable("claim", "check", "text", ""),
        Variable("label", "check", "text", ""),
        Variable("use", "check", "text", ""),
        Variable("observed", "check", "number", "as measured"),
        Variable("obs_low", "check", "number", "as measured"),
        Variable("obs_high", "check", "number", "as measured"),
        Variable("q05", "check", "number", "as measured"),
        Variable("q50", "check", "number", "as measured"),
        Variable("q95", "check", "number", "as measured"),
        Variable("p", "check", "probability", "1"),
        Variable("shock_sd", "day region", "number", "prior sd", required=False),
        Variable("rank_text", "rank", "text", "", required=False),
        Variable("rank_value", "rank", "number", "", required=False),
        Variable("block_label", "block", "text", "", required=False),
        Variable("block_log_score", "block", "number", "nats", required=False),
        Variable("block_baseline", "block", "number", "nats", required=False),
    ),
)
