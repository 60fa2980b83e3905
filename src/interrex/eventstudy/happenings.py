"""Events: what happened when, and which names it met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from interrex.errors import CaseError, Problem, RunError
from interrex.eventstudy.calendar import Moment, moment
from interrex.eventstudy.cells import Frame


class Happening(NamedTuple):
    """An event: its label, its moment, and the moment for each name that meets it (None: every name, that moment)."""

    label: str
    when: Moment
    names: dict[str, Moment] | None = None

    def of(self, label: str) -> Moment | None:
        """When the name `label` (KAP, or KAP@LSE) meets the event; None if it does not."""
        if self.names is None:
            return self.when
        return self.names.get(label, self.names.get(label.split("@")[0]))


def happenings(event: object) -> list[Happening]:
    """The events asked for.

    event: a day or time; a list of them; a mapping from label to one; or a frame with columns when, and optionally
    instrument and label: rows of one label (the day unless given) are one event, which names may meet on days of
    their own.
    """
    if isinstance(event, pd.DataFrame):
        return _from_frame(event)
    if isinstance(event, Mapping):
        pairs = [(str(label), day) for label, day in event.items()]
    elif isinstance(event, Sequence) and not isinstance(event, str):
        pairs = [(str(day), day) for day in event]
    else:
        pairs = [(str(event), event)]
    if not pairs:
        raise RunError("no event is given", "give its day, 2022-01-05 say")
    if len({label for label, _ in pairs}) < len(pairs):
        raise RunError("an event is given twice", "give each once")
    return [Happening(label, moment(day)) for label, day in pairs]


def _from_frame(frame: Frame) -> list[Happening]:
    if "when" not in frame.columns:
        raise CaseError(
            "the table of events has no column when; it needs when, and may have instrument and label"
        )
    when = [str(day).removesuffix(" 00:00:00") for day in frame["when"]]
    label = (
        [str(one) or day for one, day in zip(frame["label"], when, strict=True)]
        if "label" in frame.columns
        else when
    )
    names = [str(one) for one in frame["instrument"]] if "instrument" in frame.columns else None
    if not when:
        raise CaseError("the table of events has no rows")
    found = [_moment(frame, row, one, None if names is None else names[row]) for row, one in enumerate(when)]
    out: list[Happening] = []
    for one in dict.fromkeys(label):
        rows = [row for row, other in enumerate(label) if other == one]
        moments = [found[row] for row in rows]
        if names is None:
            if len(rows) > 1:
                raise CaseError(f"the event {one} stands twice in the table; give each once")
            out.append(Happening(one, moments[0]))
        else:
            met = dict(zip([names[row] for row in rows], moments, strict=True))
            if len(met) < len(rows):
                raise CaseError(f"a name meets the event {one} twice; give each row its own label")
            out.append(Happening(one, min(moments, key=lambda at: at.day), met))
    return out


def _moment(frame: Frame, row: int, when: str, name: str | None) -> Moment:
    """The moment of a row of the table; what is wrong with it comes with its file and line."""
    try:
        if name == "":
            raise RunError("names no instrument", "name one, or leave the column out")
        return moment(when)
    except RunError as error:
        if "line" not in frame.columns:
            raise
        at = frame.iloc[row]
        raise CaseError(
            Problem(at["file"], int(at["line"]), 1, "when" if name != "" else "instrument", str(error))
        ) from None
