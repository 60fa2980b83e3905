"""A case, and what of it could be known on a day: the as-of firewall.

`Case.as_of(day)` returns a `CutCase`, the only thing that a run accepts. Whatever carries a later
`known_from` is absent: claims, sources, opinions, prices, reactions, coverage, facts, actors, shocks, questions,
counterfactuals, labels. What a model needs in any case (regions, units, organs, the names of the hypotheses,
the window) stays; where its figures were known only later they are replaced by flat ones, and
`structure_with_hindsight` says so.

Two cases that differ only in what is known after a day are equal, byte for byte, when cut at that day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar, get_args, get_origin

from pydantic import Field

from interrex.case.dates import When, parse_day, parse_when
from interrex.case.geojson import GeoJson
from interrex.case.schema import (
    Actor,
    Audience,
    Claim,
    Counterfactual,
    Coverage,
    Day,
    Fact,
    ForecastQuestion,
    Hypotheses,
    Label,
    Opinion,
    OpinionPiece,
    Organ,
    Part,
    Period,
    Plot,
    Price,
    Question,
    Reaction,
    Reactor,
    Region,
    Shock,
    Source,
    Unit,
    Version,
    Versions,
    Window,
)
from interrex.case.vocabulary import FORMAT_VERSION, SOURCED
from interrex.errors import RunError

WRITTEN = (Version, Question, Label, Plot, Counterfactual, ForecastQuestion)
"""Parts in the analyst's own words."""

Fields: TypeAlias = dict[str, Any]  # pydantic checks each as it makes the model
"""The fields of a case by name."""

Kept = TypeVar("Kept", bound=Part)


class Dated(Protocol):
    """A part that says from which day on it was known."""

    @property
    def known_from(self) -> date | None:
        """The day; None for what was always known."""
        ...


QUESTION_PUT_LATER = "The question of this case was put later; here stands what could be known by the day."


class CaseBody(Part):
    """What a case and a cut case have in common; every list is in order of stable ids or of time and id."""

    id: str
    title: str
    summary: str
    window: Window
    utc_offset: float
    calm_until: Day | None
    question: Question
    facts: dict[str, Fact]
    regions: tuple[Region, ...]
    units: tuple[Unit, ...]
    audiences: tuple[Audience, ...]
    organs: tuple[Organ, ...]
    actors: tuple[Actor, ...]
    shocks: tuple[Shock, ...]
    coverage: tuple[Coverage, ...]
    sources: dict[str, Source]
    claims: tuple[Claim, ...]
    opinions: tuple[Opinion, ...]
    prices: tuple[Price, ...]
    reactors: tuple[Reactor, ...]
    agenda: tuple[Period, ...]
    reactions: tuple[Reaction, ...]
    hypotheses: Hypotheses
    counterfactuals: tuple[Counterfactual, ...]
    questions: tuple[ForecastQuestion, ...]
    opinion_piece: OpinionPiece | None
    expect: tuple[str, ...]
    map: GeoJson | None = Field(default=None, repr=False)

    def clock(self, claim: Claim) -> When:
        """When a claim happened by the clock of the case; its own hours are local to its place."""
        places = set(claim.place.split(";"))
        offsets = {u.utc_offset for u in self.units if places & {u.unit, u.region}}
        if len(offsets) != 1 or "T" not in claim.when.text:
            return claim.when
        ahead = timedelta(hours=self.utc_offset - (offsets.pop() or 0.0))
        return claim.when._replace(start=claim.when.start + ahead, end=claim.when.end + ahead)

    def canonical_bytes(self) -> bytes:
        """The content as JSON with sorted keys: equal contents give equal bytes on every machine.

        The map enters by its hash alone, and the folder not at all.
        """
        data = self.model_dump(mode="json", by_alias=True, exclude={"map", "folder"})
        outline = None if self.map is None else hashlib.sha256(_json(self.map)).hexdigest()
        return _json({"interrex": FORMAT_VERSION, "map_sha256": outline, **data})

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of `canonical_bytes`, in hexadecimal."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()


