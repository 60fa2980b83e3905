"""Waves of protest, and what was known on each day on which one was under way.

A wave is a run of protests in one country with at most `QUIET` days without any. It counts as mass protest from the day on
which one of its protests is known to have drawn `MASS` people. From that day on it is looked at every `STEP` days until it
has been quiet for `QUIET` days. The size of a protest and the answer of the state count as known on its last day.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from interrex.record.crisis.listed import Crisis
from interrex.record.crisis.state import CrisisState
from interrex.record.features import EPOCH
from interrex.record.panels.codes import ALIASES, plain
from interrex.record.tables import AUTOCRACY, MANNERS, Panels

QUIET = 14  # days
MASS = 1_000.0  # persons
STEP = 7  # days
NEAR, ONE_YEAR = 31, 366  # days
PANEL = "Mass Mobilization"
"""Beginning of the source of protests that are dated to the day and coded with the state's answer."""
TRACKER = "Carnegie"
DECADE = 3653  # days
UNKNOWN = -1
"""Manner of an exit of which the panels do not say how it came."""


class Look(NamedTuple):
    """One day of one wave. gone: days until the incumbent left, infinite while in power; manner: index in MANNERS;
    followed: days for which the incumbent's fate is known."""

    ccode: int
    wave: str
    leader: str
    state: CrisisState
    gone: float
    manner: int
    followed: float


def looks(panels: Panels, mass: float = MASS, polyarchy: float = AUTOCRACY) -> list[Look]:
    """Every look at every wave of mass protest in countries below `polyarchy` (of those that V-Dem covers), by country and
    day."""
    facts = Facts(panels)
    protests: Any = panels.protests[
        panels.protests["source"].str.startswith(PANEL)
    ]  # pandas gives its types by value
    return [
        look
        for ccode, rows in protests.groupby("ccode")
        for wave, state in states(
            rows, mass, facts.last, lambda day, c=int(str(ccode)): facts.below(c, day, polyarchy)
        )
        if (look := facts.look(int(str(ccode)), wave, state)) is not None
    ]


def later(panels: Panels, mass: float = MASS, polyarchy: float = AUTOCRACY) -> list[Look]:
    """One look at each month's mass protest in Carnegie's tracker that began after the days of `PANEL`. The tracker dates to
    the month, and its size is that of the peak: the day is the first on which the last such protest of that month was surely
    over, and of the wave only the largest size, deaths, arrests and concessions are taken as known."""
    facts = Facts(panels)
    rows: Any = panels.protests
    last = rows["end"][rows["source"].str.startswith(PANEL)].max()
    rows = rows[rows["source"].str.startswith(TRACKER) & (rows["size_low"] >= mass) & rows["end"].notna()]
    rows = rows[rows["start"] > last] if pd.notna(last) else rows
    found: list[Look] = []
    for (ccode, start), month in rows.groupby(["ccode", "start"]):
        day = int(np.maximum(_days(month["end"]), _days(month["known"])).max())
        if day > facts.last or not facts.below(int(ccode), day, polyarchy):
            continue
        state = CrisisState(
            day=EPOCH + datetime.timedelta(days=day),
            source="tracker",
            began=start.date(),
            largest=_most(month["size_low"].to_numpy()),
            killed=_most(month["killings"].to_numpy()),
            arrested=_most(month["arrests"].to_numpy()),
            concessions=_most(month["concession"].to_numpy()),
        )
        look = facts.look(int(ccode), f"{ccode}-{start:%Y-%m}", state)
        found += [look] if look is not None else []
    return found


