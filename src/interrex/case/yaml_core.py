"""YAML as a case needs it: the values of YAML 1.2's core schema, with the place of each, and no surprises.

PyYAML gives events only; this file builds the values. So `NO`, `yes` and `on` are text, `12:30` and
`2022-01-05` are text, and duplicate keys, aliases, anchors, tags and second documents are refused. The depth
is counted on the stream of events, before anything is composed: PyYAML's own composers recurse, and the one
in C dies of deep files.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple, TypeAlias

import yaml

from interrex.case.read import hidden_sign, sign_name
from interrex.errors import CaseError, Problem, quoted, shortened

DEPTH = 40
NODES = 200_000
TOO_DEEP = (f"the file is nested more than {DEPTH} deep", "flatten it")

Path = tuple[str | int, ...]

Yaml: TypeAlias = "None | bool | int | float | str | list[Yaml] | dict[str, Yaml]"
"""A value of the core schema."""

Valued: TypeAlias = yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent
"""Events that begin a value."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONSTANTS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


class Document(NamedTuple):
    """The value of a YAML document, and where each of its parts stands (line and column from 1)."""

    value: Yaml
    places: dict[Path, tuple[int, int]]
    keys: dict[Path, tuple[int, int]]
    refused: frozenset[Path]
    """Paths whose value was refused while reading: nothing more need be said of them."""
    written: dict[Path, str]
    """Numbers with a decimal point, as they are written."""

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a path, or of the nearest part that encloses it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return 1, 1

    def key_place(self, path: Path) -> tuple[int, int]:
        """Line and column of the key that names a path, or of what encloses it."""
        return self.keys.get(path) or self.place(path)


class _Open(NamedTuple):
    """A mapping or sequence that is being read."""

    value: dict[str, Yaml] | list[Yaml]
    path: Path
    key: list[str | None]
    """For a mapping: the key that waits for its value; None when a key comes next."""


