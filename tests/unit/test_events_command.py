"""The command `events`: its options are those of Python, and it survives folders and outputs that take nothing."""

import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import fields

import pytest

from fixtures.walks import EVENT, tidy, walks
from interrex import cli
from interrex.errors import RunError
from interrex.eventstudy import events
from interrex.eventstudy.options import MOST_DRAWS, Options, pairs


@pytest.fixture
def line(tmp_path):
    """The words of a command that works, without --out."""
    file = tmp_path / "prices.csv"
    file.write_text(tidy(*walks()), encoding="utf-8")
    return ["events", str(file), "--event", str(EVENT), "--name", "SHARE", "--benchmark", "MARKET"]


def run(words, **more):
    env = {**os.environ, "PYTHONPATH": str(pathlib.Path(cli.__file__).parents[1])}
    code = "import sys\nfrom interrex.cli import main\nsys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *words], env=env, text=True, stderr=subprocess.PIPE, **more
    )


@pytest.mark.parametrize("what", ["below a file", "a file", "not allowed", "a folder in the way"])
def test_where_nothing_can_be_written_the_table_comes_first_and_then_one_sentence(
    line, tmp_path, what, capsys, monkeypatch
):
    out = tmp_path / "out"
    if what == "not allowed":  # a superuser may write anywhere, so that the system's answer is played

        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    elif what == "a folder in the way":
        (out / "names.csv").mkdir(parents=True)
    else:
        out.write_text("", encoding="utf-8")
        out = out / "below" if what == "below a file" else out
    assert cli.main([*line, "--out", str(out)]) == 2
    told = capsys.readouterr()
    assert "Verdict" in told.out and "Written" not in told.out
    assert str(out) in told.err and "--out" in told.err and len(told.err.splitlines()) == 1
    assert not out.is_dir() or [path.name for path in out.iterdir()] in ([], ["names.csv"])


@pytest.mark.parametrize("closed", ["exec >&-", "exec 2>&-", "exec >&- 2>&-"])
def test_closed_outputs_do_not_keep_the_files_from_being_written(line, tmp_path, closed):
    env = {**os.environ, "PYTHONPATH": str(pathlib.Path(cli.__file__).parents[1])}
    code = "import sys; from interrex.cli import main; sys.exit(main())"
    done = subprocess.run(
        [
            "bash",
            "-c",
            f'{closed}; exec "$0" -c "$@"',
            sys.executable,
            code,
            *line,
            "--out",
            str(tmp_path / "o"),
        ],
        env=env,
    )
    assert done.returncode == 0
    assert (tmp_path / "o" / "events.png").stat().st_size > 0


def test_a_reader_that_has_seen_enough_is_no_error(line, tmp_path):
    read, write = os.pipe()
    os.close(read)
    done = run([*line, "--out", str(tmp_path / "o")], stdout=write)
    os.close(write)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert (tmp_path / "o" / "names.csv").exists()


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no full device")
def test_a_full_output_is_one_sentence(line, tmp_path):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = run([*line, "--out", str(tmp_path / "o")], stdout=full)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--seed", "-1"], "2**64 - 1"), (["--seed", str(2**64)], "2**64 - 1"), (["--self-test", "--seed", "-3"], "2**64 - 1"),
        (["--placebo", "0"], "too few"), (["--placebo", str(MOST_DRAWS + 1)], "too many"), (["--window", "0", "99999999"], "5000 days"),
        (["--estimation", "-99999999", "-11"], "5000 days"), (["--max-gap", "-1"], "too small"), (["--least", "1"], "too small"),
        (["--level", "95"], "no share"), (["--date-format", "%Q"], "does not tell"), (["--close", "21:00", "--close", "22:00"], "twice"),
        (["--rates", "KZT=USDKZT"], "without --currency"), (["--close", "NYSE=21:00"], "no prices are of the venue"),
        (["--constituent", "SHAER"], "did you mean SHARE?"), (["--map", "date=date,date=day"], "twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_one_sentence(line, asked, sentence, tmp_path, capsys):
    assert cli.main([*line, *asked, "--out", str(tmp_path / "o")]) == 2
    told = capsys.readouterr()
    assert sentence in told.err and len(told.err.splitlines()) == 1 and not (tmp_path / "o").exists()


def test_every_option_of_python_is_one_of_the_command(capsys):
    assert cli.main(["events", "--help"]) == 0
    told = capsys.readouterr().out
    short = {"factors": "factor", "closes": "close", "constituents": "constituent"}
    for one in fields(Options):
        assert f"--{short.get(one.name, one.name).replace('_', '-')} " in told


def test_options_are_the_same_from_python_and_from_the_command(line, tmp_path):
    import pandas as pd

    asked = [
        "--window",
        "0",
        "2",
        "--level",
        "0.9",
        "--returns",
        "log",
        "--constituent",
        "SHARE",
        "--seed",
        "7",
        "--out",
        str(tmp_path / "o"),
    ]
    assert cli.main([*line, *asked]) == 0
    study = events(line[1], event=str(EVENT), name="SHARE", benchmark="MARKET", window=(0, 2), level=0.9, returns="log",
                   constituents=["SHARE"], seed=7)  # fmt: skip
    written = pd.read_csv(tmp_path / "o" / "names.csv")
    assert written["car_low"][0] == pytest.approx(study["car_low"].item(), abs=1e-8)
    whole = Options.of(name="SHARE", benchmark="MARKET", window=(0, 2))
    assert events(line[1], event=str(EVENT), options=whole, level=0.9)["car"].item() == events(
        line[1], event=str(EVENT), name="SHARE", benchmark="MARKET", window=(0, 2), level=0.9
    )["car"].item()  # fmt: skip


def test_mappings_and_words_are_taken_for_pairs():
    found = Options.of(closes={"LSE": "16:30@Europe/London", "X": 16.5}, name="A", rates=None)
    assert (
        found.closes == ("LSE=16:30@Europe/London", "X=16.5") and found.name == ("A",) and found.rates == ()
    )
    assert pairs("--rates", ("KZT=KZT=X",)) == {"KZT": "KZT=X"}
    assert pairs("--map", ("price=Close,date=Date", "venue=MIC")) == {
        "price": "Close",
        "date": "Date",
        "venue": "MIC",
    }
    assert pairs("--close", ("16:00",), unnamed=True) == {"": "16:00"}
    for wrong in ("price", "=Close", "price="):
        with pytest.raises(RunError, match="OURS=THEIRS"):
            pairs("--map", (wrong,))


def test_an_unknown_word_of_python_is_an_error(line):
    with pytest.raises(TypeError, match="benchmrak"):
        events(line[1], event=str(EVENT), benchmrak="MARKET")
    with pytest.raises(RunError, match="model 'capm' is unknown; use one of mean, adjusted, market"):
        events(line[1], event=str(EVENT), benchmark="MARKET", model="capm")
