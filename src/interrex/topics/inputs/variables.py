"""What the group `inputs` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "what the case says of actors, organs, shocks, audiences, facts and the days that were watched",
    tuple(Variable(name, "input", "text", "") for name in ("kind", "name", "says", "read", "known_from", "source")),
)
