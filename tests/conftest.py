"""What all tests share: the options --small and --fast, the public panels, an environment with nothing in it."""

import os
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

DEAR = re.compile(
    r"interrex\.(attention|engine|replications|topics|report|inference|futures|eventstudy|trust)|import replications|workbench|cli\.main"
    r"|import (toy|told|telling|stored_run|studies)|fixtures\.(told|telling)|subprocess|browser|load_case\(\""
)
"""What stands in a file of tests that compile kernels, draw pages or start programs: --fast leaves it out unread."""


def pytest_addoption(parser):
    parser.addoption("--small", action="store_true", help="slow tests at the sizes that CI uses")
    parser.addoption(
        "--fast", action="store_true", help="only files of tests that compile nothing and draw nothing"
    )
    parser.addoption("--mutations", type=int, default=400, help="mutated cases that the slow tier checks")
    parser.addoption("--first-mutation", type=int, default=0, help="number of the first of them")


def pytest_ignore_collect(collection_path, config):
    """Whether --fast leaves a file out."""
    if config.getoption("--fast") and collection_path.suffix == ".py":
        return bool(DEAR.search(collection_path.read_text(encoding="utf-8"))) or None
    return None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With -n, workers take whole files, whose tests share what is dear to make."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


@pytest.fixture(scope="session")
def small(request) -> bool:
    """Whether slow tests are asked to use the sizes of CI instead of the full ones."""
    return request.config.getoption("--small")


@pytest.fixture(scope="session")
def public_data() -> pathlib.Path:
    """The folder of public panels beside the clone; where it is absent, tests that need it are skipped."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside the clone")
    return folder


@pytest.fixture
def bare_environment(tmp_path) -> dict[str, str]:
    """The environment of a process without home folder and locale, with a place for temporary files, and for kernels where
    these tests have one."""
    kept = {name: os.environ[name] for name in ("INTERREX_CACHE", "XDG_CACHE_HOME") if name in os.environ}
    return {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), **kept}


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """The fictional case of `interrex new` at its end, ready to be scored (see fixtures/toy.py)."""
    from fixtures import toy as cases

    return cases.ready(cases.cut(tmp_path_factory.mktemp("toy") / "case"))
