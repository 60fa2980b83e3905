"""Every field that a user may write has an effect: on what `check` says, on the inputs of the model, or on the results.

Each field of the format is changed alone in a case that uses all of them; something must differ, on one of three as-of
days. `note` is the one exception: it is a remark to whoever reads the file. A field that is added to the format and not
to this table fails too.
"""

import csv
import io
import json

import numpy as np
import pytest

from interrex.case import check_case, schema
from interrex.case.template import template_files
from interrex.case.yaml_core import read_yaml
from interrex.engine.acts import build_table
from interrex.futures import rivals
from interrex.inference.dated_acts import act_record
from interrex.inference.observe import observe
from interrex.inference.space import make_space
from interrex.mechanisms import all_mechanisms
from interrex.polity.units import make_place
from interrex.topics.attention.answer import attention
from interrex.topics.hypotheses.answer import contacts
from interrex.topics.inputs.answer import inputs
from interrex.topics.map.answer import regions_map
from interrex.topics.markets.answer import dataset as markets
from interrex.topics.opinion_piece.answer import statements
from interrex.topics.questions.answer import base_rate, resolved, rule_text
from interrex.topics.silence.answer import absent_actors
from interrex.topics.sources.answer import sources
from interrex.topics.timeline.answer import timeline

DAYS = ("2030-03-12", "2030-03-17", "2030-04-10")
LATE = "2030-04-09"  # not yet known on the first two days


def base():
    """The template, with what it leaves out."""
    files = template_files("toy")
    tables = {n: list(csv.DictReader(io.StringIO(t))) for n, t in files.items() if n.endswith(".csv")}
    case = read_yaml(files["case.yaml"], "case.yaml", []).value
    case["polity"]["elder_birth_year"] = {"value": 1950, "assumption": True}
    case["opinion_piece"]["statements"][0]["prices"] = {
        "kind": "recovered", "instruments": ["ASE 20"], "from": "2030-03-08", "to": "2030-03-18",
    }  # fmt: skip
    for day, value in (("08", "50"), ("13", "49"), ("18", "51")):
        tables["prices.csv"].append({
            "point": f"oil-{day}", "when": f"2030-03-{day}", "venue": "ASE", "instrument": "OIL", "value": value,
            "currency": "AUL", "kind": "close", "halt": "0", "known_from": f"2030-03-{day}", "source": "EXCHANGE",
            "grade": "documented",
        })  # fmt: skip
    for row in tables["ledger.csv"]:
        row |= {"grade_from": "", "grade_before": ""}
        if row["id"] == "deaths-15":
            row |= {"grade_from": "2030-03-25", "grade_before": "rumour"}
    coup = dict.fromkeys(tables["ledger.csv"][0], "") | {
        "id": "coup", "when": "2030-03-16T04:00", "known_from": "2030-03-16", "known_from_basis": "inferred",
        "section": "Six days", "actor": "army-staff", "act": "coup_attempt", "target": "president", "place": "nation",
        "kind": "act", "text": "Tanks in the capital turn back", "sources": "COURIER-17", "grade": "documented",
        "basis": "observed", "use": "fit", "result": "failed",
    }  # fmt: skip
    tables["ledger.csv"].append(coup)
    tables["units.csv"][1]["utc_offset"] = "3"
    square = [[7, 48], [8, 48], [8, 49], [7, 48]]
    outline = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"region": r["region"], "name": r["name"]},
             "geometry": {"type": "Polygon", "coordinates": [square]}}
            for r in tables["regions.csv"]
        ],
    }  # fmt: skip
    return case, tables, outline


