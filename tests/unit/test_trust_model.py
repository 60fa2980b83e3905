"""The fusion's arithmetic against a Kalman smoother, dense matrices, closed forms and draws."""

from itertools import product

import numpy as np
import pytest

from fixtures.opinions import USUAL, known, reports, world
from interrex.errors import RunError
from interrex.trust.acts import ACT_SD
from interrex.trust.ahead import ahead, log_density, plain_average
from interrex.trust.fuse import fuse
from interrex.trust.held_out import predict
from interrex.trust.learn import learn, points
from interrex.trust.model import covariance, design, joint, solve, steps, ties
from interrex.trust.modes import AUDIENCE_SD, BIAS_SD, MODES
from interrex.trust.priors import APART_SD, LEVEL_SD, OWN_SCATTER_SD, natural

DAYS = [0, 1, 4, 5, 11, 40, 41, 90]
HOUSES, AUDIENCES = ("A", "B", "C"), ("east", "west")


@pytest.fixture(scope="module")
def some():
    """Reports with holes of three houses on two audiences, and their design with one act."""
    _, found = world(1, DAYS, HOUSES, AUDIENCES)
    found = found.take(np.random.default_rng(2).random(len(found.y)) < 0.7)
    return design(found, days=[20, 95], acts=[41])


def kalman(d, v):
    """statsmodels' smoother of the same model: state (chains, constants), a line of observations a house and audience."""
    module = pytest.importorskip("statsmodels.tsa.statespace.kalman_smoother")
    k, p, audiences = d.chains, len(d.names), len(d.audiences)
    cells = list(product(range(audiences), range(audiences, k)))
    y = np.full((len(cells), len(d.day)), np.nan)
    noise = np.zeros((len(cells), len(cells), len(d.day)))
    read = np.zeros((len(cells), k + p))
    for c, (a, h) in enumerate(cells):
        read[c, [a, h]] = 1.0
        name = d.audiences[a]
        constants = (("common", ""), ("apart", name), ("bias", ""), ("bias", name), ("shift", "poll"))
        read[c, [k + d.names.index(one) for one in constants]] = 1.0
    for i in range(len(d.y)):
        c = cells.index((d.audience[i], d.house[i]))
        y[c, d.when[i]], noise[c, c, d.when[i]] = d.y[i], d.var[i] * v.scatter[d.house[i] - audiences] ** 2
    keep, moved = steps(d, v)
    tie = ties(d, v)
    stationary = np.sqrt(moved[0])[:, None] * tie * np.sqrt(moved[0])
    model = module.KalmanSmoother(k_endog=len(cells), k_states=k + p, k_posdef=k)
    model.bind(np.ascontiguousarray(y.T))
    model["design"], model["obs_cov"] = read, noise
    model["transition"] = np.zeros((k + p, k + p, len(d.day)))
    model["state_cov"] = np.zeros((k, k, len(d.day)))
    model["selection"] = np.eye(k + p)[:, :k]
    for t in range(len(d.day)):
        following = min(t + 1, len(d.day) - 1)
        model["transition", :, :, t] = np.diag([*keep[following], *np.ones(p)])
        root = np.sqrt(moved[following])
        model["state_cov", :, :, t] = root[:, None] * tie * root
    start = np.zeros((k + p, k + p))
    start[:k, :k], start[k:, k:] = stationary, np.diag(d.sd**2)
    model.initialize_known(np.concatenate([np.zeros(k), d.mean]), start)
    return model.smooth()


def test_level_houses_and_evidence_are_those_of_a_kalman_smoother(some):
    found, oracle = solve(some, USUAL), kalman(some, USUAL)
    mean, cov = joint(found, np.arange(len(found.x)))
    assert found.evidence == pytest.approx(oracle.llf, abs=1e-8)
    k = some.chains
    for t in range(len(some.day)):
        rows = [*range(t * k, t * k + k), *range(len(found.x), len(mean))]
        np.testing.assert_allclose(mean[rows], oracle.smoothed_state[:, t], atol=1e-9)
        np.testing.assert_allclose(cov[np.ix_(rows, rows)], oracle.smoothed_state_cov[:, :, t], atol=1e-9)


