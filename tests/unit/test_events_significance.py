"""Each test statistic against its formula written out, or a library that has it."""

import numpy as np
import pytest
from scipy import stats

from interrex.eventstudy import dependence, placebo, significance


def together(residuals, span=None, day="2020-06-01", first=0, covered=None, names=None):
    """Names that met their events on one day, after so many calendar days of residuals."""
    day = np.datetime64(day, "D")
    days = day - np.arange(len(residuals), 0, -1) - 10
    width = 1 if covered is None else len(covered)
    n = residuals.shape[1]
    return dependence.Together(
        names=np.arange(n) + first if names is None else names, events=np.zeros(n, int), day0=day, days=days, residuals=residuals, sar=residuals,
        span=np.where(np.isfinite(residuals), 1.0 if span is None else span, np.nan), window=day + np.arange(width),
        covered=np.ones((width, n), bool) if covered is None else covered,
    )  # fmt: skip


@pytest.fixture
def sample():
    random = np.random.default_rng(11)
    days, n, width = 60, 8, 3
    shared = random.normal(0, 0.01, (days + width, 1))
    values = shared + random.normal(0, 0.02, (days + width, n))
    sd = values[:days].std(0, ddof=1)
    car = values[days:].sum(0)
    return significance.Sample(
        car=car, scar=car / (sd * np.sqrt(width)), df=np.full(n, days - 1.0), before=values[:days],
        before_sar=values[:days] / sd, after=values[days:], after_sar=values[days:] / sd,
        correlation=dependence.mean_correlation([together(values[:days] - values[:days].mean(0))]),
    )  # fmt: skip


def test_t_tests_are_those_of_scipy(sample):
    oracle = stats.ttest_1samp(sample.car, 0)
    found = significance.cross_sectional(sample)
    assert (found.statistic, found.p) == pytest.approx((oracle.statistic, oracle.pvalue))
    oracle = stats.ttest_1samp(sample.scar, 0)
    found = significance.boehmer_musumeci_poulsen(sample)
    assert (found.statistic, found.p) == pytest.approx((oracle.statistic, oracle.pvalue))


def test_mean_correlation_is_that_of_the_matrix(sample):
    matrix = np.corrcoef(sample.before.T)
    mean = matrix[np.triu_indices(len(matrix), 1)].mean()
    assert sample.correlation == pytest.approx(mean, rel=1e-12)
    centred = sample.before - sample.before.mean(0)
    two = dependence.mean_correlation(
        [together(centred[:, :5]), together(centred[:, 5:], day="2020-07-01", first=5)]
    )
    among = [matrix[:5, :5][np.triu_indices(5, 1)].sum(), matrix[5:, 5:][np.triu_indices(3, 1)].sum()]
    assert two == pytest.approx(sum(among) / 28, rel=1e-12), (
        "names whose windows share no day count as uncorrelated"
    )
    assert np.isnan(dependence.mean_correlation([together(centred[:, :1])]))


def test_kolari_pynnonen_shrinks_bmp(sample):
    n, r = len(sample.scar), sample.correlation
    expected = significance.boehmer_musumeci_poulsen(sample).statistic * np.sqrt((1 - r) / (1 + (n - 1) * r))
    assert significance.kolari_pynnonen(sample).statistic == pytest.approx(expected)


def test_patell_by_its_formula(sample):
    df = sample.df[0]
    expected = sample.scar.sum() / np.sqrt(len(sample.scar) * df / (df - 2))
    found = significance.patell(sample)
    assert found.statistic == pytest.approx(expected)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(expected)))


def test_corrado_by_its_formula(sample):
    both = np.concatenate([sample.before, sample.after])
    share = np.apply_along_axis(stats.rankdata, 0, both) / (len(both) + 1) - 0.5
    daily = share.mean(1)
    expected = daily[-3:].sum() / (np.sqrt(3) * np.sqrt((daily**2).mean()))
    assert significance.corrado_rank(sample).statistic == pytest.approx(expected)


def test_generalised_rank_by_its_formula(sample):
    again = sample.scar / sample.scar.std(ddof=1)
    points = np.concatenate([sample.before_sar, again[None]])
    share = np.apply_along_axis(stats.rankdata, 0, points) / (len(points) + 1) - 0.5
    daily = share.mean(1)
    z = daily[-1] / np.sqrt((daily**2).mean())
    total = len(points)
    t = z * np.sqrt((total - 2) / (total - 1 - z**2))
    found = significance.generalised_rank(sample)
    assert found.statistic == pytest.approx(t)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), total - 2))


def test_ranks_with_missing_days_and_ties(sample):
    before = sample.before.copy()
    before[5, 0] = np.nan
    before[7, 1] = before[8, 1]
    both = np.concatenate([before, sample.after])
    expected = np.full(both.shape, np.nan)
    for column in range(both.shape[1]):
        there = np.isfinite(both[:, column])
        expected[there, column] = stats.rankdata(both[there, column]) / (there.sum() + 1) - 0.5
    np.testing.assert_allclose(significance._ranked(both), expected)