def read_yaml(text: str, name: str, problems: list[Problem]) -> Document:
    """Build the document of a YAML text; what is refused is added to `problems`.

    Raises CaseError where nothing can be made of the rest: broken syntax, too deep, too many values.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(name, problems)
    try:
        for event in yaml.parse(text, Loader=loader):
            if not builder.take(event):
                break
    except yaml.YAMLError as error:
        raise CaseError(*problems, _syntax(error, text, name)) from None
    return Document(builder.root, builder.places, builder.keys, frozenset(builder.refused), builder.written)


class _Builder:
    """Values from events, on an explicit stack."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.refused: set[Path] = set()
        self.written: dict[Path, str] = {}
        self.root: Yaml = None
        self.stack: list[_Open] = []
        self.skipping = (
            0  # depth inside a part that is dropped: the second of two equal keys, or a key that is no text
        )
        self.drop_next = False
        self.documents = 0
        self.nodes = 0

    def take(self, event: yaml.Event) -> bool:
        """Take one event; False ends the reading."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.problem(
                    event, (), "a second document begins here", "keep one document: delete the line '---'"
                )
                return False
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            if self.skipping:
                self.skipping -= 1
            else:
                self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self.problem(event, self.path(), f"the alias *{shortened(event.anchor)} is refused", "write the value out")
            self.node(event, None, refused=True)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.ScalarEvent)):
            self.start(event)
        return True

    def start(self, event: Valued) -> None:
        self.nodes += 1
        if self.nodes > NODES:
            self.stop(event, f"the file holds more than {NODES:,} values", "move long lists into a CSV table")
        if event.anchor is not None:
            self.problem(
                event, self.path(), f"the anchor &{shortened(event.anchor)} is refused", "delete it and write values out"
            )
        if event.tag is not None:
            self.problem(
                event,
                self.path(),
                f"the tag {quoted(event.tag)} is refused",
                "delete it; types follow the form",
            )
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
            return
        if len(self.stack) + self.skipping >= DEPTH:
            self.stop(event, *TOO_DEEP)
        if self.skipping:
            self.skipping += 1
            return
        if (
            self.stack
            and isinstance(self.stack[-1].value, dict)
            and self.stack[-1].key[0] is None
            and not self.drop_next
        ):
            self.problem(
                event, self.stack[-1].path, "a list or mapping stands where a key belongs", "use text as key"
            )
            self.drop_next = True
            self.skipping = 1
            return
        if self.drop_next:
            self.drop_next = False
            self.skipping = 1
            return
        value: dict[str, Yaml] | list[Yaml] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self.path()
        self.node(event, value)
        self.stack.append(_Open(value, path, [None]))

    def scalar(self, event: yaml.ScalarEvent) -> None:
        if self.skipping:
            return
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key[0] is None and not self.drop_next:
            key = event.value
            found = hidden_sign(key)
            if found is not None:
                self.problem(
                    event, top.path, f"the key holds the hidden sign {sign_name(found[0])}", "delete it"
                )
                self.drop_next = True
            elif key in top.value:
                first, _ = self.keys[(*top.path, key)]
                self.problem(
                    event,
                    (*top.path, key),
                    f"the key {quoted(key)} stands here a second time (first in line {first})",
                    "keep one of the two",
                )
                self.drop_next = True
            else:
                top.key[0] = key
                self.keys[(*top.path, key)] = _place(event)
            return
        value, refused = self.constant(event)
        self.node(event, value, refused)

    def constant(self, event: yaml.ScalarEvent) -> tuple[Yaml, bool]:
        """The value of a scalar by the core schema, and whether it was refused."""
        text = event.value
        if not event.implicit[0] or event.tag is not None:  # quoted or block text
            found = hidden_sign(text)
            if found is not None:
                self.problem(
                    event,
                    self.path(),
                    f"the text holds the hidden or control sign {sign_name(found[0])}",
                    "delete it",
                )
                return None, True
            return text, False
        if text in _CONSTANTS:
            return _CONSTANTS[text], False
        if _INTEGER.fullmatch(text):
            base = {"0o": 8, "0x": 16}.get(text[:2], 10)
            return int(text[2:] if base != 10 else text, base), False
        if _NOT_FINITE.fullmatch(text) or (_FLOAT.fullmatch(text) and not math.isfinite(float(text))):
            self.problem(
                event, self.path(), f"{shortened(text)} is not a finite number", "write a number, or leave the key out"
            )
            return None, True
        if _FLOAT.fullmatch(text):
            self.written[self.path()] = text
            return float(text), False
        return text, False

    def path(self) -> Path:
        """The path of the value that comes next."""
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return top.path if top.key[0] is None else (*top.path, top.key[0])

    def node(self, event: yaml.Event, value: Yaml, refused: bool = False) -> None:
        """Put a value where it belongs."""
        if self.skipping:
            return
        if self.drop_next:
            self.drop_next = False
            return
        path = self.path()
        self.places[path] = _place(event)
        if refused:
            self.refused.add(path)
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key[0] is None:  # an alias as key
            self.drop_next = True
        else:
            top.value[top.key[0]] = value
            top.key[0] = None

    def problem(self, event: yaml.Event, path: Path, wrong: str, remedy: str) -> None:
        if not self.skipping:
            self.problems.append(Problem(self.name, *_place(event), dotted(path), wrong, remedy))

    def stop(self, event: yaml.Event, wrong: str, remedy: str) -> None:
        raise CaseError(
            *self.problems, Problem(self.name, *_place(event), dotted(self.path()), wrong, remedy)
        )


def dotted(path: Path) -> str:
    """A path as people write it: actors.3.role; cut where a hostile file makes it long."""
    text = ".".join(str(part)[:60] for part in path)
    return text if len(text) <= 200 else text[:200] + "..."


def _place(event: yaml.Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    said = " ".join(
        str(part) for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part
    )
    if "nesting depth" in said:  # some releases of libyaml look ahead, and refuse the depth before we see it
        return Problem(name, line, column, "", *TOO_DEEP)
    here = (*text.split("\n"), "")[min(line - 1, text.count("\n") + 1)] if line else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or here[column - 1 : column] == "\t":
        return Problem(name, line, column, "", "a tab stands here", "indent with spaces: YAML knows no tabs")
    wrong = f"this is not YAML ({said[:200]})" if said else "this is not YAML"
    return Problem(
        name, line, column, "", wrong, "check the indentation, the colons and the quotes near here"
    )
