"""Group /markets: what quoted prices say of the risk, what the simulated risk says of prices, and where they part.

Prices never enter conditioning. Here they are held against the daily risk: the exposure of each instrument, the product
of probability and loss that each fall identifies, the parts of the gap between index and names, one risk for a calm
index and for plans of entry, and the statements of the opinion piece that speak of prices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from interrex.case.cut import CutCase
from interrex.engine import draws
from interrex.firms.waiting import delay
from interrex.futures.conditioned import Conditioned
from interrex.futures.daily_risk import HORIZON, DailyRisk, daily_risk, ladder
from interrex.inference.model import build
from interrex.inference.observe import Observations
from interrex.prices import connections, gap, quotes, risk
from interrex.prices.gap import Interval
from interrex.prices.quotes import Change, Worst
from interrex.results import described
from interrex.results.described import Row
from interrex.results.schema import empty
from interrex.topics.markets.statements import QUOTED, RECEIPT, long_day, sentence_rows
from interrex.topics.markets.variables import GROUP

CAPPED = Interval(1 / 8, 0.155)
"""Weight that one more name might have had: an equal share of eight, or the largest weight in the basket."""
PROMISES = (1.02, 1.1, 1.5)
"""Plans by how much more they promise than would do in calm times; the delay is worked out for each."""
NEAR = 5
"""Days after the first fall within which a fall belongs to it."""
BOND = "sovereign bond"
BOND_PRICE = (100.0, 150.0)
"""Cents per dollar between which a bond quoted in cents of change is taken to stand; assumption."""




def dataset(
    cut: CutCase, daily: DailyRisk | None, observations: Observations, seed: int, why: str = "", intervals: bool = True
) -> xr.Dataset:  # fmt: skip
    """The group, or an empty one with the reason. `daily` is None where the daily risk was not computed; `why` says so.
    Without `intervals` (the diagnostics of the run failed) the sentences name none that comes from the sampler."""
    found = changes(cut)
    if not found:
        return empty("The case has no prices that are known by this day.")
    worst = falls(found, cut)
    data: dict[str, object] = {}
    attrs: dict[str, object] = {"horizon_days": HORIZON, "note_daily": why, "seed": seed}
    table(data, "quote", quote_rows(found))
    path = path_rows(found, cut)
    table(data, "path", path)
    table(
        data, "halt", [{"venue": v, "what": w, "day": d.isoformat()} for v, w, d in quotes.halts(cut.prices)]
    )
    attrs |= {"used_in_conditioning": used(cut, observations)}
    if daily is not None:
        attrs |= daily_columns(data, daily)
    names = {str(r["name"]) for r in path}
    exposures = exposure_rows(names, daily, cut, seed)
    table(data, "exposure", exposures)
    attrs["no_exposure"] = (
        ", ".join(sorted(names - {str(r["name"]) for r in exposures})) if daily is not None else ""
    )
    parts, index = gap_rows(worst, cut)
    table(data, "product", product_rows(worst, index, cut))
    table(data, "part", parts)
    process = one_process(daily, index, worst)
    data |= {name: value for name, value in process.items() if not isinstance(value, str)}
    attrs |= {name: value for name, value in process.items() if isinstance(value, str)}
    delays = delay_rows(daily)
    table(data, "delay", delays)
    table(data, "sentence", sentence_rows(cut, found, worst))
    table(data, "connection", connection_rows(seed))
    attrs |= said(worst, parts, index, process, delays, intervals)
    return described.dataset(GROUP, data, attrs)


def table(data: dict[str, object], name: str, rows: Sequence[Row]) -> None:
    """Rows as values of the variables `name_column`; nothing for no rows."""
    for column in rows[0] if rows else ():
        data[f"{name}_{column}"] = [r[column] for r in rows]


def quote_rows(found: Sequence[Change]) -> list[Row]:
    """Every quoted change."""
    return [
        {
            "instrument": c.instrument, "venue": c.venue, "from": c.start.isoformat() if c.start else "",
            "day": c.day.isoformat(), "least": c.low, "most": c.high, "kind": c.kind, "sources": " ".join(c.sources),
        }
        for c in found
    ]  # fmt: skip


def path_rows(found: Sequence[Change], cut: CutCase) -> list[Row]:
    """Changes since the last price before the fall, day by day, of the index, the receipts, rates of exchange and goods:
    what the figure across the halt shows. A bond quoted in cents enters by its assumed price."""
    window = [c for c in found if cut.window.start <= c.day <= cut.window.end]
    indices = {p.currency[len(quotes.WEIGHT) :] for p in cut.prices if p.currency.startswith(quotes.WEIGHT)}
    spot = {c.instrument for c in window if c.venue == "spot"}
    rows: list[Row] = []

    def row(name: str, day: date, low: float, high: float, kind: str) -> None:
        rows.append({"name": name, "day": day.isoformat(), "least": low, "most": high, "kind": kind})

    for name in dict.fromkeys(c.instrument for c in window):
        if not (name.endswith(RECEIPT) or name in indices or name in spot or "/" in name or name == BOND):
            continue
        known: dict[date, tuple[float, float]] = {}
        own = [c for c in window if c.instrument == name and (c.start is None or c.start >= cut.window.start)]
        for day in sorted({c.day for c in own}):
            kind = next(k for k in QUOTED if any(c.day == day and c.kind == k for c in own))
            figures = [c for c in own if c.day == day and c.kind == kind]
            near = max((d for d in known if (day - d).days <= 4), default=None)
            stated = {c.start for c in figures if c.start is not None}
            start = next((d for d in stated if d in known), near)
            if start is None:
                if known:
                    continue
                start = min(stated, default=day - timedelta(days=1))
                known[start] = (0.0, 0.0)
                row(name, start, 0.0, 0.0, "base")
            same = [
                c for c in figures if c.start == start or (c.start is None and (day - start).days <= 4)
            ] or figures
            low, high = known[start]
            known[day] = (
                (1 + low) * (1 + min(c.low for c in same)) - 1, (1 + high) * (1 + max(c.high for c in same)) - 1,
            )  # fmt: skip
            row(name, day, *known[day], kind)
    return rows


def changes(cut: CutCase) -> list[Change]:
    """What the price points tell, and the falls of bonds that a report gives in cents."""
    found = quotes.changes(cut.prices)
    for c in cut.claims:
        if c.kind == "market" and c.unit.startswith("cents") and c.value is not None and c.value < 0.0:
            low, high = c.value / BOND_PRICE[0], c.value / BOND_PRICE[1]
            found.append(Change(BOND, "", None, c.when.day, low, high, "cents", c.id, tuple(c.sources)))
    return found


def used(cut: CutCase, observations: Observations) -> str:
    """Which reports on markets the conditioning saw, in words, read off its terms and its events."""
    market = {c.id for c in cut.claims if c.kind == "market"}
    terms = {c for claims in observations.term_claims for c in claims} & market
    acts = [e.kind for e in observations.events if e.kind == "market_halt"]
    text = "no price and no report on prices entered the conditioning"
    if terms:
        text = f"the conditioning saw these reports on markets: {', '.join(sorted(terms))}"
    return text + ("; the closure of the exchange entered as a dated act" if acts else "")


def falls(found: Sequence[Change], cut: CutCase) -> dict[str, Worst]:
    """The worst of every instrument over consecutive quoted days from its first fall, by instrument. Only changes over
    at most four days count (a long weekend), so that no halt is read as one day. Closes come before intraday quotes."""
    out: dict[str, Worst] = {}
    window = [c for c in found if cut.window.start <= c.day <= cut.window.end]
    for name in dict.fromkeys(c.instrument for c in window):
        days = sorted({c.day for c in window if c.instrument == name and _short(c)})
        chosen = [c for d in days if (c := quotes.on_day([w for w in window if _short(w)], name, d, QUOTED))]
        best: tuple[float, list[Change]] | None = None
        for i in range(len(chosen)):
            for j in range(i, len(chosen)):
                run = chosen[i : j + 1]
                steps = [(b.day - a.day).days for a, b in zip(run, run[1:], strict=False)]
                if any(s > 4 for s in steps):
                    continue
                total = quotes.chain(run)
                if best is None or total.middle < best[0]:
                    best = (total.middle, run)
        if best is not None:
            out[name] = Worst(name, quotes.chain(best[1]), tuple(c.day for c in best[1]))
    return out


def _short(change: Change) -> bool:
    return change.start is None or (change.day - change.start).days <= 4


def daily_columns(data: dict[str, object], daily: DailyRisk) -> dict[str, int]:
    """Values of the daily risk; returns attributes."""
    data |= {
        "risk_p": daily.p, "risk_rates_low": daily.rates_low, "risk_rates_high": daily.rates_high,
        "risk_runs_low": daily.runs_low, "risk_runs_high": daily.runs_high, "risk_week": daily.week,
        "risk_crisis": daily.crisis, "risk_unknown": daily.unknown, "risk_ess": daily.ess, "risk_distinct": daily.distinct,
        "risk_date": [d.isoformat() for d in daily.days], "risk_why": daily.why, "risk_hazard": daily.hazard,
        "risk_today": daily.today,
    }  # fmt: skip
    return {"particles": daily.particles, "simulations": daily.simulations}


def at(daily: DailyRisk, day: date) -> float:
    """The probability as known at the end of `day`, or of the last day before it that has one; NaN for none."""
    known = [p for d, p in zip(daily.days, daily.p, strict=True) if d <= day and np.isfinite(p)]
    return float(known[-1]) if known else math.nan


def exposure_rows(names: set[str], daily: DailyRisk | None, cut: CutCase, seed: int) -> list[Row]:
    """Exposure of each instrument over its days of quotes, against the rise of the risk over the same days. Days on
    which the risk moved by less than its Monte Carlo error are left out."""
    if daily is None:
        return []
    found = changes(cut)
    rows: list[Row] = []
    for name in sorted(names):
        own = [c for d in daily.days if (c := quotes.on_day(found, name, d, QUOTED)) is not None]
        moved = [(c, *_rise(daily, c)) for c in apart(own)]
        pairs = [(c, rise) for c, rise, error in moved if np.isfinite(rise) and abs(rise) > error]
        if not pairs:
            continue
        returns = np.array([[c.low, c.high] for c, _ in pairs])
        fit = risk.exposure(returns, np.array([r for _, r in pairs]), seed)
        rows.append({
            "name": name, "days": float(fit.days), "rise": float(sum(r for _, r in pairs)),
            "least": float(np.prod(1 + returns[:, 0]) - 1),
            "most": float(np.prod(1 + returns[:, 1]) - 1),
            "loss_least": fit.low, "loss_most": fit.high, "r2": fit.r2, "placebo": fit.placebo_p, "why": fit.why,
        })  # fmt: skip
    return rows


def apart(found: Sequence[Change]) -> list[Change]:
    """Changes in order of day without those that begin before the one kept last has ended: no day's risk counts twice."""
    kept: list[Change] = []
    for change in found:
        start = change.start or change.day - timedelta(days=1)
        if not kept or start >= kept[-1].day:
            kept.append(change)
    return kept


