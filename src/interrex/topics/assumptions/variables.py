"""What the group `assumptions` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "what the answer rests on",
    (
        Variable("name", "parameter", "text", ""),
        Variable("unit", "parameter", "text", ""),
        Variable("prior_text", "parameter", "text", ""),
        Variable("source", "parameter", "text", ""),
        Variable("mechanism", "parameter", "text", ""),
        Variable("assumption", "parameter", "flag", "1"),
        Variable("prior_mean", "parameter", "number", "as in unit"),
        Variable("prior_sd", "parameter", "number", "as in unit"),
        Variable("post_mean", "parameter", "number", "as in unit"),
        Variable("post_sd", "parameter", "number", "as in unit"),
        Variable("gain_nats", "parameter", "number", "nats"),
        Variable("effect", "parameter", "number", "of the headline", required=False),
        Variable("scenario_text", "scenario", "text", "", required=False),
        Variable("headline_before", "scenario", "number", "of the headline", required=False),
        Variable("headline_after", "scenario", "number", "of the headline", required=False),
        Variable("identified", "parameter", "text", ""),
    ),
)
