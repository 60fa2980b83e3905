import dataclasses
import datetime
import math

import pytest

from fixtures.sealing import ISSUED, RURITANIA, SINCE, ZENDA, forecast, panels, question
from interrex.record.grade import GROUPS, Evidence, Fact, Grade, Ledger, grade, resolve, rows, score, text
from interrex.record.register import Sealed

LATER = datetime.date(2032, 1, 1)
NAME = "Rudolf Elphberg"


def spell(end="", left="", name=NAME, start="2025-05-01", ccode=RURITANIA):
    return ccode, name, start, end, left


TOLD = [spell(name="Black Michael", start="2029-01-01", end="2030-05-01", left="coup", ccode=3)]
"""An exit elsewhere of known manner, so that the list is one that tells manners."""


def evidence(source):
    return source if isinstance(source, Ledger) else Evidence(source)


def answer(event, source, today=LATER, months=12, **options):
    found = resolve(question(event, months, **options), evidence(source), today)
    return found.answer, found.reason, found.due


@pytest.mark.parametrize(
    ("end", "left", "told"),
    [
        ("2030-02-01", "coup", "yes"),
        ("2031-01-31", "coup", "yes"),
        ("2031-02-01", "coup", "no"),
        ("", "", "no"),
    ],
)
def test_an_exit_counts_from_the_day_after_issue_to_the_day_of_the_close(end, left, told):
    assert answer("exit", panels([spell(end, left)])) == (told, "", True)


def test_who_left_on_the_day_of_issue_was_not_in_power_any_more():
    assert answer("exit", panels([spell("2030-01-31", "coup")]))[:2] == (
        "void",
        "leader not found in power on the day of issue",
    )


@pytest.mark.parametrize(
    ("left", "event", "told"),
    [
        ("coup", "exit_coup", "yes"), ("coup", "exit_revolt", "no"), ("regular", "exit_regular", "yes"),
        ("death", "exit_foreign", "no"), ("foreign", "exit_foreign", "yes"), ("death", "exit_death", "yes"),
        ("unknown", "exit", "yes"), ("unknown", "exit_coup", "void"), ("", "exit_coup", "void"),
    ],
)  # fmt: skip
def test_the_manner_decides_and_an_unknown_one_voids_only_questions_on_the_manner(left, event, told):
    found = answer(event, panels([spell("2030-06-01", left), *TOLD]))
    assert found[0] == told
    assert (found[1] == "manner of the exit unknown") == (told == "void")


def test_where_most_manners_are_unknown_a_quiet_country_is_as_void_as_one_with_an_exit():
    others = [
        spell(name="Rassendyll", ccode=ZENDA),
        spell(name="X", ccode=3, end="2030-05-01", left="unknown"),
    ]
    reason = "the list of leaders does not tell the manner of most exits of that time"
    assert answer("exit_coup", panels([spell(), *others]))[:2] == ("void", reason)
    assert answer("exit_coup", panels([spell("2030-06-01", "unknown"), *others]))[:2] == ("void", reason)
    assert answer("exit", panels([spell(), *others]))[0] == "no"
    told = [*others, spell(name="Y", ccode=4, end="2030-05-01", left="coup")]
    assert answer("exit_coup", panels([spell(), *told]))[0] == "no"


@pytest.mark.parametrize(
    ("coup", "last_attempt", "told"),
    [
        ((RURITANIA, "2030-06-20", "military_palace", True), "2031-05-01", "yes"),
        ((RURITANIA, "2030-05-01", "military_palace", True), "2031-05-01", "yes"),
        ((RURITANIA, "2030-06-20", "military_palace", False), "2031-05-01", "no"),
        ((RURITANIA, "2030-06-20", "rebel", True), "2031-05-01", "no"),
        ((RURITANIA, "2030-07-03", "military_palace", True), "2031-05-01", "no"),
        ((ZENDA, "2030-06-20", "military_palace", True), "2031-05-01", "no"),
        ((ZENDA, "2030-06-20", "military_palace", True), "2030-07-01", "void"),
    ],
)
def test_where_the_list_of_leaders_is_silent_a_list_of_coups_tells_whether_one_made_the_exit(
    coup, last_attempt, told
):
    source = panels([spell("2030-06-01", "unknown")], [coup, (ZENDA, last_attempt, "military_palace")])
    assert answer("exit_coup", source)[0] == told
    assert answer("exit_regular", source)[0] == "void"


def test_an_exit_after_the_close_is_a_no_whatever_its_manner():
    assert answer("exit_coup", panels([spell("2031-06-01", "unknown")]))[0] == "no"


