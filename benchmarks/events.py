"""The event study of 500 instruments, 250 days and 50 events, with all tests and 10,000 placebo draws.

The prices are random walks round one market; every instrument meets every event, 25,000 regressions, and every other
date on which an event could lie is measured too. The clock is the wall, from the shell's side, with the start of Python
and of its libraries; beside it the parts, and the same regressions in a plain loop of statsmodels.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.table import row
from interrex.engine import draws
from interrex.eventstudy import events
from interrex.eventstudy.prices import Prices, read_prices

DAYS, NAMES, EVENTS, DRAWS = 250, 500, 50, 10_000
WINDOW, ESTIMATION = (0, 1), (-110, -11)
GOAL = 10.0
"""Seconds on two cores."""

LOOPED = 400
"""Regressions of the plain loop, scaled to all 25,000."""


def rows(quick: bool) -> list[dict[str, Any]]:
    """Rows of the table."""
    repeats = 1 if quick else 3
    size = f"{NAMES} instruments, {DAYS} days, {EVENTS} events"
    with tempfile.TemporaryDirectory() as folder:
        file, days = write_prices(Path(folder))
        when = Path(folder) / "events.csv"
        when.write_text("when\n" + "\n".join(days) + "\n", encoding="utf-8")
        wall, cpu = _command(file, when, Path(folder) / "out", repeats)
        prices, read = _timed(lambda: read_prices(file), repeats)
        study, whole = _timed(lambda: _study(prices, days, DRAWS), repeats)
        few = _timed(lambda: _study(prices, days, 1), repeats)[1]
    out = [
        row("interrex events, whole command, wall", size, wall, "s", GOAL, note=f"{os.cpu_count()} cores; CSV read, tables "
            f"and figure written; {study.attrs['pairs']:,} pairs, {DRAWS:,} draws"),
        row("the same, CPU time", size, cpu, "s", note="what it costs on a machine with nothing else to do"),
        row("of it: read and check the CSV", f"{len(prices.table):,} rows", read, "s"),
        row("of it: study", size, whole, "s"),
        row("of it: placebo and permutation draws", f"{DRAWS:,}", [max(0.0, min(whole) - min(few))], "s"),
    ]  # fmt: skip
    return out + _against_a_loop(prices, days, min(whole))


def write_prices(folder: Path) -> tuple[Path, list[str]]:
    """A tidy CSV of random walks, and the days of the events."""
    days = [str(day.date()) for day in pd.bdate_range("2021-01-04", periods=DAYS)]
    market = 0.01 * draws.normals(1, draws.PLACEBO, (DAYS, 1), tick=9)
    moves = market + 0.02 * draws.normals(2, draws.PLACEBO, (DAYS, NAMES), tick=9)
    level = 100 * np.cumprod(1 + np.column_stack([market, moves]), axis=0)
    names = ["MARKET", *(f"S{number:03d}" for number in range(NAMES))]
    frame = pd.DataFrame(
        {"date": np.repeat(days, len(names)), "instrument": np.tile(names, DAYS), "price": level.ravel()}
    )
    file = folder / "prices.csv"
    frame.to_csv(file, index=False, float_format="%.6f")
    first = -ESTIMATION[0] + 20
    return file, days[first : DAYS - WINDOW[1] : 2][:EVENTS]


def _study(prices: Prices, days: list[str], number: int) -> Any:
    return events(
        prices,
        event=days,
        benchmark="MARKET",
        window=WINDOW,
        estimation=ESTIMATION,
        overlap="keep",
        placebo=number,
    )


def _command(file: Path, when: Path, out: Path, repeats: int) -> tuple[list[float], list[float]]:
    """Wall and CPU seconds of the command, each run in a process of its own."""
    line = [sys.executable, "-m", "interrex.cli", "events", str(file), "--events", str(when), "--benchmark", "MARKET",
            "--window", *map(str, WINDOW), "--estimation", *map(str, ESTIMATION), "--overlap", "keep",
            "--placebo", str(DRAWS), "--out", str(out)]  # fmt: skip
    wall, cpu = [], []
    for _ in range(repeats):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(line, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.perf_counter() - start)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return wall, cpu


def _timed(work: Any, repeats: int) -> tuple[Any, list[float]]:
    """What `work` gives, and the CPU seconds of each repeat."""
    seconds = []
    result = None
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return result, seconds


def _against_a_loop(prices: Prices, days: list[str], ours: float) -> list[dict[str, Any]]:
    """The 25,000 regressions one after the other, from LOOPED of them; no test and no placebo in it."""
    try:
        import statsmodels.api as sm
    except ImportError:
        return []
    wide = prices.table.pivot(index="date", columns="instrument", values="price").pct_change()
    dates = wide.index.strftime("%Y-%m-%d")
    market = wide["MARKET"].to_numpy()
    start = time.process_time()
    for number in range(LOOPED):
        at = int(dates.get_loc(days[number % len(days)]))
        before = slice(at + ESTIMATION[0], at + ESTIMATION[1] + 1)
        after = slice(at + WINDOW[0], at + WINDOW[1] + 1)
        own = wide[f"S{number % NAMES:03d}"].to_numpy()
        fitted = sm.OLS(own[before], sm.add_constant(market[before])).fit()
        predicted = fitted.get_prediction(sm.add_constant(market[after], has_constant="add"))
        _ = own[after] - predicted.predicted_mean, predicted.se_obs
    whole = (time.process_time() - start) * NAMES * EVENTS / LOOPED
    note = f"scaled from {LOOPED} regressions; no tests, no placebo"
    return [
        row("plain loop of statsmodels regressions", f"{NAMES * EVENTS:,}", [whole], "s", note=note),
        row("our study, all tests and draws, against that loop", "CPU time", [whole / ours], "x"),
    ]  # fmt: skip
