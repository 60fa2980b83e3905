"""Crowds: what the title says follows the median, and a report is a mark only where the ledger has one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.inference.terms import KINDS
from interrex.inference.terms import crowd as terms_of_crowds
from interrex.report.blocks import Figure
from interrex.report.focus import crowd_days
from interrex.report.read import Results
from interrex.topics.crowd import answer as answer_of
from interrex.topics.crowd import section
from interrex.topics.crowd.section import SECTION


def figures(**change: float) -> list[Figure]:
    groups = stored_run.datasets(stored_run.tree())
    for name, factor in change.items():
        groups["crowd"][name] = groups["crowd"][name] * factor
    results = Results(xr.DataTree.from_dict({f"/{name}": data for name, data in groups.items()}))
    return [b for b in SECTION.fill(results, {}) if isinstance(b, Figure)]


def title(found: list[Figure], words: str) -> str:
    return next(f.title for f in found if words in f.title)


def test_the_title_gives_the_peak_of_the_median_and_its_size() -> None:
    before = title(figures(), "Crowds by region")
    after = title(figures(nation_present_post=3.0, nation_taking_part_post=3.0), "Crowds by region")
    sizes = [int(re.search(r"about ([\d,]+) people", t).group(1).replace(",", "")) for t in (before, after)]  # type: ignore[union-attr]
    assert 2.5 < sizes[1] / sizes[0] < 3.5


def test_a_country_in_which_nobody_is_out_has_no_peak() -> None:
    assert "on no day does the model's median reach 100 people" in title(
        figures(nation_present_post=0.0), "Crowds by region"
    )


def test_the_toll_follows_detained_and_dead() -> None:
    assert "about 0 detained" in title(figures(arrests_post=0.0), "detained")
    before, after = (title(figures(deaths_post=k), "detained") for k in (1.0, 7.0))
    assert before != after


def test_the_largest_region_is_the_one_named() -> None:
    groups = stored_run.datasets(stored_run.tree())
    regions = groups["crowd"]["region"].values.tolist()
    names = dict(zip(regions, groups["crowd"]["region_name"].values.tolist(), strict=True))
    for k, region in enumerate(regions):
        present = np.zeros_like(groups["crowd"]["present_post"].values)
        present[:, :, k] = 9e5
        changed = groups | {
            "crowd": groups["crowd"].assign(present_post=(("quantile", "day", "region"), present))
        }
        results = Results(xr.DataTree.from_dict({f"/{name}": data for name, data in changed.items()}))
        told = next(
            b.title
            for b in SECTION.fill(results, {})
            if isinstance(b, Figure) and "Crowds by region" in b.title
        )
        assert f": {names[region]} largest" in told


def test_days_are_shown_from_before_the_first_crowd_or_report_to_after_the_last() -> None:
    totals = np.zeros(40)
    assert section._shown(totals, slice(5, 20), []) == slice(5, 20)
    assert section._shown(totals, slice(5, 20), [3, 20, 30]) == slice(5, 20)
    totals[[8, 15]] = 100.0
    assert section._shown(totals, slice(5, 20), []) == slice(7, 18)
    assert section._shown(totals, slice(5, 20), [6]) == slice(5, 18)
    assert section._shown(totals, slice(5, 17), [5]) == slice(5, 17)
    totals[15] = 99.0
    assert section._shown(totals, slice(5, 20), []) == slice(7, 14)  # never fewer than a week


def table(**columns: list) -> xr.Dataset:
    made = {}
    for name, values in columns.items():
        kind = object if values and isinstance(values[0], str) else float
        made[name] = ("row", np.array(values, dtype=kind))
    return xr.Dataset(made)


DAYS = [date(2030, 4, n) for n in range(1, 11)]
META = xr.Dataset(attrs={"window_start": "2030-04-01", "window_end": "2030-04-10"})


def test_reports_outside_the_days_are_no_marks_and_a_range_alone_stands_at_its_middle() -> None:
    crowd = table(
        report_region=["a", "nation", "a", "a", "b"],
        report_day=["2030-04-01", "2030-04-10", "2030-03-31", "2030-04-11", "2030-04-05"],
        report_value=[200.0, 900.0, 1.0, 1.0, np.nan],
        report_low=[100.0, 900.0, 1.0, 1.0, 100.0],
        report_high=[300.0, 900.0, 1.0, 1.0, 400.0],
        report_use=["fit", "check", "fit", "fit", "fit"],
        report_label=["one", "two", "three", "four", "five"],
    )
    claims = table(text=["one", "two"], measure=["taking_part", "present"])
    results = Results(xr.DataTree.from_dict({"/meta": META, "/crowd": crowd, "/timeline": claims}))
    assert section._reports(results, results.group("crowd"), DAYS) == [
        ("a", 200.0, 100.0, 300.0, "fit", 0, True),
        ("nation", 900.0, 900.0, 900.0, "check", 9, False),
        ("b", 200.0, 100.0, 400.0, "fit", 4, False),
    ]


def test_totals_given_out_are_national_cumulative_used_and_inside() -> None:
    good = {
        "kind": "deaths",
        "day": 3.5,
        "value": 12.0,
        "measure": "cumulative",
        "use": "fit",
        "place": "nation",
    }
    rows = [
        good,
        good | {"kind": "arrests", "measure": "brought_in", "use": "check", "place": "", "day": 9.0},
        *(good | change for change in (
            {"kind": "crowd"}, {"measure": "increment"}, {"use": "context"}, {"place": "capital"}, {"day": -1.0},
            {"day": 10.0}, {"day": np.nan}, {"value": np.nan},
        )),
    ]  # fmt: skip
    claims = table(**{name: [row[name] for row in rows] for name in good})
    results = Results(xr.DataTree.from_dict({"/meta": META, "/timeline": claims}))
    assert section._given_out(results, DAYS) == [
        ("deaths", 3, 12.0, "fit", False),
        ("arrests", 8 + 1, 12.0, "check", True),
    ]
    assert section._given_out(Results(xr.DataTree.from_dict({"/meta": META})), DAYS) == []


def test_the_toll_stands_beside_the_last_total_given_out() -> None:
    def toll(*days: float, measure: str = "cumulative") -> str:
        groups = stored_run.datasets(stored_run.tree())
        n = len(days)
        groups["timeline"] = table(
            kind=["deaths"] * n, day=list(days), value=[10.0 * (k + 1) for k in range(n)], measure=[measure] * n,
            use=["fit"] * n, place=["nation"] * n, text=["t"] * n,
        )  # fmt: skip
        results = Results(xr.DataTree.from_dict({f"/{k}": d for k, d in groups.items()}))
        days_all = crowd_days(results)
        part = slice(0, len(days_all))
        return section._tolls(results, results.group("crowd"), days_all, part).title

    assert toll(3.0, 5.0).endswith("dead (20 given out)") and toll(5.0, 3.0).endswith("dead (10 given out)")
    assert toll(3.0).count("given out") == 1 and "given out" not in toll(3.0, measure="brought_in")


def test_an_interval_is_wide_where_it_reaches_a_hundred_and_spans_a_factor_of_ten() -> None:
    present = np.zeros((5, 1, 4))
    present[0, 0], present[4, 0] = (10.0, 11.0, 0.0, 5.0), (101.0, 105.0, 100.0, 99.0)
    crowd = xr.Dataset({"present_post": (("quantile", "day", "region"), present)})
    tree = {"/meta": META, "/crowd": crowd}
    results = Results(xr.DataTree.from_dict(tree))
    results = SimpleNamespace(intervals_withheld=False, group=results.group)
    assert section._wide(results, results.group("crowd"), (1, 4)).tolist() == [[True, False, True, False]]  # type: ignore[arg-type]
    results.intervals_withheld = True
    assert not section._wide(results, results.group("crowd"), (1, 4)).any()  # type: ignore[arg-type]


def test_the_country_under_the_maps_runs_from_a_week_before_to_a_week_after() -> None:
    days = [date(2030, 3, 1) + timedelta(days=n) for n in range(60)]
    nation = np.tile(np.arange(60.0), (5, 1)) + np.arange(5.0)[:, None]
    line = section._nation_line(nation, days, [20, 30])
    assert line.median[0] == 13 + 2 and line.median[-1] == 37 + 2 and line.low[0] == 13 and line.high[0] == 17
    assert line.mapped == [7, 17] and list(line.labels.items())[:2] == [(0, "14 Mar"), (2, "16 Mar")]
    assert section._nation_line(nation, days, [2, 58]).median.size == 60


def test_a_report_of_the_model_keeps_its_claim_day_use_and_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_of, "region_of", lambda _, place: None if place == "nation" else place)
    kind = KINDS.index(next(iter(terms_of_crowds.CROWD.kinds)))

    def claim(
        name: str, value: float | None, low: float | None, high: float | None, place: str
    ) -> SimpleNamespace:
        return SimpleNamespace(id=name, value=value, low=low, high=high, place=place)

    claims = (
        claim("a", 500.0, 400.0, 700.0, "c"),
        claim("b", None, 100.0, 400.0, "nation"),
        claim("d", 9.0, None, None, "c"),
    )
    cut = SimpleNamespace(claims=claims, regions=(SimpleNamespace(region="c"),), units=())
    terms = SimpleNamespace(
        kind=np.full(4, kind), low=np.array([400.0, 100.0, 9.0, 0.0]), high=np.array([700.0, 400.0, 9.0, 0.0]),
        first=np.array([0, 250, 9999, 0]),
    )  # fmt: skip
    obs = SimpleNamespace(
        terms=terms, term_labels=["A", "B", "D", "none"], term_claims=[("a",), ("b",), ("d",), ()], term_use=[True, False, True, True]
    )  # fmt: skip
    rows = answer_of.reports(cut, obs, ["one", "two", "three"], 144, {"a": 0.25})  # type: ignore[arg-type]
    table = [
        tuple(row[f"report_{k}"] for k in ("region", "day", "use", "label", "value", "low", "high"))
        for row in rows
    ]
    assert table == [
        ("c", "one", "fit", "A", 500.0, 400.0, 700.0),
        ("nation", "two", "check", "B", 200.0, 100.0, 400.0),
        ("c", "three", "fit", "D", 9.0, 9.0, 9.0),
    ]
    assert rows[0]["report_p"] == 0.25 and np.isnan(rows[1]["report_p"])
