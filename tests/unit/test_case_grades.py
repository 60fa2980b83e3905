"""Grades as priors on reliability."""

import pytest

from interrex.case.grades import PLAIN, is_grade, reliability


def test_plain_scale_falls_from_documented_to_hypothesis():
    means = [reliability(g).mean for g in ("documented", "several", "single", "rumour", "hypothesis")]
    assert means == sorted(means, reverse=True)
    assert reliability("documented") == (19, 1) and reliability("memory") == (2, 4) and len(PLAIN) == 6


@pytest.mark.parametrize("grade", ["F1", "F6", "A6", "C6"])
def test_what_cannot_be_judged_is_flat_not_low(grade):
    assert reliability(grade) == (1, 1)


def test_admiralty_falls_along_letters_and_digits():
    for digit in "12345":
        means = [reliability(letter + digit).mean for letter in "ABCDE"]
        assert means == sorted(means, reverse=True)
    for letter in "ABCDE":
        means = [reliability(letter + digit).mean for digit in "12345"]
        assert means == sorted(means, reverse=True)
    assert reliability("A1").mean == pytest.approx(0.95)


@pytest.mark.parametrize("text", ["", "G1", "A7", "a1", "A1 ", "documented ", "certain"])
def test_other_words_are_no_grades(text):
    assert not is_grade(text)
    with pytest.raises(ValueError, match="no grade"):
        reliability(text)
