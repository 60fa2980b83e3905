"""The kernel module: the chosen mechanisms and the engine's tick, written as one file and compiled once.

Numba's cache watches only the file of a kernel, not the files of the functions that it calls, and a kernel
that closes over functions is never found again. So the kernels are written into a generated module, in a
folder named by the hash of everything that they are made of: an edited mechanism means another folder, an
unedited one a cache hit.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import dis
import functools
import hashlib
import importlib
import importlib.util
import inspect
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Protocol, TypeAlias, cast

import llvmlite
import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

from interrex.engine import decorators
from interrex.errors import RunError
from interrex.mechanisms import contract, rebellion
from interrex.mechanisms.contract import SLOTS, Filling, Mechanism, Param, Theta

MARKER = "# --- composed below ---"
PARTS = ("crowd", "schedule")
"""Files of the engine whose text below MARKER goes into the kernel module, in this order; a dotted name is a file of
another layer (`inference.terms.score`). A part may write more of itself, in WRITTEN."""

SEQUENTIAL = ("update", "on_act")
"""Slots that are called one after the other; the others return numbers, which are added."""

KEPT_DAYS = 60
"""Kernel folders that nobody used for so long are removed."""

Filled: TypeAlias = dict[str, list[tuple[str, Filling]]]
"""For each slot the functions that fill it, each with its name in the kernel module."""


class Digest(Protocol):
    """A hash that is being made."""

    def update(self, data: bytes, /) -> None:
        """Add some bytes."""
        ...


class ThetaType(Protocol):
    """The generated named tuple of floats, one for each of PARAMS."""

    _fields: tuple[str, ...]

    def __call__(self, *values: float) -> Theta:
        """The parameters of these values."""
        ...


class Kernel(Protocol):
    """What the engine calls of a generated module; `parts` of other layers add kernels of their own."""

    KEY: str  # hash of all that the machine code is made of
    PARAMS: tuple[Param, ...]
    Theta: ThetaType
    common_path: Callable[..., None]  # (nation, region, sd, memory, share, out), see `common_shocks.path`
    begin: Callable[..., None]  # see `schedule.begin`
    simulate: Callable[..., int]  # see `schedule.simulate`


_loaded: dict[str, Kernel] = {}


def load(mechanisms: Sequence[Mechanism], parts: Sequence[str] = PARTS) -> Kernel:
    """Kernel module of `mechanisms`, in plan order.

    It holds `Theta` (a float for each parameter), `PARAMS`, the composed slots under their names in SLOTS,
    `join_rate`, and what the `parts` of the engine define below their marker. Kernels are compiled at their
    first call and cached. RunError if two mechanisms disagree about a parameter or a slot is unknown.
    """
    params = _params(mechanisms)
    filled = _fillings(mechanisms)
    source = _source(params, filled, parts)
    key = _key(source, filled, parts)
    if key in _loaded:
        return _loaded[key]
    folder = _folder(key)
    name = f"interrex_kernel_{key[:16]}"
    path = folder / f"{name}.py"
    _write_once(path, source)
    functions = {of: _inside(function) for pairs in filled.values() for of, function in pairs}
    module = cast(Kernel, _import(name, path, {"PARAMS": params, "KEY": key, **functions}))
    _loaded[key] = module
    return module


@functools.cache
def _inside(function: Filling) -> Dispatcher:
    """A mechanism's function as the composed slots call it."""
    return decorators.pasted(cast(Dispatcher, function).py_func)


def standing(file: str) -> Callable[[Callable[..., object]], Dispatcher]:
    """Decorator of kernels that no user replaces; give it `__file__`.

    They are cached where the generated modules are, never beside the code, in a folder named by the hash of all
    files of their package and of what kernels are made of, so that an edit anywhere below means compiling anew.
    """
    sources = [path.read_text(encoding="utf-8") for path in sorted(Path(file).parent.glob("*.py"))]
    folder = _folder(_key("\0".join(sources), {}, ()))
    kernel = decorators.cached(decorators.KERNEL)

    def decorate(function: Callable[..., object]) -> Dispatcher:
        with _caching_in(folder):
            return kernel(function)

    return decorate


