"""The event-driven crowd has the law of the rule: it agrees with an oracle that visits every citizen.

Both engines run the same polity under the same moods, common shocks and feedback of the crowd on risk, with
random numbers of their own; the shock of a pair is shared. Compared are distributions (Kolmogorov-Smirnov)
and paired means of peak, peak day, entries by unit, arrests and violence, Holm-corrected at 1 %.
"""

from __future__ import annotations

import functools
import types
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from interrex.engine import compile as kernels
from interrex.engine import crowd, dense, draws, street
from interrex.engine.handles import Handle
from interrex.mechanisms import network_influence, rebellion
from interrex.mechanisms.state import Place

DT = 0.25
HOURS = (0.25, 0.85, 1.6, 1.3)
ALPHA = 0.01
SEED = 20220102


def polity(weight: int = 10) -> tuple[Place, street.World]:
    """Three cities and a small town, 24,000 simulated citizens, two thirds of them online."""
    population = np.array([110_000.0, 70_000.0, 50_000.0, 10_000.0])
    place = Place(
        population=population,
        region=np.array([0, 1, 2, 2]),
        police=0.004 * population,
        exposure=np.ones(4),
        city=np.array([1.0, 1.0, 1.0, 0.0]),
        capital=np.zeros(4),
        share=np.array([[0.7, 0.3], [0.65, 0.35], [0.6, 0.4], [0.5, 0.5]]),
        online=np.array([1.0, 0.0]),
        leaning=np.zeros(2),
        region_effect=np.zeros(3),
        reserve=np.zeros(2),
        nation=float(population.sum()),
    )
    return place, street.make_world(place, weight, SEED)


class Setting(NamedTuple):
    """One parameter set: lift of the mood in log-odds, weight of ties, reach of the networks, rates a day."""

    name: str
    lift: float
    tie_weight: float
    reach: float = 1.0
    leave: float = 1.5
    arrest: float = 0.3
    violence: float = 0.2


SETTINGS = (
    Setting("calm", 5.0, 3.0),
    Setting("lively", 7.0, 5.0),
    Setting("contagious", 7.0, 7.0, leave=1.0),
    Setting("cut off", 7.0, 6.0, reach=0.4),
    Setting("stormy", 8.0, 3.0, arrest=1.0),
    Setting("quiet", 3.5, 3.0, leave=2.0),
    Setting("without ties", 7.5, 0.0),
    Setting("blackout", 7.5, 6.0, reach=0.0),
    Setting("cleared", 7.5, 5.0, leave=6.0, arrest=2.0),
    Setting("violent and long", 6.5, 6.0, leave=0.6, arrest=0.05, violence=2.0),
)


def history(step_of_engine, working, world, place, module, setting, number, ticks, factor=1.0):
    """Metrics of one history: [log(1 + peak), peak tick, arrests, violent at the peak, entries by unit...].

    The mood rises on the second day and carries a shock of the pair; perceived risk answers to the crowd.
    """
    th = module.Theta(*[float(p.prior.value(0.0)) for p in module.PARAMS])._replace(
        tie_weight=setting.tie_weight
    )
    member = street.make_member(world, 1.0)
    step = street.make_step(world, 2)
    step.leave[:] = setting.leave
    step.arrest[:] = setting.arrest
    step.violence[:] = setting.violence
    step.jail_days[0] = 2.0
    units = place.population.size
    shock = 0.5 * draws.normals(SEED, draws.SHOCK_NATION, ticks, noise=number)
    calm = float(rebellion.calm_level(th))
    crowd_now = np.zeros(units)
    entered = np.zeros(units)
    room = np.ones(units)
    reach = np.full(2, setting.reach)
    path = np.zeros(ticks)
    arrested = violent = 0.0
    handed = [Handle(of) for of in (world, member, working, step)]
    for t in range(ticks):
        risk = 1.0 - np.exp(-th.risk_k * 0.2 * place.police / (crowd_now + th.company))
        step.mood[:] = calm + shock[t] + (setting.lift if t >= 4 else 0.0)
        status = step_of_engine(*handed, risk, room, reach, Handle(th), t, DT, factor * HOURS[t % 4], number)
        assert status == crowd.OK
        crowd_now = step.present.copy()
        entered += step.entered
        arrested += step.arrested.sum()
        violent = max(violent, step.present_violent.sum())
        path[t] = crowd_now.sum()
    return np.array([np.log1p(path.max()), path.argmax(), arrested, violent, *entered])


METRICS = ("log peak", "peak tick", "arrests", "violent", "entries 0", "entries 1", "entries 2", "entries 3")


def ensembles(module, event_step, settings, members, ticks):
    """For each setting the metrics of both engines: f8[members, metric] each."""
    place, world = polity()
    scratch = street.make_scratch(world, 2, 1.0)
    for setting in settings:
        event = [
            history(event_step, scratch, world, place, module, setting, number, ticks)
            for number in range(members)
        ]
        yield setting, np.array(event), oracle_ensemble(module, setting, members, ticks)


