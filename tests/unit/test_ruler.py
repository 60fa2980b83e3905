"""What a case tells the world record of its ruler: facts that are read, refused, known in time, and missing."""

from __future__ import annotations

import datetime
import math
import re

import pytest

from fixtures import made_up_panels
from interrex import cli
from interrex.case import check_case, load_case
from interrex.case.ruler import FORMS, value
from interrex.case.schema import Fact
from interrex.errors import CaseError, RunError
from interrex.futures.crisis_state import state_of
from interrex.futures.pool import ask, pool_of
from interrex.futures.ruler import ruler
from interrex.record import crisis, risk
from interrex.record.features import row
from interrex.record.summary import load
from interrex.record.words import percent

DAY = datetime.date(2022, 1, 5)


def asked(case, day: datetime.date = DAY) -> risk.Risk:
    known = ruler(case, day)
    return risk.of_country(known.country, known.ccode, day, known.unknown)


@pytest.fixture(scope="module")
def case():
    return load_case("kazakhstan-2022").as_of(DAY)


def changed(case, **facts: object):
    """The case with other values of facts; None takes one out."""
    kept = {n: f for n, f in case.facts.items() if n not in facts}
    new = {
        n: Fact(id=n, value=v, known_from=datetime.date(1999, 1, 1))
        for n, v in facts.items()
        if v is not None
    }
    return case.__class__(**{**vars(case), "facts": kept | new})


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("incumbent_since", "20.03.2019", "write days as 2022-01-05"),
        ("executive_elections", "2019-06-09, 2015-04-26", "write days"),
        ("polyarchy", 24, "from 0 to 1"),
        ("incumbent_age", "old", "from 0 to 130"),
        ("incumbent_military_career", "no", "true or false"),
        ("incumbent_came_by", "election", "regular, coup, revolt, foreign"),
        ("regime", "a democracy of a kind", "use one of the words"),
    ],
)
def test_a_fact_that_is_no_such_thing_is_refused_with_what_would_be_right(name, text, wrong):
    with pytest.raises(ValueError, match=wrong):
        value(Fact(id=name, value=text))


def test_check_names_the_line_of_a_fact_that_the_record_cannot_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "mine"]) == 0
    file = tmp_path / "mine" / "case.yaml"
    text = file.read_text()
    assert "incumbent_since: {value: 2028-06-01" in text
    file.write_text(text.replace("incumbent_since: {value: 2028-06-01", "incumbent_since: {value: June 2028"))
    (problem,) = check_case("mine").problems
    assert "case.yaml" in str(problem) and "2022-01-05" in str(problem)


def test_every_fact_moves_a_feature(case):
    """A fact that changes nothing would be accepted and ignored."""
    others = {
        "incumbent_since": "2010-01-01", "incumbent_age": 40, "incumbent_military_career": True, "incumbent_came_by": "coup",
        "polyarchy": 0.6, "regime": "military", "executive_elections": "2021-12-01", "next_executive_election": "2022-03-01",
        "coup_attempts": "2021-06-01", "country": "Belarus",
    }  # fmt: skip
    assert set(others) == set(FORMS) - {"demand_exit"}
    before = asked(case)
    for name, other in others.items():
        after = asked(changed(case, **{name: other}))
        assert after.line("exit", 12).p != before.line("exit", 12).p, name


def test_what_is_not_told_is_said_to_be_unknown_and_counts_as_the_mean(case):
    less = changed(case, polyarchy=None, coup_attempts=None)
    assert {"electoral democracy and its change", "coup attempts so far"} <= set(asked(less).unknown)
    assert not {"electoral democracy and its change", "coup attempts so far"} & set(asked(case).unknown)
    found = ruler(less, DAY)
    known = row(found.country, found.ccode, risk.number(DAY))
    assert known is not None and math.isnan(known[0]["polyarchy"])


def test_a_country_that_the_record_does_not_know_has_no_effect_and_no_rate_of_its_own(case):
    named, nameless = asked(case), asked(changed(case, country=None))
    assert (named.country, nameless.ccode) == ("Kazakhstan", -1)
    assert "the country itself" not in {m.what for m in nameless.moved}
    line = nameless.line("coup_attempt", 12)
    assert line.own == line.pooled != named.line("coup_attempt", 12).own
    with pytest.raises(RunError, match="knows no country 'Kazahkstan'; did you mean Kazakhstan"):
        asked(changed(case, country="Kazahkstan"))


def test_an_election_that_is_announced_raises_the_chance_once_it_is_known():
    case = load_case("belarus-2020")
    before, after = (asked(case.as_of(d), d) for d in (datetime.date(2020, 4, 1), datetime.date(2020, 6, 1)))
    assert after.line("exit", 6).p > 1.5 * before.line("exit", 6).p


def test_the_fit_of_the_day_is_used_and_none_from_before_the_first(case):
    assert asked(case).fitted == datetime.date(2022, 1, 1)
    with pytest.raises(CaseError, match="incumbent_since"):
        ruler(changed(case, incumbent_since=None), DAY)
    with pytest.raises(RunError, match="begins later"):
        early = changed(case, incumbent_since="1999-01-01")
        asked(early, datetime.date(2005, 1, 1))