def listed(panels: Panels, crises: tuple[Crisis, ...], mass: float = MASS) -> dict[str, Look]:
    """The look on the day of the peak at each crisis of a list with a peak of mass protest on whose day the incumbent was still
    there, by case_id. Where the panels know the country, they tell the incumbent and how long he stayed, and a crisis whose
    leader they do not count as the incumbent is left out; the list tells the manner where they do not."""
    facts = Facts(panels)
    numbers = {
        plain(n): int(c) for c, n in zip(panels.states["ccode"], panels.states["country"], strict=True)
    } | ALIASES
    found: dict[str, Look] = {}
    for c in crises:
        if c.peak_day is None or c.peak is None or c.peak < mass:
            continue
        state = CrisisState(
            source="list", day=c.peak_day, began=c.began, population=c.population, largest=c.peak, latest=c.peak,
            in_power_since=c.since, age=None if c.born is None else float(c.peak_day.year - c.born), regime=c.regime,
        )  # fmt: skip
        gone = float((c.outcome_day - c.peak_day).days)
        manner = MANNERS.index(c.manner) if c.manner else UNKNOWN
        ccode = numbers.get(plain(c.country), -c.line)
        look = facts.look(ccode, c.case_id, state)
        if look is not None:
            own = look.state
            if own.in_power_since and c.since and abs((own.in_power_since - c.since).days) > ONE_YEAR:
                continue
            told = c.manner and look.manner == UNKNOWN and abs(look.gone - gone) <= NEAR
            own = replace(
                own, population=c.population, age=state.age or own.age, regime=own.regime or c.regime
            )
            found[c.case_id] = look._replace(state=own, manner=manner if told else look.manner)
        elif ccode < 0 and gone > 0:
            left = bool(c.manner)
            found[c.case_id] = Look(
                ccode, c.case_id, f"{c.country}-{c.leader}-{c.began}", state, gone if left else math.inf, manner,
                math.inf if left else gone,
            )  # fmt: skip
    return found


def filled(panels: Panels, country: int, state: CrisisState) -> CrisisState:
    """A state whose gaps the panels fill with what was known on its day: of the country (its number) and of its incumbent."""
    look = Facts(panels.as_of(state.day)).look(country, "", state)
    if look is None:
        return state
    return replace(
        look.state, **{f.name: v for f in fields(state) if (v := getattr(state, f.name)) is not None}
    )


def _days(column: Any) -> np.ndarray:
    """Whole days since 1970; a missing day is far in the future."""
    return np.where(column.isna(), 10**6, column.to_numpy().astype("M8[D]").astype(np.int64))


def _day(day: datetime.date) -> int:
    return (day - EPOCH).days


def states(
    rows: Any, mass: float, last: int, wanted: Callable[[int], bool]
) -> Iterator[tuple[str, CrisisState]]:
    """For each day looked at, the name of the wave and what of the protests in one country was known."""
    rows = rows.sort_values(["start", "end", "name"], kind="stable")
    start, end = _days(rows["start"]), _days(rows["end"])
    told = np.maximum(end, _days(rows["known"]))
    size = rows["size_low"].to_numpy()
    demand = rows["demand"].to_numpy() if "demand" in rows else np.full(len(rows), math.nan)
    coded = {c: rows[c].to_numpy() for c in ("violent", "arrests", "killings", "concession")}
    reach = np.maximum.accumulate(end)
    ccode = rows["ccode"].iloc[0]
    for w in np.split(np.arange(len(rows)), np.flatnonzero(start[1:] - reach[:-1] > QUIET) + 1):
        large = told[w][size[w] >= mass]
        if not len(large):
            continue
        for day in range(int(large.min()), min(int(reach[w[-1]]) + QUIET, last) + 1, STEP):
            out = w[start[w] <= day]
            if day - np.minimum(end[out], day).max() > QUIET or not wanted(day):
                continue
            yield f"{ccode}-{int(start[w[0]])}", _state(day, out, start, end, told, size, demand, coded)


def _state(
    day: int, out: np.ndarray, start: np.ndarray, end: np.ndarray, told: np.ndarray, size: np.ndarray,
    demand: np.ndarray, coded: dict[str, np.ndarray],
) -> CrisisState:  # fmt: skip
    done = out[told[out] <= day]
    week = done[end[done] > day - 7]
    busy = np.zeros(7, bool)
    for s, e in zip(start[out], end[out], strict=True):
        busy[max(s - day + 6, 0) : max(min(e, day) - day + 7, 0)] = True
    return CrisisState(
        day=EPOCH + datetime.timedelta(days=day),
        began=EPOCH + datetime.timedelta(days=int(start[out[0]])),
        largest=_most(size[done]),
        latest=_most(size[week]) if len(week) else 0.0,
        demanding=None
        if np.isnan(demand[done]).all()
        else _most(np.where(demand[done] > 0, size[done], 0.0)),
        days_out=float(busy.sum()),
        killed=_most(coded["killings"][done]),
        arrested=_most(coded["arrests"][done]),
        violent=_true(_most(coded["violent"][done])),
        concessions=_most(coded["concession"][done]),
    )


