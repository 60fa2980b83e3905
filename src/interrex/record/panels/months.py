"""The record as three tables for other programs: country-months, leader-months and episodes of protest, each with a data
dictionary that gives key, unit and the day on which each value could be known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interrex.record.panels.coups import ORGANS
from interrex.record.panels.sheet import Frame, pd
from interrex.record.tables import Panels
from interrex.store.files import make_folder, write_bytes

GAP = pd.Timedelta(days=14)
"""Protests of one country so near to each other are one episode."""

LONGEST = pd.Timedelta(days=92)
"""For so long at most does one listed protest hold an episode together: longer entries are campaigns that rest for weeks."""

GONE = pd.Timedelta(days=731)

AFTER = "the last day of the month"
NO_LATER = "its own day; as the panel has it now, edited since"


class Told(NamedTuple):
    """What a column is. known: from when a value could be known."""

    unit: str
    text: str
    known: str


COUNTRY_MONTHS = {
    "ccode": Told("", "country, number of the Correlates of War", "always"),
    "month": Told("", "first day of the month", "always"),
    "leader": Told("", "in power on the last day of the month, empty if the panel names nobody", AFTER),
    "exits": Told("", "spells of leaders that ended in the month", AFTER),
    "attempts": Told("", "coup attempts by organs of the state that began in the month", AFTER),
    "successes": Told("", "of these, those that succeeded", AFTER),
    "other_coups": Told("", "coups of other kinds: self-coups, by rebels, crowds, foreigners or unknown", AFTER),
    "executive_votes": Told("", "elections of an executive held in the month", AFTER),
    "legislative_votes": Told("", "elections of a legislature held in the month", AFTER),
    "regime": Told("", "type of regime on the last day of the month, after Geddes, Wright and Frantz", "1 January of the next year"),
    "polyarchy": Told("share", "V-Dem's index of electoral democracy for the year", "15 March of the next year"),
    "deaths": Told("persons", "killed in organised violence in the month, empty where no panel covers it", "a month after the month's end"),
    "protests": Told("", "protests that began in the month, in the panel that covers it; empty where none does", AFTER),
    "largest": Told("persons", "the largest of these had at least so many, empty if unrecorded", "the end of the protest"),
}  # fmt: skip

LEADER_MONTHS = {
    "ccode": COUNTRY_MONTHS["ccode"],
    "leader": Told("", "name as in the panel", "his first day"),
    "start": Told("", "first day in power", "that day"),
    "month": Told("", "first day of a month in which he ruled for a day or more", "always"),
    "tenure": Told("month", "whole months in power at the month's first day, 0 in the month of the start", "that day"),
    "age": Told("year", "year of the month less year of birth, empty if unknown", "his first day"),
    "military": Told("", "1 after a career in the military", "his first day"),
    "entry": Told("", "how power came", "his first day"),
    "exit": Told("", "how power went, if it went in this month, else empty; unknown where no panel tells", NO_LATER),
}  # fmt: skip

EPISODES = {
    "ccode": COUNTRY_MONTHS["ccode"],
    "start": Told("", "first day", "that day"),
    "end": Told("", "last day, empty while a protest of it is active", "14 days later, when nothing followed"),
    "protests": Told("", "protests that the panel lists in it", "the last day"),
    "size_low": Told("persons", "at its largest day, protests that began on one day had at least so many together", "the last day"),
    "size_high": Told("persons", "and at most so many, empty if unrecorded or open", "the last day"),
    "violent": Told("", "1 if protesters were violent in any of it", "the last day"),
    "arrests": Told("", "1 if the state arrested in any of it", "the last day"),
    "killings": Told("", "1 if the state killed in any of it", "the last day"),
    "concession": Told("", "1 if the state gave way in any of it", "the last day"),
    "demand": Told("", "1 if any of it demanded that somebody in office goes, empty if uncoded", "the last day"),
    "source": Told("", "panel that it was counted in", "always"),
}  # fmt: skip


def country_months(panels: Panels) -> Frame:
    """One row a country and month, from its first leader to the panels' last month, or to the end of its last leader where
    that lies two years back: the country is gone."""
    leaders = panels.leaders
    end = leaders["end"].fillna(pd.Timestamp(panels.last))
    spans = (
        leaders.assign(end=end).groupby("ccode").agg(start=("start", "min"), end=("end", "max")).reset_index()
    )
    spans["end"] = spans["end"].where(spans["end"] < pd.Timestamp(panels.last) - GONE)
    rows = _months(spans, panels)[["ccode", "month"]]
    ends = _month_end(rows["month"])
    rows["leader"] = _at(leaders, "leader", rows["ccode"], ends)
    for name, table, day in (
        ("exits", leaders[leaders["end"].notna()], "end"),
        ("attempts", panels.coups[panels.coups["kind"] == ORGANS], "day"),
        ("successes", panels.coups[(panels.coups["kind"] == ORGANS) & panels.coups["success"]], "day"),
        ("other_coups", panels.coups[panels.coups["kind"] != ORGANS], "day"),
        (
            "executive_votes",
            panels.elections[panels.elections["held"] & panels.elections["executive"]],
            "day",
        ),
        (
            "legislative_votes",
            panels.elections[panels.elections["held"] & ~panels.elections["executive"]],
            "day",
        ),
    ):
        rows[name] = (
            _joined(rows, table.groupby(["ccode", _month(table[day]).rename("month")]).size())
            .fillna(0)
            .astype("int64")
        )
    rows["regime"] = _at(panels.regimes, "regime", rows["ccode"], ends)
    polyarchy = panels.democracy.set_index(["ccode", "year"])["polyarchy"]
    rows["polyarchy"] = polyarchy.reindex(
        pd.MultiIndex.from_arrays([rows["ccode"], rows["month"].dt.year])
    ).to_numpy()
    rows["deaths"] = _joined(rows, panels.violence.set_index(["ccode", "month"])["deaths"])
    listed = _one_panel(panels.protests)
    month = _month(listed["start"]).rename("month")
    counts = _joined(rows, listed.groupby(["ccode", month]).size())
    inside = rows["month"].between(month.min(), month.max()) if len(listed) else pd.Series(False, rows.index)
    rows["protests"] = counts.fillna(0).where(inside)
    rows["largest"] = _joined(rows, listed.groupby(["ccode", month])["size_low"].max())
    return rows[list(COUNTRY_MONTHS)]


def leader_months(panels: Panels) -> Frame:
    """One row a leader's spell and month."""
    rows = _months(panels.leaders, panels)
    first = _month(rows["start"])
    rows["tenure"] = (rows["month"].dt.year - first.dt.year) * 12 + rows["month"].dt.month - first.dt.month
    rows["age"] = rows["month"].dt.year - rows["born"]
    rows["exit"] = rows["exit"].where(_month(rows["end"]) == rows["month"], "")
    return rows[list(LEADER_MONTHS)]


