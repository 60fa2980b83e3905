"""Absent actors: what a silence says about the state of the predecessor and his kin.

Evidence on a person is the longest silence known by the as-of day, from one appearance to the next or to that day.
Appearances are a Poisson process whose rate lambda ~ Gamma(a, b weeks) is not known, and which the status multiplies by m:

- a silence of g weeks that lasts has probability (b / (b + m g))^a;
- one that an appearance ended has the density m a b^a / (b + m g)^(a + 1): the appearance is evidence too, for men who
  appear often. Of a man who cannot appear himself it is a recording, shown at a stated rate against a man in control;
- a word of support given for him during the silence tells against his death only.

The rate is Gamma(1, 2 weeks) unless the case has the facts `appearances_<actor>` (n) and `appearance_weeks_<actor>` (W),
then Gamma(.5 + n, W). The silence counts only where a claim calls the person absent, or where the case covers
appearances: else the ledger may have missed him.

A claim with reliability r changes the odds by r x ratio + 1 - r, for an uninformed claim says nothing. Several persons
share one family state (free, negotiating, held), so their silences are not independent evidence.
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
from interrex.results.described import dataset
from interrex.results.schema import empty
from interrex.topics.silence.variables import GROUP

APPEARANCES = {"predecessor": "predecessor_appears", "kin": "kin_appears"}
"""Roles whose silence is looked at, and the act kind of their appearances."""
WORDS = "predecessor_supports"


class Status(NamedTuple):
    """A possible status of an absent actor."""

    name: str
    multiplier: float  # of the rate of appearing, against a man in control
    words_possible: float  # probability of a word that he gives or that is given for him, against a man in control
    recording: float | None = None  # how often one is shown of him who cannot appear, against a man in control


STATUSES = (
    Status("in control", 1.0, 1.0),
    Status("sidelined", 0.3, 1.0),
    Status("abroad", 0.3, 1.0),
    Status("incapacitated", 0.03, 1.0, 0.2),
    Status("dead", 0.0, 0.2, 0.02),
)
"""Assumptions throughout."""

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
    return dataset(GROUP, {
        "person": [actor.name for actor, _ in found],
        "status": [status.name for status in STATUSES],
        "prior": [before @ prior for prior in priors],
        "posterior": posterior,
        "gap_days": [s.days for _, s in found],
        "counted": [s.counts for _, s in found],
        "ended": [s.closed_by is not None for _, s in found],
        "rate_text": [
            f"{_story(s)} {rate[2]}; {hazard[1]}"
            for (_, s), rate, hazard in zip(found, rates, hazards, strict=True)
        ],
        "family": list(FAMILY),
        "family_prior": before,
        "family_posterior": after,
        "family_shares": [[*alive, 0.0] for _, alive in FAMILY.values()],
        "recording": [math.nan if s.recording is None else s.recording for s in STATUSES],
    })  # fmt: skip


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
    stretches: list[Silence] = []
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


def lasting(gap: float, multiplier: float, shape: float, weeks: float) -> float:
    """Probability of no appearance in `gap` weeks, 0..1, where the rate is `multiplier` times a Gamma(shape, weeks)."""
    return (weeks / (weeks + multiplier * gap)) ** shape


def appearing(gap: float, multiplier: float, shape: float, weeks: float) -> float:
    """Rate a week at which he appears after `gap` weeks without, so that `lasting` times it is the density of a first
    appearance there."""
    return multiplier * shape / (weeks + multiplier * gap)


def status_likelihood(silence: Silence, shape: float, weeks: float) -> np.ndarray:
    """Likelihood of the evidence of a silence under each status, f8[S], up to a factor common to all; the rate of a man in
    control is Gamma(shape, weeks)."""
    gap = silence.days / 7.0 if silence.counts else 0.0
    out = np.array([lasting(gap, s.multiplier, shape, weeks) for s in STATUSES])
    if silence.word is not None:
        rho = silence.word.reliability.mean
        out *= [rho * s.words_possible + 1.0 - rho for s in STATUSES]
    if silence.closed_by is not None:
        rho = silence.closed_by.reliability.mean
        out *= [rho * _shown(s, gap, shape, weeks, silence.counts) + 1.0 - rho for s in STATUSES]
    return out


def _shown(status: Status, gap: float, shape: float, weeks: float, counts: bool) -> float:
    """How often an appearance is shown after the gap, against a man in control; how often the living appear is unknown
    where the ledger may have missed appearances."""
    if status.recording is not None:
        return status.recording
    if not counts:
        return 1.0
    return appearing(gap, status.multiplier, shape, weeks) / appearing(gap, 1.0, shape, weeks)


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
    `predecessor_birth_year` or `predecessor_age`. An age is that of the fact's known_from, of the as-of day where that is not
    said."""
    for name in (actor.id, "predecessor") if actor.role == "predecessor" else (actor.id,):
        born, age = _fact(cut, f"{name}_birth_year"), _fact(cut, f"{name}_age")
        if born is None and age is not None:
            born = (cut.facts[f"{name}_age"].known_from or cut.as_of_date).year - age
        if born is not None:
            age = cut.as_of_date.year - born
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


def answer(run: Conditioned) -> xr.Dataset:
    """The group /silence of a conditioned case."""
    return absent_actors(run.case)
