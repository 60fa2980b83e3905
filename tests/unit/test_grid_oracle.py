"""Epstein's model by a program that counts: nothing is remembered but who is where, every look visits every cell."""

import itertools
import math

import numpy as np
import pytest

from interrex.engine import draws
from interrex.mechanisms.maths import exp
from interrex.replications import turns
from interrex.replications.civil_violence import SCHEDULES, TURNS, Epstein, World
from interrex.replications.decision import ROUNDINGS
from interrex.replications.torus import NEIGHBOURHOODS

EMPTY, COP, QUIET, ACTIVE, JAILED = range(5)


class Counting:
    """The same rules and the same draws as interrex.replications, with loops over cells in place of kept counts."""

    def __init__(self, model: Epstein, seed: int) -> None:
        self.model = model
        self.key = draws.key_for(seed, draws.GRID)
        v = math.floor(model.vision)
        near = {
            "von Neumann": lambda x, y: abs(x) + abs(y) <= v,
            "disc": lambda x, y: x * x + y * y <= model.vision**2,
            "Moore": lambda x, y: True,
        }[model.neighbourhood]
        around = itertools.product(range(-v, v + 1), repeat=2)
        self.offsets = [(x, y) for x, y in around if near(x, y) and (x, y) != (0, 0)]
        citizens, cops, size = model.citizen_count, model.cop_count, model.size
        words = [self.words(0, turns.TRAITS, agent) for agent in range(citizens)]
        self.hardship = [(int(w[0]) + 0.5) / 2**32 for w in words]
        self.risk_aversion = [(int(w[1]) + 0.5) / 2**32 for w in words]
        cells = self.shuffled(list(range(size * size)), 0, turns.PLACES)
        self.where = [divmod(cell, size) for cell in cells[: citizens + cops]]
        self.state = [QUIET] * citizens + [COP] * cops
        self.release = [0] * citizens
        self.who = {place: agent for agent, place in enumerate(self.where)}
        self.order = list(range(citizens + cops))
        self.tick = 0

    def words(self, tick, purpose, entity, draw=0):
        return [int(w) for w in draws.philox(*self.key, tick, purpose, entity, draw)]

    def shuffled(self, things, tick, purpose):
        left = len(things) - 1
        while left > 0:
            first = left
            for i in range(turns.CHUNK):
                for word in self.words(tick, purpose, first + i):
                    if left > 0:
                        other = word * (left + 1) >> 32
                        things[left], things[other] = things[other], things[left]
                        left -= 1
        return things

    def seen_from(self, place):
        size = self.model.size
        return [((place[0] + x) % size, (place[1] + y) % size) for x, y in self.offsets]

    def count(self, place, state, but=None):
        found = (self.who.get(cell) for cell in self.seen_from(place))
        return sum(1 for agent in found if agent is not None and agent != but and self.state[agent] == state)

    def empty_neighbour(self, agent, turn):
        near = self.seen_from(self.where[agent])
        m = len(near)
        wide = m >= 256
        entries = 2 ** math.ceil(math.log2(8 * m)) if wide else 256
        table = near * (entries // m)

        def fields(words):
            bits = sum(w << 32 * i for i, w in enumerate(words))
            width = 16 if wide else 8
            return [(bits >> width * i) % entries for i in range(128 // width)]

        blocks = [] if wide else [self.words(self.tick, turns.TURN, turn)]
        blocks += [self.words(self.tick, turns.FAR, turn, draw) for draw in range(8)]
        for block in blocks:
            for field in fields(block):
                if field < len(table) and table[field] not in self.who:
                    return table[field]
        empty = [cell for cell in table if cell not in self.who]
        if not empty:
            return self.where[agent]
        return empty[self.words(self.tick, turns.FAR, turn, 8)[0] * len(empty) >> 32]

    def move(self, agent, turn):
        place = self.empty_neighbour(agent, turn)
        del self.who[self.where[agent]]
        self.where[agent] = place
        self.who[place] = agent

    def rebels(self, agent, place):
        ratio = self.count(place, COP) / (self.count(place, ACTIVE, but=agent) + 1)
        ratio = {"floor": math.floor, "half to even": round, "none": float}[self.model.rounding](ratio)
        grievance = self.hardship[agent] * (1 - self.model.legitimacy)
        return grievance - self.risk_aversion[agent] * (1 - exp(-self.model.k * ratio)) > self.model.threshold

    def arrest(self, cop, turn):
        seen = [self.who.get(cell) for cell in self.seen_from(self.where[cop])]
        actives = [agent for agent in seen if agent is not None and self.state[agent] == ACTIVE]
        if actives:
            which, term, *_ = self.words(self.tick, turns.ARREST, turn)
            caught = actives[which * len(actives) >> 32]
            self.state[caught] = JAILED
            self.release[caught] = self.tick + (term * self.model.jail >> 32)

    def act(self, agent, turn):
        if self.state[agent] == COP:
            self.arrest(agent, turn)
        else:
            self.state[agent] = ACTIVE if self.rebels(agent, self.where[agent]) else QUIET

    def held(self, agent):
        return self.state[agent] == JAILED and self.tick < self.release[agent]

    def step(self):
        model, n = self.model, len(self.order)
        if model.schedule in ("random order", "synchronous"):
            self.shuffled(self.order, self.tick, turns.ORDER)
        elif model.schedule == "with replacement":
            for start in range(0, n, 4):
                for i, word in enumerate(self.words(self.tick, turns.ORDER, start // 4)):
                    if start + i < n:
                        self.order[start + i] = word * n >> 32
        phases = [self.move, self.act] if model.turn == "move, act" else [self.act, self.move]
        if model.schedule != "synchronous":
            for turn, agent in enumerate(self.order):
                if not self.held(agent):
                    if self.state[agent] == JAILED:
                        self.state[agent] = QUIET
                    for phase in phases:
                        phase(agent, turn)
        else:
            for agent in range(model.citizen_count):
                if self.state[agent] == JAILED and not self.held(agent):
                    self.state[agent] = QUIET
            for phase in phases:
                if phase == self.act:
                    free = [a for a in range(model.citizen_count) if self.state[a] != JAILED]
                    decided = [ACTIVE if self.rebels(a, self.where[a]) else QUIET for a in free]
                    for agent, state in zip(free, decided, strict=True):
                        self.state[agent] = state
                for turn, agent in enumerate(self.order):
                    if self.state[agent] == COP or (phase == self.move and self.state[agent] != JAILED):
                        phase(agent, turn)
        self.tick += 1

    def states(self):
        board = np.zeros((self.model.size, self.model.size), dtype=np.uint8)
        for place, agent in self.who.items():
            board[place] = self.state[agent]
        return board


def recounted(states, offsets):
    """Cops and actives in view of each cell, by rolling the board."""
    total = np.stack([states == COP, states == ACTIVE]).astype(np.int64)
    return total + sum(np.roll(total, (-x, -y), (1, 2)) for x, y in offsets)


def assert_same(model, seed, steps):
    slow, fast = Counting(model, seed), World(model, seed, steps)
    citizens = model.citizen_count
    for tick in range(steps):
        slow.step()
        fast.advance(1)
        place = [(int(p) >> 16, int(p) & 0xFFFF) for p in fast.board.where]
        assert place == slow.where, tick
        assert np.array_equal(fast.states, slow.states()), tick
        assert np.array_equal(fast.counts, recounted(fast.states, slow.offsets))
        free = [slow.state[a] for a in range(citizens)]
        assert fast.record.active[tick] == free.count(ACTIVE)
        assert fast.record.quiet[tick] == free.count(QUIET)
        assert np.cumsum(fast.record.jailed)[tick] == sum(
            slow.state[a] == JAILED and slow.release[a] > slow.tick for a in range(citizens)
        )
        quiet = [a for a in range(citizens) if free[a] == QUIET]
        assert fast.record.hardship[tick] == sum(int(fast.hardship[a]) for a in quiet)
        assert fast.record.risk_aversion[tick] == sum(int(fast.risk_aversion[a]) for a in quiet)
    assert fast.record.active.max() > 0 and fast.record.arrests.sum() > 0  # or nothing was compared


@pytest.mark.boundscheck
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("neighbourhood", NEIGHBOURHOODS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_same_states_as_counting_everything(rounding, neighbourhood, schedule):
    for turn, seed in zip(TURNS, (5, 6), strict=True):
        model = Epstein(
            size=11, vision=3, neighbourhood=neighbourhood, rounding=rounding, schedule=schedule, turn=turn,
            legitimacy=0.7, jail=6,
        )  # fmt: skip
        assert_same(model, seed, 9)


def test_same_states_at_the_size_of_the_benchmark_s_view():
    assert_same(Epstein(size=19, neighbourhood="Moore", legitimacy=0.75, jail=5), 3, 5)


def test_same_states_where_a_view_has_too_many_cells_for_bytes():
    assert_same(Epstein(size=20, vision=8, neighbourhood="Moore", legitimacy=0.7, jail=5), 4, 3)
    assert_same(Epstein(size=17, vision=8, neighbourhood="Moore", rounding="none", legitimacy=0.7), 4, 3)


def test_same_states_on_a_board_with_hardly_an_empty_cell():
    # One empty cell in all: most searches end by looking at every neighbour, many find none.
    model = Epstein(size=9, vision=1.5, citizens=76 / 81, cops=4 / 81, legitimacy=0.6, jail=3)
    assert model.citizen_count + model.cop_count == 80
    assert_same(model, 1, 12)
