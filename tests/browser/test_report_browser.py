"""The report in a real browser with the network off: every section is drawn and no case text runs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from fixtures import stored_run
from interrex.report import build
from interrex.workbench import sections

CHROMIUM = Path("/usr/bin/chromium")
EVIL = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    """Run headless Chromium on a page; returns what it printed."""
    if not CHROMIUM.exists():
        reason = "no /usr/bin/chromium (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = tmp_path_factory.mktemp("profile")

    def run(page: Path, *options: str) -> str:
        done = subprocess.run(
            [
                str(CHROMIUM),
                "--headless",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                f"--user-data-dir={profile}",
                "--proxy-server=127.0.0.1:9",
                "--proxy-bypass-list=<-loopback>",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--hide-scrollbars",
                "--window-size=1000,1400",
                *options,
                page.as_uri(),
            ],
            capture_output=True,
            timeout=120,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace")

    return run


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_bytes(build(stored_run.hostile(EVIL), stored_run.manifest(), sections()))
    return path


def test_every_section_is_in_the_document(browse, hostile_page):
    dom = browse(hostile_page, "--dump-dom")
    assert re.findall(r'<section id="([a-z-]+)"', dom) == [section.id for section in sections()]
    assert dom.count("<figure") >= 12


def test_no_script_from_case_text_runs(browse, hostile_page):
    dom = browse(hostile_page, "--dump-dom")
    assert not re.search(r"<script|<img|<iframe", dom)
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert title and title.group(1).startswith("Aurelia, spring 2030")


def test_it_draws_something_and_prints_to_paper(browse, tmp_path):
    page = tmp_path / "report.html"
    page.write_bytes(build(stored_run.tree(), stored_run.manifest(), sections()))
    picture, paper = tmp_path / "page.png", tmp_path / "page.pdf"
    browse(page, f"--screenshot={picture}")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and picture.stat().st_size > 30_000
    browse(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    content = paper.read_bytes()
    assert content[:5] == b"%PDF-"
    assert 8 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 60
