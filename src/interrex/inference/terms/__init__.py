"""Observation terms: how each claim about crowds, detentions, deaths and opinion enters the likelihood.

One kind a file; `FAMILIES` is the registry. A new kind is a file with a `Family` and a line here: its code, its rows,
its scores in the kernels and its draws follow.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from interrex.case.cut import CaseBody
from interrex.case.grades import Reliability
from interrex.inference.terms import crowd, opinion, quiet, series
from interrex.inference.terms.kind import Family, Kind, Observer, Row, Terms

FAMILIES: tuple[Family, ...] = (crowd.CROWD, series.SERIES, quiet.SILENCE, opinion.OPINION)
KINDS: tuple[Kind, ...] = tuple(kind for family in FAMILIES for kind in family.kinds)


def best_logpdf(i: int, terms: Terms) -> float:
    """Upper bound of a term's log density whatever the history: it lets a hopeless proposal stop early, exactly."""
    return KINDS[terms.kind[i]].bound(i, terms)


def rvs(i: int, n: float, terms: Terms, obs: Observer, rng: np.random.Generator) -> tuple[float, float]:
    """Draw a report (low, high) for term i of a history whose prediction is n: the source is informed with its
    origin's reliability. Reliability is drawn anew for every term: give `terms` with a fixed one (alpha and beta large)
    to draw several reports of one origin."""
    o = terms.origin[i]
    informed = bool(rng.random() < rng.beta(terms.alpha[o], terms.beta[o]))
    return KINDS[terms.kind[i]].rvs(i, terms, n, obs, informed, rng)


def of(terms: Terms, *kinds: Kind) -> np.ndarray:
    """Which terms are of these kinds, bool[i]."""
    return np.isin(terms.kind, [KINDS.index(kind) for kind in kinds])


def lay_out(case: CaseBody, rows: Iterable[Row], origins: dict[str, Reliability]) -> Terms:
    """Rows as the arrays that kernels read."""
    rows, names = list(rows), list(origins)
    population = np.array([u.population for u in case.units], dtype=float)
    begin = np.cumsum([0, *(len(r.units) for r in rows)]).astype(np.int64)

    def whole(values: Iterable[int]) -> np.ndarray:
        return np.array(list(values), dtype=np.int64)

    def real(values: Iterable[float]) -> np.ndarray:
        return np.array(list(values), dtype=float)

    return Terms(
        kind=whole(KINDS.index(r.kind) for r in rows), first=whole(r.first for r in rows), last=whole(r.last for r in rows),
        previous=whole(r.previous for r in rows), unit_from=begin[:-1].copy(), unit_to=begin[1:].copy(),
        unit_list=whole(u for r in rows for u in r.units), audience=whole(r.audience for r in rows),
        low=real(r.low for r in rows), high=real(r.high for r in rows), sd=real(r.sd for r in rows),
        official=whole(r.official for r in rows),
        ceiling=real(max(population[list(r.units)].sum(), 10.0) for r in rows),
        origin=whole(names.index(r.origin) if r.origin else -1 for r in rows),
        share=real(r.share for r in rows), alpha=real(o.a for o in origins.values()), beta=real(o.b for o in origins.values()),
    )  # fmt: skip
