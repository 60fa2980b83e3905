import dataclasses
import datetime
import math
import pathlib

import numpy as np
import pytest

from interrex.case import load_case
from interrex.futures.crisis_state import state_of
from interrex.record.crisis import chance, shipped
from interrex.record.crisis.__main__ import tables
from interrex.record.crisis.state import FEATURES
from interrex.record.tables import MANNERS

FORCE = [MANNERS.index("coup"), MANNERS.index("revolt")]


@pytest.fixture(scope="module")
def kazakhstan():
    return load_case("kazakhstan-2022")


def test_three_days_of_kazakhstan_hold_what_was_known_on_each(kazakhstan):
    quiet, storm, after = (state_of(kazakhstan.as_of(d)) for d in ("2022-01-02", "2022-01-05", "2022-01-11"))
    assert quiet.largest == 0 and quiet.concessions == 0
    assert (
        storm.largest == 16_000 and storm.killed == 0 and storm.arrested == 200
    )  # 50,000 came out on the 15th
    assert storm.concessions > 0 and storm.violent and storm.in_capital
    assert after.largest == 16_000 and after.killed == 26 and after.arrested > 5_000 and after.helpers > 0
    assert quiet.age == 68 and quiet.regime == "personal" and quiet.began is None
    assert str(storm.in_power_since) == "2019-03-20" and str(storm.began) == "2022-01-02"


def test_the_chances_of_the_three_days_differ_and_force_grows_with_the_dead(kazakhstan):
    quiet, storm, after = (
        chance(shipped(), state_of(kazakhstan.as_of(d))) for d in ("2022-01-02", "2022-01-05", "2022-01-11")
    )
    month = [r.p[FORCE, 1].sum() for r in (quiet, storm, after)]
    assert month[0] < month[1] < month[2] < 0.1
    assert all(0.01 < r.any[0, 3] < 0.4 for r in (quiet, storm, after))
    assert any("not yet such a crisis" in r for r in quiet.remarks)
    assert not any("not yet such a crisis" in r for r in after.remarks)
    assert any("states that help" in r for r in after.remarks)


def test_a_state_before_the_day_of_the_cut_is_that_of_a_case_cut_there(kazakhstan):
    whole = kazakhstan.as_of("2022-02-28")
    early = state_of(whole, datetime.date(2022, 1, 5))
    assert early.largest == state_of(kazakhstan.as_of("2022-01-05")).largest
    assert early.day == datetime.date(2022, 1, 5)


def test_arrests_without_a_crowd_leave_the_crowd_unknown():
    state = state_of(load_case("belarus-2020").as_of("2020-08-10"))
    assert state.largest is None and state.latest is None and state.days_out is None and state.arrested > 0


def test_the_shipped_record_names_features_that_exist_and_holds_no_row():
    summary = shipped()
    assert {t["feature"] for t in summary["fit"]["terms"]} <= set(FEATURES)
    assert len(summary["fit"]["cov"]) == 20 + len(summary["fit"]["terms"])
    assert np.all(np.linalg.eigvalsh(np.array(summary["fit"]["cov"])) > -1e-6)
    assert summary["class"]["last_day"] < summary["panels_to"]


def test_what_the_record_asks_but_a_case_does_not_tell_is_none(kazakhstan):
    state = state_of(kazakhstan.as_of("2022-01-05"))
    told = {f.name for f in dataclasses.fields(state) if getattr(state, f.name) is not None}
    assert "demanding" not in told and {"last_vote", "polyarchy", "coups", "military"} <= told


def facts(case, **changes):
    kept = {n: f for n, f in (case.facts | changes).items() if f is not None}
    return case.__class__(**{**vars(case), "facts": kept})


def test_a_case_that_lists_its_votes_knows_that_no_other_is_scheduled(kazakhstan):
    case = kazakhstan.as_of("2022-01-05")
    assert state_of(case).next_vote == math.inf and state_of(case).last_vote == 941
    unlisted = state_of(facts(case, executive_elections=None))
    assert unlisted.next_vote is None and unlisted.last_vote is None
    soon = state_of(load_case("belarus-2020").as_of("2020-08-01"))
    assert soon.next_vote == 8 and soon.last_vote > 1000
    held = state_of(load_case("belarus-2020").as_of("2020-08-20"))
    assert held.next_vote == math.inf and held.last_vote == 11  # the vote that was ahead is behind


def test_a_day_long_crowd_is_out_on_its_day_and_no_longer(kazakhstan):
    """The largest crowds of Aktau were out on the 4th: on the 10th they are of the last seven days, on the 11th no more."""
    tenth, eleventh = (state_of(kazakhstan.as_of(d)) for d in ("2022-01-10", "2022-01-11"))
    assert tenth.latest == tenth.largest == 16_000 and tenth.days_out == 2
    assert eleventh.latest == 1_500 and eleventh.largest == 16_000 and eleventh.days_out == 1


def kazakhstan_lines():
    """The table of docs/crises.md."""
    case = load_case("kazakhstan-2022")
    lines = ["| day | any, 7 days | any, 30 days | any, 180 days | coup or revolt, 30 days |", "|---|---|---|---|---|"]
    for day in ("2022-01-02", "2022-01-05", "2022-01-11"):
        r = chance(shipped(), state_of(case.as_of(day)))
        spans = [f"{r.any[0, h]:.1%} ({r.any[1, h]:.1%}, {r.any[2, h]:.1%})" for h in (0, 1, 3)]
        lines.append(f"| {day} | {' | '.join(spans)} | {r.p[FORCE, 1].sum():.1%} |")
    spans = [f"{r.pooled_any[0, h]:.1%} ({r.pooled_any[1, h]:.1%}, {r.pooled_any[2, h]:.1%})" for h in (0, 1, 3)]
    return [*lines, f"| pooled | {' | '.join(spans)} | {r.pooled[FORCE, 1].sum():.1%} |"]


def test_the_page_prints_what_the_shipped_record_says():
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "crises.md").read_text().splitlines()
    wanted = [*kazakhstan_lines(), *tables(shipped())]
    assert [line for line in wanted if line not in page] == []
