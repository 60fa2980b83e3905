"""Planned entries, cancellations after an episode, counts without a denominator, and the group /firms."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import beta, norm, poisson

from interrex.case import load_case
from interrex.case.schema import Fact
from interrex.errors import CaseError
from interrex.firms.cancellations import _push, fates, image, share_cancelled, standing, worlds
from interrex.firms.planned import COMMON, draw, population, reported
from interrex.firms.waiting import STEP, Terms, boundaries, calm_trigger
from interrex.prices import denominator
from interrex.results.schema import problems
from interrex.topics import groups
from interrex.topics.firms import answer as firms
from interrex.topics.firms import cancelled_share

KAZAKHSTAN, BELARUS = load_case("kazakhstan-2022"), load_case("belarus-2020")
CALM = 0.02 / 365.25
YEAR = int(365.25 * 86400) / 86400


def plans(**more: Fact) -> dict[str, Fact]:
    fact = Fact(value=20, low=5, high=80, unit="plans", assumption=True)
    return {"planned_entries_industry_europe": fact, "planned_entries_finance_china": fact, **more}


def episode(days: int = 60, size: float = 0.02, members: int = 3) -> np.ndarray:
    risk = np.full((days, members), CALM)
    risk[14:18] += size * np.arange(1, members + 1) / members
    return risk


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(firms, "DRAWS", 6)


def test_three_events_have_the_printed_exact_interval():
    low, high = denominator.garwood(3)
    assert (f"{low:.1f}", f"{high:.1f}") == ("0.6", "8.8")
    assert poisson.sf(2, low) == pytest.approx(0.025)
    assert poisson.cdf(3, high) == pytest.approx(0.025)
    assert denominator.garwood(0)[0] == 0.0


@pytest.mark.parametrize("number", [3, 10, 300])
def test_a_known_denominator_gives_the_beta_posterior(number):
    found = denominator.share(3, {number: 1.0})
    assert found is not None
    exact = beta.ppf([0.05, 0.5, 0.95], 4, number - 2)
    assert [found.low, found.median, found.high] == pytest.approx(exact, abs=1e-3)
    assert found.plans == number


def test_a_wide_denominator_leaves_the_share_as_it_was():
    """Even in logs and unbounded above, the number of plans absorbs the count: the flat prior comes back."""
    gains = [denominator.share(3, denominator.even_in_logs(3, top)) for top in (30, 300, 3000)]
    assert [g is not None for g in gains] == [True] * 3
    nats = [g.gain for g in gains if g]
    assert nats[0] > nats[1] > nats[2]
    assert nats[2] < 0.005
    wide = gains[2]
    assert wide is not None
    assert [wide.low, wide.median, wide.high] == pytest.approx([0.05, 0.5, 0.95], abs=0.03)


def test_a_tale_told_only_because_somebody_cancelled_says_less():
    plain, heard = (denominator.share(3, {10: 1.0}, told_if_any=told) for told in (False, True))
    assert plain is not None and heard is not None
    assert heard.median < plain.median
    assert denominator.share(3, {2: 1.0}) is None


def test_the_verdict_is_read_off_the_table():
    found = cancelled_share.table(3, np.array([20.0, 40.0, 80.0]))
    text = cancelled_share.verdict(3, found)
    assert text.startswith("Three cancellations are compatible with a cancelled share between <1 and 99 %")
    assert "next to nothing" in text
    narrow = {k: [v[2]] for k, v in found.items()}
    assert "say something about" in cancelled_share.verdict(3, narrow)
    assert cancelled_share.verdict(1, cancelled_share.table(1, np.array([5.0]))).startswith(
        "One cancellation is"
    )


def test_plans_move_as_the_reflection_principle_says():
    """First passage of a Brownian motion with drift to a fixed trigger, from one node."""
    terms = Terms.of(0.25, 0.06, 0.04, 0.02, 0.7, 0.0, 0.0, 0.0, 1.0)
    calm = boundaries(terms, 1.0)
    start = np.zeros_like(calm.lattice)
    start[0, 108] = 1.0
    steps = 180
    done = _push(terms, calm.lattice, start, [(calm_trigger(terms), calm.drop[0])] * steps, steps)
    away = float(calm_trigger(terms)[0] - calm.lattice[0, 108])
    drift, t = 0.06 - 0.04 - 0.5 * 0.25**2, steps * STEP
    spread = 0.25 * math.sqrt(t)
    exact = norm.cdf((drift * t - away) / spread) + math.exp(2 * drift * away / 0.25**2) * norm.cdf((-drift * t - away) / spread)  # fmt: skip
    assert done.entered[-1, 0] == pytest.approx(exact, rel=0.05)
    assert done.cancelled[-1, 0] == 0.0


def test_a_long_calm_keeps_its_pace():
    """Plans that stand where a long calm leaves them end at a steady rate: no burst on the first days."""
    terms = Terms.of([0.2, 0.4], 0.05, 0.05, 0.02, 0.7, 0.6, 0.01, 0.0, 1.0)
    calm = boundaries(terms, 2.5)
    start = standing(terms, calm)
    assert start.sum(axis=1) == pytest.approx([1.0, 1.0])
    done, _ = fates(terms, np.zeros((40, 2)))
    first, second = done.entered[20] - done.entered[0], done.entered[40] - done.entered[20]
    assert np.all(second < first) and np.all(second > 0.75 * first)


def test_a_hazard_that_fades_delays_and_cancels_nothing_where_no_window_shuts():
    """No deadline and no upkeep: nobody cancels; fewer enter at first, and most of them later."""
    terms = Terms.of(0.25, 0.06, 0.05, 0.02, 0.7, 0.0, 0.0, 0.1, 0.1)
    steps = int(3.0 / STEP)
    path = 0.1 * np.exp(-np.arange(steps) * STEP / 0.1)[:, None]
    looked, calm = fates(terms, path)
    assert np.all(looked.cancelled == 0.0) and np.all(calm.cancelled == 0.0)
    gap = (calm.entered - looked.entered)[:, 0]
    early, late = int(0.2 / STEP), steps
    assert gap[early] > 0.3 * calm.entered[early, 0]
    assert 0.0 <= gap[late] < 0.2 * gap[early]


def test_the_same_hazard_cancels_where_windows_shut_or_upkeep_bites():
    steps = int(1.0 / STEP)
    path = np.tile(0.1 * np.exp(-np.arange(steps) * STEP / 0.5)[:, None], (1, 2))
    terms = Terms.of(0.25, 0.06, 0.05, 0.02, 0.7, [1.0, 0.0], [0.0, 0.02], 0.1, 0.5)
    looked, calm = fates(terms, path)
    assert looked.lapsed[-1, 0] > calm.lapsed[-1, 0] and looked.dropped[-1, 0] == 0.0
    assert looked.dropped[-1, 1] > calm.dropped[-1, 1] and looked.lapsed[-1, 1] == 0.0


@settings(max_examples=8, deadline=None)
@given(
    st.floats(0.15, 0.4),
    st.floats(0.0, 0.4),
    st.floats(0.1, 2.0),
    st.floats(0.3, 1.5),
    st.floats(0.002, 0.02),
)
@example(0.34375, 0.0007745450142783414, 1.0, 0.875, 0.013928585675982784)
def test_an_episode_never_brings_entries_nor_spares_drops(volatility, excess, memory, window, study):
    """Up to the error of the grid of values, .003 at most in 740 draws from the same ranges."""
    terms = Terms.of(volatility, 0.05, 0.05, 0.02, 0.7, window, study, excess, memory)
    path = excess * np.exp(-np.arange(60) * STEP / memory)[:, None]
    looked, calm = fates(terms, path)
    assert np.all(looked.entered <= calm.entered + 5e-3)
    assert np.all(looked.dropped >= calm.dropped - 2e-3)
    for f in (looked, calm):
        assert np.all(np.diff(f.entered, axis=0) >= 0) and np.all(f.entered + f.cancelled <= 1 + 1e-9)


def test_the_image_keeps_the_expected_recurrence_and_has_no_foresight():
    hazard = np.zeros((4000, 2))
    hazard[10] = [0.05, 0.1]
    seen = image(hazard, np.array([0.5, 2.0]), np.array([0.5, 1.0]))
    assert seen.sum(axis=0) / YEAR == pytest.approx([0.025, 0.2], rel=2e-2)
    later = hazard.copy()
    later[20] = 1.0
    assert np.array_equal(image(later, np.array([0.5, 2.0]), np.array([0.5, 1.0]))[:20], seen[:20])
    assert np.all(seen[:10] == 0)


def test_firms_that_do_not_look_have_no_further_cancellations():
    """The null, exactly: attention 0 is the world without the episode, and so is an episode without risk."""
    people = population(plans())
    assert people is not None
    drawn = draw(people, 1, 5)
    found = worlds(people, drawn, episode(), 120)
    nobody = share_cancelled(found, 12, 30, 0.0)
    flat = worlds(people, drawn, np.full((60, 3), CALM), 120)
    assert np.array_equal(flat.looked.cancelled, flat.unmoved.cancelled)
    assert np.allclose(share_cancelled(flat, 12, 30, 1.0), nobody, atol=2e-3)
    some, all_ = (share_cancelled(found, 12, 30, a) for a in (0.5, 1.0))
    assert np.all(all_.mean(axis=0) > some.mean(axis=0)) and np.all(some.mean(axis=0) > nobody.mean(axis=0))


def test_plans_of_one_sector_share_their_fate_whatever_their_home():
    fact = Fact(value=20, low=5, high=80)
    people = population({f"planned_entries_industry_{home}": fact for home in ("china", "europe")})
    assert people is not None
    found = worlds(people, draw(people, 1, 3), episode(), 60)
    assert np.array_equal(found.looked.entered[..., 0], found.looked.entered[..., 1])


def test_a_case_may_replace_an_assumption():
    people = population(plans(entry_attention=Fact(value=0.3, low=0.2, high=0.4, source="SURVEY")))
    assert people is not None
    look = next(g for g in people.common if g.id == "attention")
    assert (look.median, look.why, look.assumption) == (0.3, "source SURVEY", False)
    values = draw(people, 1, 400)["attention"]
    assert np.quantile(values, [0.05, 0.95]) == pytest.approx([0.2, 0.4], abs=0.04)
    assert all(g.assumption for g in COMMON)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"planned_entries_farming_europe": Fact(value=2, low=1, high=3)}, "no sector and home of that name"),
        ({"planned_entries_industry_europe": Fact(value=2)}, "needs low < value < high"),
        (plans(entry_attention=Fact(value=2, low=1, high=3)), "and below 1"),
    ],
)
def test_facts_that_cannot_be_read_are_named(facts, message):
    with pytest.raises(CaseError, match=message):
        population(facts)


def test_a_reported_count_must_be_a_whole_number():
    with pytest.raises(CaseError, match="is no count"):
        reported({"cancelled_entries_europe": Fact(value=2.5)}, {"europe"})
    assert reported({"cancelled_entries_europe": Fact(value=2)}, {"china"}) is None


def test_the_kazakh_case_marks_its_plans_as_assumptions_and_sources_its_count():
    facts = KAZAKHSTAN.as_of("2022-02-28").facts
    own = [f for key, f in facts.items() if key.startswith("planned_entries_")]
    assert own and all(f.assumption and not f.source for f in own)
    assert facts["cancelled_entries_europe"].source == "SEED"
    assert "cancelled_entries_europe" not in KAZAKHSTAN.as_of("2022-01-17").facts


def test_the_group_follows_the_schema_and_is_the_same_twice(few):
    cut = KAZAKHSTAN.as_of("2022-02-28")
    risk = episode(71)
    found = firms.firms(cut, risk, 1)
    assert problems(xr.DataTree.from_dict({"/firms": found}), groups()) == []
    assert found.attrs["told"] == 3 and found.attrs["report_day"] == "2022-01-18"
    assert found.attrs["needed"] > found.attrs["image"]
    xr.testing.assert_identical(found, firms.firms(cut, risk, 1))
    assert not np.array_equal(found["predictive"], firms.firms(cut, risk, 2)["predictive"])
    assert np.all(found["guess_assumption"] == 1)


def test_before_the_count_was_known_nothing_of_it_shows(few):
    found = firms.firms(KAZAKHSTAN.as_of("2022-01-11"), episode(23), 1)
    assert problems(xr.DataTree.from_dict({"/firms": found}), groups()) == []
    assert "told" not in found.attrs and "denominator" not in found
    assert "no count" in found.attrs["verdict"]


def test_without_an_episode_the_count_tells_nothing_apart(few):
    found = firms.firms(KAZAKHSTAN.as_of("2022-02-28"), np.full((71, 2), CALM), 1)
    assert found.attrs["look_ratio"] == 1.0
    assert found.attrs["entered"] == found.attrs["entered_unmoved"]
    assert problems(xr.DataTree.from_dict({"/firms": found}), groups()) == []


def test_a_case_without_plans_says_so():
    found = firms.firms(BELARUS.as_of("2020-09-30"), episode(), 1)
    assert "names no planned entries" in found.attrs["absent_because"]


def test_the_risk_of_a_path_is_a_daily_probability():
    from interrex.engine.acts import SIGNAL_COUNT, build_table

    table, priors = build_table({"incumbent", "circle", "army"})
    signals = np.zeros((40, SIGNAL_COUNT))
    crisis = np.zeros(40, np.int8)
    crisis[16:24] = 1
    paths = SimpleNamespace(signals=[signals] * 5, crisis=[crisis] * 5)
    risk = firms.risk_of(paths, priors, table, 4)
    assert risk.shape == (10, 5)
    assert np.all((risk > 0) & (risk < 1)) and np.all(risk[4] > risk[0])
