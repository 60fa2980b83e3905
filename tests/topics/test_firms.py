"""Firms: what the group holds of its worlds, and that every sentence and row of the section follows its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from fixtures.telling import notes, pictures
from fixtures.told import blocks, stored, told
from interrex.case import load_case
from interrex.firms.planned import draw, population
from interrex.topics.firms import answer as firms
from interrex.topics.firms import cancelled_share, section

RISK = np.full((71, 2), 0.02 / 365.25)
RISK[14:18] += [[0.01, 0.02]] * 4


def said(passed: bool = True, **changes: Any) -> str:
    return told("firms", passed=passed, firms=stored("firms", **changes))


UNTOLD = {"told": None, "needed": None, "obs_share": None, "guess_after": None, "guess_moved": None}
"""A run that knows of no count."""

# what the section says


def test_the_count_is_told_with_its_source_its_range_and_its_two_probabilities() -> None:
    text = said(
        told=4, told_source="X-1", told_note="a letter", obs_rate_low=1.1, obs_rate_high=10.2, report_day="2030-04-02",
        p_told=0.2, p_told_unmoved=0.05, look_ratio=4.0, expected=2.5, expected_unmoved=1.5, extra_middle=0.7, calm_rate="No rate.",
    )  # fmt: skip
    assert "4 reported (source X-1: a letter). As a bare count it fixes" in text and "between 1.1 and 10 (exact" in text
    assert "exactly 4 by 2 Apr 2030 has probability 20 % if firms look" in text and "and 5 % if none does, a ratio of 4.0:" in text
    assert "The episode adds 1 cancellations" in text and "(0.7 in the middle draw) to 1.5 that would have come" in text
    assert "No rate." in text and "4 cancelled by 2 Apr 2030: 20 % as modelled, 5 % if nobody looked" in text
    assert "the count speaks for one of the two" in text and "tell the two apart" not in text
    assert "adds 0 cancellations" in said(expected=1.0, expected_unmoved=1.5)
    assert "2 reported (source COURIER-17). As" in said()


@pytest.mark.parametrize(("ratio", "alike"), [(1.49, True), (1.51, False), (0.68, True), (0.66, False)])
def test_a_count_about_as_likely_in_both_worlds_tells_nothing(ratio: float, alike: bool) -> None:
    text = said(look_ratio=ratio, p_told=0.1 * ratio, p_told_unmoved=0.1)
    assert ("the count does not tell the two apart. " in text) == alike
    assert ("% if nobody looked, which does not tell the two apart" in text) == alike


def test_without_a_count_the_picture_is_about_the_trigger() -> None:
    text = said(**UNTOLD)
    assert "reported (source" not in text and "A hazard on the asset's life raises the profit" in text
    trigger = np.linspace(0.05, 0.4, 31 * 4).reshape(31, 4)
    assert "enters (from 5.0 to 40 %)" in said(trigger=trigger) and "payout 7.0 % a year" in said(trigger_rate=0.07)


def test_the_picture_shows_the_law_as_far_as_the_count_and_says_what_lies_beyond() -> None:
    law = np.zeros((2, 61))
    law[:, 0], law[:, 14], law[:, 17], law[:, 40] = 0.5, 0.2, 0.1, 0.15

    def texts(**changes: Any) -> dict[str, Any]:
        with pictures() as drawn:
            said(predictive=law, **changes)
        return notes(drawn[0].axes[1])

    assert "more than 14: 30 %" in texts() and "2 reported" in texts()  # .05 lie beyond the sixty
    assert "more than 17: 20 %" in texts(told=15) and "more than 14: 30 %" in texts(told=12)
    assert texts(told=14)["14 reported"] == (14.0, 20.0)
    assert not any("reported" in text for text in texts(**UNTOLD))


def test_delays_are_told_plan_by_plan() -> None:
    text = said(promise=[1.2, 1.3, 1.4], promise_delay=[np.nan, 0.6, 0.4], episode_risk=0.12, peak_excess=0.05, calm_day="2030-03-02")
    assert "promises 20 % above it waits longer than eight years; 30 % above it waits 1 days; 40 % above it is carried out at once" in text
    assert "hold a chance of 12 % (median)" in text and "up to 5.0 % a year above" in text and "Within a year of 2 Mar 2030" in text


def test_entries_lost_are_delay_or_cancellation() -> None:
    text = said(entered=0.1, entered_unmoved=0.3, cancelled=0.45, cancelled_unmoved=0.4)
    assert "10.0 % of the plans are carried out, against 30.0 % if nobody looked, and 45.0 % are cancelled, against 40.0 %" in text
    assert "Of the entries lost in the year 25 % end as cancellations" in text
    assert "costs no entries" in said(entered=0.3, entered_unmoved=0.3004) and "costs no entries" not in said(entered=0.3, entered_unmoved=0.3006)
    assert "lost in the year 100 % end" in said(entered=0.1, entered_unmoved=0.2, cancelled=0.9, cancelled_unmoved=0.1).replace(">99", "100")


def test_every_row_of_the_tables_has_its_own_numbers() -> None:
    n = np.arange(9)
    text = said(
        obs_share=0.1 + n / 100, obs_share_low=0.05 + n / 100, obs_share_high=0.2 + n / 100, obs_share_rare=0.3 + n / 100,
        obs_share_rare_low=0.25 + n / 100, obs_share_rare_high=0.4 + n / 100, obs_share_heard=0.6 + n / 100, obs_plans=100 + n, obs_gain=2 + n,
    )  # fmt: skip
    assert "Exactly 10 plans 11 % (6 % to 21 %) num strong 31 % (26 % to 41 %) num 61 % num 101 num 3.0 num" in text
    assert "What a count of 5 says of the share" in said(told=5)
    text = said(severity=[1, 2, 3, 4, 5], severity_peak=[6, 7, 8, 9, 10], severity_entered=[0.5, 0.4, 0.3, 0.2, 0.1],
                severity_extra=[0.01, 0.02, 0.03, 0.04, 0.05], severity_extra_year=[0.11, 0.12, 0.13, 0.14, 0.15], plans=50.0)  # fmt: skip
    assert "2 num strong 7.0 num 40 % num 2.0 num 1.0 num 12.0 num" in text and "of 50 plans num" in text
    text = said(
        plan_count=[14], plan_entered=[0.2], plan_entered_unmoved=[0.3], plan_dropped=[0.4], plan_dropped_unmoved=[0.35], plan_lapsed=[0.25],
        plan_lapsed_unmoved=[0.22], year=[3.0, 4.0], year_low=[1.0, 2.0], year_high=[5.0, 6.0], draws=99, calm_day="2030-03-02", homes="Asia",
    )  # fmt: skip
    assert "Finance, Europe 14 num 30.0 % num 20.0 % num strong 35.0 % num 40.0 % num strong 22.0 % num 25.0 % num strong" in text
    assert "alive on 2 Mar 2030: mean over 99 draws" in text and "firms of Asia: 3.0 (1.0 to 5.0) as modelled; 4.0 (2.0 to 6.0) if nobody looked." in text
    assert "3.0 (interval withheld) as modelled" in said(passed=False, year=[3.0, 4.0])


def test_what_it_would_take_is_said_as_far_as_it_is_known() -> None:
    assert "come to 0.30 (median)." in said(image=0.3)
    assert "cancel 2 more of 11 plans, firms would have to expect about 2:" in said(needed=1.6, image=0.5)
    assert "About 2 would make the episode alone cancel 2 more of 11 plans." in said(needed=1.6, image=0.54)
    assert "At none of these severities would the episode alone cancel 2 more of 11 plans." in said(needed=np.nan)
    assert "episode alone" not in said(**UNTOLD)


def test_assumptions_are_counted_and_what_the_count_moved_is_said() -> None:
    text = said(guess_assumption=[1] * 7 + [0] * 3, guess_after=np.arange(10) + 0.5, guess_moved=[0.1, -0.4] + [0.2] * 8, informed=0.8)
    assert "7 of 10 numbers of this section are assumptions." in text and text.count("assumption: ") == 7
    assert "(reliability 0.80, one person's word) moves none of them by more than 0.4 of" in text
    assert "assumption: no source sources 0.50 num" in text and "Median after the count" in text
    bare = said(guess_after=None, guess_moved=None)
    assert "Median after the count" not in bare and "reliability" not in bare


def test_parts_that_a_run_has_not_computed_have_no_table() -> None:
    def count(**changes: Any) -> int:
        return len(blocks("firms", firms=stored("firms", **changes)))

    assert count(severity_extra=None) == count(obs_share=None) == count() - 1
    assert count(**UNTOLD) == count() - 2


# what the group holds


@pytest.fixture(scope="module")
def cut() -> Any:
    return load_case("kazakhstan-2022").as_of("2022-02-28")


@pytest.fixture(scope="module")
def made(cut: Any) -> Any:
    with pytest.MonkeyPatch.context() as few:
        few.setattr(firms, "DRAWS", 6)
        return firms.firms(cut, RISK, 1)


def test_days_of_the_calm_and_of_the_report(cut: Any, made: xr.Dataset) -> None:
    assert made.attrs["calm_day"] == cut.calm_until.isoformat() and made.attrs["report_day"] == "2022-01-18"


def test_the_image_is_what_the_episode_adds_times_what_firms_expect_again(cut: Any, made: xr.Dataset) -> None:
    assert made.attrs["episode_risk"] == pytest.approx(0.06)  # the middle of .04 and .08
    recurrence = np.median(draw(population(cut.facts), 1, 6)["recurrence"])
    assert made.attrs["image"] == pytest.approx(0.06 * recurrence)


def test_fates_of_plans_add_up(made: xr.Dataset) -> None:
    for suffix in ("", "_unmoved"):
        entered, dropped, lapsed = (made[f"plan_{name}{suffix}"] for name in ("entered", "dropped", "lapsed"))
        assert made.attrs[f"entered{suffix}"] == pytest.approx(float(entered.mean()))
        assert made.attrs[f"cancelled{suffix}"] == pytest.approx(float((dropped + lapsed).mean()))
        assert (entered + dropped + lapsed < 1).all() and (entered > 0).all()
    assert (made["plan_entered"] < made["plan_entered_unmoved"]).all()


def test_shares_of_a_year_are_of_the_plans_alive_at_its_start() -> None:
    fates = type("F", (), {"entered": np.array([0.0, 0.2, 0.5]), "cancelled": np.array([0.1, 0.3, 0.4])})()
    assert firms._since(fates.entered, fates, 1) == pytest.approx(0.3 / 0.5)
    assert firms._since(fates.cancelled, fates, 0) == pytest.approx(0.3 / 0.9)


def test_triggers_rise_with_hazard_and_volatility_and_less_where_the_plan_is_hit_too(made: xr.Dataset) -> None:
    ask, both = made["trigger"].values, made["trigger_both"].values
    assert (np.diff(ask, axis=0) > 0).all() and (np.diff(ask, axis=1) > 0).all()
    assert (ask[0] == both[0]).all() and (both[1:] < ask[1:]).all()
    calm = firms.required_return(0.2, asset_hazard=0.1, option_hazard=0.1)
    assert both[10, 1] == pytest.approx(calm) and made["trigger_hazard"].values[10] == pytest.approx(0.1)


def test_worse_images_take_more_plans(made: xr.Dataset) -> None:
    extra, year, entered = (made[f"severity_{n}"].values for n in ("extra", "extra_year", "entered"))
    assert (np.diff(extra) > 0).all() and (extra > 0).all() and (year >= extra - 1e-9).all()
    assert (np.diff(entered) <= 0).all() and entered[-1] < entered[0] < 1
    assert (np.diff(made["promise_delay"].values) <= 0).all()
    peak = made["severity_peak"].values
    assert peak / peak[0] == pytest.approx(made["severity"].values / 0.03)


def test_the_severity_that_is_needed_lies_between_those_around_it() -> None:
    columns: dict[str, Any] = {"severity": (0.1, 1.0, 10.0), "severity_extra": np.array([0.0, 0.2, 0.3])}
    assert firms._needed(columns, 0.1) == pytest.approx(np.sqrt(0.1))
    assert firms._needed(columns, 0.3) == pytest.approx(10.0)
    assert np.isnan(firms._needed(columns, 0.31))


def test_the_law_of_the_count_is_that_of_its_expectation(made: xr.Dataset) -> None:
    law, count = made["predictive"].values, made["count"].values
    for i, suffix in enumerate(("", "_unmoved")):
        assert law[i].sum() == pytest.approx(1, abs=1e-3)
        assert law[i] @ count == pytest.approx(made.attrs["expected" + suffix], rel=0.02)
        assert made.attrs["p_told" + suffix] == pytest.approx(law[i, 3])
    assert made.attrs["look_ratio"] == pytest.approx(law[0, 3] / law[1, 3])
    assert made.attrs["extra_middle"] > 0 and made.attrs["expected"] > made.attrs["expected_unmoved"]
    low, middle, high = (made[name].values for name in ("year_low", "year", "year_high"))
    assert (low < middle).all() and (middle < high).all() and middle[0] > middle[1]
    assert made.attrs["homes"] == "Europe" and 0 < made.attrs["needed"]


def test_a_median_is_where_half_of_the_weight_is_reached() -> None:
    values = np.array([5.0, 1.0, 3.0])
    assert firms._median(values, np.array([0.2, 0.2, 0.6])) == 3.0
    assert firms._median(values, np.array([0.6, 0.2, 0.2])) == 5.0


def test_the_count_moves_assumptions_by_the_weight_of_the_draws(made: xr.Dataset) -> None:
    after, moved = made["guess_after"].values, made["guess_moved"].values
    assert np.isfinite(after).all() and np.any(moved != 0) and np.abs(moved).max() < 3
    names = made["guess_name"].values.tolist()
    drawn = draw(population(load_case("kazakhstan-2022").as_of("2022-02-28").facts), 1, 6)["memory"]
    n = next(i for i, name in enumerate(names) if "image fades" in name)
    assert after[n] in drawn and moved[n] == pytest.approx(
        np.log(after[n] / firms._median(drawn, np.full(6, 1 / 6))) / np.log(drawn).std()
    )


# the share that a count allows


def test_priors_of_the_number_of_plans_hold_at_least_the_count() -> None:
    found: Any = cancelled_share.table(5, np.array([20.0, 40.0]))
    names = found["denominator"]
    assert names[0] == "exactly 10 plans" and "5 to 30 plans, even in logs" in names and names[-1] == "what the case assumes"
    assert "3 to 30 plans, even in logs" in cancelled_share.table(0, np.array([20.0]))["denominator"]
    assert not any("to 30 plans" in name for name in cancelled_share.table(30, np.array([40.0]))["denominator"])
    low, middle, high = (np.array(found[f"obs_share{end}"]) for end in ("_low", "", "_high"))
    assert (low < middle).all() and (middle < high).all() and (np.array(found["obs_share_rare"]) < middle).all()
    assert (np.array(found["obs_share_heard"]) < middle).all()


@pytest.mark.parametrize(
    ("medians", "count", "words"),
    [
        ([0.1, 0.99], 1, "One cancellation is compatible"), ([0.1, 0.99], 1, "it says little about the rate"),
        ([0.09, 0.95], 2, "they say next to nothing about"), ([0.3, 0.89], 11, "11 cancellations are"), ([0.3, 0.89], 11, "they say something about"),
    ],
)  # fmt: skip
def test_how_far_the_answers_lie_apart_chooses_the_words(medians: list[float], count: int, words: str) -> None:
    columns = {"obs_share": medians, "obs_share_low": [0.04, 0.06], "obs_share_high": [0.5, 0.7]}
    verdict = cancelled_share.verdict(count, columns)
    assert words in verdict and "between 4 and 70 %" in verdict


def test_a_share_of_the_asset_lost_is_one_of_the_section() -> None:
    assert section._points(0.0151) == "1.5" and section._percent(0.1234) == "12.3 %"
    assert section._days(0.49) == "is carried out at once" and section._days(0.5) == "waits 0 days"
