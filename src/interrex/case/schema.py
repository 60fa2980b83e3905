"""The case format: one frozen model for each thing that a case holds.

Tables are validated row by row and case.yaml part by part with these same models, so that every mistake can
be shown at once. Text is never turned into numbers nor numbers into text; a key that is not named here is
refused. Every number carries a source or is marked as an assumption, and everything that holds knowledge has
`known_from`, the first day on which an analyst could know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from interrex.case import vocabulary as words
from interrex.case.dates import When, parse_day, parse_when
from interrex.case.grades import PLAIN, Reliability, is_grade, reliability
from interrex.errors import quoted, shortened
from interrex.words import OUTCOMES

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")


class Wrong(ValueError):
    """A value that does not fit, with what would be right."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(f"{wrong}; {remedy}")
        self.wrong = wrong
        self.remedy = remedy


def _slug(text: str) -> str:
    if _SLUG.fullmatch(text) is None:
        raise Wrong(
            f"{quoted(text)} is no id",
            "use letters, digits, '-', '_' and '.', at most 80, first a letter or digit",
        )
    return text


def _slugs(text: str) -> str:
    for part in text.split(";"):
        _slug(part.strip())
    return ";".join(part.strip() for part in text.split(";"))


Read = TypeVar("Read")


def _many(value: object) -> object:
    """A list, or text joined with ';', as a tuple without empty parts."""
    if isinstance(value, str):
        value = value.split(";")
    if isinstance(value, (list, tuple)):
        return tuple(part.strip() if isinstance(part, str) else part for part in value if part != "")
    raise Wrong("this is no list", "write ids joined with ';'")


def _read(value: object, kind: type[Read], parse: Callable[[str], Read], what: str) -> Read:
    """A value that is already of its kind, or text that `parse` reads."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, str):
        raise Wrong(f"{shortened(repr(value))} is not a {what}", "write it as 2022-01-05")
    try:
        return parse(value)
    except ValueError as error:
        raise _sentence(error) from None


def _day(value: object) -> date:
    return _read(value, date, parse_day, "day")


def _when(value: object) -> When:
    return _read(value, When, parse_when, "date")


def _sentence(error: ValueError) -> Wrong:
    wrong, _, remedy = str(error).partition("; ")
    return Wrong(wrong, remedy)


def _grade(text: str) -> str:
    if not is_grade(text):
        raise Wrong(
            f"{quoted(text)} is no grade", f"use one of {', '.join(PLAIN)}, or an Admiralty grade such as B2"
        )
    return text


def _link(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s\"'<>\\`]+", text):
        raise Wrong(
            f"{quoted(text)} is no web address",
            "begin it with http:// or https://, without spaces, or leave it empty",
        )
    return text


class OneOf:
    """Marks text that must be one of a closed list, also in the JSON Schema; `what` names it in messages."""

    def __init__(self, allowed: tuple[str, ...], what: str) -> None:
        self.allowed = allowed
        self.what = what

    def check(self, text: str) -> str:
        """The text, if it is in the list."""
        if text not in self.allowed:
            raise Wrong(
                f"{quoted(text)} is no {self.what}", f"use one of {', '.join(filter(None, self.allowed))}"
            )
        return text

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": list(self.allowed)}


Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Slug = Annotated[str, AfterValidator(_slug)]
Slugs = Annotated[str, AfterValidator(lambda text: text if text == "" else _slugs(text))]
"""One id, or several joined with ';'."""
Place = Annotated[str, AfterValidator(lambda text: text if text in ("", "nation") else _slug(text))]
"""One unit or region; the nation where it is empty."""
SlugTuple = Annotated[tuple[Slug, ...], BeforeValidator(_many)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
NonNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Leaning = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1, le=1)]
Whole = Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]
Flag = Annotated[bool, Field(strict=True)]
Offset = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-14, le=14)]
Day = Annotated[
    date,
    PlainValidator(_day),
    PlainSerializer(lambda day: day.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2022-01-05"]}),
]
Moment = Annotated[
    When,
    PlainValidator(_when),
    PlainSerializer(lambda when: when.text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["2022-01-05", "2022-01-05T16:30", "~2022-01-05"]}),
]
Grade = Annotated[str, AfterValidator(_grade)]
FileName = Annotated[str, Field(min_length=1, max_length=120)]


class Part(BaseModel):
    """What every model of the format shares: frozen, nothing unknown, nothing infinite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)

    @property
    def key(self) -> str:
        """What the part is called among its like: its id, which is the first field of a table's row."""
        return getattr(self, "id", "") or getattr(self, next(iter(type(self).model_fields)))


