"""What a history costs, beside what the machine can do at all: python benchmarks/crowd.py

Histories of 280 ticks of 6 hours of a country of 19.5 million in 40 units, one thread: a calm one, and others
whose mood rises for four days until some 5,000 or 50,000 persons are on the street at the peak. Times are
CPU time of the thread: the least of the repeats is what the code costs, the middle what the machine gives.
"""

from __future__ import annotations

import argparse
import functools
import platform
import time

import numba
import numpy as np

from interrex.engine import compile as kernels
from interrex.engine import crowd, draws, street
from interrex.mechanisms import network_influence, rebellion
from interrex.mechanisms.contract import Place

TICKS, DT = 280, 0.25
HOURS = np.array([0.25, 0.85, 1.6, 1.3])
RISE, FALL = 40, 56
NATION = 19.5e6


def country() -> Place:
    """Forty units of unequal size, two thirds of the people online."""
    population = draws.uniforms(1, draws.TRUTH, 40) + 0.2
    population *= NATION / population.sum()
    units = population.size
    return Place(
        population=population,
        region=np.arange(units),
        police=0.004 * population,
        exposure=np.ones(units),
        city=np.ones(units),
        capital=np.zeros(units),
        share=np.tile([0.67, 0.33], (units, 1)),
        online=np.array([1.0, 0.0]),
        leaning=np.zeros(2),
        region_effect=np.zeros(units),
        reserve=np.zeros(2),
        nation=NATION,
    )


def timed(work, repeats: int) -> tuple[float, float]:
    """Least and middle CPU time of `work()` in seconds, after one call that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return min(times), float(np.median(times))


@numba.njit(nogil=True)
def read(array):
    """Sum of an array: streaming reads."""
    total = 0.0
    for k in range(array.size):
        total += array[k]
    return total


@numba.njit(nogil=True)
def gather(array, order):
    """Sum in random order: one byte at a time from anywhere."""
    total = 0
    for k in range(order.size):
        total += array[order[k]]
    return total


@numba.njit(nogil=True)
def generate(count):
    """Random numbers, four words a call."""
    total = 0
    for k in range(count):
        w0, w1, w2, w3 = draws.philox(1, 2, 3, 4, k, 0)
        total += w0 ^ w1 ^ w2 ^ w3
    return total


def limits() -> None:
    """Print what the memory and the generator give."""
    stream = np.ones(24_000_000)
    order = np.random.default_rng(1).integers(0, 1_950_000, 2_000_000).astype(np.uint32)
    small = np.ones(1_950_000, np.uint8)
    far = np.random.default_rng(2).integers(0, 19_500_000, 2_000_000).astype(np.uint32)
    large = np.ones(19_500_000, np.uint8)
    print(f"{'memory read':<40}{stream.nbytes / timed(lambda: read(stream), 5)[0] / 1e9:>10.1f} GB/s")
    rate = order.size / timed(lambda: gather(small, order), 5)[0] / 1e6
    print(f"{'byte gathers from 1.95 MB':<40}{rate:>10.0f} M/s")
    rate = far.size / timed(lambda: gather(large, far), 5)[0] / 1e6
    print(f"{'byte gathers from 19.5 MB':<40}{rate:>10.0f} M/s")
    print(f"{'Philox4x32-10 calls':<40}{2e6 / timed(lambda: generate(2_000_000), 5)[0] / 1e6:>10.0f} M/s")


def runner(crowd_step):
    """A history in one compiled loop, as the engine runs it."""

    @numba.njit(nogil=True)
    def run(world, member, scratch, step, risk, room, reach, th, calm, lift, noise, path):
        member.n[:] = 0
        for t in range(path.size):
            step.mood[:] = calm + (lift if RISE <= t < FALL else 0.0)
            hour = HOURS[t % HOURS.size]
            if crowd_step(world, member, scratch, step, risk, room, reach, th, t, DT, hour, noise) != 0:
                return False
            path[t] = step.present.sum()
        return True

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument(
        "--weights", type=int, nargs="+", default=[100, 10, 1], help="persons a citizen stands for"
    )
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    print(f"{machine}, Python {platform.python_version()}, numba {numba.__version__}")
    limits()
    module = kernels.load([rebellion.MECHANISM, network_influence.MECHANISM], parts=("crowd",))
    th = module.Theta(*[float(param.prior.value(0.0)) for param in module.PARAMS])
    calm = float(rebellion.calm_level(th))
    run = runner(module.crowd_step)
    place = country()
    units = place.population.size
    print(f"\n{'history':<28}{'peak':>10}{'least ms':>10}{'middle ms':>11}{'ns an entry':>13}")
    for weight in options.weights:
        start = time.thread_time()
        world = street.make_world(place, weight, 1)
        print(
            f"1:{weight}, world made in {time.thread_time() - start:.2f} s, {world.strata.unit.size} strata"
        )
        member, scratch, step = (
            street.make_member(world),
            street.make_scratch(world, 2),
            street.make_step(world, 2),
        )
        step.leave[:] = 2.0
        step.arrest[:] = 0.1
        step.violence[:] = 0.1
        rest = (np.ones(units), np.ones(units), np.ones(2), th, calm)
        path = np.zeros(TICKS)
        for name, lift in (("calm", 0.0), ("5,000 at the peak", 4.6), ("50,000 at the peak", 7.2)):
            repeats = max(3, options.repeats // (1 if weight > 1 else 3))
            arguments = (world, member, scratch, step, *rest, lift, 0, path)
            least, middle = timed(functools.partial(run, *arguments), repeats)
            entries = path.sum() * 2.1 * DT / weight  # as many enter as leave
            print(
                f"  {name:<26}{path.max():>10,.0f}{least * 1e3:>10.1f}{middle * 1e3:>11.1f}"
                f"{least * 1e9 / entries:>13,.0f}"
            )


if __name__ == "__main__":
    main()