def _rise(daily: DailyRisk, change: Change) -> tuple[float, float]:
    """Rise of the risk over the days of a change, from the end of its first day (or the day before) to that of its
    last, and two standard errors of that rise: the relative spread of the independent populations, pooled over days."""
    before = change.start or change.day - timedelta(days=1)
    earlier = [i for i, d in enumerate(daily.days) if d <= before and np.isfinite(daily.p[i])]
    if not earlier or change.day not in daily.days:
        return math.nan, math.nan
    i, j = earlier[-1], daily.days.index(change.day)
    relative = math.sqrt(float(np.nanmean(((daily.runs_high - daily.runs_low) / (2.0 * daily.p)) ** 2)))
    return float(daily.p[j] - daily.p[i]), 2.0 * relative * math.hypot(daily.p[i], daily.p[j])


def product_rows(worst: dict[str, Worst], index: Seen | None, cut: CutCase) -> list[Row]:
    """Probability times loss, from the worst of every instrument that fell within NEAR days of the first fall, and from
    the index. Rates of exchange and goods are left out: a dearer good or currency is no loss of value of its holder."""
    rows: list[Row] = []

    def row(name: str, change: Change, days: str) -> None:
        least, most = risk.product(change.low, change.high)
        rows.append({"name": name, "least": least, "most": most, "days": days, "kind": change.kind,
                     "venue": change.venue, "sources": " ".join(change.sources)})  # fmt: skip

    first = first_fall(worst)
    for name, w in worst.items():
        soon = first is not None and 0 <= (w.days[0] - first).days <= NEAR
        if soon and "/" not in name and w.change.kind != "indicative" and w.change.high < 0.0:
            row(name, w.change, " to ".join(dict.fromkeys((w.days[0].isoformat(), w.days[-1].isoformat()))))
    if index is not None and index.change.high < 0.0:
        row(index.name, index.change, index.change.day.isoformat())
    return sorted(rows, key=lambda r: -r["most"])