def protest_episodes(panels: Panels) -> Frame:
    """Episodes: the protests of one country, in one panel, with gaps of at most 14 days.

    The size of an episode is that of its largest day: the sum over the protests that began on it, for crowds in several
    towns on one day are different people, and on different days may be the same."""
    listed = _one_panel(panels.protests).sort_values(["ccode", "start"], kind="stable")
    day, now = listed["start"], pd.Timestamp(panels.last)
    longest = (day + LONGEST).where(listed["source"] != CARNEGIE, pd.Timestamp.max.floor("D").as_unit("s"))
    reach = listed["end"].fillna(now).clip(upper=longest).clip(lower=day)
    so_far = reach.groupby(listed["ccode"]).cummax().groupby(listed["ccode"]).shift()
    episode = ((so_far.isna()) | (day - so_far > GAP)).cumsum().rename("episode")
    days = listed.groupby([episode, day.rename("day")])
    sums = days[["size_low", "size_high"]].sum(min_count=1)
    sums["size_high"] = sums["size_high"].where(days["size_high"].count() == days.size())
    peak = (
        sums.sort_values("size_low", na_position="first", kind="stable")
        .groupby("episode")
        .tail(1)
        .droplevel("day")
    )
    groups = listed.assign(reach=reach, active=listed["end"].isna()).groupby(episode)
    out = pd.DataFrame({
        "ccode": groups["ccode"].first(), "start": groups["start"].min(),
        "end": groups["reach"].max().mask(groups["active"].any()), "protests": groups.size(),
        "size_low": peak["size_low"], "size_high": peak["size_high"],
        **{name: groups[name].max() for name in ("violent", "arrests", "killings", "concession", "demand")},
        "source": groups["source"].first(),
    })  # fmt: skip
    return out.reset_index(drop=True)[list(EPISODES)]


