"""What crises say together, and what a run takes of it."""

from __future__ import annotations

import datetime
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interrex import workbench
from interrex.case import load_case
from interrex.efforts import effort_of
from interrex.errors import RunError
from interrex.inference import learned
from interrex.inference.learned import Crisis, Learned, learned_for, parse, pool, text, told
from interrex.inference.model import build
from interrex.inference.space import OBSERVATION, make_space
from interrex.mechanisms import all_mechanisms
from interrex.mechanisms.contract import Prior
from interrex.scoring import blocks, issued

DAY = datetime.date(2011, 1, 1)
PARAMS = [p for m in all_mechanisms() for p in m.params] + list(OBSERVATION)
NAMES = tuple(p.name for p in PARAMS)


def table(values: dict[str, list[float]], countries: tuple[str, ...] = ("Here", "There", "Elsewhere"), v: float = 0.05) -> Learned:
    """One crisis a country, each of which speaks of the named parameters with variance v."""
    shape = (len(countries), len(NAMES))
    centre, variance = np.zeros(shape), np.full(shape, math.inf)
    for name, own in values.items():
        centre[:, NAMES.index(name)], variance[:, NAMES.index(name)] = own, v
    crises = tuple(Crisis(f"case-{c.lower()}", c, DAY, DAY.replace(year=2011 + k)) for k, c in enumerate(countries))
    return Learned(crises, NAMES, tuple(p.prior for p in PARAMS), centre, variance, "by hand", "0" * 64)


def by_sums(b: np.ndarray, v: np.ndarray) -> tuple[float, float]:
    """Mean and sd of z by sums over a grid of (w, mu, z)."""
    w, mu = (np.arange(25) + 0.5) / 25, np.linspace(-5, 5, 1001)
    log = -0.5 * (mu**2 / (1 - w)[:, None] + np.log(1 - w)[:, None])
    for one, own in zip(b, v, strict=True):
        s = w[:, None] + own
        log = log - 0.5 * ((one - mu) ** 2 / s + np.log(s))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean = float((weight * mu).sum())
    return mean, math.sqrt(float((weight * (mu**2 + w[:, None])).sum()) - mean**2)


def test_without_a_crisis_the_prior_is_the_assumed_one() -> None:
    assert pool(np.zeros(3), np.full(3, math.inf)) == (0.0, 1.0, 0)


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 10)), min_size=1, max_size=8))
def test_crises_are_put_together_as_sums_over_a_grid_do(found: list[tuple[float, float]]) -> None:
    b, v = (np.array(x) for x in zip(*found, strict=True))
    got, (mean, sd) = pool(b, v), by_sums(b, v)
    assert got.crises == len(found)
    assert got.mean == pytest.approx(mean, abs=1e-4) and got.sd == pytest.approx(sd, abs=1e-4)


def test_crises_that_agree_narrow_the_prior_and_those_that_part_do_not() -> None:
    v = np.full(20, 0.05)
    agree, part = pool(np.full(20, 1.0), v), pool(np.where(np.arange(20) % 2, 1.5, -1.5), v)
    assert agree.mean == pytest.approx(1.0, abs=0.05) and agree.sd < 0.3
    assert part.sd > 0.9


def test_a_new_country_lies_in_its_range_as_often_as_that_says() -> None:
    """2,000 worlds of 12 crises: mu and the share between crises from their priors, the reports of each crisis noisy."""
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(2000):
        w = rng.random()
        mu = math.sqrt(1 - w) * rng.standard_normal()
        z = mu + math.sqrt(w) * rng.standard_normal(13)
        v = rng.uniform(0.1, 3.0, 12)
        got = pool(z[:12] + np.sqrt(v) * rng.standard_normal(12), v)
        inside += abs(z[12] - got.mean) < 1.6448536 * got.sd
    assert inside / 2000 == pytest.approx(0.9, abs=0.025)


@given(st.floats(-3, 3), st.floats(0.01, 50))
def test_what_reports_say_is_the_posterior_less_the_prior(b: float, v: float) -> None:
    centre, variance = told(b / (1 + v), v / (1 + v), 0.0)
    assert centre == pytest.approx(b, rel=1e-6, abs=1e-9) and variance == pytest.approx(v, rel=1e-6)


def test_an_error_of_the_fit_makes_it_say_less_and_a_posterior_as_wide_as_the_prior_says_nothing() -> None:
    assert told(0.5, 0.5, 0.1)[1] > told(0.5, 0.5, 0.0)[1]
    assert told(0.5, 1.0, 0.0) == (0.0, math.inf)


def test_a_parameter_takes_its_learned_prior_and_says_from_how_many_crises() -> None:
    given_ = next(p for p in PARAMS if p.name == "calm_share")
    got = table({"calm_share": [1.0, 1.1, 0.9]}).param(given_)
    found = pool(np.array([1.0, 1.1, 0.9]), np.full(3, 0.05))
    assert got.prior.a == pytest.approx(given_.prior.a + given_.prior.b * found.mean, abs=1e-5)
    assert got.prior.b == pytest.approx(given_.prior.b * found.sd, abs=1e-5)
    assert got.source.startswith("3 crises of other countries") and not got.assumption
    assert table({"calm_share": [-2.0, 2.0, 0.0]}).param(given_).assumption  # they part: nothing is known of the next


