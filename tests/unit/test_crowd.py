from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from interrex.engine import compile as kernels
from interrex.engine import crowd
from interrex.engine.handles import Handles
from interrex.engine.street import copy_member, make_member, make_scratch, make_step, make_world, traits_of
from interrex.mechanisms import network_influence, rebellion
from interrex.mechanisms.state import Place
from interrex.polity.network import ties_of

U, G = 3, 2


@pytest.fixture(scope="module")
def module():
    # The same parts as the test against the oracle, so that both share one compilation.
    return kernels.load([rebellion.MECHANISM, network_influence.MECHANISM], parts=("crowd", "dense"))


@pytest.fixture(scope="module")
def world():
    population = np.array([120_000.0, 80_000.0, 10_000.0])
    place = Place(
        population=population,
        region=np.arange(U),
        police=0.004 * population,
        exposure=np.ones(U),
        city=np.ones(U),
        capital=np.zeros(U),
        share=np.array([[0.7, 0.3], [0.6, 0.4], [0.5, 0.5]]),
        online=np.array([1.0, 0.0]),
        leaning=np.zeros(G),
        region_effect=np.zeros(U),
        reserve=np.zeros(2),
        nation=float(population.sum()),
    )
    return make_world(place, 10, 99)


class Street:
    """A member with everything that a tick needs, at a fixed mood."""

    def __init__(self, module, world, mood, tie_weight=4.0, capacity=0.3, **rates):
        self.module, self.world = module, world
        self.th = module.Theta(*[float(p.prior.value(0.0)) for p in module.PARAMS])._replace(
            tie_weight=tie_weight
        )
        self.member = make_member(world, capacity)
        self.scratch = make_scratch(world, G, capacity)
        self.step = make_step(world, G)
        self.step.mood[:] = mood
        for name in ("leave", "arrest", "violence"):
            getattr(self.step, name)[:] = rates.get(name, 0.5)
        self.step.jail_days[0] = 1.0
        self.at = Handles()
        self.risk, self.room, self.reach = np.ones(U), np.ones(U), np.ones(G)

    def tick(self, t, noise=0, hour=1.0):
        return self.module.crowd_step(
            *(self.at(of) for of in (self.world, self.member, self.scratch, self.step)), self.risk, self.room, self.reach,
            self.at(self.th), t, 0.25, hour, noise,
        )  # fmt: skip

    @property
    def active(self):
        return self.member.active[: self.member.n[0]].copy()

    @property
    def held(self):
        return self.member.held[: self.member.n[1]].copy()

    def clean(self):
        return not self.scratch.seen.any() and not self.scratch.added.any()


def strata_of(world):
    of = np.repeat(np.arange(world.strata.unit.size), np.diff(world.strata.start))
    return of, world.strata.unit[of]


def run(street, ticks, noise=0):
    crowds = []
    for t in range(ticks):
        assert street.tick(t, noise) == crowd.OK
        crowds.append(street.active)
    return crowds


def test_lists_stay_sorted_disjoint_and_add_up(module, world):
    street = Street(module, world, -5.0)
    units = strata_of(world)[1]
    present, violent = np.zeros(U), np.zeros(U)
    held_before = 0
    for t in range(24):
        before_held = set(street.held.tolist())
        assert street.tick(t) == crowd.OK
        step, active, held = street.step, street.active, street.held
        assert (np.diff(active.astype(int)) > 0).all() and (np.diff(held.astype(int)) > 0).all()
        assert not set(active.tolist()) & set(held.tolist())
        assert street.clean()
        present += step.entered - step.left - step.arrested
        violent += step.turned
        assert (present == step.present).all()
        assert (step.present == 10.0 * np.bincount(units[active], minlength=U)).all()
        state = street.member.state[: active.size] == crowd.VIOLENT
        assert (step.present_violent == 10.0 * np.bincount(units[active[state]], minlength=U)).all()
        held_before += (step.arrested.sum() - step.released.sum()) / 10.0
        assert held.size == held_before
        assert (street.member.until[: held.size] > t).all()
        fresh = np.array([i not in before_held for i in held.tolist()], dtype=bool)
        assert (street.member.until[: held.size][fresh] == t + 4).all()
    assert present.sum() > 500 and violent.sum() > 0 and held_before > 0


