"""A column of numbers as people write them: decimal commas, signs between thousands, words for nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from interrex.eventstudy.cells import Frame

NOTHING = frozenset(
    "nan null none nil na n/a #n/a #na n.a. n.d. nd nat <na> missing - -- – — . .. ... … #null! #div/0! #value! #ref! #name? "
    "#num!".split()
) | {"", "#n/a n/a"}
"""What stands in a cell without a number, in small letters."""

SPACES = (
    "[ \u00a0\u2009\u202f'\u2019]"  # between thousands: space, no-break, thin, narrow no-break, apostrophes
)
PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


class Numbers(NamedTuple):
    """values: float, NaN where there is none. nothing: bool, a word or sign for no number. strange: bool, cannot be
    read. said: how the column was read, where that is not as it stands, else ''."""

    values: np.ndarray
    nothing: np.ndarray
    strange: np.ndarray
    said: str


def numbers(text: Frame, separator: str = ",") -> Numbers:
    """Read a column of text. separator: of the columns of the file; a file parted by semicolons is likelier to have
    decimal commas."""
    text = text.str.strip()
    nothing = text.str.lower().isin(NOTHING).to_numpy()
    bare = text.mask(nothing, "nan")
    values = _floats(bare)
    if (nothing | np.isfinite(values)).all() and not _dots_part_thousands(bare):
        return Numbers(values, nothing, np.zeros(len(text), bool), "")
    tight = bare.str.replace(rf"(?<=\d){SPACES}(?=\d\d\d)", "", regex=True)
    commas, said = tight.str.contains(",", regex=False), ""
    if _dots_part_thousands(tight) or (commas.any() and _comma_is_decimal(tight, separator)):
        form, thousands = r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?", "."
        said = "commas are read as decimal signs, points as signs between thousands"
    elif commas.any():
        form, thousands = r"[+-]?\d{1,3}(?:,\d{3})*(?:\.\d*)?|" + PLAIN, ","
        said = "commas are read as signs between thousands"
    else:
        form, thousands = PLAIN, ""
    good = tight.str.fullmatch(form).to_numpy(bool)
    clean = (
        tight.str.replace(thousands, "", regex=False).str.replace(",", ".", regex=False)
        if thousands
        else tight
    )
    values = _floats(clean.where(good, "nan"))
    strange = ~nothing & ~np.isfinite(values)
    values = np.where(strange, np.nan, values)
    if said:
        changed = np.flatnonzero(good & ~strange & (tight != clean).to_numpy())
        said = f"{said}: {text.iloc[changed[0]]} is {values[changed[0]]:g}" if changed.size else ""
    return Numbers(values, nothing, strange, said)


def _floats(text: Frame) -> np.ndarray:
    found: Frame = pd.to_numeric(text, errors="coerce")
    return found.to_numpy(float)


def _comma_is_decimal(text: Frame, separator: str) -> bool:
    """Whether a column with commas has them before decimals, by the cells that can be read in one way only."""
    decimal = text.str.fullmatch(
        r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,})|(?:0|\d{4,}),\d+)"
    ).sum()
    parted = text.str.fullmatch(r"[+-]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d+\.\d+)").sum()
    if decimal == parted == 0:
        return separator == ";" and not text.str.fullmatch(r"\d+").any()
    return bool(decimal > parted)


def _dots_part_thousands(text: Frame) -> bool:
    """Whether points part thousands: 1.234.567, or 998 beside 1.003, three figures after every point and none small."""

    def fit(form: str) -> np.ndarray:
        return text.str.fullmatch(form).to_numpy(bool)

    parted = fit(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
    if not parted.any() or text.str.contains(",", regex=False).any():
        return False
    if text.str.count(r"\.").max() > 1:
        return bool((parted | fit(r"\d{1,3}|nan")).all())
    whole = fit(r"[1-9]\d\d")
    return bool(whole.any() and (fit(r"[1-9]\d?\.\d{3}|nan") | whole).all())
