"""What can be asked of a run and of a score: one list each, for the command line and for Python."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Concatenate, Literal, ParamSpec, TypeVar, get_type_hints

from cyclopts import Parameter, Token

from interrex.efforts import Effort, Progress, Quiet, effort_of
from interrex.errors import RunError

if TYPE_CHECKING:
    from interrex.mechanisms.contract import Mechanism

    Day = date | str
    Folder = str | Path
    Mechanisms = Iterable[Mechanism] | str | Path | None
else:  # what the command line takes of these
    Day, Folder, Mechanisms = str, Path, Path | None

RESOLUTIONS = ("1", "10", "100")
"""What --resolution takes; shown as 1:1, 1:10, 1:100."""

Subject = TypeVar("Subject")
Asks = ParamSpec("Asks")
Asked = TypeVar("Asked")
Found = TypeVar("Found")


def taking(
    options: Callable[Asks, Asked],
) -> Callable[[Callable[[Subject, Asked], Found]], Callable[Concatenate[Subject, Asks], Found]]:
    """Decorator of a function of a case and its options that makes it take them as keywords."""

    def decorate(function: Callable[[Subject, Asked], Found]) -> Callable[Concatenate[Subject, Asks], Found]:
        @functools.wraps(function)
        def with_keywords(case: Subject, *args: Asks.args, **chosen: Asks.kwargs) -> Found:
            return function(case, options(*args, **chosen))

        signature, types = inspect.signature(function), get_type_hints(options)
        case, _ = signature.parameters.values()
        words = [p.replace(annotation=types[p.name]) for p in inspect.signature(options).parameters.values()]
        told = signature.replace(parameters=[case, *words])
        setattr(with_keywords, "__signature__", told)  # noqa: B010 - for help()
        return with_keywords

    return decorate


def told(text: str) -> Parameter:
    """The help of an option that no --no-... turns off."""
    return Parameter(help=text, negative="")


def _resolution(_: object, tokens: Sequence[Token]) -> int:
    """10 of --resolution 10 or 1:10."""
    text = tokens[0].value
    if text.removeprefix("1:") not in RESOLUTIONS:
        raise RunError(
            f"--resolution {text} is not one of {', '.join(RESOLUTIONS)}",
            "give how many persons one simulated citizen stands for; 1 simulates everybody",
        )
    return int(text.removeprefix("1:"))


def at_least(least: int, option: str, number: int | None) -> None:
    """RunError for a number that is too small."""
    if number is not None and number < least:
        raise RunError(f"{option} {number} is too small", f"give {least} or more")


def day(text: Day) -> date:
    """A day of --as-of; RunError if it is none."""
    try:
        return text if isinstance(text, date) else date.fromisoformat(text)
    except ValueError:
        raise RunError(f"--as-of {text!r} is not a day", "write it as YYYY-MM-DD, 2022-01-05 say") from None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """What runs and scores have in common. Raises RunError for what cannot be done."""

    seed: Annotated[int, told("same case, same seed: same results, to the bit")] = 1
    effort: Annotated[
        Literal["quick", "default", "publication"],
        told("how much to compute; quick is a sketch and says so in its report"),
    ] = "default"
    quick: Annotated[bool, told("the same as --effort quick")] = False
    priors: Annotated[
        str,
        told(
            "priors of the parameters: learned from the crises of other countries, earlier (from those of them that were over at "
            "the as-of day), assumed, tested (learned where that has made crises that were left out more probable, else assumed), "
            "or the learned.json that interrex learn has written"
        ),
    ] = "tested"
    citizens_per_agent: Annotated[
        int | None,
        Parameter(name="--resolution", converter=_resolution),
        told(
            "persons that one simulated citizen stands for: 1 (everybody), 10 or 100; 10 unless given, 100 with --quick"
        ),
    ] = None
    workers: Annotated[
        int | None, told("threads to use (all cores unless given); results do not depend on it")
    ] = None
    out: Annotated[Folder, told("where the folders of runs lie")] = Path("runs")
    progress: Annotated[Progress, Parameter(parse=False)] = Quiet()
    """Whom it tells how far it is."""

    def __post_init__(self) -> None:
        if self.quick and self.effort == "publication":
            raise RunError("--quick and --effort publication contradict each other", "give one of them")
        at_least(1, "--resolution", self.citizens_per_agent)
        at_least(1, "--workers", self.workers)
        _ = self.sizes

    @property
    def effort_name(self) -> str:
        """Name of the effort."""
        return "quick" if self.quick else self.effort

    @property
    def sizes(self) -> Effort:
        """How much work that is."""
        sizes = effort_of(self.effort_name)
        return sizes._replace(weight=self.citizens_per_agent or sizes.weight)

    @property
    def threads(self) -> int:
        """As asked, or as many as the machine has cores."""
        return self.workers or os.cpu_count() or 1


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RunOptions(Options):
    """What can be asked of a run."""

    as_of: Annotated[
        Day | None, told("use only what was known on this day, YYYY-MM-DD (the case's own day unless given)")
    ] = None
    particles: Annotated[
        int | None,
        told(
            "particles of each of the independent populations that conditioning moves, in place of the effort's"
        ),
    ] = None
    resume: Annotated[bool, told("go on from the finished stages of an earlier try")] = False
    warm_start: Annotated[
        bool,
        Parameter(
            name="",
            negative="--no-warm-start",
            show_default=False,
            help="do without the proposal that ships with the case; slower, same posterior",
        ),
    ] = True
    placebo: Annotated[
        bool, told("cut the hypotheses from every mechanism, so that each evidence ratio must vanish")
    ] = False
    mechanisms: Annotated[
        Mechanisms,
        told("Python file that defines MECHANISM (docs/mechanisms.md); it is executed, so trust it first"),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(2, "--particles", self.particles)
        _ = self.day

    @property
    def day(self) -> date | None:
        """Last day of knowledge, if asked."""
        return None if self.as_of is None else day(self.as_of)

    @property
    def sizes(self) -> Effort:
        """How much work that is."""
        sizes = super().sizes
        return sizes._replace(particles=self.particles or sizes.particles)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ScoreOptions(Options):
    """What can be asked of a score."""

    as_of: Annotated[
        Sequence[Day],
        Parameter(show_default=False),
        told(
            "days of issue, YYYY-MM-DD; give it several times (up to five after which something was observed unless given)"
        ),
    ] = ()
    seeds: Annotated[
        int, told("how many seeds, from --seed on; their spread is printed beside each score")
    ] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(1, "--seeds", self.seeds)
        _ = self.days

    @property
    def days(self) -> list[date]:
        """Days of issue, if asked."""
        return [day(one) for one in self.as_of]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class LearnOptions:
    """What can be asked of learning. Raises RunError for what cannot be done."""

    seed: Annotated[int, told("same cases, same seed: same fits, to the bit")] = 1
    particles: Annotated[
        int, told("particles of each of the four independent populations of a fit")
    ] = 64
    trial: Annotated[
        bool, told("fit every crisis once more under what the crises of other countries taught, and say what that gains")
    ] = False
    workers: Annotated[
        int | None, told("threads to use (all cores unless given); results do not depend on it")
    ] = None
    out: Annotated[Folder, told("where fits and learned.json are written; fits that lie there are not made again")] = Path("learned")
    progress: Annotated[Progress, Parameter(parse=False)] = Quiet()
    """Whom it tells how far it is."""

    def __post_init__(self) -> None:
        at_least(8, "--particles", self.particles)
        at_least(1, "--workers", self.workers)

    @property
    def threads(self) -> int:
        """As asked, or as many as the machine has cores."""
        return self.workers or os.cpu_count() or 1
