"""Errors meant for people: each message is a sentence that says what is wrong and what would be right.

The command line prints the message alone, without a traceback, and exits with `EXIT_STATUS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

EXIT_STATUS = 2
"""What the command line returns after any error of this file."""

SHOWN = 60
"""As many signs of a text does a message quote."""


def shortened(text: str) -> str:
    """A text as a message shows it: of a long one its beginning and its length."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text):,} signs)"


def quoted(text: str) -> str:
    """The same between quotes, without control signs."""
    return repr(text) if len(text) <= SHOWN else f"{text[:SHOWN]!r}... ({len(text):,} signs)"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelt one is closest to; None where none is close. The comparison takes the square of
    the length, so long texts have none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, sorted(known), 1)), None) if len(word) <= SHOWN else None


class Problem(NamedTuple):
    """One mistake in a case: where it is, what is wrong, and what would be right.

    `line` and `column` count from 1 and are 0 where a mistake has no place (a missing file, say); `path` is
    the place inside the document, `actors.3.role`.
    """

    file: str
    line: int
    column: int
    path: str
    wrong: str
    remedy: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        place = f"{place} {self.path}".strip()
        sentence = f"{self.wrong}; {self.remedy}" if self.remedy else self.wrong
        return f"{place}: {sentence}" if place else sentence


class InterrexError(Exception):
    """The base of all errors that a reader of a message can act upon."""


class CaseError(InterrexError):
    """A case cannot be used as written; `problems` holds every mistake found, in order of place."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            p if isinstance(p, Problem) else Problem("", 0, 0, "", p) for p in problems
        )
        super().__init__("\n".join(map(str, self.problems)))


class RunError(InterrexError):
    """A run cannot be done as asked: an option, a date or a number is out of its range."""

    def __init__(self, wrong: str, remedy: str = "") -> None:
        super().__init__(f"{wrong}; {remedy}" if remedy else wrong)


class StoreError(InterrexError):
    """A run folder cannot be read or written, or its files are not what their checksums say."""

    def __init__(self, wrong: str, remedy: str = "") -> None:
        super().__init__(f"{wrong}; {remedy}" if remedy else wrong)
