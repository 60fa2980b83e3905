"""Observation terms: densities against scipy, draws against densities, reliability against quadrature."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

from interrex.engine.schedule import ARRESTED, ENTERED, KILLED, PRESENT, RECORD_COLUMNS
from interrex.inference import terms as t
from interrex.inference.terms import crowd, opinion, quiet, score, series
from interrex.inference.terms.kind import Kind, Observer, Terms
from interrex.inference.terms.score import mixture, reliability_nodes
from interrex.mechanisms.state import LEVELS

OBSERVER = Observer(0.3, 0.85, 1.2, 0.25, 100.0)
CEILING = 250_000.0


def term(kind: Kind, low: float, high: float | None = None, **more: Any) -> Terms:
    """One term alone, of a source that is right with reliability Beta(8, 2)."""
    plain: dict[str, Any] = {
        "first": 4,
        "last": 7,
        "previous": -1,
        "sd": 0.5,
        "official": 0,
        "alpha": 8.0,
        "beta": 2.0,
    }
    plain |= more
    whole = lambda v: np.array([v], dtype=np.int64)  # noqa: E731
    real = lambda v: np.array([v], dtype=float)  # noqa: E731
    return Terms(
        whole(t.KINDS.index(kind)), whole(plain["first"]), whole(plain["last"]), whole(plain["previous"]), whole(0), whole(2),
        np.array([0, 1]), whole(0), real(low), real(low if high is None else high), real(plain["sd"]),
        whole(plain["official"]), real(CEILING), whole(0), real(1.0), real(plain["alpha"]), real(plain["beta"]),
    )  # fmt: skip


def densities(made: Terms, n: float, blackout: float = 0.0) -> tuple[float, float]:
    known, unknown = t.KINDS[made.kind[0]].logpdf(0, made, n, blackout, OBSERVER)
    return float(known), float(unknown)


@pytest.mark.parametrize("kind", [crowd.PRESENT_AT_ONCE, crowd.TAKING_PART])
@pytest.mark.parametrize(("n", "official", "sd"), [(0.0, 0, 0.2), (950.0, 0, 0.5), (40_000.0, 1, 0.67)])
def test_a_crowd_count_is_lognormal_about_the_models_count(
    kind: Kind, n: float, official: int, sd: float
) -> None:
    """Density of log y: normal about log(n + half an agent), plus the bias of state sources, sd with the lattice's."""
    known, unknown = densities(term(kind, 1800.0, sd=sd, official=official), n)
    centre = math.log(n + 50.0) + 0.3 * official
    assert known == pytest.approx(
        stats.norm.logpdf(math.log(1800.0), centre, math.hypot(sd, 50.0 / (n + 50.0))), abs=1e-10
    )
    assert unknown == pytest.approx(stats.uniform.logpdf(math.log(1800.0), 0.0, math.log(CEILING)), abs=1e-12)


@pytest.mark.parametrize(("low", "high"), [(24.0, 99.0), (150.0, 999.0), (1500.0, 9999.0)])
@pytest.mark.parametrize("n", [10.0, 700.0, 20_000.0])
def test_a_word_is_the_mass_of_its_interval(low: float, high: float, n: float) -> None:
    known, unknown = densities(term(crowd.PRESENT_AT_ONCE, low, high), n)
    made = stats.norm(math.log(n + 50.0), math.hypot(0.5, 50.0 / (n + 50.0)))
    assert known == pytest.approx(
        math.log(max(made.cdf(math.log(high)) - made.cdf(math.log(low)), 1e-30)), abs=1e-6
    )
    assert unknown == pytest.approx(math.log(math.log(high / low) / math.log(CEILING)), abs=1e-12)


@pytest.mark.parametrize("kind", [series.ARRESTS, series.DEATHS])
@pytest.mark.parametrize(("y", "n"), [(0.0, 0.0), (0.0, 12.0), (7.0, 12.0), (3811.0, 2500.0)])
def test_an_increment_is_negative_binomial(kind: Kind, y: float, n: float) -> None:
    known, unknown = densities(term(kind, y), n)
    mean = max(n, 1e-3)
    assert known == pytest.approx(
        stats.nbinom.logpmf(y, series.SERIES_SIZE, series.SERIES_SIZE / (series.SERIES_SIZE + mean)), abs=1e-8
    )
    assert unknown == pytest.approx(math.log(math.log((y + 2) / (y + 1)) / math.log(CEILING + 2)), abs=1e-12)


