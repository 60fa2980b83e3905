"""What every mechanism file looks like.

A mechanism is one published idea in one file, always in the same order: module docstring with the reference,
`PARAMS` (each with prior, unit, source), scalar functions marked `@scalar`, and `MECHANISM`, which says which
slots of a tick the functions fill, what the mechanism reads and writes, and what it claims about itself.
Tests ask the claims; the engine composes the slots; nothing else is needed to add or replace one.

Scalar functions see only numbers and the named tuples of `state.py`, use the `exp`, `log` and `expit` of `maths.py`, and
name acts by their numbers in `acts.py`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol, TypeAlias, cast, overload

import numpy as np

from interrex.mechanisms.maths import exp_of


class Prior(NamedTuple):
    """A prior as a monotone map of a standard normal z (so every parameter is N(0,1) to the sampler).

    kind  value(z)                       a, b
    normal     a + b z                   mean, sd
    lognormal  exp(a + b z)              log median, log sd
    logit      1 / (1 + exp(-(a + b z))) mean and sd on the log-odds scale
    half       b |z| + a                 shift, scale (half-normal)
    """

    kind: str
    a: float
    b: float

    @overload
    def value(self, z: float) -> float: ...
    @overload
    def value(self, z: np.ndarray) -> np.ndarray: ...
    def value(self, z: float | np.ndarray) -> float | np.ndarray:
        """Parameter values for standard normal `z` (array or number)."""
        z = np.asarray(z, dtype=float)
        if self.kind == "normal":
            return self.a + self.b * z
        if self.kind == "lognormal":
            return exp_of(self.a + self.b * z)
        if self.kind == "logit":
            return 1.0 / (1.0 + exp_of(-(self.a + self.b * z)))
        if self.kind == "half":
            return self.a + self.b * np.abs(z)
        raise ValueError(f"unknown prior kind {self.kind!r}")

    def text(self) -> str:
        """The prior in words, for the report's table of assumptions."""
        if self.kind == "lognormal":
            return f"lognormal, median {np.exp(self.a):.3g}, log sd {self.b:g}"
        if self.kind == "logit":
            return (
                f"logit-normal, median {1 / (1 + np.exp(-self.a)):.3g}, sd {self.b:g} on the log-odds scale"
            )
        if self.kind == "half":
            return f"half-normal, scale {self.b:g}"
        return f"normal, mean {self.a:g}, sd {self.b:g}"


class Param(NamedTuple):
    """One parameter: its prior, its unit, where the prior comes from, and whether that is an assumption."""

    name: str
    prior: Prior
    unit: str
    source: str
    assumption: bool = True


class Theta(Protocol):
    """Parameters as functions get them, a named tuple of floats that is made for the mechanisms of a run."""

    _fields: tuple[str, ...]

    def __getattr__(self, name: str, /) -> float: ...
    def __iter__(self) -> Iterator[float]: ...
    def _replace(self, **changes: float) -> Theta: ...


def middle(params: tuple[Param, ...]) -> Theta:
    """The parameters at the middle of their priors, as functions get them: a named tuple `th`."""
    kind = namedtuple("Theta", [param.name for param in params])
    return cast(Theta, kind(*(float(param.prior.value(0.0)) for param in params)))


class Work(NamedTuple):
    """One published work: authors ('Family, I. & Family, I.', or a body), year ('' without), title, where it appeared,
    DOI ('' without)."""

    authors: str
    year: str
    title: str
    where: str
    doi: str = ""

    @property
    def key(self) -> str:
        """Short name: the first author's family, or the body's first word, and the year."""
        first = self.authors.split(",")[0] if "," in self.authors else self.authors.split()[0]
        return "".join(filter(str.isalnum, first)).lower() + self.year

    @property
    def text(self) -> str:
        """The work in one line."""
        year = f" ({self.year})" if self.year else ""
        return " ".join(f"{part.rstrip('.')}." for part in (self.authors + year, self.title, self.where) if part)


class Claim(NamedTuple):
    """Something a mechanism says about itself, true or false by its own functions; a test asks every one."""

    text: str
    check: Callable[[], bool]


Filling: TypeAlias = Callable[..., float | None]
"""A function marked `@scalar` that fills a slot; what it takes is in SLOTS."""


class Mechanism(NamedTuple):
    """A mechanism: `slots` maps slot names (see SLOTS) to scalar functions.

    `reads` and `writes` name what of the macro state they touch, arrays in small letters and national levels in
    capitals; they must be those of the functions (`engine.plan`). Without published `works`, `note` says where the idea
    is described.
    """

    name: str
    works: tuple[Work, ...]
    params: tuple[Param, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    slots: Mapping[str, Filling]
    claims: tuple[Claim, ...] = ()
    note: str = ""


SLOTS = {
    "mood": "mood(u, g, x, place, th): log-odds shared by the citizens of unit u and audience g; summed",
    "leaning": "leaning(grievance, risk_aversion, risk, th): a citizen's own log-odds, rising in grievance, falling in "
    "risk aversion and in risk; summed",
    "influence": "influence(near, far, th): log-odds added by active ties; 0 at (0, 0), never falling; summed",
    "leave": "leave(u, x, place, th): rate a day at which an active citizen goes home; summed",
    "arrest": "arrest(u, x, place, th): rate a day at which an active citizen is detained; summed",
    "violence": "violence(u, x, place, th): rate a day at which an active citizen turns violent; summed",
    "harm": "harm(u, x, place, th): deaths a day expected in unit u; summed",
    "update": "update(x, place, th, t, dt, hour): moves the macro state before citizens are drawn; in plan order",
    "on_act": "on_act(kind, level, x, place, th): what an act of this kind does to the macro state; in plan order",
}
"""The closed list of slots and how their functions are composed."""