@functools.cache
def oracle_ensemble(module, setting, members, ticks):
    place, world = polity()
    citizens = dense.make_citizens(world)
    return np.array(
        [
            history(module.dense_step, citizens, world, place, module, setting, k, ticks)
            for k in range(members)
        ]
    )


def compare(results):
    """Rows (setting, metric, test, p) with Holm's p, and by setting the smallest paired difference in the log
    of total entries that would have been found with power .9."""
    rows, detectable = [], []
    for setting, event, oracle in results:
        for column, metric in enumerate(METRICS):
            a, b = event[:, column], oracle[:, column]
            if np.ptp(np.concatenate([a, b])) == 0.0:
                continue
            gap = a - b
            error = gap.std(ddof=1) / np.sqrt(gap.size)
            rows.append([setting.name, metric, "mean", 2.0 * stats.norm.sf(abs(gap.mean()) / error)])
            rows.append([setting.name, metric, "KS", stats.ks_2samp(a, b).pvalue])
        totals = np.log1p(event[:, 4:].sum(1)) - np.log1p(oracle[:, 4:].sum(1))
        detectable.append((setting.name, totals.std(ddof=1) / np.sqrt(totals.size)))
    order = np.argsort([row[3] for row in rows])
    worst = 0.0
    for rank, k in enumerate(order):
        worst = max(worst, min(1.0, rows[k][3] * (len(rows) - rank)))
        rows[k][3] = worst
    needed = stats.norm.isf(ALPHA / (2 * len(rows))) + stats.norm.isf(0.1)
    return rows, {name: needed * error for name, error in detectable}


def failures(rows):
    return [tuple(row) for row in rows if row[3] < ALPHA]


@pytest.fixture(scope="module")
def module():
    return kernels.load([rebellion.MECHANISM, network_influence.MECHANISM], parts=("crowd", "dense"))


def test_small_ensembles_agree_and_a_planted_bias_is_seen(module):
    chosen = SETTINGS[1:3]
    results = list(ensembles(module, module.crowd_step, chosen, members=80, ticks=24))
    rows, detectable = compare(results)
    assert not failures(rows), failures(rows)
    assert max(detectable.values()) < 0.15, f"the ensembles are too small to mean anything: {detectable}"
    setting, _, oracle = results[0]
    place, world = polity()
    scratch = street.make_scratch(world, 2, 1.0)
    planted = [
        history(module.crowd_step, scratch, world, place, module, setting, k, 24, 1.2) for k in range(80)
    ]
    rows, _ = compare([(setting, np.array(planted), oracle)])
    assert failures(rows), "entries that are 20 % too frequent went unseen"


@pytest.mark.slow
def test_full_ensembles_agree(module, small):
    members = 80 if small else 600
    rows, detectable = compare(ensembles(module, module.crowd_step, SETTINGS, members, ticks=40))
    print("smallest difference in log total entries found with power .9:", detectable)
    assert not failures(rows), failures(rows)
    assert max(detectable.values()) < (0.3 if small else 0.15), detectable


MUTANTS = {
    # each a mistake that a sampler of this kind can make, and the text that makes it
    "excess drawn twice": (
        "    return draw_excess(world, member, scratch, step, risk, th, t, noise, count)",
        "    count = draw_excess(world, member, scratch, step, risk, th, t, noise, count)\n"
        "    return draw_excess(world, member, scratch, step, risk, th, t + 1000, noise, count)",
    ),
    "tied citizens draw the whole hazard": (
        "excess = (join_rate(own + gain[k]) - join_rate(own)) * factor[u]",
        "excess = join_rate(own + gain[k]) * factor[u]",
    ),
    "later points of a stretch are forgotten": (
        "if words[0, k] >= CHANCE[1]:",
        "if words[0, k] < 0:",
    ),
    "bounds do not follow the mood": (
        "                moved = True\n        if moved:",
        "                moved = moved\n        if moved:",
    ),
    "everybody accepted who is below the bound of the cell": (
        "floor[cell[s], int(uniform(words[0, k]) * PIECES)]",
        "ceiling[cell[s], 0 if shape[s, 2] < 0.0 else PIECES - 1]",
    ),
    "ties of those who left are still counted": (
        "tie_where[m] = nobody\n            if fate == GOES",
        "pass\n            if fate == GOES",
    ),
    "caps for one tie only": (
        "scratch.most[g] = max(scratch.most[g], scratch.gain[g, near, far])",
        "scratch.most[g] = scratch.gain[g, 1, 0]",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_mutants_of_the_engine_are_seen(module, name):
    """A mutant is a plain module of the engine's text; crowd.py runs by itself with the same mechanisms."""
    right, wrong = MUTANTS[name]
    text = open(crowd.__file__, encoding="utf-8").read()
    assert right in text
    mutant = types.ModuleType("mutant")
    exec(compile(text.replace(right, wrong), "mutant.py", "exec"), mutant.__dict__)  # noqa: S102
    chosen = [s for s in SETTINGS if s.name in ("lively", "contagious")]
    rows, _ = compare(ensembles(module, mutant.crowd_step, chosen, members=120, ticks=28))
    assert failures(rows), f"the test did not see: {name}"
