"""What a reading of panels found, as `interrex panels` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from interrex.record.panels.sheet import Frame
from interrex.record.tables import TABLES, Panels

FAULTS = 100
"""As many remarks of one kind are printed; all of them are in `Panels.remarks`."""

HEADS = {
    "found": "Found",
    "missing": "Missing, and what that costs",
    "mended": "Faults in rows, and what was done with them",
}


def text(panels: Panels) -> str:
    """Files and what they are, what is missing, faults, and the sizes of the tables."""
    return "\n".join(_lines(panels))


def _lines(panels: Panels) -> Iterator[str]:
    for level, head in HEADS.items():
        told = sorted(
            (r for r in panels.remarks if r.level == level),
            key=lambda r: level == "missing" and bool(r.place),
        )
        if told:
            yield f"{head} ({len(told)}):"
            yield from (f"  {remark}" for remark in told[:FAULTS])
            if len(told) > FAULTS:
                yield f"  ... and {len(told) - FAULTS} more"
    yield f"Tables (leaders known to {panels.last}):"
    for name in TABLES:
        table: Frame = getattr(panels, name)
        sources: dict[str, int] = dict(table["source"].value_counts()) if "source" in table else {}
        whose = ", ".join(f"{source} {count:,}" for source, count in sources.items())
        yield f"  {name:10} {len(table):>8,} rows" + (f"  {whose}" if whose else "")
