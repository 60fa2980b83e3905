"""A case with mistakes: every one is told at once, at its place, with what would be right."""

import json

import pytest

from interrex.case import check_case, load_case
from interrex.case.template import template_files, write_template
from interrex.errors import CaseError


@pytest.fixture
def toy(tmp_path):
    return write_template("toy", tmp_path / "toy")


def edit(folder, file, *changes):
    """Replace texts in a file, each of which must be there once; return nothing."""
    text = (folder / file).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, (file, old, text.count(old))
        text = text.replace(old, new)
    (folder / file).write_text(text, encoding="utf-8")


def line_of(folder, file, fragment):
    """Number of the one line of a file that holds a text."""
    lines = [
        i
        for i, line in enumerate((folder / file).read_text(encoding="utf-8").split("\n"), 1)
        if fragment in line
    ]
    assert len(lines) == 1, (file, fragment, lines)
    return lines[0]


def test_the_template_is_without_mistakes_and_without_warnings(toy):
    found = check_case(toy)
    assert found.problems == () and found.warnings == ()
    case = load_case(toy)
    assert case.id == "toy" and len(case.regions) == 3 and len(case.claims) >= 25
    assert {c.use for c in case.claims} == {"fit", "check", "context"}


# Each: file, text to replace, replacement, a text of the line where the mistake is told, and the sentence.
PLANTED = [
    ("case.yaml", "role: predecessor\n", "role: king\n", "role: king", "'king' is no role of an actor"),
    ("case.yaml", "kind: successor_of}", "kind: successor_of, since: 3}", "since: 3", "unknown key 'since'"),
    ("case.yaml", "utc_offset: 2  ", "utc_offset: two", "utc_offset: two", "'two' is not a number"),
    (
        "case.yaml",
        "start: 2030-03-01, end: 2030-04-10}",
        "start: 2030-04-10, end: 2030-03-01}",
        "window: {",
        "the window ends on 2030-03-01, before it starts on 2030-04-10",
    ),
    ("case.yaml", "strength: 2500", "strength: .inf", "strength: .inf", ".inf is not a finite number"),
    (
        "case.yaml",
        "role: cabinet, known_from: 2028-06-01",
        "role: cabinet",
        "id: cabinet,",
        "'known_from' is missing",
    ),
    (
        "case.yaml",
        "act: patron_deploys",
        "act: patron_invades",
        "patron_invades",
        "'patron_invades' is no act kind",
    ),
    (
        "case.yaml",
        '{quantity: peak_crowd, op: ">=", value: 10000',
        "{quantity: peak_crowd, value: 10000",
        "peak_crowd",
        "a rule on peak_crowd needs op and a number",
    ),
    (
        "case.yaml",
        "expect: []",
        'expect: ["import os"]',
        "import os",
        "'import os' is no statement about an answer",
    ),
    ("case.yaml", "title:", "titel: x\ntitle:", "titel", "unknown key 'titel'; did you mean 'title'?"),
    ("regions.csv", "0.98,0.86", "0.98,1.86", "capital,Cap", "1.86 is out of range; it must be at most 1"),
    (
        "regions.csv",
        "coast,Coast,700000",
        "coast,Coast,700001",
        "700001",
        "the units of 'coast' hold 700,000 people",
    ),
    (
        "ledger.csv",
        "street,,,saltmere,crowd,About",
        "street,,,saltmeer,crowd,About",
        "saltmeer",
        "unknown region or unit 'saltmeer'; did you mean 'saltmere'?",
    ),
    (
        "sources.csv",
        "COURIER-12,Aurelian Courier (fictional),,",
        "COURIER-12,Aurelian Courier (fictional),javascript:x,",
        "javascript",
        "'javascript:x' is no web address",
    ),
    (
        "sources.csv",
        "EXCHANGE,",
        "WIRE-13,X,,,inferred,press,,0,,\nEXCHANGE,",
        "WIRE-13,X",
        "the id 'WIRE-13' stands twice (first in line",
    ),
    (
        "ledger.csv",
        "concession-half,2030-03-12T20:00,2030-03-12,",
        "concession-half,2030-03-12T20:00,2030-03-11,",
        "concession-half",
        "the claim is known from 2030-03-11, before it happens (2030-03-12T20:00)",
    ),
    ("ledger.csv", ",2000,1400,3000,", ",2000,2400,3000,", ",2400,", "low 2400 is above value 2000"),
    ("ledger.csv", ",8000,5000,12000,", ",nan,5000,12000,", ",nan,", "'nan' stands where a cell is empty; leave such cells empty"),
    ("ledger.csv", ",120,80,200,", ",-120,,200,", ",-120,", "the magnitude -120 is negative"),
    (
        "ledger.csv",
        "president,dismiss_cabinet,",
        "president,,",
        "cabinet-14",
        "a claim of kind act names no act",
    ),
    (
        "ledger.csv",
        "president,request_patron,borealia",
        "prezident,request_patron,borealia",
        "prezident",
        "unknown actor 'prezident'; did you mean 'president'?",
    ),
    (
        "ledger.csv",
        ",1000,700,1500,persons,",
        ",,,,persons,",
        "crowd-coast-14",
        "a claim of crowd with use fit has no magnitude",
    ),
    ("ledger.csv", ",B2,", ",B7,", ",B7,", "'B7' is no grade"),
    (
        "ledger.csv",
        "fit,crowd-capital-13,",
        "fit,crowd-capital-31,",
        "crowd-capital-31",
        "unknown claim 'crowd-capital-31'",
    ),
    (
        "ledger.csv",
        "reform-17,2030-03-17T12:00,2030-03-17",
        "reform-17,2030-02-17T12:00,2030-03-17",
        "reform-17",
        "lies outside the window",
    ),
    ("prices.csv", "ASE 20,981,", "ASE 20,-981,", "index-18", "-981.0 is out of range; it must be above 0"),
    (
        "reactions.csv",
        "occidentia-concern,occidentia,",
        "occidentia-concern,occidental,",
        "occidental",
        "unknown reactor 'occidental'; did you mean 'occidentia'?",
    ),
    ("reactions.csv", "for_incumbent,2,", "for_incumbent,7,", "borealia-ready", "7 is out of range"),
    ("opinions.csv", "0.61", "1.61", "survey-08", "1.61 is out of range"),
    ("opinions.csv", "talks-16,networks", "talks-16,network", "talks-16", "unknown audience 'network'"),
]


