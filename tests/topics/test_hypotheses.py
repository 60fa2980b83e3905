"""Rival explanations: what the answer stores of the evidence, and what the section says of what is stored."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from fixtures import telling
from fixtures import toy as cases
from interrex.futures import rivals
from interrex.futures.shifts import Paths
from interrex.report.blocks import Table
from interrex.report.figures import BASE, FAINT, INK, MODEL, MUTED
from interrex.report.numbers import nats
from interrex.topics.hypotheses import answer
from interrex.topics.hypotheses.section import SECTION
from interrex.topics.needs import NEEDS

ARRIVES = "2030-03-15T20:00/2030-03-16T02:00"


def evidence(folder: Any, when: str = ARRIVES, more: list[cases.Row] | None = None) -> tuple[rivals.Evidence, Any]:
    rows = [cases.deployment(when), cases.row("purge", when="2030-03-16T10:00", act="remove_predecessor"), *(more or [])]
    ready = cases.ready(cases.cut(folder, lambda old: old + rows))
    signals, crisis = cases.made_up_path(ready.target.ticks)
    paths = Paths([signals], [crisis], np.zeros(1, int))
    return rivals.weigh(ready.target, ready.model.observations, paths, ready.cut, False, 1), ready.cut


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> tuple[rivals.Evidence, Any]:
    return evidence(tmp_path_factory.mktemp("rivals") / "case")


def test_help_that_came_late_moves_the_answer_and_a_promise_of_reform_does_not(
    weighed: tuple[rivals.Evidence, Any], tmp_path: Any
) -> None:
    first = answer.compared(*weighed, p=0.4)
    late = answer.compared(*evidence(tmp_path / "late", "2030-03-20T20:00/2030-03-21T02:00"), p=0.4)
    deal = list(first["hypothesis"].values).index("summit")
    assert late["log_ratio"][deal] < first["log_ratio"][deal] - 0.5
    assert late["posterior"][deal] < first["posterior"][deal]
    other = [cases.row("reform", when="2030-03-16T12:00", act="promise_reform")]
    same = answer.compared(*evidence(tmp_path / "same", more=other), p=0.4)
    assert same.drop_vars("claim_text").equals(first.drop_vars("claim_text"))


def test_the_group_holds_the_explanations_that_the_analyst_named_and_their_own_numbers(
    weighed: tuple[rivals.Evidence, Any],
) -> None:
    found, cut = weighed
    stored = answer.compared(found, cut, 0.4)
    assert list(stored["hypothesis"].values) == [found.names[h] for h in found.named]
    for name, values in (
        ("prior", found.prior), ("posterior", found.posterior), ("log_ratio", found.log_ratio), ("least", found.least),
        ("most", found.most), ("error", found.error), ("log_ratio_free", found.free),
    ):  # fmt: skip
        np.testing.assert_array_equal(stored[name], values[found.named])
    np.testing.assert_array_equal(stored["factor_log_ratio"], found.factors[:, found.named])
    np.testing.assert_array_equal(stored["grid_log_ratio"], found.grid[:, :, found.named])
    assert list(stored["pair_verdict"].values) == [v.word for v in found.verdicts]
    assert float(stored["predictive_p"]) == 0.4 and float(stored["asked"]) == 1.0
    assert float(stored["treaty_acceptance"]) == pytest.approx(0.5 / 3.0)
    assert float(stored["flip_hours"]) == found.flip_hours
    ids = set(stored["claim_id"].values)
    assert "deploys" in ids
    assert all(np.abs(row).max() > 0.0 for row in stored["claim_llr"].values)
    texts = dict(zip(stored["claim_id"].values, stored["claim_text"].values, strict=True))
    assert texts["deploys"] == next(c.text for c in cut.claims if c.id == "deploys")
    np.testing.assert_allclose(stored["claim_llr"].sum("claim"), stored["log_ratio"], atol=1e-9)
    silent = next(c.id for c in cut.claims if c.id not in found.claim_llr)
    more = found._replace(claim_llr=found.claim_llr | {silent: np.zeros(len(found.names))})
    assert silent not in answer.compared(more, cut, 0.4)["claim_id"].values, "it tells nothing apart"


def test_the_group_conforms_and_survives_the_disk(weighed: tuple[rivals.Evidence, Any], tmp_path: Any) -> None:
    telling.survives("hypotheses", answer.compared(*weighed, p=0.4), tmp_path)


def test_who_is_not_named_is_neither_compared_nor_stored(weighed: tuple[rivals.Evidence, Any]) -> None:
    found, cut = weighed
    only = cut.model_copy(
        update={"hypotheses": cut.hypotheses.model_copy(update={"understanding": ("none", "phone"), "plot": None, "prior_odds": {}, "labels": {}})}
    )  # fmt: skip
    prior = rivals.prior_odds(only)
    stored = answer.compared(found._replace(prior=prior), only, 0.4)
    assert list(stored["hypothesis"].values) == ["none", "phone"] == list(stored["label"].values)
    assert np.isnan(stored["flip_hours"])
    alone = only.model_copy(
        update={"hypotheses": only.hypotheses.model_copy(update={"understanding": ("none",)})}
    )
    assert NEEDS["rival explanations"](only) and not NEEDS["rival explanations"](alone)


def test_labels_are_those_of_the_case(weighed: tuple[rivals.Evidence, Any]) -> None:
    _, cut = weighed
    given = cut.hypotheses.labels
    for name in ("none", "phone"):
        assert answer.label(cut, name) == (given[name].label if name in given else name)
    plot = cut.hypotheses.plot.label if cut.hypotheses.plot else answer.PLOT_WORDS
    assert answer.label(cut, "none+plot") == f"{answer.label(cut, 'none')}, and {plot}"
    bare = cut.model_copy(update={"hypotheses": cut.hypotheses.model_copy(update={"plot": None, "labels": {}})})
    assert answer.label(bare, "summit+plot") == f"summit, and {answer.PLOT_WORDS}"


def test_the_chance_of_a_contact_is_that_of_ten_days(weighed: tuple[rivals.Evidence, Any]) -> None:
    from interrex.case.schema import Quantity

    _, cut = weighed
    given = cut.model_copy(
        update={"hypotheses": cut.hypotheses.model_copy(update={"contacts_per_year": Quantity(value=8.0, low=4.0)})}
    )
    found = answer.contacts(given)
    assert found["contacts"] == [4.0, 8.0]
    assert found["contact_chance"] == pytest.approx(1.0 - np.exp(-np.array([4.0, 8.0]) * 10 / 365))
    none = cut.model_copy(
        update={"hypotheses": cut.hypotheses.model_copy(update={"contacts_per_year": None})}
    )
    assert answer.contacts(none) == {}


# --- what the section says ---

NAMES = ("none", "ready", "phone", "none+plot", "ready+plot", "phone+plot")


def stored(**changes: Any) -> dict[str, Any]:
    ratio = np.array([0.0, 0.5, 2.0, 0.7, 1.2, 2.7])
    llr = np.zeros((2, 6))
    llr[0], llr[1, 5] = ratio / 2, 0.25
    factors = np.zeros((2, 6))
    factors[0], factors[1] = 0.75 * ratio, 0.25 * ratio
    return {
        "hypothesis": NAMES, "label": ["a treaty", "readiness", "a call", "a treaty, and a plot", "readiness, and a plot", "a call, and a plot"],
        "prior": [0.2, 0.2, 0.1, 0.2, 0.2, 0.1], "posterior": [0.06, 0.1, 0.2, 0.14, 0.2, 0.3],
        "log_ratio": ratio, "least": ratio - 0.3, "most": ratio + 0.4, "error": np.full(6, 0.02), "log_ratio_free": ratio,
        "factor": ["acceptance", "delay"], "factor_log_ratio": factors, "factor_least": factors - 0.1, "factor_most": factors + 0.1,
        "grid_latency": [24.0, 48.0], "grid_acceptance": ["rarely", "often"],
        "grid_log_ratio": np.broadcast_to(ratio, (2, 2, 6)) + np.array([0.0, 0.1])[:, None, None] * (ratio != 0),
        "pair_first": ["ready", "phone", "phone"], "pair_second": ["none", "none", "ready"],
        "pair_least": [-0.2, 1.7, 0.0], "pair_most": [0.9, 2.4, 1.5],
        "pair_verdict": ["decided by the prior", "favoured", "decided by the prior"], "pair_alike": [0, 0, 1],
        "claim_id": ["one", "two"], "claim_text": ["troops landed", "a chief was dismissed"], "claim_llr": llr,
        "asked": 1, "treaty_acceptance": 1 / 6, "flip_hours": 77.0, "other_form": 0.12, "predictive_p": 0.3,
    } | changes  # fmt: skip


def drawn(**changes: Any) -> list[list[Axes]]:
    """Panels of the two pictures: probabilities, and factors."""
    with telling.pictures() as made:
        told(**changes)
    return [picture.axes for picture in made]


def test_probabilities_are_drawn_before_and_after() -> None:
    ((axes,), _) = drawn()
    rows, before, after = [0, 1, 2, 3.6], [40, 40, 20, 50], [20, 30, 50, 64]
    for marker, colour, values in (("|", BASE, before), ("o", MODEL, after)):
        assert np.array(telling.lines(axes, colour, marker))[:, 0].tolist() == [
            pytest.approx([v, row]) for v, row in zip(values, rows, strict=True)
        ]
    assert np.array(telling.lines(axes, FAINT))[:, :, 0].tolist() == [pytest.approx(p) for p in zip(before, after, strict=True)]
    assert telling.ticks(axes.yaxis) == dict(zip(["a treaty", "readiness", "a call", "a plot"], rows, strict=True))
    ends = {text: x for text, (x, _) in telling.notes(axes).items()}
    assert ends == pytest.approx({"20 %": 40, "30 %": 40, "50 %": 50, "64 %": 64}), "each beside the larger of its two"
    assert [line[0][1] for line in telling.lines(axes, MUTED)] == [2.8], "the plot stands below the line"
    assert axes.get_xlim() == (0, pytest.approx(1.2 * 64))
    ratio = stored()["log_ratio"] + [0, 0, 0, 0, 0, 0.3]
    assert not telling.lines(drawn(log_ratio=ratio)[0][0], MUTED), "no plot apart, no line"
    certain = drawn(posterior=[0.01, 0.01, 0.01, 0.01, 0.01, 0.95])[0][0]
    assert certain.get_xlim()[1] == pytest.approx(112, abs=4) and telling.notes(certain)


def test_the_factors_of_each_explanation_are_bars_that_add_up() -> None:
    values = stored()["factor_log_ratio"] * np.array([[1.0], [-1.0]])
    _, panels = drawn(factor_log_ratio=values, log_ratio=values.sum(axis=0))
    assert [a.get_title() or a.get_title("left") for a in panels] == ["readiness", "a call", "a plot"]
    low, high = stored()["factor_least"], stored()["factor_most"]
    least, most = stored()["least"], stored()["most"]
    assert telling.ticks(panels[0].yaxis) == {"acceptance": 0, "delay": 1, "sum": 2}
    for axes, n in zip(panels, (1, 2, 3), strict=True):
        bars = [(b.get_y() + b.get_height() / 2, b.get_width(), to_hex(b.get_facecolor())) for b in axes.patches]
        sums = [*values[:, n], values[:, n].sum()]
        assert bars == [(k, pytest.approx(v), c) for k, (v, c) in enumerate(zip(sums, (MODEL, "#c2571a", INK), strict=True))]
        spans = [line for line in telling.lines(axes, INK) + telling.lines(axes, MUTED) if line[0][1] == line[1][1] in (0, 1, 2)]
        assert [[x for x, _ in line] for line in spans] == [[low[0, n], high[0, n]], [low[1, n], high[1, n]], [least[n], most[n]]]
        said = telling.notes(axes)
        assert said == {nats(v): (max(v, 0.0, hi), k) for k, (v, hi) in enumerate(zip(sums, [*high[:, n], most[n]], strict=True))}
        bottom, top = axes.get_ylim()
        assert bottom > 2 and top < 0


def test_more_than_four_explanations_stand_three_abreast_and_at_most_six() -> None:
    names = ["none", *(f"u{n}" for n in range(7))]
    n, ratio = len(names), np.array([0.0, *np.arange(1.0, 8.0)])
    each = {name: np.ones(n) / n for name in ("prior", "posterior")} | {name: ratio for name in ("log_ratio", "least", "most", "log_ratio_free")}
    parts = {name: np.stack([ratio, 0 * ratio]) for name in ("factor_log_ratio", "factor_least", "factor_most")}
    llr = {"claim_llr": np.ones((2, n)), "grid_log_ratio": np.ones((2, 2, n)) * ratio, "error": np.zeros(n)}
    world = each | parts | llr | {"hypothesis": names, "label": names, "pair_first": ["u1"], "pair_second": ["none"]}
    world |= {"pair_least": [1.0], "pair_most": [2.0], "pair_verdict": ["favoured"], "pair_alike": [0]}
    grid = drawn(**world)[1]
    assert len(grid) == 6 and grid[0].get_gridspec().ncols == 3
    assert [a.get_title() or a.get_title("left") for a in grid] == names[1:7]
    five = {k: v[..., :6] if isinstance(v, np.ndarray) else v[:6] if k in ("hypothesis", "label") else v for k, v in world.items()}
    assert [a.axison for a in drawn(**five)[1]] == [True] * 5 + [False]


def test_colour_and_depth_of_a_cell_follow_its_sign_and_size() -> None:
    grid = stored()["grid_log_ratio"].copy()
    grid[:, :, 1], grid[:, :, 2] = [[2.25, -2.24], [1.0, -0.99]], [[0.25, -0.24], [0.0, -3.0]]
    group = telling.group("hypotheses", stored(grid_log_ratio=grid, claim_llr=stored()["claim_llr"] * 1.5))
    blocks = SECTION.fill(telling.results({"hypotheses": group}), {})
    (points, claims) = (b for b in blocks if isinstance(b, Table) and "heat" in b.look)
    looks = [[(c.spans[0].text, c.look.removeprefix("num").strip()) for c in row.cells[1:]] for row in points.rows if not row.heading]
    assert looks[:4] == [
        [("+2.25", "plus-3"), ("+1.00", "plus-2")], [("−2.24", "minus-2"), ("−0.99", "minus-1")],
        [("+0.25", "plus-1"), ("0", "")], [("−0.24", ""), ("−3.00", "minus-3")],
    ]  # fmt: skip
    assert [c.look for c in claims.rows[0].cells[1:-1]] == ["num ", "num plus-1", "num plus-3", "num plus-1"]


def told(**changes: Any) -> str:
    return telling.told(SECTION, {"hypotheses": telling.group("hypotheses", stored(**changes))})


def test_each_explanation_beside_the_first_has_its_own_verdict_and_range() -> None:
    text = told()
    assert "“readiness”: decided by the prior (log evidence ratio −0.20 to +0.90)" in text
    assert "“a call”: the sequence favours it under every prior tried (log evidence ratio +1.70 to +2.40)" in text
    words = ["against", "no evidence", "decided by the prior"]
    flipped = told(pair_verdict=words, pair_least=[-2.0, 0.0, 0.0])
    assert "“readiness”: the sequence speaks against it under every prior tried (log evidence ratio −2.00" in flipped
    assert "“a call”: the sequence says nothing" in flipped


def test_pairs_that_give_the_same_help_are_named_as_such_by_the_stored_flag() -> None:
    line = next(row for row in told().splitlines() if row.startswith("a call, beside readiness"))
    assert "same by construction" in line and "0 to +1.50" in line
    assert "same by construction" not in told(pair_alike=[0, 0, 0])


def test_what_would_flip_it_is_the_stored_delay_and_chance() -> None:
    assert "more than 77 hours" in told() and "chance of 17 %" in told()
    assert "more than 31 hours" in told(flip_hours=31.0)
    assert "what would flip it" not in told(flip_hours=np.nan)


def test_nothing_is_said_for_or_against_before_a_request() -> None:
    text = told(asked=0)
    assert text.startswith("Not asked yet") and "favours" not in text and "troops landed" not in text
    zero = told(log_ratio=np.zeros(6))
    assert zero.startswith("Nothing speaks for or against") and "favours" not in zero


def test_the_sentence_on_a_free_level_names_the_largest_change_that_was_computed() -> None:
    ratio = stored()["log_ratio"]
    assert "no ratio changes by .01" in told()
    free = np.array([0.0, 0.4, 1.1, 0.7, 1.1, 1.9])
    text = told(log_ratio_free=free)
    assert "the largest change is that of “a call”, from +2.00 to +1.10" in text
    assert "no ratio changes" not in text
    row = next(r for r in text.splitlines() if r.startswith("readiness | "))
    assert row.endswith("| +0.40") and "+0.20 to +0.90" in row
    assert "no ratio changes" in told(log_ratio_free=ratio + 0.004)


def test_the_numerical_error_is_the_largest_that_was_stored() -> None:
    assert "predicts the dated sequence than “a treaty”; its numerical error is at most 0.02" in told()
    assert "numerical error is at most 0.2" in told(error=[0, 0, 0.2, 0, 0, 0.1])


def test_a_plot_that_counts_the_same_for_all_is_told_apart() -> None:
    text = told()
    rows = [r.split(" | ")[:4] for r in text.splitlines() if r.count(" | ") == 6]
    assert rows[1:] == [
        ["a treaty", "40 %", "20 %", "reference"],
        ["readiness", "40 %", "30 %", "+0.50"],
        ["a call", "20 %", "50 %", "+2.00"],
        ["a plot (compared with no plot)", "50 %", "64 %", "+0.70"],
    ]
    ratio = stored()["log_ratio"] + [0, 0, 0, 0, 0, 0.3]
    assert "a call, and a plot | " in told(log_ratio=ratio) and "compared with no plot" not in told(log_ratio=ratio)


def test_the_title_says_whether_one_stands_out() -> None:
    assert "No explanation stands out: “a call” 50 %, “readiness” 30 %" in told()
    clear = told(posterior=[0.05, 0.05, 0.3, 0.05, 0.05, 0.5])
    assert "“a call” leads with 80 %" in clear and "stands out" not in clear


def test_how_many_times_as_well_is_the_ratio_itself() -> None:
    assert "| 7.4 times as well |" in told() and "1.6 times as well" in told()
    worse = stored()["log_ratio"] * [1, -1, 1, 1, 1, 1]
    assert "| 1.6 times as badly |" in told(log_ratio=worse)
    assert "over 1,000 times as well" in told(log_ratio=stored()["log_ratio"] * 4)
    assert "| 12 times as well |" in told(log_ratio=stored()["log_ratio"] * 1.25)


def test_the_factor_that_separates_most_is_named() -> None:
    assert "mostly one factor: acceptance" in told()
    swapped = stored()["factor_log_ratio"][::-1]
    assert "mostly one factor: delay" in told(factor_log_ratio=swapped)
    even = np.stack([stored()["log_ratio"] * w for w in (0.4, 0.3, 0.3)])
    three = told(
        factor=["acceptance", "delay", "purges"], factor_log_ratio=even, factor_least=even, factor_most=even
    )
    assert "What separates the explanations most: acceptance, then delay" in three
    nothing = np.zeros((2, 6))
    assert "No factor separates the explanations" in told(factor_log_ratio=nothing)


def test_signs_are_counted_over_the_grid() -> None:
    assert "For 0 of 3 explanations the sign" in told()
    grid = stored()["grid_log_ratio"].copy()
    grid[0, 0, 1], grid[:, :, 2] = -0.4, -1.0 - np.array([[0.0, 0.1], [0.2, 0.3]])
    text = told(grid_log_ratio=grid)
    assert "For 1 of 3 explanations the sign" in text
    assert "readiness: the sign depends on the prior" in text and "a call: against it at every point" in text
    assert "rarely | −0.40 | +0.60" in text
    assert "a call: for it at every point" in told()
    assert "a plot: for it at every point" in told()
    flat = np.broadcast_to(stored()["log_ratio"], (2, 2, 6))
    assert "a call: +2.00 at every point" in told(grid_log_ratio=flat)
    assert "a call: no evidence either way" in told(grid_log_ratio=np.zeros((2, 2, 6)))


def test_claims_stand_by_what_they_tell_apart() -> None:
    text = told()
    assert "2 claims tell the explanations apart" in text
    rows = [r for r in text.splitlines() if r.startswith(("troops", "a chief"))]
    assert rows[0].startswith("troops landed | 0 | +0.25 | +1.00 | +0.35 | 1.35") and rows[1].startswith("a chief")
    llr = stored()["claim_llr"][::-1]
    rows = [r for r in told(claim_llr=llr).splitlines() if r.startswith(("troops", "a chief"))]
    assert rows[0].startswith("a chief")
    many = told(claim_id=[str(n) for n in range(43)], claim_text=[f"claim {n}" for n in range(43)], claim_llr=np.ones((43, 6)))
    assert " 3 claims of less weight are not printed" in many and "43 claims tell" in many
    none = told(claim_id=[], claim_text=[], claim_llr=np.zeros((0, 6)))
    assert "tell the explanations apart" not in none


def test_notes_say_the_stored_fit_form_and_contacts() -> None:
    assert "has probability 30 % under the best explanation" in told() and "None of these explains it" not in told()
    assert "None of these explains it" in told(predictive_p=0.049)
    assert "Absolute fit" not in told(predictive_p=np.nan)
    assert "moves by more than 0.12" in told() and "gamma" not in told(other_form=0.0)
    assert "contact of the two leaders" not in told()
    text = told(contacts=[4.0, 12.0], contact_chance=[0.1, 0.28])
    assert "4 a year: 10 %, ratio at most 10.0; 12 a year: 28 %, ratio at most 3.6" in text
    assert not re.search("scheduled", text)
