"""What the group `inputs` of the results holds."""

from __future__ import annotations

from interrex.results.schema import Group, Variable

GROUP = Group(
    "what the case says of actors, organs, shocks, audiences, facts and the days that were watched",
    tuple(
        Variable(name, "input", "text", "", words, "case.yaml")
        for name, words in (
            ("kind", "kind of entry"),
            ("name", "what it is called"),
            ("says", "what the case says of it"),
            ("read", "what reads it"),
            ("known_from", "first day of knowledge"),
            ("source", "ids of sources, or that it is assumed"),
        )
    ),
)
