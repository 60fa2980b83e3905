"""The prior check: histories of the prior summed up, in the words of the case's own shock, and what a lock proves."""

from __future__ import annotations

import importlib
import json
import math
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fixtures import telling
from interrex import shipped
from interrex.errors import RunError
from interrex.futures.prior_sketch import Sketch, is_event, small_protests
from interrex.inference.space import make_space
from interrex.mechanisms import all_mechanisms
from interrex.mechanisms.contract import Prior
from interrex.topics.prior_check import lock as locks
from interrex.topics.prior_check.answer import SHOCKS, WANTED, figures, rank, shock_words, summarise
from interrex.topics.prior_check.lock import Lock, lock_text, model_hash, priors_hash, read_lock
from interrex.topics.prior_check.section import SECTION

SPACE = make_space(all_mechanisms(), {}, 3, 5)


def history(**changes: Any) -> Sketch:
    plain = Sketch(calm=True, small=1.0, peak=800.0, peak_after=700.0, event=False, first=0, largest=1, stopped=False)
    return plain._replace(**changes)


def model(shock: str | None = "price") -> Any:
    kinds = [SimpleNamespace(id="b", on=date(2030, 3, 9), kind="verdict"), SimpleNamespace(id="a", on=date(2030, 3, 2), kind=shock)]
    case = SimpleNamespace(shocks=kinds if shock else [], regions=[SimpleNamespace(region=r) for r in ("n", "m", "s")])
    return SimpleNamespace(case=case, arena=SimpleNamespace(place=SimpleNamespace(nation=1e6)))


def test_figures_count_the_histories(tmp_path: Path) -> None:
    found = [
        history(calm=False, small=4.0, peak=30_000.0, peak_after=12_000.0, event=True, first=2, largest=2), history(peak=20_000.0),
        history(stopped=True, first=-1, largest=-1), history(peak_after=10_001.0, first=2),
    ]  # fmt: skip
    data = summarise(found, model(), None)
    assert figures(data) == pytest.approx({
        "calm_before": 0.75, "large_after": 0.5, "small_a_day": 1.75, "small_median": 1.0, "peak_median": 10_400.0,
        "above_two_percent": 0.25, "stopped": 0.25, "event": 0.25,
    })  # fmt: skip
    assert (float(data["members"]), float(data["moved"])) == (4, 3)
    assert data["first"].values == pytest.approx([1 / 3, 0.0, 2 / 3]) and data["first_rank"].values.tolist() == [2, 3, 1]
    assert data["largest"].values == pytest.approx([0.0, 2 / 3, 1 / 3]) and data["largest_rank"].values.tolist() == [3, 1, 2]
    assert (data["low"] <= data["value"]).all() and (data["value"] <= data["high"]).all()
    at = list(data["figure"].values)
    assert data["share"].values.tolist() == [1, 1, 0, 0, 0, 1, 1, 1]
    assert data["high"].values[at.index("peak_median")] == pytest.approx(float(np.quantile([30_000, 20_000, 800, 800], 0.95)))
    assert data["low"].values[at.index("small_median")] == pytest.approx(1.0)
    calm = summarise([f._replace(calm=True) for f in found], model(), None)
    assert figures(calm)["calm_before"] == 1.0 and figures(calm)["event"] == 0.25
    telling.survives("prior_check", data, tmp_path)


def test_labels_follow_the_kind_of_the_first_shock() -> None:
    for kind, words in SHOCKS.items():
        data = summarise([history()], model(kind), None)
        labels = dict(zip(data["figure"].values, data["label"].values, strict=True))
        assert labels["large_after"].endswith(f"at once after {words}") and f"out before {words}" in labels["calm_before"]
        assert data["shock"].item() == words == shock_words(model(kind).case)
        wanted = dict(zip(data["figure"].values, data["wanted_high"].values, strict=True))
        assert wanted["calm_before"] == WANTED["calm_before"][1] and math.isnan(wanted["event"])
        assert (wanted["large_after"] == WANTED["large_after"][1]) == (kind == "price")
    none = summarise([history()], model(None), None)
    assert none["shock"].item() == "" and not any("shock" in text for text in none["label"].values)


def test_what_is_asked_of_the_prior_is_a_range_and_follows_the_counts_behind_it() -> None:
    assert all(0 <= least < most for least, most in WANTED.values())
    assert all(most <= 1 for name, (_, most) in WANTED.items() if name != "small_a_day")
    assert WANTED["large_after"] == pytest.approx((17 / 217, 17 / 113), abs=0.005)


