"""What all tests share: the option --small, the public panels, an environment with nothing in it."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    parser.addoption("--small", action="store_true", help="slow tests at the sizes that CI uses")
    parser.addoption("--mutations", type=int, default=400, help="mutated cases that the slow tier checks")
    parser.addoption("--first-mutation", type=int, default=0, help="number of the first of them")


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
    """The environment of a process without home folder and locale, with a place for temporary files."""
    kept = {"INTERREX_CACHE": os.environ["INTERREX_CACHE"]} if "INTERREX_CACHE" in os.environ else {}
    return {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), **kept}


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """The fictional case of `interrex new` at its end, ready to be scored (see fixtures/toy.py)."""
    from fixtures import toy as cases

    return cases.ready(cases.cut(tmp_path_factory.mktemp("toy") / "case"))
