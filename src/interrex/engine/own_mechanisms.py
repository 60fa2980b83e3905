"""Mechanisms of the user's own: read from a Python file, and tried on a small country before a run begins.

What a mechanism may do is in `mechanisms/contract.py`, how to write one in docs/mechanisms.md. Here each function is
called with made-up numbers, so that a mistake is one sentence at the start and not a stack of messages of the
compiler minutes later. The exact sampler rests on the signs that SLOTS promises, so these are tried too: a rule
that broke them would give a wrong crowd without a word.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import itertools
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError

from interrex.engine.plan import of_mechanism
from interrex.errors import RunError
from interrex.mechanisms import MechanismSet, all_mechanisms
from interrex.mechanisms.contract import SLOTS, Filling, Mechanism, Param, Theta, Work
from interrex.mechanisms.state import small_country

PAGE = "docs/mechanisms.md shows one that works"

POINTS = (-1.0, 0.0, 1.0)
"""Parameters are tried at their medians and at one standard deviation to either side."""

RATES = ("leave", "arrest", "violence", "harm")
"""Slots whose numbers are rates, hence not negative."""


def from_file(path: str | Path) -> MechanismSet:
    """The mechanisms of a Python file, which is executed: MECHANISM, which takes the place of the shipped one of its
    name or comes after all of them, or MECHANISMS, the whole set. RunError tells what is wrong, and where."""
    path = Path(path)
    if not path.is_file():
        raise RunError(
            f"there is no file {path}", "name a Python file that defines MECHANISM = Mechanism(...)"
        )
    name = f"interrex_own_{path.stem}"  # no file may take the place of a module that others import
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RunError(f"{path} is not a Python file", "give it a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise RunError(f"{_place(error, path)}: {type(error).__name__}: {error}", PAGE) from error
    if hasattr(module, "MECHANISMS"):
        chosen = MechanismSet(_each(module.MECHANISMS, f"{path}: MECHANISMS"))
    elif hasattr(module, "MECHANISM"):
        (own,) = _each((module.MECHANISM,), f"{path}: MECHANISM")
        known = {m.name for m in all_mechanisms()}
        chosen = all_mechanisms()
        chosen = chosen.replace(**{own.name: own}) if own.name in known else chosen.with_added(own)
    else:
        raise RunError(f"{path} defines no MECHANISM", f"end it with MECHANISM = Mechanism(...); {PAGE}")
    return chosen


def check(chosen: Iterable[object]) -> None:
    """Try the mechanisms of `chosen` that do not ship with interrex; RunError at the first mistake."""
    shipped = all_mechanisms()
    every = _each(chosen, "mechanisms")
    own = [m for m in every if not any(m is other for other in shipped)]
    if not own:
        return
    _check_parameters(own, every)
    theta = _theta(every)
    for mechanism in own:
        for slot, function in mechanism.slots.items():
            _check_signature(mechanism, slot, function)
            for th in theta:
                _try(mechanism, slot, function, th)
        _check_wiring(mechanism)
        for claim in mechanism.claims:
            where = f"mechanism {mechanism.name} claims: {claim.text}"
            if not _Asked(claim.check, where, mechanism)():
                raise RunError(f"{where}; it does not hold", "correct the one or the other")


def _check_wiring(mechanism: Mechanism) -> None:
    """What a mechanism says that it reads and writes is what its functions do: the plan of a tick rests on it."""
    found = of_mechanism(mechanism)
    for word, declared, really in (("reads", mechanism.reads, found.reads), ("writes", mechanism.writes, found.writes)):
        missing, idle = sorted(really - {*declared}), sorted({*declared} - really)
        if missing or idle:
            told = [f"does not say that it {word} {', '.join(missing)}"] if missing else []
            told += [f"says that it {word} {', '.join(idle)} and does not"] if idle else []
            raise RunError(
                f"mechanism {mechanism.name} {' and '.join(told)}",
                f"write {word}=({''.join(f'{name!r}, ' for name in sorted(really)).rstrip()})",
            )


def _each(things: Iterable[object], where: str) -> list[Mechanism]:
    found: list[Mechanism] = []
    for thing in things:
        if not isinstance(thing, Mechanism):
            raise RunError(f"{where} holds a {type(thing).__name__}, not a Mechanism", PAGE)
        for param in thing.params:
            if not isinstance(param, Param):
                raise RunError(
                    f"mechanism {thing.name}: {param!r} among its params is not a Param",
                    'write Param("name", Prior("normal", 0.0, 1.0), "unit", "source")',
                )
        for work in thing.works if isinstance(thing.works, tuple) else (thing.works,):
            if not isinstance(work, Work):
                raise RunError(
                    f"mechanism {thing.name}: {work!r} among its works is not a Work",
                    'write works=(Work("Family, I.", "2007", "title", "where it appeared", "doi"),), or () and a note',
                )
        found.append(thing)
    return found


def _check_parameters(own: list[Mechanism], chosen: Sequence[Mechanism]) -> None:
    """A parameter may go with the mechanism that had it, unless something that stays reads it."""
    have = {param.name for mechanism in chosen for param in mechanism.params}
    staying = {module for m in chosen if m not in own for module in _modules(m)}
    readers = [Path(file).read_text(encoding="utf-8") for file in sorted(staying)]
    readers += [file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("*.py"))]
    read = {name for text in readers for name in re.findall(r"\bth\.([a-z_]\w*)", text)}
    for mechanism in all_mechanisms():
        for param in mechanism.params:
            if param.name not in have and param.name in read:
                raise RunError(
                    f"no mechanism has the parameter {param.name!r} any more, which others read",
                    f"keep the Param {param.name!r} of the shipped {mechanism.name}",
                )


def _modules(mechanism: Mechanism) -> Iterator[str]:
    for function in mechanism.slots.values():
        yield inspect.getfile(getattr(function, "py_func", function))


def _theta(chosen: Sequence[Mechanism]) -> list[Theta]:
    """Parameters at POINTS, all at once, as the kernels get them: a named tuple of floats."""
    params = {param.name: param for mechanism in chosen for param in mechanism.params}
    kind = _kind(tuple(params))
    return [kind(*(float(param.prior.value(z)) for param in params.values())) for z in POINTS]


@functools.cache
def _kind(names: tuple[str, ...]) -> Callable[..., Theta]:
    """One type for one list of names: another would have every function compiled again."""
    return NamedTuple("Theta", [(name, float) for name in names])  # pyright: ignore


def _check_signature(mechanism: Mechanism, slot: str, function: Filling) -> None:
    if slot not in (*SLOTS, "join_rate"):
        raise RunError(
            f"mechanism {mechanism.name} fills an unknown slot {slot!r}",
            f"use {', '.join((*SLOTS, 'join_rate'))}",
        )
    if not isinstance(function, Dispatcher):
        raise RunError(
            f"mechanism {mechanism.name}: the function in slot {slot!r} is not compiled",
            "write @scalar above it (from interrex.mechanisms.maths import scalar)",
        )
    wanted = _signature(slot)
    found = list(inspect.signature(function.py_func).parameters)
    if found != wanted:
        raise RunError(
            f"{_line(function)}: the function in slot {slot!r} takes ({', '.join(found)})",
            f"write ({', '.join(wanted)}), in this order",
        )


def _signature(slot: str) -> list[str]:
    if slot == "join_rate":
        return ["u"]
    text = SLOTS[slot]
    return text[text.index("(") + 1 : text.index(")")].split(", ")


def _try(mechanism: Mechanism, slot: str, function: Filling, th: Theta) -> None:
    """Call the function in the state of `small_country` and, where SLOTS promises signs, over a grid."""
    place, x = small_country()
    state = {
        "u": 0,
        "g": 0,
        "x": x,
        "place": place,
        "th": th,
        "kind": 0,
        "level": 1.0,
        "t": 4,
        "dt": 0.25,
        "hour": 1.0,
    }
    where = f"{_line(function)}: {slot} of mechanism {mechanism.name}"
    ask = _Asked(function, where, mechanism)
    if slot in ("update", "on_act"):
        ask(*(state[name] for name in _signature(slot)))
        for name, array in x._asdict().items():
            if not np.isfinite(array).all():
                raise RunError(f"{where} makes x.{name} infinite or undefined", PAGE)
    elif slot == "join_rate":
        rates = [ask.number(v) for v in np.linspace(-40.0, 40.0, 161).tolist()]
        ask.rising(rates, "in the log-odds")
        ask.not_negative(rates)
    elif slot == "leaning":
        traits = [np.linspace(-4.0, 4.0, 9).tolist(), *[np.linspace(0.0, 1.0, 5).tolist()] * 2]
        table = _table(ask, th, traits)
        ask.rising(table, "in grievance", 0)
        ask.rising(-table, "as risk aversion falls", 1)
        ask.rising(-table, "as perceived risk falls", 2)
    elif slot == "influence":
        table = _table(ask, th, [[0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 20.0], [0.0, 0.4, 1.0, 1.6, 2.0, 4.0, 8.0]])
        if table[0, 0] != 0.0:
            raise RunError(f"{where} gives {table[0, 0]:g} without active ties", "let it give 0 there")
        ask.rising(table, "in near ties", 0)
        ask.rising(table, "in far ties", 1)
    else:
        found = ask.number(*(state[name] for name in _signature(slot)))
        if slot in RATES:
            ask.not_negative([found])


def _table(ask: _Asked, th: Theta, axes: list[list[float]]) -> np.ndarray:
    values = [ask.number(*point, th) for point in itertools.product(*axes)]
    return np.array(values).reshape([len(axis) for axis in axes])


class _Asked:
    """A function of the user's, asked for numbers; what goes wrong becomes a RunError."""

    def __init__(self, function: Filling, where: str, mechanism: Mechanism) -> None:
        self.function, self.where, self.mechanism = function, where, mechanism

    def __call__(self, *arguments: object) -> object:
        try:
            return self.function(*arguments)
        except NumbaError as error:
            raise RunError(self._said(str(error)), PAGE) from error
        except Exception as error:
            raise RunError(f"{self.where} fails: {type(error).__name__}: {error}", PAGE) from error

    def number(self, *arguments: object) -> float:
        """What the function gives, a finite number."""
        found = self(*arguments)
        if not isinstance(found, (int, float)) or not np.isfinite(found):
            raise RunError(f"{self.where} gives {found!r}", "let it return a finite number in every case")
        return float(found)

    def rising(self, values: list[float] | np.ndarray, way: str, axis: int = 0) -> None:
        """RunError if the numbers fall along an axis by more than rounding does."""
        values = np.asarray(values)
        if (np.diff(values, axis=axis) < -1e-9 * (1.0 + np.abs(values).max())).any():
            raise RunError(
                f"{self.where} falls {way}",
                "it must rise or stay, since the sampler takes its value at the end of a range for the largest",
            )

    def not_negative(self, values: list[float]) -> None:
        """RunError if one of the rates is negative."""
        if min(values) < 0.0:
            raise RunError(f"{self.where} gives the rate {min(values):g}", "a rate is 0 or more, a day")

    def _said(self, text: str) -> str:
        """The compiler's message in one sentence: a missing parameter by its name, else its first line that says why."""
        missing = re.search(r"Unknown attribute '(\w+)' of type (\w+)\(", text)
        if missing and missing[2] == "Theta":
            return (
                f"{self.where} reads th.{missing[1]}, and no mechanism has a parameter {missing[1]!r}: "
                f'add Param("{missing[1]}", Prior(...), unit, source) to its params'
            )
        if missing:
            return f"{self.where} reads .{missing[1]} of {missing[2]}, which has no such field"
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        why = next((one for one in lines if not one.startswith(("Failed in", "During:", "-", "File"))), "")
        return f"{self.where} cannot be compiled: {why.rstrip('.')}"


def _line(function: Filling) -> str:
    code = cast(Dispatcher, function).py_func.__code__
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}"


def _place(error: Exception, path: Path) -> str:
    """FILE:LINE of the file in which the error arose."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename) == path:
        return f"{path}:{error.lineno}"
    inside = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == path]
    return f"{path}:{inside[-1].lineno}" if inside else str(path)
