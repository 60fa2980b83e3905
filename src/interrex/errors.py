"""Errors meant for people: each message is a sentence that says what is wrong and what would be right.

The command line prints the message alone, without a traceback, and exits with status 2.
"""

from __future__ import annotations


class InterrexError(Exception):
    """The base of all errors that a reader of a message can act upon."""


class CaseError(InterrexError):
    """A case cannot be used as written; `problems` holds one sentence for each mistake found."""

    def __init__(self, *problems: str) -> None:
        self.problems: tuple[str, ...] = problems
        super().__init__("\n".join(problems))


class RunError(InterrexError):
    """A run cannot be done as asked: an option, a date or a number is out of its range."""


class StoreError(InterrexError):
    """A run folder cannot be read or written, or its files are not what their checksums say."""