def test_the_covariance_of_two_days_is_that_of_dense_matrices(some):
    mean, cov = joint(solve(some, USUAL), np.arange(len(some.day) * some.chains))
    nothing = solve(some.of(np.zeros(len(some.y), bool)), USUAL)
    centre, prior = joint(nothing, np.arange(len(some.day) * some.chains))
    read = np.zeros((len(some.y), len(mean)))
    rows = np.arange(len(some.y))
    read[rows, some.when * some.chains + some.audience] = 1.0
    read[rows, some.when * some.chains + some.house] = 1.0
    read[:, -len(some.names) :] = some.constants
    whole = read @ prior @ read.T + np.diag(some.var * 1.2**2)
    np.testing.assert_allclose(whole, covariance(some, USUAL), atol=1e-12)
    gain = prior @ read.T @ np.linalg.inv(whole)
    np.testing.assert_allclose(mean, centre + gain @ (some.y - read @ centre), atol=1e-9)
    np.testing.assert_allclose(cov, prior - gain @ read @ prior, atol=1e-9)


def test_one_report_moves_the_level_by_its_share_of_the_variance():
    d = design(reports([(0, "A", "all", 1.5, 0.01)]))
    spread = USUAL.step**2 * USUAL.half_life / (2 * np.log(2))
    level = LEVEL_SD**2 + APART_SD**2 + spread
    bias = BIAS_SD**2 + AUDIENCE_SD**2 + MODES["poll"].sd ** 2
    whole = level + bias + USUAL.house_sd**2 + 0.01 * 1.2**2
    found = fuse(d, known(), np.array([0]))
    mean, sd = found.moments(found.level("all", 0)[None])
    assert mean[0] == pytest.approx(level / whole * (1.5 - MODES["poll"].shift), abs=1e-9)
    assert sd[0] ** 2 == pytest.approx(level - level**2 / whole, abs=1e-9)
    assert solve(d, USUAL).evidence == pytest.approx(
        log_density(np.array([1.5]), np.array([MODES["poll"].shift]), np.sqrt([whole]))[0]
    )


def test_an_act_lets_the_level_jump_on_its_day_and_no_house():
    quiet, acted = (design(reports([(0, "A", "all", 0.0, 0.01), (9, "A", "all", 1.0, 0.01)]), acts=acts) for acts in ((), (5,)))
    assert 4 in acted.day and 5 in acted.day and 5 not in quiet.day
    moved = steps(acted, USUAL)[1]
    at_act = list(acted.day).index(5)
    assert moved[at_act, 0] == pytest.approx(ACT_SD**2 + steps(acted._replace(acted=acted.acted * 0), USUAL)[1][at_act, 0])
    assert moved[at_act, 1] == steps(acted._replace(acted=acted.acted * 0), USUAL)[1][at_act, 1]
    found = fuse(acted, known(), acted.day)
    mean, _ = found.moments(np.array([found.level("all", b) - found.level("all", a) for a, b in ((0, 4), (4, 5), (5, 9))]))
    assert mean[1] > 5 * max(mean[0], mean[2]) > 0


def test_the_rule_of_the_quadrature_is_exact_to_the_fifth_degree():
    moments = {0: 1, 1: 0, 2: 1, 3: 0, 4: 3, 5: 0}
    for n in (5, 6):
        at_points, weights = points(n)
        assert (weights > 0).all()
        for powers in product(range(6), repeat=n):
            if sum(powers) <= 5:
                value = weights @ np.prod(at_points ** np.array(powers), axis=1)
                assert value == pytest.approx(np.prod([moments[one] for one in powers]), abs=1e-12)


def test_the_quadrature_gives_a_normal_posterior_its_own_mean_and_spread(monkeypatch):
    centre, root = np.array([0.3, -0.5, 0.2, 0.1, 0.4]), np.diag([0.5, 0.3, 0.7, 0.4, 0.6]) + np.diag([0.2, -0.1, 0.2, 0.1], -1)
    inverse = np.linalg.inv(root @ root.T)

    def log(d, u, free, part):
        whole = u.copy()
        whole[free] = part
        away = whole[:5] - centre
        return -0.5 * away @ inverse @ away - 0.5 * whole[6:] @ whole[6:]

    monkeypatch.setattr("interrex.trust.learn._log", log)
    found = learn(design(reports([(0, "A", "all", 0.0, 1.0)])))
    np.testing.assert_allclose(found.mean[:5], centre, atol=1e-3)
    np.testing.assert_allclose(found.sd[:5], np.sqrt(np.diag(root @ root.T)), rtol=1e-3)


