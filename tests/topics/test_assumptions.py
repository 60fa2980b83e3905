"""Assumptions: an effect is ranked only where noise does not make it, in the unit of the largest crowd."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy import stats

from fixtures import telling
from interrex.inference.learned import Crisis, Learned
from interrex.inference.space import Space
from interrex.mechanisms.contract import Param, Prior
from interrex.report.figures import CHECK, INK, MODEL
from interrex.topics.assumptions.answer import answer, assumptions, information_gain, one_at_a_time, standard
from interrex.topics.assumptions.section import SECTION

TAUGHT = Learned(
    (Crisis("one", "Here", datetime.date(2011, 1, 1), datetime.date(2011, 2, 1)),), (), (), np.zeros((1, 0)), np.zeros((1, 0)), "", "", 0.5, 0.1
)  # fmt: skip


def small_space() -> Space:
    params = (
        Param("first", Prior("normal", 2.0, 3.0), "persons", "a count", assumption=False),
        Param("second", Prior("lognormal", 0.0, 0.5), "days", "assumption"),
        Param("third", Prior("half", 0.0, 1.0), "share", "assumption"),
        Param("canary", Prior("normal", 0.0, 1.0), "none", "nothing reads it"),
    )
    return Space(params, ("one", "one", "two", "observation"), 4, 2, 5)


def particles(seed: int, families: int, each: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Particles whose families resemble each other: z f8[n, columns] of sd 1, and their families."""
    rng = np.random.default_rng(seed)
    family = np.repeat(np.arange(families), each)
    z = 0.9 * rng.standard_normal((families, columns))[family] + math.sqrt(0.19) * rng.standard_normal((family.size, columns))
    return z, family, rng


def test_reweighting_finds_a_linear_effect_and_its_standard_error() -> None:
    rng = np.random.default_rng(3)
    z = rng.standard_normal((40_000, 2))
    answer = 0.5 - 0.1 * z[:, 0] + 0.3 * rng.standard_normal(40_000)
    found = one_at_a_time(z, answer, np.arange(40_000) % 400)
    assert found.effect == pytest.approx([-0.1, 0.0], abs=0.01)
    assert found.ess[0] == pytest.approx(40_000 / math.e, rel=0.1)
    assert found.noise[0] == pytest.approx(0.3 * math.sqrt((math.e - 1.0) / 40_000), rel=0.35)


def test_effect_noise_and_effective_particles_are_those_of_the_definition() -> None:
    """A shift of d has the weights exp(d z); the noise is that of leaving out one family after another."""
    rng = np.random.default_rng(4)
    z, answer, family = rng.standard_normal((60, 2)), rng.standard_normal(60), np.arange(60) % 5
    answer += [2.0, -1.0] @ np.stack([np.maximum(z[:, 0], 0.0), np.minimum(z[:, 1], 0.0)])
    found = one_at_a_time(z, answer, family)
    for column, shift in ((0, 1.0), (1, -1.0)):
        weight = np.exp(shift * z[:, column])

        def moved(kept: np.ndarray, w: np.ndarray = weight) -> float:
            return float(np.average(answer[kept], weights=w[kept]) - answer[kept].mean())

        without = np.array([moved(family != f) for f in range(5)])
        assert found.effect[column] == pytest.approx(shift * moved(family >= 0))
        assert found.noise[column] == pytest.approx(math.sqrt(4 / 5 * np.sum((without - without.mean()) ** 2)))
        assert found.ess[column] == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert found.noises == pytest.approx(stats.t.ppf(1 - 0.05 / 4, 4))


def test_an_effect_on_few_particles_is_withheld() -> None:
    z = np.random.default_rng(3).standard_normal((30, 4)) * 3
    found = one_at_a_time(z, (z[:, 0] > 0).astype(float), np.arange(30))
    assert (found.ess < 20).all() and np.isnan(found.effect).all()
    assert not found.ranked(None).any()


def test_particles_of_one_family_prove_nothing() -> None:
    z = np.random.default_rng(3).standard_normal((400, 3))
    found = one_at_a_time(z, z[:, 0], np.zeros(400, int))
    assert np.isnan(found.noise).all() and math.isnan(found.noises) and not found.ranked(None).any()