def test_all_mistakes_of_many_kinds_are_told_at_once_at_their_lines(toy):
    planted = [
        p for p in PLANTED if "lies outside the window" not in p[4]
    ]  # the planted window hides that one
    for file, old, new, _, _ in planted:
        edit(toy, file, (old, new))
    with pytest.raises(CaseError) as error:
        load_case(toy)
    told = error.value.problems
    for file, _, _, fragment, sentence in planted:
        here = [p for p in told if sentence in str(p)]
        assert len(here) == 1, (sentence, [str(p) for p in told])
        assert (here[0].file, here[0].line) == (file, line_of(toy, file, fragment)), str(here[0])
        assert here[0].column >= 1 and here[0].remedy
    assert len(planted) >= 20
    # Nothing besides is told: no mistake hides behind, or causes, another.
    assert len(told) == len(planted), [str(p) for p in told]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p[4][:50])
def test_each_mistake_alone_is_told_alone(toy, planted):
    file, old, new, fragment, sentence = planted
    edit(toy, file, (old, new))
    found = check_case(toy)
    assert len(found.problems) == 1, [str(p) for p in found.problems]
    assert sentence in str(found.problems[0])
    assert found.problems[0].line == line_of(toy, file, fragment)
    assert found.case is None


MORE = [
    (
        "case.yaml",
        "interrex: 1\n",
        "interrex: 2\n",
        "written in format 2, this interrex reads 1; install a newer interrex",
    ),
    ("case.yaml", "ledger: ledger.csv", "ledger: ../ledger.csv", "leaves the folder of the case"),
    ("case.yaml", "ledger: ledger.csv", "ledger: /etc/passwd", "leaves the folder of the case"),
    ("case.yaml", "ledger: ledger.csv", "ledger: missing.csv", "there is no file 'missing.csv'"),
    ("case.yaml", "id: toy", "id: NO", None),
    (
        "case.yaml",
        "predecessor_birth_year: {value: 1951, assumption: true}",
        "predecessor_birth_year: {value: 1951}",
        "there is no source",
    ),
    (
        "case.yaml",
        "predecessor_birth_year: {value: 1951, assumption: true}",
        "predecessor_birth_year: {value: 1951, assumption: yes}",
        "'yes' is not true or false",
    ),
    ("case.yaml", "suspected_organ: bureau}", "suspected_organ: buro}", "unknown organ 'buro'"),
    (
        "case.yaml",
        "contacts_per_year: {value: 6, low: 2",
        "contacts_per_year: {value: 6, low: 7",
        "low 7 is above value 6",
    ),
    ("case.yaml", "none: 1, ready: 1, phone", "none: 0, ready: 1, phone", "must be at least 1e-06"),
    ("case.yaml", "none: 1, ready: 1, phone", "none: 1, phone", "'ready' has no prior odds"),
    ("case.yaml", "{to: elder,", "{to: elders,", "unknown actor 'elders'"),
    (
        "case.yaml",
        "from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}\n  - {what: crowds",
        "from: 2030-05-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}\n  - {what: crowds",
        "the coverage ends",
    ),
    ("case.yaml", "source: ESSAY", "source: ESAY", "unknown source 'ESAY'"),
    ("case.yaml", "due: 2030-09-30", "due: 2029-09-30", "2029-09-30 lies before the window"),
    ("case.yaml", "value: 310", "value: [310]", "is not"),
    ("case.yaml", "audiences: ", "audiences: 5\nold: ", "5 is not a list"),
    ("ledger.csv", "id,when,known_from,", "id,when,known,", "the column 'known_from' is missing"),
    (
        "ledger.csv",
        "crowd-coast-14,2030-03-14,2030-03-15",
        "crowd-coast-14,2030-03-14,",
        "the cell 'known_from' is empty",
    ),
    ("ledger.csv", "persons,increment", "persons,jailed", "does not say what arrests counts"),
    ("ledger.csv", ",0.5,", ",1.5,", "'1.5' is no level of an act"),
    (
        "ledger.csv",
        "southern-wire,several,observed,fit,,,\ncrowd-north-12",
        "southern-wire,several,seen,fit,,,\ncrowd-north-12",
        "'seen' is not allowed here; use one of observed, official, testimony or inference",
    ),
    (
        "ledger.csv",
        "2030-03-30,\ndeaths-state-30",
        "2030-03-01,\ndeaths-state-30",
        "superseded on 2030-03-01, before it was known",
    ),
    (
        "units.csv",
        "saltmere,Saltmere,coast",
        "saltmere,Saltmere,cost",
        "unknown region 'cost'; did you mean 'coast'?",
    ),
    ("units.csv", "north-rest,Rest", "coast,Rest", "'coast' is a region too"),
    ("units.csv", "city,0,52.5", "city,0,152.5", "152.5 is out of range"),
    ("reactions.csv", "2030-03-14,statement", "2030-03-16,statement", "before it happens (2030-03-16)"),
    ("reactions.csv", "2030-03-14,statement", "2030-03-14,letter", "'letter' is no kind of reaction"),
    ("reactions.csv", "several,,fictional", "several,patron-51,fictional", "unknown claim 'patron-51'"),
    ("case.yaml", "what: violence, from", "what: crisis, from", "a second crisis stands in the agenda"),
    ("case.yaml", "what: crisis, from", "what: talks, from", "the agenda names no crisis; add to agenda"),
    ("case.yaml", "reactors: [occidentia]", "reactors: [occident]", "unknown reactor 'occident'"),
    (
        "case.yaml",
        "from: 2030-03-13, to: 2030-03-16, known_from: 2030-03-13, source: COURIER-14",
        "from: 2030-03-13, to: 2030-03-12, known_from: 2030-03-13, source: COURIER-14",
        "the period ends (2030-03-12) before it starts (2030-03-13)",
    ),
    (
        "case.yaml",
        "utc_offset: 3,\n     known_from: 2028-06-01, assumption: true",
        "utc_offset: 3,\n     known_from: 2028-06-01",
        "there is no source",
    ),
    ("case.yaml", "treaty: 1,", "treaty: 2,", "is out of range"),
    ("regions.csv", "Northern Region,800000", "Northern Region,800 000", "'800 000' is not a whole number"),
]


