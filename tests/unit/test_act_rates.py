"""Every counted rate of the catalogue and every base rate, recounted from the panels.

A country is an autocracy in a year if V-Dem's polyarchy was below .5 in the year before and somebody is listed as its
leader. The panels are ../shared/data beside the clone; without them these tests are skipped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from interrex.futures import base_rates as br
from interrex.mechanisms import acts as catalogue
from interrex.mechanisms.acts import BY_KIND, LONGEST
from interrex.record.panels import read
from interrex.record.panels.codes import cow
from interrex.record.tables import Panels
from interrex.scoring.nulls import CLIMATOLOGY, EDGES
from interrex.words import OUTCOMES

SHARED = Path(__file__).parents[2].parent / "shared"
FIRST = 1990
COUPS_TO, CLINE_TO, VOTES_TO, MANNERS_TO = 2025, 2022, 2020, 2015
PROTESTS_END = pd.Timestamp("2020-04-01")
LATER = pd.Timestamp("2100-01-01")
YEAR = pd.Timedelta(days=366)


class World(NamedTuple):
    """panels; autocratic: country and year; protests: Mass Mobilization in autocracies, `days` capped at LONGEST."""

    panels: Panels
    autocratic: set[tuple[int, int]]
    protests: pd.DataFrame

    def years(self, last: int, first: int = FIRST) -> int:
        """Autocratic country-years, both ends included."""
        return sum(first <= y <= last for _, y in self.autocratic)

    def inside(self, ccode: pd.Series, day: pd.Series, last: int) -> pd.Series:
        """Whether a country is an autocracy in the year of a day, 1990 to `last`."""
        told = [(c, y) in self.autocratic for c, y in zip(ccode, day.dt.year, strict=True)]
        return pd.Series(told, ccode.index) & (day.dt.year >= FIRST) & (day.dt.year <= last)

    def leader_days(self, last: int) -> int:
        """Days that leaders spent in power in autocratic years, 1990 to `last`."""
        spells = self.panels.leaders
        end, total = spells["end"].fillna(pd.Timestamp(self.panels.last)), 0
        for year in range(FIRST, last + 1):
            here = spells["ccode"].isin({c for c, y in self.autocratic if y == year})
            begin, stop = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
            total += (
                (end.clip(upper=stop) - spells["start"].clip(lower=begin))[here].dt.days.clip(lower=0).sum()
            )
        return int(total)


def table(*parts: str) -> pd.DataFrame:
    path = SHARED.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    return pd.read_csv(path, encoding="latin-1", low_memory=False)


@pytest.fixture(scope="module")
def world(public_data: Path) -> World:
    panels = read(public_data)
    spells = panels.leaders
    end = spells["end"].fillna(pd.Timestamp(panels.last))
    led = {
        (c, y)
        for c, a, b in zip(spells["ccode"], spells["start"], end, strict=True)
        for y in range(a.year, b.year + 1)
    }
    low = panels.democracy[panels.democracy["polyarchy"] < 0.5]
    autocratic = set(zip(low["ccode"], low["year"] + 1, strict=True)) & led
    all_protests = panels.protests[panels.protests["source"] == "Mass Mobilization"]
    raw = table("data", "mass_mobilization", "mm_master.csv").astype({"id": str}).set_index("id")
    more = (
        raw[["price increases_tax_policy", "crowddispersal", "shootings"]]
        .loc[all_protests["name"]]
        .to_numpy()
        == 1
    )
    protests = all_protests.assign(
        price=more[:, 0], dispersed=more[:, 1], fire=more[:, 2] | (all_protests["killings"] == 1),
        days=((all_protests["end"] - all_protests["start"]).dt.days + 1).clip(upper=LONGEST),
    )  # fmt: skip
    made = World(panels, autocratic, protests)
    return made._replace(protests=protests[made.inside(protests["ccode"], protests["start"], 2020)])


@pytest.fixture(scope="module")
def crises() -> pd.DataFrame:
    rows = table("cases", "crises.csv").astype(object).fillna("")
    return rows[rows["role"] != "focal"].astype({"days_start_to_outcome": int})


Count = tuple[int, float]


def country_days(world: World, last: int) -> float:
    return world.years(last) * 365.25


def protest_country_days(world: World) -> float:
    """Days of autocracies that Mass Mobilization covers, January 1990 to March 2020."""
    everywhere = world.panels.protests
    covered = set(everywhere.loc[everywhere["source"] == "Mass Mobilization", "ccode"])
    years = [y for c, y in world.autocratic if c in covered]
    return 365.25 * sum(FIRST <= y < 2020 for y in years) + 91 * sum(y == 2020 for y in years)


def responses(
    which: Callable[[pd.DataFrame], pd.Series], price: bool, large: bool
) -> Callable[[World], Count]:
    """Protests that were met so: large ones by protest-days, all others, of unrecorded size too, by country-days."""

    def count(world: World) -> Count:
        here = world.protests[world.protests["price"]] if price else world.protests
        size = here["size_low"] >= 1000
        return int(which(here)[size if large else ~size].sum()), float(
            here.loc[size, "days"].sum() if large else protest_country_days(world)
        )

    return count


def coup_attempts(world: World) -> pd.DataFrame:
    coups = world.panels.coups[world.panels.coups["kind"] == "military_palace"]
    return coups[world.inside(coups["ccode"], coups["day"], COUPS_TO)]


def votes(early: bool) -> Callable[[World], Count]:
    """National votes called early, or referendums; rounds and votes within 60 days of another are one."""

    def count(world: World) -> Count:
        listed = table("data", "coupcats", "reign_elections_2025.csv")
        event, kind = listed["event"].astype(str).str.lower(), listed["type"]
        wanted = (
            (event == "vote, early") & kind.isin(["L", "X"])
            if early
            else event.str.startswith("vote") & (kind == "R")
        )
        found = listed[wanted].dropna(subset=["ccode", "elec_year", "elec_month"]).astype({"ccode": int})
        parts = {
            "year": found["elec_year"],
            "month": found["elec_month"],
            "day": found["elec_day"].fillna(15),
        }
        found = found.assign(day=pd.to_datetime(pd.DataFrame(parts))).sort_values(["ccode", "day"])
        apart = ~(found.groupby("ccode")["day"].diff() <= pd.Timedelta(days=60))
        return int((apart & world.inside(found["ccode"], found["day"], VOTES_TO)).sum()), country_days(
            world, VOTES_TO
        )

    return count


def cline(world: World) -> pd.DataFrame:
    events = table("data", "cline_coups", "Coup_data_2.1.2.csv")
    at = [
        (c, y) in world.autocratic and FIRST <= y <= CLINE_TO
        for c, y in zip(events["cowcode"], events["year"], strict=True)
    ]
    return events[at]


def conspiracies(world: World) -> Count:
    return int((cline(world)["event_type"] == "conspiracy").sum()), country_days(world, CLINE_TO)


def flights(world: World) -> Count:
    """Fallen leaders who fled before rebels or a crowd; two rows of one country and month are one."""
    events = cline(world)
    made = (
        (events["fled"] == 1)
        & (events["event_type"] == "coup")
        & (events["military"] != 1)
        & (events["palace"] != 1)
    )
    return len(events[made].drop_duplicates(["cowcode", "year", "month"])), country_days(world, CLINE_TO)


def steps_down(world: World) -> Count:
    """Regular exits with no national vote in the year before."""
    spells, polls = world.panels.leaders, world.panels.elections
    left = spells[(spells["exit"] == "regular") & world.inside(spells["ccode"], spells["end"], MANNERS_TO)]
    held = {c: rows["day"] for c, rows in polls[polls["held"]].groupby("ccode")}
    none = pd.Series(dtype="datetime64[s]")
    quiet = [
        not held.get(c, none).between(end - YEAR, end).any()
        for c, end in zip(left["ccode"], left["end"], strict=True)
    ]
    return sum(quiet), world.leader_days(MANNERS_TO)


def assassinations(world: World) -> Count:
    """Svolik's dictators 1946-2008: from 1946 on, since nobody could leave the panel before."""
    spells = table("data", "authoritarianismbook", "svolik_leader.csv")
    start = pd.to_datetime(spells["startdate"]).clip(lower=pd.Timestamp("1946-01-01"))
    return int((spells["exit"] == "assassination").sum()), float(
        (pd.to_datetime(spells["enddate"]) - start).dt.days.sum()
    )