_LISTS: dict[str, type[Part]] = {
    name: get_args(info.annotation)[0]
    for name, info in CaseBody.model_fields.items()
    if get_origin(info.annotation) is tuple and get_args(info.annotation)[0] is not str
}
"""The lists of a case, with the model of their entries."""

_DATED = tuple(n for n, m in _LISTS.items() if "known_from" in m.model_fields and n not in ("regions", "organs"))
"""Those whose entries are left out before they are known; regions and organs are needed in any case."""


class CutCase(CaseBody):
    """What of a case could be known on `as_of_date`."""

    as_of_date: Day
    structure_with_hindsight: tuple[str, ...] = ()
    """Sentences: which parts of the structure were written with knowledge of later days."""

    @classmethod
    def from_bytes(cls, data: bytes) -> CutCase:
        """The cut case of its own `canonical_bytes`, without its map."""
        content = json.loads(data)
        del content["interrex"], content["map_sha256"]
        return cls.model_validate(content)


class Case(CaseBody):
    """A whole case as its files say it; `folder` is where they lie."""

    default_as_of: Day
    titles: Versions
    summaries: Versions
    folder: Path | None = None

    def as_of(self, day: date | str) -> CutCase:
        """What could be known at the end of `day` (a date, or text such as 2022-01-05).

        Raises RunError for text that is no day.
        """
        if isinstance(day, str):
            try:
                day = parse_day(day)
            except ValueError as error:
                raise RunError(str(error)) from None
        return _Cut(self, day).case()


def build_case(**fields: Any) -> Case:  # pydantic checks each
    """A Case with its parts in stable order, the time of units and the origin of claims filled in; `title` and `summary`
    are lists of versions, of which the case shows the last."""
    fields["titles"], fields["summaries"] = fields["title"], fields["summary"]
    fields["title"], fields["summary"] = fields["title"][-1].text, fields["summary"][-1].text
    offset = fields["utc_offset"]
    fields["units"] = [
        unit if unit.utc_offset is not None else unit.model_copy(update={"utc_offset": offset})
        for unit in fields["units"]
    ]
    sources = fields["sources"]
    fields["claims"] = [
        claim
        if claim.origin
        else claim.model_copy(update={"origin": sources[claim.sources[0]].origin or claim.sources[0]})
        for claim in fields["claims"]
    ]
    return Case(**_ordered(fields))


