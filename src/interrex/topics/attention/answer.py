"""Attention from abroad: reactions seen against reactions expected, reactor by reactor and in all.

Each reactor of the case is watched from the start of the crisis to its end, or to the as-of day if that comes
first: whoever reacts later answers something else, and is shown but not counted. `interrex.attention` holds the
model; here the case becomes its input, and its numbers become the group `attention`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from interrex.attention import (
    PARAMETERS,
    Posterior,
    Ratio,
    Stretch,
    Watch,
    fit,
    placebo,
    ratio,
    reference,
    segments,
    stack,
    watches,
)
from interrex.attention.parameters import NAMES, SPREAD
from interrex.attention.ratio import coverage, cumulative, heard
from interrex.attention.reference import Dated
from interrex.case.cut import CutCase
from interrex.case.dates import parse_when
from interrex.case.schema import Reaction, Reactor
from interrex.case.vocabulary import STAKES
from interrex.futures.conditioned import Conditioned
from interrex.results.described import Columns, dataset
from interrex.results.schema import QUANTILES, empty
from interrex.topics.attention.variables import GROUP

WEAK = 0.5
"""A reaction whose report is less reliable than this is shown and not counted, as with acts."""
COSTLY = 4
"""Strength from which a reaction moves money or force."""
LATER_ENDS = (4.0, 12.0, 30.0)
"""Days by which the end of the crisis is moved to see what hangs on it."""
OUTSTANDING = 2.0
"""Days before the end of the as-of day whose reactions may not have been reported yet: not watched."""
STEP = 3.0
"""Hours between the points of the expected course."""
BEYOND = 96.0
"""Hours shown after the end of the crisis."""
ROUGH = 0.5
"""Days: a date less exact than this is called rough."""
ENOUGH = 200
"""Independent draws below which nothing is said."""

_STAKES = slice(NAMES.index(STAKES[0]), NAMES.index(STAKES[-1]) + 1)


class Seen(NamedTuple):
    """A reaction in days since the start of the crisis, and why it is left out of the count ('' if it is not)."""

    reaction: Reaction
    start: float
    end: float
    left_out: str


class Clock(NamedTuple):
    """The crisis as reactions meet it: its start, its length in days up to the as-of day, agenda, reactions."""

    case: CutCase
    start: datetime
    length: float

    def days(self, moment: datetime, offset: float | None = None) -> float:
        """Days since the start of a moment, given in the time of a place with this offset."""
        shift = 0.0 if offset is None else self.case.utc_offset - offset
        return (moment - self.start) / timedelta(days=1) + shift / 24.0

    def agenda(self, reactor: str) -> list[Stretch]:
        """What bears on a reactor's attention."""
        return [
            Stretch(p.what, self.days(p.start.start), self.days(p.end.end))
            for p in self.case.agenda
            if p.what != "crisis" and (not p.reactors or reactor in p.reactors)
        ]

    def seen(self, reactor: Reactor) -> list[Seen]:
        """The reactions of a reactor in order of time. One counts if the middle of its dates lies inside."""
        found: list[Seen] = []
        for r in self.case.reactions:
            if r.reactor != reactor.id:
                continue
            start, end = (self.days(t, reactor.utc_offset) for t in (r.when.start, r.when.end))
            middle = (start + end) / 2
            why = "the report is weak" if r.reliability.mean < WEAK else ""
            why = "before the crisis" if middle <= 0 else "after its end" if middle > self.length else why
            found.append(Seen(r, start, end, why))
        return sorted(found, key=lambda s: (s.start + s.end, s.reaction.reaction))

    def watch(self, reactor: Reactor, distractions: bool = True, stakes: bool = True) -> Watch:
        """What was seen of a reactor, for the model; optionally as if nothing but violence, or no stake, mattered."""
        time = segments(
            self.length,
            [p for p in self.agenda(reactor.id) if distractions or p.what == "violence"],
            {name: getattr(reactor, name) if stakes else 0.0 for name in STAKES},
        )
        counted = [s for s in self.seen(reactor) if not s.left_out]
        if not counted:
            return Watch(0, time, self.length, np.inf)
        first = counted[0]
        return Watch(0, time, max(first.start, 0.0), min(first.end, self.length), len(counted) - 1)


def clock(cut: CutCase) -> Clock | None:
    """The clock of a case, or None where nobody could react or the crisis is too young to be judged."""
    crisis = next((p for p in cut.agenda if p.what == "crisis"), None)
    if crisis is None or not any(r.watched for r in cut.reactors):
        return None
    reported = parse_when(cut.as_of_date.isoformat()).end - timedelta(days=OUTSTANDING)
    length = (min(crisis.end.end, reported) - crisis.start.start) / timedelta(days=1)
    return Clock(cut, crisis.start.start, length) if length > 0 else None


