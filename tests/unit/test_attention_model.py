"""The reaction model against closed forms, statsmodels, scipy and brute force."""

import math
from datetime import date

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import logsumexp

from fixtures.attention_worlds import STAKES, random_segments, react, sure, typical
from interrex.attention import (
    PARAMETERS,
    Stretch,
    Watch,
    fit,
    log_likelihood,
    natural,
    placebo,
    ratio,
    reference,
    segments,
    stack,
    watches,
)
from interrex.attention.likelihood import first_reaction, hazards, later_reactions
from interrex.attention.parameters import COVERAGE, EFFECTS, FOLLOW_UP, NAMES, RATIO_SD, SPREAD
from interrex.attention.ratio import expected_number, heard

TODAY = date(2022, 2, 28)


def test_segments_cut_time_and_stop_at_the_end():
    agenda = [Stretch("violence", 0.5, 9.0), Stretch("violence", 4.0, 5.0, 0.2), Stretch("talks", 6.0, 9.0)]
    time = segments(5.5, agenda, {"trade": 0.4})
    assert list(time.bounds) == [0, 0.5, 1, 3, 4, 5, 5.5]
    assert time.exposure(0, math.inf).sum() == pytest.approx(5.5)
    assert time.exposure(0.25, 3.5) == pytest.approx([0.25, 0.5, 2, 0.5, 0, 0])
    assert list(time.design[:, NAMES.index("violence")]) == [0, 1, 1, 1, 1, 1]
    assert not time.design[:, NAMES.index("talks")].any()
    assert set(time.design[:, NAMES.index("trade")]) == {0.4}
    assert list(time.design[:, 1]) == [0, 0, 1, 1, 1, 1] and list(time.design[:, 2]) == [0, 0, 0, 1, 1, 1]
    with pytest.raises(ValueError, match="leaves no time"):
        segments(0.0, [], {})


def test_a_constant_rate_has_its_closed_forms():
    theta = typical(level=math.log(0.3), days_1_to_3=0.0, days_3_to_7=0.0)[None]
    time = segments(6.0, [], {})
    rows = stack(
        [Watch(0, time, 2.0, 3.0, 4), Watch(0, time, 6.0, math.inf), Watch(0, time, 0.0, 2.0, chosen=6.0)]
    )
    before, within, after, choice = hazards(theta, rows)
    assert before[0] == pytest.approx([0.6, 1.8, 0.0]) and after[0] == pytest.approx([1.05, 0.0, 1.5])
    told = first_reaction(before, within, choice, rows.seen)[0]
    by = lambda days: 1 - math.exp(-0.3 * days)  # noqa: E731
    assert told[0] == pytest.approx(math.log(by(3) - by(2)))
    assert told[1] == pytest.approx(-1.8)
    assert told[2] == pytest.approx(math.log(by(2) / by(6)))


def test_a_row_chosen_for_its_reaction_says_nothing_by_being_there():
    time = segments(9.0, [], {})
    z = np.random.default_rng(1).normal(size=(5, len(PARAMETERS)))
    assert log_likelihood(z, stack([Watch(0, time, 0.0, 9.0, chosen=9.0)])) == pytest.approx(
        np.zeros(5), abs=1e-12
    )


def test_daily_data_are_a_binomial_regression_with_complementary_log_log_link():
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    seen, outcome, design, days = [], [], [], []
    for _ in range(40):
        time = random_segments(rng, float(rng.integers(4, 9)))
        watch = react(rng, typical(level=math.log(0.2)), time)
        seen.append(watch._replace(count=None))
        last = time.bounds[-1] if math.isinf(watch.high) else watch.high
        # One binomial trial for each segment of a day, its length as offset.
        cuts = np.union1d(time.bounds, np.arange(0.0, last + 1))
        for a, b in zip(cuts[:-1], cuts[1:], strict=True):
            if b <= min(watch.low, last) + 1e-9:
                inside = np.searchsorted(time.bounds, (a + b) / 2) - 1
                outcome.append(0.0)
                design.append(time.design[inside])
                days.append(b - a)
    rows = stack(seen)
    survivors = rows._replace(seen=np.zeros_like(rows.seen))
    model = api.GLM(
        np.array(outcome), np.array(design), offset=np.log(days),
        family=api.families.Binomial(link=api.families.links.CLogLog()),
    )  # fmt: skip
    for scale in (0.0, 0.3):
        theta = typical()
        theta[:EFFECTS] += scale * rng.normal(size=EFFECTS)
        before, within, _, choice = hazards(theta[None], rows)
        assert first_reaction(before, within, choice, survivors.seen).sum() == pytest.approx(
            model.loglike(theta[:EFFECTS])
        )


