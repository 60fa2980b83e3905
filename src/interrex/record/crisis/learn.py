"""Which features are kept, and how well the record forecasts: scores on countries, and on years, that a fit has not seen."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from interrex.record.crisis.model import (
    EDGES,
    LENGTHS,
    SCOPES,
    Fit,
    Rows,
    Seen,
    Term,
    fit,
    hazards,
    moments,
    scaled,
    score,
    seen,
)
from interrex.record.crisis.state import FEATURES, OFFERED
from interrex.record.crisis.waves import UNKNOWN
from interrex.record.hazards import chances
from interrex.record.scores import auc, average_precision, skill, skill_interval
from interrex.record.tables import MANNERS

FOLDS = 12
MOST = 8
TRIED = 12
"""Terms scored at each step: those whose slope on all rows would be steepest in standard errors."""
SEED = 20260201
RESAMPLES = 1000


class Gain(NamedTuple):
    """What a term adds to the log score on countries left out (nats), with its standard error over countries."""

    term: Term
    gain: float
    error: float


class Chosen(NamedTuple):
    """terms: those kept, each with its gain when it came in; losers: what each other would add to them, best first."""

    terms: tuple[Gain, ...]
    losers: tuple[Gain, ...]


def folds(country: np.ndarray) -> np.ndarray:
    """Fold of each row: countries are dealt out at random, with a fixed seed."""
    names, group = np.unique(country, return_inverse=True)
    return (np.random.default_rng(SEED).permutation(len(names)) % FOLDS)[group]


def choose(data: Rows, what: Seen, offered: tuple[str, ...] = OFFERED, losers: bool = True) -> Chosen:
    """Terms added one at a time while the best adds more than one standard error to the score on countries left out."""
    fold = folds(data.country)
    parts = [(fold != f, fold == f) for f in np.unique(fold)]
    cut = [(data.of(a), Seen(what.exposure[a], what.exits[:, a]), data.of(b), Seen(what.exposure[b], what.exits[:, b]))
           for a, b in parts]  # fmt: skip
    order = np.concatenate([np.flatnonzero(b) for _, b in parts])
    country = data.country[order]

    def scores(terms: tuple[Term, ...], starts: list[Fit | None]) -> tuple[np.ndarray, list[Fit | None]]:
        fits: list[Fit | None] = [
            fit(a, w, terms, s, covariance=False) for (a, w, _, _), s in zip(cut, starts, strict=True)
        ]
        return np.concatenate(
            [score(f, b, v) for f, (_, _, b, v) in zip(fits, cut, strict=True) if f is not None]
        ), fits

    def scored(
        offers: list[Term], terms: tuple[Term, ...]
    ) -> list[tuple[Gain, tuple[np.ndarray, list[Fit | None]]]]:
        made = [(t, scores((*terms, t), starts)) for t in offers]
        return sorted(((_gain(t, m[0] - now, country), m) for t, m in made), key=lambda g: -g[0].gain)

    kept: list[Gain] = []
    terms: tuple[Term, ...] = ()
    now, starts = scores((), [None] * len(cut))
    while True:
        tried = scored(steepest(data, what, terms, offered)[:TRIED], terms)
        if not tried or len(terms) == MOST or tried[0][0].gain <= tried[0][0].error:
            rest = [t for t in steepest(data, what, terms, offered)[TRIED:]] if losers else []
            return Chosen(
                tuple(kept), tuple(sorted((g for g, _ in tried + scored(rest, terms)), key=lambda g: -g.gain))
            )
        best, (now, starts) = tried[0]
        kept.append(best)
        terms = (*terms, best.term)


def steepest(data: Rows, what: Seen, terms: tuple[Term, ...], offered: tuple[str, ...]) -> list[Term]:
    """Terms that are not in yet, by the square of the score's slope over its information (Rao's test), largest first."""
    fitted = fit(data, what, terms, covariance=False)
    z = scaled(data.x, *moments(data.x))
    rates = hazards(fitted, data.x) * what.exposure
    names = list(FEATURES)
    found: list[tuple[float, Term]] = []
    for scope, manners in SCOPES.items():
        among = [MANNERS.index(m) for m in manners]
        miss, rate = (what.exits[among] - rates[among]).sum(axis=(0, 2)), rates[among].sum(axis=(0, 2))
        for name in offered:
            column = z[:, names.index(name)]
            if (name, scope) not in terms and column.any():
                found.append((float((column @ miss) ** 2 / (column**2 @ rate)), (name, scope)))
    return [t for _, t in sorted(found, key=lambda f: -f[0])]


def _gain(term: Term, by_row: np.ndarray, country: np.ndarray) -> Gain:
    by_country = np.bincount(np.unique(country, return_inverse=True)[1], by_row)
    return Gain(term, float(by_row.sum()), float(np.sqrt((by_country**2).sum())))


def helps(data: Rows, more: Rows, flag: str, terms: tuple[Term, ...]) -> Gain:
    """What the rows of another source add to the score on the panel's countries left out, with a level of their own."""
    fold, term = folds(data.country), (flag, "any")
    gain = np.zeros(len(data.gone))
    for f in np.unique(fold):
        a, b = fold != f, fold == f
        train, test = data.of(a), data.of(b)
        extra = more.of(~np.isin(more.country, np.unique(test.country)))
        both = Rows(*(np.concatenate(pair) for pair in zip(train, extra, strict=True)))
        judged = seen(test)
        plain = fit(train, seen(train), terms, covariance=False)
        gain[b] = score(fit(both, seen(both), (*terms, term), covariance=False), test, judged) - score(
            plain, test, judged
        )
    return _gain(term, gain, data.country)


