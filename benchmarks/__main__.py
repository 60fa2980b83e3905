"""Run the benchmarks and print their tables as Markdown: python -m benchmarks, from the clone.

--compare OLD NEW prints the ratios of two runs that were written with --json.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from benchmarks import machine, table

BENCHMARKS = ("startup", "evaluation", "crowd", "cascade", "epstein", "events")
"""Modules with `rows(quick)`, in the order of their tables."""

LIMITS = {
    "read": ("streamed from memory", "GB/s", 1e9),
    "gather_cached": ("bytes from random places of 1 MB", "million/s", 1e6),
    "gather_large": ("bytes from random places of 20 MB", "million/s", 1e6),
    "gather_huge": ("bytes from random places of 200 MB", "million/s", 1e6),
    "rows": ("64-byte rows from random places of 200 MB", "million/s", 1e6),
    "philox": ("Philox4x32-10 calls, four words each", "million/s", 1e6),
}
"""What the limits of the machine are called, their units and what a unit is."""


def main(arguments: list[str] | None = None) -> int:
    """Print what was asked for; 0, or 1 if a benchmark failed, or 2 for a file that cannot be compared."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="smaller sizes and fewer repeats: a few minutes in all"
    )
    parser.add_argument(
        "--only", action="append", metavar="NAME", choices=(*BENCHMARKS, "none"),
        help=f"one of {', '.join(BENCHMARKS)}; may be repeated; none: the machine alone, or peers alone",
    )  # fmt: skip
    parser.add_argument(
        "--peers", action="store_true", help="install and run other programs beside ours; slow"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures there")
    parser.add_argument(
        "--compare", nargs=2, type=Path, metavar=("OLD", "NEW"), help="ratios of two JSON files"
    )
    options = parser.parse_args(arguments)
    if options.compare:
        return _compare(*options.compare)
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    record: dict[str, Any] = {
        "format": 1, "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": machine.commit(), "quick": options.quick, "machine": machine.identity(),
        "limits": machine.limits(), "rows": [], "failed": [],
    }  # fmt: skip
    _print_machine(record)
    for name in options.only or BENCHMARKS:
        if name == "none":
            continue
        begun = time.perf_counter()
        print(f"\n## {name}\n", flush=True)
        try:
            rows = _rows_of(name, options.quick)
        except Exception:  # one broken benchmark must not cost the figures of the others
            traceback.print_exc()
            print(f"{name} failed; see above.", flush=True)
            record["failed"].append(name)
            continue
        if rows is None:
            print(f"There is no benchmark {name} here yet.")
            continue
        print(table.markdown(rows))
        print(f"\n{time.perf_counter() - begun:.0f} s.", flush=True)
        record["rows"] += [{"benchmark": name, **row} for row in rows]
    if options.peers:
        from benchmarks import peers

        record["peers"] = peers.run(options.quick)
    record["seconds"] = round(time.perf_counter() - started, 1)
    print(f"\nAll: {record['seconds']:.0f} s.")
    if options.json:
        options.json.write_text(json.dumps(record, indent=1, default=float) + "\n", encoding="utf-8")
    return 1 if record["failed"] else 0


def _rows_of(name: str, quick: bool) -> list[dict[str, Any]] | None:
    """Rows of a benchmark, None if the module is absent or measures nothing by that name."""
    try:
        module = importlib.import_module(f"benchmarks.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"benchmarks.{name}":
            raise
        return None
    return module.rows(quick) if hasattr(module, "rows") else None


def _print_machine(record: dict[str, Any]) -> None:
    about = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    print(
        f"{about['processor']}, {about['cores']} cores, {about['memory_gib']} GiB, {about['system']}, load "
        f"{about['load_before']} before. Python {about['python']}, {versions}. Commit {record['commit'] or 'unknown'}."
        " Figures are medians. A limit is what the machine's own limits, measured in this run, would allow.\n"
    )
    lines = []
    for name, (text, unit, scale) in LIMITS.items():
        rates = [rate / scale for rate in record["limits"][name]]
        lines.append([text, f"{table.number(rates[len(rates) // 2])} {unit}",
                      f"{table.number(rates[0])} to {table.number(rates[-1])}"])  # fmt: skip
    print(table.grid(("limit of the machine, one thread", "middle", "least to largest"), lines), flush=True)


def _compare(old: Path, new: Path) -> int:
    runs = []
    for path in (old, new):
        try:
            run = json.loads(path.read_text(encoding="utf-8"))
            known = run["format"] == 1 and isinstance(run["rows"], list) and isinstance(run["machine"], dict)
        except (OSError, ValueError, KeyError, TypeError):
            known = False
        if not known:
            print(f"{path}: is not a run written by python -m benchmarks --json", file=sys.stderr)
            return 2
        runs.append(run)
    print(table.comparison(*runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