def test_what_is_learned_of_the_variances_is_what_draws_from_the_prior_say():
    d = design(world(3, range(0, 200, 10), ("A", "B", "C"))[1])
    found = learn(d)
    scores = np.concatenate([np.random.default_rng(4).standard_normal((6_000, 6)), np.tile(found.mode[6:], (6_000, 1))], axis=1)
    logs = np.array([solve(d, natural(score)).evidence for score in scores])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    assert 1 / (weights**2).sum() > 60
    mean = weights @ scores
    sd = np.sqrt(weights @ (scores - mean) ** 2)
    np.testing.assert_allclose(found.mean[:5], mean[:5], atol=0.2)
    np.testing.assert_allclose(found.sd[:5], sd[:5], atol=0.2)


def test_reports_that_no_variances_fit_are_refused():
    wild = [(day, house, "all", 9.0 * (-1) ** day, 1e-6) for day in range(60) for house in "AB"]
    with pytest.raises(RunError, match="does not fit these reports: sd of .* look for a misprint"):
        learn(design(reports(wild)))


def test_each_report_is_predicted_from_those_of_earlier_days_alone(some):
    mean, sd = ahead(some, USUAL)
    whole, centre = covariance(some, USUAL), some.constants @ some.mean
    for i in range(len(some.y)):
        before = np.flatnonzero(some.when < some.when[i])
        gain = whole[i, before] @ np.linalg.inv(whole[np.ix_(before, before)])
        assert mean[i] == pytest.approx(centre[i] + gain @ (some.y - centre)[before], abs=1e-9)
        assert sd[i] ** 2 == pytest.approx(whole[i, i] - gain @ whole[before, i], abs=1e-9)


def test_reports_that_were_left_out_are_predicted_as_dense_matrices_do(some):
    mine = some.house == some.house[0]
    mean, cov = predict(some.of(~mine), some.of(mine), USUAL)
    whole, centre = covariance(some, USUAL), some.constants @ some.mean
    gain = whole[np.ix_(mine, ~mine)] @ np.linalg.inv(whole[np.ix_(~mine, ~mine)])
    np.testing.assert_allclose(mean, centre[mine] + gain @ (some.y - centre)[~mine], atol=1e-9)
    wider = np.diag(some.var[mine] * 1.2**2 * (np.exp(2 * OWN_SCATTER_SD**2) - 1))  # its own scatter is not known
    np.testing.assert_allclose(cov, whole[np.ix_(mine, mine)] - gain @ whole[np.ix_(~mine, mine)] + wider, atol=1e-9)
    odd = np.arange(len(some.y)) % 2 == 1
    gain = whole[np.ix_(odd, ~odd)] @ np.linalg.inv(whole[np.ix_(~odd, ~odd)])
    known_houses = whole[np.ix_(odd, odd)] - gain @ whole[np.ix_(~odd, odd)]
    np.testing.assert_allclose(predict(some.of(~odd), some.of(odd), USUAL)[1], known_houses, atol=1e-9)


def test_the_plain_average_is_that_of_the_month_before_on_the_same_audience():
    rows = [(0, "A", "x", 1.0, 0.1), (0, "B", "x", 2.0, 0.1), (0, "A", "y", 9.0, 0.1), (30, "A", "x", 4.0, 0.1), (99, "B", "x", 7.0, 0.1)]
    found = reports(rows)
    score = plain_average(found, np.array([True, True, True, True, False]))
    assert np.isnan(score[:3]).all()
    np.testing.assert_allclose(score[3:], log_density(np.array([2.5, 3.0]), np.zeros(2), np.full(2, 2.5)))


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    inside = []
    for seed in range(40):
        v = natural(0.7 * np.random.default_rng(100 + seed).standard_normal(9))
        level, found = world(seed, range(0, 120, 8), ("A", "B", "C"), v=v)
        d = design(found)
        fused = fuse(d, learn(d), d.day)
        rows = np.array([fused.level("all", 112), fused.level("all", 112) - fused.level("all", 0)])
        mean, sd = fused.moments(rows)
        truth = np.array([level[-1, 0], level[-1, 0] - level[0, 0]])
        inside.append(np.abs(truth - mean) < 1.645 * sd)
    assert (30 <= np.sum(inside, axis=0)).all()
    assert np.sum(inside) < 80
