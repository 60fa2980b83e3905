"""The risk of one ruler as text."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from interrex.record.crisis import Chance, Part
from interrex.record.questions import HORIZONS
from interrex.record.risk import Line, Risk

CLASSES = {"autocracy": "all autocracies", "all": "all countries"}
ROWS = {
    "exit": "leaves power", "exit_regular": "  by rule or of his own will", "exit_coup": "  by soldiers or his own circle",
    "exit_revolt": "  by rebels or a crowd", "exit_death": "  by death or illness", "exit_foreign": "  by a foreign power",
    "coup_attempt": "a coup attempt", "protest_10k": "a protest of 10,000", "protest_100k": "a protest of 100,000",
}  # fmt: skip


def percent(p: float) -> str:
    """A chance in per cent, with the digits that its size deserves; a dash for none."""
    if math.isnan(p):
        return "-"
    value = 100 * p
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else f"{value:.2f}"


def cell(line: Line) -> str:
    """Chance, interval and the two nulls: `3.1 (1.2-6.0) 4.0 | 2.9`."""
    return f"{percent(line.p)} ({percent(line.low)}-{percent(line.high)}) [{percent(line.pooled)} | {percent(line.own)}]"


def text(risk: Risk) -> str:
    """All that is said of one ruler, in per cent."""
    place = f"{risk.country}: " if risk.ccode >= 0 else ""
    lines = [
        f"{place}{risk.leader}, in power since {risk.since}; as of {risk.day}",
        f"Per cent (90 % interval) [{CLASSES[risk.kind]} | the country's own rate]; learned from the panels to {risk.fitted}.",
        "",
        f"{'within':32s}" + "".join(f"{f'{m} month' + 's' * (m > 1):32s}" for m in HORIZONS).rstrip(),
    ]
    for event, name in ROWS.items():
        found = [x for x in risk.lines if x.event == event]
        if found:
            lines.append((f"{name:32s}" + "".join(f"{cell(x):32s}" for x in found)).rstrip())
    lines += ["", "What moves the hazard of an exit within a year, against the mean of all rulers:"]
    lines += [f"  times {m.factor:.2f}  {m.what}" for m in risk.moved if m.known]
    if risk.unknown:
        lines += ["", f"Unknown, and counted as the mean: {', '.join(risk.unknown)}."]
    if risk.alike:
        lines += ["", "Most alike, on the first day of a year, and what became of them within twelve months:"]
        lines += [f"  {a.leader} ({a.country}, {a.day.year}): {a.fate or 'stayed'}" for a in risk.alike]
    return "\n".join(lines)


def days_row(horizons: Sequence[int]) -> str:
    """The head of a table by days."""
    return f"{'within':32s}" + "".join(f"{f'{h} days':28s}" for h in horizons).rstrip()


def _times(part: Part) -> str:
    """What a part multiplies the hazard by, with its interval."""
    return f"{math.exp(part.log_hazard):.2f} ({math.exp(part.low):.2f}-{math.exp(part.high):.2f})"


def crisis_text(chance: Chance) -> str:
    """What the crisis record says while people are on the street, in per cent, and what each part of it adds."""
    lines = [
        "While people are on the street: per cent (90 % interval) [all such crises on such a day], by the crisis record, learned "
        f"until {chance.until}.",
        "",
        days_row(chance.horizons),
    ]

    def cells(*columns: np.ndarray) -> str:
        told = (
            f"{percent(p)} ({percent(low)}-{percent(high)}) [{percent(pooled)}]"
            for p, low, high, pooled in zip(*columns, strict=True)
        )
        return "".join(f"{t:28s}" for t in told).rstrip()

    lines.append(f"{ROWS['exit']:32s}" + cells(*chance.any, chance.pooled_any[0]))
    for k, manner in enumerate(chance.manners):
        lines.append(
            f"{ROWS[f'exit_{manner}']:32s}"
            + cells(chance.p[k], chance.low[k], chance.high[k], chance.pooled[k])
        )
    lines += ["", "What moves it, against the mean day of such crises:"]
    for part in chance.parts:
        lines.append(f"  times {_times(part)}  {part.text} ({part.scope}): {part.shown}")
    return "\n".join([*lines, *(["", *chance.remarks] if chance.remarks else [])])
