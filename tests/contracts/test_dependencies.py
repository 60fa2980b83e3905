"""What the code imports is what pyproject.toml declares: nothing that comes by chance, nothing that nobody uses."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = {"scikit-learn": "sklearn", "PyYAML": "yaml"}
"""Modules that are not called as their distribution is."""
BEHIND = {"h5netcdf", "h5py"}
"""What xarray opens files with, never imported by name."""
OPTIONAL = ("events", "garch", "record")
"""Extras that the code imports; the others are for developers, or read what a run wrote (arviz)."""


def declared(requirements: list[str]) -> set[str]:
    names = [re.split(r"[<>=!~\[; ]", text)[0] for text in requirements]
    return {MODULES.get(name, name.replace("-", "_").lower()) for name in names}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def foreign(names: Iterator[str]) -> set[str]:
    return set(names) - set(sys.stdlib_module_names) - {"interrex"}


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "src").rglob("*.py")}
BASE = declared(PROJECT["dependencies"])
EXTRA = declared([text for name in OPTIONAL for text in PROJECT["optional-dependencies"][name]])


def test_everything_imported_is_declared() -> None:
    used = {name: path for path, tree in TREES.items() for name in foreign(imported(tree))}
    assert {name: used[name] for name in set(used) - BASE - EXTRA} == {}


def test_everything_declared_is_used() -> None:
    assert (BASE | EXTRA) - BEHIND <= {name for tree in TREES.values() for name in foreign(imported(tree))}


def test_extras_are_imported_only_where_they_are_needed() -> None:
    for path, tree in TREES.items():
        for statement in tree.body if isinstance(tree, ast.Module) else []:
            if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                assert not foreign(imported(statement)) & EXTRA, path


def test_the_tested_set_names_every_dependency() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert BASE <= declared([line for line in lines if "==" in line]) | {"yaml"}
