"""Statements about the answers that a case may make and `interrex check --expect` tests: `answer[path] op
number`.

    outcomes[stays_by_outside_rescue] > 0.5
    hypotheses[posterior, phone] > 0.5
    crowd[nation_present_post, 2022-01-05] >= 10000

A closed grammar, no evaluation: a name of small letters, selectors between brackets, an operator, a number. What selectors
may be is in `results/pick.py`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from interrex.case.vocabulary import OPERATORS
from interrex.errors import quoted

FORM = "answer[path] op number, such as outcomes[palace_coup] < 0.2"

_FORM = re.compile(
    r"([a-z][a-z_]{0,59})(?:\[([A-Za-z0-9_.,:=+ -]{1,200})\])?\s*(>=|<=|==|>|<)\s*"
    r"([-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)"
)


class Expectation(NamedTuple):
    """One statement: the answer at `path` (its selectors) compares to `number` by `op`."""

    answer: str
    path: tuple[str, ...]
    op: str
    number: float

    def holds(self, value: float) -> bool:
        """Whether a value of the answer fulfils the statement."""
        return {
            ">=": value >= self.number,
            ">": value > self.number,
            "<=": value <= self.number,
            "<": value < self.number,
            "==": value == self.number,
        }[self.op]


def parse_expectation(text: str) -> Expectation:
    """Read one statement. Raises ValueError with a sentence for anything outside the grammar."""
    match = _FORM.fullmatch(text.strip())
    if match is None or match[3] not in OPERATORS:
        raise ValueError(f"{quoted(text)} is no statement about an answer; write {FORM}")
    path = tuple(part.strip() for part in match[2].split(",")) if match[2] else ()
    return Expectation(match[1], path, match[3], float(match[4]))