def first_fall(worst: dict[str, Worst]) -> date | None:
    """First day of the deepest fall among the receipts, or among all instruments where there is none."""
    rows = [w for n, w in worst.items() if n.endswith(RECEIPT)] or [
        w for w in worst.values() if w.change.high < 0.0
    ]
    return min(rows, key=lambda w: w.change.middle).days[0] if rows else None


class Seen(NamedTuple):
    """The index when it was next quoted after the fall."""

    name: str
    change: Change
    later: Change | None  # and by the last quote in the window


def index_seen(cut: CutCase, after: date) -> Seen | None:
    """The first index with known weights: its change from the eve of the window's fall to its last close in the three
    weeks after `after`, and up to the end of the window."""
    named = [p.currency[len(quotes.WEIGHT) :] for p in cut.prices if p.currency.startswith(quotes.WEIGHT)]
    for name in dict.fromkeys(named):
        soon = quotes.over(cut.prices, name, after, after + timedelta(days=14))
        base = quotes.over(cut.prices, name, after - timedelta(days=1), after + timedelta(days=14))
        if soon is not None and base is not None:
            later = quotes.over(
                cut.prices, name, after - timedelta(days=1), min(cut.as_of_date, cut.window.end)
            )
            return Seen(name, base, later if later is not None and later.day > base.day else None)
    return None


