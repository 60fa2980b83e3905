"""Results as xarray's users meet them: groups announced at the root, days that are times, every number with its unit."""

from __future__ import annotations

import re

import pytest
import xarray as xr

from fixtures import stored_run
from interrex.report import build
from interrex.results.described import described_as
from interrex.results.schema import Variable, problems
from interrex.store.results import result_hash
from interrex.topics import groups
from interrex.workbench import sections

FILE = stored_run.FOLDER / "results.nc"


def test_the_root_says_what_the_file_is_and_how_to_open_it():
    with xr.open_dataset(FILE, engine="h5netcdf") as root:
        assert "open_datatree" in root.attrs["comment"]
        assert root.attrs["title"] and root.attrs["source"].startswith("interrex ") and root.attrs["as_of"]


@pytest.mark.parametrize("group", ["crowd", "map", "confidence", "fit"])
def test_days_are_times(group):
    with xr.open_datatree(FILE, engine="h5netcdf") as tree:
        found = tree[group].to_dataset(inherit=False).load()
    assert found["day"].dtype.kind == "M"
    if group == "crowd":
        weekly = found["nation_taking_part_post"].resample(day="7D").mean()
        assert weekly.sizes["day"] == -(-found.sizes["day"] // 7)


def test_a_day_that_is_text_departs_from_the_schema():
    tree = stored_run.tree()
    crowd = tree["crowd"].to_dataset(inherit=False)
    tree["crowd"] = xr.DataTree(crowd.assign_coords(day=("day", ["2030-03-01"] * crowd.sizes["day"])))
    assert "/crowd/day holds <U10; the schema says days" in problems(tree, groups())


def test_days_enter_the_hash_of_the_results():
    moved = stored_run.tree()
    crowd = moved["crowd"].to_dataset(inherit=False)
    moved["crowd"] = xr.DataTree(crowd.assign_coords(day=crowd["day"].values + 86_400_000_000_000))
    assert result_hash(stored_run.tree()) == result_hash(stored_run.tree()) != result_hash(moved)


def test_every_picture_has_a_name_for_who_hears_the_page():
    html = build(stored_run.hostile('"><script>'), stored_run.manifest(), sections()).decode()
    pictures = re.findall(r"<svg[^>]*role=\"img\"[^>]*>", html)
    assert len(pictures) >= 10
    for picture in pictures:
        name = re.search(r'aria-label="([^"]+)"', picture)
        assert name and len(name.group(1)) > 15, picture


def test_no_unit_is_taken_for_a_date_when_the_file_is_opened():
    with pytest.raises(ValueError, match="for a date"):
        Variable("x", "day", "number", "change since then")
    for name, group in groups().items():
        for variable in group.variables:
            assert described_as(variable).get("units", "") not in ("days", "hours", "minutes", "seconds"), (name, variable.name)
