import datetime
import hashlib
import json
import threading

import numpy as np
import pandas as pd
import pytest

from fixtures.sealing import ISSUED, RURITANIA, SINCE, ZENDA, forecast, question
from interrex.errors import RunError, StoreError
from interrex.record import register
from interrex.record.panels.formats import FORMATS
from interrex.record.questions import EVENTS, Forecast, Question, months_after

TODAY = datetime.date(2030, 2, 3)
MODEL = "ab" * 32


def seal(path, *forecasts, today=TODAY, backcast=False):
    return register.append(path, forecasts, "0.1.0", MODEL, today, backcast)


def test_months_after_keep_the_day_or_take_the_last_of_a_short_month():
    assert months_after(datetime.date(2023, 8, 31), 6) == datetime.date(2024, 2, 29)
    assert months_after(datetime.date(2023, 12, 31), 12) == datetime.date(2024, 12, 31)
    assert months_after(datetime.date(2023, 12, 15), 1) == datetime.date(2024, 1, 15)


@pytest.mark.parametrize("event", EVENTS)
def test_every_question_has_a_rule_with_country_days_and_who_decides(event):
    asked = question(event, 6)
    for part in ("Ruritania", "2030-01-31", "2030-07-31", *asked.panels):
        assert part in asked.rule
    assert ("Rudolf Elphberg" in asked.rule) == event.startswith("exit")
    assert asked.opens == ISSUED and asked.closes == datetime.date(2030, 7, 31)


def test_the_panels_that_may_decide_are_ones_that_are_read():
    named = {panel for event in EVENTS for panel in question(event).panels}
    assert named <= {known.name for known in FORMATS}


def test_rules_of_different_events_differ():
    assert len({question(event).rule for event in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"event": "flood"}, "no question asks for 'flood'"),
        ({"months": 3}, "over 3 months"),
        ({"event": "exit"}, "leader and first day in power"),
        ({"leader": "Rudolf Elphberg", "since": SINCE}, "leader and first day in power"),
        ({"event": "exit", "leader": "Rupert", "since": datetime.date(2030, 2, 1)}, "after the question"),
    ],
)
def test_a_question_that_cannot_be_decided_is_refused(fields, sentence):
    with pytest.raises(RunError, match=sentence):
        Question(
            **{"ccode": 1, "country": "R", "event": "coup_attempt", "issued": ISSUED, "months": 12} | fields
        )


@pytest.mark.parametrize(
    "numbers",
    [
        (0.1, 0.2, 0.3, 0.1, 0.1),
        (float("nan"), 0, 1, 0, 0),
        (0.1, 0, 1, 1.2, 0),
        (0.0, 0, 1, 0, 0),
        (1.0, 0, 1, 0, 0),
    ],
)
def test_a_forecast_is_a_probability_in_its_interval(numbers):
    with pytest.raises(RunError):
        Forecast(question(), *numbers)


def test_what_was_sealed_is_read_back(tmp_path):
    path = tmp_path / "register.jsonl"
    first = [forecast(event) for event in EVENTS]
    seal(path, *first)
    head = seal(path, forecast(months=6, p=1 / 3), today=TODAY + datetime.timedelta(1))
    found = register.read(path)
    assert found.head == head and head.lines == len(EVENTS) + 1
    assert [line.forecast for line in found.lines[:-1]] == first
    last = found.lines[-1]
    assert last.forecast.p == 0.333333 and last.forecast.question == question(months=6)
    assert (last.sealed, last.backcast, last.version, last.model) == (
        datetime.date(2030, 2, 4),
        False,
        "0.1.0",
        MODEL,
    )


def test_the_chain_can_be_recomputed_with_nothing_but_json_and_sha256(tmp_path):
    path = tmp_path / "register.jsonl"
    head = seal(path, forecast(), forecast("exit"))
    previous = "0" * 64
    for raw in path.read_bytes().splitlines():
        line = json.loads(raw)
        assert line["previous"] == previous
        told = line.pop("hash")
        canonical = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == told
        previous = hashlib.sha256(raw).hexdigest()
    assert str(head) == f"2:{previous}" == (tmp_path / "register.jsonl.head").read_text().strip()