def gap_rows(worst: dict[str, Worst], cut: CutCase) -> tuple[list[Row], Seen | None]:
    """Parts of the gap between the index and the names with a receipt abroad."""
    abroad = {n[: -len(RECEIPT)]: w for n, w in worst.items() if n.endswith(RECEIPT)}
    if not abroad:
        return [], None
    first = min(w.days[0] for w in abroad.values())
    index = index_seen(cut, first)
    if index is None:
        return [], None
    parts = gap.split(
        {n: Interval(w.change.low, w.change.high) for n, w in abroad.items()},
        quotes.weights(cut.prices, index.name), Interval(index.change.low, index.change.high), CAPPED,
    )  # fmt: skip
    names = ", ".join(abroad)
    day = index.change.day.isoformat()

    def row(label: str, part: Interval, reading: str) -> Row:
        return {"label": label, "least": part.low, "most": part.high, "reading": reading}

    rows = [
        row("mean", parts.names, f"mean of {names} in London at their worst"),
        row("index", parts.index, f"{index.name} when seen on {day}, since the end of the year before"),
        row("gap", parts.whole, "the names less the index"),
        row("composition", parts.composition, "the basket holds other names, with other weights"),
        row("halt", parts.halt, "home market shut at the worst, seen days later; dual listing cannot be told apart, since "
            "no hour is on record at which both places quoted the same share"),
        row("known", parts.from_known, f"what the names quoted in both places ({100 * parts.known_weight:.0f} % of the "
            "basket) would alone have taken from the index at their worst"),
    ]  # fmt: skip
    for name, (kept, back) in parts.with_outsider.items():
        rows.append(row("outsider_kept", kept, f"the index had it held {name}, its fall kept to the end"))
        rows.append(row("outsider_back", back, f"the index had it held {name}, its fall made good by then"))
    return rows, index