def test_a_successor_is_not_asked_for():
    both = [
        spell("2030-03-01", "coup"),
        spell(name="Rupert", start="2030-03-02", end="2030-05-01", left="coup"),
    ]
    assert answer("exit_coup", panels(both)) == ("yes", "", True)
    assert resolve(question("exit"), Evidence(panels(both)), LATER).day == datetime.date(2030, 3, 1)


def test_two_leaders_at_once_void_and_a_handover_on_the_day_of_issue_does_not():
    assert answer("exit", panels([spell(), spell(name="Michael", start="2029-01-01")]))[:2] == (
        "void",
        "two leaders at once",
    )
    handed = panels(
        [spell(name="Old", start="2020-01-01", end="2030-01-31", left="regular"), spell(start="2030-01-31")]
    )
    assert answer("exit", handed, since=datetime.date(2030, 1, 31)) == ("no", "", True)


@pytest.mark.parametrize(
    ("name", "start", "found"),
    [
        ("RUDOLF  Elphbérg", "2024-01-01", True),
        ("Elphberg, R.", "2025-05-20", True),
        ("Elphberg, R.", "2025-07-20", False),
    ],
)
def test_a_leader_is_known_by_his_name_or_by_his_first_day(name, start, found):
    assert (answer("exit", panels([spell(name=name, start=start)]))[0] == "no") == found


def test_a_near_first_day_does_not_pass_for_a_leader_whose_name_the_panel_has():
    gone = [
        spell(start="2030-01-05", end="2030-01-20", left="coup"),
        spell(name="Rupert", start="2030-01-21"),
    ]
    assert answer("exit", panels(gone), since=datetime.date(2030, 1, 5))[0] == "void"


def test_a_country_that_the_panels_lack_is_void():
    assert answer("exit", panels([spell()]), ccode=ZENDA)[:2] == (
        "void",
        "no list of leaders that may decide it holds the country",
    )
    elsewhere = dataclasses.replace(question("exit"), ccode=1)
    assert resolve(elsewhere, Evidence(panels([spell()])), LATER)[:2] == (
        "void",
        "the panels lack the country",
    )


def test_a_panel_that_may_not_decide_does_not():
    asked = dataclasses.replace(question("exit"), panels=("Archigos",))
    assert resolve(asked, Evidence(panels([spell("2030-06-01", "coup")])), LATER).answer == "void"


@pytest.mark.parametrize(
    ("last", "today", "told"),
    [
        ("2031-01-31", datetime.date(2031, 1, 31), ("no", "", True)),
        ("2031-01-30", LATER, ("open", "what decides it ends before it closes", False)),
        ("2031-12-31", datetime.date(2031, 1, 30), ("open", "not due", False)),
    ],
)
def test_a_no_needs_a_closed_window_and_a_panel_that_reaches_its_end(last, today, told):
    assert answer("exit", panels([spell()], last=last), today) == told


def test_an_early_yes_is_told_but_not_yet_scored():
    early = panels([spell("2030-06-01", "coup")], last="2030-06-30")
    assert answer("exit", early, datetime.date(2030, 7, 1)) == ("yes", "", False)
    assert answer("exit_revolt", early, datetime.date(2030, 7, 1)) == ("no", "", False)


@pytest.mark.parametrize(
    ("coups", "told"),
    [
        ([(RURITANIA, "2030-02-01", "military_palace")], "yes"),
        ([(RURITANIA, "2030-01-31", "military_palace")], "no"),
        ([(ZENDA, "2030-02-01", "military_palace")], "no"),
        ([(RURITANIA, "2030-02-01", "popular")], "no"),
        ([(RURITANIA, "2030-02-01", "unknown")], "void"),
        ([(RURITANIA, "2030-02-01", "unknown"), (RURITANIA, "2030-03-01", "military_palace")], "yes"),
    ],
)
def test_only_attempts_by_the_organs_of_the_state_count_as_coups(coups, told):
    assert answer("coup_attempt", panels(coups=[*coups, (ZENDA, "2031-05-01", "military_palace")]))[0] == told


def test_the_day_of_a_yes_is_that_of_the_first_event():
    source = panels(coups=[(RURITANIA, f"2030-0{month}-05", "military_palace") for month in (7, 3, 9)])
    assert resolve(question(), Evidence(source), LATER).day == datetime.date(2030, 3, 5)