RECOUNTED: dict[tuple[str, str], Callable[[World], Count]] = {
    ("concede_price", "calm"): responses(lambda p: p["concession"] == 1, price=True, large=False),
    ("concede_price", "crisis"): responses(lambda p: p["concession"] == 1, price=True, large=True),
    ("arrest_activists", "calm"): responses(lambda p: p["arrests"] == 1, price=False, large=False),
    ("arrest_activists", "crisis"): responses(lambda p: p["arrests"] == 1, price=False, large=True),
    ("order_lethal_force", "calm"): responses(lambda p: p["fire"], price=False, large=False),
    ("order_lethal_force", "crisis"): responses(lambda p: p["fire"], price=False, large=True),
    ("clear_square", "calm"): responses(lambda p: p["dispersed"], price=False, large=False),
    ("clear_square", "crisis"): responses(lambda p: p["dispersed"], price=False, large=True),
    ("call_election", "calm"): votes(early=True),
    ("referendum", "calm"): votes(early=False),
    ("coup_attempt", "calm"): lambda w: (len(coup_attempts(w)), country_days(w, COUPS_TO)),
    ("elite_defects", "calm"): conspiracies,
    ("flight", "calm"): flights,
    ("step_down", "calm"): steps_down,
    ("assassination", "calm"): assassinations,
}


