import json
import math

import numpy as np
import pandas as pd
import pytest

from interrex.errors import RunError
from interrex.record import scores

# scikit-learn's documentation: roc_auc_score and average_precision_score of these four are .75 and .83
EXAMPLE = [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]


def test_scores_of_a_coin_are_those_of_the_textbook():
    assert scores.brier([0.5] * 4, [0, 1, 1, 0]) == 0.25
    assert scores.log_score([0.5] * 4, [0, 1, 1, 0]) == pytest.approx(-math.log(2))
    assert scores.log_score([0.0, 0.5], [1, 1]) == -math.inf


def test_auc_and_average_precision_are_those_of_scikit_learn():
    assert scores.auc(*EXAMPLE) == 0.75
    assert scores.average_precision(*EXAMPLE) == pytest.approx(0.83, abs=0.005)


def test_auc_and_average_precision_agree_with_counting_by_hand_where_forecasts_tie():
    random = np.random.default_rng(5)
    for _ in range(50):
        p, y = random.integers(0, 5, 30) / 5, random.random(30) < 0.3
        if y.all() or not y.any():
            continue
        pairs = [(a > b) + (a == b) / 2 for a in p[y] for b in p[~y]]
        assert scores.auc(p, y) == pytest.approx(np.mean(pairs))
        precision = [y[p >= a].mean() for a in p[y]]
        assert scores.average_precision(p, y) == pytest.approx(np.mean(precision))


def test_what_a_sample_cannot_give_is_not_a_number():
    assert math.isnan(scores.auc([0.1, 0.2], [0, 0])) and math.isnan(scores.auc([0.1, 0.2], [1, 1]))
    assert math.isnan(scores.average_precision([0.1, 0.2], [0, 0]))
    assert math.isnan(scores.skill([0.1, 0.2], [0.0, 0.0], [0, 0]))
    assert math.isnan(scores.brier([], [])) and math.isnan(scores.log_score([], []))
    assert all(map(math.isnan, scores.skill_interval([0.1, 0.2], [0.3, 0.3], [0, 1], [7, 7])))


def test_skill_is_the_share_of_the_nulls_loss_that_is_saved():
    y, null = np.array([1, 0, 0, 0]), np.full(4, 0.25)
    assert scores.skill(null, null, y) == 0
    assert scores.skill(y, null, y) == 1
    assert scores.skill([0.5, 0, 0, 0], null, y) == pytest.approx(1 - 0.25 / 0.75)
    assert scores.skill(1 - y, null, y) < 0


def test_interval_of_the_skill_is_that_of_countries_drawn_anew():
    random = np.random.default_rng(2)
    country = np.repeat(np.arange(12), 9)
    y, p, null = random.random(108) < 0.3, random.random(108), np.full(108, 0.3)
    drawn = []
    for _ in range(4000):
        rows = np.concatenate([np.flatnonzero(country == c) for c in random.integers(0, 12, 12)])
        drawn.append(scores.skill(p[rows], null[rows], y[rows]))
    low, high = scores.skill_interval(p, null, y, country)
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.05, 0.95])), abs=0.04)
    assert low < scores.skill(p, null, y) < high
    assert scores.skill_interval(p, null, y, country) == (low, high)
    shuffled = random.permutation(108)
    assert scores.skill_interval(p[shuffled], null, y[shuffled], country[shuffled]) == pytest.approx(
        (low, high)
    )


def test_interval_is_wider_when_the_forecasts_of_a_country_rise_and_fall_together():
    y = np.repeat(np.arange(10) < 3, 20)
    p, null = np.where(y, 0.6, 0.35), np.full(200, 0.3)
    together = scores.skill_interval(p, null, y, np.repeat(np.arange(10), 20))
    apart = scores.skill_interval(p, null, y, np.arange(200))
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])


def test_calibration_bins_hold_every_forecast_once():
    p, y = [0.0, 0.1, 0.15, 0.5, 1.0], [0, 0, 1, 1, 1]
    assert scores.calibration(p, y, [0, 0.1, 0.5, 1]) == [
        (0, 0.1, 1, 0, 0.0),
        (0.1, 0.5, 2, 1, pytest.approx(0.125)),
        (0.5, 1, 2, 2, 0.75),
    ]
    assert scores.calibration(p, y, [0, 0.05, 0.07, 1])[-1].n == 4


@pytest.mark.published
@pytest.mark.parametrize(
    ("name", "n", "events", "skill", "auc"),
    [("calib", 4284, 9, 0.004, 0.857), ("test", 5996, 9, 0.006, 0.864), ("test6", 5078, 49, -0.057, 0.823)],
)
def test_published_forecasts_of_irregular_exits_have_their_published_scores(
    public_data, name, n, events, skill, auc
):
    """Ward and Beger (2017): the skill against the sample's own base rate and the AUC of their ensemble."""
    file = public_data / "ilc_forecasts" / f"pr_{name}.csv.gz"
    if not file.is_file():
        pytest.skip("the published forecasts are not beside the clone")
    rows = pd.read_csv(file).dropna(subset=["y", "ebma"])
    base = np.full(len(rows), rows["y"].mean())
    found = scores.scores(rows["ebma"], rows["y"], base, base, rows["gwcode"])
    assert (found.n, found.events) == (n, events)
    assert found.pooled == pytest.approx(skill, abs=0.0005)
    assert found.auc == pytest.approx(auc, abs=0.0005)
    assert found.pooled_interval[0] < found.pooled < found.pooled_interval[1]


def issued(public_data, name, column):
    file = public_data / "coupcats" / "issued" / f"{name}.json"
    if not file.is_file():
        pytest.skip("the issued forecasts are not beside the clone")
    rows = pd.DataFrame(json.loads(file.read_text()))
    return rows.assign(p=pd.to_numeric(rows[column])).dropna(subset=["p"])


@pytest.mark.published
@pytest.mark.parametrize("name", ["760574c", "800ef8f", "d2f70ee", "e0acfd3"])
def test_issued_coup_forecasts_of_march_2025_are_scored_on_a_month_without_a_coup(public_data, name):
    rows = issued(public_data, f"recent_data_{name}", "prediction_prob")
    panel = pd.read_csv(
        public_data / "coupcats" / "2.c.base_data.csv.gz", usecols=["ccode", "year", "month", "coup_attempt"]
    )
    months = panel[panel["coup_attempt"] > 0]
    assert (months["year"] * 12 + months["month"]).max() > 2025 * 12 + 3, "the panel reaches beyond the month"
    came = set(months.loc[(months["year"] == 2025) & (months["month"] == 3), "ccode"])
    y = rows["ccode"].isin(came)
    known = panel[panel["year"].between(2010, 2024)]
    base = np.full(len(rows), (known["coup_attempt"] > 0).mean())
    found = scores.scores(rows["p"], y, base, base, rows["ccode"])
    assert found.events == 0 and math.isnan(found.auc) and math.isnan(found.average_precision)
    assert 0 < found.brier < 1e-4
    assert found.brier == pytest.approx((rows["p"] ** 2).mean())


@pytest.mark.published
def test_issued_numbers_of_march_2026_are_no_probabilities(public_data):
    rows = issued(public_data, "current_yhat_2e185d6", "yhat")
    for score in (scores.brier, scores.log_score):
        with pytest.raises(RunError, match="^78 of 174 forecasts are no probabilities; "):
            score(rows["p"], np.zeros(len(rows)))
    assert issued(public_data, "current_yhat_ebf9e67", "yhat")["p"].between(0, 1).all()
