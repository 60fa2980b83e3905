"""Crowds: what the title says follows the median, and a report is a mark only where the ledger has one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest
import xarray as xr
from markupsafe import Markup
from matplotlib.axes import Axes

from fixtures import stored_run, telling
from interrex.inference.terms import KINDS
from interrex.inference.terms import crowd as terms_of_crowds
from interrex.report.blocks import Figure
from interrex.report.figures import CHECK, INK, MODEL
from interrex.report.focus import crowd_days
from interrex.report.map import DayMap
from interrex.report.read import Results
from interrex.topics.crowd import answer as answer_of
from interrex.topics.crowd import section
from interrex.topics.crowd.section import SECTION


def figures(**factors: float) -> list[Figure]:
    change = {f"crowd__{name}": lambda v, k=factor: v * k for name, factor in factors.items()}
    return [b for b in SECTION.fill(stored_run.valued(**change), {}) if isinstance(b, Figure)]


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
    stored = stored_run.tree()["crowd"]
    for k, name in enumerate(stored["region_name"].values):
        present = 9e5 * (np.arange(stored.sizes["region"]) == k)
        found = [b for b in SECTION.fill(stored_run.valued(crowd__present_post=present), {}) if isinstance(b, Figure)]
        assert f": {name} largest" in title(found, "Crowds by region")


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


def test_reports_outside_the_days_are_no_marks() -> None:
    crowd = table(
        report_region=["a", "nation", "a", "a"],
        report_day=["2030-04-01", "2030-04-10", "2030-03-31", "2030-04-11"],
        report_value=[200.0, 900.0, 1.0, 1.0],
        report_low=[100.0, 900.0, 1.0, 1.0],
        report_high=[300.0, 900.0, 1.0, 1.0],
        report_use=["fit", "check", "fit", "fit"],
        report_label=["one", "two", "three", "four"],
    )
    claims = table(text=["one", "two"], measure=["taking_part", "present"])
    results = Results(xr.DataTree.from_dict({"/meta": META, "/crowd": crowd, "/timeline": claims}))
    assert section._reports(results, results.group("crowd"), DAYS) == [
        ("a", 200.0, 100.0, 300.0, "fit", 0, True),
        ("nation", 900.0, 900.0, 900.0, "check", 9, False),
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


STORED = stored_run.tree()["crowd"]
NAMES, REGIONS = STORED["region_name"].values.tolist(), STORED["region"].values.tolist()
ALL = crowd_days(stored_run.valued())


def mapped(passed: bool = True, **changes: Any) -> tuple[Figure, list[DayMap]]:
    """The maps of the stored run with other values: the figure, and what is drawn by day."""
    with mock.patch.object(section, "day_maps", return_value=Markup("")) as drawn:
        found = SECTION.fill(stored_run.valued(passed, **changes), {})
    return next(b for b in found if isinstance(b, Figure)), drawn.call_args.args[2]


def test_a_map_shows_the_persons_of_its_day_by_region_and_city() -> None:
    persons, nation, present = np.zeros((41, 3)), np.zeros((5, 41)), np.zeros((5, 41, 3))
    persons[10], persons[30] = (99.0, 350.0, 120.0), (5000.0, 99.0, 0.0)
    nation[2, [10, 30]] = 450.0, 5100.0
    present[4, 10], present[0, 10] = 1100.0, (100.0, 110.0, 0.0)
    units = np.zeros_like(stored_run.tree()["map"]["unit_present"].values)
    city = int(np.flatnonzero(stored_run.tree()["map"]["unit_city"].values)[0])
    units[2, 30, city] = 4000.0
    world = {"map__median_present": persons, "map__unit_present": units, "crowd__nation_present_post": nation}
    found, maps = mapped(**world, crowd__present_post=present)
    first, last = (next(m for m in maps if m.heading == day) for day in ("Mon 11 Mar", "Sun 31 Mar"))
    assert first.crowd == dict(zip(REGIONS, persons[10].tolist(), strict=True))
    assert (first.total, first.most) == ("450", f"most: {NAMES[1]}, 350") and not first.cities
    assert first.wide == {REGIONS[0], REGIONS[2]} and not last.wide
    assert last.most == f"most: {NAMES[0]}, 5,000" and [m.most for m in maps].count("") == len(maps) - 2 == 10
    ((x, y, people),) = last.cities
    at = stored_run.tree()["map"]
    assert (x, y, people) == (at["unit_x"].values[city], at["unit_y"].values[city], 4000.0)
    assert found.title == f"From {NAMES[1]} on 11 Mar to 2 regions with 300 people or more; largest in {NAMES[0]}"
    assert f"; Sun 31 Mar: 5,100 in the country, most: {NAMES[0]}, 5,000;" in found.alt
    assert "little (2 of 36 fields; 1 of them lie under 100 in the median)" in found.caption
    assert "persons: 1:100." in found.caption and "(median and central 90 %)" in found.caption
    assert "On none of them does" in mapped(**world, crowd__present_post=0.0)[0].caption
    sketch = mapped(False, **world)[0].caption
    assert "Intervals are withheld" in sketch and "(median);" in sketch


def test_the_title_of_the_maps_looks_at_every_day_and_not_only_at_those_drawn() -> None:
    """Fifteen days have larger crowds than the first on which a region had three hundred."""
    persons, nation = np.zeros((41, 3)), np.zeros((5, 41))
    persons[8, 1], persons[20:35, 1] = 300.0, 900.0
    nation[2, 8], nation[2, 20:35] = 400.0, 1000.0
    world = {"map__median_present": persons, "crowd__nation_present_post": nation}
    found, maps = mapped(**world)
    assert "Sat 9 Mar" not in [m.heading for m in maps]
    assert found.title == f"300 people or more in {NAMES[1]} alone, first on 9 Mar"
    few = mapped(**world | {"map__median_present": np.minimum(persons, 299.0)})[0]
    assert few.title == "Where people were in the street, day by day"


def test_days_mapped_are_those_with_most_people_then_those_nearest_to_the_peak() -> None:
    totals = np.zeros(40)
    totals[[3, 20, 21]] = 100.0, 900.0, 500.0
    assert section._key_days(totals) == [3, *range(15, 26)]
    totals[3] = 99.0
    assert section._key_days(totals) == list(range(14, 26))
    assert section._key_days(np.arange(40.0) + 200) == list(range(28, 40))


def panels(passed: bool = True, **changes: Any) -> tuple[Figure, list[Axes]]:
    """The panels of the regions, of a run with three reports of crowds of which one is of all who took part in a day."""
    results = stored_run.valued(passed, **changes)
    groups = {f"/{n}": results.group(n).dataset for n in ("meta", "crowd", "diagnostics")}
    reports = table(
        report_region=[REGIONS[0], "nation", REGIONS[1]], report_day=[ALL[n].isoformat() for n in (12, 13, 14)],
        report_value=[5.0, 70_000.0, 3000.0], report_low=[5.0, 50_000.0, 4.0], report_high=[5.0, 90_000.0, 3000.0],
        report_use=["fit", "fit", "check"], report_label=["one", "two", "three"],
    ).rename(row="report")  # fmt: skip
    groups["/crowd"] = groups["/crowd"].drop_dims("report").merge(reports)
    groups["/timeline"] = table(
        text=["one", "three"], measure=["present", "taking_part"], kind=["", ""], day=[0.0, 0.0], use=["", ""], place=["", ""], value=[0.0, 0.0]
    )
    with telling.pictures() as drawn:
        found = SECTION.fill(Results(xr.DataTree.from_dict(groups)), {})
    return next(b for b in found if "Crowds by region" in getattr(b, "title", "")), drawn[0].axes


def test_every_panel_draws_its_median_and_its_own_reports() -> None:
    sizes = np.array([300.0, 20_000.0, 1000.0]) * (np.arange(41)[:, None] == 13)
    steps = np.arange(1.0, 6.0)[:, None, None] * sizes
    nation = np.arange(1.0, 6.0)[:, None] * 8000.0 * (np.arange(41) == 13)
    nation[3:, 8] = 500.0  # a crowd above the median alone shows no day
    steps[3:, 13, 0] = 1e6  # nor does it make a region the largest
    found, axes = panels(
        crowd__present_post=steps, crowd__nation_present_post=nation, crowd__taking_part_post=2 * steps, crowd__nation_taking_part_post=nation
    )
    shown = slice(11, 15)  # from the day before the first report to the last of the busiest days
    whole, *own = axes[:4]
    order = [1, 2, 0]
    assert [a.get_title() or a.get_title("left") for a in axes[:4]] == ["Whole country", *(NAMES[k] for k in order)]
    days = np.arange(4.0)
    assert telling.lines(whole, MODEL) == [np.column_stack([days, np.maximum(nation[2, shown], 1)]).tolist()]
    for k, panel in zip(order, own, strict=True):
        median, *took_part = telling.lines(panel, MODEL)
        assert median == np.column_stack([days, np.maximum(steps[2, shown, k], 1)]).tolist()
        wanted = np.column_stack([days, np.maximum(2 * steps[2, shown, k], 1)]).tolist()
        assert took_part == ([wanted] if k == 1 else []), "the panel with a report of all who took part in a day"
        assert not telling.lines(panel, INK)
    marks = {(m, c): [telling.lines(a, c, m) for a in axes[:4]] for m in "o^" for c in (INK, CHECK)}
    assert marks == {
        ("o", INK): [[[[2, 70_000]]], [], [], [[[1, 10]]]], ("^", CHECK): [[], [[[3, 3000]]], [], []],
        ("^", INK): [[]] * 4, ("o", CHECK): [[]] * 4,
    }  # fmt: skip
    assert telling.lines(whole, INK) == [[[2, 50_000], [2, 90_000]]], "the range that the report allows"
    assert telling.lines(own[0], CHECK) == [[[3, 10], [3, 3000]]], "from the foot of the axis"
    assert all(a.get_ylim()[1] > 90_000 for a in axes[:4])
    at = telling.ticks(axes[3].xaxis)
    assert (list(at.values()), list(at)[:2]) == ([0, 2], ["12 Mar", "14"])
    assert found.title == f"Crowds by region, conditioned on these reports: {NAMES[1]} largest, the country peaks on 14 Mar at about 24,000 people"
    assert "was conditioned on (2)" in found.caption and "which it never saw (1)" in found.caption
    assert all(text in found.caption for text in ("Line: people in the street at once", "Upright bars", "Logarithmic scale"))
    assert "Dashed line and triangles" in found.caption and "No report of a crowd" not in found.caption
    key = ["at once, median", "central 50 % and 90 %", "report, conditioned on", "report, kept for checking"]
    assert [*telling.notes(axes[4])] == [*key, "took part in the day"] and len(axes[4].patches) == 2
    assert [len(telling.lines(axes[4], c, m)) for c, m in ((MODEL, "None"), (INK, "o"), (CHECK, "o"))] == [2, 1, 1]
    assert not any(a.axison for a in axes[4:])
    long = panels(crowd__nation_present_post=500.0)[1]
    assert [x for a in long[3:4] for x in telling.ticks(a.xaxis).values()] == [0, 4, 8, 12], "fifteen days need a wider step"
    empty = panels(crowd__present_post=0.0)[1][1:4]
    assert [a.get_title() or a.get_title("left") for a in empty] == [NAMES[k] for k in (1, 0, 2)], "by the reports, then"
    sketch = panels(False)[1]
    assert "interval withheld" in telling.notes(sketch[4]) and not any(a.patches or a.collections for a in sketch)


def test_without_reports_the_panels_say_so() -> None:
    results = stored_run.valued()
    groups = {f"/{n}": results.group(n).dataset for n in ("meta", "crowd", "diagnostics")}
    groups["/crowd"] = groups["/crowd"].isel(report=slice(0, 0))
    found = [b for b in SECTION.fill(Results(xr.DataTree.from_dict(groups)), {}) if isinstance(b, Figure)]
    assert "No report of a crowd is known yet." in found[0].caption and "Dashed" not in found[0].caption


def test_the_toll_draws_its_medians_and_what_was_given_out() -> None:
    rows = {"kind": ["deaths", "arrests"], "day": [2.0, 5.0], "value": [12.0, 300.0], "measure": ["cumulative", "brought_in"],
            "use": ["fit", "check"], "place": ["nation", ""], "text": ["", ""]}  # fmt: skip
    rows = {name: [*values, values[0]] for name, values in rows.items()} | {"value": [12.0, 300.0, 14.0]}
    bands = {"arrests": 10_000.0, "deaths": 100.0}
    bands = {name: size * np.arange(5.0)[:, None] + size / 10 * np.arange(41.0) for name, size in bands.items()}
    results = stored_run.valued(crowd__arrests_post=bands["arrests"], crowd__deaths_post=bands["deaths"])
    tree = {f"/{n}": results.group(n).dataset for n in ("meta", "crowd", "diagnostics")} | {"/timeline": table(**rows)}
    results = Results(xr.DataTree.from_dict(tree))
    with telling.pictures() as drawn:
        found = section._tolls(results, results.group("crowd"), ALL, slice(0, 10))
    assert found.title == "By 10 Mar the model has about 29,000 detained and 290 dead (14 given out)"
    given = (("^", CHECK, [[[5, 300]]]), ("o", INK, [[[2, 12]], [[2, 14]]]))
    for axes, name, (mark, colour, at) in zip(drawn[0].axes, bands, given, strict=True):
        assert telling.lines(axes, MODEL) == [np.column_stack([np.arange(10), bands[name][2, :10]]).tolist()]
        assert telling.lines(axes, colour, mark) == at and len(axes.collections) == 2
        assert list(telling.ticks(axes.xaxis).items())[:2] == [("1 Mar", 0), ("3", 2)]
    assert [a.get_title("left") or a.get_title() for a in drawn[0].axes] == ["Detained so far, whole country", "Dead so far, whole country"]


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
    assert [len(section._nation_line(nation, days, [3, last]).labels) for last in (5, 6)] == [13, 7], "at most thirteen days"


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
