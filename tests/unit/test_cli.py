import datetime
import inspect
import json
import pathlib
import sys
import types

import pytest

import interrex
from interrex import cli
from interrex.efforts import effort_of
from interrex.errors import CaseError, RunError
from interrex.options import RunOptions, ScoreOptions


@pytest.fixture
def workbench(monkeypatch):
    """A stand-in that keeps what the command line asked for."""
    asked = {}
    fake = types.ModuleType("interrex.workbench")

    def run(case, **options):
        asked.update(case=case, **options)
        return types.SimpleNamespace(
            judgements=["About 3 % (almost no chance)."], report_path=pathlib.Path("r.html")
        )

    def score(case, **options):
        asked.update(case=case, **options)
        return "scored"

    def learn(names, **options):
        asked.update(cases=names, **options)
        return "learned"

    learning, words = types.ModuleType("interrex.learning"), types.ModuleType("interrex.learning.lines")
    learning.learn, words.lines = learn, str.upper
    monkeypatch.setitem(sys.modules, "interrex.learning", learning)
    monkeypatch.setitem(sys.modules, "interrex.learning.lines", words)
    fake.run, fake.asked = run, asked
    fake.report = lambda folder: folder / "report.html"
    monkeypatch.setitem(sys.modules, "interrex.workbench", fake)
    monkeypatch.setattr(interrex, "workbench", fake, raising=False)
    scoring = types.ModuleType("interrex.scoring")
    scoring.score_case = score
    fake.scoring = scoring
    monkeypatch.setitem(sys.modules, "interrex.scoring", scoring)
    return fake


def test_learn_hands_cases_and_options_on_and_prints_what_was_learned(workbench, capsys):
    assert cli.main(["learn", "one", "./two", "--particles", "16", "--trial", "--out", "here"]) == 0
    asked = workbench.asked
    assert isinstance(asked.pop("progress"), cli.Progress)
    assert list(asked.pop("cases")) == ["one", "./two"]
    assert asked == {"seed": 1, "particles": 16, "trial": True, "workers": None, "out": pathlib.Path("here")}
    assert capsys.readouterr().out == "LEARNED\n"
    assert cli.main(["learn", "--particles", "2"]) == 2 and "too small" in capsys.readouterr().err


def test_run_hands_its_options_to_the_workbench(workbench, capsys):
    line = "run toy --as-of 2022-01-05 --seed 7 --quick --resolution 1 --particles 50 --workers 2 --out x"
    assert cli.main([*line.split(), "--resume", "--no-warm-start", "--placebo", "--mechanisms", "m.py"]) == 0
    progress = workbench.asked.pop("progress")
    assert isinstance(progress, cli.Progress)
    assert workbench.asked == {
        "case": "toy",
        "as_of": "2022-01-05",
        "seed": 7,
        "effort": "default",
        "quick": True,
        "priors": "tested",
        "citizens_per_agent": 1,
        "particles": 50,
        "workers": 2,
        "out": pathlib.Path("x"),
        "resume": True,
        "warm_start": False,
        "placebo": True,
        "mechanisms": pathlib.Path("m.py"),
    }
    assert capsys.readouterr().out == "About 3 % (almost no chance).\n\nReport: r.html\n"


def test_run_without_options(workbench):
    assert cli.main(["run", "toy"]) == 0
    asked = workbench.asked
    assert (asked["as_of"], asked["seed"], asked["effort"]) == (None, 1, "default")
    assert (asked["citizens_per_agent"], asked["particles"], asked["workers"]) == (None, None, None)
    assert (asked["resume"], asked["warm_start"], asked["placebo"]) == (False, True, False)


def test_resolution_is_persons_behind_a_citizen_with_or_without_one_to(workbench):
    for text, persons in (("1", 1), ("10", 10), ("100", 100), ("1:1", 1), ("1:100", 100)):
        for command in ("run", "score"):
            assert cli.main([command, "toy", "--resolution", text]) == 0
            assert workbench.asked["citizens_per_agent"] == persons


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--as-of yesterday", "not a day; write it as YYYY-MM-DD"),
        ("--resolution 1:x", "--resolution 1:x is not one of 1, 10, 100"),
        ("--resolution 0", "1 simulates everybody"),
        ("--resolution 20", "how many persons one simulated citizen stands for"),
        ("--particles 0", "--particles 0 is too small"),
        ("--workers -1", "--workers -1 is too small"),
        ("--quick --effort publication", "contradict"),
    ],
)
def test_options_out_of_range_are_sentences_and_exit_2(workbench, capsys, options, sentence):
    assert cli.main(["run", "toy", *options.split()]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"as_of": "yesterday"}, "not a day"),
        ({"citizens_per_agent": 0}, "--resolution 0 is too small"),
        ({"particles": 1}, "--particles 1 is too small; give 2 or more"),
        ({"effort": "huge"}, "no effort 'huge'"),
        ({"quick": True, "effort": "publication"}, "contradict"),
    ],
)
def test_python_is_refused_what_the_command_line_is(options, sentence):
    with pytest.raises(RunError, match=sentence):
        interrex.run("no such case", **options)