def test_nothing_is_learned_of_the_canary_nor_where_the_prior_is_another() -> None:
    values = {name: [1.0, 1.0, 1.0] for name in ("canary", "elite_dual", "calm_share")}
    for p in PARAMS:
        if p.name in ("canary", "elite_dual") or p.name not in values:
            assert table(values).param(p) == p
    own = next(p for p in PARAMS if p.name == "calm_share")
    own = own._replace(prior=Prior(own.prior.kind, own.prior.a + 1.0, own.prior.b))
    assert table(values).param(own) == own


def test_a_country_is_not_told_by_its_own_crises() -> None:
    values = {"calm_share": [3.0, 0.0, 0.0]}
    everything, others = table(values), table(values).without("HERE", "x")
    assert [c.country for c in others.crises] == ["There", "Elsewhere"]
    assert everything.pooled("calm_share").mean > 0.3 > abs(others.pooled("calm_share").mean)
    assert [c.country for c in table(values).without("", "case-there").crises] == ["Here", "Elsewhere"]
    assert [c.country for c in table(values).before(datetime.date(2012, 1, 2)).crises] == ["Here", "There"]


def test_a_fact_of_the_case_goes_before_what_others_taught() -> None:
    cut = load_case("egypt-2011").as_of("2011-02-28")
    found = table({"trust_start": [2.0] * 3, "calm_share": [2.0] * 3})
    plain, taught = (make_space(all_mechanisms(), cut.facts, 3, 5, t) for t in (None, found))
    moved = {p.name for p, q in zip(plain.params, taught.params, strict=True) if p != q}
    assert "trust_start" in cut.facts and moved == {"calm_share"}


def test_the_table_is_read_as_it_was_written() -> None:
    given_ = table({"calm_share": [1.0, -1.25, 0.5], "canary": [0.1, 0.2, 0.3]})
    again = parse(text(given_))
    assert again.crises == given_.crises and again.priors == given_.priors and again.made == "by hand"
    assert np.array_equal(again.centre, given_.centre) and np.array_equal(again.variance, given_.variance)


@pytest.mark.parametrize("bad", ["", "{}", "[]", text(table({})).replace('"format": 1', '"format": 7'), text(table({"calm_share": [1.0] * 3})).replace("0.05", "-1")])
def test_what_is_no_table_is_refused(bad: str) -> None:
    with pytest.raises(RunError, match="no table of fitted crises"):
        parse(bad)


def test_a_run_takes_the_priors_it_is_told_to(tmp_path: Path) -> None:
    cut = load_case("kenya-2024").as_of("2024-08-31")
    file = tmp_path / "mine.json"
    file.write_text(text(table({"calm_share": [1.0, 1.0, 1.0]}, ("Kenya", "There", "Elsewhere"))))
    got = learned_for(cut, str(file))
    assert got is not None and [c.country for c in got.crises] == ["There", "Elsewhere"]
    model, plain = build(cut, 1000, 1, None, got), build(cut, 1000, 1)
    at = model.space.index("calm_share")
    assert model.space.params[at].source.startswith("2 crises") and plain.space.params[at].prior != model.space.params[at].prior
    assert learned_for(cut, "assumed") is None
    with pytest.raises(RunError, match="neither a file nor one of"):
        learned_for(cut, "guessed")


class Seen(Exception):
    """The model was asked for."""


def test_runs_and_scores_hand_on_where_priors_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.json"
    file.write_text(text(table({"calm_share": [1.0, 1.0, 1.0]})))
    taken: list[Learned | None] = []

    def see(*asked: object) -> None:
        taken.append(asked[4])  # type: ignore[arg-type]
        raise Seen

    case = load_case("kenya-2024")
    cut, day, none = case.as_of("2024-08-31"), datetime.date(2024, 6, 20), lambda _: None
    effort = effort_of("quick")
    for module in (workbench, issued, blocks):
        monkeypatch.setattr(module, "build", see)
    for priors, wanted in ((str(file), 3), ("assumed", None)):
        for ask in (
            lambda p=priors: workbench.run(case, quick=True, priors=p, out=tmp_path / "runs"),
            lambda p=priors: issued.issue(case, cut.as_of_date, day, effort, 1, 1, p, none),
            lambda p=priors: blocks.leave_out(cut, "some", [], effort, 1, 1, p, none),
        ):
            with pytest.raises(Seen):
                ask()
            last = taken[-1]
            assert (None if last is None else len(last.crises)) == wanted


def test_priors_that_did_not_help_are_taken_only_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cut, values = load_case("kenya-2024").as_of("2024-08-31"), {"calm_share": [1.0, 1.0, 1.0]}
    for gain, error, taken in ((0.3, 0.1, True), (0.15, 0.1, False), (-0.3, 0.1, False), (math.nan, math.nan, False)):
        monkeypatch.setattr(learned, "shipped", lambda g=gain, e=error: table(values)._replace(gain=g, error=e))
        assert (learned_for(cut, "tested") is not None) is taken
        assert learned_for(cut, "learned") is not None
        earlier = learned_for(cut, "earlier")
        assert earlier is not None and len(earlier.crises) == 3
    assert parse(text(table(values)._replace(gain=0.25, error=0.5))).gain == 0.25


def test_the_shipped_table_is_of_the_parameters_of_today() -> None:
    """Whoever changes a prior or a parameter learns again."""
    found = learned.shipped()
    assert found is not None and len(found.crises) >= 20
    now = {p.name: p.prior for p in PARAMS}
    assert set(now) - set(found.names) <= {"trust_start"}  # every case of the library says it by itself
    assert dict(zip(found.names, found.priors, strict=True)) == {n: now[n] for n in found.names}
