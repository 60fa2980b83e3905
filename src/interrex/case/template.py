"""The case that `interrex new NAME` writes: a small fictional country, commented, that passes check and runs.

Aurelia, its people and its papers are invented. The case is small enough to read in ten minutes and uses
every part of the format once, so that it also serves the tests as the toy case of three regions.
"""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path

from interrex.errors import CaseError, Problem, quoted

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

CASE = """\
# A case of interrex. Everything here is fictional: replace it piece by piece, and run `interrex check` often.
# Every number has a source (an id of sources.csv) or says `assumption: true`. `known_from` is the first day on
# which an analyst could know a thing: runs with --as-of leave out what was known only later.
interrex: 1
id: {name}
title: {{text: "Aurelia, spring 2030 (fictional example)", known_from: 2030-03-01}}
# What tells of later days is dated, so that a run with --as-of does not print the end. A first version without a date
# reads so at any time.
summary:
  - "A fictional country of three regions in the second year of its president."
  - {{text: "The price of heating oil doubles in a fictional country of three regions, and protests begin in the north.",
     known_from: 2030-03-11}}
  - {{text: "The price of heating oil doubles in a fictional country of three regions. Protests begin in the north,
     reach the capital within four days, and end after a concession, arrests and a promise of reform.",
     known_from: 2030-03-18}}

# The simulated days, in local time. Keep a calm stretch before the first event: it shows what calm looks like.
window: {{start: 2030-03-01, end: 2030-04-10}}
utc_offset: 2                  # hours; a unit may have its own in units.csv
default_as_of: 2030-04-10      # what `interrex run` knows unless --as-of says otherwise
calm_until: 2030-03-10

question:
  text: "Does the president of Aurelia keep his office, and by what support?"
  horizon_days: 180
  known_from: 2030-03-10

# Facts about the regime by name: those that the model reads, and with `use: context` others that are only shown.
polity:
  predecessor_birth_year: {{value: 1951, assumption: true}}
  # What `interrex risk` and the forecast of leaving office read. A real country is named as well: `country: {{value: ...}}`.
  incumbent_since: {{value: 2028-06-01, use: context, source: GAZETTE, known_from: 2028-06-01}}
  incumbent_age: {{value: 51, use: context, source: GAZETTE, known_from: 2028-06-01}}   # years, on the day of known_from
  incumbent_military_career: {{value: false, use: context, source: GAZETTE, known_from: 2028-06-01}}
  incumbent_came_by: {{value: regular, use: context, source: GAZETTE, known_from: 2028-06-01}}   # or coup, revolt, foreign
  polyarchy: {{value: 0.27, use: context, assumption: true, known_from: 2030-01-01}}   # electoral democracy, 0 to 1
  regime: {{value: personal, use: context, assumption: true, known_from: 2028-06-01}}
  executive_elections: {{value: "2023-05-14; 2028-05-14", use: context, source: GAZETTE, known_from: 2028-06-01}}
  next_executive_election: {{value: 2033-05-15, use: context, source: GAZETTE, known_from: 2028-06-01}}
  coup_attempts: {{value: none, use: context, source: GAZETTE, known_from: 2028-06-01}}   # or days with semicolons between

# Structural numbers with an id of their own.
facts:
  - {{id: police_per_100k, value: 310, unit: "persons per 100,000", source: STATISTICS, known_from: 2029-11-01}}
  - {{id: trust_start, value: 0.62, low: 0.5, high: 0.74, assumption: true, note: "no survey before March; low and high are a 90 % range"}}

# Tables beside this file.
regions: regions.csv
units: units.csv               # the populations of the units of a region sum to the region's
sources: sources.csv
ledger: ledger.csv             # one dated, graded claim a row
opinions: opinions.csv
prices: prices.csv
reactions: reactions.csv       # dated reactions from abroad; who could react is said in reactors

audiences:                     # leaning: -1 against the rulers, 1 for them
  - {{id: state_tv, name: "State television", leaning: 0.5, online: false, assumption: true}}
  - {{id: networks, name: "Open networks", leaning: 0.0, online: true, assumption: true}}
  - {{id: emigrants, name: "Emigrants", leaning: -0.8, online: true, abroad: true, assumption: true}}

organs:                        # loyal_to: an actor's id or a role
  - {{id: police, role: police, strength: 8400, loyal_to: interior, source: STATISTICS, known_from: 2029-11-01}}
  - {{id: guard, role: reinforcement, strength: 2500, loyal_to: incumbent, assumption: true}}
  - {{id: army, role: reserve, strength: 12000, loyal_to: incumbent, assumption: true}}
  - {{id: bureau, role: security_service, strength: 3000, loyal_to: elder, suspected: true, assumption: true}}

actors:                        # process: context for those who are told of but do not act in the model
  - id: president
    name: "The president of Aurelia"
    role: incumbent
    public_office: "President"
    stakes: "his office"
    ties: [{{to: elder, kind: successor_of}}]
    known_from: 2028-06-01
    source: GAZETTE
  - id: elder
    name: "The former president"
    role: predecessor
    public_office: "Chairman of the State Council"
    known_from: 2028-06-01
    source: GAZETTE
  - {{id: elders-circle, name: "Circle of the former president", role: circle, known_from: 2028-06-01, assumption: true}}
  - {{id: interior, name: "Interior ministry", role: interior_ministry, known_from: 2028-06-01, assumption: true}}
  - {{id: bureau-chiefs, name: "State Bureau", role: security_service, known_from: 2028-06-01, assumption: true}}
  - {{id: army-staff, name: "General staff", role: army, known_from: 2028-06-01, assumption: true}}
  - {{id: cabinet, name: "Cabinet", role: cabinet, known_from: 2028-06-01, assumption: true}}
  - {{id: street, name: "People in the streets", role: street, known_from: 2028-06-01, assumption: true}}
  - {{id: unions, name: "Free unions", role: civil_society, known_from: 2028-06-01, assumption: true}}
  - {{id: borealia, name: "Borealia", role: patron, known_from: 2028-06-01, assumption: true}}
  - {{id: league, name: "League of Southern States", role: foreign_state, process: context,
     known_from: 2028-06-01, assumption: true}}

shocks:                        # what came from outside; exposure names the column of regions.csv that scales it
  - {{id: oil-price, kind: price, on: 2030-03-10, exposure: fuel_exposure, known_from: 2030-03-10, source: COURIER-10}}

coverage:                      # days in which silence of the ledger means that nothing of the kind happened
  - {{what: acts, from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}}
  - {{what: crowds, from: 2030-03-01, to: 2030-04-10, known_from: 2030-03-01, assumption: true}}

reactors:                      # who could react, chosen by stakes (0 to 1) before looking at who did
  - {{id: borealia-gov, name: "Borealia", group: "Ally", patron: true, trade: 0.6, treaty: 1, utc_offset: 3,
     known_from: 2028-06-01, assumption: true}}
  - {{id: occidentia, name: "Occidentia", group: "Others", trade: 0.4, investment: 0.7, utc_offset: -5,
     known_from: 2028-06-01, assumption: true}}

agenda:                        # the crisis that reactions answer, and what hinders or draws attention meanwhile
  - {{what: crisis, from: 2030-03-11T17:00, to: 2030-03-17, known_from: 2030-03-11, assumption: true}}
  - {{what: violence, from: 2030-03-13, to: 2030-03-16, known_from: 2030-03-13, source: COURIER-14}}
  - {{what: blackout, from: 2030-03-14T16:00, to: 2030-03-16T12:00, known_from: 2030-03-14, source: COURIER-14}}
  - {{what: holiday, from: 2030-03-15, to: 2030-03-15, reactors: [occidentia], known_from: 2030-03-01, assumption: true}}

hypotheses:                    # the names are fixed; a case says what they mean and since when one could ask
  understanding: [none, ready, phone, summit]
  labels:
    none: {{label: "No understanding with Borealia beyond the treaty", known_from: 2030-03-01}}
    ready: {{label: "Borealian forces were ready for other reasons", known_from: 2030-03-01}}
    phone: {{label: "A bargain by telephone during the protests", known_from: 2030-03-16}}
    summit: {{label: "A bargain at the meeting of 5 March", known_from: 2030-03-16}}
  plot: {{label: "A plot inside the State Bureau", known_from: 2030-03-17, suspected_organ: bureau}}
  prior_odds: {{none: 1, ready: 1, phone: 1, summit: 1, plot: 1}}
  contacts_per_year: {{value: 6, low: 2, high: 12, assumption: true}}

counterfactuals:
  - {{id: price-restored, label: "Price restored on 11 March", kind: impose, act: concede_price, at: 2030-03-11,
     level: 1.0, known_from: 2030-03-10}}
  - {{id: no-shutdown, label: "No internet shutdown", kind: forbid, act: shutdown, known_from: 2030-03-14}}
  - {{id: no-deployment, label: "No deployment by Borealia", kind: forbid, act: patron_deploys, known_from: 2030-03-15}}

questions:                     # a rule settles each question by the end of `due`
  - id: crowd-10000
    text: "Do 10,000 people stand in the streets at once before 31 March?"
    rule: {{quantity: peak_crowd, op: ">=", value: 10000, scope: nation}}
    due: 2030-03-31
    known_from: 2030-03-01
  - id: patron-asked
    text: "Does the government ask Borealia for troops before 31 March?"
    rule: {{quantity: act, act: request_patron}}
    due: 2030-03-31
    known_from: 2030-03-01
  - id: in-office
    text: "Is the president in office on 30 September?"
    rule: {{quantity: in_office}}
    due: 2030-09-30
    known_from: 2030-03-01

opinion_piece:                 # statements of a commentator: claims of one source, read as inference
  source: ESSAY
  statements:
    - {{id: credit, text: "People still give the president an advance of confidence", verdict: "open",
       evidence: "two surveys of March", known_from: 2030-04-02}}
    - {{id: deal, text: "Borealia's offer of troops was agreed before the protests", verdict: "not identified",
       evidence: "no claim separates it from readiness", known_from: 2030-04-02}}

expect: []                     # such as: outcomes[uprising_succeeds] < 0.5
"""

