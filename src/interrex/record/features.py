"""What is known about a ruler on a day: the numbers from which the world record tells his chances.

Every number is made from rows known on that day alone (`known` of `record.tables`); what has no row is NaN, and whoever fits
puts the mean of the fitted rows there. Times are years, days are floats since 1970.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from interrex.record.questions import HORIZONS
from interrex.record.tables import REGIMES, Panels

YEAR = 365.25
TERMS = (3, 7)
"""Years between executive elections, shortest and longest, that count as a term."""


class Feature(NamedTuple):
    """text: what a reader is told; scale: what one unit of the number is."""

    text: str
    scale: str


FEATURES: dict[str, Feature] = {
    "tenure": Feature("years in power", "log of 1 + years"),
    "first_year": Feature("in power for less than a year", ""),
    "second_year": Feature("in power for one to two years", ""),
    "long_tenure": Feature("years in power beyond fifteen", "decades"),
    "age": Feature("age", "decades from 60"),
    "over_70": Feature("age beyond 70", "decades"),
    "over_80": Feature("age beyond 80", "decades"),
    "military_career": Feature("a career in the military", ""),
    "came_by_coup": Feature("came to power with a coup", ""),
    "fresh_coup": Feature("came to power with a coup less than two years ago", ""),
    "polyarchy": Feature("electoral democracy (V-Dem)", "index"),
    "middling": Feature("distance from the middle of electoral democracy", "squared"),
    "opening": Feature("change of electoral democracy in three years", "index"),
    "turbulence": Feature("size of that change", "index"),
    **{f"regime_{r}": Feature(f"regime: {r}", "") for r in REGIMES},
    "unelected": Feature("no executive election so far", ""),
    "not_elected_himself": Feature("no election since he came to power", ""),
    "overdue": Feature("executive election overdue", ""),
    "last_coup": Feature("a coup attempt lately", "halves in 3.5 years"),
    "latest_coup": Feature("a coup attempt very lately", "halves in a year"),
    "last_success": Feature("a successful coup lately", "halves in 3.5 years"),
    "coups": Feature("coup attempts so far", "root of their number, halving in 5.5 years"),
    "exits": Feature("changes of ruler so far", "root of their number, halving in 7 years"),
    "exits_5": Feature("changes of ruler in five years", "number, up to 6"),
    "neighbours": Feature("coup attempts at the neighbours in two years", "number, up to 3"),
    "deaths": Feature("killed in organised violence in a year", "log of 1 + deaths, fifths"),
    "population": Feature("population", "log, halves"),
    "energy": Feature("energy used a head, against the world", "log"),
    **{
        f"region_{r}": Feature(f"region: {r}", "")
        for r in ("west", "latin", "east", "africa", "orient", "asia")
    },
    "after_1990": Feature("after the Cold War", ""),
    "decade": Feature("years since 1990", "twenties"),
}
"""Features that hold for the whole horizon, in the order in which they are stored."""

LATE = 70
HANDOVER = 150
"""Days from a vote within which its winner takes office."""

_AHEAD = {
    "in": "in the period",
    "near": "in the period or up to five months before it",
    "year": "within a year",
}
AHEAD: dict[str, Feature] = {
    **{
        f"{name}_{window}": Feature(text.format(when=when), scale)
        for window, when in _AHEAD.items()
        for name, text, scale in (
            ("election", "executive election scheduled {when}", ""),
            ("cycle", "executive election due by the country's own rhythm {when}", ""),
            ("election_cycle", "scheduled and due by rhythm {when}", ""),
            ("election_polyarchy", "scheduled {when}, times electoral democracy", "index"),
            ("cycle_polyarchy", "due by rhythm {when}, times electoral democracy", "index"),
            ("election_tenure", "scheduled {when}, times years in power", "log of 1 + years"),
        )
    },
    "voted": Feature("executive election held in the last five months, the ruler being older than it", ""),
    "voted_late": Feature("the same, the vote being more than ten weeks ago", ""),
    "voted_polyarchy": Feature("the same, times electoral democracy", "index"),
    "months_2_6": Feature("second to sixth month of the horizon", ""),
    "months_7_12": Feature("seventh to twelfth month of the horizon", ""),
}
"""Features of one period of the horizon: whether an election lies in it."""

EDGES = (0.0, *(months * YEAR / 12 for months in HORIZONS))
"""Ends of the periods of the horizon, days."""


def region(ccode: int) -> str:
    """Region by the number of the Correlates of War; the West includes Japan and Oceania's old democracies."""
    west = (
        ccode < 40
        or 200 <= ccode < 260
        or 300 <= ccode <= 305
        or ccode in (325, 350, 375, 380, 385, 390, 395, 740, 900, 920)
    )
    if west:
        return "west"
    bounds = ((200, "latin"), (400, "east"), (600, "africa"), (700, "orient"))
    if 701 <= ccode <= 705:
        return "east"
    return next((name for bound, name in bounds if ccode < bound), "asia")


EPOCH = datetime.date(1970, 1, 1)