@pytest.mark.parametrize(
    ("forecasts", "options", "sentence"),
    [
        ([], {}, "no forecast to seal"),
        ([forecast()], {}, "is sealed already"),
        ([forecast(ccode=ZENDA), forecast(ccode=ZENDA)], {}, "is sealed already"),
        ([forecast(issued=datetime.date(2030, 2, 4))], {}, "after today"),
        ([forecast(issued=datetime.date(2030, 2, 4))], {"backcast": True}, "after today"),
        ([forecast(issued=datetime.date(2030, 1, 30))], {}, "issued before 2030-01-31"),
        ([forecast(ccode=ZENDA, months=1)], {"today": datetime.date(2030, 3, 1)}, "closed on 2030-02-28"),
        ([forecast(ccode=ZENDA)], {"today": datetime.date(2030, 2, 2)}, "set the clock right"),
    ],
)  # fmt: skip
def test_what_must_not_be_sealed_is_refused_and_leaves_the_register_as_it_was(
    tmp_path, forecasts, options, sentence
):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    before = path.read_bytes()
    with pytest.raises(RunError, match=sentence):
        seal(path, *forecasts, **options)
    assert path.read_bytes() == before and register.verify(path).ok


def test_equal_questions_are_those_of_country_event_span_and_ruler(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(
        path,
        forecast("exit"),
        forecast("exit", months=6),
        forecast("exit", leader="Michael"),
        forecast("exit_coup"),
    )
    assert register.read(path).head.lines == 4


def test_a_backcast_is_marked_and_a_forecast_beside_it_is_not(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(path, forecast(months=1), forecast(months=12), today=datetime.date(2030, 6, 1), backcast=True)
    seal(path, forecast(issued=datetime.date(2029, 12, 31)), today=datetime.date(2030, 6, 1), backcast=True)
    assert [line.backcast for line in register.read(path).lines] == [True, False, True]


def test_a_number_that_rounding_makes_certain_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "register.jsonl"
    with pytest.raises(RunError):
        seal(path, Forecast(question(), 1 - 1e-12, 0.5, 1.0, 0.1, 0.1))
    assert not path.exists()


def edited(path, change):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))
    return register.verify(path).problem


