"""Every sentence turns with its value; the page and the table hold the same numbers."""

import pathlib
import re

import numpy as np
import pytest

from fixtures.opinions import ACTS, CSV
from interrex.report.numbers import nats, points
from interrex.results.schema import problems
from interrex.trust import sentences, summary, trust
from interrex.trust.modes import MODES
from interrex.trust.page import page
from interrex.trust.variables import GROUP


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trust")
    (folder / "reports.csv").write_text(CSV, encoding="utf-8")
    (folder / "acts.csv").write_text(ACTS, encoding="utf-8")
    return trust(folder / "reports.csv", folder / "acts.csv")


def changed(found, kind, about=None, **values):
    """The answer with the items of a kind (and about something) given other values."""
    out = found.copy(deep=True)
    rows = found["item_kind"].values == kind
    if about is not None:
        rows &= found["item_about"].values == about
    assert rows.any()
    for name, value in values.items():
        out[f"item_{name}"].values[..., rows] = np.array(value)[:, None] if np.ndim(value) else value
    return out


def said(found):
    return " ".join(sentences.verdict(found))


ROSE, FELL, FLAT = [0.01, 0.02, 0.03, 0.04, 0.05], [-0.05, -0.04, -0.03, -0.02, -0.01], [-0.02, -0.01, 0.0, 0.01, 0.02]


def test_the_answer_keeps_the_schema(answer):
    import xarray as xr

    tree = xr.DataTree.from_dict({"/trust": answer})
    assert problems(tree, {"trust": GROUP}) == []
    assert all(answer[name].attrs["long_name"] for name in answer.variables)
    assert answer["level"].attrs["units"] == answer["told"].attrs["units"] == "1"


def test_a_change_rose_or_fell_or_may_be_nothing(answer):
    span = answer["item_about"].values[answer["item_kind"].values == "change"][0]
    for share, words in ((ROSE, "it rose by 3.0 points (+1.0 to +5.0)"), (FELL, "it fell by 3.0 points (−5.0 to −1.0)"),
                         (FLAT, "it moved by 0 points, which may be nothing (−2.0 to +2.0)")):  # fmt: skip
        assert words in said(changed(answer, "change", span, share=share))


def test_an_act_rose_or_fell_or_is_the_priors(answer):
    act = "2022-01-05, Order to fire"
    for share, words in ((ROSE, "rose by 3.0 points"), (FELL, "fell by 3.0 points"), (FLAT, "moved by 0 points, which may be nothing")):
        told = said(changed(answer, "act", act, share=share, rests_on="reports"))
        assert f"5 Jan 2022, Order to fire: trust among networks {words}" in told
    assert "Order to fire: the reports do not tell how trust among networks moved" in said(changed(answer, "act", act, rests_on="prior"))


def test_the_higher_of_two_audiences_is_named_with_its_lead(answer):
    assert "It is higher among networks than among state_tv, by 3.0 points (1.0 to 5.0)." in said(changed(answer, "gap", share=ROSE))
    assert "It is higher among state_tv than among networks, by 3.0 points (1.0 to 5.0)." in said(changed(answer, "gap", share=FELL))
    assert "Between networks and state_tv no difference can be told for sure (−2.0 to +2.0 points)." in said(
        changed(answer, "gap", share=FLAT)
    )


def test_houses_that_stand_apart_are_named_the_highest_first(answer):
    assert "No house stands apart for sure" in said(changed(answer, "house", value=FLAT))
    high = changed(changed(answer, "house", value=FLAT), "house", "Beta", value=ROSE, share=ROSE)
    assert "on average over these: Beta +3.0 (+1.0 to +5.0)." in said(high)
    both = changed(high, "house", "Alpha", value=FELL, share=FELL)
    assert "Beta +3.0 (+1.0 to +5.0), Alpha −3.0 (−5.0 to −1.0)." in said(both)
    assert "No two houses report in the same days" in said(answer.isel(item=answer["item_kind"].values != "house"))


def test_the_level_tells_its_interval_what_is_told_and_the_part_of_the_bias(answer):
    found = changed(changed(changed(answer, "level", share=[0.2, 0.3, 0.4, 0.5, 0.6], sd=0.5), "bias", sd=0.25), "told", share=[0.5, 0.52, 0.55, 0.58, 0.6])
    assert "trust in the incumbent among networks is 40 % (20 % to 60 %); 55 % (50 % to 60 %) say so" in said(found)
    assert "The bias that all reports share is 25 % of the variance" in said(found)
    assert "is 81 % of the variance" in said(changed(found, "bias", sd=0.45))
    assert "belief in his frame" in said(found.assign_attrs(quantity="frame"))


def test_what_rests_on_the_prior_is_listed_and_nothing_else(answer):
    told = " ".join(sentences.mind(changed(answer, "house", rests_on="reports")))
    assert "house readers" not in told
    told = " ".join(sentences.mind(changed(answer, "house", "readers", rests_on="prior")))
    assert re.search(r"The reports do not tell, and the answer is the prior: [^.]*house readers", told)
    told = " ".join(sentences.mind(changed(answer, "parameter", rests_on="reports")))
    assert "could not learn of itself" not in told
    told = " ".join(sentences.mind(changed(answer, "parameter", "tie", rests_on="prior")))
    assert "correlation of what moves two audiences" in told


