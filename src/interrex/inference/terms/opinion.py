"""Opinion: the logit of a reported share is normal about the audience's mean trust plus a bias that all reports share."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from interrex.case.grades import reliability
from interrex.engine.decorators import pasted
from interrex.inference.spans import TICK_MINUTES, minutes, tick_span
from interrex.inference.terms.kind import (
    Family,
    Kind,
    Observer,
    Row,
    Terms,
    normal_cdf,
    normal_logpdf,
    normal_peak,
)
from interrex.inference.terms.record import Record

HOUSE_SD = 0.37  # logit, between pollsters (Demoscope against Strategy 2023: 6.7 points)
HALF_WORD = 0.7  # logit; words cover a share of about .5 to .8
UNINFORMED = 4.0  # logit; a source that does not know says anything within plus or minus this


@pasted
def mean_trust(i, terms, units, beliefs, levels, obs):
    """The audience's mean trust over the days asked, logit, with the bias that all reports share."""
    total = 0.0
    for t in range(terms.first[i], terms.last[i] + 1):
        total += beliefs[t, terms.audience[i], 0]
    return total / (terms.last[i] - terms.first[i] + 1) + obs.shared_bias


@pasted
def logpdf(i, terms, n, blackout, obs):
    """Density of a logit, probability of a word's interval; uninformed: flat."""
    low, high = terms.low[i], terms.high[i]
    sd = math.sqrt(HOUSE_SD * HOUSE_SD + terms.sd[i] * terms.sd[i])
    if high > low:
        p = normal_cdf((high - n) / sd) - normal_cdf((low - n) / sd)
        return math.log(max(p, 1e-12)), math.log((high - low) / (2.0 * UNINFORMED))
    return normal_logpdf((low - n) / sd, sd), math.log(1.0 / (2.0 * UNINFORMED))


def rvs(
    i: int, terms: Terms, n: float, obs: Observer, informed: bool, rng: np.random.Generator
) -> tuple[float, float]:
    """A report; a word keeps its width, and the share that it stands for lies anywhere in it."""
    sd = math.hypot(HOUSE_SD, float(terms.sd[i]))
    y = rng.normal(n, sd) if informed else rng.uniform(-UNINFORMED, UNINFORMED)
    half = 0.5 * (terms.high[i] - terms.low[i])
    y += rng.uniform(-half, half)
    return float(y - half), float(y + half)


def bound(i: int, terms: Terms) -> float:
    """A density is highest at its centre."""
    return normal_peak(HOUSE_SD)


def middle(low: float, high: float) -> float:
    """The mean."""
    return 0.5 * (low + high)


def share(v: float) -> float:
    """The share of a logit."""
    return 1 / (1 + math.exp(-v))


TRUST = Kind("opinion", mean_trust, logpdf, rvs, bound, middle, share)


def rows(record: Record) -> Iterator[Row]:
    """A row for every report on trust in an audience."""
    case = record.case
    audiences = [a.id for a in case.audiences]
    for report in case.opinions:
        inside = 0 <= minutes(case, report.when.start) < record.ticks * TICK_MINUTES
        asked = report.quantity == "trust" and report.use != "context" and report.audience in audiences
        if not (inside and asked):
            continue
        said = (report.source, report.audience, report.when.text, report.share, report.n, report.house)
        if not record.news("opinion", *said):
            continue
        p = min(max(report.share, 0.01), 0.99)
        logit = math.log(p / (1 - p))
        half = HALF_WORD if report.n is None else 0.0
        record.origins.setdefault(report.source, reliability(report.grade))
        yield Row(
            TRUST, *tick_span(case, report.when), logit - half, logit + half, audience=audiences.index(report.audience),
            sd=math.sqrt((report.deff or 1.0) / ((report.n or 5) * p * (1 - p))), origin=report.source,
            claims=(report.report,), label=f"trust: {report.note or report.report}" + (f" ({report.house})" if report.house else ""), fit=report.use == "fit",
        )  # fmt: skip


OPINION = Family((TRUST,), rows)
