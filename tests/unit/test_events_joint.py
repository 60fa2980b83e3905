"""All names together: what counts is the calendar, and which tests hold for the days at hand."""

import json

import numpy as np
import pandas as pd
import pytest

from fixtures.studies import FIRST, days_of, study_of, table_of, walk
from interrex.eventstudy import dependence, joint, unmeasured, validity
from interrex.eventstudy.dependence import Together
from interrex.eventstudy.measure import Plan, fits_in, measure, other_dates
from interrex.eventstudy.options import Options
from interrex.eventstudy.prices import prices_from
from interrex.eventstudy.setting import gather


def test_rows_of_one_happening_are_one_observation():
    prices = walk(1)
    day = days_of(prices, FIRST)[0]
    towns = [f"strike in town {town}" for town in "ABCDEFG"]
    one = study_of(prices, day)
    many = study_of(prices, pd.DataFrame({"when": [day] * len(towns), "label": towns}))
    np.testing.assert_array_equal(many["p"].values, one["p"].values)
    np.testing.assert_array_equal(many["statistic"].values, one["statistic"].values)
    assert many.attrs["pairs"] == 1 and many["distinct"].values.sum() == 1
    assert many["p"].sel(test="placebo dates").item() == one["p_placebo"].item()
    told = json.loads(many.attrs["verdict"])
    assert len(told) == 2 and "and 6 more events on that day" in told[0]
    assert told[1].startswith("All 7 pairs of name and event together, 1 observation in all")
    assert "more events" not in json.loads(one.attrs["verdict"])[0]
    same = many["note"].values[many["note_kind"].values == "same day"]
    assert len(same) == 1 and "same trading day as strike in town B, strike in town C" in same[0]
    assert "same day" not in one["note_kind"].values
    assert "overlap" not in many["note_kind"].values, "they are one window, not windows that overlap"


def test_rows_that_fall_on_one_trading_day_are_one_observation_though_their_days_differ():
    prices = walk(2)
    friday = next(day for day in prices.index[FIRST:] if day.weekday() == 4)
    weekend = {
        "Saturday": str((friday + pd.Timedelta(days=1)).date()),
        "Sunday": str((friday + pd.Timedelta(days=2)).date()),
    }
    both, one = study_of(prices, weekend), study_of(prices, weekend["Sunday"])
    assert both.attrs["pairs"] == one.attrs["pairs"] == 2
    assert "All 4 pairs of name and event together, 2 observations in all" in both.attrs["verdict"]
    assert "observation" not in one.attrs["verdict"]
    np.testing.assert_array_equal(both["p"].values, one["p"].values)


def test_a_label_changes_what_is_listed_and_nothing_of_the_joint_tests():
    prices = walk(6, shared=0.3)
    places = [FIRST, FIRST + 8, FIRST + 16, FIRST + 24, FIRST + 24, FIRST + 40]
    days, names = days_of(prices, *places), [f"N{n}" for n in range(6)]
    bare = study_of(prices, table_of(days, names))
    labelled = study_of(prices, table_of(days, names, ["one reform"] * 6))
    two = study_of(prices, table_of(days, names, ["a", "b"] * 3))
    for other in (labelled, two):
        np.testing.assert_allclose(other["p"].values, bare["p"].values, rtol=1e-12)
        np.testing.assert_allclose(other["statistic"].values, bare["statistic"].values, rtol=1e-12)
        assert other.attrs["mean_correlation"] == pytest.approx(bare.attrs["mean_correlation"])
        assert other["objection"].values.tolist() == bare["objection"].values.tolist()
    assert labelled["event_p"].item() == labelled["p"].sel(test="placebo dates").item()
    assert len(bare["event"]) == 5 and len(two["event"]) == 2


