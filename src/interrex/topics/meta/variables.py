"""What the group `meta` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group

GROUP = Group(
    "what was run",
    attrs=(
        "case", "title", "summary", "question", "horizon_days", "as_of", "effort", "resolution", "seed", "version",
        "members", "window_start", "window_end", "sketch", "hindsight_note",
    ),
)
