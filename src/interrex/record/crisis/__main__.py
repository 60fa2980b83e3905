"""`python -m interrex.record.crisis PANELS [--crises FILE] [--out FILE]`: fit the crisis record and print what it learned."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interrex.errors import EXIT_STATUS, InterrexError
from interrex.record.crisis.chance import Json
from interrex.record.crisis.listed import refuse
from interrex.record.crisis.state import OFFERED
from interrex.record.crisis.summary import fit_crises, to_bytes
from interrex.record.panels import read
from interrex.record.pooling import CRISIS, WORLD
from interrex.record.tables import AUTOCRACY


def tables(summary: Json) -> Iterator[str]:
    """The summary as Markdown, line by line."""
    c = summary["class"]
    yield (
        f"{c['looks']:,} looks at {c['waves']:,} waves in {c['countries']} countries with electoral democracy below "
        f"{c['polyarchy_below']:g}, {c['first_day']} to {c['last_day']}; leaders to {summary['panels_to']}."
    )
    yield from _table(
        ("exits within", *next(iter(summary["exits"].values()))),
        ((f"{h} days", *e.values()) for h, e in summary["exits"].items()),
    )
    fitted = summary["fit"]
    k = len(fitted["level"]) * len(fitted["level"][0])
    about = {f["feature"]: f for f in fitted["features"]}
    yield "Features kept, in order; the weight is for one standard deviation, with its standard error; gain in nats."
    gains = {(g["feature"], g["scope"]): g for g in summary["chosen"]}
    yield from _table(
        ("feature", "moves", "weight", "for", "hazard times", "gain"),
        (
            (
                about[t["feature"]]["text"], t["scope"], f"{t['weight']:+.2f} ({fitted['cov'][k + j][k + j] ** 0.5:.2f})",
                about[t["feature"]]["unit"], _times(t["weight"], about[t["feature"]]),
                _nats(gains.get((t["feature"], t["scope"]))),
            )
            for j, t in enumerate(fitted["terms"])
        ),
    )  # fmt: skip
    yield "Losers: what each would add to the features kept, nats with standard error."
    yield from _table(
        ("feature", "moves", "gain"), ((g["feature"], g["scope"], _nats(g)) for g in summary["losers"])
    )
    yield "Other sources, with a level of their own."
    yield from _table(
        ("source", "looks", "gain", "used"),
        ((f, g["rows"], _nats(g), g["used"]) for f, g in summary["sources"].items()),
    )
    for name, targets in summary["scores"].items():
        yield f"Scores of the {name}, against the pooled hazard; 90 % intervals over countries."
        yield from _table(
            ("leaves", "within", "looks", "exits", "rate", "mean forecast", "Brier skill", "log score gained, nats", "AUC"),
            (
                (t, f"{h} days", s["rows"], s["exits"], f"{s['rate']:.3f}", f"{s['mean_p']:.3f}",
                 _interval(s["brier_skill"], s["brier_interval"], 3), _interval(s["log_gain"], s["log_interval"], 4),
                 "-" if s["auc"] is None else f"{s['auc']:.2f}")
                for t, by_horizon in targets.items() for h, s in by_horizon.items()
            ),
        )  # fmt: skip
    yield (
        "Weights of the two records together, learned on forecasts that both made of the same days; 90 % intervals over "
        "countries. Log scores in nats a forecast; the pool's is with weights from the other countries; its gain is on the better "
        "record alone."
    )
    yield from _table(
        ("within", "looks", "exits", "countries", *(f"weight, {n}" for n in (WORLD, CRISIS)),
         *(f"log score, {n}" for n in (WORLD, CRISIS, "pool", "pooled hazard")), "gain of the pool"),
        (
            (f"{h} days", t["rows"], t["exits"], t["countries"],
             *(f"{t['weights'][n]:.2f} ({low:.2f}, {high:.2f})" for n in (WORLD, CRISIS)
               for low, high in [sorted(end[n] for end in t["ends"])]),
             *(f"{t['log'][n]:.4f}" for n in (WORLD, CRISIS, "pool", "null")),
             _interval(t["gain"][0], t["gain"][1:], 4))
            for h, t in summary["together"].items()
        ),
    )  # fmt: skip
    yield f"Fits for days from {min(summary['fits'])} on, one a year, and the one above for days from {summary['seen_to']} on."
    yield "Terms chosen at the start of each era: " + "; ".join(
        f"{era}: {', '.join(f'{f} ({s})' for f, s in terms) or 'none'}"
        for era, terms in summary["terms_in_time"].items()
    )
    yield "Power: the ratio of hazards that would be seen with 80 % power (two-sided 5 %), for a yes or one standard deviation."
    yield from _table(
        ("feature", "moves", "exits counted", "standard error", "ratio seen"),
        (
            (p["feature"], p["scope"], f"{p['exits']:.0f}", f"{p['error']:.2f}", f"{p['ratio']:.2f}")
            for p in summary["power"]
        ),
    )
    yield "Left out: " + "; ".join(summary["left_out"].values()) + "."


def _times(weight: float, feature: Json) -> str:
    """What one unit of the feature multiplies the hazard by."""
    return f"{2.718281828459045 ** (weight / feature['sd']):.2f}"


def _nats(gain: Json | None) -> str:
    return "-" if gain is None else f"{gain['gain']:+.2f} ({gain['error']:.2f})"


def _interval(value: float | None, bounds: list[float | None], digits: int) -> str:
    if value is None or bounds[0] is None:
        return "-"
    return f"{value:+.{digits}f} ({bounds[0]:+.{digits}f}, {bounds[1]:+.{digits}f})"


def _table(head: tuple[str, ...], body: Any) -> Iterator[str]:
    yield ""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for cells in body:
        yield (
            "| "
            + " | ".join(
                f"{c:,}" if isinstance(c, int) and not isinstance(c, bool) else str(c) for c in cells
            )
            + " |"
        )
    yield ""


def main(words: list[str] | None = None) -> int:
    """Fit and print; exit status 2 after an error."""
    asked = argparse.ArgumentParser(prog="python -m interrex.record.crisis", description=__doc__)
    asked.add_argument("panels", type=Path, help="folder of panels")
    asked.add_argument("--crises", type=Path, help="list of crises in the format of crises.csv")
    asked.add_argument("--feature", action="append", help="offer this feature alone; may be repeated")
    asked.add_argument(
        "--polyarchy", type=float, default=AUTOCRACY, help="countries below this value of electoral democracy"
    )
    asked.add_argument("--out", type=Path, help="write the summary as JSON")
    given = asked.parse_args(words)
    try:
        features = refuse(tuple(given.feature or OFFERED))
        summary = fit_crises(read(given.panels), given.crises, features, given.polyarchy)
    except InterrexError as error:
        print(error, file=sys.stderr)
        return EXIT_STATUS
    if given.out:
        given.out.write_bytes(to_bytes(summary))
    print("\n".join(tables(summary)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