def test_names_of_one_label_on_days_of_their_own_are_moved_apart_and_not_correlated():
    prices = walk(4, shared=0.9)
    days = days_of(prices, FIRST, FIRST + 10, FIRST + 20, FIRST + 30)
    apart = study_of(prices, table_of(days, ["N0", "N1", "N2", "N3"], ["one"] * 4))
    assert apart.attrs["mean_correlation"] == 0.0 and apart.attrs["blocks"] == 4
    assert apart.attrs["placebo_compared"] == 500 and not apart.attrs["placebo_exact"]
    together = study_of(prices, days[0])
    assert together.attrs["mean_correlation"] > 0.7 and together.attrs["blocks"] == 1
    assert "draws of other dates" in json.loads(apart.attrs["verdict"])[-1]
    assert "draws" not in json.loads(together.attrs["verdict"])[-1]


def test_few_blocks_are_compared_with_every_combination_of_their_dates():
    prices = walk(2)
    days = days_of(prices, FIRST, FIRST + 40)
    study = study_of(prices, table_of(days, ["N0", "N1"], ["one"] * 2), placebo=100_000)
    first, second = (int(study["placebo_dates"].sel(name=name).max()) for name in ("N0", "N1"))
    assert study.attrs["placebo_exact"] and study.attrs["placebo_compared"] == first * second
    assert "combinations of other dates" in study.attrs["verdict"]


def test_windows_that_overlap_in_part_move_in_step():
    """Two names a day apart: at other dates too, the second follows the first by a day."""
    prices = walk(2, shared=0.9)
    table = table_of(days_of(prices, FIRST, FIRST + 1), ["N0", "N1"], ["one"] * 2)
    study = study_of(prices, table)
    assert study.attrs["blocks"] == 1 and study.attrs["placebo_exact"]
    options = Options.of(benchmark="M", window=(0, 2), estimation=(-100, -11), returns="log")
    plan = Plan("market", (0, 2), (-100, -11), 20, "ols", "log")
    setting = gather(prices_from(prices, columns=None), table, options)
    pairs = measure(setting, plan)
    others = other_dates(setting, pairs, plan, "all")
    (block,) = dependence.blocks(pairs.together)
    moved = joint._elsewhere(block, others)
    first, second = others.scar[:-1, block[0].names[0]], others.scar[1:, block[1].names[0]]
    both = np.isfinite(first) & np.isfinite(second)
    np.testing.assert_allclose(moved.sums, (first + second)[both])
    np.testing.assert_allclose(moved.sizes, (np.abs(first) + np.abs(second))[both])
    observed = np.abs(np.mean([study["scar"].sel(name="N0").item(), study["scar"].sel(name="N1").item()]))
    extreme = (np.abs((first + second)[both]) / 2 >= observed).sum()
    assert study["p"].sel(test="placebo dates").item() == (1 + extreme) / (1 + both.sum())


def test_the_correlation_of_windows_that_overlap_is_shared_out_by_their_common_days():
    random = np.random.default_rng(4)
    values = random.normal(size=(80, 2)) + random.normal(size=(80, 1))
    values -= values.mean(0)
    rho = np.corrcoef(values.T)[0, 1]
    for width, lag in ((3, 0), (3, 1), (3, 2), (3, 3), (5, 2)):
        found = dependence.mean_correlation(
            [group(values[:, :1], 0, width), group(values[:, 1:], lag, width, first=1)]
        )
        assert found == pytest.approx(rho * max(0, width - lag) / width, rel=1e-12), (width, lag)


def group(residuals, lag, width, first=0, span=None, covered=None):
    """Names that met their events `lag` days after another group, with residuals on the same calendar days."""
    day0 = np.datetime64("2020-06-01", "D") + lag
    n = residuals.shape[1]
    return Together(
        names=np.arange(n) + first, events=np.zeros(n, int), day0=day0, days=np.datetime64("2020-01-01", "D") + np.arange(len(residuals)),
        residuals=residuals, sar=residuals, span=np.ones(residuals.shape) if span is None else span, window=day0 + np.arange(width),
        covered=np.ones((width, n), bool) if covered is None else covered,
    )  # fmt: skip