def test_where_no_parameter_matters_hardly_ever_is_one_ranked() -> None:
    """Fifty parameters, forty families: the old ranking put one first in each of these; two hundred draws."""
    hits = 0
    for seed in range(200):
        z, family, rng = particles(seed, 40, 5, 50)
        answer = rng.standard_normal(40)[family] + 0.3 * rng.standard_normal(family.size)
        hits += bool(one_at_a_time(z, answer, family).ranked(None).any())
    assert hits <= 24, "5 % asked for, 12 % are too many"


def test_a_parameter_that_matters_is_ranked_and_the_others_are_not() -> None:
    for seed in range(20):
        z, family, rng = particles(seed, 200, 4, 20)
        answer = 0.8 * z[:, 7] + 0.3 * rng.standard_normal(200)[family]
        ranked = one_at_a_time(z, answer, family).ranked(0)
        assert ranked[7]
        assert ranked.sum() <= 2


def test_nothing_smaller_than_the_canary_is_ranked() -> None:
    z, family, _ = particles(1, 200, 4, 4)
    found = one_at_a_time(z, 0.3 * z[:, 0] + 0.6 * z[:, 3], family)
    assert found.ranked(None)[[0, 3]].all()
    assert not found.ranked(3).any() and list(np.flatnonzero(found.ranked(0))) == [3]


def test_the_sign_is_that_of_more_of_the_parameter() -> None:
    space = small_space()
    z = np.random.default_rng(5).standard_normal((5000, space.size))
    found = one_at_a_time(standard(space, z), 0.2 * z[:, 0] - np.abs(z[:, 2]), np.arange(5000) % 100)
    assert found.effect[0] > 0 > found.effect[2]
    assert (standard(space, z)[:, 2] >= 0).all() and (standard(space, z)[:, 1] < 0).any()
    lopsided = one_at_a_time(z[:, :1], np.minimum(z[:, 0], 0.0), np.arange(5000) % 100)
    assert lopsided.effect[0] > 0.5, "the downward shift moves it most, and more of it is more of the answer"


def test_an_effect_is_a_relative_change_of_the_largest_crowd() -> None:
    """The answer handed in is the logarithm of persons; what is stored is a share of them."""
    space = small_space()
    z = np.random.default_rng(5).standard_normal((40_000, space.size))
    leaning = one_at_a_time(standard(space, z), 0.25 * z[:, 0], np.arange(40_000) % 200)
    data = assumptions(space, z, leaning)
    assert data["parameter"].values[0] == "first" and data["mechanism"].values[0] == "one"
    assert data["effect"].values[0] == pytest.approx(math.exp(0.25) - 1.0, abs=0.02)
    assert data["effect"].attrs["units"] == "1"
    assert data["ranked"].values.tolist() == [1, 0, 0, 0]
    assert data["assumption"].values.tolist()[0] == 0.0
    assert float(data["noises"]) == pytest.approx(leaning.noises)
    canary = one_at_a_time(standard(space, z), 0.25 * z[:, 0] + 0.3 * z[:, 3], np.arange(40_000) % 200)
    assert not assumptions(space, z, canary)["ranked"].any(), "what nothing reads has a larger effect"


def test_a_posterior_equal_to_the_prior_teaches_nothing() -> None:
    space = small_space()
    z = np.random.default_rng(0).standard_normal((4000, space.size))
    data = assumptions(space, z, one_at_a_time(standard(space, z), np.zeros(4000), np.arange(4000) % 50))
    assert (abs(data["gain_nats"]) < 0.01).all() and (data["identified"] == 0).all() and (data["ranked"] == 0).all()
    at = {name: i for i, name in enumerate(data["parameter"].values)}
    for name, mean, sd in (("first", 2.0, 3.0), ("second", math.exp(0.125), 0.604), ("third", math.sqrt(2 / math.pi), 0.603)):
        assert data["prior_mean"].values[at[name]] == pytest.approx(mean, rel=0.002)
        assert data["prior_sd"].values[at[name]] == pytest.approx(sd, rel=0.01)
        assert data["post_mean"].values[at[name]] == pytest.approx(mean, rel=0.1)
    for shift, identified in ((0.25, 0), (0.4, 1)):  # 0.03 and 0.08 nats
        shifted = z + shift * (np.arange(space.size) == 1)
        little = assumptions(space, shifted, one_at_a_time(standard(space, z), np.zeros(4000), np.arange(4000) % 50))
        assert dict(zip(little["parameter"].values, little["identified"].values, strict=True))["second"] == identified
    z[:, 0] = 1.5 + 0.5 * z[:, 0]
    moved = assumptions(space, z, one_at_a_time(standard(space, z), np.zeros(4000), np.arange(4000) % 50))
    assert moved["parameter"].values[0] == "first" and moved["identified"].values.tolist() == [1, 0, 0, 0]
    assert moved["post_mean"].values[0] == pytest.approx(2.0 + 3.0 * 1.5, abs=0.1)
    assert moved["post_sd"].values[0] == pytest.approx(1.5, abs=0.1)


