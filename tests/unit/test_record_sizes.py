"""Sizes of protests as newspapers and coders write them."""

import math

import pytest

from interrex.record.panels.sizes import size_of

OPEN = math.nan

TOLD = [
    ("1000s", 1_000, 9_999),
    ("100s", 100, 999),
    ("10s", 10, 99),
    ("20000s", 20_000, 29_999),
    ("thousands", 1_000, 9_999),
    ("hundreds of students", 100, 999),
    ("tens of thousands", 10_000, 99_999),
    ("Hundreds of thousands", 100_000, 999_999),
    ("several hundred thousands", 200_000, 999_999),
    ("several hundred", 200, 999),
    ("a few thousand", 2_000, 9_999),
    ("dozens", 24, 99),
    ("scores", 40, 99),
    ("50+", 50, OPEN),
    (">10000", 10_000, OPEN),
    ("> 10,000", 10_000, OPEN),
    ("Over 1 million", 1_000_000, OPEN),
    (">1.2 million", 1_200_000, OPEN),
    ("more than seven million people", 7_000_000, OPEN),
    ("at least 160000", 160_000, OPEN),
    ("200-2000+", 200, OPEN),
    ("about 200", 200, 200),
    ("nearly 700,000", 700_000, 700_000),
    ("about a hundred protesters", 100, 100),
    ("20000", 20_000, 20_000),
    ("10k", 10_000, 10_000),
    ("half a million", 500_000, 500_000),
    ("<1000", 0, 1_000),
    ("up to two million", 0, 2_000_000),
    ("200-300", 200, 300),
    ("2-3 thousand", 2_000, 3_000),
    ("2,000 to 4,000 people", 2_000, 4_000),
    ("between 35,000 and 50,000", 35_000, 50_000),
    ("btw. 20000 & 30000", 20_000, 30_000),
    ("> 50 < 100", 50, 100),
    ("100s-1000s", 100, 9_999),
    ("hundreds of thousands to 1.4 million", 100_000, 1_400_000),
]


@pytest.mark.parametrize(("text", "low", "high"), TOLD, ids=[t for t, _, _ in TOLD])
def test_a_size_is_read_as_at_least_and_at_most(text, low, high):
    assert size_of(text) == pytest.approx((low, high), nan_ok=True)


def test_of_the_organisers_and_the_police_each_has_an_end_of_the_range():
    assert size_of("organisers spoke of 110,000 people; the police of about 20,000") == (20_000, 110_000)
    low, high = size_of("A speaker said more than 2,000 came. Police put it at 1,700.")
    assert low == 1_700
    assert math.isnan(high)


@pytest.mark.parametrize(
    "text",
    ["", "crowds", "Unknown", "300 arrested", "16 killed", "230 families", "28 student groups", "100 taxis"],
)
def test_what_counts_no_participants_tells_no_size(text):
    assert all(map(math.isnan, size_of(text)))