def with_gaps(daily, there):
    """Sums of daily[L, n] from trade to trade, on the days that there[L, n] says, with their spans."""
    moved, span = np.full(daily.shape, np.nan), np.full(daily.shape, np.nan)
    for column in range(daily.shape[1]):
        last = 0
        for day in range(len(daily)):
            if there[day, column]:
                moved[day, column] = daily[last : day + 1, column].sum()
                span[day, column] = day + 1 - last
                last = day + 1
    return moved, span


def test_missing_days_do_not_wash_out_the_correlation():
    random = np.random.default_rng(6)
    daily = np.sqrt(0.3) * random.normal(size=(4000, 1)) + np.sqrt(0.7) * random.normal(size=(4000, 6))
    whole = dependence.mean_correlation([group(daily, 0, 1)])
    moved, span = with_gaps(daily, random.random(daily.shape) > 0.4)
    thin = dependence.mean_correlation([group(moved, 0, 1, span=span)])
    assert thin == pytest.approx(whole, abs=0.02) and whole == pytest.approx(0.3, abs=0.02)
    shut = np.ones(daily.shape, bool)
    shut[10::5] = shut[11::5] = False
    moved, span = with_gaps(daily, shut)
    assert dependence.mean_correlation([group(moved, 0, 1, span=span)]) == pytest.approx(0.3, abs=0.03)


def test_the_mean_correlation_by_common_days_is_its_sum_written_out():
    random = np.random.default_rng(7)
    daily = random.normal(size=(30, 4)) + random.normal(size=(30, 1))
    moved, span = with_gaps(daily, random.random(daily.shape) > 0.3)
    size = np.sqrt(np.nansum(moved**2, 0) / np.nansum(span, 0))
    covers = [
        {t: (moved[t, n] / size[n], set(range(int(t - span[t, n]) + 1, t + 1))) for t in range(30) if np.isfinite(moved[t, n])}
        for n in range(4)
    ]  # fmt: skip
    value, common = 0.0, 0.0
    for one in range(4):
        for other in range(4):
            if one != other:
                for mine, days in covers[one].values():
                    for theirs, others in covers[other].values():
                        shared = len(days & others)
                        value += mine * theirs * shared
                        common += shared * shared
    assert dependence.mean_correlation([group(moved, 0, 1, span=span)]) == pytest.approx(
        value / common, rel=1e-12
    )
    halves = [
        group(moved[:, part], 0, 1, first=part.start, span=span[:, part])
        for part in (slice(0, 2), slice(2, 4))
    ]
    sums = {"first": np.zeros(2), "second": np.zeros(2), "between": np.zeros(2)}
    for one in range(4):
        for other in range(one):
            kind = "first" if one < 2 else "second" if other >= 2 else "between"
            for mine, days in covers[one].values():
                for theirs, others in covers[other].values():
                    sums[kind] += mine * theirs * len(days & others), len(days & others) ** 2
    ratio = {kind: value / days for kind, (value, days) in sums.items()}
    expected = (ratio["first"] + ratio["second"] + 4 * ratio["between"]) / 6
    assert dependence.mean_correlation(halves) == pytest.approx(expected, rel=1e-12)


def test_names_without_a_common_day_before_have_no_known_correlation():
    values = np.random.default_rng(1).normal(size=(20, 2))
    values[:10, 0] = values[10:, 1] = np.nan
    assert np.isnan(dependence.mean_correlation([group(values, 0, 1)]))


def test_returns_are_laid_on_the_days_that_they_cover():
    returns = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, 5.0], [np.nan, np.nan]])
    span = np.array([[1.0, np.nan], [np.nan, np.nan], [2.0, 2.0], [np.nan, np.nan]])
    laid = dependence.spread(returns, span)
    nan = np.nan
    np.testing.assert_array_equal(laid.value, [[1, nan], [3, 5], [3, 5], [nan, nan]])
    np.testing.assert_array_equal(laid.back, [[1, nan], [1, 1], [2, 2], [nan, nan]])
    np.testing.assert_array_equal(laid.ahead, [[0, nan], [1, 1], [0, 0], [nan, nan]])
    assert dependence.shared_days(laid) == 8, "both cover the same two days, each day seen as two, both ways"