def test_the_same_luck_gives_the_same_history_in_any_thread_or_scratch(module, world):
    reference = run(Street(module, world, -5.0), 12, noise=3)
    with ThreadPoolExecutor(3) as pool:
        others = list(pool.map(lambda _: run(Street(module, world, -5.0), 12, noise=3), range(6)))
    assert all((a == b).all() for other in others for a, b in zip(reference, other, strict=True))
    different = run(Street(module, world, -5.0), 12, noise=4)
    assert not np.array_equal(reference[-1], different[-1])


def test_base_risings_have_the_law_of_the_rule(module, world):
    """Entries from an empty street: mean of every class of citizens, and binomial spread of the total."""
    street = Street(module, world, 0.0, capacity=1.0)
    strata = world.strata
    traits = np.array(
        [traits_of(i, s, strata.shape, *world.keys[crowd.TRAIT]) for i, s in enumerate(strata_of(world)[0])]
    )
    own = street.th.grievance_slope * traits[:, 0] - street.th.risk_slope * traits[:, 1]
    p = 1.0 - np.exp(-2.0 / (1.0 + np.exp(-own)) * 0.25)
    repeats = 300
    risen = np.zeros(p.size)
    totals = np.zeros(repeats)
    for noise in range(repeats):
        street.member.n[:] = 0
        assert street.tick(0, noise) == crowd.OK
        risen[street.active] += 1
        totals[noise] = street.member.n[0]
    z = []
    for group in np.array_split(np.argsort(p), 100):
        mean, variance = repeats * p[group].sum(), repeats * (p[group] * (1 - p[group])).sum()
        z.append((risen[group].sum() - mean) / np.sqrt(variance))
    z = np.array(z)
    assert abs(z.mean()) < 4 / 10 and 0.7 < z.std() < 1.3 and abs(z).max() < 4.5
    expected = (p * (1 - p)).sum()
    assert 0.75 < totals.var(ddof=1) / expected < 1.3


def test_a_counterfactual_keeps_the_risings_of_the_factual(module, world):
    """Higher hazards add layers and leave the points below where they are."""
    low, high = Street(module, world, -7.0), Street(module, world, -7.0)
    for t in range(8):
        low.tick(t), high.tick(t)
        assert np.array_equal(low.active, high.active)
    kept = []
    for noise in range(50):
        low.member.n[:] = 0
        high.member.n[:] = 0
        high.step.mood[:] = -5.5
        low.tick(8, noise), high.tick(8, noise)
        assert set(low.active.tolist()) <= set(high.active.tolist())
        assert high.member.n[0] > low.member.n[0]
        kept.append(low.member.n[0])
    assert sum(kept) > 500


def test_ties_only_add(module, world):
    """With the same crowd and luck, whoever rises without influence also rises with it."""
    loose, tied = Street(module, world, -6.0, tie_weight=0.0), Street(module, world, -6.0, tie_weight=8.0)
    for street in (loose, tied):
        street.tick(0)
    assert np.array_equal(loose.active, tied.active)
    loose.tick(1), tied.tick(1)
    assert set(loose.active.tolist()) < set(tied.active.tolist())


def test_influence_reaches_tied_citizens_only(module, world):
    """On a street where nobody rises alone, all who enter are tied to somebody who was there."""
    street = Street(module, world, -22.0, tie_weight=40.0, leave=0.0, arrest=0.0)
    seed = np.array([5, 4000, 15_000], dtype=np.uint32)
    near, far = ties_of(world.strata, world.network, seed)
    for reach, online in ((0.0, False), (1.0, True)):
        street.reach[:] = reach
        tied = set(np.concatenate(near + (far if online else [])).tolist())
        entered = set()
        for noise in range(60):
            street.member.active[:3] = seed
            street.member.state[:3] = 0
            street.member.where[:3] = strata_of(world)[0][seed]
            street.member.n[:] = (3, 0, 0, 0)
            module.know_ties(world, street.member, street.scratch)
            assert street.tick(0, noise, hour=4.0) == crowd.OK
            assert set(seed.tolist()) <= set(street.active.tolist())
            entered |= set(street.active.tolist()) - set(seed.tolist())
            assert street.clean()
        assert entered and entered <= tied