REGIONS = """\
region,name,population,urban_share,internet_share,hardship,fuel_exposure,police_per_100k,known_from,source,assumption,note
capital,Capital District,1200000,0.98,0.86,0.35,0.40,420,2029-11-01,STATISTICS,1,exposure and hardship assumed
north,Northern Region,800000,0.55,0.66,0.60,0.90,260,2029-11-01,STATISTICS,1,exposure and hardship assumed
coast,Coast,700000,0.60,0.74,0.45,0.60,240,2029-11-01,STATISTICS,1,exposure and hardship assumed
"""

UNITS = """\
unit,name,region,population,kind,capital,lat,lon,utc_offset,source,assumption,note
aurelia-city,Aurelia City,capital,1200000,city,1,50.0,10.0,,STATISTICS,0,
northport,Northport,north,300000,city,0,52.5,9.0,,STATISTICS,0,
north-rest,Rest of the Northern Region,north,500000,district,0,53.0,10.0,,STATISTICS,0,
saltmere,Saltmere,coast,250000,city,0,49.0,7.5,,STATISTICS,0,
coast-rest,Rest of the Coast,coast,450000,district,0,48.5,8.0,,STATISTICS,0,
"""

SOURCES = """\
source,publisher,url,published,published_basis,type,audience,leaning,origin,note
STATISTICS,Statistical Office of Aurelia (fictional),,2029-11-01,dated,official,,0,,fictional example
GAZETTE,State Gazette (fictional),,2028-06-01,dated,official,,0.3,,fictional example
COURIER-10,Aurelian Courier (fictional),,2030-03-10,dated,press,networks,0,,fictional example
COURIER-12,Aurelian Courier (fictional),,2030-03-12,dated,press,networks,0,,fictional example
COURIER-14,Aurelian Courier (fictional),,2030-03-14,dated,press,networks,0,,fictional example
COURIER-17,Aurelian Courier (fictional),,2030-03-17,dated,press,networks,0,,fictional example
WIRE-11,Southern Wire (fictional),,2030-03-11,dated,agency,networks,0,southern-wire,fictional example
WIRE-13,Southern Wire (fictional),,2030-03-13,dated,agency,networks,0,southern-wire,fictional example
WIRE-15,Southern Wire (fictional),,2030-03-15,dated,agency,networks,0,southern-wire,fictional example
STATE-TV-13,State Television (fictional),,2030-03-13,dated,state,state_tv,0.6,,fictional example
STATE-TV-15,State Television (fictional),,2030-03-15,dated,state,state_tv,0.6,,fictional example
MINISTRY-18,Interior Ministry (fictional),,2030-03-18,dated,official,state_tv,0.7,,fictional example
MINISTRY-30,Interior Ministry (fictional),,2030-03-30,dated,official,state_tv,0.7,,fictional example
CIVIC-25,Civic Watch (fictional),,2030-03-25,dated,ngo,networks,-0.3,,fictional example
EXCHANGE,Aurelia Stock Exchange (fictional),,,inferred,exchange,,0,,fictional example
ESSAY,An essay (fictional),,2030-04-02,dated,opinion,,-0.2,,fictional example
"""

