"""The report: one HTML file from a results tree.

The file asks nothing of the network, runs no script, reads without JavaScript and on paper, and has the same
bytes for the same tree and manifest. Everything that comes from a case is escaped by the template; links are
http(s) or point into the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from interrex.report.blocks import Filled, Section
from interrex.report.numbers import long_day, plain, safe_url, sentence
from interrex.report.read import Absent, Results
from interrex.store.files import write_bytes
from interrex.store.manifest import Manifest

if TYPE_CHECKING:
    import xarray

MOST_BYTES = 2_000_000
"""Largest report that still goes through a mail gateway; the tests hold the full case under it."""


def build(tree: xarray.DataTree, manifest: Manifest, sections: Sequence[Section]) -> bytes:
    """The report of a run as UTF-8 HTML.

    ``tree`` follows `interrex.results.schema`; a section whose topic the case did not ask is left out, and an empty group
    becomes a sentence that says why. ``sections`` are those of the topics, in order.
    ``manifest`` is the run's deterministic manifest (hashes, versions, seed, command), printed as it is."""
    results = Results(tree)
    html = (
        _environment()
        .get_template("report.html")
        .render(
            title=results.text("title") or results.text("case") or "interrex run",
            question=results.text("question"),
            as_of=_long(results.text("as_of")),
            version=results.text("version"),
            sketch=_sketch(results),
            withheld=results.intervals_withheld,
            sections=[_fill(section, results, manifest) for section in sections if _asked(section, results)],
            css=Markup(_asset("assets/report.css")),
        )
    )
    return html.encode("utf-8", errors="replace")


def write_report(
    tree: xarray.DataTree, manifest: Manifest, sections: Sequence[Section], path: Path | str
) -> Path:
    """Build the report and put it at ``path`` in one step, so that no half-written report is ever seen."""
    target = Path(path)
    write_bytes(target, build(tree, manifest, sections))
    return target


def _asked(section: Section, results: Results) -> bool:
    """Whether the tree has what the section tells of."""
    return not section.group or results.holds(section.group)


def _sketch(results: Results) -> str:
    """Why the report is only a sketch; '' where it is none."""
    if results.text("effort") == "quick":
        return "Run with effort “quick”: too few histories to rely on"
    if results.is_sketch:
        return "The sampler's own checks failed"
    return ""


def _fill(section: Section, results: Results, manifest: Manifest) -> Filled:
    try:
        return Filled(section, section.fill(results, manifest))
    except Absent as reason:
        return Filled(section, absent=str(reason))


def _long(day: str) -> str:
    try:
        return long_day(date.fromisoformat(day))
    except ValueError:
        return day


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _asset(f"templates/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["link"] = _link
    environment.filters["sentence"] = sentence
    environment.filters["named"] = _named
    return environment


def _finalize(value: object) -> object:
    """Every text that the template prints loses its control characters here, before it is escaped."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _link(href: str) -> str:
    """An address as it may stand in href: one of our own anchors or plain http(s); '' otherwise."""
    return href if href.startswith("#claim-") and href[7:].isdigit() else safe_url(href)


def _named(svg: Markup, words: str) -> Markup:
    """A picture with a name for who hears the page read out."""
    return Markup(
        str(svg).replace(' role="img"', str(Markup(' role="img" aria-label="{}"').format(plain(words))), 1)
    )


@cache
def _asset(name: str) -> str:
    return files("interrex.report").joinpath(name).read_text("utf-8")