def number(day: datetime.date) -> float:
    """A day as days since 1970."""
    return float((day - EPOCH).days)


def date(day: float) -> datetime.date:
    """The day of a number of days since 1970."""
    return EPOCH + datetime.timedelta(days=int(day))


def days(column: Any) -> np.ndarray:
    """Days as f8 since 1970, NaN where there is none."""
    values = np.asarray(column, "M8[s]")
    return np.where(np.isnat(values), np.nan, values.astype("M8[s]").astype("f8") / 86400)


class Country:
    """The rows of one country as arrays, ready to be asked about any day."""

    def __init__(self, tables: dict[str, pd.DataFrame], neighbours: tuple[np.ndarray, np.ndarray]) -> None:
        lead, votes = tables["leaders"], tables["elections"]
        self.leader = lead["leader"].to_numpy()
        self.start, self.end, self.left = days(lead["start"]), days(lead["end"]), days(lead["left_known"])
        self.born, self.military = lead["born"].to_numpy("f8"), lead["military"].to_numpy("f8")
        self.entry, self.exit = lead["entry"].to_numpy(), lead["exit"].to_numpy()
        self.came_known = days(lead["known"])
        votes = votes[votes["executive"]]
        self.vote, self.told, self.planned = (
            days(votes["day"]),
            days(votes["known"]),
            np.asarray(votes["scheduled"], bool),
        )
        self.coup, self.coup_known = days(tables["coups"]["day"]), days(tables["coups"]["known"])
        self.success = tables["coups"]["success"].to_numpy(bool)
        self.poly, self.poly_known = (
            tables["democracy"]["polyarchy"].to_numpy("f8"),
            days(tables["democracy"]["known"]),
        )
        self.rule, self.rule_known = tables["regimes"]["regime"].to_numpy(), days(tables["regimes"]["known"])
        self.month, self.killed = (
            days(tables["violence"]["month"]),
            tables["violence"]["deaths"].to_numpy("f8"),
        )
        self.killed_known = days(tables["violence"]["known"])
        nation = tables["nations"]
        self.people, self.energy = nation["population"].to_numpy("f8"), nation["energy"].to_numpy("f8")
        self.nation_known = days(nation["known"])
        self.near, self.near_known = neighbours

    def ruler(self, t: float) -> int | None:
        """Row of who was in power at the end of day `t`, as known then: of several the last who came."""
        left = (self.end <= t) & (self.left <= t)
        inside = np.flatnonzero((self.start <= t) & (self.came_known <= t) & ~left)
        return int(inside[np.argmax(self.start[inside])]) if len(inside) else None

    def held(self, t: float) -> np.ndarray:
        """Days of executive votes before `t`; rounds within 200 days of each other are one."""
        past = np.sort(self.vote[(self.vote < t) & (self.told <= t)])
        kept: list[float] = []
        for day in past:
            if not kept or day - kept[-1] > 200:
                kept.append(day)
        return np.array(kept)

    def features(self, t: float) -> dict[str, float] | None:
        """The features at the end of day `t`, NaN where nothing is known; None where nobody rules."""
        i = self.ruler(t)
        if i is None:
            return None
        year = 1970 + t / YEAR
        tenure = (t - self.start[i]) / YEAR
        age = year - self.born[i]
        coup, success = (
            self._ago(self.coup, self.coup_known, t),
            self._ago(self.coup[self.success], self.coup_known[self.success], t),
        )
        gone = self._ago(self.end, self.left, t)
        by_coup = float(self.entry[i] == "coup")
        poly = _latest(self.poly, self.poly_known, t)
        before = _latest(self.poly, self.poly_known, t - 3 * YEAR)
        rule = _latest(self.rule, self.rule_known, t, "none")
        held = self.held(t)
        term = self.term(held)
        near = self._ago(self.near, self.near_known, t)
        killed = (self.killed_known <= t) & (self.month > t - YEAR)
        people, energy = (
            _latest(self.people, self.nation_known, t),
            _latest(self.energy, self.nation_known, t),
        )
        return {
            "tenure": np.log1p(tenure), "first_year": tenure < 1, "second_year": 1 <= tenure < 2,
            "long_tenure": max(tenure - 15, 0) / 10, "age": (age - 60) / 10,
            "over_70": np.maximum(age - 70, 0) / 10, "over_80": np.maximum(age - 80, 0) / 10,
            "military_career": self.military[i], "came_by_coup": by_coup, "fresh_coup": by_coup * (tenure < 2),
            "polyarchy": poly, "middling": 4 * (poly - 0.4) ** 2,
            "opening": poly - before, "turbulence": abs(poly - before),
            **{f"regime_{r}": rule == r for r in REGIMES},
            "unelected": not len(held), "not_elected_himself": not (held >= self.start[i]).any(),
            "overdue": bool(len(held)) and t - held[-1] > (term + 1) * YEAR,
            "last_coup": _fade(coup, 5), "latest_coup": _fade(coup, 1.5), "last_success": _fade(success, 5),
            "coups": np.sqrt(np.exp(-coup / 8).sum()), "exits": np.sqrt(np.exp(-gone / 10).sum()),
            "exits_5": min((gone < 5).sum(), 6), "neighbours": min((near < 2).sum(), 3),
            "deaths": np.log1p(self.killed[killed].sum()) / 5 if (self.killed_known <= t).any() else np.nan,
            "population": (np.log(people / 1e3) - 9) / 2, "energy": np.log(energy + 1) - np.log(people / 1e3),
            "after_1990": year >= 1991, "decade": (year - 1990) / 20,
        }  # fmt: skip

    def ahead(self, t: float, whole: dict[str, float]) -> list[dict[str, float]]:
        """The features of each period of the horizon that begins after day `t`, from those that hold for all of it."""
        coming = self.vote[(self.told <= t) & (self.vote > t)] - t
        held = self.held(t)
        due = held[-1] + self.term(held) * YEAR - t if len(held) else np.nan
        slack = 0.06 * YEAR
        i = self.ruler(t)
        voted = bool(len(held)) and i is not None and t - held[-1] < HANDOVER and self.start[i] < held[-1]
        periods: list[dict[str, float]] = []
        for start, end in zip(EDGES[:-1], EDGES[1:], strict=True):
            found: dict[str, float] = {}
            windows = {"in": (start, end), "near": (max(start - HANDOVER, 0.0), end), "year": (0.0, YEAR)}
            for name, (low, high) in windows.items():
                election = float(((coming > low) & (coming <= high)).any())
                cycle = float(low - slack < due <= high + slack or (low == 0 and -YEAR < due <= 0))
                found |= {
                    f"election_{name}": election, f"cycle_{name}": cycle, f"election_cycle_{name}": election * cycle,
                    f"election_polyarchy_{name}": election * whole["polyarchy"],
                    f"cycle_polyarchy_{name}": cycle * whole["polyarchy"],
                    f"election_tenure_{name}": election * whole["tenure"],
                }  # fmt: skip
            after = float(voted and start < HANDOVER)
            found |= {
                "voted": after, "voted_late": after * (t - held[-1] > LATE if voted else 0.0),
                "voted_polyarchy": after * whole["polyarchy"],
            }  # fmt: skip
            periods.append(
                found | {"months_2_6": float(start == EDGES[1]), "months_7_12": float(start == EDGES[2])}
            )
        return periods

    @staticmethod
    def term(held: np.ndarray) -> float:
        """Usual years between executive elections, from the last four; NaN before there are two."""
        return (
            float(np.clip(np.round(np.median(np.diff(held[-4:])) / YEAR), *TERMS))
            if len(held) > 1
            else np.nan
        )

    @staticmethod
    def _ago(when: np.ndarray, known: np.ndarray, t: float) -> np.ndarray:
        """Years since each known event."""
        return (t - when[(when <= t) & (known <= t)]) / YEAR


