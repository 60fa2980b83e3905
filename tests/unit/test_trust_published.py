"""Three Russian houses on approval of the president, 1999 to 2020: does fusing them pay? (Public panels beside the clone only.)"""

import pathlib

import numpy as np
import pytest

from interrex.trust import sentences, trust
from interrex.trust.reports import read_reports

FILES = ("putin-approval-fom.csv", "putin-approval-levada-1999.csv", "vciom-presidential-approval-2006.csv")
HEADERS = {"percent": "Approve", "when": "Date", "house": "source"}
pytestmark = [pytest.mark.published, pytest.mark.slow]


@pytest.fixture(scope="module")
def answer(public_data):
    folder = public_data / "putin_approval"
    if not folder.is_dir():
        pytest.skip("no putin_approval among the panels")
    reports = read_reports(*[folder / name for name in FILES], columns=HEADERS, size=1600)
    assert len(reports.y) == 1331
    return trust(reports)


def item(found, kind, about=""):
    (at,) = np.flatnonzero((found["item_kind"].values == kind) & (found["item_about"].values == about))
    return found.isel(item=at)


def test_one_step_ahead_no_house_alone_beats_the_fusion_and_all_but_one_lose_to_it(answer):
    rivals = {name: answer.isel(rival=at) for at, name in enumerate(answer["rival"].values)}
    assert set(rivals) == {"FOM alone", "Levada alone", "VTsIOM alone", "the plain average"}
    assert all(float(one["rival_high"]) > 0 for one in rivals.values())
    assert all(float(one["rival_low"]) > 0 for name, one in rivals.items() if name != "FOM alone")
    gain = {name: float(one["rival_fusion"] - one["rival_score"]) for name, one in rivals.items()}
    assert gain["Levada alone"] > 0.15 and gain["the plain average"] > 0.4


def test_fom_scatters_less_than_any_sample_of_its_size_could_and_levada_as_much(answer):
    fom, levada = (item(answer, "scatter", name)["item_value"].values for name in ("FOM", "Levada"))
    assert fom[-1] < 0.6 and levada[0] < 1.1 < levada[-1]
    assert any("The reports of FOM scatter 0." in one for one in sentences.mind(answer))


def test_a_house_left_out_is_predicted_about_as_well_as_is_said(answer):
    inside = answer["inside_90"].to_series()
    assert (inside > 0.75).all() and inside.mean() > 0.85
    assert (answer["left_out_error"].values < 0.08).all()


def test_levada_reads_above_the_others_and_fom_below(answer):
    levada, fom = (item(answer, "house", name)["item_value"].values for name in ("Levada", "FOM"))
    assert levada[0] > 0 > fom[-1]


def test_houses_stand_apart_by_less_than_between_the_kazakh_ones_and_half_lives_hold_those_measured_before(answer):
    assert item(answer, "parameter", "house_sd")["item_value"].values[-1] < 0.37
    low, high = item(answer, "parameter", "half_life")["item_value"].values[[0, -1]]
    assert 90 < 139 < low < 625 < high


def test_approval_rose_in_2014_by_a_fifth_and_the_level_stays_as_open_as_the_bias(answer):
    told = answer["told"].sel(audience="all", quantile=0.5)
    assert 0.15 < float(told.sel(day="2014-06-01", method="nearest") - told.sel(day="2014-01-01", method="nearest")) < 0.3
    assert item(answer, "level")["item_rests_on"] == "bias" and item(answer, "bias")["item_rests_on"] == "prior"
    assert float(answer["level_sd"][-1, 0]) > 0.38 > 5 * float(answer["told_sd"][-1, 0])


def test_the_documentation_holds_the_published_numbers(answer):
    page = (pathlib.Path(__file__).parents[2] / "docs" / "trust.md").read_text(encoding="utf-8")
    half_life = item(answer, "parameter", "half_life")["item_value"].values
    assert f"{half_life[2]:.0f} days ({half_life[0]:.0f} to {half_life[-1]:,.0f})" in page
    scatter = item(answer, "scatter", "FOM")["item_value"].values
    assert f"FOM {scatter[2]:.2f} ({scatter[0]:.2f} to {scatter[-1]:.2f})" in page
    for name, low, high, ours, theirs in zip(*(answer[one].values for one in ("rival", "rival_low", "rival_high", "rival_fusion", "rival_score")), strict=True):  # fmt: skip
        assert f"{name} {ours - theirs:+.2f} ({low:.2f} to {high:.2f})".replace("-", "−") in page
    assert ", ".join(f"{100 * one:.0f}" for one in answer["inside_90"].values[:2]) + f" and {100 * answer['inside_90'].values[2]:.0f} %" in page  # fmt: skip
