"""Hypotheses are weighed by what separates them and by nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from fixtures import toy as cases
from interrex.case import load_case
from interrex.futures import rivals as hypotheses
from interrex.futures.rivals import (
    AGAINST,
    FACTORS,
    FAVOURED,
    GRID_ACCEPTANCE,
    GRID_HOURS,
    PRIOR,
    SILENT,
    Paths,
    PatronRecord,
    closed_forms,
    compare,
    flip_hours,
    log_acceptance,
    log_delay,
    patron_record,
    prior_odds,
    weigh,
)  # fmt: skip
from interrex.futures.shifts import SCALES
from interrex.mechanisms.patron_intervention import UNDERSTANDINGS

NAMES = [u.name for u in UNDERSTANDINGS] + [u.name + "+plot" for u in UNDERSTANDINGS]
ARRIVES = "2030-03-15T20:00/2030-03-16T02:00"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> cases.Ready:
    """The toy case with an arrival of foreign troops, a purge, a stand-down and a demand afterwards."""
    extra = [
        cases.deployment(ARRIVES),
        cases.row("purge", when="2030-03-16T10:00", act="remove_predecessor"),
        cases.row("stand-down", when="2030-03-14T22:00", act="stand_down", actor="interior"),
    ]
    return cases.ready(cases.cut(tmp_path_factory.mktemp("deployed") / "case", lambda rows: rows + extra))


def paths(ready: cases.Ready) -> Paths:
    """Three made-up paths."""
    made = [cases.made_up_path(ready.target.ticks) for _ in range(3)]
    for i, (signals, _) in enumerate(made):
        signals[:, 0] = np.clip(signals[:, 0] * (0.6 + 0.3 * i), 0, 1)
    return Paths([m[0] for m in made], [m[1] for m in made], np.zeros(3, int))


def weighed(ready: cases.Ready, placebo: bool = False) -> hypotheses.Evidence:
    return weigh(ready.target, ready.model.observations, paths(ready), ready.cut, placebo, 1)


def test_severed_wire_leaves_every_ratio_exactly_zero(deployed: cases.Ready) -> None:
    """Fake 1. With the hypotheses cut from all hazards nothing can speak for any of them."""
    cut, whole = weighed(deployed, placebo=True), weighed(deployed)
    assert np.abs(whole.log_ratio[1:]).min() > 0.01, "the test must be able to fail"
    for values in (cut.log_ratio, cut.least, cut.most, cut.factors, cut.factor_least, cut.factor_most, cut.grid, cut.free):
        assert (values == 0.0).all()
    assert all((v == 0.0).all() for v in cut.claim_llr.values())
    assert {v.word for v in cut.verdicts} == {SILENT}
    np.testing.assert_allclose(cut.posterior, cut.prior, rtol=1e-15)


def test_swapped_labels_swap_posteriors(deployed: cases.Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fake 2. What a hypothesis is called decides nothing: swap the contents of two, their posteriors swap."""
    before = weighed(deployed)
    none, ready, phone, summit = UNDERSTANDINGS
    swapped = (none, summit._replace(name="ready"), phone, ready._replace(name="summit"))
    monkeypatch.setattr(hypotheses, "UNDERSTANDINGS", swapped)
    after = weighed(deployed)
    order = [0, 3, 2, 1, 4, 7, 6, 5]
    assert abs(before.log_ratio[1] - before.log_ratio[3]) > 0.1, "the two must differ for a swap to show"
    np.testing.assert_allclose(after.posterior, before.posterior[order], rtol=1e-12)
    np.testing.assert_allclose(after.factors, before.factors[:, order], atol=1e-12)
    np.testing.assert_allclose(after.grid, before.grid[:, :, order], atol=1e-12)


