"""What a newcomer and a hostile file cost before anything is computed: --help, check, and refusals.

    python -m benchmarks --only startup          # from the root of the repository

Seconds are on the clock, so a busy machine gives larger figures.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import table
from interrex.case import check_case
from interrex.case.template import write_template

HOSTILE = {
    "lists within lists": "[" * 500_000,
    "one number": "interrex: " + "9" * 400_000 + "\n",
    "many values": "a: [" + "1," * 250_000 + "]\n",
}
"""Files of up to a megabyte that check refuses."""


def rows(quick: bool) -> list[dict[str, Any]]:
    """One row for --help, for the template, and for each hostile file."""
    repeats = 3 if quick else 9
    with tempfile.TemporaryDirectory() as home:
        toy = write_template("toy", Path(home) / "toy")
        found = [
            _row("interrex --help", "a process", _help, repeats, 0.3),
            _row("check", "the template", lambda: check_case(toy), repeats, 0.3),
        ]
        for name, text in HOSTILE.items():
            (toy / "case.yaml").write_text(text, encoding="utf-8")
            found.append(_row("check, refused", name, lambda: _refused(toy), repeats, 2.0))
    return found


def _row(work: str, size: str, do: Callable[[], object], repeats: int, goal: float) -> dict[str, Any]:
    figures = []
    for _ in range(repeats):
        begun = time.perf_counter()
        do()
        figures.append(time.perf_counter() - begun)
    return table.row(work, size, figures, "s", goal)


def _help() -> None:
    subprocess.run([sys.executable, "-m", "interrex.cli", "--help"], check=True, capture_output=True)


def _refused(folder: Path) -> None:
    if check_case(folder).case is not None:
        raise AssertionError("the hostile file was not refused")