class Window(Part):
    """The simulated days in local time: from 00:00 of `start` to the end of `end`."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.end < self.start:
            raise Wrong(
                f"the window ends on {self.end}, before it starts on {self.start}",
                "put the later day into end",
            )
        if (self.end - self.start).days > 400:
            raise Wrong(
                "the window is longer than 400 days", "shorten it; longer horizons are question.horizon_days"
            )
        return self


class Version(Part):
    """How a text reads from a day on."""

    text: Text
    known_from: Day | None = None


def _versions(value: object) -> object:
    """One text, or a list of them, the first of which may be without a day and then reads so at any time."""
    if not isinstance(value, (list, tuple)):
        return ({"text": value} if isinstance(value, str) else value,)
    entries = [{"text": entry} if isinstance(entry, str) else entry for entry in value]
    if entries and isinstance(entries[0], dict) and "known_from" not in entries[0]:
        entries[0] = {**entries[0], "known_from": date.min}
    return tuple(entries)


def _in_time(versions: tuple[Version, ...]) -> tuple[Version, ...]:
    if not versions:
        raise Wrong("the list is empty", "write the text, or leave the key out")
    days = [version.known_from for version in versions if version.known_from is not None]
    if len(days) < len(versions) > 1:
        raise Wrong("a later version has no known_from", "add it; only the first may be without, which then tells no end")
    if days != sorted(set(days)):
        raise Wrong("the versions are not in order of known_from", "put the earliest first")
    return versions


Versions = Annotated[
    tuple[Version, ...],
    BeforeValidator(_versions),
    AfterValidator(_in_time),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["object", "string"]}}]}),
]
"""A text, or its versions in order of the day from which each could be written: the cut takes the latest known."""


def _title(versions: tuple[Version, ...]) -> tuple[Version, ...]:
    for version in versions:
        if not 1 <= len(version.text) <= 200:
            raise Wrong(f"the title has {len(version.text):,} signs", "write 1 to 200")
    return versions


class Question(Part):
    """What the case is about, in words, and how many days ahead outcomes are asked for."""

    text: Text
    horizon_days: Annotated[int, Field(strict=True, ge=1, le=3650)] = 180
    known_from: Day | None = None


class Fact(Part):
    """One number or word about the polity, sourced or marked as an assumption.

    What the model reads is listed in `interrex.case.facts`; `low` and `high` are its 90 % range. A fact with use
    context is shown and no more.
    """

    value: Annotated[bool, Field(strict=True)] | Annotated[int, Field(strict=True)] | Number | Text
    use: Literal["model", "context"] = "model"
    id: Slug = ""  # the key of the mapping, or the id in the list
    low: Number | None = None
    high: Number | None = None
    unit: Text = ""
    source: Slugs = ""
    assumption: Flag = False
    known_from: Day | None = None
    note: Text = ""

    @model_validator(mode="after")
    def _ordered(self) -> Fact:
        number = (
            self.value if isinstance(self.value, (int, float)) and not isinstance(self.value, bool) else None
        )
        _bounds(self.low, number, self.high)
        return self


class Region(Part):
    """A region: population in persons, shares and exposures between 0 and 1, police per 100,000 people."""

    region: Slug
    name: Name
    population: Whole
    urban_share: Share
    internet_share: Share
    hardship: Share
    fuel_exposure: Share = 0.5
    police_per_100k: Annotated[float, Field(strict=True, ge=0, le=100_000)] | None = None
    known_from: Day | None = None
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""


class Unit(Part):
    """A city, or the rest of a region (district); the populations of a region's units sum to the region's."""

    unit: Slug
    name: Name
    region: Slug
    population: Whole
    kind: Literal["city", "district"]
    capital: Flag = False
    lat: Annotated[float, Field(strict=True, ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(strict=True, ge=-180, le=180)] | None = None
    utc_offset: Offset | None = None
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""


class Audience(Part):
    """People who listen to the same media; `leaning` from -1 (against the rulers) to 1 (for them)."""

    id: Slug
    name: Name
    leaning: Leaning
    online: Flag
    abroad: Flag = False
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""


class Organ(Part):
    """A security organ: strength in persons; `loyal_to` an actor's id or role."""

    id: Slug
    name: Text = ""
    role: Annotated[str, OneOf(words.ORGAN_ROLES, "role of a security organ")]
    strength: NonNegative | None = None
    loyal_to: Text = ""
    suspected: Flag = False
    known_from: Day | None = None
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""