@pytest.mark.parametrize(("kind", "phase"), RECOUNTED, ids=[" ".join(key) for key in RECOUNTED])
def test_a_counted_rate_is_what_the_panel_holds(world: World, kind: str, phase: str) -> None:
    rate = getattr(BY_KIND[kind].phase_rates, phase)
    n, days = RECOUNTED[kind, phase](world)
    assert (rate.n, rate.days) == (n, pytest.approx(days))


def test_every_rate_that_is_called_counted_is_recounted_here() -> None:
    counted = {
        (act.kind, phase)
        for act in catalogue.ACTS
        for phase in catalogue.PHASES
        if not getattr(act.phase_rates, phase).assumption
    }
    crises = {(kind, "crisis") for kind in (*IN_CRISES, *OVER_COLUMNS, *WAYS_OUT, "elite_defects")}
    assert counted == set(RECOUNTED) - {("elite_defects", "calm")} | crises


def test_share_of_coup_attempts_that_succeed(world: World) -> None:
    assert pytest.approx(coup_attempts(world)["success"].mean()) == catalogue.COUPS_REALISED


def test_long_listings_would_hold_more_than_a_third_of_the_exposure(world: World) -> None:
    large = world.protests[world.protests["size_low"] >= 1000]
    full = (large["end"] - large["start"]).dt.days + 1
    assert full.max() > 600 and full.median() == 1
    assert 0.35 < 1 - large["days"].sum() / full.sum() < 0.4


def test_protests_without_any_size_are_too_few_to_matter(world: World) -> None:
    assert world.protests["size_low"].isna().mean() < 0.001


def test_crowds_of_any_day_in_an_autocracy(world: World) -> None:
    largest: dict[tuple[int, pd.Timestamp], float] = {}
    listed = world.protests.assign(size=world.protests["size_low"].fillna(0.0).clip(lower=EDGES[0]))
    for c, start, days, size in listed[["ccode", "start", "days", "size"]].itertuples(index=False):
        for n in range(days):
            day = (c, start + pd.Timedelta(days=n))
            if day[1] < PROTESTS_END:
                largest[day] = max(size, largest.get(day, 0.0))
    over = [sum(size >= edge for size in largest.values()) for edge in EDGES]
    shares = [a - b for a, b in zip(over, [*over[1:], 0], strict=True)]
    total = protest_country_days(world)
    assert (1 - over[0] / total, *(n / total for n in shares)) == pytest.approx(CLIMATOLOGY)