def test_a_window_is_covered_from_before_and_beyond_its_end():
    nan = np.nan
    span = np.array([[nan, 3.0, nan], [2.0, 1.0, nan], [nan, nan, 4.0]])
    found = dependence.cover(span, np.array([0, 0, 2]))
    assert (found.early, found.late) == (2, 2)
    np.testing.assert_array_equal(found.window.T, [[1, 1, 0], [1, 1, 0], [0, 1, 1]])
    np.testing.assert_array_equal(found.days.T[1], [1, 1, 1, 1, 0, 0, 0])
    np.testing.assert_array_equal(found.days.T[2], [0, 0, 0, 1, 1, 1, 1])


def test_variances_of_sums_are_those_of_the_days_that_returns_share():
    random = np.random.default_rng(9)
    daily = random.normal(size=(12, 5))
    moved, span = with_gaps(daily, random.random(daily.shape) > 0.35)
    r = 0.37

    def covered(t, n):
        return set(range(int(t - span[t, n]) + 1, t + 1))

    cells = [tuple(cell) for cell in np.argwhere(np.isfinite(moved))]

    def cov(a, b):
        same = len(covered(*a) & covered(*b)) / np.sqrt(span[a] * span[b])
        return 1.0 if a == b else 0.0 if a[1] == b[1] else r * same

    for day in range(12):
        here = [cell for cell in cells if cell[0] == day]
        assert dependence.day_variance(span, r)[day] == pytest.approx(
            sum(cov(a, b) for a in here for b in here)
        )
    window = [cell for cell in cells if cell[0] >= 6]
    assert dependence.window_variance(span[6:], r) == pytest.approx(
        sum(cov(a, b) for a in window for b in window)
    )


def test_blocks_are_groups_that_share_days_directly_or_through_others():
    values = np.random.default_rng(1).normal(size=(20, 1))
    chain = [group(values, lag, 3, first=lag) for lag in (10, 0, 2, 4)]
    found = dependence.blocks(chain)
    assert [[int(one.names[0]) for one in block] for block in found] == [[0, 2, 4], [10]]
    assert dependence.in_step(found[1]) and not dependence.in_step(found[0])
    touching = dependence.blocks([group(values, 0, 3), group(values, 3, 3)])
    assert len(touching) == 2, "the day after the last is no common day"


@pytest.mark.parametrize(
    ("lags", "sizes", "width", "expected"),
    [
        ((0,), (12,), 1, (12, 1, 1, 12, 0)),
        ((0, 5), (12, 1), 3, (13, 2, 2, 12, 0)),
        ((0, 1), (4, 3), 3, (7, 2, 1, 7, 7)),
        ((0, 1, 9), (1, 1, 4), 1, (6, 3, 3, 4, 0)),
    ],
)
def test_the_situation_is_read_from_the_days(lags, sizes, width, expected):
    values = np.random.default_rng(1).normal(size=(20, 12))
    groups = [group(values[:, :size], lag, width) for lag, size in zip(lags, sizes, strict=True)]
    assert tuple(validity.situation(groups)) == expected


def test_which_tests_hold_follows_from_the_situation():
    def hold(compared=100, **here):
        situation = validity.Situation(
            **{"pairs": 30, "days": 1, "blocks": 1, "sharing": 0, "in_part": 0, **here}
        )
        return {name for name, why in validity.objections(situation, compared).items() if not why}

    everything = set(validity.ORDER)
    alike = {"BMP", "cross-sectional t", "Patell", "sign", "generalised sign"}
    placebo = {"placebo dates", "placebo dates, either sign"}
    assert hold() == everything
    assert hold(sharing=2) == everything - alike
    assert hold(sharing=9, in_part=2) == placebo | {"Kolari-Pynnonen"}
    assert hold(compared=19) == everything and hold(compared=18) == everything - placebo
    assert hold(pairs=10) == everything and hold(pairs=9) == everything - {
        "generalised rank",
        "generalised sign",
    }
    assert hold(pairs=6) == hold(pairs=9) and hold(pairs=5) == hold(pairs=9) - {"sign"}