def test_gain_is_the_divergence_of_two_normals() -> None:
    space = small_space()
    z = np.random.default_rng(0).standard_normal((200_000, space.size))
    z[:, 0] = 1.5 + 0.5 * z[:, 0]
    z[:, 2] *= 2.0  # half-normal: the sign says nothing
    gain = information_gain(space, z)
    assert gain[0] == pytest.approx(0.5 * (0.25 + 2.25 - 1 - math.log(0.25)), abs=0.02)
    assert gain[1] == pytest.approx(0.0, abs=1e-3)
    assert gain[2] == pytest.approx(0.5 * (4.0 - 1.0 - math.log(4.0)), abs=0.02)
    flipped = z.copy()
    flipped[:, 2] = abs(flipped[:, 2])
    assert information_gain(space, flipped)[2] == pytest.approx(gain[2])


def test_families_of_two_islands_are_not_one() -> None:
    """The same ancestors in both islands: four families, not two, so that an effect has more freedom to show."""
    space, rng = small_space(), np.random.default_rng(2)
    z = rng.standard_normal((80, space.size))
    cloud = SimpleNamespace(particles=SimpleNamespace(ancestor=np.arange(40) % 2))
    peaks = np.exp(5.0 + z[:, 0])
    run: Any = SimpleNamespace(
        posterior=SimpleNamespace(size=80, z=z, island=np.repeat([0, 1], 40), clouds=(cloud, cloud)),
        model=SimpleNamespace(space=space, learned=TAUGHT), case=None,
        histories=SimpleNamespace(summaries=[SimpleNamespace(nation=np.array([0.2, p])) for p in peaks]),
    )
    family = np.repeat([0, 1], 40) * 2 + np.tile(np.arange(40) % 2, 2)
    wanted = assumptions(space, z, one_at_a_time(standard(space, z), np.log(peaks), family), TAUGHT, True)
    assert answer(run).equals(wanted)


def test_the_group_conforms_and_survives_the_disk(tmp_path: Path) -> None:
    space = small_space()
    z = np.random.default_rng(0).standard_normal((60, space.size))
    made = assumptions(space, z, one_at_a_time(standard(space, z), z[:, 0], np.arange(60) % 20))
    telling.survives("assumptions", made, tmp_path)


# --- what the section says ---


def stored(**changes: Any) -> dict[str, Any]:
    return {
        "parameter": ["stay_days", "canary", "lr_reform"], "mechanism": ["fatigue", "observation", "confidence"],
        "unit": ["days", "none", "log-odds"], "prior_text": ["lognormal", "normal", "normal"],
        "source": ["counted", "nothing", "assumption"], "assumption": [0, 0, 1], "prior_mean": [2.0, 0.0, 0.5], "prior_sd": [1.0, 1.0, 0.25],
        "post_mean": [3.0, 0.1, 0.45], "post_sd": [0.5, 0.9, 0.26], "gain_nats": [1.25, 0.01, 0.02], "identified": [1, 0, 0],
        "effect": [-0.32, 0.021, 0.03], "noise": [0.05, 0.02, 0.03], "ranked": [1, 0, 0], "noises": 3.4,
        "taught_crises": 30, "taught_gain": 0.01, "taught_gain_se": 0.05, "taught_used": 0,
    } | changes  # fmt: skip


def told(failed: str = "", **changes: Any) -> str:
    return telling.told(SECTION, {"assumptions": telling.group("assumptions", stored(**changes))}, failed)


def test_only_what_beats_the_noise_is_ranked_and_the_rest_is_counted() -> None:
    text = told()
    assert "leans most on “stay days” (−32 %), sourced" in text
    assert "effects of 2 of 3 parameters on the largest crowd are not distinguishable from noise" in text
    assert "must exceed 3.4 standard errors" in text and "canary, which nothing reads, is +2.1 %" in text
    rows = [r for r in text.splitlines() if r.count(" | ") == 6]
    assert rows[1].endswith("| −32 % | counted") and rows[2].split(" | ")[5] == "–" == rows[3].split(" | ")[5]
    none = told(ranked=[0, 0, 0])
    assert "leans most" not in none and "effects of 3 of 3 parameters" in none and "−32 %" not in none
    assert "must exceed" not in told(noises=np.inf) and "canary, which" not in told(effect=[0.1, np.nan, 0.1])
    two = told(ranked=[1, 0, 1])
    assert "effects of 1 of 3 parameters" in two and "| +3.0 % | assumption" in two


