"""What a case counts and asks can be meant, can happen where it says, and can be answered."""

import pytest

from interrex.case import check_case, counts
from interrex.case.template import write_template


@pytest.fixture
def toy(tmp_path):
    return write_template("toy", tmp_path / "toy")


def after(folder, file, old, new):
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return check_case(folder)


SALTMERE = "street,,,saltmere,crowd,About a thousand people in Saltmere,1000,700,1500,persons"
REFUSED = [
    ("ledger.csv", SALTMERE, SALTMERE.replace("saltmere", "saltmere;northport", 1).replace("1500", "600000"),
     "600,000 are more than the 550,000 people of saltmere;northport"),
    ("ledger.csv", SALTMERE, SALTMERE.replace("1000,700,1500", "1.000,,"),
     "1.000 is read as 1, and may be meant as 1000; write a count of persons with digits only"),
    ("ledger.csv", SALTMERE, SALTMERE.replace("1000,700,1500", "1.250,,"), "1.250 is read as 1.25, and may be meant as 1250"),
    ("ledger.csv", SALTMERE, SALTMERE.replace("1000,700", "1000.5,700"), "1000.5 is no count; a count of persons has no decimals"),
    ("ledger.csv", SALTMERE, SALTMERE.replace("persons", "thousand"),
     "the unit is 'thousand'; write the number of persons, and leave unit empty: crowd is counted in persons"),
    ("ledger.csv", SALTMERE, SALTMERE.replace("1500", "300000"),
     "300,000 are more than the 250,000 people of saltmere; correct the number or the place, or set use to context"),
    ("ledger.csv", "3,2,5,persons,cumulative", "3,2,5,dozen,cumulative", "deaths is counted in persons"),
    ("ledger.csv", SALTMERE + ",taking_part,,WIRE-15,southern-wire", SALTMERE + ",taking_part,,WIRE-15,Unknown",
     "'Unknown' is no origin: strangers would count as one witness; leave it empty"),
    ("ledger.csv", "president,frame_foreign", "president,exile_claims",
     "no actor of role opposition_exile acts in this case, and exile_claims is an act of that role"),
    ("ledger.csv", "president,promise_reform", "president,purge_kin", "no actor has the role kin, which purge_kin is directed at"),
    ("ledger.csv", "elder,predecessor_appears", "president,incumbent_appears",
     "incumbent_appears of president is not read as an absence"),
    ("case.yaml", "process: context,\n", "process: context, nobody: 1,\n", "unknown key 'nobody'"),
    ("case.yaml", "act: patron_deploys,", "act: market_halt,", "no actor of role market acts in this case"),
    ("case.yaml", "kind: forbid, act: shutdown,", "kind: forbid, act: shutdown, level: 0.5,",
     "a forbidden act has no day and no level; leave at and level out"),
    ("case.yaml", "{quantity: act, act: request_patron}", "{quantity: act, act: firm_cuts_output}", "no actor of role firm acts"),
    ("case.yaml", "{quantity: act, act: request_patron}", '{quantity: act, act: request_patron, op: ">="}',
     "half a comparison; give both op and a number of times"),
    ("case.yaml", "{quantity: act, act: request_patron}", "{quantity: act, act: request_patron, scope: north}",
     "a rule on act does not read scope; leave scope out"),
    ("case.yaml", "{quantity: in_office}", "{quantity: in_office, outcome: uprising}", "a rule on in_office does not read outcome"),
    ("case.yaml", "{quantity: in_office}", "{quantity: in_office, actor: elder}", "'elder' is no incumbent of this case"),
    ("case.yaml", "{quantity: act, act: request_patron}", "{quantity: act, act: request_patron, actor: cabinet}",
     "'cabinet' is no incumbent of this case; leave actor out, or name one of that role"),
    ("case.yaml", "{quantity: act, act: request_patron}", "{quantity: act, act: request_patron, actor: prezident}",
     "unknown actor 'prezident'; did you mean 'president'?"),
    ("case.yaml", "kind: forbid, act: shutdown,", "kind: forbid, act: shutdown, actor: president,",
     "'president' is no security_service of this case"),
    ("case.yaml", "{quantity: in_office}", "{quantity: in_office, value: 3}", "a rule on in_office does not read value"),
    ("case.yaml", "{quantity: in_office}", "{quantity: outcome, outcome: triumph}", "'triumph' is no outcome; use one of protracted_"),
    ("case.yaml", "{quantity: in_office}", "{quantity: outcome}", "a rule on the outcome names none; add outcome: one of"),
    ("case.yaml", "value: 10000, scope: nation", "value: 10.000, scope: nation", "10.000 is read as 10, and may be meant as 10000"),
    ("case.yaml", "value: 10000, scope: nation", "value: 900000, scope: north", "900,000 are more than the 800,000 people of north"),
    ("case.yaml", "value: 10000, scope: nation", "value: 10000, scope: saltmere", "crowds of 'saltmere' are kept within those of its"),
    ("case.yaml", "{quantity: peak_crowd, op: \">=\", value: 10000, scope: nation}",
     "{quantity: deaths, op: \">=\", value: 10, scope: north}", "a rule on deaths does not read scope"),
    ("case.yaml", "scope: nation}\n    due: 2030-03-31", "scope: nation}\n    due: 2030-05-31",
     "2030-05-31 lies after the window, and histories count no longer than that"),
    ("case.yaml", "{none: 1, ready: 1,", "{none: 1.0e300, ready: 1,", "1e+300 is out of range; it must be at most 1e+06"),
    ("case.yaml", "contacts_per_year: {value: 6, low: 2,", "contacts_per_year: {value: 6, low: 0,", "0 is out of range; it must be above 0"),
    ("case.yaml", "exposure: fuel_exposure, known", "exposure: fuel_exposure, size: 1.0e300, known", "it must be at most 10"),
    ("case.yaml", "strength: 2500", "strength: 2.500", "2.500 is read as 2.5, and may be meant as 2500"),
    ("case.yaml", "strength: 2500", "strength: 25000000", "25,000,000 are more than live here"),
    ("prices.csv", "ASE 20,968,-3.2", "ASE 20,968,-0.032",
     "968 after 1000 is -3.2 per cent, the cell says -0.032; write the change in per cent, not as a share"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "sentence"), REFUSED, ids=[r[3][:60] for r in REFUSED])
