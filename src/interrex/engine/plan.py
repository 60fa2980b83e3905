"""The plan of a tick, read from the functions that run: what is called, in which order, and what each reads and writes.

Nothing here is written down a second time. The composed kernel is the source: `plan` goes through the statements of its
tick and names every call that touches the macro state or leads to a slot, with the mechanisms that the slot was composed
of. `touched` does the same for one function, so that a mechanism cannot declare other wiring than it has.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import NamedTuple, cast

from numba.core.dispatcher import Dispatcher

from interrex.engine import compile as kernels
from interrex.errors import RunError
from interrex.mechanisms.contract import SLOTS, Mechanism
from interrex.mechanisms.state import LEVEL_NAMES, Macro

ALL_LEVELS = "all levels"
"""Stands for the national scalars where the number of one is computed."""

SLOT_TEXTS = {name: text.partition(": ")[2] for name, text in SLOTS.items()} | {
    "join_rate": "rate a day at which a citizen with log-odds u joins"
}
"""What each slot is for."""

SHAPE = ("size", "shape", "ndim")
SEEN = {"x": ""}
"""What a function's arguments hold: '' the macro state, else the name of one of its arrays."""


class Touched(NamedTuple):
    """What of the macro state a function touches: arrays in small letters, national levels in capitals, and by which
    slots it is continued."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()

    def __or__(self, other: Touched) -> Touched:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Touched(*(a | b for a, b in zip(self, other, strict=True)))

    def __bool__(self) -> bool:
        return any(self)


class Filling(NamedTuple):
    """One mechanism in a slot."""

    mechanism: str
    touched: Touched


class Step(NamedTuple):
    """One call of a tick; `name` is '' for what the tick does itself between two calls."""

    name: str
    text: str
    touched: Touched
    slots: Mapping[str, tuple[Filling, ...]]


def of_mechanism(mechanism: Mechanism) -> Touched:
    """What the functions of a mechanism touch, each with all that it calls. RunError where a source cannot be read."""
    return functools.reduce(Touched.__or__, map(touched, mechanism.slots.values()), Touched())


def plan(mechanisms: Sequence[Mechanism]) -> list[Step]:
    """The steps of a tick of these mechanisms, in the order of the calls."""
    module = kernels.load(mechanisms)
    tree, within = _tree(module.simulate)
    (ticks,) = (node for node in tree.body if isinstance(node, ast.For))
    known = SEEN | _aliases(tree, SEEN)
    steps: list[Step] = []
    own = Touched()
    for statement in _statements(ticks):
        calls: set[ast.AST] = set()
        for call in _calls(statement):
            function = _resolved(call.func, within)
            found = _called(call, function, within, known)
            if function is None or not found or _elementary(function):
                continue
            calls |= set(ast.walk(call))
            if own:
                steps.append(Step("", "", own, {}))
                own = Touched()
            name = getattr(function, "__name__", "")
            slots = {slot: tuple(_fillings(module, slot)) for slot in SLOT_TEXTS if slot in found.slots}
            steps.append(Step(name, _text(name, function), found._replace(slots=frozenset()), slots))
        own |= _direct(statement, calls, within, known)._replace(slots=frozenset())
    return [*steps, Step("", "", own, {})] if own else steps


def plan_text(mechanisms: Sequence[Mechanism]) -> str:
    """The plan as `interrex plan` prints it."""
    lines = ["One tick, in the order of its calls (arrays of the macro state in small letters, national levels in capitals):"]
    for number, step in enumerate(plan(mechanisms), 1):
        lines += ["", f"{number:2d}. {step.name or 'the tick itself'}{': ' + step.text if step.text else ''}"]
        if step.touched:
            lines.append(f"    {_wiring(step.touched)}")
        for slot, fillings in step.slots.items():
            if slot != step.name:
                lines.append(f"    {slot}: {SLOT_TEXTS[slot]}")
            lines += [f"      {mechanism:<22} {_wiring(of)}".rstrip() for mechanism, of in fillings]
    return "\n".join(lines)


def touched(function: object, holds: Mapping[str, str] = SEEN) -> Touched:
    """What a function touches, with all that it calls; `holds` says which arguments are the macro state or its arrays."""
    return _touched(function, tuple(sorted(holds.items())))


@functools.lru_cache(maxsize=4096)
def _touched(function: object, holds: tuple[tuple[str, str], ...]) -> Touched:
    tree, within = _tree(function)
    known = {name: of for name, of in holds if name in {a.arg for a in tree.args.args}}
    return _direct(tree, set(), within, known | _aliases(tree, known))


def _direct(
    tree: ast.AST, without: set[ast.AST], within: Mapping[str, object], known: Mapping[str, str]
) -> Touched:
    """What the nodes of a tree touch, and what the functions do that they call."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    out = Touched()
    for node in ast.walk(tree):
        if node in without:
            continue
        if isinstance(node, ast.Call):
            out |= _called(node, _resolved(node.func, within), within, known)
            continue
        field = _field(node, known)
        parent = parents.get(node)
        if not field or (isinstance(parent, ast.Attribute) and parent.attr in SHAPE):
            continue
        if isinstance(parent, (ast.Assign, ast.Tuple, ast.Call)) and node is not getattr(parent, "func", None):
            if isinstance(parent, ast.Call) and not hasattr(_resolved(parent.func, within), "py_func"):
                out |= Touched(frozenset({field}))  # handed to what cannot be looked into
            continue
        if not isinstance(parent, ast.Subscript) or parent.value is not node:
            out |= Touched(frozenset({field}))
            continue
        name = frozenset({_level(parent.slice, within) if field == "level" else field})
        changed = isinstance(parents.get(parent), ast.AugAssign)
        if isinstance(parent.ctx, ast.Load) or changed:
            out |= Touched(reads=name)
        if not isinstance(parent.ctx, ast.Load):
            out |= Touched(writes=name)
    return out


