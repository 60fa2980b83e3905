"""Confidence: what the level rests on is counted, and a predecessor is spoken of only where there is one."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.report.blocks import Callout, Figure, Table
from interrex.report.read import Results
from interrex.topics.confidence.section import SECTION


def fill(change) -> list:
    groups = stored_run.datasets(stored_run.tree())
    groups["confidence"] = change(groups["confidence"])
    return SECTION.fill(Results(xr.DataTree.from_dict({f"/{n}": d for n, d in groups.items()})), {})


@pytest.mark.parametrize(
    ("within", "before", "said"),
    [
        (2.0, 1.0, "rests on 2 opinion reports from these weeks"),
        (1.0, 0.0, "rests on 1 opinion report from these weeks"),
        (0.0, 3.0, "rests on the prior and on 3 reports from before"),
        (0.0, 0.0, "No opinion report was used: the level of trust is the prior's."),
    ],
)
def test_what_the_level_rests_on_is_counted(within: float, before: float, said: str) -> None:
    blocks = fill(lambda d: d.assign(opinions_within=within, opinions_before=before))
    assert said in next(b.text for b in blocks if isinstance(b, Callout))


def test_without_a_predecessor_nothing_is_said_of_him() -> None:
    def text(blocks: list) -> str:
        columns = [title for b in blocks if isinstance(b, Table) for title, _ in b.columns]
        return " ".join([*columns, *(b.alt + b.var for b in blocks if isinstance(b, Figure))]).lower()

    assert "old ruler" in text(fill(lambda d: d))
    assert "old" not in text(fill(lambda d: d.drop_vars(["old", "old_change"])))


def test_the_title_follows_trust() -> None:
    def course(slope: float) -> str:
        def change(d: xr.Dataset) -> xr.Dataset:
            ramp = 0.5 + slope * np.linspace(0.0, 1.0, d.sizes["day"])
            return d.assign(trust=d["trust"] * 0.0 + xr.DataArray(ramp, dims="day"))

        return next(b.title for b in fill(change) if isinstance(b, Figure))

    assert "rises by 20" in course(0.2) and "falls by 20" in course(-0.2)
    assert course(0.0) == "Trust in the person hardly moves"