class Tie(Part):
    """A tie from one actor to another, named in a word: successor_of, child_of, ally_of."""

    to: Slug
    kind: Slug


class Actor(Part):
    """A public office-holder or a body, by role; `hazard` actors act in the model, `context` ones do not."""

    id: Slug
    name: Name
    role: Annotated[str, OneOf(words.ACTOR_ROLES, "role of an actor")]
    public_office: Text = ""
    stakes: Text = ""
    ties: tuple[Tie, ...] = ()
    process: Literal["hazard", "context"] = "hazard"
    region: Slugs = ""
    known_from: Day
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""


class Shock(Part):
    """An event that the model does not generate, `size` times as strong as a usual one (0 to 10).

    `exposure` names the column of regions.csv that scales it (none: everybody alike). All shocks of a case share
    their exposure and regions, and no two lie on one day.
    """

    id: Slug
    kind: Annotated[str, OneOf(words.SHOCK_KINDS, "kind of shock")]
    on: Day
    size: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=10)] = 1.0
    regions: SlugTuple = ()
    exposure: Annotated[str, OneOf(("", *words.EXPOSURES), "column of exposure")] = ""
    known_from: Day
    source: Slugs = ""
    assumption: Flag = False
    label: Text = ""
    note: Text = ""


class Coverage(Part):
    """Days in which silence of the ledger means that nothing of the kind happened; `to` is included."""

    what: Annotated[str, OneOf(words.COVERAGE_KINDS, "kind of coverage")]
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    place: Slugs = ""
    known_from: Day
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""

    @property
    def id(self) -> str:
        """A stable name made of what it says."""
        return f"{self.what}:{self.place}:{self.start}"

    @model_validator(mode="after")
    def _ordered(self) -> Coverage:
        if self.end < self.start:
            raise Wrong(
                f"the coverage ends on {self.end}, before it starts on {self.start}",
                "put the later day into to",
            )
        return self


class Source(Part):
    """Where claims come from; `published` is empty for a text without a date."""

    source: Slug
    publisher: Text
    url: Annotated[str, Field(max_length=2000), AfterValidator(_link)] = ""
    published: Day | None = None
    published_basis: Literal["dated", "inferred"] = "inferred"
    type: Annotated[str, OneOf(words.SOURCE_TYPES, "type of source")]
    audience: Slugs = ""
    leaning: Leaning | None = None
    origin: Text = ""
    note: Text = ""