def test_the_verdict_is_that_of_the_first_test_that_holds():
    p = dict.fromkeys(validity.ORDER, 0.5)
    none = dict.fromkeys(validity.ORDER, "")
    assert validity.decisive(none, p) == "placebo dates"
    few = {**none, "placebo dates": "few", "placebo dates, either sign": "few"}
    assert validity.decisive(few, p) == "permutation"
    assert (
        validity.decisive({**few, "permutation": "in part", "generalised rank": "in part"}, p)
        == "Kolari-Pynnonen"
    )
    assert validity.decisive(few, {**p, "permutation": float("nan")}) == "generalised rank"
    assert validity.decisive(dict.fromkeys(validity.ORDER, "no"), p) == ""
    one = {**dict.fromkeys(validity.ORDER, "no"), "placebo dates, either sign": ""}
    assert validity.decisive(one, p) == "", "it does not ask whether the mean moved"


def test_without_other_dates_the_joint_verdict_says_which_test_it_is_from():
    prices = walk(12).iloc[40:165]
    fallen = prices.copy()
    fallen.iloc[FIRST - 40 :, 1:] *= 0.8
    day = str(prices.index[FIRST - 40].date())
    calm, fall = (study_of(frame, day) for frame in (prices, fallen))
    for study in (calm, fall):
        assert study.attrs["verdict_test"] == "permutation" and study.attrs["placebo_compared"] < 19
        assert study["objection"].sel(test="placebo dates").item().startswith("only ")
    told = [json.loads(study.attrs["verdict"])[-2] for study in (calm, fall)]
    assert all("so by the test permutation (p = " in one for one in told)
    assert "not told apart" in told[0] and "more than ordinary days explain" in told[1]
    assert "of the 0 pairs that can be compared" in json.loads(calm.attrs["verdict"])[-1]


def test_the_verdict_counts_the_other_tests_that_hold_and_names_those_that_reject():
    prices = walk(12, shared=0.1)
    fallen = prices.copy()
    fallen.iloc[FIRST:, 1:] *= 0.7
    day = days_of(prices, FIRST)[0]
    calm, fall = (json.loads(study_of(frame, day).attrs["verdict"])[0] for frame in (prices, fallen))
    assert "Of the 5 other tests of the mean that hold here 0 reject at 5 %." in calm
    assert (
        "Of the 5 other tests of the mean that hold here 5 reject at 5 % (permutation, generalised rank, Kolari-Pynnonen, "
        "crude dependence, Corrado rank)." in fall
    )


def test_an_event_is_compared_by_its_own_names_on_their_own_days():
    prices = walk(3)
    days = days_of(prices, FIRST, FIRST + 30)
    study = study_of(prices, {"first": days[0], "second": days[1]})
    options = Options.of(benchmark="M", window=(0, 2), estimation=(-100, -11), returns="log")
    plan = Plan("market", (0, 2), (-100, -11), 20, "ols", "log")
    setting = gather(prices_from(prices, columns=None), {"first": days[0], "second": days[1]}, options)
    pairs = measure(setting, plan)
    others = other_dates(setting, pairs, plan, "all")
    for event, group_ in enumerate(sorted(pairs.together, key=lambda one: one.day0)):
        means = np.abs(others.scar.sum(1) / 3)
        means = means[np.isfinite(means)]
        extreme = int((means >= abs(pairs.scar[event].mean())).sum())
        assert group_.events.tolist() == [event] * 3
        assert study["event_as_extreme"].values[event] == extreme and study["event_dates"].values[
            event
        ] == len(means)
        assert study["event_p"].values[event] == (1 + extreme) / (1 + len(means))


