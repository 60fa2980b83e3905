"""The crisis record on the public panels; left out where they are absent."""

import datetime

import pytest

from interrex.record.crisis import fit_crises, read_crises, to_bytes
from interrex.record.crisis.chance import SHIPPED
from interrex.record.crisis.waves import listed, looks
from interrex.record.panels import read

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def panels(public_data):
    return read(public_data)


@pytest.mark.parametrize("day", ["2000-10-05", "2011-02-05", "2019-04-08"])
def test_looks_of_panels_cut_at_a_day_hold_the_same_as_those_of_whole_panels(panels, day):
    on = datetime.date.fromisoformat(day)
    whole = {(k.wave, k.state.day): k.state for k in looks(panels) if k.state.day <= on}
    cut = {(k.wave, k.state.day): k.state for k in looks(panels.as_of(on)) if k.state.day <= on}
    recent = [key for key in whole if (on - key[1]).days < 30]
    assert len(recent) > 5 and cut.keys() == whole.keys()
    assert all(cut[key] == whole[key] for key in whole)


def test_most_listed_crises_find_their_incumbent_and_a_new_row_joins_them(panels, public_data, tmp_path):
    text = (public_data.parent / "cases" / "crises.csv").read_text(encoding="utf-8")
    found = listed(panels, read_crises(public_data.parent / "cases" / "crises.csv"))
    assert {"EGY-2011", "BLR-2020", "KAZ-2022", "THA-2006"} <= set(found)
    assert "ZWE-2017" not in found  # the leader of the list had gone by the peak
    row = next(line for line in text.splitlines() if line.startswith("BLR-2020"))
    new = tmp_path / "more.csv"
    new.write_text(text.rstrip("\n") + "\n" + row.replace("BLR-2020", "NEW-2020", 1) + "\n", encoding="utf-8")
    more = listed(panels, read_crises(new))
    assert more["NEW-2020"].state == found["BLR-2020"].state and len(more) == len(found) + 1


def test_the_shipped_summary_is_what_the_panels_give(panels, public_data):
    from importlib.resources import files

    made = to_bytes(fit_crises(panels, public_data.parent / "cases" / "crises.csv"))
    assert made == files("interrex.record.crisis").joinpath(SHIPPED).read_bytes()
