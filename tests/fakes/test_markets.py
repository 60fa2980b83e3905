"""Tests that a market section with hindsight, hidden fitting or made-up calm would fail."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from fixtures import toy as cases
from fixtures.daily_risk import rising
from interrex.case import load_case
from interrex.engine.pool import Pool
from interrex.inference.filtering import carry
from interrex.inference.model import build as build_model
from interrex.prices import control
from interrex.topics.markets import answer as markets

NOTHING = SimpleNamespace(term_claims=(), events=())


@pytest.fixture(scope="module")
def kazakhstan():
    return load_case("kazakhstan-2022")


def test_prices_do_not_enter_the_conditioning(kazakhstan):
    """The terms, the dated acts and the exposure are the same without a single price."""
    cut = kazakhstan.as_of("2022-01-14")
    with_prices = build_model(cut, 100, 1)
    without = build_model(cut.model_copy(update={"prices": ()}), 100, 1)
    for name in ("kind", "first", "last", "low", "high", "sd", "alpha", "beta"):
        assert np.array_equal(getattr(with_prices.target.terms, name), getattr(without.target.terms, name))
    assert with_prices.observations.events == without.observations.events
    market = {c.id for c in cut.claims if c.kind == "market"}
    assert not market & {c for claims in with_prices.observations.term_claims for c in claims}


def test_deeper_prices_move_the_product_and_not_the_risk(kazakhstan):
    cut = kazakhstan.as_of("2022-02-28")
    prices = tuple(
        p.model_copy(update={"value": 0.5 * p.value}) if p.point == "kaspi-gdr-20220105" and p.value else p
        for p in cut.prices
    )
    daily = rising(date(2021, 12, 31), [0.01] * 5 + [0.05] + [0.01] * 9)
    a, b = (markets.dataset(c, daily, NOTHING, 1) for c in (cut, cut.model_copy(update={"prices": prices})))
    at = list(a["product_name"].values).index("Kaspi.kz GDR")
    assert b["product_most"].values[at] > 2 * a["product_most"].values[at]
    assert np.array_equal(a["risk_p"].values, b["risk_p"].values)


def test_a_statement_fails_when_it_is_wrong(kazakhstan):
    cut = kazakhstan.as_of("2022-02-28")
    piece = cut.opinion_piece
    wrong = tuple(
        s.model_copy(update={"prices": s.prices.model_copy(update={"per_cent": 2.0})})
        if s.prices is not None and s.prices.kind == "fell_at_most"
        else s.model_copy(
            update={"prices": s.prices.model_copy(update={"instruments": ("Central Asia Metals",)})}
        )
        if s.prices is not None and s.prices.kind == "fell_further"
        else s
        for s in piece.statements
    )
    found = markets.dataset(
        cut.model_copy(update={"opinion_piece": piece.model_copy(update={"statements": wrong})}), None, NOTHING, 1
    )  # fmt: skip
    assert list(found["sentence_verdict"].values)[:2] == ["does not hold", "does not hold"]


def test_without_the_halt_rows_the_index_is_still_not_read_day_by_day(kazakhstan):
    cut = kazakhstan.as_of("2022-02-28")
    bare = cut.model_copy(update={"prices": tuple(p for p in cut.prices if not p.halt)})
    found = markets.dataset(bare, None, NOTHING, 1)
    rows = [i for i, n in enumerate(found["path_name"].values) if n == "KASE Index"]
    days = [found["path_day"].values[i] for i in rows]
    assert not any("2022-01-05" <= d <= "2022-01-12" for d in days)


def test_no_price_and_no_section():
    found = markets.dataset(load_case("belarus-2020").as_of("2020-08-20"), None, NOTHING, 1)
    assert not found.variables and found.attrs["absent_because"].startswith("The case has no prices")


def test_the_hazard_of_known_signals():
    """Constant signals and rates: a product of exponentials; stepping down counts only near a crisis."""
    from interrex.engine.acts import SIGNAL_COUNT, build_table

    table, priors = build_table({"incumbent", "army", "circle"})
    draws = np.zeros((len(control.WAYS), 2, priors.mean.shape[1]))
    draws[:, :, :2] = np.log(0.01)
    signals = np.zeros((200, SIGNAL_COUNT))
    calm = control.hazards(signals, np.zeros(200, int), draws, table, 4)
    assert calm[0, 0] == pytest.approx(0.01 * (2 + control.COUPS_REALISED))
    crisis = np.zeros(200, int)
    crisis[:4] = 1
    both = control.hazards(signals, crisis, draws, table, 4)
    assert both[0, 0] == pytest.approx(0.04)
    assert both[0, 50] == pytest.approx(0.01 * (3 + control.COUPS_REALISED))
    assert both[0, -1] == pytest.approx(calm[0, -1])
    weight, ahead = control.survival(both, 100, 4)
    assert weight[0] == pytest.approx(np.exp(-both[0, :100].sum() / 4))
    assert ahead.shape == (2, 25)


@pytest.fixture(scope="module")
def toy_days(tmp_path_factory):
    case = load_case(cases.write(tmp_path_factory.mktemp("markets") / "case"))
    days = [date(2030, 3, 9), date(2030, 3, 13), date(2030, 3, 16)]
    models = [build_model(case.as_of(d), 100, 1) for d in days]
    span = (days[-1] - models[0].case.window.start).days + 1
    targets = [
        (d, m.target._replace(arena=m.target.arena._replace(days=span), space=m.target.space._replace(days=span)))
        for d, m in zip(days, models, strict=True)
    ]  # fmt: skip
    return targets, lambda: Pool(targets[0][1].arena, 1)


def run(targets, pool, **more):
    options = {"particles": 12, "islands": 1, "sweeps": 1, "hazard_draws": 4, "seed": 1} | more
    return list(carry(targets, pool, **options))


def test_a_day_does_not_change_when_later_days_are_added(toy_days):
    """Filtered, not smoothed: to the bit."""
    targets, pool = toy_days
    short, long = run(targets[:2], pool()), run(targets, pool())
    for a, b in zip(short, long, strict=False):
        assert np.array_equal(a.z, b.z) and np.array_equal(a.noise, b.noise)
        assert a.reweighting_ess == b.reweighting_ess


def test_workers_do_not_change_a_bit(toy_days):
    targets, _ = toy_days
    one, two = run(targets[:2], Pool(targets[0][1].arena, 1)), run(targets[:2], Pool(targets[0][1].arena, 2))
    assert all(np.array_equal(a.z, b.z) for a, b in zip(one, two, strict=True))


def test_before_anything_happens_the_population_is_the_prior(toy_days):
    """Reports of a quiet time teach little; the canary, which nothing reads, must keep mean 0 and sd 1 throughout."""
    targets, pool = toy_days
    snaps = run(targets[:2], pool(), particles=30)
    canary = targets[0][1].space.index("canary")
    first = snaps[0].z[:, canary]
    assert abs(first.mean()) < 4 / np.sqrt(30) and 0.5 < first.std() < 1.5
    assert snaps[0].reweighting_ess > 0.5
    assert snaps[0].day + timedelta(days=4) == snaps[1].day
