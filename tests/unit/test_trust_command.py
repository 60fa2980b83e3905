"""The command as a user types it: what it prints, writes and refuses."""

import pytest
import xarray as xr

from fixtures.opinions import ACTS, CSV
from interrex import cli


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "acts.csv").write_text(ACTS, encoding="utf-8")
    return tmp_path


def test_it_prints_the_answer_and_writes_table_numbers_and_page(folder, capsys):
    assert cli.main(["trust", "reports.csv", "--acts", "acts.csv", "--out", "out"]) == 0
    told = capsys.readouterr().out
    assert "Order to fire" in told and "rests on" in told and "Written: trust.csv, trust.nc, trust.html in out" in told
    assert (folder / "out" / "trust.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    table = (folder / "out" / "trust.csv").read_text(encoding="utf-8").splitlines()
    assert table[0].startswith("day,audience,level_5,") and table[1].startswith("2021-11-05,networks,0.")
    with xr.open_dataset(folder / "out" / "trust.nc") as found:
        assert found["level"].attrs["long_name"] and found.sizes["audience"] == 2


def test_the_same_files_give_the_same_bytes(folder, capsys):
    for out in ("one", "two"):
        assert cli.main(["trust", "reports.csv", "--out", out]) == 0
    for name in ("trust.csv", "trust.html"):
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()


def test_options_change_the_answer(folder, capsys):
    def told(*words):
        assert cli.main(["trust", "reports.csv", *words]) == 0
        return capsys.readouterr().out

    usual = told()
    assert told("--shift", "poll=0,0.1") != usual
    cut = told("--as-of", "2021-12-31", "--acts", "acts.csv")
    assert "8 reports of 4 houses" in cut and "A speech" in cut and "Order to fire" not in cut


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "no file of reports is given"), (["nowhere.csv"], "nowhere.csv: is not there"),
        (["reports.csv", "--quantity", "love"], "there is no quantity 'love'"),
        (["reports.csv", "--quantity", "old"], "no report on old is left"), (["reports.csv", "--size", "0"], "--size 0 asks nobody"),
        (["reports.csv", "--as-of", "soon"], "'soon' is not a day"), (["reports.csv", "--shift", "phone=1,1"], "there is no mode 'phone'"),
        (["reports.csv", "--acts", "reports.csv"], "acts have two, day and label"), (["reports.csv", "--out", "reports.csv"], "reports.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence_with_status_two(folder, capsys, words, expected):
    assert cli.main(["trust", *words]) == 2
    told = capsys.readouterr().err
    assert expected in told and len(told.strip().splitlines()) == 1
