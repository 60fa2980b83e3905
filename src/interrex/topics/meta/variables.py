"""What the group `meta` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group

GROUP = Group(
    "what was run",
    attrs=("case", "title", "question", "as_of", "effort", "seed", "version", "window_start", "window_end"),
)
