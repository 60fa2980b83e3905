"""Reports as people write them: every column has an effect or is refused with file, line and remedy."""

import random
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.opinions import ACTS, CSV
from interrex.case.template import OPINIONS
from interrex.errors import CaseError, InterrexError, RunError
from interrex.trust.acts import read_acts
from interrex.trust.modes import MODES, changed
from interrex.trust.reports import HALF_WORD, logit_of, read_reports

HEAD = "day,house,value,n\n"


@pytest.fixture
def file_of(tmp_path):
    def of(text, name="reports.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return of


def told(call, *words, **options):
    with pytest.raises((CaseError, RunError)) as caught:
        call(*words, **options)
    return str(caught.value)


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one[:-1], two[:-1], strict=True))


def test_a_minimal_file_is_read_as_shares_of_those_asked(file_of):
    found = read_reports(file_of(HEAD + "2022-01-05,A,60,1000\n2022-01-03,B,40,500\n"))
    assert found.house.tolist() == ["B", "A"] and found.share.tolist() == [0.4, 0.6]
    assert found.day.tolist() == [(date(2022, 1, d) - date(1970, 1, 1)).days for d in (3, 5)]
    assert (found.y[1], found.var[1]) == logit_of(0.6, 1000, MODES["poll"].deff, 1.0)
    assert set(found.audience) == {"all"} and set(found.mode) == {"poll"} and set(found.use) == {"fit"}
    assert any("per cent" in note for note in found.notes)


def test_the_opinions_of_a_case_are_read_as_they_are(file_of):
    found = read_reports(file_of(OPINIONS))
    assert found.house.tolist() == ["Courier panel", "Courier panel", "talks"]
    assert found.audience.tolist() == ["state_tv", "state_tv", "networks"]
    assert read_reports(file_of(OPINIONS.replace(",check", ",fit")), quantity="frame").share.tolist() == [0.30]