class Forecasts(NamedTuple):
    """Chances that were given to rows which no fit had seen, f8[manner, row, horizon], those of the pooled hazard, the rows,
    and the terms that each era chose, by its first year."""

    p: np.ndarray
    pooled: np.ndarray
    rows: Rows
    terms: dict[int, tuple[Term, ...]]


def held_out(
    data: Rows, eras: tuple[int, ...], last: int, fixed: tuple[Term, ...] | None = None
) -> Forecasts:
    """Forecasts of every row of a year from the first of `eras` to `last`, by fits on other countries and on days before the
    year alone; the terms are chosen at the start of each era from what had been seen by then, or `fixed`."""
    order: list[np.ndarray] = []
    p: list[np.ndarray] = []
    pooled: list[np.ndarray] = []
    terms: dict[int, tuple[Term, ...]] = {}
    for era, end in zip(eras, (*eras[1:], last + 1), strict=True):
        before = _before(data, era)
        chosen = choose(before, seen(before, _first(era)), losers=False).terms if fixed is None else ()
        terms[era] = tuple(g.term for g in chosen) if fixed is None else fixed
        for year in range(era, end):
            train = _before(data, year)
            what = seen(train, _first(year))
            here = np.flatnonzero((data.day >= _first(year)) & (data.day < _first(year + 1)))
            starts = [fit(train, what, t, covariance=False) for t in (terms[era], ())]
            for country in np.unique(data.country[here]):
                test = here[data.country[here] == country]
                others = train.country != country
                left, seen_left = train.of(others), Seen(what.exposure[others], what.exits[:, others])
                for out, start in zip((p, pooled), starts, strict=True):
                    fitted = fit(left, seen_left, start.terms, start, covariance=False)
                    out.append(chances(hazards(fitted, data.x[test]), LENGTHS))
                order.append(test)
    return Forecasts(
        np.concatenate(p, axis=1), np.concatenate(pooled, axis=1), data.of(np.concatenate(order)), terms
    )


def fits(
    data: Rows, terms: dict[int, tuple[Term, ...]], last: int
) -> Iterator[tuple[datetime.date, Rows, Fit, Fit]]:
    """For each 1 January up to that of the year `last`: the rows before it, the fit to what had been seen of them by then with
    the terms of its era, and the pooled hazard."""
    for year in range(min(terms), last + 1):
        train = _before(data, year)
        what = seen(train, _first(year))
        era = max(e for e in terms if e <= year)
        yield datetime.date(year, 1, 1), train, fit(train, what, terms[era]), fit(train, what, ())


def elsewhere(data: Rows, terms: tuple[Term, ...], test: Rows) -> Forecasts:
    """Forecasts of rows of another source by fits on other countries and on what had been seen by their day."""
    p, pooled = (np.zeros((len(MANNERS), len(test.gone), len(EDGES) - 1)) for _ in range(2))
    for i in range(len(test.gone)):
        train = data.of((data.country != test.country[i]) & (data.day < test.day[i]))
        if not len(train.gone):
            train = data.of(data.country != test.country[i])
            what = seen(train)
        else:
            what = seen(train, test.day[i])
        for out, t in ((p, terms), (pooled, ())):
            out[:, i : i + 1] = chances(
                hazards(fit(train, what, t, covariance=False), test.x[i : i + 1]), LENGTHS
            )
    return Forecasts(p, pooled, test, {})


