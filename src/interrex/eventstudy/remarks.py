"""What the reader of the numbers must know, found in the data and in what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from scipy import special

from interrex.eventstudy.calendar import Close, doubtful
from interrex.eventstudy.happenings import Happening
from interrex.eventstudy.pairs import Pairs
from interrex.eventstudy.placebo import FEWEST
from interrex.eventstudy.returns import Panel
from interrex.eventstudy.validity import FEW, Situation

THIN = 0.2
"""Share of estimation days without a return, or with a return of nought, from which a series is called thin."""

COMPOUND = 0.02
"""Difference between summed simple returns and what holding made from which it is told."""

SHORT = 0.75
"""Share of the days of the estimation window below which it is told how many were used."""

APART = 3.5
"""Standard errors by which a correlation a day apart must exceed that on the same day to be told."""

LAGS = 3
"""Days up to which it is looked for a shift between a name and what explains it."""

BIASED = ("market", "factors")
"""Models whose beta stale prices bias to 0."""

MOST = 8
"""Notes of one kind that are spelled out."""


Cell = tuple[int, int]
"""Place of an event and of a name."""


class Note(NamedTuple):
    """One thing that the reader must know. about: a label, or '' for the whole study."""

    kind: str
    about: str
    sentence: str


def hours_apart(
    venue: str, away: str, factor: str, here: Close | None, there: Close | None, days: np.ndarray, align: str
) -> list[Note]:
    """On a benchmark or factor that trades at another venue, `away`, with closing hours of its own; here, there: when
    the two close."""
    if venue == away:
        return []
    if here is None or there is None:
        sentence = (
            f"{factor} trades at {away or 'a venue without name'}, the names at {venue or 'one without name'}; their "
            "closing hours are not given, so days are matched by date alone"
        )
        return [Note("hours", "", sentence)]
    apart = float(np.median((there.at(days) - here.at(days)).astype(int))) / 3600
    if abs(apart) < 0.5:
        return []
    if align == "close" and apart > 0:
        sentence = (
            f"{factor} closes {apart:.1f} hours after {venue}: its price of the day before is used, so nothing "
            "later than the close is"
        )
    else:
        order = "after" if apart > 0 else "before"
        compare = "--model dimson" if align == "close" else "--align close and --model dimson"
        sentence = (
            f"{factor} closes {abs(apart):.1f} hours {order} {venue} and is matched by date: part of a shock falls "
            f"on another day there; compare {compare}"
        )
    return [Note("hours", "", sentence)]


def own_calendar(name: str) -> Note:
    """On a name that is alone at its venue."""
    return Note(
        "calendar", name,
        "its trading days are known from its own rows alone: a day on which it did not trade looks like a holiday "
        "unless it has a row with halt=1",
    )  # fmt: skip


def event_days(panel: Panel, where: np.ndarray, met: list[Happening], close: Close | None) -> list[Note]:
    """On events that fall on another trading day than they happened, or on none, and on what is made of their hours;
    where: int[events, N]; close: of the venue."""
    notes: list[Note] = []
    place = f" at {panel.venue}" if panel.venue else ""
    advice = f"--close {panel.venue}{'=' if panel.venue else ''}16:00@America/New_York, say"
    for one, positions in zip(met, where, strict=True):
        told: dict[Note, None] = {}
        for label, at in zip(panel.names, positions, strict=True):
            when = one.of(label)
            if when is None:
                continue
            if at < 0:
                sentence = f"{one.label}: the prices{place} end on {panel.days[-1]}, before the event"
                notes.append(Note("left out", label, sentence))
                continue
            day = panel.days[at]
            late = int((day - when.day).astype(int))
            if late:
                apart = f"{abs(late)} day{'s' if abs(late) > 1 else ''} {'later' if late > 0 else 'earlier by its own clock'}"
                sentence = (
                    f"{one.label} falls on {day}{place}, the first trading day that can know of it ({apart})"
                )
                told[Note("event day", "", sentence)] = None
            if when.instant is None:
                continue
            other = doubtful(panel.days, when, close)
            if close is None:
                sentence = f"its hour is not used{place}: when the market closes is not known; give {advice}"
            elif other is not None:
                sentence = f"falls on {day}{place}, but on {other} if the close is an hour off, as where clocks change in summer; name the zone: {advice}"
            else:
                hour = str(close.at(panel.days[[at]])[0]).replace("T", " ")[:16]
                stamped = " that the stamps of its prices tell" if close.days is not None else ""
                sentence = f"held against the close{place}{stamped}, {hour} UTC"
            told[Note("hour", "", f"{one.label}: {sentence}")] = None
        notes += told
    return notes


def currencies(money: Mapping[str, str]) -> list[Note]:
    """On prices in several currencies that were not converted; money: currency of each name, benchmark and factor."""
    kinds = {code for code in money.values() if code}
    if len(kinds) < 2:
        return []
    sentence = (
        f"prices are in {', '.join(sorted(kinds))} and are compared as they stand: a move of the exchange rate counts "
        "as abnormal; --currency converts"
    )
    return [Note("currency", "", sentence)]


def overlaps(together: int, inside: int, overlap: str) -> list[Note]:
    """On `together` overlapping event windows of one name and `inside` estimation windows that hold another event."""
    notes: list[Note] = []
    if together:
        sentence = (
            f"{together} pairs of event windows of the same name overlap: their abnormal returns share days and are not "
            "independent"
        )
        notes.append(Note("overlap", "", sentence))
    if inside:
        done = (
            "its event window is left out of them"
            if overlap == "mask"
            else "left in, as if its days were ordinary ones"
        )
        notes.append(
            Note("overlap", "", f"{inside} estimation windows hold another event of the same name; {done}")
        )
    return notes


def days_apart(panel: Panel, factor_returns: np.ndarray, usable: np.ndarray, factor: str) -> list[Note]:
    """On names that move with a benchmark or factor of another day rather than of the same day.

    factor_returns, usable: float[T, N] and bool[T, N]. Told for the lag, of up to `LAGS` days, with the largest
    correlation where that exceeds the one on the same day by `APART` standard errors (Fisher's z); returns over one day
    alone.
    """
    one = usable & (panel.span == 1) & np.isfinite(factor_returns)
    own, theirs = np.where(one, panel.returns, np.nan), np.where(one, factor_returns, np.nan)
    same, _ = _correlations(own, theirs)
    lags = [lag for size in range(1, LAGS + 1) for lag in (-size, size) if size < len(own)]
    if not lags:
        return []
    apart = [
        _correlations(
            own[max(0, -lag) : len(own) - max(0, lag)], theirs[max(0, lag) : len(own) - max(0, -lag)]
        )
        for lag in lags
    ]
    found, days = (np.stack(part) for part in zip(*apart, strict=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = (np.arctanh(np.abs(found)) - np.arctanh(np.abs(same))) * np.sqrt((days - 3) / 2)
    excess = np.nan_to_num(excess, nan=-np.inf)
    notes: list[Note] = []
    for at in np.flatnonzero(excess.max(0) > APART).tolist():
        most = int(excess[:, at].argmax())
        lag, r2 = abs(lags[most]), float(found[most, at]) ** 2
        day = f"{'the day' if lag == 1 else f'{lag} days'} {'before' if lags[most] < 0 else 'after'}"
        sentence = (
            f"R2 on {factor} is {same[at] ** 2:.1%} on the same day but {r2:.0%} with its return of {day}: is one of the two "
            f"{'a day' if lag == 1 else f'{lag} days'} off, or does it close at another hour? See --align close and --model dimson"
        )
        notes.append(Note("days apart", panel.names[at], sentence))
    return notes


def still(panel: Panel, factor_returns: np.ndarray, usable: np.ndarray, factor: str) -> list[Note]:
    """On a benchmark or factor that often does not move while the names trade; arguments as in `days_apart`."""
    moves = factor_returns[usable & np.isfinite(factor_returns)]
    share = float((moves == 0).mean()) if moves.size else 0.0
    if share <= THIN:
        return []
    return [
        Note(
            "still",
            "",
            f"{factor} does not move on {share:.0%} of the days: it explains little, or its prices are stale",
        )
    ]


def _correlations(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlation of the columns of two arrays on their common days, and the number of these."""
    both = np.isfinite(one) & np.isfinite(other)
    days = both.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (np.where(both, part - np.where(both, part, 0.0).sum(0) / days, 0.0) for part in (one, other))
        return (x * y).sum(0) / np.sqrt((x**2).sum(0) * (y**2).sum(0)), days


def pair_notes(
    pairs: Pairs, kind: str, model: str, estimation: tuple[int, int], labels: list[str], names: list[str]
) -> list[Note]:
    """On halts, short estimations, stale and thin prices, large moves, and prices that are intervals, pair by pair."""
    width, asked = pairs.ar.shape[2], estimation[1] - estimation[0] + 1
    measured = np.isfinite(pairs.scar)
    total = np.nansum(pairs.ar + pairs.expected, axis=2)
    away = ~np.isnat(pairs.until) & ((pairs.until != pairs.day0) | (pairs.early > 0))
    biased = "; its beta is biased to 0, see --model scholes-williams and dimson" if model in BIASED else ""
    told: list[tuple[str, np.ndarray, Callable[[Cell], str]]] = [
        ("halt", away, lambda cell: (
            f"its first price from the event on is of {pairs.until[cell]}, the one before of {pairs.since[cell]}: the return "
            f"between them is the event's, with {_days(pairs.early[cell])} before the window and {_days(pairs.late[cell])} "
            "after it")),
        ("halt", pairs.covered < width, lambda cell: (
            f"{width - pairs.covered[cell]} of {width} days of the window lie in no return of the window "
            f"({pairs.halted[cell]} halted): its CAR is that of the other {pairs.covered[cell]}")),
        ("halt", (pairs.covered == width) & (pairs.halted > 0), lambda cell: (
            f"{_days(pairs.halted[cell])} halted; the return across them is one return over several days, on the day trading "
            "resumed")),
        ("estimation", pairs.used < SHORT * asked, lambda cell: (
            f"{pairs.used[cell]:.0f} of the {asked} days {estimation[0]} .. {estimation[1]} were used for the estimation "
            f"({pairs.reach[cell]} of them lie in the data)")),
        ("stale benchmark", pairs.stale > 0, lambda cell: (
            f"on {_days(pairs.stale[cell])} of the window the return of the benchmark or of a factor begins or ends at a price "
            "of an earlier day")),
        ("thin", pairs.idle > THIN, lambda cell: (
            f"{pairs.idle[cell]:.0%} of the days before have no return or one of nought{biased}")),
        ("large moves", (kind == "simple") & (np.abs(total - pairs.held) > COMPOUND), lambda cell: (
            f"its daily returns add up to {total[cell]:+.1%}, but holding it made {pairs.held[cell]:+.1%}: read the sum with care, "
            "or use --returns log")),
        ("quoted", pairs.quote_high - pairs.quote_low > 1e-12, lambda cell: (
            f"prices are intervals; they alone leave the CAR between {pairs.quote_low[cell]:+.1%} and "
            f"{pairs.quote_high[cell]:+.1%}")),
    ]  # fmt: skip
    notes = [
        Note("left out", names[at], f"{labels[event]}: left out: {cause.wrong}")
        for (event, at), cause in pairs.causes.items()
        if not np.isnat(pairs.day0[event, at])
    ]
    for what, which, say in told:
        notes += [
            Note(what, names[at], f"{labels[event]}: {say((event, at))}")
            for event, at in np.argwhere(measured & which)
        ]
    return notes


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def joint_notes(
    pairs: Pairs, here: Situation, correlation: float, dates: int, labels: list[str], names: list[str]
) -> list[Note]:
    """On events that are one, shared days, few names and few placebo dates."""
    notes: list[Note] = []
    for group in pairs.together:
        for first, name in zip(group.events, group.names, strict=True):
            same = np.flatnonzero(pairs.day0[:, name] == group.day0)
            if len(same) > 1:
                others = ", ".join(labels[event] for event in same if event != first)
                sentence = f"{labels[first]}: falls on the same trading day as {others}; together they are one observation"
                notes.append(Note("same day", names[name], sentence))
    n = here.pairs
    if here.sharing:
        sentence = (
            f"{here.sharing} of {n} pairs of name and event share days of their windows with others ({here.days} event day(s); mean "
            f"correlation of their CARs {correlation:.2f}): tests that take pairs as independent do not hold"
        )
        notes.append(Note("clustered", "", sentence))
    if 1 < n < FEW:
        needed = special.stdtrit(n - 1, 0.975)
        sentence = (
            f"{n} pairs of name and event: a test between them asks for a mean of {needed:.1f} standard errors and has next to "
            "no power; parametric tests rest on the shape of the errors"
        )
        notes.append(Note("few names", "", sentence))
    elif n == 1:
        sentence = (
            "1 pair of name and event: tests between names, with next to no power for a few, cannot be done; parametric "
            "tests rest on the shape of its errors"
        )
        notes.append(Note("few names", "", sentence))
    if dates < FEWEST:
        notes.append(
            Note("placebo", "", f"only {dates} placebo date{'s' * (dates != 1)}: p cannot fall to 5 %")
        )
    return notes


def composition(benchmark: str, names: list[str], inside: np.ndarray) -> list[Note]:
    """On what the benchmark index can show; inside: float[N], 1 for a constituent, 0 for none, NaN unknown."""
    if np.isnan(inside).any():
        return [
            Note("composition", "", f"whether the names are part of {benchmark} is not given (--constituent)")
        ]
    notes: list[Note] = []
    parts = [name for name, part in zip(names, inside, strict=True) if part]
    others = [name for name in names if name not in parts]
    if others:
        notes.append(
            Note("composition", "", f"{', '.join(others)}: not in {benchmark}, which cannot show their move")
        )
    if parts:
        sentence = (
            f"{', '.join(parts)}: part of {benchmark}, so that part of their own move is taken for the market's; their "
            "abnormal returns are too small"
        )
        notes.append(Note("composition", "", sentence))
    return notes


def at_most(notes: list[Note], most: int = MOST) -> list[Note]:
    """`most` notes of each kind, with the number of the others."""
    out: list[Note] = []
    for kind in dict.fromkeys(note.kind for note in notes):
        same = [note for note in notes if note.kind == kind]
        out += same[:most]
        if len(same) > most:
            out.append(Note(kind, "", f"... and {len(same) - most} more of this kind"))
    return out