def test_a_refused_request_speaks_against_a_bargain(deployed: cases.Ready) -> None:
    """Fake 3. As in Kyrgyzstan in 2010: asked and refused."""
    at, none = {u.name: u for u in UNDERSTANDINGS}, UNDERSTANDINGS[0]
    accepted = PatronRecord(300.0, "accepted", (10.0, 14.0), 500.0)
    refused = PatronRecord(300.0, "refused", None, 500.0)

    def ratio(record: PatronRecord, name: str) -> float:
        value = 0.0
        for sign, u in ((1, at[name]), (-1, none)):
            value += sign * log_acceptance(record, u.accept)
            value += sign * log_delay(record, u.log_median_hours, u.log_sd_hours, u.accept)
        return value

    for name in ("phone", "summit"):
        assert ratio(accepted, name) > 0 > ratio(refused, name)
        # refusal: P(no | deal) = 1/10 against P(no | treaty) = 2.5/3
        assert ratio(refused, name) == pytest.approx(math.log(0.1) - math.log(2.5 / 3))


def test_a_refusal_in_the_ledger_reaches_the_ratio(tmp_path: Path) -> None:
    """Fake 3, from the file on: the whole way from a ledger row to the evidence."""
    refuses = cases.row(
        "refuses", when="2030-03-16T09:00", act="patron_refuses", actor="borealia", target="president"
    )
    told = cases.ready(cases.cut(tmp_path / "refused", lambda rows: [*rows, refuses]))
    arrived = cases.ready(cases.cut(tmp_path / "arrived", lambda rows: [*rows, cases.deployment(ARRIVES)]))
    assert patron_record(told.model.observations, 900.0).answered == "refused"
    down, up = weighed(told), weighed(arrived)
    for name in ("phone", "summit"):
        h = NAMES.index(name)
        assert down.log_ratio[h] < -1.0 < up.log_ratio[h]
        assert down.posterior[h] < down.prior[h]


def test_inferences_of_the_commentary_change_nothing(tmp_path: Path) -> None:
    """Fake 5. 'There must have been a deal', ten times over: no term, no act, no ratio moves by a bit."""
    said = [
        cases.row(f"deal-{i}", when=f"2030-03-{10 + i % 3}", act=act, actor=actor, target="borealia", basis="inference",
                  use=use, kind=kind, value=value, measure=measure, sources="COURIER-17")
        for i, (act, actor, kind, value, measure, use) in enumerate(
            [("contact_patron", "president", "act", "", "", "fit")] * 4
            + [("request_patron", "president", "act", "", "", "fit")] * 3
            + [("", "street", "crowd", "90000", "present", "fit")] * 3
        )
    ]  # fmt: skip
    ready = [
        cases.ready(cases.cut(tmp_path / name, lambda rows, more=more: rows + more))
        for name, more in (
            ("plain", [cases.deployment(ARRIVES)]),
            ("said", [cases.deployment(ARRIVES), *said]),
        )
    ]
    one, two = (r.model.observations for r in ready)
    for a, b in zip(one.terms, two.terms, strict=True):
        assert np.array_equal(a, b)
    assert one.events == two.events
    for a, b in zip(ready[0].target.record, ready[1].target.record, strict=True):
        assert np.array_equal(a, b)
    first, second = (weighed(r) for r in ready)
    assert np.array_equal(first.log_ratio, second.log_ratio)
    assert np.array_equal(first.grid, second.grid)
    assert not set(second.claim_llr) & {s["id"] for s in said}


def quadrature(low: float, high: float, name: str) -> float:
    """Log of the mean density of the log delay between two bounds in hours, by numerical integration over the
    uncertain median; written down here, not read from the program."""
    centre, spread = {
        "none": (math.log(48), 0.7), "ready": (math.log(18), 0.5), "phone": (math.log(18), 0.5), "summit": (math.log(12), 0.5),
    }[name]  # fmt: skip
    a, b = math.log(low), math.log(high)

    def inner(median: float) -> float:
        mass = integrate.quad(lambda x: stats.norm.pdf(x, median, 1.0), a, b)[0]
        return mass * stats.norm.pdf(median, centre, spread)

    value = integrate.quad(inner, centre - 8 * spread, centre + 8 * spread, limit=200)[0]
    return math.log(value / (b - a))


