"""A shock reaches each unit as far as the column that it names says, and no further than its regions."""

import numpy as np
import pytest

from interrex.case import check_case, load_case
from interrex.case.template import write_template
from interrex.polity.exposure import unit_exposure
from interrex.polity.units import make_place


@pytest.fixture
def toy(tmp_path):
    return write_template("toy", tmp_path / "toy")


def cut_with(folder, shock):
    """The toy's cut with this exposure (and regions) of its shock."""
    text = (folder / "case.yaml").read_text()
    (folder / "case.yaml").write_text(text.replace("exposure: fuel_exposure", shock))
    case = load_case(folder)
    return case.as_of(case.default_as_of)


@pytest.mark.parametrize("column", ["hardship", "fuel_exposure", "urban_share", "internet_share"])
def test_the_column_that_the_shock_names_is_the_exposure(toy, column):
    cut = cut_with(toy, f"exposure: {column}")
    of = {region.region: getattr(region, column) for region in cut.regions}
    assert make_place(cut).exposure == pytest.approx([of[unit.region] for unit in cut.units])


def test_without_a_column_everybody_is_exposed_alike_and_other_regions_not_at_all(toy):
    cut = cut_with(toy, "regions: [north]")
    told = dict(zip((unit.region for unit in cut.units), unit_exposure(cut), strict=True))
    assert told == {"capital": 0.0, "north": 1.0, "coast": 0.0}


def test_the_second_case_is_run_by_its_urban_shares():
    case = load_case("belarus-2020")
    exposure = unit_exposure(case.as_of("2020-09-30"))
    assert exposure.max() == 1.0 and exposure.min() == 0.55 and np.unique(exposure).size > 3


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("on: 2030-03-12, exposure: hardship", "exposure differs from that of the shock 'oil-price'"),
        ("on: 2030-03-12, exposure: fuel_exposure, regions: [north]", "regions differs from that of the shock"),
        ("on: 2030-03-10, exposure: fuel_exposure", "the shock 'oil-price' lies on 2030-03-10 too"),
        ("on: 2030-03-12, exposure: fuel_exposure, size: 1.0e300", "out of range; it must be at most 10"),
        ("on: 2030-03-12, exposure: fuel_exposure, size: -1", "out of range; it must be above 0"),
    ],
)
def test_what_the_model_has_no_place_for_is_refused(toy, more, sentence):
    text = (toy / "case.yaml").read_text()
    row = f"  - {{id: second, kind: price, known_from: 2030-03-12, assumption: true, {more}}}\n\ncoverage:"
    (toy / "case.yaml").write_text(text.replace("\ncoverage:", row, 1))
    told = check_case(toy).problems
    assert len(told) == 1 and sentence in str(told[0])
