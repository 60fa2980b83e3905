"""The timeline: who speaks, which days the figure shows, and what it says where nobody is out."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run, telling, toy
from interrex.report.blocks import Figure, Table
from interrex.report.figures import MODEL, SIDES
from interrex.report.focus import LENGTH, busiest, outside
from interrex.report.read import Results
from interrex.topics.timeline import section
from interrex.topics.timeline.answer import timeline
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


def figure(results: Results) -> Figure:
    return next(b for b in SECTION.fill(results, {}) if isinstance(b, Figure))


def test_the_title_names_a_peak_only_where_somebody_is_out() -> None:
    assert re.search(r"the crowd peaks on \d+ \w+", figure(stored_run.valued()).title)
    calm = figure(stored_run.valued(crowd__nation_present_post=lambda v: v * 0.0 + 40.0)).title
    assert "on no day does the model's median crowd reach 100 people" in calm and "peaks" not in calm


def test_one_act_is_an_act() -> None:
    def only_first(kinds: np.ndarray) -> np.ndarray:
        keep = np.flatnonzero(kinds == "act")[:1]
        out = np.array(["context"] * kinds.size, dtype=object)
        out[keep] = "act"
        return out

    assert re.search(
        r"\b(?:1 dated act in|0 dated acts in)", figure(stored_run.valued(timeline__kind=only_first)).title
    )


def words(results: Results) -> str:
    tables = [b for b in SECTION.fill(results, {}) if isinstance(b, Table)]
    return " ".join(span.text for t in tables for row in t.rows for cell in row.cells for span in cell.spans)


def test_an_act_is_told_with_its_actor_so_that_no_words_are_put_into_anothers_mouth() -> None:
    actors = set(stored_run.tree()["timeline"]["actor"].values) - {""}
    told = words(stored_run.valued())
    assert any(f"({name})" in told for name in actors)
    other = words(
        stored_run.valued(
            timeline__actor=lambda v: np.array(["The Foreign Minister" if a else "" for a in v], dtype=object)
        )
    )
    assert "(The Foreign Minister)" in other and not any(f"({name})" in other for name in actors)


@pytest.mark.parametrize(
    ("value", "low", "high", "measure", "kind", "said"),
    [
        (1200.0, np.nan, np.nan, "present", "crowd", "1,200"),
        (1200.0, 1000.0, 1500.0, "taking_part", "crowd", "1,200 (1,000 to 1,500), in the course of the day"),
        (np.nan, 1000.0, 1500.0, "", "crowd", "1,000 to 1,500"),
        (12.0, 12.0, 12.0, "cumulative", "deaths", "12 dead, so far"),
        (7.0, np.nan, np.nan, "brought_in", "arrests", "7 detained, brought in"),
        (7.0, np.nan, np.nan, "increment", "injuries", "7 injured, newly"),
        (np.nan, np.nan, 20.0, "cumulative", "deaths", ""),
    ],
)
def test_a_size_says_what_was_counted(
    value: float, low: float, high: float, measure: str, kind: str, said: str
) -> None:
    assert section._magnitude(value, low, high, measure, kind) == said


def test_an_act_stands_on_its_side() -> None:
    sides = {"kin_resigns": "old ruler and kin", "patron_refuses": "patron and other states"}
    sides |= {"opposition_calls": "street and opposition", "coup_attempt": "security organs and elite"}
    assert {act: section.side_of(act) for act in sides} == sides
    assert section.side_of("anything else") == "incumbent"


def test_a_month_is_named_where_it_begins() -> None:
    days = [date(2030, 3, 30) + timedelta(days=n) for n in range(4)]
    assert [section._tick(days, n) for n in range(4)] == ["30 Mar", "31", "1 Apr", "2"]


def ledger(claims: list[dict[str, object]], crowd: bool | np.ndarray = True) -> Results:
    """Results with these claims on the forty days; what a claim leaves out is blank."""
    numbers = ("day", "value", "low", "high")
    words = ("claim", "text", "kind", "act", "actor", "place", "use", "when_text", "grade", "known_from")
    words += ("known_from_basis", "sources", "conflicts", "measure")
    data = {n: ("row", [float(c.get(n, np.nan)) for c in claims]) for n in numbers}  # type: ignore[arg-type]
    data |= {n: ("row", np.array([c.get(n, "") for c in claims], dtype=object)) for n in words}  # type: ignore[misc]
    tree = {"/diagnostics": xr.Dataset(attrs={"passed": 1})}
    nation = np.zeros((5, len(DAYS)))
    nation[:, 5] = 5000.0
    if isinstance(crowd, np.ndarray):
        nation = crowd
    if crowd is not False:
        tree["/crowd"] = xr.Dataset(
            {"nation_present_post": (("quantile", "day"), nation)},
            {"day": np.array(DAYS, dtype="datetime64[ns]")},
        )
    tree["/meta"] = xr.Dataset(
        attrs={"window_start": DAYS[0].isoformat(), "window_end": DAYS[-1].isoformat()}
    )
    tree["/timeline"] = xr.Dataset(data)
    tree["/sources"] = xr.Dataset(
        {
            "source": ("s", np.array(["A-1"], dtype=object)),
            "publisher": ("s", np.array(["The Courier"], dtype=object)),
            "url": ("s", np.array(["https://example.org/a"], dtype=object)),
        }
    )
    return Results(xr.DataTree.from_dict(tree))


def act(day: float, kind: str = "curfew", **more: object) -> dict[str, object]:
    return {
        "claim": f"c{day}{kind}",
        "text": f"text {day}",
        "kind": "act",
        "act": kind,
        "day": day,
        "use": "fit",
    } | more


def test_every_act_is_a_dot_at_its_time_in_the_colour_of_its_side_with_its_words() -> None:
    band = np.arange(5.0)[:, None] * 1000.0 + np.arange(40.0)
    band[3:, 30] += 500.0  # the day of the peak is that of the median
    acts = [
        act(25.0, "coup_attempt", when_text="2030-03-26", place="Capital"),
        act(26.25, "curfew", when_text="2030-03-27T06:00", place="nation"),
        act(37.75, "kin_resigns", when_text="2030-04-07T18:00"),
    ]
    with telling.pictures() as drawn:
        found = figure(ledger(acts, band))
    upper, lower = drawn[0].axes
    dots = {side: telling.lines(upper, colour, "o") for side, colour in SIDES.items()}
    assert dots == {
        "security organs and elite": [[[0.5, 0.0]]],
        "incumbent": [[[1.25, 1.0]]],
        "old ruler and kin": [[[12.75, 2.0]]],
        "street and opposition": [],
        "patron and other states": [],
    }
    assert [line.get_markerfacecolor() == "white" for line in upper.lines if line.get_marker() == "o"] == [True, False, False]
    said = {text: xy for text, xy in telling.notes(upper).items() if "●" not in text}
    assert said == {"coup attempt, Capital": (0.5, 0), "curfew": (1.25, 1), "resignation of the predecessor's kin": (12.75, 2)}
    assert [t.get_text() for t in upper.texts if "●" in t.get_text()] == [f"● {side}" for side in SIDES if dots[side]]
    assert {t.get_text(): t.get_ha() for t in upper.texts}["resignation of the predecessor's kin"] == "right", "it would leave the picture"
    bottom, top = upper.get_ylim()
    assert top < 0 and bottom > 2, "the first and the last row are inside"
    days = np.arange(15) + 0.5
    assert telling.lines(lower, MODEL) == [np.column_stack([days, band[2, 25:]]).tolist()]
    assert lower.get_xlim() == (0, 15) and lower.get_ylim()[1] > band[4, -1]
    at = telling.ticks(lower.xaxis)
    assert list(at.values()) == days.tolist() and list(at)[0] == "26 Mar" and at["1 Apr"] == 6.5
    assert found.title.endswith("the crowd peaks on 9 Apr")
    assert found.alt.startswith("Acts between 2030-03-26 and 2030-04-09 above")


def test_acts_are_counted_once_a_day_inside_the_days_shown() -> None:
    acts = [act(2.0), act(2.4), act(3.0), act(3.0, "arrest_wave"), act(30.0), act(np.nan)]
    title = figure(ledger([*acts, act(4.6) | {"kind": "absence"}])).title
    assert title == "3 dated acts in 15 days, most on 4 Mar; the crowd peaks on 6 Mar"
    assert figure(ledger([act(2.0)])).title.startswith("1 dated act in 15 days, most on 3 Mar")
    assert figure(ledger([act(30.0)])).title == "0 dated acts in 15 days; the crowd peaks on 6 Mar"


def test_of_many_acts_the_first_of_each_kind_and_the_rarest_are_drawn() -> None:
    assert "acts are drawn" not in figure(ledger([act(n * 0.5) for n in range(10)])).caption
    kinds = ("curfew", "arrest_wave")
    many = [act(float(n), kind) for n in range(15) for kind in kinds]
    rare = [act(13.5, "coup_attempt"), act(14.0, "reshuffle"), act(14.5, "coup_attempt")]
    with telling.pictures() as drawn:
        assert "26 of 33 acts are drawn" in figure(ledger(many + rare)).caption
    said = [text.get_text() for text in drawn[0].axes[0].texts]
    assert said.count("coup attempt") == 2 and said[:2] == ["curfew", "arrest wave"] and len(said) == 26 + 2


def table_rows(claims: list[dict[str, object]]) -> list[list[list[str]]]:
    """By table, by row: the text of each cell."""
    tables = [b for b in SECTION.fill(ledger(claims, crowd=False), {}) if isinstance(b, Table)]
    return [[["".join(s.text for s in cell.spans) for cell in row.cells] for row in t.rows] for t in tables]


def test_claims_stand_under_their_day_those_outside_and_undated_in_the_fold() -> None:
    inside, folded = table_rows([
        act(np.nan), act(-2.0), act(1.0), act(3.0), act(3.5, use="check"), act(4.0, use="context"), act(45.0)
    ])  # fmt: skip
    assert [r[0] for r in inside if len(r) == 1] == ["Saturday 2 March 2030", "Monday 4 March 2030"]
    assert len([r for r in inside if len(r) == 4]) == 3
    heads = [r[0] for r in folded if len(r) == 1]
    assert (
        heads[:2] == ["Undated", "Before the simulated window"] and heads[-1] == "After the simulated window"
    )


def test_a_row_tells_grade_source_day_of_knowledge_and_conflict() -> None:
    told = act(3.0, grade="A2", sources="A-1;B-2", known_from="2030-03-05", known_from_basis="inferred", conflicts="other",
               place="capital", when_text="2030-03-04T10:00")  # fmt: skip
    other = {
        "claim": "other",
        "text": "the other story",
        "kind": "crowd",
        "day": 4.0,
        "use": "check",
        "value": 300.0,
        "grade": "rumour",
        "known_from": "2030-03-06",
        "place": "nation",
    }
    first, second = [r for r in table_rows([told, other])[0] if len(r) == 4]
    assert first == [
        "10:00",
        "Curfew. text 3.0 [capital] Conflicts with: the other storygrade A2 · The Courier; B-2 · known from 5 Mar 2030*",
        "",
        "fit",
    ]
    assert second == ["", "the other storyrumour · known from 6 Mar 2030", "300", "check"]
    (row,) = [r for r in table_rows([act(3.0, value=2.0)])[0] if len(r) == 4]
    assert row[2] == "", "the number of an act is not one of persons"


def test_a_conflict_points_at_the_row_of_the_other_claim() -> None:
    claims = [act(3.0), act(4.0, conflicts="c3.0curfew;nowhere")]
    (table,) = (b for b in SECTION.fill(ledger(claims, crowd=False), {}) if isinstance(b, Table))
    first, second = (row.cells for row in table.rows if len(row.cells) == 4)
    links = [s.href for s in second[1].spans if s.look == "conflict" and "Conflicts" not in s.text]
    assert links == [first[0].spans[0].look.replace("anchor:", "#"), ""]


def test_an_act_that_did_not_happen_is_told_with_no() -> None:
    (row,) = [r for r in table_rows([act(3.0) | {"kind": "absence"}])[0] if len(r) == 4]
    assert row[1].startswith("No ")
    (row,) = [r for r in table_rows([act(3.0)])[0] if len(r) == 4]
    assert not row[1].startswith("No ")


def test_the_caption_counts_claims_by_use() -> None:
    claims = [act(1.0), act(2.0), act(3.0, use="check"), act(4.0, use="context"), act(50.0)]
    inside, folded = (b for b in SECTION.fill(ledger(claims, crowd=False), {}) if isinstance(b, Table))
    assert inside.caption.startswith("The 3 claims inside the window")
    assert "of 5 in all (3 conditioned on, 1 kept for checking, 1 context)" in inside.caption
    assert folded.folded == "The other 2 claims: background and context"
    (alone,) = (b for b in SECTION.fill(ledger(claims[:1], crowd=False), {}) if isinstance(b, Table))
    assert alone.caption.startswith("The 1 claim inside") and not alone.folded


def test_the_group_keeps_the_sizes_of_its_claims_in_order_of_date(tmp_path: Path) -> None:
    cut = toy.cut(tmp_path / "case")
    made, claims = timeline(cut), {c.id: c for c in cut.claims}
    ids = made["claim"].values.tolist()
    for name in ("value", "low", "high"):
        told = [getattr(claims[i], name) for i in ids]
        assert [None if np.isnan(v) else v for v in made[name].values] == told
        assert any(v is not None for v in told) and any(v is None for v in told)
    assert (np.diff(made["day"].values) >= 0).all() and len(ids) == len(claims)
