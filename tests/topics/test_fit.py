"""Fit: numbers and ranges counted apart, sharpness beside coverage, shocks audited, sources that were dismissed."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import telling
from fixtures import toy as cases
from interrex.topics.fit import answer, section
from interrex.topics.fit.answer import Check
from interrex.topics.fit.section import SECTION

# --- answer: on the toy case with a few real histories ---


@pytest.fixture(scope="module")
def posterior(toy: cases.Ready) -> Any:
    """Forty histories of the prior, as if they were particles of two islands."""
    target = toy.target
    rng = np.random.default_rng(4)
    z = 0.5 * rng.standard_normal((40, target.space.size))
    noise = np.repeat(np.arange(40, dtype=np.uint32)[:, None], target.arena.ticks, axis=1)
    scores = tuple(target.evaluate(toy.pool, z[n], noise[n]) for n in range(40))
    halves = [slice(0, 20), slice(20, 40)]
    clouds = tuple(
        SimpleNamespace(particles=SimpleNamespace(z=z[h], noise=noise[h], scores=scores[h])) for h in halves
    )
    return SimpleNamespace(target=target, clouds=clouds, z=z, noise=noise, island=np.repeat([0, 1], 20), size=40)


def test_every_report_of_the_days_conditioned_on_stands_once_with_its_own_numbers(toy: cases.Ready, posterior: Any) -> None:
    obs = toy.model.observations
    rows = answer.checks(posterior, obs, toy.cut, 1)
    wanted = answer.told(obs, toy.target.ticks)
    assert len(rows) == len(wanted) > 5
    assert sorted(r.claim for r in rows) == sorted(obs.term_claims[i][0] for i in wanted)
    assert [r.use for r in rows] == sorted(r.use for r in rows), "those kept for checking come first"
    at = {obs.term_claims[i][0]: i for i in wanted}
    for r in rows:
        i = at[r.claim]
        assert r.use == ("fit" if obs.term_use[i] else "check") and 0.0 <= r.p <= 1.0
        assert r.q05 <= r.q50 <= r.q95 and r.obs_low <= r.observed <= r.obs_high
        if r.measure == "persons":
            assert (r.obs_low, r.obs_high) == (obs.terms.low[i], obs.terms.high[i])
        else:
            assert 0.0 < r.q05 < r.q95 < 1.0
    assert {r.measure for r in rows} == {"persons", "share"}
    claim = next(c for c in toy.cut.claims if c.id == rows[0].claim)
    assert rows[0].label == f"{claim.when.text} {claim.place or 'nation'}: {claim.kind}"


def test_a_higher_report_moves_its_row_and_no_other(toy: cases.Ready, posterior: Any) -> None:
    obs = toy.model.observations
    i = next(i for i in answer.told(obs, toy.target.ticks) if obs.terms.low[i] == obs.terms.high[i] > 100 and obs.term_use[i])
    low, high = obs.terms.low.copy(), obs.terms.high.copy()
    low[i] = high[i] = 50 * high[i]
    changed = obs._replace(terms=obs.terms._replace(low=low, high=high))
    one, two = (answer.checks(posterior, o, toy.cut, 1) for o in (obs, changed))
    name = obs.term_claims[i][0]
    for a, b in zip(one, two, strict=True):
        if a.claim == name:
            assert b.observed == pytest.approx(50 * a.observed) and b.p <= a.p
            assert (a.q05, a.q50, a.q95) == (b.q05, b.q50, b.q95)
        else:
            assert a == b or (math.isnan(a.dismissed) and math.isnan(b.dismissed) and a[:-1] == b[:-1])


def test_p_is_twice_the_smaller_tail(toy: cases.Ready, posterior: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    obs = toy.model.observations
    i = next(i for i in answer.told(obs, toy.target.ticks) if obs.terms.low[i] == obs.terms.high[i] > 100)
    x = float(obs.terms.low[i])
    for above, wanted in ((0, 0.0), (1, 0.1), (10, 1.0), (20, 0.0)):
        draws = np.concatenate([np.full(20 - above, x - 50), np.full(above, x + 50)])
        monkeypatch.setattr(answer, "predictive", lambda *_, draws=draws: {i: draws})
        (row,) = answer.checks(posterior, obs, toy.cut, 1)
        assert row.p == pytest.approx(wanted)
        assert row.q05 == pytest.approx(float(np.quantile(draws, 0.05))) and row.q95 == pytest.approx(float(np.quantile(draws, 0.95)))


def test_a_report_that_some_histories_meet_exactly_counts_them_on_both_sides(toy: cases.Ready, posterior: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    obs = toy.model.observations
    i = next(i for i in answer.told(obs, toy.target.ticks) if obs.terms.low[i] == obs.terms.high[i] > 100)
    x = float(obs.terms.low[i])
    for other in (x - 50, x + 50):
        draws = np.array([x] * 5 + [other] * 15)
        monkeypatch.setattr(answer, "predictive", lambda *_, draws=draws: {i: draws})
        assert answer.checks(posterior, obs, toy.cut, 1)[0].p == pytest.approx(0.5)


def score(known: list[float], unknown: list[float]) -> Any:
    return SimpleNamespace(known=np.array(known), unknown=np.array(unknown))


def doubting(origin: list[int], use: list[int], alpha: list[float], beta: list[float]) -> Any:
    from interrex.inference.terms.score import reliability_nodes

    terms: Any = SimpleNamespace(kind=np.zeros(len(origin), int), origin=np.array(origin), share=np.ones(len(origin)), alpha=np.array(alpha), beta=np.array(beta))
    nodes, weights = reliability_nodes(terms)
    return SimpleNamespace(terms=terms, use=np.array(use), nodes=nodes, weights=weights)


def test_one_report_of_an_origin_is_dismissed_by_bayes_with_its_mean_reliability() -> None:
    target = doubting([0, -1, 0], [1, 1, 0], [9.0], [1.0])
    p = answer.dismissals(target, [score([-2.0, 0.0, 5.0], [-3.0, 0.0, -5.0])])
    assert p[0] == pytest.approx(0.1 * math.exp(-3.0) / (0.9 * math.exp(-2.0) + 0.1 * math.exp(-3.0)), rel=1e-6)
    assert np.isnan(p[1:]).all(), "silence has no source, and what is kept for checking is not weighed"


def test_an_origin_that_was_wrong_once_is_believed_less_elsewhere() -> None:
    target = doubting([0, 0], [1, 1], [2.0], [2.0])
    alone = answer.dismissals(target, [score([-2.0, -2.0], [-2.0, -2.0])])[0]
    beside = answer.dismissals(target, [score([-2.0, -900.0], [-2.0, -2.0])])
    assert alone == pytest.approx(0.5) and beside[1] == pytest.approx(1.0) and beside[0] == pytest.approx(0.6, abs=1e-6)
    both = answer.dismissals(target, [score([-2.0, -2.0], [-2.0, -2.0]), score([-2.0, -900.0], [-2.0, -2.0])])
    assert both == pytest.approx((np.array([0.5, 0.5]) + beside) / 2)


def check(**changes: Any) -> Check:
    plain: dict[str, Any] = {
        "claim": "c", "label": "l", "use": "fit", "measure": "persons", "observed": 100.0, "obs_low": 100.0, "obs_high": 100.0,
        "q05": 50.0, "q50": 100.0, "q95": 200.0, "p": 0.5, "dismissed": 0.1,
    }  # fmt: skip
    return Check(**(plain | changes))


def test_ranges_do_not_count_among_the_numbers_that_lie_inside() -> None:
    rows = [check(), check(p=0.04), check(p=0.05), check(obs_low=1.0, obs_high=1e6, p=1.0), check(use="check", p=0.01)]
    assert answer.inside(rows, "fit") == pytest.approx(2 / 3) and answer.inside(rows, "check") == 0.0
    assert math.isnan(answer.inside([check(obs_low=1.0, obs_high=9.0)], "fit"))


def test_the_shock_audit_is_in_prior_sd_and_zero_for_the_median_point(toy: cases.Ready, posterior: Any) -> None:
    space = toy.target.space
    point = SimpleNamespace(target=toy.target, z=np.zeros((3, space.size)), size=3)
    found = answer.shock_audit(point)  # type: ignore[arg-type]
    assert found.shape == (space.days, space.regions) and (found == 0.0).all()
    first = len(space.params) + space.regions
    lifted = np.zeros((2, space.size))
    lifted[:, first] = 3.0
    moved = answer.shock_audit(SimpleNamespace(target=toy.target, z=lifted, size=2))  # type: ignore[arg-type]
    louder = lifted.copy()
    louder[:, space.index("shock_sd")] = 1.0
    assert moved[0].min() > 0.5 and moved[0, 0] == moved[0, 1]
    again = answer.shock_audit(SimpleNamespace(target=toy.target, z=louder, size=2))  # type: ignore[arg-type]
    assert again == pytest.approx(moved), "in units of the shock's own sd its size says nothing"


def test_fresh_shocks_and_the_prior_gain_less_than_what_fits(toy: cases.Ready, posterior: Any) -> None:
    best = max((s.terms, n) for c, b in zip(posterior.clouds, (0, 20), strict=True) for n, s in enumerate(c.particles.scores, b) if s)
    point = SimpleNamespace(
        target=toy.target, z=posterior.z[[best[1]] * 6], noise=posterior.noise[[best[1]] * 6], size=6
    )
    own, fresh, prior = answer.shock_gain(point, toy.pool, 1)  # type: ignore[arg-type]
    assert own == pytest.approx(best[0]) and fresh <= own and prior <= own
    assert answer.shock_gain(point, toy.pool, 1, count=3)[0] == own  # type: ignore[arg-type]


def test_blocks_are_scored_by_the_mean_density_and_beside_the_uninformed_one(toy: cases.Ready, posterior: Any) -> None:
    obs = toy.model.observations
    blocks = answer.block_scores(posterior, obs, toy.cut)
    kept = [i for i in answer.told(obs, toy.target.ticks) if not obs.term_use[i]]
    assert sum(b[1] for b in blocks) == len(kept) > 0
    found = answer.scores(posterior)
    whole = sum(b[1] * b[2] for b in blocks)
    assert whole == pytest.approx(sum(float(np.log(np.mean([math.exp(max(s.known[i], -60.0)) for s in found]))) for i in kept))
    assert sum(b[1] * b[3] for b in blocks) == pytest.approx(sum(float(found[0].unknown[i]) for i in kept))
    assert {b[0].split(":")[0] for b in blocks} <= {"regions kept for checking", "other reports kept for checking"}


def summary(*rows: tuple[float, float]) -> Any:
    present = np.array(rows)
    return SimpleNamespace(present=present, nation=present.sum(axis=1))


def test_ranks_count_where_histories_begin_and_are_largest() -> None:
    case: Any = SimpleNamespace(regions=[SimpleNamespace(region="n", name="North"), SimpleNamespace(region="s", name="South")])
    north = summary((400.0, 0.0), (500.0, 900.0))
    south = summary((10.0, 300.0), (0.0, 700.0))
    calm = summary((299.0, 0.0), (0.0, 299.0))
    histories = {"prior": [north, calm], "posterior": [north, south, south, calm]}
    found = answer.ranks(histories, case, {"first": "n", "largest": "s"})
    assert found == [
        ("prior", "first", "North", 1.0, 1), ("prior", "largest", "South", 1.0, 1),
        ("posterior", "first", "North", pytest.approx(1 / 3), 2), ("posterior", "largest", "South", 1.0, 1),
    ]  # fmt: skip
    just = summary((answer.CROWD, 0.0))
    assert answer.ranks({"prior": [just, calm]}, case, {"first": "n", "largest": None}) == [("prior", "first", "North", 1.0, 1)]
    assert answer.ranks({"prior": [calm]}, case, {"first": "n", "largest": None}) == [("prior", "first", "North", 0.0, 1)]


def test_the_extremes_that_were_observed_come_from_the_ledger(toy: cases.Ready) -> None:
    def claim(kind: str, day: int, place: str, value: float, use: str = "fit") -> Any:
        return SimpleNamespace(id=f"{kind}{day}", kind=kind, use=use, place=place, value=value, high=None, when=SimpleNamespace(start=day))

    region = toy.cut.regions
    one, two = region[0].region, region[1].region
    crowds = [claim("crowd", 3, one, 900.0), claim("crowd", 2, two, 100.0), claim("crowd", 1, one, 50.0, "context")]
    case = SimpleNamespace(claims=crowds, regions=region, units=toy.cut.units)
    assert answer.observed_extremes(case) == (two, one)  # type: ignore[arg-type]
    case.claims = [*crowds, claim("deaths", 5, two, 3.0), claim("deaths", 6, one, 1.0)]
    assert answer.observed_extremes(case) == (two, two)  # type: ignore[arg-type]
    case.claims = [claim("deaths", 7, one, 0.0), claim("deaths", 6, two, 0.5)]
    assert answer.observed_extremes(case)[1] == two, "a report without a number is no larger than one with it"  # type: ignore[arg-type]
    case.claims = []
    assert answer.observed_extremes(case) == (None, None)  # type: ignore[arg-type]


def made(toy: cases.Ready, **changes: Any) -> Any:
    plain: dict[str, Any] = {
        "case": toy.cut, "rows": [check(), check(use="check", p=0.01)], "shocks": np.zeros((2, 3)), "gains": (-10.0, -14.0, -30.0),
        "placed": [("prior", "first", "North", 0.4, 2)], "blocks": [("a block", 4, -1.0, -2.0)], "event": 0.07,
    }  # fmt: skip
    return answer.fit(**(plain | changes))


def test_what_shocks_put_in_is_decided_by_their_share_or_their_size(toy: cases.Ready, tmp_path: Path) -> None:
    data = made(toy)
    assert float(data["log_gain_mechanisms"]) == 16.0 and float(data["log_gain_shocks"]) == 4.0
    assert float(data["shock_share"]) == pytest.approx(0.2) and float(data["put_in_by_shocks"]) == 0
    text = data["verdict"].item()
    assert text.startswith("The mechanisms explain more") and "shocks supply 20 %" in text
    assert "100 % lie inside their 95 % predictive range, of those kept for checking 0 %." in text
    by_share = made(toy, gains=(-10.0, -21.0, -30.0))
    assert float(by_share["put_in_by_shocks"]) == 1 and "put in by shocks" in by_share["verdict"].item()
    by_size = made(toy, shocks=np.array([[0.0, -2.6, 0.0]]))
    assert float(by_size["put_in_by_shocks"]) == 1 and "largest is 2.6 prior sd" in by_size["verdict"].item()
    assert float(by_size["largest_shock"]) == pytest.approx(2.6)
    assert float(made(toy, shocks=np.array([[0.0, -2.4, 0.0]]))["put_in_by_shocks"]) == 0
    worse = made(toy, gains=(-30.0, -30.0, -10.0))
    assert np.isnan(worse["shock_share"]) and "Conditioning gained nothing over the prior" in worse["verdict"].item()
    alone = made(toy, gains=(-10.0, -60.0, -11.0))  # without its shocks the posterior fits worse than the prior
    assert float(alone["shock_share"]) == 1.0 and "shocks supply all of the gain" in alone["verdict"].item()
    assert float(made(toy, gains=(-10.0, -5.0, -30.0))["shock_share"]) == 0.0
    assert "Nothing has been conditioned on" in made(toy, rows=[check(use="check")])["verdict"].item()
    assert "kept for checking" not in made(toy, rows=[check()])["verdict"].item()
    assert (float(data["prior_event_probability"]), data["rank_place"].values[0], data["block_reports"].values[0]) == (0.07, 2, 4)
    telling.survives("fit", data, tmp_path)


# --- what the section says ---


def stored(**changes: Any) -> dict[str, Any]:
    return {
        "claim": ["a", "b", "c", "d", "e"], "label": ["3 Mar north: crowd", "4 Mar south: crowd", "5 Mar north: crowd", "6 Mar nation: deaths", "poll"],
        "use": ["check", "fit", "fit", "fit", "fit"], "measure": ["persons"] * 4 + ["share"],
        "observed": [500.0, 1000.0, 9000.0, 40.0, 0.3], "obs_low": [500.0, 1000.0, 2000.0, 40.0, 0.3], "obs_high": [500.0, 1000.0, 9900.0, 40.0, 0.3],
        "q05": [99.0, 199.0, 49.0, 50.0, 0.2], "q50": [400.0, 900.0, 700.0, 90.0, 0.4], "q95": [999.0, 1999.0, 2999.0, 200.0, 0.6],
        "p": [0.8, 0.9, 0.2, 0.01, 0.6], "dismissed": [np.nan, 0.04, 0.1, 0.85, 0.2], "shock_sd": np.zeros((2, 2)),
        "day": ["2030-03-03", "2030-03-04"], "region": ["n", "s"], "rank_when": ["prior", "posterior"], "rank_what": ["first", "largest"],
        "rank_region": ["North", "South"], "rank_share": [0.25, 0.75], "rank_place": [2, 1], "block_label": ["regions kept for checking"],
        "block_reports": [3], "block_log_score": [-4.0], "block_baseline": [-6.5], "share_fit_inside": 0.67, "share_check_inside": 1.0,
        "log_gain_mechanisms": 16.0, "log_gain_shocks": 4.0, "shock_share": 0.2, "largest_shock": 1.1, "put_in_by_shocks": 0,
        "prior_event_probability": 0.07, "verdict": "The mechanisms explain more.",
    } | changes  # fmt: skip


def told(failed: str = "", more: dict[str, Any] | None = None, **changes: Any) -> str:
    return telling.told(SECTION, {"fit": telling.group("fit", stored(**changes))} | (more or {}), failed)


def line(text: str, start: str) -> str:
    return next(r for r in text.splitlines() if r.startswith(start))


def test_the_verdict_is_the_stored_one() -> None:
    assert told().startswith("The mechanisms explain more.") and told(verdict="Otherwise.").startswith("Otherwise.")


def test_numbers_and_ranges_inside_the_band_are_counted_apart_with_the_width_of_the_band() -> None:
    """The range of c meets the band though its middle lies outside; d is a number outside; e is no number of persons."""
    text = told()
    assert "holds 1 of 1 reported numbers that the model never saw, and 1 of 2 reported numbers that it saw" in text
    assert "Never seen: no ranges were reported; in the median its ends lie a factor of 10 apart." in text
    assert "Seen: 1 of 1 reported ranges meet it; in the median its ends lie a factor of 10 apart." in text
    outside = told(observed=[50.0, 1000.0, 9000.0, 40.0, 0.3], obs_low=[50.0, 1000.0, 3500.0, 40.0, 0.3], obs_high=[50.0, 1000.0, 9900.0, 40.0, 0.3])
    assert "holds 0 of 1 reported numbers that the model never saw" in outside and "Seen: 0 of 1 reported ranges" in outside
    below = told(obs_low=[500.0, 1000.0, 10.0, 40.0, 0.3], obs_high=[500.0, 1000.0, 30.0, 40.0, 0.3])
    assert "Seen: 0 of 1 reported ranges" in below
    wider = told(q95=[9999.0, 1999.0, 2999.0, 200.0, 0.6])
    assert "Never seen: no ranges were reported; in the median its ends lie a factor of 100 apart." in wider


def test_no_band_is_told_where_the_checks_failed() -> None:
    text = told(failed="islands differ")
    assert "90 % band" not in text and "factor of" not in text and "99 to 999" not in text
    assert "those it saw and those it never saw" in text


def test_reports_that_are_missed_come_first_and_show_what_the_model_says() -> None:
    rows = [r for r in told().splitlines() if r.count(" | ") == 5]
    assert [r.split(" | ")[0] for r in rows[1:]] == [
        "3 Mar north: crowd", "6 Mar nation: deaths", "5 Mar north: crowd", "poll", "4 Mar south: crowd",
    ]  # fmt: skip
    assert rows[2].split(" | ")[1:] == ["40", "90", "50 to 200", "1 %", "85 %"]
    assert rows[4].split(" | ")[1:4] == ["30 %", "40 %", "20 % to 60 %"]
    assert rows[1].endswith("| 80 % | ") and "Dismissed: probability" in told()
    assert "Kept for checking\n" in told() and "Conditioned on\n" in told()


def test_words_of_a_report_come_from_the_timeline_where_it_is_there() -> None:
    timeline = telling.group(
        "timeline", {"claim": ["d"], "kind": ["deaths"], "text": ["Forty dead"], "place": ["north"], "day": [5.0]}
    )
    text = told(more={"timeline": timeline})
    assert "Forty dead [north] (new since the report before) | 40" in text and "6 Mar nation: deaths" not in text
    assert "(new since" not in told()


def test_the_largest_shock_is_named_with_its_day_and_size() -> None:
    assert "No single shock beyond 2.5 prior standard deviations" in told()
    shocks = np.array([[0.2, 0.0], [0.1, -2.7]])
    text = told(shock_sd=shocks)
    assert "Common shocks beyond 2.5 sd on 1 region-days, largest in s on 4 Mar (−2.7 sd)" in text
    assert "on 2 region-days, largest in n on 3 Mar (+3.1 sd)" in told(shock_sd=np.array([[3.1, 0.0], [0.1, -2.7]]))


def test_shades_deepen_by_quarters_of_a_large_shock_and_have_its_sign() -> None:
    warm = [section._shade(v) for v in (0.0, 0.6, 0.7, 1.3, 1.9, 2.5, 9.0)]
    assert warm == [section._WARM[n] for n in (0, 0, 1, 2, 3, 4, 4)]
    assert section._shade(-0.7) == section._COOL[1] and section._shade(-9.0) == section._COOL[4]
    assert section._shade(math.nan) == section._WARM[0]


def test_gains_are_told_one_by_one_where_they_are_known() -> None:
    text = told()
    for row in (
        "Gain in log likelihood from the mechanisms | +16.0", "Gain from the common shocks | +4.00", "Share of the gain that shocks supply | 20 %",
        "Largest shock, in prior standard deviations | 1.1", "Numbers conditioned on that lie inside the 95 % predictive range | 67 %",
        "Probability of such an event before any report | 7 %",
    ):  # fmt: skip
        assert row in text
    assert "lie inside it" in text and "lie inside it" not in told(share_check_inside=np.nan)
    names = ("log_gain_mechanisms", "log_gain_shocks", "shock_share", "largest_shock", "share_fit_inside", "share_check_inside", "prior_event_probability")  # fmt: skip
    assert "What explains the sequence" not in told(**dict.fromkeys(names, np.nan))


def test_blocks_say_which_is_better() -> None:
    assert "Regions kept for checking (3 reports) | −4.00 | −6.50 | +2.50 | model better" in told()
    assert "(1 report) | −7.00 | −6.50 | −0.50 | baseline better" in told(block_log_score=[-7.0], block_reports=[1])
    assert "| 0 | –" in told(block_log_score=[-6.5])
    none = told(block_label=[], block_reports=[], block_log_score=[], block_baseline=[])
    assert "Left out" not in none


def test_ranks_are_told_before_and_after_the_reports() -> None:
    text = told()
    assert "Before any report: North the first with 300 people (rank 2 of 2) | 25 %" in text
    assert "After the reports: South the largest on the peak day (rank 1 of 2) | 75 %" in text
    none = told(rank_when=[], rank_what=[], rank_region=[], rank_share=[], rank_place=[])
    assert "Which region" not in none


def test_without_reports_no_check_is_shown() -> None:
    columns: Callable[[str], bool] = lambda name: name in Check._fields  # noqa: E731
    text = told(**{name: [] for name in stored() if columns(name)})
    assert "No report is known yet" in text and "90 % band" not in text and "Predictive p" not in text