def write(folder, case, tables, outline):
    folder.mkdir()
    (folder / "case.yaml").write_text(json.dumps(case, indent=1))
    (folder / "map.geojson").write_text(json.dumps(outline))
    for name, rows in tables.items():
        with open(folder / name, "w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(dict.fromkeys(c for r in rows for c in r)), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def effects(folder):
    """One after another, from the cheapest: what a user or the model would see of a case."""
    found = check_case(folder)
    yield "check", sorted((p.path, p.wrong) for p in (*found.problems, *found.warnings))
    if found.case is None:
        return
    yield "whole case", (found.case.default_as_of, found.case.expect, found.case.id)
    cuts = [found.case.as_of(day) for day in DAYS]
    models = [model_inputs(cut) for cut in cuts]
    yield "model", [repr(seen) for seen, _ in models]
    for about in (inputs, timeline, sources, statements, absent_actors):
        yield about.__name__, [arrays(about(cut)) for cut in cuts]
    yield "map", [json.dumps(regions_map(cut), default=str) for cut in cuts]
    yield "words", [
        (cut.title, cut.summary, cut.question.text, cut.question.horizon_days, contacts(cut),
         [label.label for label in cut.hypotheses.labels.values()], cut.hypotheses.plot.label,
         cut.structure_with_hindsight)
        for cut in cuts
    ]  # fmt: skip
    yield "counterfactuals", [
        [(c.id, c.label, c.kind, c.act, c.at, c.level) for c in cut.counterfactuals] for cut in cuts
    ]
    yield "questions", [
        [repr((q.text, q.due, rule_text(q.rule), base_rate(cut, q, resolved(cut, q)), resolved(cut, q))) for q in cut.questions] for cut in cuts
    ]
    yield "markets", [arrays(markets(cut, None, observed, 1)) for cut, (_, observed) in zip(cuts, models, strict=True)]
    yield "attention", arrays(attention(cuts[-1], 1))


def model_inputs(cut):
    """Everything that a cut case gives to the engine and to the likelihood, as text."""
    place = make_place(cut)
    table, priors = build_table({a.role for a in cut.actors if a.process == "hazard"}, {a.role for a in cut.actors})
    observed = observe(cut, table)
    space = make_space(all_mechanisms(), cut.facts, len(cut.regions), 5)
    record = act_record(cut, observed.events, table, observed.ticks)
    parts = [
        *place, *table, *priors, *observed.terms, observed.term_use, observed.term_claims, observed.origins,
        observed.events, observed.term_labels, *observed.script, observed.ticks, *record, rivals.prior_odds(cut), space.params,
        cut.window.start, cut.window.end, cut.calm_until, [a.role for a in cut.actors],
    ]  # fmt: skip
    return [np.asarray(p).tolist() if isinstance(p, np.ndarray) else repr(p) for p in parts], observed


def arrays(found):
    """The values of a dataset as text: NaN, unlike the number, equals itself there."""
    return repr({str(n): np.asarray(v.values).tolist() for n, v in found.variables.items()} | found.attrs)


CLAIM, ACT, CAPITAL = "crowd-north-12", "frame-13", "crowd-capital-13-state"
CHANGES = {
    "CaseFile": {
        "interrex": 2, "id": "other", "title": "Another", "summary": "Another", "window": {"start": "2030-03-02", "end": "2030-04-10"},
        "utc_offset": 5, "default_as_of": "2030-04-01", "calm_until": "2030-03-05", "question": {"text": "Another?"},
        "polity": {}, "facts": [], "regions": "x.csv", "units": "x.csv", "audiences": [], "organs": [], "actors": [],
        "shocks": [], "coverage": [], "sources": "x.csv", "ledger": "x.csv", "opinions": None, "prices": None,
        "reactors": [], "agenda": [], "reactions": None, "map": "x.geojson", "hypotheses": {}, "counterfactuals": [],
        "questions": [], "opinion_piece": None, "expect": ["outcomes[uprising] < 0.5"],
    },
    "Version": {"text": "Another", "known_from": LATE},
    "Window": {"start": "2030-03-02", "end": "2030-04-12"},
    "Question": {"text": "Another?", "horizon_days": 90, "known_from": LATE},
    "Fact": {
        "value": 0.5, "use": "context", "id": "old_start", "low": 0.4, "high": 0.8, "unit": "per cent", "source": "GAZETTE",
        "assumption": False, "known_from": LATE,
    },
    "Region": {
        "region": "west", "name": "Another", "population": 1, "urban_share": 0.1, "internet_share": 0.1, "hardship": 0.1,
        "fuel_exposure": 0.1, "police_per_100k": 100, "known_from": LATE, "source": "GAZETTE", "assumption": 0,
    },
    "Unit": {
        "unit": "else", "name": "Another", "region": "coast", "population": 1, "kind": "district", "capital": 1, "lat": 50.5,
        "lon": 9.5, "utc_offset": 12, "source": "GAZETTE", "assumption": 1,
    },
    "Audience": {
        "id": "else", "name": "Another", "leaning": 0.1, "online": True, "abroad": True, "source": "GAZETTE",
        "assumption": False,
    },
    "Organ": {
        "id": "else", "name": "Another", "role": "reserve", "strength": 1000, "loyal_to": "elder", "suspected": True,
        "known_from": LATE, "source": "GAZETTE", "assumption": False,
    },
    "Tie": {"to": "interior", "kind": "rival_of"},
    "Actor": {
        "id": "else", "name": "Another", "role": "kin", "public_office": "Another", "stakes": "life", "ties": [],
        "process": "context", "region": "north", "known_from": LATE, "source": "STATISTICS", "assumption": True,
    },
    "Shock": {
        "id": "else", "kind": "verdict", "on": "2030-03-09", "size": 2.0, "regions": ["north"], "exposure": "hardship",
        "known_from": "2030-03-13", "source": "GAZETTE", "assumption": True, "label": "Another",
    },
    "Coverage": {
        "what": "arrests", "start": "2030-03-05", "end": "2030-03-20", "place": "north", "known_from": LATE,
        "source": "GAZETTE", "assumption": False,
    },
    "Source": {
        "source": "ELSE", "publisher": "Another", "url": "https://example.org", "published": LATE,
        "published_basis": "inferred", "type": "state", "audience": "state_tv", "leaning": -1, "origin": "wire",
    },
    "Claim": {
        "id": "else", "when": "2030-03-11", "known_from": LATE, "known_from_basis": "inferred", "section": "Another",
        "actor": "unions", "act": "amnesty", "target": "street", "place": "coast", "kind": "arrests", "text": "Another",
        "value": 2500, "low": 300, "high": 9999, "unit": "thousand", "measure": "present", "result": "succeeded",
        "sources": "WIRE-11", "origin": "else", "grade": "rumour", "grade_from": "2030-04-20", "grade_before": "memory",
        "basis": "inference", "use": "check", "conflicts": "crowd-north-11", "superseded_from": "2030-03-14",
    },
    "Opinion": {
        "report": "else", "audience": "networks", "quantity": "old", "when": "2030-03-09", "share": 0.3, "n": 90,
        "house": "Else", "deff": 3, "known_from": LATE, "source": "COURIER-17", "grade": "rumour", "use": "check",
    },
    "Price": {
        "point": "index-08", "when": "2030-03-12", "venue": "spot", "instrument": "ELSE", "value": 900, "change_pct": -9.9,
        "currency": "USD", "kind": "intraday", "halt": 0, "known_from": LATE, "source": "COURIER-17", "grade": "rumour",
    },
    "Reactor": {
        "id": "else", "name": "Another", "group": "Else", "patron": True, "trade": 0.9, "investment": 0.1, "treaty": 0.9,
        "diaspora": 0.9, "watched": False, "utc_offset": 9, "known_from": LATE, "source": "GAZETTE", "assumption": False,
    },
    "Period": {
        "what": "talks", "start": "2030-03-12", "end": "2030-03-14", "reactors": ["occidentia"], "known_from": LATE,
        "source": "GAZETTE", "assumption": True,
    },
    "Reaction": {
        "reaction": "borealia-ready", "reactor": "borealia-gov", "when": "2030-03-13", "kind": "call", "stance": "critical",
        "strength": 3, "text": "Another", "known_from": "2030-04-20", "source": "COURIER-17", "grade": "rumour",
        "claim": "price-10",
    },
    "Hypotheses": {
        "understanding": ["none"], "labels": {}, "plot": None, "prior_odds": {"none": 3, "ready": 1, "phone": 1, "summit": 1},
        "contacts_per_year": None, "known_from": LATE,
    },
    "Label": {"label": "Another", "known_from": LATE},
    "Plot": {"label": "Another", "known_from": LATE, "suspected_organ": "army"},
    "Quantity": {
        "value": 7, "low": 1, "high": 20, "unit": "dozens", "source": "GAZETTE", "assumption": False, "known_from": LATE,
    },
    "Counterfactual": {
        "id": "else", "label": "Another", "kind": "forbid", "act": "amnesty", "actor": "elder", "at": "2030-03-12", "level": 0.5,
        "known_from": LATE,
    },
    "Rule": {"quantity": "deaths", "op": "<", "value": 100, "scope": "north", "act": "flight", "actor": "elder",
             "outcome": "uprising"},
    "ForecastQuestion": {
        "id": "in-office", "text": "Another?", "rule": {"quantity": "outcome", "outcome": "uprising"},
        "due": "2030-03-20", "known_from": LATE,
    },
    "PriceTest": {
        "kind": "fell_at_most", "instruments": ["OIL"], "start": "2030-03-14", "end": "2030-03-13", "per_cent": 1,
        "against": "OIL",
    },
    "Statement": {
        "id": "deal", "text": "Another", "prices": None, "verdict": "another", "evidence": "another", "known_from": "2030-04-20",
    },
    "OpinionPiece": {"source": "GAZETTE", "statements": [], "known_from": "2030-04-20"},
}  # fmt: skip
"""A new value for every field but `note`, by the model that has it."""

PLACES = {
    "CaseFile": (), "Version": ("title",), "Window": ("window",), "Question": ("question",), "Fact": ("facts", 1),
    "Audience": ("audiences", 0), "Organ": ("organs", 1), "Tie": ("actors", 0, "ties", 0), "Actor": ("actors", 1),
    "Shock": ("shocks", 0), "Coverage": ("coverage", 1), "Reactor": ("reactors", 1), "Period": ("agenda", 1),
    "Hypotheses": ("hypotheses",), "Label": ("hypotheses", "labels", "phone"), "Plot": ("hypotheses", "plot"),
    "Quantity": ("hypotheses", "contacts_per_year"), "Counterfactual": ("counterfactuals", 0),
    "Rule": ("questions", 0, "rule"), "ForecastQuestion": ("questions", 0),
    "PriceTest": ("opinion_piece", "statements", 0, "prices"), "Statement": ("opinion_piece", "statements", 0),
    "OpinionPiece": ("opinion_piece",),
    "Region": ("regions.csv", 1), "Unit": ("units.csv", 1), "Source": ("sources.csv", 4), "Claim": ("ledger.csv", 3),
    "Opinion": ("opinions.csv", 0), "Price": ("prices.csv", 1), "Reaction": ("reactions.csv", 1),
}  # fmt: skip
"""Where the part stands that is changed."""

ELSEWHERE = {
    ("Claim", "target"): 10, ("Claim", "act"): 10, ("Claim", "result"): -1, ("Claim", "grade_from"): 18,
    ("Claim", "grade_before"): 18, ("Rule", "act"): ("questions", 1, "rule"), ("Rule", "outcome"): ("questions", 1, "rule"),
    ("Actor", "role"): ("actors", 8), ("Actor", "process"): ("actors", 0), ("Price", "halt"): 2,
    ("Organ", "role"): ("organs", 1), ("Actor", "ties"): ("actors", 0),
}  # fmt: skip
"""Fields that another part shows better."""


PREPARED = {
    ("Region", name): lambda case, name=name: case["shocks"][0].update(exposure=name)
    for name in ("urban_share", "hardship")
}
"""What the case must hold beside for a field to be read: a shock that names the column."""


def models():
    return {
        name: model
        for name, model in vars(schema).items()
        if isinstance(model, type) and issubclass(model, schema.Part) and model is not schema.Part
    }


def test_the_table_names_every_field_of_the_format():
    fields = {name: set(model.model_fields) - {"note"} for name, model in models().items()}
    assert {name: set(changes) for name, changes in CHANGES.items()} == fields


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields") / "base"
    write(folder, *base())
    found = dict(effects(folder))
    assert found["check"] == []
    return found


@pytest.mark.parametrize(("model", "name"), [(m, n) for m, fields in CHANGES.items() for n in fields])
def test_every_field_that_a_user_may_write_has_an_effect(before, tmp_path, model, name):
    case, tables, outline = base()
    if (model, name) in PREPARED:
        PREPARED[model, name](case)
        write(tmp_path / "prepared", case, tables, outline)
        before = dict(effects(tmp_path / "prepared"))
    where = ELSEWHERE.get((model, name), PLACES[model])
    key = models()[model].model_fields[name].alias or name
    if isinstance(where, int):
        where = (PLACES[model][0], where)
    part = tables[where[0]] if where and str(where[0]).endswith(".csv") else case
    for step in where[1:] if part is not case else where:
        part = part[step]
    assert part.get(key) != CHANGES[model][name]
    part[key] = CHANGES[model][name]
    write(tmp_path / "changed", case, tables, outline)
    differs = next((what for what, seen in effects(tmp_path / "changed") if seen != before.get(what)), None)
    assert differs is not None, f"nothing reads {model}.{name}"