def attention(cut: CutCase, seed: int) -> xr.Dataset:
    """Group /attention. Empty, with the reason, for a case without reactors, before its crisis, or where the
    weights of the reaction model fail (fewer than 200 independent draws).

    Intervals are central 90 %; they do not come from the run's sampler and stand whatever its diagnostics say."""
    time = clock(cut)
    if time is None:
        return empty(
            "The case names no reactors abroad with a crisis at least two days old, so reactions expected and seen "
            "cannot be compared."
        )
    bounds = reference(cut.as_of_date, cut.id)
    posterior = fit(stack(watches(bounds)), seed)
    if posterior.effective < ENOUGH:
        return empty(
            f"The draws of expected rates are too uneven to be used ({posterior.effective:.0f} independent ones), so nothing "
            "is said on attention."
        )
    watched = [r for r in cut.reactors if r.watched]
    own = {r.id: time.watch(r) for r in watched}
    scopes = _scopes(watched)
    answers = {name: ratio(posterior, [own[r.id] for r in members], seed) for name, members in scopes.items()}
    headline = next(iter(answers))
    main = scopes[headline]
    single = {r.id: ratio(posterior, [own[r.id]], seed) for r in watched}
    shuffled = placebo(posterior, [own[r.id] for r in main], seed, _STAKES)
    columns = (
        _reactor_columns(cut, time, own, single, posterior, seed)
        | _scope_columns(answers)
        | _variant_columns(cut, time, main, answers[headline], posterior, seed)
        | _reaction_columns(cut, time)
        | _course(time, main, own, posterior, seed)
        | _agenda_columns(cut, time)
        | _aspects(time, main, answers[headline], shuffled, posterior, own)
        | _parameter_columns(posterior)
        | {
            "bound_crisis": [f"{b.country} ({b.crisis})" for b in bounds],
            "bound_reactor": [b.reactor for b in bounds],
            "bound_days": [b.days for b in bounds],
            "bound_source": [b.source for b in bounds],
        }
    )
    attrs = {
        "verdict": verdict(answers[headline], headline),
        "unknown": _unknown(cut, time, bounds, posterior),
        "start_text": next(p for p in cut.agenda if p.what == "crisis").start.text,
        "end_hours": 24.0 * time.length,
        "effective_draws": posterior.effective,
        "statement": _statement(cut),
    }
    return dataset(GROUP, columns, attrs)


def verdict(answer: Ratio, whom: str) -> str:
    """One sentence: less, more, or not to be told."""
    low, middle, high = answer.ratio
    told = f"observed over expected {_factor(middle)}, 90 % interval {_factor(low)} to {_factor(high)} ({whom.lower()})"
    if high < 1:
        return f"The world reacted less than expected: {told}."
    if low > 1:
        return f"The world reacted more than expected, not less: {told}."
    return f"Disregard is not shown, and neither is its opposite: {told}."


def _scopes(watched: list[Reactor]) -> dict[str, list[Reactor]]:
    """Whom an answer is about: everybody but the patron first, then groups of several, then all."""
    outside = [r for r in watched if not r.patron]
    mixed = 0 < len(outside) < len(watched)
    scopes = {"All but the patron" if mixed else "All": outside or watched}
    for group in dict.fromkeys(r.group for r in outside):
        members = [r for r in outside if r.group == group]
        if 1 < len(members) < len(outside):
            scopes[group] = members
    if mixed:
        scopes["All, with the patron"] = watched
    return scopes


def _reactor_columns(
    cut: CutCase,
    time: Clock,
    own: dict[str, Watch],
    single: dict[str, Ratio],
    posterior: Posterior,
    seed: int,
) -> Columns:
    nan = (np.nan, np.nan, np.nan)
    expected = [single[r.id].expected if r.id in single else nan for r in cut.reactors]
    ratios = [single[r.id].ratio if r.id in single else nan for r in cut.reactors]
    first: list[np.ndarray] = []
    reacts: list[float] = []
    share = coverage(seed, len(posterior.z))[:, None]
    days = np.linspace(0.0, time.length, 481)
    for r in cut.reactors:
        if r.id not in own:
            first.append(np.full(len(QUANTILES), np.nan))
            reacts.append(np.nan)
            continue
        grown = -np.expm1(-share * cumulative(posterior, own[r.id].segments, days)).mean(axis=0)
        first.append(np.interp(QUANTILES, grown, 24.0 * days, right=np.nan))
        reacts.append(float(grown[-1]))
    known = [own[r.id] if r.id in own and np.isfinite(own[r.id].high) else None for r in cut.reactors]
    columns: Columns = {
        "reactor": [r.name for r in cut.reactors],
        "group": [r.group for r in cut.reactors],
        "patron": [r.patron for r in cut.reactors],
        "watched": [r.watched for r in cut.reactors],
        "observed": [
            sum(not s.left_out for s in time.seen(r)) if r.watched else np.nan for r in cut.reactors
        ],
        "p_react": reacts,
        "first_from": [np.nan if w is None else 24 * w.low for w in known],
        "first_to": [np.nan if w is None else 24 * w.high for w in known],
        "first_expected": np.array(first).T,
    }
    for name in STAKES:
        columns[name] = [getattr(r, name) for r in cut.reactors]
    return columns | _bands("expected", expected) | _bands("ratio", ratios)