DAMAGE = {
    "number changed": (
        lambda ls: [ls[0], ls[1].replace(b'"p": 0.1', b'"p": 0.9'), *ls[2:]],
        ":2: was changed",
    ),
    "blank added": (lambda ls: [*ls[:2], ls[2].replace(b'", "', b'",  "', 1), *ls[3:]], ":3: was changed"),
    "first line taken out": (lambda ls: ls[1:], ":1: the lines before it are missing"),
    "middle line taken out": (lambda ls: [*ls[:1], *ls[2:]], ":2: does not follow line 1"),
    "last line taken out": (lambda ls: ls[:-1], ":4: is missing: the head counts 4 lines, and 3 are left"),
    "all lines taken out": (lambda ls: [], ":1: is missing"),
    "lines swapped": (lambda ls: [ls[0], ls[2], ls[1], ls[3]], ":2: does not follow line 1"),
    "line doubled": (lambda ls: [*ls, ls[-1]], ":5: does not follow line 4"),
    "line without a chain": (lambda ls: [*ls, b'{"p": 0.5}\n'], ":5: is no line of a register"),
    "cut in the middle": (lambda ls: [*ls[:3], ls[3][:40]], ":4: is cut off"),
    "last newline gone": (lambda ls: [*ls[:3], ls[3][:-1]], ":4: is cut off"),
    "not text": (lambda ls: [*ls[:3], b"\xff\n"], ":4: is no line of a register"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_with_its_line(tmp_path, name):
    path = tmp_path / "register.jsonl"
    seal(path, forecast(), forecast("exit"), forecast("exit_coup"), forecast(ccode=ZENDA))
    change, sentence = DAMAGE[name]
    assert f"register.jsonl{sentence}" in edited(path, change)
    with pytest.raises(StoreError, match="register.jsonl:"):
        seal(path, forecast(months=6))


def grown(path, tmp_path):
    """A line more, properly chained, with the head of before: an interrupted sealing, or a foreign hand."""
    head = path.with_name("register.jsonl.head").read_bytes()
    seal(path, forecast(months=6))
    path.with_name("register.jsonl.head").write_bytes(head)


def test_a_line_behind_the_head_is_named(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    grown(path, tmp_path)
    assert "register.jsonl:2: was added behind the last line" in register.verify(path).problem


def test_a_last_line_that_is_not_the_one_of_the_head_is_named(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    seal(path, forecast("exit", p=0.2))
    head = path.with_name("register.jsonl.head").read_bytes()
    for file in (path, path.with_name("register.jsonl.head")):
        file.unlink()
    seal(path, forecast())
    seal(path, forecast("exit", p=0.9))
    path.with_name("register.jsonl.head").write_bytes(head)
    assert "register.jsonl:2: is not the line that the head" in register.verify(path).problem


def test_a_register_without_its_head_is_not_called_whole(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    path.with_name("register.jsonl.head").unlink()
    assert "register.jsonl.head: is missing" in register.verify(path).problem


def test_a_register_that_is_gone_while_its_head_is_there_is_not_begun_anew(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    path.unlink()
    with pytest.raises(StoreError, match="no register though its head is there"):
        seal(path, forecast())


def test_a_published_head_finds_what_the_files_alone_cannot_show(tmp_path):
    path = tmp_path / "register.jsonl"
    early = seal(path, forecast())
    late = seal(path, forecast("exit"))
    assert register.verify(path, str(early)).ok and register.verify(path, str(late)).ok
    for file in tmp_path.iterdir():
        file.unlink()
    seal(path, forecast(p=0.9))
    assert register.verify(path).ok, "written anew, with its head: the chain is whole"
    assert "written anew: line 1 is not" in register.verify(path, str(early)).problem
    assert "the published head counts 2 lines, and 1 are left" in register.verify(path, str(late)).problem
    for wrong in ("", "x", "1:", "1:abc", "-1:" + "0" * 64, "٣:" + "0" * 64):
        assert register.verify(path, wrong).ok == (wrong == "")


def test_a_line_that_claims_more_than_it_holds_is_refused_though_its_hash_is_right(tmp_path):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    line = json.loads(path.read_bytes())
    line["question"]["event"] = "flood"
    line["hash"] = register._own_hash(line)
    assert ":1: holds no forecast that can be read (no question asks for 'flood'" in edited(
        path, lambda _: [register._text(line) + b"\n"]
    )


def test_sealing_that_is_broken_off_leaves_the_old_register(tmp_path, monkeypatch):
    path = tmp_path / "register.jsonl"
    seal(path, forecast())
    before = path.read_bytes()
    monkeypatch.setattr(
        register.files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(StoreError, match="No space left"):
        seal(path, forecast("exit"))
    monkeypatch.undo()
    assert path.read_bytes() == before and register.verify(path).ok
    assert not list(tmp_path.glob("*.tmp"))


def test_two_that_seal_at_once_do_not_lose_a_line(tmp_path):
    path = tmp_path / "register.jsonl"
    done = []

    def work(event):
        while True:
            try:
                done.append(seal(path, forecast(event)))
                return
            except StoreError as error:
                assert "is in use by" in str(error)

    threads = [threading.Thread(target=work, args=(event,)) for event in EVENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert register.read(path).head.lines == len(EVENTS)
    assert {head.lines for head in done} == set(range(1, len(EVENTS) + 1))
    assert RURITANIA == register.read(path).lines[0].forecast.question.ccode


def test_cells_of_tables_are_sealed_as_days_and_whole_numbers(tmp_path):
    path = tmp_path / "register.jsonl"
    asked = Question(
        np.int64(RURITANIA),
        "Ruritania",
        "exit",
        pd.Timestamp(ISSUED),
        12,
        "Rudolf Elphberg",
        pd.Timestamp(SINCE),
    )
    assert asked == question("exit") and asked.id == question("exit").id
    seal(path, Forecast(asked, *(np.float64(x) for x in (0.1, 0.05, 0.2, 0.05, 0.07))))
    assert register.read(path).lines[0].forecast == forecast("exit")


def test_the_register_that_comes_with_interrex_is_whole():
    if not register.SHIPPED.exists():
        pytest.skip("no register comes with this version")
    assert register.verify(register.SHIPPED).ok
