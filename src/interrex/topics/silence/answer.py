"""Absent actors: what a silence says about the state of the predecessor and his kin.

Evidence on a person is the longest silence known by the as-of day, from one appearance to the next or to that
day:

- the gap itself, as `gap` gives it: appearances at an unknown rate, Gamma(1, 2 weeks)
  unless the case has the facts `appearances_<actor>` (n) and `appearance_weeks_<actor>` (W), then Gamma(.5
  + n, W). It counts only where a claim calls the person absent, or where the case covers appearances: else
  the ledger may have missed him;
- a word of support given for him during the silence, which tells against his death only;
- the appearance that ended it, as far as it may be a recording, which nobody can date.

A claim with reliability r changes the odds by r x ratio + 1 - r, for an uninformed claim says nothing.
Several persons share one family state (free, negotiating, held), so their silences are not independent
evidence.
"""

from __future__ import annotations

import math
from datetime import date
from typing import NamedTuple

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.case.dates import parse_when
from interrex.case.schema import Actor, Claim
from interrex.futures.conditioned import Conditioned
from interrex.results.described import Column, described
from interrex.results.schema import empty
from interrex.topics.silence.gap import STATUSES, gap_probability
from interrex.topics.silence.variables import GROUP

APPEARANCES = {"predecessor": "predecessor_appears", "kin": "kin_appears"}
"""Roles whose silence is looked at, and the act kind of their appearances."""
WORDS = "predecessor_supports"
RECORDING = {"incapacitated": 0.2, "dead": 0.02}
"""Probability that an appearance is shown of such a man, against 1 in control: assumptions."""

FAMILY = {
    "free": (0.6, (0.75, 0.10, 0.12, 0.03)),
    "negotiating": (0.25, (0.40, 0.45, 0.10, 0.05)),
    "held": (0.15, (0.05, 0.85, 0.05, 0.05)),
}
"""Prior of each family state, and of the statuses of a living member in it (in control, sidelined, abroad,
incapacitated). An assumption throughout."""

RATE_ASSUMED = (1.0, 2.0)
HAZARD_AT_81 = 0.10
HAZARD_OF_UNKNOWN_AGE = 0.05
HAZARD_SLOPE = 0.09
"""Assumptions: deaths a year at 81, at an unknown age, and growth of the log hazard by a year of age."""


class Silence(NamedTuple):
    """The longest silence of one person. `end` is the next appearance, or the as-of day while it lasts."""

    start: date
    end: date
    counts: bool  # whether an absence is claimed or appearances are covered
    seen_before: bool  # whether an appearance opens it; else the first day that a claim calls silent
    closed_by: Claim | None
    word: Claim | None

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days


def absent_actors(cut: CutCase) -> xr.Dataset:
    """The group `silence` (dims person, status): status before and after the silence is taken into account.

    Beside the schema's variables it holds the coordinates `person` and `status` and, along `family`, the
    prior and posterior of the shared family state. Empty, with the reason, where no predecessor or kin has
    an appearance or an absence on record."""
    found = [
        (actor, silence)
        for actor in cut.actors
        if actor.role in APPEARANCES and (silence := longest_silence(cut, actor)) is not None
    ]
    if not found:
        return empty("No predecessor or kin has an appearance or absence on record by the as-of day.")
    hazards = [death_hazard(cut, actor) for actor, _ in found]
    rates = [appearance_rate(cut, actor) for actor, _ in found]
    likelihoods = [status_likelihood(s, *rate[:2]) for (_, s), rate in zip(found, rates, strict=True)]
    priors = [
        family_prior(-math.expm1(-hazard * s.days / 365.25))
        for (_, s), (hazard, _) in zip(found, hazards, strict=True)
    ]
    before = np.array([weight for weight, _ in FAMILY.values()])
    # One person's evidence on the family state, then everybody's.
    evidence = np.array([prior @ like for prior, like in zip(priors, likelihoods, strict=True)])
    after = before * evidence.prod(axis=0)
    after /= after.sum()
    posterior = [
        after @ (prior * like / seen[:, None])
        for prior, like, seen in zip(priors, likelihoods, evidence, strict=True)
    ]
    texts = [
        f"{_story(s)} {rate[2]}; {hazard[1]}"
        for (_, s), rate, hazard in zip(found, rates, hazards, strict=True)
    ]
    columns: dict[str, Column] = {
        "person": ([actor.name for actor, _ in found], "who is absent"),
        "status": ([status.name for status in STATUSES], "status during the silence"),
        "prior": ([before @ prior for prior in priors], "probability of the status before the silence"),
        "posterior": (posterior, "probability of the status after the silence"),
        "gap_days": ([float(s.days) for _, s in found], "longest silence known"),
        "rate_text": (texts, "the silence, its rate of appearances and its life table"),
        "family": (list(FAMILY), "state of the predecessor's family, shared by its members"),
        "family_prior": (before, "probability of the family state before the silences"),
        "family_posterior": (after, "probability of the family state after the silences"),
    }
    source = f"ledger of the case {cut.id} and stated assumptions"
    return described(GROUP, columns, source, {"note": _note()})


