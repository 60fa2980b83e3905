"""The figure of an event study: cumulative abnormal returns, their intervals, and what other dates did."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from interrex.eventstudy.verdict import THRESHOLD

PANELS = 6
"""Up to so many pairs of name and event get a panel each; more are drawn together with their mean."""

THIN_LINES, NAMED = 60, 3
"""Up to so many pairs are drawn as lines of their own, and so many of those beyond ordinary days are named."""

INK, MUTED, FAINT = "#1d2733", "#6b7683", "#dfe3e8"
LINE, BAND = "#1f5f8b", "#bcd4e6"
STYLE = {
    "text.parse_math": False, "svg.hashsalt": "interrex", "svg.fonttype": "none", "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"], "font.size": 8, "axes.titlesize": 9, "axes.titlelocation": "left",
    "axes.titleweight": "bold", "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": MUTED,
    "axes.labelcolor": INK, "text.color": INK, "xtick.color": MUTED, "ytick.color": MUTED,
}  # fmt: skip


def draw(study: xr.Dataset, *files: Path) -> None:
    """Draw the study into files, one format each by suffix (.svg, .png, .pdf)."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)  # pyright: ignore[reportArgumentType, reportCallIssue]
        figure = _figure(study)
        for file in files:
            metadata = {"Date": None, "Creator": None} if file.suffix == ".svg" else {}
            figure.savefig(file, dpi=160, metadata=metadata)


def _figure(study: xr.Dataset) -> Figure:
    pairs = np.argwhere(np.isfinite(study["car"].values))
    days = study["day"].values
    if len(pairs) <= PANELS:
        across = min(3, len(pairs))
        down = -(-len(pairs) // across)
        figure = Figure(figsize=(max(4.2, 3.1 * across), 0.9 + 2.3 * down), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, (event, name) in zip(panels, pairs, strict=False):
            _pair(axes, study.isel(event=event, name=name), days)
        for axes in panels[len(pairs) :]:
            axes.set_axis_off()
    else:
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        FigureCanvasAgg(figure)
        panels = [figure.subplots()]
        _together(panels[0], study, days, len(pairs))
    for axes in panels:
        axes.set_xlabel("trading days from the event")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylabel("cumulative abnormal return, %")
    known = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        list(known.values()), list(known), loc="outside lower center", ncols=min(len(known), 2), frameon=False
    )
    return figure


def _pair(axes: Axes, pair: xr.Dataset, days: np.ndarray) -> None:
    level = f"{100 * pair.attrs['level']:g}"
    low, high = 100 * pair["ordinary_low"].values, 100 * pair["ordinary_high"].values
    if np.isfinite(low).any():
        axes.fill_between(days, low, high, color=FAINT, lw=0, label=f"{level} % of other dates")
    axes.axhline(0, color=MUTED, lw=0.6)
    if days[0] < 0:
        axes.axvline(-0.5, color=MUTED, lw=0.6, ls=":")
    path = 100 * pair["cumulative"].values
    spread = 100 * (pair["cumulative_high"].values - pair["cumulative_low"].values) / 2
    own = np.isfinite(pair["abnormal_return"].values)
    begun = np.isfinite(path)
    axes.plot(days[begun], path[begun], color=LINE, lw=1.4)
    axes.errorbar(
        days[own], path[own], spread[own], color=LINE, ecolor=BAND, elinewidth=2.5, ls="", marker="o", ms=3,
        label=f"cumulative abnormal return, {level} % interval",
    )  # fmt: skip
    silent = ~own
    if silent.any():
        height = np.where(begun, path, 0.0)[silent]
        axes.plot(days[silent], height, ls="", marker="x", ms=5, color=INK, label="no return on that day")
    title = str(pair["name"].item())
    axes.set_title(f"{title}  {100 * float(pair['car']):+.1f} %\n{pair['event'].item()}")


def _together(axes: Axes, study: xr.Dataset, days: np.ndarray, count: int) -> None:
    paths = 100 * study["cumulative"].values.reshape(-1, len(days))
    p = study["p_placebo"].values.ravel()
    names = [f"{name} {event}" if study.sizes["event"] > 1 else str(name)
             for event in study["event"].values for name in study["name"].values]  # fmt: skip
    low, high = 100 * study["mean_ordinary_low"].values, 100 * study["mean_ordinary_high"].values
    if np.isfinite(low).any():
        level = f"{100 * study.attrs['level']:g}"
        axes.fill_between(days, low, high, color=FAINT, lw=0, label=f"mean on {level} % of other dates")
    axes.axhline(0, color=MUTED, lw=0.6)
    shown = np.flatnonzero(np.isfinite(paths[:, -1]))
    if len(shown) <= THIN_LINES:
        axes.plot(days, paths[shown].T, color=MUTED, lw=0.4, alpha=0.6)
        beyond = [pair for pair in shown if p[pair] <= THRESHOLD]
        most = sorted(beyond, key=lambda pair: -abs(paths[pair, -1]))[:NAMED]
        apart = 0.05 * np.ptp(paths[shown])
        labels: list[tuple[float, str]] = []
        for at in sorted(most, key=lambda pair: paths[pair, -1]):
            height = float(paths[at, -1])
            if labels and height - labels[-1][0] < apart:  # two labels there would lie on each other
                labels[-1] = labels[-1][0], f"{labels[-1][1]}, {names[at]}"
            else:
                labels.append((height, names[at]))
        for height, label in labels:
            axes.annotate(label, (days[-1], height), (4, 0), textcoords="offset points", va="center", fontsize=7,
                          color=MUTED)  # fmt: skip
    else:
        spread = np.nanpercentile(paths[shown], [10, 90], axis=0)
        axes.fill_between(days, *spread, color=BAND, lw=0, alpha=0.6, label="middle 80 % of the pairs")
    mean = 100 * study["mean_cumulative"].values
    axes.plot(days, mean, color=LINE, lw=1.8, marker="o", ms=3, label="mean of the pairs")
    axes.set_title(f"{count} pairs of name and event: mean {mean[-1]:+.1f} %")
