"""The draws of a run in ArviZ's layout: every number against the particles, the likelihood and the fit topic."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.efforts import Quiet
from interrex.engine.handles import Handle
from interrex.futures import draw_variables
from interrex.futures.draws import draws, prior_points
from interrex.inference import by_claim
from interrex.inference.islands import Posterior
from interrex.inference.observe import Observations
from interrex.inference.particles import Particle, populate
from interrex.inference.predictive import scores, told
from interrex.inference.target import Target
from interrex.inference.tempering import Cloud, Ends
from interrex.inference.terms import KINDS
from interrex.store.results import read_netcdf, result_hash, write_netcdf
from interrex.topics.fit.answer import checks

PAGE = (Path(__file__).parents[2] / "docs" / "draws.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
CHAINS, DRAWS = 2, 15  # ArviZ looks at the tail of at least 25 draws


def made_up(toy: cases.Ready) -> Posterior:
    """Histories of the prior, as if they were particles of two islands."""
    target, rng = toy.target, np.random.default_rng(4)
    living: list[Particle[Ends]] = []
    while len(living) < CHAINS * DRAWS:
        z, noise = 0.5 * rng.standard_normal(target.space.size), np.full(target.arena.ticks, len(living), np.uint32)
        score = target.evaluate(toy.pool, z, noise)
        if score is not None:
            living.append(Particle(z, noise, score, Ends(0.0, 0.0)))
    clouds = tuple(
        Cloud(populate(living[c * DRAWS : (c + 1) * DRAWS]), -10.0 - c, ({"beta": 0.25}, {"beta": 1.0}), 0)
        for c in range(CHAINS)
    )
    z, noise = (np.array([getattr(p, name) for p in living]) for name in ("z", "noise"))
    return Posterior(target, clouds, z, noise, np.repeat(np.arange(CHAINS), DRAWS), -10.5, 0.5)


@pytest.fixture(scope="module")
def run(toy: cases.Ready) -> Any:
    settings = SimpleNamespace(seed=1, version="0", progress=Quiet())
    return SimpleNamespace(
        posterior=made_up(toy), model=toy.model, case=toy.cut, settings=settings, pool=toy.pool, passed=False, failed="made up"
    )


@pytest.fixture(scope="module")
def tree(run: Any) -> Any:
    return draws(run)


def changed(run: Any, **more: Any) -> Any:
    return SimpleNamespace(**(vars(run) | more))


def test_a_chain_is_an_island_and_a_draw_one_of_its_particles_in_natural_units(run: Any, tree: Any) -> None:
    posterior, space = run.posterior, run.posterior.target.space
    assert dict(tree["posterior"].sizes) == {"chain": CHAINS, "draw": DRAWS, "region": space.regions, "day": space.days}
    for p in space.params:
        stored = tree["posterior"][p.name]
        at = space.index(p.name)
        for c, cloud in enumerate(posterior.clouds):
            assert np.array_equal(stored.values[c], p.prior.value(cloud.particles.z[:, at])), p.name
        assert stored.attrs["prior"] == p.prior.text() and stored.attrs["source"] == p.source
        assert stored.attrs["long_name"].startswith(p.name.replace("_", " "))


def test_effects_and_shocks_are_what_the_engine_adds(run: Any, tree: Any) -> None:
    target = run.posterior.target
    z = run.posterior.clouds[1].particles.z[3]
    values, effects, nation, region = target.space.parts(z)
    get = lambda name: float(values[target.space.index(name)])  # noqa: E731
    stored = tree["posterior"].isel(chain=1, draw=3)
    assert np.allclose(stored["region_effect"].values, get("region_sd") * effects)
    out = np.zeros((target.space.days, target.space.regions))
    target.arena.kernel.common_path(
        np.ascontiguousarray(nation), np.zeros_like(out), get("shock_sd"), get("shock_memory"), get("shock_nation"), out
    )
    assert np.allclose(stored["nation_shock"].values, out[:, 0]) and np.allclose(out[:, 0], out[:, -1])
    assert stored["region"].values.tolist() == [r.region for r in run.case.regions]


def test_a_particle_that_moves_moves_its_draw_and_no_other(run: Any, tree: Any) -> None:
    posterior, at = run.posterior, run.posterior.target.space.index("shock_sd")
    z = posterior.z.copy()
    z[DRAWS + 2, at] += 1.0
    moved = draws(changed(run, posterior=posterior._replace(z=z)))
    before, after = (t["posterior"]["shock_sd"].values for t in (tree, moved))
    assert np.argwhere(before != after).tolist() == [[1, 2]]
    assert (tree["posterior"]["canary"] == moved["posterior"]["canary"]).all()


def test_the_parts_add_up_to_the_likelihood_of_the_draw(run: Any, tree: Any) -> None:
    stats = tree["sample_stats"]
    terms = stats["log_likelihood_origin"].sum("origin") + stats["log_likelihood_silence"]
    found = scores(run.posterior)
    assert np.allclose(terms.values.ravel(), [s.terms for s in found], atol=1e-9)
    assert np.allclose(stats["log_likelihood_acts"].sum("act").values.ravel(), [s.acts for s in found], atol=1e-9)
    prior = -0.5 * (run.posterior.z**2).sum(axis=1)
    assert np.allclose(stats["lp"].values.ravel(), [s.total for s in found] + prior)
    assert np.ptp(terms.values) > 1.0


def test_a_claim_is_worth_what_the_likelihood_loses_without_it(run: Any, tree: Any) -> None:
    """Against the kernel that conditioning uses, with the claim left out of it."""
    target, obs = run.posterior.target, run.model.observations
    stored = tree["log_likelihood"]["report"]
    used = [i for i in told(obs, target.ticks) if target.use[i]]
    assert stored["claim"].values.tolist() == [obs.term_claims[i][0] for i in used]
    shared = [i for i in used if (target.terms.origin[used] == target.terms.origin[i]).sum() > 1]
    assert len(used) > 5 and shared, "the case has an origin with several claims"
    for n, score in ((0, scores(run.posterior)[0]), (DRAWS + 1, scores(run.posterior)[DRAWS + 1])):
        for at, i in enumerate(used):
            rest = target.use.copy()
            rest[i] = 0
            without = target.kernel.mixture(
                Handle(target.terms), score.known, score.unknown, target.nodes, target.weights, rest
            )
            assert stored.values[n // DRAWS, n % DRAWS, at] == pytest.approx(score.terms - without, abs=1e-9)


def test_claims_of_one_origin_add_up_only_where_it_has_one(run: Any) -> None:
    target = run.posterior.target
    found = by_claim.parts(target, scores(run.posterior))
    for o in np.unique(target.terms.origin[(target.use == 1) & target.terms.spoken]):
        own = np.flatnonzero((target.terms.origin == o) & (target.use == 1))
        same = np.allclose(found.claim[:, own].sum(axis=1), found.origin[:, o], atol=1e-9)
        assert same == (own.size == 1), (o, own)
    assert np.isnan(found.claim[:, target.use == 0]).all()


def test_silence_that_was_left_out_is_worth_nothing(run: Any) -> None:
    target, found = run.posterior.target, scores(run.posterior)
    deaf = target._replace(use=np.where(target.terms.spoken, target.use, 0))
    assert (by_claim.parts(deaf, found).silence == 0.0).all() and (by_claim.parts(target, found).silence < 0.0).any()


def test_a_report_that_counts_half_is_worth_half_of_its_density(run: Any) -> None:
    """An origin with one claim, of a source that surely knows."""
    target: Target = run.posterior.target
    counts = np.bincount(target.terms.origin[(target.use == 1) & target.terms.spoken])
    i = next(i for i in np.flatnonzero(target.use) if target.terms.spoken[i] and counts[target.terms.origin[i]] == 1)
    share, nodes = target.terms.share.copy(), np.ones_like(target.nodes)
    share[i] = 0.5
    sure = target._replace(terms=target.terms._replace(share=share), nodes=nodes)
    found = scores(run.posterior)
    assert np.allclose(by_claim.parts(sure, found).claim[:, i], [0.5 * s.known[i] for s in found])


def test_weights_are_equal_and_sum_to_one_over_all_chains(tree: Any) -> None:
    weight = tree["sample_stats"]["weight"]
    assert float(weight.sum()) == pytest.approx(1.0) and (weight == 1.0 / (CHAINS * DRAWS)).all()


def test_the_sampler_tells_its_steps_ancestors_and_checks(run: Any, tree: Any) -> None:
    stats = tree["sample_stats"]
    assert stats["ancestor"].values.tolist() == [list(range(DRAWS))] * CHAINS
    assert [stats.attrs[f"temperature_{c}"] for c in range(CHAINS)] == [[0.25, 1.0]] * CHAINS
    assert stats.attrs["log_evidence"] == [-10.0, -11.0]
    assert (tree.attrs["passed"], tree.attrs["reason"]) == (False, "made up")


def test_reports_stand_in_the_variable_of_their_kind_with_their_own_numbers(run: Any, tree: Any) -> None:
    obs: Observations = run.model.observations
    wanted = told(obs, run.posterior.target.ticks)
    assert tree["constant_data"]["claim"].values.tolist() == [obs.term_claims[i][0] for i in wanted]
    for i, name, use in zip(wanted, tree["constant_data"]["kind"].values, tree["constant_data"]["use"].values, strict=True):
        kind = KINDS[obs.terms.kind[i]]
        assert name == draw_variables.name_of(kind) and use == ("fit" if obs.term_use[i] else "check")
        one = {draw_variables.along_of(kind): obs.term_claims[i][0]}
        middle = kind.shown(kind.middle(obs.terms.low[i], obs.terms.high[i]))
        assert float(tree["observed_data"][name].sel(one)) == middle
        drawn = tree["posterior_predictive"][name].sel(one)
        assert drawn.sizes == {"chain": CHAINS, "draw": DRAWS} and np.ptp(drawn.values) > 0
        at = float(tree["pit"]["report"].sel(claim=obs.term_claims[i][0]))
        below, ties = float((drawn < middle).sum()), float((drawn == middle).sum())
        assert at == pytest.approx((below + 0.5 * ties + 0.5) / (CHAINS * DRAWS + 1))
    assert tree["observed_data"]["opinion"].attrs["units"] == "1"
    assert tree["observed_data"]["arrests"].attrs["units"] == "persons"


def test_the_rank_of_a_number_among_its_draws_gives_the_p_of_the_report(run: Any, tree: Any) -> None:
    """Counts of deaths and detentions tie with their draws; p counts ties to either side."""
    obs, n = run.model.observations, CHAINS * DRAWS
    kinds = dict(zip(tree["constant_data"]["claim"].values, tree["constant_data"]["kind"].values, strict=True))
    rows = [r for r in checks(run.posterior, obs, run.case, 1) if not r.ranged]
    tied = 0
    for r in rows:
        kind = kinds[r.claim]
        drawn = tree["posterior_predictive"][kind].sel({f"{kind}_claim": r.claim})
        ties = float(np.isclose(drawn, r.observed).sum())
        tied += ties > 0
        below = float(tree["pit"]["report"].sel(claim=r.claim)) * (n + 1) - 0.5 - 0.5 * ties
        assert r.p == pytest.approx(min(1.0, 2.0 * min(below + ties, n - below) / n))
    assert 0 < tied < len(rows)


def test_a_report_told_otherwise_moves_its_rank_and_leaves_the_draws(run: Any, tree: Any) -> None:
    obs: Observations = run.model.observations
    i = next(i for i in told(obs, run.posterior.target.ticks) if obs.terms.low[i] == obs.terms.high[i] > 100)
    low, high = obs.terms.low.copy(), obs.terms.high.copy()
    low[i] = high[i] = 1e9
    model = run.model._replace(observations=obs._replace(terms=obs.terms._replace(low=low, high=high)))
    other = draws(changed(run, model=model))
    moved = np.flatnonzero(tree["pit"]["report"].values != other["pit"]["report"].values)
    assert other["pit"]["claim"].values[moved].tolist() == [obs.term_claims[i][0]]
    assert float(other["pit"]["report"][moved[0]]) == 1.0 - 0.5 / (CHAINS * DRAWS + 1)
    assert other["posterior_predictive"].to_dataset().equals(tree["posterior_predictive"].to_dataset())


def test_the_prior_is_that_of_the_parameters_and_of_histories_in_range(run: Any, tree: Any) -> None:
    z, found = prior_points(run)
    prior = tree["prior"]
    assert len(z) == len(found) == prior.sizes["draw"] == prior.attrs["kept"] > DRAWS and prior.sizes["chain"] == 1
    assert prior.attrs["drawn"] == CHAINS * DRAWS
    assert np.abs(z.mean()) < 4.0 / np.sqrt(z.size) and z.std() == pytest.approx(1.0, abs=0.05)
    assert np.array_equal(prior["canary"].values[0], z[:, run.posterior.target.space.index("canary")])
    shape = {name: v.shape[2:] for name, v in tree["posterior_predictive"].data_vars.items()}
    assert {name: v.shape[2:] for name, v in tree["prior_predictive"].data_vars.items()} == shape


def test_a_prior_all_of_whose_histories_leave_the_range_says_so(run: Any) -> None:
    still = run.posterior.target._replace(arena=run.posterior.target.arena._replace(stop_share=-1.0))
    tree = draws(changed(run, posterior=run.posterior._replace(target=still)))
    assert "range of the model" in tree["prior"].attrs["absent_because"] == tree["prior_predictive"].attrs["absent_because"]


def test_a_case_without_a_report_keeps_its_parameters(run: Any) -> None:
    obs: Observations = run.model.observations
    nothing = obs._replace(terms=obs.terms._replace(origin=np.full_like(obs.terms.origin, -1)))
    silent = run.posterior.target._replace(terms=nothing.terms)
    tree = draws(changed(run, posterior=run.posterior._replace(target=silent), model=run.model._replace(observations=nothing)))
    assert tree["posterior"].sizes["draw"] == DRAWS and tree["log_likelihood"].sizes["claim"] == 0
    assert not tree["observed_data"].data_vars


def test_draws_come_back_from_disk_as_they_were(tree: Any, tmp_path: Any) -> None:
    write_netcdf(tree, tmp_path / "draws.nc")
    assert result_hash(read_netcdf(tmp_path / "draws.nc")) == result_hash(tree)


def test_a_seed_gives_its_draws_again_and_another_seed_others(run: Any, tree: Any) -> None:
    assert result_hash(draws(run)) == result_hash(tree)
    assert result_hash(draws(changed(run, settings=SimpleNamespace(seed=2, version="0", progress=Quiet())))) != result_hash(tree)


def test_every_variable_has_a_unit_and_a_name(tree: Any) -> None:
    for node in tree.children.values():
        for name, variable in node.data_vars.items():
            assert variable.attrs["long_name"], (node.name, name)
            assert variable.attrs["units"] or variable.dtype.kind in "OU", (node.name, name)


def test_draws_that_depart_from_what_they_say_of_themselves_stop_the_run(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draw_variables.groups

    def without_ranks(*asked: Any) -> Any:
        return {**whole(*asked), "pit": draw_variables.Group("nothing")}

    monkeypatch.setattr("interrex.futures.draws.draw_variables.groups", without_ranks)
    with pytest.raises(RuntimeError, match="/pit/report is not described"):
        draws(run)


def test_arviz_takes_the_draws_as_they_are(tree: Any) -> None:
    """The third example of docs/draws.md, and what it finds, on the claims that the fourth does not set aside."""
    az: Any = pytest.importorskip("arviz", minversion="1.0")
    import matplotlib

    matplotlib.use("Agg")
    shown: dict[str, Any] = {"idata": tree}
    exec(EXAMPLES[3], shown)  # noqa: S102 - our own page
    shown["idata"] = shown["rest"]
    exec(EXAMPLES[2], shown)  # noqa: S102 - our own page
    kept = shown["rest"]["log_likelihood"].sizes["claim"]
    assert shown["loo"].elpd_i.sizes["claim"] == shown["loo"].pareto_k.size == kept > 5
    table = az.summary(tree, var_names=["shock_sd"], round_to="none")
    assert float(table.loc["shock_sd", "mean"]) == pytest.approx(float(tree["posterior"]["shock_sd"].mean()))


def test_the_page_shows_what_xarray_alone_can_do(run: Any, tree: Any) -> None:
    shown: dict[str, Any] = {"idata": tree}
    exec(EXAMPLES[1], shown)  # noqa: S102 - our own page
    assert float(shown["mean"]) == pytest.approx(float(tree["posterior"]["shock_sd"].mean()))
    assert np.allclose(shown["likelihood"].values.ravel(), [s.total for s in scores(run.posterior)])
    assert shown["arrests"].sizes == shown["reported"].sizes


def test_claims_worth_the_same_in_many_draws_are_set_aside_as_the_page_says(tree: Any) -> None:
    flat = tree.copy()
    stored = flat["log_likelihood"]["report"]
    flat["log_likelihood"]["report"] = stored.where(stored["claim"] != stored["claim"][0], -5.0)
    shown: dict[str, Any] = {"idata": flat}
    exec(EXAMPLES[3], shown)  # noqa: S102 - our own page
    assert stored["claim"].values[0] not in shown["rest"]["log_likelihood"]["claim"].values
    assert flat["log_likelihood"].sizes["claim"] == stored.sizes["claim"], "the draws stay whole"


def test_the_page_names_every_group(tree: Any) -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", "".join(rows))) == set(tree.children)
