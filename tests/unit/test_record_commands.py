import datetime
import sys
import types

import pytest

from fixtures.sealing import RURITANIA, ZENDA, forecast, panels
from interrex import cli, record
from interrex.record import register
from interrex.record.questions import of_country


@pytest.fixture
def world(monkeypatch, tmp_path):
    """Made-up panels and forecasts in place of readers and model; works in an empty folder."""
    asked = {}
    risk, reader = types.ModuleType("interrex.record.risk"), types.ModuleType("interrex.record.panels")

    def risks(given, day, country=""):
        asked.update(panels=given, day=day)
        made = [
            forecast(event, 12, day, ccode)
            for ccode in (RURITANIA, ZENDA)
            for event in ("exit", "coup_attempt")
        ]
        return of_country(made, country) if country else made

    risk.risks, risk.model_hash = risks, lambda: "cd" * 32
    reader.read = lambda path: panels(
        [
            (RURITANIA, "Rudolf Elphberg", "2025-05-01", "2027-01-01", "coup"),
            (ZENDA, "Rudolf Elphberg", "2025-05-01", "", ""),
        ],
        [(RURITANIA, "2027-01-01", "military_palace"), (ZENDA, "2029-01-01", "military_palace")],
    )
    for name, module in (("risk", risk), ("panels", reader)):
        monkeypatch.setitem(sys.modules, f"interrex.record.{name}", module)
        monkeypatch.setattr(record, name, module, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return asked


def test_a_forecast_is_printed_and_without_seal_nothing_is_written(world, tmp_path, capsys):
    assert cli.main(["forecast", "ruritania", "--panels", "data", "--as-of", "2026-01-31"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3 and "exit" in said[1] and "coup_attempt" in said[2] and "5.0 to 20.0" in said[1]
    assert world["panels"] is not None and world["day"] == datetime.date(2026, 1, 31)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_country_is_named_or_numbered_and_a_slip_is_told_its_neighbour(world, capsys):
    assert cli.main(["forecast", str(ZENDA), "--panels", "data"]) == 0
    assert world["panels"] is not None and "Ruritania" not in capsys.readouterr().out
    assert cli.main(["forecast", "Ruritanie"]) == 2
    assert "a country needs panels" in capsys.readouterr().err
    assert cli.main(["forecast", "Ruritanie", "--panels", "data"]) == 2
    assert capsys.readouterr().err == "no forecast is on 'Ruritanie'; did you mean Ruritania?\n"


def test_sealing_prints_the_head_that_verify_asks_for(world, capsys, monkeypatch):
    monkeypatch.setattr(
        cli.datetime, "date", type("Date", (datetime.date,), {"today": classmethod(lambda c: c(2026, 2, 1))})
    )
    assert cli.main(["forecast", "data", "--as-of", "2026-01-31", "--seal"]) == 0
    head = capsys.readouterr().out.split()[-1]
    assert head.startswith("4:")
    assert cli.main(["verify", "register.jsonl", "--head", head]) == 0
    assert capsys.readouterr().out == f"register.jsonl: whole, 4 forecasts\nhead {head}\n"
    assert register.read(register.Path("register.jsonl")).lines[0].model == "cd" * 32
    assert cli.main(["forecast", "data", "--as-of", "2026-01-31", "--seal"]) == 2
    assert "is sealed already" in capsys.readouterr().err
    assert cli.main(["forecast", "data", "--as-of", "2025-12-31", "--seal"]) == 2
    assert "say --backcast" in capsys.readouterr().err
    assert cli.main(["forecast", "data", "--as-of", "2025-12-31", "--seal", "--backcast"]) == 0


def sealed(path, **options):
    made = [
        forecast(e, 12, datetime.date(2026, 1, 31), c)
        for c in (RURITANIA, ZENDA)
        for e in ("exit", "coup_attempt")
    ]
    return register.append(path, made, "0.1.0", "ab" * 32, datetime.date(2026, 1, 31), **options)


def test_grades_are_printed_with_their_source_and_written_as_rows(world, tmp_path, capsys):
    head = sealed(tmp_path / "mine.jsonl")
    assert (
        cli.main(
            ["grade", "data", "--register", "mine.jsonl", "--as-of", "2028-01-01", "--out", "grades.csv"]
        )
        == 0
    )
    said = capsys.readouterr().out
    assert said.startswith(
        f"mine.jsonl, head {head}\nby data as of 2028-01-01\n4 forecasts: 2 yes, 1 no, 1 open, 0 void\n"
    )
    assert len((tmp_path / "grades.csv").read_text().splitlines()) == 5


def test_grades_as_of_a_day_know_nothing_later(world, tmp_path, capsys):
    sealed(tmp_path / "register.jsonl")
    assert cli.main(["grade", "data", "--as-of", "2026-12-31"]) == 0
    assert "4 forecasts: 0 yes, 0 no, 2 open, 2 void" in capsys.readouterr().out


def test_a_damaged_register_is_named_once_with_its_line_and_status_2(world, tmp_path, capsys):
    path = tmp_path / "register.jsonl"
    sealed(path)
    path.write_bytes(path.read_bytes().replace(b'"p": 0.1', b'"p": 0.2', 1))
    for words in (["verify", str(path)], ["grade", "data"], ["forecast", "data", "--seal"]):
        assert cli.main(words) == 2
        assert capsys.readouterr().err.count("register.jsonl:1: was changed after it was sealed") == 1


def test_a_head_is_asked_of_registers_only(world, tmp_path, capsys):
    assert cli.main(["verify", str(tmp_path), "--head", "1:" + "0" * 64]) == 2
    assert "--head is for registers" in capsys.readouterr().err
    assert cli.main(["verify", "none.jsonl"]) == 2
    assert "there is no register" in capsys.readouterr().err


def test_the_ledger_of_a_case_decides_what_it_documents(world, tmp_path, capsys):
    path, day = tmp_path / "register.jsonl", datetime.date(2021, 12, 31)
    asked = [
        forecast("exit", 1, day, leader="Kassym-Jomart Tokayev", since=datetime.date(2019, 3, 20)),
        forecast(months=1, issued=day),
    ]
    register.append(path, asked, "0.1.0", "ab" * 32, day)
    assert cli.main(["grade", "kazakhstan-2022"]) == 2
    assert "give --country NAME" in capsys.readouterr().err
    assert cli.main(["grade", "kazakhstan-2022", "--country", "Ruritania"]) == 0
    said = capsys.readouterr().out
    assert "2 forecasts: 0 yes, 2 no, 0 open, 0 void" in said and "2 scored; countries: 1" in said
