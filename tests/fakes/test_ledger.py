"""What enters the likelihood, how often, and what must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixtures import toy as cases
from interrex.futures.rivals import Paths
from interrex.inference.terms import KINDS, crowd, of, opinion, rvs
from interrex.inference.terms import quiet as silence
from interrex.topics.hypotheses.sequence import predictive_p


@pytest.fixture(scope="module")
def point(toy: cases.Ready) -> Any:
    """A lively history of the prior: (z, noise, observer, history)."""
    return cases.lively(toy.target, 5)


def worth(ready: cases.Ready, point: Any) -> float:
    """Log likelihood of a case's ledger along one history: terms and dated acts."""
    score = ready.target.evaluate(ready.pool, point[0], point[1])
    assert score is not None
    return score.total


def test_every_claim_twice_under_the_same_origin_changes_no_bit(
    toy: cases.Ready, point: Any, tmp_path: Path
) -> None:
    """Fake 4. An agency copied by everybody is one agency."""

    def twice(rows: list[cases.Row]) -> list[cases.Row]:
        return rows + [
            r | {"id": f"{r['id']}-again", "origin": r["origin"] or r["sources"], "conflicts": ""}
            for r in rows
        ]

    again = cases.ready(cases.cut(tmp_path / "twice", twice))
    one, two = toy.model.observations, again.model.observations
    assert one.origins == two.origins
    for field, a, b in zip(one.terms._fields, one.terms, two.terms, strict=True):
        assert np.array_equal(a, b), field
    assert [e._replace(claims=()) for e in one.events] == [e._replace(claims=()) for e in two.events]
    assert worth(again, point) == worth(toy, point)


def test_another_origin_is_not_a_copy(toy: cases.Ready, point: Any, tmp_path: Path) -> None:
    """The same claims from somebody else do count: the test above can fail."""

    def twice(rows: list[cases.Row]) -> list[cases.Row]:
        return rows + [
            r | {"id": f"{r['id']}-again", "origin": "other", "conflicts": ""}
            for r in rows
            if r["use"] == "fit"
        ]

    assert worth(cases.ready(cases.cut(tmp_path / "other", twice)), point) != worth(toy, point)


def test_a_total_said_again_is_no_news(toy: cases.Ready, point: Any, tmp_path: Path) -> None:
    """Fake 4, series: the same total of one agency on later days, and totals that go down, change no bit."""

    def repeated(rows: list[cases.Row]) -> list[cases.Row]:
        total = next(r for r in rows if r["id"] == "arrests-18")
        more = [
            total | {"id": f"same-{d}", "when": f"2030-03-{d}", "known_from": "2030-03-25", "sources": "CIVIC-25",
                     "origin": total["sources"], "value": value, "low": "", "high": ""}
            for d, value in ((18, "640"), (19, "640"), (21, "600"), (22, "640"))
        ]  # fmt: skip
        return rows + more

    again = cases.ready(cases.cut(tmp_path / "same", repeated))
    for field, a, b in zip(
        toy.model.observations.terms._fields,
        toy.model.observations.terms,
        again.model.observations.terms,
        strict=True,
    ):
        assert np.array_equal(a, b), field
    assert worth(again, point) == worth(toy, point)


def test_a_series_enters_as_its_increments(tmp_path: Path) -> None:
    """640 by the 17th, then 900 by the 20th of one agency: 260 new ones between, never 900 once more."""

    def later(rows: list[cases.Row]) -> list[cases.Row]:
        total = next(r for r in rows if r["id"] == "arrests-18")
        grown = {
            "id": "grown",
            "when": "2030-03-20",
            "known_from": "2030-03-25",
            "sources": "CIVIC-25",
            "value": "900",
        }
        return [*rows, total | grown | {"origin": total["sources"], "low": "", "high": ""}]

    obs = cases.ready(cases.cut(tmp_path / "later", later)).model.observations
    i = [c for c, _ in enumerate(obs.term_claims) if obs.term_claims[c] == ("grown",)][0]
    first = [c for c, _ in enumerate(obs.term_claims) if obs.term_claims[c] == ("arrests-18",)][0]
    assert (obs.terms.low[i], obs.terms.high[i]) == (260.0, 260.0)
    assert obs.terms.previous[i] == obs.terms.last[first]


def test_values_kept_for_checking_are_never_conditioned_on(
    toy: cases.Ready, point: Any, tmp_path: Path
) -> None:
    """Other values, grades and totals in the rows of use `check` change no bit of the likelihood."""

    def added(rows: list[cases.Row]) -> list[cases.Row]:
        total = next(r for r in rows if r["id"] == "arrests-18")
        middle = {"id": "middle", "when": "2030-03-16", "use": "check", "value": "500", "low": "", "high": ""}
        return [*rows, total | middle | {"origin": total["sources"]}]

    def altered(rows: list[cases.Row]) -> list[cases.Row]:
        grown = {
            "value": lambda r: str(int(r["value"]) * 3 + 7),
            "low": lambda r: "",
            "high": lambda r: "",
            "grade": lambda r: "rumour",
        }
        return [
            r | {k: f(r) for k, f in grown.items()} if r["use"] == "check" and r["value"] else r
            for r in added(rows)
        ]

    one = cases.ready(cases.cut(tmp_path / "added", added))
    two = cases.ready(cases.cut(tmp_path / "altered", altered))
    assert one.cut.fingerprint != two.cut.fingerprint
    assert worth(one, point) == worth(two, point)
    assert worth(one, point) == pytest.approx(worth(toy, point), abs=1e-9)


