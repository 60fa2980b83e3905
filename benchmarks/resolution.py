"""What resolution and tick length change in the answers: python -m benchmarks.resolution [--quick], from the clone.

Two settings of the case kazakhstan-2022. `record`: parameters drawn from the proposal that ships with the case (a
Gaussian fitted to an earlier run; it stands for a posterior), shocks from the prior, acts as dated. `lively`: draws of the
prior, parameters and shocks, under the price shock and no act; the first whose trial histories (1:10, 6 h) have a median
peak between 10,000 and 100,000, run with other luck. Every cell runs the same draws with the same shocks; citizens, ties
and luck of ticks differ, as they have to, and change with the history. Differences are paired and taken against 1:1 with
ticks of one hour; standard errors come from the draws. Histories that leave the range of the model (3 % of the nation
out) count with what they had reached.

`thinned` cells show one cause of the bias: there `calm_share` is multiplied by (1 - exp(-v)) / v with v = dt / stay_days,
the chance that somebody who came in a tick is still there at its end.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.table import grid
from interrex.case import load_case
from interrex.engine import draws as keyed
from interrex.engine.arena import Arena, with_ticks
from interrex.engine.course import Luck, scripted_course
from interrex.engine.history import History, replay
from interrex.engine.pool import new_workspace
from interrex.engine.schedule import ARRESTED, DONE, EXOGENOUS, KILLED, PRESENT, Script
from interrex.engine.street import make_world
from interrex.inference.model import build as build_model
from interrex.inference.proposal import load_proposal

WEIGHTS = (100, 10, 1)
TICKS = (4, 8, 24)
REFERENCE = (1, 24, False)
CELLS = (*((w, t, False) for w in WEIGHTS for t in TICKS), *((10, t, True) for t in TICKS))
"""Persons a citizen stands for, ticks a day, whether entries are thinned."""
DAYS = 30
WORLDS = 4  # drawn populations; draw i lives in population i mod WORLDS
SEED = 20
LIVELY = (10_000.0, 100_000.0)
OUTCOMES = (
    "log10 peak", "peak day", "log10 person-days", "log10 detained", "log10 deaths", "above 10,000", "stopped",
    "region: log10 peak", "region: peak day", "region: log10 person-days",
)  # fmt: skip
"""Persons enter as log10(100 + x), detained and deaths as log10(1 + x); the region is the most populous one."""


class Draw(NamedTuple):
    """What all cells share of one history."""

    theta: np.ndarray
    effects: np.ndarray
    nation: np.ndarray
    region: np.ndarray


class Setting(NamedTuple):
    """Draws, and the script under which they run."""

    name: str
    draws: list[Draw]
    script: Script
    repeats: int  # histories of each draw, one after the other in `draws`


def arenas(case: Any, weight: int, script: Script | None = None) -> tuple[Any, list[Arena]]:
    """The model of a case at 1:`weight`, and its arena with each of the drawn populations."""
    model = build_model(case, weight, SEED)
    arena = model.arena._replace(days=DAYS)
    if script is not None:
        arena = arena._replace(script=script)
    return model, [
        arena._replace(world=make_world(arena.place, weight, SEED + k), seed=SEED + k) for k in range(WORLDS)
    ]


def outcomes(history: History, largest: np.ndarray) -> list[float]:
    """OUTCOMES of one history; `largest` marks the units of the region."""
    arena, units = history.arena, history.trace.units
    per_day = arena.ticks_per_day
    crowd = units[:, :, PRESENT].astype(float)
    found = []
    for present in (crowd.sum(axis=1), crowd[:, largest].sum(axis=1)):
        most = min(present.max(), arena.stop_share * arena.place.nation)
        found.append(
            (
                np.log10(100.0 + most),
                float(present.argmax()) / per_day,
                np.log10(100.0 + present.sum() / per_day),
            )
        )
    detained, deaths = units[:, :, ARRESTED].sum(), units[:, :, KILLED].sum()
    nation, region = found
    return [
        *nation, np.log10(1.0 + detained), np.log10(1.0 + deaths), float(crowd.sum(axis=1).max() > 10_000),
        float(history.status != DONE), *region,
    ]  # fmt: skip


def run_cell(worlds: list[Arena], draws: list[Draw], ticks: int, first: int = 0) -> tuple[np.ndarray, float]:
    """Outcomes f8[draws, OUTCOMES] at a tick length, and CPU seconds a history; noise numbers count from `first`."""
    place = worlds[0].place
    counts = np.bincount(place.region, weights=place.population)
    largest = place.region == counts.argmax()
    cut = [with_ticks(arena, ticks) for arena in worlds]
    works = [new_workspace(arena) for arena in cut]
    rows = []
    begun = time.process_time()
    for i, draw in enumerate(draws):
        arena, work = cut[i % WORLDS], works[i % WORLDS]
        luck = Luck(*draw, np.full(arena.ticks, first + i, np.uint32))
        rows.append(outcomes(replay(arena, luck, scripted_course(arena), work), largest))
    return np.array(rows), (time.process_time() - begun) / len(draws)


def draw_of(z: np.ndarray, space: Any) -> Draw:
    """A point as what the engine needs."""
    values, *rest = space.parts(z)
    return Draw(values[: space.theta_size], *rest)


def settings(case: Any, quick: bool) -> list[Setting]:
    """The two settings."""
    model, worlds = arenas(case, 10)
    space = model.space._replace(days=DAYS)
    reference = load_proposal(case, space)
    if reference is None:
        raise SystemExit("the case has no proposal for these parameters; fit one with a long run first")
    several, many, repeats = (8, 4, 2) if quick else (64, 12, 2)
    points = [
        reference.draw(keyed.normals(SEED, keyed.PRIOR, (space.size,), tick=7, noise=i))
        for i in range(several)
    ]
    record = worlds[0].script
    shock = Script(*(a[record.kind == EXOGENOUS] for a in record))
    bare = [arena._replace(script=shock) for arena in worlds]
    lively, tried = [], 0
    while len(lively) < many:
        draw = draw_of(keyed.normals(SEED, keyed.FORECAST, (space.size,), tick=7, noise=tried), space)
        trial, _ = run_cell(bare, [draw] * 3, 4, first=1 << 20)
        if LIVELY[0] <= 10.0 ** np.median(trial[:, 0]) <= LIVELY[1]:
            lively.append(draw)
        tried += 1
    print(f"{many} lively draws among the first {tried} of the prior.\n", flush=True)
    return [
        Setting("record", [draw_of(z, space) for z in points], record, 1),
        Setting("lively", [draw for draw in lively for _ in range(repeats)], shock, repeats),
    ]


def thinned(draw: Draw, space: Any, ticks: int) -> Draw:
    """The draw with the calm share multiplied by the chance to outlast the tick of coming."""
    theta = draw.theta.copy()
    v = 1.0 / (ticks * theta[space.index("stay_days")])
    theta[space.index("calm_share")] *= -np.expm1(-v) / v
    return draw._replace(theta=theta)


def say(setting: Setting, space: Any, found: dict[Any, np.ndarray], cost: dict[Any, float]) -> None:
    """Print the tables of a setting: means, and paired differences from the reference, with standard errors."""

    def by_draw(rows: np.ndarray) -> np.ndarray:
        return rows.reshape(-1, setting.repeats, rows.shape[1]).mean(axis=1)

    base = by_draw(found[REFERENCE])
    n = base.shape[0]
    stay = [draw.theta[space.index("stay_days")] for draw in setting.draws]
    print(
        f"### {setting.name}\n\n{n} draws, {setting.repeats} histories of each in every cell; stay_days "
        f"{np.quantile(stay, 0.1):.2f}, {np.median(stay):.2f}, {np.quantile(stay, 0.9):.2f} (10, 50, 90 %).\n"
    )
    lines = [["sd of draws at 1:1, 1 h", *(f"{v:.2f}" for v in base.std(axis=0, ddof=1)), ""]]
    gaps = []
    for key, rows in found.items():
        name = f"1:{key[0]}, {24 // key[1]} h" + (", thinned" if key[2] else "")
        mean, gap = by_draw(rows), by_draw(rows) - base
        lines.append([name, *map(_with_error, mean.T), f"{1e3 * cost[key]:.1f}"])
        if key != REFERENCE:
            gaps.append([name, *map(_gap, gap.T)])
    print(grid(("mean (s.e.)", *OUTCOMES, "CPU ms"), lines), "\n")
    print(grid(("less 1:1, 1 h, paired (s.e.)", *OUTCOMES), gaps), "\n", flush=True)


def _with_error(values: np.ndarray) -> str:
    return f"{values.mean():.2f} ({values.std(ddof=1) / np.sqrt(values.size):.2f})"


def _gap(values: np.ndarray) -> str:
    """A mean difference, in bold beyond two standard errors."""
    mean, error = values.mean(), values.std(ddof=1) / np.sqrt(values.size)
    text = f"{mean:+.2f}"
    return f"{f'**{text}**' if abs(mean) > 2 * error else text} ({error:.2f})"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolution", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="eight histories a cell: a look, no evidence")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write the outcomes of every history there"
    )
    options = parser.parse_args()
    case = load_case("kazakhstan-2022").as_of("2022-02-28")
    chosen = settings(case, options.quick)
    everything: dict[str, Any] = {"outcomes": OUTCOMES}
    for setting in chosen:
        found, cost = {}, {}
        made = {weight: arenas(case, weight, setting.script) for weight in WEIGHTS}
        for cell in CELLS:
            weight, ticks, thin = cell
            model, worlds = made[weight]
            draws = [thinned(d, model.space, ticks) for d in setting.draws] if thin else setting.draws
            found[cell], cost[cell] = run_cell(worlds, draws, ticks)
            everything[f"{setting.name} {weight} {ticks} {thin}"] = found[cell].tolist()
        say(setting, made[1][0].space, found, cost)
    print(f"{time.process_time():.0f} s of CPU time, kernels and drawn populations included.")
    if options.json:
        options.json.write_text(json.dumps(everything) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