def test_every_figure_has_words_of_its_own() -> None:
    labels = summarise([history()], model(), None)["label"].values.tolist()
    assert all(labels) and len(set(labels)) == len(labels)


def test_where_no_history_moves_no_region_is_first() -> None:
    data = summarise([history(first=-1, largest=-1)], model(), None)
    assert data["first"].values.tolist() == data["largest"].values.tolist() == [0.0, 0.0, 0.0] and float(data["moved"]) == 0


def test_ties_share_the_better_rank() -> None:
    assert rank(np.array([0.2, 0.5, 0.2, 0.1])).tolist() == [2, 1, 2, 4]


def test_small_protests_are_counted_once_a_day_and_from_calm() -> None:
    units = np.zeros((12, 2))
    units[1:3, 0] = 40  # begins and ends on day 0
    units[5:12, 1] = 900  # begins on day 1, lasts over night: day 2 is no new one
    assert small_protests(units, 4) == 2
    units[9:11, 0] = 5000
    assert small_protests(units, 4) == 2


def test_pattern_of_the_case() -> None:
    nation = 1e6
    units = np.zeros((80, 10))
    units[4:20, :8] = 400.0
    assert is_event(units, nation, 4)
    assert not is_event(units[:, :7], nation, 4)
    late = units.copy()
    late[4:20, 7] = 0.0
    late[18:20, 7] = 400.0  # 84 hours after the first
    assert not is_event(late, nation, 4) and not is_event(units, 1e7, 4)
    lasting = units.copy()
    lasting[20:, 0] = 150.0
    assert not is_event(lasting, nation, 4) and not is_event(np.zeros((8, 3)), nation, 4)


# --- the lock ---