def test_a_position_is_beyond_the_data_exactly_where_the_windows_do_not_fit():
    prices = walk(1, days=40)
    for window, estimation in (((-1, 2), (-8, -3)), ((0, 0), (-5, -1)), ((2, 3), (-3, 1))):
        options = Options.of(benchmark="M", window=window, estimation=estimation, least=2)
        plan = Plan("market", window, estimation, 2, "ols", "simple")
        (market,) = gather(prices_from(prices, columns=None), days_of(prices, 20)[0], options).markets
        causes = [unmeasured.beyond(market.panel.days, at, window, estimation) for at in range(40)]
        np.testing.assert_array_equal(
            [cause is None for cause in causes], fits_in(market, np.arange(40), plan)
        )
    assert "after the last day" in unmeasured.beyond(market.panel.days, -1, (0, 1), (-5, -1)).wrong
    assert "ends after" in unmeasured.beyond(market.panel.days, 39, (0, 1), (-5, -1)).wrong
    assert "too late" in unmeasured.beyond(market.panel.days, 0, (0, 1), (-5, -1)).wrong


def test_days_with_few_returns_are_put_on_the_scale_of_full_ones():
    """Permuted days: sums over their standard deviation, times that of a day on which all names have a return."""
    prices = walk(4, shared=0.5)
    thin = prices.copy()
    for name, places in (("N0", [60, 61, 90]), ("N1", [90, 120]), ("N2", [FIRST + 1])):
        thin.iloc[places, thin.columns.get_loc(name)] = np.nan
    options = Options.of(benchmark="M", window=(0, 2), estimation=(-100, -11), returns="log")
    plan = Plan("market", (0, 2), (-100, -11), 20, "ols", "log")
    pairs = measure(gather(prices_from(thin, columns=None), days_of(prices, FIRST)[0], options), plan)
    (one,) = pairs.together
    r = dependence.mean_correlation([one])
    assert 0.3 < r < 0.7
    days = joint._days(pairs, [one])
    after = pairs.ar[0].T / pairs.sd[0].T
    values, span = np.concatenate([one.sar, after]), np.concatenate([one.span, pairs.span[0].T])
    whole = 4 + r * 4 * 3
    for row in (10, 11, 12, 40, 41, 91, 92):
        there = np.flatnonzero(np.isfinite(values[row]))
        s = span[row, there]
        shared = sum(min(a, b) / np.sqrt(a * b) for i, a in enumerate(s) for j, b in enumerate(s) if i != j)
        expected = values[row, there].sum() * np.sqrt(whole / (len(there) + r * shared))
        assert days.sums[row] == pytest.approx(expected, rel=1e-12), row
    assert days.width == 3 and len(days.sums) == 93
    expected = np.nansum(after) * np.sqrt(3 * whole / dependence.window_variance(pairs.span[0].T, r))
    assert days.observed == pytest.approx(expected, rel=1e-12)
    full = measure(gather(prices_from(prices, columns=None), days_of(prices, FIRST)[0], options), plan)
    days = joint._days(full, full.together)
    assert days.observed == pytest.approx(days.sums[-3:].sum(), rel=1e-12)
    np.testing.assert_allclose(days.sums[:-3], full.together[0].sar.sum(1), rtol=1e-12)


def test_halts_of_all_names_leave_the_joint_tests_as_they_are_for_one_long_day():
    """All names shut for four days of six: the permuted sums and the crude spread know that five days are in one return."""
    prices = walk(10, seed=12, shared=0.3)
    shut = prices.copy()
    shut.iloc[FIRST : FIRST + 4, 1:] = np.nan
    open_, halted = (study_of(frame, days_of(prices, FIRST)[0], window=(0, 5)) for frame in (prices, shut))
    np.testing.assert_allclose(halted["car"], open_["car"], atol=1e-12)
    for name in ("crude dependence", "Kolari-Pynnonen", "BMP", "placebo dates"):
        assert halted["statistic"].sel(test=name).item() == pytest.approx(
            open_["statistic"].sel(test=name).item(), rel=0.02
        )
    assert halted["p"].sel(test="permutation").item() == pytest.approx(
        open_["p"].sel(test="permutation").item(), abs=0.4
    )
