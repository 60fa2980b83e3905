"""Mutants of topics: small faults put into answers and sections, one at a time; how many does a test notice?

    python tests/mutants.py [TOPIC ...] [--share 0.8] [--each 12] [--seed 1] [--jobs 2]

A mutant is one change to the syntax tree of a file in topics/NAME (all but variables.py): a comparison denied or moved by its
boundary, `and` for `or`, `+` for `-`, `*` for `/`, a number plus one or with the other sign, a `not` more or less, the last
item for the first, the least for the greatest, the other branch, None for a value where the signature allows it, a sentence
dropped. Of each topic `--each` are drawn by the seed, and tests of the topic that execute the changed statement run in a
forked process until one fails (or uses a minute of processor time: dead too). Printed are the mutants that lived, the share
of the dead by topic and in all; the exit status is 1 where that is below `--share`.

Not changed, because nothing that the report claims depends on it: modules without a function (tables), docstrings,
annotations, imports, `__all__`, `strict` of zip; numbers, branches and words in the arguments of a call that draws (a method
of an object called axes, axis or canvas, a class imported from matplotlib, a function of report.figures), except f-strings,
which print values; numbers inside of `with drawing(...)` and of functions that take Axes: positions, sizes and colours.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

from interrex import topics
from interrex.topics import TOPICS

TESTS = Path(__file__).parent
FOLDER = Path(topics.__file__).parent
ROOT = str(FOLDER) + os.sep
CPU_SECONDS, SECONDS = 60, 600
Lines = set[tuple[str, int]]

FURTHER: dict[str, tuple[str, ...]] = {
    "acts": ("unit/test_answers_static.py",),
    "assumptions": ("unit/test_answers_static.py",),
    "attention": ("unit/test_attention_answer.py",),
    "firms": ("unit/test_firms.py", "unit/test_firms_report.py"),
    "map": ("unit/test_answers_static.py",),
    "markets": ("unit/test_markets_answer.py", "unit/test_markets_quotes.py"),
    "references": ("unit/test_cite.py", "unit/test_answers_static.py"),
    "silence": ("unit/test_answers_static.py",),
    "sources": ("unit/test_cite.py", "unit/test_answers_static.py"),
    "timeline": ("unit/test_answers_static.py",),
}
"""Tests of a topic beside topics/test_NAME.py and topics/test_sections.py."""

DENIED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
COUNTER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
OPPOSITE = {"min": "max", "minimum": "maximum", "argmin": "argmax", "any": "all"}
OPPOSITE |= {after: before for before, after in OPPOSITE.items()}
Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Mutant(NamedTuple):
    """One change: a node of a module's tree and what takes its place. statement: the lines whose execution shows it, empty
    at module level, where every import does."""

    module: str
    path: Path
    tree: ast.Module
    node: ast.AST
    new: ast.AST
    statement: frozenset[int]

    def __str__(self) -> str:
        before, after = (" ".join(ast.unparse(n).split()) for n in (self.node, self.new))
        return f"{self.path.relative_to(FOLDER.parents[2])}:{self.node.lineno}: {before} -> {after}"  # type: ignore[attr-defined]


class Finder(ast.NodeVisitor):
    """Walks a module and keeps every change that the operators make."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[tuple[ast.AST, ast.AST, frozenset[int]]] = []
        self._lines: frozenset[int] = frozenset()
        self._inside, self._noneable, self._sizes, self._drawn, self._text = False, False, False, False, False
        self._drawers = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith(("matplotlib", "interrex.report.figures"))
            for alias in node.names
        } - {"label", "escaped"}
        self.visit(tree)

    def _keep(self, node: ast.AST, new: ast.AST) -> None:
        self.found.append((node, ast.copy_location(new, node), self._lines))

    def visit(self, node: ast.AST) -> None:
        """Keep the changes to a node, then those below it."""
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node) or _names_all(node):
            return
        if isinstance(node, ast.keyword) and node.arg == "strict":
            return
        before = self.__dict__.copy()
        if isinstance(node, ast.stmt):
            self._lines = _own_lines(node) if self._inside else frozenset()
        if not self._drawn or isinstance(node, ast.JoinedStr):
            for new in self._changes(node):
                self._keep(node, new)
        if isinstance(node, Function):
            self._inside = True
            takes = [ast.unparse(a.annotation) for a in node.args.args if a.annotation is not None]
            self._sizes = self._sizes or any("Axes" in text for text in takes)
        if isinstance(node, ast.FunctionDef):
            self._noneable = node.returns is not None and "None" in ast.unparse(node.returns).split(" | ")
        if isinstance(node, ast.With) and any(_called(i.context_expr) == "drawing" for i in node.items):
            self._sizes = True
        if isinstance(node, ast.Call) and self._draws(node):
            self._drawn = True
        self._text = isinstance(node, ast.JoinedStr)
        for name, field in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "format_spec"):
                continue
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    self.visit(child)
        self.__dict__.update(before)

    def _draws(self, node: ast.Call) -> bool:
        if isinstance(node.func, ast.Name):
            return node.func.id in self._drawers
        root = ast.unparse(node.func).split(".")[0].split("[")[0].split("(")[0]
        return root in ("axes", "ax", "axis", "canvas")

    def _changes(self, node: ast.AST) -> Iterator[ast.AST]:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=right):
                for table in (DENIED, MOVED):
                    if type(op) in table:
                        yield ast.Compare(left, [table[type(op)]()], right)
            case ast.BoolOp(op=op, values=values):
                yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in COUNTER:
                if not any(
                    isinstance(n, ast.JoinedStr | ast.List | ast.Tuple) or _is_word(n) for n in (left, right)
                ):
                    yield ast.BinOp(left, COUNTER[type(op)](), right)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield operand
            case ast.UnaryOp(op=ast.USub(), operand=operand) if not (self._sizes and isinstance(operand, ast.Constant)):
                yield operand
            case ast.Subscript(value=value, slice=ast.Constant(value=0), ctx=ctx):
                yield ast.Subscript(value, ast.UnaryOp(ast.USub(), ast.Constant(1)), ctx)
            case ast.Subscript(
                value=value, slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)), ctx=ctx
            ):
                yield ast.Subscript(value, ast.Constant(0), ctx)
            case ast.Constant(value=bool(value)):
                yield ast.Constant(not value)
            case ast.Constant(value=int(value) | float(value)) if not self._sizes:
                yield ast.Constant(value + 1)
                if value:
                    yield ast.UnaryOp(ast.USub(), ast.Constant(value))
            case ast.Constant(value=str(value)) if len(value.split()) >= 3 and not self._text:
                yield ast.Constant("")
            case ast.JoinedStr(values=parts) if (
                len(" x ".join(p.value for p in parts if _is_word(p)).split()) >= 3
            ):  # type: ignore[attr-defined]
                yield ast.Constant("")
            case ast.IfExp(test=test, body=body, orelse=orelse):
                yield ast.IfExp(test, orelse, body)
            case ast.If(test=test, body=body, orelse=orelse) if not isinstance(
                test, ast.Compare | ast.UnaryOp
            ) and ast.unparse(test) != "TYPE_CHECKING":
                yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
            case ast.Return(value=ast.expr() as value) if self._noneable and ast.unparse(value) != "None":
                yield ast.Return(ast.Constant(None))
            case ast.Call(func=ast.Name(id=name) as func, args=args, keywords=keywords) if name in OPPOSITE:
                yield ast.Call(ast.copy_location(ast.Name(OPPOSITE[name], ast.Load()), func), args, keywords)
            case ast.Call(
                func=ast.Attribute(value=value, attr=name) as func, args=args, keywords=keywords
            ) if name in OPPOSITE:
                new = ast.copy_location(ast.Attribute(value, OPPOSITE[name], ast.Load()), func)
                yield ast.Call(new, args, keywords)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _names_all(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _own_lines(node: ast.stmt) -> frozenset[int]:
    """Lines of a simple statement, or of the head of a compound one."""
    inner = getattr(node, "body", None)
    last = (
        max(node.lineno, inner[0].lineno - 1)
        if isinstance(inner, list) and inner
        else node.end_lineno or node.lineno
    )
    return frozenset(range(node.lineno, last + 1))


def mutants(topic: str) -> list[Mutant]:
    """All changes to the files of a topic."""
    found = []
    for path in sorted((FOLDER / topic).glob("*.py")):
        if path.stem in ("__init__", "variables"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(node, Function) for node in ast.walk(tree)):
            continue
        name = f"interrex.topics.{topic}.{path.stem}"
        found += [Mutant(name, path, tree, *change) for change in Finder(tree).found]
    return found


class _Swap(ast.NodeTransformer):
    def __init__(self, node: ast.AST, new: ast.AST) -> None:
        self.node, self.new = node, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.node else self.generic_visit(node)


def put(mutant: Mutant) -> None:
    """Execute the changed module in the place of the true one, for all who imported from it. Ends with the process."""
    module = sys.modules[mutant.module]
    before = dict(vars(module))
    tree = ast.fix_missing_locations(_Swap(mutant.node, mutant.new).visit(mutant.tree))
    exec(compile(tree, str(mutant.path), "exec"), vars(module))  # noqa: S102
    for name, old in before.items():
        new = vars(module)[name]
        if new is old or name.startswith("__"):
            continue
        if isinstance(old, FunctionType) and isinstance(new, FunctionType) and not old.__closure__:
            old.__code__, old.__defaults__, old.__kwdefaults__ = (
                new.__code__,
                new.__defaults__,
                new.__kwdefaults__,
            )
        for other in [m for m in sys.modules.values() if isinstance(m, ModuleType)]:
            for held in [key for key, value in vars(other).items() if value is old and key == name]:
                setattr(other, held, new)


class Baseline:
    """Runs tests once on the true code: which lines of the topics each executes, and how long it takes."""

    def __init__(self) -> None:
        self.lines: dict[pytest.Item, Lines] = defaultdict(set)
        self.made: dict[Path, Lines] = defaultdict(set)
        """By file: what its wider fixtures execute. Whichever test is first makes them, so it counts for all."""
        self.seconds: dict[pytest.Item, float] = {}
        self._into: Lines = set()

    def run(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """The items of these that fail."""
        failed = []
        for item, following in zip(items, [*items[1:], None], strict=False):
            self._into, start = self.lines[item], time.perf_counter()
            sys.settrace(self._call)
            reports = runtestprotocol(item, nextitem=following, log=False)
            sys.settrace(None)
            self.seconds[item] = time.perf_counter() - start
            failed += [item] if any(r.failed for r in reports) else []
        for item in items:
            self.lines[item] |= self.made[item.path]
        return failed

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        """Keep apart what a fixture executes that outlives its test."""
        before = self._into
        if fixturedef.scope != "function":
            self._into = self.made[request._pyfuncitem.path]
        try:
            return (yield)
        finally:
            self._into = before

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line(frame, event, _) if frame.f_code.co_filename.startswith(ROOT) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        self._into.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


def start(mutant: Mutant, items: list[pytest.Item]) -> int:
    """Start a process in which the tests run on the mutant: its id. Its status is 0 where every test passes."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        signal.alarm(SECONDS)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        put(mutant)
        for item, following in zip(items, [*items[1:], None], strict=True):
            if any(r.failed for r in runtestprotocol(item, nextitem=following, log=False)):
                break
        else:
            status = 0
    finally:
        os._exit(status)


class Hunt:
    """The plugin that takes the place of pytest's loop over tests: collected once, run per mutant."""

    def __init__(self, names: list[str], each: int, seed: int, jobs: int) -> None:
        self.names, self.each, self.seed, self.jobs = names, each, seed, jobs
        self.killed, self.total, self.broken = 0, 0, False
        self.out = os.fdopen(os.dup(1), "w", buffering=1)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Topics are dealt to processes, for most of the time goes into tests without a mutant; the mutants of one topic
        run in the processes that are left."""
        baseline = Baseline()
        session.config.pluginmanager.register(baseline)
        context = multiprocessing.get_context("fork")
        counts = context.SimpleQueue()
        hands = min(self.jobs, len(self.names))
        self.jobs //= hands

        def work(names: list[str]) -> None:
            for topic in names:
                counts.put(self._topic(topic, session, baseline))

        workers = [context.Process(target=work, args=(self.names[k::hands],)) for k in range(hands)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        told = []
        while not counts.empty():
            told.append(counts.get())
        self.killed, self.total = (sum(count[i] for count in told) for i in (0, 1))
        self.broken = len(told) < len(self.names) or any(broken for _, _, broken in told)
        return True

    def _topic(self, topic: str, session: pytest.Session, baseline: Baseline) -> tuple[int, int, bool]:
        """How many mutants died, of how many, and whether a test fails without any."""
        files = {TESTS / name for name in test_files(topic)}
        items = [item for item in session.items if item.path in files and _asks(item, topic)]
        failed = baseline.run([item for item in items if item not in baseline.seconds])
        for item in failed:
            print(f"{topic}: fails without any mutant: {item.nodeid}", file=self.out)
        dear: dict[Path, float] = defaultdict(float)
        for item in items:
            dear[item.path] += baseline.seconds[item]
        items = sorted(items, key=lambda i: (dear[i.path], str(i.path), baseline.seconds[i]))
        found = mutants(topic)
        found = random.Random(f"{self.seed}:{topic}").sample(found, min(self.each, len(found)))
        running: dict[int, Mutant] = {}
        lives = 0

        def tell(mutant: Mutant) -> None:
            nonlocal lives
            lives += 1
            print(f"  lives: {mutant}", file=self.out)

        def collect() -> None:
            process, status = os.wait()
            mutant = running.pop(process)
            if status == 0:
                tell(mutant)

        for mutant in found:
            see = {(str(mutant.path), line) for line in mutant.statement}
            chosen = [item for item in items if not see or see & baseline.lines[item]]
            if not chosen:
                tell(mutant)
                continue
            while len(running) >= self.jobs:
                collect()
            running[start(mutant, chosen)] = mutant
        while running:
            collect()
        killed = len(found) - lives
        print(f"{topic}: {killed} of {len(found)} dead, {len(items)} tests", file=self.out)
        return killed, len(found), bool(failed)


def test_files(topic: str) -> list[str]:
    """The files of tests that look at a topic, as there are."""
    names = (f"topics/test_{topic}.py", "topics/test_sections.py", *FURTHER.get(topic, ()))
    return [n for n in names if (TESTS / n).is_file()]


def _asks(item: pytest.Item, topic: str) -> bool:
    """Whether a test looks at the topic: one that is asked of every topic names it."""
    return getattr(item, "callspec", None) is None or item.callspec.params.get("topic", topic) == topic  # type: ignore[attr-defined]


def main() -> int:
    """Hunt as the command line says."""
    known = [t.name for t in TOPICS if mutants(t.name)]
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("topic", nargs="*", help="topics to change; without any, all")
    parser.add_argument("--share", type=float, default=0.8, help="least share of mutants that must die")
    parser.add_argument("--each", type=int, default=12, help="mutants of a topic")
    parser.add_argument("--seed", type=int, default=1, help="draws the mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time: topics, or mutants of one")
    asked = parser.parse_args()
    if strange := sorted(set(asked.topic) - set(known)):
        parser.error(f"no topic with code to change: {', '.join(strange)}; there are {', '.join(known)}")
    names = asked.topic or known
    for name in names:
        for path in (FOLDER / name).glob("*.py"):
            importlib.import_module(f"interrex.topics.{name}.{path.stem}")
    files = sorted({str(TESTS / file) for name in names for file in test_files(name)})
    hunt = Hunt(names, asked.each, asked.seed, asked.jobs)
    options = ["--rootdir", str(TESTS.parent), "-p", "no:cacheprovider", "-q", "--no-summary"]
    status = pytest.main([*options, *files], plugins=[hunt]) if files else 5
    share = hunt.killed / max(hunt.total, 1)
    print(
        f"{hunt.killed} of {hunt.total} mutants dead: {share:.0%}, at least {asked.share:.0%} asked",
        file=hunt.out,
    )
    collected = status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    return int(not collected or hunt.broken or share < asked.share)


if __name__ == "__main__":
    sys.exit(main())
