"""What more reports can tell and what they cannot: the level has a floor, differences have none but the audiences' own."""

import numpy as np
import pytest

from fixtures.opinions import USUAL, known, reports, world
from interrex.inference.space import OBSERVATION
from interrex.trust.fuse import fuse
from interrex.trust.learn import learn
from interrex.trust.model import design
from interrex.trust.modes import AUDIENCE_SD, BIAS_SD, MODES, changed
from interrex.trust.priors import APART_SD, LEVEL_SD, natural, quantiles, value

DAYS = range(0, 100, 10)
MANY = [f"house {n}" for n in range(10)]
SHARED = np.sqrt(BIAS_SD**2 + AUDIENCE_SD**2 + MODES["poll"].sd ** 2)
SPREAD = USUAL.step**2 * USUAL.half_life / (2 * np.log(2))
LEVEL = LEVEL_SD**2 + APART_SD**2 + SPREAD


def test_the_shared_bias_of_polls_is_that_of_a_run():
    (prior,) = (param.prior for param in OBSERVATION if param.name == "shared_bias")
    assert (MODES["poll"].shift, round(SHARED, 2)) == (prior.a, prior.b) == (0.3, 0.4)


def test_scores_of_nought_are_the_medians_of_the_priors():
    assert natural(np.zeros(8))[:5] == (0.03, 300.0, 0.22, 700.0, 0.5) and natural(np.zeros(8)).scatter.tolist() == [1.0, 1.0]
    assert -1 < value("tie", np.array(-8.0)) < -0.99 and 0.99 < value("tie", np.array(8.0)) < 1
    np.testing.assert_allclose(quantiles("step", 1.0, 0.5, np.array([0.5, 0.975])), [0.03 * np.exp(0.8), 0.03 * np.exp(0.8 * 1.98)], rtol=1e-3)


def sds(found, var_of_modes=MODES):
    """Sd of level, of what is told, of the shared bias, and of a change, with the variances known."""
    d = design(found, modes=var_of_modes)
    fused = fuse(d, known(), d.day)
    a, last = d.audiences[0], int(d.day[-1])
    rows = [fused.level(a, last), fused.told(a, last), fused.shared(a), fused.level(a, last) - fused.level(a, int(d.day[0]))]
    return fused.moments(np.array(rows))[1]


def test_ten_houses_with_a_common_bias_leave_the_level_as_wide_as_the_bias():
    one, ten = (sds(world(1, DAYS, houses, var=1e-4)[1]) for houses in (MANY[:1], MANY))
    floor = np.sqrt(1 / (1 / LEVEL + 1 / SHARED**2))  # had one been told the told level itself
    assert ten[0] >= floor > 0.96 * SHARED
    assert one[0] > ten[0]
    endless = sds(world(1, DAYS, [f"house {n}" for n in range(60)], var=1e-6)[1])
    assert ten[0] > endless[0] >= floor


def test_the_bias_stays_as_wide_as_its_prior_however_many_report():
    assert all(sds(world(1, DAYS, houses)[1])[2] > 0.96 * SHARED for houses in (MANY[:1], MANY))


def test_differences_in_time_tighten_with_more_houses_and_with_more_days():
    few, many = (sds(world(1, DAYS, houses)[1]) for houses in (MANY[:2], MANY))
    assert many[3] < 0.6 * few[3] and many[1] < few[1]
    assert sds(world(1, range(0, 91, 2), MANY[:2])[1])[3] < few[3]


def test_the_difference_of_audiences_keeps_the_floor_of_biases_that_are_theirs():
    d = design(world(1, DAYS, MANY, ("east", "west"), var=1e-6)[1])
    fused = fuse(d, known(), d.day)
    sd = fused.moments((fused.level("east", 90) - fused.level("west", 90))[None])[1][0]
    level = fused.moments(fused.level("east", 90)[None])[1][0]
    assert 0.9 * np.sqrt(2) * AUDIENCE_SD < sd < 0.8 * level


def test_a_shift_moves_the_level_against_itself_and_no_difference():
    found = world(1, DAYS, MANY[:3])[1]
    d = [design(found, modes=changed({"poll": text})) for text in ("0,0.3", "0.6,0.3")]
    level, change = [], []
    for one in d:
        fused = fuse(one, known(), one.day)
        level.append(fused.moments(fused.level("all", 90)[None])[0][0])
        change.append(fused.moments((fused.level("all", 90) - fused.level("all", 0))[None])[0][0])
    assert level[1] - level[0] == pytest.approx(-0.6, rel=0.05)
    assert change[0] == pytest.approx(change[1], abs=0.01)


def test_another_way_of_reading_tells_something_of_the_shift_and_a_wider_shift_widens_the_level():
    found = world(1, DAYS, MANY[:4])[1]
    mixed = found._replace(mode=np.where(found.house == MANY[0], "behaviour", "poll"))
    assert sds(mixed)[0] < sds(found)[0]
    assert sds(found, changed({"poll": "0.3,1"}))[0] > 1.5 * sds(found)[0]


def test_the_spread_between_houses_is_learned_from_many_and_taken_from_the_prior_for_one():
    one, ten = (learn(design(world(1, range(0, 600, 20), houses, var=1e-4)[1])) for houses in (MANY[:1], MANY))
    assert one.sd[2] > 0.9 > 0.5 > ten.sd[2]


def test_two_houses_that_report_in_the_same_days_are_held_against_each_other_and_no_others():
    rows = [(day, "A", "all", 1.0, 1e-4) for day in DAYS] + [(day, "B", "all", 0.6, 1e-4) for day in DAYS]
    rows += [(day + 500, "C", "all", 0.0, 1e-4) for day in DAYS]
    d = design(reports(rows))
    fused = fuse(d, known(), d.day)
    found = fused.against_others()
    assert set(found) == {"A", "B"}
    mean, sd = fused.moments(np.stack([found["A"], found["B"]]))
    np.testing.assert_allclose(mean, [0.2, -0.2], atol=0.02)
    assert (sd < 0.03).all()