def _scope_columns(answers: dict[str, Ratio]) -> Columns:
    found = list(answers.values())
    columns: Columns = {
        "scope_name": list(answers),
        "scope_observed": [a.observed for a in found],
        "scope_few": [a.few for a in found],
        "scope_many": [a.many for a in found],
    }
    columns |= _bands("scope_expected", [a.expected for a in found])
    columns |= _bands("scope_ratio", [a.ratio for a in found])
    return columns | _bands("scope_speed", [a.speed for a in found])


def _variant_columns(
    cut: CutCase, time: Clock, main: list[Reactor], answer: Ratio, posterior: Posterior, seed: int
) -> Columns:
    """The headline under other assumptions."""
    found = {"As above": answer}
    plain = [time.watch(r) for r in main]
    found["Every reaction is on record"] = ratio(posterior, plain, seed, complete=True)
    found["Without what other crises say"] = ratio(fit(stack([]), seed), plain, seed)
    found["Holidays, talks, blackout and other news left out"] = ratio(
        posterior, [time.watch(r, distractions=False) for r in main], seed
    )
    found["Stakes left out"] = ratio(posterior, [time.watch(r, stakes=False) for r in main], seed)
    violence = [time.days(p.start.start) for p in cut.agenda if p.what == "violence"]
    if violence and 0 < min(violence) < time.length:
        late = Clock(cut, time.start + timedelta(days=min(violence)), time.length - min(violence))
        found["The clock starts with the violence"] = ratio(posterior, [late.watch(r) for r in main], seed)
    last = time.days(parse_when(cut.as_of_date.isoformat()).end) - OUTSTANDING
    for later in LATER_ENDS:
        end = min(time.length + later, last)
        if end > time.length:
            moved = time._replace(length=end)
            name = f"The crisis ends {end - time.length:.0f} days later"
            found[name] = ratio(posterior, [moved.watch(r) for r in main], seed)
    answers = list(found.values())
    columns: Columns = {
        "variant_text": list(found),
        "variant_observed": [a.observed for a in answers],
        "variant_expected": [a.expected[1] for a in answers],
    }
    return columns | _bands("variant_ratio", [a.ratio for a in answers])


def _reaction_columns(cut: CutCase, time: Clock) -> Columns:
    rows = [(r, s) for r in cut.reactors for s in time.seen(r)]
    rows.sort(key=lambda pair: pair[1].start + pair[1].end)
    return {
        "reaction_by": [r.name for r, _ in rows],
        "reaction_text": [s.reaction.text for _, s in rows],
        "reaction_when": [s.reaction.when.text for _, s in rows],
        "reaction_kind": [s.reaction.kind for _, s in rows],
        "stance": [s.reaction.stance for _, s in rows],
        "reaction_source": [s.reaction.source for _, s in rows],
        "reaction_grade": [s.reaction.grade for _, s in rows],
        "left_out": [s.left_out if r.watched else "nobody looked for its reactions" for r, s in rows],
        "reaction_from": [24 * s.start for _, s in rows],
        "reaction_to": [24 * s.end for _, s in rows],
        "strength": [s.reaction.strength for _, s in rows],
    }


def _course(
    time: Clock, main: list[Reactor], own: dict[str, Watch], posterior: Posterior, seed: int
) -> Columns:
    """How many reactors had reacted by each hour: seen, and expected with chance and the spread of crises."""
    hours = np.arange(0.0, 24.0 * time.length + BEYOND, STEP)
    number = heard(posterior, [own[r.id] for r in main], hours / 24.0, seed)
    low = [24 * own[r.id].low for r in main if np.isfinite(own[r.id].high)]
    high = [24 * own[r.id].high for r in main if np.isfinite(own[r.id].high)]
    return {
        "hour": hours,
        "quantile": list(QUANTILES),
        "heard_expected": np.quantile(number, QUANTILES, axis=0),
        "heard_from": [sum(t <= h for t in high) for h in hours],
        "heard_to": [sum(t <= h for t in low) for h in hours],
    }


