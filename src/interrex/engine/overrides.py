"""What is otherwise in a history than its luck and the mechanisms would have it, from a tick on.

An override is an argument of `replay`, named by a parameter or by a piece of the macro state, and the only way in which
anything outside the engine changes either. A parameter that only the start of a history reads can be overridden from
tick 0 alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from types import EllipsisType
from typing import TypeVar

import numpy as np

from interrex.errors import RunError
from interrex.mechanisms.contract import Theta
from interrex.mechanisms.state import Macro

AT_THE_START = ("old_start", "shock_sd", "shock_memory", "shock_nation")
"""Parameters that make the first macro state and the common shocks, and are read no more."""


Value = TypeVar("Value", float, np.ndarray)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a mechanism is multiplied by `factor`, or set to `value`, from tick `start` to the end."""

    name: str
    start: int
    factor: float = 1.0
    value: float | None = None


@dataclass(frozen=True)
class State:
    """A piece of the macro state is multiplied by `factor`, or set to `value`, at the beginning of tick `start`; with
    `held`, which needs a value, at the beginning of every tick from it on. `where` is a mask or an index of the field:
    units, audiences, or one of the national levels; all by default."""

    field: str
    start: int
    where: np.ndarray | int | EllipsisType = ...
    factor: float = 1.0
    value: float | None = None
    held: bool = False


Override = Parameter | State


def check(overrides: Sequence[Override], parameters: Sequence[str]) -> None:
    """RunError for an override of what a history does not have, or that would change nothing."""
    for o in overrides:
        known = parameters if isinstance(o, Parameter) else Macro._fields
        name = o.name if isinstance(o, Parameter) else o.field
        if name not in known:
            what = "parameter" if isinstance(o, Parameter) else "field of the macro state"
            raise RunError(f"there is no {what} {name!r} to override", f"use one of {', '.join(known)}")
        if o.start < 0:
            raise RunError(f"{name} cannot be overridden from tick {o.start} on", "ticks begin with 0")
        if isinstance(o, Parameter) and o.start > 0 and name in AT_THE_START:
            raise RunError(
                f"{name} is read at the start of a history and cannot be overridden from tick {o.start} on",
                "override it from tick 0, or the state that it makes",
            )
        if isinstance(o, State) and o.held and o.value is None:
            raise RunError(f"{name} cannot be multiplied in every tick", "give the value at which it is held")


def described(o: Override) -> bytes:
    """What tells an override from every other, for hashes."""
    parts = [type(o).__name__, *(getattr(o, field.name) for field in fields(o))]
    return b"\0".join(p.tobytes() if isinstance(p, np.ndarray) else repr(p).encode() for p in parts)


def theta_at(theta: Theta, tick: int, overrides: Sequence[Override]) -> Theta:
    """The parameters (a generated named tuple) that hold in a tick."""
    for o in overrides:
        if isinstance(o, Parameter) and o.start <= tick:
            changed = {o.name: _changed(getattr(theta, o.name), o)}
            theta = theta._replace(**changed)  # pyright: ignore[reportPrivateUsage] - every named tuple's
    return theta


def breaks(overrides: Sequence[Override], first: int, end: int) -> list[int]:
    """Ticks after `first` and before `end` at which a stretch has to begin anew, in order."""
    ticks = {o.start for o in overrides}
    held = [o.start for o in overrides if isinstance(o, State) and o.held]
    if held:
        ticks |= set(range(min(held), end))
    return sorted(t for t in ticks if first < t < end)


def apply(overrides: Sequence[Override], tick: int, x: Macro) -> None:
    """Set what is overridden of the macro state at the beginning of a tick."""
    for o in overrides:
        if isinstance(o, State) and (o.start == tick or (o.held and o.start < tick)):
            field = getattr(x, o.field)
            field[o.where] = _changed(field[o.where], o)


def _changed(value: Value, o: Override) -> Value | float:
    return o.factor * value if o.value is None else o.value