def test_an_opinion_is_normal_on_the_logit_scale() -> None:
    known, unknown = densities(term(opinion.TRUST, 0.4, sd=0.3), 0.9)
    assert known == pytest.approx(stats.norm.logpdf(0.4, 0.9, math.hypot(0.37, 0.3)), abs=1e-10)
    assert unknown == pytest.approx(-math.log(8.0))
    known, unknown = densities(term(opinion.TRUST, 0.0, 1.4, sd=0.3), 0.9)
    made = stats.norm(0.9, math.hypot(0.37, 0.3))
    assert known == pytest.approx(math.log(made.cdf(1.4) - made.cdf(0.0)), abs=1e-8)
    assert unknown == pytest.approx(math.log(1.4 / 8.0))


def test_silence_counts_only_where_a_report_was_nearly_sure() -> None:
    """P(no report) = 1 - expit(a + ln(n/100) - c blackout), against .1; below .9 silence says nothing."""
    for n in (0.0, 100.0, 890.0):
        assert densities(term(quiet.QUIET, 0.0), n)[0] == 0.0
    silent = 1 - special.expit(math.log(5000 / 100))
    assert densities(term(quiet.QUIET, 0.0), 5000.0)[0] == pytest.approx(math.log(silent / 0.1), abs=1e-9)
    assert (
        densities(term(quiet.QUIET, 0.0), 5000.0, blackout=1.0)[0]
        > densities(term(quiet.QUIET, 0.0), 5000.0)[0]
    )


def test_uninformed_densities_are_proper_and_know_nothing_of_the_state() -> None:
    grid = np.linspace(0.0, math.log(CEILING), 20_001)
    spread = [math.exp(densities(term(crowd.PRESENT_AT_ONCE, math.exp(v)), 1.0)[1]) for v in grid[::200]]
    assert integrate.trapezoid(spread, grid[::200]) == pytest.approx(1.0, abs=1e-9)
    counts = np.arange(0, int(CEILING) + 1)
    mass = np.log((counts + 2.0) / (counts + 1.0)) / math.log(CEILING + 2.0)
    assert mass.sum() == pytest.approx(1.0, abs=1e-9)
    for y in (0, 1, 17, 4000):
        assert math.exp(densities(term(series.ARRESTS, float(y)), 5.0)[1]) == pytest.approx(
            mass[y], rel=1e-10
        )
    for kind in (crowd.PRESENT_AT_ONCE, series.ARRESTS, opinion.TRUST):
        assert (
            densities(term(kind, 0.5 if kind == opinion.TRUST else 500.0), 0.0)[1]
            == densities(term(kind, 0.5 if kind == opinion.TRUST else 500.0), 9000.0)[1]
        )


def test_the_bound_for_early_rejection_is_a_bound() -> None:
    rng = np.random.default_rng(4)
    for kind in (
        crowd.PRESENT_AT_ONCE,
        crowd.TAKING_PART,
        series.ARRESTS,
        series.DEATHS,
        opinion.TRUST,
        quiet.QUIET,
    ):
        for _ in range(60):
            y = float(rng.integers(1, 5000)) if kind != opinion.TRUST else float(rng.normal())
            high = (
                y * float(rng.choice([1.0, 1.0, 4.0]))
                if kind in (crowd.PRESENT_AT_ONCE, crowd.TAKING_PART)
                else y
            )
            made = term(kind, y, high, sd=float(rng.choice([0.2, 0.5, 0.67])), official=int(rng.integers(2)))
            n = float(rng.exponential(2000.0)) if kind != opinion.TRUST else float(rng.normal())
            assert max(densities(made, n)) <= t.best_logpdf(0, made) + 1e-12


def sure(made: Terms, informed: bool) -> Terms:
    """The same term of a source that always or never knows."""
    a, b = (1e9, 1e-9) if informed else (1e-9, 1e9)
    return made._replace(alpha=np.array([a]), beta=np.array([b]))


