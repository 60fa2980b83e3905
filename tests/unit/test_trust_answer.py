"""The answer from the top: what its numbers are of, what options change, and how the trials are counted."""

import numpy as np
import pytest
from scipy.special import expit, logit, ndtri

from fixtures.opinions import USUAL, known, reports, world
from interrex.trust import trust
from interrex.trust.acts import ACT_SD, Act
from interrex.trust.ahead import rivals
from interrex.trust.fuse import fuse
from interrex.trust.held_out import leave_out
from interrex.trust.items import HARDLY, TOLD, items, rests_on
from interrex.trust.learn import learn
from interrex.trust.model import design
from interrex.trust.priors import quantiles

DAYS = range(0, 400, 20)
START = np.zeros(99)


@pytest.fixture(scope="module")
def answer():
    """Three houses on two audiences over 400 days, with an act that nothing follows and one among the reports."""
    _, found = world(5, DAYS, ("A", "B", "C"), ("east", "west"))
    mode = np.where(found.house == "C", "networks", "poll")
    return trust(found._replace(mode=mode), [Act(195, "within"), Act(450, "after")])


def one(found, kind, about="", audience=""):
    (at,) = np.flatnonzero([
        (k, a, w) == (kind, about, audience)
        for k, a, w in zip(*(found[f"item_{n}"].values.tolist() for n in ("kind", "about", "audience")), strict=True)
    ])  # fmt: skip
    return found.isel(item=int(at))


def test_level_and_told_of_the_table_are_those_of_the_last_day_of_the_curve(answer):
    last = answer.sel(day=answer.attrs["last"], audience="west")
    for kind in ("level", "told"):
        np.testing.assert_allclose(one(answer, kind, "", "west")["item_share"], last[kind])
        assert float(one(answer, kind, "", "west")["item_sd"]) == pytest.approx(float(last[f"{kind}_sd"]))
    assert (last["level"].values[[0, -1]] != last["told"].values[[0, -1]]).all()


def test_changes_and_gaps_are_shares_at_the_level_that_is_told(answer):
    end = {a: float(one(answer, "told", "", a)["item_value"][2]) for a in ("east", "west")}
    change = one(answer, "change", "30 days", "west")
    q = change["item_value"].values
    np.testing.assert_allclose(change["item_share"], expit(end["west"]) - expit(end["west"] - q))
    gap = one(answer, "gap", "east less west")
    np.testing.assert_allclose(gap["item_share"], expit(end["west"] + gap["item_value"].values) - expit(end["west"]))
    bias = one(answer, "bias", "", "west")
    np.testing.assert_allclose(bias["item_share"], expit(end["west"]) - expit(end["west"] - bias["item_value"].values))
    house = one(answer, "house", "A")
    mean = (end["east"] + end["west"]) / 2
    np.testing.assert_allclose(house["item_share"], expit(mean + house["item_value"].values) - expit(mean))


def test_an_act_is_a_share_from_what_was_told_on_its_eve(answer):
    act = one(answer, "act", "1970-07-15, within", "east")
    eve = logit(float(answer["told"].sel(day="1970-07-14", audience="east", quantile=0.5)))
    np.testing.assert_allclose(act["item_share"], expit(eve + act["item_value"].values) - expit(eve))
    assert 0.5 < float(act["item_prior_sd"]) < 0.55 and float(act["item_sd"]) < 0.4
    after = one(answer, "act", "1971-03-27, after", "east")
    assert after["item_rests_on"] == "prior" and float(after["item_sd"]) == pytest.approx(ACT_SD, rel=0.02)


def test_quantiles_are_those_of_a_normal_about_the_median(answer):
    row = one(answer, "change", "365 days", "east")
    z = (row["item_value"].values - float(row["item_value"][2])) / float(row["item_sd"])
    np.testing.assert_allclose(z, ndtri([0.05, 0.25, 0.5, 0.75, 0.95]), atol=1e-9)


def test_spans_are_told_only_as_far_as_reports_reach(answer):
    spans = {a for k, a in zip(answer["item_kind"].values, answer["item_about"].values, strict=True) if k == "change"}
    assert spans == {"30 days", "365 days", "since 1970-01-01"}
    short = trust(reports([(0, "A", "all", 0.5, 0.01), (20, "A", "all", 0.5, 0.01)]))
    assert short["item_about"].values[short["item_kind"].values == "change"].tolist() == ["since 1970-01-01"]
    single = trust(reports([(7, "A", "all", 0.5, 0.01)]))
    assert "change" not in single["item_kind"].values and single.sizes["day"] == 1


def test_what_is_told_is_the_mean_over_houses_and_their_modes(answer):
    d = design(world(1, DAYS, ("A", "B"))[1])
    mixed = d._replace(names=(*d.names[:-1], ("shift", "poll")))
    found = fuse(mixed, known(), mixed.day)
    row = found.told("all", 380) - found.level("all", 380)
    np.testing.assert_allclose(
        row, found.shared("all") + (found.house("A", 380) + found.house("B", 380)) / 2
    )
    assert answer["mode"].values.tolist() == ["networks", "poll"] and answer["mode_shift"].values.tolist() == [0.0, 0.3]


