"""Rows of figures, as a Markdown table, and the comparison of two runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

COLUMNS = ("work", "size", "middle", "least to largest", "goal", "limit", "reached", "note")
"""Headings of the table of a benchmark."""


def row(
    work: str,
    size: str,
    figures: Sequence[float],
    unit: str,
    goal: float | None = None,
    limit: float | None = None,
    note: str = "",
) -> dict[str, Any]:
    """One row of a benchmark.

    `figures` are the repeats, in `unit`; their median counts. Units that end in "/s" and "x" (a ratio) are better
    large, all others better small. `goal` and `limit` (what the machine's own limits would allow) have the same unit.
    """
    middle = float(np.median(figures))
    fraction = None
    if limit:
        fraction = middle / limit if large_is_good(unit) else limit / middle
    return {
        "work": work, "size": size, "figure": middle, "unit": unit, "goal": goal, "limit": limit,
        "fraction": fraction, "spread": [float(min(figures)), float(max(figures))], "note": note,
    }  # fmt: skip


def large_is_good(unit: str) -> bool:
    """Whether more is better: rates and ratios; times, bytes and slopes are better small."""
    return unit.endswith("/s") or unit.startswith("x")


def number(value: Any) -> str:
    """A figure with three digits; a text as it is; nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Table of rows."""
    lines = []
    for r in rows:
        goal = number(r.get("goal"))
        figure, wanted, unit = r["figure"], r.get("goal"), r["unit"]
        if isinstance(wanted, (int, float)) and isinstance(figure, (int, float)):
            met = figure >= wanted if large_is_good(unit) else figure <= wanted
            goal += ", met" if met else ", **not met**"
        spread = r.get("spread")
        fraction = r.get("fraction")
        lines.append([
            r["work"], number(r["size"]), f"{number(figure)} {unit}",
            spread if isinstance(spread, str) else " to ".join(number(s) for s in _ends(r) or ()),
            goal, number(r.get("limit")), fraction if isinstance(fraction, str) or fraction is None else f"{fraction:.0%}",
            r.get("note") or "",
        ])  # fmt: skip
    return grid(COLUMNS, lines)


def grid(headings: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    cells = [
        [str("" if c is None else c).replace("|", "\\|").replace("\n", " ") for c in line] for line in lines
    ]
    return "\n".join(
        "| " + " | ".join(line) + " |" for line in [list(headings), ["---"] * len(headings), *cells]
    )


def comparison(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Ratios of the figures of two runs (as written by --json), row by row, with what makes them doubtful."""
    said = [f"Old: {_title(old)}", f"New: {_title(new)}", ""]
    for name in ("processor", "cores", "system", "python", "versions"):
        before, after = old["machine"].get(name), new["machine"].get(name)
        if before != after:
            said.append(
                f"The machine differs: {name} was {_short(before, after)}, is {_short(after, before)}."
            )
    if old.get("quick") != new.get("quick"):
        said.append("One run was --quick and the other not: sizes and repeats differ.")
    lines = []
    earlier = {_name(r): r for r in old["rows"]}
    for r in new["rows"]:
        before = earlier.pop(_name(r), None)
        if before is None:
            lines.append([*_name(r)[:3], "", f"{number(r['figure'])} {r['unit']}", "", "new"])
            continue
        lines.append([
            *_name(r)[:3], f"{number(before['figure'])} {r['unit']}", f"{number(r['figure'])} {r['unit']}",
            *_verdict(before, r),
        ])  # fmt: skip
    lines += [
        [*name[:3], f"{number(r['figure'])} {r['unit']}", "", "", "gone"] for name, r in earlier.items()
    ]
    return "\n".join([*said, "", grid(("benchmark", "work", "size", "old", "new", "new / old", ""), lines)])


def _verdict(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Ratio, and whether it is more than noise."""
    one, other = before["figure"], after["figure"]
    if not (isinstance(one, (int, float)) and isinstance(other, (int, float)) and one):
        return ["", "not numbers"]
    ends, others = _ends(before), _ends(after)
    if not ends or not others:
        verdict = "spread unknown"
    elif ends[0] <= others[-1] and others[0] <= ends[-1]:
        verdict = "inside the spread"
    else:
        verdict = "better" if (other > one) == large_is_good(after["unit"]) else "**worse**"
    return [f"{other / one:.2f}", verdict]


def _ends(r: dict[str, Any]) -> list[float] | None:
    """Least and largest of the repeats, if the row knows them."""
    spread = r.get("spread")
    if isinstance(spread, (list, tuple)) and len(spread) >= 2:
        return [float(min(spread)), float(max(spread))]
    return None


def _name(r: dict[str, Any]) -> tuple[str, str, str, str]:
    return str(r.get("benchmark", "")), str(r["work"]), number(r["size"]), str(r["unit"])


def _title(run: dict[str, Any]) -> str:
    return (
        f"commit {run.get('commit') or 'unknown'}, {run.get('when', '')}, {run['machine'].get('processor')}"
    )


def _short(value: Any, other: Any) -> str:
    if isinstance(value, dict) and isinstance(other, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items() if other.get(k) != v) or "without these"
    return str(value)
