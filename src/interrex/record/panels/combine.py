"""From what each file says to one table a fact: whose word is taken, and from which day it could be known.

Order of preference: that of `formats.FORMATS`, and within a format the file that reaches further. Leaders come from one
list; how they came and went is joined to it from Archigos, its extension, Svolik, successful coups and what Carnegie says
came of protests. Each kind of coup comes from one list, for two lists are two definitions.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from interrex.record.panels.codes import ALIASES, cow, plain
from interrex.record.panels.manners import by_coups, by_panel, by_protests, by_votes, entries
from interrex.record.panels.sheet import Frame, Notes, pd, seconds
from interrex.record.tables import TABLES, Panels, empty, shaped

SAME_COUP = pd.Timedelta(days=7)
"""A coup of another kind so near to an attempt of the main list in the same country is the same one."""


class Part(NamedTuple):
    """What one file says. rank: of its format. names: countries and their numbers."""

    place: str
    source: str
    rank: int
    tables: dict[str, Frame]
    names: dict[str, float]


def ranked(parts: list[Part], table: str) -> list[tuple[Part, Frame]]:
    """The files that fill a table, best first."""
    found = [(p, p.tables[table]) for p in parts if table in p.tables and len(p.tables[table])]
    return sorted(found, key=lambda f: (f[0].rank, -_reach(f[1]), f[0].place))


def _reach(rows: Frame) -> int:
    column = next(c for c in ("start", "day", "month", "year", "known", "ccode") if c in rows)
    latest = rows[column].max()
    return int(latest.timestamp() if isinstance(latest, pd.Timestamp) else latest)


def combined(parts: list[Part], hashes: dict[str, str], notes: Notes) -> Panels:
    """All tables of one reading."""
    _number(parts, notes)
    _strange(parts, notes)
    made = {
        "states": _states(parts),
        "coups": _coups(parts, notes),
        "elections": _first(parts, "elections", notes),
        "regimes": _regimes(parts),
        "democracy": _democracy(parts, notes),
        "protests": _all(parts, "protests"),
        "violence": _first(parts, "violence", notes),
        "nations": _first(parts, "nations", notes),
        "borders": _first(parts, "borders", notes),
        "capitals": _first(parts, "capitals", notes),
    }
    made["leaders"] = _leaders(parts, made["coups"], notes)
    if not len(made["states"]):
        made["states"] = _named(parts)
    _missing(made, notes)
    return Panels(**made, last=_last(made["leaders"]), hashes=hashes, remarks=tuple(notes.remarks))


def _number(parts: list[Part], notes: Notes) -> None:
    """Give rows that carry the name of a country its number, from the names that the other files hold."""
    known: dict[str, float] = dict(ALIASES)
    for part in sorted(parts, key=lambda p: -p.rank):
        known |= {plain(name): number for name, number in part.names.items()} | ALIASES
    for part in parts:
        for table, rows in part.tables.items():
            if "country" not in rows or "ccode" in rows:
                continue
            day = rows["start" if "start" in rows else "month"]
            numbers = pd.Series(
                [known.get(plain(name), np.nan) for name in rows["country"]], rows.index, dtype=float
            )
            number = cow(numbers, day.dt.year)
            if (lost := number.isna()).any():
                places = ", ".join(sorted(set(rows.loc[lost, "country"]))[:8])
                notes.say(
                    "mended",
                    part.place,
                    f"{int(lost.sum()):,} rows of {table} in places without a number of the Correlates of War are left out: {places}",
                )
            part.tables[table] = rows.assign(ccode=number)[~lost]


def _strange(parts: list[Part], notes: Notes) -> None:
    """Leave out rows whose number is that of no country in the lists of states."""
    known = {
        number for part in parts for number in part.tables.get("states", pd.DataFrame({"ccode": []}))["ccode"]
    }
    for part in parts:
        for table, rows in part.tables.items():
            strange = ~rows["ccode"].isin(known) & rows["ccode"].notna()
            if known and table != "states" and strange.any():
                line, number = rows.index[strange][0], rows.loc[strange, "ccode"].iloc[0]
                place = f"{part.place}:{line}" if line > 1 else part.place  # sums of rows have no line
                more = (
                    f", and {int(strange.sum()) - 1} more rows of {table} with such numbers"
                    if strange.sum() > 1
                    else ""
                )
                notes.say(
                    "mended",
                    place,
                    f"{number:g} is the number of no country in the list of states; left out{more}",
                )
                part.tables[table] = rows[~strange]


COSTS = {
    "leaders": "no list of leaders (REIGN, CoupCats, Archigos): nothing can be fitted or forecast",
    "coups": "no list of coups (Powell-Thyne, Cline, Colpus): coup attempts cannot be modelled, and exits by coup count as of unknown manner unless Archigos tells them",
    "elections": "no list of elections (REIGN): votes to come cannot be told, so exits at the end of a term cannot be foreseen",
    "regimes": "no types of regime (REIGN, Geddes-Wright-Frantz): parties, armies, monarchs and persons in power look alike",
    "democracy": "no V-Dem: autocracies cannot be told from democracies, so exit models cannot be used",
    "protests": "no list of protests (Mass Mobilization, Carnegie, NAVCO, ACLED): mass protest can neither be forecast nor explain exits",
    "violence": "no deaths in organised violence (UCDP GED, the months of CoupCats, ACLED): wars are unseen",
    "nations": "no National Material Capabilities: population is unknown, so protests have no size as a share of the nation",
    "capitals": "no COW capitals: interrex risk --all draws no map",
    "borders": "no COW contiguity: neighbours are unknown, so nothing can spread from them",
}  # fmt: skip
"""What is lost without each table."""


def _missing(made: dict[str, Frame], notes: Notes) -> None:
    """Say which tables are empty and what that costs, and for how many exits no panel tells the manner."""
    for name, cost in COSTS.items():
        if not len(made[name]):
            notes.say("missing", "", cost)
    gone = made["leaders"][made["leaders"]["exit"] != ""]
    untold = gone[gone["exit"] == "unknown"]
    if len(untold):
        since = untold["end"].dt.year.median()
        notes.say(
            "missing",
            "",
            f"the manner of {len(untold):,} of {len(gone):,} exits is told by no panel, half of them since {since:.0f} (Archigos ends in 2015): they count as unknown",
        )


def _last(leaders: Frame) -> datetime.date:
    """The last day of the month before that of the last change of leaders: a list is seldom kept to the end of a month."""
    latest = leaders[["start", "end"]].max().max()
    return datetime.date.min if pd.isna(latest) else (latest.replace(day=1) - pd.Timedelta(days=1)).date()


def _first(parts: list[Part], table: str, notes: Notes) -> Frame:
    found = ranked(parts, table)
    if not found:
        return empty(table)
    (best, rows), *others = found
    for other, _ in others:
        notes.say("found", other.place, f"{table} are taken from {best.place} instead, which is preferred")
    rows = _dated(table, rows.assign(source=best.source))
    return shaped(table, rows.drop_duplicates(list(TABLES[table].key)))


def _all(parts: list[Part], table: str) -> Frame:
    found = [_dated(table, rows.assign(source=p.source)) for p, rows in ranked(parts, table)]
    return shaped(table, pd.concat(found).drop_duplicates(list(TABLES[table].key))) if found else empty(table)


def _dated(table: str, rows: Frame) -> Frame:
    """Rows with `known`, by the rule of their table, where their reader gave none."""
    if "known" in rows or "known" not in TABLES[table].columns:
        return rows
    return rows.assign(known=KNOWN[table](rows))


def _on(year: Frame, later: int, month: int, day: int) -> Frame:
    parts = pd.DataFrame({"year": year.astype("int64") + later, "month": month, "day": day})
    return pd.to_datetime(parts).astype("datetime64[s]")


KNOWN: dict[str, Callable[[Frame], Frame]] = {
    "coups": lambda t: t["day"],
    "regimes": lambda t: _on(t["start"].dt.year, 1, 1, 1),
    "democracy": lambda t: _on(t["year"], 1, 3, 15),
    "protests": lambda t: t["start"],
    "violence": lambda t: t["month"] + pd.DateOffset(months=2),
    "nations": lambda t: _on(t["year"], 3, 1, 1),
}
"""First day on which a row could be known: a coup or protest on its first day; a regime on 1 January after its first
year; V-Dem of a year on 15 March after it, when it is published; deaths a month after the end of theirs; national
capabilities two years after their year ends. Elections and leaders carry their own."""


def _states(parts: list[Part]) -> Frame:
    found = [rows for _, rows in ranked(parts, "states")]
    return shaped("states", pd.concat(found).drop_duplicates("ccode")) if found else empty("states")


def _named(parts: list[Part]) -> Frame:
    """Countries by the abbreviations of the leader list, where no list of states was found."""
    found = ranked(parts, "leaders")
    if not found or "abbreviation" not in found[0][1]:
        return empty("states")
    rows = found[0][1].drop_duplicates("ccode", keep="last")
    return shaped("states", rows.assign(country=rows["abbreviation"]))


def _coups(parts: list[Part], notes: Notes) -> Frame:
    """Each kind of coup from the first list that tells it, for two lists are two definitions; what falls within a week of
    a coup that is kept in its country is the same one."""
    kept: list[Frame] = []
    whose: dict[str, str] = {}
    for part, rows in ranked(parts, "coups"):
        rows = _dated("coups", rows.assign(source=part.source))
        fresh = rows[[whose.setdefault(kind, part.place) == part.place for kind in rows["kind"]]]
        others = sorted({whose[kind] for kind in set(rows["kind"]) - set(fresh["kind"])})
        if others:
            notes.say(
                "found",
                part.place,
                f"{len(rows) - len(fresh):,} coups are of kinds that {' and '.join(others)} tells, which is preferred",
            )
        if kept:
            fresh = fresh[~_same(fresh, pd.concat(kept))]
        kept.append(fresh)
    if not kept:
        return empty("coups")
    return shaped(
        "coups",
        pd.concat(kept).sort_values("success", ascending=False).drop_duplicates(list(TABLES["coups"].key)),
    )


def _same(rows: Frame, others: Frame) -> np.ndarray:
    """bool: rows with a coup of `others` in their country within `SAME_COUP`."""
    pairs = rows.rename_axis("at").reset_index().merge(others, on="ccode", suffixes=("", "_other"))
    near = (pairs["day"] - pairs["day_other"]).abs() <= SAME_COUP
    return rows.index.isin(pairs.loc[near, "at"])


def _regimes(parts: list[Part]) -> Frame:
    """Spells of the best list; of the others what reaches beyond its last day in a country, or lies before its first."""
    out = pd.DataFrame({"ccode": [], "start": [], "end": []})
    for part, rows in ranked(parts, "regimes"):
        told = out.groupby("ccode").agg(first=("start", "min"), last=("end", "max"))
        first, last = (seconds(rows["ccode"].map(told[c])) for c in ("first", "last"))
        after = last.isna() | (rows["end"] > last)
        start = (
            rows["start"]
            .where(last.isna() | (rows["start"] > last), last + pd.Timedelta(days=1))
            .where(after, rows["start"])
        )
        fresh = rows.assign(start=start)[after | (rows["end"] < first)]
        out = (
            pd.concat([out, _dated("regimes", fresh.assign(source=part.source))])
            if len(out)
            else _dated("regimes", fresh.assign(source=part.source))
        )
    return shaped("regimes", out) if len(out) else empty("regimes")


def _democracy(parts: list[Part], notes: Notes) -> Frame:
    """V-Dem; files that carry only V-Dem's own codes of countries take numbers from one that has both."""
    found = ranked(parts, "democracy")
    numbers: dict[str, float] = {}
    for _, rows in found:
        both = rows.dropna(subset=["ccode"]).sort_values("year")
        numbers |= dict(zip(both["text"], both["ccode"], strict=True))
    out: list[Frame] = []
    for part, rows in found:
        rows = rows.assign(
            ccode=rows["ccode"].fillna(rows["text"].map(numbers).astype("float64")), source=part.source
        )
        if (lost := rows["ccode"].isna()).any():
            notes.say(
                "mended",
                part.place,
                f"{int(lost.sum()):,} country-years of {rows.loc[lost, 'text'].nunique()} places without a number of the Correlates of War are left out",
            )
        out.append(_dated("democracy", rows[~lost]))
    return (
        shaped("democracy", pd.concat(out).drop_duplicates(["ccode", "year"])) if out else empty("democracy")
    )


def _leaders(parts: list[Part], coups: Frame, notes: Notes) -> Frame:
    lists, manners = ranked(parts, "leaders"), ranked(parts, "manners")
    if lists:
        (best, rows), *others = lists
        for other, _ in others:
            notes.say(
                "found", other.place, f"leaders are taken from {best.place} instead, which reaches further"
            )
        rows = rows.assign(source=best.source)
    elif manners:
        rows = manners[0][1].assign(source=manners[0][0].source)
        notes.say(
            "missing",
            "",
            f"no list of leaders by REIGN or CoupCats: leaders are those of {manners[0][0].place}",
        )
    else:
        return empty("leaders")
    rows = rows.sort_values(["ccode", "start"], kind="stable").reset_index(drop=True)
    rows["exit"] = (
        rows["exit"].mask(rows["end"].notna() & rows["exit"].eq(""), "unknown").mask(rows["end"].isna(), "")
    )
    for _, told in manners:
        by_panel(rows, told)
    by_coups(rows, coups)
    for _, told in ranked(parts, "outcomes"):
        by_protests(rows, told)
    for _, told in ranked(parts, "changes"):
        by_votes(rows, told)
    entries(rows)
    return shaped("leaders", rows.assign(known=rows["start"], left_known=rows["end"]))
