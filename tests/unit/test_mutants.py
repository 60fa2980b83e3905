"""The harness of mutants itself: what each operator changes, what is left alone, who dies and who lives."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mutants


def changes(source: str) -> set[str]:
    """Every change to a module, as 'before -> after'."""
    found = mutants.Finder(ast.parse(source)).found
    return {f"{ast.unparse(node)} -> {ast.unparse(new)}".replace("\n", " ") for node, new, _ in found}


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("a < b", {"a < b -> a >= b", "a < b -> a <= b"}),
        ("a == b", {"a == b -> a != b"}),
        ("a and b", {"a and b -> a or b"}),
        ("a - b", {"a - b -> a + b"}),
        ("a / b", {"a / b -> a * b"}),
        ("-a", {"-a -> a"}),
        ("not a", {"not a -> a"}),
        ("a[0]", {"a[0] -> a[-1]", "0 -> 1"}),
        ("a + 2.5", {"a + 2.5 -> a - 2.5", "2.5 -> 3.5", "2.5 -> -2.5"}),
        ("True", {"True -> False"}),
        ("a if b else c", {"a if b else c -> c if b else a"}),
        ("min(a, b)", {"min(a, b) -> max(a, b)"}),
        ("a.any()", {"a.any() -> a.all()"}),
        ("'three words here'", {"'three words here' -> ''"}),
        ("f'{a} of {b} dead'", {"f'{a} of {b} dead' -> ''"}),
        ("'a key' + a", set()),
    ],
)
def test_an_operator_makes_the_change_that_it_names(expression: str, wanted: set[str]) -> None:
    assert changes(f"def f(a, b, c):\n    return {expression}") == wanted


def test_none_stands_for_a_value_only_where_the_signature_allows_it() -> None:
    assert changes("def f(a) -> int | None:\n    return a") == {"return a -> return None"}
    assert changes("def f(a) -> int:\n    return a") == set()


def test_what_nothing_rests_on_is_left_alone_and_what_a_picture_says_is_not() -> None:
    assert changes('"""A docstring of words."""\nfrom os import path\n__all__ = ["a", "b"]\n') == set()
    assert changes("def f(axes, a):\n    axes.plot([a + 0.5], lw=2)") == set()
    assert changes("def f(axes, a):\n    axes.set_title(f'{a} of all the days')") == {"f'{a} of all the days' -> ''"}
    assert changes("def f(a):\n    with drawing(1):\n        b = a - 3") == {"a - 3 -> a + 3"}


HUNT = """
import sys
import interrex.topics
import mutants
from pathlib import Path
import pytest

folder = Path(sys.argv[1])
interrex.topics.__path__.append(str(folder))
import interrex.topics.planted.answer
mutants.FOLDER, mutants.ROOT, mutants.TESTS = folder, str(folder) + "/", folder / "tests"
hunt = mutants.Hunt(["planted"], 12, 1, 1)
pytest.main(["--rootdir", str(folder), "-p", "no:cacheprovider", "-q", str(folder / "tests")], plugins=[hunt])
"""


def test_a_fault_that_a_test_sees_dies_and_one_without_effect_lives(tmp_path: Path) -> None:
    code, test = tmp_path / "planted" / "answer.py", tmp_path / "tests" / "topics" / "test_planted.py"
    for file, text in (
        (code, "def larger(a, b):\n    return a if a > b else b\n\n\ndef unseen(a):\n    return -a\n"),
        (code.with_name("__init__.py"), ""),
        (test, "from interrex.topics.planted.answer import larger\n\n\ndef test_it():\n    assert larger(1, 2) == larger(2, 1) == 2\n"),
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    where = os.pathsep.join([str(Path(mutants.__file__).parent), *filter(None, sys.path)])
    ran = subprocess.run(
        [sys.executable, "-c", HUNT, str(tmp_path)], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": where}, check=False
    )
    lives = [line.split(": ", 2)[2] for line in ran.stdout.splitlines() if "lives:" in line]
    assert lives == ["a > b -> a >= b", "-a -> a"], ran.stdout + ran.stderr
    assert "planted: 2 of 4 dead, 1 tests" in ran.stdout