class Claim(Part):
    """One dated, graded claim; magnitudes in persons (crowd, arrests, deaths, injuries) or in `unit`.

    `result` says of an act that may fail whether it did: a coup that took power and a resignation that took
    effect succeeded, a flight that was turned back failed; empty where this claim does not say. A result that
    came out later is a row of its own, with its own `known_from`.
    """

    id: Slug
    when: Moment
    known_from: Day
    known_from_basis: Literal["dated", "contemporaneous", "inferred"] = "dated"
    section: Text = ""
    actor: Slugs = ""
    act: Annotated[str, OneOf(("", *words.ACT_KINDS), "act kind of the catalogue")] = ""
    target: Slugs = ""
    place: Slugs = ""
    kind: Annotated[str, OneOf(words.CLAIM_KINDS, "kind of claim")]
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: Text = ""
    measure: Text = ""
    result: Annotated[str, OneOf(("", *words.RESULTS), "result of an act")] = ""
    sources: SlugTuple
    origin: Text = ""
    grade: Grade
    grade_from: Day | None = None
    grade_before: Annotated[str, AfterValidator(lambda text: text if text == "" else _grade(text))] = ""
    basis: Literal["observed", "official", "testimony", "inference"]
    use: Literal["fit", "check", "context"]
    conflicts: SlugTuple = ()
    superseded_from: Day | None = None
    note: Text = ""

    @property
    def reliability(self) -> Reliability:
        """The Beta prior that the grade stands for."""
        return reliability(self.grade)

    @property
    def actors(self) -> tuple[str, ...]:
        """Ids of those who act."""
        return tuple(filter(None, self.actor.split(";")))

    @property
    def targets(self) -> tuple[str, ...]:
        """Ids of those acted upon."""
        return tuple(filter(None, self.target.split(";")))

    @property
    def level(self) -> float | None:
        """How far an act went, 0 to 1, where its measure says so."""
        return float(self.measure) if self.kind == "act" and self.measure else None

    @model_validator(mode="after")
    def _magnitude(self) -> Claim:
        _bounds(self.low, self.value, self.high)
        return self

    @field_validator("sources")
    @classmethod
    def _sourced(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise Wrong("the claim has no source", "name at least one id of sources.csv")
        return value


class Opinion(Part):
    """A report of what an audience thinks: `share` 0 to 1 of `n` asked (or no n); `deff` design effect."""

    report: Slug
    audience: Slug
    quantity: Annotated[str, OneOf(words.QUANTITIES, "quantity of opinion")]
    when: Moment
    share: Share
    n: Whole | None = None
    house: Text = ""
    deff: Annotated[float, Field(strict=True, ge=1, le=100)] = 1.0
    known_from: Day
    source: Slugs
    grade: Grade
    note: Text = ""
    use: Literal["fit", "check", "context"] = "fit"


class Price(Part):
    """A point of a price series: value in `currency`, change in per cent since the point before."""

    point: Slug
    when: Moment
    venue: Text
    instrument: Text
    value: Positive | None = None
    change_pct: Annotated[Decimal, Field(allow_inf_nan=False, ge=-100, le=10_000)] | None = None
    """As it was printed: -2.0 is known to a tenth, -2 to a whole."""
    currency: Text = ""
    kind: Annotated[str, OneOf(words.PRICE_KINDS, "kind of price")]
    halt: Flag = False
    known_from: Day
    source: Slugs
    grade: Grade
    note: Text = ""

    @property
    def reliability(self) -> Reliability:
        """The Beta prior that the grade stands for."""
        return reliability(self.grade)


class Reactor(Part):
    """A state or organisation abroad whose reactions are counted, with what it has at stake (each 0 to 1).

    Choose the list by stakes before looking at who reacted. `watched` says that somebody looked for its
    reactions, so that silence of the table means something; `utc_offset` is that of its capital.
    """

    id: Slug
    name: Name
    group: Name
    patron: Flag = False
    trade: Share = 0.0
    investment: Share = 0.0
    treaty: Share = 0.0
    diaspora: Share = 0.0
    watched: Flag = True
    utc_offset: Offset | None = None
    known_from: Day
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""


class Period(Part):
    """A stretch of the agenda in the time of the case: from the beginning of `from` to the end of `to`."""

    what: Annotated[str, OneOf(words.AGENDA_KINDS, "kind of agenda")]
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    reactors: SlugTuple = ()
    known_from: Day
    source: Slugs = ""
    assumption: Flag = False
    note: Text = ""

    @property
    def id(self) -> str:
        """A stable name made of what it says."""
        return f"{self.what}:{';'.join(self.reactors)}:{self.start.text}"

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.end.end <= self.start.start:
            raise Wrong(
                f"the period ends ({self.end.text}) before it starts ({self.start.text})",
                "put the later time into to",
            )
        return self


class Reaction(Part):
    """One dated reaction from abroad; `when` in the reactor's own time.

    `strength`: 1 words of an office, 2 a leader or minister takes a side or calls, 3 a formal act
    (resolution, envoy, summit), 4 money or a price to pay (aid, sanctions), 5 force. `claim` is its row of
    the ledger.
    """

    reaction: Slug
    reactor: Slug
    when: Moment
    kind: Annotated[str, OneOf(words.REACTION_KINDS, "kind of reaction")]
    stance: Annotated[str, OneOf(words.STANCES, "stance")]
    strength: Annotated[int, Field(strict=True, ge=1, le=5)]
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    known_from: Day
    source: Slugs
    grade: Grade
    claim: Slugs = ""
    note: Text = ""

    @property
    def reliability(self) -> Reliability:
        """The Beta prior that the grade stands for."""
        return reliability(self.grade)


class Label(Part):
    """What a hypothesis is called, and since when anybody could have put it so."""

    label: Text
    known_from: Day | None = None
    note: Text = ""


class Plot(Part):
    """The second factor: a plot inside a security organ."""

    label: Text
    known_from: Day | None = None
    suspected_organ: Slugs = ""
    note: Text = ""


Contacts = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=3650)]