def drawn(ready: cases.Ready, point: Any, rng: np.random.Generator, keep: np.ndarray) -> Any:
    """Terms with reports drawn from the history itself, by the case's own reporting design."""
    score = ready.target.evaluate(ready.pool, point[0], point[1])
    terms = ready.target.terms
    low, high = terms.low.copy(), terms.high.copy()
    for i in np.flatnonzero(keep):
        low[i], high[i] = rvs(int(i), float(score.predicted[i]), terms, point[2], rng)
    people = of(terms, *crowd.CROWD.kinds)
    return terms._replace(
        low=np.where(people, np.maximum(low, 1.0), low), high=np.where(people, np.maximum(high, 1.0), high)
    )


def test_reports_of_the_wrong_regions_fit_worse(tmp_path: Path) -> None:
    """Fake 10. Daily reports of three regions drawn from a history; the regions shuffled, they fit worse by far."""

    def design(rows: list[cases.Row]) -> list[cases.Row]:
        kept = [r for r in rows if r["kind"] not in ("crowd",)]
        for d in range(11, 18):
            for place in ("aurelia-city", "northport", "saltmere"):
                kept.append(
                    cases.row(f"{place}-{d}", when=f"2030-03-{d}", kind="crowd", actor="street", place=place, value="1000",
                              measure="taking_part", grade="several", origin=f"{place}-{d}", act="")
                )  # fmt: skip
        return kept

    ready = cases.ready(cases.cut(tmp_path / "case", design))
    truth = cases.lively(ready.target, 5)
    terms = ready.target.terms
    marched = of(terms, crowd.TAKING_PART) & (ready.target.use == 1)
    rng = np.random.default_rng(11)
    gains = []
    for _ in range(10):
        right = drawn(ready, truth, rng, marched)
        rows = np.flatnonzero(marched)
        places = terms.unit_list[terms.unit_from[rows]]
        order = rows.copy()
        for a, b in zip(np.unique(places), np.roll(np.unique(places), 1), strict=True):
            order[places == a] = rows[places == b]
        low, high = right.low.copy(), right.high.copy()
        low[rows], high[rows] = right.low[order], right.high[order]
        scores = [
            ready.target._replace(terms=t).evaluate(ready.pool, truth[0], truth[1]).terms
            for t in (right, right._replace(low=low, high=high))
        ]
        gains.append(scores[0] - scores[1])
    assert np.mean(gains) > 5.0
    assert np.mean(np.array(gains) > 0) >= 0.9


def test_a_quiet_twin_is_calmer_than_the_prior(tmp_path: Path) -> None:
    """Fake 11. The same price shock and not one report of a crowd while the record is covered: unrest becomes less
    likely than under the prior (importance weights over draws of the prior)."""

    def quiet(rows: list[cases.Row]) -> list[cases.Row]:
        return [r for r in rows if r["kind"] not in ("crowd", "arrests", "deaths", "act")]

    ready = cases.ready(cases.cut(tmp_path / "quiet", quiet, as_of="2030-03-25"))
    assert {KINDS[k] for k in ready.target.terms.kind[ready.target.use == 1]} == {silence.QUIET, opinion.TRUST}
    quiet_only = ready.target.use * ~ready.target.terms.spoken
    target = ready.target._replace(use=quiet_only, hazard_draws=None)
    from interrex.engine.schedule import PRESENT

    rng = np.random.default_rng(3)
    weights, large = [], []
    for number in range(150):
        z = rng.standard_normal(target.space.size)
        noise = np.full(target.arena.ticks, number, dtype=np.uint32)
        score = target.evaluate(ready.pool, z, noise)
        history = target.history(ready.pool, z, noise)
        weights.append(0.0 if score is None else np.exp(score.terms))
        large.append(history.trace.units[: target.ticks, :, PRESENT].sum(axis=1).max() > 5000)
    weights, large = np.array(weights), np.array(large)
    prior, posterior = large.mean(), (weights * large).sum() / weights.sum()
    assert large.sum() >= 5, "the prior must contain unrest for the test to mean something"
    assert posterior < 0.5 * prior


def sequences(ready: cases.Ready) -> Paths:
    """Paths of a few histories with the record imposed."""
    rows = []
    for seed in range(3):
        z, noise, _, _ = cases.lively(ready.target, 50 + seed)
        rows.append(ready.target.path(ready.pool, z, noise))
    return Paths([r[0] for r in rows], [r[1] for r in rows], np.zeros(3, int))


def test_a_random_ledger_of_acts_is_called_a_misfit(toy: cases.Ready, tmp_path: Path) -> None:
    """Fake 12. Acts drawn without regard to what happened, most of them before anybody is out: the predictive p of the sequence
    falls below .05, and is far below that of the toy case's own story."""
    own = predictive_p(toy.target, sequences(toy), 1)
    kinds = [
        "flight", "assassination", "coup_attempt", "elite_defects", "army_refuses", "reject_talks", "appoint_cabinet",
        "referendum", "call_election", "lift_emergency", "regulate_prices", "amnesty",
    ]  # fmt: skip
    actors = {"assassination": "", "army_refuses": "army-staff"}
    rng = np.random.default_rng(12)

    def invented(rows: list[cases.Row]) -> list[cases.Row]:
        kept = [r for r in rows if r["kind"] != "act"]
        return kept + [
            cases.row(
                f"random-{k}",
                when=f"2030-03-{rng.integers(2, 12):02d}",
                act=k,
                actor=actors.get(k, "president"),
            )
            for k in kinds
        ]

    ready = cases.ready(cases.cut(tmp_path / "random", invented))
    assert len(ready.target.record.event_kind) >= 6
    p = predictive_p(ready.target, sequences(ready), 1)
    assert p < 0.05 < own