def test_a_list_of_coups_reaches_as_far_as_its_last_attempt_by_the_organs():
    short = [(ZENDA, "2030-12-31", "military_palace"), (ZENDA, "2031-05-01", "popular")]
    assert answer("coup_attempt", panels(coups=short))[0] == "open"
    assert answer("coup_attempt", panels(coups=[(ZENDA, "2031-05-01", "popular")]))[:2] == (
        "void", "no list of coups that may decide it",
    )  # fmt: skip


WATCHED = (RURITANIA, "2029-01-01", 500.0, "Carnegie protests")
REACHES = (ZENDA, "2031-06-01", 500.0, "Carnegie protests")


@pytest.mark.parametrize(
    ("size", "ten", "hundred"),
    [(9_999, "no", "no"), (10_000, "yes", "no"), (1e5, "yes", "yes"), (math.nan, "no", "no")],
)
def test_a_protest_counts_by_the_lower_bound_of_its_size(size, ten, hundred):
    source = panels(protests=[WATCHED, REACHES, (RURITANIA, "2030-05-05", size, "Carnegie protests")])
    assert answer("protest_10k", source)[0] == ten
    assert answer("protest_100k", source)[0] == hundred


def test_a_protest_panel_that_ended_or_never_watched_the_country_voids():
    ended = panels(protests=[WATCHED, (ZENDA, "2030-01-31", 1e6, "Carnegie protests")])
    assert answer("protest_10k", ended)[:2] == ("void", "the protest panel ended before the question opened")
    assert answer("protest_10k", ended, datetime.date(2030, 6, 1))[:2] == ("open", "not due")
    # what happens in the window must not decide whether the question is void
    for size in (500.0, 1e6):
        new = panels(protests=[REACHES, (RURITANIA, "2030-05-05", size, "Carnegie protests")])
        assert answer("protest_10k", new)[:2] == (
            "void",
            "no protest panel that may decide it watched the country",
        )


def test_of_two_panels_that_watch_the_one_that_reaches_further_decides_when_it_is_due():
    old = [
        (RURITANIA, "2019-01-01", 500.0, "Mass Mobilization"),
        (ZENDA, "2020-03-31", 500.0, "Mass Mobilization"),
    ]
    assert answer("protest_10k", panels(protests=[*old, WATCHED, REACHES])) == ("no", "", True)


def test_a_protest_panel_that_does_not_watch_the_country_says_nothing_on_it():
    other = [WATCHED, (RURITANIA, "2030-05-05", 1e6, "ACLED"), (ZENDA, "2031-06-01", 500.0, "ACLED")]
    assert answer("protest_10k", panels(protests=other))[0] == "void", (
        "Carnegie ended, and ACLED did not watch"
    )


def ledger(*facts, first="2030-01-01", last="2031-06-01", leader="R. Elphberg"):
    day = datetime.date.fromisoformat
    return Ledger(
        RURITANIA,
        leader,
        day(first),
        day(last),
        tuple(Fact(kind, day(on), success) for kind, on, success in facts),
    )


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (("coup_attempt", "2030-05-01", True), ("yes", "yes", "no", "yes")),
        (("coup_attempt", "2030-05-01", False), ("no", "no", "no", "yes")),
        (("coup_attempt", "2030-05-01", None), ("void", "void", "void", "yes")),
        (("step_down", "2030-05-01", None), ("yes", "void", "void", "no")),
        (("flight", "2030-05-01", False), ("no", "no", "no", "no")),
        (("step_down", "2031-05-01", None), ("no", "no", "no", "no")),
    ],
)
def test_acts_of_a_ledger_decide(fact, told):
    events = ("exit", "exit_coup", "exit_revolt", "coup_attempt")
    assert tuple(answer(event, ledger(fact))[0] for event in events) == told


@pytest.mark.parametrize(
    ("made", "event", "told"),
    [
        (ledger(last="2030-05-01"), "exit", ("open", "what decides it ends before it closes")),
        (ledger(first="2030-05-01"), "exit", ("open", "the ledger begins after it opened")),
        (ledger(leader="Rupert of Hentzau"), "exit", ("void", "leader not found in the ledger")),
        (ledger(first="2030-02-01"), "exit", ("no", "")),
        (ledger(last="2031-01-31"), "exit", ("no", "")),
        (ledger(last="2031-01-30"), "exit", ("open", "what decides it ends before it closes")),
        (ledger(first="2030-02-02"), "exit", ("open", "the ledger begins after it opened")),
        (ledger(leader="El Rudo Berg"), "exit", ("void", "leader not found in the ledger")),
        (ledger(), "protest_10k", ("open", "a ledger does not tell protests apart")),
    ],
)
def test_what_a_ledger_cannot_tell_is_said(made, event, told):
    assert answer(event, made)[:2] == told
    assert answer(event, made, leader="El Rudolf Elphberg" if event == "exit" else "")[:2] == told
    assert answer(event, made, ccode=ZENDA)[:2] == ("open", "the ledger is on another country")


