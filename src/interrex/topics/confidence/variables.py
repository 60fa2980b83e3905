"""What the group `confidence` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "trust in the person, belief in his frame, trust in the old ruler, by audience",
    (
        Variable("trust", "quantile day audience", "probability", "share"),
        Variable("frame", "quantile day audience", "probability", "share"),
        Variable("old", "quantile day audience", "probability", "share"),
        Variable("event_label", "event", "text", "", required=False),
        Variable("event_day", "event", "text", "", required=False),
        Variable("trust_change", "event audience", "number", "share", required=False),
        Variable("frame_change", "event audience", "number", "share", required=False),
        Variable("old_change", "event audience", "number", "share", required=False),
        Variable("sign_probability", "event audience", "probability", "1", required=False),
        Variable("audience_name", "audience", "text", "", required=False),
        Variable("opinion_audience", "opinion", "text", "", required=False),
        Variable("opinion_day", "opinion", "text", "", required=False),
        Variable("opinion_quantity", "opinion", "text", "", required=False),
        Variable("opinion_label", "opinion", "text", "", required=False),
        Variable("opinion_use", "opinion", "text", "", required=False),
        Variable("opinion_share", "opinion", "probability", "share", required=False),
    ),
)
