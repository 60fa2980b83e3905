"""What a case must hold for a topic to be asked; without it the topic leaves no trace in results or report."""

from __future__ import annotations

from collections.abc import Callable

from interrex.case.cut import CutCase


def _role(*roles: str) -> Callable[[CutCase], bool]:
    return lambda case: any(actor.role in roles for actor in case.actors)


NEEDS: dict[str, Callable[[CutCase], bool]] = {
    "predecessor or kin": _role("predecessor", "kin"),
    "patron": _role("patron"),
    "rival explanations": lambda case: len(case.hypotheses.weights) > 1,
    "prices": lambda case: bool(case.prices),
    "reactors": lambda case: bool(case.reactors),
    "planned entries": lambda case: any(name.startswith("planned_entries_") for name in case.facts),
    "questions": lambda case: bool(case.questions),
    "counterfactuals": lambda case: bool(case.counterfactuals),
    "opinion piece": lambda case: case.opinion_piece is not None and bool(case.opinion_piece.statements),
    "map": lambda case: case.map is not None,
}
"""Needs by name: whether a cut case meets them."""
