"""What the group `manifest` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group

GROUP = Group(
    "hashes, versions, seed and command",
)