@pytest.mark.parametrize("informed", [True, False])
@pytest.mark.parametrize(
    ("kind", "low", "high", "n"),
    [(crowd.PRESENT_AT_ONCE, 800.0, 800.0, 1200.0), (crowd.TAKING_PART, 150.0, 999.0, 400.0), (opinion.TRUST, 0.2, 0.2, 0.5), (opinion.TRUST, -0.7, 0.7, 0.5)],
)  # fmt: skip
def test_reports_are_drawn_as_they_are_scored(
    kind: Kind, low: float, high: float, n: float, informed: bool
) -> None:
    """The middle of drawn reports has the density that `logpdf` gives it (Kolmogorov-Smirnov, 1,500 draws)."""
    made, rng = term(kind, low, high), np.random.default_rng(5)
    drawn = np.array([t.rvs(0, n, sure(made, informed), OBSERVER, rng) for _ in range(1500)])
    middle = drawn.mean(axis=1) if kind == opinion.TRUST else np.log(drawn).mean(axis=1)
    half = 0.5 * (high - low) if kind == opinion.TRUST else 0.5 * math.log(high / low)
    np.testing.assert_allclose(
        drawn[:, 1] - drawn[:, 0] if kind == opinion.TRUST else np.log(drawn[:, 1] / drawn[:, 0]),
        2 * half,
        atol=1e-9,
    )
    grid = np.linspace(middle.min() - 3, middle.max() + 3, 3001)
    density = []
    for v in grid:
        bounds = (v - half, v + half) if kind == opinion.TRUST else (math.exp(v - half), math.exp(v + half))
        density.append(
            math.exp(
                densities(made._replace(low=np.array([bounds[0]]), high=np.array([bounds[1]])), n)[
                    0 if informed else 1
                ]
            )
        )
    density = np.array(density)
    if not informed:  # uniform over its range; a word's middle is smeared by its width
        edges = (-4.0, 4.0) if kind == opinion.TRUST else (0.0, math.log(CEILING))
        reach = np.clip(np.minimum(grid + half, edges[1]) - np.maximum(grid - half, edges[0]), 0, None)
        density = reach if half > 0 else ((grid >= edges[0]) & (grid <= edges[1])).astype(float)
    cdf = integrate.cumulative_trapezoid(density, grid, initial=0.0)
    assert stats.kstest(middle, lambda v: np.interp(v, grid, cdf / cdf[-1])).pvalue > 1e-3
    if informed:
        assert cdf[-1] == pytest.approx(2 * half if half > 0 else 1.0, rel=1e-3)


@pytest.mark.parametrize("informed", [True, False])
def test_increments_are_drawn_as_they_are_scored(informed: bool) -> None:
    """Frequencies of drawn increments against their probabilities (chi-square over eight bins)."""
    made, rng = term(series.ARRESTS, 10.0), np.random.default_rng(6)
    y = np.array([t.rvs(0, 30.0, sure(made, informed), OBSERVER, rng)[0] for _ in range(3000)])
    assert (y == np.floor(y)).all() and y.min() >= 0 and (informed or y.max() <= CEILING)
    column = 0 if informed else 1
    p = np.array([math.exp(densities(term(series.ARRESTS, float(v)), 30.0)[column]) for v in range(400)])
    edges = [0, 8, 16, 24, 32, 40, 55, 80] if informed else [0, 1, 3, 10, 30, 90, 200, 400]
    expected = np.array([p[a:b].sum() for a, b in zip(edges[:-1], edges[1:], strict=True)])
    expected = np.append(expected, 1 - expected.sum()) * y.size
    found = np.append(
        [((y >= a) & (y < b)).sum() for a, b in zip(edges[:-1], edges[1:], strict=True)],
        (y >= edges[-1]).sum(),
    )
    assert stats.chisquare(found, expected).pvalue > 1e-3