def test_the_estimate_of_a_rate_is_that_of_the_regression():
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(5)
    time = segments(1.0, [], {})
    strong = segments(1.0, [], {"trade": 1.0})
    chosen = [time, strong]
    x = rng.integers(0, 2, 400)
    y = np.array([rng.random() < 1 - math.exp(-0.4 * math.exp(0.9 * v)) for v in x], dtype=float)
    rows = stack(
        [
            Watch(0, chosen[v], 0.0 if hit else 1.0, 1.0 if hit else math.inf)
            for v, hit in zip(x, y, strict=True)
        ]
    )
    found = api.GLM(
        y, api.add_constant(x), family=api.families.Binomial(link=api.families.links.CLogLog())
    ).fit()

    def total(level, trade):
        theta = typical(level=level, trade=trade)
        before, within, _, choice = hazards(theta[None], rows)
        return float(first_reaction(before, within, choice, rows.seen).sum())

    level, trade = found.params
    assert total(level, trade) == pytest.approx(found.llf)
    for step in (-0.02, 0.02):
        assert total(level + step, trade) < found.llf and total(level, trade + step) < found.llf


def test_counts_are_negative_binomial_and_poisson_without_clumping():
    families = pytest.importorskip("statsmodels.api").families
    y = np.array([0.0, 1.0, 4.0, 2.0, 9.0])
    for mean, clumping in ((2.0, 0.7), (0.3, 1.5)):
        own = later_reactions(y, np.full(5, mean), np.full(5, clumping)).sum()
        assert own == pytest.approx(families.NegativeBinomial(alpha=clumping).loglike(y, np.full(5, mean)))
        assert own == pytest.approx(stats.nbinom.logpmf(y, 1 / clumping, 1 / (1 + clumping * mean)).sum())
    small = later_reactions(y, np.full(5, 1.3), np.zeros(5))
    assert small == pytest.approx(stats.poisson.logpmf(y, 1.3), abs=1e-4)
    assert later_reactions(np.array([np.nan]), np.array([3.0]), np.array([1.0]))[0] == 0.0


def test_with_follow_up_one_the_expected_number_is_the_hazard():
    hazard = np.array([0.1, 1.0, 7.0])
    assert expected_number(hazard, np.array(1.0)) == pytest.approx(hazard)
    assert expected_number(hazard, np.array(0.0)) == pytest.approx(1 - np.exp(-hazard))


def test_the_effect_of_a_crisis_is_integrated_as_brute_force_does():
    rng = np.random.default_rng(8)
    theta = typical(level=math.log(0.2))
    seen = [react(rng, theta, random_segments(rng, 6.0), crisis=k) for k in (0, 0, 0, 1, 1)]
    rows = stack(seen)
    z = np.zeros((1, len(PARAMETERS)))
    u = np.random.default_rng(9).normal(size=40_000)
    total = 0.0
    for k in (0, 1):
        here = stack([w for w in seen if w.crisis == k])
        start = natural(z)
        scale = np.exp(start[0, SPREAD] * u)[:, None]
        before, within, after, choice = (h * scale for h in hazards(start, here))
        each = first_reaction(before, within, choice, here.seen) + later_reactions(
            here.count, after * math.exp(start[0, FOLLOW_UP]), start[0, -1]
        )
        total += logsumexp(each.sum(axis=1)) - math.log(u.size)
    assert log_likelihood(z, rows)[0] == pytest.approx(total, abs=0.02)


def test_the_posterior_is_that_of_plain_importance_sampling_from_the_prior():
    rng = np.random.default_rng(11)
    theta = typical(level=math.log(0.4))
    seen = [react(rng, theta, random_segments(rng, 5.0), crisis=k) for k in range(2) for _ in range(2)]
    rows = stack(seen)
    found = fit(rows, seed=1, draws=4000)
    z = np.random.default_rng(12).normal(size=(24_000, len(PARAMETERS)))
    parts = [log_likelihood(part, rows) for part in np.array_split(z, 20)]
    weight = np.exp(np.concatenate(parts) - max(p.max() for p in parts))
    weight /= weight.sum()
    mean = weight @ z
    sd = np.sqrt(weight @ (z - mean) ** 2)
    assert found.effective > 1500 and 1 / (weight**2).sum() > 1000
    assert np.abs(found.z.mean(axis=0) - mean).max() < 0.12
    assert np.abs(found.z.std(axis=0) / sd - 1).max() < 0.12


def test_without_rows_the_posterior_is_the_prior():
    prior = fit(stack([]), seed=1, draws=4000)
    assert np.abs(prior.z.mean(axis=0)).max() < 0.06 and np.abs(prior.z.std(axis=0) - 1).max() < 0.05
    for j, p in enumerate(PARAMETERS):
        values = prior.theta[:, j]
        if p.shape == "normal":
            assert values.mean() == pytest.approx(p.mean, abs=0.06 * p.sd) and values.std() == pytest.approx(
                p.sd, rel=0.05
            )
        else:
            assert np.median(np.abs(values)) == pytest.approx(p.sd * stats.norm.ppf(0.75), rel=0.06)
            assert (values >= 0).all() if p.shape == "plus" else (values <= 0).all()


