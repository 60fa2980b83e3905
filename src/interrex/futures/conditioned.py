"""What a conditioned case offers to every answer: the model, its histories, and the answers of other topics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.efforts import Effort, Progress
from interrex.engine.history import History
from interrex.engine.pool import Pool
from interrex.futures import members as luck
from interrex.futures import rivals
from interrex.futures.end_state import Summary as EndState
from interrex.futures.end_state import end_state
from interrex.futures.members import Member
from interrex.futures.office import Office, office_of
from interrex.futures.pool import Records, ask
from interrex.futures.prior_sketch import Sketch, sketch
from interrex.futures.rivals import Evidence, Paths
from interrex.futures.summaries import Summary, event_changes, summarise
from interrex.inference.diagnostics import Diagnostic, diagnose, reason
from interrex.inference.islands import Posterior
from interrex.inference.model import Model

_NONE: Mapping[str, xr.Dataset] = {}


@dataclass(frozen=True)
class Settings:
    """How a run is made: what its id is made of, and what changes no bit of it."""

    name: str
    """Name of the effort."""
    version: str
    """Version of interrex."""
    effort: Effort
    seed: int
    workers: int
    placebo: bool
    """Hypotheses cut from every mechanism, so that each evidence ratio must vanish."""
    progress: Progress
    earlier: Callable[[date], CutCase] | None = None
    """The case as it could be known on an earlier day; None for a case that was given already cut."""


@dataclass(frozen=True)
class Prior:
    """Free histories of the prior, in order of their numbers."""

    summaries: tuple[Summary, ...]
    sketches: tuple[Sketch, ...]


@dataclass(frozen=True)
class Histories:
    """Posterior histories to the end of the window, in order of their numbers: the record as it was up to the as-of day, acts free
    after it."""

    members: tuple[Member, ...]
    island: np.ndarray
    """Island of the sampler from which each came, i8[member]."""
    free_from: int
    """Tick from which acts are free."""
    summaries: tuple[Summary, ...]
    ends: tuple[EndState, ...]
    changes: tuple[list[np.ndarray], ...]
    """Change of beliefs at every event of the record, [G, 3] an event."""


@dataclass(frozen=True)
class Conditioned:
    """A case conditioned on its evidence: all that an answer may read.

    `answers` holds the datasets of the other topics by name; asking for one computes it."""

    case: CutCase
    model: Model
    settings: Settings
    prior: Prior
    posterior: Posterior
    paths: Paths
    evidence: Evidence
    histories: Histories
    checks: tuple[Diagnostic, ...]
    pool: Pool
    answers: Mapping[str, xr.Dataset]

    @property
    def failed(self) -> str:
        """What of the sampler's own checks failed, in one sentence; '' if all passed."""
        return reason(list(self.checks))

    @property
    def passed(self) -> bool:
        """Whether intervals may be printed."""
        return not self.failed

    @property
    def office(self) -> Office:
        """What the ledger documents of the incumbent's office."""
        return office_of(self.case, self.model.observations.events)

    @cached_property
    def records(self) -> Records:
        """What the records say of the case, asked once for all answers."""
        return ask(self.case)

    def asking(self, answers: Mapping[str, xr.Dataset]) -> Conditioned:
        """The same with a way to ask for the answers of other topics."""
        return replace(self, answers=answers)


def sample_prior(model: Model, settings: Settings, pool: Pool) -> Prior:
    """Free histories of the prior."""
    members = luck.prior_members(
        model.space, model.arena, rivals.accept_odds(model.case), settings.seed, settings.effort.prior
    )

    def both(history: History, member: Member) -> tuple[Summary, Sketch]:
        return summarise(history, member), sketch(history, member)

    rows = luck.run_free(
        pool, model.arena, members, model.target.hazard_priors, 0, both, settings.seed,
        advance=settings.progress.advance,
    )  # fmt: skip
    return Prior(tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def run_on(
    model: Model, posterior: Posterior, evidence: Evidence, settings: Settings, pool: Pool
) -> Histories:
    """Histories of the posterior, run on to the end of the window."""
    arena, cut = model.arena, model.case
    office = office_of(cut, model.observations.events)
    free_from = min(arena.days, (cut.as_of_date - cut.window.start).days + 1) * arena.ticks_per_day
    members = luck.posterior_members(
        posterior, arena, rivals.without_plot(evidence.posterior), settings.seed, settings.effort.members, pool
    )

    def all_of(history: History, member: Member) -> tuple[Summary, EndState, list[np.ndarray]]:
        return (
            summarise(history, member),
            end_state(history, member, arena, office),
            event_changes(history, model.observations),
        )

    rows = luck.run_free(
        pool, arena, members, model.target.hazard_priors, free_from, all_of, settings.seed,
        advance=settings.progress.advance,
    )  # fmt: skip
    return Histories(
        tuple(members), luck.islands(posterior, len(members)), free_from,
        tuple(row[0] for row in rows), tuple(row[1] for row in rows), tuple(row[2] for row in rows),
    )  # fmt: skip


def check(posterior: Posterior, histories: Histories, case: CutCase) -> tuple[Diagnostic, ...]:
    """The sampler's own checks, on the quantities that the report prints."""
    summaries = histories.summaries
    chosen = luck.chosen(posterior, len(summaries))
    days = min((case.as_of_date - case.window.start).days, summaries[0].nation.size - 1)

    def each(of: Callable[[Summary], float | np.ndarray]) -> np.ndarray:
        return np.array([of(s) for s in summaries], dtype=float)

    printed = {
        "the largest crowd": each(lambda s: s.nation.max()),
        "the day of the largest crowd": each(lambda s: float(s.nation.argmax())),
        "person-days": each(lambda s: s.nation_part.sum()),
        "the largest crowds of the regions": each(lambda s: s.present.max(axis=0)),
        "detentions": each(lambda s: s.arrests[-1]),
        "deaths": each(lambda s: s.deaths[-1]),
        "trust": each(lambda s: s.beliefs[days, :, 0]),
        "being in office at the end of the window": np.array([1.0 - e["out"] for e in histories.ends]),
    }
    return tuple(diagnose(posterior, printed, posterior.island[chosen]))