def test_what_cannot_be_meant_is_refused_alone_and_at_its_place(toy, file, old, new, sentence):
    found = after(toy, file, old, new)
    assert len(found.problems) == 1 and sentence in str(found.problems[0]), list(map(str, found.problems))
    assert found.problems[0].file == file and found.problems[0].line > 1


def test_counts_as_pandas_writes_them_and_other_units_of_other_kinds_pass(toy):
    assert after(toy, "ledger.csv", SALTMERE, SALTMERE.replace("1000,700,1500", "1000.0,700.0,1500.0")).problems == ()
    price = "context,The price of heating oil doubles overnight,,,,"
    assert after(toy, "ledger.csv", price, price[:-1].removesuffix(",,") + "1.5,,,crowns").problems == ()


def test_a_crowd_beyond_the_range_of_the_model_is_warned_of(toy):
    old = "crowd-capital-14,2030-03-14,2030-03-15,dated,Six days,street,,,aurelia-city,crowd,Eight thousand people in the capital,8000,5000,12000"
    found = after(toy, "ledger.csv", old, old.replace("8000,5000,12000", "150000,,"))
    assert found.problems == ()
    assert any("150,000 are more than 5% of the nation, which is beyond the range of the model" in str(w) for w in found.warnings)


def test_the_range_is_that_of_conditioning():
    from interrex.inference import model

    assert counts.RANGE == model.STOP_HIGH


def test_a_text_that_leans_on_the_one_before_is_warned_of(toy):
    found = after(toy, "ledger.csv", "The president asks Borealia for help", "He asks Borealia for help")
    assert found.problems == () and len(found.warnings) == 1
    assert "the text begins with 'He', and the timeline prints it alone; name who or what it is" in str(found.warnings[0])