def _first(year: int) -> int:
    return datetime.date(year, 1, 1).toordinal()


def _before(data: Rows, year: int) -> Rows:
    return data.of(data.day < _first(year))


TARGETS: dict[str, tuple[str, ...]] = {"any": MANNERS, "regular": ("regular",), "force": ("coup", "revolt")}
"""What is scored: that he leaves at all, that he leaves by rule, that he is forced out by soldiers or a crowd."""


def came(rows: Rows, target: str, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """bool[row]: whether what came within a horizon (index) is known, and whether the incumbent left as `target` asks. Rows
    whose fate or manner is unknown within the horizon are not known."""
    days = EDGES[horizon + 1]
    among = [MANNERS.index(m) for m in TARGETS[target]]
    gone = rows.gone <= np.minimum(days, rows.followed)
    known = gone | (rows.followed >= days)
    if target != "any":
        known &= ~(gone & (rows.manner == UNKNOWN))
    return known, gone & (np.isin(rows.manner, among) | (target == "any"))


def judged(forecasts: Forecasts, target: str, horizon: int) -> dict[str, float | int | list[float]]:
    """Brier skill, log skill (mean nats a forecast above the pooled hazard) with 90 % intervals over countries, AUC and counts
    of one target and horizon (index), from the rows of which it is known what came."""
    rows, among = forecasts.rows, [MANNERS.index(m) for m in TARGETS[target]]
    kept, hit = came(rows, target, horizon)
    y = hit[kept].astype(float)
    p, pooled = (f[among][:, kept, horizon].sum(axis=0) for f in (forecasts.p, forecasts.pooled))
    country = rows.country[kept]
    exits = len(np.unique(rows.leader[kept][y == 1].astype(str)))
    low, high = skill_interval(p, pooled, y, country)
    ratio: np.ndarray = np.where(y == 1, p / pooled, (1 - p) / (1 - pooled))
    nats = np.log(ratio)
    _, group = np.unique(country, return_inverse=True)
    size, total = np.bincount(group), np.bincount(group, nats)
    times = np.random.default_rng(SEED).multinomial(len(size), np.full(len(size), 1 / len(size)), RESAMPLES)
    log_low, log_high = np.quantile((times @ total) / (times @ size), (0.05, 0.95))
    return {
        "rows": len(y), "countries": len(size), "exits": exits, "rate": float(y.mean()), "mean_p": float(p.mean()), "mean_pooled": float(pooled.mean()),
        "brier_skill": skill(p, pooled, y), "brier_interval": [low, high],
        "log_gain": float(nats.mean()), "log_interval": [float(log_low), float(log_high)],
        "auc": auc(p, y), "average_precision": average_precision(p, y),
    }  # fmt: skip


class Power(NamedTuple):
    """For one standard deviation of a feature, or for a yes against a no: the standard error of its log hazard over countries
    when it is fitted alone, and the ratio of hazards that would be seen with 80 % power at a two-sided 5 %."""

    term: Term
    exits: float
    error: float
    ratio: float


SEEN = 1.96 + 0.84


def power(data: Rows, what: Seen, offered: tuple[str, ...] = OFFERED) -> tuple[Power, ...]:
    """What so few exits can tell, by term; a term whose feature never varies is left out."""
    known, bare = moments(data.x)[1], fit(data, what, (), covariance=False)
    names = list(FEATURES)
    found: list[Power] = []
    for scope, manners in SCOPES.items():
        exits = float(what.exits[[MANNERS.index(m) for m in manners]].sum())
        for name in offered:
            column = data.x[:, names.index(name)]
            if np.isnan(column).all() or np.nanmin(column) == np.nanmax(column):
                continue
            error = float(np.sqrt(fit(data, what, ((name, scope),), bare).cov[-1, -1]))
            error /= float(known[names.index(name)]) if FEATURES[name].unit == "yes" else 1.0
            found.append(Power((name, scope), exits, error, float(np.exp(SEEN * error))))
    return tuple(found)
