"""interrex on a newcomer's machine: quick to answer, light to import, content with a bare environment."""

import subprocess
import sys

import pytest

HEAVY = ("numba", "scipy", "matplotlib", "statsmodels", "xarray", "pandas")


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, **options)


def imported_by(code):
    done = python("-c", f"import sys\n{code}\nprint('modules', *sorted(sys.modules))")
    assert done.returncode == 0, done.stderr
    return done.stdout.rpartition("modules ")[2].split()


@pytest.mark.parametrize(
    "code",
    [
        "import interrex",
        "from interrex import cli\ncli.main(['--help'])",
        "from interrex import cli\ncli.main(['run', '--help'])",
        "from interrex import cli\ncli.main(['verify', '/nonexistent'])",
        "import interrex\nassert interrex.open_run",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code):
    assert sorted(set(HEAVY) & set(imported_by(code))) == []


def test_help_needs_no_home_no_locale_and_no_terminal(bare_environment):
    done = python("-m", "interrex.cli", "--help", env=bare_environment, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert "Rebuild a political crisis" in done.stdout


def test_a_case_is_written_and_checked_without_home_locale_and_terminal(bare_environment, tmp_path):
    for words in (["new", "toy"], ["check", "toy"], ["schema"]):
        done = python(
            "-m", "interrex.cli", *words, env=bare_environment, stdin=subprocess.DEVNULL, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_case_is_run_without_home_locale_and_terminal(bare_environment, tmp_path):
    def interrex(*words):
        done = python(
            "-m", "interrex.cli", *words, env=bare_environment, stdin=subprocess.DEVNULL, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        return done

    interrex("new", "toy")
    told = interrex("run", "./toy", "--quick", "--particles", "4")
    report = tmp_path / told.stdout.rpartition("Report: ")[2].strip()
    assert report.read_text("utf-8").lower().startswith("<!doctype html>")
    assert "\x1b" not in told.stderr  # plain lines where there is no terminal
    interrex("verify", str(report.parent))


def test_a_name_that_the_package_does_not_have():
    done = python("-c", "import interrex; interrex.nonsense")
    assert "module 'interrex' has no attribute 'nonsense'" in done.stderr


def test_a_reader_that_stops_early_is_no_error():
    script = '"$1" -m interrex.cli run --help | head -n 1'
    done = subprocess.run(["sh", "-c", script, "sh", sys.executable], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