class Quantity(Part):
    """Contacts of leaders a year, with bounds, sourced or assumed."""

    value: Contacts
    low: Contacts | None = None
    high: Contacts | None = None
    unit: Literal["", "contacts a year"] = ""
    source: Slugs = ""
    assumption: Flag = False
    known_from: Day | None = None
    note: Text = ""

    @model_validator(mode="after")
    def _ordered(self) -> Quantity:
        _bounds(self.low, self.value, self.high)
        return self


def _labels(value: object) -> object:
    if isinstance(value, dict):
        return {key: {"label": item} if isinstance(item, str) else item for key, item in value.items()}
    return value


class Hypotheses(Part):
    """Rival explanations: understandings with the patron crossed with a plot; odds are weights above 0."""

    understanding: tuple[Annotated[str, OneOf(words.UNDERSTANDINGS, "understanding")], ...] = ("none",)
    labels: Annotated[
        dict[str, Label],
        BeforeValidator(_labels),
        WithJsonSchema(
            {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "object"}]}}
        ),
    ] = {}
    plot: Plot | None = None
    prior_odds: dict[str, Annotated[float, Field(strict=True, ge=1e-6, le=1e6)]] = {}
    contacts_per_year: Quantity | None = None
    known_from: Day | None = None
    note: Text = ""

    @property
    def weights(self) -> dict[str, float]:
        """Prior weight, above 0, of each understanding that the case names and of `plot` if it names one; 1 unless
        `prior_odds` says otherwise. Whatever is not here was left out by the analyst."""
        named = (*self.understanding, *(("plot",) if self.plot is not None else ()))
        return {name: self.prior_odds.get(name, 1.0) for name in named}

    @field_validator("understanding")
    @classmethod
    def _in_order(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in words.UNDERSTANDINGS if name in value)

    @model_validator(mode="after")
    def _named(self) -> Hypotheses:
        if "none" not in self.understanding:
            raise Wrong("understanding lacks 'none'", "add it: every other reading is weighed against it")
        known = {*self.understanding, *(("plot",) if self.plot is not None else ())}
        for name in {*self.labels, *self.prior_odds} - known:
            raise Wrong(
                f"{quoted(name)} is no hypothesis of this case", f"the names are {', '.join(sorted(known))}"
            )
        return self


