"""What can be asked of an event study: one list, for the command line and for Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, cast, get_args

from cyclopts import Parameter

from interrex.errors import RunError

Model = Literal["mean", "adjusted", "market", "factors", "scholes-williams", "dimson"]
Kind = Literal["simple", "log"]
Errors = Literal["ols", "hac", "garch"]
Align = Literal["date", "close"]
Overlap = Literal["mask", "keep", "error"]
PlaceboDays = Literal["all", "before"]
Words = Annotated[tuple[str, ...], Parameter(negative="", show_default=False)]

FARTHEST = 5_000
"""Trading days from the event, twenty years, beyond which no window may reach."""

MOST_DRAWS = 1_000_000


def told(text: str) -> Parameter:
    """The help of an option."""
    return Parameter(help=text)


@Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """What is asked; days are trading days from the event. Raises RunError for what cannot be done.

    In Python single words stand for tuples of one, and mappings for pairs: closes={"LSE": "16:30@Europe/London"}.
    """

    name: Annotated[Words, told("instrument to study; several times for several (all unless given)")] = ()
    benchmark: Annotated[str | None, told("instrument that stands for the market")] = None
    factors: Annotated[
        Words,
        Parameter(name="--factor"),
        told("further instrument that explains returns (oil, currency, sector)"),
    ] = ()
    model: Annotated[
        Model | None,
        told(
            "how a normal return is told: constant mean, market-adjusted, market model, ... (chosen by what --benchmark and --factor give)"
        ),
    ] = None
    window: Annotated[
        tuple[int, int], Parameter(negative=""), told("first and last day, in trading days from the event")
    ] = (-1, 5)
    estimation: Annotated[
        tuple[int, int], Parameter(negative=""), told("days from which the normal return is estimated")
    ] = (-130, -11)
    returns: Annotated[Kind, told("kind of return")] = "simple"
    errors: Annotated[Errors, told("what the intervals rest on")] = "ols"
    align: Annotated[
        Align,
        told("match venues by date, or by the last price before the close of the instrument's own venue"),
    ] = "date"
    closes: Annotated[
        Words,
        Parameter(name="--close"),
        told(
            "when a venue closes: NYSE=16:00@America/New_York, LSE=16:30 (UTC), or without a venue for all; several times for several"
        ),
    ] = ()
    currency: Annotated[str | None, told("turn all prices into this currency")] = None
    rates: Annotated[
        Words,
        told(
            "instrument that is the price of one unit of --currency, KZT=USDKZT; or the other way round where its name says so, EUR=EURUSD"
        ),
    ] = ()
    constituents: Annotated[
        Words,
        Parameter(name="--constituent"),
        told("name that the benchmark index holds; several times for several"),
    ] = ()
    overlap: Annotated[Overlap, told("what becomes of other events inside an estimation window")] = "mask"
    placebo: Annotated[int, told("draws of placebo dates and permuted days")] = 10_000
    placebo_days: Annotated[
        PlaceboDays, told("take placebo dates from all days, or from those before the first event")
    ] = "all"
    seed: Annotated[int, told("same prices, same seed: same results, to the bit")] = 1
    level: Annotated[float, told("of the intervals, a share of 1")] = 0.95
    least: Annotated[int, told("fewest days from which a normal return is estimated")] = 20
    max_gap: Annotated[int, told("most trading days without a price that are no mistake")] = 10

    @classmethod
    def of(cls, **chosen: object) -> Options:
        """From words of Python: a word, a list or a mapping where a tuple of words is meant; None for what is not said."""
        several = {one.name for one in fields(cls) if one.default == ()}
        asked: dict[str, Any] = {  # what is wrong is told by __post_init__
            name: _words(value) if name in several else value for name, value in chosen.items()
        }
        return cls(**asked)

    @property
    def explained_by(self) -> Model:
        """The model: as chosen, or by what explains returns."""
        return self.model or (
            "mean" if self.benchmark is None and not self.factors else "factors" if self.factors else "market"
        )

    def __post_init__(self) -> None:
        for option, value, kind in (
            ("model", self.model, Model | None), ("errors", self.errors, Errors), ("overlap", self.overlap, Overlap),
            ("align", self.align, Align), ("returns", self.returns, Kind), ("placebo days", self.placebo_days, PlaceboDays),
        ):  # fmt: skip
            allowed = [word for one in get_args(kind) for word in get_args(one) or [one]]
            if value not in allowed and not (option == "model" and value is None):
                raise RunError(f"{option} {value!r} is unknown", f"use one of {', '.join(map(str, allowed))}")
        self._check_model()
        self._check_windows()
        if not 1 <= self.placebo <= MOST_DRAWS:
            few = "few" if self.placebo < 1 else "many"
            raise RunError(f"--placebo {self.placebo} is too {few} draws", f"give 1 to {MOST_DRAWS}")
        if not 0 < self.level < 1:
            raise RunError(f"a level of {self.level} is no share", "give 0.95, say")
        if self.seed != 1:  # the usual one is good, and what draws is too heavy for --help
            from interrex.engine.draws import check_seed

            check_seed(self.seed)
        if self.least < 2 or self.max_gap < 0:
            raise RunError(
                f"--least {self.least} and --max-gap {self.max_gap} are too small",
                "give 2 or more, and 0 or more",
            )
        if self.rates and self.currency is None:
            raise RunError(
                "--rates without --currency changes nothing", "say into which currency prices are turned"
            )
        if self.constituents and self.benchmark is None:
            raise RunError("--constituent without --benchmark changes nothing", "name the index")

    def _check_model(self) -> None:
        model, benchmark, factors = self.explained_by, self.benchmark, self.factors
        if model == "mean" and (benchmark or factors):
            raise RunError(
                "the constant mean model has no benchmark", "leave it out, or choose --model market"
            )
        if model != "mean" and benchmark is None and not (model == "factors" and factors):
            raise RunError(f"the model {model} needs a benchmark", "give --benchmark, or --model mean")
        if model in ("adjusted", "market", "scholes-williams") and factors:
            raise RunError(
                f"the model {model} has one benchmark and no factors", "choose --model factors or dimson"
            )
        if self.errors != "ols" and model in ("adjusted", "scholes-williams"):
            raise RunError(
                f"--errors {self.errors} has no meaning for the model {model}",
                "choose another model, or --errors ols",
            )

    def _check_windows(self) -> None:
        (first, last), (begin, end) = self.window, self.estimation
        if first > last:
            raise RunError(
                f"the event window {first} .. {last} runs backwards", "give first and last day, -1 5 say"
            )
        if begin >= end:
            raise RunError(
                f"the estimation window {begin} .. {end} holds no days",
                "give first and last day, -130 -11 say",
            )
        if end >= first:
            raise RunError(
                f"the estimation window {begin} .. {end} overlaps the event window {first} .. {last}",
                f"let it end before day {first}",
            )
        if max(abs(day) for day in (first, last, begin, end)) > FARTHEST:
            raise RunError(f"a window reaches more than {FARTHEST} days from the event", "give nearer days")


USUAL = Options()


def pairs(option: str, values: tuple[str, ...], unnamed: bool = False) -> dict[str, str]:
    """{"price": "Close"} of ("price=Close",), several in one word with commas or in several words. unnamed: what has no
    left side is of the name ''."""
    out: dict[str, str] = {}
    for one in [part for value in values for part in re.split(r",(?=[^,=]+=)", value)]:
        left, sign, right = one.partition("=") if "=" in one or not unnamed else ("", "=", one)
        if not ((left or unnamed) and sign and right.strip()):
            raise RunError(f"{option} {one!r} is no pair", "write OURS=THEIRS")
        if left.strip() in out:
            raise RunError(f"{option} {left.strip()}= is given twice", "give it once")
        out[left.strip()] = right.strip()
    return out


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(f"{ours}={theirs}" for ours, theirs in value.items())
    return () if value is None else (value,) if isinstance(value, str) else tuple(cast(Iterable[str], value))