# Base rates of leaders in office and of ways out ---------------------------------------------------------


@pytest.mark.parametrize("days", [180, 365])
def test_leaders_in_office_from_any_first_of_january(world: World, days: int) -> None:
    spells = world.panels.leaders
    end = spells["end"].fillna(LATER)
    total = stayed = 0
    for year in range(FIRST, world.panels.last.year):  # the last whole year after a first of January is seen
        day = pd.Timestamp(year, 1, 1)
        here = spells["ccode"].isin({c for c, y in world.autocratic if y == year})
        ruling = here & (spells["start"] <= day) & (end > day)
        total += int(ruling.sum())
        stayed += int((ruling & (end > day + pd.Timedelta(days=days))).sum())
    assert (stayed, total) == (dict(br.IN_OFFICE[0].counted)[days], br.IN_OFFICE[0].total)


@pytest.mark.parametrize("days", [180, 365])
def test_leaders_in_office_after_the_first_large_protest_of_a_year(world: World, days: int) -> None:
    large = world.protests[world.protests["size_low"] >= 10_000]
    first = large.groupby([large["ccode"], large["start"].dt.year])["start"].min()
    spells = world.panels.leaders
    total = stayed = 0
    for (ccode, _), day in first.items():
        ends = spells["end"].fillna(LATER)[(spells["ccode"] == ccode) & (spells["start"] < day)]
        if (ends >= day).any():
            total += 1
            stayed += bool(ends.max() > day + pd.Timedelta(days=days))
    assert (stayed, total) == (dict(br.IN_OFFICE[1].counted)[days], br.IN_OFFICE[1].total)


MANNERS = {
    "coup": "Removed by Military|Removed by Other Government Actors|Removed in Military Power Struggle",
    "revolt": "Popular Protest",
    "war": "Removed by Rebels|Foreign",
    "death": "Natural Death|Retired Due to Ill Health|Suicide|Assassination",
    "rule": "Regular$",
}


def test_ways_in_which_leaders_left(world: World) -> None:
    spells = table("data", "peacesciencer", "archigos.csv")
    end = pd.to_datetime(spells["enddate"], errors="coerce")
    ccode = cow(spells["gwcode"].astype(float), end.dt.year, "gw")
    told = spells["exit"].where(spells["exit"] != "Irregular", spells["exitcode"])
    left = told[world.inside(ccode, end, MANNERS_TO)]
    counted = {way: int(left.str.match(pattern).sum()) for way, pattern in MANNERS.items()}
    assert counted == {way.name: way.n for way in br.WAYS_OUT}
    assert {way.outcome for way in br.WAYS_OUT} <= set(OUTCOMES)


# Counts in the leadership crises -------------------------------------------------------------------------


def test_outcomes_of_the_crises(crises: pd.DataFrame) -> None:
    counted = (
        dict.fromkeys(OUTCOMES, 0) | crises["outcome_class"].map(br.CRISIS_CLASSES).value_counts().to_dict()
    )
    assert counted == br.CRISIS_OUTCOMES


@pytest.mark.parametrize("days", [180, 365])
def test_leaders_in_office_after_a_crisis_began(crises: pd.DataFrame, days: int) -> None:
    stays = (crises["outcome_class"] == "repression_survival") & ~crises["outcome_secondary"].str.contains(
        "managed_succession"
    )
    kept = int((stays | (crises["days_start_to_outcome"] > days)).sum())
    assert (kept, len(crises)) == (dict(br.IN_OFFICE[2].counted)[days], br.IN_OFFICE[2].total)


