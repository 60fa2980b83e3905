"""What spreadsheets, statistics programs and other countries write: one sentence each that says what to do."""

import csv
import io

import pytest

from interrex.case import check_case
from interrex.case.template import write_template


@pytest.fixture
def toy(tmp_path):
    return write_template("toy", tmp_path / "toy")


def told(folder):
    return [str(problem) for problem in check_case(folder).problems]


def rewrite(folder, file, change):
    text = (folder / file).read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    (folder / file).write_bytes(changed if isinstance(changed, bytes) else changed.encode())


WHOLE = [
    ("semicolons", lambda t: t.replace(",", ";"), "ledger.csv:1:1: the columns are separated by ';'; save the table with commas"),
    ("tabs", lambda t: t.replace(",", "\t"), "ledger.csv:1:1: the columns are separated by tabs; save the table with commas"),
    ("Excel's line", lambda t: "sep=,\n" + t, "ledger.csv:1:1: 'sep=,' is a line for Excel; delete it"),
    ("UTF-16", lambda t: t.encode("utf-16"), "ledger.csv:1:1: the file is UTF-16; save it as UTF-8"),
    ("UTF-16 without a mark", lambda t: t.encode("utf-16-le") + b"", "the file is UTF-16; save it as UTF-8"),
    ("Windows-1252", lambda t: t.replace("north, ", "nörth, ").replace("town hall", "tôwn hall").encode("cp1252"),
     "the file is not UTF-8 here ('ô' if it is Windows-1252); save it as UTF-8"),
    ("old Mac", lambda t: t.replace("\n", "\r"), "a carriage return stands alone here"),
    ("direction marks", lambda t: t.replace("town hall", "town\u200f hall\u200e").replace("Saltmere", "Salt\u200fmere"),
     "the hidden or control sign U+200F stands here, and others of the kind (lines 4, 6, "),
    ("lines above the header", lambda t: "Ledger of the crisis\n\n" + t, "this is no header row: no column of it is known"),
    ("row numbers of R", lambda t: "\n".join(f"{i}," + line if i else "," + line for i, line in enumerate(t.rstrip("\n").split("\n"))) + "\n",
     "ledger.csv:1:1: a column has no name, as that of row numbers which R and pandas write; delete it"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), [w[1:] for w in WHOLE], ids=[w[0] for w in WHOLE])
def test_a_ledger_in_another_form_is_refused_in_one_sentence(toy, change, sentence):
    rewrite(toy, "ledger.csv", change)
    found = told(toy)
    assert len(found) == 1 and sentence in found[0], found  # and reactions.csv, which cites a claim, is not blamed


def test_a_mark_at_the_beginning_and_the_line_ends_of_windows_do_no_harm(toy):
    rewrite(toy, "ledger.csv", lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert told(toy) == []


@pytest.mark.parametrize("word", ["NA", "NULL", "#N/A"])
def test_a_word_for_missing_in_all_empty_cells_is_told_once(toy, word):
    def fill(text):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            [cell or word for cell in row] for row in csv.reader(text.splitlines())
        )
        return out.getvalue()

    rewrite(toy, "ledger.csv", fill)
    found = [text for text in told(toy) if text.startswith("ledger.csv")]
    assert len(found) == 1 and f"'{word}' stands where a cell is empty, here and in " in found[0]
    assert "leave such cells empty (R: write.csv(..., na = " in found[0]


def test_a_region_may_be_called_by_the_code_of_namibia(toy):
    for file in ("regions.csv", "units.csv", "case.yaml"):
        text = (toy / file).read_text()
        (toy / file).write_text(text.replace("coast,Coast", "NA,Coast").replace(",coast,", ",NA,"))
    assert told(toy) == []


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ('"2000,5"', "'2000,5' is not a number; write 2000.5, with a decimal point"),
        ('"2,000"', "'2,000' is not a number; write 2000, without signs between the thousands"),
        ("2 000", "'2 000' is not a number; write 2000, without signs between the thousands"),
        ("2.000.000", "'2.000.000' is not a number; write 2000000, without signs between the thousands"),
        ("20%", "'20%' is not a number; write the number alone, without the sign of per cent"),
        ("two", "'two' is not a number; write digits with a point, without spaces or commas"),
        ("9" * 5000, "(5,000 signs)"),
    ],
)
def test_a_number_in_another_manner_is_shown_as_it_should_be(toy, cell, sentence):
    rewrite(toy, "ledger.csv", lambda text: text.replace(",2000,1400,3000,", f",{cell},1400,3000,"))
    found = told(toy)
    assert len(found) == 1 and sentence in found[0] and len(found[0]) < 300


@pytest.mark.parametrize(
    ("date", "sentence"),
    [
        ("14.03.2030", "write 2030-03-14"),
        ("2030/3/14", "write 2030-03-14"),
        ("20300314", "write 2030-03-14"),
        ("3/14/2030", "write 2030-03-14"),
        ("03/04/2030", "write 2030-03-04 or 2030-04-03, whichever is meant"),
        ("14 March 2030", "write 2030-03-14"),
        ("47556", "as the day number of a spreadsheet it would be 2030-03-14"),
        ("2030-03-14T12:00:00Z", "write 2030-03-14T12:00, in local time without seconds and zone"),
        ("yesterday", "2022-01-05"),
    ],
)
@pytest.mark.parametrize("column", ["when", "known_from"])
def test_a_date_in_another_manner_is_shown_as_it_should_be(toy, column, date, sentence):
    old = "arrests-13,2030-03-13,2030-03-14,"
    new = f"arrests-13,{date},2030-03-14," if column == "when" else f"arrests-13,2030-03-13,{date},"
    rewrite(toy, "ledger.csv", lambda text: text.replace(old, new))
    found = told(toy)
    assert len(found) == 1 and sentence in found[0], found


def test_a_tab_in_the_case_file_is_named(toy):
    rewrite(toy, "case.yaml", lambda text: text.replace("  horizon_days", "\thorizon_days"))
    line = (toy / "case.yaml").read_text().split("\t")[0].count("\n") + 1
    assert told(toy) == [f"case.yaml:{line}:1: a tab stands here; indent with spaces: YAML knows no tabs"]


def test_long_texts_are_quoted_by_their_beginning_and_length(toy):
    rewrite(toy, "case.yaml", lambda text: text.replace("role: predecessor\n", f"role: {'king' * 20_000}\n"))
    found = told(toy)
    assert len(found) == 1 and len(found[0]) < 700 and "... (80,000 signs) is no role" in found[0]


def test_many_mistakes_of_one_file_are_counted_after_the_first_hundred(toy):
    rewrite(toy, "sources.csv", lambda text: text + "".join(f"S{i},P,,,,rumour,,,,\n" for i in range(300)))
    found = told(toy)
    assert len(found) == 101 and found[-1] == "sources.csv: 200 more of the kind; mend these first"
