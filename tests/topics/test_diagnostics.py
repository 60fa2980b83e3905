"""Diagnostics: every check can fail, and what the section says follows what is stored."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import stored_run, telling
from interrex.futures.conditioned import check
from interrex.inference.diagnostics import R_HAT, Diagnostic, diagnose, effective_families, r_hat, reason
from interrex.inference.space import Space
from interrex.mechanisms.contract import Param, Prior
from interrex.report.blocks import Table
from interrex.report.read import Results
from interrex.topics.diagnostics.answer import answer
from interrex.topics.diagnostics.section import SECTION

SPACE = Space(
    tuple(Param(n, Prior("normal", 0.0, 1.0), "1", "made up") for n in ("shock", "stay", "canary")),
    ("one", "one", "observation"), 2, 1, 1,
)  # fmt: skip
EACH = 128


def posterior(
    seed: int = 1, *, evidence: tuple[float, ...] = (-10.0, -10.5), families: int = 100, copies: int = 1
) -> Any:
    """Islands of independent standard normals, with that many equally large families and copies of each particle."""
    rng = np.random.default_rng(seed)
    clouds = []
    for log in evidence:
        z = np.repeat(rng.standard_normal((EACH // copies, SPACE.size)), copies, axis=0)
        particles = SimpleNamespace(
            z=z, ancestor=np.arange(EACH) % families, size=EACH, distinct=len(np.unique(z[:, 0]))
        )
        clouds.append(
            SimpleNamespace(particles=particles, log_evidence=log, simulations=1000, steps=(1, 2, 3))
        )
    return SimpleNamespace(
        target=SimpleNamespace(space=SPACE), clouds=tuple(clouds), z=np.concatenate([c.particles.z for c in clouds]),
        island=np.repeat(np.arange(len(clouds)), EACH), size=EACH * len(clouds), log_evidence=-10.2, log_evidence_se=0.25,
    )  # fmt: skip


def failed(found: list[Diagnostic]) -> set[str]:
    return {c.name for c in found if not c.passed}


def crowd(made: Any, apart: float = 0.0, seed: int = 7) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"the crowd": rng.standard_normal(made.size) + apart * made.island}


def test_islands_that_agree_pass_every_check() -> None:
    made = posterior()
    assert failed(diagnose(made, crowd(made), made.island)) == set()


@pytest.mark.parametrize("seed", range(5))
def test_islands_half_a_posterior_sd_and_more_apart_fail(seed: int) -> None:
    """By the old measure, in prior sd, a posterior far narrower than its prior could hardly fail."""
    made = posterior(seed)
    apart = diagnose(made, {"the crowd": 0.01 * crowd(made, 0.7, seed)["the crowd"]}, made.island)
    assert failed(apart) == {"R-hat of the crowd"}
    assert next(c for c in apart if c.name == "R-hat of the crowd").threshold == R_HAT


def test_islands_of_one_centre_but_another_spread_fail() -> None:
    made = posterior()
    values = np.random.default_rng(3).standard_normal(made.size) * np.where(made.island == 0, 1.0, 3.0)
    assert failed(diagnose(made, {"the crowd": values}, made.island)) == {"R-hat of the crowd"}


def test_few_families_fail_whatever_else_agrees() -> None:
    """Fifty ancestors that differ in number of descendants are not fifty; agreement does not excuse them."""
    few = posterior(families=12)
    assert failed(diagnose(few, crowd(few), few.island)) == {"effective families"}
    assert effective_families(np.arange(50)) == pytest.approx(50.0)
    lopsided = np.concatenate([np.zeros(200, int), np.arange(1, 50)])
    assert effective_families(lopsided) < 2.0
    made = posterior(families=13)
    assert failed(diagnose(made, crowd(made), made.island)) == set(), "13 of each of two islands are 26"


def test_copies_in_place_of_particles_fail() -> None:
    made = posterior(copies=4)
    assert "distinct particles" in failed(diagnose(made, crowd(made), made.island))
    made = posterior(copies=2)
    assert "distinct particles" not in failed(diagnose(made, crowd(made), made.island))


@pytest.mark.parametrize(
    ("change", "name"),
    [(lambda c: c + 0.6, "canary mean"), (lambda c: c - 0.6, "canary mean"), (lambda c: 0.6 * c, "canary sd"), (lambda c: 1.4 * c, "canary sd")],
)  # fmt: skip
def test_a_canary_that_left_its_prior_fails(change: Any, name: str) -> None:
    made = posterior()
    made.z[:, 2] = change(made.z[:, 2])
    found = diagnose(made, crowd(made), made.island)
    assert failed(found) == {name}
    value = next(c for c in found if c.name == name)
    assert value.value == pytest.approx(made.z[:, 2].mean() if name == "canary mean" else made.z[:, 2].std())


def test_the_threshold_of_the_canarys_sd_is_the_end_that_it_is_nearer_to() -> None:
    made = posterior()
    for scale, wanted in ((0.5, 0.8), (1.5, 1.2)):
        made.z[:, 2] = scale * np.random.default_rng(1).standard_normal(made.size)
        assert next(c for c in diagnose(made, {}, made.island) if c.name == "canary sd").threshold == wanted


def test_evidence_two_nats_apart_fails_and_so_does_one_island() -> None:
    made = posterior(evidence=(-10.0, -12.5))
    assert failed(diagnose(made, crowd(made), made.island)) == {"evidence between islands"}
    alone = posterior(evidence=(-10.0,))
    assert failed(diagnose(alone, crowd(alone), alone.island)) == {
        "evidence between islands", "R-hat of the parameters", "R-hat of the crowd",
    }  # fmt: skip


def test_parameters_that_islands_disagree_on_fail_together() -> None:
    made = posterior()
    made.z[made.island == 1, 0] += 1.5
    assert failed(diagnose(made, crowd(made), made.island)) == {"R-hat of the parameters"}


def test_r_hat_is_that_of_the_definition() -> None:
    """Two long islands d apart: W near 1 - d^2/4 and B/n near d^2/2 on the scale of pooled normal scores."""
    rng = np.random.default_rng(2)
    island = np.repeat([0, 1], 40_000)
    assert r_hat(rng.standard_normal(80_000), island) == pytest.approx(1.0, abs=1e-3)
    for d in (0.2, 0.5):
        values = rng.standard_normal(80_000) + d * island
        scale = 1.0 + d**2 / 4.0
        assert r_hat(values, island) == pytest.approx(
            math.sqrt(1.0 + (d**2 / 2.0) / scale / (1.0 / scale)), rel=0.01
        )
        assert r_hat(np.exp(3.0 * values), island) == pytest.approx(r_hat(values, island), abs=0.02), (
            "ranks alone count"
        )


def test_r_hat_by_hand_of_six_values() -> None:
    """Ranks 1 2 3 and 4 5 6 of six."""
    from scipy.special import ndtri

    score = ndtri((np.arange(1, 7) - 0.375) / 6.25)
    one, two = score[:3], score[3:]
    within = (one.var(ddof=1) + two.var(ddof=1)) / 2.0
    between = np.var([one.mean(), two.mean()], ddof=1)
    found = r_hat(np.array([1.0, 2.0, 3.0, 10.0, 20.0, 40.0]), np.array([0, 0, 0, 1, 1, 1]))
    assert found == pytest.approx(math.sqrt(2.0 / 3.0 + between / within))


def test_what_never_varies_agrees_and_what_varies_only_between_islands_does_not() -> None:
    island = np.repeat([0, 1], 10)
    assert r_hat(np.ones(20), island) == 1.0
    assert math.isinf(r_hat(island.astype(float), island))
    assert math.isinf(r_hat(np.arange(3.0), np.array([0, 0, 1]))), "one history of an island says nothing"
    columns = np.random.default_rng(1).standard_normal((20, 2))
    both = [r_hat(columns[:, i], island) for i in (0, 1)]
    assert r_hat(columns, island) == pytest.approx(math.sqrt(np.mean(np.square(both))))


def test_what_failed_is_said_with_value_and_threshold() -> None:
    checks = [
        Diagnostic("a", 1.0, 2.0, True, ""),
        Diagnostic("b", 1.234, 1.05, False, ""),
        Diagnostic("c", 0.2, 0.5, False, ""),
    ]
    assert reason(checks) == "the sampler's own checks failed: b 1.23 (wanted 1.05); c 0.2 (wanted 0.5)"
    assert reason(checks[:1]) == ""


def histories(made: Any, **apart: float) -> Any:
    """Histories one a particle, in which the named numbers of the second island lie so many sd higher."""
    rng = np.random.default_rng(5)
    rows, ends = [], []
    for i in made.island:
        lift = {name: size * i for name, size in apart.items()}
        peak = math.exp(8.0 + 0.3 * (rng.standard_normal() + lift.get("peak", 0.0)))
        day = int(np.clip(round(10 + 2 * (rng.standard_normal() + lift.get("day", 0.0))), 0, 29))
        nation = np.full(30, 1.0)
        nation[day] = peak
        normal = [rng.standard_normal() for _ in range(5)]
        rows.append(
            SimpleNamespace(
                nation=nation,
                nation_part=np.full(30, 100.0 + normal[0] + lift.get("person_days", 0.0)),
                present=np.stack([np.full(2, 50.0) + rng.standard_normal(2) + lift.get("regions", 0.0)] * 30),
                arrests=np.array([0.0, 500.0 + normal[1] + lift.get("arrests", 0.0)]),
                deaths=np.array([0.0, 50.0 + normal[2] + lift.get("deaths", 0.0)]),
                beliefs=np.full((30, 3, 3), normal[3] + lift.get("trust", 0.0)),
            )
        )
        ends.append({"out": float(rng.random() < 0.2 + 0.4 * lift.get("office", 0.0))})
    return SimpleNamespace(summaries=tuple(rows), ends=tuple(ends))


CASE: Any = SimpleNamespace(
    as_of_date=np.datetime64("2030-01-15").astype(object), window=SimpleNamespace(start=np.datetime64("2030-01-01").astype(object))
)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("peak", "the largest crowd"), ("day", "the day of the largest crowd"), ("person_days", "person-days"),
        ("regions", "the largest crowds of the regions"), ("arrests", "detentions"), ("deaths", "deaths"), ("trust", "trust"),
        ("office", "being in office at the end of the window"),
    ],
)  # fmt: skip
def test_every_printed_quantity_is_held_against_the_islands(number: str, name: str) -> None:
    made = posterior()
    assert failed(list(check(made, histories(made), CASE))) == set()
    assert failed(list(check(made, histories(made, **{number: 1.0}), CASE))) == {f"R-hat of {name}"}


# --- what is stored, and what the section says ---


def test_the_group_holds_the_checks_and_the_evidence(tmp_path: Path) -> None:
    made = posterior()
    checks = tuple(diagnose(made, crowd(made, 2.0), made.island))
    run: Any = SimpleNamespace(checks=checks, posterior=made, passed=False, failed=reason(list(checks)))
    data = answer(run)
    assert data["value"].values.tolist() == [c.value for c in checks]
    assert data["threshold"].values.tolist() == [c.threshold for c in checks]
    assert data["passed"].values.tolist() == [float(c.passed) for c in checks]
    assert (
        data["name"].values.tolist() == [c.name for c in checks] and data["text"].values[0] == checks[0].text
    )
    assert (float(data["log_evidence"]), float(data["log_evidence_se"])) == (-10.2, 0.25)
    assert float(data["simulations"]) == 2000 and data["temperatures"].values.tolist() == [3, 3]
    assert data.attrs == {"passed": 0, "reason": run.failed}
    telling.survives("diagnostics", data, tmp_path)


def told(failed: str = "", **changes: Any) -> str:
    values = {
        "name": ["effective families", "canary sd"], "text": ["families of particles", "keeps its sd"], "value": [31.0, 0.7],
        "threshold": [25.0, 0.8], "passed": [1, 0], "log_evidence": -262.34, "log_evidence_se": 0.52, "simulations": 12345,
        "temperatures": [7, 8],
    } | changes  # fmt: skip
    group = telling.group("diagnostics", values, passed=int(not failed), reason=failed)
    results = telling.results({"diagnostics": group})
    return "\n".join(t for block in SECTION.fill(results, {}) for t in telling.said(block))


def test_the_section_says_pass_or_the_stored_reason() -> None:
    assert "Passed: intervals are printed." in told()
    text = told(failed="the islands differ")
    assert "Failed: The islands differ. No interval of the model is printed" in text and "Passed:" not in text


def test_every_check_stands_with_value_threshold_and_result() -> None:
    tree = stored_run.tree()
    for made, look in ((tree, "badge good"), (stored_run.failed(), "badge bad")):
        table = next(b for b in SECTION.fill(Results(made), {}) if isinstance(b, Table))
        assert {row.cells[3].spans[0].look for row in table.rows} == {look}
    rows = told().splitlines()
    assert "Effective families | 31 | 25 | passed | families of particles" in rows
    assert "Canary sd | 0.7 | 0.8 | failed | keeps its sd" in rows
    assert "Canary sd | 0.9 | 0.8 | passed | keeps its sd" in told(value=[31.0, 0.9], passed=[1, 1])


def test_the_evidence_is_told_with_its_error_where_there_is_one() -> None:
    assert "Log evidence −262.3 with a Monte Carlo error of 0.52, from 12,345 histories." in told()
    assert "Log evidence −262.3, from 99 histories." in told(log_evidence_se=np.nan, simulations=99)
    assert "Log evidence" not in told(log_evidence=np.nan)


def test_what_failed_narrowly_is_told_with_digits_that_show_it() -> None:
    assert reason([Diagnostic("R-hat of trust", 1.0537, 1.05, False, "")]).endswith(
        "R-hat of trust 1.054 (wanted 1.05)"
    )
    assert reason([Diagnostic("R-hat of trust", 1.050004, 1.05, False, "")]).endswith(
        "1.050004 (wanted 1.05)"
    )