def test_exposure_of_the_crises(crises: pd.DataFrame) -> None:
    assert crises["days_start_to_outcome"].sum() == catalogue.CRISIS_DAYS
    defected = pd.to_datetime(crises["elite_defection_date"].replace("", None))
    until = (defected - pd.to_datetime(crises["start_date"])).dt.days.fillna(10_000)
    exposure = until.clip(upper=crises["days_start_to_outcome"]).sum()
    rate = BY_KIND["elite_defects"].phase_rates.crisis
    assert (rate.n, rate.days) == (defected.notna().sum(), exposure)


IN_CRISES = {  # kind: (column, pattern); a crisis that begins with its outcome has no exposure and is left out
    "dismiss_cabinet": ("concessions", r"cabinet (?:out|sacked|and)|government dissolved"),
    "promise_reform": (
        "concessions",
        r"reform|constitution restored|no re-election|no further term|law on assemblies|travel law",
    ),
    "call_election": ("concessions", r"rerun|election April|February election"),
    "dismiss_security_chief": ("concessions", r"interior minister"),
    "shutdown": ("shutdown", r"^(?:full|partial|local|throttling)"),
    "patron_supports": ("external_support", r"^for_incumbent$"),
    "foreign_supports": ("external_support", r"^for_incumbent$"),
    "foreign_mediation": ("external_support", r"^mediation$"),
    "stand_down": ("security_forces", r"stood_down|withdrew|collapsed"),
}

OVER_COLUMNS: dict[str, dict[str, str]] = {  # kind: {column: pattern}; any of them
    "army_refuses": {
        "security_forces": "army_refused|army_neutral|split",
        "elite_defection_note": "commander refuses",
    },
    "foreign_condemns": {
        "external_support": "^(?:pressure_on|against)_incumbent$",
        "external_note": "condemns|criticise",
    },
    "assassination": {"outcome_class": "assassinat"},
}


@pytest.mark.parametrize("kind", [*IN_CRISES, *OVER_COLUMNS])
def test_counts_in_the_crises(crises: pd.DataFrame, kind: str) -> None:
    rate = BY_KIND[kind].phase_rates.crisis
    columns = OVER_COLUMNS.get(kind) or dict([IN_CRISES[kind]])
    lasting = crises if kind in OVER_COLUMNS else crises[crises["days_start_to_outcome"] > 0]
    said = [lasting[c].map(lambda text, p=p: bool(re.search(p, str(text)))) for c, p in columns.items()]
    assert rate.n == pd.concat(said, axis=1).any(axis=1).sum()
    assert rate.days == catalogue.CRISIS_DAYS


ORGAN = r"army|military|officers|police|troops|command|Guard|\bGen\."
"""Who broke first is told in the first clause of the note."""
BREAKS = ("refused", "defected", "none")


@pytest.fixture(scope="module")
def broken(crises: pd.DataFrame) -> pd.DataFrame:
    """Crises with `days` after the first break that came before the outcome, at most BREAK_DAYS; whose `first` break it was;
    and what the outcome `follows`: that, or no break in the BREAK_DAYS before."""
    lasted = crises["days_start_to_outcome"]
    first = pd.to_datetime(crises["elite_defection_date"].replace("", None))
    after = lasted - (first - pd.to_datetime(crises["start_date"])).dt.days
    by_organ = crises["elite_defection_note"].str.split(";").str[0].str.contains(ORGAN)
    who = by_organ.map({True: "refused", False: "defected"}).where(after > 0, "none")
    days = after.where(after > 0, 0).clip(upper=catalogue.BREAK_DAYS)
    return crises.assign(days=days, first=who, follows=who.where(after <= catalogue.BREAK_DAYS, "none"))


def test_days_after_a_first_break_in_the_crises(broken: pd.DataFrame) -> None:
    days = broken.groupby("first")["days"].sum()
    assert days["refused"] == catalogue.REFUSED_DAYS and days["defected"] == catalogue.DEFECTED_DAYS
    assert broken["days_start_to_outcome"].sum() - days.sum() == catalogue.UNBROKEN_DAYS
    assert broken["first"].value_counts()[["refused", "defected"]].tolist() == [7, 6]


