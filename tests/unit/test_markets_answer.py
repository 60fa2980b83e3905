"""The group /markets of the flagship case with a made-up risk: statements, parts, and what the report shows of it."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from fixtures.daily_risk import rising
from interrex.case import load_case
from interrex.futures.daily_risk import ladder
from interrex.report import build
from interrex.results.schema import problems
from interrex.topics import groups
from interrex.topics.markets import answer as markets
from interrex.topics.markets import section
from interrex.workbench import sections

UP = [0.01, 0.01, 0.01, 0.01, 0.01, 0.05, 0.03, 0.02, 0.01, 0.006, float("nan"), 0.005, 0.005, 0.005, 0.005]
NOTHING = SimpleNamespace(term_claims=(), events=())


@pytest.fixture(scope="module")
def case():
    return load_case("kazakhstan-2022")


@pytest.fixture(scope="module")
def group(case):
    return markets.dataset(case.as_of("2022-02-28"), rising(date(2021, 12, 31), UP), NOTHING, seed=1)


def page(group, passed=True) -> str:
    diagnostics = xr.Dataset(
        {k: ("diagnostic", np.array([v], dtype=t)) for k, v, t in (
            ("name", "n", object), ("text", "t", object), ("value", 1.0, float), ("threshold", 1.0, float), ("passed", 1.0, float),
        )}, attrs={"passed": int(passed), "reason": ""},
    )  # fmt: skip
    meta = xr.Dataset(
        attrs={"case": "k", "title": "k", "window_start": "2021-12-20", "window_end": "2022-02-28"}
    )
    tree = xr.DataTree.from_dict({"/meta": meta, "/diagnostics": diagnostics, "/markets": group})
    html = build(tree, {"command": "c"}, sections()).decode()
    start = html.index('id="markets"')
    return " ".join(re.sub(r"<[^>]+>", " ", html[start : html.index("</section>", start)]).split())


def test_the_group_follows_the_schema(group):
    assert problems(xr.DataTree.from_dict({"/markets": group}), groups()) == []


def test_statements_of_the_commentary(group):
    verdicts = list(group["sentence_verdict"].values)
    assert verdicts[0].startswith("holds on the days quoted") and verdicts[1:] == ["holds", "not verifiable"]
    assert "−2.9 %" in group["sentence_figures"].values[0] and "−3.0 %" in group["sentence_figures"].values[0]
    assert "Kaspi.kz" in group["sentence_figures"].values[0]


def test_worst_falls_and_their_products(group):
    products = dict(zip(group["product_name"].values, group["product_most"].values, strict=True))
    assert products["Kaspi.kz GDR"] == pytest.approx(0.2515)
    assert products["Kazatomprom GDR"] == pytest.approx(1 - 0.915 * 0.9325, abs=1e-6)
    assert products["KASE Index"] == pytest.approx(0.0296, abs=1e-3)
    assert not any("/" in name or name == "uranium" for name in products)


def test_parts_of_the_gap_are_intervals(group):
    rows = {
        n: (a, b)
        for n, a, b in zip(
            group["part_label"].values, group["part_least"].values, group["part_most"].values, strict=True
        )
    }
    assert rows["gap"] == pytest.approx((-0.165, -0.155), abs=0.002)
    assert rows["halt"][1] == pytest.approx(-0.012, abs=0.002)
    assert rows["composition"][0] < -0.1 < 0.0 < rows["composition"][1]


def test_no_r2_no_placebo_and_impossible_losses_are_said(group):
    assert np.isnan(group["exposure_r2"].values).all() and np.isnan(group["exposure_placebo"].values).all()
    assert all("no R²" in why for why in group["exposure_why"].values)
    at = list(group["exposure_name"].values).index("Kaspi.kz GDR")
    assert group["exposure_loss_least"].values[at] > 1.0


def test_the_verdict_on_one_process(group):
    assert "does not explain" in group.attrs["said_risk"] or "ask for" in group.attrs["said_risk"]
    assert "can no longer account for its change" in group.attrs["said_process"]
    assert "do not come out of one passing risk" in group.attrs["said_process"]
    assert float(group["loss_needed_least"]) == np.inf


def test_a_risk_that_stays_could_explain_the_index(case):
    stays = rising(date(2021, 12, 31), [0.01] * 5 + [0.2] * 10)
    found = markets.dataset(case.as_of("2022-02-28"), stays, NOTHING, seed=1)
    assert 0.1 < float(found["loss_needed_least"]) < float(found["loss_needed_most"]) < 0.2
    assert "would make the index change as it did" in found.attrs["said_process"]


def test_report_section(group):
    text = page(group)
    assert "The index was no gauge of the crisis" in text and "more than there is: impossible" in text
    assert "no number: a made-up reason" in text and "0.5 to 2.0 %" in text


def test_no_sampler_interval_leaves_the_section_when_withheld(case):
    found = markets.dataset(
        case.as_of("2022-02-28"), rising(date(2021, 12, 31), UP), NOTHING, 1, intervals=False
    )
    text = page(found, passed=False)
    assert "0.5 to 2.0 %" not in text and "base rates at the top" not in text
    assert "−25.2 to −24.1 %" in text  # what a source printed is no interval of ours


@pytest.mark.parametrize("day", ["2021-12-25", "2022-01-04", "2022-01-05", "2022-01-07", "2022-01-14"])
def test_every_as_of_day_gives_a_section_or_a_sentence(case, day):
    cut = case.as_of(day)
    found = markets.dataset(cut, None, NOTHING, 1, "made up")
    if not found.variables:
        assert found.attrs["absent_because"]
        return
    assert problems(xr.DataTree.from_dict({"/markets": found}), groups()) == []
    assert all(d <= day for d in found["quote_day"].values)
    assert page(found)


def test_days_to_look_at(case):
    cut = case.as_of("2022-02-28")
    every, few = ladder(cut, sparse=False), ladder(cut, sparse=True)
    assert every[0] == date(2021, 12, 28) and len(every) == 19 and set(few) < set(every)
    assert ladder(load_case("belarus-2020").as_of("2020-08-20"), sparse=False) == []


def test_the_title_across_the_halt_says_whether_the_home_market_was_open_on_the_worst_day():
    worst, other = date(2030, 3, 5), date(2030, 3, 8)
    assert (
        section._worst("A", 25.0, worst, [worst])
        == "A was 25 % down at its worst, on 5 Mar; the home market was shut that day"
    )
    assert "was open that day and shut on 1 other day" in section._worst("A", 25.0, worst, [other])
    assert "market" not in section._worst("A", 25.0, worst, [])
    assert section._worst("A", 0.2, worst, [worst]).startswith("No instrument was quoted")


def test_an_index_that_rose_is_not_called_down():
    assert markets.down_text(-0.019) == "1.9 % down" and markets.down_text(0.02) == "2.0 % up"