@pytest.mark.parametrize("case", MORE, ids=lambda c: str(c[3])[:40])
def test_further_sentences(toy, case):
    file, old, new, sentence = case
    edit(toy, file, (old, new))
    found = check_case(toy)
    if sentence is None:
        assert found.problems == ()
    else:
        assert any(sentence in str(p) for p in found.problems), [str(p) for p in found.problems]


def test_the_country_code_no_stays_text(toy):
    edit(toy, "case.yaml", ("id: toy", "id: NO"))
    assert load_case(toy).id == "NO"


WARNINGS = [
    ("case.yaml", "act: shutdown, known_from: 2030-03-14}", "act: shutdown}", "known_from is missing"),
    (
        "ledger.csv",
        "fit,crowd-capital-13,",
        "fit,crowd-capital-13;deaths-15,",
        "'deaths-15' is known only from 2030-03-17",
    ),
    (
        "ledger.csv",
        "crowd-coast-14,2030-03-14,2030-03-15",
        "crowd-coast-14,2030-03-14,2030-03-14",
        "earliest source is of 2030-03-15",
    ),
    (
        "regions.csv",
        "0.40,420,2029-11-01",
        "0.40,420,2030-03-20",
        "known only from 2030-03-20, after the window begins",
    ),
    ("case.yaml", '    ready: {label: "Borealian forces were ready for other reasons", known_from: 2030-03-01}\n', "", "'ready' has no label"),
    (
        "reactions.csv",
        "occidentia,2030-03-14,",
        "occidentia,2030-03-10,",
        "2030-03-10 lies before the crisis begins",
    ),
    ]