class _Cut:
    """One cut: the day, and what survives it."""

    def __init__(self, case: Case, day: date) -> None:
        self.case_ = case
        self.day = day
        self.notes: list[str] = []

    def known(self, part: Dated) -> bool:
        """Whether a part was known by the day. Without a date it was, unless an analyst wrote it: such texts count as
        written on the day of the whole case, `default_as_of`."""
        if part.known_from is None:
            return not isinstance(part, WRITTEN) or self.day >= self.case_.default_as_of
        return part.known_from <= self.day

    def case(self) -> CutCase:
        full = self.case_
        fields: Fields = {name: getattr(full, name) for name in CaseBody.model_fields}
        for name in _DATED:
            fields[name] = [part for part in getattr(full, name) if self.known(part)]
        fields["facts"] = {key: fact for key, fact in full.facts.items() if self.known(fact)}
        fields["hypotheses"] = self.hypotheses()
        fields["opinion_piece"] = self.opinion_piece()
        fields["regions"] = self.regions()
        fields["organs"] = [self.organ(organ) for organ in full.organs]
        fields["sources"] = self.sources(fields)
        self.close(fields)
        fields["coverage"] = [
            c if c.end <= self.day else c.model_copy(update={"end": self.day})
            for c in fields["coverage"]
            if c.start <= self.day
        ]
        fields["agenda"] = [self.period(p) for p in fields["agenda"] if p.start.start.date() <= self.day]
        if full.calm_until is not None and full.calm_until > self.day:
            fields["calm_until"] = self.day
        fields["title"] = self.text(full.titles, full.id)
        fields["summary"] = self.text(full.summaries, "")
        if not self.known(full.question):
            self.notes.append("The question was put with hindsight.")
            update = {"text": QUESTION_PUT_LATER, "known_from": None}
            fields["question"] = full.question.model_copy(update=update)
        if self.day < full.default_as_of:
            fields["expect"] = ()
            self.notes.append("The window was chosen with hindsight.")
        return CutCase(**_ordered(fields), as_of_date=self.day, structure_with_hindsight=tuple(self.notes))

    def text(self, versions: Versions, otherwise: str) -> str:
        """The latest version known by the day. A text without versions and day is of the whole case."""
        known = [version.text for version in versions if self.known(version)]
        return known[-1] if known else otherwise

    def regions(self) -> list[Region]:
        """Regions whose figures were published later take the mean of those known, or 0.5."""
        known = [region for region in self.case_.regions if self.known(region)]
        late = [region for region in self.case_.regions if not self.known(region)]
        if not late:
            return known
        names = sorted(region.region for region in late)
        self.notes.append(f"Figures published later, replaced by flat ones: regions {', '.join(names)}.")
        flat: dict[str, object] = {
            "police_per_100k": None,
            "source": "",
            "assumption": True,
            "known_from": None,
            "note": "",
        }
        for name in ("urban_share", "internet_share", "hardship", "fuel_exposure"):
            values = [getattr(region, name) for region in known]
            flat[name] = sum(values) / len(values) if values else 0.5
        return known + [region.model_copy(update=flat) for region in late]

    def organ(self, organ: Organ) -> Organ:
        """An organ without a strength, or a suspicion, of later days."""
        update: dict[str, object] = {}
        if not self.known(organ):
            self.notes.append(f"Figures published later, left out: organ {organ.id}.")
            update = {
                "strength": None,
                "known_from": None,
                "source": "",
                "assumption": True,
                "note": "",
                "suspected": False,
            }
        plot = self.case_.hypotheses.plot
        if organ.suspected and (plot is None or not self.known(plot)):
            update["suspected"] = False
        return organ.model_copy(update=update) if update else organ

    def period(self, period: Period) -> Period:
        """A period of the agenda up to the day: when it ended is known only later."""
        today = parse_when(self.day.isoformat())
        return period if period.end.end <= today.end else period.model_copy(update={"end": today})

    def hypotheses(self) -> Hypotheses:
        """The names stay; labels, suspicions and base rates of later days go."""
        full = self.case_.hypotheses
        labels = {}
        for name, label in full.labels.items():
            if self.known(label):
                labels[name] = label
            else:
                labels[name] = Label(label=name)
                self.notes.append(f"The hypothesis {name} was formed with hindsight; its label is left out.")
        update: dict[str, object] = {"labels": labels}
        if full.plot is not None and not self.known(full.plot):
            update["plot"] = Plot(label="plot")
            self.notes.append(
                "The hypothesis plot was formed with hindsight; its label and suspect are left out."
            )
        if full.contacts_per_year is not None and not self.known(full.contacts_per_year):
            update["contacts_per_year"] = None
        if not self.known(full):
            update |= {"known_from": None, "note": ""}
            self.notes.append("The set of hypotheses and their prior odds were chosen with hindsight.")
        return full.model_copy(update=update)

    def opinion_piece(self) -> OpinionPiece | None:
        """The piece from its publication on; verdicts on it only from their own day, or the case's."""
        piece = self.case_.opinion_piece
        if piece is None:
            return None
        published = piece.known_from or self.case_.sources[piece.source].published or self.case_.default_as_of
        if published > self.day:
            return None
        statements = tuple(
            s
            if (s.known_from or self.case_.default_as_of) <= self.day
            else s.model_copy(update={"verdict": "", "evidence": "", "known_from": None, "note": ""})
            for s in piece.statements
        )
        return piece.model_copy(update={"statements": statements})

    def sources(self, fields: Fields) -> dict[str, Source]:
        """Sources published by the day, and undated ones that something known cites."""
        cited: set[str] = set()
        for name in SOURCED:
            cited.update(s for part in fields[name] for s in part.source.split(";"))
        cited.update(s for fact in fields["facts"].values() for s in fact.source.split(";"))
        cited.update(s for claim in fields["claims"] for s in claim.sources)
        if fields["opinion_piece"] is not None:
            cited.add(fields["opinion_piece"].source)
        contacts = fields["hypotheses"].contacts_per_year
        cited.update(contacts.source.split(";") if contacts is not None else ())
        return {
            key: source
            for key, source in self.case_.sources.items()
            if (key in cited if source.published is None else source.published <= self.day)
        }

    def close(self, fields: Fields) -> None:
        """Drop references to what is absent, so that every reference of the cut resolves."""
        sources, claims = fields["sources"], {claim.id for claim in fields["claims"]}
        actors = {actor.id for actor in fields["actors"]}
        for name in SOURCED:
            fields[name] = [_keep(part, "source", sources) for part in fields[name]]
        fields["facts"] = {key: _keep(fact, "source", sources) for key, fact in fields["facts"].items()}
        fields["actors"] = [
            a.model_copy(update={"ties": tuple(t for t in a.ties if t.to in actors)})
            for a in fields["actors"]
        ]
        fields["claims"] = [self.claim(claim, sources, claims, actors) for claim in fields["claims"]]
        reactors = {reactor.id for reactor in fields["reactors"]}
        fields["reactions"] = [
            _keep(r, "claim", claims) for r in fields["reactions"] if r.reactor in reactors
        ]
        fields["agenda"] = [
            p.model_copy(update={"reactors": tuple(r for r in p.reactors if r in reactors)})
            for p in fields["agenda"]
            if not p.reactors or set(p.reactors) & reactors
        ]
        contacts = fields["hypotheses"].contacts_per_year
        if contacts is not None:
            update = {"contacts_per_year": _keep(contacts, "source", sources)}
            fields["hypotheses"] = fields["hypotheses"].model_copy(update=update)
        fields["counterfactuals"] = [_keep(part, "actor", actors) for part in fields["counterfactuals"]]
        piece = fields["opinion_piece"]
        if piece is not None and piece.source not in sources:
            fields["opinion_piece"] = None

    def claim(self, claim: Claim, sources: dict[str, Source], claims: set[str], actors: set[str]) -> Claim:
        """A claim as it stood on the day: its sources, rivals, grade and correction known by then."""
        kept = tuple(s for s in claim.sources if s in sources)
        update: dict[str, object] = {
            "sources": kept,
            "conflicts": tuple(c for c in claim.conflicts if c in claims),
            "actor": ";".join(a for a in claim.actors if a in actors),
            "target": ";".join(a for a in claim.targets if a in actors),
        }
        if claim.origin in self.case_.sources and claim.origin not in sources:
            # Known live before the text that was read; that text's publisher is not yet an origin.
            update["origin"] = kept[0] if kept else f"live-{claim.id}"
        if claim.grade_before and claim.grade_from is not None and claim.grade_from > self.day:
            update["grade"] = claim.grade_before
        if claim.superseded_from is not None:
            if claim.superseded_from > self.day:
                update["superseded_from"] = None
            else:
                update["use"] = "context"
        update |= {"grade_before": "", "grade_from": None}
        return claim.model_copy(update=update)


def _keep(part: Kept, name: str, known: Iterable[str]) -> Kept:
    """A part whose ids in a field are known ones only."""
    ids = getattr(part, name)
    kept = ";".join(i for i in ids.split(";") if i in known)
    return part if kept == ids else part.model_copy(update={name: kept})


def _ordered(fields: Fields) -> Fields:
    """All lists in the one order that does not depend on how a file lists them."""
    ordered = dict(fields)
    for name, element in _LISTS.items():
        timed = "when" in element.model_fields
        ordered[name] = tuple(
            sorted(fields[name], key=lambda part: (part.when.start, part.key) if timed else part.key)
        )
    for name in ("facts", "sources"):
        ordered[name] = dict(sorted(fields[name].items()))
    return ordered


def _json(data: object) -> bytes:
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()
