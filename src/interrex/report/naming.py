"""Words that several sections share: acts, moments and places as a reader knows them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from interrex.mechanisms.acts import BY_KIND
from interrex.report.numbers import iso_day, short_day
from interrex.report.read import Results


def act_words(act: str) -> str:
    """An act kind as a noun phrase."""
    return BY_KIND[act].words if act in BY_KIND else act.replace("_", " ")


def with_act_words(text: str) -> str:
    """A text of the case with a noun phrase in place of every act kind."""
    return re.sub(r"\b[a-z]+(?:_[a-z]+)*\b", lambda m: act_words(m[0]) if m[0] in BY_KIND else m[0], text)


def moment(text: str, day: date | None) -> str:
    """A time as the case gives it, in words; what the heading ``day`` already says is left out."""
    about, text = text.startswith("~"), text.removeprefix("~")
    parts: list[str] = []
    for n, part in enumerate(text.split("/")):
        stamp, _, hour = part.partition("T")
        if len(hour) == 2:
            hour += ":00"
        try:
            date_of = date.fromisoformat(stamp)
        except ValueError:
            parts.append(part)
            continue
        if day is None:
            words = iso_day(stamp)
        elif date_of == day:
            words = ""
        elif date_of == day + timedelta(days=1) and n and hour:
            words = "next day"
        else:
            words = short_day(date_of)
        parts.append(" ".join(filter(None, (words, hour))))
    if len(parts) == 2 and not parts[0]:
        return f"to {parts[1]}" if parts[1] else ""
    whole = " to ".join(dict.fromkeys(filter(None, parts)))
    return f"about {whole}" if about and whole else whole


def place_names(results: Results) -> dict[str, str]:
    """Names of regions and units by id, as far as the run stored them."""
    names: dict[str, str] = {}
    shapes, crowd = results.maybe("map"), results.maybe("crowd")
    if shapes is not None and shapes.has("unit", "unit_name"):
        names.update(zip(shapes.texts("unit"), shapes.texts("unit_name"), strict=True))
    if crowd is not None and crowd.has("region", "region_name"):
        names.update(zip(crowd.texts("region"), crowd.texts("region_name"), strict=True))
    return names