def test_python_may_say_more_than_the_command_line():
    asked = RunOptions(as_of=datetime.date(2022, 1, 5), citizens_per_agent=20, particles=7, effort="quick")
    assert (asked.day, asked.sizes) == (asked.as_of, effort_of("quick")._replace(weight=20, particles=7))
    assert RunOptions(quick=True).sizes == ScoreOptions(effort="quick").sizes == effort_of("quick")
    assert {"effort", "progress", "mechanisms", "as_of"} < set(inspect.signature(interrex.run).parameters)


@pytest.mark.parametrize(
    "line", ["rum toy", "run", "run toy --seed x", "run toy --effort huge", "run toy --nonsense"]
)
def test_a_mistyped_command_is_exit_2(workbench, capsys, line):
    assert cli.main(line.split()) == 2
    told = capsys.readouterr()
    assert told.err
    assert told.out == ""


def test_errors_meant_for_people_come_without_traceback(workbench, capsys):
    def run(case, **options):
        raise CaseError(
            "case.yaml:3:1 id: is missing; give the case a name",
            "ledger.csv:4:2 when: is no date; write 2022-01-05",
        )

    workbench.run = run
    assert cli.main(["run", "toy"]) == 2
    err = capsys.readouterr().err
    assert err.splitlines() == [
        "case.yaml:3:1 id: is missing; give the case a name",
        "ledger.csv:4:2 when: is no date; write 2022-01-05",
    ]  # fmt: skip


def test_a_mistake_in_the_program_is_not_hidden(workbench):
    def run(case, **options):
        raise ZeroDivisionError

    workbench.run = run
    with pytest.raises(ZeroDivisionError):
        cli.main(["run", "toy"])


def test_an_interrupted_run_says_in_one_line_how_to_go_on(workbench, capsys):
    def run(case, **options):
        raise KeyboardInterrupt

    workbench.run = run
    assert cli.main(["run", "my case", "--seed", "2"]) == 130
    err = capsys.readouterr().err
    assert len(err.strip().splitlines()) == 1
    assert "interrex run 'my case' --seed 2 --resume" in err


def test_too_little_memory_is_a_sentence(workbench, capsys):
    def run(case, **options):
        raise MemoryError

    workbench.run = run
    assert cli.main(["run", "toy"]) == 2
    assert "--resolution 100" in capsys.readouterr().err


def test_the_small_commands(workbench, capsys):
    for line, printed in [
        ("report runs/toy/r", "Report: runs/toy/r/report.html"),
        ("score toy --as-of 2022-01-02 --as-of 2022-01-05", "scored"),
    ]:
        assert cli.main(line.split()) == 0
        assert capsys.readouterr().out.strip() == printed
    assert workbench.asked["as_of"] == ["2022-01-02", "2022-01-05"]


def test_score_names_a_bad_day(workbench, capsys):
    def score(case, **options):
        raise RunError("nothing to score", "give two days")

    workbench.scoring.score_case = score
    assert cli.main(["score", "toy"]) == 2
    assert capsys.readouterr().err == "nothing to score; give two days\n"
    assert cli.main(["score", "toy", "--as-of", "5 January"]) == 2


def test_verify_says_what_is_wrong_and_exits_2(tmp_path, capsys):
    assert cli.main(["verify", str(tmp_path)]) == 2
    assert "not a finished run" in capsys.readouterr().err


def test_a_new_case_checks_without_mistake(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "my-case"]) == 0
    assert "interrex check my-case" in capsys.readouterr().out
    assert cli.main(["check", "my-case"]) == 0
    assert "no mistake found" in capsys.readouterr().out
    assert cli.main(["new", "my-case"]) == 2  # nothing is overwritten


def test_check_names_every_mistake_and_exits_2(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    cli.main(["new", "toy"])
    path = tmp_path / "toy" / "case.yaml"
    path.write_text(path.read_text().replace("id: toy", "id: NO").replace("utc_offset:", "utc_ofset:"))
    assert cli.main(["check", "toy"]) == 2
    err = capsys.readouterr().err
    assert err.count("case.yaml:") >= 2
    assert "Traceback" not in err


def test_a_case_that_is_not_there(capsys):
    assert cli.main(["check", "nowhere"]) == 2
    assert "there is no case 'nowhere'" in capsys.readouterr().err


def test_schema_is_json(capsys):
    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "interrex case"


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == interrex.__version__