def test_a_later_deployment_changes_the_ratio_by_the_quadrature_value(tmp_path: Path) -> None:
    """Fake 6. Request on 15 March 11:00; arrival between 20:00 and 02:00, or five days later."""
    at_once = cases.ready(cases.cut(tmp_path / "now", lambda rows: [*rows, cases.deployment(ARRIVES)]))
    late = cases.ready(
        cases.cut(
            tmp_path / "late", lambda rows: [*rows, cases.deployment("2030-03-20T20:00/2030-03-21T02:00")]
        )
    )
    bounds = [(9 - 1 / 60, 15), (129 - 1 / 60, 135)]  # the request's own minute belongs to the interval
    for ready, (low, high) in zip((at_once, late), bounds, strict=True):
        assert patron_record(ready.model.observations, 984.0).delay == pytest.approx((low, high))
    before, after = weighed(at_once), weighed(late)
    delay = FACTORS.index("delay")
    for name in ("ready", "phone", "summit"):
        h = NAMES.index(name)
        wanted = [quadrature(*b, name) - quadrature(*b, "none") for b in bounds]
        assert before.factors[delay, h] == pytest.approx(wanted[0], abs=1e-4)
        assert after.factors[delay, h] == pytest.approx(wanted[1], abs=1e-4)
        assert after.factors[delay, h] < before.factors[delay, h] - 1.0
    same = [f for f in range(len(FACTORS)) if f != delay]
    np.testing.assert_allclose(after.factors[same], before.factors[same], atol=0.05)


def test_the_ratio_is_the_sum_of_its_factors(deployed: cases.Ready) -> None:
    told = weighed(deployed)
    np.testing.assert_allclose(told.factors.sum(axis=0), told.log_ratio, atol=1e-12)
    assert (told.least <= told.log_ratio + 1e-9).all() and (told.log_ratio <= told.most + 1e-9).all()
    assert told.log_ratio[0] == 0.0


CHOSEN = list(range(len(UNDERSTANDINGS)))


def over_scales(closed: np.ndarray, shift: np.ndarray, chosen: list[int] = CHOSEN) -> dict[tuple[str, str], str]:
    """Words of the verdicts from log ratios of the closed forms f8[hours, acceptance, U] and, at the stated scale, of
    the shifts f8[U], taken as growing with their scale."""
    every = closed[:, :, None] + np.multiply.outer(SCALES, shift)
    return {(v.rival, v.other): v.word for v in compare(every, np.zeros(len(UNDERSTANDINGS)), chosen)}


@pytest.mark.parametrize(
    ("signs", "word"), [((1, 1), FAVOURED), ((-1, -1), AGAINST), ((1, -1), PRIOR), ((-1, 1), PRIOR), ((0, 0), SILENT)]
)
def test_no_word_where_the_sign_flips_over_the_grid(signs: tuple[int, int], word: str) -> None:
    """Fake 13. The grid's corner decides: a verdict only where every prior of the grid agrees."""
    closed = np.zeros((len(GRID_HOURS), len(GRID_ACCEPTANCE), 4))
    closed[:, :, 2] = signs[0] * 2.0
    closed[-1, -1, 2] = signs[1] * 0.01
    found = over_scales(closed, np.zeros(4))
    assert found["phone", "none"] == word and found["ready", "none"] == SILENT


def test_no_word_where_assumed_rates_decide() -> None:
    """Fake 13. A sign that holds only with the factors of assumed base rates is decided by the prior too."""
    closed, shift = np.zeros((len(GRID_HOURS), len(GRID_ACCEPTANCE), 4)), np.zeros(4)
    closed[:, :, 2], shift[2] = 1.0, 0.5
    assert over_scales(closed, shift)["phone", "none"] == FAVOURED
    shift[2] = -0.6
    assert over_scales(closed, shift)["phone", "none"] == PRIOR


def test_no_word_within_twice_the_numerical_error() -> None:
    every = np.full((len(GRID_HOURS), len(GRID_ACCEPTANCE), len(SCALES), 4), 0.05)
    every[..., 0] = 0.0
    assert {v.word for v in compare(every, np.full(4, 0.01), [0, 2])} == {FAVOURED}
    assert {v.word for v in compare(every, np.full(4, 0.04), [0, 2])} == {PRIOR}


def random_record(rng: np.random.Generator) -> PatronRecord:
    hours = float(np.exp(rng.uniform(0.0, 7.0)))
    answered = str(rng.choice(["accepted", "refused", "pending"]))
    delay = (0.9 * hours, 1.1 * hours) if answered == "accepted" else None
    return PatronRecord(300.0, answered, delay, float(np.exp(rng.uniform(0.0, 7.0))))


