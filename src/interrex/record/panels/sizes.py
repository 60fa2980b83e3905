"""How many people took part, read from what newspapers and coders wrote: "1000s", ">10,000", "tens of thousands", "about
200", "between 35,000 and 50,000", "50+". A size is a pair: at least so many, at most so many; NaN where that is open."""

from __future__ import annotations

import math
import re

Size = tuple[float, float]

UNRECORDED: Size = (math.nan, math.nan)

UNITS = {
    "k": 1_000,
    "dozen": 12,
    "score": 20,
    "ten": 10,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
}
WORDS = {w: n for n, w in enumerate("one two three four five six seven eight nine".split(), 1)} | {
    "a": 1,
    "an": 1,
}
SOME = ("several", "few", "couple")
"""Vague multiples: at least two of the unit, less than ten."""

MORE = (">", "more than", "over", "at least", "upwards of")
LESS = ("<", "less than", "fewer than", "under", "below", "up to", "as many as")

NO_PEOPLE = re.compile(
    r"\b(arrest\w*|detain\w*|kill\w*|dead|wounded|injured|famil\w+|schools?|groups?|organi[sz]ations|taxis|cars|vehicles|"
    r"buses|cities|towns|villages)\b"
)
"""What is counted in place of those who took part; such a text has no size."""

_UNIT = r"(?:dozen|score|ten|hundred|thousand|million)"
_AMOUNT = re.compile(
    rf"(?P<bound>{'|'.join(map(re.escape, MORE + LESS))})?\s*=?\s*(?:a\s+|about\s+|around\s+)?"
    rf"(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<plural>s\b)?(?:\s*(?P<scale>hundred|thousand|million|k)\b)?"
    rf"|(?P<words>(?:\b(?:{'|'.join([*WORDS, *SOME])})\b\s*(?:of\s+)?)?\b{_UNIT}s?\b(?:\s+(?:of\s+)?{_UNIT}s?\b)?))"
    r"\s*(?P<plus>\+)?"
)
_BETWEEN = re.compile(r"\s*(?:-|–|to|up to)\s*")
_AND = re.compile(r"\s*(?:and|&)\s*")
_CLAUSE = re.compile(r";|(?<!btw)\.\s+|\.$")


def size_of(text: str) -> Size:
    """The size that a text tells. Of several estimates, the organisers' and the police's, from the least to the most."""
    found = [
        s
        for clause in _CLAUSE.split(text.lower().replace("_", " ").replace("half a million", "500000"))
        if not math.isnan((s := _clause(clause))[0])
    ]
    if not found:
        return UNRECORDED
    highs = [high for _, high in found]
    return min(low for low, _ in found), math.nan if any(map(math.isnan, highs)) else max(highs)


def _clause(text: str) -> Size:
    """The first amount of a clause, or the range that it begins."""
    first = _AMOUNT.search(text)
    if first is None or NO_PEOPLE.search(text):
        return UNRECORDED
    low, high = _size(first)
    second = _AMOUNT.match(text, first.end())
    if not (second and second["bound"] in LESS):
        joined = _BETWEEN.match(text, first.end())
        if joined is None and re.search(r"\b(between|btw)\b", text[: first.start()]):
            joined = _AND.match(text, first.end())
        second = joined and _AMOUNT.match(text, joined.end())
    if second:
        other, high = _size(second)
        scale = UNITS.get(second["scale"] or "", 1)
        if not first["scale"] and low * scale <= high:  # "2-3 thousand"
            low *= scale
        if other and other < low:
            return UNRECORDED
    return low, high


def _size(found: re.Match[str]) -> Size:
    low, high = _digits(found) if found["digits"] else _words(found["words"])
    if found["bound"] in LESS:
        return 0.0, high
    return low, math.nan if found["bound"] or found["plus"] else high


def _digits(found: re.Match[str]) -> Size:
    value = float(found["digits"].replace(",", "")) * UNITS.get(found["scale"] or "", 1)
    return (value, _next(value)) if found["plural"] else (value, value)


def _next(value: float) -> float:
    """The most that "100s" (999) or "20000s" (29,999) may mean: the leading digit stands, a 1 stands for its power of ten."""
    power = 10.0 ** math.floor(math.log10(value)) if value >= 1 else 1.0
    return 10 * power - 1 if value == power else value + power - 1


def _words(words: str) -> Size:
    parts = [w for w in words.split() if w != "of"]
    units = [UNITS[w.removesuffix("s")] for w in parts if w.removesuffix("s") in UNITS]
    value = float(math.prod(units))
    plural = parts[0].endswith("s") or parts[-1].endswith("s")
    top = 99.0 if units[-1] in (12, 20) else 10 * value - 1
    if parts[0] in SOME:
        return 2 * value, top
    if parts[0] in WORDS:
        return WORDS[parts[0]] * value, WORDS[parts[0]] * value
    return (
        (2 * value, 99.0) if units[-1] in (12, 20) and plural else (value, top) if plural else (value, value)
    )