TABLES: dict[str, tuple[tuple[str, ...], dict[str, Told], Callable[[Panels], Frame]]] = {
    "country_months": (("ccode", "month"), COUNTRY_MONTHS, country_months),
    "leader_months": (("ccode", "leader", "start", "month"), LEADER_MONTHS, leader_months),
    "protest_episodes": (("ccode", "start"), EPISODES, protest_episodes),
}
"""Name of the file, key, columns, and how it is made."""


def write(panels: Panels, folder: Path) -> list[Path]:
    """Each table as CSV, its data dictionary beside it as JSON. Returns the files."""
    make_folder(folder)
    written: list[Path] = []
    for name, (key, columns, make) in TABLES.items():
        rows = make(panels)
        told = {
            "table": name, "rows": len(rows), "key": list(key), "last": panels.last.isoformat(),
            "columns": {c: {"kind": str(rows[c].dtype), **t._asdict()} for c, t in columns.items()},
            "files": panels.hashes,
        }  # fmt: skip
        for ending, data in (
            (".csv", rows.to_csv(index=False)),
            (".json", json.dumps(told, indent=1, ensure_ascii=False) + "\n"),
        ):
            written.append(folder / (name + ending))
            write_bytes(written[-1], data.encode())
    return written


MASS_MOBILIZATION, ACLED, CARNEGIE = "Mass Mobilization", "ACLED", "Carnegie protests"


def _one_panel(protests: Frame) -> Frame:
    """Each protest once: Mass Mobilization to its last day, after it ACLED in the countries of the export, Carnegie
    elsewhere. NAVCO tells years, not days, and is left out."""
    source, start = protests["source"], protests["start"]
    last = start[source == MASS_MOBILIZATION].max()
    later = start > last if not pd.isna(last) else pd.Series(True, protests.index)
    covered = protests["ccode"].isin(protests.loc[source == ACLED, "ccode"])
    return protests[
        (source == MASS_MOBILIZATION) | (later & ((source == ACLED) | ((source == CARNEGIE) & ~covered)))
    ]


def _month(days: Frame) -> Frame:
    return (days - pd.to_timedelta(days.dt.day - 1, unit="D")).astype("datetime64[s]")


def _month_end(months: Frame) -> Frame:
    return (months + pd.offsets.MonthEnd(0)).astype("datetime64[s]")


def _months(spells: Frame, panels: Panels) -> Frame:
    """Each spell repeated for every month from its start to its end, or to the panels' last month."""
    until = pd.Timestamp(panels.last)
    end = spells["end"].fillna(until).clip(upper=until)
    first = spells["start"].dt.year * 12 + spells["start"].dt.month - 1
    count = (end.dt.year * 12 + end.dt.month - first).clip(lower=0)
    rows = spells.loc[spells.index.repeat(count)].copy()
    number = first.repeat(count) + rows.groupby(level=0).cumcount()
    rows["month"] = pd.to_datetime({"year": number // 12, "month": number % 12 + 1, "day": 1}).astype(
        "datetime64[s]"
    )
    return rows.reset_index(drop=True)


def _at(spells: Frame, column: str, ccode: Frame, days: Frame) -> np.ndarray:
    """The value of the spell that began last on or before each day in each country, unless that has ended."""
    asked = pd.DataFrame(
        {"ccode": ccode.to_numpy(), "day": days.to_numpy(), "at": np.arange(len(days))}
    ).sort_values("day")
    told = spells[["ccode", "start", "end", column]].sort_values("start")
    found = pd.merge_asof(asked, told, left_on="day", right_on="start", by="ccode")
    value = found[column].where(found["end"].isna() | (found["end"] >= found["day"])).fillna("")
    return value.to_numpy()[np.argsort(found["at"].to_numpy())]


def _joined(rows: Frame, values: Frame) -> Frame:
    return pd.Series(
        values.reindex(pd.MultiIndex.from_frame(rows[["ccode", "month"]])).to_numpy(), rows.index
    )
