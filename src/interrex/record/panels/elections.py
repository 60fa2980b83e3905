"""REIGN's list of elections: what was to be held, what was announced, what took place."""

from __future__ import annotations

from interrex.record.panels.codes import cow
from interrex.record.panels.sheet import Frame, Notes, Sheet, days, pd

Tables = dict[str, Frame]

TERM = pd.DateOffset(years=4)
"""A vote that the term alone tells is known from so long before, the commonest term."""

LATER_ROUND = pd.Timedelta(days=60)
"""A vote of the same kind so soon after another is its second round."""

SHORTEST = 1.75
"""Years; no term is shorter."""

SLACK = 0.35
"""Years by which a vote at the end of a term may come sooner than the shortest term of late."""

NEW_TERM, SAME_SEASON = 4, 0.12
"""Years: the least new term that is taken for one, and how near to a full year it must end."""

MEMORY = 25
"""Years for which a term is remembered."""

ANNOUNCED = ("announced", "announcement", "announcement assumed")
TERM_VOTES = ("vote, as scheduled", "upcoming, scheduled", "upcoming, deadline", "deadline met", "deadline, met",
              "deadline not met", "deadline, not met", "voided", "voided by regime change")  # fmt: skip
DEADLINES_MET = ("deadline met", "deadline, met")
OTHER_VOTES = ("vote, early", "anulled")
SILENT = ("delay announced", "delay", "delayed", "regime failure", "")
"""Events that name no day of a vote."""


def reign(sheet: Sheet, notes: Notes) -> Tables:
    """Rows are events of an election, numbered within the country: an announcement, then a vote, or its failure.

    A date without a day is the 15th for a vote and the last day of the month for an announcement. A vote called before
    its term counts as known from its announcement, or, where none is listed, from its own day. The deadline that an early
    vote made void stays as an election that was expected and not held, else only votes that were held could be expected.
    Referendums are left out, and second rounds.
    """
    year, month, day = (sheet.numbers(c) for c in ("elec_year", "elec_month", "elec_day"))
    one = pd.Series(1.0, sheet.rows.index)
    first = days(year, month, one)
    exact = days(year, month, day)
    event = sheet.text("event").str.lower()
    blank = sheet.text("ccode").eq("")
    unknown = ~event.isin([*ANNOUNCED, *TERM_VOTES, *OTHER_VOTES, *SILENT])
    notes.rows(sheet, unknown, lambda r: f"unknown event {r['event']!r}; left out")
    votes = event.isin([*TERM_VOTES, *OTHER_VOTES])
    kind = sheet.text("type")
    notes.rows(sheet, votes & ~blank & first.isna(), "a vote without year or month; left out")
    untyped = votes & ~blank & ~kind.isin(("X", "L", "R"))
    notes.rows(
        sheet,
        untyped,
        lambda r: f"type {r['type']!r} is none of X (executive), L (legislature), R (referendum); left out",
    )
    no_day = sheet.text("elec_day").ne("") & first.notna() & exact.isna()
    notes.rows(
        sheet,
        no_day,
        lambda r: f"no such day {r['elec_year']}-{r['elec_month']}-{r['elec_day']}; the month alone is used",
    )
    number = sheet.text("electionnumber").mask(
        sheet.text("electionnumber").eq(""), pd.Series(sheet.rows.index, sheet.rows.index).astype(str) + "?"
    )
    rows = pd.DataFrame({
        "ccode": cow(sheet.numbers("ccode"), year), "number": number, "type": kind, "event": event,
        "day": exact.fillna(first + pd.Timedelta(days=14)), "told": exact.fillna(first + pd.offsets.MonthEnd(0)),
        "regular": sheet.text("regular").ne("N"),
    }).dropna(subset=["ccode", "day"])  # fmt: skip
    announced = rows[rows["event"].isin(ANNOUNCED)].groupby(["ccode", "number"])["told"].min()
    votes = rows[rows["event"].isin([*TERM_VOTES, *OTHER_VOTES]) & rows["type"].isin(("X", "L"))].copy()
    votes["announced"] = announced.reindex(pd.MultiIndex.from_frame(votes[["ccode", "number"]])).to_numpy()
    votes.loc[votes["event"].isin(DEADLINES_MET), "announced"] = pd.NaT  # that of the early vote
    votes["held"] = votes["event"].str.startswith("vote") | votes["event"].eq("anulled")
    changes = votes.loc[votes["held"] & sheet.text("change").reindex(votes.index).eq("Y"), ["ccode", "day"]]
    votes["scheduled"] = votes["event"].isin(TERM_VOTES) & votes["regular"]
    votes = votes.sort_values(["ccode", "type", "day"], kind="stable")
    votes = votes[~_later_round(votes)]
    early = votes["scheduled"] & votes["announced"].isna() & _before_term(votes)
    votes["scheduled"] &= ~early
    notes.rows(
        sheet,
        early,
        "said to be on schedule, but well before the term of earlier votes; counted as an early vote without announcement",
    )
    late = votes["announced"] > votes["day"]
    notes.rows(
        sheet,
        late.reindex(sheet.rows.index, fill_value=False),
        "announced after the vote; the announcement is left out",
    )
    votes["announced"] = votes["announced"].mask(late)
    of_term = votes["scheduled"] & votes["announced"].isna()
    votes["known"] = (votes["day"] - TERM).where(of_term, votes["announced"].fillna(votes["day"]))
    votes["executive"] = votes["type"] == "X"
    votes = votes.sort_values(["ccode", "day", "executive", "held"], kind="stable")
    votes = votes.drop_duplicates(["ccode", "day", "executive"], keep="last")
    kept = votes[["ccode", "day", "executive", "scheduled", "announced", "held", "known"]]
    return {"elections": kept, "changes": changes}


def _later_round(votes: Frame) -> Frame:
    """bool: a vote that was held soon after another of its kind that was held too."""
    held = votes[votes["held"]]
    gap = held.groupby(["ccode", "type"])["day"].diff()
    return (gap <= LATER_ROUND).reindex(votes.index, fill_value=False)


def _before_term(votes: Frame) -> Frame:
    """bool: a vote that was held much sooner after the last than any of its kind in the country in the 25 years before,
    and not after four or more full years either, as where a term was shortened by law.

    Coders of later years write "as scheduled" for votes that were called early; taken at their word they would tell years
    before what nobody could know."""
    early = pd.Series(False, votes.index)
    for _, held in votes[votes["held"]].groupby(["ccode", "type"]):
        gaps = held["day"].diff().dt.days / 365.25
        terms: list[tuple[int, float]] = []
        for at, year, gap in zip(held.index, held["day"].dt.year, gaps, strict=True):
            usual = [g for y, g in terms if y >= year - MEMORY]
            full = round(gap) >= NEW_TERM and abs(gap - round(gap)) <= SAME_SEASON if gap == gap else True
            early[at] = gap < SHORTEST or (bool(usual) and gap < min(usual) - SLACK and not full)
            if held["scheduled"][at] and not early[at] and gap == gap:
                terms.append((year, gap))
    return early