def test_corrado_with_missing_days_is_that_of_corrado_and_zivney_for_independent_names(sample):
    before, after = sample.before.copy(), sample.after[:1].copy()
    before[5:9, 0] = before[20, 3] = after[0, 2] = np.nan
    both = np.concatenate([before, after])
    share = np.full(both.shape, np.nan)
    for column in range(both.shape[1]):
        there = np.isfinite(both[:, column])
        share[there, column] = stats.rankdata(both[there, column]) / (there.sum() + 1) - 0.5
    daily = np.nansum(share, axis=1) / np.sqrt(np.isfinite(share).sum(1))
    spans = {"before_span": None, "after_span": None}
    found = significance.corrado_rank(sample._replace(before=before, after=after, correlation=0.0, **spans))
    assert found.statistic == pytest.approx(daily[-1] / np.sqrt((daily**2).mean()), rel=1e-12)


def test_sign_tests_by_their_formulas(sample):
    n, up = len(sample.car), (sample.car > 0).sum()
    assert significance.sign(sample).p == pytest.approx(stats.binomtest(int(up), n, 0.5).pvalue)
    share = (sample.before > 0).mean()
    z = (up - n * share) / np.sqrt(n * share * (1 - share))
    assert significance.generalised_sign(sample).statistic == pytest.approx(z)


def test_crude_dependence_by_its_formula(sample):
    daily = sample.before.mean(1)
    t = sample.car.mean() / (daily.std(ddof=1) * np.sqrt(3))
    found = significance.crude_dependence(sample)
    assert (found.statistic, found.p) == pytest.approx((t, 2 * stats.t.sf(abs(t), 59)))


def test_crude_dependence_counts_the_days_that_returns_span(sample):
    """Its variance put together from names and pairs, written out."""
    n = len(sample.scar)
    before, after = sample.before[:30].copy(), sample.after.copy()
    span, ahead = np.ones(before.shape), np.ones(after.shape)
    before[4, 0] = before[9, 2] = after[0, 1] = np.nan
    span[5, 0], span[10, 2], ahead[1, 1] = 2, 2, 2
    there = np.isfinite(before)
    span = np.where(there, span, np.nan)
    centred = before - span * (np.nansum(before, 0) / np.nansum(span, 0))
    own = np.nansum(centred**2 / span, 0) / (there.sum(0) - 1)
    laid, length = centred.copy(), len(before)
    laid[4, 0], laid[9, 2] = laid[5, 0], laid[10, 2]
    total = sum(laid[:, i] @ laid[:, j] for i in range(n) for j in range(n) if i != j)
    common = (
        length * n * (n - 1) + 0.0
    )  # two returns of two days meet none of their like: each day counts once
    covariance = total / common * length / (length - 1)
    variance = (own.sum() * 3 + covariance * 3 * n * (n - 1)) / n**2
    found = significance.crude_dependence(
        sample._replace(before=before, after=after, before_span=span, after_span=ahead)
    )
    assert found.statistic == pytest.approx(sample.car.mean() / np.sqrt(variance), rel=1e-9)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.statistic), length - 1))


def test_a_return_over_several_days_is_ranked_by_its_size_for_one(sample):
    """A window of one return over four days, twice as large as an ordinary one, is an ordinary day."""
    one = sample._replace(after=sample.after[:1], before_span=None, after_span=None)
    four = one._replace(after=2 * one.after, after_span=np.full(one.after.shape, 4.0))
    assert significance.corrado_rank(four).statistic == pytest.approx(
        significance.corrado_rank(one).statistic, rel=1e-12
    )
    raw = significance.corrado_rank(one._replace(after=2 * one.after)).statistic
    assert abs(raw) > abs(significance.corrado_rank(one).statistic)


def test_what_cannot_be_done_says_why(sample):
    one = significance.Sample(
        sample.car[:1], sample.scar[:1], sample.df[:1], sample.before[:, :1], sample.before_sar[:, :1],
        sample.after[:, :1], sample.after_sar[:, :1], float("nan"),
    )  # fmt: skip
    for test in (significance.cross_sectional, significance.boehmer_musumeci_poulsen, significance.kolari_pynnonen,
                 significance.generalised_rank):  # fmt: skip
        found = test(one)
        assert np.isnan(found.p) and "two or more names" in found.why
    assert np.isfinite(significance.corrado_rank(one).p)


def first_of(sample, count):
    """The sample of the first names alone."""
    return significance.Sample(*(part if np.ndim(part) == 0 else part[..., :count] for part in sample[:8]))


def test_two_names_are_enough_for_every_test(sample):
    for test in significance.TESTS:
        assert np.isfinite(test(first_of(sample, 2)).p), test.__name__


