"""The as-of firewall: what is known only after a day may change, and the cut at that day does not."""

import copy
import csv
import json
import random
from datetime import date, timedelta
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from interrex.case import load_case
from interrex.case.template import template_files
from interrex.case.yaml_core import read_yaml

START = date(2030, 2, 25)


@cache
def files():
    found = template_files("toy")
    tables = {
        name: list(csv.DictReader(text.splitlines())) for name, text in found.items() if name.endswith(".csv")
    }
    # Let something depend on the future in every way that the format has.
    for row in tables["ledger.csv"]:
        row.setdefault("grade_from", "")
        row.setdefault("grade_before", "")
        if row["id"] == "deaths-15":
            row |= {"grade_from": "2030-03-25", "grade_before": "rumour"}
        if row["id"] == "crowd-capital-14":  # known live, its source published later
            row |= {
                "known_from": "2030-03-14",
                "known_from_basis": "contemporaneous",
                "note": "live pictures",
            }
        if row["id"] == "crowd-north-12":
            row |= {"sources": "COURIER-12;COURIER-17;CIVIC-25"}
    tables["regions.csv"][1]["known_from"] = "2030-03-14"
    structure = read_yaml(found["case.yaml"], "case.yaml", []).value
    structure["question"]["known_from"] = "2030-03-15"
    return structure, tables


