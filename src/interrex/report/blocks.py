"""What a section is made of. Sections return these; the template alone knows HTML.

``var`` names the results variables behind what is shown ("outcomes/p"), so that every number can be traced.
All text is plain text: the template escapes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from markupsafe import Markup

if TYPE_CHECKING:
    from interrex.report.read import Results
    from interrex.store.manifest import Manifest


@dataclass(frozen=True)
class Span:
    """A run of text; ``look`` is one of the style sheet's classes (badge-fit, muted, strong, ...)."""

    text: str
    look: str = ""
    href: str = ""
    var: str = ""


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    template: ClassVar[str] = "prose"
    spans: tuple[Span, ...]
    look: str = ""


@dataclass(frozen=True)
class Cell:
    """A table cell: text or several spans; ``look`` gives alignment or heat colour."""

    content: str | tuple[Span, ...]
    look: str = ""
    var: str = ""

    @property
    def spans(self) -> tuple[Span, ...]:
        """What the cell holds, as spans."""
        return (Span(self.content),) if isinstance(self.content, str) else self.content


@dataclass(frozen=True)
class Row:
    """A row of cells, or the heading of a group of rows."""

    cells: tuple[Cell, ...]
    heading: bool = False
    """A heading row spans the table and starts a group of rows."""


@dataclass(frozen=True)
class Table:
    """A table; columns with blank titles have no header row."""

    template: ClassVar[str] = "table"
    columns: tuple[tuple[str, str], ...]
    """(title, look) of each column."""
    rows: Sequence[Row]
    caption: str = ""
    look: str = ""
    folded: str = ""
    """With a text here the table sits in a fold that opens by a click and is always open on paper."""


@dataclass(frozen=True)
class Figure:
    """A picture under a title that states the finding."""

    template: ClassVar[str] = "figure"
    title: str
    """States the finding."""
    svg: Markup
    caption: str
    var: str
    alt: str = ""


@dataclass(frozen=True)
class Callout:
    """A short text set apart: a verdict, a warning, a note."""

    template: ClassVar[str] = "callout"
    text: str
    look: str = "note"
    title: str = ""


@dataclass(frozen=True)
class Judgement:
    """One key judgement: likelihood in one sentence, confidence in another."""

    text: str
    word: str
    percent: str
    interval: str
    confidence: str
    section: str
    """Anchor of the section that shows where the number comes from; '' where none does."""
    share: float | None
    var: str = "judgements/probability"


@dataclass(frozen=True)
class Judgements:
    """The list of key judgements."""

    template: ClassVar[str] = "judgements"
    items: Sequence[Judgement]


Block = Prose | Table | Figure | Callout | Judgements


@dataclass(frozen=True)
class Section:
    """One section of the report: its anchor, its title and how to fill it.

    ``fill`` raises Absent when the run did not compute what the section shows."""

    id: str
    title: str
    fill: Callable[[Results, Manifest], list[Block]]
    lead: str = ""
    """One sentence on how to read it."""
    group: str = ""
    """The group of the results that it tells of; a tree without it gets no such section."""


@dataclass(frozen=True)
class Filled:
    """A section with its blocks, or the reason why it is absent."""

    section: Section
    blocks: list[Block] = field(default_factory=list[Block])
    absent: str = ""


def prose(text: str, look: str = "", var: str = "") -> Prose:
    """A paragraph of one look."""
    return Prose((Span(text, var=var),), look)


def number(text: str, var: str, look: str = "num") -> Cell:
    """A cell that holds a number, traceable to ``var``."""
    return Cell(text, look, var)
