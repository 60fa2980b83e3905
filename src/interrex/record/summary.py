"""The summary of the record: what was learned from the panels, as the one file that ships; it holds no row of them.

The latest fit stands with its covariance. Before it stand the fits of earlier years (`vintages`), each from what was known
then, so that a forecast of an earlier day is not made by what came later.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from interrex.errors import RunError, nearest, quoted
from interrex.record.backtest import Issued, backtest, classes, markdown, told, world
from interrex.record.features import YEAR, date
from interrex.record.hazards import Hazard
from interrex.record.nulls import nulls
from interrex.record.panels.codes import plain
from interrex.record.questions import EVENTS, HORIZONS
from interrex.record.rows import Rows, new_year, rows
from interrex.record.scores import Scores
from interrex.record.tables import Panels
from interrex.record.world import COLUMNS, SPREADS, World, fit_world

SHIPPED = Path(__file__).with_name("record.json")
FIRST, DIGITS = 2010, 5
"""First year of issue that is scored; significant digits that are kept."""


class Null(NamedTuple):
    """pooled: chance in all countries of a class; own: by country its own chance, shrunken towards the pooled one,
    empty for manners of exit, of which a country has too few."""

    pooled: float
    own: dict[int, float]


class Summary(NamedTuple):
    """What `fit-record` learned. worlds: by first day of issue (days since 1970) the fit made for it, the latest last; nulls
    by first day, class of countries, event and months; disagreement: standard deviation of the log hazard between models that are as good."""

    worlds: dict[float, World]
    nulls: dict[tuple[float, str, str, int], Null]
    disagreement: dict[str, float]
    scores: dict[tuple[str, int, str], Scores]
    countries: dict[int, str]
    last: datetime.date
    hashes: dict[str, str]
    digest: str
    columns: tuple[str, ...]
    rows: int
    number: int
    events: dict[str, int]

    @property
    def first(self) -> int:
        """First year of issue that is scored."""
        return FIRST

    @property
    def final(self) -> int:
        """Last year of issue that is scored."""
        return self.last.year - 1

    def at(self, day: float) -> float:
        """First day of issue of the fit that was the newest on `day`. Raises RunError before the first."""
        found = [d for d in self.worlds if d <= day]
        if not found:
            first = date(min(self.worlds))
            raise RunError(
                "the record that comes with interrex begins later than the day asked for",
                f"give --as-of {first} or later, or --panels to fit it to what was known then",
            )
        return max(found)


def fit_summary(panels: Panels, workers: int = 2) -> tuple[bytes, dict[tuple[str, int, str], Issued]]:
    """Fit, backtest and write down: the bytes of the summary, equal for equal panels, and the forecasts that were scored."""
    table = rows(panels)
    years = range(FIRST, panels.last.year)
    worlds: dict[float, World] = {}

    def forecaster(past: Rows, year: int, here: Rows) -> Mapping[str, np.ndarray]:
        worlds[new_year(year)] = fit_world(past, until=new_year(year))
        return worlds[new_year(year)].forecast(here)

    issued = backtest(table, years, forecaster, workers)
    latest = new_year(panels.last.year)
    worlds[latest] = fit_world(table)
    names = dict(zip(panels.states["ccode"], panels.states["country"], strict=True))
    seen = sorted({int(c) for c in table.ccode[table.day >= new_year(FIRST)]})
    contents: dict[str, object] = {
        "format": 1,
        "last": panels.last.isoformat(),
        "panels": dict(sorted(panels.hashes.items())),
        "rows": {
            "issued": len(table.day), "countries": len(set(table.ccode)),
            "events": {e: h.events for e, h in worlds[latest].hazards.items()},
        },
        "columns": list(COLUMNS),
        "spreads": {e: list(s) for e, s in SPREADS.items()},
        "countries": {str(c): str(names.get(c, c)) for c in seen},
        "disagreement": _disagreement(table, worlds[latest]),
        "scores": [
            {"event": e, "months": m, "of": k, **{n: _plain(v) for n, v in s._asdict().items()}}
            for e, m, k, s in told(issued)
        ],
        "worlds": {f"{day:g}": _written(w, whole=day == latest) for day, w in sorted(worlds.items())},
        "nulls": {f"{day:g}": _nulls(table, day, seen) for day in sorted(worlds)},
    }  # fmt: skip
    return json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode() + b"\n", issued


def _disagreement(table: Rows, latest: World) -> dict[str, float]:
    """How far two other fits that one could defend, to the rows since 1975 and with slopes held half as loosely, lie from the
    one that is used: root mean square of the log hazard of twelve months over the rows of the last ten years."""
    tight = {e: s._replace(slope=s.slope / 2) for e, s in SPREADS.items()}
    late = float(table.day.max())
    here = table.take(table.day >= late - 3653)
    ours = latest.forecast(here)
    others = [world(tight)(table, 9999, here), world(since=1975)(table, 9999, here)]

    def log_hazard(p: np.ndarray) -> np.ndarray:
        return np.log(-np.log1p(-np.clip(p[:, -1], 1e-9, 1 - 1e-9)))

    return {
        e: _rounded(np.sqrt(np.mean([(log_hazard(o[e]) - log_hazard(ours[e])) ** 2 for o in others])))
        for e in ours
    }


def _nulls(table: Rows, day: float, ccodes: list[int]) -> dict[str, object]:
    """Pooled chance of a class of countries and the shrunken chance of each country, by class, event and months."""
    year = round(1970 + day / YEAR)
    codes = np.array(ccodes)
    made: dict[str, object] = {}
    for kind, chosen in classes(table).items():
        for event in EVENTS:
            for months in HORIZONS:
                pooled, own = nulls(table, event, months, year, codes, chosen)
                if np.isfinite(pooled[0]):
                    its = [] if event.startswith("exit_") else [float(f"{v:.3g}") for v in own]
                    made[f"{kind}/{event}/{months}"] = [_rounded(pooled[0]), its]
    return made


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, int) else (_rounded(value) if np.isfinite(value) else None)


def _list(values: np.ndarray) -> list[float]:
    return [_rounded(v) for v in values]


def _written(fitted: World, whole: bool) -> dict[str, object]:
    hazards: dict[str, object] = {}
    lower = np.tril_indices(len(COLUMNS) + 1)
    for event, h in fitted.hazards.items():
        spread = {"cov": _list(h.cov[lower]), "spread": _list(h.spread)} if whole else {}
        hazards[event] = {
            "events": h.events, "pooled": h.pooled, "coef": _list(h.coef), "effect": _list(h.effect), **spread
        }  # fmt: skip
    moments = {name: _list(getattr(fitted, name)) for name in ("mean", "sd", "low", "high")}
    return {**moments, "countries": [int(c) for c in fitted.countries], "hazards": hazards}


def _read_world(told: Mapping[str, Any], latest: World | None) -> World:
    k = len(COLUMNS) + 1
    lower = np.tril_indices(k)
    codes = np.array(told["countries"])
    hazards: dict[str, Hazard] = {}
    for event, h in told["hazards"].items():
        if latest is None:
            cov = np.zeros((k, k))
            cov[lower] = h["cov"]
            cov = cov + np.tril(cov, -1).T
            spread = np.array(h["spread"])
        else:  # an earlier fit stands on fewer events: the covariance of the latest, in proportion
            last = latest.hazards[event]
            less = last.events / max(h["events"], 1)
            at = latest.index(codes)
            cov = last.cov * less
            spread = np.minimum(np.where(at >= 0, last.spread[at], h["pooled"] ** 2) * less, h["pooled"] ** 2)
        hazards[event] = Hazard(
            np.array(h["coef"]), cov, np.array(h["effect"]), spread, h["pooled"], h["events"]
        )
    mean, sd, low, high = (np.array(told[name]) for name in ("mean", "sd", "low", "high"))
    return World(hazards, mean, sd, low, high, codes)


@cache
def load(path: Path = SHIPPED) -> Summary:
    """The summary of a file. Raises RunError where it is missing, damaged or made for other features."""
    try:
        data = path.read_bytes()
        told = json.loads(data)
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path}: no summary of the record can be read ({error})", "make it: interrex fit-record PATH"
        ) from None
    if told.get("format") != 1 or told.get("columns") != list(COLUMNS):
        raise RunError(
            f"{path}: was fitted to other features than this version has",
            "make it again: interrex fit-record PATH",
        )
    days = sorted(told["worlds"], key=float)
    latest = _read_world(told["worlds"][days[-1]], None)
    worlds = {float(d): _read_world(told["worlds"][d], latest) for d in days[:-1]} | {float(days[-1]): latest}
    codes = [int(c) for c in told["countries"]]
    found: dict[tuple[float, str, str, int], Null] = {}
    for day, made in told["nulls"].items():
        for key, (pooled, own) in made.items():
            kind, event, months = key.split("/")
            found[float(day), kind, event, int(months)] = Null(
                pooled, dict(zip(codes, own, strict=True)) if own else {}
            )
    return Summary(
        worlds, found, told["disagreement"], {_key(s): _scores(s) for s in told["scores"]},
        {int(c): name for c, name in told["countries"].items()}, datetime.date.fromisoformat(told["last"]), told["panels"],
        hashlib.sha256(data).hexdigest(), tuple(told["columns"]), told["rows"]["issued"], told["rows"]["countries"],
        told["rows"]["events"],
    )  # fmt: skip


def _key(line: Mapping[str, Any]) -> tuple[str, int, str]:
    return line["event"], line["months"], line["of"]


def _scores(line: Mapping[str, Any]) -> Scores:
    def filled(value: Any) -> Any:
        return tuple(map(filled, value)) if isinstance(value, list) else np.nan if value is None else value

    return Scores(*(filled(line[name]) for name in Scores._fields))


def table_of(summary: Summary) -> str:
    """The table of docs/record.md."""
    return markdown((*key, scores) for key, scores in summary.scores.items())


def country_number(named: str, known: Mapping[int, str] | None = None) -> int:
    """The number of a country given by its name or number, among those `known` (the record's unless given). Raises RunError
    where there is none."""
    known = load().countries if known is None else known
    names = {plain(name): code for code, name in known.items()}
    found = int(named) if named.isdigit() and int(named) in known else names.get(plain(named))
    if found is None:
        close = nearest(named, known.values())
        raise RunError(
            f"the record knows no country {quoted(named)}",
            f"did you mean {close}?" if close else "give its name or number",
        )
    return found