def test_a_spreadsheet_with_semicolons_and_decimal_commas_tells_the_same(file_of):
    lines = [line.split(",") for line in CSV.splitlines()]
    comma = "\n".join([";".join(lines[0]), *(";".join([*c[:2], c[2] + ",0" if "." not in c[2] else c[2].replace(".", ","), *c[3:]]) for c in lines[1:])])  # fmt: skip
    assert same(read_reports(file_of(CSV)), read_reports(file_of("Opinion, 2022\n\n" + comma, "other.csv")))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2022-01-05,A,120,1000", "2:1 value: '120' lies outside 0 to 100"),
        ("2022-01-05,A,-1,1000", "2:1 value: '-1' lies outside 0"),
        ("2022-01-05,A,many,1000", "2:1 value: 'many' is no number"),
        ("2022-01-05,A,50,0", "2:1 n: '0' is no sample size"),
        ("2022-01-05,,50,100", "2:1 house: is empty; name who reports"),
        ("05.01.2022,A,50,100", "2:1 when: '05.01.2022' is not a date; write 2022-01-05"),
        ("2022-02-30,A,50,100", "2:1 when:"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(file_of, row, expected):
    said = told(read_reports, file_of(HEAD + row + "\n2022-01-07,B,50,100\n"))
    assert f"reports.csv:{expected}" in said and len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("head", "cell", "expected"),
    [
        ("mode", "phone", "'phone' is no mode; write one of poll"), ("use", "no", "'no' is no use; write one of fit"),
        ("grade", "good", "'good' is no grade"), ("quantity", "love", "'love' is no quantity"),
        ("deff", "0.5", "'0.5' is no design effect"), ("known_from", "soon", "'soon' is not a day"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_refused_with_the_words_that_are_known(file_of, head, cell, expected):
    said = told(read_reports, file_of(f"day,house,share,n,{head}\n2022-01-05,A,.5,100,{cell}\n"))
    assert f"reports.csv:2:1 {head}: {expected}" in said


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("day,house,n", "share, percent or value: is missing"), ("day,share,n", "house: is missing"),
        ("house,share,n", "when: is missing"), ("day,house,share,percent", "stand together (share, percent)"),
        ("day,date,house,share", "when: stands twice"), ("day,house,share,colour", "colour: is an unknown column"),
        ("day,house,share,audiences", "did you mean 'audience'?"),
    ],
)  # fmt: skip
def test_a_wrong_header_is_refused_with_what_is_known(file_of, head, expected):
    said = told(read_reports, file_of(head + "\n" + ",".join(["1"] * len(head.split(","))) + "\n"))
    assert expected in said and "reports.csv:1" in said


def test_headers_of_other_names_are_mapped_and_the_rest_left_out_with_a_note(file_of):
    text = "Date,Approve,Disapprove,source\n2022-01-05,60,30,A\n"
    found = read_reports(file_of(text), columns={"percent": "Approve", "when": "Date", "house": "source"}, size=900)
    assert found.share.tolist() == [0.6] and found.house.tolist() == ["A"]
    assert any("Disapprove" in note for note in found.notes)
    assert "is no column of this file" in told(read_reports, file_of(text), columns={"percent": "Yes"})
    assert "no column 'colour' to map" in told(read_reports, file_of(text), columns={"colour": "Approve"})


def test_size_design_effect_grade_and_mode_change_what_a_report_weighs(file_of):
    def var(row, **more):
        return read_reports(file_of(f"day,house,share,n,deff,grade,mode\n2022-01-05,A,.6,{row}\n"), **more).var[0]

    usual = var("1000,,,")
    assert var("2000,,,") < usual < var("500,,,")
    assert var("1000,4,,") == pytest.approx(2 * usual, rel=0.01)
    assert var("1000,,rumour,") == pytest.approx(3 * usual)
    assert var("1000,,,networks") == pytest.approx(10 * usual, rel=0.02)
    assert var(",,,") == HALF_WORD**2 / 3 and var(",,,", size=1000) == usual


def test_a_share_of_nothing_and_of_all_is_finite_and_a_large_sample_is_its_logit():
    assert logit_of(0.0, 10, 1.0, 1.0)[0] == pytest.approx(-np.log(21)) == -logit_of(1.0, 10, 1.0, 1.0)[0]
    y, var = logit_of(0.7, 1_000_000, 1.0, 1.0)
    assert y == pytest.approx(np.log(0.7 / 0.3), abs=1e-5) and var == pytest.approx(1 / (1e6 * 0.21), rel=1e-4)


def test_an_interval_and_a_month_are_read_as_their_middle(file_of):
    found = read_reports(file_of(HEAD + "2022-01-05/2022-01-09,A,60,10\n2022-03,A,60,10\n2022-01-01/2022-01-02,A,60,10\n"))
    days = [str(np.datetime64(day, "D")) for day in found.day.tolist()]
    assert days == ["2022-01-01", "2022-01-07", "2022-03-16"]
    assert read_reports(file_of(HEAD + "05.01.2022,A,60,10\n"), date_format="%d.%m.%Y").day[0] == 18997
    assert "is not written as" in told(read_reports, file_of(HEAD + "2022-01-05,A,60,10\n"), date_format="%d.%m.%Y")


def test_rows_that_say_nothing_new_are_left_out_and_counted(file_of):
    text = HEAD + "2022-01-05,A,60,10\n2022-01-05,A,60,10\n2022-01-06,A,NA,10\n"
    found = read_reports(file_of(text))
    assert len(found.y) == 1
    assert {"left out: 1 rows without a value", "left out: 1 repeats of a row, alike in day, house, audience, mode, share and sample size"} <= set(found.notes)  # fmt: skip
    assert "no report on trust is left" in told(read_reports, file_of(HEAD + "2022-01-06,A,NA,10\n"))


def test_what_was_not_known_on_the_day_changes_nothing(file_of):
    head = "day,house,share,n,known_from\n"
    early = "2022-01-05,A,.6,100,2022-01-09\n2022-01-06,B,.5,100,\n"
    late = "2022-01-05,C,.1,100,2022-01-10\n2022-01-10,D,.1,100,\n"
    cut = read_reports(file_of(head + early + late), as_of=date(2022, 1, 9))
    assert same(cut, read_reports(file_of(head + early, "early.csv")))
    assert "left out: 2 rows that nobody knew on 2022-01-09" in cut.notes


def test_acts_are_read_by_day_and_their_mistakes_named(file_of):
    found = read_acts(file_of(ACTS))
    assert [act.text for act in found] == ["2021-12-10, A speech", "2022-01-05, Order to fire"]
    assert read_acts(file_of(ACTS.replace("day", "when"))) == found
    for text, expected in (
        ("day,label\n2022-01-05,\n", "2:1 label: is empty"), ("day,label\nsoon,x\n", "2:1 day: 'soon' is not a day"),
        ("day,label\n2022-01-05,x\n2022-01-05,y\n", "3:1 day: 2022-01-05 stands twice"), ("day,what\n2022-01-05,x\n", "has the columns day, what"),
        ("day,label\n", "has no rows"),
    ):  # fmt: skip
        assert expected in told(read_acts, file_of(text))


@pytest.mark.parametrize("text", ["phone=1,1", "poll=1", "poll=a,b", "poll=0,0", "poll=9,1"])
def test_a_shift_that_is_none_is_refused(text):
    name, _, value = text.partition("=")
    assert "--shift" in told(changed, {name: value})


@given(st.permutations(CSV.splitlines()[1:]), st.permutations(range(6)), st.sampled_from([",", ";", "\t", "|"]))
@settings(max_examples=40, deadline=None)
def test_order_of_rows_and_columns_and_the_separator_change_nothing(tmp_path_factory, rows, order, sign):
    folder = tmp_path_factory.mktemp("order")
    table = [line.split(",") for line in (CSV.splitlines()[0], *rows)]
    for name, text in (("one", CSV), ("two", "\n".join(sign.join(cells[c] for c in order) for cells in table))):
        (folder / name).write_text(text, encoding="utf-8")
    one, two = (read_reports(folder / name) for name in ("one", "two"))
    keys = [sorted(zip(*(part.tolist() for part in found[:-1]), strict=True)) for found in (one, two)]
    assert keys[0] == keys[1]


CELLS = ["", '"', "NaN", "inf", "-1", "1e999", "101", "0", "2021-02-30", "9999-12-31", "0001-01-01", "~2022-01-05", "2022-01", "2022-01-05/2021",
         "٣", "½", "\0", "{0}", "{}", "%s", ";", "\t", "'", "x" * 600, "1,5", "1.234,5", "fit", "house", "day", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]  # fmt: skip


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused_in_sentences(tmp_path_factory, seed):
    chance = random.Random(seed)
    lines = [line.split(",") for line in (chance.choice([CSV, OPINIONS])).splitlines()]
    for _ in range(chance.choice([1, 1, 2, 5])):
        cells = chance.choice(lines)
        cells[chance.randrange(len(cells))] = chance.choice(CELLS)
    path = tmp_path_factory.mktemp("damaged") / "reports.csv"
    path.write_text("\n".join(",".join(cells) for cells in lines), encoding="utf-8")
    try:
        found = read_reports(path)
    except InterrexError as error:
        assert str(error) and "Traceback" not in str(error)
    else:
        assert np.isfinite(found.y).all() and (found.var > 0).all() and (found.use == "fit").any()
