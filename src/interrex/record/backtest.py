"""How good the record would have been: refitted before every year on what was known then, scored by what came.

    python -m interrex.record.backtest PATH [--first 2010] [--last 2025] [--choose] [--figure FILE]

prints the table of docs/record.md from the panels in PATH; `--choose` prints the log scores of 1995 to 2009 by which the
spreads of `record.world` were chosen, and the rivals that lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from interrex.record.nulls import nulls
from interrex.record.questions import COUP, CROWDS, EVENTS, HORIZONS
from interrex.record.rows import Rows, new_year
from interrex.record.scores import Scores, scores
from interrex.record.tables import AUTOCRACY
from interrex.record.world import SPREADS, Spread, fit_world

Forecaster = Callable[[Rows, int, Rows], Mapping[str, np.ndarray]]
"""All rows, the year of issue, the rows to forecast: chances by event, f8[row, horizon]."""


class Issued(NamedTuple):
    """Forecasts of one event, one horizon and one class of countries, with what came: f8[forecast] each."""

    p: np.ndarray
    came: np.ndarray
    pooled: np.ndarray
    own: np.ndarray
    ccode: np.ndarray
    year: np.ndarray
    scheduled: np.ndarray

    def scores(self) -> Scores:
        """All figures of the sample."""
        return scores(self.p, self.came, self.pooled, self.own, self.ccode)

    def where(self, chosen: np.ndarray) -> Issued:
        """Some of the forecasts."""
        return Issued(*(column[chosen] for column in self))


def classes(rows: Rows) -> dict[str, np.ndarray]:
    """Classes of countries that are scored, bool[row]: all that V-Dem measures, and the autocracies among them."""
    return {"all": np.isfinite(rows.polyarchy), "autocracy": rows.polyarchy < AUTOCRACY}


def world(spreads: Mapping[str, Spread] = SPREADS, since: int | None = None) -> Forecaster:
    """The record itself as a forecaster; since: first year of the rows that it is fitted to."""

    def forecast(rows: Rows, year: int, here: Rows) -> Mapping[str, np.ndarray]:
        past = rows if since is None else rows.take(rows.day >= new_year(since))
        return fit_world(past, dict(spreads), new_year(year)).forecast(here)

    return forecast


def backtest(
    rows: Rows, years: Iterable[int], forecaster: Forecaster | None = None, workers: int = 2
) -> dict[tuple[str, int, str], Issued]:
    """Forecasts issued on the first day of each of `years`, by event, months and class of countries."""
    kinds, made = classes(rows), forecaster or world()
    years = list(years)

    def one(year: int) -> dict[tuple[str, int, str], Issued]:
        issued = rows.day == new_year(year)
        here = rows.take(issued)
        found: dict[tuple[str, int, str], Issued] = {}
        for event, p in made(rows, year, here).items():
            for h, months in enumerate(HORIZONS):
                came = here.came(event, months)
                for kind, mask in kinds.items():
                    ok = mask[issued] & np.isfinite(came)
                    if ok.any():
                        null = nulls(rows, event, months, year, here.ccode[ok], mask)
                        when = np.full(ok.sum(), year)
                        found[event, months, kind] = Issued(
                            p[ok, h], came[ok], *null, here.ccode[ok], when, here.scheduled[ok]
                        )
        return found

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(one, years))
    keys = dict.fromkeys(key for part in parts for key in part)
    return {
        key: Issued(
            *(np.concatenate(c) for c in zip(*(part[key] for part in parts if key in part), strict=True))
        )
        for key in keys
    }


def told(found: Mapping[tuple[str, int, str], Issued]) -> list[tuple[str, int, str, Scores]]:
    """Rows of the table: event, months, class, scores; exits of autocracies once more without years of election."""
    made: list[tuple[str, int, str, Scores]] = []
    for (event, months, kind), issued in found.items():
        if not issued.came.sum():
            continue
        made.append((event, months, kind, issued.scores()))
        if event == "exit":
            made.append(
                (event, months, f"{kind}, no election due", issued.where(issued.scheduled == 0).scores())
            )
    order = {event: i for i, event in enumerate(EVENTS)}
    return sorted(made, key=lambda r: (order[r[0]], -r[1], r[2]))


def markdown(table: Iterable[tuple[str, int, str, Scores]]) -> str:
    """The table as it stands in docs/record.md."""
    lines = [
        "| event | months | countries | N / events | Brier skill against pooled rate | against own rate | log score | AUC / AP |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for event, months, kind, s in table:
        (low, high), (own_low, own_high) = s.pooled_interval, s.own_interval
        lines.append(
            f"| {event} | {months} | {kind} | {s.n:,} / {s.events} | {s.pooled:+.3f} ({low:+.3f}, {high:+.3f}) | "
            f"{s.own:+.3f} ({own_low:+.3f}, {own_high:+.3f}) | {s.log:.4f} | {s.auc:.3f} / {s.average_precision:.3f} |"
        )
    return "\n".join(lines)


GRID = tuple(Spread(slope, country) for slope in (0.05, 0.1, 0.2) for country in (0.05, 0.5, 0.8))


def choose(rows: Rows, years: Iterable[int] = range(1995, 2010)) -> dict[tuple[str, Spread], float]:
    """Log score of twelve months by event and spread, for years before those of the backtest."""
    years = list(years)
    made: dict[tuple[str, Spread], float] = {}
    for spread in GRID:
        found = backtest(rows, years, world({event: spread for event in SPREADS}))
        for event in ("exit", COUP, *CROWDS):
            made[event, spread] = found[event, 12, "all"].scores().log
    return made


def main(words: list[str] | None = None) -> None:
    """The command of the module."""
    import argparse
    from pathlib import Path

    from interrex.record.panels import read
    from interrex.record.rows import rows as make_rows

    parser = argparse.ArgumentParser(prog="python -m interrex.record.backtest", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--first", type=int, default=2010)
    parser.add_argument("--last", type=int, default=2025)
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--figure", type=Path)
    asked = parser.parse_args(words)
    rows = make_rows(read(asked.path))
    if asked.choose:
        for (event, spread), log in sorted(choose(rows).items(), key=lambda kv: (kv[0][0], -kv[1])):
            print(f"{event:14s} slope {spread.slope:.2f} country {spread.country:.2f}: {log:.4f}")
        return
    years = range(asked.first, asked.last + 1)
    found = backtest(rows, years)
    print(markdown(told(found)))
    if asked.rivals:
        from interrex.record.rivals import RIVALS

        for name, rival in RIVALS.items():
            print(f"\n{name}\n")
            print(markdown(told({k: v for k, v in backtest(rows, years, rival).items() if k[1] == 12})))
    if asked.figure:
        from interrex.record.reliability import draw

        draw(found, asked.figure)


if __name__ == "__main__":
    main()
