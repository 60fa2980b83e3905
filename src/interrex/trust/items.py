"""Everything that is asked of the reports in one list: what it is, its quantiles, and whether reports or prior answer.

Level, what reports tell of it, the bias that they share, changes over spans of time and on the days of acts, differences between
audiences, houses, variances. Posterior sd against prior sd says what is identified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import expit, ndtri

from interrex.results.schema import QUANTILES
from interrex.trust.acts import Act
from interrex.trust.fuse import Fused
from interrex.trust.learn import Learned, asked
from interrex.trust.priors import OWN_SCATTER_SD, PARAMETERS, quantiles

TOLD, HARDLY = 0.5, 0.9
"""Posterior over prior sd: below the first the reports tell it, from the second on it is the prior's."""

Z = ndtri(np.array(QUANTILES))


Share = Callable[[np.ndarray], np.ndarray]


class Item(NamedTuple):
    """One thing asked. kind: level, told, bias, change, act, gap, house, parameter or scatter; about: which of them; audience: '' for what is
    of none. value: its quantiles, logit (parameters in their own units); share: the same as a share or a change of one, at the
    level that reports tell, NaN for
    parameters.
    rests_on: see `rests_on`; of a level `bias` where most of what is left open is the bias that all reports share."""

    kind: str
    about: str
    audience: str
    value: np.ndarray
    share: np.ndarray
    prior_sd: float
    sd: float
    rests_on: str


def rests_on(prior_sd: float, sd: float) -> str:
    """`reports`, `both` or `prior`, by how far the sd shrank."""
    ratio = sd / prior_sd
    return "reports" if ratio < TOLD else "both" if ratio < HARDLY else "prior"


def moved(base: float, change: np.ndarray) -> np.ndarray:
    """A change of the logit from `base` on as one of the share."""
    return expit(base + change) - expit(base)


def items(
    found: Fused, learned: Learned, acts: Sequence[Act], spans: Mapping[str, int], last: int
) -> list[Item]:
    """All of them. spans: days from which a change up to the last day is taken, by name."""
    return [*_of_audiences(found, acts, spans, last), *_between(found, last), *_parameters(found, learned)]


def _item(found: Fused, kind: str, about: str, audience: str, row: np.ndarray, share: Share) -> Item:
    """share: makes the quantiles of a logit those of a share."""
    mean, sd = (float(part[0]) for part in found.moments(row[None]))
    value = mean + Z * sd
    prior_sd = float(found.prior_sd(row[None])[0])
    return Item(kind, about, audience, value, share(value), prior_sd, sd, rests_on(prior_sd, sd))


def _of_audiences(found: Fused, acts: Sequence[Act], spans: Mapping[str, int], last: int) -> Iterator[Item]:
    for a in found.audiences:
        level, told = found.level(a, last), found.told(a, last)
        end = float(told @ found.mean)
        one, bias = _item(found, "level", "", a, level, expit), found.moments(found.shared(a)[None])[1][0]
        yield one._replace(rests_on="bias") if bias**2 > one.sd**2 / 2 else one
        yield _item(found, "told", "", a, told, expit)
        yield _item(found, "bias", "", a, found.shared(a), lambda q, end=end: -moved(end, -q))
        for name, day in spans.items():
            yield _item(
                found, "change", name, a, level - found.level(a, day), lambda q, end=end: -moved(end, -q)
            )
        for act in acts:
            before = float(found.told(a, act.day - 1) @ found.mean)
            row = found.level(a, act.day) - found.level(a, act.day - 1)
            yield _item(found, "act", act.text, a, row, lambda q, before=before: moved(before, q))


def _between(found: Fused, last: int) -> Iterator[Item]:
    for a, b in combinations(found.audiences, 2):
        base = float(found.told(b, last) @ found.mean)
        row = found.level(a, last) - found.level(b, last)
        yield _item(found, "gap", f"{a} less {b}", "", row, lambda q, base=base: moved(base, q))
    base = float(np.mean([found.told(a, last) @ found.mean for a in found.audiences]))
    for house, row in found.against_others().items():
        yield _item(found, "house", house, "", row, lambda q: moved(base, q))


def _parameters(found: Fused, learned: Learned) -> Iterator[Item]:
    d, none = found.design, np.full(len(Z), np.nan)
    for at in asked(d):
        name, mean, sd = list(PARAMETERS)[at], float(learned.mean[at]), float(learned.sd[at])
        yield Item(
            "parameter",
            name,
            "",
            quantiles(name, mean, sd, np.array(QUANTILES)),
            none,
            1.0,
            sd,
            rests_on(1.0, sd),
        )
    prior = float(np.hypot(PARAMETERS["scatter"].sd, OWN_SCATTER_SD))
    for h, (mean, sd) in enumerate(learned.scatter.tolist()):
        if np.isfinite(sd):
            yield Item(
                "scatter", d.houses[h], "", np.exp(mean + Z * sd), none, 1.0, sd / prior, rests_on(prior, sd)
            )