def test_what_the_sample_does_not_hold_is_said(sample):
    def why(test, **changes):
        found = test(sample._replace(**changes))
        assert np.isnan(found.p) and np.isnan(found.statistic)
        return found.why

    n = len(sample.car)
    nothing = np.full_like(sample.before, np.nan)
    assert "more than four degrees" in why(significance.patell, df=np.r_[4.0, np.full(n - 1, 50.0)])
    assert np.isfinite(significance.patell(sample._replace(df=np.r_[5.0, np.full(n - 1, 50.0)])).p)
    for r in (float("nan"), 1.0, -1 / (n - 1)):
        assert "could not be estimated" in why(significance.kolari_pynnonen, correlation=r)
    assert np.isfinite(significance.kolari_pynnonen(sample._replace(correlation=-0.9 / (n - 1))).p)
    assert "no spread" in why(significance.cross_sectional, car=np.full(n, 0.01))
    assert "alike" in why(significance.generalised_rank, scar=np.ones(n))
    assert "no return in the event window" in why(
        significance.corrado_rank, after=np.full_like(sample.after, np.nan)
    )
    assert "no return in the estimation window" in why(significance.generalised_sign, before=nothing)
    assert "no return in the estimation window" in why(
        significance.generalised_sign, before=np.abs(sample.before)
    )
    assert "too few estimation days" in why(significance.crude_dependence, before=nothing)
    two = nothing.copy()
    two[:2] = sample.before[:2]
    assert "too few estimation days" in why(significance.crude_dependence, before=two)
    two[:3] = sample.before[:3]
    assert np.isfinite(significance.crude_dependence(sample._replace(before=two)).p)
    few = np.full_like(sample.before_sar, np.nan)
    few[:2] = sample.before_sar[:2]
    assert "too few estimation days" in why(significance.generalised_rank, before=few, before_sar=few)
    apart = sample.before.copy()
    apart[:30, ::2] = apart[30:, 1::2] = np.nan
    whole = significance.crude_dependence(sample._replace(before=apart))
    assert np.isfinite(whole.p), "names of one half still share days"
    pair = first_of(sample._replace(before=apart), 2)
    assert "share no estimation day" in significance.crude_dependence(pair).why


def test_placebo_dates_of_one_event_are_all_taken_once():
    values = np.array([0.1, -3.0, 0.5, 2.0])
    found = placebo.placebo_dates(2.0, [values], [np.ones(4)], 10_000, 1)
    assert found == placebo.Placebo(p=3 / 5, compared=4, as_extreme=2, exact=True)
    none = placebo.placebo_dates(2.0, [values[:0]], [np.ones(0)], 100, 1)
    assert np.isnan(none.p) and none.compared == 0


def test_combinations_of_dates_are_all_taken_once_and_drawn_where_there_are_more_than_draws():
    first, second = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([0.5, -2.0, 1.0])
    sums = (first[:, None] + second).ravel() / 2
    lists = [first, second], [np.ones(4), np.ones(3)]
    found = placebo.placebo_dates(1.0, *lists, 12, 5)
    extreme = int((np.abs(sums) >= 1.0).sum())
    assert found == placebo.Placebo((1 + extreme) / 13, 12, extreme, True)
    assert found == placebo.placebo_dates(1.0, *lists, 20_000, 6), "no draw, no seed"
    few = placebo.placebo_dates(1.0, *lists, 11, 5)
    assert few.compared == 11 and not few.exact
    random = np.random.default_rng(2)
    first, second = random.normal(size=150), random.normal(size=140)
    lists = [first, second], [np.ones(150), np.full(140, 3.0)]
    sums = (first[:, None] + second).ravel() / 4
    drawn = placebo.placebo_dates(0.5, *lists, 20_000, 5)
    assert not drawn.exact and drawn.p == pytest.approx((np.abs(sums) >= 0.5).mean(), abs=0.012)
    assert drawn == placebo.placebo_dates(0.5, *lists, 20_000, 5)
    assert drawn != placebo.placebo_dates(0.5, *lists, 20_000, 6)


def test_permuted_days_are_every_subset_alike():
    from itertools import combinations

    values = np.array([0.3, -0.2, 0.1, 0.9, -1.1, 0.8])
    exact = np.mean(
        [
            abs(values[list(pair)].sum()) >= abs(values[-2:].sum()) - 1e-12
            for pair in combinations(range(6), 2)
        ]
    )
    found = placebo.permutation([values], [2], [values[-2:].sum()], 20_000, 3)
    assert found.p == pytest.approx(exact, abs=0.012)
    uniforms = np.random.default_rng(1).random((3, 6000))
    chosen = np.sort(np.stack(placebo._subsets(5, 3, uniforms)), axis=0)
    assert (np.diff(chosen, axis=0) > 0).all()
    counts = np.unique(chosen, axis=1, return_counts=True)[1]
    assert len(counts) == 10 and stats.chisquare(counts).pvalue > 0.001


def test_each_name_against_its_own_dates():
    others = np.array([[1.0, np.nan], [-2.0, 0.1], [0.5, 0.2]])
    p, compared, extreme = placebo.each_name(np.array([-1.0, 0.3]), others)
    assert p.tolist() == [3 / 4, 1 / 3] and compared.tolist() == [3, 2] and extreme.tolist() == [2, 0]
    p, compared, _ = placebo.each_name(np.array([1.0, np.nan]), np.array([[np.nan, 0.1]]))
    assert np.isnan(p).all() and compared.tolist() == [0, 1], "no date, or nothing to compare"