def _agenda_columns(cut: CutCase, time: Clock) -> Columns:
    names = {r.id: r.name for r in cut.reactors}
    rows = [p for p in cut.agenda if p.what != "crisis"]
    return {
        "period_what": [p.what for p in rows],
        "period_whom": [", ".join(names[r] for r in p.reactors) for p in rows],
        "period_from": [24 * time.days(p.start.start) for p in rows],
        "period_to": [24 * time.days(p.end.end) for p in rows],
    }


def _parameter_columns(posterior: Posterior) -> Columns:
    prior = fit(stack([]), 0, draws=4000).theta
    return {
        "parameter": [f"{p.name}: {p.what}" for p in PARAMETERS],
        "prior_text": [p.prior for p in PARAMETERS],
        "prior_mean": prior.mean(axis=0),
        "prior_sd": prior.std(axis=0),
        "post_mean": posterior.theta.mean(axis=0),
        "post_sd": posterior.theta.std(axis=0),
    }


def _aspects(
    time: Clock,
    main: list[Reactor],
    answer: Ratio,
    shuffled: float,
    posterior: Posterior,
    own: dict[str, Watch],
) -> Columns:
    """Rare, slow, dull, blind to stakes: four meanings of disregard, an answer each."""
    silent = [r.name for r in main if not np.isfinite(own[r.id].high)]
    counted = [s for r in main for s in time.seen(r) if not s.left_out]
    costly = sum(s.reaction.strength >= COSTLY for s in counted)
    slow, n = answer.speed, len(counted)
    violence = [s.start for r in main for s in time.agenda(r.id) if s.what == "violence"]
    usual = float(np.quantile(posterior.theta[:, SPREAD], 0.5))
    rare = (
        f"Reactions seen: {answer.observed}, expected: {_factor(answer.expected[1])} ({_factor(answer.expected[0])} to "
        f"{_factor(answer.expected[2])}). In {_percent(answer.few)} of crises like this one there would be as few or fewer"
        + (f"; none was found from {' and '.join(silent)}" if silent else "")
        + f". Crises differ by a factor of {np.exp(usual):.1f} anyway (median of an assumed spread)."
    )
    speed = (
        f"Going by first reactions alone the rate is {_factor(slow[1])} times the expected one ({_factor(slow[0])} to "
        f"{_factor(slow[2])})."
        + (
            " The earliest lies between "
            f"{24 * min(s.start for s in counted):.0f} and {24 * min(s.end for s in counted):.0f} hours after the start."
            if counted
            else ""
        )
        + (f" Violence began after {24 * min(violence):.0f} hours." if violence else "")
    )
    dull = (
        f"{costly} of {n} moved money or force. "
        + (
            f"With none of {n} the share of such reactions may still be up to {_percent(1 - 0.05 ** (1 / n))}."
            if not costly
            else ""
        )
        if n
        else "No reaction is on record."
    )
    blind = (
        f"Dealt out at random among the reactors, the stakes predict who reacted as well or better in {_percent(shuffled)} of "
        "all ways: they explain " + ("the order." if shuffled < 0.05 else "nothing that chance would not.")
        if np.isfinite(shuffled)
        else "Too few reactors to tell."
    )
    return {
        "aspect": ["Rare?", "Slow?", "Words only?", "Blind to stakes?"],
        "aspect_text": [rare, speed, dull, blind],
    }


def _unknown(cut: CutCase, time: Clock, bounds: list[Dated], posterior: Posterior) -> str:
    """What cannot be known here."""
    prior, post = PARAMETERS[0].sd, float(posterior.theta[:, 0].std())
    dated = [s for r in cut.reactors for s in time.seen(r)]
    rough = sum(s.end - s.start > ROUGH for s in dated)
    return (
        f"{rough} of {len(dated)} reactions are dated no closer than half a day, so hours are intervals. How many reactions "
        "the record misses is not known; the share that it holds is taken as 67 % (34 to 92 %). Who is not on the list of "
        "reactors is not counted either way, and a list drawn up afterwards favours those who spoke. Other crises give "
        f"{len(bounds)} dates (no later than), all from crises in which somebody did react, and are used as such; they "
        f"narrow the level of the rate from sd {prior:.2f} to {post:.2f}, so what is expected rests on assumed priors and "
        "stakes."
    )


def _statement(cut: CutCase) -> str:
    """The statement of the commentary under review that this section answers."""
    piece = cut.opinion_piece
    return (
        next((s.text for s in piece.statements if s.id == "world-ignores"), "") if piece is not None else ""
    )


def _bands(name: str, values: Sequence[ArrayLike]) -> Columns:
    """A median and the ends of its 90 % interval."""
    table = np.array(values, dtype=float).reshape(-1, 3)
    return {f"{name}{suffix}": table[:, i] for i, suffix in enumerate(("_low", "", "_high"))}


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _factor(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def answer(run: Conditioned) -> xr.Dataset:
    """The group /attention of a conditioned case."""
    return attention(run.case, run.settings.seed)