@pytest.mark.parametrize("case", WARNINGS, ids=lambda c: c[3][:40])
def test_warnings_do_not_stop_a_case(toy, case):
    file, old, new, sentence = case
    edit(toy, file, (old, new))
    found = check_case(toy)
    assert found.problems == () and found.case is not None
    assert any(sentence in str(w) for w in found.warnings), [str(w) for w in found.warnings]


def test_units_smaller_than_the_reference_scale_are_named(toy):
    edit(
        toy,
        "units.csv",
        ("Saltmere,coast,250000", "Saltmere,coast,40000"),
        ("the Coast,coast,450000", "the Coast,coast,660000"),
    )
    found = check_case(toy)
    assert found.problems == ()
    assert any("one agent is more than 0.0002 of this unit" in str(w) for w in found.warnings)


def test_a_map_must_name_the_regions(toy):
    def write(*regions):
        square = [[[7, 48], [8, 48], [8, 49], [7, 48]]]
        features = [
            {
                "type": "Feature",
                "properties": {"region": r},
                "geometry": {"type": "Polygon", "coordinates": square},
            }
            for r in regions
        ]
        (toy / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    write("capital", "north", "coast")
    case = load_case(toy)
    assert case.map is not None and case.map["features"][0]["geometry"]["type"] == "MultiPolygon"
    write("capital", "north")
    assert any("'coast' is not on the map" in str(w) for w in check_case(toy).warnings)
    write("capital", "south")
    assert any("unknown region 'south'" in str(p) for p in check_case(toy).problems)


def test_a_case_that_is_not_there():
    with pytest.raises(CaseError, match=r"there is no case 'nowhere'; give a folder that holds case\.yaml"):
        load_case("nowhere")


def test_the_template_overwrites_nothing(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("x")
    with pytest.raises(CaseError, match="not empty"):
        write_template("mine", tmp_path / "mine")
    with pytest.raises(CaseError, match="cannot name a case"):
        write_template("../mine", tmp_path / "other")
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == ["notes"]
    assert set(template_files("x")) >= {"case.yaml", "ledger.csv"}


def test_the_json_schema_accepts_the_template_keys(toy):
    from interrex.case.json_schema import json_schema

    schema = json_schema()
    json.dumps(schema)
    assert "interrex" in schema["required"] and "hypotheses" in schema["properties"]
    assert schema["additionalProperties"] is False


def test_a_case_is_frozen_and_defaults_are_filled_in(toy):
    case = load_case(toy)
    with pytest.raises(Exception, match="frozen"):
        case.title = "x"
    assert all(unit.utc_offset == 2 for unit in case.units)
    origins = {claim.id: claim.origin for claim in case.claims}
    assert origins["crowd-north-11"] == "southern-wire" and origins["arrests-13"] == "COURIER-14"


def test_importing_the_case_package_imports_no_numerical_library():
    import subprocess
    import sys

    code = (
        "import sys, interrex.case; "
        "print([m for m in ('numpy','numba','scipy','matplotlib','xarray','pandas') if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def with_coup(folder, **cells):
    """The toy with two reports of one coup: the attempt, and three days later how it ended."""
    text = (folder / "ledger.csv").read_text(encoding="utf-8")
    header = text.split("\n", 1)[0].split(",")
    blank = dict.fromkeys(header, "") | {
        "known_from_basis": "dated", "actor": "army-staff", "act": "coup_attempt", "place": "nation", "kind": "act",
        "grade": "documented", "basis": "observed", "use": "fit", "sources": "COURIER-17", "target": "president",
    }  # fmt: skip
    rows = [
        blank | {"id": "coup", "when": "2030-03-17T04:00", "known_from": "2030-03-17", "text": "Tanks in the capital"},
        blank
        | {
            "id": "coup-end", "when": "2030-03-17T04:00", "known_from": "2030-03-20", "text": "The junta rules",
            "known_from_basis": "inferred", "result": "succeeded", "conflicts": "coup",
        }
        | cells,
    ]  # fmt: skip
    lines = "".join(",".join(row[name] for name in header) + "\n" for row in rows)
    (folder / "ledger.csv").write_text(text + lines, encoding="utf-8")


def test_how_an_act_ended_is_known_from_the_day_of_its_own_row(toy):
    with_coup(toy)
    found = check_case(toy)
    assert found.problems == () and found.warnings == ()
    for day, told in (("2030-03-19", [""]), ("2030-03-20", ["", "succeeded"])):
        assert [c.result for c in found.case.as_of(day).claims if c.act == "coup_attempt"] == told


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"act": "concede_price"}, "concede_price neither succeeds nor fails; leave result empty"),
        ({"kind": "context", "act": ""}, "context neither succeeds nor fails; leave result empty"),
        ({"result": "suceeded"}, "'suceeded' is no result of an act; use one of succeeded, failed"),
    ],
)
def test_a_result_that_means_nothing_is_refused(toy, cells, sentence):
    with_coup(toy, **cells)
    told = check_case(toy).problems
    assert len(told) == 1 and sentence in str(told[0])
    assert told[0].line == line_of(toy, "ledger.csv", "coup-end") and "result" in told[0].path
