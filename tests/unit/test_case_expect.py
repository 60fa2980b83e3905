"""The closed grammar of expectations."""

import pytest

from interrex.case.expect import parse_expectation


def test_a_statement_is_read_and_tested():
    found = parse_expectation("crowd[nation, 2022-01-05] >= 10000")
    assert found == ("crowd", ("nation", "2022-01-05"), ">=", 10000.0)
    assert found.holds(10000) and not found.holds(9999)
    assert parse_expectation("evidence < -0.5").path == ()


@pytest.mark.parametrize(
    "text", ["", "a = 1", "a > b", "a[__import__('os')] > 1", "a.b > 1", "a > 1; b", "a > 1e9", "A > 1"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="no statement"):
        parse_expectation(text)