def test_a_house_that_scatters_too_little_or_too_much_is_named_with_what_it_may_be(answer):
    assert sentences.scatter(answer) == []
    smooth = sentences.scatter(changed(answer, "scatter", "Alpha", value=[0.3, 0.35, 0.4, 0.45, 0.5]))
    assert smooth == ["The reports of Alpha scatter 0.40 times as much as their samples would (0.30 to 0.50): its samples are larger or better drawn than is told, or its answers are smoothed."]  # fmt: skip
    (rough,) = sentences.scatter(changed(answer, "scatter", "Alpha", value=[1.1, 1.2, 1.3, 1.4, 1.5]))
    assert "scatter 1.3 times" in rough and "something besides chance" in rough
    assert rough in sentences.mind(changed(answer, "scatter", "Alpha", value=[1.1, 1.2, 1.3, 1.4, 1.5]))


@pytest.mark.parametrize(("low", "high", "does"), [(0.1, 0.3, "beats"), (-0.3, -0.1, "loses to"), (-0.1, 0.1, "cannot be told from")])
def test_a_rival_is_beaten_or_wins_or_neither(answer, low, high, does):
    import xarray as xr

    found = answer.drop_dims("rival").assign_coords(rival=["A alone"])
    found = found.assign({f"rival_{name}": ("rival", [value]) for name, value in
                          (("reports", 30), ("fusion", 1.0), ("score", 1.0 - (low + high) / 2), ("low", low), ("high", high))})  # fmt: skip
    assert isinstance(found, xr.Dataset)
    assert f"the fusion {does} A alone: {nats((low + high) / 2)} nats a report ({nats(low)} to {nats(high)}, 30 reports)" in sentences.trials(found)[0]


def test_a_house_left_out_and_reports_kept_for_checking_are_told(answer):
    assert answer["left_out"].values.tolist() == ["Alpha"]
    found = answer.copy(deep=True)
    found["inside_90"].values[0], found["changes_90"].values[0], found["left_out_mean"].values[0] = 0.5, 0.25, -0.04
    told = sentences.trials(found)[0]
    assert "Alpha left out: 50 % of its 6 reports" in told and "25 % of its changes" in told and "reads −4.0 points" in told
    found["report_use"].values[:2] = "check"
    found["report_expected"].values[:, :2] = np.array([[0, 0.2, 0.3, 0.4, 1.0], [0, 0.01, 0.02, 0.03, 0.04]]).T
    assert "Kept for checking: 1 of 2 reports lie inside" in sentences.trials(found)[-1]
    alone = found.isel(left_out=[]).assign(report_use=("report", np.full(found.sizes["report"], "fit", object)))
    assert sentences.trials(alone) == ["There are too few reports to try the fusion on any of them."]


def test_the_terminal_table_holds_the_numbers_of_the_answer(answer):
    rows = {row[0]: row for row in summary.cells(changed(answer, "gap", value=ROSE, share=FELL, sd=0.123, prior_sd=0.456))}
    row = rows["networks less state_tv"]
    assert row[1:6] == ("+0.030", "+0.010 to +0.050", "−3.0 (−5.0 to −1.0)", "0.46", "0.12")
    text = summary.text(answer)
    assert all(name in text for name in sentences.names(answer))
    assert text.startswith("Trust in the incumbent: 15 reports of 5 houses, 5 Nov 2021 to 20 Jan 2022")


def test_the_page_has_one_figure_and_one_table_and_asks_nothing_of_the_network(answer):
    html = page(answer, "1.2").decode()
    assert html.count("<figure") == html.count("<table") == 1 and "interrex 1.2" in html
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//|<script|@import|url\((?!#)", html)
    assert all(house in html for house in ("Alpha", "talks in a city"))
    assert html.count("reports do not tell") == 1 and page(answer, "1.2") == page(answer, "1.2")
    sly = answer.copy(deep=True)
    sly["report_house"].values[:] = "<b>x</b>"
    sly = sly.assign_coords(note=["<i>y</i>"] * sly.sizes["note"])
    assert not re.search("<b>x|<i>y", page(sly, "0").decode())


def test_the_documentation_holds_the_numbers_that_its_command_prints(answer):
    page = (pathlib.Path(__file__).parents[2] / "docs" / "trust.md").read_text(encoding="utf-8").replace("\n", " ")
    (told,), (level,) = (list(sentences.said(answer, kind, "state_tv")) for kind in ("told", "level"))
    for one in (told, level):
        low, middle, high = (f"{100 * one.share[at]:.0f}" for at in (0, 2, -1))
        assert f"{middle} % ({low} to {high})" in page
    for audience in ("state_tv", "networks"):
        act = next(one for one in sentences.said(answer, "act", audience) if "fire" in one.about)
        median, small, large = (points(-act.share[at]).lstrip("+") for at in (2, -1, 0))
        assert f"{median} ({small}" in page.replace(" points", "") and f"to {large})" in page
    (bias,) = sentences.said(answer, "bias", "state_tv")
    assert f"({100 * bias.sd**2 / level.sd**2:.0f} % of its variance)" in page
    for name, mode in MODES.items():
        assert f"| {name} | {mode.shift:g}, {mode.sd:g} | {mode.deff:g} | {mode.words} |".replace("-", "−") in page