def _most(values: np.ndarray) -> float | None:
    known = [v for v in values.tolist() if v == v]
    return max(known) if known else None


def _true(value: float | None) -> bool | None:
    return None if value is None else value > 0


class Facts:
    """What the panels say of a country and its incumbent on a day, from rows known on that day."""

    def __init__(self, panels: Panels):
        self.last = _day(panels.last)
        self.tables = {
            name: {int(str(c)): _columns(rows) for c, rows in getattr(panels, name).groupby("ccode")}
            for name in ("leaders", "coups", "elections", "regimes", "democracy", "nations")
        }

    def below(self, ccode: int, day: int, polyarchy: float) -> bool:
        """Whether the country's polyarchy, as known on the day, is below a value."""
        value = _latest(self.tables["democracy"].get(ccode), "polyarchy", "year", day)
        return value is not None and value < polyarchy

    def look(self, ccode: int, wave: str, state: CrisisState) -> Look | None:
        """The look at a state, completed; None where no incumbent is known to be in power after the day."""
        day = _day(state.day)
        leaders = self.tables["leaders"].get(ccode)
        if leaders is None:
            return None
        here = np.flatnonzero((leaders["start"] <= day) & (leaders["end"] > day))
        if not len(here):
            return None
        i = here[np.argmax(leaders["start"][here])]
        left = leaders["end"][i] < 10**6 and leaders["end"][i] <= self.last
        manner = MANNERS.index(m) if (m := leaders["exit"][i]) in MANNERS else UNKNOWN
        return Look(
            ccode,
            wave,
            f"{ccode}-{leaders['leader'][i]}-{leaders['start'][i]}",
            self.complete(ccode, state, leaders, i),
            float(leaders["end"][i] - day) if left else math.inf,
            manner,
            float(self.last - day),
        )

    def complete(self, ccode: int, state: CrisisState, leaders: dict[str, np.ndarray], i: int) -> CrisisState:
        """The state with what is known of the country and of the leader in row i."""
        day = _day(state.day)
        born, military = leaders["born"][i], leaders["military"][i]
        coups = self.tables["coups"].get(ccode)
        votes = self.tables["elections"].get(ccode)
        return replace(
            state,
            population=_latest(self.tables["nations"].get(ccode), "population", "year", day),
            in_power_since=EPOCH + datetime.timedelta(days=int(leaders["start"][i])),
            age=None if math.isnan(born) else state.day.year - born,
            military=None if math.isnan(military) else military > 0,
            regime=_latest(self.tables["regimes"].get(ccode), "regime", "start", day),
            polyarchy=_latest(self.tables["democracy"].get(ccode), "polyarchy", "year", day),
            coups=_recent(coups, day) if self.tables["coups"] else None,
            **_votes(votes, day),
        )


def _columns(rows: Any) -> dict[str, np.ndarray]:
    return {str(c): _days(rows[c]) if rows[c].dtype.kind == "M" else rows[c].to_numpy() for c in rows}


def _latest(rows: dict[str, np.ndarray] | None, column: str, order: str, day: int) -> Any:
    """The value of the latest row that is known on the day, None without one."""
    if rows is None or not (known := np.flatnonzero(rows["known"] <= day)).size:
        return None
    value = rows[column][known[np.argmax(rows[order][known])]]
    return None if isinstance(value, float) and math.isnan(value) else value


def _recent(rows: dict[str, np.ndarray] | None, day: int) -> float:
    if rows is None:
        return 0.0
    seen = (rows["known"] <= day) & (rows["day"] <= day) & (rows["day"] > day - DECADE)
    return float(np.sum(seen & (rows["kind"] == "military_palace")))


def _votes(rows: dict[str, np.ndarray] | None, day: int) -> dict[str, float]:
    if rows is None:
        return {"next_vote": math.inf, "last_vote": math.inf}
    known = (rows["known"] <= day) & rows["executive"].astype(bool)
    ahead = rows["day"][known & (rows["day"] > day)] - day
    held = day - rows["day"][known & (rows["day"] <= day) & rows["held"].astype(bool)]
    return {
        "next_vote": float(ahead.min()) if ahead.size else math.inf,
        "last_vote": float(held.min()) if held.size else math.inf,
    }
