"""Base rates beside forecasts: Jeffreys intervals, and counts recounted from the panels."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from interrex.futures import base_rates as br

SHARED = Path(__file__).parents[2].parent / "shared"


def rows(*parts: str) -> list[dict[str, str]]:
    path = SHARED.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def crises() -> list[dict[str, str]]:
    return [r for r in rows("cases", "crises.csv") if r["role"] != "focal"]


def test_jeffreys_of_none_in_26() -> None:
    mean, low, high = br.jeffreys(0, 26)
    assert mean == pytest.approx(0.5 / 27)
    assert 0 < low < mean < high < 0.1
    assert br.jeffreys(br.FOREIGN_RESCUE.n, br.FOREIGN_RESCUE.total) == (mean, low, high)


def test_jeffreys_interval_holds_the_level_it_names() -> None:
    from scipy.stats import beta

    for n, total in ((0, 3), (7, 26), (26, 26), (4681, 4938)):
        _, low, high = br.jeffreys(n, total, level=0.8)
        law = beta(n + 0.5, total - n + 0.5)
        assert law.cdf(high) - law.cdf(low) == pytest.approx(0.8)
        assert law.cdf(low) == pytest.approx(0.1)


@pytest.mark.parametrize(("n", "total", "level"), [(-1, 5, 0.9), (6, 5, 0.9), (1, 5, 1.0)])
def test_jeffreys_refuses_what_is_no_share(n: float, total: float, level: float) -> None:
    with pytest.raises(ValueError):
        br.jeffreys(n, total, level)


def test_every_outcome_has_a_base_rate_and_they_fill_the_class() -> None:
    assert list(br.OUTCOME_RATES) == list(br.OUTCOMES)
    assert sum(rate.n for rate in br.OUTCOME_RATES.values()) == 26
    assert set(br.CRISIS_CLASSES.values()) <= set(br.OUTCOMES)


def test_horizons_are_fixed_beforehand() -> None:
    for days in (180, 365):
        names = [rate.name for rate in br.in_office(days)]
        assert names == ["any_day", "large_protest", "crisis"]
        low, high = br.in_office_range(days)
        assert 0 < low < high < 1
    with pytest.raises(ValueError, match="180 and 365"):
        br.in_office(90)


def test_fewer_leaders_are_in_office_later_and_after_more_trouble() -> None:
    for soon, late in br.IN_OFFICE:
        assert late.n <= soon.n and late.total == soon.total
    for days in (180, 365):
        shares = [rate.n / rate.total for rate in br.in_office(days)]
        assert shares == sorted(shares, reverse=True)


def test_annual_hazards_are_those_of_the_table() -> None:
    rates = {h.name: round(h.rate, 4) for h in (*br.EXIT_HAZARDS, br.REGIME_FAILURE)}
    assert rates["coup"] == 0.0386 and rates["revolt"] == 0.0057
    assert rates["natural_death"] == 0.0164 and rates["assassination"] == 0.0034
    assert rates["regime_failure"] == 0.0548
    assert br.EXIT_HAZARDS[0].probability(365.25) == pytest.approx(1 - 2.718281828 ** -(202 / 5234))


def test_outcome_classes_recounted(crises: list[dict[str, str]]) -> None:
    counted = dict.fromkeys(br.OUTCOMES, 0)
    for r in crises:
        counted[br.CRISIS_CLASSES[r["outcome_class"]]] += 1
    assert counted == {name: rate.n for name, rate in br.OUTCOME_RATES.items()}


@pytest.mark.parametrize("days", [180, 365])
def test_crises_in_office_recounted(crises: list[dict[str, str]], days: int) -> None:
    def stays(r: dict[str, str]) -> bool:
        left = r["outcome_class"] != "repression_survival" or "managed_succession" in r["outcome_secondary"]
        return not left or int(r["days_start_to_outcome"]) > days

    rate = br.in_office(days)[2]
    assert (sum(map(stays, crises)), len(crises)) == (rate.n, rate.total)


@pytest.mark.parametrize("days", [180, 365])
def test_any_day_recounted(days: int) -> None:
    spells = [
        (dt.date.fromisoformat(r["startdate"]), dt.date.fromisoformat(r["enddate"]))
        for r in rows("data", "authoritarianismbook", "svolik_leader.csv")
    ]
    total = stayed = 0
    for year in range(1946, 2008):  # the spells are seen to the end of 2008
        day = dt.date(year, 1, 1)
        ends = [end for start, end in spells if start <= day < end]
        total += len(ends)
        stayed += sum(end > day + dt.timedelta(days) for end in ends)
    rate = br.in_office(days)[0]
    assert (stayed, total) == (rate.n, rate.total)


@pytest.mark.parametrize("days", [180, 365])
def test_large_protests_recounted(days: int) -> None:
    years = {
        (int(float(r["gwf_cowcode"])), int(float(r["year"])))
        for r in rows("data", "democracydata", "gwf_autocratic.csv")
    }
    first: dict[tuple[int, int], dt.date] = {}
    for r in rows("data", "mass_mobilization", "mm_master.csv"):
        key = (int(r["ccode"]), int(r["year"]))
        if r["protest"] == "1" and r["participants_category"] == ">10000" and key in years:
            day = dt.date.fromisoformat(r["start_date"])
            first[key] = min(day, first.get(key, day))
    leaders = [
        (int(float(r["gwcode"])), dt.date.fromisoformat(r["startdate"]), dt.date.fromisoformat(r["enddate"]))
        for r in rows("data", "peacesciencer", "archigos.csv")
    ]
    stayed = 0
    for (state, _), day in first.items():
        (end,) = [end for code, start, end in leaders if code == state and start < day <= end]
        stayed += end > day + dt.timedelta(days)
    rate = br.in_office(days)[1]
    assert (stayed, len(first)) == (rate.n, rate.total)
