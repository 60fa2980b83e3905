import datetime
import json
import re

import pytest

from interrex.errors import StoreError
from interrex.store import manifest

REQUEST = {
    "case_fingerprint": "ab" * 32,
    "options": {"effort": "quick", "citizens_per_agent": 10},
    "seed": 1,
    "version": "0.1.0",
    "kernel_hash": "cd" * 32,
}


def test_run_id_is_the_date_and_ten_hex_digits():
    run = manifest.run_id(datetime.date(2022, 1, 5), **REQUEST)
    assert re.fullmatch(r"2022-01-05-[0-9a-f]{10}", run)
    assert run == manifest.run_id("2022-01-05", **REQUEST)


def test_run_id_ignores_the_order_of_options():
    turned = {**REQUEST, "options": dict(reversed(REQUEST["options"].items()))}
    assert manifest.run_id("2022-01-05", **turned) == manifest.run_id("2022-01-05", **REQUEST)


@pytest.mark.parametrize(
    "change",
    [
        {"case_fingerprint": "00" * 32},
        {"options": {"effort": "default", "citizens_per_agent": 10}},
        {"seed": 2},
        {"version": "0.1.1"},
        {"kernel_hash": "00" * 32},
    ],
)
def test_whatever_can_change_a_result_changes_the_run_id(change):
    assert manifest.run_id("2022-01-05", **{**REQUEST, **change}) != manifest.run_id("2022-01-05", **REQUEST)


@pytest.mark.parametrize(
    "name", ["futures/base_rates.py", "mechanisms/acts.py", "record/summary.json", "library/crises/reactions.csv", "library/x/priors.lock"]
)
def test_the_hash_of_the_code_covers_laws_catalogues_and_tables_but_not_cases(name, tmp_path, monkeypatch):
    (tmp_path / "library" / "x").mkdir(parents=True)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a\nb\n")
    before = manifest.code_hash.__wrapped__(tmp_path)
    for same in (b"a\r\nb\r\n", b"a\nb\n"):
        path.write_bytes(same)
        (tmp_path / "library" / "x" / "ledger.csv").write_bytes(same)
        assert manifest.code_hash.__wrapped__(tmp_path) == before
    crisis = tmp_path / "library" / "crises" / "sudan-2019"  # a case, as a folder beside the tables of the crises
    crisis.mkdir(parents=True)
    (crisis / "case.yaml").write_bytes(b"a")
    assert manifest.code_hash.__wrapped__(tmp_path) == before
    path.write_bytes(b"a\nc\n")
    assert manifest.code_hash.__wrapped__(tmp_path) != before
    path.write_bytes(b"a\nb\n")
    monkeypatch.setattr(manifest, "_installed", lambda package: "another version")
    assert manifest.code_hash.__wrapped__(tmp_path) != before


def test_the_manifest_is_deterministic_and_implies_its_own_run_id():
    made = [
        manifest.build_manifest(
            case="toy", as_of="2022-01-05", command="interrex run toy", result_hash="ef" * 32, **REQUEST
        )
        for _ in range(2)
    ]
    assert manifest.manifest_bytes(made[0]) == manifest.manifest_bytes(made[1])
    assert manifest.run_id_of(made[0]) == made[0]["run"]
    assert json.loads(manifest.manifest_bytes(made[0])) == made[0]
    assert made[0]["versions"]["numpy"]


def test_options_that_json_cannot_hold_are_refused():
    with pytest.raises(StoreError, match="finite numbers"):
        manifest.canonical_json({"a": float("nan")})
    with pytest.raises(StoreError, match="cannot be kept"):
        manifest.canonical_json({"a": {1, 2}})


def test_a_folder_without_manifest_and_a_newer_manifest_are_sentences(tmp_path):
    with pytest.raises(StoreError, match="not a finished run"):
        manifest.read(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text('{"interrex_manifest": 99}')
    with pytest.raises(StoreError, match="newer interrex"):
        manifest.read(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text("[")
    with pytest.raises(StoreError, match="JSON"):
        manifest.read(tmp_path / "manifest.json")


def test_times_and_host_are_in_the_provenance_alone():
    start = datetime.datetime(2022, 1, 5, 12, tzinfo=datetime.UTC)
    told = manifest.provenance(start, start + datetime.timedelta(seconds=90), "interrex run toy")
    assert told["seconds"] == 90
    assert told["host"] and told["processor"]