def test_a_lock_notices_a_changed_prior_and_nothing_that_is_none(tmp_path: Path) -> None:
    text = lock_text(SPACE, {"event": 0.0581234567}, date(2022, 1, 1))
    assert json.loads(text)["figures"] == {"event": 0.0581235}
    assert list(json.loads(text)) == sorted(json.loads(text)), "two locks are compared line by line"
    assert read_lock(text, SPACE) == Lock("2022-01-01", True, True)
    other = list(SPACE.params)
    other[3] = other[3]._replace(prior=Prior("normal", 9.0, 1.0))
    assert read_lock(text, SPACE._replace(params=tuple(other))) == Lock("2022-01-01", False, True)
    assert read_lock(text, SPACE._replace(days=9, regions=1)).priors
    for broken in ("{}", "[]", "not json", '{"date": "2022-01-01", "priors": "x"}'):
        with pytest.raises(RunError, match="lock"):
            read_lock(broken, SPACE)


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("UNDERSTANDINGS", "", ()), ("rivals", "GRID_HOURS", (1.0,)), ("rivals", "PLOT_SHIFT", 2.0), ("shifts", "SCALES", (0.0, 1.0)),
        ("shifts", "FREE_LEVEL", 1.0), ("grades", "PLAIN", {}), ("grades", "SOURCE_MEAN", {}), ("grades", "INFORMATION_MEAN", {}),
        ("grades", "ADMIRALTY_WEIGHT", 2.0), ("crowd", "GRADE_SD", {}), ("opinion", "HOUSE_SD", 9.0), ("series", "SERIES_SIZE", 9.0),
        ("dated_acts", "SEEN_BY_ACCIDENT", 0.5), ("catalogue_hash", "", lambda: "other"), ("opinion", "HALF_WORD", 9.0),
        ("opinion", "UNINFORMED", 9.0), ("series", "DEATH_DELAY", 9.0), ("quiet", "REPORTED_AT_100", 9.0),
        ("quiet", "BLACKOUT_SILENCE", 9.0), ("dated_acts", "MERGE_HOURS", 9.0), ("confidence", "HALF_LIFE_DAYS", 9.0),
        ("repression", "FADE_DAYS", 9.0), ("security_obedience", "WAVERING", 9.0), ("repression", "SMALL_CROWD", 9.0),
        ("threshold_cascade", "LOCAL_REFERENCE", 9.0), ("threshold_cascade", "NATIONAL_REFERENCE", 9.0),
        ("patron_intervention", "TROOPS", 9.0), ("arena", "STOP_SHARE", 9.0), ("model", "STOP_LOW", 9.0),
        ("model", "STOP_HIGH", 9.0), ("model", "STOP_FACTOR", 9.0), ("end_state", "LARGE_SHARE", 9.0), ("end_state", "CLOCK_SD", 9.0),
        ("end_state", "CONFLICT_DEATHS", 9.0), ("end_state", "FORCE_DEATHS", 9.0), ("end_state", "FORCE_ARRESTS", 9.0),
        ("end_state", "RESCUE", 9.0), ("base_rates", "CRISIS_OUTCOMES", {}), ("base_rates", "IN_OFFICE", ()), ("base_rates", "WAYS_OUT", ()),
    ],
)  # fmt: skip
def test_whatever_decides_a_verdict_is_in_the_hash(module: str, name: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = priors_hash(SPACE)
    monkeypatch.setattr(getattr(locks, module) if name else locks, name or module, value)
    assert priors_hash(SPACE) != before


def test_a_law_of_the_model_is_in_the_other_hash_and_ends_of_lines_are_not(tmp_path: Path) -> None:
    for name in locks.MODEL:
        file = tmp_path / name if name.endswith(".py") else tmp_path / name / "law.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"GAIN = 1\nLOSS = 2\n")
    before = model_hash(tmp_path)
    for name in locks.MODEL:
        file = tmp_path / name if name.endswith(".py") else tmp_path / name / "law.py"
        file.write_bytes(b"GAIN = 1\r\nLOSS = 2\r\n")
        assert model_hash(tmp_path) == before
        file.write_bytes(b"GAIN = 1\nLOSS = 3\n")
        assert model_hash(tmp_path) != before, name
        file.write_bytes(b"GAIN = 1\nLOSS = 2\n")
    assert model_hash() == model_hash() != before
    root = Path(locks.__file__).parents[2]
    assert all((root / name).exists() for name in locks.MODEL), "what is hashed must exist"


@pytest.mark.parametrize(
    "law",
    ["polity.strata.GRIEVANCE_EDGES", "polity.network.FAR_DEGREE", "inference.model.STOP_FACTOR", "inference.observe.observe",
     "inference.hazards.make_draws", "inference.space.make_space", "inference.target.Target", "inference.dated_acts.act_record",
     "case.releases.extent", "case.origins.names_nobody", "case.places.units_of", "engine.schedule.HOURS", "futures.end_state.end_state",
     "futures.office.CREDIBLE", "futures.pool.pool", "futures.base_rates.WAYS_OUT", "inference.terms.record.Record"],
)  # fmt: skip
def test_the_text_of_each_law_is_in_the_hash_of_the_model(law: str) -> None:
    """Found by the name of what it says, so that a law that moves to another file does not leave the hash unseen."""
    module, name = law.rsplit(".", 1)
    assert hasattr(importlib.import_module(f"interrex.{module}"), name)
    file = module.replace(".", "/") + ".py"
    assert file in locks.MODEL or file.rsplit("/", 1)[0] in locks.MODEL


def test_a_case_without_a_lock_has_none() -> None:
    case: Any = SimpleNamespace(id="no-such-case")
    assert locks.lock_of(case, SPACE) is None
    case.id = "kazakhstan-2022"
    assert locks.lock_of(case, SPACE) is not None


def test_files_that_ship_are_made_by_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """With the histories and the sampler left out: what is written is what the run reads."""
    from fixtures import toy

    toy.write(tmp_path / "toy")
    monkeypatch.setattr(shipped, "run_free", lambda *a, **k: [history(), history(event=True)])
    posterior = SimpleNamespace(z=np.ones((8, 300)), clouds=[SimpleNamespace(particles=SimpleNamespace(ancestor=np.arange(8)))])
    monkeypatch.setattr(shipped, "condition", lambda *a, **k: posterior)
    file = shipped.write("lock", "toy", "quick", library=tmp_path)
    lock = json.loads(file.read_text(encoding="utf-8"))
    assert file == tmp_path / "toy" / "priors.lock" and lock["date"] == date.today().isoformat()
    assert lock["figures"]["event"] == 0.5 and lock["model"] == model_hash()
    file = shipped.write("proposal", "toy", "quick", [3, 4], library=tmp_path)
    made = json.loads(file.read_text(encoding="utf-8"))
    assert made["as_of"] == "2030-04-10" and made["provenance"] == "fitted to 2 runs at effort quick, seeds 3, 4"
    assert made["moved"] and "canary" not in made["moved"]
    with pytest.raises(RunError, match="no 'lock' of"):
        shipped.write("lock", "nowhere", library=tmp_path)
    assert shipped.main(["key", "toy"]) == 2 and "python -m interrex.shipped" in capsys.readouterr().err
    assert shipped.main(["lock"]) == 2 and "python -m interrex.shipped" in capsys.readouterr().err


# --- what the section says ---


def told(failed: str = "", **changes: Any) -> str:
    values = {
        "figure": ["calm_before", "peak_median", "small_a_day"], "label": ["share of calm months", "people at the peak", "small protests a day"],
        "share": [1, 0, 0], "value": [0.9, 700.0, 1.25], "low": [0.8, 300.0, 0.5], "high": [0.95, 9000.0, 2.0],
        "wanted_low": [0.85, np.nan, 2.0], "wanted_high": [1.0, np.nan, 3.0], "region": ["n", "s"], "first": [0.7, 0.3], "largest": [0.6, 0.4],
        "first_rank": [1, 2], "largest_rank": [1, 2], "members": 200, "moved": 150, "shock": "the election", "lock_day": "2026-11-22",
        "lock_priors": 1, "lock_model": 1,
    } | changes  # fmt: skip
    return telling.told(SECTION, {"prior_check": telling.group("prior_check", values)}, failed)


def test_every_figure_has_its_range_and_whether_it_is_what_was_asked() -> None:
    rows = told().splitlines()
    assert "Share of calm months | 90 % | 80 % to 95 % | 85 % to over 99 % | met".replace("over 99 %", ">99 %") in "\n".join(rows).replace("over 99 %", ">99 %")
    assert "People at the peak | 700 | 300 to 9,000 |  | " in rows
    assert "Small protests a day | 1.2 | 0.50 to 2.0 | 2.0 to 3.0 | missed" in rows
    assert "| missed" not in told(value=[0.9, 700.0, 2.5]) and "| met" not in told(value=[0.5, 700.0, 1.25])
    assert "| missed" in told(value=[0.9, 700.0, 3.5])
    assert "0.50 to 2.0" in told(failed="islands differ"), "the prior does not come from the sampler"


def test_the_caption_names_the_shock_and_the_histories() -> None:
    assert "From 200 histories drawn from the prior alone; given: the election." in told()
    assert "price shock" not in told() and "given: nothing." in told(shock="") and "From 31 histories" in told(members=31)


def test_the_lock_proves_what_its_hashes_say_and_no_more() -> None:
    text = told()
    assert "priors and likelihood are those of the lock dated 2026-11-22; the text of the model is that of it." in text
    assert "A lock cannot show what was run before" in text and "frozen" not in text and "first conditioned" not in text
    assert "have changed since the lock" in told(lock_priors=0) and "is that of it" in told(lock_priors=0)
    assert "the text of the model has changed since it" in told(lock_model=0)
    none = told(lock_day="", lock_priors=np.nan, lock_model=np.nan)
    assert "No priors.lock lies beside this case" in none and "dated" not in none


def test_where_the_prior_expects_it_is_named() -> None:
    assert "n starts and has the largest crowd most often" in told()
    assert "n starts, s has the largest crowd most often" in told(largest=[0.4, 0.6])
    assert "Shares of the 150 histories" in told() and "the 2 regions named" in told()
    assert "the 1 regions" in told(first=[1.0, 0.0], largest=[1.0, 0.0]) and "most often" not in told(first=[0.0, 0.0])
    assert "Shares of the 9 histories" in told(moved=9)


def test_bars_stand_from_the_region_that_starts_most_often_ties_by_the_largest_crowd() -> None:
    with telling.pictures() as drawn:
        told(region=["n", "m", "s"], first=[0.3, 0.4, 0.3], largest=[0.1, 0.2, 0.7], first_rank=[1, 2, 3], largest_rank=[1, 2, 3])
    axes = drawn[0].axes[0]
    assert list(telling.ticks(axes.yaxis)) == ["m", "s", "n"] and axes.get_xlabel()
    assert [round(bar.get_width()) for bar in axes.patches] == [40, 20, 30, 70, 30, 10]
    assert "the 3 regions named" in told(region=["n", "m", "s", "t"], first=[1.0, 0.0, 0.3, 0.0], largest=[0.0, 1.0, 0.4, 0.0],
                                         first_rank=[1, 3, 2, 3], largest_rank=[3, 1, 2, 3])  # fmt: skip
