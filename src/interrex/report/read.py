"""Reading a results tree for the report: whole groups or a plain reason why they are not there.

The one rule that every section obeys is kept here: where the diagnostics of a run failed, no interval leaves
the tree (`Results.intervals_withheld`), whatever the tree carries.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]


class Absent(Exception):
    """A section cannot be shown; the message tells the reader why."""


class Group:
    """One group of the tree. Text comes back as ``list[str]``, numbers as float arrays."""

    def __init__(self, name: str, dataset: xarray.Dataset):
        self.name = name
        self.dataset = dataset
        self.attrs: dict[str, Any] = dict(dataset.attrs)  # as xarray has them

    def has(self, *names: str) -> bool:
        """Whether the run stored all of these variables."""
        return all(name in self.dataset.variables for name in names)

    def numbers(self, name: str) -> Floats:
        """A variable as floats; Absent when the run did not store it."""
        self._need(name)
        return np.asarray(self.dataset[name].values, dtype=float)

    def some_numbers(self, name: str) -> Floats:
        """A variable as floats; Absent when it holds no finite number at all."""
        values = self.numbers(name)
        if not np.isfinite(values).any():
            raise Absent(f"This run stored no numbers in {self.name}/{name}.")
        return values

    def numbers_or_nan(self, name: str, like: str) -> Floats:
        """A variable as floats, or NaN in the shape of ``like`` when the run did not store it."""
        return self.numbers(name) if self.has(name) else np.full(self.dataset[like].shape, np.nan)

    def texts(self, name: str) -> list[str]:
        """A one-dimensional text variable, '' where nothing was stated; days as ISO text."""
        self._need(name)
        values = self.dataset[name].values.ravel()
        if values.dtype.kind == "M":
            values = np.datetime_as_string(values, unit="D")
        return [_text(value) for value in values.tolist()]

    def texts_or_blank(self, name: str, like: str) -> list[str]:
        """A text variable, or as many blanks as ``like`` has entries."""
        return self.texts(name) if self.has(name) else [""] * int(self.dataset[like].size)

    def number(self, name: str) -> float:
        """A variable without dimensions as a float; Absent when the run did not store it."""
        return float(self.numbers(name))

    def text(self, name: str) -> str:
        """A variable without dimensions as text; '' where nothing was stated."""
        return self.texts(name)[0]

    def attr(self, name: str, default: str = "") -> str:
        """An attribute of the group as text."""
        return _text(self.attrs.get(name, default))

    def _need(self, name: str) -> None:
        if name not in self.dataset.variables:
            raise Absent(f"This run stored no {self.name}/{name}.")


class Results:
    """The whole tree, plus what every section asks of it."""

    def __init__(self, tree: xarray.DataTree):
        self._tree = tree
        self.meta = self.group("meta") if "meta" in tree.children else None

    def holds(self, name: str) -> bool:
        """Whether the tree has the group, be it empty."""
        return name in self._tree.children

    def group(self, name: str, *needs: str) -> Group:
        """A group that has the variables ``needs``; raises Absent with the stored reason otherwise."""
        if name not in self._tree.children:
            raise Absent(f"This run did not compute the group “{name}”.")
        dataset = self._tree[name].to_dataset(inherit=False)  # pyright: ignore[reportCallIssue]
        reason = dataset.attrs.get("absent_because")
        if reason and not dataset.variables:
            raise Absent(_text(reason))
        group = Group(name, dataset)
        for need in needs:
            group._need(need)
        return group

    def maybe(self, name: str) -> Group | None:
        """The group, or None where it is missing or empty."""
        try:
            return self.group(name)
        except Absent:
            return None

    def text(self, name: str, default: str = "") -> str:
        """An attribute of /meta."""
        return self.meta.attr(name, default) if self.meta else default

    @property
    def intervals_withheld(self) -> str:
        """Why no interval may be printed; '' when they may."""
        diagnostics = self.maybe("diagnostics")
        if diagnostics is None:
            return "the run carries no diagnostics, so its intervals cannot be trusted"
        if _flag(diagnostics.attrs.get("passed", 0)):
            return ""
        return diagnostics.attr("reason") or "the diagnostics of the inference failed"

    @property
    def band_words(self) -> str:
        """What the bands of a figure show, for its caption."""
        return "median; intervals withheld" if self.intervals_withheld else "median, central 50 % and 90 %"

    @property
    def is_sketch(self) -> bool:
        """Whether the run itself says that it is only a sketch."""
        return _flag(self.meta.attrs.get("sketch", 0)) if self.meta else False

    @property
    def window_start(self) -> date | None:
        """The first simulated day."""
        try:
            return date.fromisoformat(self.text("window_start"))
        except ValueError:
            return None

    def day_of(self, days_since_start: SupportsFloat) -> date | None:
        """The calendar day that lies so many days after the start of the window."""
        start = self.window_start
        days = float(days_since_start)
        if start is None or not np.isfinite(days):
            return None
        return start + timedelta(days=int(np.floor(days)))

    def bounds(self, low: Floats, high: Floats, kept: Floats | None = None) -> tuple[Floats, Floats]:
        """Interval ends as they may be shown: when intervals are withheld NaN, except where `kept` is 1, since they rest on
        records alone."""
        if self.intervals_withheld:
            shown = np.zeros_like(low) if kept is None else kept
            return np.where(shown == 1, low, np.nan), np.where(shown == 1, high, np.nan)
        return low, high

    def bands(self, quantiles: Floats) -> Floats:
        """Quantiles along axis 0 with everything but the median NaN when intervals are withheld."""
        if not self.intervals_withheld:
            return quantiles
        shown = np.full_like(quantiles, np.nan)
        shown[quantiles.shape[0] // 2] = quantiles[quantiles.shape[0] // 2]
        return shown


def _flag(value: object) -> bool:
    return str(value).strip().lower() in {"1", "true", "1.0", "yes"}


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return value.decode() if isinstance(value, bytes) else str(value)
