"""What the case was given stands in the report, entry by entry, with what reads it."""

import pytest
import xarray as xr

from interrex.case import load_case
from interrex.case.template import write_template
from interrex.report.read import Results
from interrex.topics.inputs.answer import inputs
from interrex.topics.inputs.section import SECTION


@pytest.fixture
def told(tmp_path):
    case = load_case(write_template("toy", tmp_path / "toy"))

    def rows(day="2030-04-10", **changes):
        cut = case.as_of(day)
        cut = cut.model_copy(update={name: change(getattr(cut, name)) for name, change in changes.items()})
        (table,) = SECTION.fill(Results(xr.DataTree.from_dict({"/inputs": inputs(cut)})), {})
        return [" | ".join("".join(s.text for s in cell.spans) for cell in row.cells) for row in table.rows]

    return rows


def test_each_kind_of_entry_says_what_reads_it(told):
    rows = told()
    assert "State Bureau | security service | acts | 2028-06-01 assumption" in rows
    assert any(r.startswith("guard | reinforcement; 2,500 persons; loyal to incumbent | strength |") for r in rows)
    assert any(r.startswith("bureau | security service; 3,000 persons") and "suspected of a plot | told of" in r for r in rows)
    assert any("scaled by fuel exposure; all regions | day, size, exposure, regions | 2030-03-10 COURIER-10" in r for r in rows)
    assert any(r.startswith("trust start | 0.62; 0.5 to 0.74;") and "| value |" in r for r in rows)
    assert any(r.startswith("incumbent since | 2028-06-01 | told of |") for r in rows)


def test_what_is_not_known_yet_leaves_no_row(told):
    assert not any("scaled by" in row for row in told("2030-03-09"))
    assert any("scaled by" in row for row in told("2030-03-10"))


def test_a_changed_entry_changes_its_row_and_no_other(told):
    before = told()
    after = told(actors=lambda actors: tuple(
        a.model_copy(update={"stakes": "everything"}) if a.id == "president" else a for a in actors
    ))  # fmt: skip
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1 and "at stake: everything" in changed[0]


@pytest.mark.parametrize(
    "row",
    [
        "Coast | 700,000 people; 0.74 online, 0.6 urban, hardship 0.45; fuel exposure 0.6; 240 police per 100,000 | "
        "people, share online, police, the shock's column | 2029-11-01 STATISTICS; assumption",
        "Aurelia City | 1,200,000 people; city; capital; UTC+2 | people, kind, hours | STATISTICS",
        "Saltmere | 250,000 people; city; UTC+2 | people, kind, hours | STATISTICS",
        "Borealia | Ally; patron; trade 0.6; treaty 1 | attention from abroad | 2028-06-01 assumption",
        "Occidentia | Others; trade 0.4; investment 0.7 | attention from abroad | 2028-06-01 assumption",
        "contacts of leaders | 6 a year; 2 to 12 | shown beside explanations | assumption",
        "The president of Aurelia | incumbent; President; at stake: his office; successor of The former president | acts | "
        "2028-06-01 GAZETTE",
        "League of Southern States | foreign state | told of | 2028-06-01 assumption",
        "army | reserve; 12,000 persons; loyal to incumbent | strength | assumption",
        "bureau | security service; 3,000 persons; loyal to The former president; suspected of a plot | told of | assumption",
        "Emigrants | leaning -0.8; online; abroad | leaning | assumption",
        "State television | leaning +0.5; offline; at home | leaning, medium | assumption",
        "crowds | 2030-03-01 to 2030-04-10 | silence counts | 2030-03-01 assumption",
        "holiday | 2030-03-15 to 2030-03-15; Occidentia | attention from abroad | 2030-03-01 assumption",
        "police per 100k | 310; persons per 100,000 | value | 2029-11-01 STATISTICS",
    ],
)  # fmt: skip
def test_a_row_says_all_that_the_case_says_and_nothing_else(told, row):
    assert row in told()


def one(**changes):
    """Changes to the first of a tuple of parts."""
    return lambda parts: (parts[0].model_copy(update=changes), *parts[1:])


def test_what_the_case_leaves_open_leaves_no_words(told):
    rows = told(
        regions=one(police_per_100k=None),
        units=one(utc_offset=None),
        organs=one(strength=None),
        shocks=one(exposure="", label="Oil"),
        reactors=one(watched=False),
    )
    assert any("fuel exposure 0.4 | people" in row for row in rows) and not any("420 police" in row for row in rows)
    assert any(row.startswith("Aurelia City | 1,200,000 people; city; capital | ") for row in rows)
    assert any(row.startswith("army | reserve; strength not known; loyal to incumbent | ") for row in rows)
    assert any(row.startswith("Oil | ") and "scaled by nothing: everybody alike" in row for row in rows)
    assert any(row.startswith("Borealia | ") and "not watched" in row for row in rows)


def test_places_of_actors_and_shocks_are_named(told):
    rows = told(actors=one(region="coast"), shocks=one(regions=("coast", "north")))
    assert any(row.startswith("General staff | army; Coast | ") for row in rows)
    assert any("scaled by fuel exposure; Coast, Northern Region | " in row for row in rows)


def test_half_a_range_of_a_base_rate_is_not_printed(told):
    rows = told(hypotheses=lambda h: h.model_copy(
        update={"contacts_per_year": h.contacts_per_year.model_copy(update={"high": None})}
    ))  # fmt: skip
    assert any(row.startswith("contacts of leaders | 6 a year | ") for row in rows)


def test_a_fact_that_is_true_or_false_is_said_in_small_letters(told):
    def with_fact(value):
        rows = told(facts=lambda facts: {k: f.model_copy(update={"value": value}) for k, f in facts.items()})
        return [row for row in rows if row.startswith("trust start | ")][0]

    assert with_fact(True).startswith("trust start | true;") and with_fact("Some Word").startswith("trust start | Some Word;")


def test_the_table_is_headed_by_kinds(told):
    rows = told()
    assert [r for r in rows if "|" not in r] == [
        "Region", "Unit", "Actor", "Security organ", "Audience", "Shock", "Watched", "Agenda", "Reactor", "Fact", "Base rate"
    ]  # fmt: skip