LEDGER_COLUMNS = (
    "id", "when", "known_from", "known_from_basis", "section", "actor", "act", "target", "place", "kind", "text",
    "value", "low", "high", "unit", "measure", "result", "sources", "origin", "grade", "basis", "use", "conflicts",
    "superseded_from", "note",
)  # fmt: skip


def _row(
    identifier: str, when: str, known: str, kind: str, text: str, sources: str, use: str, *,
    actor: str = "", act: str = "", target: str = "", place: str = "nation", value: str = "", low: str = "",
    high: str = "", measure: str = "", result: str = "", origin: str = "", grade: str = "documented", basis: str = "observed",
    conflicts: str = "", superseded: str = "", known_basis: str = "dated", note: str = "",
) -> tuple[str, ...]:  # fmt: skip
    """One row of the ledger, in the order of its columns."""
    unit = "persons" if value or low else ""
    section = (
        "Before"
        if when.lstrip("~") < "2030-03-10"
        else "Six days"
        if when.lstrip("~") < "2030-03-17"
        else "After"
    )
    return (
        identifier, when, known, known_basis, section, actor, act, target, place, kind, text, value, low, high, unit,
        measure, result, sources, origin, grade, basis, use, conflicts, superseded, note,
    )  # fmt: skip


LEDGER = (
    _row("summit-05", "2030-03-05", "2030-03-10", "context", "President and the head of Borealia meet",
         "COURIER-10", "context", actor="president", target="borealia"),
    _row("price-10", "2030-03-10", "2030-03-10", "context", "The price of heating oil doubles overnight",
         "COURIER-10", "context"),
    _row("crowd-north-11", "2030-03-11T17:00", "2030-03-11", "crowd", "Several hundred people before the town hall",
         "WIRE-11", "fit", actor="street", place="northport", low="150", high="999", measure="present",
         origin="southern-wire", grade="several"),
    _row("crowd-north-12", "2030-03-12", "2030-03-12", "crowd", "About two thousand people in Northport",
         "COURIER-12", "fit", actor="street", place="northport", value="2000", low="1400", high="3000",
         measure="taking_part", grade="several"),
    _row("crowd-coast-12", "2030-03-12", "2030-03-12", "crowd", "Dozens of people in Saltmere",
         "COURIER-12", "check", actor="street", place="saltmere", low="24", high="99", measure="taking_part",
         grade="single"),
    _row("concession-half", "2030-03-12T20:00", "2030-03-12", "act", "The price is cut by half of its rise, in the north",
         "COURIER-12", "fit", actor="president", act="concede_price", measure="0.5", basis="official"),
    _row("crowd-capital-13", "2030-03-13", "2030-03-13", "crowd", "Thousands march in Aurelia City",
         "WIRE-13", "fit", actor="street", place="aurelia-city", low="1500", high="9999", measure="taking_part",
         origin="southern-wire", grade="several"),
    _row("crowd-capital-13-state", "2030-03-13", "2030-03-13", "crowd", "A few hundred hooligans, says state television",
         "STATE-TV-13", "fit", actor="street", place="aurelia-city", low="150", high="999", measure="taking_part",
         grade="single", basis="official", conflicts="crowd-capital-13"),
    _row("crowd-north-13", "2030-03-13", "2030-03-13", "crowd", "Four thousand people in Northport",
         "WIRE-13", "check", actor="street", place="northport", value="4000", low="2800", high="6000",
         measure="taking_part", origin="southern-wire", grade="single"),
    _row("arrests-13", "2030-03-13", "2030-03-14", "arrests", "About 120 people detained on the day",
         "COURIER-14", "fit", actor="interior", target="street", value="120", low="80", high="200",
         measure="increment", grade="several"),
    _row("frame-13", "2030-03-13T21:00", "2030-03-13", "act", "The president blames paid agents from abroad",
         "STATE-TV-13", "fit", actor="president", act="frame_foreign", basis="official"),
    _row("cabinet-14", "2030-03-14T08:00", "2030-03-14", "act", "The president dismisses the cabinet",
         "COURIER-14", "fit", actor="president", act="dismiss_cabinet", target="cabinet", basis="official"),
    _row("concession-full", "2030-03-14T09:00", "2030-03-14", "act", "The old price returns everywhere for a year",
         "COURIER-14", "fit", actor="president", act="concede_price", measure="1", basis="official"),
    _row("shutdown-14", "2030-03-14T16:00/2030-03-14T20:00", "2030-03-14", "act", "Mobile internet goes down in the evening",
         "COURIER-14", "fit", actor="president", act="shutdown"),
    _row("crowd-capital-14", "2030-03-14", "2030-03-15", "crowd", "Eight thousand people in the capital",
         "WIRE-15", "fit", actor="street", place="aurelia-city", value="8000", low="5000", high="12000",
         measure="taking_part", origin="southern-wire", grade="single"),
    _row("crowd-coast-14", "2030-03-14", "2030-03-15", "crowd", "About a thousand people in Saltmere",
         "WIRE-15", "fit", actor="street", place="saltmere", value="1000", low="700", high="1500",
         measure="taking_part", origin="southern-wire", grade="single"),
    _row("request-15", "2030-03-15T11:00", "2030-03-15", "act", "The president asks Borealia for help",
         "STATE-TV-15", "fit", actor="president", act="request_patron", target="borealia", basis="official"),
    _row("patron-15", "~2030-03-15T18", "2030-03-15", "act", "Borealia says that it is ready to help",
         "WIRE-15", "fit", actor="borealia", act="patron_supports", target="president", basis="official",
         origin="southern-wire"),
    _row("deaths-15", "2030-03-15", "2030-03-17", "deaths", "Three people died, by the count of two hospitals",
         "COURIER-17", "fit", value="3", low="2", high="5", measure="cumulative", grade="several",
         basis="testimony"),
    _row("deaths-state-18", "2030-03-17", "2030-03-18", "deaths", "The ministry speaks of one death",
         "MINISTRY-18", "fit", actor="interior", value="1", low="1", high="1", measure="cumulative",
         grade="single", basis="official", conflicts="deaths-15", superseded="2030-03-30"),
    _row("deaths-state-30", "2030-03-17", "2030-03-30", "deaths", "The ministry corrects its count to four",
         "MINISTRY-30", "check", actor="interior", value="4", low="4", high="4", measure="cumulative",
         basis="official", conflicts="deaths-state-18"),
    _row("arrests-18", "2030-03-17", "2030-03-18", "arrests", "The ministry counts 640 detained in the week",
         "MINISTRY-18", "fit", actor="interior", target="street", value="640", low="500", high="800",
         measure="cumulative", basis="official"),
    _row("arrests-civic-25", "2030-03-17", "2030-03-25", "arrests", "Civic Watch has the names of 710 detained",
         "CIVIC-25", "check", actor="interior", target="street", value="710", low="650", high="900",
         measure="cumulative", grade="B2", conflicts="arrests-18"),
    _row("crowd-capital-16", "2030-03-16", "2030-03-17", "crowd", "Fewer than a hundred people in the square",
         "COURIER-17", "fit", actor="street", place="aurelia-city", low="10", high="99", measure="taking_part",
         grade="single"),
    _row("reform-17", "2030-03-17T12:00", "2030-03-17", "act", "The president promises an elected governor for the north",
         "COURIER-17", "fit", actor="president", act="promise_reform", basis="official"),
    _row("elder-silent", "2030-03-10/2030-03-17", "2030-03-17", "absence", "The former president is not seen for a week",
         "COURIER-17", "fit", actor="elder", act="predecessor_appears", grade="several"),
    _row("deal-rumour", "2030-03-05", "2030-03-17", "context", "A channel says that troops were agreed on 5 March",
         "COURIER-17", "context", actor="president", target="borealia", grade="rumour", basis="inference"),
)  # fmt: skip

