"""The map day by day: which days, which colours, where it is hatched, and what is said in words."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.futures.summaries import Summary
from interrex.report.map import CLASSES, fill_of
from interrex.report.read import Absent, Results
from interrex.results.schema import QUANTILES
from interrex.topics.crowd import section as crowds
from interrex.topics.map import answer as regions_map

SVG = "{http://www.w3.org/2000/svg}"
FILLS = [fill for _, fill, _ in CLASSES]


IDS = stored_run.tree()["crowd"]["region"].values.tolist()
DAYS = [date.fromisoformat(str(day)[:10]) for day in stored_run.tree()["crowd"]["day"].values]


def narrow(tree: Any) -> Any:
    """The tree with every region's interval within a factor of two."""
    present = values(tree, "crowd", "present_post")[2]
    bands = np.stack([present * factor for factor in (0.8, 0.9, 1.0, 1.1, 1.2)])
    return changed(tree, "crowd", present_post=(("quantile", "day", "region"), bands))


def figure(tree: Any) -> Any:
    results = Results(tree)
    names = dict(zip(IDS, values(tree, "crowd", "region_name"), strict=True))
    return crowds._maps(results, results.group("crowd"), names)


def values(tree: Any, group: str, name: str) -> Any:
    return tree[group][name].values


def changed(tree: Any, group: str, **values: Any) -> Any:
    data = tree[group].to_dataset(inherit=False).copy()
    for name, value in values.items():
        data[name] = value
    tree[group] = xr.DataTree(data)
    return tree


def with_cities(tree: Any) -> Any:
    """Two cities, one of which has 5,000 people in the street every day."""
    crowd = np.zeros((len(QUANTILES), len(DAYS), 5))
    crowd[:, :, 0], crowd[:, :, 2] = 5000.0, 9000.0
    return changed(
        tree, "map", unit_present=(("quantile", "day", "unit"), crowd), unit_city=("unit", [1.0, 1.0, 0.0, 0.0, 0.0]),
        unit_x=("unit", [200.0, 400.0, 600.0, 650.0, 700.0]), unit_y=("unit", [100.0, 200.0, np.nan, 50.0, 60.0]),
    )  # fmt: skip


def without_crowds(tree: Any) -> Any:
    """No unit of the map has anybody out."""
    return changed(
        tree, "map", unit_present=(("quantile", "day", "unit"), np.zeros((len(QUANTILES), len(DAYS), 5)))
    )


@pytest.fixture(scope="module")
def plain() -> Any:
    return figure(narrow(stored_run.tree()))


def test_twelve_days_with_most_people_in_order_of_date(plain: Any) -> None:
    nation = values(stored_run.tree(), "crowd", "nation_present_post")[2]
    peak = int(np.argmax(nation))
    most = sorted(range(len(nation)), key=lambda n: (-nation[n], abs(n - peak), n))[:12]
    crowded = [n for n in most if nation[n] >= crowds.CROWD]
    near = sorted(set(range(len(nation))) - set(crowded), key=lambda n: (abs(n - peak), n))
    wanted = sorted([*crowded, *near[: 12 - len(crowded)]])
    days = re.findall(r"\w{3} \d+ \w{3}: [\d,]+ in the country", plain.alt)
    assert [text.split(":")[0] for text in days] == [
        f"{DAYS[n]:%a} {DAYS[n].day} {DAYS[n]:%b}" for n in wanted
    ]
    texts = [t.text for t in ET.fromstring(plain.svg).iter(f"{SVG}text")]
    for text in days:
        day, total = text.removesuffix(" in the country").split(": ")
        assert day in texts and total in texts


def test_where_few_days_have_a_crowd_those_round_the_peak_fill_up() -> None:
    totals = np.zeros(40)
    totals[[20, 23]] = 500.0, 900.0
    chosen = crowds._key_days(totals)
    assert len(chosen) == 12 and {20, 23} <= set(chosen) and max(abs(n - 23) for n in chosen) <= 6
    assert crowds._key_days(np.full(5, 300.0)) == [0, 1, 2, 3, 4]


def test_every_region_has_the_colour_of_its_median(plain: Any) -> None:
    root = ET.fromstring(plain.svg)
    used = [use.get("fill") for use in root.iter(f"{SVG}use")]
    assert len(used) == 12 * len(IDS) and set(used) <= set(FILLS)
    persons = values(stored_run.tree(), "map", "median_present")
    nation = values(stored_run.tree(), "crowd", "nation_present_post")[2]
    days = crowds._key_days(nation)
    assert used == [fill_of(persons[n, k]) for n in days for k in range(len(IDS))]
    assert [fill_of(v) for v in (0, 99, 100, 2999, 3000, 10_000, 1e6)] == [
        FILLS[i] for i in (0, 0, 1, 3, 4, 5, 6)
    ]
    assert fill_of(np.nan) == "#ffffff"


def test_no_script_no_reference_outside_and_nothing_beyond_the_edge(plain: Any) -> None:
    root = ET.fromstring(plain.svg)
    assert "<script" not in plain.svg and "http" not in plain.svg.replace("http://www.w3.org/2000/svg", "")
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    for name in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', plain.svg):
        assert (name[0] or name[1]) in ids
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    for text in root.iter(f"{SVG}text"):
        long = 0.56 * float(text.get("font-size") or 14) * len(text.text or "")
        x = float(text.get("x") or 0.0)
        assert text.get("text-anchor") in ("end", "middle") or x + long <= width + 1
        assert float(text.get("y") or 0.0) < height


