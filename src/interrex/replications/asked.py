"""What a user may ask for: numbers, words and arrays by type, shape and range, or one RunError that says what is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from interrex.errors import RunError, shortened

SEEDS = 2**64 - 1
"""The largest seed."""

TICKS = 2_000_000_000
"""The largest number of a tick."""

WORKERS = 1024
"""As many threads may be asked for."""


def whole(name: str, value: object, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included; truth values and numbers with decimals are none."""
    found = _plain(value)
    if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
        raise RunError(f"{name} is {said(value)}", f"give one whole number, {low:,} to {high:,}")
    return found


def number(name: str, value: object, low: float, high: float) -> float:
    """One number from `low` to `high`, both included."""
    found = _plain(value)
    if not isinstance(found, (int, float)) or isinstance(found, bool) or not low <= found <= high:
        raise RunError(f"{name} is {said(value)}", f"give one number, {low:,g} to {high:,g}")
    return float(found)


def word(name: str, value: object, known: Sequence[str]) -> str:
    """One of the `known` words."""
    if not isinstance(value, str) or value not in known:
        raise RunError(f"there is no {name} {said(value)}", f"use one of {', '.join(known)}")
    return value


def kind(name: str, value: object, wanted: type, made_by: str) -> None:
    """RunError unless `value` is a `wanted`."""
    if not isinstance(value, wanted):
        raise RunError(f"{name} is {said(value)}", f"give the {wanted.__name__} that {made_by} makes")


def numbers(
    name: str, value: object, count: int, *, one_for_all: bool = False, truth: bool = False
) -> np.ndarray:
    """So many finite numbers, f8[count]; with `one_for_all` a single one will do, with `truth` truth values are 0 and 1."""
    try:
        values = np.asarray(value)
    except (ValueError, TypeError):  # rows of different lengths, say
        values = np.empty(0, object)
    kinds, shapes = "biuf" if truth else "iuf", [(), (count,)] if one_for_all else [(count,)]
    if values.dtype.kind not in kinds or values.shape not in shapes:
        wanted = f"{'one number, or ' if one_for_all else ''}one for each of {count:,}"
        raise RunError(f"{name} has shape {values.shape} and holds {values.dtype}", f"give {wanted}")
    values = values.astype(float)
    if not np.isfinite(values).all():
        raise RunError(
            f"the {name} of number {int(np.argmin(np.isfinite(values)))} is not finite", "give numbers"
        )
    return np.array(np.broadcast_to(values, (count,)))


def said(value: object) -> str:
    """A value as a message shows it."""
    try:
        return shortened(" ".join(repr(value).split()))
    except Exception:  # an object that cannot even be shown
        return f"a {type(value).__name__}"


def _plain(value: object) -> object:
    """A number of Python's own for one of numpy's or xarray's."""
    single = isinstance(value, np.generic) or getattr(value, "ndim", None) == 0
    return cast(np.generic, value).item() if single else value
