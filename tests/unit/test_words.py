import pytest
from hypothesis import given
from hypothesis import strategies as st

from interrex import words


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.0, ""),
        (0.0099, ""),
        (0.01, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.4499, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (0.99, "almost certain"),
        (0.9901, ""),
        (1.0, ""),
    ],
)
def test_icd203_bands_are_half_open(p, word):
    assert words.likelihood_word(p) == word


@given(st.floats(0.01, 0.99))
def test_every_probability_between_1_and_99_percent_has_exactly_one_word(p):
    holding = [w for low, high, w in words.ICD203 if low <= p < high or (p == high == 0.99)]
    assert holding == [words.likelihood_word(p)]


@given(st.floats(0, 1))
def test_the_printed_number_lies_in_the_band_of_its_word(p):
    printed = words.probability_text(p)
    if not words.likelihood_word(p):
        assert printed in ("<1 %", ">99 %")
    elif printed.startswith("just under"):
        percent = float(printed.split()[2])
        assert p < percent / 100
        assert words.likelihood_word(p) != words.likelihood_word(percent / 100) or percent == 99
    else:
        assert words.likelihood_word(int(printed.split()[1]) / 100) == words.likelihood_word(p)


@pytest.mark.parametrize(
    ("p", "printed"),
    [(0.0, "<1 %"), (0.031, "about 3 %"), (0.0496, "just under 5 %"), (0.5, "about 50 %"), (0.996, ">99 %")],
)
def test_probabilities_as_printed(p, printed):
    assert words.probability_text(p) == printed


def test_number_before_word():
    assert words.likelihood_text(0.031) == "about 3 % (almost no chance)"
    assert words.likelihood_text(0.001) == "<1 %"


def test_intervals():
    assert words.interval_text(0.02, 0.07) == "2 to 7 %"
    assert words.interval_text(0.001, 0.999) == "<1 to >99 %"
    assert words.interval_text(0.301, 0.302) == "30 %"
    with pytest.raises(ValueError, match="low to high"):
        words.interval_text(0.7, 0.2)


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        words.likelihood_word(p)


@pytest.mark.parametrize(
    ("x", "printed"), [(0, "0"), (7.4, "7"), (12345, "12,000"), (995, "1,000"), (-1234, "-1,200"), (0.4, "0")]
)
def test_counts(x, printed):
    assert words.count_text(x) == printed