def test_wide_intervals_are_hatched_and_counted() -> None:
    tree: Any = stored_run.tree()
    present = values(tree, "crowd", "present_post").copy()
    present[0, :, :3], present[-1, :, :3] = 10.0, 5000.0  # three regions with a factor of 500 on every day
    shown = figure(changed(tree, "crowd", present_post=(("quantile", "day", "region"), present)))
    assert len(re.findall(r"<use [^>]*url\(#hatch-(?:dark|light)\)", shown.svg)) == 36
    assert f"36 of {12 * len(IDS)} fields" in shown.caption
    assert "spans more than a factor of ten" in shown.svg


def test_where_intervals_are_withheld_nothing_is_hatched_and_no_band_is_drawn() -> None:
    shown = figure(stored_run.failed())
    assert "url(#hatch" not in shown.svg and "<polygon" not in shown.svg
    assert "Intervals are withheld, so the maps do not show how uncertain they are" in shown.caption


def test_without_wide_intervals_it_says_so(plain: Any) -> None:
    assert "<polygon" in plain.svg and "url(#hatch" not in plain.svg
    assert "On none of them does the central 90 % interval" in plain.caption


def test_the_resolution_of_the_run_is_written(plain: Any) -> None:
    assert "Simulated citizens to persons: 1:100." in plain.caption
    tree: Any = stored_run.tree()
    meta = tree["meta"].to_dataset(inherit=False).copy()
    tree["meta"] = xr.DataTree(meta.assign_attrs(resolution="1:1"))
    assert "1:1." in figure(tree).caption


def test_cities_with_a_crowd_are_dots_in_their_own_colour(plain: Any) -> None:
    shown = figure(with_cities(narrow(stored_run.tree())))
    before = figure(narrow(without_crowds(stored_run.tree()))).svg.count('r="4"')
    assert (
        shown.svg.count('r="4"') == before + 12
    )  # one city, twelve days; no dot for the district or the calm one
    assert shown.svg.count(f'r="4" fill="{fill_of(5000.0)}"') >= 12
    assert "Dots are cities with 100 people or more" in shown.caption


def test_a_country_without_a_crowd_has_no_map() -> None:
    tree: Any = stored_run.tree()
    calm = values(tree, "map", "median_present") * 0.0
    with pytest.raises(Absent, match="nothing to map"):
        figure(changed(tree, "map", median_present=(("day", "region"), calm)))


def test_the_group_holds_the_crowds_of_units() -> None:
    """Quantiles over histories of the most people at once in the day, unit by unit."""
    days, units, members = 3, 2, 21
    crowd = np.arange(members)[:, None, None] * 100.0 + np.arange(days * units).reshape(days, units)
    blank: Any = [np.zeros(1)] * len(Summary._fields)
    summaries = [
        Summary(*blank)._replace(present=c.sum(axis=1, keepdims=True), units=c)
        for c in crowd  # one region
    ]
    cut = SimpleNamespace(
        window=SimpleNamespace(start=datetime.date(2031, 3, 1)),
        regions=[SimpleNamespace(region="r")],
        units=[SimpleNamespace(kind="city"), SimpleNamespace(kind="district")],
    )
    shapes = {
        "paths": "{}", "viewbox": "0 0 1 1", "unit": np.array(["a", "b"], object),
        "unit_name": np.array(["A", "B"], object), "unit_x": np.zeros(2), "unit_y": np.zeros(2),
    }  # fmt: skip
    made = regions_map.with_crowds(shapes, cut, summaries)
    assert made["unit_present"].dims == ("quantile", "day", "unit")
    assert np.allclose(made["unit_present"].values, np.quantile(crowd, QUANTILES, axis=0))
    assert made["unit_city"].values.tolist() == [1.0, 0.0]
    assert made["median_present"].values[0, 0] == 2 * 1000.0 + 1.0


def test_outlines_and_points_are_true_to_scale_in_the_middle_latitude() -> None:
    ring = [[10.0, 59.0, 8.0], [14.0, 59.0, 8.0], [14.0, 61.0, 8.0], [10.0, 61.0, 8.0], [10.0, 59.0, 8.0]]  # with heights
    shape = {"properties": {"region": "r"}, "geometry": {"coordinates": [[ring]]}}
    units = [SimpleNamespace(unit="u", name="U", lon=10.5, lat=60.0), SimpleNamespace(unit="v", name="V", lon=None, lat=60.0),
             SimpleNamespace(unit="w", name="W", lon=10.5, lat=None)]  # fmt: skip
    made: Any = regions_map.regions_map(SimpleNamespace(map={"features": [shape]}, units=units))
    assert made["paths"] == '{"r":[[[0.0,1000.0],[1000.0,1000.0],[1000.0,0.0],[0.0,0.0]]]}' and made["viewbox"] == "0 0 1000 1000"
    assert (made["unit_x"][0], made["unit_y"][0]) == (125.0, 500.0) and np.isnan([made["unit_x"][1], made["unit_y"][2]]).all()
    third = regions_map.regions_map(SimpleNamespace(map={"features": [shape]}, units=[SimpleNamespace(unit="u", name="U", lon=10 + 2 / 3, lat=60 + 1 / 3)]))
    assert (third["unit_x"][0], third["unit_y"][0]) == (166.7, 333.3)
    wide = {"properties": {"region": "r"}, "geometry": {"coordinates": [[[[0, 0], [7, 0], [7, 1], [0, 1], [0, 0]]]]}}
    assert regions_map.regions_map(SimpleNamespace(map={"features": [wide]}, units=[]))["viewbox"] == "0 0 1000 142.9"


def test_a_case_without_shapes_says_so() -> None:
    for nothing in (None, {"features": []}):
        assert regions_map.regions_map(SimpleNamespace(map=nothing, units=[])) == {}
    made = regions_map.with_crowds({}, SimpleNamespace(), [])
    assert made.attrs["absent_because"] == "The map of the case has no shapes." and not made.variables
