"""Shifted hazards on stored paths: the kernel's own sum, near enough to the integral, whatever the scramble."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from fixtures import toy as cases
from interrex.futures import shifts
from interrex.futures.rivals import PURGE_KINDS, plot_factor
from interrex.futures.shifts import SCALES, STATED, Paths, free_level, half_normal, shifted
from interrex.mechanisms.acts import ACT_KINDS, BY_KIND


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> cases.Ready:
    extra = [
        cases.row("purge", when="2030-03-16T10:00", act="remove_predecessor"),
        cases.row("stand-down", when="2030-03-14T22:00", act="stand_down", actor="interior"),
    ]
    return cases.ready(cases.cut(tmp_path_factory.mktemp("purged") / "case", lambda rows: rows + extra))


@pytest.fixture(scope="module")
def paths(ready: cases.Ready) -> Paths:
    made = [cases.made_up_path(ready.target.ticks) for _ in range(4)]
    for i, (signals, _) in enumerate(made):
        signals[:, 0] = np.clip(signals[:, 0] * (0.6 + 0.2 * i), 0, 1)
    return Paths([m[0] for m in made], [m[1] for m in made], np.zeros(4, int))


@pytest.mark.parametrize("kind", ["remove_predecessor", "request_patron", "dismiss_security_chief"])
def test_the_sum_for_all_shifts_at_once_is_the_kernels(ready: cases.Ready, paths: Paths, kind: str) -> None:
    target, k = ready.target, ACT_KINDS.index(kind)
    assert target.hazard_draws is not None
    shift = np.array([0.0, 0.4, 1.7])
    got = shifts.marginals(
        target, target.table, target.hazard_priors, [target.hazard_draws], k, paths.signals[1], paths.crisis[1], (30, 60), shift
    )  # fmt: skip
    values = np.zeros(target.hazard_draws.z.shape[1])
    for i, start in enumerate((30, 60)):
        for j, g in enumerate(shift):
            target.kernel.kind_values(
                k, paths.signals[1], paths.crisis[1], *target.handed(), np.full(values.size, g), start, values
            )
            assert got[i, 0, j] == pytest.approx(np.log(np.exp(values).sum()), abs=1e-6)


def test_another_scramble_gives_the_same_ratio_within_a_twentieth(ready: cases.Ready, paths: Paths) -> None:
    found = [
        shifted(ready.target, priors, paths, PURGE_KINDS, (40,), 1.0, seed)[0]
        for priors in (ready.target.hazard_priors, free_level(ready.target.hazard_priors))
        for seed in (1, 100)
    ]
    for one, two in (found[:2], found[2:]):
        assert abs(one.stated - two.stated) < 0.05 and one.error < 0.05
    assert abs(found[0].stated - found[2].stated) > 0.01, "a free level must be able to show"


def test_a_wider_shift_is_a_wider_prior_and_none_is_no_factor(ready: cases.Ready, paths: Paths) -> None:
    one = shifted(ready.target, ready.target.hazard_priors, paths, PURGE_KINDS, (40,), 1.0, 1)[0]
    two = shifted(ready.target, ready.target.hazard_priors, paths, PURGE_KINDS, (40,), 2.0, 1)[0]
    assert one.log_ratio[0] == 0.0 and two.log_ratio[STATED] == pytest.approx(one.log_ratio[SCALES.index(2.0)], abs=1e-9)
    never = shifted(ready.target, ready.target.hazard_priors, paths, PURGE_KINDS, (ready.target.ticks,), 1.0, 1)[0]
    assert never.log_ratio == pytest.approx(0.0, abs=1e-12)


def test_nodes_of_the_half_normal_integrate_its_moments() -> None:
    nodes, weights = half_normal()
    assert weights.sum() == pytest.approx(1.0)
    cut = stats.truncnorm(0.0, shifts.WIDEST)
    assert weights @ nodes == pytest.approx(cut.mean(), abs=1e-6)
    assert weights @ nodes**2 == pytest.approx(cut.moment(2), abs=1e-6)


def test_stand_downs_are_integrated_over_rate_and_shift(ready: cases.Ready, paths: Paths) -> None:
    """Against a plain Monte Carlo of the same law with many draws."""
    found = plot_factor(ready.target, ready.model.observations, paths, ready.target.hazard_priors)
    rate, rng = BY_KIND["stand_down"].phase_rates.crisis, np.random.default_rng(2)
    log_rate, g = rate.log_mean + rate.sd * rng.standard_normal(400_000), np.abs(rng.standard_normal(400_000))
    events = [e for e in ready.model.observations.events if e.kind == "stand_down"]
    assert events
    days = max(1.0, float(paths.crisis[0].sum()) / 4.0)
    likelihood = []
    for more in (g, 0.0):
        lam = np.exp(log_rate + more)
        value = np.exp(-lam * days)
        for e in events:
            value = value * (e.reliability * lam + (1.0 - e.reliability) * 0.02)
        likelihood.append(value.mean())
    assert found.stated == pytest.approx(math.log(likelihood[0] / likelihood[1]), abs=0.02)
    assert found.log_ratio[0] == pytest.approx(0.0, abs=1e-12)


def test_the_error_has_the_spread_of_scrambles_and_of_paths() -> None:
    ratio = np.zeros((len(SCALES), 50, 4))
    assert shifts.averaged(ratio).error == 0.0
    by_scramble = ratio + np.log([0.9, 1.1, 0.9, 1.1])
    assert shifts.averaged(by_scramble).error == pytest.approx(np.std([0.9, 1.1, 0.9, 1.1], ddof=1) / 2.0)
    by_path = ratio + np.log(np.linspace(0.5, 1.5, 50))[:, None]
    assert shifts.averaged(by_path).error == pytest.approx(np.std(np.linspace(0.5, 1.5, 50), ddof=1) / math.sqrt(50))