def sealed(made, on=ISSUED, backcast=False):
    return Sealed(made, on, backcast, "0.1.0", "ab" * 32)


def test_the_score_counts_what_is_due_and_leaves_out_what_is_void_or_early():
    source = panels(
        [spell("2030-06-01", "unknown"), spell(name="Rassendyll", ccode=ZENDA), *TOLD], last="2031-12-31"
    )
    register = [
        sealed(forecast("exit", p=0.3)),
        sealed(forecast("exit_coup", p=0.2)),
        sealed(forecast("exit", ccode=ZENDA, leader="Rassendyll", p=0.1)),
        sealed(
            forecast("exit", months=6, ccode=ZENDA, leader="Rassendyll", p=0.4), on=datetime.date(2030, 2, 5)
        ),
        sealed(forecast("coup_attempt")),
    ]
    grades = grade(register, source, LATER)
    assert [g.answer.answer for g in grades] == ["yes", "void", "no", "no", "void"]
    found = score(grades)
    assert (found.n, found.events, found.countries) == (3, 1, 2)
    assert found.brier == pytest.approx((0.7**2 + 0.1**2 + 0.4**2) / 3)
    assert found.pooled == pytest.approx(1 - found.brier * 3 / (0.95**2 + 2 * 0.05**2))
    assert score([grades[1]]).n == 0
    told = text(grades)
    assert told.startswith("5 forecasts: 1 yes, 2 no, 0 open, 2 void\n")
    assert (
        "void: 1 manner of the exit unknown" in told and "void: 1 no list of coups that may decide it" in told
    )
    assert f"{GROUPS[0]}: 2 scored; countries: 2" in told and f"{GROUPS[1]}: 1 scored; countries: 1" in told
    lines = [line for line in told.splitlines() if line.startswith("exit ")]
    assert [line.split()[1:4] for line in lines] == [["12", "2", "1"], ["6", "1", "0"]]
    assert lines[1].split()[-2:] == ["n/a", "n/a"], "AUC and average precision of a sample without an event"
    log = (math.log(0.3) + math.log(0.9)) / 2
    skills = [1 - (0.7**2 + 0.1**2) / ((1 - null) ** 2 + null**2) for null in (0.05, 0.07)]
    shown = lines[0].split()
    assert shown[:6] == ["exit", "12", "2", "1", "0", f"{0.25:.4f}"] and shown[6] == f"{log:.3f}"
    low, high = score(grades[:3:2]).pooled_interval
    assert shown[8:11] == [f"({low:+.3f}", "to", f"{high:+.3f})"]
    assert (shown[7], shown[11]) == (f"{skills[0]:+.3f}", f"{skills[1]:+.3f}") and shown[-2:] == [
        "1.000",
        "1.000",
    ]
    coup = next(line.split() for line in told.splitlines() if line.startswith("all "))
    assert coup[1:4] == ["2", "1", "2"], "what is void stands beside what is scored"


def test_early_answers_are_counted_apart_and_backcasts_scored_apart():
    source = panels([spell("2030-06-01", "coup")], last="2030-06-30")
    register = [sealed(forecast("exit")), sealed(forecast("exit", months=1), on=LATER, backcast=True)]
    grades = grade(register, source, LATER)
    assert [(g.answer.due, g.group) for g in grades] == [(False, GROUPS[0]), (True, GROUPS[2])]
    told = text(grades)
    assert "1 of the answers came before their window closed" in told
    assert f"{GROUPS[2]}: 1 scored" in told and GROUPS[0] not in told


def test_every_forecast_is_a_row_with_its_rule_and_answer():
    grades: list[Grade] = grade([sealed(forecast("exit"))], panels([spell("2030-06-01", "coup")]), LATER)
    (row,) = rows(grades).to_dict("records")
    assert row["answer"] == "yes" and row["day"] == datetime.date(2030, 6, 1) and row["scored"]
    assert (
        row["rule"] == question("exit").rule
        and row["p"] == 0.1
        and row["closes"] == datetime.date(2031, 1, 31)
    )
    assert str(SINCE) in row["rule"]
