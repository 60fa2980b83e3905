"""Reading a file of an untrusted case: plain files inside its folder, bounded, UTF-8, no hidden signs."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from interrex.errors import CaseError, Problem, quoted

YAML_BYTES = 5_000_000
TABLE_BYTES = 20_000_000
MAP_BYTES = 20_000_000
LINES = 10
"""As many lines are named where one mistake stands in many."""

# Control signs but tab and line ends; marks that reorder or hide text, as of a spoofed source; surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def hidden_sign(text: str) -> re.Match[str] | None:
    """The first control, reordering or invisible sign of a text, or None."""
    return _HIDDEN.search(text)


def sign_name(sign: str) -> str:
    """A sign as U+202E, for messages: never printed itself."""
    return f"U+{ord(sign):04X}"


def file_problem(folder: Path, name: str) -> tuple[str, str] | None:
    """What is wrong with the name of a file, and what would be right; None when the file may be read."""
    if not name or name in (".", "..") or "/" in name or "\\" in name or "\x00" in name or ":" in name:
        return (
            f"{quoted(name)} leaves the folder of the case or names no file",
            "use the plain name of a file that lies beside case.yaml",
        )
    try:
        mode = os.lstat(folder / name).st_mode
    except PermissionError as error:
        return f"{quoted(name)} cannot be read ({error.strerror})", "check the permissions of the folder"
    except (OSError, ValueError):
        return f"there is no file {quoted(name)} in the folder of the case", "add the file or correct its name"
    if stat.S_ISLNK(mode):
        return f"{quoted(name)} is a symbolic link", "put the file itself into the folder"
    if not stat.S_ISREG(mode):
        return f"{quoted(name)} is not a plain file", "use a plain file"
    return None


def read_text(folder: Path, name: str, limit: int) -> str:
    """The text of a file of the case; a byte order mark at its start is dropped.

    Raises CaseError for a name outside the folder, a link, more than `limit` bytes, bytes that are not UTF-8,
    and signs that a reader cannot see.
    """
    wrong = file_problem(folder, name)
    if wrong is not None:
        raise CaseError(Problem(name, 0, 0, "", *wrong))
    # O_NOFOLLOW and fstat: the file opened is the file that was looked at.
    try:
        handle = os.open(
            folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except OSError as error:
        raise CaseError(
            Problem(name, 0, 0, "", f"the file cannot be read ({error.strerror})", "check its permissions")
        ) from None
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise CaseError(Problem(name, 0, 0, "", f"{quoted(name)} is not a plain file", "use a plain file"))
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise CaseError(
            Problem(name, 0, 0, "", f"the file is larger than {limit // 1_000_000} MB", "split or shorten it")
        )
    return decode(data, name)


def decode(data: bytes, name: str) -> str:
    """Bytes of a file as text, with the refusals of `read_text`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in data[:2] and len(data) % 2 == 0):
        raise CaseError(Problem(name, 1, 1, "", "the file is UTF-16", "save it as UTF-8"))
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = place_of(data[: error.start].decode("utf-8"), error.start)
        sign = data[error.start : error.start + 1].decode("cp1252", "replace")
        wrong = f"the file is not UTF-8 here ({sign!r} if it is Windows-1252)"
        raise CaseError(Problem(name, line, column, "", wrong, "save it as UTF-8")) from None
    first = hidden_sign(text)
    if first is not None:
        wrong, remedy = f"the hidden or control sign {sign_name(first[0])} stands here", "delete it"
        lines = [str(i) for i, line in enumerate(text.split("\n"), 1) if hidden_sign(line)]
        if len(_HIDDEN.findall(text)) > 1:
            more = f" and {len(lines) - LINES:,} more" if len(lines) > LINES else ""
            wrong += f", and others of the kind (lines {', '.join(lines[:LINES])}{more})"
            remedy = "delete them all"
        raise CaseError(Problem(name, *place_of(text, first.start()), "", wrong, remedy))
    return text


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in a text."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
