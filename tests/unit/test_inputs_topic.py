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