def longest_silence(cut: CutCase, actor: Actor) -> Silence | None:
    """The longest stretch without an appearance known by the as-of day; None for a person without claims.

    Stretches that count go before others, and the latest comes first of equals."""
    kind = APPEARANCES[actor.role]
    own = [c for c in cut.claims if c.act == kind and actor.id in c.actors]
    seen = sorted((c for c in own if c.kind == "appearance" and _day(c) <= cut.as_of_date), key=_order)
    unseen = sorted((c for c in own if c.kind == "absence" and _day(c) <= cut.as_of_date), key=_order)
    if not seen and not unseen:
        return None
    opening: list[tuple[date, bool]] = [(_day(claim), True) for claim in seen]
    if unseen and (not seen or _day(unseen[0]) < _day(seen[0])):
        opening.insert(0, (_day(unseen[0]), False))
        closing: list[Claim | None] = [*seen, None]
    else:
        closing = [*seen[1:], None]
    stretches = []
    for (start, opened), closed in zip(opening, closing, strict=True):
        end = cut.as_of_date if closed is None else _day(closed)
        words = [
            c
            for c in cut.claims
            if c.act == WORDS and c.kind == "act" and actor.id in c.actors and start < _day(c)
            and (_day(c) < end or closed is None)
        ]  # fmt: skip
        silent = any(start <= _day(c) <= end for c in unseen) or any(
            c.what == "appearances" and c.start <= start and c.end >= end for c in cut.coverage
        )
        word = max(words, key=lambda c: c.reliability.mean, default=None)
        stretches.append(Silence(start, end, silent, opened, closed, word))
    return max(stretches, key=lambda s: (s.counts, s.days, s.start))


def status_likelihood(silence: Silence, shape: float, weeks: float) -> np.ndarray:
    """Probability of the evidence of a silence under each status, f8[S]; the rate is Gamma(shape, weeks)."""
    gap = silence.days / 7.0 if silence.counts else 0.0
    out = np.array([gap_probability(gap, s.multiplier, shape, weeks) for s in STATUSES])
    if silence.word is not None:
        rho = silence.word.reliability.mean
        out *= [rho * s.words_possible + 1.0 - rho for s in STATUSES]
    if silence.closed_by is not None:
        rho = silence.closed_by.reliability.mean
        out *= [rho * RECORDING.get(s.name, 1.0) + 1.0 - rho for s in STATUSES]
    return out


def family_prior(dead: float) -> np.ndarray:
    """Prior of the statuses in each family state, f8[family, status]; `dead` as the life table has it."""
    alive = np.array([shares for _, shares in FAMILY.values()])
    return np.column_stack([alive * (1.0 - dead), np.full(len(FAMILY), dead)])


def appearance_rate(cut: CutCase, actor: Actor) -> tuple[float, float, str]:
    """Shape and weeks of the Gamma prior of a person's rate of appearances, and where it comes from."""
    count, weeks = (_fact(cut, f"{name}_{actor.id}") for name in ("appearances", "appearance_weeks"))
    if count is None or weeks is None or count < 0 or weeks <= 0:
        shape, scale = RATE_ASSUMED
        return shape, scale, f"Rate assumed: Gamma({shape:g}, {scale:g} weeks)"
    return 0.5 + count, weeks, f"Rate from {count:g} appearances in {weeks:g} weeks before"


def death_hazard(cut: CutCase, actor: Actor) -> tuple[float, str]:
    """Deaths a year at the person's age (an assumption), and the words for it.

    The age comes from the case: `<actor>_birth_year` or `<actor>_age`, for the predecessor also
    `predecessor_birth_year` or `predecessor_age`."""
    for name in (actor.id, "predecessor") if actor.role == "predecessor" else (actor.id,):
        born, age = _fact(cut, f"{name}_birth_year"), _fact(cut, f"{name}_age")
        age = cut.as_of_date.year - born if born is not None else age
        if age is not None:
            hazard = HAZARD_AT_81 * math.exp(HAZARD_SLOPE * (age - 81.0))
            return hazard, f"dead with {hazard:.2g} a year at the age of {age:.0f} (assumed)"
    return HAZARD_OF_UNKNOWN_AGE, f"dead with {HAZARD_OF_UNKNOWN_AGE:g} a year, age not given (assumed)"


def _fact(cut: CutCase, name: str) -> float | None:
    fact = cut.facts.get(name)
    value = None if fact is None else fact.value
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _day(claim: Claim) -> date:
    return parse_when(claim.when.text.removeprefix("~")).day


def _order(claim: Claim) -> tuple[date, str]:
    return _day(claim), claim.id


def _story(silence: Silence) -> str:
    first = "Last seen" if silence.seen_before else "Called absent from"
    last = "the as-of day" if silence.closed_by is None else f"an appearance on {silence.end}"
    said = f", a word of support on {_day(silence.word)}" if silence.word is not None else ""
    missed = "" if silence.counts else " No claim calls the person absent, so the gap is not counted."
    return f"{first} {silence.start}, until {last}{said}.{missed}"


def _note() -> str:
    shares = "; ".join(
        f"{state} {weight:g} ("
        + ", ".join(f"{s.name} {p:g}" for s, p in zip(STATUSES[:-1], alive, strict=True))
        + ")"
        for state, (weight, alive) in FAMILY.items()
    )
    recording = ", ".join(f"{p:g} if {status}" for status, p in RECORDING.items())
    return (
        "The status is taken as constant during the longest silence known. Assumptions: the life table; the "
        f"family state that kin share, with the statuses of the living in it: {shares}; an appearance that "
        f"ends a silence may be a recording, shown with probability {recording}. With an unknown rate of "
        "appearances a silence hardly moves the probability of death."
    )


def answer(run: Conditioned) -> xr.Dataset:
    """The group /silence of a conditioned case."""
    return absent_actors(run.case)
