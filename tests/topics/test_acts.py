"""Acts: the record behind each hazard, and what this case has seen of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import telling
from interrex.mechanisms.acts import ACTS, BY_KIND, PHASES, ROLES
from interrex.topics.acts.answer import act_table, answer, possible
from interrex.topics.acts.section import SECTION


def case(*roles: str) -> Any:
    return SimpleNamespace(actors=tuple(SimpleNamespace(role=role) for role in roles))


EVERYBODY = case(*{a.role for a in ACTS} | {g[1] for a in ACTS for g in a.gate if g[0] == "role"})


def test_an_act_more_in_the_record_moves_its_row_alone() -> None:
    run = lambda *kinds: SimpleNamespace(  # noqa: E731
        case=EVERYBODY, model=SimpleNamespace(observations=SimpleNamespace(events=[SimpleNamespace(kind=k) for k in kinds]))
    )
    one: Any = answer(run("shutdown", "amnesty"))  # type: ignore[arg-type]
    two: Any = answer(run("shutdown", "amnesty", "shutdown"))  # type: ignore[arg-type]
    changed = np.nan_to_num(two["observed"].values) - np.nan_to_num(one["observed"].values)
    assert changed.sum() == 1.0
    at = int(np.argmax(changed))
    assert (two["kind"].values[at], two["phase"].values[at]) == ("shutdown", "crisis")
    assert one.drop_vars("observed").equals(two.drop_vars("observed"))
    calm = one["phase"].values == "calm"
    assert np.isnan(one["observed"].values[calm]).all() and np.isfinite(one["observed"].values[~calm]).all()


def test_rows_are_those_of_the_catalogue(tmp_path: Path) -> None:
    data = act_table(EVERYBODY, Counter())
    assert data.sizes["act_kind"] == len(ACTS) * len(PHASES)
    for i in range(data.sizes["act_kind"]):
        row = data.isel(act_kind=i)
        act = BY_KIND[str(row["kind"].values)]
        rate = act.phase_rates[PHASES.index(str(row["phase"].values))]
        assert (float(row["n"]), float(row["exposure_days"]), float(row["sd"])) == (rate.n, rate.days, rate.sd)
        assert float(row["assumption"]) == float(rate.assumption) and str(row["source"].values) == rate.source
        assert str(row["role"].values).split(" or ") == [ROLES[role] for role in act.roles]
    telling.survives("acts", data, tmp_path)


@pytest.mark.parametrize("act", ACTS, ids=lambda a: a.kind)
def test_an_act_needs_its_actor_and_the_roles_of_its_gate(act: Any) -> None:
    needed = {act.role} | {g[1] for g in act.gate if g[0] == "role"}
    assert possible(act, case(*needed))
    for role in needed:
        assert not possible(act, case(*(needed - {role})))


# --- what the section says ---


def told(**changes: Any) -> str:
    values = {
        "kind": ["shutdown", "amnesty", "amnesty"], "role": ["the government", "the ruler", "the ruler"], "phase": ["crisis", "crisis", "calm"],
        "source": ["Survey", "assumed; nothing counted", "Panel"], "n": [7, 0, 2], "exposure_days": [921.4, 100.0, 5000.0],
        "assumption": [0, 1, 0], "sd": [0.5, 1.5, 0.25], "observed": [2, 0, np.nan],
    } | changes  # fmt: skip
    return telling.told(SECTION, {"acts": telling.group("acts", values)})


def test_acts_seen_here_come_first_with_their_count_and_record() -> None:
    rows = told().splitlines()
    assert rows[0] == "Act | Record elsewhere | Doubt | Seen here | From"
    assert rows[1].endswith("(the government, in crisis) | 7 in 921 days | × 1.6 | 2 | Survey")
    assert "The other 2 hazards: acts not seen here, and rates in calm times" in rows
    more = told(observed=[3, 1, np.nan])
    assert "| × 1.6 | 3 | Survey" in more and "The other 1 hazard" in more


def test_an_assumed_rate_is_marked_and_one_that_was_counted_is_not() -> None:
    text = told()
    assert "| × 4.5 | 0 | assumption nothing counted" in text and "assumption Panel" not in text
    assert "| – | assumption Panel" in told(assumption=[0, 1, 1])


def test_the_fold_says_what_it_holds() -> None:
    assert "The other 1 hazard: acts not seen here\n" in told(observed=[2, 0, 1]) + "\n"
    assert "3 hazards: acts not seen here" in told(observed=[0, 0, np.nan]) and "other 3" not in told(observed=[0, 0, np.nan])
    assert "hazards" not in told(observed=[1, 1, 1])