def test_over_random_records_every_verdict_occurs_but_for_explanations_that_give_the_same_help() -> None:
    rng = np.random.default_rng(4)
    seen: dict[tuple[str, str], set[str]] = {}
    for _ in range(600):
        closed = closed_forms(random_record(rng)).sum(axis=0)
        for pair, word in over_scales(closed, rng.normal(0.0, 0.3, 4)).items():
            seen.setdefault(pair, set()).add(word)
    alike = {(v.rival, v.other) for v in compare(np.zeros((1, 1, 1, 4)), np.zeros(4), CHOSEN) if v.alike}
    assert alike == {("phone", "ready")}
    for pair, words in seen.items():
        assert words == ({PRIOR} if pair in alike else {FAVOURED, AGAINST, PRIOR}), pair


def test_explanations_that_the_analyst_did_not_name_are_compared_with_nothing() -> None:
    found = over_scales(closed_forms(random_record(np.random.default_rng(1))).sum(axis=0), np.zeros(4), [0, 3])
    assert set(found) == {("summit", "none")}


def test_a_request_without_answer_weighs_otherwise_where_rivals_often_accept() -> None:
    """While no help has come the chance of acceptance enters by the delay alone, in each column its own."""
    acceptance, delay = closed_forms(PatronRecord(300.0, "pending", None, 60.0))
    assert (acceptance == 0.0).all()
    ready = 1
    assert (np.abs(delay[:, 0, ready] - delay[:, 1, ready]) > 0.1).all()
    late = {m: 1.0 - stats.norm.cdf((math.log(60.0) - math.log(m)) / math.hypot(s, 1.0)) for m, s in ((18, 0.5), (48, 0.7))}
    wanted = math.log(0.9 * late[18] + 0.1) - math.log(0.5 * late[48] + 0.5)
    assert delay[GRID_HOURS.index(48.0), 1, ready] == pytest.approx(wanted, abs=1e-3)


def test_a_free_level_of_every_hazard_moves_the_shifted_hazards_and_no_closed_form(deployed: cases.Ready) -> None:
    told = weighed(deployed)
    deals = [NAMES.index("phone"), NAMES.index("summit")]
    assert (np.abs(told.free - told.log_ratio)[deals] > 1e-3).all()
    ready = NAMES.index("ready")
    assert told.free[ready] == told.log_ratio[ready]
    assert told.error[deals].max() < 0.05 and told.error[ready] == 0.0


def test_flip_names_the_delay_at_which_the_sign_turns() -> None:
    """The hours are where speed and acceptance together stop to favour a bargain."""
    hours = flip_hours(PatronRecord(300.0, "accepted", (10.0, 14.0), 500.0))

    def total(h: float) -> float:
        bounds = (h * 0.95, h * 1.05)
        return math.log(0.9) - math.log(0.5 / 3) + quadrature(*bounds, "summit") - quadrature(*bounds, "none")

    assert total(0.97 * hours) > 0 > total(1.03 * hours)
    assert math.isnan(flip_hours(PatronRecord(300.0, "pending", None, 500.0)))


def test_an_explanation_that_the_analyst_left_out_has_no_prior():
    cut = load_case("kazakhstan-2022").as_of("2022-02-28")
    names = [u.name for u in UNDERSTANDINGS]

    def prior(**changes):
        hypotheses = cut.hypotheses.model_copy(update=changes)
        return prior_odds(cut.model_copy(update={"hypotheses": hypotheses})).reshape(2, 4)

    assert (prior() > 0.0).all()
    alone = prior(understanding=("none",), prior_odds={})
    assert alone[:, names.index("none")] == pytest.approx([0.5, 0.5]) and alone.sum() == pytest.approx(1.0)
    assert prior(understanding=("none", "phone"), prior_odds={"none": 1, "phone": 3})[0] / 0.5 == pytest.approx(
        [0.25, 0.0, 0.75, 0.0]
    )
    assert (prior(plot=None)[1] == 0.0).all()
