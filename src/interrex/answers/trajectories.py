"""Histories summarised by day: crowds by region, arrests, deaths, beliefs; and the datasets made of them."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from interrex.answers.members import Member
from interrex.case.places import region_of
from interrex.engine.ensemble import TICKS_PER_DAY, Arena, History
from interrex.engine.schedule import ARRESTED, DONE, ENTERED, KILLED, PRESENT
from interrex.inference.observe import Observations
from interrex.inference.terms import crowd, of
from interrex.mechanisms.contract import ELITE
from interrex.results.schema import QUANTILES


class Summary(NamedTuple):
    """One history by day d, region r, audience g."""

    present: np.ndarray  # f4[D, R] most people on the street at once
    taking_part: np.ndarray  # f4[D, R] people who were on the street that day
    nation: np.ndarray  # f4[D] most at once in the nation
    nation_part: np.ndarray  # f4[D]
    arrests: np.ndarray  # f4[D] cumulative
    deaths: np.ndarray  # f4[D] cumulative
    deaths_region: np.ndarray  # f4[R]
    beliefs: np.ndarray  # f4[D, G, 3] logits at the end of the day
    elite: np.ndarray  # f4[D]
    fired: np.ndarray  # f8[K, J] minutes, nan if not
    stopped: bool  # the history was stopped because it grew too large
    units: np.ndarray  # f4[D, U] most people on the street at once, by unit


def summarise(history: History, member: Member | None = None) -> Summary:
    """The summary of a history that has been run to its end. A stopped history keeps its last state from then on."""
    arena = history.arena
    units = history.trace.units.astype(np.float64)
    ticks = units.shape[0]
    if history.status != DONE:
        lived = int(np.flatnonzero(units[:, :, PRESENT].sum(axis=1))[-1]) if units[:, :, PRESENT].any() else 0
        units[lived + 1 :, :, PRESENT] = units[lived, :, PRESENT]
    regions = arena.place.region_effect.size
    by_region = np.zeros((ticks, regions, units.shape[2]))
    for r in range(regions):
        by_region[:, r] = units[:, arena.place.region == r].sum(axis=1)
    days = ticks // TICKS_PER_DAY
    shape = (days, TICKS_PER_DAY, regions)
    present = by_region[:, :, PRESENT].reshape(shape)
    entered = by_region[:, :, ENTERED].reshape(shape).sum(axis=1)
    before = np.vstack([np.zeros((1, regions)), present[:-1, -1]])
    arrests = by_region[:, :, ARRESTED].sum(axis=1).reshape(days, -1).sum(axis=1).cumsum()
    deaths = by_region[:, :, KILLED].sum(axis=1).reshape(days, -1).sum(axis=1).cumsum()
    last = slice(TICKS_PER_DAY - 1, None, TICKS_PER_DAY)
    return Summary(
        present.max(axis=1).astype(np.float32), (before + entered).astype(np.float32),
        present.sum(axis=2).max(axis=1).astype(np.float32), (before + entered).sum(axis=1).astype(np.float32),
        arrests.astype(np.float32), deaths.astype(np.float32), by_region[:, :, KILLED].sum(axis=0).astype(np.float32),
        history.trace.beliefs[last].copy(), history.trace.levels[last, ELITE].copy(), history.clocks.fired.copy(),
        history.status != DONE,
        units[:, :, PRESENT].reshape(days, TICKS_PER_DAY, -1).max(axis=1).astype(np.float32),
    )  # fmt: skip


def quantiles(values: list[np.ndarray]) -> np.ndarray:
    """QUANTILES over members, first axis. Small crowds of single agents make ties: no interpolation needed."""
    return np.quantile(np.stack(values).astype(np.float64), QUANTILES, axis=0)


def day_names(case: Any, days: int) -> list[str]:
    """ISO dates of the window's first `days` days."""
    return [(case.window.start + timedelta(days=d)).isoformat() for d in range(days)]


