"""What a cut case offers to the observation kinds: the claims that may count, each once, and whose word they are."""

from __future__ import annotations

from collections.abc import Hashable

from interrex.case.cut import CutCase
from interrex.case.grades import Reliability
from interrex.case.schema import Claim
from interrex.inference.spans import TICK_MINUTES, minutes, window_ticks

COUNTED = ("crowd", "arrests", "deaths")


class Record:
    """A cut case as the kinds read it.

    `claims` are counts with a number, from sources and inside the window, each statement of an origin once; what is
    fitted comes first, so that nothing kept for checking sets the reliability of an origin. `origins` fills up, in
    order of first mention, as kinds ask for them.
    """

    def __init__(self, case: CutCase) -> None:
        self.case = case
        self.ticks = window_ticks(case)
        self.origins: dict[str, Reliability] = {}
        self._said: set[Hashable] = set()
        self.claims: tuple[Claim, ...] = tuple(
            claim
            for claim in sorted(case.claims, key=lambda c: (c.use != "fit", c.when.start, c.id))
            if self._counts(claim)
        )

    def _counts(self, claim: Claim) -> bool:
        if claim.kind not in COUNTED or claim.use == "context" or claim.basis == "inference":
            return False
        if claim.value is None and claim.low is None and claim.high is None:
            return False
        if not 0 <= minutes(self.case, self.case.clock(claim).start) < self.ticks * TICK_MINUTES:
            return False
        origin = self.origin_of(claim)
        return self.news(
            origin,
            claim.kind,
            claim.place,
            claim.when.text,
            claim.measure,
            claim.value,
            claim.low,
            claim.high,
        )

    def origin_of(self, claim: Claim) -> str:
        """The origin of a claim, noted with the reliability of its first mention."""
        name = claim.origin or claim.sources[0]
        self.origins.setdefault(name, claim.reliability)
        return name

    def people(self, units: tuple[int, ...]) -> float:
        """How many people live in these units."""
        return float(sum(self.case.units[i].population for i in units))

    def news(self, *said: Hashable) -> bool:
        """Whether a statement is made for the first time."""
        if said in self._said:
            return False
        self._said.add(said)
        return True
