"""One look for every figure, and matplotlib SVG made small, plain and reproducible.

No text is ever read as mathematics (a case may hold ``$``), no date or random id enters the file, coordinates
carry one decimal, and letters stay letters (searchable, small). Widths are in points at which the page shows
the figure, so font sizes are what the reader sees.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import matplotlib
import numpy as np
from markupsafe import Markup, escape
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.layout_engine import ConstrainedLayoutEngine

from interrex.report.numbers import plain
from interrex.report.read import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 7.1
"""Inches: the text width of an A4 page."""

INK = "#1d2733"
MUTED = "#6b7683"
FAINT = "#d7dce2"
MODEL = "#1f5f8b"
MODEL_BAND = "#bcd4e6"
MODEL_BAND_WIDE = "#e1ecf4"
BASE = "#8a8f98"
ACCENT = "#c2571a"
CHECK = "#c2571a"
SIDES = {
    "incumbent": "#1f5f8b",
    "street and opposition": "#c2571a",
    "old ruler and kin": "#7a5195",
    "patron and other states": "#2f7f6f",
    "security organs and elite": "#8a6d1b",
}
"""Colour of each side in the acts; told apart also by position and word, never by colour alone."""

SUPPORTS = {"elite": "#7a5195", "street": "#c2571a", "patron": "#2f7f6f", "force": "#5b6673"}

_STYLE = {
    "svg.hashsalt": "interrex",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.usetex": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.2,
    "path.simplify": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "figure.dpi": 72,
    "savefig.dpi": 72,
}


class Drawing:
    """A figure in the making; `svg` is filled when the ``with drawing(...)`` block ends."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self.svg = Markup("")


@contextmanager
def drawing(height: float, width: float = WIDTH) -> Generator[Drawing, None, None]:
    """A matplotlib figure of this size in inches, drawn and closed inside the report's style."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # glyphs that the layout font lacks are still written
        matplotlib.rcdefaults()
        for name, value in _STYLE.items():
            matplotlib.rcParams[name] = value  # pyright: ignore[reportArgumentType]
        canvas = Canvas(figsize=(width, height))
        FigureCanvasSVG(canvas)
        made = Drawing(canvas)
        yield made
        layout = ConstrainedLayoutEngine(w_pad=0.04, h_pad=0.04, wspace=0.02, hspace=0.03)
        layout.execute(canvas)  # matplotlib, given it, would draw every figure once more
        made.svg = _svg(canvas)


def _svg(canvas: Canvas) -> Markup:
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    buffer = io.StringIO()
    canvas.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    return Markup(_slim(buffer.getvalue()))


_DECIMALS = re.compile(r"-?\d+\.\d{2,}")
_FAMILY = re.compile(r"font-family: [^;\"]*; ?| transform=\"rotate\(-?0[^\"]*\)\"")


def _slim(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    # Groups are named axes_1, text_2, ... in every figure: useless, and not unique on the page.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)  # line joins: in the page's style sheet
    head, body = svg.split(">", 1)
    head = re.sub(r' (?:width|height|version|xmlns(?::\w+)?)="[^"]*"', "", head)
    body = _outside_text(body)
    return head + ' role="img" xmlns="http://www.w3.org/2000/svg">' + body


def _outside_text(body: str) -> str:
    """Round coordinates and shorten styles in tags only, never in what a text element says."""

    def tag(match: re.Match[str]) -> str:
        text = re.sub(r"\s+", " ", match.group())
        text = _DECIMALS.sub(lambda m: _round(m.group()), text)
        text = text.replace("xlink:href", "href")
        return _FAMILY.sub("", text)  # the page's own font; matplotlib laid out with a wider one

    return re.sub(r">\s+<", "><", re.sub(r"<[^>]*>", tag, body))


def _round(text: str) -> str:
    value = f"{float(text):.1f}" if abs(float(text)) >= 1 else f"{float(text):.2f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def label(text: str) -> str:
    """Text of a case for use in a figure: control characters gone, newlines as spaces."""
    return " ".join(plain(text).split())


def escaped(text: str) -> Markup:
    """Text of a case for SVG that is written by hand."""
    return escape(label(text))


def crowd_axis(axes: Axes, top: float) -> None:
    """A logarithmic axis of persons from 10 up, ticks written 10, 100, 1k, 10k."""
    axes.set_yscale("log")
    axes.set_ylim(10, max(top, 2000))
    ticks = [t for t in (10, 100, 1_000, 10_000, 100_000, 1_000_000) if t <= max(top, 2000)]
    axes.set_yticks(ticks, [f"{t:,}" if t < 1000 else f"{t // 1000}k" for t in ticks])
    axes.minorticks_off()
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def draw_band(axes: Axes, x: np.ndarray, band: Floats, floor: float = 1.0) -> None:
    """Median line over the central 50 % and 90 % bands; ``band`` is (5 quantiles, x)."""
    band = np.where(np.isfinite(band), np.maximum(band, floor), np.nan)
    if np.isfinite(band[0]).any():
        axes.fill_between(x, band[0], band[4], color=MODEL_BAND_WIDE, lw=0)
        axes.fill_between(x, band[1], band[3], color=MODEL_BAND, lw=0)
    axes.plot(x, band[2], color=MODEL, lw=1.4)