def crowd_dataset(
    case: Any,
    arena: Arena,
    posterior: list[Summary],
    prior: list[Summary],
    obs: Observations,
    p_values: dict[str, float],
) -> xr.Dataset:
    """Group /crowd: model bands beside the reports."""
    days = posterior[0].nation.size
    dims = ("quantile", "day", "region")
    data: dict[str, Any] = {
        "present_post": (dims, quantiles([s.present for s in posterior])),
        "taking_part_post": (dims, quantiles([s.taking_part for s in posterior])),
        "present_prior": (dims, quantiles([s.present for s in prior])),
        "nation_present_post": (dims[:2], quantiles([s.nation for s in posterior])),
        "nation_taking_part_post": (dims[:2], quantiles([s.nation_part for s in posterior])),
        "nation_present_prior": (dims[:2], quantiles([s.nation for s in prior])),
        "arrests_post": (dims[:2], quantiles([s.arrests for s in posterior])),
        "deaths_post": (dims[:2], quantiles([s.deaths for s in posterior])),
        "region_name": ("region", np.array([r.name for r in case.regions], dtype=object)),
    }
    names = day_names(case, days)
    rows: list[tuple[Any, ...]] = []
    claims = {c.id: c for c in case.claims}
    crowds = of(obs.terms, *crowd.CROWD.kinds)
    for i, label in enumerate(obs.term_labels):
        if not crowds[i] or not obs.term_claims[i]:
            continue
        claim = claims[obs.term_claims[i][0]]
        region = region_of(case, claim.place) or "nation"
        day = min(int(obs.terms.first[i]) // TICKS_PER_DAY, days - 1)
        value = claim.value if claim.value is not None else math.sqrt(obs.terms.low[i] * obs.terms.high[i])
        low = claim.low if claim.low is not None else value
        high = claim.high if claim.high is not None else value
        rows.append(
            (
                region,
                names[day],
                "fit" if obs.term_use[i] else "check",
                label,
                value,
                low,
                high,
                p_values.get(claim.id, math.nan),
            )
        )
    for j, (name, kind) in enumerate(
        [
            ("region", object),
            ("day", object),
            ("use", object),
            ("label", object),
            ("value", float),
            ("low", float),
            ("high", float),
            ("p", float),
        ]
    ):
        data[f"report_{name}"] = ("report", np.array([r[j] for r in rows], dtype=kind))
    return xr.Dataset(
        data,
        {
            "quantile": list(QUANTILES),
            "day": np.array(names, dtype=object),
            "region": np.array([r.region for r in case.regions], dtype=object),
        },
    )


def confidence_dataset(
    case: Any, posterior: list[Summary], events: list[tuple[str, int, np.ndarray]]
) -> xr.Dataset:
    """Group /confidence: shares by audience, and what each act moved (change of the share over the act's day)."""
    beliefs = np.stack([s.beliefs for s in posterior]).astype(np.float64)
    share = 1.0 / (1.0 + np.exp(-beliefs))
    bands = np.quantile(share, QUANTILES, axis=0)
    dims = ("quantile", "day", "audience")
    audiences = np.array([a.id for a in case.audiences], dtype=object)
    names = day_names(case, share.shape[1])
    data: dict[str, Any] = {name: (dims, bands[..., q]) for q, name in enumerate(("trust", "frame", "old"))}
    data["audience_name"] = ("audience", np.array([a.name for a in case.audiences], dtype=object))
    changes = (
        np.array([e[2] for e in events]).reshape(len(events), len(posterior), len(audiences), 3)
        if events
        else np.zeros((0, 1, len(audiences), 3))
    )
    data["event_label"] = ("event", np.array([e[0] for e in events], dtype=object))
    data["event_day"] = ("event", np.array([names[min(e[1], len(names) - 1)] for e in events], dtype=object))
    for q, name in enumerate(("trust", "frame", "old")):
        data[f"{name}_change"] = (("event", "audience"), changes[..., q].mean(axis=1))
    positive, negative = (changes[..., 0] > 0).mean(axis=1), (changes[..., 0] < 0).mean(axis=1)
    data["sign_probability"] = (("event", "audience"), np.maximum(positive, negative))
    rows = [o for o in case.opinions if o.audience in set(audiences)]
    data["opinion_audience"] = ("opinion", np.array([o.audience for o in rows], dtype=object))
    inside = [min(max((o.when.day - case.window.start).days, 0), len(names) - 1) for o in rows]
    data["opinion_day"] = ("opinion", np.array([names[d] for d in inside], dtype=object))
    data["opinion_quantity"] = ("opinion", np.array([o.quantity for o in rows], dtype=object))
    data["opinion_label"] = (
        "opinion",
        np.array([f"{o.when.text}: {o.note or o.report}" for o in rows], dtype=object),
    )
    data["opinion_use"] = ("opinion", np.array([o.use for o in rows], dtype=object))
    data["opinion_share"] = ("opinion", np.array([o.share for o in rows], dtype=float))
    note = (
        "The level of trust is not identified: no independent poll from these weeks is in the ledger, and a bias that all "
        "reports share would move every report alike. Differences between days and audiences rest on the acts' likelihood "
        "ratios, which are assumptions; the column P(sign) says how sure their direction is."
    )
    return xr.Dataset(
        data,
        {"quantile": list(QUANTILES), "day": np.array(names, dtype=object), "audience": audiences},
        {"identified": note},
    )


def event_changes(history: Any, observations: Any) -> list[np.ndarray]:
    """Change of every audience's share (trust, frame, old) over the tick of each dated act, f8[G, 3] each."""
    beliefs = 1.0 / (1.0 + np.exp(-history.trace.beliefs.astype(float)))
    out = []
    for e in observations.events:
        t = int(e.minute // 360)
        out.append(beliefs[t] - beliefs[t - 1] if 0 < t < beliefs.shape[0] else np.zeros(beliefs.shape[1:]))
    return out


def event_label(event: Any) -> str:
    """An act in words."""
    from interrex.words import ACTS

    return str(ACTS.get(event.kind) or event.kind.replace("_", " "))
