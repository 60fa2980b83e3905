"""Confidence: what the level rests on is counted, and a predecessor is spoken of only where there is one."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex

from fixtures import stored_run, telling
from fixtures.told import unprinted
from interrex.inference.terms import KINDS
from interrex.inference.terms.opinion import OPINION
from interrex.mechanisms.acts import ACT_KINDS
from interrex.report.blocks import Callout, Figure, Prose, Table
from interrex.report.figures import CHECK, INK, MUTED
from interrex.report.numbers import chance, short_day
from interrex.report.read import Results
from interrex.topics.confidence import answer as answer_of
from interrex.topics.confidence import section
from interrex.topics.confidence.section import SECTION


def fill(change) -> list:
    groups = stored_run.datasets(stored_run.tree())
    groups["confidence"] = change(groups["confidence"])
    with unprinted():
        return SECTION.fill(Results(xr.DataTree.from_dict({f"/{n}": d for n, d in groups.items()})), {})


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (2.0, "rests on 2 opinion reports from these weeks"),
        (1.0, "rests on 1 opinion report from these weeks"),
        (0.0, "No report on trust from these weeks was used: the level of trust is the prior's."),
    ],
)
def test_what_the_level_rests_on_is_counted(used: float, said: str) -> None:
    text = next(b.text for b in fill(lambda d: d.assign(opinions=used)) if isinstance(b, Callout))
    assert said in text and "likelihood ratios of the acts" in text
    bare = fill(lambda d: moved()(d.assign(opinions=used)))
    assert "acts" not in next(b.text for b in bare if isinstance(b, Callout)), "no act, no word of acts"


def test_without_a_predecessor_nothing_is_said_of_him() -> None:
    def text(blocks: list) -> str:
        columns = [title for b in blocks if isinstance(b, Table) for title, _ in b.columns]
        return " ".join([*columns, *(b.alt + b.var for b in blocks if isinstance(b, Figure))]).lower()

    assert "old ruler" in text(fill(lambda d: d))
    assert "old" not in text(fill(lambda d: d.drop_vars(["old", "old_change"])))
    (figure,) = (b for b in fill(lambda d: d.drop_vars(["old", "old_change"])) if isinstance(b, Figure))
    assert figure.var == "confidence/trust confidence/frame"


def test_the_title_follows_trust() -> None:
    def course(slope: float) -> str:
        def change(d: xr.Dataset) -> xr.Dataset:
            ramp = 0.5 + slope * np.linspace(0.0, 1.0, d.sizes["day"])
            return d.assign(trust=(d["trust"] * 0.0 + xr.DataArray(ramp, dims="day")).where(d["quantile"] == 0.5, 0.9))

        return next(b.title for b in fill(change) if isinstance(b, Figure))

    assert "rises by 20" in course(0.2) and "falls by 20" in course(-0.2)
    assert course(0.0) == "Trust in the person hardly moves"


def table(change) -> list[list[str]]:
    return [
        ["".join(s.text for s in cell.spans) for cell in row.cells]
        for b in fill(change)
        if isinstance(b, Table)
        for row in b.rows
    ]


def prose(change) -> str:
    return " ".join("".join(s.text for s in b.spans) for b in fill(change) if isinstance(b, Prose))


def moved(*sizes: float, days: tuple[int, ...] = (3, 9, 20), frame: float = 0.0):
    """Acts that move the trust of every audience by so much, on so many days of the window."""

    def change(d: xr.Dataset) -> xr.Dataset:
        shape = (len(sizes), d.sizes["audience"])
        trust = np.repeat(np.array(sizes)[:, None], shape[1], axis=1)
        names = [f"act {n + 1}" for n in range(len(sizes))]
        return d.drop_dims("event").assign(
            event_label=("event", np.array(names, dtype=object)),
            event_day=("event", d["day"].values[list(days[: len(sizes)])]),
            trust_change=(("event", "audience"), trust),
            frame_change=(("event", "audience"), np.full(shape, frame)),
            old_change=(("event", "audience"), np.zeros(shape)),
            sign_probability=(("event", "audience"), np.full(shape, 0.9)),
        )

    return change


def test_an_act_below_half_a_point_has_no_row_and_one_above_has() -> None:
    assert [row[1] for row in table(moved(0.005, 0.00499))] == ["Act 1"]
    rows = table(moved(0.04, 0.004, -0.03))
    assert [row[1] for row in rows] == ["Act 1", "Act 3"]
    assert rows[0][2].startswith("+4") and "90" in rows[0][2] and rows[1][2].startswith("−3")
    assert "Moved nothing by half a point or more: act 2 (" in prose(moved(0.04, 0.004, -0.03))
    assert "No act moved confidence by half a point." in prose(moved(0.004))
    assert "No act moved" not in prose(moved(0.004, 0.1)) and "Moved nothing" not in prose(moved(0.04))


def test_an_act_that_moves_the_frame_alone_has_its_row() -> None:
    (row,) = table(moved(0.0, frame=0.02))
    assert row[1] == "Act 1" and "90" not in row[2] and row[-2].startswith("+2")


def test_acts_of_one_day_and_one_change_stand_together_and_others_apart() -> None:
    assert [r[1] for r in table(moved(0.04, 0.04, days=(3, 3)))] == ["Act 1, act 2"]
    assert [r[1] for r in table(moved(0.04, 0.04, days=(3, 4)))] == ["Act 1", "Act 2"]
    assert [r[1] for r in table(moved(0.04, 0.05, days=(3, 3)))] == ["Act 1", "Act 2"]
    assert [r[1] for r in table(moved(0.04, 0.04, 0.04, 0.05, days=(3, 3, 3, 3)))] == ["Act 1, act 2, act 3", "Act 4"]
    once = ("event", np.array(["act 1", "act 1"], dtype=object))
    (row,) = table(lambda d: moved(0.04, 0.04, days=(3, 3))(d).assign(event_label=once))
    assert row[1] == "Act 1"


def test_the_figure_names_the_acts_that_moved_trust_most_in_order_of_date() -> None:
    def note(*sizes: float) -> str:
        text = next(b.caption for b in fill(moved(*sizes, days=(3, 9, 20, 22, 25))) if isinstance(b, Figure))
        return text.partition("Numbered: the acts that moved trust most: ")[2]

    assert re.findall(r"(\d) (act \d)", note(0.05, 0.004, -0.06)) == [("1", "act 1"), ("2", "act 3")]
    assert re.findall(r"act \d", note(0.009, 0.06)) == ["act 2"]  # less than a fifth of the most
    assert re.findall(r"act \d", note(0.05, 0.03, 0.06, 0.07, 0.08)) == ["act 1", "act 3", "act 4", "act 5"]
    assert note(0.004) == ""


def test_marks_that_would_overlap_stand_together() -> None:
    assert section._marks([(1.0, "a"), (2.0, "b"), (3.0, "c"), (5.0, "d")], 40) == [(2.0, "1–3"), (5.0, "4")]
    assert section._marks([(1.0, "a"), (2.0, "b"), (20.0, "c")], 40) == [(1.5, "1–2"), (20.0, "3")]
    assert section._marks([(1.0, "a"), (3.0, "b")], 40) == [(1.0, "1"), (3.0, "2")]


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        ((0.5, 0.6, 0.7), "rises by 20 points up to 12 Apr and stays there"),
        ((0.5, 0.7, 0.6), "rises by 20 points up to 11 Apr and ends 10 points above where it began"),
        ((0.5, 0.2, 0.45), "falls by 30 points up to 11 Apr and ends 5.0 points below where it began"),
        ((0.0, 0.005, 0.005), "rises by 0.5 points up to 11 Apr and ends within a point of where it began"),
        ((0.5, 0.2, 0.505), "falls by 30 points up to 11 Apr and ends within a point of where it began"),
    ],
)
def test_the_course_tells_turn_and_end(trust: tuple[float, ...], said: str) -> None:
    days = [date(2030, 4, n) for n in (10, 11, 12)]
    assert section._course(np.array(trust), days) == f"Trust in the person {said}"


def test_an_opinion_outside_the_days_shown_or_without_a_share_is_no_dot() -> None:
    days = [date(2030, 4, n) for n in (10, 11, 12)]
    asked = ["2030-04-09", "2030-04-10", "2030-04-12", "2030-04-13", "2030-04-11"]
    told = xr.Dataset(
        {
            "opinion_audience": ("opinion", np.array(["a"] * 5, dtype=object)),
            "opinion_day": ("opinion", np.array(asked, dtype=object)),
            "opinion_quantity": ("opinion", np.array(["trust"] * 5, dtype=object)),
            "opinion_use": ("opinion", np.array(["fit"] * 5, dtype=object)),
            "opinion_share": ("opinion", [0.1, 0.2, 0.3, 0.4, np.nan]),
        }
    )
    group = Results(xr.DataTree.from_dict({"/confidence": told})).group("confidence")
    found = section._opinions(group, days)
    assert found == [("a", "trust", 0, 0.2, "fit"), ("a", "trust", 2, 0.3, "fit")]


def run_of(changes: np.ndarray, opinions: tuple = (), days: int = 3) -> SimpleNamespace:
    """What the answer reads: changes (history, event, audience, belief) and opinions of two audiences."""
    start = date(2030, 4, 10)
    named = tuple(SimpleNamespace(id=i, name=f"The {i}") for i in ("near", "far"))
    beliefs = np.array([[[0.0, 1.0, -1.0]] * 2] * days)
    logits = [SimpleNamespace(beliefs=beliefs + shift) for shift in (-1.0, 0.0, 1.0)]
    case = SimpleNamespace(
        audiences=named, opinions=opinions, window=SimpleNamespace(start=start, end=start), regions=()
    )
    events = [SimpleNamespace(minute=1440 * n, kind=ACT_KINDS[0]) for n in range(changes.shape[1])]
    return SimpleNamespace(
        case=case,
        model=SimpleNamespace(
            observations=SimpleNamespace(
                events=events, terms=SimpleNamespace(kind=np.zeros(0, int)), term_use=np.zeros(0, int), term_claims=[]
            ),
            arena=SimpleNamespace(predecessor=False)
        ),
        histories=SimpleNamespace(summaries=logits, changes=changes),
    )


def opinion(day: date, use: str = "fit", audience: str = "near") -> SimpleNamespace:
    when, ident = SimpleNamespace(day=day, text=day.isoformat()), f"{audience}{use}{day.day}"
    return SimpleNamespace(
        audience=audience, when=when, use=use, quantity="trust", share=0.4, note="a survey", report=ident
    )


def test_changes_are_means_and_signs_are_counted() -> None:
    changes = np.zeros((4, 4, 2, 3))
    changes[:3, 0, 0, 0], changes[3, 0, 0, 0] = 0.2, -0.2
    changes[:, 1, 1, 1] = -0.1
    made = answer_of.answer(run_of(changes))  # type: ignore[arg-type]
    assert made["trust_change"].values[0, 0] == pytest.approx(0.1)
    assert made["sign_probability"].values[:2].tolist() == [[0.75, 0.0], [0.0, 0.0]]
    assert made["frame_change"].values[1].tolist() == pytest.approx([0.0, -0.1])
    assert "old" not in made and "old_change" not in made
    assert made["trust"].values[2, 0, 0] == pytest.approx(0.5)
    assert made["frame"].values[2, 0, 0] == pytest.approx(1 / (1 + np.exp(-1)))
    assert made["event_day"].values.tolist() == [f"2030-04-{day}" for day in (10, 11, 12, 12)]


def test_a_report_counts_only_where_it_is_a_term_of_the_likelihood() -> None:
    """What lies outside of the window, asks for something else or is a copy is no term, whatever its use in the ledger."""
    asked = tuple(opinion(date(2030, 4, d)) for d in (8, 10, 11)) + (
        opinion(date(2030, 4, 12), use="check"),
        opinion(date(2030, 4, 12), audience="nobody"),
    )
    run = run_of(np.zeros((2, 1, 2, 3)), asked)
    opinions, crowds = KINDS.index(OPINION.kinds[0]), 1 - KINDS.index(OPINION.kinds[0])
    seen = run.model.observations
    seen.terms.kind, seen.term_use = np.array([opinions, opinions, crowds]), np.array([1, 0, 1])
    seen.term_claims = [("nearfit10",), ("nearcheck12",), ("nearfit11",)]
    made = answer_of.answer(run)  # type: ignore[arg-type]
    assert made["opinion_use"].values.tolist() == ["context", "fit", "context", "check"]
    assert float(made["opinions"]) == 1
    assert made["opinion_day"].values.tolist() == [f"2030-04-{d}" for d in ("08", "10", "11", "12")]
    assert made["opinion_label"].values[0] == "2030-04-08: a survey"


def test_every_quantity_of_every_audience_is_drawn_with_acts_and_reports() -> None:
    shown: list[xr.Dataset] = []

    def change(d: xr.Dataset) -> xr.Dataset:
        d = moved(0.06, 0.04, days=(3, 20))(d.drop_dims("opinion"))
        ids = d["audience"].values
        told = {"audience": ids[[0, 1]], "quantity": ["trust", "old"], "use": ["fit", "check"], "label": ["", ""]}
        told["day"] = d["day"].values[[2, 5]].astype("datetime64[D]").astype(str)
        for name, values in told.items():
            d[f"opinion_{name}"] = ("opinion", np.array(values, dtype=object))
        shown.append(d.assign(opinion_share=("opinion", [0.31, 0.72])))
        return shown[-1]

    with telling.pictures() as drawn:
        fill(change)
    (stored,), panels = shown, np.array(drawn[0].axes).reshape(3, 3)
    days = np.arange(stored.sizes["day"])
    titles = ["Trust in the person", "Belief in his frame", "Trust in the old ruler"]
    for r, (title, (name, _, line, _, wide)) in enumerate(zip(titles, section._QUANTITIES, strict=True)):
        assert [axes.get_ylabel() for axes in panels[r]] == [title, "", ""]
        for c, axes in enumerate(panels[r]):
            median = 100 * stored[name].values[2, :, c]
            (points,) = telling.lines(axes, line)
            np.testing.assert_allclose(points, np.column_stack([days, median]))
            assert any(to_hex(band.get_facecolor()[0]) == wide for band in axes.collections)
            said = telling.notes(axes)
            assert said.pop(chance(median[-1] / 100)) == (days[-1], median[-1])
            assert said == ({"1": (3, 100), "2": (20, 100)} if r == 0 else {})
            assert [x for (x, _), _ in telling.lines(axes, MUTED)] == [3, 20]
            assert axes.get_title("left") == (stored["audience_name"].values[c] if r == 0 else "")
            filled, hollow = telling.lines(axes, INK, "o"), telling.lines(axes, CHECK, "o")
            assert filled == ([[[2, 31]]] if (r, c) == (0, 0) else [])
            assert hollow == ([[[5, 72]]] if (r, c) == (2, 1) else [])
    first, last = stored["day"].values[[0, -1]].astype("datetime64[D]").astype(date)
    at = telling.ticks(panels[2, 0].xaxis)
    assert (at[short_day(first)], at[short_day(last)]) == (0, days[-1])


def test_without_intervals_no_band_is_drawn() -> None:
    groups = stored_run.datasets(stored_run.failed())
    with telling.pictures() as drawn:
        SECTION.fill(Results(xr.DataTree.from_dict({f"/{n}": d for n, d in groups.items()})), {})
    assert not any(axes.collections for axes in drawn[0].axes)
