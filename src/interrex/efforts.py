"""How much work a run does: the three efforts, and whom it tells how far it is."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from interrex.errors import RunError


class Effort(NamedTuple):
    """How much work a run does."""

    particles: int  # an island
    islands: int
    sweeps: int
    final_sweeps: int
    prior: int
    members: int
    pairs: int
    per_subset: int
    hazard_draws: int
    weight: int  # citizens an agent, unless the user says otherwise
    risk: int  # particles of each of the two populations of the daily risk


EFFORTS = {
    "quick": Effort(96, 2, 1, 2, 100, 192, 16, 8, 16, 100, 24),
    "default": Effort(256, 2, 2, 4, 200, 512, 64, 40, 32, 10, 24),
    "publication": Effort(800, 4, 4, 8, 1000, 1600, 400, 200, 64, 10, 96),
}


def effort_of(name: str) -> Effort:
    """The effort of that name; RunError if there is none."""
    if name not in EFFORTS:
        raise RunError(f"there is no effort {name!r}", f"use one of {', '.join(EFFORTS)}")
    return EFFORTS[name]


class Progress(Protocol):
    """Whom long work tells how far it is."""

    def plan(self, shares: dict[str, float]) -> None:
        """Announce the stages in order, each with its share of the whole time."""

    def stage(self, name: str, total: float = 1) -> None:
        """Begin a stage of `total` steps."""

    def advance(self, n: float = 1) -> None:
        """Count `n` steps of the stage as done."""

    def finish(self) -> None:
        """Nothing more will come."""


class Quiet:
    """Progress for callers who want none."""

    def plan(self, shares: dict[str, float]) -> None:
        """Ignore the plan."""

    def stage(self, name: str, total: float = 1) -> None:
        """Ignore the stage."""

    def advance(self, n: float = 1) -> None:
        """Ignore the step."""

    def finish(self) -> None:
        """Nothing to end."""