@pytest.mark.parametrize(("sd", "on"), [(TOLD - 0.01, "reports"), (TOLD, "both"), (HARDLY - 0.01, "both"), (HARDLY, "prior"), (2, "prior")])
def test_what_answers_is_told_by_how_far_the_sd_shrank(sd, on):
    assert rests_on(1.0, sd) == on == rests_on(3.0, 3 * sd)


def test_a_level_whose_bias_is_most_of_its_variance_rests_on_the_bias(answer):
    for audience in ("east", "west"):
        level, bias = one(answer, "level", "", audience), one(answer, "bias", "", audience)
        assert float(bias["item_sd"]) ** 2 > 0.5 * float(level["item_sd"]) ** 2 and level["item_rests_on"] == "bias"
    rough = design(reports([(0, "A", "all", 0.5, 4.0)]))
    (level,) = (i for i in items(fuse(rough, known(), rough.day), known(), (), {}, 0) if i.kind == "level")
    assert level.rests_on != "bias"


def test_reports_kept_for_checking_change_nothing_but_are_expected():
    _, found = world(5, range(0, 60, 4), ("A", "B"))
    use = np.where(np.arange(len(found.y)) % 7 == 3, "check", "fit")
    with_checks, without = trust(found._replace(use=use)), trust(found.take(use == "fit"))
    both = np.intersect1d(with_checks["day"], without["day"])
    np.testing.assert_allclose(with_checks["level"].sel(day=both), without["level"].sel(day=both), atol=2e-4)
    checks = use == "check"
    expected = with_checks["report_expected"].values
    assert np.isfinite(expected[:, checks]).all() and np.isnan(expected[:, ~checks]).all()
    inside = (found.share >= expected[0]) & (found.share <= expected[-1])
    assert inside[checks].mean() > 0.7
    only = found._replace(use=np.where(found.audience == "all", "fit", "fit"), audience=np.where(checks, "kept", "all"))
    assert trust(only._replace(use=use))["audience"].values.tolist() == ["all"]


def test_a_house_left_out_is_inside_as_often_as_is_said_and_its_bias_has_its_sign():
    kept = [one for seed in range(5) for one in leave_out(design(world(seed, DAYS, ("A", "B", "C"))[1]), START)]
    assert {one.house for one in kept} == {"A", "B", "C"} and all(one.reports == 20 for one in kept)
    assert 0.75 < np.mean([one.inside_90 for one in kept]) <= 1 and 0.8 < np.mean([one.changes_90 for one in kept]) < 0.98
    assert 0.25 < np.mean([one.inside_50 for one in kept]) < 0.75
    _, found = world(1, DAYS, ("A", "B", "C"))
    for shift in (0.5, -0.5):
        moved = found._replace(y=found.y + shift * (found.house == "B"))
        mean = {one.house: one.mean for one in leave_out(design(moved), START)}
        assert np.sign(mean["B"]) == np.sign(shift) and abs(mean["B"]) > 0.03
    few = found.take((found.house != "C") | (np.arange(len(found.y)) < 12))
    assert {one.house for one in leave_out(design(few), START)} == {"A", "B"}


def test_the_fusion_beats_houses_of_few_asked_and_a_plain_average_of_shifted_ones():
    _, found = world(2, range(0, 400, 10), ("A", "B", "C", "D"), var=0.03)
    by = {one.name: one for one in rivals(found)}
    assert set(by) == {"A alone", "B alone", "C alone", "D alone", "the plain average"}
    assert all(one.fusion > one.rival for one in by.values())
    assert all(one.low < one.fusion - one.rival < one.high for one in by.values())
    assert by["A alone"].reports == 20 and by["the plain average"].reports == 80
    assert [one.name for one in rivals(found.take(found.house == "A"))] == ["the plain average"]
    assert rivals(found.take(np.arange(len(found.y)) < 15)) == []


def test_a_learned_scatter_is_that_of_the_draws():
    rough = USUAL._replace(scatter=np.array([0.4, 1.0, 2.0]))
    learned = learn(design(world(3, range(0, 900, 9), ("A", "B", "C"), v=rough, var=0.01)[1]))
    found = [np.exp(mean + np.array([-1.645, 1.645]) * sd) for mean, sd in learned.scatter]
    assert all(q[0] < truth < q[-1] for q, truth in zip(found, rough.scatter, strict=True))


def test_many_houses_of_few_reports_teach_a_common_scatter():
    rough = USUAL._replace(scatter=np.full(12, 3.0))
    d = design(world(3, range(0, 60, 20), [f"house {n}" for n in range(12)], v=rough, var=0.01)[1])
    learned = learn(d)
    common = quantiles("scatter", learned.mean[4], learned.sd[4], np.array([0.05, 0.95]))
    assert 1.5 < common[0] < 3.0 < common[1] and np.isnan(learned.scatter).all()