def write(folder, structure, tables):
    folder.mkdir()
    (folder / "case.yaml").write_text(json.dumps(structure, indent=1))  # JSON is YAML
    for name, rows in tables.items():
        with open(folder / name, "w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def altered(structure, tables, day, rng):
    """The same past, another future: what is known after `day` changed, dropped, added, and all shuffled."""

    def future(entry, name="known_from"):
        return bool(entry.get(name)) and str(entry[name]) > day.isoformat()

    def later():
        return (day + timedelta(days=rng.randint(1, 60))).isoformat()

    structure = copy.deepcopy(structure)
    tables = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    gone = set()
    ledger = tables["ledger.csv"]
    for row in ledger:
        if future(row):
            if rng.random() < 0.3:
                gone.add(row["id"])
                continue
            row |= {
                "text": f"altered {rng.random()}",
                "grade": "C3",
                "use": "context",
                "kind": "context",
                "act": "",
                "value": str(rng.randint(0, 9)),
                "low": "",
                "high": "",
                "measure": "",
                "actor": "",
                "target": "",
                "place": "coast",
                "sources": "STATISTICS",
                "origin": "",
                "known_from": later(),
                "when": day.isoformat(),
                "known_from_basis": "inferred",
                "superseded_from": "",
                "conflicts": "",
                "grade_from": "",
                "grade_before": "",
            }
        if future(row, "superseded_from"):
            row["superseded_from"] = rng.choice(["", later()])
        if future(row, "grade_from"):
            row |= {"grade": rng.choice(["documented", "hypothesis"]), "grade_from": later()}
    ledger[:] = [row for row in ledger if row["id"] not in gone]
    for row in ledger:
        row["conflicts"] = ";".join(c for c in row["conflicts"].split(";") if c not in gone)
    blank = dict.fromkeys(ledger[0], "")
    for i in range(rng.randint(0, 3)):
        ledger.append(
            blank
            | {
                "id": f"new-{i}",
                "when": day.isoformat(),
                "known_from": later(),
                "known_from_basis": "inferred",
                "kind": "context",
                "text": "news",
                "sources": "STATISTICS",
                "grade": "single",
                "basis": "observed",
                "use": "context",
                "conflicts": rng.choice(ledger)["id"] if ledger else "",
            }
        )
    for row in tables["sources.csv"]:
        if future(row, "published"):
            row |= {
                "publisher": f"altered {rng.random()}",
                "published": later(),
                "type": "memory",
                "leaning": "1",
            }
    for row in tables["opinions.csv"]:
        if future(row):
            row |= {
                "share": "0.11",
                "n": "7",
                "known_from": later(),
                "when": day.isoformat(),
                "audience": "emigrants",
            }
    for row in tables["prices.csv"]:
        if future(row):
            row |= {"value": "1", "known_from": later(), "when": day.isoformat(), "venue": "elsewhere"}
    for row in tables["reactions.csv"]:
        if future(row):
            row |= {
                "strength": "5",
                "known_from": later(),
                "when": day.isoformat(),
                "text": "altered",
                "claim": "",
            }
    for row in tables["regions.csv"]:
        if future(row):
            row |= {
                "hardship": "0.01",
                "fuel_exposure": "0.99",
                "police_per_100k": "1",
                "known_from": later(),
                "note": "new",
            }
    for name in ("counterfactuals", "questions"):
        structure[name] = [e for e in structure[name] if not future(e) or rng.random() < 0.5]
        for entry in structure[name]:
            if future(entry):
                entry |= {"id": f"other-{rng.random()}"[:12], "known_from": min(later(), "2030-03-30")}
                entry["known_from"] = max(entry["known_from"], (day + timedelta(days=1)).isoformat())
                if name == "questions":
                    entry["due"] = "2030-04-10"
    hypotheses = structure["hypotheses"]
    for label in [*hypotheses["labels"].values(), hypotheses["plot"]]:
        if isinstance(label, dict) and future(label):
            label |= {"label": f"altered {rng.random()}", "known_from": later()}
    if future(hypotheses["plot"]):
        hypotheses["plot"]["suspected_organ"] = "army"
        for organ in structure["organs"]:
            organ["suspected"] = organ["id"] == "army"
    if future(structure["question"]):
        structure["question"] |= {"text": "altered", "known_from": later()}
    for name in ("title", "summary"):
        versions = structure[name] if isinstance(structure[name], list) else [structure[name]]
        past = [v for v in versions if isinstance(v, str) or not future(v)]
        days = sorted({later() for _ in range(rng.randint(0 if past else 1, 2))})
        structure[name] = past + [{"text": f"altered {rng.random()}", "known_from": d} for d in days]
    for entry in structure["coverage"]:
        if entry["to"] > day.isoformat():
            entry["to"] = max(later(), entry["from"])
    for period in structure["agenda"]:
        if str(period["known_from"]) > day.isoformat():
            period |= {"from": later(), "to": "2030-08-01", "reactors": []}
            period["known_from"] = period["from"]
        elif str(period["to"])[:10] > day.isoformat():
            period["to"] = max(later(), str(period["from"])[:10])
    if structure["calm_until"] > day.isoformat():
        structure["calm_until"] = min(max(later(), "2030-03-01"), "2030-04-10")
    for shock in structure["shocks"]:
        if future(shock):
            shock |= {"size": 0.5, "known_from": later(), "exposure": "hardship"}
    if day < date(2030, 4, 2):
        structure["opinion_piece"]["statements"] = [{"id": "x", "text": "altered"}]
    if day < date(2030, 4, 10):
        structure["expect"] = ["outcomes[flight] < 0.5"]
    for rows in tables.values():
        rng.shuffle(rows)
    for name in (
        "audiences",
        "organs",
        "actors",
        "coverage",
        "counterfactuals",
        "questions",
        "facts",
        "reactors",
        "agenda",
    ):
        rng.shuffle(structure[name])
    return structure, tables


@settings(max_examples=50, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(offset=st.integers(0, 44), seed=st.integers(0, 2**32))
def test_another_future_leaves_the_cut_identical(tmp_path_factory, offset, seed):
    day = START + timedelta(days=offset)
    folder = tmp_path_factory.mktemp("future")
    write(folder / "a", *files())
    write(folder / "b", *altered(*files(), day, random.Random(seed)))
    one, two = load_case(folder / "a").as_of(day), load_case(folder / "b").as_of(day)
    assert one.canonical_bytes() == two.canonical_bytes()
    assert one.claims == two.claims and one.regions == two.regions and list(one.sources) == list(two.sources)


def test_the_test_can_fail(tmp_path):
    structure, tables = files()
    day = date(2030, 3, 14)
    write(tmp_path / "a", structure, tables)
    changed = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    row = next(r for r in changed["ledger.csv"] if r["id"] == "crowd-north-11")
    row["text"] = "another past"
    write(tmp_path / "b", structure, changed)
    assert (
        load_case(tmp_path / "a").as_of(day).fingerprint != load_case(tmp_path / "b").as_of(day).fingerprint
    )