def one_process(daily: DailyRisk | None, index: Seen | None, worst: dict[str, Worst]) -> dict[str, Any]:  # text and numbers, by name
    """One risk for both: what it can take from a price at its peak and when the index was seen, and what it does to
    plans of entry."""
    if daily is None or index is None or not np.isfinite(daily.p).any():
        return {}
    peak = int(np.nanargmax(daily.p))
    abroad = [w.days[0] for n, w in worst.items() if n.endswith(RECEIPT)]
    eve = min(abroad) - timedelta(days=1)
    before, seen = at(daily, eve), at(daily, index.change.day)
    if not (np.isfinite(before) and np.isfinite(seen)):
        return {}
    both = risk.one_process(before, float(daily.p[peak]), seen, (index.change.low, index.change.high))
    out: dict[str, Any] = {
        "eve": eve.isoformat(), "p_eve": before, "peak_day": daily.days[peak].isoformat(), "p_peak": float(daily.p[peak]),
        "deepest_high": float(daily.rates_high[peak]) - before, "p_seen": seen, "seen_day": index.change.day.isoformat(),
        "deepest": both.deepest, "at_index": both.at_index, "loss_needed_least": both.loss_needed[0],
        "loss_needed_most": both.loss_needed[1], "cancelled_below_least": both.cancelled_below[0],
        "cancelled_below_most": both.cancelled_below[1],
    }  # fmt: skip
    deep = [w.change for n, w in worst.items() if n.endswith(RECEIPT)]
    out["needed_p_least"] = min(-c.high for c in deep)
    out["needed_p_most"] = max(-c.low for c in deep)
    fade = risk.fading(daily.hazard[peak])
    out |= {"excess_a_year": fade.excess, "memory_days": 365.25 * fade.memory, "lasting_a_year": fade.lasting}
    if index.later is not None:
        out["cancelled_below_later"] = 1.0 / (1.0 + index.later.low)
        out["later_day"], out["later_low"], out["later_high"] = (
            index.later.day.isoformat(), index.later.low, index.later.high,
        )  # fmt: skip
    return out


def delay_rows(daily: DailyRisk | None) -> list[Row]:
    """Days for which plans of entry wait after the peak of the risk, by what they promise. Total loss of the asset."""
    if daily is None or not np.isfinite(daily.p).any():
        return []
    fade = risk.fading(daily.hazard[int(np.nanargmax(daily.p))])
    if fade.memory <= 0.0:
        return []
    return [
        {"promise": promise, "days": delay(promise, fade.excess, fade.memory, hazard=fade.lasting)}
        for promise in PROMISES
    ]


def connection_rows(seed: int) -> list[Row]:
    """Fisman's interaction: the published value, the same from the remembered coefficient, and its recovery from
    synthetic returns; the null on news that are not political."""
    news = -0.03 * draws.uniforms(seed, draws.TRUTH, (60,), tick=0)
    returns, dependence = connections.simulate(seed, 80, news, connections.REMEMBERED_COEFFICIENT)
    fit = connections.interaction(returns, dependence, news)
    plain, _ = connections.simulate(seed + 1, 80, news, 0.0)
    other = connections.interaction(plain, dependence, news)
    reach = [connections.value_of_connections(v) for v in (fit.low, fit.high)]
    return [
        {"what": "Share of value of the most dependent firms (published)", "value": connections.VALUE_OF_CONNECTIONS,
         "least": math.nan, "most": math.nan, "note": "Fisman 2001"},
        {"what": "The same from his coefficient, .28 as remembered", "note": "coefficient not read in his table",
         "value": connections.value_of_connections(connections.REMEMBERED_COEFFICIENT), "least": math.nan, "most": math.nan},
        {"what": "Recovered from synthetic returns of 80 firms and 60 events", "least": reach[0], "most": reach[1],
         "value": connections.value_of_connections(fit), "note": "synthetic; 95 % interval, clustered by event"},
        {"what": "Null: news that is not political", "value": connections.value_of_connections(other), "note": "synthetic; must hold 0",
         "least": connections.value_of_connections(other.low), "most": connections.value_of_connections(other.high)},
    ]  # fmt: skip


