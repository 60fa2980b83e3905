"""YAML 1.2 core values, and tables with the places of their cells."""

import pytest

from interrex.case.tables import read_table
from interrex.case.yaml_core import read_yaml
from interrex.errors import CaseError


def value(text):
    problems = []
    document = read_yaml(text, "case.yaml", problems)
    assert problems == []
    return document.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2022-01-05", "2022-01-05"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"1"', "1"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text, expected):
    got = value(f"key: {text}\n")["key"]
    assert got == expected and type(got) is type(expected)


def test_block_text_and_nested_lists_are_kept():
    assert value("a:\n  - b: |\n      one\n      two\n  - [1, [2]]\n") == {
        "a": [{"b": "one\ntwo\n"}, [1, [2]]]
    }


def test_places_count_from_one():
    document = read_yaml("a: 1\nb:\n  - c: x\n    d: y\n", "case.yaml", [])
    assert document.place(("b", 0, "d")) == (4, 8)
    assert document.key_place(("b", 0, "d")) == (4, 5)
    assert document.place(("b", 0, "missing")) == (3, 5)


def test_the_first_of_two_equal_keys_stays_and_the_rest_is_read():
    problems = []
    document = read_yaml("a: 1\na: {x: [1, 2], y: 3}\nb: 2\n", "case.yaml", problems)
    assert document.value == {"a": 1, "b": 2}
    assert [str(p) for p in problems] == [
        "case.yaml:2:1 a: the key 'a' stands here a second time (first in line 1); keep one of the two"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: *x", "the alias *x is refused"),
        ("a: &x 1", "the anchor &x is refused"),
        ("a: !!str 1", "the tag 'tag:yaml.org,2002:str' is refused"),
        ("a: !t {b: 1}", "the tag '!t' is refused"),
        ("a: !!python/object/apply:os.system ['true']", "is refused"),
        ("a: 1\n---\nb: 2", "a second document begins here"),
        ("a: .nan", ".nan is not a finite number"),
        ("a: -.INF", "-.INF is not a finite number"),
        ("a: 1e999", "1e999 is not a finite number"),
        ("[1, 2]: 3", "where a key belongs"),
        ('a: "x\\u202Ey"', "hidden or control sign U+202E"),
        ('"a\\u200Eb": 1', "the key holds the hidden sign U+200E"),
    ],
)
def test_what_a_case_may_not_hold(text, sentence):
    problems = []
    read_yaml(text, "case.yaml", problems)
    assert any(sentence in str(problem) for problem in problems)


def test_broken_yaml_says_where():
    with pytest.raises(CaseError, match=r"case\.yaml:[23]:\d+: this is not YAML"):
        read_yaml("a: 1\nb: [1, 2\nc: 3\n", "case.yaml", [])


def rows(text):
    problems = []
    return read_table(text, "t.csv", ("a", "b", "c"), ("a",), problems), [str(p) for p in problems]


def test_rows_know_their_lines_also_after_quoted_line_ends():
    found, problems = rows('a,b,c\n1,"two\nlines, and ""more""",3\r\n\n4,5,6\n')
    assert problems == []
    assert [row.line for row in found] == [2, 5]
    assert found[0].cells == {"a": "1", "b": 'two\nlines, and "more"', "c": "3"}
    assert found[0].place("b") == (2, 3)
    assert found[0].place("c") == (3, 22)
    assert found[1].place("c") == (5, 5)


def test_columns_are_checked_and_rows_with_other_lengths_named():
    found, problems = rows("b,b,x\n1,2,3\n1,2\n")
    assert len(found) == 1
    assert "t.csv:1:3 b: the column 'b' stands here twice; keep one" in problems
    assert any("unknown column 'x'" in p for p in problems)
    assert any("the column 'a' is missing" in p for p in problems)
    assert any(p.startswith("t.csv:3:1 row 3: the row has 2 cells, the header has 3") for p in problems)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the table is empty"),
        ('a\n"open', "a quotation mark opens here and never closes"),
        ('a\n"x"y\n', "this is not CSV"),
        ("a\n" + "x" * 1_000_001, "a cell has more than 10,000 signs"),
        ("a\n" + "1\n" * 50_001, "more than 50,000 rows"),
        ("a\r1\r", "a carriage return stands alone here"),
    ],
)
def test_tables_that_cannot_be_read(text, sentence):
    with pytest.raises(CaseError, match=sentence):
        rows(text)


def test_a_mistake_at_the_very_end_of_the_text_has_its_place():
    with pytest.raises(CaseError, match=r"case\.yaml:\d+:\d+: this is not YAML"):
        read_yaml("a: {b: 1,\n", "case.yaml", [])
