"""The register of sealed forecasts: a file of JSON lines, one a forecast, that can only grow.

Each line carries the SHA-256 of the line before it (`previous`) and of its own contents (`hash`), so a line that is changed,
taken out, put in or moved breaks the chain where it happened. What a chain cannot show is that its end was cut off, or that all
of it was written anew: for that there is the head, the count of lines and the SHA-256 of the last, in a file beside the register
and printed at sealing. Whoever keeps or publishes a head can hold any later state of the register against it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from interrex.errors import InterrexError, RunError, StoreError
from interrex.record.questions import Forecast, Question
from interrex.store import files

SHIPPED = Path(__file__).with_name("register.jsonl")
"""The register that comes with interrex."""
HEAD = ".head"
START = "0" * 64
"""What the first line has for the SHA-256 of the line before."""
NUMBERS = ("p", "low", "high", "pooled", "own")
DIGITS = 6
"""Significant digits of a sealed probability."""


class Head(NamedTuple):
    """How many lines, and the SHA-256 of the last."""

    lines: int
    digest: str

    def __str__(self) -> str:
        return f"{self.lines}:{self.digest}"


@dataclass(frozen=True)
class Sealed:
    """One line: the forecast, the day on which it was written, whether it was written when the answer could be known, the
    version of interrex and the SHA-256 of the summary (the model) that made it."""

    forecast: Forecast
    sealed: datetime.date
    backcast: bool
    version: str
    model: str


@dataclass(frozen=True)
class Verification:
    """What `verify` found: the lines that stand, their head, and what is wrong, empty if nothing is."""

    path: Path
    lines: tuple[Sealed, ...]
    head: Head
    problem: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problem

    def __str__(self) -> str:
        return self.problem or f"{self.path}: whole, {self.head.lines:,} forecasts\nhead {self.head}"


def verify(path: Path, published: str = "") -> Verification:
    """Hold a register against its chain, its head file and, if one is given, a head that was kept or published earlier."""
    lines, links, problem = _chain(path, _bytes(path))
    problem = (
        problem
        or _against_head(path, links)
        or (_against_published(path, links, published) if published else "")
    )
    return Verification(path, tuple(lines), Head(len(lines), links[-1]), problem)


def read(path: Path) -> Verification:
    """The register; StoreError says where it is damaged."""
    found = verify(path)
    if not found.ok:
        raise StoreError(found.problem)
    return found


def append(
    path: Path,
    forecasts: Sequence[Forecast],
    version: str,
    model: str,
    today: datetime.date,
    backcast: bool = False,
) -> Head:
    """Seal forecasts: all of them, or none. Returns the new head.

    Refused: a question that is sealed already; one of a day to come; without `backcast`, one issued before the register's
    last or closed before today; a damaged register.
    """
    if not forecasts:
        raise RunError("there is no forecast to seal", "ask for a country that the panels hold")
    files.make_folder(path.parent)
    with files.locked(path.parent):
        lines, link, data = (), START, b""
        if path.exists() or _head_file(path).exists():
            old, data = read(path), _bytes(path)
            lines, link = old.lines, old.head.digest
        backs = _backcasts(lines, forecasts, today, backcast)
        for forecast, back in zip(forecasts, backs, strict=True):
            line = _line(Sealed(_rounded(forecast), today, back, version, model), link)
            data += line + b"\n"
            link = _digest(line)
        head = Head(len(lines) + len(forecasts), link)
        files.write_bare(path, data)
        files.write_bare(_head_file(path), _head_bytes(head))
    return head


def _backcasts(
    old: Sequence[Sealed], forecasts: Sequence[Forecast], today: datetime.date, allowed: bool
) -> list[bool]:
    """Of each forecast whether it is issued in the past; RunError where that, or the question, cannot be sealed."""
    taken = {line.forecast.question.id for line in old}
    last = max((line.forecast.question.issued for line in old), default=datetime.date.min)
    written = max((line.sealed for line in old), default=datetime.date.min)
    if today < written:
        raise RunError(f"today is {today}, but the register was written on {written}", "set the clock right")
    found: list[bool] = []
    for question in (f.question for f in forecasts):
        if question.issued > today:
            raise RunError(
                f"{question.id} is issued after today, {today}", "give --as-of a day that has come"
            )
        if question.id in taken:
            raise RunError(
                f"{question.id} is sealed already", "a question is answered once; ask it of another day"
            )
        taken.add(question.id)
        late = (
            f"closed on {question.closes}, before it is sealed on {today}" if question.closes < today
            else f"is issued before {last}, the last day of issue in the register" if question.issued < last
            else ""
        )  # fmt: skip
        if late and not allowed:
            raise RunError(f"{question.id} {late}", "say --backcast to seal it, marked as such")
        found.append(bool(late))
    return found


def _rounded(forecast: Forecast) -> Forecast:
    return replace(forecast, **{name: float(f"{getattr(forecast, name):.{DIGITS}g}") for name in NUMBERS})


def _line(sealed: Sealed, previous: str) -> bytes:
    f, q = sealed.forecast, sealed.forecast.question
    contents = {
        "id": q.id,
        "question": {
            "ccode": q.ccode, "country": q.country, "event": q.event, "leader": q.leader,
            "since": q.since.isoformat() if q.since else "", "issued": q.issued.isoformat(), "months": q.months,
            "closes": q.closes.isoformat(), "panels": list(q.panels), "rule": q.rule,
        },
        **{name: getattr(f, name) for name in NUMBERS},
        "sealed": sealed.sealed.isoformat(), "backcast": sealed.backcast, "version": sealed.version, "model": sealed.model,
        "previous": previous,
    }  # fmt: skip
    return _text({**contents, "hash": _own_hash(contents)})


def _text(contents: Mapping[str, object]) -> bytes:
    """The one way in which a line is written."""
    return json.dumps(contents, ensure_ascii=False, allow_nan=False).encode()


def _own_hash(contents: Mapping[str, object]) -> str:
    """SHA-256 of the canonical JSON of a line without its hash: keys sorted, no blanks, UTF-8."""
    bare = {key: value for key, value in contents.items() if key != "hash"}
    return _digest(json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def _sealed(line: Mapping[str, Any]) -> Sealed:  # JSON; what it lacks is told by the caller
    q = line["question"]
    day = datetime.date.fromisoformat
    question = Question(
        int(q["ccode"]), q["country"], q["event"], day(q["issued"]), int(q["months"]), q["leader"],
        day(q["since"]) if q["since"] else None, tuple(q["panels"]),
    )  # fmt: skip
    forecast = Forecast(question, *(float(line[name]) for name in NUMBERS))
    return Sealed(forecast, day(line["sealed"]), bool(line["backcast"]), line["version"], line["model"])


def _chain(path: Path, data: bytes) -> tuple[list[Sealed], list[str], str]:
    """The lines that stand, the SHA-256 of nothing, of the first, of the second and so on, and what is wrong with the next."""
    lines: list[Sealed] = []
    links = [START]
    *whole, rest = data.split(b"\n")
    for number, raw in enumerate(whole, 1):
        at = f"{path}:{number}"
        try:
            line: dict[str, Any] = json.loads(raw)
            hashed, follows = line["hash"] == _own_hash(line), line["previous"] == links[-1]
            written = _text(line) == raw
        except (ValueError, KeyError, TypeError, RecursionError):
            return lines, links, f"{at}: is no line of a register any more; take a copy that is whole"
        if not hashed or not written:
            return lines, links, f"{at}: was changed after it was sealed; take a copy that is whole"
        if not follows:
            wrong = "the lines before it are missing" if number == 1 else (
                f"does not follow line {number - 1}: a line was taken out, put in or moved here"
            )  # fmt: skip
            return lines, links, f"{at}: {wrong}; take a copy that is whole"
        try:
            lines.append(_sealed(line))
        except (InterrexError, ValueError, KeyError, TypeError) as error:
            return (
                lines,
                links,
                f"{at}: holds no forecast that can be read ({error}); use the version that sealed it",
            )
        links.append(_digest(raw))
    wrong = (
        f"{path}:{len(whole) + 1}: is cut off or was added by hand; take a copy that is whole" if rest else ""
    )
    return lines, links, wrong


def _against_head(path: Path, links: list[str]) -> str:
    """What the head file says against the lines, empty if nothing."""
    file, count = _head_file(path), len(links) - 1
    try:
        found = file.read_bytes()
    except OSError:
        return f"{file}: is missing, so lines may have been cut off at the end of {path}; take a copy that is whole"
    if found == _head_bytes(Head(count, links[-1])):
        return ""
    head = _head_of(found.decode("utf-8", "replace").strip())
    if head is None or found != _head_bytes(head):
        return f"{file}: is no head any more; it would read COUNT:SHA-256 of the last line; take a copy that is whole"
    if head.lines > count:
        return f"{path}:{count + 1}: is missing: the head counts {head.lines:,} lines, and {count:,} are left; take a copy that is whole"
    if links[head.lines] != head.digest:
        return (
            f"{path}:{head.lines}: is not the line that the head in {file} names; take a copy that is whole"
        )
    return (
        f"{path}:{head.lines + 1}: was added behind the last line that the head counts, or its sealing was broken off; "
        f"keep the first {head.lines:,} lines and seal again"
    )


def _against_published(path: Path, links: list[str], published: str) -> str:
    head = _head_of(published)
    if head is None:
        return f"{published!r} is no head; give COUNT:SHA-256 as it was printed at sealing"
    if head.lines >= len(links):
        return f"{path}:{len(links)}: is missing: the published head counts {head.lines:,} lines, and {len(links) - 1:,} are left"
    if links[head.lines] != head.digest:
        return f"{path}: was written anew: line {head.lines:,} is not the one that was published"
    return ""


def _head_of(text: str) -> Head | None:
    count, _, digest = text.partition(":")
    fits = count.isascii() and count.isdigit() and len(count) < 12 and len(digest) == len(START)
    return Head(int(count), digest) if fits else None


def _head_file(path: Path) -> Path:
    return path.with_name(path.name + HEAD)


def _head_bytes(head: Head) -> bytes:
    return f"{head}\n".encode()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        missing = " though its head is there" if _head_file(path).exists() else ""
        raise StoreError(f"{path}: there is no register{missing}", "give its path with --register") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