OPINIONS = """\
report,audience,quantity,when,share,n,house,deff,known_from,source,grade,note,use
survey-08,state_tv,trust,2030-03-08,0.61,600,Courier panel,1.6,2030-03-10,COURIER-10,several,fictional example,fit
survey-16,state_tv,trust,2030-03-16,0.55,580,Courier panel,1.6,2030-03-17,COURIER-17,several,fictional example,fit
talks-16,networks,trust,~2030-03-16,0.52,10,talks,2,2030-03-17,COURIER-17,single,ten talks count as five,fit
frame-16,networks,frame,2030-03-16,0.30,400,Courier panel,1.8,2030-03-17,COURIER-17,single,fictional example,check
"""

PRICES = """\
point,when,venue,instrument,value,change_pct,currency,kind,halt,known_from,source,grade,note
index-08,2030-03-08,ASE,ASE 20,1000,,AUL,close,0,2030-03-08,EXCHANGE,documented,fictional example
index-13,2030-03-13,ASE,ASE 20,968,-3.2,AUL,close,0,2030-03-13,EXCHANGE,documented,fictional example
index-14,2030-03-14,ASE,ASE 20,,,AUL,close,1,2030-03-14,EXCHANGE,documented,trading halted
index-18,2030-03-18,ASE,ASE 20,981,1.3,AUL,close,0,2030-03-18,EXCHANGE,documented,fictional example
"""