@contextlib.contextmanager
def _caching_in(folder: Path) -> Iterator[None]:
    """Kernels decorated inside are cached in `folder`: Numba reads its setting at that moment."""
    settings: Any = getattr(numba, "config")  # noqa: B009 - numba does not export it to type checkers
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        settings.CACHE_DIR = before


def _params(mechanisms: Sequence[Mechanism]) -> tuple[Param, ...]:
    params: dict[str, Param] = {}
    for mechanism in mechanisms:
        for param in mechanism.params:
            if params.setdefault(param.name, param) != param:
                raise RunError(
                    f"mechanism {mechanism.name} has another {param.name!r} than a mechanism before it",
                    "give it a name of its own, or use the same prior, unit and source",
                )
    return tuple(params.values())


def _fillings(mechanisms: Sequence[Mechanism]) -> Filled:
    filled: Filled = {slot: [] for slot in (*SLOTS, "join_rate")}
    for mechanism in mechanisms:
        for slot, function in mechanism.slots.items():
            if slot not in filled:
                known = ", ".join(filled)
                raise RunError(f"mechanism {mechanism.name} fills an unknown slot {slot!r}", f"use {known}")
            filled[slot].append((f"{mechanism.name}_{slot}", function))
    names = [name for functions in filled.values() for name, _ in functions]
    for name in names:
        if not name.isidentifier() or names.count(name) > 1:
            raise RunError(
                f"{name!r} is not the name of one slot", "give each mechanism a plain name of its own"
            )
    if not filled["join_rate"]:
        filled["join_rate"] = [("rebellion_join_rate", rebellion.join_rate)]
    if len(filled["join_rate"]) > 1:
        raise RunError("more than one mechanism sets join_rate", "leave it to one of them")
    return filled


def _signature(slot: str) -> str:
    return "join_rate(u)" if slot == "join_rate" else SLOTS[slot].split(":", 1)[0]


def _source(params: tuple[Param, ...], filled: Filled, parts: Sequence[str]) -> str:
    """Text of the kernel module. The mechanisms' own functions are put into its namespace before it runs."""
    lines = [
        '"""Generated by interrex.engine.compile: slots of the mechanisms, then the tick. Do not edit."""',
        "from typing import NamedTuple",
        "import numba",
        "from interrex.engine.decorators import KERNEL, PASTED, cached, slot",
        "kernel, pasted = cached(KERNEL), cached(PASTED)",
        "class Theta(NamedTuple):",
        *([f"    {param.name}: float" for param in params] or ["    pass"]),
    ]
    for slot, functions in filled.items():
        signature = _signature(slot)
        arguments = signature[signature.index("(") :]
        calls = [f"{name}{arguments}" for name, _ in functions]
        lines += ["@slot", f"def {signature}:"]
        if slot in SEQUENTIAL:
            lines += [f"    {call}" for call in calls] or ["    pass"]
        else:
            lines.append(f"    return {' + '.join(calls) or '0.0'}")
    seen: dict[str, object] = {}
    composed = {"kernel", "pasted", "slot", "numba", "NamedTuple", "Theta", "annotations", *filled}
    for part in parts:
        module = part if "." in part else f"engine.{part}"
        path = Path(__file__).parents[1].joinpath(*module.split(".")).with_suffix(".py")
        above, found, below = path.read_text(encoding="utf-8").partition(MARKER)
        if not found:
            raise RuntimeError(f"{path.name} has no line {MARKER!r}")
        names = sorted(_bound(above) - composed - {"WRITTEN"})
        values = vars(importlib.import_module(f"interrex.{module}"))
        below = values.get("WRITTEN", "") + below
        for bound in names:
            if seen.setdefault(bound, values[bound]) is not values[bound] and seen[bound] != values[bound]:
                raise RuntimeError(
                    f"{module} gives the name {bound} another meaning than an earlier part; rename it"
                )
        lines += [f"from interrex.{module} import {', '.join(names)}", below]
        composed |= _bound(below)
    return "\n".join(lines) + "\n"


def _bound(text: str) -> set[str]:
    """Names that a module's text binds at its top level."""
    names: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names