class Counterfactual(Part):
    """An intervention: forbid an act from its first recorded day on, or impose it at the beginning of the day `at`, with
    a level 0 to 1 (1 unless given)."""

    id: Slug
    label: Text = ""
    kind: Literal["forbid", "impose"]
    act: Annotated[str, OneOf(words.ACT_KINDS, "act kind of the catalogue")]
    actor: Slugs = ""
    at: Day | None = None
    level: Share | None = None
    known_from: Day | None = None
    note: Text = ""

    @model_validator(mode="after")
    def _dated(self) -> Counterfactual:
        if self.kind == "impose" and self.at is None:
            raise Wrong("an imposed act has no day", "add at: 2022-01-02")
        if self.kind == "forbid" and (self.at is not None or self.level is not None):
            raise Wrong(
                "a forbidden act has no day and no level", "leave at and level out: it is forbidden from its first day on"
            )
        return self


class Rule(Part):
    """How a question is settled: by a number of persons in a place (`scope`), by an act (or how often it happens), by
    the outcome, or by who is in office (`value` false: the incumbent has left)."""

    quantity: Annotated[str, OneOf(words.RULE_QUANTITIES, "quantity of a rule")]
    op: Annotated[str, OneOf(("", *words.OPERATORS), "operator")] = ""
    value: Flag | Number | None = None
    scope: Place = "nation"
    act: Annotated[str, OneOf(("", *words.ACT_KINDS), "act kind of the catalogue")] = ""
    actor: Slugs = ""
    outcome: Annotated[str, OneOf(("", *OUTCOMES), "outcome")] = ""

    @property
    def counted(self) -> bool:
        """Whether persons are counted."""
        return self.quantity in ("peak_crowd", "deaths", "arrests")

    @model_validator(mode="after")
    def _complete(self) -> Rule:
        number = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        compared = bool(self.op) and number
        if self.counted and not compared:
            raise Wrong(
                f"a rule on {self.quantity} needs op and a number as value", 'write op: ">=" and value: 10000'
            )
        if self.quantity == "act" and not self.act:
            raise Wrong("a rule on an act names none", "add act: request_patron, or another of the catalogue")
        if self.quantity == "act" and (self.op or self.value is not None) and not compared:
            raise Wrong("half a comparison", 'give both op and a number of times as value, such as op: ">=", value: 2')
        if self.quantity == "outcome" and not self.outcome:
            raise Wrong("a rule on the outcome names none", f"add outcome: one of {', '.join(OUTCOMES)}")
        if isinstance(self.value, (int, float)) and self.value < 0:
            raise Wrong("the rule's value is negative", "write a number of persons or of times, 0 or more")
        unread = {
            "op": self.op and self.quantity in ("outcome", "in_office"),
            "value": self.value is not None
            and (self.quantity == "outcome" or self.quantity == "in_office" and not isinstance(self.value, bool)),
            "scope": self.scope not in ("", "nation") and self.quantity != "peak_crowd",
            "act": self.act and self.quantity != "act",
            "outcome": self.outcome and self.quantity != "outcome",
            "actor": self.actor and self.quantity not in ("act", "in_office"),
        }
        for name in (name for name, set_ in unread.items() if set_):
            raise Wrong(f"a rule on {self.quantity} does not read {name}", f"leave {name} out")
        return self


class ForecastQuestion(Part):
    """A question with a rule that settles it by the end of `due`."""

    id: Slug
    text: Text
    rule: Rule
    due: Day
    known_from: Day | None = None
    note: Text = ""