def test_exits_are_more_frequent_after_a_break_by_the_counted_ratio(broken: pd.DataFrame) -> None:
    gone = broken[
        broken["outcome_class"].isin(["uprising_fall", "coup_fall", "negotiated_exit"])
        & (broken["days_start_to_outcome"] > 0)
    ]
    n = gone["follows"].value_counts()
    base = (n["none"] + 0.5) / catalogue.UNBROKEN_DAYS
    for kind in WAYS_OUT:
        slopes = {name: s for name, s in BY_KIND[kind].covariates if isinstance(s, catalogue.Slope)}
        for name, days in (("refused", catalogue.REFUSED_DAYS), ("defected", catalogue.DEFECTED_DAYS)):
            assert not slopes[name].assumption
            assert math.exp(slopes[name].mean) == pytest.approx((n[name] + 0.5) / days / base)
            counts = math.sqrt(1 / (n[name] + 0.5) + 1 / (n["none"] + 0.5))
            assert slopes[name].sd > 1.5 * counts, "breaks were dated by those who knew the end"
    assert n[["refused", "defected", "none"]].tolist() == [5, 3, 6]


def fled(crises: pd.DataFrame) -> pd.Series:
    """Uprisings whose leader fled by the Cline Center, within a day of the outcome."""
    events = table("data", "cline_coups", "Coup_data_2.1.2.csv")
    gone = events[(events["fled"] == 1) & (events["month"] > 0) & (events["day"] > 0)]
    days = set(zip(gone["country"], pd.to_datetime(gone[["year", "month", "day"]]), strict=True))
    dates = zip(crises["country"], pd.to_datetime(crises["outcome_date"]), strict=True)
    near = [any((c, day + pd.Timedelta(days=n)) in days for n in (-1, 0, 1)) for c, day in dates]
    return pd.Series(near, crises.index) & (crises["outcome_class"] == "uprising_fall")


def seized(crises: pd.DataFrame) -> pd.Series:
    return crises["security_forces"].str.contains("seized_power") & (crises["days_start_to_outcome"] > 0)


def negotiated(crises: pd.DataFrame) -> pd.Series:
    return (crises["outcome_class"] + crises["outcome_secondary"]).str.contains("negotiated_exit")


WAYS_OUT: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "flight": fled,
    "coup_attempt": seized,
    "step_down": negotiated,
}


@pytest.mark.parametrize("kind", WAYS_OUT)
def test_ways_out_of_office_without_a_break(broken: pd.DataFrame, kind: str) -> None:
    rate = BY_KIND[kind].phase_rates.crisis
    way = broken[WAYS_OUT[kind](broken)]
    assert (rate.n, rate.days) == ((way["follows"] == "none").sum(), catalogue.UNBROKEN_DAYS)
    assert 2 <= (way["follows"] != "none").sum() <= 4, (
        "the eight exits after a break divide among the ways as the others do"
    )


@pytest.mark.parametrize(("size", "days"), [(10_000, 3.5), (100_000, 4.9)])
def test_a_reported_crowd_lasts_as_long_as_protests_do(world: World, size: float, days: float) -> None:
    """Days with a crowd of 1,000 among the 14 after a day with a crowd of this order of size."""
    largest: dict[tuple[int, pd.Timestamp], float] = {}
    rows = world.protests[world.protests["size_low"] >= 1000]
    for c, start, length, n in rows[["ccode", "start", "days", "size_low"]].itertuples(index=False):
        for k in range(length):
            day = (c, start + pd.Timedelta(days=k))
            largest[day] = max(n, largest.get(day, 0.0))
    of_size = [day for day, n in largest.items() if size <= n < 10 * size or n >= size == 100_000]
    later = [sum((c, d + pd.Timedelta(days=k)) in largest for k in range(1, 15)) for c, d in of_size]
    assert sum(later) / len(later) == pytest.approx(days, abs=0.06)
    phase = 1.0 + catalogue.REPORT_DAYS * math.log(size / 1000.0)
    assert phase == pytest.approx(days, abs=0.8)
