"""Reliability diagram: of the forecasts near a probability, how many came true?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interrex.record.backtest import Issued
from interrex.record.scores import calibration

TENTHS = tuple(i / 10 for i in range(11))
PANELS = {
    "exit of a ruler, all countries": ("exit", 12, "all"),
    "exit of a ruler, autocracies": ("exit", 12, "autocracy"),
    "coup attempt": ("coup_attempt", 12, "all"),
    "protest of 10,000": ("protest_10k", 12, "all"),
}


def draw(found: Mapping[tuple[str, int, str], Issued], path: Path) -> None:
    """Four diagrams for twelve months as one picture: forecasts by tenths, the share that came with its 90 % interval, and
    the number of forecasts."""
    from matplotlib.figure import Figure
    from scipy.special import betaincinv

    figure = Figure(figsize=(11, 3.2), layout="constrained")
    for axes, (title, key) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("forecast")
        axes.set_ylabel("share that came")
        if key not in found:
            continue
        issued = found[key]
        top = 0.0
        for b in calibration(issued.p, issued.came, TENTHS):
            if not b.n:
                continue
            low, high = (betaincinv(b.events + 0.5, b.n - b.events + 0.5, q) for q in (0.05, 0.95))
            top = max(top, high, b.mean)
            axes.plot([b.mean, b.mean], [low, high], color="#444", linewidth=1)
            axes.plot(b.mean, b.events / b.n, "o", color="#1f4e79", markersize=4)
            axes.annotate(f"{b.n:,}", (b.mean, high), fontsize=6, ha="center", va="bottom")
        axes.plot([0, top], [0, top], color="#999", linewidth=0.8, linestyle="--")
    figure.savefig(path, dpi=130)