def said(
    worst: dict[str, Worst], parts: Sequence[Row], index: Seen | None, process: dict[str, Any],
    delays: Sequence[Row], intervals: bool,
) -> dict[str, str]:  # fmt: skip
    """The answers in plain sentences: `verdict`, and one each on the gap, the risk and the two together."""
    out = {
        "verdict": "The price points are too few for a verdict.",
        "said_gap": "",
        "said_risk": "",
        "said_process": "",
    }
    rows = {r["label"]: r for r in parts}
    abroad = [w for n, w in worst.items() if n.endswith(RECEIPT)]
    if rows and index is not None:
        lost = [-w.change.middle for w in abroad]
        whole, halt, known = rows["gap"], rows["halt"], rows["known"]
        deep = min(lost) > -2.0 * index.change.middle
        out["verdict"] = (
            "The index was no gauge of the crisis. "
            if deep
            else "The index moved with the names quoted abroad. "
        ) + (
            f"Abroad {len(abroad)} large names lost {100 * min(lost):.0f} to {100 * max(lost):.0f} %; {index.name} was "
            f"{down_text(index.change.middle)} when it was next seen, on {long_day(index.change.day)}."
        )
        out["said_gap"] = (
            f"The gap between the two is {-100 * whole['most']:.1f} to {-100 * whole['least']:.1f} points. Halt and delay make "
            f"up at least {-100 * halt['most']:.1f} of them: the names quoted in both places would alone have taken "
            f"{-50 * (known['least'] + known['most']):.1f} points from the index at their worst. How the rest divides between halt, listing and "
            "composition is not identified, and neither part says that the country was calm."
        )
    if process:
        top = f" ({100 * process['deepest_high']:.0f} % with base rates at the top of their range)"
        asked = process["needed_p_least"] > (process["deepest_high"] if intervals else process["deepest"])
        out["said_risk"] = (
            f"The simulated risk of losing control within {HORIZON} days, as known each day, goes from "
            f"{100 * process['p_eve']:.1f} % on the eve to {100 * process['p_peak']:.1f} % at its peak and "
            f"{100 * process['p_seen']:.1f} % when the index was seen. Even a total loss would take only "
            f"{100 * process['deepest']:.1f} % off a price at the peak{top if intervals else ''}; the falls abroad ask for "
            f"{100 * process['needed_p_least']:.0f} to {100 * process['needed_p_most']:.0f} %."
            + (
                " Prices saw more risk than the model does, asked a premium for it, or feared losses short of a change of "
                "ruler: the points cannot tell which."
                if asked
                else " So the simulated risk is large enough for the falls."
            )
        )
        waits = [f"{r['days']:.0f}" for r in delays if math.isfinite(r["days"])]
        span = " to ".join(dict.fromkeys((min(waits, key=int), max(waits, key=int)))) if waits else ""
        passed = process["loss_needed_least"] > 1.0
        calm = (
            "By the day on which the index was seen the simulated risk can no longer account for its change, whatever the loss"
            if passed
            else f"A loss of {100 * process['loss_needed_least']:.0f} % or more would make the index change as it did"
        )
        wait = (
            f" The same path makes plans of entry wait {span} days."
            if span
            else " The same path makes no plan of entry wait."
        )
        lasting = max(0.0, 100 * (process["cancelled_below_most"] - 1))
        drop = (
            f" A risk that lasted, at the price of all that the index had lost, would drop plans that promised less than "
            f"{lasting:.1f} % more than they need, and no others."
            if lasting >= 0.05
            else " The index had lost nothing that a lasting risk could be read from."
        )
        apart = (
            " So the index and an image worsened for good do not come out of one passing risk: that takes firms that remember "
            "longer than the risk lasts, or that stand to lose more than the index."
            if passed and span
            else ""
        )
        out["said_process"] = f"{calm}.{wait}{drop}{apart}"
    return out


def down_text(change: float) -> str:
    """'1.9 % down' of -.019, '2.0 % up' of .02."""
    return f"{abs(100 * change):.1f} % {'down' if change < 0 else 'up'}"


def risk_by_day(run: Conditioned) -> tuple[DailyRisk | None, str]:
    """The daily risk as it looked on each day, or None and the reason."""
    settings, model = run.settings, run.model
    days = ladder(run.case, sparse=settings.effort.sweeps == 1)
    settings.progress.stage("markets", max(1, len(days) * settings.effort.risk * 8))
    if not days:
        return None, "No price falls into the window."
    earlier = settings.earlier
    if earlier is None:
        return None, "The run was given a case already cut, which cannot be cut at earlier days."
    weight = int(model.arena.weight)
    return daily_risk(
        days, lambda day: build(earlier(day), weight, model.arena.seed, model.mechanisms, model.learned),
        particles=settings.effort.risk, islands=2, sweeps=settings.effort.sweeps, hazard_draws=settings.effort.hazard_draws,
        workers=settings.workers, seed=settings.seed, advance=settings.progress.advance,
    ), ""  # fmt: skip


def answer(run: Conditioned) -> xr.Dataset:
    """The group /markets of a conditioned case."""
    daily, why = risk_by_day(run)
    return dataset(run.case, daily, run.model.observations, run.settings.seed, why, run.passed)