READ = ("leaders", "elections", "democracy", "regimes", "violence", "nations")


def _latest(values: np.ndarray, known: np.ndarray, t: float, otherwise: Any = np.nan) -> Any:
    """Value that became known last, of rows in order of time."""
    found = np.flatnonzero(known <= t)
    return values[found[-1]] if len(found) else otherwise


def _fade(years: np.ndarray, scale: float) -> float:
    return float(np.exp(-years.min() / scale)) if len(years) else 0.0


def attempts(panels: Panels) -> pd.DataFrame:
    """Coups that count as attempts by the organs of the state: the list of Powell and Thyne (2011), whose rule that is, or
    where it is not there those of other lists that soldiers or the palace made."""
    theirs = np.array([str(s).startswith("Powell-Thyne") for s in panels.coups["source"]], bool)
    return panels.coups.loc[theirs if theirs.any() else np.asarray(panels.coups["kind"] == "military_palace")]


def countries(panels: Panels) -> dict[int, Country]:
    """Every country of the leaders' table."""
    coups = attempts(panels)
    tables = {name: getattr(panels, name) for name in READ} | {"coups": coups}
    groups = {name: by_country(table) for name, table in tables.items()}
    near, coup_of = by_country(panels.borders), np.asarray(coups["ccode"])
    made: dict[int, Country] = {}
    for ccode in sorted(groups["leaders"]):
        rows = {n: groups[n][ccode] if ccode in groups[n] else table.iloc[:0] for n, table in tables.items()}
        around = coups.loc[np.isin(coup_of, near[ccode]["other"] if ccode in near else [])]
        made[ccode] = Country(rows, (days(around["day"]), days(around["known"])))
    return made


def by_country(table: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """The rows of each country."""
    return {int(str(code)): rows for code, rows in table.groupby("ccode")}


def row(country: Country, ccode: int, t: float) -> tuple[dict[str, float], list[dict[str, float]]] | None:
    """Features of a country at the end of day `t`, and those of each period of the horizon; None where nobody rules."""
    found = country.features(t)
    if found is None:
        return None
    here = region(ccode)
    whole = {k: float(found[k]) if k in found else float(k == f"region_{here}") for k in FEATURES}
    return whole, country.ahead(t, whole)