def test_risk_of_a_case_prints_both_records_while_people_are_on_the_street(capsys):
    assert cli.main(["risk", "kazakhstan-2022", "--as-of", "2022-01-11"]) == 0
    said = capsys.readouterr().out
    assert "Kassym-Jomart Tokayev, in power since 2019-03-20; as of 2022-01-11" in said
    assert "learned from the panels to 2022-01-01" in said and "While people are on the street" in said
    latest = state_of(load_case("kazakhstan-2022").as_of("2022-01-11")).latest
    assert f"The ledger already tells of {latest:,.0f} people at one protest within the last seven days" in said
    assert cli.main(["risk", "kazakhstan-2022", "--as-of", "2021-12-25"]) == 0
    quiet = capsys.readouterr().out
    assert "already tells" not in quiet and "While people are on the street" not in quiet and "Both records together" not in quiet
    assert "no crowd within the last seven days, so the crisis record is not asked" in quiet and "no crowd" not in said


def test_risk_of_a_case_prints_the_sum_of_both_records_with_its_weights(capsys):
    records = ask(load_case("kazakhstan-2022").as_of("2022-01-11"))
    made = {days: pool_of(records, days) for days in (7, 30, 90, 180)}
    assert cli.main(["risk", "kazakhstan-2022", "--as-of", "2022-01-11"]) == 0
    said = capsys.readouterr().out.split("Both records together")[1].splitlines()

    def row(head):
        return re.split(r"\s{2,}", next(line for line in said if line.strip().startswith(head)).strip())[1:]

    assert row("within") == [f"{days} days" for days in made]
    assert row("leaves power") == [f"{percent(x.p)} ({percent(x.low)}-{percent(x.high)})" for x in made.values()]
    assert row("weight of the crisis record") == [f"{100 * x.weights[1]:.0f}" for x in made.values()]
    taught = crisis.shipped()["together"]
    assert row("gain on") == ["{:+.4f} ({:+.4f}, {:+.4f})".format(*taught[str(days)]["gain"]) for days in made]
    assert all(f"{taught[str(d)]['rows']:,} with {taught[str(d)]['exits']} exits within {d} days" in said[-1] for d in made)


def test_every_part_of_the_crisis_record_is_printed_with_its_interval(capsys):
    for day in ("2022-01-05", "2022-01-11"):
        case = load_case("kazakhstan-2022").as_of(day)
        assert cli.main(["risk", "kazakhstan-2022", "--as-of", day]) == 0
        said = capsys.readouterr().out
        for part in crisis.chance(crisis.shipped(), state_of(case)).parts:
            low, p, high = (f"{math.exp(x):.2f}" for x in (part.low, part.log_hazard, part.high))
            assert f"times {p} ({low}-{high})  {part.text} ({part.scope}): {part.shown}" in said


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["risk"], "name a case or a country"),
        (["risk", "Kazakhstan", "--all"], "name a case or a country"),
        (["risk", "kazakhstan-2022", "--panels", "nowhere"], "nowhere"),
        (["risk", "kazakhstan-2022", "--as-of", "yesterday"], "is not a day"),
    ],
)
def test_what_risk_cannot_do_is_said_in_one_sentence(words, wrong, capsys):
    assert cli.main(words) == 2
    assert wrong in capsys.readouterr().err


def test_panels_tell_who_was_like_the_ruler_of_a_case(case):
    known = ruler(case, DAY)
    found = risk.of_country(known.country, known.ccode, DAY, known.unknown, made_up_panels.panels())
    assert len(found.alike) == 10 and found.lines == asked(case).lines
    assert all(a.day.year < 2022 for a in found.alike) and asked(case).alike == ()


def test_the_shipped_record_holds_no_ruler_and_says_when_it_ends():
    summary = load()
    assert summary.countries[705] == "Kazakhstan" and summary.last.year >= 2026
    assert summary.scores["exit", 12, "autocracy"].pooled > 0.09


def test_every_fact_on_the_ruler_stands_in_the_page_on_the_format():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "case-format.md").read_text()
    for name, form in FORMS.items():
        assert f"| `{name}` | {form.text} |" in page


def test_an_age_counts_from_the_day_on_which_it_was_known(case):
    """Tokayev was born in 1953, Lukashenko in 1954; the age of a case ages with the as-of day."""
    assert abs(ruler(case, DAY).country.born[0] - 1953) <= 1
    minsk = datetime.date(2020, 8, 20)
    belarus = load_case("belarus-2020").as_of(minsk)
    assert abs(ruler(belarus, minsk).country.born[0] - 1954) <= 1
    assert state_of(belarus, minsk).age == minsk.year - ruler(belarus, minsk).country.born[0]


def test_a_vote_that_is_named_twice_is_one_vote(case):
    held = "2015-04-26;2019-06-09"
    twice = changed(
        case,
        executive_elections=f"{held};2019-06-09",
        next_executive_election="2019-06-09",
        coup_attempts="2021-06-01;2021-06-01",
    )
    once = changed(case, executive_elections=held, coup_attempts="2021-06-01")
    assert asked(twice).line("exit", 12) == asked(once).line("exit", 12)
