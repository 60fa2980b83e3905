"""Scores as lines, and whether they say more than another seed would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from interrex.scoring.blocks import Block
from interrex.scoring.issued import AHEAD, LARGE, Issue


class Spread(NamedTuple):
    """A score by several seeds: mean, and standard deviation between them (nan of one)."""

    mean: float
    sd: float

    @property
    def text(self) -> str:
        """In figures."""
        return f"{self.mean:.2f}" + (f" ± {self.sd:.2f}" if np.isfinite(self.sd) else "")


def spread(values: Sequence[float]) -> Spread:
    """Of the same score by each seed."""
    return Spread(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else float("nan"))


def against(what: str, model: Spread, null: float, name: str) -> str:
    """Whether the model did better than a null, in one sentence that says whether seeds differ by more."""
    gap = model.mean - null
    better = "better" if gap > 0.0 else "worse"
    said = f"{what}: {abs(gap):.2f} nats {better} than {name}"
    if not np.isfinite(model.sd):
        return f"{said}, by one seed; --seeds 5 says what that is worth."
    if abs(gap) < model.sd:
        return f"{said}, less than seeds differ by ({model.sd:.2f}): no difference."
    return f"{said}; seeds differ by {model.sd:.2f}."


def table(issues: Sequence[Sequence[Issue]], blocks: Sequence[Sequence[Block]], seeds: Sequence[int]) -> str:
    """The scores as lines. Issues by day and seed, blocks by block and seed."""
    lines = [
        "Log probability of what was observed of the next day (± between seeds); sampler: seeds that passed its own checks",
        f"{'as of':<12}{'next day':<24}{'model':>16}{'persistence':>13}{'climatology':>13}"
        f"{f'P({LARGE:,.0f}, {AHEAD} days)':>20}{'came':>9}{'sampler':>9}",
    ]
    lines += [_row(row) for row in issues]
    if issues:
        total = spread(
            [sum(column) for column in zip(*([i.model for i in row] for row in issues), strict=True)]
        )
        nulls = {n: sum(getattr(row[0], n) for row in issues) for n in ("persistence", "climatology")}
        lines.append(f"{'sum':<36}{total.text:>16}{nulls['persistence']:>13.2f}{nulls['climatology']:>13.2f}")
        lines += [against("The model", total, value, name) for name, value in nulls.items()]
        lines.append(
            "Only observed days are here. A day that was not watched is observed only if it had a crowd, so nulls that expect "
            "quiet days lose."
        )
    else:
        lines.append("No day was observed: nobody counted, and no coverage speaks for the silence.")
    lines += [
        "",
        "Left-out blocks, mean log density of a report: the model beside a source that knows nothing",
    ]
    for row in blocks:
        model, plain = (
            spread([float(np.mean([*b.model.values()])) for b in row]),
            float(np.mean([*row[0].uninformed.values()])),
        )
        label = f"{row[0].label} ({len(row[0].model)} reports)"
        lines.append(f"{label:<36}{model.text:>16}{plain:>13.2f}{_passed(row):>9}")
        lines.append("  " + against("without them the model is", model, plain, "that source"))
    failed = [
        f"{what}, seed {seed}: {one.failed}."
        for what, row in [(f"As of {r[0].as_of}", r) for r in issues] + [(r[0].label, r) for r in blocks]
        for seed, one in zip(seeds, row, strict=True)
        if one.failed
    ]
    return "\n".join([*lines, "", *failed] if failed else lines)


def _row(row: Sequence[Issue]) -> str:
    one = row[0]
    told = f"{one.reports} report{'s' * (one.reports != 1)}" if one.reports else "silence, watched"
    came = {True: "yes", False: "no", None: "unknown"}[one.came]
    return (
        f"{one.as_of.isoformat():<12}{told:<24}{spread([i.model for i in row]).text:>16}{one.persistence:>13.2f}"
        f"{one.climatology:>13.2f}{np.mean([i.large for i in row]):>20.3f}{came:>9}{_passed(row):>9}"
    )


def _passed(row: Sequence[Issue] | Sequence[Block]) -> str:
    """Of so many seeds how many passed the sampler's checks."""
    return f"{sum(not one.failed for one in row)} of {len(row)}"
