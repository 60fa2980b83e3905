"""Every regression against statsmodels, and what the abnormal returns make of halts."""

import numpy as np
import pytest

from interrex.errors import RunError
from interrex.eventstudy import models, returns, robust

LENGTH, NAMES, WIDTH = 90, 4, 5


@pytest.fixture
def market():
    """Returns, design rows and spans of LENGTH estimation and WIDTH event days, some of them missing."""
    random = np.random.default_rng(3)
    days = LENGTH + WIDTH
    span = random.choice([1.0, 1.0, 1.0, 2.0, 3.0], (days, NAMES))
    factors = random.normal(0.001, 0.01, (days, NAMES, 2)) * np.sqrt(span)[..., None]
    y = 0.001 * span + factors @ [0.9, 0.4] + random.standard_t(5, (days, NAMES)) * 0.02 * np.sqrt(span)
    usable = random.random((days, NAMES)) > 0.1
    return y, span, factors, usable


def test_fit_and_forecast_are_those_of_statsmodels(market):
    sm = pytest.importorskip("statsmodels.api")
    y, span, factors, usable = market
    rows = models.design("factors", span, factors)
    before, after = slice(0, LENGTH), slice(LENGTH, None)
    fitted = models.fit("factors", y[before], rows[before], span[before], usable[before])
    ahead = np.ones_like(span)  # event days of one trading day each
    rows[..., 0][after] = 1
    found = models.forecast(fitted, y[after], rows[after], ahead[after])
    for name in range(NAMES):
        good = usable[before, name]
        oracle = sm.WLS(
            y[before, name][good], rows[before, name][good], weights=1 / span[before, name][good]
        ).fit()
        np.testing.assert_allclose(fitted.coefficients[name], oracle.params, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(fitted.variance[name], oracle.scale, rtol=1e-9)
        np.testing.assert_allclose(
            fitted.variance[name] * fitted.inverse[name], oracle.cov_params(), rtol=1e-7, atol=1e-14
        )
        assert fitted.df[name] == oracle.df_resid
        predicted = oracle.get_prediction(rows[after, name])
        np.testing.assert_allclose(found.expected[:, name], predicted.predicted_mean, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(
            found.sd[:, name], np.sqrt(predicted.var_pred_mean + oracle.scale), rtol=1e-8
        )
        total = rows[after, name].sum(0)
        variance = WIDTH * oracle.scale + total @ oracle.cov_params() @ total
        np.testing.assert_allclose(found.car_sd[-1, name], np.sqrt(variance), rtol=1e-8)
        influence = oracle.resid / np.sqrt(oracle.scale * (span[before, name][good] - np.einsum(
            "lk,kj,lj->l", rows[before, name][good], oracle.normalized_cov_params, rows[before, name][good])))  # fmt: skip
        sd = models.residual_sd(fitted, rows[before], span[before])[good, name]
        np.testing.assert_allclose(fitted.residuals[good, name] / sd, influence, rtol=1e-8)


def test_residual_sd_is_that_of_studentised_residuals(market):
    sm = pytest.importorskip("statsmodels.api")
    y, _, factors, _ = market
    ones = np.ones_like(y)
    rows = models.design("market", ones, factors[..., :1])
    fitted = models.fit("market", y, rows, ones, ones.astype(bool))
    sd = models.residual_sd(fitted, rows, ones)
    oracle = sm.OLS(y[:, 0], rows[:, 0]).fit()
    np.testing.assert_allclose(
        fitted.residuals[:, 0] / sd[:, 0], oracle.get_influence().resid_studentized_internal, rtol=1e-9
    )
    assert fitted.r2[0] == pytest.approx(oracle.rsquared)


def test_constant_mean_and_market_adjusted_in_closed_form(market):
    y, _, factors, _ = market
    ones, all_days = np.ones_like(y), np.ones(y.shape, bool)
    fitted = models.fit("mean", y, models.design("mean", ones, factors), ones, all_days)
    np.testing.assert_allclose(fitted.coefficients[:, 0], y.mean(0))
    np.testing.assert_allclose(fitted.variance, y.var(0, ddof=1))
    next_day = models.forecast(fitted, y[:1], ones[:1, :, None], ones[:1])
    np.testing.assert_allclose(next_day.sd[0] ** 2, y.var(0, ddof=1) * (1 + 1 / len(y)))
    adjusted = models.fit("adjusted", y, models.design("adjusted", ones, factors[..., :1]), ones, all_days)
    np.testing.assert_allclose(adjusted.residuals, y - factors[..., 0])
    np.testing.assert_allclose(adjusted.variance, (y - factors[..., 0]).var(0, ddof=1))


def test_dimson_is_the_regression_on_lead_and_lag(market):
    sm = pytest.importorskip("statsmodels.api")
    y, _, factors, _ = market
    ones = np.ones_like(y)
    rows = models.design("dimson", ones, factors[..., :1])
    fitted = models.fit("dimson", y, rows, ones, ones.astype(bool))
    x = factors[:, 0, 0]
    oracle = sm.OLS(y[1:-1, 0], np.column_stack([np.ones(len(x) - 2), x[1:-1], x[:-2], x[2:]])).fit()
    np.testing.assert_allclose(fitted.coefficients[0], oracle.params, rtol=1e-8, atol=1e-12)
    assert models.coefficient_names("dimson", ["M"]) == ["constant", "M", "M day before", "M day after"]


def test_scholes_williams_finds_the_beta_that_late_trades_hide():
    random = np.random.default_rng(5)
    market = random.normal(0, 0.01, 4000)
    true = 1.2 * market + random.normal(0, 0.01, 4000)
    late = np.r_[0, 0.5 * true[1:] + 0.5 * true[:-1]][:, None]
    ones = np.ones_like(late)
    rows = models.design("market", ones, market[:, None, None])
    plain = models.fit("market", late, rows, ones, ones.astype(bool)).coefficients[0, 1]
    fitted = models.fit("scholes-williams", late, rows, ones, ones.astype(bool))
    assert plain == pytest.approx(0.6, abs=0.05)
    assert fitted.coefficients[0, 1] == pytest.approx(1.2, abs=0.07)
    x, y = market, late[:, 0]
    slopes = [np.polyfit(x[:-1], y[1:], 1)[0], np.polyfit(x, y, 1)[0], np.polyfit(x[1:], y[:-1], 1)[0]]
    beta = sum(slopes) / (1 + 2 * np.polyfit(x[:-1], x[1:], 1)[0])
    assert fitted.coefficients[0, 1] == pytest.approx(beta, rel=1e-9)
    assert fitted.coefficients[0, 0] == pytest.approx(y.mean() - beta * x.mean(), rel=1e-9)


def test_scholes_williams_leaves_out_days_without_a_return_of_one_day():
    random = np.random.default_rng(6)
    market = random.normal(0, 0.01, 80)
    own = 0.8 * market + random.normal(0, 0.01, 80)
    span = np.ones((80, 1))
    span[[20, 41]] = 2
    usable = np.ones((80, 1), bool)
    usable[[10, 30]] = False
    rows = models.design("market", span, market[:, None, None])
    fitted = models.fit("scholes-williams", own[:, None], rows, span, usable)
    there = usable[:, 0] & (span[:, 0] == 1)
    x, y = np.where(there, market, np.nan), np.where(there, own, np.nan)

    def slope(a, b):
        both = np.isfinite(a) & np.isfinite(b)
        return np.polyfit(a[both], b[both], 1)[0]

    total = slope(x[:-1], y[1:]) + slope(x, y) + slope(x[1:], y[:-1])
    beta = total / (1 + 2 * slope(x[:-1], x[1:]))
    assert fitted.coefficients[0, 1] == pytest.approx(beta, rel=1e-9)
    assert fitted.coefficients[0, 0] == pytest.approx(np.nanmean(y - beta * x), rel=1e-9)


def test_a_series_that_only_rounding_moves_gives_no_fit(market):
    y, _, factors, _ = market
    ones, usable = np.ones_like(y), np.ones(y.shape, bool)
    rows = models.design("market", ones, factors[..., :1])
    copy = 0.001 + 1.7 * factors[..., 0]
    assert np.isnan(models.fit("market", copy, rows, ones, usable).df).all()
    assert np.isnan(models.fit("market", np.zeros_like(y), rows, ones, usable).df).all()
    near = copy + 1e-6 * y
    assert np.isfinite(models.fit("market", near, rows, ones, usable).df).all()
    still = models.design("adjusted", ones, np.zeros_like(factors[..., :1]))
    assert np.isnan(models.fit("adjusted", y, still, ones, usable).df).all()


def test_the_return_that_covers_the_event_counts_from_before_the_window_and_to_after_it():
    fitted = models.fit(
        "mean", np.array([[0.01, -0.01, 0.01, -0.01]]).T, np.ones((4, 1, 1)), np.ones((4, 1)), np.ones((4, 1), bool)
    )  # fmt: skip
    nan = np.nan

    def look(moved, span, day0, late=None):
        moved, span = np.array(moved)[:, None], np.array(span)[:, None]
        return models.forecast(fitted, moved, span[..., None], span, day0, late)

    early = look([nan, -0.3, 0.1], [nan, 4.0, 1.0], 1)
    assert early.car[-1, 0] == pytest.approx(-0.2) and early.covered[:, 0].tolist() == [True] * 3
    before = look([0.05, -0.3, 0.1], [3.0, 1.0, 1.0], 1)
    assert np.isnan(before.ar[0, 0]) and before.car[-1, 0] == pytest.approx(-0.2), (
        "the event is in the next return"
    )
    assert before.covered[:, 0].tolist() == [False, True, True]
    none = look([0.1, -0.3, nan], [1.0, 1.0, nan], 2)
    assert np.isnan(none.car).all() and none.covered[:, 0].tolist() == [True, True, False]
    late = look([nan, nan, -0.3], [nan, nan, 5.0], 1, np.array([2]))
    assert late.car[-1, 0] == pytest.approx(-0.3) and late.covered[:, 0].tolist() == [True] * 3
    assert late.sd[-1, 0] == pytest.approx(np.sqrt(fitted.variance[0] * (5 + 25 * fitted.inverse[0, 0, 0])))
    half = look([0.1, 0.1, nan, nan], [1.0, 1.0, nan, nan], 0)
    assert half.car[-1, 0] == pytest.approx(0.2), "half of the days is enough"
    less = look([0.1, 0.1, nan, nan, nan], [1.0, 1.0, nan, nan, nan], 0)
    assert np.isnan(less.car).all()


def test_factors_that_cannot_be_told_apart_give_no_fit(market):
    y, span, factors, usable = market
    factors = factors.copy()
    factors[..., 1] = 2 * factors[..., 0]
    fitted = models.fit("factors", y, models.design("factors", span, factors), span, usable)
    assert np.isnan(fitted.df).all() and np.isnan(fitted.coefficients).all()
    ones = np.ones_like(span)
    for days, fits in ((20, True), (19, False)):
        some = models.fit("mean", y[:days], ones[:days, :, None], ones[:days], ones[:days] > 0, least=20)
        assert np.isfinite(some.df).all() == fits
    short = models.fit("mean", y[:10], span[:10, :, None], span[:10], usable[:10], least=20)
    assert np.isnan(short.df).all()
    with pytest.raises(RunError, match="no model 'lasso'"):
        models.fit("lasso", y, span[..., None], span, usable)


def test_hac_is_that_of_statsmodels_and_reduces_to_ols_without_lags(market):
    sm = pytest.importorskip("statsmodels.api")
    y, _, factors, _ = market
    x = np.column_stack([np.ones(LENGTH), factors[:LENGTH, 0]])
    ahead = np.column_stack([np.ones(WIDTH), factors[LENGTH:, 0]])
    ones = np.ones(LENGTH)
    found = robust.hac(y[:LENGTH, 0], x, ones, ahead, np.ones(WIDTH))
    lags = int(4 * (LENGTH / 100) ** (2 / 9))
    oracle = sm.OLS(y[:LENGTH, 0], x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    np.testing.assert_allclose(found.coefficients, oracle.params)
    one_day = oracle.scale + ahead[0] @ oracle.cov_params() @ ahead[0]
    assert found.ar_sd[0] == pytest.approx(np.sqrt(one_day))
    e = oracle.resid
    gamma = [e[j:] @ e[: LENGTH - j] / oracle.df_resid for j in range(lags + 1)]
    sums = sum(
        gamma[abs(i - j)] * (1 - abs(i - j) / (lags + 1))
        for i in range(WIDTH)
        for j in range(WIDTH)
        if abs(i - j) <= lags
    )
    total = ahead.sum(0)
    assert found.car_sd[-1] == pytest.approx(np.sqrt(sums + total @ oracle.cov_params() @ total))


def test_garch_finds_the_volatility_that_it_was_made_with():
    pytest.importorskip("arch")
    random = np.random.default_rng(8)
    length, omega, alpha, beta = 3000, 4e-6, 0.1, 0.85
    variance, error = omega / (1 - alpha - beta), np.zeros(length)
    for t in range(length):
        if t:
            variance = omega + alpha * error[t - 1] ** 2 + beta * variance
        error[t] = np.sqrt(variance) * random.normal()
    market = random.normal(0, 0.01, length)
    x = np.column_stack([np.ones(length), market])
    far = robust.garch(0.0005 + 1.1 * market + error, x, np.zeros((2, 2)), np.ones(2), 2000)
    assert far.coefficients[1] == pytest.approx(1.1, abs=0.05)
    assert far.ar_sd[0] == pytest.approx(np.sqrt(omega / (1 - alpha - beta)), rel=0.2)
    near = robust.garch(0.0005 + 1.1 * market + error, x, np.zeros((2, 2)), np.ones(2), 1)
    assert near.ar_sd[0] == pytest.approx(np.sqrt(omega + alpha * error[-1] ** 2 + beta * variance), rel=0.2)
    assert near.car_sd[1] == pytest.approx(np.hypot(*near.ar_sd))


def test_libraries_that_are_missing_are_named_with_their_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "statsmodels.regression", None)
    monkeypatch.setitem(__import__("sys").modules, "arch", None)
    y, x = np.ones(30), np.ones((30, 1))
    with pytest.raises(RunError, match=r"interrex\[events\]"):
        robust.hac(y, x, np.ones(30), x[:2], np.ones(2))
    with pytest.raises(RunError, match=r"interrex\[garch\]"):
        robust.garch(y, x, x[:2], np.ones(2), 1)


def test_a_return_that_began_before_the_window_is_left_out():
    fitted = models.fit(
        "mean",
        np.array([[0.01, -0.01, 0.01, -0.01]]).T,
        np.ones((4, 1, 1)),
        np.ones((4, 1)),
        np.ones((4, 1), bool),
    )
    span = np.array([[2.0], [np.nan], [2.0]])
    found = models.forecast(fitted, np.array([[0.5], [np.nan], [-0.2]]), span[..., None], span)
    assert found.covered[:, 0].tolist() == [False, True, True]
    assert np.isnan(found.ar[0, 0]) and found.car[-1, 0] == pytest.approx(-0.2)
    whole = models.forecast(
        fitted,
        np.array([[-0.1], [np.nan], [-0.2]]),
        np.array([[[1.0]], [[np.nan]], [[2.0]]]),
        np.array([[1.0], [np.nan], [2.0]]),
    )
    assert whole.covered.all() and whole.car[:, 0] == pytest.approx([-0.1, -0.1, -0.3])
    assert whole.sd[2, 0] > whole.sd[0, 0]


def test_returns_run_from_trade_to_trade():
    price = np.array([[100.0, 50.0], [np.nan, 51.0], [np.nan, np.nan], [80.0, 52.0]])
    assert returns.previous_trade(price).tolist() == [[-1, -1], [0, 0], [0, 1], [0, 1]]
