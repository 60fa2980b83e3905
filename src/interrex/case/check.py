"""Rules across the parts of a case: every reference resolves, every date and sum is possible, every number
has a source. All mistakes are collected; warnings, which do not stop a run, are kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from interrex.case import counts, facts, releases, ruler
from interrex.case import vocabulary as words
from interrex.case.draft import Draft, Item
from interrex.case.expect import FORM, parse_expectation
from interrex.case.origins import names_nobody
from interrex.case.schema import TABLES, Claim, Window
from interrex.case.yaml_core import Path
from interrex.errors import Problem, nearest, quoted
from interrex.mechanisms.acts import BY_KIND

REFERENCE_SCALE = 2e-4
"""Smallest reference density of the crowd mechanisms (share of citizens): one agent of the smallest unit may
not be more than this, or the coarse crowd itself lights the first protest."""

CITIZENS_PER_AGENT = 10
"""The default resolution, 1:10, at which `REFERENCE_SCALE` is checked."""

_PRONOUN = re.compile(r"(He|She|They|It|His|Her|Their|Its|This|That|These|Those)\b")
_NOBODY = {"": "", "nation": ""}
TABLES_OF = {
    "region": ("regions",), "unit": ("units",), "place": ("regions", "units"), "source": ("sources",),
    "claim": ("ledger",),
}  # fmt: skip
"""Tables that declare the ids of a kind."""


def check(draft: Draft) -> tuple[list[Problem], list[Problem]]:
    """All mistakes and all warnings of a drafted case, each list in order of place."""
    checker = _Checker(draft)
    for rule in (
        checker.ids,
        checker.places,
        checker.references,
        checker.populations,
        checker.dates,
        checker.shocks,
        checker.sourced,
        checker.facts,
        checker.claims,
        checker.releases,
        checker.supersessions,
        checker.series,
        checker.attention,
        checker.hypotheses,
        checker.questions,
        checker.expectations,
        checker.scale,
        checker.map,
    ):
        rule()
    return checker.problems, checker.warnings


class _Checker:
    """The rules, and what they look up."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.known = {
            "actor": draft.ids("actors"),
            "region": draft.ids("regions", "region"),
            "unit": draft.ids("units", "unit"),
            "source": draft.ids("sources", "source"),
            "audience": draft.ids("audiences"),
            "claim": draft.ids("ledger"),
            "organ": draft.ids("organs"),
            "reactor": draft.ids("reactors"),
        }
        self.known["place"] = self.known["region"] | self.known["unit"]
        self.window: Window | None = draft.get("window")
        self.people = counts.people(draft.parts("regions"), draft.parts("units"))
        self.whole_cast = all(i.part is not None for i in draft.many.get("actors", ()))
        self.present = {a.role for a in draft.parts("actors")}
        self.acting = {a.role for a in draft.parts("actors") if a.process == "hazard"}

    def ids(self) -> None:
        """No id stands twice in a list."""
        for key, items in self.draft.many.items():
            name = next(iter(TABLES[key].model_fields)) if key in TABLES else "id"
            seen: dict[str, Item] = {}
            for item in items:
                identifier = item.text(name)
                if identifier and identifier in seen:
                    first = seen[identifier].problem(name, "", "").line
                    self.wrong(
                        item,
                        name,
                        f"the id {quoted(identifier)} stands twice (first in line {first})",
                        "rename one",
                    )
                seen.setdefault(identifier, item)

    def places(self) -> None:
        """A region and a unit share an id only when they are the same area."""
        for item in self.draft.many.get("units", ()):
            name, region = item.text("unit"), item.text("region")
            alone = sum(other.text("region") == region for other in self.draft.many["units"]) == 1
            if name in self.known["region"] and not (name == region and alone):
                self.wrong(item, "unit", f"{name!r} is a region too", "give the unit an id of its own")

    def references(self) -> None:
        """Every id that is used is declared."""
        many = self.draft.many
        for key in ("facts", *words.SOURCED):
            self.refer(many.get(key, ()), "source", "source")
        self.refer(many.get("ledger", ()), "sources", "source")
        self.refer(many.get("ledger", ()), "conflicts", "claim")
        for name in ("actor", "target"):
            self.refer(many.get("ledger", ()), name, "actor")
        self.refer(many.get("ledger", ()), "place", "place", _NOBODY)
        self.refer(many.get("coverage", ()), "place", "place", _NOBODY)
        self.refer(many.get("shocks", ()), "regions", "region")
        self.refer(many.get("units", ()), "region", "region")
        self.refer(many.get("actors", ()), "region", "region")
        self.refer(many.get("opinions", ()), "audience", "audience", _NOBODY)
        self.refer(many.get("sources", ()), "audience", "audience", _NOBODY)
        self.refer(many.get("reactions", ()), "reactor", "reactor")
        self.refer(many.get("reactions", ()), "claim", "claim")
        self.refer(many.get("agenda", ()), "reactors", "reactor")
        for item in many.get("actors", ()):
            ties = item.raw.get("ties")
            for i, tie in enumerate(ties if isinstance(ties, list) else ()):
                if isinstance(tie, dict) and isinstance(tie.get("to"), str):
                    self.known_id(item, ("ties", i, "to"), tie["to"], "actor")
        for item in many.get("organs", ()):
            loyal = item.text("loyal_to")
            if loyal and loyal not in self.known["actor"] | self.known["organ"] | set(words.ACTOR_ROLES):
                self.wrong(
                    item, "loyal_to", f"{quoted(loyal)} is no actor and no role", "use an actor's id or role"
                )
        for item in many.get("questions", ()):
            if item.part is not None and item.part.rule.scope not in _NOBODY:
                self.known_id(item, ("rule", "scope"), item.part.rule.scope, "place")
        piece = self.draft.get("opinion_piece")
        if piece is not None:
            self.known_id(self.draft.one["opinion_piece"], ("source",), piece.source, "source")
            names = [statement.id for statement in piece.statements]
            for i, name in enumerate(names):
                if name in names[:i]:
                    where = ("statements", i, "id")
                    self.wrong(self.draft.one["opinion_piece"], where, f"the id {name!r} stands twice", "rename one")
        hypotheses = self.draft.get("hypotheses")
        if hypotheses is not None and hypotheses.plot is not None and hypotheses.plot.suspected_organ:
            organ = hypotheses.plot.suspected_organ
            self.known_id(self.draft.one["hypotheses"], ("plot", "suspected_organ"), organ, "organ")
            if organ in self.known["organ"] - {o.id for o in self.draft.parts("organs") if o.suspected}:
                self.wrong(
                    self.draft.one["hypotheses"],
                    ("plot", "suspected_organ"),
                    f"the organ {organ!r} is not marked as suspected",
                    "write suspected: true there, or name another organ",
                )

    def refer(
        self, items: Iterable[Item], name: str, kind: str, besides: dict[str, str] | None = None
    ) -> None:
        """Each id in a field is known."""
        for item in items:
            for identifier in item.texts(name):
                if besides is None or identifier not in besides:
                    self.known_id(item, (name,), identifier, kind)

    def known_id(self, item: Item, where: tuple[str | int, ...], identifier: str, kind: str) -> None:
        known = self.known[kind]
        if identifier in known or self.draft.unread & set(TABLES_OF.get(kind, ())):
            return
        close = nearest(identifier, known)
        what = "region or unit" if kind == "place" else kind
        home = {
            "actor": "actors",
            "region": "regions.csv",
            "unit": "units.csv",
            "source": "sources.csv",
            "organ": "organs",
            "audience": "audiences",
            "claim": "ledger.csv",
            "reactor": "reactors",
            "place": "regions.csv or units.csv",
        }[kind]
        remedy = f"did you mean {close!r}?" if close else f"add it to {home}, or correct it"
        self.wrong(item, where, f"unknown {what} {quoted(identifier)}", remedy)

    def populations(self) -> None:
        """The units of a region hold its people, and each region has one; everybody has an audience."""
        audiences = self.draft.many.get("audiences", ())
        if all(a.part is not None for a in audiences):
            at_home = {a.part.online for a in audiences if not a.part.abroad}
            for item in self.draft.many.get("regions", ()):
                share = 0.5 if item.part is None else item.part.internet_share
                for online, people in ((True, share > 0.0), (False, share < 1.0)):
                    if item.part is not None and people and online not in at_home:
                        kind = "an online" if online else "an offline"
                        self.wrong(
                            item,
                            "internet_share",
                            f"at {share:g} some of {item.part.region} have no audience",
                            f"add {kind} audience that is not abroad to case.yaml",
                        )
        units = self.draft.many.get("units", ())
        astray = any(unit.text("region") not in self.known["region"] for unit in units)
        for item in self.draft.many.get("regions", ()):
            if item.part is None or astray:
                continue
            mine = [u for u in units if u.text("region") == item.part.region]
            if not mine and units:
                self.wrong(
                    item,
                    "region",
                    f"the region {item.part.region!r} has no unit",
                    "add its units to units.csv",
                )
            elif mine and all(u.part is not None for u in mine):
                total = sum(u.part.population for u in mine)
                if total != item.part.population:
                    self.wrong(
                        item,
                        "population",
                        f"the units of {item.part.region!r} hold {total:,} people, "
                        f"the region {item.part.population:,}",
                        "make them equal, with a district for the rest of the region",
                    )

    def dates(self) -> None:
        """Days lie where they can."""
        window = self.window
        if window is None:
            return
        calm = self.draft.get("calm_until")
        if calm is not None and not window.start <= calm <= window.end:
            self.wrong(
                self.draft.one["calm_until"], "", f"{calm} lies outside the window", "use a day of the window"
            )
        default = self.draft.get("default_as_of")
        if default is not None and default < window.start:
            self.wrong(
                self.draft.one["default_as_of"],
                "",
                f"{default} lies before the window",
                "use a day of the window or later",
            )
        for item in self.draft.many.get("shocks", ()):
            if item.part is not None and not window.start <= item.part.on <= window.end:
                self.wrong(item, "on", f"{item.part.on} lies outside the window", "use a day of the window")
        for item in self.draft.many.get("counterfactuals", ()):
            at = None if item.part is None else item.part.at
            if at is not None and not window.start <= at <= window.end:
                self.wrong(item, "at", f"{at} lies outside the window", "use a day of the window")
        for item in self.draft.many.get("questions", ()):
            if item.part is not None and item.part.due < window.start:
                self.wrong(item, "due", f"{item.part.due} lies before the window", "ask for a later day")
        for key in ("regions", "organs"):
            for item in self.draft.many.get(key, ()):
                known = None if item.part is None else item.part.known_from
                if known is not None and known > window.start:
                    self.warn(
                        item,
                        "known_from",
                        f"known only from {known}, after the window begins",
                        "runs as of earlier days use flat values; prefer a figure published before",
                    )

    def shocks(self) -> None:
        """One pattern of exposure, and one shock a day: the model has no place for more."""
        items = [i for i in self.draft.many.get("shocks", ()) if i.part is not None]
        days: dict[date, str] = {}
        for item in items:
            shock, first = item.part, items[0].part
            for name in ("exposure", "regions"):
                if getattr(shock, name) != getattr(first, name):
                    self.wrong(
                        item,
                        name,
                        f"{name} differs from that of the shock {first.id!r}, and a case has one pattern of exposure",
                        f"give all shocks the same {name}",
                    )
            if shock.on in days:
                self.wrong(
                    item,
                    "on",
                    f"the shock {days[shock.on]!r} lies on {shock.on} too",
                    "make them one, with the larger size",
                )
            days.setdefault(shock.on, shock.id)

    def sourced(self) -> None:
        """Numbers carry a source or are marked as assumptions; sourced ones say since when they are known."""
        for key in ("facts", "regions", "units", "audiences", "shocks", "coverage", "reactors", "agenda"):
            for item in self.draft.many.get(key, ()):
                if item.part is not None and not item.part.source and not item.part.assumption:
                    # A leaning, or a bare value under polity, is plainly the analyst's own.
                    told = self.warn if key == "audiences" or item.raw.get("bare") else self.wrong
                    told(item, (), "there is no source", "add source: with an id of sources.csv, or assumption: true")
        for item in self.draft.many.get("organs", ()):
            organ = item.part
            if organ is not None and organ.strength is not None:
                wrong = counts.not_whole(item.written("strength"), organ.strength)
                if wrong is not None:
                    self.wrong(item, "strength", *wrong)
                elif organ.strength > self.people["nation"] > 0:
                    self.wrong(item, "strength", f"{organ.strength:,.0f} are more than live here", "correct the number")
            if organ is not None and organ.strength is not None and not organ.source and not organ.assumption:
                self.unsourced(item, ("strength",))
        for item in self.draft.many.get("facts", ()):
            if item.part is not None and item.part.source and item.part.known_from is None:
                self.undated(item, ())
            if item.part is not None and not item.part.id:
                self.wrong(item, "", "the fact has no id", "add id: police_per_100k, or another name")
        hypotheses = self.draft.get("hypotheses")
        contacts = None if hypotheses is None else hypotheses.contacts_per_year
        if contacts is not None and not contacts.source and not contacts.assumption:
            self.unsourced(self.draft.one["hypotheses"], ("contacts_per_year",))
        for item in self.draft.many.get("counterfactuals", ()):
            if item.part is not None and item.part.known_from is None:
                self.warn(
                    item,
                    "",
                    "known_from is missing",
                    "without it the counterfactual is left out of runs as of days before default_as_of",
                )
        for item in self.draft.many.get("questions", ()):
            if item.part is not None and item.part.known_from is None:
                self.warn(
                    item, "", "known_from is missing", "without it the question is left out of runs as of days before default_as_of"
                )

    def facts(self) -> None:
        """What a fact of a name that something reads must be; the others say that they are context."""
        items = [item for item in self.draft.many.get("facts", ()) if item.part is not None]
        told_of = [a.id for a in self.draft.parts("actors") if a.role in ("predecessor", "kin")]
        names = {item.part.id for item in items}
        readings = facts.readings(told_of, names)
        for item in items:
            fact = item.part
            if fact.id in ruler.FORMS:
                if (found := ruler.misread(fact)) is not None:
                    self.wrong(item, "value", *found)
                continue
            if fact.use == "context" and fact.id in readings:
                remedy = "give it another name, or leave use out"
                self.wrong(item, "use", f"{fact.id} is read by the model, and cannot be context", remedy)
            if fact.use == "context" or not fact.id:
                continue
            if fact.id not in readings:
                close = nearest(fact.id, readings)
                remedy = f"did you mean {close!r}? " if close else ""
                remedy += "set use to context if it is only to be shown in the report"
                self.warn(item, "", f"nothing reads the fact {quoted(fact.id)}", remedy)
                continue
            wrong = facts.misread(fact, readings[fact.id])
            if wrong is not None:
                self.wrong(item, *wrong)
            elif fact.id.startswith("appearance"):
                other = fact.id.replace("appearances_", "appearance_weeks_", 1)
                other = other if other != fact.id else fact.id.replace("appearance_weeks_", "appearances_", 1)
                if other not in names:
                    self.wrong(item, "", f"this is read together with {other!r}, which is missing", "add it")
            elif fact.id.endswith("_age") and fact.id.removesuffix("_age") + "_birth_year" in names:
                self.wrong(item, "", "the year of birth is given too, and an age is not read then", "keep one")

    def unsourced(self, item: Item, where: tuple[str | int, ...]) -> None:
        self.wrong(
            item, where, "there is no source", "add source: with an id of sources.csv, or assumption: true"
        )

    def undated(self, item: Item, where: tuple[str | int, ...]) -> None:
        self.wrong(
            item,
            where,
            "known_from is missing",
            "add the first day on which an analyst could know it, as 2022-01-05",
        )

    def claims(self) -> None:
        """Rules of the ledger, claim by claim."""
        published = {s.source: s.published for s in self.draft.parts("sources")}
        actors = {a.id: a for a in self.draft.parts("actors")}
        for item in self.draft.many.get("ledger", ()):
            claim: Claim | None = item.part
            if claim is None:
                continue
            if claim.when.day > claim.known_from:
                self.wrong(
                    item,
                    "known_from",
                    f"the claim is known from {claim.known_from}, before it happens ({claim.when.text})",
                    "correct one of the two; an announcement is dated by the day it was made",
                )
            self.magnitude(item, claim)
            self.act(item, claim)
            if claim.origin and names_nobody(claim.origin):
                self.wrong(
                    item,
                    "origin",
                    f"{quoted(claim.origin)} is no origin: strangers would count as one witness",
                    "leave it empty (the first source then counts), or name the source that was copied",
                )
            if _PRONOUN.match(claim.text):
                self.warn(
                    item,
                    "text",
                    f"the text begins with {claim.text.split()[0]!r}, and the timeline prints it alone",
                    "name who or what it is",
                )
            if claim.use == "fit" and self.window is not None:
                self.inside(item, claim, self.window)
            if claim.id in claim.conflicts:
                self.wrong(item, "conflicts", "the claim conflicts with itself", "name the other claim")
            for name, identifiers in (("actor", claim.actors), ("target", claim.targets)):
                for identifier in identifiers:
                    actor = actors.get(identifier)
                    if actor is not None and actor.known_from > claim.known_from:
                        self.warn(
                            item,
                            name,
                            f"{identifier!r} is known from {actor.known_from}, after the claim",
                            "runs as of a day between leave the name out; give the actor an earlier day",
                        )
            days = [published.get(source) for source in claim.sources]
            dated = [day for day in days if day is not None]
            if (
                claim.known_from_basis == "dated"
                and dated
                and len(dated) == len(days)
                and min(dated) > claim.known_from
            ):
                self.warn(
                    item,
                    "known_from",
                    f"known from {claim.known_from}, but its earliest source is of {min(dated)}",
                    "use that day, or known_from_basis contemporaneous with a note that says why",
                )
            if claim.known_from_basis == "contemporaneous" and not claim.note:
                self.warn(
                    item,
                    "known_from_basis",
                    "contemporaneous without a reason",
                    "say in note how it was known live",
                )
            if claim.grade_before and (claim.grade_from is None or claim.grade_from <= claim.known_from):
                self.wrong(
                    item,
                    "grade_before",
                    "the earlier grade has no later day from which grade holds",
                    "fill in grade_from with a day after known_from",
                )

    def magnitude(self, item: Item, claim: Claim) -> None:
        """What is counted, and how many."""
        numbers = {name: getattr(claim, name) for name in ("value", "low", "high")}
        if claim.kind in words.COUNTED_KINDS or claim.kind == "act":
            for name, number in numbers.items():
                if number is not None and number < 0:
                    self.wrong(
                        item,
                        name,
                        f"the magnitude {number:g} is negative",
                        "write a number of persons, 0 or more",
                    )
        if claim.kind in words.COUNTED_KINDS:
            for finding in counts.claim_counts(claim, {name: item.written(name) for name in item.raw}, self.people):
                self.wrong(item, *finding)
            beyond = counts.beyond_the_model(claim, self.people["nation"])
            if beyond is not None:
                self.warn(item, *beyond)
        if claim.kind in words.MEASURES:
            measures = words.MEASURES[claim.kind]
            if claim.use != "context":
                if claim.measure not in measures:
                    said = (
                        f"{quoted(claim.measure)} does not say"
                        if claim.measure
                        else "the measure does not say"
                    )
                    self.wrong(
                        item,
                        "measure",
                        f"{said} what {claim.kind} counts",
                        f"use one of {', '.join(measures)}",
                    )
                if all(number is None for number in numbers.values()):
                    self.wrong(
                        item,
                        "value",
                        f"a claim of {claim.kind} with use {claim.use} has no magnitude",
                        "fill in value, or low and high, or set use to context",
                    )
                elif claim.value is None and (claim.low is None or claim.high is None):
                    self.wrong(
                        item,
                        "low",
                        "one bound alone cannot enter the likelihood",
                        "fill in value, or low and high",
                    )
            elif claim.measure and claim.measure not in measures:
                self.wrong(
                    item,
                    "measure",
                    f"{quoted(claim.measure)} is no measure of {claim.kind}",
                    f"use one of {', '.join(measures)}, or leave it empty",
                )
        elif claim.kind == "act" and claim.measure:
            try:
                level = float(claim.measure)
            except ValueError:
                level = -1.0
            if not 0 <= level <= 1:
                self.wrong(
                    item,
                    "measure",
                    f"{quoted(claim.measure)} is no level of an act",
                    "write 0 to 1 or leave it empty",
                )

    def releases(self) -> None:
        """What belongs together in the likelihood, and what would enter it as something else than it says."""
        for found in releases.found(self.draft):
            (self.wrong if found.mistake else self.warn)(found.item, found.where, found.wrong, found.remedy)

    def act(self, item: Item, claim: Claim) -> None:
        """Acts name their kind; other claims name none."""
        if claim.kind == "act" and not claim.act:
            self.wrong(item, "act", "a claim of kind act names no act", "use an act kind of the catalogue")
        elif claim.kind in words.SEEN and not claim.act and claim.use == "fit":
            self.wrong(
                item,
                "act",
                f"an {claim.kind} with use fit names no act",
                "use an act kind such as kin_appears",
            )
        elif claim.kind == "act" and claim.use == "fit":
            self.acted(item, "act", claim.act)
        elif claim.kind in words.SEEN and claim.use == "fit":
            roles = {a.role for a in self.draft.parts("actors") if a.id in claim.actors}
            if self.whole_cast and words.SEEN_ACTS.get(claim.act) not in roles:
                self.wrong(
                    item,
                    "act",
                    f"{claim.act} of {claim.actor or 'nobody'} is not read as an {claim.kind}",
                    "name a predecessor with predecessor_appears, or kin with kin_appears; or set use to context",
                )
        elif claim.kind not in ("act", *words.SEEN) and claim.act:
            self.warn(
                item,
                "act",
                f"a claim of kind {claim.kind} names an act",
                "leave act empty, or set kind to act",
            )
        if claim.result and (claim.kind != "act" or claim.act not in words.RESULT_KINDS):
            self.wrong(
                item,
                "result",
                f"{claim.act or claim.kind} neither succeeds nor fails",
                f"leave result empty; acts that may fail are {', '.join(words.RESULT_KINDS)}",
            )

    def acted(self, item: Item, where: str | Path, kind: str) -> None:
        """In the model somebody does an act of the kind: without the role it would be told and left out."""
        if not self.whole_cast:
            return
        act = BY_KIND[kind]
        needed = [gate[1] for gate in act.gate if gate[0] == "role" and gate[1] not in self.present]
        if not self.acting & {*act.roles}:
            self.wrong(
                item,
                where,
                f"no actor of role {' or '.join(act.roles)} acts in this case, and {kind} is an act of that role",
                "add one with process hazard, or " + ("leave this out" if item.row is None else "set use to context"),
            )
        elif needed:
            self.wrong(
                item,
                where,
                f"no actor has the role {needed[0]}, which {kind} is directed at",
                f"add an actor of role {needed[0]}",
            )

    def inside(self, item: Item, claim: Claim, window: Window) -> None:
        """A claim that enters the likelihood happened in the simulated days."""
        start = datetime.combine(window.start, time.min)
        end = datetime.combine(window.end, time.min) + timedelta(days=1)
        if claim.when.end <= start or claim.when.start >= end:
            self.wrong(
                item,
                "when",
                f"{claim.when.text} lies outside the window {window.start} to {window.end}",
                "set use to context or check, or widen the window",
            )

    def supersessions(self) -> None:
        """Conflicts and corrections are dated so that no as-of date sees the future."""
        known = {c.id: c.known_from for c in self.draft.parts("ledger")}
        for item in self.draft.many.get("ledger", ()):
            claim: Claim | None = item.part
            if claim is None:
                continue
            for other in claim.conflicts:
                if other in known and known[other] > claim.known_from:
                    self.warn(
                        item,
                        "conflicts",
                        f"{other!r} is known only from {known[other]}, after this claim",
                        "earlier as-of dates leave the conflict out; name it in the later claim instead",
                    )
            if claim.superseded_from is not None and claim.superseded_from < claim.known_from:
                self.wrong(
                    item,
                    "superseded_from",
                    f"superseded on {claim.superseded_from}, before it was known",
                    "correct one of the two days",
                )

    def series(self) -> None:
        """Opinion reports, prices and reactions are known only after they happened, and say something."""
        for key in ("opinions", "prices", "reactions"):
            for item in self.draft.many.get(key, ()):
                if item.part is not None and item.part.when.day > item.part.known_from:
                    self.wrong(
                        item,
                        "known_from",
                        f"known from {item.part.known_from}, before it happens ({item.part.when.text})",
                        "correct one of the two",
                    )
        money: dict[tuple[str, str], str] = {}
        for item in self.draft.many.get("prices", ()):
            price = item.part
            if price is not None and price.value is not None and not price.currency.startswith("per cent of"):
                first = money.setdefault((price.venue, price.instrument), price.currency)
                if price.currency != first:
                    self.wrong(
                        item,
                        "currency",
                        f"{price.instrument} stands in {price.currency or 'no currency'} here and in {first or 'none'} before",
                        "convert the values, or call one of the two another instrument",
                    )
            if price is not None and price.value is None and price.change_pct is None and not price.halt:
                self.wrong(
                    item,
                    "value",
                    "the point has neither value nor change_pct nor halt",
                    "fill in one of them",
                )

        before: dict[tuple[str, str, str], float] = {}
        timed = [i for i in self.draft.many.get("prices", ()) if i.part is not None and i.part.value is not None]
        for item in sorted(timed, key=lambda i: i.part.when.start):
            price = item.part
            series = (price.venue, price.instrument, price.currency)
            if series in before and price.change_pct is not None:
                change = 100.0 * (price.value / before[series] - 1.0)
                stated = float(price.change_pct)
                if abs(change) >= 0.5 and abs(100.0 * stated - change) < 0.2 * abs(change):
                    self.wrong(
                        item,
                        "change_pct",
                        f"{price.value:g} after {before[series]:g} is {change:+.3g} per cent, the cell says {stated:g}",
                        "write the change in per cent, not as a share",
                    )
            before[series] = price.value

    def attention(self) -> None:
        """Reactions are counted in one crisis, which the agenda names."""
        reactions = self.draft.many.get("reactions", ())
        found = [i for i in self.draft.many.get("agenda", ()) if i.text("what") == "crisis"]
        for item in found[1:]:
            self.wrong(
                item, "what", "a second crisis stands in the agenda", "keep one: what reactions answer"
            )
        if reactions and not found:
            self.wrong(
                reactions[0],
                "",
                "there are reactions, but the agenda names no crisis",
                "add to agenda: {what: crisis, from:, to:, known_from:}",
            )
        begins = found[0].part.start.start if found and found[0].part is not None else None
        claims = {c.id: c for c in self.draft.parts("ledger")}
        for item in reactions:
            claim = None if item.part is None else claims.get(item.part.claim)
            if item.part is not None and claim is not None and abs((claim.when.day - item.part.when.day).days) > 2:
                self.wrong(
                    item,
                    "claim",
                    f"{claim.id} is of {claim.when.day}, the reaction of {item.part.when.day}",
                    "name the row that tells of this reaction, or leave it empty",
                )
            if item.part is not None and begins is not None and item.part.when.end <= begins:
                self.warn(
                    item,
                    "when",
                    f"{item.part.when.text} lies before the crisis begins",
                    "it is left out of the count; correct the date or the crisis",
                )

    def hypotheses(self) -> None:
        """Each hypothesis has a label, and prior odds if any has."""
        hypotheses = self.draft.get("hypotheses")
        written = self.draft.document.value
        if hypotheses is None or not isinstance(written, dict) or "hypotheses" not in written:
            return
        home = self.draft.one["hypotheses"]
        for name in hypotheses.understanding:
            if name not in hypotheses.labels:
                self.warn(
                    home,
                    ("labels",),
                    f"the hypothesis {name!r} has no label",
                    "say in a few words what it means",
                )
            if hypotheses.prior_odds and name not in hypotheses.prior_odds:
                self.wrong(
                    home, ("prior_odds",), f"{name!r} has no prior odds", "add a weight above 0, such as 1"
                )

    def questions(self) -> None:
        """A question can still be open when it is first asked, and the histories can answer it."""
        for item in self.draft.many.get("questions", ()):
            if item.part is None:
                continue
            question, rule = item.part, item.part.rule
            if question.known_from is not None and question.known_from > question.due:
                self.wrong(
                    item,
                    "due",
                    f"due on {question.due}, before it is first asked",
                    "correct one of the two days",
                )
            if self.window is not None and question.due > self.window.end and (rule.counted or rule.op):
                self.wrong(
                    item,
                    "due",
                    f"{question.due} lies after the window, and histories count no longer than that",
                    f"ask for {self.window.end} or earlier, or widen the window",
                )
            roles = ("incumbent",) if rule.quantity == "in_office" else BY_KIND[rule.act].roles if rule.act else ()
            self.does(item, ("rule", "actor"), rule.actor, roles)
            if rule.quantity == "act":
                self.acted(item, ("rule", "act"), rule.act)
            if rule.counted and rule.scope not in _NOBODY and not self.kept(rule.scope):
                self.wrong(
                    item,
                    ("rule", "scope"),
                    f"crowds of {rule.scope!r} are kept within those of its region",
                    "ask for the region",
                )
            if rule.counted:
                place = ("rule", "value")
                wrong = counts.not_whole(item.written(place), rule.value)
                if wrong is not None:
                    self.wrong(item, place, *wrong)
                elif rule.value > self.people.get(rule.scope, rule.value):
                    self.wrong(
                        item,
                        place,
                        f"{rule.value:,.0f} are more than the {self.people[rule.scope]:,} people of {rule.scope or 'nation'}",
                        "correct the number",
                    )
        for item in self.draft.many.get("counterfactuals", ()):
            if item.part is not None:
                self.acted(item, "act", item.part.act)
                self.does(item, ("actor",), item.part.actor, BY_KIND[item.part.act].roles)

    def does(self, item: Item, where: tuple[str | int, ...], actors: str, roles: tuple[str, ...]) -> None:
        """The actor that is named has a role that the rule or the act is about: nothing else chooses among actors."""
        role_of = {a.id: a.role for a in self.draft.parts("actors")}
        for identifier in filter(None, actors.split(";")):
            if identifier in role_of and role_of[identifier] not in roles:
                self.wrong(
                    item,
                    where,
                    f"{identifier!r} is no {' or '.join(roles) or 'actor that is asked for'} of this case",
                    "leave actor out, or name one of that role",
                )
            elif self.whole_cast:
                self.known_id(item, where, identifier, "actor")

    def kept(self, scope: str) -> bool:
        """Whether histories keep the crowds of a place: a region, or the only unit of one."""
        region = {u.unit: u.region for u in self.draft.parts("units")}
        return scope in self.known["region"] or list(region.values()).count(region.get(scope, "")) == 1

    def expectations(self) -> None:
        """Statements about answers follow the closed grammar."""
        for item in self.draft.many.get("expect", ()):
            if isinstance(item.part, str):
                try:
                    parse_expectation(item.part)
                except ValueError:
                    self.wrong(
                        item, "", f"{quoted(item.part)} is no statement about an answer", f"write {FORM}"
                    )

    def scale(self) -> None:
        """One agent of the smallest unit is no larger than the crowd mechanisms' reference scale."""
        least = CITIZENS_PER_AGENT / REFERENCE_SCALE
        for item in self.draft.many.get("units", ()):
            if item.part is not None and item.part.population < least:
                self.warn(
                    item,
                    "population",
                    f"at 1:{CITIZENS_PER_AGENT} one agent is more than {REFERENCE_SCALE:g} of this unit",
                    f"join units below {least:,.0f} people to their region's district, "
                    "or run with a finer resolution",
                )

    def map(self) -> None:
        """Every region is drawn."""
        if self.draft.map is not None:
            drawn = {feature["properties"]["region"] for feature in self.draft.map["features"]}
            for item in self.draft.many.get("regions", ()):
                name = item.text("region")
                if name and name not in drawn:
                    self.warn(
                        item,
                        "region",
                        f"{name!r} is not on the map",
                        "add a feature with this property region",
                    )

    def wrong(self, item: Item, where: str | Path, wrong: str, remedy: str) -> None:
        self.problems.append(item.problem(where, wrong, remedy))

    def warn(self, item: Item, where: str | Path, wrong: str, remedy: str) -> None:
        self.warnings.append(item.problem(where, wrong, remedy))
