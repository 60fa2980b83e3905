"""How leaders came and went, joined to a list that does not tell it, in the order of the functions here.

Each takes the list, one row a spell with `entry` and `exit`, and fills in place what is still `unknown`.
"""

from __future__ import annotations

import re

import numpy as np

from interrex.record.panels.codes import plain
from interrex.record.panels.coups import ORGANS
from interrex.record.panels.sheet import Frame, pd

COUP_MANNER = {ORGANS: "coup", "popular": "revolt", "rebel": "revolt", "foreign": "foreign"}
"""How a leader leaves by a coup of each kind; the others tell nothing of it."""

YEAR = pd.Timedelta(days=366)

HANDOVER = pd.Timedelta(days=183)
"""As long after a vote may the loser, or the one who did not run, stay in office."""

SAME_SPELL = 31
"""As many days apart may the starts of one spell in two panels be."""

WEEK, NEAR = pd.Timedelta(days=7), pd.Timedelta(days=31)


def by_panel(rows: Frame, told: Frame) -> None:
    """Fill entries and exits that are still unknown, and years of birth, from the spell of another panel that starts
    within 31 days of this one in the same country, or carries the same name and ends within 62. An exit is joined only
    where both ends lie within 62 days, or within 186 where the start and the name agree."""
    pairs = rows.rename_axis("at").reset_index().merge(told, on="ccode", suffixes=("", "_told"))
    pairs["apart"] = (pairs["start"] - pairs["start_told"]).abs().dt.days
    pairs["ends"] = (pairs["end"] - pairs["end_told"]).abs().dt.days.fillna(np.inf)
    pairs = pairs[(pairs["apart"] <= SAME_SPELL) | (pairs["ends"] <= 2 * SAME_SPELL)]
    names = {name: _names(name) for name in {*pairs["leader"], *pairs["leader_told"]}}
    pairs["named"] = [
        bool(names[a] & names[b]) for a, b in zip(pairs["leader"], pairs["leader_told"], strict=True)
    ]
    pairs = pairs[(pairs["apart"] <= SAME_SPELL) | pairs["named"]]
    pairs["distance"] = pairs["apart"] + pairs["ends"].clip(upper=365) - 365 * pairs["named"]
    best = pairs.sort_values(["at", "distance", "start_told"]).drop_duplicates("at").set_index("at")
    sure = best["named"] & (best["apart"] <= SAME_SPELL)
    left = best[
        (best["exit"] == "unknown")
        & (best["exit_told"] != "")
        & (best["ends"] <= 2 * SAME_SPELL * np.where(sure, 3, 1))
    ]
    rows.loc[left.index, "exit"] = left["exit_told"]
    fresh = best["entry_told"].where(best["entry"] == "irregular", "irregular").ne("unknown")
    came = best[best["entry"].isin(("unknown", "irregular")) & fresh & (best["apart"] <= SAME_SPELL)]
    rows.loc[came.index, "entry"] = came["entry_told"]
    rows["born"] = rows["born"].fillna(best["born_told"])


def _names(name: str) -> set[str]:
    return {word for word in name.lower().replace("-", " ").replace(".", " ").split() if len(word) > 2}


def by_coups(rows: Frame, coups: Frame) -> None:
    """A coup that succeeded within 31 days of an exit of unknown manner made it, unless it had brought the leader in; one
    within a week made an exit that another panel calls regular too: he who resigns under a coup does not go freely."""
    won = coups[coups["success"] & coups["kind"].isin(COUP_MANNER)]
    asked = rows[rows["exit"].isin(("unknown", "regular"))]
    pairs = asked.rename_axis("at").reset_index().merge(won, on="ccode")
    pairs["apart"] = (pairs["day"] - pairs["end"]).abs()
    near = pairs["exit"].map({"unknown": NEAR, "regular": WEEK})
    pairs = pairs[(pairs["apart"] <= near) & (pairs["day"] > pairs["start"])]
    best = pairs.sort_values(["at", "apart", "day"]).drop_duplicates("at")
    rows.loc[best["at"].to_numpy(), "exit"] = best["kind"].map(COUP_MANNER).to_numpy()


def by_protests(rows: Frame, told: Frame) -> None:
    """An exit of unknown manner is a revolt's where the outcome of a protest that began in the year before says that the
    leader, by name, resigned, stepped down, fled or was ousted."""
    for ccode, texts in told.groupby("ccode"):
        for at in rows.index[(rows["ccode"] == ccode) & (rows["exit"] == "unknown")]:
            near = texts[
                (texts["start"] <= rows.loc[at, "end"]) & (texts["start"] >= rows.loc[at, "end"] - YEAR)
            ]
            names = "|".join(
                map(re.escape, sorted(w for n in _names(rows.loc[at, "leader"]) if len(w := plain(n)) > 3))
            )
            fell = re.compile(rf"\b({names})( \w+){{0,3}} (resigned|stepped down|fled|was ousted|forced out)")
            if names and any(fell.search(plain(text)) for text in near["text"]):
                rows.loc[at, "exit"] = "revolt"


def by_votes(rows: Frame, told: Frame) -> None:
    """An exit of unknown manner within half a year after a vote that, by its list, changed who rules, is regular."""
    pairs = rows[rows["exit"] == "unknown"].rename_axis("at").reset_index().merge(told, on="ccode")
    late = pairs["end"] - pairs["day"]
    rows.loc[pairs.loc[(late >= pd.Timedelta(0)) & (late <= HANDOVER), "at"].unique(), "exit"] = "regular"


def entries(rows: Frame) -> None:
    """An entry of unknown manner was made by what removed the predecessor, if he left within 31 days before."""
    before = rows.groupby("ccode")[["end", "exit"]].shift(1)
    at_once = (rows["start"] - before["end"]).abs() <= NEAR
    came = before["exit"].map(
        {"coup": "coup", "revolt": "revolt", "foreign": "foreign", "regular": "regular", "death": "regular"}
    )
    irregular = rows["entry"] == "irregular"
    fill = (rows["entry"] == "unknown") | (irregular & came.isin(("coup", "revolt", "foreign")))
    rows["entry"] = rows["entry"].mask(fill & at_once & came.notna(), came).replace("irregular", "unknown")
