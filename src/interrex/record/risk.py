"""The chance that a ruler goes, how and by when; of a coup attempt; of a large protest: `interrex risk`.

With panels the record is fitted to what they held on the day; without, it is the summary that ships, in the fit that was the
newest on the day, and the features are what the caller knows. The interval holds what the parameters leave open and how far
models that one could defend as well lie apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from interrex.errors import RunError
from interrex.record.features import AHEAD, FEATURES, Country, date, number
from interrex.record.hazards import chances
from interrex.record.questions import COUP, CROWDS, EVENTS, EXITS, HORIZONS, Forecast, Question
from interrex.record.rows import Rows, as_known, asked, told
from interrex.record.similar import Alike, similar, weights
from interrex.record.summary import Summary, country_number, load
from interrex.record.tables import AUTOCRACY, MANNERS, Panels
from interrex.record.world import SPANS, World, fit_world

DRAWS = 1000
LEVEL = 0.9

FAMILIES: dict[str, tuple[str, ...]] = {
    "years in power": ("tenure", "first_year", "second_year", "long_tenure"),
    "age": ("age", "over_70", "over_80"),
    "military career": ("military_career",),
    "how he came to power": ("came_by_coup", "fresh_coup"),
    "electoral democracy and its change": ("polyarchy", "middling", "opening", "turbulence"),
    "type of regime": tuple(f for f in FEATURES if f.startswith("regime_")),
    "elections held so far": ("unelected", "not_elected_himself", "overdue"),
    "election ahead or just held": tuple(f for f in AHEAD if not f.startswith("months")),
    "coup attempts so far": ("last_coup", "latest_coup", "last_success", "coups"),
    "changes of ruler so far": ("exits", "exits_5"),
    "coup attempts at the neighbours": ("neighbours",),
    "organised violence": ("deaths",),
    "size and wealth": ("population", "energy"),
    "region": tuple(f for f in FEATURES if f.startswith("region_")),
    "the age we live in": ("after_1990", "decade"),
}
"""Features that are told together."""


class Line(NamedTuple):
    """One chance with its interval and the two nulls, 0 to 1; NaN where a null cannot be had."""

    event: str
    months: int
    p: float
    low: float
    high: float
    pooled: float
    own: float


class Moved(NamedTuple):
    """By what factor a family of features moves the hazard of an exit within a year, against the mean of all rows."""

    what: str
    factor: float
    known: bool


class Risk(NamedTuple):
    """All that is said of one ruler on one day. fitted: until when the record learned; kind: the class of countries of the pooled
    null, `autocracy` or `all`; unknown: families of features of which
    nothing was known, which count as the mean."""

    ccode: int
    country: str
    leader: str
    since: datetime.date
    day: datetime.date
    fitted: datetime.date
    kind: str
    lines: tuple[Line, ...]
    moved: tuple[Moved, ...]
    alike: tuple[Alike, ...]
    unknown: tuple[str, ...]

    def line(self, event: str, months: int) -> Line:
        """The chance of one event within so many months."""
        return next(x for x in self.lines if (x.event, x.months) == (event, months))


def draws(world: World, rows: Rows, disagreement: dict[str, float], seed: int = 1) -> dict[str, np.ndarray]:
    """Chances by event, f8[draw, row, horizon]: slopes and effects of countries from their normal posterior, and a shift of
    the log hazard by which equally good models differ."""
    generator = np.random.default_rng(seed)
    x, group = world.standard(rows.whole, rows.ahead), world.index(rows.ccode)
    n = len(group)
    by: dict[str, np.ndarray] = {}
    for event, h in world.hazards.items():
        root = np.linalg.cholesky(h.cov + 1e-10 * np.eye(len(h.cov)))
        coef = h.coef + generator.standard_normal((DRAWS, len(h.coef))) @ root.T
        centre = np.where(group >= 0, h.effect[np.maximum(group, 0)], 0.0)
        spread = np.sqrt(np.where(group >= 0, h.spread[np.maximum(group, 0)], h.pooled**2))
        effect = centre + spread * generator.standard_normal((DRAWS, n))
        shift = disagreement.get(event, 0.0) * generator.standard_normal((DRAWS, 1))
        score = np.einsum("dk,rpk->drp", coef[:, 1:], x) + coef[:, :1, None] + (effect + shift)[:, :, None]
        by[event] = np.exp(np.minimum(score, 10.0))
    manners = np.stack([by[f"exit_{m}"] for m in MANNERS]).reshape(len(MANNERS), DRAWS * n, -1)
    exits = chances(manners, SPANS).reshape(len(MANNERS), DRAWS, n, -1)
    made = {f"exit_{m}": exits[k] for k, m in enumerate(MANNERS)} | {"exit": exits.sum(axis=0)}
    return made | {
        e: chances(by[e].reshape(1, DRAWS * n, -1), SPANS)[0].reshape(DRAWS, n, -1)
        for e in (COUP, *CROWDS)
        if e in by
    }


def moved(world: World, here: Rows) -> tuple[Moved, ...]:
    """Families of features by the size of their part in the hazard of an exit, the greatest first; the country's own effect
    among them."""
    slopes = weights(world, here)[0]
    spans = SPANS / SPANS.sum()
    part = np.einsum("pc,p->c", world.standard(here.whole, here.ahead)[0], spans) * slopes
    at = {name: i for i, name in enumerate((*FEATURES, *AHEAD))}
    raw = np.concatenate([here.whole[0], here.ahead[0, 0]])
    made = [
        Moved(
            name,
            float(np.exp(sum(part[at[f]] for f in family))),
            any(np.isfinite(raw[at[f]]) for f in family),
        )
        for name, family in FAMILIES.items()
    ]
    group = int(world.index(here.ccode)[0])
    if group >= 0:
        found = world.by_event(here)
        by = np.array([(found[f"exit_{m}"][0] @ SPANS) for m in MANNERS])
        effect = np.array([world.hazards[f"exit_{m}"].effect[group] for m in MANNERS])
        made.append(Moved("the country itself", float(np.exp((by / by.sum()) @ effect)), True))
    return tuple(sorted(made, key=lambda m: -abs(np.log(m.factor))))


def ask(
    summary: Summary,
    world: World,
    here: Rows,
    day: datetime.date,
    fitted: datetime.date,
    issue: float,
    past: Rows | None = None,
) -> list[Risk]:
    """What a fitted record says of the rows `here`; `issue`: the day whose nulls stand beside; `past`: where alike rulers are
    looked for."""
    means, spread = world.forecast(here), draws(world, here, summary.disagreement)
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    bounds = {e: np.quantile(v, tails, axis=0) for e, v in spread.items()}
    made: list[Risk] = []
    for i, code in enumerate(here.ccode):
        one = here.take(np.array([i]))
        kind = "autocracy" if one.polyarchy[0] < AUTOCRACY else "all"
        lines: list[Line] = []
        for event in EVENTS:
            for h, months in enumerate(HORIZONS):
                if event not in means:
                    continue
                null = summary.nulls.get((issue, kind, event, months))
                p = float(means[event][i, h])
                low, high = (float(b[i, h]) for b in bounds[event])
                lines.append(Line(
                    event, months, p, min(low, p), max(high, p), null.pooled if null else np.nan,
                    (null.own.get(int(code), null.pooled) if null.own else np.nan) if null else np.nan,
                ))  # fmt: skip
        families = moved(world, one)
        made.append(Risk(
            int(code), summary.countries.get(int(code), str(code)), here.leader[i], date(here.since[i]), day, fitted, kind, tuple(lines),
            families, tuple(similar(world, one, past, summary.countries)) if past is not None else (),
            tuple(m.what for m in families if not m.known),
        ))  # fmt: skip
    return made


def of_panels(panels: Panels, day: datetime.date, ccodes: Sequence[int] | None = None) -> list[Risk]:
    """Every country of the panels that has a ruler on `day` and, unless `ccodes` names them, is an autocracy by V-Dem's last
    word. The record is fitted to what the panels held on the day. Raises RunError for a day that they do not reach."""
    if day > panels.last + datetime.timedelta(days=31):
        raise RunError(
            f"the panels end in {panels.last:%B %Y}, before {day}", f"give --as-of {panels.last} or earlier"
        )
    summary = load()
    past, here = as_known(panels, day)
    wanted = here.polyarchy < AUTOCRACY if ccodes is None else np.isin(here.ccode, list(ccodes))
    if not wanted.any():
        raise RunError(
            f"the panels know no ruler there on {day}", "name a country that interrex panels lists"
        )
    world = fit_world(past, until=number(day))
    return ask(summary, world, here.take(wanted), day, day, summary.at(number(day)), past)


def of_country(
    country: Country,
    ccode: int,
    day: datetime.date,
    unknown: Sequence[str] = (),
    panels: Panels | None = None,
) -> Risk:
    """One country of which the caller knows facts: by the summary that ships. unknown: features of which nothing is known;
    panels: where rulers who were alike are looked for, among what was known on the day."""
    summary = load()
    issue = summary.at(number(day))
    known = told(country, ccode, number(day))
    if known is None:
        raise RunError(
            f"nobody is known to rule on {day}", "give the day on which the incumbent came to power"
        )
    here = asked([known])
    for names, values in ((FEATURES, here.whole), (AHEAD, here.ahead)):
        values[..., [k in unknown for k in names]] = np.nan
    past = None if panels is None else as_known(panels, day)[0]
    return ask(summary, summary.worlds[issue], here, day, date(issue), issue, past)[0]


def risks(panels: Panels, day: datetime.date, country: str = "") -> list[Forecast]:
    """Forecasts of every autocracy of the panels, or of one country by name or number, as questions that can be sealed."""
    return [
        f
        for r in of_panels(panels, day, [of_name(panels, country)] if country else None)
        for f in forecasts(r)
    ]


def of_name(panels: Panels, country: str) -> int:
    """The number of a country of the panels."""
    names = dict(zip(panels.states["ccode"].tolist(), panels.states["country"].tolist(), strict=True))
    return country_number(country, names)


def forecasts(risk: Risk) -> list[Forecast]:
    """The chances of one ruler as questions with answers. Raises RunError for a country without a number."""
    if risk.ccode < 0:
        raise RunError(
            f"the country of {risk.leader} is not told", "give the fact `country` in the case's polity block"
        )
    made: list[Forecast] = []
    for x in risk.lines:
        exit_asked = x.event in EXITS
        question = Question(
            risk.ccode, risk.country, x.event, risk.day, x.months, risk.leader if exit_asked else "",
            risk.since if exit_asked else None,
        )  # fmt: skip
        own = x.own if np.isfinite(x.own) else x.pooled
        made.append(Forecast(question, x.p, x.low, x.high, x.pooled, own))
    return made


def model_hash() -> str:
    """SHA-256 of the summary that ships."""
    return load().digest
