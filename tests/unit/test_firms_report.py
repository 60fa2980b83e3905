"""Section Firms: what it prints of the group, and what it leaves out."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.case import load_case
from interrex.report.blocks import Callout, Figure, Prose, Table
from interrex.report.read import Absent, Results
from interrex.results.schema import empty
from interrex.topics.firms import answer as firms
from interrex.topics.firms.section import SECTION

RISK = np.full((71, 2), 0.02 / 365.25)
RISK[14:18] += [[0.01, 0.02]] * 4


def section(day: str, *, failed: bool = False) -> list:
    draws = pytest.MonkeyPatch()
    draws.setattr(firms, "DRAWS", 6)
    made = firms.firms(load_case("kazakhstan-2022").as_of(day), RISK, 1)
    draws.undo()
    tree = stored_run.failed() if failed else stored_run.tree()
    tree["firms"] = xr.DataTree(made)
    return SECTION.fill(Results(tree), {})


def words(blocks: list) -> str:
    said = []
    for block in blocks:
        if isinstance(block, Prose):
            said += [span.text for span in block.spans]
        elif isinstance(block, Callout):
            said.append(block.text)
        elif isinstance(block, Figure):
            said += [block.title, block.caption, re.sub(r"<[^>]*>", " ", block.svg)]
        elif isinstance(block, Table):
            said += [block.caption, *(title for title, _ in block.columns)]
            said += [span.text for row in block.rows for cell in row.cells for span in cell.spans]
    return " ".join(said)


def test_the_verdict_comes_first_and_every_assumption_is_printed_as_one():
    blocks = section("2022-02-28")
    assert isinstance(blocks[0], Callout) and blocks[0].text.startswith("Three cancellations are compatible")
    text = words(blocks)
    for expected in (
        "0.62 and 8.8",
        "one unnamed consultant",
        "No source was found",
        "3 reported",
        "if nobody looked",
    ):
        assert expected in text
    assumed = next(b for b in blocks if isinstance(b, Table) and b.folded.startswith("Assumptions"))
    assert len(assumed.rows) == 20 and text.count("assumption: ") == 20


def test_before_the_count_no_number_of_it_is_printed():
    text = words(section("2022-01-11"))
    assert "no count of cancellations" in text
    assert "reported (source" not in text and "exactly 3 plans" not in text.lower() and "8.8" not in text


def test_no_interval_leaves_a_run_whose_diagnostics_failed():
    text = words(section("2022-02-28", failed=True))
    assert "interval withheld" in text and not re.search(r"\bnan\b", text.lower())


def test_a_case_without_plans_shows_one_sentence():
    tree = stored_run.tree()
    tree["firms"] = xr.DataTree(empty("The case names no planned entries of firms."))
    with pytest.raises(Absent, match="names no planned entries"):
        SECTION.fill(Results(tree), {})