def test_kept_ties_are_the_ties_of_those_on_the_street(module, world):
    """Ties are written when somebody comes; after many ticks, and after the crowd has shrunk, the rows hold the
    neighbours of exactly those who are there, and know_ties writes the same anew."""
    street = Street(module, world, -4.5, leave=2.0)
    nobody = world.strata.unit.size
    degree = street.member.tie.size // street.member.active.size

    def ties():
        rows = street.member.row[: street.member.n[0]].astype(int)
        assert np.unique(rows).size == rows.size and (rows < street.member.n[2]).all()
        table = street.member.tie.reshape(-1, degree), street.member.tie_where.reshape(-1, degree)
        unused = np.setdiff1d(np.arange(street.member.n[2]), rows)
        assert unused.size == street.member.n[3] and (table[1][unused] == nobody).all()
        return [sorted(zip(table[0][r][table[1][r] != nobody], table[1][r][table[1][r] != nobody], strict=True))
                for r in rows]  # fmt: skip

    sizes = []
    for t in range(40):
        street.step.mood[:] = -4.5 if t < 12 else -14.0
        street.tick(t)
        sizes.append(street.member.n[0])
        near, far = ties_of(world.strata, world.network, street.active)
        of = strata_of(world)[0]
        wanted = [sorted((int(j), int(of[j])) for j in [*a, *b]) for a, b in zip(near, far, strict=True)]
        assert [[(int(i), int(s)) for i, s in row] for row in ties()] == wanted
    assert sizes[-1] < sizes[11] / 4 and street.member.n[2] < sizes[11] / 2
    before = ties()
    module.know_ties(world, street.member, street.scratch)
    assert ties() == before


@pytest.mark.parametrize("reach", [0.0, 0.8])
def test_an_uprising_is_the_same_from_either_side(module, world, reach):
    """Ties are looked at from those at home where they are few, and nothing changes by it."""
    near, far = (Street(module, world, 14.0, capacity=1.0, leave=0.2, arrest=0.1) for _ in range(2))
    assert near.scratch.on_street.size > 0
    far.scratch = far.scratch._replace(on_street=None)
    crowded = 0
    for t in range(24):
        for street in (near, far):
            street.reach[:] = reach
            street.step.mood[:] = 14.0 if t < 12 else -6.0
            assert street.tick(t) == crowd.OK and street.clean()
        assert np.array_equal(near.active, far.active) and np.array_equal(near.held, far.held)
        assert not near.scratch.on_street.any()
        home = world.agents.sum() - near.active.size - near.held.size
        crowded += near.active.size > home
    assert 3 < crowded < 24


def test_no_room_or_night_without_entries(module, world):
    street = Street(module, world, 0.0)
    street.room[1] = 0.0
    street.tick(0)
    assert street.step.entered[1] == 0.0 and street.step.entered[0] > 0.0
    street.member.n[:] = 0
    street.tick(0, hour=0.0)
    assert street.step.entered.sum() == 0.0


def test_a_full_list_stops_the_member_as_it_was(module, world):
    street = Street(module, world, -7.0, capacity=0.02)
    for t in range(2):
        assert street.tick(t) == crowd.OK
    before, held = street.active, street.held
    street.step.mood[:] = 3.0
    assert street.tick(2) == crowd.TOO_LARGE
    assert np.array_equal(before, street.active) and np.array_equal(held, street.held)
    assert street.clean()
    street.step.mood[:] = -9.0
    assert street.tick(2) == crowd.OK


def test_copies_are_independent(module, world):
    street = Street(module, world, -5.0)
    run(street, 6)
    twin = Street(module, world, -5.0)
    copy_member(street.member, twin.member)
    for t in range(6, 10):
        street.tick(t), twin.tick(t)
        assert np.array_equal(street.active, twin.active) and np.array_equal(street.held, twin.held)
    twin.member.active[0] = 77
    assert street.member.active[0] != 77


def test_a_scratch_notices_another_join_rate(module, world):
    street = Street(module, world, -5.0)
    street.scratch.rates[:] = 0.0
    fresh = Street(module, world, -5.0)
    street.tick(0), fresh.tick(0)
    assert np.array_equal(street.active, fresh.active) and fresh.active.size > 0


def test_the_whole_country_citizen_by_citizen(module):
    """Resolution 1:1 of a small country: persons and agents are the same."""
    population = np.array([30_000.0, 20_000.0, 50.0])
    place = Place(
        population=population,
        region=np.arange(U),
        police=0.004 * population,
        exposure=np.ones(U),
        city=np.ones(U),
        capital=np.zeros(U),
        share=np.tile([0.5, 0.5], (U, 1)),
        online=np.array([1.0, 0.0]),
        leaning=np.zeros(G),
        region_effect=np.zeros(U),
        reserve=np.zeros(2),
        nation=float(population.sum()),
    )
    street = Street(module, make_world(place, 1, 4), -6.0)
    assert run(street, 4)[-1].size == street.step.present.sum() > 0