def test_the_ratio_is_the_integral_of_its_posterior():
    theta = typical(level=math.log(0.5))
    time = segments(4.0, [], {})
    seen = [Watch(0, time, 1.0, 2.0, 1), Watch(0, time, 4.0, math.inf), Watch(0, time, 0.0, 1.0, 0)]
    rows = stack(seen)
    before, within, after, choice = hazards(theta[None], rows)

    def density(log_ratio):
        scale = math.exp(log_ratio)
        value = first_reaction(before * scale, within * scale, choice * scale, rows.seen) + later_reactions(
            rows.count, after * scale * math.exp(theta[FOLLOW_UP]), theta[-1]
        )
        return math.exp(value.sum() + stats.norm.logpdf(log_ratio, 0, RATIO_SD))

    whole = integrate.quad(density, -9, 9)[0]
    found = ratio(sure(theta), seen, seed=1, complete=True)
    for level, value in zip((0.05, 0.5, 0.95), found.ratio, strict=True):
        assert integrate.quad(density, -9, math.log(value))[0] / whole == pytest.approx(level, abs=0.004)
    assert found.observed == 3
    total = sum(
        0.5 * 1 + 0.5 * math.exp(theta[1]) * 2 + 0.5 * math.exp(theta[1] + theta[2]) * 1 for _ in seen
    )
    assert found.expected[1] == pytest.approx(total, rel=1e-6)  # follow-up 1 at the prior's centre


def test_tails_and_course_are_those_of_simulated_crises():
    rng = np.random.default_rng(2)
    theta = typical(level=math.log(0.3), spread=0.0, clumping=0.5)
    times = [random_segments(rng, 5.0) for _ in range(5)]
    worlds = [[react(rng, theta, t) for t in times] for _ in range(2000)]
    number = np.array([[np.isfinite(w.high) + (w.count or 0) for w in world] for world in worlds]).sum(axis=1)
    posterior = sure(theta, 2000)
    seen = worlds[0]
    answer = ratio(posterior, seen, seed=4, complete=True)
    assert answer.few == pytest.approx((number <= answer.observed).mean(), abs=0.05)
    assert answer.many == pytest.approx((number >= answer.observed).mean(), abs=0.05)
    assert answer.expected[1] == pytest.approx(number.mean(), rel=0.06)
    course = heard(posterior, seen, np.array([0.0, 5.0]), seed=4)
    assert course[:, 0].max() == 0
    shares = rng.beta(*COVERAGE, size=1500)
    held = [sum(np.isfinite(react(rng, theta, t, share).high) for t in times) for share in shares]
    assert course[:, 1].mean() == pytest.approx(np.mean(held), rel=0.06)


def test_stakes_that_matter_show_and_dealt_out_ones_do_not():
    rng = np.random.default_rng(6)
    theta = typical(level=math.log(0.02), trade=6.0)
    times = [segments(5.0, [], {"trade": share}) for share in (0.0, 0.2, 0.4, 0.8, 1.0)]
    stakes = slice(NAMES.index(STAKES[0]), NAMES.index(STAKES[-1]) + 1)
    true = [placebo(sure(theta), [react(rng, theta, t) for t in times], 1, stakes) for _ in range(40)]
    assert np.median(true) < 0.06
    dealt = []
    for _ in range(40):
        order = rng.permutation(5)
        seen = [react(rng, theta, times[i]) for i in order]
        dealt.append(
            placebo(
                sure(theta), [w._replace(segments=t) for w, t in zip(seen, times, strict=True)], 1, stakes
            )
        )
    assert 0.35 < np.mean(dealt) < 0.65
    assert math.isnan(placebo(sure(theta), [react(rng, theta, t) for t in times[:2]], 1, stakes))


def test_other_crises_are_cut_by_the_day_and_by_the_case():
    everything = reference(TODAY, "kazakhstan-2022")
    assert {row.crisis for row in everything} == {"BLR-2020", "UZB-2016", "UKR-2014", "ZWE-2017"}
    assert all(0 < row.days <= row.length and row.source.startswith("http") for row in everything)
    assert {row.crisis for row in reference(TODAY, "belarus-2020")} == {"UZB-2016", "UKR-2014", "ZWE-2017"}
    assert {row.crisis for row in reference(date(2015, 1, 1), "another")} == {"UKR-2014"}
    assert reference(date(2010, 1, 1), "another") == [] and watches([]) == []


def test_other_crises_teach_next_to_nothing_and_show_it():
    posterior = fit(stack(watches(reference(TODAY, "kazakhstan-2022"))), seed=1)
    assert posterior.effective > 1000
    narrowed = posterior.z.std(axis=0)
    assert narrowed.min() > 0.8  # no parameter loses a fifth of its prior sd


def test_same_seed_same_numbers():
    rows = stack(watches(reference(TODAY, "another")))
    one, two = fit(rows, seed=5, draws=100), fit(rows, seed=5, draws=100)
    assert np.array_equal(one.z, two.z) and not np.array_equal(one.z, fit(rows, seed=6, draws=100).z)
    seen = watches(reference(TODAY, "another"))
    assert ratio(one, seen, 1).few == ratio(two, seen, 1).few


def test_nobody_watched_is_an_error():
    with pytest.raises(ValueError, match="no reactor"):
        ratio(fit(stack([]), 1, draws=10), [], 1)