def test_reliability_of_an_origin_is_integrated_over_its_beta() -> None:
    """Claims of two origins: log of the product of one integral an origin, by adaptive quadrature."""
    known, unknown = np.array([-3.0, -8.0, -1.0]), np.array([-6.0, -5.0, -4.0])
    made = term(crowd.PRESENT_AT_ONCE, 500.0)
    made = Terms(
        *(
            np.repeat(a, 3) if f not in ("unit_list", "alpha", "beta") else a
            for f, a in zip(Terms._fields, made, strict=True)
        )
    )
    made = made._replace(origin=np.array([0, 0, 1]), alpha=np.array([8.0, 2.0]), beta=np.array([2.0, 4.0]))
    nodes, weights = reliability_nodes(made)
    found = mixture(made, known, unknown, nodes, weights, np.ones(3, np.int64))

    def origin(rows: list[int], a: float, b: float) -> float:
        def f(rho: float) -> float:
            return math.prod(
                rho * math.exp(known[i]) + (1 - rho) * math.exp(unknown[i]) for i in rows
            ) * stats.beta.pdf(rho, a, b)

        return math.log(integrate.quad(f, 0, 1)[0])

    assert found == pytest.approx(origin([0, 1], 8, 2) + origin([2], 2, 4), abs=1e-8)
    apart = mixture(
        made._replace(origin=np.array([0, 1, 1])), known, unknown, nodes, weights, np.ones(3, np.int64)
    )
    assert apart != pytest.approx(found, abs=1e-3), "claims of one origin share one reliability"
    left_out = mixture(made, known, unknown, nodes, weights, np.array([1, 1, 0]))
    assert left_out == pytest.approx(origin([0, 1], 8, 2), abs=1e-8)


def test_reports_that_share_a_count_weigh_as_one_report() -> None:
    """Two agencies that give one number: between two counts they tell no more apart than one of them does, and with whole
    shares twice as much."""
    one = term(series.ARRESTS, 900.0)
    two = Terms(
        *(np.repeat(a, 2) if f != "unit_list" else a for f, a in zip(Terms._fields, one, strict=True))
    )
    two = two._replace(origin=np.array([0, 1]))

    def apart(made: Terms, share: float) -> float:
        made, n = made._replace(share=np.full(made.kind.size, share)), made.kind.size
        told = [densities(one, count) for count in (900.0, 400.0)]
        values = [
            mixture(made, np.full(n, k), np.full(n, u), *reliability_nodes(made), np.ones(n, np.int64))
            for k, u in told
        ]
        return values[0] - values[1]

    assert apart(two, 0.5) == pytest.approx(apart(one, 1.0), rel=0.1)
    assert apart(two, 1.0) == pytest.approx(2 * apart(one, 1.0), rel=1e-9)


def recorded() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    units = rng.poisson(50.0, (12, 2, RECORD_COLUMNS)).astype(np.float32)
    return units, rng.normal(size=(12, 1, 3)).astype(np.float32), np.zeros((12, LEVELS), np.float32)


def test_predictions_count_what_a_source_would_have_counted() -> None:
    """By plain sums over the trace: at once, that day, the increments after a delay, the audience's mean trust."""
    units, beliefs, levels = recorded()
    predict = lambda made: float(t.KINDS[made.kind[0]].predict(0, made, units, beliefs, levels, OBSERVER))  # noqa: E731
    assert predict(term(crowd.PRESENT_AT_ONCE, 1.0)) == units[4:8, :, PRESENT].sum(axis=1).max()
    assert predict(term(crowd.TAKING_PART, 1.0)) == units[3, :, PRESENT].sum() + units[4:8, :, ENTERED].sum()
    assert predict(term(quiet.QUIET, 1.0)) == units[4:8, :, PRESENT].max()
    assert predict(term(opinion.TRUST, 0.0)) == pytest.approx(beliefs[4:8, 0, 0].mean() + 0.25, abs=1e-6)
    for kind, column, delay in (
        (series.ARRESTS, ARRESTED, 1.2),
        (series.DEATHS, KILLED, 1.2 * series.DEATH_DELAY),
    ):
        total = units[:, :, column].sum(axis=1)
        told = lambda last, delay=delay, total=total: sum(  # noqa: E731
            total[s] * (1 - math.exp(-(last + 1 - s) / (4 * delay))) for s in range(last + 1)
        )
        assert predict(term(kind, 1.0, last=9)) == pytest.approx(0.85 * told(9), rel=1e-6)
        assert predict(term(kind, 1.0, last=9, previous=5)) == pytest.approx(
            0.85 * (told(9) - told(5)), rel=1e-6
        )


def test_a_kind_of_observation_is_one_family_and_one_line() -> None:
    """The text that the kernels get is written from the registry: every kind is asked by its own functions."""
    text = "".join(score.WRITTEN)
    for code, kind in enumerate(t.KINDS):
        assert t.of(term(kind, 1.0), kind).tolist() == [True]
        for function in (kind.predict, kind.logpdf):
            assert f"from {function.py_func.__module__} import {function.py_func.__name__} as " in text
        assert code == len(t.KINDS) - 1 or f"terms.kind[i] == {code}" in text