class PriceTest(Part):
    """What a statement says of prices between two days, so that it can be held against the price points: instruments
    fell by at most so many per cent, fell further than another instrument did, or had recovered by the end."""

    kind: Annotated[str, OneOf(words.PRICE_TESTS, "test of prices")]
    instruments: tuple[Text, ...]
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    per_cent: Positive | None = None
    against: Text = ""

    @model_validator(mode="after")
    def _complete(self) -> PriceTest:
        if not self.instruments:
            raise Wrong("no instrument is named", "add instruments: [...]")
        if self.end < self.start:
            raise Wrong(f"the test ends on {self.end}, before it starts on {self.start}", "put the later day into to")
        for name, kind in (("per_cent", "fell_at_most"), ("against", "fell_further")):
            if bool(getattr(self, name)) != (self.kind == kind):
                said = f"{self.kind} needs {name}" if self.kind == kind else f"{self.kind} does not read {name}"
                raise Wrong(said, "add it" if self.kind == kind else f"leave it out, or set kind to {kind}")
        return self


class Statement(Part):
    """One statement of an opinion piece; the verdict and its evidence were written after the fact."""

    id: Slug
    text: Text
    prices: PriceTest | None = None
    verdict: Text = ""
    evidence: Text | tuple[Text, ...] = ""
    known_from: Day | None = None
    note: Text = ""


class OpinionPiece(Part):
    """The statements of one opinion piece, as claims of one source whose basis is inference."""

    source: Slug
    statements: tuple[Statement, ...] = ()
    known_from: Day | None = None
    note: Text = ""


def _polity(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {k: v if isinstance(v, dict) else {"value": v} for k, v in value.items() if v is not None}


class CaseFile(Part):
    """case.yaml: the structure, hypotheses and questions of a case, and the names of its tables."""

    interrex: Annotated[int, Field(strict=True, ge=1, le=words.FORMAT_VERSION)]
    id: Slug
    title: Annotated[Versions, AfterValidator(_title)]
    summary: Versions = (Version(text=""),)
    window: Window
    utc_offset: Offset
    default_as_of: Day
    calm_until: Day | None = None
    question: Question
    polity: Annotated[
        dict[Slug, Fact],
        BeforeValidator(_polity),
        WithJsonSchema(
            {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [
                        {"type": ["number", "string", "boolean"]},
                        {"type": "object", "required": ["value"]},
                    ]
                },
            }
        ),
    ] = {}
    facts: tuple[Fact, ...] = ()
    regions: FileName = "regions.csv"
    units: FileName = "units.csv"
    audiences: tuple[Audience, ...] = ()
    organs: tuple[Organ, ...] = ()
    actors: tuple[Actor, ...] = ()
    shocks: tuple[Shock, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    sources: FileName = "sources.csv"
    ledger: FileName = "ledger.csv"
    opinions: FileName | None = None
    prices: FileName | None = None
    reactors: tuple[Reactor, ...] = ()
    agenda: tuple[Period, ...] = ()
    reactions: FileName | None = None
    map: FileName | None = None
    hypotheses: Hypotheses = Hypotheses()
    counterfactuals: tuple[Counterfactual, ...] = ()
    questions: tuple[ForecastQuestion, ...] = ()
    opinion_piece: OpinionPiece | None = None
    expect: tuple[Annotated[str, Field(max_length=300)], ...] = ()


TABLES: dict[str, type[Part]] = {
    "regions": Region,
    "units": Unit,
    "sources": Source,
    "ledger": Claim,
    "opinions": Opinion,
    "prices": Price,
    "reactions": Reaction,
}
"""The tables by their key in case.yaml, with the model of a row."""


def _bounds(low: float | None, value: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise Wrong(f"low {low:g} is above high {high:g}", "exchange them")
    if low is not None and value is not None and low > value:
        raise Wrong(f"low {low:g} is above value {value:g}", "low <= value <= high must hold")
    if high is not None and value is not None and value > high:
        raise Wrong(f"value {value:g} is above high {high:g}", "low <= value <= high must hold")
