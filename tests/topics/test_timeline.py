"""The timeline: who speaks, which days the figure shows, and what it says where nobody is out."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.report.blocks import Figure, Table
from interrex.report.focus import LENGTH, busiest, outside
from interrex.report.read import Results
from interrex.topics.timeline.section import SECTION

DAYS = [date(2030, 3, 1) + timedelta(days=n) for n in range(40)]


def with_crowds(persons: dict[int, float]) -> Results:
    """A window of forty days with a national crowd on some, claims in the first week, and nothing else."""
    nation = np.zeros((5, len(DAYS)))
    for n, value in persons.items():
        nation[:, n] = value
    crowd = xr.Dataset(
        {"nation_present_post": (("quantile", "day"), nation)},
        {"day": np.array(DAYS, dtype="datetime64[ns]")},
    )
    claims = xr.Dataset(
        {"day": ("claim", np.arange(7.0)), "kind": ("claim", np.array(["act"] * 7, dtype=object))}
    )
    meta = xr.Dataset(attrs={"window_start": DAYS[0].isoformat(), "window_end": DAYS[-1].isoformat()})
    return Results(xr.DataTree.from_dict({"/meta": meta, "/crowd": crowd, "/timeline": claims}))


@pytest.mark.parametrize("peak", [3, 20, 39])
def test_the_days_shown_hold_the_largest_crowd_wherever_the_claims_are(peak: int) -> None:
    part = busiest(with_crowds({peak: 5000.0}), DAYS)
    assert part.start <= peak < part.stop and part.stop - part.start == LENGTH


def test_without_a_crowd_the_days_with_most_claims_are_shown() -> None:
    part = busiest(with_crowds({}), DAYS)
    assert part.start <= 0 and part.stop == LENGTH


def test_what_lies_outside_is_said_with_its_largest_crowd() -> None:
    results = with_crowds({3: 5000.0, 30: 2000.0})
    part = busiest(results, DAYS)
    assert "Shown: 1 Mar to 15 Mar, 15 of 40 days" in outside(results, DAYS, part)
    assert "largest median crowd of the others is 2,000 people, 31 Mar" in outside(results, DAYS, part)
    calm = with_crowds({3: 5000.0, 30: 20.0})
    assert "stays below 100 people" in outside(calm, DAYS, busiest(calm, DAYS))
    assert outside(results, DAYS, slice(0, len(DAYS))) == ""


def changed(**values: object) -> Results:
    groups = stored_run.datasets(stored_run.tree())
    for path, change in values.items():
        group, name = path.split("__")
        array = groups[group][name]
        groups[group][name] = array.copy(data=change(array.values))  # type: ignore[operator]
    return Results(xr.DataTree.from_dict({f"/{name}": data for name, data in groups.items()}))


def figure(results: Results) -> Figure:
    return next(b for b in SECTION.fill(results, {}) if isinstance(b, Figure))


def test_the_title_names_a_peak_only_where_somebody_is_out() -> None:
    assert re.search(r"the crowd peaks on \d+ \w+", figure(changed()).title)
    calm = figure(changed(crowd__nation_present_post=lambda v: v * 0.0 + 40.0)).title
    assert "on no day does the model's median crowd reach 100 people" in calm and "peaks" not in calm


def test_one_act_is_an_act() -> None:
    def only_first(kinds: np.ndarray) -> np.ndarray:
        keep = np.flatnonzero(kinds == "act")[:1]
        out = np.array(["context"] * kinds.size, dtype=object)
        out[keep] = "act"
        return out

    assert re.search(
        r"\b(?:1 dated act in|0 dated acts in)", figure(changed(timeline__kind=only_first)).title
    )


def words(results: Results) -> str:
    tables = [b for b in SECTION.fill(results, {}) if isinstance(b, Table)]
    return " ".join(span.text for t in tables for row in t.rows for cell in row.cells for span in cell.spans)


def test_an_act_is_told_with_its_actor_so_that_no_words_are_put_into_anothers_mouth() -> None:
    actors = set(stored_run.tree()["timeline"]["actor"].values) - {""}
    told = words(changed())
    assert any(f"({name})" in told for name in actors)
    other = words(
        changed(
            timeline__actor=lambda v: np.array(["The Foreign Minister" if a else "" for a in v], dtype=object)
        )
    )
    assert "(The Foreign Minister)" in other and not any(f"({name})" in other for name in actors)