def _key(source: str, filled: Filled, parts: Sequence[str]) -> str:
    """Hash of all that the machine code is made of."""
    package = Path(contract.__file__).parents[1]
    digest = hashlib.sha256(source.encode())
    layers = dict.fromkeys(
        ("engine", "mechanisms", "polity", *(part.split(".")[0] for part in parts if "." in part))
    )
    for layer in layers:
        for path in sorted((package / layer).rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for functions in filled.values():
        for name, function in functions:
            digest.update(name.encode())
            _describe(function, digest, set())
    machine = (
        numba.__version__, llvmlite.__version__, np.__version__, sys.version, platform.machine(), _cpu(),
    )  # fmt: skip
    digest.update(repr(machine).encode())
    return digest.hexdigest()


def _cpu() -> str:
    from llvmlite import binding

    return f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"


def _describe(thing: object, digest: Digest, seen: set[int]) -> None:
    """Feed `digest` with what a function does: its code and, as deep as it goes, what it refers to."""
    function = cast(FunctionType, getattr(thing, "py_func", thing))  # if it has code
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        if isinstance(thing, np.ndarray):
            digest.update(repr((thing.dtype, thing.shape)).encode() + thing.tobytes())
        elif not isinstance(thing, ModuleType):
            digest.update(repr(thing).encode())
        return
    if id(function) in seen:
        return
    seen.add(id(function))
    _describe_code(code, digest)
    closed = inspect.getclosurevars(function)
    for name, value in sorted({**closed.globals, **closed.nonlocals}.items()):
        digest.update(name.encode())
        _describe(value, digest, seen)
    digest.update(repr(function.__defaults__).encode())


def _describe_code(code: CodeType, digest: Digest) -> None:
    """Feed `digest` with the instructions and what they load: not with the docstring, in whose place `python -OO` has a
    NOP."""
    digest.update(repr(code.co_varnames).encode())
    steps = [step for step in dis.get_instructions(code) if step.opname != "NOP"]
    jumps = {*dis.hasjrel, *dis.hasjabs}
    for step in steps:
        if isinstance(step.argval, CodeType):
            _describe_code(step.argval, digest)
        elif step.opcode in jumps:  # by what they jump over, not by where it lies
            skipped = sum(step.offset < other.offset < step.argval for other in steps)
            back = sum(step.argval <= other.offset < step.offset for other in steps)
            digest.update(f"{step.opname} {skipped} {back}\n".encode())
        else:
            digest.update(f"{step.opname} {step.argrepr}\n".encode())


def _folder(key: str) -> Path:
    """A writable folder for the kernel module `key`; old folders beside it are removed."""
    for root in _roots():
        folder = root / key[:24]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
            os.utime(folder)
        except (OSError, ValueError):
            continue
        _remove_old(root, folder)
        return folder
    folder = _temporary_root() / key[:24]
    folder.mkdir(exist_ok=True)
    return folder


@functools.cache
def _temporary_root() -> Path:
    """A folder for this process only, with a warning; said once."""
    root = Path(tempfile.mkdtemp(prefix="interrex-kernels-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    print(
        f"interrex: no writable cache folder, so kernels are compiled for this run only into {root}; "
        "set INTERREX_CACHE to keep them",
        file=sys.stderr,
    )
    return root


def _roots() -> list[Path]:
    """Where kernels may be kept, best first; never beside the code."""
    if os.environ.get("INTERREX_CACHE"):
        return [Path(os.environ["INTERREX_CACHE"]) / "kernels"]
    if os.environ.get("XDG_CACHE_HOME"):
        return [Path(os.environ["XDG_CACHE_HOME"]) / "interrex" / "kernels"]
    try:
        return [Path.home() / ".cache" / "interrex" / "kernels"]
    except RuntimeError:  # no home folder
        return []


def _remove_old(root: Path, keep: Path) -> None:
    oldest = time.time() - KEPT_DAYS * 86_400
    for folder in root.iterdir():
        try:
            old = folder.is_dir() and not folder.is_symlink() and folder.stat().st_mtime < oldest
            if old and folder != keep:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _write_once(path: Path, source: str) -> None:
    """Write the module unless it is there; Numba's cache would take a rewritten file for a changed one."""
    with decorators.turn(path.parent):
        if path.exists() and path.read_text(encoding="utf-8") == source:
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(source)
        os.replace(temporary, path)


def _import(name: str, path: Path, namespace: dict[str, object]) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    module.__dict__.update(namespace)
    sys.modules[name] = module  # Numba's cache refers to Theta by the module's name
    try:
        with _caching_in(path.parent):
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
