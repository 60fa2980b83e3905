"""A topic is one folder and one line: added as the docs say, and removed, in a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import interrex

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
BLOCKS = {name: code for name, code in re.findall(r"```python\n# ([\w/.]+)\n(.*?)```", PAGE, re.DOTALL)}
REGISTRY = "topics/__init__.py"

RUN = """
import sys
from pathlib import Path
from interrex import workbench
from fixtures.few import few
from interrex.case.template import write_template
case = write_template("toy", Path(sys.argv[1]) / "toy")
with few():
    run = workbench.run(case, as_of="2030-03-14", effort="quick", workers=1, out=Path(sys.argv[1]) / "runs")
share = run.tree["weekdays"]["share"]
print(float(share.sum()), share.attrs["units"], share.attrs["long_name"])
print(run.report_path.read_text())
"""

TELL = """
from fixtures import stored_run
from interrex.report import build
from interrex.workbench import sections
print(build(stored_run.tree(), {}, sections()).decode())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, to be changed."""
    shutil.copytree(
        Path(interrex.__file__).parent,
        tmp_path / "src" / "interrex",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path / "src" / "interrex"


def python(package: Path, code: str, *words: str) -> str:
    """What Python prints that imports the copy."""
    paths = os.pathsep.join([str(package.parent), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_section_is_removed_by_deleting_one_folder_and_one_line(copy: Path) -> None:
    registry = copy / REGISTRY
    before = registry.read_text(encoding="utf-8")
    after = re.sub(r'    Topic\("silence".*\n', "", before)
    assert len(before.splitlines()) - len(after.splitlines()) == 1
    registry.write_text(after, encoding="utf-8")
    shutil.rmtree(copy / "topics" / "silence")
    page = python(copy, TELL)
    assert (
        '<section id="outcomes">' in page
        and '<section id="silence">' not in page
        and "Absent actors" not in page
    )


@pytest.mark.slow
def test_the_topic_of_the_docs_is_run_checked_and_told(copy: Path, tmp_path: Path) -> None:
    for name, code in BLOCKS.items():
        if name == REGISTRY:
            registry = copy / name
            text = registry.read_text(encoding="utf-8")
            line = '    Topic("confidence"),\n'
            assert line in text
            registry.write_text(text.replace(line, code + line), encoding="utf-8")
        else:
            (copy / name).parent.mkdir(exist_ok=True)
            (copy / name).write_text(code, encoding="utf-8")
    (copy / "topics" / "weekdays" / "__init__.py").touch()
    told = python(copy, RUN, str(tmp_path))
    assert told.startswith("1.0 1 share of person-days") or told.startswith("0.99")
    section = told.split('<section id="weekdays">')[1].split("</section>")[0]
    assert re.search(r"Most people were out on a \w+day: <?[^ ]* ?\d+ %", re.sub(r"<[^>]+>", "", section))
    assert told.index('<section id="weekdays">') < told.index('<section id="confidence">')


def test_every_stop_of_the_claim_is_a_file_and_entered_once() -> None:
    stops = re.findall(
        r"^\d+\. `([\w/.]+)`", PAGE.split("## One claim")[1].split("## A topic")[0], re.MULTILINE
    )
    assert len(stops) == len(set(stops)) >= 14
    for stop in stops:
        assert (Path(interrex.__file__).parent / stop).is_file(), stop


def test_every_folder_has_its_job_in_one_sentence() -> None:
    told = set(
        re.findall(r"^\| `(\w+)` \|", PAGE.split("## Folders")[1].split("\n## ")[0], re.MULTILINE)
    )
    package = Path(interrex.__file__).parent
    assert told == {
        folder.name for folder in package.iterdir() if folder.is_dir() and folder.name != "__pycache__"
    }