def test_no_percentage_point_of_a_probability_is_printed() -> None:
    assert "points" not in told() and "probability" not in told()


def test_the_pictures_draw_the_stored_effects_and_moves() -> None:
    with telling.pictures() as drawn:
        told(ranked=[1, 0, 1], effect=[-0.32, 0.02, 0.11])
    (bars,), (moves,) = (picture.axes for picture in drawn)
    sizes = [(b.get_y() + b.get_height() / 2, b.get_width(), to_hex(b.get_facecolor())) for b in bars.patches]
    assert sizes == [(0, pytest.approx(-32), MODEL), (1, pytest.approx(11), CHECK)]
    assert np.array(telling.lines(bars, INK))[:2, :, 0].tolist() == [pytest.approx([-37, -27]), pytest.approx([8, 14])]
    assert telling.ticks(bars.yaxis) == {"stay days": 0, "likelihood ratio, reform": 1}
    assert [line[1] for line in telling.lines(moves, MODEL)] == [[1.0, 0], [pytest.approx(-0.2), 1], [0.1, 2]]
    assert telling.ticks(moves.yaxis) == {"stay days": 0, "likelihood ratio, reform": 1, "canary": 2}
    many = {name: np.resize(values, 20).tolist() for name, values in stored().items() if isinstance(values, list)}
    many["parameter"] = ["canary", *(f"p{n}" for n in range(19))]
    with telling.pictures() as drawn:
        told(**many | {"ranked": [1] * 20})
    assert [len(telling.ticks(picture.axes[0].yaxis)) for picture in drawn] == [14, 14]
    assert all(axes.get_ylim()[0] > 12 and axes.get_ylim()[1] < 0 for picture in drawn for axes in picture.axes)


def test_an_assumed_parameter_is_called_one() -> None:
    assert "(−32 %), an assumption" in told(assumption=[1, 0, 0])
    assert "1 of 3 parameters are assumptions; the reports taught most about “stay days”" in told()
    assert "2 of 3 parameters are assumptions" in told(assumption=[1, 0, 1])
    assert "taught most about “likelihood ratio, reform”" in told(gain_nats=[0.1, 0.2, 3.0], prior_sd=[1.0, 0.0, 0.25])
    assert "the 3 parameters of which" in told() and "the 2 parameters of which" in told(prior_sd=[1.0, 0.0, 0.25])
    assert "taught most" not in told(gain_nats=[0.0, 0.0, 0.0])


def test_what_became_of_other_crises_is_told() -> None:
    assert "30 crises of other countries were fitted before" in told() and "by +0.01 nats on average (standard error 0.05): no clear gain" in told()
    assert "but priors as declared were asked for" in told(taught_gain=0.2) and "no clear gain" not in told(taught_gain=0.2)
    used = told(taught_used=1, taught_gain=-0.2, source=["3 crises of other countries: moved", "nothing", "4 crises of other countries: moved"])
    assert "The priors of 2 of 3 parameters come from them" in used and "by −0.20 nats" in used
    none = told(taught_crises=0)
    assert "No crisis of another country was fitted before" in none and "fitted before. What" not in none


def test_what_the_reports_cannot_tell_is_named() -> None:
    assert "the answer is the prior: canary, likelihood ratio, reform." in told()
    assert "the answer is the prior" not in told(identified=[1, 1, 1])


def test_the_table_has_the_stored_figures() -> None:
    text = told()
    row = next(r for r in text.splitlines() if r.startswith("stay daysfatigue, days"))
    assert row.split(" | ")[1:5] == ["lognormal", "2.00 ± 1.0", "3.00 ± 0.50", "1.25"]
    assert "All parameters (3)" in text
    withheld = told(failed="islands differ")
    row = next(r for r in withheld.splitlines() if r.startswith("stay daysfatigue, days"))
    assert row.split(" | ")[1:5] == ["lognormal", "2.00 ± 1.0", "3.00", "1.25"]