def _called(call: ast.Call, function: object, within: Mapping[str, object], known: Mapping[str, str]) -> Touched:
    """What a call touches by the arrays that it hands on, and the slots that it leads to."""
    if function is None:
        return Touched()
    name = getattr(function, "__name__", "")
    if function is within.get(name) and name in SLOT_TEXTS and "Theta" in within:
        return Touched(slots=frozenset({name}))
    plain = getattr(function, "py_func", None)
    if plain is None:
        return Touched()
    parameters = list(inspect.signature(plain).parameters)
    holds = {}
    for parameter, argument in zip(parameters, call.args, strict=False):
        if isinstance(argument, ast.Name) and known.get(argument.id) == "":
            holds[parameter] = ""
        elif field := _field(argument, known):
            holds[parameter] = field
    return _touched(function, tuple(sorted(holds.items())))


def _field(node: ast.AST, known: Mapping[str, str]) -> str:
    """The array of the macro state that an expression names; '' for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and known.get(node.value.id) == "":
        return node.attr if node.attr in Macro._fields else ""
    return known.get(node.id, "") if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else ""


def _aliases(tree: ast.AST, known: Mapping[str, str]) -> dict[str, str]:
    """Names that a function gives to arrays of the macro state."""
    out: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            both = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs = zip(target.elts, node.value.elts, strict=False) if both else [(target, node.value)]  # pyright: ignore
            out |= {name.id: of for name, value in pairs if isinstance(name, ast.Name) and (of := _field(value, known))}
    return out


def _level(index: ast.expr, within: Mapping[str, object]) -> str:
    """The name of a national level, or of all of them where its number is computed."""
    number = index.value if isinstance(index, ast.Constant) else _resolved(index, within)
    return LEVEL_NAMES[number] if isinstance(number, int) and 0 <= number < len(LEVEL_NAMES) else ALL_LEVELS


def _resolved(node: ast.expr, within: Mapping[str, object]) -> object:
    """What a name, or a name in a module, stands for; None where it is neither."""
    if isinstance(node, ast.Name):
        return within.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = within.get(node.value.id)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


def _tree(function: object) -> tuple[ast.FunctionDef, Mapping[str, object]]:
    """The syntax tree of a function and the names that it sees."""
    plain = cast(FunctionType, getattr(function, "py_func", function))
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(plain))).body[0]
    except (OSError, TypeError, SyntaxError):
        tree = None
    if not isinstance(tree, ast.FunctionDef):
        raise RunError(f"what {plain.__name__} touches cannot be read", "define it by def, in a file")
    closed = inspect.getclosurevars(plain)
    return tree, {**plain.__globals__, **closed.nonlocals}


def _statements(loop: ast.For) -> Iterator[ast.AST]:
    """The statements of a loop in order, with the heads of those that hold others."""
    for statement in loop.body:
        inner = [part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.stmt)]
        if not inner:
            yield statement
            continue
        yield from (part for part in ast.iter_child_nodes(statement) if not isinstance(part, ast.stmt))
        held = ast.For(ast.Name("_"), ast.Name("_"), inner, [])
        yield from _statements(held)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls of a statement, the innermost first."""
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)
    if isinstance(node, ast.Call):
        yield node


def _elementary(function: object) -> bool:
    return function.__module__ in ("interrex.mechanisms.maths", "interrex.engine.draws")


def _fillings(module: kernels.Kernel, slot: str) -> Iterator[Filling]:
    """The mechanisms of a composed slot, in the order in which it calls them."""
    tree, within = _tree(getattr(module, slot))
    for call in _calls(tree):
        if isinstance(call.func, ast.Name):
            yield Filling(call.func.id.removesuffix(f"_{slot}"), touched(within[call.func.id]))


def _text(name: str, function: object) -> str:
    text = " ".join((SLOT_TEXTS.get(name) or inspect.getdoc(cast(Dispatcher, function).py_func) or "").split())
    return text.split(". ")[0].rstrip(".")


def _wiring(of: Touched) -> str:
    parts = [f"{verb} {', '.join(sorted(names))}" for verb, names in (("reads", of.reads), ("writes", of.writes)) if names]
    return "; ".join(parts)