REACTIONS = """\
reaction,reactor,when,kind,stance,strength,text,known_from,source,grade,claim,note
borealia-ready,borealia-gov,~2030-03-15T18,statement,for_incumbent,2,Borealia says that it is ready to help,2030-03-15,WIRE-15,documented,patron-15,fictional example
occidentia-concern,occidentia,2030-03-14,statement,neutral,1,A spokeswoman of Occidentia is concerned,2030-03-15,WIRE-15,several,,fictional example
"""


def template_files(name: str) -> dict[str, str]:
    """The files of the fictional case, by file name."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(LEDGER_COLUMNS)
    writer.writerows(LEDGER)
    return {
        "case.yaml": CASE.format(name=name),
        "regions.csv": REGIONS,
        "units.csv": UNITS,
        "sources.csv": SOURCES,
        "ledger.csv": table.getvalue(),
        "opinions.csv": OPINIONS,
        "prices.csv": PRICES,
        "reactions.csv": REACTIONS,
    }


def write_template(name: str, folder: str | Path) -> Path:
    """Write the fictional case into `folder`, which is made; its id becomes `name`. Returns the folder.

    Raises CaseError for a name that is no id, and for a folder that holds anything: nothing is overwritten.
    """
    if _NAME.fullmatch(name) is None:
        raise CaseError(
            Problem(
                "",
                0,
                0,
                "",
                f"{quoted(name)} cannot name a case",
                "use letters, digits, '-', '_' and '.' only",
            )
        )
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CaseError(
                Problem("", 0, 0, "", f"the folder {quoted(str(folder))} is not empty", "choose another name")
            )
        for file, text in template_files(name).items():
            # O_EXCL: a file that appears meanwhile is not overwritten either.
            handle = os.open(folder / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError as error:
        raise CaseError(
            Problem(
                "", 0, 0, "", f"{quoted(str(folder))} cannot be written ({error.strerror})", "choose another place"
            )
        ) from None
    return folder
