"""The fitted crisis record as one document: what ships with the package, without a row of data."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np

from interrex.errors import StoreError
from interrex.record.crisis import learn
from interrex.record.crisis.chance import Json
from interrex.record.crisis.listed import HINDSIGHT, read_crises, refuse
from interrex.record.crisis.model import EDGES, Fit, Rows, fit, moments, rows, scaled, seen
from interrex.record.crisis.state import FEATURES, OFFERED, UNLEARNED
from interrex.record.crisis.together import by_world, together
from interrex.record.crisis.waves import MASS, PANEL, QUIET, STEP, TRACKER, Look, later, listed, looks
from interrex.record.tables import AUTOCRACY, MANNERS, Panels
from interrex.store.files import sha256_of

DIGITS = 6
"""Significant digits of every number: fewer than machines differ in."""
ERAS = (2000, 2005, 2010, 2015)
"""First years of the spans for which features are chosen anew when the record is tested."""


def fit_crises(
    panels: Panels,
    crises_csv: Path | str | None = None,
    features: tuple[str, ...] = OFFERED,
    polyarchy: float = AUTOCRACY,
) -> Json:
    """The record fitted to the panels, tested on countries and years that it had not seen, on a tracker's months and on the
    crises of a list. Equal inputs give equal documents. Raises StoreError for panels without a crisis."""
    refuse(features)
    found = looks(panels, polyarchy=polyarchy)
    if not found:
        raise StoreError(
            f"the panels tell of no protest of {MASS:,.0f} people where electoral democracy is known and below {polyarchy:g}",
            f"the crisis record needs {PANEL}, V-Dem and a list of leaders (interrex panels)",
        )
    data = rows(found)
    what = seen(data)
    chosen = learn.choose(data, what, features)
    terms = tuple(g.term for g in chosen.terms)
    others = {"from_tracker": later(panels, polyarchy=polyarchy), "from_list": []}
    crises = () if crises_csv is None else read_crises(crises_csv)
    at = listed(panels, crises)
    others["from_list"] = list(at.values())
    more = {flag: rows(o) for flag, o in others.items() if o}
    helped = {
        flag: learn.helps(data, unseen(r, data), flag, terms)
        for flag, r in more.items()
        if len(unseen(r, data).gone)
    }
    used = [flag for flag, gain in helped.items() if gain.gain > gain.error]
    whole = Rows(*(np.concatenate(c) for c in zip(data, *(unseen(more[f], data) for f in used), strict=True)))
    fitted = fit(whole, seen(whole), (*terms, *((f, "any") for f in used)))
    pooled = fit(data, what, ())
    last = max(k.state.day.year for k in found)
    eras = tuple(e for e in ERAS if e <= last)
    in_time = learn.held_out(data, eras, last)
    world = by_world(panels, in_time.rows)
    tests = {
        "panel, features chosen in time": in_time,
        "panel, features as shipped": learn.held_out(data, eras, last, terms),
        **{name: learn.elsewhere(data, terms, more[flag]) for flag, name in NAMES.items() if flag in more},
    }
    document = {
        "what": "crisis record",
        "panels_to": panels.last.isoformat(),
        "files": {**panels.hashes, **({} if crises_csv is None else {Path(crises_csv).name: sha256_of(Path(crises_csv))})},
        "class": {
            "panel": PANEL, "tracker": TRACKER, "mass_persons": MASS, "quiet_days": QUIET, "step_days": STEP,
            "polyarchy_below": polyarchy, "first_day": _first(found),
            "last_day": max(k.state.day for k in found).isoformat(), "looks": len(found),
            "waves": len({k.wave for k in found}), "countries": len({k.ccode for k in found}),
        },
        "horizons_days": EDGES[1:].tolist(), "manners": list(MANNERS),
        "exits": exits(found), "weighted_exits": dict(zip(MANNERS, what.exits.sum(axis=(1, 2)).tolist(), strict=True)),
        "fit": parameters(fitted, whole), "pooled": parameters(pooled, data), "seen_to": seen_to(whole).isoformat(),
        "fits": {
            day.isoformat(): {"fit": parameters(f, train), "pooled": parameters(p, train)}
            for day, train, f, p in learn.fits(data, in_time.terms, seen_to(data).year)
        },
        "together": {
            f"{days:.0f}": found for h, days in enumerate(EDGES[1:]) if (found := together(in_time, world, h))
        },
        "chosen": [_gain(g) for g in chosen.terms], "losers": [_gain(g) for g in chosen.losers],
        "sources": {f: {**_gain(g), "rows": len(unseen(more[f], data).gone), "used": f in used} for f, g in helped.items()},
        "scores": {
            name: {t: {f"{EDGES[h + 1]:.0f}": learn.judged(f, t, h) for h in range(len(EDGES) - 1)} for t in learn.TARGETS}
            for name, f in tests.items()
        },
        "terms_in_time": {str(era): [list(t) for t in ts] for era, ts in in_time.terms.items()},
        "power": [
            {"feature": p.term[0], "scope": p.term[1], "exits": p.exits, "error": p.error, "ratio": p.ratio}
            for p in learn.power(data, what, features)
        ],
        "crises": {"listed": len(crises), "looked_at": len(at)},
        "left_out": UNLEARNED, "hindsight": HINDSIGHT,
    }  # fmt: skip
    return _rounded(document)


NAMES = {
    "from_tracker": "tracker, months after the panel",
    "from_list": "listed crises on the day of their peak",
}


def unseen(more: Rows, data: Rows) -> Rows:
    """Rows in whose country the panel has no look within a month of their day."""
    twice = [
        bool((np.abs(data.day[data.country == c] - d) <= 31).any())
        for c, d in zip(more.country, more.day, strict=True)
    ]
    return more.of(~np.array(twice, bool))


def seen_to(data: Rows) -> datetime.date:
    """The day after which nothing that came enters a fit to all rows."""
    followed = np.minimum(np.minimum(data.gone, data.followed), EDGES[-1])
    return datetime.date.fromordinal(int((data.day + followed).max()))


def _first(found: list[Look]) -> str:
    return min(k.state.day for k in found).isoformat()


def exits(found: list[Look]) -> dict[str, dict[str, int]]:
    """Exits within each horizon of a look, each counted once, by manner."""
    names = (*MANNERS, "unknown")
    return {
        f"{days:.0f}": {
            name: len(
                {k.leader for k in found if k.gone <= min(days, k.followed) and names[k.manner] == name}
            )
            for name in names
        }
        for days in EDGES[1:]
    }


def parameters(fitted: Fit, data: Rows) -> dict[str, object]:
    """Levels and weights with their covariance, and of each feature that counts its mean, spread and range, and how the
    features go together (correlations), which stands in for one that is unknown."""
    names = sorted({f for f, _ in fitted.terms}, key=list(FEATURES).index)
    at = [list(FEATURES).index(n) for n in names]
    x = data.x[:, at]
    mean, sd = moments(x)
    z = scaled(x, mean, sd)
    together = z.T @ z / len(z)
    np.fill_diagonal(together, 1.0)
    return {
        "level": fitted.level.tolist(),
        "terms": [
            {"feature": f, "scope": s, "weight": w} for (f, s), w in zip(fitted.terms, fitted.weight.tolist(), strict=True)
        ],
        "cov": fitted.cov.tolist(),
        "features": [
            {
                "feature": n, "text": FEATURES[n].text, "unit": FEATURES[n].unit, "mean": float(mean[j]),
                "sd": float(sd[j]), "low": float(np.nanmin(x[:, j])), "high": float(np.nanmax(x[:, j])),
            }
            for j, n in enumerate(names)
        ],
        "correlation": together.tolist(),
    }  # fmt: skip


def _gain(gain: learn.Gain) -> dict[str, object]:
    return {"feature": gain.term[0], "scope": gain.term[1], "gain": gain.gain, "error": gain.error}


def _rounded(value: Any) -> Any:
    """Numbers with `DIGITS` significant digits; what is no number (a score that a sample cannot give) as null."""
    if isinstance(value, dict):
        return {str(k): _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def to_bytes(summary: Json) -> bytes:
    """The document as JSON, sorted and indented, so that equal documents are equal bytes."""
    return (json.dumps(summary, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()
