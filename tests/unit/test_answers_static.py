"""Answers that need no simulation: timeline, assumptions, acts, references, map."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from interrex.case import load_case
from interrex.mechanisms import all_mechanisms
from interrex.results.described import dataset
from interrex.results.schema import problems
from interrex.store.results import read_netcdf, write_netcdf
from interrex.topics import groups
from interrex.topics.acts.answer import act_table
from interrex.topics.map.answer import regions_map
from interrex.topics.references.answer import references
from interrex.topics.references.bibtex import bibtex
from interrex.topics.references.works import DATA, METHODS
from interrex.topics.silence.answer import absent_actors
from interrex.topics.sources.answer import sources
from interrex.topics.timeline.answer import timeline

KAZAKHSTAN, BELARUS = load_case("kazakhstan-2022"), load_case("belarus-2020")
CUTS = [
    (KAZAKHSTAN, "2021-12-25"),
    (KAZAKHSTAN, "2022-01-05"),
    (KAZAKHSTAN, "2022-01-11"),
    (KAZAKHSTAN, "2022-01-19"),
    (KAZAKHSTAN, "2022-02-28"),
    (BELARUS, "2020-08-10"),
    (BELARUS, "2020-09-30"),
]
PREDECESSOR = "Nursultan Nazarbayev"


def every_group(case, day: str) -> dict[str, xr.Dataset]:
    cut = case.as_of(day)
    return {
        "timeline": timeline(cut),
        "sources": sources(cut),
        "silence": absent_actors(cut),
        "references": references(all_mechanisms(), cut, "0.1.0"),
    }


@pytest.mark.parametrize(("case", "day"), CUTS, ids=lambda value: getattr(value, "id", value))
def test_groups_conform_and_survive_the_disk(case, day, tmp_path):
    tree = xr.DataTree.from_dict({f"/{name}": data for name, data in every_group(case, day).items()})
    assert problems(tree, groups()) == []
    write_netcdf(tree, tmp_path / "results.nc")
    back = read_netcdf(tmp_path / "results.nc")
    assert problems(back, groups()) == []
    for name, node in tree.children.items():
        data = node.to_dataset(inherit=False)
        assert set(back[name].variables) == set(data.variables)
        for variable in data.variables.values():
            assert set(variable.attrs) == {"units", "long_name", "source"}
            assert variable.attrs["long_name"] and variable.attrs["source"]


def test_a_variable_outside_the_schema_is_refused():
    with pytest.raises(KeyError):
        dataset(groups()["sources"], {"colour": ["red"]})


# timeline


@pytest.mark.parametrize(("case", "day"), CUTS, ids=lambda value: getattr(value, "id", value))
def test_the_timeline_holds_every_known_claim_and_no_later_one(case, day):
    cut = case.as_of(day)
    data = timeline(cut)
    assert sorted(data.claim.values) == sorted(claim.id for claim in cut.claims)
    assert (np.diff(data.day.values) >= 0).all()
    assert max(data.known_from.values) <= day
    named = {source for joined in data.sources.values for source in joined.split(";") if source}
    assert named <= set(sources(cut).source.values)


def test_a_claim_in_the_timeline_reads_as_in_the_ledger():
    data = timeline(KAZAKHSTAN.as_of("2022-01-19"))
    row = data.sel(claim="predecessor-backs")
    assert row.when_text == "2022-01-08"
    assert row.day == (date(2022, 1, 8) - date(2021, 12, 20)).days
    assert row.actor == PREDECESSOR and row.target == "Kassym-Jomart Tokayev"
    assert data.place.sel(claim="predecessor-in-capital") == "Nur-Sultan"


def test_about_is_dated_by_what_is_named_and_not_by_the_margin():
    cut = KAZAKHSTAN.as_of("2022-02-28")
    about = next(claim for claim in cut.claims if claim.when.about and "T" not in claim.when.text)
    day = timeline(cut).day.sel(claim=about.id)
    assert day == (about.when.day - cut.window.start).days


# references


def test_references_have_unique_keys_and_plain_dois():
    data = references(all_mechanisms(), KAZAKHSTAN.as_of("2022-01-11"), "0.1.0")
    keys = data.key.values.tolist()
    assert len(set(keys)) == len(keys) and keys[:2] == ["interrex", "kazakhstan-2022"]
    assert all(doi == "" or re.fullmatch(r"10\.\d{4,}/\S+", doi) for doi in data.doi.values)
    assert all(len(text) > 20 for text in data.text.values)
    sources = " ".join(act_table(KAZAKHSTAN.as_of("2022-01-11"), Counter()).source.values)
    for name, key in (
        ("Mass Mobilization", "clark2016"),
        ("V-Dem", "teorell2019"),
        ("Powell and Thyne", "powell2011"),
        ("REIGN", "bell2021"),
    ):
        assert name in sources and key in keys


def test_cite_is_balanced_bibtex():
    cut = KAZAKHSTAN.as_of("2022-01-11")
    text = bibtex(references(all_mechanisms(), cut, "0.1.0"), sources(cut))
    entries = re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE)
    assert len(set(entries)) == len(entries) > len(METHODS) + len(DATA) + len(cut.sources)
    assert entries[:2] == ["interrex", "kazakhstan-2022"]
    assert {f"kazakhstan-2022:{source}" for source in cut.sources} <= {*entries}
    assert text.count("{") == text.count("}")
    assert "author = {Del Moral, P. and Doucet, A. and Jasra, A.}" in text
    assert "author = {Cotter, S. L. and Roberts, G. O. and Stuart, A. M. and White, D.}" in text
    assert "author = {{Cline Center for Advanced Social Research}}" in text
    assert "@misc{epstein2002," in text and "Used for: mechanism rebellion" in text
    assert "% mechanism confidence: No published model: " in text


# map


def test_the_map_fits_its_box_and_holds_the_cities():
    cut = KAZAKHSTAN.as_of("2022-01-11")
    picture = regions_map(cut)
    left, top, width, height = map(float, picture["viewbox"].split())
    paths = json.loads(picture["paths"])
    assert set(paths) == {region.region for region in cut.regions}
    points = np.array([p for rings in paths.values() for ring in rings for p in ring])
    assert (left, top) == (0, 0) and points.min() == 0
    assert points[:, 0].max() == pytest.approx(width) and points[:, 1].max() == pytest.approx(height, abs=0.1)
    at = dict(zip(picture["unit"], zip(picture["unit_x"], picture["unit_y"], strict=True), strict=True))
    assert (
        at["atyrau-city"][0] < at["almaty-city"][0] and at["kokshetau"][1] < at["almaty-city"][1]
    )  # west; north
    assert np.nanmin(picture["unit_x"]) >= 0 and np.nanmax(picture["unit_x"]) <= width
    assert len(picture["unit_name"]) == len(cut.units)
    group = {name: groups()["map"][name] for name in ("unit_x", "unit_y", "unit_name")}
    assert set(group) <= set(picture)


def test_distances_on_the_map_are_true_to_scale_in_the_middle():
    ring = [[10.0, 50.0], [12.0, 50.0], [12.0, 52.0], [10.0, 52.0], [10.0, 50.0]]
    feature = {"properties": {"region": "r"}, "geometry": {"coordinates": [[ring]]}}
    unit = SimpleNamespace(unit="u", name="U", lon=11.0, lat=None)
    picture = regions_map(SimpleNamespace(map={"features": [feature]}, units=(unit,)))
    height = float(picture["viewbox"].split()[3])
    assert height == pytest.approx(1000 / math.cos(math.radians(51)), abs=0.1)
    assert json.loads(picture["paths"])["r"] == [[[0, height], [1000, height], [1000, 0], [0, 0]]]
    assert np.isnan(picture["unit_x"]).all()


def test_a_case_without_map_has_no_picture():
    assert regions_map(BELARUS.as_of("2020-09-30")) == {}
