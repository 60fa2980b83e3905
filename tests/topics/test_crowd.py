"""Crowds: what the title says follows the median, and a report is a mark only where the ledger has one."""

from __future__ import annotations

import re

import numpy as np
import xarray as xr

from fixtures import stored_run
from interrex.report.blocks import Figure
from interrex.report.read import Results
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
